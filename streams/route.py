"""Where a label goes, and what keeps it from calling: channels, mutes, inhibition, corroboration, budgets, quiet hours.

Called when labels are made, when they are told (`streams.alerting.telling`) and when posts go out (`streams.alerting.posting`).
Pure: what it remembers are notes of the memory handed in, its now is the matcher's. It drops nothing: it says why something waits,
and where.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar, cast

from rules.model import Rule
from streams.notation.durations import in_words
from streams.ports import Memory
from streams.records.flow import SEVERITIES, Label, Severity, Told
from streams.records.orders import Mute
from streams.records.policies import Budget

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Book:
    """The notes of a memory, with those that a decision writes on top."""

    memory: Memory
    written: dict[tuple[str, str], object | None]

    def note(self, kind: str, key: str, record: type[Record]) -> Record | None:
        """As `Memory.note`."""
        if (kind, key) in self.written:
            return cast(Record | None, self.written[kind, key])
        return self.memory.note(kind, key, record)

    def notes(self, kind: str, record: type[Record]) -> list[tuple[str, Record]]:
        """As `Memory.notes`."""
        known: dict[str, object | None] = dict(self.memory.notes(kind, record))
        known |= {key: one for (of, key), one in self.written.items() if of == kind}
        return [(key, cast(Record, known[key])) for key in sorted(known) if known[key] is not None]

    def put(self, kind: str, key: str, record: object | None) -> None:
        """Writes a note, or forgets it where there is no record."""
        self.written[kind, key] = record


def channels_of(rule: Rule, default: tuple[str, ...]) -> tuple[str, ...]:
    """The channels of a rule's alerts: its own, else the settings' default; none for a shadow rule."""
    if rule.mode == "shadow":
        return ()
    return rule.channels or default


def later(now: datetime, seconds: float) -> datetime:
    """So many seconds after."""
    return now + timedelta(seconds=seconds)


def moment(at: datetime) -> str:
    """A moment as ledger and mutes write it: to the minute, UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%MZ}"


# ------------------------------------------------------------------------------------------------------- corroboration


def independent(label: Label) -> int:
    """How many independent origins stand behind it; one at least, for somebody says so."""
    return max(1, sum(origin.independent for origin in label.origins))


def uncorroborated(label: Label) -> str:
    """What is said of a label told though fewer origins stand behind it than its rule waits for, "" for nothing."""
    hold = label.policy.hold
    if hold is None or hold.otherwise == "send" or independent(label) >= hold.sources:
        return ""
    many = independent(label)
    return f"uncorroborated: {many} source{'' if many == 1 else 's'} after {in_words(timedelta(seconds=hold.within_s))}"


# --------------------------------------------------------------------------------------------------------------- mutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Muted:
    """A mute in force."""

    id: str  # "M" and the journal number of its order
    what: Mute
    who: str
    up_to: Severity  # graver labels call all the same
    since: datetime
    until: datetime

    @property
    def words(self) -> str:
        """The reason for the ledger."""
        why = f": {self.what.why}" if self.what.why else ""
        return f"muted by {self.id} ({self.who}, until {moment(self.until)}){why}"


def mute_of(label: Label, known: Severity, book: Book, now: datetime) -> Muted | None:
    """The mute that keeps a label from calling, None for none.

    Args:
        known: the severity in which the label was told or known before; a rise above it breaks every mute.
    """
    if graver(label.severity, known):
        return None
    for _, mute in book.notes("mute", Muted):
        if now < mute.until and not graver(label.severity, mute.up_to) and _concerns(mute.what, label):
            return mute
    return None


def graver(one: Severity, other: Severity) -> bool:
    """Whether the first severity is graver than the second."""
    return SEVERITIES.index(one) < SEVERITIES.index(other)


def _concerns(mute: Mute, label: Label) -> bool:
    """Whether a label has all that a mute names."""
    names = {name.casefold() for name in (*label.place.path, label.place.name)} if label.place else set()
    return (
        (not mute.rule or mute.rule == label.rule)
        and (not mute.incident or mute.incident == label.anchor)
        and (not mute.place or mute.place.casefold() in names)
    )


# ---------------------------------------------------------------------------------------------------------- inhibition


def inhibitor(label: Label, rows: list[Told]) -> Told | None:
    """What was told on the same incident and silences the label's rule, None for nothing; never by something less grave."""
    for row in rows:
        loud = row.ordinal and row.state != "withdrawn" and not row.label.shadow
        if loud and label.rule in row.label.policy.inhibits and not graver(label.severity, row.label.severity):
            return row
    return None


# ------------------------------------------------------------------------------------------------------------- budgets


@dataclass(frozen=True, slots=True)
class Spent:
    """When the last alerts of a budget went out."""

    times: tuple[datetime, ...]


def spend(key: str, budget: Budget, book: Book, now: datetime) -> bool:
    """Whether one more alert is within the budget; it is counted then."""
    known = book.note("spent", key, Spent)
    recent = tuple(at for at in (known.times if known else ()) if at > now - timedelta(seconds=budget.within_s))
    if len(recent) >= budget.alerts:
        return False
    book.put("spent", key, Spent((*recent, now)))
    return True


def budget_words(budget: Budget) -> str:
    """As "10 alerts in 1h"."""
    return f"{budget.alerts} alert{'' if budget.alerts == 1 else 's'} in {in_words(timedelta(seconds=budget.within_s))}"
