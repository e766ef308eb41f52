"""Weeks and more: months, seasons, years, "last week", "in recent days", "three months ago".

Called by `when` with the frame; each function returns a stretch at the place's clock, None when it cannot be told.
"""

from datetime import date, timedelta

from streams.extract.days import around
from streams.extract.durations import UNIT_DAYS, bounds
from streams.extract.stretch import DAY, Frame, Precision, Stretch, at, month_end, month_number, months_on, whole_days

SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}  # first month, northern hemisphere (an assumption)
Pair = tuple[int, int]
# What "recent" and "coming" reach over, in days; assumptions. "recent days" is a week.
RECENT_DAYS = {"hour": 1, "day": 7, "week": 30, "month": 120, "year": 1826}


def month(frame: Frame) -> Stretch | None:
    """ "early February", "in May 2029", "the end of last March"; thirds of a month are its days 1-10, 11-20 and 21 on."""
    number, year, mod = month_number(frame.part("month")), frame.year_told(), frame.part("mod").removeprefix("this ")
    first = date(year, number, 1) if year else _month_meant(frame, number, mod)
    last = month_end(first)
    third = frame.part("third")
    if not third:
        return at(first), at(last) + DAY, "month"
    low, high = _third(third, ((1, 10), (11, 20), (21, last.day)), halves=((1, 15), (16, last.day)))
    return at(first.replace(day=low)), at(first.replace(day=high)) + DAY, "part-of-month"


def _month_meant(frame: Frame, number: int, mod: str) -> date:
    here = frame.today.replace(day=1)
    behind = (here.month - number) % 12
    past, ahead = months_on(here, -behind), months_on(here, 12 - behind)
    if mod in ("last", "past", "previous"):
        return past if behind else months_on(here, -12)
    if mod in ("next", "coming"):
        return ahead
    if mod == "this":
        return date(here.year, number, 1)
    if behind == 0:
        return here
    nearest = frame.expr.relation in ("until", "before") and 12 - behind < behind
    return ahead if frame.expr.future or nearest else past


def _third(word: str, thirds: tuple[Pair, Pair, Pair], halves: tuple[Pair, Pair]) -> Pair:
    if "half" in word:
        return halves[1 if "second" in word else 0]
    if any(key in word for key in ("early", "beginning", "start", "first")):
        return thirds[0]
    return thirds[1] if "mid" in word else thirds[2]


def period(frame: Frame) -> Stretch | None:
    """ "last week", "earlier this month", "late last year", "the same week": calendar weeks from Monday, months, years."""
    unit, mod, third = frame.part("unit"), frame.part("mod"), frame.part("third")
    if mod in ("the same", "that"):
        same = around(frame, 0)
        return _calendar(unit, same[0].date(), 0) if same else None
    if unit == "weekend":
        return _weekend(frame, mod)
    start, end, precision = _calendar(unit, frame.today, {"last": -1, "next": 1}.get(mod, 0))
    if third.startswith("later"):
        rest = at(max(start.date(), frame.today))
        return rest if rest < end else start + (end - start).days // 2 * DAY, end, precision  # "later last week": its second half
    if not third or third.startswith("earlier"):
        return start, end, precision
    days = (end - start).days
    cut = days // 3
    low, high = _third(third, ((0, cut), (cut, days - cut), (days - cut, days)), halves=((0, days // 2), (days // 2, days)))
    finer: Precision = {"week": "week", "month": "part-of-month"}.get(unit, "season")  # type: ignore[assignment]
    return start + low * DAY, start + high * DAY, finer


def weekend(frame: Frame) -> Stretch | None:
    """ "over the weekend"."""
    return _weekend(frame, "")


def _weekend(frame: Frame, mod: str) -> Stretch:
    """Saturday and Sunday: the last one begun, unless words point ahead."""
    saturday = frame.today - ((frame.today.weekday() - 5) % 7) * DAY
    running = frame.today.weekday() >= 5
    if mod == "next" or (not running and (frame.expr.future or frame.expr.relation == "until")):
        saturday += 7 * DAY
    elif mod == "last" and running:
        saturday -= 7 * DAY
    return at(saturday), at(saturday) + 2 * DAY, "week"


def _calendar(unit: str, day: date, step: int) -> Stretch:
    if unit == "week":
        monday = day + (7 * step - day.weekday()) * DAY
        return at(monday), at(monday) + 7 * DAY, "week"
    if unit == "month":
        first = months_on(day, step)
        return at(first), at(month_end(first)) + DAY, "month"
    if unit == "quarter":
        first = months_on(day.replace(month=3 * ((day.month - 1) // 3) + 1), 3 * step)
        return at(first), at(months_on(first, 3)), "season"
    if unit == "decade":
        decade = 10 * (day.year // 10 + step)
        return at(date(decade, 1, 1)), at(date(decade + 10, 1, 1)), "year"
    return at(date(day.year + step, 1, 1)), at(date(day.year + step + 1, 1, 1)), "year"


def year(frame: Frame) -> Stretch | None:
    """ "in 2019", "late 2023", "the first quarter of 2024"; thirds of a year are four months."""
    named, third = frame.year_told() or frame.today.year - (frame.part("mod") == "last"), frame.part("third")
    if "quarter" in third:
        quarter = next((i for i, word in enumerate(("first", "second", "third", "fourth")) if word in third), 3)
        return at(date(named, 3 * quarter + 1, 1)), at(months_on(date(named, 3 * quarter + 1, 1), 3)), "season"
    start, months = (0, 12) if not third else _third(third, ((0, 4), (4, 4), (8, 4)), halves=((0, 6), (6, 6)))
    first = months_on(date(named, 1, 1), start)
    return at(first), at(months_on(first, months)), "season" if third else "year"


def decade(frame: Frame) -> Stretch | None:
    """ "the 1990s", "the early 2000s"."""
    first, third = int(frame.part("decade")), frame.part("third")
    low, high = (0, 10) if not third else _third(third, ((0, 4), (3, 7), (6, 10)), halves=((0, 5), (5, 10)))
    return at(date(first + low, 1, 1)), at(date(first + high, 1, 1)), "year"


def season(frame: Frame) -> Stretch | None:
    """ "last summer", "in the spring", "winter of 2022" (the winter that ends in that year or begins in it: both)."""
    begins, named = SEASONS[frame.part("season")], frame.year_told()
    if named:
        first = date(named, begins, 1)
        if begins == 12:
            return at(date(named - 1, 12, 1)), at(date(named + 1, 3, 1)), "season"
    else:
        begun = [date(frame.today.year + step, begins, 1) for step in (-2, -1, 0, 1)]
        past = [start for start in begun if start <= frame.today]
        running = frame.today < months_on(past[-1], 3)
        first = past[-2] if frame.part("mod") == "last" and running else past[-1]
        if frame.part("mod") == "next" or (not running and (frame.expr.future or frame.part("mod") == "this")):
            first = begun[len(past)]
    third = frame.part("third")
    start, months = (0, 3) if not third else _third(third, ((0, 1), (1, 1), (2, 1)), halves=((0, 2), (1, 2)))
    return at(months_on(first, start)), at(months_on(first, start + months)), "season"


def rolling(frame: Frame) -> Stretch | None:
    """ "the past month", "in recent weeks", "the last 24 hours", "the coming days": up to publication, or from it on."""
    unit, told = frame.part("unit"), any(frame.part(name) for name in ("low", "half", "number", "vague", "one"))
    if frame.part("recent"):
        return whole_days(frame.today - RECENT_DAYS[unit] * DAY, frame.today)
    if frame.part("coming"):
        days = (bounds(dict(frame.expr.parts))[1] if told else None) or RECENT_DAYS.get(unit, 1)
        return whole_days(frame.today, frame.today + max(1, int(days)) * DAY)
    high = bounds(dict(frame.expr.parts))[1] if told else (RECENT_DAYS.get(unit, 1) if frame.part("plural") else UNIT_DAYS[unit][1])
    if unit in ("minute", "hour") and told:
        length = timedelta(days=high or 0)
        return frame.now - length, frame.now, "day" if length > 0.75 * DAY else "part-of-day" if length > DAY / 8 else "hour"
    return whole_days(frame.today - max(1, int(high or 0)) * DAY, frame.today)


def ago(frame: Frame) -> Stretch | None:
    """ "two days ago" is that day; weeks, months and years ago are half a unit wide to each side; "hours ago" half a day."""
    unit, groups = frame.part("unit"), dict(frame.expr.parts)
    low, high = bounds(groups)
    vague = high is None or high - low > 1.25 * UNIT_DAYS[unit][0] or bool(frame.part("modifier"))
    high = 3 * low if high is None and not frame.part("modifier") else 2 * low if high is None else high
    if unit in ("minute", "hour"):
        near, far = (timedelta(days=low), timedelta(days=high)) if vague else (timedelta(days=low / 2), timedelta(days=1.5 * high))
        start, end = frame.now - max(far, timedelta(hours=1)), frame.now - near
        return start, end, "hour" if end - start <= DAY / 12 else "part-of-day"
    slack = 0 if vague else {"week": 3, "fortnight": 4, "month": 15, "year": 182, "decade": 1826}.get(unit, 0)
    if exact := frame.part("exact"):
        slack = {"today": 0, "this week": 6, "this month": 20}.get(exact, 1)
    return whole_days(frame.today - (int(high) + slack) * DAY, frame.today - (int(low) - slack) * DAY)
