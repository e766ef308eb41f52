"""The form `first` on timelines: a column is ten days, a letter an attack of that series, "?" one whose series is not stated."""

import random

import pytest

from rules.forms.first import episodes
from rules.model import FirstWithin
from streams.records.timelines import Point
from tests.timeline import DAY, HOUR, line, point

NINETY = FirstWithin(within=90 * DAY, by=("actor.group",))


def drawn(columns: str) -> list[Point]:
    return line(columns, hours=240)


def begun(points: list[Point], form: FirstWithin = NINETY) -> list[str]:
    return [each.anchor for each in episodes(form, points)]


def carried(points: list[Point]) -> list[tuple[str, ...]]:
    return [each.carried for each in episodes(NINETY, points)]


def test_the_first_begins_and_what_follows_within_the_window_of_the_last_joins() -> None:
    """A . A . . . . . A: never ninety days between two of them."""
    assert carried(drawn("A-A-----A")) == [("A1", "A2", "A3")]


def test_after_exactly_the_window_it_is_the_first_again() -> None:
    """A ........ A, ninety days apart; eighty-nine are too few."""
    assert begun(drawn("A--------A")) == ["A1", "A2"]
    assert begun([point("a", 0), point("b", 89 * 24 + 23)], FirstWithin(within=90 * DAY, by=())) == ["a"]


def test_each_series_has_its_own_first() -> None:
    assert begun(drawn("AABAB")) == ["A1", "B1"]


def test_an_attack_of_two_groups_is_the_first_of_one_though_not_of_the_other() -> None:
    found = episodes(NINETY, [*drawn("A"), point("both", 500, "A", "B")])
    assert [(each.anchor, each.key) for each in found] == [("A1", (("A",),)), ("both", (("B",),))]


def test_a_late_one_shortly_before_is_the_first_instead() -> None:
    """. late A: the one told joins it."""
    assert carried([*drawn("--A"), point("late", 100, "A")]) == [("late", "A1")]


def test_a_late_one_may_close_the_gap_between_two_firsts() -> None:
    """A ..... late ..... A: the second was no first."""
    points = drawn("A---------A")
    assert begun(points) == ["A1", "A2"]
    assert carried([*points, point("late", 50 * 24, "A")]) == [("A1", "late", "A2")]


def test_one_taken_back_makes_the_next_the_first() -> None:
    assert begun(drawn("-A-A")[1:]) == ["A2"]


def test_one_that_is_not_stated_is_no_first_while_any_could_be_it() -> None:
    """A ?: it may be A's."""
    assert carried(drawn("A?")) == [("A1", "?1")]


def test_one_that_is_not_stated_is_the_first_after_quiet_and_the_next_joins_it() -> None:
    """? A: one alert. ? A B: A has taken it, B is another first."""
    (only,) = episodes(NINETY, drawn("?A"))
    assert (only.anchor, only.carried, only.key) == ("?1", ("?1", "A1"), (("",),))
    assert begun(drawn("?AB")) == ["?1", "B1"]


def test_one_that_is_not_stated_never_keeps_another_series_from_its_first() -> None:
    """A ? B: the unknown has joined A, B is new."""
    assert begun(drawn("A?B")) == ["A1", "B1"]


def test_once_it_is_named_it_is_as_if_it_had_always_been() -> None:
    unnamed, named = drawn("?B"), [point("?1", 0, "A"), *drawn("-B")]
    assert begun(unnamed) == ["?1"]
    assert begun(named) == ["?1", "B1"]


def test_a_part_of_a_key_that_contradicts_keeps_series_apart() -> None:
    """Keys of two parts: (A, not stated) is not (B, drone), but may be (A, drone)."""
    form = FirstWithin(within=90 * DAY, by=("actor.group", "instrument"))
    parts = [("one", 0, (("A",), ("",))), ("two", 24, (("B",), ("drone",))), ("three", 48, (("A",), ("drone",)))]
    points = [
        Point(**{f: getattr(point(n, at), f) for f in ("incident", "opener", "published", "start", "end")}, keys=(key,))
        for n, at, key in parts
    ]
    assert [each.carried for each in episodes(form, points)] == [("one", "three"), ("two",)]


@pytest.mark.parametrize("seed", range(60))
def test_by_brute_force_a_first_is_what_has_none_of_its_series_shortly_before(seed: int) -> None:
    """Independent: every pair is compared, in a random order of hand-in."""
    source = random.Random(seed)
    within = source.randint(2, 20)
    points = [point(f"p{n:02}", source.randint(0, 90), source.choice("ABC")) for n in range(source.randint(2, 30))]
    order = {each.incident: (each.at, each.incident) for each in points}
    expected = [
        each.incident
        for each in points
        if not any(
            other.keys == each.keys and order[other.incident] < order[each.incident] and each.at - other.at < within * HOUR
            for other in points
        )
    ]
    form = FirstWithin(within=within * HOUR, by=("actor.group",))
    assert sorted(begun(points, form)) == sorted(expected)


@pytest.mark.parametrize("seed", range(20))
def test_every_attack_is_carried_by_an_episode_and_gaps_inside_are_shorter_than_the_window(seed: int) -> None:
    source = random.Random(seed)
    points = [point(f"p{n:02}", source.randint(0, 90), source.choice("ABC")) for n in range(20)]
    at = {each.incident: each.at for each in points}
    found = episodes(FirstWithin(within=12 * HOUR, by=("actor.group",)), source.sample(points, len(points)))
    assert sorted(name for each in found for name in each.carried) == sorted(at)
    for each in found:
        assert all(at[right] - at[left] < 12 * HOUR for left, right in zip(each.carried, each.carried[1:], strict=False))
