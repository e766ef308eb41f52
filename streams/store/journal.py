"""The journal as it stands in the store, read in order; called by `tocsin replay journal:` and rebuilds.

Entries are appended by `StoreMemory.append`, inside the transaction they cause. Nothing deletes them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import select

from streams.records import Entry
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
            yield Entry(number=row.number, kind=row.kind, at=row.at, payload=row.payload)
            after = row.number
        if len(rows) < _PAGE:
            return
