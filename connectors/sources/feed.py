"""One poll of one feed: fetch, read, and where that leaves the feed.

Called by `streams.publish` on the feed's schedule. Faults of the feed never raise: they are in the cursor (diagnosis, failures,
next poll). Nothing is written here; the caller writes items and cursor together, so a poll that is not written never happened.

    cursor ─► due in full? ─► get (validators unless full) ─► 304 ──────────────► next poll
                                    │                   └───► same bytes ───────► next poll      (neither when due in full)
                                    └─► FetchError            └─► parser process ─► items ─► validators, moves, next poll
                                           └─► back off, diagnosis   └─► FeedError ─┘ back off, validators stay as they were
"""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from connectors.base import FeedSpec, Outcome, Polled
from connectors.fetch import Fetch, Fetched
from connectors.sources.feed_items import Job
from connectors.sources.parsing import Parser
from streams.errors import FeedError, FetchError
from streams.records.flow import Cursor, Item

FULL_EVERY = 20  # polls: one in so many asks without validators and parses what comes, because servers lie about both
LONGEST_BACKOFF_S = 3600.0
GONE_S = 86_400.0  # 410: asked once a day, since feeds come back from it (Media Cloud)
JITTER = 0.1  # of the interval, so that feeds of one host part
MOVES_NEEDED = 3  # good feeds behind a permanent redirect before its target becomes the address: captive portals send 301 too
ADOPTED = -1  # in Cursor.moves[1]: `address` has replaced the settings' address, which stands in moves[0]
HOME_AFTER = 3  # failures at an adopted address before the settings' one is asked again
MOST_SKEW_S = 86_400.0  # a server further off than a day does not go by our calendar (or we run on a virtual clock)
LONGEST_DIAGNOSIS = 500  # characters
ENOUGH_CUT = 3  # truncated documents in a row before such a feed counts as having had its first poll


async def poll(feed: FeedSpec, cursor: Cursor | None, fetcher: Fetch, now: datetime, *, parser: Parser) -> Polled:
    """What the feed shows at `now`. Items are all items of the document; the inbox knows which of them are news."""
    before = _prepared(feed, cursor, now)
    full = before.conditional >= FULL_EVERY - 1
    try:
        fetched = await fetcher.get(
            before.address,
            etag="" if full else before.etag,
            last_modified="" if full else before.last_modified,
            headers=feed.headers,
            allow_private=feed.allow_private,
        )
        polled = await _received(feed, before, fetched, now, parser, full=full)
    except FetchError as fault:
        return Polled(
            items=(), cursor=_failed(feed, before, now, str(fault), fault.retry_after_s, gone=fault.status == 410), outcome="failed"
        )
    except FeedError as fault:
        return Polled(items=(), cursor=_failed(feed, before, now, str(fault)), outcome="failed")
    due = now + timedelta(seconds=feed.every_s * (1 + JITTER * _share(feed.name)))
    return replace(polled, cursor=replace(polled.cursor, next_poll=due))


def due_in_s(feed: FeedSpec, cursor: Cursor | None, now: datetime) -> float:
    """Seconds until the next poll, 0 when it is due; at once when the settings have given the feed another address."""
    if cursor is None or cursor.next_poll is None or _readdressed(feed, cursor):
        return 0.0
    wait_s = (cursor.next_poll - now).total_seconds()
    longest_s = (1 + JITTER) * (GONE_S if cursor.failures else feed.every_s)  # the settings' interval may have shrunk
    return max(0.0, min(wait_s, longest_s))


def _readdressed(feed: FeedSpec, cursor: Cursor) -> bool:
    return cursor.address != feed.url and cursor.moves != (feed.url, ADOPTED)


def _prepared(feed: FeedSpec, cursor: Cursor | None, now: datetime) -> Cursor:
    """The cursor this poll starts from, this poll counted."""
    if cursor is None:
        return Cursor(feed=feed.name, address=feed.url, first_polled=now, polls=1)
    lost = cursor.address != feed.url and cursor.failures >= HOME_AFTER
    if not lost and not _readdressed(feed, cursor):
        return replace(cursor, polls=cursor.polls + 1)
    # the settings name another address than before, or the adopted one is dead: what we know of the old server is void
    return replace(cursor, address=feed.url, etag="", last_modified="", body_hash="", moves=("", 0), polls=cursor.polls + 1)


async def _received(feed: FeedSpec, before: Cursor, fetched: Fetched, now: datetime, parser: Parser, *, full: bool) -> Polled:
    skew_s = (fetched.date - now).total_seconds() if fetched.date else None
    good = replace(before, conditional=0 if full else before.conditional + 1, failures=0, diagnosis="", last_ok=now)
    if fetched.body is None:
        return _polled(feed, before, _moved(feed, good, fetched), (), "not-modified", skew_s)
    body_hash = hashlib.blake2b(fetched.body, digest_size=16).hexdigest()
    fresh = replace(good, etag=fetched.etag, last_modified=fetched.last_modified, body_hash=body_hash)
    if body_hash == before.body_hash and not full and not fetched.broken:
        return _polled(feed, before, _moved(feed, fresh, fetched), (), "same-body", skew_s)
    first = before.last_ok is None and not (before.failures >= ENOUGH_CUT and before.diagnosis.startswith("truncated"))
    told_skew_s = skew_s if skew_s is not None and abs(skew_s) <= MOST_SKEW_S else 0.0
    job = Job(feed=feed.name, body=fetched.body, headers=fetched.headers, now=now, first=first, skew_s=told_skew_s)
    harvest = await parser.harvest(job)
    fault = f"truncated: {fetched.broken}" if fetched.broken else harvest.fault
    if fault.startswith("truncated"):
        # what came is kept; the rest is asked for again at the usual time, without validators
        cut = replace(before, etag="", last_modified="", body_hash="", failures=before.failures + 1, diagnosis=fault)
        return _polled(feed, before, cut, harvest.items, "failed", skew_s)
    return _polled(feed, before, _moved(feed, fresh, fetched), harvest.items, "parsed", skew_s)


def _moved(feed: FeedSpec, cursor: Cursor, fetched: Fetched) -> Cursor:
    """The cursor with a permanent redirect counted, and followed for good once it has proved itself."""
    if cursor.moves[1] == ADOPTED:
        return cursor  # known gap: a second move is walked at each poll, not stored
    if not fetched.permanent:
        return replace(cursor, moves=("", 0))
    times = cursor.moves[1] + 1 if cursor.moves[0] == fetched.permanent else 1
    if times < MOVES_NEEDED:
        return replace(cursor, moves=(fetched.permanent, times))
    return replace(cursor, address=fetched.permanent, moves=(feed.url, ADOPTED))


def _polled(
    feed: FeedSpec, before: Cursor, after: Cursor, items: tuple[Item, ...], outcome: Outcome, skew_s: float | None
) -> Polled:
    moved = after.address if after.address != before.address else ""
    return Polled(items=items, cursor=after, outcome=outcome, moved=moved, skew_s=skew_s)


def _failed(
    feed: FeedSpec, before: Cursor, now: datetime, diagnosis: str, retry_after_s: float | None = None, *, gone: bool = False
) -> Cursor:
    failures = before.failures + 1
    wait_s = max(feed.every_s, min(feed.every_s * 2.0 ** min(failures, 20), LONGEST_BACKOFF_S))
    wait_s = max(wait_s, retry_after_s or 0.0, GONE_S if gone else 0.0)
    wait_s += JITTER * _share(feed.name) * max(feed.every_s, 60.0)
    storable = diagnosis[:LONGEST_DIAGNOSIS].encode("utf-8", "replace").decode()  # a server's own words may be no text at all
    return replace(before, failures=failures, diagnosis=storable, next_poll=now + timedelta(seconds=wait_s))


def _share(name: str) -> float:
    """A number in [0, 1) that a feed's name alone decides."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest()) / 2**32
