"""What can be wrong with a value in a rule file: readers of single values that note a mistake instead of raising.

Called by `rules.clauses` and `rules.load`. Each reader returns None, or an empty tuple, when it has noted a mistake; reading
goes on, so that one run shows all mistakes of all files. Names are checked against the knowledge here and nowhere else.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import TypeVar

from streams.durations import EVENTS_KEPT, HOW, duration
from streams.errors import Mistake
from streams.knowledge import Knowledge
from streams.marked_yaml import Items, Map, Node, Scalar, mistake, named, unknown_keys
from streams.suggestions import suggest

Value = TypeVar("Value")

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_ID = 64  # characters; ids stand in file names, metric labels and Message-IDs (assumption)
LONGEST_TITLE = 150  # characters; Slack's limit for a header block (docs.slack.dev, block-kit header)


class Checker:
    """The mistakes found so far, and what values are checked against."""

    def __init__(
        self,
        knowledge: Knowledge,
        *,
        channels: Collection[str] | None = None,
        kept: timedelta = EVENTS_KEPT,
    ) -> None:
        """`channels` None: the settings are not known, any name passes. `kept`: how long events are kept."""
        self.knowledge = knowledge
        self.channels = channels
        self.kept = kept
        self.lists: dict[str, Items] = {}  # by name, of all files
        self._found: dict[Mistake, None] = {}  # a list used twice is complained of once

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """All mistakes and warnings, in order of path, line and column."""
        return tuple(sorted(self._found, key=lambda one: (one.path, one.line, one.column)))

    def add(self, mistakes: Iterable[Mistake]) -> None:
        """Notes mistakes made elsewhere."""
        self._found.update(dict.fromkeys(mistakes))

    def wrong(self, node: Node, message: str) -> None:
        """Notes a mistake at a node."""
        self.add([mistake(node, message)])

    def warn(self, node: Node, message: str) -> None:
        """Notes a warning at a node."""
        self.add([mistake(node, message, severity="warning")])

    # ------------------------------------------------------------------------------------------------------------ shapes

    def map(self, node: Node, what: str, allowed: Iterable[str], later: Iterable[str] = ()) -> Map | None:
        """The node if it is a map; its unknown keys are noted, and those that are to come."""
        if not isinstance(node, Map):
            self.wrong(node, f"{what} is a map, found {named(node)}; allowed keys: {', '.join(allowed)}")
            return None
        for name in later:
            if name in node.keys:
                self.wrong(node.keys[name], f'"{name}" in {what} is not supported yet; remove it')
        self.add(one for one in unknown_keys(node, allowed, what) if _key_of(one, node) not in tuple(later))
        return node

    def text(self, node: Node, what: str) -> str | None:
        """A text that says something; numbers are texts too, as written."""
        if isinstance(node, Scalar) and node.value is not None and node.text.strip():
            return node.text.strip()
        self.wrong(node, f"{what} is a text, found {named(node)}")
        return None

    def whole_number(self, node: Node, what: str, lowest: int) -> int | None:
        """A whole number of at least `lowest`."""
        if isinstance(node, Scalar) and type(node.value) is int and node.value >= lowest:
            return node.value
        self.wrong(node, f"{what} is a whole number from {lowest} up, found {named(node)}")
        return None

    def flag(self, node: Node, what: str) -> bool | None:
        """True or false."""
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        self.wrong(node, f"{what} is true or false, found {named(node)}")
        return None

    def length(self, node: Node, what: str) -> timedelta | None:
        """A length of time, not longer than events are kept."""
        if not isinstance(node, Scalar):
            self.wrong(node, f"{what} is {HOW}, found {named(node)}")
            return None
        try:
            found = duration(node.text)
        except ValueError as fault:
            self.wrong(node, f"{what}: {fault}")
            return None
        if found > self.kept:
            self.wrong(node, f'{what}: "{node.text}" is longer than events are kept; allowed: up to {self.kept.days}d')
            return None
        return found

    def day(self, node: Node, what: str) -> date | None:
        """A day of the calendar."""
        try:
            return date.fromisoformat(node.text if isinstance(node, Scalar) else "")
        except ValueError:
            self.wrong(node, f'{what} is a day like "2024-02-04", found {named(node)}')
            return None

    def slug(self, node: Node, what: str) -> str | None:
        """A name in lower case with hyphens."""
        found = self.text(node, what)
        if found is not None and (not _SLUG.fullmatch(found) or len(found) > LONGEST_ID):
            advice = f"allowed: a-z, 0-9 and single hyphens, up to {LONGEST_ID} characters"
            self.wrong(node, f'{what} "{found}" is no slug; {advice}')
            return None
        return found

    # ------------------------------------------------------------------------------------------------------------- words

    def words(self, node: Node, what: str) -> tuple[Scalar, ...]:
        """One text or a list of texts, with `$name` replaced by that list."""
        if isinstance(node, Map):
            self.wrong(node, f"{what} is a text or a list of texts, found a map")
            return ()
        found: list[Scalar] = []
        for item in node.items if isinstance(node, Items) else (node,):
            if self.text(item, what) is None or not isinstance(item, Scalar):
                continue
            if not item.text.startswith("$"):
                found.append(item)
            elif item.text[1:] in self.lists:
                found += [one for one in self.lists[item.text[1:]].items if isinstance(one, Scalar)]
            else:
                self.wrong(item, f'unknown list "{item.text}"{suggest(item.text[1:], self.lists)}; lists stand under "lists"')
        if isinstance(node, Items) and not node.items:
            self.wrong(node, f"{what} is an empty list; name at least one, or leave it out")
        return tuple(found)

    def choices(self, node: Node, what: str, allowed: Collection[str], called: str = "") -> tuple[str, ...]:
        """One or several of the words allowed, each once, in the order of `allowed`; `called`: what one of them is."""
        found = self._each(self.words(node, what), called or what.strip('"'), {word: word for word in allowed}.get, lambda: allowed)
        return tuple(word for word in allowed if word in found)

    def types(self, node: Node) -> tuple[str, ...]:
        """Nodes of the taxonomy."""
        return self._each(
            self.words(node, '"event"'), "event type", _among(self.knowledge.taxonomy), lambda: self.knowledge.taxonomy
        )

    def kinds(self, node: Node) -> tuple[str, ...]:
        """Kinds of participants."""
        return self._each(self.words(node, '"kind"'), "kind", _among(self.knowledge.kinds), lambda: self.knowledge.kinds)

    def instruments(self, node: Node) -> tuple[str, ...]:
        """Kinds of instruments."""
        known = self.knowledge.instruments
        return self._each(self.words(node, '"instrument"'), "instrument", _among(known), lambda: known)

    def nations(self, node: Node, what: str) -> tuple[str, ...]:
        """ISO codes of nations, given as codes, names or demonyms."""
        return self._each(self.words(node, what), "nation", self._nation, self._nation_codes)

    def entities(self, node: Node, what: str) -> tuple[str, ...]:
        """Slugs of known entities, nations and places apart."""
        known = {one.id: one.id for one in self.knowledge.entities.values() if one.kind not in ("nation", "place")}
        return self._each(self.words(node, what), what.strip('"'), known.get, lambda: known)

    def areas(self, node: Node) -> tuple[str, ...]:
        """Nations, places and sites."""
        known = {one.id: one.id for one in self.knowledge.entities.values() if one.place is not None}
        return self._each(self.words(node, '"in"'), "place", lambda word: known.get(word) or self._nation(word), lambda: known)

    def _each(
        self,
        items: Iterable[Scalar],
        what: str,
        meaning: Callable[[str], str | None],
        known: Callable[[], Iterable[str]],
    ) -> tuple[str, ...]:
        """What each item means, each meaning once; an item without a meaning is noted."""
        found: dict[str, None] = {}
        for item in items:
            means = meaning(item.text)
            if means is None:
                self.wrong(item, f'unknown {what} "{item.text}"{suggest(item.text, known())}')
            else:
                found[means] = None
        return tuple(found)

    def _nation(self, word: str) -> str | None:
        known = self.knowledge.entities.get(word)
        return known.id if known is not None and known.kind == "nation" else self.knowledge.nation(word)

    def _nation_codes(self) -> list[str]:
        return [name for one in self.knowledge.entities.values() if one.kind == "nation" for name in (one.id, *one.aliases)]


def _among(known: Mapping[str, object]) -> Callable[[str], str | None]:
    return lambda word: word if word in known else None


def _key_of(one: Mistake, node: Map) -> str:
    return next(name for name, key in node.keys.items() if (key.line, key.column) == (one.line, one.column))
