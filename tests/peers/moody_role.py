"""A role in a process of its own whose handler does as its argument says; what it handled is written to a file, a line a record.

    python -P moody_role.py FOLDER raise|hang|slow|well

-P, because a file beside it is called like a package of others. `raise` fails at the record "5" the first time it is run; `hang`
never answers then; `slow` takes ten minutes for every batch.
"""

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from streams.app import Emit, Progress, Wire, Worker
from streams.broker.lag import Lag
from streams.cli.logs import Format, setup
from streams.ending import within_time
from streams.errors import RecordError
from streams.health.stalls import Stall, watch
from streams.letters import Out, Raw
from streams.settings.load import load


async def main(folder: Path, mood: str) -> None:
    kafka = load(folder / "tocsin.yaml", {}).kafka
    assert kafka is not None
    stop, progress = asyncio.Event(), Progress()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)

    async def handle(batch: Sequence[Raw], emit: Emit) -> None:
        with (folder / "begun").open("a") as begun:
            begun.write("x\n")
        if mood == "slow":
            await asyncio.sleep(600)
        if mood in ("raise", "hang") and any(raw.value == b"5" for raw in batch):
            if mood == "hang":
                await asyncio.sleep(600)
            raise RecordError("five is too much")
        with (folder / "handled").open("a") as handled:
            handled.write("".join(f"{raw.value.decode()}\n" for raw in batch))
        for raw in batch:
            await emit(Out(topic=kafka.topic("events"), key=raw.key, value=raw.value))

    articles = kafka.topic("articles")
    worker = Worker(Wire(kafka=kafka, role="moody", topic=articles, handle=handle, batch=4, within_s=0.1), progress)
    stall = Stall(limit_s=kafka.stall.total_seconds(), mine=worker.partitions, beat=lambda: progress.beat)
    async with asyncio.TaskGroup() as group:
        group.create_task(worker.run(stop))
        group.create_task(watch(Lag(kafka, kafka.group("moody"), articles), stall, stop))
        group.create_task(within_time(stop))


if __name__ == "__main__":
    setup(Format.CONSOLE)
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
