"""`resume`: attacks, then none for a while, then one, per series. Points in event time in, episodes out.

Called by `streams.labels.episodes`, which turns incidents into points. Knows neither articles nor alerts. The quiet is observed
(our own history shows it), stated (an article says so) or announced (a group says it takes attacks up again). A cold start is
unknown, never quiet: without enough attacks before the gap nothing is observed. An attack whose series is not stated may have
ended the quiet of any: then the quiet of a known one is "possible", not certain; and it opens only where no series that it
could belong to is active.

    attacks   x  x x           |<------ pause ------>|  x        x
              before_pause                              episode  joins it
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from heapq import nlargest
from typing import Literal

from rules.forms.episodes import Episode, alike, common, joined, meets, stated
from rules.model import Resume
from streams.records.flow import EvidenceKind
from streams.records.timelines import Key, Point

Proof = Literal["certain", "possible", "stated"]
ANNOUNCED = "resumption-announced"  # types of the taxonomy: statements that speak of a pause
HALTED = "attacks-halted"
SPOKEN = (ANNOUNCED, HALTED)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumption(Episode):
    """One resumption: the first attack after the quiet, or its announcement, and what belongs to it.

    What follows later than `pause` after its beginning belongs to it and proves nothing more.
    """

    kinds: tuple[EvidenceKind, ...]
    proof: Proof
    quiet_since: datetime | None  # end of the last attack before an observed quiet


def episodes(resume: Resume, points: Iterable[Point]) -> tuple[Resumption, ...]:
    """The resumptions of all series, in event time. What follows within `pause` of one, in its series, joins it."""
    ordered = sorted(points, key=lambda point: (point.start, point.end, point.kind != "attack", point.published, point.opener))
    found: list[_Draft] = []
    active: list[_Draft] = []
    past, widest = _Past(resume), max((point.end - point.start for point in ordered), default=timedelta(0))
    for place, point in enumerate(ordered):
        active = [draft for draft in active if draft.reaches(point)]
        for key in point.keys:
            quiet = past.quiet(point, key)
            kinds = _kinds(resume, point, quiet)
            current = next((draft for draft in reversed(active) if draft.takes(point, key)), None)
            if current is not None:
                current.join(point, key, kinds, quiet)
            elif kinds and (point.kind == "attack" or point.opens):
                if found and found[-1].points == [point]:
                    found[-1].also(key, kinds, quiet)
                else:
                    busy = (ordered[n] for n in range(place - 1, -1, -1))
                    since = point.start if quiet and quiet.certain else _busy_since(resume, point, key, busy, widest)
                    found.append(_Draft(resume, point, key, kinds, quiet, since))
                    active.append(found[-1])
        past.add(point)
    return tuple(draft.episode() for draft in found)


def idle(resume: Resume, point: Point, earlier: Sequence[Point]) -> bool:
    """Whether a point surely begins nothing, and adds nothing, that is later than all others; `earlier`: the `pause` before it."""
    if point.kind != "attack" or point.speaks or point.stated or point.announced:
        return False
    vague = len(point.keys) == 1 and not stated(point.keys[0])
    recent = (one for one in earlier if one.kind == "attack" and point.end - one.start < resume.pause)
    return any(alike(point, one) or (vague and meets(point, one)) for one in recent)


def settled(resume: Resume, judged: Iterable[Point], points: Iterable[Point], left: datetime) -> bool:
    """Whether the points suffice to judge the quiet before each attack of `judged`: nothing before `left` bears on it."""
    attacks = [point for point in points if point.kind == "attack"]
    for point in judged:
        for key in point.keys if point.kind == "attack" else ():
            before = [other for other in attacks if other.start < point.start and _meet(other, key)]
            for near in (before, [other for other in before if key in other.keys]):
                last = max((other.end for other in near), default=None)
                if last is None or last - resume.before_within < left:
                    return False
    return True


def _meet(point: Point, key: Key) -> bool:
    return any(joined(own, key) is not None for own in point.keys)


@dataclass(frozen=True, slots=True)
class _Quiet:
    since: datetime
    certain: bool


class _Draft:
    def __init__(
        self, resume: Resume, point: Point, key: Key, kinds: set[EvidenceKind], quiet: _Quiet | None, since: datetime
    ) -> None:
        self.pause = resume.pause
        self.points = [point]
        self.series: dict[Key, datetime] = {key: point.end}  # as far as each is known by now, and its last point
        self.told: tuple[Key, ...] = (key,)
        self.kinds = set(kinds)
        self.quiet = quiet
        self.since = since

    def takes(self, point: Point, key: Key) -> bool:
        """Whether it is of a series of the draft, and no pause after what was last of it."""
        return any(point.start - last < self.pause and joined(own, key) is not None for own, last in self.series.items())

    def reaches(self, point: Point) -> bool:
        """Whether anything that is no earlier than the point may still join."""
        return any(point.start - last < self.pause for last in self.series.values())

    def also(self, key: Key, kinds: set[EvidenceKind], quiet: _Quiet | None) -> None:
        """The same attack resumes a second series."""
        self.series[key], self.told = self.points[0].end, (*self.told, key)
        self.kinds |= kinds
        self.quiet = self.quiet or quiet

    def join(self, point: Point, key: Key, kinds: set[EvidenceKind], quiet: _Quiet | None) -> None:
        if point.kind == "halt":
            return
        series: dict[Key, datetime] = {}
        for own, last in self.series.items():
            both = joined(own, key) if point.start - last < self.pause else None
            name, end = (own, last) if both is None else (both, max(last, point.end))
            series[name] = max(end, series.get(name, end))
        self.series = series
        if self.points[-1] is not point:
            self.points.append(point)
        if point.start < self.points[0].start + self.pause:
            self.kinds |= kinds
            self.quiet = self.quiet or quiet

    def episode(self) -> Resumption:
        anchor = next((point for point in self.points if point.kind == "attack"), self.points[0])
        proof: Proof = "stated" if self.quiet is None else "certain" if self.quiet.certain else "possible"
        near = [point for point in self.points if point.start < self.points[0].start + self.pause]
        return Resumption(
            anchor=anchor.incident,
            carried=tuple(dict.fromkeys(point.incident for point in self.points)),
            members=tuple(dict.fromkeys(point.incident for point in near)),
            key=common(self.told),
            certain=proof == "certain",
            since=self.since,
            kinds=tuple(kind for kind in _ORDER if kind in self.kinds),
            proof=proof,
            quiet_since=self.quiet.since if self.quiet else None,
        )


_ORDER: tuple[EvidenceKind, ...] = ("observed", "stated", "announced")


def _busy_since(resume: Resume, point: Point, key: Key, earlier: Iterable[Point], widest: timedelta) -> datetime:
    """When the run of the series began that reaches up to a point without a pause: its own start where there was one.

    `earlier`: the latest start first, none longer than `widest`.
    """
    since = point.start
    for other in earlier:
        if since - other.start >= resume.pause + widest:
            break
        if other.kind != "halt" and since - other.end < resume.pause and _meet(other, key):
            since = min(since, other.start)
    return since


class _Last:
    """What was last of one key."""

    def __init__(self) -> None:
        self.ends: list[tuple[datetime, str]] = []  # of attacks, with their incident, the latest first; no more than are asked for
        self.start: datetime | None = None  # latest of an attack
        self.halts: list[tuple[datetime, datetime]] = []  # when a halt was stated, and first published

    def add(self, point: Point, most: int) -> None:
        if point.halted is not None:
            self.halts.append((point.halted, point.published))
        if point.kind == "attack":
            self.start = point.start if self.start is None else max(self.start, point.start)
            self.ends = nlargest(most, [*self.ends, (point.end, point.incident)])


class _Past:
    """The points so far, in order of start, as far as they bear on the quiet before the next one."""

    def __init__(self, resume: Resume) -> None:
        self._resume = resume
        self._last: dict[Key, _Last] = {}
        self._meeting: dict[Key, list[_Last]] = {}  # of what has, or may have, a key; with the key's own first

    def add(self, point: Point) -> None:
        """The next point."""
        for key in point.keys:
            if key not in self._last:
                one = self._last[key] = _Last()
                for asked, meeting in self._meeting.items():
                    if joined(asked, key) is not None:
                        meeting.append(one)
            self._last[key].add(point, self._resume.before_incidents)

    def quiet(self, point: Point, key: Key) -> _Quiet | None:
        """The quiet that this attack ends by our own history, None for none that is proved.

        Where only attacks of an unknown series came between, that of a stated one is possible and no more.
        """
        if point.kind != "attack":
            return None
        meeting = self._meet(key)
        own = [self._last[key]] if key in self._last else []
        recent = own if stated(key) else meeting
        if any(one.start is not None and point.end - one.start < self._resume.pause for one in recent):
            return None
        found = self._quiet(point, meeting)
        if found is None and stated(key):
            sure = self._quiet(point, own)
            return replace(sure, certain=False) if sure else None
        return found

    def _meet(self, key: Key) -> list[_Last]:
        if key not in self._meeting:
            self._meeting[key] = [one for other, one in self._last.items() if joined(other, key) is not None]
        return self._meeting[key]

    def _quiet(self, point: Point, found: Sequence[_Last]) -> _Quiet | None:
        resume = self._resume
        ends = nlargest(resume.before_incidents, {end for one in found for end in one.ends})
        last = ends[0][0] if ends else None
        armed_by_count = len(ends) == resume.before_incidents and ends[-1][0] >= ends[0][0] - resume.before_within
        halts = (halt for one in found for halt, published in one.halts if published < point.published)  # never by its own article
        armed_by_word = [halt for halt in halts if last is None or halt >= last - _DAY]
        if resume.history is not None:
            told = datetime.combine(resume.history.last, time.max, tzinfo=UTC)
            if last is None or told >= last:
                armed_by_word.append(told)
        if not armed_by_count and not armed_by_word:
            return None
        latest = max([*([last] if last is not None else []), *armed_by_word])
        since = last if armed_by_count and last is not None else latest
        if point.start - latest >= resume.pause:
            return _Quiet(since, certain=True)
        earliest = max([*(one.start for one in found if one.start is not None), *armed_by_word])
        # the ends of both are not part of them: from 10 January to 8 February it is less than thirty days, whatever the hours
        return _Quiet(since, certain=False) if point.end - earliest > resume.pause else None


def _kinds(resume: Resume, point: Point, quiet: _Quiet | None) -> set[EvidenceKind]:
    kinds: set[EvidenceKind] = set()
    if quiet is not None:
        kinds.add("observed")
    if point.stated:
        kinds.add("stated")
    if point.announced:
        kinds.add("announced")
    return kinds & set(resume.evidence)
