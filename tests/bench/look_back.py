"""How long a slice of the past holds up everything else, and how long a whole look back takes: new rules on a full store.

    python -m tests.bench.look_back [INCIDENTS]      default 20000

Invented incidents of one article each are written straight into a store in a temporary folder; then all shipped packs are adopted
at once, which is more than an operator changes. A slice is what an article waits for; so are the episodes of one temporal rule.
"""

import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from importlib.resources import as_file, files
from pathlib import Path

from rules.load import load_rules
from streams import backfill, pipeline
from streams.adopt import fitted
from streams.backfill import SLICE
from streams.incidents.facts import merged
from streams.knowledge import world
from streams.labels.wanted import Desk
from streams.ports import Memory
from streams.records.flow import Incident
from streams.store.store import Store
from tests.builders import article, at, attack, official, place, reading, us_base

TEXT = "Rockets were fired at the base on Monday, an official said. " * 60  # about 3,600 characters, as an article of an agency


def main(number: int) -> None:
    """Prints the figures."""
    known = world.load()
    with as_file(files("rules") / "packs") as folder:
        rules = load_rules([folder], known)
    desk = Desk(rules=rules.rules, knowledge=known, default_channels=("console",))
    with tempfile.TemporaryDirectory() as folder_name, Store.open(Path(folder_name) / "full.db") as store:
        with store.lock(at("12-31")) as lock:
            with store.matching(lock) as memory:
                memory.append("tick", at("12-31"), b"{}")
                for n in range(number):
                    _fill(n, memory)
                texts = pipeline.rule_texts(rules, known, desk.default_channels)
                pipeline.take_rules(texts, rules.rules, memory, desk)
            size_mb = store.path.stat().st_size / 2**20
            took: list[float] = []
            begun, size, left = time.process_time(), SLICE, True
            ends: list[float] = []
            while left:
                before = time.perf_counter()
                with store.matching(lock) as memory:
                    one = pipeline.look_back(memory, desk, limit=size)
                    left = one is not None and backfill.left(one, memory)
                (ends if one and one.ended else took).append(time.perf_counter() - before)
                size = fitted(size, time.perf_counter() - before)
        whole = time.process_time() - begun
    ordered = sorted(took)
    print(f"{number} incidents, {len(rules.rules)} rules, store {size_mb:.0f} MB")
    print(f"whole pass {whole:.1f} s of processor time, {1000 * whole / number:.2f} ms an incident")
    middle, high = statistics.median(ordered), ordered[int(0.99 * len(ordered))]
    print(f"slice: median {1000 * middle:.0f} ms, 99 % {1000 * high:.0f} ms, longest {1000 * ordered[-1]:.0f} ms")
    print(f"episodes of {len(ends)} temporal rules at the end: " + ", ".join(f"{1000 * one:.0f} ms" for one in ends))


def _fill(n: int, memory: Memory) -> None:
    moment = at("01-01") + timedelta(minutes=25 * n)
    home = article(f"a{n}", "01-01", text=TEXT)
    home = replace(home, published=moment, taken_at=moment)
    site = f"site-{n % 97}"
    about_us = n % 20 == 0
    event = attack(
        home, moment.strftime("%m-%d"), targets=(us_base(site),) if about_us else (), place=place(site), attribution=(official(),)
    )
    memory.put_reading(reading(home, event))
    memory.put_incident(
        Incident(
            id=f"I{n}-1", opener=event.id, events=(event.id,), facts=merged([[event]]), origins=(), first_published=moment,
            last_published=moment,
        )
    )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
