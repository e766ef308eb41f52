"""The learned sorter: what it may change of events and what it may not, and that its file is read as it was written."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from streams.extract import packed
from streams.extract.reader import Extractor, load
from streams.extract.sorter import SURE, Sorter
from streams.knowledge import world
from streams.knowledge.world import Knowledge
from streams.records.flow import Article, Reading

SUB_EVENTS = (  # ACLED codebook: the 25 sub-event types
    "government-regains-territory",
    "non-state-overtakes-territory",
    "armed-clash",
    "protest-with-intervention",
    "force-against-protesters",
    "peaceful-protest",
    "violent-demonstration",
    "mob-violence",
    "chemical-weapon",
    "air-drone-strike",
    "suicide-bomb",
    "shelling",
    "remote-explosive",
    "grenade",
    "sexual-violence",
    "attack",
    "abduction",
    "agreement",
    "arrests",
    "change-to-group",
    "disrupted-weapons-use",
    "base-established",
    "looting",
    "non-violent-transfer-of-territory",
    "other-development",
)
DAY = datetime(2031, 3, 10, tzinfo=UTC)


def article(text: str, title: str = "") -> Article:
    return Article(id="a", source="s", url="", title=title, text=text, published=DAY, taken_at=DAY)


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return world.load()


@pytest.fixture(scope="module")
def extractor(known: Knowledge) -> Extractor:
    return load(knowledge=known)


def test_the_taxonomy_has_every_sub_event_type_of_acled(known: Knowledge):
    assert len(SUB_EVENTS) == 25
    assert [slug for slug in SUB_EVENTS if slug not in known.taxonomy] == []


def test_the_sorter_knows_only_types_of_the_taxonomy(known: Knowledge):
    labels = {label for model in packed.load("types").models.values() for label in model.labels}
    assert labels - set(known.taxonomy) == set()
    assert set(SUB_EVENTS) <= labels


def test_a_packed_model_gives_back_its_weights():
    """One byte a weight: no weight is off by more than half a step."""
    weights = np.array([[1.0, -2.0], [0.25, 0.5]])
    one = packed.pack(["a", "b"], [0.1, -0.1], ["w:x", "w:y"], weights)
    made = packed.parse(json.dumps({"provenance": "a test", "models": {"m": one}}).encode()).models["m"]
    assert np.abs(made.weights * made.scale - weights).max() <= made.scale / 2
    chances = made.probabilities(["w:x", "w:x", "unknown"])
    assert chances["a"] > 0.9
    assert sum(chances.values()) == pytest.approx(1)


def test_a_long_text_says_no_more_than_a_short_one():
    """Twice the words of the same kind weigh as much as the root of two, unknown words water down, plain features count whole."""
    names = [f"w{number}" for number in range(40)]
    one = packed.pack(["a"], [0.5], [*names, "fact"], np.ones((41, 1)))
    made = packed.parse(json.dumps({"provenance": "a test", "models": {"m": one}}).encode()).models["m"]
    assert made.scores(set(), {"unknown"}) == [0.5]
    assert made.scores({"fact"}, set()) == pytest.approx([1.5])
    assert made.scores(set(), set(names[:20])) == pytest.approx([0.5 + 20 / 5], rel=1e-3)
    assert made.scores(set(), {*names[:11], *"abcdefghi"}) == pytest.approx([0.5 + 11 / 5], rel=1e-3)
    assert made.scores({"fact"}, set(names)) == pytest.approx([1.5 + 40 / 45**0.5], rel=1e-3)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("disaster", "A strong earthquake shook the valley on Monday, killing at least 40 people and burying two villages."),
        ("peaceful-protest", "Thousands of teachers marched peacefully through the capital on Monday to demand higher pay."),
        ("arrests", "Police arrested six suspected members of the militant group in a village on Monday."),
        ("suicide-bomb", "A suicide bomber blew himself up at the gate of a police college, killing nine recruits."),
    ],
)
def test_the_likeliest_type_of_plain_news(extractor: Extractor, kind: str, text: str):
    (reading,) = extractor.read([article(text)])
    assert reading.types[0][0] == kind
    assert sum(chance for _, chance in reading.types) <= 1.01


@pytest.mark.parametrize(
    ("act", "text"),
    [
        ("meeting", "The foreign ministers of Norway and Chad met in Geneva on Monday to discuss the border."),
        ("rejection", "Norway rejected the proposal of Chad on Monday."),
        ("promise", "Norway agreed on Monday to open talks with Chad."),
        ("request", "Norway urged Chad on Monday to pull out of the valley."),
    ],
)
def test_the_likeliest_act_of_plain_news(extractor: Extractor, act: str, text: str):
    (reading,) = extractor.read([article(text)])
    assert reading.acts[0][0] == act


def test_a_statement_between_sides_is_an_event_with_its_speaker(extractor: Extractor):
    (reading,) = extractor.read([article("Norway rejected the proposal of Chad on Monday.")])
    (event,) = [event for event in reading.events if event.type == "rejection"]
    assert [actor.id for actor in event.actors] == ["NO"]


def test_no_armed_attack_becomes_anything_else(extractor: Extractor, known: Knowledge):
    """Over all near misses, whatever the sorter were sure of; a harmless event becomes no armed attack either."""
    lines = Path("tests/data/near_misses.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines][::4]
    readings = extractor.read([article(row["text"], row.get("title", "")) for row in rows])
    sure = [((slug, 1.0),) for slug in sorted(packed.load("types").models["types"].labels)]
    for reading in readings:
        for types in sure:
            _same_family(reading, types, extractor.sorter, known)


def _same_family(reading: Reading, types: tuple[tuple[str, float], ...], sorter: Sorter, known: Knowledge) -> None:
    for before, after in zip(reading.events, sorter.refined(reading.events, types), strict=True):
        assert known.is_a(after.type, "armed-attack") == known.is_a(before.type, "armed-attack")
        assert after.path == known.taxonomy[after.type].path
        assert replace(after, type=before.type, path=before.path, tellings=before.tellings) == before


def test_an_event_stays_as_it_is_where_the_sorter_is_not_sure(extractor: Extractor):
    (reading,) = extractor.read([article("Gunmen attacked a village near the border on Monday.")])
    assert extractor.sorter.refined(reading.events, (("armed-clash", SURE - 0.01),)) == reading.events


def test_types_depend_on_the_article_alone(extractor: Extractor):
    texts = ["Police arrested two men on Monday.", "A flood cut off the town on Monday.", "Rebels attacked an army post on Monday."]
    alone = [extractor.read([article(text)])[0] for text in texts]
    together = extractor.read([article(text) for text in reversed(texts)])[::-1]
    assert [(one.types, one.acts) for one in alone] == [(one.types, one.acts) for one in together]
