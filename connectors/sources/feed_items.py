"""A feed's body to items: the whole way from bytes to articles, as one pure function of its job.

Called by `connectors.sources.parsing`, in the parser process, because everything here works on hostile bytes. Knows no cursor
and no schedule; time is the job's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from connectors.sources import feed_document
from connectors.sources.feed_dates import read_date
from connectors.sources.feed_entry import Entry
from connectors.sources.feed_ids import Identity, article_ids, canonical_link
from streams import clean
from streams.records.flow import Article, Item

HISTORY = timedelta(days=1)  # what is older at the first poll stood there before we watched (DESIGN 1)
AHEAD = timedelta(minutes=15)  # a date may be this far ahead of the server's clock; assumption: unsynchronised editors' clocks

Quality = Literal["stated", "missing", "future", "guessed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One body to be read."""

    feed: str  # name
    body: bytes
    headers: Mapping[str, str]  # content-type, content-language, content-location
    now: datetime  # becomes `taken_at`
    first: bool = False  # the feed's first document: its history is backfill
    skew_s: float = 0.0  # the server's clock ahead of ours, in seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """What a body gave."""

    items: tuple[Item, ...]  # in document order
    fault: str = ""  # as `feed_entry.Document.fault`


def harvest(job: Job) -> Harvest:
    """The items of one body; raises FeedError when it is no feed. An item that the document broke off in is left out."""
    document = feed_document.read(job.body, job.headers)
    read = [(entry, _words(entry)) for entry in document.entries if entry.whole]
    ids = article_ids(job.feed, [Identity(entry.guid, _identity_link(entry), words.fingerprint) for entry, words in read])
    items: dict[str, Item] = {}
    for name, (entry, words) in zip(ids, read, strict=True):
        items.setdefault(name, Item(article=_article(job, name, entry, words), fingerprint=words.fingerprint))
    return Harvest(items=tuple(items.values()), fault=document.fault)


@dataclass(frozen=True, slots=True)
class _Words:
    title: str
    text: str
    summary: str
    fingerprint: str


def _words(entry: Entry) -> _Words:
    title, summary = clean.plain_title(entry.title), clean.from_html(entry.summary)
    text = clean.from_html(entry.content) or summary
    return _Words(title, text, summary, clean.fingerprint(title, text, summary))


def _identity_link(entry: Entry) -> str:
    """A relative link as written: resolved, it would change with the host."""
    return entry.link if "://" in entry.raw_link or not entry.raw_link else entry.raw_link


def _article(job: Job, name: str, entry: Entry, words: _Words) -> Article:
    published, quality = dated(entry.published, entry.updated, job)
    undated = quality in {"missing", "future"}
    return Article(
        id=name,
        source=job.feed,
        url=canonical_link(entry.link),
        title=words.title,
        text=words.text,
        summary=words.summary,
        published=published,
        taken_at=job.now,
        language=entry.language,
        backfill=job.first and (undated or published < job.now - HISTORY),
        date_quality=quality,
    )


def dated(published: str, updated: str, job: Job) -> tuple[datetime, Quality]:
    """When an item was published, and how we know: the first of its dates that can be read, never later than `job.now`."""
    for text in (published, updated):
        stated = read_date(text, job.now)
        if stated is None:
            continue
        if stated.moment > job.now + AHEAD + timedelta(seconds=max(0.0, job.skew_s)):
            return job.now, "future"
        return min(stated.moment, job.now), "guessed" if stated.assumed else "stated"
    return job.now, "missing"
