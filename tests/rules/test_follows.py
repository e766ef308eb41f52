"""What is proved of clauses is so: every proof is held against the judge on events of all kinds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import WORLD

from rules.follows import Logic
from rules.load import load_texts
from rules.match import holds
from rules.model import (
    AboutIs,
    AllOf,
    AnyOf,
    Clause,
    CountryAgainst,
    DisclosedLate,
    EventIs,
    IdIs,
    InstrumentIs,
    KindIs,
    Mentions,
    NationAgainst,
    NationIs,
    NearSite,
    NotThat,
    NumberIs,
    OriginIn,
    OutcomeIn,
    PlaceIn,
    Site,
    SourceIn,
    SpeakerIs,
    StageIn,
    StandingIn,
    Stated,
    Watch,
    Who,
    WordsIn,
    WordsNear,
)
from streams.records.flow import About, Article, Attribution, Count, Event, Instrument, NationRole, Participant, Place, Span

LOGIC = Logic(WORLD)


def core(when: str) -> Clause:
    """What a `when` means, without the defaults."""
    text = f"version: 1\nwatch: {{sites: w.yaml}}\nrules: [{{id: a, severity: low, when: {when}}}]\n"
    watched = "version: 1\nsites: [{id: s, name: S, at: [30, 40], radius: 5km}]\n"
    return load_texts({"a.yaml": text, "w.yaml": watched}, WORLD).rules[0].core


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{event: shelling}", "{event: armed-attack}"),
        ("{event: [shelling, abduction]}", "{event: [violence, talks]}"),
        ("{event: shelling, target: {kind: base, used_by: US}}", "{event: armed-attack, target: {kind: site}}"),
        ("{target: {kind: base, owned_by: US}}", "{target: {used_by: [US, GB]}}"),
        ("{target: {forces_of: US}}", "{target: {nation: US}}"),
        ("{target: {kind: base}}", "{target: {known: true}}"),
        ("{instrument: rocket}", "{instrument: [projectile, drone]}"),
        ("{place: {in: al-hasakah}}", "{place: {in: SY}}"),
        ("{place: {in: [IQ, SY]}}", "{place: {in: middle-east}}"),
        ("{origin: {in: rumalin}}", "{origin: {in: SY}}"),
        ('{killed: ">4"}', '{killed: ">=5"}'),
        ('{killed: "=5"}', '{killed: "<=6"}'),
        ("{stage: happened}", "{not: {stage: [planned, exercise]}}"),
        ("{not: {stage: [planned, exercise]}}", "{stage: [happened, announced, threatened, hypothetical, retold]}"),
        ("{actor: {id: houthis}}", "{not: {actor: {known: false}}}"),
        ("{not: {actor: {kind: force}}}", "{not: {actor: {kind: alliance, nation: US}}}"),
        ("{any: [{event: shelling}, {event: abduction}]}", "{event: violence}"),
        ("{event: violence, any: [{outcome: hit}, {killed: 1}]}", "{any: [{event: violence, outcome: hit}, {killed: 1}]}"),
        ("{actor: {any: [{kind: base}, {id: houthis}]}}", "{any: [{actor: {kind: site}}, {actor: {id: houthis}}]}"),
        ("{about: {event: shelling, target: {nation: US}}}", "{about: {event: armed-attack}}"),
        ("{near: {watch: sites, within: 5km}}", "{near: {watch: sites, within: 50km, if_coarse: low}}"),
        ("{near: {watch: sites}}", "{near: {watch: sites, within: 5km}}"),
        ("{near: {watch: sites}}", "{place: {known: true}}"),
        ("{speaker: {class: official, nation: US}}", "{speaker: {class: [official, witness]}}"),
        ("{text: {any: [rocket], in: title}}", "{text: {any: [Rocket, drone]}}"),
        ("{text: {near: {words: [a, b], within: 5}}}", "{text: {all: [a, b]}}"),
        ("{mentions: {any: houthis, in: title}}", "{mentions: [houthis, Jane Doe]}"),
        ("{source: a}", "{source: [a, b]}"),
        ("{outcome: hit}", "{outcome: {known: true}}"),
        ("{event: talks, not: {event: diplomacy}}", "{event: shelling}"),
    ],
)
def test_what_follows(one: str, other: str) -> None:
    """And the reverse does not, but where the two are the same."""
    assert LOGIC.follows(core(one), core(other))
    assert LOGIC.never(AllOf((core(one), NotThat(core(other)))))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{event: armed-attack}", "{event: shelling}"),
        ("{target: {kind: base}}", "{target: {used_by: US}}"),
        ("{target: {used_by: US}}", "{target: {owned_by: US}}"),
        ("{target: {nation: [US, GB]}}", "{target: {nation: US}}"),
        ("{target: {nation: US}}", "{target: {used_by: US}}"),
        ("{target: {sponsored_by: US}}", "{target: {used_by: US}}"),
        ("{target: {forces_of: US}}", "{target: {used_by: US}}"),
        ('{killed: "<=5"}', '{killed: "=5"}'),
        ('{killed: ">=5"}', '{killed: "=5"}'),
        ("{all: [{target: {kind: base}}, {target: {used_by: US}}]}", "{target: {kind: base, used_by: US}}"),
        ("{not: {target: {kind: base}}}", "{not: {target: {kind: site}}}"),
        ('{killed: ">=1"}', '{killed: ">=2"}'),
        ('{killed: ">=1"}', '{wounded: ">=1"}'),
        ("{near: {watch: sites, within: 5km, if_coarse: low}}", "{near: {watch: sites, within: 50km}}"),
        ("{text: {any: [rocket], in: sentence}}", "{text: {any: [rocket]}}"),
        ("{stage: happened}", "{standing: reported}"),
    ],
)
def test_what_does_not_follow(one: str, other: str) -> None:
    """A proof is not made where there is none."""
    assert not LOGIC.follows(core(one), core(other))


@pytest.mark.parametrize(
    "when",
    [
        "{event: shelling, not: {event: violence}}",
        "{all: [{event: talks}, {event: shelling}]}",
        "{event: talks, all: [{actor: {known: false}}, {actor: {kind: force}}]}",
        "{event: talks, target: {kind: base, not: {kind: site}}}",
        "{event: talks, target: {all: [{kind: base}, {kind: civilian}]}}",
        "{event: talks, target: {id: houthis, not: {id: [houthis, rumalin]}}}",
        '{event: talks, all: [{killed: ">5"}, {killed: "<=5"}]}',
        '{event: talks, killed: "<0"}',
        "{event: talks, all: [{place: {in: IQ}}, {place: {in: al-hasakah}}]}",
        "{event: talks, place: {in: IQ}, not: {place: {in: middle-east}}}",
        "{event: talks, stage: happened, not: {stage: [happened, planned]}}",
        "{event: talks, all: [{outcome: hit}, {outcome: [missed, foiled]}]}",
        "{event: talks, about: {event: shelling, not: {event: violence}}}",
        "{event: talks, all: [{about: {event: shelling}}, {about: {event: abduction}}]}",
        "{any: [{event: talks, not: {event: talks}}, {event: threat, not: {event: statements}}]}",
        "{event: talks, not: {any: [{actor: {known: true}}, {actor: {known: false}}]}}",
        "{event: talks, all: [{disclosed_late: true}, {disclosed_late: false}]}",
        "{event: talks, outcome: hit, not: {outcome: {known: true}}}",
        "{event: talks, target: {all: [{nation: {differs_from: place.country}}, {nation: {same_as: place.country}}]}}",
    ],
)
def test_what_can_never_hold(when: str) -> None:
    """And its reverse always does."""
    assert LOGIC.never(core(when))
    assert LOGIC.always(NotThat(core(when)))
    assert LOGIC.why_never(core(when))


@pytest.mark.parametrize(
    "when",
    [
        '{all: [{killed: ">=2"}, {killed: "<=2"}]}',
        '{all: [{killed: ">=2"}, {killed: 2}]}',
        '{all: [{killed: "<=2"}, {killed: 2}]}',
        '{all: [{killed: ">=5"}, {wounded: "<5"}]}',
        "{all: [{event: violence}, {event: shelling}]}",
        "{all: [{target: {kind: base}}, {target: {kind: civilian}}]}",
        "{all: [{instrument: rocket}, {instrument: drone}]}",
        "{all: [{place: {in: SY}}, {place: {in: al-hasakah}}]}",
        "{all: [{place: {in: SY}}, {origin: {in: IQ}}]}",
        "{all: [{outcome: [hit, missed]}, {outcome: [missed, foiled]}]}",
        "{target: {kind: base}, not: {target: {kind: base, used_by: US}}}",
        "{all: [{speaker: {class: official}}, {speaker: {class: witness}}]}",
        "{not: {actor: {known: true}}}",
    ],
)
def test_what_may_hold_is_not_said_never_to(when: str) -> None:
    """Bounds that meet, and fields of which there may be several."""
    assert not LOGIC.never(core(when))
    assert not LOGIC.always(core(when))
    assert LOGIC.why_never(core(when)) is None


@pytest.mark.parametrize(
    "when", ["{event: [violence, statements, diplomacy]}", "{any: [{actor: {known: true}}, {actor: {known: false}}]}"]
)
def test_what_always_holds(when: str) -> None:
    """Every root of the taxonomy, or something and its reverse."""
    assert LOGIC.always(core(when))
    assert not LOGIC.never(core(when))


def test_too_many_ways_prove_nothing() -> None:
    """In bounded time."""
    many = AllOf(tuple(AnyOf((NumberIs("killed", "=", n), NumberIs("wounded", "=", n))) for n in range(30)))
    assert not LOGIC.follows(many, EventIs(("talks",)))
    assert not LOGIC.never(many)
    assert LOGIC.why_never(many) is None


# --------------------------------------------------------------------------------------- every proof against the judge

_SITES = Watch("sites", "x", (Site("s", "S", 30.0, 40.0, 5.0),))
_WIDER = Watch("wider", "y", (*_SITES.sites, Site("t", "T", 35.0, 40.0, 60.0)))


def _some(*values: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)


_KINDS = _some("force", "armed-group", "site", "base", "civilian", "person")
_CODES = _some("US", "GB", "IQ", "SY")
_TRAIT: Any = st.recursive(
    st.one_of(
        st.builds(KindIs, _KINDS),
        st.builds(IdIs, _some("houthis", "rumalin", "us-led-coalition")),
        st.builds(NationIs, st.sampled_from(["any", "forces_of", "used_by", "owned_by", "sponsored_by"]), _CODES),
        st.builds(NationAgainst, st.sampled_from(["place.country", "actor.nation"]), st.booleans()),
    ),
    lambda inner: st.one_of(
        st.builds(NotThat, inner),
        st.builds(AllOf, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=3,
)
_AREAS = _some("US", "IQ", "SY", "al-hasakah", "middle-east", "rumalin")
_TYPES = _some("violence", "armed-attack", "shelling", "abduction", "talks", "statements", "diplomacy", "threat")
_SCOPES = st.sampled_from(["title", "sentence", "article"])
_ATOM: Any = st.one_of(
    st.builds(EventIs, _TYPES),
    st.builds(Who, st.sampled_from(["actor", "target"]), _TRAIT),
    st.builds(Stated, st.sampled_from(["actor", "target", "place", "origin", "instrument", "outcome", "speaker"]), st.booleans()),
    st.builds(PlaceIn, _AREAS),
    st.builds(OriginIn, _AREAS),
    st.builds(CountryAgainst, st.booleans()),
    st.builds(
        NearSite, st.sampled_from([_SITES, _WIDER]), st.sampled_from([None, 10.0, 100.0]), st.sampled_from([None, "low", "high"])
    ),
    st.builds(InstrumentIs, _some("weapon", "projectile", "rocket", "drone")),
    st.builds(OutcomeIn, _some("hit", "intercepted", "missed")),
    st.builds(StageIn, _some("happened", "planned", "threatened")),
    st.builds(StandingIn, _some("reported", "denied", "claimed")),
    st.builds(NumberIs, st.sampled_from(["killed", "wounded"]), st.sampled_from([">=", ">", "<=", "<", "="]), st.integers(0, 3)),
    st.builds(SpeakerIs, st.sampled_from([(), ("official",), ("official", "witness")]), st.sampled_from([(), ("US",)])),
    st.builds(SourceIn, _some("a", "b", "c")),
    st.builds(DisclosedLate, st.booleans()),
    st.builds(WordsIn, _some("rocket", "Rocket", "base", "drill"), _SCOPES),
    st.builds(
        WordsNear, st.sampled_from([("rocket", "base"), ("base", "rocket"), ("rocket", "drill")]), st.integers(2, 9), _SCOPES
    ),
    st.builds(Mentions, _some("houthis", "IQ"), st.just(()), st.just(()), _SCOPES),
)
_CLAUSE: Any = st.recursive(
    _ATOM | st.builds(AboutIs, st.builds(EventIs, _TYPES) | st.builds(Who, st.just("actor"), _TRAIT)),
    lambda inner: st.one_of(
        st.builds(NotThat, inner),
        st.builds(AllOf, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=4,
)
_NOBODY = Span("x", 0, 1)
_PLACES = [
    None,
    Place(span=None, name="nowhere", kind="region"),
    *(
        replace(place, latitude=30.0, longitude=longitude, coarseness_km=coarse)
        for one in ("IQ", "SY", "al-hasakah", "middle-east", "rumalin")
        if (place := WORLD.entities[one].place)
        for longitude, coarse in ((40.0, 1.0), (40.05, 8.0), (50.0, 1.0), (40.5, 80.0))
    ),
]
_LINES = ["A rocket hit the base.", "It was a drill at the base.", "The Houthis in Iraq: nothing.", "Rocket"]


def _made(draw: Random) -> tuple[Event, Article]:
    """An event of the small world, and its article."""

    def several(make: Callable[[], Any]) -> tuple[Any, ...]:
        return tuple(make() for _ in range(draw.randrange(3)))

    def path_of(type: str) -> dict[str, Any]:
        return {"type": type, "path": WORLD.taxonomy[type].path}

    def held() -> NationRole:
        role = draw.choice(["owner", "user", "host", "forces", "government", "sponsor", "nationality"])
        return NationRole(draw.choice(["US", "IQ", "SY"]), role, draw.choice(["", "us-led-coalition"]))

    def somebody() -> Participant:
        id, kind = draw.choice([None, "houthis", "rumalin"]), draw.choice([None, *WORLD.kinds])
        return Participant(span=_NOBODY, head="x", id=id, kind=kind, nations=several(held))

    def counted() -> Count:
        low = draw.randrange(4)
        return Count(what=draw.choice(["killed", "wounded"]), low=low, high=draw.choice([None, low, low + 1]), span=_NOBODY)

    def voice() -> Attribution:
        speaker, nation = draw.choice(["official", "witness", "media"]), draw.choice([None, "US", "IQ"])
        return Attribution(span=_NOBODY, speaker=speaker, nation=nation)

    types, moment, sentence = sorted(WORLD.taxonomy), datetime(2031, 1, 8, tzinfo=UTC), draw.choice(_LINES)
    home = Article(
        id="x",
        source=draw.choice("ab"),
        url="",
        title=draw.choice(_LINES),
        text=draw.choice(_LINES),
        published=moment,
        taken_at=moment,
    )
    event = Event(
        **path_of(draw.choice(types)),
        trigger=_NOBODY,
        sentence=Span(sentence, 0, len(sentence)),
        actors=several(somebody),
        targets=several(somebody),
        instruments=several(lambda: Instrument(span=_NOBODY, kind=draw.choice(sorted(WORLD.instruments)))),
        place=draw.choice(_PLACES),
        origin=draw.choice(_PLACES),
        counts=several(counted),
        stage=draw.choice(["happened", "planned", "retold"]),
        outcome=tuple(sorted(set(several(lambda: draw.choice(["hit", "intercepted", "missed"]))))),
        standing=draw.choice(["reported", "denied", "claimed"]),
        attribution=several(voice),
        about=draw.choice([None, About(**path_of(draw.choice(types)), actors=several(somebody))]),
        id="e",
        article="x",
        revision=1,
        published=moment,
        source="a",
        disclosed_late=draw.choice([True, False]),
    )
    return event, home


EVENTS = [_made(Random(seed)) for seed in range(250)]


def _holds(clause: Any) -> list[bool]:
    return [holds(clause, event, home, WORLD) for event, home in EVENTS]


# pairs of clauses of which many follow: one of them is part of the other, or both are of the same kind
_PAIRS: Any = st.one_of(
    st.tuples(_CLAUSE, _CLAUSE),
    st.tuples(_CLAUSE, _CLAUSE).map(lambda both: (AllOf(both), AnyOf(both))),
    *(st.tuples(atom, atom) for atom in (st.builds(Who, st.just("target"), _TRAIT), st.builds(EventIs, _TYPES), _ATOM)),
    *(st.tuples(atom, atom) for atom in (st.builds(PlaceIn, _AREAS), st.builds(NotThat, _ATOM))),
)


@settings(max_examples=400, deadline=None)
@given(_PAIRS)
def test_what_is_proved_is_so(pair: tuple[Any, Any]) -> None:
    """Follows, never, always: against the judge of the engine, on 250 events of all kinds."""
    one, other = pair
    if LOGIC.follows(one, other):
        assert not any(here and not there for here, there in zip(_holds(one), _holds(other), strict=True))
    if LOGIC.never(AllOf((one, other))):
        assert not any(here and there for here, there in zip(_holds(one), _holds(other), strict=True))
    if LOGIC.always(one):
        assert all(_holds(one))


def test_enough_is_proved_to_mean_something() -> None:
    """Of the pairs that the property test makes at least one in ten follows."""
    proved = tried = 0

    @settings(max_examples=200, deadline=None, database=None, derandomize=True)
    @given(_PAIRS)
    def count(pair: tuple[Any, Any]) -> None:
        nonlocal proved, tried
        tried += 1
        proved += LOGIC.follows(*pair)

    count()
    assert proved * 10 >= tried
