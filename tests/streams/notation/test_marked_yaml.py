"""YAML with positions: what is read, where it stands, and what is refused."""

import json
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.errors import FileMistakes
from streams.notation.marked_yaml import Items, Map, Scalar, load, mistake, named, plain, read, read_text, unknown_keys


def told(text: str) -> list[str]:
    """All mistakes of a text."""
    return [str(one).removeprefix("f:") for one in read(text, "f")[1]]


def test_keys_values_and_items_know_where_they_stand() -> None:
    """Lines and columns from 1, columns in characters."""
    root = load("é: 1\nb:\n  - x\n  - {c: [y, z]}\n", "some.yaml")
    assert isinstance(root, Map)
    assert (root.path, root.line, root.column) == ("some.yaml", 1, 1)
    assert root.keys["é"] == Scalar("é", "é", "some.yaml", 1, 1)
    assert root.get("é") == Scalar(1, "1", "some.yaml", 1, 4)
    items = root.get("b")
    assert isinstance(items, Items)
    assert (items.line, items.column) == (3, 3)
    assert items.items[0] == Scalar("x", "x", "some.yaml", 3, 5)
    inner = items.items[1]
    assert isinstance(inner, Map)
    assert (inner.keys["c"].line, inner.keys["c"].column) == (4, 6)
    assert plain(root) == {"é": 1, "b": ["x", {"c": ["y", "z"]}]}


def test_lines_count_the_same_whatever_ends_them() -> None:
    """Windows line ends, a byte order mark, and the characters that break lines in YAML 1.1 only."""
    for text in ("a: 1\r\nb: {c: 1, c: 2}\r\n", "\ufeffa: 1\nb: {c: 1, c: 2}\n", "a: 1 \u2028 \x85 2\nb: {c: 1, c: 2}\n"):
        assert told(text) == ['2:11: key "c" stands here twice; first in line 2']


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("off", "off"),
        ("y", "y"),
        ("NO", "NO"),
        ("12:30", "12:30"),
        ("2024-02-04", "2024-02-04"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("=", "="),
        ("<<", "<<"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("7", 7),
        ("-7", -7),
        ("007", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("1e3", 1000.0),
        ("1.5", 1.5),
        ("9" * 19, "9" * 19),
        ("1" * 5000, "1" * 5000),
        ("1" * 40 + ".5", "1" * 40 + ".5"),
        ("'7'", "7"),
        ('"true"', "true"),
        ("'~'", "~"),
        ("|\n  two\n  lines\n", "two\nlines\n"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    """The core schema; what YAML 1.1 would guess stays a text."""
    root = load(f"a: {text}\n", "f")
    assert isinstance(root, Map)
    scalar = root.values["a"]
    assert isinstance(scalar, Scalar)
    assert scalar.value == value
    assert type(scalar.value) is type(value)


def test_keys_are_texts_as_written() -> None:
    """`NO:` is Norway and `1:` is no number."""
    assert plain(load("NO: a\n1: b\ntrue: c\n~: d\n", "f")) == {"NO": "a", "1": "b", "true": "c", "~": "d"}


def test_an_empty_document_is_a_null() -> None:
    """Comments do not count."""
    for text in ("", "# nothing\n", "---\n"):
        root = load(text, "f")
        assert isinstance(root, Scalar)
        assert root.value is None


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("a: 1\na: 2\n", ['2:1: key "a" stands here twice; first in line 1']),
        ("b: {c: 1, c: 2}\n", ['1:11: key "c" stands here twice; first in line 1']),
        (
            "a: &x 1\nb: *x\n",
            [
                '1:4: anchor "&x" is not supported; write the value out, or quote the text',
                '2:4: alias "*x" is not supported; write the value out, or quote the text',
            ],
        ),
        ("a: !!int '1'\n", ['1:4: tag "tag:yaml.org,2002:int" is not supported; remove it, or quote the text']),
        ("a: !mine b\n", ['1:4: tag "!mine" is not supported; remove it, or quote the text']),
        ("a: 1\n---\nb: 2\n", ["2:1: a second document starts here; one file holds one document"]),
        ("%YAML 1.1\n---\na: 1\n", ["1:1: this directive asks for another YAML than 1.2; remove it"]),
        ("? [a]\n: 1\n", ["1:3: a key is a text, found a list"]),
        ("? {a: b}\n: 1\n", ["1:3: a key is a text, found a map"]),
        (
            "a:\n\tb: 1\n  \tc: 2\n",
            ["2:1: a tab indents this line; indent with spaces", "3:3: a tab indents this line; indent with spaces"],
        ),
        (
            "a: \x07\nb: \x00\n",
            [
                "1:4: control character U+0007 is not allowed; remove it, or write it as an escape in double quotes",
                "2:4: control character U+0000 is not allowed; remove it, or write it as an escape in double quotes",
            ],
        ),
        ("[" * 51 + "a" + "]" * 51, ["1:52: nested deeper than 50"]),
        ("- " * 51 + "a", ["1:103: nested deeper than 50"]),
        (
            "a: {b: 1, b: 2}\nc: @\n",
            [
                '1:11: key "b" stands here twice; first in line 1',
                "2:4: not YAML: found character that cannot start any token; put quotes around the text",
            ],
        ),
    ],
)
def test_what_is_refused_and_where(text: str, mistakes: list[str]) -> None:
    """Everything found up to the point where reading on makes no sense."""
    assert told(text) == mistakes


COLON = 'put quotes around a text that contains ": ", or look at the indentation'
BLOCK = 'put quotes around a text that starts with ">" or "|"'
STAR = 'put quotes around a text that starts with "*" or "&"'
BEFORE = "look at the indentation of this line and the quotes before it"


@pytest.mark.parametrize(
    ("text", "place", "problem", "advice"),
    [
        ("a: b: c\n", "1:5", "mapping values are not allowed in this context", COLON),
        ("a: 1\n b: 2\n", "2:3", "mapping values are not allowed in this context", COLON),
        ("a: @b\n", "1:4", "found character that cannot start any token", "put quotes around the text"),
        ("a: >=1\n", "1:5", "did not find expected comment or line break", BLOCK),
        ("a: * b\n", "1:5", "did not find expected alphabetic or numeric character", STAR),
        ("a:\n  b: 1\n c: 2\n", "3:2", "did not find expected key", BEFORE),
        ("- a\nb: 1\n", "2:1", "did not find expected '-' indicator", "look at the indentation of this line"),
        ("a:\nb\nc: 1\n", "3:1", "could not find expected ':'", "a key needs a colon and a space; look at the indentation"),
        ("a: 'b\n", "2:1", "found unexpected end of stream", "close the quotes or brackets opened before"),
        ("a: [1,\n", "2:1", "did not find expected node content", ""),
    ],
)
def test_what_libyaml_refuses_and_how_it_is_mended(text: str, place: str, problem: str, advice: str) -> None:
    """The parser stops at the first one."""
    assert told(text) == [f"{place}: not YAML: {problem}{'; ' if advice else ''}{advice}"]


def test_fifty_levels_are_deep_enough() -> None:
    """The bound itself is allowed."""
    assert told("[" * 50 + "a" + "]" * 50) == []


def test_tabs_inside_a_line_are_text() -> None:
    """Only indentation is refused, that of an empty line too, at which libyaml would stop."""
    assert plain(load("a: x\ty\n", "f")) == {"a": "x\ty"}
    assert told("a: x\n\t\nb: 1\n") == ["2:1: a tab indents this line; indent with spaces"]


def test_a_file_that_is_too_large_is_not_parsed() -> None:
    """Two million characters."""
    assert told("a: " + "x" * 2_000_000) == ["1:1: file has 2,000,003 characters; allowed: 2,000,000; split it"]
    assert told("a: " + "x" * 1_999_997) == []


def test_what_can_be_read_is_read_beside_the_mistakes() -> None:
    """So that a caller can go on to find its own; the first of two equal keys counts."""
    root, mistakes = read("a: 1\na: 2\nb: *x\n", "f")
    assert root is not None
    assert plain(root) == {"a": 1, "b": None}
    assert len(mistakes) == 2
    assert read("a: [", "f")[0] is None


def test_load_raises_with_all_mistakes() -> None:
    """For callers with nothing of their own to look for."""
    with pytest.raises(FileMistakes, match=r'f:2:1: key "a" stands here twice; first in line 1\nf:4:1: key "b" stands here twice'):
        load("a: 1\na: 2\nb: 1\nb: 2\n", "f")


def test_a_bomb_of_aliases_is_refused_in_no_time() -> None:
    """Nothing is ever expanded."""
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40))
    begun = perf_counter()
    assert len(told(bomb)) == 40 + 39 * 9
    assert perf_counter() - begun < 1


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """Line and column of the first bad byte; a missing file and a folder are mistakes too."""
    path = tmp_path / "a.yaml"
    path.write_bytes("\ufeffa: ü\nb: ".encode() + b"\xff\n")
    with pytest.raises(FileMistakes) as fault:
        read_text(path)
    assert str(fault.value) == f"{path}:2:4: byte 0xff is not UTF-8; save the file as UTF-8"
    with pytest.raises(FileMistakes) as fault:
        read_text(tmp_path)
    assert str(fault.value) == f"{tmp_path}:1:1: cannot be read: Is a directory"
    path.write_text("\ufeffa: ü\n", encoding="utf-8")
    assert read_text(path) == "a: ü\n"


def test_words_for_error_texts() -> None:
    """What a node is called, and a mistake at it."""
    root = load("a: [1]\nb: {}\nc:\nd: 0123\n", "f")
    assert isinstance(root, Map)
    assert [named(value) for value in root.values.values()] == ["a list", "a map", "nothing", '"0123"']
    assert str(mistake(root.values["d"], "no", severity="warning")) == "f:4:4: warning: no"
    assert [str(one) for one in unknown_keys(root, ("a", "b", "dd"), '"x"')] == [
        'f:3:1: unknown key "c" in "x"; allowed: a, b, dd',
        'f:4:1: unknown key "d" in "x"; allowed: a, b, dd; did you mean "dd"?',
    ]


_TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\ufffe\uffff"), max_size=8)
_VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(_VALUES)
def test_json_is_yaml(value: Any) -> None:
    """Whatever JSON says without control characters, this reader reads the same."""
    assert plain(load(json.dumps(value, ensure_ascii=False), "f")) == value


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    """Never another exception."""
    root, mistakes = read(text, "f")
    assert root is not None or mistakes
    lines = text.count("\n") + text.count("\r") + 2
    assert all(1 <= one.line <= lines and one.column >= 1 for one in mistakes)
