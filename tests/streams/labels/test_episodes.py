"""Temporal forms from articles to alerts: told once, on one incident, and corrected there."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from rules.model import Resume, Rule
from streams import pipeline
from streams.knowledge import world
from streams.labels import episodes
from streams.labels.wanted import Desk
from streams.memory import DictMemory
from streams.records.flow import Article, Event, Interval, Label
from streams.records.orders import Tick
from streams.records.timelines import Pattern
from tests.builders import (
    DAY,
    article,
    at,
    attack,
    ceasefire,
    count_rule,
    denied,
    first_rule,
    group,
    nation,
    official,
    place,
    reading,
    resume_rule,
    sequence_rule,
)
from tests.timeline import ALWAYS

KNOWN = world.load()


class Matcher:
    """A desk with an empty memory."""

    def __init__(self, *rules: Rule) -> None:
        self.desk = Desk(rules=rules, knowledge=KNOWN, default_channels=("console",))
        self.memory = DictMemory()

    def take(self, home: Article, *events: Event) -> list[tuple[str, str]]:
        """(kind, subject) of every alert; the alerts themselves are in `last`."""
        self.last = pipeline.take(reading(home, *events), self.memory, self.desk).alerts
        return [(alert.kind, alert.label.subject) for alert in self.last]

    def attack(self, name: str, when: str, where: str = "IQ", *, revision: int = 1, **more: Any) -> list[tuple[str, str]]:
        """An article that tells one attack, each in a town of its own; `where` "": the place is not stated."""
        home = article(name, f"{when[:5]} 23:00", revision=revision)
        town = {"place": place(f"town-{name}", where, "town") if where else None, "targets": ()}
        return self.take(home, attack(home, when, **(town | more)))

    def take_back(self, name: str, when: str) -> list[tuple[str, str]]:
        """The article without its attack."""
        return self.take(article(name, f"{when[:5]} 23:00", revision=2))

    def tick(self, when: str) -> list[tuple[str, str]]:
        """(kind, subject) of every alert that time alone makes."""
        self.last = pipeline.take_tick(Tick(at=at(when)), self.memory, self.desk).alerts
        return [(alert.kind, alert.label.subject) for alert in self.last]

    def open(self) -> list[Label]:
        """Labels that stand."""
        rows = [row for rule in self.desk.rules for row in self.memory.told_by(rule.id)]
        return [row.label for row in rows if row.state == "open"]

    def pattern(self) -> Pattern:
        """Of the only label that stands."""
        (label,) = self.open()
        assert label.pattern is not None
        return label.pattern


def incident(desk: Matcher, name: str) -> str:
    """The incident that an article tells."""
    return desk.memory.incident_of(desk.memory.events_of(name)[0].id) or ""


# ---------------------------------------------------------------------------------------------------------------- count


def test_the_third_attack_within_two_days_is_told_once_with_a_sentence_of_each() -> None:
    """x x x x: the fourth joins."""
    desk = Matcher(count_rule())
    days = (("a", 10), ("b", 11), ("c", 12), ("d", 12))
    assert [desk.attack(name, f"04-{day}") for name, day in days] == [[], [], [("new", "all-1")], []]
    pattern = desk.pattern()
    assert (pattern.form, pattern.number, pattern.asked, pattern.within_s, pattern.certain) == ("count", 3, 3, 172_800, False)
    assert (pattern.since_from, pattern.since_to) == (at("04-10 00:00"), at("04-11 00:00"))
    assert pattern.members == tuple(incident(desk, name) for name in "abc")
    (label,) = desk.open()
    assert [quote.article for quote in label.evidence] == ["c", "a", "b"]
    assert label.evidence_kinds == ("observed",)
    assert {each.incident for each in desk.memory.outbox} == {incident(desk, "c")}


def test_a_late_article_about_an_earlier_attack_is_told_on_the_one_that_completes_the_count() -> None:
    """x . x, then the one between: the third in event time carries it, whatever came last."""
    desk = Matcher(count_rule())
    desk.attack("a", "04-10")
    desk.attack("c", "04-12")
    assert desk.attack("b", "04-11") == [("new", "all-1")]
    assert desk.open()[0].anchor == incident(desk, "c")


def test_the_anchor_never_moves_once_told() -> None:
    """x x . x told on the last; a late one makes the third an earlier incident: the post stays and says fourth."""
    desk = Matcher(count_rule(incidents=3, within=3 * DAY))
    for name, day in (("a", 10), ("b", 11), ("d", 13)):
        desk.attack(name, f"04-{day}")
    assert desk.attack("c", "04-12") == []
    (label,) = desk.open()
    assert label.anchor == incident(desk, "d")
    assert label.pattern is not None
    assert (label.pattern.number, label.pattern.asked) == (4, 3)


def test_one_taken_back_withdraws_the_alert_and_another_one_brings_it_again() -> None:
    desk = Matcher(count_rule())
    for name, day in (("a", 10), ("b", 11), ("c", 12)):
        desk.attack(name, f"04-{day}")
    assert desk.take_back("a", "04-10") == [("withdrawal", "all-1")]
    assert desk.open() == []
    assert desk.attack("e", "04-11") == [("correction", "all-1")]


def test_one_denied_withdraws_the_alert_too() -> None:
    desk = Matcher(count_rule())
    for name, day in (("a", 10), ("b", 11), ("c", 12)):
        desk.attack(name, f"04-{day}", attribution=())
    home = article("denial", "04-13")
    told = {"place": place("town-a", "IQ", "town"), "targets": (), "attribution": (official(),)}
    assert desk.take(home, denied(attack(home, "04-10", **told))) == [("withdrawal", "all-1")]


def test_an_anchor_that_is_taken_back_is_followed_by_the_one_that_completes_the_count_now() -> None:
    desk = Matcher(count_rule())
    for name, day in (("a", 10), ("b", 11), ("c", 12), ("d", 12)):
        desk.attack(name, f"04-{day}")
    assert desk.take_back("c", "04-12") == [("withdrawal", "all-1"), ("new", "all-2")]
    assert desk.open()[0].anchor == incident(desk, "d")


def test_after_the_window_has_emptied_the_next_three_are_told_again() -> None:
    desk = Matcher(count_rule())
    told = [desk.attack(f"n{day}", f"04-{day}") for day in (10, 11, 12, 20, 21, 22)]
    assert told[2] == [("new", "all-1")]
    assert told[5] == [("new", "all-2")]


def test_each_country_is_a_series_and_the_subject_keeps_its_first_name() -> None:
    """IQ SY IQ SY ?: told once for the unknown, and re-keyed when an update names its country."""
    desk = Matcher(count_rule("place.country"))
    for name, where, day in (("a", "IQ", 10), ("b", "SY", 10), ("c", "IQ", 11), ("d", "SY", 11)):
        assert desk.attack(name, f"04-{day}", where) == []
    assert desk.attack("x", "04-12", "") == [("new", "any-1")]
    assert desk.pattern().key == ("",)
    assert desk.attack("x", "04-12", "SY", revision=2) == []
    assert desk.open()[0].subject == "any-1"
    assert desk.pattern().key == ("SY",)
    assert desk.attack("e", "04-12", "IQ") == [("new", "IQ-1")]


def test_an_unknown_that_proves_to_be_of_another_series_is_taken_from_the_first() -> None:
    desk = Matcher(count_rule("place.country"))
    desk.attack("a", "04-10", "IQ")
    desk.attack("x", "04-11", "")
    assert desk.attack("b", "04-12", "IQ") == [("new", "IQ-1")]
    assert desk.attack("x", "04-11", "SY", revision=2) == [("withdrawal", "IQ-1")]


def test_a_series_that_was_said_and_proves_wrong_is_a_correction() -> None:
    """? ? IQ, and the third proves to be in Syria: the same three, of another series."""
    desk = Matcher(count_rule("place.country"))
    for name, where, day in (("a", "", 10), ("b", "", 11), ("c", "IQ", 12)):
        desk.attack(name, f"04-{day}", where)
    assert desk.pattern().key == ("IQ",)
    assert desk.attack("c", "04-12", "SY", revision=2) == [("correction", "IQ-1")]
    assert "counted with SY now, not with IQ" in desk.last[0].changes


def test_an_old_count_is_not_announced_as_new() -> None:
    desk = Matcher(count_rule())
    for name, day in (("a", 10), ("b", 11)):
        desk.attack(name, f"04-{day}")
    home = article("late", "04-30")
    assert desk.take(home, attack(home, "04-11", place=place("town-late", "IQ", "town"), targets=())) == []


def test_a_count_is_over_when_its_window_holds_fewer_and_the_desk_is_told_once() -> None:
    """x x x . .: two days after the first of the three the window holds two, and half a day later that is said."""
    desk = Matcher(count_rule())
    for name, day in (("a", 10), ("b", 11), ("c", 12)):
        desk.attack(name, f"04-{day}")
    assert desk.pattern().until == at("04-12 12:00")
    assert desk.tick("04-12 23:59") == []
    assert desk.tick("04-13 00:00") == [("update", "all-1")]
    assert desk.last[0].changes == ("over: fewer than 3 in 2d since 2024-04-12 12:00Z",)
    assert desk.pattern().ended
    assert desk.tick("04-20 00:00") == []


def test_a_late_one_that_joins_a_count_that_was_said_to_be_over_is_a_correction() -> None:
    """x xx, over, and then it comes out that there was a fourth: it held on for another day."""
    desk = Matcher(count_rule())
    for name, day in (("a", 10), ("b", 11), ("c", 11)):
        desk.attack(name, f"04-{day}")
    assert desk.tick("04-13 00:00") == [("update", "all-1")]
    home = article("late", "04-13 01:00")
    assert desk.take(home, attack(home, "04-12", place=place("town-late", "IQ", "town"), targets=())) == [("correction", "all-1")]
    assert desk.last[0].changes == ("not over after all: 3 in 2d until 2024-04-13 12:00Z",)
    assert desk.tick("04-14 00:00") == [("update", "all-1")]


def test_a_rule_that_does_not_ask_is_not_called_when_a_count_is_over() -> None:
    """The post says so all the same."""
    desk = Matcher(count_rule(again_on=("toll",)))
    for name, day in (("a", 10), ("b", 11), ("c", 12)):
        desk.attack(name, f"04-{day}")
    assert desk.tick("04-14 00:00") == []
    assert desk.pattern().ended
    assert not desk.memory.outbox[-1].alerts


def test_a_count_that_was_withdrawn_is_not_said_to_be_over() -> None:
    desk = Matcher(count_rule())
    for name, day in (("a", 10), ("b", 11), ("c", 12)):
        desk.attack(name, f"04-{day}")
    desk.take_back("a", "04-10")
    assert desk.memory.next_timer() is None


# ------------------------------------------------------------------------------------------------------------- sequence


def test_a_ceasefire_and_an_attack_between_the_same_parties_is_a_broken_ceasefire() -> None:
    desk = Matcher(sequence_rule("parties"))
    home = article("truce", "04-10")
    assert desk.take(home, ceasefire(home, "04-10", nation("IL"), group("hamas"))) == []
    assert desk.attack("other", "04-12", "IQ", actors=(nation("TR"),), targets=(group("pkk"),)) == []
    assert desk.attack("b", "04-14", "PS", actors=(nation("IL"),), targets=(group("hamas"),)) == [("new", "IL+hamas-1")]
    (label,) = desk.open()
    assert [quote.article for quote in label.evidence] == ["b", "truce"]
    assert label.pattern is not None
    assert (label.pattern.form, label.pattern.asked, label.pattern.key) == ("sequence", 2, ("IL and hamas",))
    assert desk.attack("c", "04-15", "PS", actors=(group("hamas"),), targets=(nation("IL"),)) == []


def test_a_ceasefire_whose_article_comes_late_is_told_on_the_attack() -> None:
    desk = Matcher(sequence_rule())
    desk.attack("b", "04-14")
    home = article("truce", "04-15")
    assert desk.take(home, ceasefire(home, "04-12", nation("IL"))) == [("new", "all-1")]
    assert desk.open()[0].anchor == incident(desk, "b")


def test_a_ceasefire_taken_back_withdraws_the_broken_one() -> None:
    desk = Matcher(sequence_rule())
    home = article("truce", "04-10")
    desk.take(home, ceasefire(home, "04-10", nation("IL")))
    assert desk.attack("b", "04-14") == [("new", "all-1")]
    assert desk.take(replace(home, revision=2)) == [("withdrawal", "all-1")]


def test_an_attack_that_proves_to_be_older_than_the_ceasefire_withdraws_it() -> None:
    desk = Matcher(sequence_rule())
    home = article("truce", "04-10")
    desk.take(home, ceasefire(home, "04-10", nation("IL")))
    desk.attack("b", "04-14")
    old = article("b", "04-14 23:00", revision=2)
    told = attack(old, "04-08", place=place("town-b", "IQ", "town"), targets=())
    assert desk.take(old, told) == [("withdrawal", "all-1")]


# ---------------------------------------------------------------------------------------------------------------- first


def test_the_first_of_a_group_in_ninety_days_is_told_and_the_next_is_not() -> None:
    desk = Matcher(first_rule("actor.group"))
    assert desk.attack("a", "01-10", actors=(group("houthis"),)) == [("new", "houthis-1")]
    assert desk.attack("b", "02-20", actors=(group("houthis"),)) == []
    assert desk.attack("c", "02-21", actors=(group("hamas"),)) == [("new", "hamas-1")]
    assert desk.attack("d", "05-25", actors=(group("houthis"),)) == [("new", "houthis-2")]


def test_a_first_of_a_desk_whose_records_are_young_says_so() -> None:
    """The records begin on 10 January: what came in the ninety days after it is the first since then, and no more is known."""
    desk = Matcher(first_rule("actor.group"))
    for when, who in (("01-10", "houthis"), ("04-09", "hamas"), ("04-11", "pkk")):
        desk.attack(who, when, actors=(group(who),))
    found = {label.pattern.key: label.pattern.records_from for label in desk.open() if label.pattern is not None}
    assert found == {("houthis",): at("01-10 23:00"), ("hamas",): at("01-10 23:00"), ("pkk",): None}


def test_a_first_that_proves_to_be_the_second_is_corrected_on_its_post() -> None:
    desk = Matcher(first_rule("actor.group"))
    desk.attack("b", "02-20", actors=(group("houthis"),))
    assert desk.attack("a", "02-10", actors=(group("houthis"),)) == [("correction", "houthis-1")]
    assert desk.last[0].changes == ("not the first: one on 2024-02-10 is known now",)
    (label,) = desk.open()
    assert label.anchor == incident(desk, "b")
    assert label.pattern is not None
    assert label.pattern.number == 2


def test_a_late_one_that_ties_a_first_to_the_one_before_withdraws_it() -> None:
    desk = Matcher(first_rule())
    assert desk.attack("a", "01-01") == [("new", "all-1")]
    assert desk.attack("c", "05-01") == [("new", "all-2")]
    assert desk.attack("b", "03-01") == [("withdrawal", "all-2")]


def test_an_episode_is_followed_back_to_where_it_began_however_long_ago() -> None:
    """a every eight days for half a year, a gap, b; then the one between: b belongs to what was told in January."""
    desk = Matcher(first_rule(within=9 * DAY))
    days = [f"{at('01-01') + number * 8 * DAY:%m-%d}" for number in range(22)]
    told = [desk.attack(f"a{number}", day) for number, day in enumerate(days)]
    assert [each for each in told if each] == [[("new", "all-1")]]
    last = at("01-01") + 21 * 8 * DAY
    assert desk.attack("b", f"{last + 14 * DAY:%m-%d}") == [("new", "all-2")]
    assert desk.attack("between", f"{last + 7 * DAY:%m-%d}") == [("withdrawal", "all-2")]


# ------------------------------------------------------------------------------------------------- all forms, any order


def series_resume(*by: str) -> Rule:
    form = Resume(by=by, pause=10 * DAY, before_incidents=2, before_within=20 * DAY, evidence=frozenset(("observed",)))
    return resume_rule(form=form, core=count_rule().core, when=count_rule().when)


FORMS = {
    "count": count_rule("place.country", max_age=4000 * DAY),
    "count of all": count_rule(incidents=2, within=DAY, max_age=4000 * DAY),
    "first": first_rule("place.country", within=9 * DAY, max_age=4000 * DAY),
    "sequence": sequence_rule("place.country", types=("shelling-artillery-missile", "bombing"), within=6 * DAY, max_age=4000 * DAY),
    "resume": replace(series_resume("place.country"), max_age=4000 * DAY),
}


def told(source: random.Random, number: int, revision: int = 1) -> tuple[Article, tuple[Event, ...]]:
    """An attack at a random hour of spring, in a country that may not be stated; some revisions tell nothing any more."""
    hour = source.randrange(24 * 60)
    when = at("03-01 00:00") + timedelta(hours=hour)
    home = article(f"n{number:02}", "06-01", revision=revision)
    home = replace(home, published=when, taken_at=at("06-01"))
    if revision > 1 and source.random() < 0.4:
        return home, ()
    where = source.choice(["IQ", "IQ", "SY", ""])
    kind = source.choice(["shelling-artillery-missile", "bombing"])
    time = Interval(start=when, end=when, precision="minute") if source.random() < 0.7 else None
    event = attack(
        home,
        None,
        type=kind,
        path=("violence", "armed-attack", "explosions", kind),
        place=place(f"town-{number}", where, "town") if where else None,
        targets=(),
        time=time or Interval(start=when, end=when + DAY, precision="day"),
    )
    return home, (event,)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("seed", range(25))
def test_whatever_the_order_every_episode_stands_told_once(name: str, seed: int) -> None:
    """What is judged article by article, near the change only, is what judging all that is known at the end gives."""
    source, rule = random.Random(f"{name} {seed}"), FORMS[name]
    items = [told(source, number) for number in range(26)]
    source.shuffle(items)
    items += [told(source, number, revision=2) for number in source.sample(range(26), 9)]
    desk = Matcher(rule)
    for home, events in items:
        desk.take(home, *events)
    assert rule.form is not None
    found = episodes.found_in(rule.form, desk.memory.points(rule.id, *ALWAYS))
    anchors = [label.anchor for label in desk.open()]
    assert len(anchors) == len(found)
    assert len(set(anchors)) == len(anchors)
    for episode in found:
        assert sum(anchor in (*episode.carried, *episode.members) for anchor in anchors) >= 1, episode
    if name != "resume":
        patterns = {label.pattern.members: label.pattern.key for label in desk.open() if label.pattern is not None}
        assert set(patterns) == {episode.members for episode in found}


@pytest.mark.parametrize("name", FORMS)
def test_what_is_decided_from_an_unchanged_history_is_nothing(name: str) -> None:
    """The same articles again, in a revision that says the same: no alert, no delivery, no other label."""
    source = random.Random(f"{name} twice 1")
    items = [told(source, number) for number in range(30)]
    desk = Matcher(FORMS[name])
    for home, events in items:
        desk.take(home, *events)
    before, sent = desk.open(), len(desk.memory.outbox)
    assert before
    for home, events in items:
        again = replace(home, revision=2)
        renamed = [replace(event, id=event.id.replace("#1:", "#2:"), revision=2) for event in events]
        assert desk.take(again, *renamed) == []
    assert [label.subject for label in desk.open()] == [label.subject for label in before]
    assert all(not each.alerts for each in desk.memory.outbox[sent:])
