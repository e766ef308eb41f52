"""Whether this process works: what each stage has in hand, when it last finished something, and what is still awaited.

Stages say so themselves (`with pulse.HERE.work("match"): ...`); `streams.health.endpoints` and the watchdogs ask. A stage that has
work in hand and finishes nothing for longer than its limit is stuck. A stage without work is idle, which is healthy however long it
lasts. Like the log and the metrics there is one per process; tests make their own.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from streams.metrics import STAGE_PROGRESS_AT, STAGE_WORK

# Seconds without anything finished. One poll ends within its deadline of 30 s and is then parsed; one article may hang 60 s three
# times before it is quarantined, and decisions are in order; a request to a peer ends within its time limit of 30 s.
LIMITS_S = {"poll": 180.0, "publish": 120.0, "consume": 300.0, "extract": 240.0, "match": 300.0, "deliver": 120.0}
HELD = "held"  # how the part "lock" stands in the process that decides; a standby says "standby"
_ANY_S = 300.0  # a stage that stands in no list


@dataclass(slots=True)
class _Stage:
    hands: int = 0  # pieces of work begun and not ended
    moved: float = 0.0  # monotonic: when one last ended, or when the first was taken up after a rest


@dataclass(slots=True, eq=False)
class Pulse:
    """The pulse of one process.

    Args:
        limits_s: how long each stage may have work and finish none.
        now: monotonic seconds.
    """

    limits_s: Mapping[str, float] = field(default_factory=lambda: LIMITS_S)
    now: Callable[[], float] = time.monotonic
    _stages: dict[str, _Stage] = field(default_factory=dict)
    _needs: dict[str, str] = field(default_factory=dict)  # by name: "" while it is awaited, then how it stands
    _doubts: dict[str, str] = field(default_factory=dict)  # by name: what is wrong and does not stop us
    _born: float = 0.0

    def __post_init__(self) -> None:
        """Notes when it began."""
        self._born = self.now()

    @contextmanager
    def work(self, stage: str) -> Iterator[None]:
        """While something is in hand; its end counts as progress, however it ended.

        Args:
            stage: one word, or a word and whose: "deliver slack:gsoc" has the limit of "deliver", and a pulse of its own.
        """
        of = self._stages.setdefault(stage, _Stage())
        if of.hands == 0:
            of.moved = self.now()
        of.hands += 1
        STAGE_WORK.labels(stage).inc()
        try:
            yield
        finally:
            of.hands -= 1
            of.moved = self.now()
            STAGE_WORK.labels(stage).dec()
            STAGE_PROGRESS_AT.labels(stage).set_to_current_time()

    def still_s(self, stage: str) -> float:
        """Seconds since the stage last finished something, or took something up after a rest; at first, since the process began."""
        of = self._stages.get(stage)
        return self.now() - (of.moved if of else self._born)

    def stuck(self) -> dict[str, str]:
        """The stages that have work and do not get on, each with the reason in words; empty: all is well."""
        found = {}
        for name, of in self._stages.items():
            still_s = self.now() - of.moved
            if of.hands and still_s > self.limits_s.get(name.partition(" ")[0], _ANY_S):
                found[name] = f"{of.hands} in hand and nothing finished for {still_s:.0f} s"
        return found

    def stages(self) -> dict[str, str]:
        """Every stage seen so far, in words."""
        return {
            name: f"{of.hands} in hand, last finished {self.now() - of.moved:.0f} s ago" if of.hands else "idle"
            for name, of in self._stages.items()
        }

    # ------------------------------------------------------------------------------------------------------- readiness

    def needs(self, *parts: str) -> None:
        """The process is not ready before each of these stands."""
        self._needs |= dict.fromkeys(parts, "")

    def stands(self, part: str, how: str = "yes") -> None:
        """A part stands, with a word on how (a lock: "held" or "standby")."""
        self._needs[part] = how

    def falls(self, part: str) -> None:
        """A part does not stand any more."""
        self._needs[part] = ""

    def parts(self) -> dict[str, str]:
        """All parts that were named, and how they stand; "" where one is awaited."""
        return dict(self._needs)

    def doubts(self, name: str, words: str) -> None:
        """Something is wrong that does not stop the process, in words; "" takes it back."""
        if words:
            self._doubts[name] = words
        else:
            self._doubts.pop(name, None)

    def doubted(self) -> dict[str, str]:
        """What is wrong and does not stop the process."""
        return dict(self._doubts)


HERE = Pulse()
