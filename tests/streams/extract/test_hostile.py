"""Whatever a text holds: no exception, spans that quote it, the same events in any company, and work bounded by its size."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sources.archive import article as from_line
from streams import clean
from streams.extract import merge, sentences
from streams.extract.reader import Extractor, load
from streams.records.flow import Article, Reading, Span

PUBLISHED = datetime(2024, 4, 22, 12, tzinfo=UTC)
ATTACK = "Rockets hit a U.S. base in Syria on Sunday, killing three soldiers."


def story(text: str, title: str = "", name: str = "a") -> Article:
    return Article(id=name, source="wire", url="", title=title, text=text, published=PUBLISHED, taken_at=PUBLISHED)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


def spans(value: object) -> Iterator[Span]:
    """Every span inside a record, however deep."""
    if isinstance(value, Span):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from spans(item)
    else:
        for name in getattr(type(value), "__dataclass_fields__", ()):
            yield from spans(getattr(value, name))


def quotes_its_article(reading: Reading) -> bool:
    parts = {"title": reading.article.title, "text": reading.article.text}
    return all(parts[span.where][span.start : span.end] == span.text for span in spans(reading.events))


HOSTILE = {
    "empty": "",
    "one word": "attack",
    "no sentence end": f"{ATTACK[:-1]} and " * 40,
    "upper case": f"{ATTACK} THE ATTACK WAS CLAIMED BY KATAIB HEZBOLLAH. ".upper() * 5,
    "markup": f"<p>{ATTACK}</p><script>alert('attack')</script><b>Gunmen</b> &lt;killed&gt; two &amp; fled." * 5,
    "mixed languages": f"{ATTACK} Ракеты упали на базу. سقطت صواريخ على قاعدة. 基地が攻撃された。 {ATTACK}",
    "controls": ATTACK.replace(" ", " \x00\x07\x1b") * 3,
    "right to left": f"\u202e{ATTACK}\u202c \u200f{ATTACK}\u2067{ATTACK}\u2069",
    "lone surrogates": "\ud800".join(ATTACK.split(" ")) + f" \udfff {ATTACK}",
    "accents on accents": "".join(char + "\u0301" * 3 for char in ATTACK),
    "wide spaces": ATTACK.replace(" ", "\u2003\u00a0"),
    "full stops": "." * 100_000,
    "dots and spaces": ". " * 50_000,
    "one long word": "a" * 100_000,
    "one long name": "Aleppo" * 15_000,
    "quotes": '"' * 10_000 + ATTACK + "“" * 10_000,
    "brackets": "(" * 5_000 + ATTACK + ")" * 5_000,
    "deep clauses": "the attack that killed the man that " * 60 + "ran.",
    "nested attacks": "(attack [" * 300,
    "links": ". See also: the attack" * 2_000,
    "blank lines": "attack\n\n \n" * 3_000,
    "numbers": "killed 9" + "9" * 400 + " soldiers in an attack on 31 February 0000 at 99:99.",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_raises_nothing_and_every_span_holds(extractor: Extractor, text: str) -> None:
    for reading in extractor.read([story(text), story(ATTACK, title=text[:20_000]), story(f"{text}\n\n{ATTACK}")]):
        assert quotes_its_article(reading)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_can_be_cleaned(text: str) -> None:
    cleaned = clean.from_html(text)
    assert all(0 <= mask.start < mask.end <= len(cleaned) for mask in clean.masked(cleaned))
    assert len(clean.fingerprint(text, cleaned, "")) == 32


def test_a_megabyte_is_left_unread_and_says_so(extractor: Extractor) -> None:
    (long_text, long_title, fine) = extractor.read([story("attack " * 150_000), story(ATTACK, title="x" * 300_000), story(ATTACK)])
    assert (long_text.unread, long_title.unread, fine.unread) == ("too-long", "too-long", None)
    assert len(fine.events) == 1


PIECES = [
    "rockets", "hit", "a U.S. base", "in Syria", "on Sunday", "killing", "three", "soldiers", "the attack", "claimed", "by",
    "Kataib Hezbollah", "“", "”", '"', "(", ")", ".", ". ", "! ", "? ", "\n", "\n\n", " ", "\t", "\u00a0", "\x00", "\ud800",
    "\u202e", "é", "İ", "ß", "ﬁ", "قاعدة", "基地。", "U.S.", "Gen.", "’s", "—", "-", "no", "was", "had yet to comment",
    "it was unclear whether", "File photo:", "(Reuters) -", "BAGHDAD, Jan 5 (AP) -", "See also: more", "<b>", "&amp;", "2024",
    "at 3 a.m.", "since February",
]  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=40),
    st.lists(st.sampled_from(PIECES), max_size=8),
    st.sampled_from(["", " "]),
)
def test_every_span_of_any_text_quotes_it(extractor: Extractor, text: list[str], title: list[str], glue: str) -> None:
    (reading,) = extractor.read([story(glue.join(text), title=glue.join(title))])
    assert quotes_its_article(reading)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=60))
def test_sentences_lie_in_order_and_quote_their_text(pieces: list[str]) -> None:
    text, last = "".join(pieces), 0
    for one in sentences.split(text, clean.masked(text)):
        assert text[one.start : one.end] == one.text
        assert last <= one.start < one.end <= one.start + sentences.MOST_CHARS
        last = one.end


def test_an_article_tells_no_more_events_than_the_bound(extractor: Extractor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "MOST_EVENTS", 3)
    text = (
        "Gunmen abducted a priest in Mosul on Friday. Rockets hit a school in Aleppo on Monday. Police arrested two men in Homs on "
        "Thursday. Thousands protested in Basra on Wednesday. An earthquake shook Kirkuk on Saturday."
    )
    (reading,) = extractor.read([story(text)])
    assert len(reading.events) == 3


def test_neither_company_nor_order_nor_size_of_a_batch_changes_an_event(extractor: Extractor) -> None:
    """Sentences of many articles are parsed together, in two rounds."""
    with Path("tests/data/near_misses_kinds.jsonl").open(encoding="utf-8") as file:
        lines = [from_line({"source": "x", **line}) for line in map(json.loads, list(file)[::3])]
    articles = [*lines, story("", name="empty"), story("Ракеты упали на базу на западе страны, сообщили военные.", name="ru")]
    alone = {each.id: extractor.read([each])[0] for each in articles}
    assert sum(len(reading.events) for reading in alone.values()) > 30
    for seed, size in ((1, 3), (2, 7), (3, 200)):
        mixed = random.Random(seed).sample(articles, len(articles))
        for first in range(0, len(mixed), size):
            for reading in extractor.read(mixed[first : first + size]):
                assert reading == alone[reading.article.id]
