"""What is told as background and not as news: old years, memories, corrections; habits are `habits`, counts over years `sums`.

Called by `deeds` for each trigger, with the time that belongs to it. A recent time of its own makes any trigger news again; what
`stage` reads off the governing words comes first.
"""

import re
from datetime import timedelta

from streams.extract import sums, tree
from streams.extract.cues import Cue
from streams.extract.habits import habit, timeless, verb_of
from streams.extract.mentions import backstory, recalled
from streams.extract.parsed import Parsed
from streams.extract.tokens import Token
from streams.records.flow import Interval

_RECENT = timedelta(days=8)  # older than this is not announced as new (docs/rules.md, max_age), with a day's grace
_YEAR = Cue(r"^(?:1[0-9]{3}|20[0-9]{2})(?:s)?$")
_LONG_PAST = timedelta(days=300)  # what is dated earlier is nobody's news, first disclosed or not; an assumption
_FRONTED = Cue(
    r"^\W*(?:(?:back )?in|during|by|throughout|early in|late in) (?:(?:early|late|mid|the|\w+)[ -])?(?:19|20)\d\d(?:s\b)?",
    re.IGNORECASE,
)
_CLAUSE = frozenset({"relcl", "advcl", "acl", "ccomp", "pcomp"})
_CORRECTION = Cue(
    r"\b(?:earlier|previous) version of (?:this|the|our) (?:story|article|report|item)\b|^corrections?\b|\bcorrects (?:paragraph|headline|para)\b|"
    r"\b(?:wrongly|mistakenly|incorrectly|erroneously) (?:said|reported|stated|identified)\b|\bturned out to (?:be|have been)\b",
    re.IGNORECASE,
)
_SHOWN = Cue(
    r"\b(?:exhibition|museum|memorial|remembrance|vigil for|memoir|autobiography|documentary|plaque|statue|wreaths?|minute'?s? of silence|minute of silence|veterans|survivors of|commemorat\w+|anniversary|"
    r"history of|book about|in his book|in her book|the book|in an interview (?:published|broadcast|aired)|former (?:soldier|fighter|hostage|prisoner)s?|ex-(?:soldier|fighter)s?)\b",
    re.IGNORECASE,
)
_OLD_WAR = Cue(
    r"\b(?:second world war|first world war|world war|cold war|vietnam war|civil war of|korean war|falklands war|wartime|war-?era)\b",
    re.IGNORECASE,
)
_POLL = Cue(
    r"\b(?:polls?|polling|surveys?|pollsters?|respondents)\b[^.;]*\b(?:support|oppose|back|favou?r|approve|want|think|believe|opposed)\b",
    re.IGNORECASE,
)
_LAST = Cue(
    r"\b(?:last|previous|most recent)\b(?: [\w'’-]+){0,3} (?:attacks?|strikes?|raids?|hits?|bombings?|incidents?)\b(?: [\w'’-]+){0,4}? "
    r"(?:was|were|came|happened|occurred|took place|had been|had come|dates?)\b",
    re.IGNORECASE,
)
_COUNTED = Cue(
    r"\b(?:was|is|became|becomes|were) (?:at least )?the (?:\d+(?:st|nd|rd|th)|\w+(?:th|first|second|third)) [\w'’ -]{0,40}?"
    r"\b(?:hit|attacked|struck|bombed|damaged|sunk|killed|targeted|shot)\b[^.;]{0,30}?\b(?:this year|so far|since|in (?:the )?(?:past|last)? ?(?:\w+ )?(?:weeks|months|years|war))",
    re.IGNORECASE,
)
_LONG = Cue(
    r"^[^,;]{0,60}\b(?:over|in|during|for) (?:the )?(?:past|last|previous) (?:\w+ )?(?:years?|months|decades?)\b", re.IGNORECASE
)
_NAMED_FOR = frozenset(
    "victim survivor relative family fear risk danger threat history memory possibility prospect kind type use impact effect cost trauma prevention wave rise number "
    "series increase lack absence end story image topic issue suffer protect".split()
)
_RECOVERS = frozenset(
    "reopen return rebuild recover open receive await remember mark hold sue get restore repair celebrate resume".split()
)
_LONG_TIMES = frozenset({"month", "year", "decade", "century", "generation"})


def retold(parsed: Parsed, trigger: Token, time: Interval | None) -> bool:
    """Whether the trigger is background. `time`: its own, None when none is said."""
    if _CORRECTION.search(parsed.plain):
        return True
    if (
        _old_year(parsed, trigger, own=True)
        or _long_ago(trigger)
        or _old_time(parsed, trigger, time)
        or sums.over_years(parsed, trigger)
        or recalled(trigger)
    ):
        return True
    if _the_last(parsed, time) or _nth(parsed) or _lasting(parsed, trigger):
        return True
    if timeless(parsed, trigger):
        return True
    if time is not None and not _vague(time) and _recent(parsed, time):
        return sums.ranked(parsed, trigger)
    return (
        _old_year(parsed, trigger)
        or sums.ranked(parsed, trigger)
        or _POLL.search(parsed.plain) is not None
        or _long_run(parsed, trigger)
        or _mention(trigger)
        or _recovered(trigger)
        or sums.running(parsed, trigger)
        or habit(parsed, trigger)
        or _pluperfect(trigger)
        or backstory(parsed, trigger)
        or (_SHOWN.search(parsed.plain) is not None and trigger.dep_ != "ROOT" and time is None)
        or _OLD_WAR.search(parsed.plain) is not None
    )


def _the_last(parsed: Parsed, time: Interval | None) -> bool:
    """ "the last confirmed attack was on March 8, when a tanker was hit": what came before the news, told with its date."""
    if _LAST.search(parsed.plain) is None:
        return False
    dated = [time] if time is not None else [timed.interval for timed in parsed.times if timed.interval is not None]
    return all(one.end <= parsed.published - timedelta(days=1) for one in dated)


def _lasting(parsed: Parsed, trigger: Token) -> bool:
    """ "the airport, shut since 2019", "the border, closed for seven years": a state that has lasted, and its beginning is long past."""
    aside = trigger.dep_ in ("acl", "amod") or (trigger.i > 0 and trigger.nbor(-1).text == ",")
    if aside and any(n == "for" and h.lemma_ in _LONG_TIMES for n, h in tree.prepositions(trigger)):
        return True
    for timed in parsed.times:
        if timed.relation != "since" or timed.interval is None or timed.interval.start >= parsed.published - _RECENT:
            continue
        since = next((t for t in parsed.tokens if t.lower_ == "since" and parsed.offset(t) >= timed.start - 12), None)
        if since is not None and since.head == trigger and trigger.pos_ in ("VERB", "AUX"):
            return True
    return False


def _nth(parsed: Parsed) -> bool:
    """ "the Halcyon was the 18th ship hit this year": a count that somebody keeps, of what was told before."""
    return _COUNTED.search(parsed.plain) is not None


def _recent(parsed: Parsed, time: Interval) -> bool:
    return time.end >= parsed.published - _RECENT


def _vague(time: Interval) -> bool:
    return time.end - time.start > timedelta(days=40)  # "since the war began", "this year": a period, not a day


def _old_year(parsed: Parsed, trigger: Token, *, own: bool = False) -> bool:
    """Whether a year before that of publication dates the trigger: in its phrase, in its clause, or at what its clause describes."""
    verb = verb_of(trigger)
    for year in parsed.tokens:
        if (
            not year.text[0].isdigit()
            or not _YEAR.match(year.text)
            or int(year.text[:4]) >= parsed.published.year
            or _no_year(year)
        ):
            continue
        if trigger in (year, *year.ancestors) and not _between(year, trigger) and not _since(year):
            return True
        at = verb_of(year)
        if at == verb and not _since(year):
            return True
        if (
            verb.dep_ in ("relcl", "acl", "advcl")
            and not _between(year, verb.head)
            and verb.head in (year, *year.ancestors)
            and at != verb
        ):
            return True
        if verb.dep_ == "relcl" and year.dep_ in ("nummod", "compound", "nmod") and year.head in _phrase_of(verb.head):
            return True  # "the 1985 crash of an airliner which killed 520"
        if own:
            continue
        if at.dep_ in ("relcl", "acl") and at.head == trigger:  # "the strike that destroyed the bridge in 1999"
            return True
    return False


def _old_time(parsed: Parsed, trigger: Token, time: Interval | None) -> bool:
    """Whether a time long past dates the trigger's clause or one that it explains: "In 1985 a ferry sank and 174 drowned".

    Not where the sentence names a recent time too, nor where the old one stands in a clause below ("the man jailed in 2009 shot two").
    """
    before = parsed.published - _LONG_PAST
    if time is not None:
        return time.end < before
    if _after_old(parsed, trigger):
        return True
    told = [timed for timed in parsed.times if timed.interval is not None and timed.relation not in ("since", "until", "before")]
    if not told or any(timed.interval.end >= before for timed in told if timed.interval is not None):
        return False
    if _FRONTED.match(parsed.plain):
        return True
    verb = _clause(trigger)
    for timed in told:
        token = next((t for t in parsed.tokens if timed.start <= parsed.offset(t) < timed.end), None)
        if token is not None and (at := _clause(token)) in (verb, *verb.ancestors) and at.lemma_ != "be":
            return True
    return False


def _after_old(parsed: Parsed, trigger: Token) -> bool:
    """ "Exports fell in February after saboteurs cut the line": before what is no news any more."""
    clause = next((t for t in (trigger, *trigger.ancestors) if t.dep_ == "advcl"), None)
    if clause is None or not any(c.dep_ == "mark" and c.lower_ == "after" for c in clause.children):
        return False
    for timed in parsed.times:
        token = next((t for t in parsed.tokens if timed.start <= parsed.offset(t) < timed.end), None)
        if token is not None and timed.interval is not None and not timed.relation and verb_of(token) == clause.head:
            return not _recent(parsed, timed.interval)
    return False


def _clause(token: Token) -> Token:
    """The verb of a token's clause, the first of those joined by "and"; a participle's time is its sentence's: "men wearing masks in May"."""
    verb = verb_of(token)
    while (verb.dep_ == "conj" or (verb.dep_ == "acl" and verb.tag_ == "VBG")) and verb.head != verb:
        verb = verb_of(verb.head)
    return verb


def _phrase_of(noun: Token) -> list[Token]:
    """The nouns whose phrase a noun is part of, itself first: "an airliner", "the crash of an airliner"."""
    found = [noun]
    while noun.dep_ == "pobj" and noun.head.dep_ == "prep" and noun.head.head.pos_ in ("NOUN", "PROPN"):
        noun = noun.head.head
        found.append(noun)
    return found


def aftermath(parsed: Parsed, trigger: Token, time: Interval | None) -> bool:
    """ "announced cuts because of last week's earthquake": not of these days, known to the reader, and only the cause of what is told."""
    if time is not None and time.end > parsed.published - timedelta(days=4):
        return False
    if trigger.pos_ not in ("NOUN", "PROPN") or trigger.dep_ != "pobj":
        return False
    known = any(c.dep_ == "poss" or (c.dep_ == "det" and c.lower_ in ("the", "this", "that")) for c in trigger.children)
    prep = trigger.head
    return known and (
        prep.lower_ in ("following", "since", "after", "because")
        or (prep.lower_ == "of" and prep.head.lower_ in ("because", "result", "wake"))
    )


def _long_ago(trigger: Token) -> bool:
    """ "the bombing that killed 250 people five years ago": years or months back, in the trigger's clause or one that describes it."""
    verb = verb_of(trigger)
    for token in trigger.doc:
        if token.lower_ != "ago" or not {t.lemma_ for t in (token.head, *token.children)} & {"year", "decade", "month", "century"}:
            continue
        at = verb_of(token)
        if at == verb or (at.dep_ in ("relcl", "acl") and at.head == trigger):
            return True
    return False


def _no_year(year: Token) -> bool:
    """ "at 1250 GMT" is an hour, "two Mirage 2000s bombed" aircraft."""
    if year.dep_ in ("nsubj", "nsubjpass", "dobj", "agent"):
        return True
    return year.i + 1 < len(year.doc) and year.nbor(1).lower_ in ("gmt", "utc", "z", "hours", "hrs", "local")


def _since(year: Token) -> bool:
    return year.dep_ == "pobj" and year.head.lower_ in ("since", "before", "until", "of")


def _between(low: Token, high: Token) -> bool:
    """Whether another clause stands between a token and one above it."""
    for step in low.ancestors:
        if step == high:
            return False
        if step.dep_ in _CLAUSE:
            return True
    return False


def _long_run(parsed: Parsed, trigger: Token) -> bool:
    """ "plants hit by missiles over the past two years": a participle over a long time."""
    if trigger.dep_ not in ("acl", "relcl"):
        return False
    words = parsed.plain[parsed.offset(trigger) :]
    return _LONG.match(words) is not None


def _mention(trigger: Token) -> bool:
    """ "victims of air strikes", "fears of bombing": undated, and named for something else."""
    if trigger.pos_ not in ("NOUN", "PROPN") or trigger.dep_ != "pobj" or trigger.head.lower_ not in ("of", "from", "by"):
        return False
    over = trigger.head.head
    return over.lemma_.lower() in _NAMED_FOR and (
        trigger.tag_ in ("NNS", "NNPS") or not any(c.dep_ == "det" for c in trigger.children)
    )


def _recovered(trigger: Token) -> bool:
    """ "church hit by bombers reopens": what it is known for, and the news is another."""
    return (
        trigger.dep_ == "acl"
        and trigger.tag_ == "VBN"
        and trigger.head.dep_ in ("nsubj", "nsubjpass")
        and (trigger.head.head.lemma_ in _RECOVERS)
    )


def _pluperfect(trigger: Token) -> bool:
    """ "two men who had been kidnapped in May": who they are, not what is new."""
    return (
        trigger.dep_ == "relcl"
        and any(c.dep_ == "aux" and c.lower_ == "had" for c in trigger.children)
        and trigger.head.dep_ in ("nsubj", "nsubjpass", "dobj", "pobj", "appos")
    )
