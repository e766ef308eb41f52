"""What articles tell as a whole, and how sure their events are."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from streams import wire
from streams.extract import beside, gist, gist_words, linear, packed, reader
from streams.extract.parts import Candidate, head_word
from streams.records.flow import Article, Reading, Span

NOON = datetime(2024, 4, 22, 12, tzinfo=UTC)
BOMB = (
    "Guerrillas of the Northern Front murdered Judge Maria Salas last night outside her home in Santa Rosa, police said. A bomb "
    "of five sticks of dynamite destroyed her car this morning and wounded two peasants."
)
OLD = "The minister said that in the past ten years terrorists killed many people. He asked for peace talks with all the groups."


def told(text: str, extractor: reader.Extractor) -> Reading:
    article = Article(id="a", source="s", url="", title="", text=text, published=NOON, taken_at=NOON)
    return extractor.read([article])[0]


@pytest.fixture(scope="module")
def extractor() -> reader.Extractor:
    return reader.load()


@pytest.mark.parametrize("name", [*gist.PACKED, *gist.PLAIN])
def test_each_model_says_what_it_was_learned_from_and_is_small(name):
    loaded = packed.load(name) if name in gist.PACKED else gist.model(name)
    model = loaded.models[name] if isinstance(loaded, packed.Models) else loaded
    assert "MUC" in loaded.provenance
    assert "tests/bench/train_" in loaded.provenance
    assert len(model.weights) > 40
    path = Path(linear.__file__).parents[1] / "data" / f"{name}.weights.json"
    assert path.stat().st_size < 1_500_000
    assert set(model.labels) == set({"real": ("real",), "roles": gist.ROLES, "beside": gist.ROLES}.get(name, gist.KINDS))


def test_a_bomb_of_last_night_is_likelier_than_a_sum_of_ten_years(extractor):
    fresh, old = told(BOMB, extractor), told(OLD, extractor)
    assert fresh.gist is not None
    best = {one.type: one.probability for one in fresh.gist.likely}
    assert best["attack"] > 0.4
    assert best["explosions"] > 0.5
    assert old.gist is not None
    assert all(one.probability < best.get(one.type, 0.5) for one in old.gist.likely)


def test_confidence_lies_between_none_and_one_and_differs(extractor):
    sure = [e.confidence for text in (BOMB, OLD) for e in told(text, extractor).events]
    assert all(0 <= one <= 1 for one in sure)
    assert len(set(sure)) > 1


def test_parts_quote_the_article_and_know_their_roles(extractor):
    whole = told(BOMB, extractor).gist
    assert whole is not None
    assert all(BOMB[p.span.start : p.span.end] == p.span.text for p in whole.parts)
    best = {}
    for part in sorted(whole.parts, key=lambda p: p.probability):
        best[part.role] = part.span.text
    assert "Salas" in best["person"] or "peasants" in best["person"]
    assert "dynamite" in best["instrument"] or "bomb" in best["instrument"].lower()
    assert "Guerrillas" in best["individual"]


def test_an_article_without_violence_has_no_gist(extractor):
    assert told("The two presidents met on Monday and signed a trade agreement.", extractor).gist is None


def test_a_gist_survives_the_wire(extractor):
    reading = told(BOMB, extractor)
    assert wire.decode(wire.encode(reading), Reading) == reading


def test_a_changed_weight_is_another_version(tmp_path):
    folder = Path(linear.__file__).parents[1]
    rooms = [folder, folder / "extract", folder / "knowledge"]
    for source in [*(path for room in rooms for path in room.glob("*.py")), *(folder / "data").glob("*.weights.json")]:
        copy = tmp_path / source.relative_to(folder)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(source.read_bytes())
    before = reader.code_of(tmp_path / "extract")
    changed = tmp_path / "data" / "roles.weights.json"
    changed.write_bytes(changed.read_bytes().replace(b"0.1", b"0.2", 1))
    assert reader.code_of(tmp_path / "extract") != before
    assert before == reader.code_of(folder / "extract")


@pytest.mark.parametrize(
    ("phrase", "head"),
    [("the judges of the court", "judges"), ("Judge Maria Salas", "salas"), ("the army's trucks", "trucks"), ("", "")],
)
def test_the_head_of_a_phrase_is_its_last_word_before_a_preposition(phrase, head):
    assert head_word(phrase) == head


def test_a_sentence_is_read_with_the_words_beside_it():
    text = [["guerrillas", "attacked"], ["three", "died"], ["police", "said"]]
    found = gist_words.of_sentence(text, 1, 1)
    assert {"died", "<attacked", ">police", "three_died"} <= found
    assert "attacked" not in found
    assert not any(one[0] == ">" for one in gist_words.of_sentence(text, 2, 2))


def candidate(text: str, *sentences: int) -> Candidate:
    return Candidate(head_word(text), Span(text, 0, len(text), "text"), sentences=set(sentences))


def column(rows: np.ndarray, name: str) -> list[float]:
    return [round(value, 2) for value in rows[:, beside.names(("a", "b")).index(name)].tolist()]


def test_a_candidate_is_seen_beside_the_others_of_its_article_and_of_its_sentences():
    """Rank and best count the whole article, `sentence` only what shares one, `next` what the text names before or after."""
    those = [candidate("Guerrillas", 0), candidate("two men", 3), candidate("the group", 0, 5)]
    rows = beside.features(those, np.array([[0.8, 0.1], [0.6, 0.1], [0.1, 0.1]]))
    assert rows.shape == (3, len(beside.names(("a", "b"))))
    assert column(rows, "first a") == [1, 0, 0]
    assert column(rows, "best a") == pytest.approx([0.41, 1.38, 1.38], abs=0.02)
    assert column(rows, "sentence a") == pytest.approx([-2.18, -6.22, 1.38], abs=0.02)
    assert column(rows, "next a") == pytest.approx([0.41, 1.38, 0.41], abs=0.02)
    assert column(rows, "sentences")[2] == pytest.approx(0.69, abs=0.01)


def test_a_weapon_within_a_phrase_is_a_candidate_of_its_own(extractor):
    whole = told("Terrorists killed a judge in a car bomb explosion in Santa Rosa last night, police said.", extractor).gist
    assert whole is not None
    best = max((part for part in whole.parts if part.role == "instrument"), key=lambda part: part.probability)
    assert best.span.text == "car bomb"
