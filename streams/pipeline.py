"""The whole life of an article in the matcher, and of all else it takes. Every run takes this path: local, Kafka and replay.

    reading ─► journal ─► copies ─► kept ─► incidents ─► decide ─► told · outbox · ledger
    order ──► journal ─► what its kind does (`streams.obey`) ─► the same, and the order is closed
    tick ───► journal ─► the timers that have come due ─► the same

Called inside the record's own transaction: what it writes is there together or not at all. Pure: the only now is the
largest `taken_at` seen, the only world is the memory handed in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from rules.model import Rule, RuleSet
from streams import backfill, obey, wire
from streams.alerting.decision import Decision
from streams.decide import decide
from streams.errors import TimerFailed, TocsinError
from streams.incidents import bonds, copies
from streams.incidents.grouping import regroup
from streams.knowledge.world import Knowledge
from streams.labels.wanted import Desk
from streams.ports import Memory
from streams.records.flow import Reading
from streams.records.orders import Order, Tick
from streams.records.policies import Budget
from streams.records.progress import Backfill
from streams.records.timelines import Began

PUT_OFF = timedelta(hours=1)  # until a timer that failed is tried again


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTexts:
    """A rule set as the journal keeps it: enough to load it again."""

    texts: dict[str, str]  # path to file text
    hashes: dict[str, str]  # rule id to hash
    knowledge: str  # version
    channels: tuple[str, ...]  # the settings' default
    budgets: dict[str, Budget] = field(default_factory=dict)  # of channels, by the settings
    time_zone: str = "UTC"  # the desk's


def desk_texts(rules: RuleSet, desk: Desk) -> RuleTexts:
    """A rule set and what the settings say of its alerts, in the form the journal keeps."""
    texts = rule_texts(rules, desk.knowledge, desk.default_channels)
    return replace(texts, budgets=dict(sorted(desk.budgets.items())), time_zone=desk.time_zone)


def rule_texts(rules: RuleSet, knowledge: Knowledge, channels: tuple[str, ...]) -> RuleTexts:
    """The rule set in the form the journal keeps, with settings as they are where nothing is set."""
    hashes = {rule.id: rule.hash for rule in rules.rules}
    return RuleTexts(texts=dict(rules.texts), hashes=hashes, knowledge=knowledge.version, channels=channels)


def changed_rules(rules: RuleSet, before: RuleTexts | None) -> tuple[Rule, ...]:
    """The rules that are new or different since the set journalled before; all of them when there was none."""
    known = before.hashes if before else {}
    return tuple(rule for rule in rules.rules if known.get(rule.id) != rule.hash)


def take(reading: Reading, memory: Memory, desk: Desk) -> Decision:
    """What one article revision led to; an empty decision when it was taken before."""
    article = reading.article
    known = memory.revision(article.id)
    if known is not None and known >= article.revision:
        return Decision()
    now = _later(memory.clock(), article.taken_at)
    _begin(memory, now)
    entry = memory.append("reading", now, wire.encode_versioned(reading))
    forgotten = memory.events_of(article.id)
    backfill.settle(reading, forgotten, memory, desk, now)
    copies.note(article, reading.credits, memory, now)
    bonds.carry(forgotten, reading.events, memory)
    regrouping = regroup(reading, forgotten, memory, entry.number)
    if copies.note_late(reading, regrouping.written, memory, now):
        regrouping = regroup(reading, forgotten, memory, entry.number)
    while backfill.owed(reading, regrouping, memory, desk):
        backfill.step(memory, desk, now)
        regrouping = regroup(reading, forgotten, memory, entry.number)  # what was told has a say in which id goes on
    backfill.mark(regrouping, memory)
    memory.put_reading(reading)
    lost = {(rule, incident.id): point for incident in regrouping.gone for rule, point in memory.points_of(incident.id)}
    for incident in regrouping.gone:
        memory.drop_incident(incident.id)
    for incident in regrouping.written:
        memory.put_incident(incident)
    decision = decide(reading, regrouping, memory, desk, now, lost)
    backfill.write(decision, memory)
    return decision


def owes(reading: Reading, memory: Memory, desk: Desk) -> bool:
    """Whether `take` would first have to end the pass of a temporal rule over the past; take slices of it before, then."""
    if not memory.backfills():
        return False
    regrouping = regroup(reading, memory.events_of(reading.article.id), memory, 0)  # names matter to nobody here
    return backfill.owed(reading, regrouping, memory, desk) is not None


def take_rules(rules: RuleTexts, changed: Sequence[Rule], memory: Memory, desk: Desk) -> None:
    """Journals a rule set, by which everything is decided from now on; `look_back` tells silently what it says of the past."""
    entry = memory.append("rules", memory.clock() or backfill.EPOCH, wire.encode_versioned(rules))
    backfill.begin(entry.number, changed, memory, desk)


def look_back(memory: Memory, desk: Desk, *, limit: int = backfill.SLICE) -> Backfill | None:
    """One slice of what new and changed rules say of the past: how far its pass has come, None when nothing is left.

    It may be called at any time between two articles, or never: `take` sees to what it needs.
    """
    return backfill.step(memory, desk, memory.clock() or backfill.EPOCH, limit=limit)


def take_order(order: Order, memory: Memory, desk: Desk) -> Decision:
    """What an order led to, journalled and closed; an empty decision when it was taken before.

    `order.at`: when the matcher takes it, by ingest's clock. Raises OrderRefused, with nothing written that the end of the
    transaction must not take back.
    """
    if memory.order_taken(order.number):
        return Decision()
    now = _later(memory.clock(), order.at)
    _begin(memory, now)
    entry = memory.append("order", now, wire.encode_versioned(order))
    decision = obey.order(order, entry.number, memory, desk, now)
    backfill.write(decision, memory)
    memory.close_order(order.number, entry.number)
    return decision


def take_tick(tick: Tick, memory: Memory, desk: Desk) -> Decision:
    """What the timers lead to that have come due, earliest first; the tick is journalled though none has.

    Raises TimerFailed for one that cannot be fired; a tick that passes it over, in a transaction of its own, fires the others.
    """
    now = _later(memory.clock(), tick.at)
    _begin(memory, now)
    memory.append("tick", now, wire.encode_versioned(tick))
    whole = Decision()
    for timer in memory.timers_due(now):
        memory.drop_timer(timer.kind, timer.key)
        if (timer.kind, timer.key) in tick.passed:
            memory.put_timer(replace(timer, due=now + PUT_OFF))
            continue
        try:
            decision = obey.timer(timer, memory, desk, now)
            backfill.write(decision, memory)
        except TocsinError:
            raise
        except Exception as fault:
            raise TimerFailed(timer.kind, timer.key, fault) from fault
        whole.alerts += decision.alerts
        whole.deliveries += decision.deliveries
    return whole


def _later(known: datetime | None, moment: datetime) -> datetime:
    return moment if known is None else max(known, moment)


def _begin(memory: Memory, now: datetime) -> None:
    """Notes where the records begin: with the first input that has a time."""
    if memory.clock() in (None, backfill.EPOCH):
        memory.put_note("records", "began", Began(at=now))
