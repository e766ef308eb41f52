"""`tocsin topics`, `tocsin ingest` and `tocsin worker`: the Kafka run, one process a command."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli import operate
from streams.cli.logs import Format, setup
from streams.cli.parts import attended, budgets, feed_spec, health_address, limits, sink
from streams.errors import UsageError

if TYPE_CHECKING:
    from streams.health.endpoints import Subject
    from streams.ports import Clock
    from streams.settings.model import Kafka, Settings
    from streams.store.store import Store

Folder = Annotated[Path, typer.Argument(help="The folder that holds tocsin.yaml.", show_default=False)]
Logs = Annotated[Format, typer.Option("--log-format", help="How log lines look.")]
Health = Annotated[
    str | None,
    typer.Option("--health", metavar="HOST:PORT", help="Serve /metrics, /healthz and /readyz there.", show_default=False),
]
Role = Callable[[asyncio.Event, asyncio.Event], Coroutine[Any, Any, None]]  # of stop and of "read the rules again"


class Of(StrEnum):
    """What a worker does."""

    EXTRACT = "extract"
    MATCH = "match"
    DELIVER = "deliver"


topics = typer.Typer(help="Make the topics of the Kafka run.", no_args_is_help=True, add_completion=False)


@topics.callback()
def _topics() -> None:
    """The topics of the Kafka run."""


@topics.command("create")
def create(folder: Folder) -> None:
    """Make the topics that are missing; refuse those that have another count of partitions."""
    from streams.broker import topics as made

    _, kafka = _settings(folder)
    for name in made.create(kafka):
        print(f"made {name}, {kafka.partitions} partitions")
    print(f"{len(made.NAMES)} topics are as they must be")


def ingest(
    folder: Folder,
    clock: Annotated[
        str | None,
        typer.Option(metavar="START[xSPEED]", help="Let ingest live at another time, as in tocsin run.", show_default=False),
    ] = None,
    log_format: Logs = Format.CONSOLE,
    health: Health = None,
) -> None:
    """Poll the feeds into the inbox, and publish the inbox to Kafka, until it is stopped."""
    settings, kafka = _begin(folder, log_format)
    ticking, address = operate.clock_of(clock), health_address(health, settings)

    async def role(stop: asyncio.Event, _: asyncio.Event) -> None:
        from connectors.fetch import Fetcher
        from streams.roles import ingest as role
        from streams.store.store import Store

        with Store.open(settings.store_address()) as store:
            subject = _subject("ingest", settings, store, ticking)
            async with (
                attended(address, subject),
                Fetcher(contact=settings.poll.contact, limits=limits(settings)) as fetch,
            ):
                feeds = [feed_spec(feed) for feed in settings.feeds]
                await role.run(role.Plan(store=store, kafka=kafka, feeds=feeds, fetch=fetch), ticking, stop)

    _run(role)


def worker(
    folder: Folder,
    role: Annotated[Of, typer.Option("--role", help="extract reads articles, match decides, deliver sends.", show_default=False)],
    clock: Annotated[
        str | None,
        typer.Option(
            metavar="START[xSPEED]|taken",
            help="The clock of ingest, for match: what it was started with, or as late as the newest article taken.",
            show_default=False,
        ),
    ] = None,
    log_format: Logs = Format.CONSOLE,
    health: Health = None,
) -> None:
    """Work on what Kafka brings, in one role, until it is stopped."""
    settings, kafka = _begin(folder, log_format)
    file, address = operate.settings_of(folder), health_address(health, settings)
    made: dict[Of, Callable[[], Role]] = {
        Of.EXTRACT: lambda: _extract(settings, kafka, address),
        Of.MATCH: lambda: _match(settings, kafka, file, clock, address),
        Of.DELIVER: lambda: _deliver(settings, kafka, address),
    }
    _run(made[role]())


def _extract(settings: "Settings", kafka: "Kafka", address: str) -> Role:
    from streams.broker import topics as there
    from streams.health.endpoints import Subject
    from streams.roles import extract
    from streams.workers import Recipe

    there.check(kafka)
    recipe = Recipe(model=settings.model, knowledge=settings.knowledge)
    plan = extract.Plan(kafka=kafka, recipe=recipe, processes=settings.workers)

    async def role(stop: asyncio.Event, _: asyncio.Event) -> None:
        async with attended(address, Subject(role="extract")):
            await extract.run(plan, stop)

    return role


def _match(settings: "Settings", kafka: "Kafka", file: Path, clock: str | None, address: str) -> Role:
    from rules.load import load_rules
    from streams.broker import topics as there
    from streams.knowledge.world import load as load_knowledge
    from streams.labels.wanted import Desk
    from streams.reload import Sources
    from streams.roles import match
    from streams.store.inbox import StoreInbox
    from streams.store.store import Store

    given, known = None if clock == "taken" else operate.clock_of(clock), load_knowledge(*settings.knowledge)
    sources = Sources(
        paths=settings.rules,
        knowledge=known,
        channels=tuple(settings.channels),
        feeds=tuple(feed.name for feed in settings.feeds) or None,
        kept=settings.retention.events,
        fixed=(file, *settings.knowledge),
    )
    rules = load_rules(sources.paths, known, channels=sources.channels, feeds=sources.feeds, kept=sources.kept)
    there.check(kafka)

    async def role(stop: asyncio.Event, reread: asyncio.Event) -> None:
        with Store.open(settings.store_address()) as store:
            plan = match.Plan(
                store=store,
                kafka=kafka,
                rules=rules,
                desk=Desk(
                    rules=rules.rules,
                    knowledge=known,
                    default_channels=(settings.default_channel,),
                    budgets=budgets(settings),
                    time_zone=settings.time_zone,
                ),
                sources=sources,
                keep_articles=settings.retention.articles,
                keep_events=settings.retention.events,
            )
            ticking = given or match.TakenClock(StoreInbox(store))
            async with attended(address, _subject("match", settings, store, ticking)):
                await match.run(plan, ticking, reread, stop)

    return role


def _deliver(settings: "Settings", kafka: "Kafka", address: str) -> Role:
    from streams.clocks import WallClock
    from streams.deliver import Pace
    from streams.roles import deliver
    from streams.store.store import Store

    pace = Pace(between_s={"slack": settings.delivery.pace.total_seconds()}, settle_s=settings.delivery.settle.total_seconds())
    sinks = {name: sink(channel) for name, channel in settings.channels.items()}

    async def role(stop: asyncio.Event, _: asyncio.Event) -> None:
        with Store.open(settings.store_address()) as store:
            plan = deliver.Plan(store=store, kafka=kafka, sinks=sinks, time_zone=settings.time_zone, pace=pace)
            async with attended(address, _subject("deliver", settings, store, WallClock())):
                await deliver.run(plan, stop)

    return role


def _subject(role: str, settings: "Settings", store: "Store", clock: "Clock") -> "Subject":
    """Whose health it is; who polls shows the feeds, who sends the channels, whoever else has neither."""
    from streams.health.endpoints import Subject

    feeds = tuple(feed.name for feed in settings.feeds) if role == "ingest" else ()
    channels = tuple(settings.channels) if role == "deliver" else ()
    return Subject(role=role, store=store, now=clock.now, feeds=feeds, channels=channels)


def _begin(folder: Path, form: Format) -> "tuple[Settings, Kafka]":
    from streams.cli.owners import refuse_foreign

    refuse_foreign()
    found = _settings(folder)
    setup(form)
    return found


def _settings(folder: Path) -> "tuple[Settings, Kafka]":
    from streams.settings.load import load

    file = operate.settings_of(folder)
    settings = load(file, os.environ)
    if settings.kafka is None:
        raise UsageError(f'{file}: there is no "kafka"; name its brokers there, or use "tocsin run", which needs none')
    return settings, settings.kafka


def _run(role: Role) -> None:
    """Runs the role until a signal stops it; an orderly end that takes too long is cut short."""
    from streams.ending import in_any_case, within_time

    async def run() -> None:
        stop, reread = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        loop.add_signal_handler(signal.SIGHUP, reread.set)
        hurry = asyncio.create_task(within_time(stop))
        try:
            await role(stop, reread)
        except BaseExceptionGroup as faults:  # one stage's fault stops the others; who called us handles faults, not groups
            in_any_case(first(faults))
            raise first(faults) from faults
        except BaseException as fault:
            in_any_case(fault)
            raise
        finally:
            hurry.cancel()

    from streams.stages import first

    asyncio.run(run())
