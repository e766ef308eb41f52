"""In which setting an article tells: news, or a drill, a film, a trial, a day of remembrance, a yearly count, a hoax, a scenario.

Called by the reader once per article, when its sentences are drafted. A setting is opened by the title or one of the first two
sentences, where that tells no violence of its own and none was told before, and holds for what follows: "Shells hit the square"
is no news below "City marks thirty years since siege". What is revealed only afterwards ("It was, he said, a useful drill") holds
for what stands before it, and a report on sport tells no attack that hurts nobody. What one sentence says of itself is
`background`'s question.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from streams.extract import sport
from streams.extract.background import FALSE_TALK
from streams.extract.cues import Cue
from streams.extract.drafts import Draft
from streams.extract.sheets import Line
from streams.records.flow import Telling

Kind = Literal["exercise", "fiction", "court", "remembered", "counted", "hoax", "scenario", "sport"]

RECENT = timedelta(days=8)  # what is dated nearer to its publication is news in any article on the past; an assumption
_MILITARY = r"military|naval|joint|annual|live-fire|large-scale|air|sea|border|civil|emergency|field|nato|allied|defen[cs]e|tabletop|army|fleet"
_WORDS: Mapping[Kind, str] = {
    "exercise": rf"\b(?:{_MILITARY}|hold\w*|held|stag(?:e|es|ed|ing)|beg[aiu]n\w*|start(?:s|ed)?|conduct(?:s|ed|ing)?|end(?:s|ed)?|in an?|during|of the)"
    r"\s(?:[\w-]+\s){0,4}?(?:drills?|exercises?|manoeuvres|maneuvers|war[ -]?games?)\b|\brehears(?:e|es|ed|al|als|ing)\b|\bsimulat(?:e|es|ed|ion|ions|ing)\b"
    r"|\btest(?:s|ed|ing)? (?:an?|its|the|two|three|new|another) (?:[\w-]+ ){0,3}(?:drones?|missiles?|rockets?|torpedo(?:e?s)?|weapons?|warheads?)\b"
    r"|\bmock (?:attack|battle|raid|assault|evacuation|strike|casualt)\w*",
    "fiction": r"\b(?:films?|movies?|thriller|novels?|video ?games?|box office|sitcom|tv series|screenplay|trilogy|miniseries|documentary|exhibition|museum|memoir"
    r"|opera|bollywood|hollywood|nollywood|cinema-?goers|starring|filmmaker|novelist|playwright)\b|\b(?:new|hit|in the|in this) (?:game|play|series|drama)\b",
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
_CUES = {kind: Cue(words, re.IGNORECASE) for kind, words in _WORDS.items()}
_REAL_SO_FAR = r"(?:it|this|that|all (?:of )?(?:it|this|that)|everything|the (?:whole|entire) \w+|the (?:attack|assault|raid|siege|hijack(?:ing)?|kidnapping|bombing|shooting|incident|scene|operation))"
_WAS_ONLY = r"(?:was|is|were|turned out to be|proved to be)(?:,[^,;]{1,60},)?\s(?:only\s|just\s|all\s|merely\s|in fact\s|part of\s)*(?:an?\s|the\s|part of (?:an?|the)\s)?(?:[\w-]+\s){0,3}?"
_PLAYED = r"the (?:\w+ )?(?:attackers|gunmen|hostages|victims|casualties|wounded|dead|terrorists|assailants|hijackers|kidnappers|bombers?|pirates)"
# what a sentence reveals of what was told before it
_REVEALED: Mapping[Kind, Cue] = {
    "exercise": Cue(
        rf"^\W*(?:{_REAL_SO_FAR}\s{_WAS_ONLY}(?:drills?|exercises?|simulations?|rehearsals?|war[ -]?games?|tests?)\b"
        rf"|{_PLAYED} (?:were|was)(?:,[^,;]{{1,60}},)? (?:all |only |really |in fact )*(?:actors?|volunteers?|students?|cadets?|recruits?|dummies|mannequins?|extras|soldiers in disguise)\b)",
        re.IGNORECASE,
    ),
    "fiction": Cue(
        rf"^\W*{_REAL_SO_FAR}\s{_WAS_ONLY}(?:films?|movies?|plays?|scenes?|re-?enactments?|performances?|games?|plots?|stor(?:y|ies)|dreams?|fiction|drama|novels?|tv series)\b"
        r"|\b(?:crews?|directors?|studios?|companies|company|actors?) (?:was|were|is|are|had been) (?:\w+ )?(?:shooting|filming)\b",
        re.IGNORECASE,
    ),
    "hoax": Cue(
        rf"^\W*{_REAL_SO_FAR}\s{_WAS_ONLY}(?:hoax|hoaxes|pranks?|jokes?|false alarms?|inventions?|lies?|fabrications?|misunderstandings?|mistaken identity)\b"
        r"|\b(?:ma[dk]e|making) (?:it|this|that|everything|the (?:whole )?(?:story|thing|tale|attack|kidnapping|abduction)) (?:all )?up\b|\b(?:ma[dk]e|making) up the (?:whole )?(?:story|tale|attack|kidnapping|abduction)\b"
        r"|\b(?:invent|fabricat|fak|stag)(?:e|ed|ing) (?:the|his|her|their)(?: own)? (?:story|tale|attack|kidnapping|abduction|murder|death|assassination)\b"
        r"|^\W*(?:none of (?:it|this|that) (?:was (?:true|real)|(?:had )?(?:ever )?happened)|nothing of the (?:kind|sort) (?:had )?(?:ever )?happened)\b",
        re.IGNORECASE,
    ),
}  # fmt: skip
_BACK = 4  # sentences that what is revealed looks back on; an assumption
_ELSEWHERE = Cue(
    r"^\W*(?:meanwhile|separately|elsewhere|in (?:a )?separate|in other (?:news|developments)|in another (?:incident|attack|development))\b",
    re.IGNORECASE,
)
_STAGES: Mapping[Kind, Literal["exercise", "retold", "hypothetical"]] = {
    "exercise": "exercise", "fiction": "retold", "court": "retold", "remembered": "retold", "counted": "retold", "scenario": "hypothetical", "sport": "hypothetical",
}  # fmt: skip
_OF_THE_PAST = frozenset[Kind]({"court", "remembered", "counted"})
_ALL_TYPES = frozenset[Kind]({"exercise", "fiction", "scenario"})  # even a curfew is none there; a trial has arrests that are real
_OWN = frozenset({"exercise", "weapons-test", "arrests"})  # types that a drill's or a hoax's article tells as news
_HURT = ("killed", "wounded")


@dataclass(slots=True)
class Setting:
    """The setting of one article, told sentence by sentence in reading order."""

    published: datetime
    kind: Kind | None = None
    news: bool = False  # violence was told as news already
    games: bool = False  # the article speaks of sport
    lead: str = ""  # title and first sentences so far

    def take(self, line: Line, drafts: Sequence[Draft]) -> None:
        """Takes in a sentence: changes its drafts as the setting asks, then lets it open or close one."""
        if line.lead:
            self.lead = f"{self.lead}\n{line.text}"
            self.games = self.games or sport.told(self.lead)
        if self.games and not _ELSEWHERE.search(line.text):
            for draft in drafts:
                if _figure(draft.telling):
                    draft.telling = replace(draft.telling, stage=_STAGES["sport"], outcome=())
        if self.kind is not None and (_ELSEWHERE.search(line.text) or self._real(drafts)):
            self.kind, self.news = None, True
        if self.kind is not None:
            for draft in drafts:
                draft.telling = _meant(draft.telling, self.kind)
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
            if self.kind == "exercise" and _hurt(told):
                return True
        return False

    def _recent(self, told: Telling) -> bool:
        return told.time is not None and told.time.end > self.published - RECENT and told.time.end - told.time.start < 2 * RECENT


def apply(published: datetime, lines: Sequence[Line], drafts: Mapping[int, Sequence[Draft]]) -> None:
    """Changes the drafts of an article, by number of their sentence, as the article's setting asks; lines in reading order."""
    if not any(drafts.values()):
        return
    setting = Setting(published)
    for place, line in enumerate(lines):
        revealed = next((kind for kind, cue in _REVEALED.items() if cue.search(line.text)), None)
        if revealed is not None:
            _reveal(
                revealed, [draft for before in lines[max(0, place - _BACK) : place + 1] for draft in drafts.get(before.number, ())]
            )
        setting.take(line, drafts.get(line.number, ()))


def _reveal(kind: Kind, drafts: Sequence[Draft]) -> None:
    """Takes back what was told as real."""
    for draft in drafts:
        draft.telling = _meant(draft.telling, kind)


def _meant(told: Telling, kind: Kind) -> Telling:
    """The telling as it is meant in a setting."""
    if not _told(told) or told.type in _OWN or not (_violent(told) or kind in _ALL_TYPES or kind == "hoax"):
        return told
    if told.path[0] == "statements":
        return told
    if kind == "hoax":
        return replace(told, standing="denied")
    return replace(told, stage=_STAGES[kind], outcome=())


def _figure(told: Telling) -> bool:
    """Whether nobody and nothing that arms are aimed at is hit: "launched a rocket into the top corner"."""
    if "armed-attack" not in told.path or not _told(told):
        return False
    if "battles" in told.path:
        return not any(one.kind is not None for one in (*told.actors, *told.targets))
    return not _hurt(told) and not any(one.kind is not None for one in told.targets)


def _hurt(told: Telling) -> bool:
    return any(count.what in _HURT and count.low for count in told.counts)


def _told(told: Telling) -> bool:
    return told.stage == "happened" and told.standing != "denied"


def _violent(told: Telling) -> bool:
    return told.path[0] == "violence"
