"""`tocsin doctor` from outside, on desks that are well and on desks that are not."""

import json
import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from peers.feeds import Piece, rss
from peers.http_server import Answer, FeedServer
from peers.run import ROOT, TOKEN, Run, desk
from peers.slack import SlackPeer

TEXT = "Two rockets were fired at the Ain al-Asad air base in Iraq on Monday, an Iraqi security official said."


def examined(folder: Path, *more: str, **environ: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Exit code, and the findings by what was looked at."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    done = subprocess.run(
        [sys.executable, "-m", "streams.cli.main", "doctor", str(folder), "--format", "jsonl", *more],
        cwd=ROOT,
        env=kept | {"PYTHONPATH": str(ROOT), TOKEN: SlackPeer.token} | environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert SlackPeer.token not in done.stdout + done.stderr
    return done.returncode, {one["what"]: one for one in map(json.loads, done.stdout.splitlines())}


async def asked(folder: Path, *more: str, **environ: str) -> tuple[int, dict[str, dict[str, Any]]]:
    import asyncio

    return await asyncio.to_thread(examined, folder, *more, **environ)


async def test_a_desk_at_work_is_well_and_one_whose_feed_and_channel_fail_is_told_which(tmp_path: Path) -> None:
    """First with a good feed and a channel that answers; then, stopped and aged by hand, each fault has its line and its advice."""
    strike = Piece(
        title="Rockets", guid="g-7", link="https://good.example/7", text=TEXT, date=datetime.now(UTC) - timedelta(minutes=9)
    )
    async with FeedServer() as server, SlackPeer() as peer:
        folder = desk(tmp_path / "desk", {"wire": server.script("/a.xml", Answer(body=rss(strike)))}, peer, "health: 127.0.0.1:0\n")
        async with Run.started(folder) as run:
            address = (await run.until("health served"))["address"]
            settings = folder / "tocsin.yaml"
            text = settings.read_text("utf-8")
            settings.write_text(text.replace("127.0.0.1:0", address), "utf-8")
            await run.until("delivered", 120)
            code, found = await asked(folder, "--reach")
            states = {what: one["state"] for what, one in found.items()}
            assert (code, set(states.values())) == (0, {"well"}), found
            assert set(states) >= {
                "program", "settings", "rules", "model", "store", "disk", "lock matcher", "ledger", "articles", "feeds",
                "channel slack:gsoc", "set aside", "retention", "clock", "reach slack:gsoc", "health",
            }  # fmt: skip
            assert found["ledger"]["found"] == "taken 1 = in flight 0 + closed 1"
            assert "it lives" in found["lock matcher"]["found"]
            await run.kill()
        with sqlite3.connect(folder / "tocsin.db") as raw:
            raw.execute("UPDATE inbox SET state = 'waiting'")
        code, found = await asked(folder, "--reach", RUN_TEST_TOKEN="xoxb-1234567890-wrong")
    assert code == 1
    attend = {what for what, one in found.items() if one["state"] == "attend"}
    assert attend == {"ledger", "reach slack:gsoc", "health"}
    assert all(found[what]["do"] for what in attend)
    assert found["ledger"]["found"].startswith("does not balance: taken 1, in flight 1, closed 1; astray: ")
    assert found["lock matcher"]["found"].endswith("it has ended, and nobody holds it")
    assert "invalid_auth" in found["reach slack:gsoc"]["found"]
    assert found["health"]["found"].startswith("nobody answers at 127.0.0.1:")


@pytest.mark.parametrize(
    ("more", "what", "found"),
    [
        ("model: no_such_model\n", "model", "no_such_model is not installed: nothing can be read"),
        ("wrokers: 2\n", "settings", None),
        ("rules: missing\n", "rules", None),
        ("store: no/such/folder/t.db\n", "store", None),
        ("kafka: {brokers: ['127.0.0.1:1']}\n", "kafka", None),
        ("channels: {slack:x: {channel: C0123456789, token: {env: ODD}}}\n", "reach slack:x", None),
    ],
)
def test_what_is_wrong_from_the_start_has_its_line(tmp_path: Path, more: str, what: str, found: str | None) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    rules = "" if more.startswith("rules") else f"rules: {ROOT / 'rules' / 'packs' / 'us-forces.yaml'}\n"
    (folder / "tocsin.yaml").write_text(rules + more, "utf-8")
    code, findings = examined(folder, ODD="not-a-token")
    assert (code, findings[what]["state"]) == (1, "attend")
    assert findings[what]["do"]
    assert found is None or findings[what]["found"] == found


def test_a_damaged_store_is_said_to_be_damaged(tmp_path: Path) -> None:
    from peers.remembered import cursor, item

    from streams.store.inbox import StoreInbox
    from streams.store.store import Store

    folder = desk(tmp_path / "desk", {})
    with Store.open(folder / "tocsin.db") as store:
        StoreInbox(store).take([item(f"a{n}") for n in range(300)], cursor())
    path = folder / "tocsin.db"
    damaged = bytearray(path.read_bytes())
    damaged[-20_000:-8_000] = os.urandom(12_000)
    path.write_bytes(damaged)
    code, found = examined(folder)
    assert (code, found["store"]["state"]) == (1, "attend")
    assert "damaged" in found["store"]["found"]


def test_damage_that_only_a_look_at_the_whole_file_finds_is_found(tmp_path: Path) -> None:
    """Everything that a run reads can be read; a row elsewhere has an empty field that its table forbids."""
    from peers.remembered import cursor, item

    from streams.store.inbox import StoreInbox
    from streams.store.store import Store

    folder = desk(tmp_path / "desk", {})
    with Store.open(folder / "tocsin.db") as store:
        StoreInbox(store).take([item()], cursor())
    with sqlite3.connect(folder / "tocsin.db") as raw:
        raw.execute("UPDATE inbox SET published_at = NULL")
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute("UPDATE sqlite_master SET sql = replace(sql, 'published_at VARCHAR(27)', 'published_at VARCHAR(27) NOT NULL')")
    code, found = examined(folder)
    assert code == 1
    assert found["store"]["found"] == "the file is damaged: NULL value in inbox.published_at"
    assert found["store"]["do"] == "stop every process, keep a copy, and restore the newest backup"
