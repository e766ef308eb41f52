"""Whether two events can be one thing in the world: hard conflicts and positive ties, pair by pair.

Called by `streams.incidents` alone. Symmetric and free of memory, so that the partition built on it does not depend on the
order of arrival. When unsure the answer is no: a wrong merge hides an attack, a wrong split only costs a second message.
"""

from datetime import timedelta

from streams.records import Event, Instrument, Participant, Place

DENIAL_REACH = timedelta(days=14)  # a denial joins what was reported up to this long before it (DESIGN: speaker, type, 14 days)
STATEMENT_REACH = timedelta(days=3)  # one statement told by several outlets; assumption, to be measured with issue E
FINE = ("site", "town")  # kinds of place that name one spot
SIDES = ("forces", "government", "owner", "user", "sponsor", "nationality", "home")
ATTACK = "armed-attack"


def family(event: Event) -> str:
    """What an event must share to be compared at all: statements by type, violence in three kinds, the rest by branch.

    Explosions and accidents stand with attacks, because "it was an accident" speaks of what was told as an attack.
    """
    path = event.path
    if is_statement(event):
        return f"statement:{event.type}"
    if ATTACK in path or "explosion" in path or "accident" in path:
        return "attack"
    return path[1] if len(path) > 1 else path[0]


def is_statement(event: Event) -> bool:
    """Whether the event is somebody's word about something else."""
    return event.path[0] == "statements"


def conflict(one: Event, other: Event) -> bool:
    """Whether something stated of one rules out that it is the other."""
    if family(one) != family(other) or _stage_class(one) != _stage_class(other):
        return True
    if is_statement(one):
        return _speakers_differ(one, other) or abs(one.published - other.published) > _reach(one, other, STATEMENT_REACH)
    return (
        not _times_meet(one, other)
        or _places_differ(one, other)
        or _targets_differ(one.targets, other.targets)
        or _actors_differ(one, other)
        or _weapons_differ(one, other)
    )


def tie(one: Event, other: Event) -> int:
    """How much speaks for one thing, 0 for nothing; only asked of events without a conflict."""
    if is_statement(one):
        return 1 + _shares_id(one.actors, other.actors)
    if one.article == other.article and one.revision == other.revision and not _both_fine(one, other):
        return 0  # the extractor has already told them apart
    same_country = _country(one) is not None and _country(one) == _country(other)
    points = 3 * _same_spot(one.place, other.place) + 3 * _shares_id(one.targets, other.targets)
    if same_country:
        points += 2 * _shares_kind_and_side(one.targets, other.targets) + 2 * _shares_id(one.actors, other.actors)
        points += 2 * (_refines(one, other) and _shares_weapon(one.instruments, other.instruments) and _same_toll(one, other))
        points += _shares_weapon(one.instruments, other.instruments) if points else 0
    return points


def fits_statement(statement: Event, attack: Event) -> bool:
    """Whether what a statement speaks of may be this attack: nothing stated of either speaks against it."""
    about = statement.about
    if about is None or is_statement(attack) or attack.stage != "happened" or about.type not in attack.path:
        return False
    if about.place is not None and attack.place is not None and _place_clash(about.place, attack.place):
        return False
    if _targets_differ(about.targets, attack.targets):
        return False
    speakers = about.actors or statement.actors
    return not _sides_clash(speakers, attack.actors)


# ------------------------------------------------------------------------------------------------------------ pieces


def _stage_class(event: Event) -> str:
    return "world" if event.stage in ("happened", "retold") else event.stage


def _reach(one: Event, other: Event, usual: timedelta) -> timedelta:
    return DENIAL_REACH if "denied" in (one.standing, other.standing) else usual


def _speakers_differ(one: Event, other: Event) -> bool:
    ids = [{actor.id for actor in event.actors if actor.id} for event in (one, other)]
    return bool(ids[0] and ids[1]) and not ids[0] & ids[1]


def _times_meet(one: Event, other: Event) -> bool:
    if one.time is None or other.time is None:
        return True
    if "denied" in (one.standing, other.standing):
        denial, attack = (one, other) if one.standing == "denied" else (other, one)
        return attack.time is None or (denial.published - DENIAL_REACH <= attack.time.end and attack.time.start <= denial.published)
    return one.time.start < other.time.end and other.time.start < one.time.end


def _country(event: Event) -> str | None:
    return event.place.country if event.place else None


def _places_differ(one: Event, other: Event) -> bool:
    return one.place is not None and other.place is not None and _place_clash(one.place, other.place)


def _place_clash(one: Place, other: Place) -> bool:
    """Different, not finer: Syria and Rumalin do not clash, Rumalin and Shaddadi do."""
    if one.country and other.country and one.country != other.country:
        return True
    if _contains(one, other) or _contains(other, one):
        return False
    return one.kind in FINE and other.kind in FINE


def _contains(coarse: Place, fine: Place) -> bool:
    return bool(coarse.path) and coarse.path[0] in fine.path


def _same_spot(one: Place | None, other: Place | None) -> bool:
    if one is None or other is None or one.kind not in FINE or other.kind not in FINE:
        return False
    return _contains(one, other) or _contains(other, one)


def _refines(one: Event, other: Event) -> bool:
    """Whether one place lies within the other, or may as a part of its country does: "in northern Iraq", "in Mosul"."""
    if one.place is None or other.place is None or "country" in (one.place.kind, other.place.kind):
        return False
    part = "region" in (one.place.kind, other.place.kind)  # asked only of places in one country
    return part or _contains(one.place, other.place) or _contains(other.place, one.place)


def _same_toll(one: Event, other: Event) -> bool:
    """Whether both count the same dead or wounded, more than one: two attacks of one day seldom do."""
    tolls = [
        {(count.what, count.low, count.high) for count in event.counts if count.what in ("killed", "wounded") and count.low > 1}
        for event in (one, other)
    ]
    return bool(tolls[0] & tolls[1])


def _both_fine(one: Event, other: Event) -> bool:
    return _same_spot(one.place, other.place)


def _ids(participants: tuple[Participant, ...]) -> set[str]:
    return {participant.id for participant in participants if participant.id}


def _shares_id(one: tuple[Participant, ...], other: tuple[Participant, ...]) -> bool:
    return bool(_ids(one) & _ids(other))


def _sides(participant: Participant) -> set[str]:
    return {role.nation for role in participant.nations if role.role in SIDES}


def _shares_kind_and_side(one: tuple[Participant, ...], other: tuple[Participant, ...]) -> bool:
    return any(_alike(left, right) for left in one for right in other)


def _alike(left: Participant, right: Participant) -> bool:
    same_kind = left.kind is not None and left.kind == right.kind
    military = {left.kind, right.kind} <= {"base", "state-force"}
    return (same_kind or military) and bool(_sides(left) & _sides(right))


def _targets_differ(one: tuple[Participant, ...], other: tuple[Participant, ...]) -> bool:
    """Whether no target of one can be a target of the other."""
    if not one or not other or _shares_id(one, other):
        return False
    return all(_clash(left, right) for left in one for right in other)


def _clash(left: Participant, right: Participant) -> bool:
    if left.id and right.id and left.kind == right.kind == "base":
        return left.id != right.id
    if _sides(left) and _sides(right):
        return not _sides(left) & _sides(right)
    return left.kind is not None and right.kind is not None and left.kind != right.kind


def _actors_differ(one: Event, other: Event) -> bool:
    return _sides_clash(one.actors, other.actors)


def _sides_clash(one: tuple[Participant, ...], other: tuple[Participant, ...]) -> bool:
    if not one or not other or _shares_id(one, other):
        return False
    ids = _ids(one), _ids(other)
    if ids[0] and ids[1]:
        return True
    sides = [{nation for participant in side for nation in _sides(participant)} for side in (one, other)]
    return bool(sides[0] and sides[1]) and not sides[0] & sides[1]


def _kinds(instruments: tuple[Instrument, ...]) -> set[str]:
    return {instrument.kind for instrument in instruments}


def _shares_weapon(one: tuple[Instrument, ...], other: tuple[Instrument, ...]) -> bool:
    return bool(_kinds(one) & _kinds(other))


def _weapons_differ(one: Event, other: Event) -> bool:
    """Different weapons tell attacks apart only where the place does not already say that they are one."""
    if not one.instruments or not other.instruments or _shares_weapon(one.instruments, other.instruments):
        return False
    return not (_same_spot(one.place, other.place) or _shares_id(one.targets, other.targets))
