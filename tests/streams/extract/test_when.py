"""Time expressions against a published date, with the intervals written by hand."""

from datetime import UTC, datetime

import pytest

from streams.extract import when
from streams.records import Interval

PUBLISHED = datetime(2024, 4, 22, 12, tzinfo=UTC)  # a Monday, noon


def moment(text: str) -> datetime:
    """ "2024-04-21" or "2024-04-21 06:30", UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def told(sentence: str, **more: object) -> list[Interval | None]:
    return [when.resolve(expr, PUBLISHED, **more) for expr in when.find(sentence)]  # type: ignore[arg-type]


# sentence, start, end (half-open), precision
EXPRESSIONS = [
    # days
    ("Rockets hit the base on Sunday.", "2024-04-21", "2024-04-22", "day"),
    ("Rockets hit the base on Monday.", "2024-04-22", "2024-04-23", "day"),
    ("Rockets hit the base on Tuesday.", "2024-04-16", "2024-04-17", "day"),
    ("Rockets hit the base last Sunday.", "2024-04-21", "2024-04-22", "day"),
    ("Rockets hit the base today.", "2024-04-22", "2024-04-23", "day"),
    ("Rockets hit the base yesterday.", "2024-04-21", "2024-04-22", "day"),
    ("Rockets hit the base the day before yesterday.", "2024-04-20", "2024-04-21", "day"),
    ("Talks will be held tomorrow.", "2024-04-23", "2024-04-24", "day"),
    ("The council will meet on Wednesday.", "2024-04-24", "2024-04-25", "day"),
    ("Rockets hit the base on Thursday of last week.", "2024-04-18", "2024-04-19", "day"),
    # dates
    ("Rockets hit the base on April 4.", "2024-04-04", "2024-04-05", "day"),
    ("Rockets hit the base on 4 April.", "2024-04-04", "2024-04-05", "day"),
    ("Rockets hit the base on Jan. 28.", "2024-01-28", "2024-01-29", "day"),
    ("Rockets hit the base on December 25.", "2023-12-25", "2023-12-26", "day"),
    ("Rockets hit the base on October 19, 2021.", "2021-10-19", "2021-10-20", "day"),
    ("Rockets hit the base on 2024-03-05.", "2024-03-05", "2024-03-06", "day"),
    ("The fighting lasted from March 3 to 5.", "2024-03-03", "2024-03-06", "week"),
    ("The fleet will return on May 6.", "2024-05-06", "2024-05-07", "day"),
    # parts of a day
    ("Rockets hit the base early on Sunday.", "2024-04-21 00:00", "2024-04-21 09:00", "part-of-day"),
    ("Rockets hit the base late on Sunday.", "2024-04-21 17:00", "2024-04-22 00:00", "part-of-day"),
    ("Rockets hit the base on Sunday morning.", "2024-04-21 05:00", "2024-04-21 12:00", "part-of-day"),
    ("Rockets hit the base on Sunday afternoon.", "2024-04-21 12:00", "2024-04-21 18:00", "part-of-day"),
    ("Rockets hit the base before dawn on Sunday.", "2024-04-21 00:00", "2024-04-21 07:00", "part-of-day"),
    ("Rockets hit the base on Sunday evening.", "2024-04-21 17:00", "2024-04-22 00:00", "part-of-day"),
    ("Rockets hit the base this morning.", "2024-04-22 05:00", "2024-04-22 12:00", "part-of-day"),
    ("Rockets hit the base last night.", "2024-04-21 18:00", "2024-04-22 06:00", "part-of-day"),
    # clocks with a zone
    ("Rockets hit the base at 2:30 a.m. GMT on Sunday.", "2024-04-21 02:30", "2024-04-21 02:31", "minute"),
    ("Rockets hit the base at 1830 GMT on Sunday.", "2024-04-21 18:30", "2024-04-21 18:31", "minute"),
    ("Rockets hit the base at 9 p.m. UTC on Saturday.", "2024-04-20 21:00", "2024-04-20 22:00", "hour"),
    # months and their thirds
    ("Attacks have stopped since early February.", "2024-02-01", "2024-02-11", "part-of-month"),
    ("Attacks have stopped since mid-February.", "2024-02-11", "2024-02-21", "part-of-month"),
    ("Attacks have stopped since late February.", "2024-02-21", "2024-03-01", "part-of-month"),
    ("Attacks have stopped since February.", "2024-02-01", "2024-03-01", "month"),
    ("The base was hit in November.", "2023-11-01", "2023-12-01", "month"),
    ("The base was hit in May 2019.", "2019-05-01", "2019-06-01", "month"),
    ("The base was hit in the first half of March.", "2024-03-01", "2024-03-16", "part-of-month"),
    # weeks, months, years of the calendar
    ("The base was hit last week.", "2024-04-15", "2024-04-22", "week"),
    ("The base was hit last month.", "2024-03-01", "2024-04-01", "month"),
    ("The base was hit last year.", "2023-01-01", "2024-01-01", "year"),
    ("The base was hit earlier this month.", "2024-04-01", "2024-04-23", "month"),
    ("The base was hit over the weekend.", "2024-04-20", "2024-04-22", "week"),
    ("The base was hit in 2019.", "2019-01-01", "2020-01-01", "year"),
    ("The base was hit in late 2023.", "2023-09-01", "2024-01-01", "season"),
    ("The base was hit in the first quarter of 2023.", "2023-01-01", "2023-04-01", "season"),
    ("The base was hit last summer.", "2023-06-01", "2023-09-01", "season"),
    ("Attacks were common in the 1990s.", "1990-01-01", "2000-01-01", "year"),
    # counted back
    ("The base was hit two days ago.", "2024-04-20", "2024-04-21", "day"),
    ("The base was hit three weeks ago.", "2024-03-29", "2024-04-05", "week"),
    ("The base was hit in the past 24 hours.", "2024-04-21 12:00", "2024-04-22 12:00", "day"),
    ("The base was hit repeatedly in recent days.", "2024-04-15", "2024-04-23", "week"),
    ("The base was hit on Christmas Eve.", "2023-12-24", "2023-12-25", "day"),
]


@pytest.mark.parametrize(("sentence", "start", "end", "precision"), EXPRESSIONS, ids=[row[0] for row in EXPRESSIONS])
def test_an_expression_means_the_interval_that_a_reader_of_that_day_would_take(
    sentence: str, start: str, end: str, precision: str
) -> None:
    found = told(sentence)
    assert len(found) == 1
    assert found[0] is not None
    assert (found[0].start, found[0].end, found[0].precision) == (moment(start), moment(end), precision)


@pytest.mark.parametrize(
    "sentence",
    [
        "Troops may march through the town.",
        "The army sent 2000 troops to the border.",
        "At least 1999 rockets were fired.",
        "The Sunday Times named the unit.",
        "Residents remembered Bloody Sunday.",
        "Rockets hit the base.",
        "",
    ],
)
def test_words_that_only_look_like_a_time_are_none(sentence: str) -> None:
    assert when.find(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "relation"),
    [
        ("It was the first attack since early February.", "since"),
        ("The truce holds until Friday.", "until"),
        ("Troops must leave by Friday.", "until"),
        ("The base was emptied before April 4.", "before"),
        ("Attacks stopped after April 4.", "after"),
        ("Rockets hit the base on Sunday.", ""),
    ],
)
def test_the_preposition_before_a_time_is_its_relation_and_no_part_of_it(sentence: str, relation: str) -> None:
    (found,) = when.find(sentence)
    assert found.relation == relation
    assert sentence[found.start : found.end] == found.text
    assert not found.text.startswith(("since", "until", "by", "before", "after"))


def test_what_leans_on_something_told_before_is_none_without_it() -> None:
    assert told("A day earlier, a drone was shot down.") == [None]


def test_a_day_earlier_is_counted_from_what_was_told_before() -> None:
    anchor = Interval(start=moment("2024-04-19"), end=moment("2024-04-20"), precision="day", text="Friday")
    (found,) = told("A day earlier, a drone was shot down.", anchor=anchor)
    assert found is not None
    assert (found.start, found.end) == (moment("2024-04-18"), moment("2024-04-19"))


def test_that_night_is_the_night_that_begins_on_the_day_told_before() -> None:
    anchor = Interval(start=moment("2024-04-19"), end=moment("2024-04-20"), precision="day", text="Friday")
    (found,) = told("That night, a drone was shot down.", anchor=anchor)
    assert found is not None
    assert (found.start, found.end) == (moment("2024-04-19 18:00"), moment("2024-04-20 06:00"))


def test_a_clock_without_a_zone_widens_to_its_day() -> None:
    (found,) = told("Rockets hit the base at 2:30 a.m. on Sunday.")
    assert found is not None
    assert (found.start, found.end, found.precision) == (moment("2024-04-21"), moment("2024-04-22"), "day")


def test_days_are_the_days_of_the_place_when_its_clock_is_known() -> None:
    (found,) = told("Rockets hit the base on Sunday.", offset_h=3.0)
    assert found is not None
    assert (found.start, found.end) == (moment("2024-04-20 21:00"), moment("2024-04-21 21:00"))


def test_a_local_clock_is_read_at_the_place() -> None:
    (found,) = told("Rockets hit the base at 2:30 a.m. on Sunday.", offset_h=3.0)
    assert found is not None
    assert (found.start, found.precision) == (moment("2024-04-20 23:30"), "minute")


def test_a_day_that_no_calendar_has_cannot_be_told() -> None:
    assert [each for each in told("The base was hit on 2024-02-31.") if each is not None] == []


def test_a_month_that_has_not_ended_ends_with_the_day_of_publication() -> None:
    (found,) = told("The base was hit this month.")
    assert found is not None
    assert (found.start, found.end) == (moment("2024-04-01"), moment("2024-04-23"))


def test_background_is_what_ended_more_than_a_week_before() -> None:
    old = Interval(start=moment("2024-04-01"), end=moment("2024-04-02"), precision="day")
    new = Interval(start=moment("2024-04-20"), end=moment("2024-04-21"), precision="day")
    assert when.is_past_reference(old, PUBLISHED)
    assert not when.is_past_reference(new, PUBLISHED)


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [("nearly three months", 75, 91), ("two weeks", 14, 14), ("a day", 1, 1)],
)
def test_a_duration_has_bounds_in_days(words: str, low: float, high: float) -> None:
    (found,) = when.find_durations(f"The attacks stopped for {words}.")
    assert (round(found.days_low), round(found.days_high or 0)) == (low, high)
