"""Words in `text` and `mentions` that the knowledge knows better: types, weapons, known names, slips of the pen; for `rules.lint`.

A rule of words cannot tell who did what, so whatever can be asked for as a type, weapon or entity is named.
"""

from collections import defaultdict
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cached_property
from itertools import takewhile
from typing import Any

from rules.model import AboutIs, AllOf, AnyOf, Clause, EventIs, Mentions, Rule, SequenceWithin, WordsIn, WordsNear
from streams.aliases import fold
from streams.knowledge import Knowledge

SHORTEST = 5  # letters; shorter words have too many neighbours to guess what was meant (assumption)
NEAR = 0.85  # of difflib's ratio: one letter in seven wrong, or two changed places (assumption)
_ENDINGS = {"", "s", "es", "ed", "ing", "er", "ers", "d", "r", "rs", "e", "y", "ies", "ion", "ions", "al", "ly", "ist", "ists"}


class Hints:
    """What is to be said of words, by one knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    def of(self, rule: Rule) -> Iterator[tuple[Any, str]]:
        """Clauses on words, and what is to be said of each."""
        wholes: list[Clause | None] = [rule.core, *(case.when for case in rule.severity)]
        if isinstance(rule.form, SequenceWithin):
            wholes[0:1] = [step.core for step in rule.form.steps]
        for whole in wholes:
            asked = tuple(_parts(whole))
            types = tuple(node for part in asked if isinstance(part, EventIs) for node in part.nodes)
            for part in asked:
                if isinstance(part, WordsIn):
                    yield from ((part, said) for word in part.words if (said := self._better(word, types) or self._slip(word)))
                elif isinstance(part, WordsNear):
                    yield from ((part, said) for word in part.words if (said := self._slip(word)))
                elif isinstance(part, Mentions):
                    yield from ((part, said) for name in part.names if (said := self._known(name)))

    def _better(self, word: str, types: tuple[str, ...]) -> str:
        """A type or weapon that asks for what the word asks for; empty for none."""
        folded = fold(word)
        found = next((self._told[one] for one in _lemmas(folded) if one in self._told), set())
        if len(found) == 1:
            type = next(iter(found))
            if any(type != node and self.knowledge.is_a(type, node) for node in types):
                return f'"{word}" tells the event type "{type}": "event: {type}" asks for it in all its words'
        weapon = self.knowledge.instrument_words.get(folded)
        if weapon is not None:
            other = f'"instrument: {weapon}" asks for the weapon, not for a word that stands there'
            return f'"{word}" names the instrument "{weapon}": {other}'
        return ""

    def _slip(self, word: str) -> str:
        """What was meant by a word that nobody uses; empty where that is not clear."""
        folded = fold(word)
        if len(folded) < SHORTEST or not word.isalpha() or not word.islower() or self.knowledge.everyday(folded):
            return ""
        if folded in self._told or self.knowledge.mentions(word):
            return ""
        near = get_close_matches(folded, self._words, n=1, cutoff=NEAR)
        if not near or _inflected(folded, near[0]):
            return ""
        return f'"{word}" is no word that the knowledge has; did you mean "{near[0]}"?'

    def _known(self, name: str) -> str:
        """The known entity that a plain name is, or nearly is; empty for none."""
        hits = self.knowledge.mentions(name)
        if len(hits) == 1 and (hits[0].start, hits[0].end) == (0, len(name)) and hits[0].entity.id in self.knowledge.entities:
            return f'"{name}" is known as "{hits[0].entity.id}": its id finds it in all its spellings'
        folded = fold(name)
        near = get_close_matches(folded, self._names, n=1, cutoff=NEAR) if len(folded) >= SHORTEST and not hits else []
        if not near or near[0] == folded:
            return ""
        return f'"{name}" is nearly a name of "{self._names[near[0]]}"; did you mean that?'

    @cached_property
    def _told(self) -> dict[str, set[str]]:
        """Single words that tell an event, and the types they tell."""
        found: dict[str, set[str]] = defaultdict(set)
        for trigger in self.knowledge.triggers:
            if len(trigger.words) == 1 and not trigger.weak:
                found[fold(trigger.words[0])].add(trigger.type)
        return dict(found)

    @cached_property
    def _words(self) -> list[str]:
        known = (*self._told, *self.knowledge.instrument_words, *self.knowledge.role_words)
        return sorted({word for word in known if len(word) >= SHORTEST and " " not in word})

    @cached_property
    def _names(self) -> dict[str, str]:
        entities = self.knowledge.entities.values()
        return {fold(name): one.id for one in entities for name in (one.id, one.name, *one.aliases) if len(name) >= SHORTEST}


def _parts(part: Any) -> Iterator[Any]:
    """Clauses that are asked for; what is excluded apart."""
    if isinstance(part, (AllOf, AnyOf)):
        for one in part.parts:
            yield from _parts(one)
    elif isinstance(part, AboutIs):
        yield from _parts(part.part)
    elif part is not None:
        yield part


def _lemmas(word: str) -> Iterator[str]:
    """What a word may be a form of, itself first."""
    yield word
    for ending in ("s", "es", "d", "ed", "ing"):
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST - 2:
            stem = word.removesuffix(ending)
            yield from (stem, f"{stem}e", stem[:-1])  # shelled, ambushing, kidnapped


def _inflected(one: str, other: str) -> bool:
    """Whether two words differ by an ending only."""
    stem = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    return one[stem:] in _ENDINGS and other[stem:] in _ENDINGS
