"""Whether arms were used: metaphors, sport, markets, labour disputes, mere launches and weapon tests are refused here.

Called by `deeds` with one trigger's frame. A weak word ("hit", "strike", "fire") needs a weapon, an armed side or a military
target beside it; what has none of them stays out.
"""

import re
from dataclasses import dataclass

from streams.extract import tree
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.sorting import Frame
from streams.extract.triggers import Candidate
from streams.knowledge import Knowledge
from streams.records import Participant

ATTACK = "armed-attack"
_NOT_ARMED_SUBJECTS = re.compile(
    r"^(?:lightning|(?:\w*-?)storm|hurricane|typhoon|cyclone|tornado|flood|heatwave|virus|outage|shortage|quake|earthquake|tragedy|disaster|worker|union|teacher|nurse|pilot|doctor|employee|staff|player|striker|team)$"
)
_OTHER_STRIKE = frozenset(
    "deal agreement balance chord note tone pose bargain compromise accord truce match gold goal target record".split()
)
_SPORT = re.compile(
    r"\b(?:goals?|match|league|cup|innings|championship|quarterback|touchdown|striker|penalty kick|playoffs?|second base|home run|coach|season opener)\b",
    re.IGNORECASE,
)
_LABOUR = re.compile(
    r"\b(?:union|unions|pay|wages?|walkout|picket|labou?r dispute|on strike|strike action|walk(?:ed|s|ing)? out|stop(?:ped|s)? work|staff|cooks|cleaners|canteen|industrial action)\b",
    re.IGNORECASE,
)
_MARKET = re.compile(
    r"\b(?:stocks?|shares|short[- ]sellers?|investors|bears|bulls|hedge funds?|bond|equities|currency)\b", re.IGNORECASE
)
_CRITICS = re.compile(
    r"\bunder (?:fire|attack)\b[^.;]{0,30}\b(?:for|over|from (?:\w+ ){0,3}(?:critics|lawmakers|senators|republicans|democrats|rivals|activists|groups?|lawyers))\b",
    re.IGNORECASE,
)
_WEAPON_TEST = re.compile(
    r"\b(?:test[- ]?(?:fir|launch)\w*|into the sea|off its (?:\w+ )?coast|satellite|(?:sea of japan|east sea|yellow sea)|in (?:a|its) test)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Arms:
    """Judges triggers of attacks by what stands around them."""

    knowledge: Knowledge
    cast: Cast

    def aim_of_operation(self, candidate: Candidate, frames: dict[int, Frame]) -> bool:
        """ "a search operation targeting suspects": the operation's aim, no attack."""
        token = candidate.token
        over = frames.get(token.head.i) if token.lemma_ == "target" and token.dep_ == "acl" else None
        return over is not None and not self.knowledge.is_a(over.candidate.type, ATTACK)

    def metaphor(self, parsed: Parsed, candidate: Candidate, frame: Frame) -> bool:
        """Whether nothing but words, stakes or weather strikes here."""
        token, lemma = candidate.token, candidate.token.lemma_.lower()
        arms = bool(frame.instruments)
        if frame.under_fire and _CRITICS.search(parsed.plain) and not arms:
            return True
        if lemma == "strike" and any(
            o.lemma_.lower() in _OTHER_STRIKE for o in (*tree.arguments(token).objects,) if token.pos_ == "VERB"
        ):
            return True
        doers = [*frame.actors, *([frame.subject] if frame.subject is not None else [])]
        if any(_NOT_ARMED_SUBJECTS.match(a.lower_) or _NOT_ARMED_SUBJECTS.match(a.lemma_.lower()) for a in doers) and not arms:
            return True
        if lemma == "fire" and token.pos_ == "NOUN" and not arms and any(c.lower_ in ("a", "another") for c in token.children):
            return True  # "a fire" burns, "fire" is shot
        if any(a.lower_ == "strike" for a in doers) and not arms and _LABOUR.search(f"{parsed.plain} {parsed.around}"):
            return True
        if (
            lemma in ("strike", "action")
            and token.pos_ == "NOUN"
            and not arms
            and not candidate.instrument
            and _LABOUR.search(f"{parsed.plain} {parsed.around}")
        ):
            return True
        return (
            not any(self.cast.is_base(parsed, t) for t in frame.targets)
            and not arms
            and bool(_SPORT.search(parsed.plain) or (_MARKET.search(parsed.plain) and candidate.weak))
        )

    def proved(
        self,
        parsed: Parsed,
        frame: Frame,
        *,
        actors: tuple[Participant, ...],
        targets: tuple[Participant, ...],
        armed: bool,
        weapon: bool,
    ) -> bool:
        """Whether the arguments say that arms were used."""
        candidate = frame.candidate
        aimed = bool(targets or frame.places)
        known = any(t.kind is not None or t.id is not None for t in targets)
        military = any(
            any(self.cast.is_a(t.kind, k) for k in ("base", "state-force", "armed-group", "site", "vehicle")) for t in targets
        )
        match candidate.grammar:
            case "launch":
                if not weapon or _WEAPON_TEST.search(parsed.plain):
                    return False
                return bool(targets or frame.places) or (armed and bool(frame.origins))
            case "land":
                return (weapon or bool(actors)) and aimed and not frame.subject_other
            case "intercept":
                if (
                    candidate.token.lemma_.lower() in ("destroy", "down", "neutralize", "neutralise", "take")
                    and not frame.instruments
                ):
                    return False
                return bool(frame.instruments) and aimed
            case "harm":
                return (armed or bool(frame.instruments)) and bool(targets)
            case "noun":
                if candidate.weak:
                    return weapon or armed or military or frame.under_fire
                return bool(actors or targets or frame.places or weapon)
            case _:
                passive = tree.arguments(candidate.token).passive
                if candidate.token.lemma_ == "target" and not weapon and not military:
                    return False  # operations target suspects, sanctions target banks
                if candidate.weak or candidate.token.lemma_.lower() == "attack":
                    if frame.actors and not armed and not weapon:
                        return False
                    return (weapon or armed or (military if passive or not frame.actors else False)) and (aimed or passive)
                return (aimed or bool(actors)) and (known or armed or weapon or bool(frame.places))
