"""The store: one database that holds all that must survive a crash; opened by the runs and the command line.

It hands out transactions, and nothing outside this room sees SQL. Writers queue up at their beginning instead of failing in the
middle; whatever a transaction wrote is there together or not at all, also after `kill -9` or a power cut. Do not open a second
writing transaction inside one: it would wait for itself.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError

from streams.errors import EnvironmentFault, UsageError
from streams.metrics import STORE_FAULTS, TRANSACTION_SECONDS
from streams.store import migrations, retention
from streams.store.database import Database, Guard
from streams.store.faults import translated
from streams.store.lock import Lock
from streams.store.memory import StoreMemory
from streams.store.sqlite import SqliteFile

WAIT_S = 5.0  # how long a transaction waits for another writer; an assumption: the longest of ours takes well under a second
_SERVERS = ("postgresql", "postgresql+psycopg", "postgres")
_ALLOWED = "write a path, sqlite:////path/to/file, or postgresql://user@host/database"


class Store:
    """An open store.

    Attributes:
        name: how messages name it: the path, or the server's address without a password.
        path: the file, None for one on a server.
        database: for this room alone.
    """

    def __init__(self, database: Database) -> None:
        self.name = database.name
        self.path = database.path
        self.database = database

    @classmethod
    def open(cls, url_or_path: str | Path, *, read_only: bool = False, wait_s: float = WAIT_S) -> Self:
        """The store at a path or address, created if it is missing, its tables brought up to date.

        Args:
            url_or_path: a path, `sqlite:///` and a path, or `postgresql://`; the database of the last must exist.
            read_only: never writes, and so refuses a store that is missing or older than the code.
            wait_s: seconds to wait for another writer before StoreBusy.

        Raises:
            UsageError: it is no store, newer than the code, or cannot exist there.
            EnvironmentFault: disk, permission, a lock or the network is in the way.
        """
        store = cls(opened(url_or_path, read_only=read_only, wait_s=wait_s))
        try:
            with store.reading() as connection:
                store.database.check(connection)
                if read_only:
                    migrations.check(connection, store.name)
            if not read_only:
                with store.writing() as connection:
                    migrations.migrate(connection, store.name)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Closes every connection; transactions still open are rolled back."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store and blocks nobody."""
        with _timed("read"), translated(self.name), self.database.reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is alone in writing; committed at the end, rolled back when an exception passes."""
        with _timed("write"), translated(self.name), self.database.turn(), self.database.writer.begin() as connection:
            yield connection

    def guard(self, name: str) -> Guard:
        """What keeps other processes from a named task on this store; `lock` is what a task asks for."""
        return self.database.guard(name)

    def lock(self, at: datetime, name: str = "matcher") -> Lock:
        """The named lock, held until it is released or the process ends; raises StoreBusy when another process has it."""
        return Lock.acquire(self, name, at)

    @contextmanager
    def matching(self, lock: Lock) -> Iterator[StoreMemory]:
        """The matcher's memory inside one transaction.

        Raises FencedOff, before anything is written, when the lock has been taken over since `lock` was acquired.
        """
        with self.writing() as connection:
            lock.check(connection)
            yield StoreMemory(connection)

    @contextmanager
    def remembering(self) -> Iterator[StoreMemory]:
        """The matcher's memory as it is now, to read from; what is written meanwhile is not seen, and nothing is held up."""
        with self.reading() as connection:
            yield StoreMemory(connection)

    def prune(
        self, now: datetime, articles: timedelta, events: timedelta, over: Callable[[], bool] = lambda: False
    ) -> retention.Pruned:
        """What was deleted because it is older than its retention; `streams.store.retention` says what and what never.

        Args:
            over: asked between two transactions whether to leave the rest for the next time.
        """
        return retention.prune(self, now, articles, events, over)


@contextmanager
def _timed(kind: str) -> Iterator[None]:
    """Measures one transaction, the wait for its beginning included."""
    begun = time.perf_counter()
    try:
        yield
    except EnvironmentFault:
        STORE_FAULTS.inc()
        raise
    finally:
        TRANSACTION_SECONDS.labels(kind).observe(time.perf_counter() - begun)


def file_of(url_or_path: str | Path) -> Path | None:
    """The file of a store in one, None for one on a server; raises UsageError for an address that names neither."""
    if isinstance(url_or_path, Path) or "://" not in url_or_path:
        return Path(url_or_path)
    url = _url(url_or_path)
    if url.drivername == "sqlite" and url.database:
        return Path(url.database)
    if url.drivername in _SERVERS:
        return None
    raise UsageError(f'store: a "{url.drivername}" address names no store; {_ALLOWED}')


def opened(url_or_path: str | Path, *, read_only: bool = False, wait_s: float = WAIT_S) -> Database:
    """The database at a path or address, whatever is in it."""
    file = file_of(url_or_path)
    if file is not None:
        return SqliteFile(file, read_only=read_only, wait_s=wait_s)
    from streams.store.postgresql import PostgresqlServer

    return PostgresqlServer(_url(str(url_or_path)), read_only=read_only, wait_s=wait_s)


def _url(address: str) -> URL:
    try:
        return make_url(address)
    except (ArgumentError, ValueError) as fault:
        raise UsageError(f"store: the address cannot be read; {_ALLOWED}") from fault
