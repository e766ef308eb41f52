"""The entry of `tocsin`: which commands there are, and what an error looks like from outside.

A command is one line of COMMANDS; its module is imported only when it is the one that runs, so that `tocsin --help` imports
nothing heavy. Exit codes: 0 done, 1 the answer is no, 2 usage or configuration, 3 disk, database or network gave up.
"""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, NoReturn

import typer

from streams.errors import EnvironmentFault, UsageError
from streams.notation.suggestions import suggest

# name: (module:attribute, first line of its help). The attribute is a function, or a typer.Typer with commands of its own.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("streams.cli.demo:demo", "Show Tocsin at work on invented news: no Kafka, no tokens, no internet."),
    "init": ("streams.cli.operate:init", "Make a folder with settings, rules and watch lists of your own."),
    "run": ("streams.cli.operate:run", "Watch the feeds and tell the channels, until it is stopped."),
    "topics": ("streams.cli.spread:topics", "Make the topics of the Kafka run."),
    "ingest": ("streams.cli.spread:ingest", "Poll the feeds into the inbox, and publish the inbox to Kafka, until it is stopped."),
    "worker": ("streams.cli.spread:worker", "Work on what Kafka brings, in one role, until it is stopped."),
    "why": ("streams.cli.why:why", "Tell the whole life of an article: read, decided, told and sent."),
    "doctor": ("streams.cli.doctor:doctor", "Look at everything that may be wrong, and say what to do."),
    "dead": ("streams.cli.dead:dead", "What was set aside: list it, show it, try it again."),
    "incident": ("streams.cli.incident:incident", "Look at incidents; say that two are one, or that one is two."),
    "backup": ("streams.cli.backups:backup", "Copy the whole store into one file, as of one moment, while the run goes on."),
    "restore": (
        "streams.cli.backups:restore",
        "Make a store from a backup, where there is none; stop every process of the old one before.",
    ),
    "mute": ("streams.cli.orders:mute", "Keep a rule, a place or an incident from calling for a while."),
    "ack": ("streams.cli.orders:ack", "Take an incident in hand, so that it is not escalated any further."),
    "check": ("streams.cli.author:check", "Show every mistake in rule files, and in the settings."),
    "test": ("streams.cli.trials:run_tests", "Run the tests beside the rules, and say what they would not notice."),
    "explain": ("streams.cli.explain:explain", "Show why a rule fires on an article or does not, clause by clause."),
    "try": (
        "streams.cli.rehearse:try_rule",
        "Check a rule, run its tests, and show what it would have told lately; nothing is sent or stored.",
    ),
    "words": ("streams.cli.words:words", "Tell what is known of a word, and how a rule would use it."),
    "rules": ("streams.cli.rulebook:rules", "List rules, show what one means, and compare two sets."),
    "schema": ("streams.cli.schema:schema", "Print the JSON Schema of rule files, watch lists or settings, for editors."),
    "replay": ("streams.cli.replay:replay", "Run exactly these rules on an archive; nothing is sent or stored."),
    "extract": ("streams.cli.extraction:extract", "Print the events of each article, one line per article."),
}
USAGE, GAVE_UP = 2, 3


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs one command and exits; `arguments` None: those of the process."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        wanted = next((word for word in given if not word.startswith("-")), None)
        if wanted is not None and wanted not in COMMANDS:
            raise UsageError(f'unknown command "{wanted}"{suggest(wanted, COMMANDS)}')
        _app(wanted)(args=given, prog_name="tocsin")
    except UsageError as fault:
        print(fault, file=sys.stderr)
        sys.exit(USAGE)
    except EnvironmentFault as fault:
        print(fault, file=sys.stderr)
        sys.exit(GAVE_UP)
    sys.exit(0)


def _app(wanted: str | None) -> typer.Typer:
    """The program, with only the wanted command imported; the others are there to be listed."""
    app = typer.Typer(
        help="Watches news feeds for a security desk.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # plain help takes a third of the time of rich's
    )
    app.callback()(_options)
    for name, (target, first_line) in COMMANDS.items():
        command = load(target) if name == wanted else _unloaded
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name, help=None if name == wanted else first_line)(command)
    return app


def load(target: str) -> Callable[..., None] | typer.Typer:
    """What "module:attribute" names."""
    module, _, attribute = target.partition(":")
    found: Callable[..., None] | typer.Typer = getattr(import_module(module), attribute)
    return found


def _unloaded() -> None:
    """Stands for a command that is only listed."""


def _show_version(wanted: bool) -> None:
    if wanted:
        try:
            print(version("tocsin"))
        except PackageNotFoundError:
            print("not installed")
        raise typer.Exit


def _options(
    version: Annotated[bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)] = False,
) -> None:
    """Watches news feeds for a security desk."""


if __name__ == "__main__":
    main()
