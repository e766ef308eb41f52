"""Towns and provinces of GeoNames, beside the places that the knowledge files name; asked by name, made into places when found.

Called by `extract.gazetteer` only, which judges from the words around a name whether it is one of these and which. Kept apart
from `knowledge`, since nobody else needs 70,000 names: they are read when first asked for (docs/decisions.md has the figures).
The data is GeoNames', CC BY 4.0, distilled by tests/bench/towns.py.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from streams.knowledge.aliases import fold
from streams.knowledge.entities import Entity
from streams.records.flow import Place

SLUG_GAP = re.compile(r"[^a-z0-9]+")
_TOWN_KM, _PROVINCE_KM = 10.0, 120.0  # how coarse a point is, as in `entities`


@dataclass(frozen=True, slots=True)
class Town:
    """A town, or a whole province, that a name may mean."""

    name: str
    nation: str
    province: str  # GeoNames' code within the nation, "" when it has none
    latitude: float
    longitude: float
    people: int  # thousands, at least 1; 0 for a province
    kind: Literal["town", "province"] = "town"


@dataclass(frozen=True, slots=True)
class Province:
    """A province by the code that its towns bear."""

    town: Town
    id: str  # our own slug where the knowledge files have the province, else made of its name


@dataclass(frozen=True, slots=True)
class Towns:
    """All names; made once a process."""

    version: str
    _lines: Mapping[str, str]  # folded name: the rest of its line
    _provinces: Mapping[tuple[str, str], Province]
    _province_names: Mapping[str, tuple[Province, ...]]

    def __len__(self) -> int:
        """How many names."""
        return len(self._lines)

    def named(self, key: str) -> tuple[Town, ...]:
        """Towns of a folded name, the largest first."""
        line = self._lines.get(key)
        return tuple(_town(record) for record in line.split("\t")) if line else ()

    def known(self, key: str) -> bool:
        """Whether a folded name is that of a town or a province."""
        return key in self._lines or key in self._province_names

    def provinces(self, key: str) -> tuple[Town, ...]:
        """Provinces of a folded name."""
        return tuple(province.town for province in self._province_names.get(key, ()))

    def entity(self, town: Town, words: str, *, sure: bool = True) -> Entity:
        """The place as an entity; `sure` False: only its nation is certain, as two towns of it bear the name."""
        above = self._provinces.get((town.nation, town.province))
        if town.kind == "province" and above is not None:
            path: tuple[str, ...] = (above.id, town.nation)
        elif above is not None and sure:
            path = (slug(town), above.id, town.nation)
        else:
            path = (slug(town), town.nation)
        coarse = _PROVINCE_KM if town.kind == "province" else _TOWN_KM
        place = Place(
            span=None, name=town.name, kind=town.kind, country=town.nation, path=path, latitude=town.latitude if sure else None,
            longitude=town.longitude if sure else None, coarseness_km=coarse if sure else None,
        )  # fmt: skip
        return Entity(path[0], town.name, "place", (), (words,), place)


def slug(town: Town) -> str:
    """Identity of a town or province among all: its name and nation."""
    kind = "province-" if town.kind == "province" else ""  # San Miguel is a town and its province
    return f"{SLUG_GAP.sub('-', fold(town.name)).strip('-')}-{kind}{town.nation.lower()}"


@cache
def shipped() -> Towns:
    """The towns that ship."""
    folder = files("rules") / "knowledge"
    towns = (folder / "towns.tsv").read_text(encoding="utf-8")
    provinces = (folder / "provinces.tsv").read_text(encoding="utf-8")
    rows = [Province(town, id) for town, id in map(_province, _rows(provinces))]
    by_name: dict[str, tuple[Province, ...]] = {}
    for row in rows:
        key = fold(row.town.name)
        by_name[key] = (*by_name.get(key, ()), row)
    digest = hashlib.sha256((towns + provinces).encode()).hexdigest()
    return Towns(
        version=digest[:16],
        _lines=dict(line.split("\t", 1) for line in _rows(towns)),
        _provinces={(row.town.nation, row.town.province): row for row in rows},
        _province_names=by_name,
    )


def _rows(text: str) -> list[str]:
    return [line for line in text.split("\n") if line and line[0] != "#"]


def _town(record: str) -> Town:
    nation, province, latitude, longitude, people, name = record.split("|")
    return Town(name, nation, province, float(latitude), float(longitude), int(people))


def _province(line: str) -> tuple[Town, str]:
    nation, code, name, latitude, longitude, ours = line.split("\t")
    town = Town(name, nation, code, float(latitude), float(longitude), 0, "province")
    return town, ours or slug(town)
