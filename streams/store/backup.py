"""A store as one portable file, and a store made from it; called by `tocsin backup` and `tocsin restore`.

The file is zstd-compressed lines: a manifest, the rows of each table as JSON arrays in the manifest's order, and the digest of all
before it. It is the same from either kind of database and goes into either, so it is also the way from a file to a server. The
tables stand in it as they were, and are brought up to date once the rows are in. Everything is read in one transaction that holds
nobody up, and written in one, so that a half restored store does not exist.

What is lost with the time between backup and restoration comes again where somebody still has it: see `streams.store.restored`.
"""

import hashlib
import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import orjson
import zstandard
from sqlalchemy import Connection, Table, column, func, insert, inspect, select, table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from streams.errors import EnvironmentFault, UsageError
from streams.store import migrations, restored, schema
from streams.store.faults import translated
from streams.store.store import Store, file_of, opened
from streams.wire import plain, structure

FORMAT = 1
_BATCH = 500  # rows of one insert
_LEVEL = 6  # of zstd
_DIALECTS = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}

Moved = Callable[[int, int], None]  # told how many rows are done, of how many


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOf:
    """One table of a backup."""

    name: str
    columns: tuple[str, ...]
    bytes: tuple[str, ...]  # columns that hold bytes; in the file each byte is the character of its number
    flags: tuple[str, ...]  # columns that hold true or false
    count: int  # rows
    numbered: str  # the column that the database numbers by itself, "" for none
    last: int  # the last number it gave


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds."""

    made: datetime  # as given by whoever made it
    version: int  # of the store's tables
    journal: int  # number of the last entry
    tables: tuple[TableOf, ...]
    statements: dict[str, tuple[str, ...]]  # by dialect: what makes the tables

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(one.count for one in self.tables)


# --------------------------------------------------------------------------------------------------------------- writing


def write(store: Store, target: Path, at: datetime, moved: Moved = lambda _done, _of: None) -> Manifest:
    """The manifest of the file just written, which is whole under that name or not there; others write on meanwhile.

    Raises UsageError when the file exists, EnvironmentFault when it cannot be written.
    """
    if target.exists():
        raise UsageError(f"{target}: the file exists; name a new file for the backup")
    part = target.with_name(f"{target.name}.part")
    try:
        with store.reading() as connection, open(part, "xb", opener=_private) as file:
            manifest = _write(connection, store, file, at, moved)
            file.flush()
            os.fsync(file.fileno())
        os.link(part, target)  # unlike a renaming, this never takes the place of another file
    except FileExistsError as fault:
        raise UsageError(
            f"{fault.filename2 or fault.filename}: the file exists; remove it, or name a new file for the backup"
        ) from fault
    except OSError as fault:
        part.unlink(missing_ok=True)
        raise EnvironmentFault(f"{target}: the backup cannot be written: {fault.strerror}") from fault
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    part.unlink()
    return manifest


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)  # texts, addresses of feeds, what the desk was told


def _write(connection: Connection, store: Store, file: IO[bytes], at: datetime, moved: Moved) -> Manifest:
    manifest = _manifest(connection, store, at)
    digest, done = hashlib.sha256(), 0
    with zstandard.ZstdCompressor(level=_LEVEL).stream_writer(file, closefd=False) as compressed:
        for line in _lines(connection, manifest):
            digest.update(line)
            compressed.write(line)
            done += 1
            moved(done - 1, manifest.rows)
        compressed.write(orjson.dumps({"sha256": digest.hexdigest()}) + b"\n")
    return manifest


def _manifest(connection: Connection, store: Store, at: datetime) -> Manifest:
    tables = schema.metadata.sorted_tables  # what others refer to comes first
    statements = {name: tuple(_statements(tables, dialect())) for name, dialect in _DIALECTS.items()}
    return Manifest(
        made=at,
        version=migrations.version(connection, store.name),
        journal=connection.execute(select(func.max(schema.journal.c.number))).scalar_one() or 0,
        tables=tuple(_described(connection, store, one) for one in tables),
        statements=statements,
    )


def _statements(tables: list[Table], dialect: Any) -> Iterator[str]:
    for one in tables:
        yield str(CreateTable(one).compile(dialect=dialect))
        yield from (
            str(CreateIndex(index).compile(dialect=dialect)) for index in sorted(one.indexes, key=lambda each: each.name or "")
        )


def _described(connection: Connection, store: Store, one: Table) -> TableOf:
    def of_kind(kind: type) -> tuple[str, ...]:
        return tuple(each.name for each in one.columns if each.type.python_type is kind)

    numbered = (
        one.autoincrement_column
        if one.autoincrement_column is not None and one.autoincrement_column.autoincrement is True
        else None
    )
    highest = 0 if numbered is None else connection.execute(select(func.max(numbered))).scalar_one() or 0
    return TableOf(
        name=one.name,
        columns=tuple(each.name for each in one.columns),
        bytes=of_kind(bytes),
        flags=of_kind(bool),
        count=connection.execute(select(func.count()).select_from(one)).scalar_one(),
        numbered="" if numbered is None else numbered.name,
        last=highest if numbered is None else max(highest, store.database.last_number(connection, one.name, numbered.name)),
    )


def _lines(connection: Connection, manifest: Manifest) -> Iterator[bytes]:
    yield orjson.dumps({"tocsin-backup": FORMAT, "manifest": plain(manifest)}) + b"\n"
    streamed = connection.execution_options(stream_results=True, yield_per=_BATCH)
    for one in manifest.tables:
        key = schema.metadata.tables[one.name].primary_key.columns
        rows: Any = (
            select(*(column(name) for name in one.columns))
            .select_from(table(one.name))
            .order_by(*(column(each.name) for each in key))
        )
        places, flags = [one.columns.index(name) for name in one.bytes], [one.columns.index(name) for name in one.flags]
        for row in streamed.execute(rows):
            values = list(row)
            for place in places:
                values[place] = None if values[place] is None else bytes(values[place]).decode("latin-1")
            for place in flags:
                values[place] = None if values[place] is None else bool(values[place])
            yield orjson.dumps(values) + b"\n"


# ------------------------------------------------------------------------------------------------------------- restoring


def restore(source: Path, address: str | Path, at: datetime, moved: Moved = lambda _done, _of: None) -> Manifest:
    """The manifest of the backup from which the store at `address` was made, and with which it was compared.

    Args:
        at: the wall's now; what is told of articles taken before may have been told already.

    Raises UsageError when there is a store at the address, or the file is no whole backup; then nothing is there.
    """
    file = file_of(address)
    if file is not None and file.exists():
        raise UsageError(f"{file}: the file exists, and a backup takes nothing's place; move it away, or name another store")
    beside = None if file is None else file.with_name(f"{file.name}.restoring")
    try:
        if beside is not None:
            beside.unlink(missing_ok=True)
        with source.open("rb") as found:
            manifest = _restore(_Reader(source, found), beside or address, at, moved)
        if beside is not None and file is not None:
            os.link(beside, file)
    except OSError as fault:
        raise UsageError(f"{fault.filename or source}: {fault.strerror}; nothing was restored") from fault
    finally:
        for rest in ("", "-wal", "-shm"):
            if beside is not None:
                beside.with_name(beside.name + rest).unlink(missing_ok=True)
    return manifest


def _restore(reader: "_Reader", address: str | Path, at: datetime, moved: Moved) -> Manifest:
    database = opened(address)
    try:
        with translated(database.name), database.reader.begin() as connection:
            database.check(connection)
        with translated(database.name), database.writer.begin() as connection:
            found = inspect(connection).get_table_names()
            if found:
                what = f'it has tables already ("{min(found)}"), and a backup takes nothing\'s place'
                raise UsageError(f"{database.name}: {what}; make a new database with createdb, or name another store")
            manifest = reader.manifest()
            for statement in manifest.statements[connection.dialect.name]:
                connection.exec_driver_sql(statement)
            done = 0
            for one in manifest.tables:
                for rows in reader.rows(one):
                    connection.execute(insert(table(one.name, *map(column, one.columns))), rows)
                    done += len(rows)
                    moved(done, manifest.rows)
                if one.numbered:
                    database.set_last_number(connection, one.name, one.numbered, one.last)
            reader.end()
            _compare(connection, manifest, reader.name)
            migrations.migrate(connection, database.name)
            restored.mark(connection, at, manifest.made)
    finally:
        database.close()
    return manifest


def _compare(connection: Connection, manifest: Manifest, name: str) -> None:
    """Returns when the store holds what the manifest says."""
    for one in manifest.tables:
        count = connection.execute(select(func.count()).select_from(table(one.name))).scalar_one()
        if count != one.count:
            raise UsageError(
                f'{name}: table "{one.name}" has {count} rows in the store and {one.count} in the backup; nothing was restored'
            )
    number: int = connection.execute(select(func.max(schema.journal.c.number))).scalar_one() or 0
    if number != manifest.journal:
        raise UsageError(
            f"{name}: the journal ends with {number} in the store and {manifest.journal} in the backup; nothing was restored"
        )


class _Reader:
    """The lines of a backup, in order, each counted into the digest."""

    def __init__(self, name: Path, file: IO[bytes]) -> None:
        self.name = str(name)
        self._lines = io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(file), 2**20)
        self._digest = hashlib.sha256()

    def manifest(self) -> Manifest:
        """The head; raises UsageError for a file that is no backup, or a newer program's."""
        head = self._line()
        if not isinstance(head, dict) or "tocsin-backup" not in head:
            raise UsageError(f'{self.name}: this is no backup; "tocsin backup" makes them')
        newest = migrations.MIGRATIONS[-1].number
        if head["tocsin-backup"] != FORMAT or head["manifest"]["version"] > newest:
            raise UsageError(f"{self.name}: the backup is of a newer program; upgrade this one")
        return structure(head["manifest"], Manifest)

    def rows(self, one: TableOf) -> Iterator[list[dict[str, Any]]]:
        """The rows of the next table, some at a time."""
        left = one.count
        while left:
            size = min(left, _BATCH)
            yield [self._row(one) for _ in range(size)]
            left -= size

    def end(self) -> None:
        """Returns when nothing is missing and nothing was changed."""
        digest = self._digest.hexdigest()
        if self._line() != {"sha256": digest} or self._lines.read(1):
            raise self._damaged("its digest is another one")

    def _row(self, one: TableOf) -> dict[str, Any]:
        values = self._line()
        if not isinstance(values, list) or len(values) != len(one.columns):
            raise self._damaged(f'a row of table "{one.name}" is missing')
        row = dict(zip(one.columns, values, strict=True))
        return row | {name: row[name].encode("latin-1") for name in one.bytes if row[name] is not None}

    def _line(self) -> Any:
        try:
            line = self._lines.readline()
            found = orjson.loads(line)
        except (zstandard.ZstdError, orjson.JSONDecodeError) as fault:
            raise self._damaged("it ends too early, or is no backup") from fault
        self._digest.update(line)
        return found

    def _damaged(self, why: str) -> UsageError:
        return UsageError(f"{self.name}: the backup is not whole: {why}; nothing was restored; take another one")
