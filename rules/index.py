"""From an event to the rules that may hold of it, so that many rules cost little more than few.

Built once for a rule set and asked by `streams.decide`; it judges nothing. A rule is left out only where its `when` cannot be
True: it is filed under what an event must have for that, its *needs*, read off the clause tree. `not` needs nothing, for what
is not stated is not excluded; nor does `known: false`. `standing` is never a need, for an event is judged with the standing of
its whole incident; all else of an event stays as it is. Evidence, qualifiers and severity are made after the rule held. Needs
may be met where the clause does not hold: the judge has the last word.

A rule is filed under a type of the taxonomy and under the rarest other thing that it needs; the rest is compared.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from rules.distance import cell, cells_near
from rules.forms.resume import SPOKEN
from rules.match import telling_of
from rules.model import (
    AboutIs,
    AllOf,
    AnyOf,
    Clause,
    CountryAgainst,
    DisclosedLate,
    EventIs,
    IdIs,
    InstrumentIs,
    KindIs,
    Mentions,
    NationIs,
    NearSite,
    NumberIs,
    OriginIn,
    OutcomeIn,
    PlaceIn,
    Resume,
    Rule,
    SourceIn,
    SpeakerIs,
    StageIn,
    Stated,
    Trait,
    Who,
    WordsIn,
    WordsNear,
)
from rules.words import entities, texts
from streams.knowledge.aliases import alias_keys, fold, word_keys
from streams.knowledge.world import Knowledge
from streams.records.flow import Article, Event, Participant, Place, Telling

Key = tuple[str, str]  # what is stated, and its value: ("target.kind", "base")
Need = frozenset[Key]  # one of them at least
Way = tuple[Need, ...]  # one way in which a clause may hold: every need is met

ANY = ""  # instead of a type: no type is needed
ALWAYS: Key = ("", "")
_MOST_WAYS = 24  # of one rule; beyond, several ways are taken as one
_MOST_FILES = 64  # places under which one way is filed; beyond, it is filed under its type alone

# How often about an event has a value of this kind: rough, for the choice of what to file a rule under and nothing else
# (assumption, after 249 articles of conflict news; a wrong figure costs time and changes no answer).
_OFTEN: dict[str, float] = {
    "type": 0.3, "word": 0.02, "named": 0.05, "id": 0.02, "outlet": 0.03, "speaker": 0.02, "cell": 0.01, "late": 0.02,
    "place": 0.05, "origin": 0.02, "nation": 0.08, "kind": 0.08, "instrument": 0.08, "source": 0.1, "count": 0.15,
    "outcome": 0.2, "voice-nation": 0.1, "voice": 0.3, "stated": 0.6, "stage": 0.9,
}  # fmt: skip


class _Filed(NamedTuple):
    """A rule in one of its ways."""

    rule: str
    needs: frozenset[Key]  # all of them
    others: tuple[Need, ...]  # one of each


class Index:
    """Which rules of a set may hold of which events."""

    def __init__(self, rules: Sequence[Rule], knowledge: Knowledge) -> None:
        """Ids of the rules are unique."""
        self.rules = tuple(rules)
        self._knowledge = knowledge
        self._order = {rule.id: number for number, rule in enumerate(self.rules)}
        self._filed: defaultdict[str, defaultdict[Key, list[_Filed]]] = defaultdict(lambda: defaultdict(list))
        reader = _Needs(knowledge)
        for rule in self.rules:
            for way in reader.ways(rule.when):
                self._file(rule, way)
            if isinstance(rule.form, Resume):  # a halt or an announcement takes part where nothing about it is false
                for type in SPOKEN:
                    self._file(rule, (frozenset({("type", type)}), *reader.akin(rule.core)))
        self._words = frozenset(reader.words)
        self._sentences, self._names, self._cells = reader.sentences, reader.names, reader.cells
        self._said_in = lru_cache(maxsize=64)(self._said_in_article)  # one article has several events, and is asked about again
        self._read = lru_cache(maxsize=256)(self._read_text)

    def in_order(self, ids: Collection[str]) -> list[Rule]:
        """The rules of these ids, in the order of the set; ids of no rule are left out."""
        return [self.rules[number] for number in sorted(self._order[id] for id in ids if id in self._order)]

    def candidates(self, events: Iterable[Event], articles: Mapping[str, Article]) -> set[str]:
        """Ids of the rules whose `when` may hold of one of the events, whatever its standing; for a rule with
        `resume` also those that an announcement or a halt may speak of."""
        found: set[str] = set()
        for event in events if self._filed else ():
            keys = self._keys(event, articles.get(event.article))
            for type in (ANY, *_types(event, self._knowledge)):
                filed = self._filed.get(type)
                for rule, needs, others in (each for key in filed.keys() & keys for each in filed[key]) if filed else ():
                    if needs <= keys and rule not in found and not any(need.isdisjoint(keys) for need in others):
                        found.add(rule)
        return found

    def _file(self, rule: Rule, way: Way) -> None:
        types = [need for need in way if all(name == "type" for name, _ in need)]
        first = min(types, key=len, default=None)
        rest = [need for need in way if need is not first]
        rarest = min(rest, key=_often, default=None)
        under = rarest if rarest is not None and len(rarest) * len(first or (ANY,)) <= _MOST_FILES else {ALWAYS}
        rest = [need for need in rest if need is not under]
        filed = _Filed(
            rule.id,
            frozenset(key for need in rest if len(need) == 1 for key in need),
            tuple(need for need in rest if len(need) != 1),
        )
        for type in [value for _, value in first] if first is not None else [ANY]:
            for key in under:
                self._filed[type][key].append(filed)

    def _keys(self, event: Event, article: Article | None) -> set[Key]:
        """All that the event and its article have that a rule may need."""
        keys = {ALWAYS, *_stated(event, "", self._knowledge), *(self._said_in(article) if article is not None else ())}
        if event.about is not None:
            keys.add(("stated", "about"))
            keys.add(("about.is", event.about.type))
            keys.update(_stated(telling_of(event.about, event), "about.", self._knowledge))
        if event.disclosed_late:
            keys.add(("late", ""))
        place = event.place
        if self._cells and place is not None and place.latitude is not None and place.longitude is not None:
            keys.add(("cell", cell(place.latitude, place.longitude)))
        if self._sentences:  # by themselves, for words at the edge of a text may be told apart in another way
            for text, _, _ in texts("sentence", event, article):
                keys |= self._read(text)
        return keys

    def _said_in_article(self, article: Article) -> frozenset[Key]:
        """What every event of an article has from it."""
        return frozenset({("source", article.source)}).union(self._read(article.title), self._read(article.text))

    def _read_text(self, text: str) -> frozenset[Key]:
        """The words and names of a text that rules ask for."""
        words = {("word", word) for word in self._words & word_keys(text)} if self._words else set()
        return frozenset(words | ({("named", id) for _, _, id in entities(text, self._knowledge)} if self._names else set()))


# ------------------------------------------------------------------------------------------------- what an event has


def _types(telling: Telling, knowledge: Knowledge) -> set[str]:
    known = knowledge.taxonomy.get(telling.type)
    return {*telling.path, *(known.path if known else ())}


def _stated(telling: Telling, at: str, knowledge: Knowledge) -> Iterator[Key]:
    """What is stated, as keys whose names begin with `at`."""
    for type in _types(telling, knowledge):
        yield f"{at}type", type
    yield f"{at}stage", telling.stage
    sides = {
        "actor": telling.actors,
        "target": telling.targets,
        "claimed_by": telling.claimed_by,
        "disowned_by": telling.disowned_by,
    }
    for side, people in sides.items():
        if people:
            yield f"{at}stated", side
            for one in people:
                yield from _traits(one, f"{at}{side}.", knowledge)
    for name, place in (("place", telling.place), ("origin", telling.origin)):
        if place is not None:
            yield f"{at}stated", name
            yield from ((f"{at}{name}", step) for step in _steps(place))
    for tool in telling.instruments:
        yield f"{at}stated", "instrument"
        yield from ((f"{at}instrument", kind) for kind in knowledge.instruments.get(tool.kind, ()))
    for outcome in telling.outcome:
        yield f"{at}stated", "outcome"
        yield f"{at}outcome", outcome
    for count in telling.counts:
        yield f"{at}count", count.what
    for voice in telling.attribution:
        yield f"{at}stated", "speaker"
        yield f"{at}voice", voice.speaker
        yield f"{at}voice-nation", voice.nation or ""
        yield f"{at}speaker", voice.actor or ""
        yield f"{at}outlet", fold(voice.via)
    if telling.doubt:
        yield f"{at}stated", "doubt"


def _traits(one: Participant, at: str, knowledge: Knowledge) -> Iterator[Key]:
    if one.id is not None:
        yield f"{at}id", one.id
    if one.kind is not None:
        yield from ((f"{at}kind", kind) for kind in knowledge.kinds.get(one.kind, ()))
    yield from ((f"{at}nation", held.nation) for held in one.nations)


def _steps(place: Place) -> set[str]:
    return {*place.path, *([place.country] if place.country else [])}


# ------------------------------------------------------------------------------------------------- what a rule needs


class _Needs:
    """Reads needs off clause trees; notes what kinds of texts will have to be looked through."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._within: dict[str, frozenset[str]] = {}
        self.words: set[str] = set()
        self.sentences = False  # words are looked for in sentences
        self.names = False  # known entities are looked for
        self.cells = False

    def ways(self, part: Clause | Trait, at: str = "") -> list[Way]:
        """The ways in which the clause may hold; in each, all needs are met whenever it does. `at`: whose keys are meant."""
        match part:
            case AllOf(parts):
                found = [self.ways(one, at) for one in parts]
                return [sum(chosen, ()) for chosen in product(*_few(found))]
            case AnyOf(parts):
                either = [way for one in parts for way in self.ways(one, at)]
                return either if len(either) <= _MOST_WAYS else [_one(either)]
            case Who(side, traits):
                stated = frozenset({(f"{at}stated", side)})
                return [way or (stated,) for way in self.ways(traits, f"{at}{side}.")]
            case AboutIs(inner):
                return [way or (frozenset({("stated", "about")}),) for way in self.ways(inner, f"{at}about.")]
            case _:
                keys = self._keys(part, at)
                return [() if keys is None else (frozenset(keys),)]

    def akin(self, core: Clause) -> Iterator[Need]:
        """What a statement must have for its `about` not to contradict the clause: a type at, below or above one that is asked."""
        for part in core.parts if isinstance(core, AllOf) else (core,):
            if isinstance(part, EventIs):
                above = {step for node in part.nodes if (known := self._knowledge.taxonomy.get(node)) for step in known.path}
                yield frozenset((*_named("about.type", part.nodes), *_named("about.is", above)))

    def _keys(self, part: Clause | Trait, at: str) -> Iterable[Key] | None:  # noqa: PLR0912 - one arm for each kind of clause
        """Keys of which one is there whenever the clause holds; None: it may hold with none."""
        match part:
            case EventIs(values):
                return _named(f"{at}type", values)
            case StageIn(values):
                return _named(f"{at}stage", values)
            case KindIs(values):
                return _named(f"{at}kind", values)
            case IdIs(values):
                return _named(f"{at}id", values)
            case NationIs(_, values):
                return _named(f"{at}nation", values)
            case InstrumentIs(values):
                return _named(f"{at}instrument", values)
            case OutcomeIn(values):
                return _named(f"{at}outcome", values)
            case NumberIs(what):
                return _named(f"{at}count", (what,))
            case PlaceIn(areas):
                return _named(f"{at}place", self._steps(areas))
            case OriginIn(areas):
                return _named(f"{at}origin", self._steps(areas))
            case CountryAgainst():
                return _named(f"{at}stated", ("origin",))
            case Stated(name, True):
                return _named(f"{at}stated", (name,))
            case SpeakerIs(classes, nations, ids, outlets):
                asked = {"speaker": ids, "outlet": tuple(map(fold, outlets)), "voice-nation": nations, "voice": classes}
                return next(
                    (_named(f"{at}{name}", values) for name, values in asked.items() if values), ((f"{at}stated", "speaker"),)
                )
            case NearSite():
                return self._near(part, at)
            case _ if at:  # what a statement speaks of has no words, feed or moment of its own
                return None
            case SourceIn(values):
                return _named("source", values)
            case DisclosedLate(True):
                return (("late", ""),)
            case WordsIn() | WordsNear() | Mentions():
                return self._texts(part)
            case _:
                return None

    def _steps(self, areas: Iterable[str]) -> set[str]:
        for area in areas:
            if area not in self._within:
                self._within[area] = self._knowledge.steps_within(area)
        return {step for area in areas for step in self._within[area]}

    def _near(self, part: NearSite, at: str) -> Iterable[Key]:
        cells = None if part.if_coarse or at else cells_near(part)
        if cells is None:
            return ((f"{at}stated", "place"),)
        self.cells = True
        return _named("cell", cells)

    def _texts(self, part: WordsIn | WordsNear | Mentions) -> Iterable[Key]:
        self.sentences |= part.scope == "sentence"
        named: list[str] = []
        if isinstance(part, Mentions):
            phrases = [*part.names, *(spelling for watch in part.watches for spelling, _ in watch.people)]
            for id in part.ids:
                known = self._knowledge.entity(id)
                if known is None or known.kind == "nation":  # adjectives name it too: a whole look-up
                    named.append(id)
                else:
                    phrases += known.aliases
            self.names |= bool(named)
        else:
            phrases = list(part.words if isinstance(part, WordsIn) else (max(part.words, key=len),))
        rarest = {max(keys, key=len) for phrase in phrases if (keys := alias_keys(phrase))}  # long words are rare
        self.words |= rarest
        return (*_named("word", rarest), *_named("named", named))


def _named(name: str, values: Iterable[str]) -> tuple[Key, ...]:
    return tuple((name, value) for value in values)


def _few(found: list[list[Way]]) -> list[list[Way]]:
    """The ways of parts that must all hold; what would make too many of them together is taken as one."""
    total = 1
    for number in sorted(range(len(found)), key=lambda number: len(found[number])):
        if total * len(found[number]) > _MOST_WAYS:
            found[number] = [_one(found[number])]
        total *= len(found[number])
    return found


def _one(ways: list[Way]) -> Way:
    """What is needed in whichever way."""
    if not all(ways):
        return ()
    return (frozenset(key for way in ways for key in min(way, key=_often)),)


def _often(need: Need) -> float:
    """About how often an event meets the need."""
    return sum(_OFTEN.get(name.rsplit(".", 1)[-1], 1.0) for name, _ in need)
