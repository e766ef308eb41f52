"""What tests do to the topics of a Kafka run from outside, with kafka-python: read all of one, send into it."""

import time
from collections.abc import Iterable

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

READ_S = 60.0  # for all that a topic holds


def everything(servers: str, topic: str) -> list[ConsumerRecord]:
    """All that a topic of Apache Kafka holds at this moment, in no particular order between partitions (Tansu's ends are wrong)."""
    reader = KafkaConsumer(bootstrap_servers=servers.split(","), auto_offset_reset="earliest")
    try:
        places = [TopicPartition(topic, number) for number in sorted(reader.partitions_for_topic(topic) or ())]
        reader.assign(places)
        ends, found = reader.end_offsets(places), list[ConsumerRecord]()
        give_up = time.monotonic() + READ_S
        while any(reader.position(place) < ends[place] for place in places):
            assert time.monotonic() < give_up, f"{topic} cannot be read to its end"
            found += [record for records in reader.poll(timeout_ms=500).values() for record in records]
        return [record for record in found if record.offset < ends[TopicPartition(topic, record.partition)]]
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
