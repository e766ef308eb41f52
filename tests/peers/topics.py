"""What tests do to the topics of a Kafka run from outside, with kafka-python: read all of one, send into it."""

import time
from collections.abc import Iterable

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

SILENCE_MS = 3000  # after which a topic is read to its end (Tansu's end offsets are too low)


def everything(servers: str, topic: str) -> list[ConsumerRecord]:
    """All that a topic holds at this moment, in no particular order between partitions; what is sent meanwhile may be with it."""
    reader = KafkaConsumer(bootstrap_servers=servers.split(","), auto_offset_reset="earliest", consumer_timeout_ms=SILENCE_MS)
    found, begun_ms = list[ConsumerRecord](), time.time() * 1000
    try:
        places = [TopicPartition(topic, number) for number in sorted(reader.partitions_for_topic(topic) or ())]
        reader.assign(places)
        ends = reader.end_offsets(places)
        for record in reader:
            found.append(record)
            if record.timestamp > begun_ms and all(reader.position(place) >= ends[place] for place in places):
                break
        return found
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
