"""What the extractor and the rules both know of the world: taxonomy, nations, groups, sites, places.

Read from `rules/knowledge/*.yaml` and from the operator's own folders, which add to it without touching ours; the extractor,
the rules and the pipeline are handed one Knowledge. It says what words name, never what a sentence means: "Washington" is a
place among `mentions` and the United States for `nation`, and which of the two is meant the extractor must judge.
"""

import gc
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, cast

from streams.errors import KnowledgeError, Mistake
from streams.knowledge.aliases import EXACT, Aliases, fold
from streams.knowledge.check import check
from streams.knowledge.entities import Entity, entities, is_nation, nation_words, speaks
from streams.knowledge.files import Files, Row, ours, read_folders
from streams.records.flow import Place

__all__ = ["Act", "Entity", "Hit", "Knowledge", "Node", "Trigger", "load", "mistakes"]

_VAGUE = frozenset({"region", "sea"})  # kinds of place that overlap others without lying in them


@dataclass(frozen=True, slots=True)
class Node:
    """One type of the taxonomy."""

    slug: str
    parent: str | None  # None: a root
    title: str  # for people, e.g. "Air or drone strike"
    path: tuple[str, ...]  # from root to slug


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word, or words in order, that may tell an event."""

    words: tuple[str, ...]  # lemmas, e.g. ("open", "fire"); usually one
    pos: Literal["verb", "noun"]
    type: str  # slug of the taxonomy
    grammar: str = ""  # "transitive", "fire", "intransitive", "noun", "statement"; see rules/knowledge/triggers.yaml
    instrument: str | None = None  # kind that the word implies, e.g. "drone" for "drone strike"
    weak: bool = False  # counts only with a weapon, an armed actor or a military target beside it
    lead: bool = False  # read only in the title and the first two sentences, beside a nation, government, official or armed side


@dataclass(frozen=True, slots=True)
class Act:
    """What a verb or its noun does to a thing, as one type of event; see rules/knowledge/acts.yaml for what each list asks."""

    type: str  # slug of the taxonomy
    verbs: tuple[tuple[str, ...], ...]  # each in words
    nouns: frozenset[str]
    at: frozenset[str]  # "object", "subject", "actor" or prepositions
    words: frozenset[str]
    kinds: frozenset[str]
    to: frozenset[str]
    by: frozenset[str]
    never: frozenset[str]
    beside: frozenset[str]
    amid: frozenset[str]
    unless: frozenset[str]
    under: frozenset[str]
    attempt: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """An entity named in a text."""

    entity: Entity
    start: int  # in the text given
    end: int


@dataclass(frozen=True, slots=True, eq=False)  # one is itself: caches are kept by it
class Knowledge:
    """All that is known; made by `load`, never changed."""

    version: str  # hash over all files
    taxonomy: Mapping[str, Node]
    triggers: tuple[Trigger, ...]
    acts: tuple[Act, ...]
    kinds: Mapping[str, tuple[str, ...]]  # kind of participant: path from its root
    instruments: Mapping[str, tuple[str, ...]]  # kind of instrument: path from its root
    instrument_words: Mapping[str, str]  # lemma, or words with one space between: kind
    role_words: Mapping[str, str]  # lemma of a head noun, or words with one space between: kind
    trade_words: Mapping[str, Mapping[str, str]]  # lemma of a head noun: word somewhere before it: kind ("radio", of "radio man")
    entities: Mapping[str, Entity]  # by id
    nation_words: tuple[str, ...] = ()  # names, demonyms and metonyms of nations as spelled, for whom they are to be listed
    warnings: tuple[Mistake, ...] = ()  # what `mistakes` found that does not stop a start
    _names: Aliases[Entity | None] = field(default_factory=lambda: Aliases(()), repr=False)
    _nations: Aliases[str] = field(default_factory=lambda: Aliases(()), repr=False)
    _everyday: frozenset[str] = field(default_factory=frozenset, repr=False)
    _areas: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)  # region: its nations

    def entity(self, id: str) -> Entity | None:
        """The entity of an id; the nation for an ISO code."""
        return self.entities.get(id)

    def nation(self, word: str) -> str | None:
        """ISO code of the nation that a name, demonym or metonym stands for; None when the whole word is none."""
        return self._nations.of(word)

    def names_nation(self, text: str) -> bool:
        """Whether a name, demonym or metonym of a nation stands in the text."""
        return next(self._nations.find(text), None) is not None

    def mentions(self, text: str) -> tuple[Hit, ...]:
        """Entities named in the text, in reading order, the longest at each word, never overlapping.

        Offsets count characters of the text given; a possessive 's is left out. A compass word before a country, province,
        region or sea belongs to it and makes a region: "northeastern Syria" is one hit of kind "place", id "northeast-SY".
        """
        hits: list[Hit] = []
        for found in self._names.find(text):
            if found.value is not None:
                hits.append(_sided(Hit(found.value, found.start, found.end), text, hits[-1].end if hits else 0))
        return tuple(hits)

    def everyday(self, word: str) -> bool:
        """Whether a folded word is one of every newspaper, or a person's name; False for several words."""
        return word in self._everyday or word in self.role_words or word in self.instrument_words

    def is_a(self, type: str, node: str) -> bool:
        """Whether a type lies in the subtree of a node; False for an unknown type."""
        return type in self.taxonomy and node in self.taxonomy[type].path

    def kind_is_a(self, kind: str, ancestor: str) -> bool:
        """Whether a kind of participant is another one or lies below it; False for an unknown kind."""
        return ancestor in self.kinds.get(kind, ())

    def instrument_is_a(self, kind: str, ancestor: str) -> bool:
        """Whether a kind of instrument is another one or lies below it; False for an unknown kind."""
        return ancestor in self.instruments.get(kind, ())

    def place_within(self, place: Place, area: str) -> bool | None:
        """Whether a place lies in an area: ISO code, slug of a place, or slug of a region of several countries.

        None: cannot be told, since the place is coarser than the area, or either of them has no known bounds.
        """
        country = place.country or next((step for step in place.path if is_nation(step)), None)
        if area in place.path or area == country:
            return True
        nations = self._areas.get(area)
        if nations is not None:
            return self._within_nations(place, country, nations)
        if is_nation(area):
            return False if country else self._within_nations(place, country, frozenset({area}))
        known = self.entities.get(area)
        if known is None or known.place is None:
            return None
        if known.place.country and country and known.place.country != country:
            return False
        vague = not place.path or place.kind in _VAGUE or known.place.kind in _VAGUE or place.path[0] in known.place.path
        return None if vague or not known.place.country or not country else False

    def steps_within(self, area: str) -> frozenset[str]:
        """Countries and steps of a place's path; what `place_within` finds in the area has one of them."""
        nations = self._areas.get(area) or frozenset({area} if is_nation(area) else ())
        return nations | {area} | {region for region, its in self._areas.items() if its <= nations}

    def _within_nations(self, place: Place, country: str | None, nations: frozenset[str]) -> bool | None:
        """Whether a place lies in any of these nations."""
        if country:
            return country in nations
        spans = [self._areas[step] for step in place.path if step in self._areas]
        if any(span <= nations for span in spans):
            return True
        return False if spans and not any(span & nations for span in spans) else None


@cache
def _shipped() -> Knowledge:
    return _load((ours(),))


def load(*folders: Path) -> Knowledge:
    """Our knowledge with what these folders add to it, read anew; without folders, ours alone, read once.

    Raises KnowledgeError with every mistake of every file.
    """
    return _load((ours(), *folders)) if folders else _shipped()


def mistakes(*folders: Path) -> tuple[Mistake, ...]:
    """Everything wrong with our files and these folders, warnings too; empty when all is well."""
    files = read_folders(ours(), *folders)
    return tuple(sorted([*files.mistakes, *check(files)], key=lambda m: (m.path, m.line, m.column)))


def _load(folders: Sequence[Path]) -> Knowledge:
    collecting = gc.isenabled()
    gc.disable()  # nothing of this is garbage, and looking for it took a third of the time (measured: 0.22 s against 0.15 s)
    try:
        files = read_folders(*folders)
        found = [*files.mistakes, *check(files)]
        if any(mistake.severity == "error" for mistake in found):
            raise KnowledgeError(found)
        return _built(files, tuple(found))
    finally:
        if collecting:
            gc.enable()


# -------------------------------------------------------------------------------------------------------------- building


def _built(files: Files, warnings: tuple[Mistake, ...]) -> Knowledge:
    """Knowledge from rows without mistakes."""
    steps = {row.name: row.text("parent") for row in files.all("taxonomy")}
    kinds = {row.name: row.text("parent") for row in files.all("kinds")}
    tools = {row.name: row.text("parent") for row in files.all("instruments")}
    named = tuple(entities(files))
    pairs: list[tuple[str, Entity | None]] = [(alias, entity) for entity, aliases in named for alias in aliases]
    pairs += [(word, None) for row in files.all("ignore") for word in row.texts("words")]
    words = [(word, row.name) for row in files.all("nations") for word in nation_words(row)]
    words += [(alias, entity.nations[0].nation) for entity, aliases in named for alias in aliases if speaks(entity)]
    return Knowledge(
        version=files.version,
        taxonomy={
            row.name: Node(row.name, row.text("parent") or None, row.text("title"), _path(row.name, steps))
            for row in files.all("taxonomy")
        },
        triggers=tuple(_triggers(files)),
        acts=tuple(_act(row) for row in files.all("acts")),
        kinds={slug: _path(slug, kinds) for slug in kinds},
        instruments={slug: _path(slug, tools) for slug in tools},
        instrument_words={fold(word): row.name for row in files.all("instruments") for word in row.texts("words")},
        role_words={
            fold(word): row.text("kind") for row in files.all("roles") if not row.texts("after") for word in row.texts("words")
        },
        trade_words=_trade_words(files),
        entities={entity.id: entity for entity, _ in named if entity.kind != "demonym"},
        nation_words=tuple(dict.fromkeys(word.removeprefix(EXACT) for word, _ in words)),
        warnings=warnings,
        _names=Aliases(pairs),
        _nations=Aliases(words),
        _everyday=frozenset(word for row in files.all("common", "people") for word in row.text("words").split()),
        _areas={row.name: frozenset(row.texts("countries")) for row in files.all("places") if row.texts("countries")},
    )


def _trade_words(files: Files) -> Mapping[str, Mapping[str, str]]:
    """Of role words that name a kind only after others: per head noun the kind by the word before it."""
    found: dict[str, dict[str, str]] = {}
    for row in files.all("roles"):
        for word in row.texts("words") if row.texts("after") else ():
            found.setdefault(fold(word), {}).update(dict.fromkeys(map(fold, row.texts("after")), row.text("kind")))
    return found


def _path(slug: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    """From the root to a slug."""
    path = [slug]
    while parents.get(path[0]):
        path.insert(0, parents[path[0]])
    return tuple(path)


def _triggers(files: Files) -> Iterator[Trigger]:
    for row in files.all("triggers"):
        for key, pos in (("verbs", "verb"), ("nouns", "noun")):
            for word in row.texts(key):
                yield Trigger(
                    words=tuple(word.split()),
                    pos=cast(Any, pos),
                    type=row.text("type"),
                    grammar="noun" if pos == "noun" else row.text("grammar"),
                    instrument=row.text("instrument") or None,
                    weak=bool(row.values.get("weak", False)),
                    lead=row.text("read") == "lead",
                )


def _act(row: Row) -> Act:
    lists = {
        key: frozenset(row.texts(key))
        for key in ("nouns", "at", "words", "kinds", "to", "by", "never", "beside", "amid", "unless", "under")
    }
    verbs = tuple(tuple(verb.split()) for verb in row.texts("verbs"))
    return Act(type=row.text("type"), verbs=verbs, attempt=bool(row.values.get("attempt", False)), **lists)


# ---------------------------------------------------------------------------------------------------------------- compass

_COMPASS = re.compile(
    r"(?<![\w-])(?:(?P<side>(?:north|south)[-\s]?(?:east|west)|north|south|east|west)(?:ern)?|central)[\s-]+\Z", re.IGNORECASE
)
_COMPASS_CHARS = 24  # longest that _COMPASS can match, with some room


def _sided(hit: Hit, text: str, after: int) -> Hit:
    """The hit, widened by a compass word that stands right before it; `after` is the end of the hit before."""
    place = hit.entity.place
    if place is None or hit.entity.kind not in ("nation", "place") or place.kind in ("town", "site"):
        return hit
    found = _COMPASS.search(text, max(after, hit.start - _COMPASS_CHARS), hit.start)
    if found is None:
        return hit
    words = " ".join(text[found.start() : hit.end].split())
    return Hit(_side_of(hit.entity, fold(found["side"] or "central").replace(" ", ""), words), found.start(), hit.end)


@lru_cache(maxsize=4096)
def _side_of(entity: Entity, side: str, words: str) -> Entity:
    """The part of a country, province, region or sea that lies on a side of it."""
    assert entity.place is not None
    id = f"{side}-{entity.id}"
    kind: Literal["sea", "region"] = "sea" if entity.place.kind == "sea" else "region"
    return Entity(id, words, "place", (), (words,), replace(entity.place, name=words, kind=kind, path=(id, *entity.place.path)))
