"""Copies and stories against gold sets: how right, how fast, how much memory.

    python -m tests.bench.dedup [--only copies|memory]

Reads ../shared/bench/dedup (from the root of the repository); exit code 2 when it is not there. Pairs are those of documents;
seconds are the processor's, one thread, fastest of three rounds.

- *copies*: the wire stories with their scripted edits, in order of publication through `streams.copies.note` and the dict memory,
  which is what the matcher calls for every article. Beside it, in the same run, stands an inverted index over all runs of five
  words without a window, the best that was found elsewhere.
- *memory*: as many texts as the window holds, over and over with ever new words, for 40 days: what an article takes in the
  window, and whether what is kept grows once it is full.
"""

import argparse
import gc
import gzip
import json
import re
import sys
import time
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from streams import copies
from streams.memory import DictMemory
from streams.records import Article

HERE = Path("../shared/bench/dedup")
ROUNDS = 3
Pair = tuple[str, str]


def lines(path: Path) -> list[dict[str, Any]]:
    """Records of a file of JSON lines, plain or gzip."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def article(row: dict[str, Any], published: datetime | None = None) -> Article:
    """A row of a gold set as an article."""
    moment = published or datetime.fromisoformat(row["published"])
    return Article(
        id=row["id"], source=row.get("publisher", "bench"), url=row.get("url", ""), title=row["title"], text=row.get("text", ""),
        published=moment, taken_at=moment,
    )  # fmt: skip


def pairs(groups: Iterable[Sequence[str]]) -> set[Pair]:
    """Pairs of members, each in order of ids."""
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def gold(rows: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """Documents by their gold group."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        groups[row["cluster"]].append(row["id"])
    return dict(groups)


def score(found: set[Pair], right: set[Pair]) -> tuple[float, float, float]:
    """Precision, recall, F1."""
    hits = len(found & right)
    precision, recall = hits / max(1, len(found)), hits / max(1, len(right))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def fastest(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the processor of the fastest round, and what it made."""
    best, made = float("inf"), None
    for _ in range(ROUNDS):
        begun = time.process_time()
        made = work()
        best = min(best, time.process_time() - begun)
    return best, made


# -------------------------------------------------------------------------------------------------------------- copies


def by_keys(articles: Sequence[Article]) -> set[Pair]:
    """Copies as the matcher finds them."""
    memory = DictMemory()
    for each in articles:
        copies.note(each, (), memory, each.taken_at)
    found = memory.backings(each.id for each in articles)
    return {(min(name, other), max(name, other)) for name, backing in found.items() for other in backing.copies}


def by_all_shingles(articles: Sequence[Article]) -> set[Pair]:
    """The same question asked of every run of five words, without a window and with boilerplate."""
    index: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    sizes: list[int] = []
    found: set[Pair] = set()
    for number, each in enumerate(articles):
        words = re.findall(r"\w+", each.text.lower())
        shingles = set(zip(*(words[first:] for first in range(copies.SHINGLE)), strict=False))
        shared = Counter(other for shingle in shingles for other in index[shingle])
        for other, count in shared.items():
            if count >= copies.ALIKE * min(len(shingles), sizes[other]):
                found.add((min(each.id, articles[other].id), max(each.id, articles[other].id)))
        sizes.append(len(shingles))
        for shingle in shingles:
            index[shingle].append(number)
    return found


def wire() -> None:
    """Prints what both find and how fast."""
    rows = lines(HERE / "wire_copies.jsonl.gz")
    articles = sorted(map(article, rows), key=lambda each: (each.published, each.id))
    right = pairs(gold(rows).values())
    kinds = {row["id"]: row["kind"] for row in rows}
    rates = {}
    for name, way in (("streams.copies", by_keys), ("every run of five words", by_all_shingles)):
        seconds, found = fastest(lambda way=way: way(articles))
        rates[name] = len(articles) / seconds
        precision, recall, f1 = score(found, right)
        edits = {
            kind: sum(pair in found for pair in right if {kinds[pair[0]], kinds[pair[1]]} == {kind, "original"}) / 400
            for kind in ("boilerplate", "cut", "new_lead", "updated")
        }
        told = ", ".join(f"{kind} {share:.3f}" for kind, share in edits.items())
        print(
            f"copies, {name}: P {precision:.3f} R {recall:.3f} F1 {f1:.3f}; {rates[name]:,.0f} docs/s; recall of originals: {told}"
        )
    print(f"copies: {rates['streams.copies'] / rates['every run of five words']:.2f} times as fast in this run")


# -------------------------------------------------------------------------------------------------------------- memory


def endless(rows: Sequence[dict[str, Any]], hours: int, an_hour: int) -> Iterator[Article]:
    """Texts of the wire over and over, every fifth word made new each round, so many in
    an hour."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(hours * an_hour):
        turn, place = divmod(number, len(rows))
        words = rows[place]["text"].split()
        words[::5] = [f"{word}x{turn}" for word in words[::5]] if turn else words[::5]
        row = {"id": f"feed-{number % 40}:item/{number}", "title": "", "text": " ".join(words)}
        yield article(row, start + timedelta(hours=number / an_hour))


def memory() -> None:
    """Prints what the window holds, day by day."""
    an_hour = 12
    rows = lines(HERE / "wire_copies.jsonl.gz")[: an_hour * int(copies.KEPT / timedelta(hours=1))]
    held = DictMemory()
    tracemalloc.start()
    sizes: list[tuple[int, int, int]] = []
    before = tracemalloc.get_traced_memory()[0]
    for number, each in enumerate(endless(rows, 40 * 24, an_hour)):
        copies.note(each, (), held, each.taken_at)
        held._backings.clear()  # kept with the article, so not what the window holds
        if number % (24 * an_hour) == 24 * an_hour - 1:
            gc.collect()  # empties the interpreter's own stock of tuples too
            sizes.append((number // (24 * an_hour) + 1, len(held._prints), tracemalloc.get_traced_memory()[0] - before))
    tracemalloc.stop()
    for day, count, size in sizes:
        if day in (1, 2, 4, 5, 10, 20, 30, 40):
            print(
                f"memory, day {day:2}: {count:5} prints, {size / 1e6:5.2f} MB, {size / count:,.0f} bytes an article in the window"
            )
    full = [size for day, _, size in sizes if day > 5]
    print(f"memory: largest against smallest after day 5: {max(full) / min(full):.3f}")


SECTIONS = {"copies": wire, "memory": memory}


def main() -> int:
    """Runs the bench; 2 when its texts are not there."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--only", choices=SECTIONS)
    asked = parser.parse_args()
    if not HERE.exists():
        print(f"no {HERE}; this bench needs the texts of ../shared/bench beside the repository", file=sys.stderr)
        return 2
    for name, section in SECTIONS.items():
        if asked.only in (None, name):
            section()
    return 0


if __name__ == "__main__":
    sys.exit(main())
