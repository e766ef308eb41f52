"""What memory does while the Kafka run works for an hour: every role as a process of its own, news of ever new words over HTTP.

    PYTHONPATH=tests python -m tests.bench.growth [--minutes 60] [--rate 3] [--servers HOST:PORT]

Articles are those of ../shared/bench (29 of the Reuters wire to one of the Guardian), every seventh word made new; once a minute an
invented attack on a base is told. Apache Kafka out of deploy/kafka unless --servers names another broker; store in a file, all
packs, a Slack stand-in. Prints a line a process: resident memory after a fifth, half and the whole of the time, and what the
second half would grow to in an hour; then what was shown and taken. Exit code 1 when something was lost, 2 without the archives.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from peers.feeds import Piece, rss
from peers.http_server import Answer, FeedServer
from peers.kafka import fresh_prefix, running
from peers.roles import Running, roles
from peers.run import ROOT, TOKEN, Unhurried
from peers.slack import SlackPeer
from peers.world import BASES, WORDS

from streams.broker import topics
from streams.settings.load import load as load_settings
from streams.store.inbox import StoreInbox
from streams.store.store import Store
from tests.bench.kafka import GUARDIAN, children, resident_mb
from tests.bench.speed import STREAMS, articles, fresh

SHOWN = 300  # items that the feed holds; a poll every ten seconds may come late on a busy machine
SAMPLE_S = 15.0
SETTINGS = """\
feeds:
  - {{name: wire, url: {url}, every: 10s, allow_private: true}}
channels:
  slack:gsoc: {{channel: {channel}, token: {{env: {token}}}, api: {api}}}
rules: {rules}
workers: 1
kafka: {{brokers: ['{servers}'], prefix: {prefix}, partitions: 4}}
"""
ROLES = ("ingest", "extract", "match", "deliver")


@dataclass(slots=True)
class Wire:
    """A feed that goes on for ever."""

    source: Iterator[Piece]
    rate: float  # items a second
    begun: float = field(default_factory=time.monotonic)
    items: deque[Piece] = field(default_factory=lambda: deque(maxlen=SHOWN))
    shown: int = 0
    ended: bool = False

    def answer(self) -> Answer:
        """The newest items, newest first; never more new ones than are shown in one answer."""
        due = 0 if self.ended else round((time.monotonic() - self.begun) * self.rate)
        for _ in range(min(SHOWN, due - self.shown)):
            self.items.append(next(self.source))
            self.shown += 1
        return Answer(body=rss(*reversed(self.items)))


def news(rate: float) -> Iterator[Piece]:
    """Stories of the wire, every thirtieth article a long one of a war; an attack a minute; all published now."""
    wire, long = fresh(articles(STREAMS["general wire"][0])), fresh(articles(GUARDIAN))
    for number in count():
        now = datetime.now(UTC)
        if number % round(60 * rate) == 0:
            base, country, nation = BASES[number // round(60 * rate) % len(BASES)]
            title, text = "Rockets at base", WORDS[0].format(base=base, country=country, nation=nation, day=f"{now:%A}")
        else:
            story = next(long if number % 30 == 1 else wire)
            title, text = story.title, story.text
        yield Piece(title=title, guid=f"n-{number}", link=f"https://wire.example/{number}", text=text, date=now)


def role_mb(run: Running) -> dict[str, float]:
    """Resident memory by role, an extractor and a parser of feeds beside the process that started them."""
    found: dict[str, float] = {}
    for role, process in run.processes.items():
        found[role] = resident_mb(process.pid)
        below = [resident_mb(pid) for pid in children(process.pid)]
        found |= {f"{role}'s child {number}": one for number, one in enumerate(sorted(below)[::-1], 1) if one > 20}
    return found


async def watched(run: Running, minutes: float) -> list[tuple[float, dict[str, float]]]:
    """Seconds since the beginning, and what each held then."""
    begun, seen = time.monotonic(), []
    while (now := time.monotonic() - begun) < 60 * minutes:
        for name, process in run.processes.items():
            assert process.returncode is None, f"{name} ended: {run.log(name)[-2000:]}"
        seen.append((now, role_mb(run)))
        await asyncio.sleep(SAMPLE_S)
    return seen


def tell(seen: list[tuple[float, dict[str, float]]]) -> None:
    """A line a process."""
    whole = seen[-1][0]
    fifth, half = (next(held for at, held in seen if at >= whole * share) for share in (0.2, 0.5))
    for name, last in seen[-1][1].items():
        growth = (last - half.get(name, last)) * 3600 / (whole / 2)
        most = max(held.get(name, 0.0) for _, held in seen)
        print(
            f"{name}: after a fifth {fifth.get(name, 0.0):.0f} MB, half {half.get(name, 0.0):.0f}, whole {last:.0f}, "
            f"most {most:.0f}; second half {growth:+.0f} MB an hour",
            flush=True,
        )


def prepare(folder: Path, settings: str) -> None:
    """A folder with these settings, and the topics."""
    folder.mkdir()
    (folder / "tocsin.yaml").write_text(settings, encoding="utf-8")
    os.environ[TOKEN] = SlackPeer.token
    kafka = load_settings(folder / "tocsin.yaml", os.environ).kafka
    assert kafka is not None
    topics.create(kafka)


async def grow(servers: str, minutes: float, rate: float, folder: Path) -> int:
    """The whole run; 1 when something was lost."""
    wire = Wire(news(rate), rate)
    async with FeedServer() as server, Unhurried() as peer:
        url = server.script("/wire.xml", lambda _: wire.answer())
        told = SETTINGS.format(
            url=url, channel=peer.channel, token=TOKEN, api=peer.base_url, rules=ROOT / "rules" / "packs", servers=servers,
            prefix=fresh_prefix().rstrip("."),
        )  # fmt: skip
        await asyncio.to_thread(prepare, folder, told)
        async with roles(folder, **dict.fromkeys(ROLES, 1)) as run:
            for name in ROLES:
                await run.said(name, {"ingest": "polled", "deliver": "serving"}.get(name, "consuming"))
            wire.begun = time.monotonic()
            seen = await watched(run, minutes)
            tell(seen)
            wire.ended = True
            await asyncio.sleep(25)
            with Store.open(folder / "tocsin.db", read_only=True) as store:
                await run.settled(store, 600)
                taken = sum(StoreInbox(store).counts().values())
    print(f"{minutes:g} minutes, {wire.shown} articles shown, {taken} taken, told in {len(peer.messages)} posts", flush=True)
    return int(taken != wire.shown)


def main() -> int:
    """Arguments; see above."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=3, metavar="ARTICLES", help="a second")
    parser.add_argument("--servers", default="", help="of another broker than Apache Kafka started here")
    asked = parser.parse_args()
    if not GUARDIAN.exists():
        print(f"the archives are not here: {GUARDIAN}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if asked.servers:
            return asyncio.run(grow(asked.servers, asked.minutes, asked.rate, folder / "desk"))
        with running(folder / "kafka") as kafka:
            return asyncio.run(grow(kafka.servers, asked.minutes, asked.rate, folder / "desk"))


if __name__ == "__main__":
    sys.exit(main())
