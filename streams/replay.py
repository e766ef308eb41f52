"""An archive through the whole core, in memory, on the archive's own clock; nothing is sent and nothing is stored.

Called by the command line, by the demo's comparison and by tests. It is the same pipeline as the live run's: extraction in
batches, then one decision after the other in the order of the archive.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Protocol

from rules.load import load_texts
from rules.model import CountWithin, FirstWithin, Form, Resume, RuleSet, SequenceWithin
from streams import pipeline, wire
from streams.errors import UsageError
from streams.knowledge.world import Knowledge
from streams.labels.wanted import Desk
from streams.memory import DictMemory
from streams.notation.durations import in_words
from streams.records.flow import Alert, Article, Quote, Reading
from streams.records.orders import Entry, Order, Tick

BATCH = 16  # articles; batches of 8 to 32 parse fastest (facts on extraction, 2026-11)
WHOLE_PAST = 1_000_000  # incidents judged at once when a rule set comes: in memory nobody waits


class Reader(Protocol):
    """What reads articles: the extractor, or a pool of them."""

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        """A reading for each article, in the same order."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a replay has done so far."""

    articles: int = 0
    unread: int = 0
    first: datetime | None = None  # earliest and latest publication seen
    last: datetime | None = None
    seconds: float = 0.0

    def add(self, article: Article, *, unread: bool) -> None:
        """Counts one article."""
        self.articles += 1
        self.unread += unread
        self.first = min(filter(None, (self.first, article.published)))
        self.last = max(filter(None, (self.last, article.published)))


@dataclass(slots=True, kw_only=True)
class Run:
    """One rule set on one archive."""

    rules: RuleSet
    knowledge: Knowledge
    channels: tuple[str, ...] = ("console",)
    memory: DictMemory = field(default_factory=DictMemory)
    desk: Desk = field(init=False)  # what the matcher works by

    def __post_init__(self) -> None:
        """Journals the rule set, as a live run does when it starts."""
        self.desk = Desk(rules=self.rules.rules, knowledge=self.knowledge, default_channels=self.channels)
        pipeline.take_rules(pipeline.rule_texts(self.rules, self.knowledge, self.channels), (), self.memory, self.desk)

    def take(self, reading: Reading) -> list[Alert]:
        """What is new to the desk up to the reading and by it, in the order decided: first what timers do that are due by then."""
        return self._ticks(reading.article.taken_at) + pipeline.take(reading, self.memory, self.desk).alerts

    def end(self) -> list[Alert]:
        """What timers still make new to the desk, until none waits; after the last reading."""
        return self._ticks(None)

    def told(self, readings: Iterable[Reading]) -> Iterator[list[Alert]]:
        """What each reading makes new to the desk, then what the end does."""
        for reading in readings:
            yield self.take(reading)
        yield self.end()

    def _ticks(self, until: datetime | None) -> list[Alert]:
        alerts: list[Alert] = []
        while (due := self.memory.next_timer()) is not None and (until is None or due <= until):
            alerts += pipeline.take_tick(Tick(at=due), self.memory, self.desk).alerts
        return alerts


def readings(articles: Iterable[Article], reader: Reader, tally: Tally) -> Iterator[Reading]:
    """Readings of the articles in their order, extracted in batches; counts into `tally`."""
    stream = iter(articles)
    begun = time.perf_counter()
    while batch := list(islice(stream, BATCH)):
        for reading in reader.read(batch):
            tally.add(reading.article, unread=reading.unread is not None)
            tally.seconds = time.perf_counter() - begun
            yield reading


def journal(
    entries: Iterable[Entry], knowledge: Knowledge, notice: Callable[[str], None] = lambda _: None, memory: DictMemory | None = None
) -> Iterator[Alert]:
    """Every alert that the run which wrote this journal decided, in its order and, with the same knowledge, byte for byte.

    Args:
        entries: from number 1 on.
        notice: told when the run had other knowledge than ours, so that its rules may now mean something else.
        memory: where it is replayed to; None: one of its own.

    Raises UsageError when the journal does not begin with a rule set or has a gap.
    """
    memory = DictMemory() if memory is None else memory
    texts: pipeline.RuleTexts | None = None
    desk: Desk | None = None
    for expected, entry in enumerate(entries, start=1):
        if entry.number != expected:
            raise UsageError(f"journal: entry {entry.number} stands where {expected} must; give the whole journal")
        if entry.kind == "rules":
            before, texts = texts, wire.decode(entry.payload, pipeline.RuleTexts)
            if texts.knowledge != knowledge.version:
                notice(f"journal entry {entry.number}: decided with knowledge {texts.knowledge}, replayed with {knowledge.version}")
            rules = load_texts(texts.texts, knowledge)
            desk = Desk(
                rules=rules.rules,
                knowledge=knowledge,
                default_channels=texts.channels,
                budgets=texts.budgets,
                time_zone=texts.time_zone,
            )
            pipeline.take_rules(texts, pipeline.changed_rules(rules, before), memory, desk)
            while pipeline.look_back(memory, desk, limit=WHOLE_PAST):
                pass
        elif desk is None:
            raise UsageError(f"journal: entry {entry.number} comes before any rule set; give the whole journal")
        elif entry.kind == "reading":
            yield from pipeline.take(wire.decode(entry.payload, Reading), memory, desk).alerts
        elif entry.kind == "order":
            yield from pipeline.take_order(wire.decode(entry.payload, Order), memory, desk).alerts
        else:
            yield from pipeline.take_tick(wire.decode(entry.payload, Tick), memory, desk).alerts


def unjudged(rules: RuleSet, tally: Tally) -> list[str]:
    """A sentence for each rule whose window the archive cannot fill: its silence means nothing."""
    if tally.first is None or tally.last is None:
        return []
    span = tally.last - tally.first
    asked = ((rule, *_window(rule.form)) for rule in rules.rules if rule.form is not None)
    return [
        f'rule "{rule.id}": {what} could not be judged: the archive spans {span.days} d, the rule looks back {in_words(window)}'
        for rule, what, window in asked
        if span < window
    ]


def _window(form: Form) -> tuple[str, timedelta]:
    """What a form looks for, in words, and how far it looks back for it."""
    match form:
        case Resume():
            return "an observed pause", form.pause + form.before_within if "observed" in form.evidence else timedelta(0)
        case CountWithin():
            return f'"count" of {form.incidents}', form.within
        case SequenceWithin():
            return '"sequence"', form.within
        case FirstWithin():
            return '"first"', form.within


def line(alert: Alert) -> dict[str, Any]:
    """The alert as one line of the command's contract (DESIGN 7)."""
    label = alert.label
    independent = sum(origin.independent for origin in label.origins)
    return {
        "alert": alert.id,
        "rule": label.rule,
        "kind": alert.kind,
        "incident": alert.incident,
        "article": label.article,
        "event": label.event,
        "time": {
            "from": _iso(label.time.start),
            "to": _iso(label.time.end),
            "precision": label.time.precision,
            "text": label.time.text,
        },
        "published": _iso(label.published),
        "severity": label.severity,
        "title": label.title,
        "stage": label.stage,
        "outcome": list(label.outcome),
        "standing": label.standing,
        "doubt": list(label.doubt),
        "place": label.place.name if label.place else None,
        "attribution": [wire.plain(word) for word in label.attribution],
        "evidence": [_quote(quote) for quote in label.evidence],
        "qualifiers": [_quote(quote) for quote in label.qualifiers],
        "evidence_kinds": list(label.evidence_kinds),
        "pause": wire.plain(label.pause) if label.pause else None,
        "origins": max(independent, 1),
        "changes": list(alert.changes),
        "decided": _iso(alert.decided),
    }


def gained_and_lost(ours: Sequence[Alert], other: Sequence[Alert]) -> tuple[list[Alert], list[Alert]]:
    """Alerts only `other` gives, and alerts only `ours` gives; the same rule, kind and carrying event is the same alert."""
    left, right = _by_meaning(ours), _by_meaning(other)
    return [right[key] for key in right if key not in left], [left[key] for key in left if key not in right]


def _by_meaning(alerts: Sequence[Alert]) -> dict[tuple[str, str, str, tuple[str, ...]], Alert]:
    return {(alert.label.rule, alert.kind, alert.label.event, alert.changes): alert for alert in alerts}


def _quote(quote: Quote) -> dict[str, Any]:
    span = {"article": quote.article, "text": quote.span.text, "start": quote.span.start, "end": quote.span.end}
    return span | ({"in": "title"} if quote.span.where == "title" else {})


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
