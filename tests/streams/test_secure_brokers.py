"""TLS and SASL with Apache Kafka: every way in, and what is said when the door stays shut."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from peers.kafka import PASSWORD, USER, Kafka, certificate, fresh_prefix

from deploy.kafka.brokers import free_ports
from streams.app import Emit, Progress, Wire, Worker
from streams.broker import refusals, topics
from streams.broker.lag import Lag
from streams.broker.publisher import Publisher
from streams.errors import UsageError
from streams.letters import Out, Raw
from streams.settings.model import Kafka as Settings
from streams.settings.secret import Secret

NAMES = ("articles", "events", "dead", "alerts")


def settings(kafka: Kafka, **changed: Any) -> Settings:
    right = {
        "brokers": (kafka.servers,),
        "prefix": fresh_prefix().rstrip("."),
        "partitions": 1,
        "session": "2s",
        "security": "SASL_SSL",
        "ca": kafka.authority,
        "user": USER,
        "password": Secret(PASSWORD),
    }
    return Settings(**right | changed)


@pytest.mark.kafka
@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
async def test_records_go_in_and_out_by_every_mechanism(kafka_secure: Kafka, mechanism: str) -> None:
    await in_and_out(settings(kafka_secure, mechanism=mechanism))


@pytest.mark.kafka
async def test_records_go_in_and_out_by_a_login_without_tls(kafka_secure: Kafka) -> None:
    await in_and_out(settings(kafka_secure.through("login"), security="SASL_PLAINTEXT", ca=None))


@pytest.mark.kafka
async def test_records_go_in_and_out_by_certificates_on_both_sides(kafka_secure: Kafka) -> None:
    await in_and_out(mutual(kafka_secure))


@pytest.mark.kafka
def test_brokers_that_ask_for_a_certificate_say_so_at_once(kafka_secure: Kafka) -> None:
    kafka = mutual(kafka_secure, certificate=None, key=None)
    with pytest.raises(UsageError) as said:
        topics.check(kafka)
    advice = 'set "certificate" and "key" to a pair that its authorities vouch for'
    assert re.fullmatch(
        f"kafka: {kafka.brokers[0]} asks for a certificate of ours that it trusts \\(\\w+\\); {advice}", str(said.value)
    )


def mutual(kafka: Kafka, **changed: Any) -> Settings:
    """Settings that show a certificate instead of a name and a password."""
    assert kafka.authority is not None
    shown = {"certificate": kafka.authority, "key": kafka.authority.with_suffix(".key")}
    return settings(kafka.through("mutual"), **{"security": "SSL", "user": None, "password": None} | shown | changed)


async def in_and_out(kafka: Settings) -> None:
    """Topics made, a record published, read by Faust, and the lag asked: all four connections of the run."""
    assert topics.create(kafka) == tuple(kafka.topic(name) for name in NAMES)
    publisher, stop, found = Publisher(kafka), asyncio.Event(), []

    async def handle(batch: Sequence[Raw], _: Emit) -> None:
        found.extend(raw.value for raw in batch)
        stop.set()

    assert publisher.publish([Out(topic=kafka.topic("articles"), key=b"k", value=b"news")]) == [True]
    publisher.close(5.0)
    wire = Wire(kafka=kafka, role="extract", topic=kafka.topic("articles"), handle=handle, batch=8, within_s=0.02)
    async with asyncio.timeout(60):
        await Worker(wire, Progress()).run(stop)
    assert found == [b"news"]
    lag = Lag(kafka, kafka.group("extract"), kafka.topic("articles"))
    assert (await asyncio.to_thread(lag.read))[0].end == 1
    await asyncio.to_thread(lag.close)


@pytest.mark.kafka
@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
def test_a_wrong_password_is_said_at_once(kafka_secure: Kafka, mechanism: str) -> None:
    kafka = settings(kafka_secure, mechanism=mechanism, password=Secret("battery staple"))
    with pytest.raises(UsageError) as said:
        topics.check(kafka)
    advice = 'correct "user", "password" or "mechanism"'
    assert str(said.value) == f'kafka: {kafka_secure.servers} refuses the user "{USER}" or the password; {advice}'


@pytest.mark.kafka
def test_an_unknown_authority_is_said_at_once(kafka_secure: Kafka, tmp_path: Path) -> None:
    kafka = settings(kafka_secure, ca=certificate(tmp_path / "another"))
    with pytest.raises(UsageError) as said:
        topics.check(kafka)
    begun = f"kafka: the certificate of {kafka_secure.servers} is not trusted (self-signed certificate); "
    advice = 'set "ca" to the PEM file of the authority that vouches for it, and write brokers by the names that stand in it'
    assert str(said.value) == begun + advice


@pytest.mark.kafka
def test_a_broker_under_another_name_is_not_trusted(kafka_secure: Kafka) -> None:
    kafka = settings(kafka_secure, brokers=(kafka_secure.servers.replace("127.0.0.1", "localhost"),))
    with pytest.raises(UsageError, match=r"is not trusted \(Hostname mismatch, certificate is not valid for 'localhost'\.\); "):
        topics.check(kafka)


@pytest.mark.kafka
def test_plain_words_to_a_secure_port_and_the_reverse_are_told_apart_from_silence(kafka_secure: Kafka, kafka: Kafka) -> None:
    """These may also be a broker that is starting, so no mistake of the settings is claimed."""
    plain = settings(kafka_secure, security="PLAINTEXT")
    assert refusals.why(plain).startswith(f"kafka: {kafka_secure.servers} ends the connection (")
    secure = settings(kafka_secure, brokers=(kafka.servers,))
    assert refusals.why(secure).startswith(f"kafka: {kafka.servers} speaks no TLS with us (")
    nobody = settings(kafka, brokers=(f"127.0.0.1:{free_ports(1)[0]}",), security="PLAINTEXT")
    assert refusals.why(nobody).endswith("(Connection refused); check that they run and are reachable")
    for odd in (plain, secure, nobody):
        refusals.look(odd)
    assert refusals.why(settings(kafka, security="PLAINTEXT")) == ""
