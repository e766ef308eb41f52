"""Runs the tests that stand beside rules, with the engine's own extraction and decisions, and asks what they would notice.

Called by `tocsin test`. A test has its own empty memory; its last article must raise the rule, or none of its articles may, or
each gives what a timeline says.
Rules are judged one by one and as if switched on, so a rule in shadow, or past its
last day, is tested like any other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count, islice

from rules.match import judge
from rules.model import AllOf, CountWithin, FirstWithin, Resume, Rule, RuleSet, RuleTest, SequenceWithin, TestArticle
from rules.mutate import Mutant, mutants
from rules.spell import spelled
from streams import pipeline, wire
from streams.knowledge.world import Knowledge
from streams.records.flow import Alert, Article, Event, Reading, Telling
from streams.records.orders import FeedHealth, Order
from streams.records.policies import Policy
from streams.replay import Reader, Run

PUBLISHED = datetime(2031, 1, 8, 12, tzinfo=UTC)  # of texts without a date: a Wednesday, so that "on Monday" is two days ago


_NOT_BEGUN: dict[type, str] = {  # what an incident lacks that satisfies a rule with a form and raises nothing
    Resume: "no pause is shown",
    CountWithin: "there are not that many within the window, or it joins a count that was told",
    SequenceWithin: "the steps are not all there in order within the window, or it joins a sequence that was told",
    FirstWithin: "it is not the first within the window",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one test says."""

    test: RuleTest
    problem: str  # "" when it passed

    @property
    def passed(self) -> bool:
        """Whether the rule did what the test asks."""
        return not self.problem


@dataclass(frozen=True, slots=True)
class Report:
    """What the tests of one rule say."""

    rule: Rule
    verdicts: tuple[Verdict, ...]
    mutants: int  # changes tried; 0 when a test failed or there is none
    survivors: tuple[Mutant, ...]  # changes that no test noticed

    @property
    def lacking(self) -> tuple[str, ...]:
        """Kinds of tests of which the rule has none: "fires", "silent"."""
        return tuple(kind for kind in ("fires", "silent") if not any(verdict.test.shows(kind) for verdict in self.verdicts))

    @property
    def passed(self) -> bool:
        """Whether there is a test of each kind, and all passed."""
        return not self.lacking and all(verdict.passed for verdict in self.verdicts)


def run(rules: RuleSet, reader: Reader, knowledge: Knowledge) -> Iterator[Report]:
    """A report for each rule, in the order of the set."""
    for rule in rules.rules:
        readings = _readings(rule, reader)
        verdicts = tuple(
            Verdict(test, _problem(rule, test, read, knowledge)) for test, read in zip(rule.tests, readings, strict=True)
        )
        changed = tuple(mutants(rule)) if verdicts and all(verdict.passed for verdict in verdicts) else ()
        survivors = tuple(one for one in changed if not _noticed(one.rule, readings, knowledge))
        yield Report(rule, verdicts, len(changed), survivors)


def verdict(rule: Rule, test: RuleTest, reader: Reader, knowledge: Knowledge) -> Verdict:
    """What one test says, whether or not it stands beside the rule."""
    return Verdict(test, _problem(rule, test, reader.read(articles(test)), knowledge))


def nearest(rule: Rule, reading: Reading, knowledge: Knowledge) -> tuple[Event, Telling, list[str]] | None:
    """The event of an article that comes nearest to the rule, its sentence that does, and the clauses that do not hold there.

    None when the article has no event.
    """
    tellings = [(event, telling) for event in reading.events for telling in event.tellings or (event,)]
    judged = ((event, telling, _missing(rule, telling, reading, knowledge)) for event, telling in tellings)
    return min(judged, key=lambda one: len(one[2]), default=None)


def _readings(rule: Rule, reader: Reader) -> list[list[Reading]]:
    """What is read in the articles of each test; all of them at once, which is faster."""
    made = [articles(test) for test in rule.tests]
    read = iter(reader.read([article for own in made for article in own]))
    return [list(islice(read, len(own))) for own in made]


def articles(test: RuleTest) -> list[Article]:
    """The texts of a test as articles of a feed of its own; what revises another is its next revision.

    A line on the health of a feed stands among them as an article without words, which nobody takes.
    """
    made: list[Article] = []
    for number, told in enumerate(test.articles, start=1):
        moment = told.published or PUBLISHED
        name = made[told.revises - 1].id if told.revises else f"test:{test.line}:{number}"
        article = Article(
            id=name,
            source=told.source or "test",
            url="",
            title=told.title,
            text=told.text,
            published=moment,
            taken_at=moment,
            revision=1 + sum(one.id == name for one in made),
        )
        made.append(article)
    return made


def _noticed(mutant: Rule, readings: Sequence[Sequence[Reading]], knowledge: Knowledge) -> bool:
    return any(_problem(mutant, test, read, knowledge) for test, read in zip(mutant.tests, readings, strict=True))


def _problem(rule: Rule, test: RuleTest, readings: Sequence[Reading], knowledge: Knowledge) -> str:
    """Why the rule does not do what the test asks, "" when it does."""
    alone = replace(rule, mode="on", expires=None, policy=Policy())  # what the rule says, not when delivery tells it
    live = Run(rules=RuleSet(rules=(alone,), texts={}, hash=rule.hash), knowledge=knowledge)
    told = [
        live.take(reading) if not text.health else _reported(text, place, live)
        for place, (text, reading) in enumerate(zip(test.articles, readings, strict=True), start=1)
    ]
    if test.expect == "timeline":
        return next(filter(None, (_misgiven(*one) for one in zip(test.articles, told, count(1), strict=False))), "")
    if test.expect == "silent":
        fired = next((alert for alerts in told for alert in alerts), None)
        return f"fired: {_quoted(fired)}" if fired else ""
    alert = next((alert for alert in told[-1] if alert.kind == "new"), None)
    if alert is None:
        return f"did not fire: {_reason(rule, readings[-1], knowledge)}"
    if test.severity is not None and alert.label.severity != test.severity:
        return f'fired with severity "{alert.label.severity}", not "{test.severity}"'
    return ""


def _reported(text: TestArticle, place: int, live: Run) -> list[Alert]:
    """What it makes new that a feed died, or lives again."""
    moment = text.published or PUBLISHED
    health = FeedHealth(feed=text.source, alive=text.health == "alive", since=moment, why="of a test")
    order = Order(number=place, kind="health", at=moment, who="test", payload=wire.plain(health))
    return pipeline.take_order(order, live.memory, live.desk).alerts


def _misgiven(text: TestArticle, alerts: Sequence[Alert], place: int) -> str:
    """What is wrong with the alerts that one text of a timeline made, "" for nothing."""
    kinds: list[str] = [alert.kind for alert in alerts] or ["nothing"]
    if kinds != [text.gives]:
        return f"text {place} gives {' and '.join(kinds)}, not {text.gives}"
    found = alerts[0].label.severity if alerts else None
    if text.severity is not None and found != text.severity:
        return f'text {place} gives severity "{found}", not "{text.severity}"'
    return ""


def _quoted(alert: Alert) -> str:
    return f'"{alert.label.evidence[0].span.text}"' if alert.label.evidence else f'incident "{alert.incident}"'


def _reason(rule: Rule, reading: Reading, knowledge: Knowledge) -> str:
    """The nearest that an event of the article came to the rule."""
    if reading.unread:
        return f"the text is not read ({reading.unread})"
    if not reading.events:
        return "no event is found in the text"
    event, missing = min(
        ((event, _missing(rule, event, reading, knowledge)) for event in reading.events), key=lambda pair: len(pair[1])
    )
    found = f'event "{event.type}" at "{event.trigger.text}"'
    if not missing:
        return f'{found} satisfies "when", but {_NOT_BEGUN.get(type(rule.form), "it was told before, or is too old")}'
    return f"{found}: {'; '.join(missing)}"


def _missing(rule: Rule, event: Telling, reading: Reading, knowledge: Knowledge) -> list[str]:
    """The clauses that do not hold, each with its line."""
    parts = rule.when.parts if isinstance(rule.when, AllOf) else (rule.when,)
    missing = []
    for part in parts:
        verdict = judge(part, event, reading.article, knowledge)
        if verdict is not True:
            line = f"line {part.line}" if part.line else "default"
            missing.append(f'{line} "{spelled(part)}" is {"not stated" if verdict is None else "not so"}')
    return missing
