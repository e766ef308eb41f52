"""A capital as a speaker or a doer is its government, as a place it is the town; sentences are invented."""

from datetime import UTC, datetime

import pytest

from streams.extract.reader import Extractor, load
from streams.records.flow import Article, Event

PUBLISHED = datetime(2024, 4, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


def event(extractor: Extractor, text: str) -> Event:
    story = Article(id="a", source="wire", url="", title="", text=text, published=PUBLISHED, taken_at=PUBLISHED)
    (reading,) = extractor.read([story])
    (found,) = reading.events
    return found


@pytest.mark.parametrize(
    ("text", "nation"),
    [
        ("Tehran fired missiles at Israel on Monday.", "IR"),
        ("Moscow launched drones at Odesa overnight.", "RU"),
        ("Rabat bombed Polisario positions in Western Sahara.", "MA"),
        ("Islamabad carried out air strikes in Afghanistan.", "PK"),
        ("Nairobi deployed 500 soldiers to Somalia on Monday.", "KE"),
        ("Pyongyang threatened to attack Seoul.", "KP"),
        ("The Kremlin threatened to strike Kyiv.", "RU"),
    ],
)
def test_a_capital_that_does_something_is_its_government(extractor: Extractor, text: str, nation: str) -> None:
    (actor,) = event(extractor, text).actors
    assert {role.nation for role in actor.nations} == {nation}
    assert {role.role for role in actor.nations} <= {"forces", "government"}


@pytest.mark.parametrize(
    ("text", "nation", "actor"),
    [
        ("Kabul said Pakistani jets struck two villages.", "AF", "AF"),
        ("San Salvador said guerrillas attacked a barracks.", "SV", "SV"),
        ("Washington said drones hit a base in Syria.", "US", "US"),
        ("The Pentagon said U.S. forces struck a militia base in Iraq.", "US", "pentagon"),
        ("Downing Street said British jets had bombed a weapons depot in Yemen.", "GB", "downing-street"),
    ],
)
def test_a_capital_that_says_something_is_its_government(extractor: Extractor, text: str, nation: str, actor: str) -> None:
    (said,) = event(extractor, text).attribution
    assert (said.speaker, said.nation, said.actor) == ("official", nation, actor)


@pytest.mark.parametrize(
    ("text", "town", "nation"),
    [
        ("Gunmen attacked a bus in Tehran on Monday.", "Tehran", "IR"),
        ("A drone attack on Moscow wounded three people.", "Moscow", "RU"),
        ("Al-Shabaab attacked a hotel in Nairobi on Monday.", "Nairobi", "KE"),
        ("Rockets were fired at Baghdad.", "Baghdad", "IQ"),
        ("A car bomb exploded in San Salvador.", "San Salvador", "SV"),
    ],
)
def test_a_capital_where_something_happens_is_the_town(extractor: Extractor, text: str, town: str, nation: str) -> None:
    found = event(extractor, text)
    assert found.place is not None
    assert (found.place.name, found.place.kind, found.place.country) == (town, "town", nation)
    assert not any(role.nation == nation for actor in found.actors for role in actor.nations if role.role != "home")
