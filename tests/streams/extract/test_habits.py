"""Habits, attitudes and sums: many deeds, or none, and no day on which one was done."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from streams.extract.reader import Extractor, load
from streams.records.flow import Article, Event

PUBLISHED = datetime(2031, 1, 8, 12, tzinfo=UTC)  # a Wednesday
Read = Callable[..., list[Event]]
FILLER = (
    "The road runs along the river. Farmers grow barley on both banks. The bridge is narrow. Lorries wait there for hours. "
    "A clerk stamps papers. Tea is sold from a van. "
)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


@pytest.fixture(scope="module")
def news(extractor: Extractor) -> Read:
    def told(text: str) -> list[Event]:
        article = Article(id="a", source="wire", url="", title="", text=text, published=PUBLISHED, taken_at=PUBLISHED)
        events = extractor.read([article])[0].events
        return [event for event in events if event.stage == "happened" and "violence" in event.path]

    return told


@pytest.mark.parametrize(
    "sentence",
    [
        "The rebels have conducted repeated attacks on tankers in the strait.",
        "Continuous guerrilla raids on pipelines and camps endanger exports, the company said.",
        "There are assassinations every week in the district, a shopkeeper said.",
        "The jihadists keep cars and motorcycles for suicide attacks.",
        "Insurers raised their rates after Iran started to attack tankers bound for Kuwait.",
        "The jets, which were engaged in attacking the militants in Syria, were moved to Cyprus.",
        "She voiced support for the murder of reporters.",
        "How can we sit down with a ruler who has killed thousands of his people?",
        "Its jets killed or wounded 2,315 fighters since 2026, the ministry's figures show.",
        "The streets are still peppered with bombs and booby-traps laid by the militants.",
        "The officer was asked in passing about a hospital bombed for much of the past two years.",
    ],
)
def test_what_happens_over_and_over_or_is_only_wished_is_no_news(news: Read, sentence: str) -> None:
    assert news(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The coalition has launched air strikes that have killed scores of villagers.",
        "The group has resurfaced in the two provinces, conducting car bombings in small towns.",
        "Kuwait sought escorts in the gulf, where both navies have been attacking ships.",
    ],
)
def test_what_was_done_so_far_and_on_no_day_is_no_news_far_down(news: Read, sentence: str) -> None:
    assert news(FILLER + sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Repeated air strikes hit the town of Dumar on Monday and killed nine people.",
        "Gunmen attacked a checkpoint near Sarmin again, after weeks of attacks every night.",
        "Rebels have been attacking the town of Sarmin since Monday with mortars.",
        "Soldiers who had fought there for weeks were killed when a mine exploded under their truck on Monday.",
        "The group claimed responsibility for attacks on two army posts on Monday that killed six soldiers.",
        "Cars for the wedding were hit by mortar fire near Sarmin on Monday, killing four guests.",
    ],
)
def test_a_day_makes_it_news(news: Read, sentence: str) -> None:
    assert news(sentence) != []
