"""Which words of a sentence say when: finds time expressions and reads their pieces, without resolving them.

Called through `streams.extract.when`; the forms are in `time_forms`, the judgement whether "may" or "2000" is a time is here.
Knows English only. Offsets are half-open, in characters of the text given.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from streams.extract.time_forms import COMPILED, HINT, MONTH, WEEKDAY

Relation = Literal["", "since", "until", "before", "after"]


@dataclass(frozen=True, slots=True)
class TimeExpr:
    """One time expression: characters [start, end) of its text, and what it was read as."""

    text: str  # without a leading preposition: "early February" in "since early February"
    start: int
    end: int
    kind: str  # of the form that matched, e.g. "day", "month", "ago"
    parts: tuple[tuple[str, str], ...] = ()  # named pieces of the form, lower case
    relation: Relation = ""  # the preposition before it: what happens since, until, before or after it
    future: bool = False  # words point ahead ("will meet on", "next week"), so that it is not sought in the past

    def part(self, name: str) -> str:
        """A named piece in lower case, "" when it is not there."""
        return next((value for key, value in self.parts if key == name), "")


_RELATION = re.compile(
    r"\b(?P<word>since|from|until|till|through|by|no\s+later\s+than|before|ahead\s+of|prior\s+to|after|following)\s+"
    r"(?:at\s+least\s+|about\s+|around\s+|the\s+|on\s+)?$",
    re.IGNORECASE,
)
_RELATIONS: dict[str, Relation] = {
    "since": "since", "from": "since", "until": "until", "till": "until", "through": "until", "by": "until",
    "no later than": "until",
    "before": "before", "ahead of": "before", "prior to": "before", "after": "after", "following": "after",
}  # fmt: skip
# What follows lies ahead, unless somebody "said" or something "the attack on" comes between.
_AHEAD = re.compile(
    r"\b(?:will(?!\s+have)|shall|would(?!-be|\s+have)|won['’]t|(?:is|are|was|were)\s+(?:due|set|scheduled|expected|slated|planned)"
    r"|(?:(?<!['’]s\s)(?<!\bthe\s)(?<!\ba\s)(?<!\bits\s)plan|plans|planned|expects?|hopes?|aims?)\s+to|expects?|begins|starts|opens|takes\s+effect|(?:due|set|scheduled|planned|slated)\s+(?:for|to|on|in)|going\s+to|upcoming|intends?\s+to|no\s+later\s+than)\b"
    r"(?P<gap>(?:[^.;]|\.(?=\d))*)$",
    re.IGNORECASE,
)
_NOT_AHEAD = re.compile(
    r"\b(?:said|says|told|announced|reported|added|confirmed|declared|denied|according|warned|stated|wrote|after|since|when|killed)\b"
    r"|\b(?:the|this|that|these|those|its|their|deadly)\s+(?:\S+\s+){0,5}?(?:attack|strike|blast|explosion|raid|shelling|killing"
    r"|bombing|shooting|ambush|assault|airstrike|incident)s?\s+(?:\w+\s+)?(?:on|early|late)?\s*$",
    re.IGNORECASE,
)
_LIKE_THE = r"in|of|since|until|till|by|from|through|during|early|mid|late|before|after|between"
# A month that is also a verb or a name counts only after these, or beside a day or a year.
_BEFORE_MONTH = re.compile(rf"\b(?:{_LIKE_THE}|last|this|next|for|{MONTH}\s+(?:and|to|or|through))[\s-]+$", re.IGNORECASE)
_BEFORE_YEAR = re.compile(
    rf"(?:\b(?:{_LIKE_THE}|the|a|and|to|last|deadly|previous|infamous|its|their|his|for|year)[\s-]+|[(–-])$", re.IGNORECASE
)
_MEASURED = re.compile(
    r"\b(?:some|about|around|over|than|nearly|almost|least|roughly|estimated|killed|wounded|fired|[$€£])\s*$", re.IGNORECASE
)
_COUNTED = re.compile(
    r"\s+(?:people|troops|soldiers|civilians|men|women|children|fighters|rockets|missiles|drones|homes|houses|families|dollars|barrels"
    r"|tons|tonnes|others|more|metres|meters|feet|km|kilometres|miles|hours|hrs|gmt|utc|u\.s\.|american)\b",
    re.IGNORECASE,
)
_PLURAL = re.compile(r"\s+[a-z-]+s\b")
_COUNTED_OFF = re.compile(r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|several|few)\s+\w+\s+$", re.IGNORECASE)
_IDIOM = re.compile(r"\b(?:no|or|and|every|each|most|bloody|black|palm|good|easter|ash|super|cyber|holy)\s+$", re.IGNORECASE)
_AND_TIME = re.compile(
    rf"\b(?:morning|afternoon|evening|night|overnight|today|yesterday|{WEEKDAY})\s+and\s+(?:again\s+)?(?:on\s+)?$", re.IGNORECASE
)
_PAPER = re.compile(r"\s+(?:Times|Telegraph|Mirror|Mail|Express|Herald)\b")
_PREPOSITION = re.compile(r"\b(?:at|around|about|by|before|after|since|until)\s+$", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,()]*(?:on|at|around|about|(?:just|shortly)\s+(?:before|after)|of|or)?[\s(]*", re.IGNORECASE)


@lru_cache(maxsize=512)  # of an article's sentences, which several questions ask for
def find(text: str) -> tuple[TimeExpr, ...]:
    """Time expressions of a sentence in reading order, without overlaps; a clock time and its day are one."""
    if not HINT.search(text):
        return ()
    found: list[TimeExpr] = []
    for candidate in sorted(_candidates(text), key=lambda expr: (expr.start, -expr.end)):
        if not found or candidate.start >= found[-1].end:
            found.append(candidate)
        elif candidate.end - candidate.start > 2 * (found[-1].end - found[-1].start):
            found[-1] = candidate
    return tuple(_with_clocks(text, found))


def _candidates(text: str) -> Iterator[TimeExpr]:
    folded = text.casefold()
    for kind, pattern, needs in COMPILED:
        if not all(any(one in folded for one in need) for need in needs):
            continue
        for match in pattern.finditer(text):
            if not _stands(text, kind, match):
                continue
            start, end = _bounds(text, match)
            parts = {name: _plain(words) for name, words in match.groupdict().items() if words is not None}
            relation = _RELATION.search(text, 0, start)
            yield TimeExpr(
                text[start:end], start, end, kind, tuple(parts.items()),
                _RELATIONS[_plain(relation["word"])] if relation else "", _ahead(text, start, end, parts),
            )  # fmt: skip


def _bounds(text: str, match: re.Match[str]) -> tuple[int, int]:
    """Where the expression itself lies: without the preposition that a form needs, without a possessive, with its bracket."""
    groups = match.groupdict()
    start = next((match.start(name) for name in ("weekend", "bare") if groups.get(name)), match.start())
    start = match.end("lead") if groups.get("lead") else start
    end = match.end() - 2 if match[0].lower().endswith(("'s", "’s")) else match.end()
    return start, end + (text[end : end + 1] == ")" and "(" in text[start:end])


def _plain(words: str) -> str:
    return " ".join(words.lower().split())


def _stands(text: str, kind: str, match: re.Match[str]) -> bool:
    """Whether the words mean a time here: "may" is a verb, "march" a walk, "2000 troops" a count."""
    before, groups = text[: match.start()], match.groupdict()
    if kind == "month":
        return _is_month(match, before, text[match.end() :])
    if kind == "year" and groups.get("year"):
        if _COUNTED.match(text, match.end()) or _MEASURED.search(before):
            return False
        return bool(groups["third"] or _BEFORE_YEAR.search(before) or not _PLURAL.match(text, match.end()))
    if kind == "clock":
        return bool(groups["ampm"] or groups["zone"] or _PREPOSITION.search(before))
    if kind == "later" and _COUNTED_OFF.search(before):  # "nine moves later"
        return False
    joined = _AND_TIME.search(before) is not None  # "last night and today": the second of two times
    if kind in ("later", "day") and _IDIOM.search(before) and not joined:
        return False
    if kind == "day":
        if groups.get("wd"):
            return (joined or not _IDIOM.search(text[: match.start("wd")])) and not _PAPER.match(text, match.end())
        return groups.get("month") not in {"may", "march", "mar"}
    return kind != "feast" or match[0][0].isupper()


def _is_month(match: re.Match[str], before: str, following: str) -> bool:
    word, told = match["month"], match["year"] or match["yearmod"] or match["third"] or match["mod"]
    led = _BEFORE_MONTH.search(before) is not None
    if word.lower() in {"may", "march"}:
        if word[0].islower() or not (told or led):
            return False
        return told is not None or not re.match(r"\s+(?:for|on|of|to|against|have|be|not)\b", following)
    if word[0].islower() and not (told or led):
        return False
    whole = len(word.rstrip(".")) > 4 or word.lower() in {"june", "july"}
    return whole or bool(match["year"] or match["third"] or led)


def _ahead(text: str, start: int, end: int, parts: dict[str, str]) -> bool:
    if parts.get("coming") or parts.get("rel") == "tomorrow" or parts.get("mod") in ("next", "coming", "this coming"):
        return True
    found = _AHEAD.search(text, 0, start)
    return found is not None and not _NOT_AHEAD.search(found["gap"]) and not re.match(r"['’]s\b", text[end:])


def _with_clocks(text: str, found: list[TimeExpr]) -> list[TimeExpr]:
    """Joins "3:30 a.m." and "on Sunday" into one expression of the day's kind, with the clock among its pieces.

    Of two clock times the one with a zone counts; the other one, local, is kept as `local` for the day it falls on.
    """
    joined: list[TimeExpr] = []
    for expr in found:
        last = joined[-1] if joined else None
        kinds = {last.kind, expr.kind} if last else set()
        if (
            last is None
            or "clock" not in kinds
            or not kinds <= {"clock", "day"}
            or not _BETWEEN.fullmatch(text, last.end, expr.start)
        ):
            joined.append(expr)
            continue
        parts = dict(last.parts)
        if expr.kind == "clock" and any(parts.get(name) for name in ("h12", "h24", "mil")):
            parts = {
                name: words for name, words in parts.items() if name not in ("h12", "m12", "ampm", "h24", "m24", "mil", "zone")
            }
            parts["local"] = last.part("h24") or str(int(last.part("h12") or 0) % 12 + 12 * last.part("ampm").startswith("p"))
        end = expr.end + (text[expr.end : expr.end + 1] == ")" and "(" in text[last.start : expr.end])
        kind = "day" if "day" in kinds else "clock"
        parts |= dict(expr.parts)
        joined[-1] = replace(last, text=text[last.start : end], end=end, kind=kind, parts=tuple(parts.items()))
    return joined
