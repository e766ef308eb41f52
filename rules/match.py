"""Whether one event satisfies a clause: three-valued, pure, the same for matcher, replay and explain.

True: it is so. False: the text states otherwise. None: the text does not state it. A positive clause on what is not stated
is None and so does not hold; `not` excludes only what is stated, so `not` of None is True; `known: true` is never None.
Time is none of its business (see `rules.forms`).
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from rules.distance import near, nears, strictly
from rules.model import (
    AboutIs,
    AllOf,
    AnyOf,
    Clause,
    CountryAgainst,
    DisclosedLate,
    EventIs,
    InstrumentIs,
    Mentions,
    NearSite,
    NotThat,
    NumberIs,
    OriginIn,
    OutcomeIn,
    PlaceIn,
    Rule,
    Side,
    SourceIn,
    SpeakerIs,
    StageIn,
    StandingIn,
    Stated,
    Who,
    WordsIn,
    WordsNear,
)
from rules.traits import nations_of, speaks, trait_holds
from rules.verdicts import below, every, some
from rules.words import found_in
from streams.knowledge.world import Knowledge
from streams.records.flow import SEVERITIES, About, Article, Count, Event, Participant, Severity, Telling


def holds(clause: Clause, telling: Telling, article: Article | None, knowledge: Knowledge) -> bool:
    """Whether the clause is satisfied by what is stated."""
    return judge(clause, telling, article, knowledge) is True


def severity(rule: Rule, facts: Telling, article: Article | None, knowledge: Knowledge) -> Severity:
    """The severity of the first case that holds; the last case always does.

    Where the rule matches only because a place is too coarse to tell how near it is, the severity of that `if_coarse` instead,
    the least of several.
    """
    coarse = [each.if_coarse for each in nears(rule.when) if each.if_coarse]
    if coarse and judge(strictly(rule.when), facts, article, knowledge) is not True:
        return max(coarse, key=SEVERITIES.index)
    for case in rule.severity:
        if case.when is None or holds(case.when, facts, article, knowledge):
            return case.severity
    raise AssertionError(f'rule "{rule.id}" has no severity that always holds; rules.load refuses such rules')


def judge(  # noqa: PLR0912 - one arm for each kind of clause
    clause: Clause, telling: Telling, article: Article | None, knowledge: Knowledge
) -> bool | None:
    """True, False, or None where the text does not state it.

    Args:
        article: whose title and text `text` clauses read; None: there is none, and they are not stated.
    """
    match clause:
        case AllOf(parts):
            return every(judge(part, telling, article, knowledge) for part in parts)
        case AnyOf(parts):
            return some(judge(part, telling, article, knowledge) for part in parts)
        case NotThat(part):
            return judge(part, telling, article, knowledge) is not True
        case EventIs(nodes):
            return _event_is(nodes, telling, knowledge)
        case Who(side, traits):
            people = _SIDES[side](telling)
            return some(trait_holds(traits, one, telling, knowledge) for one in people) if people else None
        case Stated(name, wanted):
            return bool(_FIELDS[name](telling)) is wanted
        case PlaceIn(areas):
            place = telling.place
            return None if place is None else some(knowledge.place_within(place, area) for area in areas)
        case OriginIn(areas):
            origin = telling.origin
            return None if origin is None else some(knowledge.place_within(origin, area) for area in areas)
        case CountryAgainst(same):
            here, there = nations_of("place.country", telling), nations_of("origin.country", telling)
            return (here == there) is same if here and there else None
        case NearSite():
            return near(clause, telling)
        case InstrumentIs(kinds):
            found = [below(tool.kind, kinds, knowledge.instrument_is_a) for tool in telling.instruments]
            return some(found) if found else None
        case OutcomeIn(outcomes):
            possible = set(telling.outcome)
            if not possible or (possible & set(outcomes) and not possible <= set(outcomes)):
                return None
            return possible <= set(outcomes)
        case StageIn(stages):
            return telling.stage in stages
        case StandingIn(standings):
            return telling.standing in standings
        case NumberIs():
            return _number(clause, telling.counts)
        case AboutIs(part):
            return None if telling.about is None else judge(part, telling_of(telling.about, telling), article, knowledge)
        case SpeakerIs():
            return some(speaks(clause, voice) for voice in telling.attribution) if telling.attribution else None
        case SourceIn(sources):
            return None if article is None else article.source in sources
        case DisclosedLate(wanted):
            return telling.disclosed_late is wanted if isinstance(telling, Event) else None
        case WordsIn() | WordsNear() | Mentions():
            return found_in(clause, telling, article, knowledge)


def places(clause: Clause) -> Iterator[PlaceIn]:
    """The `place` clauses that have to hold, or may, for the clause to hold; what is excluded apart."""
    if isinstance(clause, (AllOf, AnyOf)):
        for part in clause.parts:
            yield from places(part)
    elif isinstance(clause, PlaceIn):
        yield clause


def telling_of(about: About, outer: Telling) -> Telling:
    """What a statement speaks of as a telling of its own; it states nothing but what `about` has."""
    return Telling(
        type=about.type,
        path=about.path,
        trigger=outer.trigger,
        sentence=outer.sentence,
        actors=about.actors,
        targets=about.targets,
        place=about.place,
        stage=about.stage,
    )


_SIDES: dict[Side, Callable[[Telling], tuple[Participant, ...]]] = {
    "actor": lambda telling: telling.actors,
    "target": lambda telling: telling.targets,
    "claimed_by": lambda telling: telling.claimed_by,
    "disowned_by": lambda telling: telling.disowned_by,
}
_FIELDS: dict[str, Callable[[Telling], object]] = {
    **{str(side): people for side, people in _SIDES.items()},
    "place": lambda telling: telling.place,
    "origin": lambda telling: telling.origin,
    "instrument": lambda telling: telling.instruments,
    "outcome": lambda telling: telling.outcome,
    "speaker": lambda telling: telling.attribution,
    "doubt": lambda telling: telling.doubt,
}


def _event_is(nodes: tuple[str, ...], telling: Telling, knowledge: Knowledge) -> bool | None:
    if any(node in telling.path for node in nodes):
        return True
    return below(telling.type, nodes, knowledge.is_a)


# ------------------------------------------------------------------------------------------------------------- numbers


def _number(clause: NumberIs, counts: tuple[Count, ...]) -> bool | None:
    found = [_bounds(clause, count) for count in counts if count.what == clause.what]
    if not found:
        return None
    return some(found) if clause.compare in (">=", ">") else every(found)


def _bounds(clause: NumberIs, count: Count) -> bool | None:
    """The comparison against a count known only within bounds."""
    low, high, number = count.low, count.high, clause.number
    if clause.compare == ">":
        return _bounds(replace(clause, compare=">=", number=number + 1), count)
    if clause.compare == "<":
        return _bounds(replace(clause, compare="<=", number=number - 1), count)
    if clause.compare == ">=":
        return True if low >= number else False if high is not None and high < number else None
    if clause.compare == "<=":
        return True if high is not None and high <= number else False if low > number else None
    if low > number or (high is not None and high < number):
        return False
    return True if low == high == number else None
