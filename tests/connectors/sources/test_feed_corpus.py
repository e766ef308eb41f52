"""Real and hand-made feed documents of seven suites: a floor to keep. They stand beside the checkout and are not ours to ship.

Compared is what `feed_document.read` gives: title, link, summary and content as feedparser resolves them, dates through our own
parser, and feedparser's resolved id. Our ids are made from the raw guid, which differs on purpose wherever a base address was
applied; there the resolved one must end with the raw one.
"""

import json
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from connectors.sources.feed_dates import read_date
from connectors.sources.feed_document import read
from connectors.sources.feed_entry import Document, Entry
from connectors.sources.feed_items import Job, harvest
from streams.errors import FeedError

CORPUS = Path(__file__).parents[4] / "shared/bench/feeds"
NOW = datetime(2026, 11, 22, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the feed corpus is not beside this checkout")


@cache
def cases() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CORPUS / "cases.jsonl").read_text().splitlines()]


def job(case: dict[str, Any]) -> Job:
    headers = ({"content-location": case["url"]} if case["url"] else {}) | case["headers"]
    return Job(feed="corpus", body=(CORPUS / "raw" / case["file"]).read_bytes(), headers=headers, now=NOW)


def folded(text: str | None) -> str:
    return " ".join((text or "").split())


def instant(text: str) -> str | None:
    found = read_date(text, NOW)
    return found and found.moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def met(entry: Entry, name: str, value: str | None) -> bool:
    match name:
        case "title" | "summary" | "content":
            return folded(getattr(entry, name)) == folded(value)
        case "link":
            return entry.link.strip() == (value or "").strip()
        case "id":
            return entry.resolved_id.strip() == (value or "").strip()
        case "published" | "updated":
            return instant(getattr(entry, name)) == value
        case "date":
            return value in {instant(entry.published), instant(entry.updated)}
    raise AssertionError(name)


def test_every_agreed_fact_of_the_corpus_is_met() -> None:
    """1,387 of 1,387, in 489 documents."""
    counted, missed = 0, []
    for case in cases():
        if not case["agreed"]:
            continue
        given = job(case)
        document = read(given.body, given.headers)
        for index, name, value in case["agreed"]:
            counted += 1
            if not met(document.entries[index], name, value):
                missed.append((case["file"], index, name, value))
    assert missed == []
    assert counted == 1387


def test_every_document_gives_its_entries_or_is_refused() -> None:
    """No document is a crash; refused are only those without any entry. JSON Feeds we read and the reference parser does not."""
    refused, json_feeds = Counter[str](), 0
    for case in cases():
        given = job(case)
        try:
            document: Document | None = read(given.body, given.headers)
        except FeedError as fault:
            document = None
            refused[fault.diagnosis] += 1
        entries = case["n_entries"]
        if b"jsonfeed.org/version" in given.body[:500]:
            json_feeds, entries = json_feeds + 1, len(json.loads(given.body)["items"])
        assert len(document.entries if document else ()) == entries, case["file"]
    assert refused == {"not-a-feed": 5, "html": 1}
    assert json_feeds == 1


def test_raw_guids_are_the_resolved_ids_or_their_ends() -> None:
    """The scanner counts the same entries as feedparser in every document; three ids differ, for feedparser's reasons."""
    differ = []
    for case in cases():
        given = job(case)
        if not case["n_entries"]:
            continue
        for entry in read(given.body, given.headers).entries:
            raw_tail = entry.guid.rsplit("..", 1)[-1].lstrip("./")
            if not entry.resolved_id.endswith(raw_tail) or bool(entry.guid) != bool(entry.resolved_id):
                differ.append((case["file"], entry.guid, entry.resolved_id))
    assert differ == [
        # an entity of the document's own is left as written: the scanner expands none
        ("feedparser/wellformed/rss/entity_in_doctype.xml", "&id;2006-05-04:/blog/", "tag:example.com,2006-05-04:/blog/"),
        # feedparser gives no id at all
        ("feedparser/wellformed/rss/item_guid_isPermaLink_ValueError.xml", "http://example.c[o.test/", ""),
        ("gofeed/parser/rss/rss_channel_item_guid_naked_markup.xml", "abc123", ""),
    ]


def test_every_document_becomes_articles_with_unlike_ids_and_no_scripts() -> None:
    """26: 745 of these documents try to smuggle a script past a sanitiser."""
    for case in cases():
        if not case["n_entries"]:
            continue
        items = harvest(job(case)).items
        assert len({item.article.id for item in items}) == len(items)
        for item in items:
            assert "<script" not in item.article.text.lower(), case["file"]
            assert item.article.published <= item.article.taken_at
