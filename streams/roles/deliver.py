"""The role that sends: the outbox to its channels, each under a lease of its own. Kafka only wakes it.

    outbox (store) ─► channels          tocsin.alerts ─► "look now"

While Kafka is away it looks into the outbox every second and sends all the same. A second such process takes up the channels of
one that died.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from streams import pulse
from streams.app import Emit, Progress, Wire, Worker
from streams.clocks import WallClock
from streams.deliver import Pace, deliver_forever
from streams.errors import EnvironmentFault, StoreBusy
from streams.letters import Raw
from streams.ports import Sink
from streams.settings.model import Kafka
from streams.stages import either
from streams.store.outbox import StoreOutbox
from streams.store.store import Store

LEASE_S = 2.0  # how often a channel that another process serves is asked for
AGAIN_S = 10.0  # before Kafka is tried again

_log = structlog.get_logger("deliver")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What deliver works on; made from the settings."""

    store: Store
    kafka: Kafka
    sinks: Mapping[str, Sink]
    time_zone: str
    pace: Pace


@dataclass(slots=True)
class _Bells:
    """One for each channel that this process serves."""

    by_channel: dict[str, asyncio.Event] = field(default_factory=dict)
    any: asyncio.Event = field(default_factory=asyncio.Event)  # set once the first is served

    async def ring(self, _batch: Sequence[Raw], _emit: Emit) -> None:
        for bell in self.by_channel.values():
            bell.set()


async def run(plan: Plan, stop: asyncio.Event) -> None:
    """Serves every channel that nobody else serves, until `stop` is set; raises the store's faults."""
    pulse.HERE.needs("store", *(f"channel {channel}" for channel in plan.sinks))
    pulse.HERE.stands("store")
    bells = _Bells()
    async with asyncio.TaskGroup() as stages:
        for channel, sink in plan.sinks.items():
            stages.create_task(_serve(plan, channel, sink, bells, stop))
        stages.create_task(_listen(plan, bells, stop))


async def _serve(plan: Plan, channel: str, sink: Sink, bells: _Bells, stop: asyncio.Event) -> None:
    clock, told = WallClock(), False
    while not stop.is_set():
        try:
            lease = plan.store.lock(clock.now(), f"deliver:{channel}")
        except StoreBusy:
            if not told:
                pulse.HERE.stands(f"channel {channel}", "standby")
                _log.info("another process serves this channel; standing by", channel=channel)
                told = True
            await either(LEASE_S, stop)
            continue
        with lease:
            pulse.HERE.stands(f"channel {channel}", "served")
            _log.info("serving", channel=channel)
            bells.by_channel[channel] = asyncio.Event()
            bells.any.set()
            await deliver_forever(
                StoreOutbox(plan.store, lease),
                {channel: sink},
                clock,
                time_zone=plan.time_zone,
                wake=bells.by_channel[channel],
                stop=stop,
                pace=plan.pace,
            )
        return


async def _listen(plan: Plan, bells: _Bells, stop: asyncio.Event) -> None:
    """Lets Kafka ring, and goes on without it while it is away. Not before we serve something: one ring wakes one process."""
    await either(None, bells.any, stop)
    wire = Wire(
        kafka=plan.kafka,
        role="deliver",
        topic=plan.kafka.topic("alerts"),
        handle=bells.ring,
        batch=100,
        within_s=0.02,
        vital=False,
    )
    while not stop.is_set():
        try:
            await Worker(wire, Progress()).run(stop)
        except EnvironmentFault as fault:
            _log.warning("Kafka does not wake us; the outbox is looked at every second", fault=str(fault), again_in_s=AGAIN_S)
            await either(AGAIN_S, stop)
