"""The ledger: what became of every revision taken; read by `tocsin why`, the status page and the tests that count ids.

A revision is closed by exactly one row that names neither event nor rule; its first word says how. The two sides of the
balance come from different tables (the inbox says what is in flight, the ledger what was closed), so that it can fail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, func, select

from streams.records import Disposition
from streams.store import schema

if TYPE_CHECKING:
    from streams.store.store import Store

# First words of a closing row. "superseded": a newer revision had been decided before. "unread: died" counts as quarantined.
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
    word = outcome.split(":", 1)[0].strip()
    if word not in CLOSINGS:
        raise ValueError(f'a revision cannot be closed as "{outcome}"; allowed: {", ".join(CLOSINGS)}')
    return "quarantined" if outcome == "unread: died" else word


def write(connection: Connection, dispositions: Sequence[Disposition], entry: int | None) -> None:
    """Adds rows and closes the inbox rows of the revisions they close; raises ValueError when one is closed already."""
    if not dispositions:
        return
    for row in dispositions:
        if row.event or row.rule:
            continue
        state, key = closing(row.outcome), (row.article, row.revision)
        if connection.execute(select(schema.ledger.c.seq).where(_closes(*key))).first():
            raise ValueError(f'revision {row.revision} of article "{row.article}" is closed already')
        of = (schema.inbox.c.article == row.article, schema.inbox.c.revision == row.revision)
        connection.execute(schema.inbox.update().where(*of).values(state=state))
    rows = [
        {
            "article": row.article,
            "revision": row.revision,
            "event": row.event,
            "rule": row.rule,
            "outcome": row.outcome,
            "entry": entry,
        }
        for row in dispositions
    ]
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
    with store.reading() as connection:
        taken = connection.execute(select(func.count()).select_from(inbox)).scalar_one()
        in_flight = connection.execute(select(func.count()).select_from(inbox).where(schema.IN_FLIGHT)).scalar_one()
        outcomes = (
            select(ledger.c.outcome, func.count()).select_from(joined).where(ledger.c.seq.is_not(None)).group_by(ledger.c.outcome)
        )
        closed = dict.fromkeys(CLOSINGS, 0)
        for outcome, count in connection.execute(outcomes):
            closed[closing(outcome)] += count
        astray = select(inbox.c.article, inbox.c.revision).select_from(joined).where(schema.IN_FLIGHT == ledger.c.seq.is_not(None))
        found = tuple((article, revision) for article, revision in connection.execute(astray.order_by(inbox.c.seq).limit(20)))
    return Balance(taken=taken, in_flight=in_flight, astray=found, **closed)


def _closes(article: str, revision: int) -> ColumnElement[bool]:
    row = schema.ledger.c
    return (row.article == article) & (row.revision == revision) & (row.event == "") & (row.rule == "")
