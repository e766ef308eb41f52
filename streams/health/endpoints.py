"""What the process says of itself over HTTP: /metrics for Prometheus, /healthz and /readyz for whoever starts and stops it.

Served by every run and role that is given an address, on its own event loop: a loop that hangs answers nobody, which is the
truth. /healthz is 503 when a stage has work and finishes nothing or the store cannot be read, with the reason in words;
what is wrong and goes on by itself (a channel that is away, a disk that is full for the moment) is named and stays 200. /readyz
is 503 until everything the process waits for stands. Nothing here is secret, and nothing changes anything: GET only.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from streams import pulse
from streams.errors import EnvironmentFault
from streams.health.vitals import StoreCollector
from streams.metrics import LOOP_LAG_SECONDS, REGISTRY, begin
from streams.pulse import Pulse
from streams.settings.model import host_and_port
from streams.store.store import Store
from streams.store.vitals import vitals

ANSWER_S = 5.0  # for the store's part of an answer; then the store counts as one that cannot be read
UNTAKEN_S = 300.0  # articles that wait this long while the stage that takes them is idle: it has lost its way
_TICK_S = 1.0

_log = structlog.get_logger("health")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is asked.

    Attributes:
        role: whose health it is: "run", "ingest", "extract", "match", "deliver".
        store: None where the role opens none.
    """

    role: str
    store: Store | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)  # ingest's clock
    feeds: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    pulse: Pulse = pulse.HERE


@asynccontextmanager
async def serving(address: str, subject: Subject) -> AsyncIterator[str]:
    """Serves until the block ends; gives the address with the real port. "" serves nothing.

    Raises EnvironmentFault when the address cannot be bound. It is one that `settings.host_and_port` reads.
    """
    if not address:
        yield ""
        return
    begin(subject.role, _version(), subject.channels)
    host, port = host_and_port(address)
    runner = web.AppRunner(_app(subject), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    ticking = asyncio.create_task(_tick())
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as fault:
            reason = fault.strerror or str(fault)
            raise EnvironmentFault(f"health: {host}:{port} cannot be listened on: {reason}; name another address") from fault
        served = f"{host}:{runner.addresses[0][1]}"
        _log.info("health served", address=served, role=subject.role)
        yield served
    finally:
        ticking.cancel()
        with suppress(asyncio.CancelledError):
            await ticking
        await runner.cleanup()


async def health(subject: Subject) -> tuple[bool, dict[str, object]]:
    """Whether the process works, and the answer of /healthz."""
    stuck = subject.pulse.stuck()
    store = await _asked(lambda store: _store_words(store, subject), subject.store)
    wrong = {f"stage {name}": words for name, words in stuck.items()} | ({"store": store} if store else {})
    answer: dict[str, object] = {"healthy": not wrong, "role": subject.role, "wrong": wrong}
    return not wrong, answer | {"doubts": subject.pulse.doubted(), "stages": subject.pulse.stages()}


def readiness(subject: Subject) -> tuple[bool, dict[str, object]]:
    """Whether the process is ready for work, and the answer of /readyz."""
    parts = subject.pulse.parts()
    ready = bool(parts) and all(parts.values())
    awaited = [name for name, how in parts.items() if not how]
    return ready, {"ready": ready, "role": subject.role, "awaits": awaited, "stands": {k: v for k, v in parts.items() if v}}


def _app(subject: Subject) -> web.Application:
    registry = CollectorRegistry(auto_describe=True)
    if subject.store is not None:
        registry.register(StoreCollector(subject.store, subject.now, subject.feeds, subject.channels))

    async def metrics(request: web.Request) -> web.Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        try:
            async with asyncio.timeout(ANSWER_S):
                of_store = await asyncio.to_thread(encode, registry)
        except (EnvironmentFault, TimeoutError) as fault:  # what the process itself counts is shown all the same
            _log.warning("the store cannot be read for metrics", fault=str(fault) or f"no answer within {ANSWER_S:g} s")
            of_store = encode(CollectorRegistry())
        end = b"# EOF\n"  # OpenMetrics ends with it, once
        body = of_store.removesuffix(end) + encode(REGISTRY)
        return web.Response(body=body, headers={"Content-Type": content_type})

    async def healthz(_: web.Request) -> web.Response:
        well, answer = await health(subject)
        return web.json_response(answer, status=200 if well else 503)

    async def readyz(_: web.Request) -> web.Response:
        ready, answer = readiness(subject)
        return web.json_response(answer, status=200 if ready else 503)

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    return app


async def _asked(ask: Callable[[Store], str], store: Store | None) -> str:
    """What is wrong with the store, "" for nothing."""
    if store is None:
        return ""
    try:
        async with asyncio.timeout(ANSWER_S):
            return await asyncio.to_thread(ask, store)
    except TimeoutError:
        return f"cannot be read: no answer within {ANSWER_S:g} s"
    except EnvironmentFault as fault:
        return f"cannot be read: {fault}"


def _store_words(store: Store, subject: Subject) -> str:
    """What the store shows to be wrong, from outside of the stages: work that nobody has in hand."""
    known, still_s = vitals(store), subject.pulse.still_s("match")
    if known.waiting and still_s > UNTAKEN_S and subject.pulse.parts().get("lock") == pulse.HELD:  # else another one decides
        return f"{known.waiting} articles wait and none has been taken up for {still_s:.0f} s"
    return ""


def _version() -> str:
    try:
        return version("tocsin")
    except PackageNotFoundError:  # run from a checkout
        return "dev"


async def _tick() -> None:
    """Measures how late the loop is."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + _TICK_S
        await asyncio.sleep(_TICK_S)
        LOOP_LAG_SECONDS.set(max(0.0, loop.time() - due))
