"""What a clause found in an event, in words, and the words of the article that this rests on; for `streams.questions.explain`.

It never judges: verdicts are `rules.match`'s. Of a watch list it names the nearest site that is near, nothing else.
"""

from collections.abc import Iterable, Sequence

from rules.distance import nearby
from rules.model import (
    AboutIs,
    Clause,
    CountryAgainst,
    DisclosedLate,
    EventIs,
    IdIs,
    InstrumentIs,
    KindIs,
    Mentions,
    NationAgainst,
    NationIs,
    NearSite,
    NumberIs,
    OriginIn,
    OutcomeIn,
    PlaceIn,
    SourceIn,
    SpeakerIs,
    StageIn,
    StandingIn,
    Stated,
    Trait,
    WordsIn,
    WordsNear,
)
from rules.traits import nations_of
from rules.words import quotes
from streams.knowledge.world import Knowledge
from streams.records.flow import Article, Attribution, Count, Event, NationRole, Participant, Place, Span, Telling

Grounds = tuple[str, tuple[Span, ...]]  # what is stated, "" for nothing, and where
NOTHING: Grounds = "", ()
_FEW = 3  # nations of one alliance that are named


def grounds(clause: Clause, telling: Telling, article: Article | None, knowledge: Knowledge) -> Grounds:  # noqa: PLR0912 - one arm for each kind of clause
    """What the telling states of what a single clause asks; groups and participants are taken apart by the caller."""
    match clause:
        case EventIs():
            return telling.type, (telling.trigger,)
        case StageIn():
            return telling.stage, (telling.trigger,)
        case StandingIn():
            return telling.standing, tuple(voice.span for voice in telling.attribution)
        case OutcomeIn():
            return _outcome(telling)
        case InstrumentIs():
            return _listed(tool.kind for tool in telling.instruments), tuple(tool.span for tool in telling.instruments)
        case PlaceIn():
            return _place(telling.place)
        case OriginIn():
            return _place(telling.origin)
        case CountryAgainst():
            here, there = (_listed(nations_of(name, telling)) for name in ("place.country", "origin.country"))
            return f"{here or 'unknown'} from {there or 'unknown'}", _place(telling.place)[1] + _place(telling.origin)[1]
        case NearSite():
            return _near(clause, telling)
        case NumberIs(what):
            return _counts([count for count in telling.counts if count.what == what])
        case AboutIs():
            return (telling.about.type, (telling.trigger,)) if telling.about else NOTHING
        case SpeakerIs():
            return "; ".join(map(_voice, telling.attribution)), tuple(voice.span for voice in telling.attribution)
        case SourceIn():
            return (article.source if article else ""), ()
        case DisclosedLate():
            return ("disclosed late" if telling.disclosed_late else "not late") if isinstance(telling, Event) else "", ()
        case WordsIn() | WordsNear() | Mentions():
            found = tuple(quotes(clause, telling, article, knowledge))
            return _listed(span.text for span in found), found
        case Stated(name):
            return _field(name, telling)
        case _:
            return NOTHING


def of_trait(trait: Trait, one: Participant, telling: Telling) -> Grounds:
    """What is known of a participant that a single trait asks for."""
    match trait:
        case KindIs():
            return one.kind or "", (one.span,)
        case IdIs():
            return one.id or "", (one.span,)
        case NationIs(_, nations):
            asked = [held for held in one.nations if held.nation in nations]
            return _nations(asked or one.nations), (one.span,)
        case NationAgainst(other):
            return f"{_nations(one.nations) or 'unknown'}, {other} {_listed(nations_of(other, telling)) or 'unknown'}", (one.span,)
        case _:
            return NOTHING


def named(one: Participant) -> str:
    """A participant in the article's words and ours."""
    known = ", ".join(filter(None, (one.id, one.kind, _nations(one.nations))))
    return f"{one.span.text} ({known})" if known else one.span.text


def _nations(held: Iterable[NationRole]) -> str:
    """Nations and what they are to a participant; the members of an alliance by its name, where they are many."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in held:
        found.setdefault((one.role, one.via), []).append(one.nation)
    return ", ".join(
        f"{', '.join(nations) if not via or len(nations) <= _FEW else f'{len(nations)} nations'} {role}{via and f' by {via}'}"
        for (role, via), nations in found.items()
    )


def _outcome(telling: Telling) -> Grounds:
    parts: Sequence[Telling] = telling.tellings if isinstance(telling, Event) and telling.tellings else (telling,)
    return " or ".join(telling.outcome), tuple(part.sentence for part in parts if part.outcome)


def _place(place: Place | None) -> Grounds:
    if place is None:
        return NOTHING
    within = place.country if place.country and place.path[:1] != (place.country,) else ""
    return f"{place.name}{f', {within}' if within else ''}", (place.span,) if place.span else ()


def _near(clause: NearSite, telling: Telling) -> Grounds:
    place = telling.place
    if place is None:
        return NOTHING
    found = nearby((clause,), telling)
    if found:
        first = found[0]
        vague = "" if first.certain else f", known to {first.coarse_km:g} km only"
        return f"{place.name}, {first.km:g} km from {first.name}{vague}", _place(place)[1]
    return f"{place.name}{'' if place.latitude is not None else ', without coordinates'}", _place(place)[1]


def _counts(counts: Sequence[Count]) -> Grounds:
    return _listed(map(_bounds, counts)), tuple(count.span for count in counts)


def _bounds(count: Count) -> str:
    if count.high is None:
        return f"at least {count.low}"
    return str(count.low) if count.low == count.high else f"{count.low} to {count.high}"


def _voice(voice: Attribution) -> str:
    nation = f" of {voice.nation}" if voice.nation else ""
    return f"{voice.speaker}{nation}{f' ({voice.actor})' if voice.actor else ''}{f', told {voice.via}' if voice.via else ''}"


def _field(name: str, telling: Telling) -> Grounds:
    match name:
        case "place":
            return _place(telling.place)
        case "origin":
            return _place(telling.origin)
        case "outcome":
            return _outcome(telling)
        case "instrument":
            return _listed(tool.kind for tool in telling.instruments), tuple(tool.span for tool in telling.instruments)
        case "speaker":
            return "; ".join(map(_voice, telling.attribution)), tuple(voice.span for voice in telling.attribution)
        case "doubt":
            return _listed(span.text for span in telling.doubt), telling.doubt
        case _:
            people: tuple[Participant, ...] = getattr(telling, {"actor": "actors", "target": "targets"}.get(name, name))
            return "; ".join(map(named, people)), tuple(one.span for one in people)


def _listed(words: Iterable[str]) -> str:
    """Each once, in the order in which they stand; of a set by the alphabet."""
    return ", ".join(dict.fromkeys(sorted(words) if isinstance(words, set) else words))
