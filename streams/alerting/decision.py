"""What a decision is made from, and what it leads to: filled by `decide`, `telling` and `posting`, written by the pipeline."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from streams.labels.wanted import Desk, View
from streams.ports import Memory
from streams.records.flow import Alert, Delivery, Disposition, Incident, Told
from streams.records.orders import Timer, TimerKind
from streams.records.timelines import Point
from streams.route import Book


@dataclass(slots=True, kw_only=True)
class Decision:
    """What one journal entry leads to."""

    told: dict[tuple[str, str], Told] = field(default_factory=dict)  # rows to write, by (rule, subject)
    points: list[tuple[str, str, Point | None]] = field(default_factory=list)  # (rule, incident, what it is to it now)
    alerts: list[Alert] = field(default_factory=list)
    edited: set[str] = field(default_factory=set)  # incidents whose post changes without an alert
    passed: dict[tuple[str, str], str] = field(default_factory=dict)  # (rule, anchor): why a label is not announced (yet)
    deliveries: list[Delivery] = field(default_factory=list)
    dispositions: list[Disposition] = field(default_factory=list)
    gathered: dict[tuple[str, str], str] = field(default_factory=dict)  # (alert, channel): the digest that it went into
    timers: dict[tuple[TimerKind, str], Timer | None] = field(default_factory=dict)  # by kind and key; None: taken away
    notes: dict[tuple[str, str], object | None] = field(default_factory=dict)  # by kind and key; None: forgotten


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a decision may read."""

    changed: tuple[Incident, ...]
    gone: tuple[Incident, ...]
    heirs: dict[str, str]
    memory: Memory
    desk: Desk
    now: datetime
    silent: bool  # record as told, announce nothing: history before a feed or a rule was new
    lost: Mapping[tuple[str, str], Point] = field(default_factory=dict)  # (rule, incident): what those of `gone` were to it
    views: dict[str, View] = field(default_factory=dict)  # of incidents, as they are asked for
    edited: bool = False  # the rules changed and not the world: no label is withdrawn, no post is touched
    by_hand: str = ""  # the operator's word that merged or split these incidents; "": an article changed them
    made: Decision = field(default_factory=Decision)  # filled as the comparison goes

    @property
    def book(self) -> Book:
        """The notes as they are after what has been decided so far."""
        return Book(memory=self.memory, written=self.made.notes)

    def row(self, rule: str, subject: str) -> Told | None:
        """What was told of one label, this decision included."""
        return self.made.told.get((rule, subject)) or self.memory.told(rule, subject)

    def rows_on(self, anchor: str) -> list[Told]:
        """What was told on one incident's post, this decision included."""
        stored = {(row.rule, row.subject): row for row in self.memory.told_on(anchor)}
        return [row for row in (stored | self.made.told).values() if row.anchor == anchor]
