"""`tocsin try`: check, tests, and the last days of a store or an archive, with the shipped knowledge and model."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from peers import stored as peer

from rules.load import load_rules
from streams.cli.main import main
from streams.extract.reader import load as load_extractor
from streams.knowledge import world
from streams.wire import plain

TEXT = """\
version: 1
rules:
  - id: base
    owner: gsoc
    mode: shadow
    when: {event: armed-attack, target: {kind: base}}
    severity: [{medium: {outcome: [missed, intercepted]}}, high]
    tests:
      - fires: Rockets were fired at a military base in Iraq on Monday.
      - silent: Talks on the base went on.
  - id: refinery
    when: {event: armed-attack, target: {kind: energy-site}}
    severity: low
"""
ARTICLES = [
    peer.news("old", "2030-11-20T08:00", "Drones attacked a military base in Jordan on Tuesday, officials said."),
    peer.news("one", "2031-01-07T08:00", "Two rockets were fired at the Ain al-Asad air base in Iraq on Monday, officials said."),
    peer.news("two", "2031-01-13T08:00", "Rockets hit an oil refinery near Basra on Sunday, officials said."),
    peer.news("three", "2031-01-14T08:00", "A drone attacked a military base in eastern Syria on Tuesday and missed its target."),
]
Said = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Settings, rules, and the store of a run that had another rule set."""
    made = tmp_path_factory.mktemp("desk")
    (made / "rules").mkdir()
    (made / "rules" / "ours.yaml").write_text(TEXT, "utf-8")
    (made / "tocsin.yaml").write_text("rules: rules\n", "utf-8")
    known = world.load()
    peer.run(made / "tocsin.db", ARTICLES, load_rules([made / "rules"], known), load_extractor(knowledge=known), known)
    (made / "archive.jsonl").write_text("".join(json.dumps(plain(one)) + "\n" for one in ARTICLES), "utf-8")
    return made


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: Path) -> Said:
    for name in [name for name in os.environ if name.startswith("TOCSIN_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(folder)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as done:
            main(["try", *arguments])
        captured = capsys.readouterr()
        return int(done.value.code or 0), captured.out, captured.err

    return run


def test_a_rule_by_its_id_on_the_store(said: Said, folder: Path) -> None:
    """Its tests, its messages of the last days, also in shadow, and how much that is; the store stays as it was."""
    before = (folder / "tocsin.db").read_bytes()
    code, out, err = said("base")
    assert code == 0
    lines = out.splitlines()
    assert lines[0].startswith("base: 2 of 2 tests passed, ")
    heads = [line for line in lines if line.endswith("Z new")]
    assert heads == ["2031-01-07 08:10Z new", "2031-01-14 08:10Z new"]
    messages = [line for line in lines if line.startswith(("HIGH", "MEDIUM"))]
    assert len(messages) == 2
    assert "Ain al-Asad" in messages[0]
    at = lines.index("2030-12-15 to 2031-01-14: 2 alerts (2 new), 0.067 a day; busiest day 2031-01-07 with 1")
    assert [line.split() for line in lines[at + 1 :]] == [
        ["day", "alerts", "critical", "high", "medium", "low"],
        ["2031-01-07", "1", "0", "1", "0", "0"],
        ["2031-01-14", "1", "0", "0", "1", "0"],
    ]
    assert "3 articles, 0 of them read anew" in err.splitlines()
    assert (folder / "tocsin.db").read_bytes() == before


def test_a_file_on_an_archive_in_json_lines(said: Said) -> None:
    """All its rules; a rule without tests makes the answer no, and what it would have told is shown all the same."""
    code, out, err = said("rules/ours.yaml", "--archive", "archive.jsonl", "--days", "365", "--format", "jsonl")
    assert code == 1
    lines = [json.loads(line) for line in out.splitlines()]
    alerts = [line for line in lines if "alert" in line]
    assert [line["rule"] for line in alerts] == ["base", "base", "refinery", "base"]
    assert all(line["message"] for line in alerts)
    found = lines[-1]["volume"]
    assert (found["alerts"], found["kinds"], found["severities"]) == (4, {"new": 4}, {"high": 2, "low": 1, "medium": 1})
    assert [day["day"] for day in found["days"]] == ["2030-11-20", "2031-01-07", "2031-01-13", "2031-01-14"]
    assert "4 articles, 4 of them read anew" in err
    assert 'ours.yaml:11:5: warning: rule "refinery" has no "owner"' in err


def test_without_a_store_there_are_tests_only(said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a folder where nothing ran yet."""
    (tmp_path / "rules.yaml").write_text(TEXT, "utf-8")
    (tmp_path / "tocsin.yaml").write_text("rules: rules.yaml\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    code, out, err = said("base")
    assert (code, len([line for line in out.splitlines() if line.startswith("base: ")])) == (0, 1)
    assert err.splitlines()[-1] == "no store yet, so nothing to try it on; give --store FILE or --archive FILE"


def test_slips_are_told_of_the_rule_that_is_tried(said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that `check` warns of: of one rule by its id what stands in it or names it, of a file everything."""
    odd = TEXT.replace("target: {kind: base}", "target: {kind: base}, text: {any: [rocket]}")
    (tmp_path / "rules.yaml").write_text(odd.replace("version: 1\n", "version: 1\nlists: {ours: [US]}\n"), "utf-8")
    (tmp_path / "tocsin.yaml").write_text("rules: rules.yaml\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    own = '"rocket" is a kind of instrument: "instrument: rocket" asks for the weapon, not for a word'
    told = [line for line in said("base")[2].splitlines() if ": warning: " in line]
    assert told == [f"rules.yaml:7:55: warning: {own}"]
    told = [line for line in said("rules.yaml")[2].splitlines() if ": warning: " in line]
    assert [line.partition(" warning")[0] for line in told] == [
        "rules.yaml:2:9:",
        "rules.yaml:7:55:",
        "rules.yaml:12:5:",
        "rules.yaml:12:5:",
    ]


def test_the_desks_secrets_are_not_needed_where_the_rule_is_a_file(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong with the settings is told; where they are asked for, or name the rules, it ends there."""
    (tmp_path / "rules.yaml").write_text(TEXT, "utf-8")
    (tmp_path / "tocsin.yaml").write_text(
        'rules: rules.yaml\nchannels: {"slack:a": {channel: C0123456789, token: {env: TOCSIN_X}}}\n', "utf-8"
    )
    monkeypatch.chdir(tmp_path)
    code, _, err = said("rules.yaml")
    assert code == 1  # a rule of the file has no tests
    assert "has no TOCSIN_X" in err
    assert [said("base")[0], said("rules.yaml", "--settings", "tocsin.yaml")[0]] == [2, 2]


def test_what_is_wrong_is_said_at_once(said: Said, tmp_path: Path) -> None:
    """A rule that is not there, a broken file, a store that is none."""
    assert said("bases")[::2] == (2, 'no rule "bases" in these files; allowed: base, refinery; did you mean "base"?\n')
    (tmp_path / "a.yaml").write_text("version: 1\nrules: [{id: a, when: {event: threat}}]\n", "utf-8")
    code, out, err = said(str(tmp_path / "a.yaml"))
    assert (code, out) == (2, "")
    assert f'{tmp_path}/a.yaml:2:9: rule "a" has no "severity"' in err
    assert said("base", "--store", str(tmp_path / "none.db"))[0] == 2
