"""Whose word an incident rests on: credits, copies, speakers; what is not known to be independent never counts as one more."""

import random
from dataclasses import replace
from typing import Any

import pytest

from streams.incidents.origins import origins
from streams.records.flow import Article, Attribution, Event, Origin, Span
from streams.records.prints import Backing, Credit
from tests.builders import article, attack

TIMES = {"a": "04-22", "b": "04-22 13:00", "c": "04-22 14:00", "d": "04-22 15:00", "e": "04-22 16:00"}


def said(who: str = "", via: str = "", actor: str | None = None, speaker: Any = "official") -> tuple[Attribution, ...]:
    return (Attribution(span=Span(who, 0, len(who)), speaker=speaker, actor=actor, via=via),) if who or actor else ()


def told(words: dict[str, tuple[Attribution, ...]], *backings: Backing) -> list[tuple[str, str, bool]]:
    """(name, articles, independent) of an attack told by articles, each with its attributions; whatever order they are read in."""
    articles = [article(name, TIMES[name]) for name in words]
    events = [attack(each, "04-21", attribution=words[each.id]) for each in articles]
    known = {backing.article: backing for backing in backings}
    found = origins(articles, events, known)
    for seed in range(4):
        mixed = random.Random(seed)
        assert origins(mixed.sample(articles, len(articles)), mixed.sample(events, len(events)), known) == found
    return [(one.name, "".join(one.articles), one.independent) for one in found]


def test_articles_that_credit_one_agency_are_one_origin() -> None:
    assert told({"a": said("an official", "Reuters"), "b": said("two officials", "Reuters")}) == [("Reuters", "ab", True)]


def test_two_agencies_are_two_origins() -> None:
    assert told({"a": said("an official", "Reuters"), "b": said("a general", "AFP")}) == [
        ("AFP", "b", True),
        ("Reuters", "a", True),
    ]


def test_a_credit_of_the_whole_article_counts_as_one_in_a_sentence() -> None:
    assert told({"a": (), "b": said("a general", "AFP")}, Backing(article="a", credits=(Credit(name="AFP"),))) == [
        ("AFP", "ab", True)
    ]


def test_a_credit_further_down_speaks_for_its_sentence_only() -> None:
    """ "AFP reported last year" in an article on today's rockets."""
    here = Backing(article="a", credits=(Credit(name="AFP", start=0, end=60),))
    elsewhere = Backing(article="b", credits=(Credit(name="AFP", start=900, end=960),))
    assert told({"a": (), "b": ()}, here, elsewhere) == [("AFP", "a", True), ("feed-b", "b", False)]


def test_no_credit_means_independence_unknown() -> None:
    assert told({"a": said("an official", "Reuters"), "b": said("a farmer"), "c": ()}) == [
        ("Reuters", "a", True),
        ("feed-b", "b", False),
        ("feed-c", "c", False),
    ]


def test_a_copy_rests_on_what_the_copied_text_rests_on() -> None:
    """The credit line was cut off; a copy of a copy is a copy."""
    links = (Backing(article="a", copies=("b",)), Backing(article="b", copies=("a", "c")), Backing(article="c", copies=("b",)))
    assert told({"a": said("an official", "Reuters"), "b": (), "c": ()}, *links) == [("Reuters", "abc", True)]


def test_copies_of_a_text_without_credit_are_one_of_unknown_independence_named_after_who_had_it_first() -> None:
    assert told({"a": (), "b": ()}, Backing(article="a", copies=("b",)), Backing(article="b", copies=("a",))) == [
        ("feed-a", "ab", False)
    ]


@pytest.mark.parametrize(
    ("credited", "uncredited"),
    [
        (said("two security sources", "Reuters"), said("security sources")),
        (
            said("the Pentagon", "Reuters", actor="us-defense-department"),
            said("the U.S. Defense Department", actor="us-defense-department"),
        ),
    ],
)
def test_a_rewrite_that_quotes_the_same_speaker_rests_on_the_same_word(
    credited: tuple[Attribution, ...], uncredited: tuple[Attribution, ...]
) -> None:
    assert told({"a": credited, "b": uncredited}) == [("Reuters", "ab", True)]


def test_the_credited_outlets_own_article_is_its_word() -> None:
    assert told({"a": (), "b": said("an official", "Feed A")}) == [("Feed A", "ab", True)]


def test_two_agencies_that_quote_one_speaker_stay_two() -> None:
    """A credit says more than a speaker: both heard him."""
    one, two = said("the minister", "Reuters", "minister"), said("the minister", "AFP", "minister")
    assert [name for name, _, _ in told({"a": one, "b": two})] == ["AFP", "Reuters"]


def test_uncredited_articles_that_quote_one_speaker_are_one_of_unknown_independence() -> None:
    speaker = said("a shepherd of Anbar", speaker="witness")
    assert told({"a": speaker, "b": (), "c": (*speaker, *said("the mayor of Rawa")), "d": said("the mayor of Rawa")}) == [
        ("feed-a", "acd", False),
        ("feed-b", "b", False),
    ]


@pytest.mark.parametrize("who", ["officials", "the official", "a statement"])
def test_a_speaker_of_one_word_is_whoever(who: str) -> None:
    assert told({"a": said(who, "Reuters"), "b": said(who)}) == [("Reuters", "a", True), ("feed-b", "b", False)]


def test_a_medium_quoted_without_credit_is_no_shared_speaker() -> None:
    """ "Media reported" says nothing of which."""
    media = said("media", speaker="media")
    assert [name for name, _, _ in told({"a": media, "b": media})] == ["feed-a", "feed-b"]


def test_copies_outside_the_incident_play_no_part() -> None:
    assert told({"a": ()}, Backing(article="a", copies=("elsewhere",))) == [("feed-a", "a", False)]


def test_one_feed_twice_is_one_name() -> None:
    articles = [replace(article(name, TIMES[name]), source="herald") for name in "ab"]
    events: list[Event] = [attack(each, "04-21") for each in articles]
    assert origins(articles, events, {}) == (Origin(name="herald", articles=("a", "b"), independent=False),)


def test_an_incident_without_articles_has_no_origin() -> None:
    nothing: list[Article] = []
    assert origins(nothing, [], {}) == ()
