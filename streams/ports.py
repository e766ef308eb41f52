"""The protocols between the core and the edges: the core asks for Memory, the edges fill Clock, Inbox, Outbox and Sink.

Two fillings of Memory ship, `streams.memory` (dicts) and `streams.store.memory` (rows), and one test suite runs against
both. A Memory is only ever used inside one transaction of its owner: what a step writes is there together or not at all.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from streams.records.flow import Article, Cursor, Delivery, Disposition, Event, Incident, Item, Reading, Told
from streams.records.message import Message, Step
from streams.records.orders import Entry, EntryKind, Timer, TimerKind
from streams.records.prints import Backing, Print
from streams.records.progress import Backfill
from streams.records.timelines import Point

Record = TypeVar("Record")


class Memory(Protocol):
    """What the matcher remembers."""

    def clock(self) -> datetime | None:
        """The matcher's now: the largest `at` journalled; None before the first entry."""

    def append(self, kind: EntryKind, at: datetime, payload: bytes) -> Entry:
        """The journal entry just appended; numbers run from 1 without gaps."""

    def revision(self, article: str) -> int | None:
        """The newest decided revision of an article; None: never seen."""

    def article(self, article: str) -> Article | None:
        """The article in its newest decided revision."""

    def put_reading(self, reading: Reading) -> None:
        """Keeps the article and its events; the events of an earlier revision are forgotten."""

    def events_of(self, article: str) -> tuple[Event, ...]:
        """Events of the article's newest revision, in reading order."""

    def events(self, ids: Iterable[str]) -> tuple[Event, ...]:
        """The events named, in the order named; unknown ids are left out."""

    def incident(self, incident: str) -> Incident | None:
        """One incident, None when it does not exist (any more)."""

    def incidents(self, ids: Iterable[str]) -> tuple[Incident, ...]:
        """The incidents named, in the order named; unknown ids are left out."""

    def incident_of(self, event: str) -> str | None:
        """Id of the incident that an event belongs to, None for none."""

    def incidents_between(self, start: datetime, end: datetime) -> tuple[Incident, ...]:
        """Incidents whose reach (else their time) overlaps [start, end), ordered by (its start, id)."""

    def incidents_by(self, handles: Collection[str], start: datetime, end: datetime) -> tuple[str, ...]:
        """Ids of incidents that have one of the handles, or `ANY`, and whose reach (else their time) overlaps [start, end).

        Ordered by (its start, id).
        """

    def put_incident(self, incident: Incident) -> None:
        """Writes an incident and the membership of its events."""

    def drop_incident(self, incident: str) -> None:
        """Forgets an incident and its points; its events belong to none until another incident takes them."""

    def points(self, rule: str, start: datetime, end: datetime) -> tuple[Point, ...]:
        """Points of a temporal rule whose time touches [start, end], both ends counted, ordered by (start, incident)."""

    def point(self, rule: str, incident: str) -> Point | None:
        """What an incident is to a temporal rule, None for nothing."""

    def points_of(self, incident: str) -> tuple[tuple[str, Point], ...]:
        """What an incident is to temporal rules, by rule, in order of their ids."""

    def put_point(self, rule: str, point: Point) -> None:
        """Notes what an incident is to a temporal rule, keyed (rule, incident)."""

    def drop_point(self, rule: str, incident: str) -> None:
        """Forgets what an incident was to a temporal rule; nothing happens where it was nothing."""

    def told(self, rule: str, subject: str) -> Told | None:
        """What was told of one label, None for nothing yet."""

    def told_on(self, anchor: str) -> tuple[Told, ...]:
        """What was told on one incident's post, ordered by (rule, subject)."""

    def told_by(self, rule: str) -> tuple[Told, ...]:
        """All that was told under one rule, ordered by subject."""

    def put_told(self, told: Told) -> None:
        """Writes one row, keyed (rule, subject)."""

    def backfills(self) -> tuple[Backfill, ...]:
        """The passes of new and changed rules over the past that are under way, oldest rule set first."""

    def put_backfill(self, backfill: Backfill) -> None:
        """Writes how far a pass has come, keyed by its entry."""

    def drop_backfill(self, entry: int) -> None:
        """Forgets a pass and what was noted as judged in it."""

    def mark_judged(self, entry: int, incidents: Iterable[str]) -> None:
        """Notes that incidents need no turn in a pass: judged before it, or younger than its rule set; once each."""

    def judged(self, entry: int, incidents: Iterable[str]) -> frozenset[str]:
        """Those of the incidents that are noted as judged in a pass."""

    def unjudged(self, entry: int, after: str, limit: int) -> tuple[Incident, ...]:
        """The next incidents not noted as judged in a pass, by id, with ids above `after`."""

    def count_incidents(self) -> int:
        """How many incidents are known."""

    def put_print(self, print: Print) -> None:
        """Keeps an article's print, in place of an earlier one."""

    def drop_print(self, article: str) -> None:
        """Forgets an article's print; nothing happens where there is none."""

    def forget_prints(self, before: datetime) -> None:
        """Forgets the prints of all that was published before a moment."""

    def sharing(self, keys: Sequence[int], start: datetime, end: datetime, limit: int) -> tuple[tuple[Print, int], ...]:
        """Prints of what was published in [start, end], both ends counted, that have any of the keys, and how many each has.

        At most `limit`: those that have most of them, then by article.
        """

    def put_backing(self, backing: Backing) -> None:
        """Writes whose word an article rests on, keyed by the article."""

    def backings(self, articles: Iterable[str]) -> dict[str, Backing]:
        """Whose word the articles rest on; those of which nothing was written are left out."""

    def deliveries(self, incident: str, channel: str) -> int:
        """How many deliveries of an incident's post entered the outbox for a channel."""

    def enqueue(self, delivery: Delivery) -> None:
        """Puts a delivery into the outbox; its id is new."""

    def dispose(self, dispositions: Sequence[Disposition]) -> None:
        """Adds rows to the ledger."""

    def order_taken(self, number: int) -> bool:
        """Whether an order has been taken before."""

    def close_order(self, number: int, entry: int) -> None:
        """Notes that an order was taken as a journal entry."""

    def put_timer(self, timer: Timer) -> None:
        """Sets a timer in place of the one of its kind and key."""

    def drop_timer(self, kind: TimerKind, key: str) -> None:
        """Takes a timer away; nothing happens where there is none."""

    def timers_due(self, now: datetime) -> tuple[Timer, ...]:
        """Timers whose moment has come, ordered by (due, kind, key)."""

    def next_timer(self) -> datetime | None:
        """The moment of the timer that is due first, None when none waits."""

    def put_note(self, kind: str, key: str, record: object) -> None:
        """Keeps a small record that the desk works by (a mute, an acknowledgement …), in place of that of its kind and key."""

    def drop_note(self, kind: str, key: str) -> None:
        """Forgets a note; nothing happens where there is none."""

    def note(self, kind: str, key: str, record: type[Record]) -> Record | None:
        """The note of a kind and key as a record of this class, None for none."""

    def notes(self, kind: str, record: type[Record]) -> tuple[tuple[str, Record], ...]:
        """All notes of a kind with their keys, ordered by key."""


class Clock(Protocol):
    """Where ingest takes its time from."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""

    async def sleep(self, seconds: float) -> None:
        """Returns when that many seconds of this clock have passed."""


class Inbox(Protocol):
    """Where sources put what they found."""

    def cursor(self, feed: str) -> Cursor | None:
        """Where the feed was left, None when it was never polled."""

    def take(self, items: Sequence[Item], cursor: Cursor) -> tuple[Article, ...]:
        """The articles that entered the inbox: new ones and material revisions, numbered.

        Items and cursor are written in one transaction. Items whose fingerprint equals that of the newest revision taken
        are left out. Raises EnvironmentFault when nothing could be written.
        """


class Outbox(Protocol):
    """Where deliveries wait for their channel."""

    def waiting(self, channel: str) -> tuple[Delivery, ...]:
        """Deliveries of one channel that are not finished: gravest first, then oldest; of one incident in order."""

    def steps(self, delivery: str) -> tuple[Step, ...]:
        """Steps of a delivery already begun, in order."""

    def put_step(self, step: Step) -> None:
        """Writes a step, at once and durably: intent before the request, result after it."""

    def root(self, incident: str, channel: str) -> str:
        """The peer's reference of the incident's first post on a channel, "" when there is none."""

    def restored_at(self) -> datetime | None:
        """When the outbox was made from a backup: what it knows from before may have been sent since. None: it was not."""

    def finish(self, delivery: str, message: Message, at: datetime) -> None:
        """Closes a delivery and keeps the version that was sent."""


class Sink(Protocol):
    """One kind of channel. Raises SinkRefused, SinkUnavailable or SinkInDoubt, nothing else."""

    def steps(self, delivery: Delivery) -> tuple[str, ...]:
        """Names of the requests this delivery needs, in order; empty when the channel shows nothing for it."""

    async def perform(self, step: Step, delivery: Delivery, message: Message, root: str) -> str:
        """The peer's reference of what was sent. `root`: reference of the incident's first post, "" for none."""

    async def find(self, step: Step, delivery: Delivery, root: str) -> str:
        """In doubt: the peer's reference of this step if it arrived, "" if it did not. Removes twins it meets."""
