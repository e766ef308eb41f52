"""Reads watch lists: files with your own sites, people and travel, kept apart from rules and never printed.

Called by `rules.load`. A mistake says where it is and never what stands there: whoever may read the mistakes of rules need not
be among those who may read the list.
"""

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TypeVar

from rules import keys
from rules.check import Checker
from rules.model import Site, Watch
from streams.knowledge.aliases import alias_keys
from streams.notation.marked_yaml import Items, Map, Node, Scalar, read

VERSION = 1
KINDS = ("sites", "people", "travel")
_NAMES_WATCHES = re.compile(r"^\s*(?:[\"']?watch[\"']?\s*:|\{)", re.MULTILINE)  # a key of its own line, or a map in braces

Found = TypeVar("Found")


def is_watch_list(root: Node | None) -> bool:
    """Whether a file is a watch list: it has sites, people or travel, and neither rules nor lists."""
    return isinstance(root, Map) and bool(root.keys.keys() & set(KINDS)) and not root.keys.keys() & {"rules", "lists"}


def references(root: Node | None) -> Iterator[tuple[str, Scalar, str]]:
    """Name, where it stands, and path of each watch list that a rule file names; the path as the file is reached from here."""
    table = root.get("watch") if isinstance(root, Map) else None
    if isinstance(table, Map):
        for name, node in table.values.items():
            if isinstance(node, Scalar) and node.text:
                yield name, node, posixpath.normpath(posixpath.join(posixpath.dirname(node.path), node.text))


def paths_of(text: str, path: str) -> Iterator[str]:
    """Paths of the watch lists that the text of a rule file names; empty where it cannot be read, which is told when it is."""
    if _NAMES_WATCHES.search(text):  # the others are not parsed twice
        for _, _, found in references(read(text, path)[0]):
            yield found


def files_by_name(texts: Mapping[str, str]) -> dict[str, str]:
    """Path of each watch list that rule files name, by its name, as it is reached from here."""
    return {name: file for path, text in texts.items() if "watch" in text for name, _, file in references(read(text, path)[0])}


def watches(root: Map, roots: Mapping[str, Node | None], check: Checker) -> None:
    """Notes the watch lists of a rule file; they serve all files of the set.

    Args:
        roots: of all files that were read, by path.
    """
    table = root.get("watch")
    if table is None:
        return
    if not isinstance(table, Map):
        check.wrong(table, '"watch" is a map of names and files, e.g. "watch: {sites: watch/sites.yaml}"')
        return
    for name, node in table.values.items():
        if not isinstance(node, Scalar) or not node.text:
            check.wrong(node, f'watch list "{name}" is a file, relative to this one')
    for name, node, path in references(root):
        if path not in roots:
            check.wrong(node, f'watch list "{name}": there is no file "{node.text}" beside this one')
            check.watches.setdefault(name, None)
            continue
        found = _watch(name, roots[path], check)
        known = check.watches.get(name)
        if known is not None and known != found:
            check.wrong(
                root.keys["watch"], f'watch list "{name}" is another file elsewhere in the set; give one of them another name'
            )
        check.watches.setdefault(name, found)


def _watch(name: str, root: Node | None, check: Checker) -> Watch | None:
    """The list; None when it has mistakes."""
    if not is_watch_list(root) or not isinstance(root, Map):
        if root is not None:
            check.wrong(root, f"a watch list has at least one of {', '.join(KINDS)}")
        return None
    before = len(check.mistakes)
    check.map(root, "a watch list", keys.WATCH_FILE)
    version = root.get("version")
    if not isinstance(version, Scalar) or version.value != VERSION:
        check.wrong(
            version or root, f'a watch list says which version of the language it is; its first line is "version: {VERSION}"'
        )
    sites = [*_sites(root.get("sites"), "sites", keys.SITE, check), *_sites(root.get("travel"), "travel", keys.TRAVEL, check)]
    people = tuple(_people(root.get("people"), check))
    if len(check.mistakes) > before:
        return None
    digest = hashlib.sha256(repr((sites, people)).encode()).hexdigest()[:16]
    return Watch(name, digest, tuple(sites), people)


def _sites(node: Node | None, what: str, allowed: Mapping[str, str], check: Checker) -> Iterator[Site]:
    for entry in _entries(node, what, allowed, ("id", "name", "at", "radius"), check):
        given = entry.values
        id, name = _slug(given["id"], check), _text(given["name"], "name", check)
        at, radius = _point(given["at"], check), _radius(given["radius"], check)
        since, until = _day(given.get("from"), "from", check), _day(given.get("to"), "to", check)
        if what == "travel" and since is not None and until is not None and until < since:
            check.wrong(given["to"], '"to" is a day before "from"')
        elif id and name and at and radius:
            yield Site(id, name, *at, radius, since, until)


def _people(node: Node | None, check: Checker) -> Iterator[tuple[str, str]]:
    for entry in _entries(node, "people", keys.PERSON, ("id", "name"), check):
        id = _slug(entry.values["id"], check)
        listed = entry.get("aliases")
        others = listed.items if isinstance(listed, Items) else () if listed is None else (listed,)
        for spelled in (entry.values["name"], *others):
            found = _text(spelled, "name", check)
            if found is not None and not alias_keys(found):
                check.wrong(spelled, "this name has no letters to look for")
            elif found and id:
                yield found, id


def _entries(node: Node | None, what: str, allowed: Mapping[str, str], needed: tuple[str, ...], check: Checker) -> Iterator[Map]:
    """The entries of one kind that have all they need; ids are there once."""
    if node is None:
        return
    if not isinstance(node, Items):
        check.wrong(node, f'"{what}" is a list')
        return
    needed = (*needed, "from", "to") if what == "travel" else needed
    seen: set[str] = set()
    for item in node.items:
        if not isinstance(item, Map):
            check.wrong(item, f'an entry of "{what}" is a map; allowed keys: {", ".join(allowed)}')
            continue
        check.map(item, f'an entry of "{what}"', allowed)
        missing = [key for key in needed if key not in item.keys]
        for key in missing:
            check.wrong(item, f'an entry of "{what}" has no "{key}": {allowed[key]}')
        known = item.get("id")
        if isinstance(known, Scalar) and known.text in seen:
            check.wrong(known, f'this id stands in "{what}" already')
        seen.add(known.text if isinstance(known, Scalar) else "")
        if not missing:
            yield item


def _text(node: Node, key: str, check: Checker) -> str | None:
    if isinstance(node, Scalar) and node.value is not None and node.text.strip():
        return " ".join(node.text.split())
    check.wrong(node, f'"{key}" is a text')
    return None


def _slug(node: Node, check: Checker) -> str | None:
    """The id; read by a checker of its own, whose words would repeat it."""
    return _quietly(node, '"id" is a slug: a-z, 0-9 and single hyphens, up to 64 characters', check, lambda own: own.slug(node, ""))


def _radius(node: Node, check: Checker) -> float | None:
    return _quietly(node, '"radius" is a distance like "500m" or "50km"', check, lambda own: own.distance(node, ""))


def _day(node: Node | None, key: str, check: Checker) -> date | None:
    return None if node is None else _quietly(node, f'"{key}" is a day like "2031-01-04"', check, lambda own: own.day(node, ""))


def _quietly(node: Node, words: str, check: Checker, read: Callable[[Checker], Found | None]) -> Found | None:
    """What `read` finds, or a mistake in words that do not quote what stands there."""
    found = read(Checker(check.knowledge))
    if found is None:
        check.wrong(node, words)
    return found


def _point(node: Node, check: Checker) -> tuple[float, float] | None:
    values = [one.value for one in node.items if isinstance(one, Scalar)] if isinstance(node, Items) else []
    numbers = [float(one) for one in values if isinstance(one, (int, float)) and not isinstance(one, bool)]
    if len(numbers) == 2 == len(values) and abs(numbers[0]) <= 90 and abs(numbers[1]) <= 180:
        return numbers[0], numbers[1]
    check.wrong(node, '"at" is [degrees north, degrees east], e.g. [30.51, 47.78]; north from -90 to 90, east from -180 to 180')
    return None
