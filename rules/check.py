"""What can be wrong with a value in a rule file: readers of single values that note a mistake instead of raising.

Called by `rules.clauses` and `rules.load`. Each reader returns None, or an empty tuple, when it has noted a mistake; reading
goes on, so that one run shows all mistakes of all files. Names are checked against the knowledge here and nowhere else.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Literal, TypeVar
from zoneinfo import available_timezones

from rules import keys
from rules.model import Stated, StatedField, Watch
from streams.errors import Mistake
from streams.knowledge.world import Knowledge
from streams.notation.durations import EVENTS_KEPT, HOW, duration
from streams.notation.marked_yaml import Items, Map, Node, Scalar, mistake, named, unknown_keys
from streams.notation.suggestions import suggest

Value = TypeVar("Value")

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DISTANCE = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)\s?(m|km|mi|nm)")
_KM = {"m": 0.001, "km": 1.0, "mi": 1.609344, "nm": 1.852}  # international mile and nautical mile
FARTHEST_KM = 5_000  # more is half the world and no neighbourhood (assumption)
_WALL_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
MOST_WRITTEN = 1_000_000  # words in place of names of lists, in one set; a short file could ask for billions (assumption)
MOST_ADVICE = 1_000  # unknown words of one file; looking for what was meant is slow, and nobody reads on (assumption)
LONGEST_ID = 64  # characters; ids stand in file names, metric labels and Message-IDs (assumption)
LONGEST_TITLE = 150  # characters; Slack's limit for a header block (docs.slack.dev, block-kit header)


class Checker:
    """The mistakes found so far, and what values are checked against."""

    def __init__(
        self,
        knowledge: Knowledge,
        *,
        channels: Collection[str] | None = None,
        feeds: Collection[str] | None = None,
        kept: timedelta = EVENTS_KEPT,
    ) -> None:
        """`channels`, `feeds` None: the settings are not known, any name passes. `kept`: how long events are kept."""
        self.knowledge = knowledge
        self.channels = channels
        self.feeds = feeds
        self.kept = kept
        self.lists: dict[str, Items] = {}  # by name, of all files
        self.watches: dict[str, Watch | None] = {}  # by name, of all files; None: it has mistakes of its own
        self._written = 0  # words that named lists came to
        self._advised: Counter[str] = Counter()  # unknown words by path
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

    def map(self, node: Node, what: str, allowed: Iterable[str]) -> Map | None:
        """The node if it is a map; its unknown keys are noted."""
        if not isinstance(node, Map):
            self.wrong(node, f"{what} is a map, found {named(node)}; allowed keys: {', '.join(allowed)}")
            return None
        self.add(unknown_keys(node, allowed, what))
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

    def distance(self, node: Node, what: str) -> float | None:
        """A distance in kilometres."""
        found = _DISTANCE.fullmatch(node.text.strip()) if isinstance(node, Scalar) else None
        km = float(found[1]) * _KM[found[2]] if found else 0.0
        if not 0 < km <= FARTHEST_KM:
            self.wrong(node, f'{what} is a distance like "500m", "50km" or "30mi", up to {FARTHEST_KM}km, found {named(node)}')
            return None
        return km

    def wall_time(self, node: Node, what: str) -> str | None:
        """A time of day."""
        if isinstance(node, Scalar) and _WALL_TIME.fullmatch(node.text):
            return node.text
        self.wrong(node, f'{what} is a time of day like "22:00", found {named(node)}')
        return None

    def time_zone(self, node: Node, what: str) -> str | None:
        """A time zone by its IANA name."""
        found = self.text(node, what)
        if found is not None and found not in available_timezones():
            near = suggest(found, available_timezones()) or '; allowed: names like "Europe/Berlin"'
            self.wrong(node, f'{what}: "{found}" is no time zone{near}')
            return None
        return found

    def known(self, node: Map, name: StatedField) -> Stated | None:
        """`known: true` or `known: false` of a field, None when it is wrong."""
        wanted = self.flag(node.values["known"], '"known"')
        if wanted is False and len(node.keys) > 1:
            self.wrong(node.keys["known"], f'"known: false" in "{name}" allows no other key beside it; remove one of them')
        return None if wanted is None else Stated(name, wanted, line=node.keys["known"].line)

    def against(self, node: Node, what: str, fields: Collection[str]) -> tuple[str, bool] | None:
        """Another field, and whether the two are to be the same."""
        table = self.map(node, what, keys.AGAINST)
        if table is None:
            return None
        if len(table.keys) != 1:
            wrong = "is empty; give values, or one of" if not table.keys else "has more than one key; give one of"
            self.wrong(node, f'{what} {wrong} "differs_from" and "same_as"')
            return None
        key = next(iter(table.keys))
        found = self.choices(table.values[key], f'"{key}"', fields, "field") if key in keys.AGAINST else ()
        if len(found) > 1:
            self.wrong(table.values[key], f'"{key}" is one field, found {len(found)}; write one of them under "not" or "all"')
        return (found[0], key == "same_as") if len(found) == 1 else None

    def watch(self, node: Node, kind: Literal["sites", "people"]) -> Watch | None:
        """A watch list that has something of this kind."""
        found = self.text(node, '"watch"')
        if found is None:
            return None
        if found not in self.watches:
            self.wrong(
                node, f'unknown watch list "{found}"{suggest(found, self.watches)}; watch lists stand under "watch" of a file'
            )
            return None
        listed = self.watches[found]
        if listed is not None and not getattr(listed, kind):
            what = "sites and no travel" if kind == "sites" else "people"
            self.wrong(node, f'watch list "{found}" has no {what}')
            return None
        return listed

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
            foreign = next((f' ("{one}" is U+{ord(one):04X})' for one in found if not one.isascii()), "")  # looks like one of ours
            self.wrong(node, f'{what} "{found}" is no slug{foreign}; {advice}')
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
                listed = self.lists[item.text[1:]].items
                self._written += len(listed)
                if self._written > MOST_WRITTEN:
                    self.wrong(item, f"lists come to more than {MOST_WRITTEN:,} words where they are named; name shorter ones")
                    return ()
                found += [one for one in listed if isinstance(one, Scalar)]
            else:
                self.wrong(item, f'unknown list "{item.text}"{suggest(item.text[1:], self.lists)}; lists stand under "lists"')
        if isinstance(node, Items) and not node.items:
            self.wrong(node, f"{what} is an empty list; name at least one, or leave it out")
        return tuple(found)

    def choices(self, node: Node, what: str, allowed: Collection[str], called: str = "") -> tuple[str, ...]:
        """One or several of the words allowed, each once, in the order of `allowed`; `called`: what one of them is."""
        found = self._each(self.words(node, what), called or what.strip('"'), {word: word for word in allowed}.get, lambda: allowed)
        return tuple(word for word in allowed if word in found)

    def channels_of(self, node: Node, what: str) -> tuple[str, ...]:
        """Channels, checked where the settings are known."""
        if self.channels is not None:
            return self.choices(node, what, tuple(self.channels), "channel")
        return tuple(dict.fromkeys(one.text for one in self.words(node, what)))

    def sources(self, node: Node) -> tuple[str, ...]:
        """Names of feeds, checked where the settings are known."""
        if self.feeds is not None:
            return self.choices(node, '"source"', tuple(self.feeds), "feed")
        return tuple(dict.fromkeys(one.text for one in self.words(node, '"source"')))

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
        known = self._bodies
        return self._each(self.words(node, what), what.strip('"'), known.get, lambda: known)

    def areas(self, node: Node) -> tuple[str, ...]:
        """Nations, places and sites."""
        known = self._placed
        return self._each(self.words(node, '"in"'), "place", lambda word: known.get(word) or self._nation(word), lambda: known)

    @cached_property
    def _bodies(self) -> dict[str, str]:
        return {one.id: one.id for one in self.knowledge.entities.values() if one.kind not in ("nation", "place")}

    @cached_property
    def _placed(self) -> dict[str, str]:
        return {one.id: one.id for one in self.knowledge.entities.values() if one.place is not None}

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
                self._advised[item.path] += 1
                near = suggest(item.text, known()) if self._advised[item.path] <= MOST_ADVICE else ""
                self.wrong(item, f'unknown {what} "{item.text}"{near}')
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
