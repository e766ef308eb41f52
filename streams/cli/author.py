"""`tocsin check` and `tocsin test`: what rule authors run."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.errors import FileMistakes, Mistake, UsageError

if TYPE_CHECKING:
    from streams.settings import Settings

SETTINGS = Path("tocsin.yaml")

Paths = Annotated[
    list[Path] | None, typer.Argument(help="Rule files, or folders of them. Default: those of the settings.", show_default=False)
]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="Default: tocsin.yaml here, if there is one.", show_default=False)
]
KnowledgeFolders = Annotated[
    list[Path] | None, typer.Option("--knowledge", help="A folder of your own knowledge files.", show_default=False)
]


def check(paths: Paths = None, settings: SettingsFile = None, knowledge: KnowledgeFolders = None) -> None:
    """Show every mistake in rule files, and in the settings."""
    from streams.cli.owners import refuse_foreign

    refuse_foreign()
    mistakes: list[Mistake] = []
    known = _settings(settings, mistakes)
    rules, files = _rules(paths, known, knowledge, mistakes)
    errors = [one for one in mistakes if one.severity == "error"]
    if errors:
        raise FileMistakes(mistakes)
    for warning in FileMistakes(mistakes).mistakes:
        print(warning, file=sys.stderr)
    found = f", {_number(len(mistakes), 'warning')}" if mistakes else ""
    print(f"{_number(rules, 'rule')} in {_number(files, 'file')}: no mistakes{found}")


def _settings(path: Path | None, mistakes: list[Mistake]) -> "Settings | None":
    """The settings asked for, or those of the working directory; None when there are none or they are wrong."""
    if path is None and not SETTINGS.exists():
        return None
    from streams.settings_file import load

    try:
        return load(path or SETTINGS, os.environ)
    except FileMistakes as fault:
        mistakes += fault.mistakes
        return None


def _rules(
    paths: Sequence[Path] | None, settings: "Settings | None", knowledge: Sequence[Path] | None, mistakes: list[Mistake]
) -> tuple[int, int]:
    """How many rules and files there are; notes what is wrong with them."""
    from rules.load import gather, read_rules
    from streams.durations import EVENTS_KEPT
    from streams.knowledge import load as load_knowledge

    wanted = list(paths or (settings.rules if settings else ()))
    if not wanted:
        if mistakes:
            return 0, 0
        raise UsageError("no rule files: give their paths, or a settings file that names them (--settings tocsin.yaml)")
    folders = (*(settings.knowledge if settings else ()), *(knowledge or ()))
    texts, unread = gather(wanted)
    mistakes += unread
    try:
        known = load_knowledge(*folders)
    except FileMistakes as fault:
        mistakes += fault.mistakes
        return 0, len(texts)
    mistakes += known.warnings
    kept = settings.retention.events if settings else EVENTS_KEPT
    found, wrong = read_rules(texts, known, channels=tuple(settings.channels) if settings else None, kept=kept)
    mistakes += wrong
    return len(found.rules) if found else 0, len(texts)


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
