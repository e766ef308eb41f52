"""Tells the service manager that started us how we are: ready, alive, stopping (sd_notify(3), a datagram to a socket).

Called by the command line with the process's environment; where no manager asks, nothing is sent. The watchdog is fed while no
stage is stuck, so that a process that hangs, or has work and does not get on, is ended and started again.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import structlog

from streams.health.endpoints import Subject, readiness

LOOK_S = 1.0  # how often it is looked whether all stands

_log = structlog.get_logger("notify")


@asynccontextmanager
async def notifying(subject: Subject, environ: Mapping[str, str]) -> AsyncIterator[None]:
    """Tells the manager until the block ends. `environ`: NOTIFY_SOCKET and WATCHDOG_USEC, as the manager set them."""
    place = environ.get("NOTIFY_SOCKET", "")
    if not place:
        yield
        return
    watchdog_s = int(environ.get("WATCHDOG_USEC") or 0) / 1e6
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
        to.setblocking(False)
        to.connect("\0" + place[1:] if place.startswith("@") else place)  # @: an abstract socket
        telling = asyncio.create_task(_tell(to, subject, min(LOOK_S, watchdog_s / 3) if watchdog_s else LOOK_S))
        try:
            yield
        finally:
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling
            _send(to, "STOPPING=1")


async def _tell(to: socket.socket, subject: Subject, every_s: float) -> None:
    told, words = False, ""
    while True:
        stuck, (ready, _) = subject.pulse.stuck(), readiness(subject)
        if ready and not told:
            _send(to, "READY=1")
            told = True
        if not stuck:
            _send(to, "WATCHDOG=1")
        wrong = [f"{name}: {why}" for name, why in (stuck | subject.pulse.doubted()).items()]
        now = "; ".join(wrong) or ("well" if told else "starting")
        if now != words:
            words = now
            _send(to, "STATUS=" + " ".join(words.split()))
        await asyncio.sleep(every_s)


def _send(to: socket.socket, message: str) -> None:
    try:
        to.send(message.encode())
    except OSError as fault:
        _log.warning("the service manager cannot be told", message=message, fault=fault.strerror)
