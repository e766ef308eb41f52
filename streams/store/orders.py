"""Orders to the matcher, given by any process that may write the store, and what became of them; each method is a transaction.

The matcher takes an order in the transaction that closes it (`streams.store.desk`), so it is taken once, whatever dies when.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, insert, select, update

from streams.records.orders import Order, OrderKind
from streams.store.schema import UNTAKEN, orders
from streams.store.store import Store
from streams.wire import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An order and what became of it."""

    order: Order  # `at`: when it was given, by the giver's clock
    entry: int | None = None  # the journal entry as which it was taken; None: not taken
    refused: str = ""  # why it could not be obeyed

    @property
    def waiting(self) -> bool:
        """Whether the matcher has not come to it."""
        return self.entry is None and not self.refused


class StoreOrders:
    """The orders of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def give(self, kind: OrderKind, what: object, *, who: str, at: datetime) -> int:
        """The number of an order just given; `what` is the record of its kind."""
        with self._store.writing() as connection:
            return give(connection, kind, what, who=who, at=at)

    def waiting(self, limit: int | None = None) -> tuple[Order, ...]:
        """Orders that the matcher has not come to, in the order given; the first `limit` of them."""
        rows = select(orders).where(UNTAKEN).order_by(orders.c.number).limit(limit)
        with self._store.reading() as connection:
            return tuple(_given(row).order for row in connection.execute(rows))

    def refuse(self, number: int, words: str) -> None:
        """Closes an order that cannot be obeyed, with the reason; nothing happens when it is closed already."""
        with self._store.writing() as connection:
            connection.execute(update(orders).where(orders.c.number == number, UNTAKEN).values(refused=words))

    def find(self, number: int) -> Given | None:
        """An order and what became of it, None when there is no such number (any more)."""
        with self._store.reading() as connection:
            row = connection.execute(select(orders).where(orders.c.number == number)).first()
        return None if row is None else _given(row)

    def of_kinds(self, kinds: Sequence[OrderKind]) -> tuple[Given, ...]:
        """All orders of some kinds, in the order given."""
        rows = select(orders).where(orders.c.kind.in_(kinds)).order_by(orders.c.number)
        with self._store.reading() as connection:
            return tuple(_given(row) for row in connection.execute(rows))


def give(connection: Connection, kind: OrderKind, what: object, *, who: str, at: datetime) -> int:
    """As `StoreOrders.give`, inside a transaction of the caller's: an order that is to be there together with something else."""
    row = {"kind": kind, "given_at": at, "who": who, "payload": orjson.dumps(plain(what), option=orjson.OPT_SORT_KEYS).decode()}
    number: int = connection.execute(insert(orders).values(row).returning(orders.c.number)).scalar_one()
    return number


def _given(row: Row[Any]) -> Given:
    order = Order(number=row.number, kind=row.kind, at=row.given_at, who=row.who, payload=orjson.loads(row.payload))
    return Given(order=order, entry=row.entry, refused=row.refused or "")
