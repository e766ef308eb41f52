"""Forms of words in running text: what is looked for before the parse must know the forms that the language model knows."""

from collections import defaultdict
from collections.abc import Mapping, Set

import pytest
import spacy

from streams.extract import forms, threats
from streams.extract.reader import MODEL
from streams.knowledge import world

OBSOLETE = {"bani", "anthraces", "mediae", "moslims", "moslim", "swamies", "uigurs"}  # listed by WordNet, written by nobody


@pytest.fixture(scope="module")
def irregular() -> Mapping[str, Mapping[str, Set[str]]]:
    """By part of speech: the irregular forms of a lemma, by the language model's own list."""
    lookups = spacy.load(MODEL, exclude=["ner"]).get_pipe("lemmatizer").lookups
    listed: dict[str, dict[str, set[str]]] = {"verb": defaultdict(set), "noun": defaultdict(set)}
    for pos, found in listed.items():
        for form, lemmas in lookups.get_table("lemma_exc")[pos].items():
            for lemma in lemmas:
                found[lemma].add(form)
    return listed


def test_every_irregular_form_of_a_telling_word_is_known(irregular: Mapping[str, Mapping[str, Set[str]]]) -> None:
    """ "Rebels retook the town" was once not read: the sieve looked for "retaked"."""
    known = world.load()
    words = {("verb", trigger.words[0]) for trigger in known.triggers if trigger.pos == "verb"}
    words |= {("noun", trigger.words[-1]) for trigger in known.triggers if trigger.pos == "noun"}
    words |= {("verb", verb[0]) for act in known.acts for verb in act.verbs} | {("verb", verb) for verb in threats.DEEDS}
    words |= {("noun", word.split()[-1]) for word in (*known.role_words, *known.instrument_words)}
    missing = {
        word: lost
        for pos, word in sorted(words)
        if (lost := irregular[pos].get(word, set()) - set(forms.inflected([word], pos)) - OBSOLETE)
    }
    assert not missing
    assert len(words) > 1_000


@pytest.mark.parametrize(
    ("word", "pos", "form"),
    [("retake", "verb", "retook"), ("gunman", "noun", "gunmen"), ("housewife", "noun", "housewives"), ("knife", "noun", "knives")],
)
def test_irregular_forms(word: str, pos: str, form: str) -> None:
    """Tables and endings."""
    assert form in set(forms.inflected([word], pos))
