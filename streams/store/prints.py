"""Rows behind the Memory port's prints and backings; called by `StoreMemory` inside its transaction.

A print's keys are rows of two numbers, so that a look-up reads the index alone; the print itself is read only where one is shared.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, delete, func, insert, select

from streams.records.prints import Backing, Print
from streams.store import schema
from streams.store.schema import upsert
from streams.wire import decode, encode

_BATCH = 500  # names in one IN list, as in `streams.store.memory`
_STORED = np.dtype("<i8")


def put(connection: Connection, print: Print) -> None:
    """Keeps an article's print, in place of an earlier one."""
    drop(connection, print.article)
    keys = np.array(print.keys, _STORED).tobytes()
    row = {"article": print.article, "published": print.published, "shingles": print.shingles, "marks": keys}
    number = connection.execute(insert(schema.prints).values(row).returning(schema.prints.c.number)).scalar_one()
    connection.execute(insert(schema.print_keys), [{"mark": key, "print": number} for key in print.keys])


def drop(connection: Connection, article: str) -> None:
    """Forgets an article's print; nothing happens where there is none."""
    _forget(connection, schema.prints.c.article == article)


def forget(connection: Connection, before: datetime) -> None:
    """Forgets the prints of all that was published before a moment."""
    _forget(connection, schema.prints.c.published < before)


def _forget(connection: Connection, which: Any) -> None:
    gone = connection.execute(delete(schema.prints).where(which).returning(schema.prints.c.number, schema.prints.c.marks)).all()
    table = schema.print_keys.c
    for number, marks in gone:
        own = np.frombuffer(marks, _STORED).tolist()
        for first in range(0, len(own), _BATCH):
            named = (table.mark.in_(own[first : first + _BATCH]), table.print == number)
            connection.execute(delete(schema.print_keys).where(*named))


def sharing(
    connection: Connection, keys: Sequence[int], start: datetime, end: datetime, limit: int
) -> tuple[tuple[Print, int], ...]:
    """Prints of what was published in [start, end] that have any of the keys, and how many: most first, then by article."""
    table, of = schema.prints.c, schema.print_keys.c
    shared: dict[int, int] = {}
    for first in range(0, len(keys), _BATCH):
        count = select(of.print, func.count()).where(of.mark.in_(keys[first : first + _BATCH])).group_by(of.print)
        for number, many in connection.execute(count):
            shared[number] = shared.get(number, 0) + many
    found: list[tuple[int, str, Print]] = []
    numbers = sorted(shared)
    for first in range(0, len(numbers), _BATCH):
        near = (table.number.in_(numbers[first : first + _BATCH]), table.published >= start, table.published <= end)
        rows = connection.execute(select(schema.prints).where(*near)).all()
        found += [(-shared[row.number], row.article, _print(row)) for row in rows]
    return tuple((each, -count) for count, _, each in sorted(found, key=lambda one: one[:2])[:limit])


def put_backing(connection: Connection, backing: Backing) -> None:
    """Writes whose word an article rests on."""
    upsert(connection, schema.backings, {"article": backing.article, "payload": encode(backing).decode()})


def backings(connection: Connection, articles: Iterable[str]) -> dict[str, Backing]:
    """Whose word the articles rest on; those of which nothing was written are left out."""
    table, names = schema.backings.c, list(articles)
    found: dict[str, Backing] = {}
    for first in range(0, len(names), _BATCH):
        rows = connection.execute(select(table.payload).where(table.article.in_(names[first : first + _BATCH])))
        found |= {one.article: one for one in (decode(payload, Backing) for payload in rows.scalars())}
    return {name: found[name] for name in names if name in found}


def _print(row: Row[Any]) -> Print:
    keys = tuple(np.frombuffer(row.marks, _STORED).tolist())
    return Print(article=row.article, published=row.published, shingles=row.shingles, keys=keys)
