"""Temporal forms from articles to alerts: told once, on one incident, and corrected there."""

from typing import Any

from rules.model import Rule
from streams import knowledge, pipeline
from streams.labels import Desk
from streams.memory import DictMemory
from streams.records import Article, Event, Label
from tests.builders import (
    article,
    attack,
    count_rule,
    place,
    reading,
)

KNOWN = knowledge.load()


class Matcher:
    """A desk with an empty memory."""

    def __init__(self, *rules: Rule) -> None:
        self.desk = Desk(rules=rules, knowledge=KNOWN, default_channels=("console",))
        self.memory = DictMemory()

    def take(self, home: Article, *events: Event) -> list[tuple[str, str]]:
        """(kind, subject) of every alert; the alerts themselves are in `last`."""
        self.last = pipeline.take(reading(home, *events), self.memory, self.desk).alerts
        return [(alert.kind, alert.label.subject) for alert in self.last]

    def attack(self, name: str, when: str, where: str = "IQ", **more: Any) -> list[tuple[str, str]]:
        """An article that tells one attack, each in a town of its own."""
        home = article(name, f"{when[:5]} 23:00")
        town = {"place": place(f"town-{name}", where, "town"), "targets": ()} if where else {"place": None, "targets": ()}
        return self.take(home, attack(home, when, **(town | more)))

    def open(self) -> list[Label]:
        """Labels that stand."""
        rows = [row for rule in self.desk.rules for row in self.memory.told_by(rule.id)]
        return [row.label for row in rows if row.state == "open"]


def test_the_third_attack_within_two_days_is_told_once() -> None:
    """x x x x: the fourth joins."""
    desk = Matcher(count_rule())
    assert [desk.attack(name, f"04-{day}") for name, day in (("a", 10), ("b", 11), ("c", 12), ("d", 12))] == [
        [],
        [],
        [("new", "all-1")],
        [],
    ]
    (label,) = desk.open()
    assert label.pattern is not None
    assert (label.pattern.number, label.pattern.asked, label.pattern.within_s) == (3, 3, 172_800)
    assert len(label.evidence) == 3
    assert label.evidence[0].article == "c"
