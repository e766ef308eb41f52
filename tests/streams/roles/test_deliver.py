"""The role that sends: it needs the store, and Kafka only as a bell; of two such processes one serves a channel."""

from pathlib import Path

import pytest
from peers.kafka import fresh_prefix
from peers.remembered import day, delivery
from peers.roles import roles
from peers.run import met

from deploy.kafka.brokers import free_ports
from streams.store.outbox import StoreOutbox
from streams.store.store import Store


@pytest.mark.slow
async def test_while_the_brokers_are_away_alerts_are_sent_all_the_same_and_once(tmp_path: Path) -> None:
    """By one process of two; when it is killed, the other takes its channel up."""
    text = (
        f"kafka: {{brokers: ['127.0.0.1:{free_ports(1)[0]}'], prefix: {fresh_prefix()}x}}\nchannels: {{console: {{brief: true}}}}\n"
    )
    (tmp_path / "tocsin.yaml").write_text(text, encoding="utf-8")
    with Store.open(tmp_path / "tocsin.db") as store:
        async with roles(tmp_path, deliver=2) as running:
            for name in running.processes:
                await met(lambda name=name: "serving" in running.log(name) or "standing by" in running.log(name), 90)
            serving = next(name for name in running.processes if " serving " in running.log(name))
            await running.said(serving, "Kafka does not wake us")
            enqueue(store, "I1-1", 1)
            await met(lambda: not StoreOutbox(store).channels_waiting())
            running.processes.pop(serving).kill()
            (other,) = running.processes
            await running.said(other, " serving ")
            enqueue(store, "I2-1", 2)
            await met(lambda: not StoreOutbox(store).channels_waiting())
            assert await running.stop(other) == 0
        assert [each.state for each in StoreOutbox(store).since(day(0))] == ["done", "done"]
    shown = [running.log(name).count("HIGH") for name in (serving, other)]
    assert shown == [1, 1]


def enqueue(store: Store, incident: str, number: int) -> None:
    with store.lock(day(0)) as lock, store.matching(lock) as memory:
        memory.append("tick", day(number), b"{}")
        memory.enqueue(delivery(incident))
