"""What two single clauses have to do with each other: one implies the other, or they exclude each other; provably.

For `rules.follows`, which knows groups. Holds for events whose types, kinds and places are those of the knowledge, whose
counts have a lower bound that is no higher than the upper one.
"""

from collections.abc import Callable, Collection
from typing import Any, Protocol

from rules.model import (
    AboutIs,
    AllOf,
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
    Who,
    WordsIn,
    WordsNear,
)
from streams.knowledge.aliases import alias_keys, fold
from streams.knowledge.world import Knowledge


class Proofs(Protocol):
    """What a clause with clauses inside it asks of those."""

    knowledge: Knowledge

    def follows(self, one: Any, other: Any) -> bool:
        """Whether `other` holds wherever `one` does."""

    def never(self, one: Any) -> bool:
        """Whether it holds of no event."""


def void(one: Any, logic: Proofs) -> bool:
    """Whether a clause can never hold by itself."""
    match one:
        case Who(traits=traits):
            return logic.never(traits)
        case AboutIs(part):
            return logic.never(part)
        case NumberIs(_, compare, number):
            return compare == "<" and number == 0
        case StageIn(values) | StandingIn(values):
            return not values
        case _:
            return False


def implied(one: Any, other: Any, logic: Proofs) -> bool:  # noqa: PLR0912 - one arm for each kind of clause
    """Whether `other` holds wherever `one` does."""
    if type(one) is not type(other) and type(other) not in (Stated, WordsIn):
        return False
    if one == other:
        return True
    known = logic.knowledge
    match one, other:
        case _, Stated(name, True):
            return name in _shown(one)
        case (EventIs(some), EventIs(others)):
            return _each_below(some, others, known.is_a)
        case (InstrumentIs(some), InstrumentIs(others)):
            return _each_below(some, others, known.instrument_is_a)
        case (KindIs(some), KindIs(others)):
            return _each_below(some, others, known.kind_is_a)
        case (PlaceIn(some), PlaceIn(others)) | (OriginIn(some), OriginIn(others)):
            return all(any(_within(area, other, known) for other in others) for area in some)
        case (
            (OutcomeIn(some), OutcomeIn(others))
            | (StageIn(some), StageIn(others))
            | (StandingIn(some), StandingIn(others))
            | (IdIs(some), IdIs(others))
            | (SourceIn(some), SourceIn(others))
        ):
            return set(some) <= set(others)
        case NumberIs(), NumberIs():
            return one.what == other.what and _number_implied(one, other)
        case NationIs(), NationIs():
            wider = other.relation in (one.relation, "any") or (one.relation, other.relation) == ("owned_by", "used_by")
            return wider and set(one.nations) <= set(other.nations)
        case Who(), Who():
            return one.side == other.side and logic.follows(one.traits, other.traits)
        case AboutIs(some), AboutIs(others):
            return logic.follows(some, others)
        case NearSite(), NearSite():
            return _nearer(one, other)
        case SpeakerIs(), SpeakerIs():
            return _narrower_voice(one, other)
        case Mentions(), Mentions():
            listed = ((one.ids, other.ids), (one.names, other.names), (one.watches, other.watches))
            return _reaches(one, other) and all(set(some) <= set(others) for some, others in listed)
        case WordsIn(some), WordsIn(others):
            return _reaches(one, other) and _words(some) <= _words(others)
        case WordsNear(some), WordsIn(others):
            return _reaches(one, other) and bool(_words(some) & _words(others))
        case WordsNear(some), WordsNear(others):
            return _reaches(one, other) and _words(others) == _words(some) and one.within <= other.within
        case _:
            return False


def exclude(one: Any, other: Any, logic: Proofs) -> bool:
    """Whether the two never hold together."""
    known = logic.knowledge
    match one, other:
        case (Stated(name, wanted), Stated(same, also)):
            return name == same and wanted is not also
        case (Stated(name, False), _):
            return name in _shown(other)
        case (_, Stated(name, False)):
            return name in _shown(one)
        case (EventIs(some), EventIs(others)):
            return _all_apart(some, others, known.is_a)
        case (KindIs(some), KindIs(others)):
            return _all_apart(some, others, known.kind_is_a)
        case (PlaceIn(some), PlaceIn(others)) | (OriginIn(some), OriginIn(others)):
            return all(_outside(area, other, known) for area in some for other in others)
        case (
            (OutcomeIn(some), OutcomeIn(others))
            | (StageIn(some), StageIn(others))
            | (StandingIn(some), StandingIn(others))
            | (IdIs(some), IdIs(others))
            | (SourceIn(some), SourceIn(others))
        ):
            return not set(some) & set(others)
        case NumberIs(), NumberIs():
            return one.what == other.what and _numbers_exclude(one, other)
        case AboutIs(), AboutIs():
            return logic.never(AllOf((one.part, other.part)))
        case (CountryAgainst(same), CountryAgainst(also)) | (DisclosedLate(same), DisclosedLate(also)):
            return same is not also
        case NationAgainst(field, same), NationAgainst(also, too):
            return field == also and same is not too
        case _:
            return False


def _shown(one: Any) -> Collection[str]:
    """Fields that the text states wherever the clause holds."""
    match one:
        case Who(side):
            return (side,)
        case Stated(name, True):
            return (name,)
        case PlaceIn() | NearSite():
            return ("place",)
        case CountryAgainst():
            return ("place", "origin")
        case _:
            return _SHOWN.get(type(one), ())


_SHOWN = {OriginIn: ("origin",), InstrumentIs: ("instrument",), OutcomeIn: ("outcome",), SpeakerIs: ("speaker",)}


# ------------------------------------------------------------------------------------------------------ trees and places


def _each_below(some: tuple[str, ...], others: tuple[str, ...], is_a: Callable[[str, str], bool]) -> bool:
    return all(any(one == other or is_a(one, other) for other in others) for one in some)


def _all_apart(some: tuple[str, ...], others: tuple[str, ...], is_a: Callable[[str, str], bool]) -> bool:
    """Whether no node of the first lies above, at or below one of the second; a thing has one node."""
    return not any(one == other or is_a(one, other) or is_a(other, one) for one in some for other in others)


def _within(area: str, other: str, knowledge: Knowledge) -> bool:
    """Whether all of an area lies in another one."""
    known = knowledge.entities.get(area)
    return area == other or (known is not None and known.place is not None and knowledge.place_within(known.place, other) is True)


def _outside(area: str, other: str, knowledge: Knowledge) -> bool:
    """Whether no place lies in both."""
    one, two = knowledge.entities.get(area), knowledge.entities.get(other)
    if one is None or two is None or one.place is None or two.place is None:
        return False
    return knowledge.place_within(one.place, other) is False and knowledge.place_within(two.place, area) is False


def _nearer(one: NearSite, other: NearSite) -> bool:
    """Whether the second watches the sites of the first and reaches at least as far."""
    if not set(one.watch.sites) <= set(other.watch.sites) or (one.if_coarse and not other.if_coarse):
        return False
    return all(_reach(one, site.radius_km) <= _reach(other, site.radius_km) for site in one.watch.sites)


def _reach(near: NearSite, own: float) -> float:
    return own if near.within_km is None else near.within_km


# ------------------------------------------------------------------------------------------------------ numbers and words


def _bounds(clause: NumberIs) -> tuple[str, int]:
    """The comparison as ">=", "<=" or "="."""
    strict = {">": (">=", clause.number + 1), "<": ("<=", clause.number - 1)}
    return strict.get(clause.compare, (clause.compare, clause.number))


def _number_implied(one: NumberIs, other: NumberIs) -> bool:
    (how, number), (wanted, bound) = _bounds(one), _bounds(other)
    if wanted == "=":
        return how == "=" and number == bound
    return how in (wanted, "=") and (number >= bound if wanted == ">=" else number <= bound)


def _numbers_exclude(one: NumberIs, other: NumberIs) -> bool:
    """At least one count is so high, every count is so low or exactly that."""
    (how, number), (wanted, bound) = sorted((_bounds(one), _bounds(other)))  # "<=" before "=" before ">="
    if how == wanted:
        return how == "=" and number != bound
    return number < bound


def _narrower_voice(one: SpeakerIs, other: SpeakerIs) -> bool:
    pairs = (
        (one.classes, other.classes),
        (one.nations, other.nations),
        (one.ids, other.ids),
        (tuple(map(fold, one.outlets)), tuple(map(fold, other.outlets))),
    )
    return all(not others or (some and set(some) <= set(others)) for some, others in pairs)


def _reaches(one: WordsIn | WordsNear | Mentions, other: WordsIn | WordsNear | Mentions) -> bool:
    """Whether the second looks wherever the first does; a sentence is read without an article too."""
    return one.scope == other.scope or (one.scope == "title" and other.scope == "article")


def _words(words: tuple[str, ...]) -> set[tuple[str, ...]]:
    return {alias_keys(word) for word in words}
