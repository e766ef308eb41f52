"""One trigger with its frame to a draft of an event, or to nothing.

Called by the reader for each candidate of a sentence. `arms` says whether arms were used at all, `sides` who they were, and
`stage` how far it got; here the answers become one telling.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from streams.extract import attribution, background, outcome, past, senses, stage, tree, where
from streams.extract.acts import Acts, Found
from streams.extract.arms import ATTACK, Arms
from streams.extract.belonging import answers, owned_time, set_apart
from streams.extract.cues import Cue
from streams.extract.drafts import Draft
from streams.extract.finer import Finer
from streams.extract.frames import Framer
from streams.extract.humans import lifeless
from streams.extract.mentions import asserted, earlier, judged_in_court
from streams.extract.noun_frames import SUFFER
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.sides import Sides, ours
from streams.extract.signs import AIRCRAFT, Signs
from streams.extract.sorting import Frame
from streams.extract.tokens import Token
from streams.extract.triggers import UNSURE, Candidate, Grammar, Triggers
from streams.knowledge.world import Knowledge
from streams.records.flow import Instrument, Participant, Stage, Standing, Telling

_ACCIDENT = Cue(
    r"\b(?:accident\w*|malfunction\w*|faulty|valve|engine failure|gas leak|short circuit|electrical|technical (?:fault|failure)|human error|ruled out (?:hostile|an attack|terror\w*|sabotage)|"
    r"no sign of (?:hostile|foul|an attack)|controlled (?:explosion|detonation)|mishap|overheat\w*|negligen\w*)\b",
    re.IGNORECASE,
)

# statements that need no attack to speak of: their words tell them as deeds are told
SPOKEN = frozenset({"request", "promise", "rejection", "accusation", "blame", "support"})


_DECLARED = frozenset({"emergency", "curfew", "ceasefire-announced", "ceasefire-broken", "coup"})
_FOIL = frozenset("foil thwart crush quash defeat avert suppress stop abort condemn denounce".split())
_TAKEN = ("abduction", "arrests")
_LEFT = (*_TAKEN, "evacuation-ordered", "prison-break")  # where people are taken from is where it happened


@dataclass(slots=True)
class Deeds:
    """Makes drafts."""

    knowledge: Knowledge
    cast: Cast
    triggers: Triggers
    framer: Framer
    acts: Acts
    signs: Signs
    arms: Arms = field(init=False)
    sides: Sides = field(init=False)
    finer: Finer = field(init=False)

    def __post_init__(self) -> None:
        """Makes what judges and names the parties, from the same knowledge."""
        self.arms = Arms(self.knowledge, self.cast)
        self.sides = Sides(self.cast)
        self.finer = Finer(self.knowledge, self.cast)

    def drafts(self, parsed: Parsed, base: dict[int, Participant], frames: dict[int, Frame]) -> list[Draft]:
        """Drafts of one sentence in reading order.

        Args:
            base: participants already resolved in the article, by token.
            frames: of the sentence's candidates, by token, in reading order.
        """
        if background.fiction(parsed):
            return []
        found = []
        crashed = any(self.arms.accident(parsed, frame) for frame in frames.values())
        for frame in frames.values():
            burnt = frame.candidate.grammar == "harm" and not (frame.instruments or frame.actors) and _ACCIDENT.search(parsed.plain)
            if burnt or (crashed and frame.candidate.grammar == "harm"):
                continue  # "killed when his helicopter hit a power line"
            draft = self._draft(parsed, frame.candidate, frames, base)
            if draft is not None:
                found.append(draft)
        return found

    # ------------------------------------------------------------------------------------------------------ one draft

    def _draft(self, parsed: Parsed, candidate: Candidate, frames: dict[int, Frame], base: dict[int, Participant]) -> Draft | None:
        frame = frames[candidate.token.i]
        node = self.knowledge.taxonomy.get(candidate.type)
        if node is None or (node.path[0] == "statements" and not set(node.path) & SPOKEN):
            return None
        if senses.other(self.cast, parsed, frame) or _lent(candidate.token):
            return None
        if candidate.type == TAKEN and (held := self._held(parsed, frame, base)):
            return self._other(parsed, replace(candidate, type=held), frame, base)
        if candidate.type == "coup":
            candidate = replace(candidate, type=senses.ousted(self.cast, parsed, frame))
        if candidate.type in ("vehicle-crash", "shipwreck") and frame.instruments:
            candidate = replace(candidate, type="armed-attack")  # "a bomb derailed a train"
        if candidate.type == "explosion" and self.finer.bombed(parsed, frame):
            candidate = replace(candidate, type="explosions")
        if not self.knowledge.is_a(candidate.type, ATTACK):
            return self._other(parsed, candidate, frame, base)
        if (
            (candidate.weak and self._mishap(frame, frames))
            or self.arms.accident(parsed, frame)
            or self.arms.metaphor(parsed, candidate, frame)
            or self.arms.aim_of_operation(candidate, frames)
        ):
            return None
        actors, countries = self.sides.actors(parsed, frame)
        actors = actors or self.sides.shooters(parsed, candidate.token)
        targets = self.sides.targets(parsed, frame, base)
        armed = any(self.cast.is_armed(a.kind) or a.nations for a in actors) or any(
            t.lemma_.lower() in AIRCRAFT and not self.cast.is_a(self.cast.kind_of(t), "site")  # "a fuel tank exploded"
            for t in frame.actors
        )
        armed = armed or (candidate.grammar == "harm" and self._own_deed(parsed, candidate.token))
        weapon = bool(frame.instruments) or bool(candidate.instrument)
        linked = {i for i in frame.linked if i in frames}
        fragile = False
        if self._unlikely(parsed, candidate) or not self.arms.proved(
            parsed, frame, actors=actors, targets=targets, armed=armed, weapon=weapon
        ):
            if not linked and candidate.grammar != "noun":
                return None
            fragile = True
        verdict = stage.judge(parsed, candidate.token, subject=frame.subject)
        if frame.carrier is not None and tree.negated(frame.carrier) and not stage.presupposed(candidate.token):
            verdict.negated = True
        if verdict.negated or verdict.open_question:
            return None
        time = owned_time(parsed, candidate.token, frozenset(frames))
        bare = not (actors or targets or frame.instruments or frame.places or candidate.instrument)
        named_for = candidate.token.dep_ == "pobj" and stage.presupposed(candidate.token) and time is None
        bare = bare or (named_for and not (targets or frame.places))  # "vowed a response after Israel's strike"
        told: Stage = verdict.stage
        if told == "happened" and (
            parsed.caption or judged_in_court(candidate.token) or past.retold(parsed, candidate.token, time)
        ):
            told = "retold"
        words = attribution.speakers(parsed, candidate.token, self.cast)
        targets = ours(parsed, targets, words)
        instruments = tuple(frame.instruments) or self._implied(parsed, candidate)
        type_ = self.finer.type_of(parsed, frame, instruments, actors, candidate.type)
        type_ = self.finer.taken(frame, type_, actors, targets)
        telling = Telling(
            type=type_,
            path=self.knowledge.taxonomy[type_].path,
            trigger=parsed.of([candidate.token]),
            sentence=parsed.whole(),
            actors=actors,
            targets=targets,
            instruments=instruments,
            place=where.place_of(parsed, frame) or where.only_place(parsed, frame),
            origin=where.origin_of(parsed, frame),
            time=time,
            stage=told,
            outcome=outcome.outcomes(parsed, frame) if told == "happened" else (),
            doubt=tuple(background.doubts(parsed)),
            standing="denied" if verdict.denied else "reported",
            attribution=words,
        )
        return Draft(
            telling=telling,
            sentence=parsed.number,
            tokens={candidate.token.i},
            linked=linked,
            definite=stage.presupposed(candidate.token),
            bare=bare,
            country_actors=countries,
            boundary=self._boundary(candidate.token, frames),
            harm=candidate.grammar == "harm",
            fragile=fragile,
            answer=answers(parsed),
        )

    def _own_deed(self, parsed: Parsed, trigger: Token) -> bool:
        """Whether armed forces tell a deed of "it", themselves: "the military said it had killed a commander"."""
        if trigger.pos_ != "VERB":
            return False
        doers, passive = tree.subjects(trigger)
        if passive or not doers or doers[0].lower_ not in ("it", "they", "we"):
            return False
        if not all(self.cast.kind_of(tree.core(one)) and not tree.negated(one) for one in tree.arguments(trigger).objects):
            return False
        above = next((word for word in tree.governors(trigger) if word.pos_ == "VERB"), None)
        if above is None or above.lemma_ not in attribution.REPORT:
            return False
        speakers = [self.cast.participant(parsed, head) for head in tree.speakers(above)]
        return bool(speakers) and all(self.cast.is_armed(one.kind) or one.kind == "nation" for one in speakers)

    def _unlikely(self, parsed: Parsed, candidate: Candidate) -> bool:
        """Whether a weak word stands among business, without any sign of arms or of what arms are aimed at."""
        weak = candidate.weak and candidate.grammar in ("verb", "noun", "harm")
        return (weak or candidate.token.lower_ in UNSURE) and not self.signs.attack(parsed.text)

    def _other(self, parsed: Parsed, candidate: Candidate, frame: Frame, base: dict[int, Participant]) -> Draft | None:
        """Events that are no armed attack: explosions, accidents, arrests, operations, riots ... told with what grammar gives."""
        verdict = stage.judge(parsed, candidate.token, subject=frame.subject)
        if verdict.negated or verdict.open_question:
            return None
        type_ = candidate.type
        if candidate.token.lemma_ == "riot" and any(name == "of" for name, _ in tree.prepositions(candidate.token)):
            return None  # "a riot of colour"
        actors, _ = self.sides.actors(parsed, frame)
        targets = self.sides.targets(parsed, frame, base)
        if candidate.weak and not ((targets or actors) and self.signs.matter(parsed.text)):
            return None
        if type_ in _TAKEN and candidate.grammar != "noun" and lifeless(self.cast, frame):
            return None
        if type_ in SPOKEN and not actors:
            return None  # nobody says it
        if self.knowledge.is_a(type_, "explosion") and _ACCIDENT.search(parsed.plain) and "accident" in self.knowledge.taxonomy:
            type_ = "accident"
        told: Stage = verdict.stage
        time = owned_time(parsed, candidate.token, frozenset({candidate.token.i}))
        if told == "happened" and (
            parsed.caption
            or self._past(candidate)
            or background.total(parsed)
            or past.retold(parsed, candidate.token, time)
            or past.aftermath(parsed, candidate.token, time)
            or self._mention(parsed, candidate)
        ):
            told = "retold"
        if verdict.foiled and told == "happened":
            told = "hypothetical"  # "tried to kidnap"
        if told == "threatened" and verdict.governor == candidate.token and self.knowledge.taxonomy[type_].path[0] != "violence":
            told = "announced"  # "will meet", "will withdraw troops": no harm is threatened
        standing: Standing = "denied" if verdict.denied else "reported"
        return self._plain(parsed, frame, base, type_=type_, told=told, standing=standing)

    def _past(self, candidate: Candidate) -> bool:
        """Whether an arrest or abduction is told of somebody to whom something else happens now, or as a court's matter."""
        if candidate.type in (*_TAKEN, "mob-violence", "riot") and not asserted(candidate.token):
            return True
        people = candidate.type in _TAKEN and candidate.grammar != "noun"
        return judged_in_court(candidate.token) or (people and earlier(candidate.token))

    def _mishap(self, frame: Frame, frames: dict[int, Frame]) -> bool:
        """Whether an accident did it: "the refinery was hit by a power cut"."""
        return any(
            self.knowledge.is_a(frames[i].candidate.type, "accidents") and not frame.instruments
            for i in frame.linked
            if i in frames
        )

    def _mention(self, parsed: Parsed, candidate: Candidate) -> bool:
        """Whether a word only names what an act would have to tell of: "during the curfew"; a title of nouns tells."""
        if candidate.type not in self.acts.named or candidate.token.lemma_ in ("board", "seize"):
            return False
        return not (parsed.where == "title" and candidate.token.head == candidate.token)

    def acted(self, parsed: Parsed, found: Sequence[Found], base: dict[int, Participant]) -> tuple[list[Draft], set[int]]:
        """Drafts of the acts of a sentence, and the triggers whose other readings they replace."""
        drafts: list[Draft] = []
        taken: set[int] = set()
        business = bool(found) and not self.signs.act(parsed.text)
        for one in found:
            if business and (one.act.kinds or not one.act.words):
                continue
            if one.act.type == "coup" and one.thing is not None and self._of_a_group(parsed, one.thing):
                continue  # "captured a Taliban leader"
            taken |= one.tokens
            grammar: Grammar = "verb" if one.trigger.pos_ in ("VERB", "AUX") else "noun"
            frame = self.framer.frame(parsed, Candidate(one.trigger, grammar, one.act.type, "", weak=False), frozenset())
            frame.actors = [t for t in frame.actors if t.i not in one.tokens or one.act.at == {"actor"}]
            if (
                one.act.type in _DECLARED and one.thing is not None and self.cast.kind_of(one.thing) is None
            ):  # what is declared is nobody: "a state of emergency in the delta"
                things = [t for t in frame.targets if one.tokens & {below.i for below in t.subtree}]
                frame.targets = [t for t in frame.targets if t not in things]
                frame.places.extend(things)
            if one.act.type == "ramming":  # the car is what it is done with
                frame.targets = [t for t in frame.targets if not self.cast.is_a(self.cast.kind_of(t), "vehicle")]
            if one.act.type == "coup" and one.trigger.lemma_ in SUFFER | _FOIL:  # who survives or foils one stages none
                frame.targets.extend(frame.actors if one.trigger.lemma_ in SUFFER else [])
                frame.actors = _staged_by(parsed, one)
            if one.told and not background.fiction(parsed):
                draft = self._plain(parsed, frame, base, type_=one.act.type, told=one.stage, standing=one.standing)
                draft.tokens = one.tokens
                draft.bare = False
                if _of_the_thing(parsed, one):
                    draft.telling = replace(draft.telling, time=None)
                if draft.telling.stage == "happened" and past.retold(parsed, one.trigger, draft.telling.time):
                    draft.telling = replace(draft.telling, stage="retold")
                draft.statement = draft.telling.path[0] == "statements"
                drafts.append(draft)
        return drafts, taken

    def _of_a_group(self, parsed: Parsed, head: Token) -> bool:
        """Whether somebody belongs to an armed group, and rules nothing."""
        one = self.cast.participant(parsed, head)
        entity = self.knowledge.entities.get(one.id or "")
        return self.cast.is_a(one.kind, "armed-group") or (entity is not None and self.cast.is_a(entity.kind, "armed-group"))

    def _plain(
        self, parsed: Parsed, frame: Frame, base: dict[int, Participant], *, type_: str, told: Stage, standing: Standing
    ) -> Draft:
        """A telling of what is no armed attack, with what grammar gives."""
        candidate = frame.candidate
        actors, _ = self.sides.actors(parsed, frame)
        targets = self.sides.targets(parsed, frame, base)
        type_ = self.finer.taken(frame, type_, actors, targets)
        place, origin = where.place_of(parsed, frame), where.origin_of(parsed, frame)
        telling = Telling(
            type=type_,
            path=self.knowledge.taxonomy[type_].path,
            trigger=parsed.of([candidate.token]),
            sentence=parsed.whole(),
            actors=actors,
            targets=targets,
            instruments=tuple(frame.instruments),
            place=place or (origin if type_ in _LEFT else None),
            origin=origin,
            time=owned_time(parsed, candidate.token, frozenset({candidate.token.i})),
            stage=told,
            doubt=tuple(background.doubts(parsed)),
            standing=standing,
            attribution=attribution.speakers(parsed, candidate.token, self.cast),
        )
        return Draft(
            telling=telling,
            sentence=parsed.number,
            tokens={candidate.token.i},
            linked=set(frame.linked),
            definite=stage.presupposed(candidate.token),
            bare=not (actors or targets or frame.places),
        )

    def _held(self, parsed: Parsed, frame: Frame, base: dict[int, Participant]) -> str | None:
        """What taking people is: an abduction by an armed group, else an arrest; None where no people are taken."""
        targets = self.sides.targets(parsed, frame, base)
        taken = targets[0].kind if targets else None  # what follows is where: "three soldiers at a checkpoint"
        few = bool(targets) and targets[0].head in ("pair", "duo", "trio", "couple")  # of what, the text said before
        if not (few or self.cast.is_a(taken, "person") or self.cast.is_a(taken, "force")):
            return None
        actors, _ = self.sides.actors(parsed, frame)
        return "abduction" if any(self.cast.is_a(one.kind, "armed-group") for one in actors) else "arrests"

    def _implied(self, parsed: Parsed, candidate: Candidate) -> tuple[Instrument, ...]:
        if not candidate.instrument:
            return ()
        fire = [c for c in candidate.token.children if c.dep_ in ("dobj", "nsubjpass") and c.lower_ == "fire"]  # "opened fire"
        return (Instrument(span=parsed.of([candidate.token, *fire]), kind=candidate.instrument),)

    def _boundary(self, token: Token, frames: dict[int, Frame]) -> frozenset[int]:
        """Triggers that a word like "after" sets apart from this one."""
        apart: set[int] = set()
        for other in frames:
            if other != token.i and set_apart(token.doc[other], token):
                apart.add(other)
        return frozenset(apart)


TAKEN = "non-state-overtakes-territory"  # what "capture" tells, unless people are captured


def _lent(noun: Token) -> bool:
    """ "forces backed by U.S. air strikes captured a village": whose help somebody had."""
    if noun.dep_ != "pobj" or noun.head.lower_ != "by":
        return False
    verb = noun.head.head
    return verb.lemma_ in ("back", "support", "aid", "assist") and verb.dep_ == "acl" and verb.tag_ == "VBN"


def _staged_by(parsed: Parsed, found: Found) -> list[Token]:
    """ "a coup led by officers", "a coup attempt by officers"."""
    things = [token for token in parsed.tokens if token.i in found.tokens and token != found.trigger]
    over = [*things, *(c for thing in things for c in thing.children if c.dep_ == "acl")]
    return [head for token in over for name, head in tree.prepositions(token) if name == "by"]


def _of_the_thing(parsed: Parsed, one: Found) -> bool:
    """Whether the only times are said of the thing: "ended the truce that had held since May"."""
    if one.thing is None:
        return False
    below = {t.i for child in one.thing.children if child.dep_ in ("acl", "relcl") and child != one.trigger for t in child.subtree}
    times = [t.i for t in parsed.tokens if parsed.is_time(t)]
    return bool(times) and all(i in below for i in times)
