"""Retention: texts go first, facts later, and what is unfinished never."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from peers.remembered import MESSAGE, article, cursor, day, days, delivery, event, incident, item, point, told

from streams.records.flow import Disposition, Reading
from streams.records.orders import Ack
from streams.store import journal, ledger
from streams.store.inbox import StoreInbox
from streams.store.life import life
from streams.store.lock import Lock
from streams.store.orders import StoreOrders
from streams.store.outbox import StoreOutbox
from streams.store.retention import Pruned
from streams.store.store import Store

ARTICLES, EVENTS = timedelta(days=30), timedelta(days=400)


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    with Store.open(address) as opened:
        yield opened


@pytest.fixture
def lock(store: Store) -> Iterator[Lock]:
    with store.lock(day(0)) as held:
        yield held


def decide(store: Store, lock: Lock, name: str, *, time: float | None = 0, taken: float = 0) -> None:
    """Takes and decides an article; its incident, if any, happened on that day."""
    StoreInbox(store).take([item(name, taken=taken)], cursor())
    of = event(name, time=None if time is None else days(time, time + 1))
    with store.matching(lock) as memory:
        memory.append("reading", day(taken), b"{}")
        memory.put_reading(Reading(article=article(name, taken=taken), extractor="x", events=(of,)))
        if time is not None:
            memory.put_incident(incident(f"I-{name}", of.time, [of.id], published=taken))
            memory.put_point("resume", point(f"I-{name}", time, time + 1))
            memory.put_told(told("strike", f"I-{name}", f"I-{name}"))
            memory.enqueue(delivery(f"I-{name}"))
        memory.dispose([Disposition(article=name, revision=1, event="", rule="", outcome="matched")])


def test_the_text_goes_and_the_rest_of_the_article_stays(store: Store, lock: Lock) -> None:
    """Alerts on old incidents still quote and link it; the seen-check still knows it."""
    decide(store, lock, "a", taken=0)
    decide(store, lock, "b", taken=5)
    assert store.prune(day(31), ARTICLES, EVENTS) == Pruned(texts=2, incidents=0, events=0, revisions=0)
    with store.matching(lock) as memory:
        slim, whole = memory.article("a"), memory.article("b")
        assert memory.revision("a") == 1
        assert memory.events_of("a") != ()
    assert slim is not None
    assert (slim.text, slim.summary, slim.title, slim.url) == ("", "", "A", "https://news.test/a")
    assert whole == article("b", taken=5)
    assert [life(store, name)[0].taken[0].text for name in "ab"] == [None, article("b", taken=5)]
    assert store.prune(day(31), ARTICLES, EVENTS) == Pruned(texts=0, incidents=0, events=0, revisions=0)


def test_what_waits_is_never_forgotten(store: Store, lock: Lock) -> None:
    StoreInbox(store).take([item("waits")], cursor())
    decide(store, lock, "unsent")
    store.prune(day(5000), ARTICLES, EVENTS)
    assert StoreInbox(store).pending() == (article("waits"),)
    assert StoreOutbox(store).waiting("console") == (delivery("I-unsent"),)
    with store.matching(lock) as memory:
        assert memory.incident("I-unsent") is not None
        assert memory.told_on("I-unsent") != ()


def test_old_incidents_go_with_all_that_hangs_on_them(store: Store, lock: Lock) -> None:
    decide(store, lock, "old")
    decide(store, lock, "young", time=300, taken=300)
    decide(store, lock, "loose", time=None)
    for name in ("old", "young"):
        StoreOutbox(store).finish(delivery(f"I-{name}").id, MESSAGE, day(1))
    assert store.prune(day(450), ARTICLES, EVENTS) == Pruned(texts=6, incidents=1, events=1, revisions=2)
    with store.matching(lock) as memory:
        assert memory.incident("I-old") is None
        assert memory.incident("I-young") is not None
        assert [one.incident for one in memory.points("resume", day(0), day(900))] == ["I-young"]
        assert [row.anchor for row in memory.told_by("strike")] == ["I-young"]
        assert [memory.revision(name) for name in ("old", "young", "loose")] == [None, 1, None]
        assert memory.deliveries("I-old", "console") == 0
    assert StoreOutbox(store).sent("I-old") == ()
    assert len(StoreOutbox(store).sent("I-young")) == 1
    assert ledger.balance(store).holds
    if store.path is not None:  # PostgreSQL checks references by itself
        with store.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_an_incident_lives_with_all_its_events_while_articles_still_speak_of_it(store: Store, lock: Lock) -> None:
    decide(store, lock, "a", time=0, taken=300)
    StoreOutbox(store).finish(delivery("I-a").id, MESSAGE, day(301))
    store.prune(day(450), ARTICLES, EVENTS)
    with store.matching(lock) as memory:
        assert memory.incident("I-a") is not None
        assert len(memory.events_of("a")) == 1


def test_orders_go_when_they_are_closed_and_digests_when_they_are_sent(store: Store, lock: Lock) -> None:
    """What the desk noted of an incident goes with it."""
    orders, outbox = StoreOrders(store), StoreOutbox(store)
    taken, refused, waiting = (orders.give("ack", Ack(incident="I-a"), who="mia", at=day(0)) for _ in range(3))
    decide(store, lock, "a", taken=0)
    with store.matching(lock) as memory:
        memory.close_order(taken, 1)
        memory.put_note("ack", "I-a", Ack(incident="I-a"))
        memory.put_note("mute", "M1", Ack(incident="I-a"))
        memory.enqueue(delivery("D1"))
        memory.enqueue(delivery("D2"))
    orders.refuse(refused, "no")
    for name in ("I-a/console/1", "D1/console/1"):
        outbox.finish(name, MESSAGE, day(1))
    pruned = store.prune(day(500), ARTICLES, EVENTS)
    assert (pruned.orders, pruned.deliveries, pruned.incidents) == (2, 1, 1)
    assert [order.number for order in orders.waiting()] == [waiting]
    assert [one.id for one in outbox.waiting("console")] == ["D2/console/1"]
    with store.matching(lock) as memory:
        assert memory.notes("ack", Ack) == ()
        assert len(memory.notes("mute", Ack)) == 1
    assert orders.give("ack", Ack(incident="I-a"), who="mia", at=day(500)) > waiting


def test_the_journal_is_never_shortened(store: Store, lock: Lock) -> None:
    decide(store, lock, "old")
    store.prune(day(5000), ARTICLES, EVENTS)
    assert len(list(journal.read(store))) == 1


def test_an_item_a_feed_still_shows_is_not_taken_as_new(store: Store, lock: Lock) -> None:
    """A page that never drops its items would otherwise alert again after 400 days, undated items on every one."""
    decide(store, lock, "shown", time=None)
    decide(store, lock, "gone", time=None)
    inbox = StoreInbox(store)
    assert inbox.take([item("shown", taken=390)], cursor()) == ()
    store.prune(day(450), ARTICLES, EVENTS)
    assert inbox.take([item("shown", taken=450)], cursor()) == ()
    assert [taken.revision for taken in inbox.take([item("gone", taken=450)], cursor())] == [1]


def test_a_revision_never_gets_a_number_the_matcher_has_seen(store: Store, lock: Lock) -> None:
    """Its inbox row may be forgotten while its incident lives on; as revision 1 again it would be left out as seen."""
    decide(store, lock, "a", time=1000)
    store.prune(day(450), ARTICLES, EVENTS)
    assert life(store, "a") == ()
    assert [taken.revision for taken in StoreInbox(store).take([item("a", "2", taken=450)], cursor())] == [2]


def test_an_article_is_known_as_long_as_one_of_its_revisions(store: Store, lock: Lock) -> None:
    inbox = StoreInbox(store)
    for revision, taken in ((1, 0), (2, 300)):
        inbox.take([item("a", str(revision), taken=taken)], cursor())
        with store.matching(lock) as memory:
            memory.put_reading(Reading(article=article("a", revision, taken=taken), extractor="x"))
            memory.dispose([Disposition(article="a", revision=revision, event="", rule="", outcome="unmatched")])
    assert store.prune(day(450), ARTICLES, EVENTS).revisions == 1
    with store.matching(lock) as memory:
        assert memory.revision("a") == 2


def test_more_than_one_batch_is_forgotten(store: Store, lock: Lock) -> None:
    StoreInbox(store).take([item(f"a{number}") for number in range(450)], cursor())
    rows = [Disposition(article=f"a{number}", revision=1, event="", rule="", outcome="unmatched") for number in range(450)]
    with store.matching(lock) as memory:
        memory.dispose(rows)
    assert store.prune(day(31), ARTICLES, EVENTS).texts == 450
    assert store.prune(day(500), ARTICLES, EVENTS).revisions == 450


def test_a_run_that_stops_leaves_the_rest_for_the_next_time(store: Store, lock: Lock) -> None:
    """A stop must not wait for the texts of a year."""
    StoreInbox(store).take([item(f"a{number}") for number in range(450)], cursor())
    rows = [Disposition(article=f"a{number}", revision=1, event="", rule="", outcome="unmatched") for number in range(450)]
    with store.matching(lock) as memory:
        memory.dispose(rows)
    asked = iter([False, True])
    assert (
        store.prune(day(31), ARTICLES, EVENTS, over=lambda: next(asked, True)).texts == 0
    )  # the matcher's own articles come first
    asked = iter([False, False, True])
    assert store.prune(day(31), ARTICLES, EVENTS, over=lambda: next(asked, True)).texts == 200
    assert store.prune(day(31), ARTICLES, EVENTS).texts == 250
