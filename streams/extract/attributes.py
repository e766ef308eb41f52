"""Word classes and lemmas from tags and labels: the last two steps of a spaCy pipeline, from tables instead of a matcher.

Called by `model` after the parser. A pipeline's attribute ruler matches some 180 patterns against every token, which takes as
long as the tagger and the network under it (20 of 65 microseconds a word, measured 2026-11); its patterns ask for nothing but a
token's word, tag and label, so each combination is worked out once. A ruler that asks for more is left to spaCy. Lemmas are those of
the pipeline, but for verbs that the tagger takes for a base form which the pipeline does not list ("retook").
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from sys import intern
from typing import Any

import numpy
from spacy.attrs import DEP, MORPH, ORTH, TAG
from spacy.symbols import VERB
from spacy.tokens import Doc, MorphAnalysis

from streams.extract.tokens import Form

_ASKED = frozenset({"LOWER", "TAG", "DEP", "IS_SPACE"})
_MOST = 100_000  # combinations kept; an assumption: beyond them a feed is hostile, and only slower

Row = tuple[int, int, int]  # word, tag and label of a token, as numbers of the string store
Values = tuple[int, int, int, int]  # tag, class, label and lemma
Asked = Mapping[str, str | bool]  # what a pattern may ask of a token
Test = Callable[[Asked], bool]


@dataclass(frozen=True, slots=True)
class _Rule:
    """One pattern of the ruler: tests of one or two tokens, which of them it changes, and how."""

    number: int  # later ones win
    tests: tuple[Test, ...]
    index: int
    attributes: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class _Word:
    """A token as the lemmatizer asks for it."""

    orth: int
    text: str
    pos: int
    pos_: str
    morph: Any


class Attributes:
    """What a pipeline's attribute ruler and lemmatizer would set, but for MORPH, which nobody here asks for."""

    def __init__(self, nlp: Any) -> None:
        """Raises ValueError where the pipeline's ruler asks for more than tables can hold."""
        self._vocab, self._strings = nlp.vocab, nlp.vocab.strings
        ruler, self._lemmatizer = nlp.get_pipe("attribute_ruler"), nlp.get_pipe("lemmatizer")
        index = self._lemmatizer.lookups.get_table("lemma_index", {})
        for pos in list(index):
            index[pos] = frozenset(index[pos])  # a list of thousands, searched from its beginning for every new word
        self._verbs: frozenset[str] = index.get("verb", frozenset())
        self._no_morph = MorphAnalysis(nlp.vocab, {})
        patterns = [
            (number, pattern, row["index"], attributes)
            for number, (row, attributes) in enumerate(zip(ruler.patterns, ruler.attrs, strict=True))
            for pattern in row["patterns"]
        ]
        rules = [
            _Rule(number, tuple(_test(token) for token in pattern), int(index), dict(attributes))
            for number, pattern, index, attributes in patterns
        ]
        if any(len(rule.tests) > 2 or not 0 <= rule.index < len(rule.tests) for rule in rules):
            raise ValueError("a pattern of more than two tokens")
        self._single = [rule for rule in rules if len(rule.tests) == 1]
        self._pairs = [rule for rule in rules if len(rule.tests) == 2]
        asked = [token["LOWER"] for _, pattern, _, _ in patterns for token in pattern if "LOWER" in token]
        # words of which the ruler knows something of their own
        self._listed = frozenset(word for value in asked for word in _listed(value))
        self._shaped = [re.compile(value["REGEX"]) for value in asked if isinstance(value, dict) and "REGEX" in value]
        self._words: dict[Row, tuple[Form, bool]] = {}
        self._classes: dict[tuple[str | bool, int, int], tuple[Values, Any]] = {}

    def forget(self) -> None:
        """Drops what refers to strings of a memory zone; to be called when it ends."""
        self._words.clear()
        self._lemmatizer.cache.clear()

    def of(self, doc: Doc) -> list[Form]:
        """Word class and lemma of every token, from its word, tag and label."""
        rows: list[Row] = [(orth, tag, dep) for orth, tag, dep in doc.to_array([ORTH, TAG, DEP]).tolist()]
        known, found = self._words, list[Form]()
        for place, row in enumerate(rows):
            entry = known.get(row)
            if entry is None:
                here = self._asked(row)
                entry = self._form(row, self._values(row, here, ())), any(rule.tests[1](here) for rule in self._pairs)
                if len(known) < _MOST:
                    known[row] = entry
            found.append(entry[0])
            if entry[1] and place:
                self._pair(rows, place, found)
        return found

    def _form(self, row: Row, values: Values) -> Form:
        tag, pos, dep, lemma = (intern(self._strings[value]) for value in values)
        text = intern(self._strings[row[0]])
        return Form(text, intern(text.lower()), lemma, pos, tag, dep)

    def _pair(self, rows: Sequence[Row], place: int, found: list[Form]) -> None:
        """Patterns of two tokens, of which the second stands at `place`."""
        before, here = self._asked(rows[place - 1]), self._asked(rows[place])
        for which, token in ((0, before), (1, here)):
            rules = [r for r in self._pairs if r.index == which and r.tests[0](before) and r.tests[1](here)]
            if rules:
                changed = place - 1 + which
                found[changed] = self._form(rows[changed], self._values(rows[changed], token, rules))

    def _asked(self, row: Row) -> Asked:
        lexeme = self._vocab[row[0]]
        return {"LOWER": lexeme.lower_, "IS_SPACE": lexeme.is_space, "TAG": self._strings[row[1]], "DEP": self._strings[row[2]]}

    def _values(self, row: Row, token: Asked, more: Sequence[_Rule]) -> Values:
        """What a token is to have; `more`: rules of two tokens that fit beside those of one."""
        if more:
            values, morph = self._ruled(row, token, more)
        else:
            lower = str(token["LOWER"])
            own = lower in self._listed or any(shape.search(lower) for shape in self._shaped)
            key = (lower if own else token["IS_SPACE"], row[1], row[2])
            if key not in self._classes:
                self._classes[key] = self._ruled(row, token, ())
            values, morph = self._classes[key]
        tag, pos, dep, lemma = values
        if lemma and not self._lemmatizer.overwrite:
            return values
        word = _Word(row[0], self._strings[row[0]], pos, self._strings[pos], morph)
        return tag, pos, dep, self._strings.add(self._lemma(word))

    def _lemma(self, word: _Word) -> str:
        """The lemmatizer's answer; of a verb taken for its base form that no list of verbs has ("retook"), that of its other forms."""
        lemma: str = self._lemmatizer.lemmatize(word)[0]
        if word.pos != VERB or not self._verbs or lemma in self._verbs:
            return lemma
        bent: str = self._lemmatizer.lemmatize(replace(word, morph=self._no_morph))[0]
        return bent if bent in self._verbs else lemma

    def _ruled(self, row: Row, token: Asked, more: Sequence[_Rule]) -> tuple[Values, Any]:
        """The ruler's answer, lemma 0 where it gives none, and the morphology that the lemmatizer asks for."""
        doc = Doc(self._vocab, words=[self._strings[row[0]]])
        doc.from_array([TAG, DEP], numpy.array([row[1:]], dtype="uint64"))
        rules = [*(rule for rule in self._single if rule.tests[0](token)), *more]
        for rule in sorted(rules, key=lambda rule: rule.number):
            for attribute, value in rule.attributes.items():
                if attribute == MORPH:
                    doc[0].set_morph(value)
                else:
                    doc.from_array([attribute], numpy.array([[value]], dtype="uint64"))
        return (doc[0].tag, doc[0].pos, doc[0].dep, doc[0].lemma), doc[0].morph


def _test(wanted: Mapping[str, Any]) -> Test:
    """Whether a token is what one element of a pattern asks for."""
    if not wanted.keys() <= _ASKED:
        raise ValueError(f"a pattern that asks for {', '.join(wanted.keys() - _ASKED)}")
    tests = [(key, _one(value)) for key, value in wanted.items()]
    return lambda token: all(test(token[key]) for key, test in tests)


def _one(value: Any) -> Callable[[str | bool], bool]:
    """The test for one attribute."""
    if not isinstance(value, dict):
        return lambda found: found == value
    ((how, wanted),) = value.items()
    if how == "REGEX":
        pattern = re.compile(wanted)
        return lambda found: pattern.search(str(found)) is not None
    if how not in ("IN", "NOT_IN"):
        raise ValueError(f"a pattern that compares with {how}")
    members = frozenset(wanted)
    return (lambda found: found in members) if how == "IN" else (lambda found: found not in members)


def _listed(value: Any) -> Sequence[str]:
    """The words that a pattern names."""
    if not isinstance(value, dict):
        return (value,)
    return [*value.get("IN", ()), *value.get("NOT_IN", ())]
