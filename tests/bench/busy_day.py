"""What an article costs to decide on a day when everything is about one war: incidents, forms and rules, without reading.

    python -m tests.bench.busy_day [--articles 225] [--every 20] [--rules PATH]

The Guardian's articles on Syria and Iraq (../shared/bench) are published one every so many seconds, so that all that is undated in
them is of one day and may be one thing. Prints processor milliseconds an article by tenths of the stream; exit code 2 without the
archive.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path

from connectors.sources.archive import article as from_line
from rules.load import load_rules
from streams import replay
from streams.extract.reader import MODEL, load
from streams.knowledge import world
from streams.records.flow import Article

GUARDIAN = Path("../shared/bench/guardian_replay.jsonl")
MORNING = datetime(2026, 11, 27, 6, tzinfo=UTC)
TENTHS = 10


def one_day(every_s: float) -> Iterator[Article]:
    """The archive as the news of one morning."""
    for number, line in enumerate(GUARDIAN.read_text("utf-8").splitlines()):
        at = MORNING + timedelta(seconds=number * every_s)
        yield replace(from_line(json.loads(line)), id=f"busy:{number}", published=at, taken_at=at)


def main() -> int:
    """Arguments; see above."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--articles", type=int, default=225, metavar="N", help="of 249")
    parser.add_argument("--every", type=float, default=20, metavar="SECONDS", help="from one to the next")
    parser.add_argument("--rules", type=Path, default=Path("rules/packs"), metavar="PATH")
    asked = parser.parse_args()
    if not GUARDIAN.exists():
        print(f"the archive is not here: {GUARDIAN}", file=sys.stderr)
        return 2
    known = world.load()
    articles = list(islice(one_day(asked.every), asked.articles))
    readings = list(replay.readings(articles, load(MODEL, known), replay.Tally()))
    run = replay.Run(rules=load_rules([asked.rules], known), knowledge=known)
    took: list[float] = []
    for reading in readings:
        begun = time.process_time()
        run.take(reading)
        took.append(1000 * (time.process_time() - begun))
    edges = [len(took) * tenth // TENTHS for tenth in range(TENTHS + 1)]
    means = [sum(took[low:high]) / max(1, high - low) for low, high in pairwise(edges)]
    events = sum(len(reading.events) for reading in readings)
    print(f"{len(took)} articles, {events} events, ms an article by tenths: {', '.join(f'{mean:.0f}' for mean in means)}")
    print(f"longest {max(took):.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
