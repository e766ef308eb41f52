"""The outbox: order, steps that survive, the root of a post, and every version kept."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from peers.remembered import MESSAGE, day, delivery

from streams.errors import FencedOff
from streams.ports import Outbox
from streams.records.flow import Delivery
from streams.records.message import Step
from streams.store import schema
from streams.store.outbox import StoreOutbox
from streams.store.store import Store


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    with Store.open(address) as opened:
        yield opened


@pytest.fixture
def outbox(store: Store) -> StoreOutbox:
    return StoreOutbox(store)


def enqueue(store: Store, *deliveries: Delivery) -> None:
    with store.lock(day(0)) as lock, store.matching(lock) as memory:
        memory.append("tick", day(1), b"{}")
        for one in deliveries:
            memory.enqueue(one)


def test_it_fills_the_port(outbox: StoreOutbox) -> None:
    port: Outbox = outbox
    assert port.waiting("console") == ()


def test_a_delivery_comes_back_whole(outbox: StoreOutbox, store: Store) -> None:
    enqueue(store, delivery())
    assert outbox.waiting("console") == (delivery(),)
    assert outbox.waiting("mail:duty") == ()


def test_the_gravest_goes_first_then_the_oldest_and_silent_edits_last(outbox: StoreOutbox, store: Store) -> None:
    enqueue(
        store,
        delivery("silent", severity=None), delivery("low", severity="low"), delivery("high-1"), delivery("high-2"),
        delivery("critical", severity="critical"),
    )  # fmt: skip
    assert [each.incident for each in outbox.waiting("console")] == ["critical", "high-1", "high-2", "low", "silent"]


def test_deliveries_of_one_incident_keep_their_order(outbox: StoreOutbox, store: Store) -> None:
    """An edit cannot go before the post it edits; the post goes up with it."""
    enqueue(
        store,
        delivery("I1-1", 1, "low"), delivery("I2-1", 1, "high"), delivery("I1-1", 2, None), delivery("I1-1", 3, "critical"),
        delivery("I1-1", 4, "medium"), delivery("I2-1", 2, None),
    )  # fmt: skip
    found = [(each.incident, each.ordinal) for each in outbox.waiting("console")]
    assert found == [("I1-1", 1), ("I1-1", 2), ("I1-1", 3), ("I2-1", 1), ("I1-1", 4), ("I2-1", 2)]


def test_steps_come_in_the_order_they_were_begun_each_in_its_newest_state(outbox: StoreOutbox, store: Store) -> None:
    enqueue(store, delivery())
    edit, reply = (Step(delivery=delivery().id, name=name) for name in ("edit", "reply"))
    outbox.put_step(replace(reply, state="sending"))
    outbox.put_step(edit)
    outbox.put_step(replace(reply, state="done", ref="7", attempts=2, not_before=day(1)))
    assert outbox.steps(delivery().id) == (replace(reply, state="done", ref="7", attempts=2, not_before=day(1)), edit)
    assert outbox.steps("nothing") == ()


def test_a_step_survives_at_once(outbox: StoreOutbox, store: Store, address: str) -> None:
    """Intent before the request: whoever opens the store after a crash must see it."""
    enqueue(store, delivery())
    outbox.put_step(Step(delivery=delivery().id, name="post", state="sending"))
    with Store.open(address, read_only=True) as other:
        assert StoreOutbox(other).steps(delivery().id) == (Step(delivery=delivery().id, name="post", state="sending"),)


def test_a_step_of_an_unknown_delivery_is_refused(outbox: StoreOutbox) -> None:
    with pytest.raises(ValueError, match=r'^no delivery "nothing" in the outbox$'):
        outbox.put_step(Step(delivery="nothing", name="post"))
    with pytest.raises(ValueError, match=r'^no delivery "nothing" in the outbox$'):
        outbox.finish("nothing", MESSAGE, day(1))


def test_the_root_is_the_first_post_that_was_done(outbox: StoreOutbox, store: Store) -> None:
    enqueue(store, delivery(ordinal=1), delivery(ordinal=2), delivery(channel="mail:duty"))
    assert outbox.root("I1-1", "console") == ""
    first = Step(delivery=delivery(ordinal=1).id, name="post")
    outbox.put_step(replace(first, state="sending", ref="17.00"))
    assert outbox.root("I1-1", "console") == ""
    outbox.put_step(replace(first, name="reply", state="done", ref="16.99"))
    assert outbox.root("I1-1", "console") == ""
    outbox.put_step(replace(first, state="done", ref="17.01"))
    outbox.put_step(Step(delivery=delivery(ordinal=2).id, name="post", state="done", ref="17.02"))
    outbox.put_step(Step(delivery=delivery(ordinal=2).id, name="reply", state="done", ref="17.03"))
    assert outbox.root("I1-1", "console") == "17.01"
    assert outbox.root("I1-1", "mail:duty") == ""


def test_what_is_finished_no_longer_waits_and_its_version_is_kept(outbox: StoreOutbox, store: Store) -> None:
    enqueue(store, delivery(ordinal=1), delivery(ordinal=2), delivery(channel="mail:duty"))
    assert outbox.channels_waiting() == ("console", "mail:duty")
    outbox.put_step(Step(delivery=delivery(ordinal=1).id, name="post", state="done", ref="1"))
    outbox.put_step(Step(delivery=delivery(ordinal=2).id, name="edit", state="refused"))
    outbox.finish(delivery(ordinal=1).id, MESSAGE, day(2))
    outbox.finish(delivery(ordinal=2).id, replace(MESSAGE, summary="CRITICAL"), day(3))
    assert outbox.waiting("console") == ()
    assert outbox.channels_waiting() == ("mail:duty",)
    found = outbox.sent("I1-1")
    assert [(each.delivery.id, each.state) for each in found] == [
        ("I1-1/console/1", "done"), ("I1-1/console/2", "refused"), ("I1-1/mail:duty/1", "waiting"),
    ]  # fmt: skip
    assert found[0].versions == ((day(2), MESSAGE),)
    assert found[1].versions[0][1].summary == "CRITICAL"
    assert found[0].steps[0].ref == "1"


def test_deliveries_are_found_by_when_they_were_decided(outbox: StoreOutbox, store: Store) -> None:
    enqueue(store, delivery())
    assert [each.delivery.id for each in outbox.since(day(1))] == ["I1-1/console/1"]
    assert outbox.since(day(1.01)) == ()


def test_a_finished_delivery_still_counts(outbox: StoreOutbox, store: Store) -> None:
    """Ordinals come from this count: were it to fall, two deliveries would have one id."""
    enqueue(store, delivery())
    outbox.finish(delivery().id, MESSAGE, day(2))
    with store.lock(day(0)) as lock, store.matching(lock) as memory:
        assert memory.deliveries("I1-1", "console") == 1


def test_who_lost_the_lease_of_a_channel_writes_no_step(store: Store) -> None:
    """A process that stood still while another took over its channel: what it would send now, the other has sent."""
    enqueue(store, delivery())
    with store.lock(day(0), "deliver:console") as old:
        late = StoreOutbox(store, old)
        late.put_step(Step(delivery=delivery().id, name="post", state="sending"))
        with store.writing() as connection:
            connection.execute(schema.locks.update().where(schema.locks.c.name == "deliver:console").values(fence=old.fence + 1))
        with pytest.raises(FencedOff, match="this deliver:console holds number 1, the store is at 2"):
            late.put_step(Step(delivery=delivery().id, name="post", state="done", ref="7"))
        with pytest.raises(FencedOff):
            late.finish(delivery().id, MESSAGE, day(1))
    assert [step.state for step in StoreOutbox(store).steps(delivery().id)] == ["sending"]
