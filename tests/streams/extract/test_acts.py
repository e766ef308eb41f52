"""Acts that take two words: a curfew imposed, a border closed, a truce broken; threats and claims; and their opposites.

Each mechanism with sentences of its own: objects, passives, participles, headlines, further words, prepositions, nouns of doing,
who acts, what stands beside; then how far it got.
"""

import json
from collections.abc import Callable

import pytest

from connectors.sources.archive import article
from streams.extract.act_words import ActWords, close
from streams.extract.reader import Extractor, load
from streams.extract.signs import Signs
from streams.extract.triggers import Triggers
from streams.extract.worth import Worth
from streams.knowledge import world
from streams.records.flow import Event

Read = Callable[..., tuple[Event, ...]]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


@pytest.fixture(scope="module")
def read(extractor: Extractor) -> Read:
    def events(text: str, title: str = "") -> tuple[Event, ...]:
        case = {"source": "x", "id": "a", "published": "2025-03-12T10:00:00Z", "title": title, "text": text}
        (reading,) = extractor.read([article(json.loads(json.dumps(case)))])
        return reading.events

    return events


def told(events: tuple[Event, ...]) -> set[str]:
    """Types of what happened and nobody denies."""
    return {event.type for event in events if event.stage == "happened" and event.standing != "denied"}


def told_below(events: tuple[Event, ...]) -> set[str]:
    """The same with what they lie below: the sorter may know a riot as a violent demonstration."""
    return {slug for event in events if event.type in told(events) for slug in event.path}


@pytest.mark.parametrize(
    ("type", "sentence"),
    [
        ("curfew", "The mayor imposed a curfew on the old town on Monday."),
        ("curfew", "A dusk-to-dawn curfew was imposed on the old town on Monday."),
        ("curfew", "The old town has been placed under curfew, the mayor said on Monday."),
        ("emergency", "Honduras declared a state of emergency in two districts on Monday."),
        ("emergency", "The cabinet voted on Monday to extend the state of emergency by two weeks."),
        ("border-closed", "Chad shut its border with Sudan on Monday."),
        ("border-closed", "Troops sealed off the crossing at Rusumo on Monday."),
        ("border-closed", "The closure of the border left traders stranded on Monday."),
        ("airspace-closed", "Kuwait's airspace was closed late on Monday."),
        ("embassy-closed", "Spain closed its embassy in Khartoum on Monday."),
        ("embassy-closed", "Spain withdrew its diplomats from the mission in Khartoum on Monday."),
        ("evacuation-ordered", "The army ordered residents of three villages to leave on Monday."),
        ("evacuation-ordered", "The governor issued an evacuation order for the district on Monday."),
        ("ceasefire-announced", "The government and the rebels agreed to a ceasefire on Monday."),
        ("ceasefire-announced", "A truce between the two clans took effect on Monday."),
        ("ceasefire-announced", "The two armies agreed on Monday to stop fighting around the dam."),
        ("ceasefire-broken", "The truce between the two clans collapsed on Monday."),
        ("ceasefire-broken", "The rebels pulled out of the ceasefire on Monday."),
        ("ceasefire-broken", "Observers reported a violation of the ceasefire on Monday."),
        ("ceasefire-broken", "The rebels called the truce off on Monday."),
        ("coup", "Officers seized power in the capital on Monday."),
        ("coup", "Soldiers said on Monday that they had removed the president and would rule by decree."),
        ("coup", "The president survived a coup attempt on Monday."),
        ("force-against-protesters", "Police fired tear gas at a crowd of protesters on Monday."),
        ("force-against-protesters", "Demonstrators were beaten by police outside the court on Monday."),
        ("riot", "Protesters torched two buses on Monday."),
        ("riot", "A march in the port turned violent on Monday."),
        ("arrests", "Two aides of the senator were taken into custody on Monday."),
        ("arrests", "Detectives made three arrests on Monday."),
        ("arrests", "The arrest on Monday of a banker shook the town."),
        ("abduction", "Gunmen took at least nine farmers hostage on Monday."),
        ("abduction", "Bandits seized a priest and a teacher on Monday."),
        ("force-against-protesters", "Police broke up the march on Monday with tear gas."),
        ("force-against-protesters", "Two people died on Monday when soldiers opened fire as protesters marched."),
        ("ceasefire-broken", "The rebels said on Monday that the truce was over."),
        ("ceasefire-broken", "Fighting resumed on Monday despite the ceasefire."),
        ("coup", "Officers announced the dissolution of the government on Monday."),
        ("abduction", "Hooded men dragged a cashier into a van on Monday."),
        ("abduction", "Ransom was demanded on Monday for five hikers seized by bandits."),
        ("arrests", "Former prime minister Adil Qasim was picked up by police on Monday."),
        ("arrests", "Police nabbed a lamplighter in the port on Monday."),
        ("arrests", "Police nabbed a treasurer of the party on Monday."),
        ("embassy-closed", "Spain said on Monday its embassy in Khartoum would close until further notice."),
        ("border-closed", "The president ordered the closure of the border on Monday."),
        ("border-closed", "Chad kept the crossing closed on Monday."),
        ("evacuation-ordered", "People in the border villages were told on Monday that they must leave."),
        ("ceasefire-broken", "The truce between the clans lasted an hour on Monday before it collapsed."),
        ("force-against-protesters", "Police lobbed canisters of tear gas on Monday into the crowd."),
    ],
)
def test_an_act_is_told_by_its_verb_and_its_thing(read: Read, type: str, sentence: str) -> None:
    assert type in told_below(read(sentence))


@pytest.mark.parametrize(
    ("type", "title"),
    [
        ("curfew", "Curfew imposed on old town"),
        ("border-closed", "Chad shuts border with Sudan"),
        ("ceasefire-broken", "Truce collapses in Taiz"),
        ("embassy-closed", "Spain closes embassy in Khartoum"),
        ("coup", "Army seizes power in Gabon"),
        ("riot", "Protesters torch two buses"),
        ("arrests", "Turkish police detain mayor"),
    ],
)
def test_headlines_tell_acts_in_the_present_and_without_was(read: Read, type: str, title: str) -> None:
    assert type in told_below(read("", title))


@pytest.mark.parametrize(
    ("type", "sentence"),
    [
        ("curfew", "The mayor lifted the curfew on Monday."),
        ("curfew", "The mayor denied on Monday that a curfew had been imposed."),
        ("curfew", "Shopkeepers urged the mayor on Monday to impose a curfew."),
        ("curfew", "The mayor has no plans to impose a curfew."),
        ("curfew", "People stayed at home during the curfew on Monday."),
        ("curfew", "The curfew that has been in force since May ends on Monday."),
        ("emergency", "The pilot declared an emergency over the sea on Monday."),
        ("border-closed", "Chad reopened its border with Sudan on Monday."),
        ("border-closed", "The minister ruled out on Monday closing the border."),
        ("border-closed", "Farmers demanded on Monday that the border be closed."),
        ("embassy-closed", "The shop beside the embassy was closed on Monday."),
        ("evacuation-ordered", "The consul told residents on Monday to stay where they are."),
        ("ceasefire-announced", "Envoys met on Monday to discuss a ceasefire."),
        ("ceasefire-announced", "The two sides failed on Monday to agree on a ceasefire."),
        ("ceasefire-announced", "The rebels on Monday ended a truce agreed in early February."),
        ("ceasefire-announced", "The grocers declared a truce in their price war on Monday."),
        ("ceasefire-announced", "The two armies stopped fighting each other's cause in court on Monday."),
        ("ceasefire-broken", "The ceasefire held on Monday."),
        ("ceasefire-broken", "Observers found no violation of the ceasefire on Monday."),
        ("coup", "The general was accused on Monday of planning a coup."),
        ("coup", "Signing the striker was a coup for the club, its coach said on Monday."),
        ("coup", "Members of the federation ousted their president in a vote on Monday."),
        ("force-against-protesters", "The crowd dispersed by itself on Monday, police said."),
        ("riot", "Protesters sang outside the town hall on Monday."),
        ("arrests", "The drug arrested the growth of tumours, doctors said on Monday."),
        ("abduction", "Villagers fought off men who tried to kidnap a teacher on Monday."),
        ("abduction", "A court on Monday sentenced two men for kidnapping a tourist."),
        ("abduction", "Parents protested on Monday against kidnappings in the state."),
        ("abduction", "The army said on Monday it had prevented the abduction of a mayor."),
        ("abduction", "A hoax call on Monday said that a bus had been seized and its passengers taken hostage."),
        ("abduction", "A man was arrested on Monday on suspicion of kidnapping a child."),
        ("arrests", "The advance of the storm was arrested on Monday by cold air."),
        ("arrests", "A court on Monday overturned the arrest of a senator."),
        ("force-against-protesters", "An inquiry into the use of tear gas at a march began on Monday."),
        ("ceasefire-broken", "The army denied on Monday breaking the ceasefire."),
        ("ceasefire-broken", "The prime minister broke an unwritten truce with the press on Monday."),
        ("embassy-closed", "The embassy was closed on Monday for a public holiday."),
        ("evacuation-ordered", "The mayor urged residents on Monday not to leave their homes."),
        ("evacuation-ordered", "A patient was evacuated by helicopter from a hut on Monday."),
        ("abduction", "Troops freed six girls kidnapped in the hills on Monday."),
        ("abduction", "More than 3,000 people have been kidnapped in the country since 2019, a study said on Monday."),
        ("arrests", "A detained lawyer fell ill on Monday."),
        ("border-closed", "The mayor spoke on Monday about the closure of the border."),
        ("border-closed", "Some parties want the border closed, a paper said on Monday."),
        ("evacuation-ordered", "The consul told citizens on Monday that there was no need to leave."),
        ("abduction", "The party was held hostage by a few rebels over the budget on Monday."),
    ],
)
def test_opposites_refusals_plans_mentions_and_other_matters_tell_no_act(read: Read, type: str, sentence: str) -> None:
    assert type not in told(read(sentence))


def test_a_curfew_lifted_is_an_easing(read: Read) -> None:
    assert told(read("The mayor lifted the curfew on Monday.")) == {"easing"}


def test_an_act_names_who_did_it_and_where(read: Read) -> None:
    (event,) = [
        e for e in read("Police in Nairobi fired tear gas at protesters on Monday.") if e.type == "force-against-protesters"
    ]
    assert [a.kind for a in event.actors] == ["police"]
    assert [t.kind for t in event.targets] == ["protester"]
    assert event.time.text == "Monday"


@pytest.mark.parametrize(
    "sentence",
    [
        "Hezbollah threatened on Monday to attack the port of Haifa.",
        "Hezbollah said on Monday that its fighters would bomb the port of Haifa.",
        '"We will bomb the port of Haifa," the Hezbollah commander told reporters on Monday.',
        "Hezbollah gave the garrison of Haifa a day on Monday to leave or face attack.",
        "Hezbollah said on Monday it would not hesitate to bomb the port of Haifa.",
        "Hezbollah vowed revenge on Monday.",
        "Hezbollah warned on Monday that ships of the navy would be considered legitimate targets.",
        "Hezbollah's leader vowed on Monday a missile attack on the port of Haifa.",
    ],
)
def test_a_threat_of_its_own_attack_by_an_armed_side_is_a_threat(read: Read, sentence: str) -> None:
    threats = [e for e in read(sentence) if e.type == "threat"]
    assert threats
    assert all(e.about is not None and "armed-attack" in e.about.path for e in threats)


@pytest.mark.parametrize(
    "sentence",
    [
        "Hezbollah denied on Monday that it had threatened to attack the port of Haifa.",
        "The mayor warned on Monday that Hezbollah would bomb the port of Haifa.",
        "The crane drivers threatened on Monday to strike at the port of Haifa.",
        "Hezbollah promised on Monday to end attacks on the port of Haifa.",
        "Hezbollah has threatened in the past to attack the port of Haifa, a paper said on Monday.",
        "Hezbollah had threatened to attack the port of Haifa.",
        "The ministry threatened on Monday to sue over the attack on the port of Haifa.",
        "The mayor told the army on Monday to bomb the port of Haifa.",
    ],
)
def test_what_is_denied_expected_of_others_or_asked_for_is_no_threat(read: Read, sentence: str) -> None:
    assert "threat" not in told(read(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "A group called Sons of the Delta claimed responsibility on Monday for the attack on the barracks.",
        "The attack on the barracks was claimed on Monday by Islamic State.",
        "Islamic State said on Monday that it was behind the attack on the barracks.",
        "Islamic State said on Monday that its fighters had attacked the barracks.",
        "The rebels admitted on Monday to having carried out the ambush.",
    ],
)
def test_who_says_that_it_did_it_claims_it(read: Read, sentence: str) -> None:
    claims = [e for e in read(sentence) if e.type == "claim"]
    assert claims
    assert all(e.about is not None and "armed-attack" in e.about.path for e in claims)


@pytest.mark.parametrize(
    "sentence",
    [
        "No group claimed responsibility on Monday for the attack on the barracks.",
        "Islamic State denied on Monday that it was behind the attack on the barracks.",
        "The group has claimed responsibility in the past for attacks on the barracks.",
        "The rebels took responsibility on Monday for the poor harvest.",
        "The minister took responsibility on Monday for the late trains.",
        "Police said on Monday that the man had attacked the barracks alone.",
    ],
)
def test_nobody_denial_blame_and_other_failures_claim_nothing(read: Read, sentence: str) -> None:
    assert "claim" not in told(read(sentence))


def test_what_stands_amid_may_stand_elsewhere_in_the_article(read: Read) -> None:
    used = "Police used a water cannon on Monday."
    assert told(read(used)) == set()
    assert "force-against-protesters" in told(read(f"{used} The protesters had blocked a bridge."))


def test_a_time_said_of_the_truce_is_not_when_it_was_broken(read: Read) -> None:
    (event,) = read("The rebels ended a truce that began in early February.")
    assert (event.type, event.time.precision) == ("ceasefire-broken", "unstated")


def test_both_halves_of_an_act_make_a_sentence_worth_parsing() -> None:
    words = ActWords(world.load())
    assert words.hit("The border was CLOSED at noon.")
    assert words.hit("They took nine people hostage.")
    assert words.hit("Staff were told to leave the country.")
    assert not words.hit("The border runs along the river.")
    assert not words.hit("The shop closed at noon.")
    assert not words.hit("Staff were told that lunch was ready.")
    assert words.hit("The border was, after three hours of talks between both sides, closed at noon.")
    assert not words.hit("The border runs along the river, and in the town on the far bank, on the square, a baker has closed.")


def test_an_act_that_asks_who_does_it_makes_no_sentence_worth_parsing_that_names_nobody_of_the_sort() -> None:
    """By a noun, in the plural too, by a name of the kind, or by what may stand beside instead."""
    words = ActWords(world.load())
    assert not words.hit("The ministry held two students for exams.")
    assert words.hit("Rebels held two students in a barn.")
    assert words.hit("Armed men held two students in a barn.")
    assert words.hit("Boko Haram held two students in a barn.")
    assert words.hit("Two students were held for ransom in a barn.")


def test_one_word_is_not_both_halves_of_an_act() -> None:
    """ "Charge" is what police do to a crowd, and a kind of thing."""
    assert not close("The charge was small.", {"charge"}, {"charge"})
    assert close("Police charge the crowd.", {"charge"}, {"charge", "crowd"})


def test_a_verb_and_the_preposition_that_goes_with_it_tell_nothing_from_afar() -> None:
    known = world.load()
    triggers = Triggers(known, Signs(known))
    worth = Worth(known, triggers, Signs(known))
    assert not worth.sentence("The premier called in Madrid on Friday for calm among members of parliament.", lead=False)
    assert worth.sentence("The gunmen turned a day later, after calls by elders, themselves in to the army.", lead=False)


@pytest.mark.parametrize(
    ("type", "sentence"),
    [
        ("ceasefire-broken", "The rebels declared the ceasefire with the army over on Monday."),
        ("ceasefire-broken", "The guerrillas pronounced their truce with the army dead on Monday."),
        ("coup", "Soldiers appeared on television in Bissau on Monday to say they had put the president under house arrest."),
        ("coup", "A captain announced on state television on Monday that the army had overthrown the head of state."),
        (
            "force-against-protesters",
            "Riot police drove thousands of demonstrators off the avenue in Tbilisi with water cannon on Monday.",
        ),
        ("claim", "The bombing in Quetta was the work of its men, the Baloch Liberation Army said on Monday."),
        ("claim", "The Houthis said on Monday that they had downed a U.S. drone over Marib."),
        (
            "threat",
            "A group calling itself the Sons of the Sea warned tourists on Monday that it would plant bombs in Egyptian hotels.",
        ),
        ("threat", "The Taliban told Tajikistan on Monday that it would be struck if it sheltered the rebels."),
        ("threat", "The Delta Lions, a militant group, told oil firms on Monday to quit the swamps or watch their rigs burned."),
    ],
)
def test_ends_of_truces_and_rule_claims_and_threats_in_other_words(read: Read, type: str, sentence: str) -> None:
    assert type in {event.type for event in read(sentence) if event.standing != "denied"}


@pytest.mark.parametrize(
    ("type", "sentence"),
    [
        ("abduction", "Police in Kampala said on Monday that a student reported kidnapped had never been taken."),
        ("arrests", "The singer died after a cardiac arrest in Porto on Monday."),
        (
            "force-against-protesters",
            "Officers used tear gas on Monday to separate rival fans after the cup final in Rabat; a protest was lodged.",
        ),
        ("threat", "She had intended to kill a minister, investigators said on Monday."),
        ("claim", "The bombing was not the work of its men, the Baloch Liberation Army said on Monday."),
    ],
)
def test_what_only_sounds_like_it(read: Read, type: str, sentence: str) -> None:
    assert type not in {event.type for event in read(sentence) if event.standing != "denied"}


@pytest.mark.parametrize(
    ("type", "sentence"),
    [
        ("evacuation-ordered", "The ministry has shown some interest in evacuating the monastery."),
        ("evacuation-ordered", "A charity stepped in to help evacuate the villagers."),
        ("evacuation-ordered", "She told her family that she was too scared to try to leave."),
        ("evacuation-ordered", "Nine cooks have been repatriated, and Spain wants the others tried at home."),
        ("riot", "The labour unrest is spreading, with many banks on strike."),
        ("claim", "Suspected rebels bombed the academy and hurt nine cadets, the state news agency (SNA) said."),
        ("claim", "The army rarely claims responsibility for its raids."),
        ("claim", "The emirate boasts nine local banks and two foreign bank operations."),
    ],
)
def test_what_is_only_named_wished_or_told_by_another_is_no_act(read: Read, type: str, sentence: str) -> None:
    assert type not in told_below(read(sentence))


def test_who_tells_a_claim_before_the_agency_says_so_still_claims(read: Read) -> None:
    assert "claim" in told(read("The rebels said in a leaflet on Monday that they had bombed the academy."))
    assert "claim" in told(read("The rebels on Monday said they had bombed the academy."))


@pytest.mark.parametrize(
    ("type", "sentence"),
    [
        ("border-closed", "The fighting forced Chad to close the crossing at Adre on Monday."),
        ("border-closed", "Guards came to the Adre crossing and closed it on Monday."),
        ("ceasefire-announced", "The two clans in Galkayo consented on Monday to prolong their truce."),
        ("ceasefire-announced", "Elders brokered a halt to fighting between two militias in Zawiya on Monday."),
        ("ceasefire-broken", "The army accused the rebels of breaking the ceasefire at Adre on Monday."),
        ("evacuation-ordered", "Two hundred people had to be evacuated from Letur on Monday."),
        ("curfew", "The governor ordered all residents of Jos to stay indoors until dawn on Monday."),
        ("arrests", "Policemen dragged three students into a van in Minsk on Monday."),
        ("coup", "Soldiers made a bid to overthrow the government in Bissau on Monday."),
        ("evacuation-ordered", "Two thousand people were told to leave their homes near Letur on Monday."),
        ("ceasefire-broken", "The army blamed the rebels on Monday for the collapse of the ceasefire at Adre."),
        ("claim", "A rebel spokesman told Reuters on Monday that his group had attacked the mine at Kayes."),
        ("threat", "Iran warned Israel on Monday that it would hit back if its ports were bombed."),
    ],
)
def test_what_is_caused_consented_to_or_laid_at_a_door_is_done(read: Read, type: str, sentence: str) -> None:
    assert type in told_below(read(sentence))


@pytest.mark.parametrize(
    ("type", "sentence"),
    [
        ("evacuation-ordered", "The old people of Letur refused to be evacuated on Monday."),
        ("evacuation-ordered", "The families in Letur are to be evacuated next month."),
        ("evacuation-ordered", "A week of fierce attacks forced thousands of people to flee their homes on Monday."),
        ("border-closed", "Lorry drivers blocked the crossing at Dorohusk on Monday."),
        ("border-closed", "The town's airport, shut since 2019, will become a park."),
        ("embassy-closed", "The Polish embassy in Minsk closed the year with a concert on Monday."),
        ("emergency", "A jet of the airline declared an emergency on Monday and landed safely."),
        ("emergency", "The bank approved emergency financing for Malawi on Monday."),
        ("ceasefire-announced", "The airline's pilots and its management agreed a truce on Monday."),
        ("ceasefire-announced", "Gunfire shattered the truce in Tripoli on Monday, a day after it was signed."),
        ("coup", "Deputies toppled the prime minister on Monday in a vote of no confidence."),
        ("arrests", "In that country people are arrested without a warrant, the expert writes in her report."),
        ("arrests", "Nurses in Letur recalled on Monday the night when police arrested the mayor."),
        ("border-closed", "The frontier between the two countries, closed for seven years, saw many lorries cross in August."),
        ("coup", "Soldiers seized an opposition politician at his home in Kampala on Monday."),
        ("force-against-protesters", "The police chief fired five officers on Monday for drinking during a rally."),
        (
            "force-against-protesters",
            "Students marched in Dhaka on Monday and threw bricks at one another. Three students were killed.",
        ),
        ("threat", "Washington vowed on Monday to hit back with tariffs if Brussels taxes its steel."),
        ("threat", "The bishop, whom a cartel threatened to kill in 2019, retired on Monday."),
        ("threat", "A man who threatened to bomb a mosque in Leeds was sentenced on Monday."),
        ("arrests", "Reports that the singer had been arrested in Doha were invented, her manager said on Monday."),
    ],
)
def test_what_is_refused_ordered_by_nobody_who_may_or_long_past_is_not_done(read: Read, type: str, sentence: str) -> None:
    assert type not in told_below(read(sentence))


def test_a_headline_whose_verb_was_taken_for_a_noun_is_read_by_its_verb(read: Read) -> None:
    assert told(read("", title="Court voids curfew for teenagers in Beziers")) == {"easing"}


@pytest.mark.parametrize(
    ("type", "sentence"),
    [
        ("emergency", "Maputo placed the four districts flooded by the cyclone under a state of emergency on Monday."),
        ("emergency", "The president signed a state of exception for the port of Manta on Monday."),
        ("emergency", "A decree of Monday sets up a state of siege in two provinces of Chad."),
        ("curfew", "Nobody may leave home after dark in Jos, the governor ordered on Monday."),
        ("curfew", "The captain announced on Monday that no one was to be outdoors after nine."),
        ("embassy-closed", "Italy has taken home all its diplomats in Minsk, the ministry said on Monday."),
        ("evacuation-ordered", "The army has taken 900 people out of the villages near Letur, it said on Monday."),
        ("coup", "Soldiers overturned the government of Chad on Monday."),
        ("coup", "Officers in Bissau said on Monday that they had relieved the president of his office."),
        ("coup", "The constitution is suspended, a colonel read out on the radio in Bissau on Monday."),
    ],
)
def test_states_of_exception_bans_on_going_out_staff_taken_home_and_rulers_relieved(read: Read, type: str, sentence: str) -> None:
    assert type in told_below(read(sentence))


@pytest.mark.parametrize(
    ("type", "sentence"),
    [
        ("emergency", "The president placed four districts that are under a state of neglect first on Monday."),
        ("emergency", "The president refused on Monday to sign a state of exception for the port of Manta."),
        ("curfew", "Nobody left home after dark in Jos on Monday."),
        ("curfew", "If nobody may go out, the baker in Jos said on Monday, he will close."),
        ("curfew", "One may leave home after dark in Jos again, the governor said on Monday."),
        ("embassy-closed", "Italy has taken home two cups from Minsk, its diplomats said on Monday."),
        ("evacuation-ordered", "The navy took off for Letur with 900 people on Monday."),
        ("coup", "The court overturned a ruling of the government of Chad on Monday."),
        ("coup", "The board relieved the club's president of his office on Monday."),
        ("coup", "The court suspended the article of the constitution on Monday."),
    ],
)
def test_their_silent_twins(read: Read, type: str, sentence: str) -> None:
    assert type not in told_below(read(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "The Delta Front said on Monday that the drones that hit the barracks were its own.",
        "The rockets that fell on the barracks were ours, the Delta Front told a radio station on Monday.",
        "The Delta Front said on Monday that the assault on the barracks had been theirs.",
        "The Delta Front said on Monday that it was its men who shot the mayor.",
        "Boko Haram said on Monday that it had sent the bomber.",
        "Boko Haram said on Monday that those who carried out the attack were its fighters.",
        "Boko Haram named the bomber on Monday as one of its own.",
        "Boko Haram described the man who stabbed three nurses on Monday as one of its soldiers.",
        "Boko Haram put its name on Monday to the killing of nine farmers.",
        "Boko Haram took responsibility on Monday for the rockets that fell on the barracks.",
    ],
)
def test_who_calls_deed_weapon_or_attacker_its_own_claims_it(read: Read, sentence: str) -> None:
    assert "claim" in told(read(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "The Delta Front said on Monday that the drones that hit the barracks were not its own.",
        "The Delta Front said on Monday that the farmers killed at the barracks were its own.",
        "The Delta Front said on Monday that it was not its men who shot the mayor.",
        "Boko Haram said on Monday that it had sent the mayor.",
        "Police named the bomber on Monday as one of their own.",
        "Boko Haram named the man who sells bread on Monday as one of its soldiers.",
        "Boko Haram put its name on Monday to a petition.",
        "A former commander of Boko Haram took responsibility on Monday for the bomb that destroyed a club.",
        "The factory took responsibility on Monday for the drones that it sold.",
    ],
)
def test_who_disowns_it_or_speaks_of_something_else_claims_nothing(read: Read, sentence: str) -> None:
    assert "claim" not in told(read(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "The army and the rebels decided on a truce of two days on Monday.",
        "The two armies settled a ceasefire by telephone on Monday.",
        "The army and the rebels agreed on an immediate stop to hostilities on Monday.",
        "The truce between the army and the rebels was given seven more days on Monday.",
        "A pause in fighting between the army and the rebels came into force on Monday.",
    ],
)
def test_truces_decided_on_settled_given_days_and_pauses_in_force_are_announced(read: Read, sentence: str) -> None:
    assert "ceasefire-announced" in told(read(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "The army and the rebels have yet to decide on a truce, a mediator said on Monday.",
        "The two armies could not settle a ceasefire by telephone on Monday.",
        "Mediators asked the army and the rebels on Monday for an immediate stop to hostilities.",
        "The truce between the army and the rebels gave nine more families hope on Monday.",
        "A pause in fighting between the army and the rebels would begin on Monday if both signed.",
    ],
)
def test_truces_asked_for_not_settled_or_that_give_hope_are_not(read: Read, sentence: str) -> None:
    assert "ceasefire-announced" not in told(read(sentence))
