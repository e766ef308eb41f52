"""Fixtures that tests of several rooms share; each lives with its peer in tests/peers."""

from peers.http_server import feed_server
from peers.kafka import kafka, kafka3, kafka_secure
from peers.postgres import address, database, emptied, postgres
from peers.tansu import tansu

__all__ = ["address", "database", "emptied", "feed_server", "kafka", "kafka3", "kafka_secure", "postgres", "tansu"]
