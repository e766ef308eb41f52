"""Which characters of an article play a part in which event, and how such marks nest. Pure; the terminal and the page draw them.

events ─► marks, one a role and stretch ─► layout of one paragraph: open, text, close, always properly nested
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from streams.cli.roles import count_value, participant_value, place_value, speaker_value, time_value
from streams.records.flow import Article, Event, Interval, Span, Telling, Where

Role = Literal["deed", "actor", "target", "instrument", "place", "origin", "time", "count", "source", "added"]
# letter of each role where there is no colour, and its words in a legend; in the order of the legend
ROLES: dict[Role, tuple[str, str]] = {
    "deed": ("D", "deed"),
    "actor": ("A", "actor"),
    "target": ("T", "target"),
    "instrument": ("I", "instrument"),
    "place": ("P", "place"),
    "origin": ("O", "origin"),
    "time": ("W", "when"),
    "count": ("N", "how many"),
    "source": ("S", "whose word"),
    "added": ("Q", "adds to it"),
}
_RANKS = {role: rank for rank, role in enumerate(ROLES)}


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the article in one role."""

    role: Role
    start: int
    end: int  # half-open, in characters of the text or title
    events: tuple[int, ...]  # numbers in the article, from 1, rising
    known: str = ""  # what the extractor knows of it, e.g. "armed-group, kataib-hezbollah"

    @property
    def label(self) -> str:
        """Its letter and numbers: "A1", "P1,3"."""
        return ROLES[self.role][0] + ",".join(map(str, self.events))


@dataclass(frozen=True, slots=True)
class Open:
    """A mark begins; `again` when it only goes on after a mark that crossed it."""

    mark: Mark
    again: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """The innermost open mark ends; not `last` when it goes on after a mark that crosses it."""

    mark: Mark
    last: bool = True


Part = Open | Close | str  # a string is a piece of the article inside the marks open there


def marks(article: Article, events: Sequence[Event], where: Where) -> tuple[Mark, ...]:
    """All marks of the title or the text, outer before inner; what several events share is one mark."""
    found: dict[tuple[Role, int, int], set[int]] = {}
    known: dict[tuple[Role, int, int], str] = {}
    for number, event in enumerate(events, start=1):
        for role, span, words in _spans(article, event):
            if span.where == where and span.start < span.end:
                key = (role, span.start, span.end)
                found.setdefault(key, set()).add(number)
                known[key] = known.get(key) or words
    made = [Mark(*key, tuple(sorted(numbers)), known[key]) for key, numbers in found.items()]
    return tuple(sorted(made, key=lambda mark: (mark.start, -mark.end, _RANKS[mark.role])))


def _spans(article: Article, event: Event) -> Iterator[tuple[Role, Span, str]]:
    for telling in (event, *event.tellings):
        adds = telling.adds == "qualifies"  # it updates the event, and has no deed of its own
        yield "added" if adds else "deed", telling.trigger, telling.type
        parties = (telling, telling.about) if telling.about else (telling,)
        for party in parties:
            yield from (("actor", each.span, participant_value(each).known) for each in party.actors)
            yield from (("target", each.span, participant_value(each).known) for each in party.targets)
            if party.place and party.place.span:
                yield "place", party.place.span, place_value(party.place).known
        if telling.origin and telling.origin.span:
            yield "origin", telling.origin.span, place_value(telling.origin).known
        yield from (("instrument", each.span, each.kind) for each in telling.instruments)
        yield from (("count", each.span, count_value(each).known) for each in telling.counts)
        yield from (("source", each.span, speaker_value(each).known) for each in telling.attribution)
        if telling.time:
            yield from _time(article, telling, telling.time)


def _time(article: Article, telling: Telling, time: Interval) -> Iterator[tuple[Role, Span, str]]:
    """Where the words of a time stand in the sentence; intervals carry words without offsets."""
    sentence = telling.sentence
    whole = article.title if sentence.where == "title" else article.text
    at = whole.find(time.text, sentence.start, sentence.end) if time.text else -1
    if at >= 0:
        yield "time", Span(time.text, at, at + len(time.text), sentence.where), time_value(time).known


def layout(text: str, found: Iterable[Mark], start: int, end: int) -> Iterator[Part]:
    """The characters from `start` to `end` and the marks on them, properly nested: a mark that crosses another is split there."""
    waiting = [mark for mark in found if mark.start < end and mark.end > start]
    bounds = sorted({start, end, *(bound for mark in waiting for bound in (mark.start, mark.end) if start < bound < end)})
    stack: list[Mark] = []
    for left, right in pairwise(bounds):
        begun = [mark for mark in waiting if max(mark.start, start) == left]
        for mark in begun:
            stack.append(mark)
            yield Open(mark, again=mark.start < start)
        yield text[left:right]
        yield from _closed(stack, right, end)


def _closed(stack: list[Mark], at: int, end: int) -> Iterator[Part]:
    """Closes what ends at `at`, and what stands inside of it only to open it again; everything at `end`."""
    ending = [mark for mark in stack if mark.end <= at or at == end]
    if not ending:
        return
    depth = stack.index(ending[0])
    inner = stack[depth:]
    staying = [mark for mark in inner if mark not in ending]
    for mark in reversed(inner):
        yield Close(mark, last=mark.end <= at)
    stack[depth:] = staying
    for mark in staying:
        yield Open(mark, again=True)


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Where the paragraphs of a text begin and end, without the lines between them; empty ones are left out."""
    start = 0
    for line in text.splitlines(keepends=True):
        left = start + len(line) - len(line.lstrip())
        right = start + len(line.rstrip())
        if left < right:
            yield left, right
        start += len(line)
