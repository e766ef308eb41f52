"""Reads one entry under `rules:` into a Rule; called by `rules.load`, which knows files and sets.

The rule comes out expanded: defaults written out, lists resolved. Nothing is guessed: a key that is not known, or not yet
supported, is a mistake at its position.
"""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import cast, get_args

from rules.check import LONGEST_TITLE, Checker
from rules.clauses import clause
from rules.examples import tests as read_tests
from rules.model import (
    AGAIN_ON,
    BY,
    DEFAULT_MAX_AGE,
    AllOf,
    AnyOf,
    Clause,
    EventIs,
    History,
    NotThat,
    Resume,
    Rule,
    SeverityCase,
    StageIn,
    StandingIn,
)
from streams.durations import in_words
from streams.marked_yaml import Items, Map, Node, named
from streams.records import SEVERITIES, EvidenceKind, Severity, Standing

RULE_KEYS = (
    "id", "title", "owner", "definition", "references", "mode", "when", "resume", "severity", "max_age", "alert", "tests",
)  # fmt: skip
RULE_LATER = ("count", "sequence", "first")
ALERT_KEYS = ("to", "again_on")
ALERT_LATER = ("hold", "escalate")
RESUME_KEYS = ("by", "pause", "before_pause", "evidence", "history")


def rule(node: Node, check: Checker) -> Rule | None:
    """The rule, None when a mistake was noted."""
    table = check.map(node, "a rule", RULE_KEYS, RULE_LATER)
    if table is None:
        return None
    found_id = check.slug(table.values["id"], '"id"') if "id" in table.keys else None
    if "id" not in table.keys:
        check.wrong(node, 'a rule without "id"; give it a slug that never changes, e.g. "strike-on-us-base"')
    name = f'rule "{found_id}"' if found_id else "a rule"
    title, owner = _title(table, check, found_id or ""), _owner(table, check, name)
    definition = check.text(table.values["definition"], '"definition"') if "definition" in table.keys else ""
    references = check.words(table.values["references"], '"references"') if "references" in table.keys else ()
    core = _when(table, check, name)
    cases = _severity(table, check, name)
    channels, again_on = _alert(table, check)
    resume = _resume(table.values["resume"], check) if "resume" in table.keys else None
    tests = read_tests(table, check, name)
    mode = check.choices(table.values["mode"], '"mode"', ("on", "shadow")) if "mode" in table.keys else ("on",)
    max_age = check.length(table.values["max_age"], '"max_age"') if "max_age" in table.keys else DEFAULT_MAX_AGE
    if len(mode) > 1:
        check.wrong(table.values["mode"], '"mode" is on or shadow, found both')
    if found_id is None or core is None or not cases or not mode or max_age is None or ("resume" in table.keys and resume is None):
        return None
    made = Rule(
        id=found_id,
        title=title,
        owner=owner,
        when=expanded(core),
        core=core,
        form=resume,
        severity=cases,
        channels=channels,
        again_on=again_on,
        max_age=max_age,
        mode="shadow" if mode[0] == "shadow" else "on",
        hash="",
        tests=tests,
        path=node.path,
        line=node.line,
        references=tuple(one.text for one in references),
        definition=definition or "",
    )
    return _hashed(made, check.knowledge.version)


def expanded(core: Clause) -> Clause:
    """`when` with the defaults: stage happened and standing not denied, unless the rule asks for its own outside a `not`."""
    asked = set(_asked(core))
    added: list[Clause] = []
    if StageIn not in asked:
        added.append(StageIn(("happened",)))
    if StandingIn not in asked:
        added.append(StandingIn(tuple(one for one in get_args(Standing) if one != "denied")))
    if not added:
        return core
    return AllOf((*(core.parts if isinstance(core, AllOf) else (core,)), *added))


def _asked(part: Clause) -> Iterator[type]:
    """Kinds of clauses that the rule itself sets, not counting what it excludes or says of a statement's content."""
    if isinstance(part, (AllOf, AnyOf)):
        for one in part.parts:
            yield from _asked(one)
    elif not isinstance(part, NotThat):
        yield type(part)


def _hashed(made: Rule, knowledge: str) -> Rule:
    """The rule with its hash: of what it means and does; `repr` of frozen records is the same in every process."""
    form: object = made.form
    if isinstance(made.form, Resume):  # the order of a frozenset differs from process to process
        pause = made.form
        form = (pause.by, pause.pause, pause.before_incidents, pause.before_within, sorted(pause.evidence), pause.history)
    meaning = (
        made.id,
        made.title,
        made.when,
        made.core,
        form,
        made.severity,
        made.channels,
        made.again_on,
        made.max_age,
        made.mode,
        knowledge,
    )
    digest = hashlib.sha256(repr(meaning).encode()).hexdigest()[:16]
    return Rule(**{name: getattr(made, name) for name in made.__dataclass_fields__} | {"hash": digest})


# ----------------------------------------------------------------------------------------------------------------- parts


def _title(table: Map, check: Checker, rule_id: str) -> str:
    node = table.get("title")
    if node is None:
        return rule_id.replace("-", " ").capitalize()
    title = check.text(node, '"title"') or ""
    if len(title) > LONGEST_TITLE:
        check.wrong(node, f'"title" has {len(title)} characters; allowed: {LONGEST_TITLE}')
    return " ".join(title.split())


def _owner(table: Map, check: Checker, name: str) -> str:
    node = table.get("owner")
    if node is None:
        check.warn(table, f'{name} has no "owner"; name who answers for it')
        return ""
    return check.text(node, '"owner"') or ""


def _when(table: Map, check: Checker, name: str) -> Clause | None:
    node = table.get("when")
    if node is None:
        check.wrong(table, f'{name} has no "when"; say what it is to match, e.g. "when: {{event: armed-attack}}"')
        return None
    core = clause(node, check)
    if core is not None and EventIs not in set(_asked(core)):
        check.warn(node, f'{name} names no "event": it is judged on events of every type')
    return core


def _severity(table: Map, check: Checker, name: str) -> tuple[SeverityCase, ...]:
    node = table.get("severity")
    if node is None:
        check.wrong(table, f'{name} has no "severity"; allowed: {", ".join(SEVERITIES)}')
        return ()
    if isinstance(node, Map) or (isinstance(node, Items) and not node.items):
        check.wrong(
            node, f'"severity" is one of {", ".join(SEVERITIES)}, or a list of cases that ends with one, found {named(node)}'
        )
        return ()
    cases: list[SeverityCase] = []
    items = node.items if isinstance(node, Items) else (node,)
    for item in items:
        if cases and cases[-1].when is None:
            check.wrong(item, f'this severity is never reached: "{cases[-1].severity}" before it always holds; move it up')
            break
        found = _case(item, check)
        if found is not None:
            cases.append(found)
    if cases and cases[-1].when is not None and len(cases) == len(items):
        check.wrong(
            items[-1], '"severity" ends with a condition, so that none may hold; end the list with one alone, e.g. "- high"'
        )
    return tuple(cases)


def _case(item: Node, check: Checker) -> SeverityCase | None:
    if isinstance(item, Map):
        table = check.map(item, '"severity"', SEVERITIES)
        if table is not None and len(table.keys) != 1:
            check.wrong(item, '"severity": a case has one key, e.g. "- critical: {killed: ">=1"}"')
        for name in SEVERITIES:
            if table is not None and name in table.keys:
                when = clause(table.values[name], check, f'"{name}"')
                return None if when is None else SeverityCase(severity=name, when=when)
        return None
    if isinstance(item, Items):
        check.wrong(item, f'"severity": a case is a severity or a map, found {named(item)}')
        return None
    found = check.choices(item, '"severity"', SEVERITIES)
    return SeverityCase(severity=cast(Severity, found[0])) if found else None


def _alert(table: Map, check: Checker) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Channels, and what pings again."""
    node = table.get("alert")
    alert = check.map(node, '"alert"', ALERT_KEYS, ALERT_LATER) if node is not None else None
    to, again = (alert.get("to"), alert.get("again_on")) if alert else (None, None)
    again_on: tuple[str, ...] = AGAIN_ON
    if again is not None:  # an empty list is meant: edits only
        again_on = () if isinstance(again, Items) and not again.items else check.choices(again, '"again_on"', AGAIN_ON, "change")
    if to is None:
        return (), again_on
    if check.channels is not None:
        channels = check.choices(to, '"to"', tuple(check.channels), "channel")
    else:
        channels = tuple(dict.fromkeys(one.text for one in check.words(to, '"to"')))
    return channels, again_on


def _resume(node: Node, check: Checker) -> Resume | None:
    table = check.map(node, '"resume"', RESUME_KEYS)
    if table is None:
        return None
    given = table.values
    by = () if "by" not in given or _is_empty(given["by"]) else check.choices(given["by"], '"by"', BY, "part of a key")
    pause = check.length(given["pause"], '"pause"') if "pause" in given else None
    if "pause" not in given:
        check.wrong(node, '"resume" has no "pause"; give the shortest quiet that counts, e.g. "pause: 30d"')
    kinds = get_args(EvidenceKind)
    evidence = check.choices(given["evidence"], '"evidence"', kinds) if "evidence" in given else kinds
    incidents, within = 1, None
    if "before_pause" in given:
        before = check.map(given["before_pause"], '"before_pause"', ("incidents", "within"))
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


def _is_empty(node: Node) -> bool:
    return isinstance(node, Items) and not node.items


def _history(node: Node, check: Checker) -> History | None:
    table = check.map(node, '"history"', ("last", "by", "ref"))
    if table is None:
        return None
    for key in ("last", "by", "ref"):
        if key not in table.keys:
            check.wrong(node, f'"history" has no "{key}"; it needs last, by and ref, so that others can check it')
            return None
    last = check.day(table.values["last"], '"last"')
    by, ref = check.text(table.values["by"], '"by"'), check.text(table.values["ref"], '"ref"')
    return History(last=last, by=by, ref=ref) if last and by and ref else None
