"""Copies: what is one text in two outlets, what is not, and for how long it is looked for."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams import pipeline
from streams.incidents import copies
from streams.labels.wanted import Desk
from streams.memory import DictMemory
from streams.records.flow import Article
from tests.builders import DAY, article, at, attack, reading

NO_RULES = Desk(rules=(), knowledge=None, default_channels=())  # type: ignore[arg-type]  # copies ask no knowledge

_WORDS = ["gate", "river", "officer", "morning", "column", "radar", "market", "signal", "harbour", "orchard", "ferry", "tower"]


def prose(seed: int, words: int = 120) -> str:
    """Invented text of so many words; texts of different seeds share no five in a row."""
    draw = random.Random(seed)
    return " ".join(draw.choice(_WORDS) + (str(draw.randrange(90)) if draw.random() < 0.4 else "") for _ in range(words))


def taken(*articles: Article) -> DictMemory:
    memory = DictMemory()
    now = articles[0].taken_at
    for each in articles:
        now = max(now, each.taken_at)
        copies.note(each, (), memory, now)
    return memory


def copied(memory: DictMemory, name: str) -> tuple[str, ...]:
    found = memory.backings([name])
    return found[name].copies if found else ()


STORY = prose(1)
ORIGINAL = article("a", "04-21", text=STORY)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("the same", STORY),
        ("in capitals and with other marks", STORY.upper().replace(" ", ", ", 30)),
        ("cut to a third", " ".join(STORY.split()[:40])),
        ("a third of it inside a longer text", prose(2, 75) + " " + " ".join(STORY.split()[60:105])),
        ("with boilerplate around it", f"Sign up for our newsletter\n\n{STORY}\n\nFollow us on Telegram"),
    ],
)
def test_a_copy_is_found_however_it_was_edited(what: str, text: str) -> None:
    memory = taken(ORIGINAL, article("b", "04-21 15:00", text=text))
    assert copied(memory, "b") == ("a",), what
    assert copied(memory, "a") == ("b",)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("another text", prose(3)),
        ("a sentence of it quoted in a long text", " ".join(STORY.split()[:16]) + " " + prose(4, 300)),
        ("eleven words of it in a short text", " ".join(STORY.split()[:11]) + " " + prose(5, 12)),
        ("nothing but its boilerplate", "Sign up for our newsletter. " + prose(6)),
        ("four words", "Rockets hit the base"),
        ("no words", ""),
    ],
)
def test_what_shares_little_is_no_copy(what: str, text: str) -> None:
    memory = taken(ORIGINAL, article("b", "04-21 15:00", text=text))
    assert copied(memory, "b") == (), what


def test_two_short_items_are_copies_only_when_they_say_the_same() -> None:
    """Fewer than twelve words in a row are a stock phrase, so a short item counts when all of it is shared."""
    short = "Air sirens sound in the port of Odesa, the city council says"
    memory = taken(article("a", "04-21", text=short), article("b", "04-21", text=f"{short}."))
    assert copied(memory, "b") == ("a",)
    other = "Air sirens sound in the port of Odesa, a watchman at the silo says"
    assert copied(taken(article("a", "04-21", text=short), article("b", "04-21", text=other)), "b") == ()


def test_an_item_without_text_is_compared_by_its_summary_or_title() -> None:
    title = "Rockets hit a base in the west of Iraq, army says"
    one, two = (replace(article(name, "04-21", text=""), title=title) for name in "ab")
    assert copied(taken(one, two), "b") == ("a",)
    assert copied(taken(replace(one, summary=STORY), replace(two, summary=STORY)), "b") == ("a",)


@pytest.mark.parametrize(("hours", "found"), [(72, ("a",)), (72.01, ())])
def test_copies_are_published_within_72_hours(hours: float, found: tuple[str, ...]) -> None:
    later = ORIGINAL.published + timedelta(hours=hours)
    memory = taken(ORIGINAL, replace(ORIGINAL, id="b", published=later, taken_at=later))
    assert copied(memory, "b") == found


def test_a_revision_is_compared_anew_and_its_old_copies_let_it_go() -> None:
    other = prose(7)
    rewritten = replace(ORIGINAL, id="b", revision=2, text=other)
    memory = taken(ORIGINAL, replace(ORIGINAL, id="b"), article("c", "04-21", text=other), rewritten)
    assert [copied(memory, name) for name in "abc"] == [(), ("c",), ("b",)]


def test_prints_are_bounded_by_the_window_whatever_comes() -> None:
    """Of a hundred days, those of the last four are kept."""
    memory = DictMemory()
    for number in range(200):
        moment = at("01-01") + number * DAY / 2
        copies.note(
            replace(article(f"a{number}", "01-01", text=prose(number)), published=moment, taken_at=moment), (), memory, moment
        )
    assert len(memory._prints) == 9
    assert len(memory._prints._by_time) == 9
    assert set(memory._prints._holders.values()) <= {(f"a{number}",) for number in range(191, 200)}


def test_an_article_too_old_to_be_looked_for_leaves_no_print() -> None:
    memory = DictMemory()
    copies.note(ORIGINAL, (), memory, at("05-21"))
    assert len(memory._prints) == 0


def test_the_order_of_arrival_decides_nothing() -> None:
    """Articles of one attack, two of them copies, mixed with news of months: copies that came too late for the keys are found
    by way of their incident."""
    text = f"Rockets hit the base. {STORY}"
    told = [article("a", "04-22", text=text), article("b", "04-22 15:00", text=text), article("c", "04-22 16:00", text=prose(8))]
    told += [article(f"x{month}", f"0{month}-01", text=prose(month + 20)) for month in range(5, 9)]
    readings = [reading(each, *([attack(each, "04-21")] if each.id in "abc" else [])) for each in told]
    for seed in range(12):
        memory = DictMemory()
        for each in random.Random(seed).sample(readings, len(readings)):
            pipeline.take(each, memory, NO_RULES)
        (incident,) = memory.incidents_between(at("04-20"), at("04-23"))
        assert [(origin.name, origin.articles) for origin in incident.origins] == [("feed-a", ("a", "b")), ("feed-c", ("c",))], seed


def test_a_text_published_four_days_later_is_no_copy_though_it_came_late() -> None:
    """A late article is compared with those of its incident, within the same 72 hours."""
    memory = DictMemory()
    one, two = article("a", "04-22", text=STORY), article("b", "04-26", text=STORY)
    pipeline.take(reading(one, attack(one, "04-21")), memory, NO_RULES)
    pipeline.take(reading(article("x", "06-01", text=prose(30))), memory, NO_RULES)
    pipeline.take(reading(two, attack(two, "04-21")), memory, NO_RULES)
    (incident,) = memory.incidents_between(at("04-20"), at("04-23"))
    assert [origin.name for origin in incident.origins] == ["feed-a", "feed-b"]


def test_the_events_of_a_copy_go_on() -> None:
    """A copy that carries a new attack opens an incident for it."""
    memory = DictMemory()
    one, two = article("a", "04-22", text=STORY), article("b", "04-22 15:00", text=f"{STORY} Then came another.")
    pipeline.take(reading(one, attack(one, "04-21")), memory, NO_RULES)
    pipeline.take(reading(two, attack(two, "04-21"), attack(two, "04-22", offset=300)), memory, NO_RULES)
    assert copied(memory, "b") == ("a",)
    assert memory.count_incidents() == 2


@given(st.text(st.characters(max_codepoint=127)))
def test_the_quick_way_through_plain_text_finds_the_same_words(text: str) -> None:
    """A text with one sign beyond ASCII goes the long way; the rest of its words must not change by that."""
    assert copies._words(f"{text} é")[:-1] == copies._words(text)


def test_hashes_are_the_same_everywhere() -> None:
    """They stand in the store, and a journal must replay to the same bytes: nothing of them may depend on machine or process."""
    made = copies.print_of(article("a", "04-21", text="One two three four five six"))
    assert made is not None
    assert (made.shingles.hex(), made.keys) == ("397967294a39959a", (-3842513295493334727, 6611411498274470218))
