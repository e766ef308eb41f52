"""Reads `alert`: where a rule's alerts go, what calls again, and what delivery is to do; called by `rules.entry`."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal, TypeVar, cast

from rules import keys
from rules.check import Checker
from rules.model import AGAIN_ON
from streams.notation.marked_yaml import Items, Map, Node
from streams.records.policies import Budget, Escalation, Hold, Policy, Quiet

Read = TypeVar("Read")


def alert(table: Map, check: Checker) -> tuple[tuple[str, ...], tuple[str, ...], Policy]:
    """Channels (empty: the default), what pings again, and the policy."""
    node = table.get("alert")
    found = check.map(node, '"alert"', keys.ALERT) if node is not None else None
    if found is None:
        return (), AGAIN_ON, Policy()
    given = found.values
    again_on: tuple[str, ...] = AGAIN_ON
    if "again_on" in given:  # an empty list is meant: edits only
        again = given["again_on"]
        again_on = () if isinstance(again, Items) and not again.items else check.choices(again, '"again_on"', AGAIN_ON, "change")
    channels = check.channels_of(given["to"], '"to"') if "to" in given else ()
    steps = given.get("escalate")
    policy = Policy(
        hold=_with(given.get("hold"), '"hold"', keys.HOLD, ("sources", "within"), _hold, check),
        escalate=_escalations(steps, check) if steps is not None else (),
        quiet=_with(given.get("quiet"), '"quiet"', keys.QUIET, ("from", "to"), _quiet, check),
        budget=_with(given.get("budget"), '"budget"', keys.BUDGET, ("alerts", "within"), _budget, check),
        inhibits=_inhibits(given["inhibits"], check) if "inhibits" in given else (),
    )
    return channels, again_on, policy


def _with(
    node: Node | None,
    what: str,
    allowed: dict[str, str],
    needed: tuple[str, ...],
    read: Callable[[Map, Checker], Read | None],
    check: Checker,
) -> Read | None:
    """What `read` makes of a map that has all keys it needs."""
    table = check.map(node, what, allowed) if node is not None else None
    if table is None:
        return None
    missing = [key for key in needed if key not in table.keys]
    for key in missing:
        check.wrong(table, f'{what} has no "{key}": {allowed[key]}')
    return None if missing else read(table, check)


def _hold(table: Map, check: Checker) -> Hold | None:
    sources = check.whole_number(table.values["sources"], '"sources"', 2)
    within = check.length(table.values["within"], '"within"')
    otherwise = _one(table, "else", ("send-marked", "send"), "send-marked", check)
    if sources is None or within is None or otherwise is None:
        return None
    return Hold(sources=sources, within_s=_seconds(within), otherwise=cast(Literal["send-marked", "send"], otherwise))


def _escalations(node: Node, check: Checker) -> tuple[Escalation, ...]:
    listed = node.items if isinstance(node, Items) else (node,)
    if not listed:
        check.wrong(node, '"escalate" is an empty list; give one step at least, or leave it out')
    found = [_with(item, '"escalate"', keys.ESCALATE, ("unacked", "to"), _escalation, check) for item in listed]
    read = [one for one in found if one is not None]
    for item, one, before in zip(listed[1:], found[1:], found[:-1], strict=True):
        if one and before and one.unacked_s <= before.unacked_s:
            check.wrong(item, '"escalate": this step comes no later than the one before it; give them in order of time')
    return tuple(read)


def _escalation(table: Map, check: Checker) -> Escalation | None:
    after = check.length(table.values["unacked"], '"unacked"')
    channels = check.channels_of(table.values["to"], '"to"')
    return Escalation(unacked_s=_seconds(after), channels=channels) if after is not None and channels else None


def _quiet(table: Map, check: Checker) -> Quiet | None:
    start, end = check.wall_time(table.values["from"], '"from"'), check.wall_time(table.values["to"], '"to"')
    if start is not None and start == end:
        check.wrong(table.values["to"], f'"quiet" from {start} to {end} is the whole day; use "mode: shadow", or other hours')
        return None
    zone = check.time_zone(table.values["time_zone"], '"time_zone"') if "time_zone" in table.keys else ""
    below = _one(table, "below", ("critical", "high", "medium"), "high", check)
    if start is None or end is None or zone is None or below is None:
        return None
    return Quiet(start=start, end=end, time_zone=zone, below=cast(Any, below))


def _budget(table: Map, check: Checker) -> Budget | None:
    alerts = check.whole_number(table.values["alerts"], '"alerts"', 1)
    within = check.length(table.values["within"], '"within"')
    return None if alerts is None or within is None else Budget(alerts=alerts, within_s=_seconds(within))


def _inhibits(node: Node, check: Checker) -> tuple[str, ...]:
    """Ids of rules; whether there are such is for `rules.lint`, which knows the whole set."""
    found = (check.slug(one, 'a rule of "inhibits"') for one in check.words(node, '"inhibits"'))
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _one(table: Map, key: str, allowed: tuple[str, ...], otherwise: str, check: Checker) -> str | None:
    """One of the words allowed, `otherwise` where the key is not given."""
    node = table.get(key)
    if node is None:
        return otherwise
    found = check.choices(node, f'"{key}"', allowed, f'value of "{key}"')
    if len(found) > 1:
        check.wrong(node, f'"{key}" is one of {", ".join(allowed)}')
    return found[0] if len(found) == 1 else None


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())
