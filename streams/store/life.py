"""The whole life of an article, gathered from every table; called by `tocsin why` and the readers of deliveries.

Reads only. What retention has taken away is absent: a text first, after longer the events and what was sent.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Row, select

from streams.incidents.joining import Joined, explain
from streams.records.flow import Article, Delivery, Disposition, Event, Incident, Label, Told
from streams.records.message import Message, Step
from streams.records.prints import Backing
from streams.store import schema
from streams.store.memory import StoreMemory
from streams.wire import decode

if TYPE_CHECKING:
    from streams.store.store import Store

_DIGEST = re.compile(r"\b(D\d+) on ")  # as the ledger names it: "in digest D3 on slack:gsoc: …"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One revision as it stands in the inbox."""

    seq: int  # inbox order
    article: str
    revision: int
    source: str
    url: str
    taken_at: datetime
    state: str  # "waiting" or one of `ledger.CLOSINGS`
    deaths: int
    text: Article | None  # None: older than the retention


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A disposition and the journal entry that made it."""

    disposition: Disposition
    entry: int | None  # None: none did (quarantine)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A delivery, how far it got, and what was sent."""

    delivery: Delivery
    state: str  # "waiting", "done", "refused"
    steps: tuple[Step, ...]
    versions: tuple[tuple[datetime, Message], ...]  # every rendered version, oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """Everything the store knows of one article."""

    article: str
    taken: tuple[Taken, ...]  # oldest revision first
    newest: Article | None  # as last decided; without text when that is older than its retention
    backing: Backing  # whose word it rests on
    events: tuple[Event, ...]
    joined: tuple[Joined, ...]  # why each of its events stands where it stands
    incidents: tuple[Incident, ...]
    decided: tuple[Decided, ...]  # in the order they were made
    told: tuple[Told, ...]  # on the posts of its incidents
    sent: tuple[Sent, ...]  # of its incidents, oldest first


def life(store: "Store", url_or_id: str) -> tuple[Life, ...]:
    """The whole life of the article with this id, or of each with this link; empty when none was ever taken."""
    inbox = schema.inbox
    with store.reading() as connection:
        named = select(inbox.c.article).where((inbox.c.article == url_or_id) | (inbox.c.url == url_or_id)).distinct()
        return tuple(_life(connection, article) for article in sorted(connection.execute(named).scalars()))


def told_as(store: "Store", alert: str) -> Label | None:
    """What an alert told, by its id (incident, rule and ordinal, with slashes between); None when it is not known (any more).

    Of a rule in shadow, which sends nothing, what its last alert would have told.
    """
    incident, _, rest = alert.partition("/")
    rule, _, ordinal = rest.rpartition("/")
    with store.reading() as connection:
        for one in sent(connection, schema.outbox.c.incident == incident):
            found = next((each.label for each in one.delivery.alerts if each.id == alert), None)
            if found is not None:
                return found
        rows = [row for row in StoreMemory(connection).told_on(incident) if row.rule == rule and str(row.ordinal) == ordinal]
    return rows[0].label if rows else None


def series(store: "Store", label: Label, back: timedelta) -> tuple[tuple[Event, ...], ...]:
    """Events of each incident that made a temporal rule say this, the one that carries the label last.

    Those of its pattern; for a resumption, which has none, the attacks that the rule knew from so long before.
    """
    with store.reading() as connection:
        memory = StoreMemory(connection)
        if label.pattern is not None:
            names = label.pattern.members
        else:
            points = memory.points(label.rule, label.time.start - back, label.time.end)
            names = tuple(point.incident for point in points if point.kind == "attack")
        found = [memory.incident(name) for name in dict.fromkeys((*(name for name in names if name != label.anchor), label.anchor))]
        return tuple(memory.events(one.events) for one in found if one is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """An incident with all that makes it up."""

    incident: Incident
    events: tuple[Event, ...]  # canonical order
    joined: tuple[Joined, ...]  # of its events, in their order
    told: tuple[Told, ...]  # on its post


def incident(store: "Store", id: str) -> Whole | None:
    """One incident with its events and why each belongs to it, None when there is none of this id (any more)."""
    with store.reading() as connection:
        memory = StoreMemory(connection)
        found = memory.incident(id)
        if found is None:
            return None
        events = memory.events(found.events)
        joined = tuple(one for event in events if (one := explain(event, memory)) is not None)
        return Whole(incident=found, events=events, joined=joined, told=memory.told_on(id))


def recent(store: "Store", limit: int) -> tuple[tuple[Incident, tuple[Told, ...]], ...]:
    """The incidents that were reported last, newest first, each with what was told of it."""
    table = schema.incidents
    newest = select(table.c.payload).order_by(table.c.last_published.desc(), table.c.id).limit(limit)
    with store.reading() as connection:
        memory = StoreMemory(connection)
        found = [decode(payload, Incident) for payload in connection.execute(newest).scalars()]
        return tuple((one, memory.told_on(one.id)) for one in found)


def article(store: "Store", id: str) -> Article | None:
    """The newest decided revision of an article; without its text when that is older than its retention."""
    with store.reading() as connection:
        return StoreMemory(connection).article(id)


def sent(connection: Connection, *where: ColumnElement[bool]) -> tuple[Sent, ...]:
    """Deliveries with their steps and versions, oldest first."""
    outbox, steps, versions = schema.outbox, schema.steps, schema.deliveries
    found = []
    for row in connection.execute(select(outbox).where(*where).order_by(outbox.c.seq)):
        of_steps = select(steps.c.payload).where(steps.c.delivery == row.delivery).order_by(steps.c.seq)
        of_versions = select(versions.c.at, versions.c.payload).where(versions.c.delivery == row.delivery).order_by(versions.c.seq)
        found.append(
            Sent(
                delivery=decode(row.payload, Delivery),
                state=row.state,
                steps=tuple(decode(payload, Step) for payload in connection.execute(of_steps).scalars()),
                versions=tuple((at, decode(payload, Message)) for at, payload in connection.execute(of_versions)),
            )
        )
    return tuple(found)


def _life(connection: Connection, article: str) -> Life:
    memory = StoreMemory(connection)
    inbox, ledger = schema.inbox, schema.ledger
    taken = connection.execute(select(inbox).where(inbox.c.article == article).order_by(inbox.c.seq))
    rows = connection.execute(select(ledger).where(ledger.c.article == article).order_by(ledger.c.seq)).all()
    digests = [name for row in rows if "in digest " in row.outcome for name in _DIGEST.findall(row.outcome)]
    events = memory.events_of(article)
    ids = sorted({incident for event in events if (incident := memory.incident_of(event.id)) is not None})
    return Life(
        article=article,
        taken=tuple(_taken(row) for row in taken),
        newest=memory.article(article),
        backing=memory.backings([article]).get(article, Backing(article=article)),
        events=events,
        joined=tuple(found for event in events if (found := explain(event, memory)) is not None),
        incidents=tuple(one for name in ids if (one := memory.incident(name)) is not None),
        decided=tuple(_decided(row) for row in rows),
        told=tuple(told for name in ids for told in memory.told_on(name)),
        sent=sent(connection, schema.outbox.c.incident.in_([*ids, *digests])),
    )


def _taken(row: Row[Any]) -> Taken:
    return Taken(
        seq=row.seq,
        article=row.article,
        revision=row.revision,
        source=row.source,
        url=row.url,
        taken_at=row.taken_at,
        state=row.state,
        deaths=row.deaths,
        text=None if row.payload is None else decode(row.payload, Article),
    )


def _decided(row: Row[Any]) -> Decided:
    what = Disposition(article=row.article, revision=row.revision, event=row.event, rule=row.rule, outcome=row.outcome)
    return Decided(disposition=what, entry=row.entry)
