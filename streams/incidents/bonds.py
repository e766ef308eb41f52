"""What operators said of pairs of events, kept as notes: these two are one thing in the world, these two are not.

Called by `streams.incidents.grouping`, which obeys them whatever comes later, and by `streams.bonding`, which takes the orders. A
newer word on a pair stands in place of an older one. An article's next revision takes the words on its events over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from streams.incidents.sameness import conflict, family, tie
from streams.ports import Memory
from streams.records.flow import Event
from streams.records.orders import Bond

_KIND = "bonds"
_ANY = ""  # key of the note that is there once any bond has been made, so that whoever has none asks once


@dataclass(frozen=True, slots=True)
class _Kept:
    """The bonds of one event."""

    bonds: tuple[Bond, ...] = ()


def of(events: Iterable[str], memory: Memory) -> tuple[Bond, ...]:
    """All bonds that one of these events is in, ordered by pair."""
    if memory.note(_KIND, _ANY, _Kept) is None:
        return ()
    found = {(bond.one, bond.other): bond for event in events for bond in _kept(event, memory)}
    return tuple(found[pair] for pair in sorted(found))


def put(bond: Bond, memory: Memory) -> None:
    """Keeps a bond in place of the one of its pair."""
    memory.put_note(_KIND, _ANY, _Kept())
    for event in (bond.one, bond.other):
        _write(event, [*_without(event, bond, memory), bond], memory)


def drop(bond: Bond, memory: Memory) -> None:
    """Forgets a bond."""
    for event in (bond.one, bond.other):
        _write(event, _without(event, bond, memory), memory)


def pair(one: str, other: str) -> tuple[str, str]:
    """Two event ids in the order in which a bond names them."""
    return (one, other) if one < other else (other, one)


def carry(forgotten: Sequence[Event], fresh: Sequence[Event], memory: Memory) -> None:
    """Hands the bonds of events that a revision replaces to those that tell the same now; what tells nothing more loses them."""
    for event in forgotten:
        held = of((event.id,), memory)
        heir = _heir(event, fresh) if held else None
        for bond in held:
            drop(bond, memory)
            partner = bond.other if bond.one == event.id else bond.one
            if heir is not None and heir.id != partner:
                one, other = pair(heir.id, partner)
                put(replace(bond, one=one, other=other), memory)


def _heir(event: Event, fresh: Sequence[Event]) -> Event | None:
    """The event of the next revision that is the same: the same word at best, the nearest of equals."""
    like = [each for each in fresh if family(each) == family(event) and not conflict(event, each)]

    def fit(each: Event) -> tuple[bool, int, int]:
        return each.trigger.text == event.trigger.text, tie(event, each), -abs(each.trigger.start - event.trigger.start)

    return max(like, key=fit, default=None)


def _kept(event: str, memory: Memory) -> tuple[Bond, ...]:
    found = memory.note(_KIND, event, _Kept)
    return () if found is None else found.bonds


def _without(event: str, bond: Bond, memory: Memory) -> list[Bond]:
    return [each for each in _kept(event, memory) if (each.one, each.other) != (bond.one, bond.other)]


def _write(event: str, held: Sequence[Bond], memory: Memory) -> None:
    if held:
        memory.put_note(_KIND, event, _Kept(tuple(held)))
    else:
        memory.drop_note(_KIND, event)
