"""What the temporal forms mean, computed the long way: all that is known is looked at at once, with nothing of the engine's.

Called by `tests.bench.series`, which compares it with what the pipeline told. It imports nothing of `rules` or `streams` (a test
looks); it follows the words of docs/rules.md, with plain loops over plain lists.

A *happening* is one thing in the world. A part of a key is a set of words and how many there are when all is stated: the pair of
sides {IS} of 2 may be {IS, SDF}. A key fits another when nothing stated contradicts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import combinations

Part = tuple[frozenset[str], int]  # the words stated, and how many there are to state
Key = tuple[Part, ...]
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One thing in the world, as one rule sees it."""

    name: str  # sorts like the id of its opening event
    published: datetime  # first
    start: datetime
    end: datetime
    keys: frozenset[Key]
    steps: frozenset[int] = frozenset()  # of a sequence

    @property
    def middle(self) -> datetime:
        """By which it is placed."""
        return self.start + (self.end - self.start) / 2


@dataclass(kw_only=True)
class Match:
    """One episode."""

    begins: str
    key: tuple[str, ...]  # a part each, "" where it is not stated, words joined by " and "
    members: tuple[str, ...]
    carried: list[str]  # what begins it and what joins it: the alert stands on one of these
    certain: bool
    quiet_since: datetime | None = None  # of a resumption
    until: datetime | None = None  # of a count: the last moment at which its window holds as many
    series: list[Key] = field(default_factory=list)  # as far as they are known by now


# ----------------------------------------------------------------------------------------------------------------- keys


@lru_cache(maxsize=1 << 18)
def both(one: Key, other: Key) -> Key | None:
    """What two keys say together, None when they contradict."""
    parts = [(left | right, size) for (left, size), (right, _) in zip(one, other, strict=True)]
    return tuple(parts) if all(len(words) <= size for words, size in parts) else None


@lru_cache(maxsize=1 << 18)
def whole(key: Key) -> bool:
    """Whether nothing is left to state."""
    return all(len(words) == size for words, size in key)


@lru_cache(maxsize=1 << 18)
def within_series(key: Key, series: Key) -> bool:
    """Whether all that the key states is stated of the series."""
    return all(words <= known for (words, _), (known, _) in zip(key, series, strict=True))


def spelled(key: Key) -> tuple[tuple[str, ...], ...]:
    """For the order of the alphabet."""
    return tuple(tuple(sorted(words)) + ("",) * (size - len(words)) for words, size in key)


def told_apart(key: Key, others: Iterable[Key]) -> list[Key]:
    """The series that a key may be of, as far as other keys tell them apart: itself when all is stated."""
    if whole(key):
        return [key]
    found = {key}
    for other in set(others):
        found |= {sum_ for one in found if (sum_ := both(one, other)) is not None}
    finest = [one for one in found if not any(one != other and within_series(one, other) for other in found)]
    return sorted((one for one in finest if whole(one)), key=spelled) + sorted(
        (one for one in finest if not whole(one)), key=spelled
    )


def alike(keys: Sequence[Key]) -> tuple[str, ...]:
    """What all the keys say alike."""
    return tuple(" and ".join(sorted(parts[0][0])) if len(set(parts)) == 1 else "" for parts in zip(*keys, strict=True))


# ------------------------------------------------------------------------------------------------------ count, first, sequence


def placed(happenings: Iterable[Happening], window: timedelta) -> list[Happening]:
    """In the order of their middles; what is known no better than the window, or a day, stands nowhere."""
    known = [one for one in happenings if one.end - one.start <= max(window, DAY)]
    return sorted(known, key=lambda one: (one.middle, one.published, one.name))


def count(happenings: Iterable[Happening], number: int, window: timedelta) -> list[Match]:
    """So many within so long, both ends counted."""
    line, matches, of = placed(happenings, window), list[Match](), dict[str, list[Match]]()
    low = 0
    for at, one in enumerate(line):
        while one.middle - line[low].middle > window:
            low += 1
        near = line[low : at + 1]
        begun: list[tuple[Key, list[Happening]]] = []
        of[one.name] = []
        for series in _series(one, near):
            members = _members(near, series)
            if len(members) == number:
                begun.append((series, members))
            elif len(members) > number:
                _join(one, series, of[members[-2].name], of[one.name])
        if begun:
            _begin(one, begun, window, matches, of)
    for match in matches:
        told = [one.middle for one in line if one.name in {*match.members, *match.carried}]
        match.until = max(at for at in told if sum(other >= at for other in told) >= number) + window
    return matches


def sequence(happenings: Iterable[Happening], steps: int, window: timedelta) -> list[Match]:
    """One step after the other, each later than the one before, the last at most so long after the first."""
    line, matches, of = placed(happenings, window), list[Match](), {one.name: list[Match]() for one in happenings}

    def near(at: int) -> list[Happening]:
        return [*_back(line, at, window), line[at]]

    def run(at: int, series: Key) -> tuple[Happening, ...] | None:
        """Of all runs that end here the one that begins last."""
        inside = _members(near(at), series)[:-1]
        runs = [
            (*chosen, line[at])
            for chosen in combinations([one for one in inside if one.steps - {steps - 1} or steps - 1 in one.steps], steps - 1)
            if all(step in one.steps for step, one in enumerate(chosen))
            and all(left.middle < right.middle for left, right in zip((*chosen, line[at]), (*chosen[1:], line[at]), strict=False))
            and chosen[-1].middle < line[at].middle
        ]
        order = {one.name: place for place, one in enumerate(line)}
        return max(runs, key=lambda run: [order[one.name] for one in run], default=None)

    for at, one in enumerate(line):
        if steps - 1 not in one.steps:
            continue
        begun: list[tuple[Key, list[Happening]]] = []
        for series in _series(one, near(at)):
            chain = run(at, series)
            if chain is None:
                continue
            first = line.index(chain[0])
            completed = [
                place
                for place in range(first + 1, at)
                if steps - 1 in line[place].steps and _of(line[place], series) and run(place, series) is not None
            ]
            if completed:
                _join(one, series, of[line[completed[-1]].name], of[one.name])
            else:
                begun.append((series, list(chain)))
        if begun:
            _begin(one, begun, window, matches, of)
    return matches


def first(happenings: Iterable[Happening], window: timedelta) -> list[Match]:
    """None of its series for so long before; exactly so long is long enough."""
    line, matches, of = placed(happenings, window), list[Match](), dict[str, list[Match]]()
    for at, one in enumerate(line):
        before = [other for other in _back(line, at, window) if one.middle - other.middle < window]
        begun: list[tuple[Key, list[Happening]]] = []
        of[one.name] = []
        for key in sorted(one.keys, key=spelled):
            takers = _takers(key, before, of)
            if takers is None:
                begun.append((key, [one]))
            else:
                _join(one, key, takers, of[one.name])
        if begun:
            _begin(one, begun, window, matches, of)
    return matches


def _takers(key: Key, before: Sequence[Happening], of: dict[str, list[Match]]) -> list[Match] | None:
    """The episodes of what keeps a key from being the first, None where nothing does."""
    nameless: list[Match] | None = None
    for other in reversed(before):
        if not whole(key):
            if any(both(key, own) is not None for own in other.keys):
                return of[other.name]
        elif key in other.keys:
            return of[other.name]
        elif nameless is None and any(within_series(own, key) for own in other.keys):
            told = [match for match in of[other.name] if match.begins == other.name and _takes(match, key)]
            nameless = told or None
    return nameless


def _back(line: Sequence[Happening], at: int, window: timedelta) -> list[Happening]:
    low = at
    while low and line[at].middle - line[low - 1].middle <= window:
        low -= 1
    return list(line[low:at])


def _of(one: Happening, series: Key) -> bool:
    return any(within_series(key, series) for key in one.keys)


def _series(one: Happening, near: Sequence[Happening]) -> list[Key]:
    others = [key for other in near for key in other.keys]
    return list(dict.fromkeys(series for key in sorted(one.keys, key=spelled) for series in told_apart(key, others)))


def _members(near: Sequence[Happening], series: Key) -> list[Happening]:
    return [one for one in near if _of(one, series)]


def _takes(match: Match, series: Key) -> bool:
    return any(both(own, series) is not None for own in match.series)


def _join(one: Happening, series: Key, matches: Sequence[Match], mine: list[Match]) -> None:
    for match in matches:
        if match not in mine and _takes(match, series):
            match.carried.append(one.name)
            _learn(match, series)
            mine.append(match)


def _learn(match: Match, series: Key) -> None:
    match.series = [sum_ if (sum_ := both(own, series)) is not None else own for own in match.series]


def _begin(
    one: Happening,
    begun: Sequence[tuple[Key, list[Happening]]],
    window: timedelta,
    matches: list[Match],
    of: dict[str, list[Match]],
) -> None:
    """One alert, whatever the number of series; with the members of the first in the alphabet."""
    members = begun[0][1]
    match = Match(
        begins=one.name,
        key=alike([series for series, _ in begun]),
        members=tuple(each.name for each in members),
        carried=[one.name],
        certain=max(each.end for each in members) - min(each.start for each in members) <= window,
        series=[series for series, _ in begun],
    )
    matches.append(match)
    of[one.name].append(match)


# --------------------------------------------------------------------------------------------------------------- resume


def resume(happenings: Iterable[Happening], pause: timedelta, before: int, before_within: timedelta) -> list[Match]:
    """So many, then none for so long, then one; what follows in its series with no such quiet before it joins."""
    line = sorted(happenings, key=lambda one: (one.start, one.end, one.published, one.name))
    matches: list[Match] = []
    last: list[list[tuple[Key, datetime]]] = []  # of each match, of each of its series
    resumed: list[list[Key]] = []  # the series of each match as they were when it began
    for at, one in enumerate(line):
        for key in sorted(one.keys, key=spelled):
            quiet = _quiet(one, key, line[:at], pause, before, before_within)
            current = [n for n in range(len(matches)) if any(_goes_on(one, key, *each, pause) for each in last[n])]
            if current:
                n = current[-1]
                last[n] = [
                    (both(own, key) or own, max(end, one.end)) if _goes_on(one, key, own, end, pause) else (own, end)
                    for own, end in last[n]
                ]
                matches[n].carried += [one.name] if one.name not in matches[n].carried else []
            elif quiet is not None and matches and matches[-1].carried == [one.name]:  # one alert though it ends two pauses
                last[-1].append((key, one.end))
                resumed[-1].append(key)
                matches[-1].key = alike(resumed[-1])
            elif quiet is not None:
                since, certain = quiet
                made = Match(begins=one.name, key=alike([key]), members=(), carried=[one.name], certain=certain, quiet_since=since)
                matches.append(made)
                last.append([(key, one.end)])
                resumed.append([key])
    return matches


def _goes_on(one: Happening, key: Key, own: Key, end: datetime, pause: timedelta) -> bool:
    """Whether it is, or may be, of the series, with no pause since the end of what was last of it."""
    return one.start - end < pause and both(own, key) is not None


def _quiet(
    one: Happening, key: Key, earlier: Sequence[Happening], pause: timedelta, before: int, before_within: timedelta
) -> tuple[datetime, bool] | None:
    """Since when it was quiet, and whether for certain; None for no pause that is proved."""
    may = [other for other in earlier if any(both(own, key) is not None for own in other.keys)]
    sure = [other for other in may if key in other.keys]
    if any(one.end - other.start < pause for other in (sure if whole(key) else may)):
        return None
    found = _gap(one, may, pause, before, before_within)
    if found is None and whole(key):
        found = _gap(one, sure, pause, before, before_within)
        return (found[0], False) if found else None
    return found


def _gap(
    one: Happening, others: Sequence[Happening], pause: timedelta, before: int, before_within: timedelta
) -> tuple[datetime, bool] | None:
    if not others:
        return None
    latest = max(other.end for other in others)
    if sum(other.end >= latest - before_within for other in others) < before:
        return None
    if one.start - latest >= pause:
        return latest, True
    return (latest, False) if one.end - max(other.start for other in others) > pause else None
