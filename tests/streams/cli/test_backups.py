"""`tocsin backup` and `tocsin restore`, as an operator types them."""

from pathlib import Path

import pytest
from peers.remembered import cursor, item

from streams.cli.main import main
from streams.store.inbox import StoreInbox
from streams.store.migrations import MIGRATIONS
from streams.store.store import Store


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = Path("desk")
    folder.mkdir()
    (folder / "tocsin.yaml").write_text("store: tocsin.db\n")
    with Store.open(folder / "tocsin.db") as store:
        StoreInbox(store).take([item("a"), item("b")], cursor())
    return folder


def test_from_a_file_to_a_server(desk: Path, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("backup", "night.backup", str(desk)) == 0
    told = f"{len(rows()) + 3} rows, journal up to 0, version {MIGRATIONS[-1].number}"
    assert capsys.readouterr().out == f"night.backup: {told}, {Path('night.backup').stat().st_size:,} bytes\n"
    assert run("restore", "night.backup", "--store", database) == 0
    name = database.partition("?")[0]
    said = capsys.readouterr()
    assert said.out.startswith(f"{name}: {told}, as of 2")
    assert said.err == ""
    with Store.open(database) as store:
        assert [one.id for one in StoreInbox(store).pending()] == ["a", "b"]


def rows() -> list[int]:
    return [migration.number for migration in MIGRATIONS]


def test_a_store_in_the_way_is_left_alone(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("backup", "night.backup", str(desk)) == 0
    before = (desk / "tocsin.db").read_bytes()
    assert run("restore", "night.backup", str(desk)) == 2
    assert capsys.readouterr().err == (
        f"{desk / 'tocsin.db'}: the file exists, and a backup takes nothing's place; move it away, or name another store\n"
    )
    assert (desk / "tocsin.db").read_bytes() == before
    (desk / "tocsin.db").rename("old.db")
    assert run("restore", "night.backup", str(desk)) == 0
    assert run("backup", "night.backup", str(desk)) == 2
    assert "night.backup: the file exists; name a new file for the backup\n" in capsys.readouterr().err
