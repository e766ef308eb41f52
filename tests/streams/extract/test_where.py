"""Where an event was, and whose man a man of an armed group is, one sentence each."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from streams.extract.reader import Extractor, load
from streams.records.flow import Article, Event

PUBLISHED = datetime(2024, 4, 22, 12, tzinfo=UTC)  # a Monday


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


@pytest.fixture(scope="module")
def one(extractor: Extractor) -> Callable[[str], Event]:
    def event(text: str) -> Event:
        article = Article(id="a", source="wire", url="", title="", text=text, published=PUBLISHED, taken_at=PUBLISHED)
        (found,) = extractor.read([article])[0].events
        return found

    return event


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("In Helmand, soldiers killed two insurgents.", "Helmand"),
        ("A joint force in Helmand killed two insurgents.", "Helmand"),
        ("During an operation in Helmand province, police arrested a smuggler.", "Helmand"),
        ("Police arrested two men while searching for a smuggler in Helmand on Monday.", "Helmand"),
        ("Rebels in Syria killed two soldiers in Erbil.", "Erbil"),
        ("Israel bombed Tehran's forces in Syria on Monday.", "Syria"),
    ],
)
def test_a_place_beside_the_deed_is_its_place(one: Callable[[str], Event], sentence: str, name: str) -> None:
    """The deed's own words first, then the clause, then those who did it."""
    place = one(sentence).place
    assert place is not None
    assert place.name == name


@pytest.mark.parametrize(
    ("sentence", "group", "kind"),
    [
        ("Troops killed a Taliban commander on Monday.", "taliban", "group-leader"),
        ("Soldiers detained a Haqqani network facilitator.", "haqqani-network", "armed-group"),
        ("A drone strike killed a senior Kataib Hezbollah leader in Baghdad.", "kataib-hezbollah", "official"),
        ("Troops killed a Hamas-run ministry's official in Gaza.", None, "official"),
        ("Gunmen killed an anti-Taliban commander on Monday.", None, "state-force"),
    ],
)
def test_a_man_of_an_armed_group_bears_its_name(one: Callable[[str], Event], sentence: str, group: str | None, kind: str) -> None:
    """He was once one of a state's forces. What is only run by a group, or against it, is not of it."""
    (target,) = one(sentence).targets
    assert (target.id, target.kind) == (group, kind)


def test_whom_a_deed_is_against_is_not_who_did_it(one: Callable[[str], Event]) -> None:
    event = one("Soldiers were wounded in an anti-Houthi attack near Marib on Monday.")
    assert "houthis" not in [actor.id for actor in event.actors]


@pytest.mark.parametrize(
    ("sentence", "whom"),
    [
        ("Gunmen killed a Taliban sub-commander on Monday.", "a Taliban sub-commander"),
        ("Gunmen killed Omar al-Rawi on Monday.", "Omar al-Rawi"),
        ("Police arrested a vice-president on Monday.", "a vice-president"),
    ],
)
def test_a_hyphened_word_is_one_person(one: Callable[[str], Event], sentence: str, whom: str) -> None:
    """The parser hangs its parts side by side, and each was a participant, the hyphen too."""
    assert [target.span.text for target in one(sentence).targets] == [whom]


@pytest.mark.parametrize(
    ("sentence", "country"),
    [
        ("Missiles were fired at several Sudanese locations on Monday.", "SD"),
        ("Jets struck targets on Lebanese soil on Monday.", "LB"),
        ("Shells hit a Sudanese base on Monday.", None),  # whose, not where
    ],
)
def test_ground_that_bears_a_nation_is_there(one: Callable[[str], Event], sentence: str, country: str | None) -> None:
    place = one(sentence).place
    assert (place.country if place else None) == country
