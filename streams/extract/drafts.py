"""Mentions on their way to an event: tellings with what only the extractor needs to merge them, and clusters of them.

Made by `deeds` and `statements`, joined by `merge`, made an event by `compose`; neither leaves this package.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from streams.records.flow import Participant, Telling

T = TypeVar("T")


@dataclass(slots=True)
class Draft:
    """One sentence's telling of one event."""

    telling: Telling
    sentence: int  # number of the sentence, title first
    tokens: set[int] = field(default_factory=set)  # triggers in the sentence that tell this event
    linked: set[int] = field(default_factory=set)  # triggers that grammar says tell the same event
    definite: bool = False  # "the attack", "it": leans on what was told before
    bare: bool = False  # tells nothing of its own: no side, weapon, place or time
    country_actors: tuple[Participant, ...] = ()  # bare countries as subjects of "fired": dropped when they are the origin
    statement: bool = False
    boundary: frozenset[int] = frozenset()  # triggers under "after", "before", "in response to": another event
    harm: bool = False  # a killing or wounding that needs an attack beside it
    fragile: bool = False  # stands only when it joins another draft: weak word without any proof of arms
    answer: bool = False  # "fired back", "in response": what it answers was told before, and is another event


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
