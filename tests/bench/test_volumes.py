"""Counts of alerts per rule and stream: what is counted, and when an archive is read anew."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.volumes import evidence, readings, table, volume
from builders import attack, us_base
from small_world import WORLD

from rules.load import load_texts
from streams.records.flow import Article, Reading

RULES = """\
version: 1
rules:
  - {id: on-a-base, owner: bench, when: {event: armed-attack, target: {kind: base}}, severity: high}
  - {id: on-a-ship, owner: bench, when: {event: armed-attack, target: {kind: warship}}, severity: high}
"""


class Stub:
    """Reads an attack on a base in every article that speaks of one, and counts what it was given."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.given = 0

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        self.given += len(articles)
        return [self._reading(one) for one in articles]

    def _reading(self, article: Article) -> Reading:
        told = (attack(article, None, targets=(us_base(),)),) if "attack" in article.text else ()
        return Reading(article=article, extractor=self.version, events=told)


def archive(folder: Path) -> Path:
    path = folder / "news.jsonl"
    texts = ["An attack on a base.", "Nothing of note.", "An attack on a base, weeks later."]
    days = [1, 2, 21]
    lines = [
        json.dumps({"id": f"a{day}", "source": "x", "title": "", "published": f"2031-01-{day:02}T00:00:00Z", "text": text})
        for day, text in zip(days, texts, strict=True)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_first_alerts_are_counted_by_rule_and_day(tmp_path: Path) -> None:
    """Two attacks three weeks apart are two incidents of the one rule, and the other rule has none."""
    rules = load_texts({"rules.yaml": RULES}, WORLD)
    one = volume("news", readings(archive(tmp_path), Stub("v1"), tmp_path), rules, WORLD)
    assert (one.articles, one.days) == (3, (datetime(2031, 1, 21, tzinfo=UTC) - datetime(2031, 1, 1, tzinfo=UTC)).days)
    assert list(table(rules, [one]))[1:3] == ["on-a-base | 2, 0.10, 0", "on-a-ship | 0, 0.00, 0"]
    assert next(line.split(":")[0] for line in evidence("on-a-base", one, 15)) == "news"
    assert len(list(evidence("on-a-base", one, 1))) == 2


def test_an_archive_is_read_anew_only_by_another_extractor(tmp_path: Path) -> None:
    path, first, same, other = archive(tmp_path), Stub("v1"), Stub("v1"), Stub("v2")
    read = list(readings(path, first, tmp_path))
    assert list(readings(path, same, tmp_path)) == read
    assert (first.given, same.given) == (3, 0)
    assert list(readings(path, other, tmp_path, stale=True)) == read
    assert other.given == 0
    assert [one.extractor for one in readings(path, other, tmp_path)] == ["v2"] * 3
