"""What the matcher takes besides articles, as frozen records: orders of people and of ingest, ticks, timers; the journal's entry.

Any process gives an order (`streams.store.orders`); the matcher takes it through `streams.pipeline`, in the transaction that
closes it. A new kind of order is a name in `OrderKind`, a record for its payload, and a line in `streams.obey`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

Severity = Literal["critical", "high", "medium", "low"]
OrderKind = Literal["ack", "mute", "unmute", "health", "merge", "split"]
ORDER_KINDS: tuple[str, ...] = get_args(OrderKind)
EntryKind = Literal["reading", "tick", "rules", "order"]
TimerKind = Literal["hold", "digest", "escalate", "ended"]
BondKind = Literal["together", "apart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody wants of the matcher."""

    number: int  # of its row in the store, from 1; never used twice
    kind: OrderKind
    at: datetime  # when the matcher took it, by ingest's clock; before that, when it was given
    who: str  # a person, or the part of Tocsin that gave it
    payload: dict[str, Any] = field(default_factory=dict)  # wire form of the kind's own record


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """Somebody has an incident in hand."""

    incident: str  # id


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Two incidents are one thing in the world."""

    one: str  # incident ids
    other: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Some of an incident's events are another thing than the rest of it."""

    incident: str  # id
    events: tuple[str, ...]  # ids of those that leave
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """An operator's word that two events are one thing in the world, or that they are not. It stands for both, in either order."""

    one: str  # event ids; `one` sorts before `other`
    other: str
    kind: BondKind
    entry: int  # of the journal entry that made it
    by: str  # who
    why: str  # in the operator's words


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """What is to call nobody for a while; all that is named must fit."""

    why: str
    rule: str = ""  # id; "": any
    place: str = ""  # slug or name of a place or anything it lies in, e.g. "SY"; "": anywhere
    incident: str = ""  # id; "": any
    up_to: Severity | None = None  # graver labels call all the same; None: the gravest told of the incident, else "high"
    until: datetime | None = None  # by ingest's clock; None: `for_s` counts
    for_s: int = 0  # seconds from when the matcher takes it


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmute:
    """The end of a mute before its time."""

    mute: str  # id, e.g. "M12"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """A feed gives what it has from a moment on, or no longer does."""

    feed: str  # its name in the settings
    alive: bool
    since: datetime
    covers: tuple[str, ...] = ()  # as the settings say: countries and topics
    why: str = ""  # the diagnosis when it is dead, "" when it is alive


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Time has passed; comes down the same path as articles and is the only thing that fires timers."""

    at: datetime
    passed: tuple[tuple[str, str], ...] = ()  # timers (kind, key) that failed: put off instead of fired


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """Something to be done once the matcher's clock has reached a moment; one for each kind and key."""

    due: datetime
    kind: TimerKind
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One input of the matcher, numbered in commit order, with its full payload."""

    number: int  # from 1, without gaps
    kind: EntryKind
    at: datetime  # the matcher's clock after this entry
    payload: bytes  # wire form of the record; for rules the files' texts by content hash
