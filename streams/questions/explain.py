"""Why a rule fires on an article, or does not: the verdict of every clause with the words that it rests on.

Called by `tocsin explain`. It judges nothing itself: every node of a tree is `rules.match.judge` of that clause, events are taken
as `streams.labels.wanted` takes them, and what became of the rule is asked of a run of the engine on this one article with an empty
memory.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rules.match import judge, telling_of
from rules.model import AboutIs, AllOf, AnyOf, Clause, EventIs, NotThat, Resume, Rule, RuleSet, Side, StageIn, Trait, Who
from rules.spell import spelled
from rules.traits import trait_holds
from streams.knowledge.world import Knowledge
from streams.labels.resumption import spoken_of
from streams.labels.wanted import View, as_judged, carriers, takes_coarse, view
from streams.memory import DictMemory
from streams.questions.grounds import grounds, named, of_trait
from streams.records.flow import Alert, Article, Event, Participant, Reading, Severity, Span, Telling
from streams.replay import Run

SAID = {True: "holds", False: "not so", None: "not stated"}
_PEOPLE: dict[Side, str] = {"actor": "actors", "target": "targets", "claimed_by": "claimed_by", "disowned_by": "disowned_by"}
# how far a clause that does not hold is from holding: another type is another event, what is not stated may yet be said
_FAR = {EventIs: 4.0, StageIn: 2.0}
_NOT_SO, _NOT_STATED = 1.5, 1.0


@dataclass(frozen=True, slots=True)
class Node:
    """One clause and how it was judged."""

    clause: Clause | Trait
    verdict: bool | None  # as `rules.match` has it
    words: str  # as it stands in a rule file; of a group its key alone
    line: int  # in the rule file; 0: a default
    found: str = ""  # what is stated of what it asks, "" for nothing
    quotes: tuple[Span, ...] = ()  # the words that the verdict rests on
    parts: tuple["Node", ...] = ()

    @property
    def said(self) -> str:
        """The verdict in words."""
        return SAID[self.verdict]

    def missing(self) -> tuple["Node", ...]:
        """The clauses that would have to hold and do not, on the shortest way; the nearest first."""
        return tuple(sorted(self._missing(), key=lambda node: node.distance))

    def _missing(self) -> tuple["Node", ...]:
        if self.verdict is True:
            return ()
        if isinstance(self.clause, NotThat) or not self.parts:
            return (self,)
        if isinstance(self.clause, AnyOf):
            return min((part._missing() for part in self.parts), key=far)
        return tuple(one for part in self.parts for one in part._missing())

    @property
    def distance(self) -> float:
        """How far this clause by itself is from holding."""
        if self.verdict is True:
            return 0.0
        return _NOT_STATED if self.verdict is None else _FAR.get(type(self.clause), _NOT_SO)


def far(missing: Iterable[Node]) -> float:
    """How far clauses are from holding, together."""
    return sum(node.distance for node in missing)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One event of the article under the rule."""

    event: Event
    looks: tuple[Node, ...]  # its trees: one, or a second at the finest place that its incident has; none when it is not judged
    apart: str  # why it is not judged, "" when it is
    spoken: Node | None = None  # for a rule with `resume`: what a halt or an announcement speaks of, judged without defaults

    @property
    def held(self) -> bool:
        """Whether the rule's `when` holds of it."""
        return bool(self.looks) and all(look.verdict is True for look in self.looks)

    @property
    def tree(self) -> Node | None:
        """The tree that decides: the first that does not hold, else the first."""
        return next((look for look in self.looks if look.verdict is not True), self.looks[0] if self.looks else None)

    @property
    def missing(self) -> tuple[Node, ...]:
        """What would have to hold and does not, the nearest first."""
        return self.tree.missing() if self.tree else ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one rule makes of one article."""

    rule: Rule
    reading: Reading
    events: tuple[Weighed, ...]  # in reading order
    cases: tuple[tuple[Severity, Node | None], ...]  # the severity cases, judged on the incident that carries the label
    alerts: tuple[Alert, ...]  # that the engine made under this rule
    fates: tuple[str, ...]  # what its ledger says of the events, each once

    @property
    def held(self) -> bool:
        """Whether `when` holds of an event."""
        return any(event.held for event in self.events)

    @property
    def fires(self) -> bool:
        """Whether the engine calls the desk, this article being the first it ever saw."""
        return bool(self.alerts)

    @property
    def coarse(self) -> Severity | None:
        """The severity of an `if_coarse` that stands in for the cases, None when it does not."""
        first = next((severity for severity, case in self.cases if case is None or case.verdict is True), None)
        return next((alert.label.severity for alert in self.alerts if first and alert.label.severity != first), None)

    @property
    def closest(self) -> Weighed | None:
        """The event that comes nearest to the rule, the first of several; None when none is judged."""
        judged = [event for event in self.events if event.looks]
        return min(judged, key=lambda event: far(event.missing), default=None)

    @property
    def rank(self) -> tuple[bool, bool, float, str]:
        """What fires first, then what comes nearest."""
        return not self.fires, not self.held, far(self.closest.missing) if self.closest else float("inf"), self.rule.id


def explain(rules: Sequence[Rule], reading: Reading, knowledge: Knowledge) -> Iterator[Explanation]:
    """An explanation for each rule, in their order; the article is read as the first one ever."""
    run = Run(rules=RuleSet(rules=tuple(rules), texts={}, hash=""), knowledge=knowledge)
    alerts = run.take(reading) + run.end()
    views = dict(_views(reading, run.memory))
    for rule in rules:
        own = tuple(alert for alert in alerts if alert.label.rule == rule.id)
        weighed = tuple(_weighed(rule, event, views.get(event.id), reading.article, knowledge) for event in reading.events)
        carrier = next((each.event for each in weighed if each.held), None)
        seen = views.get(carrier.id) if carrier else None
        cases = [
            (case.severity, tree(case.when, seen.facts, reading.article, knowledge) if case.when and seen else None)
            for case in rule.severity
        ]
        fates = dict.fromkeys(_nameless(row.outcome, views) for row in run.memory.ledger if row.rule == rule.id)
        yield Explanation(rule, reading, weighed, tuple(cases) if seen else (), own, tuple(fates))


def _nameless(fate: str, views: Mapping[str, View]) -> str:
    """The words without the name of an incident that exists for this one article only."""
    if fate.startswith("backfill"):
        return "backfill: it stood in the feed before that was watched, and is known silently"
    for seen in views.values():
        fate = fate.replace(f" {seen.incident.id} ", " it ")
    return fate


def _views(reading: Reading, memory: DictMemory) -> Iterator[tuple[str, View]]:
    for event in reading.events:
        incident = memory.incident(memory.incident_of(event.id) or "")
        if incident is not None:
            yield event.id, view(incident, memory)


def _weighed(rule: Rule, event: Event, seen: View | None, article: Article, knowledge: Knowledge) -> Weighed:
    if seen is None:
        return Weighed(event, (), f"what is {event.stage} is no incident")
    looks = as_judged(event, seen, coarse=takes_coarse(rule))
    apart = "" if looks else "it denies what the article tells beside it"
    about = spoken_of(event, seen, carriers(rule, seen, knowledge)) if isinstance(rule.form, Resume) else None
    spoken = tree(rule.core, about, article, knowledge) if about is not None else None
    return Weighed(event, tuple(tree(rule.when, look, article, knowledge) for look in looks), apart, spoken)


# ---------------------------------------------------------------------------------------------------------------- trees


def tree(part: Clause, telling: Telling, article: Article | None, knowledge: Knowledge) -> Node:
    """The clause and all its parts, each judged by itself."""
    verdict = judge(part, telling, article, knowledge)
    match part:
        case AllOf(parts) | AnyOf(parts):
            inner = tuple(tree(one, telling, article, knowledge) for one in parts)
            return Node(part, verdict, _key(part), part.line, parts=inner)
        case NotThat(one):
            return Node(part, verdict, "not", part.line, parts=(tree(one, telling, article, knowledge),))
        case AboutIs(one):
            found, quotes = grounds(part, telling, article, knowledge)
            spoken = (tree(one, telling_of(telling.about, telling), article, knowledge),) if telling.about else ()
            return Node(part, verdict, "about" if spoken else spelled(part), part.line, found, quotes, spoken)
        case Who(side, traits):
            people: tuple[Participant, ...] = getattr(telling, _PEOPLE[side])
            if not people:
                return Node(part, verdict, spelled(part), part.line)
            nodes = [(who, _of_traits(traits, who, telling, knowledge)) for who in people]
            best, node = min(nodes, key=lambda pair: far(pair[1].missing()))
            inside = node.parts if isinstance(traits, AllOf) else (node,)
            return Node(part, verdict, side, part.line, named(best), (best.span,), inside)
        case _:
            found, quotes = grounds(part, telling, article, knowledge)
            return Node(part, verdict, spelled(part), part.line, found, quotes)


def _of_traits(trait: Trait, one: Participant, telling: Telling, knowledge: Knowledge) -> Node:
    verdict = trait_holds(trait, one, telling, knowledge)

    def again(part: Trait) -> Node:
        return _of_traits(part, one, telling, knowledge)

    match trait:
        case AllOf(parts) | AnyOf(parts):
            return Node(
                trait, verdict, _key(trait), trait.line, parts=tuple(_of_traits(part, one, telling, knowledge) for part in parts)
            )
        case NotThat(inner):
            return Node(trait, verdict, "not", trait.line, parts=(again(inner),))
        case _:
            found, quotes = of_trait(trait, one, telling)
            return Node(trait, verdict, spelled(trait), trait.line, found, quotes)


def _key(group: object) -> str:
    return "all" if isinstance(group, AllOf) else "any"
