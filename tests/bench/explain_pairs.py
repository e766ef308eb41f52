"""Pairs of a rule and an article on which `tocsin explain` is held against two engines, the indexed one and a plain loop.

    python -m tests.bench.explain_pairs [--articles N]

Articles are the invented ones of `tests/data/near_misses*.jsonl` and of the demo, read by the real extractor; rules those of
`tests/data/rules/kinds.yaml` and of the packs, 300 of `tests.bench.desk_rules`, and five made of what each article states. Of each
article the rules that fire are tried, then the ones that come near, ten in all. Rules with a form over time are left out: they
need more than one article. Exit code 1 when one pair differs.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy comes in

from connectors.sources.archive import article
from rules.load import load_rules, read_rules
from rules.model import Rule
from streams.extract.reader import load
from streams.knowledge import world
from streams.knowledge.world import Knowledge
from streams.records.flow import Article
from tests.bench import desk_rules
from tests.pairs import Count, compare
from tests.varied import Varied

FILES = (*sorted(Path("tests/data").glob("near_misses*.jsonl")), Path("streams/data/demo.jsonl"))
RULES = (Path("tests/data/rules/kinds.yaml"), Path("rules/packs"))


def articles(few: int) -> list[Article]:
    """About so many of them, evenly spread."""
    lines = [line for path in FILES for line in path.read_text("utf-8").splitlines()]
    return [article({"source": "x", **json.loads(line)}) for line in lines[:: max(1, len(lines) // few)]]


def rules(made: int, known: Knowledge) -> list[Rule]:
    """Rules without a form of all sources, so many of them made for the purpose."""
    found, _ = read_rules(desk_rules.Desk(known).files(made), known)
    sets = [load_rules([path], known).rules for path in RULES] + [found.rules if found else ()]
    return [replace(rule, id=f"{number}-{rule.id}") for number, one in enumerate(sets) for rule in one if rule.form is None]


def differences(chosen: Sequence[Article], common: Sequence[Rule], known: Knowledge, count: Count) -> Iterator[str]:
    """What differs between explain and an engine, or lacks a ground, in words; counts into `count`."""
    source, extractor = Varied(1, known), load(knowledge=known)
    for first in range(0, len(chosen), 16):
        for reading in extractor.read(chosen[first : first + 16]):
            own = [source.rule(number, source.fitting(event)) for number, event in enumerate((reading.events * 5)[:5])]
            yield from compare([*common, *(replace(rule, form=None) for rule in own)], reading, known, first, count)


def main() -> int:
    """Prints how many pairs agree; 1 when one does not."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--articles", type=int, default=1_000, metavar="N", help="articles, evenly spread")
    asked = parser.parse_args()
    known, count, wrong = world.load(), Count(), 0
    chosen, common = articles(asked.articles), rules(300, known)
    for fault in differences(chosen, common, known, count):
        wrong += 1
        print(fault, file=sys.stderr)
    print(
        f"{count.pairs:,} pairs of {len(common)} rules and their like with {len(chosen):,} articles: {count.fired:,} fire "
        f"({count.fired / max(1, count.pairs):.0%}), in {count.held:,} `when` holds; {wrong} differ from an engine or lack a ground"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
