"""What the store says of itself, as Prometheus' metrics; read when somebody scrapes, in one short transaction.

Called by `streams.health.endpoints`. Ages are against ingest's clock, which stamped what is measured.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from os import statvfs
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streams.store.store import Store
from streams.store.vitals import Vitals, vitals

# name: (what it is, labels); each is a gauge
GAUGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "tocsin_inbox_waiting": ("Article revisions taken and not decided.", ()),
    "tocsin_inbox_unpublished": ("Of them, those that Kafka has not been given yet; without Kafka all.", ()),
    "tocsin_inbox_oldest_age_seconds": ("Age of the oldest that waits; 0 when none does.", ()),
    "tocsin_inbox_quarantined": ("Article revisions that were set aside, as far as they are kept.", ()),
    "tocsin_orders_waiting": ("Orders that the matcher has not come to.", ()),
    "tocsin_orders_oldest_age_seconds": ("Age of the oldest of them; 0 when none waits.", ()),
    "tocsin_timer_overdue_seconds": ("How long the earliest timer has been due and not fired; 0 when none is.", ()),
    "tocsin_journal_entries": ("Entries of the journal.", ()),
    "tocsin_looking_back_incidents": ("Incidents that new or changed rules have not seen yet.", ()),
    "tocsin_outbox_waiting": ("Deliveries that wait.", ("channel",)),
    "tocsin_outbox_oldest_age_seconds": ("Age of the oldest of them, from its decision; 0 when none waits.", ("channel",)),
    "tocsin_outbox_refused": ("Deliveries that the peer will never take, as far as they are kept.", ("channel",)),
    "tocsin_feed_last_success_timestamp_seconds": ("Last poll that gave a feed, changed or not; 0: never.", ("feed",)),
    "tocsin_feed_last_new_timestamp_seconds": ("Last poll that gave a new item; 0: never.", ("feed",)),
    "tocsin_feed_next_poll_timestamp_seconds": ("When the next poll is due.", ("feed",)),
    "tocsin_feed_failures": ("Polls failed in a row; 0 while the feed is well.", ("feed",)),
    "tocsin_feed_failing_age_seconds": ("How long it has failed, from its last success; 0 while the feed is well.", ("feed",)),
    "tocsin_store_bytes": ("Size of the store's file and its write-ahead log.", ()),
    "tocsin_store_free_bytes": ("Free space where the store lies.", ()),
}


class StoreCollector(Collector):
    """Reads one store at each scrape.

    Args:
        store: shared with the run; a scrape takes a connection of its own.
        now: ingest's clock.
        feeds, channels: those of the settings: shown also while the store knows nothing of them.
    """

    def __init__(self, store: Store, now: Callable[[], datetime], feeds: tuple[str, ...], channels: tuple[str, ...]) -> None:
        self._store, self._now, self._feeds, self._channels = store, now, feeds, channels

    def describe(self) -> Iterator[Metric]:
        """Every family, without values."""
        for name, (what, labels) in GAUGES.items():
            yield GaugeMetricFamily(name, what, labels=labels)

    def collect(self) -> Iterator[Metric]:
        """Every family with its values; raises EnvironmentFault when the store cannot be read."""
        values = _values(vitals(self._store), self._now(), self._feeds, self._channels) | _sizes(self._store.path)
        for family in self.describe():
            assert isinstance(family, GaugeMetricFamily)
            for labels, value in values.get(family.name, {}).items():
                family.add_metric(labels, value)
            yield family


Values = dict[str, dict[tuple[str, ...], float]]


def _values(known: Vitals, now: datetime, feeds: tuple[str, ...], channels: tuple[str, ...]) -> Values:
    found: Values = {
        "tocsin_inbox_waiting": {(): known.waiting},
        "tocsin_inbox_unpublished": {(): known.unpublished},
        "tocsin_inbox_oldest_age_seconds": {(): _age(known.oldest_taken, now)},
        "tocsin_inbox_quarantined": {(): known.quarantined},
        "tocsin_orders_waiting": {(): known.orders},
        "tocsin_orders_oldest_age_seconds": {(): _age(known.oldest_order, now)},
        "tocsin_timer_overdue_seconds": {(): _age(known.timer, now)},
        "tocsin_journal_entries": {(): known.entries},
        "tocsin_looking_back_incidents": {(): known.looking_back},
    }
    queues = {queue.channel: queue for queue in known.queues}
    for channel in sorted({*channels, *queues}):
        queue = queues.get(channel)
        _put(found, "tocsin_outbox_waiting", channel, queue.waiting if queue else 0)
        _put(found, "tocsin_outbox_oldest_age_seconds", channel, _age(queue.oldest if queue else None, now))
        _put(found, "tocsin_outbox_refused", channel, queue.refused if queue else 0)
    cursors = {cursor.feed: cursor for cursor in known.feeds}
    for feed in feeds:  # one that the settings no longer name is not polled, and no gap
        cursor = cursors.get(feed)
        failing = cursor is not None and cursor.failures > 0
        since = (cursor.last_ok or cursor.first_polled) if cursor and failing else None
        _put(found, "tocsin_feed_last_success_timestamp_seconds", feed, _stamp(cursor.last_ok if cursor else None))
        _put(found, "tocsin_feed_last_new_timestamp_seconds", feed, _stamp(cursor.last_new if cursor else None))
        _put(found, "tocsin_feed_next_poll_timestamp_seconds", feed, _stamp(cursor.next_poll if cursor else None))
        _put(found, "tocsin_feed_failures", feed, cursor.failures if cursor else 0)
        _put(found, "tocsin_feed_failing_age_seconds", feed, _age(since, now))
    return found


def _put(found: Values, name: str, label: str, value: float) -> None:
    found.setdefault(name, {})[label,] = value


def _sizes(path: Path | None) -> Values:
    """Of an SQLite store; empty for one that is elsewhere."""
    if path is None:
        return {}
    files = (path, path.with_name(f"{path.name}-wal"))
    disk = statvfs(path.parent)
    return {
        "tocsin_store_bytes": {(): sum(file.stat().st_size for file in files if file.exists())},
        "tocsin_store_free_bytes": {(): disk.f_bavail * disk.f_frsize},
    }


def _age(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0


def _stamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0
