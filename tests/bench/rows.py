"""Dated series as plain rows, and what a rule over time asks of them in plain words; with nothing of the engine's.

`tests.bench.series` makes records of them for the engine, `tests.bench.brute_force` computes what must come out. Read from
../shared/bench/replay, or invented.
"""

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from random import Random

from tests.bench.brute_force import Happening, Key, Match, Part, count, first, resume, sequence

SHARED = Path("../shared/bench/replay")
DAY = timedelta(days=1)
START = datetime(1986, 1, 1, tzinfo=UTC)
EVER = START, datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Row:
    """Something that happened, as one source has it."""

    name: str
    start: datetime
    end: datetime
    published: datetime
    type: str = "shelling"  # of the taxonomy
    country: str = ""  # "": not stated, as below
    town: str = ""  # two rows of one town and day are one happening
    actors: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    weapons: tuple[str, ...] = ()
    killed: int = 0

    @property
    def slug(self) -> str:
        """Of its town, apart from towns of the same name in other countries; its own where no town is stated."""
        return f"{self.town or self.name}-{self.country}" if self.country else self.town or self.name


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A rule over time."""

    form: str  # count, first, sequence, resume
    by: tuple[str, ...] = ()
    hours: int = 0  # its window; of `resume` the pause
    number: int = 1  # of `count`; of `resume`: so many before the pause
    before_days: int = 0  # of `resume`
    steps: tuple[tuple[str, int], ...] = ()  # of `sequence`: a type, and so many killed at least

    @property
    def name(self) -> str:
        """A slug."""
        steps = "".join(f"{step[:2]}{killed}" for step, killed in self.steps)
        words = (self.form, str(self.number), str(self.hours), str(self.before_days), *self.by, steps)
        return "-".join(filter(None, words)).replace(".", "-")

    def yaml(self) -> str:
        """The rule as an operator writes it."""
        by = f"by: [{', '.join(self.by)}]"
        toll = [f", killed: '>={killed}'" if killed else "" for _, killed in self.steps]
        steps = ", ".join(f"{{event: {step[0]}{more}}}" for step, more in zip(self.steps, toll, strict=True))
        form = {
            "count": f"{{{by}, incidents: {self.number}, within: {self.hours}h}}",
            "first": f"{{{by}, within: {self.hours}h}}",
            "sequence": f"{{{by}, within: {self.hours}h, steps: [{steps}]}}",
            "resume": f"{{{by}, pause: {self.hours}h, before_pause: {{incidents: {self.number}, within: {self.before_days}d}},"
            " evidence: [observed]}",
        }[self.form]
        when = "" if self.form == "sequence" else "    when: {event: armed-attack}\n"
        tests = "    tests:\n      - fires: Nothing.\n      - silent: Nothing.\n"  # a rule has both; nobody runs these
        head = f"  - id: {self.name}\n    owner: bench\n{when}    {self.form}: {form}\n"
        return f"{head}    max_age: 300d\n    severity: high\n{tests}"

    def matches(self, rows: Iterable[Row]) -> list[Match]:
        """What must come out, by brute force."""
        seen, window = happenings(rows, self), timedelta(hours=self.hours)
        match self.form:
            case "count":
                return count(seen, self.number, window)
            case "first":
                return first(seen, window)
            case "sequence":
                return sequence(seen, len(self.steps), window)
            case _:
                return resume(seen, window, self.number, timedelta(days=self.before_days))


def happenings(rows: Iterable[Row], asked: Asked) -> list[Happening]:
    """Rows of one place and time as one thing, told first by the one published first."""
    found: dict[tuple[str, str, datetime, datetime], list[Row]] = {}
    for row in rows:
        found.setdefault((row.country, row.town or row.name, row.start, row.end), []).append(row)
    made = []
    for told in found.values():
        opener = min(told, key=lambda row: (row.published, row.name))
        steps = {
            n
            for n, step in enumerate(asked.steps)
            for row in told
            if step[0] in (row.type, "armed-attack") and row.killed >= step[1]
        }
        if not asked.steps or steps:
            made.append(
                Happening(
                    name=opener.name,
                    published=opener.published,
                    start=opener.start,
                    end=opener.end,
                    keys=frozenset(key for key in keys(told, asked.by)),
                    steps=frozenset(steps),
                )
            )
    return made


def keys(rows: Iterable[Row], by: tuple[str, ...]) -> Iterator[Key]:
    """Of every series that the rows state."""
    told = list(rows)
    actors, targets, weapons = ({word for words in side for word in words} for side in _sides(told))
    options: dict[str, list[tuple[Part, ...]]] = {
        "actor.group": [(_part(word),) for word in actors or {""}],
        "instrument": [(_part(word),) for word in weapons or {""}],
        "place.country": [(_part(told[0].country),)],
        "place.town": [(_part(told[0].country), _part(told[0].slug))],
        "parties": [((frozenset(filter(None, pair)), 2),) for pair in product(actors or {""}, targets or {""})],
    }
    for chosen in product(*(options[part] for part in by)):
        yield tuple(part for parts in chosen for part in parts)


def _sides(rows: list[Row]) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]], list[tuple[str, ...]]]:
    return [row.actors for row in rows], [row.targets for row in rows], [row.weapons for row in rows]


def _part(word: str) -> Part:
    return frozenset([word] if word else []), 1


# ---------------------------------------------------------------------------------------------------------------- series


def strikes() -> list[Row]:
    """CENTCOM's strike lines, by place and day."""
    found = []
    for number, told in enumerate(_read("centcom_strikes")):
        day = _moment(told["date"])
        found.append(
            Row(
                name=f"s{number:05}",
                start=day,
                end=day + DAY,
                published=day + timedelta(hours=30),
                type="air-drone-strike" if int(told["number"]) < 3 else "shelling",
                country="SY" if told["country"] == "Syria" else "IQ",
                town=_slug(told["location"]),
            )
        )
    return found


def waves() -> list[Row]:
    """Attack waves on Ukraine, by weapon; of an unknown one none is stated, and each wave has a place of its own."""
    found = []
    for number, told in enumerate(_read("attack_waves_ua")):
        start, end = _moment(told["time_start"]), _moment(told["time_end"])
        end = end + DAY if ":" not in told["time_end"] else max(end, start + timedelta(minutes=1))
        models = [_slug(model) for model in told["model"].split(" and ") if not re.search("[Uu]nknown|Reconnaissance", model)]
        found.append(
            Row(
                name=f"w{number:05}",
                start=start,
                end=max(end, start + timedelta(minutes=1)),
                published=max(end, start) + timedelta(hours=3),
                type="air-drone-strike" if models and models[0].startswith(("shahed", "orlan", "lancet")) else "shelling",
                country="UA",
                town=f"wave-{number}",
                weapons=tuple(models),
            )
        )
    return found


def clashes() -> list[Row]:
    """UCDP's lethal events, by pair of actors; civilians are no side."""
    found = []
    for number, told in enumerate(_read("ucdp_aec_events")):
        start, end = _moment(told["start_date"]), _moment(told["end_date"])
        found.append(
            Row(
                name=f"u{number:05}",
                start=start,
                end=end + DAY,
                published=end + timedelta(hours=30),
                country=_slug(told["location_root_name"]),
                town=f"clash-{number}",
                actors=_side(told["side_a_name"]),
                targets=_side(told["side_b_name"]),
                killed=told["deaths_low"],
            )
        )
    return found


def invented(number: int, seed: int) -> list[Row]:
    """Attacks at random hours of a season, most things stated as often as not."""
    source = Random(seed)
    begin = datetime(2031, 1, 1, tzinfo=UTC)
    found = []
    for n in range(number):
        start = begin + timedelta(hours=source.randrange(24 * 120))
        length = source.choice((timedelta(minutes=1), timedelta(hours=6), DAY, DAY, 3 * DAY))
        groups = source.sample(("red", "green", "blue"), source.choice((0, 1, 1, 1, 2)))
        found.append(
            Row(
                name=f"r{n:04}",
                start=start,
                end=start + length,
                published=start + length + timedelta(hours=source.randrange(30)),
                type=source.choice(("shelling", "air-drone-strike")),
                country=source.choice(("IQ", "IQ", "SY", "")),
                town=f"town-{n}",
                actors=tuple(groups),
                targets=tuple(source.sample(("red", "green", "white"), source.choice((0, 1, 1)))),
                weapons=tuple(source.sample(("rocket", "drone"), source.choice((0, 1, 1, 2)))),
                killed=source.choice((0, 0, 2, 9)),
            )
        )
    return [row for row in found if not set(row.actors) & set(row.targets)]


def _side(name: str) -> tuple[str, ...]:
    return () if name == "Civilians" else (_slug(name),)


def _slug(text: str) -> str:
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-") or "x" + text.encode().hex()


def _moment(text: str) -> datetime:
    form = "%Y-%m-%d %H:%M" if ":" in text else "%Y-%m-%d"
    return datetime.strptime(text.strip(), form).replace(tzinfo=UTC)


def _read(name: str) -> Iterator[dict[str, str | int]]:
    with gzip.open(SHARED / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
