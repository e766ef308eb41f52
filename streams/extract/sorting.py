"""A trigger's frame, and the sorting of one phrase into it: weapon, place, origin, target or actor.

Called by `frames` and `noun_frames`, which know where a phrase may stand. A phrase after "from" is an origin, never an actor;
a weapon as subject is no actor; an event as subject is the same event.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from streams.extract import owners, tree
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.signs import AIRCRAFT
from streams.extract.tokens import Token
from streams.extract.triggers import Candidate
from streams.records.flow import Instrument

GOALS = tree.TOWARD | tree.NEAR | {"in", "through", "targeting", "under", "beneath"}
BOMBERS = frozenset({"bomber", "attacker"})  # "a suicide bomber" is weapon and attacker
STANDS_FOR = frozenset("it they one another second third both others other two three some all most".split())
_AROUND = frozenset("in near inside outside under beneath over above around along across through next beside".split())
_MEASURES = frozenset("metre meter kilometre kilometer mile yard foot km m".split())
_GOAL_VERBS = frozenset(
    "head aim direct target approach fly point bind destine hover launch fire drive steer pilot carry wear".split()
)


@dataclass(slots=True)
class Frame:
    """Heads of what stands around one trigger."""

    candidate: Candidate
    actors: list[Token] = field(default_factory=list)
    targets: list[Token] = field(default_factory=list)
    instruments: list[Instrument] = field(default_factory=list)
    origins: list[Token] = field(default_factory=list)
    places: list[Token] = field(default_factory=list)
    carrier: Token | None = None  # the light verb of a noun trigger
    subject: Token | None = None  # whose "no" would deny it
    linked: set[int] = field(default_factory=set)  # tokens of other triggers that tell the same event
    subject_other: bool = False  # an active subject that is neither armed nor a weapon nor an event
    under_fire: bool = False
    self_blown: bool = False  # somebody explodes


@dataclass(slots=True)
class Sorter:
    """Puts phrases where they belong in a frame."""

    cast: Cast

    def weapon(self, parsed: Parsed, head: Token, frame: Frame) -> bool:
        """Takes a phrase as the weapon when it is one."""
        found = self.cast.instrument(parsed, head)
        if found is None:
            return False
        if all(found.span != one.span for one in frame.instruments):
            frame.instruments.append(found)
        return True

    def goal(self, parsed: Parsed, name: str, head: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """Sorts a prepositional phrase: weapon, origin, place or target."""
        if parsed.is_time(head) or (head.i in triggers and head.pos_ == "VERB"):
            return
        if name == "from" and head.left_edge.i and head.left_edge.nbor(-1).head.lemma_ in _MEASURES:
            name = "near"  # "a few hundred metres from the airfield"
        if name == "from":
            frame.origins.append(head)
        elif name in ("with", "using", "by"):
            if not self.weapon(parsed, head, frame) and name == "by" and frame.candidate.grammar == "noun":
                frame.actors.append(head)
        elif name in GOALS:
            entity = self.cast.entity(parsed, head)
            if head.i in triggers and not self.cast.is_a(self.cast.kind_of(head), "vehicle"):
                frame.linked.add(head.i)
            elif entity is not None and self.cast.is_place(entity):
                (frame.targets if name in ("on", "against") else frame.places).append(head)
            elif head.pos_ == "PRON" and head.lower_ in ("it", "them", "him", "her"):
                frame.targets.extend(referred(head))
            elif name in tree.TOWARD or self.cast.is_site(parsed, head):
                frame.targets.append(head)
            elif name in _AROUND:
                if self.cast.kind_of(head) is not None and name != "in":
                    frame.targets.append(head)
                else:
                    frame.places.append(head)
                    frame.targets.extend(self.cast.sites_around(parsed, head))

    def goals(self, parsed: Parsed, pairs: Iterable[tuple[str, Token]], frame: Frame, triggers: frozenset[int]) -> None:
        """Sorts prepositional phrases, each by its preposition."""
        for name, head in pairs:
            self.goal(parsed, name, head, frame, triggers)

    def subjects(self, parsed: Parsed, heads: Iterable[Token], frame: Frame, triggers: frozenset[int]) -> None:
        """Sorts the subjects of a verb: weapon, another telling of the event, or actor."""
        for head in heads:
            frame.subject = frame.subject or head
            noun = self._named_after(parsed, tree.core(head))
            if noun.i in triggers and noun != frame.candidate.token and not self.cast.is_anybody(noun):
                frame.linked.add(noun.i)
            elif self.weapon(parsed, head, frame):
                if noun.lemma_.lower() in BOMBERS:
                    frame.actors.append(noun)
                flown = self.cast.has_nation(parsed, noun) or owners.flying(self.cast, parsed, noun) is not None
                if noun.lemma_.lower() in AIRCRAFT and flown:
                    frame.actors.append(noun)
                self.goals(parsed, [p for p in tree.obliques(noun) if p[0] == "from"], frame, triggers)
            elif noun.lower_ in STANDS_FOR:
                self.meant(parsed, noun, frame, sure=False)
            elif not parsed.is_time(noun) and noun.lower_ not in ("this", "that", "which", "there"):
                frame.actors.append(noun)
                for name, held in tree.prepositions(noun):  # "a man with a knife"
                    if name == "with":
                        self.weapon(parsed, held, frame)
                for child in noun.children:
                    if child.dep_ in ("acl", "relcl") and child.lemma_ in ("wield", "carry", "wear", "brandish", "arm", "hold"):
                        for held in (*tree.arguments(child).objects, *(leaf for n, leaf in tree.obliques(child) if n == "with")):
                            self.weapon(parsed, held, frame)

    def _named_after(self, parsed: Parsed, noun: Token) -> Token:
        """Whoever acts where the parser took the place before him for the subject: "In Balkh district, Balkh province, a force captured"."""
        entity = parsed.names.get(noun.i)
        if entity is None or entity.kind != "place":
            return noun
        after = (c for c in noun.children if c.dep_ == "appos")
        return next((c for c in after if c.i in parsed.names or self.cast.kind_of(tree.core(c)) is not None), noun)

    def users(self, parsed: Parsed, verb: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """ "using drones", "with rockets" said by a participle."""
        for child in verb.children:
            if child.dep_ in ("advcl", "acl", "prep") and child.lemma_ in ("use", "employ", "involve"):
                for head in (c for c in child.children if c.dep_ == "dobj"):
                    for each in tree.unfolded(head):
                        self.weapon(parsed, each, frame)

    def from_weapon(self, parsed: Parsed, head: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """What a weapon's own modifiers say: "a drone that was heading for the base", "rockets launched at X from Y"."""
        noun = tree.core(head)
        for child in {*head.children, *noun.children}:
            if child.dep_ in ("acl", "relcl") and child.lemma_ in _GOAL_VERBS:
                self.goals(parsed, [("at" if n in ("for", "to") else n, t) for n, t in tree.obliques(child)], frame, triggers)
                frame.targets.extend(c for c in child.children if c.dep_ == "dobj")
                for agent in tree.arguments(child).agents:
                    frame.actors.append(agent)
                if child.i in triggers:
                    frame.linked.add(child.i)
        self.goals(
            parsed,
            [
                (n, t)
                for at in dict.fromkeys((noun, head))  # "dozens of rockets towards X" hangs on the number
                for n, t in tree.obliques(at)
                if n in tree.TOWARD | {"from", "over", "near", "above", "inside"}
            ],
            frame,
            triggers,
        )

    def meant(self, parsed: Parsed, pronoun: Token, frame: Frame, *, sure: bool = True) -> None:
        """The weapon that "it" or "another" stands for: the last one named before in the sentence; `sure`: else nothing armed."""
        for token in reversed(parsed.tokens[: pronoun.i]):
            if token.pos_ in ("NOUN", "PROPN") and self.weapon(parsed, token, frame):
                return
        frame.subject_other = frame.subject_other or sure

    def parts(self, parsed: Parsed, frame: Frame) -> None:
        """Adds the sites that a target is part of, or stands in."""
        for target in list(frame.targets):
            frame.targets.extend(self.cast.sites_around(parsed, target))


def referred(pronoun: Token) -> list[Token]:
    """What "it" in a subordinate clause stands for: the subject of the clause above; nothing where that is no noun."""
    for above in pronoun.ancestors:
        if above.pos_ == "VERB" and above.dep_ in ("advcl", "conj", "relcl"):
            who = (
                [s for s in tree.subjects(above.head)[0] if s.pos_ in ("NOUN", "PROPN") and s.i < pronoun.i]
                if above.head.pos_ == "VERB"
                else []
            )
            if who:
                return [tree.core(who[0])]
    return []
