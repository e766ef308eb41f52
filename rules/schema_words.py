"""Values in the schema of rule files: texts, lengths, numbers, and words of a list; asked for by `rules.schema`."""

from collections.abc import Iterable
from typing import Any

Schema = dict[str, Any]

# numbers and truth values are texts too, as written
TEXT: Schema = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
LENGTH: Schema = {"type": "string", "pattern": r"^\s*([0-9]{1,9}\s?[smhdw])+\s*$", "examples": ["48h", "30d"]}
DISTANCE: Schema = {"type": "string", "pattern": r"^\s*[0-9]{1,6}(\.[0-9]{1,6})?\s?(m|km|mi|nm)\s*$", "examples": ["50km"]}
WALL_TIME: Schema = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["22:00"]}
DAY: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "examples": ["2031-12-31"]}
MOMENT: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].+)?$", "examples": ["2031-01-08T06:30Z"]}
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
