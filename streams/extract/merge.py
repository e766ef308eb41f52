"""Which drafts of one article tell one thing.

Called by the reader once per article, with drafts in reading order, title first. Joins what nothing stated speaks against;
never joins two sides of an exchange. `compose` makes an event of each cluster.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from streams.extract import again, where
from streams.extract.drafts import Cluster, Draft
from streams.knowledge.world import Knowledge
from streams.records.flow import Instrument, Interval, Participant, Place, Telling

_SIDES = ("forces", "government", "owner", "user", "nationality", "home")
_VIOLENT = ("armed-attack", "explosion")

# Assumed bounds, far above any article's: beyond them the time to join mentions would grow with their square.
MOST_EVENTS = 200
FAR_DAYS = 10  # a time as wide as a month ties nothing
LONG_AGO = timedelta(days=30)  # what is dated so much earlier is not the news told without a date beside it
FAR = 6  # sentences between two mentions beyond which something stated must tie them: a short report tells one thing throughout
MOST_MENTIONS = 100  # of one event


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
        if any(_undergone(mine, d.telling) or _undergone(d.telling, mine) for d in same):
            return None
        linked = any(draft.tokens & d.linked or d.tokens & draft.linked for d in same)
        stages = {d.telling.stage for d in cluster.drafts}
        if mine.stage not in stages or (mine.standing == "denied") != (cluster.lead.standing == "denied"):
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
            d.telling.time is not None and not mine.time.meets(d.telling.time) for d in cluster.drafts
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


def _undergone(one: Telling, other: Telling) -> bool:
    """Whether somebody does one deed and undergoes the other: "killed a gunman who had shot three people" tells two."""
    return not {p.span for p in one.targets}.isdisjoint(p.span for p in other.actors)


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
