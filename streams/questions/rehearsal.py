"""Rules on what was stored, in memory: what they would have told the desk in the last days, and how much; called by `tocsin try`.

The same decisions as a run's, by a memory of its own; nothing is sent or stored. Readings of another extractor are read anew.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice

from rules.model import CountWithin, FirstWithin, Resume, Rule, SequenceWithin
from streams.records.flow import SEVERITIES, Alert, AlertKind, Delivery, Reading
from streams.records.message import Message
from streams.replay import BATCH, Reader, Run, Tally

AMENDED = timedelta(days=14)  # how long after an attack a denial may still join it (docs/architecture.md)


@dataclass(frozen=True, slots=True)
class Call:
    """An alert, with the message as it would have been sent; None where an alert after it in the same moment has it."""

    alert: Alert
    message: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """How much rules told between two moments."""

    start: datetime
    end: datetime
    kinds: Counter[AlertKind] = field(default_factory=Counter)
    days: dict[date, Counter[str]] = field(default_factory=dict)  # severities by day, UTC; days without an alert are absent

    @property
    def alerts(self) -> int:
        """All of them."""
        return sum(self.kinds.values())

    @property
    def a_day(self) -> float:
        """Alerts a day, over all days."""
        return self.alerts / max((self.end - self.start) / timedelta(days=1), 1.0)

    @property
    def busiest(self) -> tuple[date, int] | None:
        """The day with most alerts, the first of several, and how many; None when there is none."""
        counts = {day: sum(found.values()) for day, found in self.days.items()}
        return max(counts.items(), key=lambda pair: pair[1]) if counts else None

    @property
    def severities(self) -> Counter[str]:
        """Alerts by severity, over all days."""
        return sum(self.days.values(), Counter())


def look_back(rules: Iterable[Rule]) -> timedelta:
    """How much must be known before the first day, so that temporal rules are judged as they would have been."""
    return max((reach(rule) for rule in rules), default=timedelta(0)) + AMENDED


def reach(rule: Rule) -> timedelta:
    """How far before an incident a rule looks for others; nothing for one without a form."""
    match rule.form:
        case Resume() as form:
            return form.pause + form.before_within
        case CountWithin() | SequenceWithin() | FirstWithin() as form:
            return form.within
        case None:
            return timedelta(0)


def current(
    readings: Iterable[Reading], version: str, reader: Reader, tally: Tally, note: Callable[[int], None]
) -> Iterator[Reading]:
    """The readings in their order; those of another extractor version are read anew, and `note` is told how many each time."""
    stream = iter(readings)
    while batch := list(islice(stream, BATCH)):
        stale = [one.article for one in batch if one.extractor != version]
        anew = iter(reader.read(stale)) if stale else iter(())
        if stale:
            note(len(stale))
        for one in batch:
            found = one if one.extractor == version else next(anew)
            tally.add(found.article, unread=found.unread is not None)
            yield found


def rehearse(run: Run, readings: Iterable[Reading], say: Callable[[Delivery], Message]) -> Iterator[Call]:
    """Every alert that the readings lead to, in the order decided, and what would have been sent."""
    seen = 0
    for told in run.told(readings):
        sent = {delivery.alerts[-1].id: delivery for delivery in run.memory.outbox[seen:] if delivery.alerts}
        seen = len(run.memory.outbox)
        yield from (Call(alert, say(sent[alert.id]) if alert.id in sent else None) for alert in told)


def volume(alerts: Sequence[Alert], start: datetime, end: datetime) -> Volume:
    """What they come to; all were decided between the two."""
    made = Volume(start=start, end=end)
    for alert in alerts:
        made.kinds[alert.kind] += 1
        made.days.setdefault(alert.decided.date(), Counter())[alert.label.severity] += 1
    return made


def by_day(found: Volume) -> list[dict[str, object]]:
    """A row for each day that has alerts: day, alerts, and how many of each severity."""
    return [
        {"day": day.isoformat(), "alerts": sum(counts.values())} | {name: counts[name] for name in SEVERITIES}
        for day, counts in sorted(found.days.items())
    ]
