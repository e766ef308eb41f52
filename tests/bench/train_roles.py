"""Trains the role check: streams/data/roles.weights.json.

    python tests/bench/train_roles.py MUC4.jsonl [--cache FILE] [--on DEV] [--write]

One candidate is a head word of an article with all its mentions; it is a part where the key has a filler with that head. The word
models of `train_real` answer first, each on articles it has not seen, and their answers are features. Prints five-fold figures by
article.
"""

import argparse
from pathlib import Path

import numpy as np
from muc4_gold import SLOTS, Learner, Told, best_threshold, choose, folds, part_labels, recorded
from train_real import fill

from streams.extract import gist
from streams.extract.parts import head_word

ROLES = {"c": 0.3, "least": 3}
Rows = list[Told]


def part_rows(told: Rows) -> tuple[list[set[str]], np.ndarray]:
    """Features and labels of all candidates."""
    rows = [one.features | gist.of_part(one, each.weighed) for each in told for one in each.candidates]
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
    if given.write:
        Learner(gist.ROLES, **ROLES).learn(*part_rows(told)).write("roles", 0.05, "tests/bench/train_roles.py")
        return
    said: dict[int, np.ndarray] = {}
    for learn, held in folds(len(told), 5):
        learner = Learner(gist.ROLES, **ROLES).learn(*part_rows([told[i] for i in learn]))
        for i in held:
            said[i] = learner.ask(part_rows([told[i]])[0]) if told[i].candidates else np.zeros((0, len(gist.ROLES)))
    role_figures(told, np.concatenate([said[i] for i in range(len(told))]))


if __name__ == "__main__":
    main()
