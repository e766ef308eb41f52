"""What is allowed and still a slip: every warning with its words and place, and none where nothing is wrong."""

import re
from datetime import date
from pathlib import Path

import pytest
from small_world import WORLD

from rules.lint import warnings
from rules.load import load_texts, read_rules
from rules.positions import Positions
from streams.knowledge.world import Knowledge
from streams.knowledge.world import load as load_knowledge

ROOT = Path(__file__).parents[2]
WARNED = sorted((ROOT / "tests" / "data" / "rules" / "warned").glob("*.yaml"))
TODAY = date(2031, 1, 1)
WATCHED = "version: 1\nsites: [{id: s, name: S, at: [30, 40], radius: 5km}]\npeople: [{id: p, name: Jane Doe}]\n"


def told(texts: dict[str, str], knowledge: Knowledge, today: date | None = TODAY) -> list[str]:
    """Everything that is said of a set: by the loader in passing, then here."""
    found, mistakes = read_rules(texts, knowledge)
    assert found is not None, mistakes
    return [str(one) for one in (*mistakes, *warnings(found, knowledge, today=today))]


@pytest.mark.parametrize("path", WARNED, ids=lambda path: path.stem)
def test_each_warning_is_told_whole_at_its_place(path: Path) -> None:
    """Each file says in its last lines, behind `#!`, what is to be said of it; words are judged by the shipped knowledge."""
    text = path.read_text(encoding="utf-8")
    expected = [line[3:] for line in text.splitlines() if line.startswith("#! ")]
    knowledge = load_knowledge() if path.stem.startswith(("words", "mentions")) else WORLD
    said = told({path.name: text, "w.yaml": WATCHED}, knowledge)
    assert [one.removeprefix(f"{path.name}:") for one in said] == expected


def test_there_are_warned_files() -> None:
    """So that a lost folder does not pass for a success; one of them has nothing to warn of."""
    assert len(WARNED) > 35
    assert any("#! " not in path.read_text(encoding="utf-8") for path in WARNED)


def test_nothing_is_said_of_what_ships() -> None:
    """Packs, the rules of the tests, and the examples of the reference: no false alarm."""
    packs = ROOT / "rules" / "packs"
    texts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in packs.rglob("*.yaml")}
    assert told(texts, load_knowledge()) == []
    assert told({"kinds.yaml": (ROOT / "tests/data/rules/kinds.yaml").read_text(encoding="utf-8")}, load_knowledge()) == []
    ideas = ROOT / "tests" / "data" / "rules" / "ideas"
    texts = {path.relative_to(ideas).as_posix(): path.read_text(encoding="utf-8") for path in ideas.rglob("*.yaml")}
    said = told(texts, load_knowledge())
    assert [one for one in said if 'names no "event"' not in one] == []  # one of them means every event
    document = (ROOT / "docs" / "rules.md").read_text("utf-8")
    for text in re.findall(r"^```yaml\n(version: 1\n(?=.*^rules:)(?!sites:).*?)^```", document, re.MULTILINE | re.DOTALL):
        named = dict.fromkeys(re.findall(r"watch/\w+\.yaml", text), WATCHED)
        said = told({"a.yaml": text} | named, load_knowledge())
        assert [one for one in said if "is not matched by" not in one] == []  # rules that show a clause contain each other


def test_without_a_day_nothing_is_said_of_days() -> None:
    """A replay may ask too, and has no today."""
    rule = "{id: a, owner: me, when: {event: threat}, severity: low, expires: 2020-01-01, tests: [{fires: a}, {silent: b}]}"
    text = f"version: 1\nrules: [{rule}]\n"
    assert told({"a.yaml": text}, WORLD, None) == []
    assert told({"a.yaml": text}, WORLD) == ['a.yaml:2:66: warning: rule "a" expired on 2020-01-01: it announces nothing new']
    assert told({"a.yaml": text}, WORLD, date(2020, 1, 1)) == []


def test_travel_that_has_ended_is_told_and_not_quoted() -> None:
    """On the day after its last day, and not while one entry of the list still counts."""
    rule = "{id: a, owner: me, when: {event: threat, near: {watch: w}}, severity: low, tests: [{fires: a}, {silent: b}]}"
    text = f"version: 1\nwatch: {{w: w.yaml}}\nrules: [{rule}]\n"
    trip = "  - {id: t-%d, name: Jane Doe, at: [30, 40], radius: 5km, from: 2031-01-01, to: 2031-01-0%d}\n"
    texts = {"a.yaml": text, "w.yaml": f"version: 1\ntravel:\n{trip % (1, 4)}{trip % (2, 5)}"}
    assert told(texts, WORLD, date(2031, 1, 5)) == []
    words = '"near" of rule "a" can no longer hold: all travel on watch list "w" has ended'
    assert told(texts, WORLD, date(2031, 1, 6)) == [f"a.yaml:3:50: warning: {words}"]


def test_a_list_or_watch_list_may_be_used_in_another_file() -> None:
    """Of the same set."""
    texts = {
        "a.yaml": "version: 1\nlists: {ours: [US]}\nwatch: {sites: w.yaml}\nrules: []\n",
        "b.yaml": "version: 1\nrules: [{id: a, owner: me, severity: low, tests: [{fires: a}, {silent: b}], "
        "when: {event: threat, actor: {nation: [$ours, GB]}, near: {watch: sites}}}]\n",
        "w.yaml": WATCHED,
    }
    assert told(texts, WORLD) == []
    del texts["b.yaml"]
    assert [one.partition(" warning: ")[0] for one in told(texts, WORLD)] == ["a.yaml:2:9:", "a.yaml:3:9:"]


@pytest.mark.parametrize(
    ("narrow", "wide", "warned"),
    [
        ("", "", True),
        ("max_age: 2d", "max_age: 3d", True),
        ("max_age: 3d", "max_age: 2d", False),
        ("", "expires: 2031-06-01", False),
        ("expires: 2031-05-01", "expires: 2031-06-01", True),
        ("mode: shadow", "", False),
        ("", "mode: shadow", False),
        ("first: {within: 3d}", "", False),
    ],
)
def test_a_rule_is_contained_only_where_the_other_tells_it_too(narrow: str, wide: str, warned: bool) -> None:
    """Not by one that forgets sooner, has ended, is not sent, or counts over time."""
    entry = "  - {{id: {}, owner: me, when: {{event: {}}}, severity: low, tests: [{{fires: a}}, {{silent: b}}]{}}}\n"
    one = entry.format("narrow", "shelling", f", {narrow}" if narrow else "")
    other = entry.format("wide", "armed-attack", f", {wide}" if wide else "")
    said = told({"a.yaml": f"version: 1\nrules:\n{one}{other}"}, WORLD)
    assert any("is not matched by" in one for one in said) is warned


def test_positions_are_those_of_the_clause_where_it_can_be_found() -> None:
    """The key of the clause in its line, else the first key of it, else `when`."""
    text = "version: 1\nrules:\n  - id: a\n    severity: low\n    when: {event: threat, target: {group: houthis}}\n"
    rule = load_texts({"a.yaml": text}, WORLD).rules[0]
    at = Positions({"a.yaml": text})
    event, who = rule.core.parts  # type: ignore[union-attr]
    assert [(one.line, one.column) for one in (at.clause(rule, event), at.clause(rule, who), at.clause(rule, who.traits))] == [
        (5, 12),
        (5, 27),
        (5, 36),
    ]
    assert (at.clause(rule, rule.when.parts[-1]).line, at.clause(rule, rule.when.parts[-1]).column) == (5, 5)  # type: ignore[union-attr]
    assert (at.key(rule).line, at.key(rule).column) == (3, 9)
