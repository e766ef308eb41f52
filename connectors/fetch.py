"""The only HTTP client: one GET with limits and guards, answered with bytes or with a diagnosis.

Called by the sources. Keeps nothing between two calls but connections; knows no feed format; never retries (the poller does).
Redirects are walked by hand, because the parser and the cursor must know permanent from temporary, and because every hop
has to pass the address guard and must not be handed the feed's own headers on another origin.
"""

import asyncio
import errno
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Protocol, Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from connectors.addresses import refusal
from connectors.diagnosis import GUARD, diagnosed, http_date, refused_by_server, shown
from streams.errors import FetchError

ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
PERMANENT = frozenset({301, 308})
REDIRECTS = PERMANENT | {302, 303, 307}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one fetch may cost."""

    total_s: float = 30.0  # from first connect to last byte, redirects included (NewsBlur: 30 s)
    connect_s: float = 10.0
    silence_s: float = 15.0  # between two reads; a slow drip passes this one and is stopped by total_s
    body_bytes: int = 15 * 2**20  # after inflating (Miniflux: 15 MB)
    redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A good answer: status 200 or 203 with a body, or 304 without."""

    status: int
    body: bytes | None  # None: not modified
    etag: str = ""  # as it came, quotes included
    last_modified: str = ""  # as it came
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)  # what feedparser needs: content-type, -language, -location
    address: str  # that answered in the end
    permanent: str = ""  # where an unbroken chain of permanent redirects led, "" when the first hop was not one
    date: datetime | None = None  # the server's clock, UTC; None when it did not say
    broken: str = ""  # why the body ended early, "" when it is whole


class Fetch(Protocol):
    """What sources ask for; filled by Fetcher."""

    async def get(
        self,
        address: str,
        *,
        etag: str = "",
        last_modified: str = "",
        headers: tuple[tuple[str, str], ...] = (),
        allow_private: bool = False,
    ) -> Fetched:
        """The answer to one GET; raises FetchError for everything that is no good answer."""


def user_agent(contact: str = "") -> str:
    """Who we are; `contact` is an address or page where the operator can be reached."""
    try:
        number = version("tocsin")
    except PackageNotFoundError:  # run from a checkout
        number = "dev"
    return f"Tocsin/{number} (news feed alerts{'; +' + contact if contact else ''})"


class Fetcher:
    """Fetches over one pool of connections; an async context manager. `resolver` None: names are resolved by the system."""

    def __init__(self, *, contact: str = "", limits: Limits | None = None, resolver: AbstractResolver | None = None) -> None:
        self._agent = user_agent(contact)
        self._resolver = resolver
        self._limits = limits or Limits()
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def __aenter__(self) -> Self:
        """Itself; sessions are opened when first needed."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Closes all connections."""
        await self.close()

    async def close(self) -> None:
        """Closes all connections."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def get(
        self,
        address: str,
        *,
        etag: str = "",
        last_modified: str = "",
        headers: tuple[tuple[str, str], ...] = (),
        allow_private: bool = False,
    ) -> Fetched:
        """The answer to one GET, as Fetch says. `headers` go to the origin of `address` only."""
        conditions = {"If-None-Match": etag} if etag else {}
        if last_modified:
            conditions["If-Modified-Since"] = last_modified
        if not conditions:
            conditions = {"Cache-Control": "no-cache"}
        try:
            async with asyncio.timeout(self._limits.total_s):
                return await self._walk(_url(address), conditions, headers, allow_private=allow_private)
        except TimeoutError as fault:
            raise FetchError("timed-out", f"no whole answer from {shown(address)} within the time limits") from fault
        except (aiohttp.ClientError, OSError, ValueError) as fault:
            raise diagnosed(fault, address) from fault

    async def _walk(
        self, url: URL, conditions: dict[str, str], headers: tuple[tuple[str, str], ...], *, allow_private: bool
    ) -> Fetched:
        session = self._session(allow_private=allow_private)
        origin, seen, permanent, unbroken = url.origin(), {url}, "", True
        for _ in range(self._limits.redirects + 1):
            sent = conditions | (dict(headers) if url.origin() == origin else {})
            async with session.get(url, headers=sent, allow_redirects=False) as answer:
                if answer.status not in REDIRECTS:
                    return await self._answer(answer, url, permanent, conditional="Cache-Control" not in conditions)
                target = answer.headers.get("Location", "")
                if not target:
                    raise FetchError("bad-answer", f"redirect without Location from {shown(str(url))}", status=answer.status)
                unbroken = unbroken and answer.status in PERMANENT
                url = _url(str(url.join(URL(target))))
            if url in seen:
                raise FetchError("redirect-loop", f"{shown(str(url))} redirects to itself")
            seen.add(url)
            if unbroken:
                permanent = str(url)
        raise FetchError("redirect-loop", f"more than {self._limits.redirects} redirects, last to {shown(str(url))}")

    async def _answer(self, answer: aiohttp.ClientResponse, url: URL, permanent: str, *, conditional: bool) -> Fetched:
        date = http_date(answer.headers.get("Date", ""))
        if answer.status not in {200, 203} and not (answer.status == 304 and conditional):
            raise refused_by_server(answer, url, date)
        body, broken = (None, "") if answer.status == 304 else await self._body(answer, url)
        content_type = answer.headers.get("Content-Type", "")
        about = {"content-type": content_type, "content-language": answer.headers.get("Content-Language", "")}
        return Fetched(
            status=answer.status,
            body=body,
            etag=_storable(answer.headers.get("ETag", "")),
            last_modified=_storable(answer.headers.get("Last-Modified", "")),
            content_type=content_type,
            headers={key: value for key, value in about.items() if value} | {"content-location": str(url)},
            address=str(url),
            permanent=permanent,
            date=date,
            broken=broken,
        )

    async def _body(self, answer: aiohttp.ClientResponse, url: URL) -> tuple[bytes, str]:
        """The inflated body, and why it ended early ("" when it did not)."""
        body = bytearray()
        try:
            async for chunk in answer.content.iter_chunked(2**16):
                body += chunk
                if len(body) > self._limits.body_bytes:
                    answer.close()
                    raise FetchError("too-large", f"{shown(str(url))} is more than {self._limits.body_bytes} bytes inflated")
        except aiohttp.ClientPayloadError as fault:
            if not body:
                raise
            return bytes(body), f"the answer broke off: {fault}"
        return bytes(body), ""

    def _session(self, *, allow_private: bool) -> aiohttp.ClientSession:
        if allow_private not in self._sessions:

            def guarded(info: aiohttp.AddrInfoType) -> socket.socket:
                family, kind, protocol, _, address = info
                if reason := refusal(str(address[0]), allow_private=allow_private):
                    raise OSError(errno.EACCES, f"{GUARD}: {reason}")  # an OSError: the name's next address is tried
                return socket.socket(family=family, type=kind, proto=protocol)

            limits = self._limits
            self._sessions[allow_private] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(socket_factory=guarded, limit=64, resolver=self._resolver),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=limits.connect_s, sock_read=limits.silence_s),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self._agent, "Accept": ACCEPT},
                trust_env=False,
            )
        return self._sessions[allow_private]


def _url(address: str) -> URL:
    """The address as a URL; raises FetchError when it is none we fetch."""
    try:
        url = URL(address)
    except ValueError as fault:
        raise FetchError("bad-address", f'"{shown(address)}" is no address') from fault
    if url.scheme not in {"http", "https"} or not url.host:
        raise FetchError("bad-address", f'"{shown(address)}" is no absolute http or https address')
    return url.with_fragment(None)


def _storable(header: str) -> str:
    """The header unless it cannot be sent back byte for byte (bytes that are no UTF-8): then ""."""
    try:
        header.encode()
    except UnicodeEncodeError:
        return ""
    return header
