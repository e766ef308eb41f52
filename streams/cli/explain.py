"""`tocsin explain`: every clause of a rule against one article, with the words that each verdict rests on."""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from streams.cli.archives import moment, put
from streams.cli.policy import sentences
from streams.cli.sets import DEFAULT_MODEL, KnowledgeFolders, ModelName, SettingsFile, number, ready
from streams.errors import Mistake, UsageError
from streams.notation.suggestions import suggest

if TYPE_CHECKING:
    from rules.model import RuleSet
    from streams.knowledge.world import Knowledge
    from streams.questions.explain import Explanation, Node, Weighed
    from streams.records.flow import Article, Reading, Span

_QUOTE_CHARS = 120  # of a quote that is shown to people; offsets are always whole
_LINE_OF_FILE = re.compile(r"(?P<path>.+):(?P<line>\d{1,9})")
_FORMS = {"Resume": "resume", "CountWithin": "count", "SequenceWithin": "sequence", "FirstWithin": "first"}


def explain(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RULE ARTICLE",
            help="A rule's id; then a link or id in the store, a file of one article, file.jsonl:LINE, or - for words on standard "
            "input. With --all the article alone.",
            show_default=False,
        ),
    ] = None,
    rules: Annotated[
        list[Path] | None,
        typer.Option(
            "--rules", help="A rule file or folder; may be given again. Default: those of the settings.", show_default=False
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="The closest rules of the set, the closest first.")] = False,
    top: Annotated[int, typer.Option("--top", min=1, help="How many of them.")] = 10,
    text: Annotated[str | None, typer.Option("--text", help="These words instead of an article.", show_default=False)] = None,
    title: Annotated[str, typer.Option("--title", help="The title of --text, or of standard input.", show_default=False)] = "",
    published: Annotated[
        str | None, typer.Option("--published", help="When the words were published, in UTC. Default: now.", show_default=False)
    ] = None,
    store: Annotated[
        str | None, typer.Option("--store", help="The store, instead of that of the settings.", show_default=False)
    ] = None,
    settings: SettingsFile = None,
    knowledge: KnowledgeFolders = None,
    model: ModelName = None,
    format: Annotated[Literal["table", "jsonl"], typer.Option("--format", help="Lines for people, or JSON lines.")] = "table",
) -> None:
    """Show why a rule fires on an article or does not, clause by clause."""
    rule, article = _asked(what or [], text, every=every)
    found, known, given = ready(rules, settings, knowledge)
    if rule is not None and found.rule(rule) is None:
        raise UsageError(f'no rule "{rule}" in these files{suggest(rule, [one.id for one in found.rules])}')
    words = text if article is None else sys.stdin.read() if article == "-" else None
    usual = given.store_address() if given and not store else None
    address = store or (usual if usual and ("://" in usual or Path(usual).exists()) else None)
    reading = _stored(article, address) if words is None and article is not None and not Path(article).is_file() else None
    if reading is None:
        one = _written(words, title, published) if words is not None else _from_file(article or "")
        reading = _read(one, model or (given.model if given else DEFAULT_MODEL), known)
    fires = _show_all(found, reading, known, top, format) if every else _show_one(found, rule or "", reading, known, format)
    if not fires:
        raise typer.Exit(1)


def _asked(what: list[str], text: str | None, *, every: bool) -> tuple[str | None, str | None]:
    """The rule's id and the article, each None where it is not to be given."""
    wanted = (not every) + (text is None)
    if len(what) == wanted:
        return (None if every else what[0]), (what[-1] if text is None else None)
    said = " and ".join(filter(None, ("" if every else "a rule's id", "" if text is not None else "an article")))
    raise UsageError(f"give {said or 'no argument beside --all and --text'}, found {len(what)}: tocsin explain RULE ARTICLE")


# --------------------------------------------------------------------------------------------------------- the article


def _written(words: str, title: str, published: str | None) -> "Article":
    """Words as an article; a line of an archive on standard input is one already."""
    from connectors.sources.archive import article
    from streams.records.flow import Article

    if words.lstrip().startswith("{"):
        import orjson

        try:
            return article(orjson.loads(words))
        except ValueError as fault:
            raise UsageError(f"no article: {fault}") from None
    now = moment("--published", published) or datetime.now(UTC)
    tame = words.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # bytes of the command line may be no UTF-8
    return Article(id="text", source="command line", url="", title=title, text=tame, published=now, taken_at=now)


def _from_file(name: str) -> "Article":
    """The article of a file, or of one line of it."""
    from connectors.sources.archive import read

    found = _LINE_OF_FILE.fullmatch(name)
    path, line = (found["path"], int(found["line"])) if found and not Path(name).exists() else (name, None)
    if not Path(path).is_file():
        raise UsageError(f'"{name}" is no file, and no link or id of the store; give file.jsonl, file.jsonl:LINE, or - for words')
    faults: list[Mistake] = []
    if line is not None:
        with Path(path).open(encoding="utf-8", errors="replace") as lines:
            one = next(islice(lines, line - 1, line), "")
        if not one.strip():
            raise UsageError(f"{path} has no article in line {line}")
        return _written(one, "", None)
    articles = list(islice(read(path, faults.append), 2))
    if len(articles) != 1:
        said = faults[0] if faults and not articles else f"{path} has {'several articles' if articles else 'no article'}"
        raise UsageError(f'{said}; name one by its line, e.g. "{path}:3"')
    return articles[0]


def _read(article: "Article", model: str, known: "Knowledge") -> "Reading":
    from streams.extract.reader import load as load_extractor

    return load_extractor(model, known).read([article])[0]


def _stored(name: str, address: str | None) -> "Reading | None":
    """What the matcher was given of a stored article; None when there is no store or no such article in it."""
    if address is None:
        return None
    from connectors.sources.feed_ids import canonical_link
    from streams.records.flow import Reading
    from streams.store.life import life
    from streams.store.store import Store

    with Store.open(address, read_only=True) as opened:
        names = filter(None, (name, canonical_link(name)))
        lives = next((found for each in names if (found := life(opened, each))), ())
    newest = next((one for one in lives if one.newest is not None), None)
    if newest is None or newest.newest is None:
        return None
    return Reading(article=newest.newest, extractor="as stored", events=newest.events)


# ------------------------------------------------------------------------------------------------------------- showing


def _show_one(found: "RuleSet", rule: str, reading: "Reading", known: "Knowledge", format: str) -> bool:
    """Whether the rule fires; prints all there is to say."""
    from streams.questions.explain import explain

    wanted = found.rule(rule)
    (told,) = explain([wanted] if wanted else [], reading, known)
    if format == "jsonl":
        put(_object(told))
    else:
        for line in _lines(told):
            _print(line)
    return told.fires


def _show_all(found: "RuleSet", reading: "Reading", known: "Knowledge", top: int, format: str) -> bool:
    """Whether any rule fires; prints the closest, each with what is nearest to make it hold."""
    from streams.questions.explain import explain

    told = sorted(explain(found.rules, reading, known), key=lambda one: one.rank)
    for one in told[:top]:
        if format == "jsonl":
            put(_object(one))
        else:
            _print(f"{one.rule.id}: {_outcome(one)}")
            for line in _nearest(one):
                _print(f"  {line}")
    firing = sum(one.fires for one in told)
    print(f"{number(len(told), 'rule')}, {firing} of them fire{'s' if firing == 1 else ''}", file=sys.stderr)
    return firing > 0


def _print(line: str) -> None:
    from streams.hostile import tame

    words = line.lstrip(" ")
    print(" " * (len(line) - len(words)) + tame(words))  # strangers' words: nothing of theirs moves a cursor


def _outcome(told: "Explanation") -> str:
    """What comes of it, in words."""
    if told.alerts:
        alert = told.alerts[0]
        shadow = ", in shadow: recorded and never sent" if told.rule.mode == "shadow" else ""
        kinds = f" ({', '.join(alert.label.evidence_kinds)})" if alert.label.evidence_kinds else ""
        return f"fires, {alert.label.severity}{kinds}{shadow}"
    if told.reading.unread:
        return f"does not fire: the text is not read ({told.reading.unread})"
    if told.rule.form is not None:
        form = _FORMS[type(told.rule.form).__name__]
        held = '"when" holds' if told.held else '"when" does not hold'
        return f'does not fire on this article alone: {held}, and "{form}" looks at what was before'
    if told.held:
        return f'does not fire, though "when" holds: {"; ".join(told.fates) or "it is told silently"}'
    return "does not fire" if told.events else "does not fire: no event is found in the text"


def _lines(told: "Explanation") -> Iterator[str]:
    from rules.written import flow, plain

    rule, article = told.rule, told.reading.article
    yield f"rule {rule.id} ({rule.path}:{rule.line}): {_outcome(told)}"
    yield f"article {article.id}: {article.title or '(no title)'}, published {article.published:%Y-%m-%d %H:%MZ}, read alone"
    for place, one in enumerate(told.events, start=1):
        yield f"event {place} of {len(told.events)}: {_event(one)}"
        shown = one.spoken or one.tree
        if shown is not None:
            for part in shown.parts if shown.words == "all" else (shown,):
                yield from _tree(part, 1)
    if not told.held:
        yield from _nearest(told)
    if told.coarse:
        yield f"severity {told.coarse}: the place is too coarse to tell how near it is (if_coarse), so the cases do not count"
    for severity, case in told.cases:
        yield f"severity {severity}: {'holds' if case is None else case.said}"
        if case is not None:
            yield from _tree(case, 1)
    yield from (f"{key}: {flow(value)}" for key, value in plain(rule).items() if key in _FORMS.values())
    yield from sentences(rule)


def _event(one: "Weighed") -> str:
    trigger = one.event.trigger
    said = one.apart or ('"when" holds' if one.held else '"when" does not hold')
    if one.spoken is not None:
        said = f"judged by what it speaks of, without defaults: {one.spoken.said}"
    return f'{one.event.type} at "{trigger.text}" ({_at(trigger)}): {said}'


def _tree(node: "Node", depth: int) -> Iterator[str]:
    """The clause and what is below it, one line each: verdict, where it stands, what it asks, what is stated."""
    at = f"line {node.line}" if node.line else "default"
    found = f", found {node.found}" if node.found else ""
    quotes = "; ".join(f'"{_short(quote.text)}" ({_at(quote)})' for quote in node.quotes)
    yield f"{'  ' * depth}{node.said}: {node.words} ({at}){found}{f': {quotes}' if quotes else ''}"
    for part in node.parts:
        yield from _tree(part, depth + 1)


def _nearest(told: "Explanation") -> Iterator[str]:
    """What would have to hold besides, for the event that comes closest."""
    closest = told.closest
    if closest is None or told.held:
        return
    trigger = closest.event.trigger
    yield f'nearest is {closest.event.type} at "{trigger.text}" ({_at(trigger)}); to hold it wants'
    for node in closest.missing:
        at = f"line {node.line}" if node.line else "default"
        yield f'  {at}: "{_spelled(node)}", {node.said}{f", found {node.found}" if node.found else ""}'


def _spelled(node: "Node") -> str:
    from rules.spell import spelled

    return spelled(node.clause)


def _at(span: "Span") -> str:
    return f"{span.where} {span.start}-{span.end}"


def _short(text: str) -> str:
    return text if len(text) <= _QUOTE_CHARS else f"{text[: _QUOTE_CHARS - 1]}…"


def _object(told: "Explanation") -> dict[str, Any]:
    """The same as one object."""
    from rules.written import plain

    rule = told.rule
    settled = plain(rule)
    return {
        "rule": rule.id,
        "path": rule.path,
        "line": rule.line,
        "article": told.reading.article.id,
        "fires": told.fires,
        "holds": told.held,
        "outcome": _outcome(told),
        "severity": told.alerts[0].label.severity if told.alerts else None,
        "events": [
            {
                "id": one.event.id,
                "type": one.event.type,
                "trigger": _span(one.event.trigger),
                "holds": one.held,
                "apart": one.apart or None,
                "clauses": _node(one.tree) if one.tree else None,
                "spoken": _node(one.spoken) if one.spoken else None,
            }
            for one in told.events
        ],
        "nearest": [_leaf(node) for node in told.closest.missing] if told.closest and not told.held else [],
        "cases": [{"severity": severity, "clauses": _node(case) if case else None} for severity, case in told.cases],
        "policy": {key: settled[key] for key in ("mode", "max_age", "expires", "alert", *_FORMS.values()) if key in settled},
    }


def _node(node: "Node") -> dict[str, Any]:
    return _leaf(node) | {"parts": [_node(part) for part in node.parts]}


def _leaf(node: "Node") -> dict[str, Any]:
    return {
        "clause": _spelled(node),
        "line": node.line or None,
        "verdict": node.said,
        "found": node.found or None,
        "quotes": [_span(quote) for quote in node.quotes],
    }


def _span(span: "Span") -> dict[str, Any]:
    told = {"text": span.text, "start": span.start, "end": span.end}
    return told | ({"in": "title"} if span.where == "title" else {})
