"""Why an event stands in its incident and in no other, in words: by the functions that put it there.

Called by `tocsin why` and `tocsin incident show`. Recomputed from what memory holds, so it explains what stands now. Reads only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streams.incidents import bonds
from streams.incidents.alike import ids, name, weapons
from streams.incidents.handles import sought
from streams.incidents.partition import Bonds
from streams.incidents.sameness import Against, For, conflicts, fits_statement, is_statement, reach, ties, wave
from streams.ports import Memory
from streams.records.flow import Event, Incident, Interval, Participant, Place
from streams.records.orders import Bond


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Why an event stands where it stands."""

    event: str
    incident: str
    reasons: tuple[str, ...]  # what ties it to the rest, "" for none: it stands alone
    nearest: str  # the incident it comes nearest to without being of it, "" for none in reach
    apart: tuple[str, ...]  # what keeps it out of that one


def explain(event: Event, memory: Memory) -> Joined | None:
    """Why this event is one with the rest of its incident, and not with the nearest other; None when it is of none."""
    home = memory.incident_of(event.id)
    incident = memory.incident(home) if home is not None else None
    if incident is None:
        return None
    rest = [other for other in memory.events(incident.events) if other.id != event.id]
    held = bonds.of((event.id,), memory)
    nearest, apart = _nearest(event, incident, held, memory)
    return Joined(event=event.id, incident=incident.id, reasons=_reasons(event, rest, held), nearest=nearest, apart=apart)


def _reasons(event: Event, rest: Sequence[Event], held: Sequence[Bond]) -> tuple[str, ...]:
    if not rest:
        return ()
    together = [bond for bond in held if bond.kind == "together" and {bond.one, bond.other} & {other.id for other in rest}]
    if together:
        return tuple(dict.fromkeys(f"merged by {bond.by}: {bond.why}" for bond in together))
    same = [(sum(points for _, points in found), other, found) for other in rest if (found := _ties(event, other))]
    if same:
        _, other, found = max(same, key=lambda one: one[0])
        return (f"one with {other.id}: {'; '.join(for_words(each, event, other) for each, _ in found)}",)
    salvo = next((other for other in rest if wave(event, other)), None)
    if salvo is not None:
        return (f"another wave than {salvo.id}, on the same spot: {_between(event, salvo)}",)
    spoken = next((other for other in rest if _said_of(event, other)), None)
    if spoken is not None:
        return (f"with {spoken.id}: what is said and the only attack in its article that it can be said of",)
    return ("with the rest by what ties them to one another",)


def _ties(one: Event, other: Event) -> tuple[tuple[For, int], ...]:
    return () if next(conflicts(one, other), None) is not None else ties(one, other)


def _said_of(one: Event, other: Event) -> bool:
    if is_statement(one) == is_statement(other):
        return False
    words, attack = (one, other) if is_statement(one) else (other, one)
    return words.article == attack.article and fits_statement(words, attack)


def _nearest(event: Event, home: Incident, held: Sequence[Bond], memory: Memory) -> tuple[str, tuple[str, ...]]:
    """The incident with most in common with the event, and what keeps the two apart."""
    split = Bonds(held)
    best: tuple[tuple[int, int], Incident, Event] | None = None
    for incident in memory.incidents(memory.incidents_by(sought(event), *reach(event))):
        for other in memory.events(incident.events) if incident.id != home.id else ():
            against = list(conflicts(event, other))
            if "kind" in against or "stage" in against:
                continue
            near = (sum(points for _, points in ties(event, other)) + 9 * split.apart(event, other), -len(against))
            if near[0] and (best is None or near > best[0]):
                best = near, incident, other
    if best is None:
        return "", ()
    _, incident, other = best
    return incident.id, tuple(_apart(event, other, memory.events(incident.events), held))


def _apart(event: Event, nearest: Event, members: Sequence[Event], held: Sequence[Bond]) -> Iterator[str]:
    """What keeps an event out of an incident: with its nearest member, else with any other."""
    own = [bond for bond in held if bond.kind == "apart" and {bond.one, bond.other} & {member.id for member in members}]
    if own:
        yield from dict.fromkeys(f"split by {bond.by}: {bond.why}" for bond in own)
        return
    for other in (nearest, *members):
        found = [against_words(each, event, other) for each in conflicts(event, other)]
        if found:
            yield f"not {other.id}: {'; '.join(found)}"
            return
    yield "nothing stated speaks against it; more ties it to where it stands"


# ------------------------------------------------------------------------------------------------------------- words


def for_words(ground: For, one: Event, other: Event) -> str:
    """What ties two events, in words."""
    match ground:
        case "spot":
            return f"the same spot, {_spot(one.place)}" + (
                "" if _spot(one.place) == _spot(other.place) else f" and {_spot(other.place)}"
            )
        case "target":
            return f"the same target, {_listed(ids(_hit(one)) & ids(_hit(other)))}"
        case "name":
            return f"the same target by name, {_listed(_names(one.targets) & _names(other.targets))}"
        case "like target":
            return f"a target of the same kind and side, {_people(one.targets)}"
        case "actor":
            return f"the same side did it, {_listed(ids(one.actors) & ids(other.actors))}"
        case "toll":
            return "the same toll at a place that fits"
        case "hour at sea":
            return f"a ship, the same side and the same hour, {_time(one.time)}"
        case "words":
            return "the same sentence"
        case "weapon":
            return f"the same weapon, {_listed(weapons(one.instruments) & weapons(other.instruments))}"
        case "speaker":
            return f"the same speaker, {_people(one.actors)}"
    raise AssertionError(ground)


def against_words(ground: Against, one: Event, other: Event) -> str:
    """What keeps two events apart, in words."""
    match ground:
        case "kind":
            return f"{one.type} is not {other.type}"
        case "stage":
            return f"one is {one.stage}, one {other.stage}"
        case "published":
            return f"said too long apart, {one.published:%d %b} and {other.published:%d %b}"
        case "speaker":
            return f"another speaker, {_people(other.actors)}"
        case "subject":
            return f"to or of somebody else, {_people(_hit(other))}"
        case "time":
            return f"another time, {_time(one.time)} and {_time(other.time)}"
        case "another":
            cue = one.again or other.again
            return f'told as another, "{cue.quote.text.strip(" ,;")}"' if cue is not None else "told as another"
        case "place":
            return f"another place, {_spot(one.place)} and {_spot(other.place)}"
        case "target":
            return f"another target, {_people(one.targets)} and {_people(other.targets)}"
        case "side":
            return f"another side, {_people(one.actors)} and {_people(other.actors)}"
        case "weapon":
            return f"another weapon, {_listed(weapons(one.instruments))} and {_listed(weapons(other.instruments))}"
    raise AssertionError(ground)


def _between(one: Event, other: Event) -> str:
    cue = one.again or other.again
    told = f', told as "{cue.quote.text.strip(" ,;")}"' if cue is not None else ""
    return f"{_time(one.time)} and {_time(other.time)}{told}"


def _hit(event: Event) -> tuple[Participant, ...]:
    return event.targets or (event.about.targets if event.about is not None else ())


def _names(people: Sequence[Participant]) -> set[str]:
    return {name(one) for one in people} - {""}


def _people(people: Sequence[Participant]) -> str:
    return _listed(one.id or one.span.text for one in people) or "nobody named"


def _spot(place: Place | None) -> str:
    return place.name if place is not None else "no place"


def _time(time: Interval | None) -> str:
    if time is None:
        return "no time"
    if time.precision == "unstated":
        return f"no time stated, reported by {time.end:%d %b %Y}"
    return f"{time.start:%d %b %Y %H:%M} to {time.end:%d %b %H:%M}Z"


def _listed(words: Sequence[str] | set[str] | Iterator[str]) -> str:
    found = [*words]
    return ", ".join(sorted(found) if isinstance(words, set) else dict.fromkeys(found))
