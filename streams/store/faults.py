"""What the database's own errors mean to the rest of Tocsin; used around every transaction of this room.

A fault of the environment (disk, lock, permission) becomes EnvironmentFault, a file that is no database UsageError. Every
other error of the database is a mistake of ours and passes as it is.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError

from streams.errors import EnvironmentFault, StoreBusy, UsageError

# https://www.sqlite.org/rescode.html: the low byte of an extended result code is the primary one.
_PRIMARY = 0xFF
_TEXTS = {
    sqlite3.SQLITE_PERM: "access is denied; give this user the right to write it and its folder",
    sqlite3.SQLITE_NOMEM: "the database is out of memory; nothing of this transaction was written",
    sqlite3.SQLITE_READONLY: "it cannot be written; check the rights of the file, its folder and the mount",
    sqlite3.SQLITE_IOERR: "the disk failed; nothing of this transaction was written; check the disk",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; stop every process and restore it from a backup",
    sqlite3.SQLITE_FULL: "the disk is full; nothing of this transaction was written; free space",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check that its folder exists and may be written",
    sqlite3.SQLITE_PROTOCOL: "its locks do not work; keep the store on a local disk",
}


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Raises the database's faults as ours, with `name` (the store's path, never a password) in front."""
    try:
        yield
    except DBAPIError as fault:
        ours = _ours(fault.orig, name, operational=isinstance(fault, OperationalError))
        if ours is None:
            raise
        raise ours from fault
    except sqlite3.Error as fault:  # from the hooks that prepare a connection, which SQLAlchemy does not wrap
        ours = _ours(fault, name, operational=False)
        if ours is None:
            raise
        raise ours from fault


def _ours(fault: BaseException | None, name: str, *, operational: bool) -> EnvironmentFault | UsageError | None:
    if not isinstance(fault, sqlite3.Error):
        return EnvironmentFault(f"{name}: {fault}") if operational else None
    code = getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(f"{name}: another process kept the store locked; nothing of this transaction was written; try again")
    if code == sqlite3.SQLITE_NOTADB:
        return UsageError(f"{name}: this file is not a database; name another file, or move it away to start with an empty store")
    text = _TEXTS.get(code)
    return None if text is None else EnvironmentFault(f"{name}: {text} ({fault})")
