"""What all temporal forms share: keys of series, points looked up by series and time, and the episodes that come out.

A part of a key that is not stated ("") joins any series it could belong to. `joined` of two keys is what they say together.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from streams.records.timelines import Key, Point, Value

_DAY = timedelta(days=1)
_KEYS = 1 << 16  # pairs of keys whose sum is remembered
_SERIES = 1 << 11  # keys among others: from one article of a busy day to the next most stay


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One match of a temporal form: told once, on one incident's post."""

    anchor: str  # incident that carries the label when nothing was told yet
    carried: tuple[str, ...]  # the one that begins it and those that join it, in event order: it may be told on any of them
    members: tuple[str, ...]  # incidents that make it, in event order
    key: Key  # of its series, as far as it is known where it begins
    certain: bool  # False: it holds by the middle of vague times only
    since: datetime  # nothing earlier than this less the form's reach bears on where it begins
    until: datetime | None = None  # of `count`: when its window holds fewer than asked


@lru_cache(maxsize=_KEYS)
def stated(key: Key) -> bool:
    """Whether every part of the key is stated."""
    return all(all(value) for value in key)


@lru_cache(maxsize=_KEYS)
def joined(one: Key, other: Key) -> Key | None:
    """What both keys say together, None where they contradict each other."""
    parts = [_together(left, right) for left, right in zip(one, other, strict=True)]
    return None if None in parts else tuple(part for part in parts if part is not None)


def belongs(key: Key, series: Key) -> bool:
    """Whether what has this key is of the series, or may be: all that it states the series states."""
    return all(one == other or _within(one, other) for one, other in zip(key, series, strict=True))


def _words(key: Key) -> Iterator[tuple[int, str]]:
    """What a key states, each with the part it stands in."""
    return ((part, word) for part, value in enumerate(key) for word in value if word)


def _within(one: Value, other: Value) -> bool:
    return all(not word or one.count(word) <= other.count(word) for word in one)


def meets(point: Point, other: Point) -> bool:
    """Whether two points may be of one series."""
    return any(joined(one, two) is not None for one in point.keys for two in other.keys)


def connected(keys: Iterable[Key], points: Iterable[Point]) -> list[Point]:
    """The points that may be of one of the series, or of one that these may be of, and so on: no other bears on them."""
    by_key: dict[Key, list[Point]] = {}
    for point in points:
        for key in point.keys:
            by_key.setdefault(key, []).append(point)
    vague = [key for key in by_key if not stated(key)]
    reached, found, todo = set(keys), dict[str, Point](), list(keys)
    while todo:
        key = todo.pop()
        meeting = [key] if stated(key) and key in by_key else []
        meeting += [other for other in (vague if stated(key) else by_key) if joined(key, other) is not None]
        for point in (point for other in meeting for point in by_key.pop(other, ())):
            found[point.incident] = point
            todo += [other for other in point.keys if other not in reached]
            reached.update(point.keys)
        vague = [other for other in vague if other in by_key]
    return list(found.values())


def alike(point: Point, other: Point) -> bool:
    """Whether all that is stated of a point's series, nothing left open, is stated of the other too."""
    return all(stated(key) and key in other.keys for key in point.keys)


def common(keys: Sequence[Key]) -> Key:
    """What all the keys say alike, the rest not stated."""
    return tuple(
        values[0] if all(value == values[0] for value in values) else ("",) * len(values[0]) for values in zip(*keys, strict=True)
    )


def _together(one: Value, other: Value) -> Value | None:
    """Both parts as one: every word as often as the part that has it more often; None where there is no room for all."""
    if one == other:
        return one
    known = [word for word in one if word]
    left = list(known)
    for word in filter(None, other):
        if word in left:
            left.remove(word)
        else:
            known.append(word)
    return tuple(sorted(known) + [""] * (len(one) - len(known))) if len(known) <= len(one) else None


def can_be_placed(point: Point, within: timedelta) -> bool:
    """Whether its time is known well enough to lie in a window: as well as the window, or a day where that is longer."""
    return point.end - point.start <= max(within, _DAY)


class Timeline:
    """Points in event order, looked up by series and time.

    What is known no better than the window, or than a day where that is longer, cannot be placed in it and is left out.
    """

    def __init__(self, points: Iterable[Point], within: timedelta) -> None:
        placed = [point for point in points if can_be_placed(point, within)]
        self.points = sorted(placed, key=lambda point: (point.at, point.published, point.opener))
        self._at = [point.at for point in self.points]
        self._stated: dict[Key, list[int]] = {}
        self._vague: dict[Key, list[int]] = {}
        self._members: dict[Key, list[int]] = {}  # of each series asked for
        self._keys: tuple[int, int, frozenset[Key]] = (0, 0, frozenset())  # of the points between the two, as last asked for
        for index, point in enumerate(self.points):
            for key in point.keys:
                (self._stated if stated(key) else self._vague).setdefault(key, []).append(index)

        self._leads: dict[tuple[int, str] | None, list[Key]] = {}  # keys that are vague, by the first word that they state
        for key in self._vague:
            self._leads.setdefault(next(_words(key), None), []).append(key)

    def first(self, at: datetime) -> int:
        """Index of the first point at or after a moment."""
        return bisect_left(self._at, at)

    def after(self, at: datetime) -> int:
        """Index of the first point after a moment."""
        return bisect_right(self._at, at)

    def of(self, series: Key, low: int, high: int) -> list[int]:
        """Indexes from `low` up to `high` of what is of the series, or may be."""
        known = self._members.get(series)
        if known is None:
            keys = (key for word in (None, *_words(series)) for key in self._leads.get(word, ()))
            vague = (index for key in keys if belongs(key, series) for index in self._vague[key])
            known = self._members[series] = sorted({*self._stated.get(series, ()), *vague})
        return known[bisect_left(known, low) : bisect_left(known, high)]

    def series(self, key: Key, low: int, high: int) -> tuple[Key, ...]:
        """The series that a key may belong to, as far as the points from `low` up to `high` tell them apart; stated ones first."""
        if stated(key):
            return (key,)
        if self._keys[:2] != (low, high):
            self._keys = low, high, frozenset(other for index in range(low, high) for other in self.points[index].keys)
        return _told_apart(key, self._keys[2])


@lru_cache(maxsize=_SERIES)
def _told_apart(key: Key, others: frozenset[Key]) -> tuple[Key, ...]:
    """The series that a key may belong to, as far as the others tell them apart; stated ones first."""
    vague = {key}
    for other in sorted(other for other in others if not stated(other)):
        vague |= {both for one in list(vague) if (both := joined(one, other)) is not None}
    full = {both for other in others if stated(other) and (both := joined(key, other)) is not None}
    finer = [*full, *vague]
    finest = [one for one in vague if stated(one) or not any(one != other and belongs(one, other) for other in finer)]
    return tuple(sorted(full.union(finest), key=lambda one: (not stated(one), one)))


class Draft:
    """An episode while points are added."""

    def __init__(self, keys: Sequence[Key], at: int, members: Sequence[int]) -> None:
        self._stated = {key for key in keys if stated(key)}
        self._vague = {key for key in keys if not stated(key)}
        self.key = common(keys)  # what is told of it; what joins says no more
        self.at = at
        self.carried = [at]
        self.members = tuple(members)

    def takes(self, key: Key) -> bool:
        """Whether what has this key may be of the episode's series."""
        if key in self._stated or key in self._vague:
            return True
        own = self._vague if stated(key) else (*self._vague, *self._stated)
        return any(joined(one, key) is not None for one in own)

    def add(self, index: int, key: Key) -> None:
        """Adds a point, and what its key says of a series that was not stated."""
        if self.carried[-1] != index:
            self.carried.append(index)
        told = {one: both for one in self._vague if (both := joined(one, key)) is not None}
        self._vague = self._vague.difference(told) | {both for both in told.values() if not stated(both)}
        self._stated.update(both for both in told.values() if stated(both))

    def episode(self, line: Timeline, within: timedelta, asked: int = 0) -> Episode:
        """The episode, members within the window for certain or not; `asked`: it ends when the window holds fewer."""
        inside = [line.points[index] for index in self.members]
        width = max(point.end for point in inside) - min(point.start for point in inside)
        return Episode(
            anchor=line.points[self.at].incident,
            carried=tuple(line.points[index].incident for index in self.carried),
            members=tuple(point.incident for point in inside),
            key=self.key,
            certain=width <= within,
            since=line.points[self.at].at,
            until=line.points[sorted({*self.members, *self.carried})[-asked]].at + within if asked else None,
        )
