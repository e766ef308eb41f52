"""YAML 1.2 in which every key, value and list item knows its line and column; for settings, rules and knowledge.

Callers turn nodes into their own records and report mistakes with `mistake`. Refused, because nobody should
have to guess what a file means: duplicate keys, anchors and aliases, tags, several documents, tabs as indentation, deep
nesting. libyaml only parses (1,000 rules in 0.1 s; ruamel's pure parser took 1.2 s, measured here); scalars follow the
core schema of YAML 1.2: `no`, `off`, `12:30` and `2024-02-04` are texts, `0o17` is a number.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml  # type: ignore[import-untyped]

from streams.errors import FileMistakes, Mistake
from streams.notation.suggestions import suggest

MAX_CHARS = 2_000_000  # ten times the largest rule pack we expect (assumption); 1,000 rules have 500,000
MAX_BYTES = 4 * MAX_CHARS  # a character of UTF-8 has four at most; no more is ever read
MAX_DEPTH = 50  # rules need about ten


class Scalar(NamedTuple):  # a frozen dataclass takes three times as long to make, and files are made of these
    """A text, number, truth value or null. Lines and columns count from 1, in all nodes."""

    value: str | int | float | bool | None
    text: str  # as written, without quotes
    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: "tuple[Node, ...]"
    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Map:
    """A mapping, in the order of the file. Keys are texts as written, whatever they look like."""

    keys: dict[str, Scalar]  # where each key stands
    values: "dict[str, Node]"
    path: str
    line: int
    column: int

    def get(self, key: str) -> "Node | None":
        """The value of a key, None when it is not there."""
        return self.values.get(key)


Node = Scalar | Items | Map


def load(text: str, path: str) -> Node:
    """The document; an empty one is a null. Raises FileMistakes with all that is wrong with it as YAML."""
    node, mistakes = read(text, path)
    if mistakes or node is None:
        raise FileMistakes(mistakes)
    return node


def read(text: str, path: str) -> tuple[Node | None, list[Mistake]]:
    """The document as far as it can be read, and what is wrong with it as YAML; None when nothing can be read.

    For callers that go on to look for mistakes of their own, so that one look at a file shows all of them.
    """
    text = text.removeprefix("\ufeff")
    if any(chr(sign) in text for sign in _NO_BREAKS):  # translating is slow, and hardly ever called for
        text = text.translate(_NO_BREAKS)
    if len(text) > MAX_CHARS:
        return None, [Mistake(path, 1, 1, f"file has {len(text):,} characters; allowed: {MAX_CHARS:,}; split it")]
    if characters := [*_tabs(text, path), *_controls(text, path)]:
        return None, characters
    builder = _Builder(path)
    try:
        return builder.document(text), builder.mistakes
    except _Stop:
        return None, builder.mistakes
    except yaml.MarkedYAMLError as fault:
        return None, [*builder.mistakes, _syntax(fault, path)]


def read_text(path: Path) -> str:
    """The text of a file. Raises FileMistakes when it is missing, too large or not UTF-8."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1).removeprefix(codecs.BOM_UTF8)
    except OSError as fault:
        raise FileMistakes([Mistake(str(path), 1, 1, f"cannot be read: {fault.strerror or fault}")]) from fault
    if len(data) > MAX_BYTES:
        raise FileMistakes(
            [Mistake(str(path), 1, 1, f"file has over {MAX_BYTES:,} bytes; allowed: {MAX_CHARS:,} characters; split it")]
        )
    if data.startswith(_OTHER_MARKS):
        raise FileMistakes([Mistake(str(path), 1, 1, "this file is UTF-16 or UTF-32; save it as UTF-8")])
    try:
        return data.decode()
    except UnicodeDecodeError as fault:
        line, column = _position(data[: fault.start].decode())
        message = f"byte 0x{data[fault.start]:02x} is not UTF-8; save the file as UTF-8"
        raise FileMistakes([Mistake(str(path), line, column, message)]) from fault


def plain(node: Node) -> Any:
    """The node as dicts, lists and scalars, without positions."""
    if isinstance(node, Map):
        return {key: plain(value) for key, value in node.values.items()}
    return [plain(item) for item in node.items] if isinstance(node, Items) else node.value


def named(node: Node) -> str:
    """What a node is, in words of an error text: `"x"`, `a list`, `a map`, `nothing`."""
    if isinstance(node, Scalar):
        return "nothing" if node.value is None else f'"{node.text}"'
    return "a list" if isinstance(node, Items) else "a map"


def mistake(node: Node, message: str, *, severity: str = "error") -> Mistake:
    """A mistake at a node."""
    return Mistake(node.path, node.line, node.column, message, severity)


def unknown_keys(node: Map, allowed: Iterable[str], where: str) -> list[Mistake]:
    """A mistake for each key of `node` that is not allowed; `where` names the map, e.g. `"when"` with its quotes."""
    known = tuple(allowed)
    return [
        mistake(key, f'unknown key "{name}" in {where}{suggest(name, known)}')
        for name, key in node.keys.items()
        if name not in known
    ]


# -------------------------------------------------------------------------------------------------------------- building


class _Stop(Exception):
    """Reading on makes no sense; the mistake is noted."""


class _Builder:
    """Turns the events of the parser into nodes."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.mistakes: list[Mistake] = []
        self._events: Iterator[Any] = iter(())  # of the parser; each carries its marks

    def document(self, text: str) -> Node:
        """The only document of the text."""
        self._events = iter(_LOADER(text).get_event, None)  # as yaml.parse, without asking twice for each event
        root: Node | None = None
        for event in self._events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                if root is not None:
                    self._wrong(event, "a second document starts here; one file holds one document")
                    raise _Stop
                if event.version not in (None, (1, 2)):
                    self._wrong(event, "this directive asks for another YAML than 1.2; remove it")
                root = self._node(next(self._events), 0)
        return root if root is not None else Scalar(None, "", self.path, 1, 1)

    def _node(self, event: Any, depth: int) -> Node:
        if type(event) is yaml.ScalarEvent and event.tag is None and event.anchor is None and depth <= MAX_DEPTH:
            mark, text = event.start_mark, event.value  # nearly all of a file: no question is asked twice
            bare = event.implicit[0] and (text in _WORDS or not text[0].isalpha())
            return Scalar(resolve(text) if bare else text, text, self.path, mark.line + 1, mark.column + 1)
        kind = type(event).__name__
        if depth > MAX_DEPTH:
            self._wrong(event, f"nested deeper than {MAX_DEPTH}")
            raise _Stop
        if kind == "AliasEvent":
            self._wrong(event, f'alias "*{event.anchor}" is not supported; write the value out, or quote the text')
            return self._scalar(event, None, "")
        if event.anchor is not None:
            self._wrong(event, f'anchor "&{event.anchor}" is not supported; write the value out, or quote the text')
        if event.tag not in (None, "!"):
            self._wrong(event, f'tag "{event.tag}" is not supported; remove it, or quote the text')
        if kind == "ScalarEvent":
            return self._scalar(event, resolve(event.value) if event.implicit[0] else event.value, event.value)
        mark = event.start_mark
        if kind == "SequenceStartEvent":
            nodes, events = [], self._events
            while type(item := next(events)) is not yaml.SequenceEndEvent:
                nodes.append(self._node(item, depth + 1))
            return Items(tuple(nodes), self.path, mark.line + 1, mark.column + 1)
        return self._map(event, depth)

    def _map(self, event: Any, depth: int) -> Map:
        keys: dict[str, Scalar] = {}
        values: dict[str, Node] = {}
        events = self._events
        while type(start := next(events)) is not yaml.MappingEndEvent:
            key = self._node(start, depth + 1)
            value = self._node(next(events), depth + 1)
            if not isinstance(key, Scalar):
                self._wrong(start, f"a key is a text, found {named(key)}")
            elif key.text in keys:
                self._wrong(start, f'key "{key.text}" stands here twice; first in line {keys[key.text].line}')
            else:
                keys[key.text], values[key.text] = key, value
        return Map(keys, values, self.path, event.start_mark.line + 1, event.start_mark.column + 1)

    def _scalar(self, event: Any, value: str | int | float | bool | None, text: str) -> Scalar:
        return Scalar(value, text, self.path, event.start_mark.line + 1, event.start_mark.column + 1)

    def _wrong(self, event: Any, message: str) -> None:
        self.mistakes.append(Mistake(self.path, event.start_mark.line + 1, event.start_mark.column + 1, message))


_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(("false", "False", "FALSE"), False)
_INT = re.compile(r"[-+]?[0-9]{1,18}|0o[0-7]{1,20}|0x[0-9a-fA-F]{1,15}")
_FLOAT = re.compile(r"(?=.*[.eE])[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")


def resolve(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar: YAML 1.2.2, section 10.3.2, without infinities; longer numbers stay texts."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _INT.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    return float(text) if len(text) < 40 and _FLOAT.fullmatch(text) else text


# -------------------------------------------------------------------------------------------------------------- mistakes


def _tabs(text: str, path: str) -> Iterator[Mistake]:
    if "\t" not in text:
        return
    for number, line in enumerate(text.split("\n"), start=1):
        column = len(line) - len(line.lstrip(" ")) + 1
        if line[column - 1 : column] == "\t":
            yield Mistake(path, number, column, "a tab indents this line; indent with spaces")


def _controls(text: str, path: str) -> Iterator[Mistake]:
    for found in _CONTROL.finditer(text):
        line, column = _position(text[: found.start()])
        message = f"control character U+{ord(found[0]):04X} is not allowed; remove it, or write it as an escape in double quotes"
        yield Mistake(path, line, column, message)


def _position(before: str) -> tuple[int, int]:
    """Line and column of what follows."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


_OTHER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)  # that of UTF-32-LE begins with one of them
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the pure parser gives the same events, 30 times slower
_NO_BREAKS = dict.fromkeys((0x85, 0x2028, 0x2029), " ")  # line breaks in YAML 1.1 only; they would move the line numbers
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # YAML 1.2.2, section 5.1

# what libyaml says, and how it is mended
_ADVICE = {
    "mapping values are not allowed": 'put quotes around a text that contains ": ", or look at the indentation',
    "cannot start any token": "put quotes around the text",
    "expected comment or line break": 'put quotes around a text that starts with ">" or "|"',
    "expected alphabetic or numeric character": 'put quotes around a text that starts with "*" or "&"',
    "did not find expected key": "look at the indentation of this line and the quotes before it",
    "did not find expected '-' indicator": "look at the indentation of this line",
    "could not find expected ':'": "a key needs a colon and a space; look at the indentation",
    "unexpected end of stream": "close the quotes or brackets opened before",
}


def _syntax(fault: Any, path: str) -> Mistake:
    mark = fault.problem_mark or fault.context_mark
    problem = (fault.problem or fault.context or "cannot be read").strip()
    advice = next((f"; {words}" for start, words in _ADVICE.items() if start in problem), "")
    return Mistake(path, mark.line + 1, mark.column + 1, f"not YAML: {problem}{advice}")
