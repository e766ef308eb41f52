"""Counts what the shipped knowledge holds and measures how long it takes to read: the figures of docs/knowledge.md.

python -m tests.bench.knowledge
"""

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from streams.knowledge.files import read_folders
from streams.knowledge.towns import Towns, shipped
from streams.knowledge.world import Entity, Knowledge, load, ours

ROUNDS = 9  # of which the fastest counts


def figures(known: Knowledge, towns: Towns) -> Iterator[tuple[str, int]]:
    """What there is, and how many."""
    entities = known.entities.values()
    kinds = Counter(entity.kind for entity in entities)
    groups = [entity for entity in entities if known.kind_is_a(entity.kind, "armed-group")]
    bases = [entity for entity in entities if entity.kind == "base"]
    energy = [entity for entity in entities if known.kind_is_a(entity.kind, "energy-site")]
    places = Counter(entity.place.kind for entity in entities if entity.kind == "place" and entity.place is not None)
    yield "armed groups", len(groups)
    yield "… with a name in another script", sum(any(_foreign(alias) for alias in group.aliases) for group in groups)
    yield "… with a sponsor", sum(any(role.role == "sponsor" for role in group.nations) for group in groups)
    yield "bases", len(bases)
    yield "… owned or used by another nation than their host", sum(_abroad(base) for base in bases)
    yield "energy sites", len(energy)
    yield "nations", kinds["nation"]
    yield "towns, with capitals", places["town"]
    yield "provinces", places["province"]
    yield "regions and seas", places["region"] + places["sea"]
    yield "forces and services", kinds["state-force"] + kinds["security-service"] + kinds["police"] + kinds["border-guard"]
    yield "news outlets", kinds["media"]
    yield "kinds of participant", len(known.kinds)
    yield "words for them", len(known.role_words)
    yield "kinds of weapon", len(known.instruments)
    yield "words for them (weapons)", len(known.instrument_words)
    yield "spellings of all names", sum(len(entity.aliases) for entity in entities)
    yield "names of towns from GeoNames", len(towns)


def _foreign(alias: str) -> bool:
    return any(letter.isalpha() and ord(letter) > 0x24F for letter in alias)


def _abroad(base: Entity) -> bool:
    hosts = {role.nation for role in base.nations if role.role == "host"}
    return bool({role.nation for role in base.nations if role.role in ("owner", "user")} - hosts)


def _fastest(work: Callable[[], object]) -> float:
    """Milliseconds of processor time."""
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times) * 1000


if __name__ == "__main__":
    print("\n".join(f"| {what} | {number:,} |" for what, number in figures(load(), shipped())))
    with tempfile.TemporaryDirectory() as empty:
        print(f"read: {_fastest(lambda: read_folders(ours())):.0f} ms")
        print(f"read, checked and built: {_fastest(lambda: load(Path(empty))):.0f} ms")
    print(f"towns: {_fastest(shipped.__wrapped__):.0f} ms")
