"""How the store stands at one moment, in one short read transaction: what waits, how old it is, how feeds fare.

Read at each scrape of /metrics, by /healthz and by `tocsin doctor`. Every number comes from a partial index or a small table, so
that it costs the same in a store of a year as in one of a day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select

from streams.records.flow import Cursor
from streams.store import schema
from streams.store.progress import backfills
from streams.store.schema import IN_FLIGHT, QUARANTINED, REFUSED, UNSENT, UNTAKEN, inbox, outbox
from streams.wire import decode

if TYPE_CHECKING:
    from streams.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One channel's part of the outbox."""

    channel: str
    waiting: int
    oldest: datetime | None  # when the oldest that waits was decided, the matcher's clock; None: nothing waits
    refused: int  # deliveries that the peer will never take, as far as they are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who took a lock last; whether it still has it, the lock itself says."""

    name: str
    fence: int
    holder: str  # host:process
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """The store at one moment."""

    waiting: int  # article revisions taken and not decided
    unpublished: int  # of them: never given to Kafka; all of them in a local run
    oldest_taken: datetime | None  # of those that wait; None: none waits
    quarantined: int
    orders: int  # that the matcher has not come to
    oldest_order: datetime | None  # when the oldest of them was given; None: none waits
    timer: datetime | None  # when the earliest timer is due; None: none is set
    entries: int  # of the journal
    decided_at: datetime | None  # the matcher's now: of the newest entry
    queues: tuple[Queue, ...]  # of channels that have something waiting or refused, by name
    feeds: tuple[Cursor, ...]  # every feed ever polled, by name
    looking_back: int  # incidents that new or changed rules have not seen yet
    holders: tuple[Holder, ...]


def vitals(store: "Store") -> Vitals:
    """As of now; raises EnvironmentFault when the store cannot be read."""
    with store.reading() as connection:
        counted = select(func.count(), func.count() - func.count(inbox.c.published_at), func.min(inbox.c.taken_at))
        waiting, unpublished, oldest = connection.execute(counted.where(IN_FLIGHT)).one()
        given = select(func.count(), func.min(schema.orders.c.given_at)).where(UNTAKEN)
        orders, oldest_order = connection.execute(given).one()
        newest = select(schema.journal.c.number, schema.journal.c.at).order_by(schema.journal.c.number.desc()).limit(1)
        entry = connection.execute(newest).first()
        cursors = connection.execute(select(schema.feeds.c.cursor).order_by(schema.feeds.c.feed)).scalars()
        locks = connection.execute(select(schema.locks).order_by(schema.locks.c.name))
        return Vitals(
            waiting=waiting,
            unpublished=unpublished,
            oldest_taken=oldest,
            quarantined=connection.execute(select(func.count()).select_from(inbox).where(QUARANTINED)).scalar_one(),
            orders=orders,
            oldest_order=oldest_order,
            timer=connection.execute(select(func.min(schema.timers.c.due))).scalar_one(),
            entries=entry.number if entry else 0,
            decided_at=entry.at if entry else None,
            queues=tuple(_queues(connection)),
            feeds=tuple(decode(cursor, Cursor) for cursor in cursors),
            looking_back=sum(one.total - one.judged for one in backfills(connection)),
            holders=tuple(Holder(name=row.name, fence=row.fence, holder=row.holder, at=row.at) for row in locks),
        )


def _queues(connection: Connection) -> Iterator[Queue]:
    of_waiting = select(outbox.c.channel, func.count(), func.min(outbox.c.queued_at)).where(UNSENT).group_by(outbox.c.channel)
    of_refused = select(outbox.c.channel, func.count()).where(REFUSED).group_by(outbox.c.channel)
    waiting = {channel: (count, oldest) for channel, count, oldest in connection.execute(of_waiting)}
    refused: dict[str, int] = {row[0]: row[1] for row in connection.execute(of_refused)}
    for channel in sorted(waiting | refused):
        count, oldest = waiting.get(channel, (0, None))
        yield Queue(channel=channel, waiting=count, oldest=oldest, refused=refused.get(channel, 0))
