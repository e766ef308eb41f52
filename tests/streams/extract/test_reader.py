"""The extractor on plain newswire, all of it invented: who did what to whom, how far it got, on whose word."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sources.archive import article as from_line
from streams.errors import UsageError
from streams.extract.reader import MOST_CHARS, Extractor, load
from streams.records.flow import Article, Event, Participant, Reading, Span

PUBLISHED = datetime(2024, 4, 22, 12, tzinfo=UTC)  # a Monday
GROUP = "kataib-hezbollah"
NEAR_MISSES = Path("tests/data/near_misses.jsonl")
Read = Callable[..., tuple[Event, ...]]


def story(text: str, title: str = "", name: str = "a") -> Article:
    return Article(id=name, source="wire", url="", title=title, text=text, published=PUBLISHED, taken_at=PUBLISHED)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


@pytest.fixture(scope="module")
def near_misses(extractor: Extractor) -> list[Reading]:
    with NEAR_MISSES.open(encoding="utf-8") as lines:
        return extractor.read([from_line({"source": "x", **json.loads(line)}) for line in lines])


@pytest.fixture(scope="module")
def read(extractor: Extractor) -> Read:
    def events(text: str, title: str = "") -> tuple[Event, ...]:
        (reading,) = extractor.read([story(text, title)])
        assert reading.unread is None
        return reading.events

    return events


@pytest.fixture(scope="module")
def one(read: Read) -> Callable[..., Event]:
    def event(text: str, title: str = "") -> Event:
        (found,) = read(text, title)
        return found

    return event


One = Callable[..., Event]


def holds(people: tuple[Participant, ...], nation: str, role: str) -> bool:
    return any(held.nation == nation and held.role == role for person in people for held in person.nations)


def attacks(events: tuple[Event, ...]) -> list[Event]:
    """What a rule about attacks would take for one that took place."""
    return [each for each in events if "armed-attack" in each.path and each.stage == "happened" and each.standing != "denied"]


# ----------------------------------------------------------------------------------------------- who did what to whom


@pytest.mark.parametrize(
    "sentence",
    [
        "Kataib Hezbollah attacked a U.S. base in eastern Syria on Sunday.",
        "A U.S. base in eastern Syria was attacked by Kataib Hezbollah on Sunday.",
        "Kataib Hezbollah fired five rockets at a U.S. base in eastern Syria on Sunday.",
    ],
)
def test_an_attack_has_its_actor_its_target_its_place_and_its_day(one: One, sentence: str) -> None:
    event = one(sentence)
    assert "armed-attack" in event.path
    assert [person.id for person in event.actors] == [GROUP]
    assert [person.kind for person in event.targets] == ["base"]
    assert holds(event.targets, "US", "user")
    assert event.place is not None
    assert (event.place.name, event.place.country) == ("eastern Syria", "SY")
    assert event.time is not None
    assert (event.time.start.day, event.time.end.day, event.time.precision) == (21, 22, "day")


@pytest.mark.parametrize(
    ("sentence", "instrument"),
    [
        ("A rocket attack on a U.S. base in Syria wounded two soldiers on Sunday.", "rocket"),
        ("The U.S. base near Hasakah came under rocket fire late on Sunday, officials said.", "rocket"),
        ("Two rockets landed inside a U.S. base in Syria on Sunday, a security source said.", "rocket"),
        ("Rockets hit a U.S. base in Syria on Sunday.", "rocket"),
        ("Three rockets targeting U.S. troops at a base wounded five people on Sunday.", "rocket"),
    ],
    ids=["noun", "light verb", "landed inside", "active without actor", "participle"],
)
def test_an_attack_without_a_stated_actor_has_none(one: One, sentence: str, instrument: str) -> None:
    event = one(sentence)
    assert "armed-attack" in event.path
    assert event.actors == ()
    assert holds(event.targets, "US", "user") or holds(event.targets, "US", "forces")
    assert [tool.kind for tool in event.instruments] == [instrument]


@pytest.mark.parametrize(
    "title", ["Drones hit U.S. base in Iraq", "U.S. base in Iraq hit by drones", "Drones strike U.S. base in Iraq"]
)
def test_a_headline_tells_an_attack(one: One, title: str) -> None:
    event = one("Officials gave no further details.", title)
    assert event.trigger.where == "title"
    assert [tool.kind for tool in event.instruments] == ["drone"]
    assert holds(event.targets, "US", "user")


def test_a_headline_and_its_lead_tell_one_event(one: One) -> None:
    event = one("A U.S. base in Iraq was hit by drones on Sunday, officials said.", "Drones hit U.S. base in Iraq")
    assert [telling.sentence.where for telling in event.tellings] == ["title", "text"]


def test_swapped_roles_swap_actor_and_target(one: One) -> None:
    event = one("U.S. troops attacked a base of Kataib Hezbollah in western Iraq on Sunday.")
    assert holds(event.actors, "US", "forces")
    assert not holds(event.targets, "US", "user")
    assert not holds(event.targets, "US", "forces")


def test_both_sides_of_an_exchange_stay_two_events(read: Read) -> None:
    first, second = read(
        "Turkish jets struck a base of Kataib Hezbollah in Iraq, and Kataib Hezbollah fired rockets at a U.S. base in Syria."
    )
    assert holds(first.actors, "TR", "forces")
    assert not holds(first.targets, "US", "user")
    assert [person.id for person in second.actors] == [GROUP]
    assert holds(second.targets, "US", "user")


def test_the_base_of_another_owner_is_not_american(one: One) -> None:
    event = one("Rockets hit a Turkish base in northern Iraq on Sunday, officials said.")
    assert holds(event.targets, "TR", "owner")
    assert not any(held.nation == "US" for person in event.targets for held in person.nations)


@pytest.mark.parametrize(
    "base",
    [
        "a coalition base",
        "a U.S.-led coalition base",
        "a base housing U.S. troops",
        "a base that houses U.S. troops",
        "the Ain al-Asad air base",
        "Camp Victory",
    ],
)
def test_a_base_that_americans_use_holds_them_as_users(read: Read, base: str) -> None:
    event, *more = read(f"Rockets hit {base} in Iraq on Sunday, officials said.")
    assert more == []
    assert any(person.kind == "base" and holds((person,), "US", "user") for person in event.targets)


@pytest.mark.parametrize(
    "second", ["The base houses U.S. troops.", "The base hosts U.S. forces.", "U.S. troops are stationed at the base."]
)
def test_a_second_sentence_can_say_who_uses_the_base(read: Read, second: str) -> None:
    events = read(f"Two drones hit the base in Hasakah province on Sunday, residents said. {second}")
    assert holds(events[0].targets, "US", "user")


def test_a_named_base_has_its_id_and_is_the_place(one: One) -> None:
    event = one("Two rockets landed inside the Ain al-Asad air base on Sunday, a security source said.")
    assert [person.id for person in event.targets] == ["ain-al-asad"]
    assert event.place is not None
    assert (event.place.kind, event.place.country) == ("site", "IQ")


def test_where_rockets_came_from_is_neither_the_place_nor_an_actor(one: One) -> None:
    event = one("Five rockets were fired from the Iraqi town of Zumar at a U.S. base in Syria on Sunday.")
    assert event.origin is not None
    assert event.origin.name == "Zumar"
    assert event.place is not None
    assert event.place.country == "SY"
    assert event.actors == ()


# --------------------------------------------------------------------------------------------------- what is no attack


@pytest.mark.parametrize(
    "sentence",
    [
        "The Pentagon denied that a U.S. base in Syria was attacked on Sunday.",
        "The Pentagon denied reports that a U.S. base in Syria was attacked on Sunday.",
    ],
)
def test_an_attack_that_is_denied_stands_denied(one: One, sentence: str) -> None:
    event = one(sentence)
    assert event.standing == "denied"
    assert [word.actor for word in event.attribution] == ["pentagon"]


@pytest.mark.parametrize(
    "sentence",
    [
        "No attack on the U.S. base in Syria took place on Sunday, a U.S. official said.",
        "A U.S. base in Syria was not attacked on Sunday, the Pentagon said.",
    ],
)
def test_an_attack_that_did_not_take_place_is_none(read: Read, sentence: str) -> None:
    assert attacks(read(sentence)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Kataib Hezbollah denied responsibility for a rocket attack on a U.S. base in Syria on Sunday.",
        "Kataib Hezbollah denied involvement in Sunday's rocket attack on a U.S. base in Syria.",
        "Kataib Hezbollah denied it was behind Sunday's rocket attack on a U.S. base in Syria.",
        "Rockets hit a U.S. base in Syria on Sunday. Kataib Hezbollah denied responsibility for the attack.",
    ],
)
def test_who_denies_responsibility_disowns_an_attack_that_stays(one: One, text: str) -> None:
    event = one(text)
    assert [person.id for person in event.disowned_by] == [GROUP]
    assert event.standing == "reported"
    assert event.actors == ()
    assert event.claimed_by == ()
    assert attacks((event,)) == [event]


def test_a_threat_is_a_threat_and_says_what_it_speaks_of(one: One) -> None:
    event = one("Kataib Hezbollah threatened to attack U.S. bases in Iraq.")
    assert event.type == "threat"
    assert "armed-attack" not in event.path
    assert [person.id for person in event.actors] == [GROUP]
    assert event.about is not None
    assert (event.about.type, event.about.stage) == ("armed-attack", "threatened")
    assert holds(event.about.targets, "US", "user")


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Kataib Hezbollah plans to attack U.S. bases in Iraq, an official said.", "planned"),
        ("Officials discussed a possible attack on a U.S. base in Iraq.", "planned"),
        ("U.S. troops simulated a rocket attack on a base in Iraq during a drill on Sunday.", "exercise"),
        ("If militants attack a U.S. base in Iraq, the army will respond, the minister said.", "hypothetical"),
        ("The country marked the third anniversary of the rocket attack on a U.S. base in Iraq.", "retold"),
        ("Sunday marks one year since a rocket attack on a U.S. base in Iraq.", "retold"),
        ("File photo: A U.S. base in Iraq after a rocket attack.", "retold"),
    ],
)
def test_what_has_not_happened_now_says_which_stage_it_is_at(read: Read, text: str, stage: str) -> None:
    events = read(text)
    assert attacks(events) == []
    assert [event.stage for event in events] == [stage]


@pytest.mark.parametrize(
    "sentence",
    [
        "The company strikes a deal with the union on Sunday.",
        "Workers' strike hits rail services in Germany on Sunday.",
        "The senator attacked the president's plan for U.S. bases in Iraq.",
        "Arsenal attacked from the start but Liverpool defended well.",
        "The midfielder fired a shot over the bar.",
        "The first rain since March fell on a U.S. base in Syria on Sunday.",
        "Officials opened a school near the U.S. base on Sunday.",
    ],
)
def test_a_figure_of_speech_attacks_nobody(read: Read, sentence: str) -> None:
    assert attacks(read(sentence)) == []


# ------------------------------------------------------------------------------------------------------- how far it got


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Rockets hit a U.S. base in Syria on Sunday.", ("hit",)),
        ("Two drones that targeted a U.S. base in Iraq were shot down on Sunday, officials said.", ("intercepted",)),
        ("Air defences shot down two drones that targeted a U.S. base in Iraq on Sunday, officials said.", ("intercepted",)),
        ("Two rockets were fired at a U.S. base in Syria on Sunday but missed their target, officials said.", ("missed",)),
        ("Two rockets missed a U.S. base in Syria on Sunday and fell in open fields, officials said.", ("missed",)),
        ("A failed rocket attack targeted a U.S. base in Syria on Sunday.", ("intercepted", "missed")),
        ("Two rockets were fired at a U.S. base in Syria on Sunday.", ()),
    ],
)
def test_the_outcome_is_what_the_words_leave_possible(one: One, text: str, outcome: tuple[str, ...]) -> None:
    assert one(text).outcome == outcome


def test_a_failed_attack_of_which_it_is_unclear_how_it_failed_keeps_both_and_the_doubt(one: One) -> None:
    event = one(
        "Two drones were fired at a U.S. base in Iraq on Sunday in a failed attack, officials said. "
        "It was unclear whether they were shot down or missed their target."
    )
    assert event.outcome == ("intercepted", "missed")
    assert [doubt.text for doubt in event.doubt] == ["unclear whether they were shot down or missed their target"]
    assert [telling.adds for telling in event.tellings] == ["tells", "qualifies"]


@pytest.mark.parametrize(
    ("sentence", "counts"),
    [
        ("Rockets killed at least 12 soldiers at a U.S. base in Syria on Sunday.", [("killed", 12, None)]),
        ("A missile strike on a base in Syria killed between 10 and 15 soldiers on Sunday.", [("killed", 10, 15)]),
        (
            "A suicide bomber killed at least 12 people and wounded dozens in a market in Mogadishu on Sunday, police said.",
            [("killed", 12, None), ("wounded", 24, None)],
        ),
        ("Rockets hit a U.S. base in Syria on Sunday without causing casualties.", [("killed", 0, 0), ("wounded", 0, 0)]),
    ],
)
def test_a_toll_is_bounds(one: One, sentence: str, counts: list[tuple[str, int, int | None]]) -> None:
    assert [(count.what, count.low, count.high) for count in one(sentence).counts] == counts


# -------------------------------------------------------------------------------------------------------- on whose word


@pytest.mark.parametrize(
    ("word", "speaker", "nation", "standing"),
    [
        ("the Pentagon said", "official", "US", "confirmed"),
        ("a Pentagon spokesman said", "official", "US", "confirmed"),
        ("Pentagon spokesman John Miller said", "official", "US", "confirmed"),
        ("police said", "official", None, "confirmed"),
        ("officials said", "anonymous-official", None, "reported"),
        ("a U.S. official said on condition of anonymity", "anonymous-official", "US", "reported"),
        ("two Iraqi security sources said", "anonymous-official", "IQ", "reported"),
        ("residents said", "witness", None, "reported"),
        ("state television reported", "media", None, "reported"),
        ("Kataib Hezbollah spokesman Ali Hadi said", "armed-group", None, "claimed"),
    ],
)
def test_a_speaker_has_a_class_a_nation_and_a_weight(one: One, word: str, speaker: str, nation: str | None, standing: str) -> None:
    event = one(f"Rockets hit a U.S. base in Syria on Sunday, {word}.")
    assert [(each.speaker, each.nation, each.via) for each in event.attribution] == [(speaker, nation, "")]
    assert event.standing == standing


def test_the_outlet_that_was_told_is_credited(one: One) -> None:
    event = one("Rockets hit a U.S. base in Syria on Sunday, two Iraqi security sources told Reuters.")
    assert [(each.span.text, each.speaker, each.via) for each in event.attribution] == [
        ("two Iraqi security sources", "anonymous-official", "Reuters")
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Kataib Hezbollah claimed responsibility for a rocket attack on a U.S. base in Syria on Sunday.",
        "Kataib Hezbollah said it had fired rockets at a U.S. base in Syria on Sunday.",
    ],
)
def test_a_claim_names_its_claimer_and_is_told_beside_its_attack(read: Read, sentence: str) -> None:
    claim, event = sorted(read(sentence), key=lambda e: "armed-attack" in e.path)
    assert (claim.type, [person.id for person in claim.actors]) == ("claim", [GROUP])
    assert claim.about is not None
    assert claim.about.type == event.type
    assert [person.id for person in event.claimed_by] == [GROUP]
    assert [person.id for person in event.actors] == [GROUP]
    assert event.standing == "claimed"


# ------------------------------------------------------------------------------------------------------------- pauses


@pytest.mark.parametrize(
    "text",
    [
        "Rockets hit a U.S. base in Syria on Sunday in the first attack on U.S. forces since early February.",
        "A U.S. base came under attack on Sunday. It was the first attack on U.S. forces since early February.",
    ],
)
def test_the_first_attack_since_states_when_the_quiet_began(one: One, text: str) -> None:
    event = one(text)
    assert event.pause is not None
    assert event.pause.since is not None
    assert (event.pause.since.start, event.pause.since.end) == (
        datetime(2024, 2, 1, tzinfo=UTC),
        datetime(2024, 2, 11, tzinfo=UTC),
    )
    assert event.time is not None
    assert event.time.start.month == 4  # the pause's time is not the attack's


def test_a_pause_of_a_stated_length_has_bounds_in_days(one: One) -> None:
    event = one("Rockets hit a U.S. base in Syria on Sunday, ending a nearly three-month pause in attacks on U.S. forces.")
    assert event.pause is not None
    assert (event.pause.days_low, event.pause.days_high, event.pause.length_text) == (75, 91, "nearly three-month")


@pytest.mark.parametrize(
    "sentence",
    [
        "Rockets hit a U.S. base in Syria on Sunday in the second attack since Friday.",
        "Rockets hit a U.S. base in Syria on Sunday during the first rain since March.",
        "Rockets hit a U.S. base in Syria on Sunday.",
    ],
)
def test_what_is_not_the_first_attack_states_no_pause(read: Read, sentence: str) -> None:
    events = read(sentence)
    assert len(events) == 1
    assert events[0].pause is None


@pytest.mark.parametrize(
    "sentence",
    [
        "Kataib Hezbollah announced the resumption of attacks on U.S. forces in Iraq.",
        "Kataib Hezbollah said on Sunday it had decided to resume attacks on U.S. forces in Iraq.",
        "Kataib Hezbollah announced that it was resuming attacks on U.S. forces in Iraq.",
    ],
)
def test_a_group_that_takes_attacks_up_again_announces_a_resumption(one: One, sentence: str) -> None:
    event = one(sentence)
    assert event.type == "resumption-announced"
    assert event.standing == "claimed"
    assert [person.id for person in event.actors] == [GROUP]
    assert event.about is not None
    assert event.about.stage == "announced"
    assert holds(event.about.targets, "US", "forces")


def test_a_resumption_that_is_denied_stands_denied(one: One) -> None:
    event = one("Kataib Hezbollah denied that it had resumed attacks on U.S. forces in Iraq.")
    assert (event.type, event.standing) == ("resumption-announced", "denied")


@pytest.mark.parametrize(
    "sentence",
    [
        "The prime minister urged Kataib Hezbollah not to resume attacks on U.S. forces.",
        "Kataib Hezbollah said it had not resumed attacks on U.S. forces in Iraq.",
    ],
)
def test_a_resumption_that_is_only_talked_of_is_none(read: Read, sentence: str) -> None:
    assert read(sentence) == ()


# ------------------------------------------------------------------------------------------------------------ promises


STORIES = [
    story("Kataib Hezbollah attacked a U.S. base in eastern Syria on Sunday.", name="s0"),
    story("Kataib Hezbollah denied that it had resumed attacks on U.S. forces in Iraq.", name="s1"),
    story("Rockets hit the base on Sunday. The base houses U.S. troops. No one was hurt.", "Rockets hit base in Iraq", "s2"),
    story("The group threatened to attack U.S. bases. Kataib Hezbollah gave no date.", name="s3"),
    story("Rockets hit a U.S. base in Syria in the first attack on U.S. forces since early February.", name="s4"),
    story("Police opened fire on protesters in Nairobi on Friday, killing at least three people.", name="s5"),
    story("Air defences shot down two drones near the Erbil air base late on Sunday, officials told Reuters.", name="s6"),
    story("DRONES HIT US BASE IN SYRIA ON SUNDAY, OFFICIALS SAY", "DRONES HIT US BASE", "s7"),
    story("Turkish jets struck Kurdish fighters. The fighters then shelled a Turkish base.", name="s8"),
    story("A car bomb exploded outside a hotel in Mogadishu. Al-Shabaab claimed responsibility.", name="s9"),
    story("Ракеты упали на базу на западе страны.", name="s10"),
    story("", name="s11"),
]


def test_neighbours_and_order_of_a_batch_change_no_event(extractor: Extractor) -> None:
    alone = {each.id: extractor.read([each])[0] for each in STORIES}
    shuffler = random.Random(7)
    for _ in range(5):
        order = shuffler.sample(STORIES, len(STORIES))
        cut = shuffler.randint(0, len(order))
        extra = [replace(each, id=f"{each.id}-again") for each in shuffler.sample(STORIES, shuffler.randint(0, 6))]
        readings = [*extractor.read(order[:cut]), *extractor.read([*extra, *order[cut:]])]
        assert [each.article.id for each in readings] == [each.id for each in [*order[:cut], *extra, *order[cut:]]]
        for reading in readings:
            if reading.article.id in alone:
                assert reading == alone[reading.article.id]


def spans(value: object) -> list[Span]:
    """Every span inside a record, however deep."""
    if isinstance(value, Span):
        return [value]
    if isinstance(value, tuple):
        return [span for item in value for span in spans(item)]
    slots = getattr(type(value), "__dataclass_fields__", None)
    return [span for name in slots for span in spans(getattr(value, name))] if slots else []


def test_every_span_quotes_its_article_exactly(near_misses: list[Reading]) -> None:
    checked = 0
    for reading in near_misses:
        for span in spans(reading.events):
            whole = reading.article.title if span.where == "title" else reading.article.text
            assert whole[span.start : span.end] == span.text, reading.article.id
            checked += 1
    assert checked > 1000


def test_event_ids_are_unique_within_an_article_and_name_it(near_misses: list[Reading]) -> None:
    for reading in near_misses:
        ids = [event.id for event in reading.events]
        assert len(set(ids)) == len(ids)
        assert all(name.startswith(f"{reading.article.id}#1:") for name in ids)


def test_every_event_has_a_time_and_comes_in_reading_order(near_misses: list[Reading]) -> None:
    for reading in near_misses:
        assert all(event.time is not None for event in reading.events)
        assert all(event.tellings for event in reading.events)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Ракеты упали на базу на западе страны, сообщили военные, были взрывы.", "language:ru"),
        ("سقطت صواريخ على قاعدة عسكرية في غرب البلاد مساء الأحد", "language:ar"),
        ("Cohetes impactaron en la base de los soldados según las autoridades del país.", "language:es"),
    ],
)
def test_another_language_is_left_unread_and_says_so(extractor: Extractor, text: str, reason: str) -> None:
    (reading,) = extractor.read([story(text)])
    assert (reading.unread, reading.events) == (reason, ())


def test_a_very_long_text_is_left_unread_and_says_so(extractor: Extractor) -> None:
    sentence = "Rockets hit a U.S. base in Syria on Sunday. "
    (reading,) = extractor.read([story((sentence * 7000)[:300_000])])
    assert (reading.unread, reading.events) == ("too-long", ())
    assert MOST_CHARS < 300_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\n\t ",
        "…!?—“”()[]{}",
        "🚀🚀🔥 💥",
        "Rockets \x00 hit \x00 a U.S. base.",
        "Rockets hit \ud800 a U.S. base on Sunday.",
        "\udfff",
        "attack " * 200,
        "“" * 500 + "attack",
        "Rockets hit 99999999999999999999999 bases in 9999 on 31 February 0000.",
    ],
)
def test_hostile_text_raises_nothing(extractor: Extractor, text: str) -> None:
    (first, second) = extractor.read([story(text), story("Officials met.", title=text)])
    for reading in (first, second):
        for span in spans(reading.events):
            whole = reading.article.title if span.where == "title" else reading.article.text
            assert whole[span.start : span.end] == span.text


WORDS = [
    "rockets",
    "hit",
    "a",
    "U.S.",
    "base",
    "attack",
    "Sunday",
    "denied",
    ".",
    "\n\n",
    "\x00",
    "\ud800",
    "🚀",
    "“",
    "(",
    "12",
    "—",
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(words=st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=4)), max_size=25))
def test_no_text_raises_and_every_span_of_it_holds(extractor: Extractor, words: list[str]) -> None:
    text = " ".join(words)
    (reading,) = extractor.read([story(text, title=text[:40])])
    for span in spans(reading.events):
        whole = reading.article.title if span.where == "title" else reading.article.text
        assert whole[span.start : span.end] == span.text


def test_a_model_that_is_not_installed_says_what_to_do() -> None:
    with pytest.raises(UsageError, match='"no-such-model" is not installed; "make install" installs the default one'):
        load("no-such-model")


def test_a_reading_names_the_version_that_made_it(extractor: Extractor, near_misses: list[Reading]) -> None:
    assert {reading.extractor for reading in near_misses} == {extractor.version}
    assert "+code-" in extractor.version
