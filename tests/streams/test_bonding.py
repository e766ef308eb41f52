"""Operators' merge and split: orders of the journal, kept as bonds that hold whatever comes later; what was told follows."""

from dataclasses import replace
from typing import Any

import pytest

from rules.model import Rule
from streams import pipeline, wire
from streams.errors import OrderRefused
from streams.incidents import bonds
from streams.incidents.joining import explain
from streams.knowledge import world
from streams.labels.wanted import Desk
from streams.memory import DictMemory
from streams.records.flow import Alert, Article, Event, Incident
from streams.records.orders import Merge, Order, Split
from tests.builders import article, at, attack, day, place, reading, strike_rule, us_base

STRIKE = "strike-on-us-base"
OTHER: dict[str, Any] = {"targets": (us_base("al-tanf"),), "place": place("al-tanf", "SY")}


class Matcher:
    """A desk with an empty memory."""

    def __init__(self, *rules: Rule) -> None:
        self.desk = Desk(rules=rules, knowledge=world.load(), default_channels=("console",))
        self.memory = DictMemory(keep_journal=True)
        self.given = 0

    def attack(self, name: str, published: str, **more: Any) -> list[tuple[str, str]]:
        home = article(name, published)
        return self.take(home, attack(home, "04-21", **more))

    def take(self, home: Article, *events: Event) -> list[tuple[str, str]]:
        return self.told(pipeline.take(reading(home, *events), self.memory, self.desk).alerts)

    def order(self, kind: Any, what: Merge | Split) -> list[tuple[str, str]]:
        self.given += 1
        order = Order(number=self.given, kind=kind, at=at("04-23"), who="ana", payload=wire.plain(what))
        return self.told(pipeline.take_order(order, self.memory, self.desk).alerts)

    def merge(self, one: str, other: str) -> list[tuple[str, str]]:
        return self.order("merge", Merge(one=one, other=other, why="the same launchers"))

    def split(self, incident: str, *events: str) -> list[tuple[str, str]]:
        return self.order("split", Split(incident=incident, events=events, why="two gates"))

    def told(self, alerts: list[Alert]) -> list[tuple[str, str]]:
        self.last = alerts
        return [(alert.kind, alert.incident) for alert in alerts]

    def shape(self) -> list[set[str]]:
        """Incidents as names of articles."""
        return [{event.partition("#")[0] for event in one.events} for one in self.incidents()]

    def incidents(self) -> tuple[Incident, ...]:
        return self.memory.incidents_between(at("01-01"), at("12-31"))


@pytest.fixture
def two() -> Matcher:
    """Two bases, told as two."""
    desk = Matcher(strike_rule())
    assert desk.attack("a", "04-22") == [("new", "I1-1")]
    assert desk.attack("b", "04-22 13:00", **OTHER) == [("new", "I2-1")]
    return desk


@pytest.fixture
def one() -> Matcher:
    """Two reports of one attack."""
    desk = Matcher(strike_rule())
    assert desk.attack("a", "04-22") == [("new", "I1-1")]
    assert desk.attack("b", "04-22 13:00") == []
    return desk


def test_two_told_incidents_that_are_merged_are_told_so_once_and_loudly(two: Matcher) -> None:
    assert two.merge("I1-1", "I2-1") == [("correction", "I2-1")]
    assert two.last[0].changes == ("the same incident as I1-1: merged by ana: the same launchers",)
    assert two.shape() == [{"a", "b"}]
    assert two.memory.told(STRIKE, "I2-1").state == "withdrawn"  # type: ignore[union-attr]  # it was told above
    assert [(each.incident, each.ping) for each in two.memory.outbox[2:]] == [("I2-1", True), ("I1-1", False)]


def test_what_was_merged_stays_one_whatever_comes_later(two: Matcher) -> None:
    two.merge("I2-1", "I1-1")
    assert two.attack("c", "04-22 15:00") == []
    assert two.attack("d", "04-22 16:00", **OTHER) == []
    assert two.shape() == [{"a", "b", "c", "d"}]


def test_the_part_that_is_split_off_gets_a_post_of_its_own(one: Matcher) -> None:
    leaves = one.incidents()[0].events[1]
    assert one.split("I1-1", leaves) == [("new", "I3-1")]
    assert one.last[0].changes == ("split by ana: two gates",)
    assert one.shape() == [{"a"}, {"b"}]
    assert {each.incident for each in one.memory.outbox} == {"I1-1", "I3-1"}


def test_what_was_split_never_joins_again_and_a_third_report_joins_one_of_them(one: Matcher) -> None:
    one.split("I1-1", one.incidents()[0].events[1])
    assert one.attack("c", "04-22 15:00") == []
    assert sorted(map(sorted, one.shape())) == [["a", "c"], ["b"]]


def test_the_newer_word_stands(one: Matcher) -> None:
    one.split("I1-1", one.incidents()[0].events[1])
    one.merge("I1-1", "I3-1")
    assert one.shape() == [{"a", "b"}]
    one.split("I1-1", one.incidents()[0].events[1])
    assert one.shape() == [{"a"}, {"b"}]


def test_a_revision_takes_the_word_on_its_events_over(one: Matcher) -> None:
    one.split("I1-1", one.incidents()[0].events[1])
    again = replace(article("b", "04-22 13:00"), revision=2)
    one.take(again, attack(again, "04-21", offset=7))
    assert sorted(map(sorted, one.shape())) == [["a"], ["b"]]
    assert {bond.kind for bond in bonds.of([event for one in one.incidents() for event in one.events], one.memory)} == {"apart"}


def test_an_article_that_no_longer_tells_it_loses_the_word(one: Matcher) -> None:
    one.split("I1-1", one.incidents()[0].events[1])
    one.take(replace(article("b", "04-22 13:00"), revision=2))
    assert bonds.of([event for one in one.incidents() for event in one.events], one.memory) == ()


@pytest.mark.parametrize(
    ("kind", "what", "words"),
    [
        ("merge", Merge(one="I1-1", other="I9-9", why="x"), 'there is no incident "I9-9" (any more)'),
        ("merge", Merge(one="I1-1", other="I1-1", why="x"), '"I1-1" and "I1-1" are the same incident'),
        ("split", Split(incident="I1-1", events=(), why="x"), "I1-1: name some of its 2 events, and not all of them"),
        (
            "split",
            Split(incident="I1-1", events=("z",), why="x"),
            '"z" is no event of I1-1; "tocsin incident show I1-1" lists them',
        ),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_with_its_reason(one: Matcher, kind: Any, what: Any, words: str) -> None:
    with pytest.raises(OrderRefused) as refused:
        one.order(kind, what)
    assert str(refused.value) == words


def test_bonds_hold_in_whatever_order_later_articles_come(one: Matcher) -> None:
    """The word is given on a and b; c to f come in two orders."""

    def final(order: str) -> list[list[str]]:
        desk = Matcher(strike_rule())
        desk.attack("a", "04-22")
        desk.attack("b", "04-22 13:00")
        desk.split("I1-1", desk.incidents()[0].events[1])
        for name in order:
            desk.attack(name, f"04-22 {14 + 'cdef'.index(name)}:00", **(OTHER if name in "df" else {}))
        return sorted(map(sorted, desk.shape()))

    assert final("cdef") == final("fedc") == final("ecfd")


# ---------------------------------------------------------------------------------------------------------------- why


def why(desk: Matcher, name: str) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    (event,) = desk.memory.events_of(name)
    found = explain(event, desk.memory)
    assert found is not None
    return found.reasons, found.nearest, found.apart


def test_why_names_what_ties_an_event_to_its_incident(one: Matcher) -> None:
    assert why(one, "b")[0] == (
        "one with a#1:text:4-12: the same spot, al-asad; the same target, al-asad; a target of the same kind and side, al-asad",
    )


def test_why_names_what_keeps_it_from_the_nearest_other(one: Matcher) -> None:
    home = article("c", "04-22 15:00")
    one.take(home, replace(attack(home, None), time=day("04-22")))
    assert why(one, "c") == (
        (),
        "I1-1",
        ("not a#1:text:4-12: another time, 22 Apr 2024 00:00 to 23 Apr 00:00Z and 21 Apr 2024 00:00 to 22 Apr 00:00Z",),
    )


def test_why_names_the_operator(one: Matcher, two: Matcher) -> None:
    one.split("I1-1", one.incidents()[0].events[1])
    assert why(one, "b") == ((), "I1-1", ("split by ana: two gates",))
    two.merge("I1-1", "I2-1")
    assert why(two, "b")[0] == ("merged by ana: the same launchers",)
