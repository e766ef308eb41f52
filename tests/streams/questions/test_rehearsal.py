"""Rules on what was stored: as a run would have told it, and how much."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import article as news
from builders import at, attack, group, reading
from small_world import WORLD

from rules.load import load_texts
from rules.model import RuleSet
from streams.questions.rehearsal import AMENDED, Call, by_day, current, look_back, rehearse, volume
from streams.records.flow import Article, Reading
from streams.records.message import Message
from streams.replay import Run, Tally

TEXT = """\
version: 1
rules:
  - id: strike
    when: {event: armed-attack}
    severity: [{critical: {killed: ">=1"}}, {low: {outcome: missed}}, high]
"""
DAY = timedelta(days=1)


def rules(more: str = "") -> RuleSet:
    return load_texts({"r.yaml": TEXT + more}, WORLD)


class Reader:
    """Reads an article as one attack, and notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        self.asked += [one.id for one in articles]
        return [replace(reading(one, attack(one, None)), extractor="new") for one in articles]


def told(*readings: Reading) -> list[Call]:
    run = Run(rules=rules(), knowledge=WORLD)
    return list(rehearse(run, readings, lambda delivery: Message(summary=delivery.id, blocks=(), reply="")))


def test_only_readings_of_another_extractor_are_read_anew() -> None:
    """In their order; what is current is believed as it stands."""
    old = [reading(news(f"a{number}", "04-22")) for number in range(40)]
    stored = [replace(one, extractor="new") if number % 3 else one for number, one in enumerate(old)]
    reader, tally, noted = Reader(), Tally(), list[int]()
    found = list(current(stored, "new", reader, tally, noted.append))
    assert [one.article.id for one in found] == [f"a{number}" for number in range(40)]
    assert reader.asked == [f"a{number}" for number in range(0, 40, 3)]
    assert [bool(one.events) for one in found] == [number % 3 == 0 for number in range(40)]
    assert (sum(noted), tally.articles) == (14, 40)


def test_each_alert_comes_with_its_message() -> None:
    """One for each moment of an incident's post; an edit without an alert is none."""
    first, second = news("a", "04-22"), news("b", "04-22 13:00")
    calls = told(
        reading(first, attack(first, "04-21")),
        reading(second, attack(second, "04-21", outcome=("missed",))),
        reading(news("c", "04-23"), attack(news("c", "04-23"), "04-23", actors=(group("houthis"),))),
    )
    assert (calls[0].alert.kind, calls[0].alert.label.rule) == ("new", "strike")
    assert all(call.message is not None and call.message.summary.startswith(call.alert.incident) for call in calls)
    assert len(calls) >= 2


def test_how_much_that_is() -> None:
    """By day and severity, the busiest day, and how many a day over all days, those without an alert too."""
    homes = [news(f"n{number}", day) for number, day in enumerate(("04-02", "04-09", "04-09 13:00", "04-20"))]
    places = [attack(one, None, place=None, targets=(), actors=(group(f"g{number}"),)) for number, one in enumerate(homes)]
    alerts = [call.alert for call in told(*(reading(home, event) for home, event in zip(homes, places, strict=True)))]
    if len(alerts) < 4:
        pytest.fail(f"four attacks by four groups are {len(alerts)} alerts")
    alerts[0] = replace(alerts[0], label=replace(alerts[0].label, severity="critical"))
    found = volume(alerts, at("04-01"), at("04-21"))
    assert (found.alerts, found.a_day, dict(found.kinds)) == (4, 0.2, {"new": 4})
    assert found.busiest == (at("04-09").date(), 2)
    assert found.severities == {"critical": 1, "high": 3}
    assert by_day(found) == [
        {"day": "2024-04-02", "alerts": 1, "critical": 1, "high": 0, "medium": 0, "low": 0},
        {"day": "2024-04-09", "alerts": 2, "critical": 0, "high": 2, "medium": 0, "low": 0},
        {"day": "2024-04-20", "alerts": 1, "critical": 0, "high": 1, "medium": 0, "low": 0},
    ]


def test_nothing_told_has_no_busiest_day() -> None:
    found = volume([], at("04-01"), at("04-01"))
    assert (found.alerts, found.a_day, found.busiest, by_day(found)) == (0, 0.0, None, [])


def test_temporal_rules_are_warmed_by_what_they_look_back_on() -> None:
    """The longest of all, and what may still amend an incident."""
    assert look_back(rules().rules) == AMENDED
    pause = "  - {id: b, when: {event: threat}, severity: low, resume: {pause: 30d, before_pause: {incidents: 3, within: 90d}}}\n"
    count = "  - {id: c, when: {event: threat}, severity: low, count: {incidents: 3, within: 48h}}\n"
    assert look_back(rules(count).rules) == AMENDED + 2 * DAY
    assert look_back(rules(pause + count).rules) == AMENDED + 120 * DAY
