"""Whether two events can be one thing in the world: hard conflicts, positive ties and waves, pair by pair, each by its name.

Called by `streams.incidents.grouping`, and by `streams.incidents.joining`, which puts the same grounds in words. Symmetric and free
of memory, so that the partition built on it does not depend on the order of arrival. When unsure the answer is no: a wrong merge
hides an attack, a wrong split only costs a second message.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from streams.incidents.alike import (
    People,
    country,
    ids,
    places_differ,
    refines,
    same_spot,
    same_toll,
    same_words,
    shares_id,
    shares_kind_and_side,
    shares_name,
    shares_weapon,
    ships,
    sides,
    sides_clash,
    spotless,
    targets_differ,
    weapons,
    weapons_differ,
)
from streams.records.flow import Again, Event, Interval

Against = Literal[
    "kind", "stage", "published", "speaker", "subject", "time", "another", "place", "target", "side", "weapon", "article"
]
For = Literal["spot", "target", "name", "like target", "actor", "toll", "hour at sea", "words", "weapon", "speaker"]

DENIAL_REACH = timedelta(days=14)  # a denial joins what was reported up to this long before it (DESIGN: speaker, type, 14 days)
STATEMENT_REACH = timedelta(days=3)  # one statement told by several outlets; an assumption
WAVE_GAP = timedelta(hours=12)  # what hits a spot later than this after its first salvo is another attack; an assumption
NARROW = timedelta(hours=12)  # a time no wider than this says the part of the day
VAGUE = timedelta(days=10)  # a wider time ("in March") names no attack; `streams.extract.merge` has the same bound
PERIOD = timedelta(days=40)  # a time wider than a month names no attack of a site either
SOON_H = 36.0  # "the third in 24 hours" speaks of what was just told, "the second in a week" may not; an assumption
ATTACK = "armed-attack"
_ACCIDENTS = ("accident", "accidental-explosion")  # say that it was no attack; a fire or a crash may come of one
_SALVOES = frozenset(
    {"rocket", "missile", "artillery", "mortar", "drone", "aircraft-bomb", "aircraft", "naval-drone", "projectile"}
)
_BY_SPEAKER = frozenset(
    {"threat", "claim", "denial", "ceasefire-announced", "ceasefire-broken", "attacks-halted", "resumption-announced"}
)


def family(event: Event) -> str:
    """What an event must share to be compared at all: statements by type, violence in three kinds, the rest by branch.

    Explosions and accidents stand with attacks, because "it was an accident" speaks of what was told as an attack.
    """
    path = event.path
    if is_statement(event):
        return f"statement:{event.type}"
    if ATTACK in path or "explosion" in path or "accident" in path:
        return "attack"
    return path[1] if len(path) > 1 else path[0]


def kin(event: Event) -> tuple[str, str]:
    """What two events must share to have anything to do with one another."""
    return family(event), _stage_class(event)


def is_statement(event: Event) -> bool:
    """Whether the event is somebody's word about something else."""
    return event.path[0] == "statements"


def is_accident(event: Event) -> bool:
    """Whether the event says, where others tell an attack, that nobody meant it."""
    return event.type in _ACCIDENTS


def conflict(one: Event, other: Event) -> bool:
    """Whether something stated of one rules out that it is the other."""
    return next(conflicts(one, other), None) is not None


def conflicts(one: Event, other: Event) -> Iterator[Against]:
    """Everything stated of one that rules out that it is the other."""
    if family(one) != family(other):
        yield "kind"
    elif _stage_class(one) != _stage_class(other):
        yield "stage"
    elif is_statement(one):
        yield from _statements_differ(one, other)
    else:
        if not _times_meet(one, other):
            yield "time"
        if _another(one, other):
            yield "another"
        yield from _differ(one, other)


def tie(one: Event, other: Event) -> int:
    """How much speaks for one thing, 0 for nothing; only asked of events without a conflict."""
    return sum(points for _, points in ties(one, other))


def ties(one: Event, other: Event) -> tuple[tuple[For, int], ...]:
    """What speaks for one thing, with its weight; only asked of events without a conflict."""
    if is_statement(one):
        return _statements_tie(one, other)
    if same_article(one, other) and not same_spot(one.place, other.place):
        return ()  # the extractor has already told them apart
    found: list[tuple[For, int]] = []
    if same_spot(one.place, other.place):
        found.append(("spot", 3))
    if shares_id(one.targets, other.targets):
        found.append(("target", 3))
    elif shares_name(one.targets, other.targets):
        found.append(("name", 3))
    if country(one) is not None and country(one) == country(other):
        if shares_kind_and_side(one.targets, other.targets):
            found.append(("like target", 2))
        if shares_id(one.actors, other.actors):
            found.append(("actor", 2))
        if refines(one.place, other.place) and shares_weapon(one, other) and same_toll(one, other):
            found.append(("toll", 2))
    elif ships(one.targets, other.targets) and sides(one.actors) & sides(other.actors) and _one_hour(one, other):
        found.append(("hour at sea", 2))  # no town ties two reports there, and a day has room for many ships
    if not found and spotless(one.place) and spotless(other.place) and same_words(one, other):
        found.append(("words", 1))
    if found and shares_weapon(one, other):
        found.append(("weapon", 1))
    return tuple(found)


def same_article(one: Event, other: Event) -> bool:
    """Whether one revision of one article tells both."""
    return one.article == other.article and one.revision == other.revision


def wave(one: Event, other: Event) -> bool:
    """Whether the two are salvoes of one attack: the same spot and no other side, hours apart, told so or shown by their times."""
    attacks = ATTACK in one.path and ATTACK in other.path and one.stage == other.stage == "happened"
    if not attacks or "denied" in (one.standing, other.standing):
        return False
    return _hours_apart(one, other) and _one_aim(one, other) and next(_differ(one, other), None) is None


def fits_statement(statement: Event, attack: Event) -> bool:
    """Whether what a statement speaks of may be this attack: nothing stated of either speaks against it."""
    about = statement.about
    if about is None or is_statement(attack) or attack.stage != "happened" or about.type not in attack.path:
        return False
    if places_differ(about.place, attack.place) or targets_differ(about.targets, attack.targets):
        return False
    return not sides_clash(about.actors or statement.actors, attack.actors)


def reach(event: Event) -> tuple[datetime, datetime]:
    """The stretch in which all lies that an event may be one with: two events whose stretches do not touch never are."""
    published = event.published
    if is_statement(event):
        far = DENIAL_REACH if event.standing == "denied" else STATEMENT_REACH / 2 + timedelta(minutes=1)
        return published - far, published + far
    time = event.time
    if time is None:
        return published - timedelta(days=2), published + timedelta(days=1)
    if event.standing == "denied":
        return min(published - DENIAL_REACH, time.start), max(published, time.end)
    if _width(time) > PERIOD:
        return time.start, time.start + timedelta(days=1)  # it meets only what has the same time
    return time.start - WAVE_GAP / 2, time.end + WAVE_GAP / 2


# -------------------------------------------------------------------------------------------------------------- when


def _times_meet(one: Event, other: Event) -> bool:
    if one.time is None or other.time is None:
        return True
    if one.standing == other.standing == "denied":
        return abs(one.published - other.published) <= DENIAL_REACH
    if "denied" in (one.standing, other.standing):
        denial, told = (one, other.time) if one.standing == "denied" else (other, one.time)
        return _width(told) <= PERIOD and denial.published - DENIAL_REACH <= told.end and told.start <= denial.published
    if not one.time.meets(other.time):
        return False
    widest = max(_width(one.time), _width(other.time))
    if widest <= VAGUE or (one.time.start, one.time.end) == (other.time.start, other.time.end):
        return True
    return widest <= PERIOD and shares_id(one.targets, other.targets)


def _another(one: Event, other: Event) -> bool:
    """Whether one is told as another than what had been told before: "a third ship", "its second attack in 24 hours"."""
    mine, theirs = one.again, other.again
    if _one_hour(one, other) or not all(_soon(cue) for cue in (mine, theirs) if cue is not None):
        return False
    if mine is not None and theirs is not None:
        return mine.what == theirs.what and None not in (mine.number, theirs.number) and mine.number != theirs.number
    if mine is None and theirs is None:
        return False
    later, plain = (one, other) if mine is not None else (other, one)
    return same_article(one, other) or plain.published < later.published


def _soon(again: Again) -> bool:
    return again.within_h is None or again.within_h <= SOON_H


def _one_hour(one: Event, other: Event) -> bool:
    """Whether the times of both say the part of the day, and meet."""
    if one.time is None or other.time is None or max(_width(one.time), _width(other.time)) > NARROW:
        return False
    return one.time.meets(other.time)


def _hours_apart(one: Event, other: Event) -> bool:
    """Whether the times leave hours between two salvoes, or the text of one says that it came after the other."""
    if one.time is None or other.time is None:
        return False
    first, second = sorted((one.time, other.time), key=lambda time: (time.start, time.end))
    gap = second.start - first.end
    if gap < timedelta(0):
        return _another(one, other)
    told = any(cue is not None and cue.within_h is not None and _soon(cue) for cue in (one.again, other.again))
    return gap <= WAVE_GAP and (told or max(_width(first), _width(second)) <= NARROW)


def _width(time: Interval) -> timedelta:
    return time.end - time.start


# ------------------------------------------------------------------------------------------- where, whom, who and how


def _stage_class(event: Event) -> str:
    return "world" if event.stage in ("happened", "retold") else event.stage


def _differ(one: Event, other: Event) -> Iterator[Against]:
    """What rules out one thing beside time."""
    if places_differ(one.place, other.place):
        yield "place"
    if targets_differ(one.targets, other.targets):
        yield "target"
    if sides_clash(_doers(one), _doers(other)):
        yield "side"
    if weapons_differ(one, other):
        yield "weapon"


def _doers(event: Event) -> People:
    """Who did it; who only claims it is no other side, for two may claim one attack."""
    claimers = ids(event.claimed_by)
    return tuple(actor for actor in event.actors if actor.id is None or actor.id not in claimers)


def _one_aim(one: Event, other: Event) -> bool:
    """Whether both hit one spot: a site or target; a town only in salvoes, by one side or by word: it has room for two bombs."""
    if shares_id(one.targets, other.targets) or shares_name(one.targets, other.targets):
        return True
    if one.place is None or other.place is None or not same_spot(one.place, other.place):
        return False
    if "site" in (one.place.kind, other.place.kind) or one.again is not None or other.again is not None:
        return True
    salvoes = weapons(one.instruments) & weapons(other.instruments) & _SALVOES
    return bool(salvoes) or shares_id(one.actors, other.actors)


# -------------------------------------------------------------------------------------------------------- statements


def _statements_differ(one: Event, other: Event) -> Iterator[Against]:
    far = DENIAL_REACH if "denied" in (one.standing, other.standing) else STATEMENT_REACH
    if abs(one.published - other.published) > far:
        yield "published"
    if ids(one.actors) and ids(other.actors) and not shares_id(one.actors, other.actors):
        yield "speaker"
    mine, theirs = _addressed(one), _addressed(other)
    if (ids(mine) and ids(theirs) and not shares_id(mine, theirs)) or targets_differ(mine, theirs):
        yield "subject"


def _statements_tie(one: Event, other: Event) -> tuple[tuple[For, int], ...]:
    """Speaker and type make a threat or a ceasefire one; a government requests, promises and rejects many things a day."""
    if not same_article(one, other) and same_words(one, other):
        return (("words", 3),)
    if not (shares_id(one.actors, other.actors) or shares_kind_and_side(one.actors, other.actors)):
        return ()
    mine, theirs = _addressed(one), _addressed(other)
    if shares_id(mine, theirs) or shares_kind_and_side(mine, theirs):
        return (("speaker", 2), ("target", 2))
    alone = one.type in _BY_SPEAKER or "denied" in (one.standing, other.standing)
    return (("speaker", 2),) if alone else ()


def _addressed(event: Event) -> People:
    return event.targets or (event.about.targets if event.about is not None else ())
