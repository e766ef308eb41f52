"""Which events are one thing in the world: events to incidents, whatever the rules say.

Called by the pipeline with the record's Memory. Affected incidents are taken apart and put together again from their events
in canonical order (published, article, offset), so the same articles in any order give the same incidents; ids carry over
with the opening event. Background never opens one. Statements join the attack they speak of.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from streams.facts import merged, origins
from streams.ports import Memory
from streams.records import NO_INCIDENT, Article, Event, Incident, Reading
from streams.sameness import DENIAL_REACH, conflict, fits_statement, is_statement, tie

_MAX_AFFECTED = 400  # incidents re-partitioned for one article; an assumption, far above what was seen (at most 9 on the demo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouping:
    """What changed among the incidents."""

    written: tuple[Incident, ...]  # new or changed, ordered by opener
    gone: tuple[Incident, ...]  # that exist no more, as they were
    heirs: dict[str, str] = field(default_factory=dict)  # gone id -> id of the incident that took its opening event, if any


def regroup(reading: Reading, forgotten: Sequence[Event], memory: Memory, number: int) -> Regrouping:
    """The incidents after an article revision.

    Args:
        reading: the revision; memory still has the article's earlier one.
        forgotten: the events of that earlier revision.
        memory: read only here.
        number: of the journal entry; new incidents are named after it.
    """
    fresh = _fresh(reading)
    before = affected(reading, forgotten, memory)
    gone_events = {event.id for event in forgotten}
    ids = [event for incident in before for event in incident.events if event not in gone_events]
    events = {event.id: event for event in (*memory.events(ids), *fresh)}
    groups = partition(events.values())
    names = _carried_over(groups, before, memory)
    articles = {reading.article.id: reading.article}
    written: list[Incident] = []
    ordinal = 0
    for index, group in enumerate(groups):
        name = names.get(index)
        if name is None:
            ordinal += 1
            name = f"I{number}-{ordinal}"
        written.append(_incident(name, group, articles, memory))
    return _difference(before, written)


def partition(events: Iterable[Event]) -> list[list[Event]]:
    """Events as groups that are one thing each, every group in canonical order, groups by their openers.

    What is said to have happened is grouped first, then denials of it, then statements: none of the three waits for
    articles that come later, so order of arrival does not matter.
    """
    ordered = sorted(events, key=canonical)
    plain = [event for event in ordered if not is_statement(event)]
    groups: list[list[Event]] = []
    for event in [e for e in plain if e.standing != "denied"] + [e for e in plain if e.standing == "denied"]:
        _join_best(event, groups)
    attacks = list(groups)
    strands: list[list[Event]] = []
    for event in [event for event in ordered if is_statement(event)]:
        _join_best(event, strands)
    for strand in strands:
        home = _home(strand, attacks)
        if home is None:
            groups.append(strand)
        else:
            home.extend(strand)
    return sorted((sorted(group, key=canonical) for group in groups), key=lambda group: canonical(group[0]))


def canonical(event: Event) -> tuple[datetime, str, int, int]:
    """The order in which events are read, whenever they came: published, article, title before text, offset."""
    return event.published, event.article, event.trigger.where == "text", event.trigger.start


def _join_best(event: Event, groups: list[list[Event]]) -> None:
    """Adds the event to the group that most speaks for, the earliest of equals; opens one when none does."""
    best, points = None, 0
    for group in groups:
        if any(conflict(other, event) for other in group):
            continue
        strength = max(tie(other, event) for other in group)
        if strength > points:
            best, points = group, strength
    if best is None:
        groups.append([event])
    else:
        best.append(event)


def _home(strand: Sequence[Event], attacks: Sequence[list[Event]]) -> list[Event] | None:
    """The attack that a statement joins: the only fitting one in an article that carries the statement."""
    for statement in strand:
        if statement.standing == "denied":
            continue
        here = [
            group
            for group in attacks
            if any(other.article == statement.article and fits_statement(statement, other) for other in group)
        ]
        if len(here) == 1:
            return here[0]
    return None


def affected(reading: Reading, forgotten: Sequence[Event], memory: Memory) -> list[Incident]:
    """Every incident whose make-up may change: the closure over ties, and over articles that carry statements."""
    found: dict[str, Incident] = {}
    queue = _fresh(reading)
    for event in forgotten:
        _add(memory, memory.incident_of(event.id), found, queue)
    asked: set[str] = set()
    while queue:
        event = queue.pop()
        if event.id in asked:
            continue
        asked.add(event.id)
        for sibling in memory.events_of(event.article):
            if is_statement(event) or is_statement(sibling):
                _add(memory, memory.incident_of(sibling.id), found, queue)
        for incident in memory.incidents_between(*_reach(event)):
            if incident.id not in found and any(_related(event, other) for other in memory.events(incident.events)):
                _add(memory, incident.id, found, queue)
        if len(found) > _MAX_AFFECTED:
            break
    return sorted(found.values(), key=lambda incident: (incident.first_published, incident.id))


def _fresh(reading: Reading) -> list[Event]:
    return [event for event in reading.events if event.stage not in NO_INCIDENT]


def _add(memory: Memory, incident_id: str | None, found: dict[str, Incident], queue: list[Event]) -> None:
    if incident_id is None or incident_id in found:
        return
    incident = memory.incident(incident_id)
    if incident is not None:
        found[incident_id] = incident
        queue.extend(memory.events(incident.events))


def _related(one: Event, other: Event) -> bool:
    return not conflict(one, other) and tie(one, other) > 0


def _reach(event: Event) -> tuple[datetime, datetime]:
    """Where incidents that this event may join have their time."""
    if event.standing == "denied" or is_statement(event):
        return event.published - DENIAL_REACH - timedelta(days=1), event.published + DENIAL_REACH
    if event.time is None:
        return event.published - timedelta(days=2), event.published + timedelta(days=1)
    # a denial published up to DENIAL_REACH later keeps its own time, so look that far ahead
    return event.time.start, event.time.end + DENIAL_REACH


def _difference(before: Sequence[Incident], after: Sequence[Incident]) -> Regrouping:
    old = {incident.id: incident for incident in before}
    kept = {incident.id for incident in after}
    gone = tuple(incident for incident in before if incident.id not in kept)
    home = {event: incident.id for incident in after for event in incident.events}
    return Regrouping(
        written=tuple(incident for incident in after if old.get(incident.id) != incident),
        gone=gone,
        heirs={incident.id: home[incident.opener] for incident in gone if incident.opener in home},
    )


def _carried_over(groups: Sequence[Sequence[Event]], before: Sequence[Incident], memory: Memory) -> dict[int, str]:
    """Index of group -> id of the earlier incident it continues.

    An id goes with its opening event; where a revision replaced that event, with the group that has the most of its other
    events or a new event of the same article. What the desk has seen comes first, then what is older.
    """
    names: dict[int, str] = {}
    order = sorted(before, key=lambda incident: (not memory.told_on(incident.id), incident.first_published, incident.id))
    for incident in order:
        opener_article = incident.opener.rsplit("#", 1)[0]

        def weight(index: int, incident: Incident = incident, opener_article: str = opener_article) -> tuple[bool, int, bool]:
            group = groups[index]
            ids = {event.id for event in group}
            return (
                incident.opener in ids,
                len(ids.intersection(incident.events)),
                any(event.article == opener_article for event in group),
            )

        free = [index for index in range(len(groups)) if index not in names and any(weight(index))]
        if free:
            names[max(free, key=weight)] = incident.id
    return names


def _incident(name: str, group: Sequence[Event], fresh: dict[str, Article], memory: Memory) -> Incident:
    ids = dict.fromkeys(event.article for event in group)
    articles = [article for article in (fresh.get(each) or memory.article(each) for each in ids) if article is not None]
    opener = next((event for event in group if not is_statement(event)), group[0])
    return Incident(
        id=name,
        opener=opener.id,
        events=tuple(event.id for event in group),
        facts=merged(group),
        origins=origins(articles, group),
        first_published=group[0].published,
        last_published=group[-1].published,
    )
