"""A delivery in words and on its way, as frozen records: what render makes, what sinks send, what the outbox proves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text in one style. Never holds vendor markup."""

    text: str
    bold: bool = False
    link: str = ""  # absolute http(s) address, "" for none


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of a message, and what it is for, so that a sink can choose its look."""

    kind: Literal["headline", "changes", "quote", "facts", "doubt", "sources", "pause", "why"]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A delivery in words, before any vendor's markup."""

    summary: str  # one line: what a phone shows
    blocks: tuple[Block, ...]
    reply: str  # one line for the thread, "" when nothing new is to be said


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request to a channel's peer: the unit that is sent, retried and proved."""

    delivery: str  # id of the delivery
    name: Literal["post", "edit", "reply"]
    state: Literal["waiting", "sending", "done", "refused"] = "waiting"  # "sending" after a crash means: in doubt
    ref: str = ""  # the peer's own name for the result, e.g. Slack's ts or a Message-ID
    attempts: int = 0
    not_before: datetime | None = None  # earliest next attempt
    error: str = ""  # of the last attempt, in words
