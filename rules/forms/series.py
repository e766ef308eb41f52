"""The keys of the series that an incident belongs to, from its facts. Called by `streams.labels.episodes`.

A participant is a group by its id; what has no id of its own but nations (an army, a government, a base) is those nations. One
with several groups, nations or weapons belongs to several series. A town is told with its country, so that what is known to be
in another country never joins it. What is not stated is "".
"""

from collections.abc import Iterable, Sequence
from itertools import combinations, product

from rules.traits import nations_of
from streams.knowledge.world import Knowledge
from streams.records.flow import Participant, Place, Telling
from streams.records.timelines import Key, Value

_MOST = 24  # series of one incident; an assumption, far above what was seen
_SIDES = ("force", "government", "organisation")  # kinds whose own id names a side


def keys(by: Sequence[str], told: Telling, knowledge: Knowledge) -> tuple[Key, ...]:
    """Keys by these parts (of `rules.model.BY`), in order; one empty key where there are none."""
    found = product(*(_values(part, told, knowledge) for part in by))
    flat = {tuple(value for values in key for value in values) for key in found}
    return tuple(sorted(flat))[:_MOST]


def _values(part: str, told: Telling, knowledge: Knowledge) -> list[tuple[Value, ...]]:
    """What the telling states of one part; an alternative each."""
    match part:
        case "parties":
            return [(pair,) for pair in _parties(told, knowledge)]
        case "place.town":
            return [(((told.place.country if told.place else None) or "",), (_town(told.place, knowledge),))]
        case "actor.group":
            return _each(word for one in told.actors for word in _sides(one, knowledge))
        case "target.id":
            return _each(one.id for one in told.targets if one.id)
        case "instrument":
            return _each(tool.kind for tool in told.instruments)
        case "actor.nation" | "target.nation" | "place.country":
            return _each(nations_of(part, told))
    raise AssertionError(f'"{part}" is no part of a key; rules.load refuses it')


def _each(words: Iterable[str]) -> list[tuple[Value, ...]]:
    return [((word,),) for word in sorted(set(words))] or [(("",),)]


def _sides(one: Participant, knowledge: Knowledge) -> set[str]:
    """The group that it is, else whose it is."""
    if one.id and (one.kind is None or any(knowledge.kind_is_a(one.kind, side) for side in _SIDES)):
        return {one.id}
    return {held.nation for held in one.nations if held.role != "host"}


def _parties(told: Telling, knowledge: Knowledge) -> list[Value]:
    """Pairs of sides, in order of the alphabet: who does it and to whom; of a statement without a target, who makes it."""
    actors, targets = ([_sides(one, knowledge) for one in side] for side in (told.actors, told.targets))
    if not any(targets) and told.path[0] == "statements":
        agreed = {pair for left, right in combinations(actors, 2) for pair in product(left, right) if pair[0] != pair[1]}
        if agreed:
            return sorted(_pair(*pair) for pair in agreed)
    here, there = ({word for words in side for word in words} or {""} for side in (actors, targets))
    return sorted({_pair(*pair) for pair in product(here, there)})


def _pair(one: str, other: str) -> Value:
    known = sorted(filter(None, (one, other)))
    return tuple(known + [""] * (2 - len(known)))


def _town(place: Place | None, knowledge: Knowledge) -> str:
    """The town, for a site the one it lies in, else the site itself; "" for what is coarser."""
    if place is None or place.kind not in ("site", "town") or not place.path:
        return ""
    if place.kind == "site":
        for slug in place.path[1:]:
            known = knowledge.entity(slug)
            if known is not None and known.place is not None and known.place.kind == "town":
                return slug
    return place.path[0]
