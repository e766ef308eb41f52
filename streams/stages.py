"""Tasks side by side: waiting for several things at once, and whose fault ended a group; called by the runs."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog

from streams import pulse
from streams.errors import EnvironmentFault, FencedOff, TocsinError

FAULT_WAITS_S = (0.5, 1, 2, 4, 8, 15)  # between tries of one transaction; then the run ends without having taken its input

Result = TypeVar("Result")

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


async def insist(what: str, act: Callable[[], Result], waits_s: Sequence[float] = FAULT_WAITS_S) -> Result:
    """What a transaction gives, tried again after each fault of the environment; raises the last one.

    A matcher that was replaced (FencedOff) is not tried again.
    """
    for wait_s in waits_s:
        try:
            result = act()
        except FencedOff:
            raise
        except EnvironmentFault as fault:
            pulse.HERE.doubts(f"store, to {what}", str(fault))
            _log.error("store unavailable, trying again", doing=what, fault=str(fault), wait_s=wait_s)
            await asyncio.sleep(wait_s)
        else:
            pulse.HERE.doubts(f"store, to {what}", "")
            return result
    return act()


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
