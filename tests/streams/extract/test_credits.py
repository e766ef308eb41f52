"""Whose word an article says it rests on: the outlets it credits, for the whole of it or for one sentence."""

import pytest

from streams.extract.credits import Creditor
from streams.knowledge import world
from streams.records.flow import Article
from tests.builders import at

CREDITOR = Creditor(world.load())
PLAIN = "Five rockets hit the base. Nobody was hurt. The gate was shut. The road was open again by noon."


def credited(text: str, title: str = "Rockets hit the base", url: str = "") -> list[str]:
    """Names of the whole article; those of one sentence with the sentence behind them."""
    moment = at("04-22")
    article = Article(id="a", source="herald", url=url, title=title, text=text, published=moment, taken_at=moment)
    return [one.name + (f": {text[one.start : one.end]}" if one.end else "") for one in CREDITOR.credits(article)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Five rockets hit the base, two security sources told Reuters.", ["Reuters"]),
        ("According to Reuters, five rockets hit the base.", ["Reuters"]),
        ("Five rockets hit the base, according to Agence France-Presse.", ["AFP"]),
        ("Five rockets hit the base, The Associated Press reported, citing an officer.", ["AP"]),
        ("Five rockets hit the base, Meridian Wire reported.", ["Meridian Wire"]),
        ("Five rockets hit the base, an officer told the Levant Dispatch on Sunday.", ["Levant Dispatch"]),
        ("Five rockets hit the base, in images verified by Reuters and cited by Al Jazeera.", ["Al Jazeera", "Reuters"]),
        ("BAGHDAD, Jan 5 (Reuters) - Five rockets hit the base.", ["Reuters"]),
        ("BAGHDAD (AFP) — Five rockets hit the base.", ["AFP"]),
        (f"{PLAIN}\n\n(Reporting by A. Writer; with inputs from AFP)", ["AFP"]),
        (f"{PLAIN}\n\nThe Associated Press contributed to this report.", ["AP"]),
        (f"{PLAIN}\n\nOur Standards: The Thomson Reuters Trust Principles.", ["Reuters"]),
        (f"{PLAIN}\n\n© 2024 AFP", ["AFP"]),
        (f"{PLAIN}\n\nSource: Xinhua", ["Xinhua"]),
    ],
)
def test_a_credit_is_read_in_the_forms_that_outlets_use(text: str, names: list[str]) -> None:
    assert credited(text) == names


@pytest.mark.parametrize(
    "title", ["Rockets hit the base - Reuters", "Reuters: Rockets hit the base", "Rockets hit base, officer tells Reuters"]
)
def test_a_credit_in_the_title_speaks_for_the_article(title: str) -> None:
    assert credited(PLAIN, title) == ["Reuters"]


def test_an_agencys_own_address_is_its_credit() -> None:
    assert credited(PLAIN, url="https://www.reuters.com/world/rockets") == ["Reuters"]
    assert credited(PLAIN, url="https://reuters.com.example/world/rockets") == []


def test_a_credit_below_the_head_speaks_for_its_sentence() -> None:
    last = "Similar rockets were used in 2019, AFP reported at the time."
    assert credited(f"{PLAIN} {last}") == [f"AFP: {last}"]


@pytest.mark.parametrize(
    "text",
    [
        "Five rockets hit the base, two officers said.",
        "The minister told Congress that five rockets hit the base.",
        "Five rockets hit the base, the officer told reporters.",
        "According to Colonel Hadi, five rockets hit the base.",
        "The army reported five rockets at the base.",
        "A report by the United Nations names the base.",
        "The reporter was told to leave, and the post was closed.",
        "",
    ],
)
def test_who_is_no_outlet_is_no_credit(text: str) -> None:
    assert credited(text) == []


def test_a_feed_of_the_demo_shows_it_all_the_way() -> None:
    """Reader to reading: what the matcher is handed."""
    assert credited("An officer told Meridian Wire that rockets fell. Levant Dispatch reports the same.") == [
        "Levant Dispatch",
        "Meridian Wire",
    ]
