"""Clauses in the words of the rule file, on one line; for reports of what a rule means or why it did not hold.

The inverse of `rules.clauses`, for people: what it writes, that reads.
"""

from rules.model import (
    AboutIs,
    AllOf,
    AnyOf,
    Clause,
    EventIs,
    IdIs,
    InstrumentIs,
    KindIs,
    NationDiffers,
    NationIs,
    NotThat,
    NumberIs,
    OutcomeIn,
    PlaceIn,
    StageIn,
    StandingIn,
    Stated,
    Trait,
    Who,
    WordsIn,
)

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
        case NationDiffers():
            return "nation: {differs_from: place.country}"


def _list(values: tuple[str, ...]) -> str:
    return values[0] if len(values) == 1 else f"[{', '.join(values)}]"
