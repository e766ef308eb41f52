"""The store: one database that holds all that must survive a crash; opened by `local`, `app` and the command line.

It hands out transactions, and nothing outside this room sees SQL. A writer begins with BEGIN IMMEDIATE, so two writers queue
up at the start instead of failing in the middle; whatever a transaction wrote is there together or not at all, also after
`kill -9` (WAL, synchronous FULL). Do not open a second transaction inside one: on SQLite it would wait for itself.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, cast
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from streams.errors import UsageError
from streams.store import migrations, retention
from streams.store.faults import translated
from streams.store.lock import Lock
from streams.store.memory import StoreMemory

WAIT_S = 5.0  # how long a transaction waits for another writer; an assumption: the longest of ours takes well under a second


class Store:
    """An open store.

    Attributes:
        name: how messages name it; for SQLite the path.
        path: the SQLite file.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        self.name = str(path)
        self.path = path
        self._engine = engine
        self._writer = engine.execution_options(begin="IMMEDIATE")

    @classmethod
    def open(cls, url_or_path: str | Path, *, read_only: bool = False, wait_s: float = WAIT_S) -> Self:
        """The store at a path or `sqlite:///` address, created if it is missing, its tables brought up to date.

        Args:
            read_only: never writes, and so refuses a store that is missing or older than the code.
            wait_s: seconds to wait for another writer before StoreBusy.

        Raises:
            UsageError: it is no store, newer than the code, or cannot exist there.
            EnvironmentFault: disk, permission or a lock is in the way.
        """
        path = _path(url_or_path)
        _check_path(path, read_only=read_only)
        engine = _engine(path, read_only=read_only, wait_s=wait_s)
        store = cls(engine, path)
        try:
            if read_only:
                with store.reading() as connection:
                    migrations.check(connection, store.name)
            else:
                with store.writing() as connection:
                    migrations.migrate(connection, store.name)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Closes every connection; transactions still open are rolled back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store and blocks nobody."""
        with translated(self.name), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is alone in writing; committed at the end, rolled back when an exception passes."""
        with translated(self.name), self._writer.begin() as connection:
            yield connection

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

    def prune(self, now: datetime, articles: timedelta, events: timedelta) -> retention.Pruned:
        """What was deleted because it is older than its retention; `streams.store.retention` says what and what never."""
        return retention.prune(self, now, articles, events)

    def backup(self, target: Path) -> None:
        """Writes a whole copy of the store, as of one moment, while others go on writing; raises UsageError if it exists."""
        if target.exists():
            raise UsageError(f"{target}: the file exists; name a new file for the backup")
        with translated(self.name), self._engine.connect() as connection:
            raw = cast(sqlite3.Connection, connection.connection.driver_connection)
            raw.execute("VACUUM INTO ?", (str(target),))


def _path(url_or_path: str | Path) -> Path:
    if isinstance(url_or_path, Path):
        return url_or_path
    if "://" not in url_or_path:
        return Path(url_or_path)
    try:
        url = make_url(url_or_path)
    except ArgumentError as fault:
        raise UsageError("store: the address cannot be read; write a path, or sqlite:////path/to/file") from fault
    if url.get_backend_name() != "sqlite" or not url.database:
        raise UsageError(
            f'store: "{url.get_backend_name()}" stores are not supported yet; write a path, or sqlite:////path/to/file'
        )
    return Path(url.database)


def _check_path(path: Path, *, read_only: bool) -> None:
    if path.is_dir():
        raise UsageError(f"{path}: this is a folder; name a file in it")
    if read_only and not path.exists():
        raise UsageError(f'{path}: there is no store; "tocsin run" makes one')
    if not path.parent.is_dir():
        raise UsageError(f"{path}: the folder does not exist; create it first")


def _engine(path: Path, *, read_only: bool, wait_s: float) -> Engine:
    mode = "ro" if read_only else "rwc"
    url = URL.create("sqlite", database=f"file:{quote(str(path.absolute()))}", query={"mode": mode, "uri": "true"})
    # hide_parameters: the parameters are articles and settings, and errors are logged
    engine = create_engine(url, connect_args={"timeout": wait_s}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(raw: sqlite3.Connection, _: object) -> None:
        # SQLAlchemy, "Using SQLAlchemy to emit BEGIN in lieu of SQLite's transaction control" (dialects/sqlite/base.py, 2.1.9)
        raw.isolation_level = None
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute("PRAGMA synchronous = FULL")
        if not read_only:
            raw.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")

    return engine
