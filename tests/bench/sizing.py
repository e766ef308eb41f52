"""What one article and one feed cost: processor, bytes and memory, stage by stage; the figures of docs/guides/sizing.md.

    python -m tests.bench.sizing [--articles N] [--feeds N]

Reads ../shared/bench (from the root of the repository); exit code 2 when it is not there. The conflict news come first,
then the wire. Seconds are those of the processor, one thread, so that other work on the machine weighs little; transactions are
also given as they pass on the wall, for they wait for the disk. Everything goes through the store in a file, as in a local run.
"""

import argparse
import asyncio
import os
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from statistics import median, quantiles

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy comes in

from prometheus_client import CollectorRegistry, generate_latest

from connectors.sources import archive
from connectors.sources.feed_items import Job
from connectors.sources.parsing import InlineParser
from rules.load import load_rules
from streams import pipeline
from streams.extract.reader import MODEL, Extractor, load
from streams.health.vitals import StoreCollector
from streams.knowledge.world import Knowledge
from streams.knowledge.world import load as load_knowledge
from streams.labels.wanted import Desk
from streams.records.flow import Article, Cursor, Item, Reading
from streams.store import schema
from streams.store.inbox import StoreInbox
from streams.store.store import Store
from streams.wire import encode

BENCH = Path("../shared/bench")
STREAMS = (BENCH / "guardian_replay.jsonl", BENCH / "replay" / "reuters21578.jsonl.gz")
PACKS = Path("rules/packs")
WINDOWS = 4  # the decisions are told in so many parts, to show whether they get dearer
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def articles(count: int) -> list[Article]:
    """As if they had come one a second."""
    found = chain.from_iterable(archive.read(str(path), lambda fault: print(fault, file=sys.stderr)) for path in STREAMS)
    return [replace(one, taken_at=NOW + timedelta(seconds=n), revision=1) for n, one in enumerate(islice(found, count))]


def row(what: str, figure: str) -> None:
    """One line of the table."""
    print(f"{what:64} {figure}", flush=True)


def megabytes() -> float:
    """Resident memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def reading(taken: Sequence[Article], extractor: Extractor) -> list[Reading]:
    """Reads them, and tells what it cost."""
    done, begun = [], time.process_time()
    for first in range(0, len(taken), 16):
        done += extractor.read(taken[first : first + 16])
    spent = time.process_time() - begun
    words = sum(len(one.text.split()) for one in taken)
    figure = f"{1000 * spent / len(taken):.1f} ms, {len(taken) / spent:.0f} articles/s a core"
    row(f"reading, {words / len(taken):.0f} words an article", figure)
    return done


def deciding(read: Sequence[Reading], store: Store, known: Knowledge) -> None:
    """Takes and decides them one by one, and tells what it cost at the beginning and at the end."""
    rules = load_rules((PACKS,), known)
    desk, inbox = Desk(rules=rules.rules, knowledge=known, default_channels=("console",)), StoreInbox(store)
    spent: list[float] = []
    with store.lock(NOW) as lock:
        with store.matching(lock) as memory:
            pipeline.take_rules(pipeline.rule_texts(rules, known, ("console",)), (), memory, desk)
        for one in read:
            inbox.take([Item(article=one.article, fingerprint=one.article.id)], Cursor(feed="wire", address=""))
            begun = time.process_time()
            with store.matching(lock) as memory:
                pipeline.take(one, memory, desk)
            spent.append(time.process_time() - begun)
    size = len(spent) // WINDOWS
    for part in range(WINDOWS):
        window = spent[part * size : (part + 1) * size]
        known_before = sum(len(one.events) for one in read[: part * size])
        mean, worst = sum(window) / len(window), quantiles(window, n=100)[98]
        told = f"mean {1000 * mean:.1f} ms, median {1000 * median(window):.1f}, p99 {1000 * worst:.0f}"
        row(f"deciding, 41 rules, {known_before} events known before", told)
    rate = size / sum(spent[-size:])
    row("decisions of one matcher at the end", f"{rate:.0f} a second of processor")


def growth(path: Path, count: int) -> None:
    """What the store holds of each article."""
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        total = path.stat().st_size
        row("store, an article", f"{total / count / 1024:.1f} kB")
        of_tables = "SELECT m.tbl_name, SUM(d.pgsize) FROM dbstat d JOIN sqlite_master m ON m.name = d.name GROUP BY 1"
        parts = raw.execute(f"{of_tables} ORDER BY 2 DESC LIMIT 5")
        row("  of it", ", ".join(f"{name} {size / count / 1024:.1f}" for name, size in parts))


def polling(store: Store, feeds: int) -> None:
    """One poll of a feed of 30 items, nothing of it new: reading the document, and writing the cursor."""
    entry = (
        "<item><title>Title {n}</title><guid>g{n}</guid><link>https://w.example/{n}</link><description>{text}</description></item>"
    )
    entries = "".join(entry.format(n=n, text="Words of a summary. " * 20) for n in range(30))
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>{entries}</channel></rss>'.encode()
    parser, inbox = InlineParser(), StoreInbox(store)
    job = Job(feed="wire", body=body, headers={"content-type": "application/rss+xml"}, now=NOW, first=False, skew_s=0.0)
    begun = time.process_time()
    for _ in range(20):
        found = asyncio.run(parser.harvest(job))
    row("a document of 30 items read", f"{50 * (time.process_time() - begun):.1f} ms")
    items = [replace(one, article=replace(one.article, taken_at=NOW)) for one in found.items]
    inbox.take(items, Cursor(feed="wire", address=""))
    for what, given in (("30 known items and its cursor", items), ("its cursor alone (304, same bytes)", [])):
        walls, begun = [], time.process_time()
        for _ in range(100):
            start = time.perf_counter()
            inbox.take(given, Cursor(feed="wire", address="https://w.example/rss", first_polled=NOW, last_ok=NOW, next_poll=NOW))
            walls.append(time.perf_counter() - start)
        spent = (time.process_time() - begun) / 100
        row(f"a poll written, {what}", f"{1000 * spent:.1f} ms of processor, {1000 * median(walls):.1f} ms on the wall")
    cursors = [
        Cursor(feed=f"feed-{n}", address=f"https://f{n}.example/", first_polled=NOW, last_ok=NOW, last_new=NOW, next_poll=NOW)
        for n in range(feeds)
    ]
    with store.writing() as connection:
        connection.execute(schema.feeds.insert(), [{"feed": one.feed, "cursor": encode(one).decode()} for one in cursors])
    registry = CollectorRegistry(auto_describe=True)
    registry.register(StoreCollector(store, lambda: NOW, tuple(one.feed for one in cursors), ("console",)))
    begun = time.process_time()
    scraped = generate_latest(registry)
    row(f"a scrape with {feeds:,} feeds", f"{time.process_time() - begun:.2f} s, {len(scraped) / 2**20:.1f} MB")


def main(arguments: Sequence[str]) -> int:
    """Prints the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--articles", type=int, default=3000)
    asked.add_argument("--feeds", type=int, default=50_000)
    given = asked.parse_args(arguments)
    missing = [path for path in STREAMS if not path.exists()]
    if missing:
        print(f"the articles are not here: {', '.join(map(str, missing))}", file=sys.stderr)
        return 2
    row("memory with nothing loaded", f"{megabytes():.0f} MB")
    known = load_knowledge()
    row("memory with knowledge and rules' reader (match, ingest, deliver)", f"{megabytes():.0f} MB")
    taken = articles(given.articles)
    before = megabytes()
    extractor = load(MODEL, known)
    row("memory more with the model (each extraction process)", f"{megabytes() - before:.0f} MB")
    conflict = [one for one in taken if len(one.text.split()) > 400][:200]
    reading(conflict, extractor)
    before = megabytes()
    read = reading(taken, extractor)
    events = sum(len(one.events) for one in read)
    row("memory more after reading them", f"{megabytes() - before:.0f} MB, the readings with {events} events included")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        with Store.open(path) as store:
            deciding(read, store, known)
            growth(path, len(read))
        with Store.open(Path(folder) / "feeds.db") as store:
            polling(store, given.feeds)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
