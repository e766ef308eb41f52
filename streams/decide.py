"""What is new to the desk: *wanted* (what the rules say of the events known now) against *told* (what entered the outbox).

Called by the pipeline after the incidents have been regrouped; returns what to write, writes nothing. Late articles,
corrections, denials, rebuilds and rule changes are this one comparison. The clock gates a first telling only.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from rules.index import Index
from rules.model import Rule
from streams import episodes
from streams.changes import Change, changes, peaks
from streams.facts import against
from streams.incidents import Regrouping
from streams.labels import Desk, View, view, wanted
from streams.ports import Memory
from streams.records import (
    SEVERITIES,
    Alert,
    AlertKind,
    Delivery,
    Disposition,
    Incident,
    Label,
    Post,
    Reading,
    Told,
)
from streams.timelines import Point


@dataclass(slots=True, kw_only=True)
class Decision:
    """What one journal entry leads to."""

    told: dict[tuple[str, str], Told] = field(default_factory=dict)  # rows to write, by (rule, subject)
    points: list[tuple[str, str, Point | None]] = field(default_factory=list)  # (rule, incident, what it is to it now)
    alerts: list[Alert] = field(default_factory=list)
    edited: set[str] = field(default_factory=set)  # incidents whose post changes without an alert
    passed: dict[tuple[str, str], str] = field(default_factory=dict)  # (rule, anchor): why a label is not announced as new
    deliveries: list[Delivery] = field(default_factory=list)
    dispositions: list[Disposition] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a decision may read."""

    changed: tuple[Incident, ...]
    gone: tuple[Incident, ...]
    heirs: dict[str, str]
    memory: Memory
    desk: Desk
    now: datetime
    silent: bool  # record as told, announce nothing: history before a feed or a rule was new
    lost: Mapping[tuple[str, str], Point] = field(default_factory=dict)  # (rule, incident): what those of `gone` were to it
    views: dict[str, View] = field(default_factory=dict)  # of incidents, as they are asked for
    edited: bool = False  # the rules changed and not the world: no label is withdrawn, no post is touched
    made: Decision = field(default_factory=Decision)  # filled as the comparison goes


def decide(
    reading: Reading, regrouping: Regrouping, memory: Memory, desk: Desk, now: datetime, lost: Mapping[tuple[str, str], Point]
) -> Decision:
    """What to tell after an article revision; `lost`: (rule, incident) -> what incidents that are gone were to temporal rules."""
    scope = Scope(
        changed=regrouping.written,
        gone=regrouping.gone,
        heirs=regrouping.heirs,
        memory=memory,
        desk=desk,
        now=now,
        silent=reading.article.backfill,
        lost=lost,
    )
    decision = _decided(scope, desk.index)
    _account(reading, scope)
    return decision


def decide_rules(rules: Sequence[Rule], incidents: Iterable[Incident], memory: Memory, desk: Desk, now: datetime) -> Decision:
    """What new or changed rules say of incidents known already, told silently; of temporal ones only what they are to it.

    What was told stays told: no label is withdrawn and no post is edited because a rule was.
    """
    scope, names = _past(incidents, memory, desk, now), {rule.id for rule in rules}
    for rule, concerned in _concerned(scope, desk.index) if names else ():
        if rule.id not in names:
            continue
        if rule.form:
            scope.made.points += [(rule.id, one.id, episodes.point_of(rule, _seen(one, scope), desk)) for one in concerned]
        else:
            _compare_all(rule, _plain(rule, concerned, scope), scope)
    return scope.made


def decide_episodes(rules: Sequence[Rule], memory: Memory, desk: Desk, now: datetime) -> Decision:
    """The episodes of new or changed temporal rules, told silently; their points must be known by then."""
    scope = _past((), memory, desk, now)
    for rule in rules:
        if rule.form:
            _compare_all(rule, episodes.all_wants(rule, _change(rule, (), scope)), scope)
    return scope.made


def _past(incidents: Iterable[Incident], memory: Memory, desk: Desk, now: datetime) -> Scope:
    return Scope(changed=tuple(incidents), gone=(), heirs={}, memory=memory, desk=desk, now=now, silent=True, edited=True)


def _decided(scope: Scope, index: Index) -> Decision:
    _inherit(scope)
    for rule, incidents in _concerned(scope, index):
        wants = _episodes(rule, incidents, scope) if rule.form else _plain(rule, incidents, scope)
        _compare_all(rule, wants, scope)
    _post(scope)
    return scope.made


def _compare_all(rule: Rule, wants: Iterable[tuple[str, str, Label | None]], scope: Scope) -> None:
    for subject, anchor, label in wants:
        _compare(rule, subject, anchor, label, scope)


# ------------------------------------------------------------------------------------------------------------- wanted


def _concerned(scope: Scope, index: Index) -> Iterator[tuple[Rule, list[Incident]]]:
    """The rules that may say something else now, in the order of the set, each with the changed incidents that it may speak of.

    Those are: what the index names, what told something there before, and temporal rules that have, or had, a member there.
    """
    found: defaultdict[str, list[Incident]] = defaultdict(list)
    for incident in scope.changed:
        seen = _seen(incident, scope)
        rows = (*scope.memory.told_on(incident.id), *(row for row in scope.made.told.values() if row.anchor == incident.id))
        before = {row.rule for row in rows}.union(rule for rule, _ in scope.memory.points_of(incident.id))
        for name in index.candidates(seen.events, seen.articles) | before:
            found[name].append(incident)
    for rule in index.in_order(found.keys() | {rule for rule, _ in scope.lost}):
        yield rule, found[rule.id]


def _seen(incident: Incident, scope: Scope) -> View:
    known = scope.views.get(incident.id)
    if known is None:
        known = scope.views[incident.id] = view(incident, scope.memory)
    return known


def _plain(rule: Rule, incidents: Sequence[Incident], scope: Scope) -> list[tuple[str, str, Label | None]]:
    """(subject, anchor, label) of each incident; the label is None where the rule says nothing."""
    return [(incident.id, incident.id, wanted(rule, _seen(incident, scope), scope.desk)) for incident in incidents]


def _episodes(rule: Rule, incidents: Sequence[Incident], scope: Scope) -> list[episodes.Want]:
    """The same of every episode that the change may concern."""
    change = _change(rule, incidents, scope)
    found = episodes.wants(rule, change)
    scope.made.points += change.points
    return found


def _change(rule: Rule, incidents: Sequence[Incident], scope: Scope) -> episodes.Change:
    lost = {incident: point for (name, incident), point in scope.lost.items() if name == rule.id}
    return episodes.Change(
        changed=incidents, lost=lost, memory=scope.memory, desk=scope.desk, told=scope.made.told, views=scope.views
    )


# --------------------------------------------------------------------------------------------------- told against it


def _compare(rule: Rule, subject: str, anchor: str, label: Label | None, scope: Scope) -> None:
    row = scope.made.told.get((rule.id, subject)) or scope.memory.told(rule.id, subject)
    if label is None:
        if row is None or row.state != "open":
            return
        if scope.edited and row.label.rule_hash != rule.hash:
            scope.made.told[rule.id, subject] = replace(row, state="former")
        else:
            _withdraw(row, _against(row, scope), scope)
    elif row is None or (not row.ordinal and (scope.edited or row.state != "open")):  # nothing was ever told of it
        _first(rule, subject, anchor, label, scope)
    elif row.state == "withdrawn" and not scope.silent:
        _tell(replace(row, state="open"), label, "correction", ("holds again after all",), scope)
    else:
        _again(row, label, scope)


def _first(rule: Rule, subject: str, anchor: str, label: Label, scope: Scope) -> None:
    row = Told(rule=rule.id, subject=subject, anchor=anchor, ordinal=0, label=label, peak=peaks(label, {}))
    if scope.silent:
        scope.made.told[rule.id, subject] = row
    elif label.time.end < scope.now - rule.max_age:
        scope.made.passed[rule.id, anchor] = f"stale: {anchor} is older than the rule announces"
    elif rule.expires is not None and scope.now.date() > rule.expires:
        scope.made.passed[rule.id, anchor] = f"expired: {anchor} came after {rule.expires}, the rule's last day"
    else:
        _tell(row, label, "new", (), scope)


def _again(row: Told, label: Label, scope: Scope) -> None:
    if label == row.label and row.state == "open":
        return
    found = changes(row.label, label, row.peak)
    back = [change for change in found if change.takes_back]
    calls = back or [change for change in found if change.kind in (*label.again_on, "evidence")]
    if calls and not scope.silent:
        kind: AlertKind = "new" if row.ordinal == 0 else "correction" if back else "update"
        _tell(row, label, kind, tuple(change.words for change in _told_first(found)), scope)
        return
    scope.made.told[row.rule, row.subject] = replace(row, label=label, state="open")
    scope.made.edited.add(row.anchor)


def _told_first(found: Sequence[Change]) -> list[Change]:
    return sorted(found, key=lambda change: not change.takes_back)


def _against(row: Told, scope: Scope) -> tuple[str, ...]:
    """Why a label no longer holds, in words: who denies it, else that what is known now says otherwise."""
    incident = scope.memory.incident(row.anchor)
    contrary = against(scope.memory.events(incident.events if incident else ()))
    for verb, own in (
        ("denied by", [event for event in contrary if event.standing == "denied"]),
        ("called an accident by", [event for event in contrary if event.standing != "denied"]),
    ):
        speakers = dict.fromkeys(word.span.text for event in own for word in event.attribution)
        if speakers:
            return (f"{verb} {', '.join(speakers)}",)
    return ("what is known now says otherwise",)


def _withdraw(row: Told, words: tuple[str, ...], scope: Scope) -> None:
    closed = replace(row, state="withdrawn")
    if row.ordinal == 0 or scope.silent:
        scope.made.told[row.rule, row.subject] = closed
        scope.made.edited.add(row.anchor)
        return
    incident = scope.memory.incident(row.anchor)
    label = row.label if incident is None else replace(row.label, standing=incident.facts.standing)
    _tell(closed, label, "withdrawal", words, scope)


def _tell(row: Told, label: Label, kind: AlertKind, words: tuple[str, ...], scope: Scope) -> None:
    ordinal = row.ordinal + 1
    kept = row.label if kind == "withdrawal" else label
    scope.made.told[row.rule, row.subject] = replace(row, ordinal=ordinal, label=kept, peak=peaks(label, row.peak))
    scope.made.alerts.append(
        Alert(
            id=f"{row.anchor}/{row.rule}/{ordinal}",
            kind=kind,
            incident=row.anchor,
            ordinal=ordinal,
            label=label,
            changes=words,
            decided=scope.now,
        )
    )


def _inherit(scope: Scope) -> None:
    """What was told of incidents that are gone: it goes over to the heir, or it is withdrawn."""
    for incident in scope.gone:
        heir = scope.heirs.get(incident.id)
        for row in scope.memory.told_on(incident.id):
            if row.state == "withdrawn":
                continue
            if heir is None:
                _withdraw(row, ("the report it rested on no longer says so",), scope)
            elif row.subject != incident.id:  # an episode keeps its subject and moves its anchor
                scope.made.told[row.rule, row.subject] = replace(row, anchor=heir)
            elif scope.memory.told(row.rule, heir) is None:
                scope.made.told[row.rule, heir] = replace(row, subject=heir, anchor=heir)
                scope.made.told[row.rule, row.subject] = replace(row, state="withdrawn")
                scope.made.edited.add(incident.id)
            else:
                _withdraw(row, ("it is the same incident as one told before",), scope)


# --------------------------------------------------------------------------------------------------------- the posts


def _post(scope: Scope) -> None:
    """One delivery for each channel of every incident whose post changes."""
    loud: dict[str, list[Alert]] = {}
    for alert in scope.made.alerts:
        loud.setdefault(alert.incident, []).append(alert)
    for incident in dict.fromkeys([*loud, *sorted(scope.made.edited)]):
        rows = _rows(incident, scope)
        alerts = tuple(loud.get(incident, ()))
        channels = dict.fromkeys(channel for row in rows for channel in row.label.channels)
        post = _content(incident, rows, scope)
        if post is None:
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
                    post=post,
                    ping=bool(heard),
                )
            )


def _rows(incident: str, scope: Scope) -> list[Told]:
    """Told rows on an incident's post after this decision."""
    stored = {(row.rule, row.subject): row for row in scope.memory.told_on(incident)}
    rows = (stored | scope.made.told).values()
    return [row for row in rows if row.anchor == incident and row.ordinal and not row.label.shadow]


def _content(incident: str, rows: Sequence[Told], scope: Scope) -> Post | None:
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


# -------------------------------------------------------------------------------------------------------- the ledger


def _account(reading: Reading, scope: Scope) -> None:
    """Exactly one disposition of the revision, and one of each event under each rule that labels its incident."""
    article = reading.article
    matched = False
    for event in reading.events:
        incident = scope.memory.incident_of(event.id)
        for rule in scope.desk.index.in_order(_speaking(incident, scope)) if incident else ():
            fate = _fate(rule.id, incident, scope)
            if fate:
                matched = True
                scope.made.dispositions.append(
                    Disposition(article=article.id, revision=article.revision, event=event.id, rule=rule.id, outcome=fate)
                )
    outcome = f"unread: {reading.unread}" if reading.unread else "matched" if matched else "unmatched"
    scope.made.dispositions.append(Disposition(article=article.id, revision=article.revision, event="", rule="", outcome=outcome))


def _speaking(incident: str, scope: Scope) -> set[str]:
    """Ids of the rules that have something to do with an incident: they told of it, or hold back from telling it."""
    rows = (*scope.made.told.values(), *scope.memory.told_on(incident))
    found = {row.rule for row in rows if row.anchor == incident}
    found |= {alert.label.rule for alert in scope.made.alerts if alert.incident == incident}
    return found | {rule for rule, anchor in scope.made.passed if anchor == incident}


def _fate(rule: str, incident: str | None, scope: Scope) -> str:
    """What became of an event under a rule, "" where the rule says nothing of its incident."""
    alert = next((each for each in scope.made.alerts if each.incident == incident and each.label.rule == rule), None)
    if alert is not None:
        return f"alerted {alert.id} ({alert.kind})"
    rows = [row for row in (*scope.made.told.values(), *scope.memory.told_on(incident or "")) if row.rule == rule]
    row = next((row for row in rows if row.anchor == incident and row.state == "open"), None)
    if row is None:
        return scope.made.passed.get((rule, incident or ""), "")
    if scope.silent:
        return f"backfill: {incident} known silently"
    return f"updated incident {incident}"
