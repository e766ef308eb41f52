"""The matcher's stage: everything that may change what the desk is told passes here, one transaction after the other.

    reading ─┐                    ┌─► outbox
    order  ──┼─► one transaction ─┼─► told, incidents, ledger
    tick   ──┘    with retries    └─► journal

Called by the local run with readings in inbox order and by the Kafka run with readings as they arrive. Orders and ticks it finds
by itself (`attend`). Faults of the environment are retried and then end the run, with nothing acknowledged; an article that
cannot be decided is quarantined, an order that cannot be obeyed is refused, each loudly and by name.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self, TypeVar

import structlog

from rules.model import RuleSet
from streams import metrics, pipeline, pulse
from streams.adopt import InForce
from streams.alerting.decision import Decision
from streams.errors import EnvironmentFault, OrderRefused, TimerFailed
from streams.labels.wanted import Desk
from streams.ports import Clock
from streams.records.flow import Reading
from streams.records.orders import Order, Tick
from streams.stages import either, insist, or_stop, persist
from streams.store.inbox import StoreInbox
from streams.store.orders import StoreOrders
from streams.store.retention import Pruned
from streams.store.store import Store

LOOK_S = 1.0  # how often orders and timers are looked for; other processes that give orders cannot wake us
PRUNE_EVERY = timedelta(hours=6)
IN_FLIGHT = timedelta(minutes=5)  # what has been in flight for longer holds no timer up: five times what extraction may take

Result = TypeVar("Result")

_log = structlog.get_logger("matcher")


@dataclass(slots=True, kw_only=True)
class Matcher:
    """The one active matcher of a store.

    Attributes:
        decided: set when something entered the outbox.
        asked: set by whoever knows of an order or a change of the clock, so that it is looked for at once; cleared here.
        heard: told of each decision once it is in the store; must not block.
    """

    force: InForce
    inbox: StoreInbox
    orders: StoreOrders
    clock: Clock  # ingest's
    decided: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    in_flight: timedelta = IN_FLIGHT
    heard: Callable[[Decision], None] = lambda _: None
    _obeying: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    @contextmanager
    def active(
        cls,
        store: Store,
        rules: RuleSet,
        desk: Desk,
        clock: Clock,
        decided: asyncio.Event,
    ) -> Iterator[Self]:
        """The matcher, holding the store's lock, with the rules adopted; raises StoreBusy while another one is active."""
        with store.lock(clock.now()) as lock:
            pulse.HERE.stands("lock", pulse.HELD)
            metrics.LOCK_HELD.set(1)
            force = InForce(store=store, lock=lock, rules=rules, desk=desk)
            force.adopt(rules, desk)
            try:
                yield cls(force=force, inbox=StoreInbox(store), orders=StoreOrders(store), clock=clock, decided=decided)
            finally:
                metrics.LOCK_HELD.set(0)

    async def take(self, reading: Reading) -> None:
        """Decides a reading, after the orders given and the timers due before it; quarantines what cannot be read or decided.

        Orders first: who silences a thing means the next article, and a feed that was dead was so before what comes in today.
        """
        with pulse.HERE.work("match"), metrics.DECISION_SECONDS.time():
            await self._take(reading)

    async def _take(self, reading: Reading) -> None:
        article = reading.article
        if reading.unread in ("died", "timed-out"):
            await self._set_aside(reading, f"the extraction process {reading.unread} on it")
            _log.error("article quarantined", article=article.id, revision=article.revision, why=reading.unread)
            return
        await self._obey_waiting()
        await self._tick(article.taken_at)
        try:
            decision = await self._insist(lambda: self._decide(reading), article=article.id)
        except EnvironmentFault:
            raise
        except Exception as fault:  # noqa: BLE001 - the edge of the loop: the article is named, set aside, and the loop goes on
            metrics.DECISION_FAULTS.labels("record").inc()
            _log.exception("decision failed", article=article.id, revision=article.revision)
            await self._set_aside(reading, f"deciding failed: {type(fault).__name__}: {fault}")
        else:
            metrics.note_decided(article, _closed(decision), self.clock.now())
            _log.info("decided", article=article.id, revision=article.revision, alerts=self._led_to(decision))

    async def attend(self, stop: asyncio.Event) -> None:
        """Takes every order and every tick that is due, until the run stops."""
        while not stop.is_set():
            self.asked.clear()
            await self.catch_up()
            await either(LOOK_S, self.asked, stop)

    async def forget(self, articles: timedelta, events: timedelta, stop: asyncio.Event) -> None:
        """Deletes what is older than its retention, again and again until the run stops; beside decisions, in a thread."""

        def prune() -> Pruned:
            return self.force.store.prune(self.clock.now(), articles, events, stop.is_set)

        while not stop.is_set():
            await insist("prune the store", prune, in_thread=True)
            await or_stop(asyncio.create_task(self.clock.sleep(PRUNE_EVERY.total_seconds())), stop)

    async def catch_up(self) -> None:
        """Takes the orders given so far, then the ticks that are due: who acknowledged in time is not escalated past."""
        await self._obey_waiting()
        await self._tick(self.clock.now())

    async def _obey_waiting(self) -> None:
        async with self._obeying:
            for order in await insist("look for orders", self.orders.waiting):
                await self._obey(order)

    async def _decide(self, reading: Reading) -> Decision:
        await self.force.make_ready(reading)
        with self.force.store.matching(self.force.lock) as memory:
            return pipeline.take(reading, memory, self.force.desk)

    async def _obey(self, order: Order) -> None:
        async def obey() -> Decision:
            with self.force.store.matching(self.force.lock) as memory:
                return pipeline.take_order(replace(order, at=self.clock.now()), memory, self.force.desk)

        about = {"order": order.number, "kind": order.kind, "who": order.who}
        try:
            decision = await self._insist(obey, **about)
        except EnvironmentFault:
            raise
        except OrderRefused as refusal:
            self.orders.refuse(order.number, str(refusal))
            metrics.ORDERS.labels(order.kind, "refused").inc()
            _log.warning("order refused", **about, why=str(refusal))
        except Exception as fault:  # noqa: BLE001 - the edge of the loop: the order is named, refused, and the loop goes on
            _log.exception("order failed", **about)
            self.orders.refuse(order.number, f"it failed: {type(fault).__name__}: {fault}")
            metrics.ORDERS.labels(order.kind, "failed").inc()
        else:
            metrics.ORDERS.labels(order.kind, "taken").inc()
            _log.info("order taken", **about, alerts=self._led_to(decision))

    async def _tick(self, until: datetime) -> None:
        """Fires the timers due by `until`, moment by moment, as long as nothing that was taken before one is in flight."""

        passed: list[tuple[str, str]] = []

        async def tick() -> Decision | None:
            with self.force.store.remembering() as memory:
                due = memory.next_timer()
            if due is None or due > until or self.inbox.in_flight(self.clock.now() - self.in_flight, due):
                return None
            with self.force.store.matching(self.force.lock) as memory:
                return pipeline.take_tick(Tick(at=due, passed=tuple(passed)), memory, self.force.desk)

        while True:
            try:
                decision = await self._insist(tick, tick=True)
            except TimerFailed as fault:  # a fault of ours: it waits, loudly, and is tried again with the ticks to come
                _log.exception("a timer failed and is put off", timer=list(fault.timer))
                passed.append(fault.timer)
                continue
            except EnvironmentFault:
                raise
            except Exception:  # noqa: BLE001 - the edge of the loop: timers wait, articles and orders go on, loudly
                _log.exception("a tick failed; it is tried again")
                return
            if decision is None:
                return
            metrics.TICKS.inc()
            _log.info("timers fired", alerts=self._led_to(decision))

    async def _insist(self, act: Callable[[], Awaitable[Result]], **about: object) -> Result:
        def failing(fault: EnvironmentFault | None, wait_s: float) -> None:
            pulse.HERE.doubts("decisions", "" if fault is None else f"cannot be written: {fault}")
            if fault is not None:
                metrics.DECISION_FAULTS.labels("environment").inc()
                _log.error("cannot decide, trying again", **about, fault=str(fault), wait_s=wait_s)

        return await persist(act, failing)

    async def _set_aside(self, reading: Reading, why: str) -> None:
        async def quarantine() -> bool:
            return self.inbox.quarantine(reading.article.id, reading.article.revision, why)

        await self._insist(quarantine, article=reading.article.id)
        metrics.note_decided(reading.article, "quarantined", self.clock.now())

    def _led_to(self, decision: Decision) -> list[str]:
        """Ids of the alerts, counted; whoever delivers is woken."""
        metrics.note_alerts(decision.alerts)
        metrics.note_kept_back(decision.passed, decision.gathered)
        self.heard(decision)
        if decision.deliveries:
            self.decided.set()
        return [alert.id for alert in decision.alerts]


def _closed(decision: Decision) -> str:
    """The word that closed the revision; "repeated" when it had been decided before."""
    closing = (one.outcome for one in decision.dispositions if not one.event and not one.rule)
    return next(closing, "repeated").partition(":")[0]
