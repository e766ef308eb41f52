"""A run whose store is on a server: killed like any other, and its server restarted under it; nothing is lost or told twice."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
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


@pytest.fixture
def durable() -> Iterator[Postgres]:
    """A server of the test's own, that writes to the disk."""
    try:
        server = Postgres(durable=True)
    except FileNotFoundError as fault:
        lacking(str(fault))
    yield server
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


@pytest.mark.parametrize("kills", [3, pytest.param(30, marks=pytest.mark.soak)])
async def test_no_kill_loses_or_repeats_anything(durable: Postgres, tmp_path: Path, kills: int) -> None:
    """As with a store in a file: the journal of it all is replayed to the same bytes."""
    async with on_server(durable, tmp_path / "desk", seconds=3.0 * kills, seed=kills) as made:
        done = await tormented(made, kills, random.Random(kills))
        await finished(made)
        counted(made, f"kills {dict(done)}, {time.monotonic() - made.begun:.0f} s")


@pytest.mark.parametrize("restarts", [2, pytest.param(20, marks=pytest.mark.soak)])
async def test_a_run_outlives_the_restarts_of_its_server(durable: Postgres, tmp_path: Path, restarts: int) -> None:
    """Shut down at once or crashed, in the middle of whatever the run was doing; the run itself goes on."""
    chance = random.Random(restarts)
    async with on_server(durable, tmp_path / "desk", seconds=6.0 * restarts, seed=7) as made:
        async with Run.started(made.folder, clock=made.now(), speed=SPEED) as run:
            await run.until("running", timeout_s=90)
            recovered = []
            for number in range(restarts):
                await asyncio.sleep(chance.uniform(1.0, 4.0))
                assert run.process.returncode is None, run.text
                durable.stop((SIGINT, SIGQUIT)[number % 2])
                await asyncio.sleep(chance.uniform(0.0, 1.5))
                durable.start()
                recovered.append(await decided_again(run))
            await drain(made, run)
        counted(made, f"restarts {restarts}, decided again after {', '.join(f'{one:.1f}' for one in recovered)} s")


async def decided_again(run: Run) -> float:
    """Seconds until the next decision."""
    begun, known = time.monotonic(), len(run.log)
    async with asyncio.timeout(60):
        while not any(line.get("event") == "decided" for line in run.log[known:]):
            assert run.process.returncode is None, run.text
            await asyncio.sleep(0.05)
    return time.monotonic() - begun
