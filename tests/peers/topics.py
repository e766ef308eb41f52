"""What tests do to the topics of a Kafka run from outside, with kafka-python: read all of one, send into it."""

from collections.abc import Iterable

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

SILENCE_MS = 3000  # after which a topic is read to its end (Tansu's end offsets are wrong)


def everything(servers: str, topic: str) -> list[ConsumerRecord]:
    """All records of a topic, in no particular order between partitions."""
    reader = KafkaConsumer(bootstrap_servers=servers.split(","), auto_offset_reset="earliest", consumer_timeout_ms=SILENCE_MS)
    try:
        reader.assign([TopicPartition(topic, number) for number in sorted(reader.partitions_for_topic(topic) or ())])
        return list(reader)
    finally:
        reader.close()


def send(servers: str, records: Iterable[tuple[str, bytes, bytes]]) -> int:
    """How many (topic, key, value) were acknowledged; all, or it raises."""
    producer = KafkaProducer(bootstrap_servers=servers.split(","), acks="all", max_request_size=5_000_000)
    try:
        sent = [producer.send(topic, key=key, value=value) for topic, key, value in records]
        return len([one.get(timeout=60) for one in sent])
    finally:
        producer.close()
