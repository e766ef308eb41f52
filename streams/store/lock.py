"""The lock that lets one matcher write, and its fencing number; taken through `Store.lock`.

Two guards. The database's own (`database.Guard`: a locked file, or a session's lock on the server) keeps a second process out
and is freed when its holder dies, however it dies. The number in the store counts acquisitions and is compared inside every
transaction: should the first ever fail (a lock file deleted, a file system without locks, a process that stood still for so
long that the server gave its lock away), the older holder cannot write any more.
"""

import os
import socket
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection, select

from streams.errors import FencedOff
from streams.store import schema
from streams.store.database import Guard

if TYPE_CHECKING:
    from streams.store.store import Store


class Lock:
    """A lock that is held.

    Attributes:
        name: what it guards, e.g. "matcher".
        fence: its fencing number.
    """

    def __init__(self, store_name: str, name: str, fence: int, guard: Guard) -> None:
        self.name = name
        self.fence = fence
        self._store_name = store_name
        self._guard: Guard | None = guard

    @classmethod
    def acquire(cls, store: "Store", name: str, at: datetime) -> Self:
        """The lock, with a number higher than any before; raises StoreBusy when another process has it.

        Args:
            at: noted beside the number for whoever looks.
        """
        guard = store.guard(name)
        try:
            with store.writing() as connection:
                fence = (_fence(connection, name) or 0) + 1
                holder = f"{socket.gethostname()}:{os.getpid()}"
                schema.upsert(connection, schema.locks, {"name": name, "fence": fence, "holder": holder, "at": at})
        except BaseException:
            guard.release()
            raise
        guard.numbered(fence)
        return cls(store.name, name, fence, guard)

    def check(self, connection: Connection) -> None:
        """Returns when this is still the newest holder, as `connection` sees it; raises FencedOff otherwise."""
        newest = _fence(connection, self.name)
        if self._guard is None or newest != self.fence:
            raise FencedOff(
                f"{self._store_name}: this {self.name} holds number {self.fence}, the store is at {newest}; "
                "another one has taken over, this process must stop"
            )

    def release(self) -> None:
        """Frees the lock; a second call does nothing."""
        if self._guard is not None:
            self._guard.release()
            self._guard = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.release()


def _fence(connection: Connection, name: str) -> int | None:
    return connection.execute(select(schema.locks.c.fence).where(schema.locks.c.name == name)).scalar_one_or_none()
