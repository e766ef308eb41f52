"""`tocsin check`: every mistake of the files that rule authors write, and what is allowed and still a slip."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from streams.cli.sets import KnowledgeFolders, Paths, SettingsFile, loaded, number, settings_of
from streams.errors import FileMistakes, Mistake

if TYPE_CHECKING:
    from rules.model import RuleSet
    from streams.knowledge.world import Knowledge

Shape = Literal["table", "jsonl", "junit", "github"]


def check(
    paths: Paths = None,
    settings: SettingsFile = None,
    knowledge: KnowledgeFolders = None,
    format: Annotated[
        Shape, typer.Option(help="Lines for people, JSON lines, JUnit's XML, or GitHub's workflow commands.")
    ] = "table",
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when there are warnings.")] = False,
) -> None:
    """Show every mistake in rule files, and in the settings."""
    from streams.cli.owners import refuse_foreign

    refuse_foreign()
    mistakes: list[Mistake] = []
    given = settings_of(settings, mistakes)
    rules, known = loaded(paths, given, knowledge, mistakes)
    wrong = rules is None or known is None or any(one.severity == "error" for one in mistakes)
    if rules is not None and known is not None and not wrong:
        mistakes += doubts(rules, known)
    told = FileMistakes(mistakes)
    if format != "table":
        print(_shown(told.mistakes, tuple(rules.texts) if rules else (), format, strict=strict), end="")
    elif wrong:
        raise told
    elif rules is not None:
        for one in told.mistakes:
            print(one, file=sys.stderr)
        found = f", {number(len(mistakes), 'warning')}" if mistakes else ""
        print(f"{number(len(rules.rules), 'rule')} in {number(len(rules.texts), 'file')}: no mistakes{found}")
    if wrong or (strict and mistakes):
        raise typer.Exit(2 if wrong else 1)


def doubts(rules: "RuleSet", knowledge: "Knowledge") -> tuple[Mistake, ...]:
    """Warnings about a set without mistakes, that of today and of this disk included."""
    from rules.lint import warnings

    return (*warnings(rules, knowledge, today=datetime.now(UTC).date()), *_open_to_others(rules))


def _open_to_others(rules: "RuleSet") -> Iterator[Mistake]:
    """Watch lists that other people of this machine may read."""
    from rules.watch import is_watch_list
    from streams.notation.marked_yaml import read

    for path, text in rules.texts.items():
        if is_watch_list(read(text, path)[0]) and os.name == "posix" and Path(path).stat().st_mode & 0o077:
            words = f"this watch list may be read or changed by others of this machine; chmod 600 {path}"
            yield Mistake(path, 1, 1, words, "warning")


# ---------------------------------------------------------------------------------------------------------- for machines


def _shown(mistakes: Sequence[Mistake], files: Sequence[str], format: Shape, *, strict: bool) -> str:
    """All mistakes and warnings in the shape that is asked for."""
    if format == "junit":
        return _junit(mistakes, files, strict=strict) + "\n"
    line = _json if format == "jsonl" else _command
    return "".join(f"{line(one)}\n" for one in mistakes)


def _json(one: Mistake) -> str:
    at = {"path": one.path, "line": one.line, "column": one.column}
    return json.dumps(at | {"severity": one.severity, "message": one.message}, ensure_ascii=False)


def _command(one: Mistake) -> str:
    """As GitHub's runner reads it from a log (actions/toolkit, core/src/command.ts)."""
    path = _escaped(one.path).replace(":", "%3A").replace(",", "%2C")
    return f"::{one.severity} file={path},line={one.line},col={one.column}::{_escaped(one.message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _junit(mistakes: Sequence[Mistake], files: Sequence[str], *, strict: bool) -> str:
    """One suite for each file; a warning fails only where warnings are to fail, and a file without mistakes passes."""
    from streams.cli.junit import Case, junit

    cases: list[Case] = []
    for path in sorted({*files, *(one.path for one in mistakes)}):
        own = [one for one in mistakes if one.path == path]
        for one in own:
            fails = strict or one.severity == "error"
            name = f"{one.line}:{one.column}: {one.severity}: {one.message}"
            cases.append(Case(path, name, path, one.line, one.message if fails else ""))
        if not own:
            cases.append(Case(path, "no mistakes", path, 1))
    return junit("tocsin check", cases)
