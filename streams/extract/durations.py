"""How long: stretches of time as bounds in days ("nearly three months" is 75 to 91).

Read by the extractor for stated pauses and by `when` for "ago" and "later". Says nothing of where the stretch lies.

Bounds. A plain "n months" is 30 n to 30.44 n days, weeks 7 n, years 365 n to 365.25 n: who compares allows for rounding.
"nearly n" reaches down by half a unit, by a quarter of it all when n is below two; "about n" does so on both sides; "just
over n" reaches up by a quarter. "more than n" and "at least n" have no upper bound, "up to n" and "less than n" begin at 0.
"a couple of" is 2 to 3, "a few" 2 to 5, "several" 3 to 6 (assumptions); a bare plural ("weeks of calm") is 2 and more.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from streams.extract import numerals
from streams.extract.cues import Cue

# Days in one unit: shortest and longest reading.
UNIT_DAYS = {
    "minute": (1 / 1440, 1 / 1440),
    "hour": (1 / 24, 1 / 24),
    "day": (1.0, 1.0),
    "night": (1.0, 1.0),
    "week": (7.0, 7.0),
    "fortnight": (14.0, 14.0),
    "month": (30.0, 30.4375),
    "year": (365.0, 365.25),
    "decade": (3650.0, 3652.5),
}
VAGUE = {"couple": (2.0, 3.0), "few": (2.0, 5.0), "several": (3.0, 6.0), "some": (2.0, 6.0), "many": (4.0, None), "": (2.0, None)}

NEARLY = r"nearly|almost|close\s+to|just\s+under|just\s+short\s+of|approaching"
ABOUT = r"about|around|roughly|approximately|some|an?\s+estimated"
OVER = (
    r"more\s+than|over|longer\s+than|upwards?\s+of|in\s+excess\s+of|at\s+least|no\s+less\s+than|not\s+less\s+than|a\s+minimum\s+of"
)
JUST_OVER = r"just\s+over|a\s+little\s+(?:more\s+than|over)|slightly\s+(?:more\s+than|over)"
UNDER = r"less\s+than|fewer\s+than|under|up\s+to|at\s+most|no\s+more\s+than|not\s+more\s+than|a\s+maximum\s+of"
MODIFIER = rf"(?:{JUST_OVER}|{NEARLY}|{OVER}|{UNDER}|{ABOUT})"
UNIT = r"(?:minute|hour|day|night|week|fortnight|month|year|decade)"
# "two to three", "half a", "two and a half", "several", "a"
AMOUNT = (
    rf"(?:{numerals.RANGE}|(?P<half>half\s+an?)|(?P<number>{numerals.NUMBER})(?P<plushalf>[\s-]+and[\s-]+a[\s-]+half)?"
    r"|(?P<vague>(?:a\s+)?(?:couple|few)(?:\s+of)?|several|many)|(?P<one>an?|the))"
)
_DURATION = Cue(
    rf"(?<![\w-])(?:(?P<modifier>{MODIFIER})\s+(?:the\s+)?)?"
    rf"(?:{AMOUNT}(?:\s+|-)(?P<unit>{UNIT})(?P<plural>s?)\b(?P<afterhalf>\s+and\s+a\s+half)?"
    rf"|(?P<bare>{UNIT})(?:s\b(?!-long)|(?P<long>s?-?long)\b))",
    re.IGNORECASE,
)
# Not a stretch: an age, a point in time, a rate.
_NO_STRETCH = Cue(r"['’]?\s*[-\s]?(?:old|ago|earlier)\b|\s+before\b\s*[.,;]", re.IGNORECASE)
_RATE = Cue(r"(?:\b(?:once|twice)|(?P<plural>\b[^\W\d_]+s))\s+$", re.IGNORECASE)
_VERBS_IN_S = frozenset(["lasts", "spans", "takes", "was", "is", "has", "this", "thus", "as", "us", "needs", "marks", "covers"])


@dataclass(frozen=True, slots=True)
class Duration:
    """A stretch of time as a text states it; offsets are half-open, in characters of that text."""

    text: str  # with its "nearly" or "more than", without a leading article: "nearly three-month"
    start: int
    end: int
    days_low: float
    days_high: float | None  # None: no upper bound


def find_durations(text: str) -> list[Duration]:
    """The stretches of time named in a text, in reading order. Ages, rates and "three months ago" are none."""
    found = []
    for match in _DURATION.finditer(text):
        start, end = match.start(), match.end()
        if _NO_STRETCH.match(text, end):
            continue
        article = match["one"] is not None and match["modifier"] is None
        if article and (match["plural"] or match["one"].lower() == "the" or _is_rate(text[:start])):
            continue
        if match["bare"] and not _bare_counts(text, match):
            continue
        low, high = bounds(match.groupdict())
        if article and (tail := re.match(r"-?long\b", text[end:])):
            start, end = match.start("unit"), end + tail.end()
        found.append(Duration(text[start:end], start, end, low, high))
    return found


def bounds(groups: Mapping[str, str | None]) -> tuple[float, float | None]:
    """Days from the named groups of a match: those of AMOUNT, and `modifier`, `unit` or `bare`, `afterhalf`, `long`."""
    shortest, longest = UNIT_DAYS[(groups.get("unit") or groups.get("bare") or "").lower()]
    low, high = _amount(groups)
    modifier = " ".join((groups.get("modifier") or "").lower().split())
    if re.fullmatch(JUST_OVER, modifier):
        high = 1.25 * (high or low)
    elif re.fullmatch(NEARLY, modifier):
        low = low - min(0.5, low / 4)
    elif re.fullmatch(OVER, modifier):
        high = None
    elif re.fullmatch(UNDER, modifier):
        low = 0.0
    elif modifier:
        slack = min(0.5, low / 4)
        low, high = low - slack, None if high is None else high + slack
    return _whole(low * shortest), None if high is None else _whole(high * longest)


def _amount(groups: Mapping[str, str | None]) -> tuple[float, float | None]:
    half = 0.5 if groups.get("plushalf") or groups.get("afterhalf") else 0.0
    if low := groups.get("low"):
        first, last = numerals.value(low) or 0.0, numerals.value(groups.get("high") or "")
        return (first, last) if last is None else (min(first, last), max(first, last))
    if groups.get("half"):
        return 0.5, 0.5
    if words := groups.get("number"):
        number = (numerals.value(words) or 0.0) + half
        return number, number
    if vague := groups.get("vague"):
        return VAGUE[next(word for word in ("couple", "few", "several", "many") if word in vague.lower())]
    if groups.get("one") or (groups.get("long") or "s").startswith(("-", "l")):
        return 1.0 + half, 1.0 + half
    return VAGUE[""]


def _whole(days: float) -> float:
    return float(math.floor(days)) if days >= 1 else days


def _is_rate(before: str) -> bool:
    word = _RATE.search(before)
    return word is not None and (word["plural"] is None or word["plural"].lower() not in _VERBS_IN_S)


def _bare_counts(text: str, match: re.Match[str]) -> bool:
    """A bare "weeks" is a stretch in "weeks of calm", "for weeks", "in months"; not in "recent days", "the days"."""
    if match[0].lower().endswith("long"):
        return True
    before, after = text[: match.start()], text[match.end() :]
    return bool(
        match["modifier"]
        or re.search(r"\b(?:for|after|in|of|lasted|took|lasting|following|within)\s+$", before, re.IGNORECASE)
        or (
            re.match(r"\s+of\b|-long\b", after)
            and not re.search(r"\b(?:recent|the|these|those|last|past)\s+$", before, re.IGNORECASE)
        )
    )
