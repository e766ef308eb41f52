"""What new rules say of the past, slice by slice between articles: the same as all at once when the rules came."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rules.model import EventIs, Rule, SeverityCase
from streams import pipeline, wire
from streams.knowledge import world
from streams.knowledge.world import Knowledge
from streams.labels.wanted import Desk
from streams.memory import DictMemory
from streams.records.flow import Alert, Article, Count, Reading, Span, Told
from tests.builders import (
    announcement,
    article,
    at,
    attack,
    count_rule,
    denied,
    first_rule,
    official,
    place,
    reading,
    resume_rule,
    strike_rule,
    us_base,
)

STRIKE, RESUME = "strike-on-us-base", "attacks-resume"
SITES = ("al-asad", "harir", "erbil", "rumalin")
RULES = (STRIKE, RESUME, count_rule().id, first_rule().id)
WHOLE = 10_000

ALWAYS = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return world.load()


class Matcher:
    """A desk whose rules change."""

    def __init__(self, known: Knowledge, *rules: Rule) -> None:
        self.memory = DictMemory(keep_journal=True)
        self.known, self.alerts = known, list[bytes]()
        self.desk = Desk(rules=(), knowledge=known, default_channels=("console",))
        self.adopt(*rules)

    def adopt(self, *rules: Rule) -> None:
        old = {rule.id: rule.hash for rule in self.desk.rules}
        self.desk = Desk(rules=rules, knowledge=self.known, default_channels=("console",))
        hashes = {rule.id: rule.hash for rule in rules}
        texts = pipeline.RuleTexts(texts={}, hashes=hashes, knowledge="", channels=("console",))
        pipeline.take_rules(texts, [rule for rule in rules if old.get(rule.id) != rule.hash], self.memory, self.desk)

    def take(self, one: Reading) -> list[tuple[str, str]]:
        made = pipeline.take(one, self.memory, self.desk).alerts
        self.alerts += [wire.encode(alert) for alert in made]
        return [(alert.kind, alert.label.rule) for alert in made]

    def attack(self, name: str, published: str, when: str, **more: Any) -> list[tuple[str, str]]:
        home = article(name, published)
        return self.take(reading(home, attack(home, when, **more)))

    def look_back(self, limit: int = WHOLE) -> bool:
        return pipeline.look_back(self.memory, self.desk, limit=limit) is not None

    def told(self, rule: str) -> dict[str, str]:
        return {row.anchor: row.state for row in self.memory.told_by(rule) if row.ordinal or row.state == "open"}


def killed(toll: int) -> tuple[Count, ...]:
    return (Count(what="killed", low=toll, high=toll, span=Span(str(toll), 0, 1)),)


# ------------------------------------------------------------------------------------------------------ what is told


def test_an_article_on_an_incident_not_yet_judged_is_compared_with_it_as_it_stood(known: Knowledge) -> None:
    """Before any slice was taken: the same word again is no news, a toll is."""
    desk = Matcher(known)
    for name, site in zip("abc", SITES, strict=False):
        desk.attack(name, "04-22", "04-21", targets=(us_base(site),), place=place(site))
    desk.adopt(strike_rule())
    assert desk.attack("d", "04-22 15:00", "04-21", targets=(us_base("al-asad"),)) == []
    assert desk.attack("e", "04-23", "04-21", targets=(us_base("al-asad"),), counts=killed(3)) == [("new", STRIKE)]
    assert desk.attack("f", "04-23", "04-23", targets=(us_base("al-asad"),)) == [("new", STRIKE)]
    while desk.look_back(limit=1):
        pass
    assert len(desk.alerts) == 2
    assert len(desk.told(STRIKE)) == 4


def test_an_old_attack_that_comes_after_the_rule_is_no_past_of_it(known: Knowledge) -> None:
    """It is stale, as it would be without any slices: not known silently."""
    desk = Matcher(known)
    desk.attack("a", "04-22", "04-21")
    desk.adopt(strike_rule())
    assert desk.attack("b", "04-23", "03-02", targets=(us_base("harir"),), place=place("harir")) == []
    while desk.look_back(limit=1):
        pass
    assert list(desk.told(STRIKE)) == ["I2-1"]


def test_a_resumption_is_told_though_the_attacks_before_it_were_not_yet_judged(known: Knowledge) -> None:
    """Its pass over the past is ended first; what went before is known silently."""
    desk = Matcher(known)
    for name, when in (("a", "01-05"), ("b", "01-20"), ("c", "02-01")):
        desk.attack(name, when, when)
    desk.adopt(resume_rule())
    home = article("d", "03-10")
    last = reading(home, attack(home, "03-10"))
    assert pipeline.owes(last, desk.memory, desk.desk)
    other = article("e", "03-10")
    assert not pipeline.owes(reading(other, attack(other, "03-10", type="arrests", path=("arrests",))), desk.memory, desk.desk)
    assert desk.take(last) == [("new", RESUME)]
    assert not desk.look_back()


def test_a_rule_edit_withdraws_nothing_and_edits_no_post(known: Knowledge) -> None:
    """What was told stays told, also when a later article touches it; the rule as it was brings it back in silence."""
    desk = Matcher(known, strike_rule())
    desk.attack("a", "04-22", "04-21")
    posts = len(desk.memory.outbox)
    desk.adopt(strike_rule(when=EventIs(("arrests",)), hash="narrower"))
    desk.look_back()
    assert len(desk.memory.outbox) == posts
    assert desk.told(STRIKE) == {"I2-1": "former"}
    assert desk.attack("b", "04-23", "04-21", counts=killed(3)) == []
    desk.adopt(strike_rule())
    desk.look_back()
    assert desk.told(STRIKE) == {"I2-1": "open"}
    assert desk.attack("c", "04-24", "04-21", counts=killed(9)) == [("update", STRIKE)]


def test_a_removed_rule_leaves_what_it_told_and_goes_on_when_it_returns(known: Knowledge) -> None:
    desk = Matcher(known, strike_rule())
    desk.attack("a", "04-22", "04-21")
    desk.adopt()
    desk.attack("b", "04-23", "04-21", counts=killed(3))
    desk.attack("c", "04-23", "04-23", targets=(us_base("harir"),), place=place("harir"))
    desk.adopt(strike_rule())
    desk.look_back()
    assert desk.told(STRIKE) == {"I2-1": "open", "I5-1": "open"}
    assert desk.attack("d", "04-24", "04-21", counts=killed(9)) == [("update", STRIKE)]
    assert desk.attack("e", "04-24", "04-23", targets=(us_base("harir"),), place=place("harir"), counts=killed(9)) == [
        ("new", STRIKE)
    ]


def test_a_rule_that_changes_again_half_way_owes_only_its_last_text(known: Knowledge) -> None:
    desk = Matcher(known)
    for name, site in zip("abc", SITES, strict=False):
        desk.attack(name, "04-22", "04-21", targets=(us_base(site),), place=place(site))
    desk.adopt(strike_rule(), resume_rule())
    desk.look_back(limit=1)
    desk.adopt(strike_rule(hash="again"), resume_rule())
    assert [one.rules for one in desk.memory.backfills()] == [(RESUME,), (STRIKE,)]
    desk.adopt(resume_rule())
    assert [(one.rules, one.judged, one.total) for one in desk.memory.backfills()] == [((RESUME,), 1, 3)]


def test_rules_that_did_not_change_and_an_empty_past_owe_nothing(known: Knowledge) -> None:
    desk = Matcher(known, strike_rule())
    assert desk.memory.backfills() == ()
    desk.attack("a", "04-22", "04-21")
    desk.adopt(strike_rule())
    assert desk.memory.backfills() == ()


# --------------------------------------------------------------------------------------------- any order of the slices


def variants(chance: random.Random) -> tuple[Rule, ...]:
    """A rule set: each of four rules is there or not, in one of several texts."""
    strikes = (
        strike_rule(),
        strike_rule(severity=(SeverityCase(severity="low"),), hash="calmer"),
        strike_rule(when=EventIs(("armed-attack",)), hash="wider"),
        strike_rule(when=EventIs(("resumption-announced",)), hash="narrower"),
        strike_rule(max_age=timedelta(days=60), hash="longer"),
    )
    form: Any = resume_rule().form
    resumes = (
        resume_rule(),
        resume_rule(form=replace(form, pause=timedelta(days=10), before_incidents=1), hash="sooner"),
        resume_rule(when=EventIs(("arrests",)), core=EventIs(("arrests",)), hash="never"),
    )
    counts = (count_rule(incidents=2, within=timedelta(days=9)), count_rule("place.country", hash="by country"))
    firsts = (first_rule(within=timedelta(days=20)), first_rule("place.country", within=timedelta(days=9), hash="shorter"))
    picked = [chance.choice((None, *texts, *texts)) for texts in (strikes, resumes, counts, firsts)]
    return tuple(rule for rule in picked if rule is not None)


def news(chance: random.Random, number: int) -> Iterator[Reading]:
    """Attacks at few places on few days, so that articles meet; tolls, denials, revisions, announcements, old stories."""
    earlier: list[Article] = []
    start = at("01-01 12:00")
    for n in range(number):
        published = start + timedelta(days=2 * n, hours=chance.randrange(24))
        kind = chance.random()
        if earlier and kind < 0.25:
            before = chance.choice(earlier)
            home = replace(before, revision=before.revision + 1, taken_at=published)
            earlier.remove(before)
        else:
            home = replace(article(f"a{n}", "01-01"), published=published, taken_at=published, backfill=kind > 0.95)
        earlier.append(home)
        when = home.published - timedelta(days=chance.choice((0, 0, 1, 1, 4, 20)))
        site = chance.choice(SITES[: chance.choice((2, 4))])
        event = attack(
            home, when.strftime("%m-%d"), targets=(us_base(site),), place=place(site), counts=killed(chance.randrange(9))
        )
        made = {
            0: (),
            1: (denied(event, attribution=(official(nation="US"),)),),
            2: (event, announcement(home)),
            3: (announcement(home),),
            4: (replace(event, standing="confirmed"),),
        }.get(chance.randrange(12), (event,))
        yield reading(home, *made)


def lived(seed: int, known: Knowledge, slices: Callable[[Matcher, bool], None], *, hasty: bool = False) -> Matcher:
    """One life: articles, and rule sets between them; `slices` says what is taken after each, True after a rule set."""
    chance = random.Random(seed)
    desk = Matcher(known)
    for one in news(chance, 40):
        if chance.random() < 0.15:
            while not hasty and desk.look_back(limit=2):
                pass
            desk.adopt(*variants(chance))
            slices(desk, True)
        desk.take(one)
        slices(desk, False)
    while desk.look_back():
        pass
    return desk


def final(desk: Matcher) -> dict[str, list[Told]]:
    """Told rows by rule; without those that are over and were never told: they count as none."""
    rows = {rule: desk.memory.told_by(rule) for rule in RULES}
    return {rule: [row for row in found if row.ordinal or row.state == "open"] for rule, found in rows.items()}


def at_once(desk: Matcher, after_rules: bool) -> None:
    while after_rules and desk.look_back():
        pass


def said(desk: Matcher) -> list[object]:
    """Deliveries in order; what else a post shows may lag (`streams/backfill.py`)."""
    return [(one.id, one.ping, [wire.encode(alert) for alert in one.alerts], one.post.facts) for one in desk.memory.outbox]


def open_labels(desk: Matcher, other: Matcher, rule: Rule) -> dict[str, str]:
    """Hash by incident of what holds, where both lives know the same incident."""
    rows = [row for row in desk.memory.told_by(rule.id) if row.state == "open"]
    same = [row for row in rows if desk.memory.incident(row.anchor) == other.memory.incident(row.anchor)]
    return {row.anchor: row.label.rule_hash for row in same if desk.memory.incident(row.anchor)}


def now_and_then(seed: int) -> Callable[[Matcher, bool], None]:
    """Few small slices at moments of their own."""
    moments = random.Random(seed)

    def slices(desk: Matcher, _: bool) -> None:
        while moments.random() < 0.3 and desk.look_back(limit=moments.randrange(1, 4)):
            pass

    return slices


@pytest.mark.parametrize("seed", range(16))
def test_slices_at_any_time_tell_what_one_judgement_of_the_whole_past_tells(seed: int, known: Knowledge) -> None:
    """The alerts byte for byte, the deliveries, the ledger, what was told and which incidents are members."""
    expected = lived(seed, known, at_once)
    for turn in range(3):
        found = lived(seed, known, now_and_then(1000 * turn + seed))
        assert found.alerts == expected.alerts
        assert said(found) == said(expected)
        assert found.memory.ledger == expected.memory.ledger
        assert final(found) == final(expected)
        for rule in RULES:
            assert found.memory.points(rule, *ALWAYS) == expected.memory.points(rule, *ALWAYS)


@pytest.mark.parametrize("seed", range(16))
def test_rules_that_change_again_half_way_end_where_they_would_have_ended(seed: int, known: Knowledge) -> None:
    """No alert twice, and an incident that is the same in the end has the same label under a rule in force."""
    expected, found = lived(seed, known, at_once, hasty=True), lived(seed, known, now_and_then(seed), hasty=True)
    assert len({wire.decode(alert, Alert).id for alert in found.alerts}) == len(found.alerts)
    for rule in found.desk.rules:
        if not rule.form:
            assert open_labels(found, expected, rule) == open_labels(expected, found, rule)


def test_the_lives_above_are_worth_comparing(known: Knowledge) -> None:
    """Alerts of every kind under both rules, and articles that met rules on their way."""
    kinds: set[tuple[str, str]] = set()
    met = 0
    for seed in range(16):
        expected = lived(seed, known, at_once)
        rows = [wire.plain(alert) for delivery in expected.memory.outbox for alert in delivery.alerts]
        kinds |= {(row["label"]["rule"], row["kind"]) for row in rows}
        lazy = lived(seed, known, lambda desk, after: None)
        met += len(lazy.alerts)
    assert kinds >= {(rule, "new") for rule in RULES} | {(STRIKE, "correction"), (RESUME, "correction")}
    assert met > 100
