"""Everybody and every place with a name of its own, made of the rows of the knowledge files.

Called by `knowledge` only, after the rows were checked. Spells out what a row says in short: users through an alliance become
one role a nation, a site without coordinates of its own stays without, a capital becomes a town.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from streams.knowledge.aliases import EXACT, fold
from streams.knowledge.files import Files, Row
from streams.records.flow import NationRole, Place

_COARSENESS_KM = {"site": 5.0, "town": 10.0, "province": 120.0, "region": 200.0, "sea": 300.0, "country": 500.0}  # assumed radii


@dataclass(frozen=True, slots=True)
class Entity:
    """Somebody, something or some place with a name of its own."""

    id: str  # slug; ISO 3166-1 alpha-2 for nations
    name: str
    kind: str  # slug of the kinds, e.g. "armed-group"; "demonym" for "Iraqi", which has the id of its nation
    nations: tuple[NationRole, ...] = ()
    aliases: tuple[str, ...] = ()  # all spellings, the name first
    place: Place | None = None  # of sites, places and nations
    leader: str | None = None  # of alliances: the nation that leads


Named = tuple[Entity, tuple[str, ...]]  # an entity with its aliases as the files spell them


# kinds of bodies that speak for no government, wherever they are at home
_PRIVATE = frozenset({"organisation", "aid-organisation", "political-party"})


def _named(row: Row, kind: str, roles: Iterable[NationRole], place: Place | None = None, leader: str | None = None) -> Named:
    """The entity of a row."""
    aliases = _aliases(row)
    shown = tuple(alias.removeprefix(EXACT) for alias in aliases)
    kind = kind if kind == "place" else row.text("kind", kind)  # the kind of a place is said by its Place
    return Entity(row.name, shown[0], kind, tuple(roles), shown, place, leader), aliases


def entities(files: Files) -> Iterator[Named]:
    """All entities; the first of two that share an alias is found, which the checks allow to nobody."""
    parents = {row.name: row.text("in") for row in files.all("places")}
    alliances = {row.name: row for row in files.all("alliances")}
    for row in files.all("nations"):
        country = Place(span=None, name=_shown(row), kind="country", country=row.name, path=(row.name,))
        yield _named(row, "nation", [NationRole(row.name, "government")], country)
        demonyms = tuple(_with_plurals(row.texts("demonyms")))
        if demonyms:
            shown = tuple(word.removeprefix(EXACT) for word in demonyms)
            yield Entity(row.name, shown[0], "demonym", (NationRole(row.name, "nationality"),), shown, country), demonyms
    for row in files.all("places"):
        yield _named(row, "place", [], _place(row, parents))
    for row in files.all("alliances"):
        lead = row.text("lead")
        yield _named(row, "alliance", [NationRole(lead, "forces", via=row.name)], None, lead)
    for row in files.all("forces"):
        yield _named(row, "state-force", [NationRole(row.text("nation"), "forces")])
    for row in files.all("bodies"):
        role: Literal["home", "government"] = "home" if row.text("kind") in _PRIVATE else "government"
        yield _named(row, "government", [NationRole(row.text("nation"), role)] if row.text("nation") else [])
    for row in files.all("groups"):
        homes = [NationRole(nation, "home") for nation in row.texts("home")]
        yield _named(row, "armed-group", [*homes, *(NationRole(nation, "sponsor") for nation in row.texts("sponsor"))])
    for row in files.all("sites"):
        yield _named(row, "base", _site_roles(row, alliances), _place(row, parents))
    for row in files.all("outlets"):
        yield _named(row, "media", [NationRole(row.text("home"), "home")] if row.text("home") else [])
    yield from _capitals(files)


def _capitals(files: Files) -> Iterator[Named]:
    """A town for each capital that no entry of `places` describes, and that is not named like its nation."""
    known = {fold(name) for row in files.all("places", "nations") for name in _aliases(row)}
    for row in files.all("nations"):
        spelled = row.text("capital")
        capital = spelled.removeprefix(EXACT)
        if capital and fold(capital) not in known:
            id = f"{fold(capital).replace(' ', '-')}-{row.name.lower()}"
            latitude, longitude = _point(row)
            coarseness = None if latitude is None else _COARSENESS_KM["town"]
            path = (id, row.name)
            place = Place(
                span=None, name=capital, kind="town", country=row.name, path=path, latitude=latitude, longitude=longitude,
                coarseness_km=coarseness,
            )  # fmt: skip
            yield Entity(id, capital, "place", (), (capital,), place), (spelled,)


def _place(row: Row, parents: Mapping[str, str]) -> Place:
    """The place of a site or place; a site without `in` lies in its host country."""
    path = [row.name]
    above = row.text("in") or row.text("host")
    while above:
        path.append(above)
        above = parents.get(above, "")
    kind = "site" if row.section == "sites" else row.text("kind")
    latitude, longitude = _point(row)
    coarseness = cast(float, row.values.get("km", _COARSENESS_KM[kind])) if latitude is not None else None
    return Place(
        span=None, name=_shown(row), kind=cast(Any, kind), country=path[-1] if is_nation(path[-1]) else None,
        path=tuple(path), latitude=latitude, longitude=longitude, coarseness_km=coarseness,
    )  # fmt: skip


def _point(row: Row) -> tuple[float | None, float | None]:
    """Latitude and longitude, both None when not given."""
    return cast(tuple[float | None, float | None], row.values.get("at", (None, None)))


def _shown(row: Row) -> str:
    """The name without the mark that asks for its exact spelling."""
    return row.text("name").removeprefix(EXACT)


def _site_roles(row: Row, alliances: Mapping[str, Row]) -> Iterator[NationRole]:
    """Owner, users and host of a site; an alliance that uses it is spelled out by nation."""
    for owner in row.texts("owner"):
        yield NationRole(owner, "owner")
    for user in row.texts("users"):
        if user in alliances:
            for nation in dict.fromkeys((alliances[user].text("lead"), *alliances[user].texts("members"))):
                yield NationRole(nation, "user", via=user)
        else:
            yield NationRole(user, "user")
    yield NationRole(row.text("host"), "host")


def _aliases(row: Row) -> tuple[str, ...]:
    return tuple(dict.fromkeys((row.text("name"), *row.texts("aliases"))))


def nation_words(row: Row) -> Iterator[str]:
    """All that stands for a nation: names, demonyms, metonyms; its capital only where it is one of these."""
    yield from _aliases(row)
    yield from _with_plurals(row.texts("demonyms"))
    yield from row.texts("metonyms")


def _with_plurals(demonyms: Sequence[str]) -> Iterator[str]:
    """The words, and "Iraqis" for "Iraqi"; forms that have no plural of their own ("Chinese", "Dutch") stay alone."""
    yield from demonyms
    yield from (word + "s" for word in demonyms if word[-1] not in "shz")


def speaks(entity: Entity) -> bool:
    """Whether a name stands for its nation, as "the Kremlin" does."""
    return entity.kind == "government" and bool(entity.nations)


def is_nation(slug: str) -> bool:
    """Whether a slug is an ISO 3166-1 code."""
    return len(slug) == 2 and slug.isupper()
