"""Learned models of many labels and many features, packed: weights of one byte each, as the file of the sorter has them.

Called by `sorter` and `gist`. What `linear` is for a few hundred weights that one may read, this is for some hundred thousand; the
sums are the same. Nothing is learned at run time, and a model depends on nothing but its file.
"""

import base64
import hashlib
import math
import zlib
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import orjson

MOST = 127  # of a weight's byte


@dataclass(frozen=True, slots=True)
class Packed:
    """A logistic model, multinomial or one a label; a feature counts once, unknown ones count nothing."""

    labels: tuple[str, ...]
    bias: Any  # float32, one per label
    rows: Mapping[str, int]  # feature: its row in `weights`
    weights: Any  # int8, a row per feature, a column per label
    scale: float  # what one step of a weight is worth

    def probabilities(self, features: Iterable[str]) -> dict[str, float]:
        """Probability per label; they sum to 1."""
        return self.shares(self.found(set(features)))

    def each(self, features: Iterable[str]) -> dict[str, float]:
        """Probability per label where the labels are questions of their own, each yes or no."""
        return self.chances(self.found(set(features)))

    def scores(self, features: Set[str], words: Set[str]) -> list[float]:
        """The sum of weights per label, in the order of `labels`.

        Args:
            words: features of which a text has the more the longer it is; their sum is divided by `length`.
        """
        return self.sums(self.found(features), self.found(words), len(words))

    def found(self, features: Iterable[str]) -> list[int]:
        """Rows of the features that the model knows; each may be named once."""
        return [row for row in map(self.rows.get, features) if row is not None]

    def shelf(self, prefix: str) -> dict[str, int]:
        """Rows of the features that begin so, by what follows: what is found there need not be written out as a feature first."""
        return {feature.removeprefix(prefix): row for feature, row in self.rows.items() if feature.startswith(prefix)}

    def shares(self, rows: Sequence[int]) -> dict[str, float]:
        """As `probabilities`, of features by their rows."""
        sums = self.bias + self.scale * self._steps(rows)
        powers = np.exp(sums - sums.max())
        return dict(zip(self.labels, (powers / powers.sum()).tolist(), strict=True))

    def chances(self, rows: Sequence[int]) -> dict[str, float]:
        """As `each`, of features by their rows."""
        sums = self.bias + self.scale * self._steps(rows)
        return dict(zip(self.labels, (1 / (1 + np.exp(-sums))).tolist(), strict=True))

    def sums(self, features: Sequence[int], words: Sequence[int], number: int) -> list[float]:
        """As `scores`, of features by their rows; `number`: of words in all, known or not."""
        steps = self._steps(words) / length(number)
        if features:
            steps = steps + self._steps(features)
        found: list[float] = (self.bias + self.scale * steps).tolist()
        return found

    def sums_of(self, rows: Any, places: Any, numbers: Any) -> list[list[float]]:
        """As `sums` of words alone, of several texts: `places` has each row's text, `numbers` how many words each text has in all."""
        taken = self.weights.take(rows, axis=0)
        steps = np.stack([np.bincount(places, taken[:, label], len(numbers)) for label in range(taken.shape[1])], axis=1)
        found: list[list[float]] = (self.bias + self.scale * (steps / np.sqrt(numbers + 5.0)[:, None])).tolist()
        return found

    def _steps(self, rows: Sequence[int]) -> Any:
        """The sum of bytes per label: whole numbers, so that their order does not show."""
        return np.add.reduce(self.weights.take(np.array(rows, np.intp), axis=0), dtype=np.int32)


@dataclass(frozen=True, slots=True)
class Models:
    """The models of one file."""

    models: Mapping[str, Packed]
    provenance: str  # what they were learned from, by which script
    version: str  # hash of the file, part of the extractor's version


def logistic(sums: Sequence[float]) -> list[float]:
    """Each sum as a probability of its own."""
    return [1 / (1 + math.exp(-max(-60.0, min(60.0, value)))) for value in sums]


def length(number: int) -> float:
    """What the sum over so many words of one text is divided by: the root, so that a long text says no more than a short one."""
    return math.sqrt(number + 5)


@lru_cache(maxsize=8)
def load(name: str) -> Models:
    """The models of `streams/data/NAME.weights.json`."""
    return parse((files("streams") / "data" / f"{name}.weights.json").read_bytes())


def parse(content: bytes) -> Models:
    """The models of a file: {"provenance", "models": {name: what `pack` returns}}."""
    made = orjson.loads(content)
    return Models(
        models={name: _unpacked(one) for name, one in made["models"].items()},
        provenance=made["provenance"],
        version=hashlib.sha256(content).hexdigest()[:12],
    )


def pack(labels: Iterable[str], bias: Any, features: Iterable[str], weights: Any) -> dict[str, Any]:
    """A model as its file holds it: features by line, weights in bytes of the largest one's 127th, compressed.

    Args:
        bias: one number per label.
        weights: a row per feature, a column per label.
    """
    scale = float(np.abs(weights).max()) / MOST
    steps = np.rint(np.asarray(weights) / scale).astype(np.int8)
    return {
        "labels": list(labels),
        "bias": [round(float(value), 3) for value in bias],
        "scale": scale,
        "features": "\n".join(features),
        "weights": base64.b64encode(zlib.compress(steps.tobytes(), 9)).decode(),
    }


def _unpacked(one: Mapping[str, Any]) -> Packed:
    features = one["features"].split("\n")
    steps = np.frombuffer(zlib.decompress(base64.b64decode(one["weights"])), dtype=np.int8)
    return Packed(
        labels=tuple(one["labels"]),
        bias=np.array(one["bias"], dtype=np.float32),
        rows={feature: row for row, feature in enumerate(features)},
        weights=steps.reshape(len(features), len(one["labels"])),
        scale=float(one["scale"]),
    )
