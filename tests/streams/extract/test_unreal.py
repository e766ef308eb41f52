"""What is feared, needed, opposed or parried, and words that tell another matter: none of it is an event of today."""

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
        return [event for event in extractor.read([article])[0].events if event.stage == "happened"]

    return events


@pytest.mark.parametrize(
    "sentence",
    [
        "My worst fear was of stepping on a landmine that would kill us all.",
        "The senator argued that joining a French strike on Syria would be madness.",
        "Only a fifth of voters support air strikes on Syria, an opinion poll shows.",
        "The general, determined to hold the valley, meant to break the siege, shelling the villages on the ridge.",
        "The tanker ran aground after hitting a tower that carried a power line.",
        "The embassy in Tunis had been engaged in activities that broke the law, the ministry said.",
        "Exports fell in November after saboteurs dynamited the pipeline.",
        "Some ten ships have been held up at the port after four days of a strike by tugmen.",
    ],
)
def test_what_did_not_happen_or_is_another_matter_tells_no_attack(told: Read, sentence: str) -> None:
    assert [event.type for event in told(sentence) if "violence" in event.path] == []


@pytest.mark.parametrize(
    ("sentence", "type_"),
    [
        ("The prime minister has called an emergency cabinet meeting on the crisis.", "emergency"),
        ("The agency approved emergency food aid for the region.", "emergency"),
        ("The UN's calls for a ceasefire are ignored by the army.", "ceasefire-broken"),
        ("There needs to be more pressure to stop the army's incursion into the enclave.", "attacks-halted"),
        ("Moscow fired off a statement about incoming missiles, which its army has vowed to shoot down.", "threat"),
        ("Some 400 civilians were in urgent need of evacuation from the suburb, the UN said.", "evacuation-ordered"),
        ("Farmers in the valley speak of the evacuation of cattle.", "evacuation-ordered"),
        ("Aides were ordered out of the room while the border deal was struck.", "evacuation-ordered"),
        ("Libyan troops are evacuating their last stronghold in the desert, retreating to the coast.", "evacuation-ordered"),
        (
            "The country's former vice-president, Ali Sano, sacked three weeks after a failed coup, has been detained by police.",
            "coup",
        ),
        ("These are the funds that the plotters used to stage those coups.", "coup"),
        ("Money was sent to groups holding foreign hostages in Lebanon, the paper said.", "abduction"),
    ],
)
def test_words_of_an_act_that_tell_another_matter(told: Read, sentence: str, type_: str) -> None:
    assert type_ not in [event.type for event in told(sentence)]


@pytest.mark.parametrize(
    ("sentence", "type_"),
    [
        ("The army held the border shut, and the president called a state of emergency on Monday.", "emergency"),
        ("Soldiers detained the president on Monday in a coup, state television said.", "coup"),
        ("The governor ordered residents of the delta to leave on Monday as the river rose.", "evacuation-ordered"),
        ("The militia vowed to shoot down the army's helicopters and to attack its bases.", "threat"),
        ("Nine people died on Monday when gunmen attacked a bus near Sarmin.", "armed-attack"),
    ],
)
def test_the_same_words_told_as_news_stay(told: Read, sentence: str, type_: str) -> None:
    assert any(type_ in event.path for event in told(sentence))


def test_a_deed_bears_the_day_of_what_it_explains(told: Read) -> None:
    """ "was killed on 23 October when": the blast was on that day too, eleven weeks before the article."""
    (event,) = {e.type: e for e in told("He was killed on 23 October when a mine exploded under his car near Sarmin.")}.values()
    assert event.time is not None
    assert (event.time.start.year, event.time.start.month, event.time.start.day) == (2030, 10, 23)


def test_what_happens_as_something_else_does_bears_its_day_and_no_speakers(told: Read) -> None:
    """ "as it left the base on 23 October" says when the convoy was attacked; "as officials said on 23 October" does not."""
    (event,) = told("Gunmen attacked an army convoy as it left the base near Sarmin on 23 October.")
    assert event.time is not None
    assert (event.time.start.month, event.time.start.day) == (10, 23)
    (event,) = told("Gunmen attacked an army convoy near Sarmin, as officials had said on 23 October.")
    assert event.time is not None
    assert event.time.precision == "unstated"


def test_the_toll_of_another_year_is_not_that_of_the_news(told: Read) -> None:
    text = "A ferry sank off Cebu on Monday, the coast guard said. In 1987 a ferry sank near there and more than 4,000 people died."
    counts = [count.low for event in told(text) for count in event.counts]
    assert not {4000, 4001} & set(counts)


def test_what_only_explains_the_news_is_background_after_some_days(told: Read) -> None:
    text = "The government announced cuts as a result of the earthquake of 1 January, which killed at least 300 people."
    assert [event.type for event in told(text)] == []


@pytest.fixture(scope="module")
def whole() -> Extractor:
    """Reads what the sieve would keep from the grammar."""
    return load(sieve=False)


@pytest.mark.parametrize(
    ("sentence", "type_"),
    [
        ("The company said it is ceasing operations.", "attacks-halted"),
        ("The charity said on Monday that it had suspended its operations in Gaza.", "attacks-halted"),
        ("First Valley, the fourth largest bank, owns 24 branches and has franchise operations in four states.", "claim"),
        ("The farm secretary warned the EC it would face serious retaliation if it enacted the tax.", "threat"),
        (
            "Reports that Deltabank was planning a takeover of Loyd Bank Plc were without foundation.",
            "non-state-overtakes-territory",
        ),
    ],
)
def test_business_is_no_war_to_the_grammar_either(whole: Extractor, sentence: str, type_: str) -> None:
    """The sieve kept these from being parsed where nothing else stood beside them; beside a trigger they were told."""
    article = Article(id="a", source="wire", url="", title="", text=sentence, published=PUBLISHED, taken_at=PUBLISHED)
    assert type_ not in [event.type for event in whole.read([article])[0].events]


@pytest.mark.parametrize(
    ("sentence", "type_"),
    [
        ("The militia said it is ceasing operations against the army.", "attacks-halted"),
        ("The Delta Front owned up to the bombing.", "claim"),
        ("The army warned the rebels they would face serious retaliation if they taxed the drivers.", "threat"),
        ("The rebels retook the town of Sarmin on Monday.", "non-state-overtakes-territory"),
    ],
)
def test_the_same_words_of_armed_sides_are_told(told: Read, sentence: str, type_: str) -> None:
    assert type_ in [event.type for event in told(sentence)]
