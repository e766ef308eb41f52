"""A group is moved back in a topic, to what a store that was put back has taken."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata
from peers.kafka import Kafka as Brokers
from peers.kafka import fresh_prefix
from peers.topics import send

from streams.broker import topics
from streams.broker.lag import Lag
from streams.broker.rewind import rewind
from streams.settings.model import Kafka
from streams.store import backup
from streams.store.places import StorePlaces
from streams.store.store import Store


@pytest.mark.kafka
def test_what_was_acknowledged_after_the_backup_is_given_again(kafka: Brokers, tmp_path: Path) -> None:
    """The place of the store, the offset of the brokers, and the next record a member of the group is given."""
    settings = Kafka(brokers=(kafka.servers,), prefix=fresh_prefix(), partitions=2, replicas=1)
    topics.create(settings)
    topic, group = settings.topic("events"), settings.group("match")
    send(kafka.servers, [(topic, f"k{n}".encode(), f"{n}".encode()) for n in range(40)])
    ends = {number: place.end for number, place in read(settings).items()}
    assert sum(ends.values()) == 40
    half = {number: end // 2 for number, end in ends.items()}
    with Store.open(tmp_path / "tocsin.db") as store:
        StorePlaces(store).note(topic, half)
        backup.write(store, tmp_path / "desk.backup", datetime.now(UTC))
        StorePlaces(store).note(topic, ends)
        acknowledge(kafka, group, topic, ends)
        assert StorePlaces(store).behind(topic, {number: place.committed for number, place in read(settings).items()}) == {}
    backup.restore(tmp_path / "desk.backup", tmp_path / "other.db", datetime.now(UTC))
    with Store.open(tmp_path / "other.db") as store:
        behind = StorePlaces(store).behind(topic, {number: place.committed for number, place in read(settings).items()})
    assert behind == half
    assert rewind(settings, group, topic, behind) == half
    assert {number: place.committed for number, place in read(settings).items()} == half
    consumer = KafkaConsumer(topic, bootstrap_servers=kafka.servers, group_id=group, consumer_timeout_ms=8000)
    given = [int(record.value) for _, record in zip(range(40 - sum(half.values())), consumer, strict=False)]
    consumer.close()
    assert len(given) == len(set(given)) == 40 - sum(half.values())
    assert len(list(Path(tmp_path).glob("*.restoring*"))) == 0


def read(settings: Kafka):
    lag = Lag(settings, settings.group("match"), settings.topic("events"))
    try:
        return lag.read()
    finally:
        lag.close()


def acknowledge(kafka: Brokers, group: str, topic: str, places: dict[int, int]) -> None:
    consumer = KafkaConsumer(bootstrap_servers=kafka.servers, group_id=group, enable_auto_commit=False)
    consumer.commit({TopicPartition(topic, number): OffsetAndMetadata(place, "", -1) for number, place in places.items()})
    consumer.close(autocommit=False)
