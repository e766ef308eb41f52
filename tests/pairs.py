"""Pairs of a rule and an article: what explain says against what two engines do; for the test and for the bench."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from rules.index import Index
from rules.model import Rule
from streams import pipeline
from streams.knowledge.world import Knowledge
from streams.labels.wanted import Desk
from streams.memory import DictMemory
from streams.questions.explain import Explanation, explain
from streams.records.flow import Article, Event, Reading

EACH = 10  # rules tried on one article


class Everything(Index):
    """No index: every rule for every event."""

    def candidates(self, events: Iterable[Event], articles: Mapping[str, Article]) -> set[str]:
        """All of them."""
        return {rule.id for rule in self.rules}


def desks(rules: Sequence[Rule], known: Knowledge) -> tuple[Desk, Desk]:
    """The indexed engine, and one that loops over all rules."""
    indexed, plain = (Desk(rules=rules, knowledge=known, default_channels=("console",)) for _ in range(2))
    object.__setattr__(plain, "index", Everything(rules, known))
    return indexed, plain


@dataclass(slots=True)
class Count:
    """What was compared."""

    pairs: int = 0
    fired: int = 0
    held: int = 0


def compare(rules: Sequence[Rule], reading: Reading, known: Knowledge, seed: int, count: Count) -> list[str]:
    """Where explain and the engines disagree on one article, in words; rules without a form only.

    Tried are rules that fire (six at most), those that the index names though they do not hold, and others by chance.
    """
    engines = desks(rules, known)
    fired = [_told(desk, reading) for desk in engines]
    wrong = [] if fired[0] == fired[1] else [f"{reading.article.id}: the engines differ, {fired}"]
    alerted, labelled = fired[1]
    near = engines[0].index.candidates(reading.events, {reading.article.id: reading.article})
    order = {rule.id: (rule.id not in alerted, rule.id not in near) for rule in rules}
    shuffled = Random(seed).sample(list(rules), len(rules))
    firing = [rule for rule in shuffled if rule.id in alerted][:6]
    others = sorted((rule for rule in shuffled if rule.id not in alerted), key=lambda rule: order[rule.id])
    chosen = (firing + others)[:EACH]
    for told in explain(chosen, reading, known):
        count.pairs += 1
        count.fired += told.fires
        count.held += told.held
        if told.fires != (told.rule.id in alerted) or told.held != (told.rule.id in labelled):
            wrong.append(f"{reading.article.id}, {told.rule.id}: explain {told.fires}, {told.held}")
        wrong += [f"{reading.article.id}, {told.rule.id}: {fault}" for fault in _faults(told)]
    return wrong


def _told(desk: Desk, reading: Reading) -> tuple[set[str], set[str]]:
    """Rules that alert, and rules that hold whether they are announced or not."""
    decision = pipeline.take(reading, DictMemory(), desk)
    alerted = {alert.label.rule for alert in decision.alerts}
    return alerted, alerted | {row.rule for row in decision.dispositions if row.rule}


def _faults(told: Explanation) -> Iterable[str]:
    """What an explanation owes its reader and lacks."""
    if not told.held and told.closest is not None and not told.closest.missing:
        yield "nothing is named that would have to hold"
    if told.held and any(event.held and event.missing for event in told.events):
        yield "it holds and something is missing"
    texts = {"text": told.reading.article.text, "title": told.reading.article.title}
    real = told.reading.extractor != "by hand"  # events made by hand quote what nobody wrote
    for event in told.events:
        nodes = [event.tree] if event.tree else []
        while nodes:
            node = nodes.pop()
            nodes += node.parts
            for quote in node.quotes:
                if real and texts[quote.where][quote.start : quote.end] != quote.text:
                    yield f"a quote is not in the article: {quote}"
