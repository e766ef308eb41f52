"""Reads the temporal forms: `resume`, `count`, `sequence` and `first`; called by `rules.entry`. None where a mistake was noted.

What they mean is in `rules.forms`.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import cast, get_args

from rules import keys
from rules.check import Checker
from rules.clauses import clause
from rules.defaults import expanded
from rules.model import BY, AllOf, Clause, CountWithin, FirstWithin, Form, History, Resume, SequenceWithin, Step
from streams.notation.durations import in_words
from streams.notation.marked_yaml import Items, Map, Node, named
from streams.records.flow import EvidenceKind

FORMS = ("resume", "count", "sequence", "first")


def form(table: Map, common: Clause | None, check: Checker) -> tuple[bool, Form | None]:
    """Whether the rule has a form, and which; `common`: its `when`, which every step of a sequence has to satisfy too."""
    given = [name for name in FORMS if name in table.keys]
    for extra in given[1:]:
        check.wrong(table.keys[extra], f'"{extra}" beside "{given[0]}": a rule has one form; make two rules of it')
    if not given:
        return False, None
    node = table.values[given[0]]
    match given[0]:
        case "resume":
            return True, _resume(node, check)
        case "count":
            return True, _count(node, check)
        case "sequence":
            return True, _sequence(node, common, check)
        case _:
            return True, _first(node, check)


# ------------------------------------------------------------------------------------------------ count, sequence, first


def _count(node: Node, check: Checker) -> CountWithin | None:
    table = check.map(node, '"count"', keys.COUNT)
    if table is None:
        return None
    by, within = _by(table, check), _within(table, '"count"', "within: 48h", check)
    if "incidents" not in table.keys:
        check.wrong(node, '"count" has no "incidents"; say how many, e.g. "incidents: 3"')
        return None
    incidents = check.whole_number(table.values["incidents"], '"incidents"', 2)
    return None if incidents is None or within is None else CountWithin(incidents=incidents, within=within, by=by)


def _sequence(node: Node, common: Clause | None, check: Checker) -> SequenceWithin | None:
    table = check.map(node, '"sequence"', keys.SEQUENCE)
    if table is None:
        return None
    by, within = _by(table, check), _within(table, '"sequence"', "within: 14d", check)
    listed = table.get("steps")
    if not isinstance(listed, Items) or len(listed.items) < 2:
        found = "none" if listed is None else "one" if isinstance(listed, Items) and listed.items else named(listed)
        check.wrong(listed or node, f'"steps" is a list of two conditions or more, found {found}')
        return None
    steps = tuple(_steps(listed, common, check))
    if within is None or len(steps) < len(listed.items):
        return None
    return SequenceWithin(steps=steps, within=within, by=by)


def _steps(listed: Items, common: Clause | None, check: Checker) -> Iterator[Step]:
    for item in listed.items:
        own = clause(item, check, "a step")
        if own is not None:
            core = own if common is None else AllOf((*_parts(common), *_parts(own)), line=item.line)
            yield Step(when=expanded(core), core=core, line=item.line)


def _parts(core: Clause) -> tuple[Clause, ...]:
    return core.parts if isinstance(core, AllOf) else (core,)


def _first(node: Node, check: Checker) -> FirstWithin | None:
    table = check.map(node, '"first"', keys.FIRST)
    if table is None:
        return None
    by, within = _by(table, check), _within(table, '"first"', "within: 90d", check)
    return None if within is None else FirstWithin(within=within, by=by)


def _by(table: Map, check: Checker) -> tuple[str, ...]:
    """Parts of the key; empty: one series."""
    node = table.get("by")
    if node is None or (isinstance(node, Items) and not node.items):
        return ()
    return check.choices(node, '"by"', BY, "part of a key")


def _within(table: Map, what: str, example: str, check: Checker) -> timedelta | None:
    if "within" not in table.keys:
        check.wrong(table, f'{what} has no "within"; say in how long, e.g. "{example}"')
        return None
    return check.length(table.values["within"], '"within"')


# ---------------------------------------------------------------------------------------------------------------- resume


def _resume(node: Node, check: Checker) -> Resume | None:
    table = check.map(node, '"resume"', keys.RESUME)
    if table is None:
        return None
    given = table.values
    by = _by(table, check)
    pause = check.length(given["pause"], '"pause"') if "pause" in given else None
    if "pause" not in given:
        check.wrong(node, '"resume" has no "pause"; give the shortest quiet that counts, e.g. "pause: 30d"')
    kinds = get_args(EvidenceKind)
    evidence = check.choices(given["evidence"], '"evidence"', kinds) if "evidence" in given else kinds
    incidents, within = 1, None
    if "before_pause" in given:
        before = check.map(given["before_pause"], '"before_pause"', keys.BEFORE)
        if before is not None:
            incidents = check.whole_number(before.values["incidents"], '"incidents"', 1) or 1 if "incidents" in before.keys else 1
            within = check.length(before.values["within"], '"within"') if "within" in before.keys else None
            if "within" not in before.keys:
                check.wrong(before, '"before_pause" has no "within"; say in how long, e.g. "within: 90d"')
    elif "observed" in evidence:
        advice = 'say what activity there must have been, e.g. "before_pause: {incidents: 3, within: 90d}"'
        check.wrong(node, f'"resume" with evidence "observed" has no "before_pause"; {advice}')
    if pause is not None and within is not None and pause + within > check.kept:
        reach = in_words(pause + within)
        check.wrong(node, f'"pause" and "within" look back {reach}, longer than events are kept; allowed: up to {check.kept.days}d')
    history = _history(given["history"], check) if "history" in given else None
    if pause is None or not evidence:
        return None
    return Resume(
        by=by,
        pause=pause,
        before_incidents=incidents,
        before_within=within or timedelta(0),
        evidence=cast("frozenset[EvidenceKind]", frozenset(evidence)),
        history=history,
    )


def _history(node: Node, check: Checker) -> History | None:
    table = check.map(node, '"history"', keys.HISTORY)
    if table is None:
        return None
    for key in keys.HISTORY:
        if key not in table.keys:
            check.wrong(node, f'"history" has no "{key}"; it needs last, by and ref, so that others can check it')
            return None
    last = check.day(table.values["last"], '"last"')
    by, ref = check.text(table.values["by"], '"by"'), check.text(table.values["ref"], '"ref"')
    return History(last=last, by=by, ref=ref) if last and by and ref else None
