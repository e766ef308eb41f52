"""The HTTP client against a scripted server on loopback. Numbers in docstrings are lines of the poller's checklist."""

import asyncio
import gzip
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from peers.http_server import Answer, FeedServer

from connectors.addresses import refusal
from connectors.fetch import Fetcher, Limits, user_agent
from streams.errors import FetchError

ROOT = Path(__file__).parents[2]


class Names(AbstractResolver):
    """A resolver that knows what it is told; each name's last answer is repeated."""

    def __init__(self, **answers: list[str]) -> None:
        self.answers = {name.replace("_", "."): found for name, found in answers.items()}

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        known = self.answers.get(host)
        if not known:
            raise OSError(socket.EAI_NONAME, "name not known")
        address = known.pop(0) if len(known) > 1 else known[0]
        return [ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=socket.AI_NUMERICHOST)]

    async def close(self) -> None:
        """Nothing to close."""


async def diagnosis(fetcher: Fetcher, address: str, *, allow_private: bool = True) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetcher.get(address, allow_private=allow_private)
    return caught.value


# --------------------------------------------------------------------------------------------------------- validators


async def test_validators_are_sent_back_byte_for_byte(feed_server: FeedServer) -> None:
    """1: quotes, backslash, weakness mark and an odd date come back unchanged."""
    odd = {"ETag": 'W/"a\\"b"', "Last-Modified": "sun, 21-apr-24  18:05:09 gmt"}
    address = feed_server.script("/feed", Answer(body=b"x", headers=odd, validators=True))
    async with Fetcher() as fetcher:
        first = await fetcher.get(address, allow_private=True)
        second = await fetcher.get(address, etag=first.etag, last_modified=first.last_modified, allow_private=True)
    assert feed_server.log[1].headers["if-none-match"] == odd["ETag"]
    assert feed_server.log[1].headers["if-modified-since"] == odd["Last-Modified"]
    assert (second.status, second.body) == (304, None)


async def test_a_304_nobody_asked_for_is_a_failure(feed_server: FeedServer) -> None:
    address = feed_server.script("/feed", Answer(status=304))
    async with Fetcher() as fetcher:
        assert (await diagnosis(fetcher, address)).diagnosis == "http-304"


async def test_an_unconditional_request_goes_past_caches(feed_server: FeedServer) -> None:
    address = feed_server.script("/feed", Answer(body=b"x"))
    async with Fetcher() as fetcher:
        await fetcher.get(address, allow_private=True)
    assert feed_server.log[0].headers["cache-control"] == "no-cache"


async def test_the_client_says_who_it_is_and_keeps_no_cookies(feed_server: FeedServer) -> None:
    """29: name and contact; a tracking cookie is not sent back."""
    feed_server.script("/feed", Answer(body=b"x", headers={"Set-Cookie": "id=1"}))
    address = feed_server.url("/feed", "localhost")  # a cookie jar keeps none of a bare number anyway
    async with Fetcher(contact="https://desk.example/contact") as fetcher:
        await fetcher.get(address, allow_private=True)
        await fetcher.get(address, allow_private=True)
    assert feed_server.log[1].headers["user-agent"] == user_agent("https://desk.example/contact")
    assert user_agent("https://desk.example/contact").endswith("(news feed alerts; +https://desk.example/contact)")
    assert "cookie" not in feed_server.log[1].headers


# ------------------------------------------------------------------------------------------------------------- limits


async def test_a_slow_drip_is_given_up_at_the_total_deadline(feed_server: FeedServer) -> None:
    """8: one byte at a time never trips a socket time-out; other fetches are not late meanwhile."""
    slow = feed_server.script("/slow", Answer(body=b"x" * 1000, drip_s=0.05))
    quick = feed_server.script("/quick", Answer(body=b"x"))
    async with Fetcher(limits=Limits(total_s=0.6, silence_s=0.3)) as fetcher:
        begun = time.monotonic()
        dripping = asyncio.create_task(diagnosis(fetcher, slow))
        await fetcher.get(quick, allow_private=True)
        assert time.monotonic() - begun < 0.4
        assert (await dripping).diagnosis == "timed-out"
    assert 0.5 < time.monotonic() - begun < 2


async def test_a_silent_server_is_given_up(feed_server: FeedServer) -> None:
    async def never(_: object) -> Answer:
        await asyncio.sleep(5)
        return Answer()

    address = feed_server.script("/feed", never)
    async with Fetcher(limits=Limits(total_s=3, silence_s=0.2)) as fetcher:
        begun = time.monotonic()
        assert (await diagnosis(fetcher, address)).diagnosis == "timed-out"
    assert time.monotonic() - begun < 1


async def test_what_inflates_past_the_cap_is_refused(feed_server: FeedServer) -> None:
    """9: it is inflated bytes that count, so a small compressed answer is stopped too."""
    packed = gzip.compress(b"\0" * 5_000_000)
    address = feed_server.script("/bomb", Answer(body=packed, headers={"Content-Encoding": "gzip"}))
    async with Fetcher(limits=Limits(body_bytes=1_000_000)) as fetcher:
        assert (await diagnosis(fetcher, address)).diagnosis == "too-large"
    async with Fetcher(limits=Limits(body_bytes=5_000_000)) as fetcher:
        fetched = await fetcher.get(address, allow_private=True)
    assert fetched.body is not None
    assert len(fetched.body) == 5_000_000


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_a_decompression_bomb_costs_little_memory() -> None:
    """9: 400 MB behind 408 KB; the whole process, interpreter included, stays under 150 MB (without streaming: 851 MB)."""
    program = """
import asyncio, sys, zlib
sys.path[:0] = ["tests"]
from peers.http_server import Answer, FeedServer
from connectors.fetch import Fetcher
from streams.errors import FetchError

async def main():
    packer = zlib.compressobj(9, wbits=31)
    packed = b"".join(packer.compress(bytes(2**20)) for _ in range(400)) + packer.flush()
    async with FeedServer() as server, Fetcher() as fetcher:
        address = server.script("/bomb", Answer(body=packed, headers={"Content-Encoding": "gzip"}))
        try:
            await fetcher.get(address, allow_private=True)
        except FetchError as fault:
            peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
            print(fault.diagnosis, len(packed), int(peak) // 1024)

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    said, packed, peak_mb = done.stdout.split()
    assert said == "too-large"
    assert int(packed) < 450_000
    assert int(peak_mb) < 150


@pytest.mark.parametrize("length", ["5", "500"])
async def test_a_content_length_that_lies_does_not_lose_or_hang(feed_server: FeedServer, length: str) -> None:
    """9: announced too short, the rest is not ours; announced too long, what came is kept and called broken."""

    async def lying(_: object) -> Answer:
        return Answer(body=b"0123456789", headers={"Content-Length": length}, cut=length == "500")

    address = feed_server.script("/feed", lying)
    async with Fetcher(limits=Limits(total_s=2)) as fetcher:
        fetched = await fetcher.get(address, allow_private=True)
    assert (fetched.body, bool(fetched.broken)) == (b"01234", length == "500")


# -------------------------------------------------------------------------------------------------------------- guard

INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "::1",
    "10.0.0.1",
    "172.16.5.4",
    "192.168.1.1",
    "100.64.0.1",
    "fd12:3456::1",
    "fe80::1%eth0",
    "169.254.169.254",
    "169.254.0.1",
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "ff02::1",
    "255.255.255.255",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "100.100.100.200",
    "fd00:ec2::254",
    "nonsense",
]
NEVER = [
    "169.254.169.254",
    "fe80::1",
    "0.0.0.0",
    "224.0.0.1",
    "::ffff:169.254.169.254",
    "fd00:ec2::254",
    "100.100.100.200",
    "64:ff9b::a9fe:a9fe",
]


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_are_refused(address: str) -> None:
    """10: also when an IPv4 address is wrapped in IPv6."""
    assert refusal(address, allow_private=False)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_public_addresses_are_open(address: str) -> None:
    assert refusal(address, allow_private=False) == ""


@pytest.mark.parametrize("address", NEVER)
def test_metadata_and_link_local_addresses_stay_shut_for_private_feeds(address: str) -> None:
    assert refusal(address, allow_private=True)


async def test_a_literal_address_is_refused_and_the_allow_list_opens_it(feed_server: FeedServer) -> None:
    """10: a literal never meets a resolver, so a guard in the resolver lets it through."""
    address = feed_server.script("/feed", Answer(body=b"x"))
    async with Fetcher() as fetcher:
        fault = await diagnosis(fetcher, address, allow_private=False)
        assert str(fault) == (
            f"refused-address: {address}: refused by the address guard: 127.0.0.1 is not a public address; "
            "set allow_private on the feed if it is meant"
        )
        assert feed_server.log == []
        await fetcher.get(address, allow_private=True)
        assert (await diagnosis(fetcher, address, allow_private=False)).diagnosis == "refused-address"


async def test_a_name_is_judged_by_the_address_connected_to(feed_server: FeedServer) -> None:
    """10: names that resolve into the house, also when they resolved to a public address a moment before."""
    feed_server.script("/feed", Answer(body=b"x"))
    names = Names(inside_example=["127.0.0.1"], turning_example=["203.0.113.9", "127.0.0.1"])
    async with Fetcher(resolver=names) as fetcher:
        assert (
            await diagnosis(fetcher, feed_server.url("/feed", "inside.example"), allow_private=False)
        ).diagnosis == "refused-address"
        await names.resolve("turning.example")  # whoever checks the name first sees a public address
        assert (
            await diagnosis(fetcher, feed_server.url("/feed", "turning.example"), allow_private=False)
        ).diagnosis == "refused-address"
    assert feed_server.log == []


async def test_every_name_of_a_host_is_refused_when_all_are_inside(feed_server: FeedServer) -> None:
    """The connector merges the errors of several addresses into one text; the diagnosis must survive that."""
    async with Fetcher() as fetcher:
        assert (await diagnosis(fetcher, feed_server.url("/feed", "localhost"), allow_private=False)).diagnosis == "refused-address"


async def test_a_redirect_into_the_metadata_service_is_refused(feed_server: FeedServer) -> None:
    """10: each hop is a new connection and passes the guard again."""
    address = feed_server.script("/feed", Answer(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}))
    async with Fetcher() as fetcher:
        assert (await diagnosis(fetcher, address)).diagnosis == "refused-address"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/feed", "gopher://example.org/", "javascript:1"])
async def test_only_http_is_followed(feed_server: FeedServer, target: str) -> None:
    address = feed_server.script("/feed", Answer(status=302, headers={"Location": target}))
    async with Fetcher() as fetcher:
        assert (await diagnosis(fetcher, address)).diagnosis == "bad-address"
        if target.startswith(("file", "ftp")):
            assert (await diagnosis(fetcher, target)).diagnosis == "bad-address"


# ---------------------------------------------------------------------------------------------------------- redirects


@pytest.mark.parametrize(("status", "permanent"), [(301, True), (308, True), (302, False), (303, False), (307, False)])
async def test_permanent_and_temporary_redirects_are_told_apart(feed_server: FeedServer, status: int, *, permanent: bool) -> None:
    """11."""
    address = feed_server.script("/old", Answer(status=status, headers={"Location": "/new?x=1"}))
    new = feed_server.script("/new", Answer(body=b"x")) + "?x=1"
    async with Fetcher() as fetcher:
        fetched = await fetcher.get(address, allow_private=True)
    assert (fetched.address, fetched.permanent) == (new, new if permanent else "")
    assert fetched.headers["content-location"] == new


async def test_a_permanent_redirect_counts_up_to_the_first_temporary_one(feed_server: FeedServer) -> None:
    address = feed_server.script("/a", Answer(status=301, headers={"Location": "/b"}))
    stored = feed_server.script("/b", Answer(status=302, headers={"Location": "/c"}))
    feed_server.script("/c", Answer(status=301, headers={"Location": "/d"}))
    last = feed_server.script("/d", Answer(body=b"x"))
    async with Fetcher() as fetcher:
        fetched = await fetcher.get(address, allow_private=True)
    assert (fetched.permanent, fetched.address) == (stored, last)


async def test_loops_and_endless_chains_are_given_up(feed_server: FeedServer) -> None:
    """11: five redirects are walked, six are not."""
    loop = feed_server.script("/loop", Answer(status=302, headers={"Location": "/pool"}))
    feed_server.script("/pool", Answer(status=302, headers={"Location": "/loop"}))
    for hop in range(6):
        feed_server.script(f"/hop{hop}", Answer(status=302, headers={"Location": f"/hop{hop + 1}"}))
    feed_server.script("/hop6", Answer(body=b"x"))
    async with Fetcher() as fetcher:
        assert (await diagnosis(fetcher, loop)).diagnosis == "redirect-loop"
        assert len(feed_server.log) == 2
        assert (await diagnosis(fetcher, feed_server.url("/hop0"))).diagnosis == "redirect-loop"
        assert (await fetcher.get(feed_server.url("/hop1"), allow_private=True)).body == b"x"


async def test_a_feeds_own_headers_stay_with_its_origin(feed_server: FeedServer) -> None:
    """A redirect to another host must not carry the password there."""
    other = feed_server.url("/other", "localhost")
    address = feed_server.script("/feed", Answer(status=302, headers={"Location": "/here"}))
    feed_server.script("/here", Answer(status=302, headers={"Location": other}))
    feed_server.script("/other", Answer(body=b"x"))
    async with Fetcher() as fetcher:
        await fetcher.get(address, headers=(("Authorization", "Bearer hush"),), allow_private=True)
    assert [line.headers.get("authorization") for line in feed_server.log] == ["Bearer hush", "Bearer hush", None]


# ---------------------------------------------------------------------------------------------------------- diagnoses


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 500, 503])
async def test_a_bad_status_is_its_own_diagnosis(feed_server: FeedServer, status: int) -> None:
    address = feed_server.script("/feed", Answer(status=status, body=b"<html>sorry</html>"))
    async with Fetcher() as fetcher:
        fault = await diagnosis(fetcher, address)
    assert (fault.diagnosis, fault.status, fault.retry_after_s) == (f"http-{status}", status, None)


async def test_a_challenge_is_recognised_by_its_header(feed_server: FeedServer) -> None:
    address = feed_server.script("/feed", Answer(status=403, headers={"cf-mitigated": "challenge"}))
    async with Fetcher() as fetcher:
        assert (await diagnosis(fetcher, address)).diagnosis == "challenge"


async def test_retry_after_in_seconds_and_as_a_date(feed_server: FeedServer) -> None:
    """4: the date is read against the server's own clock, here five minutes behind ours."""
    theirs = datetime.now(UTC) - timedelta(minutes=5)
    until = {
        "Retry-After": format_datetime(theirs + timedelta(seconds=90), usegmt=True),
        "Date": format_datetime(theirs, usegmt=True),
    }
    seconds = feed_server.script("/seconds", Answer(status=429, headers={"Retry-After": "120"}))
    date = feed_server.script("/date", Answer(status=503, headers=until))
    endless = feed_server.script("/endless", Answer(status=429, headers={"Retry-After": "99999999"}))
    nonsense = feed_server.script("/nonsense", Answer(status=429, headers={"Retry-After": "soon"}))
    async with Fetcher() as fetcher:
        assert (await diagnosis(fetcher, seconds)).retry_after_s == 120
        assert (await diagnosis(fetcher, date)).retry_after_s == 90
        assert (await diagnosis(fetcher, endless)).retry_after_s == 86_400
        assert (await diagnosis(fetcher, nonsense)).retry_after_s is None


async def test_connection_faults_have_names(feed_server: FeedServer) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        shut = f"http://127.0.0.1:{free.getsockname()[1]}/"
    async with Fetcher(resolver=Names()) as fetcher:
        assert (await diagnosis(fetcher, shut)).diagnosis == "connect"
        assert (await diagnosis(fetcher, "http://nowhere.example/")).diagnosis == "dns"
        assert (await diagnosis(fetcher, feed_server.url("/").replace("http:", "https:"))).diagnosis == "tls"
        assert (await diagnosis(fetcher, "http://[bad/")).diagnosis == "bad-address"
        assert (await diagnosis(fetcher, "/etc/passwd")).diagnosis == "bad-address"


async def test_a_server_that_speaks_no_http_or_hangs_up_has_a_name() -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readline()).split()[1]
        writer.write(b"220 ready\r\n\r\n" if path == b"/ftp" else b"")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(rude, "127.0.0.1", 0)
    async with server, Fetcher() as fetcher:
        place = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        assert (await diagnosis(fetcher, place + "/ftp")).diagnosis == "bad-answer"
        assert (await diagnosis(fetcher, place + "/gone")).diagnosis == "disconnected"


async def test_messages_tell_no_secrets(feed_server: FeedServer) -> None:
    """29: user, password and query never stand in a diagnosis."""
    address = feed_server.url("/feed?key=hush").replace("http://", "http://desk:hush@")
    async with Fetcher() as fetcher:
        for allow_private in (True, False):
            fault = await diagnosis(fetcher, address, allow_private=allow_private)
            assert "hush" not in str(fault)
            assert feed_server.url("/feed") in str(fault)
