"""How far new rules have come with the past, as it stands in the store; read by the matcher's memory and by `tocsin why`."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from streams.records.progress import Backfill
from streams.store import schema
from streams.wire import decode

if TYPE_CHECKING:
    from streams.store.store import Store


def under_way(store: "Store") -> tuple[Backfill, ...]:
    """The passes that are not finished, oldest rule set first."""
    with store.reading() as connection:
        return backfills(connection)


def backfills(connection: Connection) -> tuple[Backfill, ...]:
    """The same, inside a transaction."""
    rows = connection.execute(select(schema.backfills.c.payload).order_by(schema.backfills.c.entry))
    return tuple(decode(payload, Backfill) for payload in rows.scalars())
