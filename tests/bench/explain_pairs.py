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
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy comes in

from connectors.sources.archive import article
from rules.load import load_rules, read_rules
from streams import knowledge
from streams.extract.reader import load
from tests.bench import desk_rules
from tests.pairs import Count, compare
from tests.varied import Varied

FILES = (*sorted(Path("tests/data").glob("near_misses*.jsonl")), Path("streams/data/demo.jsonl"))
RULES = (Path("tests/data/rules/kinds.yaml"), Path("rules/packs"))


def main() -> int:
    """Prints how many pairs agree; 1 when one does not."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--articles", type=int, default=1_000, metavar="N", help="articles, evenly spread")
    asked = parser.parse_args()
    known = knowledge.load()
    lines = [json.loads(line) for path in FILES for line in path.read_text("utf-8").splitlines()]
    step = max(1, len(lines) // asked.articles)
    made, _ = read_rules(desk_rules.Desk(known).files(300), known)
    loaded = [load_rules([path], known).rules for path in RULES] + [made.rules if made else ()]
    common = [replace(rule, id=f"{number}-{rule.id}") for number, found in enumerate(loaded) for rule in found if rule.form is None]
    source, extractor, count, wrong = Varied(1, known), load(knowledge=known), Count(), 0
    for first in range(0, len(lines), 16 * step):
        batch = [article({"source": "x", **line}) for line in lines[first : first + 16 * step : step]]
        for reading in extractor.read(batch):
            own = [source.rule(number, source.fitting(event)) for number, event in enumerate((reading.events * 5)[:5])]
            own = [replace(rule, form=None) for rule in own]
            for fault in compare([*common, *own], reading, known, first, count):
                wrong += 1
                print(fault, file=sys.stderr)
    print(
        f"{count.pairs:,} pairs of {len(common)} rules and their like with {len(lines[::step]):,} articles: {count.fired:,} fire "
        f"({count.fired / max(1, count.pairs):.0%}), in {count.held:,} `when` holds; {wrong} differ from an engine or lack a ground"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
