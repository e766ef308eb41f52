"""A message in Slack's own form: Block Kit within its limits, words of strangers kept words.

Called by the Slack sink. Body text goes out as rich_text and plain_text, which Slack shows as it is: no mrkdwn, so nothing in
a feed can ping, link or format. Only the fallback `text` is mrkdwn, and is escaped.
docs.slack.dev/reference/block-kit/blocks/rich-text-block: "rich_text is strongly preferred".
"""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from streams.hostile import tame, tame_link
from streams.records.message import Block, Message, Piece

BLOCKS = 50  # in one message: docs.slack.dev/reference/block-kit/blocks
HEADER_CHARS = 150  # docs.slack.dev/reference/block-kit/blocks/header-block
SECTION_CHARS = 3000  # docs.slack.dev/reference/block-kit/blocks/section-block; kept for rich_text too, whose bound is unstated
CONTEXT_ELEMENTS = 10  # docs.slack.dev/reference/block-kit/blocks/context-block
TOTAL_CHARS = 12_000  # msg_blocks_too_long comes near 13,200, undocumented: github.com/slackapi/bolt-js/issues/2509
TEXT_CHARS = 600  # up to 3,000 once escaped; 4,000 are advised: docs.slack.dev/reference/methods/chat.postMessage

_SMALL = ("sources", "why")
_SPECIAL = re.compile(r"<(?=[!@#a-zA-Z])")  # how pings, mentions and links begin in mrkdwn
_NAMED = re.compile(r"@(?=(?:here|channel|everyone)\b)", re.IGNORECASE)
_JOINER = "\u2060"  # word joiner: unseen, and no client takes "@\u2060here" for a ping


def fallback(text: str) -> str:
    """What a phone's notification shows, escaped as docs.slack.dev/messaging/formatting-message-text asks (&, <, >)."""
    return _whole(text, TEXT_CHARS).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def line_blocks(line: str) -> list[dict[str, Any]]:
    """One line, as a thread reply shows it."""
    return [_rich([{"type": "rich_text_section", "elements": [_text(_whole(line, SECTION_CHARS))]}])]


def blocks_of(message: Message) -> list[dict[str, Any]]:
    """The message, most important first; what exceeds Slack's bounds is cut at the end, and says so."""
    heads = ["".join(piece.text for piece in block.pieces) for block in message.blocks if block.kind == "headline"]
    head = _whole("; ".join(heads) or message.summary, HEADER_CHARS)
    header = {"type": "header", "text": {"type": "plain_text", "text": head, "emoji": False}}
    made: list[dict[str, Any]] = [header, *line_blocks(message.summary)]
    room = TOTAL_CHARS - len(head) - min(len(message.summary), SECTION_CHARS)
    body = [block for block in message.blocks if block.kind != "headline"]
    for kind, group in groupby(body, key=lambda block: block.kind):
        for chunk, used in _chunks(list(group)):
            if used > room or len(made) >= BLOCKS - 1:
                return [*made, _context(["… shortened: the whole text is kept by Tocsin"])]
            made.append(_small(chunk) if kind in _SMALL else _body(kind, chunk))
            room -= used
    return made


def _chunks(blocks: Sequence[Block]) -> Iterable[tuple[list[Block], int]]:
    """Runs of paragraphs of one kind that fit one Slack block, and their length."""
    chunk: list[Block] = []
    used = 0
    for block in blocks:
        size = sum(len(piece.text) + len(piece.link) + 2 for piece in block.pieces)
        if chunk and (used + size > SECTION_CHARS or len(chunk) == CONTEXT_ELEMENTS):
            yield chunk, used
            chunk, used = [], 0
        chunk.append(block)
        used += min(size, SECTION_CHARS)
    if chunk:
        yield chunk, used


def _body(kind: str, blocks: Sequence[Block]) -> dict[str, Any]:
    if kind == "quote":
        return _rich([{"type": "rich_text_quote", "elements": _elements(block.pieces)} for block in blocks])
    lines: list[dict[str, Any]] = []
    for block in blocks:
        lines += ([_text("\n")] if lines else []) + _elements(block.pieces)
    return _rich([{"type": "rich_text_section", "elements": lines}])


def _elements(pieces: Iterable[Piece]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    room = SECTION_CHARS
    for piece in pieces:
        words = _inert(piece.text, max(room, 1))
        if not words or room <= 0:
            continue
        link = tame_link(piece.link)
        element = {"type": "link", "url": link, "text": words} if link else _text(words)
        made.append(element | ({"style": {"bold": True}} if piece.bold else {}))
        room -= len(words) + len(link)
    return made or [_text("…")]


def _small(blocks: Sequence[Block]) -> dict[str, Any]:
    return _context(["".join(piece.text for piece in block.pieces) for block in blocks])


def _context(lines: Sequence[str]) -> dict[str, Any]:
    elements = [{"type": "plain_text", "text": _whole(line, SECTION_CHARS), "emoji": False} for line in lines]
    return {"type": "context", "elements": elements[:CONTEXT_ELEMENTS]}


def _rich(elements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": elements}


def _text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def _whole(text: str, limit_chars: int) -> str:
    """A line of its own: Slack takes no empty text."""
    return _inert(text, limit_chars).strip() or "…"


def _inert(text: str, limit_chars: int) -> str:
    """Tamed, and without anything that some client, or a later change of ours, could read as a ping or a link."""
    words = _NAMED.sub("@" + _JOINER, _SPECIAL.sub("<" + _JOINER, tame(text, limit_chars)))
    return words if len(words) <= limit_chars else words[: limit_chars - 1] + "…"
