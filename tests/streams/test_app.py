"""What becomes of a batch when its handler fails, hangs or is stopped: it comes again, whatever Faust would do by itself.

On Tansu, in processes of their own: the process must die, and that is the point.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from peers.kafka import fresh_prefix
from peers.run import ROOT, met
from peers.tansu import Tansu
from peers.topics import everything, send

from streams.broker import topics
from streams.settings.load import load
from streams.settings.model import Kafka

MOODY = ROOT / "tests" / "peers" / "moody_role.py"
NUMBERS = [str(number) for number in range(12)]

pytestmark = pytest.mark.kafka


@pytest.fixture
def kafka(tansu: Tansu, tmp_path: Path) -> Kafka:
    """Topics of one partition, with twelve records in the first."""
    text = f"kafka: {{brokers: ['{tansu.servers}'], prefix: {fresh_prefix()}x, partitions: 1, session: 2s, stall: 5s}}\n"
    (tmp_path / "tocsin.yaml").write_text(text, encoding="utf-8")
    made = load(tmp_path / "tocsin.yaml", {}).kafka
    assert made is not None
    topics.create(made)
    for number in NUMBERS:  # each in a batch of its own, or Tansu tells a wrong end
        send(tansu.servers, [(made.topic("articles"), b"k", number.encode())])
    return made


@asynccontextmanager
async def role(folder: Path, mood: str) -> AsyncIterator[asyncio.subprocess.Process]:
    with (folder / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", str(MOODY), str(folder), mood),
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def handled(folder: Path) -> list[str]:
    path = folder / "handled"
    return path.read_text().split() if path.exists() else []


async def all_handled(folder: Path) -> None:
    """By a role that is well; and it ends in time and orderly."""
    async with role(folder, "well") as process:
        await met(lambda: set(handled(folder)) == set(NUMBERS), 60)
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        async with asyncio.timeout(30):
            assert await process.wait() == 0
        assert time.monotonic() - begun < 10


async def test_a_batch_whose_handler_raises_comes_again(kafka: Kafka, tmp_path: Path) -> None:
    """Faust acknowledges a batch that an exception leaves; so the process ends before it can, and nothing behind it is done."""
    async with role(tmp_path, "raise") as process, asyncio.timeout(60):
        assert await process.wait() == 3
    assert set(handled(tmp_path)) <= {"0", "1", "2", "3", "4"}
    assert "five is too much" in (tmp_path / "log").read_text()
    await all_handled(tmp_path)
    sent = await asyncio.to_thread(everything, kafka.brokers[0], kafka.topic("events"))
    assert {record.value.decode() for record in sent} == set(NUMBERS)


async def test_a_handler_that_hangs_ends_its_process_and_the_batch_comes_again(kafka: Kafka, tmp_path: Path) -> None:
    """The watch asks the broker: work waits, nothing is committed, nothing moves here."""
    async with role(tmp_path, "hang") as process, asyncio.timeout(90):
        assert await process.wait() == 3
    assert "no progress" in (tmp_path / "log").read_text()
    await all_handled(tmp_path)


async def test_a_stop_in_the_middle_of_a_batch_is_quick_and_the_batch_comes_again(kafka: Kafka, tmp_path: Path) -> None:
    """A stop waits for the batch in hand, though not for ever, and never acknowledges it."""
    async with role(tmp_path, "slow") as process:
        await met((tmp_path / "begun").exists, 60)
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        async with asyncio.timeout(30):
            assert await process.wait() == 0
        assert time.monotonic() - begun < 10
    assert handled(tmp_path) == []
    await all_handled(tmp_path)
