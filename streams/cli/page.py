"""Readings as one web page that needs nothing else: no script, no file and no address outside of it.

Called by `tocsin extract --html`. Escaped by default, and every word of an article is tamed. Sections wait in a temporary
file, so that a long archive is never held whole; the table of contents stands before them.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jinja2 import Environment

from streams.cli.marks import ROLES, Close, Mark, Open, layout, marks, paragraphs
from streams.cli.roles import rows
from streams.errors import UsageError
from streams.hostile import host_of, tame, tame_link
from streams.records.flow import Reading

UNREAD_CHARS = 2_000  # of an article that was not read
_IN_MEMORY_BYTES = 4_000_000  # sections beyond go to disk


def _tame(text: str) -> str:
    return tame(text, max(len(text), 1))


def _templates() -> Environment:
    found = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    found.filters.update(tame=_tame, tame_link=tame_link, host_of=host_of)
    return found


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the table of contents."""

    anchor: str
    title: str
    note: str


class Page:
    """A page that grows by readings and is written when it closes; a failure before that leaves an older page as it was.

    Raises UsageError at once when the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = path.open("a", encoding="utf-8")
        except OSError as fault:
            raise UsageError(f"--html: {path}: cannot be written: {fault.strerror}") from fault
        data, templates = files("streams") / "data", _templates()
        self._page = templates.from_string((data / "readings.html").read_text("utf-8"))
        self._section = templates.from_string((data / "reading.html").read_text("utf-8"))
        self._sections = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES, "w+", encoding="utf-8")  # noqa: SIM115 - closed by __exit__
        self._contents: list[_Entry] = []
        self._versions: dict[str, None] = {}

    def __enter__(self) -> Self:
        return self

    def show(self, reading: Reading) -> None:
        """Adds an article."""
        article, events = reading.article, reading.events
        anchor = f"a{len(self._contents) + 1}"
        note = f"not read: {reading.unread}" if reading.unread else f"{len(events)} event{'' if len(events) == 1 else 's'}"
        self._contents.append(_Entry(anchor, article.title or article.text[:80] or article.id, note))
        self._versions[reading.extractor] = None
        self._sections.write(self._section.render(_facts(reading, anchor)))

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        with self._file, self._sections:
            if kind is None:
                self._write()

    def _write(self) -> None:
        self._sections.seek(0)
        self._file.truncate(0)
        pieces = self._page.generate(
            title=_title(self._contents),
            version=" · ".join(self._versions),
            roles=ROLES,
            contents=self._contents,
            sections=self._sections,
        )
        self._file.writelines(pieces)


def _title(contents: Sequence[_Entry]) -> str:
    events = "What Tocsin reads"
    return f"{events}: {_tame(contents[0].title)[:120]}" if len(contents) == 1 else f"{events} in {len(contents)} articles"


def _facts(reading: Reading, anchor: str) -> Mapping[str, Any]:
    article = reading.article
    text = article.text if reading.unread is None else article.text[:UNREAD_CHARS]
    found = marks(article, reading.events, "text")
    return {
        "anchor": anchor,
        "article": article,
        "published": f"{article.published:%Y-%m-%d %H:%M} UTC",
        "language": (reading.unread or "").partition("language:")[2],  # known to be another than the page's
        "title": list(_run(article.title, marks(article, reading.events, "title"), (0, len(article.title)))),
        "paragraphs": [list(_run(text, found, bounds)) for bounds in paragraphs(text)],
        "cut": f"{len(article.text) - len(text):,}" if len(text) < len(article.text) else "",
        "unread": reading.unread,
        "events": [{"type": event.type, "rows": rows(event)} for event in reading.events],
    }


@dataclass(frozen=True, slots=True)
class _Tag:
    """One end of a mark, as the template asks for it."""

    opens: bool
    role: str
    letter: str
    title: str
    numbers: tuple[int, ...]  # shown where a mark ends for good


def _run(text: str, found: Sequence[Mark], bounds: tuple[int, int]) -> Iterator[str | _Tag]:
    for part in layout(text, found, *bounds):
        if isinstance(part, str):
            yield part
            continue
        mark = part.mark
        letter, words = ROLES[mark.role]
        events = f"event{'' if len(mark.events) == 1 else 's'} {', '.join(map(str, mark.events))}"
        title = f"{words}, {events}" + (f": {mark.known}" if mark.known else "")
        shown = mark.events if isinstance(part, Close) and part.last else ()
        yield _Tag(isinstance(part, Open), mark.role, letter, title, shown)
