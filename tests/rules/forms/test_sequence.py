"""The form `sequence` on timelines: a column is a day; 1, 2, 3 are incidents that are that step, "-" is nothing."""

import random
from datetime import timedelta
from itertools import combinations, pairwise

import pytest

from rules.forms.sequence import episodes
from rules.model import EventIs, SequenceWithin, Step
from streams.records.timelines import Point
from tests.timeline import DAY, HOUR, point


def form(steps: int = 2, within: timedelta = 14 * DAY, *by: str) -> SequenceWithin:
    one = Step(when=EventIs(("violence",)), core=EventIs(("violence",)))
    return SequenceWithin(steps=(one,) * steps, within=within, by=by)


def drawn(columns: str, *series: str) -> list[Point]:
    """Points named after step and column: "1@0", "2@3"."""
    return [
        point(f"{digit}@{column}", column * 24, *series, steps=(int(digit) - 1,))
        for column, digit in enumerate(columns)
        if digit.isdigit()
    ]


def begun(points: list[Point], wanted: SequenceWithin | None = None) -> list[str]:
    return [each.anchor for each in episodes(wanted or form(), points)]


def test_the_last_step_begins_and_the_steps_are_its_members() -> None:
    (only,) = episodes(form(), drawn("1--2"))
    assert (only.anchor, only.members, only.certain) == ("2@3", ("1@0", "2@3"), True)


def test_both_ends_of_the_window_count() -> None:
    """Fourteen days to the hour; an hour more is too long."""
    assert begun([point("a", 0, steps=(0,)), point("b", 14 * 24, steps=(1,))]) == ["b"]
    assert begun([point("a", 0, steps=(0,)), point("b", 14 * 24 + 1, steps=(1,))]) == []


def test_the_order_is_that_of_the_events_not_of_the_articles() -> None:
    """2 before 1 is nothing, whichever was told first."""
    assert begun(drawn("2-1")) == []
    assert begun(list(reversed(drawn("1-2")))) == ["2@2"]


def test_two_on_the_same_day_are_in_no_order() -> None:
    day = [point("a", 0, until=24, steps=(0,)), point("b", 0, until=24, steps=(1,))]
    assert begun(day) == []
    assert begun([day[0], point("evening", 18, until=24, steps=(1,))]) == ["evening"]


def test_further_last_steps_join() -> None:
    """1 2 2 . 2: broken once."""
    (only,) = episodes(form(), drawn("122-2"))
    assert only.carried == ("2@1", "2@2", "2@4")


def test_a_whole_new_sequence_begins_another_episode() -> None:
    """1 2 . 1 2: a second ceasefire, broken again."""
    assert begun(drawn("12-12")) == ["2@1", "2@4"]


def test_a_first_step_before_the_completion_starts_nothing_new() -> None:
    """1 1 2 2: the second ceasefire was announced before it was broken, so it is broken once."""
    assert begun(drawn("1122")) == ["2@2"]


def test_a_late_first_step_that_comes_between_makes_a_second_episode() -> None:
    points = drawn("12--2")
    assert begun(points) == ["2@1"]
    assert begun([*points, point("late", 60, steps=(0,))]) == ["2@1", "2@4"]


def test_a_first_step_taken_back_leaves_nothing() -> None:
    assert begun(drawn("1-2")[1:]) == []


def test_three_steps_take_three_incidents_in_order() -> None:
    assert begun(drawn("1-2-3"), form(3)) == ["3@4"]
    assert begun(drawn("2-1-3"), form(3)) == []
    assert begun([point("both", 0, steps=(0, 1)), point("last", 24, steps=(2,))], form(3)) == []


def test_series_are_kept_apart() -> None:
    mixed = [point("a", 0, "A", steps=(0,)), point("b", 24, "B", steps=(1,))]
    assert begun(mixed, form(2, 14 * DAY, "parties")) == []
    assert begun([*mixed, point("c", 48, "A", steps=(1,))], form(2, 14 * DAY, "parties")) == ["c"]


def test_a_step_whose_series_is_not_stated_may_be_of_any_and_the_steps_agree_all_the_same() -> None:
    """A, then ?, told once; but A, ?, B are no three steps of one series."""
    (only,) = episodes(form(), [point("a", 0, "A", steps=(0,)), point("x", 24, "?", steps=(1,))])
    assert (only.anchor, only.key) == ("x", (("A",),))
    three = [point("a", 0, "A", steps=(0,)), point("x", 24, "?", steps=(1,)), point("b", 48, "B", steps=(2,))]
    assert begun(three, form(3)) == []


def test_one_that_completes_two_series_is_one_episode_until_it_is_named() -> None:
    steps = [point("a", 0, "A", steps=(0,)), point("b", 24, "B", steps=(0,))]
    (only,) = episodes(form(), [*steps, point("x", 48, "?", steps=(1,))])
    assert (only.anchor, only.key) == ("x", (("",),))
    (named,) = episodes(form(), [*steps, point("x", 48, "B", steps=(1,))])
    assert (named.members, named.key) == (("b", "x"), (("B",),))


def test_vague_days_are_said_to_be_possible() -> None:
    (only,) = episodes(form(2, 2 * DAY), [point("a", 0, until=24, steps=(0,)), point("b", 48, until=72, steps=(1,))])
    assert not only.certain


@pytest.mark.parametrize("seed", range(80))
def test_by_brute_force_every_completion_is_found_and_new_ones_begin_after_the_last(seed: int) -> None:
    """Independent: all tuples of incidents are tried as steps, in a random order of hand-in."""
    source = random.Random(seed)
    steps, within = source.randint(2, 3), source.randint(3, 20)
    points = [point(f"p{n:02}", source.randint(0, 50), source.choice("AB"), steps=(source.randrange(steps),)) for n in range(18)]
    wanted = form(steps, within * HOUR, "parties")
    starts: dict[str, list[Point]] = {}  # of each completion, the tightest run
    for run in combinations(sorted(points, key=lambda each: (each.at, each.incident)), steps):
        ordered = all(left.at < right.at for left, right in pairwise(run))
        alike = len({each.keys for each in run}) == 1 and all(each.steps == (n,) for n, each in enumerate(run))
        if ordered and alike and run[-1].at - run[0].at <= within * HOUR:
            known = starts.get(run[-1].incident)
            if known is None or (run[0].at, run[0].incident) > (known[0].at, known[0].incident):
                starts[run[-1].incident] = list(run)
    place = {each.incident: (each.at, each.incident) for each in points}
    expected = [
        name
        for name, run in starts.items()
        if not any(
            place[run[0].incident] < place[other] < place[name] and starts[other][0].keys == run[0].keys
            for other in starts
            if other != name
        )
    ]
    found = episodes(wanted, source.sample(points, len(points)))
    assert sorted(each.anchor for each in found) == sorted(expected)
    assert {name for each in found for name in each.carried} == set(starts)
