"""Mutes and inhibition: they call nobody, they lose nothing, and what is graver comes through."""

from dataclasses import replace
from typing import Any

import pytest
from builders import article, at, attack, denied, official, place, resume_rule, strike_rule, us_base
from deciding import Matcher

from rules.model import OutcomeIn, SeverityCase
from streams import pipeline
from streams.errors import OrderRefused
from streams.records.orders import Mute, Order, OrderKind, Unmute
from streams.records.policies import Policy
from streams.route import Muted
from streams.wire import plain

STRIKE = "strike-on-us-base"
GRAVE = (SeverityCase(severity="critical", when=OutcomeIn(("hit",))), SeverityCase(severity="high"))


def order(desk: Matcher, kind: OrderKind, what: object, when: str, number: int = 1) -> list[tuple[str, str]]:
    given = Order(number=number, kind=kind, at=at(when), who="mia", payload=plain(what))
    return [(alert.kind, alert.label.rule) for alert in pipeline.take_order(given, desk.memory, desk.desk).alerts]


def mute(desk: Matcher, when: str = "04-22 09:00", hours: int = 4, number: int = 1, **more: Any) -> None:
    assert order(desk, "mute", Mute(why="drill", for_s=hours * 3600, **more), when, number) == []


def fate(desk: Matcher) -> str:
    return [row.outcome for row in desk.memory.ledger if row.event][-1]


@pytest.mark.parametrize("what", [{"rule": STRIKE}, {"place": "iq"}, {"place": "Al-Asad"}, {"rule": STRIKE, "place": "IQ"}])
def test_a_mute_of_a_rule_or_place_keeps_it_from_calling_and_says_so(what: dict[str, str]) -> None:
    desk = Matcher(strike_rule())
    mute(desk, **what)
    assert desk.attack("a", "04-22 10:00", "04-21") == []
    assert fate(desk) == "muted by M1 (mia, until 2024-04-22 13:00Z): drill"
    assert desk.memory.outbox == []


@pytest.mark.parametrize("what", [{"place": "SY"}, {"rule": STRIKE, "place": "SY"}])
def test_a_mute_of_another_place_does_not_concern_it(what: dict[str, str]) -> None:
    desk = Matcher(strike_rule())
    mute(desk, **what)
    assert desk.attack("a", "04-22 10:00", "04-21") == [("new", STRIKE)]


def test_after_its_end_the_first_change_that_calls_is_new() -> None:
    """As with history: what happened under the mute is known, so a copy calls nobody and news does."""
    desk = Matcher(strike_rule())
    mute(desk, rule=STRIKE)
    desk.attack("a", "04-22 10:00", "04-21")
    assert desk.attack("b", "04-22 13:00", "04-21") == []
    assert desk.attack("c", "04-22 13:30", "04-21", outcome=("hit",)) == [("new", STRIKE)]


def test_an_incident_that_is_muted_is_still_edited() -> None:
    desk = Matcher(strike_rule())
    desk.attack("a", "04-22 08:00", "04-21")
    mute(desk, incident="I1-1")
    assert desk.attack("b", "04-22 10:00", "04-21", outcome=("hit",)) == []
    last = desk.memory.outbox[-1]
    assert (last.ordinal, last.ping, last.post.labels[0].outcome) == (2, False, ("hit",))
    assert fate(desk).startswith("muted by M2")
    home = article("c", "04-22 11:00")
    assert desk.take(home, denied(attack(home, None), attribution=(official(nation="US"),))) == []
    assert desk.memory.outbox[-1].post.withdrawn
    assert not desk.memory.outbox[-1].ping


def test_a_rise_in_severity_breaks_a_mute() -> None:
    desk = Matcher(strike_rule(severity=GRAVE))
    desk.attack("a", "04-22 08:00", "04-21")
    mute(desk, incident="I1-1")
    assert desk.attack("b", "04-22 10:00", "04-21", outcome=("hit",)) == [("update", STRIKE)]


def test_what_is_graver_than_the_mute_is_new_under_it() -> None:
    """A mute of a rule or place reaches up to "high" unless it says otherwise."""
    desk = Matcher(strike_rule(severity=GRAVE))
    mute(desk, rule=STRIKE)
    assert desk.attack("a", "04-22 10:00", "04-21", outcome=("hit",)) == [("new", STRIKE)]
    other = Matcher(strike_rule(severity=GRAVE))
    mute(other, rule=STRIKE, up_to="critical")
    assert other.attack("a", "04-22 10:00", "04-21", outcome=("hit",)) == []


def test_what_was_known_under_a_mute_breaks_it_by_a_rise() -> None:
    desk = Matcher(strike_rule(severity=GRAVE))
    mute(desk, rule=STRIKE, up_to="critical")
    assert desk.attack("a", "04-22 10:00", "04-21") == []
    assert desk.attack("b", "04-22 11:00", "04-21", outcome=("hit",)) == [("new", STRIKE)]


def test_a_lifted_mute_holds_nothing_back() -> None:
    desk = Matcher(strike_rule())
    mute(desk, rule=STRIKE)
    order(desk, "unmute", Unmute(mute="M1"), "04-22 09:30", 2)
    assert desk.attack("a", "04-22 10:00", "04-21") == [("new", STRIKE)]


def test_mutes_that_are_over_are_forgotten_with_the_next_one() -> None:
    desk = Matcher(strike_rule())
    mute(desk, rule=STRIKE)
    mute(desk, "04-22 14:00", rule=STRIKE, number=2)
    assert [key for key, _ in desk.memory.notes("mute", Muted)] == ["M2"]


@pytest.mark.parametrize(
    ("kind", "what", "words"),
    [
        ("mute", Mute(why="", for_s=60), "a mute names a rule, a place or an incident, or several of them"),
        ("mute", Mute(why="", rule="nobody", for_s=60), 'there is no rule "nobody"'),
        ("mute", Mute(why="", incident="I9-9", for_s=60), 'there is no incident "I9-9" (any more)'),
        ("mute", Mute(why="", place="IQ", until=at("04-01")), "the mute would be over already: until 2024-04-01 12:00Z, and it is "
         "2024-04-22 09:00Z"),
        ("unmute", Unmute(mute="M7"), 'there is no mute "M7"; in force: none'),
    ],
)  # fmt: skip
def test_an_order_that_makes_no_sense_is_refused_in_words(kind: OrderKind, what: object, words: str) -> None:
    with pytest.raises(OrderRefused) as raised:
        order(Matcher(strike_rule()), kind, what, "04-22 09:00")
    assert str(raised.value) == words


# ---------------------------------------------------------------------------------------------------------- inhibition


def pair(grave: bool = False) -> Matcher:
    """A rule that is the better word for the same thing, and the one it silences; order in the file does not matter."""
    broad = strike_rule(id="any-strike", severity=GRAVE if grave else (SeverityCase(severity="high"),))
    return Matcher(broad, strike_rule(severity=(SeverityCase(severity="high"),), policy=Policy(inhibits=("any-strike",))))


def test_a_rule_that_is_inhibited_does_not_call_about_the_same_incident() -> None:
    desk = pair()
    assert desk.attack("a", "04-22 08:00", "04-21") == [("new", STRIKE)]
    assert {row.rule: row.outcome for row in desk.memory.ledger if row.event} == {
        "any-strike": "inhibited by strike-on-us-base on I1-1",
        STRIKE: "alerted I1-1/strike-on-us-base/1 (new)",
    }
    assert desk.attack("b", "04-22 09:00", "04-21", outcome=("hit",)) == [("update", STRIKE)]


def test_it_calls_when_what_inhibits_it_is_withdrawn() -> None:
    """The narrow rule asks for a base; the revision says a convoy: what remains is told."""
    desk = pair()
    broad, narrow = desk.desk.rules
    anything = replace(broad, core=strike_rule().core.parts[0], when=strike_rule().core.parts[0])  # type: ignore[attr-defined]
    desk = Matcher(anything, narrow)
    desk.attack("a", "04-22 08:00", "04-21")
    home = article("a", "04-22 09:00", revision=2)
    found = desk.take(home, attack(home, "04-21", targets=(replace(us_base(), kind="convoy", nations=()),)))
    assert sorted(found) == [("new", "any-strike"), ("withdrawal", STRIKE)]


def test_it_calls_when_a_late_article_takes_away_what_inhibits_it_elsewhere() -> None:
    """The resumption rested on a quiet; the late article says nothing of the attack that seemed to end it."""
    desk = Matcher(resume_rule(policy=Policy(inhibits=(STRIKE,))), strike_rule())
    for name, when in (("a", "01-05"), ("b", "01-20"), ("c", "02-01")):
        home = article(name, when)
        desk.take(home, attack(home, when))
    d = article("d", "03-10")
    assert desk.take(d, attack(d, "03-10")) == [("new", "attacks-resume")]
    late = article("late", "03-11")
    found = desk.take(late, attack(late, "02-20", targets=(us_base("far"),), place=place("far", "SY")))
    assert found == [("withdrawal", "attacks-resume"), ("new", STRIKE)]
    assert [row.outcome for row in desk.memory.ledger if row.article == "d" and row.rule == STRIKE] == [
        "inhibited by attacks-resume on I4-1",
        f"alerted I4-1/{STRIKE}/1 (new)",
    ]


def test_what_is_graver_is_not_inhibited() -> None:
    desk = pair(grave=True)
    assert sorted(desk.attack("a", "04-22 08:00", "04-21", outcome=("hit",))) == [("new", "any-strike"), ("new", STRIKE)]


def test_another_incident_is_not_inhibited() -> None:
    desk = pair()
    desk.attack("a", "04-22 08:00", "04-21")
    mute(desk, rule=STRIKE)
    other = {"targets": (us_base("rumalin"),), "place": place("rumalin", "SY")}
    assert desk.attack("b", "04-22 10:00", "04-21", **other) == [("new", "any-strike")]
