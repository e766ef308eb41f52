"""Feed text made harmless: for any text whatever."""

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.hostile import host_of, tame, tame_link

SEPARATORS = {"\u2028", "\u2029", "\x85", "\n", "\r", "\t", "\x0b", "\x0c"}


@given(st.text(max_size=300), st.integers(1, 120))
@example("a\u202eb\r\n\x1b[31m", 50)
@example("e" + "\u0301" * 50, 50)
def test_any_text_becomes_one_bounded_line_of_visible_characters(text, limit):
    made = tame(text, limit)
    assert len(made) <= limit
    assert not set(made) & SEPARATORS
    assert not [one for one in made if unicodedata.category(one)[0] == "C" and one not in "\u200c\u200d"]
    assert "  " not in made


@given(st.text(alphabet="abcé ü中 -", max_size=60))
def test_plain_text_stays_as_it_is(text):
    assert tame(text) == " ".join(text.split(" ")) or "  " in text


def test_what_is_cut_says_so():
    assert tame("abcdef", 4) == "abc…"
    assert tame("ab" + " " * 100_000 + "cd", 10).endswith("…")


def test_a_megabyte_costs_no_time():
    start = time.perf_counter()
    tame("\u0301\u202e \n" * 1_000_000)
    assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://example.org/a?b=c&d=e#f", "https://example.org/a?b=c&d=e#f"),
        (" HTTPS://Example.org/a b ", "https://example.org/a%20b"),
        ("http://bücher.example/ä", "http://xn--bcher-kva.example/%C3%A4"),
        ("http://example.org:8080/x%20y", "http://example.org:8080/x%20y"),
        ('https://x.example/"><script>|', "https://x.example/%22%3E%3Cscript%3E%7C"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://reuters.com@evil.example/", ""),
        ("https://x\ny.example/", ""),
        ("//example.org/", ""),
        ("https://", ""),
        ("http://[::1", ""),
        ("https://x.example/" + "a" * 3000, ""),
        ("", ""),
    ],
)
def test_only_plain_web_addresses_become_links(address, link):
    assert tame_link(address) == link


def test_where_a_link_leads():
    assert host_of("https://www.example.org/x") == "example.org"
    assert host_of("") == ""
