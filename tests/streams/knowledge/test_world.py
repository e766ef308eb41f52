"""Knowledge: names in text with exact offsets, the shipped files, an operator's folder, and mistakes with their place."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import KnowledgeError
from streams.knowledge.files import SECTIONS
from streams.knowledge.world import Hit, Knowledge, load, mistakes
from streams.records.flow import NationRole, Place

WriteFolder = Callable[[str], Path]


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return load()


@pytest.fixture
def folder(tmp_path: Path) -> WriteFolder:
    """Writes an operator's folder of one file and returns it."""

    def write(text: str) -> Path:
        (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def named(known: Knowledge, text: str) -> list[tuple[str, str]]:
    """Ids and the words that name them."""
    return [(hit.entity.id, text[hit.start : hit.end]) for hit in known.mentions(text)]


def only(known: Knowledge, text: str) -> Hit:
    (hit,) = known.mentions(text)
    return hit


# ----------------------------------------------------------------------------------------------------- names in text


@pytest.mark.parametrize(
    "name",
    [
        "Kataib Hezbollah", "Kata'ib Hezbollah", "Kata’ib Hizballah", "Kataeb Hezbollah", "Ketaib Hezbollah", "Kata`ib Hezbollah",
        "KATAIB HEZBOLLAH", "Kataib-Hezbollah", "Hezbollah’s Kataeb", "Hezbollah Brigades", "كتائب حزب الله", "Katāʾib Hizbullāh",
    ],
)  # fmt: skip
def test_the_iraqi_group_is_not_the_lebanese_one_in_any_spelling(known: Knowledge, name: str) -> None:
    """The longest name wins (facts/extraction, trap of sentence 4 of the seed)."""
    assert named(known, f"Fighters of {name} said so.") == [("kataib-hezbollah", name)]


def test_hezbollah_alone_is_the_lebanese_group(known: Knowledge) -> None:
    assert named(known, "Hezbollah's fighters, Hizbullah said") == [("hezbollah", "Hezbollah"), ("hezbollah", "Hizbullah")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rockets at Al\u00a0Udeid\u00a0Air  Base today", "Al\u00a0Udeid\u00a0Air  Base"),  # non-breaking and doubled spaces
        ("near Sana’a’s airport", "Sana’a"),  # a possessive is left out, an apostrophe inside stays
        ("in al-\u2018Udeid, Qatari", "al-\u2018Udeid"),
        (unicodedata.normalize("NFD", "at İncirlik air base"), unicodedata.normalize("NFD", "İncirlik air base")),
        ("the Kataib\nHezbollah men", "Kataib\nHezbollah"),  # a wrapped line
        ("Der\u00adaa was hit", "Der\u00adaa"),  # a soft hyphen
        ("#Kataib_Hezbollah posted", "Kataib_Hezbollah"),
        ("Kataeb Hezbollah-affiliated channel", "Kataeb Hezbollah"),
    ],
)  # fmt: skip
def test_offsets_are_those_of_the_text_given(known: Knowledge, text: str, words: str) -> None:
    hit = known.mentions(text)[0]
    assert text[hit.start : hit.end] == words


def test_names_do_not_run_over_a_full_stop_or_a_paragraph(known: Knowledge) -> None:
    assert named(known, "He joined Kataib. Hezbollah denied it.") == [("hezbollah", "Hezbollah")]
    assert named(known, "Kataib\n\nHezbollah") == [("hezbollah", "Hezbollah")]


def test_short_names_are_found_in_capitals_only(known: Knowledge) -> None:
    assert named(known, "They told us that it is over.") == []
    assert named(known, "IS fighters fired at US troops of the U.S. army.")[:2] == [("islamic-state", "IS"), ("US", "US")]
    assert named(known, "Is it so? Let us see, said Let.") == []
    assert named(known, "MILITIA SAYS IT IS RESUMING ATTACKS") == []  # a verb there, and nobody can tell
    assert named(known, "Nato and ISIS and isis")[0] == ("nato", "Nato")


def test_words_are_compared_whole(known: Knowledge) -> None:
    """The trap of Aho-Corasick, which has no word boundaries (facts/extraction, section 2)."""
    assert named(known, "The ambassador met a turkey farmer, a jordanaire and an iraqiness of Chinatown.") == []
    assert only(known, "Asad air base").entity.id == "ain-al-asad"


def test_everyday_words_are_found_only_as_spelled(known: Knowledge) -> None:
    assert named(known, "a turkey, some polish, the chad and the guinea pig") == []
    assert named(known, "Turkey, Polish troops, Chad") == [("TR", "Turkey"), ("PL", "Polish"), ("TD", "Chad")]


def test_a_demonym_has_its_nation_and_says_that_it_is_one(known: Knowledge) -> None:
    hits = known.mentions("Iraqis in Iraq")
    assert [(hit.entity.id, hit.entity.kind) for hit in hits] == [("IQ", "demonym"), ("IQ", "nation")]
    assert hits[0].entity.nations == (NationRole("IQ", "nationality"),)
    assert hits[1].entity.nations == (NationRole("IQ", "government"),)
    entity = known.entity("IQ")
    assert entity is not None
    assert entity.kind == "nation"


def test_the_longer_phrase_takes_the_nation_inside_it(known: Knowledge) -> None:
    assert named(known, "a convoy of the U.S.-led coalition and coalition forces") == [
        ("us-led-coalition", "U.S.-led coalition"),
        ("us-led-coalition", "coalition forces"),
    ]
    assert named(known, "the coalition government fell") == []


def test_a_compass_word_makes_a_region_of_a_country(known: Knowledge) -> None:
    text = "bases in northeastern Syria, north-western\u00a0Iraq and South Korea"
    hits = known.mentions(text)
    assert [(hit.entity.id, text[hit.start : hit.end]) for hit in hits] == [
        ("northeast-SY", "northeastern Syria"),
        ("northwest-IQ", "north-western\u00a0Iraq"),
        ("KR", "South Korea"),
    ]
    assert hits[0].entity.place == Place(
        span=None, name="northeastern Syria", kind="region", country="SY", path=("northeast-SY", "SY")
    )
    assert named(known, "It lies south of Iraq; headed west, Iraq said") == [("IQ", "Iraq"), ("IQ", "Iraq")]


_PIECES = [
    "Kataib",
    "Hezbollah",
    "U.S.",
    "US",
    "is",
    "IS",
    "Iraq",
    "’s",
    "'",
    "-",
    "–",
    " ",
    "\u00a0",
    "\n",
    "\n\n",
    ".",
    "northern",
    "Al",
    "Asad",
    "é",
    "\u0301",
    "\u00ad",
    "كتائب حزب الله",
    "_",
    "İ",
    "ß",
]


@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=3), max_size=14).map("".join))
def test_hits_of_any_text_are_in_order_and_quote_it(text: str) -> None:
    """Hits never overlap, lie inside the text, begin and end on a word, and say the same when their words stand alone."""
    known, end = load(), 0
    for hit in known.mentions(text):
        assert end <= hit.start < hit.end <= len(text)
        end = hit.end
        words = text[hit.start : hit.end]
        assert words == words.strip()
        assert [alone.entity.id for alone in known.mentions(words)][:1] == [hit.entity.id] or words in ("IS", "WHO")


def test_a_text_without_names_has_none(known: Knowledge) -> None:
    assert known.mentions("") == known.mentions("Nothing happened, and nobody said so.") == ()


@pytest.mark.parametrize(
    ("word", "nation"),
    [
        ("U.S.", "US"), ("US", "US"), ("us", None), ("American", "US"), ("Americans", "US"),
        ("Washington", "US"), ("Pentagon", "US"), ("Tehran", "IR"), ("the Iraqi", None), ("Iraqi army", None),
        ("Iraq's", "IQ"), ("Côte d’Ivoire", "CI"),
        ("St. Lucia", "LC"), ("Victoria", None),
    ],
)  # fmt: skip
def test_a_whole_word_stands_for_a_nation(known: Knowledge, word: str, nation: str | None) -> None:
    assert known.nation(word) == nation


# ------------------------------------------------------------------------------------------------- sites and places


def test_users_through_an_alliance_say_through_which(known: Knowledge) -> None:
    rumalin = known.entity("rumalin")
    assert rumalin is not None
    assert rumalin.kind == "base"
    assert NationRole("US", "user", via="us-led-coalition") in rumalin.nations
    assert NationRole("GB", "user", via="us-led-coalition") in rumalin.nations
    assert NationRole("SY", "host") in rumalin.nations
    assert not any(role.role == "owner" for role in rumalin.nations)
    coalition = known.entity("us-led-coalition")
    assert coalition is not None
    assert coalition.leader == "US"


@pytest.mark.parametrize(("site", "nations"), [("hmeimim", {"RU", "SY"}), ("taji", {"IQ"}), ("kalsu", {"IQ"}), ("nojeh", {"IR"})])
def test_sites_of_others_are_no_american_bases(known: Knowledge, site: str, nations: set[str]) -> None:
    entity = known.entity(site)
    assert entity is not None
    assert {role.nation for role in entity.nations} == nations


def test_a_site_has_its_place_from_fine_to_coarse(known: Knowledge) -> None:
    rumalin = known.entity("rumalin")
    assert rumalin is not None
    assert rumalin.place is not None
    assert rumalin.place.path == ("rumalin", "al-hasakah", "SY")
    assert (rumalin.place.kind, rumalin.place.country, rumalin.place.coarseness_km) == ("site", "SY", 5.0)


def place_of(known: Knowledge, text: str) -> Place:
    place = only(known, text).entity.place
    assert place is not None
    return place


@pytest.mark.parametrize(
    ("text", "area", "within"),
    [
        ("Rumalin", "al-hasakah", True), ("Rumalin", "SY", True), ("Rumalin", "middle-east", True), ("Rumalin", "IQ", False),
        ("Rumalin", "sahel", False), ("Zumar", "nineveh", True), ("Zumar", "anbar", False), ("Zumar", "al-hasakah", False),
        ("northeastern Syria", "SY", True), ("northeastern Syria", "al-hasakah", None), ("Syria", "al-hasakah", None),
        ("Syria", "levant", True), ("Anbar", "ramadi", None), ("Middle East", "IQ", None), ("Levant", "middle-east", True),
        ("Sahel", "IQ", False), ("Red Sea", "YE", None), ("Bab el-Mandeb", "red-sea", True), ("Erbil", "kurdistan-region", True),
        ("Rumalin", "no-such-place", None),
    ],
)  # fmt: skip
def test_whether_a_place_lies_in_an_area(known: Knowledge, text: str, area: str, within: bool | None) -> None:
    assert known.place_within(place_of(known, text), area) is within


def test_a_place_of_which_nothing_is_known_cannot_be_told(known: Knowledge) -> None:
    nowhere = Place(span=None, name="the valley", kind="region")
    assert known.place_within(nowhere, "IQ") is None
    assert known.place_within(nowhere, "middle-east") is None
    assert known.place_within(replace(nowhere, country="IQ"), "anbar") is None
    assert known.place_within(replace(nowhere, country="IQ"), "al-hasakah") is False


# ------------------------------------------------------------------------------------------------------------- trees


def test_trees_are_asked_for_subtrees(known: Knowledge) -> None:
    assert known.is_a("shelling", "armed-attack")
    assert known.is_a("shelling", "shelling")
    assert not known.is_a("abduction", "armed-attack")
    assert not known.is_a("sexual-violence", "armed-attack")
    assert known.is_a("abduction", "violence")
    assert not known.is_a("no-such-type", "violence")
    assert known.taxonomy["shelling"].path == ("violence", "armed-attack", "explosions", "shelling")
    assert known.kinds["base"] == ("site", "military-site", "base")
    assert known.kind_is_a("merchant-ship", "ship")
    assert not known.kind_is_a("base", "force")
    assert known.instrument_is_a("vehicle-bomb", "bomb")
    assert not known.instrument_is_a("rocket", "bomb")


def test_words_lead_to_kinds_and_types(known: Knowledge) -> None:
    assert known.instrument_words["car bomb"] == "vehicle-bomb"
    assert known.instrument_words["uav"] == "drone"
    assert known.role_words["soldier"] == "state-force"
    assert known.role_words["aid worker"] == "aid-worker"
    triggers = {(trigger.words, trigger.pos): trigger for trigger in known.triggers}
    assert triggers[("open", "fire"), "verb"].type == "shooting"
    strike = triggers[("drone", "strike"), "noun"]
    assert (strike.type, strike.instrument, strike.grammar, strike.weak) == ("air-drone-strike", "drone", "noun", False)
    assert triggers[("hit",), "verb"].weak


# ------------------------------------------------------------------------------------------------------------- files


def test_the_shipped_files_have_no_mistake() -> None:
    assert mistakes() == ()


def test_the_shipped_files_cover_the_world(known: Knowledge) -> None:
    kinds = [entity.kind for entity in known.entities.values()]
    assert kinds.count("nation") == 197  # 193 members, two observers, Taiwan, Kosovo
    assert kinds.count("armed-group") >= 100
    assert sum(1 for e in known.entities.values() if e.kind == "base" and any(r.role == "user" for r in e.nations)) >= 100
    assert sum(1 for e in known.entities.values() if e.place is not None and e.place.kind in ("town", "province")) >= 400


def test_loading_ours_alone_happens_once() -> None:
    assert load() is load()


def test_an_operator_adds_names_and_corrects_facts(known: Knowledge, folder: WriteFolder) -> None:
    own = load(
        folder("""\
groups:
  - {id: houthis, aliases: [Sample Movement]}
  - {id: own-group, name: Northern Test Front, home: SY}
sites:
  - {id: kalsu, users: [US]}
triggers:
  - {type: shelling, grammar: transitive, verbs: [besprinkle]}
""")
    )
    assert [hit.entity.id for hit in own.mentions("Sample Movement, Houthis, Northern Test Front")] == [
        "houthis",
        "houthis",
        "own-group",
    ]
    kalsu = own.entity("kalsu")
    assert kalsu is not None
    assert NationRole("US", "user") in kalsu.nations
    assert kalsu.name == "Kalsu base"
    assert own.triggers[-1].words == ("besprinkle",)
    assert own.version != known.version
    assert known.mentions("Sample Movement") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("groups:\n  - {id: x, name: Ansar Allah, home: YE}\n",
         '2:19: alias "Ansar Allah" of "x" is one of "houthis" already, at rules/knowledge/groups.yaml:'),
        ("groups:\n  - {id: x, name: Group X, aliases: [Zip, Base], home: YE}\n",
         '2:43: alias "Base" of "x" is an everyday word; use more words, or write "=Base" to find it only as spelled'),
        ("groups:\n  - {id: x, name: Group X, home: YY}\n", '2:34: unknown nation "YY" in "x"'),
        ("groups:\n  - {id: x, name: Group X, home: YE, kind: armed-grup}\n",
         '2:44: unknown kind "armed-grup" in "x"; did you mean "armed-group"?'),
        ("taxonomy:\n  - {slug: sniping, parent: shootin, title: Sniping}\n",
         '2:29: unknown parent in taxonomy "shootin" in "sniping"; did you mean "shooting"?'),
        ("taxonomy:\n  - {slug: armed-attack, parent: shelling}\n", '2:34: "armed-attack" lies below itself'),
        ("places:\n  - {id: x, name: Placeville, kind: town}\n", '2:5: "x" is a town and lacks "in", its province or nation'),
        ("places:\n  - {id: houthis, name: Placeville, kind: town, in: SY}\n",
         '2:10: id "houthis" stands twice; first at rules/knowledge/'),
        ("sites:\n  - {id: x, name: Camp X, users: [US, nata]}\n",
         '2:5: an entry of "sites" lacks host, and no earlier folder has "x"'),
        ("sites:\n  - {id: x, name: Camp X, host: SY, users: [US, nata]}\n",
         '2:49: unknown nation or alliance "nata" in "x"; did you mean "nato"?'),
        ("sites:\n  - {id: x, name: Camp X, host: SY, at: [100, 3]}\n",
         '2:41: "at" is [latitude, longitude] in degrees, north and east positive; found a list'),
        ("sites:\n  - {id: x, name: Camp X, host: SY, hots: SY}\n", 'unknown key "hots" in an entry of "sites"; allowed: '),
        ("siets: []\n", '1:1: unknown key "siets" in a knowledge file; allowed: '),
        ("triggers:\n  - {type: shelling, grammar: transitive, verbs: [attack]}\n",
         '2:51: "attack" stands twice in verbs; first at rules/knowledge/triggers.yaml:'),
        ("triggers:\n  - {type: shelling, verbs: [besprinkle]}\n",
         '2:5: an entry of "triggers" with verbs lacks a grammar; allowed: transitive, '),
        ("groups:\n  - {id: x, name: Group X}\n  - {id: x, name: Group Y}\n", '3:5: "x" stands twice in "groups"; first at '),
        ("groups:\n  - {id: x, name: Victoria, home: GB}\n",
         '2:19: alias "Victoria" of "x" is also a person\'s name; use more words, or write "=Victoria" if it is to'),
        ("sites:\n  - {id: x, name: Camp X, host: SY, in: anbar}\n",
         '2:41: "x" has the host "SY" and lies in "anbar" of "IQ"'),
        ("sites:\n  - {id: x, name: Camp X, host: IQ, in: anbar, at: [42.4, 33.8]}\n",
         '2:52: "x" is 1284 km from the middle of "anbar", whose radius is 250 km; look at both points'),
        ("nations:\n  - {id: FJ, metonyms: [Tehran]}\n",
         '2:25: metonym "Tehran" of "FJ" is one of "IR" already, at rules/knowledge/nations.yaml:'),
        ("groups:\n  - {id: Bad Id, name: Group X}\n",
         '2:5: "Bad Id" cannot name an entry of "groups"; allowed: small letters, digits, hyphens'),
    ],
)  # fmt: skip
def test_a_mistake_names_its_place_and_its_cure(folder: WriteFolder, text: str, message: str) -> None:
    own = folder(text)
    with pytest.raises(KnowledgeError) as raised:
        load(own)
    assert message in str(raised.value)
    assert str(own / "own.yaml") in str(raised.value)
    assert mistakes(own) == raised.value.mistakes


def test_all_mistakes_of_all_files_are_told_at_once(folder: WriteFolder, tmp_path: Path) -> None:
    own = folder("groups:\n  - {id: x, name: Group X, home: YY}\n  - {id: y, name: Base}\n")
    (own / "broken.yaml").write_text("groups: [\n", encoding="utf-8")
    with pytest.raises(KnowledgeError) as raised:
        load(own, tmp_path / "missing")
    assert [(Path(m.path).name, m.line) for m in raised.value.mistakes] == [
        ("broken.yaml", raised.value.mistakes[0].line),
        ("missing", 1),
        ("own.yaml", 2),
        ("own.yaml", 3),
    ]


def test_scalars_are_taken_as_written(folder: WriteFolder) -> None:
    """NO is Norway, not false."""
    own = load(folder("groups:\n  - {id: x, name: Group of Fjords, home: NO}\n"))
    group = own.entity("x")
    assert group is not None
    assert group.nations == (NationRole("NO", "home"),)


OWN = """\
taxonomy:
  - {slug: own-type, parent: shooting, title: Own type}
kinds:
  - {slug: own-kind, parent: civilian, title: Own kind}
instruments:
  - {slug: own-tool, parent: firearm, title: Own tool, words: [zapgun]}
triggers:
  - {type: own-type, grammar: transitive, verbs: [zapgunnify]}
acts:
  - {type: curfew, verbs: [zapslap], nouns: [zapcurfew], at: [object]}
roles:
  - {kind: own-kind, words: [zapperson]}
nations:
  - {id: IQ, aliases: [Zapiraq], demonyms: [Zapiraqi], metonyms: [Zapbaghdad]}
places:
  - {id: own-town, name: Zaptown, kind: town, in: anbar, at: [33.4, 43.3]}
alliances:
  - {id: own-alliance, name: Zap Alliance, lead: GB, members: [FR]}
forces:
  - {id: own-force, name: Zap Guards, nation: GB}
bodies:
  - {id: own-body, name: Zap House, nation: GB}
groups:
  - {id: own-group, name: Zap Front, home: IQ, sponsor: IR}
sites:
  - {id: own-site, name: Camp Zap, owner: IQ, users: [own-alliance], host: IQ, in: anbar, at: [33.5, 42.6]}
outlets:
  - {id: own-outlet, name: Zap Daily, home: GB}
ignore:
  - words: [Zap Front Row]
common:
  - words: zapword
people:
  - words: zapname
"""


def test_a_folder_of_their_own_adds_to_every_section(folder: WriteFolder) -> None:
    """One entry a section, none of ours touched, and each of them does what its section is for."""
    assert {line.removesuffix(":") for line in OWN.split("\n") if line.endswith(":") and line[0] != " "} == set(SECTIONS)
    own = load(folder(OWN))
    assert own.warnings == ()
    assert own.taxonomy["own-type"].path[-2:] == ("shooting", "own-type")
    assert own.kinds["own-kind"] == ("person", "civilian", "own-kind")
    assert own.instrument_is_a(own.instrument_words["zapgun"], "firearm")
    assert own.role_words["zapperson"] == "own-kind"
    assert own.triggers[-1].words == ("zapgunnify",)
    assert own.nation("Zapiraqi") == own.nation("Zapbaghdad") == "IQ"
    text = "Zaptown, Zap Alliance, Zap Guards, Zap House, Zap Front, Camp Zap, Zap Daily, Zap Front Row"
    ids = ["own-town", "own-alliance", "own-force", "own-body", "own-group", "own-site", "own-outlet"]
    assert [id for id, _ in named(own, text)] == ids
    site = own.entity("own-site")
    assert site is not None
    assert NationRole("FR", "user", via="own-alliance") in site.nations
    assert own.everyday("zapword")
    assert own.everyday("zapname")


def test_the_example_of_the_document_is_good(folder: WriteFolder) -> None:
    document = Path("docs/knowledge.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", document, re.DOTALL)
    own = load(folder(example))
    assert own.warnings == ()
    assert [id for id, _ in named(own, "Sample Movement, Northern Sample Front, Sampletown")] == [
        "houthis",
        "northern-front",
        "sample-town",
    ]
