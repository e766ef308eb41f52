"""Writers of a store in a file come in the order in which they asked; counted in transactions: seconds depend on the machine."""

import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from streams.store.lockfile import lock_file
from streams.store.store import Store

ASKS = 9
WRITER = """
import sys, time
from streams.store.store import Store
store = Store.open(sys.argv[1], wait_s=60)
print("open", flush=True)
for line in sys.stdin:
    how_often, for_s = int(line.split()[0]), float(line.split()[1])
    for _ in range(how_often):
        with store.writing() as connection:
            connection.exec_driver_sql("UPDATE counted SET times = times + 1")
            time.sleep(for_s)
    print("written", flush=True)
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "tocsin.db", wait_s=20) as opened:
        with opened.writing() as connection:
            connection.exec_driver_sql("CREATE TABLE counted (times INTEGER)")
            connection.exec_driver_sql("INSERT INTO counted VALUES (0)")
        yield opened


@contextmanager
def writer(store: Store) -> Iterator["subprocess.Popen[str]"]:
    """A process that writes as often as it is told to, each time for as long as it is told to."""
    asked = [sys.executable, "-c", WRITER, str(store.path)]
    with subprocess.Popen(asked, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "open\n"
            yield process
        finally:
            process.kill()


def told(process: "subprocess.Popen[str]", how_often: int, for_s: float) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{how_often} {for_s}\n")
    process.stdin.flush()


def written(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.exec_driver_sql("SELECT times FROM counted").scalar_one())


def let_in_before_us(store: Store) -> list[int]:
    """How many transactions of others began or ended between our asking and our turn, for each of several times."""
    found = []
    for _ in range(ASKS):
        time.sleep(0.03)
        before = written(store)
        with store.writing() as connection:
            found.append(int(connection.exec_driver_sql("SELECT times FROM counted").scalar_one()) - before)
    return found


def holding(store: Store) -> int:
    """How many have a place in the queue, or their turn."""
    assert store.path is not None
    inode = lock_file(store.path, "writers").stat().st_ino
    locks = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    return sum(words[1] == "OFDLCK" and words[-3].endswith(f":{inode}") for words in locks)


def until(process: "subprocess.Popen[str]", condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.005)


def test_who_writes_back_to_back_lets_one_who_writes_now_and_then_in_after_one_transaction(store: Store) -> None:
    """At most one was running when we asked, and one more may slip in between our look and our asking."""
    with writer(store) as busy:
        told(busy, 10_000, 0.02)
        until(busy, lambda: holding(store) == 1)
        found = let_in_before_us(store)
    assert statistics.median(found) <= 2, found


def test_of_many_each_comes_in_its_turn(store: Store) -> None:
    """Two processes and a thread of our own, all back to back: each goes once before us."""
    over = threading.Event()

    def also() -> None:
        while not over.is_set():
            with store.writing() as connection:
                connection.exec_driver_sql("UPDATE counted SET times = times + 1")
                time.sleep(0.02)

    with writer(store) as one, writer(store) as two:
        told(one, 10_000, 0.02)
        told(two, 10_000, 0.02)
        ours = threading.Thread(target=also)
        ours.start()
        until(one, lambda: holding(store) == 3)
        found = let_in_before_us(store)
        over.set()
        ours.join()
    assert statistics.median(found) <= 4, found


def test_one_who_is_killed_leaves_no_place_behind(store: Store) -> None:
    with writer(store) as holds, writer(store) as waits:
        told(holds, 1, 60)
        until(holds, lambda: holding(store) == 1)
        told(waits, 1, 0)
        until(waits, lambda: holding(store) == 2)
        waits.kill()
        waits.wait()
        assert holding(store) == 1
        holds.kill()
        holds.wait()
        assert holding(store) == 0
        with store.writing():
            assert holding(store) == 1
    assert written(store) == 0


def test_one_who_stands_still_in_the_queue_is_passed_by_and_comes_in_when_it_goes_on(store: Store) -> None:
    """Else a stopped process would keep the matcher from its standby, and all others from writing."""
    with writer(store) as stopped:
        with store.writing():
            told(stopped, 1, 0)
            until(stopped, lambda: holding(store) == 2)
            stopped.send_signal(signal.SIGSTOP)
        with writer(store) as second:
            told(second, 10, 0)
            until(second, lambda: written(store) == 10)
        stopped.send_signal(signal.SIGCONT)
        assert stopped.stdout is not None
        assert stopped.stdout.readline() == "written\n"
    assert written(store) == 11


def test_the_queue_is_for_the_same_users_as_the_store(tmp_path: Path) -> None:
    """A command of one of the group's users may come first, and must not shut out the others."""
    path = tmp_path / "tocsin.db"
    path.touch()
    path.chmod(0o660)
    Store.open(path).close()
    assert lock_file(path, "writers").stat().st_mode & 0o777 == 0o660


def test_who_only_reads_takes_no_place(store: Store) -> None:
    assert store.path is not None
    lock_file(store.path, "writers").unlink()
    with Store.open(store.path, read_only=True) as reader, reader.reading():
        pass
    assert not lock_file(store.path, "writers").exists()
