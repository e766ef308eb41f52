"""Whether one event satisfies a clause: three-valued, pure, the same for matcher, replay and explain.

True: it is so. False: the text states otherwise. None: the text does not state it. A positive clause on what is not stated
is None and so does not hold; `not` excludes only what is stated, so `not` of None is True; `known: true` is never None.
Time is none of its business (see `rules.forms`).
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache

from rules.model import (
    AboutIs,
    AllOf,
    AnyOf,
    Clause,
    EventIs,
    IdIs,
    InstrumentIs,
    KindIs,
    NationDiffers,
    NationIs,
    NotThat,
    NumberIs,
    OutcomeIn,
    PlaceIn,
    Relation,
    Rule,
    StageIn,
    StandingIn,
    Stated,
    Trait,
    Who,
    WordsIn,
)
from streams.aliases import Aliases
from streams.knowledge import Knowledge
from streams.records import About, Article, Count, Event, NationRole, Participant, Severity, Telling


def holds(clause: Clause, telling: Telling, article: Article | None, knowledge: Knowledge) -> bool:
    """Whether the clause is satisfied by what is stated."""
    return judge(clause, telling, article, knowledge) is True


def severity(rule: Rule, facts: Telling, article: Article | None, knowledge: Knowledge) -> Severity:
    """The severity of the first case that holds; the last case always does."""
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
            people = telling.actors if side == "actor" else telling.targets
            return some(_trait(traits, one, telling, knowledge) for one in people) if people else None
        case Stated(name, wanted):
            return bool(_FIELDS[name](telling)) is wanted
        case PlaceIn(areas):
            place = telling.place
            return None if place is None else some(knowledge.place_within(place, area) for area in areas)
        case InstrumentIs(kinds):
            found = [_below(tool.kind, kinds, knowledge.instrument_is_a) for tool in telling.instruments]
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
        case WordsIn():
            return _words(clause, telling, article)


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


def every(verdicts: Iterable[bool | None]) -> bool | None:
    """False if one is, else None if one is, else True."""
    result: bool | None = True
    for verdict in verdicts:
        if verdict is False:
            return False
        if verdict is None:
            result = None
    return result


def some(verdicts: Iterable[bool | None]) -> bool | None:
    """True if one is, else None if one is, else False."""
    result: bool | None = False
    for verdict in verdicts:
        if verdict is True:
            return True
        if verdict is None:
            result = None
    return result


_FIELDS: dict[str, Callable[[Telling], object]] = {
    "actor": lambda telling: telling.actors,
    "target": lambda telling: telling.targets,
    "place": lambda telling: telling.place,
    "instrument": lambda telling: telling.instruments,
    "outcome": lambda telling: telling.outcome,
}


def _event_is(nodes: tuple[str, ...], telling: Telling, knowledge: Knowledge) -> bool | None:
    if any(node in telling.path for node in nodes):
        return True
    return _below(telling.type, nodes, knowledge.is_a)


def _below(found: str, wanted: tuple[str, ...], is_a: Callable[[str, str], bool]) -> bool | None:
    """True at or below one of `wanted`; None above one, for then the text may mean it; else False."""
    if any(is_a(found, node) for node in wanted):
        return True
    return None if any(is_a(node, found) for node in wanted) else False


# ---------------------------------------------------------------------------------------------------------- participants


def _trait(trait: Trait, one: Participant, telling: Telling, knowledge: Knowledge) -> bool | None:
    match trait:
        case AllOf(parts):
            return every(_trait(part, one, telling, knowledge) for part in parts)
        case AnyOf(parts):
            return some(_trait(part, one, telling, knowledge) for part in parts)
        case NotThat(part):
            return _trait(part, one, telling, knowledge) is not True
        case KindIs(kinds):
            return None if one.kind is None else _below(one.kind, kinds, knowledge.kind_is_a)
        case IdIs(ids):
            return None if one.id is None else one.id in ids
        case NationIs(relation, nations):
            return some(_related(relation, nation, one, knowledge) for nation in nations)
        case NationDiffers():
            country = telling.place.country if telling.place else None
            own = {held.nation for held in one.nations if held.role != "host"}
            return None if country is None or not own else country not in own


def _related(relation: Relation, nation: str, one: Participant, knowledge: Knowledge) -> bool | None:
    """Whether `nation` stands in the relation; None when no nation is known to, so that this one still may."""
    if relation == "forces_of":
        return _forces_of(nation, one, knowledge)
    roles = [held for held in one.nations if relation == "any" or held.role in _ROLES[relation]]
    return any(held.nation == nation for held in roles) if roles else None


def _forces_of(nation: str, one: Participant, knowledge: Knowledge) -> bool | None:
    """The nation's forces and soldiers, what they own, the sites they use, and the same of alliances that it leads.

    False for what is no part of any force: a civilian is nobody's forces, whatever the passport.
    """
    # a "person" of whom no more is said may be a soldier
    military = None if one.kind in (None, "person") else _below(one.kind, _MILITARY, knowledge.kind_is_a)
    names = {"forces"}
    if one.kind is not None and military:
        names |= {"user", "owner"} if knowledge.kind_is_a(one.kind, "site") else {"nationality", "owner"}
    roles = [held for held in one.nations if held.role in names]
    if any(held.nation == nation and _leads(held, knowledge) for held in roles):
        return True
    return False if roles or military is False else None


# who owns a site uses it; kinds whose soldiers, owners and users make them somebody's forces
_ROLES = {"used_by": ("user", "owner"), "owned_by": ("owner",), "sponsored_by": ("sponsor",)}
_MILITARY = ("state-force", "alliance", "military-site", "military-aircraft", "warship", "military-vehicle", "equipment")


def _leads(held: NationRole, knowledge: Knowledge) -> bool:
    """Whether the nation acts for itself or leads the alliance through which it holds the role."""
    if not held.via:
        return True
    alliance = knowledge.entity(held.via)
    return alliance is not None and held.nation == alliance.leader


# ------------------------------------------------------------------------------------------------------ numbers and words


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


def _words(clause: WordsIn, telling: Telling, article: Article | None) -> bool | None:
    if clause.scope == "sentence":
        tellings = telling.tellings if isinstance(telling, Event) and telling.tellings else (telling,)
        texts = [one.sentence.text for one in tellings]
    elif article is None:
        return None
    else:
        texts = [article.title] if clause.scope == "title" else [article.title, article.text]
    return any(_found(clause.words, text) for text in texts)


@lru_cache(maxsize=1024)
def _found(words: tuple[str, ...], text: str) -> bool:
    """Whether one of the words or phrases stands in the text; cached, since many rules ask the same of one article."""
    return next(_names(words).find(text), None) is not None


@lru_cache(maxsize=1024)
def _names(words: tuple[str, ...]) -> Aliases[str]:
    return Aliases((word, word) for word in words)
