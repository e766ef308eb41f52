"""When, in words: intervals as a desk reads them, never finer than the article stated.

Called by render. Takes time zones as arguments and has no "now". Dates of a day or coarser are the same in every zone:
"Sunday" is a Sunday where it happened, so such intervals are never shifted.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from streams.records.flow import Interval

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CLOCKED = ("minute", "hour")
_PARTS = ("overnight", "early", "late", "dawn", "morning", "midday", "noon", "afternoon", "evening", "night", "dusk")
_LATE = timedelta(hours=48)  # our own line between "yesterday's news" and "first reported now" (DESIGN 1, promise 4)


def short(interval: Interval, published: datetime, local: tzinfo | None) -> str:
    """For a phone: "Sun 21 Apr", "early Sun 21 Apr", "Sun 21 Apr 17:50 local (14:50 UTC)", "1–10 Feb".

    The year appears only when it is not that of `published`; what came out over two days later says so.
    """
    if interval.precision == "unstated":
        return f"time not stated, reported {_day(published.date(), published.year)}"
    words = _words(interval, local, published.year)
    if published - interval.end > _LATE:
        words += f", first reported {_day(published.date(), published.year)}"
    return words


def full(interval: Interval, published: datetime, local: tzinfo | None, desk: str) -> str:
    """For the message: as `short` with the year, the desk's own time where a time was stated, and the article's words."""
    if interval.precision == "unstated":
        return f"not stated; reported {moment(published, desk)}"
    words = _words(interval, local, None)
    if interval.precision in _CLOCKED and desk != "UTC" and (not local or str(local) != desk):
        words += f", {_clock(interval, ZoneInfo(desk))} {desk}"
    if interval.text:
        words += f" (“{interval.text}”)"
    if published - interval.end > _LATE:
        words += f"; first reported {moment(published, desk)}"
    return words


def span_words(interval: Interval) -> str:
    """The days an interval covers: "1–10 Feb 2024", "Feb 2024", "Sun 21 Apr 2024"."""
    first, last = _first(interval, None), _last(interval, None)
    if first == last:
        return _day(first, None)
    if first.day == 1 and (last + timedelta(days=1)).day == 1:  # whole months
        if (first.month, last.month) == (1, 12):
            return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
        if (first.year, first.month) == (last.year, last.month):
            return f"{_MONTHS[first.month - 1]} {first.year}"
        head = _MONTHS[first.month - 1] + (f" {first.year}" if first.year != last.year else "")
        return f"{head} – {_MONTHS[last.month - 1]} {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {_MONTHS[last.month - 1]} {last.year}"
    year = f" {first.year}" if first.year != last.year else ""
    return f"{first.day} {_MONTHS[first.month - 1]}{year} – {last.day} {_MONTHS[last.month - 1]} {last.year}"


def since(start: datetime, end: datetime, published: datetime) -> str:
    """When a time that is known so began: "Mon 6 Jan 04:00Z", "Mon 6 Jan", "1–10 Feb".

    The year appears only when it is not that of `published`.
    """
    if end - start <= timedelta(hours=1):
        return f"{_day(start.date(), published.year)} {start:%H:%M}Z"
    return _words(Interval(start=start, end=end, precision="day"), None, published.year)


def moment(at: datetime, desk: str) -> str:
    """A moment we know to the minute, in the desk's zone: "Mon 22 Apr 2024 08:10 (Europe/Berlin)"."""
    here = at.astimezone(ZoneInfo(desk))
    return f"{_day(here.date(), None)} {here:%H:%M} {'UTC' if desk == 'UTC' else f'({desk})'}"


def _words(interval: Interval, local: tzinfo | None, year: int | None) -> str:
    if interval.precision in _CLOCKED:
        day = _day(interval.start.astimezone(local or UTC).date(), year)
        utc = f"{_clock(interval, UTC)} UTC"
        return f"{day} {_clock(interval, local)} local ({utc})" if local else f"{day} {utc}"
    if interval.precision == "part-of-day":
        part = next((word for word in _PARTS if word in interval.text.lower()), "")
        day = _day(interval.start.astimezone(local or UTC).date(), year)
        if part in ("overnight", "early", "late"):
            return f"{part} {day}"
        return f"{day} {part or _part(interval.start.astimezone(local or UTC).hour)}"
    first, last = _first(interval, local), _last(interval, local)
    if first == last:
        return _day(first, year)
    words = span_words(interval)
    return words.removesuffix(f" {year}") if year and first.year == last.year == year and words != str(year) else words


def _clock(interval: Interval, zone: tzinfo) -> str:
    return ("~" if interval.precision == "hour" else "") + f"{interval.start.astimezone(zone):%H:%M}"


def _part(hour: int) -> str:
    return "night" if hour < 5 else "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"


def _day(day: date, year: int | None) -> str:
    words = f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return words if day.year == year else f"{words} {day.year}"


def _first(interval: Interval, local: tzinfo | None) -> date:
    return _midnight(interval.start, local) or (interval.start + timedelta(hours=12)).date()


def _last(interval: Interval, local: tzinfo | None) -> date:
    border = _midnight(interval.end, local)
    last = border - timedelta(days=1) if border else (interval.end - timedelta(hours=12)).date()
    return max(last, _first(interval, local))


def _midnight(at: datetime, local: tzinfo | None) -> date | None:
    """The day that begins at this moment, in UTC or at the place; None when none does."""
    for zone in (UTC, local):
        if zone and at.astimezone(zone).time() == time():
            return at.astimezone(zone).date()
    return None
