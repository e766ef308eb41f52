"""One deed in many wordings, told by the rules of tests/data/rules/kinds.yaml; and what only sounds like it.

Fights, bombs, abductions, threats, truces, coups, closures and the police against crowds, each as news words it when it avoids the
plain verb; below them sentences with the same words and no deed.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.sources.archive import article
from rules.load import load_rules
from streams.extract.reader import load
from streams.knowledge import world
from streams.replay import Run

Fired = Callable[[str], set[str]]
RULES = Path("tests/data/rules/kinds.yaml")


@pytest.fixture(scope="module")
def fired() -> Fired:
    known = world.load()
    extractor, loaded = load(knowledge=known), load_rules([RULES], known)

    def rules(text: str) -> set[str]:
        (reading,) = extractor.read(
            [article({"source": "x", "id": "a", "published": "2025-03-13T10:00:00Z", "title": "", "text": text})]
        )
        return {alert.label.rule for alert in Run(rules=loaded, knowledge=known).take(reading)}

    return rules


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        (
            "shelling",
            "Armenian and Azerbaijani gunners exchanged artillery and rocket fire along the frontier on Tuesday, "
            "killing three farmers.",
        ),
        ("shelling", "The two armies swapped mortar rounds across the river on Tuesday, residents said."),
        ("armed-clash", "Guards and smugglers fired at each other for an hour near Tona on Tuesday."),
        ("armed-clash", "Rival militias engaged each other with machine guns and grenades near the port of Zawiya on Tuesday."),
        ("armed-clash", "Soldiers and militiamen battled with clubs and stones in the valley on Tuesday, the army said."),
        ("armed-clash", "Rebels and soldiers opened fire on each other near Bunia on Tuesday."),
        (
            "planted-bomb,energy-site-attacked",
            "Saboteurs buried a bomb next to a gas pipeline near Basra on Tuesday and blew it up, the oil ministry said.",
        ),
        (
            "planted-bomb,energy-site-attacked",
            "Two blasts ripped open an oil pipeline in Khuzestan on Tuesday. Saboteurs had attached charges to "
            "the pipe, the ministry said.",
        ),
        (
            "planted-bomb",
            "Unknown men hid explosives in a dustbin outside a bank in Cali on Tuesday and set them off by telephone.",
        ),
        (
            "planted-bomb",
            "A parcel exploded in the hands of a judge in Turin on Tuesday. Somebody had packed it with nails and powder.",
        ),
        (
            "planted-bomb",
            "The postbox of a lawyer in Turin exploded as she opened it on Tuesday. Somebody had stuffed it with "
            "gunpowder, police said.",
        ),
        (
            "planted-bomb",
            "A bomb attached under the seat of his car killed a newspaper owner in Odesa on Tuesday, investigators said.",
        ),
        ("assassination", "An Afghan judge, Karim Wali, was waylaid and killed by men with pistols near Herat on Tuesday."),
        (
            "assassination",
            "A Colombian union leader, Jaime Rojas, was ambushed and killed by gunmen on a motorcycle near Tumaco on Tuesday.",
        ),
        (
            "abduction",
            "Three Polish geologists were dragged from their guest house in Agadez by masked men on Tuesday and "
            "driven away in a pickup.",
        ),
        ("abduction", "Gunmen marched forty pupils of a boarding school into the forest in Niger state on Tuesday."),
        ("abduction", "Armed men pulled two nuns from their car near Butembo on Tuesday and took them into the bush."),
        ("abduction", "Men with rifles drove sixty villagers into the hills near Birnin Gwari on Tuesday night."),
        (
            "journalist-attacked",
            "Masked men kicked and punched a television crew in Dresden on Tuesday, breaking a cameraman's arm.",
        ),
        ("journalist-attacked", "Supporters of the party beat a photographer and smashed his camera in Nairobi on Tuesday."),
        ("ship-attacked,shelling", "A Greek bulk carrier was hit by a missile fired from Houthi-held land in Yemen on Tuesday."),
        ("ship-attacked,shelling", "A tanker was struck by a rocket launched from the coast near Hodeidah on Tuesday."),
        ("shelling", "Two nurses died on Tuesday when their car took a direct hit from a rocket near Izyum."),
        (
            "attack-threatened",
            "Tehran will strike any country that lets its land be used for attacks, the foreign minister warned on Tuesday.",
        ),
        ("attack-threatened", "Militants told foreign companies on Tuesday to leave the province or see their rigs blown up."),
        ("attack-threatened", "A Kurdish splinter group warned tourists on Tuesday that it would plant bombs at beach hotels."),
        ("attack-threatened", "The rebels warned on Tuesday that they would lay mines on the road to the capital."),
        (
            "claim",
            "The Taliban declared in a message on Tuesday that one of their men had blown himself up at the gate of the barracks.",
        ),
        (
            "claim",
            "The Baloch Liberation Army announced on Tuesday that one of its suicide squad had blown herself up "
            "among soldiers in Gwadar.",
        ),
        (
            "ceasefire-broken",
            "Lebanon told the U.N. on Tuesday that it had counted 40 breaches of the truce by Israel in five days.",
        ),
        (
            "ceasefire-broken",
            "Three soldiers were killed by mortar fire near Avdiivka on Tuesday in violation of the truce, Kyiv said.",
        ),
        (
            "ceasefire-broken",
            "Troops and rebels fought in the streets of Omdurman on Tuesday although a ceasefire was meant to be in force.",
        ),
        ("ceasefire-broken", "Shells fell on Bahri on Tuesday despite a three-day truce, residents said."),
        (
            "coup",
            "A Peruvian colonel sent a tank crashing through the gate of the presidential palace in Lima on "
            "Tuesday and demanded a new government.",
        ),
        (
            "coup",
            "Troops drove an armoured vehicle into the door of the presidential palace in La Paz on Tuesday and "
            "their general demanded a new cabinet.",
        ),
        ("coup", "The president of Guinea-Bissau said on Tuesday that an attempt to remove him by force had failed."),
        (
            "coup",
            "An attempt to overthrow the president by force failed on Tuesday after soldiers surrounded the "
            "palace, the government said.",
        ),
        ("border-or-airspace-closed", "Three road crossings between Latvia and Belarus were barred at midnight on Tuesday."),
        ("border-or-airspace-closed", "The government in Helsinki ordered the closure of four crossings to Russia on Tuesday."),
        ("border-or-airspace-closed", "Estonia barricaded the bridge at its frontier with Russia on Tuesday."),
        (
            "evacuation-or-embassy-closed",
            "All residents of three villages near the front must leave by Friday, the governor ordered on Tuesday.",
        ),
        (
            "force-against-protesters",
            "Nigerian troops opened fire on youngsters who were sitting on a bridge with flags on Tuesday, witnesses said.",
        ),
        (
            "force-against-protesters",
            "Soldiers shot at young people who were blocking a road and chanting slogans in Conakry on Tuesday.",
        ),
        ("force-against-protesters", "Riot police drove demonstrators off the square with water cannon in Tbilisi on Tuesday."),
        ("force-against-protesters", "Police chased marchers out of the avenue with tear gas in Lima on Tuesday."),
        (
            "force-against-protesters",
            "Youths threw stones on a highway in Nairobi on Tuesday and police replied with tear gas and rubber bullets.",
        ),
        (
            "force-against-protesters",
            "Riot police let off stun grenades among people who had come out with flags in Minsk on Tuesday.",
        ),
        (
            "force-against-protesters",
            "Riot police clubbed people who had gathered with candles outside parliament in Tbilisi on Tuesday.",
        ),
        ("arrests", "German police took four extremists into custody on Tuesday and seized rifles in Kassel."),
        ("arrests", "Police took two brothers into custody in Lyon on Tuesday."),
        ("arrests", "Somalia's intelligence agency said on Tuesday its men had captured a bomb maker in Afgoye."),
        ("arrests", "The domestic intelligence service captured two recruiters of the group in Kabul on Tuesday."),
        ("arrests", "Four former ministers were led off in handcuffs in Lima on Tuesday."),
        ("embassy-attacked", "Two men on a scooter fired a machine pistol at the Israeli embassy in Athens on Tuesday."),
        (
            "ceasefire-announced",
            "The government and the rebels put their names to a cessation of hostilities in Nairobi on Tuesday.",
        ),
        ("ceasefire-announced", "The two armies put their signatures to a truce in Doha on Tuesday."),
        (
            "journalist-attacked",
            "Unknown men kicked and punched a camera team of a public broadcaster outside a supermarket in "
            "Leipzig on Tuesday, breaking the engineer's jaw.",
        ),
        (
            "force-against-protesters",
            "Georgian riot police drove thousands of pro-European demonstrators off Rustaveli avenue with water "
            "cannon early on Sunday.",
        ),
        (
            "claim",
            'The Baloch Liberation Army declared in a message to reporters that one of its "sacrifice squad" had '
            "blown himself up among soldiers at Quetta station on Tuesday.",
        ),
        (
            "shelling,ship-attacked",
            "A Norwegian chemical tanker was hit by a cruise missile fired from Houthi-held territory in Yemen "
            "as it sailed through the strait on Tuesday night.",
        ),
        ("force-against-protesters", "Police drove hundreds of marchers off the bridge with batons in Dakar on Tuesday."),
        (
            "planted-bomb",
            "A suitcase blew up in the hall of a Bogota station on Tuesday. It had been filled with nails and "
            "explosives, police said.",
        ),
    ],
)
def test_told(fired: Fired, rules: str, text: str) -> None:
    assert set(rules.split(",")) <= fired(text)


@pytest.mark.parametrize(
    "text",
    [
        "Senator Ron Blake on Tuesday urged the government to bomb drug laboratories in Sinaloa.",
        "The lobby called on the president on Tuesday to shell the camps across the border.",
        "Lawmakers want the army to bomb the camps, and the government said no such step was planned.",
        "A drone that was photographing vineyards hit a tree and crashed in a field near Bordeaux on Tuesday.",
        "A delivery drone crashed into a substation near Dublin on Tuesday after its battery failed.",
        "Families are shelling out more for school books than ever, a survey showed on Tuesday.",
        "The club shelled out 40 million euros for a striker on Tuesday.",
        "A court in The Hague on Tuesday upheld the sentence of a general whose troops shelled the town for months.",
        "Judges rejected on Tuesday the appeal of a commander whose men bombed the market.",
        "Police said on Tuesday that a student reported kidnapped in Manila had never been taken.",
        "Police said on Tuesday that the boy thought abducted had been at his aunt's house all along.",
        "A charity came under fire on Tuesday after it emerged that its chief earned more than the minister. "
        "Donors attacked the trustees for wasting money.",
        "The aid agency was attacked on Tuesday for its spending on offices.",
        "Leave while you can: residents of a tower in Leeds are fed up with the lifts, a survey showed on Tuesday.",
        "Investigators said on Tuesday that the man had aimed to kill a minister.",
        "Danish coastguards boarded a trawler off Skagen on Tuesday to inspect its nets.",
        "Customs officers boarded a cargo ship in Hamburg on Tuesday and checked its papers.",
        "Children threw paint and flour at a festival riot of colour in Pune on Tuesday.",
        "The two coaches attacked each other in the press room on Tuesday.",
        "Scouts took forty children into the forest near Kassel on Tuesday to look for mushrooms.",
        "Hotel staff took two guests' bags from their room to the car on Tuesday.",
        "A general led a tank past the palace in Paris on Tuesday at the yearly parade.",
        "The minister demanded a new cabinet meeting on Tuesday.",
        "A burst pipe ripped open a street in Leeds on Tuesday, and engineers cut the water.",
        "Handymen fixed a box to the wall of the bank on Tuesday and set off for lunch.",
        "The bank put its name to an appeal for a truce on Tuesday.",
        "Firefighters cleared the avenue of ice on Tuesday with water cannon after a main burst.",
        "Pupils must leave their telephones at home, the school decreed on Tuesday.",
        "The lawyer told reporters on Tuesday that his client would like to leave the country.",
    ],
)
def test_nothing_told(fired: Fired, text: str) -> None:
    assert fired(text) == set()
