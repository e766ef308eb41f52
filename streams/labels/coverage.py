"""Which feeds were alive when, and whether those that matter saw a stretch of time: a feed that died looks like a pause.

Health comes as orders of ingest (`streams.publish`), or of people, and is kept as notes, one a feed. Called by `streams.obey`,
which writes it, and by `streams.labels.episodes`, which asks. What matters to a pause, simply:

- *Relevant* are the feeds whose `covers` names a place that the rule asks for, or one that lies in it or around it; where no feed
  names one, or the rule asks for none, all feeds. A feed of which nothing was ever reported is not known and does not count.
- A stretch is *blind* when for longer than `SHOWN` fewer than half of the relevant feeds known by then were alive.
- The pause is unproven when a blind stretch touches the `pause` right before the attack. Before that, an attack that nobody saw
  would only make the pause shorter, not too short.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from streams.knowledge.world import Knowledge
from streams.ports import Memory
from streams.records.orders import FeedHealth

SHOWN = timedelta(hours=24)  # a feed that comes back shows what it published meanwhile; assumption: for a day at least
_MOST = 400  # stretches kept of a feed

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """A stretch in which a feed gave nothing."""

    since: datetime
    until: datetime | None  # None: to this day
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLife:
    """What is known of one feed's health."""

    covers: tuple[str, ...]
    known_since: datetime
    dead: tuple[Dead, ...] = ()  # in order, none touches another

    def alive(self, start: datetime, end: datetime) -> bool:
        """Whether it lived through a stretch in which its state does not change."""
        return not any(one.since <= start and (one.until is None or end <= one.until) for one in self.dead)


def lives(memory: Memory) -> tuple[FeedLife, ...]:
    """Of every feed that is known."""
    return tuple(life for _, life in memory.notes("health", FeedLife))


def after(health: FeedHealth, life: FeedLife | None) -> FeedLife:
    """What is known of the feed with one more report."""
    if life is None:
        life = FeedLife(covers=health.covers, known_since=health.since)
    dead = list(life.dead)
    if health.alive:
        dead = [replace(one, until=max(one.since, health.since)) if one.until is None else one for one in dead]
    elif not any(one.since <= health.since and (one.until is None or health.since < one.until) for one in dead):
        dead.append(Dead(since=health.since, until=None, why=health.why))
    known = min(life.known_since, health.since)
    return FeedLife(covers=health.covers, known_since=known, dead=tuple(sorted(dead, key=lambda one: one.since))[-_MOST:])


def blind(known: Sequence[FeedLife], areas: Iterable[str], start: datetime, end: datetime, knowledge: Knowledge) -> Stretch | None:
    """The first stretch of more than `SHOWN` that too few relevant feeds saw, None for none."""
    asked = _steps(areas, knowledge)
    watching = [life for life in known if asked & _steps(life.covers, knowledge)] or known
    turns = {turn for life in watching for one in life.dead for turn in (one.since, one.until) if turn and start < turn < end}
    turns |= {start, end} | {life.known_since for life in watching if start < life.known_since < end}
    runs: list[Stretch] = []
    for low, high in pairwise(sorted(turns)):
        here = [life for life in watching if life.known_since <= low]
        if 2 * sum(life.alive(low, high) for life in here) >= len(here):
            continue
        begun = runs.pop()[0] if runs and runs[-1][1] == low else low
        runs.append((begun, high))
    return next((run for run in runs if run[1] - run[0] > SHOWN), None)


def _steps(areas: Iterable[str], knowledge: Knowledge) -> set[str]:
    """The areas, the countries in them, and what they lie in."""
    found: set[str] = set()
    for area in areas:
        known = knowledge.entity(area)
        found |= knowledge.steps_within(area) | set(known.place.path if known and known.place else ())
    return found
