"""A lock file beside the store, that its holder lets be seen to live; called by `sqlite` only.

The system frees the lock however its holder dies. A holder that stands still (SIGSTOP, a frozen machine) does not die, so it
counts up a number in the file, and whoever finds the same number for SILENT_S puts a new file in the place of the old one. The
older holder then holds the lock of a file that nobody looks at, and the fencing number keeps it from writing when it wakes.
Known gap: one that stands still inside a transaction holds up every other writer of the file until it goes on or dies.
"""

import fcntl
import os
import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from streams.errors import EnvironmentFault, StoreBusy

SILENT_S = 15.0  # as on a server (`postgresql.SILENT_S`)
_BEATS = 5  # in that time
_LONGEST = 60  # bytes of what stands in the file


@dataclass(slots=True)
class Patience:
    """How long one process has found the same in the lock file of another."""

    silent_s: float
    _seen: tuple[int, bytes] = (0, b"")  # the file itself, and what stood in it
    _since: float = 0.0

    def over(self, handle: int) -> bool:
        """Whether the holder has stood still for too long. One whose file has no number is of an older release, and never has."""
        seen = (os.fstat(handle).st_ino, os.pread(handle, _LONGEST, 0))
        if seen != self._seen:
            self._seen, self._since = seen, time.monotonic()
        return b" " in seen[1] and time.monotonic() - self._since > self.silent_s


class FileGuard:
    """A lock file that this process holds."""

    def __init__(self, path: Path, refusal: str, patience: Patience) -> None:
        self._path = path
        handle, ours = self._tried()
        try:
            if not ours:
                if not patience.over(handle):
                    raise StoreBusy(f"{refusal} (process {_holder(handle)}); stop it first, or name another store")
                handle = self._taken_over(handle, refusal)
            _beat(handle, 0)
        except BaseException:
            os.close(handle)
            raise
        self._handle: int | None = handle
        self._over = threading.Event()
        self._keeper = threading.Thread(
            target=self._keep, args=(patience.silent_s / _BEATS,), name=f"keeps {path.name}", daemon=True
        )
        self._keeper.start()

    def numbered(self, fence: int) -> None:
        """Nothing to know: this lock is never taken again."""

    def release(self) -> None:
        """Frees the lock; the file stays where it is: deleting it could split two holders."""
        if self._handle is not None:
            self._over.set()
            self._keeper.join()
            fcntl.flock(self._handle, fcntl.LOCK_UN)
            os.close(self._handle)
            self._handle = None

    def _tried(self) -> tuple[int, bool]:
        """The file, and whether its lock is ours; one that was replaced between opening and locking is let go."""
        while True:
            handle = self._open()
            ours = _locked(handle, self._path)
            if not ours or self._is(handle):
                return handle, ours
            os.close(handle)

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as fault:
            raise EnvironmentFault(f"{self._path}: the lock file cannot be opened: {fault.strerror}") from fault

    def _taken_over(self, old: int, refusal: str) -> int:
        """The lock of a new file in the place of the old one; one process at a time tries, and only while the old one is there."""
        turn = os.open(self._path.with_name(f"{self._path.name}.turn"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            if not _locked(turn, self._path) or not self._is(old):
                raise StoreBusy(f"{refusal}, just taken over; stop it first, or name another store")
            self._path.unlink()
            new = self._open()
            if not _locked(new, self._path):
                os.close(new)
                raise StoreBusy(f"{refusal}, just taken over; stop it first, or name another store")
        finally:
            os.close(turn)
        os.close(old)
        return new

    def _is(self, handle: int) -> bool:
        try:
            return os.stat(self._path).st_ino == os.fstat(handle).st_ino
        except FileNotFoundError:
            return False

    def _keep(self, every_s: float) -> None:
        beat = 0
        while not self._over.wait(every_s):
            beat += 1
            assert self._handle is not None
            _beat(self._handle, beat)


def lock_file(store: Path, name: str) -> Path:
    """The file that carries a store's named lock."""
    slug = re.sub(r"[^A-Za-z0-9_.-]", "-", name)
    return store.with_name(f"{store.name}.{slug}.lock")


def _beat(handle: int, number: int) -> None:
    words = f"{os.getpid()} {number}\n".encode()
    os.pwrite(handle, words, 0)
    os.ftruncate(handle, len(words))


def _holder(handle: int) -> str:
    return (os.pread(handle, _LONGEST, 0).decode(errors="replace").split() or ["unknown"])[0]


def _locked(handle: int, path: Path) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as fault:
        raise EnvironmentFault(f"{path}: cannot be locked: {fault.strerror}; keep the store on a local disk") from fault
    return True
