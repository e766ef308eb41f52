"""When: resolves time expressions to intervals against the publication date; no library returns intervals, so this does.

Called by the extractor with the publication time and, for "a day earlier" or "later", the interval of what was told before.
Pure; knows English only. Looks back: a date without a year is the last one before publication, unless words point ahead.

Intervals are as wide as the words: "early February" is ten days. Days are counted at the place's own clock when its offset
from UTC is given, else in UTC. Not known: Ramadan and Eid, "since the war began", named years of war; these are not found.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from streams.extract import days, periods
from streams.extract.durations import Duration, find_durations
from streams.extract.stretch import DAY, Frame, Stretch, at
from streams.extract.time_words import TimeExpr, find
from streams.records.flow import Interval

__all__ = ["Duration", "TimeExpr", "find", "find_durations", "is_past_reference", "resolve"]

READERS: Mapping[str, Callable[[Frame], Stretch | None]] = {
    "day": days.day, "part": days.part, "clock": days.clock, "feast": days.feast, "shift": days.shift, "later": days.later,
    "month": periods.month, "period": periods.period, "weekend": periods.weekend, "season": periods.season, "year": periods.year,
    "decade": periods.decade, "rolling": periods.rolling, "ago": periods.ago,
}  # fmt: skip


def is_past_reference(interval: Interval, published: datetime, days: int = 7) -> bool:
    """Whether the interval had ended more than so many days before publication: background rather than news."""
    return interval.end < published - timedelta(days=days)


def resolve(
    expr: TimeExpr, published: datetime, anchor: Interval | None = None, *, offset_h: float | None = None
) -> Interval | None:
    """The interval an expression means; None when it cannot be told.

    Args:
        expr: from `find`. "since early February" resolves as "early February"; its `relation` says the rest.
        published: of the article, aware.
        anchor: when what was told before happened; "a day earlier", "that night", "later" need it, and are None without.
        offset_h: hours by which the place's clock is ahead of UTC; None: unknown, and then days are days of UTC and a clock
            time without a zone widens to its day.
    """
    shift = timedelta(hours=offset_h or 0.0)
    now = (published.astimezone(UTC) + shift).replace(tzinfo=None)
    try:
        stretch = READERS[expr.kind](Frame(expr, now, _local(anchor, shift), known_clock=offset_h is not None))
        if stretch is None:
            return None
        start, end, precision = stretch
        # What is told as past cannot lie after the day of publication.
        if not expr.future and precision not in ("minute", "hour", "part-of-day", "day") and start <= now < end:
            end = min(end, at(now.date()) + DAY)
        back = timedelta() if expr.part("zone") in days.ZONES and precision in ("minute", "hour") else shift
        start, end = start - back, end - back
    except (ValueError, OverflowError):  # no such day, or a year outside the calendar
        return None
    return Interval(start=start.replace(tzinfo=UTC), end=end.replace(tzinfo=UTC), precision=precision, text=expr.text)


def _local(anchor: Interval | None, shift: timedelta) -> Stretch | None:
    if anchor is None:
        return None
    start, end = ((moment.astimezone(UTC) + shift).replace(tzinfo=None) for moment in (anchor.start, anchor.end))
    return start, end, anchor.precision
