"""Number words: what "twenty-five", "1,200" or "two hundred and ten" are worth.

Read by `durations`, `when` and `quantities`; knows English only, and no ordinals.
"""

import re

_TO_NINETEEN = (
    "zero one two three four five six seven eight nine ten",
    "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
UNITS = {word: number for number, word in enumerate(" ".join(_TO_NINETEEN).split())}
TENS = {word: 10 * number for number, word in enumerate(_TENS.split(), start=2)}
SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}

_WORD = "|".join(sorted([*UNITS, *TENS, *SCALES], key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:,\d{3})+(?![\d,]\d)|\d+(?:\.\d+)?"
# One number, digits or words; no groups. "a" and "an" are not in it.
NUMBER = (
    rf"(?:(?:{_DIGITS})(?:\s+(?:hundred|thousand|million)\b)?"
    rf"|(?:{_WORD})\b(?:(?:(?<=hundred)\s+and\s+|(?<=thousand)\s+and\s+|\s+|-)(?:{_WORD})\b)*)"
)
# Two numbers; groups `between`, `low` and `high`.
RANGE = (
    rf"(?P<between>between\s+)?(?P<low>{NUMBER})(?(between)\s+and\s+|(?:(?<=\d)\s*[-–]\s*(?=\d)|\s+(?:to|or)\s+|-(?:to|or)-))"
    rf"(?P<high>{NUMBER})"
)
MOST = 1e12  # longer strings of digits count nothing
_READ = re.compile(rf"{_DIGITS}|[a-z]+", re.IGNORECASE)


def value(words: str) -> float | None:
    """The number that the words stand for; None when any of them is no number word. Whole numbers come as whole floats."""
    total, part, seen = 0.0, 0.0, False
    for token in _READ.findall(words):
        low = token.lower()
        if low[0].isdigit():
            part += float(low.replace(",", ""))
        elif low in UNITS or low in TENS:
            part += UNITS.get(low, 0) + TENS.get(low, 0)
        elif low == "hundred":
            part = (part or 1) * 100
        elif low in SCALES:
            total, part = total + (part or 1) * SCALES[low], 0.0
        elif low in {"a", "an"} and not seen:
            part = 0.0
        elif low != "and":
            return None
        seen = seen or low != "and"
    return min(total + part, MOST) if seen else None
