"""The local run: one process tree, one store, no Kafka.

    pollers ─► inbox ─► extraction processes ─► matcher ─► outbox ─► channels
    (tasks)   (store)   (spawned, text only)   (here)     (store)   (tasks)

Called by `tocsin run` and by the demo. Only this process opens the store, apart from commands that read it or give orders. Each
stage takes up after a crash what the stage before it had written: there is nothing to hand over and nothing to flush.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog

from connectors.base import FeedSpec
from connectors.fetch import Fetch
from rules.model import RuleSet
from streams import pulse, stages
from streams.ahead import in_order
from streams.clocks import WallClock
from streams.deliver import Pace, deliver_forever
from streams.errors import EnvironmentFault
from streams.knowledge.world import Knowledge
from streams.labels.wanted import Desk
from streams.matching import Matcher
from streams.ports import Clock, Sink
from streams.publish import poll_forever
from streams.records.flow import Article
from streams.records.orders import FeedHealth
from streams.records.policies import Budget
from streams.reload import Sources, Watch
from streams.store.inbox import StoreInbox
from streams.store.outbox import StoreOutbox
from streams.store.store import Store
from streams.workers import Pool, Recipe

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
    budgets: Mapping[str, Budget] = field(default_factory=dict)  # of channels that have one
    pace: Pace | None = None  # of deliveries, in real seconds whatever the clock is; None: the defaults
    keep_articles: timedelta = timedelta(days=30)
    keep_events: timedelta = timedelta(days=400)
    sources: Sources | None = None  # of the rules, read again when they change; None: they stay as they are
    desk: Desk = field(init=False)  # what the matcher works by

    def __post_init__(self) -> None:
        """Builds the desk, once for the rule set."""
        desk = Desk(
            rules=self.rules.rules,
            knowledge=self.knowledge,
            default_channels=self.default_channels,
            budgets=self.budgets,
            time_zone=self.time_zone,
        )
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
    pulse.HERE.needs("store", "lock", "extraction")
    pulse.HERE.stands("store")
    with Matcher.active(plan.store, plan.rules, plan.desk, clock, signals.decided) as matcher:
        pool = Pool(plan.recipe, plan.workers, partial(deaths, matcher.inbox))
        try:
            version = await stages.or_stop(asyncio.create_task(pool.start()), signals.stop)
            if version is None:
                return
            pulse.HERE.stands("extraction", version)
            _log.info("running", extractor=version, rules=len(plan.rules.rules), feeds=len(plan.feeds), pids=list(pool.pids))
            await _stages(plan, matcher, pool, clock, signals)
        except BaseExceptionGroup as faults:  # one stage's fault stops the others; who called us handles faults, not groups
            raise stages.first(faults) from faults
        finally:
            pool.stop()


def deaths(inbox: StoreInbox, article: Article) -> int:
    """How many extraction processes the article has cost, the one that just died included; 0 when the store is away.

    The pool counts for itself as well: an article that kills all who read it is set aside whether or not its deaths are written.
    """
    try:
        return inbox.note_death(article.id, article.revision)
    except EnvironmentFault as fault:
        _log.error("a death is not noted; this process counts it", article=article.id, fault=str(fault))
        return 0


async def _stages(plan: Plan, matcher: Matcher, pool: Pool, clock: Clock, signals: Signals) -> None:
    outbox, stop = StoreOutbox(plan.store), signals.stop

    def taken(_: tuple[Article, ...]) -> None:
        signals.taken.set()

    def healthy(health: FeedHealth) -> None:
        matcher.orders.give("health", health, who="ingest", at=clock.now())

    async with asyncio.TaskGroup() as group:
        group.create_task(poll_forever(plan.feeds, matcher.inbox, clock, plan.fetch, on_taken=taken, on_health=healthy, stop=stop))
        group.create_task(_match(matcher, pool, signals))
        group.create_task(matcher.attend(stop))
        group.create_task(matcher.force.look_back(stop))
        if plan.sources is not None:
            group.create_task(matcher.force.renew(Watch(plan.sources, signals.reread, stop)))
        group.create_task(
            deliver_forever(
                outbox,
                plan.sinks,
                WallClock(),
                time_zone=plan.time_zone,
                wake=signals.decided,
                stop=stop,
                pace=plan.pace,
                taken_by=clock,
            )
        )
        group.create_task(matcher.forget(plan.keep_articles, plan.keep_events, stop))


async def _match(matcher: Matcher, pool: Pool, signals: Signals) -> None:
    async with aclosing(in_order(matcher.inbox, pool, signals.taken, signals.stop)) as readings:
        async for reading in readings:
            await matcher.take(reading)
