"""The tables of the store, the same on SQLite and PostgreSQL; every other module of this room reads and writes them.

Records are kept whole in wire form (`payload`); a column beside it exists only because something is looked up or ordered by
it. Moments are text of fixed width in UTC, so that they sort and can be read in any SQL shell. Changing a table means adding
a migration; `tests/data/store_schema_1.sql` holds the first version against this file.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = MetaData()

# Order of texts is that of their characters' numbers everywhere, whatever language a PostgreSQL database was made for.
Text = sqlalchemy.Text().with_variant(sqlalchemy.Text(collation="C"), "postgresql")
# SQLite's integers have 64 bits anyway; two thousand million inbox rows are 25 days of 1,000 articles a second.
Integer = sqlalchemy.Integer().with_variant(sqlalchemy.BigInteger(), "postgresql")


class Moment(TypeDecorator[datetime]):
    """An aware datetime as text: 2024-04-21T16:05:00.000000Z."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Ordered like every other text."""
        return dialect.type_descriptor(String(27, collation="C" if dialect.name == "postgresql" else None))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """The text; raises ValueError for a datetime without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"datetime without a time zone for the store: {value.isoformat()}")
        return value.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """The datetime, in UTC."""
        return None if value is None else datetime.fromisoformat(value)


migrations = Table(
    "migrations",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("what", Text, nullable=False),
)

feeds = Table("feeds", metadata, Column("feed", Text, primary_key=True), Column("cursor", Text, nullable=False))

inbox = Table(
    "inbox",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("article", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("taken_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),  # last poll that still showed it, to the day; what is shown is not forgotten
    Column("fingerprint", Text, nullable=False),
    Column("payload", Text),  # the article; None: text older than its retention
    Column("state", Text, nullable=False),  # waiting, or how it was closed: see `ledger.CLOSINGS`
    Column("deaths", Integer, nullable=False, default=0),  # workers that died on it
    Column("published_at", Moment),  # when it went to Kafka; None: not yet, or no Kafka
    UniqueConstraint("article", "revision"),
    sqlite_autoincrement=True,  # numbers are never used twice, not even after retention
)
WAITING = "waiting"
IN_FLIGHT = inbox.c.state == text(f"'{WAITING}'")  # a literal: SQLite uses a partial index only when it can read the value
Index("inbox_url", inbox.c.url, postgresql_using="hash")  # a link may be longer than PostgreSQL lets a tree's row be (2,704 bytes)
Index("inbox_seen_at", inbox.c.seen_at)
Index("inbox_text", inbox.c.taken_at, sqlite_where=inbox.c.payload.is_not(None), postgresql_where=inbox.c.payload.is_not(None))
Index(
    "inbox_waiting",
    inbox.c.seq,
    sqlite_where=IN_FLIGHT,
    postgresql_where=IN_FLIGHT,
)
QUARANTINED = inbox.c.state == text("'quarantined'")
inbox_quarantined = Index("inbox_quarantined", inbox.c.seq, sqlite_where=QUARANTINED, postgresql_where=QUARANTINED)

articles = Table(
    "articles",
    metadata,
    Column("article", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("taken_at", Moment, nullable=False),
    Column("trimmed", Boolean, nullable=False, default=False),  # text and summary are gone, the rest stays
    Column("payload", Text, nullable=False),
)
Index("articles_text", articles.c.taken_at, sqlite_where=~articles.c.trimmed, postgresql_where=~articles.c.trimmed)

events = Table(
    "events",
    metadata,
    Column("id", Text, primary_key=True),
    Column("article", Text, nullable=False),
    Column("position", Integer, nullable=False),  # in its article, reading order
    Column("starts", Moment, nullable=False),
    Column("ends", Moment, nullable=False),
    Column("published", Moment, nullable=False),
    Column("payload", Text, nullable=False),
)
Index("events_article", events.c.article, events.c.position)
Index("events_published", events.c.published)

journal = Table(
    "journal",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)
Index("journal_kind", journal.c.kind, journal.c.number)

incidents = Table(
    "incidents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("starts", Moment, nullable=False),
    Column("ends", Moment, nullable=False),  # always after `starts`
    Column("last_published", Moment, nullable=False),
    Column("payload", Text, nullable=False),
)
Index("incidents_time", incidents.c.ends, incidents.c.starts)

incident_events = Table(
    "incident_events",
    metadata,
    Column("event", Text, primary_key=True),
    Column("incident", Text, nullable=False),
)
Index("incident_events_incident", incident_events.c.incident)
incident_handles = Table(
    "incident_handles",  # what may be one with an incident finds it by these
    metadata,
    Column("handle", Text, nullable=False),
    Column("incident", Text, nullable=False),
    Column("starts", Moment, nullable=False),  # as those of the incident
    Column("ends", Moment, nullable=False),
    PrimaryKeyConstraint("incident", "handle"),
)
Index("incident_handles_handle", incident_handles.c.handle, incident_handles.c.ends)

points = Table(
    "points",  # incidents as rules with a form see them
    metadata,
    Column("rule", Text, nullable=False),
    Column("incident", Text, nullable=False),
    Column("starts", Moment, nullable=False),
    Column("ends", Moment, nullable=False),
    Column("payload", Text, nullable=False),
    PrimaryKeyConstraint("rule", "incident"),
)
Index("points_incident", points.c.incident)
Index("points_time", points.c.rule, points.c.ends, points.c.starts)

told = Table(
    "told",
    metadata,
    Column("rule", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("anchor", Text, nullable=False),
    Column("payload", Text, nullable=False),
    PrimaryKeyConstraint("rule", "subject"),
)
Index("told_anchor", told.c.anchor)

backfills = Table(
    "backfills",
    metadata,
    Column("entry", Integer, primary_key=True, autoincrement=False),  # journal number of the rule set
    Column("payload", Text, nullable=False),  # how far its pass over the past has come
)

judged = Table(
    "judged",
    metadata,
    Column("entry", Integer, nullable=False),
    Column("incident", Text, nullable=False),  # needs no turn in that pass
    PrimaryKeyConstraint("entry", "incident"),
)

prints = Table(
    "prints",  # words of what was published last, to find copies by
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("article", Text, nullable=False, unique=True),
    Column("published", Moment, nullable=False),
    Column("shingles", LargeBinary, nullable=False),  # as in `streams.records.prints`
    Column("marks", LargeBinary, nullable=False),  # its keys: signed 64 bits each, little-endian
)
Index("prints_published", prints.c.published)

print_keys = Table(
    "print_keys",
    metadata,
    Column("mark", BigInteger, nullable=False),
    Column("print", Integer, nullable=False),
    PrimaryKeyConstraint("mark", "print"),
    sqlite_with_rowid=False,  # the key is the whole row
)

backings = Table(
    "backings",  # whose word an article rests on
    metadata,
    Column("article", Text, primary_key=True),
    Column("payload", Text, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("delivery", Text, nullable=False, unique=True),
    Column("channel", Text, nullable=False),
    Column("incident", Text, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("rank", Integer, nullable=False),  # 0 gravest; one past the last severity: announces nothing
    Column("queued_at", Moment),  # the matcher's clock; None: before the first journal entry
    Column("state", Text, nullable=False),  # waiting, done, refused
    Column("payload", Text, nullable=False),
    sqlite_autoincrement=True,
)
UNSENT = outbox.c.state == text(f"'{WAITING}'")
Index("outbox_incident", outbox.c.incident, outbox.c.channel)
Index("outbox_queued_at", outbox.c.queued_at)
Index(
    "outbox_waiting",
    outbox.c.channel,
    outbox.c.seq,
    sqlite_where=UNSENT,
    postgresql_where=UNSENT,
)
REFUSED = outbox.c.state == text("'refused'")
outbox_refused = Index("outbox_refused", outbox.c.channel, sqlite_where=REFUSED, postgresql_where=REFUSED)

steps = Table(
    "steps",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("delivery", Text, ForeignKey("outbox.delivery", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("payload", Text, nullable=False),
    UniqueConstraint("delivery", "name"),
)

posts = Table(
    "posts",
    metadata,
    Column("incident", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("ref", Text, nullable=False),  # the peer's name of the first post
    PrimaryKeyConstraint("incident", "channel"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("delivery", Text, ForeignKey("outbox.delivery", ondelete="CASCADE"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("payload", Text, nullable=False),  # the message as it was rendered
)
Index("deliveries_delivery", deliveries.c.delivery)

ledger = Table(
    "ledger",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("article", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("event", Text, nullable=False),  # "": the whole revision
    Column("rule", Text, nullable=False),  # "": no rule
    Column("outcome", Text, nullable=False),
    Column("entry", Integer),  # journal number that decided it; None: none did (quarantine)
)
Index("ledger_article", ledger.c.article, ledger.c.revision)
Index(
    "ledger_closing",  # a revision is closed once
    ledger.c.article,
    ledger.c.revision,
    unique=True,
    sqlite_where=text("event = '' AND rule = ''"),
    postgresql_where=text("event = '' AND rule = ''"),
)

orders = Table(
    "orders",  # what people and other parts want of the matcher
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("given_at", Moment, nullable=False),  # by the giver's clock
    Column("who", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("entry", Integer),  # journal number as which it was taken; None: not taken
    Column("refused", Text),  # why it cannot be obeyed; None: it was not refused
    sqlite_autoincrement=True,  # the matcher knows by the number what it has taken
)
UNTAKEN = orders.c.entry.is_(None) & orders.c.refused.is_(None)
Index("orders_waiting", orders.c.number, sqlite_where=UNTAKEN, postgresql_where=UNTAKEN)

timers = Table(
    "timers",
    metadata,
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("due", Moment, nullable=False),
    PrimaryKeyConstraint("kind", "key"),
)
Index("timers_due", timers.c.due)

notes = Table(
    "notes",  # small records that the desk works by: mutes, acknowledgements …
    metadata,
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("payload", Text, nullable=False),
    PrimaryKeyConstraint("kind", "key"),
)

restores = Table(
    "restores",  # that this store was made from a backup
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("made", Moment, nullable=False),  # the backup
)

places = Table(
    "places",  # how far the matcher has taken each partition
    metadata,
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("place", Integer, nullable=False),  # the next offset
    PrimaryKeyConstraint("topic", "partition"),
)

retried = Table(
    "retried",  # dead letters that were sent again
    metadata,
    Column("topic", Text, nullable=False),  # of dead letters
    Column("partition", Integer, nullable=False),
    Column("place", Integer, nullable=False),  # the letter's offset
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("topic", "partition", "place"),
)

locks = Table(
    "locks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("fence", Integer, nullable=False),  # counts acquisitions; whoever holds an older number is fenced off
    Column("holder", Text, nullable=False),
    Column("at", Moment, nullable=False),
)


def upsert(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    """Writes one row, in place of the row with its primary key."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    key = [column.name for column in table.primary_key]
    rest = {name: value for name, value in row.items() if name not in key}
    connection.execute(insert(table).values(row).on_conflict_do_update(index_elements=key, set_=rest))
