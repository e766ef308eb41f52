"""Told as another than before: "a second salvo", "another vessel", "its third attack in 24 hours", "four hours after the first".

Called by `tellings` for each sentence with an attack. Words alone decide; what they count, which number, and within how long. A text
that counts over weeks or years says so too: whoever compares events knows from `within_h` that the first may lie far back.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from streams.extract.cues import Cue
from streams.extract.drafts import Draft
from streams.extract.numerals import NUMBER, value
from streams.extract.parsed import Wording
from streams.records.flow import Again, Span

_ORDINALS = {
    word: number for number, word in enumerate("second third fourth fifth sixth seventh eighth ninth tenth".split(), start=2)
}
_NTH = rf"(?P<nth>{'|'.join(_ORDINALS)}|\d{{1,2}}(?:nd|rd|th)|another|one more)"
_SALVO = r"(?:salvos?|salvoes|waves?|barrages?|volleys?|rounds?|attacks?|strikes?|airstrikes?|raids?|bombardments?|bombings?|blasts?|explosions?|assaults?|hits?)"
_THING = (
    r"(?:ships?|vessels?|(?:super)?tankers?|freighters?|carriers?|trawlers?|boats?|warships?|frigates?|(?:naval|maritime|sea|shipping) targets?|"
    r"bases?|outposts?|convoys?|buses|bus|airfields?|airports?|refinery|refineries|embassy|police stations?|checkpoints?|churches|church|mosques?)"
)
_BETWEEN = r"(?: (?!(?:and|or|of|on|in|to|by|most|least|\w+est)\b)[\w'’.-]+){0,3}?"  # "the second largest attack" counts nothing
_ATTACK = Cue(rf"\b(?:(?:a|an|the|its|their|his) )?{_NTH}(?: of)?{_BETWEEN} {_SALVO}\b", re.IGNORECASE)
_TARGET = Cue(rf"\b(?:(?:a|an|the) )?{_NTH}(?: of)?{_BETWEEN} {_THING}\b", re.IGNORECASE)
_COUNTED = Cue(
    rf"[,;–—-] ?(?:(?:in|for) )?(?:the|its|their|a) {_NTH}(?= (?:in|within|so far|since|today|this|that|of the|on the)\b)",
    re.IGNORECASE,
)
_TIME = Cue(rf"\bfor (?:the|a) {_NTH} time\b", re.IGNORECASE)
_AFTER = Cue(
    rf"\b(?:(?P<count>{NUMBER}|an?|half an|several|a few|some|just)(?: \w+)? )?(?P<unit>minutes?|hours?) (?:after|later than|from)"
    rf"(?: (?!and\b)[\w'’.-]+){{0,3}}? (?:first|earlier|previous|initial|similar|another|one)(?: (?:[\w-]+ )?{_SALVO})?\b",
    re.IGNORECASE,
)
_AGAIN = Cue(
    rf"\bagain\b[^.;]{{0,40}}?\b(?:(?P<count>{NUMBER}|an?|several|a few|some) )?(?P<unit>hours?|minutes?) later\b|"
    rf"\b(?:(?P<before>{NUMBER}|an?|several|a few|some) )?(?P<units>hours?|minutes?) later\b[^.;]{{0,40}}?\bagain\b",
    re.IGNORECASE,
)
_WITHIN = Cue(
    rf"\b(?:in|within|over|during)(?: the)?(?: (?:past|last|space of|course of))*(?: (?P<count>{NUMBER}|as many|an?|less than an?|under))? (?P<unit>hours?|days?|nights?|weeks?|months?|years?)\b|"
    r"\b(?P<today>today|tonight|overnight|on the same day|the same day|(?:of|on) the day|that day|this (?:morning|afternoon|evening))\b|\b(?P<long>this|since|so far)\b",
    re.IGNORECASE,
)
_ROUND_UP = Cue(r"\bin $", re.IGNORECASE)  # "In another attack, gunmen …": apart in its article, and any of those told elsewhere
_EARLIER = Cue(r"(?:after|later than|from) ", re.IGNORECASE)  # what stands behind it is what was told before
_NEW = Cue(r"(?:an? |another|one more)", re.IGNORECASE)
_HOURS = {"minute": 1 / 60, "hour": 1.0, "day": 24.0, "night": 24.0, "week": 168.0, "month": 720.0, "year": 8760.0}
_FEW = 6.0  # "several hours", "hours": no more than so many; an assumption
_LONG = 8760.0
_REACH = 60  # characters behind the cue in which "in 24 hours" belongs to it


def find(parsed: Wording) -> Iterator[Again]:
    """Every cue of a sentence: what is counted by an ordinal, then hours "after the first" and "again"."""
    text = parsed.plain
    patterns: Sequence[tuple[Cue, Literal["attack", "target"]]] = (
        (_ATTACK, "attack"), (_TARGET, "target"), (_COUNTED, "attack"), (_TIME, "attack"),
    )  # fmt: skip
    for pattern, what in patterns:
        for match in pattern.finditer(text):
            number = _number(match["nth"])
            within_h = _within(text[match.end() : match.end() + _REACH], number)
            if within_h is not None or not _ROUND_UP.search(text[: match.start()]):
                yield Again(quote=parsed.span(match.start(), match.end()), what=what, number=number, within_h=within_h)
    for pattern in (_AFTER, _AGAIN):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            count, unit = groups["count"] or groups.get("before"), groups["unit"] or groups.get("units") or "hour"
            yield Again(quote=parsed.span(match.start(), match.end()), what="attack", within_h=_long(count, unit, None))


def hung(parsed: Wording, drafts: Sequence[Draft]) -> None:
    """Hangs each cue on the attack whose word stands nearest; of several on one, each adds what the others do not say."""
    deeds = [draft for draft in drafts if not draft.statement and "armed-attack" in draft.telling.path]
    for cue in find(parsed) if deeds else ():
        near = [draft for draft in deeds if not (_EARLIER.search(cue.quote.text) and _inside(draft, cue.quote))]
        if not near:
            continue
        draft = min(near, key=lambda draft: _gap(draft.telling.trigger, cue.quote))
        draft.telling = replace(draft.telling, again=_both(draft.telling.again, cue))


def another(again: Again | None) -> bool:
    """Whether the words bring in something new ("a second salvo"), and do not count what was told ("the third in 24 hours")."""
    return again is not None and _NEW.match(again.quote.text) is not None


def _both(known: Again | None, more: Again) -> Again:
    if known is None:
        return more
    hours = [each for each in (known.within_h, more.within_h) if each is not None]
    return replace(known, number=known.number or more.number, within_h=min(hours, default=None))


def _inside(draft: Draft, quote: Span) -> bool:
    return quote.start <= draft.telling.trigger.start < quote.end


def _gap(one: Span, other: Span) -> int:
    return max(one.start - other.end, other.start - one.end, 0)


def _number(word: str) -> int | None:
    digits = re.match(r"\d+", word)
    return int(digits[0]) if digits else _ORDINALS.get(word.lower())


def _within(words: str, number: int | None) -> float | None:
    found = _WITHIN.search(words)
    if found is None:
        return None
    if found["today"]:
        return 24.0
    return _LONG if found["long"] else _long(found["count"], found["unit"], number)


def _long(count: str | None, unit: str, number: int | None) -> float:
    """Hours; "as many" repeats the number told before it, and what is not counted are a few."""
    unit = unit.lower().rstrip("s")
    each = _HOURS[unit]
    if count is None:
        return _FEW * each if unit in ("minute", "hour") else each
    word = count.lower()
    if word == "as many":
        return each * (number or 2)
    if word in ("several", "a few", "some", "just"):
        return _FEW * each
    return each * (value(word) or 1.0)
