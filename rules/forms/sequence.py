"""`sequence`: one step after the other within so long, per series. Points in event time in, episodes out.

Called by `streams.labels.episodes`. Steps are different incidents, each later than the one before; two at the same time, or on the
same day where no more is known, are in no order. The last step begins an episode. A further last step joins it unless a whole
new sequence has begun after the last completion.

    A then B in t    A      B   B        A   B           A ................ B
                     |<- t ->|begins, joins   begins      |<---- t ---->|  nothing
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from rules.forms.episodes import Draft, Episode, Timeline, meets
from rules.model import SequenceWithin
from streams.records.timelines import Key, Point


def episodes(sequence: SequenceWithin, points: Iterable[Point]) -> tuple[Episode, ...]:
    """The matches of all series, in event order of what completes them."""
    line = Timeline(points, sequence.within)
    chains = _Chains(sequence, line)
    drafts: list[Draft] = []
    homes: list[list[Draft]] = [[] for _ in line.points]
    for index, point in enumerate(line.points):
        if chains.last not in point.steps:
            continue
        low = line.first(point.at - sequence.within)
        begun: list[tuple[Key, tuple[int, ...]]] = []
        for series in dict.fromkeys(series for key in point.keys for series in line.series(key, low, index + 1)):
            chain = chains.ending(index, series)
            if chain is None:
                continue
            completed = chains.between(chain[0], index, series)
            if completed is None:
                begun.append((series, chain))
            for draft in homes[completed] if completed is not None else ():
                if draft not in homes[index] and draft.takes(series):
                    draft.add(index, series)
                    homes[index].append(draft)
        if begun:
            draft = Draft([series for series, _ in begun], index, begun[0][1])
            drafts.append(draft)
            homes[index].append(draft)
    return tuple(draft.episode(line, sequence.within) for draft in drafts)


class _Chains:
    """The tightest runs of all steps."""

    def __init__(self, sequence: SequenceWithin, line: Timeline) -> None:
        self.last = len(sequence.steps) - 1
        self._line = line
        self._before = [line.first(point.at) for point in line.points]  # index of the first point at the moment of each
        self._low = [line.first(point.at - sequence.within) for point in line.points]  # and of the first in its window
        self._runs: dict[
            tuple[tuple[int, ...], ...], dict[int, tuple[int, ...] | None]
        ] = {}  # by the steps before, then by their end
        self._known: dict[Key, tuple[dict[int, tuple[int, ...]], list[int]]] = {}  # runs by the index of their end, and the ends

    def ending(self, index: int, series: Key) -> tuple[int, ...] | None:
        """Indexes of the steps, in order; of several runs the one that begins last. None where there is none within the window."""
        return self._of(series)[0].get(index)

    def between(self, first: int, index: int, series: Key) -> int | None:
        """The last point after `first` and before `index` that completes the sequence too, None for none."""
        ends = self._of(series)[1]
        place = bisect_left(ends, index)
        return ends[place - 1] if place and ends[place - 1] > first else None

    def _of(self, series: Key) -> tuple[dict[int, tuple[int, ...]], list[int]]:
        known = self._known.get(series)
        if known is None:
            points, members = self._line.points, self._line.of(series, 0, len(self._line.points))
            *steps, ends = (tuple(one for one in members if step in points[one].steps) for step in range(self.last + 1))
            found = self._runs.setdefault(tuple(steps), {})  # many series have the same first steps
            for index in ends if all(steps) else ():
                if index not in found:
                    found[index] = self._run(index, steps)
            runs = {index: run for index in ends if (run := found.get(index)) is not None}
            known = self._known[series] = runs, list(runs)
        return known

    def _run(self, index: int, steps: Sequence[Sequence[int]]) -> tuple[int, ...] | None:
        chain, low = [index], self._low[index]
        for step in reversed(steps):
            before = bisect_left(step, self._before[chain[-1]])
            if not before or step[before - 1] < low:
                return None
            chain.append(step[before - 1])
        return tuple(reversed(chain))


def idle(sequence: SequenceWithin, point: Point, earlier: Sequence[Point]) -> bool:
    """Whether a point surely begins nothing that is later than all the others, `earlier` those in the window before it."""
    last = len(sequence.steps) - 1
    if last not in point.steps:
        return True
    near = [one for one in earlier if one.at < point.at and point.at - one.at <= sequence.within and meets(point, one)]
    return not all(any(step in one.steps for one in near) for step in range(last))
