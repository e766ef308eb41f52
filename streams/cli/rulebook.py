"""`tocsin rules`: what rules there are, what one means, and what differs between two sets."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.rows import Format, put_lines, put_rows
from streams.cli.sets import KnowledgeFolders, Paths, SettingsFile, number, ready
from streams.errors import UsageError
from streams.notation.suggestions import suggest

if TYPE_CHECKING:
    from rules.differences import Difference, Side
    from rules.model import Rule, RuleSet

rules = typer.Typer(help="List rules, show what one means, and compare two sets.", no_args_is_help=True)


@rules.command("list")
def list_rules(
    paths: Paths = None, settings: SettingsFile = None, knowledge: KnowledgeFolders = None, format: Format = "table"
) -> None:
    """List the rules."""
    found, _, _ = ready(paths, settings, knowledge)
    put_rows([_row(rule) for rule in found.rules], format)


def _row(rule: "Rule") -> dict[str, Any]:
    from rules.written import form_name

    return {
        "id": rule.id,
        "mode": rule.mode,
        "severity": list(dict.fromkeys(case.severity for case in rule.severity)),
        "form": form_name(rule.form),
        "owner": rule.owner,
        "tests": len(rule.tests),
        "at": f"{rule.path}:{rule.line}",
        "title": rule.title,
    }


@rules.command("show")
def show(
    id: Annotated[str, typer.Argument(help="The rule's id.", show_default=False)],
    paths: Paths = None,
    expanded: Annotated[bool, typer.Option("--expanded", help="Lists resolved and defaults written out.")] = False,
    settings: SettingsFile = None,
    knowledge: KnowledgeFolders = None,
) -> None:
    """Show a rule as it is written, or with nothing left unsaid."""
    from streams.notation.yaml_edit import lines_of

    found, known, _ = ready(paths, settings, knowledge)
    rule = found.rule(id)
    if rule is None:
        raise UsageError(f'no rule "{id}" in these files{suggest(id, [one.id for one in found.rules])}')
    print(f"# {rule.path}:{rule.line}, hash {rule.hash}, knowledge {known.version}, {number(len(rule.tests), 'test')}")
    if expanded:
        from rules.watch import files_by_name
        from rules.written import written

        print(written(rule, files_by_name(found.texts)), end="")
        return
    first, end = lines_of(found.texts[rule.path], ("rules", _place(rule, found)))
    print("\n".join(found.texts[rule.path].splitlines()[first:end]))


def _place(rule: "Rule", found: "RuleSet") -> int:
    """Which entry of its file the rule is."""
    return [one.id for one in found.rules if one.path == rule.path].index(rule.id)


@rules.command("diff")
def diff(
    left: Annotated[Path, typer.Argument(metavar="A", help="A rule file, or a folder of them.", show_default=False)],
    right: Annotated[Path, typer.Argument(metavar="B", help="Another one.", show_default=False)],
    knowledge: KnowledgeFolders = None,
    format: Format = "table",
) -> None:
    """Show which rules and clauses differ; exits with 1 when any do."""
    from rules.differences import differences
    from rules.load import load_rules
    from streams.knowledge.world import load as load_knowledge

    known = load_knowledge(*(knowledge or ()))
    found = list(differences(load_rules([left], known), load_rules([right], known)))
    if format == "jsonl":
        put_lines([_line(one) for one in found])
    else:
        for one in found:
            for mark, side in (("-", one.left), ("+", one.right)):
                if side.path:
                    print(f"{mark} {side.path}:{side.line}: {_said(one, side)}")
    counts = {kind: len({one.rule for one in found if one.kind == kind}) for kind in ("changed", "added", "removed")}
    print(", ".join(f"{number(count, 'rule')} {kind}" for kind, count in counts.items()), file=sys.stderr)
    if found:
        raise typer.Exit(1)


def _said(one: "Difference", side: "Side") -> str:
    return side.text if one.kind != "changed" else f"{one.rule}: {side.text}"


def _line(one: "Difference") -> dict[str, Any]:
    sides = {
        name: {"text": side.text, "path": side.path, "line": side.line} if side.path else None
        for name, side in (("left", one.left), ("right", one.right))
    }
    return {"rule": one.rule, "kind": one.kind, "what": one.what} | sides
