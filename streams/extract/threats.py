"""Threats of attack: who says that its own side will or would attack, vows, threatens or warns of it.

Called by `tellings` with the draft of an attack that has not happened. A warning of somebody else's attack is no threat, nor is
what people without arms, without a state, say they will do.
"""

from dataclasses import dataclass

from spacy.tokens import Token

from streams.extract import stage, tree
from streams.extract.drafts import Draft
from streams.extract.parsed import Parsed
from streams.extract.stage_words import DENY, THREATEN, URGE
from streams.extract.statements import Speech
from streams.extract.voices import Resolver
from streams.records import About, Participant

_SAY = frozenset("say tell announce declare state confirm write tweet add post claim repeat insist shout".split())
_NOUNS = frozenset({"threat", "vow", "ultimatum", "warning", "pledge", "promise"})
_MAKE = frozenset("issue make repeat renew utter deliver send voice".split())
_OWN = frozenset({"it", "they", "he", "she", "we", "i"})
_OURS = frozenset({"its", "their", "his", "her", "our", "my"})
_FUTURE = frozenset({"will", "would", "shall", "can", "could", "may", "might", ""})
_SIDES = ("armed-group", "state-force", "government", "official", "alliance", "nation", "force", "police")


@dataclass(slots=True)
class Threats:
    """Reads threats."""

    speech: Speech

    def of(self, parsed: Parsed, draft: Draft, trigger: Token, resolve: Resolver) -> Draft | None:
        """The draft's attack as a threat of its speaker; None when nobody able to threatens it."""
        found = self._voice(trigger)
        if found is None:
            return None
        verb, speaker = found
        actor = resolve(parsed, speaker)
        if actor is None or not self._able(parsed, actor, speaker) or not self._own(parsed, trigger, verb, speaker, draft, resolve):
            return None
        verdict = stage.judge(parsed, verb, subject=speaker)
        if verdict.negated or verdict.open_question or verdict.stage in ("hypothetical", "retold", "exercise"):
            return None
        told = draft.telling
        about = About(
            type=told.type,
            path=told.path,
            actors=told.actors or (actor,),
            targets=told.targets,
            place=told.place,
            stage="threatened",
        )
        return self.speech.statement(parsed, verb, "threat", actor, about, "denied" if verdict.denied else "reported")

    def _voice(self, trigger: Token) -> tuple[Token, Token] | None:
        """The verb by which it is threatened and the head of whoever does."""
        below = trigger
        for above in tree.governors(trigger):
            lemma = above.lemma_.lower()
            if above.pos_ in ("NOUN", "PROPN") and lemma in _NOUNS and below.dep_ in ("acl", "prep", "relcl", "advcl"):
                verb = above.head
                who = [c for c in above.children if c.dep_ == "poss"]
                if not who and verb.pos_ == "VERB" and verb.lemma_ in _MAKE and above.dep_ in ("dobj", "nsubjpass"):
                    found = tree.arguments(verb)
                    who = found.agents if found.passive else found.subjects
                return (verb if verb.pos_ == "VERB" else above, who[0]) if who else None
            if above.pos_ == "VERB":
                if lemma in DENY or (lemma in URGE and below.dep_ == "xcomp"):
                    return None
                warns = lemma in THREATEN and below.dep_ not in ("advcl", "nsubj")
                says = lemma in _SAY and below.dep_ in ("ccomp", "parataxis", "xcomp", "conj")
                who = tree.own_subjects(above)[0] or (tree.subjects(above)[0] if warns else [])
                if (warns or says) and who:
                    return above, who[0]
            below = above
        return None

    def _able(self, parsed: Parsed, actor: Participant, head: Token) -> bool:
        """Whether the speaker has arms or a state behind it."""
        cast = self.speech.cast
        if actor.id is not None or any(cast.is_a(actor.kind, kind) for kind in _SIDES):
            return not cast.is_a(actor.kind, "media")
        named = [p for p in (parsed.names.get(t.i) for t in head.subtree) if p is not None]
        return actor.kind is None and (
            head.lemma_.lower() in ("group", "leader", "statement", "video", "post", "junta", "faction", "regime")
            or any(cast.is_a(p.kind, kind) for p in named for kind in _SIDES)
        )

    def _own(self, parsed: Parsed, trigger: Token, verb: Token, speaker: Token, draft: Draft, resolve: Resolver) -> bool:
        """Whether the speaker's own side is to attack."""
        if trigger.pos_ == "VERB":
            found = tree.arguments(trigger)
            doers = found.agents if found.passive else found.subjects
            if tree.modal(trigger) not in _FUTURE:
                return False
            if not doers:
                return found.passive or verb.lemma_ in THREATEN
            return all(self._same(parsed, speaker, doer, resolve) for doer in doers)
        by = [head for name, head in tree.prepositions(trigger) if name == "by"]
        if verb.lemma_ == "warn" and (by or not any(name == "on" for name, _ in tree.prepositions(trigger))):
            return False  # "warned of attacks": somebody else's
        owners = by + [c for c in trigger.children if c.dep_ == "poss"]
        if owners:
            return all(self._same(parsed, speaker, one, resolve) for one in owners)
        return verb.lemma_ in THREATEN or verb.lemma_ in _MAKE or bool(draft.telling.actors)

    def _same(self, parsed: Parsed, speaker: Token, doer: Token, resolve: Resolver) -> bool:
        if doer.lower_ in _OWN or doer.lower_ in _OURS or any(c.dep_ == "poss" and c.lower_ in _OURS for c in doer.children):
            return True
        if self.speech.cast.instrument(parsed, doer) is not None:
            return True
        one, other = resolve(parsed, speaker), resolve(parsed, doer)
        if one is not None and other is not None and one.kind in ("official", "government") and not one.nations:
            return any(role.role in ("forces", "government") for role in other.nations)
        return self.speech.voices.same(parsed, speaker, doer, resolve)
