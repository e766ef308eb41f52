"""Sums: how many deeds there were since a year, over years, so far; many deeds counted up are no news of one.

Called by `past` for a trigger. A sum is told by a number beside the deed and a long time for all of them.
"""

import re

from streams.extract import tree
from streams.extract.cues import Cue
from streams.extract.parsed import Parsed
from streams.extract.tokens import Token

_SINCE_YEAR = Cue(r"\bsince (?:\w+ )?((?:19|20)\d\d)\b", re.IGNORECASE)
_NUMBER = r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|\d+|several|many)"
_OVER_YEARS = Cue(
    r"\b(?:[Bb]etween|[Ff]rom) (?:19|20)\d\d (?:and|to|until) (?:19|20)\d\d\b|\bin the (?:year|(?:twelve|12|six|6|eighteen|18|nine|9) months) (?:to|until|before|through|end(?:ed|ing)(?: in)?) [A-Z]"
    rf"|\b(?:[Ii]n|[Oo]ver|[Ww]ithin|[Dd]uring) (?:the (?:past|last) )?{_NUMBER} (?:years|decades)\b",
)
_FIRST = Cue(r"\b(?:first|second|third|latest|worst|deadliest|biggest)\b", re.IGNORECASE)
_PERIOD = Cue(
    r"\b(?:since|this year|last year|so far this|in (?:the )?(?:past|last|recent) (?:\w+ )?(?:years?|months?|weeks|decades?)|over the (?:past|last|years)|in recent (?:years|months|weeks)|"
    r"every (?:day|week|month|year|spring|summer|autumn|fall|winter|night|morning|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|each (?:day|week|month|year|spring|summer|autumn|winter|night)|a (?:month|year) on average|an average (?:day|week|month|year)|annually|in (?:all of )?(?:19|20)\d\d|over the course of|"
    r"in (?:\w+|\d+) (?:years|months|decades)|in (?:a|the) (?:decade|year)|a decade)\b",
    re.IGNORECASE,
)
_MANY = Cue(
    r"\b(?:hundreds|dozens|thousands|scores|numerous|several|many|most|more than|at least|some|over|nearly|almost|[\d,.]+|\w+ty|hundred|thousand)\b",
    re.IGNORECASE,
)
_RANKED = Cue(
    r"\b(?:fewest|most|highest|lowest|largest number|smallest number) (?:\w+ ){0,2}(?:since|in|on record)\b|\b(?:up|down|rise|rises|rose|risen|fall|falls|fell|fallen|increased?|dropped|climbed|grew|grown|jumped|surged|declined|decreased) (?:by )?(?:[\d.,]+ ?(?:%|per ?cent)|(?:about |nearly |almost |more than )?(?:a|one|two) (?:third|quarter|half|fifth|tenth)|\w+fold)|\b(?:doubled|tripled|trebled|halved|quadrupled) (?:in|last|over|from|since|compared)\b|"
    r"\b(?:figures|statistics|according to (?:a|the) (?:report|tally|survey|study))\b|\bin the (?:first|second|third|last) (?:half|quarter|(?:\w+ )?months) of\b",
    re.IGNORECASE,
)


def over_years(parsed: Parsed, trigger: Token) -> bool:
    """ "killed 2,400 people between 2004 and 2018", "4,722 people kidnapped in the year to June": whatever day it was told on."""
    if trigger.pos_ == "VERB" and _since(parsed, trigger):
        return True
    if _OVER_YEARS.search(parsed.plain) is None or _FIRST.search(parsed.plain) is not None:
        return False
    many = trigger.tag_ in ("NNS", "NNPS")
    deed = trigger.head if many and trigger.dep_ == "nsubj" else trigger  # "air strikes killed 400 civilians over three years"
    if deed.pos_ != "VERB":
        return many and any(c.dep_ == "nummod" for c in trigger.children)
    found = tree.arguments(deed)
    whom = [*found.objects, *(found.subjects if found.passive else ()), *([deed.head] if deed.dep_ == "acl" else ())]
    return any(c.like_num for one in whom for c in one.children)


def _since(parsed: Parsed, trigger: Token) -> bool:
    """ "strikes killed or wounded 4,315 fighters since 2014"."""
    found = _SINCE_YEAR.search(parsed.plain)
    if found is None or int(found.group(1)) >= parsed.published.year:
        return False
    counted = any(t.like_num for one in tree.arguments(trigger).objects for t in one.subtree)
    return counted and parsed.offset(trigger) < found.start()


def running(parsed: Parsed, trigger: Token) -> bool:
    """ "more than 150 attacks since October", "at least 54 journalists have been killed this year": a sum, not an event."""
    period = _PERIOD.search(parsed.plain)
    if period is None or _FIRST.search(parsed.plain) is not None:
        return False
    if trigger.pos_ in ("NOUN", "PROPN"):
        counted = trigger.tag_ in ("NNS", "NNPS") and any(
            c.dep_ in ("nummod", "amod", "det", "quantmod") and _MANY.fullmatch(c.text) for c in trigger.children
        )
        inside = trigger.head.dep_ == "prep" and _MANY.fullmatch(trigger.head.head.text) is not None
        return counted or inside
    verbs = (
        [trigger, trigger.head] if trigger.dep_ in ("xcomp", "oprd", "acomp", "ccomp") else [trigger]
    )  # "have been confirmed hit"
    perfect = any(c.dep_ == "aux" and c.lemma_ == "have" for verb in verbs for c in verb.children)
    people = [c for verb in verbs for c in verb.children if c.dep_ in ("nsubj", "nsubjpass", "dobj")]
    numbers = any(
        _MANY.fullmatch(t.text)
        for one in people
        for t in one.subtree
        if t.dep_ in ("nummod", "amod", "quantmod", "nsubj", "nsubjpass")
    )
    of_years = (
        re.search(r"last year|this year|19\d\d|20\d\d|every|each|annually|average", period.group(), re.IGNORECASE) is not None
    )
    return numbers and (perfect or of_years)


def ranked(parsed: Parsed, trigger: Token) -> bool:
    """ "attacked 12 ships in the first half of the year, the fewest since 1994": a sum with its rank."""
    return _RANKED.search(parsed.plain) is not None and any(t.like_num for t in parsed.tokens) and trigger.tag_ != "NN"
