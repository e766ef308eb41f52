"""What the local run does of its own: what it makes of deaths of extraction processes while its store is away."""

from pathlib import Path

from peers.remembered import article, cursor, item

from streams.local import deaths
from streams.store.inbox import StoreInbox
from streams.store.store import Store


def test_a_death_that_cannot_be_noted_is_no_fault_of_the_run(tmp_path: Path) -> None:
    """The pool counts for itself too; an error in the middle of it would leave the article without an answer for ever."""
    with Store.open(tmp_path / "tocsin.db") as other, Store.open(tmp_path / "tocsin.db", wait_s=0.05) as store:
        inbox = StoreInbox(store)
        inbox.take([item("a")], cursor())
        with other.writing():
            assert deaths(inbox, article("a")) == 0
        assert [deaths(inbox, article("a")) for _ in range(2)] == [1, 2]
