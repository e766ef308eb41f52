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
from streams.records.flow import Reading

UNDATED = "1990-01-01"  # published, where the article has no date; inside the years of the corpus
TYPES = {"attack": "ATTACK", "explosions": "BOMBING", "abduction": "KIDNAPPING", "arson": "ARSON", "looting": "ROBBERY"}
SLOTS = {
    "individual": "perpetrator_individual", "organisation": "perpetrator_org", "thing": "target_physical", "person": "target_human",
    "instrument": "instrument",
}  # fmt: skip
# least probabilities, about half of the F1 to be had; in five-fold runs a threshold a kind and a role scored no better
KIND = 0.3
PART = 0.3


def answer(reading: Reading) -> dict[str, Any]:
    """An article's line of OUTPUT: kinds that its gist holds likely are incidents, likely parts are the first one's."""
    whole = reading.gist
    if whole is None:
        return {"id": reading.article.id, "events": []}
    sure = {each.type: each.probability for each in whole.likely}
    events: list[dict[str, Any]] = [{"type": name} for kind, name in TYPES.items() if sure.get(kind, 0.0) >= KIND]
    if not events:
        events = [{"type": "NONE"}]  # below its threshold, and still with its parties
    for part in whole.parts:
        if part.probability >= PART:
            events[0].setdefault(SLOTS[part.role], []).append(part.span.text)
    return {"id": reading.article.id, "events": events}


def readings(path: Path, extractor: Extractor) -> Iterator[Reading]:
    """Every article of a file, read."""
    with path.open(encoding="utf-8") as lines:
        told = [json.loads(line) for line in lines if line.strip()]
    yield from extractor.read([article({**line, "published": line.get("date") or UNDATED}) for line in told])


def main(source: Path, output: Path) -> None:
    """Writes OUTPUT."""
    with output.open("w", encoding="utf-8") as out:
        for reading in readings(source, load()):
            out.write(json.dumps(answer(reading)) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python tests/bench/muc4.py INPUT OUTPUT")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
