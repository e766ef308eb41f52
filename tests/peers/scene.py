"""One scene of the Kafka run: feeds, brokers, store, all roles, a Slack stand-in, and the count at the end.

In a test: `async with scene(folder, kafka, seconds=40, seed=1) as made`, then faults on `made.fleet`, `made.kafka` and the like,
`await made.recovered("what happened")` after each, and `await made.closes()` at the end: every item that feeds have shown is in the
ledger once, every alert is in the channel once, the ledger balances, and the journal replays to the same alerts.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from peers.fleet import DELIVER, EXTRACT, INGEST, MATCH, Fleet
from peers.kafka import Kafka, fresh_prefix
from peers.poison import Model
from peers.postgres import Postgres
from peers.run import ROOT, TOKEN
from peers.slack import SlackPeer
from peers.tansu import Tansu
from peers.world import (
    BASES,
    DAYS,
    SPEED,
    World,
    assert_nothing_lost,
    assert_nothing_repeated,
    assert_replayable,
    drained,
    ledger_ids,
    told,
    world,
)
from sqlalchemy import select

from streams.errors import EnvironmentFault
from streams.store import schema
from streams.store.store import Store

SETTINGS = """\
workers: 1
kafka:
  brokers: [{servers}]
  prefix: {prefix}
  partitions: {partitions}
  replicas: {replicas}
  session: 6s
  stall: 30s
  republish: 10s
"""
PROVE_S = 2.0  # some news more, which prove that the run goes on
BOUND_S = 600.0  # for anything to come right; an idle machine takes seconds, a loaded one minutes


@dataclass(slots=True)
class Scene:
    """What a fault can get hold of.

    Attributes:
        recoveries: what happened, and the seconds from its end until all was decided, with what came in the next two.
    """

    world: World
    fleet: Fleet
    kafka: Kafka | Tansu
    prefix: str
    server: Postgres | None = None  # the store's, set by who started it
    ahead: timedelta = timedelta(0)  # by which ingest's clock is wrong
    recoveries: list[tuple[str, float]] = field(default_factory=list)

    def clock(self) -> datetime:
        """Ingest's."""
        return self.world.now() + self.ahead

    def holder(self) -> tuple[int, int]:
        """The process that holds the matcher's lock, and its fencing number."""
        with Store.open(self.world.store, read_only=True) as store, store.reading() as connection:
            row = connection.execute(select(schema.locks).where(schema.locks.c.name == "matcher")).one()
        return int(row.holder.rpartition(":")[2]), row.fence

    def topic(self, name: str) -> str:
        return f"{self.prefix}.{name}"

    async def recovered(self, what: str) -> float:
        """Seconds until everything is decided that feeds have shown up to now, and in the PROVE_S after it."""
        begun = time.monotonic()
        await asyncio.sleep(PROVE_S)
        shown = set(self.world.served)
        await self._met(lambda store: shown <= {tuple(one.split(":", 1)) for one in ledger_ids(store)}, what)
        self.recoveries.append((what, time.monotonic() - begun))
        return self.recoveries[-1][1]

    async def closes(self, *, quarantined: int = 0) -> str:
        """The figures, once everything is decided and delivered and all has been stopped; fails if anything is lost or repeated."""
        self.world.seconds = min(self.world.seconds, time.monotonic() - self.world.begun)  # what is left appears at once
        await self._met(lambda store: drained(store, self.world), "the end")
        ends = {name: await self.fleet.leave(name) for name in list(self.fleet.places)}
        assert set(ends.values()) == {0}, ends
        assert self.fleet.orphans == [], "processes outlived the one that started them"
        with Store.open(self.world.store, read_only=True) as store:
            known = assert_nothing_lost(store, self.world, quarantined=quarantined)
            posts = assert_nothing_repeated(store, self.world)
            alerts = assert_replayable(store)
            strikes = [row for row in told(store) if row.rule == "strike-on-us-base"]
        assert len(strikes) == len(BASES) * len(DAYS)
        took = time.monotonic() - self.world.begun
        times = ", ".join(f"{what} {seconds:.1f} s" for what, seconds in self.recoveries)
        counted = f"shown {len(self.world.served)}, taken {known.taken}, lost 0, posts {posts}, alerts {alerts}, repeated 0"
        return f"{counted}; recovered after: {times}; {took:.0f} s in all"

    async def _met(self, condition: Callable[[Store], bool], what: str) -> None:
        end = time.monotonic() + BOUND_S
        while True:
            try:
                with Store.open(self.world.store, read_only=True) as store:
                    if condition(store):
                        return
            except EnvironmentFault:  # the store itself may be what is broken
                pass
            assert time.monotonic() < end, f"{what}: not within {BOUND_S:.0f} s\n{self.fleet.tail()}"
            await asyncio.sleep(0.25)


@asynccontextmanager
async def scene(
    folder: Path,
    kafka: Kafka | Tansu,
    *,
    seconds: float,
    seed: int,
    articles: int = 200,
    store: str = "",
    replicas: int = 1,
    partitions: int = 4,
    model: Model | None = None,
    more: str = "",
) -> AsyncIterator[Scene]:
    """All roles at work, one of each and a standby matcher; news for that many seconds.

    Args:
        store: an address, when it does not lie in the folder.
        model: another than the default one.
        more: further settings.
    """
    prefix = fresh_prefix().rstrip(".")
    text = SETTINGS.format(servers=kafka.servers.replace(",", ", "), prefix=prefix, replicas=replicas, partitions=partitions)
    text += f"store: {store}\n" if store else ""
    text += f"model: {model.name}\n" if model else ""
    environ = {"PYTHONPATH": f"{ROOT}{os.pathsep}{model.path}"} if model else {}
    async with world(folder, seconds=seconds, seed=seed, articles=articles, answer_s=0.02, more=text + more) as made:
        made.elsewhere = store
        await asyncio.to_thread(_create_topics, folder)
        found = Scene(made, Fleet(folder, now=made.now, speed=SPEED, environ=environ), kafka, prefix)
        found.fleet.now = found.clock
        async with found.fleet as fleet:
            made.begun = time.monotonic()
            places = {"ingest": INGEST, "extract": EXTRACT, "match": MATCH, "match-2": MATCH, "deliver": DELIVER}
            try:
                await asyncio.gather(*(fleet.add(name, *words) for name, words in places.items()))
                yield found
            except BaseException:
                print(fleet.tail())
                raise
            finally:
                folder.with_suffix(".log").write_text(fleet.tail(100_000), encoding="utf-8")


def _create_topics(folder: Path) -> None:
    asked = (sys.executable, "-m", "streams.cli.main", "topics", "create", str(folder))
    environ = os.environ | {"PYTHONPATH": str(ROOT), TOKEN: SlackPeer.token}
    done = subprocess.run(asked, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
