"""The parties that an article may name, judged again beside each other.

Called by `gist` and by the script that trains its model. The role check sees one candidate at a time; whether "the group" or "the
guerrillas" did it, and whether a phrase that is likely alone is one of five or the only one, shows when all are laid side by side.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from streams.extract.parts import Candidate

_ODDS = 0.002  # added to a chance and its opposite, so that none is certain
_BENDS = (-3.0, -1.0)  # log-odds at which the own chance may count more
_NONE = 0.05  # added to a sum of chances
_PER_ROLE = ("own", *(f"own over {bend:g}" for bend in _BENDS), "best", "behind", "by", "rank", "first", "all", "sentence", "next")
_ALONE = ("sentences", "start", "words", "capital")


def names(roles: Sequence[str]) -> list[str]:
    """Names of the columns of `features`."""
    return [f"{name} {role}" for name in _PER_ROLE for role in roles] + list(_ALONE)


def features(candidates: Sequence[Candidate], chances: Any) -> Any:
    """A row per candidate of one article, in their order; there is one at least.

    Args:
        chances: a row per candidate, a column per role, as the role check gave them.
    """
    own = _odds(chances)
    number = len(candidates)
    ranks = np.argsort(np.argsort(-chances, axis=0, kind="stable"), axis=0)
    ordered = -np.sort(-chances, axis=0)
    second = ordered[1] if number > 1 else np.zeros(chances.shape[1])
    best = _odds(np.where(ranks == 0, second, ordered[0]))
    per_role = [
        own,
        *(np.maximum(own - bend, 0.0) for bend in _BENDS),
        best,
        best > own,
        np.maximum(best - own, 0.0),
        np.log1p(ranks),
        ranks == 0,
        np.broadcast_to(np.log(chances.sum(axis=0) + _NONE), chances.shape),
        _odds(_in_sentences(candidates, chances)),
        _odds(_next(chances)),
    ]
    alone = [
        (np.log(len(one.sentences)), np.log1p(min(one.sentences)), len(one.span.text.split()), one.span.text[:1].isupper())
        for one in candidates
    ]
    return np.hstack([*per_role, np.array(alone, float)])


def _odds(chances: Any) -> Any:
    return np.log((chances + _ODDS) / (1 + _ODDS - chances))


def _in_sentences(candidates: Sequence[Candidate], chances: Any) -> Any:
    """Per candidate and role the highest chance of another one in its sentences, 0 where none is."""
    members: dict[int, set[int]] = {}
    for at, one in enumerate(candidates):
        for sentence in one.sentences:
            members.setdefault(sentence, set()).add(at)
    found = np.zeros(chances.shape)
    for at, one in enumerate(candidates):
        others = sorted(set[int]().union(*(members[sentence] for sentence in one.sentences)) - {at})
        if others:
            found[at] = chances[others].max(axis=0)
    return found


def _next(chances: Any) -> Any:
    """Per candidate and role the higher chance of the ones that the text names before and after it."""
    edge = np.zeros((1, chances.shape[1]))
    return np.maximum(np.vstack([edge, chances[:-1]]), np.vstack([chances[1:], edge]))
