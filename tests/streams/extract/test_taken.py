"""People taken: by whom makes it an arrest or an abduction; towns taken are another thing; counts stand by their deed."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from streams.extract.reader import Extractor, load
from streams.records.flow import Article, Event

TAKINGS = {"arrests", "abduction", "non-state-overtakes-territory", "government-regains-territory"}
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
        ("Militants recaptured the town of Baiji on Monday.", "non-state-overtakes-territory"),
        ("The rebels retook the town of Baiji on Monday.", "non-state-overtakes-territory"),
        ("The army captured the town of Baiji on Monday.", "government-regains-territory"),
        ("Troops retook the town of Baiji from the rebels on Monday.", "government-regains-territory"),
    ],
)
def test_what_was_captured_says_what_happened(read: Callable[[str], tuple[Event, ...]], sentence: str, kind: str) -> None:
    """A captured person was once territory taken."""
    assert kind in [event.type for event in read(sentence)]
    assert len({event.type for event in read(sentence)} & TAKINGS) == 1


def test_counts_hang_on_the_deed_whose_word_they_hold(read: Callable[[str], tuple[Event, ...]]) -> None:
    """The first deed of the sentence once had them all."""
    events = read("Troops killed two gunmen and detained five suspects in the village on Monday.")
    counted = {event.type: [(count.what, count.low) for count in event.counts] for event in events}
    assert counted.pop("arrests") == [("captured", 5)]
    assert list(counted.values()) == [[("killed", 2)]]


def test_fighters_are_men_and_fighter_jets_fly(read: Callable[[str], tuple[Event, ...]]) -> None:
    """Fighters who attacked were once an air strike by a state."""
    (men,) = read("Taliban fighters attacked an army post near Ghazni on Monday.")
    assert (men.actors[0].id, men.actors[0].kind) == ("taliban", "armed-group")
    assert "armed-attack" in men.path
    assert men.type != "air-drone-strike"
    (jets,) = read("Israeli fighter jets bombed a depot in Syria on Monday.")
    assert (jets.type, jets.actors[0].kind) == ("air-drone-strike", "state-force")


def test_people_whose_noun_tells_an_event_are_still_who_is_taken(read: Callable[[str], tuple[Event, ...]]) -> None:
    """ "Peacekeepers" is also a word for help given, and was once passed over as target."""
    (event,) = (one for one in read("Rebels kidnapped five peacekeepers near Bria on Sunday.") if one.type == "abduction")
    assert [(one.head, one.kind) for one in event.targets] == [("peacekeeper", "peacekeeper")]


def test_somebody_is_taken_where_he_is_taken_from(read: Callable[[str], tuple[Event, ...]]) -> None:
    """What stands after "from" is where an attack came from, but where an abduction happened."""
    (event,) = read("A German engineer was abducted from his home in Kabul on Sunday.")
    assert event.place is not None
    assert event.place.country == "AF"


@pytest.mark.parametrize(
    "sentence",
    [
        "Forty inmates escaped from a prison in Goma on Sunday.",
        "Hundreds of prisoners broke out of a jail in Owerri on Monday.",
        "Gunmen stormed a jail in Owerri on Monday and freed 300 inmates.",
    ],
)
def test_prisoners_get_out(read: Callable[[str], tuple[Event, ...]], sentence: str) -> None:
    assert "prison-break" in [event.type for event in read(sentence)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Two inmates escaped unhurt when a fire broke out in a prison in Goma.",
        "The former minister escaped a prison sentence on Monday.",
        "Rebels freed 40 prisoners in an exchange near the prison in Marib on Monday.",
    ],
)
def test_what_sounds_like_a_prison_break_and_is_none(read: Callable[[str], tuple[Event, ...]], sentence: str) -> None:
    assert "prison-break" not in [event.type for event in read(sentence)]
