"""`tocsin run DIR` as a process in a session of its own, with its log; killed, stopped and restarted by tests.

In a test: `async with Run.started(folder) as run: await run.until("running")`. What is left of the session at the end is killed.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from peers.slack import SlackPeer

ROOT = Path(__file__).parents[2]
TOKEN = "RUN_TEST_TOKEN"  # where the settings of `desk` look for Slack's token
PACK = ROOT / "rules" / "packs" / "us-forces.yaml"


class Unhurried(SlackPeer):
    """A workspace without Slack's bounds on how many edits and questions a minute has: tests make an hour's news in seconds."""

    def _must_wait(self, method: str, said: dict[str, Any]) -> float:
        return 0.0


def desk(folder: Path, feeds: Mapping[str, str], peer: SlackPeer | None = None, more: str = "") -> Path:
    """The folder, with settings for these feeds (name to address) and the shipped rules; without a peer, on the console."""
    listed = "".join(f"  - {{name: {name}, url: {url}, every: 10s, allow_private: true}}\n" for name, url in feeds.items())
    slack = ""
    if peer:
        slack = f"channels:\n  slack:gsoc: {{channel: {peer.channel}, token: {{env: {TOKEN}}}, api: {peer.base_url}}}\n"
    text = f"feeds:\n{listed}{slack}delivery: {{settle: 1s, pace: 0s}}\nrules: {PACK}\n{more}"
    folder.mkdir(exist_ok=True)
    (folder / "tocsin.yaml").write_text(text if feeds else text.removeprefix("feeds:\n"), encoding="utf-8")
    return folder


def members(session: int) -> list[int]:
    """Processes of a session that run; the dead that nobody has buried do not count."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, _, of = path.read_text().rpartition(") ")[2].split()[:4]
            if int(of) == session and state not in "ZX":
                found.append(int(path.parent.name))
    return found


async def met(condition: Callable[[], bool], timeout_s: float = 30.0) -> None:
    """Returns when the condition holds; fails after that time."""
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - what another process does sets no event of ours
            await asyncio.sleep(0.05)


@dataclass(slots=True)
class Run:
    """One process.

    Attributes:
        log: its log lines so far; what is no JSON is {"text": line}.
    """

    process: asyncio.subprocess.Process
    log: list[dict[str, Any]] = field(default_factory=list)
    _heard: asyncio.Event = field(default_factory=asyncio.Event)
    _reader: "asyncio.Task[None] | None" = None

    @classmethod
    @asynccontextmanager
    async def started(
        cls, folder: Path, *words: str, clock: datetime | None = None, speed: float = 20.0, environ: Mapping[str, str] | None = None
    ) -> AsyncIterator["Run"]:
        """The process, killed at the end; `words` name another command than `run`, and `environ` is added to ours."""
        timing = ["--clock", f"{clock.isoformat()}x{speed:g}"] if clock else []
        ours = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "streams.cli.main", *(words or ("run",)), str(folder), "--log-format", "json", *timing),
            cwd=ROOT,
            env=ours | {"PYTHONPATH": str(ROOT), TOKEN: SlackPeer.token} | dict(environ or {}),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        run = cls(process)
        run._reader = asyncio.create_task(run._read())
        try:
            yield run
        finally:
            for pid in {process.pid, *members(process.pid)}:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            await process.wait()
            await run._reader

    @property
    def text(self) -> str:
        """The whole of standard error."""
        return "\n".join(line.get("text") or json.dumps(line) for line in self.log)

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            try:
                self.log.append(json.loads(line))
            except ValueError:
                self.log.append({"text": line.decode().rstrip("\n")})
            self._heard.set()
        self.log.append({"event": "(ended)"})
        self._heard.set()

    async def until(self, event: str, timeout_s: float = 90.0) -> dict[str, Any]:
        """The first log line of that event; fails when the process ends before."""
        async with asyncio.timeout(timeout_s):
            while True:
                self._heard.clear()
                for line in self.log:
                    if line.get("event") == event:
                        return line
                    assert line.get("event") != "(ended)", f'ended before "{event}": {self.text}'
                await self._heard.wait()

    async def ended(self, timeout_s: float = 30.0) -> int:
        """Its exit code, when it ends by itself and its log is read."""
        async with asyncio.timeout(timeout_s):
            code = await self.process.wait()
            await self.until("(ended)")
        return code

    async def stop(self) -> int:
        """The exit code after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return await self.ended()

    async def kill(self, timeout_s: float = 15.0) -> list[int]:
        """SIGKILL to the process alone; what is left of its session after that time, [] when all have ended by themselves."""
        self.process.kill()
        await self.process.wait()
        for _ in range(int(timeout_s * 20)):
            if not members(self.process.pid):
                return []
            await asyncio.sleep(0.05)
        return members(self.process.pid)
