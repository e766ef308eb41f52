"""Who did what to whom: one trigger with its arguments sorted into actors, targets, weapons, places and origin.

Called by the reader for each candidate. Returns heads of noun phrases; `participants` and `where` describe them. Here stand
the grammars of verbs; `noun_frames` has those of nouns, `sorting` says what one phrase is.
"""

from spacy.tokens import Token

from streams.extract import tree
from streams.extract.noun_frames import NounFramer
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.sorting import AIRCRAFT, STANDS_FOR, Frame, Sorter
from streams.extract.triggers import Candidate


class Framer:
    """Builds frames."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self.sort = Sorter(cast)
        self._nouns = NounFramer(cast, self.sort)

    def frame(self, parsed: Parsed, candidate: Candidate, triggers: frozenset[int]) -> Frame:
        """The frame of a candidate. `triggers`: token indices of all candidates of the sentence."""
        frame = Frame(candidate)
        build = {
            "noun": self._nouns.noun,
            "launch": self._launch,
            "land": self._land,
            "intercept": self._intercept,
        }.get(candidate.grammar, self._verb)
        build(parsed, candidate.token, frame, triggers)
        frame.targets = _unique(frame.targets)
        frame.actors = [a for a in _unique(frame.actors) if a not in frame.targets]
        return frame

    # -------------------------------------------------------------------------------------------------------- grammars

    def _verb(self, parsed: Parsed, verb: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """ "X attacked Y with Z", "Y was hit by Z"; killing and wounding too."""
        found = tree.arguments(verb)
        if verb.tag_ in ("VBN", "VBD") and not found.objects and not found.passive:
            struck = [s for s in found.subjects if self._cast.is_base(parsed, tree.core(s))]
            if struck:  # a headline leaves "was" out: "U.S. base in Iraq attacked with drones"
                found.subjects, found.objects, found.passive = [], struck, True
        self.sort.subjects(parsed, found.subjects, frame, triggers)
        for agent in found.agents:
            if tree.core(agent).i in triggers:
                frame.linked.add(tree.core(agent).i)
            elif not self.sort.weapon(parsed, agent, frame):
                frame.actors.append(agent)
            else:
                self.sort.from_weapon(parsed, agent, frame, triggers)
        for target in found.objects:
            if parsed.is_time(target) or (
                target.pos_ == "PRON" and target.lower_ in ("himself", "itself", "themselves", "herself")
            ):
                continue
            if target.i in triggers or target.lemma_.lower() == "fire":
                frame.linked.add(target.i)
                self.sort.goals(parsed, tree.obliques(target), frame, triggers)
                continue
            frame.targets.extend(self._referred(parsed, tree.core(target), verb, triggers))
            if found.passive:
                frame.subject = frame.subject or target
        self.sort.goals(parsed, found.obliques, frame, triggers)
        self.sort.users(parsed, verb, frame, triggers)
        self.sort.parts(parsed, frame)

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

    def _launch(self, parsed: Parsed, verb: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """ "X fired rockets at Y from Z", "rockets were fired at Y"."""
        found = tree.arguments(verb)
        for head in found.objects:
            if tree.core(head).i in triggers:
                frame.linked.add(tree.core(head).i)
            elif self.sort.weapon(parsed, head, frame):
                self.sort.from_weapon(parsed, head, frame, triggers)
                if found.passive:
                    frame.subject = head
        self.sort.subjects(parsed, found.subjects, frame, triggers)
        frame.actors.extend(found.agents)
        for child in verb.children:
            if child.lower_ in ("short", "wide"):  # "fell short of the base"
                frame.targets.extend(head for name, head in tree.prepositions(child) if name == "of")
        self.sort.goals(parsed, found.obliques, frame, triggers)
        self.sort.parts(parsed, frame)

    def _land(self, parsed: Parsed, verb: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """ "rockets landed inside Y", "a car bomb exploded outside Y", "a bomber blew himself up at Y"."""
        found = tree.arguments(verb)
        for head in (*found.subjects, *(found.objects if found.passive else ())):
            frame.subject = frame.subject or head
            noun = tree.core(head)
            if noun.i in triggers:
                frame.linked.add(noun.i)
            elif not self.sort.weapon(parsed, head, frame):
                reflexive = any(o.lower_ in ("himself", "herself", "themselves", "itself") for o in found.objects)
                if reflexive or self._cast.is_armed(self._cast.kind_of(noun)) or noun.lemma_.lower() in ("bomber", "attacker"):
                    frame.actors.append(noun)
                elif noun.lower_ in STANDS_FOR:
                    self.sort.meant(parsed, noun, frame)
                else:
                    frame.subject_other = True
            else:
                self.sort.from_weapon(parsed, head, frame, triggers)
        if not found.passive:
            frame.targets.extend(t for t in found.objects if t.pos_ != "PRON" and not parsed.is_time(t) and self._cast.kind_of(t))
        frame.actors.extend(found.agents)
        went_for = [("at", t) if n == "for" and verb.lemma_ == "go" else (n, t) for n, t in found.obliques]
        self.sort.goals(parsed, went_for, frame, triggers)
        self.sort.parts(parsed, frame)

    def _intercept(self, parsed: Parsed, verb: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """ "X shot down a drone over Y": X defends, Y is aimed at; the drone of a nation is itself the target."""
        found = tree.arguments(verb)
        for head in found.objects:
            noun = tree.core(head)
            frame.subject = frame.subject or (head if found.passive else None)
            if self.sort.weapon(parsed, head, frame):
                self.sort.from_weapon(parsed, head, frame, triggers)
                if self._cast.has_nation(parsed, noun) and noun.lemma_.lower() in AIRCRAFT:
                    frame.targets.append(noun)
            elif head.pos_ == "PRON":
                frame.subject_other = frame.subject_other or head.lower_ == "it"
            else:
                frame.subject_other = True
        self.sort.goals(parsed, found.obliques, frame, triggers)
        frame.actors = []
        self.sort.parts(parsed, frame)


def _unique(tokens: list[Token]) -> list[Token]:
    return list({t.i: t for t in tokens}.values())
