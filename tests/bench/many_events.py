"""What an event costs with 200 rules over time, from the first to the last of very many, and how much is remembered meanwhile.

    python -m tests.bench.many_events [EVENTS] [--a-day N] [--store]      default 1000000, 300 a day, in memory

Invented events of groups, countries and weapons, in order, half of them without a group, one in a hundred late, each an article; 50
rules of each form, by group, country, weapon, pair of sides, or one series, with windows from two days to four months, each of one
event in thirty or so. What is older than the longest window is forgotten every twenty days, as retention does. Printed are tenths
of the run: processor time an event, the ratio to the second tenth, and what is remembered. The ratio is the figure: it is flat
where it stays near one, once as much time has passed as is remembered.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Protocol

from rules.load import load_texts
from streams import pipeline
from streams.knowledge import world
from streams.labels.wanted import Desk
from streams.memory import DictMemory
from streams.ports import Memory
from streams.store.store import Store
from tests.bench import series
from tests.bench.rows import EVER, Asked, Row

KEEP = timedelta(days=150)  # longer than the longest window of the rules
FORGET_EVERY = timedelta(days=20)
BEGIN = datetime(2031, 1, 1, tzinfo=UTC)
GROUPS = tuple(f"group-{n}" for n in range(60))
COUNTRIES = ("IQ", "SY", "YE", "UA", "SD", "SO", "ML", "NG", "PK", "AF")
WEAPONS = ("drone", "rocket", "missile", "firearm", "mortar", "bomb")
SERIES = (("actor.group",), ("place.country",), ("instrument",), ("parties",), ("actor.group", "place.country"))
TYPES = ("shelling", "air-drone-strike", "remote-explosive", "grenade", "suicide-bomb")


class Kept(Protocol):
    """Where the matcher remembers, and how it forgets."""

    def take(self, work: Callable[[Memory], object]) -> None:
        """Runs one transaction."""

    def forget(self, now: datetime) -> None:
        """Drops what is older than KEEP."""

    def held(self) -> tuple[int, int]:
        """Incidents and points remembered."""


class InMemory:
    """Dicts that forget incidents and their points, all that a decision looks for; what lies behind them stays."""

    def __init__(self) -> None:
        self.memory = DictMemory()

    def take(self, work: Callable[[Memory], object]) -> None:
        work(self.memory)

    def forget(self, now: datetime) -> None:
        for one in self.memory.incidents_between(EVER[0], now - KEEP):
            if one.last_published < now - KEEP:
                self.memory.drop_incident(one.id)

    def held(self) -> tuple[int, int]:
        return _held(self.memory)


class InStore:
    """An SQLite file, with its retention."""

    def __init__(self, folder: Path) -> None:
        self._store = Store.open(folder / "many.db")
        self._lock = self._store.lock(BEGIN)

    def take(self, work: Callable[[Memory], object]) -> None:
        with self._store.matching(self._lock) as memory:
            work(memory)

    def forget(self, now: datetime) -> None:
        self._store.prune(now, KEEP, KEEP)

    def held(self) -> tuple[int, int]:
        with self._store.remembering() as memory:
            return _held(memory)


def _held(memory: Memory) -> tuple[int, int]:
    return memory.count_incidents(), sum(len(memory.points(one.name, *EVER)) for one in asked())


def asked() -> list[Asked]:
    """200 rules, 50 of each form."""
    found = []
    for n in range(50):
        by = (*SERIES, ())[n % 6]
        days = (2, 4, 7, 14, 30)[n % 5]
        found += [
            Asked(form="count", by=by, hours=24 * min(days, 7) + n, number=3 + n % 4),
            Asked(form="first", by=by or ("actor.group",), hours=24 * days + n),
            Asked(form="sequence", by=by, hours=24 * min(days, 7) + n, steps=((TYPES[n % 5], 3), (TYPES[(n + 1) % 5], 3))),
            Asked(form="resume", by=by, hours=24 * days + n, number=1 + n % 3, before_days=30 + n),
        ]
    return found


def narrowed(text: str, number: int) -> str:
    """The rule on two countries and a toll, as those of a desk are on something."""
    where = f"place: {{in: [{COUNTRIES[number % 10]}, {COUNTRIES[(number * 7 + 3) % 10]}]}}, killed: '>={number % 4 + 3}'"
    if "sequence:" in text:
        return text.replace("    sequence:", f"    when: {{{where}}}\n    sequence:")
    return text.replace("when: {event: armed-attack}", f"when: {{event: armed-attack, {where}}}")


def events(a_day: int, seed: int = 1) -> Iterator[Row]:
    """Attacks without end, in order but for one in a hundred."""
    source, n = Random(seed), 0
    while True:
        start = BEGIN + timedelta(seconds=n * 86_400 / a_day)
        late = timedelta(days=source.uniform(1, 20)) if source.random() < 0.01 else timedelta(0)
        yield Row(
            name=f"e{n:08}",
            start=start - late,
            end=start - late + timedelta(hours=source.choice((1, 6, 24))),
            published=start + timedelta(hours=25),
            type=source.choice(TYPES),
            country=source.choice(COUNTRIES),
            town=f"town-{n}",
            actors=(source.choice(GROUPS),) if source.random() < 0.5 else (),
            targets=(source.choice(("army", "police", "militia")),) if source.random() < 0.7 else (),
            weapons=(source.choice(WEAPONS),) if source.random() < 0.8 else (),
            killed=int(source.expovariate(0.4)),
        )
        n += 1


def run(count: int, a_day: int, kept: Kept) -> list[float]:
    """Milliseconds of processor time an event, of each tenth; printed as they come."""
    text = "version: 1\nrules:\n" + "".join(narrowed(one.yaml(), n) for n, one in enumerate(asked()))
    known = world.load()
    rules = tuple(replace(rule, max_age=timedelta(days=30)) for rule in load_texts({"many.yaml": text}, known).rules)
    desk, tenth, found, forgotten = Desk(rules=rules, knowledge=known, default_channels=("console",)), count // 10, [], BEGIN
    stream = events(a_day)
    print(f"{count} events, {len(rules)} rules, {a_day} events a day", flush=True)
    while len(found) < 10:
        spent = 0.0
        for row in islice(stream, tenth):
            reading = series.reading_of(row)
            begun = time.process_time()
            kept.take(lambda memory, reading=reading: pipeline.take(reading, memory, desk))
            if row.published - forgotten > FORGET_EVERY:
                kept.forget(row.published)
                forgotten = row.published
            spent += time.process_time() - begun
        found.append(1000 * spent / tenth)
        incidents, points = kept.held()
        ratio = found[-1] / found[min(1, len(found) - 1)]
        size = f"{incidents} incidents, {points} points"
        print(f"  {len(found) * tenth:>9}: {found[-1]:6.2f} ms, ratio {ratio:4.2f}, {size}", flush=True)
    return found


def main(arguments: list[str]) -> int:
    """Prints a line a tenth."""
    parser = argparse.ArgumentParser(description="Cost of an event with 200 rules over time.")
    parser.add_argument("events", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--a-day", type=int, default=300, help="events of one day")
    parser.add_argument("--store", action="store_true", help="on an SQLite file in a temporary folder, instead of in memory")
    given = parser.parse_args(arguments)
    if not given.store:
        run(given.events, given.a_day, InMemory())
        return 0
    with tempfile.TemporaryDirectory() as folder:
        run(given.events, given.a_day, InStore(Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
