"""Which alerts go into a digest instead of out at once, and the digest when it is due: budgets and quiet hours come to this.

Called by `streams.alerting.posting` for every alert and channel, and by a timer. A breach of a budget is told at once where the
alerts would have gone, with the rule's owner; what follows is gathered until the budget's time is over. Nothing is left out: a
digest that is full goes out early and another one is begun. What is critical is never gathered for a budget.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from streams.alerting.decision import Decision, Scope
from streams.labels.wanted import Desk
from streams.ports import Memory
from streams.records.digest import Digest
from streams.records.flow import SEVERITIES, Alert, Delivery, Post, Telling, Told
from streams.records.orders import Timer
from streams.records.policies import Quiet
from streams.route import Book, budget_words, graver, later, moment, spend

FULL = 40  # incidents in a digest: a Slack message holds 50 blocks (docs.slack.dev, "Blocks"), and nobody reads more at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why an alert waits for a digest."""

    key: str  # what has one digest at a time on a channel
    words: str
    until: datetime
    said: bool  # whether the begin of the digest is told


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A digest that is filling, on one channel."""

    digest: Digest
    channel: str
    key: str  # of its cause
    facts: Telling  # of the first incident in it
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many digests there were."""

    number: int


def cause_of_rule(alert: Alert, scope: Scope) -> Cause | None:
    """Why an alert does not go out at once on any channel: quiet hours, or its rule's budget, which is spent by asking."""
    policy = alert.label.policy
    if policy.quiet is not None and graver(policy.quiet.below, alert.label.severity):
        until = quiet_until(policy.quiet, scope.now, scope.desk.time_zone)
        if until is not None:
            return Cause(key=f"quiet {moment(until)}", words=f"quiet hours until {moment(until)}", until=until, said=False)
    key = f"rule {alert.label.rule}"
    if policy.budget is None or not _counts(alert, key, scope):
        return None
    if not _open(key, alert.label.channels, scope) and spend(key, policy.budget, scope.book, scope.now):
        return None
    owner = next((rule.owner for rule in scope.desk.rules if rule.id == alert.label.rule), "")
    words = f'rule "{alert.label.rule}"{f" (owner {owner})" if owner else ""} has sent {budget_words(policy.budget)}'
    return Cause(key=key, words=words, until=later(scope.now, policy.budget.within_s), said=True)


def cause_of_channel(alert: Alert, channel: str, scope: Scope) -> Cause | None:
    """Why an alert does not go out at once on this channel: the channel's budget, which is spent by asking."""
    budget = scope.desk.budgets.get(channel)
    key = f"channel {channel}"
    if budget is None or not _counts(alert, key, scope):
        return None
    if not _open(key, (channel,), scope) and spend(key, budget, scope.book, scope.now):
        return None
    return Cause(
        key=key,
        words=f"channel {channel} has had {budget_words(budget)}",
        until=later(scope.now, budget.within_s),
        said=True,
    )


def gather(alert: Alert, channel: str, cause: Cause, facts: Telling, scope: Scope) -> str:
    """Puts an alert into the digest of a cause on a channel, beginning it if need be; its id."""
    note = f"{channel}\n{cause.key}"
    known = scope.book.note("digest", note, Gathered)
    if known is None:
        digest = Digest(id=_next(scope.book), cause=cause.words, since=scope.now, until=cause.until)
        known = Gathered(digest=digest, channel=channel, key=cause.key, facts=facts, alerts=())
        scope.made.timers["digest", note] = Timer(due=cause.until, kind="digest", key=note)
        if cause.said:
            scope.made.deliveries.append(_delivery(known, scope.now, notice=True))
    known = replace(known, alerts=(*known.alerts, alert))
    scope.made.gathered[alert.id, channel] = known.digest.id
    if len({one.incident for one in known.alerts}) >= FULL:
        scope.made.deliveries.append(_delivery(known, scope.now))
        fresh = replace(known.digest, id=_next(scope.book), since=scope.now)
        known = replace(known, digest=fresh, alerts=())
    scope.book.put("digest", note, known)
    return known.digest.id


def due(key: str, memory: Memory, desk: Desk, now: datetime) -> Decision:
    """What a digest whose time has come leads to; the budget behind it begins anew."""
    scope = Scope(changed=(), gone=(), heirs={}, memory=memory, desk=desk, now=now, silent=False)
    known = scope.book.note("digest", key, Gathered)
    if known is not None:
        scope.book.put("digest", key, None)
        scope.book.put("spent", known.key, None)
        if known.alerts:
            scope.made.deliveries.append(_delivery(known, now))
    return scope.made


def until(row: Told, memory: Memory) -> datetime | None:
    """When a label is told that waits in digests on all its channels, None where it was told at once on one of them."""
    waiting = [
        known
        for _, known in memory.notes("digest", Gathered)
        if any(one.incident == row.anchor and one.label.rule == row.rule for one in known.alerts)
    ]
    if not row.label.channels or set(row.label.channels) - {known.channel for known in waiting}:
        return None
    return max(known.digest.until for known in waiting)


def quiet_until(quiet: Quiet, now: datetime, desk_zone: str) -> datetime | None:
    """When the quiet hours end in which `now` lies, None outside of them."""
    zone = ZoneInfo(quiet.time_zone or desk_zone)
    local = now.astimezone(zone)
    start, end = time.fromisoformat(quiet.start), time.fromisoformat(quiet.end)
    clock = local.time().replace(tzinfo=None)
    if not (start <= clock < end if start < end else clock >= start or clock < end):
        return None
    day = local.date() if clock < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, zone).astimezone(now.tzinfo)


def _counts(alert: Alert, key: str, scope: Scope) -> bool:
    """Whether a budget is asked at all: not for the gravest, and not for what takes something back that was told at once."""
    if alert.label.severity == "critical":
        return False
    if alert.kind in ("new", "update"):
        return True
    digests = (scope.book.note("digest", f"{channel}\n{key}", Gathered) for channel in alert.label.channels)
    return any(one.incident == alert.incident for known in digests if known is not None for one in known.alerts)


def _open(key: str, channels: Sequence[str], scope: Scope) -> bool:
    return any(scope.book.note("digest", f"{channel}\n{key}", Gathered) is not None for channel in channels)


def _next(book: Book) -> str:
    known = book.note("digests", "", Count)
    count = Count((known.number if known else 0) + 1)
    book.put("digests", "", count)
    return f"D{count.number}"


def _delivery(known: Gathered, now: datetime, *, notice: bool = False) -> Delivery:
    name = f"{known.digest.id}-notice" if notice else known.digest.id
    alerts = () if notice else tuple(sorted(known.alerts, key=lambda one: SEVERITIES.index(one.label.severity)))
    labels = {(one.incident, one.label.rule, one.label.subject): one for one in known.alerts}  # the last word on each
    told = sorted(labels.values(), key=lambda one: SEVERITIES.index(one.label.severity))
    post = Post(
        incident=name,
        facts=known.facts,
        labels=() if notice else tuple(one.label for one in told if one.kind != "withdrawal"),
        withdrawn=() if notice else tuple(one.label for one in told if one.kind == "withdrawal"),
        origins=(),
        waves=1,
        updated=now,
    )
    return Delivery(
        id=f"{name}/{known.channel}/1",
        channel=known.channel,
        incident=name,
        ordinal=1,
        alerts=alerts,
        post=post,
        ping=True,
        digest=replace(known.digest, notice=notice),
    )
