"""Killed again and again while news comes in: nothing is lost, nothing is told twice, nothing is left running."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from peers.run import Run
from peers.world import (
    BASES,
    DAYS,
    SPEED,
    World,
    assert_nothing_lost,
    assert_nothing_repeated,
    assert_replayable,
    finished,
    told,
    world,
)

from streams.store.store import Store


async def tormented(world: World, kills: int, chance: random.Random) -> Counter[str]:
    """The run, killed so many times: how often while starting and while running, and how often only an extraction process."""
    done: Counter[str] = Counter()
    plan = [("run", "child", "start", "run", "child", "run")[n % 6] for n in range(kills)]
    while plan:
        async with Run.started(world.folder, clock=world.now(), speed=SPEED) as run:
            what = ""
            while plan and what in ("", "child"):
                what = plan.pop(0)
                running = None if what == "start" else await run.until("running")
                await asyncio.sleep(chance.uniform(0.5, 4.0))
                done[what] += 1
                if what == "child" and running is not None:
                    with suppress(ProcessLookupError):
                        os.kill(chance.choice(running["pids"]), signal.SIGKILL)
                    continue
                assert run.process.returncode is None, run.text
                assert await run.kill(timeout_s=5.0) == [], "processes outlived the one that started them"
            world.doubts += sum(line.get("event") == "step found open at start" for line in run.log)
    return done


@pytest.mark.parametrize("kills", [6, pytest.param(30, marks=pytest.mark.soak)])
async def test_no_kill_loses_or_repeats_anything(tmp_path: Path, kills: int) -> None:
    """Each article that a feed has shown is in the ledger, each alert is in the channel once, and no process is left."""
    async with world(tmp_path / "desk", seconds=3.0 * kills, seed=kills) as made:
        done = await tormented(made, kills, random.Random(kills))
        print(f"tormented {time.monotonic() - made.begun:.0f} s")
        await finished(made)
        with Store.open(made.store, read_only=True) as store:
            known = assert_nothing_lost(store, made)
            posts = assert_nothing_repeated(store, made)
            alerts = assert_replayable(store)
            strikes = [row for row in told(store) if row.rule == "strike-on-us-base"]
        told_us = f"kills {dict(done)}, taken {known.taken}, lost 0, repeated 0, posts {posts}, alerts {alerts}"
        print(f"{told_us}, found in doubt {made.doubts}, {time.monotonic() - made.begun:.0f} s")
        assert len(strikes) == len(BASES) * len(DAYS)
