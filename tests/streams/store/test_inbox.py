"""The inbox: what enters, how revisions are numbered, and that items and cursor stand or fall together."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from peers.refusals import refusing
from peers.remembered import article, cursor, day, item

from streams.errors import EnvironmentFault
from streams.ports import Inbox
from streams.records.flow import Disposition, Item, Reading
from streams.store import ledger
from streams.store.inbox import StoreInbox
from streams.store.store import Store


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    with Store.open(address) as opened:
        yield opened


@pytest.fixture
def inbox(store: Store) -> StoreInbox:
    return StoreInbox(store)


def decide(store: Store, name: str, revision: int = 1, outcome: str = "matched") -> None:
    with store.lock(day(0)) as lock, store.matching(lock) as memory:
        memory.append("reading", day(1), b"{}")
        memory.put_reading(Reading(article=article(name, revision), extractor="x"))
        memory.dispose([Disposition(article=name, revision=revision, event="", rule="", outcome=outcome)])


def test_it_fills_the_port(inbox: StoreInbox) -> None:
    port: Inbox = inbox
    assert port.cursor("wire") is None


def test_new_items_enter_in_order_and_wait(inbox: StoreInbox) -> None:
    taken = inbox.take([item("b"), item("a")], cursor())
    assert taken == (article("b"), article("a"))
    assert inbox.pending() == taken
    assert inbox.pending(1) == taken[:1]


def test_the_cursor_is_kept_as_it_is(inbox: StoreInbox) -> None:
    left = replace(cursor(polls=7), etag='W/"ü"', first_polled=day(1), moves=("https://x.test", 2))
    inbox.take([], left)
    inbox.take([], cursor("other"))
    assert inbox.cursor("wire") == left
    assert inbox.cursors() == (cursor("other"), left)


def test_cosmetic_changes_are_left_out(inbox: StoreInbox) -> None:
    inbox.take([item()], cursor())
    assert inbox.take([item()], cursor(polls=2)) == ()
    assert len(inbox.pending()) == 1


def test_a_material_change_is_the_next_revision_and_so_is_a_change_back(inbox: StoreInbox) -> None:
    revisions = [article.revision for print_ in "1223113" for article in inbox.take([item(fingerprint=print_)], cursor())]
    assert revisions == [1, 2, 3, 4, 5]


def test_a_feed_that_uses_one_guid_twice_does_not_take_both_at_every_poll(inbox: StoreInbox) -> None:
    """Each of the two differs from the newest revision, which is the other one: an endless stream of revisions."""
    poll = [item(fingerprint="1"), item(fingerprint="2")]
    assert [taken.revision for taken in inbox.take(poll, cursor())] == [1, 2]
    assert inbox.take(poll, cursor()) == ()
    assert [taken.revision for taken in inbox.take([*poll, item(fingerprint="3")], cursor())] == [3]


def test_a_poll_of_more_items_than_one_query_takes(inbox: StoreInbox) -> None:
    poll = [item(f"a{number}") for number in range(1200)]
    assert len(inbox.take(poll, cursor())) == 1200
    assert inbox.take(poll, cursor()) == ()


def test_items_and_cursor_are_written_together_or_not_at_all(inbox: StoreInbox, store: Store) -> None:
    """The cursor without the items would lose them for good: the feed would answer "not modified"."""
    with refusing(store, "feeds"), pytest.raises(Exception, match="refused"):
        inbox.take([item()], cursor())
    assert inbox.pending() == ()
    with refusing(store, "inbox"), pytest.raises(Exception, match="refused"):
        inbox.take([item()], cursor())
    assert inbox.cursor("wire") is None


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_a_poll_that_cannot_be_written_says_so(inbox: StoreInbox, store: Store) -> None:
    """Pollers stop only here, and loudly."""
    assert store.path is not None
    with sqlite3.connect(store.path) as other:
        pages = other.execute("PRAGMA page_count").fetchone()[0]
    with store.writing() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")  # the disk is as good as full
    with pytest.raises(
        EnvironmentFault, match=r"tocsin\.db: the disk is full; nothing of this transaction was written; free space"
    ):
        inbox.take([item(f"a{number}") for number in range(200)], cursor())
    assert inbox.cursor("wire") is None
    assert inbox.pending() == ()
    with store.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 4294967294")
    assert len(inbox.take([item(f"a{number}") for number in range(200)], cursor())) == 200


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_poll_that_the_server_cannot_write_says_so(inbox: StoreInbox, store: Store) -> None:
    """The server's disk is full: its own code for it, raised where a row is written."""
    with (
        refusing(store, "inbox", code="53100"),
        pytest.raises(EnvironmentFault, match=r"the disk is full; nothing of this transaction was written; free space \(refused\)"),
    ):
        inbox.take([item()], cursor())
    assert inbox.cursor("wire") is None
    assert len(inbox.take([item()], cursor())) == 1


def test_a_nul_does_not_stop_a_feed(inbox: StoreInbox) -> None:
    """JSON can carry one, PostgreSQL cannot."""
    taken = inbox.take(
        [Item(article=replace(article("a\0"), title="Rock\0ets", url="https://x.test/\0"), fingerprint="1")], cursor()
    )
    assert [(each.id, each.title, each.url) for each in taken] == [("a?", "Rock?ets", "https://x.test/?")]
    assert inbox.pending() == taken
    assert inbox.quarantine("a?", 1, "deciding failed: \0")


def test_a_link_of_any_length_can_be_taken(inbox: StoreInbox) -> None:
    """A tree of PostgreSQL takes 2,704 bytes; a feed with one longer link would stop for good."""
    link = "https://x.test/?" + "".join(f"{number * 2654435761 % 2**32:x}" for number in range(2000))
    assert len(inbox.take([Item(article=article(url=link), fingerprint="1")], cursor())) == 1


def test_half_a_character_does_not_stop_a_feed(inbox: StoreInbox) -> None:
    """A JSON feed may cut a title inside an emoji; such a text cannot be written as UTF-8."""
    cut = Item(article=replace(article("b\ud83d"), title="Rockets \ud83d"), fingerprint="1")
    taken = inbox.take([item("a"), cut], cursor())
    assert [(each.id, each.title) for each in taken] == [("a", "A"), ("b?", "Rockets ?")]
    assert inbox.pending() == taken
    assert inbox.take([item("a"), cut], cursor()) == ()


def test_what_kafka_lost_is_published_again(inbox: StoreInbox, store: Store) -> None:
    taken = inbox.take([item("a"), item("b"), item("c")], cursor())
    hour = timedelta(hours=1)
    assert inbox.unpublished(day(1), hour, limit=2) == taken[:2]
    inbox.note_published(taken[:2], day(1))
    assert inbox.unpublished(day(1), hour) == taken[2:]
    decide(store, "a")
    assert inbox.unpublished(day(1) + hour, hour) == taken[1:]


def test_pollers_that_write_at_once_wait_for_each_other(inbox: StoreInbox) -> None:
    """A transaction that begins by reading and writes later fails at once when another wrote in between."""
    with ThreadPoolExecutor(4) as pollers:
        polls = [pollers.submit(inbox.take, [item(fingerprint=str(number)), item(f"{number}")], cursor()) for number in range(40)]
        taken = [article for poll in polls for article in poll.result()]
    assert sorted(article.revision for article in taken if article.id == "a") == list(range(1, 41))
    assert len(inbox.pending()) == 80


def test_what_is_decided_no_longer_waits(inbox: StoreInbox, store: Store) -> None:
    inbox.take([item("a"), item("b"), item("c"), item("d")], cursor())
    for name, outcome in (("a", "matched"), ("b", "unmatched: no event"), ("c", "unread: language:ar")):
        decide(store, name, outcome=outcome)
    assert inbox.pending() == (article("d"),)
    expected = {"waiting": 1, "matched": 1, "unmatched": 1, "unread": 1, "backfill": 0, "superseded": 0, "quarantined": 0}
    assert inbox.counts() == expected


def test_an_older_revision_still_waiting_is_closed_with_the_newer_one(inbox: StoreInbox, store: Store) -> None:
    """Kafka may bring revision 2 first; the matcher then never looks at revision 1, and it must not stay in flight."""
    inbox.take([item(fingerprint="1")], cursor())
    inbox.take([item(fingerprint="2")], cursor())
    decide(store, "a", revision=2)
    assert inbox.pending() == ()
    assert inbox.counts()["superseded"] == 1
    assert ledger.balance(store).holds


def test_the_third_death_quarantines(inbox: StoreInbox, store: Store) -> None:
    inbox.take([item("a"), item("b")], cursor())
    assert inbox.deaths("a", 1) == 0
    assert [inbox.note_death("a", 1) for _ in range(3)] == [1, 2, 3]
    assert [inbox.deaths("a", 1), inbox.deaths("b", 1), inbox.deaths("c", 1)] == [3, 0, 0]
    assert inbox.quarantine("a", 1, "three workers died on it")
    assert not inbox.quarantine("a", 1, "again")
    assert inbox.pending() == (article("b"),)
    assert inbox.quarantined() == (article("a"),)
    found = ledger.balance(store)
    assert (found.taken, found.in_flight, found.quarantined) == (2, 1, 1)
    assert found.holds


def test_what_was_set_aside_can_be_tried_again(inbox: StoreInbox, store: Store) -> None:
    inbox.take([item()], cursor())
    inbox.note_death("a", 1)
    inbox.quarantine("a", 1, "poison")
    assert inbox.retry("a", 1)
    assert not inbox.retry("a", 1)
    assert inbox.pending() == (article(),)
    assert inbox.note_death("a", 1) == 1
    decide(store, "a")
    assert ledger.balance(store).holds


def test_a_revision_the_matcher_has_passed_is_not_tried_again(inbox: StoreInbox, store: Store) -> None:
    """It would wait for ever: the matcher leaves out what is not newer than it knows."""
    inbox.take([item(fingerprint="1")], cursor())
    inbox.quarantine("a", 1, "poison")
    inbox.take([item(fingerprint="2")], cursor())
    decide(store, "a", revision=2)
    assert not inbox.retry("a", 1)


def test_a_death_that_was_decided_counts_as_quarantined(inbox: StoreInbox, store: Store) -> None:
    inbox.take([item()], cursor())
    decide(store, "a", outcome="unread: died")
    assert inbox.counts()["quarantined"] == 1
    assert ledger.balance(store).quarantined == 1
