"""Rules over time whose window an archive cannot fill are named: their silence means nothing."""

from datetime import timedelta

import pytest

from rules.model import Rule, RuleSet
from streams.replay import Tally, unjudged
from tests.builders import DAY, at, count_rule, first_rule, resume_rule, sequence_rule, strike_rule


@pytest.mark.parametrize(
    ("rule", "days", "said"),
    [
        (count_rule(within=2 * DAY), 1, '"count" of 3 could not be judged: the archive spans 1 d, the rule looks back 2d'),
        (count_rule(within=2 * DAY), 2, ""),
        (first_rule(within=90 * DAY), 40, '"first" could not be judged: the archive spans 40 d, the rule looks back 90d'),
        (sequence_rule(within=14 * DAY), 13, '"sequence" could not be judged: the archive spans 13 d, the rule looks back 14d'),
        (resume_rule(), 100, "an observed pause could not be judged: the archive spans 100 d, the rule looks back 120d"),
        (resume_rule(), 120, ""),
        (strike_rule(), 0, ""),
    ],
)
def test_a_window_longer_than_the_archive_is_said(rule: Rule, days: int, said: str) -> None:
    tally = Tally(articles=2, first=at("01-01"), last=at("01-01") + timedelta(days=days))
    found = unjudged(RuleSet(rules=(rule,), texts={}, hash=""), tally)
    assert found == ([f'rule "{rule.id}": {said}'] if said else [])
