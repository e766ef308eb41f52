"""Rule files to a RuleSet: which files, what stands in them, and what is wrong between them.

Called by the command line, the runs (again on hot reload) and the journal's replay. All files are read whole before anything
is refused, so that one run shows every mistake. Nothing is loaded from a set with a mistake; warnings do not stop it.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from rules import keys
from rules.check import Checker
from rules.entry import rule
from rules.model import RuleSet
from rules.watch import is_watch_list, paths_of, watches
from streams.errors import FileMistakes, Mistake, RuleFileError
from streams.knowledge.world import Knowledge
from streams.notation.durations import EVENTS_KEPT
from streams.notation.marked_yaml import Items, Map, Node, Scalar, named, read, read_text

VERSION = 1
_SUFFIXES = (".yaml", ".yml")


def load_rules(
    paths: Sequence[Path],
    knowledge: Knowledge,
    *,
    channels: Collection[str] | None = None,
    feeds: Collection[str] | None = None,
    kept: timedelta = EVENTS_KEPT,
) -> RuleSet:
    """The rules of these files, and of all YAML files below these folders, with the watch lists that they name.

    Args:
        channels: names that `to` may use; None: any.
        feeds: names that `source` may use; None: any.
        kept: how long events are kept; no rule may look back further.

    Raises:
        RuleFileError: with every mistake of every file, warnings among them.
    """
    texts, missing = gather(paths)
    found, mistakes = read_rules(texts, knowledge, channels=channels, feeds=feeds, kept=kept)
    if found is None or missing:
        raise RuleFileError([*missing, *mistakes])
    return found


def load_texts(texts: Mapping[str, str], knowledge: Knowledge) -> RuleSet:
    """The rules of texts by path, as the journal keeps them; raises RuleFileError as `load_rules` does.

    They were judged when they were journalled, so they may look back as far as they like: the retention of then is not known.
    """
    found, mistakes = read_rules(texts, knowledge, kept=timedelta.max)
    if found is None:
        raise RuleFileError(mistakes)
    return found


def gather(paths: Sequence[Path]) -> tuple[dict[str, str], list[Mistake]]:
    """Text by path, in order of path, and what could not be read."""
    files: list[Path] = []
    mistakes: list[Mistake] = []
    for path in paths:
        if path.is_dir():
            below = [one for one in path.rglob("*") if one.suffix in _SUFFIXES and _shown(one, path) and one.is_file()]
            files += below
            if not below:
                mistakes.append(Mistake(str(path), 1, 1, "no rule file in this folder; rule files end in .yaml"))
        else:
            files.append(path)
    texts: dict[str, str] = {}
    for path in sorted(set(files)):
        try:
            texts[path.as_posix()] = read_text(path)
        except FileMistakes as fault:
            mistakes += fault.mistakes
    mistakes += _named_by(texts)
    return texts, mistakes


def _shown(file: Path, folder: Path) -> bool:
    """Whether nothing below the folder is hidden: what begins with a dot is an editor's, or a mount's own."""
    return not any(part.startswith(".") for part in file.relative_to(folder).parts)


def _named_by(texts: dict[str, str]) -> Iterator[Mistake]:
    """Adds the watch lists that rule files name; what cannot be read is a mistake where it is named."""
    for path, text in list(texts.items()):
        for found in paths_of(text, path):
            if found not in texts and Path(found).is_file():
                try:
                    texts[found] = read_text(Path(found))
                except FileMistakes as fault:
                    yield from fault.mistakes


def read_rules(
    texts: Mapping[str, str],
    knowledge: Knowledge,
    *,
    channels: Collection[str] | None = None,
    feeds: Collection[str] | None = None,
    kept: timedelta = EVENTS_KEPT,
) -> tuple[RuleSet | None, tuple[Mistake, ...]]:
    """The rules, None when there is an error, and all mistakes and warnings, in order of path, line and column."""
    check = Checker(knowledge, channels=channels, feeds=feeds, kept=kept)
    roots = {path: _root(texts[path], path, check) for path in sorted(texts)}
    tables = [table for root in roots.values() if (table := _file(root, check)) is not None]
    for table in tables:
        _lists(table, check)
        watches(table, roots, check)
    entries = [node for table in tables for node in _entries(table, check)]
    _same_ids(entries, check)
    rules = [made for node in entries if (made := rule(node, check)) is not None]
    mistakes = check.mistakes
    if any(one.severity == "error" for one in mistakes):
        return None, mistakes
    if len(rules) < len(entries):
        raise AssertionError("a rule was left out without a mistake; a reader in rules.clauses or rules.entry has a hole")
    digest = hashlib.sha256("\n".join(one.hash for one in rules).encode()).hexdigest()[:16]
    return RuleSet(rules=tuple(rules), texts=dict(sorted(texts.items())), hash=digest), mistakes


def _root(text: str, path: str, check: Checker) -> Node | None:
    root, mistakes = read(text, path)
    check.add(mistakes)
    return root


def _file(root: Node | None, check: Checker) -> Map | None:
    """The map of a rule file, None for a watch list and for what is none."""
    if root is None or is_watch_list(root):
        return None
    table = check.map(root, "a rule file", keys.FILE)
    if table is None:
        return None
    version = table.get("version")
    if version is None:
        check.wrong(table, f'a rule file without "version"; its first line is "version: {VERSION}"')
    elif not isinstance(version, Scalar) or version.value != VERSION:
        check.wrong(version, f'"version" is {VERSION}, found {named(version)}')
    if not {"rules", "lists"} & table.keys.keys():
        check.wrong(table, 'neither "rules" nor "lists" in this rule file; is it another kind of file?')
    return table


def _lists(table: Map, check: Checker) -> None:
    """Notes the lists of a file; they serve all files of the set."""
    node = table.get("lists")
    if node is None:
        return
    if not isinstance(node, Map):
        check.wrong(node, f'"lists" is a map of lists by name, found {named(node)}')
        return
    for name, items in node.values.items():
        key = node.keys[name]
        if name in check.lists:
            first = check.lists[name]
            check.wrong(key, f'list "{name}" is there already, {first.path}:{first.line}; give one of them another name')
        elif not isinstance(items, Items) or not items.items:
            check.wrong(items, f'list "{name}" is {"empty" if isinstance(items, Items) else f"no list, found {named(items)}"}')
        else:
            check.lists[name] = items
            for item in items.items:
                _item(item, name, check)


def _item(item: Node, name: str, check: Checker) -> None:
    if check.text(item, f'an item of list "{name}"') is not None and isinstance(item, Scalar) and item.text.startswith("$"):
        check.wrong(item, f'list "{name}" names another list, "{item.text}"; write its items out')


def _entries(table: Map, check: Checker) -> tuple[Node, ...]:
    node = table.get("rules")
    if node is None:
        return ()
    if not isinstance(node, Items):
        check.wrong(node, f'"rules" is a list of rules, found {named(node)}; each starts with "- id:"')
        return ()
    return node.items


def _same_ids(entries: Sequence[Node], check: Checker) -> None:
    """Notes every id that a rule before it has, in whatever file."""
    first: dict[str, Node] = {}
    for node in entries:
        known = node.get("id") if isinstance(node, Map) else None
        if isinstance(known, Scalar):
            other = first.setdefault(known.text, known)
            if other is not known:
                check.wrong(
                    known, f'rule "{known.text}" is there already, {other.path}:{other.line}; an id names one rule for good'
                )
