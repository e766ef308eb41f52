"""The role that reads articles: as many processes and hosts as there is work for; it opens no store.

    tocsin.articles ─► spawned processes (streams.workers) ─► tocsin.events: one reading an article revision

A reading depends on nothing but the article and the extractor, so it may be made twice, and by two versions side by side.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from streams import metrics, pulse, wire
from streams.app import Emit, Progress, Wire, Worker
from streams.broker.lag import Lag
from streams.clocks import WallClock
from streams.errors import WireError
from streams.health.stalls import Stall, watch
from streams.letters import READING_BYTES, Out, Raw, clipped, set_aside
from streams.ports import Clock
from streams.records.flow import Article
from streams.settings.model import Kafka
from streams.workers import Pool, Recipe

BATCH = 32  # articles a process; at the end of a batch all wait for the slowest. What is in hand at a kill is read again
WITHIN_S = 0.03

_log = structlog.get_logger("extract")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the role works on; made from the settings."""

    kafka: Kafka
    recipe: Recipe
    processes: int


async def run(plan: Plan, stop: asyncio.Event) -> None:
    """Reads until `stop` is set; raises UsageError when the extractor cannot be built."""
    pulse.HERE.needs("extraction", "kafka")
    progress = Progress()
    pool = Pool(plan.recipe, plan.processes, lambda article: 0)  # deaths are counted by this process alone: it has no store
    try:
        version = await pool.start()
        pulse.HERE.stands("extraction", version)
        extracting = Extracting(kafka=plan.kafka, pool=pool, clock=WallClock(), moved=progress.moved)
        articles = plan.kafka.topic("articles")
        batch = BATCH * plan.processes
        wiring = Wire(kafka=plan.kafka, role="extract", topic=articles, handle=extracting.handle, batch=batch, within_s=WITHIN_S)
        worker = Worker(wiring, progress)
        stall = Stall(limit_s=plan.kafka.stall.total_seconds(), mine=worker.partitions, beat=lambda: progress.beat)
        _log.info("reading", extractor=version, pids=list(pool.pids))
        async with asyncio.TaskGroup() as group:
            group.create_task(worker.run(stop))
            group.create_task(watch(Lag(plan.kafka, plan.kafka.group("extract"), articles), stall, stop))
    finally:
        pool.stop()


@dataclass(slots=True, kw_only=True)
class Extracting:
    """What becomes of a batch of articles.

    Attributes:
        moved: called whenever an article is done.
    """

    kafka: Kafka
    pool: Pool
    clock: Clock  # the wall's
    moved: Callable[[], None]

    async def handle(self, batch: Sequence[Raw], emit: Emit) -> None:
        """Emits a reading for each record, or the record set aside, as soon as it is there: no article waits for a longer one."""

        async def one(raw: Raw) -> None:
            await emit(await self._one(raw))

        await asyncio.gather(*(one(raw) for raw in batch))

    async def _one(self, raw: Raw) -> Out:
        try:
            article = wire.decode(raw.value, Article)
        except WireError as fault:
            return self._aside(raw, "decode", fault)
        try:
            value = await self._read(article)
        except Exception as fault:  # noqa: BLE001 - the edge of the loop: the record is named, set aside, and the loop goes on
            _log.exception("extraction failed", article=article.id, revision=article.revision)
            return self._aside(raw, "extract", fault)
        finally:
            self.moved()
        return Out(topic=self.kafka.topic("events"), key=raw.key, value=value)

    async def _read(self, article: Article) -> bytes:
        """The reading's bytes; of an article whose reading is too long for a message, that of its beginning."""
        while True:
            reading = await self.pool.read(article)
            value = wire.encode_versioned(reading)
            if len(value) <= READING_BYTES:
                return value
            _log.warning("reading is too long for a message; the article is cut", article=article.id, bytes=len(value))
            article = clipped(article, 0.5)

    def _aside(self, raw: Raw, stage: str, fault: Exception) -> Out:
        place = {"topic": raw.topic, "partition": raw.partition, "offset": raw.offset}
        metrics.SET_ASIDE.labels(stage).inc()
        _log.error("record set aside", stage=stage, fault=str(fault), **place)
        return set_aside(raw, self.kafka.topic("dead"), stage, fault, self.clock.now())
