"""Trains the model of leads, `streams/data/leads.weights.json`: what the lead of an article tells as news, whatever its verbs.

    python -m tests.bench.train_leads --vectors FILE.npz [--bench FOLDER] [--check]

One yes-or-no logistic model per label of `streams.extract.leads`, all over the same features. It learns from the near misses of
tests/data that were tuned on (the blind file and the counted halves are left out), from the invented leads of tests/bench/data,
from the snippets of CASE and the invented ones (all of them news, each of one type), and from articles of the Reuters wire in
which grammar finds no violence, as examples of what is no news of it. Texts of the bench stay where they are, as in `train_types`.

Words' vectors are folded into the weights as there. `--check` writes nothing: it learns without one fifth of the near misses after
the other and prints what the chances would add to the rules, and what they would add wrongly.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from connectors.sources import archive
from streams.extract import packed
from streams.extract.leads import LABELS, NEWS, SURE, Leads
from streams.extract.reader import Extractor, load
from streams.records.flow import Article
from tests.bench import near_misses
from tests.bench.schemes import SLUGS
from tests.bench.train_types import BENCH, INVENTED, LEAST, SEEN, SOME_DAY, small_words, vectors_of

WEIGHTS = Path("streams/data/leads.weights.json")
TUNED = ("kinds", "kinds_more", "kinds_opened", "acts", "attacks", "states", "wire")
WIRE = Path("replay/reuters21578.jsonl.gz")
FROM_WIRE, WIRE_EVERY = 2_400, 7  # articles, of so many one
C, SHARE = 0.1, 1.5  # regularisation, weight of the vectors
NEAR, WIRED = 2.0, 1.0  # weight of a near miss, and of an article of the wire, against a snippet
FOLDS = 5
LABEL_OF_RULE = {
    "air-strike": "air-drone-strike",
    "shelling": "shelling",
    "suicide-bombing": "suicide-bomb",
    "planted-bomb": "remote-explosive",
    "armed-clash": "armed-clash",
    "assassination": "assassination",
    "abduction": "abduction",
    "protest-violent": "riot",
    "force-against-protesters": "force-against-protesters",
    "embassy-attacked": "diplomats",
    "aid-workers-attacked": "aid",
    "journalist-attacked": "journalists",
    "ship-attacked": "ship",
    "energy-site-attacked": "energy",
}
UNDER = {"mob-violence": "riot", "violent-demonstration": "riot", "protest-with-intervention": "force-against-protesters"}
# labels that a snippet's type says nothing of; all snippets are news, which would teach that everything is
ASKED = ("diplomats", "aid", "journalists", "ship", "energy", "assassination", NEWS)
PROVENANCE = (
    "tests/bench/train_leads.py; the near misses of tests/data that were tuned on, the invented leads and snippets of "
    "tests/bench/data, the dev part of CASE 2021 task 2 (emerging-welfare/case-2021-shared-task), articles of Reuters-21578 "
    "without violence; words' vectors from all-MiniLM-L6-v2 (Apache-2.0)"
)


@dataclass(frozen=True, slots=True)
class Sample:
    """An article with what the model sees of it."""

    text: str
    labels: frozenset[str]
    open: frozenset[str]  # labels that nobody judged for it
    weight: float
    fold: int  # -1: always in training
    features: frozenset[str]


class Recorder(Leads):
    """Keeps the features of the last article and adds nothing."""

    last: frozenset[str] | None = None

    def sure(self, article: Article, sheets: Any, events: Any) -> list[str]:
        """Nothing; the features stand in `last`."""
        self.last = frozenset(self.traits.of(article, sheets, events))
        self.violent = any(event.path[0] == "violence" for event in events)
        return []


def gather(extractor: Extractor, recorder: Recorder, bench: Path) -> Iterator[Sample]:
    """All samples."""
    cases = near_misses.tuned(TUNED)
    cases += [row for path in sorted(INVENTED.glob("invented_leads_*.jsonl")) for row in near_misses.rows(path)]
    for number, row in enumerate(cases):
        labels = frozenset(LABEL_OF_RULE[rule] for rule in row["fires"] if rule in LABEL_OF_RULE)
        labels |= {NEWS} if labels else frozenset()
        yield _sample(row, labels, extractor, recorder, weight=NEAR, fold=number % FOLDS)
    for path in (bench / "case_dev.jsonl", *sorted(INVENTED.glob("invented_case*.jsonl"))):
        for row in near_misses.rows(path):
            slug = SLUGS["case"][row["label"]]
            label = UNDER.get(slug, slug)
            labels = frozenset({label} & LABELS.keys())
            yield _sample(row, labels, extractor, recorder, weight=1.0, fold=-1, open=frozenset(ASKED))
    articles = archive.read(str(bench / WIRE), print)
    for article in islice(articles, 0, FROM_WIRE * WIRE_EVERY, WIRE_EVERY):
        made = _read(article, extractor, recorder)
        if not recorder.violent:
            yield Sample(article.text[:400], frozenset(), frozenset(), WIRED, -1, made)


def _sample(
    row: Mapping[str, Any],
    labels: frozenset[str],
    extractor: Extractor,
    recorder: Recorder,
    *,
    weight: float,
    fold: int,
    open: frozenset[str] = frozenset(),
) -> Sample:
    if "published" in row:
        article = archive.article({"source": "x", **row})
    else:
        article = Article(id="a", source="bench", url="", title="", text=row["text"], published=SOME_DAY, taken_at=SOME_DAY)
    return Sample(f"{article.title} {article.text}", labels, open, weight, fold, _read(article, extractor, recorder))


def _read(article: Article, extractor: Extractor, recorder: Recorder) -> frozenset[str]:
    recorder.last, recorder.violent = None, False
    extractor.read([article])
    return recorder.last if recorder.last is not None else frozenset(recorder.traits.of(article, (), ()))


@dataclass(frozen=True, slots=True)
class Trained:
    """A folded model: a row of weights per feature, a column per label."""

    bias: Any
    features: list[str]
    weights: Any


def train(chosen: Sequence[Sample], vectors: Mapping[str, Any]) -> Trained:
    """The model learned from these samples."""
    small = small_words(sample.text for sample in chosen)
    counted = Counter(feature for sample in chosen for feature in sample.features if _allowed(feature, small))
    names = sorted(feature for feature, number in counted.items() if number >= SEEN)
    words = sorted(vectors)
    table = np.stack([vectors[word] for word in words]) * SHARE
    own = _matrix(chosen, {name: column for column, name in enumerate(names)})
    told = _matrix(chosen, {f"w:{word}": row for row, word in enumerate(words)})
    both = sparse.hstack([own, sparse.csr_matrix(told @ table)]).tocsr()
    bias, columns = [], []
    for label in (*LABELS, NEWS):
        judged = [row for row, sample in enumerate(chosen) if label not in sample.open]
        model = LogisticRegression(C=C, max_iter=200, tol=1e-3)
        model.fit(
            both[judged], [label in chosen[row].labels for row in judged], sample_weight=[chosen[row].weight for row in judged]
        )
        bias.append(model.intercept_[0])
        columns.append(model.coef_[0])
    learned = np.stack(columns, axis=1)
    rows = {name: learned[row].copy() for row, name in enumerate(names)}
    given = table @ learned[len(names) :]
    for row, word in enumerate(words):
        rows[f"w:{word}"] = rows.get(f"w:{word}", 0) + given[row]
    kept = sorted(name for name, row in rows.items() if np.abs(row).max() >= LEAST)
    return Trained(np.array(bias), kept, np.stack([rows[name] for name in kept]))


def _matrix(chosen: Sequence[Sample], columns: Mapping[str, int]) -> Any:
    pairs = [(row, columns[one]) for row, sample in enumerate(chosen) for one in sample.features if one in columns]
    at, to = zip(*pairs, strict=True)
    return sparse.csr_matrix((np.ones(len(pairs)), (at, to)), shape=(len(chosen), len(columns)))


def _allowed(feature: str, small: frozenset[str]) -> bool:
    kind, _, rest = feature.partition(":")
    return kind != "p" and (kind not in ("w", "b") or all(word in small or word == "#" for word in rest.split(" ")))


def check(gathered: Sequence[Sample], vectors: Mapping[str, Any]) -> None:
    """Prints, for each label, how many of the near misses left out have it at the chance asked for, and how many wrongly."""
    right, wrong, wanted = Counter[str](), Counter[str](), Counter[str]()
    for fold in range(FOLDS):
        made = train([sample for sample in gathered if sample.fold != fold], vectors)
        rows = {name: row for row, name in enumerate(made.features)}
        for sample in (one for one in gathered if one.fold == fold):
            known = [rows[feature] for feature in sample.features if feature in rows]
            chances = 1 / (1 + np.exp(-(made.bias + made.weights[known].sum(axis=0))))
            for label, chance in zip((*LABELS, NEWS), chances, strict=True):
                wanted[label] += label in sample.labels
                (right if label in sample.labels else wrong)[label] += bool(chance >= SURE)
    for label in (*LABELS, NEWS):
        print(f"{label}: {right[label]} of {wanted[label]} found alone, {wrong[label]} wrongly")


def main(arguments: Iterable[str] | None = None) -> None:
    """Trains or checks."""
    parser = argparse.ArgumentParser(description="trains the model of leads")
    parser.add_argument("--bench", type=Path, default=BENCH)
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args(list(arguments) if arguments is not None else None)
    extractor = load()
    recorder = Recorder(extractor.knowledge, extractor.cast)
    extractor.leads = recorder
    vectors = vectors_of(given.vectors)
    gathered = list(gather(extractor, recorder, given.bench))
    if given.check:
        check(gathered, vectors)
        return
    made = train(gathered, vectors)
    model = packed.pack((*LABELS, NEWS), made.bias, made.features, made.weights)
    WEIGHTS.write_bytes(orjson.dumps({"provenance": PROVENANCE, "models": {"leads": model}}, option=orjson.OPT_INDENT_2))
    print(f"{WEIGHTS}: {WEIGHTS.stat().st_size / 1e6:.2f} MB, {len(gathered)} samples", flush=True)


if __name__ == "__main__":
    main()
