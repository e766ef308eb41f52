"""The journal as it stands in the store, read in order; called by the runs at their start, `tocsin replay journal:` and rebuilds.

Entries are appended by `StoreMemory.append`, inside the transaction they cause. Nothing deletes them.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, select

from streams.records.orders import Entry
from streams.store import schema

if TYPE_CHECKING:
    from streams.store.store import Store

_PAGE = 200  # entries read at once; each page is its own short transaction, so that a long reader holds nothing up


def read(store: "Store", *, after: int = 0) -> Iterator[Entry]:
    """Every entry with a number above `after`, in order; entries appended while reading come too."""
    table = schema.journal.c
    while True:
        with store.reading() as connection:
            page = select(schema.journal).where(table.number > after).order_by(table.number).limit(_PAGE)
            rows = connection.execute(page).all()
        for row in rows:
            yield _entry(row)
            after = row.number
        if len(rows) < _PAGE:
            return


def before(store: "Store", moment: datetime) -> int:
    """Number of the last entry older than a moment, 0 when there is none."""
    table = schema.journal.c
    with store.reading() as connection:
        return connection.execute(select(func.max(table.number)).where(table.at < moment)).scalar_one() or 0


def last(store: "Store", kind: str) -> Entry | None:
    """The newest entry of a kind, None when there is none."""
    table = schema.journal.c
    newest = select(schema.journal).where(table.kind == kind).order_by(table.number.desc()).limit(1)
    with store.reading() as connection:
        row = connection.execute(newest).first()
    return None if row is None else _entry(row)


def _entry(row: Row[Any]) -> Entry:
    return Entry(number=row.number, kind=row.kind, at=row.at, payload=row.payload)
