"""Extraction in spawned processes: text goes in, readings come out, and a process that dies loses nothing.

Called by the local run and by `ingest` on one host. Only the parent opens the store; a child gets an article and returns a
reading, and ends with the parent, also in the middle of an article or of loading. An article whose third
process dies (or runs out of time) is answered as unread, with the reason.
"""

import asyncio
import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import structlog

from streams import metrics, pulse, wire
from streams.errors import EnvironmentFault, UsageError
from streams.records.flow import Article, Reading

MAX_DEATHS = 3  # of processes on one article before it is set aside (DESIGN 1)
EXTRACTION_TIME_OUT_S = 60.0  # for one article; the longest seen took 0.2 s (facts on extraction), so this is a hang
AHEAD_CHARS = 16_000  # of an article handed to a child that works: it must fit into the pipe whole, or the parent would wait
START_TIME_OUT_S = 120.0  # for loading the model; about 2 s on a quiet machine

_log = structlog.get_logger("workers")
_spawn = multiprocessing.get_context("spawn")  # fork would copy the parent's open store and threads


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a child needs to build its extractor."""

    model: str
    knowledge: tuple[Path, ...] = ()


@dataclass(slots=True, eq=False)
class _Job:
    article: Article
    answer: "asyncio.Future[Reading]"
    deaths: int
    begun: float = 0.0  # perf_counter: when a child got it last


@dataclass(slots=True, eq=False)
class _Child:
    process: BaseProcess
    pipe: Connection
    jobs: deque[_Job] = field(default_factory=deque)  # the first is in work, the other waits in the pipe
    overdue: asyncio.TimerHandle | None = None  # of the first
    ready: bool = False
    late: bool = False  # killed because it ran out of time


@dataclass(slots=True, eq=False)
class Pool:
    """A fixed number of extraction processes.

    Args:
        recipe: how a child builds its extractor.
        count: processes.
        died: told of each death; returns how many processes the article has cost so far, across restarts.
    """

    recipe: Recipe
    count: int
    died: Callable[[Article], int]
    time_out_s: float = EXTRACTION_TIME_OUT_S
    _children: list[_Child] = field(default_factory=list)
    _waiting: deque[_Job] = field(default_factory=deque)
    _started: "asyncio.Future[str] | None" = None
    _stopping: bool = False

    async def start(self) -> str:
        """The extractor's version, once the first child is ready.

        Raises UsageError when the extractor cannot be built (no such model), EnvironmentFault when no child gets ready.
        """
        self._started = asyncio.get_running_loop().create_future()
        for _ in range(self.count):
            self._spawn()
        try:
            return await asyncio.wait_for(self._started, START_TIME_OUT_S)
        except TimeoutError as fault:
            raise EnvironmentFault(f"no extraction process got ready within {START_TIME_OUT_S:.0f} s") from fault

    async def read(self, article: Article, *, deaths: int = 0) -> Reading:
        """The reading of one article; `deaths` is what it has cost before this run."""
        job = _Job(article, asyncio.get_running_loop().create_future(), deaths)
        if deaths >= MAX_DEATHS:
            return _read(Reading(article=article, extractor="", unread="died"), 0.0)
        with pulse.HERE.work("extract"):
            self._waiting.append(job)
            self._deal()
            return await job.answer

    def stop(self) -> None:
        """Ends all children at once; unanswered articles stay where they were."""
        self._stopping = True
        for child in self._children:
            self._forget(child)
            child.process.kill()
        for child in self._children:
            child.process.join(timeout=5)
        self._children.clear()

    @property
    def pids(self) -> Sequence[int]:
        """Of the running children."""
        return [child.process.pid for child in self._children if child.process.pid]

    def _spawn(self) -> None:
        ours, theirs = _spawn.Pipe()
        process = _spawn.Process(target=_child_main, args=(theirs, self.recipe), name="tocsin-extract", daemon=True)
        process.start()
        theirs.close()  # or the child would never see the pipe close
        child = _Child(process, ours)
        self._children.append(child)
        asyncio.get_running_loop().add_reader(ours.fileno(), self._heard, child)

    def _deal(self) -> None:
        metrics.EXTRACTION_PROCESSES.set(sum(child.ready for child in self._children))
        self._hand_out()
        metrics.EXTRACTION_QUEUE.set(len(self._waiting))

    def _hand_out(self) -> None:
        """One to each idle child; where plenty wait one more to each, or it would stand idle until the parent gets round to it."""
        ready = [child for child in self._children if child.ready]
        for child in ready:
            if self._waiting and not child.jobs:
                self._hand_to(child, self._waiting.popleft())
        for child in ready:
            if len(self._waiting) > len(ready) and len(child.jobs) == 1 and _chars(self._waiting[0].article) <= AHEAD_CHARS:
                self._hand_to(child, self._waiting.popleft())

    def _hand_to(self, child: _Child, job: _Job) -> None:
        child.jobs.append(job)
        if len(child.jobs) == 1:
            self._begin(child)
        try:
            child.pipe.send_bytes(wire.encode(job.article))
        except OSError:
            _log.warning("extraction process is gone", pid=child.process.pid)  # its closed pipe is heard next

    def _begin(self, child: _Child) -> None:
        """The first of the child's articles is in work from now on."""
        child.jobs[0].begun = time.perf_counter()
        child.overdue = asyncio.get_running_loop().call_later(self.time_out_s, self._kill_late, child)

    def _kill_late(self, child: _Child) -> None:
        child.late = True
        child.process.kill()

    def _heard(self, child: _Child) -> None:
        try:
            kind, body, trace = child.pipe.recv()
        except (EOFError, OSError):
            self._buried(child)
            return
        if kind == "ready":
            child.ready = True
            if self._started and not self._started.done():
                self._started.set_result(body)
        elif kind == "failed":
            self._refuse(body)
        elif child.jobs:
            self._answer(child.jobs.popleft(), child, body, trace)
            return
        self._deal()

    def _answer(self, job: _Job, child: _Child, body: bytes, trace: str) -> None:
        if child.overdue:
            child.overdue.cancel()
        if child.jobs:
            self._begin(child)
        self._deal()  # before the answer is looked at: the child is not to wait for that
        if trace:
            _log.error("extraction failed", article=job.article.id, revision=job.article.revision, traceback=trace)
        if not job.answer.done():
            job.answer.set_result(_read(wire.decode(body, Reading), time.perf_counter() - job.begun))

    def _refuse(self, reason: str) -> None:
        if self._started and not self._started.done():
            self._started.set_exception(UsageError(reason))

    def _buried(self, child: _Child) -> None:
        self._forget(child)
        self._children.remove(child)
        metrics.EXTRACTION_PROCESSES.set(sum(one.ready for one in self._children))
        if self._stopping:
            return
        job = child.jobs.popleft() if child.jobs else None
        self._waiting.extendleft(reversed(child.jobs))  # what it had not begun costs nobody anything
        if not child.ready and self._started and not self._started.done():  # later, a process that dies while starting is replaced
            self._refuse("the extraction process ended before it was ready; its own words stand above")
            return
        metrics.EXTRACTION_DEATHS.labels("timed-out" if child.late else "died").inc()
        _log.error("extraction process died", pid=child.process.pid, article=job.article.id if job else None, late=child.late)
        self._spawn()
        if job is not None and not job.answer.done():
            self._cost(job, "timed-out" if child.late else "died")
        self._deal()

    def _cost(self, job: _Job, reason: str) -> None:
        """The article has cost a process: it is tried again, or answered as unread."""
        job.deaths = max(self.died(job.article), job.deaths + 1)
        if job.deaths >= MAX_DEATHS:
            job.answer.set_result(_read(Reading(article=job.article, extractor="", unread=reason), time.perf_counter() - job.begun))
        else:
            self._waiting.appendleft(job)

    def _forget(self, child: _Child) -> None:
        asyncio.get_running_loop().remove_reader(child.pipe.fileno())
        child.pipe.close()
        if child.overdue:
            child.overdue.cancel()


def _chars(article: Article) -> int:
    return len(article.title) + len(article.summary) + len(article.text)


def _read(reading: Reading, took_s: float) -> Reading:
    """The reading, told and counted."""
    article, unread = reading.article, (reading.unread or "read").partition(":")[0]
    outcome = unread if unread in ("read", "died", "timed-out", "failed") else "unread"
    metrics.EXTRACTIONS.labels(outcome).inc()
    metrics.EXTRACTION_SECONDS.observe(took_s)
    metrics.EVENTS_READ.inc(len(reading.events))
    told = {"article": article.id, "revision": article.revision, "events": len(reading.events), "took_s": round(took_s, 4)}
    _log.info("read", **told, **({"unread": reading.unread} if reading.unread else {}))
    return reading


def _child_main(pipe: Connection, recipe: Recipe) -> None:
    """Life of a child: build the extractor, answer articles, end with the pipe."""
    for number in (signal.SIGINT, signal.SIGTERM):  # they reach the whole group; the parent decides when to stop
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from streams.extract.reader import load
    from streams.knowledge.world import load as load_knowledge

    try:
        extractor = load(recipe.model, load_knowledge(*recipe.knowledge))
    except UsageError as fault:
        pipe.send(("failed", str(fault), ""))
        return
    pipe.send(("ready", extractor.version, ""))
    while True:
        try:
            article = wire.decode(pipe.recv_bytes(), Article)
        except (EOFError, OSError):
            return
        trace = ""
        try:
            reading = extractor.read([article])[0]
        except Exception as fault:  # noqa: BLE001 - the edge of the worker: the record is answered, the parent says so, the loop goes on
            trace = traceback.format_exc()
            reading = Reading(article=article, extractor=extractor.version, unread=f"failed: {type(fault).__name__}: {fault}")
        pipe.send(("reading", wire.encode(reading), trace))


def _end_with_parent() -> None:
    """The closed pipe is seen between two articles only; a child that hangs in one must not outlive a killed parent."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(0)
