"""Near misses through the real extractor and the real rules: recall and false alarms.

    python -m tests.bench.near_misses [FILE] [--show]

Each article alone, with an empty history. `tests/data/near_misses.jsonl` was written before the extractor and is tuned on;
`near_misses_blind.jsonl` is not, and is only counted. A positive that fires nothing it should is a miss, one line a rule; a
silent article that fires anything, and a rule that fires beside its article's own, is a false alarm.
"""

import json
import sys
from pathlib import Path

from connectors.sources.archive import article
from rules.load import load_rules
from streams import knowledge
from streams.extract.reader import load
from streams.replay import Run

RULES = ("strike-on-us-base", "attacks-resume")


def main(path: Path, *, show: bool) -> dict[str, float]:
    """Prints the figures and returns them."""
    known = knowledge.load()
    rules = load_rules([Path("rules/packs/us-forces.yaml")], known)
    reader = load(knowledge=known)
    cases = [json.loads(line) for line in path.open(encoding="utf-8")]
    readings = reader.read([article({"source": "x", **case}) for case in cases])
    hit = missed = alarms = silent = 0
    for case, reading in zip(cases, readings, strict=True):
        fired = {alert.label.rule for alert in Run(rules=rules, knowledge=known).take(reading)}
        for rule in RULES:
            wanted = rule in case["fires"]
            silent += not wanted
            hit += wanted and rule in fired
            missed += wanted and rule not in fired
            alarms += not wanted and rule in fired
            if show and wanted != (rule in fired):
                print("MISSED" if wanted else "ALARM", rule, case["id"], case["kind"], "|", case["title"], "|", case["text"])
    figures = {"recall": hit / (hit + missed), "false alarms": alarms / silent}
    print(
        f"{path.name}: recall {hit}/{hit + missed} = {figures['recall']:.1%}, "
        f"false alarms {alarms}/{silent} = {figures['false alarms']:.1%}"
    )
    return figures


if __name__ == "__main__":
    files = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    main(Path(files[0] if files else "tests/data/near_misses.jsonl"), show="--show" in sys.argv)
