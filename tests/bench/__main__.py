"""Ratios of two ways to do one thing, measured in one run: `make bench`.

A ratio travels between machines better than a time does. Figures stand in RESULTS.md with this command.
"""

import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import re2
import yaml

from rules.index import Index
from rules.load import read_rules
from rules.match import holds
from streams.knowledge import world
from tests.bench import desk_rules
from tests.varied import Varied

ROUNDS = 5  # of which the fastest counts


def fastest(work: Callable[[], object]) -> float:
    """Seconds of the fastest round."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def ratio(what: str, ours: Callable[[], object], other: Callable[[], object]) -> None:
    """Prints how much longer the other way takes."""
    mine, theirs = fastest(ours), fastest(other)
    print(f"{what}: {theirs / mine:.1f} times ({mine * 1000:.1f} ms against {theirs * 1000:.1f} ms)")


def yaml_parsers() -> None:
    text = Path("rules/knowledge/places.yaml").read_text("utf-8")
    ratio(
        "YAML events, pure Python against libyaml",
        lambda: list(yaml.parse(text, Loader=yaml.CSafeLoader)),
        lambda: list(yaml.parse(text, Loader=yaml.SafeLoader)),
    )


def trigger_words() -> None:
    words = sorted({" ".join(each.words).lower() for each in world.load().triggers if each.words}, key=len, reverse=True)
    texts = [json.loads(line)["text"].lower() for line in Path("streams/data/demo.jsonl").read_text("utf-8").splitlines()]
    pattern = rf"\b(?:{'|'.join(map(re.escape, words))})\w*"
    fast, plain = re2.compile(pattern), re.compile(pattern)
    ratio(
        f"{len(words)} trigger words in the demo's articles, re against re2",
        lambda: [sum(1 for _ in fast.finditer(text)) for text in texts],
        lambda: [sum(1 for _ in plain.finditer(text)) for text in texts],
    )


def durability() -> None:
    with tempfile.TemporaryDirectory() as folder:

        def commits(level: str) -> Callable[[], None]:
            def work() -> None:
                connection = sqlite3.connect(Path(folder) / f"{level}.db", isolation_level=None)
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute(f"PRAGMA synchronous = {level}")
                connection.execute("CREATE TABLE IF NOT EXISTS t (x TEXT)")
                for _ in range(200):
                    connection.execute("BEGIN IMMEDIATE")
                    connection.execute("INSERT INTO t VALUES (?)", ("x" * 2000,))
                    connection.execute("COMMIT")
                connection.close()

            return work

        ratio("200 commits of 2 kB, synchronous FULL against OFF", commits("OFF"), commits("FULL"))


def start() -> None:
    def python(*arguments: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)

    everything = "import spacy, sqlalchemy, pydantic, aiohttp, feedparser, trafilatura, rich, slack_sdk; import streams.cli.main"
    ratio("start, all imports against those of --help", python("-m", "streams.cli.main", "--help"), python("-c", everything))


def many_rules() -> None:
    known = world.load()
    found, _ = read_rules(desk_rules.Desk(known).files(1_000), known)
    assert found is not None
    source = Varied(3, known)
    events = [(home, source.event(home)) for home in (source.article(f"a{number}") for number in range(40))]
    index = Index(found.rules, known)

    def by_index() -> int:
        named = [(home, event, index.in_order(index.candidates([event], {home.id: home}))) for home, event in events]
        return sum(holds(rule.when, event, home, known) for home, event, rules in named for rule in rules)

    def one_by_one() -> int:
        return sum(holds(rule.when, event, home, known) for home, event in events for rule in found.rules)

    assert by_index() == one_by_one()
    ratio("1,000 rules against 40 invented events, every rule against those that the index names", by_index, one_by_one)


if __name__ == "__main__":
    for each in (yaml_parsers, trigger_words, durability, start, many_rules):
        each()
