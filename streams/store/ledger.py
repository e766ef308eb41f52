"""The ledger: what became of every revision taken; read by `tocsin why`, the status page and the tests that count ids.

A revision is closed by exactly one row that names neither event nor rule; its first word says how. The two sides of the
balance come from different tables (the inbox says what is in flight, the ledger what was closed), so that it can fail.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, func, or_, select

from streams.records.flow import Disposition
from streams.store import schema

if TYPE_CHECKING:
    from streams.store.store import Store

# First words of a closing row. "superseded": a newer revision was decided first. "unread: died" counts as quarantined.
CLOSINGS = ("matched", "unmatched", "unread", "backfill", "superseded", "quarantined")


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """How many revisions were taken and where each of them stands."""

    taken: int
    in_flight: int
    matched: int
    unmatched: int
    unread: int
    backfill: int
    superseded: int
    quarantined: int
    astray: tuple[tuple[str, int], ...]  # (article, revision) whose inbox row and ledger disagree; at most 20 are named

    @property
    def closed(self) -> int:
        """Revisions whose end is in the ledger."""
        return self.matched + self.unmatched + self.unread + self.backfill + self.superseded + self.quarantined

    @property
    def holds(self) -> bool:
        """Whether every revision taken is either in flight or closed."""
        return not self.astray and self.taken == self.in_flight + self.closed


def closing(outcome: str) -> str:
    """The state in which a closing disposition leaves its revision; raises ValueError when it names none."""
    word = outcome.split(":", 1)[0]
    if word not in CLOSINGS:
        raise ValueError(f'a revision cannot be closed as "{outcome}"; allowed: {", ".join(CLOSINGS)}')
    return "quarantined" if outcome == "unread: died" else word


def write(connection: Connection, dispositions: Sequence[Disposition], entry: int | None) -> None:
    """Adds rows and closes the inbox rows of the revisions they close; raises ValueError when one is closed already.

    Older revisions still waiting are closed with the newer one: the matcher would not look at them any more.
    """
    closed = [row for row in dispositions if not row.event and not row.rule]
    for place, row in enumerate(closed):
        twice = any((row.article, row.revision) == (other.article, other.revision) for other in closed[:place])
        if twice or connection.execute(select(schema.ledger.c.seq).where(_closes(row.article, row.revision))).first():
            raise ValueError(f'revision {row.revision} of article "{row.article}" is closed already')
        of = (schema.inbox.c.article == row.article, schema.inbox.c.revision == row.revision)
        connection.execute(schema.inbox.update().where(*of).values(state=closing(row.outcome)))
    late = [old for row in closed for old in _superseded(connection, row.article)]
    rows = [asdict(row) | {"entry": entry} for row in (*dispositions, *late)]
    if rows:
        connection.execute(schema.ledger.insert(), rows)


def reopen(connection: Connection, article: str, revision: int) -> None:
    """Takes back the row that closed a revision."""
    connection.execute(schema.ledger.delete().where(_closes(article, revision)))


def balance(store: "Store") -> Balance:
    """Taken, in flight and closed, as of one moment."""
    inbox, ledger = schema.inbox, schema.ledger
    same = (ledger.c.article == inbox.c.article) & (ledger.c.revision == inbox.c.revision)
    closes = (ledger.c.event == "") & (ledger.c.rule == "")
    joined = inbox.outerjoin(ledger, same & closes)
    both, neither = schema.IN_FLIGHT & ledger.c.seq.is_not(None), ~schema.IN_FLIGHT & ledger.c.seq.is_(None)
    with store.reading() as connection:
        taken = connection.execute(select(func.count()).select_from(inbox)).scalar_one()
        in_flight = connection.execute(select(func.count()).select_from(inbox).where(schema.IN_FLIGHT)).scalar_one()
        outcomes = (
            select(ledger.c.outcome, func.count()).select_from(joined).where(ledger.c.seq.is_not(None)).group_by(ledger.c.outcome)
        )
        closed = dict.fromkeys(CLOSINGS, 0)
        for outcome, count in connection.execute(outcomes):
            closed[closing(outcome)] += count
        astray = select(inbox.c.article, inbox.c.revision).select_from(joined).where(or_(both, neither))
        found = tuple((article, revision) for article, revision in connection.execute(astray.order_by(inbox.c.seq).limit(20)))
    return Balance(taken=taken, in_flight=in_flight, astray=found, **closed)


def _superseded(connection: Connection, article: str) -> list[Disposition]:
    """Takes revisions older than the one decided out of the flight, and returns the rows that say so."""
    inbox, articles = schema.inbox, schema.articles
    decided = connection.execute(select(articles.c.revision).where(articles.c.article == article)).scalar_one_or_none() or 0
    older = (inbox.c.article == article, inbox.c.revision < decided, schema.IN_FLIGHT)
    found = connection.execute(select(inbox.c.revision).where(*older).order_by(inbox.c.revision)).scalars().all()
    if found:
        connection.execute(inbox.update().where(*older).values(state="superseded"))
    why = f"superseded: revision {decided} was decided first"
    return [Disposition(article=article, revision=revision, event="", rule="", outcome=why) for revision in found]


def _closes(article: str, revision: int) -> ColumnElement[bool]:
    row = schema.ledger.c
    return (row.article == article) & (row.revision == revision) & (row.event == "") & (row.rule == "")
