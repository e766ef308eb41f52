"""Records of topics: cut to size and flagged, or set aside with where and why."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders import article

from streams import wire
from streams.errors import RecordError, WireError
from streams.letters import ARTICLE_BYTES, Raw, dead, packed, set_aside
from streams.records.flow import Article

NOON = datetime(2024, 4, 22, 12, tzinfo=UTC)
PARAGRAPH = "Rockets were fired at the garrison of Rumalin on Sunday, an official said. " * 5


def test_an_article_that_fits_stays_as_it_is() -> None:
    """Its own bytes, and no flag."""
    short = article("a", "04-22 06:00")
    value, within = packed(short)
    assert within == short
    assert wire.decode(value, Article) == short


@pytest.mark.parametrize("text", ["x" * 2_000_000, "„Ü" * 700_000, "\n\n".join([PARAGRAPH] * 5_000), '"\\' * 600_000])
def test_an_article_of_two_megabytes_is_cut_below_the_limit_and_flagged(text: str) -> None:
    """Also where a character takes three bytes or an escape; what is left is the beginning, and most of what fits."""
    long = replace(article("a", "04-22 06:00"), text=text)
    value, within = packed(long)
    assert len(value) <= ARTICLE_BYTES
    assert len(value) > 0.8 * ARTICLE_BYTES
    assert within.clipped
    assert text.startswith(within.text)
    assert wire.decode(value, Article) == within


def test_a_cut_falls_between_paragraphs_where_there_are_any() -> None:
    """Half a sentence could say the contrary of the whole."""
    long = replace(article("a", "04-22 06:00"), text="\n\n".join([PARAGRAPH] * 5_000))
    assert packed(long)[1].text.endswith(PARAGRAPH)


def test_an_article_that_no_cut_makes_short_enough_is_a_fault_of_the_record() -> None:
    """A name of a megabyte is part of the article's identity and cannot be cut."""
    with pytest.raises(RecordError, match=r"has \d+ bytes without its text; 900000 go into a message"):
        packed(replace(article("a" * 1_000_000, "04-22 06:00"), text="Rockets."))


def test_a_dead_letter_keeps_its_bytes_and_says_where_it_stood() -> None:
    """Also when it is sent again and set aside again: the first place and the first time stay."""
    raw = Raw(topic="t.articles", partition=2, offset=17, key=b"k", value=b"\xff{", stamped=NOON)
    first = set_aside(raw, "t.dead", "decode", WireError("no JSON"), NOON)
    assert (first.topic, first.key, first.value) == ("t.dead", b"k", b"\xff{")
    told = dead(first.headers)
    assert told is not None
    assert (told.topic, told.partition, told.offset, told.stage) == ("t.articles", 2, 17, "decode")
    assert (told.error, told.first_seen) == ("WireError: no JSON", NOON)
    again = replace(raw, offset=40, headers=first.headers)
    second = dead(set_aside(again, "t.dead", "extract", ValueError("x"), NOON.replace(hour=13)).headers)
    assert second == replace(told, stage="extract", error="ValueError: x")


def test_headers_of_something_else_are_no_dead_letter() -> None:
    """None, and no exception."""
    assert dead({}) is None
    assert dead({"topic": b"t", "partition": b"two", "offset": b"1", "stage": b"", "error": b"", "first_seen": b""}) is None
