"""Items added to a YAML text: read back they are there, and every other line is untouched."""

from difflib import ndiff
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.notation.marked_yaml import load, plain
from streams.notation.yaml_edit import appended, lines_of, scalar

BLOCK = """\
# a pack
version: 1

rules:
  - id: one   # the first
    tests:
    - fires: text   # why not
    - silent: >-
        long # no comment
        text

    # what follows is about severity
    severity: high

  - {id: two, tests: [{fires: a}, {silent: "b]"} ], severity: low}
  - id: three
    severity: low   # none yet

  # the end
"""
ITEM = {"fires": "Rockets hit a base: two dead.", "why": "from https://news.example/a#1"}


def added(text: str, rule: int, item: dict[str, Any] = ITEM) -> list[str]:
    """The lines that adding an item brings, after a look that it is read back as the last test, and that nothing else changed."""
    after = appended(text, ("rules", rule, "tests"), item)
    before, now = plain(load(text, "a")), plain(load(after, "a"))
    before["rules"][rule].setdefault("tests", []).append(item)
    assert now == before
    changed = [line for line in ndiff(text.splitlines(keepends=True), after.splitlines(keepends=True)) if line[0] in "+-"]
    return [line.rstrip("\n") for line in changed]


def test_the_end_of_a_block_list() -> None:
    """After the last item, before what is said of the next key; indented like its neighbours."""
    assert added(BLOCK, 0) == [
        '+     - fires: "Rockets hit a base: two dead."',
        "+       why: from https://news.example/a#1",
    ]
    assert appended(BLOCK, ("rules", 0, "tests"), ITEM).splitlines()[9:13] == [
        "        text",
        '    - fires: "Rockets hit a base: two dead."',
        "      why: from https://news.example/a#1",
        "",
    ]


def test_the_end_of_a_list_in_brackets() -> None:
    """On its line, also where a bracket stands in a text."""
    (old, new) = added(BLOCK, 1)
    assert old == '-   - {id: two, tests: [{fires: a}, {silent: "b]"} ], severity: low}'
    assert new == (
        '+   - {id: two, tests: [{fires: a}, {silent: "b]"}, {fires: "Rockets hit a base: two dead.", '
        'why: "from https://news.example/a#1"} ], severity: low}'
    )


def test_a_rule_without_tests_gets_the_key() -> None:
    """As its last key, in block style and in brackets."""
    assert added(BLOCK, 2) == [
        "+     tests:",
        '+       - fires: "Rockets hit a base: two dead."',
        "+         why: from https://news.example/a#1",
    ]
    assert added("rules: [{id: a}]\n", 0, {"silent": "x"}) == ["- rules: [{id: a}]", '+ rules: [{id: a, tests: [{silent: "x"}]}]']


@pytest.mark.parametrize("text", ["rules: [{id: a, tests: []}]", "rules:\n- id: a\n  tests:\n  - fires: x", "rules:\n- id: a"])
def test_a_file_whose_last_line_has_no_end(text: str) -> None:
    """It is ended where a line follows."""
    added(text, 0)


def test_line_breaks_are_those_of_the_file() -> None:
    """An editor of Windows would show one long line otherwise."""
    after = appended(BLOCK.replace("\n", "\r\n"), ("rules", 0, "tests"), ITEM)
    assert "\n" not in after.replace("\r\n", "")


def test_a_comma_and_a_comment_before_the_bracket() -> None:
    """The item goes behind its neighbour, not into the comment."""
    added("rules:\n  - id: a\n    tests: [\n      {fires: x}, # last ]\n    ]\n", 0)
    added("rules:\n  - id: a\n    tests: [\n      {fires: x} # last ]\n    ]\n", 0)


@pytest.mark.parametrize("rule", [0, 1, 2])
def test_a_list_of_maps_inside(rule: int) -> None:
    """A timeline of texts."""
    added(BLOCK, rule, {"fires": [{"text": "a", "published": "2031-01-05"}, {"text": "b"}], "why": "c"})


def test_a_path_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        appended(BLOCK, ("lists", "a"), ITEM)


def test_lines_of_an_entry() -> None:
    """Without the empty lines and comments that follow."""
    lines = BLOCK.splitlines()
    found = [lines_of(BLOCK, ("rules", number)) for number in range(3)]
    assert [(lines[first], lines[end - 1]) for first, end in found] == [
        ("  - id: one   # the first", "    severity: high"),
        (lines[14], lines[14]),
        ("  - id: three", "    severity: low   # none yet"),
    ]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from([0, 1, 2]))
def test_any_text_comes_back(text: str, rule: int) -> None:
    """Whatever stands in an article: signs of YAML, line breaks, other scripts, control characters."""
    added(BLOCK, rule, {"fires": text})


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("A drone hit a base.", "A drone hit a base."),
        ("no", "no"),
        ("null", '"null"'),
        ("12", '"12"'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("- a", '"- a"'),
        (" a", '" a"'),
        ('"Go," he said.', '"\\"Go,\\" he said."'),
        ("a\u2028b", '"a\\u2028b"'),
        ("a\u202eb \U000e0001", '"a\\u202eb \\U000e0001"'),  # turned round, and invisible: an editor would show another text
        ("\x1b[2J\x9b", '"\\u001b[2J\\u009b"'),
        ("Café in كركوك", "Café in كركوك"),
        (" ".join(["word"] * 30), ">-\n      " + " ".join(["word"] * 23) + "\n      " + " ".join(["word"] * 7)),
        ("two  spaces " * 12 + "end", '"' + "two  spaces " * 12 + 'end"'),
    ],
)
def test_how_a_text_is_written(value: str, written: str) -> None:
    """As a person would, where it can be read back so."""
    assert scalar(value, "    ") == written
