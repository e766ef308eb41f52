"""`resume`: attacks, then none for a while, then one, per series. Points in event time in, episodes out.

Called by `streams.episodes`, which turns incidents into points. Knows neither articles nor alerts. The quiet is observed (our
own history shows it), stated (an article says so) or announced (a group says it takes attacks up again). A cold start is
unknown, never quiet: without enough attacks before the gap nothing is observed. An attack whose series is not stated may have
ended the quiet of any: then the quiet of a known one is "possible", not certain; and it opens only where no series that it
could belong to is active.

    attacks   x  x x           |<------ pause ------>|  x        x
              before_pause                              episode  joins it
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from rules.forms.episodes import Episode, alike, common, joined, meets, stated
from rules.model import Resume
from streams.records import EvidenceKind
from streams.timelines import Key, Point

Proof = Literal["certain", "possible", "stated"]
ANNOUNCED = "resumption-announced"  # types of the taxonomy: statements that speak of a pause
HALTED = "attacks-halted"
SPOKEN = (ANNOUNCED, HALTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumption(Episode):
    """One resumption: the first attack after the quiet, or its announcement, and what belongs to it.

    What follows later than `pause` after its beginning belongs to it and proves nothing more.
    """

    kinds: tuple[EvidenceKind, ...]
    proof: Proof
    quiet_since: datetime | None  # end of the last attack before an observed quiet


def episodes(resume: Resume, points: Iterable[Point]) -> tuple[Resumption, ...]:
    """The resumptions of all series, in event time. What follows within `pause` of one joins it."""
    ordered = sorted(points, key=lambda point: (point.start, point.end, point.kind != "attack", point.published, point.opener))
    found: list[_Draft] = []
    seen: list[Point] = []
    for point in ordered:
        for key in point.keys:
            quiet = None if _recent(resume, point, key, seen) else _quiet_of(resume, point, key, seen)
            kinds = _kinds(resume, point, quiet)
            current = next((d for d in reversed(found) if d.takes(key) and point.start - d.last < resume.pause), None)
            if current is not None:
                current.join(point, key, kinds, quiet)
            elif kinds and (point.kind == "attack" or point.opens):
                twin = next((draft for draft in found if draft.points == [point]), None)
                if twin is not None:
                    twin.also(key, kinds, quiet)
                else:
                    near = [other for other in seen if _meet(other, key)]
                    found.append(_Draft(resume, point, key, kinds, quiet, _busy_since(resume, point, near)))
        seen.append(point)
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
        self.keys: tuple[Key, ...] = (key,)
        self.told: tuple[Key, ...] = (key,)
        self.kinds = set(kinds)
        self.quiet = quiet
        self.last = point.end
        self.since = since

    def takes(self, key: Key) -> bool:
        return any(joined(own, key) is not None for own in self.keys)

    def also(self, key: Key, kinds: set[EvidenceKind], quiet: _Quiet | None) -> None:
        """The same attack resumes a second series."""
        self.keys, self.told = (*self.keys, key), (*self.told, key)
        self.kinds |= kinds
        self.quiet = self.quiet or quiet

    def join(self, point: Point, key: Key, kinds: set[EvidenceKind], quiet: _Quiet | None) -> None:
        if point.kind == "halt":
            return
        self.keys = tuple(both if (both := joined(own, key)) is not None else own for own in self.keys)
        if point not in self.points:
            self.points.append(point)
        if point.start < self.points[0].start + self.pause:
            self.kinds |= kinds
            self.quiet = self.quiet or quiet
        self.last = max(self.last, point.end)

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


def _busy_since(resume: Resume, point: Point, earlier: Sequence[Point]) -> datetime:
    """When the run of attacks began that reaches up to a point without a pause: its own start where there was one."""
    since = point.start
    for other in reversed(earlier):
        if other.kind != "halt" and since - other.end < resume.pause:
            since = min(since, other.start)
    return since


def _recent(resume: Resume, point: Point, key: Key, seen: Sequence[Point]) -> bool:
    """Whether an attack of the series, `seen` in order of start, is so near that there can be no quiet before the point."""
    for other in reversed(seen):
        if point.end - other.start >= resume.pause:
            return False
        if (
            other.kind == "attack"
            and other.incident != point.incident
            and (key in other.keys or (not stated(key) and _meet(other, key)))
        ):
            return True
    return False


def _quiet_of(resume: Resume, point: Point, key: Key, seen: Sequence[Point]) -> _Quiet | None:
    """The quiet of one series: where only attacks of an unknown series came between, it is possible and no more."""
    near = [other for other in seen if _meet(other, key)]
    quiet = _quiet(resume, point, near)
    if quiet is None and stated(key):
        sure = _quiet(resume, point, [other for other in near if key in other.keys])
        return replace(sure, certain=False) if sure else None
    return quiet


def _kinds(resume: Resume, point: Point, quiet: _Quiet | None) -> set[EvidenceKind]:
    kinds: set[EvidenceKind] = set()
    if quiet is not None:
        kinds.add("observed")
    if point.stated:
        kinds.add("stated")
    if point.announced:
        kinds.add("announced")
    return kinds & set(resume.evidence)


def _quiet(resume: Resume, point: Point, earlier: Sequence[Point]) -> _Quiet | None:
    """The quiet that this attack ends by our own history, None for none that is proved."""
    if point.kind != "attack":
        return None
    attacks = [other for other in earlier if other.kind == "attack" and other.incident != point.incident]
    halts = [other.end for other in earlier if other.kind == "halt" and other.incident != point.incident]
    last = max((attack.end for attack in attacks), default=None)
    armed_by_count = last is not None and _busy(resume, attacks, last)
    known = [last] if last is not None else []
    armed_by_word = [halt for halt in halts if last is None or halt >= last - timedelta(days=1)]
    if resume.history is not None:
        told = datetime.combine(resume.history.last, time.max, tzinfo=UTC)
        if last is None or told >= last:
            armed_by_word.append(told)
    if not armed_by_count and not armed_by_word:
        return None
    latest = max([*known, *armed_by_word])
    since = last if armed_by_count and last is not None else latest
    if point.start - latest >= resume.pause:
        return _Quiet(since, certain=True)
    earliest = max([*(attack.start for attack in attacks), *armed_by_word])
    # the ends of both are not part of them: from 10 January to 8 February it is less than thirty days, whatever the hours
    return _Quiet(since, certain=False) if point.end - earliest > resume.pause else None


def _busy(resume: Resume, attacks: Sequence[Point], last: datetime) -> bool:
    within = [attack for attack in attacks if attack.end >= last - resume.before_within]
    return len(within) >= resume.before_incidents
