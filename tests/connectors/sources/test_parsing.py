"""The parser process outlives nobody."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROGRAM = """
import asyncio, multiprocessing, time
from datetime import UTC, datetime
from connectors.sources.feed_items import Job
from connectors.sources.parsing import ParserPool

async def main():
    pool = ParserPool()
    await pool.harvest(Job(feed="wire", body=b"<rss version='2.0'></rss>", headers={}, now=datetime.now(UTC)))
    print(multiprocessing.active_children()[0].pid, flush=True)
    time.sleep(60)

asyncio.run(main())
"""


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # dead, and nobody has asked yet


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")
def test_the_parser_process_ends_when_its_parent_is_killed() -> None:
    """After `kill -9` nothing of a run may be left behind."""
    parent = subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive(child)
        os.kill(parent.pid, signal.SIGKILL)
    give_up = time.monotonic() + 10
    while alive(child) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert not alive(child)
