"""Which sentences: splits a text by rule and finds those worth parsing; called by the extractor before any model.

Keeps offsets into the text it was given. Boilerplate is left out, captions are flagged, datelines are taken off the front.
Refuses to guess inside a line: an unlisted abbreviation before a capital ends a sentence.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, takewhile

import re2

from streams.clean import Mask


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# A longer stretch without an end is cut at white space: the parser's time grows with it (an assumption, not measured).
MOST_CHARS = 1500

# Never end a sentence: a name or a number follows.
BEFORE_NAME = _words(
    "mr mrs ms messrs dr prof rev fr sr gen lt col maj capt cpt cmdr cmdt brig sgt cpl pvt adm vadm radm sen rep gov amb pres hon st "
    "mt ft vs e.g i.e cf no nos art sec fig vol approx supt insp det spc pfc ens rt viz"
)
# May end a sentence: they do when a word follows that begins sentences.
EITHER = _words(
    "u.s u.n u.k e.u u.a.e d.c u.s.a a.m p.m jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat "
    "inc co corp ltd llc plc bros jr etc est dept min hr hrs ph.d m.d b.c a.d p.o"
)
STARTERS = _words(
    "the a an in on at it its he she they we i you but and this that these those there when while after before since as if for from "
    "with by according one two three some many most no not another both each however meanwhile later earlier his her their our "
    "officials police witnesses residents what who which where why how also still now then last during under over"
)
END = re.compile(r"(?<![.!?…؟])[.!?…؟]+[\"'”’»)\]]*(?=\s)|[。！？]+[”’」』）]*|(?<=[^\W\d_A-Z]{3})[.!?][”’\"]?(?=[A-Z“][a-z])")
STOP = re.compile(r"[.!?…؟。！？]")  # what END begins with; a set of characters is found many times faster
BLANK = re.compile(r"\s*")
BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
# a line separator that what follows shows to be meant, as word processors write it
SEPARATED = re.compile(BLANK_LINE.pattern + r"|\u2029|\u2028(?=\s*[^\s\Wa-z]|\s*[“\"(•-])")
BEFORE_DOT = re.compile(r"[^\s“”\"‘(\[—–/]*$")
PREFIXED = re.compile(r"(?:al|el|ad|as|an|ar|ash)-[A-Z]")  # a name may begin so: "al-Qaim"
LETTERS = re.compile(r"[^\W\d_]+")
DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
BULLET = re.compile(r"\s*(?:[•·▪●*►–—-]+\s+)?")
OPENERS = "\"'“‘«([*•–—-"
DATELINE = re.compile(
    r"""(?:
      (?P<place>[^\W\d_][^\n()“”":;!?–—]{0,60}?)?                                  # BAGHDAD/WASHINGTON, Iraq
      (?:,?\s+(?:[A-Z][A-Za-z]{2,8}\.?\s\d{1,2}|\d{1,2}\s[A-Z][A-Za-z]{2,8}\.?))?  # , Jan 5
      \s*\((?P<agency>[A-Z][\w./,\s&'’-]{1,40})\)\s*(?:[-–—]{1,2}|:)\s+             # (Reuters) -
    | (?P<caps>[A-Z][A-Z.'’-]{2,}(?:[\s/,]+[A-Z][A-Za-z.'’-]+){0,4}?)
      (?:,\s+(?:[A-Z][A-Za-z]{2,8}\.?\s\d{1,2}|\d{1,2}\s[A-Z][A-Za-z]{2,8}\.?))?
      \s+(?:[–—]|--?)\s+                                                           # BAGHDAD, Jan 5 -
    )""",
    re.VERBOSE,
)
DASHED = re.compile(r"\)\s*[-–—:]|\s[-–—]")  # no dateline is without
NO_PLACE = _words("BREAKING UPDATE EXCLUSIVE WATCH LIVE FILE FLASH URGENT ANALYSIS OPINION VIDEO ALERT NEW JUST NEWS PHOTO")
MOST_DATELINE = 90  # characters


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a text: characters [start, end), white space and dateline taken off."""

    text: str
    start: int
    end: int
    caption: bool = False  # stands under a picture: to be read as retold
    dateline: str = ""  # "BAGHDAD, Jan 5 (Reuters)" when one stood before it, else ""


def split(text: str, masks: Sequence[Mask] = ()) -> list[Sentence]:
    """The sentences of a text in reading order; boilerplate masks are left out, paragraph breaks always split."""
    captions = deque(mask for mask in masks if mask.kind == "caption")
    found: list[Sentence] = []
    for start, end in _segments(text, [mask for mask in masks if mask.kind == "boilerplate"]):
        body, dateline = _after_dateline(text, start, end)
        for first, last in _trimmed(text, _pieces(text, body, end)):
            under = bool(captions) and 2 * _covered(captions, first, last) >= last - first
            found.append(Sentence(text[first:last], first, last, under, dateline))
            dateline = ""
    return found


def _covered(masks: deque[Mask], first: int, last: int) -> int:
    """Characters of [first, last) under masks, which lie in order; those that end before it are dropped."""
    while masks and masks[0].end <= first:
        masks.popleft()
    inside = takewhile(lambda mask: mask.start < last, masks)
    return sum(min(last, mask.end) - max(first, mask.start) for mask in inside)


def _segments(text: str, boilerplate: Sequence[Mask]) -> Iterator[tuple[int, int]]:
    """Stretches that no sentence crosses: paragraphs and meant lines, without boilerplate."""
    left = deque(boilerplate)
    for first, last in _paragraphs(text):
        start = first
        for cut in (*_meant_breaks(text, first, last), last):
            while left and left[0].start < cut:
                if start < left[0].start:
                    yield start, left[0].start
                start = max(start, min(left[0].end, cut))
                if left[0].end > cut:
                    break
                left.popleft()
            if start < cut:
                yield start, cut
            start = cut


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Stretches between blank lines, white space before them taken off."""
    start = 0
    breaks = SEPARATED if "\u2028" in text or "\u2029" in text else BLANK_LINE
    for blank in (*breaks.finditer(text), None):
        end = blank.start() if blank else len(text)
        first = BLANK.match(text, start, end).end()  # type: ignore[union-attr]  # an empty match is one
        if first < end:
            yield first, end
        start = blank.end() if blank else end


def _meant_breaks(text: str, start: int, end: int) -> Iterator[int]:
    """Line breaks inside a paragraph that the author meant: the next word would still have fitted on the line.

    No one wraps beyond 100 columns, so longer lines are lines.
    """
    if text.find("\n", start, end) < 0:
        return
    lines = [(match.start() + start, match.end() + start) for match in re.finditer(r"[^\n]+", text[start:end])]
    width = max((last - first for first, last in lines), default=0)
    for (first, last), (following, _) in pairwise(lines):
        word = re.match(r"\S*", text[following:end].lstrip())
        if width > 100 or last - first + 1 + (len(word.group()) if word else 0) <= width:
            yield following


def _after_dateline(text: str, start: int, end: int) -> tuple[int, str]:
    last = min(end, start + MOST_DATELINE)
    found = DATELINE.match(text, start, last) if DASHED.search(text, start, last) else None
    if not found or (found["caps"] or "").split(" ")[0].strip(",.") in NO_PLACE or found.end() >= end:
        return start, ""
    place = found["place"] or ""
    if place and (len(place.split()) > 6 or not place[:1].isupper()):
        return start, ""
    return found.end(), found.group().rstrip(" \t-–—:")


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    first = at = start
    while (mark := STOP.search(text, at, end)) is not None:
        stop = END.match(text, mark.start(), end)
        at = stop.end() if stop else mark.end()
        if stop and _ends(text, first, mark.start(), at, end):
            yield from _cut_long(text, first, at)
            first = at
    yield from _cut_long(text, first, end)


def _ends(text: str, first: int, dot: int, after: int, end: int) -> bool:
    """Whether the punctuation [dot, after) ends the sentence that began at `first`."""
    begins_at = BLANK.match(text, after, end).end()  # type: ignore[union-attr]  # an empty match is one
    if begins_at >= end:
        return True
    if text[dot] in "。！？؟":
        return True
    bare = text[begins_at : min(end, begins_at + 60)].lstrip(OPENERS + " \u00a0")
    if bare[:1].islower() and not PREFIXED.match(bare):
        return False
    if text[dot:after] != ".":
        return True
    word = BEFORE_DOT.search(text, max(first, dot - 40), dot)
    token = word.group().casefold() if word else ""
    starter = LETTERS.match(bare)
    begins = starter is not None and starter.group().casefold() in STARTERS
    if token in BEFORE_NAME:
        return False
    if token in EITHER or DOTTED.fullmatch(token):
        return begins
    if len(token) == 1 and token.isalpha():
        return begins
    return not (token.isdigit() and len(token) < 3 and not text[max(first, dot - 40) : dot - len(token)].strip())


def _cut_long(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > MOST_CHARS:
        space = max(text.rfind(mark, start + MOST_CHARS // 2, start + MOST_CHARS) for mark in (" ", "\n", "\u00a0"))
        cut = space + 1 if space > start else start + MOST_CHARS
        yield start, cut
        start = cut
    yield start, end


def _trimmed(text: str, pieces: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in pieces:
        piece = text[start:end]
        bullet = BULLET.match(piece)
        first = start + (bullet.end() if bullet else 0)
        last = start + len(piece.rstrip())
        if first < last and any(char.isalnum() for char in text[first:last]):
            yield first, last


class Prefilter:
    """Tells whether a sentence has one of many words or phrases; 26 times faster than the standard library's `re`."""

    def __init__(self, forms: Iterable[str]) -> None:
        words = sorted({folded(form).decode().strip().casefold() for form in forms} - {""})
        self.forms = len(words)
        options = re2.Options()
        options.max_mem = 512 << 20  # thousands of aliases outgrow the default 8 MiB
        options.case_sensitive = False
        options.never_capture = True
        # RE2's \b knows ASCII only; these edges hold for every script.
        edge = r"[^\pL\pN_]"
        self._pattern = re2.compile(rf"(?:^|{edge})(?:{'|'.join(map(_pattern, words))})(?:$|{edge})", options) if words else None

    def hits(self, sentence: str) -> bool:
        """Whether a form stands in the sentence between word edges; case, diacritics and the kind of apostrophe do not count."""
        return self._pattern is not None and self._pattern.search(folded(sentence)) is not None  # bytes: no offsets to be counted


def _pattern(form: str) -> str:
    return r"[\s\x{A0}-]+".join(re2.escape(part) for part in re.split(r"[\s-]+", form) if part)


_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‑": "-", "–": "-", "—": "-", "“": '"', "”": '"', "…": ".", "\u00a0": " "})


@lru_cache(maxsize=16)  # many lists are looked for in one sentence
def folded(text: str) -> bytes:
    """A text as forms are looked for in it: without diacritics, with plain quotes and dashes; UTF-8."""
    if text.isascii() or (text := text.translate(_QUOTES)).isascii():
        return text.encode("ascii")
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).encode("utf-8", "replace")


def readable(text: str) -> bool:
    """Whether a text's words are the same when it is folded: all of them are of ASCII letters."""
    return text.isascii() or text.translate(_QUOTES).isascii()
