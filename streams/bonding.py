"""Merge and split: an operator's word on what is one thing in the world, taken as an order of the journal.

Called by `streams.obey`. The word is kept as bonds between events (`streams.incidents.bonds`), so it holds whatever articles come
later. The incidents it touches are put together anew, and what was told follows.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise, product

from streams import backfill
from streams.alerting.decision import Decision
from streams.decide import decide_by_hand
from streams.errors import OrderRefused
from streams.incidents import bonds
from streams.incidents.grouping import rebond
from streams.labels.wanted import Desk
from streams.ports import Memory
from streams.records.flow import Event, Incident
from streams.records.orders import Bond, BondKind, Merge, Order, Split

MOST = 400  # events of one order: bonds grow with the product of the two sides; an assumption, far above what was seen


def merge(given: Order, what: Merge, entry: int, memory: Memory, desk: Desk, now: datetime) -> Decision:
    """Two incidents become one; raises OrderRefused where one of them does not exist."""
    one, other = _incident(what.one, memory), _incident(what.other, memory)
    if one.id == other.id:
        raise OrderRefused(f'"{one.id}" and "{other.id}" are the same incident')
    _few(len(one.events) + len(other.events))
    _forget(one.events, other.events, "apart", memory)
    _bond(one.opener, other.opener, "together", given, what.why, entry, memory)
    word = f"merged by {given.who}: {what.why}"
    return _settled(memory.events((*one.events, *other.events)), word, entry, memory, desk, now)


def split(given: Order, what: Split, entry: int, memory: Memory, desk: Desk, now: datetime) -> Decision:
    """Some events of an incident become another; raises OrderRefused where they are none of its, or all."""
    incident = _incident(what.incident, memory)
    leave = tuple(dict.fromkeys(what.events))
    strange = [event for event in leave if event not in incident.events]
    if strange:
        raise OrderRefused(f'"{strange[0]}" is no event of {incident.id}; "tocsin incident show {incident.id}" lists them')
    stay = tuple(event for event in incident.events if event not in leave)
    if not leave or not stay:
        raise OrderRefused(f"{incident.id}: name some of its {len(incident.events)} events, and not all of them")
    _few(len(incident.events))
    _forget(leave, stay, "together", memory)
    for one, other in product(leave, stay):
        _bond(one, other, "apart", given, what.why, entry, memory)
    for one, other in (*pairwise(leave), *pairwise(stay)):
        _bond(one, other, "together", given, what.why, entry, memory)
    word = f"split by {given.who}: {what.why}"
    return _settled(memory.events(incident.events), word, entry, memory, desk, now)


def _settled(events: Sequence[Event], word: str, entry: int, memory: Memory, desk: Desk, now: datetime) -> Decision:
    """The incidents put together anew, and what that makes new to the desk."""
    backfill.finish_forms(memory, desk, now)
    regrouping = rebond(events, memory, entry)
    backfill.judge([*regrouping.gone, *(was for one in regrouping.written if (was := memory.incident(one.id)))], memory, desk, now)
    backfill.mark(regrouping, memory)
    lost = {(rule, incident.id): point for incident in regrouping.gone for rule, point in memory.points_of(incident.id)}
    for incident in regrouping.gone:
        memory.drop_incident(incident.id)
    for incident in regrouping.written:
        memory.put_incident(incident)
    return decide_by_hand(word, regrouping, memory, desk, now, lost)


def _incident(name: str, memory: Memory) -> Incident:
    found = memory.incident(name)
    if found is None:
        raise OrderRefused(f'there is no incident "{name}" (any more)')
    return found


def _few(events: int) -> None:
    if events > MOST:
        raise OrderRefused(f"{events} events are more than one order may bind; at most {MOST}")


def _bond(one: str, other: str, kind: BondKind, given: Order, why: str, entry: int, memory: Memory) -> None:
    first, second = bonds.pair(one, other)
    bonds.put(Bond(one=first, other=second, kind=kind, entry=entry, by=given.who, why=why), memory)


def _forget(left: Sequence[str], right: Sequence[str], kind: BondKind, memory: Memory) -> None:
    """Earlier words of this kind between the two sides: the newer word stands."""
    across = {bonds.pair(one, other) for one, other in product(left, right)}
    for bond in bonds.of(left, memory):
        if bond.kind == kind and (bond.one, bond.other) in across:
            bonds.drop(bond, memory)
