"""What the sorter sees of an article: features of its head as words, of the parse of its first sentences, and of its events.

Called by `sorter` and by the script that trains it. Words are looked up in the knowledge: triggers and the types that they tell,
kinds of sides and sites, weapons, and which of these stands before which. No name of a place is a feature.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from streams.extract import forms, main_verb
from streams.extract.packed import Packed
from streams.extract.parsed import Parsed
from streams.knowledge.aliases import EXACT, fold
from streams.knowledge.world import Knowledge
from streams.records.flow import Article, Event

WORDS = 120  # of title and text together: a lead and what follows it; an assumption
MOST_CHARS = 2_000  # of either, in which those words are looked for
LONGEST = 4  # words of a phrase
SHORTEST = 3  # letters; names of so few ("US", "IS") are words when case is folded away
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d[\d.,]*")
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""))
_NUMBER = "#"
# words of mood: "will meet" is a promise, "must resign" a demand, "will not" a refusal
_MOODS = {
    "will": "will", "would": "will", "shall": "will", "plan": "will", "plans": "will", "planned": "will", "intends": "will", "must": "must", "should": "must", "ought": "must",
    "may": "may", "might": "may", "could": "may", "not": "not", "never": "not", "no": "not", "cannot": "not", "won't": "not", "didn't": "not", "doesn't": "not", "without": "not",
    "fail": "fail", "fails": "fail", "failed": "fail", "unable": "fail", "ready": "ready", "willing": "ready", "prepared": "ready", "if": "if", "unless": "if",
}  # fmt: skip
# kinds that matter for who does what; a kind below one of these counts as it too
_SIDES = (
    "armed-group",
    "state-force",
    "police",
    "protester",
    "official",
    "government",
    "nation",
    "civilian",
    "captive",
    "site",
    "aircraft",
    "force",
)


@dataclass(frozen=True, slots=True)
class Head:
    """The first words of title and text, as the models see them."""

    stems: tuple[str, ...]  # in reading order
    starts: frozenset[str]  # of long words
    classes: frozenset[str]  # features from the knowledge

    def features(self) -> Iterator[str]:
        """All of it as features."""
        yield from (f"w:{one}" for one in self.stems)
        yield from (f"b:{one} {two}" for one, two in pairwise(self.stems))
        yield from (f"p:{start}" for start in self.starts)
        yield from self.classes


class Shelves:
    """Where a model keeps the words of a head, by what a feature is made of: what `Head.features` writes out is only looked up."""

    def __init__(self, model: Packed) -> None:
        self._found = model.found
        self._stems, self._starts = model.shelf("w:"), model.shelf("p:")
        self._pairs = {tuple(pair.split(" ", 1)): row for pair, row in model.shelf("b:").items()}

    def rows(self, head: Head, more: Set[str]) -> list[int]:
        """Rows of the features of a head, and of `more`."""
        words = (
            *map(self._stems.get, set(head.stems)),
            *map(self._pairs.get, set(pairwise(head.stems))),
            *map(self._starts.get, head.starts),
        )
        return [*(row for row in words if row is not None), *self._found(head.classes), *self._found(more)]


def told(sheets: Sequence[Parsed], events: Sequence[Event]) -> set[str]:
    """The features of parsed sentences, in reading order, and of events."""
    found = main_verb.features(sheets)
    for event in events:
        found.update((f"e:{event.type}", f"e:{event.stage}"))
        found.update(f"e:{one.kind}>{event.type}" for one in event.actors)
        found.update(f"e:{event.type}>{one.kind}" for one in event.targets)
    return found


class Traits:
    """Finds the features of an article."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._phrases = dict(_phrases(knowledge))
        lengths: dict[str, set[int]] = {}
        for phrase in self._phrases:
            lengths.setdefault(phrase.partition(" ")[0], set()).add(min(phrase.count(" ") + 1, LONGEST + 1))
        # of the phrases that a word begins: how many words, the longest first
        self._lengths = {word: sorted(own - {LONGEST + 1}, reverse=True) for word, own in lengths.items()}
        self._sides = frozenset(f"k:{side}" for side in _SIDES)
        self._head = lru_cache(maxsize=64)(self._read)

    def of(self, article: Article, sheets: Sequence[Parsed], events: Sequence[Event]) -> set[str]:
        """The features of an article with the parses of its sentences, in reading order, and its events."""
        head = self.head(article)
        return {*head.features(), *told(sheets, events)}

    def head(self, article: Article) -> "Head":
        """The words of an article's head; kept for the articles of a batch, which several models read."""
        return self._head(article.title, article.text)

    def _read(self, title: str, text: str) -> "Head":
        words = _words(title, text)
        return Head(
            stems=tuple(stem(word) for word in words),
            starts=frozenset(word[:5] for word in words if len(word) > 5),
            classes=frozenset(self._in_order(list(self._classes(words)))),
        )

    def classes(self, text: str) -> set[str]:
        """The features of a text from the knowledge alone."""
        return set(self._in_order(list(self._classes(_words(text)))))

    def words(self, text: str) -> set[str]:
        """The features of a sentence by its words alone."""
        words = _words(text)
        stems = [stem(word) for word in words]
        found = {f"w:{one}" for one in stems}
        found.update(f"b:{one} {two}" for one, two in pairwise(stems))
        found.update(self._in_order(list(self._classes(words))))
        return found

    def _in_order(self, classes: Sequence[tuple[str, ...]]) -> Iterator[str]:
        """The classes, those that follow each other, and each type told with the last side named before it."""
        first = side = "-"
        for at, names in enumerate(classes):
            yield from names
            for later, mark in ((at + 1, ">"), (at + 2, ">>")):
                if later < len(classes):
                    yield from (f"{one}{mark}{two}" for one in names for two in classes[later])
            told = [name for name in names if name[:2] == "t:"]
            yield from (f"{side}=>{name}" for name in told)
            if told and first == "-":
                first = told[0]
            side = next((name for name in names if name in self._sides), side)
        if first != "-":
            yield f"first {first}"

    def _classes(self, words: list[str]) -> Iterator[tuple[str, ...]]:
        """Classes of the words in order, the longest phrase at each word."""
        next_ = 0
        for at in [place for place, word in enumerate(words) if word in self._lengths]:
            if at < next_:
                continue
            for length in self._lengths[words[at]]:
                names = self._phrases.get(" ".join(words[at : at + length]))
                if names is not None:
                    yield names
                    next_ = at + length
                    break


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """A word without its ending, by rule; numbers are one word."""
    if word[0].isdigit():
        return _NUMBER
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)] + instead
    return word


def _words(*texts: str) -> list[str]:
    """The first words of the texts, small letters."""
    found: list[str] = []
    for text in texts:
        found += _WORD.findall(text[:MOST_CHARS].casefold())
    return found[:WORDS]


def _phrases(knowledge: Knowledge) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Folded words to the classes that they stand for: a type told, a kind of side, a kind of weapon."""
    found: dict[str, list[str]] = {}

    def sides(kind: str) -> Iterator[str]:
        yield kind
        yield from (side for side in _SIDES if side != kind and knowledge.kind_is_a(kind, side))

    def add(form: str, name: str) -> None:
        names = found.setdefault(" ".join(_words(fold(form))), [])
        if name not in names:
            names.append(name)

    for trigger in knowledge.triggers:
        for form in forms.inflected(trigger.words, trigger.pos):
            add(form, f"t:{trigger.type}")
    for words, kind in knowledge.role_words.items():
        for form in forms.inflected(words.split(), "noun"):
            for name in sides(kind):
                add(form, f"k:{name}")
    for words, kind in knowledge.instrument_words.items():
        for form in forms.inflected(words.split(), "noun"):
            add(form, f"i:{kind}")
    for entity in knowledge.entities.values():
        if entity.kind != "place":
            for alias in entity.aliases:
                if len(alias) > SHORTEST:
                    for name in sides(entity.kind):
                        add(alias.removeprefix(EXACT), f"k:{name}")
    for word, mood in _MOODS.items():
        add(word, f"x:{mood}")
    found.pop("", None)
    yield from ((form, tuple(names)) for form, names in found.items())
