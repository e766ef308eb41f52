"""Feed health in the gap of a resumption: what nobody saw is no quiet. Drawn: x an attack, = the feed lives, . it is dead."""

from datetime import timedelta
from typing import Any

import pytest

from rules.model import AllOf, EventIs, PlaceIn, Rule
from streams import pipeline, wire
from streams.alerting.decision import Decision
from streams.knowledge import world
from streams.labels import coverage
from streams.labels.coverage import Dead, FeedLife
from streams.labels.wanted import Desk
from streams.memory import DictMemory
from streams.records.flow import Label, Pause, PauseView, Span
from streams.records.orders import FeedHealth, Order
from tests.builders import DAY, article, at, attack, place, reading, resume_rule

KNOWN = world.load()
BUSY = ("01-05", "01-20", "02-01")


class Watched:
    """A desk with three attacks in its memory, and feeds that report."""

    def __init__(self) -> None:
        core = AllOf((EventIs(("armed-attack",)), PlaceIn(("IQ", "SY"))))
        self.rule: Rule = resume_rule(core=core, when=core, max_age=4000 * DAY)
        self.desk = Desk(rules=(self.rule,), knowledge=KNOWN, default_channels=("console",))
        self.memory, self.orders = DictMemory(), 0
        for when in BUSY:
            self.attack(when)

    def attack(self, when: str, **more: Any) -> Decision:
        home = article(f"of-{when}", f"{when} 23:00")
        told = attack(home, when, place=place(f"town-{when}", "IQ", "town"), **more)
        return pipeline.take(reading(home, told), self.memory, self.desk)

    def report(self, feed: str, when: str, *, alive: bool, covers: tuple[str, ...] = (), now: str = "") -> Decision:
        health = FeedHealth(feed=feed, alive=alive, since=at(f"{when} 00:00"), covers=covers, why="" if alive else "http-503")
        self.orders += 1
        order = Order(number=self.orders, kind="health", at=at(f"{now or when} 00:00"), who="ingest", payload=wire.plain(health))
        return pipeline.take_order(order, self.memory, self.desk)

    def feed(self, name: str, *dead: tuple[str, str], covers: tuple[str, ...] = ()) -> None:
        """A feed that lives from New Year on but for these stretches."""
        self.report(name, "01-01", alive=True, covers=covers)
        for since, until in dead:
            self.report(name, since, alive=False, covers=covers)
            self.report(name, until, alive=True, covers=covers)

    def pause(self) -> PauseView:
        """Of the only label that stands."""
        labels: list[Label] = [row.label for row in self.memory.told_by(self.rule.id) if row.state == "open"]
        assert len(labels) == 1
        assert labels[0].pause is not None
        return labels[0].pause


def test_a_pause_in_which_the_feed_was_dead_is_unproven_and_the_alert_says_when() -> None:
    """x x x ======....======= x"""
    desk = Watched()
    desk.feed("wire", ("02-15", "02-20"))
    (alert,) = desk.attack("03-10").alerts
    assert alert.kind == "new"
    told = desk.pause()
    assert (told.proof, told.blind_since, told.blind_until) == ("unproven", at("02-15 00:00"), at("02-20 00:00"))


@pytest.mark.parametrize(
    ("why", "feeds"),
    [
        ("no feed was ever reported", []),
        ("it was alive all the time", [("wire", [], ())]),
        ("a day is what a feed shows when it comes back", [("wire", [("02-15", "02-16")], ())]),
        ("it was dead before the thirty days that count", [("wire", [("02-02", "02-08")], ())]),
        ("half of them lived", [("wire", [("02-15", "02-20")], ()), ("other", [], ())]),
        ("one covers another country, the one here lived", [("wire", [("02-15", "02-20")], ("UA",)), ("iraq", [], ("IQ",))]),
    ],
)
def test_a_pause_that_was_seen_for_long_enough_is_certain(why: str, feeds: list[Any]) -> None:
    desk = Watched()
    for name, dead, covers in feeds:
        desk.feed(name, *dead, covers=covers)
    desk.attack("03-10")
    assert desk.pause().proof == "certain", why


@pytest.mark.parametrize("covers", ["IQ", "SY", "middle-east", "al-hasakah"])
def test_feeds_that_cover_a_place_of_the_rule_are_what_matters(covers: str) -> None:
    """Nine that live cover something else."""
    desk = Watched()
    desk.feed("local", ("02-15", "02-20"), covers=(covers, "energy"))
    for number in range(9):
        desk.feed(f"other-{number}", covers=("UA",))
    desk.attack("03-10")
    assert desk.pause().proof == "unproven"


def test_that_a_feed_was_dead_may_come_out_later_and_corrects_the_alert() -> None:
    """x x x ======....======= x, and only then it is recorded; that it lived again later changes no more than the dates."""
    desk = Watched()
    desk.feed("wire")
    desk.attack("03-10")
    assert desk.pause().proof == "certain"
    (alert,) = desk.report("wire", "02-15", alive=False, now="03-11").alerts
    assert alert.kind == "correction"
    assert alert.changes == ("the pause is unproven: feeds that matter were not alive from 2024-02-15 00:00Z to 2024-03-10 00:00Z",)
    assert desk.report("wire", "02-20", alive=True, now="03-12").alerts == []
    assert desk.pause().blind_until == at("02-20 00:00")


def test_a_pause_that_proves_to_have_been_seen_is_certain_again_in_silence() -> None:
    """Dead until the day after it died: a day is no blindness."""
    desk = Watched()
    desk.feed("wire")
    desk.report("wire", "02-15", alive=False)
    desk.attack("03-10")
    assert desk.pause().proof == "unproven"
    assert desk.report("wire", "02-16", alive=True, now="03-12").alerts == []
    assert desk.pause().proof == "certain"


def test_feeds_of_a_time_before_they_were_known_say_nothing() -> None:
    """A feed that was added in the gap did not die before."""
    desk = Watched()
    desk.report("young", "02-25", alive=True)
    desk.attack("03-10")
    assert desk.pause().proof == "certain"


def test_a_pause_that_is_stated_and_not_observed_needs_no_feed() -> None:
    """x x x . x: too soon by our record, but the article speaks of sixty days."""
    desk = Watched()
    desk.feed("wire", ("02-02", "02-09"))
    pause = Pause(quote=Span("in two months", 0, 13), days_low=60, days_high=60, length_text="two months")
    assert [alert.kind for alert in desk.attack("02-10", pause=pause).alerts] == ["new"]
    assert desk.pause().proof == "stated"


def test_reports_add_up_to_a_life_in_any_repetition() -> None:
    """Dead twice; each report once more changes nothing."""
    moments = [at("01-01 00:00") + days * DAY for days in (0, 3, 5, 9, 12)]
    told = [FeedHealth(feed="wire", alive=n % 2 == 0, since=moment, why="dns") for n, moment in enumerate(moments)]
    life: FeedLife | None = None
    for health in told:
        life = coverage.after(health, life)
        life = coverage.after(health, life)
    assert life == FeedLife(
        covers=(),
        known_since=moments[0],
        dead=(Dead(since=moments[1], until=moments[2], why="dns"), Dead(since=moments[3], until=moments[4], why="dns")),
    )


def test_stretches_of_different_feeds_do_not_add_up_and_those_of_one_do() -> None:
    """Of two feeds one is dead for twenty hours and then the other; or the only one is, twice without a break."""
    start = at("02-01 00:00")
    dead = [Dead(since=start + n * timedelta(hours=20), until=start + (n + 1) * timedelta(hours=20), why="") for n in (1, 2)]
    apart = [FeedLife(covers=(), known_since=start, dead=(one,)) for one in dead]
    assert coverage.blind(apart, (), start, start + 9 * DAY, KNOWN) is None
    both = FeedLife(covers=(), known_since=start, dead=tuple(dead))
    assert coverage.blind([both], (), start, start + 9 * DAY, KNOWN) == (dead[0].since, dead[1].until)
