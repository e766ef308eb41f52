"""From a label that is wanted to an alert, or to the reason why there is none (yet): holds, mutes and inhibition stand here.

Called by `streams.decide` for every difference, and by a timer for what was held. Nothing is dropped: a label that is not told
stays in its row, silently known or held, and the ledger has the reason (`Decision.passed`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from rules.model import Rule
from streams.alerting import escalation
from streams.alerting.decision import Scope
from streams.labels.changes import Change, changes, peaks, states
from streams.records.flow import Alert, AlertKind, Label, Told
from streams.records.orders import Timer
from streams.route import independent, inhibitor, later, moment, mute_of, uncorroborated

OFTEN = 2  # a state that was told so often calls no more: the desk knows that accounts differ (assumption)
WAITS = "waits for corroboration"
LATE = timedelta(hours=12)  # an attack is told within that; assumption: a count said to be over must seldom go on after all


def first(rule: Rule, subject: str, anchor: str, label: Label, scope: Scope) -> None:
    """A label of which nothing was ever told."""
    label = _dated(label, None, scope)
    row = Told(rule=rule.id, subject=subject, anchor=anchor, ordinal=0, label=label, peak=peaks(label, {}))
    if scope.silent:
        _keep(row, scope)
    elif label.time.end < scope.now - rule.max_age:
        scope.made.passed[rule.id, anchor] = f"stale: {anchor} is older than the rule announces"
    elif rule.expires is not None and scope.now.date() > rule.expires:
        scope.made.passed[rule.id, anchor] = f"expired: {anchor} came after {rule.expires}, the rule's last day"
    else:
        announce(row, label, scope, tuple(filter(None, (scope.by_hand,))))


def announce(row: Told, label: Label, scope: Scope, words: tuple[str, ...] = ()) -> None:
    """Tells a label as new, or keeps it back: muted, inhibited, or until enough independent origins stand behind it."""
    hold, mute = label.policy.hold, mute_of(label, row.label.severity, scope.book, scope.now)
    other = inhibitor(label, scope.rows_on(row.anchor))
    if mute is not None:  # known silently from now on: its next change that calls is new to the desk
        _keep(replace(row, label=label, state="open", held="", until=None), scope)
        scope.made.passed[row.rule, row.anchor] = mute.words
    elif other is not None:
        _keep(replace(row, label=label, state="open", held=f"inhibited by {other.rule}"), scope)
        scope.made.passed[row.rule, row.anchor] = f"inhibited by {other.rule} on {row.anchor}"
    elif hold is None or independent(label) >= hold.sources:
        meanwhile = (f"corroborated: {independent(label)} independent sources",) if hold and row.until else ()
        tell(row, label, "new", (*meanwhile, *words), scope)
    elif row.until is not None and scope.now >= row.until:
        tell(row, label, "new", (*filter(None, (uncorroborated(label),)), *words), scope)
    else:
        until, many = row.until or later(scope.now, hold.within_s), f"{independent(label)} of {hold.sources} independent sources"
        _keep(replace(row, label=label, state="open", held=WAITS, until=until), scope)
        scope.made.timers["hold", _key(row)] = Timer(due=until, kind="hold", key=_key(row))
        scope.made.passed[row.rule, row.anchor] = f"held by {row.rule} until {moment(until)}: {many}"


def again(row: Told, label: Label, scope: Scope) -> None:
    """A label of which something was told, or is known silently, or is held."""
    label = _dated(label, row.label, scope)
    if row.held and not scope.silent:
        announce(row, label, scope)
        return
    if label == row.label and row.state == "open":
        return
    if row.state == "open" and _shown(label) == _shown(row.label):
        _keep(replace(row, label=label), scope)
        return
    found = changes(row.label, label, row.peak)
    live = [change for change in found if row.said.get(change.state, 0) < OFTEN]  # the rest goes to and fro
    back = [change for change in live if change.takes_back]
    calls = back or [change for change in live if change.kind in (*label.again_on, "evidence")]
    words = tuple(change.words for change in _told_first(found))
    silenced = _silenced(row, label, scope, back=bool(back)) if row.ordinal else ""
    known = bool(scope.by_hand) and not back  # of one incident or the other, the desk has heard it
    if scope.silent or not calls or silenced or known:
        _keep(replace(row, label=label, state="open"), scope)
        scope.made.edited.add(row.anchor)
        flaps = [change.words for change in found if change not in live] if row.ordinal and not calls else []
        reason = silenced if calls else f"edited in silence, for it goes to and fro: {'; '.join(flaps)}" if flaps else ""
        if reason and not scope.silent:
            scope.made.passed[row.rule, row.anchor] = reason
    elif row.ordinal:
        tell(row, label, "correction" if back else "update", words, scope, tuple(change.state for change in found))
    else:
        announce(row, label, scope, words)


def restore(row: Told, label: Label, scope: Scope) -> None:
    """A label that was withdrawn and holds again."""
    label = _dated(label, None, scope)
    silenced = _silenced(row, label, scope, back=True)
    if silenced:
        _keep(replace(row, label=label, state="open"), scope)
        scope.made.edited.add(row.anchor)
        scope.made.passed[row.rule, row.anchor] = silenced
    else:
        tell(row, label, "correction", ("holds again after all",), scope)


def withdraw(row: Told, words: tuple[str, ...], scope: Scope, kind: AlertKind = "withdrawal") -> None:
    """A label that no longer holds; in silence where the desk has not heard of it, or does not want to.

    A "correction" closes it too: it holds still, and stands on another incident's post.
    """
    closed = replace(row, state="withdrawn", held="", until=None)
    silenced = _silenced(row, row.label, scope, back=True) if row.ordinal else ""
    if row.ordinal == 0 or scope.silent or silenced:
        _keep(closed, scope)
        scope.made.edited.add(row.anchor)
        if silenced and not scope.silent:
            scope.made.passed[row.rule, row.anchor] = silenced
        return
    incident = scope.memory.incident(row.anchor)
    label = row.label if incident is None else replace(row.label, standing=incident.facts.standing)
    tell(closed, label, kind, words, scope, closes=True)


def tell(
    row: Told,
    label: Label,
    kind: AlertKind,
    words: tuple[str, ...],
    scope: Scope,
    come_to: tuple[str, ...] = (),
    *,
    closes: bool = False,
) -> None:
    """The next alert of a label; one that `closes` keeps the row's own label and state, else the row is open with this label.

    `come_to`: the states that its changes come to; those of the whole label where it is new.
    """
    count = Counter(row.said) + Counter(filter(None, states(label) if kind == "new" else come_to))
    said, peak = dict(sorted(count.items())), peaks(label, row.peak)
    kept, state = (row.label, row.state) if closes else (label, "open")
    told = replace(row, ordinal=row.ordinal + 1, label=kept, state=state, peak=peak, said=said, held="", until=None)
    _keep(told, scope)
    if kind == "new":
        escalation.begin(told, scope)
    scope.made.alerts.append(
        Alert(
            id=f"{row.anchor}/{row.rule}/{told.ordinal}",
            kind=kind,
            incident=row.anchor,
            ordinal=told.ordinal,
            label=label,
            changes=words,
            decided=scope.now,
        )
    )


def look_again(row: Told, scope: Scope) -> None:
    """Has the next tick ask again what becomes of a held label."""
    scope.made.timers["hold", _key(row)] = Timer(due=scope.now, kind="hold", key=_key(row))


def _keep(row: Told, scope: Scope) -> None:
    """Writes the row; what is held no longer has no timer."""
    before = scope.row(row.rule, row.subject)
    scope.made.told[row.rule, row.subject] = row
    if before is not None and before.held and (not row.held or row.until is None):
        scope.made.timers["hold", _key(row)] = None
    due = _emptied(row)
    if due != (_emptied(before) if before is not None else None):
        scope.made.timers["ended", _key(row)] = Timer(due=due, kind="ended", key=_key(row)) if due else None


def _emptied(row: Told) -> datetime | None:
    """When to say that a count that was told is over, None for never."""
    pattern = row.label.pattern if row.state == "open" and row.ordinal else None
    return pattern.until + LATE if pattern and pattern.until and not pattern.ended else None


def _shown(label: Label) -> Label:
    """The label but for what no post shows before it is so: when its count will be over."""
    pattern = label.pattern
    return label if pattern is None or pattern.ended else replace(label, pattern=replace(pattern, until=None))


def _dated(label: Label, told: Label | None, scope: Scope) -> Label:
    """The label with whether its count is over: so long after its window emptied; once said, by the window alone.

    In silence nothing is over that was not: what is known silently must not depend on when somebody looked.
    """
    pattern, before = label.pattern, told.pattern if told is not None else None
    if pattern is None or pattern.until is None:
        return label
    said = before is not None and before.ended
    if scope.silent:
        ended = said and before is not None and before.until == pattern.until
    else:
        ended = pattern.until + (timedelta(0) if said else LATE) <= scope.now
    return replace(label, pattern=replace(pattern, ended=ended))


def _silenced(row: Told, label: Label, scope: Scope, *, back: bool) -> str:
    """Why a change of something told does not call, "" when it does; what takes back is never inhibited."""
    mute = mute_of(label, row.label.severity, scope.book, scope.now)
    if mute is not None:
        return mute.words
    other = None if back else inhibitor(label, scope.rows_on(row.anchor))
    return "" if other is None else f"inhibited by {other.rule} on {row.anchor}"


def _told_first(found: Sequence[Change]) -> list[Change]:
    return sorted(found, key=lambda change: not change.takes_back)


def _key(row: Told) -> str:
    return f"{row.rule}\n{row.subject}"
