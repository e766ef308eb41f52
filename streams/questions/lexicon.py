"""What the knowledge and the rule language know of a word, with how a rule would use it; called by `tocsin words`.

It answers from the same tables that the extractor and the rules read, so what it shows is what they find.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import get_args

from rules import keys
from rules.model import AGAIN_ON, BY, SpeakerClass
from streams.knowledge.aliases import fold
from streams.knowledge.towns import shipped
from streams.knowledge.world import Entity, Knowledge
from streams.records.flow import SEVERITIES, Outcome, Stage, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One thing that a word may mean."""

    what: str  # "nation", "armed-group", "event", "kind", "instrument", "town", "key", "value" …
    id: str  # as rules name it
    title: str  # for people
    path: tuple[str, ...] = ()  # from what holds it down to it: types and kinds by slug, places from the nation
    children: tuple[str, ...] = ()  # one level below
    words: tuple[str, ...] = ()  # by which texts name it, or tell it
    nations: tuple[str, ...] = ()  # with their role, e.g. "sponsor IR", "user GB (us-led-coalition)"
    uses: tuple[str, ...] = ()  # in a rule; empty: rules cannot name it


def meanings(term: str, knowledge: Knowledge) -> list[Meaning]:
    """All that the term means as a whole; where there is nothing, all whose names have its words. Empty: nothing is known."""
    key = fold(term)
    if not key:
        return []
    found = [*_named(term, key, knowledge), *_types(key, knowledge), *_kinds(key, knowledge), *_language(term.strip())]
    found = found or list(_with_words(key, knowledge)) or list(_towns(key, knowledge))
    return list({(one.what, one.id): one for one in found}.values())


def near(term: str, knowledge: Knowledge) -> list[str]:
    """Up to five known words that are spelled like the term, the nearest first."""
    names = {fold(name): name for one in knowledge.entities.values() for name in (*one.aliases, one.name)}
    names |= {fold(slug): slug for slugs in (knowledge.taxonomy, knowledge.kinds, knowledge.instruments) for slug in slugs}
    names |= {word: word for words in (knowledge.instrument_words, knowledge.role_words) for word in words}
    names |= {" ".join(one.words): " ".join(one.words) for one in knowledge.triggers}
    return [names[key] for key in get_close_matches(fold(term), names, n=5, cutoff=0.7)]


# ------------------------------------------------------------------------------------------------- names of the world


def _named(term: str, key: str, knowledge: Knowledge) -> Iterator[Meaning]:
    code = knowledge.nation(term)
    for one in knowledge.entities.values():
        if one.id == code or key in (fold(one.id), fold(one.name), *map(fold, one.aliases)):
            yield _entity(one)


def _with_words(key: str, knowledge: Knowledge) -> Iterator[Meaning]:
    """Those that have the words somewhere in a name, their titles or slugs."""
    asked = set(key.split())
    for one in knowledge.entities.values():
        if any(asked <= set(fold(name).split()) for name in (one.id, *one.aliases)):
            yield _entity(one)
    for slug, node in knowledge.taxonomy.items():
        if asked <= {*fold(slug).split(), *fold(node.title).split()}:
            yield _type(slug, knowledge)
    for tree, what in ((knowledge.kinds, "kind"), (knowledge.instruments, "instrument")):
        for slug in tree:
            if asked <= set(fold(slug).split()):
                yield _kind(slug, what, knowledge)


def _entity(one: Entity) -> Meaning:
    roles = tuple(f"{held.role} {held.nation}{f' ({held.via})' if held.via else ''}" for held in one.nations)
    place = one.place
    uses: tuple[str, ...]
    if one.kind == "nation":
        uses = (f"place: {{in: {one.id}}}", f"target: {{nation: {one.id}}}", f"actor: {{forces_of: {one.id}}}")
    elif one.kind == "place":
        uses = (f"place: {{in: {one.id}}}",)
    elif place is not None:
        uses = (f"target: {{id: {one.id}}}", f"place: {{in: {one.id}}}")
    else:
        side = "group" if one.kind in ("armed-group", "alliance") else "id"
        uses = (f"actor: {{{side}: {one.id}}}", f"mentions: [{one.id}]")
    return Meaning(
        what=place.kind if one.kind == "place" and place else one.kind,
        id=one.id,
        title=one.name,
        path=tuple(reversed(place.path)) if place else (),
        words=tuple(dict.fromkeys(one.aliases or (one.name,))),
        nations=roles,
        uses=uses,
    )


def _towns(key: str, knowledge: Knowledge) -> Iterator[Meaning]:
    """Towns and provinces that only texts name: a rule names what they lie in."""
    for town in (*shipped().provinces(key), *shipped().named(key)):
        place = shipped().entity(town, town.name).place
        above = [step for step in (place.path[1:] if place else ()) if step in knowledge.entities]
        uses = tuple(f"place: {{in: {step}}}" for step in above)
        yield Meaning(what=town.kind, id="", title=town.name, path=tuple(reversed(above)), words=(town.name,), uses=uses)


# ------------------------------------------------------------------------------------------- types, kinds, instruments


def _types(key: str, knowledge: Knowledge) -> Iterator[Meaning]:
    """The node of this name, and those that one of its words tells."""
    forms = _forms(key)
    for slug, node in knowledge.taxonomy.items():
        if key in (fold(slug), fold(node.title)):
            yield _type(slug, knowledge)
    told = [one.type for one in knowledge.triggers if " ".join(one.words) in forms]
    if not told:  # an act asks for more words beside its verb, so it says less of a word
        told = [one.type for one in knowledge.acts if forms & {*map(" ".join, one.verbs), *one.nouns}]
    yield from (_type(slug, knowledge) for slug in dict.fromkeys(told))


def _type(slug: str, knowledge: Knowledge) -> Meaning:
    node = knowledge.taxonomy[slug]
    words = [" ".join(one.words) for one in knowledge.triggers if one.type == slug]
    if not words:
        words = [word for one in knowledge.acts if one.type == slug for word in (*map(" ".join, one.verbs), *sorted(one.nouns))]
    return Meaning(
        what="event",
        id=slug,
        title=node.title,
        path=node.path,
        children=tuple(one.slug for one in knowledge.taxonomy.values() if one.parent == slug),
        words=tuple(dict.fromkeys(words)),
        uses=(f"event: {slug}",),
    )


def _kinds(key: str, knowledge: Knowledge) -> Iterator[Meaning]:
    forms = _forms(key)
    for tree, words, what in (
        (knowledge.kinds, knowledge.role_words, "kind"),
        (knowledge.instruments, knowledge.instrument_words, "instrument"),
    ):
        slugs = [slug for slug in tree if key == fold(slug)] + [words[form] for form in sorted(forms) if form in words]
        yield from (_kind(slug, what, knowledge) for slug in dict.fromkeys(slugs) if slug in tree)


def _kind(slug: str, what: str, knowledge: Knowledge) -> Meaning:
    kind = what == "kind"
    tree, words = (knowledge.kinds, knowledge.role_words) if kind else (knowledge.instruments, knowledge.instrument_words)
    return Meaning(
        what=what,
        id=slug,
        title=slug.replace("-", " ").capitalize(),
        path=tree[slug],
        children=tuple(one for one, path in tree.items() if len(path) > 1 and path[-2] == slug),
        words=tuple(word for word, of in words.items() if of == slug),
        uses=(f"target: {{kind: {slug}}}", f"actor: {{kind: {slug}}}") if kind else (f"instrument: {slug}",),
    )


def _forms(key: str) -> set[str]:
    """The word and what it may be a form of: "shelled", "shelling" and "shells" of "shell"."""
    found = {key}
    for ending, instead in (("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("d", ""), ("ing", ""), ("ing", "e"), ("ied", "y")):
        if key.endswith(ending) and len(key) > len(ending) + 2:
            stem = key.removesuffix(ending)
            found |= {stem + instead, stem[:-1] if stem[-1] == stem[-2] else stem + instead}
    return found


# ------------------------------------------------------------------------------------------------------- the language

_VALUES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("stage: {}", get_args(Stage)),
    ("standing: {}", get_args(Standing)),
    ("outcome: {}", get_args(Outcome)),
    ("speaker: {{class: {}}}", get_args(SpeakerClass)),
    ("severity: {}", SEVERITIES),
    ("alert: {{again_on: [{}]}}", AGAIN_ON),
    ("first: {{within: 90d, by: {}}}", BY),
)
_TABLES = {"a rule": keys.RULE, "when": keys.WHEN, "actor, target": keys.TRAITS, "alert": keys.ALERT}


def _language(term: str) -> Iterator[Meaning]:
    """Keys and values of the rule language, spelled as in a file."""
    for where, table in _TABLES.items():
        if term in table:
            yield Meaning(what=f"key of {where}", id=term, title=table[term])
    for use, values in _VALUES:
        if term in values:
            key = use.partition(":")[0]
            yield Meaning(
                what=f"value of {key}", id=term, title=keys.WHEN.get(key, keys.RULE.get(key, "")), uses=(use.format(term),)
            )
