"""What an incident's events say together: merged facts, and how the whole stands.

Called by `streams.incidents.grouping`. Pure, and the same for the same events whatever order they came in: events are read in
canonical order (published, article, offset) and nothing else decides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from streams.incidents.sameness import ATTACK, is_accident, is_statement
from streams.records.flow import (
    Attribution,
    Count,
    Event,
    Instrument,
    Interval,
    Outcome,
    Participant,
    Place,
    Span,
    Standing,
    Telling,
)

_FINENESS = ("site", "town", "province", "region", "sea", "country")  # finest first
_WEAK_WORD = ("anonymous-official", "armed-group", "witness", "media", "other")
_ON_RECORD = "official"
_STRONGEST_FIRST: tuple[Standing, ...] = ("confirmed", "disputed", "reported", "claimed")

Item = TypeVar("Item")


def merged(salvoes: Sequence[Sequence[Event]], words: Sequence[Event] = ()) -> Telling:
    """The facts of one incident: of the salvoes of an attack and of the statements about it, each in canonical order.

    Where the incident is an attack, what statements about it say of themselves (speaker, time, denial) stays out. Its time is
    that of its first salvo.
    """
    waves = [_told(salvo) for salvo in salvoes] or [_told(words)]
    told = sorted((event for wave in waves for event in wave), key=_order)
    strand = sorted((event for salvo in salvoes for event in salvo), key=_order) or list(words)
    lead = max(told, key=lambda event: len(event.path))  # the first of the finest types
    return Telling(
        type=lead.type,
        path=lead.path,
        trigger=told[0].trigger,
        sentence=told[0].sentence,
        actors=_participants(event.actors for event in told),
        targets=_participants(event.targets for event in told),
        instruments=_instruments(told),
        place=_place([event.place for event in told]),
        origin=_place([event.origin for event in told]),
        time=_time(waves[0]),
        counts=_of_all(_counts(wave) for wave in waves),
        stage=told[0].stage,
        outcome=_outcome(waves),
        doubt=_unique((span for event in told for span in event.doubt), key=lambda span: span.text),
        standing=standing(strand),
        attribution=_attributions(event.attribution for event in strand),
        claimed_by=_participants(event.claimed_by for event in strand),
        disowned_by=_participants(event.disowned_by for event in strand),
        pause=next((event.pause for event in told if event.pause), None),
        about=told[0].about,
    )


def _order(event: Event) -> tuple[datetime, str, int, int]:
    return event.published, event.article, event.trigger.where == "text", event.trigger.start


def _told(events: Sequence[Event]) -> list[Event]:
    """Those that are not mere denials; all where nothing else is told."""
    return [event for event in events if event.standing != "denied"] or list(events)


def standing(events: Sequence[Event]) -> Standing:
    """How far the whole is to be believed.

    Denied: all that is said is that it did not happen, or its own announcer takes it back, or an authority on record denies
    what only weaker words had carried (nobody on record, no claim). Disputed: a denial stands against word of equal weight.
    """
    denials = against(events)
    told_against = {event.id for event in denials}
    tellings = [event for event in events if event.id not in told_against]
    if not tellings:
        return "denied"
    if not denials:
        held = {event.standing for event in tellings}
        return next((best for best in _STRONGEST_FIRST if best in held), "claimed")
    last = max(event.published for event in tellings)
    for denial in denials:
        speakers = {actor.id for actor in denial.actors if actor.id} if is_statement(denial) else set()
        takes_back = bool(speakers) and all(speakers & {actor.id for actor in event.actors} for event in tellings)
        authority = any(word.speaker == _ON_RECORD for word in denial.attribution)
        weak = all(_weak(event) for event in tellings)
        if denial.published >= last and (takes_back or (authority and weak)):
            return "denied"
    return "disputed"


def against(events: Sequence[Event]) -> list[Event]:
    """The events that speak against the rest: denials, and words that what is told as an attack was an accident."""
    attack = any(ATTACK in event.path and event.standing != "denied" for event in events)
    return [event for event in events if event.standing == "denied" or (attack and is_accident(event))]


def _weak(event: Event) -> bool:
    return event.standing != "confirmed" and all(word.speaker in _WEAK_WORD for word in event.attribution)


def _unique(items: Iterable[Item], key: object = None) -> tuple[Item, ...]:
    seen: dict[object, Item] = {}
    for item in items:
        seen.setdefault(key(item) if callable(key) else item, item)
    return tuple(seen.values())


def _participants(groups: Iterable[Sequence[Participant]]) -> tuple[Participant, ...]:
    """Each participant once, known ones before vague ones of the same kind and side."""
    found: dict[tuple[object, ...], Participant] = {}
    for group in groups:
        for participant in group:
            found.setdefault((participant.id or participant.head, participant.kind, participant.nations), participant)
    return tuple(found.values())


def _instruments(events: Sequence[Event]) -> tuple[Instrument, ...]:
    return _unique((i for event in events for i in event.instruments), key=lambda instrument: instrument.kind)


def _attributions(groups: Iterable[Sequence[Attribution]]) -> tuple[Attribution, ...]:
    return _unique((word for group in groups for word in group), key=lambda word: (word.span.text.lower(), word.speaker, word.via))


def _place(places: Sequence[Place | None]) -> Place | None:
    known = [place for place in places if place is not None]
    return min(known, key=lambda place: _FINENESS.index(place.kind), default=None)


def _time(events: Sequence[Event]) -> Interval | None:
    """What the stated times have in common; the first one where they do not meet; the widest bounds where none is stated."""
    intervals = [event.time for event in events if event.time is not None]
    if not intervals:
        return None
    stated = [interval for interval in intervals if interval.precision != "unstated"] or intervals
    best = min(stated, key=lambda interval: interval.end - interval.start)
    start, end = max(i.start for i in stated), min(i.end for i in stated)
    return replace(best, start=start, end=end) if start < end else stated[0]


def _counts(events: Sequence[Event]) -> tuple[Count, ...]:
    """Per thing counted, the newest word."""
    newest: dict[str, Count] = {}
    for event in events:
        for count in event.counts:
            earlier = newest.get(count.what)
            if earlier is None or count.low > 0 or earlier.low == 0:
                newest[count.what] = count
    return tuple(newest[what] for what in sorted(newest))


def _of_all(waves: Iterable[Sequence[Count]]) -> tuple[Count, ...]:
    """The counts of one salvo; of several, the greatest as a lower bound, for who counts the second may count the first again."""
    found = list(waves)
    if len(found) == 1:
        return tuple(found[0])
    best: dict[str, Count] = {}
    for counts in found:
        for count in counts:
            known = best.get(count.what)
            if known is None or count.low > known.low:
                best[count.what] = count
    several = {what for what in best if sum(any(count.what == what and count.low for count in counts) for counts in found) > 1}
    return tuple(replace(best[what], high=None) if what in several else best[what] for what in sorted(best))


def _outcome(waves: Sequence[Sequence[Event]]) -> tuple[Outcome, ...]:
    """Values still possible: what all that speak of a salvo agree on, or all that any of them says; one salvo that hit is a hit."""
    found: list[set[Outcome]] = []
    for wave in waves:
        stated = [set(event.outcome) for event in wave if event.outcome]
        if stated:
            found.append(set.intersection(*stated) or set.union(*stated))
    if not found:
        return ()
    return ("hit",) if {"hit"} in found else tuple(sorted(set.union(*found)))


def quoted(spans: Sequence[Span]) -> tuple[str, ...]:
    """The words of spans, each once."""
    return _unique(span.text for span in spans)
