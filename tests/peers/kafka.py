"""Apache Kafka on loopback: fixtures `kafka`, `kafka3`, `kafka_secure`, each started once, at the first test that asks for it.

They share nothing but the broker: let each test name topics and groups of its own (`fresh_prefix`). A test that kills a broker
starts it again before it ends. Java, Maven and the jars missing: `needs.lacking`.
"""

import json
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from peers.needs import lacking

from deploy.kafka import brokers

SCRIPT = Path(brokers.__file__)
USER, PASSWORD = "desk", "correct horse"


@dataclass(frozen=True, slots=True)
class Kafka:
    """One broker or three.

    Attributes:
        servers: `host:port`, comma separated, as clients take them.
        authority: the PEM file to trust; None without TLS. Beside it, ending in `.key`, the key that goes with it.
    """

    folder: Path
    servers: str
    authority: Path | None = None

    def through(self, listener: str) -> "Kafka":
        """The same by another way in: "login" asks for USER without TLS, "mutual" for the certificate of the authority itself."""
        nodes = json.loads((self.folder / "cluster.json").read_text(encoding="utf-8"))["nodes"].values()
        return replace(self, servers=",".join(f"127.0.0.1:{ports[listener]}" for ports in nodes))

    def kill(self, node: int | None = None) -> None:
        """SIGKILL to one or to all."""
        brokers.stop(self.folder, node, kill=True)

    def stop(self, node: int | None = None) -> None:
        """A controlled shutdown of one or of all."""
        brokers.stop(self.folder, node)

    def start(self, node: int | None = None) -> None:
        """One or all again, when they answer."""
        which = ("--node", str(node)) if node else ()
        subprocess.run((sys.executable, str(SCRIPT), "start", str(self.folder), *which), check=True, stdout=subprocess.DEVNULL)


def fresh_prefix() -> str:
    """For topics and groups of one test."""
    return f"t{uuid.uuid4().hex[:12]}."


@contextmanager
def running(folder: Path, *options: str, authority: Path | None = None) -> Iterator[Kafka]:
    """Brokers until the block ends, however this process ends."""
    try:
        brokers.fetch()
    except brokers.Refused as no:
        lacking(str(no))
    asked = (sys.executable, str(SCRIPT), "start", str(folder), "--attend", *options)
    # in a session of its own, or a signal to our group would end it before the brokers
    with subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        servers = process.stdout.readline().strip()
        assert servers, f"no broker came up: {folder}"
        yield Kafka(folder, servers, authority)
        process.stdin.close()
        process.wait()


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """One broker, nothing but plain connections."""
    with running(tmp_path_factory.mktemp("kafka")) as made:
        yield made


@pytest.fixture(scope="session")
def kafka3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """Three brokers; topics have three copies, of which two must take what is acknowledged."""
    with running(tmp_path_factory.mktemp("kafka3"), "--brokers", "3") as made:
        yield made


@pytest.fixture(scope="session")
def kafka_secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """One broker that asks for TLS and for USER with PASSWORD, by SCRAM or PLAIN."""
    folder = tmp_path_factory.mktemp("kafka_secure")
    authority = certificate(folder / "broker")
    with running(
        folder / "data", "--tls", str(folder / "broker.both.pem"), "--user", f"{USER}:{PASSWORD}", authority=authority
    ) as made:
        yield made


def certificate(stem: Path) -> Path:
    """A certificate for 127.0.0.1 that vouches for itself: STEM.pem; with its key in one file: STEM.both.pem."""
    if shutil.which("openssl") is None:
        lacking("no openssl to make a certificate with (Debian: openssl)")
    made, key = stem.with_suffix(".pem"), stem.with_suffix(".key")
    asked = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=tocsin test")
    asked += ("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(made))
    subprocess.run(asked, check=True, capture_output=True)
    stem.with_suffix(".both.pem").write_bytes(key.read_bytes() + made.read_bytes())
    return made
