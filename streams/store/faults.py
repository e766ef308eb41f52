"""What the database's own errors mean to the rest of Tocsin; used around every transaction of this room.

A fault of the environment (disk, lock, permission, a server that is away) becomes EnvironmentFault, an address that leads to no
store UsageError. Every other error of the database is a mistake of ours and passes, without the values it would show.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import DBAPIError, OperationalError

from streams.errors import EnvironmentFault, StoreBusy, UsageError

Ours = EnvironmentFault | UsageError

_UNDONE = "nothing of this transaction was written"
# https://www.sqlite.org/rescode.html: the low byte of an extended result code is the primary one.
_PRIMARY = 0xFF
_SQLITE = {
    sqlite3.SQLITE_PERM: "access is denied; give this user the right to write it and its folder",
    sqlite3.SQLITE_NOMEM: f"the database is out of memory; {_UNDONE}",
    sqlite3.SQLITE_READONLY: "it cannot be written; check the rights of the file, its folder and the mount",
    sqlite3.SQLITE_IOERR: f"the disk failed; {_UNDONE}; check the disk",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; stop every process and restore it from a backup",
    sqlite3.SQLITE_FULL: f"the disk is full; {_UNDONE}; free space",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check that its folder exists and may be written",
    sqlite3.SQLITE_PROTOCOL: "its locks do not work; keep the store on a local disk",
}
# https://www.postgresql.org/docs/15/errcodes-appendix.html: a whole code, or its class in the first two characters.
_POSTGRESQL = {
    "25006": "it cannot be written; it was opened for reading, or the server is a standby",
    "25P03": f"this process stood still inside a transaction, and the server ended it; {_UNDONE}; try again",
    "40": f"another transaction got in the way; {_UNDONE}; try again",
    "42501": "access is denied; grant this user the use of the database's schema and its tables",
    "53100": f"the disk is full; {_UNDONE}; free space",
    "53": f"the server is short of memory or connections; {_UNDONE}",
    "57014": f"the server cancelled the query; {_UNDONE}; try again",
    "57": "the server is stopping or starting; try again",
    "58": f"the server's disk failed; {_UNDONE}; check the disk",
    "XX001": "the database is damaged; stop every process and restore it from a backup",
    "XX002": "an index of the database is damaged; stop every process and rebuild it with REINDEX",
}
# Of a refused connection there is no code, only words; in another language they are shown as a server that cannot be reached.
_REFUSED = {
    r'FATAL: +database "[^"]*" does not exist': "the server has no such database; make it with createdb",
    r'FATAL: +(?:role "[^"]*" does not exist|.* authentication failed)': (
        "the server refuses this user or its password; check the address"
    ),
    r"fe_sendauth: no password supplied": (
        "the server asks for a password; put it into the address, or into a file that PGPASSFILE names"
    ),
}


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Raises the database's faults as ours, with `name` (the store's, never a password) in front."""
    try:
        yield
    except DBAPIError as fault:
        ours = _ours(fault.orig, name, operational=isinstance(fault, OperationalError))
        if ours is None:
            raise _without_values(fault) from None
        raise ours from fault
    except sqlite3.Error as fault:  # from the hooks that prepare a connection, which SQLAlchemy does not wrap
        found = _of_sqlite(fault, name)
        if found is None:
            raise
        raise found from fault


def _ours(fault: BaseException | None, name: str, *, operational: bool) -> Ours | None:
    if isinstance(fault, sqlite3.Error):
        return _of_sqlite(fault, name)
    found = _of_postgresql(fault, name)
    return found or (EnvironmentFault(f"{name}: {_line(fault)}") if operational else None)


def _of_sqlite(fault: sqlite3.Error, name: str) -> Ours | None:
    code = getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(f"{name}: another process kept the store locked; {_UNDONE}; try again")
    if code == sqlite3.SQLITE_NOTADB:
        return UsageError(f"{name}: this file is not a database; name another file, or move it away to start with an empty store")
    text = _SQLITE.get(code)
    return None if text is None else EnvironmentFault(f"{name}: {text} ({fault})")


def _of_postgresql(fault: Any, name: str) -> Ours | None:
    code, words = getattr(fault, "sqlstate", None), str(fault)
    if code == "55P03":
        return StoreBusy(f"{name}: another process kept the store locked; {_UNDONE}; try again")
    if code is not None:
        text = _POSTGRESQL.get(code) or _POSTGRESQL.get(code[:2])
        return None if text is None else EnvironmentFault(f"{name}: {text} ({_line(fault)})")
    refused = next((text for pattern, text in _REFUSED.items() if re.search(pattern, words)), None)
    if refused is not None or "connection option" in words:  # "invalid connection option", "invalid value for connection option"
        return UsageError(f"{name}: {refused or f'the address cannot be used: {_line(fault)}'}")
    if re.match(r"connection (?:failed|is bad|timeout)", words):
        return EnvironmentFault(f"{name}: the database server cannot be reached ({_line(fault)}); check that it runs")
    if getattr(fault, "pgconn", None) is not None or "connection" in words:
        broke = "the connection to the database server broke; what this transaction wrote is there as a whole or not at all"
        return EnvironmentFault(f"{name}: {broke}; try again ({_line(fault)})")
    return None


def _line(fault: object) -> str:
    """The first line of the database's words: the others hold values, or advice for other programs."""
    return (str(fault).splitlines() or [""])[0].strip()


def _without_values(fault: DBAPIError) -> DBAPIError:
    """The same error without the values that PostgreSQL adds on further lines: they are news, and errors are logged."""
    if fault.orig is not None and not isinstance(fault.orig, sqlite3.Error):
        fault.orig.args = (_line(fault.orig),)
        fault.args = (_line(fault.args[0]), *fault.args[1:])
    return fault
