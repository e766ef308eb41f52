"""Opening, transactions, faults of the environment, migrations and the journal's reader."""

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from peers.postgres import GUARDED, PASSWORD, Postgres
from peers.remembered import cursor, day, days, incident, item
from sqlalchemy import Connection, make_url

from streams.errors import EnvironmentFault, StoreBusy, UsageError
from streams.records.orders import Entry
from streams.store import journal, migrations, schema
from streams.store.inbox import StoreInbox
from streams.store.migrations import MIGRATIONS, Migration
from streams.store.store import Store
from streams.wire import encode

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tocsin.db"


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    with Store.open(address) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database whose tables no other test needs."""
    return str(request.getfixturevalue("database") if request.param == "postgresql" else tmp_path / "own.db")


@pytest.fixture
def file(path: Path) -> Iterator[Store]:
    """A store in a file."""
    with Store.open(path) as opened:
        yield opened


@pytest.fixture
def server(postgres: Postgres) -> Iterator[Store]:
    """A store on a server, in a database whose tables no other test needs."""
    name = postgres.create()
    with Store.open(postgres.address(name)) as opened:
        yield opened
    postgres.drop(name)


# ------------------------------------------------------------------------------------------------------------ opening


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    path.touch()
    with Store.open(path) as store:
        assert StoreInbox(store).pending() == ()
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT number FROM migrations").fetchall() == [(number.number,) for number in MIGRATIONS]
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_what_was_written_is_there_when_it_is_opened_again(address: str) -> None:
    with Store.open(address) as store:
        StoreInbox(store).take([item()], cursor())
    for other in {address, f"sqlite:///{address}" if "://" not in address else address.replace("ql://", "ql+psycopg://")}:
        with Store.open(other) as store:
            assert len(StoreInbox(store).pending()) == 1


def test_transactions_are_durable_and_keep_references(file: Store) -> None:
    """A commit that `fsync` has not reached is no commit; synchronous 2 is FULL."""
    with file.writing() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("synchronous", "foreign_keys", "journal_mode")
        ]
    assert found == [2, 1, "wal"]


def test_transactions_on_a_server_do_not_rest_on_its_settings(postgres: Postgres, database: str) -> None:
    """A commit is on the disk, a writer sees what others have committed before it came, a reader sees one moment."""
    name = make_url(database).database
    with postgres.admin() as admin:
        for setting in ("synchronous_commit = off", "default_transaction_isolation = serializable"):
            admin.execute(f"ALTER DATABASE {name} SET {setting}")
    names = ("synchronous_commit", "transaction_isolation", "transaction_read_only")
    with Store.open(database) as store:
        for transaction, expected in (
            (store.writing, ["on", "read committed", "off"]),
            (store.reading, ["on", "repeatable read", "on"]),
        ):
            with transaction() as connection:
                assert [connection.exec_driver_sql(f"SHOW {one}").scalar_one() for one in names] == expected


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
        ("other.db", False, '{}: this database is not a Tocsin store; it has other tables ("albums"); name another one'),
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


ALLOWED = "write a path, sqlite:////path/to/file, or postgresql://user@host/database"


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("mysql://desk:hunter2@db/x", f'store: a "mysql" address names no store; {ALLOWED}'),
        ("sqlite://", f'store: a "sqlite" address names no store; {ALLOWED}'),
        ("://", f"store: the address cannot be read; {ALLOWED}"),
        ("postgresql://desk:hunter2@db:port/x", f"store: the address cannot be read; {ALLOWED}"),
    ],
)
def test_an_address_it_cannot_open_is_refused_without_its_password(address: str, text: str) -> None:
    with pytest.raises(UsageError) as raised:
        Store.open(address)
    assert str(raised.value) == text


@pytest.mark.parametrize(
    ("database", "user", "read_only", "text"),
    [
        ("nothing", "desk", False, "the server has no such database; make it with createdb"),
        ("empty", "nobody", False, "the server refuses this user or its password; check the address"),
        ("empty", "guarded:wrong", False, "the server refuses this user or its password; check the address"),
        (
            "empty", "guarded", False,
            "the server asks for a password; put it into the address, or into a file that PGPASSFILE names",
        ),
        ("empty", "desk", True, 'the store is at version 0, this command needs {newest}; "tocsin run" upgrades it'),
        ("albums", "desk", False, 'this database is not a Tocsin store; it has other tables ("albums"); name another one'),
        ("newer", "desk", False, "the store is at version 99, this program knows up to {newest}; upgrade the program"),
        ("latin", "desk", False, 'the database\'s encoding is LATIN1; make one with "createdb --encoding UTF8"'),
        ("homeless", "desk", False, "no schema of this user's search_path exists; create one, and grant the user the use of it"),
    ],
)  # fmt: skip
def test_a_database_that_is_no_store_for_this_program_is_refused(
    postgres: Postgres, database: str, user: str, read_only: bool, text: str
) -> None:
    with postgres.admin() as admin:
        if database == "latin":
            admin.execute("CREATE DATABASE latin ENCODING LATIN1 TEMPLATE template0 LOCALE 'C' LOCALE_PROVIDER libc")
        elif database != "nothing":
            admin.execute(f"CREATE DATABASE {database}")
    if database == "newer":
        with Store.open(postgres.address("newer")) as store, store.writing() as connection:
            connection.execute(schema.migrations.insert().values(number=99, what="of tomorrow"))
    elif database in ("albums", "homeless"):
        with postgres.admin(database) as admin:
            admin.execute("CREATE TABLE albums (x int)" if database == "albums" else "DROP SCHEMA public")
    try:
        with pytest.raises(UsageError) as raised:
            Store.open(postgres.address(database, user), read_only=read_only)
        shown = f"postgresql://{user.partition(':')[0]}@/{database}"
        assert str(raised.value) == f"{shown}: {text.format(newest=MIGRATIONS[-1].number)}"
    finally:
        postgres.drop(database)


def test_a_server_that_is_away_is_a_fault_of_the_environment() -> None:
    """Which is tried again, and whose message has no password."""
    with pytest.raises(EnvironmentFault, match="the database server cannot be reached") as raised:
        Store.open("postgresql://desk:hunter2@127.0.0.1:1/x?application_name=hunter2")
    assert str(raised.value).startswith("postgresql://desk@127.0.0.1:1/x: ")
    assert "hunter2" not in str(raised.value)


def test_a_password_lets_in_and_shows_nowhere(postgres: Postgres, database: str) -> None:
    name = make_url(database).database or ""
    with postgres.admin(name) as admin:
        admin.execute(f"GRANT ALL ON SCHEMA public TO {GUARDED}")
    with Store.open(postgres.address(name, f"{GUARDED}:{PASSWORD}")) as store:
        assert store.name == f"postgresql://{GUARDED}@/{name}"
        assert PASSWORD not in repr(vars(store))
        with store.lock(day(0)), pytest.raises(StoreBusy) as raised:
            store.lock(day(0))
        assert PASSWORD not in str(raised.value)


def test_two_desks_share_a_database_each_in_a_schema_of_its_own(postgres: Postgres, database: str) -> None:
    """With tables and locks of their own."""
    name = make_url(database).database or ""
    with postgres.admin(name) as admin:
        admin.execute("CREATE SCHEMA night")
    with Store.open(database) as day_desk, Store.open(f"{database}&options=-csearch_path%3Dnight") as night_desk:
        StoreInbox(day_desk).take([item()], cursor())
        assert StoreInbox(night_desk).pending() == ()
        with day_desk.lock(day(0)), night_desk.lock(day(0)) as lock:
            assert lock.fence == 1
            with day_desk.writing(), night_desk.writing():
                pass


def test_a_store_opened_for_reading_cannot_be_written(store: Store, address: str) -> None:
    with (
        Store.open(address, read_only=True) as reader,
        pytest.raises(EnvironmentFault, match="it cannot be written; "),
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


def test_a_writer_waits_for_another_at_its_beginning_and_then_gives_up(store: Store, address: str) -> None:
    """Otherwise both would begin, and one fail in the middle, at once, whatever it is willing to wait."""
    with Store.open(address, wait_s=0.05) as other, store.writing():
        with pytest.raises(StoreBusy) as raised, other.writing():
            pytest.fail("began beside another writer")
        assert str(raised.value) == (
            f"{store.name}: another process kept the store locked; nothing of this transaction was written; try again"
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
    with pytest.raises(Exception, match=r"no such table|does not exist") as raised, store.reading() as connection:
        connection.exec_driver_sql("SELECT * FROM albums")
    assert not isinstance(raised.value, EnvironmentFault)


def test_parameters_do_not_appear_in_errors(store: Store) -> None:
    row = {"feed": "hunter2", "cursor": "{}"}
    with pytest.raises(Exception, match=r"UNIQUE|unique") as raised, store.writing() as connection:
        connection.execute(schema.feeds.insert(), [row, row])
    assert "hunter2" not in str(raised.value)


def test_a_lost_connection_is_a_fault_of_the_environment_and_the_next_transaction_finds_a_new_one(
    postgres: Postgres, server: Store
) -> None:
    """Whoever was in the middle must try again; whoever comes later notices nothing."""
    inbox = StoreInbox(server)
    inbox.take([item()], cursor())

    def cut() -> None:
        with server.writing() as connection:
            pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            with postgres.admin() as admin:
                admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(EnvironmentFault, match="try again"):
        cut()
    assert len(inbox.pending()) == 1
    with postgres.admin() as admin:
        admin.execute(
            f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{server.name.split('/')[-1]}'"
        )
    assert inbox.take([item("b")], cursor()) != ()


def test_a_writer_that_stands_still_inside_its_transaction_loses_it(server: Store) -> None:
    """All others wait for it. (Shortened here; the server's own clock does it.)"""

    def doze() -> None:
        with server.writing() as connection:
            assert connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar_one() == "20s"
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
            time.sleep(0.5)
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(
        EnvironmentFault, match=r"this process stood still inside a transaction|connection to the database server broke"
    ):
        doze()
    assert len(StoreInbox(server).take([item()], cursor())) == 1


def test_texts_are_ordered_as_python_orders_them(store: Store) -> None:
    """Whatever language a database was made for; replays and pages by id rest on it."""
    names = ["a", "B", "Z", "ß", "é", "z", "I10-1", "I2-1", "_", "-", "\U0001f680", "\uffee"]
    inbox = StoreInbox(store)
    for name in names:
        inbox.take([], cursor(name))
    assert [one.feed for one in inbox.cursors()] == sorted(names)


# ---------------------------------------------------------------------------------------------------------- migrations


def tables_of(path: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(path) as raw:
        rows = raw.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'").fetchall()
    return sorted((name, " ".join(sql.split())) for name, sql in rows)


def test_the_first_version_brought_up_to_date_has_the_tables_of_today(file: Store, path: Path, tmp_path: Path) -> None:
    """Whoever changes a table without a migration breaks this; the file is the first version and is never edited."""
    old = tmp_path / "old.db"
    with sqlite3.connect(old) as raw:
        raw.executescript((DATA / "store_schema_1.sql").read_text())
        raw.execute("INSERT INTO migrations VALUES (1, 'first tables')")
    Store.open(old).close()
    assert tables_of(old) == tables_of(path)


def test_an_incident_that_an_older_release_wrote_is_found_by_whatever_handle(tmp_path: Path) -> None:
    old, one = tmp_path / "old.db", incident("I1-1", days(1, 2))
    with sqlite3.connect(old) as raw:
        raw.executescript((DATA / "store_schema_1.sql").read_text())
        raw.execute("INSERT INTO migrations VALUES (1, 'first tables')")
        fields = {name: value for name, value in json.loads(encode(one)).items() if name != "handles"}
        moments = [f"{moment:%Y-%m-%dT%H:%M:%S}.000000Z" for moment in (day(1), day(2), day(0))]
        raw.execute("INSERT INTO incidents VALUES (?, ?, ?, ?, ?)", (one.id, *moments, json.dumps(fields)))
    with Store.open(old) as store, store.remembering() as memory:
        assert memory.incidents_by(["at hit"], day(1), day(2)) == (one.id,)
        assert memory.incidents([one.id]) == (one,)


FIRST_ON_SERVER = 4  # the version with which stores on PostgreSQL began


def test_the_first_version_on_a_server_brought_up_to_date_has_the_tables_of_today(
    postgres: Postgres, server: Store, database: str
) -> None:
    """As above; the file is the first version on PostgreSQL and is never edited."""
    with psycopg.connect(database) as raw:
        raw.execute((DATA / f"store_schema_{FIRST_ON_SERVER}.postgresql.sql").read_text())
        for number in range(1, FIRST_ON_SERVER + 1):
            raw.execute("INSERT INTO migrations VALUES (%s, 'before')", (number,))
    Store.open(database).close()
    assert layout(database) == layout(postgres.address(server.name.split("/")[-1]))


def layout(address: str) -> list[Any]:
    """Columns, indexes and constraints of every table, by name."""
    queries = (
        "SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default FROM information_schema.columns"
        " WHERE table_schema = 'public' ORDER BY 1, 2",
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1",
    )
    with psycopg.connect(address) as raw:
        return [raw.execute(query).fetchall() for query in queries]


def test_an_older_store_gets_the_changes_it_lacks_in_order(own: str) -> None:
    with Store.open(own) as store:
        older_store_gets_the_changes(store)


def older_store_gets_the_changes(store: Store) -> None:
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


def test_an_empty_store_has_the_tables_of_today_without_the_changes_on_the_way(own: str) -> None:
    """The changes would fail on it: what they add is there already."""
    done: list[int] = []
    newest = MIGRATIONS[-1].number
    with Store.open(own) as store:
        with store.writing() as connection:
            schema.metadata.drop_all(connection)
            migrations.migrate(connection, store.name, (*MIGRATIONS, Migration(newest + 1, "later", lambda _: done.append(1))))
        with store.reading() as connection:
            assert migrations.version(connection, store.name) == newest + 1
    assert done == []


def test_migrations_are_numbered_without_gaps() -> None:
    assert [migration.number for migration in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


def test_every_text_is_ordered_by_its_characters_in_postgresql(server: Store) -> None:
    """A column of another type (`sqlalchemy.Text` itself) would be ordered by the database's language."""
    with server.reading() as connection:
        texts = connection.exec_driver_sql(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C'"
        ).all()
    assert texts == []


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
def test_what_is_looked_up_often_has_an_index(store: Store, address: str, query: str) -> None:
    values = ["1"] * query.count("?")
    if store.path is not None:
        with sqlite3.connect(store.path) as raw:
            plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {query}", values)]
        assert not [line for line in plan if line.startswith("SCAN") and "USING" not in line and line != "SCAN journal"], plan
        return
    with psycopg.connect(address) as server:
        server.execute("SET enable_seqscan = off")  # a table so small is read whole otherwise
        lines = [
            row[0] for row in server.execute(f"EXPLAIN {query}".replace("?", "%s").replace("trimmed = 0", "NOT trimmed"), values)
        ]
    assert not [line for line in lines if "Seq Scan" in line], lines


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
