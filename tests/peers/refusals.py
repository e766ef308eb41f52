"""A table that refuses what is written to it, by the database itself: how tests make a transaction fail half-way."""

from collections.abc import Iterator
from contextlib import contextmanager

from streams.store.store import Store


@contextmanager
def refusing(store: Store, table: str, *, code: str = "P0001") -> Iterator[None]:
    """Every insert into the table fails meanwhile; on PostgreSQL with that code (its `errcodes` appendix)."""
    name = f"refuses_{table}"
    raised = f"RAISE EXCEPTION USING MESSAGE = 'refused', ERRCODE = '{code}'"
    if store.path is not None:
        make = [f"CREATE TRIGGER {name} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'refused'); END"]
        drop = [f"DROP TRIGGER {name}"]
    else:
        make = [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {raised}; END $$",
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ]
        drop = [f"DROP FUNCTION {name}() CASCADE"]
    _run(store, make)
    try:
        yield
    finally:
        _run(store, drop)


def _run(store: Store, statements: list[str]) -> None:
    with store.writing() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
