"""What an event can be taken hold of by: two events that can be one thing share a handle, so only those that do are compared.

Called by `streams.incidents.grouping`, which keeps the handles of an incident's events with it, and by
`streams.incidents.partition`. A necessary condition and no more: `streams.incidents.sameness` has the word. On a day on which
everything is about one war each article would otherwise be held against all that was told of it.
"""

from collections.abc import Iterable, Iterator
from math import ceil

from streams.incidents.alike import FEW_WORDS, FINE, SAME_WORDS, SHIPS, country, ids, name, sides, spotless, words_of
from streams.incidents.sameness import is_statement, kin
from streams.records.flow import Event, Participant, Place

_MILITARY = ("base", "state-force")  # count as one kind


def held(events: Iterable[Event]) -> frozenset[str]:
    """The handles that the events offer."""
    return frozenset(f"{_kin(event)} {handle}" for event in events for handle in (*_both(event), *_offered(event.place)))


def sought(event: Event) -> frozenset[str]:
    """The handles of which one is offered by whatever the event is tied to, or is a wave of (`sameness.ties`, `sameness.wave`)."""
    return frozenset(f"{_kin(event)} {handle}" for handle in (*_both(event), *_asked(event.place)))


def _kin(event: Event) -> str:
    return "/".join(kin(event))


def _offered(place: Place | None) -> Iterator[str]:
    if place is not None and place.kind in FINE and place.path:
        yield f"at {place.path[0]}"
        yield from (f"in {part}" for part in place.path)


def _asked(place: Place | None) -> Iterator[str]:
    """The other way round: a site lies in a town that is told of, and a town has sites that are."""
    if place is not None and place.kind in FINE and place.path:
        yield f"in {place.path[0]}"
        yield from (f"at {part}" for part in place.path)


def _both(event: Event) -> Iterator[str]:
    """What two events have in common where one spot is not it."""
    if is_statement(event):
        yield from (f"by {actor}" for actor in ids(event.actors))
        yield from (f"like {kind}" for kind in _kinds(event.actors))
        yield from _words(event)
        return
    yield from (f"to {target}" for target in ids(event.targets))
    yield from (f"named {called}" for target in event.targets if (called := name(target)))
    if (where := country(event)) is not None:
        yield from (f"like {where} {kind}" for kind in _kinds(event.targets))
        yield from (f"by {where} {actor}" for actor in ids(event.actors))
        yield from (
            f"toll {where} {one.what} {one.low}" for one in event.counts if one.what in ("killed", "wounded") and one.low > 1
        )
    if any(target.kind in SHIPS for target in event.targets):
        yield from (f"ship by {nation}" for nation in sides(event.actors))
    if spotless(event.place):
        yield from _words(event)


def _kinds(people: Iterable[Participant]) -> Iterator[str]:
    for one in people:
        if one.kind is not None:
            kind = _MILITARY[0] if one.kind in _MILITARY else one.kind
            yield from (f"{kind} {nation}" for nation in sides((one,)))


def _words(event: Event) -> Iterator[str]:
    """So many of the sentence's longest words that one of them is in any other sentence with nine words in ten of it."""
    words = words_of(event)
    if len(words) >= FEW_WORDS:
        most = len(words) - ceil(SAME_WORDS * len(words)) + 1
        yield from (f"word {word}" for word in sorted(words, key=lambda word: (-len(word), word))[:most])
