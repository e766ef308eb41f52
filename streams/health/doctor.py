"""Whether a desk is well: what was looked at, what was found, and what to do. Called by `tocsin doctor`, which gathers the facts.

Every function here is a judgement of facts handed in and of `now`; none opens, reads or asks anything itself. What cannot be
looked at is said to be unknown, never well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from streams.records.flow import Cursor
from streams.store.aside import Aside
from streams.store.checkup import Troubled
from streams.store.ledger import Balance
from streams.store.vitals import Queue, Vitals

WAITS = timedelta(minutes=5)  # for a decision, a delivery or a poll; a run that is on takes seconds
FAILS = 3  # polls in a row: one or two fail every day
SILENT = timedelta(days=7)  # without a new item, of a feed that answers; most news feeds have some daily
AHEAD = timedelta(minutes=5)  # by which the store's time may be ahead of this host's clock
LEAST_FREE = 2 * 2**30  # bytes beside the store; retention needs room to work in
LATE = timedelta(days=1)  # by which retention, which works every six hours, may be late
MANY = 20  # feeds named one by one

State = Literal["well", "attend", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line."""

    what: str  # that was looked at
    state: State
    found: str
    do: str = ""  # "" where nothing is to be done


def feeds(names: Sequence[str], cursors: Mapping[str, Cursor], now: datetime) -> Iterator[Finding]:
    """Of the settings' feeds: those that fail, show nothing new, were never polled or are not polled; else one line for all."""
    bad = [finding for name in names if (finding := _feed(name, cursors.get(name), now)) is not None]
    yield from bad[:MANY]
    if len(bad) > MANY:
        more = f"{len(bad) - MANY} more are not well"
        yield Finding("feeds", "attend", more, "name them with the metric tocsin_feed_failures")
    well = len(names) - len(bad)
    if not names:
        yield Finding("feeds", "attend", "the settings name none", 'name some under "feeds" in tocsin.yaml')
    elif well:
        yield Finding("feeds", "well", f"{well} of {len(names)} answer, are polled and show news")


def _feed(name: str, cursor: Cursor | None, now: datetime) -> Finding | None:
    what = f"feed {name}"
    if cursor is None or cursor.first_polled is None:
        return Finding(what, "attend", "was never polled", 'start "tocsin run" or "tocsin ingest"; was it named a moment ago?')
    if cursor.failures >= FAILS:
        since = f"since {_at(cursor.last_ok)}" if cursor.last_ok else "always"
        return Finding(what, "attend", f"has failed {since}, {cursor.failures} times in a row: {cursor.diagnosis}", _advice(cursor))
    if cursor.next_poll is not None and now - cursor.next_poll > WAITS + timedelta(minutes=5):
        late = f"is due since {_at(cursor.next_poll)} and was not polled"
        return Finding(what, "attend", late, 'nobody polls: start "tocsin run" or "tocsin ingest"')
    if cursor.last_new is not None and now - cursor.last_new > SILENT:
        silent = f"answers and has shown nothing new since {_at(cursor.last_new)}"
        return Finding(what, "attend", silent, "look at its page: has it moved, or stopped?")
    return None


def _advice(cursor: Cursor) -> str:
    """What to do about a feed that fails, by its diagnosis."""
    said = cursor.diagnosis.partition(":")[0]
    known = {
        "html": "its address shows a page, not a feed: open it in a browser; a challenge to robots needs another address",
        "empty": "its server sends nothing: ask the publisher, or name another address",
        "not-a-feed": "open its address in a browser; find the feed's new address",
        "dns": "the name does not resolve: a misspelt address, a feed that is gone, or our own resolver",
        "tls": "its certificate is refused: wait for the publisher, do not switch checks off",
        "refused-address": 'it stands in a private network: "allow_private: true" if that is meant',
        "http-401": "it wants a password: give it under headers",
        "http-403": "it refuses us: write to the publisher (poll.contact), or name another address",
        "http-404": "it is gone: find its new address",
        "http-410": "it is gone for good: find another, or take it out",
        "http-429": "it is polled too often: raise every",
        "timed-out": "its server is slow: raise poll.deadline, or poll less often",
    }
    return known.get(said, "open its address; polls go on by themselves, less often")


def waiting(known: Vitals, oldest: str, now: datetime, *, held: bool | None) -> Iterator[Finding]:
    """Articles that wait for their decision, orders and timers. `held`: whether some process decides; None: unknown."""
    start = "" if held else '; nobody decides: start "tocsin run" or "tocsin worker --role match"'
    age = now - known.oldest_taken if known.oldest_taken else timedelta(0)
    if known.waiting and age > WAITS:
        words = f"{known.waiting} wait, the oldest for {_long(age)} ({oldest})"
        yield Finding("articles", "attend", words, f"look at the log of whoever reads and decides{start}")
    elif known.waiting:
        yield Finding("articles", "well", f"{known.waiting} wait, the oldest for {_long(age)}")
    else:
        yield Finding("articles", "well", "none waits for its decision")
    if known.oldest_order and now - known.oldest_order > WAITS:
        late = f"{known.orders} wait, the oldest since {_at(known.oldest_order)}"
        yield Finding("orders", "attend", late, f"mutes, merges and acknowledgements are not taken{start}")
    if known.timer and now - known.timer > 2 * WAITS:
        yield Finding("timers", "attend", f"one is due since {_at(known.timer)}", f"holds and escalations are late{start}")


def ledger(known: Balance) -> Finding:
    """Whether every revision taken is in flight or closed, once."""
    words = f"taken {known.taken} = in flight {known.in_flight} + closed {known.closed}"
    if known.holds:
        return Finding("ledger", "well", words)
    astray = ", ".join(f"{article} ({revision})" for article, revision in known.astray[:5]) or "none by name"
    wrong = f"does not balance: {words.replace(' = ', ', ').replace(' + ', ', ')}; astray: {astray}"
    return Finding("ledger", "attend", wrong, "something was lost or closed twice: keep a copy of the store and report it")


def outbox(
    queues: Iterable[Queue], channels: Iterable[str], errors: Mapping[tuple[str, bool], Troubled], now: datetime
) -> Iterator[Finding]:
    """Each channel. `errors`: by channel and whether it was refused, the delivery that stands for the others."""
    by_name, named = {queue.channel: queue for queue in queues}, set(channels)
    for name in sorted(named | set(by_name)):
        queue = by_name.get(name)
        what = f"channel {name}"
        if queue is None:
            yield Finding(what, "well", "nothing waits")
            continue
        if queue.waiting and name not in named:
            words = f"{_many(queue.waiting, 'delivery waits', 'deliveries wait')} for a channel that the settings do not name"
            yield Finding(what, "attend", words, "name the channel again, or nobody is told")
        elif queue.waiting:
            age = now - queue.oldest if queue.oldest else timedelta(0)
            said = _said(errors.get((name, False)))
            words = f"{_many(queue.waiting, 'delivery waits', 'deliveries wait')}, the oldest for {_long(age)}{said}"
            do = 'the desk does not know of it; is the peer away, or nobody sending ("tocsin run", "tocsin worker --role deliver")?'
            yield Finding(what, "attend" if age > WAITS else "well", words, do if age > WAITS else "")
        if queue.refused:
            said = _said(errors.get((name, True)))
            do = "tell the desk by hand; then mend the channel: a token that was revoked, a channel archived, an address refused"
            yield Finding(what, "attend", f"{_many(queue.refused, 'delivery was', 'deliveries were')} refused for good{said}", do)
        elif not queue.waiting:
            yield Finding(what, "well", "nothing waits")


def _said(trouble: Troubled | None) -> str:
    if trouble is None:
        return ""
    return f" ({trouble.delivery}, {trouble.attempts} attempts{': ' + trouble.error if trouble.error else ''})"


def quarantined(count: int, newest: Sequence[Aside]) -> Finding:
    """Articles that were set aside."""
    if not count:
        return Finding("set aside", "well", "no article is")
    named = "; ".join(f"{one.article} ({one.why})" for one in newest)
    words = f"{_many(count, 'article', 'articles')}: {named}"
    return Finding(
        "set aside", "attend", words, 'read them yourself; "tocsin dead list" names all, "tocsin dead retry" tries them again'
    )


def dead_letters(count: int, some: Sequence[str]) -> Finding:
    """Records that no role could read or work on and nobody has sent again; of some the id of `tocsin dead` and the reason."""
    if not count:
        return Finding("dead letters", "well", "none that was not sent again")
    do = 'look at one with "tocsin dead show ID"; once its cause is mended, "tocsin dead retry all" sends them again'
    return Finding("dead letters", "attend", f"{_many(count, 'record', 'records')}: {'; '.join(some)}", do)


def retention(oldest: datetime | None, keep: timedelta, now: datetime) -> Finding:
    """Whether texts are forgotten in time."""
    if oldest is None or now - oldest <= keep + LATE:
        return Finding("retention", "well", f"no text is older than {keep.days} days")
    late = f"texts of {_at(oldest)} are still kept, {_long(now - oldest - keep)} too long"
    return Finding("retention", "attend", late, "whoever decides forgets every six hours: does it run?")


def disk(size: int, free: int) -> Finding:
    """Room beside a store in a file; bytes."""
    words = f"the store has {_bytes(size)}, {_bytes(free)} are free"
    if free < max(LEAST_FREE, size // 10):
        return Finding(
            "disk", "attend", words, "free space: a full disk stops ingest, and what feeds drop meanwhile is lost for good"
        )
    return Finding("disk", "well", words)


def clock(newest: datetime | None, now: datetime) -> Finding:
    """Whether the store's time and this host's agree."""
    if newest is not None and newest - now > AHEAD:
        words = f"the newest article was taken at {_at(newest)}, {_long(newest - now)} ahead of this host's clock"
        do = "set the clocks of all hosts by one time server; was a rehearsal with --clock run on this store?"
        return Finding("clock", "attend", words, do)
    return Finding("clock", "well", f"this host says {_at(now)}; nothing in the store is ahead of it")


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%MZ}"


def _long(span: timedelta) -> str:
    """In the largest unit of which there are two."""
    seconds = max(0, int(span.total_seconds()))
    for unit, length in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def _bytes(count: int) -> str:
    return f"{count / 2**30:.1f} GB" if count >= 2**30 else f"{count / 2**20:.1f} MB"
