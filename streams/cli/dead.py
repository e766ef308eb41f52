"""`tocsin dead`: what was set aside, in the topic of dead letters and in the inbox; looked at, and tried again."""

import os
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.rows import Format, put_rows
from streams.errors import UsageError

if TYPE_CHECKING:
    from streams.broker.dead import Letter
    from streams.settings.model import Kafka, Settings
    from streams.store.aside import Aside
    from streams.store.store import Store

Folder = Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder that holds tocsin.yaml.")]
Name = Annotated[str, typer.Argument(metavar="ID", help="As tocsin dead list names it.", show_default=False)]
ALL = "all"
_ID = re.compile(r"inbox/(?P<seq>\d+)|dead/(?P<partition>\d+)/(?P<offset>\d+)")
_SHOWN = 10_000  # characters of a record
_CELL = 120  # of an error in a row

dead = typer.Typer(help="What was set aside: list it, show it, try it again.", no_args_is_help=True, add_completion=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that was set aside, a letter or a revision."""

    id: str
    letter: "Letter | None" = None
    aside: "Aside | None" = None
    retried: datetime | None = None

    @property
    def error(self) -> str:
        """Why, as a row shows it."""
        return str(_row(self, "table")["error"])


@dead.command("list")
def list_dead(
    folder: Folder = Path(),
    every: Annotated[bool, typer.Option("--all", help="Also letters that were sent again.")] = False,
    format: Format = "table",
) -> None:
    """List what was set aside and not tried again: records no role could read, articles no process survived."""
    from streams.store.store import Store

    settings = _load(folder)
    with Store.open(settings.store_address(), read_only=True) as store:
        found = _found(settings, store)
    put_rows([_row(one, format) for one in found if every or one.retried is None], format)
    hidden = 0 if every else sum(one.retried is not None for one in found)
    if hidden:
        print(f"{hidden} more were sent again; --all lists them", file=sys.stderr)


@dead.command("show")
def show(
    id: Name,
    folder: Folder = Path(),
    raw: Annotated[bool, typer.Option("--raw", help="Write the record's own bytes, and nothing else.")] = False,
) -> None:
    """Show one: where it stood, why it was set aside, and what it says."""
    from streams.hostile import tame
    from streams.store.store import Store

    settings = _load(folder)
    with Store.open(settings.store_address(), read_only=True) as store:
        one = _one(settings, store, id)
    value = _value(one)
    if raw:
        sys.stdout.buffer.write(value)
        return
    for name, told in _row(one, "jsonl").items():
        print(f"{name}: {tame(str(told), _SHOWN)}")
    print()
    for line in _readable(value)[:_SHOWN].splitlines():
        print(tame(line, _SHOWN))


@dead.command("retry")
def retry(
    id: Annotated[str, typer.Argument(metavar="ID|all", help="As tocsin dead list names it, or all it lists.", show_default=False)],
    folder: Folder = Path(),
    again: Annotated[bool, typer.Option("--again", help="Also what was sent again before.")] = False,
) -> None:
    """Try it again: a letter's own bytes go back to the topic they came from, a revision waits in the inbox again."""
    from streams.store.store import Store

    settings = _load(folder)
    with Store.open(settings.store_address()) as store:
        chosen = (
            [one for one in _found(settings, store) if again or one.retried is None] if id == ALL else [_one(settings, store, id)]
        )
        refused = [why for one in chosen if (why := _why_not(one, again=again))]
        _send([one for one in chosen if one.letter and not _why_not(one, again=again)], settings.kafka, store)
        refused += [why for one in chosen if one.aside and one.aside.text and (why := _wait_again(one.aside, store))]
    for why in refused:
        print(why, file=sys.stderr)
    print(f"{len(chosen) - len(refused)} tried again")
    if refused:
        raise typer.Exit(1)


def _send(found: "list[Found]", kafka: "Kafka | None", store: "Store") -> None:
    from streams.broker.dead import send_again
    from streams.store.aside import note_retried

    letters = [one.letter for one in found if one.letter is not None]
    if letters and kafka is not None:
        now = datetime.now(UTC)
        send_again(kafka, letters, now)
        note_retried(store, kafka.topic("dead"), [(one.raw.partition, one.raw.offset) for one in letters], now)


def _why_not(one: Found, *, again: bool) -> str:
    if one.retried is not None and not again:
        return f"{one.id}: it was sent again at {one.retried:%Y-%m-%d %H:%M:%S}Z; --again does it once more"
    if one.aside is not None and one.aside.text is None:
        return f"{one.id}: its text is older than the retention and no longer kept"
    return ""


def _wait_again(one: "Aside", store: "Store") -> str:
    """Why the revision cannot be tried again, "" when it now waits."""
    from streams.store.inbox import StoreInbox

    if StoreInbox(store).retry(one.article, one.revision):
        return ""
    return f"inbox/{one.seq}: the matcher has decided this or a newer revision, or somebody was quicker"


def _load(folder: Path) -> "Settings":
    from streams.cli.operate import settings_of
    from streams.settings.load import load

    return load(settings_of(folder), os.environ)


def _found(settings: "Settings", store: "Store") -> list[Found]:
    from streams.store.aside import quarantined

    found = [Found(id=f"inbox/{one.seq}", aside=one) for one in quarantined(store)]
    return found if settings.kafka is None else found + letters(settings.kafka, store)


def letters(kafka: "Kafka", store: "Store") -> list[Found]:
    """Every letter in the topic, by partition and offset, with when it was sent again."""
    from streams.broker.dead import read
    from streams.store.aside import retried

    sent = retried(store, kafka.topic("dead"))
    return [_of(letter, sent) for letter in read(kafka)]


def _of(letter: "Letter", sent: dict[tuple[int, int], datetime]) -> Found:
    place = (letter.raw.partition, letter.raw.offset)
    return Found(id=f"dead/{place[0]}/{place[1]}", letter=letter, retried=sent.get(place))


def _one(settings: "Settings", store: "Store", id: str) -> Found:
    from streams.store.aside import quarantined, retried

    place = _ID.fullmatch(id)
    if place is None:
        raise UsageError(f'"{id}" is no id; "tocsin dead list" names them, like inbox/17 and dead/0/4')
    if place["seq"]:
        rows = quarantined(store, int(place["seq"]))
        if not rows:
            raise UsageError(f'{id}: nothing with this number is set aside; "tocsin dead list" names what is')
        return Found(id=id, aside=rows[0])
    if settings.kafka is None:
        raise UsageError(f'{id}: there is no "kafka" in the settings, so there is no topic of dead letters')
    from streams.broker.dead import one

    letter = one(settings.kafka, int(place["partition"]), int(place["offset"]))
    if letter is None:
        raise UsageError(f'{id}: the topic holds no such letter (any more); "tocsin dead list" names those it holds')
    return _of(letter, retried(store, settings.kafka.topic("dead")))


def _row(found: Found, format: str) -> dict[str, Any]:
    if found.aside is not None:
        one = found.aside
        row = {"id": found.id, "stage": "quarantine", "article": one.article, "error": one.why, "first_seen": _moment(one.taken_at)}
        more: dict[str, Any] = {"revision": one.revision, "bytes": len(_value(found))}
    else:
        assert found.letter is not None
        raw, place = found.letter.raw, found.letter.dead
        row = {"id": found.id, "stage": place.stage if place else "unknown", "article": raw.key.decode(errors="replace")}
        row |= {
            "error": place.error if place else "its headers do not say",
            "first_seen": _moment(place.first_seen if place else raw.stamped),
        }
        more = {"topic": place.topic, "partition": place.partition, "offset": place.offset} if place else {}
        more |= {"bytes": len(raw.value), "retried": _moment(found.retried) if found.retried else None}
    return row | more if format == "jsonl" else _short(row)


def _short(row: dict[str, Any]) -> dict[str, Any]:
    from streams.hostile import tame

    return {name: tame(str(told), _CELL) for name, told in row.items()}


def _value(one: Found) -> bytes:
    from streams.wire import encode

    if one.letter is not None:
        return one.letter.raw.value
    return encode(one.aside.text) if one.aside is not None and one.aside.text is not None else b""


def _readable(value: bytes) -> str:
    """JSON with a line a field; any other bytes as text, with what is none of it escaped."""
    import json

    try:
        return json.dumps(json.loads(value), ensure_ascii=False, indent=1)
    except ValueError:
        return value.decode(errors="backslashreplace")


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
