"""`tocsin schema`: what rule files, watch lists and settings may look like, for editors."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from streams.errors import EnvironmentFault

if TYPE_CHECKING:
    from streams.settings.model import Settings

FILES = ("rules", "watch", "settings")


def schema(
    of: Annotated[Literal["rules", "watch", "settings"], typer.Argument(help="Of which files.")] = "rules",
    output: Annotated[
        Path | None,
        typer.Option(help="Write all three into this folder: rules.json, watch.json, settings.json.", show_default=False),
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(help="Settings whose channels, feeds and knowledge rules may name.", show_default=False)
    ] = None,
    knowledge: Annotated[list[Path] | None, typer.Option(help="A folder of your own knowledge files.", show_default=False)] = None,
) -> None:
    """Print the JSON Schema of rule files, watch lists or settings, for editors."""
    from streams.settings.load import load

    known = load(settings, os.environ) if settings else None
    if output is None:
        print(_text(_schema(of, known, knowledge or ())))
        return
    for path in write(output, known, knowledge or ()):
        print(path)


def write(folder: Path, settings: "Settings | None" = None, knowledge: Sequence[Path] = ()) -> list[Path]:
    """Writes the three schemas into the folder; returns where they are."""
    made = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for of in FILES:
            path = folder / f"{of}.json"
            path.write_text(_text(_schema(of, settings, knowledge)) + "\n", encoding="utf-8")
            made.append(path)
    except OSError as fault:
        raise EnvironmentFault(f"{fault.filename or folder}: cannot be written: {fault.strerror or fault}") from fault
    return made


def _schema(of: str, settings: "Settings | None", knowledge: Sequence[Path]) -> dict[str, Any]:
    if of == "settings":
        from streams.settings.schema import settings_schema

        return settings_schema()
    from rules.schema import rules_schema, watch_schema

    if of == "watch":
        return watch_schema()
    from streams.knowledge.world import load

    known = load(*(settings.knowledge if settings else ()), *knowledge)
    channels = tuple(settings.channels) if settings else None
    feeds = tuple(feed.name for feed in settings.feeds) if settings and settings.feeds else None
    return rules_schema(known, channels=channels, feeds=feeds)


def _text(made: dict[str, Any]) -> str:
    """One line for each key, so that two versions can be compared."""
    return json.dumps(made, indent=1, ensure_ascii=False)
