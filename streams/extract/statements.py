"""Statements: threats, claims, denials, announced resumptions and halts, each one event with what it is about.

Called by the reader for each sentence. The speaker is the actor, what is said is `about` and is never told again by itself.
Resumption words count only when their argument is an attack; a condition makes a threat of them; urging makes nothing.
"""

import re
from dataclasses import dataclass
from typing import Protocol

from spacy.tokens import Token

from streams.extract import attribution, stage, tree, where
from streams.extract.drafts import Draft
from streams.extract.frames import Frame
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.triggers import Triggers
from streams.knowledge import Knowledge
from streams.records import About, Participant, Place, Span, Stage, Standing, Telling

RESUME = frozenset("resume restart renew relaunch recommence reinitiate".split())
HALT = frozenset("halt suspend stop pause cease freeze end".split())
_RESUMPTION = frozenset({"resumption", "renewal", "restart"})
_HALTING = frozenset({"suspension", "halt", "cessation", "pause", "freeze"})
_DEEDS = frozenset("operation campaign hostility bombing fire raid action bombardment activity".split())
_SPEAK = frozenset("say announce declare state post confirm reveal pledge vow claim tell".split())
_AGAIN = re.compile(r"\b(?:once again|again|gone back to|went back to|going back to|return(?:ed|ing)? to|back to)\b", re.IGNORECASE)
_OVER = re.compile(
    r"\b(?:(?:suspension|halt|pause|truce|freeze|ceasefire)\b[^.;]{0,80}?\b(?:is|are|was|were) (?:now )?(?:over|finished|ended|at an end)|"
    r"(?:has |had |have )?(?:ended|ending|lifted|lifting|called off) (?:the|its|their|our) (?:halt|suspension|pause|truce|freeze|ceasefire))\b",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"\b(?:(?:had|has|have) (?:yet to|not (?:yet )?)\s?(?:issue\w*|comment\w*|claim\w*|respond\w*|made|make|confirm\w*|release\w*)|"
    r"no (?:group|one|faction|organi[sz]ation|militia)\b[^.;]{0,40}\b(?:claimed|has claimed|immediately claimed)|no (?:immediate )?claim of responsibility|did not (?:immediately )?(?:comment|claim|respond))\b",
    re.IGNORECASE,
)
_DISOWN = re.compile(
    r"\b(?:den(?:y|ies|ied|ying) (?:any )?(?:involvement|role|responsibility|hand|part|links?|connection)|(?:was|were|is|are) not (?:behind|responsible for|involved in)|"
    r"den(?:y|ies|ied|ying) (?:that )?(?:it|they|he|its \w+|his \w+|their \w+) (?:was|were|is|are|had been) (?:behind|responsible for|involved in)|"
    r"had (?:no(?:thing to do with| role| part| hand| involvement))|disavowed|(?:had|has|have) not carried out|denied (?:being behind|carrying out|responsibility))\b",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"\b(?:claim(?:s|ed|ing)? (?:the )?(?:responsibility|credit)|(?:took|takes|taking) (?:responsibility|credit)|claim(?:s|ed|ing)?\b(?! that| to| no)[^.;]{0,50}\b(?:attacks?|strikes?|barrages?|assaults?|raids?|bombings?))\b",
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

    def drafts(self, parsed: Parsed, frames: dict[int, Frame], resolve: "Resolver") -> tuple[list[Draft], set[int]]:
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
        self, parsed: Parsed, token: Token, frames: dict[int, Frame], resolve: "Resolver", swallowed: set[int]
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
        speaker, subject = self._voice(token)
        if subject is not None and subject.lemma_ in ("order", "decision", "instruction", "command", "time", "permission"):
            subject = speaker
        of_itself = subject is not None and subject.i == deed.i
        if of_itself:
            speaker = self._speaker(token)
            subject = speaker
        if token.pos_ == "VERB" and not (
            self._by_group(parsed, speaker, deed, resolve)
            if of_itself
            else self._own_word(parsed, token, speaker, subject, resolve)
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
        intended = tree.modal(token) in ("will", "would", "shall") and verdict.governor == token and not self._condition(token)
        if not intended and (self._conditional(parsed, token) or verdict.stage in ("threatened", "hypothetical")):
            if verdict.governor is not None and verdict.governor.lemma_ in stage.URGE:
                return None
            return self._made(parsed, token, deed, subject, "threat", "threatened", "reported", frames, resolve)
        if stage.remembered(parsed, token) or re.search(
            r"\b(?:a|two|three|\w+) (?:years?|months?) ago\b|\blast year\b", parsed.plain[: parsed.offset(token)]
        ):
            return None
        return self._made(parsed, token, deed, subject, "resumption-announced", "announced", "reported", frames, resolve)

    def _halt(
        self, parsed: Parsed, token: Token, frames: dict[int, Frame], resolve: "Resolver", swallowed: set[int]
    ) -> Draft | None:
        """ "announced the suspension of its operations against X", "said it was halting attacks"."""
        lemma = token.lemma_.lower()
        deeds: list[Token] = []
        if token.pos_ == "VERB" and lemma in HALT:
            deeds = [o for o in tree.arguments(token).objects if self._deed(o)]
        elif token.pos_ == "NOUN" and lemma in _HALTING:
            deeds = [leaf for name, leaf in tree.prepositions(token) if name in ("of", "in", "to") and self._deed(leaf)]
        if not deeds:
            return None
        swallowed.update(d.i for d in deeds)
        if token.dep_ == "relcl":  # "which froze its campaign in February": background, not said now
            return None
        speaker, subject = self._voice(token)
        if speaker is None or not self._own_word(parsed, token, speaker, subject, resolve) or _OVER.search(parsed.plain):
            return None
        verdict = stage.judge(parsed, token)
        if (
            verdict.negated
            or verdict.denied
            or verdict.stage in ("hypothetical", "threatened", "retold", "exercise")
            or self._conditional(parsed, token)
        ):
            return None
        return self._made(parsed, token, deeds[0], subject, "attacks-halted", "announced", "reported", frames, resolve)

    def _over(self, parsed: Parsed, resolve: "Resolver", frames: dict[int, Frame], swallowed: set[int]) -> list[Draft]:
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

    def _again(self, parsed: Parsed, frames: dict[int, Frame], resolve: "Resolver", swallowed: set[int]) -> list[Draft]:
        """ "declared it was once again attacking X"."""
        match = _AGAIN.search(parsed.plain)
        if match is None:
            return []
        for index in frames:
            token = parsed.doc[index]
            if token.pos_ != "VERB" or abs(parsed.offset(token) - match.start()) > 60 or not self.triggers.is_attack(token):
                continue
            speaker, subject = self._voice(token)
            verdict = stage.judge(parsed, token)
            if (
                speaker is None
                or not self._own_word(parsed, token, speaker, subject, resolve)
                or verdict.negated
                or verdict.denied
                or verdict.stage != "happened"
            ):
                continue
            swallowed.add(index)
            made = self._made(parsed, token, token, subject, "resumption-announced", "announced", "reported", frames, resolve)
            return [made] if made is not None else []
        return []

    # --------------------------------------------------------------------------------------------------------- threats

    def threat(self, parsed: Parsed, draft: Draft, trigger: Token, subject: Token | None, resolve: "Resolver") -> Draft | None:
        """A threatened or conditional attack as a threat by its speaker; None when nobody armed or no state speaks."""
        governor = next((a for a in tree.governors(trigger) if a.pos_ == "VERB" and a.lemma_ in stage.THREATEN | _SPEAK), None)
        speakers = tree.own_subjects(governor)[0] if governor is not None else ([subject] if subject is not None else [])
        if not speakers:
            return None
        head = speakers[0]
        actor = resolve(parsed, head)
        if actor is None:
            return None
        own = governor is None or governor.lemma_ in stage.THREATEN or self._same(parsed, head, subject, resolve)
        if not own:
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
        return self._statement(parsed, governor or trigger, "threat", actor, about, "reported")

    # ---------------------------------------------------------------------------------------------------------- pieces

    def _deed(self, token: Token) -> bool:
        lemma = token.lemma_.lower()
        if lemma == "operation":
            return not any(
                c.lower_ in ("rescue", "flight", "port", "search", "normal", "commercial", "oil", "refinery", "mining")
                for c in token.children
            )
        return self.triggers.is_attack(token) or lemma in _DEEDS

    def _voice(self, token: Token) -> tuple[Token | None, Token | None]:
        """Head of whoever speaks, and head of whoever is to do it."""
        who = tree.subjects(token)[0] if token.pos_ == "VERB" else []
        speaker: Token | None = None
        for above in tree.governors(token):
            if above.pos_ == "VERB" and above.lemma_ in attribution.REPORT | stage.DENY | stage.THREATEN:
                own = tree.own_subjects(above)[0]
                if own and not (who and own[0] == who[0]):
                    speaker = own[0]
                    break
                if own:
                    return own[0], own[0]
        if token.pos_ != "VERB":
            who = [speaker] if speaker is not None else []
        return speaker, (who[0] if who else speaker)

    def _speaker(self, token: Token) -> Token | None:
        """Whoever says what a token stands in; None when nobody does."""
        for above in tree.governors(token):
            if above.pos_ == "VERB" and above.lemma_ in attribution.REPORT:
                own = tree.own_subjects(above)[0]
                if own:
                    return own[0]
        return None

    def _by_group(self, parsed: Parsed, speaker: Token | None, deed: Token, resolve: "Resolver") -> bool:
        """Whether an armed group speaks of attacks that are nobody else's."""
        if speaker is None:
            return False
        one = resolve(parsed, speaker)
        owners = [c for c in deed.children if c.dep_ == "poss"]
        return (
            one is not None and self.cast.is_a(one.kind, "armed-group") and all(c.lower_ in ("its", "our", "their") for c in owners)
        )

    def _own_word(self, parsed: Parsed, token: Token, speaker: Token | None, subject: Token | None, resolve: "Resolver") -> bool:
        """Whether the doer itself, or its own channel, says so."""
        if subject is not None and subject.lower_ == "we" and parsed.quoted(token):
            return True
        decided = any(a.lemma_ in ("decide", "announce", "declare") for a in tree.governors(token))
        if speaker is None and subject is not None and decided:
            return True  # a headline: "Faction decides to resume attacks"
        if speaker is None or subject is None:
            return False
        if subject == speaker and parsed.quoted(token) and not parsed.quoted(speaker):
            one = resolve(parsed, speaker)  # "The order has been given to resume strikes," said its leader
            return (
                one is not None
                and one.kind not in ("official", "government", "diplomat")
                and not self.cast.is_a(one.kind, "state-force")
            )
        if any(a.lemma_ in ("decide", "announce", "declare", "vow", "pledge") for a in tree.governors(token)) or (
            token.head.lemma_ in ("decide", "announce", "declare")
        ):
            return True
        return self._same(parsed, speaker, subject, resolve)

    def _same(self, parsed: Parsed, speaker: Token, subject: Token | None, resolve: "Resolver") -> bool:
        if subject is None or speaker == subject or subject.lower_ in ("it", "they", "he", "we"):
            return True
        one, other = resolve(parsed, speaker), resolve(parsed, subject)
        if one is None or other is None:
            return False
        if one.id is not None and one.id == other.id:
            return True
        sides = [{r.nation for r in p.nations if r.role in ("government", "forces", "home", "nationality")} for p in (one, other)]
        return (
            bool(sides[0] & sides[1])
            and not self.cast.is_a(one.kind, "armed-group")
            and not self.cast.is_a(other.kind, "armed-group")
        )

    def _conditional(self, parsed: Parsed, token: Token) -> bool:
        return tree.modal(token) in ("will", "would", "could", "may", "might", "shall", "can") or self._condition(token)

    def _condition(self, token: Token) -> bool:
        for child in (c for above in (token, *tree.governors(token)) for c in above.children if c.dep_ == "advcl"):
            if tree.marks(child) & stage.CONDITIONS and child.i > token.i:
                return True
        return False

    def _made(
        self, parsed: Parsed, trigger: Token, deed: Token, subject: Token | None, type_: str, said: Stage, standing: Standing,
        frames: dict[int, Frame], resolve: "Resolver",
    ) -> Draft | None:  # fmt: skip
        actor = resolve(parsed, subject) if subject is not None else None
        targets, place = self._aimed(parsed, deed, trigger)
        node = self.knowledge.taxonomy["armed-attack"]
        about = About(
            type=node.slug, path=node.path, actors=(actor,) if actor is not None else (), targets=targets, place=place, stage=said
        )
        return self._statement(parsed, trigger, type_, actor, about, standing)

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

    def _statement(
        self, parsed: Parsed, trigger: Token, type_: str, actor: Participant | None, about: About, standing: Standing
    ) -> Draft:
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
            doubt=tuple(stage.doubts(parsed)),
        )
        return Draft(telling=telling, sentence=parsed.number, tokens={trigger.i}, statement=True)


class Resolver(Protocol):
    """Who a noun phrase is, with "the group" and "it" resolved inside the article; filled by `refer`."""

    def __call__(self, parsed: Parsed, head: Token, /) -> Participant | None:
        """The participant, None when it cannot be told."""


def not_yet(parsed: Parsed) -> Span | None:
    """The words that say nobody has claimed or commented yet."""
    match = _NOT_YET.search(parsed.plain)
    return parsed.span(match.start(), match.end()) if match else None


def disowns(parsed: Parsed) -> int | None:
    """Where the sentence denies responsibility, sentence offset; None: it does not."""
    match = _DISOWN.search(parsed.plain)
    return match.start() if match else None


def claims(parsed: Parsed) -> int | None:
    """Where the sentence claims responsibility, sentence offset; None: it does not."""
    match = _CLAIM.search(parsed.plain)
    if match is None or re.search(r"\b(?:no|nobody|not|none)\b[^.;]{0,60}$", parsed.plain[: match.start()], re.IGNORECASE):
        return None
    return match.start()
