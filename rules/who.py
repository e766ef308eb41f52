"""Reads what stands under actor, target, claimed_by, disowned_by and speaker: traits of one participant, or of one voice.

Called by `rules.clauses`. Returns None where a mistake was noted.
"""

from functools import partial
from typing import cast, get_args

from rules import keys
from rules.check import Checker
from rules.groups import group, joined
from rules.model import (
    AllOf,
    AnyOf,
    Clause,
    IdIs,
    KindIs,
    NationAgainst,
    NationIs,
    NationOf,
    Relation,
    Side,
    SpeakerClass,
    SpeakerIs,
    Trait,
    Who,
)
from streams.notation.marked_yaml import Items, Map, Node

RELATIONS: dict[str, Relation] = {
    "nation": "any",
    "forces_of": "forces_of",
    "used_by": "used_by",
    "owned_by": "owned_by",
    "sponsored_by": "sponsored_by",
}


def who(side: Side, node: Node, line: int, check: Checker) -> Clause | None:
    """The clauses on one participant, with `known` beside them; a list of maps is *or*."""
    if isinstance(node, Items) and node.items:
        return cast("Clause | None", joined(AnyOf, node, [who(side, item, line, check) for item in node.items]))
    if isinstance(node, Map) and "known" in node.keys:
        rest = _without_known(node)
        parts: list[Clause | None] = [check.known(node, side), *([who(side, rest, line, check)] if rest.keys else [])]
        return cast("Clause | None", joined(AllOf, node, parts))
    traits = group(node, check, f'"{side}"', partial(_trait, check=check), keys.TRAITS)
    return None if traits is None else Who(side, traits, line=line)


def speaker(node: Node, line: int, check: Checker) -> Clause | None:
    """The clauses on one voice; a list of maps is *or*."""
    if isinstance(node, Items) and node.items:
        return cast("Clause | None", joined(AnyOf, node, [speaker(item, line, check) for item in node.items]))
    table = check.map(node, '"speaker"', keys.SPEAKER)
    if table is None:
        return None
    if not table.keys:
        check.wrong(node, f'"speaker" is empty; allowed: {", ".join(keys.SPEAKER)}')
        return None
    parts: list[Clause | None] = [check.known(table, "speaker")] if "known" in table.keys else []
    given = {key: value for key, value in table.values.items() if key in keys.SPEAKER and key != "known"}
    classes = check.choices(given["class"], '"class"', get_args(SpeakerClass)) if "class" in given else ()
    nations = check.nations(given["nation"], '"nation"') if "nation" in given else ()
    ids = check.entities(given["id"], '"id"') if "id" in given else ()
    outlets = tuple(one.text for one in check.words(given["outlet"], '"outlet"')) if "outlet" in given else ()
    read = {"class": classes, "nation": nations, "id": ids, "outlet": outlets}
    if any(not read[key] for key in given):
        parts.append(None)
    elif given:
        parts.append(SpeakerIs(cast(tuple[SpeakerClass, ...], classes), nations, ids, outlets, line=line))
    return cast("Clause | None", joined(AllOf, node, parts)) if parts else None


def _without_known(node: Map) -> Map:
    names = {name: key for name, key in node.keys.items() if name != "known"}
    return Map(names, {name: node.values[name] for name in names}, node.path, node.line, node.column)


def _trait(key: str, table: Map, check: Checker) -> Trait | None:
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
        against = check.against(node, '"nation"', get_args(NationOf))
        return None if against is None else NationAgainst(cast(NationOf, against[0]), against[1], line=line)
    nations = check.nations(node, f'"{key}"')
    return NationIs(RELATIONS[key], nations, line=line) if nations else None
