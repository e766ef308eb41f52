"""`near`: near, far, or too coarse to tell."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_world import WORLD

from rules.distance import nearby, nears, strictly
from rules.load import load_texts
from rules.match import holds, judge, severity
from rules.model import NearSite, Site, Watch
from streams.records.flow import Interval, Nearby, Place, Span, Telling

PLANT = Site("plant", "Plant", 30.0, 47.0, 5.0)
OURS = Watch("ours", "digest", (PLANT,))
DEGREE_KM = 111.195  # of a meridian on a sphere of the mean radius


def at(km: float, coarse_km: float | None = 1.0) -> Place:
    """A town so far north of the plant."""
    north = 30.0 + km / DEGREE_KM
    return Place(span=None, name="T", kind="town", country="IQ", latitude=north, longitude=47.0, coarseness_km=coarse_km)


def attack(place: Place | None, **more: Any) -> Telling:
    """An attack there."""
    return Telling(
        type="shelling", path=("violence", "armed-attack", "explosions", "shelling"), trigger=Span("hit", 0, 3),
        sentence=Span("hit", 0, 3), place=place, **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("km", "coarse_km", "expected"),
    [
        (0, 1, True),
        (48.9, 1, True),  # the whole circle is inside
        (49.1, 1, None),  # a part of it
        (50.9, 1, None),
        (51.1, 1, False),  # no part of it
        (0, 60, None),  # a province around the plant
        (400, 60, False),
        (10, None, None),  # coordinates of unknown worth
    ],
)
def test_near_far_and_too_coarse(km: float, coarse_km: float | None, expected: bool | None) -> None:
    """The place is a circle, and the question is asked of the whole of it."""
    assert judge(NearSite(OURS, 50.0), attack(at(km, coarse_km)), None, WORLD) is expected
    assert judge(NearSite(OURS, 50.0, "low"), attack(at(km, coarse_km)), None, WORLD) is (expected is not False)


def test_without_coordinates_or_place_it_is_open() -> None:
    """A place we cannot put on a map may be near, and then `if_coarse` speaks; no place at all says nothing."""
    nowhere = Place(span=None, name="Iraq", kind="country", country="IQ")
    assert judge(NearSite(OURS, 50.0), attack(nowhere), None, WORLD) is None
    assert judge(NearSite(OURS, 50.0, "low"), attack(nowhere), None, WORLD) is True
    assert judge(NearSite(OURS, 50.0, "low"), attack(None), None, WORLD) is None


def test_a_site_reaches_as_far_as_it_says_where_the_rule_does_not() -> None:
    """Its radius."""
    assert judge(NearSite(OURS), attack(at(3.9)), None, WORLD) is True
    assert judge(NearSite(OURS), attack(at(6.1)), None, WORLD) is False


def test_travel_is_watched_on_its_days() -> None:
    """In the event's own time: an attack that may have been on one of the days counts."""
    trip = replace(PLANT, since=date(2031, 1, 4), until=date(2031, 1, 6))
    clause = NearSite(replace(OURS, sites=(trip,)), 50.0)

    def on(first: int, last: int) -> Telling:
        day = datetime(2031, 1, first, 9, tzinfo=UTC)
        end = datetime(2031, 1, last, 10, tzinfo=UTC)
        return attack(at(1), time=Interval(start=day, end=end, precision="day"))

    assert [judge(clause, on(*days), None, WORLD) for days in ((3, 3), (3, 4), (5, 5), (6, 9), (7, 7))] == [
        False, True, True, True, False,
    ]  # fmt: skip


def test_the_antimeridian_and_the_poles_are_no_borders() -> None:
    """Distances are on the sphere."""
    fiji = replace(PLANT, latitude=-17.0, longitude=179.9)
    place = replace(at(0), latitude=-17.0, longitude=-179.9)
    assert judge(NearSite(replace(OURS, sites=(fiji,)), 50.0), attack(place), None, WORLD) is True
    pole = replace(PLANT, latitude=89.9, longitude=0.0)
    place = replace(at(0), latitude=89.9, longitude=180.0)
    assert judge(NearSite(replace(OURS, sites=(pole,)), 50.0), attack(place), None, WORLD) is True


POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(POINTS, POINTS, st.floats(0, 500), st.floats(0.1, 5000))
def test_a_wider_reach_is_never_less_near(one: Any, other: Any, coarse: float, within: float) -> None:
    """And what is near is not far, wherever it is."""
    site = replace(PLANT, latitude=one[0], longitude=one[1])
    place = replace(at(0), latitude=other[0], longitude=other[1], coarseness_km=coarse)
    order = [False, None, True]
    verdicts = [judge(NearSite(replace(OURS, sites=(site,)), reach), attack(place), None, WORLD) for reach in (within, within * 2)]
    assert order.index(verdicts[0]) <= order.index(verdicts[1])


RULE = """\
version: 1
watch: {ours: w.yaml}
rules:
  - id: a
    when: {event: armed-attack, near: {watch: ours, within: 50km, if_coarse: low}}
    severity: [{critical: {near: {watch: ours, within: 5km}}}, high]
"""
LIST = "version: 1\nsites: [{id: plant, name: Plant, at: [30.0, 47.0], radius: 5km}]\n"


@pytest.mark.parametrize(("km", "coarse_km", "expected"), [(2, 1, "critical"), (30, 1, "high"), (30, 60, "low"), (2, 10, "high")])
def test_too_coarse_to_tell_has_the_severity_that_the_rule_gives_it(km: float, coarse_km: float, expected: str) -> None:
    """Whatever the cases say: nobody is called out of bed for a province."""
    rule = load_texts({"r.yaml": RULE, "w.yaml": LIST}, WORLD).rules[0]
    event = attack(at(km, coarse_km))
    assert holds(rule.when, event, None, WORLD)
    assert severity(rule, event, None, WORLD) == expected


def test_what_an_alert_says_of_the_sites() -> None:
    """Those of the rule that are near or may be, nearest first; the others stay unsaid."""
    far, other = replace(PLANT, id="far", name="Far", latitude=60.0), replace(PLANT, id="b", name="B", latitude=30.2)
    clause = NearSite(replace(OURS, sites=(far, other, PLANT)), 50.0, "low")
    assert nearby((clause,), attack(at(10, 1))) == (
        Nearby(name="Plant", km=10.0, coarse_km=1, certain=True),
        Nearby(name="B", km=12.2, coarse_km=1, certain=True),
    )
    assert [one.certain for one in nearby((clause,), attack(at(10, 45)))] == [False, False]
    assert nearby((replace(clause, if_coarse=None),), attack(at(10, 45))) == ()


def test_what_is_excluded_makes_nothing_near() -> None:
    """`not: {near: ...}` asks for no site, and being strict about it changes nothing that holds."""
    rule = load_texts(
        {
            "r.yaml": RULE.replace("when: {event: armed-attack, near", "when: {event: armed-attack, not: {near").replace(
                "low}}\n", "low}}}\n"
            ),
            "w.yaml": LIST,
        },
        WORLD,
    ).rules[0]
    assert list(nears(rule.when)) == []
    assert holds(strictly(rule.when), attack(at(30, 60)), None, WORLD)
    assert not holds(rule.when, attack(at(30, 60)), None, WORLD)
