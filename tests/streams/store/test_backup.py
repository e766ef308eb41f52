"""A backup is the whole store of one moment, whatever goes on meanwhile, and goes into either kind of database."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import zstandard
from peers.postgres import Postgres
from peers.remembered import MESSAGE, article, cursor, day, days, delivery, event, incident, item, point, told
from sqlalchemy import select
from sqlalchemy.engine import make_url

from streams.errors import EnvironmentFault, FencedOff, UsageError
from streams.records.flow import Disposition, Item, Reading
from streams.records.message import Step
from streams.store import backup, journal, ledger, schema
from streams.store.inbox import StoreInbox
from streams.store.migrations import MIGRATIONS
from streams.store.outbox import StoreOutbox
from streams.store.places import StorePlaces
from streams.store.store import Store

FIRST = Path(__file__).parents[2] / "data" / "first.backup"
ODD = 'Ünïcode \U0001f680 \u2028 "quoted" \\ \n'


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    with Store.open(address) as opened:
        fill(opened)
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store may be restored."""
    return str(request.getfixturevalue("database") if request.param == "postgresql" else tmp_path / "restored.db")


def fill(store: Store) -> None:
    """Something in every table that has a type or a number of its own."""
    inbox, outbox = StoreInbox(store), StoreOutbox(store)
    inbox.take([item("a"), Item(article=article("b", text=ODD), fingerprint="1"), item("c")], cursor())
    inbox.note_published([article("a")], day(1))
    with store.lock(day(0)) as lock, store.matching(lock) as memory:
        memory.append("reading", day(1), bytes(range(256)))
        memory.put_reading(Reading(article=article(), extractor="x", events=(event(),)))
        memory.put_incident(incident("I1-1", days(0, 1), [event().id]))
        memory.put_point("resume", point("I1-1", 0, 1))
        memory.put_told(told())
        memory.enqueue(delivery())
        memory.enqueue(delivery("I2-1"))
        memory.dispose([Disposition(article="a", revision=1, event="", rule="", outcome="matched")])
    outbox.put_step(Step(delivery=delivery().id, name="post", state="done", ref="17.01"))
    outbox.finish(delivery().id, MESSAGE, day(2))
    StorePlaces(store).note("tocsin.events", {0: 7, 1: 0})
    store.prune(day(31), timedelta(days=30), timedelta(days=400))


def contents(store: Store) -> dict[str, list[Any]]:
    """Every row of every table, but for what a restoration itself notes."""
    with store.reading() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in schema.metadata.sorted_tables
            if table.name not in ("restores", "locks")
        }


def test_a_restored_store_holds_every_row_of_the_other(store: Store, empty: str, tmp_path: Path) -> None:
    """From a file to a server and back, whatever characters and bytes are in it."""
    seen: list[tuple[int, int]] = []
    written = backup.write(store, tmp_path / "desk.backup", day(3), lambda done, of: seen.append((done, of)))
    assert seen[-1] == (written.rows, written.rows)
    assert backup.restore(tmp_path / "desk.backup", empty, day(5)) == written
    assert (written.made, written.version, written.journal) == (day(3), MIGRATIONS[-1].number, 1)
    with Store.open(empty) as other:
        assert contents(other) == contents(store)
        assert ledger.balance(other).holds
        assert list(journal.read(other)) == list(journal.read(store))
    left = {path.name for path in tmp_path.iterdir() if "backup" in path.name or "restor" in path.name}
    assert left - {"restored.db", "restored.db.writers.lock"} == {"desk.backup"}
    assert (tmp_path / "desk.backup").stat().st_mode & 0o777 == 0o600


def test_numbers_go_on_behind_those_ever_given(store: Store, empty: str, tmp_path: Path) -> None:
    """Also behind one whose row is gone: an order's number says what the matcher has taken."""
    StoreInbox(store).take([item("late")], cursor())
    with store.writing() as connection:
        connection.execute(schema.inbox.delete().where(schema.inbox.c.article == "late"))
    backup.write(store, tmp_path / "desk.backup", day(3))
    backup.restore(tmp_path / "desk.backup", empty, day(5))
    with Store.open(empty) as other:
        StoreInbox(other).take([item("new")], cursor())
        StoreInbox(store).take([item("new")], cursor())
        newest = [numbers(one) for one in (other, store)]
    assert newest[0] == newest[1] == 5


def numbers(store: Store) -> int:
    with store.reading() as connection:
        return max(connection.execute(select(schema.inbox.c.seq)).scalars())


def test_a_backup_is_of_one_moment(store: Store, tmp_path: Path) -> None:
    """What is written while it is read is not in it; and who writes does not wait."""

    def interfere(done: int, _: int) -> None:
        if done == 1:
            StoreInbox(store).take([item("meanwhile")], cursor(polls=2))

    before = contents(store)
    backup.write(store, tmp_path / "desk.backup", day(3), interfere)
    assert len(StoreInbox(store).pending()) == 3
    backup.restore(tmp_path / "desk.backup", tmp_path / "other.db", day(5))
    with Store.open(tmp_path / "other.db") as other:
        assert contents(other) == before


def test_nothing_is_overwritten(store: Store, empty: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"notes\.txt: the file exists; name a new file for the backup$"):
        backup.write(store, tmp_path / "notes.txt", day(3))
    backup.write(store, tmp_path / "desk.backup", day(3))
    backup.restore(tmp_path / "desk.backup", empty, day(5))
    with pytest.raises(UsageError, match="a backup takes nothing's place; ") as raised:
        backup.restore(tmp_path / "desk.backup", empty, day(5))
    assert str(raised.value).startswith(str(make_url(empty).set(query={})) if "://" in empty else empty)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def edited(path: Path, folder: Path, change: Any) -> Path:
    """A backup whose lines were changed by somebody who can compress."""
    lines = zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read().splitlines(keepends=True)
    other = folder / "edited.backup"
    other.write_bytes(zstandard.ZstdCompressor().compress(b"".join(change(lines))))
    return other


def resigned(lines: list[bytes]) -> list[bytes]:
    digest = hashlib.sha256(b"".join(lines[:-1])).hexdigest()
    return [*lines[:-1], b'{"sha256":"%s"}\n' % digest.encode()]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda lines: [line.replace(b"struck", b"stroke") for line in lines], "its digest is another one"),
        (lambda lines: lines[:-1], "it ends too early, or is no backup"),
        (lambda lines: lines[:3], "it ends too early, or is no backup"),
        (lambda lines: resigned(lines[:4] + lines[5:]), r'a row of table "\w+" is missing|its digest|it ends too early'),
        (lambda lines: [*lines, b"[]\n"], "its digest is another one"),
    ],
)  # fmt: skip
def test_a_damaged_backup_restores_nothing(empty: str, tmp_path: Path, change: Any, text: str) -> None:
    with pytest.raises(UsageError, match=f"the backup is not whole: (?:{text}); nothing was restored; take another one"):
        backup.restore(edited(FIRST, tmp_path, change), empty, day(5))
    assert not (tmp_path / "restored.db").exists()
    backup.restore(FIRST, empty, day(5))  # for nothing is in the way


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html>")
    (tmp_path / "other.zst").write_bytes(zstandard.ZstdCompressor().compress(b'{"a": 1}\n'))
    (tmp_path / "cut.backup").write_bytes(FIRST.read_bytes()[:-40])
    newer = edited(FIRST, tmp_path, lambda lines: [lines[0].replace(b'"version":', b'"version":9'), *lines[1:]])
    for name, text in (
        ("missing", "No such file or directory; nothing was restored"),
        ("page.html", "the backup is not whole: it ends too early, or is no backup; nothing was restored; take another one"),
        ("other.zst", 'this is no backup; "tocsin backup" makes them'),
        ("cut.backup", "the backup is not whole: it ends too early, or is no backup; nothing was restored; take another one"),
        (newer.name, "the backup is of a newer program; upgrade this one"),
    ):
        with pytest.raises(UsageError) as raised:
            backup.restore(tmp_path / name, tmp_path / "none.db", day(5))
        assert str(raised.value) == f"{tmp_path / name}: {text}"
    assert not (tmp_path / "none.db").exists()


def test_a_backup_that_cannot_be_written_leaves_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="the backup cannot be written: No such file or directory"):
        backup.write(store, tmp_path / "no" / "desk.backup", day(3))

    def stop(_: int, __: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup.write(store, tmp_path / "desk.backup", day(3), stop)
    assert not list(tmp_path.glob("desk.backup*"))


def test_a_store_that_refuses_a_row_is_not_half_restored(postgres: Postgres, tmp_path: Path) -> None:
    def text(lines: list[bytes]) -> list[bytes]:
        return resigned([line.replace(b'"matched"', b'"mat\\u0000ed"') for line in lines])

    name = postgres.create()
    with pytest.raises(Exception, match="NUL"):
        backup.restore(edited(FIRST, tmp_path, text), postgres.address(name), day(5))
    with postgres.admin(name) as admin:
        assert admin.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    postgres.drop(name)


def test_a_backup_of_the_first_version_goes_into_a_store_of_today(empty: str) -> None:
    """Its tables stand in it as they were. The file was written by the first program that made backups, and is never edited."""
    backup.restore(FIRST, empty, day(5))
    with Store.open(empty) as other:
        assert len(list(journal.read(other))) == 1
        assert ledger.balance(other).holds
        assert len(StoreOutbox(other).sent("I1-1")) == 1


# ------------------------------------------------------------------------------------------------- after the restoration


def restored(store: Store, tmp_path: Path) -> Store:
    backup.write(store, tmp_path / "desk.backup", day(3))
    backup.restore(tmp_path / "desk.backup", tmp_path / "restored.db", day(5))
    return Store.open(tmp_path / "restored.db")


def test_who_held_the_lock_before_cannot_write_into_the_restored_store(store: Store, tmp_path: Path) -> None:
    """A matcher that nobody stopped may come back to a database of the same name."""
    with restored(store, tmp_path) as other, store.lock(day(4)) as old, store.lock(day(4), "x"):
        assert other.lock(day(6)).fence > old.fence + 1000
        with pytest.raises(FencedOff), other.matching(old):
            pytest.fail("wrote into a store made from a backup")


def test_what_a_feed_shows_now_is_not_mistaken_for_what_a_topic_still_holds(store: Store, tmp_path: Path) -> None:
    """After the backup revision 1 of an article was taken and decided. Restored, the feed shows it again, changed meanwhile: were
    it revision 1 again, the reading in the topic would close it, and the change would never be read."""
    with restored(store, tmp_path) as other:
        (now,) = StoreInbox(other).take([item("later", "changed")], cursor())
        assert now.revision > 1000
        with other.lock(day(6)) as lock, other.matching(lock) as memory:  # the topic's
            memory.append("reading", day(4), b"{}")
            memory.put_reading(Reading(article=article("later"), extractor="x"))
            memory.dispose([Disposition(article="later", revision=1, event="", rule="", outcome="unmatched")])
        assert now in StoreInbox(other).pending()
        assert ledger.balance(other).holds
        assert [one.revision for one in StoreInbox(other).take([item("later", "again")], cursor())] == [now.revision + 1]


def test_what_was_acknowledged_after_the_backup_is_to_be_taken_again(store: Store, tmp_path: Path) -> None:
    """A place is noted before it is acknowledged: only a store that is older than the group is behind it."""
    places = StorePlaces(store)
    assert places.behind("tocsin.events", {0: 7, 1: 0}) == {}
    assert places.behind("tocsin.events", {0: 6, 2: 900}) == {}, "a store that was never restored knows no partition 2 yet"
    with restored(store, tmp_path) as other:
        assert StorePlaces(other).behind("tocsin.events", {0: 43, 1: 1, 2: 900}) == {0: 7, 1: 0, 2: 0}
        StorePlaces(other).note("tocsin.events", {0: 43, 1: 1, 2: 900})
        assert StorePlaces(other).behind("tocsin.events", {0: 43, 1: 1, 2: 900}) == {}
