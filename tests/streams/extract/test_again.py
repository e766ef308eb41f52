"""Told as another than before, and told twice in one sentence: what an article says of first and second."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from streams.extract.again import find
from streams.extract.parsed import Wording
from streams.extract.reader import Extractor, load
from streams.records.flow import Article, Event

PUBLISHED = datetime(2031, 1, 8, 20, tzinfo=UTC)  # a Wednesday
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


def attacks(events: tuple[Event, ...]) -> list[Event]:
    return [event for event in events if event.stage == "happened" and "armed-attack" in event.path]


@pytest.mark.parametrize(
    ("words", "what", "number", "within_h"),
    [
        ("A second salvo of rockets hit the base", "attack", 2, None),
        ("the third in the past 24 hours", "", None, None),
        ("They hit a vessel on Monday, the third in the past 24 hours", "attack", 3, 24.0),
        ("its second attack in a day", "attack", 2, 24.0),
        ("the fourth raid on the town this month", "attack", 4, 8760.0),
        ("the second bombing in as many weeks", "attack", 2, 336.0),
        ("a missile struck another vessel in the strait", "target", None, None),
        ("a third Greek-owned oil tanker was hit", "target", 3, None),
        ("struck the base for the second time in two days", "attack", 2, 48.0),
        ("rockets hit it again four hours later", "attack", None, 4.0),
        ("fired hours after an earlier attack", "attack", None, 6.0),
        ("the second largest attack of the war", "", None, None),
        ("attacked the second floor of the ministry", "", None, None),
        ("In another attack, gunmen killed two policemen", "", None, None),
    ],
)
def test_what_is_counted_and_within_how_long(words: str, what: str, number: int | None, within_h: float | None) -> None:
    found = next(find(Wording(0, "text", 0, words)), None)
    assert (("", None, None) if found is None else (found.what, found.number, found.within_h)) == (what, number, within_h)


def test_a_second_salvo_is_another_event_than_the_first(read: Read) -> None:
    first, second = attacks(
        read("Rockets hit the Ain al-Asad base in Iraq early on Wednesday. A second salvo hit the base four hours later.")
    )
    assert (first.again, second.again and second.again.number) == (None, 2)
    assert {one.id for one in second.targets} == {one.id for one in first.targets}


def test_a_count_of_what_was_just_told_is_no_other_event(read: Read) -> None:
    """The title and the first sentence tell the attack, the second only counts it."""
    (only,) = attacks(
        read(
            "Rockets hit the Ain al-Asad base in Iraq on Wednesday. It was the second attack on the base in 24 hours.",
            "Rockets hit base in Iraq",
        )
    )
    assert only.again is not None
    assert (only.again.number, only.again.within_h) == (2, 24.0)


def test_a_title_may_leave_the_count_out(read: Read) -> None:
    (only,) = attacks(
        read("A second salvo of rockets hit the Ain al-Asad base in Iraq on Wednesday.", "Rockets hit Ain al-Asad base in Iraq")
    )
    assert only.again is not None


@pytest.mark.parametrize(
    "text",
    [
        "Warplanes hit two ships off Yemen in attacks last night and early today.",
        "Drones attacked Kharkiv before dawn on Wednesday and again on Wednesday evening.",
        "Rockets hit the town of Sumy on Monday and Tuesday.",
    ],
)
def test_two_times_in_one_sentence_are_two_attacks(read: Read, text: str) -> None:
    first, second = attacks(read(text))
    assert first.time is not None
    assert second.time is not None
    assert first.time.end <= second.time.start
    assert first.id != second.id


@pytest.mark.parametrize(
    "text",
    [
        "Soldiers clashed with rebels in Goma on Monday and Tuesday.",
        "Rockets hit the town of Sumy between Monday and Tuesday.",
        "A missile hit a school in Kharkiv on Monday and two people died on Tuesday.",
    ],
)
def test_a_battle_over_two_days_and_a_stretch_are_one(read: Read, text: str) -> None:
    assert len(attacks(read(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "The last confirmed attack was on 29 December, when an Iranian tanker was hit by a missile south of Kharg island.",
        "The Halcyon was the 18th ship hit this year.",
        "Several hundred vessels have been confirmed hit in the Gulf by Iran and Iraq since 1984.",
    ],
)
def test_what_a_story_recalls_beside_its_news_is_background(read: Read, text: str) -> None:
    assert attacks(read(text)) == []


def test_the_latest_attack_of_today_is_news(read: Read) -> None:
    assert len(attacks(read("The last attack was on Wednesday, when a tanker was hit by a missile off Yemen."))) == 1


def test_an_hour_of_the_clock_is_no_year(read: Read) -> None:
    assert len(attacks(read("Warplanes hit a ship off Yemen at 1250 GMT on Wednesday."))) == 1


def test_the_month_of_march_is_no_march(extractor: Extractor) -> None:
    """ "when a tanker was hit": with the month as its verb the sentence told a protest."""
    told = datetime(2031, 3, 18, tzinfo=UTC)
    text = "The last confirmed Iraqi attack on shipping was on March 8, when an Iranian tanker was hit by a missile."
    (reading,) = extractor.read([Article(id="a", source="w", url="", title="", text=text, published=told, taken_at=told)])
    assert not any("protests" in event.path for event in reading.events)


def test_whose_warplanes_its_are(read: Read) -> None:
    (only,) = attacks(read("Syria said its warplanes hit a ship off the Lebanese coast on Wednesday."))
    assert [(role.nation, role.role) for one in only.actors for role in one.nations] == [("SY", "forces")]
