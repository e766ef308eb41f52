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
from streams.knowledge.aliases import fold
from streams.knowledge.world import Knowledge

SHORTEST = (
    5  # letters of a name, and two more of a word; shorter ones have too many neighbours to guess what was meant (assumption)
)
NEAR = 0.85  # of difflib's ratio, for names: one letter in seven wrong (assumption)
_ENDINGS = {
    "",
    "s",
    "se",
    "ze",
    "es",
    "ed",
    "ing",
    "er",
    "ers",
    "d",
    "r",
    "rs",
    "e",
    "y",
    "ies",
    "ion",
    "ions",
    "al",
    "ly",
    "ist",
    "ists",
}


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
                    better = self._better(part.words, types)
                    yield from ((part, better),) if better else ()
                    yield from ((part, said) for word in part.words if (said := self._slip(word)))
                elif isinstance(part, WordsNear):
                    yield from ((part, said) for word in part.words if (said := self._slip(word)))
                elif isinstance(part, Mentions):
                    yield from ((part, said) for name in part.names if (said := self._known(name)))

    def _better(self, words: tuple[str, ...], types: tuple[str, ...]) -> str:
        """A type or weapon that asks for what the words ask for; empty for none.

        One word may be meant in its narrow sense, beheadings among executions; several of one type are a list of its words.
        """
        found = [next((self._told[one] for one in _lemmas(fold(word)) if one in self._told), set()) for word in words]
        common = set.intersection(*found)
        type = next(iter(common)) if len(common) == 1 and all(len(one) == 1 for one in found) else ""
        finer = any(type != node and self.knowledge.is_a(type, node) for node in types)
        if finer and (len(words) > 1 or type in _lemmas(fold(words[0]))):
            shown = ", ".join(f'"{word}"' for word in words)
            return f'{shown}: words that tell the event type "{type}"; "event: {type}" asks for it in all its words'
        weapon = next((one for one in _lemmas(fold(words[0])) if one in self.knowledge.instruments), "")
        if weapon and len(words) == 1:
            return f'"{words[0]}" is a kind of instrument: "instrument: {weapon}" asks for the weapon, not for a word'
        return ""

    def _slip(self, word: str) -> str:
        """What was meant by a word with letters in the wrong order, or doubled where they are not; empty where that is not clear.

        Anything nearer to a guess would complain of good words: the knowledge has those of conflict, not all of English.
        """
        folded = fold(word)
        if len(folded) < SHORTEST + 2 or not word.isalpha() or not word.islower() or self.knowledge.everyday(folded):
            return ""
        if folded in self._told or self.knowledge.mentions(word):
            return ""
        meant = next((one for one in _slips(folded) if one in self._words), None) or self._undoubled.get(_undouble(folded))
        if meant is None or meant == folded or _inflected(folded, meant):
            return ""
        return f'"{word}" is no word that the knowledge has; did you mean "{meant}"?'

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
    def _words(self) -> frozenset[str]:
        known = (*self._told, *self.knowledge.instrument_words, *self.knowledge.role_words)
        return frozenset(word for word in known if len(word) >= SHORTEST and " " not in word)

    @cached_property
    def _undoubled(self) -> dict[str, str]:
        return {_undouble(word): word for word in sorted(self._words)}

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


def _slips(word: str) -> Iterator[str]:
    """The word with two letters beside each other changed, each in turn but the first, which nobody gets wrong."""
    yield from (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(1, len(word) - 1))


def _undouble(word: str) -> str:
    """Without doubled letters: "missile" and "misile" are the same."""
    return "".join(one for one, before in zip(word, " " + word, strict=False) if one != before)


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
