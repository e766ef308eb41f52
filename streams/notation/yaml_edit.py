"""Adds to a YAML text in place: what is inserted is new, every other character stays as it was.

Called by `tocsin test` for the tests it writes. A loader that writes whole files again, though it keeps comments, would also set
indentation, quotes and line breaks its own way; an operator's file is changed where it was asked for and nowhere else.
"""

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import yaml  # type: ignore[import-untyped]

from streams.notation.marked_yaml import resolve

_WIDTH = 120  # characters; longer texts are folded over lines
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7e]")

Step = str | int  # a key, or the number of an item from 0


Item = Mapping[str, str | Sequence[Mapping[str, str]]]  # a map of texts, or of lists of such maps


def appended(text: str, path: Sequence[Step], item: Item) -> str:
    """The text with a map as last item of the list at `path`.

    The text is YAML that `marked_yaml` reads without a mistake. The last step of the path is a key; where the map has no such
    key, it gets one. Raises KeyError when the rest of the path is not there.
    """
    above = _at(text, path[:-1])
    assert isinstance(above, yaml.MappingNode)
    listed = next((value for key, value in above.value if key.value == path[-1]), None)
    if listed is not None and listed.flow_style:
        empty = not listed.value
        at = listed.end_mark.index - 1 if empty else _end(listed.value[-1], text)
        return _put(text, at, ("" if empty else ", ") + _flow(item))
    if listed is not None:
        return _put_lines(text, _end(listed, text), _block(item, " " * listed.start_mark.column))
    if above.flow_style:
        return _put(text, _end(above.value[-1][1], text), f", {path[-1]}: [{_flow(item)}]")
    indent = " " * above.start_mark.column
    return _put_lines(text, _end(above, text), [f"{indent}{path[-1]}:", *_block(item, indent + "  ")])


def lines_of(text: str, path: Sequence[Step]) -> tuple[int, int]:
    """First line of what stands at the path, and one past its last, counted from 0; comments after it are not of it."""
    node = _at(text, path)
    end = _end(node, text)
    return node.start_mark.line, text.count("\n", 0, end) + (0 if text[:end].endswith("\n") else 1)


def scalar(value: str, indent: str = "") -> str:
    """A text as a value of a block map whose keys stand at `indent`: bare if it can be, folded when long, else in quotes."""
    if len(value) <= _WIDTH and resolve(value) == value and _reads(f"k: {value}", value, ""):
        return value
    lines = textwrap.wrap(value, _WIDTH - len(indent), break_long_words=False, break_on_hyphens=False)
    folded = "\n".join([">-", *(f"{indent}  {line}" for line in lines)])
    if len(lines) > 1 and _reads(f"{indent}k: {folded}", value, ">"):
        return folded
    return _quoted(value)


# ------------------------------------------------------------------------------------------------------------- finding


def _at(text: str, path: Sequence[Step]) -> Any:
    node = yaml.compose(text, Loader=_LOADER)
    for step in path:
        if isinstance(step, int):
            node = node.value[step]
        else:
            found = [value for key, value in node.value if key.value == step]
            if not found:
                raise KeyError(step)
            node = found[0]
    return node


def _end(node: Any, text: str) -> int:
    """Where a node ends: the parser says of a block only where the next thing begins."""
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return len(text[: node.end_mark.index].rstrip())
    if isinstance(node, yaml.ScalarNode) or node.flow_style:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(node, yaml.MappingNode) else last, text)


# ------------------------------------------------------------------------------------------------------------- writing


def _put(text: str, at: int, words: str) -> str:
    return text[:at] + words + text[at:]


def _put_lines(text: str, at: int, lines: Sequence[str]) -> str:
    """The lines after the one that `at` is in, with the line breaks of the text."""
    newline = "\r\n" if "\r\n" in text else "\n"
    words = "\n".join(lines).replace("\n", newline) + newline
    end = text.find("\n", at)
    return text + newline + words if end < 0 else _put(text, end + 1, words)


def _block(item: Item, indent: str) -> list[str]:
    lines = []
    for number, (key, value) in enumerate(item.items()):
        begin = f"{indent}{'- ' if number == 0 else '  '}{key}:"
        if isinstance(value, str):
            lines.append(f"{begin} {scalar(value, indent + '  ')}")
        else:
            lines += [begin, *(line for one in value for line in _block(one, indent + "    "))]
    return lines


def _flow(item: Item) -> str:
    said = (
        (key, _quoted(value) if isinstance(value, str) else f"[{', '.join(_flow(one) for one in value)}]")
        for key, value in item.items()
    )
    return "{" + ", ".join(f"{key}: {value}" for key, value in said) + "}"


def _quoted(value: str) -> str:
    """In double quotes; what no eye sees, or what turns a line round, as an escape. JSON's escapes are YAML's too."""
    return _BEYOND_ASCII.sub(lambda found: _shown(found[0]), json.dumps(value, ensure_ascii=False))


def _shown(sign: str) -> str:
    if sign.isprintable():
        return sign
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"


def _reads(line: str, value: str, style: str) -> bool:
    """Whether a line with one key is read as this value, in this style."""
    if not value.isprintable():
        return False
    try:
        ((_, node),) = yaml.compose(line, Loader=_LOADER).value
    except (yaml.YAMLError, AttributeError, TypeError, ValueError):
        return False
    return bool(isinstance(node, yaml.ScalarNode) and node.value == value and (node.style or "") == style)
