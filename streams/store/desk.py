"""What the matcher's memory keeps for the desk: orders taken, timers and notes, inside a transaction; called by `StoreMemory`."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, func, select, update

from streams.records.orders import Timer
from streams.store.schema import notes as table_of_notes
from streams.store.schema import orders, timers
from streams.wire import decode

Record = TypeVar("Record")


def order_taken(connection: Connection, number: int) -> bool:
    """Whether an order was taken as a journal entry."""
    taken = select(orders.c.number).where(orders.c.number == number, orders.c.entry.is_not(None))
    return connection.execute(taken).first() is not None


def close_order(connection: Connection, number: int, entry: int) -> None:
    """Notes the journal entry as which an order was taken."""
    connection.execute(update(orders).where(orders.c.number == number).values(entry=entry))


def timers_due(connection: Connection, now: datetime) -> tuple[Timer, ...]:
    """Timers whose moment has come, ordered by (due, kind, key)."""
    rows = connection.execute(select(timers).where(timers.c.due <= now).order_by(timers.c.due, timers.c.kind, timers.c.key))
    return tuple(Timer(due=row.due, kind=row.kind, key=row.key) for row in rows)


def next_timer(connection: Connection) -> datetime | None:
    """The moment of the timer that is due first, None when none waits."""
    return connection.execute(select(func.min(timers.c.due))).scalar_one_or_none()


def notes(connection: Connection, kind: str, record: type[Record]) -> tuple[tuple[str, Record], ...]:
    """All notes of a kind with their keys, ordered by key."""
    table = table_of_notes.c
    rows = connection.execute(select(table.key, table.payload).where(table.kind == kind).order_by(table.key))
    return tuple((row.key, decode(row.payload, record)) for row in rows)
