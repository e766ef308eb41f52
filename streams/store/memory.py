"""The store's filling of the Memory port: what the matcher remembers, inside one transaction; made by `Store.matching`.

Its twin is `streams.memory`, and one suite holds both to the same behaviour. It never begins, commits or rolls back.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, exists, func, insert, select

from streams.records.flow import ANY, SEVERITIES, Article, Delivery, Disposition, Event, Incident, Interval, Reading, Told
from streams.records.orders import Entry, EntryKind, Timer, TimerKind
from streams.records.prints import Backing, Print
from streams.records.progress import Backfill
from streams.records.timelines import Point
from streams.store import desk, ledger, prints, progress, schema
from streams.store.schema import upsert
from streams.wire import decode, encode

Record = TypeVar("Record")

_BATCH = 500  # names in one IN list; SQLite allows 32,766 variables (sqlite.org/limits.html)
_KNOWN = 4096  # records kept decoded; a small event decodes in 30 µs, a full one in more (measured 2026-11)
_INSTANT = timedelta(microseconds=1)  # resolution of the stored moments


class StoreMemory:
    """What the matcher remembers, in rows."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._entry: int | None = None  # number of the entry appended in this transaction
        self._events: dict[str, Event | None] = {}  # read in this transaction, in which nobody else writes; None: there is none
        self._near: dict[str, None] = {}  # events of incidents just read, in their order: who reads one will read the others

    def clock(self) -> datetime | None:
        """The matcher's now: the largest `at` journalled; None before the first entry."""
        return self._last()[1]

    def append(self, kind: EntryKind, at: datetime, payload: bytes) -> Entry:
        """The journal entry just appended; its `at` never runs back, whatever `at` says."""
        number, clock = self._last()
        entry = Entry(number=number + 1, kind=kind, at=at if clock is None else max(clock, at), payload=payload)
        self._connection.execute(
            insert(schema.journal).values(number=entry.number, kind=entry.kind, at=entry.at, payload=entry.payload)
        )
        self._entry = entry.number
        return entry

    def revision(self, article: str) -> int | None:
        """The newest decided revision of an article; None: never seen."""
        table = schema.articles.c
        return self._connection.execute(select(table.revision).where(table.article == article)).scalar_one_or_none()

    def article(self, article: str) -> Article | None:
        """The article in its newest decided revision; without text and summary once these are older than their retention."""
        table = schema.articles.c
        payload = self._connection.execute(select(table.payload).where(table.article == article)).scalar_one_or_none()
        return None if payload is None else decode(payload, Article)

    def put_reading(self, reading: Reading) -> None:
        """Keeps the article and its events in place of an earlier revision's; an older revision changes nothing.

        Raises ValueError when two events carry one id.
        """
        article, ids = reading.article, {event.id for event in reading.events}
        if len(ids) < len(reading.events):
            raise ValueError(f'two events of article "{article.id}" have one id')
        known = self.revision(article.id)
        if known is not None and known > article.revision:
            return
        row = {"article": article.id, "revision": article.revision, "taken_at": article.taken_at, "trimmed": False}
        upsert(self._connection, schema.articles, row | {"payload": _text(article)})
        self._events.clear()
        self._connection.execute(delete(schema.events).where(schema.events.c.article == article.id))
        if reading.events:
            self._connection.execute(insert(schema.events), [_event_row(event, n) for n, event in enumerate(reading.events)])

    def events_of(self, article: str) -> tuple[Event, ...]:
        """Events of the article's newest revision, in reading order."""
        table = schema.events.c
        rows = self._connection.execute(select(table.payload).where(table.article == article).order_by(table.position))
        return tuple(_event(payload) for payload in rows.scalars())

    def events(self, ids: Iterable[str]) -> tuple[Event, ...]:
        """The events named, in the order named; unknown ids are left out."""
        names = list(ids)
        missing = [name for name in names if name not in self._events]
        if missing:
            ahead = (name for name in self._near if name not in self._events)
            self._read(list(dict.fromkeys((*missing, *islice(ahead, _BATCH)))))
        return tuple(event for name in names if (event := self._events[name]) is not None)

    def _read(self, names: Sequence[str]) -> None:
        table = schema.events.c
        self._events.update(dict.fromkeys(names))
        for batch in range(0, len(names), _BATCH):
            wanted = select(table.id, table.payload).where(table.id.in_(names[batch : batch + _BATCH]))
            self._events.update((name, _event(payload)) for name, payload in self._connection.execute(wanted))
        for name in names:
            self._near.pop(name, None)

    def incident(self, incident: str) -> Incident | None:
        """One incident, None when it does not exist (any more)."""
        table = schema.incidents.c
        payload = self._connection.execute(select(table.payload).where(table.id == incident)).scalar_one_or_none()
        return None if payload is None else _incident(payload)

    def incidents(self, ids: Iterable[str]) -> tuple[Incident, ...]:
        """The incidents named, in the order named; unknown ids are left out."""
        names, table, found = list(ids), schema.incidents.c, dict[str, Incident]()
        for batch in range(0, len(names), _BATCH):
            wanted = select(table.id, table.payload).where(table.id.in_(names[batch : batch + _BATCH]))
            found.update((name, _incident(payload)) for name, payload in self._connection.execute(wanted))
        self._near.update((event, None) for incident in found.values() for event in incident.events)
        return tuple(found[name] for name in names if name in found)

    def incident_of(self, event: str) -> str | None:
        """Id of the incident that an event belongs to, None for none."""
        table = schema.incident_events.c
        return self._connection.execute(select(table.incident).where(table.event == event)).scalar_one_or_none()

    def incidents_between(self, start: datetime, end: datetime) -> tuple[Incident, ...]:
        """Incidents whose reach (else their time) overlaps [start, end), ordered by (its start, id)."""
        if start >= end:
            return ()
        table = schema.incidents.c
        overlap = select(table.payload).where(table.ends > start, table.starts < end).order_by(table.starts, table.id)
        found = tuple(_incident(payload) for payload in self._connection.execute(overlap).scalars())
        self._near.update((event, None) for incident in found for event in incident.events)
        return found

    def incidents_by(self, handles: Collection[str], start: datetime, end: datetime) -> tuple[str, ...]:
        """Ids of incidents that have one of the handles, or `ANY`, and whose reach (else their time) overlaps [start, end).

        Ordered by (its start, id).
        """
        table, names, found = schema.incident_handles.c, [*handles, ANY], set[tuple[datetime, str]]()
        for batch in range(0, len(names) if start < end else 0, _BATCH):
            near = (table.handle.in_(names[batch : batch + _BATCH]), table.ends > start, table.starts < end)
            found.update(
                (row.starts, row.incident) for row in self._connection.execute(select(table.starts, table.incident).where(*near))
            )
        return tuple(name for _, name in sorted(found))

    def put_incident(self, incident: Incident) -> None:
        """Writes an incident and the membership of its events."""
        time, table = _when(incident), schema.incident_events
        row = {"id": incident.id, "starts": time.start, "ends": _end(time), "last_published": incident.last_published}
        upsert(self._connection, schema.incidents, row | {"payload": _text(incident)})
        self._connection.execute(delete(table).where(table.c.incident == incident.id))
        for event in incident.events:
            upsert(self._connection, table, {"event": event, "incident": incident.id})
        held = schema.incident_handles
        self._connection.execute(delete(held).where(held.c.incident == incident.id))
        of = {"incident": incident.id, "starts": row["starts"], "ends": row["ends"]}
        if incident.handles:
            self._connection.execute(insert(held), [of | {"handle": handle} for handle in incident.handles])

    def drop_incident(self, incident: str) -> None:
        """Forgets an incident and its points; its events belong to none until another incident takes them."""
        rows, handles = schema.incident_events, schema.incident_handles
        for column in (rows.c.incident, handles.c.incident, schema.points.c.incident, schema.incidents.c.id):
            self._connection.execute(delete(column.table).where(column == incident))

    def points(self, rule: str, start: datetime, end: datetime) -> tuple[Point, ...]:
        """Points of a temporal rule whose time touches [start, end], both ends counted, ordered by (start, incident)."""
        table = schema.points.c
        near = select(table.payload).where(table.rule == rule, table.ends >= start, table.starts <= end)
        rows = self._connection.execute(near.order_by(table.starts, table.incident))
        return tuple(_point(payload) for payload in rows.scalars())

    def point(self, rule: str, incident: str) -> Point | None:
        """What an incident is to a temporal rule, None for nothing."""
        table = schema.points.c
        one = select(table.payload).where(table.rule == rule, table.incident == incident)
        payload = self._connection.execute(one).scalar_one_or_none()
        return None if payload is None else _point(payload)

    def points_of(self, incident: str) -> tuple[tuple[str, Point], ...]:
        """What an incident is to temporal rules, by rule, in order of their ids."""
        table = schema.points.c
        rows = self._connection.execute(select(table.rule, table.payload).where(table.incident == incident).order_by(table.rule))
        return tuple((row.rule, _point(row.payload)) for row in rows)

    def put_point(self, rule: str, point: Point) -> None:
        """Notes what an incident is to a temporal rule, keyed (rule, incident)."""
        row = {"rule": rule, "incident": point.incident, "starts": point.start, "ends": point.end, "payload": _text(point)}
        upsert(self._connection, schema.points, row)

    def drop_point(self, rule: str, incident: str) -> None:
        """Forgets what an incident was to a temporal rule; nothing happens where it was nothing."""
        table = schema.points
        self._connection.execute(delete(table).where(table.c.rule == rule, table.c.incident == incident))

    def told(self, rule: str, subject: str) -> Told | None:
        """What was told of one label, None for nothing yet."""
        table = schema.told.c
        one = select(table.payload).where(table.rule == rule, table.subject == subject)
        payload = self._connection.execute(one).scalar_one_or_none()
        return None if payload is None else _told(payload)

    def told_on(self, anchor: str) -> tuple[Told, ...]:
        """What was told on one incident's post, ordered by (rule, subject)."""
        table = schema.told.c
        rows = self._connection.execute(select(table.payload).where(table.anchor == anchor).order_by(table.rule, table.subject))
        return tuple(_told(payload) for payload in rows.scalars())

    def told_by(self, rule: str) -> tuple[Told, ...]:
        """All that was told under one rule, ordered by subject."""
        table = schema.told.c
        rows = self._connection.execute(select(table.payload).where(table.rule == rule).order_by(table.subject))
        return tuple(_told(payload) for payload in rows.scalars())

    def put_told(self, told: Told) -> None:
        """Writes one row, keyed (rule, subject)."""
        row = {"rule": told.rule, "subject": told.subject, "anchor": told.anchor, "payload": _text(told)}
        upsert(self._connection, schema.told, row)

    def backfills(self) -> tuple[Backfill, ...]:
        """The passes of new and changed rules over the past that are under way, oldest rule set first."""
        return progress.backfills(self._connection)

    def put_backfill(self, backfill: Backfill) -> None:
        """Writes how far a pass has come, keyed by its entry."""
        upsert(self._connection, schema.backfills, {"entry": backfill.entry, "payload": _text(backfill)})

    def drop_backfill(self, entry: int) -> None:
        """Forgets a pass and what was noted as judged in it."""
        for table in (schema.backfills, schema.judged):
            self._connection.execute(delete(table).where(table.c.entry == entry))

    def mark_judged(self, entry: int, incidents: Iterable[str]) -> None:
        """Notes that incidents need no turn in a pass: judged before it, or younger than its rule set; once each."""
        rows = [{"entry": entry, "incident": incident} for incident in incidents]
        if rows:
            self._connection.execute(insert(schema.judged), rows)

    def judged(self, entry: int, incidents: Iterable[str]) -> frozenset[str]:
        """Those of the incidents that are noted as judged in a pass."""
        table, names, found = schema.judged.c, list(incidents), set[str]()
        for batch in range(0, len(names), _BATCH):
            noted = select(table.incident).where(table.entry == entry, table.incident.in_(names[batch : batch + _BATCH]))
            found.update(self._connection.execute(noted).scalars())
        return frozenset(found)

    def unjudged(self, entry: int, after: str, limit: int) -> tuple[Incident, ...]:
        """The next incidents not noted as judged in a pass, by id, with ids above `after`."""
        table, judged = schema.incidents.c, schema.judged.c
        done = exists().where(judged.entry == entry, judged.incident == table.id)
        rows = select(table.payload).where(table.id > after, ~done).order_by(table.id).limit(limit)
        return tuple(_incident(payload) for payload in self._connection.execute(rows).scalars())

    def count_incidents(self) -> int:
        """How many incidents are known."""
        return self._connection.execute(select(func.count()).select_from(schema.incidents)).scalar_one()

    def put_print(self, print: Print) -> None:
        """Keeps an article's print, in place of an earlier one."""
        prints.put(self._connection, print)

    def drop_print(self, article: str) -> None:
        """Forgets an article's print; nothing happens where there is none."""
        prints.drop(self._connection, article)

    def forget_prints(self, before: datetime) -> None:
        """Forgets the prints of all that was published before a moment."""
        prints.forget(self._connection, before)

    def sharing(self, keys: Sequence[int], start: datetime, end: datetime, limit: int) -> tuple[tuple[Print, int], ...]:
        """Prints of what was published in [start, end] that have any of the keys, and how many: most first, then by article."""
        return prints.sharing(self._connection, keys, start, end, limit)

    def put_backing(self, backing: Backing) -> None:
        """Writes whose word an article rests on, keyed by the article."""
        prints.put_backing(self._connection, backing)

    def backings(self, articles: Iterable[str]) -> dict[str, Backing]:
        """Whose word the articles rest on; those of which nothing was written are left out."""
        return prints.backings(self._connection, articles)

    def deliveries(self, incident: str, channel: str) -> int:
        """How many deliveries of an incident's post entered the outbox for a channel."""
        table = schema.outbox.c
        count = select(func.count()).where(table.incident == incident, table.channel == channel)
        return self._connection.execute(count).scalar_one()

    def enqueue(self, delivery: Delivery) -> None:
        """Puts a delivery into the outbox; raises ValueError when its id is not new."""
        table = schema.outbox
        if self._connection.execute(select(table.c.seq).where(table.c.delivery == delivery.id)).first():
            raise ValueError(f'delivery "{delivery.id}" is already in the outbox')
        self._connection.execute(
            insert(table).values(
                delivery=delivery.id,
                channel=delivery.channel,
                incident=delivery.incident,
                ordinal=delivery.ordinal,
                rank=_rank(delivery),
                queued_at=self.clock(),
                state=schema.WAITING,
                payload=_text(delivery),
            )
        )

    def dispose(self, dispositions: Sequence[Disposition]) -> None:
        """Adds rows to the ledger; the one that names neither event nor rule closes its revision, once.

        Raises ValueError when that revision is closed already, or its outcome is none of `ledger.CLOSINGS`.
        """
        ledger.write(self._connection, dispositions, self._entry)

    def order_taken(self, number: int) -> bool:
        """Whether an order has been taken before."""
        return desk.order_taken(self._connection, number)

    def close_order(self, number: int, entry: int) -> None:
        """Notes that an order was taken as a journal entry; nothing happens where the store has no such order."""
        desk.close_order(self._connection, number, entry)

    def put_timer(self, timer: Timer) -> None:
        """Sets a timer in place of the one of its kind and key."""
        upsert(self._connection, schema.timers, {"kind": timer.kind, "key": timer.key, "due": timer.due})

    def drop_timer(self, kind: TimerKind, key: str) -> None:
        """Takes a timer away; nothing happens where there is none."""
        table = schema.timers
        self._connection.execute(delete(table).where(table.c.kind == kind, table.c.key == key))

    def timers_due(self, now: datetime) -> tuple[Timer, ...]:
        """Timers whose moment has come, ordered by (due, kind, key)."""
        return desk.timers_due(self._connection, now)

    def next_timer(self) -> datetime | None:
        """The moment of the timer that is due first, None when none waits."""
        return desk.next_timer(self._connection)

    def put_note(self, kind: str, key: str, record: object) -> None:
        """Keeps a small record that the desk works by, in place of that of its kind and key."""
        upsert(self._connection, schema.notes, {"kind": kind, "key": key, "payload": _text(record)})

    def drop_note(self, kind: str, key: str) -> None:
        """Forgets a note; nothing happens where there is none."""
        table = schema.notes
        self._connection.execute(delete(table).where(table.c.kind == kind, table.c.key == key))

    def note(self, kind: str, key: str, record: type[Record]) -> Record | None:
        """The note of a kind and key as a record of this class, None for none."""
        table = schema.notes.c
        one = select(table.payload).where(table.kind == kind, table.key == key)
        payload = self._connection.execute(one).scalar_one_or_none()
        return None if payload is None else decode(payload, record)

    def notes(self, kind: str, record: type[Record]) -> tuple[tuple[str, Record], ...]:
        """All notes of a kind with their keys, ordered by key."""
        return desk.notes(self._connection, kind, record)

    def newest(self) -> int:
        """Number of the last journal entry that this transaction sees, 0 for none."""
        return self._last()[0]

    def _last(self) -> tuple[int, datetime | None]:
        """Number and time of the newest entry; (0, None) before the first. Times never run back, so the last is the largest."""
        table = schema.journal.c
        row = self._connection.execute(select(table.number, table.at).order_by(table.number.desc()).limit(1)).first()
        return (0, None) if row is None else (row.number, row.at)


@lru_cache(maxsize=_KNOWN)
def _event(payload: str) -> Event:
    return decode(payload, Event)


@lru_cache(maxsize=_KNOWN)
def _incident(payload: str) -> Incident:
    return decode(payload, Incident)


@lru_cache(maxsize=_KNOWN)
def _point(payload: str) -> Point:
    return decode(payload, Point)


@lru_cache(maxsize=_KNOWN)
def _told(payload: str) -> Told:
    return decode(payload, Told)


def _text(record: object) -> str:
    return encode(record).decode()


def _event_row(event: Event, position: int) -> dict[str, Any]:
    time = event.time or Interval(start=event.published, end=event.published, precision="unstated")
    row = {"id": event.id, "article": event.article, "position": position, "published": event.published}
    return row | {"starts": time.start, "ends": _end(time), "payload": _text(event)}


def _when(incident: Incident) -> Interval:
    """The stretch it reaches over, else its time, else the moment of its first article."""
    if incident.reach is not None:
        return Interval(start=incident.reach[0], end=incident.reach[1], precision="unstated")
    if incident.facts.time is not None:
        return incident.facts.time
    return Interval(start=incident.first_published, end=incident.first_published, precision="unstated")


def _end(time: Interval) -> datetime:
    """The interval's end, so that a moment overlaps the window it lies in by the same comparison as an interval."""
    if time.end > time.start or time.start >= datetime.max.replace(tzinfo=UTC):
        return time.end
    return time.start + _INSTANT


def _rank(delivery: Delivery) -> int:
    """Place of the gravest label announced, 0 for critical; a delivery that announces nothing goes after all others."""
    return min((SEVERITIES.index(alert.label.severity) for alert in delivery.alerts), default=len(SEVERITIES))
