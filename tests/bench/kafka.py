"""What Kafka and Faust cost beside extraction, what a second worker brings, how late an alert is, and what each role weighs.

    python -m tests.bench.kafka [--rounds N] [--articles N] [--seconds N] [--rate N] [--servers HOST:PORT]

Reads ../shared/bench/guardian_replay.jsonl (from the root of the repository); exit code 2 when it is not there. Rounds of bare
extractor processes and of extract workers take turns, so that a busy machine slows both alike; ratios are those of the whole. The
broker is Tansu out of its wheel unless --servers names another one. Each partition, and each bare process, gets as much text as any
other: a worker that has done its share early would be measured idle.
"""

import argparse
import asyncio
import json
import logging
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy comes in
sys.path.insert(1, str(Path(__file__).resolve().parents[1]))

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.partitioner.default import murmur2
from peers.roles import Running, roles

from connectors.sources.archive import article as from_line
from streams.broker import topics
from streams.broker.publisher import Publisher
from streams.demo import embedded
from streams.errors import StoreBusy
from streams.extract.reader import MODEL, load
from streams.knowledge import world
from streams.letters import Out, packed
from streams.records.flow import Article, Cursor, Item
from streams.roles.ingest import Publishing
from streams.settings.load import load as load_settings
from streams.settings.model import Kafka
from streams.store.inbox import StoreInbox
from streams.store.outbox import StoreOutbox
from streams.store.store import Store

ROOT = Path(__file__).resolve().parents[2]
GUARDIAN = ROOT / ".." / "shared" / "bench" / "guardian_replay.jsonl"
PARTITIONS = 4
TICK = os.sysconf("SC_CLK_TCK")
STRIKE = "Two rockets were fired at the {base} in {country} on {day}, a U.S. official said. No one was hurt."  # invented
BASES = (("Ain al-Asad air base", "Iraq"), ("Harir air base", "Iraq"), ("Rumalin base", "Syria"), ("al-Tanf base", "Syria"))


# ------------------------------------------------------------------------------------------------------------- articles


def guardian(number: int) -> list[Article]:
    """Articles of the archive, over and over under new names, as much text for each partition as for any other."""
    texts = [from_line(json.loads(line)) for line in GUARDIAN.read_text("utf-8").splitlines()]
    names: list[list[str]] = [[] for _ in range(PARTITIONS)]
    for name in (f"bench-{count}" for count in range(8 * number)):
        names[(murmur2(name.encode()) & 0x7FFFFFFF) % PARTITIONS].append(name)
    held, made = [0] * PARTITIONS, []
    for count in range(number):
        text = texts[count % len(texts)]
        least = min(range(PARTITIONS), key=held.__getitem__)
        held[least] += len(text.text)
        made.append(replace(text, id=names[least].pop()))
    return made


def shares(articles: Sequence[Article], count: int) -> list[list[Article]]:
    """As much text in each as in any other, in the order given."""
    made: list[list[Article]] = [[] for _ in range(count)]
    held = [0] * count
    for article in articles:
        least = min(range(count), key=held.__getitem__)
        held[least] += len(article.text)
        made[least].append(article)
    return made


# ------------------------------------------------------------------------------------------------------ bare extraction


@dataclass
class Work:
    """What was done."""

    articles: int = 0
    seconds: float = 0.0  # of the wall, from the first to the last
    read_cpu_s: float = 0.0  # of extractor processes
    other_cpu_s: float = 0.0  # of what stands round them: workers without their extractors, broker, publisher

    @property
    def rate(self) -> float:
        return self.articles / self.seconds

    def add(self, other: "Work") -> None:
        self.articles += other.articles
        self.seconds += other.seconds
        self.read_cpu_s += other.read_cpu_s
        self.other_cpu_s += other.other_cpu_s


class Bare:
    """Extractor processes without anything round them, started once."""

    def __init__(self, count: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipes = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            context.Process(target=_bare, args=(theirs,), daemon=True).start()
            self.pipes.append(ours)
        for pipe in self.pipes:
            assert pipe.recv() == "ready"

    def work(self, articles: Sequence[Article]) -> Work:
        begun = time.perf_counter()
        for pipe, share in zip(self.pipes, shares(articles, len(self.pipes)), strict=True):
            pipe.send(share)
        cpu = sum(pipe.recv() for pipe in self.pipes)
        return Work(len(articles), time.perf_counter() - begun, cpu)

    def close(self) -> None:
        for pipe in self.pipes:
            pipe.send([])


def _bare(pipe: "multiprocessing.connection.Connection") -> None:
    extractor = load(MODEL, world.load())
    pipe.send("ready")
    while articles := pipe.recv():
        begun = time.process_time()
        for article in articles:
            extractor.read([article])
        pipe.send(time.process_time() - begun)


# -------------------------------------------------------------------------------------------------------------- workers


def desk(folder: Path, servers: str, processes: int = 1) -> Kafka:
    """A folder with settings; prefix and topics of its own."""
    folder.mkdir()
    rules = ROOT / "rules" / "packs" / "us-forces.yaml"
    text = f"kafka: {{brokers: ['{servers}'], prefix: b{uuid.uuid4().hex[:8]}, partitions: {PARTITIONS}, session: 6s}}\n"
    (folder / "tocsin.yaml").write_text(
        text + f"rules: {rules}\nworkers: {processes}\nchannels: {{console: {{brief: true}}}}\n", "utf-8"
    )
    kafka = load_settings(folder / "tocsin.yaml", {}).kafka
    assert kafka is not None
    topics.create(kafka)
    return kafka


class Workers:
    """Extract workers with one extractor process each, that stay for all rounds."""

    def __init__(self, kafka: Kafka, running: Running, others: Sequence[int]) -> None:
        self.kafka, self.running, self.others = kafka, running, others
        self.publisher = Publisher(kafka)
        self.seen = [0] * PARTITIONS

    def work(self, articles: Sequence[Article]) -> Work:
        topic = self.kafka.topic("articles")
        records = [Out(topic=topic, key=one.id.encode(), value=packed(one)[0]) for one in articles]
        before = self._cpu()
        own = time.process_time()
        self.publisher.publish(records)
        own = time.process_time() - own
        stamps = self._readings(len(articles))
        after = self._cpu()
        first, last = min(stamps), max(stamps)
        began = len(self.running.processes)  # the first of each was read before it was stamped
        read, other = (now - then for now, then in zip(after, before, strict=True))
        return Work(len(articles) - began, (last - first) / 1000, read, other + own)

    def _readings(self, number: int) -> list[int]:
        """When each reading was sent, in milliseconds."""
        consumer = KafkaConsumer(bootstrap_servers=list(self.kafka.brokers))
        places = [TopicPartition(self.kafka.topic("events"), each) for each in range(PARTITIONS)]
        consumer.assign(places)
        for place in places:
            consumer.seek(place, self.seen[place.partition])
        stamps: list[int] = []
        while len(stamps) < number:
            for place, records in consumer.poll(timeout_ms=500).items():
                stamps += [record.timestamp for record in records]
                self.seen[place.partition] += len(records)
        consumer.close()
        return stamps

    def _cpu(self) -> tuple[float, float]:
        """Seconds of the processor, of extractors and of all else, broker included."""
        parents = [process.pid for process in self.running.processes.values()]
        mine = [pid for pid in parents for pid in children(pid)]
        return sum(map(cpu_s, mine)), sum(map(cpu_s, [*parents, *self.others]))


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def named(pid: int, word: str) -> bool:
    return word in Path(f"/proc/{pid}/cmdline").read_text()


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


async def throughput(servers: str, broker: Sequence[int], rounds: int, number: int, folder: Path) -> None:
    articles = guardian(number)
    for count in (1, 2):
        kafka = desk(folder / f"extract-{count}", servers)
        bare, bare_work, kafka_work = await asyncio.to_thread(Bare, count), Work(), Work()
        async with roles(folder / f"extract-{count}", extract=count) as running:
            for name in running.processes:
                await running.said(name, "consuming")
            await asyncio.sleep(8)  # both have their partitions
            workers = Workers(kafka, running, broker)
            await asyncio.to_thread(workers.work, articles)  # warm, both: words that were read before are read faster
            await asyncio.to_thread(bare.work, articles)
            for _ in range(rounds):
                bare_work.add(await asyncio.to_thread(bare.work, articles))
                kafka_work.add(await asyncio.to_thread(workers.work, articles))
            bare.close()
            if count == 1:
                memory("extract", running)
        share = kafka_work.other_cpu_s / bare_work.read_cpu_s
        print(
            f"{count} extract worker(s): {kafka_work.rate:.1f} articles/s, {count} bare process(es) {bare_work.rate:.1f}: "
            f"{100 * kafka_work.rate / bare_work.rate:.0f} %; Kafka and Faust took {100 * share:.1f} % of the processor time "
            f"of bare extraction ({1000 * kafka_work.other_cpu_s / (number * rounds):.1f} ms an article, broker and publisher too)"
        )


def memory(role: str, running: Running) -> None:
    """Prints what the processes of a role hold."""
    for name, process in running.processes.items():
        if name == role:
            below = [resident_mb(pid) for pid in children(process.pid)]
            print(
                f"memory of {role}: {resident_mb(process.pid):.0f} MB"
                + "".join(f", its extractor {one:.0f} MB" for one in below if one > 60)
            )


# -------------------------------------------------------------------------------------------------------------- latency


def stream(seconds: int, rate: int) -> Iterator[Article]:
    """So many articles a second: one an attack that is news, the others of the archive, with their own dates, all earlier."""
    others = guardian(PARTITIONS * (seconds * rate // PARTITIONS + 1))
    newest = max(one.published for one in others)
    for number in range(seconds * rate):
        if number % rate:
            yield replace(others[number], id=f"quiet-{number}", taken_at=newest)
            continue
        day = newest + timedelta(days=1 + number // rate // len(BASES))
        base, country = BASES[number // rate % len(BASES)]
        text = STRIKE.format(base=base, country=country, day=f"{day:%A}")
        yield replace(others[number], id=f"strike-{number}", title=f"Rockets at {base}", text=text, published=day, taken_at=day)


async def latency(servers: str, seconds: int, rate: int, folder: Path) -> None:
    kafka = desk(folder / "latency", servers, processes=2)
    stop = asyncio.Event()
    with Store.open(folder / "latency" / "tocsin.db") as store:
        publishing = Publishing(store=store, kafka=kafka)
        publisher = asyncio.create_task(publishing.run(stop))
        async with roles(folder / "latency", extract=1, match=1, deliver=1) as running:
            for name in running.processes:
                await running.said(name, "consuming")
            begun = time.perf_counter()
            for number, article in enumerate(stream(seconds, rate)):
                await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
                await asyncio.to_thread(put, store, article)
                publishing.wake.set()
            await running.settled(store)
            for role in running.processes:
                memory(role, running)
        stop.set()
        await publisher
        late = sorted(_latencies(store))
    print(
        f"published to the console, {rate} articles/s, {len(late)} alerts in {seconds} s: median {statistics.median(late):.2f} s, "
        f"p99 {late[max(0, int(len(late) * 0.99) - 1)]:.2f} s, longest {late[-1]:.2f} s"
    )


def put(store: Store, article: Article) -> None:
    """Into the inbox, as a poller does: a store that is busy is asked again."""
    while True:
        try:
            StoreInbox(store).take([Item(article=article, fingerprint=article.id)], Cursor(feed="bench", address="bench"))
        except StoreBusy:
            continue
        return


def _latencies(store: Store) -> Iterator[float]:
    from sqlalchemy import select

    from streams.store.schema import inbox

    with store.reading() as connection:
        published = {row.article: row.published_at for row in connection.execute(select(inbox.c.article, inbox.c.published_at))}
    for sent in StoreOutbox(store).since(datetime(1970, 1, 1, tzinfo=UTC)):
        for alert in sent.delivery.alerts:
            if alert.kind == "new" and sent.versions and published.get(alert.label.article):
                yield (sent.versions[0][0] - published[alert.label.article]).total_seconds()


# ----------------------------------------------------------------------------------------------------------------- main


async def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--articles", type=int, default=480)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rate", type=int, default=10)
    parser.add_argument("--servers", default="")
    parser.add_argument("--only", choices=("latency", "throughput"))
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if not GUARDIAN.exists():
        print(f"the archive is not here: {GUARDIAN}", file=sys.stderr)
        sys.exit(2)
    with tempfile.TemporaryDirectory() as name:
        if asked.servers:
            await _all(asked.servers, [], asked, Path(name))
        else:
            async with embedded.broker() as servers:
                broker = [pid for pid in children(os.getpid()) if named(pid, "tansu")]
                await _all(servers, broker, asked, Path(name))


async def _all(servers: str, broker: Sequence[int], asked: argparse.Namespace, folder: Path) -> None:
    if asked.only != "throughput":
        await latency(servers, asked.seconds, asked.rate, folder)
    if asked.only != "latency":
        await throughput(servers, broker, asked.rounds, asked.articles, folder)


if __name__ == "__main__":
    asyncio.run(main())
