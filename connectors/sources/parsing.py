"""Parser processes: hostile bytes are read where they can be stopped.

Called by `connectors.sources.feed` through the Parser protocol. A body gets its own time limit and the process a memory limit;
who exceeds one is killed and replaced, and that body is a FeedError. Bounding the size alone does not do: entity bombs take
2.7 s and deep nesting 1.1 s a document (facts measured 2026-11-22), during which no other feed would be polled. The processes
are spawned (nothing of the parent's sockets or locks leaks into them) and end when the parent does: their pipe closes.
"""

import asyncio
import contextlib
import multiprocessing
import resource
import signal
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Protocol, Self

from connectors.sources.feed_items import Harvest, Job
from streams.errors import FeedError

LIMIT_S = 20.0  # 5,000 items (4.9 MB) take 3.3 s, so 15 MB fit (facts measured 2026-11-22)
MEMORY_BYTES = 2**30  # of data; a bomb was seen to take 90 MB


class Parser(Protocol):
    """What a source asks for; filled by ParserPool, and by InlineParser where nothing is hostile."""

    async def harvest(self, job: Job) -> Harvest:
        """The items of one body; raises FeedError."""


class InlineParser:
    """Reads in this process, without limits: for tests and for feeds of our own making."""

    async def harvest(self, job: Job) -> Harvest:
        """The items of one body; raises FeedError."""
        from connectors.sources.feed_items import harvest

        return harvest(job)


class ParserPool:
    """A few parser processes, started when first needed; an async context manager."""

    def __init__(self, *, processes: int = 1, limit_s: float = LIMIT_S, memory_bytes: int = MEMORY_BYTES) -> None:
        self._limits = (limit_s, memory_bytes)
        self._workers = [_Worker(limit_s, memory_bytes) for _ in range(processes)]
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        for worker in self._workers:
            self._idle.put_nowait(worker)

    async def __aenter__(self) -> Self:
        """Itself; processes start with the first job."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Ends the processes."""
        self.close()

    def close(self) -> None:
        """Ends the processes; a job still running fails."""
        for worker in self._workers:
            worker.stop()

    async def harvest(self, job: Job) -> Harvest:
        """The items of one body; raises FeedError, also "timed-out" and "malformed" when the process had to be killed or died."""
        worker = await self._idle.get()
        try:
            return await asyncio.to_thread(worker.ask, job)
        except asyncio.CancelledError:
            worker.stop()  # its thread still waits there for an answer that nobody wants: a new worker takes the place
            self._workers.remove(worker)
            worker = _Worker(*self._limits)
            self._workers.append(worker)
            raise
        finally:
            self._idle.put_nowait(worker)


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, limit_s: float, memory_bytes: int) -> None:
        self._limit_s = limit_s
        self._memory_bytes = memory_bytes
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    def ask(self, job: Job) -> Harvest:
        """The process's answer; blocks for the time limit at most. Start-up (about a second) is not counted."""
        try:
            pipe = self._started()
            pipe.send(job)
            if not pipe.poll(self._limit_s):
                raise FeedError("timed-out", f"not read within {self._limit_s:g} s")
            answer = pipe.recv()
        except FeedError:
            self.stop()
            raise
        except (EOFError, OSError) as fault:
            self.stop()
            raise FeedError("malformed", "the parser process died on it") from fault
        if isinstance(answer, Harvest):
            return answer
        raise FeedError(*answer)

    def stop(self) -> None:
        process, pipe, self._process, self._pipe = self._process, self._pipe, None, None
        if process is not None:
            process.kill()
            process.join()
        if pipe is not None:
            pipe.close()

    def _started(self) -> Connection:
        if self._pipe is None or self._process is None or not self._process.is_alive():
            self.stop()
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs, self._memory_bytes), daemon=True, name="tocsin-parser")
            self._process.start()
            theirs.close()
            self._pipe = ours
            if not ours.poll(60) or ours.recv() != "ready":
                raise EOFError("the parser process did not start")
        return self._pipe


def _serve(pipe: Connection, memory_bytes: int) -> None:
    """The life of a parser process: reads jobs, answers with a Harvest or with a FeedError's arguments, ends with the pipe."""
    from connectors.sources.feed_items import harvest

    for number in (signal.SIGINT, signal.SIGTERM):  # they reach the whole group; the parent decides
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    with contextlib.suppress(EOFError, OSError):
        pipe.send("ready")
        while True:
            job = pipe.recv()
            try:
                answer: Harvest | tuple[str, str] = harvest(job)
            except FeedError as fault:
                answer = (fault.diagnosis, str(fault).removeprefix(f"{fault.diagnosis}: "))
            except MemoryError:
                answer = ("too-large", "reading it takes too much memory")
            except Exception as fault:  # noqa: BLE001  # the edge of the process: the fault is the body's, and is told
                answer = ("malformed", f"{type(fault).__name__}: {fault}")
            pipe.send(answer)
