"""What the sorter sees of an article: features of its head as words, of the parse of its first sentences, and of its events.

Called by `sorter` and by the script that trains it. Words are looked up in the knowledge: triggers and the types that they tell,
kinds of sides and sites, weapons, and which of these stands before which. No name of a place is a feature.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice, pairwise

from streams.extract import forms, main_verb
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


class Traits:
    """Finds the features of an article."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._phrases = dict(_phrases(knowledge))
        self._first = frozenset(phrase.partition(" ")[0] for phrase in self._phrases)
        self._sides = frozenset(f"k:{side}" for side in _SIDES)

    def of(self, article: Article, sheets: Sequence[Parsed], events: Sequence[Event]) -> set[str]:
        """The features of an article with the parses of its sentences, in reading order, and its events."""
        words = _words(article.title, article.text)
        stems = [stem(word) for word in words]
        found = {f"w:{one}" for one in stems}
        found.update(f"b:{one} {two}" for one, two in pairwise(stems))
        found.update(f"p:{word[:5]}" for word in words if len(word) > 5)
        found.update(main_verb.features(sheets))
        found.update(self._in_order(list(self._classes(words))))
        for event in events:
            found.update((f"e:{event.type}", f"e:{event.stage}"))
            found.update(f"e:{one.kind}>{event.type}" for one in event.actors)
            found.update(f"e:{event.type}>{one.kind}" for one in event.targets)
        return found

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
        at = 0
        while at < len(words):
            if words[at] not in self._first:
                at += 1
                continue
            for length in range(min(LONGEST, len(words) - at), 0, -1):
                names = self._phrases.get(" ".join(words[at : at + length]))
                if names is not None:
                    yield names
                    at += length
                    break
            else:
                at += 1


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
    found = (match.group() for text in texts for match in _WORD.finditer(text[:MOST_CHARS].casefold()))
    return list(islice(found, WORDS))


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
