"""The seed article through the real run: RSS on loopback, extraction processes, matcher, outbox, the Slack stand-in."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from peers.feeds import Piece, rss
from peers.http_server import Answer, FeedServer
from peers.run import ROOT, Run, Unhurried, desk, met
from sqlalchemy import select

from streams import wire
from streams.records.flow import Told
from streams.store import schema
from streams.store.ledger import balance
from streams.store.outbox import StoreOutbox
from streams.store.store import Store

SEED = ROOT.parent / "shared" / "seed" / "article.txt"
PUBLISHED = datetime(2024, 4, 22, 6, tzinfo=UTC)  # gold.json, external_dates: the day of the same report elsewhere
POLLED = datetime(2024, 4, 22, 6, 30, tzinfo=UTC)


@pytest.mark.skipif(not SEED.exists(), reason=f"the seed article is not here: {SEED}")
async def test_the_seed_article_is_one_post_with_both_rules_on_it(tmp_path: Path, address: str) -> None:
    """Five rockets at Rumalin end a pause: one strike on a U.S. base, one resumption, told together and once."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in SEED.read_text(encoding="utf-8").split("\n\n"))
    item = Piece(
        title="Rockets fired from Iraq at U.S. bases", guid="seed", link="https://seed.example/1", text=text, date=PUBLISHED
    )
    async with FeedServer() as server, Unhurried() as peer:
        folder = desk(
            tmp_path / "desk", {"seed-feed": server.script("/rss.xml", Answer(body=rss(item)))}, peer, f"store: {address}\n"
        )
        async with Run.started(folder, clock=POLLED) as run:
            await run.until("decided", timeout_s=90.0)  # a loaded machine; an idle one takes five seconds
            with Store.open(address, read_only=True) as store:
                await met(lambda: not StoreOutbox(store).channels_waiting())
                asked = server.count("/rss.xml")
                await met(lambda: server.count("/rss.xml") >= asked + 2)  # the feed goes on showing it
                told = told_rows(store)
                known = balance(store)
            assert await run.stop() == 0
    assert (known.holds, known.taken, known.matched, known.in_flight) == (True, 1, 1, 0)
    assert sorted((row.rule, row.ordinal, row.state) for row in told) == [
        ("attacks-resume", 1, "open"),
        ("strike-on-us-base", 1, "open"),
    ]
    assert len({row.anchor for row in told}) == 1
    assert [one["thread_ts"] for one in peer.messages] == [""], [one["text"] for one in peer.messages]
    assert peer.pings == []


def told_rows(store: Store) -> list[Told]:
    with store.reading() as connection:
        return [wire.decode(payload, Told) for payload in connection.execute(select(schema.told.c.payload)).scalars()]
