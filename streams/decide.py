"""What is new to the desk: *wanted* (what the rules say of the events known now) against *told* (what entered the outbox).

Called by the pipeline after the incidents have been regrouped; returns what to write, writes nothing. Late articles,
corrections, denials, rebuilds and rule changes are this one comparison. The clock gates a first telling only.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from rules.index import Index
from rules.model import Rule
from streams.alerting import escalation, mutes, posting, telling
from streams.alerting.decision import Decision, Scope
from streams.incidents.facts import against
from streams.incidents.grouping import Regrouping
from streams.labels import episodes
from streams.labels.wanted import Desk, View, view, wanted
from streams.ports import Memory
from streams.records.flow import Disposition, Event, Incident, Label, Reading, Told
from streams.records.timelines import Point


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


def decide_by_hand(
    word: str, regrouping: Regrouping, memory: Memory, desk: Desk, now: datetime, lost: Mapping[tuple[str, str], Point]
) -> Decision:
    """What to tell after an operator has merged or split incidents; the desk knows already what they have together."""
    scope = Scope(
        changed=regrouping.written,
        gone=regrouping.gone,
        heirs=regrouping.heirs,
        memory=memory,
        desk=desk,
        now=now,
        silent=False,
        lost=lost,
        by_hand=word,
    )
    return _decided(scope, desk.index)


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
    concerned = sorted(_concerned(scope, index), key=lambda pair: not pair[0].policy.inhibits)  # who silences others goes first
    for rule, incidents in concerned:
        wants = _episodes(rule, incidents, scope) if rule.form else _plain(rule, incidents, scope)
        _compare_all(rule, wants, scope)
    freed = _freed(scope)
    posting.post(scope)
    for row in freed:
        _note(row, scope)
    return scope.made


def again(incidents: Iterable[str], memory: Memory, desk: Desk, now: datetime) -> Decision:
    """What is to be told of incidents that are as they were, where something else has changed that labels rest on."""
    known = (memory.incident(one) for one in dict.fromkeys(incidents))
    changed = tuple(one for one in known if one is not None)
    return _decided(Scope(changed=changed, gone=(), heirs={}, memory=memory, desk=desk, now=now, silent=False), desk.index)


def release(rule: str, subject: str, memory: Memory, desk: Desk, now: datetime) -> Decision:
    """What becomes of a label whose time of waiting is over: it is told, marked or not, unless something else keeps it back."""
    scope = Scope(changed=(), gone=(), heirs={}, memory=memory, desk=desk, now=now, silent=False)
    row = scope.row(rule, subject)
    if row is None or not row.held or row.state != "open":
        return scope.made
    telling.announce(row, row.label, scope)
    posting.post(scope)
    _note(row, scope)
    return scope.made


def end(rule: str, subject: str, memory: Memory, desk: Desk, now: datetime) -> Decision:
    """What becomes of a count whose window has emptied, as far as is known by now."""
    scope = Scope(changed=(), gone=(), heirs={}, memory=memory, desk=desk, now=now, silent=False)
    row = scope.row(rule, subject)
    if row is not None and row.state == "open" and not row.held:
        telling.again(row, row.label, scope)
        posting.post(scope)
    return scope.made


def _freed(scope: Scope) -> list[Told]:
    """Tells what was silenced by something that no longer stands there; its own incident may have no other change."""
    written = [row for row in scope.made.told.values() if row.label.policy.inhibits]
    before = [known for row in written if (known := scope.memory.told(row.rule, row.subject)) is not None]
    freed = []
    for incident in dict.fromkeys(row.anchor for row in (*written, *before)):
        for row in scope.rows_on(incident):
            if row.held in ("", telling.WAITS) or row.state != "open" or (row.rule, row.subject) in scope.made.told:
                continue
            if scope.silent:  # an article that is told silently tells nothing; the next tick does
                telling.look_again(row, scope)
            else:
                telling.announce(row, row.label, scope)
                freed.append(row)
    return freed


def _note(row: Told, scope: Scope) -> None:
    """What became of a label in the ledger of its own event, which is none of the article that is decided."""
    fate = _fate(row.rule, row.anchor, scope)
    for event in scope.memory.events((row.label.event,)) if fate else ():
        scope.made.dispositions.append(
            Disposition(article=event.article, revision=event.revision, event=event.id, rule=row.rule, outcome=fate)
        )


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
    row = scope.row(rule.id, subject)
    if label is None:
        if row is None or row.state != "open":
            return
        if scope.edited and row.label.rule_hash != rule.hash:
            scope.made.told[rule.id, subject] = replace(row, state="former", held="", until=None)
        else:
            telling.withdraw(row, _against(row, scope), scope)
    elif row is None or (not row.ordinal and not row.held and (scope.edited or row.state != "open")):  # nothing was ever told
        telling.first(rule, subject, anchor, label, scope)
    elif row.state == "withdrawn" and not scope.silent:
        telling.restore(row, label, scope)
    else:
        telling.again(row, label, scope)


def _against(row: Told, scope: Scope) -> tuple[str, ...]:
    """Why a label no longer holds, in words: who denies it, else that what is known now says otherwise."""
    incident = scope.memory.incident(row.anchor)
    contrary = against(scope.memory.events(incident.events if incident else ()))
    for verb, own in (
        ("denied by", [event for event in contrary if event.standing == "denied"]),
        ("called an accident by", [event for event in contrary if event.standing != "denied"]),
    ):
        speakers = _speakers(own)
        if speakers:
            return (f"{verb} {', '.join(speakers)}",)
    return ("what is known now says otherwise",)


def _speakers(events: Sequence[Event]) -> list[str]:
    """Who says it, each once: "Jordan" and "the Jordanian government" are one voice."""
    found: dict[tuple[str, str], str] = {}
    for word in (word for event in events for word in event.attribution):
        name = word.span.text.casefold().removeprefix("the ")
        found.setdefault((word.speaker, word.actor or word.nation or name), word.span.text)
    return list(found.values())


def _inherit(scope: Scope) -> None:
    """What was told of incidents that are gone: it goes over to the heir, or it is withdrawn."""
    for incident in scope.gone:
        heir = scope.heirs.get(incident.id)
        if heir is not None:
            escalation.inherit(incident.id, heir, scope)
            mutes.inherit(incident.id, heir, scope)
        for row in scope.memory.told_on(incident.id):
            if row.state == "withdrawn":
                continue
            there = scope.row(row.rule, heir) if heir else None
            if heir is None:
                telling.withdraw(row, ("the report it rested on no longer says so",), scope)
                continue
            if row.subject != incident.id:  # an episode keeps its subject and moves its anchor
                scope.made.told[row.rule, row.subject] = replace(row, anchor=heir)
            elif there is None or row.ordinal > there.ordinal == 0:  # what the desk has heard goes before what waits to be told
                scope.made.told[row.rule, heir] = replace(row, subject=heir, anchor=heir)
                escalation.move(row, heir, scope)
                scope.made.told[row.rule, row.subject] = replace(row, state="withdrawn", held="", until=None)
                scope.made.edited.add(incident.id)
            else:
                told = f"the same incident as {heir}" + (f": {scope.by_hand}" if scope.by_hand else ", which was told before")
                telling.withdraw(row, (told,), scope, kind="correction")


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
    found = {row.rule for row in scope.rows_on(incident)}
    found |= {alert.label.rule for alert in scope.made.alerts if alert.incident == incident}
    return found | {rule for rule, anchor in scope.made.passed if anchor == incident}


def _fate(rule: str, incident: str | None, scope: Scope) -> str:
    """What became of an event under a rule, "" where the rule says nothing of its incident."""
    alert = next((each for each in scope.made.alerts if each.incident == incident and each.label.rule == rule), None)
    if alert is not None:
        return posting.fate(alert, scope)
    passed = scope.made.passed.get((rule, incident or ""))
    if passed is not None:
        return passed
    row = next((row for row in scope.rows_on(incident or "") if row.rule == rule and row.state == "open"), None)
    if row is None:
        return ""
    if scope.silent:
        return f"backfill: {incident} known silently"
    return f"updated incident {incident}" if row.ordinal else f"known silently: nothing is told of {incident} so far"
