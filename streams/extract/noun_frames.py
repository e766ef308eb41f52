"""Frames of nouns: "a drone attack by X on Y", "X claimed an attack on Y", "Y came under rocket fire".

Called by `frames` for triggers that are nouns; what stands before the noun, behind it, and what the verb over it says.
"""

from dataclasses import dataclass

from streams.extract import tree
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.sorting import Frame, Sorter
from streams.extract.tokens import Token, joined

LIGHT = frozenset(
    "launch carry conduct stage mount claim perpetrate unleash make commit execute wage resume renew restart begin start continue intensify escalate "
    "direct order lead perform deliver undertake orchestrate plan plot threaten announce vow promise step halt suspend stop end cease pause lead".split()
)
SUFFER = frozenset("suffer face sustain survive repel withstand endure weather take see experience".split())
OCCUR = frozenset("occur happen begin come take follow unfold".split())
EFFECT = frozenset("kill wound injure hit strike damage destroy target hurt rock shake leave cause set".split())
_BLASTS = frozenset({"explosion", "blast", "detonation"})  # of which nobody's nationality says who did it
# before these the name of a country says where ("the Mali ambush"), an adjective whose ("the Malian ambush")
_SOMEWHERE = frozenset("ambush attack bombing raid shooting massacre killing kidnapping abduction siege stabbing clash".split())
_ADJECTIVES = frozenset({"US", "U.S.", "USA", "UK", "U.K."})  # names that stand for the adjective too
_BLAME = frozenset({"blame", "attribute", "pin"})
_BLAMED_FOR = frozenset("blame accuse suspect condemn denounce criticise criticize".split())
_ANSWER = frozenset("respond retaliate answer reply react".split())
_KIND_OF_DEED = frozenset("military troop terrorist".split())
# "the killing of X": what follows "of" is the target
_DONE_TO = frozenset(
    "bombing shelling bombardment ambush killing targeting assassination murder execution massacre slaughter beheading stabbing shooting storming "
    "hijacking sabotage".split()
)


@dataclass(slots=True)
class NounFramer:
    """Builds frames of nouns."""

    cast: Cast
    sort: Sorter

    def noun(self, parsed: Parsed, noun: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """ "a drone attack by X on Y", "X claimed an attack on Y", "Y came under rocket fire"."""
        weapon = self.cast.compound_instrument(parsed, noun)
        if weapon is not None:
            frame.instruments.append(weapon)
        for child in noun.children:
            if child.dep_ in ("poss", "amod", "compound", "nmod") and child.i < noun.i and not parsed.is_time(child):
                self._before_noun(parsed, child, frame)
            elif child.dep_ in ("acl", "relcl", "appos"):
                self._behind_noun(parsed, child, frame, triggers)
        around = tree.obliques(noun)
        if noun.lemma_.lower() in _BLASTS:  # "a blast from a bomb"
            around = [(name, head) for name, head in around if not (name == "from" and self.sort.weapon(parsed, head, frame))]
        self.sort.goals(parsed, around, frame, triggers)
        for name, head in around:
            if head.lemma_ == "life":  # "an attempt on his life"
                frame.targets.extend(c for c in head.children if c.dep_ == "poss" and c.pos_ != "PRON")
            if name in ("of", "involving", "with"):
                weapon_of = self.sort.weapon(parsed, head, frame)
                if (
                    not weapon_of
                    and name == "of"
                    and not parsed.is_time(head)
                    and self.cast.kind_of(head) is not None
                    and noun.lemma_.lower() in _DONE_TO
                ):
                    frame.targets.append(head)
        if not any(name == "by" for name, _ in around):
            frame.actors.extend(self._shared(parsed, noun, frame, triggers))
            below = (pair for name, head in around if name in ("on", "against", "at") for pair in tree.prepositions(head))
            frame.actors.extend(head for name, head in below if name == "by" and self.cast.armed_or_nation(parsed, head))
        self._governor(parsed, noun, frame, triggers)
        self.sort.parts(parsed, frame)

    def _shared(self, parsed: Parsed, noun: Token, frame: Frame, triggers: frozenset[int]) -> list[Token]:
        """ "airstrikes and shelling by the army": who did both stands behind the second."""
        after = noun.doc[noun.i + 1 : noun.i + 3]
        if len(after) < 2 or after[0].lower_ != "and" or after[1].i not in triggers:
            return []
        return [head for name, head in tree.prepositions(after[1]) if name == "by" and not self.sort.weapon(parsed, head, frame)]

    def _before_noun(self, parsed: Parsed, child: Token, frame: Frame) -> None:
        """ "Iran's missile attack", "U.S. strikes", "the Al Asad drone strike"."""
        if self.cast.is_site(parsed, child):
            frame.targets.append(child)
        elif self._whereabouts(parsed, child):
            frame.places.append(child)
        elif self.cast.armed_or_nation(parsed, child) and not self._of_a_kind(parsed, child):
            (frame.targets if _against(child) else frame.actors).append(child)

    def _whereabouts(self, parsed: Parsed, child: Token) -> bool:
        """Whether a nation says where it happened, not who did it: "the Chinese factory blast", "the Turkish airbase attack"."""
        if self.cast.nation(parsed.word(child)) is None or child.dep_ == "poss":
            return False
        noun = child.head
        entity = parsed.names.get(child.i)
        named = entity is not None and entity.kind == "nation" and parsed.word(child) not in _ADJECTIVES
        if named and noun.lemma_.lower() in _SOMEWHERE and not any(n in ("on", "against") for n, _ in tree.prepositions(noun)):
            return True
        between = (c for c in noun.children if child.i < c.i < noun.i)
        return noun.lemma_.lower() in _BLASTS or any(self.cast.is_site(parsed, c) for c in between)

    def _of_a_kind(self, parsed: Parsed, child: Token) -> bool:
        """Whether a modifier says of what kind a deed is, or only repeats the nation before it: "a military operation", "a Turkish army raid"."""
        lemma = child.lemma_.lower()
        if child.i in parsed.names:
            return False
        if lemma in _KIND_OF_DEED:
            return True
        before = [c for c in child.head.lefts if c.i < child.i and self.cast.nation(parsed.word(c)) is not None]
        return bool(before) and child.pos_ != "PROPN" and self.cast.is_a(self.cast.kind_of(child), "state-force")

    def _behind_noun(self, parsed: Parsed, verb: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """ "an attack targeting Y", "the attack that wounded Y", "strikes launched by X"."""
        if verb.pos_ != "VERB":
            return
        found = tree.arguments(verb)
        lemma = verb.lemma_
        if verb.i in triggers:
            frame.linked.add(verb.i)
        if lemma in _BLAME and (found.passive or verb.dep_ == "relcl"):
            self._blamed(parsed, found.obliques, frame)
        elif lemma in LIGHT and (found.agents or found.passive):
            frame.actors.extend(a for a in found.agents if not self.sort.weapon(parsed, a, frame))
            self.sort.goals(parsed, found.obliques, frame, triggers)
        elif lemma in ("cause", "trigger", "claim") and found.agents:
            for agent in found.agents:
                self.sort.weapon(parsed, agent, frame)
        elif lemma in EFFECT | {"involve", "aim", "use"}:
            for head in found.objects:
                if head != frame.candidate.token and not self.sort.weapon(parsed, head, frame):
                    frame.targets.append(tree.core(head))
            self.sort.goals(parsed, found.obliques, frame, triggers)

    def _blamed(self, parsed: Parsed, obliques: list[tuple[str, Token]], frame: Frame) -> None:
        """ "the strike, blamed on X", "police attributed the bombing to X": X is said to have done it."""
        frame.actors.extend(head for name, head in obliques if name in ("on", "to") and not parsed.is_time(head))

    def _governor(self, parsed: Parsed, noun: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """What the verb over an event noun says of it."""
        link, verb = noun, noun.head
        while link.dep_ == "conj" and verb.pos_ in ("NOUN", "PROPN"):
            link, verb = verb, verb.head
        if link.dep_ == "pobj" and verb.lower_ == "of" and tree.core(verb.head) == link:  # "a series of attacks"
            link, verb = verb.head, verb.head.head
        prep = ""
        if link.dep_ in ("pobj", "pcomp"):
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
            self.sort.goals(parsed, found.obliques, frame, triggers)
        elif prep == "behind" and lemma == "be":  # "X was behind the blast"
            frame.carrier = verb
            frame.actors.extend(found.subjects)
        elif prep in ("for", "of") and lemma in _BLAMED_FOR:  # "blamed X for the attack"; a headline's "X blamed for attack"
            frame.actors.extend(found.objects or (found.subjects if verb.tag_ in ("VBN", "VBD") else []))
        elif prep == "with" and lemma in _ANSWER:  # "the army responded with artillery fire"
            frame.actors.extend(found.subjects)
        elif link.dep_ in ("dobj", "nsubjpass") and lemma in _BLAME:
            frame.carrier = verb
            self._blamed(parsed, found.obliques, frame)
            frame.subject = link if link.dep_ == "nsubjpass" else frame.subject
        elif link.dep_ in ("dobj", "nsubjpass") and lemma in LIGHT:
            frame.carrier = verb
            who = found.agents if link.dep_ == "nsubjpass" else found.subjects
            frame.actors.extend(a for a in who if not parsed.is_time(a) and a != noun and not self.sort.weapon(parsed, a, frame))
            self.sort.goals(parsed, [p for p in found.obliques if p[1] != noun], frame, triggers)
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
                self.sort.goals(parsed, found.obliques, frame, triggers)
        elif prep in ("in", "by", "during", "as") and lemma in EFFECT | {"die", "suffer", "perish"}:
            frame.linked.add(verb.i)
            frame.targets.extend(
                tree.core(o) for o in (found.objects or (found.subjects if lemma == "die" else [])) if not parsed.is_time(o)
            )
            self.sort.goals(parsed, [p for p in found.obliques if p[1] != noun], frame, triggers)


def _against(modifier: Token) -> bool:
    """Whether a modifier of a deed says whom it is against: "anti-ISIS operations"."""
    before = joined(modifier.doc[max(0, modifier.i - 2) : modifier.i]).lower()
    return before.rstrip("-‐‑–").rstrip().endswith(("anti", "counter"))
