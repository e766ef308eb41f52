"""What differs between two rule sets, in the words of the rules and at the line where it stands."""

import pytest
from small_world import WORLD

from rules.differences import Difference, differences
from rules.load import load_texts

LEFT = """\
version: 1
rules:
  - id: strike
    when:
      event: armed-attack
      target: {kind: base, used_by: US}
      not: {actor: {forces_of: US}}
    severity:
      - critical: {killed: ">=1"}
      - high
    tests:
      - fires: a
      - silent: b
"""
WATCHED = "version: 1\nwatch: {ours: ours.yaml}\nrules: [{id: near, when: {event: threat, near: {watch: ours}}, severity: low}]\n"
SEQUENCE = """\
version: 1
rules:
  - id: both
    sequence:
      within: 14d
      steps:
        - {event: threat}
        - {event: armed-attack}
    severity: low
"""


def found(left: str, right: str) -> list[Difference]:
    return list(differences(load_texts({"a.yaml": left}, WORLD), load_texts({"b.yaml": right}, WORLD)))


def said(left: str, right: str) -> list[tuple[str, str, str]]:
    """What, and both sides with their lines."""
    return [
        (one.what, *(f"{side.path}:{side.line}: {side.text}" if side.path else "" for side in (one.left, one.right)))
        for one in found(left, right)
    ]


@pytest.mark.parametrize(
    "right",
    [
        LEFT,
        "# comment\n" + LEFT,
        LEFT.replace("version: 1\n", "version: 1\nlists: {mine: [US]}\n").replace("used_by: US", "used_by: $mine"),
        LEFT.replace("kind: base, used_by: US", "used_by: [United States], kind: [base]"),
    ],
)
def test_the_same_rule_written_otherwise_is_no_difference(right: str) -> None:
    """Comments, lists, order and spelling."""
    assert found(LEFT, right) == []


def test_clauses_that_changed_came_and_went() -> None:
    """Two that are about the same key are one change."""
    right = LEFT.replace("used_by: US", "used_by: GB").replace(
        "      not: {actor: {forces_of: US}}\n", "      instrument: rocket\n"
    )
    assert said(LEFT, right) == [
        ("when", "a.yaml:6: target: {kind: base, used_by: US}", "b.yaml:6: target: {kind: base, used_by: GB}"),
        ("when", "a.yaml:7: not: {actor: {forces_of: US}}", ""),
        ("when", "", "b.yaml:7: instrument: rocket"),
    ]


def test_cases_of_the_severity() -> None:
    """Each by itself, with its line; their order counts."""
    right = LEFT.replace('">=1"', '">=5"').replace("      - high\n", "      - medium: {outcome: missed}\n      - low\n")
    assert said(LEFT, right) == [
        ("severity", 'a.yaml:9: severity critical: {killed: ">=1"}', 'b.yaml:9: severity critical: {killed: ">=5"}'),
        ("severity", "a.yaml:3: severity otherwise: high", "b.yaml:3: severity otherwise: low"),
        ("severity", "", "b.yaml:10: severity medium: {outcome: missed}"),
    ]
    two = LEFT.replace("      - high\n", "      - low: {outcome: missed}\n      - high\n")
    other = LEFT.replace("      - critical", "      - low: {outcome: missed}\n      - critical")
    assert said(two, other) == [
        ("severity", "a.yaml:3: severity: [critical, low, high]", "b.yaml:3: severity: [low, critical, high]")
    ]


def test_keys_of_a_rule() -> None:
    """What it is told by, how and to whom."""
    right = LEFT.replace(
        "    when:",
        "    mode: shadow\n    max_age: 2d\n    owner: me\n    alert: {to: mail:x, hold: {sources: 2, within: 2h}}\n    when:",
    )
    assert said(LEFT, right) == [
        ("mode", "a.yaml:3: mode: on", "b.yaml:3: mode: shadow"),
        ("max_age", "a.yaml:3: max_age: 7d", "b.yaml:3: max_age: 2d"),
        ("owner", "", "b.yaml:3: owner: me"),
        ("alert.to", "", "b.yaml:3: alert.to: 'mail:x'"),
        ("alert.hold", "", "b.yaml:3: alert.hold: {sources: 2, within: 2h, else: send-marked}"),
    ]  # fmt: skip


def test_forms_and_steps() -> None:
    """Another window, and each step by its number."""
    right = SEQUENCE.replace("14d", "7d").replace("{event: armed-attack}", "{event: armed-attack, outcome: hit}")
    assert said(SEQUENCE, right) == [
        ("step 2", "", "b.yaml:8: outcome: hit"),
        ("sequence.within", "a.yaml:3: sequence.within: 14d", "b.yaml:3: sequence.within: 7d"),
    ]
    assert [what for what, _, _ in said(SEQUENCE, LEFT.replace("strike", "both"))][:4] == ["when", "when", "when", "step 1"]


def test_tests_are_counted() -> None:
    """Their words are not repeated."""
    right = LEFT.replace("fires: a", "fires: c") + "      - silent: d\n"
    assert said(LEFT, right) == [("tests", "a.yaml:3: tests: 2, 1 of them only here", "b.yaml:3: tests: 3, 2 of them only here")]


def test_rules_that_only_one_side_has() -> None:
    """With their titles."""
    right = LEFT.replace("id: strike", "id: other")
    assert [(one.rule, one.kind) for one in found(LEFT, right)] == [("strike", "removed"), ("other", "added")]
    assert said(LEFT, right) == [("rule", 'a.yaml:3: rule "strike": Strike', ""), ("rule", "", 'b.yaml:3: rule "other": Other')]


def test_another_watch_list_is_a_difference_and_is_not_shown() -> None:
    """Its name and a digest, never who is on it."""
    lists = [
        "version: 1\nsites: [{id: a, name: Secret, at: [1, 2], radius: 5km}]\n",
        "version: 1\nsites: [{id: b, name: Hidden, at: [3, 4], radius: 5km}]\n",
    ]
    left, right = (load_texts({"r.yaml": WATCHED, "ours.yaml": one}, WORLD) for one in lists)
    (one,) = differences(left, right)
    assert one.what == "watch ours"
    assert "Secret" not in repr(one)
    assert one.left.text.startswith("watch ours: list ")


def test_what_no_clause_shows_is_still_told() -> None:
    """The same clause twice means the same and has another hash, so something is said."""
    once = "version: 1\nrules: [{id: a, when: {event: threat}, severity: low}]\n"
    twice = once.replace("{event: threat}", "{all: [{event: threat}, {event: threat}]}")
    assert said(once, twice) == [("when", "a.yaml:2: event: threat", "b.yaml:2: all: [{event: threat}, {event: threat}]")]
