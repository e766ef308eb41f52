"""What only a look into the tables can tell of a store's state; asked by `tocsin doctor`, never at a scrape. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from streams.records.message import Step
from streams.store.schema import IN_FLIGHT, REFUSED, UNSENT, inbox, outbox, steps
from streams.wire import decode

if TYPE_CHECKING:
    from streams.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubled:
    """A delivery that waits or was refused."""

    delivery: str
    error: str  # of its last request, "" when it had none
    attempts: int


def damage(store: "Store") -> tuple[str, ...]:
    """What is broken in the file, in SQLite's words, at most ten; () for a whole file, and for a server, which looks itself.

    Reads the whole file: seconds for a gigabyte.
    """
    with store.reading() as connection:
        if connection.dialect.name != "sqlite":
            return ()
        found = connection.execute(text("PRAGMA quick_check(10)")).scalars().all()
    return () if found == ["ok"] else tuple(map(str, found))


def oldest_text(store: "Store") -> datetime | None:
    """When the oldest text that is still kept was taken, of articles that are closed; None: there is none."""
    kept = select(func.min(inbox.c.taken_at)).where(inbox.c.payload.is_not(None), ~IN_FLIGHT)
    with store.reading() as connection:
        oldest: datetime | None = connection.execute(kept).scalar_one()
    return oldest


def newest_taken(store: "Store") -> datetime | None:
    """When the newest revision was taken, by the clock of whoever took it; None for an empty store."""
    newest = select(inbox.c.taken_at).order_by(inbox.c.seq.desc()).limit(1)
    with store.reading() as connection:
        return connection.execute(newest).scalar_one_or_none()


def oldest_waiting(store: "Store") -> str:
    """Id of the article that has waited longest for its decision, "" when none does."""
    first = select(inbox.c.article).where(IN_FLIGHT).order_by(inbox.c.seq).limit(1)
    with store.reading() as connection:
        return connection.execute(first).scalar_one_or_none() or ""


def troubled(store: "Store", channel: str, *, refused: bool, limit: int = 1) -> tuple[Troubled, ...]:
    """Of a channel's deliveries the newest that were refused, or the oldest that wait, with the last error of each."""
    which = REFUSED if refused else UNSENT
    order = outbox.c.seq.desc() if refused else outbox.c.seq
    rows = select(outbox.c.delivery).where(outbox.c.channel == channel, which).order_by(order).limit(limit)
    found = []
    with store.reading() as connection:
        for delivery in connection.execute(rows).scalars().all():
            payloads = connection.execute(
                select(steps.c.payload).where(steps.c.delivery == delivery).order_by(steps.c.seq)
            ).scalars()
            begun = [decode(payload, Step) for payload in payloads]
            error = next((step.error for step in reversed(begun) if step.error), "")
            found.append(Troubled(delivery=delivery, error=error, attempts=sum(step.attempts for step in begun)))
    return tuple(found)
