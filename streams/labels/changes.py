"""Told against wanted, for one label: what is new to the desk, and whether it adds or takes back.

Called by `streams.decide`. A change adds (update) or takes back (correction). Counted things ping by steps and against the
highest told; what may go to and fro has a state, and a state told twice calls no more (`streams.alerting.telling`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from streams.notation.durations import in_words
from streams.records.flow import SEVERITIES, Count, Label, Outcome, PauseView, Place, Standing
from streams.records.timelines import Pattern

TOLL_STEPS = (1, 5, 10, 25, 50, 100, 250, 500, 1000)
_BELIEF: dict[Standing, int] = {"denied": 0, "disputed": 1, "claimed": 1, "reported": 2, "confirmed": 3}
_COUNTED = ("killed", "wounded")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between what was told and what is wanted."""

    kind: str  # a name of `again_on`, or "evidence", "pattern" or "pause"
    words: str  # for the desk
    takes_back: bool = False  # something told no longer holds
    state: str = ""  # what it comes to, where that may go to and fro; "": it cannot, or must be said each time (severity)


def changes(told: Label, wanted: Label, peak: dict[str, int]) -> tuple[Change, ...]:
    """What differs in substance; empty when only the display does. `peak`: as `peaks` of what was told gave it."""
    return tuple(_all(told, wanted, peak))


def peaks(label: Label, earlier: dict[str, int]) -> dict[str, int]:
    """The highest told so far per counted thing: steps of the toll, and waves."""
    now = {what: _step(_count(label, what)) for what in _COUNTED} | {"waves": label.waves}
    return {what: max(value, earlier.get(what, 0)) for what, value in sorted(now.items())}


def states(label: Label) -> tuple[str, ...]:
    """What a label says of all that may go to and fro."""
    outcome, place = outcome_words(label.outcome), label.place.name if label.place else ""
    return tuple(
        f"{what} {value}" for what, value in (("standing", label.standing), ("outcome", outcome), ("place", place)) if value
    )


def _all(told: Label, wanted: Label, peak: dict[str, int]) -> Iterator[Change]:
    if wanted.severity != told.severity:
        lower = SEVERITIES.index(wanted.severity) > SEVERITIES.index(told.severity)
        yield Change("severity", f"severity now {wanted.severity}, was {told.severity}", takes_back=lower)
    for what in _COUNTED:
        yield from _toll(what, _count(told, what), _count(wanted, what), peak.get(what, 0))
    if wanted.outcome != told.outcome and wanted.outcome:
        narrower = not told.outcome or set(wanted.outcome) < set(told.outcome)
        words = f"outcome now {outcome_words(wanted.outcome)}" + (f", was {outcome_words(told.outcome)}" if told.outcome else "")
        yield Change("outcome", words, takes_back=not narrower, state=f"outcome {outcome_words(wanted.outcome)}")
    if wanted.standing != told.standing:
        lower = _BELIEF[wanted.standing] < _BELIEF[told.standing]
        yield Change(
            "standing", f"now {wanted.standing}, was {told.standing}", takes_back=lower, state=f"standing {wanted.standing}"
        )
    yield from _responsibility(told, wanted)
    if told.place and wanted.place and _elsewhere(told.place, wanted.place):
        words = f"place now {wanted.place.name}, was {told.place.name}"
        yield Change("place", words, takes_back=True, state=f"place {wanted.place.name}")
    if wanted.waves > peak.get("waves", 1):
        yield Change("wave", f"{wanted.waves} waves by now")
    gone = [kind for kind in told.evidence_kinds if kind not in wanted.evidence_kinds]
    come = [kind for kind in wanted.evidence_kinds if kind not in told.evidence_kinds]
    if gone:
        yield Change("evidence", f"no longer {' or '.join(gone)}; still {' and '.join(wanted.evidence_kinds)}", takes_back=True)
    if come:
        yield Change("standing", f"now also {' and '.join(come)}")
    if told.pattern and wanted.pattern:
        yield from _pattern(told.pattern, wanted.pattern)
    if told.pause and wanted.pause:
        yield from _pause(told.pause, wanted.pause)


def _pause(told: PauseView, wanted: PauseView) -> Iterator[Change]:
    """Accounts that differ; a quiet that was shorter, because an attack inside it became known."""
    if wanted.begun and not told.begun:
        yield Change("evidence", f"the announced attacks have begun, on {wanted.begun.date()}")
    if wanted.contradiction and not told.contradiction:
        yield Change("pause", f"accounts of the pause differ: {wanted.contradiction}", takes_back=True)
    if wanted.proof == "unproven" and told.proof in ("certain", "possible"):
        stretch = f"{_hour(wanted.blind_since)} to {_hour(wanted.blind_until)}"
        words = f"the pause is unproven: feeds that matter were not alive from {stretch}"
        yield Change("pause", words, takes_back=True)
    if told.quiet_since and wanted.quiet_since and wanted.quiet_since > told.quiet_since:
        words = (
            f"the pause was shorter: quiet since {wanted.quiet_since.date()} by our own record, not since {told.quiet_since.date()}"
        )
        yield Change("pause", words, takes_back=True)


def _window(pattern: Pattern) -> str:
    return in_words(timedelta(seconds=pattern.within_s))


def _hour(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%MZ}" if moment else "?"


def _pattern(told: Pattern, wanted: Pattern) -> Iterator[Change]:
    """Another series, or no first after all; that there are more of them is told by a silent edit."""
    known = [(old, new) for old, new in zip(told.key, wanted.key, strict=False) if old and new]
    if any(old != new for old, new in known):
        words = f"counted with {_series(wanted.key)} now, not with {_series(told.key)}"
        yield Change("pattern", words, takes_back=True)
    if wanted.ended and not told.ended:
        yield Change("ended", f"over: fewer than {wanted.asked} in {_window(wanted)} since {_hour(wanted.until)}")
    if told.ended and not wanted.ended:
        yield Change(
            "ended", f"not over after all: {wanted.asked} in {_window(wanted)} until {_hour(wanted.until)}", takes_back=True
        )
    if wanted.form == "first" and (told.number == 1) is not (wanted.number == 1):
        again = "the first after all: none is known before it"
        words = again if wanted.number == 1 else f"not the first: one on {wanted.since_from.date()} is known now"
        yield Change("pattern", words, takes_back=True)


def _series(key: Sequence[str]) -> str:
    return ", ".join(filter(None, key))


def _toll(what: str, told: Count | None, wanted: Count | None, peak: int) -> Iterator[Change]:
    if wanted is None or told == wanted:
        return
    if _step(wanted) > peak:
        was = f", was {count_words(told)}" if told else ""
        yield Change("toll", f"{what}: now {count_words(wanted)}{was}")
    elif told is not None and wanted.high is not None and wanted.high < told.low:
        words = f"{what}: now {count_words(wanted)}, was {count_words(told)}"
        yield Change("toll", words, takes_back=True, state=f"{what} {count_words(wanted)}")


def _responsibility(told: Label, wanted: Label) -> Iterator[Change]:
    for name in wanted.claimed_by:
        if name not in told.claimed_by:
            yield Change("responsibility", f"claimed by {name}", state=f"claimed by {name}")
    for name in wanted.disowned_by:
        if name not in told.disowned_by:
            yield Change("responsibility", f"{name} denies responsibility", state=f"disowned by {name}")
    for name in told.claimed_by:
        if name not in wanted.claimed_by:
            words = f"the claim by {name} no longer stands"
            yield Change("responsibility", words, takes_back=True, state=f"no claim by {name}")


def _elsewhere(told: Place, wanted: Place) -> bool:
    """Different, not finer and not coarser."""
    if not told.path or not wanted.path:
        return False
    return told.path[0] not in wanted.path and wanted.path[0] not in told.path and told.kind == wanted.kind


def _count(label: Label, what: str) -> Count | None:
    return next((count for count in label.counts if count.what == what), None)


def _step(count: Count | None) -> int:
    return 0 if count is None else sum(count.low >= step for step in TOLL_STEPS)


def count_words(count: Count) -> str:
    """Bounds as people say them: "none", "5", "at least 5", "up to 5", "3 to 5"."""
    if count.high is None:
        return f"at least {count.low}"
    if count.low == count.high:
        return str(count.low) if count.low else "none"
    return f"up to {count.high}" if count.low == 0 else f"{count.low} to {count.high}"


def outcome_words(outcome: tuple[Outcome, ...]) -> str:
    """Possible outcomes as people say them; both ways of failing read "failed"."""
    if not outcome:
        return "unknown"
    return "failed" if set(outcome) == {"intercepted", "missed"} else " or ".join(outcome)
