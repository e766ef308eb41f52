"""`tocsin init`, `run` and `why` from outside: what they make, how they end, and what they say of mistakes."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from peers.feeds import Piece, rss
from peers.http_server import Answer, FeedServer
from peers.run import PACK, ROOT, Run, Unhurried, desk, members, met

from streams.cli.main import main

TEXT = "Two rockets were fired at the Ain al-Asad air base in Iraq on Monday, an Iraqi security official said."
STRIKE = Piece(
    title="Rockets \u202e\u2066hidden",
    guid="g-7",
    link="https://good.example/7",
    text=TEXT,
    date=datetime(2024, 4, 22, 20, tzinfo=UTC),
)
NOW = datetime(2024, 4, 23, 6, tzinfo=UTC)


def tocsin(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """One run of the command, as an operator would start it."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    return subprocess.run(
        [sys.executable, "-m", "streams.cli.main", *map(str, arguments)],
        cwd=ROOT,
        env=environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Said:
    """The command in this process, for what fails before it logs: exit code, output, error output."""
    for name in [name for name in os.environ if name.startswith("TOCSIN_")]:
        monkeypatch.delenv(name)

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(map(str, arguments)))
        shown = capsys.readouterr()
        return int(str(ended.value.code)), shown.out, shown.err.strip()

    return run


def refused(*arguments: str | Path) -> tuple[int, str]:
    """Exit code and what was said; nothing on standard output, and no traceback."""
    ran = tocsin(*arguments)
    assert ran.stdout == ""
    assert "Traceback" not in ran.stderr
    return ran.returncode, ran.stderr.strip()


# ---------------------------------------------------------------------------------------------------------------- init


def test_what_init_makes_is_right_and_is_left_alone(tmp_path: Path, said: Said) -> None:
    """`check` finds no mistake in it, the packs are the shipped ones, and a second `init` touches nothing."""
    folder = tmp_path / "desk"
    assert said("init", folder)[0] == 0
    shipped = sorted(path.relative_to(PACK.parent) for path in PACK.parent.rglob("*.yaml"))
    assert sorted(path.relative_to(folder / "rules") for path in (folder / "rules").rglob("*.yaml")) == shipped
    for path in shipped:
        modeline, _, pack = (folder / "rules" / path).read_text(encoding="utf-8").partition("\n")
        schema = modeline.removeprefix("# yaml-language-server: $schema=")
        assert (folder / "rules" / path.parent / schema).is_file()
        assert pack == (PACK.parent / path).read_text(encoding="utf-8")
    code, told, mistakes = said("check", "--settings", folder / "tocsin.yaml")
    assert (code, mistakes) == (0, "")
    assert told.endswith(f" rules in {len(shipped)} files: no mistakes\n")
    (folder / "tocsin.yaml").write_text("mine", encoding="utf-8")
    assert said("init", folder) == (2, "", f"{folder}: it exists and is not empty; name a new folder")
    assert (folder / "tocsin.yaml").read_text(encoding="utf-8") == "mine"


def test_watch_lists_that_init_makes_are_for_their_owner_alone(tmp_path: Path, said: Said) -> None:
    """Where somebody's people are is not for everybody who may log in."""
    said("init", tmp_path / "desk")
    lists = sorted((tmp_path / "desk" / "rules" / "watch").iterdir())
    assert [path.name for path in lists] == ["people.yaml", "sites.yaml", "travel.yaml"]
    assert {path.stat().st_mode & 0o777 for path in lists} == {0o600}


def test_every_example_in_the_settings_is_one(tmp_path: Path, said: Said) -> None:
    """With the comment signs taken away the file is right, but for the secrets that this machine has not."""
    said("init", tmp_path / "desk")
    path = tmp_path / "desk" / "tocsin.yaml"
    lines = path.read_text(encoding="utf-8").replace("feeds: []", "feeds:").splitlines()
    keys = ("# channels", "# retention", "# poll")
    bare = [
        f"  {line[3:]}" if line.startswith("#  ") else line.removeprefix("# ") if line.startswith(keys) else line for line in lines
    ]
    bare = [line.replace("#   ", "  ", 1) if line.startswith("#   ") else line for line in bare]
    path.write_text("\n".join(bare) + "\n", encoding="utf-8")
    code, _, told = said("check", "--settings", path)
    assert code == 2
    assert sorted(line.partition(": ")[2] for line in told.splitlines()) == [
        '"Authorization": the environment has no PAID_SERVICE_KEY; set it',
        '"token": the environment has no TOCSIN_SLACK_TOKEN; set it',
    ]


def test_init_where_nothing_can_be_written_says_so(tmp_path: Path, said: Said) -> None:
    """The disk's fault, not the user's."""
    (tmp_path / "file").touch()
    assert said("init", tmp_path / "file" / "desk") == (
        3,
        "",
        f"{tmp_path}/file/desk/rules/watch: cannot be written: Not a directory",
    )


# ------------------------------------------------------------------------------------------------------------ mistakes


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("workers: many\n", 'tocsin.yaml:3:10: "workers" is a number from 1 to 256, found "many"'),
        ("wokers: 2\n", 'tocsin.yaml:3:1: unknown key "wokers" in the settings file'),
        ("kafka: {brokers: [a:9092]}\n", 'tocsin.yaml: "kafka" is set, and this version runs on one host; remove it'),
    ],
)
def test_a_wrong_setting_is_one_line_and_exit_2(tmp_path: Path, said: Said, more: str, told: str) -> None:
    """Before anything is opened."""
    code, out, line = said("run", desk(tmp_path / "desk", {}, more=more))
    assert (code, out) == (2, "")
    assert told in line
    assert "\n" not in line
    assert not (tmp_path / "desk" / "tocsin.db").exists()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("store: nowhere/desk.db\n", "nowhere/desk.db: the folder does not exist; create it first"),
        ("knowledge: mine\n", "mine"),
        ("model: en_core_web_nothing\n", "en_core_web_nothing"),
    ],
)
def test_what_a_run_cannot_open_is_one_line_and_exit_2(tmp_path: Path, more: str, told: str) -> None:
    """Also when it is an extraction process that finds out."""
    code, last = refused("run", desk(tmp_path / "desk", {}, more=more), "--log-format", "json")
    assert code == 2
    lines = [line for line in last.splitlines() if not line.startswith("{")]
    assert len(lines) == 1
    assert told in lines[0]


def test_a_bad_rule_file_is_told_whole(tmp_path: Path) -> None:
    """Every mistake, at its place."""
    folder = desk(tmp_path / "desk", {})
    bad = folder / "bad.yaml"
    bad.write_text("version: 1\nrules:\n  - {id: a, owner: me, when: {event: atack}, severity: low, tests: []}\n", encoding="utf-8")
    text = (folder / "tocsin.yaml").read_text(encoding="utf-8")
    (folder / "tocsin.yaml").write_text(text.replace(str(PACK), "bad.yaml"), encoding="utf-8")
    code, told = refused("run", folder)
    assert code == 2
    assert told.startswith(f"{bad}:3:")
    assert '"atack"' in told


@pytest.mark.parametrize("clock", ["2024-13-01", "2024-04-22x0", "2024-04-22x-1", "x20", "soon"])
def test_a_wrong_clock_is_refused(tmp_path: Path, said: Said, clock: str) -> None:
    """Speed 0 would wait for ever."""
    code, _, told = said("run", desk(tmp_path / "desk", {}), f"--clock={clock}")
    assert code == 2
    assert told.startswith(f'--clock: "{clock}" is no moment; write ')


def test_why_without_settings_or_store_says_what_to_do(tmp_path: Path, said: Said) -> None:
    """Neither is made by asking."""
    none = f'{tmp_path}/tocsin.yaml: there are no settings; "tocsin init {tmp_path}" makes them'
    assert said("why", "x", tmp_path) == said("run", tmp_path) == (2, "", none)
    folder = desk(tmp_path / "desk", {})
    assert said("why", "x", folder) == (2, "", f'{folder}/tocsin.db: there is no store; "tocsin run" makes one')
    assert not (folder / "tocsin.db").exists()


# ----------------------------------------------------------------------------------------------------------------- run


async def test_a_run_goes_on_beside_a_dead_feed_and_why_tells_all(tmp_path: Path, said: Said) -> None:
    """One feed answers 500 and one is a web page; the third's attack is told, once, and its whole life can be read.

    A second run on the same store is refused; both signals end a run with exit code 0.
    """
    async with FeedServer() as server, Unhurried() as peer:
        good = server.script("/good.xml", Answer(body=rss(STRIKE)))
        bad = server.script("/bad.xml", Answer(status=500))
        page = server.script("/page.xml", Answer(body=b"<!doctype html><html><body>Sorry</body></html>"))
        folder = desk(tmp_path / "desk", {"good": good, "bad": bad, "page": page}, peer)
        async with Run.started(folder, clock=NOW) as run:
            await run.until("decided")
            async with Run.started(folder, clock=NOW) as second:
                assert await second.ended() == 3
            assert second.log[-2]["text"] == (
                f"{folder}/tocsin.db: another matcher holds this store (process {run.process.pid}); "
                "stop it first, or name another store"
            )
            await met(lambda: bool(peer.posts))
            failed = {
                line["feed"]: line["diagnosis"] for line in run.log if line.get("event") == "poll failed" and "diagnosis" in line
            }
            assert set(failed) == {"bad", "page"}
            assert "500" in failed["bad"]
            assert "html" in failed["page"]
            run.process.send_signal(signal.SIGINT)
            assert await run.ended() == 0
            await met(lambda: not members(run.process.pid), 5.0)  # the last ones see their pipe close
        assert "Traceback" not in run.text
        assert len(peer.posts) == 1

    store = folder / "tocsin.db"
    for what in ("https://good.example/7", "https://good.example/7?utm_source=mail", "good:g-7"):
        code, told, fault = said("why", what, "--store", store)
        assert (code, fault) == (0, "")
        for piece in (
            "revision 1 taken",
            "from good: matched",
            "event ",
            TEXT,
            "incident ",
            "independence unknown: good: ",
            "rule strike-on-us-base",
            "post: done",
        ):
            assert piece in told, told
        assert set("\u202e\u2066").isdisjoint(told)
    assert said("why", "nobody", "--store", store) == (1, 'no article with the id or link "nobody" was ever taken\n', "")
    assert said("why", "", "--store", store)[0] == said("why", "ftp://good.example/7", "--store", store)[0] == 1
    code, again, fault = said("replay", f"journal:{store}", "--format", "jsonl")
    assert (code, again.count('"rule":"strike-on-us-base"')) == (0, 1), fault
    judged = said("replay", f"journal:{store}", "--rules", PACK, "--format", "jsonl")[1]
    own = re.compile(r'"I\d+-|"decided":"[^"]*"')  # the articles alone were asked: no feed's health has a number or moves the clock
    assert own.sub("", judged) == own.sub("", again)
    assert said("replay", f"journal:{store}", "archive.jsonl")[0] == 2
    assert said("replay", "archive.jsonl")[0] == 2
