"""Whether two places, participants or weapons can be one: the pieces that `streams.incidents.sameness` puts together.

Pure and symmetric. What is not stated differs from nothing and ties nothing.
"""

import re

from streams.records.flow import Event, Instrument, Participant, Place

FINE = ("site", "town")  # kinds of place that name one spot
SHIPS = frozenset({"ship", "merchant-ship", "warship"})
_SIDES = ("forces", "government", "owner", "user", "sponsor", "nationality", "home")
_BARE = re.compile(r"(?:\b(?:in|near|of|at|on|to|from|for|by|off|outside|inside|and|the|a|an|with|around|along)|'s)$")
_NAME = re.compile(r"^(.*[a-z)\"'][\w)\"']*) ((?:[A-Z0-9][\w'-]*)(?: [A-Z0-9][\w'-]*)*)$")
_WORD = re.compile(r"[a-z0-9]{3,}")
FEW_WORDS = 8  # a sentence of fewer is a formula that the next attack may be told with, too; an assumption
SAME_WORDS = 0.9  # of the longer sentence, for two to be one; an assumption


# ------------------------------------------------------------------------------------------------------------- places


def country(event: Event) -> str | None:
    """The country of its place, None where it has none or is at sea."""
    return event.place.country if event.place else None


def places_differ(one: Place | None, other: Place | None) -> bool:
    """Different, not finer: Syria and Rumalin do not differ, Rumalin and Shaddadi do."""
    if one is None or other is None:
        return False
    if one.country and other.country and one.country != other.country:
        return True
    if _contains(one, other) or _contains(other, one):
        return False
    return one.kind in FINE and other.kind in FINE


def same_spot(one: Place | None, other: Place | None) -> bool:
    """One town, one site, or a site in the town."""
    if one is None or other is None or one.kind not in FINE or other.kind not in FINE:
        return False
    return _contains(one, other) or _contains(other, one)


def spotless(place: Place | None) -> bool:
    """Whether it names no spot: no place, a country, a sea, a part of a country."""
    return place is None or place.kind not in FINE


def refines(one: Place | None, other: Place | None) -> bool:
    """Whether one place lies within the other, or may as a part of its country does: "in northern Iraq", "in Mosul"."""
    if one is None or other is None or "country" in (one.kind, other.kind):
        return False
    part = "region" in (one.kind, other.kind)  # asked only of places in one country
    return part or _contains(one, other) or _contains(other, one)


def _contains(coarse: Place, fine: Place) -> bool:
    return bool(coarse.path) and coarse.path[0] in fine.path


# ------------------------------------------------------------------------------------------------------- participants

People = tuple[Participant, ...]


def ids(people: People) -> set[str]:
    """Canonical ids of those that are known."""
    return {one.id for one in people if one.id}


def shares_id(one: People, other: People) -> bool:
    """Whether a known one is among both."""
    return bool(ids(one) & ids(other))


def shares_name(one: People, other: People) -> bool:
    """Whether one proper name is among both: the tanker Pivot, the mayor Ahmed Karimi."""
    return bool({name(each) for each in one} & {name(each) for each in other} - {""})


def name(one: Participant) -> str:
    """The proper name behind a common noun: "the Cypriot tanker Pivot" is Pivot, "a base near Erbil" has none."""
    found = _NAME.match(one.span.text)
    return "" if found is None or _BARE.search(found[1]) else found[2].lower()


def sides(people: People) -> set[str]:
    """The nations whose side they are on."""
    return {role.nation for one in people for role in one.nations if role.role in _SIDES}


def shares_kind_and_side(one: People, other: People) -> bool:
    """Whether somebody of one kind and one nation is among both; a base and the force on it count as one kind."""
    return any(_alike(left, right) for left in one for right in other)


def ships(one: People, other: People) -> bool:
    """Whether a ship is among both that may be one, by its kind."""
    return any({left.kind, right.kind} <= SHIPS and not _ships_differ(left, right) for left in one for right in other)


def targets_differ(one: People, other: People) -> bool:
    """Whether no target of one can be a target of the other."""
    if not one or not other or shares_id(one, other):
        return False
    return all(_clash(left, right) for left in one for right in other)


def sides_clash(one: People, other: People) -> bool:
    """Whether both name who did it, and not the same."""
    if not one or not other or shares_id(one, other):
        return False
    if ids(one) and ids(other):
        return True
    return bool(sides(one) and sides(other)) and not sides(one) & sides(other)


def _alike(left: Participant, right: Participant) -> bool:
    same_kind = left.kind is not None and left.kind == right.kind
    military = {left.kind, right.kind} <= {"base", "state-force"}
    return (same_kind or military) and bool(sides((left,)) & sides((right,)))


def _clash(left: Participant, right: Participant) -> bool:
    if left.id and right.id and left.kind == right.kind == "base":
        return left.id != right.id
    if left.kind in SHIPS and right.kind in SHIPS and (name(left) and name(right)):
        return name(left) != name(right)
    if sides((left,)) and sides((right,)):
        return not sides((left,)) & sides((right,))
    if left.kind in SHIPS and right.kind in SHIPS:
        return _ships_differ(left, right)
    return left.kind is not None and right.kind is not None and left.kind != right.kind


def _ships_differ(left: Participant, right: Participant) -> bool:
    return "ship" not in (left.kind, right.kind) and left.kind != right.kind


# --------------------------------------------------------------------------------------------------- weapons and words


def weapons(instruments: tuple[Instrument, ...]) -> set[str]:
    """Kinds of them."""
    return {instrument.kind for instrument in instruments}


def shares_weapon(one: Event, other: Event) -> bool:
    """Whether one kind of weapon is among both."""
    return bool(weapons(one.instruments) & weapons(other.instruments))


def weapons_differ(one: Event, other: Event) -> bool:
    """Different weapons tell attacks apart only where the place does not already say that they are one."""
    if not one.instruments or not other.instruments or shares_weapon(one, other):
        return False
    return not (same_spot(one.place, other.place) or shares_id(one.targets, other.targets))


def same_toll(one: Event, other: Event) -> bool:
    """Whether both count the same dead or wounded, more than one: two attacks of one day seldom do."""
    tolls = [
        {(count.what, count.low, count.high) for count in event.counts if count.what in ("killed", "wounded") and count.low > 1}
        for event in (one, other)
    ]
    return bool(tolls[0] & tolls[1])


def words_of(event: Event) -> frozenset[str]:
    """The words of its sentence."""
    return frozenset(_WORD.findall(event.sentence.text.lower()))


def same_words(one: Event, other: Event) -> bool:
    """Whether both rest on one sentence, as a dispatch that is run again does."""
    mine, theirs = words_of(one), words_of(other)
    return min(len(mine), len(theirs)) >= FEW_WORDS and len(mine & theirs) >= SAME_WORDS * max(len(mine), len(theirs))
