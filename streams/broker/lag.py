"""How far a group is behind a topic, asked over a connection of our own, so that it is true also when the group's client hangs."""

from collections.abc import Mapping
from dataclasses import dataclass

from kafka import KafkaConsumer, TopicPartition

from streams.broker import options
from streams.broker.topics import translated
from streams.settings.model import Kafka

_ASK_MS = 10_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a group stands in one partition."""

    committed: int  # the next offset it would be given; 0 before it has committed anything
    end: int  # one past the last record, as far as the broker says so (Tansu says too little)

    @property
    def behind(self) -> int:
        """Records that wait, or are being worked on."""
        return max(0, self.end - self.committed)


class Lag:
    """The question and its connection; used by one thread at a time."""

    def __init__(self, kafka: Kafka, group: str, topic: str) -> None:
        self.topic, self.group = topic, group
        self._kafka = kafka
        self._partitions = [TopicPartition(topic, number) for number in range(kafka.partitions)]
        self._consumer: KafkaConsumer | None = None

    def read(self) -> Mapping[int, Place]:
        """The place in each partition; raises EnvironmentFault when the brokers do not answer."""
        with translated(self._kafka):
            consumer = self._connected()
            ends = consumer.end_offsets(self._partitions, timeout_ms=_ASK_MS)
            return {
                each.partition: Place(consumer.committed(each, timeout_ms=_ASK_MS) or 0, ends[each]) for each in self._partitions
            }

    def close(self) -> None:
        """Ends the connection."""
        if self._consumer is not None:
            self._consumer.close(autocommit=False)
            self._consumer = None

    def _connected(self) -> KafkaConsumer:
        if self._consumer is None:
            self._consumer = KafkaConsumer(
                **options.client(self._kafka),
                group_id=self.group,  # for its commits alone: nothing is subscribed, so it is no member
                enable_auto_commit=False,
                bootstrap_timeout_ms=_ASK_MS,
            )
        return self._consumer


def hops(kafka: Kafka) -> dict[str, Lag]:
    """By role, the groups through whose hands an article goes, in its order."""
    return {
        "extract": Lag(kafka, kafka.group("extract"), kafka.topic("articles")),
        "match": Lag(kafka, kafka.group("match"), kafka.topic("events")),
    }
