"""`tocsin try`: a rule's mistakes, its tests, and what it would have told the desk lately."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.author import doubts
from streams.cli.messages import put_message
from streams.cli.rows import Format, put_rows
from streams.cli.sets import DEFAULT_MODEL, KnowledgeFolders, ModelName, SettingsFile, loaded, number, settings_of
from streams.cli.stored import named
from streams.cli.trials import shown
from streams.errors import FileMistakes, Mistake, UsageError

if TYPE_CHECKING:
    from rules.model import Rule, RuleSet
    from streams.extract.reader import Extractor
    from streams.knowledge.world import Knowledge
    from streams.questions.rehearsal import Call, Volume
    from streams.records.flow import Reading
    from streams.replay import Tally
    from streams.settings.model import Settings
    from streams.store.store import Store

Which = Annotated[str, typer.Argument(metavar="RULE", help="A rule file, or the id of a rule.", show_default=False)]


def try_rule(
    rule: Which,
    rules: Annotated[
        list[Path] | None, typer.Option(help="Where a rule's id is looked up. Default: those of the settings.", show_default=False)
    ] = None,
    archive: Annotated[
        list[str] | None, typer.Option(help="Articles to try it on, instead of the store; may be given again.", show_default=False)
    ] = None,
    store: Annotated[
        str | None, typer.Option(help="The store of a run. Default: that of the settings.", show_default=False)
    ] = None,
    days: Annotated[int, typer.Option(min=1, help="How many days, up to the newest article.")] = 30,
    settings: SettingsFile = None,
    knowledge: KnowledgeFolders = None,
    model: ModelName = None,
    format: Format = "table",
) -> None:
    """Check a rule, run its tests, and show what it would have told lately; nothing is sent or stored."""
    found, known, given = _checked(rule, rules, settings, knowledge)
    from streams.extract.reader import load as load_extractor
    from streams.questions import trial

    reader = load_extractor(model or (given.model if given else DEFAULT_MODEL), known)
    passed = all(report.passed for report in shown(trial.run(found, reader, known), format))
    faults: list[Mistake] = []
    with _opened(store, given, archive) as opened:
        if opened is None and not archive:
            print("no store yet, so nothing to try it on; give --store FILE or --archive FILE", file=sys.stderr)
        else:
            _rehearse(found, known, reader, _source(archive or (), opened, found, days, faults), days, format)
    if not passed or faults:
        raise typer.Exit(1)


def _checked(
    rule: str, rules: Sequence[Path] | None, settings: Path | None, knowledge: Sequence[Path] | None
) -> "tuple[RuleSet, Knowledge, Settings | None]":
    """The rules to try, as if they were on, with the knowledge and the settings; warnings are told.

    Settings that nobody asked for may be wrong (who tries a rule need not have the desk's secrets): that is told, and they are left
    out. Raises FileMistakes for every other mistake.
    """
    path, mistakes = Path(rule), list[Mistake]()
    given = settings_of(settings, mistakes)
    where = [path] if path.exists() else rules
    if not where and given is None and not mistakes:
        raise UsageError(f'"{rule}" is no file; for an id give --rules PATH, or a settings file that names the rules')
    if mistakes and (settings or not where):
        raise FileMistakes(mistakes)
    found, known = loaded(where, given, knowledge, wrong := list[Mistake]())
    if found is None or known is None or any(one.severity == "error" for one in wrong):
        raise FileMistakes(wrong)
    wanted = found.rules if path.exists() else (named(found, rule),)
    for warning in (*mistakes, *FileMistakes([*wrong, *doubts(found, known)]).mistakes):
        if warning in mistakes or path.exists() or f'rule "{rule}"' in warning.message or _stands_in(warning, wanted[0], found):
            print(warning, file=sys.stderr)
    return replace(found, rules=tuple(replace(one, mode="on") for one in wanted)), known, given


def _stands_in(one: Mistake, rule: "Rule", found: "RuleSet") -> bool:
    """Whether a mistake stands between the first line of a rule and the next rule of its file."""
    after = [other.line for other in found.rules if other.path == rule.path and other.line > rule.line]
    return one.path == rule.path and rule.line <= one.line and (not after or one.line < min(after))


@contextmanager
def _opened(store: str | None, settings: "Settings | None", archive: list[str] | None) -> "Iterator[Store | None]":
    """The store, None when an archive is given, or when there is none and none was named."""
    from streams.store.store import Store

    address = None if archive else store or (settings.store_address() if settings else None)
    if address is None or (store is None and "://" not in str(address) and not Path(address).exists()):
        yield None
        return
    with Store.open(address, read_only=True) as opened:
        yield opened


def _source(
    archive: Sequence[str], store: "Store | None", rules: "RuleSet", days: int, faults: list[Mistake]
) -> "Iterator[Reading]":
    """Readings in order, from as long before the days as the rules look back; those of an archive are still to be read."""
    from streams.records.flow import Reading

    if store is None:
        from streams.cli.archives import articles

        for one in articles(list(archive), faults):
            yield Reading(article=one, extractor="")
        return
    from streams import wire
    from streams.questions.rehearsal import look_back
    from streams.store import journal

    last = journal.last(store, "reading")
    if last is None:
        return
    for entry in journal.read(store, after=journal.before(store, last.at - timedelta(days=days) - look_back(rules.rules))):
        if entry.kind == "reading":
            yield wire.decode(entry.payload, Reading)


def _rehearse(
    rules: "RuleSet", known: "Knowledge", reader: "Extractor", source: "Iterator[Reading]", days: int, format: str
) -> None:
    from streams import replay as core
    from streams.questions import rehearsal
    from streams.words.render import message

    tally, anew = core.Tally(), [0]
    run = core.Run(rules=rules, knowledge=known)

    def note(count: int) -> None:
        anew[0] += count

    readings = rehearsal.current(_counted(source, tally), reader.version, reader, tally, note)
    calls = list(rehearsal.rehearse(run, readings, lambda delivery: message(delivery, "UTC")))
    end = run.memory.clock()
    if end is None or not tally.articles:
        print("no articles to try it on", file=sys.stderr)
        return
    start = end - timedelta(days=days)
    recent = [call for call in calls if call.alert.decided >= start]
    _put(recent, rehearsal.volume([call.alert for call in recent], start, end), format)
    for sentence in core.unjudged(rules, tally):
        print(sentence, file=sys.stderr)
    print(f"{number(tally.articles, 'article')}, {anew[0]} of them read anew", file=sys.stderr)


def _counted(source: "Iterator[Reading]", tally: "Tally") -> "Iterator[Reading]":
    from streams.cli.archives import progress

    return progress(source, tally, lambda reading: reading.article)


def _put(calls: "list[Call]", found: "Volume", format: str) -> None:
    from streams.cli.archives import put
    from streams.questions.rehearsal import by_day
    from streams.replay import line

    busiest = found.busiest
    if format == "jsonl":
        for call in calls:
            put(line(call.alert) | {"message": call.message.summary if call.message else ""})
        most = {"day": busiest[0].isoformat(), "alerts": busiest[1]} if busiest else None
        sums = {"alerts": found.alerts, "a_day": round(found.a_day, 2), "busiest": most, "severities": dict(found.severities)}
        put({"volume": sums | {"kinds": dict(found.kinds), "days": by_day(found)}})
        return
    for call in calls:
        if call.message is not None:
            print()
            print(f"{call.alert.decided:%Y-%m-%d %H:%MZ} {call.alert.kind}")
            put_message(call.message)
    kinds = ", ".join(f"{count} {kind}" for kind, count in found.kinds.items())
    most_of = f"; busiest day {busiest[0]:%Y-%m-%d} with {busiest[1]}" if busiest else ""
    print(
        f"\n{found.start:%Y-%m-%d} to {found.end:%Y-%m-%d}: {number(found.alerts, 'alert')}{f' ({kinds})' if kinds else ''}, ",
        end="",
    )
    print(f"{found.a_day:.2g} a day{most_of}")
    put_rows(by_day(found), "table")
