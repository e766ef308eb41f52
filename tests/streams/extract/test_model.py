"""The language model as we run it gives what spaCy itself gives, and forgets what it need not keep."""

from datetime import UTC, datetime
from typing import Any

import numpy
import pytest
import spacy
from spacy.tokens import Doc

from streams.extract import model, reader, vectors
from streams.extract.model import Model
from streams.extract.reader import MODEL
from streams.records.flow import Article

SENTENCES = [
    "At least five rockets were fired from the Iraqi town of Zumar toward a U.S. military base in northeastern Syria on Sunday.",
    "It wasn't clear whether there're any casualties, and nobody's gonna say who'd done it; they ain't talking.",
    "Troops have been deployed to that area, which had had none, since the attackers did what they'd vowed to do.",
    "Let's go, y'all: \"nothin' doin'\", he said - it got worse, then worst.",
    "He's better than those who don't, said Gen. O'Brien (of the F-16s) at 3.30 p.m.",
]


@pytest.fixture(scope="module")
def nlp() -> Any:
    return spacy.load(MODEL, exclude=["ner"])


@pytest.fixture(scope="module")
def ours() -> Model:
    return Model(spacy.load(MODEL, exclude=["ner"]))


@pytest.mark.parametrize("text", SENTENCES)
def test_trees_classes_and_lemmas_are_those_of_the_whole_pipeline(nlp: Any, ours: Model, text: str) -> None:
    """The ruler and the lemmatizer are replaced by tables; the second round reads from the tables."""
    cut = [(token.text, bool(token.whitespace_)) for token in nlp.tokenizer(text)]
    words, spaces = [word for word, _ in cut], [spaced for _, spaced in cut]
    theirs = [(t.text, t.tag_, t.pos_, t.dep_, t.head.i, t.lemma_) for t in nlp(Doc(nlp.vocab, words=words, spaces=spaces))]
    for _ in range(2):
        with ours.zone():
            tokens = ours.tokens(text)
            (doc,) = ours.parse([([t.text for t in tokens], [t.spaced for t in tokens])])
            assert [(t.text, t.tag_, t.pos_, t.dep_, t.head.i, t.lemma_) for t in doc] == theirs


@pytest.mark.parametrize(("text", "lemma"), [("Troops retook the airport.", "retake"), ("Troops took the airport.", "take")])
def test_a_verb_taken_for_its_base_form_that_no_list_has_is_bent_back(ours: Model, text: str, lemma: str) -> None:
    """The tagger calls "retook" a base form, and spaCy then takes it for its own lemma, which nothing is listed by."""
    with ours.zone():
        (doc,) = ours.parse([([t.text for t in ours.tokens(text)], [True] * 5)])
        assert doc[1].lemma_ == lemma


def test_vectors_are_those_of_the_network_to_the_last_bit(nlp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """In any company, with words known from before, and after the table of words was full."""
    monkeypatch.setattr(vectors, "MOST", 60)
    cut = [[(token.text, bool(token.whitespace_)) for token in nlp.tokenizer(text)] for text in SENTENCES]
    sentences = [([word for word, _ in own], [spaced for _, spaced in own]) for own in cut]
    network = nlp.get_pipe("tok2vec")
    ours = vectors.Vectors(nlp.vocab, network.model)
    for batch in (sentences[:1], sentences, sentences[::-1], [sentences[3]] * 20):
        docs = [Doc(nlp.vocab, words=words, spaces=spaces) for words, spaces in batch]
        for mine, theirs in zip(ours.of(batch), network.predict(docs), strict=True):
            assert numpy.array_equal(mine, theirs)


def test_a_network_of_another_make_is_left_to_spacy(nlp: Any) -> None:
    other = spacy.load(MODEL, exclude=["ner"])
    encoder = other.get_pipe("tok2vec").model.layers[1]
    for node in encoder.walk():
        if node.name == "expand_window":
            node.attrs["window_size"] = 2
    with pytest.raises(ValueError, match="window"):
        vectors.Vectors(other.vocab, other.get_pipe("tok2vec").model)


@pytest.mark.parametrize("text", ["", " ", "a  b", "two\nlines", "a\u00a0b ", " “Go!” ", "tab\there", "\u3000wide"])
def test_white_space_is_cut_as_spacy_cuts_it(nlp: Any, ours: Model, text: str) -> None:
    with ours.zone():
        assert [(t.text, t.start, t.spaced) for t in ours.tokens(text)] == [
            (t.text, t.idx, bool(t.whitespace_)) for t in nlp.tokenizer(text)
        ]


def test_what_texts_leave_behind_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "MOST_STRINGS", 500)
    nlp = spacy.load(MODEL, exclude=["ner"])
    small = Model(nlp)
    before, sizes = len(nlp.vocab.strings), []
    for number in range(20):
        with small.zone():
            words = [f"Qx{number}y{place}" for place in range(100)]
            small.parse([([token.text for token in small.tokens(" ".join(words))], [True] * 100)])
        sizes.append(len(nlp.vocab.strings) - before)
    assert max(sizes) < 1000
    assert sizes[-1] < 600


def test_a_ruler_that_asks_for_more_is_left_to_spacy(nlp: Any) -> None:
    other = spacy.load(MODEL, exclude=["ner"])
    other.get_pipe("attribute_ruler").add([[{"LENGTH": {">=": 12}}]], {"LEMMA": "long"})
    theirs = Model(other)
    with theirs.zone():
        (doc,) = theirs.parse([(["Representatives", "met"], [True, False])])
        assert [token.lemma_ for token in doc] == ["long", "meet"]


PUBLISHED = datetime(2024, 4, 22, tzinfo=UTC)
TOLD = [
    "Gunmen killed four aid workers in Darfur on Monday, the state governor said, and burned two trucks.",
    "Rockets fired from Anbar landed inside the Ain al-Asad air base on Sunday; it was unclear whether anybody was hurt.",
    "The government imposed a curfew in Kirkuk after protesters set the council building on fire, police said.",
    "Kataib Hezbollah said it would resume attacks on U.S. forces after a pause of nearly three months.",
]


def test_the_network_run_our_way_tells_the_events_that_spacys_own_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise ValueError("a network of another make")

    articles = [
        Article(id=str(at), source="wire", url="", title="", text=text, published=PUBLISHED, taken_at=PUBLISHED)
        for at, text in enumerate(TOLD)
    ]
    ours = [reading.events for reading in reader.load().read(articles)]
    monkeypatch.setattr(model, "Vectors", unknown)
    monkeypatch.setattr(model, "hang", lambda parser, docs: parser.set_annotations(docs, parser.predict(docs)))
    theirs = [reading.events for reading in reader.load().read(articles)]
    assert all(ours)
    assert ours == theirs
