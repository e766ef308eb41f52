"""The temporal forms on dated series of the world: what the pipeline told in the end, against brute force.

    python -m tests.bench.series [SERIES…]      strikes, waves, clashes; default: all. waves:600 the first 600 rows

Rows become records, not text, so that nothing but the forms is measured, and each goes through `pipeline.take`. Every rule is run
on articles in the order of events (then each episode must be told once, where it begins, and nothing be corrected), with delays of
up to `DELAY`, with everything in any order, and on a store that is closed at random points, or left in the middle of a transaction,
and opened again; with repeats of articles and with copies by other feeds in between. Exit code 1 where anything differs.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Protocol

from rules.load import load_texts
from streams import pipeline
from streams.knowledge import world
from streams.knowledge.world import Knowledge
from streams.labels.wanted import Desk
from streams.memory import DictMemory
from streams.ports import Memory
from streams.records.flow import (
    Alert,
    Article,
    Count,
    Event,
    Instrument,
    Interval,
    Participant,
    Place,
    Reading,
    Span,
    Telling,
    Told,
)
from streams.store.store import Store
from tests.bench import rows
from tests.bench.brute_force import Match
from tests.bench.rows import Asked, Row

DELAY = timedelta(days=40)
EVER = timedelta(days=40_000)  # age is no matter here: in any order most of it is old when it comes
RESTARTS = 12
HALF = 0.5

RULES: dict[str, tuple[Asked, ...]] = {
    "strikes": (
        Asked(form="resume", by=("place.town",), hours=30 * 24, number=3, before_days=90),
        Asked(form="resume", by=("place.town",), hours=14 * 24, number=1, before_days=30),
        Asked(form="resume", by=("place.country",), hours=3 * 24, number=5, before_days=10),
        Asked(form="count", by=("place.town",), hours=96, number=4),
        Asked(form="count", by=("place.country",), hours=24, number=12),
        Asked(form="first", by=("place.town",), hours=30 * 24),
        Asked(form="first", by=("place.town",), hours=7 * 24),
        Asked(form="sequence", by=("place.town",), hours=72, steps=(("shelling", 0), ("air-drone-strike", 0))),
        Asked(
            form="sequence", by=("place.country",), hours=48, steps=(("air-drone-strike", 0), ("shelling", 0), ("armed-attack", 0))
        ),
    ),
    "waves": (
        Asked(form="resume", by=("instrument",), hours=14 * 24, number=2, before_days=60),
        Asked(form="resume", by=("instrument",), hours=30 * 24, number=1, before_days=90),
        Asked(form="resume", hours=36, number=5, before_days=5),
        Asked(form="count", by=("instrument",), hours=24, number=3),
        Asked(form="count", hours=12, number=6),
        Asked(form="first", by=("instrument",), hours=14 * 24),
        Asked(form="sequence", hours=8, steps=(("air-drone-strike", 0), ("shelling", 0))),
        Asked(form="sequence", by=("instrument",), hours=48, steps=(("shelling", 0), ("shelling", 0), ("shelling", 0))),
    ),
    "clashes": (
        Asked(form="resume", by=("parties",), hours=90 * 24, number=3, before_days=180),
        Asked(form="resume", by=("parties",), hours=30 * 24, number=1, before_days=90),
        Asked(form="resume", by=("actor.group", "place.country"), hours=60 * 24, number=2, before_days=120),
        Asked(form="count", by=("parties",), hours=7 * 24, number=5),
        Asked(form="count", by=("place.country",), hours=48, number=8),
        Asked(form="first", by=("parties",), hours=90 * 24),
        Asked(form="first", by=("actor.group", "place.country"), hours=180 * 24),
        Asked(form="sequence", by=("parties",), hours=14 * 24, steps=(("shelling", 20), ("shelling", 20))),
        Asked(form="sequence", by=("place.country",), hours=21 * 24, steps=(("shelling", 50), ("shelling", 1), ("shelling", 50))),
    ),
}
INVENTED = (
    Asked(form="resume", by=("actor.group",), hours=10 * 24, number=2, before_days=20),
    Asked(form="resume", by=("actor.group", "place.country"), hours=6 * 24, number=1, before_days=20),
    Asked(form="resume", by=("parties",), hours=8 * 24, number=2, before_days=20),
    Asked(form="resume", hours=30, number=2, before_days=10),
    Asked(form="count", by=("place.country",), hours=48, number=3),
    Asked(form="count", by=("parties", "instrument"), hours=9 * 24, number=3),
    Asked(form="count", by=("instrument",), hours=30, number=2),
    Asked(form="first", by=("actor.group", "place.country"), hours=9 * 24),
    Asked(form="first", by=("parties",), hours=6 * 24),
    Asked(form="sequence", by=("parties",), hours=6 * 24, steps=(("shelling", 0), ("air-drone-strike", 0))),
    Asked(form="sequence", by=("place.country",), hours=6 * 24, steps=(("armed-attack", 2), ("armed-attack", 0), ("shelling", 2))),
)
SERIES: dict[str, Callable[[], list[Row]]] = {"strikes": rows.strikes, "waves": rows.waves, "clashes": rows.clashes}


def main(names: Sequence[str]) -> int:
    """Prints a line a series and way; the exit code."""
    known, wrong = world.load(), 0
    if not rows.SHARED.is_dir():
        print(f"{rows.SHARED}: absent, so nothing is compared", file=sys.stderr)
        return 2
    for asked_for in names or SERIES:
        name, _, some = asked_for.partition(":")
        told, asked = with_copies(SERIES[name]()[: int(some or sys.maxsize)], Random(name)), RULES[name]
        expected = {one.name: one.matches(told) for one in asked}
        print(f"{name}: {len(told)} articles, {len(asked)} rules, {sum(map(len, expected.values()))} episodes")
        for way, found, seconds in ways(told, asked, known, Random(name), expected):
            wrong += len(found)
            print(f"  {way}: {'equal' if not found else f'{len(found)} differ'}, {1000 * seconds / len(told):.1f} ms an article")
            for line in found[:10]:
                print(f"    {line}")
    return 1 if wrong else 0


def ways(
    told: list[Row], asked: Sequence[Asked], known: Knowledge, source: Random, expected: dict[str, list[Match]]
) -> Iterator[tuple[str, list[str], float]]:
    """Each way in which the articles may come: its name, a line for each difference, and the seconds it took."""
    for form, order in (("resume", _by_start), ("", _by_middle)):
        some = [one for one in asked if (one.form == "resume") is (form == "resume")]
        begun = time.perf_counter()
        memory = DictMemory()
        alerts = run(sorted(told, key=order), some, known, Dicts(memory))
        found = differences(some, memory, expected) + unasked(some, alerts, expected)
        yield f"in the order of events, {form or 'other forms'}", found, time.perf_counter() - begun
    for way, arrival in (("late", late(told, source)), ("any order", source.sample(told, len(told)))):
        begun, memory = time.perf_counter(), DictMemory()
        run(with_repeats(arrival, source), asked, known, Dicts(memory))
        yield way, differences(asked, memory, expected), time.perf_counter() - begun
    with tempfile.TemporaryDirectory() as folder:
        begun, kept = time.perf_counter(), Restarted(Path(folder) / "series.db", source, len(told))
        run(with_repeats(late(told, source), source), asked, known, kept)
        with kept.now() as memory_now:
            yield f"late, {kept.restarts} restarts", differences(asked, memory_now, expected), time.perf_counter() - begun
        kept.close()


def _by_start(row: Row) -> tuple[object, ...]:
    return row.start, row.end, row.published, row.name


def _by_middle(row: Row) -> tuple[object, ...]:
    return row.start + (row.end - row.start) / 2, row.published, row.name


# --------------------------------------------------------------------------------------------------------- how they arrive


def with_copies(told: Iterable[Row], source: Random) -> list[Row]:
    """One in twelve is told by another feed too, some hours later."""
    found = []
    for row in told:
        found.append(row)
        if source.random() < 1 / 12:
            later = timedelta(hours=source.randint(1, 40))
            found.append(replace(row, name=f"{row.name}c", town=row.town or row.name, published=row.published + later))
    return found


def late(told: Iterable[Row], source: Random) -> list[Row]:
    """In order of publication, but for the tenth of them that comes up to DELAY later."""
    return sorted(told, key=lambda row: row.published + (source.random() * DELAY if source.random() < 0.1 else timedelta(0)))


def with_repeats(told: Iterable[Row], source: Random) -> Iterator[Row]:
    """Each, and now and then one that came before once more."""
    seen: list[Row] = []
    for row in told:
        seen.append(row)
        yield row
        if source.random() < 0.05:
            yield source.choice(seen)


# ------------------------------------------------------------------------------------------------------------- the engine


class Home(Protocol):
    """Where the matcher remembers."""

    def taken(self, work: Callable[[Memory], list[Alert]]) -> list[Alert]:
        """Runs one transaction."""


class Dicts:
    """A memory without a store."""

    def __init__(self, memory: DictMemory) -> None:
        self._memory = memory

    def taken(self, work: Callable[[Memory], list[Alert]]) -> list[Alert]:
        return work(self._memory)


class _Killed(Exception):
    """The process ended in the middle of a transaction."""


class Restarted:
    """A store that is closed and opened again at random points, half of them in the middle of a transaction."""

    def __init__(self, path: Path, source: Random, number: int) -> None:
        self.restarts = 0
        self._path, self._source, self._share = path, source, RESTARTS / number
        self._open()

    def taken(self, work: Callable[[Memory], list[Alert]]) -> list[Alert]:
        while self._source.random() < self._share:
            self.restarts += 1
            if self._source.random() < HALF:
                try:
                    with self._store.matching(self._lock) as memory:
                        work(memory)
                        raise _Killed
                except _Killed:
                    pass
            self.close()
            self._open()
        with self._store.matching(self._lock) as memory:
            return work(memory)

    @contextmanager
    def now(self) -> Iterator[Memory]:
        """The memory as it is."""
        with self._store.remembering() as memory:
            yield memory

    def close(self) -> None:
        """Gives the lock and the file back."""
        self._lock.release()
        self._store.close()

    def _open(self) -> None:
        self._store = Store.open(self._path)
        self._lock = self._store.lock(rows.START)


def run(told: Iterable[Row], asked: Sequence[Asked], known: Knowledge, home: Home) -> list[Alert]:
    """All alerts, of one memory that takes the rows in the order given."""
    desk, alerts = desk_of(asked, known), list[Alert]()
    for row in told:
        reading = reading_of(row)
        alerts += home.taken(lambda memory, reading=reading: pipeline.take(reading, memory, desk).alerts)
    return alerts


def desk_of(asked: Sequence[Asked], known: Knowledge) -> Desk:
    """The rules, read from YAML as an operator writes it."""
    text = "version: 1\nrules:\n" + "".join(one.yaml() for one in asked)
    rules = tuple(replace(rule, max_age=EVER) for rule in load_texts({"bench.yaml": text}, known).rules)
    return Desk(rules=rules, knowledge=known, default_channels=("console",))


def reading_of(row: Row) -> Reading:
    """What the extractor would have made of an article that tells the row."""
    home = Article(
        id=row.name,
        source=f"feed-{row.name[-1]}",
        url="",
        title="",
        text=f"{row.name}.",
        published=row.published,
        taken_at=row.published,
    )
    known = (
        Telling(
            type=row.type,
            path=("violence", "armed-attack", "explosions", row.type),
            trigger=Span("attack", 4, 10),
            sentence=Span(row.name, 0, len(row.name)),
            actors=_people(row.actors),
            targets=_people(row.targets),
            instruments=tuple(Instrument(span=Span(weapon, 0, len(weapon)), kind=weapon) for weapon in row.weapons),
            place=_place(row),
            time=Interval(start=row.start, end=row.end, precision="hour"),
            counts=(Count(what="killed", low=row.killed, high=row.killed, span=Span("n", 0, 1)),),
        ),
    )
    fields = {name: getattr(known[0], name) for name in Telling.__slots__}
    event = Event(
        id=f"{row.name}#1:text:4-10",
        article=row.name,
        revision=1,
        published=row.published,
        source=home.source,
        tellings=known,
        **fields,
    )
    return Reading(article=home, extractor="rows", events=(event,))


def _people(names: Iterable[str]) -> tuple[Participant, ...]:
    return tuple(Participant(span=Span(name, 0, len(name)), head="group", id=name, kind="armed-group") for name in names)


def _place(row: Row) -> Place:
    path = (row.slug, *filter(None, (row.country,)))
    return Place(span=None, name=row.slug, kind="town", country=row.country or None, path=path)


# ------------------------------------------------------------------------------------------------------------- comparison


def differences(asked: Iterable[Asked], memory: Memory, expected: dict[str, list[Match]]) -> list[str]:
    """A line for each episode that stands told and should not, should and does not, or is told otherwise than it should be."""
    found = []
    for one in asked:
        left = list(expected[one.name])
        for row in memory.told_by(one.name):
            if row.state != "open":
                continue
            match = _match(row, left, memory)
            if match is None:
                found.append(f"{one.name}: {row.subject} on {_name(row.anchor, memory)} stands and should not: {row.label.pattern}")
            else:
                left.remove(match)
                found += [f"{one.name}: {words}" for words in _otherwise(row, match, memory)]
        found += [f"{one.name}: not told: {match}" for match in left]
    return found


def unasked(asked: Iterable[Asked], alerts: Sequence[Alert], expected: dict[str, list[Match]]) -> list[str]:
    """What was told more than once, or elsewhere than where it begins, or taken back, although all came in order.

    That a count is over is told by the clock, which runs ahead of events that last for days.
    """
    found = []
    for one in asked:
        told = [alert for alert in alerts if alert.label.rule == one.name]
        begins = sorted(match.begins for match in expected[one.name])
        more = [alert for alert in told if alert.kind != "new" and not all("over" in words for words in alert.changes)]
        found += [f"{one.name}: {alert.kind} on {alert.label.article}: {alert.changes}" for alert in more]
        if sorted(alert.label.article for alert in told if alert.kind == "new") != begins:
            found.append(f"{one.name}: not told where it begins")
    return found


def _match(row: Told, left: Sequence[Match], memory: Memory) -> Match | None:
    anchor, pattern = _name(row.anchor, memory), row.label.pattern
    if pattern is not None:
        members = tuple(_name(name, memory) for name in pattern.members)
        return next((match for match in left if match.members == members and match.key == _key(pattern.key)), None)
    own = next((match for match in left if match.begins == anchor), None)
    return own or next((match for match in left if anchor in match.carried), None)


def _otherwise(row: Told, match: Match, memory: Memory) -> Iterator[str]:
    anchor, pattern, pause = _name(row.anchor, memory), row.label.pattern, row.label.pause
    if row.ordinal == 0:
        yield f"{row.subject} is known and was never told"
    if anchor not in (*match.carried, *match.members):
        yield f"{row.subject} stands on {anchor}, not on one of {match.carried}"
    if pattern is not None:
        later = match.carried.index(anchor) if anchor in match.carried else 0
        if (pattern.number, pattern.certain, pattern.until) != (len(match.members) + later, match.certain, match.until):
            yield f"{row.subject}: {pattern}, should be {match}"
    elif pause is not None:
        proof = "certain" if match.certain else "possible"
        if (pause.proof, pause.quiet_since) != (proof, match.quiet_since):
            yield f"{row.subject}: {pause}, should be {match}"


def _key(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(words)


def _name(incident: str, memory: Memory) -> str:
    """The article that tells an incident first."""
    record = memory.incident(incident)
    return record.opener.partition("#")[0] if record else incident


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
