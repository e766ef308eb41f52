"""Which sense a trigger has: "demonstrated against the law" and "demonstrates a capability" share a verb only.

Called by `deeds` before anything is read of a frame; asks the words that the verb takes, never the topic of the text.
"""

import re

from streams.extract import tree
from streams.extract.cues import Cue
from streams.extract.humans import human
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.sorting import Frame
from streams.extract.tokens import Token

_SEARCHED = Cue(
    r"\b(?:search\w*|sweep\w*|swept|comb(?:ed|ing|s)?|raid\w*|cordon\w*|manhunt|hunt\w*|crack\w* down|clear(?:ed|ance|ing)?|mop\w*[ -]up|arrest\w*|detain\w*"
    r"|terroris\w*|militants?|gunm[ae]n|suspects?|police|security)\b",
    re.IGNORECASE,
)
_PACTS = frozenset(
    "agreement deal treaty pact accord talk convention protocol contract negotiation race contest election tournament bid".split()
)
_VOLCANO = frozenset("volcano crater mount vent geyser caldera".split())
_PUBLISHED = frozenset(
    "image picture photo photograph video footage statement report film document recording album single figure data detail list letter tape message "
    "result name transcript trailer book note fund money gas version evidence audio clip".split()
)
_HEIGHTS = frozenset("record high low peak milestone snag jackpot headline".split())
_BUDGETED = frozenset("spending aid growth inflation emission deficit sale profit production output budget climate percent".split())
_PAGES = frozenset("page site website link org com".split())
# who removes a ruler without a coup, and by what: parliaments, courts, voters, parties, owners
_LAWFUL = frozenset(
    "parliament congress assembly senate legislature lawmaker legislator deputy senator parliamentarian mp congressman delegate vote ballot election poll "
    "referendum runoff impeachment motion no-confidence court judge tribunal party caucus voter electorate shareholder investor board director "
    "owner member conclave synod challenger rival champion opponent seed qualifier".split()
)
_RULES = frozenset(
    "government president regime king prime minister premier leader ruler dictator monarchy junta shah emir sultan chancellor".split()
)


def other(cast: Cast, parsed: Parsed, frame: Frame) -> bool:
    """Whether a trigger has another sense than that of its type."""
    token, type_ = frame.candidate.token, frame.candidate.type
    lemma = token.lemma_.lower()
    if type_ == "search-operation":
        return _no_search(parsed, token, lemma)
    if token.pos_ != "VERB":
        return False
    found = tree.arguments(token)
    done_to = found.subjects if found.passive else found.objects
    cores = [tree.core(one) for one in done_to]
    if lemma in ("hit", "strike", "miss", "reach"):
        return any(_a_figure(core) for core in cores)
    if lemma == "engage":  # "was engaged in activities": only a fight tells a fight, by its own word
        return any(c.dep_ == "prep" and c.lower_ == "in" for c in token.children) and (found.passive or not found.objects)
    if held_up(token):
        return True
    if lemma == "pepper":  # with bullets, or with towns and questions
        return not any(t.i > token.i and cast.instrument(parsed, t) is not None for t in token.subtree)
    if type_ == "coup":
        return _lawful(token, [*found.agents, *found.subjects], found.obliques)
    if type_ == "protests":
        marched = lemma == "march" and any(cast.is_a(cast.kind_of(tree.core(s)), "force") for s in found.subjects)
        shown = lemma == "demonstrate" and (bool(done_to) or any(c.dep_ == "ccomp" for c in token.children))
        return marched or shown
    if type_ == "eruption":
        return not any(_volcanic(tree.core(s)) for s in found.subjects)
    if type_ == "meeting" and lemma == "visit":
        return any(c.lemma_.lower() in _PAGES or re.search(r"\w[./]\w", c.text) for c in cores)
    if type_ == "stabbing" and lemma == "hack":
        return (
            bool(cores)
            and not any(_somebody(cast, parsed, c) for c in cores)
            and not any(n == "to" for n, _ in tree.obliques(token))
        )
    if type_ == "troop-movement":
        left = [*cores, *(tree.core(head) for name, head in tree.obliques(token) if name in ("from", "of", "out"))]
        return any(one.lemma_.lower() in _PACTS for one in left)
    if type_ == "release":
        return bool(cores) and all(c.lemma_.lower() in _PUBLISHED or cast.is_a(cast.kind_of(c), "site") for c in cores)
    return False


def _lawful(verb: Token, who: list[Token], obliques: list[tuple[str, Token]]) -> bool:
    """ "toppled the minister in a vote of no confidence", "ousted by shareholders": those who may."""
    heads = [
        tree.core(one)
        for one in (*who, *(head for name, head in obliques if name in ("in", "at", "by", "through", "after", "with")))
    ]
    return any(
        head.lemma_.lower() in _LAWFUL or any(c.lemma_.lower() in _LAWFUL for c in head.children if c.dep_ == "compound")
        for head in heads
        if verb.i != head.i
    )


def held_up(verb: Token) -> bool:
    """ "ships held up at the port", "held off the rebels": nothing is taken."""
    return verb.lemma_ == "hold" and any(c.dep_ == "prt" and c.lower_ in ("up", "back", "off") for c in verb.children)


def _a_figure(head: Token) -> bool:
    """ "hit the 0.7% aid target", "hit a record high": a number that was reached."""
    if head.lemma_.lower() in _HEIGHTS:
        return True
    return head.lemma_.lower() in ("target", "goal") and any(
        word.lemma_.lower() in _BUDGETED or word.text == "%" for word in head.subtree if word.i < head.i
    )


def _no_search(parsed: Parsed, token: Token, lemma: str) -> bool:
    """ "swept to power", "troops swept into the town", "military operations abroad": nothing is searched."""
    if token.pos_ == "VERB":
        found = tree.arguments(token)
        return lemma == "sweep" and not (found.objects or found.passive)
    bare = lemma == "operation" and not any(
        c.lower_ in ("search", "security", "police", "clearance", "counterterrorism") for c in token.children
    )
    return bare and _SEARCHED.search(parsed.plain) is None


def _volcanic(head: Token) -> bool:
    words = {head.lemma_.lower(), *(c.lower_ for c in head.children)}
    return bool(words & _VOLCANO) or head.pos_ == "PROPN" or head.lower_ in ("it", "which", "that")


def _somebody(cast: Cast, parsed: Parsed, head: Token) -> bool:
    kind = cast.kind_of(head)
    known = head.i in parsed.names or head.pos_ in ("PROPN", "PRON", "NUM")
    return known or human(head) or any(cast.is_a(kind, one) for one in ("person", "force"))


def ousted(cast: Cast, parsed: Parsed, frame: Frame) -> str:
    """What driving somebody out is: a coup where he rules, else the taking of the ground that he held."""
    token = frame.candidate.token
    if token.pos_ != "VERB":
        return frame.candidate.type
    for head in (tree.core(one) for one in frame.targets):
        entity = parsed.names.get(head.i)
        kind = entity.kind if entity is not None else cast.kind_of(head)
        if any(cast.is_a(kind, one) for one in ("armed-group", "force")) and head.lemma_.lower() not in _RULES:
            by_group = any(cast.is_a(cast.kind_of(tree.core(one)), "armed-group") for one in frame.actors)
            return "non-state-overtakes-territory" if by_group else "government-regains-territory"
    return frame.candidate.type
