"""A PostgreSQL server of our own, from Debian's binaries, on a socket in a folder of its own; for tests that ask for `postgres`.

Root must not run it, so it runs as "postgres", or else as "nobody". Texts sort by a language in it (ICU), which ours must not.
Tests of the store ask for `address`, and run on each kind of database; `database` is the address of an empty one of the test's
own. `fsync` is off; a fault test starts its own server with `Postgres(durable=True)`.
"""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from peers.needs import lacking

from streams.store.store import Store

USER = "desk"
GUARDED = "guarded"  # a user who must show a password
PASSWORD = "hunter2"  # of that user
READY_S = 30.0
MISSING = "PostgreSQL is not installed (Debian: postgresql)"
_ACCESS = f"local all {GUARDED} scram-sha-256\nlocal all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
_ALONE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_EMPTY = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations' LOOP
    EXECUTE format('DELETE FROM %I', one.name);
  END LOOP;
  FOR one IN SELECT sequencename AS name FROM pg_sequences WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', one.name);
  END LOOP;
END $$
"""


class Postgres:
    """One server.

    Attributes:
        folder: of its data, its log and its socket.
    """

    def __init__(self, *, durable: bool = False, options: tuple[str, ...] = ()) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tocsin-pg-"))
        self._who = _user(self.folder)
        self._options = (
            "listen_addresses=",
            f"fsync={'on' if durable else 'off'}",
            f"unix_socket_directories={self.folder}",
            *options,
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)
        locale = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")
        self._run("initdb", "-D", str(self.data), "-U", USER, "--auth=trust", "--no-sync", "--no-instructions", *locale)
        (self.data / "pg_hba.conf").write_text(_ACCESS)
        self.start()
        with self.admin() as connection:
            connection.execute(f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'")

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Returns when it answers."""
        options = [part for option in self._options for part in ("-c", option)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [_binary("postgres"), "-D", str(self.data), *options], stdout=log, stderr=log, **self._who
            )
        deadline = time.monotonic() + READY_S
        while True:
            try:
                self.admin().close()
                return
            except psycopg.OperationalError:
                assert self._process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < deadline, (self.folder / "log").read_text()
                time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends every session at once (a fast shutdown), SIGQUIT is as good as a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(READY_S)
            self._process = None

    def restart(self, how: signal.Signals = signal.SIGINT) -> None:
        self.stop(how)
        self.start()

    def close(self) -> None:
        """Stops it and removes its folder."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder)

    def address(self, database: str, user: str = USER) -> str:
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def admin(self, database: str = "postgres") -> "psycopg.Connection[Any]":
        """A session of the server's owner; each statement is a transaction."""
        return psycopg.connect(self.address(database), autocommit=True)

    def create(self) -> str:
        """The name of a new empty database."""
        name = f"t{next(self._numbers)}"
        with self.admin() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return name

    def drop(self, name: str) -> None:
        with self.admin() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run([_binary(name), *arguments], capture_output=True, text=True, check=False, **self._who)
        assert done.returncode == 0, done.stdout + done.stderr


def _binary(name: str) -> str:
    """The program; Debian keeps those of the server out of the path. Newest version first."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    found = shutil.which(name, path=os.pathsep.join([*map(str, places), os.environ.get("PATH", "")]))
    if found is None:
        raise FileNotFoundError(MISSING)
    return found


def _user(folder: Path) -> dict[str, Any]:
    """How a subprocess becomes somebody who may run the server, and owns the folder."""
    if os.geteuid() != 0:
        return {"cwd": folder}
    names = {one.pw_name for one in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"cwd": folder, "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server that tests share."""
    try:
        _binary("postgres")
    except FileNotFoundError as fault:
        lacking(str(fault))
    server = Postgres()
    yield server
    server.close()


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    """The address of an empty database."""
    name = postgres.create()
    yield postgres.address(name)
    postgres.drop(name)


@pytest.fixture(scope="session")
def emptied(postgres: Postgres) -> Callable[[], str]:
    """Empties the database that tests of the store share, and returns its address; the tables stay, which saves time."""
    name = postgres.create()
    Store.open(postgres.address(name)).close()

    def empty() -> str:
        with postgres.admin(name) as connection:
            connection.execute(_ALONE)
            connection.execute(_EMPTY)
        return postgres.address(name)

    return empty


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a test's store lies: the test runs once on each kind of database. Whoever changes tables asks for `database`."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("emptied")())
    return str(tmp_path / "tocsin.db")
