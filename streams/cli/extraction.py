"""`tocsin extract`: articles in, the events of each out: as lines, on the terminal, or as a page."""

import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from streams.cli.archives import MODEL, Knowledge, Model, articles, closing, moment, progress, put
from streams.errors import Mistake, UsageError

if TYPE_CHECKING:
    from streams.records.flow import Article, Reading

Archives = Annotated[
    list[str] | None,
    typer.Argument(help="JSON lines of articles, plain, .gz or .zst; - for standard input.", show_default=False),
]


def extract(
    archives: Archives = None,
    text: Annotated[str | None, typer.Option(help="Read these words instead of an archive.", show_default=False)] = None,
    published: Annotated[
        str | None, typer.Option(help="When --text was published, in UTC. Default: now.", show_default=False)
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Show each article with its events marked, and a table of each.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write the same as a web page to this file.", show_default=False)] = None,
    format: Annotated[
        Literal["table", "jsonl"] | None,
        typer.Option(help="One line per article, or a table of all events. Default: jsonl.", show_default=False),
    ] = None,
    knowledge: Knowledge = None,
    model: Model = MODEL,
) -> None:
    """Print the events of each article, one line per article."""
    if show and format:
        raise UsageError('"--show" and "--format" exclude each other: both say what is printed')
    faults: list[Mistake] = []
    found = _articles(archives, text, published, faults)

    from streams import replay as core
    from streams.extract.reader import load as load_extractor
    from streams.knowledge.world import load as load_knowledge

    tally = core.Tally()
    with ExitStack() as open_until_done:
        outputs = _outputs(open_until_done, show=show, html=html, form=format)
        reader = load_extractor(model, load_knowledge(*(knowledge or ())))
        for reading in core.readings(progress(found, tally, lambda article: article), reader, tally):
            for output in outputs:
                output(reading)
    if html:
        print(f"{html}: written", file=sys.stderr)
    closing(tally, faults)


def _articles(archives: list[str] | None, text: str | None, published: str | None, faults: list[Mistake]) -> "Iterable[Article]":
    """What is to be read; raises UsageError when that is not said, or said twice."""
    if text is None:
        if not archives:
            raise UsageError('nothing to read: give an archive of JSON lines, "-" for standard input, or --text "a sentence"')
        if published is not None:
            raise UsageError("--published dates --text only; the articles of an archive have dates of their own")
        return articles(archives, faults)
    if archives:
        raise UsageError(f'--text stands for the archive; leave "{archives[0]}" or --text out')
    from streams.records.flow import Article

    now = moment("--published", published) or datetime.now(UTC)
    words = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # bytes of the command line may be no UTF-8
    return [Article(id="text", source="command line", url="", title="", text=words, published=now, taken_at=now)]


def _outputs(
    open_until_done: ExitStack, *, show: bool, html: Path | None, form: Literal["table", "jsonl"] | None
) -> "list[Callable[[Reading], None]]":
    """Where each reading goes. A page alone replaces the lines: it is what was asked for."""
    outputs: list[Callable[[Reading], None]] = []
    if html:
        from streams.cli.page import Page

        outputs.append(open_until_done.enter_context(Page(html)).show)
    if show:
        from streams.cli import terminal

        outputs.append(terminal.Screen(terminal.console()).show)
    elif form == "table":
        from streams.cli import terminal

        table = terminal.Overview(terminal.console())
        open_until_done.callback(table.close)
        outputs.append(table.show)
    elif form == "jsonl" or not html:
        outputs.append(lambda reading: put(line(reading)))
    return outputs


def line(reading: "Reading") -> dict[str, Any]:
    """The reading as one line of the command's contract: every field of every event, defaults too."""
    from streams import wire

    found: dict[str, Any] = {"id": reading.article.id, "events": [wire.complete(event) for event in reading.events]}
    if reading.gist is not None:
        found["gist"] = wire.complete(reading.gist)
    return found | ({"unread": reading.unread} if reading.unread else {})
