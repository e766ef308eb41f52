"""Any news, orders and passing of time under rules that hold, budget, keep quiet, inhibit and escalate: nothing is lost, and the
journal gives the same bytes again."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from builders import anonymous, article, at, attack, denied, official, place, reading, us_base
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import select

from rules.load import load_texts
from rules.model import RuleSet
from streams import pipeline, replay, wire
from streams.alerting.decision import Decision
from streams.alerting.telling import WAITS
from streams.errors import OrderRefused
from streams.knowledge import world
from streams.knowledge.world import Knowledge
from streams.labels.wanted import Desk, view, wanted
from streams.memory import DictMemory
from streams.ports import Memory
from streams.records.flow import Count, Reading, Span
from streams.records.orders import Ack, Mute, Order, OrderKind, Tick, Unmute
from streams.records.policies import Budget
from streams.route import inhibitor
from streams.store import journal, schema
from streams.store.memory import StoreMemory
from streams.store.store import Store

Input = Reading | Order | Tick

POLICIES = (
    "hold: {sources: 2, within: 2h}",
    "hold: {sources: 2, within: 90m, else: send}, budget: {alerts: 1, within: 1h}",
    "budget: {alerts: 2, within: 3h}",
    'quiet: {from: "11:00", to: "14:00", below: critical}, escalate: {unacked: 40m, to: mail:head}',
    "inhibits: [rule-0, rule-1, rule-2], escalate: [{unacked: 10m, to: slack:lead}, {unacked: 2h, to: mail:head}]",
    "again_on: [severity]",
)
CHANNELS = ("console", "[console, mail:duty]", "slack:gsoc")
START = at("04-22 06:00")


@lru_cache(maxsize=1)
def known() -> Knowledge:
    return world.load()


def rule_set(choice: Sequence[tuple[int, int, int]]) -> RuleSet:
    """Rules on the same strikes; each choice is (severity, channels, policy)."""
    lines = ["version: 1", "rules:"]
    for n, (severity, channels, policy) in enumerate(choice):
        grave = ("[{critical: {killed: '>=5'}}, high]", "[{high: {killed: '>=1'}}, medium]", "low")[severity]
        lines.append(
            f"  - {{id: rule-{n}, title: Rule {n}, owner: mia, when: {{event: armed-attack, target: {{kind: base}}}}, "
            f"severity: {grave}, alert: {{to: {CHANNELS[channels]}, {POLICIES[policy]}}}, "
            "tests: [{fires: a}, {silent: b}]}"
        )
    return load_texts({"r.yaml": "\n".join(lines)}, known())


def desk_of(rules: RuleSet) -> Desk:
    budgets = {"mail:duty": Budget(alerts=2, within_s=3600)}
    return Desk(rules=rules.rules, knowledge=known(), default_channels=("console",), budgets=budgets, time_zone="Europe/Berlin")


def told(name: str, when: datetime, site: int, via: str, kind: str, revision: int, killed: int) -> Reading:
    """An article of one attack on one of a few bases, by somebody's word; `kind` "no": denied, "none": nothing any more."""
    home = article(name, f"{when:%m-%d %H:%M}", source=name, revision=revision, backfill=kind == "old")
    if kind == "none":
        return reading(home)
    counts = (Count(what="killed", low=killed, high=killed, span=Span(str(killed), 0, 1)),) if killed else ()
    where: dict[str, Any] = {"targets": (us_base(f"site-{site}"),), "place": place(f"site-{site}")}
    event = attack(home, "04-21", attribution=(anonymous(via),) if via else (), counts=counts, **where)
    return reading(home, denied(event, attribution=(official(nation="US"),)) if kind == "no" else event)


@some.composite
def lives(draw: some.DrawFn) -> tuple[RuleSet, list[Input]]:
    """A rule set and what comes in, a few minutes to an hour after one another."""
    rules = rule_set(
        draw(some.lists(some.tuples(some.integers(0, 2), some.integers(0, 2), some.integers(0, 5)), min_size=1, max_size=4))
    )
    found: list[Input] = []
    now, revisions, orders = START, Counter[str](), 0
    for _ in range(draw(some.integers(3, 12))):
        now += timedelta(minutes=draw(some.sampled_from([0, 3, 20, 45, 90])))
        match draw(some.sampled_from(["news", "news", "news", "news", "mute", "unmute", "ack", "tick"])):
            case "news":
                name = draw(some.sampled_from("abcdef"))
                revisions[name] += 1
                site, killed = draw(some.integers(0, 2)), draw(some.sampled_from([0, 0, 1, 6]))
                via, kind = (
                    draw(some.sampled_from(["", "Reuters", "AFP"])),
                    draw(some.sampled_from(["is"] * 6 + ["no", "none", "old"])),
                )
                found.append(told(name, now, site, via, kind, revisions[name], killed))
            case "mute":
                orders += 1
                what = draw(some.sampled_from([{"rule": "rule-0"}, {"place": "IQ"}, {"place": "site-1"}, {"incident": "I2-1"}]))
                for_s = draw(some.sampled_from([600, 7200]))
                found.append(order(orders, "mute", Mute(why="x", for_s=for_s, **what), now))
            case "unmute":
                orders += 1
                found.append(order(orders, "unmute", Unmute(mute=f"M{draw(some.integers(2, 9))}"), now))
            case "ack":
                orders += 1
                found.append(order(orders, "ack", Ack(incident=draw(some.sampled_from(["I2-1", "I3-1", "I5-1"]))), now))
            case _:
                found.append(Tick(at=now))
    return rules, found


def order(number: int, kind: OrderKind, what: object, when: datetime) -> Order:
    return Order(number=number, kind=kind, at=when, who="mia", payload=wire.plain(what))


def take(one: Input, memory: Memory, desk: Desk) -> Decision:
    match one:
        case Reading():
            return pipeline.take(one, memory, desk)
        case Tick():
            return pipeline.take_tick(one, memory, desk)
        case Order():
            return pipeline.take_order(one, memory, desk)


def when(one: Input) -> datetime:
    return one.article.taken_at if isinstance(one, Reading) else one.at


def lived(rules: RuleSet, inputs: Sequence[Input], memory: DictMemory) -> list[bytes]:
    """Alerts of a whole life in memory: each input after the timers that are due by then, and at the end until none waits."""
    desk = desk_of(rules)
    pipeline.take_rules(pipeline.desk_texts(rules, desk), (), memory, desk)
    return [wire.encode(alert) for decision in _decisions(inputs, memory, desk) for alert in decision.alerts]


def _decisions(inputs: Sequence[Input], memory: Memory, desk: Desk) -> Iterator[Decision]:
    for one in inputs:
        yield from _ticks(memory, desk, when(one))
        try:
            yield take(one, memory, desk)
        except OrderRefused:
            assert isinstance(one, Order)
            memory.close_order(one.number, 0)  # in memory nothing is rolled back, so the journal keeps the entry; see `journalled`
    yield from _ticks(memory, desk, None)


def _ticks(memory: Memory, desk: Desk, until: datetime | None) -> Iterator[Decision]:
    while (due := memory.next_timer()) is not None and (until is None or due <= until):
        yield take(Tick(at=due), memory, desk)


FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@FEW
@given(lives())
def test_nothing_is_dropped(life: tuple[RuleSet, list[Input]]) -> None:
    """What is wanted at the end was told, each alert once on every channel of its rule, or the ledger says why not."""
    rules, inputs = life
    memory, desk = DictMemory(keep_journal=True), desk_of(rules)
    alerts = lived(rules, inputs, memory)
    heard = Counter((alert.id, one.channel) for one in memory.outbox for alert in one.alerts)
    assert [key for key, times in heard.items() if times > 1] == []
    ids = {alert.id for one in memory.outbox for alert in one.alerts}
    assert len(alerts) == len(ids)
    for one in memory.outbox:
        for alert in one.alerts:
            assert not [channel for channel in alert.label.channels if not heard[alert.id, channel]]
    for incident in memory.incidents_between(START - timedelta(days=9), START + timedelta(days=9)):
        for rule in rules.rules:
            label = wanted(rule, view(incident, memory), desk)
            row = memory.told(rule.id, incident.id)
            if label is None:
                assert row is None or row.state != "open"
                continue
            assert row is not None
            assert row.label == label
            assert row.held != WAITS
            assert not row.held or inhibitor(row.label, list(memory.told_on(row.anchor))) is not None
            assert [n for n in range(1, row.ordinal + 1) if f"{incident.id}/{rule.id}/{n}" not in ids] == []
            if row.ordinal == 0:
                homes = {event.article for event in memory.events(incident.events)}
                words = [one.outcome.split()[0] for one in memory.ledger if one.rule == rule.id and one.article in homes]
                assert {"held", "muted", "inhibited", "backfill:"} & set(words), words


@settings(FEW, max_examples=15)
@given(lives())
def test_the_same_journal_gives_the_same_bytes(life: tuple[RuleSet, list[Input]]) -> None:
    """A run on a real store, each input a transaction, against its journal in memory: alerts, deliveries and the ledger."""
    rules, inputs = life
    desk, again = desk_of(rules), DictMemory(keep_journal=True)
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "desk.db") as store, store.lock(START) as lock:

        def one(act: Callable[[StoreMemory], Decision | None]) -> list[bytes]:
            with store.matching(lock) as memory:
                decision = act(memory)
            return [wire.encode(alert) for alert in decision.alerts] if decision else []

        alerts = one(lambda memory: pipeline.take_rules(pipeline.desk_texts(rules, desk), (), memory, desk))
        for given_ in [*inputs, None]:
            while True:
                with store.remembering() as memory:
                    due = memory.next_timer()
                if due is None or (given_ is not None and due > when(given_)):
                    break
                alerts += one(lambda memory, due=due: take(Tick(at=due), memory, desk))  # type: ignore[misc]
            if given_ is not None:
                with suppress(OrderRefused):
                    alerts += one(lambda memory, given_=given_: take(given_, memory, desk))  # type: ignore[misc]
        replayed = [wire.encode(alert) for alert in replay.journal(journal.read(store), known(), memory=again)]
        assert replayed == alerts
        assert again.entries == list(journal.read(store))
        with store.reading() as connection:
            rows = connection.execute(select(schema.outbox.c.payload).order_by(schema.outbox.c.seq)).scalars().all()
            fates = connection.execute(select(schema.ledger.c.outcome).order_by(schema.ledger.c.seq)).scalars().all()
    assert [wire.encode(one).decode() for one in again.outbox] == list(rows)
    assert [row.outcome for row in again.ledger] == list(fates)
