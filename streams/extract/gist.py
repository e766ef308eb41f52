"""What an article as a whole tells of violence against people and things, as learned models weigh it, and how sure its events are.

Called by the reader once per article, after grammar. Rules never ask it: it adds no event, no side and no target. It says for each
kind of incident how likely the article reports one that is real, recent and particular, who may have had which part in it, and gives
each violent event its confidence. Linear models of sentences, articles, events (`real`) and noun phrases (`roles`, then `beside` each
other) do this, and a last one (`real-incidents`) that hears them all.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np

from streams.extract import beside, gist_words, linear, packed
from streams.extract.gist_tables import Tables, Text
from streams.extract.gist_words import reached, steps
from streams.extract.parsed import Parsed
from streams.extract.parts import Candidate, Parts, merged, told
from streams.extract.sheets import Line
from streams.extract.traits import Traits
from streams.knowledge.world import Knowledge
from streams.records.flow import Article, Event, Gist, Likely, Part, Span

KINDS = ("attack", "explosions", "abduction", "arson", "looting")  # slugs of the taxonomy
ROLES = ("individual", "organisation", "thing", "person", "instrument")
PACKED = ("real-sentences", "real-articles", "roles")  # models of very many weights
PLAIN = ("real", "real-incidents", "beside")
PARSED = 0.3  # of any party in a sentence: below, it is not parsed for its parties; an assumption for speed
LEAST = 0.05  # probabilities below are not told
WORTH = 0.25  # of any incident: below, nobody asks who took part; an assumption for speed
# the kind of incident that an event is, by the finest node of its path that stands here
FAMILY = {
    "arson": "arson", "explosions": "explosions", "explosion": "explosions", "shelling": "attack", "air-drone-strike": "attack",
    "chemical-weapon": "attack", "abduction": "abduction", "looting": "looting", "ship-seizure": "abduction", "attack": "attack",
    "armed-attack": "attack",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the text, parsed or not."""

    span: Span
    number: int  # order of reading, title first
    place: int  # order in the text or title


@dataclass(slots=True)
class Weighed:
    """What the word models make of an article."""

    sentences: list[Sentence]
    words: list[list[str]]  # per sentence
    classes: list[set[str]]  # per sentence: features from the knowledge, see `traits`
    told: list[list[float]] = field(default_factory=list)  # per sentence, probability per kind
    article: list[float] = field(default_factory=list)  # probability per kind
    # by numbers of sentences: what is said of every noun phrase in them
    around: dict[frozenset[int], tuple[set[str], tuple[str, ...]]] = field(default_factory=dict)

    def any(self) -> float:
        """Probability of any incident, as if kinds were independent."""
        return either(self.article)


class Weigher:
    """Weighs articles against the models."""

    def __init__(self, knowledge: Knowledge, traits: Traits) -> None:
        self.parts = Parts(knowledge)
        self.traits = traits
        self._sentences, self._articles, self._roles = (packed.load(name).models[name] for name in PACKED)
        self._events, incidents, together = map(model, PLAIN)
        self._incidents = linear.Dense(incidents, INCIDENTS)
        self._beside = linear.Dense(together, beside.names(ROLES))
        self._tables, self._tables_of_article = Tables(self._sentences), Tables(self._articles)

    def read(self, article: Article, lines: Sequence[Line], events: Sequence[Event]) -> Weighed | None:
        """All sentences and the article against the word models; None where the article says nothing of the sort."""
        if not lines or not gist_words.about(article.text):
            return None
        weighed = worded(lines, self.traits)
        text = Text(weighed.words)
        weighed.told = [packed.logistic(sums) for sums in self._sentences.sums_of(*self._of_sentences(weighed, text))]
        known = self._articles.found(of_article(weighed, events))
        weighed.article = packed.logistic(self._articles.sums(known, *self._tables_of_article.of_article(text, first(article))))
        return weighed

    def _of_sentences(self, weighed: Weighed, text: Text) -> tuple[Any, Any, Any]:
        """Rows of the features that `of_sentences` finds, the sentence of each, and how many features each sentence has."""
        words = self._tables.of_sentences(text, [one.place for one in weighed.sentences])
        classes = [self._sentences.found(own) for own in weighed.classes]
        rows = np.fromiter(chain.from_iterable(classes), np.intp)
        places = np.repeat(np.arange(len(classes)), [len(own) for own in classes])
        numbers = words.numbers + [len(own) for own in weighed.classes]
        return np.concatenate((words.rows, rows)), np.concatenate((words.places, places)), numbers

    def wanted(self, weighed: Weighed, unparsed: Sequence[Line]) -> list[Line]:
        """Sentences to be parsed for their parties alone, of those that are not parsed yet."""
        if weighed.any() < WORTH:
            return []
        numbers = telling(weighed)
        return [line for line in unparsed if line.number in numbers]

    def weigh(self, weighed: Weighed, sheets: Sequence[Parsed], events: tuple[Event, ...]) -> tuple[Gist, tuple[Event, ...]]:
        """What the article tells, and its events with their confidence."""
        sure = tuple(self._sure(event, weighed) for event in events)
        chances, parts = weighed.article, tuple[Part, ...]()
        if weighed.any() >= WORTH:
            roles = told(events)
            candidates = merged([one for sheet in sheets for one in self.parts.mentions(sheet, roles)])
            asked = [packed.logistic(self._roles.scores(of_part(one, weighed), one.features)) for one in candidates]
            (chances,) = self._incidents.chances([of_incidents(weighed, sure, asked)])
            if candidates:
                parts = tuple(_parts(candidates, self._beside.chances(beside.features(candidates, np.array(asked)))))
        likely = tuple(
            Likely(type=kind, probability=round(chance, 3), sentence=_best(weighed, number))
            for number, (kind, chance) in enumerate(zip(KINDS, chances, strict=True))
            if chance >= LEAST
        )
        return Gist(likely=likely, parts=parts), sure

    def _sure(self, event: Event, weighed: Weighed) -> Event:
        features = of_event(event, weighed)
        if features is None:
            return event
        return replace(event, confidence=round(packed.logistic(self._events.scores(features))[0], 3))


@lru_cache(maxsize=8)
def model(name: str) -> linear.Linear:
    """A model of few weights, read once."""
    return linear.load(name)


# -------------------------------------------------------------------------------------------------------------- features


def worded(lines: Sequence[Line], traits: Traits) -> Weighed:
    """The sentences with their words, not yet weighed."""
    titles = sum(line.where == "title" for line in lines)
    sentences = [
        Sentence(
            Span(line.text, line.start, line.start + len(line.text), line.where),
            line.number,
            line.number if line.where == "title" else line.number - titles,
        )
        for line in lines
    ]
    return Weighed(sentences, [gist_words.words(line.text) for line in lines], [traits.classes(line.text) for line in lines])


def telling(weighed: Weighed) -> set[int]:
    """Numbers of the sentences that are parsed for their parties, whatever grammar wants."""
    pairs = zip(weighed.sentences, weighed.told, strict=True)
    return {one.number for one, chances in pairs if either(chances) >= PARSED}


def family(event: Event) -> str | None:
    """The kind of incident that an event is, None for an event of another sort."""
    return next((FAMILY[slug] for slug in reversed(event.path) if slug in FAMILY), None)


def of_sentences(weighed: Weighed) -> Iterator[set[str]]:
    """Features of each sentence: its words and what the knowledge makes of them."""
    for at, (one, classes) in enumerate(zip(weighed.sentences, weighed.classes, strict=True)):
        yield gist_words.of_sentence(weighed.words, at, one.place) | classes


def words_of(article: Article, weighed: Weighed) -> set[str]:
    """Features of an article from its words alone."""
    return gist_words.of_article(weighed.words, first(article))


def first(article: Article) -> list[str]:
    """Words of the first paragraph."""
    return gist_words.words(article.text.split("\n\n", 1)[0])


def of_article(weighed: Weighed, events: Sequence[Event]) -> set[str]:
    """Features of an article beside its words: what its sentences told, what grammar found."""
    found: set[str] = set()
    for number, kind in enumerate(KINDS):
        ranked = sorted((told[number] for told in weighed.told), reverse=True)
        found.update(steps(f"best {kind}", ranked[0]))
        found.update(steps(f"second {kind}", ranked[min(1, len(ranked) - 1)]))
        found.update(steps(f"either {kind}", either(ranked)))
        found.update(steps(f"opening {kind}", weighed.told[0][number]))
    for event in events:
        kind_ = family(event) or event.path[-1]
        sides = f"{bool(event.actors):d}{bool(event.targets):d}{bool(event.instruments):d}"
        found |= {f"event {kind_}", f"event {kind_} {event.stage}", f"event {event.type}", f"event {kind_} {sides}"}
        found |= {f"event {kind_} on {one.kind}" for one in event.targets} | {
            f"event {kind_} by {one.kind}" for one in event.actors
        }
    return found


def of_part(one: Candidate, weighed: Weighed) -> set[str]:
    """Features of a noun phrase from its head, and from the probabilities of its sentences and its article."""
    key = frozenset(one.sentences)
    if key not in weighed.around:
        weighed.around[key] = _around(key, weighed)
    found, marks = weighed.around[key]
    return {*one.named, *found, *(f"{kind}&{mark}" for kind in one.kinds for mark in marks)}


def _around(numbers: frozenset[int], weighed: Weighed) -> tuple[set[str], tuple[str, ...]]:
    """What all phrases of these sentences have in common, and marks that are paired with the kinds of each."""
    found: set[str] = set()
    for kind, chance in zip(KINDS[:4], weighed.article, strict=False):
        found.update(steps(f"d {kind}", chance))
    whole = weighed.any()
    found.update(steps("d any", whole))
    mine = [told for sentence, told in zip(weighed.sentences, weighed.told, strict=True) if sentence.number in numbers]
    near = {number + step for number in numbers for step in (-1, 1)}
    around = [either(t) for s, t in zip(weighed.sentences, weighed.told, strict=True) if s.number in near]
    if around:
        found.update(steps("near", max(around)))
    if not mine:
        return found, ()
    best = [max(column) for column in zip(*mine, strict=True)][:4]
    for kind, chance in zip(KINDS[:4], best, strict=True):
        found.update(steps(f"s {kind}", chance))
    highest = max(best)
    found.update(steps("s any", highest))
    return found, (reached("s", highest), reached("d", whole), KINDS[best.index(highest)])


def of_event(event: Event, weighed: Weighed) -> set[str] | None:
    """Features of a violent event; None for one of another sort."""
    kind = family(event)
    if kind is None:
        return None
    number = KINDS.index(kind)
    spans = {(told.sentence.where, told.sentence.start) for told in event.tellings}
    mine = [t[number] for s, t in zip(weighed.sentences, weighed.told, strict=True) if (s.span.where, s.span.start) in spans]
    found = set(steps("d", weighed.article[number])) | set(steps("s", max(mine, default=0.0))) | set(steps("d any", weighed.any()))
    found |= {
        f"kind={kind}",
        f"type={event.type}",
        f"trigger={event.trigger.text.lower()}",
        f"stage={event.stage}",
        f"standing={event.standing}",
    }
    found |= {f"actor={one.kind}" for one in event.actors} | {f"target={one.kind}" for one in event.targets}
    found |= {f"tool={one.kind}" for one in event.instruments} | {f"word of={one.speaker}" for one in event.attribution}
    found |= {f"outcome={one}" for one in event.outcome} | {f"count={one.what}" for one in event.counts}
    found.add(f"sides={bool(event.actors):d}{bool(event.targets):d}")
    found.add(f"tellings={min(len(event.tellings), 4)}")
    found.add(f"first={min(event.sentence.start // 300, 6)}")
    found.add(f"place={event.place.kind if event.place else None}")
    if event.time is not None:
        found.add(f"time={event.time.precision}")
        days = (event.published - event.time.end).days
        found.add(f"ago={'future' if days < -2 else min(max(days, 0).bit_length(), 9)}")
    return found


# what `of_incidents` gives, in its order
INCIDENTS = (
    *(f"{what} {kind}" for kind in KINDS for what in ("article", "sentence", "second sentence", "sentences", "event", "events")),
    *(f"{what} {role}" for role in ROLES for what in ("part", "second part", "parts")),
    "length",
)


def of_incidents(weighed: Weighed, sure: Sequence[Event], asked: Sequence[Sequence[float]]) -> list[float]:
    """An article in numbers, from what every other model says: of it, its sentences and events (with their confidence), and its parts.

    Chances are log-odds, best and second best of each sort; of all of a sort, the logarithm of their sum.
    """
    found: list[float] = []
    for number, kind in enumerate(KINDS):
        sentences = sorted((told[number] for told in weighed.told), reverse=True)
        events = [event.confidence for event in sure if family(event) == kind]
        found += [
            _odds(weighed.article[number]),
            *_best_two(sentences),
            _sum(sentences),
            _odds(max(events, default=0.0)),
            _sum(events),
        ]
    for number in range(len(ROLES)):
        parts = sorted((chances[number] for chances in asked), reverse=True)
        found += [*_best_two(parts), _sum(parts)]
    return [*found, math.log(len(weighed.sentences))]


# ------------------------------------------------------------------------------------------------------------ arithmetic


def either(chances: Sequence[float]) -> float:
    """Probability of at least one, as if they were independent."""
    none = 1.0
    for chance in chances:
        none *= 1 - chance
    return 1 - none


def _odds(chance: float) -> float:
    """Log-odds, never without bounds."""
    return math.log((chance + 0.005) / (1.005 - chance))


def _sum(chances: Sequence[float]) -> float:
    return math.log(math.fsum(chances) + 0.05)


def _best_two(ranked: Sequence[float]) -> tuple[float, float]:
    """Log-odds of the highest chances, those of 0 where there are fewer."""
    first, second, *_ = [*ranked[:2], 0.0, 0.0]
    return _odds(first), _odds(second)


def _parts(candidates: Sequence[Candidate], asked: Sequence[Sequence[float]]) -> Iterator[Part]:
    for one, chances in zip(candidates, asked, strict=True):
        for role, chance in zip(ROLES, chances, strict=True):
            if chance >= LEAST:
                yield Part(role=role, span=one.span, probability=round(chance, 3))  # type: ignore[arg-type]  # the field's values


def _best(weighed: Weighed, number: int) -> Span:
    """The sentence that speaks most for a kind."""
    rows = zip(weighed.told, weighed.sentences, strict=True)
    return max(rows, key=lambda pair: pair[0][number])[1].span
