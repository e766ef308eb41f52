"""Trains the sorter of types, `streams/data/types.weights.json`, and estimates it by cross-validation.

    python -m tests.bench.train_types [--bench FOLDER] [--vectors FILE.npz] [--check]

Two multinomial logistic models: `types` from the CASE snippets, `acts` from the PLV sentences, each with the invented snippets of
`tests/bench/data/invented_*.jsonl`, which were written for this project. The texts of the bench stay where they are: the weights
file holds single words, pairs of words and classes, each seen in small letters in two texts or more.

The `types` model learns over the words' vectors too and is then folded: a word's weight is its own plus what its vector gives, so
that words near the learned ones count though no text had them, and nothing but sums of weights is left at run time. `--vectors`
names a file made by `tests.bench.word_vectors`; without it the model is trained on the features alone.

`--check` writes nothing: five folds of the dev part by hash of the id, the invented snippets always in training. A text is in one
fold only; invented texts equal to a dev text are left out.
"""

import argparse
import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score

from streams.extract import packed
from streams.extract.reader import Extractor, load
from streams.extract.sorter import Kinds, Sorter
from streams.extract.traits import stem
from streams.records.flow import Article
from tests.bench.schemes import SLUGS

BENCH = Path("../shared/bench")
INVENTED = Path("tests/bench/data")
WEIGHTS = Path("streams/data/types.weights.json")
SOME_DAY = datetime(2024, 5, 6, 12, tzinfo=UTC)  # the snippets have no date
FOLDS = 5
DEV_WEIGHT = 2.0  # of a dev snippet against an invented one
SEEN = 2  # texts that a feature must stand in
HEADS = {"types": ("case", 0.1, 1.5), "acts": ("plv", 0.15, 0.0)}  # model: scheme, C, weight of the vectors
PROVENANCE = (
    "tests/bench/train_types.py; 'types' from the dev part (40 %) of CASE 2021 task 2 (emerging-welfare/case-2021-shared-task), "
    "'acts' from that of PLV (snowood1/Zero-Shot-PLOVER), both with the invented snippets of tests/bench/data; "
    "words' vectors from all-MiniLM-L6-v2 (Apache-2.0)"
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A labelled snippet with what the sorter sees of it."""

    text: str
    label: str  # of its scheme
    fold: int  # -1: invented, always in training
    features: frozenset[str]


class Recorder(Sorter):
    """Keeps the features of the last article instead of sorting it."""

    def sort(self, article: Article, sheets: Any, events: Any) -> Kinds:
        """Nothing; the features stand in `last`."""
        self.last = frozenset(self.traits.of(article, sheets, events))
        return Kinds()


def samples(scheme: str, bench: Path, extractor: Extractor, recorder: Recorder) -> list[Sample]:
    """Dev and invented snippets of a scheme."""
    rows = [(row, _fold(row["id"])) for row in _rows([bench / f"{scheme}_dev.jsonl"])]
    known = {row["text"].casefold() for row, _ in rows}
    made = _rows(sorted(INVENTED.glob(f"invented_{scheme}*.jsonl")))
    rows += [(row, -1) for row in made if row["text"].casefold() not in known]
    return [Sample(row["text"], row["label"], fold, _features(row["text"], extractor, recorder)) for row, fold in rows]


def _features(text: str, extractor: Extractor, recorder: Recorder) -> frozenset[str]:
    article = Article(id="a", source="bench", url="", title="", text=text, published=SOME_DAY, taken_at=SOME_DAY)
    recorder.last = frozenset()
    extractor.read([article])
    return recorder.last or frozenset(recorder.traits.of(article, (), ()))


def _rows(paths: Iterable[Path]) -> list[dict[str, Any]]:
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _fold(id: str) -> int:
    return int(hashlib.sha256(id.encode()).hexdigest(), 16) % FOLDS


@dataclass(frozen=True, slots=True)
class Trained:
    """A folded model: a row of weights per feature."""

    labels: tuple[str, ...]  # slugs of the taxonomy
    bias: Any
    features: list[str]
    weights: Any

    def best(self, features: Iterable[str], rows: Mapping[str, int]) -> str:
        """The likeliest slug."""
        known = [rows[feature] for feature in features if feature in rows]
        return self.labels[int(np.argmax(self.bias + self.weights[known].sum(axis=0)))]


def train(chosen: Sequence[Sample], scheme: str, c: float, share: float, vectors: Mapping[str, Any]) -> Trained:
    """The model of a scheme; `share` is the weight of the vectors, 0 for none."""
    small = small_words(sample.text for sample in chosen)
    counted = Counter(feature for sample in chosen for feature in sample.features if _allowed(feature, small))
    names = sorted(feature for feature, number in counted.items() if number >= SEEN)
    own = _matrix(chosen, {name: column for column, name in enumerate(names)})
    weights = [DEV_WEIGHT if sample.fold >= 0 else 1.0 for sample in chosen]
    words = sorted(word for word in vectors if share)
    both = own
    if words:
        table = np.stack([vectors[word] for word in words]) * share
        told = _matrix(chosen, {f"w:{word}": row for row, word in enumerate(words)})
        both = sparse.hstack([own, sparse.csr_matrix(told @ table)]).tocsr()
    model = LogisticRegression(C=c, max_iter=200, tol=1e-3)
    model.fit(both, [SLUGS[scheme][sample.label] for sample in chosen], sample_weight=weights)
    rows = {name: model.coef_[:, column].copy() for column, name in enumerate(names)}
    for row, word in enumerate(words):
        given = model.coef_[:, len(names) :] @ table[row]
        rows[f"w:{word}"] = rows.get(f"w:{word}", np.zeros(len(given))) + given
    kept = sorted(name for name, row in rows.items() if np.abs(row).max() >= LEAST)
    return Trained(tuple(model.classes_), model.intercept_, kept, np.stack([rows[name] for name in kept]))


LEAST = 0.02  # weights: a feature whose largest is smaller is left out


def _matrix(chosen: Sequence[Sample], columns: Mapping[str, int]) -> Any:
    pairs = [(row, columns[one]) for row, sample in enumerate(chosen) for one in sample.features if one in columns]
    at, to = zip(*pairs, strict=True)
    return sparse.csr_matrix((np.ones(len(pairs)), (at, to)), shape=(len(chosen), len(columns)))


def small_words(texts: Iterable[str]) -> frozenset[str]:
    """Stems of the words that some text writes in small letters: the others are names."""
    return frozenset(
        stem(word.casefold())
        for text in texts
        for word in text.replace("’", "'").replace("-", " ").split()
        for word in (word.strip(".,;:!?\"'()[]“”"),)
        if word and word.islower()
    )


def _allowed(feature: str, small: frozenset[str]) -> bool:
    kind, _, rest = feature.partition(":")
    if kind in ("w", "b"):
        return all(word in small or word == "#" for word in rest.split(" "))
    return kind != "p" or any(word.startswith(rest[:4]) for word in small)


def vectors_of(path: Path | None) -> dict[str, Any]:
    """Vector of each stem, the common direction taken off and frequent words made short; empty without a file."""
    if path is None:
        return {}
    made = np.load(path)
    groups: dict[str, list[int]] = {}
    for row, word in enumerate(made["words"]):
        groups.setdefault(stem(str(word)), []).append(row)
    stems = sorted(groups)
    counts = made["counts"].astype(float)
    table = np.stack([np.average(made["vectors"][groups[s]].astype(float), axis=0, weights=counts[groups[s]]) for s in stems])
    share = np.array([counts[groups[s]].sum() for s in stems])
    share /= share.sum()
    table -= np.average(table, axis=0, weights=share)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    table *= (1e-3 / (1e-3 + share))[:, None]  # Arora et al. 2017, smooth inverse frequency
    return dict(zip(stems, table, strict=True))


def check(gathered: Sequence[Sample], scheme: str, c: float, share: float, vectors: Mapping[str, Any]) -> None:
    """Prints the cross-validated figures."""
    wanted, got = [], []
    for fold in range(FOLDS):
        made = train([s for s in gathered if s.fold != fold], scheme, c, share, vectors)
        rows = {name: row for row, name in enumerate(made.features)}
        for sample in (s for s in gathered if s.fold == fold):
            wanted.append(SLUGS[scheme][sample.label])
            got.append(made.best(sample.features, rows))
    accuracy = accuracy_score(wanted, got)
    error = 1.96 * math.sqrt(accuracy * (1 - accuracy) / len(wanted))
    weighted, macro = (f1_score(wanted, got, average=mean, zero_division=0) for mean in ("weighted", "macro"))
    print(
        f"{scheme}: C={c} vectors={share if vectors else 0}: {len(wanted)} dev, {len(gathered) - len(wanted)} invented; "
        f"accuracy {accuracy:.1%} (±{error:.1%}), weighted F1 {weighted:.1%}, macro F1 {macro:.1%}",
        flush=True,
    )


def main() -> None:
    """Trains or checks."""
    parser = argparse.ArgumentParser(description="trains the sorter of types")
    parser.add_argument("--bench", type=Path, default=BENCH)
    parser.add_argument("--vectors", type=Path, default=None)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    extractor = load()
    recorder = Recorder(extractor.knowledge)
    extractor.sorter = recorder
    vectors = vectors_of(given.vectors)
    gathered = {name: samples(scheme, given.bench, extractor, recorder) for name, (scheme, _, _) in HEADS.items()}
    if not given.check:
        write({name: train(gathered[name], *of, vectors) for name, of in HEADS.items()})
    for name, of in HEADS.items():
        check(gathered[name], *of, vectors)


def write(trained: Mapping[str, Trained]) -> None:
    """The weights file."""
    models = {name: packed.pack(made.labels, made.bias, made.features, made.weights) for name, made in trained.items()}
    WEIGHTS.write_bytes(orjson.dumps({"provenance": PROVENANCE, "models": models}, option=orjson.OPT_INDENT_2))
    print(f"{WEIGHTS}: {WEIGHTS.stat().st_size / 1e6:.2f} MB", flush=True)


if __name__ == "__main__":
    main()
