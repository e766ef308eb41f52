"""The test brokers do what the tests that stand on them take for granted, with both clients that the product uses."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import NewTopic
from peers import kafka as apache
from peers.kafka import Kafka
from peers.tansu import Tansu

SENT = {b"%d" % n for n in range(20)}
WORKER = Path(__file__).with_name("echo_worker.py")


@pytest.fixture(params=["tansu", "kafka"])
def broker(request: pytest.FixtureRequest) -> Tansu | Kafka:
    return request.getfixturevalue(request.param)


def created(servers: str, *topics: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=servers)
    admin.create_topics([NewTopic(one, num_partitions=4, replication_factor=1) for one in topics])
    admin.close()


def produced(servers: str, topic: str) -> None:
    producer = KafkaProducer(bootstrap_servers=servers, acks="all")
    for sent in [producer.send(topic, value) for value in SENT]:
        sent.get(timeout=30)
    producer.close()


def consumed(servers: str, topic: str) -> list[bytes]:
    """As many values as were sent, read as a member of a group."""
    reader = KafkaConsumer(
        topic,
        bootstrap_servers=servers,
        group_id=f"{topic}.reader",
        auto_offset_reset="earliest",
        session_timeout_ms=2000,
        heartbeat_interval_ms=500,
    )
    found: list[bytes] = []
    end = time.monotonic() + 30
    while len(found) < len(SENT) and time.monotonic() < end:
        found += [one.value for batch in reader.poll(timeout_ms=500).values() for one in batch]
    reader.close()
    return found


def test_what_kafka_python_sends_its_group_receives(broker: Tansu | Kafka) -> None:
    topic = f"{apache.fresh_prefix()}in"
    created(broker.servers, topic)
    produced(broker.servers, topic)
    assert sorted(consumed(broker.servers, topic)) == sorted(SENT)


@pytest.mark.soak
def test_a_faust_worker_reads_and_writes(broker: Tansu | Kafka, tmp_path: Path) -> None:
    """In a process of its own, without a table, and it stops when asked."""
    prefix = apache.fresh_prefix()
    created(broker.servers, f"{prefix}in", f"{prefix}out")
    produced(broker.servers, f"{prefix}in")
    asked = (sys.executable, str(WORKER), broker.servers, prefix)
    with (tmp_path / "log").open("wb") as log:
        worker = subprocess.Popen(asked, cwd=tmp_path, stdout=log, stderr=log)
        try:
            found = consumed(broker.servers, f"{prefix}out")
            worker.send_signal(signal.SIGTERM)
            code = worker.wait(timeout=20)
        finally:
            worker.kill()
            worker.wait()
    assert sorted(found) == sorted(SENT), (tmp_path / "log").read_text()
    assert code == 0
