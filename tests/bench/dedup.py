"""Copies and stories against gold sets: how right, how fast, how much memory.

    python -m tests.bench.dedup [--only copies|memory|events|headlines] [--extract]

Reads ../shared/bench/dedup (from the root of the repository); exit code 2 when it is not there. Pairs are those of documents;
seconds are the processor's, one thread, fastest of three rounds.

- *copies*: the wire stories with their scripted edits, in order of publication through `streams.incidents.copies.note` and the dict
  memory, which is what the matcher calls for every article. Beside it, in the same run, stands an inverted index over all runs of
  five words without a window, the best that was found elsewhere.
- *memory*: as many texts as the window holds, over and over with ever new words, for 40 days: what an article takes in the
  window, and whether what is kept grows once it is full.
- *events*: ECB+, texts without dates: stories made all at once, and as they come. `--extract` adds what the extractor reads in each
  (types, places, days, counts, participants) to the words, and takes a minute or two.
- *headlines*: UCI, in order of publication: as they come, with and without joining groups later; all at once; and as they come in a
  random order, because in the file the headlines of one story stand close together.

Each bound on likeness is chosen in sample, and cross-validated: on nine tenths (of ECB+'s topics, of UCI's stories), scored on the
documents of the last tenth against all documents. Figures are pair F1 and B-cubed F1. The weights of pairs, names and heads were
chosen on the whole of these sets, so the cross-validated figures are still a little kind.
"""

import argparse
import gc
import gzip
import json
import random
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

import numpy as np
from numpy.typing import NDArray

from streams.incidents import copies
from streams.memory import DictMemory
from streams.records.flow import Article
from tests.bench import stories

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
    for name, way in (("streams.incidents.copies", by_keys), ("every run of five words", by_all_shingles)):
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
    print(f"copies: {rates['streams.incidents.copies'] / rates['every run of five words']:.2f} times as fast in this run")


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


# ------------------------------------------------------------------------------------------------------------- stories


def counted(labels: Sequence[int], right: Sequence[str], chosen: Iterable[int]) -> NDArray[np.float64]:
    """Sums over the documents chosen, each seen against all documents: partners found rightly, found, wanted; B-cubed precision and
    recall; how many were chosen."""
    cells, found, truth = Counter(zip(labels, right, strict=True)), Counter(labels), Counter(right)
    total = np.zeros(6)
    for number in chosen:
        hits, made, wanted = cells[labels[number], right[number]], found[labels[number]], truth[right[number]]
        total += (hits - 1, made - 1, wanted - 1, hits / made, hits / wanted, 1)
    return total


def both(sums: NDArray[np.float64]) -> tuple[float, float]:
    """Pair F1 and B-cubed F1."""
    hits, made, wanted, precision, recall, count = sums
    return 2 * hits / max(1, made + wanted), 2 * precision * recall / max(1e-9, count * (precision + recall))


def judged(name: str, by_bound: dict[float, list[int]], right: Sequence[str], part: Sequence[object]) -> None:
    """Prints the best bound in sample, and what bounds chosen on nine tenths of the parts give on the documents of the last."""
    parts = sorted(set(part), key=str)
    folds = [[number for number in range(len(right)) if part[number] in set(parts[fold::10])] for fold in range(10)]
    sums = {bound: [counted(labels, right, fold) for fold in folds] for bound, labels in by_bound.items()}
    whole = {bound: sum(each, np.zeros(6)) for bound, each in sums.items()}
    bound = max(whole, key=lambda each: both(whole[each])[0])
    f1, cubed = both(whole[bound])
    chosen = [max(whole, key=lambda each, fold=fold: both(whole[each] - sums[each][fold])[0]) for fold in range(10)]
    out, out_cubed = both(sum((sums[best][fold] for fold, best in enumerate(chosen)), np.zeros(6)))
    print(
        f"{name}: in sample F1 {f1:.3f} B3 {cubed:.3f} (above {bound:.3f}); cross-validated F1 {out:.3f} B3 {out_cubed:.3f}",
        flush=True,
    )


def streamed(documents: Sequence[stories.Features], bound: float, *, join: bool, every: int = 200) -> list[int]:
    """The groups after the last document."""
    stream = stories.Stream(bound, every=every, join=join)
    for each in documents:
        stream.add(each)
    if join:
        stream.settle()
    return stream.group_of


def bounds(first: float, last: float, step: float) -> list[float]:
    """Bounds tried."""
    return [round(first + number * step, 4) for number in range(int((last - first) / step) + 1)]


def events(extract: bool) -> None:
    """Prints how well texts on one event are found."""
    rows = lines(HERE / "ecbplus.jsonl")
    right, topics = [row["cluster"] for row in rows], [row["topic"] for row in rows]
    for weights in ({"pairs": 1.5, "names": 1.0, "head": 3.0}, {"pairs": 0.0, "names": 0.0, "head": 1.0}):
        words = [stories.features(row["text"], **weights) for row in rows]
        told = ", ".join(f"{name} {value}" for name, value in weights.items())
        tried = bounds(0.05, 0.5, 0.005)
        found = stories.at_once(stories.likeness(words), tried)
        judged(f"ECB+, at once, {told}", dict(zip(tried, found, strict=True)), right, topics)
        if weights["pairs"]:
            coming = {bound: streamed(words, bound, join=True, every=50) for bound in bounds(0.08, 0.24, 0.02)}
            judged(f"ECB+, as they come, {told}", coming, right, topics)
            if extract:
                more = [one + two for one, two in zip(words, read(rows), strict=True)]
                found = stories.at_once(stories.likeness(more), tried)
                judged(f"ECB+, at once, {told}, with extracted events", dict(zip(tried, found, strict=True)), right, topics)


def read(rows: Sequence[dict[str, Any]]) -> list[Counter[str]]:
    """What the extractor reads in the texts, as features."""
    from streams.extract.reader import load

    moment = datetime(2014, 1, 1, tzinfo=UTC)  # none is stated; the newest of these texts are of 2013
    articles = [article(row | {"title": "", "text": joined(row["text"])}, moment) for row in rows]
    found = []
    for reading in load().read(articles):
        told: Counter[str] = Counter()
        for event in reading.events:
            branch = event.path[1] if len(event.path) > 1 else event.type
            told[f"type {event.type}"] += 1
            if event.place is not None:
                told[f"place {event.place.path[0] if event.place.path else event.place.name}"] += 1
            for count in event.counts:
                told[f"count {count.what} {count.low}"] += 1
            for one in (*event.actors, *event.targets):
                told[f"{branch} {one.id or one.head}"] += 1
            if event.time is not None and event.time.precision == "day":
                told[f"day {event.time.start.date()}"] += 1
        found.append(told)
    return found


def joined(text: str) -> str:
    """A tokenised text as people write it, one paragraph a line, without addresses."""
    text = re.sub(r"^http : .*$", "", text, flags=re.MULTILINE).replace("``", '"').replace("''", '"')
    text = re.sub(r" ([.,;:!?%)\]]|'s|n't|'re|'ve|'ll|'d|'m)(?=\s|$)", r"\1", text)
    return re.sub(r"([(\[$]) ", r"\1", text).strip().replace("\n", "\n\n")


def headlines() -> None:
    """Prints how well headlines of one story are found."""
    rows = sorted(lines(HERE / "uci_headlines.jsonl"), key=lambda row: (row["published"], row["id"]))
    right = [row["cluster"] for row in rows]
    words = [stories.features(row["title"], pairs=0.0, names=0.0, head=1.0) for row in rows]
    tried = bounds(0.02, 0.08, 0.01)
    begun = time.process_time()
    judged("UCI, as they come", {bound: streamed(words, bound, join=True) for bound in tried}, right, right)
    print(f"UCI, as they come: {len(rows) * len(tried) / (time.process_time() - begun):,.0f} headlines/s")
    judged("UCI, as they come, never joined", {bound: streamed(words, bound, join=False) for bound in tried}, right, right)
    mixed = random.Random(1).sample(range(len(rows)), len(rows))
    coming = {bound: streamed([words[place] for place in mixed], bound, join=True) for bound in tried}
    shuffled = [right[place] for place in mixed]
    judged("UCI, in random order", coming, shuffled, shuffled)
    pairs_too = [stories.features(row["title"], pairs=1.0, names=0.0, head=1.0) for row in rows]
    tried = bounds(0.01, 0.1, 0.005)
    judged("UCI, at once", dict(zip(tried, stories.at_once(stories.likeness(pairs_too), tried), strict=True)), right, right)


SECTIONS: dict[str, Callable[[bool], None]] = {
    "copies": lambda _: wire(),
    "memory": lambda _: memory(),
    "events": events,
    "headlines": lambda _: headlines(),
}


def main() -> int:
    """Runs the bench; 2 when its texts are not there."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--only", choices=SECTIONS)
    parser.add_argument("--extract", action="store_true", help="ECB+ with extracted events too")
    asked = parser.parse_args()
    if not HERE.exists():
        print(f"no {HERE}; this bench needs the texts of ../shared/bench beside the repository", file=sys.stderr)
        return 2
    for name, section in SECTIONS.items():
        if asked.only in (None, name):
            section(asked.extract)
    return 0


if __name__ == "__main__":
    sys.exit(main())
