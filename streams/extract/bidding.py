"""Orders and bans: who is told to do something, and what nobody may do.

Called by `acts`: "ordered residents to leave", "said that residents must leave", "nobody may leave home".
"""

from collections.abc import Iterator

from streams.extract import tree
from streams.extract.tokens import Token

_WISH = frozenset("like want wish hope prefer love try scare afraid".split())
_BIDDING = frozenset({"to", "must", "should"})


def nobody(token: Token) -> bool:
    """Whether a noun phrase is "nobody" or "no one"."""
    return token.lower_ in ("nobody", "no-one") or (token.lower_ == "one" and tree.negated(token))


def forbidden(verb: Token) -> bool:
    """Whether a word of what may be stands with it: "nobody may leave home", "nobody was to be outdoors"; not after "if"."""
    if tree.marks(verb) & {"if", "unless", "when"}:
        return False
    return tree.modal(verb) in ("may", "must", "can") or (
        verb.dep_ == "xcomp" and verb.head.lemma_ == "be" and verb.head.pos_ == "AUX"
    )


def _bidden(verb: Token) -> Iterator[Token]:
    """Verbs that may be what is ordered: below the order, or said before it, "Families must leave, the mayor ordered"."""
    yield from (below for below in verb.subtree if below.i > verb.i or below.dep_ == "ccomp")
    if verb.dep_ in ("conj", "parataxis") and verb.head.i < verb.i:
        yield verb.head


def _between(low: Token, high: Token) -> Iterator[Token]:
    """The words that stand between a word and one above it."""
    for step in low.ancestors:
        if step == high:
            return
        yield step


def told_to(verb: Token, verbs: frozenset[str]) -> bool:
    """Whether it is told to do one of these: "ordered residents to leave", "said that residents must leave"."""
    return any(
        below.lemma_.lower() in verbs
        and not any(a.pos_ == "NOUN" and a.lemma_ in ("need", "reason") for a in below.ancestors)
        and below.tag_ == "VB"
        and any(c.dep_ == "aux" and c.lower_ in _BIDDING for c in below.children)
        for below in _bidden(verb)
        if below.pos_ == "VERB"
        and not tree.negated(below)
        and not any(step.dep_ == "advcl" for step in _between(below, verb))  # "as long as it takes to get there"
        and not any(a.lemma_ in _WISH or a.lower_ in _WISH or a.lower_ == "scared" for a in below.ancestors if a.i > verb.i)
    )
