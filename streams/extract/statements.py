"""Statements: threats, claims, denials, announced resumptions and halts, each one event with what it is about.

Called by the reader for each sentence. The speaker is the actor, what is said is `about` and is never told again by itself.
Resumption words count only when their argument is an attack; a condition makes a threat of them; urging makes nothing.
"""

import re
from dataclasses import dataclass, field

from streams.extract import attribution, background, stage, tree, where
from streams.extract.cues import Cue
from streams.extract.drafts import Draft
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.sorting import Frame
from streams.extract.stage_words import URGE
from streams.extract.tokens import Token
from streams.extract.triggers import Triggers
from streams.extract.voices import Resolver, Voices
from streams.knowledge.world import Knowledge
from streams.records.flow import About, Participant, Place, Stage, Standing, Telling

RESUME = frozenset("resume restart renew relaunch recommence reinitiate".split())
HALT = frozenset("halt suspend stop pause cease freeze end".split())
_RESUMPTION = frozenset({"resumption", "renewal", "restart"})
_PRESSING = frozenset("pressure call demand appeal effort attempt need way bid request plea chance duty power".split())
_HALTING = frozenset({"suspension", "halt", "cessation", "pause", "freeze"})
_DEEDS = frozenset("operation campaign hostility bombing fire raid action bombardment activity".split())
_SPEAK = frozenset("say announce declare state post confirm reveal pledge vow claim tell".split())
# kinds that attack nobody
UNARMED = (
    "worker",
    "student",
    "company",
    "political-party",
    "media",
    "journalist",
    "aid-organisation",
    "aid-worker",
    "health-worker",
)
_AGAIN = Cue(r"\b(?:once again|again|gone back to|went back to|going back to|return(?:ed|ing)? to|back to)\b", re.IGNORECASE)
_OVER = Cue(
    r"\b(?:(?:suspension|halt|pause|truce|freeze|ceasefire)\b[^.;]{0,80}?\b(?:is|are|was|were) (?:now )?(?:over|finished|ended|at an end)|"
    r"(?:has |had |have )?(?:ended|ending|lifted|lifting|called off) (?:the|its|their|our) (?:halt|suspension|pause|truce|freeze|ceasefire))\b",
    re.IGNORECASE,
)
CUES = (
    "resume", "resumes", "resumed", "resuming", "resumption", "restart", "restarted", "renew", "renewed", "again", "threaten", "threatens",
    "threatened", "vow", "vows", "vowed", "warn", "warns", "warned", "claimed", "claims", "claim", "responsibility", "denied", "denies", "deny",
    "behind", "suspension", "suspend", "suspended", "halt", "halted", "truce", "ceasefire", "yet to", "back to",
)  # fmt: skip


@dataclass(slots=True)
class Speech:
    """Reads statements."""

    knowledge: Knowledge
    cast: Cast
    triggers: Triggers
    voices: Voices = field(init=False)

    def __post_init__(self) -> None:
        """Makes what finds the speakers."""
        self.voices = Voices(self.cast)

    def drafts(self, parsed: Parsed, frames: dict[int, Frame], resolve: Resolver) -> tuple[list[Draft], set[int]]:
        """Statements of the sentence, and the attack triggers that they swallow."""
        found: list[Draft] = []
        swallowed: set[int] = set()
        for token in parsed.tokens:
            draft = self._resumption(parsed, token, frames, resolve, swallowed) or self._halt(
                parsed, token, frames, resolve, swallowed
            )
            if draft is not None:
                found.append(draft)
        if not found:
            found.extend(self._over(parsed, resolve, frames, swallowed))
        if not found:
            found.extend(self._again(parsed, frames, resolve, swallowed))
        return found, swallowed

    # --------------------------------------------------------------------------------------------- resumption and halt

    def _resumption(
        self, parsed: Parsed, token: Token, frames: dict[int, Frame], resolve: Resolver, swallowed: set[int]
    ) -> Draft | None:
        """ "said it had decided to resume attacks", "announced the resumption of operations against X"."""
        lemma = token.lemma_.lower()
        if token.pos_ == "VERB" and lemma in RESUME:
            deeds = [o for o in tree.arguments(token).objects if self._deed(o)]
            if not deeds:  # "its attacks would resume", "operations against X are restarting"
                deeds = [s for s in tree.subjects(token)[0] if self._deed(s)]
        elif token.pos_ in ("NOUN", "PROPN") and lemma in _RESUMPTION:
            deeds = [leaf for name, leaf in tree.prepositions(token) if name in ("of", "in") and self._deed(leaf)]
        else:
            return None
        if not deeds:
            return None
        verdict = stage.judge(parsed, token)
        deed = deeds[0]
        speaker, subject = self.voices.voice(token)
        if subject is not None and subject.lemma_ in ("order", "decision", "instruction", "command", "time", "permission"):
            subject = speaker
        of_itself = subject is not None and subject.i == deed.i
        if of_itself:
            speaker = self.voices.speaker(token)
            subject = speaker
        if token.pos_ == "VERB" and not (
            self.voices.by_group(parsed, speaker, deed, resolve)
            if of_itself
            else self.voices.own_word(parsed, token, speaker, subject, resolve)
        ):
            # narrated, or on somebody else's word: the attacks themselves, told as a deed by their own trigger
            if verdict.negated or verdict.denied or verdict.stage != "happened":
                swallowed.add(deed.i)
                if verdict.denied and subject is not None:
                    return self._made(parsed, token, deed, subject, "resumption-announced", "announced", "denied", frames, resolve)
            return None
        swallowed.update(d.i for d in deeds)
        if verdict.negated or verdict.stage == "retold":
            return None
        if verdict.denied:
            return self._made(parsed, token, deed, subject, "resumption-announced", "announced", "denied", frames, resolve)
        intended = (
            tree.modal(token) in ("will", "would", "shall") and verdict.governor == token and not self.voices.condition(token)
        )
        if not intended and (self.voices.conditional(parsed, token) or verdict.stage in ("threatened", "hypothetical")):
            if verdict.governor is not None and verdict.governor.lemma_ in URGE:
                return None
            return self._made(parsed, token, deed, subject, "threat", "threatened", "reported", frames, resolve)
        if background.remembered(parsed, token) or re.search(
            r"\b(?:a|two|three|\w+) (?:years?|months?) ago\b|\blast year\b", parsed.plain[: parsed.offset(token)]
        ):
            return None
        return self._made(parsed, token, deed, subject, "resumption-announced", "announced", "reported", frames, resolve)

    def _halt(self, parsed: Parsed, token: Token, frames: dict[int, Frame], resolve: Resolver, swallowed: set[int]) -> Draft | None:
        """ "announced the suspension of its operations against X", "said it was halting attacks"."""
        lemma = token.lemma_.lower()
        deeds: list[Token] = []
        if token.pos_ == "VERB" and lemma in HALT:
            deeds = [o for o in tree.arguments(token).objects if self._deed(o)]
        elif token.pos_ == "NOUN" and lemma in _HALTING:
            behind = [*tree.prepositions(token)]
            if token.dep_ == "dobj":  # "announced a halt to attacks" may hang on the verb
                behind += [(name, leaf) for name, leaf in tree.prepositions(token.head) if name == "to" and leaf.i > token.i]
            deeds = [leaf for name, leaf in behind if name in ("of", "in", "to") and self._deed(leaf)]
        if not deeds:
            return None
        swallowed.update(d.i for d in deeds)
        if _wanted(token):
            return None
        if token.dep_ == "relcl":  # "which froze its campaign in February": background, not said now
            return None
        speaker, subject = self.voices.voice(token)
        if speaker is None or not self.voices.own_word(parsed, token, speaker, subject, resolve) or _OVER.search(parsed.plain):
            return None
        verdict = stage.judge(parsed, token)
        if (
            verdict.negated
            or verdict.denied
            or verdict.stage in ("hypothetical", "threatened", "retold", "exercise")
            or self.voices.conditional(parsed, token)
        ):
            return None
        return self._made(parsed, token, deeds[0], subject, "attacks-halted", "announced", "reported", frames, resolve)

    def _over(self, parsed: Parsed, resolve: Resolver, frames: dict[int, Frame], swallowed: set[int]) -> list[Draft]:
        """ "our suspension of operations is over", "said it had ended the halt in operations against X"."""
        match = _OVER.search(parsed.plain)
        if match is None:
            return []
        near = [t for t in parsed.tokens if self._deed(t) and abs(parsed.offset(t) - match.end()) < 120]
        deed = min(near, key=lambda t: abs(parsed.offset(t) - match.end()), default=None)
        inside = [t for t in parsed.tokens if match.start() <= parsed.offset(t) < match.end()]
        word = next((t for t in inside if t.pos_ in ("VERB", "NOUN")), None)
        if deed is None or word is None:
            return []
        verdict = stage.judge(parsed, word)
        verb = next((t for t in parsed.tokens if t.lemma_ in _SPEAK and t.pos_ == "VERB" and tree.own_subjects(t)[0]), None)
        subject = tree.own_subjects(verb)[0][0] if verb is not None else None
        if verdict.negated or verdict.stage in ("hypothetical", "retold") or subject is None:
            return []
        swallowed.add(deed.i)
        standing: Standing = "denied" if verdict.denied else "reported"
        made = self._made(parsed, word, deed, subject, "resumption-announced", "announced", standing, frames, resolve)
        return [made] if made is not None else []

    def _again(self, parsed: Parsed, frames: dict[int, Frame], resolve: Resolver, swallowed: set[int]) -> list[Draft]:
        """ "declared it was once again attacking X"."""
        match = _AGAIN.search(parsed.plain)
        if match is None:
            return []
        for index in frames:
            token = parsed.tokens[index]
            if token.pos_ != "VERB" or abs(parsed.offset(token) - match.start()) > 60 or not self.triggers.is_attack(token):
                continue
            speaker, subject = self.voices.voice(token)
            verdict = stage.judge(parsed, token)
            if (
                speaker is None
                or not self.voices.own_word(parsed, token, speaker, subject, resolve)
                or verdict.negated
                or verdict.denied
                or verdict.stage != "happened"
            ):
                continue
            swallowed.add(index)
            made = self._made(parsed, token, token, subject, "resumption-announced", "announced", "reported", frames, resolve)
            return [made] if made is not None else []
        return []

    # ---------------------------------------------------------------------------------------------------------- pieces

    def _deed(self, token: Token) -> bool:
        lemma = token.lemma_.lower()
        if lemma == "operation":
            return not any(
                c.lower_ in ("rescue", "flight", "port", "search", "normal", "commercial", "oil", "refinery", "mining")
                for c in token.children
            )
        return self.triggers.is_attack(token) or lemma in _DEEDS

    def _made(
        self, parsed: Parsed, trigger: Token, deed: Token, subject: Token | None, type_: str, said: Stage, standing: Standing,
        frames: dict[int, Frame], resolve: Resolver,
    ) -> Draft | None:  # fmt: skip
        actor = resolve(parsed, subject) if subject is not None else None
        if actor is not None and any(self.cast.is_a(actor.kind, kind) for kind in UNARMED):
            return None  # "the company said it is ceasing operations"
        targets, place = self._aimed(parsed, deed, trigger)
        node = self.knowledge.taxonomy["armed-attack"]
        about = About(
            type=node.slug, path=node.path, actors=(actor,) if actor is not None else (), targets=targets, place=place, stage=said
        )
        return self.statement(parsed, trigger, type_, actor, about, standing)

    def _aimed(self, parsed: Parsed, deed: Token, trigger: Token) -> tuple[tuple[Participant, ...], Place | None]:
        """Whom the attacks spoken of are aimed at, and where."""
        heads = [
            leaf for token in (deed, trigger) for name, leaf in tree.obliques(token) if name in ("on", "against", "at", "targeting")
        ]
        if deed.pos_ == "VERB":
            heads.extend(tree.arguments(deed).objects)
        places = [leaf for token in (deed, trigger) for name, leaf in tree.obliques(token) if name in ("in", "across", "near")]
        targets = tuple(
            dict.fromkeys(self.cast.participant(parsed, h) for h in heads if not parsed.is_time(h) and h.pos_ != "PRON")
        )
        return targets, where.places_of(parsed, [*heads, *places])

    def statement(
        self, parsed: Parsed, trigger: Token, type_: str, actor: Participant | None, about: About, standing: Standing
    ) -> Draft:
        """A statement of this type about this."""
        node = self.knowledge.taxonomy[type_]
        telling = Telling(
            type=node.slug,
            path=node.path,
            trigger=parsed.of([trigger]),
            sentence=parsed.whole(),
            actors=(actor,) if actor is not None else (),
            stage="happened",
            standing=standing,
            attribution=attribution.speakers(parsed, trigger, self.cast),
            about=about,
            doubt=tuple(background.doubts(parsed)),
        )
        return Draft(telling=telling, sentence=parsed.number, tokens={trigger.i}, statement=True)


def _wanted(verb: Token) -> bool:
    """ "pressure to stop the incursion": what somebody is to be brought to do."""
    infinitive = verb.tag_ == "VB" and any(c.dep_ == "aux" and c.lower_ == "to" for c in verb.children)
    return infinitive and verb.head.pos_ == "NOUN" and verb.head.lemma_.lower() in _PRESSING
