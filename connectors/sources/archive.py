"""Archives: JSON lines of articles, plain, .gz or .zst, streamed and never held whole.

Called by replay, demo and extract. A bad line is reported with its number and skipped; the caller's exit code says so.
"""

import gzip
import io
import sys
import zlib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson
import zstandard

from streams.errors import Mistake, UsageError
from streams.records.flow import Article

PROBED_LINES = 20  # without one article among them a file is taken for something else; an assumption
Report = Callable[[Mistake], None]


def read(path: str, report: Report) -> Iterator[Article]:
    """Articles of one archive in its own order; "-" is standard input.

    `taken_at` is the line's `fetched`, else its `published`. Raises UsageError when the file cannot be opened or is plainly
    no archive; a bad line goes to `report` with its number.
    """
    with _opened(path) as stream:
        lines = _lines(stream, path, report)
        head = _head(lines)
        if head and not any(line.startswith(b"{") for _, line in head):
            raise UsageError(_no_archive(path, head[0][1]))
        for number, line in chain(head, lines):
            try:
                yield article(orjson.loads(line))
            except orjson.JSONDecodeError as fault:
                report(Mistake(path, number, 1, f"no JSON: {fault}; a line is one article"))
            except ValueError as fault:
                report(Mistake(path, number, 1, str(fault)))


def _lines(stream: BinaryIO, path: str, report: Report) -> Iterator[tuple[int, bytes]]:
    """Numbers and lines, without the empty ones."""
    number = 0
    while line := _line(stream, path, number + 1, report):
        number += 1
        line = (line.removeprefix(BOM_UTF8) if number == 1 else line).strip()
        if line:
            yield number, line


def _head(lines: Iterator[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """The lines up to the first that could be an article, a few at most: an archive on a pipe must not wait for more."""
    head: list[tuple[int, bytes]] = []
    for each in lines:
        head.append(each)
        if each[1].startswith(b"{") or len(head) == PROBED_LINES:
            break
    return head


def _no_archive(path: str, line: bytes) -> str:
    words = line[:40].decode("utf-8", "replace")
    shown = "".join(character if character.isprintable() else "\ufffd" for character in words)
    return (
        f'{"standard input" if path == "-" else path}: no archive: it begins with "{shown}"; an archive is JSON lines, one article '
        'a line: {"id": "1", "published": "2024-04-22T06:30:00Z", "text": "..."}'
    )


def _line(stream: BinaryIO, path: str, number: int, report: Report) -> bytes:
    """The next line, empty at the end; an archive that breaks off ends there, and that is reported."""
    try:
        return stream.readline()
    except (EOFError, OSError, zlib.error, zstandard.ZstdError) as fault:
        report(Mistake(path, number, 1, f"the archive breaks off here: {fault}; what stood before it was read"))
        return b""


def article(line: Any) -> Article:
    """The article in one parsed line; raises ValueError that says what is wrong and what is allowed."""
    if not isinstance(line, dict):
        raise ValueError(f'a line is one article as an object, found "{type(line).__name__}"')
    for key in ("id", "text"):
        if not isinstance(line.get(key), str) or (key == "id" and not line[key]):
            raise ValueError(f'"{key}" is missing or no text; an article needs "id", "text" and "published"')
    published = _moment(line, "published")
    fetched = _moment(line, "fetched")
    if published is None and fetched is None:
        raise ValueError('"published" is missing; an article needs "id", "text" and "published" (or "fetched")')
    taken = fetched or published
    assert taken is not None
    return Article(
        id=line["id"],
        source=_text(line, "source") or "archive",
        url=_text(line, "url"),
        title=_text(line, "title"),
        text=line["text"],
        summary=_text(line, "summary"),
        published=published or taken,
        taken_at=taken,
        revision=_revision(line),
        language=_text(line, "language") or "en",
        date_quality="stated" if published else "missing",
    )


def _text(line: dict[str, Any], key: str) -> str:
    value = line.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f'"{key}" is no text: {value!r}')
    return value or ""


def _revision(line: dict[str, Any]) -> int:
    value = line.get("revision", 1)
    if not isinstance(value, int) or value < 1:
        raise ValueError(f'"revision" counts from 1, found {value!r}')
    return value


def _moment(line: dict[str, Any], key: str) -> datetime | None:
    value = line.get(key)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f'"{key}" is no ISO 8601 date: {value!r}; write 2024-04-22T06:30:00Z') from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    if path == "-":
        yield sys.stdin.buffer
        return
    try:
        raw = Path(path).open("rb")  # noqa: SIM115 - closed below, with whatever reads through it
    except OSError as fault:
        raise UsageError(f"{path}: the archive cannot be read: {fault.strerror}; give a file of JSON lines, .gz or .zst") from fault
    with raw:
        if path.endswith(".gz"):
            yield cast(BinaryIO, gzip.GzipFile(fileobj=raw))
        elif path.endswith(".zst"):
            yield io.BufferedReader(cast(io.RawIOBase, zstandard.ZstdDecompressor().stream_reader(raw)))
        else:
            yield raw
