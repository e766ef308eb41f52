"""What a scrape and the doctor are told of a store, on both kinds of database."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from peers import desk
from peers.remembered import cursor, day, item
from sqlalchemy import text

from streams.records.flow import Disposition
from streams.records.message import Message, Step
from streams.records.orders import Ack, Timer
from streams.store import checkup
from streams.store.inbox import StoreInbox
from streams.store.orders import StoreOrders
from streams.store.outbox import StoreOutbox
from streams.store.store import Store
from streams.store.vitals import Queue, vitals


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    with Store.open(address) as opened:
        yield opened


def test_an_empty_store_has_nothing_waiting(store: Store) -> None:
    found = vitals(store)
    assert (found.waiting, found.oldest_taken, found.quarantined, found.entries, found.decided_at) == (0, None, 0, 0, None)
    assert (found.orders, found.timer, found.queues, found.feeds, found.holders) == (0, None, (), (), ())
    assert (checkup.damage(store), checkup.oldest_waiting(store), checkup.newest_taken(store)) == ((), "", None)
    assert checkup.oldest_text(store) is None


def test_what_waits_is_counted_with_the_age_of_its_oldest(store: Store) -> None:
    """Three taken on different days: one is decided, one set aside, one waits."""
    inbox = StoreInbox(store)
    for name, taken in (("a", 1.0), ("b", 2.0), ("c", 3.0)):
        inbox.take([item(name, taken=taken)], cursor())
    inbox.quarantine("b", 1, "it died")
    with store.lock(day(4)) as lock, store.matching(lock) as memory:
        memory.append("tick", day(4), b"{}")
        memory.dispose([Disposition(article="a", revision=1, event="", rule="", outcome="unmatched")])
        memory.put_timer(Timer(due=day(5), kind="hold", key="k"))
    StoreOrders(store).give("ack", Ack(incident="I1-1"), who="mia", at=day(2.5))
    found = vitals(store)
    assert (found.waiting, found.unpublished, found.oldest_taken, found.quarantined) == (1, 1, day(3), 1)
    assert (found.orders, found.oldest_order, found.timer) == (1, day(2.5), day(5))
    assert (found.entries, found.decided_at) == (1, day(4))
    assert [one.feed for one in found.feeds] == ["wire"]
    assert [(one.name, one.fence, one.at) for one in found.holders] == [("matcher", 1, day(4))]
    assert (checkup.oldest_waiting(store), checkup.newest_taken(store), checkup.oldest_text(store)) == ("c", day(3), day(1))


def test_each_channel_shows_what_waits_and_what_was_refused_with_the_last_error(store: Store) -> None:
    one, two = desk.delivery(), desk.delivery(incident="I2-1")
    with store.lock(day(0)) as lock, store.matching(lock) as memory:
        memory.append("tick", day(1), b"{}")
        memory.enqueue(one)
        memory.enqueue(two)
    outbox = StoreOutbox(store)
    outbox.put_step(Step(delivery=one.id, name="post", state="refused", attempts=1, error="invalid_auth"))
    outbox.finish(one.id, Message(summary="x", blocks=(), reply=""), day(1) + timedelta(minutes=1))
    outbox.put_step(Step(delivery=two.id, name="post", attempts=7, error="no connection"))
    assert vitals(store).queues == (Queue(channel="slack:gsoc", waiting=1, oldest=day(1), refused=1),)
    waits, refused = (checkup.troubled(store, "slack:gsoc", refused=which)[0] for which in (False, True))
    assert (waits.delivery, waits.error, waits.attempts) == (two.id, "no connection", 7)
    assert (refused.delivery, refused.error, refused.attempts) == (one.id, "invalid_auth", 1)


def test_a_scrape_reads_no_table_from_end_to_end_that_grows_with_the_years(tmp_path: Path) -> None:
    """Each count goes by a partial index: the same in a store of a year and in one of a day. SQLite says how it would look."""
    queries = (
        "SELECT count(*), min(taken_at) FROM inbox WHERE state = 'waiting'",
        "SELECT count(*) FROM inbox WHERE state = 'quarantined'",
        "SELECT channel, count(*) FROM outbox WHERE state = 'refused' GROUP BY channel",
        "SELECT channel, count(*), min(queued_at) FROM outbox WHERE state = 'waiting' GROUP BY channel",
        "SELECT count(*), min(given_at) FROM orders WHERE entry IS NULL AND refused IS NULL",
    )
    with Store.open(tmp_path / "desk.db") as store, store.reading() as connection:
        plans = [" ".join(row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}"))) for query in queries]
    assert [plan for plan in plans if "INDEX" not in plan] == []
