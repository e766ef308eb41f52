"""What the settings name, made into the parts that runs and roles are handed; imports each only when it is asked for."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from streams.errors import UsageError

if TYPE_CHECKING:
    from connectors.base import FeedSpec
    from connectors.fetch import Limits
    from streams.health.endpoints import Subject
    from streams.ports import Sink
    from streams.records.policies import Budget
    from streams.settings.model import Channel, Feed, Settings


def feed_spec(feed: "Feed") -> "FeedSpec":
    """One feed, as it is polled."""
    from connectors.base import FeedSpec

    return FeedSpec(
        name=feed.name,
        url=feed.url,
        every_s=feed.every.total_seconds(),
        allow_private=feed.allow_private,
        covers=feed.covers,
        tier=str(feed.tier),
        headers=tuple((name, secret.reveal()) for name, secret in feed.headers.items()),
    )


def budgets(settings: "Settings") -> "dict[str, Budget]":
    """The budgets of channels that have one."""
    from streams.records.policies import Budget

    return {
        name: Budget(alerts=one.budget.alerts, within_s=int(one.budget.within.total_seconds()))
        for name, one in settings.channels.items()
        if one.budget is not None
    }


def sink(channel: "Channel") -> "Sink":
    """One channel, as it is delivered to."""
    if channel.kind == "slack":
        from connectors.sinks.slack import SlackSink

        return SlackSink(channel.token.reveal(), channel.channel, base_url=channel.api)
    if channel.kind == "mail":
        from connectors.sinks.mail import MailSink

        password = channel.password.reveal() if channel.password else ""
        return MailSink(
            channel.host,
            channel.port,
            channel.sender,
            channel.to,
            username=channel.user or "",
            password=password,
            tls=channel.tls,
        )
    from connectors.sinks.console import ConsoleSink

    return ConsoleSink(detail=not channel.brief)


def limits(settings: "Settings") -> "Limits":
    """What one fetch may cost."""
    from connectors.fetch import Limits

    poll = settings.poll
    return Limits(
        total_s=poll.deadline.total_seconds(),
        connect_s=poll.connect.total_seconds(),
        silence_s=poll.silence.total_seconds(),
        body_bytes=poll.max_bytes,
        redirects=poll.redirects,
    )


def health_address(given: str | None, settings: "Settings") -> str:
    """Where this process shows its health: as the flag says, else the settings; "" for nowhere. Raises UsageError."""
    from streams.settings.model import host_and_port

    try:
        return given if given is not None and host_and_port(given) else settings.health or ""
    except ValueError as fault:
        raise UsageError(f"--health: {fault}") from fault


@asynccontextmanager
async def attended(address: str, subject: "Subject") -> AsyncIterator[None]:
    """The block with its health served at an address ("": nowhere), and told to the service manager that started us, if one did."""
    from streams.health.endpoints import serving
    from streams.health.notify import notifying

    async with serving(address, subject), notifying(subject, os.environ):
        yield
