"""Feed documents for tests, made from a few words."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape


@dataclass(frozen=True, slots=True)
class Piece:
    """One item of a made-up feed."""

    title: str = "Rockets hit Harran"
    guid: str | None = "g-1"
    link: str | None = "https://news.example/1"
    text: str = "Rockets hit Harran on Monday."
    date: str | datetime | None = None
    permalink: str = "false"


def rss(*pieces: Piece, head: str = "", attributes: str = "") -> bytes:
    """An RSS 2.0 document of these items."""
    items = "".join(_item(piece) for piece in pieces)
    channel = f"<channel><title>Wire</title>{head}{items}</channel>"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"{attributes}>{channel}</rss>'.encode()


def _item(piece: Piece) -> str:
    date = format_datetime(piece.date, usegmt=True) if isinstance(piece.date, datetime) else piece.date
    parts = [f"<title>{escape(piece.title)}</title>", f"<description>{escape(piece.text)}</description>"]
    parts += [f'<guid isPermaLink="{piece.permalink}">{escape(piece.guid)}</guid>'] if piece.guid is not None else []
    parts += [f"<link>{escape(piece.link)}</link>"] if piece.link is not None else []
    parts += [f"<pubDate>{date}</pubDate>"] if date is not None else []
    return f"<item>{''.join(parts)}</item>"
