"""TLS and logging in, on Apache Kafka: topics, publishing, lag and Faust itself, with the settings of an operator."""

import asyncio
import gc
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from peers.kafka import PASSWORD, USER, fresh_prefix
from peers.kafka import Kafka as Peer

from streams.app import Progress, Wire, Worker
from streams.broker import topics
from streams.broker.lag import Lag, Place
from streams.broker.publisher import Publisher
from streams.errors import EnvironmentFault, UsageError
from streams.letters import Out, Raw
from streams.settings import Kafka
from streams.settings_file import load

pytestmark = [pytest.mark.kafka, pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")]


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """kafka-python 3.0.12 leaves a socket that a broker refused to the garbage collector: here, where it is expected."""
    yield
    gc.collect()


def settings(
    folder: Path, peer: Peer, *, mechanism: str = "SCRAM-SHA-512", password: str = PASSWORD, ca: Path | None = None
) -> Kafka:
    text = (
        f"kafka:\n  brokers: ['{peer.servers}']\n  prefix: {fresh_prefix()}x\n  partitions: 1\n  session: 6s\n"
        f"  security: SASL_SSL\n  ca: {ca or peer.authority}\n  mechanism: {mechanism}\n  user: {USER}\n"
    )
    (folder / "tocsin.yaml").write_text(text, encoding="utf-8")
    made = load(folder / "tocsin.yaml", {"TOCSIN_KAFKA_PASSWORD": password}).kafka
    assert made is not None
    return made


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-512", "PLAIN"])
async def test_everything_that_talks_to_brokers_does_so_over_tls_and_by_name(
    kafka_secure: Peer, tmp_path: Path, mechanism: str
) -> None:
    """kafka-python makes topics, publishes and asks for the lag; Faust's client reads and sends."""
    kafka = settings(tmp_path, kafka_secure, mechanism=mechanism)
    assert len(await asyncio.to_thread(topics.create, kafka)) == 4
    publisher, stop, seen = Publisher(kafka), asyncio.Event(), asyncio.Queue[bytes]()
    records = [Out(topic=kafka.topic("articles"), key=b"k", value=b"%d" % number) for number in range(5)]
    assert await asyncio.to_thread(publisher.publish, records) == [True] * 5

    async def handle(batch: Sequence[Raw]) -> list[Out]:
        for raw in batch:
            seen.put_nowait(raw.value)
        return [Out(topic=kafka.topic("events"), key=raw.key, value=raw.value) for raw in batch]

    wire = Wire(kafka=kafka, role="reader", topic=kafka.topic("articles"), handle=handle, batch=5, within_s=0.1)
    working = asyncio.create_task(Worker(wire, Progress()).run(stop))
    async with asyncio.timeout(60):
        assert [await seen.get() for _ in range(5)] == [record.value for record in records]
    stop.set()
    await working
    lag = Lag(kafka, kafka.group("reader"), kafka.topic("articles"))
    assert await asyncio.to_thread(lag.read) == {0: Place(committed=5, end=5)}
    sent = Lag(kafka, "nobody", kafka.topic("events"))
    assert await asyncio.to_thread(sent.read) == {0: Place(committed=0, end=5)}
    for one in (lag, sent):
        await asyncio.to_thread(one.close)
    await asyncio.to_thread(publisher.close, 5.0)


def test_a_wrong_password_is_a_fault_that_does_not_show_it(kafka_secure: Peer, tmp_path: Path) -> None:
    """Nor the right one."""
    with pytest.raises(EnvironmentFault) as raised:
        topics.check(settings(tmp_path, kafka_secure, password="sesame"))
    assert kafka_secure.servers in str(raised.value)
    assert "sesame" not in str(raised.value)


@pytest.mark.soak  # kafka-python tries for as long as it may
def test_a_broker_that_the_authority_does_not_vouch_for_is_not_talked_to(kafka_secure: Peer, tmp_path: Path) -> None:
    """The system's authorities know nothing of the test's certificate."""
    system = next(path for path in map(Path, ("/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem")) if path.exists())
    with pytest.raises(EnvironmentFault):
        topics.check(settings(tmp_path, kafka_secure, ca=system))


def test_a_file_that_is_no_certificate_is_the_users_mistake(kafka_secure: Peer, tmp_path: Path) -> None:
    """Said before anything connects."""
    (tmp_path / "ca").write_text("not PEM\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r'^kafka: "ca": .*/ca holds no certificates in PEM form \('):
        topics.check(settings(tmp_path, kafka_secure, ca=tmp_path / "ca"))
