"""`tocsin check` from outside: warnings, shapes for machines, exit codes."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from streams.cli import main as cli

GOOD = "  - {id: %s, owner: me, when: {event: %s}, severity: low, tests: [{fires: a}, {silent: b}]}\n"
CLEAN = f"version: 1\nrules:\n{GOOD % ('a', 'threat')}"
UNUSED = f"version: 1\nlists: {{ours: [US]}}\nrules:\n{GOOD % ('a', 'threat')}"
TOLD = 'list "ours" is used by no rule; remove it, or name it as $ours'
ODD = 'version: 1\nrules:\n  - {id: "b,:%", owner: me, when: {event: threat}, severity: low, tests: [{fires: a}, {silent: b}]}\n'
ODDLY = '"id" "b,:%" is no slug; allowed: a-z, 0-9 and single hyphens, up to 64 characters'

Check = Callable[..., tuple[int, str, str]]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Runs the command on files of these names and texts; exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def run(files: dict[str, str], *options: str) -> tuple[int, str, str]:
        for name, text in files.items():
            Path(name).write_text(text, encoding="utf-8")
        with pytest.raises(SystemExit) as ended:
            cli.main(["check", *options, *files])
        shown = capsys.readouterr()
        return int(str(ended.value.code)), shown.out, shown.err

    return run


def test_warnings_are_told_and_stop_only_who_asks_for_that(check: Check) -> None:
    """Exit code 0 with warnings, 1 with --strict; 0 with --strict where there are none."""
    told = f"a.yaml:2:9: warning: {TOLD}\n"
    assert check({"a.yaml": UNUSED}) == (0, "1 rule in 1 file: no mistakes, 1 warning\n", told)
    assert check({"a.yaml": UNUSED}, "--strict") == (1, "1 rule in 1 file: no mistakes, 1 warning\n", told)
    assert check({"a.yaml": CLEAN}, "--strict") == (0, "1 rule in 1 file: no mistakes\n", "")


def test_mistakes_stop_with_two_whatever_the_shape(check: Check) -> None:
    """And nothing is proved of rules that are wrong."""
    for options in ((), ("--strict",), ("--format", "jsonl"), ("--format", "junit"), ("--format", "github", "--strict")):
        code, out, err = check({"a.yaml": ODD}, *options)
        assert code == 2
        assert (err if "--format" not in options else out).count("is no slug") >= 1


def test_json_lines(check: Check) -> None:
    """One object for each mistake and warning."""
    code, out, err = check({"a.yaml": ODD, "b.yaml": UNUSED, "c.yaml": CLEAN.replace("id: a", "id: c")}, "--format", "jsonl")
    assert (code, err) == (2, "")
    assert [json.loads(line) for line in out.splitlines()] == [
        {"path": "a.yaml", "line": 3, "column": 10, "severity": "error", "message": ODDLY}
    ]
    code, out, err = check({"b.yaml": UNUSED}, "--format", "jsonl")
    assert (code, err) == (0, "")
    assert json.loads(out) == {"path": "b.yaml", "line": 2, "column": 9, "severity": "warning", "message": TOLD}
    assert check({"c.yaml": CLEAN}, "--format", "jsonl") == (0, "", "")


def test_commands_for_github(check: Check) -> None:
    """Its signs are escaped in words, and two more in the path."""
    assert check({"a,b.yaml": ODD}, "--format", "github") == (
        2,
        f"::error file=a%2Cb.yaml,line=3,col=10::{ODDLY.replace('%', '%25')}\n",
        "",
    )
    assert check({"b.yaml": UNUSED}, "--format", "github")[1] == f"::warning file=b.yaml,line=2,col=9::{TOLD}\n"
    assert check({"c.yaml": CLEAN}, "--format", "github") == (0, "", "")


def test_junit(check: Check) -> None:
    """A suite for each file; what is clean passes, and warnings fail where --strict asks for it."""
    files = {"a.yaml": UNUSED, "b.yaml": CLEAN.replace("id: a", "id: b").replace("threat", "abduction")}
    for options, failures in (((), 0), (("--strict",), 1)):
        code, out, err = check(files, "--format", "junit", *options)
        root = ElementTree.fromstring(out)
        assert (code, err) == (failures, "")
        assert (root.get("tests"), root.get("failures")) == ("2", str(failures))
        assert [suite.get("name") for suite in root] == ["a.yaml", "b.yaml"]
        case = root[0][0]
        assert case.attrib == {"classname": "a.yaml", "name": f"2:9: warning: {TOLD}", "file": "a.yaml", "line": "2"}
        assert [failure.get("message") for failure in root.iter("failure")] == [TOLD] * failures


def test_a_watch_list_that_others_may_read_is_warned_of(check: Check) -> None:
    """Its owner alone is to read it."""
    watched = "version: 1\nsites: [{id: s, name: S, at: [30, 40], radius: 5km}]\n"
    rules = f"version: 1\nwatch: {{sites: w.yaml}}\nrules:\n{GOOD % ('a', 'threat, near: {watch: sites}')}"
    Path("w.yaml").write_text(watched, encoding="utf-8")
    for mode in (0o644, 0o640, 0o602):
        Path("w.yaml").chmod(mode)
        words = "w.yaml:1:1: warning: this watch list may be read or changed by others of this machine; chmod 600 w.yaml\n"
        assert check({"a.yaml": rules}) == (0, "1 rule in 2 files: no mistakes, 1 warning\n", words)
    Path("w.yaml").chmod(0o600)
    assert check({"a.yaml": rules}) == (0, "1 rule in 2 files: no mistakes\n", "")
