"""When nobody has taken an alert: whom else it goes to; called when something is told as new, by a timer, and by acknowledgements.

A step's timer stands from the first telling. An acknowledgement of the incident silences all steps to come; a channel that was
called hears everything that follows on the incident.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from streams.alerting.decision import Decision, Scope
from streams.alerting.digests import until
from streams.alerting.posting import Called, content_of, delivery
from streams.errors import OrderRefused
from streams.labels.wanted import Desk
from streams.notation.durations import in_words
from streams.ports import Memory
from streams.records.flow import Alert, Told
from streams.records.orders import Ack, Order, Timer
from streams.route import later, mute_of


def begin(row: Told, scope: Scope) -> None:
    """Sets the timers of a label that is told for the first time; none for a rule in shadow."""
    for index, step in enumerate(() if row.label.shadow else row.label.policy.escalate):
        key = f"{row.rule}\n{row.subject}\n{index}"
        scope.made.timers["escalate", key] = Timer(due=later(scope.now, step.unacked_s), kind="escalate", key=key)


def move(row: Told, heir: str, scope: Scope) -> None:
    """Begins the steps of a label anew that goes over to the heir of its incident; those under its old name come to nothing."""
    if row.ordinal and row.state == "open":
        begin(replace(row, subject=heir), scope)


def inherit(gone: str, heir: str, scope: Scope) -> None:
    """Carries over to the heir of an incident who has it in hand and who was called."""
    taken, called = scope.memory.note("ack", gone, Order), scope.memory.note("called", gone, Called)
    if taken is not None and scope.book.note("ack", heir, Order) is None:
        scope.book.put("ack", heir, taken)
    if called is not None:
        known = scope.book.note("called", heir, Called)
        channels = (*(known.channels if known else ()), *called.channels)
        scope.book.put("called", heir, Called(tuple(dict.fromkeys(channels))))


def due(rule: str, subject: str, index: int, memory: Memory, desk: Desk, now: datetime) -> Decision:
    """The alert for whom a step names, unless somebody has taken the incident or the label no longer stands."""
    scope = Scope(changed=(), gone=(), heirs={}, memory=memory, desk=desk, now=now, silent=False)
    row = scope.row(rule, subject)
    steps = row.label.policy.escalate if row is not None else ()
    if row is None or row.state != "open" or index >= len(steps) or memory.note("ack", row.anchor, Order) is not None:
        return scope.made
    if mute_of(row.label, row.label.severity, scope.book, now) is not None:  # whoever muted it knows of it
        return scope.made
    step, waits = steps[index], until(row, memory)
    if waits is not None:  # nobody can take what nobody has been told
        again = later(waits, step.unacked_s)
        key = f"{rule}\n{subject}\n{index}"
        scope.made.timers["escalate", key] = Timer(due=again, kind="escalate", key=key)
        return scope.made
    content = content_of(row.anchor, scope)
    if content is None:
        return scope.made
    known = memory.note("called", row.anchor, Called)
    alert = Alert(
        id=f"{row.anchor}/{row.rule}/{row.ordinal}/unacked-{index + 1}",
        kind="new",
        incident=row.anchor,
        ordinal=row.ordinal,
        label=replace(row.label, channels=step.channels),
        changes=(f"nobody has taken it after {in_words(timedelta(seconds=step.unacked_s))}",),
        decided=now,
        unacked=True,
    )
    scope.made.alerts.append(alert)
    scope.made.deliveries += [delivery(channel, (alert,), content, scope) for channel in step.channels]
    channels = tuple(dict.fromkeys((*(known.channels if known else ()), *step.channels)))
    scope.book.put("called", row.anchor, Called(channels))
    return scope.made


def acknowledge(given: Order, ack: Ack, memory: Memory) -> None:
    """Notes who has an incident in hand; raises OrderRefused when there is none of this id."""
    if memory.incident(ack.incident) is None:
        raise OrderRefused(f'there is no incident "{ack.incident}" (any more)')
    memory.put_note("ack", ack.incident, given)
