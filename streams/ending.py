"""How a process of the Kafka run ends when it must not end in an orderly way; called by `streams.app` and the roles.

An orderly end would run the `finally` in which Faust acknowledges what was not done.
"""

import asyncio
import logging
import os
import sys
import threading
from typing import NoReturn

import structlog

GAVE_UP = 3  # exit code, as in `streams.cli.main`
STOP_S = 8.0  # for the work in hand after a signal to stop; then the process ends without acknowledging it

_log = structlog.get_logger("ending")


def die(why: str, *, code: int = GAVE_UP, **about: object) -> NoReturn:
    """Ends this process now: no `finally`, no exit handler and no commit runs any more. Extraction processes end with us."""
    (_log.error if code else _log.warning)(why, code=code, **about)
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


async def within_time(stop: asyncio.Event) -> None:
    """From the moment `stop` is set, gives an orderly end that long and no longer; run it beside the role."""
    await stop.wait()
    _by_force("the orderly end took too long", STOP_S + 1.0, code=0)


def in_any_case(fault: BaseException) -> None:
    """Lets an end that this fault brought about last no longer than an ordered one: Faust's threads outlive a cancelled task."""
    _by_force("gave up", STOP_S, fault=f"{type(fault).__name__}: {fault}")


def _by_force(why: str, seconds: float, **about: object) -> None:
    timer = threading.Timer(seconds, die, (why,), about)
    timer.daemon = True  # an orderly end does not wait for it
    timer.start()
