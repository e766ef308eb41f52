"""Log lines of libraries: like ours, and not a thousand times the same."""

import json
import subprocess
import sys

from peers.run import ROOT

SAYS = """
import logging
from streams.cli.logs import Format, setup
setup(Format.JSON)
client = logging.getLogger("aiokafka.conn")
for number in range(500):
    client.warning("no connection to node %s", number)
client.info("all is well")
try:
    raise OSError("away")
except OSError:
    client.exception("it failed")
"""


def test_what_a_library_says_is_a_line_like_ours_and_said_once_in_a_while() -> None:
    """A Kafka client without brokers was seen to write 150 lines a second."""
    done = subprocess.run((sys.executable, "-c", SAYS), cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    told = [(line["event"], line["level"], line["library"], line["said"]) for line in lines]
    assert told == [
        ("a library warns", "warning", "aiokafka.conn", "no connection to node 0"),
        ("a library reports an error", "error", "aiokafka.conn", "it failed"),
    ]
    assert lines[1]["exception"].endswith("OSError: away")
