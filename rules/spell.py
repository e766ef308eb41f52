"""Clauses in the words of the rule file, on one line; for reports of what a rule means or why it did not hold.

The inverse of `rules.clauses`, for people: what it writes, that reads.
"""

from typing import get_args

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
from streams.durations import in_words
from streams.records import EvidenceKind

_LISTS: dict[type, str] = {
    EventIs: "event",
    StageIn: "stage",
    StandingIn: "standing",
    OutcomeIn: "outcome",
    InstrumentIs: "instrument",
    KindIs: "kind",
    IdIs: "id",
}


def braced(part: Clause | Trait) -> str:
    """The clause as a whole map, e.g. `{event: armed-attack, target: {kind: base, used_by: US}}`."""
    if isinstance(part, AllOf):
        words = [spelled(one) for one in part.parts]
        if len({word.partition(":")[0] for word in words}) == len(words):  # different keys need no `all`
            return f"{{{', '.join(words)}}}"
    return f"{{{spelled(part)}}}"


def spelled(part: Clause | Trait) -> str:  # noqa: PLR0912 - one arm for each kind of clause
    """The clause as it stands in a map, e.g. `target: {kind: base, used_by: US}`."""
    match part:
        case AllOf(parts):
            return f"all: [{', '.join(map(braced, parts))}]"
        case AnyOf(parts):
            return f"any: [{', '.join(map(braced, parts))}]"
        case NotThat(inner):
            return f"not: {braced(inner)}"
        case Who(side, traits):
            return f"{side}: {braced(traits)}"
        case AboutIs(inner):
            return f"about: {braced(inner)}"
        case Stated(name, wanted):
            return f"{name}: {{known: {str(wanted).lower()}}}"
        case EventIs(values) | StageIn(values) | StandingIn(values) | OutcomeIn(values):
            return f"{_LISTS[type(part)]}: {_list(values)}"
        case InstrumentIs(values) | KindIs(values) | IdIs(values):
            return f"{_LISTS[type(part)]}: {_list(values)}"
        case PlaceIn(areas):
            return f"place: {{in: {_list(areas)}}}"
        case NumberIs(what, compare, number):
            return f'{what}: "{compare}{number}"'
        case WordsIn(words, scope):
            return f"text: {{any: {_list(words)}, in: {scope}}}"
        case NationIs(relation, nations):
            return f"{'nation' if relation == 'any' else relation}: {_list(nations)}"
        case NationAgainst(other, same):
            return f"nation: {{{_against(same)}: {other}}}"
        case CountryAgainst(same):
            return f"place: {{country: {{{_against(same)}: origin.country}}}}"
        case OriginIn(areas):
            return f"origin: {{in: {_list(areas)}}}"
        case NearSite(watch, within_km, if_coarse):
            reach = "" if within_km is None else f", within: {within_km:g}km"
            return f"near: {{watch: {watch.name}{reach}{f', if_coarse: {if_coarse}' if if_coarse else ''}}}"
        case SpeakerIs(classes, nations, ids, outlets):
            asked = {"class": classes, "nation": nations, "id": ids, "outlet": outlets}
            return f"speaker: {{{', '.join(f'{key}: {_list(values)}' for key, values in asked.items() if values)}}}"
        case SourceIn(sources):
            return f"source: {_list(sources)}"
        case DisclosedLate(wanted):
            return f"disclosed_late: {str(wanted).lower()}"
        case WordsNear(words, within, scope):
            return f"text: {{near: {{words: {_list(words)}, within: {within}}}, in: {scope}}}"
        case Mentions(ids, names, watches, scope):
            asked = {"any": (*ids, *names), "watch": tuple(watch.name for watch in watches)}
            lists = ", ".join(f"{key}: {_list(values)}" for key, values in asked.items() if values)
            return f"mentions: {{{lists}, in: {scope}}}"


def spelled_form(form: Form) -> str:
    """The form as it stands in a rule, e.g. `count: {incidents: 3, within: 2d, by: place.country}`."""
    asked: dict[str, str] = {"by": _list(form.by)} if form.by else {}
    match form:
        case Resume():
            before = f"{{incidents: {form.before_incidents}, within: {in_words(form.before_within)}}}"
            kinds = tuple(kind for kind in get_args(EvidenceKind) if kind in form.evidence)
            asked |= {"pause": in_words(form.pause)}
            asked |= {"before_pause": before} if form.before_within else {}
            asked |= {"evidence": _list(kinds)}
            history = form.history
            if history is not None:
                asked["history"] = f"{{last: {history.last}, by: {history.by}, ref: {history.ref}}}"
            name = "resume"
        case CountWithin():
            asked = {"incidents": str(form.incidents), "within": in_words(form.within)} | asked
            name = "count"
        case SequenceWithin():
            asked |= {"within": in_words(form.within), "steps": f"[{', '.join(braced(step.core) for step in form.steps)}]"}
            name = "sequence"
        case FirstWithin():
            asked = {"within": in_words(form.within)} | asked
            name = "first"
    return f"{name}: {{{', '.join(f'{key}: {value}' for key, value in asked.items())}}}"


def _against(same: bool) -> str:
    return "same_as" if same else "differs_from"


def _list(values: tuple[str, ...]) -> str:
    return values[0] if len(values) == 1 else f"[{', '.join(values)}]"
