"""A headline's main verb that the parser took for a noun: "Court voids curfew", "Marines rehearse base defence".

Called by `sheets` for titles whose parse has no verb on top. Offers the title with one word in the past tense, which the parser
does not mistake; whether the new parse is taken is `sheets`' to say. Which words may be verbs the language model's own tables say.
"""

from collections.abc import Iterable, Mapping, Sequence

from streams.extract import forms

# verbs whose past tense is their lemma: all of them
_UNCHANGED = frozenset("bet bid burst cast cost cut hit hurt let put quit set shed shut slit split spread thrust upset wed".split())
_MANY = frozenset("police gunmen men women people policemen troops youth crew staff".split())


class Headlines:
    """Finds the verbs of titles."""

    def __init__(self, verbs: Iterable[str], nouns: Iterable[str], irregular: Mapping[str, Sequence[str]]) -> None:
        """
        Args:
            verbs: lemmas of the language.
            nouns: words for deeds, of which `sheets` has a list of its own: "clashes" is a noun in most titles.
            irregular: forms of verbs that no rule makes, with their lemmas.
        """
        known = frozenset(nouns)
        self._past = {verb: _regular(verb) for verb in verbs if verb.isalpha() and verb not in known and len(verb) > 2}
        for form, lemmas in irregular.items():
            for lemma in lemmas:
                if lemma in self._past and not form.endswith(("s", "ing", "en", "wn", "ne")):
                    self._past[lemma] = form

    def verb(self, words: Sequence[str], not_before: frozenset[str]) -> tuple[int, str] | None:
        """Where the verb of a title may stand, and its past tense; None where no word can be one.

        Args:
            not_before: words that do not begin a noun phrase, in small letters.
        """
        for at in range(1, len(words) - 1):
            word, after = words[at], words[at + 1]
            if not word.islower() or after.lower() in not_before or not after[:1].isalnum():
                continue
            before = words[at - 1]
            many = before.lower() in _MANY or (len(before) > 3 and before.endswith("s") and not before.endswith(("ss", "'s", "’s")))
            lemma = word if many else _singular(word)
            if lemma in self._past:
                return at, self._past[lemma]
        return None


def _regular(verb: str) -> str:
    """The past tense by rule; of two spellings, the one with the doubled consonant."""
    if verb in _UNCHANGED:
        return verb
    return max((form for form in forms.inflected([verb], "verb") if form.endswith("ed") and form != verb), key=len, default=verb)


def _singular(word: str) -> str:
    """The lemma of a third person, "" for what is none."""
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("shes", "ches", "sses", "xes", "zzes", "oes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else ""
