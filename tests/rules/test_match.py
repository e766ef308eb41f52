"""What a clause says of an event: True, False, or None where the text does not state it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_world import WORLD

from rules.load import load_texts
from rules.match import every, holds, judge, severity, some
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
    NotThat,
    NumberIs,
    OriginIn,
    OutcomeIn,
    PlaceIn,
    Relation,
    Rule,
    SeverityCase,
    SourceIn,
    SpeakerIs,
    StageIn,
    StandingIn,
    Stated,
    Trait,
    Watch,
    Who,
    WordsIn,
    WordsNear,
)
from rules.words import quotes
from streams.knowledge.world import load as load_knowledge
from streams.records.flow import (
    About,
    Article,
    Attribution,
    Count,
    Event,
    Instrument,
    NationRole,
    Participant,
    Place,
    Span,
    Telling,
)

SENTENCE = Span("Rockets hit the U.S. base at dawn.", 0, 34)
HERE = Place(span=None, name="Rumalin", kind="site", country="SY", path=("rumalin", "al-hasakah", "SY"))
ARTICLE = Article(
    id="a",
    source="feed",
    url="",
    title="Fire at Kata'ib base",
    text="Rockets hit the U.S. base at dawn.\n\nIt was no drill, they told us.",
    published=datetime(2024, 4, 22, tzinfo=UTC),
    taken_at=datetime(2024, 4, 22, tzinfo=UTC),
)


def telling(**more: Any) -> Telling:
    """A rocket attack of which nothing else is stated."""
    path = ("violence", "armed-attack", "explosions", "shelling")
    return Telling(**({"type": path[-1], "path": path, "trigger": Span("hit", 8, 11), "sentence": SENTENCE} | more))


def who(kind: str | None = None, *nations: NationRole, name: str | None = None) -> Participant:
    """A participant."""
    return Participant(span=Span("x", 0, 1), head="x", id=name, kind=kind, nations=nations)


def verdict(clause: Clause, event: Telling, article: Article | None = ARTICLE) -> bool | None:
    """The verdict in the small world."""
    return judge(clause, event, article, WORLD)


def of(trait: Trait, *actors: Participant, **more: Any) -> bool | None:
    """The verdict on actors."""
    return verdict(Who("actor", trait), telling(actors=actors, **more))


# ------------------------------------------------------------------------------------------------------- three values

VERDICTS = st.lists(st.sampled_from([True, False, None]), max_size=5)


@given(VERDICTS)
def test_and_and_or_are_kleenes(values: list[bool | None]) -> None:
    """The least of all and the greatest of any, with unknown between false and true."""
    rank = {False: 0, None: 1, True: 2}
    assert rank[every(values)] == min((rank[one] for one in values), default=2)
    assert rank[some(values)] == max((rank[one] for one in values), default=0)


STATED, OTHERWISE, OPEN = OutcomeIn(("hit",)), OutcomeIn(("missed",)), InstrumentIs(("rocket",))


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        (STATED, True),
        (OTHERWISE, False),
        (OPEN, None),
        (NotThat(STATED), False),
        (NotThat(OTHERWISE), True),
        (NotThat(OPEN), True),  # excludes only what is stated
        (AllOf((STATED, OPEN)), None),
        (AllOf((OTHERWISE, OPEN)), False),
        (AllOf((STATED, NotThat(OPEN))), True),
        (AllOf(()), True),
        (AnyOf((STATED, OPEN)), True),
        (AnyOf((OTHERWISE, OPEN)), None),
        (AnyOf(()), False),
    ],
)
def test_groups(clause: Clause, expected: bool | None) -> None:
    """A positive clause on what is not stated does not hold; an exclusion of it does."""
    event = telling(outcome=("hit",))
    assert verdict(clause, event) is expected
    assert holds(clause, event, ARTICLE, WORLD) is (expected is True)


# ------------------------------------------------------------------------------------------------------------ the event


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        (("armed-attack",), True),
        (("shelling",), True),
        (("threat", "violence"), True),
        (("abduction",), False),
        (("talks",), False),
    ],
)
def test_a_type_means_its_subtree(nodes: tuple[str, ...], expected: bool) -> None:
    """The event is a shelling."""
    assert verdict(EventIs(nodes), telling()) is expected


def test_a_type_that_the_knowledge_has_lost_is_still_its_subtree() -> None:
    """Events keep their path when the taxonomy changes."""
    lost = telling(type="ballooning", path=("violence", "armed-attack", "ballooning"))
    assert verdict(EventIs(("armed-attack",)), lost) is True
    assert verdict(EventIs(("talks",)), lost) is False


def test_a_coarser_type_leaves_the_finer_one_open() -> None:
    """An announced "attack" may be a shelling; no clause may be false for an announcement, and this one is not."""
    attack = telling(type="armed-attack", path=("violence", "armed-attack"))
    assert verdict(EventIs(("shelling",)), attack) is None


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [(("intercepted",), True), (("intercepted", "missed"), True), (("hit",), False), (("hit", "missed"), None), ((), None)],
)
def test_an_outcome_holds_when_every_possible_value_is_listed(outcome: Any, expected: bool | None) -> None:
    """Against [intercepted, missed]."""
    assert verdict(OutcomeIn(("intercepted", "missed")), telling(outcome=outcome)) is expected


def test_stage_and_standing_are_always_stated() -> None:
    """Both have a value in every event."""
    assert verdict(StageIn(("happened", "planned")), telling()) is True
    assert verdict(StageIn(("planned",)), telling()) is False
    assert verdict(StandingIn(("reported",)), telling()) is True
    assert verdict(StandingIn(("reported",)), telling(standing="denied")) is False


def test_doubt_never_fails_a_clause() -> None:
    """What the text calls unclear is said in the alert, not judged."""
    doubtful = telling(targets=(who("base"),), doubt=(Span("unclear whether the base was the target", 0, 1),))
    assert verdict(Who("target", KindIs(("base",))), doubtful) is True


@pytest.mark.parametrize(
    ("kinds", "expected"), [(("rocket",), True), (("weapon",), True), (("missile",), False), (("drone", "rocket"), True)]
)
def test_an_instrument_means_its_subtree(kinds: tuple[str, ...], expected: bool) -> None:
    """One of several instruments is enough."""
    tools = (Instrument(span=SENTENCE, kind="rocket"), Instrument(span=SENTENCE, kind="rocket"))
    assert verdict(InstrumentIs(kinds), telling(instruments=tools)) is expected


def test_a_projectile_may_be_a_rocket() -> None:
    """Coarser than asked for: not stated."""
    assert verdict(InstrumentIs(("rocket",)), telling(instruments=(Instrument(span=SENTENCE, kind="projectile"),))) is None


@pytest.mark.parametrize(
    ("areas", "expected"),
    [(("SY",), True), (("al-hasakah",), True), (("middle-east",), True), (("IQ", "SY"), True), (("IQ",), False)],
)
def test_a_place_lies_in_an_area(areas: tuple[str, ...], expected: bool) -> None:
    """The attack was at Rumalin."""
    assert verdict(PlaceIn(areas), telling(place=HERE)) is expected


def test_no_place_and_a_coarse_place_are_not_stated() -> None:
    """Syria may be Al-Hasakah."""
    syria = Place(span=None, name="Syria", kind="country", country="SY", path=("SY",))
    assert verdict(PlaceIn(("SY",)), telling()) is None
    assert verdict(PlaceIn(("al-hasakah",)), telling(place=syria)) is None


def test_the_origin_is_not_the_place() -> None:
    """Rockets fired from Iraq into Syria did not hit Iraq."""
    iraq = Place(span=None, name="Zumar", kind="town", country="IQ", path=("zumar", "IQ"))
    assert verdict(PlaceIn(("IQ",)), telling(place=HERE, origin=iraq)) is False


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        ("actor", {"actors": (who(),)}),
        ("target", {"targets": (who(),)}),
        ("place", {"place": HERE}),
        ("instrument", {"instruments": (Instrument(span=SENTENCE, kind="rocket"),)}),
        ("outcome", {"outcome": ("hit",)}),
    ],
)
def test_known_demands_and_never_leaves_open(name: Any, stated: dict[str, Any]) -> None:
    """`known: true` and `known: false`."""
    for wanted in (True, False):
        assert verdict(Stated(name, wanted), telling(**stated)) is wanted
        assert verdict(Stated(name, wanted), telling()) is not wanted


# --------------------------------------------------------------------------------------------------------- participants

ROLES = ("owner", "user", "host", "forces", "government", "home", "sponsor", "nationality")


def role(name: Any, nation: str = "US", via: str = "") -> NationRole:
    """A nation's role."""
    return NationRole(nation, name, via)


@pytest.mark.parametrize(
    ("relation", "kind", "roles"),
    [
        ("any", "base", ROLES),
        ("used_by", "base", ("owner", "user")),
        ("owned_by", "base", ("owner",)),
        ("sponsored_by", "armed-group", ("sponsor",)),
        ("forces_of", "base", ("owner", "user", "forces")),
        ("forces_of", "state-force", ("nationality", "owner", "forces")),
        ("forces_of", "warship", ("nationality", "owner", "forces")),
        ("forces_of", "civilian", ("forces",)),
        ("forces_of", "energy-site", ("forces",)),
        ("forces_of", "person", ("forces",)),
        ("forces_of", None, ("forces",)),
    ],
)
def test_which_roles_make_a_relation(relation: Relation, kind: str | None, roles: tuple[str, ...]) -> None:
    """A base's users are its forces; a civilian's passport makes no soldier."""
    found = [one for one in ROLES if of(NationIs(relation, ("US",)), who(kind, role(one))) is True]
    assert found == [one for one in ROLES if one in roles]


@pytest.mark.parametrize(
    ("relation", "participant", "expected"),
    [
        ("any", who("base"), None),
        ("any", who("base", role("host", "IQ")), False),
        ("used_by", who("base", role("host", "IQ")), None),  # a host is stated, users are not
        ("used_by", who("base", role("user", "GB")), False),
        ("used_by", who("base", role("user", "GB"), role("user")), True),
        ("forces_of", who(None), None),
        ("forces_of", who("person"), None),  # may be a soldier
        ("forces_of", who("state-force"), None),
        ("forces_of", who("state-force", role("forces", "GB")), False),
        ("forces_of", who("civilian"), False),
        ("forces_of", who("civilian", role("nationality")), False),
        ("forces_of", who("armed-group", role("home", "IQ")), False),
    ],
)
def test_a_relation_that_nobody_is_known_to_have_is_not_stated(
    relation: Relation, participant: Participant, expected: bool | None
) -> None:
    """False needs another nation in that role, or a kind that is part of no force."""
    assert of(NationIs(relation, ("US",)), participant) is expected


def test_an_alliance_counts_for_its_leader_as_forces_and_for_all_its_users() -> None:
    """Rumalin is used by a coalition that the United States leads and Britain is in."""
    base = who("base", *WORLD.entities["rumalin"].nations)
    assert of(NationIs("used_by", ("GB",)), base) is True
    assert of(NationIs("forces_of", ("GB",)), base) is False
    assert of(NationIs("forces_of", ("US",)), base) is True
    coalition = who("alliance", role("forces", via="us-led-coalition"))
    assert of(NationIs("forces_of", ("US",)), coalition) is True
    assert of(NationIs("forces_of", ("US",)), who("alliance", role("forces", via="unheard-of"))) is False


def test_one_participant_must_satisfy_the_whole_map() -> None:
    """A base of Iraq and a truck of the United States are no base of the United States."""
    base, truck = who("base", role("user", "IQ")), who("vehicle", role("user"))
    both = AllOf((KindIs(("base",)), NationIs("used_by", ("US",))))
    assert of(both, base, truck) is False
    assert of(both, base, truck, who("base", role("user"))) is True
    assert of(AnyOf((KindIs(("base",)), NationIs("used_by", ("US",)))), truck) is True


def test_without_a_participant_nothing_is_stated_not_even_by_an_exclusion() -> None:
    """`target: {not: {nation: US}}` asks for a target; `not: {target: {nation: US}}` does not."""
    assert verdict(Who("target", NotThat(NationIs("any", ("US",)))), telling()) is None
    assert verdict(NotThat(Who("target", NationIs("any", ("US",)))), telling()) is True
    assert verdict(Who("target", NotThat(NationIs("any", ("US",)))), telling(targets=(who("base"),))) is True


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("base", True), ("military-site", None), ("site", None), ("energy-site", False), ("person", False), (None, None)],
)
def test_a_coarser_kind_leaves_the_finer_one_open(kind: str | None, expected: bool | None) -> None:
    """A site may be a base; a person is none."""
    assert of(KindIs(("base",)), who(kind)) is expected


def test_an_id_is_that_entity_alone() -> None:
    """An unnamed group may be any."""
    assert of(IdIs(("houthis", "kataib-hezbollah")), who(name="kataib-hezbollah")) is True
    assert of(IdIs(("houthis",)), who(name="kataib-hezbollah")) is False
    assert of(IdIs(("houthis",)), who()) is None


@pytest.mark.parametrize(
    ("nations", "place", "expected"),
    [
        ((role("nationality", "GB"),), HERE, True),
        ((role("nationality", "SY"),), HERE, False),
        ((role("nationality", "SY"), role("nationality", "GB")), HERE, False),
        ((role("host", "SY"),), HERE, None),
        ((), HERE, None),
        ((role("nationality", "GB"),), None, None),
    ],
)
def test_a_nation_that_differs_from_the_place(nations: tuple[NationRole, ...], place: Place | None, expected: bool | None) -> None:
    """Foreigners: no nation of theirs is the country they are in."""
    assert of(NationAgainst("place.country", same=False), who("person", *nations), place=place) is expected


# ---------------------------------------------------------------------------------------------------- numbers and words


@pytest.mark.parametrize(
    ("clause", "low", "high", "expected"),
    [
        (">=10", 12, None, True),  # "at least 12"
        (">=10", 24, None, True),  # "dozens"
        (">=10", 0, 12, None),  # "up to 12"
        (">=10", 0, 10, None),
        (">=10", 0, None, None),
        (">=10", 0, 9, False),
        (">=10", 10, 10, True),
        (">10", 10, 10, False),
        (">10", 11, None, True),
        ("<=3", 3, 3, True),
        ("<=3", 2, None, None),
        ("<=3", 3, None, None),
        ("<=3", 4, None, False),
        ("<3", 3, 3, False),
        ("<3", 0, 2, True),
        ("=0", 0, 0, True),
        ("=0", 0, None, None),
        ("=0", 1, None, False),
        ("=5", 0, 4, False),
        ("=5", 5, 6, None),
    ],
)
def test_numbers_against_bounds(clause: str, low: int, high: int | None, expected: bool | None) -> None:
    """A count is known within bounds only."""
    sign = clause.rstrip("0123456789")
    number = NumberIs("killed", sign, int(clause.removeprefix(sign)))  # type: ignore[arg-type]
    count = Count(what="killed", low=low, high=high, span=SENTENCE)
    assert verdict(number, telling(counts=(count,))) is expected


def test_several_counts_of_one_thing() -> None:
    """At least one of them reaches a lower bound; all of them keep an upper one. Other counts do not matter."""
    counts = tuple(Count(what="killed", low=n, high=n, span=SENTENCE) for n in (0, 3))
    wounded = (Count(what="wounded", low=50, high=50, span=SENTENCE),)
    assert verdict(NumberIs("killed", ">=", 1), telling(counts=counts + wounded)) is True
    assert verdict(NumberIs("killed", "<=", 1), telling(counts=counts + wounded)) is False
    assert verdict(NumberIs("killed", ">=", 10), telling(counts=counts + wounded)) is False
    assert verdict(NumberIs("missing", ">=", 1), telling(counts=counts + wounded)) is None


@pytest.mark.parametrize(
    ("word", "scope", "expected"),
    [
        ("ROCKETS", "article", True),
        ("rocket", "article", False),  # words are compared whole
        ("u.s. base", "article", True),
        ("US", "article", True),
        ("drill", "article", True),
        ("drill", "sentence", False),
        ("dawn", "sentence", True),
        ("Kataib", "title", True),
        ("dawn", "title", False),
        ("Kataib", "article", True),
        ("base at", "article", True),
        ("base dawn", "article", False),
    ],
)
def test_words_on_word_boundaries(word: str, scope: Any, expected: bool) -> None:
    """Folded for case, hyphens, apostrophes and diacritics; the article includes its title."""
    assert verdict(WordsIn((word,), scope), telling()) is expected
    assert verdict(WordsIn(("nonsense", word), scope), telling()) is expected


def test_us_is_not_us() -> None:
    """Short capitals are found in capitals only."""
    assert verdict(WordsIn(("US",), "article"), telling(), replace(ARTICLE, text="They told us.", title="")) is False


def test_words_without_an_article_are_not_stated() -> None:
    """The sentence is always at hand."""
    assert verdict(WordsIn(("dawn",), "article"), telling(), None) is None
    assert verdict(WordsIn(("dawn",), "title"), telling(), None) is None
    assert verdict(WordsIn(("dawn",), "sentence"), telling(), None) is True


def test_the_sentence_of_an_event_is_any_of_its_sentences() -> None:
    """An event may be told in several."""
    told = tuple(telling(sentence=Span(text, 0, 1)) for text in ("Rockets hit.", "Nobody was hurt."))
    event = Event(
        id="e",
        article="a",
        revision=1,
        published=ARTICLE.published,
        source="feed",
        tellings=told,
        **{name: getattr(told[0], name) for name in ("type", "path", "trigger", "sentence")},
    )
    assert verdict(WordsIn(("hurt",), "sentence"), event) is True
    assert verdict(WordsIn(("dawn",), "sentence"), event) is False
    assert verdict(WordsIn(("rockets",), "sentence"), replace(event, tellings=())) is True


# ----------------------------------------------------------------------------------------------------------- statements


def test_a_statement_is_judged_by_what_it_speaks_of() -> None:
    """The threat has happened, the attack has not; what is no statement speaks of nothing."""
    about = About(
        type="shelling",
        path=("violence", "armed-attack", "explosions", "shelling"),
        targets=(who("base", role("user")),),
        stage="threatened",
    )
    threat = telling(type="threat", path=("statements", "threat"), about=about, actors=(who(name="houthis"),))
    inside = AllOf((EventIs(("armed-attack",)), Who("target", NationIs("any", ("US",)))))
    assert verdict(AboutIs(inside), threat) is True
    assert verdict(AboutIs(StageIn(("happened",))), threat) is False
    assert verdict(AboutIs(Who("actor", IdIs(("houthis",)))), threat) is None  # who would attack is not said
    assert verdict(AboutIs(inside), telling()) is None


# ------------------------------------------------------------------------------------------------------------- the rules


# --------------------------------------------------------------------------------------- origin, fields against fields

SYRIA = Place(span=None, name="Syria", kind="country", country="SY", path=("SY",))
IRAQ = Place(span=None, name="Iraq", kind="country", country="IQ", path=("IQ",))
REGION = Place(span=None, name="Middle East", kind="region", path=("middle-east",))


def test_the_origin_lies_in_an_area() -> None:
    """Where it was launched, never where it hit."""
    assert verdict(OriginIn(("IQ",)), telling(origin=IRAQ, place=SYRIA)) is True
    assert verdict(OriginIn(("SY",)), telling(origin=IRAQ, place=SYRIA)) is False
    assert verdict(OriginIn(("SY",)), telling(place=SYRIA)) is None


@pytest.mark.parametrize(
    ("place", "origin", "differs"), [(SYRIA, IRAQ, True), (SYRIA, HERE, False), (SYRIA, None, None), (REGION, IRAQ, None)]
)
def test_a_strike_across_a_border(place: Place, origin: Place | None, differs: bool | None) -> None:
    """The country of the place against that of the origin; a region has none."""
    event = telling(place=place, origin=origin)
    assert verdict(CountryAgainst(same=False), event) is differs
    assert verdict(CountryAgainst(same=True), event) is (None if differs is None else not differs)


@pytest.mark.parametrize(
    ("field", "own", "same"),
    [
        ("target.nation", "US", True),
        ("target.nation", "IR", False),
        ("origin.country", "IQ", True),
        ("place.country", "IQ", False),
        ("speaker.nation", "GB", True),
    ],
)
def test_the_nations_of_a_participant_against_another_field(field: Any, own: str, same: bool) -> None:
    """One shared nation makes them the same; where either states none, nothing is said."""
    rest = {
        "targets": (who("soldier", role("nationality", "US"), role("forces", "GB")),),
        "place": SYRIA,
        "origin": IRAQ,
        "attribution": (Attribution(span=Span("x", 0, 1), speaker="official", nation="GB"),),
    }
    assert of(NationAgainst(field, same=True), who("soldier", role("nationality", own)), **rest) is same
    assert of(NationAgainst(field, same=False), who("soldier", role("nationality", own)), **rest) is not same
    assert of(NationAgainst(field, same=True), who("soldier"), **rest) is None
    assert of(NationAgainst(field, same=True), who("soldier", role("nationality", own))) is None


def test_where_something_stands_is_not_whose_it_is() -> None:
    """A host makes no nation of its own on either side."""
    base = who("base", role("host", "IQ"), role("user", "US"))
    assert of(NationAgainst("target.nation", same=True), who("soldier", role("nationality", "IQ")), targets=(base,)) is False


# ------------------------------------------------------------------------------------------- whose word, and which article


def test_one_voice_is_all_that_is_asked() -> None:
    """Not one voice its class and another its nation."""
    iraqi = Attribution(span=Span("x", 0, 1), speaker="official", nation="IQ")
    witness = Attribution(span=Span("y", 0, 1), speaker="witness", via="Reuters")
    told = telling(attribution=(iraqi, witness))
    assert verdict(SpeakerIs(("official",), ("IQ", "US")), told) is True
    assert verdict(SpeakerIs(("official",), ("US",)), told) is False
    assert verdict(SpeakerIs(("witness",), ("IQ",)), told) is None  # a witness whose nation is not said
    assert verdict(SpeakerIs(outlets=("reuters",)), told) is True
    assert verdict(SpeakerIs(outlets=("AFP",)), told) is None  # the Iraqi official may have told AFP
    assert verdict(SpeakerIs(("armed-group",), ids=("houthis",)), told) is False
    assert verdict(SpeakerIs(("official",)), telling()) is None


def test_who_claims_and_who_denies_responsibility() -> None:
    """Sides like actor and target."""
    claimed = telling(claimed_by=(who("armed-group", name="houthis"),))
    assert verdict(Who("claimed_by", IdIs(("houthis",))), claimed) is True
    assert verdict(Who("disowned_by", IdIs(("houthis",))), claimed) is None
    assert verdict(Stated("disowned_by", False), claimed) is True


def test_the_feed_and_the_disclosure() -> None:
    """Of the article, and of the event."""
    assert verdict(SourceIn(("feed", "other")), telling()) is True
    assert verdict(SourceIn(("other",)), telling()) is False
    assert verdict(SourceIn(("feed",)), telling(), None) is None
    assert verdict(DisclosedLate(False), telling()) is None  # one sentence does not say
    late = Event(id="e", article="a", revision=1, published=ARTICLE.published, source="feed", disclosed_late=True, **_plain())
    assert verdict(DisclosedLate(True), late) is True
    assert verdict(DisclosedLate(False), late) is False


def _plain() -> dict[str, Any]:
    return {"type": "shelling", "path": ("violence", "shelling"), "trigger": Span("hit", 8, 11), "sentence": SENTENCE}


# ------------------------------------------------------------------------------------------------ words near, and mentions


@pytest.mark.parametrize(
    ("words", "within", "scope", "expected"),
    [
        (("rockets", "base"), 5, "article", True),
        (("base", "rockets"), 5, "article", True),  # in any order
        (("rockets", "base"), 4, "article", False),  # Rockets hit the U.S. base: five words
        (("rockets", "drill"), 100, "article", True),
        (("rockets", "fire"), 100, "article", False),  # not across title and text
        (("rockets", "dawn"), 7, "sentence", True),
        (("rockets", "drill"), 100, "sentence", False),
        (("U.S. base", "dawn"), 4, "title", False),
    ],
)
def test_words_near_each_other(words: tuple[str, ...], within: int, scope: Any, expected: bool) -> None:
    """All of them in one stretch that is short enough."""
    assert verdict(WordsNear(words, within, scope), telling()) is expected


def test_the_shortest_stretch_counts_wherever_it_is() -> None:
    """The first of each word is not always the nearest."""
    article = replace(ARTICLE, text="Rockets flew. Much later, and far away, rockets hit a base.")
    clause = WordsNear(("rockets", "base"), 4, "article")
    assert verdict(clause, telling(), article) is True
    assert [span.text for span in quotes(clause, telling(), article, WORLD)] == ["rockets hit a base"]


def test_an_article_mentions_a_known_entity_by_all_its_names() -> None:
    """And a longer name is not the shorter one inside it."""
    article = replace(ARTICLE, text="It was an American who told us of Rockets Ltd.")
    world = load_knowledge()

    def says(text: str, *ids: str, scope: Any = "article") -> bool | None:
        return judge(Mentions(ids, (), (), scope), telling(), replace(ARTICLE, text=text), world)

    assert says("Ansar Allah, as they call themselves, said so.", "houthis") is True
    assert says("Ansar Allah, as they call themselves, said so.", "houthis", scope="title") is False
    assert says("Kata'ib Hizballah said so.", "hezbollah") is False
    assert says("Hizballah said so.", "hezbollah", "houthis") is True
    assert verdict(Mentions((), ("rockets ltd",), (), "article"), telling(), article) is True
    assert verdict(Mentions((), ("Rocket",), (), "article"), telling(), article) is False


def test_an_article_mentions_people_of_a_watch_list() -> None:
    """Any spelling; the quote is where they stand."""
    ours = Watch("ours", "digest", people=(("Jane Doe", "jane"), ("Dr Doe", "jane")))
    article = replace(ARTICLE, text="Nobody else, said Dr. Doe.")
    clause = Mentions((), (), (ours,), "article")
    assert verdict(clause, telling(), article) is True
    (span,) = quotes(clause, telling(), article, WORLD)
    assert article.text[span.start : span.end] == span.text == "Dr. Doe"


def _rule() -> Rule:
    text = """\
version: 1
rules:
  - id: strike-on-us-base
    when:
      event: armed-attack
      target: {kind: base, used_by: US}
      not: {actor: {forces_of: US}}
    severity:
      - critical: {killed: ">=1"}
      - medium: {outcome: [intercepted, missed]}
      - high
"""
    return load_texts({"rules.yaml": text}, WORLD).rules[0]


US_BASE = who("base", role("user"), name="rumalin")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"targets": (US_BASE,)}, True),
        ({"targets": (US_BASE,), "actors": (who("armed-group", role("home", "IQ")),)}, True),
        ({"targets": (US_BASE,), "actors": (who("state-force", role("forces")),)}, False),
        ({"targets": (US_BASE,), "standing": "denied"}, False),
        ({"targets": (US_BASE,), "standing": "claimed"}, True),
        ({"targets": (US_BASE,), "stage": "threatened"}, False),
        ({"targets": (US_BASE,), "stage": "retold"}, False),
        ({"targets": (US_BASE,), "type": "talks", "path": ("diplomacy", "talks")}, False),
        ({"targets": (who("base", role("user", "IR")),)}, False),
        ({}, False),
    ],
)
def test_strike_on_a_us_base(more: dict[str, Any], expected: bool) -> None:
    """The rule everybody asks for first."""
    assert holds(_rule().when, telling(**more), ARTICLE, WORLD) is expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "high"),
        ({"outcome": ("missed", "intercepted")}, "medium"),
        ({"outcome": ("hit", "intercepted")}, "high"),
        ({"outcome": ("missed",), "counts": (Count(what="killed", low=2, high=None, span=SENTENCE),)}, "critical"),
        ({"counts": (Count(what="killed", low=0, high=0, span=SENTENCE),)}, "high"),
    ],
)
def test_severity_is_the_first_case_that_holds(more: dict[str, Any], expected: str) -> None:
    """The last one always does."""
    assert severity(_rule(), telling(**more), ARTICLE, WORLD) == expected


def test_a_rule_without_a_last_severity_is_a_fault_of_ours() -> None:
    """`rules.load` refuses it, so nobody can have written it."""
    rule = replace(_rule(), severity=(SeverityCase(severity="low", when=OutcomeIn(("hit",))),))
    with pytest.raises(AssertionError, match="no severity that always holds"):
        severity(rule, telling(), ARTICLE, WORLD)
