"""Triggers that are read only in the lead: where they count, and that the prefilter asks what the rule asks."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.extract.reader import Extractor, load
from streams.extract.signs import Signs
from streams.knowledge import world
from streams.records.flow import Article, Event

PUBLISHED = datetime(2024, 4, 22, 12, tzinfo=UTC)
OWN = """\
triggers:
  - {type: meeting, grammar: transitive, read: lead, verbs: [lunch]}
"""
FILLER = "The weather was fine. Nobody spoke of it."
Read = Callable[..., tuple[Event, ...]]


@pytest.fixture(scope="module")
def extractor(tmp_path_factory: pytest.TempPathFactory) -> Extractor:
    folder: Path = tmp_path_factory.mktemp("own")
    (folder / "own.yaml").write_text(OWN, encoding="utf-8")
    return load(knowledge=world.load(folder))


@pytest.fixture(scope="module")
def read(extractor: Extractor) -> Read:
    def events(text: str, title: str = "") -> tuple[Event, ...]:
        article = Article(id="a", source="wire", url="", title=title, text=text, published=PUBLISHED, taken_at=PUBLISHED)
        (reading,) = extractor.read([article])
        return reading.events

    return events


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Turkey's president lunches Iraqi minister", FILLER),
        ("", f"Turkey's president lunched the Iraqi minister on Sunday. {FILLER}"),
        ("", f"The weather was fine. Turkey's president lunched the Iraqi minister on Sunday. {FILLER}"),
    ],
    ids=["title", "first sentence", "second sentence"],
)
def test_a_word_of_the_lead_tells_an_event_in_title_and_lead(read: Read, title: str, text: str) -> None:
    assert [event.type for event in read(text, title)] == ["meeting"]


def test_a_word_of_the_lead_tells_nothing_further_down(read: Read) -> None:
    """Also where the sentence is parsed for another word's sake."""
    deep = "Turkey's president lunched the Iraqi minister, and rockets hit a U.S. base in Syria."
    assert [event.type for event in read(f"{FILLER} {deep}")] == ["shelling"]


def test_a_word_of_the_lead_tells_nothing_where_no_side_is_named(read: Read) -> None:
    assert read(f"The chairman's wife lunched the goalkeeper on Sunday. {FILLER}", "Wife lunches goalkeeper") == ()


@pytest.mark.parametrize("side", ["The Kremlin", "NATO", "Hezbollah", "A senator", "The foreign minister", "Iraqis"])
def test_nations_governments_officials_alliances_and_armed_groups_are_sides(side: str) -> None:
    assert Signs(world.load()).party(f"{side} lunched the goalkeeper.")
