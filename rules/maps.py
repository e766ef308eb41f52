"""Clauses and forms as the maps of the rule file: the inverse of their readers, for people and for writing rules out.

`rules.spell` prints them on a line, `rules.written` as a file. What they write, `rules.clauses` and `rules.windows` read.
"""

from collections.abc import Sequence
from typing import Any

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
    SequenceWithin,
    SourceIn,
    SpeakerIs,
    StageIn,
    StandingIn,
    Stated,
    Trait,
    Who,
    WordsIn,
    WordsNear,
)
from streams.notation.durations import in_words

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


def as_map(part: Clause | Trait) -> dict[str, Any]:
    """The clause or trait as a map of the rule file."""
    if not isinstance(part, AllOf):
        key, value = pair(part)
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


def pair(part: Clause | Trait) -> tuple[str, Any]:  # noqa: PLR0912 - one arm for each kind of clause
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
            return "place", {"in": short(areas)}
        case OriginIn(areas):
            return "origin", {"in": short(areas)}
        case CountryAgainst(same):
            return "place", {"country": {_against(same): "origin.country"}}
        case NationIs(relation, nations):
            return "nation" if relation == "any" else relation, short(nations)
        case NationAgainst(other, same):
            return "nation", {_against(same): other}
        case NearSite(watch, within_km, if_coarse):
            reach = {} if within_km is None else {"within": f"{within_km:.6f}".rstrip("0").rstrip(".") + "km"}
            return "near", {"watch": watch.name} | reach | ({"if_coarse": if_coarse} if if_coarse else {})
        case NumberIs(what, compare, number):
            return what, f"{compare}{number}"
        case SpeakerIs(classes, nations, ids, outlets):
            asked = {"class": classes, "nation": nations, "id": ids, "outlet": outlets}
            return "speaker", {key: short(values) for key, values in asked.items() if values}
        case DisclosedLate(wanted):
            return "disclosed_late", wanted
        case Mentions(ids, names, watches, scope):
            listed = {"any": [*ids, *names]} if ids or names else {}
            return "mentions", listed | ({"watch": watches[0].name} if watches else {}) | {"in": scope}
        case WordsIn(words, scope):
            return "text", {"any": short(words), "in": scope}
        case WordsNear(words, within, scope):
            return "text", {"near": {"words": list(words), "within": within}, "in": scope}
        case EventIs() | StageIn() | StandingIn() | OutcomeIn() | InstrumentIs() | SourceIn() | KindIs() | IdIs():
            (values,) = (getattr(part, name) for name in part.__dataclass_fields__ if name != "line")
            return _LISTS[type(part)], short(values)
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


def short(values: Sequence[str]) -> str | list[str]:
    """A single value by itself."""
    return values[0] if len(values) == 1 else list(values)


def _against(same: bool) -> str:
    return "same_as" if same else "differs_from"


def form_map(form: Form | None) -> dict[str, Any]:
    """The form under its key, empty for none; steps of a sequence with the defaults."""
    match form:
        case Resume():
            before = {"incidents": form.before_incidents, "within": in_words(form.before_within)}
            resume: dict[str, Any] = {"by": list(form.by), "pause": in_words(form.pause)}
            resume |= {"before_pause": before} if form.before_within else {}
            resume["evidence"] = [kind for kind in ("observed", "stated", "announced") if kind in form.evidence]
            if form.history:
                resume["history"] = {"last": form.history.last.isoformat(), "by": form.history.by, "ref": form.history.ref}
            return {"resume": resume}
        case CountWithin(incidents=incidents, within=within, by=by):
            return {"count": {"incidents": incidents, "within": in_words(within), "by": list(by)}}
        case SequenceWithin(steps=listed, within=within, by=by):
            told = [as_map(step.when) for step in listed]
            return {"sequence": {"by": list(by), "within": in_words(within), "steps": told}}
        case FirstWithin(within=within, by=by):
            return {"first": {"within": in_words(within), "by": list(by)}}
        case None:
            return {}
