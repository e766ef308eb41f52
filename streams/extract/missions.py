"""Embassies by their words: whose they are, and which country they stand in.

Called by `participants` for a phrase such as "the residence of the French ambassador", and by `compose` once the place of an
event is known. No list of embassies stands behind it: any nation's mission in any town is read off the words. A mission in
its own country is no mission abroad, so that country is never its host.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from streams.extract import tree
from streams.extract.nouns import Nouns
from streams.extract.parsed import Parsed
from streams.extract.tokens import Token
from streams.knowledge.world import Knowledge
from streams.records.flow import NationRole, Participant, Place

_LIVED_IN = frozenset("residence house home villa office quarters apartment compound".split())
_ABROAD = ("diplomatic-site", "base")  # what stands in somebody else's country


def envoy(nouns: Nouns, head: Token) -> Token | None:
    """The diplomat whose house a phrase names: "the residence of the French ambassador"; None: no such phrase."""
    if head.lemma_.lower() not in _LIVED_IN:
        return None
    leaves = (leaf for name, leaf in tree.prepositions(head) if name == "of")
    return next((leaf for leaf in leaves if nouns.kind_of(leaf) == "diplomat"), None)


def sender(nouns: Nouns, parsed: Parsed, head: Token) -> Iterator[NationRole]:
    """The nation behind "of": "the embassy of Kuwait in Beirut" is Kuwait's."""
    for name, leaf in tree.prepositions(head):
        entity = nouns.entity(parsed, leaf)
        if name == "of" and entity is not None and entity.kind == "nation":
            yield NationRole(entity.id, "owner")


def hosted(people: Iterable[Participant], place: Place | None, knowledge: Knowledge) -> tuple[Participant, ...]:
    """The participants; missions and bases that name no host have the country of the place, unless it is their own."""
    country = place.country if place is not None else None
    if country is None:
        return tuple(people)
    return tuple(_at(one, country, knowledge) for one in people)


def _at(one: Participant, country: str, knowledge: Knowledge) -> Participant:
    abroad = one.kind is not None and any(knowledge.kind_is_a(one.kind, kind) for kind in _ABROAD)
    roles = {role.role for role in one.nations}
    own = any(role.nation == country and role.role in ("owner", "user") and not role.via for role in one.nations)
    if not abroad or "host" in roles or not roles & {"owner", "user"} or own:
        return one
    return replace(one, nations=(*one.nations, NationRole(country, "host")))
