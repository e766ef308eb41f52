"""What waits reaches people: holds, digests and escalations from the matcher through the store to console, mail and Slack."""

import asyncio
import email
import email.policy
import io
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP
from builders import anonymous, article, at, attack, place, reading, strike_rule, us_base
from peers.slack import SlackPeer
from rich.console import Console

from connectors.sinks.console import ConsoleSink
from connectors.sinks.mail import MailSink
from connectors.sinks.slack import SlackSink
from rules.model import RuleSet
from streams.clocks import ManualClock, WallClock
from streams.deliver import Pace, deliver_once
from streams.knowledge import world
from streams.labels.wanted import Desk
from streams.matching import Matcher
from streams.ports import Sink
from streams.records.flow import Cursor, Item, Reading
from streams.records.orders import Ack, Mute
from streams.records.policies import Budget, Escalation, Hold, Policy
from streams.store.inbox import StoreInbox
from streams.store.ledger import balance
from streams.store.life import life
from streams.store.orders import StoreOrders
from streams.store.outbox import StoreOutbox
from streams.store.store import Store

CHANNELS = ("console", "mail:duty", "slack:gsoc")


class Letters:
    """An SMTP server that takes everything."""

    def __init__(self) -> None:
        self.subjects: list[str] = []
        self.bodies: list[str] = []
        self.port = 0

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802 - aiosmtpd's name
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)  # type: ignore[attr-defined]
        self.subjects.append(letter["Subject"])
        self.bodies.append(letter.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        return "250 OK"


@pytest.fixture
async def letters() -> AsyncIterator[Letters]:
    handler = Letters()
    listening = await asyncio.get_running_loop().create_server(lambda: SMTP(handler, hostname="mx.test"), "127.0.0.1", 0)
    handler.port = listening.sockets[0].getsockname()[1]
    yield handler
    listening.close()
    await listening.wait_closed()


@pytest.fixture
async def slack() -> AsyncIterator[SlackPeer]:
    async with SlackPeer() as peer:
        yield peer


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "desk.db") as opened:
        yield opened


class Desks:
    """A matcher at work and the three channels behind it."""

    def __init__(self, store: Store, matcher: Matcher, clock: ManualClock, letters: Letters, slack: SlackPeer) -> None:
        self.store, self.matcher, self.clock, self.letters, self.slack = store, matcher, clock, letters, slack
        self.screen = io.StringIO()

    async def read(self, name: str, when: str, site: int, via: str = "") -> None:
        """An article of one attack comes in, and is decided when it does."""
        self.clock.set(at(when))
        home = article(name, when, source=name)
        words = (anonymous(via),) if via else ()
        told = attack(home, "04-21", targets=(us_base(f"site-{site}"),), place=place(f"site-{site}"), attribution=words)
        await self.matcher.take(self.taken(reading(home, told)))

    def taken(self, one: Reading) -> Reading:
        inbox = StoreInbox(self.store)
        inbox.take([Item(article=one.article, fingerprint=one.article.id)], Cursor(feed="wire", address=""))
        return one

    async def passes(self, when: str) -> None:
        """The clock has come to a moment."""
        self.clock.set(at(when))
        await self.matcher.catch_up()

    async def deliver(self) -> None:
        """Everything that waits goes out."""
        sinks: dict[str, Sink] = {
            "console": ConsoleSink(Console(file=self.screen, width=200)),
            "mail:duty": MailSink(
                "127.0.0.1", self.letters.port, "Tocsin <tocsin@desk.example>", ("duty@desk.example",), tls="none"
            ),
            "slack:gsoc": SlackSink(self.slack.token, self.slack.channel, base_url=self.slack.base_url),
        }
        await deliver_once(StoreOutbox(self.store), sinks, WallClock(), time_zone="UTC", pace=Pace(between_s={}))

    def posts(self) -> list[str]:
        """What stands in the Slack channel, oldest first."""
        return [post["text"] for post in self.slack.posts]

    def fates(self, name: str) -> list[str]:
        (one,) = life(self.store, name)
        return [row.disposition.outcome for row in one.decided if row.disposition.event]


def at_work(store: Store, letters: Letters, slack: SlackPeer, policy: Policy) -> Iterator[Desks]:
    clock = ManualClock(at("04-22 06:00"))
    rules = RuleSet(rules=(strike_rule(channels=CHANNELS, policy=policy, owner="gsoc"),), texts={}, hash="h")
    desk = Desk(rules=rules.rules, knowledge=world.load(), default_channels=("console",))
    with Matcher.active(store, rules, desk, clock, asyncio.Event()) as matcher:
        yield Desks(store, matcher, clock, letters, slack)


@pytest.fixture
def over_budget(store: Store, letters: Letters, slack: SlackPeer) -> Iterator[Desks]:
    yield from at_work(store, letters, slack, Policy(budget=Budget(alerts=1, within_s=3600)))


@pytest.fixture
def holding(store: Store, letters: Letters, slack: SlackPeer) -> Iterator[Desks]:
    yield from at_work(store, letters, slack, Policy(hold=Hold(sources=2, within_s=7200)))


@pytest.fixture
def escalating(store: Store, letters: Letters, slack: SlackPeer) -> Iterator[Desks]:
    policy = Policy(escalate=(Escalation(unacked_s=600, channels=("mail:duty",)),))
    yield from at_work(store, letters, slack, policy)


async def test_a_digest_is_begun_and_told_on_every_kind_of_channel(over_budget: Desks) -> None:
    desks = over_budget
    for n in range(3):
        await desks.read(f"a{n}", f"04-22 10:0{n}", n)
    await desks.deliver()
    begins = 'DIGEST BEGINS · rule "strike-on-us-base" (owner gsoc) has sent 1 alert in 1h'
    assert desks.letters.subjects[1].startswith(begins)
    assert [text.startswith(begins) for text in desks.posts()] == [False, True]
    assert begins in desks.screen.getvalue()
    await desks.passes("04-22 11:01")
    await desks.deliver()
    ids = [f"I{n}-1/strike-on-us-base/1" for n in (3, 4)]
    for shown in (desks.letters.bodies[2], str(desks.slack.messages[-1]["blocks"]), desks.screen.getvalue()):
        assert [one for one in ids if one not in shown] == []
    assert len(desks.letters.subjects) == len(desks.posts()) == 3
    assert desks.fates("a2") == [f"in digest D1 on console, D2 on mail:duty, D3 on slack:gsoc: {ids[1]} (new)"]
    (one,) = life(desks.store, "a2")
    assert {sent.delivery.incident for sent in one.sent} == {"D1", "D2", "D3"}
    assert balance(desks.store).holds
    assert StoreOutbox(desks.store).channels_waiting() == ()


async def test_what_was_held_goes_out_marked_where_a_phone_shows_it(holding: Desks) -> None:
    desks = holding
    await desks.read("a", "04-22 10:00", 1, "Reuters")
    await desks.deliver()
    assert desks.letters.subjects == []
    await desks.passes("04-22 12:00")
    await desks.deliver()
    mark = "uncorroborated: 1 source after 2h"
    assert f"HIGH · {mark} · " in desks.letters.subjects[0]
    assert f"HIGH · {mark} · " in desks.posts()[0]
    await desks.read("b", "04-22 12:30", 1, "AFP")
    await desks.deliver()
    assert mark not in desks.posts()[0]
    assert desks.fates("a") == [
        "held by strike-on-us-base until 2024-04-22 12:00Z: 1 of 2 independent sources",
        "alerted I2-1/strike-on-us-base/1 (new)",
    ]


async def test_an_order_from_outside_mutes_what_would_have_called(holding: Desks) -> None:
    """And the same store, opened by another process, shows it."""
    desks = holding
    StoreOrders(desks.store).give("mute", Mute(why="drill", place="IQ", for_s=86400), who="mia", at=datetime.now().astimezone())
    await desks.passes("04-22 09:00")
    await desks.read("a", "04-22 10:00", 1, "Reuters")
    await desks.passes("04-22 13:00")
    await desks.deliver()
    assert (desks.letters.subjects, desks.posts(), desks.screen.getvalue()) == ([], [], "")
    assert desks.fates("a") == ["muted by M2 (mia, until 2024-04-23 09:00Z): drill"]


async def test_what_nobody_takes_is_said_again_and_what_somebody_takes_is_not(escalating: Desks) -> None:
    desks = escalating
    await desks.read("a", "04-22 10:00", 1)
    await desks.read("b", "04-22 10:01", 2)
    StoreOrders(desks.store).give("ack", Ack(incident="I3-1"), who="mia", at=datetime.now().astimezone())
    await desks.passes("04-22 10:11")
    await desks.deliver()
    (again,) = [subject for subject in desks.letters.subjects if "NOT TAKEN" in subject]
    assert again.startswith("NOT TAKEN · HIGH · strike-on-us-base, nobody has taken it after 10m")
    assert len(desks.letters.subjects) == 3
