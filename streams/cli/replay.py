"""`tocsin replay`: an archive or a journal in, alerts out."""

import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from streams.cli.archives import MODEL, Knowledge, Model, articles, closing, moment, progress, put
from streams.cli.messages import put_message
from streams.errors import Mistake, UsageError

if TYPE_CHECKING:
    from streams import replay as core
    from streams.knowledge.world import Knowledge as Loaded
    from streams.memory import DictMemory
    from streams.records.flow import Alert, Reading

Sources = Annotated[
    list[str],
    typer.Argument(
        help="JSON lines of articles, plain, .gz or .zst; - for standard input; or journal:STORE for what a run took.",
        show_default=False,
    ),
]
JOURNAL = "journal:"


def replay(
    archives: Sources,
    rules: Annotated[
        Path | None,
        typer.Option(help="A rule file, or a folder of them. A journal has its own, and needs none.", show_default=False),
    ] = None,
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
    from streams.knowledge.world import load as load_knowledge

    store = _journal(archives)
    if rules is None and (store is None or diff is not None):
        raise UsageError("--rules: name a rule file or a folder of them; only a journal by itself has rules of its own")
    known = load_knowledge(*(knowledge or ()))
    if store is not None and rules is None:
        _relive(
            store, known, moment("--since", since), _Lines() if _format(format) == "jsonl" else _Table(), words=render is not None
        )
        return
    runs = [core.Run(rules=load_rules([path], known), knowledge=known) for path in (rules, diff) if path]
    start = moment("--since", since)
    faults: list[Mistake] = []
    tally = core.Tally()
    show = _Lines() if _format(format) == "jsonl" else _Table()
    alerts: list[list[Alert]] = [[] for _ in runs]
    shown = 0  # deliveries whose messages are printed
    readings = _extracted(archives, faults, tally, model, known) if store is None else _journalled(store, tally)
    for reading in chain(readings, (None,)):  # None: the end, at which timers still fire
        for index, run in enumerate(runs):
            every = run.end() if reading is None else run.take(reading)
            told = [alert for alert in every if start is None or alert.decided >= start]
            alerts[index] += told
            if diff is None:
                for alert in told:
                    show.alert(alert, "")
                if render:
                    shown = _messages(run.memory, shown, start)
    if diff is not None:
        gained, lost = core.gained_and_lost(*alerts)
        for mark, found in (("gained", gained), ("lost", lost)):
            for alert in found:
                show.alert(alert, mark)
    show.close()
    _closing(runs, tally, faults)


def _journal(archives: list[str]) -> str | None:
    """The store whose journal is to be replayed, None when archives are."""
    found = [path.removeprefix(JOURNAL) for path in archives if path.startswith(JOURNAL)]
    if found and len(archives) > 1:
        raise UsageError(f'"{JOURNAL}{found[0]}": a journal is replayed by itself; leave the other archives out')
    return found[0] if found else None


def _relive(store: str, known: "Loaded", start: datetime | None, show: "_Lines | _Table", *, words: bool) -> None:
    """The run again as it was: its own rules, its own order."""
    from streams import replay as core
    from streams.memory import DictMemory
    from streams.store import journal
    from streams.store.store import Store

    memory = DictMemory()
    count = shown = 0
    with Store.open(store, read_only=True) as opened:
        for alert in core.journal(journal.read(opened), known, lambda text: print(text, file=sys.stderr), memory):
            if start is None or alert.decided >= start:
                show.alert(alert, "")
                count += 1
            if words:
                shown = _messages(memory, shown, start)
    if words:
        _messages(memory, shown, start)  # a digest at the end tells no alert anew
    show.close()
    print(f"{count} alerts", file=sys.stderr)


def _journalled(store: str, tally: "core.Tally") -> "Iterator[Reading]":
    """What a run took, to be judged by other rules."""
    from streams import wire
    from streams.records.flow import Reading
    from streams.store import journal
    from streams.store.store import Store

    with Store.open(store, read_only=True) as opened:
        for entry in journal.read(opened):
            if entry.kind == "reading":
                reading = wire.decode(entry.payload, Reading)
                tally.add(reading.article, unread=reading.unread is not None)
                yield reading


def _extracted(archives: list[str], faults: list[Mistake], tally: "core.Tally", model: str, known: "Loaded") -> "Iterator[Reading]":
    from streams import replay as core
    from streams.extract.reader import load as load_extractor

    reader = load_extractor(model, known)
    yield from core.readings(progress(articles(archives, faults), tally, lambda article: article), reader, tally)


def _closing(runs: "list[core.Run]", tally: "core.Tally", faults: list[Mistake]) -> None:
    from streams import replay as core

    for run in runs[:1]:
        for sentence in core.unjudged(run.rules, tally):
            print(sentence, file=sys.stderr)
    closing(tally, faults)


def _format(wish: str | None) -> str:
    return wish or ("table" if sys.stdout.isatty() else "jsonl")


class _Lines:
    """One JSON object a line."""

    def alert(self, alert: "Alert", mark: str) -> None:
        from streams import replay as core

        put(({"diff": mark} if mark else {}) | core.line(alert))

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


def _messages(memory: "DictMemory", shown: int, start: datetime | None) -> int:
    """Prints what deliveries after the first `shown` say, silent edits apart; how many there are now."""
    from streams.words.render import message

    for delivery in memory.outbox[shown:]:
        if (delivery.alerts or delivery.digest) and (start is None or delivery.post.updated >= start):
            put_message(message(delivery, "UTC"))
    return len(memory.outbox)
