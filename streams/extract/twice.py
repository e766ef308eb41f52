"""Two attacks in one sentence, told by their times: "hit two ships in attacks last night and early today".

Called by `tellings` for each deed with a time of its own. Fighting that goes on "on Monday and Tuesday" is one battle and stays one.
"""

from dataclasses import replace

from streams.extract.cues import Cue
from streams.extract.drafts import Draft
from streams.extract.parsed import Parsed, Timed
from streams.records.flow import Interval

_JOINED = Cue(r",? and(?: again)?(?: (?:on|at|in))? ")
_STRETCH = Cue(r"\b(?:between|from|both)(?: \w+)? $")  # "between Monday and Tuesday" is one time


def second(parsed: Parsed, draft: Draft) -> Draft | None:
    """The later of two attacks that the draft tells, None when it tells one; the draft keeps the earlier time, cut where they meet.

    The later one has the words of its time for a trigger: they alone tell it.
    """
    told = draft.telling
    if told.time is None or told.stage != "happened" or "armed-attack" not in told.path or "battles" in told.path or draft.harm:
        return None
    then = _other(parsed, told.time)
    if then is None or then.interval is None:
        return None
    draft.telling = replace(told, time=replace(told.time, end=min(told.time.end, then.interval.start)))
    later = replace(told, time=then.interval, trigger=parsed.span(then.start, then.end), counts=())
    return replace(draft, telling=later, tokens=set(), linked=set(), boundary=frozenset(draft.tokens), definite=False)


def _other(parsed: Parsed, time: Interval) -> Timed | None:
    """The time that "and" joins to the deed's and that begins later; both of a day or less."""
    for first, then in zip(parsed.times, parsed.times[1:], strict=False):
        if first.interval != time or then.interval is None or first.relation or then.relation:
            continue
        if not _JOINED.fullmatch(parsed.plain[first.end : then.start]) or _STRETCH.search(parsed.plain[: first.start]):
            continue
        if time.start < then.interval.start and max(_days(time), _days(then.interval)) <= 1:
            return then
    return None


def _days(time: Interval) -> float:
    return (time.end - time.start).total_seconds() / 86400
