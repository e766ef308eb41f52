"""Speed of cleaning and extraction against spaCy's whole pipeline on the same texts in the same run, and what memory does.

    python tests/bench/speed.py [--guardian N] [--reuters N] [--articles N]

Reads ../shared/bench (from the root of the repository); exit code 2 when it is not there. Three runs take turns on pieces of
twenty articles, so that a busy machine slows all alike: ours; spaCy's pipeline as it comes (tagger, parser, entities, lemmas;
batches of 32); ours with every sentence parsed, against whose events the shortcut's are held. Seconds are those of the processor,
one thread. `--articles` streams the archives over and over; from the second round on every seventh word of the text gets letters
that tell its round and place, so that the vocabulary is always fresh, and memory is looked at after a fifth and at the end.
"""

import argparse
import gzip
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import count, islice
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy comes in
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from connectors.sources.archive import article as from_line
from streams import clean
from streams.extract.reader import MODEL, Extractor, load
from streams.records.flow import Article, Event

BENCH = Path("../shared/bench")
STREAMS = {
    "conflict news": (BENCH / "guardian_replay.jsonl", 8),
    "general wire": (BENCH / "replay" / "reuters21578.jsonl.gz", 40),
}
PIECE = 20  # articles between two turns
_SAME = tuple(field.name for field in fields(Event) if field.name not in ("id", "tellings", "confidence"))


@dataclass(slots=True)
class Tally:
    """What one run did."""

    seconds: float = 0.0
    articles: int = 0
    words: int = 0

    def rate(self) -> str:
        """Articles and words a second, for people."""
        return f"{self.articles / self.seconds:8.1f} articles/s {self.words / self.seconds:9,.0f} words/s"


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """Records of a file of JSON lines, plain or gzip."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def articles(path: Path) -> list[Article]:
    """All articles of an archive that have a text."""
    kept = ({key: value for key, value in row.items() if value is not None} for row in lines(path))
    return [from_line({"source": "bench", "url": "", "title": "", **row}) for row in kept if row.get("text")]


def sample(all_of_them: Sequence[Article], size: int) -> list[Article]:
    """Evenly spread articles, `size` of them."""
    step = max(1, len(all_of_them) // size)
    return list(all_of_them[::step][:size])


def cleaned(article: Article) -> Article:
    """What ingest does to a text on its way."""
    return replace(article, title=clean.plain_title(article.title), text=clean.from_html(article.text))


def timed(tally: Tally, piece: Sequence[Article], work: Callable[[], Any]) -> Any:
    """The result of `work`, its processor time and the piece's size added to a tally."""
    begun = time.process_time()
    result = work()
    tally.seconds += time.process_time() - begun
    tally.articles += len(piece)
    tally.words += sum(len(each.title.split()) + len(each.text.split()) for each in piece)
    return result


def same(ours: Event, theirs: Event) -> bool:
    """Whether two events say the same of everything that rules ask; evidence and ids are left out."""
    return all(getattr(ours, name) == getattr(theirs, name) for name in _SAME)


def compare(name: str, chosen: Sequence[Article], goal: int, ours: Extractor, whole: Extractor, plain: Any) -> None:
    """Prints the figures of one stream."""
    fast, spacy_run, slow = Tally(), Tally(), Tally()
    events = identical = extra = 0
    for run in (ours, whole):  # tables that are read when first asked for are no part of the rate
        run.read(chosen[:PIECE])
    for first in range(0, len(chosen), PIECE):
        piece = chosen[first : first + PIECE]
        texts = [f"{each.title}\n\n{each.text}".strip() for each in piece]
        readings = timed(fast, piece, lambda piece=piece: ours.read([cleaned(each) for each in piece]))
        timed(spacy_run, piece, lambda texts=texts: sum(len(doc) for doc in plain.pipe(texts, batch_size=32)))
        wholes = timed(slow, piece, lambda piece=piece: whole.read([cleaned(each) for each in piece]))
        for one, other in zip(readings, wholes, strict=True):
            events += len(other.events)
            identical += sum(any(same(mine, theirs) for mine in one.events) for theirs in other.events)
            extra += sum(not any(same(mine, theirs) for theirs in other.events) for mine in one.events)
    print(f"{name}: {fast.articles} articles, {fast.words:,} words")
    print(f"  clean and extract        {fast.rate()}")
    print(f"  spaCy, whole pipeline    {spacy_run.rate()}")
    print(f"  extract, all parsed      {slow.rate()}")
    print(f"  ratio to spaCy           {spacy_run.seconds / fast.seconds:8.1f} times (goal {goal})")
    print(f"  events                   {events}, identical {identical} = {identical / max(1, events):.1%}; beside them {extra}")


def fresh(stream: Sequence[Article]) -> Iterator[Article]:
    """The stream for ever; from the second round on every seventh word ends in letters of its round and place."""
    for number in count():
        for place, article in enumerate(stream):
            if number:
                words = article.text.split(" ")
                words[3::7] = [f"{word}{_letters(number * len(stream) + place)}" for word in words[3::7]]
                article = replace(article, text=" ".join(words))  # noqa: PLW2901 - the varied article takes its place
            yield article


def _letters(number: int) -> str:
    """A number in letters."""
    return (_letters(number // 26) if number >= 26 else "") + chr(ord("a") + number % 26)


def resident_mb() -> float:
    """Memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def memory(stream: Sequence[Article], total: int, ours: Extractor) -> None:
    """Prints what memory does over so many articles."""
    source, tally = fresh(stream), Tally()
    settled = 0.0
    while piece := list(islice(source, min(PIECE, total - tally.articles))):
        timed(tally, piece, lambda piece=piece: ours.read(piece))
        if not settled and tally.articles >= total / 5:
            settled = resident_mb()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory over {tally.articles:,} articles of ever new words ({tally.rate().strip()})")
    print(f"  after a fifth {settled:.0f} MB, at the end {resident_mb():.0f} MB, peak {peak:.0f} MB")


def main() -> int:
    """Runs the bench; 2 when its texts are not there."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--guardian", type=int, default=120, metavar="N", help="articles of conflict news (249 there are)")
    parser.add_argument("--reuters", type=int, default=900, metavar="N", help="articles of the general wire (15,485 there are)")
    parser.add_argument("--articles", type=int, default=6_000, metavar="N", help="articles to watch memory over, 0 for none")
    asked = parser.parse_args()
    missing = [str(path) for path, _ in STREAMS.values() if not path.exists()]
    if missing:
        print(
            f"no {' and no '.join(missing)}; this bench needs the texts of ../shared/bench beside the repository", file=sys.stderr
        )
        return 2
    ours = load()
    whole_stream = articles(STREAMS["general wire"][0])
    if asked.articles:  # first, before spaCy's own pipelines take memory
        memory(whole_stream, asked.articles, ours)
    import spacy

    whole, plain = load(sieve=False), spacy.load(MODEL)
    for (name, (path, goal)), size in zip(STREAMS.items(), (asked.guardian, asked.reuters), strict=True):
        if size:
            chosen = sample(whole_stream if name == "general wire" else articles(path), size)
            compare(name, chosen, goal, ours, whole, plain)
    return 0


if __name__ == "__main__":
    sys.exit(main())
