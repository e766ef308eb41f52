"""What a test needs of the machine: what is missing skips it with the reason, and fails it under `CI=true`."""

import os
from typing import NoReturn

import pytest


def lacking(reason: str) -> NoReturn:
    """Ends the test; the reason says what is missing and how to get it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have it: {reason}", pytrace=False)
    pytest.skip(reason)
