"""`tocsin rules`: what it prints, and how it exits."""

import json
from pathlib import Path

import pytest

from rules.load import load_rules
from rules.model import AllOf
from streams.cli.main import main
from streams.knowledge import world

ROOT = Path(__file__).parents[3]
TEXT = """\
version: 1
lists: {gulf: [BH, KW]}
rules:
  # ours
  - id: gulf-attack   # never changes
    owner: gsoc
    when: {event: armed-attack, place: {in: $gulf}}
    severity: high
    tests: [{fires: a}, {silent: b}]

  # theirs
  - {id: two, when: {event: threat}, severity: [{low: {killed: 1}}, high], mode: shadow, first: {within: 90d}}
"""
LINES = TEXT.splitlines()


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Runs a command in a folder with two rule files; exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(TEXT, "utf-8")
    Path("b.yaml").write_text(TEXT.replace("[BH, KW]", "[BH, OM]").replace("id: two", "id: three"), "utf-8")

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as done:
            main(["rules", *arguments])
        captured = capsys.readouterr()
        return int(done.value.code or 0), captured.out, captured.err

    return run


def test_a_list_in_columns(said) -> None:  # type: ignore[no-untyped-def]
    assert said("list", "a.yaml")[:2] == (0, """\
id           mode    severity   form   owner  tests  at         title
gulf-attack  on      high              gsoc   2      a.yaml:5   Gulf attack
two          shadow  low, high  first         0      a.yaml:12  Two
""")  # fmt: skip


def test_a_list_in_json_lines(said) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = said("list", "a.yaml", "--format", "jsonl")
    assert code == 0
    assert json.loads(out.splitlines()[1]) == {
        "id": "two", "mode": "shadow", "severity": ["low", "high"], "form": "first", "owner": "", "tests": 0,
        "at": "a.yaml:12", "title": "Two",
    }  # fmt: skip


def test_a_rule_as_it_is_written(said) -> None:  # type: ignore[no-untyped-def]
    """Its own lines, comments in them, below one that says where, and which version of it."""
    head, *lines = said("show", "gulf-attack", "a.yaml")[1].splitlines()
    assert head.startswith("# a.yaml:5, hash ")
    assert head.endswith(", 2 tests")
    assert lines == LINES[4:9]
    assert said("show", "two", "a.yaml")[1].splitlines()[1:] == [LINES[11]]


def test_a_rule_with_nothing_left_unsaid(said) -> None:  # type: ignore[no-untyped-def]
    """What is printed is a rule file, and means the same."""
    out = said("show", "gulf-attack", "a.yaml", "--expanded")[1]
    assert "in: [BH, KW]" in out
    Path("c.yaml").write_text(out, "utf-8")
    known = world.load()
    ((again,), rule) = (load_rules([Path("c.yaml")], known).rules, load_rules([Path("a.yaml")], known).rules[0])
    assert isinstance(again.when, AllOf)
    assert isinstance(rule.when, AllOf)
    assert (set(again.when.parts), again.severity) == (set(rule.when.parts), rule.severity)


def test_a_rule_that_is_not_there(said) -> None:  # type: ignore[no-untyped-def]
    assert said("show", "gulf", "a.yaml") == (
        2, "", 'no rule "gulf" in these files; allowed: gulf-attack, two\n',
    )  # fmt: skip


def test_a_difference_exits_with_1(said) -> None:  # type: ignore[no-untyped-def]
    """Rules and clauses, each with both places; the sum beside it."""
    code, out, err = said("diff", "a.yaml", "b.yaml")
    assert (code, err) == (1, "1 rule changed, 1 rule added, 1 rule removed\n")
    assert out.splitlines() == [
        "- a.yaml:7: gulf-attack: place: {in: [BH, KW]}",
        "+ b.yaml:7: gulf-attack: place: {in: [BH, OM]}",
        '- a.yaml:12: rule "two": Two',
        '+ b.yaml:12: rule "three": Three',
    ]
    lines = [json.loads(line) for line in said("diff", "a.yaml", "b.yaml", "--format", "jsonl")[1].splitlines()]
    assert lines[0] == {
        "rule": "gulf-attack", "kind": "changed", "what": "when",
        "left": {"text": "place: {in: [BH, KW]}", "path": "a.yaml", "line": 7},
        "right": {"text": "place: {in: [BH, OM]}", "path": "b.yaml", "line": 7},
    }  # fmt: skip
    assert (lines[1]["kind"], lines[1]["right"]) == ("removed", None)


def test_no_difference_exits_with_0(said) -> None:  # type: ignore[no-untyped-def]
    assert said("diff", "a.yaml", "a.yaml") == (0, "", "0 rules changed, 0 rules added, 0 rules removed\n")
