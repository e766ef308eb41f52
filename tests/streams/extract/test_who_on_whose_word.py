"""Who did what to whom, and on whose word, where the words of a sentence invite a mistake; all sentences invented."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from streams.extract.reader import Extractor, load
from streams.records.flow import Article, Event

PUBLISHED = datetime(2031, 1, 8, 12, tzinfo=UTC)  # a Wednesday
Read = Callable[..., list[Event]]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


@pytest.fixture(scope="module")
def told(extractor: Extractor) -> Read:
    def events(text: str, title: str = "") -> list[Event]:
        article = Article(id="a", source="wire", url="", title=title, text=text, published=PUBLISHED, taken_at=PUBLISHED)
        return list(extractor.read([article])[0].events)

    return events


@pytest.mark.parametrize(
    ("sentence", "standing", "speakers"),
    [
        ("Israel is said to have bombed a depot near Damascus on Monday.", "reported", []),
        ("Rebels were reported to have shelled the airport on Monday.", "reported", []),
        ("The army was reported by witnesses to have shelled the market on Monday.", "reported", ["witnesses"]),
        ("Hamas was said to have fired rockets at Ashkelon on Monday.", "reported", []),
        ("Israel said it had bombed a depot near Damascus on Monday.", "confirmed", ["Israel"]),
        ("The minister was quoted as saying that rebels attacked the garrison on Monday.", "confirmed", ["The minister"]),
    ],
)
def test_of_whom_a_thing_is_said_does_not_say_it(told: Read, sentence: str, standing: str, speakers: list[str]) -> None:
    """ "Israel is said to have bombed" once stood as confirmed by Israel."""
    (event,) = told(sentence)
    assert event.standing == standing
    assert [one.span.text for one in event.attribution] == speakers


def test_a_headline_that_says_it_of_somebody_has_no_speaker_and_no_threat(told: Read) -> None:
    events = told("A tanker was hit in the strait on Monday.", "Iran said to attack Cypriot tanker")
    assert all(event.type != "threat" and not event.attribution for event in events)
    assert [actor.id for event in events for actor in event.actors] == ["IR"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Nine people were killed in shelling by government forces on Monday.",
        "Nine people were killed in airstrikes and shelling by government forces on Monday.",
        "Nine people were killed in dozens of airstrikes and shelling by government forces on Monday.",
    ],
)
def test_who_is_killed_in_shelling_does_not_shell(told: Read, sentence: str) -> None:
    events = told(sentence)
    assert events
    for event in events:
        assert [actor.span.text for actor in event.actors] == ["government forces"]
    assert any(target.head == "people" for event in events for target in event.targets)


def test_a_gerund_with_a_time_behind_it_stays_a_verb(told: Read) -> None:
    """ "by night" does nothing."""
    for event in told("The militia was accused of shelling by night."):
        assert all(actor.span.text != "night" for actor in event.actors)


@pytest.mark.parametrize(
    ("title", "actors"),
    [
        ("45 killed, 185 hurt in Chinese factory blast", []),
        ("Russian blast kills 12 miners", []),
        ("Turkish airbase attack kills three soldiers", []),
        ("Israeli strike kills four in Beirut", ["IL"]),
        ("Iran's missile attack kills four in Erbil", ["IR"]),
    ],
)
def test_a_nationality_before_a_site_or_a_blast_says_where(told: Read, title: str, actors: list[str]) -> None:
    assert [actor.id for event in told("", title) for actor in event.actors] == actors


def test_bare_numbers_neither_kill_nor_speak_nor_count_twice(told: Read) -> None:
    (event,) = told(
        "An explosion in a flax mill in Harbin killed 45 workers on Monday.", "45 killed in Harbin mill blast, medics say"
    )
    assert not event.actors
    assert [one.span.text for one in event.attribution] == ["medics"]
    assert [(count.what, count.low, count.whom) for count in event.counts] == [("killed", 45, "worker")]


def test_what_is_declared_is_nobody_it_is_done_to(told: Read) -> None:
    (event,) = told("A state of emergency was declared in the delta on Monday.")
    assert (event.type, event.targets) == ("emergency", ())


def test_a_capital_that_names_a_thing_is_not_where_it_happened(told: Read) -> None:
    (event,) = told("Iraq said its warplanes attacked two naval targets -- Baghdad's usual term for tankers -- on Monday.")
    assert event.place is None


def test_a_unit_of_a_plant_is_no_force(told: Read) -> None:
    (event,) = told("Warplanes destroyed a pumping station and a production unit at the field on Monday, a spokesman said.")
    assert {target.kind for target in event.targets} == {"oil-site"}


@pytest.mark.parametrize(
    ("sentence", "actor"),
    [
        ("Israel accused Hezbollah on Monday of firing rockets at Haifa.", "Hezbollah"),
        ("Prosecutors blamed the rebels for bombing the bank on Monday.", "the rebels"),
        ("The White House condemned Hamas for attacking the village on Monday.", "Hamas"),
        ("The strike, blamed on Israel, killed four people near Damascus on Monday.", "Israel"),
        ("The bombing on Monday was blamed on the rebels.", "the rebels"),
        ("The attack on the hospital by rebels on Monday killed nine people.", "rebels"),
        ("The crown prince, whom Turkey accuses of ordering the murder of a journalist, was in Rome.", "The crown prince"),
    ],
)
def test_who_is_accused_is_said_to_have_done_it(told: Read, sentence: str, actor: str) -> None:
    """Israel once fired the rockets that it accused Hezbollah of, and was hit by the strike that was blamed on it."""
    (deed,) = [event for event in told(sentence) if event.path[0] == "violence"]
    assert [one.span.text for one in deed.actors] == [actor]
    assert actor not in [one.span.text for one in deed.targets]


def test_a_charge_that_is_rejected_is_denied_by_whom_it_is_made_against(told: Read) -> None:
    events = told("Russia rejected accusations that it had bombed a hospital in Idlib on Monday.")
    (deed,) = [event for event in events if event.path[0] == "violence"]
    assert (deed.standing, [one.span.text for one in deed.attribution]) == ("denied", ["Russia"])


@pytest.mark.parametrize(
    ("sentence", "speaker", "standing"),
    [
        ("The Syrian Observatory for Human Rights said rebels shelled the town on Monday.", "other", "reported"),
        ("The rights group said soldiers shelled the town on Monday.", "other", "reported"),
        ("A spokesman for the Kurdish militia said its fighters attacked an army post on Monday.", "armed-group", "claimed"),
        ("A spokesman for the interior ministry said rebels attacked an army post on Monday.", "official", "confirmed"),
        ("Rebels killed four soldiers near Gao on Monday, a guerrilla communique said.", "armed-group", "claimed"),
        ("Warplanes struck an oil field on Monday, a military communique said.", "official", "confirmed"),
        ("A spokeswoman for the company said rebels attacked the pipeline on Monday.", "other", "reported"),
    ],
)
def test_only_an_authority_confirms(told: Read, sentence: str, speaker: str, standing: str) -> None:
    """A monitor with a nation in its name, a group of any kind and a militia's spokesman once did."""
    deed = next(event for event in told(sentence) if event.path[0] == "violence")
    assert ([one.speaker for one in deed.attribution], deed.standing) == ([speaker], standing)


def test_who_is_killed_for_a_deed_did_not_die_in_it(told: Read) -> None:
    """Two deeds: once they were one, with the police among those who shot at a mosque."""
    events = told("Police killed a gunman who had shot three people at a mosque in Oslo on Monday.")
    assert [([a.head for a in e.actors], [t.head for t in e.targets]) for e in events] == [
        (["police"], ["gunman"]),
        (["gunman"], ["people", "mosque"]),
    ]


@pytest.mark.parametrize(
    ("sentence", "actors", "targets"),
    [
        ("The president survived a coup attempt on Monday.", [], ["president"]),
        ("The army foiled a coup attempt on Monday.", [], []),
        ("Forces loyal to the president foiled a coup led by junior officers on Monday.", ["officer"], []),
        ("Soldiers launched a coup attempt on Monday.", ["soldier"], []),
        ("Soldiers detained the president on Monday in a coup, state television said.", ["soldier"], ["president"]),
    ],
)
def test_who_survives_or_foils_a_coup_stages_none(told: Read, sentence: str, actors: list[str], targets: list[str]) -> None:
    (event,) = told(sentence)
    assert (event.type, [a.head for a in event.actors], [t.head for t in event.targets]) == ("coup", actors, targets)


def test_a_rebel_leader_who_is_captured_is_no_coup(told: Read) -> None:
    (event,) = told("A security force captured a Taliban leader during an operation in Kandahar province on Monday.")
    assert (event.type, [target.id for target in event.targets]) == ("arrests", ["taliban"])


def test_a_suicide_bomber_flies_for_no_state(told: Read) -> None:
    """ "Bombers" are aircraft too, and these once were forces of the group's home."""
    (event,) = told("An Islamic State suicide bomber killed 14 people at a mosque in Kabul on Monday.")
    assert [(actor.kind, actor.id) for actor in event.actors] == [("armed-group", "islamic-state")]


def test_whom_forces_say_they_did_not_hurt_was_not_hurt(told: Read) -> None:
    for text in (
        "France said it had hurt no civilians in Mali on Monday.",
        "The army said it hurt morale when pay was cut on Monday.",
    ):
        assert [event.type for event in told(text) if event.path[0] == "violence"] == []


def test_times_are_nobody(told: Read) -> None:
    (event,) = told("Warplanes hit a jetty on Monday and struck a supertanker nearby at the same time.")
    assert [target.head for target in event.targets] == ["jetty", "supertanker"]


@pytest.mark.parametrize(
    ("sentence", "actors", "targets"),
    [
        ("Turkish soldiers fought alongside Syrian rebels near Afrin on Monday.", ["soldier", "rebel"], []),
        (
            "Volunteers fought with the Kurdish militia against Islamic State near Raqqa.",
            ["volunteer", "militia"],
            ["state"],
        ),
        ("Iran, whose guards are fighting alongside the army in Syria, said it would stay.", ["guard", "army"], []),
        ("Hezbollah fighters clashed with the Israeli army near Naqoura on Monday.", ["fighter"], ["army"]),
    ],
)
def test_allies_do_not_fight_each_other(told: Read, sentence: str, actors: list[str], targets: list[str]) -> None:
    """A country whose men fight was once fought against."""
    (event,) = told(sentence)
    assert ([a.head for a in event.actors], [t.head for t in event.targets]) == (actors, targets)


def test_how_often_in_how_long_is_not_when(told: Read) -> None:
    (event,) = told("The dynamite attack was the 31st in the last nine months on the Cano Limon pipeline.")
    assert event.time is not None
    assert event.time.precision == "unstated"


@pytest.mark.parametrize(
    ("sentence", "actors", "targets"),
    [
        ("The Israeli military said it had struck a Hamas command centre in Khan Younis.", ["military"], ["centre"]),
        ("The U.S. said on Friday that it had killed an al Qaeda leader in a drone strike in Idlib.", ["u.s."], ["leader"]),
        ("An al Qaeda leader was killed by a U.S. drone in Idlib on Friday.", ["u.s."], ["leader"]),
        ("Turkey's defence ministry said its jets had destroyed a PKK camp in northern Iraq.", ["jet"], ["camp"]),
        ("A suicide bomber detonated his vest outside a mosque in Peshawar on Friday.", ["bomber"], ["mosque"]),
        ("One person was killed in Ukrainian shelling.", ["ukrainian"], ["person"]),
        ("A destroyer shot down three Houthi drones on Tuesday, the Pentagon said.", ["houthi"], []),
        ("Israel intercepted three Iranian missiles on Monday.", ["iranian"], []),
        ("The Israeli military said on Monday it had killed a Hezbollah commander in Lebanon.", ["military"], ["commander"]),
        ("The coalition said it was attacked at the Green Village base on Friday.", [], ["base"]),
    ],
)
def test_who_did_it_to_whom(told: Read, sentence: str, actors: list[str], targets: list[str]) -> None:
    """Each once had nobody for its doer, or was no event."""
    deed = next(event for event in told(sentence) if event.path[0] == "violence")
    assert [a.head for a in deed.actors] == actors
    assert [t.head for t in deed.targets if t.head != "it"] == targets


def test_missiles_on_a_dhow_are_fired_by_nobody(told: Read) -> None:
    events = told("The navy intercepted a dhow with Iranian missiles bound for Yemen on Monday.")
    assert [event.type for event in events if event.path[0] == "violence"] == []


def test_the_kind_of_news_goes_to_one_event(told: Read) -> None:
    """The killing that the rockets answer was once called a shelling, as the article was."""
    events = told("Hezbollah fired rockets at Israel in response to the killing of its commander.")
    assert [event.type for event in events] == ["shelling", "armed-attack"]


@pytest.mark.parametrize(
    ("title", "text", "actors", "targets"),
    [
        ("Two peacekeepers killed in Mali ambush", "", [], ["peacekeeper"]),
        ("Two peacekeepers killed in Malian ambush", "", ["malian"], ["peacekeeper"]),
        ("Russia attack on Kyiv market kills four", "", ["russia"], ["market", "four"]),
        ("Police convoy bombed, 4 dead", "", [], ["convoy"]),
        ("Iran-backed militia blamed for attack on base in Iraq", "", ["militia"], ["base"]),
        ("", "Washington blamed a militia on Monday for a rocket attack on a base in Iraq.", ["militia"], ["base"]),
        ("", "Sudan's army said on Monday it had shot down a drone of the Rapid Support Forces.", ["forces"], []),
        ("", "Houthi missiles sank a cargo ship in the Red Sea on Monday.", ["houthi"], ["ship"]),
        ("", "Four soldiers were killed on Monday when they walked into a minefield.", [], ["soldier"]),
        ("", "A bomb derailed a train in Balochistan on Monday, officials said.", [], ["train"]),
    ],
)
def test_whose_deed_it_is(told: Read, title: str, text: str, actors: list[str], targets: list[str]) -> None:
    """A country's name before an ambush says where; a convoy that a headline calls bombed bombs nothing; ships are sunk."""
    (deed,) = [event for event in told(text, title) if event.path[0] == "violence"]
    assert ([a.head for a in deed.actors], [t.head for t in deed.targets]) == (actors, targets)


def test_an_answer_is_of_whoever_gives_it(told: Read) -> None:
    events = told("Militants fired a rocket from Lebanon at Israel, and the Israeli army responded with artillery fire.")
    assert [[actor.head for actor in event.actors] for event in events] == [["militant"], ["army"]]


def test_what_sinks_by_itself_was_not_attacked(told: Read) -> None:
    for text in ("A navy ship sank after a fire in the engine room on Monday.", "The ferry sank off Cebu on Monday, killing 12."):
        assert [event.type for event in told(text) if event.path[0] == "violence"] == []


def test_a_base_that_is_seized_is_ground_taken(told: Read) -> None:
    (event,) = told("Karen rebels seized an army base near the border on Monday.")
    assert event.type == "non-state-overtakes-territory"


def test_what_is_avenged_is_not_the_avengers_word(told: Read) -> None:
    events = told("Iran vowed revenge after the killing of a general in Damascus that it blamed on Israel.")
    (deed,) = [event for event in events if event.path[0] == "violence"]
    assert (deed.standing, deed.attribution) == ("reported", ())
    assert [actor.id for actor in deed.actors] == ["IL"]


@pytest.mark.parametrize(
    ("sentence", "type_", "actors", "targets"),
    [
        ("Boko Haram militants riding motorcycles stormed a village in Borno state.", "armed-raid", ["militant"], ["village"]),
        (
            "Ukraine's intelligence service said it had carried out the attack on the airport.",
            "armed-attack",
            ["service"],
            ["airport"],
        ),
        ("Libyan coast guards fired at a migrant boat in the Mediterranean.", "shooting", ["guard"], ["boat"]),
        ("Forces backed by U.S. air strikes captured a village on Monday.", "government-regains-territory", ["force"], ["village"]),
        ("A man drove a car into a crowd in Munich on Monday, injuring 28 people.", "ramming", ["man"], ["crowd"]),
    ],
)
def test_deeds_that_were_missed_or_mixed(told: Read, sentence: str, type_: str, actors: list[str], targets: list[str]) -> None:
    deed = next(event for event in told(sentence) if event.path[0] == "violence")
    assert (deed.type, [a.head for a in deed.actors], [t.head for t in deed.targets]) == (type_, actors, targets)


@pytest.mark.parametrize(
    "sentence",
    [
        "Nobody claimed responsibility, but Islamic State has carried out similar attacks.",
        "Suspicion fell on Islamic State, which has attacked mosques before.",
    ],
)
def test_what_somebody_did_before_is_no_news(told: Read, sentence: str) -> None:
    assert {event.stage for event in told(sentence) if event.path[0] == "violence"} == {"retold"}


def test_what_the_news_answers_is_told_again(told: Read) -> None:
    events = told("U.S. forces struck Houthi launchers in Yemen on Monday in retaliation for attacks on ships.")
    assert [(event.stage, [t.head for t in event.targets]) for event in events] == [
        ("happened", ["launcher"]),
        ("retold", ["ship"]),
    ]


def test_a_day_after_sets_two_deeds_apart(told: Read) -> None:
    """The bombing once had the soldiers for its bombers and their victim for its own."""
    events = told("The bombing of the mosque came a day after government forces killed a rebel commander in Aleppo.")
    assert [[target.head for target in event.targets] for event in events] == [["mosque"], ["commander"]]


def test_whoever_is_captured_is_named_and_a_province_captures_nobody(told: Read) -> None:
    """Sentences of this form open hundreds of press releases."""
    text = "In Balkh district, Balkh province, a combined Afghan and coalition force captured a Taliban facilitator on Monday."
    (event,) = told(text)
    assert [target.id for target in event.targets] == ["taliban"]
    assert [actor.head for actor in event.actors] == ["force"]
