"""What an article's words alone say of the violence it tells: the features that the learned models read beside grammar.

Called by `gist` and by the scripts that train its models. A year is "#y" and every other number "#", so that no date is learned by heart.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import re2

from streams.extract.packed import Packed

_WORD = re.compile(r"[a-z][a-z'-]+|\d+")
# articles without any of these tell no violence of the kinds weighed here, and are not weighed; an assumption for speed
_ABOUT = re2.compile(
    r"(?i)"
    r"\b(?:attack|kill|murder|assassin|bomb|explo|dynamit|kidnap|abduct|hostage|shoot|shot|gun|massacre|terroris|guerrilla|rebel|militant|wound"
    r"|arson|sabotag|ambush|grenade|rocket|mortar|missile|death squad|blast|behead|execut|slain|slay|rob|loot|burn|ablaze|hijack|disappear|tortur)"
)
STEPS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9)  # of a probability that another model reads


def about(text: str) -> bool:
    """Whether a text has a word of violence at all."""
    return _ABOUT.search(text if text.isascii() else text.encode("utf-8", "replace").decode()) is not None


def words(text: str) -> list[str]:
    """Words in small letters, numbers as signs."""
    return [_numeral(word) if word[0].isdigit() else word for word in _WORD.findall(text.lower())]


def _numeral(digits: str) -> str:
    return "#y" if len(digits) == 4 and digits[:2] in ("19", "20") else "#"


def of_sentence(text: Sequence[Sequence[str]], at: int, place: int) -> set[str]:
    """Features of a sentence from its words and those beside it: words, beginnings, pairs, pairs over a gap.

    Args:
        text: words of all sentences.
        at: index of this one.
        place: its place in the text, 0 first.
    """
    told = text[at]
    found = set(told)
    found.update([f"p:{word[:5]}" for word in told if len(word) > 5])
    if at:
        found.update([f"<{word}" for word in text[at - 1]])
    if at + 1 < len(text):
        found.update([f">{word}" for word in text[at + 1]])
    found.update([f"{one}_{other}" for one, other in pairwise(told)])
    found.update([f"{one}__{other}" for one, other in zip(told, told[2:], strict=False)])
    found.add(f"pos{min(place, 6)}")
    found.add(f"len{len(told) // 8}")
    return found


class Shelves:
    """Where a model keeps the words of a sentence, by what a feature is made of: what `of_sentence` writes out is only looked up."""

    def __init__(self, model: Packed) -> None:
        self._own, self._starts, self._before, self._after = map(model.shelf, ("", "p:", "<", ">"))
        self._first = model.shelf("1:")
        self._pairs, self._gaps = _pairs(self._own, "_"), _pairs(self._own, "__")

    def of_sentence(self, text: Sequence[Sequence[str]], at: int, place: int) -> tuple[list[int], int]:
        """Rows of the features that `of_sentence` finds, and how many these are, known or not."""
        told = text[at]
        asked = (
            (self._own, set(told)),
            (self._starts, {word[:5] for word in told if len(word) > 5}),
            (self._before, set(text[at - 1]) if at else ()),
            (self._after, set(text[at + 1]) if at + 1 < len(text) else ()),
            (self._pairs, set(pairwise(told))),
            (self._gaps, set(zip(told, told[2:], strict=False))),
            (self._own, (f"pos{min(place, 6)}", f"len{len(told) // 8}")),
        )
        return _found(asked)

    def of_article(self, told: Sequence[Sequence[str]], first: Sequence[str]) -> tuple[list[int], int]:
        """The same for what `of_article` finds."""
        pairs = {pair for sentence in told for pair in pairwise(sentence)}
        return _found(
            ((self._own, {word for sentence in told for word in sentence}), (self._pairs, pairs), (self._first, set(first)))
        )


def _pairs(rows: Mapping[str, int], between: str) -> dict[tuple[str, str], int]:
    """Rows of pairs of words that are written with this between them."""
    split = (
        (feature.split("_"), row) for feature, row in rows.items() if feature.count("_") == len(between) and ":" not in feature
    )
    return {(parts[0], parts[-1]): row for parts, row in split if not any(parts[1:-1])}


def _found(asked: Iterable[tuple[Mapping[Any, int], Collection[Any]]]) -> tuple[list[int], int]:
    rows, number = list[int](), 0
    for shelf, keys in asked:
        rows.extend([row for row in map(shelf.get, keys) if row is not None])
        number += len(keys)
    return rows, number


def of_article(told: Sequence[Sequence[str]], first: Sequence[str]) -> set[str]:
    """Features of an article from the words of its sentences and those of its first paragraph."""
    found: set[str] = set()
    for sentence in told:
        found.update(sentence)
        found.update([f"{one}_{other}" for one, other in pairwise(sentence)])
    found.update([f"1:{word}" for word in first])
    return found


def steps(name: str, probability: float) -> Iterator[str]:
    """The steps that a probability has passed, so that a linear model can bend."""
    for step in STEPS[: bisect_right(STEPS, probability)]:
        yield f"{name}>{step}"


def reached(name: str, probability: float) -> str:
    """The last step that a probability has passed."""
    passed = bisect_right(STEPS, probability)
    return f"{name}~{STEPS[passed - 1] if passed else 0}"
