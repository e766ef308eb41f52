"""The defaults of a rule, written out: what happened, and is not denied, unless the rule asks for its own."""

from collections.abc import Iterator
from typing import get_args

from rules.model import AllOf, AnyOf, Clause, NotThat, StageIn, StandingIn
from streams.records.flow import Standing


def expanded(core: Clause) -> Clause:
    """`when` with the defaults: stage happened and standing not denied, unless the rule asks for its own outside a `not`."""
    own = set(asked(core))
    added: list[Clause] = []
    if StageIn not in own:
        added.append(StageIn(("happened",)))
    if StandingIn not in own:
        added.append(StandingIn(tuple(one for one in get_args(Standing) if one != "denied")))
    if not added:
        return core
    return AllOf((*(core.parts if isinstance(core, AllOf) else (core,)), *added))


def asked(part: Clause) -> Iterator[type]:
    """Kinds of clauses that the rule itself sets, not counting what it excludes or says of a statement's content."""
    if isinstance(part, (AllOf, AnyOf)):
        for one in part.parts:
            yield from asked(one)
    elif not isinstance(part, NotThat):
        yield type(part)
