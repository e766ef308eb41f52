"""Reads one entry under `rules:` into a Rule; called by `rules.load`, which knows files and sets.

The rule comes out expanded: defaults written out, lists resolved. Nothing is guessed: a key that is not known is a mistake at
its position.
"""

import hashlib
from datetime import date, timedelta
from typing import cast

from rules import keys
from rules.alerting import alert
from rules.check import LONGEST_TITLE, Checker
from rules.clauses import clause
from rules.defaults import asked, expanded
from rules.examples import tests as read_tests
from rules.model import DEFAULT_MAX_AGE, AnyOf, Clause, EventIs, Form, Resume, Rule, SequenceWithin, SeverityCase
from rules.windows import form as read_form
from streams.notation.marked_yaml import Items, Map, Node, named
from streams.records.flow import SEVERITIES, Severity


def rule(node: Node, check: Checker) -> Rule | None:
    """The rule, None when a mistake was noted."""
    table = check.map(node, "a rule", keys.RULE)
    if table is None:
        return None
    found_id = check.slug(table.values["id"], '"id"') if "id" in table.keys else None
    if "id" not in table.keys:
        check.wrong(node, 'a rule without "id"; give it a slug that never changes, e.g. "strike-on-us-base"')
    name = f'rule "{found_id}"' if found_id else "a rule"
    title, owner = _title(table, check, found_id or ""), _owner(table, check, name)
    definition = check.text(table.values["definition"], '"definition"') if "definition" in table.keys else ""
    references = check.words(table.values["references"], '"references"') if "references" in table.keys else ()
    common = _when(table, check, name)
    has_form, form = read_form(table, common, check)
    cases = _severity(table, check, name)
    channels, again_on, policy = alert(table, check)
    tests = read_tests(table, check, name)
    mode = check.choices(table.values["mode"], '"mode"', ("on", "shadow")) if "mode" in table.keys else ("on",)
    max_age, expires = _until(table, check)
    if len(mode) > 1:
        check.wrong(table.values["mode"], '"mode" is on or shadow, found both')
    core, when = _judged(common, form)
    if found_id is None or core is None or when is None or not cases or not mode or max_age is None or (has_form and form is None):
        return None
    made = Rule(
        id=found_id,
        title=title,
        owner=owner,
        when=when,
        core=core,
        form=form,
        severity=cases,
        channels=channels,
        again_on=again_on,
        max_age=max_age,
        expires=expires,
        policy=policy,
        mode="shadow" if mode[0] == "shadow" else "on",
        hash="",
        tests=tests,
        path=node.path,
        line=node.line,
        references=tuple(one.text for one in references),
        definition=definition or "",
    )
    return _hashed(made, check.knowledge.version)


def _judged(common: Clause | None, form: Form | None) -> tuple[Clause | None, Clause | None]:
    """What an incident has to satisfy, without and with the defaults: `when`, or any step of a sequence."""
    if isinstance(form, SequenceWithin):
        return AnyOf(tuple(step.core for step in form.steps)), AnyOf(tuple(step.when for step in form.steps))
    return common, None if common is None else expanded(common)


def _hashed(made: Rule, knowledge: str) -> Rule:
    """The rule with its hash: of what it means and does; `repr` of frozen records is the same in every process."""
    form: object = made.form
    if isinstance(made.form, Resume):  # the order of a frozenset differs from process to process
        pause = made.form
        form = (pause.by, pause.pause, pause.before_incidents, pause.before_within, sorted(pause.evidence), pause.history)
    if form is not None:  # points kept of a rule by an earlier program have no series; a new hash has it judged anew
        form = ("points of series", form)
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
        made.expires,
        made.policy,
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
    """`when`; a sequence may do without."""
    node = table.get("when")
    if node is None:
        if "sequence" not in table.keys:
            check.wrong(table, f'{name} has no "when"; say what it is to match, e.g. "when: {{event: armed-attack}}"')
        return None
    core = clause(node, check)
    if core is not None and "sequence" not in table.keys and EventIs not in set(asked(core)):
        check.warn(node, f'{name} names no "event": it is judged on events of every type')
    return core


def _until(table: Map, check: Checker) -> tuple[timedelta | None, date | None]:
    """`max_age`, None where it is wrong, and `expires`."""
    max_age = check.length(table.values["max_age"], '"max_age"') if "max_age" in table.keys else DEFAULT_MAX_AGE
    expires = check.day(table.values["expires"], '"expires"') if "expires" in table.keys else None
    return max_age, expires


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
