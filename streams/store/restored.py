"""What a store that was made from a backup knows of it, and what it must do otherwise than one that has lived on.

The world has gone on since the backup: feeds were polled, topics read, the desk told. So
- articles taken from now on have numbers of revision above all that may have been given meanwhile: what a topic still holds of an
  article under a number is then never mistaken for what a feed shows now (`StoreInbox.take`);
- what is decided of articles taken before the restoration may have been told already: a channel that can be asked is asked first
  (`streams.deliver`);
- fencing numbers are above all that were held meanwhile: a process of the time before cannot write;
- readings that the matcher took after the backup must be taken again (`streams.store.places`).
"""

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from streams.store import schema

REVISIONS = 1_000  # more than one article has in the time between a backup and its restoration (assumption)
FENCES = 1_000_000  # as many holders of a lock


def mark(connection: Connection, at: datetime, made: datetime) -> None:
    """Notes that the store was made from a backup."""
    connection.execute(insert(schema.restores).values(number=times(connection) + 1, at=at, made=made))
    connection.execute(update(schema.locks).values(fence=schema.locks.c.fence + FENCES))


def times(connection: Connection) -> int:
    """How often the store, or one that it was made from, was made from a backup."""
    return connection.execute(select(func.count()).select_from(schema.restores)).scalar_one()


def last(connection: Connection) -> datetime | None:
    """When it was made from a backup, None when it never was."""
    return connection.execute(select(func.max(schema.restores.c.at))).scalar_one_or_none()
