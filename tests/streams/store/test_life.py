"""`tocsin why`: the whole life of an article, from the feed to what was sent."""

from peers.remembered import MESSAGE, article, cursor, day, days, delivery, event, incident, item, told

from streams.records.flow import Disposition, Item, Reading
from streams.records.message import Step
from streams.store.inbox import StoreInbox
from streams.store.life import Decided, life
from streams.store.outbox import StoreOutbox
from streams.store.store import Store


def test_the_whole_life_of_an_article_is_found_by_id_and_by_link(address: str) -> None:
    rows = [
        Disposition(article="a", revision=1, event=event().id, rule="strike", outcome="alerted I1-1/strike/1"),
        Disposition(article="a", revision=1, event="", rule="", outcome="matched"),
    ]
    with Store.open(address) as store:
        inbox, outbox = StoreInbox(store), StoreOutbox(store)
        inbox.take([item("a"), item("b")], cursor())
        with store.lock(day(0)) as lock, store.matching(lock) as memory:
            memory.append("reading", day(1), b"{}")
            memory.put_reading(Reading(article=article(), extractor="x", events=(event(),)))
            memory.put_incident(incident("I1-1", days(0, 1), [event().id]))
            memory.put_told(told())
            memory.enqueue(delivery())
            memory.dispose(rows)
        step = Step(delivery=delivery().id, name="post", state="done", ref="17.01")
        outbox.put_step(step)
        outbox.finish(delivery().id, MESSAGE, day(2))
        inbox.take([item("a", "2")], cursor())
        (found,) = life(store, "a")
        assert life(store, "https://news.test/a") == (found,)
        assert life(store, "https://news.test/nothing") == ()
    assert [(taken.revision, taken.state, taken.text) for taken in found.taken] == [
        (1, "matched", article()), (2, "waiting", article(revision=2)),
    ]  # fmt: skip
    assert found.newest == article()
    assert found.events == (event(),)
    assert found.incidents == (incident("I1-1", days(0, 1), [event().id]),)
    assert found.decided == tuple(Decided(disposition=row, entry=1) for row in rows)
    assert found.told == (told(),)
    (sent,) = found.sent
    assert (sent.delivery, sent.state, sent.steps, sent.versions) == (delivery(), "done", (step,), ((day(2), MESSAGE),))


def test_one_link_in_two_feeds_is_two_lives(address: str) -> None:
    with Store.open(address) as store:
        items = [Item(article=article(name, url="https://news.test/x"), fingerprint="1") for name in ("wire:1", "other:1")]
        StoreInbox(store).take(items, cursor())
        assert [found.article for found in life(store, "https://news.test/x")] == ["other:1", "wire:1"]
