"""Which deeds an article recalls, by where they stand in it: in a run of old dates, behind "at the time", in a feature, in a review of a year.

Called by the reader once per article, behind `setting`. Asks only of deeds told without a date of their own and below the first
sentences; what one sentence says of its own age is `past`'s question.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from streams.extract import when
from streams.extract.cues import Cue
from streams.extract.drafts import Cluster, Draft
from streams.extract.parsed import Parsed
from streams.extract.sheets import Line
from streams.extract.tokens import Token

_HEAD = 4  # sentences, the title among them, in which a report says what its news is; an assumption
_FAR = 6  # sentences from the top: background stands below; an assumption
_LONG = 14  # sentences from which on an article can be a feature; an assumption
_OLD = timedelta(days=30)  # what is dated earlier is no news below the head; an assumption
_RECENT = timedelta(days=8)
_NEAR = 2  # sentences on either side that make a run of dates
_REACH = 6  # sentences back to the date that "at the time" leans on
_OLD_DATES = 2  # so many make a text without news one on the past
_MONTHS = 6  # so many months named make an article a review
_THEN = Cue(
    r"\b(?:at th(?:e|at) time|back then|in those days|by then|(?:(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|\w+teen|\w+ty|\d+|several|some|a few|many)"
    r" (?:short time|while|days?|weeks?|months?|years?|decades?)|shortly|soon) (?:later|earlier|after(?:wards?)?|before)\b(?! (?:than|the|a|his|her|its|he|she|they|it)\b)"
    r"|subsequent(?:ly)?|that (?:year|summer|autumn|winter|spring|month|fateful \w+)|the (?:following|next|previous) (?:year|month))\b",
    re.IGNORECASE,
)  # fmt: skip
_NOW = Cue(
    r"\b(?:meanwhile|elsewhere|separately|now|today|tonight|currently|latest|fresh|so far|(?:in|over|for) (?:recent|the (?:past|last|coming)) \w+)\b",
    re.IGNORECASE,
)
_PERFECT = Cue(r"\b(?:has|have)\b(?! to\b)", re.IGNORECASE)
# "a priest who was killed in 1966": dates whom it names, not the sentence
_WHO = Cue(r"\b(?:who|whose|whom|which|where|born|founded|formed|established)\b[^,;()]*$", re.IGNORECASE)
_STREET = Cue(
    r"\s+(?:avenues?|streets?|squares?|bridge|roads?|boulevard|stadium|battalion|brigade|movement|university|district)\b",
    re.IGNORECASE,
)
_MONTH = Cue(
    r"\b(?:January|February|(?:[Ii]n|[Oo]f|[Ss]ince|[Uu]ntil|[Bb]y|[Ll]ast|[Ee]arly|[Ll]ate) (?:March|May)|April|June|July|August|September|October|November|December)\b"
)


def apply(published: datetime, lines: Sequence[Line], sheets: Mapping[int, Parsed], drafts: Mapping[int, Sequence[Draft]]) -> None:
    """Makes drafts of an article, by number of their sentence, `retold` where the article recalls them; lines in reading order."""
    asked = [number for number, own in drafts.items() if number >= _HEAD and any(_open(draft) for draft in own)]
    if not asked:
        return
    dates = _Dates(published, lines, sheets)
    feature = len(lines) >= _LONG and not dates.recent(range(_HEAD)) and not _news(drafts) and dates.mostly_old()
    review = len(lines) >= _LONG and len({m for line in lines for m in _MONTH.findall(line.text)}) >= _MONTHS
    for number in asked:
        told = sheets[number]
        if _NOW.search(told.plain) or dates.recent(range(number - 1, number + 2)):
            continue
        so_far = _PERFECT.search(told.plain) is not None
        run = number >= _FAR and not so_far and dates.old_run(number)
        then = number >= _FAR and _THEN.search(told.plain) is not None and dates.old_before(number)
        if run or then or (not so_far and (feature or (review and number >= _FAR))):
            for draft in drafts[number]:
                if _open(draft):
                    draft.telling = replace(draft.telling, stage="retold", outcome=())


def known(published: datetime, clusters: Sequence[Cluster], sheets: Mapping[int, Parsed]) -> None:
    """Makes events `retold` that an article first names far down as known to its readers, and on no day: "the murder of a rival"."""
    for cluster in clusters:
        first = cluster.drafts[0].sentence
        if first < _FAR or not all(_open(draft) and draft.definite for draft in cluster.drafts):
            continue
        if any(_by_which(sheets[draft.sentence].tokens[i]) for draft in cluster.drafts for i in draft.tokens):
            continue
        if not _NOW.search(sheets[first].plain) and not _Dates(published, (), sheets).recent(range(first - 1, first + 1)):
            for draft in cluster.drafts:
                draft.telling = replace(draft.telling, stage="retold", outcome=())


def _by_which(noun: Token) -> bool:
    """ "was held off with the use of tear gas": a manner of doing, which "the" makes no known deed."""
    return bool(noun.dep_ == "pobj" and noun.head.lower_ in ("with", "by", "through"))


def _open(draft: Draft) -> bool:
    """Whether a draft tells a deed as news, without a date."""
    told = draft.telling
    return told.stage == "happened" and told.standing != "denied" and told.time is None and told.path[0] != "statements"


def _news(drafts: Mapping[int, Sequence[Draft]]) -> bool:
    """Whether the head of the article tells a deed as news."""
    return any(
        draft.telling.stage == "happened" and draft.telling.path[0] in ("violence", "accidents", "protests", "state-acts")
        for number, own in drafts.items()
        if number < _HEAD
        for draft in own
    )


class _Dates:
    """When each sentence of an article says that it happened."""

    def __init__(self, published: datetime, lines: Sequence[Line], sheets: Mapping[int, Parsed]) -> None:
        self._published, self._sheets = published, sheets
        self._texts = {line.number: line.text for line in lines}
        self._ends: dict[int, list[datetime]] = {}

    def recent(self, numbers: Sequence[int]) -> bool:
        """Whether one of the sentences names a time of the article's own days."""
        return any(end >= self._published - _RECENT for number in numbers for end in self._of(number))

    def old_run(self, number: int) -> bool:
        """Whether the sentences around name times, and all of them lie long ago."""
        around = [end for near in range(number - _NEAR, number + _NEAR + 1) for end in self._of(near)]
        return bool(around) and self._all_old(around)

    def old_before(self, number: int) -> bool:
        """Whether the date told last before lies long ago, or there is none."""
        for back in range(number - 1, max(number - _REACH, 0) - 1, -1):
            if ends := self._of(back):
                return self._all_old(ends)
        return True

    def mostly_old(self) -> bool:
        """Whether the article names times long ago, and more of them than of its own days."""
        ends = [end for number in self._texts for end in self._of(number)]
        old = sum(end < self._published - _OLD for end in ends)
        return old >= _OLD_DATES and old > len(ends) - old

    def _all_old(self, ends: Sequence[datetime]) -> bool:
        return all(end < self._published - _OLD for end in ends)

    def _of(self, number: int) -> list[datetime]:
        """The ends of the times that a sentence names."""
        if number not in self._ends:
            text = self._sheets[number].text if number in self._sheets else self._texts.get(number, "")
            stated = [e for e in when.find(text) if e.relation != "since" and not _STREET.match(text, e.end)]
            told = [e for e in stated if not _WHO.search(text[: e.start])]
            found = [when.resolve(e, self._published) for e in told]
            self._ends[number] = [interval.end for interval in found if interval is not None]
        return self._ends[number]
