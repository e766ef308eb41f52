"""`tocsin init`, `tocsin run` and `tocsin why`: what operators run."""

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

from streams.errors import EnvironmentFault, UsageError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from connectors.base import FeedSpec
    from connectors.fetch import Fetch, Limits
    from streams.local import Plan
    from streams.ports import Clock, Sink
    from streams.records import Disposition, Event
    from streams.settings import Channel, Feed, Settings
    from streams.store.life import Life, Sent, Taken
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
# poll: {contact: desk@company.example}   # where publishers reach you
"""

WATCH = "watch"  # the folder of watch lists beside the packs

Folder = Annotated[Path, typer.Argument(help="The folder that holds tocsin.yaml.", show_default=False)]
_LINE_CHARS = 2000  # of `why`; no sentence of a newspaper is as long
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
    json_logs: Annotated[bool, typer.Option("--json-logs", help="Log JSON lines.")] = False,
) -> None:
    """Watch the feeds and tell the channels, until it is stopped."""
    from streams.cli.logs import setup
    from streams.cli.owners import refuse_foreign
    from streams.settings_file import load
    from streams.store.store import Store

    refuse_foreign()
    settings = load(_settings(folder), os.environ)
    if settings.kafka is not None:
        raise UsageError(f'{_settings(folder)}: "kafka" is set, and this version runs on one host; remove it')
    ticking = _clock(clock)
    setup(json=json_logs)
    with Store.open(settings.store_address()) as store:
        asyncio.run(_run(settings, store, ticking, _settings(folder)))


def why(
    what: Annotated[str, typer.Argument(metavar="URL|ID", help="An article's link, or its id.", show_default=False)],
    folder: Annotated[Path, typer.Argument(help="The folder that holds tocsin.yaml.")] = Path(),
    store: Annotated[Path | None, typer.Option(help="The store itself, instead of a folder.", show_default=False)] = None,
) -> None:
    """Tell the whole life of an article: read, decided, told and sent."""
    from connectors.sources.feed_ids import canonical_link
    from streams.hostile import tame
    from streams.settings_file import load
    from streams.store.life import life
    from streams.store.progress import under_way
    from streams.store.store import Store

    address = store or load(_settings(folder), os.environ).store_address()
    with Store.open(address, read_only=True) as opened:
        names = filter(None, (what, canonical_link(what)))  # items without a link have "", which names nobody
        lives = next((found for name in names if (found := life(opened, name))), ())
        passes = under_way(opened)
    for each in lives:
        for line in _life(each):
            words = line.lstrip(" ")
            print(" " * (len(line) - len(words)) + tame(words, _LINE_CHARS))  # strangers' words: nothing of theirs moves a cursor
    for one in passes if lives else ():
        rules = ", ".join(one.rules)
        print(f"new or changed rules still look back ({one.judged} of {one.total} incidents judged): {tame(rules, _LINE_CHARS)}")
    if not lives:
        print(f'no article with the id or link "{what}" was ever taken')
        raise typer.Exit(1)


def _yaml(folder: "Traversable") -> "list[Traversable]":
    """The YAML files right in a folder of the package, by name."""
    return sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)


# ------------------------------------------------------------------------------------------------------------------ run


async def _run(settings: "Settings", store: "Store", clock: "Clock", file: Path) -> None:
    from connectors.fetch import Fetcher
    from streams import local

    signals = local.Signals()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, signals.stop.set)
    loop.add_signal_handler(signal.SIGHUP, signals.reread.set)
    async with Fetcher(contact=settings.poll.contact, limits=_limits(settings)) as fetch:
        await local.run(plan(settings, store, fetch, file), clock, signals)


def plan(settings: "Settings", store: "Store", fetch: "Fetch", file: Path) -> "Plan":
    """What a local run works on; raises FileMistakes when rules or knowledge are wrong. `file`: the settings'."""
    from rules.load import load_rules
    from streams import local
    from streams.deliver import Pace
    from streams.knowledge import load as load_knowledge
    from streams.reload import Sources
    from streams.workers import Recipe

    known, kept = load_knowledge(*settings.knowledge), settings.retention.events
    channels, feeds = tuple(settings.channels), tuple(feed.name for feed in settings.feeds) or None
    return local.Plan(
        store=store,
        feeds=[_feed(feed) for feed in settings.feeds],
        sinks={name: _sink(channel) for name, channel in settings.channels.items()},
        rules=load_rules(settings.rules, known, channels=channels, feeds=feeds, kept=kept),
        knowledge=known,
        default_channels=(settings.default_channel,),
        recipe=Recipe(model=settings.model, knowledge=settings.knowledge),
        fetch=fetch,
        workers=settings.workers,
        time_zone=settings.time_zone,
        pace=Pace(between_s={"slack": settings.delivery.pace.total_seconds()}, settle_s=settings.delivery.settle.total_seconds()),
        keep_articles=settings.retention.articles,
        keep_events=kept,
        sources=Sources(
            paths=settings.rules, knowledge=known, channels=channels, feeds=feeds, kept=kept, fixed=(file, *settings.knowledge)
        ),
    )


def _feed(feed: "Feed") -> "FeedSpec":
    from connectors.base import FeedSpec

    return FeedSpec(
        name=feed.name,
        url=feed.url,
        every_s=feed.every.total_seconds(),
        allow_private=feed.allow_private,
        covers=feed.covers,
        tier=str(feed.tier),
        headers=tuple((name, secret.reveal()) for name, secret in feed.headers.items()),
    )


def _sink(channel: "Channel") -> "Sink":
    if channel.kind == "slack":
        from connectors.sinks.slack import SlackSink

        return SlackSink(channel.token.reveal(), channel.channel, base_url=channel.api)
    if channel.kind == "mail":
        from connectors.sinks.mail import MailSink

        password = channel.password.reveal() if channel.password else ""
        return MailSink(
            channel.host,
            channel.port,
            channel.sender,
            channel.to,
            username=channel.user or "",
            password=password,
            tls=channel.tls,
        )
    from connectors.sinks.console import ConsoleSink

    return ConsoleSink()


def _limits(settings: "Settings") -> "Limits":
    from connectors.fetch import Limits

    poll = settings.poll
    return Limits(
        total_s=poll.deadline.total_seconds(),
        connect_s=poll.connect.total_seconds(),
        silence_s=poll.silence.total_seconds(),
        body_bytes=poll.max_bytes,
        redirects=poll.redirects,
    )


def _clock(text: str | None) -> "Clock":
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


# ------------------------------------------------------------------------------------------------------------------ why


def _life(life: "Life") -> Iterator[str]:
    """The life of one article in lines, in the order in which things happened."""
    yield f"article {life.article}"
    for taken in life.taken:
        yield from _taken(taken)
    if life.newest is not None:
        yield f"  read as: {life.newest.title or '(no title)'}, published {_moment(life.newest.published)}"
    for event in life.events:
        yield from _event(event)
    for incident in life.incidents:
        others = [one for one in incident.events if one not in {event.id for event in life.events}]
        yield f"  incident {incident.id}: {len(incident.events)} events, {len(others)} of them from other articles"
        for other in others:
            yield f"    also told by {other}"
    for one in life.decided:
        yield f"  decided{f' by journal entry {one.entry}' if one.entry else ''}: {_disposition(one.disposition)}"
    from streams.route import independent

    for told in life.told:
        last = f", the last is {told.anchor}/{told.rule}/{told.ordinal}" if told.ordinal else ""
        yield f"  told: rule {told.rule} on {told.anchor}, {told.ordinal} alerts{last}, {told.label.severity}, {told.state}"
        if told.held:
            until = f" until {_moment(told.until)}" if told.until else ""
            yield f"    held: {told.held}{until}; {independent(told.label)} independent sources by now"
    for sent in life.sent:
        yield from _sent(sent)


def _taken(taken: "Taken") -> Iterator[str]:
    deaths = f", {taken.deaths} extraction processes died on it" if taken.deaths else ""
    kept = "" if taken.text else ", text no longer kept"
    yield f"  revision {taken.revision} taken {_moment(taken.taken_at)} from {taken.source}: {taken.state}{deaths}{kept}"
    if taken.url:
        yield f"    {taken.url}"


def _event(event: "Event") -> Iterator[str]:
    when = f"{_moment(event.time.start)} to {_moment(event.time.end)} ({event.time.precision})" if event.time else "not stated"
    where = event.place.name if event.place else "place not stated"
    yield f"  event {event.id}: {event.type}, {event.stage}, {event.standing}, {where}, {when}"
    for name, found in (("by", event.actors), ("at", event.targets)):
        if found:
            yield f"    {name}: " + "; ".join(f"{one.span.text}{f' ({one.id})' if one.id else ''}" for one in found)
    for telling in event.tellings:
        yield f'    "{" ".join(telling.sentence.text.split())}"'


def _disposition(one: "Disposition") -> str:
    scope = f"revision {one.revision}"
    if one.event:
        scope = f"event {one.event}"
    return f"{scope}{f', rule {one.rule}' if one.rule else ''}: {one.outcome}"


def _sent(sent: "Sent") -> Iterator[str]:
    delivery = sent.delivery
    news = ", ".join(f"{alert.kind} {alert.id}" for alert in delivery.alerts) or "a silent edit"
    yield f"  delivery {delivery.id} to {delivery.channel}: {news}: {sent.state}"
    for step in sent.steps:
        ref, fault = f", as {step.ref}" if step.ref else "", f", {step.error}" if step.error else ""
        yield f"    {step.name}: {step.state}, attempts {step.attempts}{ref}{fault}"
    for at, message in sent.versions:
        yield f"    {_moment(at)}: {message.summary}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"


def _settings(folder: Path) -> Path:
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
