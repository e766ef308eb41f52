"""The rules in force in a run: journalled, renewed, and their look at the past kept short and going."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from peers.run import met
from structlog.testing import capture_logs

from rules.load import load_texts
from rules.model import RuleSet
from streams import adopt, backfill, pipeline
from streams.adopt import InForce, fitted
from streams.knowledge import world
from streams.knowledge.world import Knowledge
from streams.labels.wanted import Desk
from streams.records.flow import Reading
from streams.store import journal
from streams.store.progress import under_way
from streams.store.store import Store
from tests.builders import article, at, attack, place, reading, us_base

SITES = [f"site-{n}" for n in range(30)]


def rules(known: Knowledge, *more: str) -> RuleSet:
    lines = [f"  - {{id: {name}, title: {name}, owner: desk, when: {{event: armed-attack}}, severity: low}}\n" for name in more]
    lines.append("  - {id: never, title: Never, owner: desk, when: {event: arrests}, severity: low}\n")
    return load_texts({"rules/a.yaml": "version: 1\nrules:\n" + "".join(lines)}, known)


def strike(n: int) -> Reading:
    home = article(f"a{n}", "04-22")
    return reading(home, attack(home, "04-21", targets=(us_base(SITES[n]),), place=place(SITES[n])))


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return world.load()


@pytest.fixture
def force(tmp_path: Path, known: Knowledge) -> Iterator[InForce]:
    """A store with some incidents that no rule has spoken of."""
    with Store.open(tmp_path / "desk.db") as store, store.lock(at("04-01")) as lock:
        first = rules(known)
        desk = Desk(rules=first.rules, knowledge=known, default_channels=("console",))
        made = InForce(store=store, lock=lock, rules=first, desk=desk)
        made.adopt(first, desk)
        with store.matching(lock) as memory:
            for n in range(len(SITES)):
                pipeline.take(strike(n), memory, desk)
        yield made


def take_over(force: InForce, found: RuleSet) -> None:
    force.adopt(found, replace(force.desk, rules=found.rules))


async def looked_back(force: InForce) -> None:
    stop = asyncio.Event()
    looking = asyncio.create_task(force.look_back(stop))
    await met(lambda: not under_way(force.store))
    stop.set()
    await asyncio.wait_for(looking, 5.0)


async def test_a_set_is_journalled_once_and_then_led_through_the_past(force: InForce, known: Knowledge) -> None:
    found = rules(known, "strikes")
    with capture_logs() as log:
        take_over(force, found)
        take_over(force, found)
        (one,) = under_way(force.store)
        assert (one.rules, one.judged, one.total) == (("strikes",), 0, len(SITES))
        await looked_back(force)
    assert [entry.kind for entry in journal.read(force.store)].count("rules") == 2
    adopted, last = (next(line for line in log if line["event"].startswith(words)) for words in ("rules adopted", "looked back"))
    assert (adopted["changed"], adopted["gone"]) == (["strikes"], [])
    assert (last["judged"], last["of"]) == (len(SITES), len(SITES))
    with force.store.matching(force.lock) as memory:
        assert len(memory.told_by("strikes")) == len(SITES)


async def test_a_look_back_begins_when_a_set_comes_later(force: InForce, known: Knowledge) -> None:
    """It sleeps while there is nothing to do, and it is not a set's own task that looks."""
    stop = asyncio.Event()
    looking = asyncio.create_task(force.look_back(stop))
    await asyncio.sleep(0.1)
    take_over(force, rules(known, "strikes"))
    await met(lambda: not under_way(force.store), 5.0)
    with force.store.matching(force.lock) as memory:
        assert len(memory.told_by("strikes")) == len(SITES)
    stop.set()
    await asyncio.wait_for(looking, 5.0)


CAMPAIGN = """\
version: 1
rules:
  - {id: campaign, title: Campaign, owner: desk, when: {event: armed-attack}, count: {incidents: 3, within: 48h}, severity: high}
"""


async def test_the_episodes_of_the_past_are_found_beside_the_run_and_told_silently(force: InForce, known: Knowledge) -> None:
    """An article that touches the rule waits for them and is compared with them: it joins the campaign and calls nobody."""
    found = load_texts({"rules/a.yaml": CAMPAIGN}, known)
    take_over(force, found)
    home = article("late", "04-22 18:00")
    one = reading(home, attack(home, "04-22", targets=(us_base("new"),), place=place("new")))
    await asyncio.wait_for(force.make_ready(one), 10.0)
    assert under_way(force.store) == ()
    with force.store.matching(force.lock) as memory:
        assert [(row.ordinal, row.state) for row in memory.told_by("campaign")] == [(0, "open")]
        assert pipeline.take(one, memory, force.desk).alerts == []


async def test_a_rule_that_changes_while_its_episodes_are_sought_gets_none_of_them(force: InForce, known: Knowledge) -> None:
    """They are those of its earlier text."""
    take_over(force, load_texts({"rules/a.yaml": CAMPAIGN}, known))
    while True:
        with force.store.matching(force.lock) as memory:
            due = backfill.due(memory, force.desk)
            if due is not None:
                break
            pipeline.look_back(memory, force.desk)
    with force.store.remembering() as memory:
        episodes = backfill.episodes(due[1], memory, force.desk)
    assert len(episodes.told) == 1
    take_over(force, load_texts({"rules/a.yaml": CAMPAIGN.replace("incidents: 3", "incidents: 300")}, known))
    with force.store.matching(force.lock) as memory:
        backfill.end(*due, episodes, memory, force.desk)
        assert memory.told_by("campaign") == ()
    await looked_back(force)
    with force.store.matching(force.lock) as memory:
        assert memory.told_by("campaign") == ()


async def test_an_incident_that_cannot_be_judged_is_named_and_passed_over(force: InForce, known: Knowledge) -> None:
    """A mistake of ours in one of them must not end the run at each start."""
    bad = "I5-1"

    class Broken(Desk):
        """A desk that fails on one incident: its index is asked for that incident's events."""

        def __init__(self, desk: Desk) -> None:
            super().__init__(rules=desk.rules, knowledge=desk.knowledge, default_channels=desk.default_channels)
            self.index.candidates = failing(self.index.candidates)  # type: ignore[method-assign]

    def failing(ask):  # type: ignore[no-untyped-def]
        def asked(events, articles):  # type: ignore[no-untyped-def]
            if any(event.article == "a3" for event in events):
                raise RuntimeError("no such thing")
            return ask(events, articles)

        return asked

    found = rules(known, "strikes")
    force.adopt(found, Broken(replace(force.desk, rules=found.rules)))
    with capture_logs() as log:
        await looked_back(force)
    assert [line["incident"] for line in log if line["log_level"] == "error"] == [bad]
    with force.store.matching(force.lock) as memory:
        assert {row.subject for row in memory.told_by("strikes")} == {f"I{n + 2}-1" for n in range(len(SITES))} - {bad}


@pytest.mark.parametrize(
    ("size", "took_s", "next_size"), [(16, 0.05, 16), (16, 0.1, 8), (16, 0.001, 32), (1, 9.0, 1), (200, 0, 256)]
)
def test_a_slice_is_fitted_to_the_time_that_an_article_may_wait(size: int, took_s: float, next_size: int) -> None:
    assert adopt.SLICE_S == 0.05
    assert fitted(size, took_s) == next_size
