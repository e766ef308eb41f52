"""All drafts of one sentence: deeds, statements, claims, stated pauses and counts together.

Called by the reader, sentence by sentence. Decides which of two readings of a sentence holds: attacks that a statement speaks
of are the statement's, a threatened attack is a threat, a claimed one stays an attack with its claimer.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from streams.extract import again, attribution, background, outcome, pauses, quantities, responsibility, tree, twice
from streams.extract.claims import Claims
from streams.extract.deeds import Deeds
from streams.extract.drafts import Draft
from streams.extract.noun_frames import LIGHT
from streams.extract.parsed import Parsed
from streams.extract.refer import References
from streams.extract.statements import Speech
from streams.extract.threats import Threats
from streams.knowledge.world import Knowledge
from streams.records.flow import Count, NationRole, Participant, Telling

NOT_TOLD = ("planned", "hypothetical", "exercise")
OPEN = ("threatened", "planned", "hypothetical")  # what may be a threat


MOST_TRIGGERS = 16  # of a sentence; none of news has more, and what the tree is asked grows with their product


class Teller:
    """Makes the drafts of a sentence."""

    def __init__(self, deeds: Deeds, speech: Speech, knowledge: Knowledge) -> None:
        self.deeds = deeds
        self.speech = speech
        self.threats = Threats(speech)
        self.claims = Claims(speech)
        self._knowledge = knowledge

    def drafts(self, parsed: Parsed, references: References) -> list[Draft]:
        """Drafts in reading order."""
        candidates = list(islice(self.deeds.triggers.candidates(parsed), MOST_TRIGGERS))
        indices = frozenset(c.token.i for c in candidates)
        frames = {c.token.i: self.deeds.framer.frame(parsed, c, indices) for c in candidates}
        bases = references.bases(parsed)
        acted, taken = self.deeds.acted(parsed, self.deeds.acts.find(parsed), bases)
        said, swallowed = self.speech.drafts(parsed, frames, references.who)
        said = [d for d in said if not d.tokens & taken]
        deeds = [d for d in self.deeds.drafts(parsed, bases, frames) if not d.tokens & (swallowed | taken)]
        found: list[Draft] = [*said, *acted]
        for draft in deeds:
            found.extend(self._told(parsed, draft, references, said))
        if not said and not any(d.telling.type == "threat" for d in found):
            found.extend(self.threats.bare(parsed, references.who))
        if not said:
            found.extend(self.claims.drafts(parsed, found, references.who))
        self._pause(parsed, found)
        self._counts(parsed, found)
        again.hung(parsed, found)
        found += [later for draft in found if (later := twice.second(parsed, draft)) is not None]
        return found

    def _told(self, parsed: Parsed, draft: Draft, references: References, said: list[Draft]) -> list[Draft]:
        """The draft as it is to be told: a threat as a threat, a claim with its claimer."""
        told = draft.telling
        trigger = parsed.tokens[min(draft.tokens)]
        if told.stage in OPEN and "armed-attack" in told.path:
            threat = self.threats.of(parsed, draft, trigger, references.who)
            if threat is not None or told.stage == "threatened":
                return [threat] if threat is not None and not said else []
        if said and told.stage in NOT_TOLD:
            return []
        draft.telling = self._claimed(parsed, draft, references)
        if draft.telling.actors and not told.actors and "armed-attack" in told.path:
            draft.bare = draft.fragile = False
        return [draft]

    def _claimed(self, parsed: Parsed, draft: Draft, references: References) -> Telling:
        """Claimers and disowners of an attack that the sentence names."""
        told = draft.telling
        trigger = parsed.tokens[min(draft.tokens)]
        verb = next(
            (
                a
                for a in tree.governors(trigger)
                if a.pos_ == "VERB"
                and a.lemma_ in ("claim", "deny", "say", "announce", "disavow", "take", "carry", "state", "declare")
            ),
            None,
        )
        if verb is None:
            return told
        heads = tree.speakers(verb)
        speakers = [p for p in (references.who(parsed, head) for head in heads) if p is not None]
        if responsibility.disowns(parsed) is not None and speakers:
            return replace(
                told,
                disowned_by=tuple(speakers),
                standing="reported",
                actors=tuple(a for a in told.actors if all(a.id != s.id or a.id is None for s in speakers)),
            )
        if (
            verb.lemma_ in ("claim", "take")
            and responsibility.claims(parsed) is not None
            and speakers
            and not tree.negated(heads[0])
        ):
            return replace(told, claimed_by=tuple(speakers), actors=told.actors or tuple(speakers))
        armed = [s for s in speakers if self.deeds.cast.is_a(s.kind, "armed-group") and s.id is not None]
        deed = trigger.head if trigger.dep_ == "dobj" and trigger.head.lemma_ in LIGHT else trigger  # "carried out the attack"
        subjects, passive = tree.subjects(deed) if deed.pos_ == "VERB" else ([], False)
        if (
            armed
            and subjects
            and (subjects[0].lower_ in ("it", "they", "we") or references.who(parsed, subjects[0]) == armed[0])
            and told.standing != "denied"
        ):
            return replace(told, claimed_by=tuple(armed), actors=tuple(armed))
        own = bool(subjects) and not passive and subjects[0].lower_ in ("it", "they", "we")  # "said it had struck"
        if own and not told.actors and "intercepted" not in told.outcome and self._forces(speakers):
            return replace(told, actors=tuple(map(_with_arms, speakers)))
        if subjects and subjects[0].lower_ in ("it", "they", "we") and speakers and told.standing == "denied":
            return replace(told, actors=tuple(speakers))
        return told

    def _forces(self, speakers: Sequence[Participant]) -> bool:
        """Whether those who speak have forces of their own to speak of."""
        cast = self.deeds.cast
        kinds = ("force", "government", "nation", "alliance")
        return bool(speakers) and all(any(cast.is_a(one.kind, kind) for kind in kinds) for one in speakers)

    def _pause(self, parsed: Parsed, drafts: list[Draft]) -> None:
        """Hangs a stated pause on the attack or announcement that it speaks of."""
        if not drafts:
            return
        found = pauses.find(parsed, self.deeds.triggers.is_attack, lambda t: self.deeds.cast.participant(parsed, t))
        if found is None:
            return
        fitting = [
            d
            for d in drafts
            if d.telling.type == "resumption-announced"
            or ("armed-attack" in d.telling.path and d.telling.stage in ("happened", "retold"))
        ]
        if not fitting:
            return
        before = [d for d in fitting if d.telling.trigger.start - parsed.start <= found.start + 40 and not d.bare] or fitting
        chosen = next((d for d in before if d.telling.type == "resumption-announced"), None) or before[0]
        chosen.telling = replace(chosen.telling, pause=found.pause)
        for other in drafts:  # "the first attack since": the word inside the cue tells nothing else
            if (
                other is not chosen
                and other.telling.type != "resumption-announced"
                and found.start <= other.telling.trigger.start - parsed.start
                and "armed-attack" in other.telling.path
            ):
                start = found.pause.quote.start
                if start <= other.telling.trigger.start < found.pause.quote.end:
                    other.fragile = True
                    other.linked |= chosen.tokens

    def _counts(self, parsed: Parsed, drafts: list[Draft]) -> None:
        """Hangs each count on the deed whose word it holds ("killed two and detained five"), else on the first deed."""
        deeds = [d for d in drafts if not d.statement]
        for count in self.counts(parsed) if deeds else ():
            start, end = count.span.start, count.span.end
            own = (d for d in deeds if start <= d.telling.trigger.start < end and d.telling.trigger.where == count.span.where)
            draft = next(own, deeds[0])
            draft.telling = replace(draft.telling, counts=(*draft.telling.counts, count))
        attack = next((d for d in deeds if "armed-attack" in d.telling.path and d.telling.instruments), None)
        if attack is not None:
            fired = (
                replace(count, span=parsed.span(count.span.start, count.span.end)) for count in quantities.projectiles(parsed.text)
            )
            attack.telling = replace(attack.telling, counts=(*attack.telling.counts, *fired))

    def counts(self, parsed: Parsed) -> tuple[Count, ...]:
        """Casualties and weapons counted in a sentence, in spans of the article."""
        return tuple(
            replace(count, span=parsed.span(count.span.start, count.span.end)) for count in quantities.casualties(parsed.text)
        )


def _with_arms(speaker: Participant) -> Participant:
    """A country as what it strikes with: its forces."""
    if speaker.kind != "nation" or speaker.id is None:
        return speaker
    return replace(speaker, kind="state-force", nations=(NationRole(speaker.id, "forces"),))


def qualifier(parsed: Parsed, lead: Telling, teller: Teller, references: References) -> Telling | None:
    """What a sentence adds to the event told last: outcome, doubt, toll, claimers; None when it adds nothing."""
    counts = teller.counts(parsed)
    results = outcome.outcomes(parsed, None)
    unclear = tuple(background.doubts(parsed))
    no_claim = responsibility.not_yet(parsed)
    claimer: tuple[Participant, ...] = ()
    disowner: tuple[Participant, ...] = ()
    verb = next((t for t in parsed.tokens if t.pos_ == "VERB" and t.head == t), None)
    who = [p for p in (references.who(parsed, s) for s in (tree.speakers(verb) if verb is not None else [])) if p is not None]
    if responsibility.disowns(parsed) is not None:
        disowner = tuple(who)
    elif responsibility.claims(parsed) is not None and no_claim is None:
        claimer = tuple(w for w in who if teller.deeds.cast.is_a(w.kind, "armed-group"))
    if not (counts or results or unclear or no_claim or claimer or disowner):
        return None
    trigger = no_claim or (unclear[0] if unclear else parsed.whole())
    first = next((t for t in parsed.tokens if t.pos_ == "VERB"), parsed.tokens[0])
    return Telling(
        type=lead.type,
        path=lead.path,
        trigger=trigger,
        sentence=parsed.whole(),
        counts=counts,
        outcome=results,
        doubt=unclear or ((no_claim,) if no_claim is not None and lead.path[0] == "statements" else ()),
        attribution=attribution.speakers(parsed, first, teller.deeds.cast),
        claimed_by=claimer,
        disowned_by=disowner,
        adds="qualifies",
    )
