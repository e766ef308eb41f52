"""Trains the role check and what hears all models: streams/data/roles and real-incidents.weights.json.

    python tests/bench/train_roles.py MUC4.jsonl [--cache FILE] [--on DEV] [--write]

One candidate is a head word of an article with all its mentions; it is a part where the key has a filler with that head. The word
models of `train_real` answer first, each on articles it has not seen, and their answers are features. Prints five-fold figures by
article.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from muc4_gold import SLOTS, Learner, Row, Told, article_labels, best_threshold, choose, folds, part_labels, recorded
from train_real import EVENTS, event_rows, fill, incident_figures

from streams.extract import gist
from streams.extract.parts import head_word
from streams.records.flow import Event

ROLES = {"c": 5, "least": 3, "share": 0.15}
INCIDENTS = {"c": 0.02, "least": 4}
Rows = list[Told]


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


def answers(told: Rows, learn: Rows) -> tuple[list[np.ndarray], list[tuple[Event, ...]]]:
    """What role and event models learned from `learn` say of the candidates and events of `told`."""
    roles = Learner(gist.ROLES, **ROLES).learn(*part_rows(learn))
    events = Learner(("real",), **EVENTS).learn(*event_rows(learn))
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


def incident_rows(told: Rows, asked: list[np.ndarray], sure: list[tuple[Event, ...]]) -> list[Row]:
    """Features of the articles for the last model."""
    triples = zip(told, asked, sure, strict=True)
    return [(gist.of_incidents(each.weighed, own, says.tolist()), set()) for each, says, own in triples]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--on", default="")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    told = [each for each in recorded(given.data, given.cache) if each.id.startswith(given.on)]
    fill(told, [])
    for each in told:
        choose(each)
    asked: list[np.ndarray] = [np.zeros(0)] * len(told)
    sure: list[tuple[Event, ...]] = [()] * len(told)
    for learn, held in folds(len(told), 5):
        says, confident = answers([told[i] for i in held], [told[i] for i in learn])
        for i, parts, events in zip(held, says, confident, strict=True):
            asked[i], sure[i] = parts, events
    role_figures(told, np.concatenate(asked))
    rows, labels = incident_rows(told, asked, sure), np.array([article_labels(each) for each in told])
    said = np.zeros(labels.shape)
    for learn, held in folds(len(told), 5, seed=3):
        learner = Learner(gist.KINDS, **INCIDENTS).learn([rows[i] for i in learn], labels[learn])
        said[held] = learner.ask([rows[i] for i in held])
    incident_figures(told, said)
    if given.write:
        Learner(gist.ROLES, **ROLES).learn(*part_rows(told)).write("roles", "tests/bench/train_roles.py")
        Learner(gist.KINDS, **INCIDENTS).learn(rows, labels).write("real-incidents", "tests/bench/train_roles.py")


if __name__ == "__main__":
    main()
