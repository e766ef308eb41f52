"""Claims of responsibility as events of their own: who says that an attack was its own deed.

Called by `tellings` for each sentence. The attack stays told beside its claim. Who takes responsibility for a late train claims
nothing, and a state that reports its own strikes claims one only where it speaks of being responsible.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from streams.extract import background, stage, tree
from streams.extract.cues import Cue
from streams.extract.drafts import Draft
from streams.extract.mentions import judged_in_court
from streams.extract.parsed import Parsed
from streams.extract.statements import Speech
from streams.extract.tokens import Token
from streams.extract.voices import Resolver
from streams.records.flow import About, Participant

_CLAIM = frozenset({"claim", "admit", "acknowledge", "take", "accept", "assume", "own", "boast", "avow"})
_SAY = frozenset("say announce declare state confirm write post tell claim admit acknowledge add boast brag".split())
_MEMOIR = Cue(r"\b(?:memoirs?|autobiography|diar(?:y|ies))\b", re.IGNORECASE)
_CREDIT = frozenset({"responsibility", "credit"})
_CARRY = frozenset("carry conduct stage launch mount perform execute plant undertake organise organize orchestrate plan".split())
_LAY = frozenset("plant lay fire launch detonate send explode place".split())
_BLASTS = frozenset(
    "blast explosion kidnapping killing abduction operation death deed incident assassination murder hostage-taking".split()
)
_WORKS = frozenset("work deed doing handiwork act operation job action".split())
_OWN = frozenset({"it", "they", "he", "she", "we", "i"})
_OURS = frozenset({"its", "their", "his", "our", "my"})
_LEADERS = frozenset("emir warlord leader chief commander faction movement group".split())
_MEN = frozenset("man fighter gunman militant mujahid mujahideen warrior member brigade".split())
_ATTACKERS = frozenset("attacker bomber gunman assailant knifeman shooter raider hijacker perpetrator".split())
_PEOPLE = frozenset("man woman person one couple driver".split())  # attackers where a clause says so: "the man who blew himself up"
_SOLDIERS = _MEN | frozenset("soldier comrade martyr follower operative son".split())
_FRONTS = frozenset("front army brigade brigades movement group faction battalion battalions resistance militia cell".split())
_NAME = frozenset("name describe identify call hail present portray".split())
_SIGNATURES = frozenset("name signature stamp seal".split())
_THEIRS = frozenset({"theirs", "ours"})
_SPOKESMEN = frozenset("spokesman spokeswoman spokesperson".split())
_BANDS = frozenset("group movement faction fighter guerrilla militant mujahid mujahideen insurgent".split())  # no state's
_CARRIERS = frozenset("message statement video post communique leaflet broadcast recording".split())
_DEEDS = frozenset("kill shoot destroy fire down sink ambush raid stab".split())
_GAIN = frozenset("capture recapture seize take retake overrun liberate conquer".split())  # ground taken is no deed to own up to
_SELDOM = frozenset("rarely seldom usually often routinely sometimes".split())
_NOBODY = frozenset({"nobody", "none", "one", "who", "anyone", "neither"})


@dataclass(slots=True)
class Claims:
    """Reads claims."""

    speech: Speech

    def drafts(self, parsed: Parsed, told: Sequence[Draft], resolve: Resolver) -> list[Draft]:
        """Claims of the sentence, one at most."""
        for token in parsed.tokens:
            if token.pos_ != "VERB" or token.lemma_ not in _CLAIM | _SAY | _NAME | {"put"}:
                continue
            found = self._claim(parsed, token) or self._said(parsed, token, resolve) or self._named(parsed, token, resolve)
            if found is None:
                continue
            speaker, deed = found
            made = self._made(parsed, token, speaker, deed, told, resolve)
            if made is not None:
                return [made]
        return []

    # ------------------------------------------------------------------------------------------------------ two ways

    def _claim(self, parsed: Parsed, verb: Token) -> tuple[Token, Token | None] | None:
        """ "claimed responsibility for the attack", "the blast was claimed by X", "admitted an ambush": speaker and deed."""
        if verb.lemma_ not in _CLAIM or (verb.lemma_ == "own" and not any(c.lower_ == "up" for c in verb.children)):
            return None
        found = tree.arguments(verb)
        speakers = found.agents if found.passive else found.subjects or self._before(parsed, verb)
        if not speakers:
            return None
        for thing in found.objects:
            if thing.lemma_.lower() in _CREDIT:
                pairs = [*tree.prepositions(thing), *tree.prepositions(verb)]
                deeds = [head for name, head in pairs if name in ("for", "of")]
                gerunds = [t for t in (*thing.subtree, *verb.subtree) if t.dep_ == "pcomp" and self._deed(t)]
                deed = next((t for t in (*deeds, *gerunds) if self._deed(t) or self._used(parsed, t)), None)
                return None if deeds and deed is None else (speakers[0], deed)
            if verb.lemma_ not in ("take", "accept", "assume", "own", "boast") and self._deed(thing):
                return speakers[0], thing
        if verb.lemma_ in ("admit", "own", "boast") and not found.passive:  # "admitted to having carried out an ambush"
            deed = next((t for t in verb.subtree if t.i > verb.i and t.dep_ in ("pcomp", "pobj", "dobj") and self._deed(t)), None)
            if deed is not None:
                return speakers[0], deed
        return None

    def _before(self, parsed: Parsed, verb: Token) -> list[Token]:
        """The group right before a verb whose subject the parser lost: "In a statement, a group that calls itself X said"."""
        for token in reversed(parsed.tokens[: verb.i]):
            if token.pos_ in ("NOUN", "PROPN") and (
                token.lemma_.lower() in _LEADERS or self.speech.cast.is_a(self.speech.cast.kind_of(token), "armed-group")
            ):
                return [token]
        return []

    def _said(self, parsed: Parsed, verb: Token, resolve: Resolver) -> tuple[Token, Token | None] | None:
        """ "said it was behind the attack", "said its fighters had bombed the base": speaker and deed."""
        if verb.lemma_ not in _SAY:
            return None
        speakers = tree.speakers(verb) or self._before(parsed, verb)
        if not speakers or self._another_speaks(parsed, verb, speakers[0]):
            return None
        carried = (
            c for _, head in tree.obliques(verb) if head.lemma_ in _CARRIERS for c in head.children if c.dep_ in ("acl", "ccomp")
        )
        for said in (*(c for c in verb.children if c.dep_ in ("ccomp", "conj", "parataxis")), *carried):
            found = tree.arguments(said)
            if self._work(parsed, said, speakers[0], resolve):
                return speakers[0], next((t for t in found.subjects if self._deed(t)), None)
            if self._its_own(parsed, said, speakers[0], resolve):
                return speakers[0], next((t for t in said.subtree if t.pos_ != "VERB" and self._deed(t)), None)
            who = found.agents if found.passive else found.subjects
            if not who or tree.negated(said) or tree.modal(said) or not self._own(parsed, speakers[0], who[0], resolve):
                continue
            if said.lemma_ == "be" and any(self._answerable(c) for c in said.children):
                return speakers[0], next((t for t in said.subtree if self._deed(t)), None)
            deed = next((t for t in found.objects if self._deed(t) or self._armed(parsed, said, t)), None)
            if deed is not None and said.lemma_ in _CARRY | _LAY:
                return speakers[0], deed
            if said.lemma_ == "send" and self._band(parsed, speakers[0], resolve) and any(map(self._attacker, found.objects)):
                return speakers[0], None
            if said.lemma_ in _GAIN:
                continue
            if self.speech.triggers.is_attack(said) or said.lemma_ in _DEEDS:
                one = resolve(parsed, speakers[0])
                if one is not None and (self.speech.cast.is_a(one.kind, "armed-group") or self._leads(speakers[0], who[0])):
                    return speakers[0], said
        return None

    def _another_speaks(self, parsed: Parsed, verb: Token, speaker: Token) -> bool:
        """Whether the noun right before the verb is not the speaker: "Rebels bombed the school, the state agency (SNA) said"."""
        before = reversed(parsed.tokens[: verb.i])
        last = next((t for t in before if t.pos_ in ("NOUN", "PROPN") and not parsed.is_time(t)), None)
        if last is None or last == speaker or last in speaker.subtree:
            return False
        beside = (c for c in verb.children if c.i < verb.i and c.dep_ not in ("ccomp", "parataxis", "conj"))
        return not any(last in one.subtree for one in beside)

    def _work(self, parsed: Parsed, said: Token, speaker: Token, resolve: Resolver) -> bool:
        """ "said that the blast was the work of its men"."""
        if said.lemma_ != "be" or tree.negated(said) or not any(self._deed(t) for t in tree.arguments(said).subjects):
            return False
        works = (c for c in said.children if c.dep_ == "attr" and c.lemma_.lower() in _WORKS)
        return any(
            self._own(parsed, speaker, one, resolve)
            for work in works
            for one in (
                *(head for name, head in tree.prepositions(work) if name in ("of", "by")),
                *(c for c in work.children if c.dep_ == "poss"),
            )
        )

    def _its_own(self, parsed: Parsed, said: Token, speaker: Token, resolve: Resolver) -> bool:
        """ "said the drones that hit it were its own", "... that it was its men who shot him", "... the bombers were its fighters"."""
        if said.lemma_ != "be" or tree.negated(said) or tree.modal(said) or not self._band(parsed, speaker, resolve):
            return False
        subjects = tree.arguments(said).subjects
        for one in (c for c in said.children if c.dep_ in ("attr", "acomp") and not tree.negated(c)):
            if one.lower_ in _THEIRS or (one.lower_ == "own" and self._ours(one)):
                return any(self._deed(t) or self._used(parsed, t) or self._attacker(t) for t in subjects)
            if self._ours(one) and one.lemma_.lower() in _SOLDIERS and any(self._attacker(t) for t in subjects):
                return True
            doers = any(t.lower_ == "it" for t in subjects) and (one.lower_ in _OWN or self._ours(one))
            if doers or (one.lemma_ == "one" and any(t.lower_ in _OWN for t in subjects)):
                clauses = (c for c in (*one.children, *said.children) if c.dep_ in ("relcl", "ccomp") and c.i > one.i)
                return any(self._does(parsed, clause) for clause in clauses)
        return False

    def _named(self, parsed: Parsed, verb: Token, resolve: Resolver) -> tuple[Token, Token | None] | None:
        """ "named the bomber as one of its own", "put its name to the raid": an armed group that signs."""
        speakers = tree.own_subjects(verb)[0]
        if tree.own_subjects(verb)[1] or not speakers or not self._band(parsed, speakers[0], resolve):
            return None
        if verb.lemma_ == "put":
            signed = any(c.dep_ == "dobj" and c.lemma_ in _SIGNATURES and self._ours(c) for c in verb.children)
            heads = (h for c in (verb, *verb.children) for name, h in tree.prepositions(c) if name in ("to", "on", "under"))
            deed = next((h for h in heads if self._deed(h) or self._used(parsed, h)), None)
            return (speakers[0], deed) if signed and deed is not None else None
        if verb.lemma_ not in _NAME:
            return None
        whom = next((c for c in verb.children if c.dep_ == "dobj"), None)
        if whom is None:
            return None
        for role in (c for t in verb.subtree if t.lower_ == "as" and t.dep_ == "prep" and t.i > whom.i for c in t.children):
            men = [role, *(head for name, head in tree.prepositions(role) if name == "of")]
            own = any(self._ours(t) and (t.lower_ == "own" or t.lemma_.lower() in _SOLDIERS) for t in men)
            if (own and self._attacker(whom)) or (whom.pos_ == "PRON" and self._attacker(role)):
                return speakers[0], None
        return None

    def _band(self, parsed: Parsed, speaker: Token, resolve: Resolver) -> bool:
        """Whether an armed group speaks, one of its own name too: "the Delta Front"."""
        one = resolve(parsed, speaker)
        if one is None or one.kind is None:
            return speaker.pos_ == "PROPN" and speaker.lemma_.lower() in _FRONTS
        return self.speech.cast.is_a(one.kind, "armed-group")

    def _ours(self, token: Token) -> bool:
        return any(c.dep_ == "poss" and c.lower_ in _OURS for c in token.children)

    def _attacker(self, token: Token) -> bool:
        """Whether a noun is who attacked, by itself or by the clause behind it."""
        if token.lemma_.lower() in _ATTACKERS:
            return True
        clauses = (c for c in token.children if c.dep_ == "relcl")
        return (token.lemma_.lower() in _PEOPLE or token.lower_ == "those") and any(self._does(None, c) for c in clauses)

    def _does(self, parsed: Parsed | None, verb: Token) -> bool:
        """Whether a verb tells an attack: "who shot the mayor", "who carried out the raid", "who laid the mine"."""
        if tree.negated(verb) or tree.modal(verb):
            return False
        if self.speech.triggers.is_attack(verb) or verb.lemma_ in _DEEDS:
            return True
        objects = tree.arguments(verb).objects
        if verb.lemma_ == "blow" and any(t.lower_ in ("himself", "herself", "themselves") for t in objects):
            return True
        return verb.lemma_ in _CARRY | _LAY and any(
            self._deed(t) or (parsed is not None and self._armed(parsed, verb, t)) for t in objects
        )

    def _used(self, parsed: Parsed, thing: Token) -> bool:
        """A weapon of which a clause says what it did: "the drones that hit the depot"."""
        return self.speech.cast.instrument(parsed, thing) is not None and any(
            c.dep_ in ("relcl", "acl") and not tree.negated(c) for c in thing.children
        )

    def _armed(self, parsed: Parsed, verb: Token, thing: Token) -> bool:
        """ "planted the bomb", "fired the rockets", "fired a salvo of rockets"."""
        things = (thing, *(head for name, head in tree.prepositions(thing) if name == "of"))
        return verb.lemma_ in _LAY and any(self.speech.cast.instrument(parsed, one) is not None for one in things)

    def _leads(self, speaker: Token, doer: Token) -> bool:
        """ "the emir said his men had": who leads armed men that belong to no state."""
        own = any(c.dep_ == "poss" and c.lower_ in _OURS for c in doer.children)
        speaks = speaker.lemma_.lower() in _SPOKESMEN and doer.lemma_.lower() in _BANDS
        return own and (speaks or (speaker.lemma_.lower() in _LEADERS and doer.lemma_.lower() in _MEN))

    def _answerable(self, token: Token) -> bool:
        """ "behind the attack", "responsible for it"."""
        return (token.dep_ in ("prep", "advmod") and token.lower_ == "behind") or (
            token.dep_ in ("acomp", "attr") and token.lower_ == "responsible"
        )

    # ---------------------------------------------------------------------------------------------------------- pieces

    def _deed(self, token: Token) -> bool:
        token = tree.core(token)
        return self.speech.triggers.is_attack(token) or token.lemma_.lower() in _BLASTS

    def _own(self, parsed: Parsed, speaker: Token, doer: Token, resolve: Resolver) -> bool:
        if doer.lower_ in _OWN or any(c.dep_ == "poss" and c.lower_ in _OURS for c in doer.subtree):
            return True
        return self.speech.voices.same(parsed, speaker, doer, resolve)

    def _made(
        self, parsed: Parsed, verb: Token, speaker: Token, deed: Token | None, told: Sequence[Draft], resolve: Resolver
    ) -> Draft | None:
        if _MEMOIR.search(parsed.plain) or background.backward(parsed) or background.total(parsed):
            return None
        if judged_in_court(verb) or speaker.lower_ in _NOBODY or tree.negated(speaker) or tree.negated(verb):
            return None
        if any(c.lower_ in ("former", "ex") for c in speaker.children):  # who left owns up to what is long past
            return None
        if any(c.dep_ == "advmod" and c.lower_ in _SELDOM for c in verb.children):
            return None
        actor = resolve(parsed, speaker)
        if not self._able(parsed, actor, speaker, deed):
            return None
        verdict = stage.judge(parsed, verb, subject=speaker)
        if verdict.negated or verdict.open_question or verdict.denied or verdict.stage in ("hypothetical", "threatened", "planned"):
            return None
        about = self._about(parsed, actor, deed, told)
        return self.speech.statement(parsed, verb, "claim", actor, about, "reported")

    def _able(self, parsed: Parsed, actor: Participant | None, head: Token, deed: Token | None) -> bool:
        """Whether the speaker may have done it: an armed side, a state, or a group with a name of its own."""
        cast = self.speech.cast
        if actor is None:
            return deed is not None and head.pos_ == "PRON"
        if any(cast.is_a(actor.kind, kind) for kind in ("armed-group", "state-force", "government", "nation")):
            return deed is not None or cast.is_a(actor.kind, "armed-group")
        if deed is None and actor.kind is None:  # "the Lions of the Delta claimed responsibility"
            return head.pos_ == "PROPN" or head.lemma_.lower() in _LEADERS
        if deed is None or cast.is_a(actor.kind, "media") or actor.kind in ("civilian", "student", "worker"):
            return False
        return not (actor.kind in ("police", "journalist") or cast.is_a(actor.kind, "site"))

    def _about(self, parsed: Parsed, actor: Participant | None, deed: Token | None, told: Iterable[Draft]) -> About:
        """The attack that is claimed, as the sentence tells it."""
        attacks = [d.telling for d in told if "armed-attack" in d.telling.path and not d.statement]
        actors = (actor,) if actor is not None else ()
        if attacks:
            one = attacks[0]
            return About(type=one.type, path=one.path, actors=one.actors or actors, targets=one.targets, place=one.place)
        node = self.speech.knowledge.taxonomy["armed-attack"]
        targets = (
            tuple(self.speech.cast.participant(parsed, h) for name, h in tree.prepositions(deed) if name in ("on", "against", "at"))
            if deed is not None
            else ()
        )
        return About(type=node.slug, path=node.path, actors=actors, targets=targets)
