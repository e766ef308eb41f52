"""What the store asks of a database: the seam between `Store` and its two kinds, `sqlite` and `postgresql`.

Tables and queries are the same on both and know nothing of this; what differs is how a transaction begins, how a process
holds a lock that dies with it, and what the database's own numbers and faults are called (`faults`).
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine


class Guard(Protocol):
    """Keeps other processes out for as long as this one lives, however it dies."""

    def numbered(self, fence: int) -> None:
        """Tells it the fencing number of its holder, by which it knows whether another one has come in between."""

    def release(self) -> None:
        """Lets others in; a second call does nothing."""


class Database(Protocol):
    """One database, opened.

    Attributes:
        name: how messages name it; never holds a password.
        path: the file, None for a server.
        reader: its transactions see one moment and block nobody.
        writer: its transactions wait at their beginning, so that each is alone in writing; StoreBusy after the wait.
    """

    name: str
    path: Path | None
    reader: Engine
    writer: Engine

    def check(self, connection: Connection) -> None:
        """Returns when a store can live here; raises UsageError otherwise."""

    def turn(self) -> AbstractContextManager[None]:
        """Around each transaction of `writer`, where several processes write: who asked first is first."""

    def guard(self, name: str) -> Guard:
        """The named guard; raises StoreBusy, and says who has it, when another process holds it."""

    def last_number(self, connection: Connection, table: str, column: str) -> int:
        """The last number the database gave a row of the table by itself, 0 for none or when it does not say."""

    def set_last_number(self, connection: Connection, table: str, column: str, number: int) -> None:
        """Makes the next number the one after this."""

    def close(self) -> None:
        """Closes every connection; transactions still open are rolled back."""
