"""`kill -9` at any moment leaves a whole store: every transaction is there entirely or not at all, and nothing is lost."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from peers.locks import freed
from peers.remembered import cursor, day, item

from streams import pipeline
from streams.knowledge import world
from streams.labels.wanted import Desk
from streams.memory import DictMemory
from streams.store import journal, ledger
from streams.store.inbox import StoreInbox
from streams.store.store import Store
from tests import builders
from tests.builders import attack, count_rule, place, strike_rule, us_base

WORK = """
import sys
from streams.records.flow import Disposition, Reading
from streams.store.inbox import StoreInbox
from streams.store.store import Store
from peers.locks import freed
from peers.remembered import cursor, delivery, event, incident, item, told

store = Store.open(sys.argv[1])
inbox, lock = StoreInbox(store), freed(store)
before = inbox.cursor("wire")
poll = before.polls if before else 0
print("ready", flush=True)
while True:
    for article in inbox.pending():
        with store.matching(lock) as memory:
            entry = memory.append("reading", article.taken_at, b"{}")
            found = event(article.id)
            memory.put_reading(Reading(article=article, extractor="x", events=(found,)))
            memory.put_incident(incident(f"I{entry.number}-1", found.time, [found.id]))
            memory.put_told(told(subject=f"I{entry.number}-1"))
            memory.enqueue(delivery(f"I{entry.number}-1"))
            memory.dispose([Disposition(article=article.id, revision=1, event="", rule="", outcome="matched")])
        print("decided", article.id, flush=True)
    poll += 1
    inbox.take([item(f"{poll}-{n}") for n in range(5)], cursor(polls=poll))
    print("taken", poll, flush=True)
"""


LOOK_BACK = """
import sys
from peers.locks import freed
from streams import pipeline
from streams.knowledge import world
from streams.labels.wanted import Desk
from streams.store.store import Store
from tests.builders import count_rule, strike_rule

desk = Desk(rules=(strike_rule(), count_rule()), knowledge=world.load(), default_channels=("console",))
store = Store.open(sys.argv[1])
lock = freed(store)
print("ready", flush=True)
while True:
    with store.matching(lock) as memory:
        one = pipeline.look_back(memory, desk, limit=3)
    if one is None:
        break
    print("judged", one.judged, flush=True)
"""


def killed(path: str, after: int, pause_s: float, work_text: str = WORK) -> list[str]:
    """What a process reported to have committed before it was killed, which is at least `after` transactions."""
    paths = [str(Path(__file__).parents[3]), str(Path(__file__).parents[2])]
    work = subprocess.Popen(
        [sys.executable, "-c", work_text, path], stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": ":".join(paths)}
    )
    assert work.stdout is not None
    assert work.stdout.readline() == "ready\n"
    said = [work.stdout.readline() for _ in range(after)]
    time.sleep(pause_s)
    work.send_signal(signal.SIGKILL)
    said += work.stdout.readlines()
    work.wait()
    work.stdout.close()
    return said


def test_a_store_is_whole_after_kill_9_at_random_moments(address: str) -> None:
    """What was reported is there; of what was not, all or nothing: counted table by table."""
    moments = random.Random(20240421)
    said: list[str] = []
    for _ in range(8):
        said += killed(address, moments.randrange(1, 20), moments.uniform(0, 0.02))
        with Store.open(address) as store:
            with store.writing():
                pass  # the server may still be busy with the last statement of the dead
            decided = len(list(journal.read(store)))
            found = ledger.balance(store)
            left = StoreInbox(store).cursor("wire")
            tables = ("articles", "events", "incidents", "incident_events", "told", "outbox", "ledger", "journal")
            with store.reading() as rows:
                assert {rows.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() for table in tables} == {decided}
                names = set(rows.exec_driver_sql("SELECT article FROM inbox WHERE state = 'matched'").scalars())
        assert found.holds
        assert found.matched == decided
        assert found.taken == 5 * (left.polls if left else 0)
        if store.path is not None:
            with sqlite3.connect(store.path) as raw:
                assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        assert {line.split()[1] for line in said if line.startswith("decided")} <= names
    assert decided >= len([line for line in said if line.startswith("decided")]) > 20


def test_a_look_at_the_past_goes_on_where_it_was_killed(address: str) -> None:
    """After each kill as much is told silently as the pass says it has judged; in the end it is what one judgement gives."""
    moments, turns = random.Random(7), 0
    desk, articles = Desk(rules=(strike_rule(), count_rule()), knowledge=world.load(), default_channels=("console",)), []
    for n in range(60):
        home = builders.article(f"a{n}", "06-01", taken_at=day(60))
        site = f"site-{n}"
        articles.append(
            builders.reading(home, attack(home, f"0{1 + n % 5}-{1 + n // 5:02}", targets=(us_base(site),), place=place(site)))
        )
    texts = pipeline.RuleTexts(texts={}, hashes={}, knowledge="", channels=("console",))
    expected = DictMemory()
    with Store.open(address) as store, store.lock(day(0)) as lock, store.matching(lock) as rows:
        for memory in (rows, expected):
            for one in articles:
                pipeline.take(one, memory, replace(desk, rules=()))
            pipeline.take_rules(texts, desk.rules, memory, desk)
    while pipeline.look_back(expected, desk):
        pass
    left = True
    while left:
        turns += 1
        killed(address, moments.randrange(3, 9), moments.uniform(0, 0.01), LOOK_BACK)
        with Store.open(address) as store, freed(store) as lock, store.matching(lock) as rows:
            left = bool(rows.backfills())
            judged = rows.backfills()[0].judged if left else len(articles)
            assert len(rows.told_by("strike-on-us-base")) == judged
            assert bool(rows.told_by("campaign")) is not left
            for rule in ("strike-on-us-base", "campaign") if not left else ():
                assert rows.told_by(rule) == expected.told_by(rule)
    assert turns >= 3


def test_the_balance_names_what_was_lost(address: str) -> None:
    """The balance can fail: a row that is neither in flight nor closed is named."""
    with Store.open(address) as store:
        StoreInbox(store).take([item("a"), item("b")], cursor())
        with store.writing() as raw:
            raw.exec_driver_sql("UPDATE inbox SET state = 'matched' WHERE article = 'a'")
        found = ledger.balance(store)
    assert found.astray == (("a", 1),)
    assert not found.holds
    assert (found.taken, found.in_flight, found.closed) == (2, 1, 0)


@pytest.mark.parametrize("guard", ["os._exit(9)", "os.kill(os.getpid(), 9)"])
def test_a_transaction_that_never_ended_never_was(address: str, guard: str) -> None:
    """A process that dies between its last write and the commit has written nothing."""
    work = (
        "import os, sys\nfrom datetime import UTC, datetime\nfrom streams.store.store import Store\n"
        "store = Store.open(sys.argv[1]); lock = store.lock(datetime.now(UTC))\n"
        "with store.matching(lock) as memory:\n"
        f"    memory.append('tick', datetime.now(UTC), b'{{}}')\n    {guard}\n"
    )
    root = str(Path(__file__).parents[3])
    ended = subprocess.run([sys.executable, "-c", work, address], check=False, env={"PYTHONPATH": root})
    assert ended.returncode in (9, -9)
    with Store.open(address) as store:
        assert list(journal.read(store)) == []
