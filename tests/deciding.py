"""A desk with an empty memory, for tests of what is told: articles go in by hand, alerts come out."""

from typing import Any

from builders import article, attack, reading

from rules.model import Rule
from streams import pipeline
from streams.knowledge import world
from streams.labels.wanted import Desk
from streams.memory import DictMemory
from streams.records.flow import Article, Event


class Matcher:
    """A desk with an empty memory."""

    def __init__(self, *rules: Rule) -> None:
        self.desk = Desk(rules=rules, knowledge=world.load(), default_channels=("console",))
        self.memory = DictMemory(keep_journal=True)

    def take(self, home: Article, *events: Event) -> list[tuple[str, str]]:
        """(kind, rule) of every alert; the alerts themselves are in `last`."""
        self.last = pipeline.take(reading(home, *events), self.memory, self.desk).alerts
        return [(alert.kind, alert.label.rule) for alert in self.last]

    def attack(
        self, name: str, published: str, when: str, *, home: dict[str, Any] | None = None, **more: Any
    ) -> list[tuple[str, str]]:
        """An article that tells one attack."""
        told = article(name, published, **(home or {}))
        return self.take(told, attack(told, when, **more))
