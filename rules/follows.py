"""Whether one clause follows from another, can never hold, or always does: provably, for every event there may be.

For warnings (`rules.lint`). A "yes" is a proof; a "no" only says that none was found. What counts is where a clause is True:
there `all`, `any` and `not` are those of sets, for `not` holds exactly where its part is not True (see `rules.match`).
"""

from dataclasses import replace
from itertools import combinations, product
from typing import Any, get_args

from rules.model import AboutIs, AllOf, AnyOf, EventIs, NotThat, StageIn, StandingIn, Stated, Who
from rules.pairs import exclude, implied, void
from streams.knowledge.world import Knowledge
from streams.records.flow import Stage, Standing

Way = tuple[Any, ...]  # clauses, or `not` of clauses, of which all have to hold; none of them a group

MOST_WAYS = 64  # of one clause; beyond, nothing is proved of it


class Logic:
    """Answers by one knowledge; keeps what it took apart."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        # by identity, for hashing a whole rule takes as long as the proof; the clause is kept, so that its place in memory is too
        self._apart: dict[int, tuple[Any, tuple[Way, ...] | None]] = {}
        self._plainly: dict[int, tuple[Any, Any]] = {}
        self._covering: dict[int, tuple[Any, bool]] = {}

    def follows(self, one: Any, other: Any) -> bool:
        """Whether `other` holds wherever `one` does."""
        ways = self._ways(one)
        if not ways:
            return ways is not None
        wanted = self._as_plain(other)
        return all(self._entails(way, wanted) for way in ways)

    def never(self, one: Any) -> bool:
        """Whether it holds of no event."""
        return self._ways(one) == ()

    def always(self, one: Any) -> bool:
        """Whether it holds of every event."""
        return self.follows(AllOf(()), one)

    def why_never(self, one: Any) -> Way | None:
        """The clauses, one or two, of its first way that rule each other out; None: it may hold."""
        ways = _taken_apart(_plain(one))
        clashes = [self.clash(way) for way in ways or ((),)]
        return None if None in clashes else clashes[0] if clashes else ()

    def clash(self, way: Way) -> Way | None:
        """One clause of the way that can never hold, or two that cannot hold together; None when there are none."""
        for one in way:
            if not isinstance(one, NotThat) and void(one, self):
                return (one,)
            if isinstance(one, NotThat) and self._entails((), one.part):
                return (one,)
        return next(((one, other) for one, other in combinations(way, 2) if self._apart_from(one, other)), None)

    def _ways(self, one: Any) -> tuple[Way, ...] | None:
        """The ways in which it may hold, None when they are too many."""
        found = self._apart.get(id(one))
        if found is None:
            ways = _taken_apart(_plain(one))
            left = None if ways is None else tuple(way for way in ways if self.clash(way) is None)
            found = self._apart[id(one)] = (one, left)
        return found[1]

    def _as_plain(self, one: Any) -> Any:
        found = self._plainly.get(id(one))
        if found is None:
            found = self._plainly[id(one)] = (one, _plain(one))
        return found[1]

    def _entails(self, way: Way, wanted: Any) -> bool:
        """Whether what stands in the way makes the clause hold."""
        if isinstance(wanted, AllOf):
            return all(self._entails(way, part) for part in wanted.parts)
        if isinstance(wanted, AnyOf):
            return any(self._entails(way, part) for part in wanted.parts) or self._covers(wanted)
        if isinstance(wanted, EventIs) and _roots(self.knowledge) <= set(wanted.nodes):
            return True
        if isinstance(wanted, NotThat) and void(wanted.part, self):
            return True
        return any(self._leads(one, wanted) for one in way)

    def _covers(self, wanted: AnyOf[Any]) -> bool:
        """Whether one of two parts always holds: something, and what it is not."""
        found = self._covering.get(id(wanted))
        if found is None:
            pairs = combinations(wanted.parts, 2)
            found = self._covering[id(wanted)] = (wanted, any(self.follows(NotThat(one), other) for one, other in pairs))
        return found[1]

    def _leads(self, one: Any, other: Any) -> bool:
        if isinstance(other, NotThat):
            return implied(other.part, one.part, self) if isinstance(one, NotThat) else exclude(one, other.part, self)
        return not isinstance(one, NotThat) and implied(one, other, self)

    def _apart_from(self, one: Any, other: Any) -> bool:
        if isinstance(one, NotThat) and isinstance(other, NotThat):
            return False
        if isinstance(one, NotThat):
            return implied(other, one.part, self)
        return implied(one, other.part, self) if isinstance(other, NotThat) else exclude(one, other, self)


def _roots(knowledge: Knowledge) -> set[str]:
    return {node.slug for node in knowledge.taxonomy.values() if node.parent is None}


def _plain(part: Any, *, wanted: bool = True) -> Any:
    """The clause with `not` at its leaves only, and there only where no positive clause says the same."""
    match part:
        case NotThat(inner):
            return _plain(inner, wanted=not wanted)
        case AllOf(parts) | AnyOf(parts):
            kind = AllOf if isinstance(part, AllOf) is wanted else AnyOf
            return kind(tuple(_plain(one, wanted=wanted) for one in parts), line=part.line)
        case _ if wanted:
            return part
        case StageIn(stages):  # always stated, like standing
            return replace(part, stages=tuple(one for one in get_args(Stage) if one not in stages))
        case StandingIn(standings):
            return replace(part, standings=tuple(one for one in get_args(Standing) if one not in standings))
        case Stated():
            return replace(part, wanted=not part.wanted)
        case _:
            return NotThat(part, line=part.line)


def _taken_apart(part: Any) -> tuple[Way, ...] | None:
    """All ways in which a plain clause may hold, None when they are too many."""
    match part:
        case AllOf(parts):
            each = [_taken_apart(one) for one in parts]
            count = 1
            for ways in each:
                count *= MOST_WAYS + 1 if ways is None else len(ways)
            if count > MOST_WAYS:
                return None
            return tuple(tuple(one for way in chosen for one in way) for chosen in product(*(ways or () for ways in each)))
        case AnyOf(parts):
            found: list[Way] = []
            for one in parts:
                ways = _taken_apart(one)
                if ways is None or len(found) + len(ways) > MOST_WAYS:
                    return None
                found += ways
            return tuple(found)
        case Who(traits=inner):  # one participant: a choice among traits is a choice among participants
            return _inside(part, "traits", inner)
        case AboutIs(inner):
            return _inside(part, "part", inner)
        case _:
            return ((part,),)


def _inside(part: Any, name: str, inner: Any) -> tuple[Way, ...] | None:
    ways = _taken_apart(_plain(inner))
    return None if ways is None else tuple((replace(part, **{name: way[0] if len(way) == 1 else AllOf(way)}),) for way in ways)
