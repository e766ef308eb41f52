"""Knowledge files as rows: which sections and keys there are, read with positions, every mistake of shape collected.

Called by `world`, which makes entities of the rows, and by `check`, which judges them. A section may stand in
any file of a folder, and an operator's folder comes after ours. Scalars are taken as written: "NO" is Norway. What the rows
mean together (unknown parents, equal aliases) is not judged here.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Literal, cast

from streams.errors import FileMistakes, Mistake
from streams.notation.marked_yaml import Items, Map, Node, Scalar, mistake, named, read, read_text, unknown_keys
from streams.notation.suggestions import suggest

Shape = Literal["text", "texts", "flag", "number", "point"]
Value = str | tuple[str, ...] | bool | float | tuple[float, float]

_NAMED: Mapping[str, Shape] = {"id": "text", "name": "text", "aliases": "texts", "kind": "text"}
_WHERE: Mapping[str, Shape] = {"in": "text", "at": "point", "km": "number"}
_BRANCH: Mapping[str, Shape] = {"slug": "text", "parent": "text", "title": "text"}
SECTIONS: Mapping[str, Mapping[str, Shape]] = {
    "taxonomy": _BRANCH,
    "kinds": _BRANCH,
    "instruments": {**_BRANCH, "words": "texts"},
    "triggers": {
        "type": "text", "grammar": "text", "verbs": "texts", "nouns": "texts", "instrument": "text", "weak": "flag", "read": "text",
    },
    "acts": {
        "type": "text", "verbs": "texts", "nouns": "texts", "at": "texts", "words": "texts", "kinds": "texts", "to": "texts",
        "by": "texts", "never": "texts", "beside": "texts", "amid": "texts", "unless": "texts", "under": "texts", "attempt": "flag",
    },
    "roles": {"kind": "text", "words": "texts", "after": "texts"},
    "nations": {
        "id": "text", "name": "text", "aliases": "texts", "demonyms": "texts", "capital": "text", "at": "point",
        "metonyms": "texts",
    },
    "places": {**_NAMED, **_WHERE, "countries": "texts"},
    "alliances": {**_NAMED, "lead": "text", "members": "texts"},
    "forces": {**_NAMED, "nation": "text"},
    "bodies": {**_NAMED, "nation": "text"},
    "groups": {**_NAMED, "home": "texts", "sponsor": "texts"},
    "sites": {**_NAMED, **_WHERE, "owner": "texts", "users": "texts", "host": "text"},
    "outlets": {**_NAMED, "home": "text"},
    "ignore": {"words": "texts"},
    "common": {"words": "text"},  # separated by white space: thousands of nodes would cost more than all the rest
    "people": {"words": "text"},
}  # fmt: skip
_REQUIRED: Mapping[str, tuple[str, ...]] = {  # of an entry that extends no earlier one
    "taxonomy": ("slug", "title"), "kinds": ("slug",), "instruments": ("slug",), "triggers": ("type",), "acts": ("type", "at"),
    "roles": ("kind", "words"), "nations": ("id", "name"), "places": ("id", "name", "kind"),
    "alliances": ("id", "name", "lead"), "forces": ("id", "name", "nation"), "bodies": ("id", "name"),
    "groups": ("id", "name"), "sites": ("id", "name", "host"), "outlets": ("id", "name"),
    "ignore": ("words",), "common": ("words",), "people": ("words",),
}  # fmt: skip
_NAMELESS = frozenset({"triggers", "acts", "roles", "ignore", "common", "people"})  # entries that only add words
_ADDING = ("aliases", "words", "demonyms", "metonyms")  # lists that a later folder adds to
_EXPECTED: Mapping[Shape, str] = {
    "text": "a text", "texts": "a list of texts", "flag": "true or false", "number": "a number",
    "point": "[latitude, longitude] in degrees, north and east positive",
}  # fmt: skip


@dataclass(slots=True)
class Row:
    """One entry of one section."""

    section: str
    folder: int  # 0 is ours
    node: Map  # for positions
    values: dict[str, Value]
    name: str = ""  # its id or slug; "" in sections that only add words

    def text(self, key: str, default: str = "") -> str:
        """A text, `default` when it is not given."""
        return cast(str, self.values.get(key, default))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty when it is not given."""
        return cast(tuple[str, ...], self.values.get(key, ()))

    def mistake(self, message: str, key: str = "", item: str = "", *, severity: str = "error") -> Mistake:
        """A mistake at the entry, at one of its values, or at one text of a list."""
        at: Node = self.node.get(key) or self.node
        if item and isinstance(at, Items):
            at = next((one for one in at.items if isinstance(one, Scalar) and one.text == item), at)
        return mistake(at, message, severity=severity)


@dataclass(slots=True)
class Files:
    """All entries of all folders, ours first."""

    version: str  # hash over file names and contents
    rows: dict[str, list[Row]]
    mistakes: list[Mistake] = field(default_factory=list)

    def all(self, *sections: str) -> Iterator[Row]:
        """Entries of the sections named, in reading order."""
        for section in sections:
            yield from self.rows[section]


def ours() -> Path:
    """The folder of the knowledge that ships."""
    return Path(str(files("rules"))) / "knowledge"


def read_folders(*folders: Path) -> Files:
    """Entries of these folders; one with an id known from an earlier folder adds its names to it, its other values replace."""
    digest = hashlib.sha256()
    found = Files("", {section: [] for section in SECTIONS})
    for number, folder in enumerate(folders):
        if not folder.is_dir():
            found.mistakes.append(Mistake(str(folder), 1, 1, "no such folder; name a folder of .yaml files"))
        for path in sorted(folder.glob("*.yaml")):
            try:
                text = read_text(path)
            except FileMistakes as wrong:
                found.mistakes.extend(wrong.mistakes)
                continue
            digest.update(f"{number}:{path.name}:{len(text)}:{text}".encode())
            _read_file(text, f"rules/knowledge/{path.name}" if folder == ours() else str(path), number, found)
    _merge(found)
    found.version = digest.hexdigest()[:16]
    return found


def _read_file(text: str, path: str, folder: int, found: Files) -> None:
    """Adds the entries and mistakes of one file."""
    root, wrong = read(text, path)
    found.mistakes.extend(wrong)
    if root is None or (isinstance(root, Scalar) and root.value is None):
        return
    if not isinstance(root, Map):
        found.mistakes.append(mistake(root, f"a file holds sections, each a list of entries; found {named(root)}"))
        return
    found.mistakes.extend(unknown_keys(root, SECTIONS, "a knowledge file"))
    for section, node in root.values.items():
        if section in SECTIONS and not isinstance(node, Items):
            found.mistakes.append(mistake(node, f'"{section}" is a list of entries; found {named(node)}'))
        elif section in SECTIONS and isinstance(node, Items):
            for item in node.items:
                row = _row(section, item, folder, found.mistakes)
                if row is not None:
                    found.rows[section].append(row)


def _row(section: str, node: Node, folder: int, mistakes: list[Mistake]) -> Row | None:
    """One entry, None when it cannot be used."""
    keys = SECTIONS[section]
    if not isinstance(node, Map):
        mistakes.append(mistake(node, f'an entry of "{section}" is a map of {", ".join(keys)}; found {named(node)}'))
        return None
    row = Row(section, folder, node, {})
    wrong = [key for key in node.values if key not in keys]
    if wrong:
        mistakes.extend(unknown_keys(node, keys, f'an entry of "{section}"'))
    for key, value in node.values.items():
        if key in keys:
            read_as = _value(keys[key], value)
            if read_as is None:
                mistakes.append(mistake(value, f'"{key}" is {_EXPECTED[keys[key]]}; found {named(value)}'))
                wrong.append(key)
            else:
                row.values[key] = read_as
    if section in _NAMELESS:
        return None if wrong else row
    first = next(iter(keys))
    row.name = row.text(first)
    if not row.name and not wrong:
        mistakes.append(row.mistake(f'an entry of "{section}" lacks "{first}"'))
    return row if row.name else None


def _value(shape: Shape, node: Node) -> Value | None:
    """The value of a node in the shape asked for, None when it has another."""
    if shape == "texts":
        items = node.items if isinstance(node, Items) else (node,)
        texts = tuple(item.text for item in items if isinstance(item, Scalar) and item.text)
        return texts if len(texts) == len(items) else None
    if shape == "point":
        numbers = [item.value for item in node.items if isinstance(item, Scalar)] if isinstance(node, Items) else []
        point = [float(number) for number in numbers if isinstance(number, int | float) and not isinstance(number, bool)]
        good = len(point) == 2 and abs(point[0]) <= 90 and abs(point[1]) <= 180
        return (point[0], point[1]) if good else None
    if not isinstance(node, Scalar) or node.text == "":
        return None
    if shape == "number":
        return float(node.value) if isinstance(node.value, int | float) and not isinstance(node.value, bool) else None
    if shape == "flag":
        return node.value if isinstance(node.value, bool) else None
    return node.text


def _merge(found: Files) -> None:
    """Joins entries of the same section and id; twice in one folder is a mistake."""
    for section, rows in found.rows.items():
        if section in _NAMELESS:
            found.rows[section] = [row for row in rows if _complete(row, found.mistakes)]
            continue
        known: dict[str, Row] = {}
        for row in rows:
            before = known.get(row.name)
            if before is not None and before.folder == row.folder:
                first = f"{before.node.path}:{before.node.line}"
                found.mistakes.append(row.mistake(f'"{row.name}" stands twice in "{section}"; first at {first}'))
            elif before is not None:
                adds = {key: (*before.texts(key), *row.texts(key)) for key in _ADDING if key in row.values}
                known[row.name] = Row(section, row.folder, row.node, {**before.values, **row.values, **adds}, row.name)
            elif _complete(row, found.mistakes):
                known[row.name] = row
        found.rows[section] = list(known.values())


def _complete(row: Row, mistakes: list[Mistake]) -> bool:
    """Whether a new entry has what it needs."""
    missing = [key for key in _REQUIRED[row.section] if key not in row.values]
    if not missing:
        return True
    if not set(missing) & set(row.node.values):  # else the value's own mistake is noted already
        extends = "" if row.section in _NAMELESS else f', and no earlier folder has "{row.name}"'
        mistakes.append(row.mistake(f'an entry of "{row.section}" lacks {", ".join(missing)}{extends}'))
    return False


def known_or_mistake(row: Row, key: str, wanted: str, allowed: Mapping[str, object], what: str) -> Iterator[Mistake]:
    """A mistake when `wanted`, given under `key`, is not among the allowed names."""
    if wanted not in allowed:
        yield row.mistake(f'unknown {what} "{wanted}" in "{row.name or row.section}"{suggest(wanted, allowed)}', key, wanted)
