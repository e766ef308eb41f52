"""Draws the timelines of `tests/data/rules/timelines.yaml` into docs/timelines.md; `python -m tests.drawing` writes it anew.

What each article gives is what the file says; `tests/test_rule_reference.py` runs each and checks that the page is current.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from rules.load import load_rules
from rules.model import Rule, RuleSet, RuleTest, TestArticle
from streams.knowledge import world
from streams.notation.durations import in_words

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "tests" / "data" / "rules" / "timelines.yaml"
PAGE = ROOT / "docs" / "timelines.md"
WIDTH = 72  # columns of an axis
SIGNS = {"new": "N", "update": "U", "correction": "C", "withdrawal": "W", "nothing": "·"}
HEAD = """\
# Timelines

What the desk is told as articles come in, drawn from `tests/data/rules/timelines.yaml` by `python -m tests.drawing`; each is run
by `tests/test_rule_reference.py`. All of it is invented. Each line stands for the time between the first and the last date; under
it the articles by their numbers, in order of arrival: a number left of a smaller one is an article that came late. Under each
number what it gave: `N` opens (new), `U` amends (update), `C` corrects, `W` withdraws, `·` stays silent.
"""


def load() -> RuleSet:
    """The rules that hold the timelines."""
    return load_rules([SOURCE], world.load())


def page(rules: RuleSet) -> str:
    """The whole page."""
    return HEAD + "".join(_rule(rule) for rule in rules.rules)


def _rule(rule: Rule) -> str:
    drawn = "".join(
        f"\n### {_capital(test.why)}\n\n```text\n" + "\n".join(_axis(test)) + "\n```\n\n" + _told(test) for test in rule.tests
    )
    return f"\n## {rule.title}\n{drawn}"


def _axis(test: RuleTest) -> Iterator[str]:
    """A line with the numbers of the articles below it, each at its date, and what each gave."""
    moments = [told.published or datetime.max.replace(tzinfo=UTC) for told in test.articles]
    first, last = min(moments), max(moments)
    span = (last - first).total_seconds() or 1.0
    rows: list[dict[int, int]] = []  # column to number; a number that finds its column taken goes to the next row
    for number, moment in enumerate(moments, start=1):
        column = round((moment - first).total_seconds() / span * (WIDTH - 3))
        row = next((row for row in rows if all(abs(column - other) > 2 for other in row)), None)
        if row is None:
            row = {}
            rows.append(row)
        row[column] = number
    length = in_words(last - first) if last > first else "at once"
    yield "├" + f" {length} ".center(WIDTH - 2, "─") + "┤"
    for row in rows:
        yield _spread({column: str(number) for column, number in row.items()})
        yield _spread({column: SIGNS[test.articles[number - 1].gives or "nothing"] for column, number in row.items()})


def _spread(words: dict[int, str]) -> str:
    line = ""
    for column, word in sorted(words.items()):
        line = line.ljust(column) + word
    return line


def _told(test: RuleTest) -> str:
    return "".join(f"{number}. {_line(told)}\n" for number, told in enumerate(test.articles, start=1))


def _line(told: TestArticle) -> str:
    moment = told.published
    when = (
        f"{moment.day} {moment:%b %H:%M}"
        if moment and (moment.hour or moment.minute)
        else f"{moment.day} {moment:%b}"
        if moment
        else ""
    )
    what = f"feed {told.source} is {told.health}" if told.health else told.text
    again = f" (instead of {told.revises})" if told.revises else ""
    return f"{when}{again}: {what} **{told.gives}**"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


if __name__ == "__main__":
    PAGE.write_text(page(load()), "utf-8")
