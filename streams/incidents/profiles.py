"""What sameness looks at in an event, as a key: events of one key compare alike with all others, so they are compared once.

Called by `streams.incidents.partition` and `streams.incidents.grouping`. A story that two hundred outlets tell has a handful of
keys; comparing its events pair by pair would make each further article dearer than the one before.
"""

from collections.abc import Hashable

from streams.incidents.alike import country, ids, name, sides, spotless, weapons, words_of
from streams.incidents.sameness import family, is_statement
from streams.records.flow import Event, Participant

Profile = Hashable


def profile(event: Event) -> Profile | None:
    """The key; None where more than these fields has a say: statements, denials, and what is told as another than before.

    That one article tells two events is not in it (`streams.incidents.sameness.same_article`): then the events themselves are
    asked.
    """
    if is_statement(event) or event.standing == "denied" or event.again is not None:
        return None
    place, time = event.place, event.time
    return (
        family(event),
        event.stage,
        "armed-attack" in event.path,
        None if time is None else (time.start, time.end),
        None if place is None else (place.kind, country(event), place.path),
        tuple(sorted(map(_one, event.targets), key=repr)),
        tuple(sorted(map(_one, event.actors), key=repr)),
        frozenset(ids(event.claimed_by)),
        frozenset(weapons(event.instruments)),
        words_of(event) if spotless(place) else None,
        frozenset((count.what, count.low, count.high) for count in event.counts),
    )


def _one(participant: Participant) -> tuple[str | None, str | None, tuple[str, ...], str]:
    return participant.id, participant.kind, tuple(sorted(sides((participant,)))), name(participant)
