"""A digest in words: a line an incident, gravest first; called by render."""

from collections.abc import Iterator

from streams.hostile import tame
from streams.records.digest import Digest
from streams.records.flow import SEVERITIES, Alert, Delivery
from streams.records.message import Block, Message, Piece
from streams.words import dating, whereabouts, wording

_SUMMARY_CHARS = 400


def message(delivery: Delivery, digest: Digest, time_zone: str) -> Message:
    """The begin of a digest, or all that it has gathered."""
    cause, until = tame(digest.cause, 300), dating.moment(digest.until, time_zone)
    if digest.notice:
        words = f"DIGEST BEGINS · {cause}; what follows is told together at {until}, the gravest alerts at once"
        return Message(summary=tame(words, _SUMMARY_CHARS), blocks=(Block("headline", (Piece(words, bold=True),)),), reply=words)
    incidents = _by_incident(delivery.alerts)
    many = f"{len(delivery.alerts)} alert{'' if len(delivery.alerts) == 1 else 's'}"
    of = f"{len(incidents)} incident{'' if len(incidents) == 1 else 's'}"
    head = f"DIGEST · {many} on {of} since {dating.moment(digest.since, time_zone)} · {cause}"
    lines = [_line(alerts) for alerts in incidents]
    summary = tame(" · ".join([head, *lines[:1]]), _SUMMARY_CHARS)
    blocks = (Block("headline", (Piece(head, bold=True),)), *(Block("changes", tuple(_pieces(one))) for one in incidents))
    return Message(summary=summary, blocks=blocks, reply=summary)


def _by_incident(alerts: tuple[Alert, ...]) -> list[list[Alert]]:
    """Alerts of each incident in their order, the incident with the gravest last word first."""
    found: dict[str, list[Alert]] = {}
    for alert in sorted(alerts, key=lambda one: one.decided):
        found.setdefault(alert.incident, []).append(alert)
    return sorted(found.values(), key=lambda own: SEVERITIES.index(own[-1].label.severity))


def _pieces(alerts: list[Alert]) -> Iterator[Piece]:
    last = alerts[-1]
    yield Piece(f"{_head(last)} · ", bold=True)
    quote = next((one for one in last.label.evidence), None)
    yield Piece(tame(_rest(alerts), 600))
    if quote is not None:
        yield Piece(f" “{tame(quote.span.text, 300)}” — {tame(quote.source, 80)}")
    yield Piece(f" ({', '.join(dict.fromkeys(alert.id for alert in alerts))})")


def _line(alerts: list[Alert]) -> str:
    return f"{_head(alerts[-1])} · {_rest(alerts)}"


def _head(alert: Alert) -> str:
    return "WITHDRAWN" if alert.kind == "withdrawal" else alert.label.severity.upper()


def _rest(alerts: list[Alert]) -> str:
    """Its rules, when and where, how far it got, and what was told of it one after the other."""
    last = alerts[-1].label
    titles = "; ".join(dict.fromkeys(alert.label.title for alert in alerts))
    where = whereabouts.place_words(last.place) if last.place else ""
    when = dating.short(last.time, last.published, whereabouts.local_zone(last.place))
    outcome = wording.outcome_words(last.outcome).split(" (")[0]
    toll = ", ".join(wording.toll_words(last.counts, short=True))
    told = "; ".join(change for alert in alerts for change in alert.changes)
    return " · ".join(filter(None, (titles, where, when, outcome, toll, told)))
