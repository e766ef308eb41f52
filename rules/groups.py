"""Reads what groups: a map is *and*, a list is *or*, `any`, `all` and `not` wherever a map may stand.

Called by the readers of clauses and of traits, which say what a single key means. Parts of a map are kept in the order of the
table of keys, whatever their order in the file: rules that mean the same are equal, and cheap questions are asked first.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from rules.check import Checker
from rules.model import AllOf, AnyOf, Clause, NotThat, Trait
from streams.notation.marked_yaml import Items, Map, Node, named


def group(node: Node, check: Checker, what: str, part: Callable[[str, Map], Clause | Trait | None], keys: Iterable[str]) -> Any:
    """Clauses or traits, whichever `part` makes of a key and the map it stands in; None where a mistake was noted."""
    again = partial(group, check=check, what=what, part=part, keys=keys)
    if isinstance(node, Items):
        if not node.items:
            check.wrong(node, f"{what} is an empty list; nothing could satisfy it")
            return None
        return joined(AnyOf, node, [again(item) for item in node.items])
    table = check.map(node, what, keys)
    if table is None:
        return None
    if not table.keys:
        check.wrong(node, f"{what} is empty and would hold for everything; allowed: {', '.join(keys)}")
        return None
    return joined(AllOf, node, [_part(key, table, check, part, again) for key in keys if key in table.keys])


def joined(kind: Any, node: Node, parts: Iterable[Any]) -> Any:
    """The parts as one; a single part stands for itself; None when any of them could not be read."""
    found = tuple(parts)
    if None in found:
        return None
    return found[0] if len(found) == 1 else kind(found, line=node.line)


def _part(key: str, table: Map, check: Checker, part: Callable[[str, Map], Any], again: Callable[[Node], Any]) -> Any:
    value = table.values[key]
    if key == "not":
        inner = again(value)
        return None if inner is None else NotThat(inner, line=value.line)
    if key not in ("any", "all"):
        return part(key, table)
    if not isinstance(value, Items) or not value.items:
        found = "an empty list" if isinstance(value, Items) else named(value)
        check.wrong(value, f'"{key}" is a list of maps, found {found}')
        return None
    return joined(AnyOf if key == "any" else AllOf, value, [again(item) for item in value.items])
