"""Embassies of any nation in any town: kind, owner and host are read off the words; sentences are invented."""

from datetime import UTC, datetime

import pytest

from streams.extract.reader import Extractor, load
from streams.records.flow import Article, Event, Participant

PUBLISHED = datetime(2024, 4, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


def event(extractor: Extractor, text: str) -> Event:
    story = Article(id="a", source="wire", url="", title="", text=text, published=PUBLISHED, taken_at=PUBLISHED)
    (reading,) = extractor.read([story])
    (found,) = reading.events
    return found


def nations(one: Participant, role: str) -> set[str]:
    return {held.nation for held in one.nations if held.role == role}


@pytest.mark.parametrize(
    ("text", "owner", "host"),
    [
        ("Rockets were fired at the U.S. embassy in Baghdad on Monday.", "US", "IQ"),
        ("Gunmen attacked the Saudi consulate in Mashhad on Sunday.", "SA", "IR"),
        ("A bomb exploded outside Iran's embassy in Beirut, killing four people.", "IR", "LB"),
        ("Militants attacked the Israeli diplomatic mission in New Delhi.", "IL", "IN"),
        ("Gunmen attacked the embassy of Kuwait in Beirut.", "KW", "LB"),
        ("Gunmen stormed the British High Commission in Dhaka.", "GB", "BD"),
        ("Shells struck the Russian Embassy compound in Tripoli.", "RU", "LY"),
        ("Attackers threw grenades at the Turkish Embassy in Kampala, Uganda.", "TR", "UG"),
        ("Rockets hit the American ambassador's residence in Lima.", "US", "PE"),
        ("Rockets hit the residence of the French ambassador in Bogota.", "FR", "CO"),
        ("Mortar shells landed near the Soviet embassy in Kabul.", "RU", "AF"),
    ],
)  # fmt: skip
def test_whose_mission_it_is_and_where_it_stands(extractor: Extractor, text: str, owner: str, host: str) -> None:
    found = event(extractor, text)
    (mission,) = [one for one in found.targets if one.kind in ("embassy", "diplomatic-site")]
    assert (nations(mission, "owner"), nations(mission, "host")) == ({owner}, {host})
    assert found.place is not None
    assert found.place.country == host


def test_a_base_abroad_has_its_host_and_a_base_at_home_has_none(extractor: Extractor) -> None:
    (abroad,) = event(extractor, "Militiamen fired rockets at a French base in Chad.").targets
    assert (nations(abroad, "owner"), nations(abroad, "host")) == ({"FR"}, {"TD"})
    (home,) = event(extractor, "Militants attacked an Iraqi base in Iraq.").targets
    assert (nations(home, "owner"), nations(home, "host")) == ({"IQ"}, set())


def test_an_embassy_nobody_places_has_no_host(extractor: Extractor) -> None:
    (mission,) = event(extractor, "Gunmen attacked the Swiss embassy on Friday.").targets
    assert (nations(mission, "owner"), nations(mission, "host")) == ({"CH"}, set())
