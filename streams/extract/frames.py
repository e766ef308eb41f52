"""Who did what to whom: one trigger with its arguments sorted into actors, targets, weapons, places and origin.

Called by the reader for each candidate. Returns heads of noun phrases; `participants` and `where` describe them. Here stand
the grammars of verbs; `noun_frames` has those of nouns, `sorting` says what one phrase is.
"""

from dataclasses import replace

from streams.extract import tree
from streams.extract.noun_frames import NounFramer
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.signs import AIRCRAFT
from streams.extract.sorting import BOMBERS, STANDS_FOR, Frame, Sorter
from streams.extract.tokens import Token
from streams.extract.triggers import Candidate

_EXCHANGED = frozenset("fire gunfire shot shell artillery rocket round".split())
_SIDES = frozenset({"with", "between", "against", "by", "involving", "among"})
_DONE_TO_PEOPLE = frozenset(
    "murder stab shoot assassinate behead kidnap abduct execute kill wound injure hurt attack ambush beat slay gun".split()
)
_NEARING = frozenset("near approach head fly target close attack aim cross come".split())
_HARMS = frozenset("kill wound injure hurt".split())
_DIE = _HARMS | frozenset("die perish escape survive flee suffer".split())
_WHEN = frozenset({"when", "as", "after", "while"})


class Framer:
    """Builds frames."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self.sort = Sorter(cast)
        self._nouns = NounFramer(cast, self.sort)

    def frame(self, parsed: Parsed, candidate: Candidate, triggers: frozenset[int]) -> Frame:
        """The frame of a candidate. `triggers`: token indices of all candidates of the sentence."""
        if candidate.grammar == "intercept" and (self._manned(parsed, candidate.token) or self._no_weapon(parsed, candidate.token)):
            candidate = replace(
                candidate, grammar="verb"
            )  # who shoots down a plane with people in it, or destroys a lorry, attacks it
        frame = Frame(candidate)
        build = {
            "noun": self._nouns.noun,
            "launch": self._launch,
            "land": self._land,
            "intercept": self._intercept,
            "mutual": self._mutual,
            "trodden": self._trodden,
        }.get(candidate.grammar, self._verb)
        build(parsed, candidate.token, frame, triggers)
        self._victims(parsed, candidate, frame)
        frame.targets = _unique(frame.targets)
        frame.actors = [a for a in _unique(frame.actors) if a not in frame.targets]
        return frame

    # -------------------------------------------------------------------------------------------------------- grammars

    def _verb(self, parsed: Parsed, verb: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """ "X attacked Y with Z", "Y was hit by Z"; killing and wounding too."""
        found = tree.arguments(verb)
        if verb.tag_ in ("VBN", "VBD") and not found.objects and not found.passive:
            struck = [s for s in found.subjects if self._cast.is_base(parsed, tree.core(s)) or self._bare_passive(parsed, verb, s)]
            if struck:  # a headline leaves "was" out: "U.S. base in Iraq attacked with drones"
                found.subjects, found.objects, found.passive = [], struck, True
        self.sort.subjects(parsed, found.subjects, frame, triggers)
        for agent in found.agents:
            if tree.core(agent).i in triggers and not self._cast.is_anybody(agent):
                frame.linked.add(tree.core(agent).i)
            elif not self.sort.weapon(parsed, agent, frame):
                frame.actors.append(agent)
            else:
                self.sort.from_weapon(parsed, agent, frame, triggers)
        if verb.lemma_ == "set":  # "set fire to X"
            frame.targets.extend(tree.core(leaf) for name, leaf in found.obliques if name == "to")
        for control in (o for o in found.objects if o.lemma_ == "control"):
            frame.targets.extend(leaf for name, leaf in tree.prepositions(control) if name in ("of", "over"))
        for target in found.objects:
            if parsed.is_time(target) or (
                target.pos_ == "PRON" and target.lower_ in ("himself", "itself", "themselves", "herself")
            ):
                continue
            if target.i in triggers or target.lemma_.lower() == "fire":
                frame.linked.add(target.i)
                self.sort.goals(parsed, tree.obliques(target), frame, triggers)
                if not self._cast.is_anybody(target):
                    continue
            frame.targets.extend(self._referred(parsed, tree.core(target), verb, triggers))
            if found.passive:
                frame.subject = frame.subject or target
        self.sort.goals(parsed, found.obliques, frame, triggers)
        self.sort.users(parsed, verb, frame, triggers)
        self.sort.parts(parsed, frame)

    def _bare_passive(self, parsed: Parsed, verb: Token, subject: Token) -> bool:
        """Whether people are the victims of a headline's verb without "was", or of "was found shot": "Prosecutor murdered in his car"."""
        if verb.tag_ == "VBN" and verb.lemma_ in _DONE_TO_PEOPLE and tree.core(subject).pos_ == "NUM":
            return True  # "45 killed, 185 hurt"
        person = self._cast.is_a(self._cast.kind_of(tree.core(subject)), "person") or tree.core(subject).pos_ == "PROPN"
        if verb.dep_ == "xcomp" and verb.head.lemma_ == "find" and verb.tag_ == "VBN":
            return True
        kind = self._cast.kind_of(tree.core(subject))
        if parsed.where == "title" and any(
            self._cast.is_a(kind, one) for one in ("site", "land-vehicle", "train", "merchant-ship")
        ):
            return True  # "police convoy bombed"
        return (
            person
            and parsed.where == "title"
            and verb.lemma_ in _DONE_TO_PEOPLE
            and not self._cast.is_armed(self._cast.kind_of(subject))
        )

    def _referred(self, parsed: Parsed, head: Token, verb: Token, triggers: frozenset[int]) -> list[Token]:
        """The head, or for "it" the subject of the main clause: "The runway at X was cratered when it was hit"."""
        if head.pos_ != "PRON" or head.lower_ not in ("it", "they", "them"):
            return [head]
        if verb.dep_ == "conj" and verb.head.pos_ == "VERB" and not tree.own_subjects(verb)[0]:
            # "doused the newsroom with petrol and set it on fire": both verbs have one subject, so "it" is another
            plural = head.lower_ != "it"
            first = tree.arguments(verb.head)
            things = [*first.objects, *(leaf for _, leaf in first.obliques)] if not first.passive else []
            return [
                found
                for thing in things
                if thing.pos_ in ("NOUN", "PROPN") and (thing.tag_ in ("NNS", "NNPS")) == plural and not parsed.is_time(thing)
                for found in (tree.core(thing),)
            ][:1]
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
        carried = False if found.passive else self._carried(parsed, found.objects, frame)
        for head in (*found.subjects, *(found.objects if found.passive else ())):
            frame.subject = frame.subject or head
            noun = tree.core(head)
            if noun.i in triggers:
                frame.linked.add(noun.i)
            elif not self.sort.weapon(parsed, head, frame):
                reflexive = any(o.lower_ in ("himself", "herself", "themselves", "itself") for o in found.objects)
                alone = verb.lemma_ in ("blow", "explode") and not found.objects and not found.passive
                if alone and self._cast.is_a(self._cast.kind_of(noun), "person"):
                    frame.self_blown = True  # "two girls walked into a market and blew up"
                if (
                    reflexive
                    or frame.self_blown
                    or carried
                    or self._cast.is_armed(self._cast.kind_of(noun))
                    or noun.lemma_.lower() in ("bomber", "attacker")
                ):
                    frame.actors.append(noun)
                elif noun.lower_ in STANDS_FOR:
                    self.sort.meant(parsed, noun, frame)
                elif any(n == "with" and self.sort.weapon(parsed, held, frame) for n, held in tree.prepositions(noun)):
                    frame.actors.append(noun)  # "a man with a rifle burst into Y"
                elif found.passive and verb.lemma_ == "blow":  # "their van was blown up by a bomb"
                    frame.targets.append(noun)
                else:
                    frame.subject_other = True
            else:
                self.sort.from_weapon(parsed, head, frame, triggers)
                if noun.lemma_.lower() in BOMBERS:
                    frame.actors.append(noun)
        if not found.passive:
            frame.targets.extend(
                t
                for t in found.objects
                if t.pos_ != "PRON" and not parsed.is_time(t) and (self._cast.kind_of(t) or (frame.instruments and not _worn(t)))
            )
        frame.actors.extend(a for a in found.agents if not self.sort.weapon(parsed, a, frame))
        went_for = [("at", t) if n == "for" and verb.lemma_ == "go" else (n, t) for n, t in found.obliques]
        self.sort.goals(parsed, went_for, frame, triggers)
        self.sort.parts(parsed, frame)

    def _carried(self, parsed: Parsed, objects: list[Token], frame: Frame) -> bool:
        """Whether what is set off is a weapon, named or meant by "it": "detonated his vest", "drove a car bomb into Y and detonated it"."""
        before = len(frame.instruments)
        for head in objects:
            if head.pos_ == "PRON" and head.lower_ in ("it", "them"):
                self.sort.meant(parsed, head, frame, sure=False)
            elif self.sort.weapon(parsed, head, frame):
                self.sort.goals(parsed, tree.obliques(tree.core(head)), frame, frozenset())
        return len(frame.instruments) > before

    def _trodden(self, parsed: Parsed, verb: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """ "their vehicle ran over a mine", "she stepped on a mine": the subject is hit by what was laid."""
        found = tree.arguments(verb)
        for head in (*found.objects, *(leaf for _, leaf in found.obliques)):
            self.sort.weapon(parsed, head, frame)
        frame.targets.extend(found.subjects)
        self.sort.goals(parsed, [p for p in found.obliques if p[0] in ("in", "near", "outside", "at")], frame, triggers)
        self.sort.parts(parsed, frame)

    def _mutual(self, parsed: Parsed, token: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """ "X and Y exchanged fire", "X clashed with Y", "fighting broke out between X and Y": both are parties, neither comes first."""
        verb = token if token.pos_ in ("VERB", "AUX") else None
        sides: list[tuple[str, Token]] = list(tree.obliques(token))
        if verb is not None:
            found = tree.arguments(verb)
            frame.actors.extend(s for s in found.subjects if not parsed.is_time(s))
            frame.subject = next(iter(found.subjects), None)
            frame.targets.extend(o for o in found.objects if not self.sort.weapon(parsed, o, frame) and o.lemma_ not in _EXCHANGED)
            sides.extend(pair for o in found.objects for pair in tree.obliques(o))
        else:
            for child in token.children:
                if child.dep_ in ("compound", "amod", "nmod", "poss") and self._cast.armed_or_nation(parsed, child):
                    frame.actors.append(child)
            over = token.head
            if over.pos_ == "VERB" and token.dep_ in ("nsubj", "nsubjpass", "dobj"):
                sides.extend(tree.obliques(over))
                frame.subject = token
        sides.extend(pair for name, head in list(sides) if name == "with" for pair in tree.obliques(head) if pair[0] == "against")
        against = any(name == "against" for name, _ in sides)
        for name, head in sides:
            if parsed.is_time(head) or head == token:
                continue
            if name == "alongside" or (name == "with" and against and self._cast.armed_or_nation(parsed, head)):
                frame.actors.append(head)  # an ally: "fought with the militia against X"
                self.sort.goals(parsed, [p for p in tree.obliques(head) if p[0] in ("in", "near", "at")], frame, triggers)
                continue
            entity = self._cast.entity(parsed, head)
            if name == "with" and self.sort.weapon(parsed, head, frame):
                continue
            if name in _SIDES and not (entity is not None and entity.kind == "place"):
                (frame.targets if frame.actors else frame.actors).append(head)
            elif name in ("by", "of"):
                self.sort.weapon(parsed, head, frame)
            else:
                self.sort.goal(parsed, name, head, frame, triggers)
        self.sort.parts(parsed, frame)

    def _victims(self, parsed: Parsed, candidate: Candidate, frame: Frame) -> None:
        """ "X was killed when gunmen attacked Y": X is hit too."""
        token = candidate.token
        verb = token if token.pos_ == "VERB" else token.head if token.dep_ in ("nsubj", "nsubjpass") else None
        if verb is None or candidate.grammar in ("harm", "intercept"):
            return
        over = verb.head
        if verb.dep_ == "relcl" and parsed.is_time(over):  # "on Monday when a bomb exploded"
            over = next((a for a in over.ancestors if a.pos_ == "VERB"), over)
        elif verb.dep_ != "advcl":
            return
        if over.lemma_ not in _DIE:
            return
        if not {c.lower_ for c in verb.children if c.dep_ in ("advmod", "mark")} & _WHEN or tree.negated(over):
            return
        chain = [over]
        while chain[-1].dep_ == "conj" and chain[-1].head.lemma_ in _DIE:
            chain.append(chain[-1].head)
        struck: list[Token] = []
        for above in chain:
            found = tree.arguments(above)
            struck.extend(
                found.objects or found.subjects
                if found.passive
                else found.subjects
                if above.lemma_ not in _HARMS
                else found.objects
            )
        frame.targets.extend(tree.core(s) for s in struck if s.pos_ != "PRON" and not parsed.is_time(s))
        frame.linked.update(above.i for above in chain)
        self.sort.parts(parsed, frame)

    def _manned(self, parsed: Parsed, verb: Token) -> bool:
        """Whether what is shot down is an aircraft with people in it, and no weapon on its way."""
        return any(
            self._cast.is_a(self._cast.kind_of(tree.core(head)), "aircraft") and self._cast.instrument(parsed, head) is None
            for head in tree.arguments(verb).objects
        )

    def _no_weapon(self, parsed: Parsed, verb: Token) -> bool:
        """Whether what is destroyed is named and is no weapon on its way."""
        if verb.lemma_.lower() not in ("destroy", "neutralise", "neutralize"):
            return False
        objects = tree.arguments(verb).objects
        return bool(objects) and all(
            self._cast.instrument(parsed, head) is None and head.pos_ in ("NOUN", "PROPN") and tree.core(head) == head
            for head in objects
        )

    def _intercept(self, parsed: Parsed, verb: Token, frame: Frame, triggers: frozenset[int]) -> None:
        """ "X shot down a drone over Y": X defends, Y is aimed at; whose the weapon is attacks; one drone of a nation is itself the target."""
        found = tree.arguments(verb)
        attackers: list[Token] = []
        for head in found.objects:
            noun = tree.core(head)
            frame.subject = frame.subject or (head if found.passive else None)
            if self.sort.weapon(parsed, head, frame):
                self.sort.from_weapon(parsed, head, frame, triggers)
                alone = noun.lemma_.lower() in AIRCRAFT and noun.tag_ in ("NN", "NNP")
                if self._cast.has_nation(parsed, noun) and alone:
                    frame.targets.append(noun)
                self.sort.goals(parsed, [p for p in tree.obliques(noun) if p[0] in ("in", "over", "near", "off")], frame, triggers)
                attackers.extend(self._senders(parsed, noun, nations=not alone))
            elif head.pos_ == "PRON":
                frame.subject_other = frame.subject_other or head.lower_ == "it"
            else:
                frame.subject_other = True
        self.sort.goals(parsed, found.obliques, frame, triggers)
        for subject in found.subjects:  # "air defences in Israel shot down a missile"
            self.sort.goals(
                parsed, [p for p in tree.obliques(tree.core(subject)) if p[0] in ("in", "over", "near")], frame, triggers
            )
        for child in verb.children:  # "shot down as they neared the base"
            if child.dep_ == "advcl" and child.lemma_ in _NEARING:
                self.sort.goals(parsed, [("at", t) for t in tree.arguments(child).objects], frame, triggers)
                self.sort.goals(parsed, [("at" if n in ("for", "to") else n, t) for n, t in tree.obliques(child)], frame, triggers)
        frame.actors = attackers
        self.sort.parts(parsed, frame)

    def _senders(self, parsed: Parsed, weapon: Token, *, nations: bool) -> list[Token]:
        """Whose weapon is shot down: "Houthi drones", "Iranian missiles", "a drone of the rebels"."""
        before = [c for c in weapon.children if c.dep_ in ("amod", "compound", "nmod", "poss") and c.i < weapon.i]
        before = [c for c in before if nations or self._cast.nation(parsed.word(c)) is None]
        behind = [head for name, head in tree.prepositions(weapon) if name in ("of", "belonging", "from")]
        return [one for one in (*behind, *before) if self._cast.armed_or_nation(parsed, one)]


def _worn(thing: Token) -> bool:
    """ "detonated his vest": what is the attacker's own is not what he attacks."""
    return any(c.dep_ == "poss" and c.pos_ == "PRON" for c in thing.children)


def _unique(tokens: list[Token]) -> list[Token]:
    return list({t.i: t for t in tokens}.values())
