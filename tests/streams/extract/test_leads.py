"""What the learned model of leads adds, and what it must leave alone; all articles invented."""

from datetime import UTC, datetime

import pytest

from streams.extract import packed
from streams.extract.leads import LABELS, NEWS, Leads
from streams.extract.news import News
from streams.extract.packed import Models
from streams.extract.reader import Extractor, load
from streams.records.flow import Article, Event

PUBLISHED = datetime(2026, 5, 5, 20, tzinfo=UTC)  # a Tuesday
LED = "Smoke hung over the quay of Mokha on Tuesday. The tanker had been left a wreck and her cook did not live to see the morning."


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """An extractor that doubts nothing: what the model of leads adds is asked here alone."""
    made = load()
    made.news = News(Models({"news": packed._unpacked(packed.pack(["news"], [9.0], ["quay"], [[1.0]]))}, "made up", "0"))
    return made


def model(**weights: float) -> Models:
    """A model that knows one word, "quay", and is as sure of each label as its weight says."""
    labels = (*LABELS, NEWS)
    row = [weights.get(label, -9.0) for label in labels]
    made = packed._unpacked(packed.pack(labels, [0.0] * len(labels), ["w:quay"], [row]))
    return Models({"leads": made}, "made up", "0")


def told(extractor: Extractor, models: Models, text: str) -> list[Event]:
    before = extractor.leads
    extractor.leads = Leads(extractor.knowledge, extractor.cast, models)
    try:
        article = Article(id="a", source="x", url="", title="", text=text, published=PUBLISHED, taken_at=PUBLISHED)
        (reading,) = extractor.read([article])
    finally:
        extractor.leads = before
    return [event for event in reading.events if event.path[0] == "violence"]


def test_what_the_model_is_sure_of_becomes_an_event_though_no_verb_tells_it(extractor: Extractor) -> None:
    """The event stands on the lead's own words; unsure of the label or of the news, nothing is added."""
    (event,) = told(extractor, model(shelling=9.0, news=9.0), LED)
    assert (event.type, event.stage, event.actors) == ("shelling", "happened", ())
    assert LED[event.trigger.start : event.trigger.end] == event.trigger.text
    assert told(extractor, model(shelling=9.0), LED) == []
    assert told(extractor, model(news=9.0), LED) == []


def test_an_attack_on_somebody_needs_him_in_the_sentence(extractor: Extractor) -> None:
    """A label that asks for a kind of target takes the noun phrase of that kind, and without one adds nothing."""
    (event,) = told(extractor, model(ship=9.0, news=9.0), LED)
    assert [one.head for one in event.targets] == ["tanker"]
    assert told(extractor, model(journalists=9.0, news=9.0), LED) == []


@pytest.mark.parametrize(
    "text",
    [
        "The rebels plan to shell the quay of Mokha on Wednesday, a diplomat said.",
        "The coalition denied that its guns had shelled the quay of Mokha on Tuesday.",
        "Shells fell on the quay of Mokha in 2016, and the scars are still to be seen.",
    ],
)
def test_what_grammar_found_to_be_no_news_stays_none(extractor: Extractor, text: str) -> None:
    """A plan, a denial and an old attack are not told anew because the words look like news."""
    events = told(extractor, model(shelling=9.0, news=9.0), text)
    assert [event for event in events if event.stage == "happened" and event.standing != "denied"] == []


def test_whom_another_deed_has_hit_already_is_not_attacked_as_well(extractor: Extractor) -> None:
    """An abduction is the whole of the news: told as an attack too it would be a second incident, and a second alert."""
    text = "Masked men kidnapped a newspaper editor from his home by the quay of Mokha on Monday night."
    events = told(extractor, model(journalists=9.0, news=9.0), text)
    assert [event.type for event in events] == ["abduction"]


def test_a_death_by_ones_own_hand_is_no_assassination(extractor: Extractor) -> None:
    """A minister who is found dead looks like one who was shot, until the lead says how he died."""
    found = "Guards found the minister at the quay of Mokha on Tuesday with a shot in the temple, police said."
    assert [event.type for event in told(extractor, model(assassination=9.0, news=9.0), found)] == ["assassination"]
    for how in (
        "He left a suicide note.", "He had taken his own life, a spokesman said.", "Police said no crime was suspected.",
        "Doctors said that a stroke had killed him.",
    ):  # fmt: skip
        assert told(extractor, model(assassination=9.0, news=9.0), f"{found} {how}") == []


def test_an_accident_is_no_raid(extractor: Extractor) -> None:
    """A crash has the dead, the flames and the aircraft of an air strike; grammar knows it for what it is."""
    for text in (
        "An airliner crash killed 19 people near the quay of Mokha on Tuesday, airport officials said.",
        "Nineteen people were killed when an airliner crashed by the quay of Mokha on Tuesday, airport officials said.",
    ):
        assert told(extractor, model(**{"air-drone-strike": 9.0, "news": 9.0}), text) == []
    for wreck in (
        "West German ship sinks off the quay of Mokha, 27 dead.",
        "A bulk carrier broke in two off the quay of Mokha on Tuesday with the loss of three of her crew, the pilots said.",
    ):
        assert told(extractor, model(ship=9.0, news=9.0), wreck) == []
    mine = "Thirty coal miners were killed near the quay of Mokha on Tuesday in an underground explosion, the owners said."
    assert "remote-explosive" not in [
        event.type for event in told(extractor, model(**{"remote-explosive": 9.0, "news": 9.0}), mine)
    ]
