"""The word features of `gist_words`, for all sentences of an article at once and as rows of a model, without being written out.

Called by `gist`. An article has some hundred features a sentence: to write each out and look it up took a sixth of the time of
reading conflict news. Words have numbers here, pairs of words are products of numbers, and numpy finds those that are distinct in a
sentence. tests/streams/extract/test_cues.py holds every row against what `gist_words` writes out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from streams.extract.packed import Packed

MOST = 1 << 20  # numbers of words, far beyond any model's or any article's; a product of two fits 64 bits


@dataclass(frozen=True, slots=True)
class Rows:
    """Features that a model knows, and where they stand."""

    rows: Any  # of the model
    places: Any  # of each: its sentence
    numbers: Any  # of each sentence: how many features it has, known or not


class Tables:
    """The words of one model."""

    def __init__(self, model: Packed) -> None:
        plain = {feature: row for feature, row in model.rows.items() if ":" not in feature and feature[0] not in "<>"}
        before, after, first = model.shelf("<"), model.shelf(">"), model.shelf("1:")
        pairs = [(feature.split("_"), row) for feature, row in plain.items() if "_" in feature]
        known = {feature for feature in plain if "_" not in feature} | before.keys() | after.keys() | first.keys()
        known.update(word for words, _ in pairs for word in (words[0], words[-1]))
        self._number = {word: number for number, word in enumerate(sorted(known))}
        # by number of the word; the last is what a word without one finds
        self._own, self._before, self._after, self._first = (
            np.array([*(shelf.get(word, -1) for word in self._number), -1], np.intp) for shelf in (plain, before, after, first)
        )
        self._starts = model.shelf("p:")
        self._pairs = self._sorted([one for one in pairs if len(one[0]) == 2])
        self._gaps = self._sorted([one for one in pairs if len(one[0]) == 3])
        self._fixed = plain  # "pos0", "len3"

    def _sorted(self, pairs: Sequence[tuple[Sequence[str], int]]) -> tuple[Any, Any]:
        """Keys of pairs in order, and their rows."""
        keys = np.array([self._number[words[0]] * MOST + self._number[words[-1]] for words, _ in pairs], np.int64)
        order = np.argsort(keys)
        return keys[order], np.array([row for _, row in pairs], np.intp)[order]

    def _known(self, text: "Text") -> Any:
        """Of each number in a text the word's own here; -1 of words that the model does not know."""
        return np.array([*(self._number.get(word, -1) for word in text.own), -1], np.int64)

    def of_sentences(self, text: "Text", places: Sequence[int]) -> Rows:
        """What `gist_words.of_sentence` finds in each sentence; `places`: of each in the text or title."""
        number, known_as = len(text.told), self._known(text)
        found, numbers = [], np.zeros(number, np.int64)
        own, words = text.distinct(text.words)
        words = known_as[words]
        starts, begins = text.distinct(text.starts())
        for sentence, known in (
            (own, self._own[words]),
            (own + 1, self._before[words]),
            (own - 1, self._after[words]),
            (starts, np.array([self._starts.get(one, -1) for one in text.beginnings], np.intp)[begins]),
            self._of_pairs(text, known_as, self._pairs, 1),
            self._of_pairs(text, known_as, self._gaps, 2),
            (np.arange(number), np.array([self._fixed.get(f"pos{min(place, 6)}", -1) for place in places], np.intp)),
            (np.arange(number), np.array([self._fixed.get(f"len{len(one) // 8}", -1) for one in text.told], np.intp)),
        ):
            inside = (sentence >= 0) & (sentence < number)
            numbers += np.bincount(sentence[inside], minlength=number)
            inside &= known >= 0
            found.append((known[inside], sentence[inside]))
        rows, sentences = (np.concatenate(part) for part in zip(*found, strict=True))
        return Rows(rows, sentences, numbers)

    def of_article(self, text: "Text", first: Sequence[str]) -> tuple[list[int], int]:
        """Rows of what `gist_words.of_article` finds, and how many features that are."""
        known_as, begin = self._known(text), set(first)
        pairs, known = self._of_pairs(text, known_as, self._pairs, 1, apart=False)
        opening = self._first[[self._number.get(word, -1) for word in begin]]
        rows = np.concatenate((self._own[known_as], opening, known))
        return rows[rows >= 0].tolist(), len(text.own) + len(begin) + len(pairs)

    def _of_pairs(self, text: "Text", known_as: Any, table: tuple[Any, Any], step: int, *, apart: bool = True) -> tuple[Any, Any]:
        """Sentences and rows of the distinct pairs of words so many places apart; `apart`: distinct in each sentence."""
        beside = text.sentence[:-step] == text.sentence[step:]
        sentence = text.sentence[:-step][beside] if apart else np.zeros(int(beside.sum()), np.int64)
        size = len(known_as)
        keys = np.unique((sentence * size + text.words[:-step][beside]) * size + text.words[step:][beside])
        rest, last = np.divmod(keys, size)
        sentence, one = np.divmod(rest, size)
        one, last = known_as[one], known_as[last]
        wanted = np.where((one < 0) | (last < 0), -1, one * MOST + last)
        ordered, rows = table
        at = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
        return sentence, np.where(ordered[at] == wanted, rows[at], -1)


class Text:
    """The words of some sentences as numbers."""

    def __init__(self, told: Sequence[Sequence[str]]) -> None:
        own: dict[str, int] = {}
        self.words = np.array([own.setdefault(word, len(own)) for word in chain.from_iterable(told)], np.int64)
        self.sentence = np.repeat(np.arange(len(told)), [len(one) for one in told])
        self.told, self.own = told, own
        self.beginnings: list[str] = []

    def starts(self) -> Any:
        """Of each word the number of its beginning in `beginnings`; -1 of short words."""
        own: dict[str, int] = {}
        begins = np.array([own.setdefault(word[:5], len(own)) if len(word) > 5 else -1 for word in self.own], np.int64)
        self.beginnings = list(own)
        return begins[self.words]

    def distinct(self, numbers: Any) -> tuple[Any, Any]:
        """Sentences and numbers, each number once a sentence; -1 left out."""
        asked = numbers >= 0
        size = len(self.own) + 1
        sentence, number = np.divmod(np.unique(self.sentence[asked] * size + numbers[asked]), size)
        return sentence, number
