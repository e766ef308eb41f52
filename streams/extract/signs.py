"""What must stand beside a weak word: signs of arms, of forces, of people in trouble, by words alone and before any parse.

Asked by `worth`, which sentences are to be parsed, and by `deeds`, whether a weak word that tells no attack ("meet", "release",
"withdraw") tells anything. Both ask the same question of the same words.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

import re2

from streams.extract import forms
from streams.extract.parties import Parties
from streams.extract.sentences import Prefilter
from streams.knowledge.world import Knowledge

AIRCRAFT = frozenset(
    "aircraft warplane plane jet bomber helicopter gunship warship destroyer battery artillery drone plane ship boat tank".split()
)
_ARMED = ("force", "alliance")
_TARGETS = ("military-site", "diplomatic-site", "energy-site", "police-station", "airport", "hospital", "school", "prison", "government-site",
            "refugee-camp", "worship-site", "bridge", "vehicle", "equipment")  # fmt: skip
_PEOPLE = ("captive", "protester", "refugee", "suspect", "civilian", "diplomat", "journalist", "aid-worker")
# nouns of business pages, which prove nothing alone
_EVERYDAY = frozenset(
    "unit division major general force presence personnel officer captain recruit cell guard position post site plant adviser advisor trainer instructor "
    "coalition alliance proxy chief operator equipment stockpile shipping fleet car bus truck van taxi vehicle airline people person man woman family local "
    "national foreigner driver farmer resident father mother son player fan spectator businessman lawyer couple guest crowd human youth citizen child "
    "terminal tanker carrier ferry freighter battery pilot strike power station power plant pipeline refinery".split()
)
_BUSINESS = re2.compile(
    r"\b(?:stocks?|shares?|shareholders?|stockholders?|investors?|investments?|bonds?|futures|equit(?:y|ies)|currenc(?:y|ies)|mln|bln|dlrs|pct|profits?|earnings|"
    r"dividends?|takeover|mergers?|acquisitions?|subsidiar(?:y|ies)|brokerage|Inc|Corp|Co|Plc|Ltd|quarterly|fiscal|tender offer|prices?|exports?|imports?|inflation|"
    r"loans?|creditors?|bankers?|crude|barrels?|contracts?|markets?|trade|trading|companies|company|tonnes|certificates|yen|debt|tax|customers|products?)\b"
)

_DEADLY = re2.compile(
    r"(?i)\b(?:strikes?|attacks?|raids?|hit|struck|attacked|raided)\b.*\b(?:kill(?:s|ed|ing)?|dead|wound(?:s|ed|ing)?|injur(?:es|ed|ing)|deaths?)\b"
    r"|\b(?:kill(?:s|ed|ing)?|wound(?:s|ed|ing)?|injur(?:es|ed|ing))\b.*\b(?:strikes?|attacks?|raids?)\b"
)


class Signs:
    """Finds signs in sentences."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._parties = Parties(knowledge)
        self._weapons = Prefilter(_plurals([*knowledge.instrument_words, *AIRCRAFT]))
        self._armed = Prefilter((*_plurals(self._nouns(_ARMED)), *self._aliases(_ARMED)))
        self._targets = Prefilter((*_plurals(self._nouns(_TARGETS)), *self._aliases(_TARGETS)))
        self._people = Prefilter(_plurals(self._nouns(_PEOPLE)))
        self._bases = Prefilter((*_plurals(self._nouns(("base",))), *self._aliases(("base",))))

    def _nouns(self, kinds: Iterable[str]) -> Iterator[str]:
        for word, kind in self._knowledge.role_words.items():
            if word not in _EVERYDAY and any(self._knowledge.kind_is_a(kind, one) for one in kinds):
                yield word

    def _aliases(self, kinds: Iterable[str]) -> Iterator[str]:
        for entity in self._knowledge.entities.values():
            if any(self._knowledge.kind_is_a(entity.kind, one) for one in kinds):
                yield from (alias for alias in entity.aliases if len(alias) > 3)

    def weapon(self, sentence: str) -> bool:
        """Whether a weapon is named."""
        return self._weapons.hits(sentence)

    def arms(self, sentence: str) -> bool:
        """Whether a weapon or an armed side is named."""
        return self._weapons.hits(sentence) or self._armed.hits(sentence)

    def base(self, sentence: str) -> bool:
        """Whether a military base is named."""
        return self._bases.hits(sentence)

    def attack(self, sentence: str) -> bool:
        """Whether anything makes an attack of "hit": arms, what arms are aimed at, a nation outside business, people killed."""
        return self.arms(sentence) or self._targets.hits(sentence) or self._nation(sentence) or deadly(sentence)

    def matter(self, sentence: str) -> bool:
        """Whether "meet", "release", "withdraw" may be of politics or war: people in trouble or arms; a side or a site outside business."""
        if self._people.hits(sentence) or self.arms(sentence):
            return True
        return not business(sentence) and (self._targets.hits(sentence) or self._parties.named(sentence))

    def act(self, sentence: str) -> bool:
        """Whether "take over", "hold", "impose" may be an act of war or state: not where only companies, prices or markets are."""
        return not business(sentence) or self.arms(sentence)

    def party(self, sentence: str) -> bool:
        """Whether a side of politics is named, outside business."""
        return not business(sentence) and self._parties.named(sentence)

    def _nation(self, sentence: str) -> bool:
        return not business(sentence) and self._parties.names_side(sentence)


def business(sentence: str) -> bool:
    """Whether the sentence speaks of companies, prices or markets."""
    return _BUSINESS.search(_encoded(sentence)) is not None


def deadly(sentence: str) -> bool:
    """Whether a strike, attack or raid stands in one sentence with people killed or hurt: "strike on market kills 12"."""
    return _DEADLY.search(_encoded(sentence)) is not None


@lru_cache(maxsize=16)
def _encoded(sentence: str) -> bytes:
    """The sentence as RE2 reads it, halves of characters as question marks."""
    return sentence.encode("utf-8", "replace")


def _plurals(words: Iterable[str]) -> set[str]:
    return {form for word in words for form in forms.inflected(word.split(), "noun")}
