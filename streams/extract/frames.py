"""Who did what to whom: one trigger with its arguments sorted into actors, targets, weapons, places and origin.

Called by the reader for each candidate. Returns heads of noun phrases; `participants` and `where` describe them. A phrase
after "from" is an origin, never an actor; a weapon as subject is no actor; an event as subject is the same event.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from spacy.tokens import Token

from streams.extract import tree
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.triggers import Candidate
from streams.records import Instrument

LIGHT = frozenset(
    "launch carry conduct stage mount claim perpetrate unleash make commit execute wage resume renew restart begin start continue intensify escalate "
    "direct order lead perform deliver undertake orchestrate plan plot threaten announce vow promise step halt suspend stop end cease pause lead".split()
)
SUFFER = frozenset("suffer face sustain survive repel withstand endure weather take see experience".split())
UNDERGO = frozenset({"under"})
OCCUR = frozenset("occur happen begin come take follow unfold".split())
EFFECT = frozenset("kill wound injure hit strike damage destroy target hurt rock shake leave cause set".split())
GOALS = tree.TOWARD | tree.NEAR | {"in", "through", "targeting"}
AIRCRAFT = frozenset(
    "aircraft warplane plane jet bomber helicopter gunship warship destroyer battery artillery fighter drone plane ship boat tank".split()
)
_STANDS_FOR = frozenset("it they one another second third both others other two three some all most".split())
_AROUND = frozenset("in near inside outside over above around along across through next beside".split())
_MEASURES = frozenset("metre meter kilometre kilometer mile yard foot km m".split())
_GOAL_VERBS = frozenset("head aim direct target approach fly point bind destine hover launch fire".split())


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


class Framer:
    """Builds frames."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast

    def frame(self, parsed: Parsed, candidate: Candidate, triggers: frozenset[int]) -> Frame:
        """The frame of a candidate. `triggers`: token indices of all candidates of the sentence."""
        frame = Frame(candidate)
        build = {
            "noun": self._noun,
            "launch": self._launch,
            "land": self._land,
            "intercept": self._intercept,
        }.get(candidate.grammar, self._verb)
        build(parsed, candidate.token, frame, triggers)
        frame.targets = _unique(frame.targets)
        frame.actors = [a for a in _unique(frame.actors) if a not in frame.targets]
        return frame

    # ------------------------------------------------------------------------------------------------------- sorting

    def _weapon(self, parsed: Parsed, head: Token, frame: Frame) -> bool:
        """Takes a phrase as the weapon when it is one."""
        found = self._cast.instrument(parsed, head)
        if found is None:
            return False
        if all(found.span != one.span for one in frame.instruments):
            frame.instruments.append(found)
        return True

    def _goal(self, parsed: Parsed, name: str, head: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """Sorts a prepositional phrase: weapon, origin, place or target."""
        if parsed.is_time(head) or (head.i in triggers and head.pos_ == "VERB"):
            return
        if name == "from" and head.left_edge.i and head.left_edge.nbor(-1).head.lemma_ in _MEASURES:
            name = "near"  # "a few hundred metres from the airfield"
        if name == "from":
            frame.origins.append(head)
        elif name in ("with", "using", "by"):
            if not self._weapon(parsed, head, frame) and name == "by" and frame.candidate.grammar == "noun":
                frame.actors.append(head)
        elif name in GOALS:
            entity = self._cast.entity(parsed, head)
            if head.i in triggers:
                frame.linked.add(head.i)
            elif entity is not None and self._cast.is_place(entity):
                (frame.targets if name in ("on", "against") else frame.places).append(head)
            elif name in tree.TOWARD or self._cast.is_site(parsed, head):
                frame.targets.append(head)
            elif name in _AROUND:
                if self._cast.kind_of(head) is not None and name != "in":
                    frame.targets.append(head)
                else:
                    frame.places.append(head)
                    frame.targets.extend(self._cast.sites_around(parsed, head))

    def _goals(self, parsed: Parsed, pairs: Iterable[tuple[str, Token]], frame: Frame, triggers: frozenset[int]) -> None:
        for name, head in pairs:
            self._goal(parsed, name, head, frame, triggers)

    def _subjects(self, parsed: Parsed, heads: Iterable[Token], frame: Frame, triggers: frozenset[int]) -> None:
        for head in heads:
            frame.subject = frame.subject or head
            noun = tree.core(head)
            if noun.i in triggers and noun != frame.candidate.token:
                frame.linked.add(noun.i)
            elif self._weapon(parsed, head, frame):
                if noun.lemma_.lower() in AIRCRAFT and self._cast.has_nation(parsed, noun):
                    frame.actors.append(noun)
                self._goals(parsed, [p for p in tree.obliques(noun) if p[0] == "from"], frame, triggers)
            elif noun.lower_ in _STANDS_FOR:
                self._meant(parsed, noun, frame, sure=False)
            elif not parsed.is_time(noun) and noun.lower_ not in ("this", "that", "which", "there"):
                frame.actors.append(noun)

    def _users(self, parsed: Parsed, verb: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """ "using drones", "with rockets" said by a participle."""
        for child in verb.children:
            if child.dep_ in ("advcl", "acl", "prep") and child.lemma_ in ("use", "employ", "involve"):
                for head in (c for c in child.children if c.dep_ == "dobj"):
                    for each in tree.unfolded(head):
                        self._weapon(parsed, each, frame)

    # -------------------------------------------------------------------------------------------------------- grammars

    def _verb(self, parsed: Parsed, verb: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """ "X attacked Y with Z", "Y was hit by Z"; killing and wounding too."""
        found = tree.arguments(verb)
        if verb.tag_ in ("VBN", "VBD") and not found.objects and not found.passive:
            struck = [s for s in found.subjects if self._cast.is_base(parsed, tree.core(s))]
            if struck:  # a headline leaves "was" out: "U.S. base in Iraq attacked with drones"
                found.subjects, found.objects, found.passive = [], struck, True
        self._subjects(parsed, found.subjects, frame, triggers)
        for agent in found.agents:
            if tree.core(agent).i in triggers:
                frame.linked.add(tree.core(agent).i)
            elif not self._weapon(parsed, agent, frame):
                frame.actors.append(agent)
            else:
                self._from_weapon(parsed, agent, frame, triggers)
        for target in found.objects:
            if parsed.is_time(target) or (
                target.pos_ == "PRON" and target.lower_ in ("himself", "itself", "themselves", "herself")
            ):
                continue
            if target.i in triggers or target.lemma_.lower() == "fire":
                frame.linked.add(target.i)
                self._goals(parsed, tree.obliques(target), frame, triggers)
                continue
            frame.targets.extend(self._referred(parsed, tree.core(target), verb, triggers))
            if found.passive:
                frame.subject = frame.subject or target
        self._goals(parsed, found.obliques, frame, triggers)
        self._users(parsed, verb, frame, triggers)
        self._parts(parsed, frame)

    def _referred(self, parsed: Parsed, head: Token, verb: Token, triggers: frozenset[int]) -> list[Token]:
        """The head, or for "it" the subject of the main clause: "The runway at X was cratered when it was hit"."""
        if head.pos_ != "PRON" or head.lower_ not in ("it", "they", "them"):
            return [head]
        for above in tree.governors(verb):
            if above.pos_ == "VERB" and above.lemma_ not in ("say", "tell", "report", "add", "announce"):
                who = [s for s in tree.subjects(above)[0] if s.pos_ in ("NOUN", "PROPN") and s.i < head.i and s.i not in triggers]
                if who:
                    found = [tree.core(who[0])]
                    for name, leaf in tree.prepositions(verb.doc[above.i]):
                        if (
                            name in ("at", "beside", "near", "inside", "in")
                            and leaf.i < head.i
                            and self._cast.is_site(parsed, leaf)
                        ):
                            found.extend((leaf, *self._cast.sites_around(parsed, leaf)))
                    return found
        return []

    def _from_weapon(self, parsed: Parsed, head: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """What a weapon's own modifiers say: "a drone that was heading for the base", "rockets launched at X from Y"."""
        noun = tree.core(head)
        for child in {*head.children, *noun.children}:
            if child.dep_ in ("acl", "relcl") and child.lemma_ in _GOAL_VERBS:
                self._goals(parsed, [("at" if n in ("for", "to") else n, t) for n, t in tree.obliques(child)], frame, triggers)
                frame.targets.extend(c for c in child.children if c.dep_ == "dobj")
                for agent in tree.arguments(child).agents:
                    frame.actors.append(agent)
                if child.i in triggers:
                    frame.linked.add(child.i)
        self._goals(
            parsed,
            [(n, t) for n, t in tree.obliques(noun) if n in tree.TOWARD | {"from", "over", "near", "above", "inside"}],
            frame,
            triggers,
        )

    def _launch(self, parsed: Parsed, verb: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """ "X fired rockets at Y from Z", "rockets were fired at Y"."""
        found = tree.arguments(verb)
        for head in found.objects:
            if tree.core(head).i in triggers:
                frame.linked.add(tree.core(head).i)
            elif self._weapon(parsed, head, frame):
                self._from_weapon(parsed, head, frame, triggers)
                if found.passive:
                    frame.subject = head
        self._subjects(parsed, found.subjects, frame, triggers)
        frame.actors.extend(found.agents)
        for child in verb.children:
            if child.lower_ in ("short", "wide"):  # "fell short of the base"
                frame.targets.extend(head for name, head in tree.prepositions(child) if name == "of")
        self._goals(parsed, found.obliques, frame, triggers)
        self._parts(parsed, frame)

    def _land(self, parsed: Parsed, verb: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """ "rockets landed inside Y", "a car bomb exploded outside Y", "a bomber blew himself up at Y"."""
        found = tree.arguments(verb)
        for head in (*found.subjects, *(found.objects if found.passive else ())):
            frame.subject = frame.subject or head
            noun = tree.core(head)
            if noun.i in triggers:
                frame.linked.add(noun.i)
            elif not self._weapon(parsed, head, frame):
                reflexive = any(o.lower_ in ("himself", "herself", "themselves", "itself") for o in found.objects)
                if reflexive or self._cast.is_armed(self._cast.kind_of(noun)) or noun.lemma_.lower() in ("bomber", "attacker"):
                    frame.actors.append(noun)
                elif noun.lower_ in _STANDS_FOR:
                    self._meant(parsed, noun, frame)
                else:
                    frame.subject_other = True
            else:
                self._from_weapon(parsed, head, frame, triggers)
        if not found.passive:
            frame.targets.extend(t for t in found.objects if t.pos_ != "PRON" and not parsed.is_time(t) and self._cast.kind_of(t))
        frame.actors.extend(found.agents)
        went_for = [("at", t) if n == "for" and verb.lemma_ == "go" else (n, t) for n, t in found.obliques]
        self._goals(parsed, went_for, frame, triggers)
        self._parts(parsed, frame)

    def _meant(self, parsed: Parsed, pronoun: Token, frame: Frame, *, sure: bool = True) -> None:
        """The weapon that "it" or "another" stands for: the last one named before in the sentence; `sure`: else nothing armed."""
        for token in reversed(parsed.tokens[: pronoun.i]):
            if token.pos_ in ("NOUN", "PROPN") and self._weapon(parsed, token, frame):
                return
        frame.subject_other = frame.subject_other or sure

    def _intercept(self, parsed: Parsed, verb: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """ "X shot down a drone over Y": X defends, Y is aimed at; the drone of a nation is itself the target."""
        found = tree.arguments(verb)
        for head in found.objects:
            noun = tree.core(head)
            frame.subject = frame.subject or (head if found.passive else None)
            if self._weapon(parsed, head, frame):
                self._from_weapon(parsed, head, frame, triggers)
                if self._cast.has_nation(parsed, noun) and noun.lemma_.lower() in AIRCRAFT:
                    frame.targets.append(noun)
            elif head.pos_ == "PRON":
                frame.subject_other = frame.subject_other or head.lower_ == "it"
            else:
                frame.subject_other = True
        self._goals(parsed, found.obliques, frame, triggers)
        frame.actors = []
        self._parts(parsed, frame)

    def _noun(self, parsed: Parsed, noun: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """ "a drone attack by X on Y", "X claimed an attack on Y", "Y came under rocket fire"."""
        weapon = self._cast.compound_instrument(parsed, noun)
        if weapon is not None:
            frame.instruments.append(weapon)
        for child in noun.children:
            if child.dep_ in ("poss", "amod", "compound", "nmod") and child.i < noun.i and not parsed.is_time(child):
                self._before_noun(parsed, child, frame)
            elif child.dep_ in ("acl", "relcl", "appos"):
                self._behind_noun(parsed, child, frame, triggers)
        self._goals(parsed, tree.obliques(noun), frame, triggers)
        for name, head in tree.obliques(noun):
            if name in ("of", "involving", "with"):
                weapon_of = self._weapon(parsed, head, frame)
                if (
                    not weapon_of
                    and name == "of"
                    and not parsed.is_time(head)
                    and self._cast.kind_of(head) is not None
                    and noun.lemma_ in ("bombing", "shelling", "bombardment", "ambush", "killing", "targeting")
                ):
                    frame.targets.append(head)
        self._governor(parsed, noun, frame, triggers)
        self._parts(parsed, frame)

    def _before_noun(self, parsed: Parsed, child: Token, frame: Frame) -> None:
        """ "Iran's missile attack", "U.S. strikes", "the Al Asad drone strike"."""
        if self._cast.is_site(parsed, child):
            frame.targets.append(child)
        elif self._cast.armed_or_nation(parsed, child):
            frame.actors.append(child)

    def _behind_noun(self, parsed: Parsed, verb: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """ "an attack targeting Y", "the attack that wounded Y", "strikes launched by X"."""
        if verb.pos_ != "VERB":
            return
        found = tree.arguments(verb)
        lemma = verb.lemma_
        if verb.i in triggers:
            frame.linked.add(verb.i)
        if lemma in LIGHT | {"blame", "attribute"} and (found.agents or found.passive):
            frame.actors.extend(a for a in found.agents if not self._weapon(parsed, a, frame))
            self._goals(parsed, found.obliques, frame, triggers)
        elif lemma in EFFECT | {"involve", "aim", "use"}:
            for head in found.objects:
                if head != frame.candidate.token and not self._weapon(parsed, head, frame):
                    frame.targets.append(tree.core(head))
            self._goals(parsed, found.obliques, frame, triggers)

    def _governor(self, parsed: Parsed, noun: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """What the verb over an event noun says of it."""
        link, verb = noun, noun.head
        while link.dep_ == "conj" and verb.pos_ in ("NOUN", "PROPN"):
            link, verb = verb, verb.head
        if tree.core(verb) == noun and verb != noun:  # "a series of attacks"
            link, verb = verb, verb.head
        prep = ""
        if link.dep_ == "pobj":
            prep, verb = verb.lower_, verb.head
            if verb.dep_ == "prep":
                verb = verb.head
        if verb.pos_ not in ("VERB", "AUX"):
            return
        lemma = verb.lemma_
        found = tree.arguments(verb)
        if verb.i in triggers:
            frame.linked.add(verb.i)
        if prep == "under" and lemma in ("come", "be", "remain", "get", "fall", "have"):
            frame.carrier, frame.under_fire = verb, True
            frame.targets.extend(tree.core(s) for s in found.subjects)
            self._goals(parsed, found.obliques, frame, triggers)
        elif link.dep_ in ("dobj", "nsubjpass") and lemma in LIGHT:
            frame.carrier = verb
            who = found.agents if link.dep_ == "nsubjpass" else found.subjects
            frame.actors.extend(a for a in who if not parsed.is_time(a) and a != noun and not self._weapon(parsed, a, frame))
            self._goals(parsed, [p for p in found.obliques if p[1] != noun], frame, triggers)
            frame.subject = link if link.dep_ == "nsubjpass" else frame.subject
        elif link.dep_ == "dobj" and lemma in SUFFER:
            frame.carrier = verb
            frame.targets.extend(found.subjects)
        elif link.dep_ in ("nsubj", "nsubjpass"):
            frame.subject = link
            if lemma in EFFECT:
                frame.targets.extend(
                    tree.core(o)
                    for o in found.objects
                    if not parsed.is_time(o) and o != link and o.lemma_ not in ("fire", "death", "damage")
                )
            if lemma in EFFECT | OCCUR | {"report"}:
                self._goals(parsed, found.obliques, frame, triggers)
        elif prep in ("in", "by", "during", "as") and lemma in EFFECT | {"die", "suffer", "perish"}:
            frame.linked.add(verb.i)
            frame.targets.extend(
                tree.core(o) for o in (found.objects or (found.subjects if lemma == "die" else [])) if not parsed.is_time(o)
            )
            self._goals(parsed, [p for p in found.obliques if p[1] != noun], frame, triggers)

    def _parts(self, parsed: Parsed, frame: Frame) -> None:
        """Adds the sites that a target is part of, or stands in."""
        for target in list(frame.targets):
            frame.targets.extend(self._cast.sites_around(parsed, target))


def _unique(tokens: list[Token]) -> list[Token]:
    return list({t.i: t for t in tokens}.values())
