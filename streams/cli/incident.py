"""`tocsin incident`: what is held to be one thing in the world, and an operator's word that two are one or that one is two.

Merge and split are orders: they stand in the store, the run takes them within a second, and its journal has them.
"""

import getpass
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.operate import settings_of
from streams.cli.why import told_lines
from streams.errors import UsageError

if TYPE_CHECKING:
    from streams.records.flow import Incident, Told
    from streams.records.orders import Merge, OrderKind, Split
    from streams.store.life import Whole

incident = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Look at incidents; say that two are one, or that one is two.",
)
_LINE_CHARS = 2000

Folder = Annotated[Path, typer.Option(help="The folder that holds tocsin.yaml.")]
StoreFile = Annotated[Path | None, typer.Option(help="The store itself, instead of a folder.", show_default=False)]
Why = Annotated[str, typer.Option(help="Why, for whoever reads it later.", show_default=False)]
By = Annotated[str | None, typer.Option(help="Who says so; default: the user of this system.", show_default=False)]


@incident.command("list")
def list_incidents(
    limit: Annotated[int, typer.Option(min=1, help="How many, of those reported last.")] = 20,
    folder: Folder = Path(),
    store: StoreFile = None,
) -> None:
    """List the incidents that were reported last, newest first."""
    from streams.store.life import recent
    from streams.store.store import Store

    with Store.open(_address(folder, store), read_only=True) as opened:
        for one, told in recent(opened, limit):
            _say(_line(one, told))


@incident.command("show")
def show(
    id: Annotated[str, typer.Argument(metavar="INCIDENT", help="Its id, e.g. I12-1.", show_default=False)],
    folder: Folder = Path(),
    store: StoreFile = None,
) -> None:
    """Show the events of an incident, and why each belongs to it and to no other."""
    from streams.store.life import incident as find
    from streams.store.store import Store

    with Store.open(_address(folder, store), read_only=True) as opened:
        found = find(opened, id)
    if found is None:
        print(f'there is no incident "{id}" (any more)')
        raise typer.Exit(1)
    for line in _whole(found):
        _say(line)


@incident.command("merge")
def merge(
    one: Annotated[str, typer.Argument(metavar="INCIDENT", help="Its id.", show_default=False)],
    other: Annotated[str, typer.Argument(metavar="INCIDENT", help="The id of the other.", show_default=False)],
    why: Why,
    by: By = None,
    folder: Folder = Path(),
    store: StoreFile = None,
) -> None:
    """Say that two incidents are one; they stay one whatever comes later."""
    from streams.records.orders import Merge

    if one == other:
        raise UsageError(f'"{one}" is one incident already; name two')
    _give("merge", Merge(one=one, other=other, why=why), (one, other), by, _address(folder, store))


@incident.command("split")
def split(
    id: Annotated[str, typer.Argument(metavar="INCIDENT", help="Its id.", show_default=False)],
    events: Annotated[list[str], typer.Argument(metavar="EVENT...", help="Events that are something else.", show_default=False)],
    why: Why,
    by: By = None,
    folder: Folder = Path(),
    store: StoreFile = None,
) -> None:
    """Say that some events of an incident are something else; they never join it again."""
    from streams.records.orders import Split

    _give("split", Split(incident=id, events=tuple(events), why=why), (id,), by, _address(folder, store))


def _give(kind: "OrderKind", what: "Merge | Split", named: tuple[str, ...], by: str | None, address: str | Path) -> None:
    """Puts the order into the store, where the run finds it; refuses what can be seen to make no sense before it does."""
    from streams.store.life import incident as find
    from streams.store.orders import StoreOrders
    from streams.store.store import Store

    with Store.open(address) as opened:
        for name in named:
            if find(opened, name) is None:
                raise UsageError(f'there is no incident "{name}" (any more); "tocsin incident list" shows those reported last')
        number = StoreOrders(opened).give(kind, what, who=by or getpass.getuser(), at=datetime.now(UTC))
    print(f"order {number} is given: the run takes it as soon as it looks, and the next one if none is running")


def _line(one: "Incident", told: "tuple[Told, ...]") -> str:
    place = one.facts.place.name if one.facts.place else "place not stated"
    waves = f", {one.waves} waves" if one.waves > 1 else ""
    rules = ", ".join(f"{row.rule} ({row.state})" for row in told) or "no rule"
    articles = len({event.partition("#")[0] for event in one.events})
    return (
        f"{one.id} {one.last_published:%Y-%m-%d %H:%MZ} {one.facts.type}, {place}{waves}, {one.facts.standing}; "
        f"{len(one.events)} events of {articles} articles; {rules}"
    )


def _whole(found: "Whole") -> Iterator[str]:
    yield _line(found.incident, found.told)
    yield from told_lines(found.events, found.joined)


def _address(folder: Path, store: Path | None) -> str | Path:
    from streams.settings.load import load

    return store or load(settings_of(folder), os.environ).store_address()


def _say(line: str) -> None:
    from streams.hostile import tame

    words = line.lstrip(" ")
    print(" " * (len(line) - len(words)) + tame(words, _LINE_CHARS))  # strangers' words: nothing of theirs moves a cursor
