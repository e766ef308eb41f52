"""`tocsin incident` and `tocsin why` on a real store: what is one thing, why, and an operator's word on it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import article, at, attack, place, reading, strike_rule, us_base

from rules.model import RuleSet
from streams import pipeline, wire
from streams.cli.main import main
from streams.knowledge import world
from streams.labels.wanted import Desk
from streams.memory import DictMemory
from streams.records.flow import Cursor, Item, Reading
from streams.records.orders import Order
from streams.store import journal
from streams.store.inbox import StoreInbox
from streams.store.orders import StoreOrders
from streams.store.store import Store

RULES = RuleSet(rules=(strike_rule(),), texts={}, hash="h")
OTHER: dict[str, Any] = {"targets": (us_base("al-tanf"),), "place": place("al-tanf", "SY")}
Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """A command in this process: exit code, output, error output."""

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(map(str, arguments)))
        shown = capsys.readouterr()
        return int(str(ended.value.code)), shown.out, shown.err.strip()

    return run


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    """Three articles, taken: two of one attack, one of another base."""
    path = tmp_path / "desk.db"
    with Store.open(path) as opened:
        told = [_reading("a", "04-22 06:00"), _reading("b", "04-22 07:00"), _reading("c", "04-22 08:00", **OTHER)]
        StoreInbox(opened).take(
            [Item(article=one.article, fingerprint=one.article.id) for one in told], Cursor(feed="w", address="")
        )
        desk = Desk(rules=RULES.rules, knowledge=world.load(), default_channels=("console",))
        with opened.lock(at("04-22 09:00")) as lock:
            with opened.matching(lock) as memory:
                pipeline.take_rules(pipeline.rule_texts(RULES, desk.knowledge, ("console",)), (), memory, desk)
            for one in told:
                with opened.matching(lock) as memory:
                    pipeline.take(one, memory, desk)
        yield path


def _reading(name: str, published: str, **more: Any) -> Reading:
    home = article(name, published, source="w")
    return reading(home, attack(home, "04-21", **more))


def obeyed(path: Path) -> None:
    """What a run does with the orders that wait."""
    desk = Desk(rules=RULES.rules, knowledge=world.load(), default_channels=("console",))
    with Store.open(path) as opened, opened.lock(at("04-22 10:00")) as lock:
        for order in StoreOrders(opened).waiting():
            with opened.matching(lock) as memory:
                pipeline.take_order(order, memory, desk)


def test_incidents_are_listed_newest_first_with_what_was_told(store: Path, said: Said) -> None:
    code, told, _ = said("incident", "list", "--store", store)
    assert code == 0
    assert [line.split(" ")[0] for line in told.splitlines()] == ["I4-1", "I2-1"]
    assert told.splitlines()[1].endswith("al-asad, reported; 2 events of 2 articles; strike-on-us-base (open)")
    assert len(said("incident", "list", "--limit", 1, "--store", store)[1].splitlines()) == 1


def test_why_says_what_ties_an_event_and_what_keeps_it_apart(store: Path, said: Said) -> None:
    told = said("why", "b", "--store", store)[1]
    assert "stands in I2-1: one with a#1:text:4-12: the same spot, al-asad; the same target, al-asad" in told
    assert "nearest other is" not in told


def test_a_merge_is_an_order_that_the_run_obeys(store: Path, said: Said) -> None:
    code, told, _ = said("incident", "merge", "I2-1", "I4-1", "--why", "one salvo", "--by", "ana", "--store", store)
    assert (code, told) == (0, "order 1 is given: the run takes it as soon as it looks, and the next one if none is running\n")
    obeyed(store)
    assert [line.split(" ")[0] for line in said("incident", "list", "--store", store)[1].splitlines()] == ["I2-1"]
    assert "merged by ana: one salvo" in said("incident", "show", "I2-1", "--store", store)[1]
    assert said("incident", "show", "I4-1", "--store", store) == (1, 'there is no incident "I4-1" (any more)\n', "")


def test_a_split_is_an_order_and_the_journal_replays_it(store: Path, said: Said) -> None:
    assert said("incident", "split", "I2-1", "b#1:text:4-12", "--why", "two gates", "--by", "ana", "--store", store)[0] == 0
    obeyed(store)
    told = said("incident", "show", "I2-1", "--store", store)[1]
    assert "1 events of 1 articles" in told
    assert "nearest other is I5-1: split by ana: two gates" in told
    with Store.open(store, read_only=True) as opened:
        entries = list(journal.read(opened))
    assert [entry.kind for entry in entries] == ["rules", "reading", "reading", "reading", "order"]
    memory, desk = DictMemory(), Desk(rules=RULES.rules, knowledge=world.load(), default_channels=("console",))
    pipeline.take_rules(pipeline.rule_texts(RULES, desk.knowledge, ("console",)), (), memory, desk)
    for entry in entries[1:]:
        if entry.kind == "reading":
            pipeline.take(wire.decode(entry.payload, Reading), memory, desk)
        else:
            pipeline.take_order(wire.decode(entry.payload, Order), memory, desk)
    with Store.open(store, read_only=True) as opened, opened.remembering() as rows:
        span = at("01-01"), at("12-31")
        assert {one.events for one in memory.incidents_between(*span)} == {one.events for one in rows.incidents_between(*span)}


def test_what_can_be_seen_to_make_no_sense_is_refused_at_once(store: Path, said: Said) -> None:
    none = 'there is no incident "I9-9" (any more); "tocsin incident list" shows those reported last'
    assert said("incident", "merge", "I2-1", "I9-9", "--why", "x", "--store", store) == (2, "", none)
    assert said("incident", "merge", "I2-1", "I2-1", "--why", "x", "--store", store) == (
        2,
        "",
        '"I2-1" is one incident already; name two',
    )
    assert said("incident", "split", "I9-9", "e", "--why", "x", "--store", store) == (2, "", none)
