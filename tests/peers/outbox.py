"""An outbox in memory: survives the loop under test, as rows survive a process."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from streams.records.flow import SEVERITIES, Delivery
from streams.records.message import Message, Step


@dataclass
class MemoryOutbox:
    """Fills ports.Outbox; `history` is every step ever written, in order."""

    deliveries: list[Delivery] = field(default_factory=list)  # in order of their coming
    closed: dict[str, tuple[Message, datetime]] = field(default_factory=dict)
    history: list[Step] = field(default_factory=list)
    restored: datetime | None = None
    looks: int = 0  # how often somebody asked what waits
    _steps: dict[str, dict[str, Step]] = field(default_factory=dict)

    def add(self, *deliveries: Delivery) -> None:
        self.deliveries += deliveries

    def waiting(self, channel: str) -> tuple[Delivery, ...]:
        """Gravest first, then oldest: an incident is as grave as the gravest of what waits for it."""
        self.looks += 1
        open_ones = [one for one in self.deliveries if one.channel == channel and one.id not in self.closed]
        gravest: dict[str, int] = {}
        for one in open_ones:
            rank = min((SEVERITIES.index(label.severity) for label in one.post.labels), default=len(SEVERITIES))
            gravest[one.incident] = min(rank, gravest.get(one.incident, rank))
        return tuple(sorted(open_ones, key=lambda one: gravest[one.incident]))

    def steps(self, delivery: str) -> tuple[Step, ...]:
        return tuple(self._steps.get(delivery, {}).values())

    def put_step(self, step: Step) -> None:
        self.history.append(step)
        self._steps.setdefault(step.delivery, {})[step.name] = step

    def root(self, incident: str, channel: str) -> str:
        """The first post's."""
        posts = [
            step.ref
            for one in sorted(self.deliveries, key=lambda one: one.ordinal)
            if (one.incident, one.channel) == (incident, channel)
            for step in self.steps(one.id)
            if step.name == "post" and step.state == "done"
        ]
        return posts[0] if posts else ""

    def restored_at(self) -> datetime | None:
        return self.restored

    def finish(self, delivery: str, message: Message, at: datetime) -> None:
        assert delivery not in self.closed, f"{delivery} finished twice"
        self.closed[delivery] = (message, at)


class WallClock:
    """The real one."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
