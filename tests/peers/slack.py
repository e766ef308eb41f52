"""A stand-in for Slack's Web API on loopback: posts, edits, deletes, histories, within the limits that Slack documents.

In a test: `async with SlackPeer() as peer: SlackSink(peer.token, peer.channel, base_url=peer.base_url)`; `peer.messages` is what
people see, `peer.log` every request. As a process that outlives the one under test:
`python tests/peers/slack.py --port 0 --state FILE` prints its address, keeps FILE up to date and takes faults at /control.

Faults are said in advance, one for each writing request (chat.*) to come; pages are named beside each limit, as of 2026-11.
"""

import argparse
import asyncio
import json
import re
import time
from collections import defaultdict, deque
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

MENTION = re.compile(r"<(?:!(?:channel|here|everyone)|@[UW]\w+|!subteam\^)")
RICH = {"rich_text_section", "rich_text_quote", "rich_text_list", "rich_text_preformatted"}
PINGS = {"broadcast", "user", "usergroup"}


@dataclass(frozen=True)
class Fault:
    """What becomes of one writing request.

    "429": refused with Retry-After `seconds`. "500", "503": refused with that status. "drop": the connection is cut before
    anything is done. "lost": it is done, then the connection is cut. "late": the connection is cut, it is done `seconds`
    later. "hang": it is done, the answer comes `seconds` later. "error:CODE": that error of Slack's.
    """

    kind: str
    seconds: float = 0.0


class Denied(Exception):
    """An error answer of Slack's."""

    def __init__(self, error: str, detail: str = "") -> None:
        self.error, self.detail = error, detail


class SlackPeer:
    """One workspace with a few channels.

    Args:
        pace_s: least time between two messages of a channel. "1 per second": docs.slack.dev/apis/web-api/rate-limits
        history_lag_s: how long conversations.history knows nothing of a new message.
        state: file that is rewritten with messages and log after every change; read again at start.
    """

    token = "xoxb-stand-in-0000"
    channel = "C0GSOC0001"

    def __init__(self, *, pace_s: float = 0.0, history_lag_s: float = 0.0, state: Path | None = None, port: int = 0) -> None:
        self.pace_s, self.history_lag_s = pace_s, history_lag_s
        self.channels = {self.channel: "ok", "C0DUTY0002": "ok", "C0STRANGE3": "not_in_channel", "C0ARCHIVE4": "is_archived"}
        self.log: list[dict[str, Any]] = []
        self.late_keeps_its_time = False  # whether a "late" message carries the time of the request or of its appearance
        self._all: list[dict[str, Any]] = []
        self._faults: deque[Fault] = deque()
        self._last: dict[str, float] = {}
        self._calls: dict[str, deque[float]] = defaultdict(deque)
        self._ticks = 0
        self._state, self._port = state, port
        self._later: set[asyncio.Task[None]] = set()
        if state and state.exists():
            kept = json.loads(state.read_text())
            self._all, self.log = kept["all"], kept["log"]

    # ---- what tests look at

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What people see now, oldest first; replies included."""
        return sorted((one for one in self._all if not one["deleted"]), key=lambda one: one["ts"])

    @property
    def posts(self) -> list[dict[str, Any]]:
        """What people see in the channel itself: no replies."""
        return [one for one in self.messages if not one["thread_ts"]]

    def ids(self) -> list[tuple[str, str]]:
        """(delivery, step) of every visible message, oldest first."""
        return [(one["metadata"]["event_payload"]["id"], one["metadata"]["event_payload"]["step"]) for one in self.messages]

    @property
    def pings(self) -> list[str]:
        """Everything visible that would have called people."""
        found = []
        for one in self.messages:
            found += MENTION.findall(one["text"])
            for node in _nodes(one["blocks"]):
                if node.get("type") in PINGS or (node.get("type") == "mrkdwn" and MENTION.search(node["text"])):
                    found.append(json.dumps(node))
        return found

    def fail(self, *faults: Fault) -> None:
        """The next writing requests meet these faults, one each."""
        self._faults.extend(faults)

    # ---- life

    async def __aenter__(self) -> "SlackPeer":
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/control", self._control)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._later:
            task.cancel()
        await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """Address of the Web API."""
        return f"http://127.0.0.1:{self._port}/api/"

    # ---- requests

    async def _control(self, request: web.Request) -> web.Response:
        said = await request.json()
        self.fail(*(Fault(**one) for one in said.get("faults", ())))
        self.pace_s = said.get("pace_s", self.pace_s)
        self.history_lag_s = said.get("history_lag_s", self.history_lag_s)
        return web.json_response(
            {"messages": self.messages, "log": self.log, "waiting_faults": [asdict(one) for one in self._faults]}
        )

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        said = await request.json() if request.content_type == "application/json" else {**request.query, **await request.post()}
        mark = (said.get("metadata") or {}).get("event_payload", {}) if isinstance(said.get("metadata"), dict) else {}
        entry: dict[str, Any] = {"at": time.time(), "method": method, "channel": said.get("channel"), **mark, "answer": ""}
        self.log.append(entry)
        fault = self._faults.popleft() if method.startswith("chat.") and method != "chat.delete" and self._faults else Fault("")
        try:
            return await self._answer(request, method, said, fault, entry)
        except Denied as denied:
            entry["answer"] = denied.error
            body: dict[str, Any] = {"ok": False, "error": denied.error}
            if denied.detail:
                body["response_metadata"] = {"messages": [denied.detail]}
            return web.json_response(body)
        finally:
            self._keep()

    async def _answer(
        self, request: web.Request, method: str, said: dict[str, Any], fault: Fault, entry: dict[str, Any]
    ) -> web.StreamResponse:
        if fault.kind == "429":
            return self._limited(entry, fault.seconds)
        if fault.kind in ("500", "503"):
            entry["answer"] = fault.kind
            return web.Response(status=int(fault.kind), text="upstream", content_type="text/html")
        if fault.kind.startswith("error:"):
            raise Denied(fault.kind.removeprefix("error:"))
        if fault.kind == "drop":
            entry["answer"] = "dropped"
            return _cut(request)
        self._authorise(request, said)
        wait = self._must_wait(method, said)
        if wait:
            return self._limited(entry, wait)
        if fault.kind == "late":
            entry["answer"] = "late"
            ts = self._ts() if self.late_keeps_its_time else ""
            self._later.add(asyncio.create_task(self._do_later(method, said, fault.seconds, ts)))
            return _cut(request)
        answer = self._do(method, said)
        entry["answer"] = "lost" if fault.kind == "lost" else "ok"
        if fault.kind == "lost":
            self._keep()
            return _cut(request)
        if fault.kind == "hang":
            await asyncio.sleep(fault.seconds)
        return web.json_response({"ok": True, **answer})

    def _limited(self, entry: dict[str, Any], seconds: float) -> web.Response:
        # 429 with "Retry-After", in seconds: docs.slack.dev/apis/web-api/rate-limits. Slack sends whole seconds; tests are hasty.
        entry["answer"] = "429"
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": f"{seconds:g}"})

    def _authorise(self, request: web.Request, said: dict[str, Any]) -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or said.get("token", "")
        if not token:
            raise Denied("not_authed")  # docs.slack.dev/reference/methods/chat.postMessage, "errors"
        if token != self.token:
            raise Denied("invalid_auth")  # same page
        state = self.channels.get(str(said.get("channel")), "channel_not_found")  # same page, as the next two
        if state != "ok":
            raise Denied(state)

    def _must_wait(self, method: str, said: dict[str, Any]) -> float:
        now = time.monotonic()
        if method == "chat.postMessage":  # "1 per second" a channel: docs.slack.dev/apis/web-api/rate-limits
            gap = now - self._last.get(said["channel"], -1e9)
            if gap < self.pace_s * 0.95:
                return self.pace_s
            self._last[said["channel"]] = now
            return 0.0
        calls = self._calls[method]  # the other four are Tier 3, "50+ per minute": same page, and each method's own
        while calls and now - calls[0] > 60:
            calls.popleft()
        if len(calls) >= 50:
            return 60 - (now - calls[0])
        calls.append(now)
        return 0.0

    async def _do_later(self, method: str, said: dict[str, Any], seconds: float, ts: str) -> None:
        await asyncio.sleep(seconds)
        with suppress(Denied):
            self._do(method, said, ts)
        self._keep()

    def _do(self, method: str, said: dict[str, Any], ts: str = "") -> dict[str, Any]:
        handler = {
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
        }.get(method)
        if handler is None:
            raise Denied("unknown_method")
        return handler(said | {"_ts": ts})

    # ---- methods

    def _post(self, said: dict[str, Any]) -> dict[str, Any]:
        text, blocks = _content(said)
        thread = said.get("thread_ts", "")
        if thread and not self._message(said["channel"], thread):
            raise Denied("thread_not_found")  # assumption: named on conversations.replies, for posting the page names nothing
        metadata = said.get("metadata") or {}
        if metadata and not (
            isinstance(metadata, dict) and metadata.get("event_type") and isinstance(metadata.get("event_payload"), dict)
        ):
            raise Denied("invalid_metadata_format")  # docs.slack.dev/reference/methods/chat.update, "errors"
        if len(json.dumps(metadata)) > 8000:
            raise Denied("metadata_too_large")  # same page; the size is our assumption, none is documented
        ts = said["_ts"] or self._ts()
        self._all.append(
            {
                "ts": ts, "channel": said["channel"], "text": text[:40_000],  # "truncating messages containing more than 40,000
                # characters": docs.slack.dev/changelog/2018-04-truncating-really-long-messages
                "blocks": blocks, "metadata": metadata, "thread_ts": thread, "broadcast": bool(said.get("reply_broadcast")),
                "unfurl": said.get("unfurl_links", True) or said.get("unfurl_media", True), "parse": said.get("parse", "none"),
                "edits": 0, "deleted": False, "known_at": time.time() + self.history_lag_s,
            }
        )  # fmt: skip
        return {"channel": said["channel"], "ts": ts}

    def _update(self, said: dict[str, Any]) -> dict[str, Any]:
        text, blocks = _content(said)
        if len(text) > 4000:
            raise Denied("msg_too_long")  # docs.slack.dev/reference/methods/chat.update, "errors"
        one = self._message(said["channel"], said.get("ts", ""))
        if one is None:
            raise Denied("message_not_found")  # same page
        one.update(
            text=text, blocks=blocks, parse=said.get("parse", "client"), edits=one["edits"] + 1
        )  # "Defaults to client": same page
        if "metadata" in said:  # "If you don't include this field, the message's previous metadata will be retained": same page
            one["metadata"] = said["metadata"]
        return {"channel": said["channel"], "ts": one["ts"], "text": text}

    def _delete(self, said: dict[str, Any]) -> dict[str, Any]:
        one = self._message(said["channel"], said.get("ts", ""))
        if one is None:
            raise Denied("message_not_found")  # docs.slack.dev/reference/methods/chat.delete
        one["deleted"] = True
        return {"channel": said["channel"], "ts": one["ts"]}

    def _history(self, said: dict[str, Any]) -> dict[str, Any]:
        # newest first, parents and broadcast replies: docs.slack.dev/reference/methods/conversations.history
        shown = [one for one in self.messages if one["channel"] == said["channel"] and (not one["thread_ts"] or one["broadcast"])]
        return self._page(said, shown[::-1])

    def _replies(self, said: dict[str, Any]) -> dict[str, Any]:
        # the parent, then replies, oldest first: docs.slack.dev/reference/methods/conversations.replies
        if not self._message(said["channel"], said.get("ts", "")):
            raise Denied("thread_not_found")
        return self._page(said, [one for one in self.messages if said["ts"] in (one["ts"], one["thread_ts"])])

    def _page(self, said: dict[str, Any], shown: list[dict[str, Any]]) -> dict[str, Any]:
        limit = int(said.get("limit", 100))
        if not 1 <= limit <= 999:
            raise Denied("invalid_limit")  # "Maximum of 999": docs.slack.dev/reference/methods/conversations.history
        known = [one for one in shown if one["known_at"] <= time.time()]
        start = int(said.get("cursor") or 0)
        full = str(said.get("include_all_metadata", "")).lower() in ("1", "true")
        hidden = () if full else ("metadata",)
        page = [{name: value for name, value in one.items() if name not in hidden} for one in known[start : start + limit]]
        more = start + limit < len(known)
        return {"messages": page, "has_more": more, "response_metadata": {"next_cursor": str(start + limit) if more else ""}}

    # ---- keeping

    def _message(self, channel: str, ts: str) -> dict[str, Any] | None:
        return next((one for one in self._all if (one["channel"], one["ts"]) == (channel, ts) and not one["deleted"]), None)

    def _ts(self) -> str:
        self._ticks += 1
        return f"{time.time_ns() // 1000 / 1e6:.6f}"[:-2] + f"{self._ticks % 100:02d}"

    def _keep(self) -> None:
        if self._state:
            fresh = self._state.with_suffix(".new")
            fresh.write_text(json.dumps({"all": self._all, "log": self.log}))
            fresh.replace(self._state)


def _cut(request: web.Request) -> web.StreamResponse:
    """Closes the connection without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def _content(said: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    text, blocks = said.get("text") or "", said.get("blocks") or []
    if not text and not blocks:
        raise Denied("no_text")  # docs.slack.dev/reference/methods/chat.postMessage, "errors"
    check_blocks(blocks)
    return text, blocks


def check_blocks(blocks: Any) -> None:
    """Raises Denied for blocks that Slack would not take."""
    if not isinstance(blocks, list) or len(blocks) > 50:
        raise Denied("invalid_blocks", "no more than 50 items allowed")  # docs.slack.dev/reference/block-kit/blocks
    for block in blocks:
        kind = block.get("type")
        if kind == "header":
            _check_text(block["text"], 150, {"plain_text"})  # docs.slack.dev/reference/block-kit/blocks/header-block
        elif kind == "section":
            _check_text(block["text"], 3000, {"plain_text", "mrkdwn"})  # docs.slack.dev/reference/block-kit/blocks/section-block
        elif kind == "context":
            if not 1 <= len(block["elements"]) <= 10:  # docs.slack.dev/reference/block-kit/blocks/context-block
                raise Denied("invalid_blocks", "no more than 10 elements allowed")
            for element in block["elements"]:
                _check_text(element, 3000, {"plain_text", "mrkdwn"})
        elif kind == "rich_text":  # docs.slack.dev/reference/block-kit/blocks/rich-text-block
            _check_rich(block)
        elif kind not in ("divider", "actions"):
            raise Denied("invalid_blocks", f"unsupported type: {kind}")
    if (
        sum(
            len(str(node.get("text", ""))) + len(node.get("url", ""))
            for node in _nodes(blocks)
            if isinstance(node.get("text"), str)
        )
        > 13_200
    ):
        raise Denied("msg_blocks_too_long")  # undocumented; measured in github.com/slackapi/bolt-js/issues/2509


def _check_text(text: dict[str, Any], most: int, kinds: set[str]) -> None:
    if text.get("type") not in kinds or not 0 < len(text.get("text", "")) <= most:
        raise Denied("invalid_blocks", f"must be 1 to {most} characters of {kinds}")


def _check_rich(block: dict[str, Any]) -> None:
    for part in block["elements"]:
        if part.get("type") not in RICH or not part.get("elements"):
            raise Denied("invalid_blocks", f"unsupported rich text part: {part.get('type')}")
        for element in part["elements"]:
            if element.get("type") not in {"text", "link", "emoji", *PINGS}:
                raise Denied("invalid_blocks", f"unsupported rich text element: {element.get('type')}")
            if element["type"] == "text" and not element.get("text"):
                raise Denied("invalid_blocks", "must be more than 0 characters")
            if element["type"] == "link" and not re.match(r"https?://\S+$", element.get("url", "")):
                raise Denied("invalid_blocks", "invalid url")
        if sum(len(element.get("text", "")) for element in part["elements"]) > 4000:
            raise Denied("invalid_blocks", "must be less than 4001 characters")  # assumption: no bound is documented


def _nodes(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [node for one in value for node in _nodes(one)]
    if isinstance(value, dict):
        return [value, *(node for one in value.values() for node in _nodes(one))]
    return []


async def main() -> None:
    """Serves until killed; prints the address as its first line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--pace", type=float, default=1.0, help="seconds between two messages of a channel")
    parser.add_argument("--lag", type=float, default=0.0, help="seconds by which histories lag")
    chosen = parser.parse_args()
    async with SlackPeer(pace_s=chosen.pace, history_lag_s=chosen.lag, state=chosen.state, port=chosen.port) as peer:
        print(peer.base_url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
