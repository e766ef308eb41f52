"""The store in one file on a local disk: the default, and enough for one host.

WAL and synchronous FULL: a commit has reached the disk, readers and the writer do not wait for each other. BEGIN IMMEDIATE
makes writers wait at their beginning, in the order in which they came (`streams.store.turns`). Guards are locks on files beside
the store (`streams.store.lockfile`).
"""

import sqlite3
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, text

from streams.errors import UsageError
from streams.store.lockfile import SILENT_S, FileGuard, Patience, lock_file
from streams.store.turns import Turns


class SqliteFile:
    """A store's file; fills `database.Database`."""

    def __init__(self, path: Path, *, read_only: bool, wait_s: float, silent_s: float = SILENT_S) -> None:
        _check_path(path, read_only=read_only)
        self.name = str(path)
        self.path: Path | None = path
        self.reader: Engine = _engine(path, read_only=read_only, wait_s=wait_s)
        self.writer: Engine = self.reader.execution_options(begin="IMMEDIATE")
        self._file = path
        self._turns = None if read_only else Turns(path, wait_s)
        self._patience: dict[str, Patience] = {}  # with the holder of each guard that we were refused
        self._silent_s = silent_s

    def check(self, connection: Connection) -> None:
        """Nothing to ask: whether the file is a database shows when it is read."""

    def turn(self) -> AbstractContextManager[None]:
        """A place in the queue of the file's writers."""
        return nullcontext() if self._turns is None else self._turns.turn()

    def guard(self, name: str) -> "FileGuard":
        """The lock of a file beside the store; of one whose holder stands still, when we have been refused for long enough."""
        patience = self._patience.setdefault(name, Patience(self._silent_s))
        return FileGuard(lock_file(self._file, name), f"{self._file}: another {name} holds this store", patience)

    def last_number(self, connection: Connection, table: str, column: str) -> int:
        """Only tables whose numbers are never used twice have one."""
        return connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :table"), {"table": table}).scalar() or 0

    def set_last_number(self, connection: Connection, table: str, column: str, number: int) -> None:
        """As above; of the others the highest row counts."""
        sql = str(connection.execute(text("SELECT sql FROM sqlite_master WHERE name = :table"), {"table": table}).scalar())
        if "AUTOINCREMENT" in sql:
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), {"table": table})
            connection.execute(text("INSERT INTO sqlite_sequence VALUES (:table, :number)"), {"table": table, "number": number})

    def close(self) -> None:
        """Closes every connection."""
        self.reader.dispose()


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
