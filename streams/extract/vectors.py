"""Word vectors in context: a pipeline's `tok2vec`, bit for bit, in half the time.

Called by `model`. What the first layers make of a word depends on its form and on whether a space follows it, on nothing beside it,
so it is worked out once for each (a third of the network's sums). The layers over neighbours are run without what only training
needs, and with the pieces of a maxout side by side, so that numpy compares whole rows. Sums are taken in the same order by the
same product as in thinc, whose rows come out alike in every batch: numpy's own is faster, but a row of its depends on how
many others there are. A pipeline of another make is left to spaCy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from spacy.tokens import Doc

MOST = 20_000  # forms kept, 8 MB; beyond them all are dropped
_OF_THE_FORM = frozenset({"NORM", "PREFIX", "SUFFIX", "SHAPE", "SPACY", "IS_SPACE", "LOWER", "ORTH"})
_WORD_BY_WORD = frozenset(
    {"extract_features", "list2ragged", "ints-getitem", "hashembed", "maxout", "layernorm", "dropout", "ragged2list"}
)
_OVER_NEIGHBOURS = ["expand_window", "maxout", "layernorm", "dropout"]


@dataclass(frozen=True, slots=True)
class _Layer:
    """One residual layer over a word and its two neighbours; width w."""

    weights: Any  # (pieces * w, 3 * w), piece by piece
    bias: Any  # (pieces * w,)
    scale: Any  # (w,)
    shift: Any  # (w,)


class Vectors:
    """Runs a pipeline's `tok2vec` over sentences."""

    def __init__(self, vocab: Any, model: Any) -> None:
        """Raises ValueError where the network is of another make than this room knows."""
        self._vocab = vocab
        if len(model.layers) != 2:
            raise ValueError("not an embedding and an encoder")
        self._forms, encoder = model.layers
        leaves = [layer for layer in self._forms.walk() if not layer.layers]
        columns = {column for leaf in leaves for column in leaf.attrs.get("columns", ())}
        if not {leaf.name for leaf in leaves} <= _WORD_BY_WORD or not columns <= _OF_THE_FORM:
            raise ValueError("an embedding that looks at more than a word's form")
        if not encoder.name.startswith("with_array(") or len(encoder.layers) != 1:
            raise ValueError("an encoder that is no stack of layers")
        self._ops = model.ops
        self._padding = encoder.attrs["pad"]
        self._layers = [_layer(each) for each in encoder.layers[0].layers]
        self._width = model.get_dim("nO")
        self._places: dict[tuple[str, bool], int] = {}  # form and whether a space follows: its row
        self._rows = np.zeros((MOST, self._width), dtype="f")

    def of(self, sentences: Sequence[tuple[Sequence[str], Sequence[bool]]]) -> list[Any]:
        """For each sentence, given as words and whether a space follows each, a row per word."""
        gap, keys = self._padding, [list(zip(words, spaces, strict=True)) for words, spaces in sentences]
        places = self._known({key for own in keys for key in own})
        ends = np.cumsum([gap + len(own) for own in keys]).tolist()
        x = np.zeros((ends[-1] + gap, self._width), dtype="f")
        for end, own in zip(ends, keys, strict=True):
            if own:
                x[end - len(own) : end] = self._rows[[places[key] for key in own]]
        for layer in self._layers:
            x = self._deeper(x, layer)
        return [x[end - len(own) : end] for end, own in zip(ends, keys, strict=True)]

    def _known(self, wanted: set[tuple[str, bool]]) -> dict[tuple[str, bool], int]:
        """Rows of forms, the new ones worked out first."""
        new = sorted(wanted - self._places.keys())
        if len(self._places) + len(new) > MOST:
            self._places.clear()
            new = sorted(wanted)
        if len(new) > len(self._rows):  # a batch of more forms than are kept
            self._rows = np.zeros((len(new), self._width), dtype="f")
        if new:
            (rows,) = self._forms.predict([Doc(self._vocab, words=[word for word, _ in new], spaces=[space for _, space in new])])
            first = len(self._places)
            self._rows[first : first + len(new)] = rows
            self._places.update((key, first + place) for place, key in enumerate(new))
        return self._places

    def _deeper(self, x: Any, layer: _Layer) -> Any:
        """The rows after one layer more."""
        width = self._width
        beside = np.zeros((len(x), 3, width), dtype="f")
        beside[1:, 0], beside[:, 1], beside[:-1, 2] = x[:-1], x, x[1:]
        pieces = self._ops.gemm(beside.reshape(len(x), 3 * width), layer.weights, trans2=True)
        pieces += layer.bias
        best = np.maximum(pieces[:, :width], pieces[:, width : 2 * width])
        for piece in range(2 * width, pieces.shape[1], width):
            np.maximum(best, pieces[:, piece : piece + width], out=best)
        best -= best.mean(axis=1, keepdims=True)
        spread = (best * best).mean(axis=1, keepdims=True) + 1e-08
        best *= spread ** (-1.0 / 2.0)
        best *= layer.scale
        best += layer.shift
        best += x
        return best


def _layer(residual: Any) -> _Layer:
    leaves = [layer for layer in residual.walk(order="dfs_pre") if not layer.layers]
    if not residual.name.startswith("residual(") or [leaf.name for leaf in leaves] != _OVER_NEIGHBOURS:
        raise ValueError("a layer that is no maxout over neighbours")
    window, maxout, norm, _ = leaves
    width, pieces, inner = maxout.get_param("W").shape
    if window.attrs["window_size"] != 1 or inner != 3 * width or pieces < 2:
        raise ValueError("a window of another size")
    return _Layer(
        weights=np.ascontiguousarray(maxout.get_param("W").transpose(1, 0, 2)).reshape(pieces * width, inner),
        bias=np.ascontiguousarray(maxout.get_param("b").T).reshape(pieces * width),
        scale=norm.get_param("G"),
        shift=norm.get_param("b"),
    )
