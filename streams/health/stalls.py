"""The watch on a consumer that has work and does not get on: it ends the process, and whoever supervises it starts a new one.

Faust was measured to stop reading without a word (its issue 138), and to leave a hole behind which nothing is committed any more.
Both look the same from the brokers' side: a group is behind, and its committed offset stands still. Called by the roles.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from streams import metrics
from streams.broker.lag import Lag, Place
from streams.ending import die
from streams.errors import EnvironmentFault

HOLE = 10  # times the limit after which work that goes on but is never committed ends the process too
IDLE = 2  # times the limit, for partitions that stand still and are somebody else's as far as we know

_log = structlog.get_logger("watch")


@dataclass(slots=True, kw_only=True)
class Stall:
    """What stands still, and since when.

    Attributes:
        mine: the partitions that this process was given, as its client has it.
        beat: when work last went on in this process, on the monotonic clock.
    """

    limit_s: float
    mine: Callable[[], frozenset[int]]
    beat: Callable[[], float]
    _moved: dict[int, tuple[int, float]] = field(default_factory=dict)  # by partition: committed, and since when

    def verdict(self, places: Mapping[int, Place], now: float) -> str:
        """Why this process must end, "" when it must not; `now` on the monotonic clock."""
        for number, place in sorted(places.items()):
            since = self._since(number, place, now)
            still_s = now - since
            idle_s = min(still_s, now - self.beat())
            words = f"partition {number} is {place.behind} behind and stands at {place.committed} for {still_s:.0f} s"
            if number in self.mine():
                if idle_s > self.limit_s or still_s > HOLE * self.limit_s:
                    return words
            elif not self.mine() and idle_s > IDLE * self.limit_s:
                return f"{words}, and this process was given none"
        return ""

    def _since(self, number: int, place: Place, now: float) -> float:
        committed, since = self._moved.get(number, (-1, now))
        if place.behind == 0 or place.committed != committed:
            since = now
        self._moved[number] = (place.committed, since)
        return since


async def watch(lag: Lag, stall: Stall, stop: asyncio.Event) -> None:
    """Asks the brokers until `stop` is set; ends the process when the verdict says so. Brokers that do not answer prove nothing."""
    every_s = max(0.5, stall.limit_s / 6)
    try:
        while not stop.is_set():
            try:
                places = await asyncio.to_thread(lag.read)
            except EnvironmentFault as fault:
                _log.warning("cannot ask how far behind we are", fault=str(fault))
            else:
                metrics.CONSUMER_LAG.labels(lag.topic).set(sum(place.behind for place in places.values()))
                why = stall.verdict(places, time.monotonic())
                if why:
                    die("no progress", stall=why)
            try:
                await asyncio.wait_for(stop.wait(), every_s)
            except TimeoutError:
                continue
    finally:
        await asyncio.to_thread(lag.close)
