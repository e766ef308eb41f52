"""Which word of a title may be the verb that the parser missed, and its past tense."""

import pytest

from streams.extract.headlines import Headlines

IRREGULAR = {"drew": ("draw",), "drawn": ("draw",), "draws": ("draw",)}
HEADLINES = Headlines(["void", "rehearse", "cut", "draw", "carry", "clash", "permit"], ["clash"], IRREGULAR)
NOT_BEFORE = frozenset({"in", "over"})


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Court voids curfew", (1, "voided")),
        ("Marines rehearse base defence", (1, "rehearsed")),
        ("Militia carries coffins", (1, "carried")),
        ("City permits march", (1, "permitted")),
        ("Bank cuts rates", (1, "cut")),
        ("Show draws crowds", (1, "drew")),
    ],
)
def test_the_word_before_a_noun_phrase_is_the_verb(title: str, found: tuple[int, str]) -> None:
    assert HEADLINES.verb(title.split(), NOT_BEFORE) == found


@pytest.mark.parametrize(
    "title", ["Border clashes toll", "Court voids in row", "Marine rehearse base", "Voids curfew", "Court voids"]
)
def test_deeds_named_words_before_a_preposition_and_the_ends_of_a_title_are_none(title: str) -> None:
    assert HEADLINES.verb(title.split(), NOT_BEFORE) is None
