"""Promise 3 on the shipped archive: any order of arrival, the same final incidents."""

import random

from streams import pipeline
from streams.demo import local_run
from streams.extract.reader import load
from streams.labels.wanted import Desk
from streams.memory import DictMemory
from streams.records.flow import Reading
from tests.builders import at

NO_RULES = Desk(rules=(), knowledge=None, default_channels=())  # type: ignore[arg-type]  # grouping asks no knowledge


def told(readings: list[Reading]) -> frozenset[tuple[frozenset[str], str, str]]:
    """Final incidents without ids: their events, what opened them, what they say together."""
    memory = DictMemory()
    for reading in readings:
        pipeline.take(reading, memory, NO_RULES)
    found = memory.incidents_between(at("01-01").replace(year=2030), at("01-01").replace(year=2033))
    return frozenset((frozenset(each.events), each.opener, str((each.facts, each.origins))) for each in found)


def test_the_archive_in_twenty_random_orders_gives_the_same_final_incidents() -> None:
    readings = load().read(local_run.archive())
    straight = told(readings)
    assert len(straight) > 30
    assert max(len(events) for events, _, _ in straight) >= 6
    for seed in range(20):
        shuffled = random.Random(seed).sample(readings, len(readings))
        assert told(shuffled) == straight, f"order {seed}"
