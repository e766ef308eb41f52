"""Threats of attack: who says that its own side will or would attack, vows, threatens or warns of it.

Called by `tellings`: with the draft of an attack that has not happened, else with the sentence. A warning of somebody else's attack
is no threat, nor is what people without arms, without a state, say they will do.
"""

import re
from dataclasses import dataclass, replace

from streams.extract import background, past, stage, tree
from streams.extract.belonging import owned_time
from streams.extract.cues import Cue
from streams.extract.drafts import Draft
from streams.extract.mentions import judged_in_court
from streams.extract.noun_frames import LIGHT
from streams.extract.parsed import Parsed
from streams.extract.signs import business
from streams.extract.stage_words import DENY, THREATEN, URGE
from streams.extract.statements import UNARMED, Speech
from streams.extract.tokens import Token
from streams.extract.voices import Resolver
from streams.records.flow import About, Participant

_SAY = frozenset("say tell announce declare state confirm write tweet add post claim repeat insist shout".split())
_NOUNS = frozenset({"threat", "vow", "ultimatum", "warning", "pledge", "promise"})
_MAKE = frozenset("issue make repeat renew utter deliver send voice".split())
_OWN = frozenset({"it", "they", "he", "she", "we", "i"})
_OURS = frozenset({"its", "their", "his", "her", "our", "my"})
_MODALS = frozenset({"will", "would", "shall", "can", "could", "may", "might"})
# what is threatened beside the words of the taxonomy
DEEDS = frozenset(
    "attack bomb kill storm shoot burn sink hit target destroy strike raid invade shell retaliate avenge respond annihilate eliminate behead execute assassinate raze "
    "flatten obliterate answer repay ambush punish slaughter fire launch assault massacre torch hunt blow crush wipe march bombard behead rocket assail overrun liquidate pound take capture retake".split()
)
_ANSWERS = frozenset("answer avenge revenge repay retaliate respond reply".split())
REVENGE = frozenset("revenge retaliation vengeance reprisal response".split())
_SIDES = ("attacker", "armed-group", "state-force", "government", "official", "alliance", "nation", "force", "criminal-group")
_LEADING = frozenset("group leader statement video post junta faction regime gang".split())
_HARSH = frozenset("crushing harsh military severe devastating decisive painful deadly armed forceful".split())
_OR_ELSE = Cue(
    r"\bor (?:else )?(?:(?:see|watch|have) (?:your|their|its|his|her|our|the) (?:\w+ ){1,4}(?:blown up|burnt?|burned|bombed|attacked|destroyed|torched|shelled|razed|sunk|killed|shot|set on fire|go up in flames)|face (?:\w+ ){0,3}(?:attacks?|fire|death|strikes?|bombardment|assault|war)|(?:be|get) (?:attacked|killed|shot|bombed|targeted|shelled|executed)|come under (?:fire|attack)|die)\b",
    re.IGNORECASE,
)
_BID = frozenset("warn tell threaten give order urge call demand".split())
_GET = frozenset("receive get phone post email call".split())
_BY_THREAT = frozenset("bomb death attack terror missile shooting".split())
# deeds so plain that anybody may threaten them
_PLAIN = frozenset("bomb blow shoot kill behead massacre shell annihilate execute assassinate bombard".split())
_CARRIERS = frozenset("video statement message leaflet letter post recording audio communique note tape clip broadcast".split())
_ASIDE = frozenset("over after since for about because following before during".split())
_LEADS = (LIGHT - frozenset("halt suspend stop end cease pause".split())) | frozenset(
    "face meet answer follow be continue keep step expand see have hesitate consider treat regard become remain".split()
)
_ANSWER = frozenset({"met", "answered", "followed"})
# what somebody had in mind before, told by others: "had planned a bombing, police said"
_MEANT = frozenset("plan aim intend plot mean want hope prepare try attempt seek conspire".split())
_ARMS = frozenset("bomb mine missile rocket drone explosive bomber grenade".split())
_LAY = frozenset("plant lay place set hide detonate explode launch fire send drop".split())
# whom a state threatens without a name
_FOES = frozenset(
    "country nation state city capital enemy aggressor invader intruder neighbour neighbor adversary foe army troop vessel base".split()
)


@dataclass(slots=True)
class Threats:
    """Reads threats."""

    speech: Speech

    def of(self, parsed: Parsed, draft: Draft, trigger: Token, resolve: Resolver) -> Draft | None:
        """The draft's attack as a threat of its speaker; None when nobody able to threatens it."""
        found = self._voice(trigger)
        if found is None:
            return None
        told = draft.telling
        about = About(
            type=told.type, path=told.path, actors=told.actors, targets=told.targets, place=told.place, stage="threatened"
        )
        return self._threat(parsed, *found, trigger, about, resolve)

    def bare(self, parsed: Parsed, resolve: Resolver) -> list[Draft]:
        """Threats of deeds that no attack is told of: "would storm the airport", "will be killed"; one at most."""
        ultimatum = self._ultimatum(parsed, resolve)
        if ultimatum is not None:
            return [ultimatum]
        if not any(t.text == ":" or t.lemma_ in _SAY or t.lemma_ in THREATEN or t.lemma_ in _NOUNS for t in parsed.tokens):
            return []
        for token in parsed.tokens:
            if not self._deed(parsed, token) or _undone(token):
                continue
            found = self._voice(token)
            actor = resolve(parsed, _behind(found[1])) if found is not None else None
            if found is None or actor is None or (token.pos_ == "NOUN" and not _vowed(token, found[0])):
                continue
            armed = self.speech.cast.is_a(actor.kind, "armed-group")
            if token.pos_ == "VERB" and not armed and not self._aimed(parsed, token):
                continue
            made = self._threat(parsed, *found, token, self._plain(parsed, token), resolve)
            if made is not None:
                return [made]
        return []

    def _ultimatum(self, parsed: Parsed, resolve: Resolver) -> Draft | None:
        """ "gave the garrison a day to leave or face attack", "received a bomb threat from"."""
        match = _OR_ELSE.search(parsed.plain)
        for token in parsed.tokens:
            if match is not None and token.pos_ == "VERB" and token.lemma_ in _BID and parsed.offset(token) < match.start():
                who = tree.own_subjects(token)[0] or tree.subjects(token)[0]
                if who:
                    return self._threat(parsed, token, who[0], token, self._plain(parsed, token), resolve)
            if token.lemma_ == "threat" and any(c.dep_ == "compound" and c.lower_ in _BY_THREAT for c in token.children):
                verb = token.head
                if verb.pos_ == "VERB" and verb.lemma_ in _MAKE | _GET and not tree.negated(verb) and not tree.negated(token):
                    return self.speech.statement(parsed, verb, "threat", None, self._plain(parsed, verb), "reported")
        return None

    def _deed(self, parsed: Parsed, token: Token) -> bool:
        """Whether a word is of an attack that has yet to come."""
        if token.pos_ == "VERB":
            if token.lemma_ == "shoot" and self._parried(parsed, token):
                return False
            known = token.lemma_.lower() in DEEDS or self.speech.triggers.is_attack(token) or _lays(token)
            return known and (tree.modal(token) in _MODALS or _infinitive(token))
        if token.lemma_ == "target" and any(c.lower_ == "legitimate" for c in token.children):
            return True
        return token.pos_ == "NOUN" and (self.speech.triggers.is_attack(token) or token.lemma_.lower() in REVENGE)

    def _parried(self, parsed: Parsed, shoot: Token) -> bool:
        """ "vowed to shoot down incoming missiles": a defence."""
        aimed = tree.arguments(shoot).objects
        aimed += [shoot.head] if shoot.dep_ == "relcl" else [a.head for a in tree.governors(shoot) if a.dep_ == "relcl"]
        down = any(c.lower_ == "down" for c in shoot.children)
        return down and any(self.speech.cast.instrument(parsed, one) is not None for one in aimed)

    def _threat(self, parsed: Parsed, verb: Token, speaker: Token, trigger: Token, about: About, resolve: Resolver) -> Draft | None:
        speaker = _behind(speaker)
        actor = resolve(parsed, speaker)
        cast = self.speech.cast
        anybody = verb.lemma_ == "threaten" and trigger.lemma_.lower() in _PLAIN
        if actor is None or any(cast.is_a(actor.kind, kind) for kind in UNARMED):
            return None
        if not (anybody or self._able(parsed, actor, speaker)) or not self._own(parsed, trigger, verb, speaker, about, resolve):
            return None
        if business(parsed.text) and not self.speech.triggers.signs.arms(parsed.text):
            return None  # "faces retaliation if it enacts the tax"
        if past.retold(parsed, verb, owned_time(parsed, verb, frozenset({verb.i}))):
            return None  # "whom a cartel threatened in 2019"
        if judged_in_court(verb) or background.total(parsed) or any(c.dep_ == "aux" and c.lower_ == "had" for c in verb.children):
            return None  # "had threatened": what went before
        verdict = stage.judge(parsed, verb, subject=speaker)
        if verdict.negated or verdict.open_question or verdict.stage in ("hypothetical", "retold", "exercise"):
            return None
        about = about if about.actors else replace(about, actors=(actor,))
        return self.speech.statement(parsed, verb, "threat", actor, about, "denied" if verdict.denied else "reported")

    # ------------------------------------------------------------------------------------------------------ whose word

    def _voice(self, trigger: Token) -> tuple[Token, Token] | None:
        """The verb by which it is threatened and the head of whoever does."""
        below = trigger
        nominal = trigger.pos_ in ("NOUN", "PROPN")
        for above in tree.governors(trigger):
            lemma = above.lemma_.lower()
            if nominal and above.dep_ == "prep" and above.lower_ in _ASIDE:
                return None
            if above.pos_ in ("NOUN", "PROPN") and lemma in _NOUNS and below.dep_ in ("acl", "prep", "relcl", "advcl"):
                verb = above.head
                who = [c for c in above.children if c.dep_ == "poss"] or [
                    h for n, h in tree.prepositions(above) if n in ("by", "from")
                ]
                if not who and verb.pos_ == "VERB" and verb.lemma_ in _MAKE and above.dep_ in ("dobj", "nsubjpass"):
                    found = tree.arguments(verb)
                    who = found.agents if found.passive else found.subjects
                return (verb if verb.pos_ == "VERB" else above, who[0]) if who else None
            if above.pos_ == "VERB":
                if lemma in _MEANT and any(c.dep_ == "aux" and c.lower_ == "had" for c in above.children):
                    return None
                if lemma in DENY or (lemma in URGE and below.dep_ == "xcomp"):
                    return None
                warns = lemma in THREATEN and (below.dep_ not in ("advcl", "nsubj") or _infinitive(below))
                says = lemma in _SAY and below.dep_ in ("ccomp", "parataxis", "xcomp", "conj")
                who = tree.speakers(above) or ([] if tree.own_subjects(above)[0] else tree.subjects(above)[0])
                who = who or [c for c in above.lefts if c.dep_ in ("compound", "npadvmod", "nmod")]  # a headline's subject
                if (warns or says) and who:
                    return above, who[0]
                if nominal and lemma not in _LEADS and below.dep_ != "conj":
                    return None
            below = above
        return _before_colon(trigger)

    def _able(self, parsed: Parsed, actor: Participant, head: Token) -> bool:
        """Whether the speaker has arms or a state behind it."""
        cast = self.speech.cast
        if actor.id is not None or any(cast.is_a(actor.kind, kind) for kind in _SIDES):
            return not cast.is_a(actor.kind, "media")
        if actor.kind is None and head.text[:1].isupper() and head.i not in parsed.names:
            return any(name.place is not None or name.kind == "nation" for name in parsed.names.values())  # a person: "Putin said"
        named = [p for p in (parsed.names.get(t.i) for t in head.subtree) if p is not None]
        return head.lemma_.lower() in _LEADING or any(cast.is_a(p.kind, kind) for p in named for kind in _SIDES)

    def _own(self, parsed: Parsed, trigger: Token, verb: Token, speaker: Token, about: About, resolve: Resolver) -> bool:
        """Whether the speaker's own side is to attack."""
        if trigger.pos_ == "VERB":
            found = tree.arguments(trigger)
            if verb == trigger:  # the ultimatum is the deed
                return True
            doers = found.agents if found.passive else found.subjects
            if tree.modal(trigger) not in _MODALS | {""}:
                return False
            if not doers:
                return found.passive or verb.lemma_ in THREATEN | _MAKE or verb.pos_ in ("NOUN", "PROPN")
            return all(self._same(parsed, speaker, doer, resolve) for doer in doers)
        owners = [head for name, head in tree.prepositions(trigger) if name == "by"]
        owners += [c for c in trigger.children if c.dep_ == "poss"]
        if owners:
            return all(self._same(parsed, speaker, one, resolve) for one in owners)
        if verb.lemma_ == "warn":  # "warned of attacks": somebody else's; "leave or face attack": its own
            return bool(trigger.head.lemma_ == "face" or trigger.lemma_ == "target")
        return _vowed(trigger, verb) or bool(about.actors)

    def _same(self, parsed: Parsed, speaker: Token, doer: Token, resolve: Resolver) -> bool:
        if doer.lower_ in _OWN or doer.lower_ in _OURS or any(c.dep_ == "poss" and c.lower_ in _OURS for c in doer.children):
            return True
        if self.speech.cast.instrument(parsed, doer) is not None:
            return True
        one, other = resolve(parsed, speaker), resolve(parsed, doer)
        if one is not None and other is not None and one.kind in ("official", "government") and not one.nations:
            return any(role.role in ("forces", "government") for role in other.nations)
        return self.speech.voices.same(parsed, speaker, doer, resolve)

    # -------------------------------------------------------------------------------------------------- what it is about

    def _aimed(self, parsed: Parsed, verb: Token) -> bool:
        """Whether a deed is to be done to people, a place or a thing that can be attacked, or answers an attack."""
        heads = [*tree.arguments(verb).objects, *(head for name, head in tree.obliques(verb) if name in ("at", "on", "against"))]
        cast = self.speech.cast
        back = any(
            c.lower_ == "back" and c.dep_ in ("prt", "advmod") for c in verb.children
        )  # "would hit back", but not with tariffs
        if _told(verb) or (
            back and not any(name == "with" and cast.instrument(parsed, h) is None for name, h in tree.obliques(verb))
        ):
            return True
        if verb.lemma_ == "fight" and all(h.pos_ == "NOUN" and cast.kind_of(tree.core(h)) is None for h in heads):
            return False  # "vowed to fight the measure"
        return any(
            parsed.names.get(h.i) is not None
            or tree.core(h).lemma_.lower() in _FOES
            or (verb.lemma_ in _ANSWERS and (self.speech.triggers.is_attack(h) or h.lemma_ in ("death", "aggression", "martyr")))
            or cast.kind_of(tree.core(h)) is not None
            or cast.instrument(parsed, h) is not None
            for h in heads
        )

    def _plain(self, parsed: Parsed, trigger: Token) -> About:
        node = self.speech.knowledge.taxonomy["armed-attack"]
        heads = [head for name, head in tree.obliques(trigger) if name in ("at", "on", "against")]
        if trigger.pos_ == "VERB":
            heads += tree.arguments(trigger).objects
        targets = tuple(self.speech.cast.participant(parsed, h) for h in heads if h.pos_ != "PRON" and not parsed.is_time(h))
        return About(type=node.slug, path=node.path, targets=targets, stage="threatened")


def _behind(speaker: Token) -> Token:
    """Who issued the video or signed the leaflet that threatens."""
    if speaker.lemma_.lower() not in _CARRIERS:
        return speaker
    by = [head for name, head in tree.prepositions(speaker) if name in ("by", "from", "of")]
    by += [head for child in speaker.children if child.dep_ == "acl" for name, head in tree.prepositions(child) if name == "by"]
    by += [c for c in speaker.children if c.dep_ == "poss"]
    verb = speaker.head
    if not by and verb.pos_ == "VERB" and speaker.dep_ in ("dobj", "pobj"):
        by = tree.arguments(verb).subjects
    return by[0] if by else speaker


def _before_colon(trigger: Token) -> tuple[Token, Token] | None:
    """ "Hezbollah chief: we will respond": who speaks in a headline."""
    if trigger.pos_ != "VERB" or not any(s.lower_ == "we" for s in tree.subjects(trigger)[0]):
        return None
    colon = next((t for t in trigger.doc[: trigger.i] if t.text == ":"), None)
    return (trigger, trigger.doc[colon.i - 1]) if colon is not None and colon.i else None


def _infinitive(verb: Token) -> bool:
    return verb.tag_ == "VB" and any(c.dep_ == "aux" and c.lower_ == "to" for c in verb.children)


def _vowed(deed: Token, verb: Token) -> bool:
    """Whether an attack, named by a noun, is what is vowed: "threatened strikes", "a threat of attacks", "will be met with missile attacks"."""
    if deed.lemma_ == "target":
        return True
    if verb.lemma_ in THREATEN or verb.lemma_ in _MAKE or _infinitive(deed.head):
        return deed.lemma_.lower() != "response" or any(c.lower_ in _HARSH for c in deed.children)
    answer = next((a for a in tree.governors(deed) if a.pos_ == "VERB"), None)
    return answer is not None and answer.lower_ in _ANSWER and tree.modal(answer) in _MODALS


def _lays(verb: Token) -> bool:
    """ "would plant bombs", "will send car bombs"."""
    return verb.lemma_ in _LAY and any(o.lemma_.lower() in _ARMS for o in tree.arguments(verb).objects)


def _told(verb: Token) -> bool:
    """ "told Jordan that it would be hit": the deed is to be done to whom it is told."""
    found = tree.arguments(verb)
    if not found.passive or not any(o.lower_ in ("it", "they", "you") for o in found.objects):
        return False
    return any(above.lemma_ in _BID | {"tell"} and tree.arguments(above).objects for above in tree.governors(verb))


def _undone(token: Token) -> bool:
    """Whether it is said that it will not be done; "will not hesitate to attack" says that it may."""
    return any(tree.negated(t) and t.lemma_ != "hesitate" for t in (token, *tree.governors(token)))
