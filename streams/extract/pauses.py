"""Pauses that the text states: "the first since early February, when groups halted attacks", "after a three-month lull".

Called by the reader for each sentence with a pause cue. A cue counts only when its argument is an attack: rain, talks, flights
and sailings pause too. Says nothing about what resumed; that is `statements` and the attack's own trigger.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from streams.extract import tree
from streams.extract.cues import Cue
from streams.extract.durations import find_durations
from streams.extract.parsed import Parsed, Wording
from streams.extract.tokens import Token
from streams.records.flow import Interval, Participant, Pause

HALT = frozenset("halt stop suspend pause cease freeze end discontinue".split())
_QUIET = r"(?:lull|pause|truce|hiatus|calm|quiet|respite|interlude|interval|stillness|spell|halt|suspension|cease-?fire|freeze|moratorium|break|stand-?down|quiet spell|let-?up|interruption|silence)"
_LEADS = r"(?:after|ends?|following|ending|ended|ends|end|breaking|broke|breaks|broken|shattering|shattered|shatters|interrupting|despite|amid|punctuating|punctured)"
_FIRST = Cue(
    r"\b(?:the|their|its|his|in the|a|what (?:\w+ ){1,3}called the)?\s*first\b(?P<what>[^.;]{0,90}?)\b(?P<how>since|in|for|after)\b\s+(?P<rest>[^.;]*)",
    re.IGNORECASE,
)
_LULL = Cue(rf"\b{_LEADS}\b\s+(?P<what>(?:(?!\b(?:after|following)\b)[^.;,]){{0,40}}?\b{_QUIET}\b(?P<rest>[^.;]*))", re.IGNORECASE)
_MONTHS_OF = Cue(
    rf"\b{_LEADS}\b\s+(?P<what>(?:[\w-]+ ){{0,3}}(?:days|weeks|months|years) (?:of|without) (?P<noun>(?:relative )?[\w-]+)[^.;]*)",
    re.IGNORECASE,
)
_QUIET_MONTHS = Cue(r"\bafter\s+(?P<what>(?:[\w-]+ ){0,3}(?:quiet|calm|peaceful) (?:days|weeks|months|years))\b", re.IGNORECASE)
_HELD = Cue(
    rf"\b(?P<what>{_QUIET}\b[^.;]{{0,40}}?\b(?:held|prevailed|reigned|lasted|observed|in place|persisted|endured|settled)\b[^.;]{{0,60}}?\bsince\b[^.;]*)",
    re.IGNORECASE,
)
_NOTHING_LIKE = Cue(
    r"\b(?P<what>(?:nothing (?:like|of) (?:it|this|that|the kind|the sort)|no such (?:attack|incident|strike|thing))\b[^.;]*?\bsince\b[^.;]*)",
    re.IGNORECASE,
)
_TRUCE_ENDED = Cue(
    rf"\b(?P<what>(?:(?:[\w-]+ ){{0,2}}[\w-]*(?:day|week|month|year)s?[\w-]* (?:of )?(?:\w+ )?)?{_QUIET}\b[^.;]{{0,110}}?"
    r"\b(?:ended|collapsed|shattered|unravel+ed|fell apart|came to an end|(?:was|were) (?:broken|shattered|interrupted)|broke down|(?:is|was) (?:over|void|off))\b)",
    re.IGNORECASE,
)
_QUIET_WORD = Cue(r"(?<=\s)(?:quiet|calm|peaceful|relatively|straight|whole|full|long) ", re.IGNORECASE)
_HALTED = Cue(r"[^.;,]{0,60}?\b(?:halted|stopped|suspended|paused|ceased|froze|ended|declared|announced)\b", re.IGNORECASE)
_OTHER_MATTER = Cue(
    r"\b(?:talks|negotiations|flights?|sailings?|shipping|training|patrols?|rain|production|exports?|deliver(?:y|ies)|trading|rates?|services?|school|classes|games?)\b",
    re.IGNORECASE,
)
_VIOLENT = Cue(
    r"\b(?:attacks?|strikes?|airstrikes?|assaults?|raids?|bombings?|shelling|rocket|rockets|drones?|missiles?|barrages?|hostilities|operations|violence|fighting|fire|"
    r"bombardments?|attacked|struck|hit|targeted|shelled|bombed|such|time|salvo|incident|ambush|blast|explosion|clash(?:es)?)\b",
    re.IGNORECASE,
)
_OWN_KIND = Cue(r"^\s*(?:of its kind|this|of the|in history)\b", re.IGNORECASE)
_NOT_SINCE = Cue(
    r"\b(?:no|not|n['’]t|never|nor|none|without)\b.*\b(?:since|for|in)\b|\b(?:halt|stop|suspend|paus|ceas|froze|ended)",
    re.IGNORECASE,
)
CUE = Cue(
    rf"\b(?:first|{_QUIET}|quiet|calm|since|without|resum\w+|renew\w+|again|halted|suspended|stopped|paused|ceased|froze|ended|(?:days|weeks|months|years))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A stated pause and where its cue stands in the sentence."""

    pause: Pause
    start: int  # of the cue, sentence offset
    negated_attack: Token | None = None  # "had not been attacked since ...": the attack word that did not happen


def may_state(sentence: Wording) -> bool:
    """Whether the words leave it possible that the sentence states a pause, before it is parsed."""
    text = sentence.plain
    if not CUE.search(text):
        return False
    if any(pattern.search(text) for pattern in (_LULL, _MONTHS_OF, _QUIET_MONTHS, _TRUCE_ENDED, _HELD, _NOTHING_LIKE)):
        return True
    return _VIOLENT.search(text) is not None and (_FIRST.search(text) is not None or _NOT_SINCE.search(text) is not None)


def find(parsed: Parsed, is_attack: Callable[[Token], bool], describe: Callable[[Token], Participant]) -> Found | None:
    """The pause that a sentence states, None for none.

    Args:
        is_attack: whether a token is an attack's trigger.
        describe: makes a participant of a noun phrase's head.
    """
    text = parsed.plain
    if not CUE.search(text):
        return None
    found = _first(parsed, is_attack) or _lull(parsed) or _not_since(parsed, is_attack) or _halted_in(parsed, is_attack)
    if found is None:
        return None
    start, end, since, rest = found
    days = (
        [d for d in find_durations(_QUIET_WORD.sub(lambda m: " " * len(m.group()), text)) if start <= d.start < end]
        if since is None or rest == "duration"
        else []
    )
    low, high, words = (days[0].days_low, days[0].days_high, text[days[0].start : days[0].end]) if days else (None, None, "")
    if since is None and low is None:
        return None
    halted = _halted_by(parsed, is_attack)
    pause = Pause(
        quote=parsed.span(start, end),
        since=since,
        days_low=low,
        days_high=high,
        length_text=words,
        halted_by=describe(halted) if halted is not None else None,
    )
    negated = next((t for t in parsed.tokens if is_attack(t) and _denied(t)), None) if rest == "negated" else None
    return Found(pause, start, negated)


_Cut = tuple[int, int, Interval | None, str]


def _since(parsed: Parsed, start: int) -> tuple[Interval, int] | None:
    """The time expression that begins at or right after an offset; further on where a halt stands between."""
    reach = 25
    halt = _HALTED.match(parsed.plain, start)
    if halt is not None:
        reach = halt.end() - start + 60
    for timed in parsed.times:
        if start - 1 <= timed.start <= start + reach and timed.interval is not None:
            return timed.interval, timed.end
    return None


def _first(parsed: Parsed, is_attack: Callable[[Token], bool]) -> _Cut | None:
    text = parsed.plain
    for match in _FIRST.finditer(text):
        what, rest_at = match["what"], match.start("rest")
        if _OWN_KIND.match(what) or _OWN_KIND.match(match["rest"]):
            continue
        attack_inside = any(is_attack(t) and match.start() <= parsed.offset(t) < rest_at for t in parsed.tokens) or _VIOLENT.search(
            what
        )
        attack_before = any(is_attack(t) and parsed.offset(t) < match.start() for t in parsed.tokens)
        if not (
            attack_inside
            or (
                attack_before
                and (
                    re.match(r"\s*(?:on|against|at)\b", what)
                    or not re.search(r"[A-Za-z]{3,}", re.sub(r"\b(?:on|of|the|there|here|in|against|such|time)\b", "", what))
                )
            )
        ):
            continue
        if not attack_inside and not attack_before:
            continue
        if _OTHER_MATTER.search(what) and not _VIOLENT.search(what):
            continue
        # the last "since" or "in <length>" inside the match is the one that counts: "first attack on troops in Iraq since January"
        for how in re.finditer(r"\b(since|in|for|after)\s+", text[match.start("what") : match.end()], re.IGNORECASE):
            at = match.start("what") + how.end()
            if how.group(1).lower() == "since":
                since = _since(parsed, at)
                if since is not None:
                    return match.start(), since[1], since[0], "since"
            else:
                length = next((d for d in find_durations(text) if at - 1 <= d.start <= at + 14), None)
                if length is not None:
                    return match.start(), length.end, None, "duration"
    return None


def _lull(parsed: Parsed) -> _Cut | None:
    text = parsed.plain
    for pattern in (_LULL, _MONTHS_OF, _QUIET_MONTHS, _TRUCE_ENDED, _HELD, _NOTHING_LIKE):
        for match in pattern.finditer(text):
            what = match["what"]
            head = re.split(r"\b(?:during|when|that|which|after)\b", what)[0]
            if _OTHER_MATTER.search(head) and not _VIOLENT.search(head):
                continue
            if "noun" in match.groupdict() and not re.search(
                r"calm|quiet|peace|lull|attack|strike|violence|incident|silence|truce|rocket|drone", what, re.IGNORECASE
            ):
                continue
            start, end = match.start("what"), match.end()
            lengths = [d for d in find_durations(_QUIET_WORD.sub(lambda m: " " * len(m.group()), text)) if start <= d.start < end]
            if lengths:
                return match.start(), max(lengths[0].end, _quiet_end(match, start)), None, "duration"
            since = re.search(r"\b(?:since|(?:began|begun|started|announced|declared|in place) (?:since |in |on )?)\s*", what)
            if since is not None:
                when = _since(parsed, start + since.end())
                if when is not None:
                    return match.start(), when[1], when[0], "since"
    return None


def _quiet_end(match: re.Match[str], start: int) -> int:
    noun = re.search(rf"\b{_QUIET}\b", match["what"], re.IGNORECASE)
    return start + noun.end() if noun else start


def _not_since(parsed: Parsed, is_attack: Callable[[Token], bool]) -> _Cut | None:
    """ "had not been attacked since August", "had not been targeted for three months": quiet until what the article is about."""
    for token in parsed.tokens:
        if not is_attack(token) or not _denied(token):
            continue
        at = parsed.offset(token)
        for how in re.finditer(r"\b(since|for|in)\s+", parsed.plain[at:]):
            begins = at + how.end()
            if how.group(1) == "since":
                when = _since(parsed, begins)
                if when is not None:
                    return at, when[1], when[0], "negated"
            else:
                length = next((d for d in find_durations(parsed.plain) if begins - 1 <= d.start <= begins + 2), None)
                if length is not None:
                    return at, length.end, None, "negated"
    return None


def _halted_in(parsed: Parsed, is_attack: Callable[[Token], bool]) -> _Cut | None:
    """ "which froze its campaign in February", "the operations that it had suspended in January": quiet from then on."""
    for token in parsed.tokens:
        if (
            token.lemma_ not in HALT
            or token.pos_ != "VERB"
            or token.dep_ not in ("relcl", "advcl")
            or token.tag_ not in ("VBD", "VBN")
        ):
            continue
        wanted = tree.arguments(token)
        matters = (*wanted.objects, *([token.head] if token.dep_ == "relcl" else []))
        if not any(is_attack(o) or o.lemma_ in ("operation", "campaign", "hostility") for o in matters):
            continue
        low, high = (parsed.offset(t) for t in (token, token.right_edge))
        for timed in parsed.times:
            if timed.interval is not None and low < timed.start <= high and timed.relation in ("", "after", "since"):
                return low, timed.end, timed.interval, "since"
    return None


def _denied(token: Token) -> bool:
    if tree.negated(token) or (
        token.dep_ == "pobj" and token.head.dep_ == "prep" and token.head.head.pos_ == "VERB" and tree.negated(token.head.head)
    ):
        return True
    return any(tree.negated(s) for s in token.children if s.dep_ in ("nsubj", "nsubjpass")) or (
        token.dep_ in ("nsubj", "nsubjpass", "dobj") and tree.negated(token.head)
    )


def _halted_by(parsed: Parsed, is_attack: Callable[[Token], bool]) -> Token | None:
    """Head of whoever "halted attacks" in the sentence."""
    for token in parsed.tokens:
        if token.lemma_ in HALT and token.pos_ == "VERB":
            wanted = tree.arguments(token)
            if any(is_attack(o) or o.lemma_ in ("operation", "campaign", "hostility") for o in wanted.objects) and wanted.subjects:
                return wanted.subjects[0]
    return None


def halting(parsed: Parsed, is_attack: Callable[[Token], bool]) -> Token | None:
    """The verb of "halted attacks" in the sentence, None for none."""
    for token in parsed.tokens:
        if token.lemma_ in HALT and token.pos_ == "VERB" and any(is_attack(o) for o in tree.arguments(token).objects):
            return token
    return None
