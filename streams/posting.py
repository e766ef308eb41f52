"""From alerts to deliveries: one for each channel of every incident whose post changes; what is over budget goes into a digest.

Called by `streams.decide` at the end of a decision, and by a timer for a digest that is due.
"""

from streams.decision import Scope
from streams.records import SEVERITIES, Alert, Delivery, Post, Told


def post(scope: Scope) -> None:
    """One delivery for each channel of every incident whose post changes."""
    loud: dict[str, list[Alert]] = {}
    for alert in scope.made.alerts:
        loud.setdefault(alert.incident, []).append(alert)
    for incident in dict.fromkeys([*loud, *sorted(scope.made.edited)]):
        rows = [row for row in scope.rows_on(incident) if row.ordinal and not row.label.shadow]
        alerts = tuple(loud.get(incident, ()))
        channels = dict.fromkeys(channel for row in rows for channel in row.label.channels)
        content = _content(incident, rows, scope)
        if content is None:
            continue
        for channel in channels:
            before = scope.memory.deliveries(incident, channel)
            heard = tuple(alert for alert in alerts if channel in alert.label.channels)
            if not heard and not before:
                continue
            scope.made.deliveries.append(
                Delivery(
                    id=f"{incident}/{channel}/{before + 1}",
                    channel=channel,
                    incident=incident,
                    ordinal=before + 1,
                    alerts=heard,
                    post=content,
                    ping=bool(heard),
                )
            )


def fate(alert: Alert, scope: Scope) -> str:
    """What became of an alert, for the ledger."""
    return f"alerted {alert.id} ({alert.kind})"


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
