"""Bytes of a feed to its entries: feedparser for what they say, `feed_raw` for what identifies them, `feed_others` for other forms.

Called by `connectors.sources.feed_items`, in the parser process. Reads bytes and response headers only: feedparser is never
given an address or a string, which it would open. Raises FeedError for what is no feed.
"""

import io
import re
from collections.abc import Mapping
from typing import Any

import feedparser

from connectors.sources import feed_others
from connectors.sources.feed_entry import Document, Entry, language_code
from connectors.sources.feed_raw import Raw, RawEntry, scan
from streams.errors import FeedError

_PAGE = re.compile(r"<\s*(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def read(body: bytes, headers: Mapping[str, str]) -> Document:
    """The feed in `body`. `headers`: content-type, content-language and content-location (the address) of its answer.

    Raises FeedError "empty", "html" or "not-a-feed" for a body with neither entries nor a feed's root element.
    """
    if not body.strip():
        raise FeedError("empty", "the answer has no body")
    if document := feed_others.read(body):
        return document
    parsed: Any = feedparser.parse(io.BytesIO(body), response_headers=dict(headers))
    text = _decoded(body, str(parsed.get("encoding") or "utf-8"))
    if not parsed.entries and not parsed.get("version"):
        if _PAGE.search(text[:4096]):
            raise FeedError("html", "the answer is a page, not a feed")
        raise FeedError("not-a-feed", "the answer has neither items nor a feed's root element")
    raw = scan(text)
    language = _language(parsed.feed)
    marks = raw.entries if len(raw.entries) == len(parsed.entries) else _unaligned(parsed.entries)
    entries = tuple(_entry(entry, mark, language, ended=raw.ended) for entry, mark in zip(parsed.entries, marks, strict=True))
    return Document(entries=entries, fault=_fault(parsed, raw))


def _fault(parsed: Any, raw: Raw) -> str:
    if not raw.ended and parsed.bozo:
        return "truncated: the document broke off before its end"
    kinds = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)  # mislabelled, but read whole
    if parsed.bozo and not isinstance(parsed.get("bozo_exception"), kinds):
        return f"ill-formed: {parsed.get('bozo_exception')}"
    return ""


def _entry(entry: Any, mark: RawEntry, language: str, *, ended: bool) -> Entry:
    contents = [content for content in dict.get(entry, "content", []) if content.get("value")]
    content = max((str(content["value"]) for content in contents), key=len, default="")
    said = next((_language(content) for content in contents if _language(content)), "")
    return Entry(
        guid=mark.guid,
        link=_text(entry, "link"),
        raw_link=mark.link,
        title=_text(entry, "title"),
        summary=_text(entry, "summary"),
        content=content,
        language=said or _language(entry) or _language(dict.get(entry, "title_detail") or {}) or language,
        published=_text(entry, "published") or _text(entry, "created"),
        updated=_text(entry, "updated"),
        whole=mark.whole or ended,
        resolved_id=_text(entry, "id"),
    )


def _text(entry: Any, key: str) -> str:
    """The string an entry itself holds; feedparser's own lookup would answer one key with another."""
    value = dict.get(entry, key)
    return value if isinstance(value, str) else ""


def _language(part: Any) -> str:
    return language_code(dict.get(part, "language"))


def _unaligned(entries: Any) -> tuple[RawEntry, ...]:
    """Stand-ins when the scanner and feedparser count differently (none of 946 test documents): feedparser's ids as they are."""
    return tuple(RawEntry(guid=_text(entry, "id"), link="", whole=True) for entry in entries)


def _decoded(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")
