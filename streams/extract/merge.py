"""Mentions to events: joins the drafts of one article that tell one thing, and hangs qualifiers on the event they update.

Called by the reader once per article, with drafts in reading order, title first. Joins what nothing stated speaks against;
never joins two sides of an exchange. A merged event has the finest type, all participants, and always a time.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from streams.extract import again, attribution, where
from streams.extract.drafts import Draft
from streams.extract.missions import hosted
from streams.knowledge.world import Knowledge
from streams.records.flow import Article, Count, Event, Instrument, Interval, Outcome, Participant, Place, Stage, Standing, Telling

T = TypeVar("T")
_SIDES = ("forces", "government", "owner", "user", "nationality", "home")
_VIOLENT = ("armed-attack", "explosion")
_LATE = timedelta(days=3)  # news of what ended longer ago is a disclosure; a weekend is not (assumption)


# Assumed bounds, far above any article's: beyond them the time to join mentions would grow with their square.
MOST_EVENTS = 200
FAR_DAYS = 10  # a time as wide as a month ties nothing
LONG_AGO = timedelta(days=30)  # what is dated so much earlier is not the news told without a date beside it
FAR = 6  # sentences between two mentions beyond which something stated must tie them: a short report tells one thing throughout
MOST_MENTIONS = 100  # of one event


@dataclass(slots=True)
class Cluster:
    """Drafts that tell one event."""

    drafts: list[Draft] = field(default_factory=list)
    qualifiers: list[Telling] = field(default_factory=list)

    @property
    def lead(self) -> Telling:
        """The first telling."""
        return self.drafts[0].telling

    @property
    def last(self) -> int:
        """Number of the last sentence that tells or qualifies it."""
        return max(d.sentence for d in self.drafts)

    def gather(self, pick: Callable[[Telling], Iterable[T]]) -> list[T]:
        """What its tellings have of one field, in order."""
        return [item for draft in self.drafts for item in pick(draft.telling)]


class Merger:
    """Joins drafts of one article."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def clusters(self, drafts: Sequence[Draft], published: datetime) -> list[Cluster]:
        """Drafts joined, in order of their first telling; mentions that tell nothing and find nothing are left out."""
        found: list[Cluster] = []
        old = published - LONG_AGO
        # what cannot stand alone waits for the other words of its sentence
        for draft in sorted(drafts, key=lambda d: (d.sentence, d.fragile)):
            home = self._home(draft, found, old)
            if home is not None:
                if len(home.drafts) < MOST_MENTIONS:
                    home.drafts.append(draft)
            elif not (draft.bare and not draft.statement) and not draft.fragile and len(found) < MOST_EVENTS:
                found.append(Cluster([draft]))
        return found

    def _home(self, draft: Draft, clusters: Sequence[Cluster], old: datetime) -> Cluster | None:
        """The cluster that a draft belongs to, None for a new event."""
        if draft.statement:
            return next((c for c in clusters if c.drafts[0].statement and self._same_statement(draft, c)), None)
        best: tuple[int, int, Cluster] | None = None
        for number, cluster in enumerate(clusters):
            if cluster.drafts[0].statement or not self._family(draft.telling, cluster):
                continue
            score = self._score(draft, cluster, old)
            if score is not None and (best is None or (score, number) >= best[:2]):
                best = (score, number, cluster)
        return best[2] if best is not None else None

    def _family(self, telling: Telling, cluster: Cluster) -> bool:
        lead = cluster.lead
        if telling.path[0] != lead.path[0] and not (set(telling.path) | set(lead.path)) & set(_VIOLENT):
            return False
        one, other = self._kind(telling), self._kind(lead)
        return one == other or {one, other} <= {"armed-attack", "explosion"}

    def _kind(self, telling: Telling) -> str:
        return next((k for k in _VIOLENT if k in telling.path), telling.type)

    def _score(self, draft: Draft, cluster: Cluster, old: datetime) -> int | None:
        """How well a draft fits a cluster; None when something stated speaks against it."""
        mine = draft.telling
        same = [d for d in cluster.drafts if d.sentence == draft.sentence]
        if any(draft.tokens & d.boundary or d.tokens & draft.boundary for d in same):
            return None
        linked = any(draft.tokens & d.linked or d.tokens & draft.linked for d in same)
        stages = {d.telling.stage for d in cluster.drafts}
        if not _stages_meet(mine.stage, stages) or (mine.standing == "denied") != (cluster.lead.standing == "denied"):
            return None
        if linked:
            return 20
        if self._told_apart(draft, cluster):
            return None
        targets = cluster.gather(lambda t: t.targets)
        actors = cluster.gather(lambda t: t.actors)
        titled = self._retells_title(draft, cluster)
        if _differ(self._knowledge, mine.targets, targets) and not (titled and self._sites(mine.targets) and self._sites(targets)):
            return None
        if self._actors_differ(mine.actors, actors, draft, cluster):
            return None
        if mine.path[0] == "violence" and self._swapped(mine, actors, targets):  # a state's act is on its own people
            return None
        if any(where.clash(mine.place, t.telling.place) for t in cluster.drafts) and not _shared(mine.targets, targets):
            return None
        if mine.time is not None and any(
            d.telling.time is not None and not _meet(mine.time, d.telling.time) for d in cluster.drafts
        ):
            return None
        tools = cluster.gather(lambda t: t.instruments)
        if mine.instruments and tools and not self._tools_meet(mine.instruments, tools) and not draft.definite:
            return None
        shared = _shared(mine.targets, targets)
        if not shared and not same and (self._far(draft, cluster) or _long_apart(mine, cluster, old)):
            return None
        if not shared and draft.answer and not same and not _shared(mine.actors, actors):
            return None
        if not shared and not draft.definite and not same and self._kind(mine) != self._kind(cluster.lead):
            return None  # "a huge explosion rocked": another event unless something ties it
        score = 1 + 3 * shared + 2 * draft.definite + (draft.sentence - cluster.last <= 1)
        if draft.fragile and not draft.definite:
            return None
        if draft.bare or draft.fragile:
            return score if draft.definite or draft.sentence == cluster.last or mine.pause or titled else None
        same_sentence = bool(same)
        if same_sentence and mine.targets and targets and not _shared(mine.targets, targets):
            return score if _alike_any(self._knowledge, mine.targets, targets) else None
        return score

    def _told_apart(self, draft: Draft, cluster: Cluster) -> bool:
        """Whether the words bring in another than the cluster's: "a second salvo hit the base"; a title may leave the count out."""
        mine, theirs = draft.telling.again, [d.telling.again for d in cluster.drafts if d.telling.again is not None]
        if mine is None:
            return False
        if theirs:
            return any(
                mine.what == one.what and None not in (mine.number, one.number) and mine.number != one.number for one in theirs
            )
        return again.another(mine) and any(d.telling.trigger.where == "text" for d in cluster.drafts)

    def _retells_title(self, draft: Draft, cluster: Cluster) -> bool:
        """Whether the first sentence of the text tells again, by the same type, what so far only the title has told."""
        first = all(d.telling.trigger.where == "title" for d in cluster.drafts) and draft.sentence - cluster.last <= 1
        return first and draft.telling.trigger.where == "text" and draft.telling.type == cluster.lead.type

    def _sites(self, people: Sequence[Participant]) -> bool:
        """Whether all of them are places and things: "a base" and "the headquarters" may be one, a mayor and three policemen not."""
        return all(self._knowledge.kind_is_a(one.kind or "", "site") for one in people)

    def _far(self, draft: Draft, cluster: Cluster) -> bool:
        """Whether a mention stands far from all others of an event, and neither place, day nor weapon ties it to them."""
        if draft.sentence - cluster.last <= FAR:
            return False
        mine = draft.telling
        hurt = all(self._knowledge.kind_is_a(p.kind or "", "person") for p in mine.targets)
        if draft.definite and hurt and not mine.place:
            return False  # "the attack killed two people": the one told of
        for other in (d.telling for d in cluster.drafts):
            if _one_spot(mine.place, other.place):
                return False
            if mine.time is not None and other.time is not None and max(_width(mine.time), _width(other.time)) <= FAR_DAYS:
                return False
            if {i.kind for i in mine.instruments} & {i.kind for i in other.instruments}:
                return False
        return True

    def _swapped(self, mine: Telling, actors: Sequence[Participant], targets: Sequence[Participant]) -> bool:
        """Whether one side's actor is the other's target: a strike and its answer."""
        for one, other in ((mine.actors, targets), (actors, mine.targets)):
            ours, theirs = _sides(one), _sides(other)
            if ours & theirs and not ours & _sides(mine.targets if one is mine.actors else targets):
                return True
            if {p.id for p in one if p.id} & {p.id for p in other if p.id}:
                return True
        return False

    def _actors_differ(self, mine: Sequence[Participant], theirs: Sequence[Participant], draft: Draft, cluster: Cluster) -> bool:
        mine = [a for a in mine if a not in draft.country_actors or a.nations]
        if not mine or not theirs:
            return False
        ids = ({p.id for p in mine if p.id}, {p.id for p in theirs if p.id})
        if ids[0] and ids[1]:
            return not ids[0] & ids[1] and not _sides(mine) & _sides(theirs)
        sides = (_sides(mine), _sides(theirs))
        if sides[0] and sides[1]:
            return not sides[0] & sides[1]
        armies = [any(self._knowledge.kind_is_a(p.kind or "", "state-force") for p in side) for side in (mine, theirs)]
        groups = [any(self._knowledge.kind_is_a(p.kind or "", "armed-group") for p in side) for side in (mine, theirs)]
        return (armies[0] and groups[1]) or (armies[1] and groups[0])

    def _tools_meet(self, mine: Sequence[Instrument], theirs: Sequence[Instrument]) -> bool:
        is_a = self._knowledge.instrument_is_a
        return any(is_a(a.kind, b.kind) or is_a(b.kind, a.kind) for a in mine for b in theirs)

    def _same_statement(self, draft: Draft, cluster: Cluster) -> bool:
        mine, lead = draft.telling, cluster.lead
        if mine.type != lead.type or mine.standing != lead.standing:
            return False
        ids = ({p.id for p in mine.actors if p.id}, {p.id for p in lead.actors if p.id})
        return not (ids[0] and ids[1]) or bool(ids[0] & ids[1])

    # -------------------------------------------------------------------------------------------------------- events

    def event(self, cluster: Cluster, article: Article) -> Event:
        """The merged event of a cluster."""
        tellings = [d.telling for d in cluster.drafts]
        first = tellings[0]
        weighed = (_weighed(telling, first) for telling in _per_sentence(tellings, self._knowledge))
        told = [*(telling for telling in weighed if telling is not None), *cluster.qualifiers]
        told.sort(key=lambda t: (t.sentence.where != "title", t.sentence.start, t.trigger.start))
        deeds = [d.telling for d in cluster.drafts if not d.harm and not d.fragile] or tellings  # a killing says nothing of how
        lead = max(deeds, key=lambda t: ("armed-attack" in t.path, len(t.path), t.type != "shooting"))
        actors = _participants(t.actors for t in tellings)
        origin = _place([t.origin for t in tellings])
        actors = tuple(a for a in actors if not _is_origin(a, origin, cluster))
        attributions = _unique((w for t in told for w in t.attribution), key=lambda w: (w.span.text.lower(), w.speaker, w.via))
        claimed = _participants(t.claimed_by for t in told)
        place = _place([t.place for t in tellings])
        time = _time([t.time for t in told]) or unstated(article)
        confidence = 0.9 if any(len(t.path) > 1 and (t.targets or t.actors) for t in tellings) else 0.6
        return Event(
            id=f"{article.id}#{article.revision}:{first.trigger.where}:{first.trigger.start}-{first.trigger.end}",
            article=article.id,
            revision=article.revision,
            published=article.published,
            source=article.source,
            type=lead.type,
            path=lead.path,
            trigger=first.trigger,
            sentence=first.sentence,
            actors=actors,
            targets=hosted(_participants((t.targets for t in tellings), ranked=self._rank_of), place, self._knowledge),
            instruments=_unique((i for t in tellings for i in t.instruments), key=lambda i: i.kind),
            place=place,
            origin=origin,
            time=time,
            counts=_counts(told),
            stage=first.stage,
            outcome=_outcome(told),
            doubt=_unique((s for t in told for s in t.doubt), key=lambda s: s.start),
            standing=_standing(told, attributions, claimed),
            attribution=attributions,
            claimed_by=claimed,
            disowned_by=_participants(t.disowned_by for t in told),
            pause=next((t.pause for t in told if t.pause is not None), None),
            about=next((t.about for t in tellings if t.about is not None), None),
            again=next((t.again for t in tellings if t.again is not None), None),
            tellings=tuple(told),
            confidence=confidence,
            disclosed_late=first.stage == "happened" and time.precision != "unstated" and time.end <= article.published - _LATE,
        )

    def _rank_of(self, one: Participant) -> int:
        return 0 if self._knowledge.kind_is_a(one.kind or "", "base") else 1


def unstated(article: Article) -> Interval:
    """The time of what has none: the day of publication and the one before it."""
    day = article.published.replace(hour=0, minute=0, second=0, microsecond=0)
    return Interval(start=day - timedelta(days=1), end=day + timedelta(days=1), precision="unstated")


# ------------------------------------------------------------------------------------------------------------- merging


def _weighed(telling: Telling, first: Telling) -> Telling | None:
    """A later mention that names no side: it qualifies where it says how far it got, and is no telling where it says nothing."""
    if telling.sentence == first.sentence or telling.targets or telling.actors or telling.pause or telling.about:
        return telling
    if telling.outcome or telling.doubt or telling.counts or telling.claimed_by or telling.disowned_by:
        return replace(telling, adds="qualifies")
    return telling if telling.place or telling.instruments else None


def _per_sentence(tellings: Sequence[Telling], knowledge: Knowledge) -> list[Telling]:
    """One telling per sentence: the triggers of one sentence that tell the same event are one."""
    by: dict[tuple[str, int], list[Telling]] = {}
    for telling in tellings:
        by.setdefault((telling.sentence.where, telling.sentence.start), []).append(telling)
    return [_joined(group) for group in by.values()]


def _joined(group: Sequence[Telling]) -> Telling:
    if len(group) == 1:
        return group[0]
    finest = max(group, key=lambda t: len(t.path))
    return replace(
        group[0],
        type=finest.type,
        path=finest.path,
        actors=_participants(t.actors for t in group),
        targets=_participants(t.targets for t in group),
        instruments=_unique((i for t in group for i in t.instruments), key=lambda i: i.kind),
        place=_place([t.place for t in group]),
        origin=_place([t.origin for t in group]),
        time=_time([t.time for t in group]),
        counts=_counts(group),
        outcome=_outcome(group),
        pause=next((t.pause for t in group if t.pause is not None), None),
        claimed_by=_participants(t.claimed_by for t in group),
        disowned_by=_participants(t.disowned_by for t in group),
    )


def _is_origin(actor: Participant, origin: Place | None, cluster: Cluster) -> bool:
    """A bare country that "fired" is no actor where the same event was launched from that country."""
    if origin is None or origin.country is None:
        return False
    bare = {c.span for d in cluster.drafts for c in d.country_actors}
    return actor.span in bare and any(role.nation == origin.country for role in actor.nations)


def _stages_meet(mine: Stage, theirs: set[Stage]) -> bool:
    return mine in theirs


def _sides(people: Iterable[Participant]) -> set[str]:
    return {role.nation for p in people for role in p.nations if role.role in _SIDES}


def _shared(mine: Sequence[Participant], theirs: Sequence[Participant]) -> bool:
    ids = {p.id for p in mine if p.id} & {p.id for p in theirs if p.id}
    return bool(ids) or any(
        a.head == b.head and a.kind == b.kind and not (a.id and b.id) and _nations_meet(a, b) for a in mine for b in theirs
    )


def _nations_meet(a: Participant, b: Participant) -> bool:
    one, other = _sides((a,)), _sides((b,))
    return not one or not other or bool(one & other)


def _differ(knowledge: Knowledge, mine: Sequence[Participant], theirs: Sequence[Participant]) -> bool:
    """Whether no target of one can be a target of the other."""
    if not mine or not theirs or _shared(mine, theirs):
        return False
    return not _alike_any(knowledge, mine, theirs)


def _alike_any(knowledge: Knowledge, mine: Sequence[Participant], theirs: Sequence[Participant]) -> bool:
    return any(_alike(knowledge, a, b) for a in mine for b in theirs)


def _alike(knowledge: Knowledge, a: Participant, b: Participant) -> bool:
    """Whether two targets may be named for one event: forces and their base, people hurt at a site."""
    if a.id and b.id and a.kind == b.kind:
        return a.id == b.id
    sites = [knowledge.kind_is_a(p.kind or "", "site") for p in (a, b)]
    if (
        all(sites)
        and a.kind != b.kind
        and a.kind
        and b.kind
        and not (knowledge.kind_is_a(a.kind, b.kind) or knowledge.kind_is_a(b.kind, a.kind))
    ):
        return False
    if _things(knowledge, a) and _things(knowledge, b) and a.kind != b.kind and not _sides((a,)) & _sides((b,)):
        return False
    if not _nations_meet(a, b):
        return any(sites) and not all(sites) and not any(knowledge.kind_is_a(p.kind or "", "state-force") for p in (a, b))
    if any(knowledge.kind_is_a(p.kind or "", "armed-group") for p in (a, b)) and not all(
        knowledge.kind_is_a(p.kind or "", "armed-group") or p.kind is None for p in (a, b)
    ):
        return not any(_sides((p,)) for p in (a, b))
    return True


def _things(knowledge: Knowledge, one: Participant) -> bool:
    """Whether the kind says what sort of thing was hit: a launcher is no base, a suspect no ship."""
    kinds = ("military-site", "vehicle", "equipment", "attacker", "suspect", "armed-group")
    return any(knowledge.kind_is_a(one.kind or "", kind) for kind in kinds)


def _width(time: Interval) -> float:
    """Days."""
    return (time.end - time.start) / timedelta(days=1)


def _one_spot(one: Place | None, other: Place | None) -> bool:
    """Whether two places are one, or one lies in the other; a country in common is no spot."""
    if one is None or other is None or "country" in (one.kind, other.kind):
        return False
    if one.path and other.path:
        return one.path[0] in other.path or other.path[0] in one.path
    return one.name == other.name


def _long_apart(mine: Telling, cluster: Cluster, old: datetime) -> bool:
    """Whether only one of the two has a date, and that lies long before the article."""
    dated = [t for t in cluster.gather(lambda t: (t.time,)) if t is not None]
    if mine.time is not None:
        return not dated and mine.time.end < old
    return bool(dated) and all(time.end < old for time in dated) and bool(mine.targets or mine.place)


def _meet(one: Interval, other: Interval) -> bool:
    return one.start < other.end and other.start < one.end


def _unique(items: Iterable[T], key: Callable[[T], object]) -> tuple[T, ...]:
    seen: dict[object, T] = {}
    for item in items:
        seen.setdefault(key(item), item)
    return tuple(seen.values())


def _participants(
    groups: Iterable[Sequence[Participant]], ranked: Callable[[Participant], int] | None = None
) -> tuple[Participant, ...]:
    """Each participant once; the known name keeps the nations that any of its mentions has."""
    found: dict[object, Participant] = {}
    for group in groups:
        for one in group:
            key = one.id or (one.head, one.kind, one.nations)
            before = found.get(key)
            found[key] = one if before is None else replace(before, nations=tuple(dict.fromkeys((*before.nations, *one.nations))))
    people = list(found.values())
    return tuple(sorted(people, key=ranked)) if ranked is not None else tuple(people)


def _place(places: Sequence[Place | None]) -> Place | None:
    best: Place | None = None
    for place in places:
        best = where.coarser(best, place)
    return best


def _time(times: Sequence[Interval | None]) -> Interval | None:
    stated = [t for t in times if t is not None]
    if not stated:
        return None
    first = stated[0]
    fitting = [t for t in stated if _meet(first, t)]
    return min(fitting, key=lambda t: t.end - t.start)


def _counts(tellings: Iterable[Telling]) -> tuple[Count, ...]:
    """Per thing and whom counted, the last word."""
    newest: dict[tuple[str, str], Count] = {}
    for telling in tellings:
        for count in telling.counts:
            newest[(count.what, count.whom)] = count
    return tuple(newest.values())


def _outcome(tellings: Sequence[Telling]) -> tuple[Outcome, ...]:
    """What is still possible: a hit told without doubt stands, else the union of what was said."""
    stated = [t.outcome for t in tellings if t.outcome]
    if not stated:
        return ()
    if any(o == ("hit",) for o in stated):
        return ("hit",)
    return tuple(sorted({o for one in stated for o in one}))


def _standing(told: Sequence[Telling], words: Sequence[object], claimed: tuple[Participant, ...]) -> Standing:
    held = [t.standing for t in told if t.adds == "tells"]
    if held and all(s == "denied" for s in held):
        return "denied"
    if "disputed" in [t.standing for t in told]:
        return "disputed"
    disowners = {p.id for t in told for p in t.disowned_by if p.id}  # who denies responsibility vouches for nothing
    found = attribution.standing(
        tuple(w for t in told for w in t.attribution if t.standing != "denied" and w.actor not in disowners), claimed
    )
    del words
    return found
