"""Where: the place of an event and where it set out from, of the names and compass words in one sentence.

Called by the reader with a trigger's frame. Only as fine as the sentence says; a site that was the target is the place when
nothing else is said. What stands after "from" is origin and never place.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from streams.extract import tree
from streams.extract.parsed import Parsed
from streams.extract.sorting import Frame
from streams.extract.tokens import Token
from streams.knowledge.world import Entity
from streams.records.flow import Place

_FINEST_FIRST = ("site", "town", "province", "region", "sea", "country")
_PARTS = frozenset(
    "north south east west northeast northwest southeast southwest centre center desert border coast province region capital interior".split()
)
_GROUND = frozenset("location town village city area district territory soil airspace province waters".split())
_OF_A_STATE = frozenset("force troop army military soldier fighter ally proxy ambassador envoy minister interest influence".split())
_WORDS = frozenset(
    "term word name claim view account version position stance decision plan policy".split()
)  # "Baghdad's usual term for"
_HOSTS = frozenset({"house", "host", "use", "hold", "accommodate"})
_SAYING = frozenset({"say", "tell", "report", "confirm", "deny"})
_LOCAL = frozenset(
    "police resident witness villager medic doctor nurse hospital rescuer firefighter policeman shopkeeper mayor".split()
)
_CLAUSE = frozenset({"relcl", "advcl", "ccomp", "parataxis"})


def place_of(parsed: Parsed, frame: Frame) -> Place | None:
    """Where the trigger's event happened; None when the sentence does not say."""
    heads = [*frame.places, *frame.targets]
    found = list(_named(parsed, heads, skip_from=True))
    if not found:
        found = list(_named(parsed, _clause_places(frame), skip_from=True))
    if not found and frame.candidate.grammar in ("transitive", "harm"):  # "a force in Helmand killed two gunmen"
        inside = (leaf for actor in frame.actors for name, leaf in tree.prepositions(actor) if name == "in")
        found = list(_named(parsed, inside, skip_from=True))
    if not found:
        found = list(_named(parsed, _weapon_places(frame.candidate.token), skip_from=True))
    if not found:
        found = list(_named(parsed, _witness_places(frame.candidate.token), skip_from=True))
    return _finest(parsed, found)


def _weapon_places(trigger: Token) -> Iterator[Token]:
    """Where the subject or the agent is said to be: "killed by a car bomb in Kirkuk", "Car bomb in Kirkuk kills three"; and what
    stands before an event as its place: "Kirkuk car bombing".
    """
    beside = [leaf for name, leaf in tree.prepositions(trigger) if name in ("by", "in")]
    for head in (trigger, *tree.own_subjects(trigger)[0], *beside):
        yield from (leaf for name, leaf in tree.prepositions(head) if name in ("in", "near", "at", "outside"))
        if head.pos_ == "NOUN":
            yield from (child for child in head.children if child.dep_ in ("compound", "nmod") and child.pos_ == "PROPN")


def _witness_places(trigger: Token) -> Iterator[Token]:
    """Where those are who say it and can only speak of their own town: "Police in Kirkuk said a car bomb had killed three"."""
    verb = trigger.head
    if trigger.dep_ == "ccomp" and verb.lemma_ in _SAYING:
        for speaker in tree.own_subjects(verb)[0]:
            if speaker.lemma_.lower() in _LOCAL:
                yield from (leaf for name, leaf in tree.prepositions(speaker) if name in ("in", "near", "at"))


def only_place(parsed: Parsed, frame: Frame) -> Place | None:
    """Where the speaker is who says "here": "the first attack on our troops here," a spokesman in Erbil said."""
    if not re.search(r"\b(?:here|our|us)\b", parsed.plain):
        return None
    speakers = [t for t in parsed.tokens if t.dep_ == "nsubj" and t.head.lemma_ in ("say", "tell", "add") and not parsed.quoted(t)]
    heads = [leaf for token in speakers for name, leaf in tree.prepositions(token) if name == "in" and leaf not in frame.origins]
    found = [
        (leaf, entity)
        for leaf in heads
        if (entity := parsed.names.get(leaf.i)) is not None and entity.place is not None and entity.kind in ("place", "nation")
    ]
    countries = {entity.place.country for _, entity in found if entity.place is not None}
    return _finest(parsed, found) if len(countries) == 1 else None


def origin_of(parsed: Parsed, frame: Frame) -> Place | None:
    """Where it set out from; None when the sentence does not say."""
    return _finest(parsed, list(_named(parsed, frame.origins, skip_from=False)))


def places_of(parsed: Parsed, heads: Iterable[Token]) -> Place | None:
    """The finest place in or below some noun phrases, for what a statement speaks of."""
    return _finest(parsed, list(_named(parsed, heads, skip_from=True)))


def _named(parsed: Parsed, heads: Iterable[Token], *, skip_from: bool) -> Iterator[tuple[Token, Entity]]:
    """Place names in the phrases: heads, compounds and what "in", "of", "near" adds below them."""
    for head in heads:
        for token in _below(head, skip_from=skip_from):
            entity = parsed.names.get(token.i)
            if entity is None or entity.place is None:
                continue
            if entity.kind == "demonym":  # "American base": whose, not where; "Syrian towns": where
                if token.dep_ in ("amod", "compound", "nmod") and token.head.lemma_.lower() in _GROUND:
                    yield token, entity
                continue
            if not (entity.kind == "nation" and _modifies(token)) and not _stands_for(token):
                yield token, entity


def _below(head: Token, *, skip_from: bool) -> Iterator[Token]:
    yield head
    for child in head.children:
        if child.dep_ in ("acl", "relcl") and child.lemma_ in _HOSTS:
            yield from _below(child, skip_from=skip_from)  # "a base that houses American troops in Erbil"
            continue
        if child.dep_ in _CLAUSE and child.i > head.i:
            continue
        if child.dep_ in ("acl", "conj", "cc"):
            continue
        if child.dep_ == "prep" and child.lower_ in ("from", "against", "by", "after", "since", "toward", "towards"):
            continue
        yield from _below(child, skip_from=skip_from)


def _modifies(token: Token) -> bool:
    """A country before a noun ("U.S. base", "Iraq's army") is no place."""
    if token.dep_ == "poss" and token.head.lower_ in _PARTS:
        return False  # "Jordan's northeast"
    return token.dep_ in ("compound", "amod", "nmod", "poss") and token.head.i > token.i


def _stands_for(token: Token) -> bool:
    """A capital that stands for its government ("Tehran's forces in Syria") is no place."""
    return token.dep_ == "poss" and token.head.lemma_.lower() in _OF_A_STATE | _WORDS


def _clause_places(frame: Frame) -> list[Token]:
    """Places said with "in" or "near" anywhere in the trigger's own clause."""
    found: list[Token] = []
    starts = [frame.candidate.token, *([frame.carrier] if frame.carrier is not None else [])]
    verb = frame.candidate.token
    if verb.pos_ in ("NOUN", "PROPN"):
        starts.extend(
            a for a in list(verb.ancestors)[:2] if a.pos_ == "VERB" and a.lemma_ not in ("say", "tell", "report", "announce")
        )
    for start in starts:
        for name, head in tree.prepositions(start):
            if name in ("in", "near", "at", "off", "outside", "around", "over", "across", "inside", "on", "along", "during"):
                found.append(head)
        for clause in (c for c in start.children if c.dep_ == "advcl" and any(m.lower_ == "while" for m in c.children)):
            # "detained two men while searching for a commander in Khost"
            found.extend(t for t in clause.subtree if t.dep_ == "pobj" and t.head.lower_ in ("in", "near", "at"))
        for head in frame.actors if frame.candidate.grammar == "noun" else ():
            found.extend(leaf for name, leaf in tree.prepositions(head) if name == "in")
    return found


def _finest(parsed: Parsed, found: list[tuple[Token, Entity]]) -> Place | None:
    """The finest of the places named, with its words; a coarser one only adds its country where that is missing."""
    best: tuple[Place, Token, Entity] | None = None
    for token, entity in found:
        place = entity.place
        assert place is not None
        if best is None or _FINEST_FIRST.index(place.kind) < _FINEST_FIRST.index(best[0].kind):
            best = (place, token, entity)
    if best is None:
        return None
    place, token, entity = best
    if entity.kind not in ("place", "nation", "demonym"):
        return place  # a site: the target's span already quotes it
    country = place.country or next((e.place.country for _, e in found if e.place is not None and e.place.country), None)
    return replace(place, span=parsed.of([token]), country=country)


def coarser(one: Place | None, other: Place | None) -> Place | None:
    """The finer of two places that do not clash; the first where they are equally fine."""
    if one is None or other is None:
        return one or other
    return other if _FINEST_FIRST.index(other.kind) < _FINEST_FIRST.index(one.kind) else one


def clash(one: Place | None, other: Place | None) -> bool:
    """Whether two places cannot be the same: different countries, or different spots."""
    if one is None or other is None:
        return False
    if one.country and other.country and one.country != other.country:
        return True
    if one.path and other.path and (one.path[0] in other.path or other.path[0] in one.path):
        return False
    return one.kind in ("site", "town") and other.kind in ("site", "town")
