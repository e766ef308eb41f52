"""A rule as YAML with nothing left unsaid: lists resolved, defaults written out; for `tocsin rules show`.

The inverse of the readers: what it writes reads as a rule of the same meaning; a test holds it to that on every clause and form.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml  # type: ignore[import-untyped]

from rules.maps import as_map, form_map, short
from rules.model import (
    AboutIs,
    AllOf,
    AnyOf,
    Clause,
    CountWithin,
    FirstWithin,
    Form,
    Mentions,
    NearSite,
    NotThat,
    Resume,
    Rule,
    SequenceWithin,
    Watch,
)
from rules.spell import spelled
from streams.notation.durations import duration, in_words
from streams.records.policies import Policy

_WIDTH = 120

_FORMS: dict[type, str] = {Resume: "resume", CountWithin: "count", SequenceWithin: "sequence", FirstWithin: "first"}


def written(rule: Rule, watch_files: Mapping[str, str] | None = None) -> str:
    """A whole rule file with this one rule, its tests left out.

    Args:
        watch_files: path of each watch list by name; of those that the rule does not use nothing is said.
    """
    used = {watch.name for watch in watches_of(rule)}
    lists = {name: path for name, path in (watch_files or {}).items() if name in used}
    lines = _dump(plain(rule)).splitlines()
    if isinstance(rule.form, Resume):  # an announcement is judged by `when` without defaults: written out, they would bind it too
        added = [spelled(one) for one in _parts(rule.when) if one not in _parts(rule.core)]
        if added:
            at = next(number for number, line in enumerate(lines) if line.startswith("when:"))
            lines.insert(at, f"# of attacks by default also: {{{', '.join(added)}}}")
    if not rule.channels:
        lines.append("# sent to the default channel of the settings")
    body = "\n".join(f"  {'- ' if number == 0 else '  '}{line}" for number, line in enumerate(lines))
    return f"version: 1\n{_dump({'watch': lists}) if lists else ''}rules:\n{body}\n"


def watches_of(rule: Rule) -> Iterator[Watch]:
    """The watch lists that a rule uses."""
    for part in leaves(rule):
        if isinstance(part, NearSite):
            yield part.watch
        elif isinstance(part, Mentions):
            yield from part.watches


def leaves(rule: Rule) -> Iterator[Clause]:
    """Every clause of `when` and of the severity that is no group of others, those inside `not` and `about` too."""
    pending: list[Clause | None] = [rule.when, *(case.when for case in rule.severity)]
    while pending:
        part = pending.pop()
        if isinstance(part, (AllOf, AnyOf)):
            pending += part.parts
        elif isinstance(part, (NotThat, AboutIs)):
            pending.append(part.part)
        elif part is not None:
            yield part


def _parts(part: Clause) -> tuple[Clause, ...]:
    return part.parts if isinstance(part, AllOf) else (part,)


# --------------------------------------------------------------------------------------------------------------- rules


def plain(rule: Rule) -> dict[str, Any]:
    """The rule as its map in the file, without tests."""
    told: dict[str, Any] = {"id": rule.id, "title": rule.title}
    told |= {key: value for key, value in (("owner", rule.owner), ("definition", rule.definition)) if value}
    told |= {"references": list(rule.references)} if rule.references else {}
    told["mode"] = rule.mode
    if isinstance(rule.form, Resume):
        told["when"] = as_map(rule.core)
    elif not isinstance(rule.form, SequenceWithin):
        told["when"] = as_map(rule.when)
    told |= form_map(rule.form)
    cases = [case.severity if case.when is None else {case.severity: as_map(case.when)} for case in rule.severity]
    told["severity"] = cases[0] if len(cases) == 1 else cases
    told["max_age"] = in_words(rule.max_age)
    told |= {"expires": rule.expires.isoformat()} if rule.expires else {}
    told["alert"] = (
        ({"to": short(rule.channels)} if rule.channels else {}) | {"again_on": list(rule.again_on)} | _policy(rule.policy)
    )
    return told


def form_name(form: Form | None) -> str:
    """The key of a temporal form, "" for none."""
    return _FORMS[type(form)] if form is not None else ""


def _policy(policy: Policy) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if hold := policy.hold:
        told["hold"] = {"sources": hold.sources, "within": _seconds(hold.within_s), "else": hold.otherwise}
    if policy.escalate:
        told["escalate"] = [{"unacked": _seconds(one.unacked_s), "to": short(one.channels)} for one in policy.escalate]
    if quiet := policy.quiet:
        zone = {"time_zone": quiet.time_zone} if quiet.time_zone else {}
        told["quiet"] = {"from": quiet.start, "to": quiet.end} | zone | {"below": quiet.below}
    if budget := policy.budget:
        told["budget"] = {"alerts": budget.alerts, "within": _seconds(budget.within_s)}
    if policy.inhibits:
        told["inhibits"] = short(policy.inhibits)
    return told


def _seconds(length: int) -> str:
    return in_words(duration(f"{length}s"))


def flow(value: Any) -> str:
    """The value on one line, as it could stand in the file."""
    return str(
        yaml.dump([value], Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=float("inf"), default_flow_style=True)
    ).strip()[1:-1]


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]
    """Items indented below their key, as the shipped packs have them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """As the parent's, never without an indentation."""
        super().increase_indent(flow, False)


# YAML 1.2, as our reader has it: `on` and `NO` are texts and need no quotes
_TRUTHS = "tag:yaml.org,2002:bool"
_Dumper.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != _TRUTHS] for first, pairs in yaml.SafeDumper.yaml_implicit_resolvers.items()
}
_Dumper.add_implicit_resolver(_TRUTHS, re.compile("(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))


def _dump(value: Any) -> str:
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=None))
