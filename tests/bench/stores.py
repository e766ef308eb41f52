"""What deciding and writing an article costs on PostgreSQL, as a ratio to a store in a file, in one run.

    python -m tests.bench.stores [ARTICLES]      default 400

The same readings go through the matcher's transaction on both, in turns of 20, so that whatever else the machine does meets both
alike. The server is one of our own on a socket, with fsync on; half of the articles tell an attack that a shipped rule tells, the
rest nothing. Trips are statements sent: over a network each costs its round trip on top.
"""

import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from importlib.resources import as_file, files
from pathlib import Path

from peers.postgres import Postgres
from sqlalchemy import Connection, Engine, event

from rules.load import load_rules
from streams import pipeline
from streams.knowledge import world
from streams.labels.wanted import Desk
from streams.records.flow import Item, Reading
from streams.store.inbox import StoreInbox
from streams.store.store import Store
from tests.builders import article, attack, official, place, reading, us_base
from tests.peers.remembered import cursor

TURN = 20


class Side:
    """One of the two stores."""

    def __init__(self, store: Store, desk: Desk, stack: ExitStack) -> None:
        self.store, self.desk = store, desk
        self.lock = stack.enter_context(store.lock(article("a", "01-01").published))
        self.took: list[float] = []
        self.polled: list[float] = []
        self.trips = 0
        event.listen(Engine, "after_cursor_execute", self._count)

    def _count(self, connection: Connection, *_: object) -> None:
        self.trips += connection.dialect.name == ("postgresql" if self.store.path is None else "sqlite")

    def poll(self, readings: list[Reading]) -> None:
        """One poll that brings all of them."""
        begun = time.perf_counter()
        StoreInbox(self.store).take([Item(article=one.article, fingerprint="1") for one in readings], cursor())
        self.polled.append(time.perf_counter() - begun)

    def decide(self, readings: list[Reading]) -> None:
        for one in readings:
            begun = time.perf_counter()
            with self.store.matching(self.lock) as memory:
                pipeline.take(one, memory, self.desk)
            self.took.append(time.perf_counter() - begun)


def main(number: int) -> None:
    """Prints the figures."""
    known = world.load()
    with as_file(files("rules") / "packs") as folder:
        rules = load_rules([folder], known)
    desk = Desk(rules=rules.rules, knowledge=known, default_channels=("console",))
    with ExitStack() as stack:
        server = Postgres(durable=True)
        stack.callback(server.close)
        folder_name = stack.enter_context(tempfile.TemporaryDirectory())
        stores = (Store.open(Path(folder_name) / "bench.db"), Store.open(server.address(server.create())))
        sides = [Side(stack.enter_context(store), desk, stack) for store in stores]
        readings = [_reading(n) for n in range(number)]
        for begin in range(0, number, TURN):
            for side in sides:
                side.poll(readings[begin : begin + TURN])
                side.decide(readings[begin : begin + TURN])
        file, other = sides
        for what, times in (("decide and write an article", "took"), (f"take a poll of {TURN}", "polled")):
            ours, theirs = (statistics.median(getattr(side, times)) for side in (file, other))
            print(f"{what}: {1000 * ours:.1f} ms in a file, {1000 * theirs:.1f} ms on a server, ratio {theirs / ours:.1f}")
        print(f"statements an article, polls included: {other.trips / number:.0f}")


def _reading(n: int) -> Reading:
    month, day = 1 + n // 28 % 12, 1 + n % 28
    when = f"{month:02}-{day:02}"
    home = article(f"a{n}", when, text="Rockets were fired at the base on Monday, an official said. " * 60)
    if n % 2:
        return reading(home)
    site = f"site-{n % 97}"
    return reading(home, attack(home, when, targets=(us_base(site),), place=place(site), attribution=(official(),)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
