"""`tocsin mute` and `tocsin ack`: into the store, and what came of it; a run works on the same store meanwhile."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from builders import article, at, attack, reading, strike_rule

from rules.model import RuleSet
from streams.cli.main import main
from streams.clocks import ManualClock
from streams.knowledge import world
from streams.labels.wanted import Desk
from streams.matching import Matcher
from streams.store.store import Store

RULE, WHY = ("--rule", "r"), ("--why", "x")
RULES = RuleSet(rules=(strike_rule(),), texts={}, hash="h")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    """A desk's store with one incident told, I2-1, and a matcher at work on it in a thread of its own."""
    path = tmp_path / "desk.db"
    ready, stop = threading.Event(), threading.Event()

    async def work() -> None:
        desk = Desk(rules=RULES.rules, knowledge=world.load(), default_channels=("console",))
        home = article("a", "04-22 06:00")
        clock = ManualClock(at("04-22 06:00"))
        with Store.open(path) as opened, Matcher.active(opened, RULES, desk, clock, asyncio.Event()) as matcher:
            await matcher.take(reading(home, attack(home, "04-21")))
            ready.set()
            while not stop.is_set():
                await matcher.catch_up()
                await asyncio.sleep(0.02)

    thread = threading.Thread(target=lambda: asyncio.run(work()))
    with structlog.testing.capture_logs():  # the matcher's own lines are not the command's
        thread.start()
        assert ready.wait(60)
        yield path
        stop.set()
        thread.join(60)
    assert not thread.is_alive()


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    shown = capsys.readouterr()
    return int(str(ended.value.code)), shown.out, shown.err.strip()


def test_a_mute_is_given_listed_and_lifted(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = ("--store", str(store), "--by", "mia")
    given = said(capsys, "mute", "add", "--incident", "I2-1", "--for", "4h", "--why", "known to all", *there)
    assert given == (0, "order 1 was taken as journal entry 3; it is M3\n", "")
    code, out, _ = said(capsys, "mute", "list", "--store", str(store))
    head, line = out.splitlines()
    assert (code, head.split()) == (0, ["id", "what", "up", "to", "until", "by", "why"])
    assert line.split("  ")[0] == "M3"
    assert "incident I2-1" in line
    assert "2024-04-22 10:00Z" in line
    assert said(capsys, "mute", "lift", "M3", *there) == (0, "order 2 was taken as journal entry 4\n", "")
    assert said(capsys, "mute", "list", "--store", str(store)) == (0, "", "")


def test_an_order_that_is_refused_says_why_and_ends_with_one(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = ("--store", str(store))
    assert said(capsys, "ack", "I9-9", *there) == (1, 'order 1 was refused: there is no incident "I9-9" (any more)\n', "")
    assert said(capsys, "mute", "lift", "M9", *there) == (1, 'order 2 was refused: there is no mute "M9"; in force: none\n', "")
    assert said(capsys, "ack", "I2-1", *there)[:2] == (0, "order 3 was taken as journal entry 3\n")


def test_while_nothing_runs_an_order_waits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Store.open(tmp_path / "desk.db").close()
    code, out, _ = said(capsys, "ack", "I1-1", "--store", str(tmp_path / "desk.db"))
    assert (code, out) == (0, "order 1 waits in the store: no run has taken it yet; it is taken as soon as one works on it\n")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--for", "1h", "--why", "x"), "nothing to mute; give --rule, --place or --incident, or several of them"),
        ((*RULE, "--for", "1h"), "a mute needs a reason: --why TEXT; who finds it in the ledger must understand it"),
        ((*RULE, *WHY), "a mute needs an end: give --for LENGTH or --until MOMENT, and not both"),
        (
            (*RULE, *WHY, "--for", "long"),
            '--for: "long" is not a length of time like "30s", "5m", "48h", "30d" or "2w"',
        ),
        ((*RULE, *WHY, "--until", "noon"), '--until: "noon" is no moment; write 2024-04-22T18:00Z'),
    ],
)
def test_mistakes_of_a_mute_are_told(given: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "mute", "add", *given) == (2, "", told)


def test_no_store_is_made_by_an_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "none.db"
    assert said(capsys, "ack", "I1-1", "--store", str(missing)) == (2, "", f'{missing}: there is no store; "tocsin run" makes one')
    assert not missing.exists()
