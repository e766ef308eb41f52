"""The plainest headlines of each kind, and what looks like them and is none: the rules of the near-miss bench, one line each."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rules.load import load_rules
from streams.extract.reader import Extractor, load
from streams.knowledge import world
from streams.records.flow import Article
from streams.replay import Run

PUBLISHED = datetime(2026, 5, 5, 9, tzinfo=UTC)
KNOWN = world.load()
RULES = load_rules([Path("tests/data/rules/kinds.yaml")], KNOWN)
TOLD = [
    ("air-strike", "Israeli strike kills three in southern Lebanon"),
    ("air-strike", "Russian drone hits apartment block in Odesa"),
    ("air-strike", "Airstrike on wedding in Sudan kills 14"),
    ("air-strike", "Warplanes pound rebel positions in Idlib"),
    ("air-strike", "US bombs Houthi sites in Yemen"),
    ("air-strike", "A drone struck a bus near Kherson on Monday, killing seven people."),
    ("air-strike", "Saudi-led coalition jets hit Sanaa"),
    ("air-strike", "Pakistan carries out strikes inside Afghanistan"),
    ("shelling", "Rockets fired from Gaza at southern Israel"),
    ("shelling", "Hezbollah fires barrage of rockets at Haifa"),
    ("shelling", "Russian missiles hit Kyiv overnight"),
    ("shelling", "Mortar shell lands near school in Aleppo"),
    ("shelling", "Army shells villages in Rakhine"),
    ("shelling", "Three missiles were intercepted over Riyadh on Monday."),
    ("shelling", "Iran launches ballistic missiles at Israel"),
    ("suicide-bombing", "Suicide bomber kills 20 at Kabul mosque"),
    ("suicide-bombing", "Suicide attack on police post in Pakistan leaves six dead"),
    ("planted-bomb", "Roadside bomb kills four soldiers in Mali"),
    ("planted-bomb", "Car bomb explodes outside Mogadishu hotel"),
    ("planted-bomb", "Landmine blast wounds two children in Yemen"),
    ("planted-bomb", "Bomb blast at Quetta railway station kills nine"),
    ("planted-bomb", "Bus hits landmine in Burkina Faso, 12 dead"),
    ("armed-clash", "Clashes between army and RSF in Khartoum"),
    ("armed-clash", "Soldiers and rebels fight for control of Goma"),
    ("armed-clash", "India, Pakistan troops exchange fire in Kashmir"),
    ("armed-clash", "Five militants killed in clash with security forces in Kashmir"),
    ("assassination", "Iraqi activist shot dead in Basra"),
    ("assassination", "Ecuador presidential candidate assassinated"),
    ("assassination", "Haitian president killed by gunmen at home"),
    ("abduction", "Gunmen kidnap 30 students in Nigeria"),
    ("abduction", "Two priests abducted in northern Nigeria"),
    ("abduction", "French tourist taken hostage in Niger"),
    ("embassy-attacked", "Rockets hit US embassy in Baghdad"),
    ("embassy-attacked", "Gunmen attack Pakistani consulate in Jalalabad"),
    ("aid-workers-attacked", "Aid worker killed in South Sudan ambush"),
    ("aid-workers-attacked", "Israeli strike kills seven World Central Kitchen workers"),
    ("journalist-attacked", "Journalist shot dead in Mexico"),
    ("journalist-attacked", "Al Jazeera reporter killed in Gaza strike"),
    ("ship-attacked", "Houthi missile hits cargo ship in Red Sea"),
    ("ship-attacked", "Pirates hijack tanker off Somalia"),
    ("ship-attacked", "Iran seizes oil tanker in Strait of Hormuz"),
    ("energy-site-attacked", "Saboteurs blow up oil pipeline in Nigeria"),
    ("energy-site-attacked", "Russian strikes damage Ukrainian power plants"),
    ("attack-threatened", "Hezbollah threatens to strike Cyprus"),
    ("attack-threatened", "Taliban vow to attack foreign troops"),
    ("claim", "Islamic State claims responsibility for Kabul bombing"),
    ("claim", "Houthis claim attack on ship in Gulf of Aden"),
    ("claim", "Al-Shabaab says it carried out Mogadishu attack"),
    ("ceasefire-announced", "Israel and Hamas agree ceasefire"),
    ("ceasefire-announced", "Sudan's warring sides agree to 72-hour truce"),
    ("ceasefire-announced", "Ceasefire takes effect in Gaza"),
    ("ceasefire-broken", "Fighting resumes in Gaza as truce collapses"),
    ("ceasefire-broken", "Armenia says Azerbaijan violated ceasefire"),
    ("coup", "Soldiers seize power in Niger"),
    ("coup", "Military coup in Gabon"),
    ("emergency-or-curfew", "Sri Lanka declares state of emergency"),
    ("emergency-or-curfew", "Curfew imposed in Dhaka after clashes"),
    ("border-or-airspace-closed", "Iran closes airspace"),
    ("border-or-airspace-closed", "Poland shuts border with Belarus"),
    ("evacuation-or-embassy-closed", "US orders embassy staff out of Haiti"),
    ("evacuation-or-embassy-closed", "Britain tells citizens to leave Lebanon"),
    ("evacuation-or-embassy-closed", "Israel orders evacuation of Khan Younis"),
    ("protest-violent", "Protesters set fire to parliament in Nairobi"),
    ("protest-violent", "Riots erupt in New Caledonia"),
    ("protest-violent", "Mob lynches two men in Pakistan"),
    ("force-against-protesters", "Police fire tear gas at protesters in Tbilisi"),
    ("force-against-protesters", "Iranian forces open fire on protesters in Zahedan"),
    ("arrests", "Turkish police detain 40 over IS links"),
    ("arrests", "Spain arrests two suspected jihadists"),
    ("arrests", "Opposition leader arrested in Tanzania"),
    ("strike-on-us-base", "Drones attack US base in Syria"),
    ("strike-on-us-base", "Rockets target Ain al-Asad air base in Iraq"),
]
SILENT = [
    "Ceasefire holds in Gaza",
    "Israel denies striking hospital in Gaza",
    "Russia says it shot down no drones overnight",
    "US ready to strike Iran, Trump says",
    "NATO begins drills in Baltic",
    "Protesters march peacefully in Madrid",
    "Talks on Gaza truce resume in Cairo",
    "Police find no bomb after threat at Paris airport",
    "Curfew lifted in Dhaka",
    "Hostages freed in Nigeria",
    "Ukraine marks second anniversary of Bucha massacre",
    "Trial of Bataclan attackers opens in Paris",
    "Border between Rwanda and Burundi reopens",
    "Train drivers strike hits Germany",
    "Liverpool strike late to beat Arsenal",
    "Hurricane batters Florida coast",
    "Bank shares hit by interest rate shock",
    "Sweden plans to evacuate embassy if war breaks out",
]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load(knowledge=KNOWN)


def _article(title: str, text: str) -> Article:
    return Article(id="a", source="x", url="", title=title, text=text, published=PUBLISHED, taken_at=PUBLISHED)


def fired(extractor: Extractor, line: str) -> set[str]:
    title, text = ("", line) if line.endswith(".") else (line, "")
    (reading,) = extractor.read([_article(title, text)])
    return {alert.label.rule for alert in Run(rules=RULES, knowledge=KNOWN).take(reading)}


@pytest.mark.parametrize(("rule", "line"), TOLD, ids=[line for _, line in TOLD])
def test_a_plain_headline_fires_its_rule(extractor: Extractor, rule: str, line: str) -> None:
    assert rule in fired(extractor, line)


@pytest.mark.parametrize("line", SILENT)
def test_a_headline_of_no_such_event_fires_nothing(extractor: Extractor, line: str) -> None:
    assert not fired(extractor, line)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Car bomb explodes at Norwegian base in Mali",
            "A car bomb exploded at the headquarters of the Norwegian army near Gao in Mali on Monday.",
        ),
        ("Curfew imposed on Nigerian state", "Nigeria's government imposed a curfew on northern Kaduna state on Monday."),
    ],
)
def test_a_title_and_the_sentence_below_it_tell_one_event(extractor: Extractor, title: str, text: str) -> None:
    """Though one says "base" and the other "headquarters", and though a state acts on its own people."""
    (reading,) = extractor.read([_article(title, text)])
    (event,) = reading.events
    assert {telling.trigger.where for telling in event.tellings} == {"title", "text"}


def test_a_title_and_a_sentence_about_another_town_tell_two(extractor: Extractor) -> None:
    """What is stated still speaks against it."""
    title, text = "Car bomb explodes at army base in Gao", "A car bomb exploded at a police station in Kidal on Monday."
    (reading,) = extractor.read([_article(title, text)])
    assert [event.place and event.place.name for event in reading.events] == ["Gao", "Kidal"]
