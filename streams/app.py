"""Faust, and nothing but Faust: one agent that hands batches of raw records to a plain function. Called by the roles.

What Faust 0.15.3 was measured to do, and what follows from it here (2026-11; the issues are Faust's):
- it acknowledges in a `finally`, so a handler that raises loses its records: whatever leaves `_batch` before its end ends the
  process, at once and without its exit handlers, before anything of the batch can be committed;
- a send is only queued: each output is awaited to the brokers' acknowledgement before its batch is left;
- it may stop reading without a word (138), and a crashed agent is started again with a hole behind it: the watch in
  `streams.health.stalls` asks the brokers over a connection of its own and ends the process;
- `concurrency`, tables, `noack` and `exactly_once` lose records: none is used, and one agent reads one topic.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn

import faust
import structlog

from streams import metrics, pulse
from streams.broker.options import tls
from streams.ending import STOP_S, die
from streams.errors import EnvironmentFault
from streams.letters import READING_BYTES, Out, Raw
from streams.settings.model import Kafka

SEND_S = 60.0  # for all outputs of a batch to be acknowledged
_LOOK_S = 0.2  # how often it is looked whether Faust has crashed

Emit = Callable[[Out], Awaitable[None]]
Handle = Callable[[Sequence[Raw], Emit], Awaitable[None]]

_log = structlog.get_logger("worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What a role asks of Faust."""

    kafka: Kafka
    role: str  # its consumer group is called so
    topic: str
    handle: Handle  # must answer for every record of the batch, and raises only to end the process; what it emits goes out at once
    batch: int  # records at most
    within_s: float  # how long a batch is waited for
    vital: bool = True  # False: what is read may be lost, so Kafka's troubles only end the reading, never the process


@dataclass(slots=True)
class Progress:
    """What the watch looks at.

    Attributes:
        beat: when something last moved, on the monotonic clock; set by whoever works.
    """

    beat: float = field(default_factory=time.monotonic)

    def moved(self) -> None:
        """Notes that work goes on."""
        self.beat = time.monotonic()


class Worker:
    """One Faust app with one agent."""

    def __init__(self, wire: Wire, progress: Progress) -> None:
        self.wire = wire
        self.progress = progress
        self.ready = asyncio.Event()
        self._app: Any = None
        self._stopping = False

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set, then leaves the group; ends the process when Faust crashes or a stop takes too long.

        Where it is not vital, raises EnvironmentFault instead, and may be made anew.
        """
        self._app = app = _app(self.wire)
        source = app.topic(self.wire.topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
        agent = app.agent(source, name=self.wire.role)(self._read(app))
        agent._on_error = self._broke  # a public way Faust has none; it would start the agent again, with a hole behind it
        try:
            await self._work(app, stop)
        except EnvironmentFault:
            await asyncio.wait({asyncio.create_task(app.stop())}, timeout=STOP_S)
            raise

    async def _work(self, app: Any, stop: asyncio.Event) -> None:
        watching = asyncio.create_task(self._until(app, stop))
        starting = asyncio.create_task(app.start())
        await asyncio.wait({watching, starting}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            if (fault := starting.exception()) is not None:
                watching.cancel()
                self._ended("Faust could not start", fault)
            self.ready.set()
            pulse.HERE.stands("kafka", "consuming")
            _log.info("consuming", topic=self.wire.topic, group=app.conf.id)
        await watching
        self._stopping = True
        leaving = asyncio.create_task(app.stop()) if starting.done() else starting
        await asyncio.wait({leaving}, timeout=STOP_S if starting.done() else 0)
        if not leaving.done():
            die("stopped in the middle of a batch; it is not acknowledged and will be read again", code=0)
        leaving.result()

    def partitions(self) -> frozenset[int]:
        """Those that this process reads at the moment."""
        consumer = self._app.consumer if self._app is not None else None
        return (
            frozenset(tp.partition for tp in consumer.assignment()) if consumer is not None and self.ready.is_set() else frozenset()
        )

    def _read(self, app: Any) -> Callable[[Any], Awaitable[None]]:
        async def agent(stream: Any) -> None:
            async for events in stream.take_events(self.wire.batch, within=self.wire.within_s):
                try:
                    with pulse.HERE.work("consume"):
                        await self._batch(app, events)
                except BaseException as fault:  # noqa: BLE001 - whatever it is: once it leaves, Faust acknowledges the batch
                    self._lost(fault)

        return agent

    async def _batch(self, app: Any, events: Sequence[Any]) -> None:
        records = [_raw(event) for event in events]
        self.progress.moved()
        queued: list[Awaitable[Any]] = []

        async def emit(out: Out) -> None:
            queued.append(await _queue(app, out))

        await self.wire.handle(records, emit)
        if queued:
            async with asyncio.timeout(SEND_S):
                await asyncio.gather(*queued)
        self.progress.moved()
        metrics.RECORDS.labels(self.wire.topic).inc(len(records))

    def _lost(self, fault: BaseException) -> NoReturn:
        if not self.wire.vital:
            raise fault
        if self._stopping:
            die("stopped in the middle of a batch; it is not acknowledged and will be read again", code=0)
        if isinstance(fault, EnvironmentFault):
            die("gave up; the batch is not acknowledged and will be read again", fault=str(fault))
        _log.error("a batch failed", exc_info=fault)
        die("a batch failed as a whole; it is not acknowledged and will be read again", fault=f"{type(fault).__name__}: {fault}")

    async def _broke(self, _: object, fault: BaseException) -> None:
        self._ended("Faust's agent broke outside of a batch", fault)

    def _ended(self, why: str, fault: BaseException | None) -> NoReturn:
        reason = f"{type(fault).__name__}: {fault}" if fault else "no reason given"
        if not self.wire.vital:
            raise EnvironmentFault(f"{why}: {reason}")
        die(why, fault=reason)

    async def _until(self, app: Any, stop: asyncio.Event) -> None:
        """Returns when the run is to stop; the process ends when Faust has."""
        while not stop.is_set():
            if app.crashed or app.should_stop:
                self._ended("Faust ended by itself", app.crash_reason)
            try:
                await asyncio.wait_for(stop.wait(), _LOOK_S)
            except TimeoutError:
                continue


async def _queue(app: Any, out: Out) -> Awaitable[Any]:
    """Queues an output; what is returned is done when the brokers have acknowledged it."""
    topic = app.topic(out.topic, key_serializer="raw", value_serializer="raw")
    queued: Awaitable[Any] = await topic.send(key=out.key, value=out.value, headers=dict(out.headers))
    return queued


def _raw(event: Any) -> Raw:
    """The record; of one that somebody else sent, much may be missing."""
    message = event.message
    return Raw(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key=message.key or b"",
        value=message.value or b"",
        stamped=datetime.fromtimestamp(max(message.timestamp or 0.0, 0.0), UTC),
        headers={name: value or b"" for name, value in dict(message.headers or {}).items()},
    )


def _app(wire: Wire) -> Any:
    kafka, session_s = wire.kafka, wire.kafka.session.total_seconds()
    return faust.App(
        kafka.group(wire.role),
        loop=asyncio.get_running_loop(),
        broker=[f"kafka://{broker}" for broker in kafka.brokers],
        broker_credentials=_credentials(kafka),
        broker_session_timeout=session_s,
        broker_heartbeat_interval=max(0.3, session_s / 5),
        broker_request_timeout=max(90.0, 2 * session_s),  # Faust wants it above the session
        broker_max_poll_records=max(wire.batch, 100),
        broker_commit_interval=0.5,  # fewer repeats after a kill
        stream_buffer_maxsize=max(2 * wire.batch, 64),  # what is read ahead is read again after a kill
        stream_wait_empty=True,
        processing_guarantee="at_least_once",
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=READING_BYTES + 200_000,
        producer_acks=-1,
        producer_request_timeout=30.0,  # the default waits 20 minutes for a dead broker
        producer_max_request_size=READING_BYTES + 200_000,
        topic_partitions=kafka.partitions,
        topic_allow_declare=False,  # "tocsin topics create" makes them
        topic_disable_leader=True,
        store="memory://",
        datadir=os.path.join(tempfile.gettempdir(), f"tocsin-{os.getpid()}"),  # named only: without tables nothing is written
        autodiscover=False,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )


def _credentials(kafka: Kafka) -> Any:
    context = tls(kafka) if kafka.tls else None
    if kafka.sasl:
        assert kafka.password is not None  # the settings' reader saw to it
        return faust.SASLCredentials(
            username=kafka.user, password=kafka.password.reveal(), mechanism=kafka.mechanism, ssl_context=context
        )
    return context
