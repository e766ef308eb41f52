"""Feeds that feedparser 6.0 does not read: JSON Feed 1.0 and 1.1, and news sitemaps.

Called by `connectors.sources.feed_document` with the body before feedparser is. Says nothing of what the items mean; gives the
same entries as an XML feed does. Expands no entities and fetches nothing.
"""

from typing import Any
from urllib.parse import urljoin

import orjson
from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from connectors.sources.feed_entry import Document, Entry, language_code
from streams.errors import FeedError

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def read(body: bytes) -> Document | None:
    """The document when it is of one of these forms, else None. Raises FeedError for one that is and cannot be used."""
    start = body[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"{") and b"jsonfeed.org/version/" in start.replace(b"\\/", b"/"):
        return _json_feed(body.removeprefix(b"\xef\xbb\xbf"))
    if start.startswith(b"<") and b"<urlset" in start:
        return _sitemap(body)
    return None


def _json_feed(body: bytes) -> Document:
    try:
        feed = orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        raise FeedError("malformed", f"a JSON Feed that is no JSON: {fault}") from fault
    items = feed.get("items")
    if not isinstance(items, list):
        raise FeedError("malformed", 'a JSON Feed without a list of "items"')
    base, language = _text(feed, "home_page_url") or _text(feed, "feed_url"), language_code(feed.get("language"))
    return Document(entries=tuple(_json_entry(item, base, language) for item in items if isinstance(item, dict)))


def _json_entry(item: dict[str, Any], base: str, language: str) -> Entry:
    link = _text(item, "url") or _text(item, "external_url")
    return Entry(
        guid=_text(item, "id").strip(),
        link=urljoin(base, link) if base and link else link,
        raw_link=link,
        title=_text(item, "title"),
        summary=_text(item, "summary"),
        content=_text(item, "content_html") or _text(item, "content_text"),
        language=language_code(item.get("language")) or language,
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        resolved_id=_text(item, "id"),
    )


def _text(value: dict[str, Any], key: str) -> str:
    """The string under a key; numbers, which 1.0 allowed as ids, as digits."""
    found = value.get(key)
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def _sitemap(body: bytes) -> Document:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(body, parser)
    pages = [] if root is None else list(root.iter(f"{SITEMAP}url", "url"))
    ended = body.rfind(b"</urlset") > body.rfind(b"<url>")
    entries = [_sitemap_entry(page) for page in (pages if ended else pages[:-1])]
    told = tuple(entry for entry in entries if entry.title and entry.link)
    if ended and pages and not told:
        raise FeedError("not-a-feed", "a sitemap without news titles")
    return Document(entries=told, fault="" if ended else "truncated: the sitemap broke off before its end")


def _sitemap_entry(page: Any) -> Entry:
    def said(*names: str) -> str:
        return next((found.strip() for name in names if (found := page.findtext(name))), "")

    link = said(f"{SITEMAP}loc", "loc")
    news = f"{NEWS}news/{NEWS}"
    return Entry(
        guid="",
        link=link,
        raw_link=link,
        title=said(f"{news}title"),
        summary="",
        content="",
        language=language_code(said(f"{news}publication/{NEWS}language")),
        published=said(f"{news}publication_date"),
        updated=said(f"{SITEMAP}lastmod", "lastmod"),
    )
