"""The form `count` on timelines: a column is 12 hours, a letter an attack of that series, "?" one whose series is not stated."""

import random
from datetime import timedelta

import pytest

from rules.forms.count import episodes
from rules.model import CountWithin
from streams.records.timelines import Point
from tests.timeline import DAY, HOUR, line, moment, point

THREE = CountWithin(incidents=3, within=2 * DAY, by=())


def begun(points: list[Point], form: CountWithin = THREE) -> list[str]:
    return [each.anchor for each in episodes(form, points)]


def carried(points: list[Point], form: CountWithin = THREE) -> list[tuple[str, ...]]:
    return [each.carried for each in episodes(form, points)]


def test_the_nth_begins_and_both_ends_of_the_window_count() -> None:
    """A . A . A is 48 hours from first to last; an hour more is too long."""
    assert begun(line("A-A-A")) == ["A3"]
    assert begun([point("a", 0), point("b", 24), point("c", 49)]) == []


def test_what_follows_joins_as_long_as_the_window_holds_three() -> None:
    """A A A A A: five in two days, one alert."""
    (only,) = episodes(THREE, line("AAAAA"))
    assert (only.anchor, only.members, only.carried) == ("A3", ("A1", "A2", "A3"), ("A3", "A4", "A5"))


def test_an_episode_ends_when_its_window_falls_below_three() -> None:
    """A A A ....... A A A: quiet for days, then a second campaign."""
    assert carried(line("AAA--------AAA")) == [("A3",), ("A6",)]


def test_an_episode_ends_even_between_two_attacks() -> None:
    """A . A . A . A . A, every 24 hours: just before each there are two, so each is a third of its own."""
    assert carried(line("A-A-A-A-A")) == [("A3",), ("A4",), ("A5",)]


def test_the_order_in_which_points_are_handed_in_does_not_matter() -> None:
    points = line("AA-A--AAAA--A")
    expected = episodes(THREE, points)
    for seed in range(20):
        assert episodes(THREE, random.Random(seed).sample(points, len(points))) == expected


def test_a_late_one_in_between_moves_the_third() -> None:
    """A A . A, and then it proves that there was one more: the third was earlier."""
    points = line("AA-A")
    assert begun(points) == ["A3"]
    assert carried([*points, point("late", 20, "A")]) == [("late", "A3")]


def test_one_taken_back_leaves_two() -> None:
    points = line("AAA")
    assert begun(points[:2]) == []
    assert begun(points[:1] + points[2:]) == []


def test_each_series_counts_by_itself() -> None:
    """A B A B B: three of B, two of A."""
    assert begun(line("ABABB")) == ["B3"]


def test_an_attack_of_two_series_counts_for_both() -> None:
    points = [*line("AABB"), point("both", 48, "A", "B")]
    (only,) = episodes(CountWithin(incidents=3, within=3 * DAY, by=("place.country",)), points)
    assert (only.anchor, only.key) == ("both", (("",),))


def test_one_that_is_not_stated_counts_for_any_it_could_be_of() -> None:
    """A ? A: the third with the unknown; A ? B: two and two."""
    (only,) = episodes(THREE, line("A?A"))
    assert (only.anchor, only.members, only.key) == ("A2", ("A1", "?1", "A2"), (("A",),))
    assert begun(line("A?B")) == []


def test_one_that_is_not_stated_is_the_third_of_two_series_and_one_alert() -> None:
    """A B A B ?: told once; when it is named, it is of that one series."""
    points = line("ABAB")
    found = episodes(THREE, [*points, point("x", 48, "?")])
    assert [(each.anchor, each.key) for each in found] == [("x", (("",),))]
    named = episodes(THREE, [*points, point("x", 48, "B")])
    assert [(each.anchor, each.key) for each in named] == [("x", (("B",),))]


def test_three_that_are_not_stated_are_one_series_and_a_named_one_joins_it() -> None:
    """? ? ? A: the fourth joins; whose the three were is not stated."""
    (only,) = episodes(THREE, line("???A"))
    assert (only.anchor, only.carried, only.key) == ("?3", ("?3", "A1"), (("",),))


def test_named_attacks_of_different_series_never_make_a_third_by_way_of_an_unknown_one() -> None:
    assert begun(line("AB?")) == []


def test_days_are_measured_from_middle_to_middle_and_said_to_be_possible() -> None:
    """Monday, Tuesday, Wednesday: two days from noon to noon, up to three at the widest. Monday to Thursday is more."""
    days = [point(name, number * 24, until=number * 24 + 24) for number, name in enumerate(("mon", "tue", "wed"))]
    (only,) = episodes(THREE, days)
    assert (only.anchor, only.certain) == ("wed", False)
    assert begun([*days[:2], point("thu", 72, until=96)]) == []


def test_two_within_one_day_are_certain() -> None:
    (only,) = episodes(CountWithin(incidents=2, within=2 * DAY, by=()), [point("mon", 0, until=24), point("tue", 24, until=48)])
    assert only.certain


def test_what_is_known_no_better_than_the_window_cannot_be_placed_in_it() -> None:
    """Some time in a week is no third of two days; a whole day is placed at its noon though the window is shorter."""
    assert begun([*line("AA"), point("week", 0, "A", until=7 * 24)]) == []
    assert begun([point("x", 0, until=24), point("y", 6)], CountWithin(incidents=2, within=12 * HOUR, by=())) == ["x"]


def test_several_at_the_same_time_are_ordered_by_when_they_were_published() -> None:
    points = [point(name, 0) for name in "abcd"]
    assert carried(points) == [("c", "d")]


@pytest.mark.parametrize("seed", range(60))
def test_by_brute_force_an_episode_begins_whenever_the_count_rises_to_n(seed: int) -> None:
    """Independent: the clock is run in steps of half an hour and what stands in the window is counted."""
    source = random.Random(seed)
    number, within = source.randint(2, 4), source.randint(3, 14)
    names = source.choice([[""], ["A", "B", "C"]])
    points = [
        point(f"p{n:02}", source.randint(0, 60), *([source.choice(names)] if names[0] else ()))
        for n in range(source.randint(3, 24))
    ]
    form = CountWithin(incidents=number, within=within * HOUR, by=("place.country",) if names[0] else ())
    expected = []
    for key in {each.keys for each in points}:
        own = sorted((each for each in points if each.keys == key), key=lambda each: (each.at, each.opener))
        held = 0
        for step in range(160):
            now = moment(step / 2)
            inside = [each for each in own if now - within * HOUR <= each.at <= now]
            if held < number <= len(inside):
                expected.append(inside[number - 1].incident)
            held = len(inside)
    assert sorted(begun(points, form)) == sorted(expected)


def test_a_window_of_half_an_hour_is_seen_by_the_clock_of_the_brute_force() -> None:
    """What the property rests on: between two whole hours the clock stands once, so a fall below n is never missed."""
    assert begun([point("a", 0), point("b", 1), point("c", 2)], CountWithin(incidents=2, within=timedelta(hours=1), by=())) == [
        "b",
        "c",
    ]
