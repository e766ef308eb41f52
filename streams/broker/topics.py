"""The four topics: made by `tocsin topics create`, and looked at by every role before it starts.

One count of partitions for all. A count that differs is refused, never changed: keys would move to other partitions and an
article's revisions would overtake each other.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import KafkaError, TopicAlreadyExistsError

from streams.broker import options
from streams.broker.refusals import look, why
from streams.errors import EnvironmentFault, UsageError
from streams.settings.model import Kafka, TopicName

NAMES: tuple[TopicName, ...] = ("articles", "events", "dead", "alerts")
_ASK_S = 15.0  # for one answer of the brokers
_DAY_MS = 24 * 3_600 * 1_000
_WIDE = str(4 * 2**20)  # bytes; a reading holds its article and quotes each sentence it found
# The store is the truth and the sweep sends again, so topics keep what a long outage needs. Dead letters wait for a person.
_CONFIGS: Mapping[TopicName, Mapping[str, str]] = {
    "articles": {"retention.ms": str(7 * _DAY_MS)},
    "events": {"retention.ms": str(7 * _DAY_MS), "max.message.bytes": _WIDE},
    "dead": {"retention.ms": str(30 * _DAY_MS), "max.message.bytes": _WIDE},
    "alerts": {"retention.ms": str(30 * _DAY_MS), "max.message.bytes": _WIDE},
}


def create(kafka: Kafka) -> tuple[str, ...]:
    """The topics that were made now; those that are there already as they must be stay as they are.

    Raises UsageError, and makes nothing, when one of them has another count of partitions.
    """
    with _admin(kafka) as admin:
        found = _counts(admin, kafka)
        _refuse_others(found, kafka)
        missing = {kafka.topic(name): _wish(name, kafka) for name in NAMES if kafka.topic(name) not in found}
        if missing:
            with suppress(TopicAlreadyExistsError):  # made by another one meanwhile; what came of it is looked at below
                admin.create_topics(missing, timeout_ms=int(_ASK_S * 1000))
        _complete(_everywhere(admin, kafka), kafka, NAMES)
    return tuple(missing)


def check(kafka: Kafka, names: Iterable[TopicName] = NAMES) -> None:
    """Returns when the topics are there with the settings' count of partitions; raises UsageError otherwise."""
    with _admin(kafka) as admin:
        _complete(_counts(admin, kafka), kafka, names)


def _wish(name: TopicName, kafka: Kafka) -> dict[str, Any]:
    configs = dict(_CONFIGS[name])
    if kafka.replicas is not None and kafka.replicas > 2:
        configs["min.insync.replicas"] = "2"  # with acks=all: what is acknowledged stands on two brokers
    return {"num_partitions": kafka.partitions, "replication_factor": kafka.replicas or -1, "configs": configs}


def _counts(admin: KafkaAdminClient, kafka: Kafka) -> dict[str, int]:
    """Partitions of those of our topics that exist."""
    wanted = {kafka.topic(name) for name in NAMES}
    there = sorted(wanted & set(admin.list_topics()))
    return {one["name"]: len(one["partitions"]) for one in admin.describe_topics(there)} if there else {}


def _everywhere(admin: KafkaAdminClient, kafka: Kafka) -> dict[str, int]:
    """As `_counts`, once the broker that we ask has heard of all that was made; what it knows then if it never does."""
    end = time.monotonic() + _ASK_S
    while len(found := _counts(admin, kafka)) < len(NAMES) and time.monotonic() < end:
        time.sleep(0.1)
    return found


def _refuse_others(found: Mapping[str, int], kafka: Kafka) -> None:
    wrong = [f"{topic} has {count}" for topic, count in sorted(found.items()) if count != kafka.partitions]
    if wrong:
        advice = 'set "partitions" to what is there, or delete the topics and run "tocsin topics create" again'
        raise UsageError(f"kafka: every topic must have {kafka.partitions} partitions, and {', '.join(wrong)}; {advice}")


def _complete(found: Mapping[str, int], kafka: Kafka, names: Iterable[TopicName]) -> None:
    _refuse_others(found, kafka)
    missing = [topic for name in names if (topic := kafka.topic(name)) not in found]
    if missing:
        raise UsageError(f'kafka: there is no topic {", ".join(missing)}; "tocsin topics create" makes them')


@contextmanager
def _admin(kafka: Kafka) -> Iterator[KafkaAdminClient]:
    look(kafka)
    with translated(kafka):
        admin = KafkaAdminClient(
            **options.client(kafka), request_timeout_ms=int(_ASK_S * 1000), bootstrap_timeout_ms=int(_ASK_S * 1000)
        )
        try:
            yield admin
        finally:
            admin.close()


@contextmanager
def translated(kafka: Kafka) -> Iterator[None]:
    """Raises the client's faults as ours, with the brokers in front."""
    try:
        yield
    except (KafkaError, OSError) as fault:
        if found := why(kafka):
            raise EnvironmentFault(found) from fault
        reason = f"{type(fault).__name__}: {fault}".rstrip(": ")
        raise EnvironmentFault(f"kafka: {', '.join(kafka.brokers)}: {reason}") from fault
