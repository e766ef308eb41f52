"""Reads `when` and what looks like it: what each key says of an event.

Called by `rules.load` and the readers of severity cases and steps. Returns None where a mistake was noted.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any, cast, get_args

from rules import keys
from rules.check import Checker
from rules.groups import group, joined
from rules.model import (
    AboutIs,
    AllOf,
    Clause,
    Compare,
    Counted,
    CountryAgainst,
    DisclosedLate,
    EventIs,
    InstrumentIs,
    NearSite,
    NumberIs,
    OriginIn,
    OutcomeIn,
    PlaceIn,
    SourceIn,
    StageIn,
    StandingIn,
    Stated,
    StatedField,
)
from rules.quoted import mentions, text
from rules.who import speaker, who
from streams.notation.marked_yaml import Map, Node, Scalar, named
from streams.records.flow import SEVERITIES, Outcome, Severity, Stage, Standing

_NUMBER = re.compile(r"\s*(>=|>|<=|<|==?|)\s*(\d{1,9})\s*")


def clause(node: Node, check: Checker, what: str = '"when"') -> Clause | None:
    """What a `when`, a step or a severity case means."""
    return cast("Clause | None", group(node, check, what, partial(_part, check=check), keys.WHEN))


def _part(key: str, table: Map, check: Checker) -> Clause | None:  # noqa: PLR0912 - one arm for each key
    node, line = table.values[key], table.keys[key].line
    match key:
        case "event":
            return _listed(EventIs, check.types(node), line)
        case "stage":
            return _listed(StageIn, cast(tuple[Stage, ...], check.choices(node, '"stage"', get_args(Stage))), line)
        case "standing":
            return _listed(StandingIn, cast(tuple[Standing, ...], check.choices(node, '"standing"', get_args(Standing))), line)
        case "outcome":
            if isinstance(node, Map):
                return known_alone(node, "outcome", check)
            return _listed(OutcomeIn, cast(tuple[Outcome, ...], check.choices(node, '"outcome"', get_args(Outcome))), line)
        case "instrument":
            return (
                known_alone(node, "instrument", check)
                if isinstance(node, Map)
                else _listed(InstrumentIs, check.instruments(node), line)
            )
        case "place" | "origin":
            return _where(key, node, line, check)
        case "near":
            return _near(node, line, check)
        case "actor" | "target" | "claimed_by" | "disowned_by":
            return who(key, node, line, check)
        case "speaker":
            return speaker(node, line, check)
        case "doubt":
            return known_alone(node, "doubt", check)
        case "disclosed_late":
            wanted = check.flag(node, '"disclosed_late"')
            return None if wanted is None else DisclosedLate(wanted, line=line)
        case "source":
            return _listed(SourceIn, check.sources(node), line)
        case "about":
            inner = group(node, check, '"about"', partial(_part, check=check), keys.ABOUT)
            return None if inner is None else AboutIs(inner, line=line)
        case "mentions":
            return mentions(node, line, check)
        case "text":
            return text(node, line, check)
        case _:
            return _number(key, node, line, check)


def known_alone(node: Node, name: StatedField, check: Checker) -> Stated | None:
    """`known` where a map has no other key."""
    table = check.map(node, f'"{name}"', ("known",))
    if table is None:
        return None
    if not table.keys:
        check.wrong(node, f'"{name}" is empty; give values, or "known: true"')
    return check.known(table, name) if "known" in table.keys else None


def _listed(kind: Callable[..., Clause], values: tuple[Any, ...], line: int) -> Clause | None:
    """A clause of this kind on these values, None when there are none."""
    return kind(values, line=line) if values else None


def _where(key: str, node: Node, line: int, check: Checker) -> Clause | None:
    """`place` and `origin`."""
    allowed = keys.PLACE if key == "place" else keys.ORIGIN
    table = check.map(node, f'"{key}"', allowed)
    if table is None:
        return None
    parts: list[Clause | None] = []
    if "known" in table.keys:
        parts.append(check.known(table, cast(StatedField, key)))
    if "in" in table.keys:
        kind: Callable[..., Clause] = PlaceIn if key == "place" else OriginIn
        parts.append(_listed(kind, check.areas(table.values["in"]), line))
    if "country" in table.keys and key == "place":
        against = check.against(table.values["country"], '"country"', ("origin.country",))
        parts.append(None if against is None else CountryAgainst(against[1], line=line))
    if not table.keys:
        check.wrong(node, f'"{key}" is empty; allowed: {", ".join(allowed)}')
    return cast("Clause | None", joined(AllOf, node, parts)) if parts else None


def _near(node: Node, line: int, check: Checker) -> NearSite | None:
    table = check.map(node, '"near"', keys.NEAR)
    if table is None:
        return None
    if "watch" not in table.keys:
        check.wrong(node, '"near" has no "watch"; name a watch list of the file, e.g. "near: {watch: sites, within: 50km}"')
        return None
    watch = check.watch(table.values["watch"], "sites")
    within = check.distance(table.values["within"], '"within"') if "within" in table.keys else None
    coarse = check.choices(table.values["if_coarse"], '"if_coarse"', SEVERITIES, "severity") if "if_coarse" in table.keys else ()
    if len(coarse) > 1:
        check.wrong(table.values["if_coarse"], f'"if_coarse" is one severity, found {len(coarse)}')
    if watch is None or ("within" in table.keys and within is None) or ("if_coarse" in table.keys and len(coarse) != 1):
        return None
    return NearSite(watch, within, cast(Severity, coarse[0]) if coarse else None, line=line)


def _number(key: str, node: Node, line: int, check: Checker) -> Clause | None:
    found = _NUMBER.fullmatch(node.text) if isinstance(node, Scalar) else None
    if found is None:
        check.wrong(node, f'"{key}" is a number, or a comparison in quotes like ">=1", found {named(node)}')
        return None
    compare = cast(Compare, {"": "=", "==": "="}.get(found[1], found[1]))
    return NumberIs(cast(Counted, key), compare, int(found[2]), line=line)
