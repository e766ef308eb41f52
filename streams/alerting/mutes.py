"""Mutes given, lifted, inherited, and forgotten once over; called by `streams.obey`. What a mute does is `streams.route`'s."""

from dataclasses import replace
from datetime import datetime

from streams.alerting.decision import Scope
from streams.errors import OrderRefused
from streams.labels.wanted import Desk
from streams.ports import Memory
from streams.records.flow import SEVERITIES, Severity
from streams.records.orders import Mute, Order, Unmute
from streams.route import Muted, later, moment


def give(order: Order, mute: Mute, entry: int, memory: Memory, desk: Desk, now: datetime) -> None:
    """Puts a mute in force; raises OrderRefused for one that names nothing known, or is over already."""
    until = mute.until or later(order.at, mute.for_s)
    if not (mute.rule or mute.place or mute.incident):
        raise OrderRefused("a mute names a rule, a place or an incident, or several of them")
    if until <= now:
        raise OrderRefused(f"the mute would be over already: until {moment(until)}, and it is {moment(now)}")
    if mute.rule and mute.rule not in {rule.id for rule in desk.rules}:
        raise OrderRefused(f'there is no rule "{mute.rule}"')
    if mute.incident and memory.incident(mute.incident) is None:
        raise OrderRefused(f'there is no incident "{mute.incident}" (any more)')
    told = [row.label.severity for row in memory.told_on(mute.incident) if row.ordinal] if mute.incident else []
    gravest: Severity = min(told, key=SEVERITIES.index) if told else "high"
    for key, old in memory.notes("mute", Muted):
        if old.until <= now:
            memory.drop_note("mute", key)
    memory.put_note(
        "mute", f"M{entry}", Muted(id=f"M{entry}", what=mute, who=order.who, up_to=mute.up_to or gravest, since=now, until=until)
    )


def inherit(gone: str, heir: str, scope: Scope) -> None:
    """Mutes of an incident go over to its heir."""
    for key, mute in scope.book.notes("mute", Muted):
        if mute.what.incident == gone:
            scope.book.put("mute", key, replace(mute, what=replace(mute.what, incident=heir)))


def lift(wish: Unmute, memory: Memory) -> None:
    """Ends a mute; raises OrderRefused when there is none of this id."""
    if memory.note("mute", wish.mute, Muted) is None:
        known = ", ".join(key for key, _ in memory.notes("mute", Muted)) or "none"
        raise OrderRefused(f'there is no mute "{wish.mute}"; in force: {known}')
    memory.drop_note("mute", wish.mute)
