"""What was set aside, as the store knows it: inbox rows in quarantine, and dead letters that were sent again. For `tocsin dead`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from streams.records.flow import Article
from streams.store import schema
from streams.store.store import Store
from streams.wire import decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A revision in quarantine."""

    seq: int  # of the inbox
    article: str
    revision: int
    why: str
    taken_at: datetime
    text: Article | None  # None: older than the retention; then it cannot be tried again


def quarantined(store: Store, seq: int | None = None) -> tuple[Aside, ...]:
    """Revisions in quarantine, in inbox order; or the one of that number, if it is there."""
    inbox, ledger = schema.inbox, schema.ledger
    same = (ledger.c.article == inbox.c.article) & (ledger.c.revision == inbox.c.revision)
    joined = inbox.outerjoin(ledger, same & (ledger.c.event == "") & (ledger.c.rule == ""))
    rows = select(inbox, ledger.c.outcome).select_from(joined).where(inbox.c.state == "quarantined").order_by(inbox.c.seq)
    if seq is not None:
        rows = rows.where(inbox.c.seq == seq)
    with store.reading() as connection:
        return tuple(
            Aside(
                seq=row.seq,
                article=row.article,
                revision=row.revision,
                why=(row.outcome or "").removeprefix("quarantined: "),
                taken_at=row.taken_at,
                text=None if row.payload is None else decode(row.payload, Article),
            )
            for row in connection.execute(rows)
        )


def retried(store: Store, topic: str) -> dict[tuple[int, int], datetime]:
    """When letters of a topic were sent again, by partition and offset."""
    table = schema.retried.c
    with store.reading() as connection:
        rows = connection.execute(select(table.partition, table.place, table.at).where(table.topic == topic))
        return {(row.partition, row.place): row.at for row in rows}


def note_retried(store: Store, topic: str, places: Iterable[tuple[int, int]], at: datetime) -> None:
    """Notes that letters were sent again."""
    with store.writing() as connection:
        for partition, place in places:
            schema.upsert(connection, schema.retried, {"topic": topic, "partition": partition, "place": place, "at": at})
