"""What an article costs to decide on a day when everything is about one war: incidents, forms, rules and the store.

    python -m tests.bench.busy_day [--articles 225] [--every 20] [--rules PATH]

The Guardian's articles on Syria and Iraq (../shared/bench) are published one every so many seconds, so that all that is undated in
them is of one day and may be one thing; after 249 they come round again in changed words (`tests.bench.speed.fresh`). They are read
first, then decided into a store in a file, as the matcher does. Prints processor milliseconds an article by tenths of the stream,
those that were longest, and a sum of all that was told, by which two versions of the code are compared; exit code 2 without the
archive.
"""

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path

from rules.load import load_rules
from rules.model import RuleSet
from streams import pipeline, replay
from streams.extract.reader import MODEL, load
from streams.knowledge import world
from streams.knowledge.world import Knowledge
from streams.labels.wanted import Desk
from streams.records.flow import Article, Reading
from streams.records.orders import Tick
from streams.store.memory import StoreMemory
from streams.store.store import Store
from tests.bench.speed import STREAMS, articles, fresh

GUARDIAN = STREAMS["conflict news"][0]
MORNING = datetime(2026, 11, 27, 6, tzinfo=UTC)
TENTHS = 10


def one_day(every_s: float) -> Iterator[Article]:
    """The archive as the news of one morning, over and over."""
    for number, one in enumerate(fresh(articles(GUARDIAN))):
        at = MORNING + timedelta(seconds=number * every_s)
        yield replace(one, id=f"busy:{number}", published=at, taken_at=at)


def decided(readings: Sequence[Reading], rules: RuleSet, knowledge: Knowledge, store: Store) -> tuple[list[float], str]:
    """Processor milliseconds of each reading with the timers before it, and the sum of what was told."""
    desk = Desk(rules=rules.rules, knowledge=knowledge, default_channels=("console",))
    took: list[float] = []
    with store.writing() as connection:
        texts = pipeline.rule_texts(rules, knowledge, desk.default_channels)
        pipeline.take_rules(texts, (), StoreMemory(connection), desk)
    for reading in readings:
        begun = time.process_time()
        with store.writing() as connection:
            memory = StoreMemory(connection)
            while (due := memory.next_timer()) is not None and due <= reading.article.taken_at:
                pipeline.take_tick(Tick(at=due), memory, desk)
            pipeline.take(reading, memory, desk)
        took.append(1000 * (time.process_time() - begun))
    with store.remembering() as memory:
        told = [(row.rule, row.subject, row.anchor, row.state) for rule in rules.rules for row in memory.told_by(rule.id)]
    return took, hashlib.sha256(repr(told).encode()).hexdigest()[:12]


def main() -> int:
    """Arguments; see above."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--articles", type=int, default=225, metavar="N", help="249 are a round")
    parser.add_argument("--every", type=float, default=20, metavar="SECONDS", help="from one to the next")
    parser.add_argument("--rules", type=Path, default=Path("rules/packs"), metavar="PATH")
    asked = parser.parse_args()
    if not GUARDIAN.exists():
        print(f"the archive is not here: {GUARDIAN}", file=sys.stderr)
        return 2
    known = world.load()
    news = list(islice(one_day(asked.every), asked.articles))
    readings = list(replay.readings(news, load(MODEL, known), replay.Tally()))
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "busy.db") as store:
        took, told = decided(readings, load_rules([asked.rules], known), known, store)
    edges = [len(took) * tenth // TENTHS for tenth in range(TENTHS + 1)]
    means = [sum(took[low:high]) / max(1, high - low) for low, high in pairwise(edges)]
    events = sum(len(reading.events) for reading in readings)
    print(f"{len(took)} articles, {events} events, ms an article by tenths: {', '.join(f'{mean:.0f}' for mean in means)}")
    print(f"longest {', '.join(f'{one:.0f}' for one in sorted(took)[-3:])} ms; told {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
