"""A Faust worker that copies one topic to another, without a table: proves that Faust and a broker get on.

python tests/peers/echo_worker.py SERVERS PREFIX: reads PREFIXin, writes PREFIXout, until SIGTERM.
"""

import sys

import faust

SERVERS, PREFIX = sys.argv[1:3]
app = faust.App(
    f"{PREFIX}echo",
    broker=[f"kafka://{one}" for one in SERVERS.split(",")],
    broker_session_timeout=2.0,
    broker_heartbeat_interval=0.5,
    topic_partitions=4,
    topic_allow_declare=False,
    topic_disable_leader=True,
    web_enabled=False,
)
source = app.topic(f"{PREFIX}in", value_type=bytes, value_serializer="raw")
target = app.topic(f"{PREFIX}out", value_type=bytes, value_serializer="raw")


@app.agent(source)
async def echo(stream: faust.StreamT[bytes]) -> None:
    """Each value as it came; the broker has it before the next is taken."""
    async for value in stream:
        await (await target.send(value=value))


if __name__ == "__main__":
    app.worker_main = None
    sys.argv = [sys.argv[0], "worker", "--without-web", "-l", "info"]
    app.main()
