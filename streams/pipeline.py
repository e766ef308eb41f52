"""The whole life of an article in the matcher, in one screen. Every run takes this path: local, Kafka and replay.

    reading ─► journal ─► kept ─► incidents ─► decide ─► told · outbox · ledger

Called inside the record's own transaction: what it writes is there together or not at all. Pure: the only now is the
largest `taken_at` seen, the only world is the memory handed in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rules.model import Rule, RuleSet
from streams import wire
from streams.decide import Decision, decide, decide_rules
from streams.incidents import regroup
from streams.knowledge import Knowledge
from streams.labels import Desk
from streams.ports import Memory
from streams.records import Reading, Tick

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTexts:
    """A rule set as the journal keeps it: enough to load it again."""

    texts: dict[str, str]  # path to file text
    hashes: dict[str, str]  # rule id to hash
    knowledge: str  # version
    channels: tuple[str, ...]  # the settings' default


def rule_texts(rules: RuleSet, knowledge: Knowledge, channels: tuple[str, ...]) -> RuleTexts:
    """The rule set in the form the journal keeps."""
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
    now = max(filter(None, (memory.clock(), article.taken_at)))
    entry = memory.append("reading", now, wire.encode_versioned(reading))
    forgotten = memory.events_of(article.id)
    regrouping = regroup(reading, forgotten, memory, entry.number)
    memory.put_reading(reading)
    left = frozenset(rule for incident in regrouping.gone for rule in memory.member_of(incident.id))
    for incident in regrouping.gone:
        memory.drop_incident(incident.id)
    for incident in regrouping.written:
        memory.put_incident(incident)
    decision = decide(reading, regrouping, memory, desk, now, left)
    _write(decision, memory)
    return decision


def take_rules(rules: RuleTexts, changed: Sequence[Rule], memory: Memory, desk: Desk) -> Decision:
    """Journals a rule set; what its new and changed rules say of what is known already is told silently."""
    now = memory.clock()
    memory.append("rules", now or _EPOCH, wire.encode_versioned(rules))
    if now is None:
        return Decision()
    known = memory.incidents_between(_EPOCH, now + timedelta(days=1))
    decision = decide_rules(changed, known, memory, desk, now)
    _write(decision, memory)
    return decision


def take_tick(tick: Tick, memory: Memory) -> None:
    """Journals that time has passed."""
    memory.append("tick", max(filter(None, (memory.clock(), tick.at))), wire.encode_versioned(tick))


def _write(decision: Decision, memory: Memory) -> None:
    for rule, incident, is_member in decision.members:
        memory.set_member(rule, incident, member=is_member)
    for row in decision.told.values():
        memory.put_told(row)
    for delivery in decision.deliveries:
        memory.enqueue(delivery)
    memory.dispose(decision.dispositions)
