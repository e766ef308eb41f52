"""Polls of one feed against a scripted server. Numbers in docstrings are lines of the poller's checklist."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import orjson
import pytest
from aiohttp import web
from peers.feeds import Piece, rss
from peers.http_server import Answer, FeedServer

from connectors.base import FeedSpec, Polled
from connectors.fetch import Fetcher
from connectors.sources.feed import ADOPTED, FULL_EVERY, due_in_s, poll
from connectors.sources.feed_items import Harvest, Job
from connectors.sources.parsing import InlineParser, ParserPool
from streams.errors import FeedError
from streams.records.flow import Cursor, Item
from streams.store.inbox import StoreInbox
from streams.store.store import Store

NOW = datetime(2024, 4, 22, 12, tzinfo=UTC)
XML = {"Content-Type": "application/rss+xml"}


@dataclass(slots=True)
class CountingParser:
    """The inline parser, with the jobs it was given."""

    jobs: list[Job] = field(default_factory=list)

    async def harvest(self, job: Job) -> Harvest:
        self.jobs.append(job)
        return await InlineParser().harvest(job)


@dataclass(slots=True)
class Desk:
    """One feed, polled as often as a test likes, an interval apart."""

    server: FeedServer
    fetcher: Fetcher
    feed: FeedSpec
    parser: CountingParser = field(default_factory=CountingParser)
    cursor: Cursor | None = None
    now: datetime = NOW

    async def poll(self) -> Polled:
        polled = await poll(self.feed, self.cursor, self.fetcher, self.now, parser=self.parser)
        self.cursor = polled.cursor
        self.now += timedelta(seconds=self.feed.every_s)
        return polled


@pytest.fixture
async def desk(feed_server: FeedServer) -> AsyncIterator[Desk]:
    async with Fetcher() as fetcher:
        yield Desk(feed_server, fetcher, FeedSpec(name="wire", url=feed_server.url("/feed"), every_s=300, allow_private=True))


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[StoreInbox]:
    with Store.open(tmp_path / "store.db") as store:
        yield StoreInbox(store)


def ids(items: tuple[Item, ...]) -> list[str]:
    return [item.article.id for item in items]


# --------------------------------------------------------------------------------------- what costs nothing to look at


async def test_a_304_yields_no_items_and_no_parse(desk: Desk) -> None:
    """1: validators byte for byte, then nothing to do."""
    odd = {**XML, "ETag": 'W/"a\\"b"', "Last-Modified": "sun, 21-apr-24 18:05:09 gmt"}
    desk.server.script("/feed", Answer(rss(Piece()), headers=odd, validators=True))
    first, second = await desk.poll(), await desk.poll()
    assert desk.server.log[1].headers["if-none-match"] == odd["ETag"]
    assert desk.server.log[1].headers["if-modified-since"] == odd["Last-Modified"]
    assert (first.outcome, second.outcome) == ("parsed", "not-modified")
    assert (len(first.items), second.items, len(desk.parser.jobs)) == (1, (), 1)
    assert second.cursor.last_ok == NOW + timedelta(seconds=300)


async def test_a_lying_validator_is_found_out(desk: Desk) -> None:
    """2: the server says 304 for ever, though its feed has changed."""
    changed = False

    def server(request: web.Request) -> Answer:
        if "If-None-Match" in request.headers:
            return Answer(status=304)
        pieces = [Piece(guid="g-2")] if changed else []
        return Answer(rss(*pieces, Piece()), headers={**XML, "ETag": '"same for ever"'})

    desk.server.script("/feed", server)
    await desk.poll()
    changed = True
    seen = [found for _ in range(FULL_EVERY) for found in ids((await desk.poll()).items)]
    assert "wire:g-2" in seen
    assert desk.server.log[-1].headers.get("if-none-match") is None or desk.server.count("/feed") == FULL_EVERY + 1


async def test_the_same_bytes_are_not_parsed_again(desk: Desk) -> None:
    """3: no validators. Once in FULL_EVERY polls it is read all the same, so that the inbox knows what still stands there."""
    desk.server.script("/feed", Answer(rss(Piece()), headers=XML))
    outcomes = [(await desk.poll()).outcome for _ in range(FULL_EVERY + 1)]
    assert outcomes == ["parsed"] + ["same-body"] * (FULL_EVERY - 2) + ["parsed", "same-body"]
    assert len(desk.parser.jobs) == 2


# ---------------------------------------------------------------------------------------------------------- schedule


async def test_retry_after_is_obeyed(desk: Desk) -> None:
    """4: 429 with seconds."""
    desk.feed = replace(desk.feed, every_s=30)
    desk.server.script("/feed", Answer(status=429, headers={"Retry-After": "120"}))
    cursor = (await desk.poll()).cursor
    assert cursor.diagnosis.startswith("http-429: ")
    assert due_in_s(desk.feed, cursor, NOW) >= 120


async def test_a_retry_after_date_is_read_by_the_servers_clock(desk: Desk) -> None:
    """4: the server's clock is five minutes ahead of ours; it asks for ten minutes, not for fifteen or five."""
    theirs = NOW + timedelta(minutes=5)
    headers = {
        "Retry-After": format_datetime(theirs + timedelta(minutes=10), usegmt=True),
        "Date": format_datetime(theirs, usegmt=True),
    }
    desk.feed = replace(desk.feed, every_s=30)
    desk.server.script("/feed", Answer(status=503, headers=headers))
    assert 600 <= due_in_s(desk.feed, (await desk.poll()).cursor, NOW) < 620


async def test_feeds_of_one_host_do_not_come_back_in_one_burst(desk: Desk) -> None:
    """4: ten feeds refused at once with the same Retry-After are asked again at ten different times."""
    desk.server.script("/feed", Answer(status=429, headers={"Retry-After": "120"}))
    feeds = [replace(desk.feed, name=f"wire-{number}") for number in range(10)]
    cursors = [(await poll(feed, None, desk.fetcher, NOW, parser=desk.parser)).cursor for feed in feeds]
    waits = sorted(due_in_s(feed, cursor, NOW) for feed, cursor in zip(feeds, cursors, strict=True))
    assert len({round(wait, 1) for wait in waits}) == 10
    assert waits[-1] - waits[0] > 10


async def test_a_failing_feed_is_asked_less_and_less_but_never_given_up(desk: Desk) -> None:
    """12: backing off to an hour; thirty days of 404 and it comes back."""
    desk.server.script("/feed", *[Answer(status=404)] * 6, Answer(rss(Piece()), headers=XML))
    waits = [due_in_s(desk.feed, (await desk.poll()).cursor, desk.now - timedelta(seconds=300)) // 60 for _ in range(6)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (10, 60)
    desk.now += timedelta(days=30)
    back = await desk.poll()
    assert (len(back.items), back.cursor.failures, back.cursor.diagnosis) == (1, 0, "")
    assert due_in_s(desk.feed, back.cursor, desk.now) <= 330


async def test_a_feed_that_is_gone_is_asked_once_a_day(desk: Desk) -> None:
    """12: 410."""
    desk.server.script("/feed", Answer(status=410))
    cursor = (await desk.poll()).cursor
    assert cursor.diagnosis.startswith("http-410: ")
    assert timedelta(days=1) <= timedelta(seconds=due_in_s(desk.feed, cursor, NOW)) < timedelta(days=1, minutes=1)


async def test_a_new_address_in_the_settings_is_asked_at_once(desk: Desk) -> None:
    """The operator has mended the address of a feed that was gone: it does not wait out the day."""
    desk.server.script("/feed", Answer(status=410))
    await desk.poll()
    mended = replace(desk.feed, url=desk.server.script("/mended", Answer(rss(Piece()), headers=XML)))
    assert due_in_s(mended, desk.cursor, NOW) == 0
    desk.feed = mended
    assert len((await desk.poll()).items) == 1
    assert desk.cursor is not None
    assert desk.cursor.address == mended.url


async def test_a_shorter_interval_in_the_settings_counts_at_once(desk: Desk) -> None:
    desk.feed = replace(desk.feed, every_s=3600)
    desk.server.script("/feed", Answer(rss(Piece()), headers=XML))
    cursor = (await desk.poll()).cursor
    assert due_in_s(desk.feed, cursor, NOW) >= 3600
    assert due_in_s(replace(desk.feed, every_s=60), cursor, NOW) <= 66


# ----------------------------------------------------------------------------------------------------------- moves


def redirect(status: int, target: str) -> Answer:
    return Answer(status=status, headers={"Location": target})


async def test_a_temporary_redirect_never_changes_the_address(desk: Desk) -> None:
    """11: the access log shows the old address asked again."""
    desk.server.script("/feed", redirect(302, "/new"))
    desk.server.script("/new", Answer(rss(Piece()), headers=XML))
    for _ in range(5):
        await desk.poll()
    assert (desk.server.count("/feed"), desk.server.count("/new")) == (5, 5)


async def test_a_permanent_redirect_is_followed_for_good_after_three_good_feeds(desk: Desk) -> None:
    """11: the access log shows the new one asked; its validators are kept across the change."""
    desk.server.script("/feed", redirect(301, "/new"))
    desk.server.script("/new", Answer(rss(Piece()), headers={**XML, "ETag": '"n"'}, validators=True))
    polls = [await desk.poll() for _ in range(5)]
    assert [polled.moved for polled in polls] == ["", "", desk.server.url("/new"), "", ""]
    assert (desk.server.count("/feed"), desk.server.count("/new")) == (3, 5)
    assert [polled.outcome for polled in polls] == ["parsed"] + ["not-modified"] * 4


async def test_a_permanent_redirect_to_a_page_changes_nothing(desk: Desk) -> None:
    """11: a captive portal sends 301 too."""
    desk.server.script("/feed", redirect(301, "/login"))
    desk.server.script(
        "/login", Answer(b"<!doctype html><html><body>Please log in</body></html>", headers={"Content-Type": "text/html"})
    )
    for _ in range(5):
        polled = await desk.poll()
    assert polled.cursor.address == desk.feed.url
    assert polled.cursor.moves == ("", 0)
    assert polled.cursor.diagnosis.startswith("html: ")


async def test_a_dead_new_address_leads_back_to_the_one_in_the_settings(desk: Desk) -> None:
    desk.server.script("/feed", *[redirect(308, "/new")] * 3, Answer(rss(Piece(guid="g-2")), headers=XML))
    desk.server.script("/new", *[Answer(rss(Piece()), headers=XML)] * 3, Answer(status=404))
    for _ in range(3):
        await desk.poll()
    assert desk.cursor is not None
    assert desk.cursor.moves == (desk.feed.url, ADOPTED)
    found = [ids((await desk.poll()).items) for _ in range(4)]
    assert found == [[], [], [], ["wire:g-2"]]


async def test_ids_survive_a_move_to_another_host(desk: Desk) -> None:
    """17: feedparser resolves guids against the address, so that they change with it; items keep their ids here."""
    body = rss(
        Piece(guid="item-1", permalink="true", link=None),
        Piece(guid="/2024/04/22/two", permalink="true", link="/2024/04/22/two"),
        Piece(guid=None, link="/three", title="Three"),
    )
    based = body.replace(b"<rss ", b'<rss xml:base="http://one.example/" ')
    desk.server.script(
        "/feed", Answer(body, headers=XML), Answer(based, headers=XML), redirect(301, desk.server.url("/new", "localhost"))
    )
    desk.server.script("/new", Answer(body + b"<!-- new host -->", headers=XML))
    here, moved_base, there = [await desk.poll() for _ in range(3)]
    assert here.items[1].article.url == desk.server.url("/2024/04/22/two")
    assert there.items[1].article.url == desk.server.url("/2024/04/22/two", "localhost")
    assert ids(here.items) == ["wire:item-1", "wire:/2024/04/22/two", "wire:/three"]
    assert ids(there.items) == ids(moved_base.items) == ids(here.items)


# --------------------------------------------------------------------------------------------------- what is no feed


@pytest.mark.parametrize(
    ("body", "diagnosis"),
    [
        (b"", "empty: the answer has no body"),
        (b" \n\t", "empty: the answer has no body"),
        (b"<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>", "html: the answer is a page, not a feed"),
        (b"<html><body>Log in</body></html>", "html: the answer is a page, not a feed"),
        (b'{"error": "rate limited"}', "not-a-feed: the answer has neither items nor a feed's root element"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not-a-feed: the answer has neither items nor a feed's root element"),
    ],
)
async def test_what_is_no_feed_is_a_failure(desk: Desk, body: bytes, diagnosis: str) -> None:
    """15: with status 200, and for feedparser a sound feed without entries; validators and last good state are kept."""
    desk.server.script("/feed", Answer(rss(Piece()), headers={**XML, "ETag": '"good"'}), Answer(body, headers={"ETag": '"bad"'}))
    good, bad = await desk.poll(), await desk.poll()
    assert (bad.outcome, bad.items, bad.cursor.failures, bad.cursor.diagnosis) == ("failed", (), 1, diagnosis)
    assert (bad.cursor.etag, bad.cursor.body_hash, bad.cursor.last_ok) == ('"good"', good.cursor.body_hash, good.cursor.last_ok)


async def test_a_diagnosis_can_always_be_stored(desk: Desk, inbox: StoreInbox) -> None:
    """A reason phrase is the server's own bytes, of any length and in no charset."""

    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"HTTP/1.1 500 \xff\xfe" + b"x" * 4000 + b"\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(rude, "127.0.0.1", 0) as server:
        desk.feed = replace(desk.feed, url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        polled = await desk.poll()
    assert polled.cursor.diagnosis.startswith("http-500: ")
    assert len(polled.cursor.diagnosis) == 500
    inbox.take(polled.items, polled.cursor)
    assert inbox.cursor("wire") == polled.cursor


async def test_a_feed_without_items_is_a_feed(desk: Desk) -> None:
    desk.server.script("/feed", Answer(rss(), headers=XML))
    polled = await desk.poll()
    assert (polled.outcome, polled.items, polled.cursor.diagnosis) == ("parsed", (), "")


async def test_a_document_that_broke_off_keeps_its_whole_items(desk: Desk) -> None:
    """14: the item it broke off in is left out; counted as a failure; no validator, so all of it comes next time."""
    whole = rss(*(Piece(guid=f"g-{number}", text=f"Report {number}. " * 9) for number in range(5)))
    cut = whole[: whole.index(b"Report 3") + 30]
    desk.server.script(
        "/feed", Answer(cut, headers={**XML, "ETag": '"v"'}), Answer(whole, headers={**XML, "ETag": '"v"'}, validators=True)
    )
    broken, mended = await desk.poll(), await desk.poll()
    assert (ids(broken.items), broken.outcome) == (["wire:g-0", "wire:g-1", "wire:g-2"], "failed")
    assert (broken.cursor.failures, broken.cursor.diagnosis) == (1, "truncated: the document broke off before its end")
    assert (broken.cursor.etag, broken.cursor.body_hash) == ("", "")
    assert due_in_s(desk.feed, broken.cursor, NOW) <= 330
    assert (len(mended.items), mended.cursor.failures, mended.cursor.etag) == (5, 0, '"v"')
    assert "if-none-match" not in desk.server.log[1].headers


async def test_an_answer_that_broke_off_is_one_too(desk: Desk) -> None:
    """14: the connection is cut, though the server announced more."""
    whole = rss(*(Piece(guid=f"g-{number}", text="Report. " * 20) for number in range(10)))
    desk.server.script("/feed", Answer(whole, headers={**XML, "ETag": '"v"'}, cut=True))
    polled = await desk.poll()
    assert 0 < len(polled.items) < 6
    assert polled.cursor.diagnosis.startswith("truncated: the answer broke off")
    assert polled.cursor.etag == ""


async def test_an_ill_formed_document_that_ends_well_is_no_failure(desk: Desk) -> None:
    """Many feeds are ill-formed for years: backing off from them would lose items."""
    body = rss(Piece(title="A"), Piece(guid="g-2")).replace(b"<title>A</title>", b"<title>Fish & chips <br> &nosuch;</title>")
    desk.server.script("/feed", Answer(body, headers={**XML, "ETag": '"v"'}))
    polled = await desk.poll()
    assert (ids(polled.items), polled.outcome, polled.cursor.failures) == (["wire:g-1", "wire:g-2"], "parsed", 0)
    assert polled.items[0].article.title.startswith("Fish & chips")


@pytest.mark.parametrize("charset", ["windows-1256", "utf-8", "utf-16"])
async def test_arabic_survives_its_charset(desk: Desk, charset: str) -> None:
    """16: said by the XML declaration only."""
    title = "قصف صاروخي على قاعدة"
    text = rss(Piece(title=title)).decode().replace('encoding="utf-8"', f'encoding="{charset}"')
    desk.server.script("/feed", Answer(text.encode(charset), headers={"Content-Type": "application/xml"}))
    assert (await desk.poll()).items[0].article.title == title


async def test_a_header_that_says_ascii_is_not_believed(desk: Desk) -> None:
    """16: UTF-8 bytes under us-ascii."""
    desk.server.script(
        "/feed", Answer(rss(Piece(title="Überfall in Zürich")), headers={"Content-Type": "text/xml; charset=us-ascii"})
    )
    polled = await desk.poll()
    assert (polled.items[0].article.title, polled.outcome) == ("Überfall in Zürich", "parsed")


# ---------------------------------------------------------------------------------------------------------- identity


async def test_no_guid_and_new_tracking_parameters_each_time_is_one_article(desk: Desk, inbox: StoreInbox) -> None:
    """17."""
    links = [
        "https://News.example/1?utm_source=rss&id=7",
        "https://news.example/1?id=7&fbclid=x#xtor=RSS-1",
        "http://news.example/1?id=7",
    ]
    desk.server.script("/feed", *(Answer(rss(Piece(guid=None, link=link)), headers=XML) for link in links))
    taken = [inbox.take((polled := await desk.poll()).items, polled.cursor) for _ in links]
    assert [len(articles) for articles in taken] == [1, 0, 0]
    assert (taken[0][0].id, taken[0][0].url) == ("wire:news.example/1?id=7", "https://news.example/1?id=7")


async def test_the_same_guid_on_every_item_gives_all_items_once(desk: Desk, inbox: StoreInbox) -> None:
    """17: split by link, then by words; a new item on top moves none of the others."""
    old = [Piece(guid="same", title=f"Item {number}", link=f"https://news.example/{number}") for number in range(3)]
    old += [Piece(guid="same", title=f"Unlinked {number}", link=None) for number in range(3)]
    newer = [
        Piece(guid="same", title="Newer", link="https://news.example/new"),
        Piece(guid="same", title="Newer, unlinked", link=None),
        *old,
    ]
    desk.server.script("/feed", Answer(rss(*old), headers=XML), Answer(rss(*newer), headers=XML))
    taken = [inbox.take((polled := await desk.poll()).items, polled.cursor) for _ in range(2)]
    assert [len(articles) for articles in taken] == [6, 2]
    assert [article.title for article in taken[1]] == ["Newer", "Newer, unlinked"]


async def test_an_item_listed_twice_is_one_item(desk: Desk) -> None:
    desk.server.script("/feed", Answer(rss(Piece(), Piece()), headers=XML))
    assert len((await desk.poll()).items) == 1


async def test_neither_guid_nor_link_is_known_by_its_words(desk: Desk) -> None:
    pieces = [Piece(guid=None, link=None, title=title) for title in ("One", "Two")]
    desk.server.script(
        "/feed", Answer(rss(*pieces), headers=XML), Answer(rss(Piece(guid=None, link=None, title="Zero"), *pieces), headers=XML)
    )
    first, second = await desk.poll(), await desk.poll()
    assert len(set(ids(first.items))) == 2
    assert ids(second.items)[1:] == ids(first.items)


async def test_a_hostile_guid_makes_a_harmless_id(desk: Desk) -> None:
    desk.server.script("/feed", Answer(rss(Piece(guid="x" * 100_000), Piece(guid="a\tb")), headers=XML))
    found = ids((await desk.poll()).items)
    assert all(len(name) < 100 and name.isprintable() for name in found)
    assert len(set(found)) == 2


# ----------------------------------------------------------------------------------------------------------- updates


async def test_a_changed_item_is_a_revision_and_a_cosmetic_change_is_nothing(desk: Desk, inbox: StoreInbox) -> None:
    """18: corrected figures; white space and markup; dates rebuilt on all items."""
    base = Piece(title="Blast in Harran, 3 killed", text="<p>Three people were killed.</p>", date=NOW - timedelta(hours=2))
    versions = [
        base,
        replace(base, title="Blast in Harran, 5 killed"),
        replace(base, title=" Blast in  Harran, 5 killed ", text="<div>Three people  were <b>killed</b>.</div>"),
        replace(base, title="Blast in Harran, 5 killed", date=NOW),
    ]
    desk.server.script("/feed", *(Answer(rss(version), headers=XML) for version in versions))
    taken = [inbox.take((polled := await desk.poll()).items, polled.cursor) for _ in versions]
    assert [[(article.id, article.revision) for article in articles] for articles in taken] == [
        [("wire:g-1", 1)],
        [("wire:g-1", 2)],
        [],
        [],
    ]
    assert len(desk.parser.jobs) == 4


# ------------------------------------------------------------------------------------------------------------- dates


async def test_how_a_date_came_about_is_told(desk: Desk) -> None:
    """19: a date in 2034 moves nothing; none, forgotten and unreadable ones are the time of taking."""
    dates = {
        "stated": "Mon, 22 Apr 2024 10:00:00 +0200",
        "guessed": "Mon, 22 Apr 2024 10:00:00",
        "future": "Tue, 22 Apr 2034 10:00:00 GMT",
        "none": None,
        "forgotten": "Thu, 01 Jan 1970 00:00:00 GMT",
        "unreadable": "yesterday",
        "nearly": format_datetime(NOW + timedelta(minutes=5)),
    }
    desk.server.script("/feed", Answer(rss(*(Piece(guid=name, date=date) for name, date in dates.items())), headers=XML))
    polled = await desk.poll()
    found = {item.article.id: (item.article.date_quality, item.article.published) for item in polled.items}
    assert found == {
        "wire:stated": ("stated", NOW.replace(hour=8)),
        "wire:guessed": ("guessed", NOW.replace(hour=10)),
        "wire:future": ("future", NOW),
        "wire:none": ("missing", NOW),
        "wire:forgotten": ("missing", NOW),
        "wire:unreadable": ("missing", NOW),
        "wire:nearly": ("stated", NOW),
    }
    assert all(item.article.taken_at == NOW for item in polled.items)


async def test_a_server_whose_clock_is_ahead_has_no_items_from_the_future(desk: Desk) -> None:
    """20: two hours ahead, told as skew; an item is never published after it was taken."""
    theirs = NOW + timedelta(hours=2)
    desk.server.script("/feed", Answer(rss(Piece(date=theirs)), headers={**XML, "Date": format_datetime(theirs, usegmt=True)}))
    polled = await desk.poll()
    assert (polled.items[0].article.date_quality, polled.items[0].article.published) == ("stated", NOW)
    assert polled.skew_s == 7200


async def test_the_first_poll_of_a_feed_brings_history(desk: Desk) -> None:
    """21: what is older than a day, or undated, stood there before; at the next poll the same would be news."""
    pieces = [Piece(guid=f"old-{number}", date=NOW - timedelta(days=2, hours=number)) for number in range(50)]
    pieces += [
        Piece(guid="young", date=NOW - timedelta(hours=23)),
        Piece(guid="undated"),
        Piece(guid="future", date=NOW + timedelta(days=9)),
    ]
    late = [Piece(guid="late", date=NOW - timedelta(days=3)), Piece(guid="late-undated")]
    desk.server.script("/feed", Answer(status=404), Answer(rss(*pieces), headers=XML), Answer(rss(*late, *pieces), headers=XML))
    failed, first, second = [await desk.poll() for _ in range(3)]
    assert failed.items == ()
    assert [item.article.id for item in first.items if not item.article.backfill] == ["wire:young"]
    assert not any(item.article.backfill for item in second.items)


async def test_the_article_is_plain_text_with_its_language(desk: Desk) -> None:
    """26: scripts gone, paragraphs kept; title folded; full content preferred to the summary."""
    body = rss(
        Piece(title="<b>Rockets</b>\n hit  Harran", text="<p>Short.</p>"),
        head="<language>fa-IR</language>",
        attributes=' xmlns:content="http://purl.org/rss/1.0/modules/content/"',
    ).replace(b"</item>", b"<content:encoded><![CDATA[<p>One.</p><script>x()</script><p>Two.</p>]]></content:encoded></item>")
    desk.server.script("/feed", Answer(body, headers=XML))
    article = (await desk.poll()).items[0].article
    assert (article.title, article.text, article.summary, article.language) == (
        "Rockets hit Harran",
        "One.\n\nTwo.",
        "Short.",
        "fa",
    )


# ------------------------------------------------------------------------------------------------------------- bombs


def laughs() -> bytes:
    levels = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{levels}]>'.encode() + rss(Piece(title="LAUGH")).partition(b"?>")[
        2
    ].replace(b"LAUGH", b"&l9;")


def quadratic() -> bytes:
    head = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>'.encode()
    return head + rss(Piece(title="BLOW")).partition(b"?>")[2].replace(b"BLOW", b"&a;" * 50_000)


def deep() -> bytes:
    return rss(Piece(title="DEEP")).replace(b"DEEP", b"<a>" * 20_000 + b"</a>" * 20_000)


def external() -> bytes:
    head = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    return head + rss(Piece(title="XXE")).partition(b"?>")[2].replace(b"XXE", b"[&x;]")


@pytest.mark.slow
async def test_bombs_are_bounded_and_others_stay_on_time(desk: Desk) -> None:
    """13: each in under five seconds, in the parser process, which goes on living; the event loop never waits for it."""
    async with ParserPool(processes=2) as pool:
        await pool.harvest(Job(feed="warm", body=rss(Piece()), headers={}, now=NOW))
        for bomb in (laughs(), quadratic(), deep(), external()):
            begun = time.monotonic()
            job = asyncio.create_task(pool.harvest(Job(feed="bomb", body=bomb, headers={}, now=NOW)))
            other = await pool.harvest(Job(feed="other", body=rss(Piece()), headers={}, now=NOW))
            assert time.monotonic() - begun < 1
            result = await asyncio.gather(job, return_exceptions=True)
            assert time.monotonic() - begun < 5
            assert len(other.items) == 1
            if isinstance(result[0], Harvest):
                assert all(len(item.article.title) <= len(bomb) for item in result[0].items)
            else:
                assert isinstance(result[0], FeedError)
        assert len((await pool.harvest(Job(feed="after", body=rss(Piece()), headers={}, now=NOW))).items) == 1


async def test_nothing_outside_the_document_is_read(tmp_path: Path) -> None:
    """13: an external entity is not fetched, and a document that looks like a path is not opened."""
    secret = tmp_path / "feed.xml"
    secret.write_bytes(rss(Piece(title="secret")))
    body = external().replace(b"/etc/hostname", str(secret).encode())
    harvest = await InlineParser().harvest(Job(feed="wire", body=body, headers={}, now=NOW))
    assert all("secret" not in item.article.title for item in harvest.items)
    with pytest.raises(FeedError):
        await InlineParser().harvest(Job(feed="wire", body=str(secret).encode(), headers={}, now=NOW))


@pytest.mark.slow
async def test_a_body_that_takes_too_long_costs_its_process_only() -> None:
    """13: the process is killed at the limit and replaced."""
    many = rss(*(Piece(guid=f"g-{number}", text="<p>word</p>" * 50) for number in range(3000)))
    async with ParserPool(limit_s=0.4) as pool:
        with pytest.raises(FeedError) as caught:
            await pool.harvest(Job(feed="slow", body=many, headers={}, now=NOW))
        assert caught.value.diagnosis == "timed-out"
        assert len((await pool.harvest(Job(feed="after", body=rss(Piece()), headers={}, now=NOW))).items) == 1


@pytest.mark.slow
async def test_a_body_that_takes_too_much_memory_is_refused() -> None:
    """13: the limit is the process's own; the next body is read."""
    many = rss(*(Piece(guid=f"g-{number}", text="word " * 2000) for number in range(3000)))
    async with ParserPool(memory_bytes=120 * 2**20) as pool:
        with pytest.raises(FeedError) as caught:
            await pool.harvest(Job(feed="big", body=many, headers={}, now=NOW))
        assert caught.value.diagnosis in {"too-large", "malformed"}
        assert len((await pool.harvest(Job(feed="after", body=rss(Piece()), headers={}, now=NOW))).items) == 1


async def test_a_poll_given_up_leaves_the_pool_usable() -> None:
    many = rss(*(Piece(guid=f"g-{number}", text="<p>word</p>" * 50) for number in range(2000)))
    async with ParserPool() as pool:
        given_up = asyncio.create_task(pool.harvest(Job(feed="slow", body=many, headers={}, now=NOW)))
        await asyncio.sleep(0.05)
        given_up.cancel()
        assert isinstance((await asyncio.gather(given_up, return_exceptions=True))[0], asyncio.CancelledError)
        assert len((await pool.harvest(Job(feed="after", body=rss(Piece()), headers={}, now=NOW))).items) == 1


# ------------------------------------------------------------------------------------------------------- other forms

JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Wire",
    "home_page_url": "https://news.example/",
    "language": "en-GB",
    "items": [
        {
            "id": "j-1",
            "url": "/1",
            "title": "One",
            "content_html": "<p>A</p><p>B</p>",
            "date_published": "2024-04-22T10:00:00+02:00",
        },
        {"id": 2, "external_url": "https://other.example/2", "content_text": "Plain.", "language": "ar", "summary": "P"},
        "no item",
    ],
}


async def test_a_json_feed_is_a_feed(desk: Desk) -> None:
    """28: 1.1, with a numeric id as 1.0 allowed."""
    desk.server.script("/feed", Answer(orjson.dumps(JSON_FEED), headers={"Content-Type": "application/feed+json"}))
    first, second = [item.article for item in (await desk.poll()).items]
    assert (first.id, first.url, first.title, first.text) == ("wire:j-1", "https://news.example/1", "One", "A\n\nB")
    assert (first.language, first.published, first.date_quality) == ("en", NOW.replace(hour=8), "stated")
    assert (second.id, second.url, second.text, second.summary, second.language) == (
        "wire:2",
        "https://other.example/2",
        "Plain.",
        "P",
        "ar",
    )


async def test_a_json_feed_that_broke_off_is_a_failure(desk: Desk) -> None:
    desk.server.script(
        "/feed", Answer(orjson.dumps(JSON_FEED)[:-20]), Answer(b'{"version": "https:\\/\\/jsonfeed.org\\/version\\/1"}')
    )
    assert (await desk.poll()).cursor.diagnosis.startswith("malformed: a JSON Feed that is no JSON: ")
    assert (await desk.poll()).cursor.diagnosis == 'malformed: a JSON Feed without a list of "items"'


PAGE = """<url><loc>https://news.example/{0}</loc><news:news>
<news:publication><news:name>Wire</news:name><news:language>fa</news:language></news:publication>
<news:publication_date>2024-04-22T10:00:00Z</news:publication_date><news:title>Story {0}</news:title></news:news></url>"""
SITEMAP = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="{}">'.format(
    "http://www.google.com/schemas/sitemap-news/0.9"
)


async def test_a_news_sitemap_is_a_feed_of_titles(desk: Desk) -> None:
    """28: a thousand addresses, the most that one may have; one that broke off keeps its whole items."""
    whole = (SITEMAP + "".join(PAGE.format(number) for number in range(1000)) + "</urlset>").encode()
    cut = (SITEMAP + "".join(PAGE.format(number) for number in range(3))).encode()[:-30]
    desk.server.script(
        "/feed", Answer(whole, headers=XML), Answer(cut, headers=XML), Answer(b"<urlset><url><loc>x</loc></url></urlset>")
    )
    full, broken, no_news = [await desk.poll() for _ in range(3)]
    assert len(full.items) == 1000
    article = full.items[7].article
    assert (article.id, article.title, article.text, article.language) == ("wire:news.example/7", "Story 7", "", "fa")
    assert article.published == NOW.replace(hour=10)
    assert ids(broken.items) == ["wire:news.example/0", "wire:news.example/1"]
    assert broken.cursor.diagnosis == "truncated: the sitemap broke off before its end"
    assert no_news.cursor.diagnosis == "not-a-feed: a sitemap without news titles"
