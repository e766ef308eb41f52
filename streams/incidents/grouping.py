"""Which events are one thing in the world: events to incidents, whatever the rules say.

Called by the pipeline with the record's Memory. Affected incidents are taken apart and put together again from their events
(`streams.incidents.partition`), so the same articles in any order give the same incidents; ids carry over with the opening event.
Background never opens one. Statements join the attack they speak of.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from streams.incidents import bonds
from streams.incidents.facts import merged
from streams.incidents.handles import held, sought
from streams.incidents.origins import origins
from streams.incidents.partition import Group, partition
from streams.incidents.profiles import Profile, profile
from streams.incidents.sameness import conflict, is_statement, kin, reach, tie, wave
from streams.ports import Memory
from streams.records.flow import ANY, NO_INCIDENT, Article, Event, Incident, Reading

CHAIN = timedelta(days=7)  # how far from an article's events incidents are put together anew; half of the reach of a denial


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
    return _regrouped(affected(reading, forgotten, memory), fresh, forgotten, {reading.article.id: reading.article}, memory, number)


def rebond(events: Sequence[Event], memory: Memory, number: int) -> Regrouping:
    """The incidents after an operator's word on these events, which memory has already noted."""
    return _regrouped(_closure(events, (), memory), (), (), {}, memory, number)


def affected(reading: Reading, forgotten: Sequence[Event], memory: Memory) -> list[Incident]:
    """Every incident whose make-up may change with a revision."""
    return _closure(_fresh(reading), forgotten, memory)


def _regrouped(
    before: Sequence[Incident],
    fresh: Sequence[Event],
    forgotten: Sequence[Event],
    articles: dict[str, Article],
    memory: Memory,
    number: int,
) -> Regrouping:
    gone_events = {event.id for event in forgotten}
    ids = [event for incident in before for event in incident.events if event not in gone_events]
    events = {event.id: event for event in (*memory.events(ids), *fresh)}
    groups = partition(events.values(), bonds.of(events, memory))
    names = _carried_over([group.events for group in groups], before, memory)
    old = {incident.id: incident for incident in before}
    after: list[Incident] = []
    ordinal = 0
    for index, group in enumerate(groups):
        name = names.get(index)
        if name is None:
            ordinal += 1
            name = f"I{number}-{ordinal}"
        known = old.get(name)
        unchanged = known is not None and _untouched(known, group, articles)
        after.append(known if known is not None and unchanged else _incident(name, group, articles, memory))
    return _difference(before, after)


def _untouched(known: Incident, group: Group, articles: Container[str]) -> bool:
    """Whether the incident is sure to be what it was: the same events in one salvo, none of an article that has just come."""
    events = group.events
    return (
        ANY not in known.handles
        and known.waves == 1
        and len(group.salvoes) <= 1
        and tuple(event.id for event in events) == known.events
        and all(event.standing != "denied" and event.article not in articles for event in events)
    )


def _closure(fresh: Sequence[Event], forgotten: Sequence[Event], memory: Memory) -> list[Incident]:
    """The incidents that hold these events, or that one of their events may be one with, and so on; and articles with statements.

    It goes no further than `CHAIN` from the events themselves: a place that is told of every day, without an hour, ties each day to
    the next, and the closure would be all of its history (docs/architecture.md has the known limit).
    """
    spans = [reach(event) for event in (*forgotten, *fresh)]
    span = (min(start for start, _ in spans) - CHAIN, max(end for _, end in spans) + CHAIN) if spans else None
    found: dict[str, Incident] = {}
    queue = list(fresh)
    for event in (*forgotten, *fresh):
        _add(memory, memory.incident_of(event.id), found, queue)
    asked: set[str] = set()
    near = _Neighbours(memory, span)
    while queue:
        event = queue.pop()
        if event.id in asked:
            continue
        asked.add(event.id)
        for sibling in memory.events_of(event.article):
            if is_statement(event) or is_statement(sibling):
                _add(memory, memory.incident_of(sibling.id), found, queue)
        for bond in bonds.of((event.id,), memory):
            _add(memory, memory.incident_of(bond.other if bond.one == event.id else bond.one), found, queue)
        for incident in near.of(event, found):
            _add(memory, incident, found, queue)
    return sorted(found.values(), key=lambda incident: (incident.first_published, incident.id))


class _Neighbours:
    """Incidents that an event may be one with; of events with one profile the first is asked, and none again in vain."""

    def __init__(self, memory: Memory, span: tuple[datetime, datetime] | None) -> None:
        self._memory = memory
        self._span = span  # beyond which nobody is asked
        self._strange: set[tuple[Profile, str]] = set()  # (profile, incident) without a tie
        self._done: set[Profile] = set()  # profiles of which nothing is left to ask
        self._members: dict[str, dict[tuple[str, str], list[Event]]] = {}  # of incidents, by kin

    def of(self, event: Event, found: Container[str]) -> Iterator[str]:
        """Ids of those that are not `found` yet."""
        key = profile(event)
        if key in self._done or self._span is None:
            return
        left, own = key is None, kin(event)
        start, end = reach(event)
        near = self._memory.incidents_by(sought(event), max(start, self._span[0]), min(end, self._span[1]))
        new = [name for name in near if name not in found and (key, name) not in self._strange]
        self._look_up([name for name in new if name not in self._members])
        for name in new:
            members = self._members[name].get(own, ())
            if any(_related(event, other) for other in members):
                yield name
            elif key is not None and all(other.article != event.article for other in members):
                self._strange.add((key, name))
            else:
                left = True
        if not left:
            self._done.add(key)

    def _look_up(self, names: Sequence[str]) -> None:
        for incident in self._memory.incidents(names):
            known = self._members[incident.id] = {}
            for member in self._memory.events(incident.events):
                known.setdefault(kin(member), []).append(member)


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
    return (not conflict(one, other) and tie(one, other) > 0) or wave(one, other)


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
    events or a new event of the same article. What the desk has heard of comes first, then what
    is known silently or held, then what is older.
    """
    names: dict[int, str] = {}
    of_event = {event.id: index for index, group in enumerate(groups) for event in group}
    of_article: dict[str, set[int]] = {}
    for index, group in enumerate(groups):
        for event in group:
            of_article.setdefault(event.article, set()).add(index)
    seen = {one.id: max((1 + (row.ordinal > 0) for row in memory.told_on(one.id)), default=0) for one in before}
    order = sorted(before, key=lambda incident: (-seen[incident.id], incident.first_published, incident.id))
    for incident in order:
        shared = Counter(of_event[event] for event in incident.events if event in of_event)
        beside = of_article.get(incident.opener.rsplit("#", 1)[0], set())
        home = of_event.get(incident.opener)
        free = [(index == home, shared[index], index in beside, -index) for index in {*shared, *beside} if index not in names]
        if free:
            names[-max(free)[-1]] = incident.id
    return names


def _incident(name: str, group: Group, fresh: dict[str, Article], memory: Memory) -> Incident:
    events = group.events
    ids = dict.fromkeys(event.article for event in events)
    articles = [article for article in (fresh.get(each) or memory.article(each) for each in ids) if article is not None]
    opener = next((event for event in events if not is_statement(event)), events[0])
    return Incident(
        id=name,
        opener=opener.id,
        events=tuple(event.id for event in events),
        facts=merged(group.salvoes, group.words),
        origins=origins(articles, events, memory.backings(ids)),
        waves=_waves(group),
        first_published=events[0].published,
        last_published=events[-1].published,
        reach=_reach(events),
        handles=tuple(sorted(held(events))),
    )


def _waves(group: Group) -> int:
    """Salvoes told by somebody; one that is only denied is none."""
    return max(1, sum(any(event.standing != "denied" for event in salvo) for salvo in group.salvoes))


def _reach(events: Iterable[Event]) -> tuple[datetime, datetime]:
    starts, ends = zip(*map(reach, events), strict=True)
    return min(starts), max(ends)
