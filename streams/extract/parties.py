"""Whether a sentence names a side of politics: a nation, a government, an official, an alliance or an armed group.

Called by the reader before a sentence is parsed and by `triggers` after: words that every newspaper is full of ("agree",
"meet") are read only where such a side is named. Looks at words alone, so that both ask the same question of the same text.
"""

from streams.extract import forms
from streams.extract.sentences import Prefilter
from streams.knowledge.world import Knowledge

KINDS = ("nation", "government", "official", "diplomat", "alliance", "armed-group", "state-force")


class Parties:
    """Finds sides by name and by noun."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        nouns = (word.split() for word, kind in knowledge.role_words.items() if self._is_party(kind))
        self._nouns = Prefilter(form for words in nouns for form in forms.inflected(words, "noun"))

    def _is_party(self, kind: str) -> bool:
        return any(self._knowledge.kind_is_a(kind, one) for one in KINDS)

    def named(self, sentence: str) -> bool:
        """Whether a side is named in the sentence."""
        return self._nouns.hits(sentence) or self.names_side(sentence)

    def names_side(self, sentence: str) -> bool:
        """Whether a side with a name of its own stands in the sentence: a nation, a group, a government, a force."""
        if self._knowledge.names_nation(sentence):
            return True
        return any(self._is_party(hit.entity.kind) for hit in self._knowledge.mentions(sentence))
