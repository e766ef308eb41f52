"""The article that the product was asked for, and its denial: what a careful analyst reads in them, and nothing else."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from connectors.sources.archive import article
from rules.load import load_rules
from streams import replay
from streams.extract.reader import load
from streams.knowledge import world
from streams.records.flow import Alert, Quote

SEED = Path("../shared/seed")
DENIAL = "Kataib Hezbollah denied on Monday that it had announced a resumption of attacks on U.S. forces."

pytestmark = pytest.mark.skipif(
    not SEED.is_dir(), reason="../shared/seed is not beside the repository: the seed article and its reading"
)


@pytest.fixture(scope="module")
def told() -> tuple[list[Alert], list[Alert]]:
    """Alerts of the seed, and of the denial six hours later."""
    known = world.load()
    run = replay.Run(rules=load_rules([Path("rules/packs/us-forces.yaml")], known), knowledge=known)
    reader = load(knowledge=known)
    seed: dict[str, Any] = {"id": "seed", "source": "one", "title": "", "published": "2024-04-22T12:00:00Z"}
    later: dict[str, Any] = {"id": "denial", "source": "two", "title": "", "published": "2024-04-22T18:00:00Z", "text": DENIAL}
    articles = [article(seed | {"text": (SEED / "article.txt").read_text("utf-8")}), article(later)]
    first, second = (run.take(reading) for reading in reader.read(articles))
    return first, second


def sentences(quotes: Sequence[Quote]) -> set[int]:
    """Numbers of the sentences in the reading."""
    gold = json.loads((SEED / "gold.json").read_text("utf-8"))
    return {each["i"] for each in gold["sentences"] for quote in quotes if each["start"] == quote.span.start}


def test_each_rule_is_raised_exactly_once_and_on_one_incident(told: tuple[list[Alert], list[Alert]]) -> None:
    assert [(alert.kind, alert.label.rule) for alert in told[0]] == [("new", "strike-on-us-base"), ("new", "attacks-resume")]
    assert len({alert.incident for alert in told[0]}) == 1


def test_the_strike_rests_on_the_sentences_that_tell_it_and_is_qualified_by_those_that_doubt_it(
    told: tuple[list[Alert], list[Alert]],
) -> None:
    strike = told[0][0].label
    assert sentences(strike.evidence) == {0, 5}
    assert sentences(strike.qualifiers) == {6, 7}
    assert strike.outcome == ("intercepted", "missed")
    assert strike.severity == "medium"
    assert [words.startswith("unclear whether") for words in strike.doubt] == [True, True]
    assert {word.via for word in strike.attribution} == {"Reuters", ""}
    assert strike.time.start.date().isoformat() == "2024-04-21"


def test_the_resumption_is_stated_and_announced_but_not_observed(told: tuple[list[Alert], list[Alert]]) -> None:
    resumed = told[0][1].label
    assert sentences(resumed.evidence) == {1, 3}
    assert sentences(resumed.qualifiers) == {4}
    assert resumed.evidence_kinds == ("stated", "announced")
    assert resumed.pause is not None
    assert resumed.pause.since is not None
    assert (resumed.pause.since.start.date().isoformat(), resumed.pause.since.end.date().isoformat()) == (
        "2024-02-01",
        "2024-02-11",
    )
    assert resumed.pause.length_text == "nearly three-month"
    assert resumed.pause.halted_by == "Iranian-backed groups in Iraq"
    assert resumed.pause.contradiction == ""


def test_a_denied_announcement_corrects_the_resumption_once_and_nothing_else(told: tuple[list[Alert], list[Alert]]) -> None:
    assert [(alert.kind, alert.label.rule) for alert in told[1]] == [("correction", "attacks-resume")]
    label = told[1][0].label
    assert label.evidence_kinds == ("stated",)
    assert sentences(label.evidence) == {1}
