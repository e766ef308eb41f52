"""Readings for a person at a terminal: the article with its events marked, and a table of each event.

Called by `tocsin extract`. In colour where there is any, else with brackets and letters: "[A1 gunmen]". Every word of an
article is tamed: nothing in it is taken as markup or reaches the terminal as a control.
"""

import os
import sys
from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from streams.cli.marks import ROLES, Close, Mark, Open, Part, Role, layout, marks, paragraphs
from streams.cli.roles import UNSTATED, Value, rows
from streams.hostile import tame
from streams.records.flow import Event, Reading

UNREAD_CHARS = 2_000  # of an article that was not read, so that a megabyte does not scroll by
_STYLES: dict[Role, str] = {
    "deed": "bold white on red",
    "actor": "black on yellow",
    "target": "black on cyan",
    "instrument": "black on magenta",
    "place": "black on green",
    "origin": "green underline",
    "time": "white on blue",
    "count": "bold underline",
    "source": "italic underline",
    "added": "italic",
}
_RAISED = str.maketrans("0123456789,", "⁰¹²³⁴⁵⁶⁷⁸⁹˒")
_PLAIN_COLUMNS = 120  # where there is no terminal whose width counts


def console() -> Console:
    """Standard output; characters that it cannot write are replaced."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)  # a test's or a notebook's stream may have none
    if reconfigure is not None:
        reconfigure(errors="replace")
    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(highlight=False, markup=False, emoji=False, width=None if known else _PLAIN_COLUMNS)


class Screen:
    """Shows readings one after another."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._coloured = out.is_terminal and not out.no_color and out.color_system is not None

    def show(self, reading: Reading) -> None:
        """The article, the legend, a table per event."""
        article = reading.article
        self._out.print(Rule(Text(_tame(article.id), style="bold"), characters="─" if self._utf() else "-"))
        facts = [article.source, f"{article.published:%Y-%m-%d %H:%M} UTC", article.url]
        self._out.print(Text(" · ".join(_tame(fact) for fact in facts if fact), style="dim"))
        for part in self._article(reading):
            self._out.print()
            self._out.print(part)
        self._out.print()

    def _article(self, reading: Reading) -> Iterator[Text | Group | Padding]:
        article, events = reading.article, reading.events
        if article.title:
            yield self._run(article.title, marks(article, events, "title"), 0, len(article.title), "bold")
        text = article.text if reading.unread is None else article.text[:UNREAD_CHARS]
        found = marks(article, events, "text")
        for start, end in paragraphs(text):
            yield self._run(text, found, start, end)
        if len(text) < len(article.text):
            yield Text(f"… and {len(article.text) - len(text):,} characters more", style="dim")
        if reading.unread is not None:
            yield Text(f"not read: {reading.unread}", style="bold")
        elif not events:
            yield Text("no events", style="bold")
        else:
            yield self._legend()
        for number, event in enumerate(events, start=1):
            yield self._table(number, event)

    def _run(self, text: str, found: Sequence[Mark], start: int, end: int, style: str = "") -> Text:
        line = Text(style=style)
        open_now: list[Mark] = []
        for part in layout(text, found, start, end):
            self._part(line, part, open_now)
        return line

    def _part(self, line: Text, part: Part, open_now: list[Mark]) -> None:
        if isinstance(part, Open):
            open_now.append(part.mark)
            if not self._coloured:
                line.append(f"[{part.mark.label} ")
        elif isinstance(part, Close):
            open_now.pop()
            if not self._coloured:
                line.append("]")
            elif part.last:
                line.append(part.mark.label[1:].translate(_RAISED), style="dim")
        else:
            line.append(_tame(part), style=_STYLES[open_now[-1].role] if self._coloured and open_now else "")

    def _legend(self) -> Text:
        line = Text()
        for role, (letter, words) in ROLES.items():
            line.append("  " if line else "")
            line.append(f" {words} " if self._coloured else f"{letter} {words}", style=_STYLES[role] if self._coloured else "")
        line.append("  the number is the event's", style="dim")
        return line

    def _table(self, number: int, event: Event) -> Group:
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        table.add_column(style="dim" if self._coloured else "", no_wrap=True)
        table.add_column(overflow="fold")
        for row in rows(event):
            first = True
            for value in row.values or (Value(UNSTATED),):
                table.add_row(Text(row.name if first else ""), self._value(value))
                first = False
        head = Text(f"Event {number}: {event.type}", style="bold")
        return Group(head, Padding(table, (0, 0, 0, 2)))

    def _value(self, value: Value) -> Text:
        words = Text(_tame(value.words))
        if value.known:
            words.append(f"  {_tame(value.known)}", style="dim") if self._coloured else words.append(f"  ({_tame(value.known)})")
        return words

    def _utf(self) -> bool:
        return (self._out.encoding or "").lower().startswith("utf")


class Overview:
    """One row per event, printed at the end."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._table = Table("article", "event", "stage", "standing", "who", "whom", "where", "when", box=box.SIMPLE_HEAD)

    def show(self, reading: Reading) -> None:
        """Adds the article's events, or why it has none."""
        name = Text(_tame(reading.article.id))
        if not reading.events:
            self._table.add_row(name, f"not read: {reading.unread}" if reading.unread else "no events")
        for event in reading.events:
            told = {row.name: "; ".join(_tame(value.words) for value in row.values) for row in rows(event)}
            cells = [event.type, event.stage, event.standing, told["who"], told["whom"], told["where"], told["when"]]
            self._table.add_row(name, *map(Text, cells))

    def close(self) -> None:
        """Prints the table."""
        self._out.print(self._table)


def _tame(text: str) -> str:
    return tame(text, max(len(text), 1))
