"""Kinds of attack by grammar: who blew himself up, who drove over a mine, whose convoy it was, which sides fought."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from streams.extract.reader import Extractor, load
from streams.records.flow import Article, Event

PUBLISHED = datetime(2031, 1, 8, 12, tzinfo=UTC)  # a Wednesday
Read = Callable[..., tuple[Event, ...]]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


@pytest.fixture(scope="module")
def read(extractor: Extractor) -> Read:
    def events(text: str, title: str = "") -> tuple[Event, ...]:
        article = Article(id="a", source="wire", url="", title=title, text=text, published=PUBLISHED, taken_at=PUBLISHED)
        return extractor.read([article])[0].events

    return events


def types(events: tuple[Event, ...]) -> set[str]:
    return {event.type for event in events if event.stage == "happened"}


def targets(events: tuple[Event, ...]) -> set[str | None]:
    return {one.kind for event in events if event.stage == "happened" for one in event.targets}


@pytest.mark.parametrize(
    "sentence",
    [
        "A man with a rucksack blew himself up in a tea house in Garowe on Monday.",
        "A suicide attack on a bank in Lashkar Gah left nine people dead on Monday.",
        "A bomber dressed as a policeman blew himself up at a checkpoint on Monday.",
        "Rebels drove a lorry full of explosives into a camp near Tessalit on Monday and detonated it.",
        "A suicide bomber was behind Monday's blast at a bakery in Hargeisa, police said.",
        "An explosives-laden van driven by a suicide bomber rammed a toll gate on Monday.",
    ],
)
def test_who_dies_with_his_bomb_is_a_suicide_bomber(read: Read, sentence: str) -> None:
    assert types(read(sentence)) == {"suicide-bomb"}


def test_a_bomber_of_an_air_force_is_an_aircraft(read: Read) -> None:
    assert types(read("Two Russian bombers struck a depot near Sumy on Monday.")) == {"air-drone-strike"}


@pytest.mark.parametrize(
    ("sentence", "victim"),
    [
        ("A bus with pilgrims ran over a landmine near Palmyra on Monday.", "land-vehicle"),
        ("A child stepped on a mine outside the village on Monday.", "civilian"),
        ("Two soldiers died on Monday when their vehicle hit a roadside bomb.", "state-force"),
    ],
)
def test_who_steps_on_a_mine_is_its_target(read: Read, sentence: str, victim: str) -> None:
    found = read(sentence)
    assert types(found) == {"remote-explosive"}
    assert victim in targets(found)


def test_a_car_packed_with_explosives_is_a_bomb(read: Read) -> None:
    assert types(read("A car packed with explosives blew up outside a barracks in Arauca on Monday.")) == {"remote-explosive"}


def test_a_blast_from_a_bomb_is_an_attack_and_a_blast_is_none(read: Read) -> None:
    assert types(read("A blast from a bomb hidden in a bin tore through a station in Lyon on Monday.")) == {"remote-explosive"}
    assert types(read("A blast damaged a bakery in Baghdad on Monday.")) == {"explosion"}


@pytest.mark.parametrize(
    ("sentence", "owner"),
    [
        ("Gunmen opened fire on a lorry belonging to Oxfam near Kutum on Monday.", "aid-organisation"),
        ("A drone hit the car of the deputy governor in Marib on Monday.", "official"),
        ("Gunmen shot dead two employees of the Norwegian Refugee Council in Torit on Monday.", "aid-worker"),
        ("A shell wounded a television crew near Kreminna on Monday.", "journalist"),
        ("Three reporters were killed on Monday when a drone struck their van near Rafah.", "journalist"),
        ("Gunmen shot Justice Minister Adam Bello in Kano on Monday.", "official"),
        ("A drone hit the tanker's bridge off Fujairah on Monday.", "merchant-ship"),
        ("A missile struck the stern of a freighter off Hodeidah on Monday.", "merchant-ship"),
    ],
)
def test_an_attack_on_their_things_is_one_on_them(read: Read, sentence: str, owner: str) -> None:
    assert owner in targets(read(sentence))


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Gunmen shot dead a radio man in Galkayo on Monday.", "journalist"),
        ("A shell hit a press bus near Kupiansk on Monday.", "media"),
        ("A bomb damaged the weekly's office in Tuzla on Monday.", "media-site"),
        ("Kidnappers seized an Irish aid manager in Gedo on Monday.", "aid-worker"),
        ("Rebels ambushed a relief lorry near Bor on Monday.", "aid-organisation"),
        ("Drones struck an oil flow station near Erbil on Monday.", "energy-site"),
        ("A missile hit a coal carrier off Aden on Monday.", "merchant-ship"),
    ],
)
def test_a_general_noun_takes_its_kind_from_the_trade_before_it(read: Read, sentence: str, kind: str) -> None:
    assert kind in targets(read(sentence))


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("A drone hit a gas-cooled plant near Erbil on Monday.", "energy-site"),
        ("Gunmen shot dead a man near a radio mast in Galkayo on Monday.", "journalist"),
    ],
)
def test_a_trade_elsewhere_in_the_sentence_gives_none(read: Read, sentence: str, kind: str) -> None:
    assert kind not in targets(read(sentence))


def test_people_near_an_attack_are_not_its_target(read: Read) -> None:
    found = read("Gunmen attacked a bank in Kano on Monday, a reporter who lives nearby said.")
    assert "journalist" not in targets(found)


@pytest.mark.parametrize(
    "sentence",
    [
        "Soldiers and rebels exchanged fire near Bunia on Monday.",
        "Heavy fighting erupted between rival militias in Zawiya on Monday.",
        "Deadly clashes broke out along the border with Chad on Monday.",
        "Troops of both countries fired at each other across the river on Monday.",
        "The army clashed with rebels of the Arakan Army near Ann on Monday.",
    ],
)
def test_two_sides_that_fight_are_a_clash(read: Read, sentence: str) -> None:
    assert types(read(sentence)) == {"armed-clash"}


@pytest.mark.parametrize(
    "sentence",
    [
        "The two ministers clashed over the budget on Monday.",
        "Firefighters fought a blaze in a mill near Porto on Monday.",
        "Fans of the two clubs clashed outside the stadium on Monday.",
        "Doctors in Goma are fighting an outbreak of cholera.",
    ],
)
def test_words_fires_and_fans_are_no_armed_clash(read: Read, sentence: str) -> None:
    assert "armed-clash" not in types(read(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "Army helicopters fired on a village near Falam on Monday.",
        "The air force bombed a training camp in Kunar on Monday.",
        "Israel carried out strikes on targets near Homs on Monday.",
    ],
)
def test_what_aircraft_do_is_an_air_strike(read: Read, sentence: str) -> None:
    assert types(read(sentence)) == {"air-drone-strike"}


@pytest.mark.parametrize(
    "sentence",
    [
        "A fighter jet crashed into a field near Graz on Monday after its engine failed.",
        "A helicopter hit a power line in thick fog near Vigo on Monday, killing the mayor.",
        "A drone crashed on the runway of a base in Niger on Monday because of a technical fault.",
    ],
)
def test_aircraft_in_trouble_attack_nobody(read: Read, sentence: str) -> None:
    assert not [event for event in read(sentence) if "armed-attack" in event.path]


def test_shelling_that_opens_a_sentence_is_a_noun(read: Read) -> None:
    found = read("Shelling damaged a clinic in Nikopol on Monday.")
    assert types(found) == {"shelling"}
    assert targets(found) == {"hospital"}


def test_what_supporters_shout_is_no_fire(read: Read) -> None:
    assert read("The president of the club came under fire from fans on Monday after another defeat.") == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "Commandos boarded and seized an oil tanker off Fujairah on Monday.",
        "Pirates took control of a bulk carrier east of Socotra on Monday.",
    ],
)
def test_a_ship_taken_is_a_ship_seized(read: Read, sentence: str) -> None:
    assert "ship-seizure" in types(read(sentence))


def test_drugs_taken_from_a_ship_are_a_seizure(read: Read) -> None:
    assert "ship-seizure" not in types(read("Customs officers seized two tonnes of cocaine on a freighter off Cadiz on Monday."))


WORKERS = [
    ("Airline cancels flights over strike", "Pilots began a two-day strike on Tuesday. The strike hit the airport hard."),
    ("", "A strike by dockers hit ports across France on Monday."),
    ("Nurses' strike hits hospitals", ""),
    ("", "The second strike in a month hit German airports on Monday, leaving thousands stranded."),
]
STRUCK = [
    ("", "A strike hit a school in Kharkiv on Monday, killing three staff."),
    ("", "An Israeli strike on a hospital in Khan Younis on Monday killed four people, medical staff and a union said."),
    ("Strike on market in Taiz kills 12", "Rescuers were still digging on Monday."),
]


@pytest.mark.parametrize(("title", "text"), WORKERS, ids=[row[0] or row[1][:40] for row in WORKERS])
def test_workers_who_strike_attack_nobody(read: Read, title: str, text: str) -> None:
    assert not [event for event in read(text, title) if "armed-attack" in event.path]


@pytest.mark.parametrize(("title", "text"), STRUCK, ids=[row[0] or row[1][:40] for row in STRUCK])
def test_a_strike_that_kills_is_no_labour_dispute_though_staff_and_unions_are_named(read: Read, title: str, text: str) -> None:
    assert [event for event in read(text, title) if "armed-attack" in event.path]


@pytest.mark.parametrize(
    ("sentence", "target"),
    [
        ("Gunmen on a motorcycle shot dead the mayor of Tibu on Monday.", "mayor"),
        ("A sniper shot and wounded a television reporter in Khartoum on Monday.", "reporter"),
        ("A judge was shot and killed outside a school in Naples on Monday.", "judge"),
        ("An Iraqi activist was shot dead outside his house in Basra on Monday.", "activist"),
    ],
)
def test_who_is_shot_dead_is_the_victim_however_it_is_put(read: Read, sentence: str, target: str) -> None:
    assert target in {one.head for event in read(sentence) if "armed-attack" in event.path for one in event.targets}


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Rebels shot down a military helicopter near Gao on Saturday.", "military-aircraft"),
        ("An airliner with 200 people on board was shot down over Ukraine on Saturday.", "civil-aircraft"),
        ("A missile brought down a passenger plane over the Black Sea on Saturday.", "civil-aircraft"),
    ],
)
def test_who_shoots_down_people_attacks_them(read: Read, sentence: str, kind: str) -> None:
    """An aircraft with people in it is no weapon on its way: the one who brings it down does not defend."""
    (event,) = read(sentence)
    assert (event.path[:2], event.outcome) == (("violence", "armed-attack"), ("hit",))
    assert kind in targets((event,))


def test_a_drone_shot_down_stays_an_attack_that_was_intercepted(read: Read) -> None:
    (event,) = read("U.S. forces shot down three drones near a base in Jordan on Saturday.")
    assert event.outcome == ("intercepted",)


def test_targets_are_struck_by_jets_and_by_states(read: Read) -> None:
    """ "Struck its targets" is of business pages; the word was once refused whoever struck."""
    for sentence in ("U.S. warplanes struck militia targets in Syria on Monday.", "Israel struck targets near Damascus on Monday."):
        assert [event.path[1] for event in read(sentence)] == ["armed-attack"]
    assert read("The company struck its sales targets on Monday.") == ()


def test_a_fuel_tank_is_no_tank(read: Read) -> None:
    assert "armed-attack" not in {node for event in read("A fuel tank exploded in Quetta on Sunday.") for node in event.path}


@pytest.mark.parametrize(
    "sentence",
    [
        "The company launched a takeover bid for the sugar mill on Monday.",
        "Seventeen miners who were missing in a copper mine fire were found on Monday, officials said.",
        "When their exports rise it hits the heart of the U.S. manufacturing base.",
        "The foreign ministry sent specialists before an expected missile strike by U.S. forces on Syria.",
    ],
)
def test_business_mines_and_what_is_only_expected_tell_no_attack_and_no_coup(read: Read, sentence: str) -> None:
    """Each of them alarmed a shipped rule on a stream of news."""
    told = {node for event in read(sentence) if event.stage == "happened" for node in event.path}
    assert told.isdisjoint({"armed-attack", "coup"})


@pytest.mark.parametrize(
    ("sentence", "actors"),
    [
        ("Chadian missiles were fired at Sudanese towns on Monday.", ["TD"]),
        ("Turkish shells landed in Kobani on Monday.", ["TR"]),
        ("A tanker was hit by Houthi missiles in the Red Sea on Monday.", ["houthis"]),
        ("Iranian missiles were fired by the Houthis at Eilat on Monday.", ["houthis"]),  # who fires is said
        ("Iranian-made rockets were fired at the base on Monday.", []),  # who made them is all that is said
        ("The base was hit with Russian rockets on Monday.", []),
    ],
)
def test_whose_missiles_struck_says_who_acted(read: Read, sentence: str, actors: list[str]) -> None:
    assert [[actor.id for actor in event.actors] for event in read(sentence)] == [actors]
