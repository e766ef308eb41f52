"""What kind of news an article is, by a learned sorter, and the finer types that this gives its events.

Called by the reader once per article. It judges the head of an article as a whole; whether there is an event, and who did what
to whom, stays with the grammar. It never raises an event, and makes no armed attack anything but a finer armed attack.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from streams.extract import packed
from streams.extract.packed import Models
from streams.extract.parsed import Parsed
from streams.extract.traits import Shelves, Traits, told
from streams.knowledge.world import Knowledge
from streams.records.flow import Article, Event

KEPT = 0.01  # types less likely than this are not told
SURE = 0.8  # from here on an event takes the finer type; an assumption
HEAD_CHARS = 600  # events told further on are not what the article is about
# types below which an event may move although they lie elsewhere in the tree
_ALSO = {"protests": ("violent-demonstration",)}

Ranked = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Kinds:
    """Two divisions of the world, each summing to one over all its types: the likeliest first, the unlikely left out."""

    types: Ranked = ()  # after ACLED, with disasters, crime and diplomacy beside
    acts: Ranked = ()  # after PLOVER


class Sorter:
    """Sorts articles with the weights of `streams/data/types.weights.json`."""

    def __init__(self, knowledge: Knowledge, models: Models | None = None) -> None:
        self._knowledge = knowledge
        self._models = (models if models is not None else packed.load("types")).models
        self.traits = Traits(knowledge)
        self._shelves = [(self._models[name], Shelves(self._models[name])) for name in ("types", "acts")]

    def sort(self, article: Article, sheets: Sequence[Parsed], events: Sequence[Event]) -> Kinds:
        """What kind of news it is."""
        head, more = self.traits.head(article), told(sheets, events)
        types, acts = (_ranked(model.shares(shelves.rows(head, more))) for model, shelves in self._shelves)
        return Kinds(types, acts)

    def refined(self, events: tuple[Event, ...], types: Ranked) -> tuple[Event, ...]:
        """The events, those of the article's head with the finer type that the sorter is sure of."""
        sure = types[0][0] if types and types[0][1] >= SURE else ""
        if sure not in self._knowledge.taxonomy:
            return events
        if any(sure in event.path for event in events):
            return events  # it is another's already
        return tuple(self._finer(event, sure) for event in events)

    def _finer(self, event: Event, sure: str) -> Event:
        below = sure != event.type and self._knowledge.is_a(sure, event.type)
        if not (below or sure in _ALSO.get(event.type, ())):
            return event
        if event.about is not None or (event.sentence.where == "text" and event.sentence.start > HEAD_CHARS):
            return event
        path = self._knowledge.taxonomy[sure].path
        tellings = tuple(replace(one, type=sure, path=path) if one.type == event.type else one for one in event.tellings)
        return replace(event, type=sure, path=path, tellings=tellings)


def _ranked(chances: Mapping[str, float]) -> Ranked:
    """Types with their chance; the same chance in the order of the alphabet."""
    ranked = sorted(chances.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple((slug, round(chance, 3)) for slug, chance in ranked if chance >= KEPT)
