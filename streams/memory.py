"""The dict filling of the Memory port: what replay and tests remember, gone when the process ends.

Called by replay, trial, explain and tests; the store's filling is `streams.store.memory`, and one suite holds both to the
same behaviour. It knows no transaction: a step that raises half-way leaves half its writes behind, and the run ends there.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from heapq import nsmallest
from typing import TypeVar, cast

from streams.incidents.print_index import PrintIndex
from streams.records.flow import ANY, Article, Delivery, Disposition, Event, Incident, Interval, Reading, Told
from streams.records.orders import Entry, EntryKind, Timer, TimerKind
from streams.records.prints import Backing, Print
from streams.records.progress import Backfill
from streams.records.timelines import Point

Record = TypeVar("Record")

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_INSTANT = timedelta(microseconds=1)
CLOSINGS = ("matched", "unmatched", "unread", "backfill", "superseded", "quarantined")  # as in the store's ledger; a test compares


class DictMemory:
    """What the matcher remembers, in plain dicts.

    Attributes:
        entries: the journal in order; empty unless it was asked for with `keep_journal`.
        outbox: every delivery put into the outbox, in order.
        ledger: every disposition, in order.
    """

    def __init__(self, *, keep_journal: bool = False) -> None:
        self.entries: list[Entry] = []
        self.outbox: list[Delivery] = []
        self.ledger: list[Disposition] = []
        self._keep_journal = keep_journal
        self._number = 0
        self._clock: datetime | None = None
        self._articles: dict[str, Article] = {}
        self._events_of: dict[str, tuple[Event, ...]] = {}
        self._events: dict[str, Event] = {}
        self._incidents: dict[str, Incident] = {}
        self._incident_of: dict[str, str] = {}
        self._calendar = _Calendar()
        self._held: defaultdict[str, _Calendar] = defaultdict(_Calendar)  # incidents by handle
        self._timelines: defaultdict[str, _Timeline] = defaultdict(_Timeline)
        self._rules_of: defaultdict[str, set[str]] = defaultdict(set)  # of which an incident is a point
        self._told: dict[tuple[str, str], Told] = {}
        self._told_on: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self._told_by: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self._backfills: dict[int, Backfill] = {}
        self._judged: defaultdict[int, set[str]] = defaultdict(set)
        self._deliveries: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._delivery_ids: set[str] = set()
        self._closed: set[tuple[str, int]] = set()
        self._orders: set[int] = set()
        self._timers: dict[tuple[TimerKind, str], Timer] = {}
        self._notes: defaultdict[str, dict[str, object]] = defaultdict(dict)
        self._prints = PrintIndex()
        self._backings: dict[str, Backing] = {}

    def clock(self) -> datetime | None:
        """The matcher's now: the largest `at` journalled; None before the first entry."""
        return self._clock

    def append(self, kind: EntryKind, at: datetime, payload: bytes) -> Entry:
        """The journal entry just appended; its `at` never runs back, whatever `at` says."""
        self._number += 1
        self._clock = at if self._clock is None else max(self._clock, at)
        entry = Entry(number=self._number, kind=kind, at=self._clock, payload=payload)
        if self._keep_journal:
            self.entries.append(entry)
        return entry

    def revision(self, article: str) -> int | None:
        """The newest decided revision of an article; None: never seen."""
        known = self._articles.get(article)
        return None if known is None else known.revision

    def article(self, article: str) -> Article | None:
        """The article in its newest decided revision."""
        return self._articles.get(article)

    def put_reading(self, reading: Reading) -> None:
        """Keeps the article and its events in place of an earlier revision's; an older revision changes nothing.

        Raises ValueError when two events carry one id.
        """
        article, ids = reading.article, {event.id for event in reading.events}
        if len(ids) < len(reading.events):
            raise ValueError(f'two events of article "{article.id}" have one id')
        known = self._articles.get(article.id)
        if known is not None and known.revision > article.revision:
            return
        for event in self._events_of.get(article.id, ()):
            del self._events[event.id]
        self._articles[article.id] = article
        self._events_of[article.id] = reading.events
        for event in reading.events:
            self._events[event.id] = event

    def events_of(self, article: str) -> tuple[Event, ...]:
        """Events of the article's newest revision, in reading order."""
        return self._events_of.get(article, ())

    def events(self, ids: Iterable[str]) -> tuple[Event, ...]:
        """The events named, in the order named; unknown ids are left out."""
        return tuple(self._events[event] for event in ids if event in self._events)

    def incident(self, incident: str) -> Incident | None:
        """One incident, None when it does not exist (any more)."""
        return self._incidents.get(incident)

    def incidents(self, ids: Iterable[str]) -> tuple[Incident, ...]:
        """The incidents named, in the order named; unknown ids are left out."""
        return tuple(self._incidents[incident] for incident in ids if incident in self._incidents)

    def incident_of(self, event: str) -> str | None:
        """Id of the incident that an event belongs to, None for none."""
        return self._incident_of.get(event)

    def incidents_between(self, start: datetime, end: datetime) -> tuple[Incident, ...]:
        """Incidents whose reach (else their time) overlaps [start, end), ordered by (its start, id)."""
        return tuple(self._incidents[incident] for incident in self._calendar.between(start, end))

    def incidents_by(self, handles: Collection[str], start: datetime, end: datetime) -> tuple[str, ...]:
        """Ids of incidents that have one of the handles, or `ANY`, and whose reach (else their time) overlaps [start, end).

        Ordered by (its start, id).
        """
        rows = {row for handle in (*handles, ANY) if handle in self._held for row in self._held[handle].rows(start, end)}
        return tuple(name for _, name in sorted(rows))

    def put_incident(self, incident: Incident) -> None:
        """Writes an incident and the membership of its events."""
        self._forget(incident.id)
        self._incidents[incident.id] = incident
        self._calendar.add(incident.id, _when(incident))
        for handle in incident.handles:
            self._held[handle].add(incident.id, _when(incident))
        for event in incident.events:
            self._incident_of[event] = incident.id

    def drop_incident(self, incident: str) -> None:
        """Forgets an incident and its points; its events belong to none until another incident takes them."""
        self._forget(incident)
        for rule in self._rules_of.pop(incident, ()):
            self._timelines[rule].drop(incident)

    def points(self, rule: str, start: datetime, end: datetime) -> tuple[Point, ...]:
        """Points of a temporal rule whose time touches [start, end], both ends counted, ordered by (start, incident)."""
        return self._timelines[rule].between(start, end) if rule in self._timelines else ()

    def point(self, rule: str, incident: str) -> Point | None:
        """What an incident is to a temporal rule, None for nothing."""
        return self._timelines[rule].points.get(incident) if rule in self._timelines else None

    def points_of(self, incident: str) -> tuple[tuple[str, Point], ...]:
        """What an incident is to temporal rules, by rule, in order of their ids."""
        return tuple((rule, self._timelines[rule].points[incident]) for rule in sorted(self._rules_of.get(incident, ())))

    def put_point(self, rule: str, point: Point) -> None:
        """Notes what an incident is to a temporal rule, keyed (rule, incident)."""
        self._timelines[rule].put(point)
        self._rules_of[point.incident].add(rule)

    def drop_point(self, rule: str, incident: str) -> None:
        """Forgets what an incident was to a temporal rule; nothing happens where it was nothing."""
        if incident in self._rules_of and rule in self._rules_of[incident]:
            self._timelines[rule].drop(incident)
            self._rules_of[incident].discard(rule)

    def told(self, rule: str, subject: str) -> Told | None:
        """What was told of one label, None for nothing yet."""
        return self._told.get((rule, subject))

    def told_on(self, anchor: str) -> tuple[Told, ...]:
        """What was told on one incident's post, ordered by (rule, subject)."""
        return tuple(self._told[key] for key in sorted(self._told_on.get(anchor, ())))

    def told_by(self, rule: str) -> tuple[Told, ...]:
        """All that was told under one rule, ordered by subject."""
        return tuple(self._told[key] for key in sorted(self._told_by.get(rule, ())))

    def put_told(self, told: Told) -> None:
        """Writes one row, keyed (rule, subject)."""
        key = (told.rule, told.subject)
        before = self._told.get(key)
        if before is not None:
            self._told_on[before.anchor].discard(key)
        self._told[key] = told
        self._told_on[told.anchor].add(key)
        self._told_by[told.rule].add(key)

    def backfills(self) -> tuple[Backfill, ...]:
        """The passes of new and changed rules over the past that are under way, oldest rule set first."""
        return tuple(self._backfills[entry] for entry in sorted(self._backfills))

    def put_backfill(self, backfill: Backfill) -> None:
        """Writes how far a pass has come, keyed by its entry."""
        self._backfills[backfill.entry] = backfill

    def drop_backfill(self, entry: int) -> None:
        """Forgets a pass and what was noted as judged in it."""
        self._backfills.pop(entry, None)
        self._judged.pop(entry, None)

    def mark_judged(self, entry: int, incidents: Iterable[str]) -> None:
        """Notes that incidents need no turn in a pass: judged before it, or younger than its rule set; once each."""
        self._judged[entry].update(incidents)

    def judged(self, entry: int, incidents: Iterable[str]) -> frozenset[str]:
        """Those of the incidents that are noted as judged in a pass."""
        return frozenset(self._judged.get(entry, ())).intersection(incidents)

    def unjudged(self, entry: int, after: str, limit: int) -> tuple[Incident, ...]:
        """The next incidents not noted as judged in a pass, by id, with ids above `after`."""
        done = self._judged.get(entry, ())
        found = nsmallest(limit, (name for name in self._incidents if name > after and name not in done))
        return tuple(self._incidents[name] for name in found)

    def count_incidents(self) -> int:
        """How many incidents are known."""
        return len(self._incidents)

    def put_print(self, print: Print) -> None:
        """Keeps an article's print, in place of an earlier one."""
        self._prints.put(print)

    def drop_print(self, article: str) -> None:
        """Forgets an article's print; nothing happens where there is none."""
        self._prints.drop(article)

    def forget_prints(self, before: datetime) -> None:
        """Forgets the prints of all that was published before a moment."""
        self._prints.forget(before)

    def sharing(self, keys: Sequence[int], start: datetime, end: datetime, limit: int) -> tuple[tuple[Print, int], ...]:
        """Prints of what was published in [start, end] that have any of the keys, and how many: most first, then by article."""
        return self._prints.sharing(keys, start, end, limit)

    def put_backing(self, backing: Backing) -> None:
        """Writes whose word an article rests on, keyed by the article."""
        self._backings[backing.article] = backing

    def backings(self, articles: Iterable[str]) -> dict[str, Backing]:
        """Whose word the articles rest on; those of which nothing was written are left out."""
        return {name: self._backings[name] for name in articles if name in self._backings}

    def deliveries(self, incident: str, channel: str) -> int:
        """How many deliveries of an incident's post entered the outbox for a channel."""
        return self._deliveries.get((incident, channel), 0)

    def enqueue(self, delivery: Delivery) -> None:
        """Puts a delivery into the outbox; raises ValueError when its id is not new."""
        if delivery.id in self._delivery_ids:
            raise ValueError(f'delivery "{delivery.id}" is already in the outbox')
        self._delivery_ids.add(delivery.id)
        self._deliveries[delivery.incident, delivery.channel] += 1
        self.outbox.append(delivery)

    def dispose(self, dispositions: Sequence[Disposition]) -> None:
        """Adds rows to the ledger; the one that names neither event nor rule closes its revision, once.

        Raises ValueError when that revision is closed already, or its outcome is none of `CLOSINGS`.
        """
        for row in dispositions:
            if row.event or row.rule:
                continue
            if row.outcome.split(":", 1)[0] not in CLOSINGS:
                raise ValueError(f'a revision cannot be closed as "{row.outcome}"; allowed: {", ".join(CLOSINGS)}')
            if (row.article, row.revision) in self._closed:
                raise ValueError(f'revision {row.revision} of article "{row.article}" is closed already')
            self._closed.add((row.article, row.revision))
        self.ledger.extend(dispositions)

    def order_taken(self, number: int) -> bool:
        """Whether an order has been taken before."""
        return number in self._orders

    def close_order(self, number: int, entry: int) -> None:
        """Notes that an order was taken as a journal entry."""
        self._orders.add(number)

    def put_timer(self, timer: Timer) -> None:
        """Sets a timer in place of the one of its kind and key."""
        self._timers[timer.kind, timer.key] = timer

    def drop_timer(self, kind: TimerKind, key: str) -> None:
        """Takes a timer away; nothing happens where there is none."""
        self._timers.pop((kind, key), None)

    def timers_due(self, now: datetime) -> tuple[Timer, ...]:
        """Timers whose moment has come, ordered by (due, kind, key)."""
        due = (timer for timer in self._timers.values() if timer.due <= now)
        return tuple(sorted(due, key=lambda timer: (timer.due, timer.kind, timer.key)))

    def next_timer(self) -> datetime | None:
        """The moment of the timer that is due first, None when none waits."""
        return min((timer.due for timer in self._timers.values()), default=None)

    def put_note(self, kind: str, key: str, record: object) -> None:
        """Keeps a small record that the desk works by, in place of that of its kind and key."""
        self._notes[kind][key] = record

    def drop_note(self, kind: str, key: str) -> None:
        """Forgets a note; nothing happens where there is none."""
        self._notes[kind].pop(key, None)

    def note(self, kind: str, key: str, record: type[Record]) -> Record | None:
        """The note of a kind and key as a record of this class, None for none."""
        return cast(Record | None, self._notes[kind].get(key))

    def notes(self, kind: str, record: type[Record]) -> tuple[tuple[str, Record], ...]:
        """All notes of a kind with their keys, ordered by key."""
        return tuple((key, cast(Record, one)) for key, one in sorted(self._notes[kind].items()))

    def _forget(self, incident: str) -> None:
        known = self._incidents.pop(incident, None)
        if known is None:
            return
        self._calendar.remove(incident, _when(known))
        for handle in known.handles:
            self._held[handle].remove(incident, _when(known))
        for event in known.events:
            if self._incident_of.get(event) == incident:
                del self._incident_of[event]


def _when(incident: Incident) -> Interval:
    """The stretch it reaches over, else its time, else the moment of its first article."""
    if incident.reach is not None:
        return Interval(start=incident.reach[0], end=incident.reach[1], precision="unstated")
    if incident.facts.time is not None:
        return incident.facts.time
    return Interval(start=incident.first_published, end=incident.first_published, precision="unstated")


def _width(time: Interval) -> int:
    """The class of an interval by its width: n for up to 2**n days.

    Intervals are kept sorted by start, class by class: then those that overlap a window begin at most 2**n days before it,
    and one wide incident ("in 2023") does not make every look-up scan a year.
    """
    days = (time.end - time.start) / timedelta(days=1)
    return max(0, (max(1, -int(-days // 1)) - 1).bit_length())


def _earliest(start: datetime, width_class: int) -> datetime:
    """The earliest moment at which an interval of a width class can begin and still reach `start`."""
    try:
        return start - timedelta(days=2**width_class)
    except OverflowError:
        return _FIRST


class _Calendar:
    """Ids by interval, answering "what overlaps this window" without scanning."""

    def __init__(self) -> None:
        self._classes: dict[int, list[tuple[datetime, str, datetime]]] = {}

    def add(self, name: str, time: Interval) -> None:
        insort(self._classes.setdefault(_width(time), []), (time.start, name, time.end))

    def remove(self, name: str, time: Interval) -> None:
        rows = self._classes[_width(time)]
        del rows[bisect_left(rows, (time.start, name, time.end))]

    def between(self, start: datetime, end: datetime) -> list[str]:
        """Names of what overlaps [start, end), ordered by (start, name)."""
        return [name for _, name in sorted(self.rows(start, end))]

    def rows(self, start: datetime, end: datetime) -> list[tuple[datetime, str]]:
        """(start, name) of what overlaps [start, end)."""
        found: list[tuple[datetime, str]] = []
        if start >= end:
            return []
        for width_class, rows in self._classes.items():
            low = bisect_left(rows, (_earliest(start, width_class), "", _FIRST))
            high = bisect_left(rows, (end, "", _FIRST))
            found.extend((begin, name) for begin, name, finish in rows[low:high] if finish > start or begin >= start)
        return found


class _Timeline:
    """The points of one rule, by incident and by time."""

    def __init__(self) -> None:
        self.points: dict[str, Point] = {}
        self._calendar = _Calendar()

    def put(self, point: Point) -> None:
        self.drop(point.incident)
        self.points[point.incident] = point
        self._calendar.add(point.incident, _span(point))

    def drop(self, incident: str) -> None:
        point = self.points.pop(incident, None)
        if point is not None:
            self._calendar.remove(incident, _span(point))

    def between(self, start: datetime, end: datetime) -> tuple[Point, ...]:
        """What touches [start, end]: the calendar's window is half-open, so it is asked for an instant more on both sides."""
        low = start - _INSTANT if start - _FIRST > _INSTANT else start
        high = end + _INSTANT if _LAST - end > _INSTANT else end
        near = (self.points[name] for name in self._calendar.between(low, high))
        return tuple(point for point in near if point.end >= start and point.start <= end)


def _span(point: Point) -> Interval:
    return Interval(start=point.start, end=point.end, precision="unstated")
