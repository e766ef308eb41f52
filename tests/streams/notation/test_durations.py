"""Lengths of time as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.notation.durations import duration, in_words


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30s", timedelta(seconds=30)),
        ("5m", timedelta(minutes=5)),
        ("48h", timedelta(hours=48)),
        ("30d", timedelta(days=30)),
        ("2w", timedelta(weeks=2)),
        ("1h30m", timedelta(minutes=90)),
        (" 7 d ", timedelta(days=7)),
    ],
)
def test_a_length(text: str, length: timedelta) -> None:
    """One part or several."""
    assert duration(text) == length


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("soon", '"soon" is not a length of time like "30s", "5m", "48h", "30d" or "2w"'),
        ("", '"" is not a length of time like "30s", "5m", "48h", "30d" or "2w"'),
        ("30", '"30" is not a length of time like "30s", "5m", "48h", "30d" or "2w"'),
        ("-1d", '"-1d" is not a length of time like "30s", "5m", "48h", "30d" or "2w"'),
        ("1.5h", '"1.5h" is not a length of time like "30s", "5m", "48h", "30d" or "2w"'),
        ("0s", '"0s" is out of range; allowed: from 1s to 36500d'),
        ("36501d", '"36501d" is out of range; allowed: from 1s to 36500d'),
        ("999999999w999999999w", '"999999999w999999999w" is out of range; allowed: from 1s to 36500d'),
    ],
)
def test_no_length(text: str, message: str) -> None:
    """Neither months nor years, whose length varies."""
    with pytest.raises(ValueError) as fault:  # noqa: PT011 - the text is compared whole
        duration(text)
    assert str(fault.value) == message


@given(st.integers(1, 36_500 * 86_400))
def test_in_words_is_read_back(seconds: int) -> None:
    """Whatever the length."""
    length = timedelta(seconds=seconds)
    assert duration(in_words(length)) == length


def test_nothing_in_words() -> None:
    """No length at all."""
    assert in_words(timedelta()) == "0s"
