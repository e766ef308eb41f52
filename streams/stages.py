"""Tasks side by side: waiting for several things at once, and whose fault ended a group; called by the runs."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog

from streams import pulse
from streams.errors import EnvironmentFault, FencedOff, TocsinError

FAULT_WAITS_S = (0.5, 1, 2, 4, 8, 15)  # between tries of one transaction; then the run ends without having taken its input

Result = TypeVar("Result")
# told what an attempt failed of and the seconds to the next; None: it is done
Failing = Callable[[EnvironmentFault | None, float], None]

_log = structlog.get_logger("run")


async def or_stop(task: "asyncio.Task[Result]", stop: asyncio.Event) -> Result | None:
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


async def insist(
    what: str, act: Callable[[], Result], waits_s: Sequence[float] = FAULT_WAITS_S, *, in_thread: bool = False
) -> Result:
    """What a transaction gives, tried again after each fault of the environment; raises the last one.

    Args:
        in_thread: what takes long does not hold up the others meanwhile.
    """

    async def once() -> Result:
        return await asyncio.to_thread(act) if in_thread else act()

    def failing(fault: EnvironmentFault | None, wait_s: float) -> None:
        pulse.HERE.doubts(f"store, to {what}", str(fault or ""))
        if fault is not None:
            _log.error("store unavailable, trying again", doing=what, fault=str(fault), wait_s=wait_s)

    return await persist(once, failing, waits_s)


async def persist(act: Callable[[], Awaitable[Result]], failing: Failing, waits_s: Sequence[float] = FAULT_WAITS_S) -> Result:
    """As `insist`, for who says in words of his own what fails. A matcher that was replaced (FencedOff) is not tried again."""
    for wait_s in waits_s:
        try:
            result = await act()
        except FencedOff:
            raise
        except EnvironmentFault as fault:
            failing(fault, wait_s)
            await asyncio.sleep(wait_s)
        else:
            failing(None, 0.0)
            return result
    return await act()


async def either(timeout_s: float | None, *events: asyncio.Event) -> None:
    """Returns when one of the events is set, or after the time."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def first(faults: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first fault of ours in a group, or the first at all."""
    ours, others = faults.split(TocsinError)
    found: BaseException = ours or others or faults
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found
