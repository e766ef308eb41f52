"""`tocsin check`: every mistake of the files that rule authors write."""

import sys

from streams.cli.sets import KnowledgeFolders, Paths, SettingsFile, loaded, number, settings_of
from streams.errors import FileMistakes, Mistake


def check(paths: Paths = None, settings: SettingsFile = None, knowledge: KnowledgeFolders = None) -> None:
    """Show every mistake in rule files, and in the settings."""
    from streams.cli.owners import refuse_foreign

    refuse_foreign()
    mistakes: list[Mistake] = []
    known = settings_of(settings, mistakes)
    rules, _ = loaded(paths, known, knowledge, mistakes)
    if rules is None or any(one.severity == "error" for one in mistakes):
        raise FileMistakes(mistakes)
    for warning in FileMistakes(mistakes).mistakes:
        print(warning, file=sys.stderr)
    found = f", {number(len(mistakes), 'warning')}" if mistakes else ""
    print(f"{number(len(rules.rules), 'rule')} in {number(len(rules.texts), 'file')}: no mistakes{found}")
