"""Events put together: what is one thing in the world, in how many salvoes, and who says something about it.

Called by `streams.incidents.grouping`, and by `streams.incidents.joining` to say why. A function of the events and the operators'
bonds alone: neither the order of arrival nor anything kept from before has a say.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from streams.incidents.handles import held, sought
from streams.incidents.profiles import Profile, profile
from streams.incidents.sameness import conflict, conflicts, fits_statement, is_statement, tie, wave
from streams.records.flow import Event
from streams.records.orders import Bond


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
    pairs = _Pairs(known)
    ordered = sorted(events, key=canonical)
    plain = [event for event in ordered if not is_statement(event)]
    salvoes = _strands([e for e in plain if e.standing != "denied"] + [e for e in plain if e.standing == "denied"], pairs)
    groups = _linked(salvoes, known)
    told = _by_article(groups)
    for strand in _strands([event for event in ordered if is_statement(event)], pairs):
        home = _home(strand.events, told, known)
        if home is None:
            groups.append(Group([], strand.events))
        else:
            home.words += strand.events
    return sorted(_bonded(groups, known), key=lambda group: canonical(group.events[0]))


class _Strand:
    """Events held to be one, those of one profile together."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.alike: dict[Profile, list[Event]] = {}  # by profile, where they have one
        self.others: list[Event] = []
        self.articles: set[str] = set()

    def add(self, event: Event, key: Profile | None) -> None:
        self.events.append(event)
        self.articles.add(event.article)
        if key is None:
            self.others.append(event)
        else:
            self.alike.setdefault(key, []).append(event)

    @property
    def faces(self) -> list[Event]:
        """One event of each profile, and all that have none."""
        return [*(own[0] for own in self.alike.values()), *self.others]


class _Pairs:
    """How much speaks for an event and a strand being one; events of one profile are asked once."""

    def __init__(self, bonds: Bonds) -> None:
        self._bonds = bonds
        self._known: dict[tuple[Profile, Profile], int | None] = {}

    def strength(self, event: Event, key: Profile | None, strand: _Strand) -> int | None:
        """The best tie to one of the strand's events, 0 for none; None where one of them conflicts."""
        if any(self._bonds.apart(event, other) for other in strand.events):
            return None
        if key is None or event.article in strand.articles:
            return self._with_each(event, strand.events)
        best = self._with_each(event, strand.others) if strand.others else 0
        for other, own in strand.alike.items():
            found = self._between(event, key, own[0], other)
            if best is None or found is None:
                return None
            best = max(best, found)
        return best

    def _between(self, event: Event, key: Profile, face: Event, other: Profile) -> int | None:
        pair = (key, other)
        if pair not in self._known:
            self._known[pair] = None if conflict(face, event) else tie(face, event)
        return self._known[pair]

    def _with_each(self, event: Event, others: Sequence[Event]) -> int | None:
        if any(conflict(other, event) for other in others):
            return None
        return max(tie(other, event) for other in others)


class _Index:
    """Numbers of what has been put up so far, by handle."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, list[int]] = defaultdict(list)

    def put(self, number: int, handles: Iterable[str]) -> None:
        for handle in handles:
            numbers = self._numbers[handle]
            if not numbers or numbers[-1] != number:
                numbers.append(number)

    def near(self, handles: Iterable[str]) -> list[int]:
        """Those that have one of the handles, in order."""
        return sorted({number for handle in handles for number in self._numbers.get(handle, ())})


def _strands(events: Iterable[Event], pairs: _Pairs) -> list[_Strand]:
    """Each event in the strand that most speaks for, the earliest of equals; in one of its own where none does."""
    strands: list[_Strand] = []
    index = _Index()
    for event in events:
        best, points, key = len(strands), 0, profile(event)
        for number in index.near(sought(event)):
            strength = pairs.strength(event, key, strands[number])
            if strength is not None and strength > points:
                best, points = number, strength
        if best == len(strands):
            strands.append(_Strand())
        strands[best].add(event, key)
        index.put(best, held((event,)))
    return strands


def _linked(salvoes: Sequence[_Strand], bonds: Bonds) -> list[Group]:
    """Salvoes as groups: each is linked to the earliest whose first salvo it follows; never by a chain of salvoes."""
    found: list[tuple[Group, list[_Strand]]] = []
    index = _Index()  # by their first salvoes
    for salvo in sorted(salvoes, key=lambda salvo: (_start(salvo.events), canonical(salvo.events[0]))):
        near = (found[number] for number in index.near({handle for face in salvo.faces for handle in sought(face)}))
        home = next((home for home in near if _follows(salvo, home[1], bonds)), None)
        if home is None:
            index.put(len(found), held(salvo.faces))
            found.append((Group([salvo.events]), [salvo]))
        else:
            home[0].salvoes.append(salvo.events)
            home[1].append(salvo)
    return [group for group, _ in found]


def _by_article(groups: Sequence[Group]) -> dict[str, list[Group]]:
    """What each article tells to have happened."""
    told: dict[str, list[Group]] = {}
    for group in groups:
        for article in dict.fromkeys(event.article for salvo in group.salvoes for event in salvo):
            told.setdefault(article, []).append(group)
    return told


def _start(salvo: Sequence[Event]) -> datetime:
    """Earliest moment at which all that is said of it can be: the latest of the starts."""
    return max(event.time.start if event.time is not None else event.published for event in salvo)


def _follows(salvo: _Strand, told: Sequence[_Strand], bonds: Bonds) -> bool:
    """Whether a salvo is a wave after the first of those told, and nothing but time keeps it from any of them."""
    if not any(wave(first, event) for first in told[0].faces for event in salvo.faces):
        return False
    if any(bonds.apart(one, event) for other in told for one in other.events for event in salvo.events):
        return False
    faces = [face for other in told for face in other.faces]
    return not any(set(conflicts(one, event)) - {"time", "another"} for one in faces for event in salvo.faces)


def _home(strand: Sequence[Event], told: Mapping[str, Sequence[Group]], bonds: Bonds) -> Group | None:
    """The attack that a statement joins: the only fitting one in an article that carries the statement."""
    for statement in strand:
        if statement.standing == "denied":
            continue
        near = told.get(statement.article, ())
        here = [group for group in near if any(_speaks_of(statement, other) for salvo in group.salvoes for other in salvo)]
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
