"""One event of the drafts that tell it: the finest type, every participant, the last word on counts, and always a time.

Called by the reader for each cluster that `merge` has joined and `qualifiers` has added to. Tellings stay on the event in reading
order, one a sentence, each with what it adds.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from streams.extract import attribution, where
from streams.extract.drafts import Cluster
from streams.extract.missions import hosted
from streams.knowledge.world import Knowledge
from streams.records.flow import Article, Count, Event, Interval, Outcome, Participant, Place, Standing, Telling

T = TypeVar("T")
LATE = timedelta(days=3)  # news of what ended longer ago is a disclosure; a weekend is not (assumption)


def event(cluster: Cluster, article: Article, knowledge: Knowledge) -> Event:
    """The one event that the drafts of a cluster tell."""
    tellings = [d.telling for d in cluster.drafts]
    first = tellings[0]
    weighed = (_weighed(telling, first) for telling in _per_sentence(tellings))
    told = [*(telling for telling in weighed if telling is not None), *cluster.qualifiers]
    told.sort(key=lambda t: (t.sentence.where != "title", t.sentence.start, t.trigger.start))
    deeds = [d.telling for d in cluster.drafts if not d.harm and not d.fragile] or tellings  # a killing says nothing of how
    lead = max(deeds, key=lambda t: ("armed-attack" in t.path, len(t.path), t.type != "shooting"))
    origin = _place([t.origin for t in tellings])
    actors = tuple(a for a in _participants(t.actors for t in tellings) if not _is_origin(a, origin, cluster))
    targets = _participants(t.targets for t in tellings)
    bases_first = tuple(sorted(targets, key=lambda one: not knowledge.kind_is_a(one.kind or "", "base")))
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
        targets=hosted(bases_first, place, knowledge),
        instruments=_unique((i for t in tellings for i in t.instruments), key=lambda i: i.kind),
        place=place,
        origin=origin,
        time=time,
        counts=_counts(told),
        stage=first.stage,
        outcome=_outcome(told),
        doubt=_unique((s for t in told for s in t.doubt), key=lambda s: s.start),
        standing=_standing(told, claimed),
        attribution=attributions,
        claimed_by=claimed,
        disowned_by=_participants(t.disowned_by for t in told),
        pause=next((t.pause for t in told if t.pause is not None), None),
        about=next((t.about for t in tellings if t.about is not None), None),
        again=next((t.again for t in tellings if t.again is not None), None),
        tellings=tuple(told),
        confidence=confidence,
        disclosed_late=first.stage == "happened" and time.precision != "unstated" and time.end <= article.published - LATE,
    )


def unstated(article: Article) -> Interval:
    """The time of what has none: the day of publication and the one before it."""
    day = article.published.replace(hour=0, minute=0, second=0, microsecond=0)
    return Interval(start=day - timedelta(days=1), end=day + timedelta(days=1), precision="unstated")


def _weighed(telling: Telling, first: Telling) -> Telling | None:
    """A later mention that names no side: it qualifies where it says how far it got, and is no telling where it says nothing."""
    if telling.sentence == first.sentence or telling.targets or telling.actors or telling.pause or telling.about:
        return telling
    if telling.outcome or telling.doubt or telling.counts or telling.claimed_by or telling.disowned_by:
        return replace(telling, adds="qualifies")
    return telling if telling.place or telling.instruments else None


def _per_sentence(tellings: Sequence[Telling]) -> list[Telling]:
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


def _unique(items: Iterable[T], key: Callable[[T], object]) -> tuple[T, ...]:
    seen: dict[object, T] = {}
    for item in items:
        seen.setdefault(key(item), item)
    return tuple(seen.values())


def _participants(groups: Iterable[Sequence[Participant]]) -> tuple[Participant, ...]:
    """Each participant once; the known name keeps the nations that any of its mentions has."""
    found: dict[object, Participant] = {}
    for group in groups:
        for one in group:
            key = one.id or (one.head, one.kind, one.nations)
            before = found.get(key)
            found[key] = one if before is None else replace(before, nations=tuple(dict.fromkeys((*before.nations, *one.nations))))
    return tuple(found.values())


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
    fitting = [t for t in stated if first.meets(t)]
    return min(fitting, key=lambda t: t.end - t.start)


def _counts(tellings: Iterable[Telling]) -> tuple[Count, ...]:
    """Per thing and whom counted, the last word; "45" beside "45 workers" says nothing more."""
    newest: dict[tuple[str, str], Count] = {}
    for telling in tellings:
        for count in telling.counts:
            newest[(count.what, count.whom)] = count
    named = {(one.what, one.low, one.high) for one in newest.values() if one.whom}
    return tuple(one for one in newest.values() if one.whom or (one.what, one.low, one.high) not in named)


def _outcome(tellings: Sequence[Telling]) -> tuple[Outcome, ...]:
    """What is still possible: a hit told without doubt stands, else the union of what was said."""
    stated = [t.outcome for t in tellings if t.outcome]
    if not stated:
        return ()
    if any(o == ("hit",) for o in stated):
        return ("hit",)
    return tuple(sorted({o for one in stated for o in one}))


def _standing(told: Sequence[Telling], claimed: tuple[Participant, ...]) -> Standing:
    held = [t.standing for t in told if t.adds == "tells"]
    if held and all(s == "denied" for s in held):
        return "denied"
    if "disputed" in [t.standing for t in told]:
        return "disputed"
    disowners = {p.id for t in told for p in t.disowned_by if p.id}  # who denies responsibility vouches for nothing
    words = (w for t in told for w in t.attribution if t.standing != "denied" and w.actor not in disowners)
    return attribution.standing(tuple(words), claimed)
