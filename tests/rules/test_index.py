"""The index names every rule that holds, and a desk decides the same with it and without."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest

from rules.defaults import expanded
from rules.index import Index
from rules.match import holds
from rules.model import AllOf, AnyOf, EventIs, Mentions, NearSite, NotThat, PlaceIn, Site, StandingIn, Watch, WordsIn
from streams import pipeline
from streams.knowledge import world
from streams.knowledge.aliases import Aliases, alias_keys, word_keys
from streams.labels.wanted import Desk
from streams.memory import DictMemory
from streams.records.flow import Event, Place, Standing
from tests.builders import article, attack, reading, strike_rule
from tests.pairs import desks
from tests.varied import AREAS, TEXTS, WORDS, Varied

KNOWN = world.load()
ALWAYS = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize("seed", range(4))
def test_a_rule_that_holds_is_always_a_candidate(seed: int) -> None:
    """Whatever the clauses, the event and the standing of its incident: random rules against random events, all pairs."""
    source = Varied(seed, KNOWN)
    rules = [source.rule(number, source.clause() if number % 2 else None) for number in range(120)]
    index = Index(rules, KNOWN)
    held = named = 0
    for number in range(60):
        home = source.article(f"a{number}")
        event = source.event(home)
        found = index.candidates([event], {home.id: home})
        named += len(found)
        for rule in rules:
            for standing in get_args(Standing):
                if holds(rule.when, replace(event, standing=standing), home, KNOWN):
                    held += 1
                    assert rule.id in found, (rule.when, event)
    assert held > 1000
    assert named < 0.6 * 120 * 60


@pytest.mark.parametrize("seed", range(10, 13))
def test_a_desk_decides_the_same_with_the_index_and_with_a_plain_loop(seed: int) -> None:
    """Alerts, deliveries, ledger, told rows and members over a spring of articles, revisions and denials."""
    source = Varied(seed, KNOWN)
    rules = [source.rule(number) for number in range(60)]
    indexed, plain = desks(rules, KNOWN)
    memories = DictMemory(), DictMemory()
    alerts = 0
    for home, events in source.story(80):
        ours, theirs = (
            pipeline.take(reading(home, *events), memory, desk) for memory, desk in zip(memories, (indexed, plain), strict=True)
        )
        assert ours == theirs
        alerts += len(ours.alerts)
    assert alerts > 20
    assert memories[0].ledger == memories[1].ledger
    assert [memories[0].points(rule.id, *ALWAYS) for rule in rules] == [memories[1].points(rule.id, *ALWAYS) for rule in rules]


def test_what_is_told_already_is_looked_at_though_nothing_speaks_for_it_any_more() -> None:
    """A revision moves the attack to a bakery; the index no longer names the rule, and the alert is withdrawn all the same."""
    desk = Desk(rules=(strike_rule(),), knowledge=KNOWN, default_channels=("console",))
    memory, home = DictMemory(), article("a", "04-22")
    first = attack(home, "04-21")
    assert [one.kind for one in pipeline.take(reading(home, first), memory, desk).alerts] == ["new"]
    later = replace(home, revision=2)
    moved = replace(attack(later, "04-21", targets=()), id=first.id)
    assert desk.index.candidates([moved], {later.id: later}) == set()
    assert [one.kind for one in pipeline.take(reading(later, moved), memory, desk).alerts] == ["withdrawal"]


def candidates(core: object, event: Event, text: str = "") -> Collection[str]:
    rule = strike_rule(core=core, when=expanded(core), id="it")  # type: ignore[arg-type]
    home = replace(article("a", "04-22"), text=text)
    return Index([rule], KNOWN).candidates([event], {"a": home})


EVENT = attack(article("a", "04-22"), "04-21")


def test_what_is_excluded_and_how_it_stands_are_no_reason_to_leave_a_rule_out() -> None:
    assert candidates(NotThat(EventIs(("riot",))), EVENT) == {"it"}
    assert candidates(AllOf((EventIs(("armed-attack",)), StandingIn(("denied",)))), EVENT) == {"it"}
    assert candidates(AnyOf((EventIs(("riot",)), NotThat(PlaceIn(("IQ",))))), EVENT) == {"it"}


def test_a_rule_on_another_type_place_or_word_is_left_out() -> None:
    assert candidates(EventIs(("riot",)), EVENT) == set()
    assert candidates(AllOf((EventIs(("armed-attack",)), PlaceIn(("SY",)))), EVENT) == set()
    assert candidates(AllOf((EventIs(("armed-attack",)), WordsIn(("convoy",), "article"))), EVENT, "No such word.") == set()
    assert candidates(Mentions(("houthis",), (), (), "article"), EVENT, "The Houthis said so.") == {"it"}


def test_many_alternatives_are_taken_as_one_and_lose_nothing() -> None:
    """Beyond some ways to hold, what all of them need is enough; where one needs nothing, nothing is needed."""
    others = tuple(EventIs((name,)) for name in sorted(KNOWN.taxonomy) if name not in EVENT.path)
    assert len(others) > 100
    assert candidates(AnyOf(others), EVENT) == set()
    assert candidates(AnyOf((*others, NotThat(EventIs(("riot",))))), EVENT) == {"it"}
    assert candidates(AnyOf((*others, AllOf((EventIs(("armed-attack",)), PlaceIn(("IQ",)))))), EVENT) == {"it"}
    eithers = tuple(AnyOf((EventIs((name,)), EventIs(("armed-attack",)), PlaceIn(("SY",)))) for name in sorted(KNOWN.taxonomy)[:5])
    assert candidates(AllOf(eithers), EVENT) == {"it"}


@pytest.mark.parametrize("longitude", [-179.9, 179.9, 0.0, 44.4])
@pytest.mark.parametrize("latitude", [-84.0, -0.01, 33.3, 71.0, 89.9])
def test_a_place_near_a_site_lies_in_one_of_its_cells(latitude: float, longitude: float) -> None:
    """Also over the date line, by the pole and at the edge of a cell."""
    site = Site(id="s", name="S", latitude=latitude, longitude=longitude, radius_km=1)
    clause = NearSite(Watch(name="w", digest="", sites=(site,)), within_km=150.0)
    near = far = 0
    for north in (-1.3, -0.6, 0.0, 0.6, 1.3):
        for east in (-9.0, -2.5, -0.4, 0.0, 0.4, 2.5, 9.0):
            where = Place(
                span=None, name="x", kind="town", latitude=max(-90.0, min(90.0, latitude + north)),
                longitude=(longitude + east + 180) % 360 - 180, coarseness_km=0.0,
            )  # fmt: skip
            event = replace(EVENT, place=where)
            if holds(clause, event, None, KNOWN):
                near += 1
                assert candidates(clause, event) == {"it"}
            else:
                far += not candidates(clause, event)
    assert near
    assert far or latitude > 80 or latitude < -80


def test_a_word_that_is_found_has_its_keys_in_the_text() -> None:
    """What the index looks words up by, against the finder itself."""
    found = 0
    for text in TEXTS:
        for word in WORDS:
            if next(Aliases([(word, word)]).find(text), None):
                found += 1
                assert set(alias_keys(word)) <= word_keys(text), word
    assert found >= 6


def test_whoever_is_mentioned_by_any_name_is_looked_for() -> None:
    """Every spelling of everybody known, nations and their adjectives too, each with a possessive."""
    rules = {id: strike_rule(id=id, when=Mentions((id,), (), (), "article")) for id in KNOWN.entities}
    index, found = Index(list(rules.values()), KNOWN), 0
    spellings = sorted(
        {alias for entity in KNOWN.entities.values() for alias in entity.aliases} | {"Iraqi", "the Dutch", "Syrians"}
    )
    for first in range(0, len(spellings), 40):
        home = replace(article("a", "04-22"), text="\n\n".join(f"{word}'s." for word in spellings[first : first + 40]))
        named = {id for hit in KNOWN.mentions(home.text) if (id := hit.entity.id) in rules}
        assert named <= index.candidates([EVENT], {"a": home})
        found += len(named)
    assert found > 2000


def test_a_place_within_an_area_has_one_of_its_steps() -> None:
    """`steps_within` against `place_within`, for all areas and all places of the knowledge."""
    places = [one.place for one in KNOWN.entities.values() if one.place is not None]
    inside = 0
    for area in (*AREAS, "sahel", "korean-peninsula", "west-africa", "kashmir", "red-sea"):
        steps = KNOWN.steps_within(area)
        for place in places:
            for where in (place, replace(place, country=None)):
                if KNOWN.place_within(where, area):
                    inside += 1
                    assert steps & {*where.path, where.country}, (area, where)
    assert inside > 500
