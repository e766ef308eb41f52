"""Time expressions against a published date, with the intervals written by hand."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.extract import when
from streams.records.flow import Interval

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
    ("Rockets hit the base on Friday last week.", "2024-04-19", "2024-04-20", "day"),
    ("Rockets hit the base last Monday.", "2024-04-15", "2024-04-16", "day"),
    ("Sunday's attack killed two.", "2024-04-21", "2024-04-22", "day"),
    ("The army will investigate Sunday's attack.", "2024-04-21", "2024-04-22", "day"),
    ("It will investigate the attack on Sunday.", "2024-04-21", "2024-04-22", "day"),
    ("Troops will leave the base, he said on Thursday.", "2024-04-18", "2024-04-19", "day"),
    ("He attacked its plan to close the base on Wednesday.", "2024-04-17", "2024-04-18", "day"),
    ("The hall opens on Friday.", "2024-04-26", "2024-04-27", "day"),
    ("Troops must leave no later than Friday.", "2024-04-26", "2024-04-27", "day"),
    # dates
    ("Rockets hit the base on April 4.", "2024-04-04", "2024-04-05", "day"),
    ("Rockets hit the base on 4 April.", "2024-04-04", "2024-04-05", "day"),
    ("Rockets hit the base on Jan. 28.", "2024-01-28", "2024-01-29", "day"),
    ("Rockets hit the base on December 25.", "2023-12-25", "2023-12-26", "day"),
    ("Rockets hit the base on October 19, 2021.", "2021-10-19", "2021-10-20", "day"),
    ("Rockets hit the base on 2024-03-05.", "2024-03-05", "2024-03-06", "day"),
    ("The fighting lasted from March 3 to 5.", "2024-03-03", "2024-03-06", "week"),
    ("The fleet will return on May 6.", "2024-05-06", "2024-05-07", "day"),
    ("The base was hit on April 4 last year.", "2023-04-04", "2023-04-05", "day"),
    ("The base was hit on the 4th of April 2023.", "2023-04-04", "2023-04-05", "day"),
    ("The war began on Oct. 7.", "2023-10-07", "2023-10-08", "day"),
    ("The base was hit on Saturday (April 20).", "2024-04-20", "2024-04-21", "day"),
    ("The base was hit on Sun, 21 Apr 2024.", "2024-04-21", "2024-04-22", "day"),
    ("The base was hit on 21/04/2024.", "2024-04-21", "2024-04-22", "day"),
    ("The base was hit on the 19th.", "2024-04-19", "2024-04-20", "day"),
    ("Elections are set for May 5.", "2024-05-05", "2024-05-06", "day"),
    ("It was the first since Feb. 4.", "2024-02-04", "2024-02-05", "day"),
    ("It was the worst attack since 9/11.", "2001-09-11", "2001-09-12", "day"),
    # parts of a day
    ("Rockets hit the base early on Sunday.", "2024-04-21 00:00", "2024-04-21 09:00", "part-of-day"),
    ("Rockets hit the base late on Sunday.", "2024-04-21 17:00", "2024-04-22 00:00", "part-of-day"),
    ("Rockets hit the base on Sunday morning.", "2024-04-21 05:00", "2024-04-21 12:00", "part-of-day"),
    ("Rockets hit the base on Sunday afternoon.", "2024-04-21 12:00", "2024-04-21 18:00", "part-of-day"),
    ("Rockets hit the base before dawn on Sunday.", "2024-04-21 00:00", "2024-04-21 07:00", "part-of-day"),
    ("Rockets hit the base on Sunday evening.", "2024-04-21 17:00", "2024-04-22 00:00", "part-of-day"),
    ("Rockets hit the base this morning.", "2024-04-22 05:00", "2024-04-22 12:00", "part-of-day"),
    ("Rockets hit the base last night.", "2024-04-21 18:00", "2024-04-22 06:00", "part-of-day"),
    ("Rockets hit the base overnight.", "2024-04-21 18:00", "2024-04-22 10:00", "part-of-day"),
    ("Rockets hit the base overnight into Sunday.", "2024-04-20 18:00", "2024-04-21 10:00", "part-of-day"),
    ("Rockets hit the base in the early hours of Sunday.", "2024-04-21 00:00", "2024-04-21 07:00", "part-of-day"),
    ("Rockets hit the base on the night of April 4.", "2024-04-04 18:00", "2024-04-05 06:00", "part-of-day"),
    ("Rockets hit the base shortly after midnight on Sunday.", "2024-04-21 00:00", "2024-04-21 04:00", "part-of-day"),
    ("Rockets hit the base at dawn.", "2024-04-22 03:00", "2024-04-22 08:00", "part-of-day"),
    # clocks with a zone
    ("Rockets hit the base at 2:30 a.m. GMT on Sunday.", "2024-04-21 02:30", "2024-04-21 02:31", "minute"),
    ("Rockets hit the base at 1830 GMT on Sunday.", "2024-04-21 18:30", "2024-04-21 18:31", "minute"),
    ("Rockets hit the base at 9 p.m. UTC on Saturday.", "2024-04-20 21:00", "2024-04-20 22:00", "hour"),
    ("It fell at 2 a.m. local time (2300 GMT) on Saturday.", "2024-04-19 23:00", "2024-04-19 23:01", "minute"),
    # months and their thirds
    ("Attacks have stopped since early February.", "2024-02-01", "2024-02-11", "part-of-month"),
    ("Attacks have stopped since mid-February.", "2024-02-11", "2024-02-21", "part-of-month"),
    ("Attacks have stopped since late February.", "2024-02-21", "2024-03-01", "part-of-month"),
    ("Attacks have stopped since February.", "2024-02-01", "2024-03-01", "month"),
    ("The base was hit in November.", "2023-11-01", "2023-12-01", "month"),
    ("The base was hit in May 2019.", "2019-05-01", "2019-06-01", "month"),
    ("The base was hit in the first half of March.", "2024-03-01", "2024-03-16", "part-of-month"),
    ("He may strike in May.", "2023-05-01", "2023-06-01", "month"),
    ("The bill takes effect in June.", "2024-06-01", "2024-07-01", "month"),
    ("The truce holds until June.", "2024-06-01", "2024-07-01", "month"),
    ("It was quiet until February.", "2024-02-01", "2024-03-01", "month"),
    # weeks, months, years of the calendar
    ("The base was hit last week.", "2024-04-15", "2024-04-22", "week"),
    ("The base was hit last month.", "2024-03-01", "2024-04-01", "month"),
    ("The base was hit last year.", "2023-01-01", "2024-01-01", "year"),
    ("The base was hit earlier this month.", "2024-04-01", "2024-04-23", "month"),
    ("The base was hit over the weekend.", "2024-04-20", "2024-04-22", "week"),
    ("The base was hit in 2019.", "2019-01-01", "2020-01-01", "year"),
    ("The base was hit in late 2023.", "2023-09-01", "2024-01-01", "season"),
    ("The base was hit in the first quarter of 2023.", "2023-01-01", "2023-04-01", "season"),
    ("The base was hit in the last quarter of last year.", "2023-10-01", "2024-01-01", "season"),
    ("The base was hit last summer.", "2023-06-01", "2023-09-01", "season"),
    ("Attacks were common in the 1990s.", "1990-01-01", "2000-01-01", "year"),
    ("The 2019 attack killed two.", "2019-01-01", "2020-01-01", "year"),
    ("The base was hit again later last week.", "2024-04-18", "2024-04-22", "week"),
    ("The base was hit earlier this week.", "2024-04-22", "2024-04-23", "week"),
    ("The base was hit late last month.", "2024-03-22", "2024-04-01", "part-of-month"),
    ("Talks will be held next week.", "2024-04-29", "2024-05-06", "week"),
    ("Talks will be held this weekend.", "2024-04-27", "2024-04-29", "week"),
    ("Talks end in the coming days.", "2024-04-22", "2024-04-30", "week"),
    ("The base was hit in the spring.", "2024-03-01", "2024-04-23", "season"),
    # counted back
    ("The base was hit three months ago.", "2024-01-07", "2024-02-08", "month"),
    ("The base was hit nearly three months ago.", "2024-01-22", "2024-02-08", "part-of-month"),
    ("The base was hit more than a year ago.", "2022-04-23", "2023-04-24", "year"),
    ("The base was hit several days ago.", "2024-04-16", "2024-04-20", "week"),
    ("The base was hit often in recent weeks.", "2024-03-23", "2024-04-23", "month"),
    ("The base was hit often over the past month.", "2024-03-23", "2024-04-23", "month"),
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
        "The March on Rome was long.",
        "They pray every Friday.",
        "Who strikes early may regret it.",
        "Sooner or later the truce ends.",
        "Nine moves later the game was over.",
        "The heat came two weeks earlier than usual.",
        "Tower 22 was hit by 2000 rockets.",
        "Rockets hit the base.",
        "",
    ],
)
def test_words_that_only_look_like_a_time_are_none(sentence: str) -> None:
    assert when.find(sentence) == ()


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


SUNDAY = Interval(start=moment("2024-04-21"), end=moment("2024-04-22"), precision="day", text="Sunday")
# sentence, start, end, told after something on Sunday, April 21
ANCHORED = [
    ("On the same day a drone fell.", "2024-04-21", "2024-04-22"),
    ("The day before, a drone fell.", "2024-04-20", "2024-04-21"),
    ("Two days later a drone fell.", "2024-04-23", "2024-04-24"),
    ("The following day a drone fell.", "2024-04-22", "2024-04-23"),
    ("A week earlier a drone fell.", "2024-04-11", "2024-04-18"),
    ("The previous night a drone fell.", "2024-04-20 18:00", "2024-04-21 06:00"),
    ("Hours later a drone fell.", "2024-04-21 02:00", "2024-04-22 04:00"),
    ("Later, an aircraft struck the launcher.", "2024-04-21", "2024-04-22 12:00"),
    ("Earlier, a drone had circled.", "2024-04-20", "2024-04-22"),
]


@pytest.mark.parametrize(("sentence", "start", "end"), ANCHORED, ids=[row[0] for row in ANCHORED])
def test_what_is_told_relative_to_something_told_before_is_counted_from_it(sentence: str, start: str, end: str) -> None:
    assert told(sentence) == [None]
    (found,) = told(sentence, anchor=SUNDAY)
    assert found is not None
    assert (found.start, found.end) == (moment(start), moment(end))


def test_late_in_the_day_of_utc_the_next_day_has_begun_further_east() -> None:
    """At 21:30Z on a Sunday it is Monday in Baghdad; without this, "on Monday" would be six days old."""
    (expr,) = when.find("Rockets hit the base on Monday.")
    found = when.resolve(expr, datetime(2024, 4, 21, 21, 30, tzinfo=UTC))
    assert found is not None
    assert found.start == moment("2024-04-22")


WORDS = (
    "early late on the last Sunday April 4 May 2024 three months ago two days later night 3:30 a.m. GMT since past ( ) , é "
    "nearly overnight week that year will 9 - to"
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS.split()), max_size=14), st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)))  # noqa: DTZ001 - made aware below
def test_expressions_quote_the_text_in_order_and_intervals_are_never_empty(words: list[str], published: datetime) -> None:
    sentence, last = " ".join(words), 0
    for expr in when.find(sentence):
        assert sentence[expr.start : expr.end] == expr.text
        assert last <= expr.start < expr.end
        last = expr.end
        found = when.resolve(expr, published.replace(tzinfo=UTC), SUNDAY, offset_h=3.0)
        assert found is None or (found.start < found.end and found.text == expr.text)
    for duration in when.find_durations(sentence):
        assert sentence[duration.start : duration.end] == duration.text
        assert duration.days_high is None or 0 <= duration.days_low <= duration.days_high


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
    [
        ("nearly three months", 75, 91),
        ("two weeks", 14, 14),
        ("a day", 1, 1),
        ("a month", 30, 30),
        ("more than a month", 30, None),
        ("at least 60 days", 60, None),
        ("about six weeks", 38, 45),
        ("just over a month", 30, 38),
        ("less than 48 hours", 0, 2),
        ("two to three weeks", 14, 21),
        ("twenty-five days", 25, 25),
        ("several weeks", 21, 42),
        ("a few days", 2, 5),
        ("a year and a half", 547, 547),
        ("months", 60, None),
    ],
)
def test_a_duration_has_bounds_in_days(words: str, low: float, high: float | None) -> None:
    (found,) = when.find_durations(f"The attacks stopped for {words}.")
    assert (found.text, found.days_low, found.days_high) == (words, low, high)


@pytest.mark.parametrize(
    ("words", "text"), [("nearly three-month", "nearly three-month"), ("10-day", "10-day"), ("month-long", "month-long")]
)
def test_a_duration_before_its_noun_has_no_article(words: str, text: str) -> None:
    assert [found.text for found in when.find_durations(f"It came after a {words} pause.")] == [text]


@pytest.mark.parametrize(
    "sentence",
    [
        "It was hit three months ago.",
        "A 10-year-old boy.",
        "It fired rockets five times a week.",
        "1,000 barrels a day.",
        "The days are long.",
    ],
)
def test_points_in_time_ages_and_rates_are_no_durations(sentence: str) -> None:
    assert when.find_durations(sentence) == []
