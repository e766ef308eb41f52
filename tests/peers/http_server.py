"""A scripted HTTP server on loopback: what a path answers is set by the test, and every request is in the access log.

Runs in the test's own event loop. Used as the fixture `feed_server` (tests/conftest.py) or as an async context manager.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Self

import pytest
from aiohttp import web


@dataclass(slots=True)
class Answer:
    """One scripted answer."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip_s: float = 0.0  # seconds between single bytes of the body; 0: all at once
    cut: bool = False  # announce the whole body, send half, close
    validators: bool = False  # answer 304 when If-None-Match or If-Modified-Since repeats our header


@dataclass(frozen=True, slots=True)
class Access:
    """One line of the access log."""

    method: str
    path: str  # with query
    headers: dict[str, str]  # names in lower case
    at: float  # monotonic seconds
    status: int


@pytest.fixture
async def feed_server() -> AsyncIterator["FeedServer"]:
    async with FeedServer() as server:
        yield server


Script = Answer | Callable[[web.Request], Answer | Awaitable[Answer]]


class FeedServer:
    """Answers each path from its list of scripts; the last one is repeated for ever.

    Attributes:
        log: every request in order of its arrival.
        open_now, most_open: requests under way, and the most there ever were at once.
    """

    def __init__(self) -> None:
        self.log: list[Access] = []
        self.open_now = 0
        self.most_open = 0
        self.port = 0
        self._scripts: dict[str, list[Script]] = {}
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """The address of a path; "localhost" is another host to a client, and the same server."""
        return f"http://{host}:{self.port}{path}"

    def script(self, path: str, *answers: Script) -> str:
        """Sets what the path answers from now on, in order; its address."""
        self._scripts[path] = list(answers)
        return self.url(path)

    def count(self, path: str) -> int:
        """Requests that the path (without query) has had."""
        return sum(line.path.partition("?")[0] == path for line in self.log)

    def asked(self, path: str) -> list[Access]:
        """The log lines of a path (without query)."""
        return [line for line in self.log if line.path.partition("?")[0] == path]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        try:
            scripts = self._scripts.get(request.path, [])
            script = (scripts.pop(0) if len(scripts) > 1 else scripts[0]) if scripts else Answer(status=404)
            made = script(request) if callable(script) else script
            answer = made if isinstance(made, Answer) else await made
            if answer.validators and _repeats(request, answer):
                answer = Answer(status=304, headers=answer.headers)
            headers = {name.lower(): value for name, value in request.headers.items()}
            self.log.append(Access(request.method, request.path_qs, headers, time.monotonic(), answer.status))
            return await _send(request, answer)
        finally:
            self.open_now -= 1


def _repeats(request: web.Request, answer: Answer) -> bool:
    asked, had = request.headers.get("If-None-Match"), answer.headers.get("ETag")
    since, modified = request.headers.get("If-Modified-Since"), answer.headers.get("Last-Modified")
    return asked == had if asked else bool(since) and since == modified


async def _send(request: web.Request, answer: Answer) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    if answer.status != 304 and "Content-Length" not in answer.headers and "Transfer-Encoding" not in answer.headers:
        response.content_length = len(answer.body)
    await response.prepare(request)
    if answer.cut:
        await response.write(answer.body[: len(answer.body) // 2])
        assert request.transport is not None
        request.transport.close()
        return response
    if answer.drip_s:
        for position in range(len(answer.body)):
            await response.write(answer.body[position : position + 1])
            await asyncio.sleep(answer.drip_s)
    elif answer.body and answer.status != 304:
        await response.write(answer.body)
    await response.write_eof()
    return response
