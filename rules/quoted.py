"""Reads `text` and `mentions`: words that an article has to have; called by `rules.clauses`. None where a mistake was noted."""

from typing import cast, get_args

from rules import keys
from rules.check import Checker
from rules.groups import joined
from rules.model import AllOf, Clause, Mentions, NotThat, Scope, Watch, WordsIn, WordsNear
from streams.knowledge.aliases import alias_keys
from streams.notation.marked_yaml import Map, Node

FARTHEST = 100  # words of one stretch; a paragraph of news has fewer (assumption)


def text(node: Node, line: int, check: Checker) -> Clause | None:
    """Words and phrases, joined by *and*."""
    table = check.map(node, '"text"', keys.TEXT)
    if table is None:
        return None
    scope = _scope(table, check)
    parts: list[Clause | None] = []
    for key in ("any", "all", "none"):
        words = _phrases(table.values[key], f'"{key}" in "text"', check) if key in table.keys else ()
        if key in table.keys and not words:
            parts.append(None)
        elif words and scope and key == "all":
            parts += [WordsIn((word,), scope, line=line) for word in words]
        elif words and scope:
            either = WordsIn(words, scope, line=line)
            parts.append(NotThat(either, line=line) if key == "none" else either)
    if "near" in table.keys:
        parts.append(_near(table.values["near"], scope, line, check))
    if not set(table.keys) & {"any", "all", "none", "near"}:
        check.wrong(node, '"text" asks for no words; give "any", "all", "none" or "near"')
    return cast("Clause | None", joined(AllOf, node, parts)) if parts and scope else None


def mentions(node: Node, line: int, check: Checker) -> Mentions | None:
    """Known entities by id, plain names, people of watch lists; one of them is enough."""
    if not isinstance(node, Map):
        found = _named(node, check)
        return Mentions(*found, (), "article", line=line) if any(found) else None
    table = check.map(node, '"mentions"', keys.MENTIONS)
    if table is None:
        return None
    scope = _scope(table, check)
    ids, names = _named(table.values["any"], check) if "any" in table.keys else ((), ())
    watch = check.watch(table.values["watch"], "people") if "watch" in table.keys else None
    if not {"any", "watch"} & set(table.keys):
        check.wrong(node, '"mentions" names nobody; give "any", a list of names, or "watch", a watch list')
    wrong = ("watch" in table.keys and watch is None) or ("any" in table.keys and not ids and not names)
    watches: tuple[Watch, ...] = (watch,) if watch else ()
    return None if wrong or scope is None or not (ids or names or watches) else Mentions(ids, names, watches, scope, line=line)


def _named(node: Node, check: Checker) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids of known entities, and names that are none."""
    words = _phrases(node, '"mentions"', check)
    known = check.knowledge.entities
    return tuple(word for word in words if word in known), tuple(word for word in words if word not in known)


def _scope(table: Map, check: Checker) -> Scope | None:
    node = table.get("in")
    if node is None:
        return "article"
    found = check.choices(node, '"in"', get_args(Scope), "part of an article")
    if len(found) > 1:
        check.wrong(node, '"in" is one of title, sentence, article')
    return cast(Scope, found[0]) if len(found) == 1 else None


def _near(node: Node, scope: Scope | None, line: int, check: Checker) -> WordsNear | None:
    table = check.map(node, '"near" in "text"', keys.WORDS_NEAR)
    if table is None:
        return None
    for key in keys.WORDS_NEAR:
        if key not in table.keys:
            check.wrong(node, f'"near" in "text" has no "{key}"; e.g. "near: {{words: [convoy, ambush], within: 8}}"')
            return None
    words = _phrases(table.values["words"], '"words"', check)
    within = check.whole_number(table.values["within"], '"within"', 2)
    if len(words) == 1:
        check.wrong(table.values["words"], '"words" in "near" has one word; words that stand close to each other are two or more')
    if within is not None and within > FARTHEST:
        check.wrong(table.values["within"], f'"within" is {within} words; allowed: up to {FARTHEST}; for more use "all"')
    if len(words) < 2 or within is None or scope is None:
        return None
    return WordsNear(words, within, scope, line=line)


def _phrases(node: Node, what: str, check: Checker) -> tuple[str, ...]:
    found = []
    for item in check.words(node, what):
        if alias_keys(item.text):
            found.append(item.text.strip())
        else:
            check.wrong(item, f'{what}: "{item.text}" has no letters or digits to look for')
    return tuple(dict.fromkeys(found))
