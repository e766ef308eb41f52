"""What the dict filling shows its readers beyond the port."""

from datetime import timedelta

from peers.remembered import day, days, delivery, incident

from streams import memory as dicts
from streams.memory import DictMemory
from streams.records.flow import Disposition
from streams.store import ledger


def test_the_outbox_and_the_ledger_can_be_read_in_order() -> None:
    memory = DictMemory()
    rows = [Disposition(article="a", revision=n, event="", rule="", outcome="matched") for n in (2, 1)]
    memory.dispose(rows)
    memory.enqueue(delivery(ordinal=2))
    memory.enqueue(delivery(ordinal=1))
    assert memory.ledger == rows
    assert [each.ordinal for each in memory.outbox] == [2, 1]


def test_the_journal_is_kept_only_when_asked_for() -> None:
    """A replay of a year must not hold a year of articles."""
    kept, not_kept = DictMemory(keep_journal=True), DictMemory()
    entries = [memory.append("tick", day(1), b"{}") for memory in (kept, not_kept)]
    assert kept.entries == [entries[0]]
    assert not_kept.entries == []
    assert entries[1].number == 1


def test_both_fillings_close_revisions_by_the_same_words() -> None:
    assert dicts.CLOSINGS == ledger.CLOSINGS


def test_a_look_up_does_not_scan_every_incident() -> None:
    """One wide incident must not make every look-up walk through a year (`_width`)."""
    memory = DictMemory()
    memory.put_incident(incident("wide", days(0, 4000)))
    for number in range(2000):
        memory.put_incident(incident(f"I{number}-1", days(number, number + 1)))
    rows = memory._calendar._classes
    assert {width: len(found) for width, found in rows.items()} == {12: 1, 0: 2000}
    found = memory.incidents_between(day(1000), day(1000) + timedelta(hours=1))
    assert [each.id for each in found] == ["wide", "I1000-1"]
