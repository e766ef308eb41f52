"""The clocks that ingest takes its time from; each fills `ports.Clock`.

Called by the runs (wall clock live, virtual in replay, demo and `--clock`) and by tests (the clock that one sets). A clock is
passed in, never imported where time is needed.
"""

import asyncio
import heapq
import itertools
import time
from datetime import UTC, datetime, timedelta


class WallClock:
    """The time of this host."""

    def now(self) -> datetime:
        """The present moment, UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Returns when that many seconds have passed."""
        await asyncio.sleep(max(0.0, seconds))


class VirtualClock:
    """A clock that starts at a moment of one's choice and runs at a multiple of real time."""

    def __init__(self, start: datetime, speed: float = 1.0) -> None:
        """Starts now. `start` must be aware; `speed` is seconds of this clock for each real second, above 0."""
        if start.tzinfo is None:
            raise ValueError(f"a clock starts at an aware moment, found {start.isoformat()}")
        if not speed > 0:
            raise ValueError(f"a clock's speed is above 0, found {speed:g}")
        self._start = start.astimezone(UTC)
        self._speed = speed
        self._zero = time.monotonic()

    def now(self) -> datetime:
        """The present moment of this clock, UTC."""
        return self._start + timedelta(seconds=(time.monotonic() - self._zero) * self._speed)

    async def sleep(self, seconds: float) -> None:
        """Returns when that many seconds of this clock have passed."""
        await asyncio.sleep(max(0.0, seconds) / self._speed)


class ManualClock:
    """A clock that stands still until it is set; whoever sleeps on it wakes when it is set past their time."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._order = itertools.count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """The moment it was last set to, UTC."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Returns when the clock has been set that far ahead; at once for 0 and less, after others had their turn."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        wake = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + timedelta(seconds=seconds), next(self._order), wake))
        await wake

    def set(self, moment: datetime) -> None:
        """Moves the clock ahead to `moment` and wakes who is due, earliest first; raises ValueError when it would run backwards."""
        moment = moment.astimezone(UTC)
        if moment < self._now:
            raise ValueError(f"a clock never runs backwards: {moment.isoformat()} is before {self._now.isoformat()}")
        self._now = moment
        while self._sleepers and self._sleepers[0][0] <= moment:
            wake = heapq.heappop(self._sleepers)[2]
            if not wake.done():
                wake.set_result(None)

    def advance(self, seconds: float) -> None:
        """Moves the clock ahead by so many seconds, as `set` does."""
        self.set(self._now + timedelta(seconds=seconds))

    def sleepers(self) -> int:
        """How many are asleep on this clock."""
        return sum(not wake.done() for _, _, wake in self._sleepers)
