"""Fixtures that tests of several rooms share; each lives with its peer in tests/peers."""

from peers.http_server import feed_server

__all__ = ["feed_server"]
