"""What is wrong with knowledge files as a whole: unknown names, circles, ids and aliases given twice, everyday words.

Called by `knowledge` before it builds anything of the rows. An alias that two entities share, or that is a word of every
newspaper ("Hit" the town, "dawn" the group), would put false participants into events everywhere, so both are errors.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import cast

from streams.errors import Mistake
from streams.knowledge.aliases import EXACT, alias_keys, fold
from streams.knowledge.files import Files, Row, known_or_mistake

GRAMMARS = ("transitive", "fire", "intransitive", "noun", "statement")
READ = ("lead",)
PLACE_KINDS = ("town", "province", "region", "sea")
BUILT_IN = ("place", "nation", "demonym", "alliance", "state-force", "government", "armed-group", "base", "media")
ENTITIES = ("places", "alliances", "forces", "bodies", "groups", "sites", "outlets")
RADIUS_KM = {"province": 120.0, "region": 200.0}  # of a place that says none, as in `entities`
FAR = 3  # radii: provinces are long, and points rough; a swapped or negated number is much farther
Point = tuple[float, float]
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NATION = re.compile(r"[A-Z]{2}")


def check(files: Files) -> Iterator[Mistake]:
    """Mistakes of meaning, in no order."""
    trees = {section: {row.name: row for row in files.all(section)} for section in ("taxonomy", "kinds", "instruments")}
    for section, tree in trees.items():
        for row in tree.values():
            yield from _slug(row)
            if "parent" in row.values:
                yield from known_or_mistake(row, "parent", row.text("parent"), tree, f"parent in {section}")
        yield from _circles(tree, "parent")
    yield from _words(files, trees["taxonomy"], trees["kinds"], trees["instruments"])
    yield from _references(files, trees["kinds"])
    yield from _where(files)
    yield from _metonyms(files)
    yield from _ids(files)
    yield from _aliases(files)


def _slug(row: Row) -> Iterator[Mistake]:
    pattern, wanted = _SLUG, "small letters, digits, hyphens"
    if row.section == "nations":
        pattern, wanted = _NATION, "two capitals of ISO 3166-1, e.g. IQ"
    if not pattern.fullmatch(row.name):
        yield row.mistake(f'"{row.name}" cannot name an entry of "{row.section}"; allowed: {wanted}')


def _circles(tree: Mapping[str, Row], key: str) -> Iterator[Mistake]:
    """A mistake for each entry that is its own ancestor."""
    for name, row in tree.items():
        above, seen = row.text(key), set[str]()
        while above in tree and above not in seen and above != name:
            seen.add(above)
            above = tree[above].text(key)
        if above == name:
            yield row.mistake(f'"{name}" lies below itself', key)


def _words(files: Files, types: Mapping[str, Row], kinds: Mapping[str, Row], tools: Mapping[str, Row]) -> Iterator[Mistake]:
    """Triggers, roles and instrument words: known names, each word once."""
    told: dict[tuple[str, str], Row] = {}
    for row in files.all("triggers"):
        yield from known_or_mistake(row, "type", row.text("type"), types, "type")
        yield from known_or_mistake(row, "grammar", row.text("grammar", "noun"), dict.fromkeys(GRAMMARS), "grammar")
        if "read" in row.values:
            yield from known_or_mistake(row, "read", row.text("read"), dict.fromkeys(READ), "part of an article")
        if "instrument" in row.values:
            yield from known_or_mistake(row, "instrument", row.text("instrument"), tools, "instrument")
        if not row.texts("verbs") and not row.texts("nouns"):
            yield row.mistake('an entry of "triggers" lacks verbs or nouns')
        if row.texts("verbs") and not row.text("grammar"):
            yield row.mistake(f'an entry of "triggers" with verbs lacks a grammar; allowed: {", ".join(GRAMMARS)}')
        for key in ("verbs", "nouns"):
            yield from _once(row, key, told, key)
    yield from _acts(files, types, kinds)
    for row in files.all("roles"):
        yield from known_or_mistake(row, "kind", row.text("kind"), kinds, "kind")
        if not row.texts("after"):  # "man" may come after words of many trades
            yield from _once(row, "words", told, "roles")
    for row in files.all("instruments"):
        yield from _once(row, "words", told, "instruments")


def _acts(files: Files, types: Mapping[str, Row], kinds: Mapping[str, Row]) -> Iterator[Mistake]:
    """Acts: known types and kinds, and a word that tells them."""
    for row in files.all("acts"):
        yield from known_or_mistake(row, "type", row.text("type"), types, "type")
        for kind in row.texts("kinds"):
            yield from known_or_mistake(row, "kinds", kind, kinds, "kind")
        if not row.texts("verbs") and not row.texts("nouns"):
            yield row.mistake('an entry of "acts" lacks verbs or nouns')


def _once(row: Row, key: str, told: dict[tuple[str, str], Row], shelf: str) -> Iterator[Mistake]:
    """A mistake for each word of a row that is on the shelf already. A later folder's word may stand a second time: it is ours."""
    for word in row.texts(key):
        before = told.setdefault((shelf, fold(word)), row)
        if before is not row:
            yield row.mistake(f'"{word}" stands twice in {shelf}; first at {before.node.path}:{before.node.line}', key, word)


def _references(files: Files, kinds: Mapping[str, Row]) -> Iterator[Mistake]:
    """Nations, places and kinds that entities name."""
    nations = {row.name: row for row in files.all("nations")}
    places = {row.name: row for row in files.all("places")}
    users = nations | {row.name: row for row in files.all("alliances")}
    areas = nations | places
    shapes = dict.fromkeys(PLACE_KINDS)
    for name in BUILT_IN:
        if kinds and name not in kinds:
            yield next(iter(kinds.values())).mistake(f'"kinds" lacks "{name}", which the program itself uses')
    for row in files.all("nations", *ENTITIES):
        yield from _slug(row)
        for key in ("home", "lead", "nation", "host", "owner", "sponsor", "members", "countries"):
            if key in row.values:
                for nation in (row.values[key],) if isinstance(row.values[key], str) else row.texts(key):
                    yield from known_or_mistake(row, key, str(nation), nations, "nation")
        for user in row.texts("users"):
            yield from known_or_mistake(row, "users", user, users, "nation or alliance")
        if "in" in row.values:
            yield from known_or_mistake(row, "in", row.text("in"), areas, "place")
        if row.section == "places":
            yield from known_or_mistake(row, "kind", row.text("kind"), shapes, "kind of place")
            if row.text("kind") in ("town", "province") and "in" not in row.values:
                yield row.mistake(f'"{row.name}" is a {row.text("kind")} and lacks "in", its province or nation')
        elif "kind" in row.values:
            yield from known_or_mistake(row, "kind", row.text("kind"), kinds, "kind")
    yield from _circles(places, "in")


def _where(files: Files) -> Iterator[Mistake]:
    """Sites in another country than their host, and points far outside the province or region that they are said to lie in."""
    places = {row.name: row for row in files.all("places")}
    for row in files.all("places", "sites"):
        above = places.get(row.text("in"))
        if row.section == "sites" and row.text("host"):
            country = _country(row.text("in"), places)
            if country and country != row.text("host"):
                yield row.mistake(
                    f'"{row.name}" has the host "{row.text("host")}" and lies in "{row.text("in")}" of "{country}"', "in"
                )
        if above is None or above.text("kind") not in ("province", "region") or "at" not in row.values or "at" not in above.values:
            continue
        radius = cast(float, above.values.get("km", RADIUS_KM[above.text("kind")]))
        km = _distance_km(cast(Point, row.values["at"]), cast(Point, above.values["at"]))
        if km > FAR * radius:
            yield row.mistake(
                f'"{row.name}" is {km:.0f} km from the middle of "{above.name}", whose radius is {radius:.0f} km;'
                ' look at both points (north and east are positive), or give the larger one "km"',
                "at",
            )


def _country(slug: str, places: Mapping[str, Row]) -> str:
    """The nation at the end of a chain of places, "" for none."""
    for _ in range(len(places)):
        if slug not in places:
            break
        slug = places[slug].text("in")
    return slug if _NATION.fullmatch(slug) else ""


def _distance_km(one: Point, other: Point) -> float:
    """Distance on a plane, near enough for a check."""
    east = (one[1] - other[1]) * math.cos(math.radians((one[0] + other[0]) / 2))
    return 111.2 * math.hypot(one[0] - other[0], east)


def _metonyms(files: Files) -> Iterator[Mistake]:
    """Words that stand for two governments."""
    told: dict[tuple[str, ...], Row] = {}
    for row in sorted(files.all("nations"), key=lambda row: row.folder):
        for word in row.texts("metonyms"):
            before = told.setdefault(alias_keys(word), row)
            if before is not row:
                yield row.mistake(
                    f'metonym "{word}" of "{row.name}" is one of "{before.name}" already, at {before.node.path}:{before.node.line}',
                    "metonyms", word,
                )  # fmt: skip


def _ids(files: Files) -> Iterator[Mistake]:
    """Ids are one space over all sections; inside one section the reader has looked already."""
    told: dict[str, Row] = {}
    for row in sorted(files.all("nations", *ENTITIES), key=lambda row: row.folder):  # the later folder is told of it
        before = told.setdefault(row.name, row)
        if before is not row:
            yield row.mistake(f'id "{row.name}" stands twice; first at {before.node.path}:{before.node.line}', "id")


def _listed(files: Files, section: str) -> set[str]:
    """Folded words of a section that lists them in one text."""
    words = [word for row in files.all(section) for word in row.text("words").split()]
    return {word if word.isascii() and word.islower() else fold(word) for word in words}


def _aliases(files: Files) -> Iterator[Mistake]:
    """Aliases of two entities, and aliases that are everyday words."""
    common = _listed(files, "common")
    common |= {fold(word) for row in files.all("roles", "instruments") for word in row.texts("words")}
    common |= {fold(word) for row in files.all("triggers") for key in ("verbs", "nouns") for word in row.texts(key)}
    people = _listed(files, "people")
    told: dict[tuple[str, ...], tuple[Row, str]] = {}
    for row in sorted(files.all("nations", *ENTITIES, "ignore"), key=lambda row: row.folder):
        given = [(key, alias) for key in ("aliases", "demonyms", "words") for alias in row.texts(key)]
        for key, alias in [("name", row.text("name")), *given] if "name" in row.values else given:
            keys = alias_keys(alias)
            if len(alias) < 4 and len("".join(keys).replace(EXACT, "")) < 2:
                yield row.mistake(f'alias "{alias}" has fewer than two letters', key, alias)
                continue
            before, which = told.setdefault(keys, (row, key))
            if before is not row or (which != key and "demonyms" in (which, key)):
                yield row.mistake(
                    f'alias "{alias}" of "{row.name}" is one of "{before.name}" already, at {before.node.path}:{before.node.line};'
                    " keep it where it is meant most, or use more words",
                    key, alias,
                )  # fmt: skip
            if row.section != "ignore" and len(keys) == 1 and keys[0] in common:
                yield row.mistake(
                    f'alias "{alias}" of "{row.name}" is an everyday word; use more words, or write "{EXACT}{alias}" to find it'
                    " only as spelled",
                    key, alias,
                )  # fmt: skip
            elif row.section not in ("ignore", "nations", "places") and len(keys) == 1 and keys[0] in people:
                yield row.mistake(
                    f'alias "{alias}" of "{row.name}" is also a person\'s name; use more words, or write "{EXACT}{alias}" if'
                    " it is to be found all the same",
                    key, alias,
                )  # fmt: skip
