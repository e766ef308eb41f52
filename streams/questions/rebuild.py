"""Whether what the matcher keeps is what its inputs give: rebuilt from the journal, and from the events that it keeps.

Called by `tocsin doctor --rebuild`. It only reads, and repairs nothing: a kept state that differs has a cause, and to write over it
would hide that. A difference is a fault of ours, of the disk, or of a hand in the store; each is a line that names what it is of.

- *From the journal*: all its entries are taken again into an empty memory; incidents, points and told rows must be the same
  records. What retention has forgotten is left out.
- *From the events*: every rule in force is judged anew on every incident as it is kept; the points, and the labels that stand,
  must be what comes out. Left out are rules that still look back, and incidents of which an article has lost its text to retention.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from rules.model import Rule
from streams import replay
from streams.knowledge.world import Knowledge
from streams.labels import episodes
from streams.labels.wanted import Desk, View, view, wanted
from streams.memory import DictMemory
from streams.ports import Memory
from streams.records.flow import Label, Told
from streams.store import journal

if TYPE_CHECKING:
    from streams.store.store import Store

_EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class Report:
    """What was compared and what differs."""

    compared: dict[str, int]  # incidents, points, told rows
    differences: list[str]
    notices: list[str]  # what makes the comparison less sure


def from_journal(store: "Store", knowledge: Knowledge, rules: Sequence[str], keep: timedelta) -> Report:
    """The kept state against the journal taken again; `rules`: ids to compare; `keep`: how long events are kept.

    It takes as long as all the articles took to decide. Entries that come meanwhile are left out with what they changed.
    """
    found = Report(compared={"incidents": 0, "points": 0, "told rows": 0}, differences=[], notices=[])
    with store.remembering() as kept:
        incidents = {one.id: one for one in kept.incidents_between(*_EVER)}  # the first read: what it sees, all later ones see
        last = kept.newest()
        rebuilt = DictMemory()
        entries = journal.read(store)
        for _ in replay.journal((one for one in entries if one.number <= last), knowledge, found.notices.append, rebuilt):
            pass
        gone = (kept.clock() or _EVER[0]) - keep
        now = {one.id: one for one in rebuilt.incidents_between(*_EVER) if one.id in incidents or one.last_published >= gone}
        _compare(found, "incidents", incidents, now)
        for rule in rules:
            ours = {point.incident: point for point in kept.points(rule, *_EVER)}
            theirs = {point.incident: point for point in rebuilt.points(rule, *_EVER) if point.incident in now}
            _compare(found, "points", _of(rule, ours), _of(rule, theirs))
            rows = {row.subject: row for row in kept.told_by(rule)}
            again = {row.subject: row for row in rebuilt.told_by(rule) if row.subject in rows or row.anchor in now}
            _compare(found, "told rows", _of(rule, rows), _of(rule, again))
    return found


def from_events(memory: Memory, desk: Desk) -> Report:
    """The kept points and labels of every rule in force against what it says now of every incident kept."""
    found = Report(compared={"points": 0, "told rows": 0}, differences=[], notices=[])
    looking = {rule for one in memory.backfills() for rule in one.rules}
    views = [view(one, memory) for one in memory.incidents_between(*_EVER)]
    whole = [seen for seen in views if all(article.text or article.title for article in seen.articles.values())]
    if len(whole) < len(views):
        found.notices.append(f"{len(views) - len(whole)} incidents have articles without text (any more) and are left out")
    for rule in desk.rules:
        if rule.id in looking:
            found.notices.append(f'rule "{rule.id}" still looks back and is left out')
        elif rule.form is None:
            _plain(rule, whole, memory, desk, found)
        else:
            _temporal(rule, whole, memory, desk, found)
    return found


def _plain(rule: Rule, views: Sequence[View], memory: Memory, desk: Desk, found: Report) -> None:
    for seen in views:
        row, label = memory.told(rule.id, seen.incident.id), wanted(rule, seen, desk)
        _stands(rule, seen.incident.id, row, label, memory, found)


def _temporal(rule: Rule, views: Sequence[View], memory: Memory, desk: Desk, found: Report) -> None:
    ours = {point.incident: point for point in memory.points(rule.id, *_EVER)}
    fresh = {seen.incident.id: point for seen in views if (point := episodes.point_of(rule, seen, desk)) is not None}
    names = {seen.incident.id for seen in views}
    _compare(found, "points", _of(rule.id, {name: ours[name] for name in ours.keys() & names}), _of(rule.id, fresh))
    if len(names) < memory.count_incidents():
        return  # an episode rests on all of its members
    change = episodes.Change(changed=(), lost={}, memory=memory, desk=desk, told={})
    for subject, _, label in episodes.all_wants(rule, change):
        _stands(rule, subject, memory.told(rule.id, subject), label, memory, found)


def _stands(rule: Rule, subject: str, row: Told | None, label: Label | None, memory: Memory, found: Report) -> None:
    """A row by the rule's present text against the label that is wanted of its subject."""
    if row is not None and row.label.rule_hash != rule.hash:
        return  # by an earlier text, and it stays told
    found.compared["told rows"] += row is not None
    stands, name = row is not None and row.state == "open", f'told row "{rule.id}", {subject}'
    if label is None and stands:
        found.differences.append(f"{name}: stands told, and the events no longer say so")
    elif label is not None and not stands and _announced(rule, label, memory.clock() or _EVER[0]):
        found.differences.append(f"{name}: the events say so, and it does not stand told")
    elif label is not None and row is not None and stands and _timeless(row.label) != _timeless(label):
        found.differences.append(f"{name}: {_first_difference(_timeless(row.label), _timeless(label))}")


def _announced(rule: Rule, label: Label, now: datetime) -> bool:
    """Whether it was neither too old nor too late to be told as new, as far as that can be said now."""
    return label.time.end >= now - rule.max_age and not (rule.expires and now.date() > rule.expires)


def _timeless(label: Label) -> Label:
    """The label without what the clock adds to it."""
    return label if label.pattern is None else replace(label, pattern=replace(label.pattern, ended=False))


def _of(rule: str, records: Mapping[str, object]) -> dict[str, object]:
    return {f'"{rule}", {name}': record for name, record in records.items()}


def _compare(found: Report, what: str, kept: Mapping[str, object], rebuilt: Mapping[str, object]) -> None:
    found.compared[what] += len(kept)
    found.differences += list(_differences(what.removesuffix("s"), kept, rebuilt))


def _differences(what: str, kept: Mapping[str, object], rebuilt: Mapping[str, object]) -> Iterator[str]:
    for name in sorted(kept.keys() | rebuilt.keys()):
        if name not in kept:
            yield f"{what} {name}: is not kept, and should be"
        elif name not in rebuilt:
            yield f"{what} {name}: is kept, and should not be"
        elif kept[name] != rebuilt[name]:
            yield f"{what} {name}: {_first_difference(kept[name], rebuilt[name])}"


def _first_difference(kept: Any, rebuilt: Any) -> str:
    """The first field that differs, in the order of the record."""
    for field in fields(kept):
        ours, theirs = getattr(kept, field.name), getattr(rebuilt, field.name)
        if ours != theirs:
            return f'"{field.name}" is kept as {_short(ours)}, rebuilt as {_short(theirs)}'
    return "differs"


def _short(value: object) -> str:
    words = str(value)
    return words if len(words) <= 120 else f"{words[:117]}..."
