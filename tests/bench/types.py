"""Types of events, one per snippet: `tocsin extract`'s own output through a short table, in the format of the bench's score.py.

    python tests/bench/types.py --scheme case|plover|plv [--events-only] INPUT OUTPUT

INPUT is JSON lines with "id" and "text" (nothing else is read); OUTPUT is JSON lines {"id", "label"}. Each text goes
through the command's own extractor as an article without a title. The label is that of the likeliest type of the reading:
`types` for CASE, `acts` for PLV and PLOVER (of the learned sorter: docs/extraction.md), mapped by `schemes.TABLES`, nearest
ancestor first. PLOVER splits three acts of PLV in two; there the most confident event with such a type decides. Where the sorter
tells nothing, and with `--events-only` always, it is the type of the most confident event, the first of equals.
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[2])  # instead of this folder, whose `types` is not Python's

from streams.extract.reader import load
from streams.knowledge import world
from streams.knowledge.world import Knowledge
from streams.records.flow import Article, Reading
from tests.bench.schemes import SPLITS, TABLES, label

SOME_DAY = datetime(2024, 5, 6, 12, tzinfo=UTC)  # the snippets have no date
BATCH = 64


def answer(scheme: str, reading: Reading, known: Knowledge, *, events_only: bool = False) -> str | None:
    """The label of a reading; None when it tells nothing that the scheme knows."""
    ranked = sorted(reading.events, key=lambda event: -event.confidence)
    told = [name for name in (label(scheme, event.type, known) for event in ranked) if name is not None]
    sorted_ = reading.types if scheme == "case" else reading.acts
    likeliest = next((name for name in (label(scheme, slug, known) for slug, _ in sorted_) if name is not None), None)
    if events_only or likeliest is None:
        return told[0] if told else None
    if scheme == "plover":
        return next((name for name in told if name in SPLITS.get(likeliest, ())), likeliest)
    return likeliest


def main(scheme: str, source: Path, target: Path, *, events_only: bool = False) -> int:
    """Writes one line per line of the source; returns how many got a label."""
    with source.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    known = world.load()
    extractor = load(knowledge=known)
    labelled = 0
    with target.open("w", encoding="utf-8") as out:
        for first in range(0, len(rows), BATCH):
            articles = [
                Article(
                    id=str(row["id"]), source="bench", url="", title="", text=row["text"], published=SOME_DAY, taken_at=SOME_DAY
                )
                for row in rows[first : first + BATCH]
            ]
            for row, reading in zip(rows[first : first + BATCH], extractor.read(articles), strict=True):
                found = answer(scheme, reading, known, events_only=events_only)
                labelled += found is not None
                out.write(json.dumps({"id": row["id"], "label": found}) + "\n")
    return labelled


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="one type per snippet")
    parser.add_argument("--scheme", choices=sorted(TABLES), required=True)
    parser.add_argument("--events-only", action="store_true", help="without the learned sorter")
    parser.add_argument("input", type=Path)
    parser.add_argument("output", type=Path)
    given = parser.parse_args()
    main(given.scheme, given.input, given.output, events_only=given.events_only)
