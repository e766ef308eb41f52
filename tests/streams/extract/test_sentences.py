"""Splitting by rule: offsets hold, abbreviations do not end, boilerplate is gone, captions and datelines are known."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams import clean
from streams.extract.sentences import MOST_CHARS, Prefilter, split

SEED = Path(__file__).parents[4] / "shared" / "seed"


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rockets hit the base. No one was hurt.", ["Rockets hit the base.", "No one was hurt."]),
        ("Gen. Ali Hadi spoke. He left.", ["Gen. Ali Hadi spoke.", "He left."]),
        ("The U.S. Army left. It will return.", ["The U.S. Army left.", "It will return."]),
        ("Rockets hit a base of the U.S. The base was empty.", ["Rockets hit a base of the U.S.", "The base was empty."]),
        ("It began at 3 a.m. on Sunday.", ["It began at 3 a.m. on Sunday."]),
        ("It weighs 3.5 tons. It flew.", ["It weighs 3.5 tons.", "It flew."]),
        ("“We will strike again.” The spokesman left.", ["“We will strike again.”", "The spokesman left."]),
        ("Who fired? Nobody knows!", ["Who fired?", "Nobody knows!"]),
        ("A drone fell near the St. George church.", ["A drone fell near the St. George church."]),
        ("Rockets hit the base\n\nNo one was hurt", ["Rockets hit the base", "No one was hurt"]),
        ("• A drone fell\n\n• A rocket fell", ["A drone fell", "A rocket fell"]),
        ("J. Smith spoke. He left.", ["J. Smith spoke.", "He left."]),
        (
            "Base hit\u2028For release\u2028\u2028Rockets hit\u2028the base.",
            ["Base hit", "For release", "Rockets hit\u2028the base."],
        ),
        ("Rockets hit the base.The army denied it.", ["Rockets hit the base.", "The army denied it."]),
        ("", []),
        (" \n\n … !!! \n", []),
    ],
)
def test_a_text_falls_into_the_sentences_that_a_reader_sees(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@pytest.mark.parametrize(
    ("text", "dateline"),
    [
        ("BAGHDAD, Jan 5 (Reuters) - Rockets hit the base.", "BAGHDAD, Jan 5 (Reuters)"),
        ("BAGHDAD (AP) — Rockets hit the base.", "BAGHDAD (AP)"),
        ("BAGHDAD, April 22 - Rockets hit the base.", "BAGHDAD, April 22"),
        ("BAGHDAD, Iraq (April 22, 2024) – Rockets hit the base.", "BAGHDAD, Iraq (April 22, 2024)"),
    ],
)
def test_a_dateline_is_taken_off_the_front_and_kept(text: str, dateline: str) -> None:
    (found,) = split(text)
    assert found.text == "Rockets hit the base."
    assert found.dateline == dateline


def test_breaking_is_no_place() -> None:
    (found,) = split("BREAKING - Rockets hit the base.")
    assert found.dateline == ""


def test_boilerplate_is_left_out_and_captions_are_flagged() -> None:
    text = "Rockets hit the base.\n\nRead more: The week in pictures\n\nFile photo: Troops at the base.\n\nNo one was hurt."
    found = split(text, clean.masked(text))
    assert [(each.text, each.caption) for each in found] == [
        ("Rockets hit the base.", False),
        ("File photo: Troops at the base.", True),
        ("No one was hurt.", False),
    ]


def test_a_stretch_without_an_end_is_cut_at_white_space() -> None:
    found = split("word " * 1000)
    assert len(found) > 1
    assert all(each.end - each.start <= MOST_CHARS for each in found)
    assert " ".join(each.text for each in found).split() == ["word"] * 1000


def test_a_wrapped_line_runs_on_and_a_meant_line_does_not() -> None:
    wrapped = "Rockets hit the base in the western desert early\non Sunday and nobody was hurt."
    assert len(split(wrapped)) == 1
    assert texts("Rockets hit the base\nNo one was hurt at all in the whole of the province") == [
        "Rockets hit the base",
        "No one was hurt at all in the whole of the province",
    ]


@pytest.mark.skipif(not SEED.is_dir(), reason="the seed article is not beside this repository")
def test_the_seed_falls_into_the_sentences_of_its_gold() -> None:
    text = (SEED / "article.txt").read_text("utf-8")
    gold = json.loads((SEED / "gold.json").read_text("utf-8"))["sentences"]
    assert [(each.start, each.end) for each in split(text, clean.masked(text))] == [
        (each["start"], each["end"]) for each in gold if each["kind"] == "text"
    ]
    assert {(mask.start, mask.end, mask.kind) for mask in clean.masked(text)} == {
        (each["start"], each["end"], "boilerplate") for each in gold if each["kind"] == "boilerplate"
    }


@pytest.mark.parametrize(
    "text", ["." * 50_000, "U.S. " * 10_000, "A B. " * 10_000, "\n a" * 20_000], ids=["stops", "U.S.", "initials", "lines"]
)
def test_a_text_made_to_be_slow_is_split_in_no_time(text: str) -> None:
    """Both first rows took minutes before the search was bounded."""
    began = time.process_time()
    split(text)
    assert time.process_time() - began < 5


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("aA .!?\n\"”“'().,-–•éЖ中。5\u00a0"), max_size=120))
def test_sentences_quote_the_text_in_order_and_never_overlap(text: str) -> None:
    last = 0
    for sentence in split(text):
        assert text[sentence.start : sentence.end] == sentence.text
        assert last <= sentence.start < sentence.end
        last = sentence.end


@pytest.mark.parametrize(
    ("sentence", "hit"),
    [
        ("Rockets HIT the base.", True),
        ("A white hat lay there.", False),
        ("The base came under  rocket-fire.", True),
        ("Kata’ib fighters left.", True),
        ("Des kàta'ib.", True),
        ("", False),
    ],
)
def test_the_prefilter_knows_word_edges_case_and_accents(sentence: str, hit: bool) -> None:
    assert Prefilter(["hit", "rocket fire", "kata'ib"]).hits(sentence) is hit


def test_a_prefilter_without_words_hits_nothing() -> None:
    assert not Prefilter([]).hits("Rockets hit the base.")
