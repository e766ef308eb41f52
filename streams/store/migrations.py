"""Numbered changes of the tables, and the check that store and code know each other; called by `Store.open` only.

An empty store gets today's tables and every number at once; an older one gets the changes it lacks, in order and in one
transaction. A number once shipped is never edited. A store that is newer than the code is refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, inspect, literal, select

from streams.errors import UsageError
from streams.records.flow import ANY
from streams.store import schema


@dataclass(frozen=True, slots=True)
class Migration:
    """One change of the tables."""

    number: int  # from 1, without gaps
    what: str  # in words, for whoever looks into the table
    apply: Callable[[Connection], None]  # from the tables of `number - 1` to those of `number`; never drops what it cannot rebuild


def _create(connection: Connection) -> None:
    schema.metadata.create_all(connection)


def _add_backfills(connection: Connection) -> None:
    for table in (schema.backfills, schema.judged):
        table.create(connection)


def _add_points(connection: Connection) -> None:
    """Rules with a form are judged anew at the next start, for their hashes are new too (`rules.entry`)."""
    connection.exec_driver_sql("DROP TABLE members")
    schema.points.create(connection)


def _add_orders(connection: Connection) -> None:
    for table in (schema.orders, schema.timers, schema.notes):
        table.create(connection)


def _add_prints(connection: Connection) -> None:
    """Articles taken before have no print: copies of them are found only where they come late."""
    for table in (schema.prints, schema.print_keys, schema.backings):
        table.create(connection)


def _index_what_failed(connection: Connection) -> None:
    for index in (schema.inbox_quarantined, schema.outbox_refused):
        index.create(connection)


def _add_restores(connection: Connection) -> None:
    for table in (schema.restores, schema.places, schema.retried):
        table.create(connection)


def _add_handles(connection: Connection) -> None:
    """Incidents written before are found by whoever looks, until they are written again."""
    held, table = schema.incident_handles, schema.incidents.c
    held.create(connection)
    rows = select(literal(ANY), table.id, table.starts, table.ends)
    connection.execute(insert(held).from_select(["handle", "incident", "starts", "ends"], rows))


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "first tables", _create),
    Migration(2, "how far new rules have come with the past", _add_backfills),
    Migration(3, "points of temporal rules instead of their members", _add_points),
    Migration(4, "orders of people and of other parts, timers, notes", _add_orders),
    Migration(5, "words of recent articles, and whose word articles rest on", _add_prints),
    Migration(6, "indexes of what was set aside and refused", _index_what_failed),
    Migration(7, "restorations from a backup, how far topics were taken, dead letters sent again", _add_restores),
    Migration(8, "handles by which incidents are found", _add_handles),
)


def version(connection: Connection, name: str) -> int:
    """The newest change that the store has had, 0 for an empty one; raises UsageError when it is no store of ours."""
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return 0
    if schema.migrations.name not in tables:
        raise UsageError(f'{name}: this database is not a Tocsin store; it has other tables ("{min(tables)}"); name another one')
    return max(connection.execute(select(schema.migrations.c.number)).scalars(), default=0)


def check(connection: Connection, name: str, known: Sequence[Migration] = MIGRATIONS) -> None:
    """Returns when the store has exactly the tables this code knows; raises UsageError otherwise."""
    found, newest = version(connection, name), known[-1].number
    _refuse_newer(found, newest, name)
    if found < newest:
        raise UsageError(f'{name}: the store is at version {found}, this command needs {newest}; "tocsin run" upgrades it')


def migrate(connection: Connection, name: str, known: Sequence[Migration] = MIGRATIONS) -> None:
    """Brings the store to the tables this code knows; raises UsageError when it is newer or not ours."""
    found, newest = version(connection, name), known[-1].number
    _refuse_newer(found, newest, name)
    if found == 0:
        _create(connection)
    for migration in known:
        if migration.number <= found:
            continue
        if found:
            migration.apply(connection)
        connection.execute(schema.migrations.insert().values(number=migration.number, what=migration.what))


def _refuse_newer(found: int, newest: int, name: str) -> None:
    if found > newest:
        raise UsageError(f"{name}: the store is at version {found}, this program knows up to {newest}; upgrade the program")
