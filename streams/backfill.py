"""What new or changed rules say of the past, told silently and in slices: alerts do not wait for 400 days of incidents.

    rule set ─► pass over the incidents by id, slice by slice ─► episodes of temporal rules at the end
    article  ─► the incidents it may change first ─► then the article

Called by the pipeline, inside transactions of its owner. The result is that of judging everything at once when the rule set
came: an incident is judged as it stood then, because whatever an article may change is judged before it is changed. So the
slices are no input of the matcher and stand in no journal, and a replay may take them all at once. One thing lags: a post
that is edited meanwhile for another rule shows the label of a rule on its way as it was last told.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from rules.model import Rule
from streams.alerting.decision import Decision
from streams.decide import decide_episodes, decide_rules
from streams.incidents.grouping import Regrouping, affected
from streams.labels.episodes import point_of
from streams.labels.wanted import Desk, View, view
from streams.ports import Memory
from streams.records.flow import Event, Incident, Reading
from streams.records.progress import Backfill

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # the matcher's now before its first entry
SLICE = 16  # incidents; the run fits it to the clock (`streams.adopt`), here it only has to be small


def begin(entry: int, changed: Sequence[Rule], memory: Memory, desk: Desk) -> None:
    """Notes that the changed rules owe the past a judgement; rules that are gone or changed again owe no earlier one."""
    kept = {rule.id for rule in desk.rules} - {rule.id for rule in changed}
    for one in memory.backfills():
        rules = tuple(rule for rule in one.rules if rule in kept)
        if rules != one.rules:
            _put(replace(one, rules=rules), memory)
    _put(Backfill(entry=entry, rules=tuple(rule.id for rule in changed), total=memory.count_incidents()), memory)


def step(memory: Memory, desk: Desk, now: datetime, *, limit: int = SLICE) -> Backfill | None:
    """The oldest pass after its next slice, as it was when nothing is left of it; None when the past owes nothing."""
    passes = memory.backfills()
    if not passes:
        return None
    one, rules = passes[0], _rules(passes[0], desk)
    incidents = memory.unjudged(one.entry, one.after, limit)
    forms = _forms(one, desk)
    if not incidents and forms:
        return end(one, forms[0], decide_episodes(forms[:1], memory, desk, now), memory, desk)
    write(decide_rules(rules, incidents, memory, desk, now), memory)
    moved = replace(one, after=incidents[-1].id if incidents else one.after, judged=one.judged + len(incidents))
    _move(moved, memory, over=not forms and len(incidents) < limit)
    return moved


def due(memory: Memory, desk: Desk) -> tuple[Backfill, Rule] | None:
    """The pass and the temporal rule whose episodes are the next step, all its incidents being judged; None where it is a slice."""
    passes = memory.backfills()
    if not passes or memory.unjudged(passes[0].entry, passes[0].after, 1):
        return None
    forms = _forms(passes[0], desk)
    return (passes[0], forms[0]) if forms else None


def episodes(rule: Rule, memory: Memory, desk: Desk) -> Decision:
    """What the pass would tell where the episodes of a temporal rule are its next step, to be handed to `end`.

    It writes nothing and may take long; the memory may be a snapshot while articles are taken.
    """
    return decide_episodes((rule,), memory, desk, memory.clock() or EPOCH)


def end(one: Backfill, rule: Rule, told: Decision, memory: Memory, desk: Desk) -> Backfill:
    """The pass once these episodes of a temporal rule are told, unless they were meanwhile.

    They may have been found on the memory as it was a while ago: what an article touches is ended before it is taken (`owed`).
    """
    now = next((each for each in memory.backfills() if each.entry == one.entry), None)
    if now is None or rule.id in now.ended or rule.id not in now.rules:
        return one
    write(told, memory)
    moved = replace(now, ended=(*now.ended, rule.id))
    _move(moved, memory, over=not _forms(moved, desk))
    return moved


def left(done: Backfill, memory: Memory) -> bool:
    """Whether the pass goes on."""
    return any(one.entry == done.entry for one in memory.backfills())


def pass_over(memory: Memory) -> str:
    """Takes the next incident of the oldest pass out of it, unjudged; its id, "" when the pass itself had to be given up."""
    one = memory.backfills()[0]
    incidents = memory.unjudged(one.entry, one.after, 1)
    if not incidents:
        memory.drop_backfill(one.entry)
        return ""
    memory.mark_judged(one.entry, [incidents[0].id])
    return incidents[0].id


def settle(reading: Reading, forgotten: Sequence[Event], memory: Memory, desk: Desk, now: datetime) -> None:
    """Judges, for rules on their way, every incident that the reading may change, as it stands before."""
    if memory.backfills():
        judge(affected(reading, forgotten, memory), memory, desk, now)


def finish_forms(memory: Memory, desk: Desk, now: datetime) -> None:
    """Ends the passes of temporal rules, for what an operator merges or splits may be a member of any episode."""
    while any(_forms(one, desk) for one in memory.backfills()):
        step(memory, desk, now)


def judge(touched: Sequence[Incident], memory: Memory, desk: Desk, now: datetime) -> None:
    """Judges incidents, for rules on their way, as they stand before something changes them."""
    for one in memory.backfills():
        done = memory.judged(one.entry, [incident.id for incident in touched])
        due = [incident for incident in touched if incident.id not in done]
        write(decide_rules(_rules(one, desk), due, memory, desk, now), memory)
        memory.mark_judged(one.entry, [incident.id for incident in due])


def owed(reading: Reading, regrouping: Regrouping, memory: Memory, desk: Desk) -> Backfill | None:
    """The oldest pass that must end before the reading is taken: of a temporal rule that the reading touches.

    Its episodes rest on all its members, so what the reading makes new cannot be told while some are not known.
    """
    for one in memory.backfills():
        forms = _forms(one, desk)
        if forms and any(_touches(rule, reading, regrouping, memory, desk) for rule in forms):
            return one
    return None


def mark(regrouping: Regrouping, memory: Memory) -> None:
    """Notes that incidents which the reading wrote are no past of the rules on their way."""
    for one in memory.backfills():
        done = memory.judged(one.entry, [incident.id for incident in regrouping.written])
        memory.mark_judged(one.entry, [incident.id for incident in regrouping.written if incident.id not in done])


def write(decision: Decision, memory: Memory) -> None:
    """Writes what a decision leads to."""
    for rule, incident, point in decision.points:
        if point is None:
            memory.drop_point(rule, incident)
        else:
            memory.put_point(rule, point)
    for row in decision.told.values():
        memory.put_told(row)
    for delivery in decision.deliveries:
        memory.enqueue(delivery)
    memory.dispose(decision.dispositions)
    for (of, key), timer in decision.timers.items():
        if timer is None:
            memory.drop_timer(of, key)
        else:
            memory.put_timer(timer)
    for (kind, key), note in decision.notes.items():
        if note is None:
            memory.drop_note(kind, key)
        else:
            memory.put_note(kind, key, note)


def _put(one: Backfill, memory: Memory) -> None:
    if one.rules and one.total:
        memory.put_backfill(one)
    else:
        memory.drop_backfill(one.entry)


def _rules(one: Backfill, desk: Desk) -> list[Rule]:
    return [rule for rule in desk.rules if rule.id in one.rules]


def _forms(one: Backfill, desk: Desk) -> list[Rule]:
    """Temporal rules whose episodes are still to be told."""
    return [rule for rule in _rules(one, desk) if rule.form and rule.id not in one.ended]


def _move(moved: Backfill, memory: Memory, *, over: bool) -> None:
    if over:
        memory.drop_backfill(moved.entry)
    else:
        memory.put_backfill(moved)


def _touches(rule: Rule, reading: Reading, regrouping: Regrouping, memory: Memory, desk: Desk) -> bool:
    before = [*regrouping.gone, *(was for one in regrouping.written if (was := memory.incident(one.id)) is not None)]
    return (
        any(row.rule == rule.id for one in before for row in memory.told_on(one.id))
        or any(memory.point(rule.id, one.id) or point_of(rule, view(one, memory), desk) for one in before)
        or any(point_of(rule, _ahead(one, reading, memory), desk) for one in regrouping.written)
    )


def _ahead(incident: Incident, reading: Reading, memory: Memory) -> View:
    """The incident as memory will have it once the reading is taken."""
    fresh = {event.id: event for event in reading.events}
    events = {event.id: event for event in memory.events(incident.events)} | fresh
    own = tuple(events[name] for name in incident.events if name in events)
    articles = {name: memory.article(name) for name in dict.fromkeys(event.article for event in own)} | {
        reading.article.id: reading.article
    }
    return View(incident=incident, events=own, articles={name: one for name, one in articles.items() if one is not None})
