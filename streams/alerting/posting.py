"""From alerts to deliveries: one for each channel of every incident whose post changes; what is over budget goes into a digest.

Called by `streams.decide` at the end of a decision, and by a timer for a digest that is due.
"""

from dataclasses import dataclass

from streams.alerting import digests
from streams.alerting.decision import Scope
from streams.records.flow import SEVERITIES, Alert, Delivery, Post, Telling, Told


@dataclass(frozen=True, slots=True)
class Called:
    """Channels to which an incident was escalated."""

    channels: tuple[str, ...]


def post(scope: Scope) -> None:
    """One delivery for each channel of every incident whose post changes."""
    loud: dict[str, list[Alert]] = {}
    for alert in scope.made.alerts:
        loud.setdefault(alert.incident, []).append(alert)
    for incident in dict.fromkeys([*loud, *sorted(scope.made.edited)]):
        rows = _rows(incident, scope)
        content = _content(incident, rows, scope)
        if content is None:
            continue
        called = _called(incident, scope)
        heard = _heard(loud.get(incident, []), content.facts, called, scope)
        for channel in dict.fromkeys((*(channel for row in rows for channel in row.label.channels), *called)):
            alerts, before = tuple(heard.get(channel, ())), scope.memory.deliveries(incident, channel)
            if alerts or before:
                scope.made.deliveries.append(_delivery(channel, alerts, content, before + 1))


def delivery(channel: str, alerts: tuple[Alert, ...], content: Post, scope: Scope) -> Delivery:
    """The next state of an incident's post on its way to one channel."""
    return _delivery(channel, alerts, content, scope.memory.deliveries(content.incident, channel) + 1)


def _delivery(channel: str, alerts: tuple[Alert, ...], content: Post, ordinal: int) -> Delivery:
    """A silent edit where it announces nothing."""
    return Delivery(
        id=f"{content.incident}/{channel}/{ordinal}",
        channel=channel,
        incident=content.incident,
        ordinal=ordinal,
        alerts=alerts,
        post=content,
        ping=bool(alerts),
    )


def content_of(incident: str, scope: Scope) -> Post | None:
    """What a channel shows of an incident, None where nothing was told of it."""
    return _content(incident, _rows(incident, scope), scope)


def fate(alert: Alert, scope: Scope) -> str:
    """What became of an alert, for the ledger."""
    into = {channel: scope.made.gathered.get((alert.id, channel)) for channel in alert.label.channels}
    digests = ", ".join(f"{digest} on {channel}" for channel, digest in into.items() if digest is not None)
    if digests and None not in into.values():
        return f"in digest {digests}: {alert.id} ({alert.kind})"
    return f"alerted {alert.id} ({alert.kind}){f', in digest {digests}' if digests else ''}"


def _heard(alerts: list[Alert], facts: Telling, called: tuple[str, ...], scope: Scope) -> dict[str, list[Alert]]:
    """What each channel hears at once, by channel; the rest is gathered into digests."""
    heard: dict[str, list[Alert]] = {}
    for alert in alerts:
        if alert.label.shadow:
            continue
        whole = digests.cause_of_rule(alert, scope)
        for channel in dict.fromkeys((*alert.label.channels, *called)):
            cause = None if channel in called else whole or digests.cause_of_channel(alert, channel, scope)
            if cause is None:
                heard.setdefault(channel, []).append(alert)
            else:
                digests.gather(alert, channel, cause, facts, scope)
    return heard


def _called(incident: str, scope: Scope) -> tuple[str, ...]:
    """Channels to which the incident was escalated: they hear all that follows, and at once."""
    known = scope.book.note("called", incident, Called)
    return known.channels if known else ()


def _rows(incident: str, scope: Scope) -> list[Told]:
    """What the desk was told on an incident's post."""
    return [row for row in scope.rows_on(incident) if row.ordinal and not row.label.shadow]


def _content(incident: str, rows: list[Told], scope: Scope) -> Post | None:
    if not rows:
        return None
    record = scope.memory.incident(incident) or next((each for each in scope.gone if each.id == incident), None)
    if record is None:
        return None
    order = sorted(rows, key=lambda row: (SEVERITIES.index(row.label.severity), row.rule, row.subject))
    return Post(
        incident=incident,
        facts=record.facts,
        labels=tuple(row.label for row in order if row.state != "withdrawn"),
        withdrawn=tuple(row.label for row in order if row.state == "withdrawn"),
        origins=record.origins,
        waves=record.waves,
        updated=scope.now,
    )
