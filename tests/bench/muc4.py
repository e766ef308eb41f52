"""The extractor against MUC-4: which kinds of incident an article tells, and who had which part in them.

    python tests/bench/muc4.py INPUT OUTPUT

INPUT has articles as JSON lines: id, date, title, source, text. OUTPUT gets one line an article: {"id", "events": [{"type",
the five roles}]}. Everything is what `tocsin extract` says of the article; below stands the whole mapping to MUC-4's words.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from connectors.sources.archive import article
from streams.extract.reader import Extractor, load
from streams.knowledge import Knowledge
from streams.records import Event, Participant, Reading

UNDATED = "1990-01-01"  # published, where the article has no date; inside the years of the corpus

# the first node of an event's path that stands here, from the finest
INCIDENTS = {
    "arson": "ARSON",
    "explosions": "BOMBING",
    "explosion": "BOMBING",
    "shelling": "ATTACK",
    "air-drone-strike": "ATTACK",
    "chemical-weapon": "ATTACK",
    "abduction": "KIDNAPPING",
    "looting": "ROBBERY",
    "ship-seizure": "HIJACKING",
    "attack": "ATTACK",
    "armed-attack": "ATTACK",
}
LEAST = dict.fromkeys(("ATTACK", "BOMBING", "KIDNAPPING", "ARSON", "ROBBERY", "HIJACKING"), 0.5)  # confidence


def incident(event: Event) -> str | None:
    """The MUC-4 type of an event, None for what is none."""
    return next((INCIDENTS[slug] for slug in reversed(event.path) if slug in INCIDENTS), None)


def answer(reading: Reading, known: Knowledge) -> dict[str, Any]:
    """An article's line of OUTPUT."""
    events = []
    for event in reading.events:
        type_ = incident(event)
        if type_ is not None and event.stage == "happened" and event.standing != "denied" and event.confidence >= LEAST[type_]:
            events.append({"type": type_, **roles(event, known)})
    return {"id": reading.article.id, "events": events}


def roles(event: Event, known: Knowledge) -> dict[str, list[str]]:
    """The five roles of an event, each filler in the words of the article."""
    found: dict[str, list[str]] = {"instrument": [tool.span.text for tool in event.instruments]}
    for one in event.actors:
        group = one.id is not None or one.kind in ("organisation", "alliance", "government")
        found.setdefault("perpetrator_org" if group else "perpetrator_individual", []).append(one.span.text)
    for one in event.targets:
        found.setdefault("target_human" if is_human(one, known) else "target_physical", []).append(one.span.text)
    return found


def is_human(one: Participant, known: Knowledge) -> bool:
    """Whether a target is people, not a thing."""
    return any(known.kind_is_a(one.kind or "", kind) for kind in ("person", "force"))


def readings(path: Path, extractor: Extractor) -> Iterator[Reading]:
    """Every article of a file, read."""
    with path.open(encoding="utf-8") as lines:
        told = [json.loads(line) for line in lines if line.strip()]
    yield from extractor.read([article({**line, "published": line.get("date") or UNDATED}) for line in told])


def main(source: Path, output: Path) -> None:
    """Writes OUTPUT."""
    from streams import knowledge

    known = knowledge.load()
    extractor = load(knowledge=known)
    with output.open("w", encoding="utf-8") as out:
        for reading in readings(source, extractor):
            out.write(json.dumps(answer(reading, known)) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python tests/bench/muc4.py INPUT OUTPUT")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
