"""What is told as background, and what only sounds like it: old years, sums, habits, memories, corrections."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from streams.extract.reader import Extractor, load
from streams.records.flow import Article, Event

PUBLISHED = datetime(2031, 1, 8, 12, tzinfo=UTC)  # a Wednesday
Read = Callable[..., tuple[Event, ...]]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


@pytest.fixture(scope="module")
def read(extractor: Extractor) -> Read:
    def events(text: str, title: str = "") -> tuple[Event, ...]:
        article = Article(id="a", source="wire", url="", title=title, text=text, published=PUBLISHED, taken_at=PUBLISHED)
        return extractor.read([article])[0].events

    return events


def news(events: tuple[Event, ...]) -> list[str]:
    return [
        event.type for event in events if event.stage == "happened" and event.standing != "denied" and "armed-attack" in event.path
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "The shelling that wrecked the library in 1992 is the subject of a show in Mostar.",
        "Islanders marked on Monday the night in 1941 on which bombers attacked their harbour.",
        "The coalition has carried out more than 900 air strikes since the war began.",
        "At least 61 reporters were killed by gunmen last year, the union said.",
        "Missiles from drones killed at least 2,100 people in Yemen between 2014 and 2028, a research group said on Tuesday.",
        "A consultancy has counted 4,310 people kidnapped across Niger in the twelve months to June.",
        "Gunmen killed 61 aid workers in five years, the agency said on Monday.",
        "Air strikes killed 430 civilians over three years, a report said on Monday.",
        "Over three years gunmen killed 61 aid workers in Darfur, the agency said on Monday.",
        "The road is often attacked by gunmen.",
        "Two lines sent their ships round the Cape because of the attacks on vessels in the strait.",
        "An earlier version of this story said that a drone strike had hit a school in Derna.",
        "The bishop prayed for the victims of air strikes.",
        "Guards freed two drivers on Monday who had been ambushed in Gao.",
        "The refinery was hit by a power cut on Monday.",
        "Planes dropped tents over the camp on Monday.",
        "Sappers destroyed old mortar shells in a controlled blast near Sfax on Monday.",
        "Fans bombarded the bus with flowers on Monday.",
        "The company's rocket exploded on the launch pad on Monday.",
    ],
)
def test_background_and_figures_of_speech_are_no_news(read: Read, sentence: str) -> None:
    assert news(read(sentence)) == []


@pytest.mark.parametrize(
    ("sentence", "type_"),
    [
        ("Gunmen attacked on Monday a village where 40 people had died in 2019.", "armed-attack"),
        ("An air strike on Monday destroyed a bridge that was built in 1974.", "air-drone-strike"),
        ("The drone strike on the depot on Monday was the third since March.", "air-drone-strike"),
        ("Warplanes struck a depot near Homs on Monday, one of more than 30 strikes this year.", "air-drone-strike"),
    ],
)
def test_a_day_of_its_own_makes_it_news(read: Read, sentence: str, type_: str) -> None:
    """Or a finer type, which the sorter may be sure of."""
    assert any(type_ in event.path for event in read(sentence) if event.type in news((event,)))


@pytest.mark.parametrize(
    "sentence",
    [
        "Gunmen killed 12 miners near Sefwi on Monday in the deadliest attack in five years.",
        "A drone killed three soldiers on Monday, the first to die between 2028 and 2031.",
        "Rockets hit the base at Taji on Monday, where 40 soldiers were killed in two years.",
    ],
)
def test_a_deed_that_is_only_compared_with_a_sum_is_news(read: Read, sentence: str) -> None:
    assert news(read(sentence))


def test_a_nurse_who_is_shot_is_no_metaphor(read: Read) -> None:
    assert news(read("A nurse was shot and wounded by gunmen in Torit on Monday.")) == ["shooting"]


FAR_DOWN = (
    "The mayor opened a market in Sirte. Traders sold dates and olives. The band played until noon. Schools stay closed this week. "
    "The bakers asked for cheaper flour. Buses run again to the coast. "
)


def test_what_had_been_done_is_backstory_far_down_and_news_at_the_top(read: Read) -> None:
    sentence = "Gunmen had attacked the customs office and killed two guards."
    assert news(read(FAR_DOWN + sentence)) == []
    assert news(read(sentence + " " + FAR_DOWN))
    assert news(
        read(FAR_DOWN + "Police said that gunmen had attacked the customs office and killed two guards.")
    )  # somebody's word
    assert news(read(FAR_DOWN + "On Tuesday gunmen had attacked the customs office and killed two guards."))  # its day is said


@pytest.mark.parametrize(
    "sentence",
    [
        "The group rarely attacks convoys.",
        "A court heard on Monday what became of the 1985 crash of an airliner which killed 520 people near Osaka.",
        "The former minister advocated air strikes on the camps.",
        "Most voters oppose missile strikes on the island, a poll showed.",
    ],
)
def test_what_somebody_favours_and_what_seldom_happens_is_no_news(read: Read, sentence: str) -> None:
    assert news(read(sentence)) == []


def test_a_disaster_that_only_explains_the_news_is_none(read: Read) -> None:
    told = "Peru announced cuts because of the earthquake, which killed at least 300 people."
    assert not [event for event in read(told) if event.stage == "happened" and "earthquake" in event.path]
    assert [event for event in read("Monday's earthquake in Peru killed at least 300 people.") if "earthquake" in event.path]
