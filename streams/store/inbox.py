"""The store's filling of the Inbox port: where pollers put what they found, and where the runs find what to read.

A row is waiting until the matcher closes it (`StoreMemory.dispose`) or it is quarantined here.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from streams.records.flow import Article, Cursor, Disposition, Item
from streams.store import ledger, restored, schema
from streams.store.schema import IN_FLIGHT, WAITING, inbox, upsert
from streams.store.store import Store
from streams.wire import decode, encode

_BATCH = 500  # names in one IN list
_SEEN_EVERY = timedelta(days=1)  # how exactly it is noted that a feed still shows an item; each note is a write


class StoreInbox:
    """The inbox and the feed cursors of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def cursor(self, feed: str) -> Cursor | None:
        """Where the feed was left, None when it was never polled."""
        with self._store.reading() as connection:
            found = connection.execute(select(schema.feeds.c.cursor).where(schema.feeds.c.feed == feed)).scalar_one_or_none()
        return None if found is None else decode(found, Cursor)

    def cursors(self) -> tuple[Cursor, ...]:
        """Every feed ever polled, by name."""
        with self._store.reading() as connection:
            rows = connection.execute(select(schema.feeds.c.cursor).order_by(schema.feeds.c.feed)).scalars()
            return tuple(decode(row, Cursor) for row in rows)

    def take(self, items: Sequence[Item], cursor: Cursor) -> tuple[Article, ...]:
        """The articles that entered the inbox: new ones and material revisions, numbered; written with the cursor or not at all.

        Left out are items whose fingerprint equals that of the newest revision taken. Where one poll shows an article twice
        (a feed that uses one guid for several items), every known revision counts: otherwise each poll would take both again.
        """
        found = [(_storable(item.article), item.fingerprint) for item in items]
        twice = {name for name, times in Counter(article.id for article, _ in found).items() if times > 1}
        taken = []
        with self._store.writing() as connection:
            known = _known(connection, {article.id for article, _ in found})
            for article, fingerprint in found:
                revisions = known.setdefault(article.id, [])
                if fingerprint in (revisions if article.id in twice else revisions[-1:]):
                    _note_seen(connection, article)
                    continue
                revisions.append(fingerprint)
                taken.append(replace(article, revision=_next_revision(connection, article.id)))
                connection.execute(insert(inbox).values(_row(taken[-1], fingerprint)))
            upsert(connection, schema.feeds, {"feed": cursor.feed, "cursor": encode(cursor).decode()})
        return tuple(taken)

    def newest(self) -> datetime | None:
        """When the newest revision was taken, None for an empty inbox."""
        last = select(inbox.c.taken_at).order_by(inbox.c.seq.desc()).limit(1)
        with self._store.reading() as connection:
            return connection.execute(last).scalar_one_or_none()

    def pending(self, limit: int | None = None) -> tuple[Article, ...]:
        """Articles taken but not decided, in inbox order; the first `limit` of them."""
        waiting = select(inbox.c.payload).where(IN_FLIGHT).order_by(inbox.c.seq).limit(limit)
        with self._store.reading() as connection:
            return tuple(decode(payload, Article) for payload in connection.execute(waiting).scalars())

    def in_flight(self, after: datetime, before: datetime) -> bool:
        """Whether anything taken between two moments (both excluded) is not decided yet."""
        between = select(inbox.c.seq).where(IN_FLIGHT, inbox.c.taken_at > after, inbox.c.taken_at < before).limit(1)
        with self._store.reading() as connection:
            return connection.execute(between).first() is not None

    def unpublished(self, now: datetime, again_after: timedelta, limit: int = 500) -> tuple[Article, ...]:
        """What Kafka must be given, in inbox order: waiting, and never published or last published that long ago.

        The second part is the net under every hop: a record lost anywhere is still waiting here.
        """
        due = or_(inbox.c.published_at.is_(None), inbox.c.published_at <= now - again_after)
        waiting = select(inbox.c.payload).where(IN_FLIGHT, due).order_by(inbox.c.seq).limit(limit)
        with self._store.reading() as connection:
            return tuple(decode(payload, Article) for payload in connection.execute(waiting).scalars())

    def note_published(self, articles: Sequence[Article], at: datetime) -> None:
        """Notes that Kafka has acknowledged these revisions."""
        with self._store.writing() as connection:
            for article in articles:
                connection.execute(update(inbox).where(_is(article.id, article.revision)).values(published_at=at))

    def counts(self) -> dict[str, int]:
        """Revisions by state: "waiting" and every one of `ledger.CLOSINGS`."""
        by_state = select(inbox.c.state, func.count()).group_by(inbox.c.state)
        with self._store.reading() as connection:
            found = {row[0]: row[1] for row in connection.execute(by_state)}
        return dict.fromkeys((WAITING, *ledger.CLOSINGS), 0) | found

    def note_death(self, article: str, revision: int) -> int:
        """How many workers have died on this revision, the one just noted included."""
        with self._store.writing() as connection:
            connection.execute(update(inbox).where(_is(article, revision)).values(deaths=inbox.c.deaths + 1))
            deaths: int = connection.execute(select(inbox.c.deaths).where(_is(article, revision))).scalar_one()
        return deaths

    def deaths(self, article: str, revision: int) -> int:
        """How many workers have died on this revision, 0 for one never taken."""
        with self._store.reading() as connection:
            return connection.execute(select(inbox.c.deaths).where(_is(article, revision))).scalar_one_or_none() or 0

    def quarantine(self, article: str, revision: int, why: str) -> bool:
        """Whether the revision was waiting and is now set aside, with `why` in the ledger; the matcher never sees it."""
        row = Disposition(article=article, revision=revision, event="", rule="", outcome=f"quarantined: {_plain(why)}")
        with self._store.writing() as connection:
            waiting = select(inbox.c.seq).where(_is(article, revision), IN_FLIGHT)
            if connection.execute(waiting).first() is None:
                return False
            ledger.write(connection, [row], None)
        return True

    def quarantined(self) -> tuple[Article, ...]:
        """What was set aside, in inbox order, as far as its text is still kept."""
        aside = select(inbox.c.payload).where(inbox.c.state == "quarantined", inbox.c.payload.is_not(None)).order_by(inbox.c.seq)
        with self._store.reading() as connection:
            return tuple(decode(payload, Article) for payload in connection.execute(aside).scalars())

    def retry(self, article: str, revision: int) -> bool:
        """Whether the revision was set aside and now waits again, with its deaths forgotten.

        False when its text is no longer kept, or the matcher has decided this or a newer revision: it would not look at it.
        """
        aside = (_is(article, revision), inbox.c.state == "quarantined", inbox.c.payload.is_not(None))
        with self._store.writing() as connection:
            if _decided(connection, article) >= revision:
                return False
            if connection.execute(update(inbox).where(*aside).values(state=WAITING, deaths=0, published_at=None)).rowcount == 0:
                return False
            ledger.reopen(connection, article, revision)
        return True


def _storable(article: Article) -> Article:
    """The article with half characters and NULs replaced: JSON can carry them (a title cut inside an emoji), a database cannot.

    Otherwise one such item would stop its whole feed.
    """
    texts = {part.name: value for part in fields(article) if isinstance(value := getattr(article, part.name), str)}
    changes: dict[str, Any] = {name: _plain(text) for name, text in texts.items() if _plain(text) != text}
    return replace(article, **changes) if changes else article


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def _known(connection: Connection, articles: Iterable[str]) -> dict[str, list[str]]:
    """Fingerprints of each article's revisions, oldest first."""
    names, known = sorted(articles), dict[str, list[str]]()
    for batch in range(0, len(names), _BATCH):
        rows = select(inbox.c.article, inbox.c.fingerprint).where(inbox.c.article.in_(names[batch : batch + _BATCH]))
        for article, fingerprint in connection.execute(rows.order_by(inbox.c.revision)):
            known.setdefault(article, []).append(fingerprint)
    return known


def _next_revision(connection: Connection, article: str) -> int:
    """One past every revision ever taken; the inbox may have forgotten rows of one that the matcher still knows.

    In a store made from a backup, above what may have been given since.
    """
    newest = connection.execute(select(func.max(inbox.c.revision)).where(inbox.c.article == article)).scalar_one() or 0
    return max(newest, _decided(connection, article), restored.times(connection) * restored.REVISIONS) + 1


def _decided(connection: Connection, article: str) -> int:
    """The newest revision the matcher has decided, 0 for none."""
    of = schema.articles.c
    return connection.execute(select(of.revision).where(of.article == article)).scalar_one_or_none() or 0


def _note_seen(connection: Connection, article: Article) -> None:
    stale = inbox.c.seen_at <= article.taken_at - _SEEN_EVERY
    connection.execute(update(inbox).where(inbox.c.article == article.id, stale).values(seen_at=article.taken_at))


def _row(article: Article, fingerprint: str) -> dict[str, object]:
    return {
        "article": article.id,
        "revision": article.revision,
        "source": article.source,
        "url": article.url,
        "taken_at": article.taken_at,
        "seen_at": article.taken_at,
        "fingerprint": fingerprint,
        "payload": encode(article).decode(),
        "state": WAITING,
    }


def _is(article: str, revision: int) -> ColumnElement[bool]:
    return (inbox.c.article == article) & (inbox.c.revision == revision)
