"""A Kafka run whose store is put back to where it was: what it took since comes again, and the desk hears nothing twice."""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from peers.fleet import DELIVER, EXTRACT, INGEST, MATCH
from peers.kafka import Kafka
from peers.scene import Scene, scene
from peers.world import BASES, DAYS, assert_nothing_lost, assert_replayable, drained, told

from streams.store import backup, journal
from streams.store.outbox import StoreOutbox
from streams.store.store import Store

ROLES = {"ingest": INGEST, "extract": EXTRACT, "match": MATCH, "match-2": MATCH, "deliver": DELIVER}


async def put_back(made: Scene, copy: Path) -> tuple[int, int]:
    """The journal's last number when everything was stopped, and in the backup from which everything starts again."""
    for name in ROLES:
        assert await made.fleet.leave(name) == 0
    with Store.open(made.world.store, read_only=True) as store:
        reached = max(entry.number for entry in journal.read(store))
    manifest = await asyncio.to_thread(_replaced, Path(made.world.store), copy)
    await asyncio.gather(*(made.fleet.add(name, *words) for name, words in ROLES.items()))
    return reached, manifest.journal


def _replaced(store: Path, copy: Path) -> backup.Manifest:
    store.rename(copy.with_suffix(".old"))
    return backup.restore(copy, store, datetime.now(UTC))


@pytest.mark.kafka
@pytest.mark.soak
async def test_a_store_put_back_catches_up_and_repeats_nothing(kafka: Kafka, tmp_path: Path) -> None:
    """One partition: in the same order the same is told. (In another order something may be said in other words, and again.)"""
    copy = tmp_path / "desk.backup"
    async with scene(tmp_path / "desk", kafka, seconds=180, seed=5, articles=120, partitions=1) as made:
        await made.recovered("the start")
        with Store.open(made.world.store, read_only=True) as store:
            backup.write(store, copy, datetime.now(UTC))
        await asyncio.sleep(8.0)
        await made.recovered("news since the backup")
        before = len(made.world.peer.posts)
        reached, back = await put_back(made, copy)
        assert reached > back + 5, "nothing happened since the backup"
        assert before > 3
        await made.recovered("the store put back")
        made.world.seconds = min(made.world.seconds, time.monotonic() - made.world.begun)  # what is left appears at once
        await made._met(lambda store: drained(store, made.world), "the end")
        again = made.fleet.said("the store is older than what was acknowledged; taking it again")
        taken_over = made.fleet.said("may have been told before the store was restored, asking")
        for name in ROLES:
            assert await made.fleet.leave(name) == 0
        with Store.open(made.world.store, read_only=True) as store:
            known = assert_nothing_lost(store, made.world)
            alerts = assert_replayable(store)
            anchors = {row.anchor for row in told(store)}
            strikes = [row for row in told(store) if row.rule == "strike-on-us-base"]
            assert StoreOutbox(store).channels_waiting() == ()
    marks = [one["metadata"]["event_payload"] for one in made.world.peer.messages]
    repeated = [mark for mark, times in Counter((one["said"], one["step"]) for one in marks).items() if times > 1]
    posts = f"posts {before} before, {len(made.world.peer.posts)} in the end, asked {taken_over} times"
    print(f"journal {reached} put back to {back}, taken {known.taken}, {posts}, alerts {alerts}, lost 0, repeated {len(repeated)}")
    assert again >= 1
    assert repeated == []
    assert len(made.world.peer.posts) == len(anchors)
    assert len(strikes) == len(BASES) * len(DAYS)
