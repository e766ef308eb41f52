"""Days and less: weekdays, dates, parts of a day, clock times, and what is told relative to something told before.

Called by `when` with the frame; each function returns a stretch at the place's clock, None when it cannot be told.
"""

import re
from datetime import date, timedelta

from streams.extract.durations import bounds
from streams.extract.stretch import DAY, Frame, Stretch, at, month_end, month_number, whole_days
from streams.extract.time_forms import WEEKDAYS

# Hours of the day that a part of it means, the narrower words first; assumptions, wide on purpose. "early on Sunday" in
# wire copy is after midnight and before the desks open. Hours below 0 and above 24 lie in the day before and after.
PARTS: tuple[tuple[str, tuple[float, float]], ...] = (
    (r"overnight (?:into|to)", (-6, 10)),
    (r"overnight", (-6, 32)),
    (r"before (?:dawn|sunrise|daybreak)|pre-?dawn|(?:early|small|first)(?: morning)? hours", (0, 7)),
    (r"late(?: evening)? hours|late (?:at |in the )?night", (20, 30)),
    (r"dawn|sunrise|daybreak", (3, 8)),
    (r"early (?:in the )?morning", (0, 9)),
    (r"late (?:in the )?morning", (9, 12)),
    (r"morning", (5, 12)),
    (r"noon\b(?<!afternoon)|midday", (11, 14)),
    (r"early (?:in the )?afternoon", (12, 15)),
    (r"late (?:in the )?afternoon", (15, 19)),
    (r"afternoon", (12, 18)),
    (r"(?:after|past) midnight", (0, 4)),
    (r"before midnight", (20, 24)),
    (r"midnight", (-2, 26)),
    (r"dusk|sunset|nightfall", (16, 21)),
    (r"evening", (17, 24)),
    (r"night", (18, 30)),
    (r"early(?! hours)", (0, 9)),
    (r"late\b", (17, 24)),
)
ZONES = {"gmt": 0, "utc": 0, "z": 0, "est": -5, "edt": -4, "cet": 1, "cest": 2, "eet": 2, "msk": 3}  # hours east of UTC
FEASTS = {
    "christmas eve": (12, 24), "christmas": (12, 25), "christmas day": (12, 25), "new years eve": (12, 31), "new years day": (1, 1),
}  # fmt: skip


def day(frame: Frame) -> Stretch | None:
    """A weekday, a date, "today", "that day"; with the part of the day or the clock time told beside it."""
    if frame.part("same"):
        return around(frame, 0)
    first = _date(frame)
    if first is None:
        return None
    if frame.part("dom2"):
        last = first.replace(day=_number(frame.part("dom2")))
        return whole_days(first, last) if last > first else None
    if frame.part("h12") or frame.part("h24") or frame.part("mil"):
        return _at_clock(frame, first)
    return _part_of(first, f"{frame.part('pre')} {frame.part('post')}")


def clock(frame: Frame) -> Stretch | None:
    """A bare clock time: on the anchor's day when there is one, else on the day of publication."""
    return _at_clock(frame, frame.anchor[0].date() if frame.anchor else frame.today)


def part(frame: Frame) -> Stretch | None:
    """ "this morning", "last night", "tonight", "overnight", "that evening"."""
    if frame.part("overnight"):
        return _part_of(frame.today, "overnight into")
    if frame.part("tonight"):
        return _part_of(frame.today, "night")
    if frame.part("vague"):
        told = around(frame, 0)
        return _part_of(told[0].date() if told and told[2] == "day" else frame.today, frame.part("vague"))
    words = f"{frame.part('sub')} {frame.part('post')}"
    if frame.part("which") in ("this", "last"):
        return _part_of(frame.today - DAY * (frame.part("which") == "last"), words)
    same = around(frame, 0)
    return _part_of(same[0].date(), words) if same and same[2] == "day" else same


def feast(frame: Frame) -> Stretch | None:
    """Christmas and New Year."""
    month, number = FEASTS[re.sub("['’]", "", frame.part("feast"))]
    found = _pick(frame, _same_day(frame, month, number))
    return at(found), at(found) + DAY, "day"


def around(frame: Frame, days: int) -> Stretch | None:
    """The anchor's day moved by so many days; a wider anchor stays as wide as it is. None without an anchor."""
    if frame.anchor is None:
        return None
    start, end, precision = frame.anchor
    if precision == "day":
        return at(start.date()) + days * DAY, at((end - timedelta(microseconds=1)).date()) + (days + 1) * DAY, "day"
    if precision in ("minute", "hour", "part-of-day"):
        # A night belongs to the day on which it begins.
        first = at((start + min((end - start) / 2, timedelta(hours=5))).date()) + days * DAY
        return first, first + DAY, "day"
    return start + days * DAY, end + days * DAY, precision


def shift(frame: Frame) -> Stretch | None:
    """ "a day earlier", "two weeks later", "hours later", "the night before", "the following day"."""
    if frame.anchor is None:
        return None
    if unit := frame.part("stepunit"):
        back = frame.part("step") in ("previous", "preceding") or frame.part("way") == "before"
        count = {"week": 7, "month": 30, "year": 365}.get(unit, 1)
        moved = _moved(frame, -count if back else count, unit)
        whole = unit in ("day", "week", "month", "year") or moved is None or moved[2] != "day"
        return moved if whole else _part_of(moved[0].date(), unit) if moved else None
    back = frame.part("way") in ("earlier", "before", "prior")
    low, high = bounds(dict(frame.expr.parts))
    high = 2 * low if high is None else high
    if frame.part("unit") in ("minute", "hour"):
        start, end, _ = frame.anchor
        near, far = timedelta(days=low), timedelta(days=max(high, low + 1 / 24))
        start, end = (start - far, end - near) if back else (start + near, end + far)
        return start, end, "part-of-day" if end - start < 0.75 * DAY else "day"
    if high - low <= 1:
        return _moved(frame, -int(low) if back else int(low), frame.part("unit"))
    moved = around(frame, 0)
    if moved is None:
        return None
    start, end = (
        (moved[0] - int(high) * DAY, moved[1] - int(low) * DAY) if back else (moved[0] + int(low) * DAY, moved[1] + int(high) * DAY)
    )
    return whole_days(start.date(), (end - DAY).date())


def later(frame: Frame) -> Stretch | None:
    """ "later": from the anchor to the end of the day after it, or publication; "earlier" likewise before it."""
    same = around(frame, 0)
    if same is None or frame.anchor is None or frame.part("inday") not in ("", "on"):
        return same
    start, end, _ = frame.anchor
    if frame.part("initial"):
        return same[0] - DAY, end, "day"
    return start, max(end, min(same[1] + DAY, frame.now)), "day"


def _moved(frame: Frame, days: int, unit: str) -> Stretch | None:
    """The anchor moved by so many days, widened by half of the unit that the words count in."""
    moved, slack = around(frame, days), {"week": 3, "fortnight": 4, "month": 15, "year": 182}.get(unit, 0) * DAY
    return whole_days((moved[0] - slack).date(), (moved[1] + slack - DAY).date()) if moved and slack else moved


def _date(frame: Frame) -> date | None:
    if frame.part("wd"):
        return _weekday(frame)
    if frame.part("rel"):
        return frame.today + {"today": 0, "yesterday": -1, "tomorrow": 1}.get(frame.part("rel"), -2) * DAY
    if frame.part("iso"):
        return date.fromisoformat(frame.part("iso"))
    if frame.part("nine"):
        return date(2001, 9, 11)
    if frame.part("slash"):
        return _slashed(frame.part("slash"))
    if frame.part("bare"):
        number, here = _number(frame.part("bare")), frame.today.replace(day=1)
        months = [month for month in (here, (here - DAY).replace(day=1)) if number <= month_end(month).day]
        return next((month.replace(day=number) for month in months if month.replace(day=number) <= frame.today), None)
    dates = _same_day(frame, month_number(frame.part("month")), _number(frame.part("dom")))
    return _pick(frame, dates) if dates else None


def _same_day(frame: Frame, month: int, number: int) -> list[date]:
    """That day in the year told, else in the years around."""
    years = [frame.year_told()] if frame.year_told() else range(frame.today.year - 8, frame.today.year + 9)
    return [date(year, month, number) for year in years if number <= month_end(date(year, month, 1)).day]


def _pick(frame: Frame, dates: list[date]) -> date:
    """The one meant: the next when words point ahead, the nearest after "until" and "before", else the last one past."""
    if frame.expr.future:
        return min(dates, key=lambda found: (found < frame.today, abs(found - frame.today)))
    if frame.expr.relation in ("until", "before"):
        return min(dates, key=lambda found: abs(found - frame.today))
    return min(dates, key=lambda found: (found > frame.today + DAY, abs(found - frame.today)))


def _weekday(frame: Frame) -> date:
    number, mod, today = WEEKDAYS.index(frame.part("wd")), frame.part("mod").removeprefix("this "), frame.today
    if frame.part("wdweek") or mod == "this":
        week = {"last": -1, "next": 1}.get(frame.part("wdweek"), 0)
        return today + (number - today.weekday() + 7 * week) * DAY
    back = (today.weekday() - number) % 7
    if frame.part("wdago"):
        return today - (7 + back) * DAY
    if mod in ("last", "past", "previous"):
        return today - (back or 7) * DAY
    if mod in ("next", "coming") or (frame.expr.future and back):
        return today + (7 - back) * DAY
    # Late in the day of UTC the next day has begun east of it: at 21:00Z on a Sunday, "Monday" is Baghdad's.
    if back == 6 and not frame.known_clock and frame.now.hour >= 20:
        return today + DAY
    return today - back * DAY


def _at_clock(frame: Frame, on: date) -> Stretch:
    military = frame.part("mil")
    hour = int(frame.part("h12") or frame.part("h24") or military[:2])
    minute = frame.part("m12") or frame.part("m24") or military[2:]
    if frame.part("ampm"):
        hour = hour % 12 + 12 * frame.part("ampm").startswith("p")
    zone = ZONES.get(frame.part("zone"))
    if zone is None and not frame.known_clock:
        return at(on), at(on) + DAY, "day"
    if zone is not None and frame.part("local"):
        # "2 a.m. local time (2300 GMT) on Saturday": the day is the local one, 23:00 the evening before.
        on += round((int(frame.part("local")) - hour + (zone or 0)) / 24) * DAY
    start = at(on) + timedelta(hours=hour - (zone or 0), minutes=int(minute or 0))
    return (start, start + timedelta(minutes=1), "minute") if minute else (start, start + timedelta(hours=1), "hour")


def _part_of(on: date, words: str) -> Stretch:
    words = " ".join(re.sub(r"\b(?:earlier|on)\b", "", words).split())
    hours = next((hours for pattern, hours in PARTS if re.search(rf"\b(?:{pattern})", words)), None)
    if hours is None:
        return at(on), at(on) + DAY, "day"
    return at(on) + timedelta(hours=hours[0]), at(on) + timedelta(hours=hours[1]), "part-of-day"


def _slashed(words: str) -> date | None:
    """Day and month in figures; None when either could be the month."""
    first, second, year = (int(figure) for figure in re.split(r"[/.]", words))
    if first > 12 or first == second or "." in words:
        return date(year, second, first)
    return date(year, first, second) if second > 12 else None


def _number(words: str) -> int:
    return int(re.sub(r"\D", "", words))
