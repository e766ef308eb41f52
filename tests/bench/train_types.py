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
from scipy import linalg, optimize, sparse
from scipy.special import logsumexp
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
SALTS = ("", "a", "b", "c")  # ways to split into folds
DEV_WEIGHT = 3.0  # of a dev snippet against an invented one
JITTER = 0.1  # added to the square of each text's length, which is about 90, so that the root exists
WORDS = ("w", "b", "p")  # features that count by their rarity
SEEN = 2  # texts that a feature must stand in
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
    id: str  # of the bench; empty: invented, always in training
    features: frozenset[str]


class Recorder(Sorter):
    """Keeps the features of the last article instead of sorting it."""

    def sort(self, article: Article, sheets: Any, events: Any) -> Kinds:
        """Nothing; the features stand in `last`."""
        self.last = frozenset(self.traits.of(article, sheets, events))
        return Kinds()


def samples(scheme: str, bench: Path, extractor: Extractor, recorder: Recorder) -> list[Sample]:
    """Dev and invented snippets of a scheme."""
    rows = _rows([bench / f"{scheme}_dev.jsonl"])
    known = {row["text"].casefold() for row in rows}
    made = _rows(sorted(INVENTED.glob(f"invented_{scheme}*.jsonl")))
    rows += [row | {"id": ""} for row in made if row["text"].casefold() not in known]
    return [Sample(row["text"], row["label"], row["id"], _features(row["text"], extractor, recorder)) for row in rows]


def _features(text: str, extractor: Extractor, recorder: Recorder) -> frozenset[str]:
    article = Article(id="a", source="bench", url="", title="", text=text, published=SOME_DAY, taken_at=SOME_DAY)
    recorder.last = frozenset()
    extractor.read([article])
    return recorder.last or frozenset(recorder.traits.of(article, (), ()))


def _rows(paths: Iterable[Path]) -> list[dict[str, Any]]:
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _fold(id: str, salt: str) -> int:
    return int(hashlib.sha256((salt + id).encode()).hexdigest(), 16) % FOLDS


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


@dataclass(frozen=True, slots=True)
class Head:
    """How a model is learned."""

    scheme: str
    c: float  # inverse strength of regularisation
    vectors: float  # weight of the vectors, 0 for none


SCALES = {"m": 1.5, "n": 1.5, "e": 1.5}  # main verbs and events say more than words
HEADS = {"types": Head("case", 1.0, 1.5), "acts": Head("plv", 1.0, 0.0)}


def train(chosen: Sequence[Sample], head: Head, vectors: Mapping[str, Any]) -> Trained:
    """The model of a scheme: multinomial logistic regression, a feature's scale saying how far it is trusted.

    Solved in its dual form, a row of unknowns per text instead of per feature.
    """
    small = small_words(sample.text for sample in chosen)
    heads = frozenset(word[:4] for word in small)
    counted = Counter(feature for sample in chosen for feature in sample.features)
    names = sorted(feature for feature, number in counted.items() if number >= SEEN and _allowed(feature, small, heads))
    scales = _scales(names, counted, len(chosen))
    own = _matrix(chosen, {name: column for column, name in enumerate(names)}) @ sparse.diags(scales)
    kernel = (own @ own.T).toarray()
    words = sorted(word for word in vectors if head.vectors)
    if words:
        table = np.stack([vectors[word] for word in words]) * head.vectors
        told = _matrix(chosen, {f"w:{word}": row for row, word in enumerate(words)})
        near = told @ table
        kernel += near @ near.T
    labels = tuple(sorted(SLUGS[head.scheme].values()))
    wanted = np.array([[SLUGS[head.scheme][sample.label] == label for label in labels] for sample in chosen], float)
    trusted = np.array([DEV_WEIGHT if sample.id else 1.0 for sample in chosen])
    duals, bias = _logistic(kernel, wanted, head.c * trusted)
    given = scales[:, None] * (own.T @ duals)
    rows = dict(zip(names, given, strict=True))
    if words:
        for word, row in zip(words, table @ (near.T @ duals), strict=True):
            rows[f"w:{word}"] = rows.get(f"w:{word}", 0) + row
    kept = sorted(name for name, row in rows.items() if np.abs(row).max() >= LEAST)
    return Trained(labels, bias, kept, np.stack([rows[name] for name in kept]))


def _scales(names: Sequence[str], counted: Mapping[str, int], texts: int) -> Any:
    """Scale of each feature: words by their rarity, with a mean square of 1 over the texts; the others as `SCALES` has them."""
    kinds = np.array([name.partition(":")[0] for name in names])
    numbers = np.array([counted[name] for name in names], float)
    found = np.array([SCALES.get(kind, 1.0) for kind in kinds])
    for kind in WORDS:
        here = kinds == kind
        rarity = np.log((1 + texts) / (1 + numbers[here])) + 1
        found[here] *= rarity / math.sqrt(float(numbers[here] @ rarity**2 / numbers[here].sum()))
    return found


def _logistic(kernel: Any, wanted: Any, weights: Any) -> tuple[Any, Any]:
    """Unknowns per text and label, and the bias per label: the sums of a text are its kernel row times the unknowns, plus bias.

    Args:
        wanted: a row per text, 1 for its label.
        weights: how much each text counts against the square of the weights.
    """
    texts, labels = wanted.shape
    root = linalg.cholesky(kernel + JITTER * np.eye(texts), lower=True)
    total = weights.sum()

    def loss(flat: Any) -> tuple[float, Any]:
        unknown = flat.reshape(texts + 1, labels)
        inner = unknown[:texts]
        sums = root @ inner + unknown[texts]
        norm = logsumexp(sums, axis=1, keepdims=True)
        wrong = weights[:, None] * (np.exp(sums - norm) - wanted)
        slope = np.vstack([root.T @ wrong + inner, wrong.sum(axis=0)])
        lost = float(weights @ (norm[:, 0] - (sums * wanted).sum(axis=1))) + 0.5 * float((inner * inner).sum())
        return lost / total, slope.ravel() / total

    start = np.zeros((texts + 1) * labels)
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300, "gtol": 2e-5, "ftol": 1e-7})
    unknown = found.x.reshape(texts + 1, labels)
    return linalg.solve_triangular(root, unknown[:texts], lower=True, trans="T"), unknown[texts]


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


def _allowed(feature: str, small: frozenset[str], heads: frozenset[str]) -> bool:
    """No name: its words, or the first letters of one, are written in small letters somewhere."""
    kind, _, rest = feature.partition(":")
    if kind in ("w", "b"):
        return all(word in small or word == "#" for word in rest.split(" "))
    return kind != "p" or rest[:4] in heads


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


def check(gathered: Sequence[Sample], head: Head, vectors: Mapping[str, Any]) -> None:
    """Prints the cross-validated figures: the mean over several ways to split, with the error that 95 % of samples stay below."""
    dev = [sample for sample in gathered if sample.id]
    made_up = [sample for sample in gathered if not sample.id]
    wanted = [SLUGS[head.scheme][sample.label] for sample in dev]
    found, says = [], []
    for salt in SALTS:
        folds = [_fold(sample.id, salt) for sample in dev]
        got = [""] * len(dev)
        for fold in range(FOLDS):
            made = train([sample for sample, of in zip(dev, folds, strict=True) if of != fold] + made_up, head, vectors)
            rows = {name: row for row, name in enumerate(made.features)}
            for at in (at for at, of in enumerate(folds) if of == fold):
                got[at] = made.best(dev[at].features, rows)
        weighted, macro = (f1_score(wanted, got, average=mean, zero_division=0) for mean in ("weighted", "macro"))
        found.append((accuracy_score(wanted, got), weighted, macro))
        says.append(f"{weighted:.1%}")
    accuracy, weighted, macro = np.mean(found, axis=0)
    error = 1.96 * math.sqrt(accuracy * (1 - accuracy) / len(wanted))
    print(
        f"{head.scheme}: {len(dev)} dev, {len(made_up)} invented, {len(SALTS)} ways to split: "
        f"accuracy {accuracy:.1%} (±{error:.1%}), weighted F1 {weighted:.1%} ({', '.join(says)}), macro F1 {macro:.1%}",
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
    gathered = {name: samples(head.scheme, given.bench, extractor, recorder) for name, head in HEADS.items()}
    if given.check:
        for name, head in HEADS.items():
            check(gathered[name], head, vectors)
    else:
        write({name: train(gathered[name], head, vectors) for name, head in HEADS.items()})


def write(trained: Mapping[str, Trained]) -> None:
    """The weights file."""
    models = {name: packed.pack(made.labels, made.bias, made.features, made.weights) for name, made in trained.items()}
    WEIGHTS.write_bytes(orjson.dumps({"provenance": PROVENANCE, "models": models}, option=orjson.OPT_INDENT_2))
    print(f"{WEIGHTS}: {WEIGHTS.stat().st_size / 1e6:.2f} MB", flush=True)


if __name__ == "__main__":
    main()
