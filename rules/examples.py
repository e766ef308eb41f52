"""Reads the `tests` beside a rule; called by `rules.entry`. Running them is the business of `streams.trial`.

A test is one text, or a list of dated texts of which the last must raise the rule.
"""

from datetime import UTC, datetime
from typing import cast

from rules import keys
from rules.check import Checker
from rules.model import RuleTest, TestArticle
from streams.marked_yaml import Items, Map, Node, Scalar, named
from streams.records import SEVERITIES, Severity


def tests(table: Map, check: Checker, name: str) -> tuple[RuleTest, ...]:
    """The tests of a rule; a rule without any, or with one kind only, is warned of."""
    node = table.get("tests")
    if node is None:
        check.warn(table, f'{name} has no "tests"; give one "fires" and one "silent" at least')
        return ()
    if not isinstance(node, Items):
        check.wrong(node, f'"tests" is a list of "fires" and "silent", found {named(node)}')
        return ()
    found = tuple(one for item in node.items if (one := _test(item, check)) is not None)
    for kind in ("fires", "silent"):
        if len(found) == len(node.items) and all(one.expect != kind for one in found):
            check.warn(node, f'{name} has no test that is "{kind}"; give one at least')
    return found


def _test(node: Node, check: Checker) -> RuleTest | None:
    table = check.map(node, "a test", keys.TEST)
    if table is None:
        return None
    kinds = [kind for kind in ("fires", "silent") if kind in table.keys]
    if len(kinds) != 1:
        check.wrong(node, f'a test has one of "fires" and "silent", found {"both" if kinds else "neither"}')
        return None
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
        why=check.text(table.values["why"], '"why"') or "" if "why" in table.keys else "",
        line=node.line,
    )


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
