"""One Slack channel as a sink: posts, live edits, thread replies, and the question whether something arrived.

Called by deliver, which owns retries, pacing and order; here a failure is only named. The SDK's own retries are off: they
would repeat a post whose answer was lost. Needs the scopes chat:write and channels:history (groups:history when private).
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from connectors.sinks.marks import said
from connectors.sinks.slack_blocks import blocks_of, fallback, line_blocks
from streams.errors import SinkError, SinkInDoubt, SinkRefused, SinkUnavailable, UsageError
from streams.records.flow import SEVERITIES, Alert, Delivery, Severity
from streams.records.message import Message, Step

EVENT_TYPE = "tocsin_delivery"  # of the metadata that proves a message is ours
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]+")
_PAGE = 200  # "no more than 200 results at a time": docs.slack.dev/apis/web-api/pagination
_SIGHTINGS = 6  # looks for a message we know of, before it counts as deleted
_PAGES = 5  # our own bound: what is in doubt is minutes old; a thousand messages reach further back

# Which error means what; any other is final. docs.slack.dev/reference/methods/chat.postMessage and chat.update, 2026-11
_LATER = {
    "ratelimited",
    "rate_limited",
    "message_limit_exceeded",
    "service_unavailable",
    "request_timeout",  # "the POST data was either missing or truncated": it was not taken
    "team_added_to_org",
    "org_login_required",
    "external_channel_migrating",
}
# "It's possible some aspect of the operation succeeded before the error was raised": same pages
_UNKNOWN = {"internal_error", "fatal_error", "update_failed"}


class SlackSink:
    """Delivers to one channel.

    Args:
        token: a bot token; never shown or logged.
        channel: the conversation's id ("C0123456789"): chat.update and conversations.history take no names.
        base_url: of the Web API; another one in tests.
        timeout_s: per request; a request that takes longer is in doubt.
    """

    def __init__(self, token: str, channel: str, *, base_url: str = AsyncWebClient.BASE_URL, timeout_s: float = 15.0) -> None:
        if not _CHANNEL_ID.fullmatch(channel):
            raise UsageError(
                f'slack channel "{channel}" is no channel id; give the id from the channel\'s details, e.g. "C0123456789"'
            )
        self._channel = channel
        self._unseen: dict[str, int] = {}  # how often a history did not show a message of ours, by `ts`
        self._client = AsyncWebClient(token=token, base_url=base_url, timeout=timeout_s, retry_handlers=[])  # type: ignore[arg-type]

    def __repr__(self) -> str:
        return f"SlackSink({self._channel})"

    def steps(self, delivery: Delivery) -> tuple[str, ...]:
        """Post first; later edit the live message, and say it in the thread when the desk is to be called."""
        if delivery.ordinal == 1:
            return ("post",)
        return ("edit", "reply") if delivery.ping else ("edit",)

    async def perform(self, step: Step, delivery: Delivery, message: Message, root: str) -> str:
        """The `ts` of the message posted or edited."""
        if step.name == "post":
            return await self._post(step, delivery, fallback(message.summary), blocks_of(message))
        if not root:
            raise SinkRefused(f'slack {self._channel}: "{step.name}" needs the message it belongs to, and there is none')
        if step.name == "edit":
            # parse and link_names are stated because chat.update falls back to "client", which turns words into links
            await self._ask(
                lambda: self._client.chat_update(
                    channel=self._channel, ts=root, text=fallback(message.summary), blocks=blocks_of(message),
                    parse="none", link_names=False,
                ),
                writing=True,
            )  # fmt: skip
            return root
        line = message.reply or message.summary
        return await self._post(
            step, delivery, fallback(line), line_blocks(line), thread_ts=root, reply_broadcast=severity_rises(delivery)
        )

    async def find(self, step: Step, delivery: Delivery, root: str) -> str:
        """The `ts` of the oldest message that carries this step's mark, "" for none; younger ones are deleted.

        Before the first attempt (in a store that was made from a backup) it is known by what it says, under whatever id, and
        nothing is deleted.
        A history that does not show the message we know of (`step.ref`) lags, and is not believed yet: SinkUnavailable.
        An edit is never looked for: doing it again gives the same message.
        """
        if step.name == "edit":
            return ""
        if (
            step.name == "reply"
        ):  # one paragraph of docs.slack.dev/reference/methods/conversations.replies still denies this to bots
            pages = self._pages(lambda cursor: self._client.conversations_replies(
                channel=self._channel, ts=root, limit=_PAGE, cursor=cursor, include_all_metadata=True))  # fmt: skip
        else:
            pages = self._pages(lambda cursor: self._client.conversations_history(
                channel=self._channel, limit=_PAGE, cursor=cursor, include_all_metadata=True))  # fmt: skip
        mark = self._mark(step, delivery)["event_payload"]
        if not step.attempts:  # we have not sent it: a store of an earlier moment may have, and called it otherwise
            return min(
                [str(one["ts"]) async for one in pages if _says(_mark_of(one), mark, "said", "step")], key=_moment, default=""
            )
        found = {str(one["ts"]) async for one in pages if _says(_mark_of(one), mark, *mark)}
        if step.ref and step.ref not in found and self._lags(step):
            raise SinkUnavailable(f"slack {self._channel}: the history does not show {step.ref} yet")
        kept, *twins = sorted(found | ({step.ref} if step.ref else set()), key=_moment) or [""]
        for twin in twins:
            await self._delete(twin)
        return kept

    def _lags(self, step: Step) -> bool:
        """Whether to wait for the history once more: somebody may have deleted the message, so not for ever."""
        looks = self._unseen.pop(step.ref, 0) + 1
        if looks < _SIGHTINGS:
            self._unseen[step.ref] = looks
        return looks < _SIGHTINGS

    async def _post(self, step: Step, delivery: Delivery, text: str, blocks: list[dict[str, Any]], **thread: Any) -> str:
        answer = await self._ask(
            lambda: self._client.chat_postMessage(
                channel=self._channel, text=text, blocks=blocks, metadata=self._mark(step, delivery),
                unfurl_links=False, unfurl_media=False, parse="none", link_names=False, **thread,
            ),
            writing=True,
        )  # fmt: skip
        return str(answer["ts"])

    async def _delete(self, ts: str) -> None:
        try:
            await self._ask(lambda: self._client.chat_delete(channel=self._channel, ts=ts), writing=False)
        except SinkRefused as fault:  # gone already, or not ours to delete: the desk sees it twice, and that is all
            structlog.get_logger().warning("slack twin not deleted", channel=self._channel, ts=ts, reason=str(fault))

    async def _pages(self, ask: Callable[[str | None], Awaitable[Any]]) -> Any:
        cursor: str | None = None
        for _ in range(_PAGES):
            answer = await self._ask(lambda at=cursor: ask(at), writing=False)  # type: ignore[misc]
            for one in answer["messages"]:
                yield one
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if not cursor:
                return

    def _mark(self, step: Step, delivery: Delivery) -> dict[str, Any]:
        return {"event_type": EVENT_TYPE, "event_payload": {"id": delivery.id, "step": step.name, "said": said(delivery)}}

    async def reach(self) -> str:
        """In words that token, channel and rights are right; sends nothing. Raises SinkError."""
        await self._ask(lambda: self._client.conversations_history(channel=self._channel, limit=1), writing=False)
        return f"Slack answers, and the token may read {self._channel}"

    async def _ask(self, call: Callable[[], Awaitable[Any]], *, writing: bool) -> Any:
        """The peer's answer. A question that fails can be asked again; a write whose answer is lost is in doubt."""
        lost = SinkInDoubt if writing else SinkUnavailable
        try:
            return await call()
        except SlackApiError as fault:
            raise self._named(fault, lost) from None  # the SDK's text holds the whole answer
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as fault:
            raise SinkUnavailable(f"slack {self._channel}: no connection: {type(fault).__name__}") from fault
        except (aiohttp.ClientError, TimeoutError, OSError, SlackClientError, ValueError, AttributeError) as fault:
            # the last two: the SDK reading a body that is not Slack's
            raise lost(f"slack {self._channel}: no answer: {type(fault).__name__}") from fault

    def _named(self, fault: SlackApiError, lost: type[SinkError]) -> SinkError:
        answer = fault.response
        data = getattr(answer, "data", None)
        said: Mapping[str, Any] = data if isinstance(data, dict) else {}
        status = int(getattr(answer, "status_code", 0) or getattr(answer, "status", 0))
        error = str(said.get("error", f"http {status}"))
        needed = f", needs the scope {said['needed']}" if said.get("needed") else ""
        detail = ", ".join(str(one) for one in (said.get("response_metadata") or {}).get("messages", ()))[:300]
        text = f"slack {self._channel}: {error}{needed}{f' ({detail})' if detail else ''}"
        if status == 429 or error in _LATER:
            return SinkUnavailable(text, retry_after_s=_retry_after(getattr(answer, "headers", {})))
        if status >= 500 or error in _UNKNOWN or not said:
            return lost(text)
        return SinkRefused(text)


def severity_rises(delivery: Delivery) -> bool:
    """Whether the desk must hear it in the channel: a label graver than it was, or a new one above all told before.

    A change of severity is told in words that hold both severities ("severity high, was medium").
    """
    new = [alert.label for alert in delivery.alerts if alert.kind == "new"]
    before = [label for label in delivery.post.labels if label.rule not in {one.rule for one in new}]
    if any(not before or _rank(one.severity) < min(_rank(label.severity) for label in before) for one in new):
        return True
    return any(_rose(alert) for alert in delivery.alerts if alert.kind in ("update", "correction"))


def _rose(alert: Alert) -> bool:
    now = _rank(alert.label.severity)
    said = [change.lower() for change in alert.changes if "severity" in change.lower()]
    return any(_rank(other) > now and re.search(rf"\b{other}\b", change) for change in said for other in SEVERITIES)


def _rank(severity: Severity) -> int:
    return SEVERITIES.index(severity)


def _mark_of(message: Mapping[str, Any]) -> Any:
    metadata = message.get("metadata") or {}
    return metadata.get("event_payload") if metadata.get("event_type") == EVENT_TYPE else None


def _says(found: Any, ours: Mapping[str, str], *names: str) -> bool:
    """Whether a message's mark is like ours in these parts."""
    return isinstance(found, dict) and all(found.get(name) == ours[name] for name in names)


def _moment(ts: str) -> tuple[int, int]:
    seconds, _, rest = ts.partition(".")
    return int(seconds), int(rest or 0)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds; docs.slack.dev/apis/web-api/rate-limits: "a Retry-After HTTP header containing the number of seconds"."""
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        return max(0.0, float(value))
    except ValueError:
        return None
