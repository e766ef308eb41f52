"""Everything that can break under the Kafka run, broken while news comes in: nothing is lost, nothing is shown twice.

Ids are counted from the source's own log. The short form breaks many things in one scene; the long form (`soak`) gives each fault
a scene of its own, and kills fifty times. Figures: tests/bench/RESULTS.md.
"""

import asyncio
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from peers.feeds import Piece
from peers.fleet import EXTRACT
from peers.kafka import Kafka
from peers.needs import lacking
from peers.poison import WORD, poisoned
from peers.postgres import Postgres
from peers.run import met
from peers.scene import Scene, scene
from peers.topics import everything, send
from peers.world import DAYS, DELTA

from streams.errors import StoreBusy
from streams.store.store import Store

Fault = Callable[[Scene], Awaitable[None]]
GARBAGE = (b"\xff\0", b"[1]")
ROLES = ("ingest", "extract", "match", "match-2", "deliver")


async def killed(made: Scene, times: int = 50) -> None:
    """Any role at any moment, also while it starts."""
    chance, done = random.Random(times), 0
    while done < times:
        done += made.fleet.kill(chance.choice(ROLES))
        await asyncio.sleep(chance.uniform(0.1, 4.0))
    await made.recovered(f"{times} kills")


async def joining_and_leaving(made: Scene) -> None:
    """A second and a third extract worker come and go, by SIGTERM and by SIGKILL."""
    for _ in range(3):
        await asyncio.gather(made.fleet.add("extract-2", *EXTRACT), made.fleet.add("extract-3", *EXTRACT))
        assert await made.fleet.leave("extract-2") == 0
        made.fleet.kill("extract-3")
        await made.fleet.leave("extract-3")
    await made.recovered("workers joined and left")


async def broker_killed(made: Scene) -> None:
    """The only one, and back after three seconds."""
    made.kafka.kill()
    await asyncio.sleep(3.0)
    await asyncio.to_thread(made.kafka.start)
    await made.recovered("broker killed and restarted")


async def all_killed(made: Scene) -> None:
    """The only broker, under roles that are at work, and once it is back every role."""
    made.kafka.kill()
    await asyncio.sleep(3.0)
    await asyncio.to_thread(made.kafka.start)
    for name in ROLES:
        await met(lambda name=name: made.fleet.kill(name))
    await made.recovered("broker and every role killed")


async def one_of_three_gone(made: Scene) -> None:
    """Each of the three in its turn, for fifteen seconds."""
    for node in (1, 2, 3):
        made.kafka.kill(node)
        await made.recovered(f"broker {node} of 3 killed, and gone")
        await asyncio.sleep(15.0)
        await asyncio.to_thread(made.kafka.start, node)
        await made.recovered(f"broker {node} of 3 back")


async def all_gone(made: Scene, seconds: float = 120.0) -> None:
    """No broker at all."""
    made.kafka.kill()
    await asyncio.sleep(seconds)
    await asyncio.to_thread(made.kafka.start)
    await made.recovered(f"all brokers gone for {seconds:.0f} s")


async def worker_paused(made: Scene) -> None:
    """An extract worker stands still until the group has given its articles to another, and wakes up in the middle of them."""
    await made.fleet.add("extract-2", *EXTRACT)
    for name in ("extract", "extract-2"):
        made.fleet.pause(name)
        await asyncio.sleep(12.0)  # twice the session
        made.fleet.go_on(name)
        await made.recovered("worker paused past its session")


def paused_between(made: Scene, name: str) -> None:
    """Stops a process, though not inside a transaction: there it keeps the file from all others (`streams.store.lockfile`)."""
    while True:
        made.fleet.pause(name)
        try:
            with Store.open(made.world.store, wait_s=3.0) as store, store.writing():
                return
        except StoreBusy:
            made.fleet.go_on(name)
            time.sleep(0.2)


async def matcher_paused(made: Scene) -> None:
    """The active one stands still; its lock goes to the standby, and it finds itself fenced off when it goes on."""
    for _ in range(2):
        holder, fence = made.holder()
        active = next(name for name in ("match", "match-2") if made.fleet.pid(name) == holder)
        await asyncio.to_thread(paused_between, made, active)
        await met(lambda fence=fence: made.holder()[1] > fence, 90.0)
        await made.recovered("standby took over from a paused matcher")
        made.fleet.go_on(active)
        await made.recovered("paused matcher goes on")


async def clock_jumps(made: Scene) -> None:
    """Ingest's clock is six hours fast, then three slow, then right."""
    for hours in (6, -3, 0):
        made.ahead = timedelta(hours=hours)
        made.fleet.kill("ingest")
        await asyncio.sleep(8.0)
        await made.recovered(f"clock {hours:+d} h")


async def odd_articles(made: Scene) -> None:
    """One of 2 MB, one that kills whoever reads it, and bytes in the topics that are no record."""
    paragraph = "The council met on Monday and spoke of the harvest. " * 20 + "\n\n"
    big = f"Rockets hit a depot in Harran on Monday, officials said.\n\n{paragraph * (2 * 2**20 // len(paragraph))}"
    made.world.aside += [
        Piece(title="A long report", guid="g-big", link="https://delta-times.example/big", text=big, date=DAYS[0][1]),
        Piece(
            title="A report",
            guid="g-poison",
            link="https://delta-times.example/p",
            text=f"Rockets hit {WORD} on Monday.",
            date=DAYS[0][1],
        ),
    ]
    garbage = [(made.topic(name), b"k", value) for name in ("articles", "events") for value in GARBAGE]
    await asyncio.to_thread(send, made.kafka.servers, garbage)
    await met(lambda: len(made.world.aside) <= sum(feed == DELTA for feed, _ in made.world.served))
    await made.recovered("2 MB, poison and garbage")


async def repeats(made: Scene) -> None:
    """Every record of both topics comes again."""
    for name in ("articles", "events"):
        records = await asyncio.to_thread(everything, made.kafka.servers, made.topic(name))
        await asyncio.to_thread(send, made.kafka.servers, [(made.topic(name), one.key, one.value) for one in records])
    await made.recovered("all records repeated")


async def postgresql_restarted(made: Scene) -> None:
    """An orderly restart, a crash, and ten seconds without it."""
    assert made.server is not None
    for how, seconds in ((signal.SIGINT, 0.0), (signal.SIGQUIT, 0.0), (signal.SIGINT, 10.0)):
        await asyncio.to_thread(made.server.stop, how)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(made.server.start)
        await made.recovered(f"PostgreSQL back after {how.name} and {seconds:.0f} s")
        await asyncio.sleep(5.0)


async def disk_full(made: Scene) -> None:
    """Under the store, for fifteen seconds."""
    filler = made.world.folder / "filler"
    with filler.open("wb", buffering=0) as out:
        for size in (2**20, 2**12, 1):
            try:
                while True:
                    out.write(b"\0" * size)
            except OSError:
                continue
    await asyncio.sleep(15.0)
    assert shutil.disk_usage(made.world.folder).free == 0
    filler.unlink()
    await made.recovered("disk full")


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 24 MB at the folder; where we may not mount one, the test is skipped."""
    folder.mkdir()
    asked = ("mount", "-t", "tmpfs", "-o", "size=24m", "tocsin-test", str(folder))
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode:
        lacking(f"a small disk that can be mounted: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(("umount", "-l", str(folder)), check=True)


@pytest.mark.kafka
async def test_much_breaks_at_once_and_nothing_is_lost_or_repeated(kafka: Kafka, tmp_path: Path) -> None:
    """The short form: odd articles, broker and roles killed, and repeats, one after the other in one scene."""
    with poisoned(tmp_path / "model") as model:
        async with scene(tmp_path / "desk", kafka, seconds=90, seed=1, articles=150, model=model) as made:
            await odd_articles(made)
            await all_killed(made)
            await repeats(made)
            print(await made.closes(quarantined=1))
            dead = await asyncio.to_thread(everything, kafka.servers, made.topic("dead"))
    assert {one.value for one in dead} == set(GARBAGE)


@pytest.mark.soak
@pytest.mark.parametrize("fault", [killed, joining_and_leaving, broker_killed, worker_paused, matcher_paused, clock_jumps, repeats])
async def test_no_fault_loses_or_repeats_anything(fault: Fault, kafka: Kafka, tmp_path: Path) -> None:
    """Each by itself, with one broker and the store in a file."""
    async with scene(tmp_path / "desk", kafka, seconds=180, seed=2, articles=400) as made:
        await fault(made)
        print(await made.closes())


@pytest.mark.soak
@pytest.mark.parametrize("fault", [one_of_three_gone, all_gone])
async def test_no_loss_of_brokers_loses_or_repeats_anything(fault: Fault, kafka3: Kafka, tmp_path: Path) -> None:
    """Of three, each topic with three copies."""
    async with scene(tmp_path / "desk", kafka3, seconds=240, seed=3, articles=400, replicas=3) as made:
        await fault(made)
        print(await made.closes())


@pytest.mark.soak
async def test_a_full_disk_loses_and_repeats_nothing(kafka: Kafka, tmp_path: Path) -> None:
    """The disk under the store and its log."""
    with small_disk(tmp_path / "desk") as folder:
        async with scene(folder, kafka, seconds=60, seed=4) as made:
            await disk_full(made)
            print(await made.closes())


@pytest.mark.soak
@pytest.mark.parametrize("fault", [killed, matcher_paused, postgresql_restarted])
async def test_no_fault_on_postgresql_loses_or_repeats_anything(fault: Fault, kafka: Kafka, tmp_path: Path) -> None:
    """The store on a server: a paused matcher gives way to its standby, and the server itself may go."""
    try:
        server = Postgres(durable=True)
    except FileNotFoundError as missing:
        lacking(str(missing))
    try:
        async with scene(
            tmp_path / "desk", kafka, seconds=180, seed=5, articles=400, store=server.address(server.create())
        ) as made:
            made.server = server
            await fault(made)
            print(await made.closes())
    finally:
        server.close()
