"""The temporal forms between incidents and labels: incidents to points, episodes to labels, labels to what was told.

Called by `streams.decide` for rules that have a form. Points are kept by the memory, so an article costs what lies within the
windows around the incidents it changed, however long the history is; only where an episode that was told began before that is
more of it read. What was told keeps its subject and its anchor: an episode is known again by any incident that begins or joins it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from rules.forms import count, first, resume, sequence, series
from rules.forms.episodes import Episode, connected
from rules.model import CountWithin, FirstWithin, Form, Resume, Rule, SequenceWithin
from streams.labels import coverage, patterns, resumption
from streams.labels.wanted import Desk, View, carriers, time_of, view
from streams.ports import Memory
from streams.records.flow import Incident, Label, Telling, Told
from streams.records.timelines import Began, Point

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_DAY = timedelta(days=1)
_LOOKS = (1, 4, 0)  # how many times the form's reach is looked back; 0: to the beginning

Want = tuple[str, str, Label | None]  # subject, anchor, what the rule wants told; None: nothing (any more)


@dataclass(slots=True, kw_only=True)
class Change:
    """What one journal entry changed, as far as one rule is concerned."""

    changed: Sequence[Incident]
    lost: Mapping[str, Point]  # incidents that are gone, and what they were to the rule; memory knows it no more
    memory: Memory
    desk: Desk
    told: Mapping[tuple[str, str], Told]  # rows that this entry has written already, by (rule, subject)
    points: list[tuple[str, str, Point | None]] = field(default_factory=list)  # filled: (rule, incident, its point; None: none)
    views: dict[str, View] = field(default_factory=dict)  # incidents read so far

    def seen(self, incident: str) -> View | None:
        """The incident as it is now."""
        if incident not in self.views:
            record = self.memory.incident(incident)
            if record is None:
                return None
            self.views[incident] = view(record, self.memory)
        return self.views[incident]


def wants(rule: Rule, change: Change) -> list[Want]:
    """What the rule wants told of every episode that the change may concern, then the rows told that no episode has any more."""
    form = rule.form
    if form is None:
        return []
    fresh = {one.id: _fresh(rule, one, change) for one in change.changed}
    before = {one.id: change.memory.point(rule.id, one.id) for one in change.changed}
    before |= change.lost
    if not any((*fresh.values(), *before.values())):
        return []
    new = [point for point in fresh.values() if point is not None]
    if len(new) == 1 and not any(before.values()) and _idle(rule, form, new[0], change):
        change.points.append((rule.id, new[0].incident, new[0]))
        return []
    after = {**dict.fromkeys(before), **fresh}
    change.points += [(rule.id, name, point) for name, point in fresh.items() if point != before[name]]
    return _Judged(rule, form, change, before, after).wants()


def _idle(rule: Rule, form: Form, point: Point, change: Change) -> bool:
    """Whether a new point is later than all others and surely begins nothing: so it is with most, and costs least."""
    window = form.pause if isinstance(form, Resume) else form.within
    near = change.memory.points(rule.id, _minus(point.start, window + _DAY), _LAST)
    if any(one.at >= point.at or (isinstance(form, Resume) and one.start >= point.start) for one in near):
        return False
    match form:
        case CountWithin():
            return count.idle(form, point, near)
        case SequenceWithin():
            return sequence.idle(form, point, near)
        case FirstWithin():
            return first.idle(form, point, near)
        case Resume():
            return resume.idle(form, point, near)


def all_wants(rule: Rule, change: Change) -> list[Want]:
    """The same of every episode there is, and of every row that was told."""
    return _Judged(rule, rule.form, change, {}, {}).wants() if rule.form is not None else []


def _fresh(rule: Rule, incident: Incident, change: Change) -> Point | None:
    seen = change.seen(incident.id)
    return point_of(rule, seen, change.desk) if seen is not None else None


def point_of(rule: Rule, seen: View, desk: Desk) -> Point | None:
    """What the incident is to a rule with a form, None for nothing."""
    form, knowledge = rule.form, desk.knowledge
    if isinstance(form, Resume):
        bare = resumption.point(rule, seen, knowledge)
    elif isinstance(form, SequenceWithin):
        steps = tuple(n for n, step in enumerate(form.steps) if carriers(replace(rule, when=step.when), seen, knowledge))
        bare = _bare(seen, steps) if steps else None
    else:
        bare = _bare(seen, ()) if carriers(rule, seen, knowledge) else None
    if bare is None or form is None:
        return None
    return replace(bare, keys=series.keys(form.by, _spoken(seen.facts), knowledge))


def _bare(seen: View, steps: tuple[int, ...]) -> Point:
    when, incident = time_of(seen), seen.incident
    return Point(
        incident=incident.id,
        opener=incident.opener,
        published=incident.first_published,
        start=when.start,
        end=when.end,
        steps=steps,
    )


def _spoken(facts: Telling) -> Telling:
    """Facts with, for a statement, who and where it speaks of."""
    about = facts.about
    if about is None:
        return facts
    return replace(
        facts, actors=about.actors or facts.actors, targets=about.targets or facts.targets, place=about.place or facts.place
    )


@dataclass(frozen=True, slots=True)
class _Reach:
    back: timedelta  # what lies so far before an incident bears on whether it begins an episode
    label: timedelta  # an incident bears on the labels of episodes that began up to so long before it
    ahead: timedelta | None  # and on whether incidents up to so long after it begin one; None: on any


def _reach(form: Form) -> _Reach:
    if isinstance(form, Resume):
        return _Reach(form.pause + form.before_within + _DAY, form.pause, None)
    widest = max(form.within, _DAY)  # of a point that can be placed in the window
    return _Reach(3 * widest, timedelta(0), (1 if isinstance(form, CountWithin) else 2) * form.within + widest)


def found_in(form: Form, points: Sequence[Point]) -> tuple[Episode, ...]:
    """The episodes among points."""
    match form:
        case CountWithin():
            return count.episodes(form, points)
        case SequenceWithin():
            return sequence.episodes(form, points)
        case FirstWithin():
            return first.episodes(form, points)
        case Resume():
            return resume.episodes(form, points)


def home(anchor: str, episodes: Sequence[Episode]) -> Episode | None:
    """The episode that what was told on an incident belongs to: that it begins, else that it joins, else that it is part of."""
    own = next((one for one in episodes if one.anchor == anchor), None)
    carrying = own or next((one for one in episodes if anchor in one.carried), None)
    return carrying or next((one for one in episodes if anchor in one.members), None)


class _Judged:
    """The comparison of one rule's episodes with what was told of them."""

    def __init__(
        self, rule: Rule, form: Form, change: Change, before: Mapping[str, Point | None], after: Mapping[str, Point | None]
    ) -> None:
        self.rule, self.form, self.change = rule, form, change
        self.before, self.after = before, after
        self.moved = [point for point in (*before.values(), *after.values()) if point is not None]
        self.reach = _reach(form)
        ahead = self.reach.ahead if self.moved else None
        self.low = _minus(min(point.start for point in self.moved), self.reach.label) if self.moved else _FIRST
        self.high = _LAST if ahead is None else _minus(max(point.end for point in self.moved), -ahead)
        self.points: dict[str, Point] = {}
        self.rows: dict[str, list[Told]] = {}  # by anchor
        self.numbers: dict[str, int] = {}  # last number given, by series

    def wants(self) -> list[Want]:
        for looks in _LOOKS if self.moved else (0,):
            left = _minus(self.low, looks * self.reach.back) if looks else _FIRST
            right = _minus(self.high, -looks * self.reach.back) if looks else _LAST
            was, now = self._episodes(left, right)
            due = self._due(was)
            concerned = self._concerned(was, now, due)
            kept, loose = self._kept(now, concerned, due)
            if not looks:
                break
            homeless = any(row.state == "open" and row.anchor in self.points for row in loose)  # never withdrawn on a part of it
            if not homeless and self._settled(left, was, concerned, due) and self._ended(right, was, concerned, due):
                break
        found: list[Want] = []
        for episode in concerned:
            row = kept.get(episode.anchor)
            anchor = row.anchor if row is not None else episode.anchor
            subject = row.subject if row is not None else self._subject(episode)
            found.append((subject, anchor, self._label(episode, subject, anchor)))
        return found + [(row.subject, row.anchor, None) for row in loose if row.state == "open"]

    # --------------------------------------------------------------------------------------------------- what there is

    def _episodes(self, left: datetime, right: datetime) -> tuple[tuple[Episode, ...], tuple[Episode, ...]]:
        """Before the change and after it."""
        known = {point.incident: point for point in self._read(left, right)}
        was = known | {name: point for name, point in self.before.items() if point is not None}
        now = known | {name: point for name, point in self.after.items() if point is not None}
        self.points = {name: point for name, point in now.items() if self.after.get(name, point) is not None}
        found = found_in(self.form, list(self.points.values()))
        return (found if was == self.points else found_in(self.form, list(was.values()))), found

    def _read(self, left: datetime, right: datetime) -> Sequence[Point]:
        """What touches the stretch, as far as it may have to do with the change."""
        points = self.change.memory.points(self.rule.id, left, right)
        if not self.moved or not self.form.by:
            return points
        return connected([key for point in self.moved for key in point.keys], points)

    def _within(self, incident: str) -> bool:
        """Whether the change may bear on an episode that begins with the incident, or on what is told on it."""
        point = self.points.get(incident)
        if point is None:
            return incident in self.after or not self.moved
        return self.low <= point.end and point.start <= self.high

    def _due(self, was: Sequence[Episode]) -> list[Told]:
        """What was told on incidents that the change may bear on, and later, or before, on an episode that it may cut or move."""
        if not self.moved:
            return [self.change.told.get((row.rule, row.subject), row) for row in self.change.memory.told_by(self.rule.id)]
        names = [name for name in self.points if self._within(name)] + [name for name in self.after if name not in self.points]
        for one in self._touched(was):
            begins = self._within(one.anchor)
            later = [name for name in (*one.carried, *one.members) if begins or self._later(name)]
            names += [name for name in later if home(name, was) is one]
        return [row for name in dict.fromkeys(names) for row in self._told(name)]

    def _touched(self, episodes: Sequence[Episode]) -> list[Episode]:
        return [one for one in episodes if any(self._within(name) for name in one.carried)]

    def _later(self, incident: str) -> bool:
        point = self.points.get(incident)
        return point is not None and point.end >= self.low

    def _told(self, incident: str) -> list[Told]:
        """What was told of the rule on one incident, as this entry leaves it."""
        if incident not in self.rows:
            stored = {(row.rule, row.subject): row for row in self.change.memory.told_on(incident) if row.rule == self.rule.id}
            here = {key: row for key, row in self.change.told.items() if row.rule == self.rule.id and row.anchor == incident}
            rows = {key: self.change.told.get(key, row) for key, row in stored.items()} | here
            self.rows[incident] = sorted((row for row in rows.values() if row.anchor == incident), key=lambda row: row.subject)
        return self.rows[incident]

    def _concerned(self, was: Sequence[Episode], now: Sequence[Episode], due: Sequence[Told]) -> list[Episode]:
        """The episodes to compare: that begin near the change, that are home to something told near it, or were before."""
        before = [one for row in due if (one := home(row.anchor, was)) is not None]
        names = {name for one in before for name in (one.anchor, one.carried[0])}
        names |= {one.anchor for row in due if (one := home(row.anchor, now)) is not None}
        if isinstance(self.form, CountWithin):  # whatever joins it says how long it lasts
            names |= {one.anchor for one in (*was, *now) if not self.after.keys().isdisjoint(one.carried)}
        return [one for one in now if self._within(one.anchor) or one.anchor in names]

    def _settled(self, left: datetime, was: Sequence[Episode], concerned: Sequence[Episode], due: Sequence[Told]) -> bool:
        """Whether nothing before `left` bears on what is to be said."""
        trusted = _minus(left, -self.reach.back)
        anchors = {row.anchor for row in due}
        before = [one for row in due if (one := home(row.anchor, was)) is not None]
        if any(one.since < trusted for one in (*concerned, *before)):
            return False
        if not isinstance(self.form, Resume):
            return True
        anchors |= {one.anchor for one in concerned}
        moved = min(point.start for point in self.moved)
        judged = [point for name, point in self.points.items() if point.end >= moved or name in anchors]
        return resume.settled(self.form, judged, self.points.values(), left)

    def _ended(self, right: datetime, was: Sequence[Episode], now: Sequence[Episode], due: Sequence[Told]) -> bool:
        """Whether nothing after `right` joins an episode, now or before, of which nothing is known to be told."""
        anchors = {row.anchor for row in due}
        silent = [one for one in (*now, *self._touched(was)) if not anchors.intersection(one.carried)]
        last = max((self.points[name].end for one in silent for name in one.carried if name in self.points), default=None)
        if last is None or last < _minus(right, self.reach.back):
            return True
        return not self._read(right, _LAST)

    # ------------------------------------------------------------------------------------------- what was told of them

    def _kept(
        self, now: Sequence[Episode], concerned: Sequence[Episode], due: Sequence[Told]
    ) -> tuple[dict[str, Told], list[Told]]:
        """The row of each episode that has one, by the incident that begins it, and the rows due that no episode keeps.

        Of several the open one counts, of its own anchor if there is one, else the earliest; the rest is told once too often.
        """
        kept: dict[str, Told] = {}
        for episode in concerned:
            names = dict.fromkeys((episode.anchor, *episode.carried, *episode.members))
            rows = [row for name in names if home(name, now) is episode for row in self._told(name)]
            if rows:
                kept[episode.anchor] = min(rows, key=lambda row: row.state != "open")
        subjects = {row.subject for row in kept.values()}
        return kept, [row for row in due if row.subject not in subjects]

    def _subject(self, episode: Episode) -> str:
        """The next of the series: "all-1", "IQ-3"."""
        words = ["+".join(word or "any" for word in value) for value in episode.key]
        name = "_".join(words) or "all"
        number = self.numbers.get(name) or self._last(name)
        self.numbers[name] = number + 1
        return f"{name}-{number + 1}"

    def _last(self, name: str) -> int:
        """The last number of a series that was told, 0 for none; asks for few of them."""
        step = 1
        while self._is_told(f"{name}-{step}"):
            step *= 2
        low, high = step // 2, step  # told, and not told
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._is_told(f"{name}-{middle}") else (low, middle)
        return low

    def _is_told(self, subject: str) -> bool:
        key = self.rule.id, subject
        return key in self.change.told or self.change.memory.told(*key) is not None

    def _label(self, episode: Episode, subject: str, anchor: str) -> Label | None:
        names = dict.fromkeys((anchor, *episode.members))
        seen = {name: one for name in names if (one := self.change.seen(name)) is not None}
        if anchor not in seen:
            return None
        if isinstance(episode, resume.Resumption):
            speaking = [name for name in names if name in (anchor, episode.anchor) or self._speaks(name)]
            feeds = coverage.lives(self.change.memory) if episode.quiet_since else ()
            return resumption.label_of(self.rule, episode, seen, speaking, subject, anchor, self.change.desk, feeds)
        began = self.change.memory.note("records", "began", Began) if isinstance(self.form, FirstWithin) else None
        since = began.at if began else None
        return patterns.label_of(self.rule, episode, seen, self.points, subject, anchor, self.change.desk, since)

    def _speaks(self, incident: str) -> bool:
        point = self.points.get(incident)
        return point is not None and (point.speaks or point.announced)


def _minus(at: datetime, length: timedelta) -> datetime:
    try:
        return at - length
    except OverflowError:
        return _FIRST if length > timedelta(0) else _LAST
