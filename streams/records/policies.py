"""What a rule asks of delivery, as frozen records; `rules.entry` reads them, labels carry them, delivery acts on them."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Wait for corroboration before the first telling."""

    sources: int  # independent origins wanted
    within_s: int  # how long to wait for them
    otherwise: Literal["send-marked", "send"] = "send-marked"  # then; it is never dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Whom to tell when nobody has taken it."""

    unacked_s: int  # after so long
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Hours in which less grave alerts go into a digest."""

    start: str  # wall time, "22:00"
    end: str  # wall time, "06:00"; before `start`: of the next day
    time_zone: str  # IANA name, "" the desk's
    below: Literal["critical", "high", "medium"]  # this severity and graver ones call at any hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How many alerts a rule may make before the rest goes into a digest and its owner is told; never to nothing."""

    alerts: int
    within_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a rule asks of delivery; kept on its labels."""

    hold: Hold | None = None
    escalate: tuple[Escalation, ...] = ()  # in order of time
    quiet: Quiet | None = None
    budget: Budget | None = None
    inhibits: tuple[str, ...] = ()  # rules whose alerts on the same incident do not call while this one's stands
