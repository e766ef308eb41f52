"""Learned models as data."""

import math

import orjson
import pytest

from streams.extract import linear

TWO = {"labels": ["a", "b"], "bias": [0.0, 0.0], "weights": {"x": [[0, 1.0]], "y": [[0, -0.5], [1, 2.0]]}, "provenance": "by hand"}


def model(**changes: object) -> linear.Linear:
    return linear.parse(orjson.dumps(TWO | changes))


def test_probabilities_of_several_labels_sum_to_one():
    found = model().probabilities(["x", "y", "unknown"])
    assert sum(found.values()) == pytest.approx(1)
    assert found["b"] / found["a"] == pytest.approx(math.exp(2.0 - 0.5))


def test_a_feature_given_twice_counts_once():
    assert model().scores(["x", "x"]) == [1.0, 0.0]


def test_one_label_is_a_yes_or_no():
    one = model(labels=["real"], bias=[-1.0], weights={"x": [[0, 3.0]]})
    assert one.probabilities([])["real"] == pytest.approx(1 / (1 + math.e))
    assert one.probabilities(["x"])["real"] == pytest.approx(1 / (1 + math.exp(-2)))


def test_a_changed_file_is_another_version():
    assert model().version != model(bias=[0.0, 0.1]).version
