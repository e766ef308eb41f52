"""`near`: how far the place of an event is from watched sites; three-valued, for a place may be known too coarsely to tell.

site o----- within -----|      place (x) with its coarseness:   (--x--) near    (---x---|---) too coarse    |  (--x--) far
"""

from collections.abc import Iterator
from dataclasses import replace
from math import asin, cos, degrees, floor, radians, sin, sqrt
from typing import Any

from rules.model import AllOf, AnyOf, Clause, NearSite, NotThat, Site
from rules.verdicts import some
from streams.records.flow import Interval, Nearby, Telling

EARTH_KM = 6371.0088  # mean radius (IUGG 1980)
CELL = 2  # degrees; a cell is some 220 km high
_MOST_CELLS = 64  # for one clause; a reach of 500 km takes about 30
_POLE = 85  # degrees of latitude beyond which longitudes run together


def near(clause: NearSite, telling: Telling) -> bool | None:
    """True near one of the sites, False far from all of them, None where the text or its place leaves it open."""
    if telling.place is None:
        return None
    found = some(_near(site, clause, telling) for site in clause.watch.sites if _watched(site, telling.time))
    return True if found is None and clause.if_coarse else found


def nearby(clauses: "tuple[NearSite, ...]", telling: Telling) -> tuple[Nearby, ...]:
    """The watched sites that the telling's place is, or may be, near to; nearest first."""
    place, found = telling.place, {}
    if place is None or place.latitude is None:
        return ()
    for clause in clauses:
        for site in clause.watch.sites:
            verdict = _near(site, clause, telling) if _watched(site, telling.time) else False
            if verdict or (verdict is None and clause.if_coarse):
                km = _km(site, telling)
                found[site.id] = Nearby(
                    name=site.name, km=round(km or 0.0, 1), coarse_km=place.coarseness_km or 0.0, certain=verdict is True
                )
    return tuple(sorted(found.values(), key=lambda one: (one.km, one.name)))


def nears(part: Any) -> Iterator[NearSite]:
    """The `near` clauses that have to hold, or may, for the clause to hold; what is excluded apart."""
    if isinstance(part, (AllOf, AnyOf)):
        for one in part.parts:
            yield from nears(one)
    elif isinstance(part, NearSite):
        yield part


def strictly(part: Clause) -> Clause:
    """The clause without `if_coarse`: what is too coarse to tell is not near."""
    if isinstance(part, (AllOf, AnyOf)):
        return replace(part, parts=tuple(strictly(one) for one in part.parts))
    if isinstance(part, NotThat):
        return replace(part, part=strictly(part.part))
    return replace(part, if_coarse=None) if isinstance(part, NearSite) else part


def cell(latitude: float, longitude: float) -> str:
    """The cell of a grid over the earth in which a spot lies."""
    return f"{floor(latitude / CELL)}:{floor(longitude / CELL) % (360 // CELL)}"


def cells_near(clause: NearSite) -> frozenset[str] | None:
    """Cells in one of which a place lies whenever it is near for certain; None: they are too many, or cannot be told."""
    found: set[str] = set()
    for site in clause.watch.sites:
        reach = (site.radius_km if clause.within_km is None else clause.within_km) / EARTH_KM
        high = degrees(reach) + 1e-6
        if abs(site.latitude) + high > _POLE:
            return None
        wide = degrees(asin(min(1.0, sin(reach) / cos(radians(site.latitude))))) + 1e-6  # of a circle on a sphere
        rows = range(floor((site.latitude - high) / CELL), floor((site.latitude + high) / CELL) + 1)
        columns = range(floor((site.longitude - wide) / CELL), floor((site.longitude + wide) / CELL) + 1)
        if len(rows) * len(columns) > _MOST_CELLS:
            return None
        found.update(cell(row * CELL, column * CELL) for row in rows for column in columns)
    return frozenset(found) if len(found) <= _MOST_CELLS else None


def _watched(site: Site, time: Interval | None) -> bool:
    """Whether the site was watched when it happened, or may have been."""
    if time is None:
        return True
    begun = site.since is None or time.end.date() >= site.since
    return begun and (site.until is None or time.start.date() <= site.until)


def _near(site: Site, clause: NearSite, telling: Telling) -> bool | None:
    km, coarse = _km(site, telling), telling.place.coarseness_km if telling.place else None
    if km is None or coarse is None:
        return None
    reach = site.radius_km if clause.within_km is None else clause.within_km
    return True if km + coarse <= reach else False if km - coarse > reach else None


def _km(site: Site, telling: Telling) -> float | None:
    """Great-circle distance (haversine), None for a place without coordinates."""
    place = telling.place
    if place is None or place.latitude is None or place.longitude is None:
        return None
    one, other = radians(site.latitude), radians(place.latitude)
    half = sin((other - one) / 2) ** 2 + cos(one) * cos(other) * sin(radians(place.longitude - site.longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))
