"""Canonical links, and the scanner that reads guids from the bytes."""

import time

import pytest

from connectors.sources.feed_ids import Identity, article_ids, canonical_link
from connectors.sources.feed_raw import scan


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        ("https://News.Example/a?id=7&utm_source=rss&utm_medium=feed", "https://news.example/a?id=7"),
        ("https://news.example:443/a", "https://news.example/a"),
        ("https://news.example:8443", "https://news.example:8443/"),
        ("https://news.example/a#xtor=RSS-1", "https://news.example/a"),
        ("https://news.example/live#post-12", "https://news.example/live#post-12"),
        ("https://news.example/a?b=%C3%A9&c", "https://news.example/a?b=%C3%A9&c"),
        ("https://desk:hush@news.example/a", "https://news.example/a"),
        ("http://[2001:db8::1]:80/a", "http://[2001:db8::1]/a"),
        (" https://news.example/a\n", "https://news.example/a"),
        ('https://news.example/a b|<c>"d"?e={f}', "https://news.example/a%20b%7C%3Cc%3E%22d%22?e=%7Bf%7D"),
        ("javascript:alert(1)", ""),
        ("/relative", ""),
        ("at://did:plc:x/post", ""),
        ("http://[bad", ""),
        ("http://news.example:99999/", ""),
        ("https://news.example/\x00", ""),
    ],
)
def test_links_lose_what_is_not_theirs(link: str, canonical: str) -> None:
    assert canonical_link(link) == canonical


def test_a_guid_alone_is_the_id_whatever_the_link() -> None:
    assert (
        article_ids("wire", [Identity("g", "https://a.example/1", "x")])
        == article_ids("wire", [Identity("g", "", "y")])
        == ("wire:g",)
    )


def test_ids_with_the_same_parts_do_not_meet() -> None:
    found = article_ids(
        "wire", [Identity("g", "https://a.example/1", "x"), Identity("g", "https://a.example/2", "x"), Identity("h", "", "x")]
    )
    assert found == ("wire:g a.example/1", "wire:g a.example/2", "wire:h")


RAW = """<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "<entry>"><!ENTITY b "]">]>
<!-- <entry><id>comment</id></entry> -->
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:m="http://search.yahoo.com/mrss/" xml:base="http://base.example/"><id>feed</id>
<entry><id> a&amp;b </id><source><id>other</id></source><link rel="self" href="/self"/><link href="/one?x=1&amp;y=2"/>
<m:group><id>no</id></m:group></entry>
<entry><content type="xhtml"><div><id>inside</id></div></content><id><![CDATA[two]]></id></entry>
<entry><summary>open <br> tags</summary><id>three</id>
</feed>"""


def test_the_scanner_sees_identities_and_nothing_else() -> None:
    """Ids of the feed, of sources, of extensions and inside content are not the entry's; an entry not closed ends with the feed."""
    raw = scan(RAW)
    assert [(entry.guid, entry.link, entry.whole) for entry in raw.entries] == [
        ("a&b", "/one?x=1&y=2", True),
        ("two", "", True),
        ("three", "", True),
    ]
    assert raw.ended


@pytest.mark.parametrize("end", ["<entry><id>3", "<entry><![CDATA[x", "<entry><!-- ", "<entry", "<entry><id>3</id></entr"])
def test_the_scanner_knows_a_document_that_broke_off(end: str) -> None:
    raw = scan("<feed><entry><id>1</id></entry><entry><id>2</id></entry>" + end)
    assert not raw.ended
    assert [entry.guid for entry in raw.entries if entry.whole] == ["1", "2"]


PIECES = [
    "<",
    "<!--",
    "<![CDATA[",
    "<?",
    "<!x[",
    "<a",
    "<a b='",
    "<item>",
    "</item>",
    "<item><guid>",
    "&#1;",
    "<a><b></a>",
    "xmlns:a='",
]
WHOLES = [
    "<item>" + "<x>" * 60_000 + "</y>" * 60_000,
    f"<item {'a' * 400_000}>",
    f"<item {'a=' * 200_000}>",
    "<item " + "a='" * 133_333,
]


@pytest.mark.parametrize(
    "text", [*("<rss>" + piece * (400_000 // len(piece)) for piece in PIECES), *WHOLES], ids=lambda text: text[:20]
)
def test_the_scanner_takes_linear_time(text: str) -> None:
    """Whatever 400 kB repeat, it is read in a moment."""
    begun = time.perf_counter()
    scan(text)
    assert time.perf_counter() - begun < 4
