"""A mention on its way to an event: a telling with what only the extractor needs to merge it.

Made by `deeds` and `statements`, joined by `merge`; never leaves this package.
"""

from dataclasses import dataclass, field

from streams.records.flow import Participant, Telling


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
