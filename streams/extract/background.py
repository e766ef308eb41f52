"""What a whole sentence is: fiction, a caption, an exercise, a look back, talk called false, a running total, doubt.

Asked by `stage` and the reader; judges words, not the tree. What governs one trigger is `stage`'s question.
"""

import re

from streams.extract.cues import Cue
from streams.extract.parsed import Parsed, Wording
from streams.extract.tokens import Token
from streams.records.flow import Span

EXERCISE = Cue(
    r"\b(?:(?:exercise|drill|training|war-?game) scenario|part of (?:a|an|the)\b[^.;]{0,40}?\b(?:drill|exercise)s?|(?:drill|exercise)s? (?:simulat|involv|that simulat)\w+|simulat(?:ed?|ing|ion)"
    r"|rehears\w+|mock (?:attack|strike|raid|assault)\w*|practi[sc](?:es?|ed|ing)\b[^.;]{0,40}\bfor (?:the|an?)\b|train(?:ed|ing)? for (?:an?|the) (?:\w+ ){0,2}(?:attack|raid|assault|day|bombing|shooting)|war[ -]?games?|(?:in|during) (?:drills?|exercises?)|(?:in|during) (?:a|an|the|its|their|his|live-fire|yearly|annual)\b[^.,;]{0,30}\b(?:drill|exercise)s?)\b",
    re.IGNORECASE,
)
_FICTION = Cue(
    r"\b(?:films?|movies?|thriller|novels?|video ?games?|shooter|gamers?|the studio|box office|sitcom|tv series|screenplay|trilogy|playable"
    r"|blockbuster|fictional|miniseries|sequel|prequel|bollywood|hollywood|nollywood|cinema-?goers|screenwriters?|actors? (?:dressed|playing|in the role|plays?)|season finale|fired blanks|(?:a|the|his|her|new) play (?:about|on|of|by)|theatre production|playwright|filmmaker|novelist|novella|choreograph\w+|ballet|protagonist|premiere[sd]?|the camera follows|film festival"
    r"|stage musical|shown (?:at|in) (?:Cannes|Venice|Locarno|Sundance|the Berlinale))\b|\bin (?:the|this|his|her|its) (?:new |latest |hit )?(?:series|play|book|opera|comedy|drama)\b|\b(?:level|game|mode)\b[^.;]{0,40}\bplayers?\b",
    re.IGNORECASE,
)
_CAPTION = Cue(
    r"^(?:file photo|file picture|a satellite image|satellite image|a file photo|in this file|handout|file -|photo:|image:)|/handout\b",
    re.IGNORECASE,
)
_RETOLD = Cue(
    r"\b(?:anniversary of|in memory of|memorial (?:for|to)|years? (?:ago|earlier|after|before|since)|decades? (?:ago|after|since)|a year ago|last year"
    r"|months (?:ago|after|earlier|before)|a month (?:ago|after))\b",
    re.IGNORECASE,
)
_LONG_AFTER = Cue(
    r"\b(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|\d+|several|many|few|exactly)\s(?:and a half )?"
    r"(?:(?:years?|decades?|months?)\s(?:(?:to the day )?(?:after|since)|ago\b)|weeks\safter\b)",
    re.IGNORECASE,
)
FALSE_TALK = Cue(
    r"\b(?:reports?|claims?|rumou?rs?|videos?|footage|images?|alerts?|allegations?|talk|posts?|news|stories)\b[^.;]{0,120}?\b(?:is|are|was|were|as|being) "
    r"(?:\w+ ){0,2}(?:false|fake|untrue|bogus|baseless|unfounded|groundless|fabricated|invented|made up|concocted|fictitious|spurious|incorrect|inaccurate|erroneous|mistaken|misleading|wrong|doctored|staged"
    r"|fiction|nonsense|lies|a lie|a hoax|disinformation|misinformation|propaganda|without (?:any )?foundation|not true)\b|\bno truth (?:in|to) (?:\w+ ){0,2}(?:reports?|claims?|rumou?rs?|stories|suggestions?|allegations?|talk)\b"
    r"|\bden(?:y|ies|ied|ying) (?:\w+ ){0,3}(?:reports?|claims?|rumou?rs?)\b|\b(?:false|fake|bogus|baseless|unfounded|groundless|fabricated|invented|spurious|inaccurate|erroneous|misleading) (?:reports?|claims?|rumou?rs?|alerts?|alarms?)\b|\bhoax(?:es)?\b|\bprank\b",
    re.IGNORECASE,
)
NEVER_WAS = Cue(
    r"\b(?:(?:had|has|was|were) (?:never|not) (?:been )?(?:taken|kidnapped|abducted|seized|missing|killed|captured|shot|in danger)|all along|ran away|run away|faked|staged|safe and (?:sound|well))\b",
    re.IGNORECASE,
)
TIMES = Cue(
    r"^[^.;,]{0,60}?\b(?:times|occasions)\b[^.;]{0,30}?\b(?:since|between|over|in (?:the|recent|\d{4})|during|this year|last year|from)\b",
    re.IGNORECASE,
)
FIRST = Cue(r"\bfor the (?:first|second|third|\w+th) time\b", re.IGNORECASE)
_TOTAL = Cue(
    r"\b(?:has|have|had) (?:been |seen |recorded |counted )?[^.;]{0,90}?\b(?:since (?:19|20)\d\d|since (?:the )?(?:start|beginning|outbreak)|(?:in|over|during|for) (?:much of |most of )?the (?:past|last) (?:\w+ )?"
    r"(?:years?|decades?|months)|(?:so far )?this year|in (?:19|20)\d\d|in the past)\b|\b(?:every|each|per|a) (?:year|month)\b[^.;]{0,20}\bon average\b",
    re.IGNORECASE,
)
_UNCLEAR = Cue(
    r"\b(?:unclear|not clear|not immediately clear|uncertain|unknown|not known|unconfirmed|could not (?:say|confirm)|did not say|could not be (?:independently )?(?:confirmed|verified))\b"
    r"(?:\s+(?:whether|if|who|what|how|where|why|which)\b)?[^.;]*",
    re.IGNORECASE,
)
_WHETHER = Cue(r"\b(?:unclear|not clear|uncertain|unknown|not known|not immediately clear)\s+(?:whether|if)\b", re.IGNORECASE)
PRESUPPOSING_QUESTION = Cue(r"^\W*(?:who|why|how|where|when|what)\b", re.IGNORECASE)


def doubts(parsed: Wording) -> list[Span]:
    """Clauses that the sentence itself calls unclear."""
    return [parsed.span(m.start(), m.start() + len(m.group().rstrip(" ,”\"'"))) for m in _UNCLEAR.finditer(parsed.plain)]


def total(parsed: Parsed) -> bool:
    """Whether the sentence counts up what happened over years or months: "more than 3,000 have been abducted since 2019"."""
    return bool(_TOTAL.search(parsed.plain))


def fiction(parsed: Parsed) -> bool:
    """Whether the sentence speaks of a film, a novel or a game."""
    return bool(_FICTION.search(parsed.plain))


def caption(text: str) -> bool:
    """Whether the line is a picture's caption."""
    return bool(_CAPTION.search(text))


def remembered(parsed: Parsed, trigger: Token) -> bool:
    """Whether the trigger stands in "six years since ...", "a year after ...", "a year ago ...": told as a measure of time."""
    at = parsed.offset(trigger)
    return any(m.end() <= at and not re.search(r"[,;:]", parsed.plain[m.end() : at]) for m in _LONG_AFTER.finditer(parsed.plain))


def backward(parsed: Parsed) -> bool:
    """Whether the sentence looks back: years ago, anniversaries, court cases over what happened."""
    return bool(_RETOLD.search(parsed.plain))


def whether(parsed: Parsed) -> bool:
    """Whether the sentence leaves open if something happened ("unclear whether ...")."""
    return bool(_WHETHER.search(parsed.plain))
