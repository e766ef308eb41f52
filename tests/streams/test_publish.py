"""Ingest: schedule, politeness, and that nothing advances which was not written. Numbers are lines of the poller's checklist."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from peers.feeds import Piece, rss
from peers.http_server import Answer, FeedServer
from structlog.testing import capture_logs

from connectors.base import FeedSpec, Polled
from connectors.fetch import Fetch, Fetcher
from connectors.sources import feed as feed_source
from connectors.sources.parsing import InlineParser, Parser
from streams.clocks import ManualClock
from streams.errors import EnvironmentFault, StoreBusy
from streams.publish import PER_HOST, poll_forever
from streams.records.flow import Article, Cursor, Item
from streams.records.orders import FeedHealth
from streams.store.inbox import StoreInbox
from streams.store.store import Store

NOW = datetime(2024, 4, 22, 12, tzinfo=UTC)
XML = {"Content-Type": "application/rss+xml"}


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[StoreInbox]:
    with Store.open(tmp_path / "store.db") as store:
        yield StoreInbox(store)


@dataclass(slots=True)
class FailingInbox:
    """An inbox whose writes fail until it is mended."""

    real: StoreInbox
    broken: bool = True
    tries: int = 0

    def cursor(self, feed: str) -> Cursor | None:
        return self.real.cursor(feed)

    def take(self, items: Sequence[Item], cursor: Cursor) -> tuple[Article, ...]:
        self.tries += 1
        if self.broken:
            raise StoreBusy("the store is held by another process")
        return self.real.take(items, cursor)


@dataclass(slots=True)
class Run:
    """A run of poll_forever on a clock that one sets."""

    clock: ManualClock
    taken: list[Article] = field(default_factory=list)

    async def settle(self, *until: Callable[[], bool]) -> None:
        """Waits, in real time, until all conditions hold, then until everybody sleeps on the clock again."""
        async with asyncio.timeout(5):
            while not all(holds() for holds in until):  # noqa: ASYNC110  # the conditions are the server's and the store's
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.02)

    async def advance(self, seconds: float, *until: Callable[[], bool]) -> None:
        self.clock.advance(seconds)
        await self.settle(*until)


@asynccontextmanager
async def running(feeds: Sequence[FeedSpec], inbox: StoreInbox | FailingInbox, **more: object) -> AsyncIterator[Run]:
    run, stop = Run(ManualClock(NOW)), asyncio.Event()
    async with Fetcher() as fetcher:
        task = asyncio.create_task(
            poll_forever(
                feeds, inbox, run.clock, fetcher, on_taken=run.taken.extend, stop=stop, **({"parser": InlineParser()} | more)
            )  # type: ignore[arg-type]
        )
        try:
            yield run
        finally:
            stop.set()
            await asyncio.wait_for(task, 5)


def spec(server: FeedServer, name: str = "wire", path: str = "/feed", every_s: float = 300) -> FeedSpec:
    return FeedSpec(name=name, url=server.url(path), every_s=every_s, allow_private=True)


# ------------------------------------------------------------------------------------------------------------ schedule


async def test_a_feed_is_polled_on_its_interval(feed_server: FeedServer, inbox: StoreInbox) -> None:
    feed_server.script("/feed", Answer(rss(Piece()), headers=XML), Answer(rss(Piece(guid="g-2"), Piece()), headers=XML))
    async with running([spec(feed_server)], inbox) as run:
        await run.settle(lambda: len(run.taken) == 1)
        await run.advance(299)
        assert feed_server.count("/feed") == 1
        await run.advance(31, lambda: len(run.taken) == 2)
    assert [article.id for article in run.taken] == ["wire:g-1", "wire:g-2"]
    assert inbox.pending() == tuple(run.taken)


async def test_a_restart_neither_repeats_nor_bursts(feed_server: FeedServer, inbox: StoreInbox) -> None:
    """23: the schedule stands in the cursor."""
    feed_server.script("/feed", Answer(rss(Piece()), headers=XML))
    async with running([spec(feed_server)], inbox) as run:
        await run.settle(lambda: len(run.taken) == 1)
    async with running([spec(feed_server)], inbox) as again:
        await again.settle()
        assert feed_server.count("/feed") == 1
        await again.advance(330, lambda: feed_server.count("/feed") == 2)
    assert again.taken == []


async def test_a_failing_feed_waits_and_the_others_do_not(feed_server: FeedServer, inbox: StoreInbox) -> None:
    """4: 429 with Retry-After 600; the cursor tells how the feed fares."""
    feed_server.script("/bad", Answer(status=429, headers={"Retry-After": "600"}))
    feed_server.script("/feed", Answer(rss(Piece()), headers=XML))
    async with running([spec(feed_server, "bad", "/bad", 60), spec(feed_server, every_s=60)], inbox) as run:
        await run.settle(lambda: feed_server.count("/bad") == 1, lambda: feed_server.count("/feed") == 1)
        for polls in range(2, 11):
            await run.advance(66, lambda polls=polls: feed_server.count("/feed") == polls)
        assert feed_server.count("/bad") == 1
        await run.advance(66, lambda: feed_server.count("/bad") == 2)
    cursor = inbox.cursor("bad")
    assert cursor is not None
    assert (cursor.failures, cursor.diagnosis.partition(":")[0]) == (2, "http-429")


async def test_a_host_never_sees_more_than_two_at_once(feed_server: FeedServer, inbox: StoreInbox) -> None:
    """7: thirty feeds of one host; a feed of another host does not stand in that queue."""

    async def slow(_: object) -> Answer:
        await asyncio.sleep(0.02)
        return Answer(rss(Piece()), headers=XML)

    feed_server.script("/feed", slow)
    async with FeedServer() as other:
        other.script("/feed", Answer(rss(Piece()), headers=XML))
        feeds = [spec(feed_server, f"wire-{number}") for number in range(30)]
        async with running([*feeds, spec(other, "other")], inbox) as run:
            await run.settle(lambda: other.count("/feed") == 1)
            assert feed_server.count("/feed") < 10
            await run.settle(lambda: len(run.taken) == 31)
    assert feed_server.most_open == PER_HOST


async def test_a_fault_of_ours_in_one_feed_is_told_and_stops_no_other(feed_server: FeedServer, inbox: StoreInbox) -> None:
    async def poll(feed: FeedSpec, cursor: Cursor | None, fetcher: Fetch, now: datetime, *, parser: Parser) -> Polled:
        if feed.name == "cursed":
            raise ZeroDivisionError
        return await feed_source.poll(feed, cursor, fetcher, now, parser=parser)

    feed_server.script("/feed", Answer(rss(Piece()), headers=XML))
    with capture_logs() as logs:
        async with running([spec(feed_server, "cursed"), spec(feed_server)], inbox, poll=poll) as run:
            await run.settle(lambda: len(run.taken) == 1)
            await run.advance(330, lambda: feed_server.count("/feed") == 2)
    assert [line["feed"] for line in logs if line["log_level"] == "error"] == ["cursed", "cursed"]


async def test_the_parser_process_ends_with_the_run(feed_server: FeedServer, inbox: StoreInbox) -> None:
    """Without a parser handed in there is one process of our own."""
    import multiprocessing

    feed_server.script("/feed", Answer(rss(Piece()), headers=XML))
    async with running([spec(feed_server)], inbox, parser=None) as run:
        await run.settle(lambda: len(run.taken) == 1)
        assert len(multiprocessing.active_children()) == 1
    assert multiprocessing.active_children() == []


# --------------------------------------------------------------------------------------------------------------- writes


async def test_an_inbox_that_cannot_be_written_holds_the_poll_and_loses_nothing(feed_server: FeedServer, inbox: StoreInbox) -> None:
    """22: the same poll is written later, once; the feed is not asked again meanwhile, its cursor stands still; said loudly."""
    feed_server.script("/feed", Answer(rss(Piece()), headers={**XML, "ETag": '"v"'}, validators=True))
    failing = FailingInbox(inbox)
    with capture_logs() as logs:
        async with running([spec(feed_server)], failing) as run:
            await run.settle(lambda: failing.tries == 1)
            for tries in range(2, 8):
                await run.advance(30, lambda tries=tries: failing.tries == tries)
            assert (inbox.cursor("wire"), inbox.pending(), feed_server.count("/feed")) == (None, (), 1)
            failing.broken = False
            await run.advance(30, lambda: len(run.taken) == 1)
    errors = [line for line in logs if line["log_level"] == "error"]
    assert len(errors) == 7
    assert errors[0] == {
        "event": "inbox unavailable",
        "doing": "write the inbox",
        "log_level": "error",
        "feed": "wire",
        "fault": "the store is held by another process",
        "retry_in_s": 1.0,
    }
    assert [line["retry_in_s"] for line in errors] == [1, 2, 4, 8, 16, 30, 30]
    cursor = inbox.cursor("wire")
    assert cursor is not None
    assert cursor.etag == '"v"'
    assert run.taken[0].taken_at == NOW + timedelta(seconds=210)


async def test_an_inbox_that_cannot_be_read_is_asked_again(feed_server: FeedServer, inbox: StoreInbox) -> None:
    @dataclass(slots=True)
    class Unreadable(FailingInbox):
        broken: bool = False
        reads: int = 0

        def cursor(self, feed: str) -> Cursor | None:
            self.reads += 1
            if self.reads < 3:
                raise EnvironmentFault("the disk is away")
            return self.real.cursor(feed)

    feed_server.script("/feed", Answer(rss(Piece()), headers=XML))
    unreadable = Unreadable(inbox)
    async with running([spec(feed_server)], unreadable) as run:
        await run.settle(lambda: unreadable.reads == 1)
        await run.advance(1, lambda: unreadable.reads == 2)
        await run.advance(2, lambda: len(run.taken) == 1)


async def test_items_are_stamped_when_they_are_written(feed_server: FeedServer, inbox: StoreInbox) -> None:
    """A fetch takes time; an item must not be older than a tick that was written while it was on its way."""
    clock: list[ManualClock] = []

    async def poll(feed: FeedSpec, cursor: Cursor | None, fetcher: Fetch, now: datetime, *, parser: Parser) -> Polled:
        polled = await feed_source.poll(feed, cursor, fetcher, now, parser=parser)
        clock[0].advance(20)
        return polled

    dated = Piece(guid="dated", date=NOW - timedelta(hours=1))
    feed_server.script("/feed", Answer(rss(Piece(guid="undated"), dated), headers=XML))
    async with running([spec(feed_server)], inbox, poll=poll) as run:
        clock.append(run.clock)
        await run.settle(lambda: len(run.taken) == 2)
    then = NOW + timedelta(seconds=20)
    assert [(article.taken_at, article.published) for article in run.taken] == [(then, then), (then, NOW - timedelta(hours=1))]


async def test_a_revision_is_taken_and_told(feed_server: FeedServer, inbox: StoreInbox) -> None:
    """18: through the whole of ingest; and when something new came is kept in the cursor."""
    first = Piece(title="3 killed in Harran")
    feed_server.script(
        "/feed", Answer(rss(first), headers=XML), Answer(rss(replace(first, title="5 killed in Harran")), headers=XML)
    )
    async with running([spec(feed_server)], inbox) as run:
        await run.settle(lambda: len(run.taken) == 1)
        await run.advance(330, lambda: len(run.taken) == 2)
        await run.advance(330, lambda: feed_server.count("/feed") == 3)
        await run.settle(lambda: (cursor := inbox.cursor("wire")) is not None and cursor.polls == 3)
    assert [(article.id, article.revision) for article in run.taken] == [("wire:g-1", 1), ("wire:g-1", 2)]
    cursor = inbox.cursor("wire")
    assert cursor is not None
    assert cursor.last_new == NOW + timedelta(seconds=330)


async def test_a_window_without_a_known_item_is_told(feed_server: FeedServer, inbox: StoreInbox) -> None:
    """6: twenty items a window and sixty new ones between two polls; one item in common is no gap."""

    def window(first: int) -> Answer:
        return Answer(rss(*(Piece(guid=f"g-{number}") for number in range(first, first + 20))), headers=XML)

    feed_server.script("/feed", window(0), window(19), window(99))
    warned = []
    async with running([spec(feed_server)], inbox) as run:
        for taken in (20, 39, 59):
            with capture_logs() as logs:
                await run.advance(330, lambda taken=taken: len(run.taken) == taken)
            warned.append([line["event"] for line in logs if line["log_level"] == "warning"])
    assert warned == [[], [], ["no item of the last poll is left: items may be lost; poll this feed more often"]]


async def test_a_short_document_that_is_all_new_proves_no_gap(feed_server: FeedServer, inbox: StoreInbox) -> None:
    feed_server.script("/feed", Answer(rss(Piece(guid="g-1")), headers=XML), Answer(rss(Piece(guid="g-2")), headers=XML))
    with capture_logs() as logs:
        async with running([spec(feed_server)], inbox) as run:
            await run.settle(lambda: len(run.taken) == 1)
            await run.advance(330, lambda: len(run.taken) == 2)
    assert [line for line in logs if line["log_level"] == "warning"] == []


async def test_stopping_drops_a_poll_under_way(feed_server: FeedServer, inbox: StoreInbox) -> None:
    async def never(_: object) -> Answer:
        await asyncio.sleep(60)
        return Answer()

    feed_server.script("/feed", never)
    async with running([spec(feed_server)], inbox) as run:
        await run.settle(lambda: feed_server.open_now == 1)
    assert inbox.cursor("wire") is None


# -------------------------------------------------------------------------------------------------------------- health


async def test_a_feed_that_gives_nothing_for_a_day_is_told_once_and_again_when_it_lives(
    feed_server: FeedServer, inbox: StoreInbox
) -> None:
    """Alive with the first poll of a run; dead since it last gave something, whatever it answers meanwhile."""
    good, bad = Answer(rss(Piece()), headers=XML), Answer(status=503)
    feed_server.script("/feed", good, bad, bad, bad, good)
    told: list[tuple[bool, datetime, str]] = []
    heard = lambda health: told.append((health.alive, health.since, health.why))  # noqa: E731
    async with running([spec(feed_server, every_s=43_200)], inbox, on_health=heard) as run:
        await run.settle(lambda: len(run.taken) == 1)
        assert [(alive, why) for alive, _, why in told] == [(True, "")]
        for polls in (2, 3, 4, 5):
            await run.advance(60_000, lambda polls=polls: feed_server.count("/feed") >= polls)  # type: ignore[misc]
    assert [alive for alive, _, _ in told] == [True, False, True]
    assert told[1][1] - NOW < timedelta(seconds=60)
    assert told[1][2].startswith("http-503")


async def test_a_time_without_a_run_is_one_in_which_no_feed_was_seen(feed_server: FeedServer, inbox: StoreInbox) -> None:
    """The cursor says when it last gave something; a report that could not be written is made again."""
    feed_server.script("/feed", Answer(rss(Piece()), headers=XML))
    last = NOW - timedelta(days=3)
    inbox.take([], Cursor(feed="wire", address=feed_server.url("/feed"), first_polled=last, last_ok=last, next_poll=NOW))
    told: list[tuple[bool, datetime]] = []
    faults = [StoreBusy("the store is held by another process")]

    def heard(health: FeedHealth) -> None:
        if faults:
            raise faults.pop()
        told.append((health.alive, health.since))

    async with running([spec(feed_server)], inbox, on_health=heard) as run:
        await run.settle()
        await run.advance(2, lambda: len(run.taken) == 1)
    assert [alive for alive, _ in told] == [False, True]
    assert told[0][1] == last
