"""Trains the role check and what hears all models: streams/data/roles, beside and real-incidents.weights.json.

    python tests/bench/train_roles.py MUC4.jsonl --vectors VECTORS.npz [--cache FILE] [--on DEV] [--write]

One candidate is a head word of an article with all its mentions; it is a part where the key has a filler with that head. The word
models of `train_real` answer first, each on articles it has not seen, and their answers are features; so are those of the role
check for the model that lays the candidates of an article side by side. Who took part is learned from invented articles too
(tests/bench/data); which incidents an article reports is not, for there they cost a point. VECTORS is what
`tests.bench.word_vectors` makes of the articles and other news: it tells which head words are near each other. Prints five-fold
figures by article.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
from muc4_gold import (
    DATA,
    SLOTS,
    Learner,
    Row,
    Told,
    article_labels,
    best_threshold,
    choose,
    folds,
    invented,
    part_labels,
    recorded,
)
from sklearn.linear_model import LogisticRegression
from train_real import EVENTS, event_rows, fill, incident_figures

from streams.extract import beside, gist, linear
from streams.extract.parts import head_word
from streams.records.flow import Event

ROLES = {"c": 5, "least": 3, "share": 0.15, "solver": "lbfgs"}
DENSE = 0.01  # inverse strength of regularisation of models over numbers
NEAR = 0.3  # length of a word's vector: how far what is near is trusted
DIRECTIONS = 100  # of the vectors, the main ones
Rows = list[Told]
Vectors = tuple[list[str], np.ndarray]


def vectors_of(path: Path) -> Vectors:
    """Features that name a head word, and a row for each: the main directions of its vector."""
    made = np.load(path)
    table = made["vectors"].astype(float)
    table -= np.average(table, axis=0, weights=np.sqrt(made["counts"]))
    left, sizes, _ = np.linalg.svd(table, full_matrices=False)
    table = left[:, :DIRECTIONS] * sizes[:DIRECTIONS]
    return [f"={word}" for word in made["words"]], NEAR * table / np.linalg.norm(table, axis=1, keepdims=True)


def part_rows(told: Rows) -> tuple[list[Row], np.ndarray]:
    """Features and labels of all candidates."""
    rows = [(gist.of_part(one, each.weighed), one.features) for each in told for one in each.candidates]
    return rows, np.array([label for each in told for label in part_labels(each)])


def role_figures(told: Rows, said: np.ndarray) -> None:
    """Prints P, R and F1 of heads per role, with thresholds chosen here, one a role."""
    owners = [number for number, each in enumerate(told) for _ in each.candidates]
    keys = [one.key for each in told for one in each.candidates]
    total = np.zeros(4)
    for column, (slot, role) in enumerate(SLOTS.items()):

        def counts(least: float, column: int = column, slot: str = slot) -> np.ndarray:
            chosen: dict[int, set[str]] = {}
            for row in np.nonzero(said[:, column] >= least)[0]:
                chosen.setdefault(owners[row], set()).add(keys[row])
            found = np.zeros(4)
            for number, each in enumerate(told):
                mine = chosen.get(number, set())
                sure, unsure = [], []
                for incident in each.incidents:
                    for filler in incident[slot]:
                        (unsure if incident["optional"] or filler["optional"] else sure).append(
                            {head_word(n) for n in filler["strings"]}
                        )
                sure = [heads for at, heads in enumerate(sure) if heads not in sure[:at]]
                right = {key for key in mine if any(key in heads for heads in sure)}
                judged = {key for key in mine if key in right or not any(key in heads for heads in unsure)}
                found += (len(right), len(judged), sum(bool(heads & mine) for heads in sure), len(sure))
            return found

        def f1(found: np.ndarray) -> tuple[float, float, float]:
            p = found[0] / found[1] if found[1] else 0.0
            r = found[2] / found[3] if found[3] else 0.0
            return p, r, 2 * p * r / (p + r) if p + r else 0.0

        least = best_threshold(lambda t: f1(counts(t))[2])
        here = counts(least)
        total += here
        print(f"  {role:13} P/R/F1", *(f"{100 * x:.1f}" for x in f1(here)), f"threshold {least:.3f}")
    p, r = total[0] / total[1], total[2] / total[3]
    print("  all           P/R/F1", *(f"{100 * x:.1f}" for x in (p, r, 2 * p * r / (p + r))), flush=True)


def role_model(learn: Rows, vectors: Vectors) -> Learner:
    """The role check learned from these articles."""
    return Learner(gist.ROLES, **ROLES, vectors=vectors).learn(*part_rows(learn))


def answers(told: Rows, learn: Rows, vectors: Vectors) -> tuple[list[np.ndarray], list[tuple[Event, ...]]]:
    """What role and event models learned from `learn` say of the candidates and events of `told`; events only from the corpus."""
    roles = role_model(learn, vectors)
    events = Learner(("real",), **EVENTS).learn(*event_rows([each for each in learn if not each.invented]))
    asked = [roles.ask(part_rows([each])[0]) if each.candidates else np.zeros((0, len(gist.ROLES))) for each in told]
    sure = []
    for each in told:
        features = [gist.of_event(event, each.weighed) for event in each.events]
        rows = [(own, set[str]()) for own in features if own is not None]
        found = iter(events.ask(rows)[:, 0].tolist() if rows else [])
        sure.append(
            tuple(e if own is None else replace(e, confidence=next(found)) for e, own in zip(each.events, features, strict=True))
        )
    return asked, sure


def dense_model(table: np.ndarray, labels: np.ndarray, columns: Sequence[str], named: Sequence[str]) -> linear.Linear:
    """A model of numbers, each brought to one spread while it is learned; a label of -1 leaves a row out."""
    middle, spread = table.mean(axis=0), table.std(axis=0) + 1e-9
    weights, bias = [], []
    for column in labels.T:
        known = column >= 0
        model = LogisticRegression(C=DENSE, max_iter=300).fit((table[known] - middle) / spread, column[known])
        weights.append(model.coef_[0] / spread)
        bias.append(float(model.intercept_[0] - (model.coef_[0] * middle / spread).sum()))
    rows = zip(columns, np.array(weights).T.tolist(), strict=True)
    provenance = f"tests/bench/train_roles.py; {DATA}"
    return linear.Linear(tuple(named), tuple(bias), {name: tuple(enumerate(row)) for name, row in rows}, provenance, "")


def beside_model(told: Rows, asked: list[np.ndarray]) -> linear.Linear:
    """The model that lays candidates side by side; `asked` are answers of role checks that had not seen the article."""
    pairs = [(each, says) for each, says in zip(told, asked, strict=True) if each.candidates]
    table = np.vstack([beside.features(each.candidates, says) for each, says in pairs])
    labels = np.vstack([part_labels(each) for each, _ in pairs])
    return dense_model(table, labels, beside.names(gist.ROLES), gist.ROLES)


def incident_rows(told: Rows, asked: list[np.ndarray], sure: list[tuple[Event, ...]]) -> np.ndarray:
    """Features of the articles for the last model."""
    triples = zip(told, asked, sure, strict=True)
    return np.array([gist.of_incidents(each.weighed, own, says.tolist()) for each, says, own in triples])


def incident_model(rows: np.ndarray, labels: np.ndarray) -> linear.Linear:
    """The last model."""
    return dense_model(rows, labels, gist.INCIDENTS, gist.KINDS)


def write(model: linear.Linear, name: str) -> None:
    """A model of numbers as a file of `streams/data`, rounded so that it may be read."""
    weights = {name: [[label, round(weight, 4)] for label, weight in row] for name, row in model.weights.items()}
    content = {
        "provenance": model.provenance, "labels": model.labels, "bias": [round(b, 4) for b in model.bias], "weights": weights,
    }  # fmt: skip
    path = Path(__file__).parents[2] / "streams" / "data" / f"{name}.weights.json"
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE))
    print(f"{name}: {len(weights)} features, {path.stat().st_size / 1e6:.2f} MB")


def crossed(told: Rows, vectors: Vectors) -> tuple[list[np.ndarray], list[tuple[Event, ...]]]:
    """Per article what role and event models say that had not seen it; `weighed` must hold such answers already."""
    asked: list[np.ndarray] = [np.zeros(0)] * len(told)
    sure: list[tuple[Event, ...]] = [()] * len(told)
    for learn, held in folds(len(told), 5):
        says, confident = answers([told[i] for i in held], [told[i] for i in learn], vectors)
        for i, parts, events in zip(held, says, confident, strict=True):
            asked[i], sure[i] = parts, events
    return asked, sure


def figures(told: Rows, asked: list[np.ndarray], rows: np.ndarray, labels: np.ndarray) -> None:
    """Prints five-fold figures of roles, before and after a look at the other candidates, and of incidents."""
    real = [number for number, each in enumerate(told) if not each.invented]
    role_figures([told[i] for i in real], np.concatenate([asked[i] for i in real]))
    looked: list[np.ndarray] = [np.zeros((0, len(gist.ROLES)))] * len(told)
    said = np.zeros(labels.shape)
    for learn, held in folds(len(told), 5, seed=3):
        model = linear.Dense(beside_model([told[i] for i in learn], [asked[i] for i in learn]), beside.names(gist.ROLES))
        for i in held:
            if told[i].candidates:
                looked[i] = np.array(model.chances(beside.features(told[i].candidates, asked[i])))
        known = [i for i in learn if not told[i].invented]
        said[held] = linear.Dense(incident_model(rows[known], labels[known]), gist.INCIDENTS).chances(rows[held])
    role_figures([told[i] for i in real], np.concatenate([looked[i] for i in real]))
    incident_figures([told[i] for i in real], said[real])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--on", default="")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    told = [each for each in recorded(given.data, given.cache) if each.id.startswith(given.on)]
    vectors = vectors_of(given.vectors)
    more = invented()
    fill(told, more)
    told += more
    for each in told:
        choose(each)
    asked, sure = crossed(told, vectors)
    rows, labels = incident_rows(told, asked, sure), np.array([article_labels(each) for each in told])
    if not given.write:
        figures(told, asked, rows, labels)
        return
    role_model(told, vectors).write("roles", "tests/bench/train_roles.py; invented reports of tests/bench/data")
    write(beside_model(told, asked), "beside")
    real = [number for number, each in enumerate(told) if not each.invented]
    write(incident_model(rows[real], labels[real]), "real-incidents")


if __name__ == "__main__":
    main()
