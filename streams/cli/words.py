"""`tocsin words`: what is known of a word, and how a rule would use it."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.rows import Format, put_lines
from streams.cli.sets import KnowledgeFolders, SettingsFile, settings_of
from streams.errors import FileMistakes, Mistake

if TYPE_CHECKING:
    from streams.questions.lexicon import Meaning

_SHOWN = 24  # names, children or meanings; JSON lines have all


def words(
    term: Annotated[
        list[str], typer.Argument(help="A name, a word of the news, or a word of the rule language.", show_default=False)
    ],
    settings: SettingsFile = None,
    knowledge: KnowledgeFolders = None,
    format: Format = "table",
) -> None:
    """Tell what is known of a word, and how a rule would use it."""
    from streams.knowledge.world import load as load_knowledge
    from streams.questions.lexicon import meanings, near

    mistakes: list[Mistake] = []
    given = settings_of(settings, mistakes)
    if mistakes and settings:
        raise FileMistakes(mistakes)
    for mistake in mistakes:  # who looks a word up need not have the desk's secrets
        print(mistake, file=sys.stderr)
    known = load_knowledge(*(given.knowledge if given else ()), *(knowledge or ()))
    asked = " ".join(term)
    found = meanings(asked, known)
    if format == "jsonl":
        put_lines([asdict(one) for one in found])
    else:
        for one in found[:_SHOWN]:
            print("\n".join(_lines(one)))
        if len(found) > _SHOWN:
            print(f"and {len(found) - _SHOWN} more; --format jsonl shows all", file=sys.stderr)
    if not found:
        close = near(asked, known)
        advice = f"; did you mean {', '.join(close)}?" if close else ""
        print(f'nothing is known of "{asked}"{advice}', file=sys.stderr)
        raise typer.Exit(1)


def _lines(one: "Meaning") -> Iterator[str]:
    """What it is, then a line for all that there is to say of it."""
    yield f"{one.what} {one.id or '(no name for rules)'}: {one.title}"
    if len(one.path) > 1:
        yield f"  path      {' > '.join(one.path)}"
    for name, values in (("below", one.children), ("words", one.words), ("nations", one.nations)):
        if values:
            more = f", and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
            yield f"  {name:<9} {', '.join(values[:_SHOWN])}{more}"
    for use in one.uses:
        yield f"  in a rule {use}"
