"""The temporal forms on invented series, told in every way, against brute force; `tests.bench.series` is the long form."""

import ast
import sys
from pathlib import Path
from random import Random

import pytest

from streams import pipeline
from streams.knowledge import world
from streams.memory import DictMemory
from tests.bench import rows, series

KNOWN = world.load()


@pytest.mark.parametrize("seed", range(4))
def test_what_stands_told_is_what_brute_force_finds_however_the_articles_come(seed: int) -> None:
    """In order, late, in any order, with copies and repeats, and on a store that is closed, or killed, and opened again."""
    source = Random(seed)
    told = series.with_copies(rows.invented(44, seed), source)
    expected = {one.name: one.matches(told) for one in series.INVENTED}
    assert sum(map(len, expected.values())) > 50
    for way, found, _ in series.ways(told, series.INVENTED, KNOWN, source, expected):
        assert found == [], way


def test_it_is_so_after_every_single_article() -> None:
    """What came so far is all that is known; so a forecast of what comes would be seen."""
    source = Random("prefixes")
    told = series.with_copies(rows.invented(28, 99), source)
    desk, memory = series.desk_of(series.INVENTED, KNOWN), DictMemory()
    for place, row in enumerate(arrived := source.sample(told, len(told)), start=1):
        pipeline.take(series.reading_of(row), memory, desk)
        expected = {one.name: one.matches(arrived[:place]) for one in series.INVENTED}
        assert series.differences(series.INVENTED, memory, expected) == [], row.name


def test_a_wrong_episode_is_seen() -> None:
    """What the comparison is worth: one match left out, or one told elsewhere, is a difference."""
    told = rows.invented(40, 5)
    memory = DictMemory()
    series.run(told, series.INVENTED, KNOWN, series.Dicts(memory))
    expected = {one.name: one.matches(told) for one in series.INVENTED}
    name = next(name for name, found in expected.items() if found)
    left_out = expected | {name: expected[name][1:]}
    assert [line.partition(":")[0] for line in series.differences(series.INVENTED, memory, left_out)] == [name]


@pytest.mark.parametrize("module", ["brute_force", "rows"])
def test_brute_force_imports_nothing_of_the_engine(module: str) -> None:
    """The standard library, and its own two modules."""
    tree = ast.parse((Path(__file__).parent / f"{module}.py").read_text("utf-8"))
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    foreign = {name for name in named if name.partition(".")[0] not in sys.stdlib_module_names}
    assert foreign <= {"tests.bench.brute_force"}
