"""`tocsin init` and `tocsin run`: what operators run."""

import asyncio
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.logs import Format, setup
from streams.cli.parts import attended, budgets, feed_spec, health_address, limits, sink
from streams.errors import EnvironmentFault, UsageError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from connectors.fetch import Fetch
    from streams.local import Plan
    from streams.ports import Clock
    from streams.settings.model import Settings
    from streams.store.store import Store

FILE = "tocsin.yaml"
MODELINE = "# yaml-language-server: $schema={}\n"  # for editors; see docs/guides/editors.md
SETTINGS = """\
# Settings of Tocsin. Paths are relative to this file. Secrets never stand here: they come from the environment or from files.
# Every key may be left out; "tocsin check" names what is allowed where something is wrong.

# A feed's name never changes: it is part of the id of every article.
feeds: []
#  - name: example-wire
#    url: https://news.example/rss.xml
#    covers: [IQ, SY, JO]   # countries and topics
#    tier: 1                # 1, 2 or 3; 1 weighs most
#    every: 5m              # how often it is polled, at least 10s
#  - name: paid-service
#    url: https://paid.example/feed
#    headers: {Authorization: {env: PAID_SERVICE_KEY}}

# Without channels, alerts go to the terminal.
# channels:
#   default: slack:gsoc     # of rules that name none
#   slack:gsoc:
#     channel: C0123456789  # the id from the channel's details, not its name
#     token: {env: TOCSIN_SLACK_TOKEN}
#   mail:desk:
#     to: [desk@company.example]
#     from: tocsin@company.example
#     host: smtp.company.example

rules: rules                # a rule file or folder, or a list of them
store: tocsin.db            # everything that must survive a crash; keep it on a local disk
time_zone: UTC              # of the desk, e.g. Europe/Berlin
# retention: {articles: 30d, events: 400d}
# health: 127.0.0.1:9464    # /metrics, /healthz and /readyz of the run
# poll: {contact: desk@company.example}   # where publishers reach you
"""

WATCH = "watch"  # the folder of watch lists beside the packs

Folder = Annotated[Path, typer.Argument(help="The folder that holds tocsin.yaml.", show_default=False)]
_CLOCK = re.compile(r"(?P<start>.+?)(?:x(?P<speed>\d+(?:\.\d+)?))?")


def init(folder: Annotated[Path, typer.Argument(help="A new or empty folder.", show_default=False)]) -> None:
    """Make a folder with settings, rules and watch lists of your own."""
    from importlib.resources import files

    from streams.cli.schema import write as write_schemas

    packs = files("rules") / "packs"
    with _disk(folder):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder}: it exists and is not empty; name a new folder")
        (folder / "rules" / WATCH).mkdir(parents=True)
        (folder / FILE).write_text(MODELINE.format("schema/settings.json") + SETTINGS, encoding="utf-8")
        for pack in _yaml(packs):
            text = MODELINE.format("../schema/rules.json") + pack.read_text(encoding="utf-8")
            (folder / "rules" / pack.name).write_text(text, encoding="utf-8")
        for watched in _yaml(packs / WATCH):
            own = folder / "rules" / WATCH / watched.name
            own.touch(mode=0o600)  # before anything stands in it: who is where is not for everybody
            own.write_text(MODELINE.format("../../schema/watch.json") + watched.read_text(encoding="utf-8"), encoding="utf-8")
        write_schemas(folder / "schema")
    print(f"made {folder / FILE} and {folder / 'rules'}; two rules are on, the others in shadow")
    print(f"put feeds into {folder / FILE}, then: tocsin run {folder}")


def run(
    folder: Folder,
    clock: Annotated[
        str | None,
        typer.Option(
            metavar="START[xSPEED]",
            help="Let ingest live at another time: 2024-04-22T06:30:00Z, or with x20 twenty times as fast.",
            show_default=False,
        ),
    ] = None,
    log_format: Annotated[Format, typer.Option("--log-format", help="How log lines look.")] = Format.CONSOLE,
    health: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="Serve /metrics, /healthz and /readyz there.", show_default=False),
    ] = None,
) -> None:
    """Watch the feeds and tell the channels, until it is stopped."""
    from streams.cli.owners import refuse_foreign
    from streams.settings.load import load
    from streams.store.store import Store

    refuse_foreign()
    settings = load(settings_of(folder), os.environ)
    if settings.kafka is not None:
        raise UsageError(f'{settings_of(folder)}: "kafka" is set, and this version runs on one host; remove it')
    ticking = clock_of(clock)
    address = health_address(health, settings)
    setup(log_format)
    with Store.open(settings.store_address()) as store:
        asyncio.run(_run(settings, store, ticking, settings_of(folder), address))


def _yaml(folder: "Traversable") -> "list[Traversable]":
    """The YAML files right in a folder of the package, by name."""
    return sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)


# ------------------------------------------------------------------------------------------------------------------ run


async def _run(settings: "Settings", store: "Store", clock: "Clock", file: Path, health: str) -> None:
    from connectors.fetch import Fetcher
    from streams import local
    from streams.health.endpoints import Subject

    signals = local.Signals()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, signals.stop.set)
    loop.add_signal_handler(signal.SIGHUP, signals.reread.set)
    feeds, channels = tuple(feed.name for feed in settings.feeds), tuple(settings.channels)
    subject = Subject(role="run", store=store, now=clock.now, feeds=feeds, channels=channels)
    async with attended(health, subject), Fetcher(contact=settings.poll.contact, limits=limits(settings)) as fetch:
        await local.run(plan(settings, store, fetch, file), clock, signals)


def plan(settings: "Settings", store: "Store", fetch: "Fetch", file: Path) -> "Plan":
    """What a local run works on; raises FileMistakes when rules or knowledge are wrong. `file`: the settings'."""
    from rules.load import load_rules
    from streams import local
    from streams.deliver import Pace
    from streams.knowledge.world import load as load_knowledge
    from streams.reload import Sources
    from streams.workers import Recipe

    known, kept = load_knowledge(*settings.knowledge), settings.retention.events
    channels, feeds = tuple(settings.channels), tuple(feed.name for feed in settings.feeds) or None
    return local.Plan(
        store=store,
        feeds=[feed_spec(feed) for feed in settings.feeds],
        sinks={name: sink(channel) for name, channel in settings.channels.items()},
        rules=load_rules(settings.rules, known, channels=channels, feeds=feeds, kept=kept),
        knowledge=known,
        default_channels=(settings.default_channel,),
        recipe=Recipe(model=settings.model, knowledge=settings.knowledge),
        fetch=fetch,
        workers=settings.workers,
        time_zone=settings.time_zone,
        budgets=budgets(settings),
        pace=Pace(between_s={"slack": settings.delivery.pace.total_seconds()}, settle_s=settings.delivery.settle.total_seconds()),
        keep_articles=settings.retention.articles,
        keep_events=kept,
        sources=Sources(
            paths=settings.rules, knowledge=known, channels=channels, feeds=feeds, kept=kept, fixed=(file, *settings.knowledge)
        ),
    )


def clock_of(text: str | None) -> "Clock":
    """Ingest's clock, as `--clock` says."""
    from streams.clocks import VirtualClock, WallClock

    if text is None:
        return WallClock()
    found = _CLOCK.fullmatch(text)
    try:
        start = datetime.fromisoformat(found["start"] if found else text)
        return VirtualClock(start if start.tzinfo else start.replace(tzinfo=UTC), float((found and found["speed"]) or 1))
    except ValueError:
        raise UsageError(
            f'--clock: "{text}" is no moment; write 2024-04-22T06:30:00Z, or 2024-04-22T06:30:00Zx20 for twenty times as fast'
        ) from None


def settings_of(folder: Path) -> Path:
    """The settings file of a folder, or the file itself; raises UsageError when there is none."""
    path = folder if folder.is_file() else folder / FILE
    if not path.is_file():
        raise UsageError(f'{path}: there are no settings; "tocsin init {folder}" makes them')
    return path


@contextmanager
def _disk(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise EnvironmentFault(f"{fault.filename or path}: cannot be written: {fault.strerror}") from fault
