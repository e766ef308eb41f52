"""A hold gates the first telling and nothing else; whatever is held is told in the end, and says so."""

from typing import Any

import pytest
from builders import anonymous, article, at, attack, denied, official, reading, strike_rule
from deciding import Matcher

from streams import pipeline
from streams.records.flow import Alert
from streams.records.orders import Tick
from streams.records.policies import Hold, Policy

STRIKE = "strike-on-us-base"
HOLD = Hold(sources=2, within_s=7200)
REUTERS, AFP = (anonymous("Reuters"),), (anonymous("AFP"),)


def held(otherwise: Any = "send-marked", **more: Any) -> Matcher:
    return Matcher(strike_rule(policy=Policy(hold=Hold(sources=2, within_s=7200, otherwise=otherwise)), **more))


def tick(desk: Matcher, when: str) -> list[Alert]:
    return pipeline.take_tick(Tick(at=at(when)), desk.memory, desk.desk).alerts


def fates(desk: Matcher) -> list[str]:
    return [row.outcome for row in desk.memory.ledger if row.event]


def test_one_origin_is_held_and_the_ledger_says_until_when() -> None:
    desk = held()
    assert desk.attack("a", "04-22 10:00", "04-21", attribution=REUTERS) == []
    assert desk.memory.outbox == []
    assert desk.memory.next_timer() == at("04-22 12:00")
    assert fates(desk) == ["held by strike-on-us-base until 2024-04-22 12:00Z: 1 of 2 independent sources"]


def test_corroboration_tells_it_as_new_and_says_so() -> None:
    desk = held()
    desk.attack("a", "04-22 10:00", "04-21", attribution=REUTERS)
    assert desk.attack("b", "04-22 11:00", "04-21", attribution=AFP) == [("new", STRIKE)]
    assert desk.last[0].changes == ("corroborated: 2 independent sources",)
    assert desk.memory.next_timer() is None
    assert tick(desk, "04-22 12:00") == []


def test_enough_origins_at_once_are_told_at_once() -> None:
    desk = held()
    assert desk.attack("a", "04-22 10:00", "04-21", attribution=REUTERS + AFP) == [("new", STRIKE)]
    assert desk.last[0].changes == ()


@pytest.mark.parametrize(("otherwise", "words"), [("send-marked", ("uncorroborated: 1 source after 2h",)), ("send", ())])
def test_without_corroboration_the_timer_tells_it(otherwise: str, words: tuple[str, ...]) -> None:
    desk = held(otherwise)
    desk.attack("a", "04-22 10:00", "04-21", attribution=REUTERS)
    assert tick(desk, "04-22 11:59") == []
    (alert,) = tick(desk, "04-22 12:00")
    assert (alert.kind, alert.id, alert.changes, alert.decided) == ("new", "I1-1/strike-on-us-base/1", words, at("04-22 12:00"))
    assert [delivery.ping for delivery in desk.memory.outbox] == [True]
    assert fates(desk)[-1] == "alerted I1-1/strike-on-us-base/1 (new)"
    assert desk.memory.next_timer() is None


def test_it_is_told_as_it_stands_when_the_wait_is_over() -> None:
    """A higher toll in the meantime comes from the same origin: the wait goes on, the telling is of the newest."""
    desk = held()
    desk.attack("a", "04-22 10:00", "04-21", attribution=REUTERS)
    home = article("a", "04-22 11:00", revision=2)
    desk.take(home, attack(home, "04-21", attribution=REUTERS, outcome=("hit",)))
    (alert,) = tick(desk, "04-22 12:00")
    assert alert.label.outcome == ("hit",)
    assert desk.memory.next_timer() is None


def test_a_hold_gates_the_first_telling_only() -> None:
    desk = held()
    desk.attack("a", "04-22 10:00", "04-21", attribution=REUTERS)
    tick(desk, "04-22 12:00")
    home = article("b", "04-22 13:00")
    assert desk.take(home, attack(home, "04-21", attribution=REUTERS, outcome=("hit",))) == [("update", STRIKE)]


def test_what_is_denied_while_it_is_held_is_never_told_and_may_be_held_again() -> None:
    desk = held()
    desk.attack("a", "04-22 10:00", "04-21", attribution=REUTERS)
    home = article("a", "04-22 11:00", revision=2)
    assert desk.take(home, denied(attack(home, "04-21"), attribution=(official(nation="US"),))) == []
    assert desk.memory.next_timer() is None
    home = article("a", "04-22 11:30", revision=3)
    assert desk.take(home, attack(home, "04-21", attribution=REUTERS)) == []
    assert desk.memory.next_timer() == at("04-22 13:30")


def test_a_rule_edit_loses_no_hold() -> None:
    """The new text is judged silently on the past; what was held waits on."""
    desk = held()
    desk.attack("a", "04-22 10:00", "04-21", attribution=REUTERS)
    edited = Matcher(strike_rule(policy=Policy(hold=HOLD), hash="edited"))
    texts = pipeline.RuleTexts(texts={}, hashes={STRIKE: "edited"}, knowledge="k", channels=("console",))
    pipeline.take_rules(texts, edited.desk.rules, desk.memory, edited.desk)
    while pipeline.look_back(desk.memory, edited.desk):
        pass
    (alert,) = pipeline.take_tick(Tick(at=at("04-22 12:00")), desk.memory, edited.desk).alerts
    assert (alert.kind, alert.label.rule_hash) == ("new", "edited")


def test_history_before_the_feed_was_watched_is_not_held() -> None:
    desk = held()
    desk.attack("a", "04-22 10:00", "04-21", attribution=REUTERS, home={"backfill": True})
    assert desk.memory.next_timer() is None
    assert fates(desk) == ["backfill: I1-1 known silently"]


def test_an_incident_that_joins_a_told_one_withdraws_nothing() -> None:
    """Two rules, one told and one held, on two incidents that prove to be one: the desk hears no withdrawal of what is true."""
    quick = strike_rule(id="quick")
    desk = Matcher(quick, strike_rule(policy=Policy(hold=HOLD)))
    assert desk.attack("a", "04-22 10:00", "04-21", attribution=REUTERS) == [("new", "quick")]
    assert desk.attack("b", "04-22 10:30", "04-21", attribution=AFP) == [("new", STRIKE)]
    assert reading(article("z", "04-22")).events == ()
