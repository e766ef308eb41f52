"""A journal replayed alone tells the desk, byte for byte, what the live run told it."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from builders import announcement, article, at, attack, day, denied, place, reading, us_base

from rules.load import load_texts
from streams import pipeline, replay, wire
from streams.errors import EnvironmentFault, UsageError
from streams.knowledge import world
from streams.knowledge.world import Knowledge
from streams.labels.wanted import Desk
from streams.records.flow import Alert, Reading
from streams.records.orders import Entry, Tick
from streams.store import journal
from streams.store.lock import Lock
from streams.store.outbox import StoreOutbox
from streams.store.store import Store

PACK = (Path(__file__).parents[2] / "rules" / "packs" / "us-forces.yaml").read_text(encoding="utf-8")
CALMER = PACK.replace("      - high\n", "      - low\n", 1)


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return world.load()


def told(store: Store) -> list[bytes]:
    """Every alert that entered the outbox, by journal order; one that went to several channels stands there once."""
    found = {alert.id: alert for sent in StoreOutbox(store).since(at("01-01")) for alert in sent.delivery.alerts}
    return [wire.encode(alert) for alert in found.values()]


def replayed(entries: Iterable[Entry], known: Knowledge) -> list[bytes]:
    return [wire.encode(alert) for alert in replay.journal(entries, known)]


def life() -> Iterator[Reading]:
    """Strikes, a second word, a correction by a new revision, a denial, a pause and an announced resumption."""
    for index, when in enumerate(("01-10", "01-12", "01-15")):
        home = article(f"a{index}", f"{when} 18:00", source="one")
        yield reading(home, attack(home, when, place=place(f"site-{index}"), targets=(us_base(f"site-{index}"),)))
    second = article("b0", "01-10 20:00", source="two")
    yield reading(second, attack(second, "01-10", place=place("site-0"), targets=(us_base("site-0"),)))
    newer = article("a1", "01-12 19:00", source="one", revision=2, taken_at=at("01-12 21:00"))
    yield reading(newer, denied(attack(newer, "01-12", place=place("site-1"), targets=(us_base("site-1"),))))
    after = article("c", "04-22 06:30", source="three")
    yield reading(after, attack(after, "04-21", targets=(us_base("al-asad"),), time=day("04-21")), announcement(after))


def live(store: Store, known: Knowledge) -> None:
    """A run's decisions: a rule set, readings, a tick, another rule set, more readings."""
    readings = list(life())
    with store.lock(at("01-01")) as lock:
        desk = _adopt(store, lock, known, PACK, None)
        for one in readings[:3]:
            with store.matching(lock) as memory:
                pipeline.take(one, memory, desk)
        with store.matching(lock) as memory:
            pipeline.take_tick(Tick(at=at("01-16")), memory, desk)
        desk = _adopt(store, lock, known, CALMER, PACK)
        for one in readings[3:]:
            with store.matching(lock) as memory:
                pipeline.take(one, memory, desk)


def _adopt(store: Store, lock: Lock, known: Knowledge, text: str, before: str | None) -> Desk:
    channels = ("slack:gsoc", "console")
    rules = load_texts({"rules/us.yaml": text}, known)
    old = load_texts({"rules/us.yaml": before}, known) if before else None
    earlier = pipeline.rule_texts(old, known, channels) if old else None
    desk = Desk(rules=rules.rules, knowledge=known, default_channels=channels)
    with store.matching(lock) as memory:
        pipeline.take_rules(pipeline.rule_texts(rules, known, channels), pipeline.changed_rules(rules, earlier), memory, desk)
    return desk


@pytest.fixture
def store(address: str, known: Knowledge) -> Iterator[Store]:
    with Store.open(address) as opened:
        live(opened, known)
        yield opened


def test_a_replayed_journal_tells_the_same_alerts(store: Store, known: Knowledge) -> None:
    """With new articles, a new revision, a tick and a changed rule set in it."""
    entries = list(journal.read(store))
    assert [entry.kind for entry in entries].count("rules") == 2
    expected = told(store)
    assert len(expected) >= 4
    assert replayed(entries, known) == expected


def test_rules_that_changed_half_way_are_the_rules_of_then(store: Store, known: Knowledge) -> None:
    """The calmer rule speaks after its entry only."""
    alerts = list(replay.journal(journal.read(store), known))
    strikes = [alert for alert in alerts if alert.label.rule == "strike-on-us-base" and alert.kind == "new"]
    assert [alert.label.severity for alert in strikes] == ["high", "high", "high", "low"]


def test_a_journal_with_a_gap_is_refused(store: Store, known: Knowledge) -> None:
    """Half a history would decide something else without saying so."""
    entries = list(journal.read(store))
    for missing in (0, 2):
        with pytest.raises(UsageError, match=r"give the whole journal"):
            list(replay.journal([one for one in entries if one.number != missing + 1], known))


def test_other_knowledge_than_the_runs_is_told(store: Store, known: Knowledge, tmp_path: Path) -> None:
    """The same rule may mean something else with it."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "places.yaml").write_text("places: [{id: newtown, name: Newtown, kind: town, in: IQ}]\n", encoding="utf-8")
    told: list[str] = []
    alerts: list[Alert] = list(replay.journal(journal.read(store), world.load(own), told.append))
    assert alerts
    assert len(told) == 2
    assert "decided with knowledge" in told[0]


def test_the_journal_outlives_what_was_pruned(store: Store, known: Knowledge) -> None:
    """Retention takes texts and events away, never the journal."""
    expected = told(store)
    store.prune(at("12-01"), timedelta(days=30), timedelta(days=400))
    assert replayed(journal.read(store), known) == expected


def test_a_journal_cannot_be_written_by_reading_it(store: Store, known: Knowledge, address: str) -> None:
    """An operator replays the store of a run that goes on."""
    with Store.open(address, read_only=True) as other:
        assert replayed(journal.read(other), known) == told(store)
        with pytest.raises(EnvironmentFault, match="cannot be written"), other.reading() as connection:
            connection.exec_driver_sql("DELETE FROM journal")
