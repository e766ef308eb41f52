"""The role that decides: one active process a store, the others stand by with everything loaded.

    tocsin.events ─► the matcher's stage (streams.matching) ─► outbox (store)     tocsin.alerts: an export and a wake-up

Whoever holds the store's lock consumes; a standby waits for the lock and only then joins the group. A matcher that another one has
replaced is fenced off at its next transaction, and ends without acknowledging.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from rules.model import RuleSet
from streams import metrics, pulse, wire
from streams.alerting.decision import Decision
from streams.app import Emit, Progress, Wire, Worker
from streams.backfill import EPOCH
from streams.broker.lag import Lag
from streams.broker.publisher import Publisher
from streams.broker.rewind import rewind
from streams.clocks import WallClock
from streams.ending import die
from streams.errors import EnvironmentFault, StoreBusy, WireError
from streams.health.stalls import Stall, watch
from streams.labels.wanted import Desk
from streams.letters import Out, Raw, set_aside
from streams.matching import Matcher
from streams.ports import Clock
from streams.records.flow import Reading
from streams.reload import Sources, Watch
from streams.settings.model import Kafka
from streams.stages import either
from streams.store.inbox import StoreInbox
from streams.store.places import StorePlaces
from streams.store.store import Store

BATCH, WITHIN_S = 32, 0.02
STANDBY_S = 0.5  # how often the lock is asked for
KEPT = 10_000  # alerts that wait for the export; older ones stay in the outbox alone
AGAIN_S = 5.0

_log = structlog.get_logger("match")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the matcher works on; made from the settings."""

    store: Store
    kafka: Kafka
    rules: RuleSet
    desk: Desk
    sources: Sources
    keep_articles: timedelta
    keep_events: timedelta


@dataclass(frozen=True, slots=True)
class TakenClock:
    """A clock that is as late as the newest article in the inbox: for a matcher whose ingest lives at another time."""

    inbox: StoreInbox

    def now(self) -> datetime:
        """When the newest article was taken; long ago while there is none."""
        return self.inbox.newest() or EPOCH

    async def sleep(self, seconds: float) -> None:
        """Returns after so many seconds of the wall's: nobody knows when the next article comes."""
        await asyncio.sleep(seconds)


async def run(plan: Plan, clock: Clock, reread: asyncio.Event, stop: asyncio.Event) -> None:
    """Stands by until the store is free, then decides until `stop` is set; any fault of the store ends the process.

    Args:
        clock: ingest's, by which timers are due.
        reread: the rules, now.
    """
    pulse.HERE.needs("store", "lock")
    pulse.HERE.stands("store")
    with ExitStack() as held:
        matcher = await _lock(plan, clock, stop, held)
        if matcher is None:
            return
        try:
            await _decide(plan, matcher, clock, reread, stop)
        except BaseExceptionGroup as faults:
            known = faults.subgroup(EnvironmentFault)
            if known is None:
                _log.error("the matcher failed", exc_info=faults)
            die("the matcher gave up; what it had in hand is not acknowledged", fault=str((known or faults).exceptions[0]))


async def _lock(plan: Plan, clock: Clock, stop: asyncio.Event, held: ExitStack) -> Matcher | None:
    """The matcher once the store's lock is ours; None when the run is to stop before."""
    told = False
    while not stop.is_set():
        try:
            return held.enter_context(Matcher.active(plan.store, plan.rules, plan.desk, clock, asyncio.Event()))
        except StoreBusy as busy:
            if not told:
                pulse.HERE.stands("lock", "standby")
                _log.info("standing by", why=str(busy))
                told = True
        await either(STANDBY_S, stop)
    return None


async def _decide(plan: Plan, matcher: Matcher, clock: Clock, reread: asyncio.Event, stop: asyncio.Event) -> None:
    pulse.HERE.needs("kafka")
    progress, export = Progress(), Export(plan.kafka)
    matcher.heard = export.hear
    wiring = Wire(
        kafka=plan.kafka,
        role="match",
        topic=plan.kafka.topic("events"),
        handle=Deciding(matcher=matcher, kafka=plan.kafka, progress=progress, places=StorePlaces(plan.store)).handle,
        batch=BATCH,
        within_s=WITHIN_S,
    )
    _go_back(plan, wiring.topic)
    worker = Worker(wiring, progress)
    stall = Stall(limit_s=plan.kafka.stall.total_seconds(), mine=worker.partitions, beat=lambda: progress.beat)
    _log.info("active", rules=len(plan.rules.rules), fence=matcher.force.lock.fence)
    async with asyncio.TaskGroup() as group:
        group.create_task(worker.run(stop))
        group.create_task(matcher.attend(stop))
        group.create_task(matcher.force.look_back(stop))
        group.create_task(matcher.force.renew(Watch(plan.sources, reread, stop)))
        group.create_task(watch(Lag(plan.kafka, plan.kafka.group("match"), plan.kafka.topic("events")), stall, stop))
        group.create_task(export.run(stop))
        group.create_task(matcher.forget(plan.keep_articles, plan.keep_events, stop))


def _go_back(plan: Plan, topic: str) -> None:
    """Has the group take again what it acknowledged and the store does not know: the store was made from a backup."""
    group = plan.kafka.group("match")
    lag = Lag(plan.kafka, group, topic)
    try:
        acknowledged = {partition: place.committed for partition, place in lag.read().items()}
    finally:
        lag.close()
    behind = StorePlaces(plan.store).behind(topic, acknowledged)
    if behind:
        again = rewind(plan.kafka, group, topic, behind)
        _log.warning("the store is older than what was acknowledged; taking it again", topic=topic, offsets=again)


@dataclass(slots=True, kw_only=True)
class Deciding:
    """What becomes of a batch of readings."""

    matcher: Matcher
    kafka: Kafka
    progress: Progress
    places: StorePlaces

    async def handle(self, batch: Sequence[Raw], emit: Emit) -> None:
        """Decides the readings, one after the other; emits the records that are none, set aside."""
        for raw in batch:
            try:
                reading = wire.decode(raw.value, Reading)
            except WireError as fault:
                place = {"topic": raw.topic, "partition": raw.partition, "offset": raw.offset}
                metrics.SET_ASIDE.labels("decode").inc()
                _log.error("record set aside", stage="decode", fault=str(fault), **place)
                await emit(set_aside(raw, self.kafka.topic("dead"), "decode", fault, WallClock().now()))
            else:
                await self.matcher.take(reading)
            self.progress.moved()
        for topic in {raw.topic for raw in batch}:
            self.places.note(topic, {raw.partition: raw.offset + 1 for raw in batch if raw.topic == topic})


@dataclass(slots=True)
class Export:
    """Alerts on their way to tocsin.alerts, beside the decisions: Kafka's troubles hold up no alert.

    After a crash some may be missing there. The outbox has them all.
    """

    kafka: Kafka
    _waiting: deque[Out] = field(default_factory=lambda: deque(maxlen=KEPT))
    _some: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, decision: Decision) -> None:
        """Takes what was decided."""
        for alert in decision.alerts:
            key, value = alert.incident.encode(), wire.encode_versioned(alert)
            self._waiting.append(Out(topic=self.kafka.topic("alerts"), key=key, value=value))
        if decision.alerts:
            self._some.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Sends until `stop` is set, and what is left then, once."""
        publisher = Publisher(self.kafka)
        while not stop.is_set() or self._waiting:
            self._some.clear()
            batch = list(self._waiting)
            try:
                if batch:
                    await asyncio.to_thread(publisher.publish, batch)
                    for sent in batch:
                        if self._waiting and self._waiting[0] is sent:  # else it fell out meanwhile, as the oldest of too many
                            self._waiting.popleft()
            except EnvironmentFault as fault:
                _log.warning("cannot export alerts", waiting=len(batch), fault=str(fault))
                if stop.is_set():
                    break
                await either(AGAIN_S, stop)
            if not self._waiting:
                await either(None, self._some, stop)
        await asyncio.to_thread(publisher.close, 1.0)
