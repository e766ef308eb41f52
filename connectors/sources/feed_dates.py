"""Dates as feeds write them, read strictly: what is not understood to the last sign is no date.

Called by `connectors.sources.feed_items` with the raw string. A date decides whether a pause is over, so nothing is guessed in
silence: feedparser reads 7 of 95 forms met in the wild wrongly without a word, dateutil 3, because both skip what they do not
know (facts measured 2026-11-22). Every assumption made here (zone, order of day and month, no time of day) is told.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone


@dataclass(frozen=True, slots=True)
class Stated:
    """An instant that a feed states."""

    moment: datetime  # UTC
    assumed: tuple[str, ...] = ()  # what the string does not say: "zone", "order", "time", "weekday"; empty: all was said


_MONTHS = {
    # English, and the names that feeds in other languages were seen to use: German, French, Spanish, Portuguese, Italian
    1: "january jan januar jän jänner janvier janv enero ene janeiro gennaio gen",
    2: "february feb februar février fevrier févr fevr febrero fevereiro fev febbraio",
    3: "march mar märz maerz mär mrz mars marzo março marco",
    4: "april apr avril avr abril abr aprile",
    5: "may mai mayo maio maggio mag",
    6: "june jun juni juin junio junho giugno giu",
    7: "july jul juli juillet juil julio julho luglio lug",
    8: "august aug août aout agosto ago",
    9: "september sep sept septembre septiembre setembro set settembre",
    10: "october oct oktober okt octobre octubre outubro out ottobre ott",
    11: "november nov novembre noviembre novembro",
    12: "december dec dezember dez décembre decembre déc diciembre dic dezembro dicembre",
}
MONTHS = {name: number for number, names in _MONTHS.items() for name in names.split()}
_WEEKDAYS = (
    "monday mon montag mo lundi lun lunes segunda lunedì",
    "tuesday tue tues dienstag di mardi martes mar terça martedì",
    "wednesday wed mittwoch mi mercredi mer miércoles miercoles mié quarta mercoledì",
    "thursday thu thur thurs donnerstag do jeudi jeu jueves jue quinta giovedì gio",
    "friday fri freitag fr vendredi ven viernes vie sexta venerdì",
    "saturday sat samstag sa samedi sam sábado sabado sáb sab sabato",
    "sunday sun sonntag so dimanche dim domingo dom domenica",
)
WEEKDAYS = {name: number for number, names in enumerate(_WEEKDAYS) for name in names.split()}

# Hours east of UTC and their names. RFC 822 settles EST to PDT.
_ZONES = {
    -10: "hst", -9: "akst", -8: "pst akdt", -7: "mst pdt", -6: "cst mdt", -5: "est cdt", -4: "edt ast", -3: "brt art",
    0: "gmt utc ut z wet", 1: "west bst cet met mez wat", 2: "cest mest mesz eet sast cat", 3: "eest msk trt eat idt",
    3.5: "irst", 4: "gst", 4.5: "irdt aft", 5: "pkt", 5.5: "ist", 5.75: "npt", 7: "ict wib", 8: "hkt sgt pht awst",
    9: "jst kst", 9.5: "acst", 10: "aest", 11: "aedt", 12: "nzst", 13: "nzdt",
}  # fmt: skip
ZONES = {name: timedelta(hours=hours) for hours, names in _ZONES.items() for name in names.split()}
SHARED = frozenset({"ist", "ast", "gst", "bst", "art"})  # India, Israel, Ireland; Arabia, Atlantic; …: an assumption each

_UNIX = re.compile(r"\d{10}(?:\d{3})?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?)?(?=$|\D)")
_TIME = re.compile(
    r"(?<![\d.:])(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d{1,9}|:\d{2})?)?(?![\d:])"
    r"\s*([ap])?\.?(?(4)m\.?(?![^\W\d_]))",
    re.IGNORECASE,
)
_HOUR = re.compile(r"(?<![\d.:])(\d{1,2})\s*([ap])\.?m\.?(?![^\W\d_])", re.IGNORECASE)
_LAST_HOUR = re.compile(r"(?<=\d{4}\s)(\d{1,2})()$")  # "21 Apr 2024 18" with an offset behind it
_COMMENT = re.compile(r"(?<=\d)\s*\([^()]*\)$")  # "+0000 (UTC)"
_OFFSET = re.compile(r"(?:(?<![^\W\d_])[^\W\d_]{1,4}\s*)?(?<=[\s\d:a-zA-Z])([+-]|\u2212)(\d{1,2})(?::?(\d{2}))?$", re.IGNORECASE)
_ISO_DATE = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
FILLERS = frozenset({"at", "um", "uhr", "de", "del", "à", "le", "t", "of", "the", "on"})
EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)  # older than feeds themselves: a default that somebody forgot to set


def read_date(text: str, now: datetime) -> Stated | None:
    """The instant in a feed's date string, None when there is none or it is not understood.

    `now` is only used to choose between readings of an all-numeric date: the nearest that does not lie ahead.
    """
    text = " ".join(text.replace("\u00a0", " ").split())
    if not text or len(text) > 100:
        return None
    if _UNIX.fullmatch(text):
        return _checked(datetime.fromtimestamp(int(text) / (1000 if len(text) == 13 else 1), UTC), ())
    rest, offset, zone_assumed = _take_zone(_COMPACT.sub(_spread, _COMMENT.sub("", text)))
    rest, clock, clock_assumed = _take_time(rest, zoned=not zone_assumed)
    days, weekday, order_assumed = _days(rest)
    if not days:
        return None
    day = _chosen(days, weekday, now.date())
    assumed = [*clock_assumed, *zone_assumed, *(["order"] if order_assumed else [])]
    if weekday is not None and day.weekday() != weekday:
        assumed.append("weekday")
    return _checked(datetime(day.year, day.month, day.day, tzinfo=timezone(offset)) + clock, tuple(assumed))


def _checked(moment: datetime, assumed: tuple[str, ...]) -> Stated | None:
    return Stated(moment.astimezone(UTC), assumed) if moment >= EARLIEST else None


def _spread(found: re.Match[str]) -> str:
    day = f"{found[1]}-{found[2]}-{found[3]}"
    return f"{day} {found[4]}:{found[5]}:{found[6] or '00'}" if found[4] else day


def _take_zone(text: str) -> tuple[str, timedelta, list[str]]:
    """The text without its zone, the zone's distance from UTC, and what was assumed."""
    if found := _OFFSET.search(text):
        rest = text[: found.start()].rstrip()
        distance = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        # "21-04-24" ends like an offset: there must be a time or a whole year before it
        if distance <= timedelta(hours=14) and (_TIME.search(rest) or re.search(r"(?<!\d)\d{4}(?: \d{1,2})?$", rest)):
            return rest, distance if found[1] == "+" else -distance, []
    if (named := re.search(r"(?<![^\W\d_])([^\W\d_]{1,5})\)?$", text)) and (name := named[1].casefold()) not in {"am", "pm"}:
        rest = text[: named.start()].rstrip(" (")
        if name in ZONES:
            return rest, ZONES[name], ["zone"] if name in SHARED else []
        if named[1].isupper() and name not in MONTHS and name not in WEEKDAYS:
            return rest, timedelta(0), ["zone"]
    return text, timedelta(0), ["zone"]


def _take_time(text: str, *, zoned: bool) -> tuple[str, timedelta, list[str]]:
    """The text without its time of day, the time, and what was assumed; a time that cannot be is read as none."""
    if found := _TIME.search(text):
        hour, minute, second, half = int(found[1]), int(found[2]), int(found[3] or 0), found[4]
    elif found := _HOUR.search(text) or (_LAST_HOUR.search(text) if zoned else None):
        hour, minute, second, half = int(found[1]), 0, 0, found[2]
    else:
        return text, timedelta(0), ["time"]
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half in "pP" else 0)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and minute + second):
        return rest, timedelta(0), ["time"]
    return rest, timedelta(hours=hour, minutes=minute, seconds=min(second, 59)), []


def _days(text: str) -> tuple[list[date], int | None, bool]:
    """The days that the text may mean, the weekday it names, and whether the order of its numbers was assumed."""
    text = re.sub(r"(?<=\d)T\s*$", " ", _ORDINAL.sub("", text))
    month, weekday = None, None
    names = [found.group().casefold() for found in _WORD.finditer(text)]
    months = sum(name in MONTHS for name in names)
    for name in names:
        if name in MONTHS and name in WEEKDAYS and months > 1 and weekday is None:  # "mar., 5 mars": Tuesday, then March
            weekday, months = WEEKDAYS[name], months - 1
        elif name in MONTHS and month is None:
            month = MONTHS[name]
        elif name in WEEKDAYS and weekday is None:
            weekday = WEEKDAYS[name]
        elif name not in FILLERS:
            return [], None, False
    if iso := _ISO_DATE.search(text):
        days, left = _dates([(int(iso[1]), int(iso[2]), int(iso[3]))]), text[: iso.start()] + text[iso.end() :]
        return ([] if month or re.search(r"\d", left) else days), weekday, False
    if month is not None:
        return _with_month(text, month), weekday, False
    if numeric := _NUMERIC.search(text):
        if re.search(r"\d", text[: numeric.start()] + text[numeric.end() :]):
            return [], None, False
        a, b, c = int(numeric[1]), int(numeric[3]), int(numeric[4])
        if len(numeric[4]) == 4:
            days = _dates([(c, b, a), (c, a, b)])
        else:
            days = _dates([(2000 + c, b, a), (2000 + c, a, b), (2000 + a, b, c)])
        sure = numeric[2] == "." and len(numeric[4]) == 4  # d.m.yyyy is written in no other order
        return (days[:1] if sure else days), weekday, len(days) > 1 and not sure
    return [], None, False


def _with_month(text: str, month: int) -> list[date]:
    """The day when the month is a word: one number must be the day, one the year."""
    numbers = re.findall(r"\d+", text)
    if len(numbers) != 2:
        return []
    years = [number for number in numbers if len(number) == 4]
    day, year = (numbers[1], numbers[0]) if years and numbers[0] == years[0] else (numbers[0], numbers[1])
    if len(day) > 2 or len(year) not in {2, 4}:
        return []
    return _dates([(int(year) if len(year) == 4 else 2000 + int(year) - (100 if int(year) > 68 else 0), month, int(day))])


def _dates(parts: Iterable[tuple[int, int, int]]) -> list[date]:
    found: list[date] = []
    for year, month, day in parts:
        try:
            made = date(year, month, day)
        except ValueError:
            continue
        if made not in found:
            found.append(made)
    return found


def _chosen(days: list[date], weekday: int | None, today: date) -> date:
    """The reading that the weekday confirms, else the nearest that is not ahead of today, else the first."""
    for day in days:
        if weekday is not None and day.weekday() == weekday:
            return day
    past = [day for day in days if day <= today + timedelta(days=1)]
    return max(past, default=days[0])
