"""The protocol of a source, and the records between sources and whoever polls them.

Filled by `connectors.sources`, called by `streams.publish`. Nothing here fetches, parses or knows a vendor.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from streams.records.flow import Cursor, Item


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSpec:
    """One feed as the settings describe it."""

    name: str  # immutable key: part of every article id
    url: str  # absolute http(s) address
    every_s: float = 300.0  # seconds between polls while all is well
    allow_private: bool = False  # True: may stand on a private or loopback address, redirects of this feed included
    covers: tuple[str, ...] = ()  # countries and topics whose coverage this feed is part of
    tier: str = ""  # how much its word weighs, "" when not said
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # sent to the feed's own origin only; may hold secrets


Outcome = Literal["parsed", "same-body", "not-modified", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll brought; items and cursor belong into one transaction."""

    items: tuple[Item, ...]  # in the document's order; empty unless something was parsed
    cursor: Cursor  # where the feed is left after this poll
    outcome: Outcome  # "failed" may still have items: those of a document that broke off
    moved: str = ""  # address adopted for good at this poll, "" for none
    skew_s: float | None = None  # the server's clock ahead of ours in seconds; None: the server did not say


class Source(Protocol):
    """Something that is polled. Faults of the source are told in the cursor, never raised."""

    async def poll(self, cursor: Cursor | None, now: datetime) -> Polled:
        """What is new since `cursor` (None: never polled), as seen at `now`."""
