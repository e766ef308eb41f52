"""Delivering goes on when the store cannot be written for a while, and shows nothing twice."""

import asyncio
import sqlite3
from pathlib import Path

from peers import desk
from peers.remembered import day
from peers.run import Unhurried, met
from peers.slack import Fault

from connectors.sinks.slack import SlackSink
from streams.clocks import WallClock
from streams.deliver import Pace, deliver_forever
from streams.store.outbox import StoreOutbox
from streams.store.store import Store

CHANNEL = "slack:gsoc"


async def test_a_store_that_is_held_after_the_post_costs_no_second_post(tmp_path: Path) -> None:
    """The post has arrived and its result cannot be written: it is looked for and found."""
    path = tmp_path / "tocsin.db"
    with Store.open(path, wait_s=0.2) as store:
        with store.lock(day(0)) as lock, store.matching(lock) as memory:
            memory.append("tick", day(1), b"{}")
            memory.enqueue(desk.delivery())
        async with Unhurried() as peer:
            peer.fail(Fault("hang", 1.0))  # it is in the channel at once, and answered a second later
            stop, wake = asyncio.Event(), asyncio.Event()
            pace = Pace(between_s={}, settle_s=0.2, backoff_s=0.5, poll_s=0.1)
            sink = SlackSink(peer.token, peer.channel, base_url=peer.base_url)
            sinks = {CHANNEL: sink}
            working = asyncio.create_task(
                deliver_forever(StoreOutbox(store), sinks, WallClock(), time_zone="UTC", wake=wake, stop=stop, pace=pace)
            )
            async with asyncio.timeout(30):
                await met(lambda: bool(peer.posts))
                holder = sqlite3.connect(path, isolation_level=None)
                holder.execute("BEGIN IMMEDIATE")
                await asyncio.sleep(3.0)
                assert not working.done()
                holder.execute("ROLLBACK")
                holder.close()
                await met(lambda: not StoreOutbox(store).waiting(CHANNEL))
            stop.set()
            await working
            assert len(peer.posts) == 1
            assert [call["method"] for call in peer.log].count("chat.postMessage") == 1
