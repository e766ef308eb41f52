"""Patterns that most sentences do not fit: asked of RE2 first whether they can, which takes a tenth of the time that `re` does.

Used like `re.compile` by whoever asks a whole sentence for words. RE2 knows no look-around, and letters, digits and white space of
ASCII only; so it is asked for the pattern without its look-arounds, which fits whatever the whole does, and only of text with
no other character than ASCII and the punctuation of newspapers. What it refuses does not fit; everything else `re` answers.
"""

import re
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import re2

_SHORT = 24  # characters: as soon searched as asked about; an assumption
# white space that RE2 does not take for any, and letters that fold into ASCII's, lie outside
_READABLE = re.compile("[\t\n\f\r\x20-\x7e‘’“”–—…]*")
_LOOK_AROUND = re.compile(r"\(\?(?:[=!]|<[=!])")


class Cue:
    """A compiled pattern; methods are those of `re.Pattern`."""

    __slots__ = ("_possible", "_whole")

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._whole = re.compile(pattern, flags)
        self._possible: Callable[[bytes], Any] | None = self._first

    @property
    def pattern(self) -> str:
        """The pattern as it was written."""
        return self._whole.pattern

    @property
    def flags(self) -> int:
        """The flags that it was written with, and those that `re` adds."""
        return self._whole.flags

    @property
    def asked(self) -> bool:
        """Whether RE2 has a way to write it."""
        return _possible(self._whole) is not None

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """The first match in [start, end)."""
        if end is not None:  # an end nearer than the text's may fit a "$"
            return self._whole.search(text, start, end)
        return self._whole.search(text, start) if self.may(text) else None

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The match at `start`."""
        return self._whole.match(text, start)

    def fullmatch(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """The match of all of [start, end)."""
        return self._whole.fullmatch(text, start, end)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All matches in reading order."""
        return self._whole.finditer(text) if self.may(text) else iter(())

    def findall(self, text: str) -> list[Any]:
        """The groups of all matches."""
        return self._whole.findall(text) if self.may(text) else []

    def sub(self, instead: str | Callable[[re.Match[str]], str], text: str) -> str:
        """The text with every match replaced."""
        return self._whole.sub(instead, text) if self.may(text) else text

    def may(self, text: str) -> bool:
        """Whether there may be a match; no promise that there is one."""
        if self._possible is None or len(text) < _SHORT:
            return True
        readable = _readable(text)
        return readable is None or self._possible(readable) is not None

    def _first(self, text: bytes) -> Any:
        """Compiles for RE2 what was never asked before."""
        self._possible = _possible(self._whole)
        return text if self._possible is None else self._possible(text)


@lru_cache(maxsize=64)  # many patterns are asked of one sentence
def _readable(text: str) -> bytes | None:
    """The text for RE2; None where the two would read its characters differently."""
    return text.encode() if _READABLE.fullmatch(text) else None


def _possible(pattern: re.Pattern[str]) -> Callable[[bytes], Any] | None:
    """RE2's search for the pattern without its look-arounds; None where RE2 has no way to write it."""
    if pattern.flags & (re.VERBOSE | re.MULTILINE | re.DOTALL | re.ASCII):
        return None
    options = re2.Options()
    options.case_sensitive = not pattern.flags & re.IGNORECASE
    options.never_capture = True
    options.log_errors = False
    try:
        search: Callable[[bytes], Any] = re2.compile(_without_look_around(pattern.pattern), options).search
    except re2.error:
        return None
    return search


def _without_look_around(pattern: str) -> str:
    """The pattern without its look-arounds; "$" as `re` means it, which lets a line break follow."""
    kept: list[str] = []
    for at, end in _pieces(pattern):
        piece = pattern[at:end]
        if not _LOOK_AROUND.match(piece):
            kept.append(r"(?:\n?\z)" if piece == "$" else piece)
    return "".join(kept)


def _pieces(pattern: str) -> Iterator[tuple[int, int]]:
    """Stretches of a pattern: an escape, a class, a whole look-around with what repeats it, or a single character."""
    at = 0
    while at < len(pattern):
        if pattern[at] == "\\":
            end = at + 2
        elif pattern[at] == "[":
            end = _class_end(pattern, at)
        elif _LOOK_AROUND.match(pattern, at):
            end = at + 1
            depth = 1
            while depth:
                depth += {"(": 1, ")": -1}.get(pattern[end], 0)
                end = end + 2 if pattern[end] == "\\" else _class_end(pattern, end) if pattern[end] == "[" else end + 1
        else:
            end = at + 1
        yield at, end
        at = end


def _class_end(pattern: str, start: int) -> int:
    """The place after the class that begins at `start`; a bracket that stands first in it is a member."""
    at = start + 2 if pattern[start + 1] == "^" else start + 1
    at += pattern[at] == "]"
    while pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at + 1
