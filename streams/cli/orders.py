"""`tocsin mute` and `tocsin ack`: orders to the matcher, and what came of them.

Orders go into the store and are taken by whatever run works on it; `give` serves every command that gives one.
"""

import getpass
import os
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from streams.cli.operate import settings_of
from streams.cli.rows import Format, put_rows
from streams.errors import UsageError

if TYPE_CHECKING:
    from streams.records.orders import OrderKind
    from streams.route import Muted

WAIT_S = 5.0  # for a run to take an order; it looks for them every second
_LOOK_S = 0.1

Store = Annotated[Path | None, typer.Option(help="The store itself, instead of a folder.", show_default=False)]
By = Annotated[str, typer.Option(help="Who gives the order.", show_default="the name of your account")]
AnyFolder = Annotated[Path, typer.Argument(help="The folder that holds tocsin.yaml.")]
Grave = Literal["critical", "high", "medium", "low"]

mute = typer.Typer(help="Keep a rule, a place or an incident from calling for a while.", no_args_is_help=True)


@mute.command("add")
def add(
    folder: AnyFolder = Path(),
    rule: Annotated[str, typer.Option(help="A rule's id.", show_default=False)] = "",
    place: Annotated[str, typer.Option(help="A place's slug or name, or what it lies in, e.g. IQ.", show_default=False)] = "",
    incident: Annotated[str, typer.Option(help="An incident's id, e.g. I812-1.", show_default=False)] = "",
    length: Annotated[str, typer.Option("--for", metavar="LENGTH", help="How long, e.g. 4h.", show_default=False)] = "",
    until: Annotated[str, typer.Option(metavar="MOMENT", help="Until when, e.g. 2024-04-22T18:00Z.", show_default=False)] = "",
    why: Annotated[str, typer.Option(help="Why; it stands in the ledger.", show_default=False)] = "",
    up_to: Annotated[
        Grave | None,
        typer.Option(
            help="What is graver calls all the same.", show_default="the gravest that was told of the incident, else high"
        ),
    ] = None,
    by: By = "",
    store: Store = None,
) -> None:
    """Mute a rule, a place or an incident; of several all must fit."""
    from streams.records.orders import Mute

    if not (rule or place or incident):
        raise UsageError("nothing to mute; give --rule, --place or --incident, or several of them")
    if not why.strip():
        raise UsageError("a mute needs a reason: --why TEXT; who finds it in the ledger must understand it")
    if bool(length) == bool(until):
        raise UsageError("a mute needs an end: give --for LENGTH or --until MOMENT, and not both")
    wish = Mute(
        rule=rule,
        place=place,
        incident=incident,
        why=why.strip(),
        up_to=up_to,
        until=_moment(until) if until else None,
        for_s=int(_length(length).total_seconds()) if length else 0,
    )
    give("mute", wish, folder, store, by)


@mute.command("list")
def list_mutes(folder: AnyFolder = Path(), store: Store = None, format: Format = "table") -> None:
    """List the mutes in force."""
    from streams.route import Muted
    from streams.store.store import Store as Opened

    with Opened.open(store or _address(folder), read_only=True) as opened, opened.remembering() as memory:
        now = memory.clock()
        mutes = [one for _, one in memory.notes("mute", Muted) if now is None or one.until > now]
    put_rows([_row(one) for one in mutes], format)


@mute.command("lift")
def lift(
    id: Annotated[str, typer.Argument(metavar="ID", help="The mute, e.g. M12.", show_default=False)],
    folder: AnyFolder = Path(),
    by: By = "",
    store: Store = None,
) -> None:
    """End a mute before its time."""
    from streams.records.orders import Unmute

    give("unmute", Unmute(mute=id), folder, store, by)


def ack(
    incident: Annotated[str, typer.Argument(help="The incident's id, e.g. I812-1.", show_default=False)],
    folder: AnyFolder = Path(),
    by: By = "",
    store: Store = None,
) -> None:
    """Take an incident in hand, so that it is not escalated any further."""
    from streams.records.orders import Ack

    give("ack", Ack(incident=incident), folder, store, by)


def give(kind: "OrderKind", what: object, folder: Path, store: Path | None, by: str) -> None:
    """Gives an order to whatever run works on the store, and says what came of it; exits with 1 when it was refused."""
    from streams.store.orders import StoreOrders
    from streams.store.store import Store as Opened

    address = store or _address(folder)
    with Opened.open(address, read_only=True):
        pass  # a store that is not there is not made by giving an order
    with Opened.open(address) as opened:
        orders = StoreOrders(opened)
        number = orders.give(kind, what, who=by or getpass.getuser(), at=datetime.now(UTC))
        ends = time.monotonic() + WAIT_S
        while (given := orders.find(number)) is not None and given.waiting and time.monotonic() < ends:
            time.sleep(_LOOK_S)
    if given is None or given.waiting:
        print(f"order {number} waits in the store: no run has taken it yet; it is taken as soon as one works on it")
    elif given.refused:
        print(f"order {number} was refused: {given.refused}")
        raise typer.Exit(1)
    else:
        name = f"; it is M{given.entry}" if kind == "mute" else ""
        print(f"order {number} was taken as journal entry {given.entry}{name}")


def _address(folder: Path) -> "str | Path":
    from streams.settings.load import load

    return load(settings_of(folder), os.environ).store_address()


def _row(one: "Muted") -> dict[str, Any]:
    from streams.hostile import tame

    named = (("rule", one.what.rule), ("place", one.what.place), ("incident", one.what.incident))
    return {
        "id": one.id,
        "what": ", ".join(f"{key} {value}" for key, value in named if value),
        "up to": one.up_to,
        "until": f"{one.until.astimezone(UTC):%Y-%m-%d %H:%MZ}",
        "by": tame(one.who, 80),
        "why": tame(one.what.why, 200),
    }


def _length(text: str) -> timedelta:
    from streams.notation.durations import duration

    try:
        return duration(text)
    except ValueError as fault:
        raise UsageError(f"--for: {fault}") from None


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(re.sub(r"(?<=\d)Z$", "+00:00", text))
    except ValueError:
        raise UsageError(f'--until: "{text}" is no moment; write 2024-04-22T18:00Z') from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
