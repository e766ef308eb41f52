"""One parsed sentence with its offsets in the article: the sheet that every question of this package reads from.

Made by the reader; asked by triggers, participants, stage and the others. Holds what was found by words alone (names known
to the knowledge, time expressions) beside the tree, and turns tokens back into spans of the article.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from streams.extract import when
from streams.extract.tokens import Token, Tokens
from streams.knowledge.world import Entity
from streams.records.flow import Interval, Span, Where

_ABBREVIATED = re.compile(
    r"\b(?:[A-Z]\.){2,}|\b(?:Gen|Lt|Col|Maj|Brig|Sgt|Capt|Mr|Mrs|Ms|Dr|St|Sen|Rep|Gov|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\."
)

_RUN = re.compile(r"\w+")
_NEAR = 600  # characters on either side of a sentence, about a paragraph or two


@dataclass(frozen=True, slots=True)
class Timed:
    """A time expression: its words in sentence offsets, and the interval it means."""

    start: int
    end: int
    interval: Interval | None  # None: it leans on another event's time ("a day earlier") and is not resolved alone
    relation: str = ""  # "since", "until", "before", "after" when that word stands before it


@dataclass(frozen=True, eq=False)
class Wording:
    """A sentence as words alone, before any parse."""

    number: int  # order of reading: the title first, then the text
    where: Where
    start: int  # offset of the sentence in the article's text or title
    text: str  # as the article has it

    @cached_property
    def plain(self) -> str:
        """The sentence with the full stops of "U.S." and the like made middle dots: same offsets, no false end of a clause."""
        return plain(self.text)

    def span(self, start: int, end: int) -> Span:
        """A span of the article from sentence offsets."""
        return Span(self.text[start:end], self.start + start, self.start + end, self.where)

    def whole(self) -> Span:
        """The sentence itself."""
        return self.span(0, len(self.text))


@dataclass(frozen=True, eq=False)
class Parsed(Wording):
    """A sentence; offsets of its tokens count from the sentence's own start. What few sentences are asked for is found when asked."""

    tokens: Tokens  # parse of the text (true-cased when it was all upper case; same length)
    names: dict[int, Entity]  # token index: the entity the whole token names
    offsets: Sequence[tuple[int, int]]  # of each token, in sentence offsets: a headline's verb may be parsed in another form
    published: datetime  # of the article
    caption: bool = False
    lead: bool = False  # in the title, or one of the first two sentences of the text
    around: str = ""  # the article's text: a headline's "strike" is one of workers when the story is

    @cached_property
    def beside(self) -> str:
        """The article's text near the sentence: a word ten paragraphs away says nothing of it."""
        if self.where == "title":
            return self.around[:_NEAR]
        return self.around[max(0, self.start - _NEAR) : self.start + len(self.text) + _NEAR]

    @cached_property
    def words_beside(self) -> frozenset[str]:
        """The words of that text, in their own case."""
        return frozenset(_RUN.findall(self.beside))

    @cached_property
    def quotes(self) -> list[tuple[int, int]]:
        """Quoted stretches, sentence offsets."""
        return quoted_stretches(self.text)

    @cached_property
    def times(self) -> tuple[Timed, ...]:
        """Time expressions in reading order."""
        return tuple(
            Timed(expr.start, expr.end, when.resolve(expr, self.published), expr.relation) for expr in when.find(self.text)
        )

    def of(self, tokens: Iterable[Token]) -> Span:
        """The span from the first to the last of these tokens."""
        found = sorted(t.i for t in tokens)
        return self.span(self.offsets[found[0]][0], self.offsets[found[-1]][1])

    def word(self, token: Token) -> str:
        """The token's characters in the article; the parser may have seen a stand-in."""
        start, end = self.offsets[token.i]
        return self.text[start:end]

    def head(self, token: Token) -> str:
        """Lemma of a head noun, lower case; the last word of a name."""
        return re.split(r"[\s-]+", self.word(token))[-1].lower() if token.i in self.names else token.lemma_.lower()

    def offset(self, token: Token) -> int:
        """Where a token begins in the sentence."""
        start, _ = self.offsets[token.i]
        return start

    def is_time(self, token: Token) -> bool:
        """Whether a token lies in a time expression."""
        return any(t.start <= self.offset(token) < t.end for t in self.times)

    def quoted(self, token: Token) -> bool:
        """Whether a token stands inside quotation marks."""
        return any(a <= self.offset(token) < b for a, b in self.quotes)


def plain(text: str) -> str:
    """The text with the full stops of abbreviations made middle dots."""
    return _ABBREVIATED.sub(lambda match: match.group().replace(".", "·"), text)


def quoted_stretches(text: str) -> list[tuple[int, int]]:
    """Stretches inside double quotation marks; an unclosed one runs to the end of the sentence."""
    stretches, opened = [], -1
    for place, character in enumerate(text):
        if character == "“" or (character == '"' and opened < 0):
            opened = place
        elif character in '”"' and opened >= 0:
            stretches.append((opened, place))
            opened = -1
    if opened >= 0:
        stretches.append((opened, len(text)))
    return stretches
