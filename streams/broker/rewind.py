"""Moves a group back in a topic: what it has acknowledged is given to it again. Called by the match role before it joins.

Only for a group without members; the brokers refuse otherwise, and that is an EnvironmentFault like any other.
"""

from collections.abc import Mapping

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from streams.broker import options
from streams.broker.topics import translated
from streams.settings.model import Kafka

_ASK_MS = 10_000

_log = structlog.get_logger("rewind")


def rewind(kafka: Kafka, group: str, topic: str, places: Mapping[int, int]) -> Mapping[int, int]:
    """The offsets from which the group goes on, by partition: those asked for, or the oldest that are still there, loudly."""
    with translated(kafka):
        consumer = KafkaConsumer(**options.client(kafka), group_id=group, enable_auto_commit=False, bootstrap_timeout_ms=_ASK_MS)
        try:
            wanted = {TopicPartition(topic, partition): place for partition, place in places.items()}
            oldest = consumer.beginning_offsets(list(wanted))
            found = {each: max(place, oldest[each]) for each, place in wanted.items()}
            consumer.commit({each: OffsetAndMetadata(place, "", -1) for each, place in found.items()})
        finally:
            consumer.close(autocommit=False)
    for each, place in found.items():
        gone = place - wanted[each]
        if gone and wanted[each]:
            _log.error("records that are to be taken again are gone", topic=topic, partition=each.partition, records=gone)
    return {each.partition: place for each, place in found.items()}
