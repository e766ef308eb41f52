"""Whether one participant has a trait: kind, identity, and what nations have to do with it; three-valued as `rules.match`."""

from collections.abc import Iterable

from rules.model import AllOf, AnyOf, IdIs, KindIs, NationAgainst, NationIs, NationOf, NotThat, Relation, SpeakerIs, Trait
from rules.verdicts import below, every, some
from streams.knowledge.aliases import fold
from streams.knowledge.world import Knowledge
from streams.records.flow import Attribution, NationRole, Participant, Telling


def trait_holds(trait: Trait, one: Participant, telling: Telling, knowledge: Knowledge) -> bool | None:
    """Whether `one`, a participant of the telling, has the trait."""
    match trait:
        case AllOf(parts):
            return every(trait_holds(part, one, telling, knowledge) for part in parts)
        case AnyOf(parts):
            return some(trait_holds(part, one, telling, knowledge) for part in parts)
        case NotThat(part):
            return trait_holds(part, one, telling, knowledge) is not True
        case KindIs(kinds):
            return None if one.kind is None else below(one.kind, kinds, knowledge.kind_is_a)
        case IdIs(ids):
            return None if one.id is None else one.id in ids
        case NationIs(relation, nations):
            return some(_related(relation, nation, one, knowledge) for nation in nations)
        case NationAgainst(other, same):
            own, others = _own([one]), nations_of(other, telling)
            return own.isdisjoint(others) is not same if own and others else None


def _own(people: Iterable[Participant]) -> set[str]:
    """Nations of participants; where something stands is not whose it is."""
    return {held.nation for one in people for held in one.nations if held.role != "host"}


def nations_of(name: NationOf, telling: Telling) -> set[str]:
    """Nations that a field of the telling states, empty when it states none."""
    match name:
        case "place.country":
            return {telling.place.country} if telling.place and telling.place.country else set()
        case "origin.country":
            return {telling.origin.country} if telling.origin and telling.origin.country else set()
        case "actor.nation":
            return _own(telling.actors)
        case "target.nation":
            return _own(telling.targets)
        case "speaker.nation":
            return {voice.nation for voice in telling.attribution if voice.nation}


def speaks(wanted: SpeakerIs, voice: Attribution) -> bool | None:
    """Whether one voice is all that is asked; what is not known of it is not stated."""
    return every((
        not wanted.classes or voice.speaker in wanted.classes,
        not wanted.nations or (voice.nation in wanted.nations if voice.nation else None),
        not wanted.ids or (voice.actor in wanted.ids if voice.actor else None),
        not wanted.outlets or (fold(voice.via) in map(fold, wanted.outlets) if voice.via else None),
    ))  # fmt: skip


def _related(relation: Relation, nation: str, one: Participant, knowledge: Knowledge) -> bool | None:
    """Whether `nation` stands in the relation; None when no nation is known to, so that this one still may."""
    if relation == "forces_of":
        return _forces_of(nation, one, knowledge)
    roles = [held for held in one.nations if relation == "any" or held.role in _ROLES[relation]]
    return any(held.nation == nation for held in roles) if roles else None


def _forces_of(nation: str, one: Participant, knowledge: Knowledge) -> bool | None:
    """The nation's forces and soldiers, what they own, the sites they use, and the same of alliances that it leads.

    False for what is no part of any force: a civilian is nobody's forces, whatever the passport.
    """
    # a "person" of whom no more is said may be a soldier
    military = None if one.kind in (None, "person") else below(one.kind, _MILITARY, knowledge.kind_is_a)
    names = {"forces"}
    if one.kind is not None and military:
        names |= {"user", "owner"} if knowledge.kind_is_a(one.kind, "site") else {"nationality", "owner"}
    roles = [held for held in one.nations if held.role in names]
    if any(held.nation == nation and _leads(held, knowledge) for held in roles):
        return True
    return False if roles or military is False else None


# who owns a site uses it; kinds whose soldiers, owners and users make them somebody's forces
_ROLES = {"used_by": ("user", "owner"), "owned_by": ("owner",), "sponsored_by": ("sponsor",)}
_MILITARY = ("state-force", "alliance", "military-site", "military-aircraft", "warship", "military-vehicle", "equipment")


def _leads(held: NationRole, knowledge: Knowledge) -> bool:
    """Whether the nation acts for itself or leads the alliance through which it holds the role."""
    if not held.via:
        return True
    alliance = knowledge.entity(held.via)
    return alliance is not None and held.nation == alliance.leader
