"""Values in the schema of rule files: texts, lengths, numbers, and words of a list; asked for by `rules.schema`."""

from collections.abc import Iterable
from typing import Any

from streams.notation.durations import HOW

Schema = dict[str, Any]


def _shaped(pattern: str, example: str, wanted: str) -> Schema:
    """A text of one shape; `wanted` is what an editor says instead of the pattern."""
    return {"type": "string", "pattern": pattern, "patternErrorMessage": f"this is {wanted}", "examples": [example]}


# numbers and truth values are texts too, as written
TEXT: Schema = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
LENGTH = _shaped(r"^\s*([0-9]{1,9}\s?[smhdw])+\s*$", "48h", HOW)
DISTANCE = _shaped(r"^\s*[0-9]{1,6}(\.[0-9]{1,6})?\s?(m|km|mi|nm)\s*$", "50km", 'a distance like "500m", "50km" or "30mi"')
WALL_TIME = _shaped("^([01][0-9]|2[0-3]):[0-5][0-9]$", "22:00", 'a time of day like "22:00", in quotes')
DAY = _shaped("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "2031-12-31", 'a day like "2031-12-31"')
MOMENT = _shaped("^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].+)?$", "2031-01-08T06:30Z", 'a moment like "2031-01-08" or "2031-01-08T06:30Z"')
NUMBER: Schema = {
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": 999_999_999},
        {"type": "string", "pattern": r"^\s*(>=|>|<=|<|==?)?\s*[0-9]{1,9}\s*$", "examples": [">=1"]},
    ]
}
_LIST_NAME: Schema = {"type": "string", "pattern": r"^\$", "description": "the name of a list of this set of files"}


def count(lowest: int) -> Schema:
    """A whole number of at least `lowest`."""
    return {"type": "integer", "minimum": lowest}


def listed(one: Schema) -> Schema:
    """A list of at least one."""
    return {"type": "array", "items": one, "minItems": 1}


def one_of(words: Iterable[str]) -> Schema:
    """One of these words, or the name of a list."""
    return {"anyOf": [{"enum": list(dict.fromkeys(words))}, _LIST_NAME]}


def some_of(words: Iterable[str] | None) -> Schema:
    """One of these words or a list of them, with names of lists among them; None: any text."""
    one = TEXT if words is None else one_of(words)
    return {"anyOf": [one, listed(one)]}
