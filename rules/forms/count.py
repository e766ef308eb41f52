"""`count`: so many incidents within so long, per series. Points in event time in, episodes out.

Called by `streams.labels.episodes`. The nth is the one that begins an episode; what follows joins it for as long as the window
holds n, and ends with the moment it holds fewer. The window is measured between the middles of times, both ends counted.

    count 3 in t     x     x    x     x              x x   x
                     |<-- t --->|begins, joins | ends      begins
"""

from collections.abc import Iterable, Sequence

from rules.forms.episodes import Draft, Episode, Timeline, can_be_placed, meets
from rules.model import CountWithin
from streams.records.timelines import Key, Point


def episodes(count: CountWithin, points: Iterable[Point]) -> tuple[Episode, ...]:
    """The matches of all series, in event order of what begins them."""
    line = Timeline(points, count.within)
    drafts: list[Draft] = []
    homes: list[list[Draft]] = []
    for index, point in enumerate(line.points):
        low = line.first(point.at - count.within)
        begun: list[tuple[Key, list[int]]] = []
        home: list[Draft] = []
        for series in dict.fromkeys(series for key in point.keys for series in line.series(key, low, index + 1)):
            window = line.of(series, low, index + 1)
            if len(window) == count.incidents:
                begun.append((series, window))
            elif len(window) > count.incidents:
                for draft in homes[window[-2]]:
                    if draft not in home and draft.takes(series):
                        draft.add(index, series)
                        home.append(draft)
        if begun:
            draft = Draft([series for series, _ in begun], index, begun[0][1])
            drafts.append(draft)
            home.append(draft)
        homes.append(home)
    return tuple(draft.episode(line, count.within, count.incidents) for draft in drafts)


def idle(count: CountWithin, point: Point, earlier: Sequence[Point]) -> bool:
    """Whether a point surely begins and joins nothing that is later than all the others; `earlier`: the window before it."""
    placed = [other for other in earlier if can_be_placed(other, count.within) and point.at - other.at <= count.within]
    return sum(1 for other in placed if meets(point, other)) + 1 < count.incidents
