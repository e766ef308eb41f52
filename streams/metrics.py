"""What this process counts about itself, in Prometheus' terms; the runs count here, `streams.health.endpoints` shows it.

Counters and histograms start at zero with the process, as Prometheus expects. What the store knows (what waits, how old it is,
how feeds fare) is not here: it is read at each scrape, see `streams.health.vitals`. Labels are bounded by the settings and the
rules: feed, channel, rule, stage. An article or an incident is never a label.

Latencies of articles are measured on ingest's clock and only where a source stated the time, so that a rehearsal under `--clock`
and feeds without dates do not spoil them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from streams.records.flow import Alert, Article, Delivery

REGISTRY = CollectorRegistry(auto_describe=True)
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

_WORK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)  # of one piece of work
_NEWS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400)  # from a publisher to us; minutes are usual
_OURS = (0.1, 0.25, 0.5, 1, 1.5, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600)  # what we add; p99 shall be under 1.5 s


def _counter(name: str, what: str, *labels: str) -> Counter:
    return Counter(f"tocsin_{name}", what, labels, registry=REGISTRY)


def _gauge(name: str, what: str, *labels: str) -> Gauge:
    return Gauge(f"tocsin_{name}", what, labels, registry=REGISTRY)


def _histogram(name: str, what: str, *labels: str, buckets: tuple[float, ...] = _WORK) -> Histogram:
    return Histogram(f"tocsin_{name}", what, labels, buckets=buckets, registry=REGISTRY)


# ------------------------------------------------------------------------------------------------------------ ingest

POLLS = _counter("polls", "Polls, by how they ended: parsed, same-body, not-modified, failed.", "feed", "outcome")
POLL_SECONDS = _histogram("poll_seconds", "One poll, from its turn until its items are in the inbox.")
ITEMS_TAKEN = _counter("items_taken", "New articles and new revisions that entered the inbox.", "feed")
INBOX_FAULTS = _counter("inbox_faults", "Times the inbox could not be read or written, and a feed had to wait.")
PUBLISHED_TO_TAKEN = _histogram(
    "published_to_taken_seconds", "From an article's stated publication until it was in the inbox; no backfill.", buckets=_NEWS
)

# ----------------------------------------------------------------------------------------------------------- extract

EXTRACTIONS = _counter("extractions", "Articles read, by outcome: read, unread, failed, died, timed-out.", "outcome")
EXTRACTION_SECONDS = _histogram("extraction_seconds", "One article in an extraction process.")
EVENTS_READ = _counter("events_read", "Events found in articles.")
EXTRACTION_DEATHS = _counter("extraction_deaths", "Extraction processes that ended by themselves or were ended.", "cause")
EXTRACTION_PROCESSES = _gauge("extraction_processes", "Extraction processes that are ready.")
EXTRACTION_QUEUE = _gauge("extraction_queue", "Articles handed to this process that wait for an extraction process.")

# ------------------------------------------------------------------------------------------------------------- match

DECISIONS = _counter("decisions", "Article revisions decided, by the word that closed them.", "outcome")
DECISION_SECONDS = _histogram("decision_seconds", "One decision, its transaction included.")
DECISION_FAULTS = _counter("decision_faults", "Decisions that failed: environment (tried again), record (set aside).", "kind")
ALERTS = _counter("alerts", "Alerts that entered the outbox.", "rule", "kind", "severity")
NOT_TOLD = _counter(
    "labels_not_told",
    "Labels that would have called and did not (yet), by reason: held, muted, inhibited, stale ...",
    "rule",
    "reason",
)
GATHERED = _counter("alerts_gathered", "Alerts gathered into a digest: over a budget, or in quiet hours.", "channel")
ORDERS = _counter("orders", "Orders of people and of other parts, by outcome: taken, refused, failed.", "kind", "outcome")
TICKS = _counter("ticks", "Moments at which timers fired.")
TAKEN_TO_DECIDED = _histogram("taken_to_decided_seconds", "From the inbox to the decision.", buckets=_OURS)
RULES_IN_FORCE = _gauge("rules_in_force", "Rules of the set that decides, by mode.", "mode")
RULES_CHANGED_AT = _gauge("rules_changed_timestamp_seconds", "When the set that decides came into force in this process.")
RULES_WRONG = _gauge("rules_not_loaded", "1 while the rule files have mistakes and the last good set stays in force.")

# ----------------------------------------------------------------------------------------------------------- deliver

DELIVERIES = _counter("deliveries", "Deliveries that ended, by outcome: delivered, refused.", "channel", "outcome")
REQUESTS = _counter(
    "delivery_requests", "Requests to a peer, by outcome: done, asked, unavailable, in-doubt, refused, fault.", "channel", "outcome"
)
REQUEST_SECONDS = _histogram("delivery_request_seconds", "One request to a peer.", "channel")
DECIDED_TO_DELIVERED = _histogram(
    "decided_to_delivered_seconds", "From first being seen in the outbox until the peer had it.", "channel", buckets=_OURS
)
TAKEN_TO_DELIVERED = _histogram(
    "taken_to_delivered_seconds", "From the inbox until the peer had the alert that it led to.", "channel", buckets=_OURS
)
PUBLISHED_TO_DELIVERED = _histogram(
    "published_to_delivered_seconds", "From stated publication until the peer had the first alert on it.", "channel", buckets=_NEWS
)

# ------------------------------------------------------------------------------------------------------------- Kafka

PUBLISHED = _counter("published", "Articles that the brokers have acknowledged.")
REPUBLISHED = _counter("republished", "Of them, those given again because they had been in flight for too long.")
PUBLISH_FAULTS = _counter("publish_faults", "Times the brokers could not be given what waits in the inbox.")
RECORDS = _counter("consumed_records", "Records handled.", "topic")
SET_ASIDE = _counter("records_set_aside", "Records sent to the topic of the dead, by stage.", "stage")
CONSUMER_LAG = _gauge(
    "consumer_lag_records", "Records that this process's group has not acknowledged, as the brokers say.", "topic"
)

# ------------------------------------------------------------------------------------------------ store and the process

TRANSACTION_SECONDS = _histogram("store_transaction_seconds", "One transaction, waiting included.", "kind")
STORE_FAULTS = _counter("store_faults", "Transactions that disk, lock or database made fail.")
INFO = _gauge("info", "Always 1: who this is.", "role", "version")
LOCK_HELD = _gauge("lock_held", "1 while this process holds the matcher's lock and decides.")
STAGE_WORK = _gauge("stage_work", "Pieces of work that a stage has in hand.", "stage")
STAGE_PROGRESS_AT = _gauge("stage_progress_timestamp_seconds", "When a stage last finished a piece of work.", "stage")
LOOP_LAG_SECONDS = _gauge("event_loop_lag_seconds", "How late the event loop last woke a task that had slept for a second.")


def begin(role: str, version: str, channels: Iterable[str]) -> None:
    """Says who this is, and shows at 0 what alert rules ask about.

    Prometheus sees no rise in a series that begins with its first event.
    """
    INFO.labels(role, version).set(1)
    for outcome in ("read", "unread", "failed", "died", "timed-out"):
        EXTRACTIONS.labels(outcome)
    for cause in ("died", "timed-out"):
        EXTRACTION_DEATHS.labels(cause)
    DECISIONS.labels("quarantined")
    for stage in ("decode", "extract"):
        SET_ASIDE.labels(stage)
    for kind in ("environment", "record"):
        DECISION_FAULTS.labels(kind)
    for channel in channels:
        for outcome in ("delivered", "refused"):
            DELIVERIES.labels(channel, outcome)
        for outcome in ("done", "asked", "unavailable", "in-doubt", "refused", "fault"):
            REQUESTS.labels(channel, outcome)


def note_rules(modes: Iterable[str]) -> None:
    """Counts the set that decides from now on, by the mode of each rule."""
    RULES_IN_FORCE.clear()
    for mode in modes:
        RULES_IN_FORCE.labels(mode).inc()
    RULES_CHANGED_AT.set_to_current_time()


def note_taken(article: Article, now: datetime) -> None:
    """Counts a revision that has just entered the inbox; `now` is ingest's."""
    ITEMS_TAKEN.labels(article.source).inc()
    if article.date_quality == "stated" and not article.backfill and article.revision == 1:
        PUBLISHED_TO_TAKEN.observe(_seconds(article.published, now))


def note_decided(article: Article, closed: str, now: datetime) -> None:
    """Counts a decision; `closed` is the word that closed the revision, `now` ingest's."""
    DECISIONS.labels(closed).inc()
    TAKEN_TO_DECIDED.observe(_seconds(article.taken_at, now))


def note_alerts(alerts: Iterable[Alert]) -> None:
    """Counts what a decision tells."""
    for alert in alerts:
        ALERTS.labels(alert.label.rule, alert.kind, alert.label.severity).inc()


def note_kept_back(passed: Mapping[tuple[str, str], str], gathered: Iterable[tuple[str, str]]) -> None:
    """Counts what did not call. `passed`: by rule and incident, the reason; `gathered`: alerts and their channels."""
    for (rule, _), words in passed.items():
        NOT_TOLD.labels(rule, words.split(maxsplit=1)[0].rstrip(":")).inc()
    for _, channel in gathered:
        GATHERED.labels(channel).inc()


def note_delivered(delivery: Delivery, waited_s: float, now: datetime) -> None:
    """Counts a delivery that its peer has; `waited_s` since it was first seen here, `now` ingest's."""
    DELIVERIES.labels(delivery.channel, "delivered").inc()
    DECIDED_TO_DELIVERED.labels(delivery.channel).observe(waited_s)
    for alert in delivery.alerts:
        TAKEN_TO_DELIVERED.labels(delivery.channel).observe(_seconds(alert.decided, now))
        if alert.kind == "new":
            PUBLISHED_TO_DELIVERED.labels(delivery.channel).observe(_seconds(alert.label.published, now))


def _seconds(earlier: datetime, later: datetime) -> float:
    return max(0.0, (later - earlier).total_seconds())  # two hosts' clocks may disagree by a little
