"""Patterns asked of RE2 first, lists asked by their words first: neither may lose what the slow way finds."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams import extract
from streams.extract import cues, gist, gist_words, packed, traits
from streams.extract.act_words import words_of
from streams.extract.cues import Cue
from streams.extract.gist_tables import Tables, Text
from streams.extract.lists import EVERY, Lists
from streams.extract.sentences import Prefilter
from streams.extract.time_forms import COMPILED

NEWS = [
    line
    for name in ("near_misses", "near_misses_kinds_more", "near_misses_acts")
    for line in re.findall(r'"text": "([^"]{24,})', (Path("tests/data") / f"{name}.jsonl").read_text(encoding="utf-8"))
]
ODD = [
    "In Erdoğan’s third attack in 24 hours, at least two were killed.",
    "the\x0bsecond\x1cattack\u00a0in three weeks, it said on Monday again",
    "The report ends with a cue and a line break: at least\n",
    "Kabul, 3 May — “Fifty” people were killed… 2 days later",
]


def all_cues() -> Iterator[Cue]:
    """Every pattern of the package that is asked of RE2 first."""
    for module in iter_modules(extract.__path__, "streams.extract."):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, Cue):
                yield value
            elif isinstance(value, dict):
                yield from (one for one in value.values() if isinstance(one, Cue))
    yield from (pattern for _, pattern, *_ in COMPILED)


def test_no_pattern_loses_a_match_to_the_question_whether_it_can_match():
    """Held on every pattern of the package; most can be asked, or the question would be for nothing."""
    patterns = list(dict.fromkeys(all_cues()))
    assert len(patterns) > 150
    asked = 0
    for one in patterns:
        slow = re.compile(one.pattern, one.flags)
        for text in (*NEWS[:250], *ODD):
            assert (one.search(text) is None) == (slow.search(text) is None), (one.pattern, text)
            assert [m.span() for m in one.finditer(text)] == [m.span() for m in slow.finditer(text)]
        asked += one.asked
    assert asked > 0.8 * len(patterns)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?<!not )shelled(?! shrimp)$",
        r"(?<=\bin )March",
        r"[]()]x(?=[)(])|[^]\]]\(\?!",
        r"\bend$",
        r"(a)\1",
        r"(?:x(?!(?:y|[)])z))*w",
    ],
)
@given(text=st.text("()[]xyzw a\nend shelled March in nt!?’é\x0b", min_size=cues._SHORT, max_size=40))
def test_patterns_of_every_kind_match_as_they_do_in_the_standard_library(pattern: str, text: str):
    one, slow = Cue(pattern), re.compile(pattern)
    assert [m.span() for m in one.finditer(text)] == [m.span() for m in slow.finditer(text)]
    assert one.sub("-", text) == slow.sub("-", text)
    assert one.findall(text) == slow.findall(text)


def test_a_stretch_of_a_text_is_searched_as_the_standard_library_does():
    text = "the rockets hit the base at the end of the day"
    assert Cue(r"end$").search(text, 0, text.index("end") + 3)
    assert Cue(r"^hit").search(text, text.index("hit")) is None
    assert Cue(r"(?<=rockets )hit").search(text, text.index("hit"))
    assert Cue(r"end$").search("the rockets hit the base in the end\n")
    assert Cue(r"the\sbase").search("the rockets hit the\x0bbase in the end")
    assert Cue(r"Erdo\w+n\b").search("the rockets hit the base, Erdoğan said")
    assert Cue(r"hit the").fullmatch(text, text.index("hit"), text.index(" base"))


LISTED = ("shell", "fell short", "car-bomb", "Al-Šabāb", "blew up", "in flames")


@given(
    st.lists(
        st.sampled_from(
            [
                "shell",
                "SHELL",
                "fell",
                "short",
                "car",
                "bomb",
                "car bomb",
                "al",
                "shabab",
                "sabab",
                "up",
                "blew",
                "in_flames",
                "flames",
            ]
        )
    )
)
def test_a_list_that_words_rule_out_finds_nothing(words: list[str]):
    lists = Lists()
    kept = [lists.add([form]) for form in LISTED]
    sentence = " ".join(words) + "."
    listed = lists.of(words_of(sentence))
    for form, one in zip(LISTED, kept, strict=True):
        assert one.hits(sentence, EVERY) == one.hits(sentence, listed) == Prefilter([form]).hits(sentence)


def _known(model: packed.Packed, features: set[str]) -> list[int]:
    return sorted(model.found(features))


def test_features_looked_up_by_their_parts_are_those_that_are_written_out():
    """Sentences, articles and heads: the same rows, and the same number of features, as the training scripts see."""
    texts = [gist_words.words(text) for text in NEWS[:40]]
    sentences, articles = (packed.load(name).models[name] for name in gist.PACKED[:2])
    found = Tables(sentences).of_sentences(Text([*texts, []]), range(len(texts) + 1))
    some = 0
    for at in range(len(texts) + 1):
        features = gist_words.of_sentence([*texts, []], at, at)
        rows = sorted(found.rows[found.places == at].tolist())
        assert (rows, int(found.numbers[at])) == (_known(sentences, features), len(features))
        some += len(rows)
    assert some > 1000
    assert not len(Tables(articles).of_sentences(Text([[], []]), [0, 1]).rows)
    rows, number = Tables(articles).of_article(Text(texts), texts[0])
    features = gist_words.of_article(texts, texts[0])
    assert (sorted(rows), number) == (_known(articles, features), len(features))


def test_a_head_looked_up_by_its_parts_is_the_head_written_out():
    for model in packed.load("types").models.values():
        words = ["the", "army", "will", "not", "leave", "the", "base", "near", "kabul", "said", "the", "minister", "of", "defence"]
        head = traits.Head(tuple(words), frozenset({"minis"}), frozenset({"k:armed-group", "k:official>t:meeting"}))
        rows = traits.Shelves(model).rows(head, {"m:say", "e:meeting"})
        assert len(rows) > 10
        assert sorted(rows) == _known(model, {*head.features(), "m:say", "e:meeting"})
