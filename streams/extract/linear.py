"""Learned linear models as data: features in, probabilities out. Called by the rooms of `extract` that weigh or sort what grammar found.

A model is one file in `streams/data`, written by a training script of `tests/bench` and read here; it says where its data came
from. Nothing is learned at run time, and a model depends on nothing but its file.
"""

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

import orjson

_STEPS = 1_000_000  # of a weight, which files give with three decimals
_LANE = 1 << 44  # room of one label in a joined number: sums of weights up to eight million
_HALF = _LANE // 2


@dataclass(frozen=True, slots=True)
class Linear:
    """A multinomial logistic model over named features; with one label a plain logistic one."""

    labels: tuple[str, ...]
    bias: tuple[float, ...]  # one per label
    weights: dict[str, int]  # feature: its weights per label in one number, see `_joined`
    provenance: str  # what it was learned from, by which script
    version: str  # hash of the file, part of the extractor's version

    def scores(self, features: Iterable[str]) -> list[float]:
        """The sum of weights per label, in the order of `labels`; a feature counts once, unknown ones count nothing.

        All labels are summed at once, and exactly: the order of a set must not show in the last digit.
        """
        total = sum(filter(None, map(self.weights.get, set(features))))
        sums = []
        for bias in self.bias:
            low = (total + _HALF) % _LANE - _HALF
            sums.append(bias + low / _STEPS)
            total = (total - low) // _LANE
        return sums

    def probabilities(self, features: Iterable[str]) -> dict[str, float]:
        """Probability per label: they sum to 1, or with one label say how likely that one holds."""
        sums = self.scores(features)
        if len(sums) == 1:
            return {self.labels[0]: 1 / (1 + math.exp(-max(-60.0, min(60.0, sums[0]))))}
        highest = max(sums)
        powers = [math.exp(value - highest) for value in sums]
        total = sum(powers)
        return {label: power / total for label, power in zip(self.labels, powers, strict=True)}


def load(name: str) -> Linear:
    """The model `streams/data/NAME.weights.json`."""
    return parse((files("streams") / "data" / f"{name}.weights.json").read_bytes())


def parse(content: bytes) -> Linear:
    """The model of a file: {"labels", "bias", "weights": {feature: [[label index, weight], ...]}, "provenance"}."""
    made = orjson.loads(content)
    return Linear(
        labels=tuple(made["labels"]),
        bias=tuple(made["bias"]),
        weights={feature: _joined(pairs) for feature, pairs in made["weights"].items()},
        provenance=made["provenance"],
        version=hashlib.sha256(content).hexdigest()[:12],
    )


def _joined(pairs: Iterable[tuple[int, float]]) -> int:
    """Weights by index of the label in one number: in steps of a millionth, label n shifted n lanes up; such numbers add up as the weights do."""
    return sum(round(weight * _STEPS) * _LANE**label for label, weight in pairs)
