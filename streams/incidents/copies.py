"""Which articles are copies of one another: runs of five words that they share, among what was published within 72 hours.

    text ─► hashes of five words in a row ─► some of them are keys ─► prints that share a key ─► containment ≥ 0.3: a copy

Called by the pipeline before incidents are made. A copy only sets the origin (`streams.incidents.origins`): its events always go
on. Pure: the hashes are our own, so that a journal replays to the same bytes on any machine. What is kept is bounded by `KEPT`.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from streams.clean import Mask, masked
from streams.ports import Memory
from streams.records.flow import Article, Incident, Reading
from streams.records.prints import Backing, Credit, Print

WITHIN = timedelta(hours=72)  # between two publications (DESIGN 4)
LATE = timedelta(hours=24)  # an article that comes later than this is compared with its incident's articles, not by keys
KEPT = WITHIN + LATE  # prints older than this against the matcher's now are forgotten
SHINGLE = 5  # words
ALIKE = 0.3  # of the shorter text's shingles
LEAST = 8  # shared shingles, twelve words in a row: fewer is a stock phrase, unless the whole text is shared
WINDOW = 8  # shingles of which the smallest is a key (winnowing: Schleimer, Wilkerson, Aiken, SIGMOD 2003)
ENOUGH = 0.1  # of the shorter one's keys: with fewer in common no two texts were copies (tests/bench/dedup.py)
MOST_COMPARED = 64  # prints that share most keys; a story that hundreds copy needs no more to be found
MOST_WORDS = 5_000  # of a text; what follows is not looked at

Hashes = NDArray[np.uint64]

_WORD = re.compile(r"\w+")
_FOLDED = bytes(ord(chr(byte).lower()) if chr(byte).isalnum() or byte == ord("_") else ord(" ") for byte in range(128)) + bytes(128)
# odd numbers without pattern: fractional bits of the golden ratio and primes of xxHash and wyhash
_ODD = tuple(
    np.uint64(odd) for odd in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F)
)
_MIX, _HALF = np.uint64(0xFF51AFD7ED558CCD), np.uint64(32)
_STORED = np.dtype("<u4")


def print_of(article: Article) -> Print | None:
    """What is kept of the article's words; None for fewer than five of them. A text's boilerplate and captions do not count."""
    hashes = _hashes(_report(article))
    if hashes is None:
        return None
    keys = sorted(set(_smallest(hashes).view(np.int64).tolist()))
    stored = np.sort(hashes.astype(_STORED))
    distinct = np.ones(len(stored), np.bool_)
    np.not_equal(stored[1:], stored[:-1], out=distinct[1:])
    return Print(article=article.id, published=article.published, shingles=stored[distinct].tobytes(), keys=tuple(keys))


def alike(one: Print, other: Print) -> bool:
    """Whether one is a copy of the other: published within 72 hours, and 0.3 of the shorter one's shingles in the other."""
    if abs(one.published - other.published) > WITHIN:
        return False
    left, right = (np.frombuffer(each.shingles, _STORED) for each in (one, other))
    both = np.concatenate((left, right))
    both.sort()
    shared = int(np.count_nonzero(both[1:] == both[:-1]))
    shorter = min(len(left), len(right))
    return shared >= ALIKE * shorter and shared >= min(LEAST, shorter)


def note(article: Article, credits: tuple[Credit, ...], memory: Memory, now: datetime) -> None:
    """Writes the article's print and what it rests on: the outlets it credits, its copies. In place of an earlier revision's."""
    memory.forget_prints(now - KEPT)
    own = print_of(article)
    found: list[str] = []
    if own is not None:
        near = memory.sharing(own.keys, own.published - WITHIN, own.published + WITHIN, MOST_COMPARED)
        enough = [other for other, keys in near if keys >= ENOUGH * min(len(own.keys), len(other.keys))]
        found = [other.article for other in enough if other.article != article.id and alike(own, other)]
    if own is not None and article.published >= now - KEPT:
        memory.put_print(own)
    else:
        memory.drop_print(article.id)
    _write(article.id, found, credits, memory)


def note_late(reading: Reading, incidents: Iterable[Incident], memory: Memory, now: datetime) -> bool:
    """Compares an article that came late with those it shares an incident with, whose prints may be forgotten.

    So the order of arrival decides nothing, as long as the texts are kept.

    Returns:
        Whether a copy was found that keys had not.
    """
    article, fresh = reading.article, {event.id for event in reading.events}
    if article.published >= now - LATE:
        return False
    own = print_of(article)
    shared = [one for one in incidents if fresh.intersection(one.events)]
    names = {event.article for one in shared for event in memory.events(one.events)} - {article.id}
    known = memory.backings([article.id]).get(article.id, Backing(article=article.id))
    found: list[str] = []
    for name in sorted(names.difference(known.copies)) if own is not None else ():
        other = memory.article(name)
        theirs = print_of(other) if other is not None else None
        if own is not None and theirs is not None and alike(own, theirs):
            found.append(name)
    if found:
        _write(article.id, [*known.copies, *found], known.credits, memory)
    return bool(found)


def _write(article: str, copies: Iterable[str], credits: tuple[Credit, ...], memory: Memory) -> None:
    """Writes what an article rests on, and with its copies that it is one of theirs."""
    before = memory.backings([article]).get(article, Backing(article=article))
    after = Backing(article=article, copies=tuple(sorted(set(copies))), credits=credits)
    changed = sorted(set(before.copies) ^ set(after.copies))
    theirs = memory.backings(changed)
    for name in changed:
        other = theirs.get(name, Backing(article=name))
        rest = set(other.copies) - {article} | ({article} if name in after.copies else set())
        memory.put_backing(Backing(article=name, copies=tuple(sorted(rest)), credits=other.credits))
    if after != before:
        memory.put_backing(after)


# -------------------------------------------------------------------------------------------------------------- words


def _report(article: Article) -> str:
    """The words that are compared: the text without boilerplate and captions, else the summary, else the title."""
    text = article.text or article.summary or article.title
    return _without(text, masked(text))


def _without(text: str, masks: tuple[Mask, ...]) -> str:
    if not masks:
        return text
    edges = [0, *(edge for mask in masks for edge in (mask.start, mask.end)), len(text)]
    return " ".join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))


def _hashes(text: str) -> Hashes | None:
    """A hash of each run of five words, in reading order; None for fewer words."""
    words = _words(text)
    count = len(words) - SHINGLE + 1
    if count < 1:
        return None
    codes = np.fromiter(map(crc32, words), np.uint64, len(words))
    hashes = codes[:count] * _ODD[0]
    for place, odd in enumerate(_ODD[1:], start=1):
        hashes += codes[place : count + place] * odd
    hashes ^= hashes >> _HALF
    hashes *= _MIX
    hashes ^= hashes >> _HALF
    return hashes


def _words(text: str) -> list[bytes]:
    """The words of a text in small letters, as UTF-8; the first `MOST_WORDS` of them."""
    if text.isascii():  # the same words, found five times as fast
        return text.encode().translate(_FOLDED).split()[:MOST_WORDS]
    return " ".join(_WORD.findall(text.lower())[:MOST_WORDS]).encode("utf-8", "replace").split(b" ")


def _smallest(hashes: Hashes) -> Hashes:
    """The smallest hash of each `WINDOW` in a row; all of them in a text that has no more."""
    if len(hashes) <= WINDOW:
        return hashes
    least = hashes
    for step in (1, 2, 4):  # of two, of four, of eight in a row
        least = np.minimum(least[:-step], least[step:])
    return least
