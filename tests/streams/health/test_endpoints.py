"""Health and metrics: over real HTTP against a real run, and the judgement of stuck and idle stages."""

import asyncio
import json
import re
import shutil
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from peers.feeds import Piece, rss
from peers.http_server import Answer, FeedServer
from peers.remembered import cursor, item
from peers.run import ROOT, Run, Unhurried, desk
from prometheus_client.parser import text_string_to_metric_families

from streams import metrics
from streams.errors import EnvironmentFault
from streams.health import endpoints, vitals
from streams.health.endpoints import Subject, serving
from streams.metrics import REGISTRY
from streams.pulse import HELD, HERE, Pulse
from streams.stages import insist
from streams.store.inbox import StoreInbox
from streams.store.store import Store

NOW = datetime(2024, 4, 23, 6, tzinfo=UTC)
TEXT = "Two rockets were fired at the Ain al-Asad air base in Iraq on Monday, an Iraqi security official said."
STRIKE = Piece(title="Rockets", guid="g-7", link="https://good.example/7", text=TEXT, date=NOW - timedelta(minutes=10))


async def get(address: str, path: str, **headers: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{address}{path}", headers=headers) as answer:
        return answer.status, await answer.text()


async def asked(address: str, path: str) -> tuple[int, dict[str, Any]]:
    status, body = await get(address, path)
    return status, json.loads(body)


Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(text: str) -> Samples:
    return {
        (one.name, frozenset(one.labels.items())): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float | None:
    return found.get((name, frozenset(labels.items())))


async def scraped(address: str) -> Samples:
    status, body = await get(address, "/metrics")
    assert status == 200
    return samples(body)


# ------------------------------------------------------------------------------------------------------------ real run


async def test_a_run_shows_its_health_and_counts_an_article_through_every_hop(tmp_path: Path) -> None:
    """One good feed and one that fails; the article is taken, read, decided and delivered, and every hop says so over HTTP."""
    async with FeedServer() as server, Unhurried() as peer:
        feeds = {
            "good": server.script("/good.xml", Answer(body=rss(STRIKE))),
            "gone": server.script("/gone.xml", Answer(status=503)),
        }
        folder = desk(tmp_path / "desk", feeds, peer, more="health: 127.0.0.1:0\n")
        async with Run.started(folder, clock=NOW, speed=1) as run:
            address = (await run.until("health served"))["address"]
            await run.until("running", 120)
            status, ready = await asked(address, "/readyz")
            assert (status, ready["awaits"], list(ready["stands"])) == (200, [], ["store", "lock", "extraction"])
            delivered = await run.until("delivered")
            found = await scraped(address)
            status, well = await asked(address, "/healthz")
            assert (status, well["healthy"], well["wrong"]) == (200, True, {})
            assert await run.stop() == 0
    one = {"feed": "good"}
    assert value(found, "tocsin_polls_total", **one, outcome="parsed") == 1
    assert value(found, "tocsin_polls_total", feed="gone", outcome="failed") == 1
    assert value(found, "tocsin_items_taken_total", **one) == 1
    assert value(found, "tocsin_feed_failures", **one) == 0
    assert value(found, "tocsin_feed_failures", feed="gone") == 1
    assert (value(found, "tocsin_feed_last_success_timestamp_seconds", **one) or 0) >= NOW.timestamp()
    assert value(found, "tocsin_feed_last_success_timestamp_seconds", feed="gone") == 0
    assert value(found, "tocsin_published_to_taken_seconds_bucket", le="600.0") == 0
    assert value(found, "tocsin_published_to_taken_seconds_bucket", le="1800.0") == 1
    assert value(found, "tocsin_extractions_total", outcome="read") == 1
    assert value(found, "tocsin_extraction_processes") == 2
    assert value(found, "tocsin_extraction_deaths_total", cause="died") == 0  # shown before the first, or Prometheus misses it
    assert value(found, "tocsin_inbox_waiting") == 0
    assert value(found, "tocsin_inbox_oldest_age_seconds") == 0
    assert value(found, "tocsin_decisions_total", outcome="matched") == 1
    assert value(found, "tocsin_alerts_total", rule="strike-on-us-base", kind="new", severity="high") == 1
    assert value(found, "tocsin_taken_to_decided_seconds_count") == 1
    assert value(found, "tocsin_decision_seconds_count") == 1
    channel = delivered["channel"]
    assert value(found, "tocsin_deliveries_total", channel=channel, outcome="delivered") == 1
    assert value(found, "tocsin_outbox_waiting", channel=channel) == 0
    assert value(found, "tocsin_taken_to_delivered_seconds_bucket", channel=channel, le="30.0") == 1
    assert value(found, "tocsin_published_to_delivered_seconds_count", channel=channel) == 1
    assert (value(found, "tocsin_store_transaction_seconds_count", kind="write") or 0) > 3
    assert (value(found, "tocsin_store_bytes") or 0) > 4096
    assert (value(found, "tocsin_rules_in_force", mode="on") or 0) == 2


async def test_a_channel_that_is_away_is_a_doubt_and_no_reason_to_restart(tmp_path: Path) -> None:
    """Slack cannot be reached: /healthz stays 200, says so in words, and the metrics show what waits and for how long."""
    async with FeedServer() as server:
        address = server.url("/slack/")
        server.script("/slack/chat.postMessage", Answer(status=503))
        folder = desk(
            tmp_path / "desk", {"good": server.script("/good.xml", Answer(body=rss(STRIKE)))}, more="health: 127.0.0.1:0\n"
        )
        text = (folder / "tocsin.yaml").read_text("utf-8")
        channel = f"channels:\n  slack:gsoc: {{channel: C0123456789, token: {{env: RUN_TEST_TOKEN}}, api: {address}}}\n"
        (folder / "tocsin.yaml").write_text(text + channel, "utf-8")
        async with Run.started(folder, clock=NOW, speed=1) as run:
            at = (await run.until("health served"))["address"]
            await run.until("channel unavailable", 120)
            status, well = await asked(at, "/healthz")
            found = await scraped(at)
    assert (status, well["wrong"]) == (200, {})
    assert well["doubts"]["channel slack:gsoc"].startswith("unavailable, ")
    assert value(found, "tocsin_outbox_waiting", channel="slack:gsoc") == 1
    assert (value(found, "tocsin_delivery_requests_total", channel="slack:gsoc", outcome="unavailable") or 0) >= 1


async def test_an_address_that_is_taken_ends_the_run_in_one_line(tmp_path: Path) -> None:
    async with FeedServer() as server:
        taken = server.url("").removeprefix("http://").rstrip("/")
        folder = desk(tmp_path / "desk", {}, more=f"health: {taken}\n")
        async with Run.started(folder) as run:
            assert await run.ended() == 3
    assert f"health: {taken} cannot be listened on: " in run.text
    assert "Traceback" not in run.text


# ------------------------------------------------------------------------------------------------------------ in here


class Seconds:
    """A monotonic clock that one sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def shown(subject: Subject) -> AsyncIterator[str]:
    async with serving("127.0.0.1:0", subject) as address:
        yield address


async def test_a_stage_with_work_that_finishes_nothing_is_unhealthy_and_an_idle_one_is_not() -> None:
    """
    0 s      work begins         healthy
    99 s     still               healthy
    101 s    still               503, with the stage and the seconds
    102 s    another one ends    healthy: it gets on
    9,999 s  nothing in hand     healthy
    """
    clock = Seconds()
    pulse = Pulse(limits_s={"match": 100.0}, now=clock)
    async with shown(Subject(role="match", pulse=pulse)) as address:
        with pulse.work("match"):
            clock.now += 99
            assert (await asked(address, "/healthz"))[0] == 200
            clock.now += 2
            status, said = await asked(address, "/healthz")
            assert (status, said["wrong"]) == (503, {"stage match": "1 in hand and nothing finished for 101 s"})
            with pulse.work("match"):
                pass
            clock.now += 1
            assert (await asked(address, "/healthz"))[0] == 200
        clock.now += 9_999
        assert (await asked(address, "/healthz"))[0] == 200


async def test_one_channel_that_hangs_is_not_hidden_by_another_that_works() -> None:
    clock = Seconds()
    pulse = Pulse(limits_s={"deliver": 60.0}, now=clock)
    async with shown(Subject(role="deliver", pulse=pulse)) as address:
        with pulse.work("deliver slack:gsoc"):
            clock.now += 61
            with pulse.work("deliver mail:ops"):
                status, said = await asked(address, "/healthz")
    assert (status, list(said["wrong"])) == (503, ["stage deliver slack:gsoc"])


async def test_articles_that_nobody_takes_up_are_unhealthy_only_where_the_lock_is_held(tmp_path: Path) -> None:
    """The loop lost its way and has nothing in hand; a standby with the same store is well."""
    clock = Seconds()
    pulse = Pulse(now=clock)
    with Store.open(tmp_path / "store.db") as store:
        StoreInbox(store).take([item("a")], cursor())
        async with shown(Subject(role="match", store=store, pulse=pulse)) as address:
            clock.now += endpoints.UNTAKEN_S + 1
            pulse.stands("lock", "standby")
            assert (await asked(address, "/healthz"))[0] == 200
            pulse.stands("lock", HELD)
            status, said = await asked(address, "/healthz")
    assert (status, said["wrong"]) == (503, {"store": "1 articles wait and none has been taken up for 301 s"})


async def test_a_store_that_is_gone_is_unhealthy_and_metrics_show_the_rest(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    store = Store.open(folder / "store.db")
    store.close()
    shutil.rmtree(folder)
    async with shown(Subject(role="run", store=store)) as address:
        status, said = await asked(address, "/healthz")
        found = await scraped(address)
    assert status == 503
    assert said["wrong"]["store"].startswith("cannot be read: ")
    assert value(found, "tocsin_inbox_waiting") is None
    assert value(found, "tocsin_event_loop_lag_seconds") is not None


async def test_a_store_that_is_tried_again_is_a_doubt_until_it_answers() -> None:
    """Without a restart: what tries again says so, and takes it back."""
    tries: list[dict[str, str]] = []

    def act() -> int:
        tries.append(HERE.doubted())
        if len(tries) < 3:
            raise EnvironmentFault("the disk is full")
        return 7

    assert await insist("look into the inbox", act, waits_s=(0.0, 0.0, 0.0)) == 7
    assert [one.get("store, to look into the inbox") for one in tries] == [None, "the disk is full", "the disk is full"]
    assert "store, to look into the inbox" not in HERE.doubted()


async def test_what_takes_long_is_tried_beside_the_others() -> None:
    """Pruning a year's texts must not keep the loop from its polls: here the transaction waits for what the loop does meanwhile."""
    meanwhile = threading.Event()
    asyncio.get_running_loop().call_soon(meanwhile.set)
    assert await insist("prune the store", lambda: meanwhile.wait(30), in_thread=True)


async def test_ready_is_what_stands_of_what_is_awaited() -> None:
    pulse = Pulse()
    async with shown(Subject(role="match", pulse=pulse)) as address:
        assert (await asked(address, "/readyz"))[0] == 503
        pulse.needs("store", "lock")
        pulse.stands("store")
        assert await asked(address, "/readyz") == (
            503, {"ready": False, "role": "match", "awaits": ["lock"], "stands": {"store": "yes"}},
        )  # fmt: skip
        pulse.stands("lock", "standby")
        assert (await asked(address, "/readyz"))[0] == 200
        pulse.falls("lock")
        assert (await asked(address, "/readyz"))[0] == 503


async def test_nothing_but_three_paths_is_answered_and_nothing_is_changed() -> None:
    async with shown(Subject(role="run", pulse=Pulse())) as address:
        assert (await get(address, "/"))[0] == 404
        async with aiohttp.ClientSession() as session, session.post(f"http://{address}/healthz") as answer:
            assert answer.status == 405


async def test_openmetrics_ends_once(tmp_path: Path) -> None:
    """Prometheus asks for OpenMetrics; the store's part and the process's are one document."""
    with Store.open(tmp_path / "store.db") as store:
        async with shown(Subject(role="run", store=store, feeds=("a",), channels=("console",))) as address:
            _, text = await get(address, "/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert text.endswith("# EOF\n")
    assert text.count("# EOF") == 1
    assert 'tocsin_feed_failures{feed="a"} 0.0' in text


async def test_no_address_serves_nothing() -> None:
    async with serving("", Subject(role="run")) as address:
        assert address == ""


# ----------------------------------------------------------------------------------------------------------- documents


def metric_names() -> set[str]:
    """As Prometheus shows them: a counter with its _total."""
    ours = {
        f"{one.name}_total" if one.type == "counter" else one.name for one in REGISTRY.collect() if one.name.startswith("tocsin_")
    }
    return ours | set(vitals.GAUGES)


def test_every_metric_is_in_the_documents_and_the_documents_name_no_other() -> None:
    words = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert metric_names() == set(re.findall(r"`(tocsin_[a-z_]+)`", words))


@pytest.mark.parametrize("name", sorted(metric_names()))
def test_metric_names_follow_prometheus(name: str) -> None:
    """Base units, plural never in a unit, `_total` for counters only."""
    assert re.fullmatch(r"tocsin_[a-z]+(_[a-z]+)*", name)
    assert not re.search(r"_(ms|milliseconds|minutes|kb|mb|count|sum|bucket)(_|$)", name)


def test_a_metric_of_the_store_that_is_declared_is_given(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        collector = vitals.StoreCollector(store, lambda: NOW, ("a",), ("console",))
        empty = [family.name for family in collector.collect() if not family.samples]
    assert empty == []


def test_what_did_not_call_is_counted_by_its_reason() -> None:
    """The ledger's words, cut down to the one that bounds the label."""
    before = {name: REGISTRY.get_sample_value(name, labels) or 0 for name, labels in KEPT_BACK}
    metrics.note_kept_back(
        {
            ("r-kept", "I1-1"): "held by r-kept until 2024-04-22 08:00Z: 1 of 2 independent sources",
            ("r-kept", "I2-1"): "stale: I2-1 is older than the rule announces",
        },
        {("I1-1/r-kept/1", "console"): "D1"},
    )
    assert {name: (REGISTRY.get_sample_value(name, labels) or 0) - before[name] for name, labels in KEPT_BACK} == {
        "tocsin_labels_not_told_total": 1,
        "tocsin_alerts_gathered_total": 1,
    }
    assert REGISTRY.get_sample_value("tocsin_labels_not_told_total", {"rule": "r-kept", "reason": "stale"}) == 1


KEPT_BACK = [
    ("tocsin_labels_not_told_total", {"rule": "r-kept", "reason": "held"}),
    ("tocsin_alerts_gathered_total", {"channel": "console"}),
]
