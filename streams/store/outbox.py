"""The store's filling of the Outbox port: deliveries on their way, every step of each, and every version sent.

Deliveries come in through `StoreMemory.enqueue`, in the transaction that decided them. Each method here is a transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, insert, select, update

from streams.records.flow import Delivery
from streams.records.message import Message, Step
from streams.store import restored, schema
from streams.store.life import Sent, sent
from streams.store.lock import Lock
from streams.store.schema import UNSENT, outbox, posts, steps
from streams.store.store import Store
from streams.wire import decode, encode


class StoreOutbox:
    """The outbox of a store."""

    def __init__(self, store: Store, lease: Lock | None = None) -> None:
        """With the `lease` of a channel, whoever lost it writes no step more; without one, the matcher's lock keeps others out."""
        self._store = store
        self._lease = lease

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._store.writing() as connection:
            if self._lease is not None:
                self._lease.check(connection)
            yield connection

    def waiting(self, channel: str) -> tuple[Delivery, ...]:
        """Deliveries of one channel that are not finished: gravest first, then oldest; of one incident in order.

        What stands before a graver delivery of the same incident goes with it. Deliveries that announce nothing come last.
        """
        of_channel = select(outbox).where(outbox.c.channel == channel, UNSENT).order_by(outbox.c.seq.desc())
        with self._store.reading() as connection:
            rows = connection.execute(of_channel).all()
        gravest: dict[str, int] = {}
        ranked = []
        for row in rows:  # newest first: each takes the rank of the gravest that follows it on its post
            gravest[row.incident] = min(row.rank, gravest.get(row.incident, row.rank))
            ranked.append((gravest[row.incident], row.seq, row.payload))
        return tuple(_delivery(payload) for _, _, payload in sorted(ranked))

    def channels_waiting(self) -> tuple[str, ...]:
        """Channels that have deliveries waiting, by name."""
        names = select(outbox.c.channel).where(UNSENT).distinct().order_by(outbox.c.channel)
        with self._store.reading() as connection:
            return tuple(connection.execute(names).scalars())

    def steps(self, delivery: str) -> tuple[Step, ...]:
        """Steps of a delivery already begun, in order."""
        begun = select(steps.c.payload).where(steps.c.delivery == delivery).order_by(steps.c.seq)
        with self._store.reading() as connection:
            return tuple(decode(payload, Step) for payload in connection.execute(begun).scalars())

    def put_step(self, step: Step) -> None:
        """Writes a step, at once and durably; the first post that is done becomes its incident's root on the channel.

        Raises ValueError when the outbox has no such delivery.
        """
        same = (steps.c.delivery == step.delivery, steps.c.name == step.name)
        payload = encode(step).decode()
        with self._writing() as connection:
            of = connection.execute(select(outbox.c.incident, outbox.c.channel).where(outbox.c.delivery == step.delivery)).first()
            if of is None:
                raise ValueError(f'no delivery "{step.delivery}" in the outbox')
            if connection.execute(update(steps).where(*same).values(payload=payload)).rowcount == 0:
                connection.execute(insert(steps).values(delivery=step.delivery, name=step.name, payload=payload))
            if step.name == "post" and step.state == "done" and step.ref:
                known = select(posts.c.ref).where(posts.c.incident == of.incident, posts.c.channel == of.channel)
                if connection.execute(known).first() is None:
                    connection.execute(insert(posts).values(incident=of.incident, channel=of.channel, ref=step.ref))

    def root(self, incident: str, channel: str) -> str:
        """The peer's reference of the incident's first post on a channel, "" when there is none."""
        first = select(posts.c.ref).where(posts.c.incident == incident, posts.c.channel == channel)
        with self._store.reading() as connection:
            return connection.execute(first).scalar_one_or_none() or ""

    def restored_at(self) -> datetime | None:
        """When the store was made from a backup, by the wall's clock; None when it was not."""
        with self._store.reading() as connection:
            return restored.last(connection)

    def finish(self, delivery: str, message: Message, at: datetime) -> None:
        """Closes a delivery, as refused when one of its steps was, and keeps the version that was rendered.

        Raises ValueError when the outbox has no such delivery.
        """
        begun = select(steps.c.payload).where(steps.c.delivery == delivery)
        with self._writing() as connection:
            refused = any(decode(payload, Step).state == "refused" for payload in connection.execute(begun).scalars())
            closed = update(outbox).where(outbox.c.delivery == delivery).values(state="refused" if refused else "done")
            if connection.execute(closed).rowcount == 0:
                raise ValueError(f'no delivery "{delivery}" in the outbox')
            connection.execute(insert(schema.deliveries).values(delivery=delivery, at=at, payload=encode(message).decode()))

    def sent(self, incident: str) -> tuple[Sent, ...]:
        """Everything that was put on its way for one incident, oldest first, with steps and versions."""
        with self._store.reading() as connection:
            return sent(connection, outbox.c.incident == incident)

    def since(self, moment: datetime) -> tuple[Sent, ...]:
        """Everything decided at or after a moment of the matcher's clock, oldest first, with steps and versions."""
        with self._store.reading() as connection:
            return sent(connection, outbox.c.queued_at >= moment)


@lru_cache(maxsize=1024)  # a channel asks for its whole queue after every request
def _delivery(payload: str) -> Delivery:
    return decode(payload, Delivery)
