"""`tocsin test`: runs what stands beside the rules, and shows it as lines, JSON lines or JUnit."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from streams.cli.sets import DEFAULT_MODEL, KnowledgeFolders, ModelName, Paths, SettingsFile, number, ready
from streams.errors import UsageError
from streams.suggestions import suggest

if TYPE_CHECKING:
    from rules.model import RuleSet
    from streams.cli.junit import Case
    from streams.trial import Report

Only = Annotated[list[str] | None, typer.Option("--rule", help="Only the rule of this id; may be given again.", show_default=False)]
Shape = Literal["table", "jsonl", "junit"]


def run_tests(
    paths: Paths = None,
    rule: Only = None,
    settings: SettingsFile = None,
    knowledge: KnowledgeFolders = None,
    model: ModelName = None,
    format: Annotated[Shape, typer.Option(help="Lines for people, JSON lines, or JUnit's XML.")] = "table",
) -> None:
    """Run the tests beside the rules, and say what they would not notice."""
    found, known, given = ready(paths, settings, knowledge)
    wanted = chosen(found, rule)
    from streams import trial
    from streams.extract.reader import load as load_extractor

    reader = load_extractor(model or (given.model if given else DEFAULT_MODEL), known)
    if not shown(trial.run(wanted, reader, known), format):
        raise typer.Exit(1)


def chosen(found: "RuleSet", ids: Sequence[str] | None) -> "RuleSet":
    """The rules of these ids, all of them for none; raises UsageError for an id that is not there."""
    from dataclasses import replace

    for id in ids or ():
        if found.rule(id) is None:
            raise UsageError(f'--rule: no rule "{id}" in these files{suggest(id, [one.id for one in found.rules])}')
    return found if not ids else replace(found, rules=tuple(one for one in found.rules if one.id in ids))


def shown(reports: "Iterable[Report]", format: Shape) -> bool:
    """Whether all is well; prints each report as it comes, JUnit at the end, and the sum of it on standard error."""
    done = []
    for report in reports:
        done.append(report)
        for line in _json_lines(report) if format == "jsonl" else _lines(report) if format == "table" else ():
            print(line, flush=True)
    if format == "junit":
        from streams.cli.junit import junit

        print(junit("tocsin test", [case for report in done for case in _cases(report)]))
    failed = sum(not verdict.passed for report in done for verdict in report.verdicts)
    lacking = sum(bool(report.lacking) for report in done)
    changes, missed = sum(report.mutants for report in done), sum(len(report.survivors) for report in done)
    words = [number(len(done), "rule"), number(sum(len(report.verdicts) for report in done), "test"), f"{failed} failed"]
    words += [f"{number(lacking, 'rule')} without both kinds of tests"] if lacking else []
    words += [f"{changes - missed} of {changes} changes noticed"] if changes else []
    print(", ".join(words), file=sys.stderr)
    return all(report.passed for report in done)


def _lines(report: "Report") -> Iterator[str]:
    """One line for the rule, one for each test that failed or lacks, one for each change that no test noticed."""
    rule = report.rule
    passed = sum(verdict.passed for verdict in report.verdicts)
    noticed = report.mutants - len(report.survivors)
    score = f", {noticed} of {report.mutants} changes noticed" if report.mutants else ""
    yield f"{rule.id}: {passed} of {number(len(report.verdicts), 'test')} passed{score}"
    for verdict in report.verdicts:
        if not verdict.passed:
            yield f"{rule.path}:{verdict.test.line}: {verdict.test.expect}: {verdict.problem}"
    for kind in report.lacking:
        yield f"{rule.path}:{rule.line}: {_wanted(rule.id, kind)}"
    for mutant in report.survivors:
        yield f"{rule.path}:{mutant.line}: no test notices the rule {mutant.change}"


def _wanted(rule: str, kind: str) -> str:
    what = "is to raise it" if kind == "fires" else "must not"
    return f'rule "{rule}" has no test that is "{kind}"; give it a text that {what}'


def _json_lines(report: "Report") -> Iterator[str]:
    """One object for each test, and one for the rule."""
    rule, path = report.rule.id, report.rule.path
    for verdict in report.verdicts:
        test = {"rule": rule, "path": path, "line": verdict.test.line, "expect": verdict.test.expect}
        yield json.dumps(test | {"passed": verdict.passed, "problem": verdict.problem}, ensure_ascii=False)
    survivors = [{"line": one.line, "change": one.change} for one in report.survivors]
    sums = {"rule": rule, "path": path, "lacking": report.lacking, "changes": report.mutants, "survivors": survivors}
    yield json.dumps(sums, ensure_ascii=False)


def _cases(report: "Report") -> "Iterator[Case]":
    """One case for each test and each kind that lacks."""
    from streams.cli.junit import Case

    rule = report.rule
    for verdict in report.verdicts:
        words = " ".join(verdict.test.articles[-1].text.split())
        yield Case(rule.id, f"{verdict.test.expect}: {words}", rule.path, verdict.test.line, verdict.problem)
    for kind in report.lacking:
        yield Case(rule.id, f'has a test that is "{kind}"', rule.path, rule.line, _wanted(rule.id, kind))
