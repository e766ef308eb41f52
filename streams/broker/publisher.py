"""From the inbox to the topic of articles: every record acknowledged by all replicas before its row says so.

Called by the ingest role, in a thread. A producer that failed is thrown away with what it still held: the rows say what was not
acknowledged, and it is sent again. Twice is harmless, for the matcher takes a revision once.
"""

from collections.abc import Sequence

from kafka import KafkaProducer
from kafka.errors import KafkaError

from streams.broker import options
from streams.broker.topics import translated
from streams.letters import READING_BYTES, Out
from streams.settings.model import Kafka

DELIVERY_S = 30.0  # until an unacknowledged record counts as not sent
_MOST_BYTES = READING_BYTES + 100_000  # of a request; the topic says what it takes


class Publisher:
    """A producer that comes and goes with its brokers; used by one thread at a time."""

    def __init__(self, kafka: Kafka) -> None:
        self._kafka = kafka
        self._producer: KafkaProducer | None = None

    def publish(self, records: Sequence[Out]) -> list[bool]:
        """For each record whether it was acknowledged; raises EnvironmentFault when none was."""
        with translated(self._kafka):
            try:
                return self._published(records)
            except BaseException:
                self.close(0.0)
                raise

    def close(self, timeout_s: float) -> None:
        """Ends the producer; what was not acknowledged by then stays unsent."""
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.close(timeout=timeout_s)

    def _published(self, records: Sequence[Out]) -> list[bool]:
        producer = self._connected()
        sent = [producer.send(out.topic, value=out.value, key=out.key, headers=list(out.headers.items())) for out in records]
        done: list[bool] = []
        fault: KafkaError | None = None
        for future in sent:
            try:
                future.get(timeout=DELIVERY_S + 5)
            except KafkaError as failed:
                fault = failed
                done.append(False)
            else:
                done.append(True)
        if fault is not None:
            if not any(done):
                raise fault
            self.close(0.0)
        return done

    def _connected(self) -> KafkaProducer:
        if self._producer is None:
            self._producer = KafkaProducer(
                **options.client(self._kafka),
                acks="all",
                enable_idempotence=True,
                allow_auto_create_topics=False,
                linger_ms=5,
                delivery_timeout_ms=int(DELIVERY_S * 1000),
                request_timeout_ms=int(DELIVERY_S * 500),
                max_block_ms=int(DELIVERY_S * 500),
                bootstrap_timeout_ms=5_000,
                reconnect_backoff_max_ms=2_000,  # else brokers that are back may not be noticed for 30 s
                max_request_size=_MOST_BYTES,
            )
        return self._producer
