"""Killed while labels are held and orders wait: each is told or taken once, in the end, and the journal says the same again."""

import asyncio
import random
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from peers.run import PACK, Run
from peers.world import SPEED, World, assert_nothing_lost, assert_nothing_repeated, assert_replayable, finished, told, world

from streams import wire
from streams.errors import EnvironmentFault
from streams.records.orders import Ack, Order
from streams.store import journal
from streams.store.orders import StoreOrders
from streams.store.store import Store

KILLS = 3
STRIKE = "strike-on-us-base"
HELD = "    alert: {hold: {sources: 3, within: 2m}}\n"  # six seconds of the run's clock: a kill falls between holding and telling


def holding(made: World) -> None:
    """Gives the desk the shipped rules, the strikes waiting for more origins than most of them get."""
    rules = PACK.read_text(encoding="utf-8")
    at = rules.index("    tests:\n", rules.index(f"- id: {STRIKE}\n"))
    own = made.folder / "rules.yaml"
    own.write_text(rules[:at] + HELD + rules[at:], encoding="utf-8")
    settings = made.folder / "tocsin.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace(str(PACK), str(own)), encoding="utf-8")


def ordered(made: World, number: int) -> None:
    """Somebody takes an incident in hand, that there may or may not be; while the store is busy nobody can."""
    with suppress(EnvironmentFault), Store.open(made.store) as store:
        StoreOrders(store).give("ack", Ack(incident=f"I{number}-1"), who="mia", at=datetime.now(UTC))


async def test_no_kill_drops_what_is_held_or_takes_an_order_twice(tmp_path: Path) -> None:
    chance = random.Random(7)
    async with world(tmp_path / "desk", seconds=4.0 * KILLS, seed=7, articles=120) as made:
        holding(made)
        for _ in range(KILLS):
            async with Run.started(made.folder, clock=made.now(), speed=SPEED) as run:
                await run.until("running")
                for _ in range(3):
                    await asyncio.sleep(chance.uniform(0.3, 1.2))
                    ordered(made, chance.randrange(2, 60))
                assert await run.kill(timeout_s=5.0) == []
            ordered(made, chance.randrange(2, 60))
        await finished(made)
        with Store.open(made.store, read_only=True) as store:
            assert_nothing_lost(store, made)
            assert_nothing_repeated(store, made)
            assert_replayable(store)
            rows = [row for row in told(store) if row.rule == STRIKE]
            assert len(rows) == 24  # as many attacks as the feeds tell, each told
            given = StoreOrders(store).of_kinds(("ack",))
            entries = [
                entry.number
                for entry in journal.read(store)
                if entry.kind == "order" and wire.decode(entry.payload, Order).kind == "ack"
            ]
            ticks = [entry for entry in journal.read(store) if entry.kind == "tick"]
            with store.remembering() as memory:
                assert memory.next_timer() is None
                assert [row for row in memory.told_by(STRIKE) if row.held] == []
        assert len(given) > KILLS
        assert [one for one in given if one.waiting] == []
        assert sorted(one.entry for one in given if one.entry is not None) == entries
        assert ticks, "nothing was held long enough for a timer: the test holds nothing"
