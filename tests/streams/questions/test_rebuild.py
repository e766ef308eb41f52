"""What the matcher keeps against what its inputs give: equal on a store that ran, and every hand in it is seen."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from rules.load import load_texts
from rules.model import RuleSet
from streams import pipeline
from streams.knowledge import world
from streams.labels.wanted import Desk
from streams.memory import DictMemory
from streams.ports import Memory
from streams.questions import rebuild
from streams.store.lock import Lock
from streams.store.store import Store
from tests.bench import rows, series
from tests.builders import at

KNOWN = world.load()
KEEP = timedelta(days=400)
RULE = "first-1-216-0-actor-group-place-country"


@dataclass
class Ran:
    """A store that took articles in any order, with a copy and a second revision among them."""

    store: Store
    lock: Lock
    rules: RuleSet
    desk: Desk

    def hand(self, act: Callable[[Memory], None]) -> None:
        with self.store.matching(self.lock) as memory:
            act(memory)

    def differences(self) -> tuple[list[str], list[str]]:
        """By the events and by the journal."""
        with self.store.remembering() as memory:
            by_events = rebuild.from_events(memory, self.desk)
        ids = [rule.id for rule in self.rules.rules]
        by_journal = rebuild.from_journal(self.store, KNOWN, ids, KEEP)
        assert by_journal.compared["told rows"] > 15
        return by_events.differences, by_journal.differences


@pytest.fixture
def ran(tmp_path: Path) -> Iterator[Ran]:
    text = "version: 1\nrules:\n" + "".join(one.yaml() for one in series.INVENTED)
    rules = load_texts({"series.yaml": text}, KNOWN)
    desk = Desk(rules=rules.rules, knowledge=KNOWN, default_channels=("console",))
    source = random.Random("rebuild")
    told = series.with_copies(rows.invented(26, 7), source)
    with Store.open(tmp_path / "ran.db") as store, store.lock(at("01-01")) as lock:
        with store.matching(lock) as memory:
            pipeline.take_rules(pipeline.rule_texts(rules, KNOWN, ("console",)), rules.rules, memory, desk)
            while pipeline.look_back(memory, desk):
                pass
        for row in source.sample(told, len(told)):
            with store.matching(lock) as memory:
                pipeline.take(series.reading_of(row), memory, desk)
        yield Ran(store, lock, rules, desk)


def test_what_a_run_keeps_is_what_its_journal_and_its_events_give(ran: Ran) -> None:
    assert ran.differences() == ([], [])


def test_a_row_that_a_hand_has_closed_is_seen_by_both(ran: Ran) -> None:
    def close(memory: Memory) -> None:
        row = next(row for row in memory.told_by(RULE) if row.state == "open" and row.ordinal)
        memory.put_told(replace(row, state="withdrawn"))

    ran.hand(close)
    by_events, by_journal = ran.differences()
    assert len(by_events) == len(by_journal) == 1
    assert by_events[0].endswith("the events say so, and it does not stand told")
    assert '"state" is kept as withdrawn, rebuilt as open' in by_journal[0]


def test_a_point_that_is_lost_is_seen_by_both(ran: Ran) -> None:
    def lose(memory: Memory) -> None:
        memory.drop_point(RULE, memory.points(RULE, *rows.EVER)[0].incident)

    ran.hand(lose)
    by_events, by_journal = ran.differences()
    assert any("point" in line and "is not kept, and should be" in line for line in by_events)
    assert any("point" in line and "is not kept, and should be" in line for line in by_journal)


def test_a_label_that_says_something_else_is_seen_and_the_field_is_named(ran: Ran) -> None:
    def change(memory: Memory) -> None:
        row = next(row for row in memory.told_by(RULE) if row.state == "open" and row.ordinal)
        memory.put_told(replace(row, label=replace(row.label, severity="low")))

    ran.hand(change)
    by_events, by_journal = ran.differences()
    assert [line for line in by_events if '"severity" is kept as low, rebuilt as high' in line]
    assert [line for line in by_journal if '"label" is kept as' in line]


def test_an_incident_that_lost_an_event_is_seen_by_the_journal(ran: Ran) -> None:
    def cut(memory: Memory) -> None:
        one = next(one for one in memory.incidents_between(*rows.EVER) if len(one.events) > 1)
        memory.put_incident(replace(one, events=one.events[:1]))

    ran.hand(cut)
    assert any(line.startswith("incident") and '"events" is kept as' in line for line in ran.differences()[1])


def test_nothing_is_written(ran: Ran) -> None:
    """The file is opened to be read only, and a memory to read from refuses."""
    with ran.store.remembering() as memory:
        before = [*memory.incidents_between(*rows.EVER), *memory.told_by(RULE), memory.newest()]
    ran.differences()
    with ran.store.remembering() as memory:
        assert [*memory.incidents_between(*rows.EVER), *memory.told_by(RULE), memory.newest()] == before


def test_an_empty_memory_has_nothing_that_differs() -> None:
    found = rebuild.from_events(DictMemory(), Desk(rules=(), knowledge=KNOWN, default_channels=()))
    assert (found.differences, found.notices) == ([], [])
