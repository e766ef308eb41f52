"""The role that polls: what feeds show goes into the store's inbox, and from there into the topic of articles.

    feeds ─► inbox (store) ─► tocsin.articles
                   └── the sweep: what has been in flight for too long is sent again, whichever hop lost it

Pollers know nothing of Kafka: while its brokers are away, rows wait in the inbox. One such process a store.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from connectors.base import FeedSpec
from connectors.fetch import Fetch
from streams import letters, metrics, pulse
from streams.broker.lag import Lag, hops
from streams.broker.publisher import Publisher
from streams.clocks import WallClock
from streams.ending import STOP_S, die
from streams.errors import EnvironmentFault, RecordError
from streams.letters import Out
from streams.ports import Clock
from streams.publish import poll_forever
from streams.records.flow import Article
from streams.records.orders import FeedHealth
from streams.settings.model import Kafka
from streams.stages import either
from streams.store.inbox import StoreInbox
from streams.store.orders import StoreOrders
from streams.store.store import Store

LOOK_S = 1.0  # how often the inbox is asked although nobody said that something came
SWEEP_S = 5.0  # how often it is asked for what has been in flight for too long
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 5.0  # between tries to reach the brokers
AT_ONCE = 200  # records published together
NEARLY = 20  # records: a group that is no further behind has caught up, as far as the sweep is concerned
PATIENCE = 12  # times `republish` after which a row is sent again though the groups are still behind
_NEVER = timedelta(days=36_500)

_log = structlog.get_logger("publish")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What ingest works on; made from the settings."""

    store: Store
    kafka: Kafka
    feeds: Sequence[FeedSpec]
    fetch: Fetch


async def run(plan: Plan, clock: Clock, stop: asyncio.Event) -> None:
    """Polls and publishes until `stop` is set. `clock` is ingest's; when a row was published is the wall's business."""
    pulse.HERE.needs("store")  # polls go on whether or not the brokers answer
    pulse.HERE.stands("store")
    publishing = Publishing(store=plan.store, kafka=plan.kafka)

    def taken(_: tuple[Article, ...]) -> None:
        publishing.wake.set()

    def healthy(health: FeedHealth) -> None:
        StoreOrders(plan.store).give("health", health, who="ingest", at=clock.now())

    inbox = StoreInbox(plan.store)
    async with asyncio.TaskGroup() as stages:
        stages.create_task(poll_forever(plan.feeds, inbox, clock, plan.fetch, on_taken=taken, on_health=healthy, stop=stop))
        stages.create_task(publishing.run(stop))


@dataclass(slots=True, kw_only=True)
class Publishing:
    """The way from the inbox to the topic, and its sweep.

    Attributes:
        wake: set by whoever put something into the inbox.
    """

    store: Store
    kafka: Kafka
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _clock: WallClock = field(default_factory=WallClock)

    async def run(self, stop: asyncio.Event) -> None:
        """Publishes until `stop` is set; what the brokers have not acknowledged by then is published by the next run."""
        publisher, behind = Publisher(self.kafka), tuple(hops(self.kafka).values())
        wait_s, sweep_at = 0.0, time.monotonic()
        try:
            while not stop.is_set():
                self.wake.clear()
                sweeping = time.monotonic() >= sweep_at
                step = asyncio.create_task(asyncio.to_thread(self._step, publisher, behind if sweeping else ()))
                await _first(step, stop)
                if not step.done():
                    break
                try:
                    more = step.result()
                    pulse.HERE.doubts("kafka", "")
                except EnvironmentFault as fault:
                    pulse.HERE.doubts("kafka", f"cannot publish: {fault}")
                    metrics.PUBLISH_FAULTS.inc()
                    wait_s = min(max(2 * wait_s, FIRST_WAIT_S), LONGEST_WAIT_S)
                    _log.error("cannot publish, articles wait in the inbox", fault=str(fault), retry_in_s=wait_s)
                    await either(wait_s, stop)
                    continue
                wait_s = 0.0
                if sweeping:
                    sweep_at = time.monotonic() + SWEEP_S
                if not more:
                    await either(LOOK_S, stop, self.wake)
            await self._leave(publisher, behind, step if not step.done() else None)
        finally:
            publisher.close(0.0)

    async def _leave(self, publisher: Publisher, behind: "tuple[Lag, ...]", step: "asyncio.Task[bool] | None") -> None:
        """Lets the step in hand end within the time of a stop; a thread that waits for a dead broker is left to the system."""
        if step is not None:
            await asyncio.wait({step}, timeout=STOP_S)
            if not step.done():
                die("stopped while publishing; what is not acknowledged will be published by the next run", code=0)
        await asyncio.to_thread(publisher.close, 1.0)
        for lag in behind:
            lag.close()

    def _step(self, publisher: Publisher, behind: "tuple[Lag, ...]") -> bool:
        """Publishes what is due; whether there may be more."""
        inbox, now = StoreInbox(self.store), self._clock.now()
        due = inbox.unpublished(now, _NEVER, limit=AT_ONCE)
        if not due and behind:
            republish = self.kafka.republish
            due = inbox.unpublished(now, republish, limit=AT_ONCE)
            if due and sum(place.behind for lag in behind for place in lag.read().values()) > NEARLY:
                due = inbox.unpublished(now, PATIENCE * republish, limit=AT_ONCE)
            if due:
                metrics.REPUBLISHED.inc(len(due))
                _log.warning("in flight for too long, published again", articles=[one.id for one in due])
        records = [(article, out) for article in due if (out := self._record(article, inbox)) is not None]
        if records:
            done = publisher.publish([out for _, out in records])
            sent = [article for (article, _), acknowledged in zip(records, done, strict=True) if acknowledged]
            inbox.note_published(sent, self._clock.now())
            metrics.PUBLISHED.inc(len(sent))
            _log.info("published", articles=[article.id for article in sent])
            return len(sent) == len(records)
        return False

    def _record(self, article: Article, inbox: StoreInbox) -> Out | None:
        try:
            value, within = letters.packed(article)
        except RecordError as fault:
            inbox.quarantine(article.id, article.revision, str(fault))
            _log.error("article quarantined", article=article.id[:200], revision=article.revision, why=str(fault))
            return None
        if within.clipped:
            _log.warning("article is longer than a message and was cut", article=article.id, kept=len(within.text))
        return Out(topic=self.kafka.topic("articles"), key=article.id.encode(), value=value)


async def _first(step: "asyncio.Task[bool]", stop: asyncio.Event) -> None:
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({step, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
