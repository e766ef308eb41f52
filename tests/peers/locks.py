"""A lock whose holder was killed: a server notices a moment later than the system of a file does."""

import time
from contextlib import suppress

from peers.remembered import day

from streams.errors import StoreBusy
from streams.store.lock import Lock
from streams.store.store import Store


def freed(store: Store, timeout_s: float = 20.0) -> Lock:
    """The matcher's lock, as soon as it is free."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        with suppress(StoreBusy):
            return store.lock(day(0))
        time.sleep(0.02)
    return store.lock(day(0))
