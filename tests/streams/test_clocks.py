"""The clocks that ingest takes its time from."""

import asyncio
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from streams.clocks import ManualClock, VirtualClock, WallClock

START = datetime(2024, 4, 22, tzinfo=UTC)


async def test_the_wall_clock_is_the_hosts() -> None:
    clock = WallClock()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)
    begun = time.monotonic()
    await clock.sleep(0.05)
    assert 0.04 < time.monotonic() - begun < 0.5


async def test_a_virtual_clock_runs_and_sleeps_at_its_speed() -> None:
    clock = VirtualClock(START, speed=1000)
    begun = time.monotonic()
    await clock.sleep(100)
    assert time.monotonic() - begun < 0.5
    assert clock.now() - START >= timedelta(seconds=100)


def test_a_virtual_clock_starts_in_utc() -> None:
    assert VirtualClock(START.astimezone(timezone(timedelta(hours=3)))).now().tzinfo == UTC


def test_a_virtual_clock_refuses_what_is_no_clock() -> None:
    with pytest.raises(ValueError, match="a clock starts at an aware moment, found 2024-04-22T00:00:00"):
        VirtualClock(START.replace(tzinfo=None))
    with pytest.raises(ValueError, match="a clock's speed is above 0, found 0"):
        VirtualClock(START, speed=0)


async def test_sleepers_wake_in_order_when_the_manual_clock_passes_them() -> None:
    clock, woken = ManualClock(START), list[str]()

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append(name)

    tasks = [
        asyncio.create_task(sleeper(name, seconds))
        for name, seconds in [("late", 20), ("early", 10), ("also early", 10), ("never", 99)]
    ]
    await asyncio.sleep(0)
    clock.advance(9.9)
    await asyncio.sleep(0)
    assert woken == []
    clock.set(START + timedelta(seconds=20))
    await asyncio.sleep(0)
    assert (woken, clock.sleepers()) == (["early", "also early", "late"], 1)
    tasks[-1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert clock.sleepers() == 0


def test_a_manual_clock_never_runs_backwards() -> None:
    with pytest.raises(ValueError, match="a clock never runs backwards"):
        ManualClock(START).advance(-1)
