"""What is kept of an article's words and of whose word it rests on; records of the Memory port, like those of `flow`."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """An article's word shingles, kept as long as copies of it are looked for."""

    article: str
    published: datetime
    shingles: bytes  # distinct hashes of its runs of five words: little-endian, 32 bits each, ascending
    keys: tuple[int, ...]  # some of them, signed 64 bits, ascending; two texts that share twelve words in a row share one


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """An outlet that an article credits."""

    name: str  # "Reuters", "AFP"
    start: int = 0  # first character of the sentence of `Article.text` that it speaks for
    end: int = 0  # one past its last; 0: it speaks for the whole article


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """Whose word an article rests on, as far as its text says."""

    article: str
    copies: tuple[str, ...] = ()  # articles that it copies or that copy it, in order of their ids
    credits: tuple[Credit, ...] = ()  # those of the whole article first
