"""Responsibility by words alone: claimed, disowned, or not claimed yet.

Called by `tellings`; who speaks is found by grammar there.
"""

import re

from streams.extract.cues import Cue
from streams.extract.parsed import Wording
from streams.records.flow import Span

_NOT_YET = Cue(
    r"\b(?:(?:had|has|have) (?:yet to|not (?:yet )?)\s?(?:issue\w*|comment\w*|claim\w*|respond\w*|made|make|confirm\w*|release\w*)|"
    r"no (?:group|one|faction|organi[sz]ation|militia)\b[^.;]{0,40}\b(?:claimed|has claimed|immediately claimed)|no (?:immediate )?claim of responsibility|did not (?:immediately )?(?:comment|claim|respond))\b",
    re.IGNORECASE,
)
_DISOWN = Cue(
    r"\b(?:den(?:y|ies|ied|ying) (?:any )?(?:involvement|role|responsibility|hand|part|links?|connection)|(?:was|were|is|are) not (?:behind|responsible for|involved in)|"
    r"den(?:y|ies|ied|ying) (?:that )?(?:it|they|he|its \w+|his \w+|their \w+) (?:was|were|is|are|had been) (?:behind|responsible for|involved in)|"
    r"had (?:no(?:thing to do with| role| part| hand| involvement))|disavowed|(?:had|has|have) not carried out|denied (?:being behind|carrying out|responsibility))\b",
    re.IGNORECASE,
)
_CLAIM = Cue(
    r"\b(?:claim(?:s|ed|ing)? (?:the )?(?:responsibility|credit)|(?:took|takes|taking) (?:responsibility|credit)|claim(?:s|ed|ing)?\b(?! that| to| no)[^.;]{0,50}\b(?:attacks?|strikes?|barrages?|assaults?|raids?|bombings?))\b",
    re.IGNORECASE,
)


def not_yet(parsed: Wording) -> Span | None:
    """The words that say nobody has claimed or commented yet."""
    match = _NOT_YET.search(parsed.plain)
    return parsed.span(match.start(), match.end()) if match else None


def disowns(parsed: Wording) -> int | None:
    """Where the sentence denies responsibility, sentence offset; None: it does not."""
    match = _DISOWN.search(parsed.plain)
    return match.start() if match else None


def claims(parsed: Wording) -> int | None:
    """Where the sentence claims responsibility, sentence offset; None: it does not."""
    match = _CLAIM.search(parsed.plain)
    if match is None or re.search(r"\b(?:no|nobody|not|none)\b[^.;]{0,60}$", parsed.plain[: match.start()], re.IGNORECASE):
        return None
    return match.start()
