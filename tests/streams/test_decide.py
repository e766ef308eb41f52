"""Wanted against told: what is new to the desk, and what is not."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rules.model import AllOf, EventIs, NearSite, OutcomeIn, SeverityCase, Site, Watch
from streams import pipeline
from streams.labels.wanted import Desk
from streams.records.flow import Count, Interval, Pause, Span
from streams.records.policies import Budget, Escalation, Policy
from tests.builders import (
    announcement,
    anonymous,
    article,
    at,
    attack,
    denied,
    group,
    official,
    place,
    resume_rule,
    strike_rule,
    us_base,
)
from tests.deciding import Matcher

STRIKE = "strike-on-us-base"
RESUME = "attacks-resume"


def killed(low: int, high: int | None = None) -> tuple[Count, ...]:
    return (Count(what="killed", low=low, high=low if high is None else high, span=Span(str(low), 0, 1)),)


def test_one_attack_told_by_three_outlets_is_told_once() -> None:
    desk = Matcher(strike_rule())
    assert desk.attack("a", "04-22", "04-21") == [("new", STRIKE)]
    for name in ("b", "c"):
        assert desk.attack(name, "04-22 15:00", "04-21") == []
    assert [(each.ordinal, each.ping) for each in desk.memory.outbox] == [(1, True), (2, False), (3, False)]


def test_another_origin_edits_the_post_and_calls_nobody() -> None:
    """More origins make no alert; what waits for two of them (`hold`) counts those whose credit is known."""
    desk = Matcher(strike_rule())
    desk.attack("a", "04-22", "04-21", attribution=(official("Reuters"),))
    for name, via in (("b", "AFP"), ("c", "")):
        assert desk.attack(name, "04-22 15:00", "04-21", attribution=(official(via),) if via else ()) == []
    last = desk.memory.outbox[-1]
    assert [(one.name, one.independent) for one in last.post.origins] == [("AFP", True), ("Reuters", True), ("feed-c", False)]
    assert (last.alerts, last.ping) == ((), False)


def test_a_taken_revision_is_not_taken_again() -> None:
    desk = Matcher(strike_rule())
    home = article("a", "04-22")
    desk.take(home, attack(home, "04-21"))
    assert desk.take(home, attack(home, "04-21")) == []
    assert len(desk.memory.entries) == 1


def test_a_rising_toll_is_an_update_and_a_step_inside_is_not() -> None:
    desk = Matcher(strike_rule())
    tolls = [("a", 1), ("b", 3), ("c", 6)]
    found = [desk.attack(name, f"04-22 1{index}:00", "04-21", counts=killed(toll)) for index, (name, toll) in enumerate(tolls)]
    assert found == [[("new", STRIKE)], [], [("update", STRIKE)]]
    assert desk.last[0].changes == ("killed: now 6, was 3",)


def test_a_lower_toll_is_a_correction() -> None:
    desk = Matcher(strike_rule())
    desk.attack("a", "04-22", "04-21", counts=killed(5))
    assert desk.attack("b", "04-23", "04-21", counts=killed(2)) == [("correction", STRIKE)]


def test_a_toll_that_falls_and_rises_again_does_not_ping_twice() -> None:
    desk = Matcher(strike_rule())
    for index, toll in enumerate((5, 2, 5)):
        found = desk.attack(f"n{index}", f"04-2{2 + index}", "04-21", counts=killed(toll))
    assert found == []


def test_a_report_denied_on_record_is_withdrawn() -> None:
    desk = Matcher(strike_rule())
    desk.attack("a", "04-22", "04-21", attribution=(anonymous(),))
    b = article("b", "04-23")
    assert desk.take(b, denied(attack(b, None), attribution=(official(nation="US"),))) == [("withdrawal", STRIKE)]
    assert desk.last[0].label.standing == "denied"


def test_who_denies_it_under_two_names_is_named_once() -> None:
    desk = Matcher(strike_rule())
    desk.attack("a", "04-22", "04-21", attribution=(anonymous(),))
    b = article("b", "04-23")
    voices = (official(nation="US"), replace(official(nation="US"), span=Span("The U.S. military", 20, 37)), official(nation="JO"))
    desk.take(b, denied(attack(b, None), attribution=voices))
    assert desk.last[0].changes == ("denied by an official, an official",)  # of the U.S. and of Jordan


def test_a_denial_against_word_on_record_is_a_dispute_and_a_correction() -> None:
    desk = Matcher(strike_rule())
    desk.attack("a", "04-22", "04-21", standing="confirmed", attribution=(official(),))
    b = article("b", "04-23")
    assert desk.take(b, denied(attack(b, None), attribution=(official(nation="US"),))) == [("correction", STRIKE)]
    assert desk.last[0].label.standing == "disputed"


def test_a_revision_that_no_longer_tells_the_attack_withdraws_it() -> None:
    desk = Matcher(strike_rule())
    home = article("a", "04-22")
    desk.take(home, attack(home, "04-21"))
    assert desk.take(replace(home, revision=2)) == [("withdrawal", STRIKE)]
    assert desk.last[0].changes == ("the report it rested on no longer says so",)


def test_a_withdrawn_report_that_comes_back_is_told_as_a_correction() -> None:
    desk = Matcher(strike_rule())
    home = article("a", "04-22")
    desk.take(home, attack(home, "04-21"))
    desk.take(b := article("b", "04-23"), denied(attack(b, None), attribution=(official(),)))
    c = article("c", "04-24")
    assert desk.take(c, attack(c, "04-21", standing="confirmed", attribution=(official(),))) == [("correction", STRIKE)]


def test_an_old_attack_is_not_announced_as_new() -> None:
    desk = Matcher(strike_rule())
    assert desk.attack("a", "04-22", "04-10") == []
    assert desk.memory.ledger[0].outcome == "stale: I1-1 is older than the rule announces"


def test_age_never_withdraws() -> None:
    desk = Matcher(strike_rule())
    desk.attack("a", "04-22", "04-21")
    assert desk.attack("b", "06-22", "04-21", outcome=("hit",)) == [("update", STRIKE)]


def test_backfill_is_known_silently_and_its_first_change_is_new() -> None:
    desk = Matcher(strike_rule())
    assert desk.attack("a", "04-20", "04-19", home={"backfill": True}) == []
    assert desk.attack("b", "04-20 15:00", "04-19") == []
    assert desk.attack("c", "04-21", "04-19", counts=killed(2)) == [("new", STRIKE)]
    assert [each.ordinal for each in desk.memory.outbox] == [1]


def test_a_shadow_rule_decides_and_sends_nothing() -> None:
    desk = Matcher(strike_rule(mode="shadow"))
    assert desk.attack("a", "04-22", "04-21") == [("new", STRIKE)]
    assert desk.memory.outbox == []


def test_a_finer_place_edits_the_post_and_calls_nobody() -> None:
    desk = Matcher(strike_rule())
    vague: dict[str, Any] = {"targets": (us_base(None),), "place": place("SY", "SY", "country")}
    desk.attack("a", "04-22", "04-21", **vague)
    fine = {"targets": (us_base("rumalin"),), "place": place("rumalin", "SY")}
    assert desk.attack("b", "04-22 15:00", "04-21", **fine) == []
    assert not desk.memory.outbox[-1].ping
    assert desk.memory.outbox[-1].post.labels[0].place == place("rumalin", "SY")


def test_two_told_incidents_that_prove_to_be_one_are_told_so_once() -> None:
    """A bridge: a and b share nothing, c names both bases' spot and day."""
    desk = Matcher(strike_rule())
    region: dict[str, Any] = {"place": place("SY", "SY", "country")}
    a, b, c = article("a", "04-22"), article("b", "04-22 13:00"), article("c", "04-22 11:00")
    desk.take(a, attack(a, "04-21", targets=(replace(us_base(None), nations=()),), actors=(group(),), **region))
    assert desk.take(b, attack(b, "04-21", targets=(us_base("rumalin"),), place=place("rumalin", "SY"))) == [("new", STRIKE)]
    desk.take(c, attack(c, "04-21", targets=(us_base("rumalin"),), actors=(group(),), place=place("rumalin", "SY")))
    posts = {each.incident for each in desk.memory.outbox}
    assert len(posts) == 1


def at_hours(start: int, length: int) -> Interval:
    return Interval(start=at(f"04-22 {start:02}:00"), end=at(f"04-22 {start + length:02}:00"), precision="part-of-day")


def test_a_second_salvo_calls_once_and_says_how_many_waves() -> None:
    desk = Matcher(strike_rule())
    assert desk.attack("a", "04-22 06:00", "04-22", time=at_hours(4, 2)) == [("new", STRIKE)]
    assert desk.attack("b", "04-22 10:00", "04-22", time=at_hours(8, 2)) == [("update", STRIKE)]
    assert desk.last[0].changes == ("2 waves by now",)
    assert desk.attack("c", "04-22 11:00", "04-22", time=at_hours(8, 1)) == []
    assert {each.incident for each in desk.memory.outbox} == {"I1-1"}
    assert desk.memory.outbox[-1].post.waves == 2


def test_a_rule_that_does_not_ask_for_waves_is_not_called_by_one() -> None:
    desk = Matcher(strike_rule(again_on=("toll",)))
    desk.attack("a", "04-22 06:00", "04-22", time=at_hours(4, 2))
    assert desk.attack("b", "04-22 10:00", "04-22", time=at_hours(8, 2)) == []
    assert (desk.memory.outbox[-1].ping, desk.memory.outbox[-1].post.waves) == (False, 2)


ACCIDENT = ("accidents", "accident", "accidental-explosion")


def test_an_authority_that_calls_it_an_accident_withdraws_what_rested_on_weaker_word() -> None:
    desk = Matcher(strike_rule())
    desk.attack("a", "04-22 06:00", "04-22", attribution=(anonymous(),))
    accident = {"type": ACCIDENT[-1], "path": ACCIDENT, "attribution": (official(),), "standing": "confirmed"}
    assert desk.attack("b", "04-22 10:00", "04-22", **accident) == [("withdrawal", STRIKE)]
    assert desk.last[0].changes == ("called an accident by an official",)


def test_an_accident_against_word_of_equal_weight_is_disputed_and_stays_an_accident_to_its_own_rule() -> None:
    core = EventIs(("accident",))
    desk = Matcher(strike_rule(), strike_rule(id="accident", core=core, when=core))
    desk.attack("a", "04-22 06:00", "04-22", attribution=(official(),), standing="confirmed")
    accident = {"type": ACCIDENT[-1], "path": ACCIDENT, "attribution": (anonymous(),)}
    assert desk.attack("b", "04-22 10:00", "04-22", **accident) == [("correction", STRIKE), ("new", "accident")]
    assert desk.last[0].changes == ("now disputed, was confirmed",)
    assert desk.last[1].label.standing == "reported"


@pytest.fixture
def paused() -> Pause:
    since = Interval(start=at("02-01 00:00"), end=at("02-11 00:00"), precision="part-of-month", text="early February")
    return Pause(quote=Span("the first since early February", 20, 50), since=since, halted_by=group())


def test_one_article_gives_each_rule_its_own_alert_on_one_post(paused: Pause) -> None:
    """The seed, by hand: stated and announced, not observed."""
    desk = Matcher(strike_rule(), resume_rule())
    home = article("a", "04-22")
    found = desk.take(home, attack(home, "04-21", pause=paused), announcement(home))
    assert found == [("new", STRIKE), ("new", RESUME)]
    assert [each.id for each in desk.memory.outbox] == ["I1-1/console/1"]
    resumed = desk.last[1].label
    assert resumed.evidence_kinds == ("stated", "announced")
    assert resumed.pause is not None
    assert resumed.pause.proof == "stated"


def test_a_denied_announcement_corrects_the_resumption_and_leaves_the_strike_alone(paused: Pause) -> None:
    desk = Matcher(strike_rule(), resume_rule())
    home = article("a", "04-22")
    desk.take(home, attack(home, "04-21", pause=paused), announcement(home))
    b = article("b", "04-22 18:00")
    assert desk.take(b, denied(announcement(b))) == [("correction", RESUME)]
    assert desk.last[0].label.evidence_kinds == ("stated",)
    assert desk.last[0].changes == ("no longer announced; still stated",)


def test_a_late_article_on_an_attack_in_the_quiet_withdraws_an_observed_pause() -> None:
    desk = Matcher(resume_rule())
    for name, when in (("a", "01-05"), ("b", "01-20"), ("c", "02-01")):
        home = article(name, when)
        assert desk.take(home, attack(home, when)) == []
    d = article("d", "03-10")
    assert desk.take(d, attack(d, "03-10")) == [("new", RESUME)]
    late = article("late", "03-11")
    assert desk.take(late, attack(late, "02-20")) == [("withdrawal", RESUME)]


def test_an_attack_before_the_quiet_that_is_taken_back_withdraws_what_rested_on_it() -> None:
    """Three attacks are needed; the second article's next revision tells none, and no incident is left that could say so."""
    desk = Matcher(resume_rule())
    homes = {name: article(name, when) for name, when in (("a", "01-05"), ("b", "01-20"), ("c", "02-01"), ("d", "03-10"))}
    found = [desk.take(home, attack(home, f"{home.published:%m-%d}")) for home in homes.values()]
    assert found == [[], [], [], [("new", RESUME)]]
    assert desk.take(replace(homes["b"], revision=2)) == [("withdrawal", RESUME)]


def test_what_follows_a_resumption_is_not_another_one() -> None:
    desk = Matcher(resume_rule())
    for name, when in (("a", "01-05"), ("b", "01-20"), ("c", "02-01"), ("d", "03-10")):
        home = article(name, when)
        desk.take(home, attack(home, when))
    e = article("e", "03-14")
    assert desk.take(e, attack(e, "03-14")) == []


def test_an_alert_keeps_what_its_rule_asks_of_delivery() -> None:
    """Hold, escalate, quiet hours and budget go with the label, so that delivery needs no rule."""
    policy = Policy(escalate=(Escalation(unacked_s=600, channels=("console",)),), budget=Budget(alerts=5, within_s=3600))
    desk = Matcher(strike_rule(policy=policy))
    desk.attack("a", "04-22", "04-21")
    assert desk.last[0].label.policy == policy
    assert desk.memory.outbox[0].alerts[0].label.policy == policy


def test_an_expired_rule_announces_nothing_new_and_still_corrects() -> None:
    """Its last day counts; what was told before is not left standing wrong."""
    desk = Matcher(strike_rule(expires=date(2024, 4, 22)))
    assert desk.attack("a", "04-22 23:00", "04-22") == [("new", STRIKE)]
    far = us_base("al-asad")
    assert desk.attack("b", "04-23", "04-23", targets=(far,), place=place("al-asad", "IQ")) == []
    assert [one.outcome for one in desk.memory.ledger if one.event and one.article == "b"] == [
        "expired: I2-1 came after 2024-04-22, the rule's last day"
    ]
    assert desk.attack("c", "04-23", "04-22", counts=killed(3)) == [("update", STRIKE)]


def test_a_place_that_turns_out_to_be_far_takes_back_what_was_too_coarse_to_tell() -> None:
    """Nobody keeps watching for a site because the first report said no more than the country."""
    site = Watch("ours", "digest", (Site("plant", "Plant", 30.5, 47.8, 5.0),))
    core = AllOf((EventIs(("armed-attack",)), NearSite(site, 50.0, "low")))
    desk = Matcher(strike_rule(id="near-us", core=core, when=core))
    coarse = replace(place("IQ", kind="country"), latitude=33.0, longitude=44.0, coarseness_km=600.0)
    assert desk.attack("a", "04-22", "04-21", place=coarse) == [("new", "near-us")]
    assert desk.last[0].label.severity == "low"
    assert [one.certain for one in desk.last[0].label.nearby] == [False]
    fine = replace(place("ain-al-asad", "IQ"), latitude=33.8, longitude=42.4, coarseness_km=3.0)
    assert desk.attack("b", "04-22 15:00", "04-21", place=fine) == [("withdrawal", "near-us")]


def test_a_new_rule_knows_the_past_silently() -> None:
    desk = Matcher()
    desk.attack("a", "04-22", "04-21")
    rule = strike_rule()
    desk.desk = Desk(rules=(rule,), knowledge=desk.desk.knowledge, default_channels=("console",))
    texts = pipeline.RuleTexts(texts={}, hashes={rule.id: rule.hash}, knowledge="", channels=("console",))
    pipeline.take_rules(texts, (rule,), desk.memory, desk.desk)
    assert desk.memory.outbox == []
    assert desk.attack("b", "04-22 15:00", "04-21") == []
    assert desk.attack("c", "04-23", "04-21", counts=killed(3)) == [("new", STRIKE)]


def test_each_revision_has_exactly_one_disposition_that_closes_it() -> None:
    desk = Matcher(strike_rule())
    desk.attack("a", "04-22", "04-21")
    desk.take(article("b", "04-22"))
    closing = [(each.article, each.outcome) for each in desk.memory.ledger if not each.event]
    assert closing == [("a", "matched"), ("b", "unmatched")]


# ------------------------------------------------------------------------------------------------------------- again_on


def test_each_step_of_a_toll_calls_once_and_nothing_between() -> None:
    """1, 5, 10, 25 …: 3 to 4 is none, 4 to 12 is one, and a step that was told is not told again after a lower count."""
    desk = Matcher(strike_rule())
    found = []
    for n, toll in enumerate((1, 3, 4, 12, 11, 26, 24, 30)):
        home = article("a", f"04-22 1{n}:00", revision=n + 1)
        found.append(desk.take(home, attack(home, "04-21", counts=killed(toll))))
    kinds = [told[0][0] if told else "" for told in found]
    assert kinds == ["new", "", "", "update", "correction", "update", "correction", ""]


def test_only_what_again_on_names_calls_and_what_takes_back_always_does() -> None:
    desk = Matcher(strike_rule(again_on=("toll",)))
    desk.attack("a", "04-22 10:00", "04-21")
    assert desk.attack("b", "04-22 11:00", "04-21", outcome=("hit",)) == []
    assert desk.attack("c", "04-22 12:00", "04-21", counts=killed(2)) == [("update", STRIKE)]
    home = article("c", "04-22 13:00", revision=2)
    assert desk.take(home, attack(home, "04-21", counts=killed(0))) == [("correction", STRIKE)]


def test_what_goes_to_and_fro_calls_twice_each_way_and_then_no_more() -> None:
    """One outlet revises between two words on how it ended; the post follows it, the phones do not."""
    desk = Matcher(strike_rule(severity=(SeverityCase(severity="high"),)))
    found = []
    for n in range(8):
        home = article("a", f"04-22 1{n}:00", revision=n + 1)
        found.append(desk.take(home, attack(home, "04-21", outcome=("hit",) if n % 2 else ("intercepted",))))
    assert [told[0][0] if told else "" for told in found] == ["new", "correction", "correction", "correction", "", "", "", ""]
    assert desk.memory.outbox[-1].post.labels[0].outcome == ("hit",)
    assert [row.outcome for row in desk.memory.ledger if row.event][-1] == (
        "edited in silence, for it goes to and fro: outcome now hit, was intercepted"
    )


def test_severity_is_said_each_time() -> None:
    """It never drops, and never rises, in silence."""
    grave = (SeverityCase(severity="critical", when=OutcomeIn(("hit",))), SeverityCase(severity="high"))
    desk = Matcher(strike_rule(severity=grave))
    for n in range(8):
        home = article("a", f"04-22 1{n}:00", revision=n + 1)
        assert len(desk.take(home, attack(home, "04-21", outcome=("hit",) if n % 2 else ("intercepted",)))) == 1


def test_a_revision_that_says_the_same_edits_and_calls_nobody() -> None:
    desk = Matcher(strike_rule())
    home = article("a", "04-22 10:00")
    desk.take(home, attack(home, "04-21", outcome=("hit",)))
    again = article("a", "04-22 11:00", revision=2, text="Text of a, with a comma.")
    assert desk.take(again, attack(again, "04-21", offset=2, outcome=("hit",))) == []
    assert [each.ping for each in desk.memory.outbox] == [True, False]
