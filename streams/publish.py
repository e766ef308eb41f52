"""Ingest: polls every feed on its own schedule and writes what it finds, with the feed's cursor, into the inbox.

Called by the runs. Reads no feed itself (that is `connectors.sources.feed`) and decides nothing. Nothing downstream slows it: a
late poll loses items for good. Only an inbox that cannot be written holds it up, and then the same poll is written again until it
can be, so nothing advances that was not written.

    each feed:  wait until due ─► its host's turn ─► anyone's turn ─► poll ─► stamp ─► inbox.take ─► on_taken ─► wait …
                                                                                ▲            │ EnvironmentFault
                                                                                └── pause ◄──┘ loudly
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import structlog

from connectors.base import FeedSpec, Polled
from connectors.fetch import Fetch
from connectors.sources import feed as feed_source
from connectors.sources.parsing import Parser, ParserPool
from streams import metrics, pulse
from streams.errors import EnvironmentFault
from streams.labels import coverage
from streams.ports import Clock, Inbox
from streams.records.flow import Article, Cursor, Item
from streams.records.orders import FeedHealth

AT_ONCE = 16  # polls under way together (Miniflux: 16 workers)
PER_HOST = 2  # of them on one host (Media Cloud: 2)
FIRST_RETRY_S = 1.0  # of an inbox that cannot be written or read; doubles to LONGEST_RETRY_S
LONGEST_RETRY_S = 30.0
WORTH_TELLING_SKEW_S = 300.0
WINDOW_FROM = 5  # items; in a shorter document, all of them being new proves nothing

Result = TypeVar("Result")

_log = structlog.get_logger("ingest")


class Poll(Protocol):
    """One poll of one feed, as `connectors.sources.feed.poll` does it."""

    def __call__(
        self, feed: FeedSpec, cursor: Cursor | None, fetcher: Fetch, now: datetime, *, parser: Parser
    ) -> Coroutine[Any, Any, Polled]:
        """What the feed shows at `now`."""


async def poll_forever(
    feeds: Sequence[FeedSpec],
    inbox: Inbox,
    clock: Clock,
    fetcher: Fetch,
    *,
    on_taken: Callable[[tuple[Article, ...]], None],
    stop: asyncio.Event,
    on_health: Callable[[FeedHealth], None] = lambda _: None,
    parser: Parser | None = None,
    poll: Poll = feed_source.poll,
) -> None:
    """Returns when `stop` is set; a poll under way is dropped then, and made again by the next run.

    Args:
        feeds: their names are the keys of cursors and articles, so each stands there once.
        on_taken: told of new articles and revisions once they are in the inbox; must not block.
        on_health: told once of a feed that has given nothing for `coverage.SHOWN`, and of one that lives: the first time in this
            run and whenever it was dead. It may raise EnvironmentFault, and is then told again.
        parser: None: a parser process of its own, ended with this call.
        poll: how a feed is polled.
    """
    pool = ParserPool() if parser is None else None
    reader = parser or pool
    assert reader is not None
    turns = _Turns()
    try:
        async with asyncio.TaskGroup() as group:
            polling = (_Poller(feed, inbox, clock, fetcher, reader, poll, on_taken, on_health, turns) for feed in feeds)
            pollers = [group.create_task(poller.run()) for poller in polling]
            await stop.wait()
            for poller in pollers:
                poller.cancel()
    finally:
        if pool is not None:
            pool.close()


@dataclass(slots=True)
class _Turns:
    """Who may poll now: a few feeds of one host, a few more of all."""

    anyone: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    hosts: dict[str, asyncio.Semaphore] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, address: str) -> AsyncIterator[None]:
        host = self.hosts.setdefault(urlsplit(address).netloc.lower(), asyncio.Semaphore(PER_HOST))
        async with host, self.anyone:  # the host's first: a queue before one host must not hold the places of all
            yield


@dataclass(slots=True)
class _Poller:
    """The endless life of one feed."""

    feed: FeedSpec
    inbox: Inbox
    clock: Clock
    fetcher: Fetch
    parser: Parser
    poll: Poll
    on_taken: Callable[[tuple[Article, ...]], None]
    on_health: Callable[[FeedHealth], None]
    turns: _Turns
    alive: bool | None = None  # as told last; None: not yet in this run
    last_new: datetime | None = None  # known only after the write, so it stands in the next cursor

    async def run(self) -> None:
        while True:
            try:
                await self._once()
            except Exception:  # noqa: BLE001  # the edge of the loop: a fault of ours in one feed must not stop the others
                _log.exception("poll broke", feed=self.feed.name)
                await self.clock.sleep(self.feed.every_s)

    async def _once(self) -> None:
        cursor = await self._insisted("read the cursor", lambda: self.inbox.cursor(self.feed.name))
        await self.clock.sleep(feed_source.due_in_s(self.feed, cursor, self.clock.now()))
        with pulse.HERE.work("poll"):
            async with self.turns.turn(cursor.address if cursor else self.feed.url):
                begun = time.perf_counter()
                polled = await self.poll(self.feed, cursor, self.fetcher, self.clock.now(), parser=self.parser)
            for health in self._health(cursor, polled):  # before the write: it moves `last_ok`, by which the next run would know
                await self._insisted("report the feed's health", partial(self.on_health, health))
            taken = await self._insisted("write the inbox", lambda: self._take(polled))
        metrics.POLL_SECONDS.observe(time.perf_counter() - begun)
        self._tell(polled, taken)
        if cursor is not None and cursor.last_ok is not None and _rolled_over(polled, taken):
            _log.warning("no item of the last poll is left: items may be lost; poll this feed more often", feed=self.feed.name)
        if taken:
            self.last_new = self.clock.now()
            self.on_taken(taken)

    def _health(self, before: Cursor | None, polled: Polled) -> Iterator[FeedHealth]:
        """What the poll says of the feed that was not told; a long time without a run is one in which it was not seen either."""
        now, failed = self.clock.now(), polled.outcome == "failed"
        last = (before.last_ok or before.first_polled) if before else None
        if last is not None and now - last > coverage.SHOWN and self.alive is not False:
            why = (polled.cursor.diagnosis if failed else before.diagnosis if before else "") or "it was not asked"
            yield FeedHealth(feed=self.feed.name, alive=False, since=last, covers=self.feed.covers, why=why)
            self.alive = False
        if not failed and not self.alive:
            yield FeedHealth(feed=self.feed.name, alive=True, since=now, covers=self.feed.covers)
            self.alive = True

    def _take(self, polled: Polled) -> tuple[Article, ...]:
        """The write, stamped at the very moment of it: a tick written between fetch and write must not be newer than the items."""
        now = self.clock.now()
        cursor = replace(polled.cursor, last_new=self.last_new or polled.cursor.last_new)
        return self.inbox.take([_stamped(item, now) for item in polled.items], cursor)

    async def _insisted(self, what: str, act: Callable[[], Result]) -> Result:
        wait_s = FIRST_RETRY_S
        while True:
            try:
                result = act()
            except EnvironmentFault as fault:
                metrics.INBOX_FAULTS.inc()
                pulse.HERE.doubts("inbox", f"cannot {what}: {fault}")
                _log.error("inbox unavailable", feed=self.feed.name, doing=what, fault=str(fault), retry_in_s=wait_s)
            else:
                pulse.HERE.doubts("inbox", "")
                return result
            await self.clock.sleep(wait_s)
            wait_s = min(2 * wait_s, LONGEST_RETRY_S)

    def _tell(self, polled: Polled, taken: tuple[Article, ...]) -> None:
        cursor = polled.cursor
        log = _log.bind(feed=self.feed.name, outcome=polled.outcome, items=len(polled.items), taken=len(taken), polls=cursor.polls)
        if polled.outcome == "failed":
            log.warning("poll failed", diagnosis=cursor.diagnosis, failures=cursor.failures, next_poll=cursor.next_poll)
        else:
            log.info("polled")
        metrics.POLLS.labels(self.feed.name, polled.outcome).inc()
        now = self.clock.now()
        for article in taken:
            _log.info("taken", article=article.id, revision=article.revision, feed=self.feed.name, backfill=article.backfill)
            metrics.note_taken(article, now)
        if polled.moved:
            log.warning("feed has moved for good; put its new address into the settings", host=urlsplit(polled.moved).hostname)
        skew_s = polled.skew_s or 0.0
        if WORTH_TELLING_SKEW_S < abs(skew_s) <= feed_source.MOST_SKEW_S and polled.outcome == "parsed":
            log.warning("the server's clock and ours disagree", ahead_s=round(skew_s))


def _rolled_over(polled: Polled, taken: tuple[Article, ...]) -> bool:
    """Whether nothing in the document was known, so that the feed's window may have moved past items never seen."""
    return len(polled.items) >= WINDOW_FROM and sum(article.revision == 1 for article in taken) == len(polled.items)


def _stamped(item: Item, now: datetime) -> Item:
    article = item.article
    published = now if article.date_quality in {"missing", "future"} else article.published
    return replace(item, article=replace(article, taken_at=now, published=published))
