"""Learned linear models as data: features in, probabilities out. Called by the rooms of `extract` that weigh or sort what grammar found.

A model is one file in `streams/data`, written by a training script of `tests/bench` and read here; it says where its data came
from. Nothing is learned at run time, and a model depends on nothing but its file.
"""

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import orjson


@dataclass(frozen=True, slots=True)
class Linear:
    """A multinomial logistic model over named features; with one label a plain logistic one."""

    labels: tuple[str, ...]
    bias: tuple[float, ...]  # one per label
    weights: dict[str, tuple[tuple[int, float], ...]]  # feature: (index of the label, weight) where that is not nothing
    provenance: str  # what it was learned from, by which script
    version: str  # hash of the file, part of the extractor's version

    def scores(self, features: Iterable[str]) -> list[float]:
        """The sum of weights per label, in the order of `labels`; a feature counts once, unknown ones count nothing."""
        terms: list[list[float]] = [[bias] for bias in self.bias]
        for pairs in map(self.weights.get, set(features)):
            if pairs is not None:
                for label, weight in pairs:
                    terms[label].append(weight)
        return [math.fsum(each) for each in terms]  # exact: the order of a set must not show in the last digit

    def probabilities(self, features: Iterable[str]) -> dict[str, float]:
        """Probability per label: they sum to 1, or with one label say how likely that one holds."""
        sums = self.scores(features)
        if len(sums) == 1:
            return {self.labels[0]: 1 / (1 + math.exp(-max(-60.0, min(60.0, sums[0]))))}
        highest = max(sums)
        powers = [math.exp(value - highest) for value in sums]
        total = sum(powers)
        return {label: power / total for label, power in zip(self.labels, powers, strict=True)}


class Dense:
    """A model whose features are numbers that every case has, in one order: one logistic sum a label."""

    def __init__(self, model: Linear, names: Sequence[str]) -> None:
        """Raises KeyError where the model has no weight for one of the names."""
        self._bias = np.array(model.bias)
        self._weights = np.zeros((len(names), len(model.labels)))
        for row, name in enumerate(names):
            for label, weight in model.weights[name]:
                self._weights[row, label] = weight

    def chances(self, rows: Any) -> list[list[float]]:
        """Probability per row and label."""
        sums = self._bias + np.asarray(rows) @ self._weights
        found: list[list[float]] = (1 / (1 + np.exp(-np.clip(sums, -60.0, 60.0)))).tolist()
        return found


def load(name: str) -> Linear:
    """The model `streams/data/NAME.weights.json`."""
    return parse((files("streams") / "data" / f"{name}.weights.json").read_bytes())


def parse(content: bytes) -> Linear:
    """The model of a file: {"labels", "bias", "weights": {feature: [[label index, weight], ...]}, "provenance"}."""
    made = orjson.loads(content)
    return Linear(
        labels=tuple(made["labels"]),
        bias=tuple(made["bias"]),
        weights={feature: tuple((label, weight) for label, weight in pairs) for feature, pairs in made["weights"].items()},
        provenance=made["provenance"],
        version=hashlib.sha256(content).hexdigest()[:12],
    )
