"""The seed article sentence by sentence: which events the extractor makes of it, what each holds, and what raises nothing."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from streams.extract.reader import load
from streams.records.flow import Article, Event

SEED = Path("../shared/seed")
PUBLISHED = datetime(2024, 4, 22, 12, tzinfo=UTC)  # gold.json, external_dates

pytestmark = pytest.mark.skipif(
    not SEED.is_dir(), reason="../shared/seed is not beside the repository: the seed article and its reading"
)


@pytest.fixture(scope="module")
def gold() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SEED / "gold.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def events() -> tuple[Event, ...]:
    text = (SEED / "article.txt").read_text("utf-8")
    article = Article(id="seed", source="s", url="", title="", text=text, published=PUBLISHED, taken_at=PUBLISHED)
    (reading,) = load().read([article])
    return reading.events


def told(event: Event, gold: dict[str, Any], adds: str) -> list[int]:
    """Numbers of the sentences that tell or qualify an event."""
    number = {each["start"]: each["i"] for each in gold["sentences"]}
    return [number[telling.sentence.start] for telling in event.tellings if telling.adds == adds]


def attacks(events: tuple[Event, ...]) -> list[Event]:
    return [event for event in events if "armed-attack" in event.path]


def nations(event: Event, role: str) -> set[str]:
    return {held.nation for one in event.targets for held in one.nations if held.role == role}


def test_the_rockets_are_one_event_of_three_tellings_and_two_qualifiers(events: tuple[Event, ...], gold: dict[str, Any]) -> None:
    rockets = attacks(events)[0]
    assert rockets.type == "shelling"
    assert told(rockets, gold, "tells") == [0, 1, 5]
    assert told(rockets, gold, "qualifies") == [6, 7]


def test_the_rockets_have_no_actor_for_iraq_is_where_they_came_from(events: tuple[Event, ...]) -> None:
    rockets = attacks(events)[0]
    assert rockets.actors == ()
    assert rockets.origin is not None
    assert (rockets.origin.name, rockets.origin.country) == ("Zumar", "IQ")


def test_the_rockets_were_aimed_at_bases_that_americans_use_in_syria(events: tuple[Event, ...]) -> None:
    rockets = attacks(events)[0]
    assert {one.kind for one in rockets.targets} == {"base", "state-force"}
    assert "rumalin" in {one.id for one in rockets.targets}
    assert "US" in nations(rockets, "user")
    assert rockets.place is not None
    assert rockets.place.country == "SY"
    assert {tool.kind for tool in rockets.instruments} == {"rocket"}


def test_the_rockets_flew_on_sunday_and_failed_it_is_unclear_how(events: tuple[Event, ...]) -> None:
    rockets = attacks(events)[0]
    assert rockets.time is not None
    assert (rockets.time.start, rockets.time.end) == (datetime(2024, 4, 21, tzinfo=UTC), datetime(2024, 4, 22, tzinfo=UTC))
    assert rockets.outcome == ("intercepted", "missed")
    assert [span.text.startswith("unclear whether") for span in rockets.doubt] == [True, True]
    assert [(count.what, count.low, count.high) for count in rockets.counts] == [("fired", 6, None), ("wounded", 0, 0)]
    assert "Reuters" in {word.via for word in rockets.attribution}


def test_the_rockets_end_a_pause_that_groups_began_in_early_february(events: tuple[Event, ...]) -> None:
    pause = attacks(events)[0].pause
    assert pause is not None
    assert pause.quote.text == "the first since early February"
    assert pause.since is not None
    assert (pause.since.start.date().isoformat(), pause.since.end.date().isoformat()) == ("2024-02-01", "2024-02-11")
    assert pause.halted_by is not None
    assert pause.halted_by.span.text == "Iranian-backed groups in Iraq"


def test_the_resumption_is_the_word_of_kataib_hezbollah_and_not_confirmed(events: tuple[Event, ...], gold: dict[str, Any]) -> None:
    (said,) = [event for event in events if event.type == "resumption-announced"]
    assert told(said, gold, "tells") == [3]
    assert told(said, gold, "qualifies") == [4]
    assert [actor.id for actor in said.actors] == ["kataib-hezbollah"]
    assert said.about is not None
    assert (said.about.type, said.about.stage) == ("armed-attack", "announced")
    assert said.pause is not None
    assert (said.pause.days_low, said.pause.length_text) == (75, "nearly three-month")
    assert said.pause.days_high is not None
    assert 90 <= said.pause.days_high < 92


def test_the_answering_strike_is_the_coalitions_and_hits_no_base(events: tuple[Event, ...], gold: dict[str, Any]) -> None:
    (strike,) = [event for event in attacks(events)[1:] if 8 in told(event, gold, "tells")]
    assert strike.type == "air-drone-strike"
    assert [actor.kind for actor in strike.actors] == ["state-force"]
    assert {held.nation for actor in strike.actors for held in actor.nations if held.role == "forces"} >= {"US"}
    assert [target.head for target in strike.targets] == ["launcher"]


def test_the_explosion_at_an_iraqi_base_is_no_attack_and_disputed(events: tuple[Event, ...], gold: dict[str, Any]) -> None:
    (blast,) = [event for event in events if event.type == "explosion"]
    assert told(blast, gold, "tells") == [14]
    assert told(blast, gold, "qualifies") == [15]
    assert blast.standing == "disputed"
    assert "US" not in nations(blast, "user") | nations(blast, "owner") | nations(blast, "forces")
    assert blast.time is not None
    assert blast.time.start.date().isoformat() == "2024-04-20"
    assert [(count.what, count.low) for count in blast.counts] == [("killed", 1)]


def test_mentions_parked_trucks_and_boilerplate_raise_nothing(events: tuple[Event, ...], gold: dict[str, Any]) -> None:
    heard = {number for event in events for number in (*told(event, gold, "tells"), *told(event, gold, "qualifies"))}
    assert heard.isdisjoint({9, 10, 12, 16, 17})
    assert len(attacks(events)) == 2, "the search operation and its aim are no attack"
