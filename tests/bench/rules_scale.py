"""What many rules cost: an article with 10, 100, 1,000 and 10,000 rules in one run, and how long rule files take to load.

    python -m tests.bench.rules_scale [--sizes 10,100,1000,10000] [--guardian N] [--reuters N] [--rounds N] [--no-plain]

Reads ../shared/bench (from the root of the repository); exit code 2 when it is not there. The rules are those of
`tests.bench.desk_rules`: varied, specific, from the real knowledge. Articles are extracted once and their readings kept in a
temporary folder. The sizes take turns on pieces of 25 articles, each with its own memory, so that a busy machine slows all alike;
of several rounds, after one that only warms up, the fastest of each piece counts. Seconds are the processor's, one thread.

- *deciding* is `pipeline.take`: journal, incidents, rules, what is new, outbox; the smallest size is the measure of the others.
- *with extraction* adds what reading the same articles costs, timed on a sample in the same run.
- *labels* and *alerts* grow with the rules whatever an index does, and cost what a label and its alert cost; *silent* is the
  largest set without the rules that hold anywhere in the stream: what the others cost by being there.
- *plain* is the same with every rule judged for every article; its alerts must be the same, and the bench fails when they are not.
"""

import argparse
import os
import pickle
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy comes in

from rules.index import Index
from rules.load import load_rules
from rules.model import RuleSet
from streams import pipeline
from streams.extract.reader import Extractor, load
from streams.knowledge import world
from streams.knowledge.world import Knowledge
from streams.labels.wanted import Desk
from streams.memory import DictMemory
from streams.records.flow import Article, Reading
from tests.bench import desk_rules
from tests.bench.speed import STREAMS, articles, cleaned, sample
from tests.pairs import Everything, desks

PIECE = 25  # articles between two turns
SAMPLE = 40  # articles extracted anew to time extraction


@dataclass(slots=True)
class Side:
    """One rule set at work."""

    name: str
    desk: Desk
    seconds: list[float] = field(default_factory=list)  # of each piece, the fastest round
    alerts: list[str] = field(default_factory=list)
    held: int = 0  # labels that hold or held, each time they were written
    rules: set[str] = field(default_factory=set)  # that told something

    def round(self, pieces: Sequence[Sequence[Reading]], memory: DictMemory, number: int) -> None:
        """Takes one piece."""
        begun = time.process_time()
        decided = [pipeline.take(reading, memory, self.desk) for reading in pieces[number]]
        spent = time.process_time() - begun
        if number == len(self.seconds):
            self.seconds.append(float("inf"))  # everything cold: counted, not timed
            self.alerts += [f"{alert.id} {alert.kind}" for one in decided for alert in one.alerts]
            self.held += sum(len(one.told) for one in decided)
            self.rules |= {rule for one in decided for rule, _ in one.told}
        else:
            self.seconds[number] = min(self.seconds[number], spent)


def silent(rules: RuleSet, known: Knowledge, pieces: Sequence[Sequence[Reading]]) -> Desk:
    """A desk with those of the rules that say nothing of any of the readings."""
    whole = Side("", Desk(rules=rules.rules, knowledge=known, default_channels=("console",)))
    memory = DictMemory()
    for number in range(len(pieces)):
        whole.round(pieces, memory, number)
    left = tuple(rule for rule in rules.rules if rule.id not in whole.rules)
    return Desk(rules=left, knowledge=known, default_channels=("console",))


def readings(name: str, chosen: Sequence[Article], extractor: Extractor) -> list[Reading]:
    """Readings of the articles, from the temporary folder when they are there already."""
    folder = Path(tempfile.gettempdir()) / "tocsin-bench"
    kept = folder / f"{name.replace(' ', '-')}-{len(chosen)}-{extractor.version}.pickle"
    if kept.exists():
        return pickle.loads(kept.read_bytes())  # type: ignore[no-any-return]  # our own file
    found = [reading for first in range(0, len(chosen), 16) for reading in extractor.read(chosen[first : first + 16])]
    folder.mkdir(exist_ok=True)
    kept.write_bytes(pickle.dumps(found))
    return found


def extraction_s(chosen: Sequence[Article], extractor: Extractor) -> float:
    """Seconds of the processor that an article of the stream takes to be read."""
    few = sample(chosen, SAMPLE)
    extractor.read(few[:5])
    begun = time.process_time()
    for first in range(0, len(few), 16):
        extractor.read(few[first : first + 16])
    return (time.process_time() - begun) / len(few)


def loaded(sizes: Sequence[int], known: Knowledge) -> dict[int, RuleSet]:
    """The rule sets, read from files; prints how long that takes."""
    sets = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            texts = desk_rules.Desk(known).files(size)
            for path, text in texts.items():
                place = Path(folder) / path
                place.parent.mkdir(exist_ok=True)
                place.write_text(text, "utf-8")
            begun = time.process_time()
            sets[size] = load_rules([Path(folder)], known)
            read = time.process_time() - begun
            begun = time.process_time()
            Index(sets[size].rules, known)
            built = time.process_time() - begun
        print(f"{size:6,} rules, {sum(map(len, texts.values())):9,} characters: loaded in {read:.2f} s, index in {built:.2f} s")
    return sets


def compare(name: str, pieces: Sequence[Sequence[Reading]], sides: Sequence[Side], reading_s: float, rounds: int) -> None:
    """Prints the figures of one stream; exits with 1 when the index decides otherwise than the plain loop."""
    for turn in range(rounds + 1):
        memories = [(side, DictMemory()) for side in sides]
        for number in range(len(pieces)):
            for side, memory in memories[turn % len(sides) :] + memories[: turn % len(sides)]:
                side.round(pieces, memory, number)
    count = sum(map(len, pieces))
    least = sum(sides[0].seconds) / count
    events = sum(len(reading.events) for piece in pieces for reading in piece)
    print(f"{name}: {count} articles, {events} events, extraction {reading_s * 1000:.1f} ms an article")
    for side in sides:
        each = sum(side.seconds) / count
        whole = (each + reading_s) / (least + reading_s)
        print(
            f"  {side.name:>14} rules: deciding {each * 1000:6.2f} ms, {each / least:5.2f} times; "
            f"with extraction {whole:5.3f} times; labels {side.held}, alerts {len(side.alerts)}"
        )
    by_rules = {id(side.desk.rules): side for side in sides if not isinstance(side.desk.index, Everything)}
    for side in sides:
        if isinstance(side.desk.index, Everything) and side.alerts != by_rules[id(side.desk.rules)].alerts:
            print(f"  {side.name} rules: the alerts are not those of the index", file=sys.stderr)
            sys.exit(1)


def main() -> int:
    """Runs the bench; 2 when its texts are not there."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--sizes", default="10,100,1000,10000", help="numbers of rules, the smallest first")
    parser.add_argument("--guardian", type=int, default=249, metavar="N", help="articles of conflict news (249 there are)")
    parser.add_argument("--reuters", type=int, default=1_000, metavar="N", help="articles of the general wire (15,485 there are)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--no-plain", action="store_true", help="without the plain loop over 1,000 rules")
    asked = parser.parse_args()
    missing = [str(path) for path, _ in STREAMS.values() if not path.exists()]
    if missing:
        message = f"no {' and no '.join(missing)}; this bench needs the texts of ../shared/bench beside the repository"
        print(message, file=sys.stderr)
        return 2
    known = world.load()
    sets = loaded(sorted(int(size) for size in asked.sizes.split(",")), known)
    extractor = load(knowledge=known)
    for (name, (path, _)), size in zip(STREAMS.items(), (asked.guardian, asked.reuters), strict=True):
        chosen = [cleaned(each) for each in sample(articles(path), size)]
        read = readings(name, chosen, extractor)
        pieces = [read[first : first + PIECE] for first in range(0, len(read), PIECE)]
        sides = [
            Side(f"{size:,}", Desk(rules=found.rules, knowledge=known, default_channels=("console",)))
            for size, found in sets.items()
        ]
        largest = silent(sets[max(sets)], known, pieces)
        sides.append(Side(f"{len(largest.rules):,} silent", largest))
        if not asked.no_plain and 1_000 in sets:
            sides.append(Side("1,000 (plain)", desks(sets[1_000].rules, known)[1]))
        compare(name, pieces, sides, extraction_s(chosen, extractor), asked.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
