"""Trains the model of news, `streams/data/news.weights.json`: whether a few sentences tell something as news that a desk asks for.

    python -m tests.bench.train_news [--bench FOLDER] [--check]

A yes or no over words and pairs of words. Yes are articles that should alarm, no those that should not: the near misses of
tests/data that were tuned on (the blind file and the counted halves are left out), the invented leads and snippets of
tests/bench/data. Real articles keep it from learning how invented ones are written: snippets of CASE and PLV by their labels, and,
unlabelled, the sentences around each deed that the extractor finds in the Guardian's, Reuters' and MUC-4's articles without this
model, as yes, and articles in which it finds nothing, as no. Of those deeds the ones are left out that a model learned from all
other sources takes for no news: "Australia attacks farm rules". Words that no text writes in small letters are names, and none of
its features. Texts of the bench stay where they are.

`--check` writes nothing: it learns without one source after the other and prints how many of the source's own deeds would be taken
for no news. What it does to near misses, `tests.bench.near_misses` counts.
"""

import argparse
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from connectors.sources import archive
from streams.extract import news, packed, sentences
from streams.extract.drafts import Cluster
from streams.extract.news import News
from streams.extract.reader import Extractor, load
from streams.extract.sheets import Line
from streams.records.flow import Article
from tests.bench import near_misses
from tests.bench.train_types import BENCH, INVENTED

WEIGHTS = Path("streams/data/news.weights.json")
TUNED = ("kinds", "kinds_more", "kinds_opened", "acts", "attacks", "states", "wire")
HEAD = 4  # sentences of an article of a few
C = 10.0
SEEN = 3  # texts that a feature must stand in
SPREAD = 4.0  # that the squares of an article's features sum to about one
WIRE_EVERY = 15  # of the wire's articles in which nothing is found
# labels of CASE and PLV; what none of these names is left out
VIOLENT = {
    "VIOL_DEMONSTR", "ARMED_CLASH", "GRENADE", "AIR_STRIKE", "ART_MISS_ATTACK", "SEX_VIOL", "REM_EXPLOS", "SUIC_BOMB", "CHEM_WEAP",
    "FORCE_AGAINST_PROTEST", "MOB_VIOL", "ABDUCT_DISSAP", "ATTACK", "PROPERTY_DISTRUCT", "ASSAULT",
}  # fmt: skip
QUIET = {
    "MAN_MADE_DISASTER", "NATURAL_DISASTER", "DIPLO", "AGREEMENT", "PEACE_PROTEST", "HQ_ESTABLISHED",
    "YIELD", "REJECT", "AGREE", "SUPPORT", "REQUEST", "CONSULT", "AID", "SANCTION", "COOPERATE",
}  # fmt: skip
# weight of a sample of each source, yes and no; there are thousands of the wire's
WEIGHT = {
    "invented": (2.0, 2.0),
    "snippets": (1.0, 1.0),
    "case": (1.0, 1.0),
    "plv": (1.0, 1.0),
    "guardian": (1.0, 0.5),
    "reuters": (1.0, 0.3),
    "muc": (0.6, 0.5),
}
UNLABELLED = ("guardian", "reuters", "muc")
PROVENANCE = (
    "tests/bench/train_news.py; the near misses of tests/data that were tuned on, invented leads and snippets of tests/bench/data, "
    "the dev parts of CASE 2021 task 2 (emerging-welfare/case-2021-shared-task) and PLV (snowood1/Zero-Shot-PLOVER), and, "
    "unlabelled, articles of the Guardian (ahalterman/NGEC), Reuters-21578 and MUC-4 (xinyadu/grit_doc_event_entity)"
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A few sentences, and whether they tell news."""

    source: str
    texts: tuple[str, ...]
    news: bool

    @property
    def weight(self) -> float:
        """What it counts in training."""
        return WEIGHT[self.source][not self.news]


class Recorder(News):
    """Keeps the sentences around each deed of an article and doubts none."""

    def __init__(self) -> None:
        self.found: list[tuple[str, ...]] = []

    def judge(self, clusters: Sequence[Cluster], lines: Sequence[Line]) -> None:
        """Nothing; the sentences stand in `found`."""
        told = {draft.sentence for cluster in clusters for draft in cluster.drafts if news.judged(draft.telling)}
        self.found = [tuple(news.around(lines, number)) for number in sorted(told)]


def gather(extractor: Extractor, recorder: Recorder, bench: Path) -> Iterator[Sample]:
    """All samples."""
    cases = near_misses.tuned(TUNED)
    cases += [row for row in near_misses.rows(near_misses.CASES) if row["fires"]]  # the others may be news to other rules
    cases += [row for path in sorted(INVENTED.glob("invented_leads_*.jsonl")) for row in near_misses.rows(path)]
    for row in cases:
        yield Sample("invented", tuple(_head(row.get("title", ""), row["text"])), bool(row["fires"]))
    for source in ("case", "plv"):
        for of, path in ((source, bench / f"{source}_dev.jsonl"), ("snippets", INVENTED / f"invented_{source}.jsonl")):
            for row in near_misses.rows(path):
                if row["label"] in VIOLENT | QUIET:
                    yield Sample(of, tuple(_head("", row["text"])), row["label"] in VIOLENT)
    streams = {"guardian": "guardian_replay.jsonl", "reuters": "replay/reuters21578.jsonl.gz"}
    for source, name in streams.items():
        yield from _of_real(source, archive.read(str(bench / name), print), extractor, recorder)
    documents = (
        {**row, "source": "x", "title": "", "published": row["date"] or "1989-06-01"}
        for row in near_misses.rows(bench / "muc4_dev.jsonl")
    )
    yield from _of_real("muc", map(archive.article, documents), extractor, recorder)


def _of_real(source: str, articles: Iterable[Article], extractor: Extractor, recorder: Recorder) -> Iterator[Sample]:
    for number, article in enumerate(articles):
        recorder.found = []
        reading = extractor.read([article])[0]
        for texts in recorder.found:
            yield Sample(source, texts, news=True)
        if not reading.events and (source != "reuters" or number % WIRE_EVERY == 0):
            whole = [one.text for one in islice(sentences.split(article.text), 3 * HEAD)]
            title = [article.title] if article.title else []
            for first in range(0, len(whole), HEAD):
                yield Sample(source, (*title, *whole[first : first + HEAD]), news=False)


def _head(title: str, text: str) -> list[str]:
    return [*([title] if title else []), *(one.text for one in islice(sentences.split(text), HEAD))]


@dataclass(frozen=True, slots=True)
class Trained:
    """A model: a weight per feature, as `Packed.scores` sums them."""

    bias: float
    features: list[str]
    weights: Any

    def packed(self) -> packed.Models:
        """The model as the extractor loads it."""
        return packed.parse(self.file())

    def file(self) -> bytes:
        """The file of weights."""
        made = packed.pack(("news",), [self.bias], self.features, self.weights[:, None])
        return orjson.dumps({"provenance": PROVENANCE, "models": {"news": made}}, option=orjson.OPT_INDENT_2)


def train(chosen: Sequence[Sample]) -> Trained:
    """The model learned from these samples."""
    texts = [news.features(news.words(sample.texts)) for sample in chosen]
    small = {word for sample in chosen for text in sample.texts for word in re.findall(r"\b[a-z][a-z'-]+", text)} | {"#", "#y"}
    seen = Counter(feature for text in texts for feature in text if all(word in small for word in feature.split("_")))
    names = sorted(feature for feature, number in seen.items() if number >= SEEN)
    columns = {name: column for column, name in enumerate(names)}
    rarity = np.array([math.log((1 + len(texts)) / (1 + seen[name])) + 1 for name in names]) / SPREAD
    at, to = zip(*((row, columns[one]) for row, text in enumerate(texts) for one in text if one in columns), strict=True)
    counted = sparse.csr_matrix((rarity[list(to)], (at, to)), shape=(len(texts), len(names)))
    table = sparse.diags([1 / packed.length(len(text)) for text in texts]) @ counted
    model = LogisticRegression(C=C, max_iter=1000)
    model.fit(table, [sample.news for sample in chosen], sample_weight=[sample.weight for sample in chosen])
    weights = model.coef_[0] * rarity
    kept = np.flatnonzero(np.abs(weights) >= np.abs(weights).max() / packed.MOST / 2)  # the others are nothing in a byte
    return Trained(float(model.intercept_[0]), [names[row] for row in kept], weights[kept])


def undoubted(gathered: Sequence[Sample]) -> list[Sample]:
    """The samples without those deeds of unlabelled sources that the other sources speak against."""
    doubters = {source: _without(source, gathered) for source in UNLABELLED}
    return [
        sample
        for sample in gathered
        if not (sample.news and sample.source in doubters and doubters[sample.source].chance(news.words(sample.texts)) < news.LEAST)
    ]


def _without(source: str, gathered: Sequence[Sample]) -> News:
    return News(train([sample for sample in gathered if sample.source != source]).packed())


def check(gathered: Sequence[Sample]) -> None:
    """Prints, for each source, what a model that never saw it takes for no news of it."""
    for source in sorted(WEIGHT.keys() - {"invented", "snippets"}):
        doubter = _without(source, gathered)
        for told in (True, False):
            low = [doubter.doubts(sample.texts) for sample in gathered if sample.source == source and sample.news is told]
            print(f"{source}, {'deeds' if told else 'others'}: {sum(low)} of {len(low)} taken for no news", flush=True)


def main(arguments: Iterable[str] | None = None) -> None:
    """Trains or checks."""
    parser = argparse.ArgumentParser(description="trains the model of news")
    parser.add_argument("--bench", type=Path, default=BENCH)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args(list(arguments) if arguments is not None else None)
    extractor, recorder = load(), Recorder()
    extractor.news = recorder
    gathered = list(gather(extractor, recorder, given.bench))
    if given.check:
        check(gathered)
        return
    chosen = undoubted(gathered)
    WEIGHTS.write_bytes(train(chosen).file())
    print(f"{WEIGHTS}: {WEIGHTS.stat().st_size / 1e6:.2f} MB, {len(chosen)} of {len(gathered)} samples", flush=True)


if __name__ == "__main__":
    main()
