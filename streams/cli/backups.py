"""`tocsin backup` and `tocsin restore`: the store as one file, and a store made from it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from streams.store.backup import Manifest

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.", show_default=False)]
Folder = Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder that holds tocsin.yaml.")]
Address = Annotated[
    str | None, typer.Option("--store", help="The store itself, instead of a folder: a path or an address.", show_default=False)
]


def backup(file: File, folder: Folder = Path(), store: Address = None) -> None:
    """Copy the whole store into one file, as of one moment, while the run goes on."""
    from streams.store.backup import write
    from streams.store.store import Store

    with Store.open(_address(folder, store), read_only=True) as opened, _moving("copying") as moved:
        manifest = write(opened, file, datetime.now(UTC), moved)
    print(f"{file}: {_told(manifest)}, {file.stat().st_size:,} bytes")


def restore(file: File, folder: Folder = Path(), store: Address = None) -> None:
    """Make a store from a backup, where there is none; stop every process of the old one before."""
    from streams.store.backup import restore as restored
    from streams.store.store import opened

    address = _address(folder, store)
    with _moving("restoring") as moved:
        manifest = restored(file, address, datetime.now(UTC), moved)
    made = f"{manifest.made:%Y-%m-%d %H:%M:%S}Z"
    place = opened(address)
    place.close()
    print(f"{place.name}: {_told(manifest)}, as of {made}")


def _told(manifest: "Manifest") -> str:
    return f"{manifest.rows:,} rows, journal up to {manifest.journal:,}, version {manifest.version}"


def _address(folder: Path, store: str | None) -> str:
    from streams.cli.operate import settings_of
    from streams.settings.load import load

    return store or load(settings_of(folder), os.environ).store_address()


@contextmanager
def _moving(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, on standard error."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
