"""Towns of GeoNames in invented sentences: found where the words say that a place is meant, and only where it is clear which."""

from datetime import UTC, datetime

import pytest

from streams.extract.gazetteer import Gazetteer, Story, nations_of
from streams.extract.reader import Extractor, load
from streams.knowledge import world
from streams.knowledge.towns import shipped
from streams.knowledge.world import Knowledge
from streams.records.flow import Article, Place

PUBLISHED = datetime(2024, 4, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return world.load()


@pytest.fixture(scope="module")
def gazetteer(known: Knowledge) -> Gazetteer:
    return Gazetteer(known, shipped())


def places(known: Knowledge, gazetteer: Gazetteer, text: str, article: str = "") -> list[tuple[str, tuple[str, ...]]]:
    """What is found in a sentence: the words, and the path of the place."""
    story = Story(lambda: nations_of(known.mentions(article)))
    found = gazetteer.hits(text, known.mentions(text), story)
    return [(text[hit.start : hit.end], hit.entity.place.path) for hit in found if hit.entity.place is not None]


@pytest.mark.parametrize(
    ("text", "words", "path"),
    [
        ("killed in Puerto Asís, Colombia, on Monday", "Puerto Asís", ("puerto-asis-co", "putumayo-province-co", "CO")),
        ("in Chalatenango Department of El Salvador", "Chalatenango", ("chalatenango-province-sv", "SV")),
        ("in Antioquia Department on Friday", "Antioquia", ("antioquia-province-co", "CO")),
        ("a market in Kostiantynivka, Ukrainian officials said", "Kostiantynivka", ("kostyantynivka-ua", "donetsk-region", "UA")),
        ("a bus in the town of Nancy in France", "Nancy", ("nancy-fr", "lorraine-province-fr", "FR")),
        ("a hotel in Victoria, Chile", "Victoria", ("victoria-cl", "araucania", "CL")),
        ("near Qalat, in southern Afghanistan", "Qalat", ("qalat-af", "zabul", "AF")),
        ("Iranian forces shelled a village near Qalat", "Qalat", ("qalat-ir", "fars-province-ir", "IR")),
        ("a mosque in Tank, Pakistan", "Tank", ("tank-pk", "khyber-pakhtunkhwa", "PK")),
        ("outside San Miguel, El Salvador", "San Miguel", ("san-miguel-sv", "san-miguel-province-sv", "SV")),
        ("on the outskirts of Donji Vakuf, Bosnian officials said", "Donji Vakuf", None),
        ("a bomb in downtown Birmingham, British police said", "Birmingham", ("birmingham-gb", "england-province-gb", "GB")),
    ],
)  # fmt: skip
def test_a_town_is_placed_by_what_stands_around_it(
    known: Knowledge, gazetteer: Gazetteer, text: str, words: str, path: tuple[str, ...] | None
) -> None:
    ((found, where),) = places(known, gazetteer, text)
    assert found == words
    assert path is None or where == path


@pytest.mark.parametrize(
    "text",
    [
        "He was born in Reading.", "She believes in Nancy.", "a house in Victoria", "soldiers killed a student in San Miguel",
        "in Victoria Park", "near Lincoln Center", "Mr. Donji said so", "a bomb exploded in Tank", "in May and in March",
        "Of those in Hope, none spoke.", "a man in Man", "in Birmingham on Friday", "GUNMEN ATTACKED A POST IN HOPE, ARKANSAS",
    ],
)  # fmt: skip
def test_names_that_may_be_words_people_or_other_towns_are_left_alone(known: Knowledge, gazetteer: Gazetteer, text: str) -> None:
    assert places(known, gazetteer, text) == []


def test_the_article_settles_what_the_sentence_leaves_open(known: Knowledge, gazetteer: Gazetteer) -> None:
    sentence = "Soldiers shot dead a student in San Miguel."
    assert places(known, gazetteer, sentence) == []
    assert places(known, gazetteer, sentence, "El Salvador is at war.")[0][1][-1] == "SV"
    assert places(known, gazetteer, sentence, "El Salvador and Peru met.") == []


def test_a_village_of_a_nation_that_the_article_is_not_about_is_left_out(known: Knowledge, gazetteer: Gazetteer) -> None:
    sentence = "Shells fell near Kostiantynivka."
    assert places(known, gazetteer, sentence, "Ukraine said so.") != []
    assert places(known, gazetteer, sentence, "Colombia said so.") == []


def test_our_own_places_win(known: Knowledge, gazetteer: Gazetteer) -> None:
    assert places(known, gazetteer, "in Mosul, Zumar and Rumalin") == []
    assert [hit.entity.id for hit in known.mentions("in Mosul, Zumar and Rumalin")] == ["mosul", "zumar", "rumalin"]


def test_two_towns_of_one_nation_and_name_give_the_nation_only(known: Knowledge, gazetteer: Gazetteer) -> None:
    ((_, path),) = places(known, gazetteer, "in La Unión, Colombia")
    assert path == ("la-union-co", "CO")


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


def place_of(extractor: Extractor, text: str) -> Place | None:
    (reading,) = extractor.read([Article(id="a", source="w", url="", title="", text=text, published=PUBLISHED, taken_at=PUBLISHED)])
    (event,) = reading.events
    return event.place


def test_an_event_is_placed_in_town_province_and_nation(extractor: Extractor) -> None:
    place = place_of(extractor, "Guerrillas killed four farmers in Puerto Asis, Colombia, on Monday.")
    assert place is not None
    assert (place.kind, place.country, place.path[1:]) == ("town", "CO", ("putumayo-province-co", "CO"))
    assert place.span is not None
    assert place.span.text == "Puerto Asis"
    assert place.latitude == pytest.approx(0.5, abs=0.1)
    assert place.longitude == pytest.approx(-76.5, abs=0.1)
