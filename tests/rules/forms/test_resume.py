"""The form `resume` on timelines; x an attack, A an announcement, H a stated halt, | the month's first."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rules.forms.resume import Resumption, episodes
from rules.model import History, Resume
from streams.records.timelines import Point
from tests.builders import at

DAY = timedelta(days=1)


def resume(**more: object) -> Resume:
    fields = {
        "by": (),
        "pause": 30 * DAY,
        "before_incidents": 3,
        "before_within": 90 * DAY,
        "evidence": frozenset(("observed", "stated", "announced")),
    }
    return Resume(**(fields | more))  # type: ignore[arg-type]


def attack(when: str, **more: object) -> Point:
    start = at(f"{when} 00:00")
    told = {"incident": when, "opener": when, "published": start, "start": start, "end": start + DAY, "kind": "attack"}
    return Point(**(told | more))  # type: ignore[arg-type]


def judged(*points: Point, **more: object) -> list[tuple[str, tuple[str, ...], str]]:
    return [(each.anchor, each.kinds, each.proof) for each in episodes(resume(**more), points)]


BUSY = [attack("01-05"), attack("01-20"), attack("02-01")]


def test_thirty_days_of_quiet_after_three_attacks_are_a_pause() -> None:
    """Jan x   x | Feb x ....... 30 days ....... | Mar 3 x"""
    assert judged(*BUSY, attack("03-03")) == [("03-03", ("observed",), "certain")]


def test_when_only_the_edges_of_two_days_are_thirty_days_apart_the_pause_is_possible() -> None:
    """Feb 1 x, Mar 2 x: thirty days from morning to evening, twenty-nine from evening to morning."""
    assert judged(*BUSY, attack("03-02")) == [("03-02", ("observed",), "possible")]


def test_twenty_eight_days_are_no_pause() -> None:
    assert judged(*BUSY, attack("02-29")) == []


def test_a_cold_start_is_unknown_and_never_quiet() -> None:
    """| nothing known ............ | x"""
    assert judged(attack("03-03")) == []


def test_two_attacks_before_the_quiet_are_too_few_to_call_it_one() -> None:
    assert judged(attack("01-20"), attack("02-01"), attack("03-20")) == []


def test_history_arms_a_cold_start() -> None:
    history = History(last=date(2024, 2, 4), by="analyst", ref="")
    assert judged(attack("04-21"), history=history) == [("04-21", ("observed",), "certain")]


def halt(when: str, **more: object) -> Point:
    told = attack(when, incident=f"H{when}", kind="halt", **more)
    return replace(told, halted=told.end)


def test_a_stated_halt_arms_later_articles_but_not_its_own() -> None:
    """H .......... x, and the same where one article told both, long after; or another told the attack before it."""
    assert judged(halt("02-01"), attack("03-20")) == [("03-20", ("observed",), "certain")]
    for published in ("03-20", "03-21"):
        assert judged(halt("02-01", published=at(f"{published} 00:00")), attack("03-20")) == []


def test_a_halt_that_is_told_with_an_attack_arms_what_comes_later() -> None:
    """(x H) .......... x: they stand in one incident."""
    both = replace(attack("02-01"), halted=at("02-02"))
    assert judged(both) == []
    assert judged(both, attack("03-20")) == [("03-20", ("observed",), "certain")]


def test_a_halt_that_was_broken_since_arms_nothing() -> None:
    """H .. x .......... x: the count before the pause is what is asked for, and there is one."""
    assert judged(halt("02-01"), attack("02-10"), attack("03-20")) == []


def test_what_follows_a_resumption_joins_it() -> None:
    found = episodes(resume(), [*BUSY, attack("03-10"), attack("03-20"), attack("04-10", stated=True)])
    assert [each.carried for each in found] == [("03-10", "03-20", "04-10")]


def test_a_second_pause_is_a_second_episode() -> None:
    found = judged(*BUSY, attack("03-10"), attack("03-11"), attack("03-12"), attack("05-20"))
    assert [anchor for anchor, _, _ in found] == ["03-10", "05-20"]


def test_an_announcement_opens_and_the_attack_that_follows_joins_it() -> None:
    """A x"""
    told = attack("04-01", incident="A", kind="announcement", announced=True)
    (found,) = episodes(resume(), [told, attack("04-05")])
    assert found == Resumption(
        anchor="04-05",
        carried=("A", "04-05"),
        members=("A", "04-05"),
        key=(),
        certain=False,
        since=at("04-01 00:00"),
        kinds=("announced",),
        proof="stated",
        quiet_since=None,
    )


def test_an_announcement_whose_target_is_unknown_opens_nothing() -> None:
    assert judged(attack("04-01", kind="announcement", announced=True, opens=False)) == []


def test_a_late_article_about_an_attack_in_the_quiet_ends_the_pause_there() -> None:
    """Feb x ..... (late: Feb 20 x) ..... Mar 3 x"""
    assert judged(*BUSY, attack("02-20"), attack("03-03")) == []


@pytest.mark.parametrize("kind", ["observed", "stated", "announced"])
def test_only_the_kinds_of_evidence_that_the_rule_asks_for_count(kind: str) -> None:
    points = [*BUSY, attack("03-10", stated=True, announced=True)]
    assert judged(*points, evidence=frozenset((kind,)))[0][1] == (kind,)


def of(point: Point, *series: str) -> Point:
    """The same, of these series; "" not stated."""
    return replace(point, keys=tuple(((one,),) for one in series))


def busy(series: str) -> list[Point]:
    return [of(replace(each, incident=f"{series}{each.incident}"), series) for each in BUSY]


def test_each_series_has_its_own_pause() -> None:
    """A x xx ........... x, while B strikes every week: A resumes."""
    weekly = [of(attack(f"02-{day:02}", incident=f"B{day}"), "B") for day in (6, 13, 20, 27)]
    found = episodes(resume(by=("actor.group",)), [*busy("A"), *weekly, of(attack("03-10"), "A")])
    assert [(each.anchor, each.key, each.proof) for each in found] == [("03-10", (("A",),), "certain")]
    assert judged(*BUSY, *(replace(each, keys=((),)) for each in weekly), attack("03-10")) == []


def test_an_attack_whose_series_is_not_stated_makes_a_quiet_possible_and_no_more() -> None:
    """A x xx .... ? .... x: the unknown may have been A's."""
    found = episodes(resume(by=("actor.group",)), [*busy("A"), of(attack("02-20"), ""), of(attack("03-10"), "A")])
    assert [(each.anchor, each.proof) for each in found] == [("03-10", "possible")]
    named = episodes(resume(by=("actor.group",)), [*busy("A"), of(attack("02-20"), "A"), of(attack("03-10"), "A")])
    assert named == ()


def test_an_attack_whose_series_is_not_stated_opens_only_where_none_is_active() -> None:
    """All quiet, then ?: told, and the next, named, joins it; with B active it may be B's."""
    unknown = of(attack("03-10"), "")
    (only,) = episodes(resume(by=("actor.group",)), [*busy("A"), unknown, of(attack("03-12"), "A")])
    assert (only.anchor, only.carried, only.key) == ("03-10", ("03-10", "03-12"), (("",),))
    active = [of(attack("02-20", incident="B1"), "B"), of(attack("03-01", incident="B2"), "B")]
    assert episodes(resume(by=("actor.group",)), [*busy("A"), *active, unknown]) == ()


def test_an_attack_of_two_groups_resumes_both_and_is_one_episode() -> None:
    (only,) = episodes(resume(by=("actor.group",)), [*busy("A"), *busy("B"), of(attack("03-10"), "A", "B")])
    assert (only.anchor, only.key) == ("03-10", (("",),))


def test_a_series_that_one_attack_resumed_with_another_has_a_pause_of_its_own() -> None:
    """(A B) in March, B every ten days, A again in May: B is no reason to think that A was active."""
    weekly = [of(attack(when), "B") for when in ("03-20", "03-30", "04-09", "04-19", "04-29")]
    points = [*busy("A"), *busy("B"), of(attack("03-10"), "A", "B"), *weekly, of(attack("05-02"), "A")]
    found = episodes(resume(by=("actor.group",), before_incidents=1), points)
    assert [(each.anchor, each.key, each.proof) for each in found] == [
        ("03-10", (("",),), "certain"),
        ("05-02", (("A",),), "certain"),
    ]


def test_what_is_said_of_a_pause_long_after_the_resumption_proves_nothing_more() -> None:
    """It still joins: x every three weeks, and an article months on that speaks of the pause."""
    later = [attack(when) for when in ("03-25", "04-14", "05-04")]
    (only,) = episodes(resume(), [*BUSY, attack("03-10"), *later, attack("05-20", stated=True)])
    assert (only.kinds, only.carried[-1], only.members) == (("observed",), "05-20", ("03-10", "03-25"))
