"""The service manager is told: a real socket, a real run."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from peers.run import Run, desk, met

from streams.health.endpoints import Subject
from streams.health.notify import notifying
from streams.pulse import Pulse


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """The manager's end of the socket, and its name."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(str(tmp_path / "notify"))
        end.setblocking(False)
        yield end, str(tmp_path / "notify")


def heard(end: socket.socket) -> list[str]:
    """What has come since the last call."""
    found = []
    with suppress(BlockingIOError):
        while True:
            found.append(end.recv(4096).decode())
    return found


async def test_it_is_ready_when_all_stands_and_the_watchdog_is_fed_while_nothing_is_stuck(
    manager: tuple[socket.socket, str],
) -> None:
    end, name = manager
    pulse = Pulse(limits_s={"match": -1.0})  # whatever is in hand is stuck
    pulse.needs("lock")
    async with notifying(Subject(role="match", pulse=pulse), {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "60000"}):
        await asyncio.sleep(0.1)
        before = heard(end)
        pulse.stands("lock", "standby")
        await asyncio.sleep(0.1)
        after = heard(end)
        with pulse.work("match"):
            await asyncio.sleep(0.05)
            heard(end)
            await asyncio.sleep(0.1)
            stuck = heard(end)
        pulse.doubts("channel slack:gsoc", "unavailable")
        await asyncio.sleep(0.1)
        doubting = heard(end)
    assert ("READY=1" in before, "STATUS=starting" in before, "WATCHDOG=1" in before) == (False, True, True)
    assert after.count("READY=1") == 1
    assert "WATCHDOG=1" not in stuck
    assert "STATUS=channel slack:gsoc: unavailable" in doubting
    assert heard(end)[-1] == "STOPPING=1"


async def test_a_run_tells_its_manager_that_it_is_ready_and_that_it_stops(
    tmp_path: Path, manager: tuple[socket.socket, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    end, name = manager
    monkeypatch.setenv("NOTIFY_SOCKET", name)
    monkeypatch.setenv("WATCHDOG_USEC", "3000000")
    said: list[str] = []

    def ready() -> bool:
        said.extend(heard(end))
        return "READY=1" in said

    async with Run.started(desk(tmp_path / "desk", {})) as run:
        await run.until("rules adopted", 60)
        await met(ready, 120)
        assert await run.stop() == 0
    said += heard(end)
    assert said.index("STATUS=starting") < said.index("READY=1") < said.index("STOPPING=1")
    assert "WATCHDOG=1" in said


async def test_without_a_manager_nothing_is_sent() -> None:
    async with notifying(Subject(role="run", pulse=Pulse()), {}):
        pass
