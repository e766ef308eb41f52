"""Whether two sides fought with arms: clashes of ministers, teams and crowds with the police are none.

Called by `arms` for triggers that both sides do. Words like "firefight" need nothing more; "clash" and "battle" need an armed
side, or deaths.
"""

import re

from streams.extract import tree
from streams.extract.cues import Cue
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.sorting import Frame
from streams.extract.tokens import Token
from streams.records.flow import Participant

_SURE = frozenset("firefight gunfight gunbattle shootout".split())
_SURE_PAIRS = Cue(
    r"\b(?:gun ?battles?|tank battles?|armed clash\w*|street fighting|exchanges? of (?:gun)?fire|shoot-?outs?)\b", re.IGNORECASE
)
_BLOODY = Cue(
    r"\b(?:kill(?:ed|ing|s)?|dead|deadly|died|deaths?|lives|losses|wounded|gunfire|gunshots?|shelling|artillery|machetes?|bullets?|guns?|troops|fighters|casualties|"
    r"displaced|fled|intense|heavy|fierce|armed|ethnic|communal|sectarian|tribal|border)\b",
    re.IGNORECASE,
)
_CROWD = ("protester", "student", "official", "diplomat", "political-party", "media", "journalist", "company")
_FANS = frozenset(
    "fan supporter team club player lawmaker neighbour neighbor inmate prisoner passenger union activist crowd demonstrator youth".split()
)
_FIRES = frozenset(
    "fire blaze wildfire inferno flame disease outbreak cancer corruption crime inflation poverty virus infection".split()
)
_TALK = Cue(
    r"\b(?:over the budget|in parliament|word war|on (?:the )?pitch|cup|league|title|election|court|debate|legal|verbal\w*|in front of the cameras)\b",
    re.IGNORECASE,
)


def fought(cast: Cast, parsed: Parsed, frame: Frame, actors: tuple[Participant, ...], targets: tuple[Participant, ...]) -> bool:
    """Whether the frame of a clash is one of arms."""
    token, lemma = frame.candidate.token, frame.candidate.token.lemma_.lower()
    if any(c.dep_ == "prt" and c.lower_ == "off" for c in token.children) and not any(cast.is_armed(one.kind) for one in actors):
        return False  # villagers fight gunmen off
    heads = [tree.core(head) for head in (*frame.actors, *frame.targets)]
    if any(head.lemma_.lower() in _FANS | _FIRES for head in heads) or any(
        cast.is_a(one.kind, kind) for one in (*actors, *targets) for kind in _CROWD
    ):
        return False
    if lemma not in ("exchange", "trade", "swap", "return", "fire", "shoot") and any(
        child.lemma_.lower() in _FIRES for child in token.children
    ):
        return False
    armed = [one for one in (*actors, *targets) if cast.is_armed(one.kind) or one.nations]
    if any(c.lower_ == "back" and c.dep_ in ("prt", "advmod") for c in token.children):
        return bool(armed)  # "soldiers shot back", not "the minister shot back"
    if lemma in ("exchange", "trade", "swap", "return", "fire", "shoot"):
        return True
    if lemma in _SURE or _SURE_PAIRS.search(parsed.plain):
        return True
    bloody = _BLOODY.search(parsed.plain) is not None
    if token.pos_ in ("VERB", "AUX"):
        return len(armed) > 1 or (
            bool(armed) and bool(targets or frame.places) and (bloody or not targets or _faced(cast, targets))
        )
    if _TALK.search(parsed.plain) and not bloody:
        return False
    if lemma in ("fighting", "hostility", "combat"):
        return bool(armed) or bool(frame.places) or bloody
    return len(armed) > 1 or (bloody and (bool(armed) or bool(heads) or bool(frame.places) or _under(token)))


def _faced(cast: Cast, targets: tuple[Participant, ...]) -> bool:
    return any(cast.is_armed(one.kind) for one in targets)


def _under(token: Token) -> bool:
    """Whether the clash itself is what the clause tells: "deadly clashes broke out"."""
    return token.dep_ in ("nsubj", "nsubjpass") and token.head.pos_ == "VERB"
