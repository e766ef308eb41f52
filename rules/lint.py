"""What is allowed in a set of rules and still a slip: a rule that never fires, one that another contains, a list nobody uses.

Asked by `tocsin check` and `tocsin try` for a set without mistakes; a run does not ask, for it would cost. Only what can be
proved is warned of. `rules.entry` and `rules.examples` warn of what they see in passing: no owner, no event, no tests.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, get_args

from rules.containment import contained
from rules.defaults import expanded
from rules.distance import nears
from rules.follows import Logic
from rules.hints import Hints
from rules.model import (
    AboutIs,
    AllOf,
    AnyOf,
    EventIs,
    InstrumentIs,
    KindIs,
    NotThat,
    OriginIn,
    PlaceIn,
    Resume,
    Rule,
    RuleSet,
    SequenceWithin,
    StageIn,
    StandingIn,
    Who,
)
from rules.pairs import implied
from rules.positions import Positions, scalars_of
from rules.spell import spelled
from streams.errors import Mistake
from streams.knowledge.world import Knowledge
from streams.notation.durations import in_words
from streams.notation.marked_yaml import Map, Node, mistake
from streams.notation.suggestions import suggest
from streams.records.flow import NO_INCIDENT, SEVERITIES, Severity, Stage, Standing


def warnings(found: RuleSet, knowledge: Knowledge, *, today: date | None = None) -> tuple[Mistake, ...]:
    """All warnings, in order of path, line and column.

    Args:
        today: whose day has passed; None: nothing is said of days.
    """
    desk = _Desk(found, knowledge, Logic(knowledge), Positions(found.texts), Hints(knowledge), today)
    told = {mistake(node, words, severity="warning") for node, words in desk.all()}
    return tuple(sorted(told, key=lambda one: (one.path, one.line, one.column, one.message)))


Said = tuple[Node, str]  # where, and what


@dataclass(frozen=True)
class _Desk:
    """One set of rules, and what it is looked at with."""

    found: RuleSet
    knowledge: Knowledge
    logic: Logic
    at: Positions
    hints: Hints
    today: date | None

    def all(self) -> Iterator[Said]:
        """Everything that is to be said, in no order."""
        yield from self._unused()
        yield from self._titles()
        for rule in self.found.rules:
            dead = list(self._dead(rule))
            yield from dead or self._parts(rule)
            yield from self._severities(rule)
            yield from self._days(rule)
            yield from self._delivery(rule)
            yield from self._pause(rule)
            for part, words in self.hints.of(rule):
                yield self.at.clause(rule, part), words
        for one, other, more in contained(self.found.rules, self.logic):
            yield self.at.key(one), f'rule "{one.id}" {more} rule "{other.id}" ({other.path}:{other.line}){_adds(one, other)}'

    # --------------------------------------------------------------------------------------------- never, and always

    def _dead(self, rule: Rule) -> Iterator[Said]:
        """A rule that never fires, or fires on everything."""
        if isinstance(rule.form, SequenceWithin):
            for number, step in enumerate(rule.form.steps, 1):
                if self.logic.never(step.when):
                    where, why = self._why(rule, step.when)
                    yield where, f'rule "{rule.id}" never fires, for step {number} never holds: {why}'
        elif self.logic.never(rule.when):
            where, why = self._why(rule, rule.when)
            yield where, f'rule "{rule.id}" never fires: {why}'
        elif self.logic.follows(rule.when, StageIn(NO_INCIDENT)):
            stages = " or ".join(NO_INCIDENT)
            yield self.at.key(rule, "when"), f'rule "{rule.id}" never fires: what is {stages} opens no incident'
        elif self.logic.follows(expanded(AllOf(())), rule.when):
            yield self.at.key(rule, "when"), f'rule "{rule.id}" fires on everything that happened: nothing in "when" narrows it'

    def _parts(self, rule: Rule) -> Iterator[Said]:
        """Parts of an `any`, and values of a list, that change nothing in a rule that does fire."""
        cores = [step.core for step in rule.form.steps] if isinstance(rule.form, SequenceWithin) else [rule.core]
        for parts in (parts for core in cores for parts in _choices(core)):
            for number, part in enumerate(parts):
                others = (one for place, one in enumerate(parts) if place != number and self.logic.follows(part, one))
                wider = next((one for one in others if one in parts[:number] or not self.logic.follows(one, part)), None)
                if self.logic.never(part):
                    where, why = self._why(rule, part)
                    yield where, f'one part of "any" in rule "{rule.id}" never holds: {why}'
                elif wider is not None:
                    words = f'"{spelled(wider)}" (line {wider.line}) holds wherever "{spelled(part)}" does'
                    yield self.at.clause(rule, part), f'one part of "any" in rule "{rule.id}" adds nothing: {words}'
        for part, values in (found for core in cores for found in _listed(core)):
            for value in values:
                wider = next(
                    (one for one in values if one != value and implied(_one(part, value), _one(part, one), self.logic)), None
                )
                if wider is not None:
                    yield (
                        self.at.clause(rule, part),
                        f'"{value}" adds nothing beside "{wider}", which holds it, in rule "{rule.id}"',
                    )

    def _why(self, rule: Rule, part: Any) -> Said:
        clash = sorted(self.logic.why_never(part) or (), key=lambda one: -one.line)
        if len(clash) != 2:
            return (
                (self.at.clause(rule, clash[0]), f'"{_said(clash[0])}" cannot hold') if clash else (self.at.key(rule, "when"), "")
            )
        one, other = clash
        beside = f'"{_said(other)}" (line {other.line})' if other.line else f'the default "{_said(other)}"'
        return self.at.clause(rule, one), f'"{_said(one)}" and {beside} exclude each other'

    def _severities(self, rule: Rule) -> Iterator[Said]:
        """Cases that are never reached, or change nothing."""
        for number, case in enumerate(rule.severity):
            if case.when is None:
                continue
            before = rule.severity[:number]
            after = {one.severity for one in rule.severity[number + 1 :]}
            where = self.at.clause(rule, case.when)
            covering = next((one for one in before if one.when and self.logic.follows(case.when, one.when)), None)
            if self.logic.never(case.when):
                where, why = self._why(rule, case.when)
                yield where, f'"{case.severity}" of rule "{rule.id}" is never reached: {why}'
            elif covering is not None and covering.when is not None:
                words = f'where it holds, "{covering.severity}" (line {covering.when.line}) before it holds too'
                yield where, f'"{case.severity}" of rule "{rule.id}" is never reached: {words}'
            elif self.logic.always(case.when):
                yield where, f'"{case.severity}" of rule "{rule.id}" always holds; the cases after it are never reached'
            elif after == {case.severity}:
                yield where, f'this case of rule "{rule.id}" changes nothing: without it the severity is "{case.severity}" too'

    # ------------------------------------------------------------------------------------- days, delivery, the pause

    def _days(self, rule: Rule) -> Iterator[Said]:
        if self.today is not None and rule.expires is not None and rule.expires < self.today:
            yield self.at.key(rule, "expires"), f'rule "{rule.id}" expired on {rule.expires}: it announces nothing new'
        if isinstance(rule.form, Resume) and rule.form.history and self.today is not None and rule.form.history.last > self.today:
            yield (
                self.at.key(rule, "resume", "history", "last"),
                f'"history" of rule "{rule.id}" tells of {rule.form.history.last}, which is still to come',
            )

        for near in nears(rule.core):
            if self.today is not None and all(site.until is not None and site.until < self.today for site in near.watch.sites):
                words = f'"near" of rule "{rule.id}" can no longer hold: all travel on watch list "{near.watch.name}" has ended'
                yield self.at.clause(rule, near), words

    def _delivery(self, rule: Rule) -> Iterator[Said]:
        hold, quiet = rule.policy.hold, rule.policy.quiet
        if hold is not None and hold.within_s >= rule.max_age.total_seconds():
            where = self.at.key(rule, "alert", "hold", "within")
            words = f'"max_age" is {in_words(rule.max_age)}'
            yield where, f'"hold" of rule "{rule.id}" waits until the event is too old to be announced: {words}'
        others = [one.id for one in self.found.rules if one.id != rule.id]
        for name in (name for name in rule.policy.inhibits if name not in others):
            words = f'"inhibits" of rule "{rule.id}": no other rule of these files is "{name}"{suggest(name, others)}'
            yield self.at.key(rule, "alert", "inhibits"), words
        if quiet is not None:
            mildest = max(_possible(rule), key=SEVERITIES.index)
            if SEVERITIES.index(mildest) <= SEVERITIES.index(quiet.below):
                words = f'its mildest severity is "{mildest}", and "{quiet.below}" and graver ones call at any hour'
                yield self.at.key(rule, "alert", "quiet"), f'"quiet" of rule "{rule.id}" never applies: {words}'

    def _pause(self, rule: Rule) -> Iterator[Said]:
        if not isinstance(rule.form, Resume) or "observed" in rule.form.evidence:
            return
        entry = self.at.rule(rule)
        table = entry.get("resume") if entry is not None else None
        for key in ("before_pause", "history"):
            if isinstance(table, Map) and key in table.keys:
                words = f'"{key}" of rule "{rule.id}" is for evidence "observed", which the rule does not ask for'
                yield table.keys[key], words

    # --------------------------------------------------------------------------------------------- between the rules

    def _unused(self) -> Iterator[Said]:
        """Lists and watch lists that no rule names."""
        named, watched = set(), set()
        for root in self.at.roots.values():
            listed = root.get("rules") if isinstance(root, Map) else None
            named |= {one.text for one in scalars_of(listed) if one.text.startswith("$")}
            watched |= {value.text for value in _values(listed, "watch")}
        for root in self.at.roots.values():
            for table, prefix, used in (("lists", "$", named), ("watch", "", watched)):
                node = root.get(table) if isinstance(root, Map) else None
                for name, key in node.keys.items() if isinstance(node, Map) else ():
                    if f"{prefix}{name}" not in used:
                        what = "list" if table == "lists" else "watch list"
                        yield key, f'{what} "{name}" is used by no rule; remove it, or name it as {prefix or "watch: "}{name}'

    def _titles(self) -> Iterator[Said]:
        first: dict[str, Rule] = {}
        for rule in self.found.rules:
            other = first.setdefault(rule.title.casefold(), rule)
            if other is not rule:
                named = f'rule "{other.id}" ({other.path}:{other.line})'
                yield self.at.key(rule, "title"), f'rule "{rule.id}" has the title of {named}; readers cannot tell them apart'


def _values(node: Node | None, name: str) -> Iterator[Any]:
    """Single values under keys of this name, at any depth."""
    if isinstance(node, Map):
        if name in node.keys:
            yield from scalars_of(node.values[name])
        for value in node.values.values():
            yield from _values(value, name)
    else:
        for item in getattr(node, "items", ()):
            yield from _values(item, name)


def _listed(part: Any) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Clauses on nodes of trees and areas, at any depth, and what they list."""
    if type(part) in _TREES:
        yield part, getattr(part, _TREES[type(part)])
    elif isinstance(part, (AllOf, AnyOf)):
        for one in part.parts:
            yield from _listed(one)
    elif isinstance(part, (NotThat, AboutIs, Who)):
        yield from _listed(part.traits if isinstance(part, Who) else part.part)


_TREES: dict[type, str] = {EventIs: "nodes", KindIs: "kinds", InstrumentIs: "kinds", PlaceIn: "areas", OriginIn: "areas"}


def _one(part: Any, value: str) -> Any:
    """The clause with this value alone."""
    return replace(part, **{_TREES[type(part)]: (value,)})


def _choices(part: Any) -> Iterator[tuple[Any, ...]]:
    """The parts of every `any` outside of `not`."""
    if isinstance(part, AnyOf):
        yield part.parts
    for one in part.parts if isinstance(part, (AllOf, AnyOf)) else ():
        yield from _choices(one)


def _possible(rule: Rule) -> set[Severity]:
    """Severities that its alerts may have."""
    return {case.severity for case in rule.severity} | {near.if_coarse for near in nears(rule.when) if near.if_coarse}


def _adds(one: Rule, other: Rule) -> str:
    """Whether the contained rule tells the desk anything more."""
    graver = max(map(SEVERITIES.index, _possible(other))) <= min(map(SEVERITIES.index, _possible(one)))
    same_cases = one.severity == other.severity and _possible(one) == _possible(other)
    told_alike = one.policy == other.policy and set(one.again_on) <= set(other.again_on)
    same_channels = set(one.channels) <= set(other.channels) and bool(one.channels) == bool(other.channels)
    if told_alike and same_channels and (graver or same_cases):
        return "; with the same or a higher severity and the same channels, so it adds nothing"
    return ""


def _said(one: Any) -> str:
    """The clause as somebody would write it: most stages are "not" the others."""
    for kind, name, values in ((StageIn, "stages", get_args(Stage)), (StandingIn, "standings", get_args(Standing))):
        if isinstance(one, kind) and len(getattr(one, name)) > len(values) / 2:
            return f"not: {{{spelled(kind(tuple(value for value in values if value not in getattr(one, name))))}}}"
    return spelled(one)
