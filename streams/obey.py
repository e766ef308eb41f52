"""What an order and a timer lead to, by kind: one line a kind, each function in the room that knows its subject.

Called by the pipeline once the input is journalled. A function looks before it writes: an order that cannot be obeyed raises
OrderRefused, and the transaction is taken back as a whole. Its now is the matcher's, its world the memory handed in.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from rules.model import Resume
from streams import bonding, wire
from streams.alerting import digests, escalation, mutes
from streams.alerting.decision import Decision
from streams.decide import again, end, release
from streams.errors import OrderRefused, WireError
from streams.labels import coverage
from streams.labels.coverage import FeedLife
from streams.labels.wanted import Desk
from streams.ports import Memory
from streams.records.orders import Ack, FeedHealth, Merge, Mute, Order, OrderKind, Split, Timer, TimerKind, Unmute

Record = TypeVar("Record")
Obey = Callable[[Order, int, Memory, Desk, datetime], Decision]  # order, journal number, memory, desk, now
Fire = Callable[[Timer, Memory, Desk, datetime], Decision]


def order(given: Order, entry: int, memory: Memory, desk: Desk, now: datetime) -> Decision:
    """What an order leads to, to be written by the caller; raises OrderRefused, with words for who gave it."""
    if given.kind not in ORDERS:
        raise OrderRefused(f'unknown order "{given.kind}"; known are: {", ".join(sorted(ORDERS))}; upgrade the matcher')
    return ORDERS[given.kind](given, entry, memory, desk, now)


def timer(due: Timer, memory: Memory, desk: Desk, now: datetime) -> Decision:
    """What a timer that has come due leads to, to be written by the caller; it is taken away already."""
    return TIMERS[due.kind](due, memory, desk, now)


def content(given: Order, record: type[Record]) -> Record:
    """The payload as the record of its kind; raises OrderRefused where it is none."""
    try:
        return wire.structure(dict(given.payload), record)
    except WireError as fault:
        raise OrderRefused(f"the order cannot be read: {fault}") from fault


def _ack(given: Order, entry: int, memory: Memory, desk: Desk, now: datetime) -> Decision:
    escalation.acknowledge(given, content(given, Ack), memory)
    return Decision()


def _mute(given: Order, entry: int, memory: Memory, desk: Desk, now: datetime) -> Decision:
    mutes.give(given, content(given, Mute), entry, memory, desk, now)
    return Decision()


def _unmute(given: Order, entry: int, memory: Memory, desk: Desk, now: datetime) -> Decision:
    mutes.lift(content(given, Unmute), memory)
    return Decision()


def _health(given: Order, entry: int, memory: Memory, desk: Desk, now: datetime) -> Decision:
    """What a feed did not see may make a pause unproven that was told."""
    health = content(given, FeedHealth)
    life = coverage.after(health, memory.note("health", health.feed, FeedLife))
    memory.put_note("health", health.feed, life)
    told = (row for rule in desk.rules if isinstance(rule.form, Resume) for row in memory.told_by(rule.id))
    observed = [row for row in told if row.state == "open" and row.label.pause and row.label.pause.quiet_since]
    return again([row.anchor for row in observed if row.label.time.end >= health.since], memory, desk, now)


def _merge(given: Order, entry: int, memory: Memory, desk: Desk, now: datetime) -> Decision:
    return bonding.merge(given, content(given, Merge), entry, memory, desk, now)


def _split(given: Order, entry: int, memory: Memory, desk: Desk, now: datetime) -> Decision:
    return bonding.split(given, content(given, Split), entry, memory, desk, now)


def _release(due: Timer, memory: Memory, desk: Desk, now: datetime) -> Decision:
    rule, _, subject = due.key.partition("\n")
    return release(rule, subject, memory, desk, now)


def _digest(due: Timer, memory: Memory, desk: Desk, now: datetime) -> Decision:
    return digests.due(due.key, memory, desk, now)


def _escalate(due: Timer, memory: Memory, desk: Desk, now: datetime) -> Decision:
    rule, subject, step = due.key.split("\n")
    return escalation.due(rule, subject, int(step), memory, desk, now)


def _end(due: Timer, memory: Memory, desk: Desk, now: datetime) -> Decision:
    rule, _, subject = due.key.partition("\n")
    return end(rule, subject, memory, desk, now)


ORDERS: dict[OrderKind, Obey] = {"ack": _ack, "mute": _mute, "unmute": _unmute, "health": _health, "merge": _merge, "split": _split}
TIMERS: dict[TimerKind, Fire] = {"hold": _release, "digest": _digest, "escalate": _escalate, "ended": _end}
