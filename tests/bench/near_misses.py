"""Near misses through the real extractor and the real rules: recall and false alarms.

    python -m tests.bench.near_misses [FILE] [--rules=RULES] [--half=tuned|counted] [--each] [--show]

Each article alone, with an empty history. A case names the rules that it should fire, perhaps none. A rule of those that does
not fire is a miss; a rule beside them that fires is a false alarm. False alarms are counted twice: over all pairs of a case and a
rule that should be silent on it, which flatters a set with many rules, and over the silent cases, those that should fire nothing:
how many of them fire anything. The share of all cases with an alarm that should not be stands beside them.

RULES is `rules/packs/us-forces.yaml` without `--rules`; the files on 24 kinds of event go with `tests/data/rules/kinds.yaml`.
`--each` prints every rule's figures. `--half` keeps the cases whose id's hash is even (tuned: looked at) or odd (counted: only
counted). `--show` prints what went wrong; it refuses the blind files and the counted half.
"""

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from connectors.sources.archive import article
from rules.load import load_rules
from streams.extract.reader import load
from streams.knowledge import world
from streams.replay import Run

PACK = Path("rules/packs/us-forces.yaml")
CASES = Path("tests/data/near_misses.jsonl")
HALVED = ("kinds", "attacks", "states", "wire")  # files of which only the tuned half may be looked at or learned from


def half(case: Mapping[str, Any]) -> str:
    """The half that a case belongs to, by its id alone: "tuned" may be looked at, "counted" is only counted."""
    return ("tuned", "counted")[hashlib.sha256(case["id"].encode()).digest()[0] % 2]


def rows(path: Path) -> list[dict[str, Any]]:
    """What a file of lines holds."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def tuned(names: Iterable[str]) -> list[dict[str, Any]]:
    """The cases of `near_misses_NAME.jsonl` that models may learn from."""
    return [
        row
        for name in names
        for row in rows(CASES.parent / f"near_misses_{name}.jsonl")
        if name not in HALVED or half(row) == "tuned"
    ]


def main(path: Path, *, show: bool, rules: Path = PACK, part: str = "", each: bool = False) -> dict[str, float]:
    """Prints the figures and returns them, as shares."""
    known = world.load()
    loaded = load_rules([rules], known)
    cases = [case for case in rows(path) if not part or half(case) == part]
    readings = load(knowledge=known).read([article({"source": "x", **case}) for case in cases])
    fired = [{alert.label.rule for alert in Run(rules=loaded, knowledge=known).take(reading)} for reading in readings]
    if show:
        _show(cases, fired)
    names = [rule.id for rule in loaded.rules]
    figures, counts = score(cases, fired, names)
    title = f"{path.name}{f' ({part} half)' if part else ''}"
    print(
        f"{title}: recall {counts['hit']}/{counts['wanted']} = {figures['recall']:.1%}, "
        f"false alarms {counts['alarms']}/{counts['pairs']} = {figures['false alarms']:.1%}; "
        f"silent cases with an alarm {counts['noisy']}/{counts['silent']} = {figures['silent alarms']:.1%}, "
        f"all cases {counts['spoilt']}/{len(cases)} = {figures['case alarms']:.1%}"
    )
    if each:
        _each(cases, fired, names)
    return figures


def score(
    cases: Sequence[Mapping[str, Any]], fired: Sequence[set[str]], rules: Sequence[str]
) -> tuple[dict[str, float], Counter[str]]:
    """The figures as shares, and the counts that they are made of."""
    counts: Counter[str] = Counter()
    for case, got in zip(cases, fired, strict=True):
        wanted = set(case["fires"])
        extra = got - wanted
        counts["wanted"] += len(wanted)
        counts["hit"] += len(wanted & got)
        counts["pairs"] += len(rules) - len(wanted)
        counts["alarms"] += len(extra)
        counts["silent"] += not wanted
        counts["noisy"] += bool(extra) and not wanted
        counts["spoilt"] += bool(extra)
    return {
        "recall": _share(counts["hit"], counts["wanted"]),
        "false alarms": _share(counts["alarms"], counts["pairs"]),
        "silent alarms": _share(counts["noisy"], counts["silent"]),
        "case alarms": _share(counts["spoilt"], len(cases)),
    }, counts


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _show(cases: Sequence[Mapping[str, Any]], fired: Sequence[set[str]]) -> None:
    for case, got in zip(cases, fired, strict=True):
        for rule in sorted(set(case["fires"]) ^ got):
            what = "MISSED" if rule in case["fires"] else "ALARM"
            print(what, rule, case["id"], case["kind"], "|", case["title"], "|", case["text"])


def _each(cases: Sequence[Mapping[str, Any]], fired: Sequence[set[str]], rules: Sequence[str]) -> None:
    for rule in rules:
        wanted = [got for case, got in zip(cases, fired, strict=True) if rule in case["fires"]]
        others = [got for case, got in zip(cases, fired, strict=True) if rule not in case["fires"]]
        print(f"  {rule}: recall {sum(rule in got for got in wanted)}/{len(wanted)}, false {sum(rule in got for got in others)}")


def _run(arguments: Sequence[str]) -> None:
    named = dict(argument[2:].split("=", 1) for argument in arguments if argument.startswith("--") and "=" in argument)
    files = [argument for argument in arguments if not argument.startswith("--")]
    path, part, show = Path(files[0]) if files else CASES, named.get("half", ""), "--show" in arguments
    if part not in ("", "tuned", "counted"):
        raise SystemExit(f'--half: unknown half "{part}"; allowed: tuned, counted')
    if show and ("blind" in path.name or part == "counted"):
        raise SystemExit("--show: these cases are only counted")
    main(path, show=show, rules=Path(named.get("rules", PACK)), part=part, each="--each" in arguments)


if __name__ == "__main__":
    _run(sys.argv[1:])
