"""The words of a parsed sentence and the tree over them, as plain objects.

Made by `model` out of spaCy's arrays, read by every question of this package. Names of fields are spaCy's, and what they hold is what
spaCy's own tokens hold (tests/streams/extract/test_model.py); but a spaCy token is made anew, and its strings are looked up, at
every step through the tree, which took half of the time of extraction.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from spacy.lang.en.lex_attrs import like_num


class Form(NamedTuple):
    """What is the same wherever a word stands with one tag and label."""

    text: str
    lower: str
    lemma: str
    pos: str
    tag: str
    dep: str


class Token:
    """A word in its tree. Two are equal only when they are the same."""

    __slots__ = ("children", "dep_", "doc", "head", "i", "idx", "lemma_", "lower_", "pos_", "tag_", "text", "whitespace_")

    def __init__(self, doc: "Tokens", i: int, idx: int, form: Form, whitespace: str) -> None:
        self.doc = doc
        self.i = i  # place in the sentence
        self.idx = idx  # characters before it, in the words as the parser saw them
        self.text, self.lower_, self.lemma_, self.pos_, self.tag_, self.dep_ = form
        self.whitespace_ = whitespace
        self.head: Token = self  # of a root: itself
        self.children: Sequence[Token] = ()  # in reading order

    def __repr__(self) -> str:
        return self.text

    def hang(self, head: "Token") -> None:
        """Moves the word, with all below it, under another head."""
        if self.head is not self:
            self.head.children = [child for child in self.head.children if child is not self]
        self.head = head
        head.children = sorted([*head.children, self], key=_place)

    @property
    def lefts(self) -> list["Token"]:
        """Children before the word."""
        return [child for child in self.children if child.i < self.i]

    @property
    def rights(self) -> list["Token"]:
        """Children after the word."""
        return [child for child in self.children if child.i > self.i]

    @property
    def subtree(self) -> Iterator["Token"]:
        """The word and all below it, in reading order."""
        own = False
        for child in self.children:
            if not own and child.i > self.i:
                own = True
                yield self
            if child.children:
                yield from child.subtree
            else:
                yield child
        if not own:
            yield self

    @property
    def ancestors(self) -> Iterator["Token"]:
        """The words above, nearest first."""
        here = self
        while here.head is not here:
            here = here.head
            yield here

    @property
    def left_edge(self) -> "Token":
        """The first word of the subtree."""
        return min(self.subtree, key=_place)

    @property
    def right_edge(self) -> "Token":
        """The last word of the subtree."""
        return max(self.subtree, key=_place)

    @property
    def like_num(self) -> bool:
        """Whether it is a number in figures or letters."""
        return bool(like_num(self.text))

    def nbor(self, step: int) -> "Token":
        """The word so many places on; raises IndexError beyond the sentence."""
        if self.i + step < 0:
            raise IndexError(self.i + step)
        return self.doc[self.i + step]


class Tokens(list[Token]):
    """All words of one sentence in reading order; where the parser saw several sentences, it knows where each begins."""

    __slots__ = ("known", "starts")

    def __init__(self, forms: Sequence[Form], spaces: Iterable[bool], heads: Iterable[int], starts: Sequence[int]) -> None:
        """`heads`: of each word, how many places on its head stands; `starts`: places where sentences begin, the first left out."""
        super().__init__()
        self.known: dict[tuple[str, int], Any] = {}  # answers about a word that are asked for many times
        self.starts = starts
        at = 0
        for place, (form, spaced) in enumerate(zip(forms, spaces, strict=True)):
            self.append(Token(self, place, at, form, " " if spaced else ""))
            at += len(form.text) + spaced
        below: dict[int, list[Token]] = {}
        for token, step in zip(self, heads, strict=True):
            if step:
                token.head = self[token.i + step]
                below.setdefault(token.i + step, []).append(token)
        for place, children in below.items():
            self[place].children = children

    @property
    def text(self) -> str:
        """The words as the parser saw them."""
        return joined(self)

    def sentence(self, place: int) -> tuple[int, int]:
        """First place, and first place after, of the parser's sentence that a place lies in."""
        before = [start for start in self.starts if start <= place]
        after = [start for start in self.starts if start > place]
        return (before[-1] if before else 0), (after[0] if after else len(self))

    def root(self, place: int) -> Token:
        """The first root of that sentence."""
        first, end = self.sentence(place)
        return next((token for token in self[first:end] if token.head is token), self[place])

    def release(self) -> None:
        """Takes the tree apart, so that its memory is free at once: words that know each other wait for the collector."""
        for token in self:
            token.children = ()
            del token.head, token.doc
        self.known.clear()


def joined(tokens: Iterable[Token]) -> str:
    """The text of neighbouring words, white space at its end taken off."""
    return "".join([token.text + token.whitespace_ for token in tokens]).rstrip(" ")


def _place(token: Token) -> int:
    return token.i
