"""The lock that lets one matcher write, and its fencing number; taken through `Store.lock`.

Two guards. The operating system's lock on a file beside the store keeps a second process out and is freed when its holder
dies, however it dies. The number in the store counts acquisitions and is compared inside every transaction: should the file
lock ever fail (the file deleted, a file system without locks), the older holder cannot write any more.
"""

import fcntl
import os
import re
import socket
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection, select

from streams.errors import EnvironmentFault, FencedOff, StoreBusy
from streams.store import schema

if TYPE_CHECKING:
    from streams.store.store import Store


class Lock:
    """A lock that is held.

    Attributes:
        name: what it guards, e.g. "matcher".
        fence: its fencing number.
    """

    def __init__(self, store_name: str, name: str, fence: int, handle: int) -> None:
        self.name = name
        self.fence = fence
        self._store_name = store_name
        self._handle: int | None = handle

    @classmethod
    def acquire(cls, store: "Store", name: str, at: datetime) -> Self:
        """The lock, with a number higher than any before; raises StoreBusy when another process has it.

        Args:
            at: noted beside the number for whoever looks.
        """
        path = lock_file(store.path, name)
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as fault:
            raise EnvironmentFault(f"{path}: the lock file cannot be opened: {fault.strerror}") from fault
        try:
            _flock(handle, store.name, name, path)
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
            with store.writing() as connection:
                fence = (_fence(connection, name) or 0) + 1
                holder = f"{socket.gethostname()}:{os.getpid()}"
                schema.upsert(connection, schema.locks, {"name": name, "fence": fence, "holder": holder, "at": at})
        except BaseException:
            os.close(handle)
            raise
        return cls(store.name, name, fence, handle)

    def check(self, connection: Connection) -> None:
        """Returns when this is still the newest holder, as `connection` sees it; raises FencedOff otherwise."""
        newest = _fence(connection, self.name)
        if self._handle is None or newest != self.fence:
            raise FencedOff(
                f"{self._store_name}: this {self.name} holds number {self.fence}, the store is at {newest}; "
                "another one has taken over, this process must stop"
            )

    def release(self) -> None:
        """Frees the lock; a second call does nothing."""
        if self._handle is not None:
            fcntl.flock(self._handle, fcntl.LOCK_UN)  # the file stays: deleting it could split two holders
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.release()


def lock_file(store: Path, name: str) -> Path:
    """The file that carries a store's named lock."""
    slug = re.sub(r"[^A-Za-z0-9_.-]", "-", name)
    return store.with_name(f"{store.name}.{slug}.lock")


def _flock(handle: int, store_name: str, name: str, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as fault:
        pid = os.pread(handle, 20, 0).decode(errors="replace").strip() or "unknown"
        raise StoreBusy(
            f"{store_name}: another {name} holds this store (process {pid}); stop it first, or name another store"
        ) from fault
    except OSError as fault:
        raise EnvironmentFault(f"{path}: cannot be locked: {fault.strerror}; keep the store on a local disk") from fault


def _fence(connection: Connection, name: str) -> int | None:
    row = select(schema.locks.c.fence).where(schema.locks.c.name == name).with_for_update()
    return connection.execute(row).scalar_one_or_none()
