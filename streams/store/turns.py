"""Whose turn it is to write to a store in a file: first come, first served, over all processes; called by `sqlite` only.

SQLite lets writers wait by asking again and again, further and further apart, so whoever writes back to back keeps all others out.
Here a writer takes a number first: it locks one byte of a file beside the store, as far in as the nanoseconds that its machine is
up, and waits until no lower byte is locked. The system frees the byte however its holder dies.

This is order and no more; that a writer is alone is SQLite's own lock. So nothing is lost where order fails: one in the queue who
has not moved for PATIENCE_S (stopped, or with a long transaction) is passed by, and after `wait_s` a writer goes ahead in any case.
"""

import fcntl
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from streams.errors import EnvironmentFault
from streams.store.lockfile import lock_file

PATIENCE_S = 1.0  # with the one whose turn it is; an assumption: our transactions take well under that
_LOOK_S = 0.002  # how often the one who is next looks: little against a commit that reaches the disk
_FLOCK = struct.Struct("hhqqi4x")  # struct flock of fcntl(2): type, whence, start, length, process


class Turns:
    """The queue of a store's writers, as one process sees it."""

    def __init__(self, store: Path, wait_s: float) -> None:
        self._store = store
        self._path = lock_file(store, "writers")
        self._wait_s = wait_s
        self._passed_by = 0  # numbers below this one are of writers that stood still

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Begins when all who asked before have written or given up, and lets the next one in at its end."""
        handle = self._opened()
        try:
            self._wait(handle, self._numbered(handle))
            yield
        finally:
            os.close(handle)

    def _wait(self, handle: int, number: int) -> None:
        asked = since = time.monotonic()
        ahead = None
        while (found := self._ahead(handle, number)) is not None:
            now = time.monotonic()
            if found != ahead:
                ahead, since = found, now
            elif now - since > PATIENCE_S:
                self._passed_by = found + 1
            if now - asked > self._wait_s:
                return
            time.sleep(_LOOK_S)

    def _numbered(self, handle: int) -> int:
        """A number of our own; of two writers in one nanosecond the second takes the next."""
        number = time.monotonic_ns()
        while True:
            try:
                self._asked(handle, fcntl.F_OFD_SETLK, number, 1)
                return number
            except BlockingIOError:
                number += 1
            except OSError as fault:
                where = "keep the store on a local disk"
                raise EnvironmentFault(f"{self._path}: cannot be locked: {fault.strerror}; {where}") from fault

    def _ahead(self, handle: int, number: int) -> int | None:
        """The number of one who asked before, and was not passed by."""
        if number <= self._passed_by:
            return None
        kind, start = self._asked(handle, fcntl.F_OFD_GETLK, self._passed_by, number - self._passed_by)
        return None if kind == fcntl.F_UNLCK else start

    def _asked(self, handle: int, what: int, start: int, length: int) -> tuple[int, int]:
        """Kind and start of the lock that comes back."""
        given = fcntl.fcntl(handle, what, _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, start, length, 0))
        kind, _, found, *_ = _FLOCK.unpack(given)
        return kind, found

    def _opened(self) -> int:
        """The file, made for the same users as the store's, as SQLite makes its own."""
        try:
            with suppress(FileNotFoundError):
                return os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
            owner = self._store.stat()
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.fchmod(handle, owner.st_mode & 0o666)
            if os.geteuid() == 0:
                os.fchown(handle, owner.st_uid, owner.st_gid)
        except OSError as fault:
            raise EnvironmentFault(f"{self._path}: the lock file cannot be opened: {fault.strerror}") from fault
        return handle
