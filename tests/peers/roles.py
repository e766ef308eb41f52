"""Processes of the Kafka run for a test: started together, each with its log in a file, all gone at the end.

In a test: `async with roles(folder, extract=3, match=3) as running`, then `await running.settled(store)`.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from peers.run import ROOT, members

from streams.store.inbox import StoreInbox
from streams.store.outbox import StoreOutbox
from streams.store.store import Store


@dataclass(slots=True)
class Running:
    """What was started.

    Attributes:
        processes: by name: the role, and a number for a second one of it.
    """

    folder: Path
    processes: dict[str, asyncio.subprocess.Process]

    def log(self, name: str) -> str:
        """What a process has said so far."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    async def settled(self, store: Store, timeout_s: float = 120.0) -> None:
        """Returns when nothing is in flight and no delivery waits; fails when a process ends before."""
        inbox, outbox = StoreInbox(store), StoreOutbox(store)
        try:
            async with asyncio.timeout(timeout_s):
                while inbox.pending(limit=1) or outbox.channels_waiting():
                    for name, process in self.processes.items():
                        assert process.returncode is None, f"{name} ended with {process.returncode}: {self.log(name)}"
                    await asyncio.sleep(0.02)
        except TimeoutError:
            tails = "\n".join(f"--- {name}\n{self.log(name)[-2000:]}" for name in self.processes)
            raise AssertionError(f"not settled within {timeout_s:.0f} s: {inbox.counts()}\n{tails}") from None

    async def said(self, name: str, words: str, timeout_s: float = 90.0) -> None:
        """Returns when the log of a process holds the words."""
        async with asyncio.timeout(timeout_s):
            while words not in self.log(name):
                assert self.processes[name].returncode is None, f"{name} ended: {self.log(name)}"
                await asyncio.sleep(0.05)

    async def stop(self, name: str) -> int:
        """The exit code after SIGTERM."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            return await process.wait()


@asynccontextmanager
async def roles(folder: Path, trees: Mapping[str, Path] | None = None, **counts: int) -> AsyncIterator[Running]:
    """So many processes of each role: ingest, extract, match, deliver. `trees`: by name, of those that run other code than ours."""
    running = Running(folder, {})
    try:
        for role, count in counts.items():
            for number in range(1, count + 1):
                name = role if number == 1 else f"{role}-{number}"
                words = ("ingest",) if role == "ingest" else ("worker", "--role", role)
                tree = (trees or {}).get(name, ROOT)
                with (folder / f"{name}.log").open("wb") as log:
                    running.processes[name] = await asyncio.create_subprocess_exec(
                        *(sys.executable, "-m", "streams.cli.main", *words, str(folder)),
                        cwd=tree,
                        env=os.environ | {"PYTHONPATH": str(tree)},
                        stdout=log,
                        stderr=log,
                        start_new_session=True,
                    )
        yield running
    finally:
        for process in running.processes.values():
            for pid in {process.pid, *members(process.pid)}:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            await process.wait()
