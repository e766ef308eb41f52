"""The topic of dead letters, read for people: what was set aside, where it stood, and its own bytes. Called by `tocsin dead`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from streams.broker import options
from streams.broker.publisher import Publisher
from streams.broker.topics import translated
from streams.errors import EnvironmentFault, UsageError
from streams.letters import Dead, Out, Raw, dead
from streams.settings.model import Kafka

_ASK_MS = 10_000
_QUIET_MS = 1_000  # an answer without records after which the topic counts as read: brokers may misstate its end
RETRIED = "retried"  # a header of what was sent again: when


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One dead letter."""

    raw: Raw  # as it lies in the topic of dead letters
    dead: Dead | None  # None: its headers do not say what it is


def read(kafka: Kafka) -> tuple[Letter, ...]:
    """Every letter that the topic still holds, by partition and offset."""
    topic = kafka.topic("dead")
    places = [TopicPartition(topic, number) for number in range(kafka.partitions)]
    found: list[Letter] = []
    with _consumer(kafka, places) as consumer:
        consumer.seek_to_beginning(*places)
        while records := consumer.poll(timeout_ms=_ASK_MS if not found and _any(consumer, places) else _QUIET_MS):
            found += [_letter(one) for batch in records.values() for one in batch]
    return tuple(sorted(found, key=lambda one: (one.raw.partition, one.raw.offset)))


def one(kafka: Kafka, partition: int, offset: int) -> Letter | None:
    """One letter, None when the topic holds it no more, or never did."""
    place = TopicPartition(kafka.topic("dead"), partition)
    if not 0 <= partition < kafka.partitions:
        return None
    with _consumer(kafka, [place]) as consumer:
        if not consumer.beginning_offsets([place])[place] <= offset:
            return None
        consumer.seek(place, offset)
        records = consumer.poll(timeout_ms=_QUIET_MS, max_records=1)
    return next((_letter(each) for batch in records.values() for each in batch if each.offset == offset), None)


def send_again(kafka: Kafka, letters: Sequence[Letter], at: datetime) -> None:
    """Returns when every letter's own key and bytes are acknowledged in the topic they came from, marked as retried.

    Raises UsageError, with nothing sent, when a letter does not say where it came from; EnvironmentFault when not all were taken.
    """
    records = [_out(kafka, letter, at) for letter in letters]
    publisher = Publisher(kafka)
    try:
        done = publisher.publish(records)
    finally:
        publisher.close(1.0)
    if not all(done):
        raise EnvironmentFault(f"kafka: {done.count(False)} of {len(done)} letters were not acknowledged; try again")


def _out(kafka: Kafka, letter: Letter, at: datetime) -> Out:
    ours = (kafka.topic("articles"), kafka.topic("events"))
    if letter.dead is None or letter.dead.topic not in ours:
        where = f"{letter.raw.topic}/{letter.raw.partition}/{letter.raw.offset}"
        raise UsageError(f"{where}: this letter does not say from which of our topics it came; it cannot be sent again")
    headers = {**letter.raw.headers, RETRIED: at.astimezone(UTC).isoformat().encode()}
    return Out(topic=letter.dead.topic, key=letter.raw.key, value=letter.raw.value, headers=headers)


def _any(consumer: KafkaConsumer, places: Sequence[TopicPartition]) -> bool:
    """Whether the topic says that it holds anything: then its first answer is worth a longer wait."""
    oldest = consumer.beginning_offsets(list(places))
    return any(end > oldest[place] for place, end in consumer.end_offsets(list(places)).items())


@contextmanager
def _consumer(kafka: Kafka, places: Sequence[TopicPartition]) -> Iterator[KafkaConsumer]:
    with translated(kafka):
        consumer = KafkaConsumer(
            **options.client(kafka), group_id=kafka.group("dead"), enable_auto_commit=False, bootstrap_timeout_ms=_ASK_MS
        )
        try:
            consumer.assign(list(places))
            yield consumer
        finally:
            consumer.close(autocommit=False)


def _letter(record: Any) -> Letter:
    headers = {name: value or b"" for name, value in record.headers}
    raw = Raw(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key or b"",
        value=record.value or b"",
        stamped=datetime.fromtimestamp(record.timestamp / 1000, UTC),
        headers=headers,
    )
    return Letter(raw=raw, dead=dead(headers))
