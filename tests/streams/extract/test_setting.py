"""In which setting an article tells; all articles invented. Each has a twin that is news."""

from datetime import UTC, datetime

import pytest

from streams.extract.reader import Extractor, load
from streams.records.flow import Article, Event

PUBLISHED = datetime(2026, 5, 5, 9, tzinfo=UTC)  # a Tuesday


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


def told(extractor: Extractor, title: str, text: str) -> list[Event]:
    article = Article(id="a", source="x", url="", title=title, text=text, published=PUBLISHED, taken_at=PUBLISHED)
    (reading,) = extractor.read([article])
    return [event for event in reading.events if event.path[0] == "violence"]


def news(events: list[Event]) -> list[Event]:
    return [event for event in events if event.stage == "happened" and event.standing != "denied"]


BELOW = [
    ("Alliance rehearses defence of the Baltic", "Attackers shelled an airfield. Helicopters bombed a column.", "exercise"),
    ("Thriller about siege opens", "The film follows a reporter. Snipers kill her driver and gunmen abduct her brother.", "retold"),
    ("", "The murder trial of two brothers opened in Ghent on Monday. The men shot a guard and kidnapped his wife.", "retold"),
    ("City marks 30 years since siege", "Bells rang in Tuzla. Shells hit the square, killing 71 people.", "retold"),
    ("", "The watchdog counted 120 attacks on clinics in 2025. Gunmen killed 48 nurses and abducted 60.", "retold"),
    ("What a blockade would look like", "Missiles hit the ports. Gunboats seized every tanker.", "hypothetical"),
]


@pytest.mark.parametrize(("title", "text", "stage"), BELOW, ids=[row[0] or row[1][:40] for row in BELOW])
def test_what_stands_below_a_drill_a_film_a_trial_is_told_as_such(extractor: Extractor, title: str, text: str, stage: str) -> None:
    found = told(extractor, title, text)
    assert found
    assert {event.stage for event in found} == {stage}


def test_what_a_hoax_shows_is_denied(extractor: Extractor) -> None:
    found = told(
        extractor, "Fake video shows airport in flames", "A clip shared widely shows missiles hitting the airport in Riga."
    )
    assert found
    assert not news(found)


NEWS = [
    ("Missiles hit airport as allies hold drill", "Missiles hit the airport in Riga on Monday, killing two people."),
    ("Army holds annual drill", "Rebels shelled the range on Monday, killing four soldiers who took part."),
    ("City marks 30 years since siege", "Rockets hit the square on Monday while the mayor spoke."),
    ("Alliance holds annual exercise", "Elsewhere, gunmen killed three policemen near Goma on Monday."),
    ("Gunmen storm court where trial of rebels opens", "Gunmen attacked the court in Goma on Monday. They shot two guards."),
]


@pytest.mark.parametrize(("title", "text"), NEWS, ids=[row[0] for row in NEWS])
def test_news_stays_news_beside_a_drill_a_trial_a_day_of_remembrance(extractor: Extractor, title: str, text: str) -> None:
    assert news(told(extractor, title, text))


REVEALED = [
    ("Hooded men burst into the town hall of Lienz and took six clerks hostage. It was, he said, a useful drill.", "exercise"),
    ("Gunmen burst into a cafe in Split on Monday and shot two waiters. A crew was filming a series about smugglers.", "retold"),
    ("Kidnappers seized a banker in Lugano on Monday. He had made it all up, the police said on Tuesday.", "happened"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "stage"), REVEALED, ids=[row[0][:40] for row in REVEALED])
def test_what_is_revealed_afterwards_holds_for_what_stands_before_it(extractor: Extractor, text: str, stage: str) -> None:
    """A drill is told like an attack until the sentence that says so; a hoax stays an event that did not happen."""
    found = told(extractor, "", text)
    assert found
    assert news(found) == []
    assert {event.stage for event in found} == {stage}


def test_a_match_told_in_words_of_war_is_no_attack_and_a_bomb_at_one_is(extractor: Extractor) -> None:
    """A report on sport tells no attack that hurts nobody; its words do not hide one that does."""
    match = "The striker fired a rocket from 25 metres into the top corner before half-time and his team never fired back."
    bomb = (
        "A bomb exploded outside the stadium in Medellin on Monday minutes before kick-off of a league match, killing a goalkeeper."
    )
    assert news(told(extractor, "United left shell-shocked", match)) == []
    assert news(told(extractor, "", bomb))
