"""`first`: the first of its series in so long. Points in event time in, episodes out.

Called by `streams.labels.episodes`. What follows within the window of the one before joins the episode. An incident whose key is
not stated is the first only where none within the window could be of its series; it keeps one whose key is stated from being the
first only while the alert on it could be that one's: until another series has taken it.

    first in t     x    x  x                     x  x
                   begins, join |<---- t ---->|  begins
"""

from collections.abc import Iterable, Sequence

from rules.forms.episodes import Draft, Episode, Timeline, alike, can_be_placed, joined, meets, stated
from rules.model import FirstWithin
from streams.records.timelines import Key, Point


def episodes(first: FirstWithin, points: Iterable[Point]) -> tuple[Episode, ...]:
    """The firsts of all series, in event order."""
    line = Timeline(points, first.within)
    drafts: list[Draft] = []
    homes: list[list[Draft]] = []
    for index, point in enumerate(line.points):
        low = line.after(point.at - first.within)  # so long ago is long enough
        begun: list[Key] = []
        home: list[Draft] = []
        for key in point.keys:
            before = _taken_by(key, index, low, line, homes)
            if before is None:
                begun.append(key)
            for draft in before or ():
                if draft not in home:
                    draft.add(index, key)
                    home.append(draft)
        if begun:
            draft = Draft(begun, index, [index])
            drafts.append(draft)
            home.append(draft)
        homes.append(home)
    return tuple(draft.episode(line, first.within) for draft in drafts)


def _taken_by(key: Key, index: int, low: int, line: Timeline, homes: list[list[Draft]]) -> list[Draft] | None:
    """The episodes of what keeps a key from being the first, None where nothing does."""
    if not stated(key):
        for one in range(index - 1, low - 1, -1):
            if any(joined(key, other) is not None for other in line.points[one].keys):
                return [draft for draft in homes[one] if draft.takes(key)]
        return None
    vague: list[Draft] | None = None
    for one in reversed(line.of(key, low, index)):
        if key in line.points[one].keys:
            return [draft for draft in homes[one] if draft.takes(key)]
        begun = [draft for draft in homes[one] if draft.at == one and draft.takes(key)]
        vague = vague or begun or None
    return vague


def idle(first: FirstWithin, point: Point, earlier: Sequence[Point]) -> bool:
    """Whether a point surely begins nothing that is later than all the others, `earlier` those in the window before it."""
    near = (one for one in reversed(earlier) if point.at - one.at < first.within and can_be_placed(one, first.within))
    vague = not any(map(stated, point.keys))
    return any(alike(point, one) or (vague and len(point.keys) == 1 and meets(point, one)) for one in near)
