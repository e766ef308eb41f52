"""`tocsin test` without a language model: what it prints of reports, in each format."""

import json
import threading
from pathlib import Path
from xml.etree import ElementTree

import pytest
from small_world import WORLD

from rules.load import load_texts
from rules.model import RuleSet
from rules.mutate import Mutant
from streams.cli import trials
from streams.cli.junit import Case, junit
from streams.errors import UsageError
from streams.questions.trial import Report, Verdict

TEXT = """\
version: 1
rules:
  - id: strike
    when: {event: armed-attack}
    severity: high
    tests:
      - fires: attack
      - silent: talks
  - id: threat
    when: {event: threat}
    severity: low
    tests:
      - fires: a threat
  - id: bare
    when: {event: threat}
    severity: low
"""


def rules() -> RuleSet:
    return load_texts({"rules.yaml": TEXT}, WORLD)


def reports() -> list[Report]:
    """One rule that is well but for a change, one that fails and has no silent test, one without tests."""
    strike, threat, bare = rules().rules
    noticed = Report(strike, tuple(Verdict(test, "") for test in strike.tests), 2, (Mutant(strike, 4, 'without "x"'),))
    return [noticed, Report(threat, (Verdict(threat.tests[0], "did not fire"),), 0, ()), Report(bare, (), 0, ())]


def test_lines_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """Every line that asks for something says where."""
    assert [one.passed for one in trials.shown(reports(), "table")] == [True, False, False]
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "strike: 2 of 2 tests passed, 1 of 2 changes noticed",
        'rules.yaml:4: no test notices the rule without "x"',
        "threat: 0 of 1 test passed",
        "rules.yaml:13: fires: did not fire",
        'rules.yaml:9: rule "threat" has no test that is "silent"; give it a text that must not',
        "bare: 0 of 0 tests passed",
        'rules.yaml:14: rule "bare" has no test that is "fires"; give it a text that is to raise it',
        'rules.yaml:14: rule "bare" has no test that is "silent"; give it a text that must not',
    ]
    assert said.err == "3 rules, 3 tests, 1 failed, 2 rules without both kinds of tests, 1 of 2 changes noticed\n"


def test_a_change_that_nobody_notices_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    """It is a hint."""
    assert trials.shown(reports()[:1], "table")[0].passed
    assert capsys.readouterr().err == "1 rule, 2 tests, 0 failed, 1 of 2 changes noticed\n"


def test_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """One object for each test and each rule."""
    trials.shown(reports(), "jsonl")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["rule"], line.get("lacking"), line.get("passed")) for line in lines] == [
        ("strike", None, True), ("strike", None, True), ("strike", [], None),
        ("threat", None, False), ("threat", ["silent"], None), ("bare", ["fires", "silent"], None),
    ]  # fmt: skip
    assert lines[2]["survivors"] == [{"line": 4, "change": 'without "x"'}]


def test_junit_is_read_by_an_xml_parser(capsys: pytest.CaptureFixture[str]) -> None:
    """A suite for each rule, a case for each test and each kind that lacks, a failure for what is wrong."""
    trials.shown(reports(), "junit")
    root = ElementTree.fromstring(capsys.readouterr().out)
    assert root.attrib == {"name": "tocsin test", "tests": "6", "failures": "4", "errors": "0"}
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in root] == [
        ("strike", "2", "0"), ("threat", "2", "2"), ("bare", "2", "2"),
    ]  # fmt: skip
    assert [note.text for note in root.iter("system-out")] == ['rules.yaml:4: no test notices the rule without "x"']
    case = root[1][0]
    assert case.attrib == {"classname": "threat", "name": "fires: a threat", "file": "rules.yaml", "line": "13"}
    assert (case[0].get("message"), case[0].text) == ("did not fire", "rules.yaml:13: did not fire")


def test_junit_of_words_that_xml_cannot_hold() -> None:
    """Markup is escaped, and a control character of a test's text is shown as unknown."""
    text = junit("x", [Case("a<b", 'say "no"\x1b[1m & go', "r.yaml", 1, "<>\x00")])
    (suite,) = ElementTree.fromstring(text)
    assert (suite.get("name"), suite[0].get("name")) == ("a<b", 'say "no"\ufffd[1m & go')
    assert suite[0][0].get("message") == "<>\ufffd"


def test_one_rule_is_chosen_by_its_id() -> None:
    """Or several; an id that is not there is refused with the nearest."""
    assert [one.id for one in trials.chosen(rules(), ["threat", "strike"]).rules] == ["strike", "threat"]
    assert [one.id for one in trials.chosen(rules(), None).rules] == ["strike", "threat", "bare"]
    with pytest.raises(UsageError) as fault:
        trials.chosen(rules(), ["treat"])
    assert str(fault.value) == ('--rule: no rule "treat" in these files; allowed: strike, threat, bare; did you mean "threat"?')


# ------------------------------------------------------------------------------------------------------- watching


def watched(*texts: str) -> list[list[str]]:
    """Ids of the rules that are tested for each text in turn; "threat" fails, the others pass; a mistake is told."""
    waiting = list(texts)
    tested: list[list[str]] = []

    def test(rules: RuleSet) -> list[Report]:
        tested[-1] = [one.id for one in rules.rules]
        problem = {"threat": "did not fire"}
        return [Report(one, tuple(Verdict(test, problem.get(one.id, "")) for test in one.tests), 0, ()) for one in rules.rules]

    def load() -> RuleSet:
        tested.append([])
        return load_texts({"rules.yaml": waiting.pop(0)}, WORLD)

    trials.keep_testing(load, test, texts[1:])
    return tested


def test_watching_tests_what_changed_and_what_has_not_passed(capsys: pytest.CaptureFixture[str]) -> None:
    """Rules that passed and are the same are left alone, also when they moved in the file."""
    moved = TEXT.replace("rules:\n", "rules:\n# moved\n")
    assert watched(TEXT, TEXT, moved, moved.replace("silent: talks", "silent: other talks")) == [
        ["strike", "threat", "bare"],
        [],
        ["threat", "bare"],
        ["strike", "threat", "bare"],
    ]
    assert capsys.readouterr().err.splitlines()[1] == "1 rule as before; watching, Ctrl-C ends it"


def test_watching_outlives_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    """It is told once, and the next change is tested."""
    broken = TEXT.replace("severity: high", "severity: hihg")
    assert watched(TEXT, broken, broken, TEXT) == [
        ["strike", "threat", "bare"], [], [], ["threat", "bare"],
    ]  # fmt: skip
    assert capsys.readouterr().err.count('rules.yaml:5:15: unknown severity "hihg"') == 1


def test_a_change_of_a_rule_file_is_seen(tmp_path: Path) -> None:
    """Also when an editor puts another file in place of the old one; other files are not looked at."""
    path = tmp_path / "rules.yaml"
    path.write_text(TEXT, "utf-8")
    seen = trials._looks(load_texts({str(path): TEXT}, WORLD), [])

    def edit() -> None:
        (tmp_path / "notes.txt").write_text("no", "utf-8")
        other = tmp_path / "other"
        other.write_text(TEXT + "# more\n", "utf-8")
        other.replace(path)

    timer = threading.Timer(0.5, edit)
    timer.start()
    try:
        changed = {name for _, name in next(filter(None, seen))}  # type: ignore[attr-defined]
    finally:
        timer.join()
    assert changed == {str(path)}
