"""Reads the `tests` beside a rule; called by `rules.entry`. Running them is the business of `streams.questions.trial`.

A test is one text, a list of dated texts of which the last must raise the rule, or a timeline that says of each what it gives.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, cast, get_args

from rules import keys
from rules.check import Checker
from rules.model import Gives, RuleTest, TestArticle
from streams.notation.marked_yaml import Items, Map, Node, Scalar, named
from streams.records.flow import SEVERITIES, Severity

KINDS = ("fires", "silent", "timeline")


def tests(table: Map, check: Checker, name: str) -> tuple[RuleTest, ...]:
    """The tests of a rule; a rule without any, or with one kind only, is warned of."""
    node = table.get("tests")
    if node is None:
        check.warn(table, f'{name} has no "tests"; give one "fires" and one "silent" at least')
        return ()
    if not isinstance(node, Items):
        check.wrong(node, f'"tests" is a list of "fires", "silent" and "timeline", found {named(node)}')
        return ()
    found = tuple(one for item in node.items if (one := _test(item, check)) is not None)
    kinds: tuple[Literal["fires", "silent"], ...] = ("fires", "silent")
    for kind in kinds:
        if len(found) == len(node.items) and not any(one.shows(kind) for one in found):
            check.warn(node, f'{name} has no test that is "{kind}"; give one at least')
    return found


def _test(node: Node, check: Checker) -> RuleTest | None:
    table = check.map(node, "a test", keys.TEST)
    if table is None:
        return None
    kinds = [kind for kind in KINDS if kind in table.keys]
    if len(kinds) != 1:
        found = " and ".join(f'"{kind}"' for kind in kinds) or "none of them"
        check.wrong(node, f'a test has one of "fires", "silent" and "timeline", found {found}')
        return None
    if kinds[0] == "timeline":
        return _timeline(table, check)
    told = table.values[kinds[0]]
    if isinstance(told, Items):
        if not told.items:
            check.wrong(told, f'"{kinds[0]}" is an empty list; give one text at least')
        articles = tuple(one for item in told.items if (one := _article(item, check)) is not None)
        for key in ("title", "published", "source"):
            if key in table.keys:
                check.wrong(table.keys[key], f'"{key}" belongs to each text of a list; move it there')
    else:
        body = check.text(told, f'"{kinds[0]}"')
        articles = (_told(body, table, check),) if body else ()
    severity = check.choices(table.values["severity"], '"severity"', SEVERITIES) if "severity" in table.keys else ()
    if not articles:
        return None
    return RuleTest(
        expect="fires" if kinds[0] == "fires" else "silent",
        articles=articles,
        severity=cast(Severity, severity[0]) if severity else None,
        why=_why(table, check),
        line=node.line,
    )


def _timeline(table: Map, check: Checker) -> RuleTest | None:
    """A test of which every text says what it gives."""
    node = table.values["timeline"]
    if not isinstance(node, Items) or not node.items:
        found = "an empty list" if isinstance(node, Items) else named(node)
        check.wrong(node, f'"timeline" is a list of texts, each with "published", "text" and "gives", found {found}')
        return None
    for key in ("title", "published", "source", "severity"):
        if key in table.keys:
            check.wrong(table.keys[key], f'"{key}" belongs to each text of a timeline; move it there')
    told = [_step(item, place, check) for place, item in enumerate(node.items, start=1)]
    articles = tuple(one for one in told if one is not None)
    return RuleTest(expect="timeline", articles=articles, why=_why(table, check), line=table.line) if articles else None


def _step(node: Node, place: int, check: Checker) -> TestArticle | None:
    table = check.map(node, "a text of a timeline", keys.TOLD)
    if table is None:
        return None
    if "health" in table.keys:
        return _health(table, check)
    for key in ("text", "published", "gives"):
        if key not in table.keys:
            check.wrong(node, f'a text of a timeline has no "{key}"; each has its text, when it was published, and what it gives')
            return None
    body = check.text(table.values["text"], '"text"')
    gives = check.choices(table.values["gives"], '"gives"', get_args(Gives), "alert")
    if len(gives) > 1:
        check.wrong(table.values["gives"], f'"gives" is one of {", ".join(get_args(Gives))}')
    severity = check.choices(table.values["severity"], '"severity"', SEVERITIES) if "severity" in table.keys else ()
    revises = check.whole_number(table.values["revises"], '"revises"', 1) if "revises" in table.keys else 0
    if revises is not None and revises >= place:
        check.wrong(table.values["revises"], f'"revises" is a text before this one, which is number {place}')
        return None
    told = _told(body or "", table, check)
    if not body or told.published is None or len(gives) != 1 or revises is None:
        return None
    return replace(
        told,
        gives=cast(Gives, gives[0]),
        severity=cast(Severity, severity[0]) if severity else None,
        revises=revises,
    )


def _health(table: Map, check: Checker) -> TestArticle | None:
    """A line of a timeline that says what became of a feed."""
    for key in ("text", "title", "severity", "revises"):
        if key in table.keys:
            check.wrong(table.keys[key], f'"{key}" belongs to a text; a line with "health" has "source", "published" and "gives"')
            return None
    for key in ("source", "published", "gives"):
        if key not in table.keys:
            check.wrong(table, f'a line with "health" has no "{key}"; it has the feed, since when, and what that gives')
            return None
    health = check.choices(table.values["health"], '"health"', ("dead", "alive"))
    gives = check.choices(table.values["gives"], '"gives"', get_args(Gives), "alert")
    told = _told("", table, check)
    if len(health) != 1 or len(gives) != 1 or told.published is None:
        return None
    return replace(told, gives=cast(Gives, gives[0]), health=cast(Literal["dead", "alive"], health[0]))


def _article(node: Node, check: Checker) -> TestArticle | None:
    table = check.map(node, "a text of a test", keys.ARTICLE)
    if table is None:
        return None
    for key in ("text", "published"):
        if key not in table.keys:
            check.wrong(node, f'a text of a list has no "{key}"; each has its text and when it was published')
            return None
    body = check.text(table.values["text"], '"text"')
    made = _told(body or "", table, check)
    return made if body and made.published else None


def _why(table: Map, check: Checker) -> str:
    return check.text(table.values["why"], '"why"') or "" if "why" in table.keys else ""


def _told(body: str, table: Map, check: Checker) -> TestArticle:
    """The text with what is said beside it."""
    title, source = (check.text(table.values[key], f'"{key}"') or "" if key in table.keys else "" for key in ("title", "source"))
    return TestArticle(text=body, title=title, published=_moment(table, check), source=source)


def _moment(table: Map, check: Checker) -> datetime | None:
    """`published`, in UTC unless it says otherwise; None when it is not given or wrong."""
    node = table.get("published")
    if node is None:
        return None
    try:
        found = datetime.fromisoformat(node.text if isinstance(node, Scalar) else "")
    except ValueError:
        check.wrong(node, f'"published" is a moment like "2024-04-22" or "2024-04-22T06:30Z", found {named(node)}')
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
