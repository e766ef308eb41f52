"""The shipped demo: what it promises to show is what the real run shows."""

import json
from pathlib import Path

from streams.demo import local_run
from streams.records.flow import Article, Delivery
from streams.records.message import Message, Step

EXPECTED = [json.loads(line) for line in Path("tests/data/demo_expected.jsonl").read_text("utf-8").splitlines()]


class Phone:
    """A channel that takes everything."""

    def steps(self, delivery: Delivery) -> tuple[str, ...]:
        return ("post",)

    async def perform(self, step: Step, delivery: Delivery, message: Message, root: str) -> str:
        assert message.summary
        return delivery.id

    async def find(self, step: Step, delivery: Delivery, root: str) -> str:
        return ""


async def test_the_demo_tells_exactly_what_its_scenes_promise() -> None:
    """Through the real local run: RSS on loopback, extraction processes, the store, the outbox."""
    silent: list[str] = []
    stage = local_run.Stage(scene=lambda scene, article: None, silent=lambda scene, article: silent.append(article.id))
    outcome = await local_run.run(Phone(), stage)
    told = [(alert.label.rule, alert.kind) for each in outcome.delivered for alert in each.alerts]
    assert sorted(told) == sorted((each["rule"], each["kind"]) for each in EXPECTED)
    assert outcome.balanced
    assert len(silent) > 40
    posts = [(each.incident, each.ordinal) for each in outcome.delivered]
    assert len(posts) == len(set(posts))


def test_a_keyword_rule_calls_for_nothing_again_and_again_on_the_same_archive() -> None:
    scenes = {name: scene for scene in local_run.scenes() for name in scene.articles}
    false: list[Article] = [each for each in local_run.archive() if local_run.keyword_rule(each) and not scenes[each.id].expect]
    assert len(false) >= 8


def test_every_article_of_the_archive_stands_in_one_scene_and_says_that_it_is_invented() -> None:
    listed = [name for scene in local_run.scenes() for name in scene.articles]
    assert sorted(listed) == sorted(article.id for article in local_run.archive())
    assert all(article.url.split("/")[2].endswith(".example") for article in local_run.archive())
    assert "invented" in Path("streams/data/demo_scenes.yaml").read_text("utf-8").splitlines()[0]
