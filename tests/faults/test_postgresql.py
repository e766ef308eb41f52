"""A run whose store is on a server: killed like any other, and its server restarted under it; nothing is lost or told twice."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from signal import SIGINT, SIGQUIT

import pytest
from peers.needs import lacking
from peers.postgres import Postgres
from peers.run import Run
from peers.world import (
    BASES,
    DAYS,
    SPEED,
    World,
    assert_nothing_lost,
    assert_nothing_repeated,
    assert_replayable,
    drain,
    finished,
    told,
    world,
)

from streams.store.store import Store
from tests.faults.test_kill import tormented

ARTICLES = 96  # fewer than for a file: each decision is a few dozen trips to the server, on a machine that others use too


@contextmanager
def served(*, durable: bool) -> Iterator[Postgres]:
    """A server of the test's own; a durable one writes to the disk, and takes ten seconds to look through it after each crash."""
    try:
        server = Postgres(durable=durable)
    except FileNotFoundError as fault:
        lacking(str(fault))
    try:
        yield server
    finally:
        server.close()


@asynccontextmanager
async def on_server(server: Postgres, folder: Path, seconds: float, seed: int) -> AsyncIterator[World]:
    address = server.address(server.create())
    async with world(folder, seconds, seed, ARTICLES, more=f"store: {address}\n") as made:
        made.elsewhere = address
        yield made


def counted(made: World, what: str) -> None:
    with Store.open(made.store, read_only=True) as store:
        known = assert_nothing_lost(store, made)
        posts = assert_nothing_repeated(store, made)
        alerts = assert_replayable(store)
        strikes = [row for row in told(store) if row.rule == "strike-on-us-base"]
    print(f"{what}, taken {known.taken}, lost 0, repeated 0, posts {posts}, alerts {alerts}, in doubt {made.doubts}")
    assert len(strikes) == len(BASES) * len(DAYS)


async def restarted(made: World, server: Postgres, restarts: int) -> str:
    """One run to its end, while news comes in; its server is shut down or crashes in the middle of things, the run goes on."""
    chance, recovered = random.Random(restarts), []
    async with Run.started(made.folder, clock=made.now(), speed=SPEED) as run:
        await run.until("running", timeout_s=90)
        for number in range(restarts):
            await asyncio.sleep(chance.uniform(1.0, 4.0))
            assert run.process.returncode is None, run.text
            server.stop((SIGINT, SIGQUIT)[number % 2])
            await asyncio.sleep(chance.uniform(0.0, 1.5))
            server.start()
            recovered.append(await decided_again(run))
        made.seconds = min(made.seconds, time.monotonic() - made.begun)  # what is left appears at once
        await drain(made, run)
    return f"restarts {restarts}, decided again after {', '.join(f'{one:.1f}' for one in recovered)} s"


async def test_neither_kills_nor_restarts_of_its_server_lose_or_repeat_anything(tmp_path: Path) -> None:
    """The short form: a run killed, an extraction process killed, and two restarts, in one scene."""
    with served(durable=False) as server:
        async with on_server(server, tmp_path / "desk", seconds=120, seed=3) as made:
            done = await tormented(made, 2, random.Random(3))
            counted(made, f"kills {dict(done)}, {await restarted(made, server, 2)}")


@pytest.mark.soak
async def test_thirty_kills_lose_and_repeat_nothing(tmp_path: Path) -> None:
    """As with a store in a file: the journal of it all is replayed to the same bytes."""
    with served(durable=True) as server:
        async with on_server(server, tmp_path / "desk", seconds=90, seed=30) as made:
            done = await tormented(made, 30, random.Random(30))
            await finished(made)
            counted(made, f"kills {dict(done)}, {time.monotonic() - made.begun:.0f} s")


@pytest.mark.soak
async def test_a_run_outlives_twenty_restarts_of_its_server(tmp_path: Path) -> None:
    with served(durable=True) as server:
        async with on_server(server, tmp_path / "desk", seconds=600, seed=7) as made:
            counted(made, await restarted(made, server, 20))


async def decided_again(run: Run) -> float:
    """Seconds until the next decision."""
    begun, known = time.monotonic(), len(run.log)
    async with asyncio.timeout(60):
        while not any(line.get("event") == "decided" for line in run.log[known:]):
            assert run.process.returncode is None, run.text
            await asyncio.sleep(0.05)
    return time.monotonic() - begun
