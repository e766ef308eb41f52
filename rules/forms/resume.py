"""`resume`: attacks, then none for a while, then one. Points in event time in, episodes out.

Called by `streams.decide`, which turns incidents into points. Knows neither articles nor alerts. The quiet is observed (our
own history shows it), stated (an article says so) or announced (a group says it takes attacks up again). A cold start is
unknown, never quiet: without enough attacks before the gap nothing is observed.

    attacks   x  x x           |<------ pause ------>|  x        x
              before_pause                              episode  joins it
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from rules.model import Resume
from streams.records import EvidenceKind

Proof = Literal["certain", "possible", "stated"]
ANNOUNCED = "resumption-announced"  # types of the taxonomy: statements that speak of a pause
HALTED = "attacks-halted"
SPOKEN = (ANNOUNCED, HALTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One incident as this form sees it."""

    incident: str
    start: datetime  # earliest moment of the attack, announcement or halt
    end: datetime  # latest
    kind: Literal["attack", "announcement", "halt"]
    stated: bool = False  # its article states a pause that satisfies the rule
    announced: bool = False  # it carries an announcement that satisfies the rule and stands
    opens: bool = True  # an announcement whose target is unknown adds evidence but opens nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One resumption: the first attack after the quiet, or its announcement, and what belongs to it."""

    anchor: str  # incident that carries the label
    incidents: tuple[str, ...]  # members in event time, the anchor among them
    kinds: tuple[EvidenceKind, ...]
    proof: Proof
    quiet_since: datetime | None  # end of the last attack before an observed quiet


def episodes(resume: Resume, points: Iterable[Point]) -> tuple[Episode, ...]:
    """The resumptions in one series, in event time. What follows within `pause` of one joins it."""
    ordered = sorted(points, key=lambda point: (point.start, point.end, point.kind != "attack", point.incident))
    found: list[_Draft] = []
    seen: list[Point] = []
    for point in ordered:
        quiet = _quiet(resume, point, seen)
        kinds = _kinds(resume, point, quiet)
        seen.append(point)
        current = found[-1] if found and point.start - found[-1].last < resume.pause else None
        if current is not None:
            current.join(point, kinds, quiet)
        elif kinds and (point.kind == "attack" or point.opens):
            found.append(_Draft(point, kinds, quiet))
    return tuple(draft.episode() for draft in found)


@dataclass(frozen=True, slots=True)
class _Quiet:
    since: datetime
    certain: bool


class _Draft:
    def __init__(self, point: Point, kinds: set[EvidenceKind], quiet: _Quiet | None) -> None:
        self.points = [point]
        self.kinds = set(kinds)
        self.quiet = quiet
        self.last = point.end

    def join(self, point: Point, kinds: set[EvidenceKind], quiet: _Quiet | None) -> None:
        if point.kind == "halt":
            return
        self.points.append(point)
        self.kinds |= kinds
        self.quiet = self.quiet or quiet
        self.last = max(self.last, point.end)

    def episode(self) -> Episode:
        anchor = next((point for point in self.points if point.kind == "attack"), self.points[0])
        proof: Proof = "stated" if self.quiet is None else "certain" if self.quiet.certain else "possible"
        return Episode(
            anchor=anchor.incident,
            incidents=tuple(dict.fromkeys(point.incident for point in self.points)),
            kinds=tuple(kind for kind in _ORDER if kind in self.kinds),
            proof=proof,
            quiet_since=self.quiet.since if self.quiet else None,
        )


_ORDER: tuple[EvidenceKind, ...] = ("observed", "stated", "announced")


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
    return _Quiet(since, certain=False) if point.end - earliest >= resume.pause else None


def _busy(resume: Resume, attacks: Sequence[Point], last: datetime) -> bool:
    within = [attack for attack in attacks if attack.end >= last - resume.before_within]
    return len(within) >= resume.before_incidents
