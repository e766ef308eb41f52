"""Whether arms were used: metaphors, sport, markets, labour disputes, mere launches and weapon tests are refused here.

Called by `deeds` with one trigger's frame. A weak word ("hit", "strike", "fire") needs a weapon, an armed side or a military
target beside it; what has none of them stays out.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from streams.extract import clashes, tree
from streams.extract.cues import Cue
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.sorting import Frame
from streams.extract.tokens import Token
from streams.extract.triggers import Candidate
from streams.knowledge.world import Knowledge
from streams.records.flow import Participant

ATTACK = "armed-attack"
_NOT_ARMED_SUBJECTS = Cue(
    r"^(?:lightning|(?:\w*-?)storm|hurricane|typhoon|cyclone|tornado|flood|heatwave|virus|volcano|mount|eruption|hail|lightning|wave|meteor|landslide|avalanche|recession|crisis|inflation|drought|outage|shortage|quake|earthquake|tragedy|disaster|worker|union|teacher|nurse|pilot|doctor|employee|staff|player|striker|team|hacker|cybercriminal|ransomware|malware|worm|virus|botnet)$"
)
_OTHER_STRIKE = frozenset(
    "deal agreement balance chord note tone pose bargain compromise accord truce match gold goal target record".split()
)
_SPORT = Cue(
    r"\b(?:goals?|match|league|cup|innings|championship|quarterback|touchdown|striker|penalty kick|playoffs?|second base|home run|coach|season opener)\b",
    re.IGNORECASE,
)
_WORKERS = (
    r"workers?|pilots?|nurses?|doctors?|medics?|teachers?|lecturers?|drivers?|dockers?|miners?|crews?|controllers?|cleaners?|cooks?|employees|staff|unions?|unionists?|"
    r"lawyers|civil servants|postmen|prison officers|players|writers|actors|farmers|railwaymen|stewards|handlers"
)
_ON_STRIKE = Cue(
    rf"\b(?:{_WORKERS})['’]?\s(?:[\w-]+\s){{0,5}}?(?:strikes?|striking|walk(?:ed|s|ing)? out)\b|\bstrikes?\s(?:[\w-]+\s){{0,4}}?(?:by|of|among)\s(?:[\w-]+\s){{0,3}}?(?:{_WORKERS})\b"
    r"|\b(?:on|go(?:es)? on|went on|hunger|general|wildcat|warning|rail|transport|hour|[\w-]*day|week-long|indefinite) strike\b|\bstrike (?:action|ballot|over (?:pay|wages|pensions|jobs|conditions))\b",
    re.IGNORECASE,
)
_LABOUR = Cue(
    r"\b(?:walkouts?|pickets?|labou?r (?:dispute|union|minister)|industrial action|stop(?:ped|s)? work|trade unions?|pay (?:rise|offer|deal|talks|dispute|claim)|wages?|unions?|canteen|"
    r"stranded|commuters|timetables?|rush hour|backlogs?)\b",
    re.IGNORECASE,
)
_HARM = Cue(
    r"\b(?:kill(?:ed|s|ing)?|dead|deaths?|died|wound(?:ed|s|ing)?|injur\w+|casualt\w+|bomb\w*|missiles?|drones?|rockets?|shell(?:s|ed|ing)|warplanes?|"
    r"air (?:raid|strike)s?|airstrikes?|rubble|debris)\b",
    re.IGNORECASE,
)
_MARKET = Cue(r"\b(?:stocks?|shares|short[- ]sellers?|investors|bears|bulls|hedge funds?|bond|equities|currency)\b", re.IGNORECASE)
_CRITICS = Cue(
    r"\bunder (?:fire|attack)\b[^.;]{0,30}\b(?:for|over|after (?:it|he|she|they) (?:emerged|transpired|admitted|was revealed|were found)|after revelations|from (?:\w+ ){0,3}(?:critics|lawmakers|senators|republicans|democrats|rivals|activists|groups?|lawyers))\b",
    re.IGNORECASE,
)
_WEAPON_TEST = Cue(
    r"\b(?:test[- ]?(?:fir|launch)\w*|flew (?:over|about|some|nearly|more than|for)|on (?:a|its|the|their) (?:\w+ )?range\b|range (?:near|outside|in)|salute|into the sea|off its (?:\w+ )?coast|satellite|(?:sea of japan|east sea|yellow sea)|in (?:a|its) test)\b",
    re.IGNORECASE,
)
_COMES_DOWN = frozenset("crash plunge fall skid hit land come slam go plummet overshoot strike explode smash burst".split())
_MANNED = frozenset("jet plane helicopter aircraft airliner fighter chopper warplane airplane aeroplane".split())
_AGROUND = Cue(
    r"\b(?:ran|run|running|went|gone|goes) aground\b|\blost (?:its |her )?(?:steering|power)\b|\bcollid\w+|\bdragged (?:its |her )?anchor\b",
    re.IGNORECASE,
)
_UNMANNED = frozenset("drone uav quadcopter multicopter".split())
_CIVIL = Cue(
    r"\b(?:survey\w*|mapp(?:ed|ing)|film(?:ed|ing)|photograph\w*|deliver\w*|hobby\w*|camera|toy|crop\w*|vineyards?|inspect(?:ed|ing)|wedding|race|racing|parcel|pizza|battery|council|apologi[sz]ed)\b",
    re.IGNORECASE,
)
_OBSTACLES = frozenset("line wire cable tree pole mountain hill hillside bird ground mast tower crane building runway".split())
_SHOT_DOWN = Cue(
    r"\b(?:shot (?:\w+ )?down|brought down|downed|hit by|struck by|missiles?|rockets?|bombs?|hijack\w*)\b", re.IGNORECASE
)
_FAULT = Cue(
    r"\b(?:engine (?:failed|failure|trouble)|(?:its|an|the) engines? failed|mechanical|technical (?:fault|failure|problem)|malfunction\w*|fault in|in (?:thick |heavy |dense )?fog|"
    r"bad weather|ejected|loss of (?:control|power)|lost control|ran out of fuel|training flight|routine flight|pilot error|human error)\b",
    re.IGNORECASE,
)
_DISPOSAL = Cue(
    r"\b(?:controlled (?:blast|explosion|detonation)|unexploded|stockpiles?|disposal|sappers|deminers|old|wartime|rusty|world war|cached?|made safe|surrendered)\b",
    re.IGNORECASE,
)
_DISPOSERS = frozenset(
    "squad team expert specialist technician engineer sapper deminer minehunter minesweeper diver crew unit robot navy authority".split()
)
_LEFT_OVER = Cue(
    r"\b(?:an? (?:old|rusty|wartime) (?:\w+ )?(?:shell|bomb|mortar|grenade|rocket)|unexploded|left over from|world war)\b",
    re.IGNORECASE,
)
_IN_WORDS = frozenset("politically verbally figuratively rhetorically metaphorically economically financially online".split())
_SHOWERING = frozenset("bombard shell bomb pepper pelt barrage pound blast hit attack".split())
_VOLLEYS = frozenset("barrage salvo volley hail onslaught bombardment".split())
_FIRE = frozenset("fire gunfire shelling arm force gun attack strike".split())
_SHOW = Cue(
    r"\b(?:drone shows?|light shows?|lit (?:up )?the (?:night )?sky|launch ?pad|on the pad|into orbit|in orbit|lift(?:ed)?[ -]?off|space (?:agency|company|launch|station|flight)|spacecraft|"
    r"(?:two|three|\d+) satellites|astronauts?|spacex|fireworks?)\b",
    re.IGNORECASE,
)
_STORMED = ("diplomatic-site", "government-site", "police-station")
_BLOWS = Cue(
    r"\b(?:unconscious|bars?|sticks?|clubs?|fists?|punch\w*|kick\w*|to death|hospital\w*|bruis\w*|broke|broken|injur\w*|wound\w*|knives|knife|machetes?|stones?)\b",
    re.IGNORECASE,
)


# weapons that are seized on their way
_SHIPPED = Cue(r"\b(?:shipments?|dhows?|boats?|smugg\w+|cargo|bound for|en route|trucks?|border|parts|vessels?)\b", re.IGNORECASE)


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
        if frame.under_fire and not arms and (_CRITICS.search(parsed.plain) or self._critics(frame)):
            return True
        if lemma == "strike" and token.pos_ == "VERB":
            objects = {o.lemma_.lower() for o in tree.arguments(token).objects} & _OTHER_STRIKE
            if objects and not (
                objects == {"target"} and (arms or any(self.cast.armed_or_nation(parsed, a) for a in frame.actors))
            ):
                return True  # "struck a deal"; jets and states strike targets
        if (
            lemma == "strike"
            and token.pos_ == "NOUN"
            and any(
                self.cast.is_a(self.cast.kind_of(tree.core(a)), "worker")
                or tree.core(a).lemma_.lower() in ("union", "staff", "crew", "pilot")
                for a in frame.actors
            )
        ):
            return True  # "an air strike by cabin crews"
        if any(c.dep_ == "advmod" and c.lower_ in _IN_WORDS for c in token.children):
            return True
        if lemma == "shell" and token.pos_ == "VERB" and any(c.lower_ == "out" and c.i == token.i + 1 for c in token.children):
            return True  # "shelling out for a dinner"
        if self._showered(parsed, token) or (frame.under_fire and not arms and self._rebuked(frame)):
            return True
        if _SHOW.search(parsed.plain) and all(self.cast.kind_of(tree.core(t)) in (None, "launch-site") for t in frame.targets):
            return True
        hit = frame.subject is None or tree.core(frame.subject) in [tree.core(t) for t in frame.targets]  # a passive's subject
        doers = [*frame.actors, *([] if hit or frame.subject is None else [frame.subject])]
        if any(_NOT_ARMED_SUBJECTS.match(a.lower_) or _NOT_ARMED_SUBJECTS.match(a.lemma_.lower()) for a in doers) and not arms:
            return True
        if lemma == "fire" and token.pos_ == "NOUN" and not arms and any(c.lower_ in ("a", "another") for c in token.children):
            return True  # "a fire" burns, "fire" is shot
        struck = [
            a
            for a in (*doers, token)
            if a.lemma_.lower() in ("strike", "action")
            and a.pos_ == "NOUN"
            and a.head.lemma_ not in ("kill", "wound", "injure", "destroy")
        ]
        if (
            struck
            and not arms
            and not candidate.instrument
            and not any(self._military(parsed, a) for a in struck)
            and _of_labour(parsed)
        ):
            return True
        return (
            not any(self.cast.is_base(parsed, t) for t in frame.targets)
            and not arms
            and bool(_SPORT.search(parsed.plain) or (_MARKET.search(parsed.plain) and candidate.weak))
        )

    def accident(self, parsed: Parsed, frame: Frame) -> bool:
        """Whether what came down or hit something was an aircraft in trouble, or a drone with a fault."""
        token = frame.candidate.token
        if token.pos_ != "VERB" or token.lemma_ not in _COMES_DOWN or _SHOT_DOWN.search(parsed.plain):
            return False
        if token.lemma_ in ("hit", "strike") and _AGROUND.search(parsed.plain):
            return True  # "ran aground after hitting a pylon"
        subject = frame.subject
        if subject is None:
            return False
        what = tree.core(subject).lemma_.lower()
        pilotless = any(c.lower_ in ("unmanned", "uncrewed", "pilotless") for c in tree.core(subject).children)
        manned = (what in _MANNED and not pilotless) or (what in _UNMANNED and _CIVIL.search(parsed.plain) is not None)
        if token.lemma_ in ("hit", "strike"):
            manned = manned and any(o.lemma_.lower() in _OBSTACLES for o in tree.arguments(token).objects)
        return manned or (_FAULT.search(parsed.plain) is not None and token.lemma_ not in ("explode", "detonate"))

    def _showered(self, parsed: Parsed, token: Token) -> bool:
        """Whether what is thrown is no weapon: "bombarded with flowers", "a barrage of questions"."""
        name = "with" if token.pos_ == "VERB" else "of"
        if token.lemma_.lower() not in (_SHOWERING if token.pos_ == "VERB" else _VOLLEYS):
            return False
        thrown = [leaf for prep, leaf in tree.prepositions(token) if prep == name and not parsed.is_time(leaf)]
        return any(
            self.cast.instrument(parsed, leaf) is None
            and self.cast.kind_of(leaf) is None
            and leaf.pos_ == "NOUN"
            and leaf.lemma_ not in _FIRE
            for leaf in thrown
        )

    def _rebuked(self, frame: Frame) -> bool:
        """Whether "under fire" is said of people who are blamed: no place, no thing, and nobody who stands in a war."""
        kinds = [self.cast.kind_of(tree.core(head)) for head in frame.targets]
        return (
            bool(kinds)
            and not frame.places
            and all(
                kind is None or any(self.cast.is_a(kind, one) for one in ("official", "government", "organisation"))
                for kind in kinds
            )
            and not any(self.cast.is_a(kind, "aid-organisation") for kind in kinds)
        )

    def _disposed(self, parsed: Parsed, frame: Frame) -> bool:
        """Whether those whose work it is blow up what was found: "minehunters detonated a mine", "was blown up by the disposal squad"."""
        token = frame.candidate.token
        if token.lemma_ not in ("detonate", "explode", "blow", "set") or frame.targets:
            return False
        found = tree.arguments(token)
        if not any(self.cast.instrument(parsed, head) is not None for head in found.objects):
            return False
        doers = [tree.core(head) for head in (found.agents if found.passive else found.subjects)]
        return any(
            self.cast.is_a(self.cast.kind_of(head), kind) or head.lemma_.lower() in _DISPOSERS
            for head in doers
            for kind in ("state-force", "police", "peacekeeper")
        )

    def _explosive(self, frame: Frame) -> bool:
        return any(self.knowledge.instrument_is_a(tool.kind, "bomb") for tool in frame.instruments)

    def _reflexive(self, candidate: Candidate) -> bool:
        return any(c.lower_ in ("himself", "herself", "themselves") for c in candidate.token.children)

    def _critics(self, frame: Frame) -> bool:
        """Whether "fire" comes from people who carry no arms."""
        kinds = [self.cast.kind_of(tree.core(head)) for head in frame.origins]
        return any(self.cast.is_a(kind, one) for kind in kinds for one in ("person", "organisation", "government", "protester"))

    def _bodily(self, parsed: Parsed, frame: Frame, targets: tuple[Participant, ...]) -> bool:
        """Whether people were hurt without arms: a crew beaten with bars, an embassy stormed by a crowd."""
        lemma = frame.candidate.token.lemma_.lower()
        people = any(self.cast.is_a(one.kind, "person") for one in targets)
        if lemma in ("beat", "attack", "assault", "batter") and people:
            return _BLOWS.search(parsed.plain) is not None
        crowd = any(
            self.cast.is_a(self.cast.kind_of(tree.core(head)), kind) for head in frame.actors for kind in ("protester", "civilian")
        )
        taken = any(self.cast.is_a(one.kind, kind) for one in targets for kind in _STORMED)
        return crowd and taken and lemma in ("storm", "raid", "torch", "set", "ransack")

    def _military(self, parsed: Parsed, strike: Token) -> bool:
        """Whether a "strike" has a weapon or an armed side before it: "an air strike", "Israeli strikes"."""
        return self.cast.compound_instrument(parsed, strike) is not None or any(
            c.lower_ in ("air", "aerial", "military", "precision", "retaliatory") or self.cast.armed_or_nation(parsed, c)
            for c in strike.children
            if c.dep_ in ("compound", "amod", "nmod", "poss")
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
        aimed = bool(targets or frame.places or frame.targets)
        known = any(t.kind is not None or t.id is not None for t in targets)
        military = any(
            any(self.cast.is_a(t.kind, k) for k in ("base", "state-force", "armed-group", "site", "vehicle")) for t in targets
        )
        match candidate.grammar:
            case "launch":
                if _WEAPON_TEST.search(parsed.plain):
                    return False
                if not weapon:  # "soldiers fired on a crowd"
                    return candidate.token.lemma_ == "fire" and armed and bool(targets)
                return aimed or (armed and bool(frame.origins))
            case "land":
                if _LEFT_OVER.search(parsed.plain) or self._disposed(parsed, frame):
                    return False
                carried = tree.arguments(candidate.token).objects
                if candidate.token.lemma_ == "drop" and carried and not any(self.cast.instrument(parsed, o) for o in carried):
                    return False  # "planes dropped tents"
                blown = candidate.type == "explosions" and (
                    self._explosive(frame) or self._reflexive(candidate) or frame.self_blown
                )
                return (weapon or bool(actors)) and (aimed or blown) and not frame.subject_other
            case "intercept":
                if _DISPOSAL.search(parsed.plain):
                    return False
                if (
                    candidate.token.lemma_.lower() in ("destroy", "down", "neutralize", "neutralise", "take")
                    and not frame.instruments
                ):
                    return False
                sent = bool(actors) and _SHIPPED.search(parsed.plain) is None  # "shot down three Houthi drones"
                return bool(frame.instruments) and (aimed or sent)
            case "trodden":
                return bool(frame.instruments)
            case "mutual":
                return clashes.fought(self.cast, parsed, frame, actors, targets)
            case "harm":
                return (armed or bool(frame.instruments)) and bool(targets)
            case "noun":
                if candidate.weak:
                    return weapon or armed or military or frame.under_fire or _deadly(candidate.token)
                return bool(actors or targets or frame.places or weapon)
            case _:
                passive = tree.arguments(candidate.token).passive
                if candidate.token.lemma_ == "target" and not weapon and not military:
                    return False  # operations target suspects, sanctions target banks
                if candidate.token.lemma_ == "spray" and not any(
                    self.cast.instrument(parsed, leaf) for _, leaf in tree.obliques(candidate.token)
                ):
                    return False  # planes spray crops
                if self._bodily(parsed, frame, targets):
                    return True
                if candidate.weak or candidate.token.lemma_.lower() == "attack":
                    if frame.actors and not armed and not weapon:
                        return False
                    return (weapon or armed or (military if passive or not frame.actors else False)) and (aimed or passive)
                return (aimed or bool(actors)) and (known or armed or weapon or bool(frame.places))


def _deadly(noun: Token) -> bool:
    """Whether a noun is what killed or destroyed: "strike on market kills 12", "reporter killed in strike"."""
    verb = noun.head.head if noun.dep_ == "pobj" and noun.head.lower_ in ("in", "by", "during") else noun.head
    return (
        noun.dep_ in ("nsubj", "pobj")
        and noun.lemma_.lower() == "strike"
        and verb.lemma_.lower() in ("kill", "wound", "injure", "destroy", "die")
    )


def _of_labour(parsed: Parsed) -> bool:
    """Whether it is workers who strike: the sentence says so, or its article does, which speaks of no arms and no victims."""
    if _ON_STRIKE.search(parsed.plain):
        return True
    return _HARM.search(parsed.plain) is None and _labour_in(parsed.around)


@lru_cache(maxsize=8)
def _labour_in(text: str) -> bool:
    return _HARM.search(text) is None and (_ON_STRIKE.search(text) is not None or _LABOUR.search(text) is not None)
