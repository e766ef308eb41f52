"""What the readers of time expressions share: the frame an expression is read in, and stretches at the place's clock.

Used by `days`, `periods` and `when` only. Everything here is naive on purpose: `when` adds and takes off the offset from UTC.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from streams.extract.time_forms import MONTHS
from streams.extract.time_words import TimeExpr

Precision = Literal["minute", "hour", "part-of-day", "day", "week", "part-of-month", "month", "season", "year", "unstated"]
Stretch = tuple[datetime, datetime, Precision]  # start, end, how fine the words are
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Frame:
    """An expression and what it is read against."""

    expr: TimeExpr
    now: datetime  # publication, at the place's clock
    anchor: Stretch | None  # when what was told before happened, at the same clock; None: nothing was
    known_clock: bool  # whether the place's offset from UTC is known, rather than taken as 0

    @property
    def today(self) -> date:
        """The day of publication."""
        return self.now.date()

    def part(self, name: str) -> str:
        """A named piece of the expression, "" when it is not there."""
        return self.expr.part(name)

    def year_told(self) -> int:
        """The year that the words name or point to, 0 when they do neither."""
        if self.part("year"):
            return int(self.part("year"))
        mod = self.part("yearmod")
        if mod in ("the previous", "the same"):
            return (self.anchor[0].year if self.anchor else self.today.year) - (mod == "the previous")
        return self.today.year + {"last": -1, "this": 0, "next": 1}[mod] if mod else 0


def at(day: date) -> datetime:
    """Midnight at which the day begins."""
    return datetime.combine(day, time())


def whole_days(first: date, last: date) -> Stretch:
    """From the first day to the end of the last one, as precise as it is short."""
    days = (last - first).days + 1
    limits: tuple[tuple[int, Precision], ...] = ((1, "day"), (8, "week"), (20, "part-of-month"), (62, "month"), (200, "season"))
    precision: Precision = next((name for limit, name in limits if days <= limit), "year")
    return at(first), at(last) + DAY, precision


def month_number(name: str) -> int:
    """1 to 12 for a month's name or abbreviation."""
    return MONTHS.index(name[:3].lower()) + 1


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY


def months_on(day: date, months: int) -> date:
    """The first day of the month that lies so many months from the day's."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
