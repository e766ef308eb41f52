"""Where in the files a rule, its keys and its clauses stand; for warnings about rules that were read already (`rules.lint`)."""

from collections.abc import Iterator, Mapping
from typing import Any

from rules.model import IdIs, NotThat, Rule
from rules.spell import spelled
from streams.notation.marked_yaml import Items, Map, Node, Scalar, read


class Positions:
    """Nodes of the rule files of one set."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.roots = {path: root for path, text in texts.items() if (root := read(text, path)[0]) is not None}
        self._entries: dict[tuple[str, str], Map] = {}  # by path and id
        for path, root in self.roots.items():
            listed = root.get("rules") if isinstance(root, Map) else None
            for entry in listed.items if isinstance(listed, Items) else ():
                known = entry.get("id") if isinstance(entry, Map) else None
                if isinstance(entry, Map) and isinstance(known, Scalar):
                    self._entries[path, known.text.strip()] = entry

    def rule(self, rule: Rule) -> Map | None:
        """The entry of a rule."""
        return self._entries.get((rule.path, rule.id))

    def key(self, rule: Rule, *steps: str) -> Node:
        """The key of a rule that these steps lead to, as far as they lead: `alert`, `hold`; else the value of its id."""
        entry = self.rule(rule)
        found: Node | None = entry.get("id") if entry is not None else None
        here: Node | None = entry
        for step in steps:
            if not isinstance(here, Map) or step not in here.keys:
                break
            found, here = here.keys[step], here.get(step)
        return found or Scalar(None, "", rule.path, rule.line, 1)

    def clause(self, rule: Rule, part: Any) -> Node:
        """The key of a clause, else what begins its line; `when` for one that no line has, as the defaults are."""
        line = getattr(part, "line", 0)
        entry = self.rule(rule)
        if not line or entry is None:
            return self.key(rule, "when")
        inner = part.part if isinstance(part, NotThat) else part
        names = {spelled(part).partition(":")[0], spelled(inner).partition(":")[0], *(("group",) if isinstance(part, IdIs) else ())}
        there = [key for key in keys_of(entry) if key.line == line]
        return next((key for key in there if key.text in names), None) or next(iter(there), None) or self.key(rule, "when")


def keys_of(node: Node | None) -> Iterator[Scalar]:
    """All keys below a node, in the order of the file."""
    if isinstance(node, Map):
        for name, key in node.keys.items():
            yield key
            yield from keys_of(node.values[name])
    elif isinstance(node, Items):
        for item in node.items:
            yield from keys_of(item)


def scalars_of(node: Node | None) -> Iterator[Scalar]:
    """All values below a node, keys apart."""
    if isinstance(node, Scalar):
        yield node
    for inner in node.values.values() if isinstance(node, Map) else node.items if isinstance(node, Items) else ():
        yield from scalars_of(inner)
