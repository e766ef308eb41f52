"""`tocsin test`: runs what stands beside the rules, and shows it as lines, JSON lines or JUnit."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from streams.cli.sets import DEFAULT_MODEL, KnowledgeFolders, ModelName, Paths, SettingsFile, number, ready, settings_of
from streams.errors import FileMistakes, Mistake, UsageError
from streams.hostile import tame
from streams.notation.suggestions import suggest

if TYPE_CHECKING:
    from rules.model import RuleSet
    from streams.cli.junit import Case
    from streams.questions.trial import Report
    from streams.settings.model import Settings

FromAlert = Annotated[
    str | None, typer.Option(metavar="ID", help="Write the sentence that carried this alert as a test.", show_default=False)
]
FromMiss = Annotated[
    str | None,
    typer.Option(metavar="URL|ID", help="Write the sentence of this article that should have raised --rule.", show_default=False),
]
Only = Annotated[list[str] | None, typer.Option("--rule", help="Only the rule of this id; may be given again.", show_default=False)]
Shape = Literal["table", "jsonl", "junit"]


def run_tests(
    paths: Paths = None,
    rule: Only = None,
    from_alert: FromAlert = None,
    false: Annotated[bool, typer.Option("--false", help="The alert was wrong: the rule must be silent.")] = False,
    from_miss: FromMiss = None,
    words: Annotated[str, typer.Option(help="Of a missed article, the sentence with these words.", show_default=False)] = "",
    store: Annotated[
        str | None, typer.Option(help="The store of the run. Default: that of the settings.", show_default=False)
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Run again whenever a rule file changes.")] = False,
    settings: SettingsFile = None,
    knowledge: KnowledgeFolders = None,
    model: ModelName = None,
    format: Annotated[Shape, typer.Option(help="Lines for people, JSON lines, or JUnit's XML.")] = "table",
) -> None:
    """Run the tests beside the rules, and say what they would not notice."""
    if (from_alert and from_miss) or (watch and (from_alert or from_miss)):
        raise UsageError("--from-alert, --from-miss and --watch: give one of them")
    if (false and not from_alert) or (words and not from_miss) or (store and not (from_alert or from_miss)):
        raise UsageError("--false belongs to --from-alert, --words to --from-miss, and --store to either")
    if from_miss and len(rule or ()) != 1:
        raise UsageError("--from-miss: name the rule that should have fired, with --rule ID")
    found, known, given = ready(paths, settings, knowledge)
    wanted = chosen(found, rule)
    address = store or (_store_of(given, settings) if from_alert or from_miss else None)
    from streams.extract.reader import load as load_extractor
    from streams.questions import trial

    reader = load_extractor(model or (given.model if given else DEFAULT_MODEL), known)
    if address is not None:
        from streams.cli import stored
        from streams.store.store import Store

        with Store.open(address, read_only=True) as opened:
            if from_alert:
                draft = stored.of_alert(opened, from_alert, found, reader, known, false=false)
            else:
                draft = stored.of_miss(opened, from_miss or "", wanted.rules[0], known, words)
        stored.write(draft, found, known)
        wanted = chosen(ready(paths, settings, knowledge)[0], [draft.rule])
    if watch:
        keep_testing(
            lambda: chosen(ready(paths, settings, knowledge)[0], rule),
            lambda rules: shown(trial.run(rules, reader, known), format),
            _looks(found, paths or list(given.rules if given else ())),
        )
    elif not all(report.passed for report in shown(trial.run(wanted, reader, known), format)):
        raise typer.Exit(1)


def _store_of(given: "Settings | None", path: Path | None) -> str:
    """The store that the settings name; raises FileMistakes where they are wrong, UsageError where there are none."""
    if given is not None:
        return given.store_address()
    mistakes: list[Mistake] = []
    settings_of(path, mistakes)
    if mistakes:
        raise FileMistakes(mistakes)
    raise UsageError("no store: give --store FILE, or the settings of the run (--settings tocsin.yaml)")


def chosen(found: "RuleSet", ids: Sequence[str] | None) -> "RuleSet":
    """The rules of these ids, all of them for none; raises UsageError for an id that is not there."""
    from dataclasses import replace

    for id in ids or ():
        if found.rule(id) is None:
            raise UsageError(f'--rule: no rule "{id}" in these files{suggest(id, [one.id for one in found.rules])}')
    return found if not ids else replace(found, rules=tuple(one for one in found.rules if one.id in ids))


def keep_testing(load: "Callable[[], RuleSet]", test: "Callable[[RuleSet], list[Report]]", looks: Iterable[object]) -> None:
    """Tests all rules; then, at each look at which a text has changed, those that it touches and those that have not passed.

    A set with mistakes is told once and waits for the next change.
    """
    from dataclasses import replace

    passed: dict[str, tuple[object, ...]] = {}
    last: object = None  # texts that were tested, or what was wrong with them
    for _ in chain([None], looks):
        try:
            found = load()
        except UsageError as fault:
            if last != str(fault):
                print(fault, file=sys.stderr, flush=True)
            last = str(fault)
            continue
        if last == found.texts:
            continue
        last = found.texts
        due = tuple(one for one in found.rules if passed.get(one.id) != (one.hash, one.tests))
        for report in test(replace(found, rules=due)) if due else ():
            passed[report.rule.id] = (report.rule.hash, report.rule.tests) if report.passed else ()
        same = len(found.rules) - len(due)
        print(f"{number(same, 'rule') + ' as before; ' if same else ''}watching, Ctrl-C ends it", file=sys.stderr, flush=True)


def _looks(found: "RuleSet", paths: Iterable[Path]) -> Iterator[object]:
    """An item when a YAML file changes, below the folders or beside the files of the rules, and every two seconds.

    The system's notices come late or never where files lie on a network, so the texts are read again whatever it says.
    """
    import logging

    from watchfiles import watch

    logging.getLogger("watchfiles").setLevel(logging.ERROR)  # it warns of Ctrl-C
    folders = [path for path in paths if path.is_dir()]
    beside = {Path(path).parent for path in found.texts}  # editors put another file in place of the old one
    yield from watch(
        *{*folders, *beside},
        watch_filter=lambda _, path: path.endswith((".yaml", ".yml")),
        recursive=bool(folders),
        raise_interrupt=False,
        rust_timeout=2_000,
        yield_on_timeout=True,
    )


def shown(reports: "Iterable[Report]", format: Shape) -> "list[Report]":
    """The reports; prints each as it comes, JUnit at the end, and the sum of them on standard error."""
    done = []
    for report in reports:
        done.append(report)
        for line in _json_lines(report) if format == "jsonl" else _lines(report) if format == "table" else ():
            print(line if format == "jsonl" else tame(line), flush=True)  # strangers' words in a test move no cursor
    if format == "junit":
        from streams.cli.junit import junit

        notes = {report.rule.id: "\n".join(_unnoticed(report)) for report in done}
        print(junit("tocsin test", [case for report in done for case in _cases(report)], notes))
    failed = sum(not verdict.passed for report in done for verdict in report.verdicts)
    lacking = sum(bool(report.lacking) for report in done)
    changes, missed = sum(report.mutants for report in done), sum(len(report.survivors) for report in done)
    words = [number(len(done), "rule"), number(sum(len(report.verdicts) for report in done), "test"), f"{failed} failed"]
    words += [f"{number(lacking, 'rule')} without both kinds of tests"] if lacking else []
    words += [f"{changes - missed} of {changes} changes noticed"] if changes else []
    print(", ".join(words), file=sys.stderr)
    return done


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
    yield from _unnoticed(report)


def _unnoticed(report: "Report") -> Iterator[str]:
    for mutant in report.survivors:
        yield f"{report.rule.path}:{mutant.line}: no test notices the rule {mutant.change}"


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
