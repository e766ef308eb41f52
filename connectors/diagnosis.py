"""What a fetch that brought nothing is called: the diagnosis in every FetchError, and how long the server asks us to wait.

Called by `connectors.fetch` only. Messages never hold what may be secret in an address.
"""

import socket
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from yarl import URL

from streams.errors import FetchError

GUARD = "refused by the address guard"  # how the guard's refusals are told apart: the connector merges several errors into one text
RETRY_AFTER_LIMIT_S = 86_400.0  # assumption: who asks for more than a day is misconfigured; we look once a day


def shown(address: str) -> str:
    """The address without what may be secret in it (user, password, query), for messages."""
    scheme, separator, rest = address.partition("?")[0].partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}"


def http_date(text: str) -> datetime | None:
    """The instant of an HTTP date header in UTC, None when it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _retry_after_s(text: str, date: datetime | None) -> float | None:
    """Seconds to wait, from seconds or from a date read against the server's own clock; None when not said."""
    if text.strip().isdecimal():
        return min(float(text), RETRY_AFTER_LIMIT_S)
    until = http_date(text)
    if until is None:
        return None
    return min(max(0.0, (until - (date or datetime.now(UTC))).total_seconds()), RETRY_AFTER_LIMIT_S)


def refused_by_server(answer: aiohttp.ClientResponse, url: URL, date: datetime | None) -> FetchError:
    """What an answer without a usable status is called; `date` is the server's own clock."""
    challenged = answer.headers.get("cf-mitigated", "") == "challenge"  # Miniflux reads it on 403
    return FetchError(
        "challenge" if challenged else f"http-{answer.status}",
        f"{shown(str(url))} answered {answer.status} {answer.reason or ''}".rstrip(),
        status=answer.status,
        retry_after_s=_retry_after_s(answer.headers.get("Retry-After", ""), date),
    )


def diagnosed(fault: Exception, address: str) -> FetchError:
    """What a failed connection or a broken answer is called."""
    place = shown(address)
    reasons = str(getattr(fault, "os_error", fault))
    if GUARD in reasons:
        return FetchError("refused-address", f"{place}: {reasons.partition('] ')[2] or reasons}")
    match fault:
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return FetchError("tls", f"{place}: {fault}")
        case aiohttp.ClientConnectorDNSError() | socket.gaierror():
            return FetchError("dns", f"{place}: {fault}")
        case aiohttp.ClientConnectorError():
            return FetchError("connect", f"{place}: {fault}")
        case aiohttp.InvalidURL():
            return FetchError("bad-address", f"{place} is no address that can be fetched")
        case aiohttp.ClientResponseError() | aiohttp.ClientPayloadError() | ValueError():
            return FetchError("bad-answer", f"{place}: {fault}")
        case _:
            return FetchError("disconnected", f"{place}: {fault or type(fault).__name__}")
