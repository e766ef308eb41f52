"""What differs between two rule sets: rules added and removed, and which clauses of a rule changed, in the words of the file.

Called by `tocsin rules diff`. Rules are compared by what they mean, so that order, lists and comments do not count.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from rules.model import AllOf, Clause, Rule, RuleSet, SequenceWithin
from rules.spell import braced, spelled
from rules.written import flow, plain, watches_of


@dataclass(frozen=True, slots=True)
class Side:
    """What one side says, and where; all are empty when it says nothing."""

    text: str = ""  # e.g. `max_age: 7d`
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same."""

    rule: str
    kind: Literal["added", "removed", "changed"]  # of the rule
    what: str  # "rule", or the key of the rule: "when", "severity", "alert.to", "tests" ...
    left: Side = field(default_factory=Side)
    right: Side = field(default_factory=Side)


def differences(left: RuleSet, right: RuleSet) -> Iterator[Difference]:
    """All of them, rule by rule: those of `left` in their order, then those that only `right` has."""
    for rule in left.rules:
        other = right.rule(rule.id)
        if other is None:
            yield Difference(rule.id, "removed", "rule", left=_at(rule, _headline(rule)))
        else:
            yield from _between(rule, other)
    for rule in right.rules:
        if left.rule(rule.id) is None:
            yield Difference(rule.id, "added", "rule", right=_at(rule, _headline(rule)))


def _between(rule: Rule, other: Rule) -> Iterator[Difference]:
    found = [*_clauses(rule, other), *_keys(rule, other), *_tests(rule, other)]
    if not found and rule.hash != other.hash:  # nested otherwise, or a clause twice
        found.append(_changed(rule, "when", _at(rule, spelled(rule.core)), _at(other, spelled(other.core))))
    yield from found


def _clauses(rule: Rule, other: Rule) -> Iterator[Difference]:
    """Clauses of `when` and cases of the severity that only one side has; two that are about the same are one change."""
    for name, one, two in _whens(rule, other):
        yield from _of_one_side(rule, name, _parts(one, rule), _parts(two, other))
    ours, theirs = _cases(rule), _cases(other)
    yield from _of_one_side(rule, "severity", ours, theirs)
    if set(ours) == set(theirs) and list(ours) != list(theirs):
        sides = (_at(one, f"severity: [{', '.join(case.severity for case in one.severity)}]") for one in (rule, other))
        yield _changed(rule, "severity", *sides)


def _of_one_side(rule: Rule, name: str, ours: dict[str, Side], theirs: dict[str, Side]) -> Iterator[Difference]:
    mine = {text: side for text, side in ours.items() if text not in theirs}
    others = {text: side for text, side in theirs.items() if text not in ours}
    for text, side in mine.items():
        twin = next((one for one in others if _key(one) == _key(text)), None)
        yield _changed(rule, name, side, others.pop(twin) if twin is not None else Side())
    for side in others.values():
        yield _changed(rule, name, Side(), side)


def _cases(rule: Rule) -> dict[str, Side]:
    found = {}
    for case in rule.severity:
        text = f"severity {case.severity}: {braced(case.when)}" if case.when is not None else f"severity otherwise: {case.severity}"
        found[text] = Side(text, rule.path, getattr(case.when, "line", 0) or rule.line)
    return found


def _whens(rule: Rule, other: Rule) -> Iterator[tuple[str, Clause | None, Clause | None]]:
    """Name and both sides' clause: `when`, or each step of a sequence."""
    mine, others = (one.form.steps if isinstance(one.form, SequenceWithin) else () for one in (rule, other))
    if not mine or not others:
        yield "when", None if mine else rule.core, None if others else other.core
    for number in range(max(len(mine), len(others))):
        one, two = (side[number].core if number < len(side) else None for side in (mine, others))
        yield f"step {number + 1}", one, two


def _parts(core: Clause | None, rule: Rule) -> dict[str, Side]:
    parts = core.parts if isinstance(core, AllOf) else (core,) if core is not None else ()
    return {(text := spelled(part)): Side(text, rule.path, part.line or rule.line) for part in parts}


def _keys(rule: Rule, other: Rule) -> Iterator[Difference]:
    """Keys of the rule beside `when`; those below `alert` and the form one by one."""
    ours, theirs = dict(_flat(plain(rule))), dict(_flat(plain(other)))
    ours |= {f"watch {watch.name}": f"list {watch.digest}" for watch in watches_of(rule)}
    theirs |= {f"watch {watch.name}": f"list {watch.digest}" for watch in watches_of(other)}
    for key in dict.fromkeys((*ours, *theirs)):
        mine, others = ours.get(key), theirs.get(key)
        if mine != others and key not in ("id", "when", "severity", "sequence.steps"):
            sides = (Side() if text is None else _at(one, f"{key}: {text}") for one, text in ((rule, mine), (other, others)))
            yield _changed(rule, key, *sides)


def _flat(told: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in told.items():
        if isinstance(value, dict) and not above and key in ("alert", "resume", "count", "sequence", "first"):
            yield from _flat(value, f"{key}.")
        else:
            yield f"{above}{key}", flow(value)


def _tests(rule: Rule, other: Rule) -> Iterator[Difference]:
    """How many tests there are on each side, and how many of them the other has not; one line for all."""
    mine = [test for test in rule.tests if test not in other.tests]
    others = [test for test in other.tests if test not in rule.tests]
    if mine or others:
        yield _changed(
            rule,
            "tests",
            _at(rule, f"tests: {len(rule.tests)}, {len(mine)} of them only here"),
            _at(other, f"tests: {len(other.tests)}, {len(others)} of them only here"),
        )


def _changed(rule: Rule, what: str, left: Side, right: Side) -> Difference:
    return Difference(rule.id, "changed", what, left, right)


def _headline(rule: Rule) -> str:
    return f'rule "{rule.id}": {rule.title}'


def _at(rule: Rule, text: str) -> Side:
    return Side(text, rule.path, rule.line)


def _key(text: str) -> str:
    return text.partition(":")[0]
