"""Lengths of time as people write them in settings and rules: `30s`, `5m`, `48h`, `30d`, `2w`."""

import re
from datetime import timedelta

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_PARTS = re.compile(r"(?:(\d{1,9})\s?([smhdw]))+")
_PART = re.compile(r"(\d{1,9})\s?([smhdw])")
LONGEST_S = 36_500 * 86_400  # a century; longer ones are slips of the hand

HOW = 'a length of time like "30s", "5m", "48h", "30d" or "2w"'  # for error texts


def duration(text: str) -> timedelta:
    """The length that `text` states, of one part or several ("1h30m").

    Raises:
        ValueError: it states none, or one of nothing or of more than a century; the text says what is allowed.
    """
    if not _PARTS.fullmatch(text.strip()):
        raise ValueError(f'"{text}" is not {HOW}')
    seconds = sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    if not 0 < seconds <= LONGEST_S:
        raise ValueError(f'"{text}" is out of range; allowed: from 1s to 36500d')
    return timedelta(seconds=seconds)


def in_words(length: timedelta) -> str:
    """The length as `duration` reads it, in the fewest parts: "30d", "1h30m"."""
    rest = int(length.total_seconds())
    parts = []
    for unit in ("d", "h", "m", "s"):
        number, rest = divmod(rest, _UNITS[unit])
        parts += [f"{number}{unit}"] if number else []
    return "".join(parts) or "0s"


EVENTS_KEPT = timedelta(days=400)  # unless the settings say otherwise; rules may not look back further
