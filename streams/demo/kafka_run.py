"""The demo on the Kafka run: an embedded broker, and Faust workers in processes of their own.

    archive ─► RSS ─► ingest (here) ─► broker ─► 2 × extract ─► broker ─► match (and a standby) ─► store ─► deliver ─► console

Called by `tocsin demo --kafka`. The workers are `tocsin worker` itself, on a folder with settings as an operator has one.
"""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from connectors.fetch import Fetcher
from rules.load import load_rules
from streams.broker import topics
from streams.clocks import ManualClock
from streams.demo import embedded, local_run
from streams.errors import EnvironmentFault
from streams.knowledge import world
from streams.roles import ingest
from streams.settings.load import load
from streams.store.store import Store

WORKERS: Mapping[str, tuple[str, ...]] = {
    "extract": ("extract",),
    "extract-2": ("extract",),
    "match": ("match", "--clock", "taken"),
    "match-2": ("match", "--clock", "taken"),
    "deliver": ("deliver",),
}
STOP_S = 15.0  # a worker ends within ten
START_S = 120.0  # for five processes to come up, two of them with a language model
_SETTINGS = """\
kafka: {{brokers: ["{broker}"], prefix: demo, session: 4s}}
rules: {rules}
channels: {{console: {{brief: {brief}}}}}
workers: 1
"""


async def run(stage: local_run.Stage, *, brief: bool) -> local_run.Outcome:
    """Plays the whole archive; messages come out of the deliver worker, on our own standard output.

    Raises UsageError when the embedded broker is not installed, EnvironmentFault when a step does not finish.
    """
    articles, known, stop = local_run.archive(), world.load(), asyncio.Event()
    clock = ManualClock(articles[0].published - timedelta(hours=2))
    with tempfile.TemporaryDirectory(prefix="tocsin-demo-") as name, local_run.pack() as pack:
        folder = Path(name)
        async with embedded.broker() as broker, local_run.served(articles, clock) as (feeds, polls), Fetcher() as fetch:
            text = _SETTINGS.format(broker=broker, rules=pack.absolute(), brief=str(brief).lower())
            (folder / "tocsin.yaml").write_text(text, encoding="utf-8")
            settings = load(folder / "tocsin.yaml", {})
            assert settings.kafka is not None
            await asyncio.to_thread(topics.create, settings.kafka)
            with Store.open(settings.store_address()) as store:
                async with _workers(folder) as watching:
                    plan = ingest.Plan(store=store, kafka=settings.kafka, feeds=feeds, fetch=fetch)
                    running = asyncio.create_task(_with(watching, ingest.run(plan, clock, stop)))
                    show = local_run.Show(store=store, feeds=feeds, polls=polls, running=running, stop=stop)
                    rules = load_rules([pack], known)
                    return await local_run.play(show, clock, articles, stage, [rule.id for rule in rules.rules])


@asynccontextmanager
async def _workers(folder: Path) -> "AsyncIterator[asyncio.Task[None]]":
    """Every worker at work; the task fails when one of them ends."""
    processes: dict[str, asyncio.subprocess.Process] = {}
    try:
        for name, (role, *more) in WORKERS.items():
            with (folder / f"{name}.log").open("wb") as log:
                processes[name] = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "streams.cli.main", "worker", str(folder), "--role", role, *more),
                    env=os.environ | {"PYTHONUNBUFFERED": "1"},  # its messages stand between our words
                    stdout=None if role == "deliver" else log,
                    stderr=log,
                    start_new_session=True,  # Ctrl-C is for us; we stop them
                )
        watching = asyncio.create_task(_watch(folder, processes))
        await _up(folder, watching)
        yield watching
        watching.cancel()
    finally:
        await _stop(list(processes.values()))


async def _up(folder: Path, watching: "asyncio.Task[None]") -> None:
    async with asyncio.timeout(START_S):
        for name in WORKERS:
            while not any(word in (folder / f"{name}.log").read_text("utf-8") for word in ("consuming", "standing by")):
                if watching.done():
                    watching.result()
                await asyncio.sleep(0.1)


async def _watch(folder: Path, processes: "Mapping[str, asyncio.subprocess.Process]") -> None:
    ends = {asyncio.create_task(process.wait()): name for name, process in processes.items()}
    try:
        done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for end in ends:
            end.cancel()
    name = ends[done.pop()]
    last = (folder / f"{name}.log").read_text("utf-8")[-2000:]
    raise EnvironmentFault(f"the worker {name} ended with {processes[name].returncode}; its last words:\n{last}")


async def _stop(processes: "list[asyncio.subprocess.Process]") -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
    ends = [asyncio.create_task(process.wait()) for process in processes]
    if ends:
        await asyncio.wait(ends, timeout=STOP_S)
    for process in processes:
        with suppress(ProcessLookupError):
            process.kill()


async def _with(watching: "asyncio.Task[None]", work: Coroutine[Any, Any, None]) -> None:
    """The work, which fails when the workers do."""
    task = asyncio.create_task(work)
    await asyncio.wait({watching, task}, return_when=asyncio.FIRST_COMPLETED)
    if watching.done():
        task.cancel()
        watching.result()
    await task
