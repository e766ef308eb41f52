"""Which sense a trigger has, who is no party, and which mentions of a long article are one event."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from streams.extract.reader import Extractor, load
from streams.records.flow import Article, Event

PUBLISHED = datetime(2031, 1, 8, 12, tzinfo=UTC)  # a Wednesday
Read = Callable[[str], tuple[Event, ...]]
# what stands between two mentions of a long article, and tells nothing
BETWEEN = " ".join(f"The historian wrote chapter {number} of her book in the library." for number in range(1, 13))


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


@pytest.fixture(scope="module")
def read(extractor: Extractor) -> Read:
    def events(text: str) -> tuple[Event, ...]:
        article = Article(id="a", source="paper", url="", title="", text=text, published=PUBLISHED, taken_at=PUBLISHED)
        return extractor.read([article])[0].events

    return events


@pytest.mark.parametrize(
    ("sentence", "type_"),
    [
        ("The militia's tactic demonstrates a new capability of its drones.", "protests"),
        ("Troops watched as the rebel soldiers marched away from Tripoli.", "protests"),
        ("The general swept to power on the votes of the soldiers.", "search-operation"),
        ("Rebel troops swept into Benghazi.", "search-operation"),
        ("Egypt's military operations in Libya cost millions.", "search-operation"),
        ("The president pulled out of the nuclear deal with Iran.", "troop-movement"),
        ("The army hacked six drones.", "stabbing"),
        ("The militants released a video of the soldiers on Monday.", "release"),
    ],
)
def test_another_sense_is_no_event(read: Read, sentence: str, type_: str) -> None:
    assert type_ not in {event.type for event in read(sentence)}


@pytest.mark.parametrize(
    ("sentence", "type_"),
    [
        ("Thousands of protesters demonstrated against the law in Tunis on Monday.", "protests"),
        ("Police swept the district of Tunis for militants on Monday.", "search-operation"),
        ("Soldiers began an operation on Monday to hunt militants near Sirte.", "search-operation"),
        ("Libya withdrew troops from Sirte on Monday.", "troop-movement"),
        ("The militants released three soldiers on Monday.", "release"),
    ],
)
def test_the_sense_of_the_type_stays(read: Read, sentence: str, type_: str) -> None:
    """Or a finer type, which the sorter may be sure of."""
    assert any(type_ in event.path for event in read(sentence))


def test_a_coup_ousts_who_rules(read: Read) -> None:
    assert [e.type for e in read("Officers ousted the president of Niger on Monday.")] == ["coup"]
    assert "coup" not in {e.type for e in read("Libyan troops ousted the militants from Sirte on Monday.")}


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("The militants fought a three-year war against the Libyan army.", "war"),
        ("Gunmen murder civilians at will in Sirte.", "will"),
        ("Libyan troops fought a battle with militants near Sirte on Monday.", "battle"),
        ("The authorities imposed a curfew in Sirte on Monday.", "curfew"),
    ],
)
def test_what_is_waged_is_no_party(read: Read, sentence: str, word: str) -> None:
    assert word not in {p.head for event in read(sentence) for p in (*event.actors, *event.targets)}


def test_an_adjective_of_kind_is_no_second_actor(read: Read) -> None:
    (event,) = read("An Egyptian military strike killed five civilians in Derna on Monday.")
    assert [actor.id for actor in event.actors] == ["EG"]


@pytest.mark.parametrize(
    "text",
    [
        f"A drone strike killed two soldiers in Sirte on Monday. {BETWEEN} Gunmen shot dead a judge.",
        f"Gunmen attacked a bus. {BETWEEN} Militants attacked a refinery.",
        "Gunmen attacked a camp. In response, helicopters fired on the hills.",
        "Gunmen attacked a village. Gunmen had attacked the market in July 2030.",
    ],
)
def test_two_things_are_two_events(read: Read, text: str) -> None:
    assert len(read(text)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "Gunmen attacked a bus near Sirte on Monday. Five passengers were killed. The gunmen fled.",
        f"Gunmen attacked a bus near Sirte on Monday. {BETWEEN} The attack killed five passengers.",
        f"Gunmen attacked a bus near Sirte on Monday. {BETWEEN} Gunmen shot at the bus near Sirte.",
        "Iran fired missiles at a base in Iraq on Monday. Iran fired the missiles in response to a raid.",
    ],
)
def test_one_thing_told_twice_is_one_event(read: Read, text: str) -> None:
    assert len([event for event in read(text) if "armed-attack" in event.path and event.stage == "happened"]) == 1


def test_words_of_protest_far_away_make_no_force_against_protesters(read: Read) -> None:
    text = f"A Libyan man was killed in Sirte on Monday. {BETWEEN} The rally in Rome was peaceful."
    assert "force-against-protesters" not in {event.type for event in read(text)}


def test_afghan_and_coalition_forces_are_forces_of_both(read: Read) -> None:
    (event,) = read("Militants attacked Afghan and coalition forces on Monday.")
    assert (event.targets[0].kind, event.targets[0].nations[0].role) == ("state-force", "forces")
    (event,) = read("Gunmen attacked two Afghans and a soldier on Monday.")
    assert event.targets[0].kind == "demonym"


def test_what_will_be_done_without_harm_is_announced(read: Read) -> None:
    assert [e.stage for e in read("Turkey will withdraw its troops from Libya next week.")] == ["announced"]


def test_what_a_leader_always_does_is_no_news(read: Read) -> None:
    assert "happened" not in {e.stage for e in read("The commander leads attacks on convoys in Sirte.")}


def test_open_fire_is_marked_in_two_words(read: Read) -> None:
    (event,) = read("Gunmen opened fire on two soldiers in Sirte on Monday.")
    assert [tool.span.text for tool in event.instruments] == ["opened fire"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Six European countries hit the 0.7% UN aid spending target on Monday.",
        "Norway hit its inflation target on Monday.",
        "Shares in the French shipyard hit a record high on Monday.",
        "The clinics are peppered around Europe.",
        "Reporters peppered the general with questions on Monday.",
    ],
)
def test_figures_that_are_reached_and_things_strewn_about_are_no_attack(read: Read, sentence: str) -> None:
    assert not any("armed-attack" in event.path for event in read(sentence))


def test_a_wall_peppered_with_bullets_was_shot_at(read: Read) -> None:
    assert any("armed-attack" in event.path for event in read("Gunmen peppered the police post with bullets on Monday."))
