"""Whether a sentence may tell an act: a verb of doing and a word for the thing it is done to, both in it.

Called by the reader before anything is parsed: "close" and "border" are too common to be read each by itself, together they are
rare. Looks at words alone; `acts` asks the tree.
"""

import re
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache

from streams.extract import forms
from streams.extract.sentences import Prefilter
from streams.knowledge.aliases import EXACT
from streams.knowledge.world import Act, Knowledge

# the word of a longer verb that tells it best
_TELLING = frozenset(
    "effect force place hostage captive custody gunpoint handcuffs jail bars prisoner violence violent deadly ugly chaos clashes riot fire ablaze alight amok arrest "
    "detention hold tatters".split()
)
# words of a thing that say least of it
_SMALL = frozenset(
    "by in of to the up order deal agreement accord pact attempt law power warning rule staff personnel employee worker decree".split()
)
_WORD = re.compile(r"[^\W_]+")


# words between a doing and its thing: of 100 sentences with an act in invented articles of all kinds none had more than 8, and those
# of newspapers with more than 12 were read wrong, while a third of the sentences without an act have more (measured 2026-11)
WITHIN = 12


class ActWords:
    """Finds sentences worth parsing for an act; each entry has a bit, which the words of its lists set."""

    def __init__(self, knowledge: Knowledge) -> None:
        bits: dict[tuple[frozenset[str], frozenset[str], frozenset[str]], int] = {}
        self._things: dict[str, int] = {}
        self._doings: dict[str, int] = {}
        self._phrases: dict[str, list[tuple[frozenset[str], int]]] = {}  # first word of a longer verb: the others
        self._beside: dict[int, list[frozenset[str]]] = {}  # of each entry, lists of which one word must stand there too
        self._telling = frozenset[str]()  # words of any doing
        self._by = 0  # entries whose first list has who does it, whom a name may stand for
        self._named = 0  # entries of which words alone name the thing
        self._always = 0  # entries of which anything may be the thing
        for act in knowledge.acts:
            beside = act.beside if not act.by else _who(act, knowledge) if act.beside else frozenset[str]()
            key = (frozenset(_things(act, knowledge)), beside, act.to)
            bit = bits.setdefault(key, 1 << len(bits))
            self._by |= bit if act.by and beside else 0
            self._beside[bit] = [asked for asked in (beside, act.to) if asked]
            self._always |= 0 if key[0] else bit
            self._named |= 0 if act.kinds or not act.words else bit
            for word in key[0]:
                self._things[word] = self._things.get(word, 0) | bit
            self._add(act, bit)
        self._telling = frozenset((*self._doings, *self._phrases))
        kinds = {kind for act in knowledge.acts if act.by and act.beside for kind in act.by if kind in knowledge.kinds}
        named = (one for one in knowledge.entities.values() if _is_any(knowledge, one.kind, kinds))
        self._names = Prefilter({alias.removeprefix(EXACT) for one in named for alias in one.aliases})

    def _add(self, act: Act, bit: int) -> None:
        """Takes in the forms of the doing; of "take hostage" the word that is rarer."""
        single = [verb[-1] for verb in act.verbs if len(verb) > 1 and verb[-1] in _TELLING]
        single.extend(form for noun in act.nouns for form in forms.inflected([noun], "noun"))
        for verb in act.verbs:
            first = list(forms.inflected([_WORD.findall(verb[0])[-1]], "verb"))
            if len(verb) == 1:
                single.extend(first)
            elif verb[-1] not in _TELLING:
                for form in first:
                    self._phrases.setdefault(form, []).append((frozenset(verb[1:]), bit))
        for word in single:
            self._doings[word] = self._doings.get(word, 0) | bit

    def hit(self, sentence: str, *, named: bool = False) -> bool:
        """Whether both halves of one act stand in the sentence; `named`: of one whose thing is no matter of business."""
        words = words_of(sentence)
        doings = 0
        for word in words & self._telling:
            doings |= self._doings.get(word, 0)
            for rest, bit in self._phrases.get(word, ()):
                if rest <= words:
                    doings |= bit
        if not doings:
            return False
        things = self._always
        for word in words & self._things.keys():
            things |= self._things[word]
        both = things & doings & (self._named if named else -1)
        while both:
            bit = both & -both
            both ^= bit
            if self._besides(sentence, bit) and (bit & self._always or self._close(sentence, bit)):
                return True
        return False

    def _besides(self, sentence: str, bit: int) -> bool:
        """Whether what an entry asks for besides stands in the sentence."""
        words = words_of(sentence)
        missing = [asked for asked in self._beside[bit] if words.isdisjoint(asked)]
        named = bit & self._by and missing == self._beside[bit][:1]
        return not missing or bool(named and self._names.hits(sentence))

    def _close(self, sentence: str, bit: int) -> bool:
        """Whether both halves of an entry stand near each other."""
        words = words_of(sentence)
        doings = {word for word in words & self._telling if self._tells(word, bit)}
        return close(sentence, doings, {word for word in words & self._things.keys() if self._things[word] & bit})

    def _tells(self, word: str, bit: int) -> bool:
        return bool(self._doings.get(word, 0) & bit) or any(one == bit for _, one in self._phrases.get(word, ()))


@lru_cache(maxsize=16)
def words_of(sentence: str) -> frozenset[str]:
    """The words of a sentence in small letters; kept for a while, as several questions are asked of one sentence."""
    return frozenset(_WORD.findall(sentence.casefold()))


def close(sentence: str, ones: Container[str], others: Container[str], within: int = WITHIN) -> bool:
    """Whether one of the first words stands at most so many words from one of the others, before it or after."""
    words = _WORD.findall(sentence.casefold())
    theirs = [place for place, word in enumerate(words) if word in others]
    return any(0 < abs(place - other) <= within for place, word in enumerate(words) if word in ones for other in theirs)


def _who(act: Act, knowledge: Knowledge) -> frozenset[str]:
    """Words of which one stands in a sentence that tells who does the act, beside names; without them it needs one of `beside`."""
    bearers = (word for word, kind in knowledge.role_words.items() if _is_any(knowledge, kind, act.by))
    last = {_WORD.findall(word.casefold())[-1] for word in (*act.by, *bearers)}
    return frozenset((*act.beside, *(form for word in last for form in forms.inflected([word], "noun"))))


def _things(act: Act, knowledge: Knowledge) -> Iterator[str]:
    """Forms of the telling words of what the act is done to."""
    for word in {*act.words, *(word for word, kind in knowledge.role_words.items() if _is_any(knowledge, kind, act.kinds))}:
        telling = [part for part in _WORD.findall(word.casefold()) if part not in _SMALL]
        yield from forms.inflected(telling[-1:] or [word], "noun")


def _is_any(knowledge: Knowledge, kind: str, kinds: Iterable[str]) -> bool:
    return any(knowledge.kind_is_a(kind, one) for one in kinds)
