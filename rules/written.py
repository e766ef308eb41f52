"""A rule as YAML with nothing left unsaid: lists resolved, defaults written out; for `tocsin rules show`.

The inverse of the readers: what it writes reads as a rule of the same meaning; a test holds it to that on every clause and form.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml  # type: ignore[import-untyped]

from rules.model import (
    AboutIs,
    AllOf,
    AnyOf,
    Clause,
    CountryAgainst,
    CountWithin,
    DisclosedLate,
    EventIs,
    FirstWithin,
    Form,
    IdIs,
    InstrumentIs,
    KindIs,
    Mentions,
    NationAgainst,
    NationIs,
    NearSite,
    NotThat,
    NumberIs,
    OriginIn,
    OutcomeIn,
    PlaceIn,
    Resume,
    Rule,
    SequenceWithin,
    SourceIn,
    SpeakerIs,
    StageIn,
    StandingIn,
    Stated,
    Trait,
    Watch,
    Who,
    WordsIn,
    WordsNear,
)
from rules.spell import spelled
from streams.durations import duration, in_words
from streams.policies import Policy

_WIDTH = 120
_LISTS: dict[type, str] = {
    EventIs: "event",
    StageIn: "stage",
    StandingIn: "standing",
    OutcomeIn: "outcome",
    InstrumentIs: "instrument",
    SourceIn: "source",
    KindIs: "kind",
    IdIs: "id",
}

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


def as_map(part: Clause | Trait) -> dict[str, Any]:
    """The clause or trait as a map of the rule file."""
    if not isinstance(part, AllOf):
        key, value = _pair(part)
        return {key: value}
    for merged in (_one_field(part.parts), _one_text(part.parts)):
        if merged is not None:
            return merged
    pairs = [_single(one) for one in part.parts]
    if len({key for key, _ in pairs}) == len(pairs):  # different keys need no `all`
        return dict(pairs)
    return {"all": [as_map(one) for one in part.parts]}


def _single(part: Clause | Trait) -> tuple[str, Any]:
    """The clause as one key and its value."""
    told = as_map(part)
    return next(iter(told.items())) if len(told) == 1 else ("all", [told])


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


# ------------------------------------------------------------------------------------------------------------- clauses


def _pair(part: Clause | Trait) -> tuple[str, Any]:  # noqa: PLR0912 - one arm for each kind of clause
    """A clause other than AllOf."""
    match part:
        case AnyOf(parts):
            return "any", [as_map(one) for one in parts]
        case NotThat(inner):
            return "not", as_map(inner)
        case Who(side, traits):
            return side, as_map(traits)
        case AboutIs(inner):
            return "about", as_map(inner)
        case Stated(name, wanted):
            return name, {"known": wanted}
        case PlaceIn(areas):
            return "place", {"in": _short(areas)}
        case OriginIn(areas):
            return "origin", {"in": _short(areas)}
        case CountryAgainst(same):
            return "place", {"country": {_against(same): "origin.country"}}
        case NationIs(relation, nations):
            return "nation" if relation == "any" else relation, _short(nations)
        case NationAgainst(other, same):
            return "nation", {_against(same): other}
        case NearSite(watch, within_km, if_coarse):
            reach = {} if within_km is None else {"within": f"{within_km:.6f}".rstrip("0").rstrip(".") + "km"}
            return "near", {"watch": watch.name} | reach | ({"if_coarse": if_coarse} if if_coarse else {})
        case NumberIs(what, compare, number):
            return what, f"{compare}{number}"
        case SpeakerIs(classes, nations, ids, outlets):
            asked = {"class": classes, "nation": nations, "id": ids, "outlet": outlets}
            return "speaker", {key: _short(values) for key, values in asked.items() if values}
        case DisclosedLate(wanted):
            return "disclosed_late", wanted
        case Mentions(ids, names, watches, scope):
            listed = {"any": [*ids, *names]} if ids or names else {}
            return "mentions", listed | ({"watch": watches[0].name} if watches else {}) | {"in": scope}
        case WordsIn(words, scope):
            return "text", {"any": _short(words), "in": scope}
        case WordsNear(words, within, scope):
            return "text", {"near": {"words": list(words), "within": within}, "in": scope}
        case EventIs() | StageIn() | StandingIn() | OutcomeIn() | InstrumentIs() | SourceIn() | KindIs() | IdIs():
            (values,) = (getattr(part, name) for name in part.__dataclass_fields__ if name != "line")
            return _LISTS[type(part)], _short(values)
        case AllOf():
            raise AssertionError("the caller takes it apart")


def _one_field(parts: Sequence[Clause | Trait]) -> dict[str, Any] | None:
    """`known`, and what else is said of the same place, side or voice, in one map; None when the parts are no such thing.

    Two clauses on a side are two participants, so that only `known` goes into the map of another.
    """
    maps = [as_map(one) for one in parts]
    (key, first), *others = (pair for one in maps for pair in one.items())
    values = [first, *(value for _, value in others)]
    if len({name for one in maps for name in one}) != 1 or not all(isinstance(value, dict) for value in values):
        return None
    if key not in ("place", "origin", "speaker", "actor", "target", "claimed_by", "disowned_by"):
        return None
    keys = [name for value in values for name in value]
    beside_known = len(values) == 2 and {"known": True} in values
    if len(set(keys)) < len(keys) or not (beside_known or (key == "place" and False not in first.values())):
        return None
    return {key: {name: each for value in values for name, each in value.items()}}


def _one_text(parts: Sequence[Clause | Trait]) -> dict[str, Any] | None:
    """What one `text` with several keys means, as that; None when the parts are something else."""
    found: dict[str, Any] = {}
    scopes = set()
    for one in parts:
        match one:
            case WordsIn(words, scope) if len(words) == 1:
                found.setdefault("all", []).extend(words)
            case WordsIn(words, scope) if "any" not in found:
                found["any"] = list(words)
            case NotThat(WordsIn(words, scope)) if "none" not in found:
                found["none"] = list(words)
            case WordsNear(words, within, scope) if "near" not in found:
                found["near"] = {"words": list(words), "within": within}
            case _:
                return None
        scopes.add(scope)
    return {"text": found | {"in": scopes.pop()}} if len(scopes) == 1 and len(parts) > 1 else None


def _short(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


def _against(same: bool) -> str:
    return "same_as" if same else "differs_from"


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
    told |= _form(rule)
    cases = [case.severity if case.when is None else {case.severity: as_map(case.when)} for case in rule.severity]
    told["severity"] = cases[0] if len(cases) == 1 else cases
    told["max_age"] = in_words(rule.max_age)
    told |= {"expires": rule.expires.isoformat()} if rule.expires else {}
    told["alert"] = (
        ({"to": _short(rule.channels)} if rule.channels else {}) | {"again_on": list(rule.again_on)} | _policy(rule.policy)
    )
    return told


def form_name(form: Form | None) -> str:
    """The key of a temporal form, "" for none."""
    return _FORMS[type(form)] if form is not None else ""


def _form(rule: Rule) -> dict[str, Any]:
    match rule.form:
        case Resume() as form:
            before = {"incidents": form.before_incidents, "within": in_words(form.before_within)}
            told: dict[str, Any] = {"by": list(form.by), "pause": in_words(form.pause)}
            told |= {"before_pause": before} if form.before_within else {}
            told["evidence"] = [kind for kind in ("observed", "stated", "announced") if kind in form.evidence]
            if form.history:
                told["history"] = {"last": form.history.last.isoformat(), "by": form.history.by, "ref": form.history.ref}
            return {"resume": told}
        case CountWithin(incidents=incidents, within=within, by=by):
            return {"count": {"incidents": incidents, "within": in_words(within), "by": list(by)}}
        case SequenceWithin(steps=steps, within=within, by=by):
            return {"sequence": {"by": list(by), "within": in_words(within), "steps": [as_map(step.when) for step in steps]}}
        case FirstWithin(within=within, by=by):
            return {"first": {"within": in_words(within), "by": list(by)}}
        case None:
            return {}


def _policy(policy: Policy) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if hold := policy.hold:
        told["hold"] = {"sources": hold.sources, "within": _seconds(hold.within_s), "else": hold.otherwise}
    if policy.escalate:
        told["escalate"] = [{"unacked": _seconds(one.unacked_s), "to": _short(one.channels)} for one in policy.escalate]
    if quiet := policy.quiet:
        zone = {"time_zone": quiet.time_zone} if quiet.time_zone else {}
        told["quiet"] = {"from": quiet.start, "to": quiet.end} | zone | {"below": quiet.below}
    if budget := policy.budget:
        told["budget"] = {"alerts": budget.alerts, "within": _seconds(budget.within_s)}
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
