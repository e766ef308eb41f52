"""Finding known names in running text: folds case, diacritics, hyphens and apostrophes, keeps the text's own offsets.

`knowledge` fills it with the aliases of its files and asks it for every article; nothing here knows what a name means.
Words are compared whole, so "Assad" is not found in "ambassador". It does not inflect and does not guess spellings: a form
that is to be found is listed. Prefixes written onto a word (Arabic "wa-", Hebrew "be-") are a known gap.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")

EXACT = "="  # before an alias in a file: found only as spelled, e.g. "=Turkey"
_APOSTROPHES = "'’‘`´′\u02bc\u02be\u02bf\u02bb\u02b9"
_IGNORED = "\u00ad\u200b-\u200f\u2060\ufeff\u0640"  # soft hyphen, zero width and direction marks, Arabic stretching
_MARKS = "\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0670"  # combining accents, Hebrew and Arabic vowel points
_WORD = re.compile(
    rf"[A-Za-z](?:\.[A-Za-z])+\b\.?(?!\w)"  # U.S., U.S, D.R.C.
    r"|(?:St|Mt|Ft)\.(?=\s[A-Z])"  # St. Lucia
    rf"|[^\W_](?:[^\W_]|[{_MARKS}{_IGNORED}]|[{_APOSTROPHES}](?=[^\W_]))*"
)
_DROPPED = re.compile(rf"[{_APOSTROPHES}{_MARKS}{_IGNORED}.]")
_POSSESSIVE = re.compile(rf"[{_APOSTROPHES}][sS]$")
_LETTERS = str.maketrans({
    "ı": "i", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "Ae",
    "ə": "e", "Ə": "E", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه",
})  # fmt: skip  # what NFKD leaves alone; the Arabic ones are the usual spelling variants and Persian forms
_GAP = re.compile(rf"[{_APOSTROPHES}]?\s*[-\u2010-\u2015_]?\s*[{_APOSTROPHES}]?")
_ALSO_VERBS = frozenset({"IS", "WHO"})  # names that are a word of every sentence where all is written in capitals
_SHORT_TITLE = 4  # letters of "Gen", "Prof"; longer words before a full stop end a sentence (assumption)
_SHORT_CAPITALS = 3  # letters; "US", "IS", "IDF" are found in capitals only, "NATO" also as "Nato"


@lru_cache(maxsize=16_384)
def _spelling(word: str) -> str:
    """The word without diacritics, apostrophes and invisible characters, in its own case."""
    if not word.isascii():
        word = unicodedata.normalize("NFKD", word).translate(_LETTERS)
    return word if word.isalnum() and word.isascii() else _DROPPED.sub("", word)


@lru_cache(maxsize=16_384)
def _keys(word: str) -> tuple[tuple[str, str], tuple[str, str] | None, int]:
    """Folded and exact key of a word, the same without its possessive (None: it has none), and how long that is."""
    spelled = _spelling(word)
    keys = (spelled.casefold(), EXACT + spelled)
    owner = _POSSESSIVE.search(word)
    if owner is None:
        return keys, None, 0
    stem = _spelling(word[: owner.start()])
    return keys, (stem.casefold(), EXACT + stem), owner.start()


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """The words of a text as they are compared: folded, with one space between."""
    return " ".join(_spelling(word).casefold() for word in _WORD.findall(text))


def word_count(text: str) -> int:
    """How many words the text has, as they are told apart here."""
    return len(_WORD.findall(text))


@lru_cache(maxsize=16_384)
def alias_keys(alias: str) -> tuple[str, ...]:
    """What an alias is stored under, one key a word; empty for an alias without letters."""
    exact = alias.startswith(EXACT)
    keys = []
    for word in _WORD.findall(alias):
        spelled = _spelling(word)
        short = len(spelled) <= _SHORT_CAPITALS and spelled.isupper()
        keys.append(EXACT + spelled if exact or short else spelled.casefold())
    return tuple(keys)


@lru_cache(maxsize=256)
def word_keys(text: str) -> frozenset[str]:
    """All keys under which a word of the text may be stored: no alias is found here that has another key (see `alias_keys`)."""
    found: set[str] = set()
    for word in set(_WORD.findall(text)):
        keys, stem, _ = _keys(word)
        found.update(keys)
        found.update(stem or ())
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """One name in a text."""

    start: int
    end: int  # one past the last character; a possessive 's is left out
    value: T


class _Branch(Generic[T]):
    """A node of the tree of keys."""

    __slots__ = ("ends", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Branch[T]] = {}
        self.ends: tuple[T, ...] = ()  # what the alias that ends here stands for; empty when none does


class Aliases(Generic[T]):
    """Aliases and what they stand for."""

    def __init__(self, pairs: Iterable[tuple[str, T]]) -> None:
        """The first of two equal aliases stays."""
        self._root: _Branch[T] = _Branch()
        for alias, value in pairs:
            branch = self._root
            for key in alias_keys(alias):
                below = branch.next.get(key)
                if below is None:
                    below = branch.next[key] = _Branch()
                branch = below
            if branch is not self._root and not branch.ends:
                branch.ends = (value,)
        self._begins = lru_cache(maxsize=16_384)(self._begins_one)

    def _begins_one(self, word: str) -> bool:
        """Whether an alias begins with the word."""
        keys, stem, _ = _keys(word)
        return not self._root.next.keys().isdisjoint((*keys, *(stem or ())))

    def find(self, text: str) -> Iterator[Found[T]]:
        """Names in the text, left to right, the longest at each word, never overlapping."""
        words = [(m.start(), m.end(), m.group()) for m in _WORD.finditer(text)]
        begins = self._begins
        last = -1
        for at in [place for place, (_, _, word) in enumerate(words) if begins(word)]:
            best = self._longest(text, words, at) if at > last else None
            if best is not None and not (best[0] == at and _shouted(words, at)):
                last, end, value = best
                yield Found(words[at][0], end, value)

    def of(self, phrase: str) -> T | None:
        """What a phrase stands for when the whole of it is one alias; None: no alias."""
        for found in self.find(phrase):
            outside = phrase[: found.start] + phrase[found.end :]
            return None if _WORD.search(_POSSESSIVE.sub("", outside)) else found.value
        return None

    def _longest(self, text: str, words: list[tuple[int, int, str]], at: int) -> tuple[int, int, T] | None:
        """Index of the last word, end and value of the longest name that begins with the word at `at`."""
        best: tuple[int, int, T] | None = None
        branches = [self._root]
        while at < len(words) and branches:
            start, end, word = words[at]
            keys, stem, stem_length = _keys(word)
            if stem is not None:
                for branch in branches:
                    for key in stem:
                        leaf = branch.next.get(key)
                        if leaf is not None and leaf.ends:
                            best = (at, start + stem_length, leaf.ends[0])
            branches = [branch.next[key] for branch in branches for key in keys if key in branch.next]
            for branch in branches:
                if branch.ends:
                    best = (at, end, branch.ends[0])
            at += 1
            if at < len(words) and not _joined(text[end : words[at][0]], word):
                break
        return best


def _shouted(words: list[tuple[int, int, str]], at: int) -> bool:
    """Whether a word that may be a name or a verb stands among words in capitals, where nobody can tell."""
    if words[at][2] not in _ALSO_VERBS:
        return False
    beside = [word for _, _, word in words[max(0, at - 1) : at] + words[at + 1 : at + 2]]
    return all(word.isupper() for word in beside) and any(len(word) > _SHORT_CAPITALS for word in beside)


def _joined(gap: str, before: str) -> bool:
    """Whether two words with this between them may belong to one name: spaces, one line break, a hyphen.

    A full stop belongs to the word before it where that may be an initial or a title: "J. Doe", "Gen. Doe".
    """
    if gap.startswith(". ") and len(before) <= _SHORT_TITLE and before[0].isupper():
        gap = gap[1:]
    return gap in {" ", "-"} or (gap != "" and gap.count("\n") < 2 and _GAP.fullmatch(gap) is not None)
