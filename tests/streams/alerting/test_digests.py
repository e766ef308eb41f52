"""Budgets and quiet hours: too many alerts become a digest, at once said and later told; never nothing."""

from datetime import datetime
from typing import Any

import pytest
from builders import article, at, attack, denied, place, strike_rule, us_base
from deciding import Matcher

from rules.model import OutcomeIn, Rule, SeverityCase
from streams import pipeline
from streams.alerting.digests import FULL, quiet_until
from streams.labels.wanted import Desk
from streams.records.flow import Alert, Delivery
from streams.records.orders import Ack, Mute, Order, Tick
from streams.records.policies import Budget, Escalation, Policy, Quiet
from streams.wire import plain
from streams.words import render

STRIKE = "strike-on-us-base"
TWO_AN_HOUR = Budget(alerts=2, within_s=3600)
GRAVE = (SeverityCase(severity="critical", when=OutcomeIn(("hit",))), SeverityCase(severity="medium"))


def desk_of(*rules: Rule, budgets: dict[str, Budget] | None = None) -> Matcher:
    desk = Matcher(*rules)
    desk.desk = Desk(
        rules=rules, knowledge=desk.desk.knowledge, default_channels=("console",), budgets=budgets or {}, time_zone="Europe/Berlin"
    )
    return desk


def strike(desk: Matcher, n: int, when: str = "04-22 10:00", **more: Any) -> list[tuple[str, str]]:
    """An attack of its own, the n-th site of a country."""
    where = {"targets": (us_base(f"site-{n}"),), "place": place(f"site-{n}")} | more
    return desk.attack(f"a{n}", when, "04-21", **where)


def tick(desk: Matcher, when: str) -> list[Alert]:
    return pipeline.take_tick(Tick(at=at(when)), desk.memory, desk.desk).alerts


def sent(desk: Matcher, channel: str = "console") -> list[tuple[str, int]]:
    """(incident, how many alerts) of every delivery that calls, in order."""
    return [(one.incident, len(one.alerts)) for one in desk.memory.outbox if one.ping and one.channel == channel]


def fates(desk: Matcher) -> list[str]:
    return [row.outcome for row in desk.memory.ledger if row.event]


def words(delivery: Delivery) -> str:
    message = render.message(delivery, "UTC")
    return "\n".join([message.summary, *("".join(piece.text for piece in block.pieces) for block in message.blocks)])


# -------------------------------------------------------------------------------------------------------------- budgets


def test_over_budget_the_rest_waits_for_a_digest_and_the_owner_is_told_at_once() -> None:
    desk = desk_of(strike_rule(policy=Policy(budget=TWO_AN_HOUR), owner="gsoc"))
    for n in range(4):
        assert strike(desk, n, f"04-22 10:0{n}") == [("new", STRIKE)]
    assert sent(desk) == [("I1-1", 1), ("I2-1", 1), ("D1-notice", 0)]
    assert fates(desk)[2:] == [f"in digest D1 on console: I{n}-1/{STRIKE}/1 (new)" for n in (3, 4)]
    assert words(desk.memory.outbox[-1]).startswith(
        'DIGEST BEGINS · rule "strike-on-us-base" (owner gsoc) has sent 2 alerts in 1h; what follows is told together at '
    )
    assert desk.memory.next_timer() == at("04-22 11:02")
    tick(desk, "04-22 11:02")
    assert sent(desk)[3:] == [("D1", 2)]
    said = words(desk.memory.outbox[-1])
    assert "DIGEST · 2 alerts on 2 incidents" in said
    assert f"I3-1/{STRIKE}/1" in said
    assert f"I4-1/{STRIKE}/1" in said
    assert desk.memory.next_timer() is None


def test_after_the_digest_the_budget_begins_anew() -> None:
    desk = desk_of(strike_rule(policy=Policy(budget=TWO_AN_HOUR)))
    for n in range(3):
        strike(desk, n)
    tick(desk, "04-22 11:00")
    strike(desk, 9, "04-22 11:01")
    assert sent(desk)[-1] == ("I5-1", 1)


def test_what_is_critical_goes_out_whatever_the_budget() -> None:
    desk = desk_of(strike_rule(policy=Policy(budget=TWO_AN_HOUR), severity=GRAVE))
    for n in range(3):
        strike(desk, n)
    strike(desk, 7, outcome=("hit",))
    assert sent(desk)[-1] == ("I4-1", 1)


def test_a_channel_has_a_budget_over_all_rules() -> None:
    rules = (strike_rule(channels=("console", "mail:duty")), strike_rule(id="other", channels=("mail:duty",)))
    desk = desk_of(*rules, budgets={"mail:duty": TWO_AN_HOUR})
    strike(desk, 0)
    strike(desk, 1)
    assert sent(desk) == [("I1-1", 1), ("I2-1", 1)]
    assert sent(desk, "mail:duty") == [("I1-1", 2), ("D1-notice", 0)]
    assert fates(desk)[2:] == [
        f"alerted I2-1/{STRIKE}/1 (new), in digest D1 on mail:duty",
        "in digest D1 on mail:duty: I2-1/other/1 (new)",
    ]
    tick(desk, "04-22 11:00")
    assert sent(desk, "mail:duty")[-1] == ("D1", 2)
    assert sent(desk)[-1] == ("I2-1", 1)


def test_what_was_told_at_once_is_taken_back_at_once_and_what_waits_in_the_digest() -> None:
    desk = desk_of(strike_rule(policy=Policy(budget=TWO_AN_HOUR)))
    for n in range(3):
        strike(desk, n)
    for n, delivery in ((0, ("I1-1", 1)), (2, ("D1-notice", 0))):
        home = article(f"a{n}", "04-22 10:30", revision=2)
        no = denied(attack(home, "04-21", targets=(us_base(f"site-{n}"),), place=place(f"site-{n}")))
        assert desk.take(home, no) == [("withdrawal", STRIKE)]
        assert sent(desk)[-1] == (delivery if n == 0 else ("I1-1", 1))
    tick(desk, "04-22 11:00")
    assert sent(desk)[-1] == ("D1", 2)
    assert "WITHDRAWN" in words(desk.memory.outbox[-1])


def test_a_full_digest_goes_out_early_and_another_begins() -> None:
    desk = desk_of(strike_rule(policy=Policy(budget=Budget(alerts=1, within_s=3600))))
    for n in range(FULL + 3):
        strike(desk, n)
    assert sent(desk)[:3] == [("I1-1", 1), ("D1-notice", 0), ("D1", FULL)]
    tick(desk, "04-22 11:00")
    assert sent(desk)[3:] == [("D2", 2)]
    told = [alert.id for one in desk.memory.outbox for alert in one.alerts]
    assert len(told) == len(set(told)) == FULL + 3


def test_a_post_that_is_there_is_edited_while_its_news_waits() -> None:
    desk = desk_of(strike_rule(policy=Policy(budget=TWO_AN_HOUR)))
    strike(desk, 0)
    strike(desk, 1)
    where = {"targets": (us_base("site-0"),), "place": place("site-0")}
    assert desk.attack("again", "04-22 10:30", "04-21", outcome=("hit",), **where) == [("update", STRIKE)]
    edit = desk.memory.outbox[-1]
    assert (edit.incident, edit.ordinal, edit.ping, edit.post.labels[0].outcome) == ("I1-1", 2, False, ("hit",))


# ---------------------------------------------------------------------------------------------------------- quiet hours


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2024-04-22T21:30", "2024-04-23T04:00"),  # 23:30 in Berlin
        ("2024-04-23T03:59", "2024-04-23T04:00"),
        ("2024-04-22T19:59", None),  # 21:59
        ("2024-04-23T04:00", None),
        ("2024-03-30T23:00", "2024-03-31T04:00"),  # the night in which the clock goes forward
    ],
)
def test_quiet_hours_are_wall_time_of_their_zone(now: str, end: str | None) -> None:
    quiet = Quiet(start="22:00", end="06:00", time_zone="", below="high")
    moment = datetime.fromisoformat(f"{now}:00+00:00")
    until = quiet_until(quiet, moment, "Europe/Berlin")
    assert (until and until.isoformat()) == (end and f"{end}:00+00:00")


def test_less_grave_alerts_wait_for_the_morning_and_grave_ones_do_not() -> None:
    quiet = Quiet(start="22:00", end="06:00", time_zone="", below="high")
    desk = desk_of(strike_rule(policy=Policy(quiet=quiet), severity=GRAVE))
    strike(desk, 0, "04-22 21:00")
    strike(desk, 1, "04-22 22:00", outcome=("hit",))
    assert sent(desk) == [("I2-1", 1)]
    assert fates(desk)[0] == f"in digest D1 on console: I1-1/{STRIKE}/1 (new)"
    tick(desk, "04-23 04:00")
    assert sent(desk)[1:] == [("D1", 1)]


# ----------------------------------------------------------------------------------------------------------- escalation

LEAD = Policy(escalate=(Escalation(unacked_s=600, channels=("slack:lead",)), Escalation(unacked_s=1800, channels=("mail:head",))))


def acknowledge(desk: Matcher, incident: str, when: str) -> None:
    given = Order(number=1, kind="ack", at=at(when), who="mia", payload=plain(Ack(incident=incident)))
    pipeline.take_order(given, desk.memory, desk.desk)


def test_what_nobody_takes_goes_to_whom_each_step_names() -> None:
    desk = desk_of(strike_rule(policy=LEAD))
    strike(desk, 0)
    (alert,) = tick(desk, "04-22 10:10")
    assert (alert.id, alert.changes) == (f"I1-1/{STRIKE}/1/unacked-1", ("nobody has taken it after 10m",))
    assert sent(desk, "slack:lead") == [("I1-1", 1)]
    acknowledge(desk, "I1-1", "04-22 10:20")
    assert tick(desk, "04-22 10:30") == []
    assert sent(desk, "mail:head") == []


def test_who_was_called_hears_what_follows() -> None:
    """A withdrawal reaches everybody who was told."""
    desk = desk_of(strike_rule(policy=LEAD))
    strike(desk, 0)
    tick(desk, "04-22 10:10")
    assert desk.take(article("a0", "04-22 11:30", revision=2)) == [("withdrawal", STRIKE)]
    assert sent(desk, "slack:lead") == [("I1-1", 1), ("I1-1", 1)]


def test_what_was_withdrawn_or_waits_in_a_digest_is_not_escalated() -> None:
    desk = desk_of(strike_rule(policy=LEAD))
    strike(desk, 0)
    desk.take(article("a0", "04-22 10:05", revision=2))
    assert tick(desk, "04-22 10:10") == []
    busy = desk_of(strike_rule(policy=Policy(escalate=LEAD.escalate, budget=Budget(alerts=1, within_s=3600))))
    strike(busy, 0)
    acknowledge(busy, "I1-1", "04-22 10:01")
    strike(busy, 1)
    assert tick(busy, "04-22 10:10") == []
    tick(busy, "04-22 11:00")
    assert [alert.incident for alert in tick(busy, "04-22 11:12")] == ["I3-1"]


def test_what_is_muted_is_not_escalated() -> None:
    """Whoever muted it knows of it."""
    desk = desk_of(strike_rule(policy=LEAD))
    strike(desk, 0)
    mute = Order(number=1, kind="mute", at=at("04-22 10:05"), who="mia", payload=plain(Mute(why="drill", place="IQ", for_s=3600)))
    pipeline.take_order(mute, desk.memory, desk.desk)
    assert tick(desk, "04-22 10:10") == []
