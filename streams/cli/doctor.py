"""`tocsin doctor`: gathers what may be wrong with a desk, has `streams.health.doctor` judge it, and prints a line for each.

Reads only, beside a run, and asks nobody outside unless it is told to (`--reach`). Exit code 1 when something wants attention.
"""

import asyncio
import os
import re
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.parts import sink
from streams.cli.rows import Format, put_lines
from streams.errors import EnvironmentFault, SinkError, UsageError

if TYPE_CHECKING:
    from streams.health.doctor import Finding
    from streams.settings.model import Kafka, Settings
    from streams.store.store import Store
    from streams.store.vitals import Holder, Vitals

_TOKEN = re.compile(r"xox[bp]-[A-Za-z0-9-]{10,}")  # a bot's or a user's: docs.slack.dev/authentication/tokens
_ASK_S = 5.0
_NAMED = 3  # of what was set aside


def doctor(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder that holds tocsin.yaml.")] = Path(),
    reach: Annotated[bool, typer.Option("--reach", help="Ask Slack and the mail servers too; nothing is sent.")] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Rebuild the matcher's state from the journal and from the events, and compare; slow.")
    ] = False,
    format: Format = "table",
) -> None:
    """Look at everything that may be wrong, and say what to do."""
    attend = 0
    for one in _findings(folder, reach=reach, rebuild=rebuild):
        attend += one.state == "attend"
        if format == "jsonl":
            put_lines([{"what": one.what, "state": one.state, "found": one.found, "do": one.do}])
        else:
            print(f"{one.state.upper() if one.state == 'attend' else one.state:8} {one.what:24} {one.found}".rstrip())
            if one.do:
                print(f"{'':33} -> {one.do}")
    if attend:
        raise typer.Exit(1)


def _findings(folder: Path, *, reach: bool, rebuild: bool) -> "Iterator[Finding]":
    from streams.cli.operate import settings_of
    from streams.health.doctor import Finding
    from streams.settings.load import load

    yield from _program()
    try:
        file = settings_of(folder)
        settings = load(file, os.environ)
    except UsageError as fault:
        yield Finding("settings", "attend", _one_line(fault), '"tocsin check --settings" names every mistake with its place')
        return
    yield Finding("settings", "well", f"{file}: {len(settings.feeds)} feeds, {len(settings.channels)} channels")
    yield from _rules(settings)
    yield from _model(settings.model)
    yield from _store(settings)
    if rebuild:
        yield from _rebuilt(settings)
    yield from _channels(settings, reach=reach)
    if settings.health:
        yield asyncio.run(_served(settings.health))
    if settings.kafka:
        yield from _kafka(settings.kafka, settings.store_address())


def _program() -> "Iterator[Finding]":
    from streams.cli.owners import refuse_foreign
    from streams.health.doctor import Finding

    try:
        refuse_foreign()
    except UsageError as fault:
        yield Finding("program", "attend", _one_line(fault), "install it into an environment of its own")
        return
    try:
        yield Finding("program", "well", f"tocsin {version('tocsin')}")
    except PackageNotFoundError:
        yield Finding("program", "well", "a checkout, not installed")


def _rules(settings: "Settings") -> "Iterator[Finding]":
    from rules.load import load_rules
    from streams.health.doctor import Finding
    from streams.knowledge.world import load as load_knowledge

    try:
        known = load_knowledge(*settings.knowledge)
        channels, feeds = tuple(settings.channels), tuple(feed.name for feed in settings.feeds) or None
        found = load_rules(settings.rules, known, channels=channels, feeds=feeds, kept=settings.retention.events)
    except UsageError as fault:
        count = len(getattr(fault, "mistakes", ())) or 1
        do = '"tocsin check" names every mistake; a run that is on keeps its last good set, a new one does not start'
        yield Finding("rules", "attend", f"{count} mistakes, the first: {_one_line(fault)}", do)
        return
    on = sum(rule.mode == "on" for rule in found.rules)
    if on:
        yield Finding("rules", "well", f"{on} on, {len(found.rules) - on} in shadow")
    else:
        yield Finding("rules", "attend", f"none is on, {len(found.rules)} in shadow", 'nobody is told: set "mode: on" in a rule')


def _model(name: str) -> "Iterator[Finding]":
    from streams.health.doctor import Finding

    try:
        yield Finding("model", "well", f"{name} {version(name)}")
    except PackageNotFoundError:
        do = 'install it into this environment, or name another one under "model"'
        yield Finding("model", "attend", f"{name} is not installed: nothing can be read", do)


# --------------------------------------------------------------------------------------------------------------- store


def _store(settings: "Settings") -> "Iterator[Finding]":
    from streams.health.doctor import Finding
    from streams.store.store import Store

    try:
        with Store.open(settings.store_address(), read_only=True) as store:
            yield from _opened(store, settings)
    except UsageError as fault:
        yield Finding("store", "attend", _one_line(fault), "name the right store, or start the run that makes or upgrades it")
    except EnvironmentFault as fault:
        yield Finding("store", "attend", _one_line(fault), "is its server up, its disk there, and may this user read it?")


def _rebuilt(settings: "Settings") -> "Iterator[Finding]":
    from rules.load import load_rules
    from streams.health.doctor import MANY, Finding
    from streams.knowledge.world import load as load_knowledge
    from streams.labels.wanted import Desk
    from streams.questions import rebuild
    from streams.store.store import Store

    try:
        known = load_knowledge(*settings.knowledge)
        rules = load_rules(settings.rules, known, kept=settings.retention.events).rules
        with Store.open(settings.store_address(), read_only=True) as store:
            desk = Desk(rules=rules, knowledge=known, default_channels=(settings.default_channel,))
            with store.remembering() as memory:
                events = rebuild.from_events(memory, desk)
            journal = rebuild.from_journal(store, known, [rule.id for rule in rules], settings.retention.events)
    except (UsageError, EnvironmentFault) as fault:
        yield Finding("rebuild", "unknown", _one_line(fault), "mend what is named above and ask again")
        return
    for name, report in (("events", events), ("journal", journal)):
        what, compared = f"rebuild from {name}", ", ".join(f"{count:,} {kind}" for kind, count in report.compared.items())
        yield from (Finding(what, "unknown", words) for words in report.notices[:MANY])
        if not report.differences:
            yield Finding(what, "well", f"{compared} are what it gives")
        for words in report.differences[:MANY]:
            yield Finding(what, "attend", words)
        if report.differences:
            do = "keep a copy of the store and report it; nothing was changed"
            yield Finding(what, "attend", f"{len(report.differences)} differences in {compared}", do)


def _opened(store: "Store", settings: "Settings") -> "Iterator[Finding]":
    from streams.health import doctor
    from streams.store import aside, checkup, ledger
    from streams.store.vitals import vitals

    now, known = datetime.now(UTC), vitals(store)
    yield doctor.Finding("store", "well", f"{store.name}: opens, journal up to entry {known.entries:,}")
    broken = checkup.damage(store)
    if broken:
        do = "stop every process, keep a copy, and restore the newest backup"
        yield doctor.Finding("store", "attend", f"the file is damaged: {'; '.join(broken)}", do)
    if store.path is not None:
        disk = os.statvfs(store.path.parent)
        yield doctor.disk(store.path.stat().st_size, disk.f_bavail * disk.f_frsize)
    yield from _locks(known)
    yield doctor.ledger(ledger.balance(store))
    held = next((_lives(one) for one in known.holders if one.name == "matcher"), False)
    yield from doctor.waiting(known, checkup.oldest_waiting(store), now, held=held)
    yield from doctor.feeds([feed.name for feed in settings.feeds], {cursor.feed: cursor for cursor in known.feeds}, now)
    errors = {
        (queue.channel, refused): found[0]
        for queue in known.queues
        for refused in (False, True)
        if (found := checkup.troubled(store, queue.channel, refused=refused))
    }
    yield from doctor.outbox(known.queues, settings.channels, errors, now)
    yield doctor.quarantined(known.quarantined, aside.quarantined(store)[-_NAMED:])
    yield doctor.retention(checkup.oldest_text(store), settings.retention.articles, now)
    yield doctor.clock(checkup.newest_taken(store), now)


def _locks(known: "Vitals") -> "Iterator[Finding]":
    from streams.health.doctor import Finding

    for one in known.holders:
        words = f"number {one.fence}, taken by {one.holder} at {one.at:%Y-%m-%d %H:%MZ}"
        lives = _lives(one)
        if lives is None:
            yield Finding(f"lock {one.name}", "unknown", f"{words}; on another host")
        else:
            yield Finding(f"lock {one.name}", "well", f"{words}; {'it lives' if lives else 'it has ended, and nobody holds it'}")


def _lives(holder: "Holder") -> bool | None:
    """Whether the process that took a lock lives; None when it is another host's."""
    host, _, pid = holder.holder.rpartition(":")
    if host != socket.gethostname() or not pid.isdecimal():
        return None
    with suppress(PermissionError):  # of another user: it lives
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            return False
    return True


# -------------------------------------------------------------------------------------------------------------- others


def _channels(settings: "Settings", *, reach: bool) -> "Iterator[Finding]":
    from streams.health.doctor import Finding

    for name, channel in settings.channels.items():
        what = f"reach {name}"
        if channel.kind == "slack" and not _TOKEN.fullmatch(channel.token.reveal()):
            do = "copy the Bot User OAuth Token from the app's page, with nothing around it"
            yield Finding(what, "attend", 'the token does not look like one of Slack\'s ("xoxb-...")', do)
        if reach:
            found: Callable[[], Awaitable[str]] | None = getattr(sink(channel), "reach", None)
            if found is not None:
                yield asyncio.run(_reached(what, found))


async def _reached(what: str, ask: Callable[[], Awaitable[str]]) -> "Finding":
    from streams.health.doctor import Finding

    try:
        return Finding(what, "well", await ask())
    except SinkError as fault:
        return Finding(what, "attend", _one_line(fault), "mend it before the next alert is due: deliveries wait, or are refused")


async def _served(address: str) -> "Finding":
    """What the run on this host says of itself, where the settings say that it listens."""
    import aiohttp

    from streams.health.doctor import Finding

    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ASK_S)) as session,
            session.get(f"http://{address}/healthz") as answer,
        ):
            said = await answer.json()
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return Finding("health", "attend", f"nobody answers at {address}", 'start "tocsin run"; if it is on, it hangs: restart it')
    if answer.status == 200:
        doubts = "; ".join(f"{name}: {why}" for name, why in said.get("doubts", {}).items())
        return Finding("health", "attend" if doubts else "well", doubts or f"{address}: every stage gets on", "")
    wrong = "; ".join(f"{name}: {why}" for name, why in said.get("wrong", {}).items())
    return Finding("health", "attend", wrong, "restart the process: what it has in hand is taken up again")


def _letters(kafka: "Kafka", store: str) -> "Finding":
    from streams.cli.dead import letters
    from streams.health.doctor import Finding, dead_letters
    from streams.store.store import Store

    try:
        with Store.open(store, read_only=True) as opened:
            left = [one for one in letters(kafka, opened) if one.retried is None]
    except (UsageError, EnvironmentFault) as fault:
        return Finding("dead letters", "unknown", _one_line(fault), "mend what is named above and ask again")
    return dead_letters(len(left), [f"{one.id} ({one.error})" for one in left[-_NAMED:]])


def _kafka(kafka: "Kafka", store: str) -> "Iterator[Finding]":
    from streams.broker import topics
    from streams.broker.lag import hops
    from streams.broker.refusals import why
    from streams.health.doctor import Finding

    if refused := why(kafka):  # asked first: a client waits for brokers that may come back, and who asks a doctor waits for no one
        yield Finding("kafka", "attend", refused, "articles wait in the inbox until the brokers answer")
        return
    try:
        topics.check(kafka)
        yield Finding("kafka", "well", f"{', '.join(kafka.brokers)}: every topic is there with {kafka.partitions} partitions")
        for role, lag in hops(kafka).items():
            try:
                behind = sum(place.behind for place in lag.read().values())
            finally:
                lag.close()
            do = f'is "tocsin worker --role {role}" on? more of them, if it is' if behind > 1000 else ""
            yield Finding(f"kafka {role}", "attend" if do else "well", f"{behind} records behind", do)
        yield _letters(kafka, store)
    except UsageError as fault:
        yield Finding("kafka", "attend", _one_line(fault), '"tocsin topics create"')
    except EnvironmentFault as fault:
        yield Finding("kafka", "attend", _one_line(fault), "articles wait in the inbox until the brokers answer")


def _one_line(fault: Exception) -> str:
    lines = str(fault).splitlines() or [type(fault).__name__]
    return lines[0] + (f" (and {len(lines) - 1} more)" if len(lines) > 1 else "")
