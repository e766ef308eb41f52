"""What the store forgets, and when; called through `Store.prune`.

After `articles`: the texts of articles that are closed, and orders that were taken or refused. The rest of an article stays, for
quotes and links.
After `events`: incidents whose time and last article are older, with their events, what was told and sent of them; events of
no incident; digests; ledger and inbox rows of revisions that no feed has shown since (a feed that still shows an old item must not
have it taken as new).
Never: what is waiting in inbox or outbox and all that hangs on it, feed cursors, locks, and the journal. The journal is kept
whole, with the texts in it: alerts are a function of it, and there is no snapshot yet from which a shorter one could begin.
That is a known gap, and the store grows by it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, delete, exists, select, update

from streams.records.flow import Article
from streams.store import schema
from streams.store.schema import IN_FLIGHT, UNSENT, inbox, ledger, outbox
from streams.wire import decode, encode

if TYPE_CHECKING:
    from streams.store.store import Store

_OF_INCIDENT = ("ack", "called")  # kinds of notes that are kept under an incident's id
_BATCH = 200  # rows of one transaction, so that the matcher never waits long


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """How much was forgotten."""

    texts: int  # articles and inbox rows that lost their text
    incidents: int
    events: int  # outside of those incidents
    revisions: int  # inbox rows, with what the ledger says of them
    orders: int = 0
    deliveries: int = 0  # of no incident: digests


def prune(store: "Store", now: datetime, articles: timedelta, events: timedelta, over: Callable[[], bool]) -> Pruned:
    """What was deleted, as of `now`; in many short transactions, and none more once it is `over`."""

    def repeated(step: Callable[[Connection, datetime], int], cutoff: datetime) -> int:
        total, count = 0, _BATCH
        while count == _BATCH and not over():
            with store.writing() as connection:
                count = step(connection, cutoff)
            total += count
        return total

    return Pruned(
        texts=repeated(_trim_articles, now - articles) + repeated(_trim_inbox, now - articles),
        incidents=repeated(_drop_incidents, now - events),
        events=repeated(_drop_events, now - events),
        revisions=repeated(_drop_revisions, now - events),
        orders=repeated(_drop_orders, now - articles),
        deliveries=repeated(_drop_digests, now - events),
    )


def _trim_articles(connection: Connection, cutoff: datetime) -> int:
    table = schema.articles
    old = select(table.c.article, table.c.payload).where(table.c.taken_at < cutoff, ~table.c.trimmed).limit(_BATCH)
    rows = connection.execute(old).all()
    for row in rows:
        slim = encode(replace(decode(row.payload, Article), text="", summary="")).decode()
        connection.execute(update(table).where(table.c.article == row.article).values(payload=slim, trimmed=True))
    return len(rows)


def _trim_inbox(connection: Connection, cutoff: datetime) -> int:
    old = (inbox.c.taken_at < cutoff, ~IN_FLIGHT, inbox.c.payload.is_not(None))
    return _each(
        connection, select(inbox.c.seq).where(*old), lambda seqs: [update(inbox).where(inbox.c.seq.in_(seqs)).values(payload=None)]
    )


def _drop_incidents(connection: Connection, cutoff: datetime) -> int:
    table = schema.incidents
    unsent = exists().where(outbox.c.incident == table.c.id, UNSENT)
    old = select(table.c.id).where(table.c.ends < cutoff, table.c.last_published < cutoff, ~unsent)
    return _each(connection, old, _without_incidents)


def _without_incidents(ids: list[str]) -> list[Any]:
    of = schema.incident_events
    theirs = select(of.c.event).where(of.c.incident.in_(ids))
    named: tuple[Column[Any], ...] = (
        of.c.incident,
        schema.incident_handles.c.incident,
        schema.points.c.incident,
        schema.told.c.anchor,
    )
    named += (schema.posts.c.incident, outbox.c.incident, schema.incidents.c.id)
    notes = schema.notes.c
    return [
        delete(schema.events).where(schema.events.c.id.in_(theirs)),
        delete(schema.notes).where(notes.kind.in_(_OF_INCIDENT), notes.key.in_(ids)),
        *(delete(c.table).where(c.in_(ids)) for c in named),
    ]


def _drop_events(connection: Connection, cutoff: datetime) -> int:
    table, of = schema.events, schema.incident_events
    loose = ~exists().where(of.c.event == table.c.id)
    old = select(table.c.id).where(table.c.published < cutoff, table.c.ends < cutoff, loose)
    return _each(connection, old, lambda ids: [delete(table).where(table.c.id.in_(ids))])


def _drop_revisions(connection: Connection, cutoff: datetime) -> int:
    old = select(inbox.c.seq).where(inbox.c.taken_at < cutoff, inbox.c.seen_at < cutoff, ~IN_FLIGHT)
    return _each(connection, old, _without_revisions)


def _without_revisions(seqs: list[int]) -> list[Any]:
    table, other = schema.articles, inbox.alias("other")
    theirs = inbox.c.seq.in_(seqs)
    of_ledger = exists().where(inbox.c.article == ledger.c.article, inbox.c.revision == ledger.c.revision, theirs)
    of_articles = table.c.article.in_(select(inbox.c.article).where(theirs))
    still_taken = exists().where(other.c.article == table.c.article, ~other.c.seq.in_(seqs))
    still_told = exists().where(schema.events.c.article == table.c.article)
    gone = select(table.c.article).where(of_articles, ~still_taken, ~still_told)
    return [
        delete(ledger).where(of_ledger),
        delete(schema.backings).where(schema.backings.c.article.in_(gone)),
        delete(table).where(of_articles, ~still_taken, ~still_told),
        delete(inbox).where(theirs),
    ]


def _drop_orders(connection: Connection, cutoff: datetime) -> int:
    """The journal keeps those that were taken; a number is never used twice, so none is taken again."""
    table = schema.orders
    old = select(table.c.number).where(table.c.given_at < cutoff, ~schema.UNTAKEN)
    return _each(connection, old, lambda numbers: [delete(table).where(table.c.number.in_(numbers))])


def _drop_digests(connection: Connection, cutoff: datetime) -> int:
    of_incident = exists().where(schema.incidents.c.id == outbox.c.incident)
    old = select(outbox.c.delivery).where(outbox.c.queued_at < cutoff, ~UNSENT, ~of_incident)
    return _each(connection, old, lambda ids: [delete(outbox).where(outbox.c.delivery.in_(ids))])


def _each(connection: Connection, names: Any, changes: Callable[[list[Any]], list[Any]]) -> int:
    found = list(connection.execute(names.limit(_BATCH)).scalars())
    for change in changes(found) if found else ():
        connection.execute(change)
    return len(found)
