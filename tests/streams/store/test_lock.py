"""The matcher's lock: one holder, freed by any death, and a number that keeps a replaced holder from writing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from peers.remembered import day

from streams.errors import FencedOff, StoreBusy
from streams.store import journal
from streams.store.lock import lock_file
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


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "tocsin.db") as opened:
        yield opened


def test_numbers_rise_with_each_holder(store: Store) -> None:
    fences = []
    for _ in range(3):
        with store.lock(day(0)) as lock:
            fences.append(lock.fence)
    assert fences == [1, 2, 3]


def test_a_second_matcher_is_refused_and_told_who_holds_the_store(store: Store) -> None:
    with store.lock(day(0)), pytest.raises(StoreBusy) as raised:
        store.lock(day(0))
    assert str(raised.value) == (
        f"{store.path}: another matcher holds this store (process {os.getpid()}); stop it first, or name another store"
    )


def test_other_locks_do_not_get_in_the_way(store: Store) -> None:
    with store.lock(day(0)) as matcher, store.lock(day(0), "deliver/slack:gsoc") as lease:
        assert (matcher.fence, lease.fence) == (1, 1)
        assert lock_file(store.path, lease.name).name == "tocsin.db.deliver-slack-gsoc.lock"


def test_kill_9_frees_the_lock(store: Store) -> None:
    """No lock file to delete by hand at three in the morning."""
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(store.path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == "1\n"
        with pytest.raises(StoreBusy, match=rf"another matcher holds this store \(process {holder.pid}\)"):
            store.lock(day(0))
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        holder.stdout.close()
    with store.lock(day(0)) as lock:
        assert lock.fence == 2


def test_a_replaced_holder_cannot_write_any_more(store: Store) -> None:
    """As when its lock file was deleted, or lies on a file system whose locks do not hold."""
    with store.lock(day(0)) as old:
        lock_file(store.path, "matcher").unlink()
        with store.lock(day(0)) as new:
            with pytest.raises(FencedOff) as raised, store.matching(old) as memory:
                memory.append("tick", day(1), b"{}")
            assert str(raised.value) == (
                f"{store.path}: this matcher holds number 1, the store is at 2; another one has taken over, this process must stop"
            )
            with store.matching(new) as memory:
                memory.append("tick", day(1), b"{}")
    assert len(list(journal.read(store))) == 1


def test_a_released_lock_does_not_write(store: Store) -> None:
    lock = store.lock(day(0))
    lock.release()
    lock.release()
    with pytest.raises(FencedOff), store.matching(lock) as memory:
        memory.append("tick", day(1), b"{}")


def test_a_lock_that_cannot_be_written_down_is_not_held(store: Store) -> None:
    with store.writing() as connection:
        connection.exec_driver_sql("CREATE TRIGGER no_lock BEFORE INSERT ON locks BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(Exception, match="no"):
        store.lock(day(0))
    with store.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER no_lock")
    with store.lock(day(0)) as lock:
        assert lock.fence == 1
