"""The processes of a Kafka run on one folder, kept running as a service manager would keep them: who ends is started again.

In a test: `async with Fleet(folder, clock) as fleet`, then `await fleet.add("match-2", *MATCH)`, `fleet.kill("extract")`,
`fleet.pause("match")`, `await fleet.leave("extract-2")`. A name is a role, and a number for a second one of it.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from peers.run import Run, members, met

INGEST, EXTRACT, MATCH, DELIVER = ("ingest",), *(("worker", "--role", role) for role in ("extract", "match", "deliver"))
AGAIN_S = 0.5  # between an end and the next start, like RestartSec= of a unit
READY = {
    "ingest": ("polled",),
    "extract": ("consuming",),
    "match": ("consuming", "standing by"),
    "deliver": ("serving", "another process serves this channel; standing by"),
}


@dataclass(slots=True)
class Place:
    """One process after another."""

    words: tuple[str, ...]
    run: Run | None = None
    leaving: bool = False
    starts: int = 0
    ends: list[int] = field(default_factory=list)  # exit codes; negative: the signal
    log: list[dict[str, Any]] = field(default_factory=list)  # of the processes before this one
    keeper: "asyncio.Task[None] | None" = None

    def lines(self) -> list[dict[str, Any]]:
        """All that was logged here."""
        return [*self.log, *(self.run.log if self.run else ())]


@dataclass(slots=True)
class Fleet:
    """All places.

    Attributes:
        now: the clock of ingest and match, asked at each start of theirs; the others go by the wall.
        orphans: processes that outlived the one that started them by five seconds.
    """

    folder: Path
    now: Callable[[], datetime]
    speed: float
    environ: Mapping[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    left: list[tuple[str, Place]] = field(default_factory=list)
    orphans: list[int] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for place in self.places.values():
            place.leaving = True
            if place.run and place.run.process.returncode is None:
                place.run.process.kill()
        await asyncio.gather(*(place.keeper for place in self.places.values() if place.keeper), return_exceptions=True)

    async def add(self, name: str, *words: str) -> None:
        """One more, when it is up."""
        place = self.places[name] = Place(words)
        place.keeper = asyncio.create_task(self._keep(name, place))
        await self.up(name)

    async def up(self, name: str) -> None:
        """Returns when the process at this place is at work."""
        place = self.places[name]
        await met(lambda: self._is_up(name, place), 60.0)

    def pid(self, name: str) -> int | None:
        """Of the process that is there now."""
        run = self.places[name].run
        return run.process.pid if run else None

    def kill(self, name: str) -> bool:
        """SIGKILL to the process alone; whether there was one (the next may still be starting)."""
        return self._send(name, signal.SIGKILL)

    def pause(self, name: str) -> None:
        """Stops the process and its children without their knowing."""
        for pid in self._session(name):
            os.kill(pid, signal.SIGSTOP)

    def go_on(self, name: str) -> None:
        """Ends the pause."""
        for pid in self._session(name):
            os.kill(pid, signal.SIGCONT)

    async def leave(self, name: str) -> int:
        """The exit code after SIGTERM; the place is given up."""
        place = self.places[name]
        place.leaving = True
        self._send(name, signal.SIGTERM)
        assert place.keeper is not None
        async with asyncio.timeout(40):
            await place.keeper
        self.left.append((name, self.places.pop(name)))
        return place.ends[-1]

    def said(self, event: str) -> int:
        """How often any of them has logged this."""
        return sum(line.get("event") == event for line in self.lines())

    def lines(self) -> list[dict[str, Any]]:
        """All log lines so far, place by place."""
        return [line for _, place in self._all() for line in place.lines()]

    def tail(self, count: int = 40) -> str:
        """The last lines of each, for a failure's text."""
        shown = []
        for name, place in self._all():
            shown.append(f"--- {name}, started {place.starts} times, ended with {place.ends}")
            shown += [str(line.get("text") or line) for line in place.lines()[-count:]]
        return "\n".join(shown)

    # ------------------------------------------------------------------------------------------------------------ inside

    def _all(self) -> list[tuple[str, Place]]:
        return [*self.left, *self.places.items()]

    def _is_up(self, name: str, place: Place) -> bool:
        wanted = READY[name.partition("-")[0]]
        return place.run is not None and any(line.get("event") in wanted for line in place.run.log)

    def _send(self, name: str, number: signal.Signals) -> bool:
        run = self.places[name].run
        if run is None or run.process.returncode is not None:
            return False
        run.process.send_signal(number)
        return True

    def _session(self, name: str) -> list[int]:
        run = self.places[name].run
        assert run is not None
        return members(run.process.pid)

    async def _keep(self, name: str, place: Place) -> None:
        while not place.leaving:
            clock = self.now() if name.startswith(("ingest", "match")) else None
            async with AsyncExitStack() as stack:
                started = Run.started(self.folder, *place.words, clock=clock, speed=self.speed, environ=self.environ)
                place.run = run = await stack.enter_async_context(started)
                place.starts += 1
                place.ends.append(await run.process.wait())
                for _ in range(100):
                    if not members(run.process.pid):
                        break
                    await asyncio.sleep(0.05)
                self.orphans += members(run.process.pid)
            place.log += run.log
            place.run = None
            await asyncio.sleep(0 if place.leaving else AGAIN_S)
