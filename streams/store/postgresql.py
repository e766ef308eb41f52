"""The store on a PostgreSQL server: for several hosts, or where a database is looked after already.

The same promises as in one file. Writers queue at their beginning, on an advisory lock that ends with the transaction, and
then read what is committed: nobody's reading is overtaken by another's writing, and nothing has to be tried again because of
it. Readers see one moment. Guards are advisory locks of a session of their own, which the server ends when it hears nothing of its
process for a while: a process that is stopped (SIGSTOP, a frozen machine) gives way to its standby, and the fencing number keeps
it from writing when it wakes. Connections go to the server directly: a pooler that shares sessions breaks the guards.
"""

import threading
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from streams.errors import StoreBusy, UsageError
from streams.store.faults import translated

OLDEST = 14  # the first server with idle_session_timeout
CONNECT_S = 5  # until a server that does not answer counts as gone
SILENT_S = 15.0  # after which the server ends a guard's session that it has not heard of
STILL_S = 20  # how long a writer may do nothing inside its transaction, for all others wait for it
_LIVING = {"keepalives_idle": 5, "keepalives_interval": 5, "keepalives_count": 3}  # ends that vanish are noticed in 20 s
# The number of a lock in this database and schema. Both are needed: two desks may share a database, each with a schema.
_NUMBER = "hashtextextended('tocsin/' || current_schema() || '/' || {}, 0)"
_QUEUE = f"SELECT set_config('idle_in_transaction_session_timeout', '{STILL_S}s', true), pg_advisory_xact_lock({{}})".format(
    _NUMBER.format("'writer'")
)


class PostgresqlServer:
    """A store's database on a server; fills `database.Database`."""

    def __init__(self, url: URL, *, read_only: bool, wait_s: float, silent_s: float = SILENT_S) -> None:
        where = URL.create("postgresql", url.username, None, url.host, url.port, url.database)
        self.name = where.render_as_string()
        self.path: Path | None = None
        self._silent_s = silent_s
        self._url = url.set(drivername="postgresql+psycopg")
        self._settings = {"lock_timeout": f"{int(wait_s * 1000)}ms", "synchronous_commit": "on"}
        engine = self._engine(self._settings, pool_pre_ping=True)  # the ping hides that the server was restarted meanwhile
        event.listen(engine, "begin", _begin)
        self.reader: Engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self.writer: Engine = engine.execution_options(
            begin="IMMEDIATE", isolation_level="READ COMMITTED", postgresql_readonly=read_only
        )

    def check(self, connection: Connection) -> None:
        """Returns when the server is new enough and the database keeps texts as we write them."""
        version = int((connection.dialect.server_version_info or (0,))[0])
        if version < OLDEST:
            raise UsageError(f"{self.name}: PostgreSQL {version} is too old; use {OLDEST} or newer")
        schema, encoding = connection.execute(text("SELECT current_schema(), current_setting('server_encoding')")).one()
        if schema is None:
            raise UsageError(
                f"{self.name}: no schema of this user's search_path exists; create one, and grant the user the use of it"
            )
        if encoding != "UTF8":
            raise UsageError(f'{self.name}: the database\'s encoding is {encoding}; make one with "createdb --encoding UTF8"')

    def turn(self) -> AbstractContextManager[None]:
        """Nothing to do: the server lets those who wait for a lock in by the order in which they came."""
        return nullcontext()

    def guard(self, name: str) -> "SessionGuard":
        """An advisory lock of a session of its own."""
        settings = self._settings | {"idle_session_timeout": f"{int(self._silent_s * 1000)}ms"}
        engine = self._engine(settings, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        return SessionGuard(engine, self.name, name, ping_s=self._silent_s / 4)

    def last_number(self, connection: Connection, table: str, column: str) -> int:
        """Of the sequence behind the column."""
        last = text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:table, :column)::regclass)")
        return connection.execute(last, {"table": table, "column": column}).scalar() or 0

    def set_last_number(self, connection: Connection, table: str, column: str, number: int) -> None:
        """Of the sequence behind the column."""
        if number:
            sequence = text("SELECT setval(pg_get_serial_sequence(:table, :column), :number)")
            connection.execute(sequence, {"table": table, "column": column, "number": number})

    def close(self) -> None:
        """Closes every connection."""
        self.reader.dispose()

    def _engine(self, settings: dict[str, str], **more: Any) -> Engine:
        """An engine whose sessions have these settings from the first moment, at no request of their own."""
        given = dict(self._url.query)
        settings = settings | {f"tcp_{name}": str(value) for name, value in _LIVING.items()}
        options = " ".join([str(given.get("options", "")), *(f"-c {name}={value}" for name, value in settings.items())])
        arguments = {"connect_timeout": CONNECT_S, "application_name": "tocsin", "tcp_user_timeout": 20_000} | _LIVING
        arguments = {name: value for name, value in arguments.items() if name not in given} | {"options": options.strip()}
        # hide_parameters: the parameters are articles and settings, and errors are logged
        return create_engine(self._url, connect_args=arguments, hide_parameters=True, **more)


class SessionGuard:
    """An advisory lock that this process holds, kept by a thread that lets the server hear of it.

    When the server was restarted, or ended the session because this process stood still, the thread takes the lock again, unless
    somebody else has held it since. Whether this process may still write is asked elsewhere, in each transaction.
    """

    def __init__(self, engine: Engine, store_name: str, name: str, *, ping_s: float) -> None:
        self._engine = engine
        self._ping_s = ping_s
        self._name = name
        self._fence = 0
        self._over = threading.Event()
        with translated(store_name):
            self._session: Connection | None = self._take()
            if self._session is None:
                raise StoreBusy(
                    f"{store_name}: another {name} holds this store ({self._holder()}); stop it first, or name another store"
                )
        self._keeper = threading.Thread(target=self._keep, name=f"keeps {name}", daemon=True)
        self._keeper.start()

    def numbered(self, fence: int) -> None:
        """From now on the lock is taken again only while this is the newest number."""
        self._fence = fence

    def release(self) -> None:
        """Ends the session, and the lock with it."""
        self._over.set()
        self._keeper.join()

    def _take(self) -> Connection | None:
        session = self._engine.connect()
        try:
            if session.execute(text(f"SELECT pg_try_advisory_lock({_NUMBER.format(':name')})"), {"name": self._name}).scalar_one():
                return session
        except BaseException:
            session.close()
            raise
        session.close()
        return None

    def _holder(self) -> str:
        with self._engine.connect() as session:
            return session.execute(text("SELECT holder FROM locks WHERE name = :name"), {"name": self._name}).scalar() or "unknown"

    def _keep(self) -> None:
        try:
            self._keep_alive()
        finally:
            self._drop()

    def _keep_alive(self) -> None:
        while not self._over.wait(self._ping_s):
            try:
                if self._session is None:
                    self._session = self._take()
                    if self._session is not None and self._newest() != self._fence:
                        return
                else:
                    self._session.execute(text("SELECT 1"))
            except DBAPIError:  # the server is away: whoever writes meanwhile says so, and this is tried again
                self._drop()

    def _newest(self) -> int:
        with self._engine.connect() as session:
            return session.execute(text("SELECT fence FROM locks WHERE name = :name"), {"name": self._name}).scalar() or 0

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.invalidate()
            session.close()


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("begin") == "IMMEDIATE":
        connection.exec_driver_sql(_QUEUE)
