"""Deliveries from the outbox to their channels: paced, in order, each step proved before the next.

Called by the runs, one task a channel under that channel's lease. Words come from render, a peer's ways from its sink; here
are retry, order and the answer to "did it arrive?". Nothing is dropped: a delivery ends done, or refused by its peer and loudly so.

A step's life, every arrow written to the outbox before and after the request it belongs to:

    (none) ──► sending ──► done                    the plain case
                  │  ▲
                  │  └──── waiting (not_before)    the peer cannot take it now, and has not
                  ├──────► refused                 the peer will never take it
                  └──────► sending, later: find() ──► done               it had arrived
                                             └──────► sending again ──► sending with a ref ──► find() deletes a twin ──► done

In a store made from a backup, what was decided of the time before is looked for before it is first sent.
"""

import asyncio
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, cast

import structlog

from streams import metrics, pulse
from streams.errors import EnvironmentFault, FencedOff, SinkInDoubt, SinkRefused, SinkUnavailable
from streams.ports import Clock, Outbox, Sink
from streams.records.flow import Delivery
from streams.records.message import Message, Step
from streams.words import render

StepName = Literal["post", "edit", "reply"]

_log = structlog.get_logger("deliver")
_OUTBOX_TRIES = 5  # in a row, with longer and longer waits, half a minute in all; a server that is restarted is back by then
_BROKEN_SINK_TRIES = 5  # a sink that fails in a way of its own: our fault, tried a few times, then set aside


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast, and how patiently. All in seconds of the clock that deliver is given, which should be the wall's."""

    between_s: Mapping[str, float] = field(default_factory=lambda: {"slack": 1.0})  # between requests, by kind of channel; else 0
    settle_s: float = 20.0  # until a peer's history is believed; no figure is documented, an assumption
    backoff_s: float = 1.0  # after the first failure that names no time; doubles
    backoff_max_s: float = 120.0
    poll_s: float = 1.0  # how often an idle channel looks into the outbox, for writers that cannot wake it


@dataclass(slots=True)
class Tally:
    """What happened, counted; for metrics and tests."""

    delivered: int = 0
    refused: int = 0  # deliveries that ended refused
    unavailable: int = 0  # requests that the peer could not take
    in_doubt: int = 0  # requests without an answer, and steps found open at start
    faults: int = 0  # failures of our own: a sink or render raised what it must not


async def deliver_forever(
    outbox: Outbox,
    sinks: Mapping[str, Sink],
    clock: Clock,
    *,
    time_zone: str,
    wake: asyncio.Event,
    stop: asyncio.Event,
    pace: Pace | None = None,
    tally: Tally | None = None,
    taken_by: Clock | None = None,
) -> Tally:
    """Delivers what waits, and what comes, until `stop` is set; a request under way is finished first.

    Args:
        sinks: by channel, as deliveries name it ("slack:gsoc").
        time_zone: of the desk, for the words.
        wake: set by whoever put something into the outbox; cleared here.
        taken_by: ingest's clock, by which the age of news is measured; None: `clock`.

    Raises:
        EnvironmentFault: the outbox failed and went on failing; steps under way are found in doubt at the next start.
    """
    tally = tally or Tally()
    channels = [_Channel(name, sink, outbox, clock, time_zone, pace or Pace(), tally, taken_by) for name, sink in sinks.items()]
    tasks = [asyncio.create_task(channel.run(stop)) for channel in channels]
    relay = asyncio.create_task(_relay(wake, channels))
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in (*tasks, relay):
            task.cancel()
        await asyncio.gather(*tasks, relay, return_exceptions=True)
    return tally


async def deliver_once(
    outbox: Outbox, sinks: Mapping[str, Sink], clock: Clock, *, time_zone: str, pace: Pace | None = None, tally: Tally | None = None
) -> Tally:
    """Delivers until nothing waits for any of the channels, however long a peer is away."""
    tally = tally or Tally()
    channels = [_Channel(name, sink, outbox, clock, time_zone, pace or Pace(), tally) for name, sink in sinks.items()]
    await asyncio.gather(*(channel.run(None) for channel in channels))
    return tally


async def _relay(wake: asyncio.Event, channels: Sequence["_Channel"]) -> None:
    """One event for everybody outside, one for each channel here: whoever clears it first would deafen the others."""
    while True:
        await wake.wait()
        wake.clear()
        for channel in channels:
            channel.woken.set()


class _Channel:
    """The loop of one channel. `stop` None: until nothing waits."""

    def __init__(
        self,
        name: str,
        sink: Sink,
        outbox: Outbox,
        clock: Clock,
        time_zone: str,
        pace: Pace,
        tally: Tally,
        taken_by: Clock | None = None,
    ) -> None:
        self.name, self.sink, self.outbox, self.clock, self.taken_by = name, sink, outbox, clock, taken_by or clock
        self.time_zone, self.pace, self.tally = time_zone, pace, tally
        self.woken = asyncio.Event()
        self._between = timedelta(seconds=pace.between_s.get(name.partition(":")[0], 0.0))
        self._free_at: datetime | None = None  # no request before
        self._failures = 0  # in a row, whole channel
        self._restored = outbox.restored_at()
        self._begun: set[tuple[str, str]] = set()  # steps this process has sent; others found open are a crash's
        self._seen: dict[str, float] = {}  # deliveries that wait, with the monotonic second in which they were first seen

    async def run(self, stop: asyncio.Event | None) -> None:
        faults = 0  # of the outbox, in a row
        while stop is None or not stop.is_set():
            try:
                if not await self._turn(stop):
                    return
                faults = 0
                pulse.HERE.doubts(f"outbox of {self.name}", "")
            except FencedOff:
                raise
            except EnvironmentFault as fault:
                faults += 1
                if faults > _OUTBOX_TRIES:
                    raise
                until = self._in(self._backoff(faults))
                pulse.HERE.doubts(f"outbox of {self.name}", f"cannot be used: {fault}")
                _log.error("cannot use the outbox, trying again", channel=self.name, fault=str(fault), until=until)
                while self.clock.now() < until and not (stop and stop.is_set()):
                    await self._rest((until - self.clock.now()).total_seconds(), stop)

    async def _turn(self, stop: asyncio.Event | None) -> bool:
        """One request, or one rest; False when nothing waits and nobody will say stop."""
        waiting = self.outbox.waiting(self.name)
        if not waiting and stop is None:
            return False
        self._seen = {delivery.id: self._seen.get(delivery.id, time.monotonic()) for delivery in waiting}
        now = self.clock.now()
        ready, due = self._next(waiting, now)
        if ready:
            with pulse.HERE.work(f"deliver {self.name}"):
                await self._advance(*ready)
        else:
            await self._rest((due - now).total_seconds() if due else self.pace.poll_s, stop)
        return True

    def _next(self, waiting: Sequence[Delivery], now: datetime) -> tuple[tuple[Delivery, Step | None] | None, datetime | None]:
        """The first delivery that can go on now, with its step; else None and the moment at which one can.

        Order is the outbox's: gravest first, then oldest. Of one incident only the first unfinished delivery goes on.
        """
        heads: dict[str, Delivery] = {}
        for delivery in waiting:
            held = heads.get(delivery.incident)
            heads[delivery.incident] = delivery if held is None or delivery.ordinal < held.ordinal else held
        dues = []
        for delivery in heads.values():
            step = self._step(delivery)
            due = max((moment for moment in (step.not_before if step else None, self._free_at) if moment), default=now)
            if step is None or due <= now:
                return (delivery, step), None
            dues.append(due)
        return None, min(dues, default=None)

    def _step(self, delivery: Delivery) -> Step | None:
        """The step to go on with, None when there is none left."""
        begun = {step.name: step for step in self.outbox.steps(delivery.id)}
        for name in self._names(delivery, begun):
            step = begun.get(name, Step(delivery=delivery.id, name=name))
            if step.state not in ("done", "refused"):
                return step
        return None

    def _names(self, delivery: Delivery, begun: Mapping[StepName, Step]) -> tuple[StepName, ...]:
        names = cast(tuple[StepName, ...], self.sink.steps(delivery))
        if not names or "post" in names:
            return names
        if "edit" in begun and begun["edit"].state == "refused":  # the message was deleted, or may not be edited any more
            return ("edit", "post") if delivery.ping else ("edit",)
        if "post" in begun or not self.outbox.root(delivery.incident, self.name):  # the first post was refused: say it anew
            return ("post",)
        return names

    async def _advance(self, delivery: Delivery, step: Step | None) -> None:
        """One request, if a step is left; the end of the delivery, if none is left then."""
        message = self._words(delivery)
        if step is not None:
            root = self.outbox.root(delivery.incident, self.name)
            asking = step.state == "sending" or self._may_be_told(delivery, step)
            await (self._look if asking else self._send)(delivery, step, message, root)
            self._free_at = max(filter(None, (self._free_at, self.clock.now() + self._between)))
            if self._step(delivery) is not None:
                return
        self.outbox.finish(delivery.id, message, self.clock.now())
        steps = self.outbox.steps(delivery.id)
        if steps and steps[-1].state == "refused":
            self.tally.refused += 1
            metrics.DELIVERIES.labels(self.name, "refused").inc()
            reason = {"step": steps[-1].name, "reason": steps[-1].error}
            _log.error("delivery refused", **_named(delivery), **reason)
        else:
            self.tally.delivered += 1
            waited_s = time.monotonic() - self._seen.pop(delivery.id, time.monotonic())
            metrics.note_delivered(delivery, waited_s, self.taken_by.now())
            _log.info("delivered", **_named(delivery), waited_s=round(waited_s, 3))

    def _may_be_told(self, delivery: Delivery, step: Step) -> bool:
        """Whether a step that we have never tried may have been sent by a store of which ours is an earlier state."""
        return not step.attempts and self._restored is not None and delivery.post.updated <= self._restored

    async def _send(self, delivery: Delivery, step: Step, message: Message, root: str) -> None:
        """Performs the step. One that was in doubt stays so, with its ref, until a twin has been looked for."""
        doubted = step.state == "sending"
        sending = replace(step, state="sending", attempts=step.attempts + 1, not_before=self._in(self.pace.settle_s), error="")
        self._begun.add((step.delivery, step.name))
        self.outbox.put_step(sending)
        try:
            with metrics.REQUEST_SECONDS.labels(self.name).time():
                ref = await self.sink.perform(sending, delivery, message, root)
        except SinkUnavailable as fault:  # this attempt has not arrived; the one before may have
            self._put_off(replace(sending, state="sending" if doubted else "waiting"), fault)
        except SinkInDoubt as fault:
            self._doubt(sending, str(fault))
        except SinkRefused as fault:
            self._answered("refused")
            self.outbox.put_step(replace(sending, state="refused", not_before=None, error=str(fault)))
        except Exception as fault:  # noqa: BLE001 - the edge of the loop: one bad sink must not silence the channel
            self._broken(sending, fault)
        else:
            self._answered("done")
            self.outbox.put_step(
                replace(sending, ref=ref, not_before=self._in(self.pace.settle_s)) if doubted else _done(sending, ref)
            )

    async def _look(self, delivery: Delivery, step: Step, message: Message, root: str) -> None:
        """Settles a step that may have arrived, or that may have a twin."""
        if not step.attempts:
            _log.info("may have been told before the store was restored, asking", delivery=delivery.id, channel=self.name)
        elif (step.delivery, step.name) not in self._begun:
            self._begun.add((step.delivery, step.name))
            self.tally.in_doubt += 1
            _log.warning("step found open at start", delivery=delivery.id, channel=self.name, step=step.name)
        try:
            found = await self.sink.find(step, delivery, root)
        except SinkUnavailable as fault:
            self._put_off(step, fault)
            return
        except SinkRefused as fault:  # the peer does not let us ask: rather twice than never
            _log.error("cannot ask whether it arrived", delivery=delivery.id, channel=self.name, step=step.name, reason=str(fault))
            found = ""
        except Exception as fault:  # noqa: BLE001 - as above
            self._broken(replace(step, attempts=step.attempts + 1), fault)
            return
        self._answered("asked")
        if step.ref:
            self.outbox.put_step(_done(step, found or step.ref))
        elif not found:
            await self._send(delivery, step, message, root)
        elif step.attempts > 1:  # an earlier attempt may still turn up
            self.outbox.put_step(replace(step, ref=found, not_before=self._in(self.pace.settle_s)))
        else:
            self.outbox.put_step(_done(step, found))

    def _put_off(self, step: Step, fault: SinkUnavailable) -> None:
        """Later, in the peer's own time if it named one. Else the step waits twice as long as the channel.

        So one that fails for reasons of its own lets the others pass.
        """
        self.tally.unavailable += 1
        self._failures += 1
        metrics.REQUESTS.labels(self.name, "unavailable").inc()
        named = fault.retry_after_s
        self.outbox.put_step(
            replace(step, not_before=self._in(self._backoff(step.attempts) if named is None else named), error=str(fault))
        )
        self._free_at = self._in(self._backoff(self._failures) / 2 if named is None else named)
        pulse.HERE.doubts(f"channel {self.name}", f"unavailable, {self._failures} times in a row: {fault}")
        _log.warning("channel unavailable", delivery=step.delivery, channel=self.name, until=self._free_at, reason=str(fault))

    def _doubt(self, step: Step, reason: str) -> None:
        self.tally.in_doubt += 1
        metrics.REQUESTS.labels(self.name, "in-doubt").inc()
        self.outbox.put_step(replace(step, not_before=self._in(self.pace.settle_s), error=reason))
        _log.warning("delivery in doubt", delivery=step.delivery, channel=self.name, step=step.name, reason=reason)

    def _broken(self, step: Step, fault: Exception) -> None:
        """A sink raised what it must not. It may have arrived; after a few tries it is set aside."""
        self.tally.faults += 1
        metrics.REQUESTS.labels(self.name, "fault").inc()
        error = f"{type(fault).__name__}: {fault}"
        state: Literal["sending", "refused"] = "refused" if step.attempts >= _BROKEN_SINK_TRIES else "sending"
        wait = max(self.pace.settle_s, self._backoff(step.attempts))
        self.outbox.put_step(replace(step, state=state, not_before=self._in(wait), error=error))
        where = "".join(traceback.format_tb(fault.__traceback__))  # without locals: they may hold a token
        _log.error("sink is broken", delivery=step.delivery, channel=self.name, step=step.name, reason=error, traceback=where)

    def _answered(self, outcome: str) -> None:
        """The peer has answered: it is there."""
        self._failures = 0
        metrics.REQUESTS.labels(self.name, outcome).inc()
        pulse.HERE.doubts(f"channel {self.name}", "")

    def _words(self, delivery: Delivery) -> Message:
        try:
            return render.message(delivery, self.time_zone)
        except Exception as fault:  # noqa: BLE001 - an alert in few words is better than none
            self.tally.faults += 1
            _log.error("render failed", delivery=delivery.id, reason=f"{type(fault).__name__}: {fault}")
            return render.bare(delivery)

    def _in(self, seconds: float) -> datetime:
        return self.clock.now() + timedelta(seconds=seconds)

    def _backoff(self, attempts: int) -> float:
        return min(self.pace.backoff_max_s, self.pace.backoff_s * 2.0 ** min(max(attempts - 1, 0), 30))

    async def _rest(self, seconds: float, stop: asyncio.Event | None) -> None:
        """Returns when that time has passed, the outbox has news, or the run stops; at the latest when it is time to look."""
        pauses = [self.clock.sleep(max(0.0, min(seconds, self.pace.poll_s))), self.woken.wait(), *([stop.wait()] if stop else [])]
        tasks = [asyncio.ensure_future(pause) for pause in pauses]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        self.woken.clear()


def _named(delivery: Delivery) -> dict[str, object]:
    """The delivery in the log, with the articles it speaks of."""
    articles = sorted({alert.label.article for alert in delivery.alerts} or {label.article for label in delivery.post.labels})
    alerts = [alert.id for alert in delivery.alerts]
    return {"delivery": delivery.id, "channel": delivery.channel, "articles": articles, "alerts": alerts}


def _done(step: Step, ref: str) -> Step:
    return replace(step, state="done", ref=ref, not_before=None, error="")
