"""Lists of words and phrases that are looked for in every sentence, asked only where one of their words stands.

Called by `worth`. To find a form, with whatever stands between its words, takes `Prefilter` a microsecond for each list; a look at
the sentence's words, which are known already, says of most lists at once that it would find none.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from streams.extract.sentences import Prefilter, folded

EVERY = -1  # what `Lists.of` would say where any list may have a form
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class List:
    """One list."""

    bit: int
    _forms: Prefilter

    def hits(self, sentence: str, listed: int) -> bool:
        """Whether a form of the list stands in the sentence; `listed`: what `Lists.of` says of its words."""
        return bool(listed & self.bit) and self._forms.hits(sentence)


class Lists:
    """Which lists a sentence may have a form of."""

    def __init__(self) -> None:
        self._number = 0
        self._bits: dict[str, int] = {}  # of a word that is a form: its lists
        self._phrases: dict[str, list[tuple[frozenset[str], int]]] = {}  # by its longest word: the words of a phrase

    def add(self, forms: Collection[str]) -> List:
        """Takes a list in."""
        bit = 1 << self._number
        self._number += 1
        for form in forms:
            words = _WORD.findall(folded(form).decode().casefold())
            if len(words) == 1:
                self._bits[words[0]] = self._bits.get(words[0], 0) | bit
            elif words:
                self._phrases.setdefault(max(words, key=len), []).append((frozenset(words), bit))
        return List(bit, Prefilter(forms))

    def of(self, words: frozenset[str]) -> int:
        """The bits of all lists of which a form may stand among these words, in small letters, of ASCII letters alone."""
        found = 0
        for word in words & self._bits.keys():
            found |= self._bits[word]
        for word in words & self._phrases.keys():
            for phrase, bit in self._phrases[word]:
                if phrase <= words:
                    found |= bit
        return found
