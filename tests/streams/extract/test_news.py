"""What the learned model of news doubts, and what it must leave alone; all articles invented."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from streams.extract import packed
from streams.extract.news import News
from streams.extract.packed import Models
from streams.extract.reader import Extractor, load
from streams.records.flow import Article, Event

PUBLISHED = datetime(2026, 5, 5, 20, tzinfo=UTC)  # a Tuesday
RAID = (
    "Jets bombed a village near Taiz. Four people were killed and nine wounded, a doctor said, and the hospital asked residents to "
    "give blood."
)


@pytest.fixture(scope="module")
def loaded() -> Extractor:
    return load()


@pytest.fixture
def extractor(loaded: Extractor) -> Iterator[Extractor]:
    """The extractor, with its own model again behind each test."""
    before = loaded.news
    yield loaded
    loaded.news = before


def knows(**weights: float) -> News:
    """A model that has seen these words alone, and takes for news what has none of them."""
    made = packed._unpacked(packed.pack(["news"], [3.0], list(weights), [[weight] for weight in weights.values()]))
    return News(Models({"news": made}, "made up", "0"))


def read(extractor: Extractor, text: str, title: str = "") -> list[Event]:
    article = Article(id="a", source="x", url="", title=title, text=text, published=PUBLISHED, taken_at=PUBLISHED)
    (reading,) = extractor.read([article])
    return list(reading.events)


def stages(extractor: Extractor, text: str, title: str = "") -> set[str]:
    return {event.stage for event in read(extractor, text, title) if event.path[0] == "violence"}


@pytest.mark.parametrize(
    "text",
    [
        "Two chess engines shelled each other for nine rounds. The winner bombed the last bishop off the board, and the audience "
        "in the hall applauded its programmers.",
        "The mayor was assassinated by the critics. His memoir, they wrote, reads like minutes of a meeting, and the publisher has "
        "cut its price twice since autumn.",
        "In chapter nine the rebels shell the harbour and kill the governor. The author, a retired teacher, wrote it in a caravan "
        "and found a publisher after years.",
    ],
    ids=["chess", "critics", "novel"],
)
def test_what_stands_among_words_of_another_world_is_told_and_no_news(extractor: Extractor, text: str) -> None:
    assert stages(extractor, text) == {"retold"}
    extractor.news = knows(unseen=-1.0)
    assert "happened" in stages(extractor, text)  # grammar alone believes it


def test_an_attack_among_words_of_attacks_is_news(extractor: Extractor) -> None:
    assert stages(extractor, RAID) == {"happened"}


def test_the_title_and_the_sentences_around_are_asked_and_no_others(extractor: Extractor) -> None:
    """Of the sentence of the deed one before and two behind it."""
    filler = "The river is low. The market is open. The school has a new roof. "
    extractor.news = knows(zebra=-90.0)
    assert stages(extractor, RAID, "Zebra") == {"retold"}
    assert stages(extractor, f"The zebra slept. {RAID}") == {"retold"}
    assert stages(extractor, f"The zebra slept. {filler}{RAID}") == {"happened"}
    assert stages(extractor, f"{RAID} The zebra slept.") == {"retold"}
    assert stages(extractor, f"{RAID} {filler}The zebra slept.") == {"happened"}


def test_a_deed_with_a_day_of_its_own_is_doubted_too(extractor: Extractor) -> None:
    """Matches and first nights have days; but what stands around a day of news is oftener a part of it, so less doubt is enough."""
    dated = RAID.replace("Taiz.", "Taiz on Monday.")
    extractor.news = knows(village=-90.0)
    assert stages(extractor, dated) == {"retold"}
    extractor.news = knows(village=-35.0)
    assert stages(extractor, RAID) == {"retold"}
    assert stages(extractor, dated) == {"happened"}


def test_a_few_words_are_not_enough_to_doubt(extractor: Extractor) -> None:
    """A feed of headlines has no more."""
    extractor.news = knows(village=-90.0)
    assert stages(extractor, "Jets bomb village near Taiz") == {"happened"}


def test_what_the_model_never_learned_it_does_not_judge(extractor: Extractor) -> None:
    """A kind of event that no near miss asks for."""
    text = "An earthquake shook the village. " + RAID.partition(". ")[2]
    extractor.news = knows(village=-90.0)
    assert [(event.type, event.stage) for event in read(extractor, text)] == [("earthquake", "happened")]


def test_one_mention_among_words_of_news_is_enough(extractor: Extractor) -> None:
    """An article that ends on something else is news still."""
    extractor.news = knows(zebra=-90.0)
    between = "The market was open again by noon. The school stayed shut. Buses ran."
    assert stages(extractor, f"{RAID} {between} The zebra of the zoo was hurt in the bombing of the village.") == {"happened"}
