"""Who did what to whom, and on whose word, where the words of a sentence invite a mistake; all sentences invented."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from streams.extract.reader import Extractor, load
from streams.records.flow import Article, Event

PUBLISHED = datetime(2031, 1, 8, 12, tzinfo=UTC)  # a Wednesday
Read = Callable[..., list[Event]]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


@pytest.fixture(scope="module")
def told(extractor: Extractor) -> Read:
    def events(text: str, title: str = "") -> list[Event]:
        article = Article(id="a", source="wire", url="", title=title, text=text, published=PUBLISHED, taken_at=PUBLISHED)
        return list(extractor.read([article])[0].events)

    return events


@pytest.mark.parametrize(
    ("sentence", "standing", "speakers"),
    [
        ("Israel is said to have bombed a depot near Damascus on Monday.", "reported", []),
        ("Rebels were reported to have shelled the airport on Monday.", "reported", []),
        ("The army was reported by witnesses to have shelled the market on Monday.", "reported", ["witnesses"]),
        ("Hamas was said to have fired rockets at Ashkelon on Monday.", "reported", []),
        ("Israel said it had bombed a depot near Damascus on Monday.", "confirmed", ["Israel"]),
        ("The minister was quoted as saying that rebels attacked the garrison on Monday.", "confirmed", ["The minister"]),
    ],
)
def test_of_whom_a_thing_is_said_does_not_say_it(told: Read, sentence: str, standing: str, speakers: list[str]) -> None:
    """ "Israel is said to have bombed" once stood as confirmed by Israel."""
    (event,) = told(sentence)
    assert event.standing == standing
    assert [one.span.text for one in event.attribution] == speakers


def test_a_headline_that_says_it_of_somebody_has_no_speaker_and_no_threat(told: Read) -> None:
    events = told("A tanker was hit in the strait on Monday.", "Iran said to attack Cypriot tanker")
    assert all(event.type != "threat" and not event.attribution for event in events)
    assert [actor.id for event in events for actor in event.actors] == ["IR"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Nine people were killed in shelling by government forces on Monday.",
        "Nine people were killed in airstrikes and shelling by government forces on Monday.",
        "Nine people were killed in dozens of airstrikes and shelling by government forces on Monday.",
    ],
)
def test_who_is_killed_in_shelling_does_not_shell(told: Read, sentence: str) -> None:
    events = told(sentence)
    assert events
    for event in events:
        assert [actor.span.text for actor in event.actors] == ["government forces"]
    assert any(target.head == "people" for event in events for target in event.targets)


def test_a_gerund_with_a_time_behind_it_stays_a_verb(told: Read) -> None:
    """ "by night" does nothing."""
    for event in told("The militia was accused of shelling by night."):
        assert all(actor.span.text != "night" for actor in event.actors)


@pytest.mark.parametrize(
    ("title", "actors"),
    [
        ("45 killed, 185 hurt in Chinese factory blast", []),
        ("Russian blast kills 12 miners", []),
        ("Turkish airbase attack kills three soldiers", []),
        ("Israeli strike kills four in Beirut", ["IL"]),
        ("Iran's missile attack kills four in Erbil", ["IR"]),
    ],
)
def test_a_nationality_before_a_site_or_a_blast_says_where(told: Read, title: str, actors: list[str]) -> None:
    assert [actor.id for event in told("", title) for actor in event.actors] == actors


def test_bare_numbers_neither_kill_nor_speak_nor_count_twice(told: Read) -> None:
    (event,) = told(
        "An explosion in a flax mill in Harbin killed 45 workers on Monday.", "45 killed in Harbin mill blast, medics say"
    )
    assert not event.actors
    assert [one.span.text for one in event.attribution] == ["medics"]
    assert [(count.what, count.low, count.whom) for count in event.counts] == [("killed", 45, "worker")]


def test_what_is_declared_is_nobody_it_is_done_to(told: Read) -> None:
    (event,) = told("A state of emergency was declared in the delta on Monday.")
    assert (event.type, event.targets) == ("emergency", ())


def test_a_capital_that_names_a_thing_is_not_where_it_happened(told: Read) -> None:
    (event,) = told("Iraq said its warplanes attacked two naval targets -- Baghdad's usual term for tankers -- on Monday.")
    assert event.place is None


def test_a_unit_of_a_plant_is_no_force(told: Read) -> None:
    (event,) = told("Warplanes destroyed a pumping station and a production unit at the field on Monday, a spokesman said.")
    assert {target.kind for target in event.targets} == {"oil-site"}
