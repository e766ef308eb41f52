"""Every role of the Kafka run shows its health and its part of the figures, over HTTP, on a real broker."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from peers.feeds import Piece, rss
from peers.http_server import Answer, FeedServer
from peers.kafka import fresh_prefix
from peers.roles import Running, roles
from peers.run import PACK
from peers.tansu import Tansu
from prometheus_client.parser import text_string_to_metric_families

from streams.broker import topics
from streams.settings.load import load

TEXT = "Two rockets were fired at the Ain al-Asad air base in Iraq on Monday, an Iraqi security official said."


async def asked(running: Running, name: str, path: str) -> tuple[int, str]:
    """What a process answers; it listens on a port of its own choice."""
    await running.said(name, "health served")
    found = re.search(r"address=\S*?(127\.0\.0\.1:\d+)", re.sub(r"\x1b\[[0-9;]*m", "", running.log(name)))
    assert found, running.log(name)
    async with aiohttp.ClientSession() as session, session.get(f"http://{found[1]}{path}") as answer:
        return answer.status, await answer.text()


async def figure(running: Running, name: str, metric: str, **labels: str) -> float | None:
    """One sample of a process, None where it shows none."""
    _, text = await asked(running, name, "/metrics")
    samples = (one for family in text_string_to_metric_families(text) for one in family.samples)
    return next((one.value for one in samples if one.name == metric and labels.items() <= one.labels.items()), None)


async def test_each_role_tells_its_part_and_a_standby_that_it_stands_by(tmp_path: Path, tansu: Tansu) -> None:
    """One article from the feed to the console: published, read, decided by one of two matchers, delivered."""
    strike = Piece(
        title="Rockets", guid="g-7", link="https://good.example/7", text=TEXT, date=datetime.now(UTC) - timedelta(minutes=9)
    )
    async with FeedServer() as server:
        feed = server.script("/a.xml", Answer(body=rss(strike)))
        prefix = fresh_prefix().rstrip(".")
        (tmp_path / "tocsin.yaml").write_text(
            f"feeds: [{{name: wire, url: '{feed}', every: 10s, allow_private: true}}]\n"
            f"kafka: {{brokers: ['{tansu.servers}'], prefix: {prefix}, partitions: 1, session: 6s}}\n"
            f"rules: {PACK}\nworkers: 1\nhealth: 127.0.0.1:0\n",
            "utf-8",
        )
        kafka = load(tmp_path / "tocsin.yaml", {}).kafka
        assert kafka is not None
        topics.create(kafka)
        async with roles(tmp_path, match=2, extract=1, deliver=1, ingest=1) as running:
            await running.said("deliver", "delivered", 120)
            ready = {name: (await asked(running, name, "/readyz"))[0] for name in running.processes}
            well = {name: (await asked(running, name, "/healthz"))[0] for name in running.processes}
            held = [await figure(running, name, "tocsin_lock_held") for name in ("match", "match-2")]
            stands = [(await asked(running, name, "/readyz"))[1] for name in ("match", "match-2")]
            active = "match" if held[0] else "match-2"
            assert await figure(running, "ingest", "tocsin_published_total") == 1
            assert await figure(running, "ingest", "tocsin_items_taken_total", feed="wire") == 1
            assert await figure(running, "extract", "tocsin_extractions_total", outcome="read") == 1
            assert await figure(running, "extract", "tocsin_consumed_records_total", topic=f"{prefix}.articles") == 1
            assert await figure(running, "extract", "tocsin_inbox_waiting") is None  # it opens no store
            assert await figure(running, active, "tocsin_decisions_total", outcome="matched") == 1
            assert await figure(running, "deliver", "tocsin_deliveries_total", channel="console", outcome="delivered") == 1
            assert await figure(running, "deliver", "tocsin_inbox_waiting") == 0
    assert (set(ready.values()), set(well.values())) == ({200}, {200})
    assert sorted(held) == [0, 1]
    assert sorted("standby" in words for words in stands) == [False, True]
