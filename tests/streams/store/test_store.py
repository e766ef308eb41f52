"""Opening, transactions, faults of the environment, migrations and the journal's reader."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from peers.remembered import cursor, day, item
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from streams.errors import EnvironmentFault, StoreBusy, UsageError
from streams.orders import Entry
from streams.store import journal, migrations, schema
from streams.store.inbox import StoreInbox
from streams.store.migrations import MIGRATIONS, Migration
from streams.store.store import Store

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tocsin.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as opened:
        yield opened


# ------------------------------------------------------------------------------------------------------------ opening


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    path.touch()
    with Store.open(path) as store:
        assert StoreInbox(store).pending() == ()
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT number FROM migrations").fetchall() == [(number.number,) for number in MIGRATIONS]
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_what_was_written_is_there_when_it_is_opened_again(path: Path) -> None:
    with Store.open(path) as store:
        StoreInbox(store).take([item()], cursor())
    with Store.open(f"sqlite:///{path}") as store:
        assert len(StoreInbox(store).pending()) == 1


def test_transactions_are_durable_and_keep_references(store: Store) -> None:
    """A commit that `fsync` has not reached is no commit; synchronous 2 is FULL."""
    with store.writing() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("synchronous", "foreign_keys", "journal_mode")
        ]
    assert found == [2, 1, "wal"]


def test_a_path_of_odd_characters_is_the_file_of_that_name(tmp_path: Path) -> None:
    odd = tmp_path / "a b?c#d%20é.db"
    with Store.open(odd):
        assert odd.exists()


@pytest.mark.parametrize(
    ("name", "read_only", "text"),
    [
        ("no/such/folder.db", False, "{}: the folder does not exist; create it first"),
        ("", False, "{}: this is a folder; name a file in it"),
        ("missing.db", True, '{}: there is no store; "tocsin run" makes one'),
        ("page.html", False, "{}: this file is not a database; name another file, or move it away to start with an empty store"),
        ("page.html", True, "{}: this file is not a database; name another file, or move it away to start with an empty store"),
        ("other.db", False, '{}: this database is not a Tocsin store; it has other tables ("albums"); name another file'),
        ("newer.db", False, "{}: the store is at version 99, this program knows up to {newest}; upgrade the program"),
        ("newer.db", True, "{}: the store is at version 99, this program knows up to {newest}; upgrade the program"),
        ("empty.db", True, '{}: the store is at version 0, this command needs {newest}; "tocsin run" upgrades it'),
    ],
)
def test_what_is_no_store_for_this_program_is_refused(tmp_path: Path, name: str, read_only: bool, text: str) -> None:
    (tmp_path / "page.html").write_text("<html>" + "no database " * 100)
    (tmp_path / "empty.db").touch()
    with sqlite3.connect(tmp_path / "other.db") as raw:
        raw.execute("CREATE TABLE albums (x)")
    with Store.open(tmp_path / "newer.db") as store, store.writing() as connection:
        connection.execute(schema.migrations.insert().values(number=99, what="of tomorrow"))
    before = (tmp_path / "other.db").read_bytes()
    with pytest.raises(UsageError) as raised:
        Store.open(tmp_path / name, read_only=read_only)
    assert str(raised.value) == text.format(tmp_path / name, newest=MIGRATIONS[-1].number)
    assert (tmp_path / "other.db").read_bytes()[100:] == before[100:]


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (
            "postgresql://desk:hunter2@db/x",
            'store: "postgresql" stores are not supported yet; write a path, or sqlite:////path/to/file',
        ),
        ("sqlite://", 'store: "sqlite" stores are not supported yet; write a path, or sqlite:////path/to/file'),
        ("://", "store: the address cannot be read; write a path, or sqlite:////path/to/file"),
    ],
)
def test_an_address_it_cannot_open_is_refused_without_its_password(address: str, text: str) -> None:
    with pytest.raises(UsageError) as raised:
        Store.open(address)
    assert str(raised.value) == text


def test_a_store_opened_for_reading_cannot_be_written(store: Store, path: Path) -> None:
    with (
        Store.open(path, read_only=True) as reader,
        pytest.raises(EnvironmentFault, match=r"tocsin\.db: it cannot be written; check the rights"),
    ):
        StoreInbox(reader).take([item()], cursor())


# ------------------------------------------------------------------------------------------------------- transactions


def test_an_exception_takes_back_everything(store: Store) -> None:
    def half() -> None:
        with store.lock(day(0)) as lock, store.matching(lock) as memory:
            memory.append("tick", day(1), b"{}")
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        half()
    assert list(journal.read(store)) == []


def test_a_reader_sees_one_moment_while_others_write(store: Store) -> None:
    with store.reading() as connection:
        assert connection.execute(schema.inbox.select()).all() == []
        StoreInbox(store).take([item()], cursor())
        assert connection.execute(schema.inbox.select()).all() == []


def test_a_writer_waits_for_another_at_its_beginning_and_then_gives_up(store: Store, path: Path) -> None:
    """Without BEGIN IMMEDIATE both would begin, and one fail in the middle, at once, whatever it is willing to wait."""
    with Store.open(path, wait_s=0.05) as other, store.writing():
        with pytest.raises(StoreBusy) as raised, other.writing():
            pytest.fail("began beside another writer")
        assert str(raised.value) == (
            f"{path}: another process kept the store locked; nothing of this transaction was written; try again"
        )


def test_a_damaged_file_is_a_fault_of_the_environment(path: Path) -> None:
    with Store.open(path) as store:
        StoreInbox(store).take([item(f"a{n}") for n in range(300)], cursor())
    damaged = bytearray(path.read_bytes())
    damaged[8192:] = os.urandom(len(damaged) - 8192)
    path.write_bytes(damaged)
    with pytest.raises(EnvironmentFault, match=r"tocsin\.db: the file is damaged; stop every process and restore it from a backup"):
        Store.open(path)


def test_a_mistake_of_ours_is_not_called_a_fault_of_the_environment(store: Store) -> None:
    """EnvironmentFault is retried for ever; a wrong query must not be."""
    with pytest.raises(Exception, match="no such table") as raised, store.reading() as connection:
        connection.exec_driver_sql("SELECT * FROM albums")
    assert not isinstance(raised.value, EnvironmentFault)


def test_parameters_do_not_appear_in_errors(store: Store) -> None:
    row = {"feed": "hunter2", "cursor": "{}"}
    with pytest.raises(Exception, match="UNIQUE") as raised, store.writing() as connection:
        connection.execute(schema.feeds.insert(), [row, row])
    assert "hunter2" not in str(raised.value)


def test_a_backup_is_a_whole_store(store: Store, tmp_path: Path) -> None:
    StoreInbox(store).take([item()], cursor())
    store.backup(tmp_path / "copy.db")
    with Store.open(tmp_path / "copy.db", read_only=True) as copy:
        assert len(StoreInbox(copy).pending()) == 1
    with pytest.raises(UsageError, match=r"copy\.db: the file exists; name a new file for the backup$"):
        store.backup(tmp_path / "copy.db")


# ---------------------------------------------------------------------------------------------------------- migrations


def tables_of(path: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(path) as raw:
        rows = raw.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'").fetchall()
    return sorted((name, " ".join(sql.split())) for name, sql in rows)


def test_the_first_version_brought_up_to_date_has_the_tables_of_today(store: Store, tmp_path: Path) -> None:
    """Whoever changes a table without a migration breaks this; the file is the first version and is never edited."""
    old = tmp_path / "old.db"
    with sqlite3.connect(old) as raw:
        raw.executescript((DATA / "store_schema_1.sql").read_text())
        raw.execute("INSERT INTO migrations VALUES (1, 'first tables')")
    Store.open(old).close()
    assert tables_of(old) == tables_of(store.path)


def test_an_older_store_gets_the_changes_it_lacks_in_order(store: Store) -> None:
    done: list[int] = []
    newest = MIGRATIONS[-1].number

    def change(number: int) -> Migration:
        return Migration(number, f"change {number}", lambda _: done.append(number))

    def failing(_: Connection) -> None:
        raise RuntimeError("half-way")

    known = (*MIGRATIONS, change(newest + 1), change(newest + 2))
    with store.writing() as connection:
        migrations.migrate(connection, store.name, known)
        assert migrations.version(connection, store.name) == newest + 2
        migrations.migrate(connection, store.name, known)
    assert done == [newest + 1, newest + 2]
    with pytest.raises(RuntimeError), store.writing() as connection:
        migrations.migrate(connection, store.name, (*known, change(newest + 3), Migration(newest + 4, "breaks", failing)))
    with store.reading() as connection:
        assert migrations.version(connection, store.name) == newest + 2


def test_an_empty_store_has_the_tables_of_today_without_the_changes_on_the_way(path: Path) -> None:
    """The changes would fail on it: what they add is there already."""
    done: list[int] = []
    newest = MIGRATIONS[-1].number
    path.touch()
    with Store.open(path) as store:
        with store.writing() as connection:
            schema.metadata.drop_all(connection)
            migrations.migrate(connection, store.name, (*MIGRATIONS, Migration(newest + 1, "later", lambda _: done.append(1))))
        with store.reading() as connection:
            assert migrations.version(connection, store.name) == newest + 1
    assert done == []


def test_migrations_are_numbered_without_gaps() -> None:
    assert [migration.number for migration in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


def test_every_table_can_be_made_in_postgresql() -> None:
    dialect = postgresql.dialect()
    texts = [str(CreateTable(table).compile(dialect=dialect)) for table in schema.metadata.sorted_tables]
    texts += [
        str(CreateIndex(index).compile(dialect=dialect)) for table in schema.metadata.sorted_tables for index in table.indexes
    ]
    assert any("WHERE state = 'waiting'" in text for text in texts)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT payload FROM inbox WHERE state = 'waiting' ORDER BY seq",
        "SELECT article FROM inbox WHERE article IN (?) ORDER BY revision",
        "SELECT article FROM inbox WHERE article = ? OR url = ?",
        "SELECT payload FROM events WHERE article = ? ORDER BY position",
        "SELECT payload FROM incidents WHERE ends > ? AND starts < ?",
        "SELECT payload FROM told WHERE anchor = ? ORDER BY rule, subject",
        "SELECT payload FROM told WHERE rule = ? ORDER BY subject",
        "SELECT count(*) FROM outbox WHERE incident = ? AND channel = ?",
        "SELECT payload FROM outbox WHERE channel = ? AND state = 'waiting' ORDER BY seq DESC",
        "SELECT seq FROM ledger WHERE article = ? AND revision = ? AND event = ? AND rule = ?",
        "SELECT number FROM journal ORDER BY number DESC LIMIT 1",
        "SELECT payload FROM journal WHERE kind = ? ORDER BY number DESC LIMIT 1",
        "SELECT seq FROM inbox WHERE taken_at < ? AND NOT state = 'waiting' AND payload IS NOT NULL",
        "SELECT article FROM articles WHERE taken_at < ? AND trimmed = 0",
        "SELECT number FROM orders WHERE entry IS NULL AND refused IS NULL ORDER BY number",
        "SELECT kind FROM timers WHERE due <= ? ORDER BY due",
        "SELECT payload FROM notes WHERE kind = ? ORDER BY key",
    ],
)
def test_what_is_looked_up_often_has_an_index(store: Store, query: str) -> None:
    with sqlite3.connect(store.path) as raw:
        plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {query}", ["x"] * query.count("?"))]
    assert not [line for line in plan if line.startswith("SCAN") and "USING" not in line and line != "SCAN journal"], plan


# ------------------------------------------------------------------------------------------------------------- journal


def test_the_journal_is_read_in_order_and_from_any_number(store: Store) -> None:
    with store.lock(day(0)) as lock, store.matching(lock) as memory:
        entries = [memory.append("reading", day(n), bytes([0, 255, n % 256])) for n in range(450)]
    assert list(journal.read(store)) == entries
    assert [entry.number for entry in journal.read(store, after=448)] == [449, 450]


def test_the_newest_entry_of_a_kind_is_found(store: Store) -> None:
    """A run asks at its start which rules were adopted last."""
    assert journal.last(store, "rules") is None
    with store.lock(day(0)) as lock, store.matching(lock) as memory:
        kinds = [memory.append(kind, day(1), b"{}") for kind in ("rules", "rules", "reading", "tick")]
    assert journal.last(store, "rules") == kinds[1]
    assert journal.last(store, "tick") == kinds[3]


def test_the_journal_can_be_read_while_it_grows(store: Store) -> None:
    with store.lock(day(0)) as lock:
        with store.matching(lock) as memory:
            memory.append("tick", day(1), b"1")
        reader = journal.read(store)
        assert next(reader) == Entry(number=1, kind="tick", at=day(1), payload=b"1")
        with store.matching(lock) as memory:
            memory.append("tick", day(1), b"2")
    assert len(list(journal.read(store))) == 2
