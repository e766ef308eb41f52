"""Events put together: what is one thing in the world, in how many salvoes, and who says something about it.

Called by `streams.incidents`, and by `streams.joining` to say why. A function of the events and the operators' bonds alone: neither
the order of arrival nor anything kept from before has a say.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from streams.orders import Bond
from streams.records import Event
from streams.sameness import conflict, conflicts, fits_statement, is_statement, tie, wave


@dataclass(slots=True)
class Group:
    """One thing in the world."""

    salvoes: list[list[Event]]  # of what is said to have happened, by time, each in canonical order; none: only words are told
    words: list[Event] = field(default_factory=list)  # statements

    @property
    def events(self) -> list[Event]:
        """All of it, in canonical order."""
        return sorted([*(event for salvo in self.salvoes for event in salvo), *self.words], key=canonical)


class Bonds:
    """What operators said of pairs of events."""

    def __init__(self, bonds: Iterable[Bond] = ()) -> None:
        self._kinds = {(bond.one, bond.other): bond.kind for bond in bonds}
        self.together = sorted(pair for pair, kind in self._kinds.items() if kind == "together")

    def apart(self, one: Event, other: Event) -> bool:
        """Whether the two were split."""
        pair = (one.id, other.id) if one.id < other.id else (other.id, one.id)
        return bool(self._kinds) and self._kinds.get(pair) == "apart"


def canonical(event: Event) -> tuple[datetime, str, int, int]:
    """The order in which events are read, whenever they came: published, article, title before text, offset."""
    return event.published, event.article, event.trigger.where == "text", event.trigger.start


def partition(events: Iterable[Event], bonds: Iterable[Bond] = ()) -> list[Group]:
    """Events as groups that are one thing each, in the order of their openers.

    What is said to have happened is grouped first, then denials of it, then statements: none of the three waits for
    articles that come later, so order of arrival does not matter. Salvoes hours apart are linked to the first of them. What
    operators split never joins; what they merged joins last.
    """
    known = Bonds(bonds)
    ordered = sorted(events, key=canonical)
    plain = [event for event in ordered if not is_statement(event)]
    salvoes: list[list[Event]] = []
    for event in [e for e in plain if e.standing != "denied"] + [e for e in plain if e.standing == "denied"]:
        _join_best(event, salvoes, known)
    groups = _linked(salvoes, known)
    attacks = list(groups)
    strands: list[list[Event]] = []
    for event in [event for event in ordered if is_statement(event)]:
        _join_best(event, strands, known)
    for strand in strands:
        home = _home(strand, attacks, known)
        if home is None:
            groups.append(Group([], strand))
        else:
            home.words += strand
    return sorted(_bonded(groups, known), key=lambda group: canonical(group.events[0]))


def _join_best(event: Event, groups: list[list[Event]], bonds: Bonds) -> None:
    """Adds the event to the group that most speaks for, the earliest of equals; opens one when none does."""
    best, points = None, 0
    for group in groups:
        if any(conflict(other, event) or bonds.apart(other, event) for other in group):
            continue
        strength = max(tie(other, event) for other in group)
        if strength > points:
            best, points = group, strength
    if best is None:
        groups.append([event])
    else:
        best.append(event)


def _linked(salvoes: Sequence[list[Event]], bonds: Bonds) -> list[Group]:
    """Salvoes as groups: each is linked to the earliest whose first salvo it follows; never by a chain of salvoes."""
    groups: list[Group] = []
    for salvo in sorted(salvoes, key=lambda salvo: (_start(salvo), canonical(salvo[0]))):
        home = next((group for group in groups if _follows(salvo, group, bonds)), None)
        if home is None:
            groups.append(Group([salvo]))
        else:
            home.salvoes.append(salvo)
    return groups


def _start(salvo: Sequence[Event]) -> datetime:
    """Earliest moment at which all that is said of it can be: the latest of the starts."""
    return max(event.time.start if event.time is not None else event.published for event in salvo)


def _follows(salvo: Sequence[Event], group: Group, bonds: Bonds) -> bool:
    if not any(wave(first, event) for first in group.salvoes[0] for event in salvo):
        return False
    told = [event for other in group.salvoes for event in other]
    return not any(bonds.apart(one, event) or set(conflicts(one, event)) - {"time", "another"} for one in told for event in salvo)


def _home(strand: Sequence[Event], attacks: Sequence[Group], bonds: Bonds) -> Group | None:
    """The attack that a statement joins: the only fitting one in an article that carries the statement."""
    for statement in strand:
        if statement.standing == "denied":
            continue
        here = [group for group in attacks if any(_speaks_of(statement, other) for salvo in group.salvoes for other in salvo)]
        if len(here) == 1 and not any(bonds.apart(one, other) for one in strand for other in here[0].events):
            return here[0]
    return None


def _speaks_of(statement: Event, attack: Event) -> bool:
    return attack.article == statement.article and fits_statement(statement, attack)


def _bonded(groups: list[Group], bonds: Bonds) -> Iterator[Group]:
    """The groups, those made one that hold events merged by hand; two that an operator split stay two whatever else is merged."""
    homes = {event.id: group for group in groups for event in group.events} if bonds.together else {}
    for one, other in bonds.together:
        left, right = homes.get(one), homes.get(other)
        if left is None or right is None or left is right or any(bonds.apart(a, b) for a in left.events for b in right.events):
            continue
        first, second = sorted((left, right), key=lambda group: canonical(group.events[0]))
        first.salvoes = _one_list(first.salvoes, second.salvoes)
        first.words = sorted([*first.words, *second.words], key=canonical)
        homes.update({event.id: first for event in first.events})
    merged = {id(group): group for group in homes.values()} if bonds.together else {id(group): group for group in groups}
    yield from merged.values()


def _one_list(mine: list[list[Event]], theirs: list[list[Event]]) -> list[list[Event]]:
    """The salvoes of two groups that an operator made one: what is one attack told twice is one salvo, waves stay waves."""
    if not mine or not theirs:
        return mine or theirs
    first, second = sorted((mine, theirs), key=lambda salvoes: (_start(salvoes[0]), canonical(salvoes[0][0])))
    if any(wave(one, other) for one in first[0] for other in second[0]):
        return sorted([*first, *second], key=_start)
    joined = sorted([*first[0], *second[0]], key=canonical)
    return [joined, *sorted([*first[1:], *second[1:]], key=_start)]
