"""News under load: three feeds that tell the same attacks among other news, a run that works on them, and the count at the end.

In a test: `async with world(folder, seconds, seed) as made`, then a `Run` on `made.folder`, then `await finished(made)`, or
`await drain(made, run)` for that very run. Whatever was served must be in the ledger, whatever was told in the channel, each once.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from peers.feeds import Piece, rss
from peers.http_server import Answer, FeedServer
from peers.run import Run, Unhurried, desk, members, met
from peers.slack import Fault
from sqlalchemy import select

from streams import replay, wire
from streams.knowledge.world import load as load_knowledge
from streams.records.flow import Told
from streams.store import journal, schema
from streams.store.inbox import StoreInbox
from streams.store.ledger import Balance, balance
from streams.store.outbox import StoreOutbox
from streams.store.store import Store

SPEED = 20.0  # a poll every 10 s of that clock: twice a second
NOW = datetime(2024, 4, 23, 18, tzinfo=UTC)  # a Tuesday; the clock goes on through restarts
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FEEDS = ("alpha-wire", "bravo-post", "charlie-news")
DELTA = "delta-times"
ARTICLES = 300
DRAIN_S = 180.0  # a bound for a loaded machine; an idle one takes a few seconds
ANSWER_S = 0.1  # after which the peer says that it has done what it has done: long enough that kills fall in between
BASES = (
    ("Ain al-Asad air base", "Iraq", "Iraqi"),
    ("Harir air base", "Iraq", "Iraqi"),
    ("Erbil air base", "Iraq", "Iraqi"),
    ("Camp Victory base", "Iraq", "Iraqi"),
    ("Rumalin base", "Syria", "Syrian"),
    ("al-Tanf base", "Syria", "Syrian"),
    ("Conoco base", "Syria", "Syrian"),
    ("Green Village base", "Syria", "Syrian"),
    ("Shaddadi base", "Syria", "Syrian"),
    ("Tal Baydar base", "Syria", "Syrian"),
    ("Tower 22 base", "Jordan", "Jordanian"),
    ("Muwaffaq Salti Air Base", "Jordan", "Jordanian"),
)
DAYS = (("Monday", datetime(2024, 4, 22, 20, tzinfo=UTC)), ("Tuesday", datetime(2024, 4, 23, 13, tzinfo=UTC)))
WORDS = (
    "Two rockets were fired at the {base} in {country} on {day}, an {nation} security official said.",
    "Rockets hit the {base} in {country} on {day}, a U.S. official told Reuters.",
    "Militants attacked the {base} in {country} with rockets on {day}, two {nation} security sources said.",
)
OTHER = (
    "The city council of Harran approved a budget of {n} million on Monday after a long debate, the mayor said.",
    "Farmers in the south expect a harvest of {n} thousand tonnes of wheat this year, the ministry said on Tuesday.",
    "The home side won its match number {n} of the season on Monday before a full stadium, the league said.",
    "A new bridge of {n} metres will open to traffic next month, the transport ministry said on Tuesday.",
    "An armed group threatened on Monday to attack U.S. bases in Iraq, its statement number {n} this year.",
)


@dataclass(slots=True, kw_only=True)
class World:
    """The feeds and what they have shown, the peer, and the desk's folder."""

    folder: Path
    peer: Unhurried
    pieces: list[tuple[str, Piece]]  # feed and item, in the order in which they appear
    seconds: float  # over which they appear
    begun: float = field(default_factory=time.monotonic)
    doubts: int = 0  # steps that a restart found without a result
    served: set[tuple[str, str]] = field(default_factory=set)  # feed and guid
    elsewhere: str = ""  # the store's address, when it does not lie in the folder
    aside: list[Piece] = field(default_factory=list)  # of one more feed, DELTA, shown once they stand here

    def shown(self, feed: str) -> list[Piece]:
        """What the feed shows now, newest first; its first item is there from the beginning."""
        share = min(1.0, (time.monotonic() - self.begun) / self.seconds)
        found = [piece for of, piece in self.pieces[: len(FEEDS) + round(share * (len(self.pieces) - len(FEEDS)))] if of == feed]
        self.served |= {(feed, piece.guid or "") for piece in found}
        return found[::-1]

    def shown_aside(self) -> Answer:
        """What DELTA shows; it is only read again after it has changed."""
        self.served |= {(DELTA, piece.guid or "") for piece in self.aside}
        return Answer(body=rss(*self.aside), headers={"ETag": f'"{len(self.aside)}"'}, validators=True)

    @property
    def items(self) -> int:
        """How many there are to be shown."""
        return len(self.pieces) + len(self.aside)

    def now(self) -> datetime:
        """The run's clock, as it would be without any kill."""
        return NOW + timedelta(seconds=(time.monotonic() - self.begun) * SPEED)

    @property
    def store(self) -> str | Path:
        return self.elsewhere or self.folder / "tocsin.db"


def news(seed: int, number: int) -> list[tuple[str, Piece]]:
    """So many items after one quiet one for each feed: every attack told by every feed, the rest unrelated, well mixed."""
    chance = random.Random(seed)
    made = []
    for day, published in DAYS:
        for base, country, nation in BASES:
            for feed, words in zip(FEEDS, WORDS, strict=True):
                text = words.format(base=base, country=country, nation=nation, day=day).replace("an Syrian", "a Syrian")
                made.append(
                    (feed, text.replace("an Jordanian", "a Jordanian"), published + timedelta(minutes=chance.randrange(200)))
                )
    for n in range(number - len(made)):
        moment = DAYS[n % 2][1] + timedelta(minutes=n)
        made.append((FEEDS[n % 3], OTHER[n % len(OTHER)].format(n=n + 2), moment))
    chance.shuffle(made)
    quiet = [(feed, "The weather stayed calm on Monday, the service said.", DAYS[0][1]) for feed in FEEDS]
    return [
        (feed, Piece(title=f"News {n}", guid=f"g-{n}", link=f"https://{feed}.example/{n}", text=text, date=moment))
        for n, (feed, text, moment) in enumerate([*quiet, *made])
    ]


@asynccontextmanager
async def world(
    folder: Path, seconds: float, seed: int, articles: int = ARTICLES, answer_s: float = ANSWER_S, more: str = ""
) -> AsyncIterator[World]:
    """Items appear over that many seconds; `more` is added to the settings."""
    async with FeedServer() as server, Unhurried() as peer:
        made = World(folder=folder, peer=peer, pieces=news(seed, articles), seconds=seconds)

        def answers(feed: str) -> str:
            return server.script(f"/{feed}.xml", lambda _: Answer(body=rss(*made.shown(feed))))

        feeds = {feed: answers(feed) for feed in FEEDS}
        desk(folder, feeds | {DELTA: server.script(f"/{DELTA}.xml", lambda _: made.shown_aside())}, peer, more)
        peer.fail(*[Fault("hang", answer_s)] * 1000)
        made.begun = time.monotonic()
        yield made


async def finished(world: World) -> None:
    """Runs until everything that was served is decided and delivered, then stops the run as an operator would."""
    async with Run.started(world.folder, clock=world.now(), speed=SPEED) as run:
        await run.until("running")
        await drain(world, run)


async def drain(world: World, run: Run) -> None:
    """Returns when everything that was served is decided and delivered and the run has been stopped as by an operator."""
    async with AsyncExitStack() as stack:
        store = stack.enter_context(Store.open(world.store, read_only=True))
        async with asyncio.timeout(DRAIN_S + max(0.0, world.begun + world.seconds - time.monotonic())):
            while not drained(store, world):
                assert run.process.returncode is None, run.text
                await asyncio.sleep(0.1)
        assert await run.stop() == 0, run.text
        await met(lambda: not members(run.process.pid), 5.0)
        world.doubts += sum(line.get("event") == "step found open at start" for line in run.log)


def drained(store: Store, world: World) -> bool:
    known = balance(store)
    with store.remembering() as memory:
        waits = memory.next_timer() is not None
    return known.taken >= world.items and not known.in_flight and not waits and not StoreOutbox(store).channels_waiting()


def told(store: Store) -> list[Told]:
    with store.reading() as connection:
        rows = [wire.decode(payload, Told) for payload in connection.execute(select(schema.told.c.payload)).scalars()]
    return [row for row in rows if row.ordinal]


def ledger_ids(store: Store) -> set[str]:
    with store.reading() as connection:
        return set(connection.execute(select(schema.ledger.c.article).where(schema.ledger.c.event == "")).scalars())


def assert_nothing_lost(store: Store, world: World, *, quarantined: int = 0) -> Balance:
    known = balance(store)
    closed = ledger_ids(store)
    lost = [piece for feed, piece in world.served if not any(one.startswith(feed) and one.endswith(piece) for one in closed)]
    assert len(world.served) == world.items
    assert not lost
    assert known.holds
    assert (known.taken, known.in_flight, known.quarantined) == (world.items, 0, quarantined)
    assert len(StoreInbox(store).quarantined()) == quarantined
    return known


def assert_nothing_repeated(store: Store, world: World) -> int:
    """How many root posts there are."""
    shown = Counter(world.peer.ids())
    assert [one for one, times in shown.items() if times > 1] == []
    sent = StoreOutbox(store).since(EPOCH)
    assert [one.delivery.id for one in sent if one.state != "done"] == []
    said = {(step.delivery, step.name) for one in sent for step in one.steps if step.name != "edit"}
    assert set(shown) == said
    assert len(world.peer.posts) == len({row.anchor for row in told(store)})
    return len(world.peer.posts)


def assert_replayable(store: Store) -> int:
    """How many alerts there are."""
    live = {alert.id: wire.encode(alert) for one in StoreOutbox(store).since(EPOCH) for alert in one.delivery.alerts}
    again = [(alert.id, wire.encode(alert)) for alert in replay.journal(journal.read(store), load_knowledge())]
    assert len(again) == len(dict(again))
    assert dict(again) == live
    return len(live)
