"""How often each rule alerts on a stream: alerts per rule and per day of the archive, and the sentences they rest on.

    python -m tests.bench.volumes [ARCHIVE ...] [--rules=PATH] [--show=RULE] [--sample=N] [--alone] [--stale]

ARCHIVE is what `tocsin replay` takes; without any, the Guardian's articles and the Reuters wire that lie beside the repository.
PATH is `rules/packs` without `--rules`. Every rule is judged as if switched on. `--show` prints the evidence of one rule's alerts
instead of the table, N of them spread evenly; what it prints is somebody's text and stays on this machine. With `--alone`
each article has an empty history, which is much faster and counts an incident once for each article that tells it; the forms over
time say nothing then. Readings are kept in the folder for temporary files and taken again while extractor and knowledge are the
same; `--stale` takes them whatever they were made with. Exits with 2 when an archive is not there.
"""

import argparse
import gzip
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from connectors.sources import archive
from rules.load import load_rules
from rules.model import RuleSet
from streams import replay, wire
from streams.extract.reader import Extractor, load
from streams.knowledge import world
from streams.knowledge.world import Knowledge
from streams.records.flow import Alert, Reading

STREAMS = (Path("../shared/bench/guardian_replay.jsonl"), Path("../shared/bench/replay/reuters21578.jsonl.gz"))
PACKS = Path("rules/packs")
KEPT = Path(tempfile.gettempdir())


@dataclass(frozen=True, slots=True)
class Volume:
    """What a rule set did on one archive."""

    name: str
    articles: int
    days: float  # from the first publication to the last, at least one
    alerts: tuple[Alert, ...]

    def count(self, rule: str, *, new: bool) -> int:
        """First alerts of a rule, or those that called again."""
        return sum(alert.label.rule == rule and (alert.kind == "new") is new for alert in self.alerts)


def readings(path: Path, extractor: Extractor, kept_in: Path = KEPT, *, stale: bool = False) -> Iterator[Reading]:
    """The archive, read; from the kept readings where these are of the same extractor, or `stale` ones will do."""
    kept = kept_in / f"tocsin-readings-{path.name}.gz"
    if kept.exists():
        with gzip.open(kept, "rt", encoding="utf-8") as lines:
            if stale or next(lines, "").strip() == extractor.version:
                yield from (wire.decode(line, Reading) for line in lines if line.startswith("{"))
                return
    articles = archive.read(str(path), lambda fault: print(fault, file=sys.stderr))
    part = kept.with_suffix(".part")
    with gzip.open(part, "wt", encoding="utf-8", compresslevel=1) as out:
        out.write(f"{extractor.version}\n")
        for reading in replay.readings(articles, extractor, replay.Tally()):
            out.write(wire.encode(reading).decode() + "\n")
            yield reading
    part.replace(kept)


def volume(name: str, read: Iterable[Reading], rules: RuleSet, known: Knowledge, *, alone: bool = False) -> Volume:
    """All alerts of the rules on what was read; `alone`: each article with an empty history."""
    run = replay.Run(rules=rules, knowledge=known)
    tally, alerts = replay.Tally(), []
    for reading in read:
        tally.add(reading.article, unread=reading.unread is not None)
        if reading.events:  # the others change nothing, and are nine in ten
            run = replay.Run(rules=rules, knowledge=known) if alone else run
            alerts += run.take(reading)
    span = (tally.last - tally.first).total_seconds() / 86400 if tally.first and tally.last else 0
    return Volume(name, tally.articles, max(span, 1.0), tuple(alerts))


def table(rules: RuleSet, volumes: Sequence[Volume]) -> Iterator[str]:
    """A line a rule: first alerts, per day, and what called again, for each archive."""
    yield " | ".join(["rule", *(f"{one.name}: new, per day, again" for one in volumes)])
    for rule in rules.rules:
        cells = [(one, one.count(rule.id, new=True), one.count(rule.id, new=False)) for one in volumes]
        yield " | ".join([rule.id, *(f"{new}, {new / one.days:.2f}, {again}" for one, new, again in cells)])
    for one in volumes:
        kinds = Counter(alert.kind for alert in one.alerts)
        told = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        yield f"{one.name}: {one.articles} articles, {one.days:.0f} days, alerts: {told or 'none'}"


def evidence(rule: str, one: Volume, most: int) -> Iterator[str]:
    """Sentences behind the rule's first alerts, at most so many, spread evenly."""
    told = [alert for alert in one.alerts if alert.label.rule == rule and alert.kind == "new"]
    step = max(len(told) / most, 1.0)
    chosen = [told[int(number * step)] for number in range(min(most, len(told)))]
    yield f"{one.name}: {len(chosen)} of {len(told)} alerts of {rule}"
    for alert in chosen:
        label = alert.label
        words = " // ".join(" ".join(quote.span.text.split()) for quote in label.evidence[:2])
        yield f"  {label.article} {label.severity} {label.event.rpartition('/')[2]}: {words}"


def main(arguments: Sequence[str]) -> int:
    """Prints the table or the evidence; the exit code."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("paths", nargs="*", type=Path, default=list(STREAMS), help="archives; the two of the bench unless given")
    parser.add_argument("--rules", type=Path, default=PACKS, help="rule files; the packs unless given")
    parser.add_argument("--show", metavar="RULE", help="the sentences behind the alerts of a rule")
    parser.add_argument("--sample", type=int, default=15, metavar="N", help="of so many of them")
    parser.add_argument("--alone", action="store_true", help="each article with an empty history")
    parser.add_argument("--stale", action="store_true", help="readings of another extractor will do")
    asked = parser.parse_args(arguments)
    paths: list[Path] = asked.paths
    missing = [path for path in paths if not path.is_file()]
    for path in missing:
        print(f"{path}: not there; the streams lie beside the repository, in ../shared/bench", file=sys.stderr)
    if missing:
        return 2
    known = world.load()
    loaded = load_rules([asked.rules], known)
    rules = replace(loaded, rules=tuple(replace(rule, mode="on") for rule in loaded.rules))
    extractor = load(knowledge=known)
    volumes = []
    for path in paths:
        read = readings(path, extractor, stale=asked.stale)
        volumes.append(volume(path.name.partition(".")[0], read, rules, known, alone=asked.alone))
    shown = (line for one in volumes for line in evidence(asked.show, one, asked.sample))
    lines = shown if asked.show else table(rules, volumes)
    for line in lines:
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
