"""Which type of attack the words around a trigger make of it: by the weapon, by who carried it, by what was done to whom.

Called by `deeds` once the parties and weapons are known. A weapon gives its type where that lies below the trigger's own; that
an attacker died with his bomb, that aircraft attacked, that a ship was taken, is said by other words and told here.
"""

import re

from streams.extract import tree
from streams.extract.cues import Cue
from streams.extract.noun_frames import EFFECT
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.sorting import Frame
from streams.extract.tokens import Token
from streams.extract.triggers import CHARGES
from streams.knowledge.world import Knowledge
from streams.records.flow import Instrument, Participant

# which type a weapon makes of a plain attack
BY_WEAPON = {
    "drone": "air-drone-strike", "aircraft": "air-drone-strike", "aircraft-bomb": "air-drone-strike", "rocket": "shelling", "missile": "shelling",
    "projectile": "shelling", "bomb": "remote-explosive", "suicide-bomb": "suicide-bomb", "grenade": "grenade", "chemical": "chemical-weapon",
    "firearm": "shooting", "knife": "stabbing", "vehicle-ramming": "ramming",
}  # fmt: skip
SUICIDE = "suicide-bomb"
_BLOWN = frozenset({"armed-attack", "attack", "explosions", "remote-explosive", "explosion", "armed-raid", SUICIDE})
_KILLING = frozenset({"armed-attack", "attack", "shooting", "stabbing"})
_MURDER = frozenset("murder assassinate gun kill slay execute behead".split())
_ENVOYS = frozenset(
    "ambassador consul envoy diplomat activist lawyer elder head leader chief boss founder director chairman president".split()
)
_GROUND = ("non-state-overtakes-territory", "government-regains-territory")
_TAKING = frozenset({"seizure", "arrests", *_GROUND})
FLYING = frozenset("warplane plane jet bomber helicopter gunship aircraft chopper".split())
_STRAPPED = Cue(
    r"\b(?:strapped to (?:his|her|their) (?:own )?(?:bod(?:y|ies)|chests?|waists?)|strapped with explosives)\b", re.IGNORECASE
)
_CHECKED = Cue(
    r"\b(?:inspect\w*|check(?:ed|ing|s)?|(?:its|the|her) (?:papers|nets|catch|licen[cs]e|cod|quota)|catch|routine|count(?:ed|ing)|quotas?)\b",
    re.IGNORECASE,
)
_SELF = frozenset({"himself", "herself", "themselves", "itself"})


class Finer:
    """Types attacks."""

    def __init__(self, knowledge: Knowledge, cast: Cast) -> None:
        self._knowledge = knowledge
        self._cast = cast

    def type_of(
        self, parsed: Parsed, frame: Frame, instruments: tuple[Instrument, ...], actors: tuple[Participant, ...], type_: str
    ) -> str:
        """The slug of the finest type that the words around the trigger allow."""
        if type_ in _BLOWN and self._suicide(parsed, frame, instruments):
            return SUICIDE
        if (type_ in _KILLING or (type_ == "ambush" and _killed_too(frame.candidate.token))) and self._named(parsed, frame, actors):
            return "assassination"
        if frame.candidate.token.lemma_ == "drop" and self._dropped(type_, instruments):
            return "air-drone-strike"
        if type_ == "shelling" and (self._flown(parsed, frame) or self._by_air(instruments)):
            return "air-drone-strike"  # "fighter jets bombarded a market"
        by_weapon = self.by_weapon(type_, instruments)
        if by_weapon != type_:
            return by_weapon
        if self._flown(parsed, frame) and type_ in ("armed-attack", "attack", "explosions", "shooting"):
            return "air-drone-strike"
        token = frame.candidate.token
        plain = type_ == "armed-attack" and token.lemma_.lower() == "strike" and frame.candidate.grammar == "noun"
        if plain and (self._state(actors) or (token.dep_ == "nsubj" and token.head.lemma_ in EFFECT)):
            return "air-drone-strike"  # a state's plain "strikes", and one that kills, come from the air unless a weapon is named
        if type_ == "explosions" and token.lemma_ == "bomb" and frame.candidate.grammar == "verb" and self._state(actors):
            return "air-drone-strike"  # states bomb from the air
        if type_ == "armed-attack" and not instruments and token.pos_ == "VERB" and token.lemma_ == "fire":
            return "shooting"
        return type_

    def _named(self, parsed: Parsed, frame: Frame, actors: tuple[Participant, ...]) -> bool:
        """Whether somebody with a name, or an envoy, was killed by people who are no force of a state."""
        token = frame.candidate.token
        if token.pos_ != "VERB" or not frame.targets or not (token.lemma_ in _MURDER or _dead(token) or _killed_too(token)):
            return False
        if any(
            self._cast.is_a(one.kind, kind) and one.head != "sniper"
            for one in actors
            for kind in ("state-force", "police", "alliance")
        ):
            return False
        if frame.candidate.grammar == "harm" and not (actors and any(self._cast.is_armed(one.kind) or one.kind for one in actors)):
            return False
        head = tree.core(frame.targets[0])
        prominent = any(self._cast.is_a(self._cast.kind_of(head), kind) for kind in ("journalist", "religious", "official"))
        if (head.lemma_.lower() in _ENVOYS or prominent) and head.tag_ in ("NN", "NNP"):
            return True
        names = [head, *(c for c in head.children if c.dep_ == "appos")]
        return head.tag_ in ("NN", "NNP") and any(
            name.pos_ == "PROPN"
            and name.tag_ == "NNP"
            and name.i not in parsed.names
            and len(self._cast.left(name)) > 1
            and (self._cast.is_a(self._cast.kind_of(name), "person") or self._cast.kind_of(name) is None)
            for name in names
        )

    def _by_air(self, instruments: tuple[Instrument, ...]) -> bool:
        return any(tool.kind == "aircraft" for tool in instruments)

    def _dropped(self, type_: str, instruments: tuple[Instrument, ...]) -> bool:
        """ "the military dropped two bombs on a camp": bombs fall from the air."""
        bombs = [tool for tool in instruments if self._knowledge.instrument_is_a(tool.kind, "bomb") and tool.kind != "grenade"]
        return bool(bombs) and self._knowledge.is_a("air-drone-strike", type_)

    def bombed(self, parsed: Parsed, frame: Frame) -> bool:
        """Whether an explosion is said to be a bomb's, or a suicide bomber's."""
        tools = tuple(frame.instruments)
        return any(self._knowledge.instrument_is_a(tool.kind, "bomb") for tool in tools) or self._suicide(parsed, frame, tools)

    def taken(self, frame: Frame, type_: str, actors: tuple[Participant, ...], targets: tuple[Participant, ...]) -> str:
        """The type of a seizure: a ship taken is a ship seized, one boarded only by armed men; ground goes by who took it."""
        if type_ not in _TAKING:
            return type_
        if not targets or not self._cast.is_a(targets[0].kind, "ship"):
            group = any(self._cast.is_a(one.kind, "armed-group") for one in actors)
            base = type_ == "seizure" and any(self._cast.is_a(one.kind, "military-site") for one in targets[:1])
            return (
                type_
                if type_ not in _GROUND and not base
                else _GROUND[0]
                if group
                else _GROUND[1]
                if self._state(actors)
                else type_
            )
        lemma = frame.candidate.token.lemma_.lower()
        armed = any(self._cast.is_a(one.kind, kind) for one in actors for kind in ("armed-group", "state-force"))
        checked = lemma == "board" and _CHECKED.search(frame.candidate.token.doc.text) is not None
        return "ship-seizure" if lemma != "board" or (armed and not checked) else type_

    def by_weapon(self, type_: str, instruments: tuple[Instrument, ...]) -> str:
        """The type that the weapon gives, where it lies below the trigger's own."""
        carrier = any(self._knowledge.instrument_is_a(tool.kind, "aerial") for tool in instruments)
        for tool in sorted(instruments, key=lambda one: not (carrier and self._knowledge.instrument_is_a(one.kind, "aerial"))):
            for ancestor in reversed(self._knowledge.instruments.get(tool.kind, ())):
                finer = BY_WEAPON.get(ancestor)
                if finer is not None and finer in self._knowledge.taxonomy and self._knowledge.is_a(finer, type_):
                    return finer
        return type_

    def _suicide(self, parsed: Parsed, frame: Frame, instruments: tuple[Instrument, ...]) -> bool:
        """Whether an attacker died with his bomb."""
        token = frame.candidate.token
        if any(tool.kind == SUICIDE or tool.span.text.lower().startswith(("suicide car", "suicide truck")) for tool in instruments):
            return True
        if frame.self_blown or self._his_own(token) or self._took_himself(parsed, frame):
            return True
        reflexive = any(c.dep_ in ("dobj", "npadvmod") and c.lower_ in _SELF for c in token.children)
        if token.pos_ == "VERB" and token.lemma_ in ("blow", "detonate", "explode", "set") and reflexive:
            return True
        if _STRAPPED.search(parsed.plain):
            return True
        driven = any(tool.kind == "vehicle-bomb" for tool in instruments)
        if (
            driven
            and frame.actors
            and token.pos_ == "VERB"
            and token.lemma_ in ("drive", "steer", "ram", "crash", "plow", "plough")
        ):
            return True
        phrases = [*frame.actors, *([frame.subject] if frame.subject is not None else []), token]
        return any("suicide" in (t.lower_ for t in self._cast.left(tree.core(p))) and not self._drone(p) for p in phrases)

    def _his_own(self, verb: Token) -> bool:
        """ "detonated his vest", "triggered her device": who sets off what he has on him."""
        return (
            verb.pos_ == "VERB"
            and verb.lemma_ in ("detonate", "trigger", "activate", "explode", "set")
            and any(
                c.dep_ == "dobj"
                and c.lemma_.lower() in CHARGES
                and any(p.dep_ == "poss" and p.lower_ in ("his", "her", "their") for p in c.children)
                for c in verb.children
            )
        )

    def _took_himself(self, parsed: Parsed, frame: Frame) -> bool:
        """ "a bomber rode into a patrol, killing himself and two officers": by a bomb, or as a bomber."""
        bomb = any(t.lemma_.lower() in ("bomber", "bomb", "explosive", "explosives", "detonate", "explode") for t in parsed.tokens)
        return bomb and any(
            t.lemma_ == "kill" and any(c.dep_ in ("dobj", "npadvmod") and c.lower_ in _SELF for c in t.children)
            for t in (frame.candidate.token, *frame.candidate.token.subtree)
        )

    def _drone(self, head: Token) -> bool:
        return tree.core(head).lemma_.lower() in ("drone", "uav", "boat", "craft")

    def _flown(self, parsed: Parsed, frame: Frame) -> bool:
        for head in frame.actors:
            noun = tree.core(head)
            words = [t.lower_ for t in self._cast.left(noun)]
            flies = noun.lemma_.lower() in FLYING and (
                noun.lemma_.lower() != "bomber" or self._cast.instrument(parsed, noun) is not None
            )
            if flies or words[-2:] == ["air", "force"]:
                return True
            entity = parsed.names.get(noun.i)
            if entity is not None and entity.name.lower().endswith("air force"):
                return True
        return False

    def _state(self, actors: tuple[Participant, ...]) -> bool:
        return any(self._cast.is_a(one.kind, "state-force") or self._cast.is_a(one.kind, "alliance") for one in actors)


def _killed_too(verb: Token) -> bool:
    """ "ambushed and killed"."""
    return any(c.dep_ == "conj" and c.pos_ == "VERB" and (c.lemma_ in _MURDER or _dead(c)) for c in verb.children)


def _dead(verb: Token) -> bool:
    """ "shot dead", "stabbed to death"."""
    return any(c.lower_ == "dead" or (c.lower_ == "to" and any(t.lower_ == "death" for t in c.children)) for c in verb.children)
