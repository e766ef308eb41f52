"""The matcher's lock: one holder, freed by any death, and a number that keeps a replaced holder from writing."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from peers.locks import freed
from peers.refusals import refusing
from peers.remembered import day
from sqlalchemy import make_url

from streams.errors import FencedOff, StoreBusy
from streams.store import journal
from streams.store.lock import Lock
from streams.store.lockfile import lock_file
from streams.store.postgresql import PostgresqlServer
from streams.store.sqlite import SqliteFile
from streams.store.store import Store

HOLD = """
import sys, time
from datetime import UTC, datetime
from streams.store.store import Store
store = Store.open(sys.argv[1])
lock = store.lock(datetime.now(UTC))
print(lock.fence, flush=True)
time.sleep(60)
"""
ON_POSTGRESQL = pytest.mark.parametrize("address", ["postgresql"], indirect=True)
ON_SQLITE = pytest.mark.parametrize("address", ["sqlite"], indirect=True)


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    with Store.open(address) as opened:
        yield opened


@contextmanager
def held(address: str, script: str = HOLD) -> Iterator["subprocess.Popen[str]"]:
    """A process that holds the lock, killed at the end."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    holder = subprocess.Popen([sys.executable, "-c", script, address], text=True, **pipes)
    assert holder.stdout is not None
    assert holder.stdin is not None
    try:
        assert holder.stdout.readline() == "1\n"
        yield holder
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        holder.stdout.close()
        holder.stdin.close()


def named(store: Store, pid: int) -> str:
    return f"process {pid}" if store.path is not None else f"{socket.gethostname()}:{pid}"


def test_numbers_rise_with_each_holder(store: Store) -> None:
    fences = []
    for _ in range(3):
        with store.lock(day(0)) as lock:
            fences.append(lock.fence)
    assert fences == [1, 2, 3]


def test_a_second_matcher_is_refused_and_told_who_holds_the_store(store: Store) -> None:
    with store.lock(day(0)), pytest.raises(StoreBusy) as raised:
        store.lock(day(0))
    who = named(store, os.getpid())
    assert str(raised.value) == f"{store.name}: another matcher holds this store ({who}); stop it first, or name another store"


def test_other_locks_do_not_get_in_the_way(store: Store) -> None:
    with store.lock(day(0)) as matcher, store.lock(day(0), "deliver/slack:gsoc") as lease:
        assert (matcher.fence, lease.fence) == (1, 1)
        if store.path is not None:
            assert lock_file(store.path, lease.name).name == "tocsin.db.deliver-slack-gsoc.lock"


def test_kill_9_frees_the_lock(store: Store, address: str) -> None:
    """No lock file to delete by hand at three in the morning."""
    with held(address) as holder, pytest.raises(StoreBusy, match=re.escape(f"holds this store ({named(store, holder.pid)})")):
        store.lock(day(0))
    with freed(store) as lock:
        assert lock.fence == 2


@ON_SQLITE
def test_a_replaced_holder_cannot_write_any_more(store: Store) -> None:
    """As when its lock file was deleted, or lies on a file system whose locks do not hold."""
    assert store.path is not None
    with store.lock(day(0)) as old:
        lock_file(store.path, "matcher").unlink()
        with store.lock(day(0)) as new:
            fenced_off(store, old, new)


@ON_POSTGRESQL
def test_a_holder_whose_session_was_ended_cannot_write_once_it_is_replaced(store: Store, address: str) -> None:
    """As after a restart of the server, when another matcher is quicker."""
    with store.lock(day(0)) as old:
        end_sessions(address)
        with store.lock(day(0)) as new:
            fenced_off(store, old, new)


def fenced_off(store: Store, old: Lock, new: Lock) -> None:
    with pytest.raises(FencedOff) as raised, store.matching(old) as memory:
        memory.append("tick", day(1), b"{}")
    assert str(raised.value) == (
        f"{store.name}: this matcher holds number 1, the store is at 2; another one has taken over, this process must stop"
    )
    with store.matching(new) as memory:
        memory.append("tick", day(1), b"{}")
    assert len(list(journal.read(store))) == 1


def end_sessions(address: str) -> None:
    """Ends every other session of the database, and returns when they are gone."""
    others = (
        "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(f"SELECT pg_terminate_backend(pid, 5000) {others}")


def patient(address: str, silent_s: float) -> Store:
    """The store, with guards that are given away after that much silence."""
    if "://" in address:
        return Store(PostgresqlServer(make_url(address), read_only=False, wait_s=5, silent_s=silent_s))
    return Store(SqliteFile(Path(address), read_only=False, wait_s=5, silent_s=silent_s))


@ON_POSTGRESQL
def test_a_holder_takes_its_lock_again_after_the_server_was_away(store: Store, address: str) -> None:
    """Otherwise two could work side by side, each stopped only by its number."""
    quick = patient(address, silent_s=0.4)
    with quick.lock(day(0)) as lock:
        end_sessions(address)
        assert holds(lambda: guards(address) == 1)
        with pytest.raises(StoreBusy):
            store.lock(day(0))
        with quick.matching(lock) as memory:
            memory.append("tick", day(1), b"{}")
    quick.close()


@ON_POSTGRESQL
def test_a_holder_that_was_replaced_does_not_take_its_lock_again(store: Store, address: str) -> None:
    """It would keep others out and could not write itself."""
    quick = patient(address, silent_s=2)
    with quick.lock(day(0)):
        end_sessions(address)
        store.lock(day(0)).release()
        time.sleep(1.5)  # it has noticed, and looked again
        store.lock(day(0)).release()
    quick.close()


def guards(address: str) -> int:
    """How many advisory locks sessions hold in the database."""
    here = "(SELECT oid FROM pg_database WHERE datname = current_database())"
    held = f"FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = {here}"
    with psycopg.connect(address, autocommit=True) as admin:
        return int(admin.execute(f"SELECT count(*) {held}").fetchone()[0])  # type: ignore[index]


def holds(condition: Callable[[], bool], timeout_s: float = 20.0) -> bool:
    """Whether the condition holds once within that time."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


WRITER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from sqlalchemy import make_url
from streams.errors import FencedOff
from streams.store.postgresql import PostgresqlServer
from streams.store.sqlite import SqliteFile
from streams.store.store import Store
address = sys.argv[1]
kind = {"read_only": False, "wait_s": 5, "silent_s": 1}
store = Store(PostgresqlServer(make_url(address), **kind) if "://" in address else SqliteFile(Path(address), **kind))
lock = store.lock(datetime.now(UTC))
print(lock.fence, flush=True)
while True:
    sys.stdin.readline()  # between two transactions it stands still where the test wants it to
    try:
        with store.matching(lock) as memory:
            memory.append("tick", datetime.now(UTC), b"{}")
        print("written", flush=True)
    except FencedOff:
        print("fenced off", flush=True)
        break
"""


def test_a_holder_that_stands_still_gives_way_and_cannot_write_when_it_wakes(store: Store, address: str) -> None:
    """SIGSTOP, a frozen machine: it is not heard of any more; the number does the rest."""
    standby = patient(address, silent_s=1)
    with held(address, WRITER) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        end = time.monotonic() + 1.5  # longer than a holder that lives is silent
        while time.monotonic() < end:
            with pytest.raises(StoreBusy):
                standby.lock(day(0))
            time.sleep(0.1)
        for _ in range(2):
            holder.stdin.write("\n")
            holder.stdin.flush()
            assert holder.stdout.readline() == "written\n"
        holder.send_signal(signal.SIGSTOP)
        with freed(standby) as lock:
            assert lock.fence == 2
            before = len(list(journal.read(store)))
            assert before > 1
            holder.send_signal(signal.SIGCONT)
            holder.stdin.write("\n")
            holder.stdin.flush()
            assert holder.stdout.readline() == "fenced off\n"
            assert len(list(journal.read(store))) == before
            with pytest.raises(StoreBusy):  # nor does the death of the older one let a third one in
                store.lock(day(0))
            holder.wait()
            with pytest.raises(StoreBusy):
                store.lock(day(0))
    standby.close()


def test_a_released_lock_does_not_write(store: Store) -> None:
    lock = store.lock(day(0))
    lock.release()
    lock.release()
    with pytest.raises(FencedOff), store.matching(lock) as memory:
        memory.append("tick", day(1), b"{}")


def test_a_lock_that_cannot_be_written_down_is_not_held(store: Store) -> None:
    with refusing(store, "locks"), pytest.raises(Exception, match="refused"):
        store.lock(day(0))
    with store.lock(day(0)) as lock:
        assert lock.fence == 1
