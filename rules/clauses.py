"""Reads `when` and what looks like it: maps are *and*, lists are *or*, `any`, `all` and `not` group.

Called by `rules.load`. Parts of a map are kept in the order of the tables below, whatever their order in the file: rules that
mean the same are equal, and cheap questions are asked first. Returns None where a mistake was noted.
"""

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Literal, cast, get_args

from rules.check import Checker
from rules.model import (
    AboutIs,
    AllOf,
    AnyOf,
    Clause,
    Compare,
    Counted,
    EventIs,
    IdIs,
    InstrumentIs,
    KindIs,
    NationAgainst,
    NationIs,
    NotThat,
    NumberIs,
    OutcomeIn,
    PlaceIn,
    Relation,
    Scope,
    StageIn,
    StandingIn,
    Stated,
    StatedField,
    Trait,
    Who,
    WordsIn,
)
from streams.aliases import alias_keys
from streams.marked_yaml import Items, Map, Node, Scalar, named
from streams.records import Outcome, Stage, Standing

GROUPS = ("any", "all", "not")
COUNTS = get_args(Counted)
EVENT_KEYS = ("event", "stage", "standing", "outcome", "instrument", "place", "actor", "target", *COUNTS, "about", "text", *GROUPS)
ABOUT_KEYS = ("event", "stage", "place", "actor", "target", *GROUPS)
TRAIT_KEYS = ("kind", "id", "group", "nation", "forces_of", "used_by", "owned_by", "sponsored_by", "known", *GROUPS)
TEXT_KEYS = ("any", "all", "none", "in")
LATER = ("near", "mentions")  # of DESIGN.md section 3; read and refused until they work
RELATIONS: dict[str, Relation] = {
    "nation": "any",
    "forces_of": "forces_of",
    "used_by": "used_by",
    "owned_by": "owned_by",
    "sponsored_by": "sponsored_by",
}

_NUMBER = re.compile(r"\s*(>=|>|<=|<|==?|)\s*(\d{1,9})\s*")


def clause(node: Node, check: Checker, what: str = '"when"') -> Clause | None:
    """What a `when`, or a severity case, means."""
    return cast("Clause | None", _group(node, check, what, partial(_event_part, check=check), EVENT_KEYS, LATER))


def _group(
    node: Node,
    check: Checker,
    what: str,
    part: Callable[[str, Map], Clause | Trait | None],
    keys: tuple[str, ...],
    later: tuple[str, ...] = (),
) -> Any:
    """A map as *and*, a list as *or*: clauses or traits, whichever `part` makes of a key and the map it stands in."""
    again = partial(_group, check=check, what=what, part=part, keys=keys, later=later)
    if isinstance(node, Items):
        if not node.items:
            check.wrong(node, f"{what} is an empty list; nothing could satisfy it")
            return None
        return _joined(AnyOf, node, [again(item) for item in node.items])
    table = check.map(node, what, keys, later)
    if table is None:
        return None
    if not table.keys:
        check.wrong(node, f"{what} is empty and would hold for everything; allowed: {', '.join(keys)}")
        return None
    parts: list[Any] = []
    for key in keys:
        value = table.get(key)
        if value is None:
            continue
        if key == "not":
            inner = again(value)
            parts.append(None if inner is None else NotThat(inner, line=value.line))
        elif key in ("any", "all"):
            if not isinstance(value, Items) or not value.items:
                check.wrong(
                    value, f'"{key}" is a list of maps, found {"an empty list" if isinstance(value, Items) else named(value)}'
                )
                continue
            parts.append(_joined(AnyOf if key == "any" else AllOf, value, [again(item) for item in value.items]))
        else:
            parts.append(part(key, table))
    return _joined(AllOf, node, parts)


def _joined(kind: Any, node: Node, parts: Iterable[Any]) -> Any:
    """The parts as one; a single part stands for itself; None when any of them could not be read."""
    found = tuple(parts)
    if None in found:
        return None
    return found[0] if len(found) == 1 else kind(found, line=node.line)


# ---------------------------------------------------------------------------------------------------------- on the event


def _event_part(key: str, table: Map, check: Checker) -> Clause | None:
    node, line = table.values[key], table.keys[key].line
    match key:
        case "event":
            types = check.types(node)
            return EventIs(types, line=line) if types else None
        case "stage":
            stages = cast(tuple[Stage, ...], check.choices(node, '"stage"', get_args(Stage)))
            return StageIn(stages, line=line) if stages else None
        case "standing":
            standings = cast(tuple[Standing, ...], check.choices(node, '"standing"', get_args(Standing)))
            return StandingIn(standings, line=line) if standings else None
        case "outcome":
            return _outcome(node, line, check)
        case "instrument":
            return _instrument(node, line, check)
        case "place":
            return _place(node, line, check)
        case "actor" | "target":
            return _who(key, node, line, check)
        case "about":
            inner = _group(node, check, '"about"', partial(_event_part, check=check), ABOUT_KEYS)
            return None if inner is None else AboutIs(inner, line=line)
        case "text":
            return _text(node, line, check)
        case _:
            return _number(key, node, line, check)


def _known(node: Map, name: StatedField, check: Checker) -> Stated | None:
    """`known: true` or `known: false`, None when it is wrong."""
    wanted = check.flag(node.values["known"], '"known"')
    if wanted is False and len(node.keys) > 1:
        check.wrong(node.keys["known"], f'"known: false" in "{name}" allows no other key beside it; remove one of them')
    return None if wanted is None else Stated(name, wanted, line=node.keys["known"].line)


def _known_alone(node: Map, name: StatedField, check: Checker) -> Stated | None:
    """The same where a map has no other key."""
    table = check.map(node, f'"{name}"', ("known",))
    if table is not None and not table.keys:
        check.wrong(node, f'"{name}" is empty; give values, or "known: true"')
    return _known(table, name, check) if table is not None and "known" in table.keys else None


def _outcome(node: Node, line: int, check: Checker) -> Clause | None:
    if isinstance(node, Map):
        return _known_alone(node, "outcome", check)
    outcomes = cast(tuple[Outcome, ...], check.choices(node, '"outcome"', get_args(Outcome)))
    return OutcomeIn(outcomes, line=line) if outcomes else None


def _instrument(node: Node, line: int, check: Checker) -> Clause | None:
    if isinstance(node, Map):
        return _known_alone(node, "instrument", check)
    kinds = check.instruments(node)
    return InstrumentIs(kinds, line=line) if kinds else None


def _place(node: Node, line: int, check: Checker) -> Clause | None:
    table = check.map(node, '"place"', ("in", "known"), LATER)
    if table is None:
        return None
    inside = table.get("in")
    areas = check.areas(inside) if inside is not None else ()
    parts: list[Clause | None] = [_known(table, "place", check)] if "known" in table.keys else []
    if inside is not None:
        parts.append(PlaceIn(areas, line=line) if areas else None)
    if not table.keys:
        check.wrong(node, '"place" is empty; allowed: in, known')
    return cast("Clause | None", _joined(AllOf, node, parts)) if parts else None


def _number(key: str, node: Node, line: int, check: Checker) -> Clause | None:
    found = _NUMBER.fullmatch(node.text) if isinstance(node, Scalar) else None
    if found is None:
        check.wrong(node, f'"{key}" is a number, or a comparison in quotes like ">=1", found {named(node)}')
        return None
    compare = cast(Compare, {"": "=", "==": "="}.get(found[1], found[1]))
    return NumberIs(cast(Counted, key), compare, int(found[2]), line=line)


def _text(node: Node, line: int, check: Checker) -> Clause | None:
    table = check.map(node, '"text"', TEXT_KEYS, ("near",))
    if table is None:
        return None
    place = table.get("in")
    scopes = check.choices(place, '"in"', get_args(Scope), "part of an article") if place is not None else ("article",)
    if len(scopes) != 1:
        if place is not None and scopes:
            check.wrong(place, '"in" is one of title, sentence, article')
        return None
    parts: list[Clause] = []
    for key in ("any", "all", "none"):
        value = table.get(key)
        if value is None:
            continue
        words = _phrases(value, f'"{key}" in "text"', check)
        wanted = [WordsIn((word,), cast(Scope, scopes[0]), line=line) for word in words]
        if key == "all":
            parts += wanted
        elif words:
            either = WordsIn(words, cast(Scope, scopes[0]), line=line)
            parts.append(NotThat(either, line=line) if key == "none" else either)
    if not set(table.keys) & {"any", "all", "none"}:
        check.wrong(node, '"text" asks for no words; give "any", "all" or "none"')
    return cast("Clause | None", _joined(AllOf, node, parts)) if parts else None


def _phrases(node: Node, what: str, check: Checker) -> tuple[str, ...]:
    found = []
    for item in check.words(node, what):
        if alias_keys(item.text):
            found.append(item.text.strip())
        else:
            check.wrong(item, f'{what}: "{item.text}" has no letters or digits to look for')
    return tuple(found)


# ------------------------------------------------------------------------------------------------------- on participants


def _who(side: str, node: Node, line: int, check: Checker) -> Clause | None:
    """The clauses on one participant, with `known` beside them; a list of maps is *or*."""
    at = cast(Literal["actor", "target"], side)
    if isinstance(node, Items) and node.items:
        return cast("Clause | None", _joined(AnyOf, node, [_who(side, item, line, check) for item in node.items]))
    if isinstance(node, Map) and "known" in node.keys:
        stated = _known(node, at, check)
        rest = Map(
            {name: key for name, key in node.keys.items() if name != "known"},
            {name: value for name, value in node.values.items() if name != "known"},
            node.path,
            node.line,
            node.column,
        )
        parts: list[Clause | None] = [stated, *([_who(side, rest, line, check)] if rest.keys else [])]
        return cast("Clause | None", _joined(AllOf, node, parts))
    traits = _group(node, check, f'"{side}"', partial(_trait_part, check=check), TRAIT_KEYS)
    return None if traits is None else Who(at, traits, line=line)


def _trait_part(key: str, table: Map, check: Checker) -> Trait | None:
    node, line = table.values[key], table.keys[key].line
    if key == "known":
        check.wrong(table.keys[key], '"known" stands directly under "actor" or "target", not in a group; move it there')
        return None
    if key == "kind":
        kinds = check.kinds(node)
        return KindIs(kinds, line=line) if kinds else None
    if key in ("id", "group"):
        ids = check.entities(node, f'"{key}"')
        return IdIs(ids, line=line) if ids else None
    if key == "nation" and isinstance(node, Map):
        inner = check.map(node, '"nation"', ("differs_from",))
        other = inner.get("differs_from") if inner else None
        if other is None:
            if not node.keys:
                check.wrong(node, '"nation" is empty; give nations, or "differs_from"')
            return None
        return (
            NationAgainst("place.country", same=False, line=line)
            if check.choices(other, '"differs_from"', ("place.country",), "field")
            else None
        )
    nations = check.nations(node, f'"{key}"')
    return NationIs(RELATIONS[key], nations, line=line) if nations else None
