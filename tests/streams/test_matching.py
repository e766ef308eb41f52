"""The matcher's stage on a real store: orders and ticks come down the same path as articles, once each, and replay the same."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import article as told_article
from builders import at, attack, reading, strike_rule
from peers.run import met

from rules.model import RuleSet
from streams import pipeline, replay, wire
from streams.clocks import ManualClock
from streams.errors import OrderRefused
from streams.knowledge import world
from streams.labels.wanted import Desk
from streams.matching import Matcher
from streams.memory import DictMemory
from streams.records.flow import Cursor, Item, Reading
from streams.records.orders import Ack, FeedHealth, Order, Tick, Timer
from streams.store import journal
from streams.store.inbox import StoreInbox
from streams.store.lock import Lock
from streams.store.orders import StoreOrders
from streams.store.store import Store

RULES = RuleSet(rules=(strike_rule(),), texts={}, hash="h")


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(rules=RULES.rules, knowledge=world.load(), default_channels=("console",))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "desk.db") as opened:
        yield opened


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(at("04-22 06:00"))


@pytest.fixture
def matcher(store: Store, clock: ManualClock, desk: Desk) -> Iterator[Matcher]:
    with Matcher.active(store, RULES, desk, clock, asyncio.Event()) as active:
        yield active


def strike(name: str = "a", when: str = "04-22 06:00") -> Reading:
    home = told_article(name, when)
    return reading(home, attack(home, "04-21"))


def taken(store: Store, one: Reading) -> Reading:
    """The same reading, its article waiting in the inbox."""
    StoreInbox(store).take([Item(article=one.article, fingerprint=one.article.id)], Cursor(feed="wire", address=""))
    return one


def _killed(store: Store, lock: Lock, order: Order, desk: Desk) -> None:
    with store.matching(lock) as memory:
        pipeline.take_order(order, memory, desk)
        raise RuntimeError("killed before the commit")


def kinds(store: Store) -> list[str]:
    return [entry.kind for entry in journal.read(store)]


def set_timer(matcher: Matcher, when: str, key: str = "r\nI9-9") -> None:
    with matcher.force.store.matching(matcher.force.lock) as memory:
        memory.put_timer(Timer(due=at(when), kind="hold", key=key))


# ------------------------------------------------------------------------------------------------------------- orders


async def test_an_order_that_waits_is_taken_before_the_next_article(store: Store, matcher: Matcher) -> None:
    """Else a gap in a feed's life, told by the poll that brought the article, would correct the alert a second later."""
    StoreOrders(store).give("health", FeedHealth(feed="wire", alive=False, since=at("04-20")), who="ingest", at=at("04-22"))
    await matcher.take(taken(store, strike()))
    assert kinds(store)[-2:] == ["order", "reading"]
    await matcher.catch_up()
    assert kinds(store)[-2:] == ["order", "reading"]


async def test_an_order_is_taken_once_and_closed_with_its_journal_entry(store: Store, matcher: Matcher) -> None:
    await matcher.take(taken(store, strike()))
    orders = StoreOrders(store)
    number = orders.give("ack", Ack(incident="I2-1"), who="mia", at=at("04-22 06:05"))
    assert [order.who for order in orders.waiting()] == ["mia"]
    await matcher.catch_up()
    await matcher.catch_up()
    given = orders.find(number)
    assert given is not None
    assert (given.entry, given.refused, given.waiting) == (3, "", False)
    assert kinds(store) == ["rules", "reading", "order"]
    with store.remembering() as memory:
        noted = memory.note("ack", "I2-1", Order)
    assert noted is not None
    assert noted.who == "mia"


async def test_an_order_is_stamped_by_the_clock_of_ingest(store: Store, matcher: Matcher, clock: ManualClock) -> None:
    """Who gives it may live in another time than a run with --clock; the matcher's now must not leap."""
    await matcher.take(taken(store, strike()))
    StoreOrders(store).give("ack", Ack(incident="I2-1"), who="mia", at=at("12-31"))
    await matcher.catch_up()
    with store.remembering() as memory:
        assert memory.clock() == clock.now()


async def test_what_cannot_be_obeyed_is_refused_in_words_and_leaves_no_trace(store: Store, matcher: Matcher) -> None:
    orders = StoreOrders(store)
    unknown = orders.give("ack", Ack(incident="I7-7"), who="mia", at=at("04-22"))
    broken = orders.give("ack", {"incident": ["no", "text"], "x": 1}, who="mia", at=at("04-22"))
    strange = orders.give("dance", Ack(incident="I7-7"), who="mia", at=at("04-22"))  # type: ignore[arg-type]
    await matcher.catch_up()
    assert kinds(store) == ["rules"]
    found = [orders.find(number) for number in (unknown, broken, strange)]
    words = [one.refused for one in found if one is not None]
    assert words[0] == 'there is no incident "I7-7" (any more)'
    assert 'unknown order "dance"; known are: ' in words[2]
    assert orders.waiting() == ()


def test_an_order_that_dies_half_way_is_taken_by_the_next_process(store: Store, desk: Desk) -> None:
    """Entry and closing are one transaction: after a crash either both are there or the order still waits."""
    orders = StoreOrders(store)
    with store.lock(at("01-01")) as lock:
        with store.matching(lock) as memory:
            pipeline.take_rules(pipeline.rule_texts(RULES, desk.knowledge, ("console",)), (), memory, desk)
        with store.matching(lock) as memory:
            pipeline.take(strike(), memory, desk)
        orders.give("ack", Ack(incident="I2-1"), who="mia", at=at("04-22"))
        (order,) = orders.waiting()
        with pytest.raises(RuntimeError, match="killed"):
            _killed(store, lock, order, desk)
        assert orders.waiting() == (order,)
        for _ in range(2):
            with store.matching(lock) as memory:
                pipeline.take_order(order, memory, desk)
    assert kinds(store) == ["rules", "reading", "order"]
    assert orders.waiting() == ()


def test_a_refusal_in_memory_is_raised_for_the_caller(desk: Desk) -> None:
    order = Order(number=1, kind="ack", at=at("04-22"), who="mia", payload={"incident": "I1-1"})
    with pytest.raises(OrderRefused, match="there is no incident"):
        pipeline.take_order(order, DictMemory(), desk)


# -------------------------------------------------------------------------------------------------------------- ticks


async def test_no_tick_is_journalled_while_no_timer_is_due(store: Store, matcher: Matcher, clock: ManualClock) -> None:
    await matcher.take(taken(store, strike()))
    set_timer(matcher, "04-22 08:00")
    clock.set(at("04-22 07:59"))
    await matcher.catch_up()
    assert kinds(store) == ["rules", "reading"]


async def test_a_tick_waits_for_what_was_taken_before_it(store: Store, matcher: Matcher, clock: ManualClock) -> None:
    """An article in flight may be the corroboration that a timer waits for. One that hangs holds nothing up."""
    set_timer(matcher, "04-22 06:30")
    late = taken(store, strike("late", "04-22 06:29"))
    clock.set(at("04-22 06:31"))
    await matcher.catch_up()
    assert kinds(store) == ["rules"]
    await matcher.take(late)
    await matcher.catch_up()
    assert kinds(store) == ["rules", "reading", "tick"]
    set_timer(matcher, "04-22 06:40")
    taken(store, strike("hung", "04-22 06:39"))
    clock.set(at("04-22 06:39") + matcher.in_flight)
    await matcher.catch_up()
    assert kinds(store) == ["rules", "reading", "tick", "tick"]


async def test_timers_fire_before_an_article_that_was_taken_after_they_were_due(
    store: Store, matcher: Matcher, clock: ManualClock
) -> None:
    """As in a replay of the archive: whatever the matcher's lag, the order of inputs is that of their times."""
    set_timer(matcher, "04-22 06:30", "r\none")
    set_timer(matcher, "04-22 06:20", "r\ntwo")
    set_timer(matcher, "04-22 07:00", "r\nthree")
    clock.set(at("04-22 06:45"))
    await matcher.take(taken(store, strike("b", "04-22 06:40")))
    entries = list(journal.read(store))
    assert [(entry.kind, entry.at) for entry in entries[1:]] == [
        ("tick", at("04-22 06:20")),
        ("tick", at("04-22 06:30")),
        ("reading", at("04-22 06:40")),
    ]
    assert wire.decode(entries[1].payload, Tick) == Tick(at=at("04-22 06:20"))


async def test_a_timer_that_fails_is_put_off_and_the_others_fire(
    store: Store, matcher: Matcher, clock: ManualClock, desk: Desk
) -> None:
    """One fault of ours must not keep all that is held from being told; the journal says what was passed over."""
    with matcher.force.store.matching(matcher.force.lock) as memory:
        memory.put_timer(Timer(due=at("04-22 06:20"), kind="escalate", key="no such form of a key"))
    set_timer(matcher, "04-22 06:20", "r\nfine")
    set_timer(matcher, "04-22 06:30", "r\nfine too")
    clock.set(at("04-22 06:45"))
    await matcher.catch_up()
    ticks = [wire.decode(entry.payload, Tick) for entry in journal.read(store) if entry.kind == "tick"]
    assert [tick.at for tick in ticks] == [at("04-22 06:20"), at("04-22 06:30")]
    assert ticks[0].passed == (("escalate", "no such form of a key"),)
    with store.remembering() as memory:
        assert memory.next_timer() == at("04-22 07:20")
    again = DictMemory()
    list(replay.journal(journal.read(store), desk.knowledge, memory=again))


# ------------------------------------------------------------------------------------------------------------- replay


async def test_a_journal_with_orders_and_ticks_replays(store: Store, matcher: Matcher, clock: ManualClock, desk: Desk) -> None:
    await matcher.take(taken(store, strike()))
    StoreOrders(store).give("ack", Ack(incident="I2-1"), who="mia", at=at("04-22"))
    clock.set(at("04-22 06:30"))
    await matcher.catch_up()
    again = DictMemory(keep_journal=True)
    list(replay.journal(journal.read(store), desk.knowledge, memory=again))
    assert [entry.kind for entry in again.entries] == ["rules", "reading", "order"]
    assert again.entries[1:] == list(journal.read(store))[1:]
    assert again.note("ack", "I2-1", Order) is not None


async def test_a_run_attends_until_it_is_stopped(store: Store, matcher: Matcher, clock: ManualClock) -> None:
    await matcher.take(taken(store, strike()))
    stop = asyncio.Event()
    attending = asyncio.create_task(matcher.attend(stop))
    StoreOrders(store).give("ack", Ack(incident="I2-1"), who="mia", at=at("04-22"))
    matcher.asked.set()
    await met(lambda: not StoreOrders(store).waiting(), 10.0)
    stop.set()
    await attending
    assert kinds(store)[-1] == "order"
