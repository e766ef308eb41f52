"""Readings on a terminal: marks, tables, and text that would like to be more than text."""

import io
import re
from datetime import UTC, datetime

import pytest
from rich.console import Console

from streams.cli import terminal
from streams.extract.reader import Extractor, load
from streams.records.flow import Article, Reading

PUBLISHED = datetime(2024, 4, 22, 12, tzinfo=UTC)  # a Monday
STORY = (
    "Gunmen killed four aid workers in an ambush near Mosul in northern Iraq on Sunday, two Iraqi officials told Reuters.\n\n"
    "Drones hit a power plant in Erbil on Saturday, the governor said."
)
HOSTILE = (
    "[red]Gunmen[/red] killed \x1b[31mfour\x07 aid workers\x1b]8;;http://evil.example\x07 in \u202eluos\u202cMosul[/] on Sunday,\r"
    "police\x00 said :bomb:.\u2028\u200fRockets hit a base in Erbil on Sunday\u2066."
)
SGR = re.compile(r"\x1b\[[\d;]*m")


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


def reading(extractor: Extractor, text: str, title: str = "", name: str = "a") -> Reading:
    article = Article(id=name, source="wire", url="", title=title, text=text, published=PUBLISHED, taken_at=PUBLISHED)
    return extractor.read([article])[0]


def shown(one: Reading, *, coloured: bool = False, **more: object) -> str:
    out = io.StringIO()
    system = {"force_terminal": True, "color_system": "standard"} if coloured else {}
    terminal.Screen(Console(file=out, width=200, highlight=False, markup=False, **(system | more))).show(one)  # type: ignore[arg-type]
    return out.getvalue()


def test_without_colour_brackets_say_who_did_what(extractor: Extractor) -> None:
    """A letter for the role, a number for the event; the numbers are those of the tables."""
    text = shown(reading(extractor, STORY, title="Gunmen kill aid workers in Iraq"))
    assert "[A1 Gunmen]" in text
    assert "[T1 four aid workers]" in text
    assert "[P1 Mosul]" in text
    assert "[W1 Sunday]" in text
    assert "[I2 Drones] [D2 hit] [T2 a power plant" in text
    assert text.count("[A1 Gunmen]") == 2
    assert "A actor  T target" in text
    assert re.search(r"^Event 2: \S+$", text, re.MULTILINE)
    assert "\x1b" not in text


def test_a_table_names_what_the_article_does_not_say(extractor: Extractor) -> None:
    one = reading(extractor, "Drones hit a power plant in Erbil on Saturday.")
    (target,) = one.events[0].targets
    text = shown(one)
    assert re.search(r"^ +who +– *$", text, re.MULTILINE)
    assert re.search(rf"^ +whom +{target.span.text}  \({target.kind}.*\) *$", text, re.MULTILINE)
    assert re.search(r"^ +when +Saturday  \(2024-04-20 to 2024-04-21 UTC, day\) *$", text, re.MULTILINE)


def test_colour_is_used_where_there_is_some_and_only_then(extractor: Extractor) -> None:
    """NO_COLOR asks for none, and a terminal may have none (TERM=dumb)."""
    one = reading(extractor, STORY)
    text = shown(one, coloured=True)
    assert "\x1b[30;43mGunmen\x1b[0m\x1b[2m¹" in text
    assert "[A1" not in text
    assert "[A1 Gunmen]" in shown(one, coloured=True, no_color=True)
    assert "[A1 Gunmen]" in shown(one, force_terminal=True, color_system=None)


@pytest.mark.parametrize("coloured", [False, True])
def test_hostile_text_stays_text(extractor: Extractor, coloured: bool) -> None:
    """Nothing of it steers the terminal, turns its direction or is taken as markup."""
    text = shown(reading(extractor, HOSTILE, title="[bold]Rockets\x1b[2J hit a base\u202e"), coloured=coloured)
    plain = SGR.sub("", text)
    assert re.search(r"[^\n\x20-\x7e\xa0-\uffff]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]", plain) is None
    assert "[red]" in plain
    assert "[/red]" in plain
    assert "[bold]" in plain
    assert ":bomb:" in plain


def test_what_was_not_read_says_why_and_is_cut(extractor: Extractor) -> None:
    text = shown(reading(extractor, "Ракеты попали в базу в воскресенье. " * 200))
    assert "not read: language:ru" in text
    assert "characters more" in text
    assert len(text) < 4_000
    assert "no events" in shown(reading(extractor, "The weather was mild."))
