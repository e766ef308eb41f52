"""In which setting an article tells: news, or a drill, a film, a trial, a day of remembrance, a yearly count, a hoax, a scenario.

Called by the reader once per article, when its sentences are drafted. A setting is opened by the title or one of the first two
sentences, where that tells no violence of its own and none was told before, and holds for what follows: "Shells hit the square"
is no news below "City marks thirty years since siege". What one sentence says of itself is `background`'s question.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from streams.extract.background import FALSE_TALK
from streams.extract.drafts import Draft
from streams.extract.sheets import Line
from streams.records.flow import Telling

Kind = Literal["exercise", "fiction", "court", "remembered", "counted", "hoax", "scenario"]

RECENT = timedelta(days=8)  # what is dated nearer to its publication is news in any article on the past; an assumption
_MILITARY = r"military|naval|joint|annual|live-fire|large-scale|air|sea|border|civil|emergency|field|nato|allied|defen[cs]e|tabletop|army|fleet"
_WORDS: Mapping[Kind, str] = {
    "exercise": rf"\b(?:{_MILITARY}|hold\w*|held|stag(?:e|es|ed|ing)|beg[aiu]n\w*|start(?:s|ed)?|conduct(?:s|ed|ing)?|end(?:s|ed)?|in an?|during|of the)"
    r"\s(?:[\w-]+\s){0,4}?(?:drills?|exercises?|manoeuvres|maneuvers|war[ -]?games?)\b|\brehears(?:e|es|ed|al|als|ing)\b|\bsimulat(?:e|es|ed|ion|ions|ing)\b"
    r"|\bmock (?:attack|battle|raid|assault|evacuation|strike|casualt)\w*",
    "fiction": r"\b(?:films?|movies?|thriller|novels?|video ?games?|box office|sitcom|tv series|screenplay|trilogy|miniseries|documentary|exhibition|museum|memoir"
    r"|opera|starring|filmmaker|novelist|playwright)\b|\b(?:new|hit|in the|in this) (?:game|play|series|drama)\b",
    "court": r"\b(?:(?:on|goes on|went on|war crimes|murder|terror(?:ism)?|the|re)[ -]?trial (?:of|over|for|opens?|opened|began|begins|resumes?|resumed|in|on|starts?|started|heard|for)"
    r"|trial (?:opens?|begins?|starts?|resumes?) (?:over|in|of)|convicted|sentenced|jailed for|pleaded|jury|jurors|prosecutors? (?:say|said|read|told|asked|opened|sought|demanded)"
    r"|verdict|indict(?:ed|ment)|testif(?:y|ied|ies)|tribunal|acquitted|inquest|(?:the|a) court (?:in|on|has|had|heard|ruled|sentenced|jailed|ordered|upheld|rejected|found))\b",
    "remembered": r"\b(?:anniversary|commemorat\w+|remembrance|wreaths?|declassified|historians?|veterans|survivors (?:recall|remember)\w*"
    r"|(?:marks?|marked|marking|remembers?|remembered|recalls?|recalled) (?:[\w-]+ ){0,4}(?:years?|decades?|massacre|siege|war|victims|day)|laid (?:flowers|a wreath)"
    r"|(?:years?|decades?) (?:ago|since|on)|unveil(?:s|ed) (?:a |the )?(?:memorial|monument|plaque))\b",
    "counted": r"\b(?:report|study|survey|figures|data|watchdog|group|monitors?|agency|database|researchers)\b[^.;]{0,90}\b(?:counts?|counted|lists?|listed|recorded|documented|tallied"
    r"|catalogued|verified) [^.;]*\b(?:attacks?|incidents?|cases?|killings?|abductions?|strikes?|violations?|\d{2,})\b|\b(?:annual|yearly) (?:report|review|survey|index)\b",
    "hoax": rf"{FALSE_TALK.pattern}|\b(?:fact[- ]check\w*|debunk\w*|doctored|ai-generated|computer-generated|never happened|did not happen|nothing of the kind|made with software"
    r"|(?:fake|old|doctored|staged|misleading|altered) (?:videos?|clips?|footage|images?|photos?|pictures?|posts?|audio)"
    r"|no such (?:attack|incident|strike|thing|order|event))\b",
    "scenario": r"\bwhat (?:a|an|if|would|happens if)\b[^.;]*\b(?:would|could|might|looks? like|mean)\b|\bcould look like\b|\bworst[- ]case\b|\bin (?:the|this|his|her|their) scenario\b",
}  # fmt: skip
_CUES = {kind: re.compile(words, re.IGNORECASE) for kind, words in _WORDS.items()}
_ELSEWHERE = re.compile(
    r"^\W*(?:meanwhile|separately|elsewhere|in (?:a )?separate|in other (?:news|developments)|in another (?:incident|attack|development))\b",
    re.IGNORECASE,
)
_STAGES: Mapping[Kind, Literal["exercise", "retold", "hypothetical"]] = {
    "exercise": "exercise", "fiction": "retold", "court": "retold", "remembered": "retold", "counted": "retold", "scenario": "hypothetical",
}  # fmt: skip
_OF_THE_PAST = frozenset[Kind]({"court", "remembered", "counted"})
_ALL_TYPES = frozenset[Kind]({"exercise", "fiction", "scenario"})  # even a curfew is none there; a trial has arrests that are real
_OWN = frozenset({"exercise", "weapons-test", "arrests"})  # types that a drill's or a hoax's article tells as news


@dataclass(slots=True)
class Setting:
    """The setting of one article, told sentence by sentence in reading order."""

    published: datetime
    kind: Kind | None = None
    news: bool = False  # violence was told as news already

    def take(self, line: Line, drafts: Sequence[Draft]) -> None:
        """Takes in a sentence: changes its drafts as the setting asks, then lets it open or close one."""
        if self.kind is not None and (_ELSEWHERE.search(line.text) or self._real(drafts)):
            self.kind, self.news = None, True
        if self.kind is not None:
            for draft in drafts:
                draft.telling = self._set(draft.telling)
            return
        if any(_violent(draft.telling) and _told(draft.telling) for draft in drafts):
            self.news = True
        elif line.lead and not self.news:
            self.kind = next((kind for kind, cue in _CUES.items() if cue.search(line.text)), None)

    def _real(self, drafts: Sequence[Draft]) -> bool:
        """Whether a sentence breaks the setting: a recent deed in an article on the past, somebody hurt in one on a drill."""
        for draft in drafts:
            told = draft.telling
            if not (_violent(told) and _told(told)):
                continue
            if self.kind in _OF_THE_PAST and self._recent(told):
                return True
            if self.kind == "exercise" and any(count.what in ("killed", "wounded") and count.low for count in told.counts):
                return True
        return False

    def _recent(self, told: Telling) -> bool:
        return told.time is not None and told.time.end > self.published - RECENT and told.time.end - told.time.start < 2 * RECENT

    def _set(self, told: Telling) -> Telling:
        """The telling as it is meant in this setting."""
        assert self.kind is not None
        if not _told(told) or told.type in _OWN or not (_violent(told) or self.kind in _ALL_TYPES or self.kind == "hoax"):
            return told
        if told.path[0] == "statements":
            return told
        if self.kind == "hoax":
            return replace(told, standing="denied")
        return replace(told, stage=_STAGES[self.kind], outcome=())


def apply(published: datetime, lines: Sequence[Line], drafts: Mapping[int, Sequence[Draft]]) -> None:
    """Changes the drafts of an article, by number of their sentence, as the article's setting asks; lines in reading order."""
    setting = Setting(published)
    for line in lines:
        setting.take(line, drafts.get(line.number, ()))


def _told(told: Telling) -> bool:
    return told.stage == "happened" and told.standing != "denied"


def _violent(told: Telling) -> bool:
    return told.path[0] == "violence"
