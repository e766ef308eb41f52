"""The extractor against the hand-coded fields of 373 press releases of a military coalition in Afghanistan, 2009 to 2013.

    python tests/bench/isaf.py [FILE] [--show FIELD]

Every figure is made from the lines of `tocsin extract`; below stands the whole mapping to the coders' fields. Beside each
figure stands the floor: what the commonest answer alone would get. Exits with 2 when the file is not there.
"""

import gzip
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from connectors.sources.archive import article
from streams.cli.extraction import line
from streams.extract.reader import load

RELEASES = Path("../shared/bench/replay/isaf_press_releases.jsonl.gz")

# our slug: the coders' word, where they differ
PROVINCES = {"paktia": "paktya", "sar-e-pul": "sar-e pul", "nimruz": "nimroz"}
GROUPS = {
    "taliban": "taliban",
    "haqqani-network": "haqqani",
    "islamic-movement-of-uzbekistan": "imu",
    "hezb-e-islami": "hig",
    "al-qaeda": "aq",
}


def fields(events: list[dict[str, Any]], provinces: frozenset[str]) -> dict[str, Any]:
    """The coders' fields of one release, from its events.

    Args:
        provinces: the words the coders use.
    """
    done = [event for event in events if event["stage"] == "happened" and event["standing"] != "denied"]
    killed = sum(bound(event, "killed") for event in done)
    captured = sum(bound(event, "captured") for event in done)
    strike = any("air-drone-strike" in event["path"] for event in done)
    return {
        "province": province(events, provinces),
        "target_group": frozenset(GROUPS[name] for name in names(events) if name in GROUPS),
        "min_killed": killed,
        "min_captured": captured,
        "killq": killed > 0,
        "captureq": captured > 0,
        "airstrike": strike,
        "event_type": kind(killed, captured, strike=strike),
    }


def bound(event: dict[str, Any], what: str) -> int:
    """At least how many; counts of one event are of the same people, told again."""
    return max((count["low"] for count in event["counts"] if count["what"] == what), default=0)


def kind(killed: int, captured: int, *, strike: bool) -> str:
    """The coders' kind of event."""
    if captured:
        return "captureandkill" if killed else "detention"
    return "airstrike" if strike else "insurgentskilled" if killed else ""


def province(events: list[dict[str, Any]], known: frozenset[str]) -> str:
    """The one named by most tellings, the first of them where several are; "" for none."""
    told = [place for event in events for each in (event, *event["tellings"]) if (place := each["place"])]
    slugs = [slug.removesuffix("-province") for place in told for slug in place["path"]]
    found = [PROVINCES.get(slug, slug) for slug in slugs]
    return next((name for name, _ in Counter(name for name in found if name in known).most_common(1)), "")


def names(events: list[dict[str, Any]]) -> Iterator[str]:
    """Ids of all who take part in anything, also in what is only planned or spoken of."""
    for event in events:
        for part in (event, *event["tellings"], *filter(None, [event["about"]])):
            for who in (*part["actors"], *part["targets"]):
                if who["id"]:
                    yield who["id"]


def gold(release: dict[str, Any]) -> dict[str, Any]:
    """The coders' fields in our shapes."""
    coded = release["gold"]
    groups = frozenset(name for each in coded["target_group"] for name in each.split(";") if name)
    return coded | {"province": coded["province"][0], "event_type": coded["event_type"][0], "target_group": groups}


def accuracy(pairs: list[tuple[Any, Any]]) -> float:
    """Share of releases with exactly the coders' answer."""
    return 100 * sum(said == true for said, true in pairs) / len(pairs)


def f1(pairs: Iterable[tuple[Any, Any]]) -> float:
    """Micro F1 over what is asserted: a value, the members of a set, a yes; "", no and 0 assert nothing."""
    right = said_all = true_all = 0
    for said, true in pairs:
        one, other = asserted(said), asserted(true)
        right += len(one & other)
        said_all += len(one)
        true_all += len(other)
    return 200 * right / (said_all + true_all) if said_all + true_all else 0.0


def asserted(value: Any) -> frozenset[Any]:
    """What an answer asserts."""
    return value if isinstance(value, frozenset) else frozenset([value] if value else [])


def table(pairs_of: Callable[[str], list[tuple[Any, Any]]], names_of: Iterable[str]) -> None:
    """A line a field."""
    print(f"{'field':14} {'accuracy':>8} {'floor':>6} {'F1':>6} {'floor':>6}")
    for name in names_of:
        pairs = pairs_of(name)
        commonest = Counter(true for _, true in pairs).most_common(1)[0][0]
        dull = [(commonest, true) for _, true in pairs]
        print(f"{name:14} {accuracy(pairs):8.1f} {accuracy(dull):6.1f} {f1(pairs):6.1f} {f1(dull):6.1f}")


def main(path: Path, show: str) -> int:
    """Prints the figures; the exit code."""
    if not path.is_file():
        print(f"{path}: not there; the releases lie beside the repository, in ../shared/bench/replay", file=sys.stderr)
        return 2
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        releases = [json.loads(each) for each in lines]
    coded = [gold(release) for release in releases]
    known = frozenset(one["province"] for one in coded)
    articles = [article({"id": one["id"], "text": one["text"], "published": one["start_date"]}) for one in releases]
    said = [fields(line(reading)["events"], known) for reading in load().read(articles)]
    print(f"{len(releases)} releases")
    table(lambda name: [(ours[name], theirs[name]) for ours, theirs in zip(said, coded, strict=True)], said[0])
    for ours, theirs, release in zip(said, coded, releases, strict=True):
        if show and ours[show] != theirs[show]:
            print(f"{release['id']}: said {ours[show]!r}, coded {theirs[show]!r}")
    return 0


if __name__ == "__main__":
    asked = sys.argv[1:]
    shown = asked[asked.index("--show") + 1] if "--show" in asked else ""
    given = [each for each in asked if each not in ("--show", shown)]
    sys.exit(main(Path(given[0]) if given else RELEASES, shown))
