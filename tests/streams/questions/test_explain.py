"""Why a rule fires or does not: the engine's own verdicts, each with what it rests on."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from rules.defaults import expanded
from rules.model import (
    AboutIs,
    AllOf,
    AnyOf,
    EventIs,
    KindIs,
    Mentions,
    NationIs,
    NearSite,
    NotThat,
    NumberIs,
    OutcomeIn,
    PlaceIn,
    Rule,
    Site,
    SpeakerIs,
    Watch,
    Who,
    WordsIn,
    WordsNear,
)
from streams.knowledge import world
from streams.questions.explain import Explanation, Node, explain
from streams.records.flow import Event, Span
from tests.bench import explain_pairs
from tests.builders import announcement, article, attack, denied, official, reading, resume_rule, strike_rule
from tests.pairs import Count, compare
from tests.varied import Varied

KNOWN = world.load()
PEOPLE = Watch(name="w", digest="", people=(("Jane Roe", "x"), ("John Doe", "y")))
HOME = article("a", "04-22", text="Rockets attacked the base. Jane Roe said so.")
EVENT = attack(HOME, "04-21")


def told(core: Any, *events: Event, **more: Any) -> Explanation:
    (found,) = explain([strike_rule(core=core, when=expanded(core), **more)], reading(HOME, *(events or (EVENT,))), KNOWN)
    return found


def leaf(core: Any, event: Event = EVENT) -> Node:
    tree = told(core, event).events[0].tree
    assert tree is not None
    return tree.parts[0]


def test_a_rule_that_fires_has_a_tree_of_clauses_that_hold() -> None:
    found = told(strike_rule().core)
    assert (found.fires, found.held) == (True, True)
    tree = found.events[0].tree
    assert tree is not None
    said = [(part.words, part.said, [quote.text for quote in part.quotes]) for part in tree.parts]
    assert said == [
        ("event: armed-attack", "holds", ["attacked"]),
        ("target", "holds", ["the base"]),
        ("not", "holds", []),
        ("stage: happened", "holds", ["attacked"]),
        ("standing: [confirmed, reported, claimed, disputed]", "holds", []),
    ]
    assert [(part.words, part.found) for part in tree.parts[1].parts] == [("kind: base", "base"), ("used_by: US", "US user")]


def test_a_miss_names_what_is_nearest_to_make_it_hold() -> None:
    """Of two events the one that lacks least; what is not stated comes before what is stated otherwise."""
    core = AllOf((EventIs(("armed-attack",)), PlaceIn(("SY",)), Who("actor", NationIs("any", ("IR",)))))
    other = attack(HOME, "04-21", offset=300, type="riot", path=("violence", "riot"))
    found = told(core, other, EVENT)
    assert not found.fires
    assert found.closest is not None
    assert found.closest.event.id == EVENT.id
    assert [(node.words, node.said, node.found) for node in found.closest.missing] == [
        ("actor: {nation: IR}", "not stated", ""),
        ("place: {in: SY}", "not so", "al-asad, IQ"),
    ]


def test_of_alternatives_the_nearer_one_is_named() -> None:
    core = AnyOf((AllOf((EventIs(("riot",)), PlaceIn(("SY",)))), AllOf((EventIs(("armed-attack",)), NumberIs("killed", ">=", 1)))))
    closest = told(core).closest
    assert closest is not None
    assert [node.words for node in closest.missing] == ['killed: ">=1"']


def test_what_is_excluded_is_shown_with_what_it_found() -> None:
    core = AllOf((EventIs(("armed-attack",)), NotThat(Who("target", KindIs(("base",))))))
    closest = told(core).closest
    assert closest is not None
    (excluded,) = closest.missing
    assert (excluded.words, excluded.said) == ("not", "not so")
    assert (excluded.parts[0].words, excluded.parts[0].said, excluded.parts[0].found) == (
        "target",
        "holds",
        "the base (al-asad, base, US user)",
    )


def test_one_participant_must_be_all_of_it_and_the_nearest_is_shown() -> None:
    soldier = replace(EVENT.targets[0], span=Span("soldiers", 30, 38), id=None, kind="person", nations=())
    event = replace(EVENT, targets=(soldier, EVENT.targets[0]))
    shown = leaf(AllOf((Who("target", AllOf((KindIs(("base",)), NationIs("used_by", ("FR",))))),)), event)
    assert shown.found.startswith("the base")
    assert [(part.words, part.said) for part in shown.parts] == [("kind: base", "holds"), ("used_by: FR", "not so")]


@pytest.mark.parametrize(
    ("clause", "said", "found", "quotes"),
    [
        (WordsIn(("roe", "nobody"), "article"), "holds", "Roe", ["Roe"]),
        (WordsNear(("base", "said"), 4, "article"), "holds", "base. Jane Roe said", ["base. Jane Roe said"]),
        (WordsNear(("rockets", "said"), 4, "article"), "not so", "", []),
        (Mentions((), ("Jane Roe",), (), "article"), "holds", "Jane Roe", ["Jane Roe"]),
        (Mentions((), (), (PEOPLE,), "article"), "holds", "Jane Roe", ["Jane Roe"]),
        (SpeakerIs(classes=("official",), outlets=("Reuters",)), "holds", "official of US, told Reuters", ["an official"]),
        (SpeakerIs(nations=("FR",)), "not so", "official of US, told Reuters", ["an official"]),
        (OutcomeIn(("hit",)), "not stated", "hit or missed", ["sentence 0 of a"]),
        (AboutIs(EventIs(("armed-attack",))), "not stated", "", []),
    ],
    ids=repr,
)  # fmt: skip
def test_each_kind_of_clause_says_what_it_found_and_where(clause: Any, said: str, found: str, quotes: list[str]) -> None:
    event = replace(EVENT, attribution=(official("Reuters", "US"),), outcome=("hit", "missed"))
    event = replace(event, tellings=(replace(event.tellings[0], outcome=event.outcome),))
    node = leaf(AllOf((clause,)), event)
    assert (node.said, node.found, [quote.text for quote in node.quotes]) == (said, found, quotes)


def test_of_a_watch_list_only_the_site_that_is_near_is_named() -> None:
    """Neither coordinates nor the other entries, whether it holds or not."""
    sites = (
        Site(id="one", name="Works North", latitude=33.79, longitude=42.44, radius_km=5),
        Site(id="two", name="Works South", latitude=30.0, longitude=47.0, radius_km=5),
    )
    place = EVENT.place
    assert place is not None
    event = replace(EVENT, place=replace(place, latitude=33.8, longitude=42.4, coarseness_km=1.0))
    near = NearSite(Watch(name="w", digest="", sites=sites), within_km=50.0)
    assert leaf(AllOf((near,)), event).found == "al-asad, 3.9 km from Works North"
    far = leaf(AllOf((replace(near, within_km=1.0),)), event)
    assert (far.said, far.found) == ("not so", "al-asad")
    said = repr(far.words) + leaf(AllOf((near,)), event).words
    assert not any(word in said for word in ("Works", "33.79", "42.44", "30.0"))


def test_a_severity_for_want_of_a_finer_place_is_said_to_be_one() -> None:
    site = Site(id="one", name="Works", latitude=33.79, longitude=42.44, radius_km=5)
    place = EVENT.place
    assert place is not None
    near = NearSite(Watch(name="w", digest="", sites=(site,)), within_km=50.0, if_coarse="low")
    core = AllOf((EventIs(("armed-attack",)), near))
    vague, fine = (
        told(core, replace(EVENT, place=replace(place, latitude=33.8, longitude=42.4, coarseness_km=km))) for km in (300.0, 1.0)
    )
    assert (vague.fires, vague.coarse, fine.fires, fine.coarse) == (True, "low", True, None)
    tree = vague.events[0].tree
    assert tree is not None
    assert tree.parts[1].found == "al-asad, 3.9 km from Works, known to 300 km only"


def test_an_event_that_denies_what_the_article_tells_is_not_judged_and_said_so() -> None:
    later = denied(attack(HOME, "04-21", offset=300))
    found = told(strike_rule().core, EVENT, later)
    assert [event.apart for event in found.events] == ["", "it denies what the article tells beside it"]
    assert found.fires
    past = attack(HOME, "04-21", stage="retold")
    assert [event.apart for event in told(strike_rule().core, past).events] == ["what is retold is no incident"]


def test_an_old_event_holds_and_does_not_fire() -> None:
    found = told(strike_rule().core, attack(HOME, "04-01"))
    assert (found.held, found.fires) == (True, False)
    assert found.fates == ("stale: it is older than the rule announces",)
    assert told(strike_rule().core, attack(HOME, "04-01"), max_age=timedelta(days=60)).fires
    (past,) = explain([strike_rule()], reading(replace(HOME, backfill=True), EVENT), KNOWN)
    assert (past.held, past.fires) == (True, False)
    assert past.fates == ("backfill: it stood in the feed before that was watched, and is known silently",)


def test_a_temporal_rule_holds_and_waits_for_its_history() -> None:
    (found,) = explain([resume_rule()], reading(HOME, EVENT), KNOWN)
    assert (found.held, found.fires) == (True, False)


def test_an_announcement_is_judged_by_what_it_speaks_of() -> None:
    """Without defaults, and with what an attack beside it states; the target is then that of the attack."""
    (found,) = explain([resume_rule()], reading(HOME, EVENT, announcement(HOME)), KNOWN)
    first, second = found.events
    assert first.spoken is None
    assert second.spoken is not None
    assert [(part.words, part.said) for part in second.spoken.parts] == [("event: armed-attack", "holds"), ("target", "holds")]
    (alone,) = explain([resume_rule()], reading(HOME, announcement(HOME)), KNOWN)
    assert alone.events[0].spoken is not None
    assert [part.said for part in alone.events[0].spoken.parts] == ["holds", "not stated"]


def test_the_closest_rules_come_first() -> None:
    def rule(id: str, core: Any) -> Rule:
        return strike_rule(id=id, core=core, when=expanded(core))

    rules = [
        rule("another-type", EventIs(("riot",))),
        rule("fires", EventIs(("armed-attack",))),
        rule("lacks-one", AllOf((EventIs(("armed-attack",)), NumberIs("killed", ">=", 1)))),
        rule("lacks-two", AllOf((EventIs(("armed-attack",)), NumberIs("killed", ">=", 1), PlaceIn(("SY",))))),
    ]
    ranked = sorted(explain(rules, reading(HOME, EVENT), KNOWN), key=lambda one: one.rank)
    assert [one.rule.id for one in ranked] == ["fires", "lacks-one", "lacks-two", "another-type"]


@pytest.mark.parametrize("seed", range(3))
def test_explain_says_what_the_engines_do(seed: int) -> None:
    """Against the indexed engine and a plain loop, on random rules and articles; `tests/bench/explain_pairs.py` has many more."""
    source, count = Varied(seed + 40, KNOWN), Count()
    for home, events in ((home, events) for home, events in source.story(60) if events):
        rules = [replace(source.rule(number), form=None) for number in range(20)]
        rules += [replace(source.rule(100 + n, source.fitting(event)), form=None) for n, event in enumerate(events * 6)]
        assert compare(rules, reading(home, *events), KNOWN, seed, count) == []
    assert count.pairs >= 400
    assert count.fired >= count.pairs / 5


def test_explain_says_what_the_engines_do_on_articles_that_were_read() -> None:
    """The same with the real extractor on near misses and the demo's scenes, and rules of packs; quotes are the article's own."""
    count = Count()
    assert list(explain_pairs.differences(explain_pairs.articles(24), explain_pairs.rules(30, KNOWN), KNOWN, count)) == []
    assert count.pairs >= 240
    assert count.fired >= count.pairs / 5
