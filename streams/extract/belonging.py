"""What belongs to a trigger and what to another: its time expression, and the triggers that "after" sets apart from it.

Called by `deeds`; asks the tree only.
"""

import re

from streams.extract import attribution
from streams.extract.cues import Cue
from streams.extract.parsed import Parsed
from streams.extract.tokens import Token
from streams.records.flow import Interval

_BREAK = frozenset("after before following since until because despite though although whereas while".split())

# "as he did on Monday", "as officials said on Monday": another day's
_AS_SAID = attribution.REPORT | frozenset("be do have expect plan promise threaten".split())

_ANSWER = Cue(
    r"\bin (?:response|retaliation|reply|return)\b(?! (?:to|for)\b)|\b(?:fir|shoot|hit|strik)(?:es?|ed|ing)? back\b|\b(?:shot|struck|hit) back\b"
    r"|\b(?:returned|returning) fire\b|\b(?:responded|retaliated|answered|replied) (?:with|by)\b",
    re.IGNORECASE,
)
_CAME = frozenset("come occur happen follow take".split())
# "the 31st in the last nine months": how long is counted, not when it happened
_NTH = re.compile(
    r"\b(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|latest|deadliest|worst|biggest|heaviest)"
    r"(?: [\w-]+){0,3} (?:in|within|over)(?: the)? ?$",
    re.IGNORECASE,
)


def answers(parsed: Parsed) -> bool:
    """Whether a sentence tells an answer to what was told before it: "in response", "hit back"."""
    return _ANSWER.search(parsed.plain) is not None


def owned_time(parsed: Parsed, trigger: Token, triggers: frozenset[int]) -> Interval | None:
    """The time expression that belongs to the trigger: in its own phrase, at its verb, else the clause's only one."""
    near: list[tuple[int, Interval]] = []
    for timed in parsed.times:
        if timed.interval is None or timed.relation in ("since", "until", "before") or _NTH.search(parsed.plain, 0, timed.start):
            continue
        token = next((t for t in trigger.doc if timed.start <= parsed.offset(t) < timed.end), None)
        if token is None:
            continue
        rank = _rank(token, trigger, triggers, parsed)
        if rank is not None:
            near.append((rank, timed.interval))
    if near:
        return min(near, key=lambda pair: pair[0])[1]
    return _only_time(parsed, trigger)


def _only_time(parsed: Parsed, trigger: Token) -> Interval | None:
    """The sentence's only time, where the parser hung it on "told" although it stands with the deed: "attacked X on Tuesday, a source said"."""
    stated = [timed for timed in parsed.times if timed.interval is not None]
    if len(stated) != 1 or stated[0].relation in ("since", "until", "before", "after"):
        return None
    at = stated[0].start
    reports = [parsed.offset(t) for t in parsed.tokens if t.pos_ == "VERB" and t.lemma_ in attribution.REPORT]
    told_later = all(verb > at for verb in reports) and parsed.offset(trigger) < at
    own_clause = not any(
        t.lower_ in _BREAK or t.lower_ in ("who", "which", "when")
        for t in parsed.tokens
        if parsed.offset(trigger) < parsed.offset(t) < at
    )
    return stated[0].interval if reports and told_later and own_clause else None


def _rank(token: Token, trigger: Token, triggers: frozenset[int], parsed: Parsed) -> int | None:
    """How near a time expression stands to a trigger: 0 in its own phrase, more up the tree, None for another's."""
    for steps, above in enumerate((token, *token.ancestors)):
        if above == trigger:
            return steps
        if above.i in triggers and not parsed.is_time(above):
            # another event's time, unless that event tells the same deed: left to the merge
            return _through(trigger, above, steps) if above.pos_ == "VERB" and _when(trigger, above) else None
        if above.pos_ in ("VERB", "AUX"):
            return _through(trigger, above, steps)
    return None


def _through(trigger: Token, verb: Token, steps: int) -> int | None:
    """How far off the verb of a time expression stands, where it holds for the trigger's clause too."""
    if verb.lemma_ in attribution.REPORT:
        return None
    if verb in trigger.ancestors:
        path = _path(trigger, verb)
        clauses = [t for t in path if t.dep_ in ("advcl", "relcl")]
        return 10 + steps + 5 * sum(t.pos_ == "VERB" for t in path) if all(_at_once(t) for t in clauses) else None
    # "when the fleet sailed last year, its guns shelled the port"
    explained = verb.dep_ == "advcl" and _at_once(verb) and bool(verb.head in (trigger, *trigger.ancestors))
    return 30 + steps if explained else None


def _when(trigger: Token, verb: Token) -> bool:
    """Whether the trigger's clause says when that of the verb was: "was killed on 3 May when a mine went off"."""
    return verb in trigger.ancestors and any(t.dep_ in ("advcl", "relcl") and _at_once(t) for t in _path(trigger, verb))


def _at_once(clause: Token) -> bool:
    """Whether a clause tells what happened in the same moment as what it hangs on: "died on 3 May when his post was shelled"."""
    words = ("when",) if clause.lemma_ in _AS_SAID else ("when", "as")
    return any(c.dep_ in ("advmod", "mark") and c.lower_ in words and c.i < clause.i for c in clause.children)


def _path(token: Token, above: Token) -> list[Token]:
    found = []
    for step in (token, *token.ancestors):
        if step == above:
            break
        found.append(step)
    return found


def set_apart(one: Token, other: Token) -> bool:
    """Whether "after", "following", "in response to" stands between two triggers in the tree."""
    for low, high in ((one, other), (other, one)):
        path = [low]
        for above in low.ancestors:
            path.append(above)
            if above == high:
                break
        if path[-1] != high:
            if high.dep_ != "nsubj" or high.head not in path or high.head.lemma_ not in _CAME:
                continue
            path = path[: path.index(high.head) + 1]  # "the bombing came a day after troops killed him"
        for step in path[:-1]:
            if step.pos_ in ("ADP", "SCONJ") and step.lower_ in _BREAK:
                return True
            if step.pos_ in ("VERB", "AUX") and any(
                c.dep_ in ("mark", "prep", "advmod") and c.lower_ in _BREAK for c in step.children if c.i < step.i
            ):
                return True
            if step.lemma_ in ("response", "retaliation", "reprisal", "revenge"):
                return True
    return False
