"""How it ended: the outcomes still possible, from the words of one sentence.

Called by the reader with a trigger's frame. "Struck the base" is a hit; "fired at the base" says nothing; what stands under
"unclear whether" leaves several open. Counts of victims are `quantities`' question.
"""

import re

from streams.extract.cues import Cue
from streams.extract.parsed import Wording
from streams.extract.sorting import Frame
from streams.records.flow import Outcome

_INTERCEPTED = Cue(
    r"\b(?:intercept(?:ed|s|ing|ion)|shot (?:\w+ ){0,3}down|shoot(?:s|ing)? down|shot (?:\w+ ){0,3}out of the (?:sky|air)|downed|downs|brought down|neutrali[sz]ed|"
    r"(?:was|were|been|both|all|drones?|missiles?|rockets?|them) destroyed before|destroyed (?:\w+ ){0,4}(?:drones?|missiles?|rockets?|before reaching|in flight|in the air|mid-?air)|"
    r"taken down|took down|knocked out of the sky)\b",
    re.IGNORECASE,
)
_MISSED = Cue(
    r"\b(?:missed|missing (?:its|their|the) (?:target|mark|base)|overshooting|fell short|falling short|fall short|off target|wide of|overshot|failed to (?:hit|reach|detonate|explode|strike)|did not (?:hit|reach|detonate|explode)|"
    r"malfunctioned|in (?:an )?(?:open|empty|uninhabited|farmland|desert|field)\w*|landed in farmland|without (?:hitting|exploding|detonating))\b",
    re.IGNORECASE,
)
_FAILED = Cue(
    r"\b(?:failed|unsuccessful|botched|abortive)\b[^.;,]{0,30}\b(?:attack|strike|attempt|assault|raid|launch)\b", re.IGNORECASE
)
_FOILED = Cue(r"\b(?:foiled|thwarted|averted|was stopped before|disrupted)\b", re.IGNORECASE)
_HIT = Cue(
    r"\b(?:damag(?:ed|ing)|destroy(?:ed|ing)|killed|killing|wounded|wounding|injured|injuring|causing (?:\w+ ){0,3}(?:damage|injur\w+|casualt\w+|fire|deaths?)|"
    r"caused (?:\w+ ){0,3}(?:damage|injur\w+|casualt\w+|fire|deaths?)|left craters|set (?:\w+ ){0,3}(?:ablaze|on fire)|(?:minor|some|slight|material) damage|direct hits?)\b",
    re.IGNORECASE,
)
_NO = Cue(r"\b(?:no|nor|without|not|nobody|none|no one|neither|any)\b[^.;,]{0,40}$", re.IGNORECASE)
_HIT_VERBS = frozenset("hit strike slam crash smash pound rock bomb bombard damage rip tear plow plough ram".split())
_INSIDE = frozenset({"inside", "in", "into", "on", "within", "onto", "at"})


def outcomes(parsed: Wording, frame: Frame | None) -> tuple[Outcome, ...]:
    """The outcomes that the sentence leaves possible for the trigger of `frame` (for the event spoken of, with None); sorted."""
    text = parsed.plain
    whether = re.search(r"\b(?:unclear|not (?:immediately )?clear|unknown|uncertain)\s+(?:whether|if)\b", text, re.IGNORECASE)
    found: set[Outcome] = set()
    sure = text[: whether.start()] if whether else text
    if _FAILED.search(sure):
        found |= {"intercepted", "missed"}
    if whether:
        open_part = text[whether.start() :]
        either = {
            o
            for o, seen in (
                ("intercepted", _INTERCEPTED.search(open_part) or re.search(r"destroyed before", open_part)),
                ("missed", _MISSED.search(open_part)),
            )
            if seen
        }
        if len(either) == 2:
            found |= {"intercepted", "missed"}
        if found:
            return tuple(sorted(found))
    if found:
        return tuple(sorted(found))
    if _said(_FOILED, sure):
        found.add("foiled")
    if _said(_INTERCEPTED, sure):
        found.add("intercepted")
    if _said(_MISSED, sure):
        found.add("missed")
    if _said(_HIT, sure) or (frame is not None and _hit_verb(frame)):
        # "wounded two before it was shot down": what hit, hit
        return ("hit",)
    return tuple(sorted(found))


def _said(pattern: Cue, text: str) -> bool:
    """Whether a pattern stands in the text, not denied right before it."""
    return any(not _NO.search(text[max(0, m.start() - 60) : m.start()].replace("U.S.", "US")) for m in pattern.finditer(text))


def _hit_verb(frame: Frame) -> bool:
    token, grammar = frame.candidate.token, frame.candidate.grammar
    lemma = token.lemma_.lower()
    if grammar == "noun":
        return False
    if lemma in _HIT_VERBS:
        return True
    if grammar == "verb" and (lemma == "down" or any(c.lower_ == "down" for c in token.children)):
        return True  # who was shot down, and no weapon on its way
    if grammar == "land" and lemma in ("land", "explode", "detonate", "fall", "go", "burst", "impact"):
        landed = [c for c in token.children if c.dep_ == "prep" and c.lower_ in _INSIDE]
        # "fell in open fields" hit nothing
        return any(not _MISSED.match(" ".join(t.lower_ for t in c.subtree)) for c in landed) and "short" not in {
            c.lower_ for c in token.children
        }
    return False
