"""People taken: by whom makes it an arrest or an abduction; towns taken are another thing; counts stand by their deed."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from streams.extract.reader import Extractor, load
from streams.records import Article, Event

PUBLISHED = datetime(2024, 4, 22, 12, tzinfo=UTC)  # a Monday


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


@pytest.fixture(scope="module")
def read(extractor: Extractor) -> Callable[[str], tuple[Event, ...]]:
    def events(text: str) -> tuple[Event, ...]:
        article = Article(id="a", source="wire", url="", title="", text=text, published=PUBLISHED, taken_at=PUBLISHED)
        return extractor.read([article])[0].events

    return events


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Soldiers captured a rebel commander near the border on Monday.", "arrests"),
        ("Two militants were captured in the raid.", "arrests"),
        ("The pair were captured by Iraqi soldiers on Monday.", "arrests"),
        ("Militants captured three soldiers at a checkpoint on Monday.", "abduction"),
        ("Militants captured the town of Baiji on Monday.", "non-state-overtakes-territory"),
    ],
)
def test_what_was_captured_says_what_happened(read: Callable[[str], tuple[Event, ...]], sentence: str, kind: str) -> None:
    """A captured person was once territory taken."""
    assert kind in [event.type for event in read(sentence)]
    assert len({event.type for event in read(sentence)} & {"arrests", "abduction", "non-state-overtakes-territory"}) == 1


def test_counts_hang_on_the_deed_whose_word_they_hold(read: Callable[[str], tuple[Event, ...]]) -> None:
    """The first deed of the sentence once had them all."""
    events = read("Troops killed two gunmen and detained five suspects in the village on Monday.")
    counted = {event.type: [(count.what, count.low) for count in event.counts] for event in events}
    assert counted.pop("arrests") == [("captured", 5)]
    assert list(counted.values()) == [[("killed", 2)]]


def test_fighters_are_men_and_fighter_jets_fly(read: Callable[[str], tuple[Event, ...]]) -> None:
    """Fighters who attacked were once an air strike by a state."""
    (men,) = read("Taliban fighters attacked an army post near Ghazni on Monday.")
    assert (men.type, men.actors[0].id, men.actors[0].kind) == ("armed-attack", "taliban", "armed-group")
    (jets,) = read("Israeli fighter jets bombed a depot in Syria on Monday.")
    assert (jets.type, jets.actors[0].kind) == ("air-drone-strike", "state-force")
