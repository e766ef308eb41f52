"""The local run: one process tree, one store, no Kafka.

    pollers ─► inbox ─► extraction processes ─► matcher ─► outbox ─► channels
    (tasks)   (store)   (spawned, text only)   (here)     (store)   (tasks)

Called by `tocsin run` and by the demo. Only this process opens the store. Each stage takes up after a crash what the stage
before it had written: there is nothing to hand over and nothing to flush.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

import structlog

from connectors.base import FeedSpec
from connectors.fetch import Fetch
from rules.model import RuleSet
from streams import pipeline
from streams.adopt import InForce
from streams.clocks import WallClock
from streams.deliver import Pace, deliver_forever
from streams.errors import EnvironmentFault, FencedOff, TocsinError
from streams.knowledge import Knowledge
from streams.labels import Desk
from streams.ports import Clock, Sink
from streams.publish import poll_forever
from streams.records import Article, Reading
from streams.reload import Sources, Watch
from streams.store.inbox import StoreInbox
from streams.store.outbox import StoreOutbox
from streams.store.store import Store
from streams.workers import Pool, Recipe

WINDOW = 32  # articles read ahead of the one being decided; decisions are in inbox order
IDLE_S = 1.0  # how often the inbox is asked although nobody said that something came
FAULT_WAITS_S = (0.5, 1, 2, 4, 8, 15)  # between tries of one decision; then the run ends without having taken the article
PRUNE_EVERY = timedelta(hours=6)

Result = TypeVar("Result")

_log = structlog.get_logger("run")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a local run works on; made from the settings."""

    store: Store
    feeds: Sequence[FeedSpec]
    sinks: Mapping[str, Sink]
    rules: RuleSet
    knowledge: Knowledge
    default_channels: tuple[str, ...]
    recipe: Recipe
    fetch: Fetch
    workers: int = 2
    time_zone: str = "UTC"  # the desk's, IANA name
    pace: Pace | None = None  # of deliveries, in real seconds whatever the clock is; None: the defaults
    keep_articles: timedelta = timedelta(days=30)
    keep_events: timedelta = timedelta(days=400)
    sources: Sources | None = None  # of the rules, read again when they change; None: they stay as they are
    desk: Desk = field(init=False)  # what the matcher works by

    def __post_init__(self) -> None:
        """Builds the desk, once for the rule set."""
        desk = Desk(rules=self.rules.rules, knowledge=self.knowledge, default_channels=self.default_channels)
        object.__setattr__(self, "desk", desk)


@dataclass(slots=True)
class Signals:
    """How the stages wake each other and are told to stop."""

    taken: asyncio.Event = field(default_factory=asyncio.Event)
    decided: asyncio.Event = field(default_factory=asyncio.Event)
    reread: asyncio.Event = field(default_factory=asyncio.Event)  # the rules, now
    stop: asyncio.Event = field(default_factory=asyncio.Event)


async def run(plan: Plan, clock: Clock, signals: Signals) -> None:
    """Runs until `signals.stop` is set. `clock` is ingest's; deliveries go by the wall, because Slack does.

    Raises StoreBusy when another matcher holds the store, UsageError when the extractor cannot be built, and whatever
    EnvironmentFault outlasted its retries.
    """
    inbox, outbox = StoreInbox(plan.store), StoreOutbox(plan.store)
    with plan.store.lock(clock.now()) as lock:
        force = InForce(
            store=plan.store,
            lock=lock,
            knowledge=plan.knowledge,
            channels=plan.default_channels,
            rules=plan.rules,
            desk=plan.desk,
        )
        force.adopt(plan.rules, plan.desk)
        pool = Pool(plan.recipe, plan.workers, lambda article: inbox.note_death(article.id, article.revision))
        try:
            version = await _or_stop(asyncio.create_task(pool.start()), signals.stop)
            if version is None:
                return
            _log.info("running", extractor=version, rules=len(plan.rules.rules), feeds=len(plan.feeds), pids=list(pool.pids))
            await _stages(plan, force, inbox, outbox, pool, clock, signals)
        except BaseExceptionGroup as faults:  # one stage's fault stops the others; who called us handles faults, not groups
            raise _first(faults) from faults
        finally:
            pool.stop()


async def _stages(
    plan: Plan, force: InForce, inbox: StoreInbox, outbox: StoreOutbox, pool: Pool, clock: Clock, signals: Signals
) -> None:
    def taken(_: tuple[Article, ...]) -> None:
        signals.taken.set()

    async with asyncio.TaskGroup() as stages:
        stages.create_task(poll_forever(plan.feeds, inbox, clock, plan.fetch, on_taken=taken, stop=signals.stop))
        stages.create_task(_match(force, inbox, pool, signals))
        stages.create_task(force.look_back(signals.stop))
        if plan.sources is not None:
            stages.create_task(force.renew(Watch(plan.sources, signals.reread, signals.stop)))
        stages.create_task(
            deliver_forever(
                outbox,
                plan.sinks,
                WallClock(),
                time_zone=plan.time_zone,
                wake=signals.decided,
                stop=signals.stop,
                pace=plan.pace,
            )
        )
        stages.create_task(_prune(plan, clock, signals))


async def _match(force: InForce, inbox: StoreInbox, pool: Pool, signals: Signals) -> None:
    """Decides article after article in inbox order, while the pool reads ahead."""
    reading: dict[tuple[str, int], asyncio.Task[Reading]] = {}
    try:
        while not signals.stop.is_set():
            signals.taken.clear()
            pending = inbox.pending(limit=WINDOW)
            for article in pending:
                if _key(article) not in reading:
                    reading[_key(article)] = asyncio.create_task(
                        pool.read(article, deaths=inbox.deaths(article.id, article.revision))
                    )
            if not pending:
                await _any(signals.taken, signals.stop)
            for article in pending[: max(1, len(pending) // 2)]:  # the other half is read meanwhile
                done = await _or_stop(reading[_key(article)], signals.stop)
                if done is None:
                    return
                del reading[_key(article)]
                await _decide(force, inbox, done, signals)
    finally:
        for task in reading.values():
            task.cancel()


async def _decide(force: InForce, inbox: StoreInbox, done: Reading, signals: Signals) -> None:
    article = done.article
    if done.unread in ("died", "timed-out"):
        inbox.quarantine(article.id, article.revision, f"the extraction process {done.unread} on it")
        _log.error("article quarantined", article=article.id, revision=article.revision, why=done.unread)
        return
    for wait_s in (*FAULT_WAITS_S, None):
        try:
            await force.make_ready(done)
            with force.store.matching(force.lock) as memory:
                decision = pipeline.take(done, memory, force.desk)
        except FencedOff:
            raise
        except EnvironmentFault as fault:
            if wait_s is None:
                raise
            _log.error("cannot decide, trying again", article=article.id, fault=str(fault), wait_s=wait_s)
            await asyncio.sleep(wait_s)
        except Exception as fault:  # noqa: BLE001 - the edge of the loop: the article is named, set aside, and the loop goes on
            _log.exception("decision failed", article=article.id, revision=article.revision)
            inbox.quarantine(article.id, article.revision, f"deciding failed: {type(fault).__name__}: {fault}")
            return
        else:
            _log.info("decided", article=article.id, revision=article.revision, alerts=[alert.id for alert in decision.alerts])
            if decision.deliveries:
                signals.decided.set()
            return


async def _prune(plan: Plan, clock: Clock, signals: Signals) -> None:
    while not signals.stop.is_set():
        plan.store.prune(clock.now(), plan.keep_articles, plan.keep_events)
        nap = asyncio.create_task(clock.sleep(PRUNE_EVERY.total_seconds()))
        await _or_stop(nap, signals.stop)


def _key(article: Article) -> tuple[str, int]:
    return article.id, article.revision


async def _or_stop(task: "asyncio.Task[Result]", stop: asyncio.Event) -> Result | None:
    """The task's result, None when the run is to stop; whatever the task failed of then is of no interest any more."""
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            return None
        return task.result()
    finally:
        stopping.cancel()
        if not task.done():
            task.cancel()
        elif stop.is_set() and not task.cancelled():
            task.exception()


def _first(faults: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first fault of ours in the group, or the first at all."""
    ours, others = faults.split(TocsinError)
    found: BaseException = ours or others or faults
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found


async def _any(*events: asyncio.Event) -> None:
    """Returns when one of the events is set, or after IDLE_S."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=IDLE_S, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
