"""One trigger with its frame to a draft of an event, or to nothing: metaphors, mentions and mere launches are refused here.

Called by the reader for each candidate of a sentence. A weak word ("hit", "strike", "fire") needs a weapon, an armed side or
a military target beside it; what has none of them stays out.
"""

import re
from dataclasses import dataclass, replace

from spacy.tokens import Token

from streams.extract import attribution, outcome, stage, tree, where
from streams.extract.drafts import Draft
from streams.extract.frames import AIRCRAFT, Frame, Framer
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.triggers import Candidate, Triggers
from streams.knowledge import Knowledge
from streams.records import Attribution, Instrument, Interval, NationRole, Participant, Span, Stage, Telling

ATTACK = "armed-attack"
_NOT_ARMED_SUBJECTS = re.compile(
    r"^(?:lightning|(?:\w*-?)storm|hurricane|typhoon|cyclone|tornado|flood|heatwave|virus|outage|shortage|quake|earthquake|tragedy|disaster|worker|union|teacher|nurse|pilot|doctor|employee|staff|player|striker|team)$"
)
_OTHER_STRIKE = frozenset(
    "deal agreement balance chord note tone pose bargain compromise accord truce match gold goal target record".split()
)
_SPORT = re.compile(
    r"\b(?:goals?|match|league|cup|innings|championship|quarterback|touchdown|striker|penalty kick|playoffs?|second base|home run|coach|season opener)\b",
    re.IGNORECASE,
)
_LABOUR = re.compile(
    r"\b(?:union|unions|pay|wages?|walkout|picket|labou?r dispute|on strike|strike action|walk(?:ed|s|ing)? out|stop(?:ped|s)? work|staff|cooks|cleaners|canteen|industrial action)\b",
    re.IGNORECASE,
)
_MARKET = re.compile(
    r"\b(?:stocks?|shares|short[- ]sellers?|investors|bears|bulls|hedge funds?|bond|equities|currency)\b", re.IGNORECASE
)
_CRITICS = re.compile(
    r"\bunder (?:fire|attack)\b[^.;]{0,30}\b(?:for|over|from (?:\w+ ){0,3}(?:critics|lawmakers|senators|republicans|democrats|rivals|activists|groups?|lawyers))\b",
    re.IGNORECASE,
)
_ACCIDENT = re.compile(
    r"\b(?:accident\w*|malfunction\w*|faulty|valve|engine failure|gas leak|short circuit|electrical|technical (?:fault|failure)|human error|ruled out (?:hostile|an attack|terror\w*|sabotage)|"
    r"no sign of (?:hostile|foul|an attack)|controlled (?:explosion|detonation)|mishap|overheat\w*|negligen\w*)\b",
    re.IGNORECASE,
)
_WEAPON_TEST = re.compile(
    r"\b(?:test[- ]?(?:fir|launch)\w*|into the sea|off its (?:\w+ )?coast|satellite|(?:sea of japan|east sea|yellow sea)|in (?:a|its) test)\b",
    re.IGNORECASE,
)
_BREAK = frozenset("after before following since until because despite though although whereas while".split())


@dataclass(slots=True)
class Deeds:
    """Makes drafts."""

    knowledge: Knowledge
    cast: Cast
    triggers: Triggers
    framer: Framer

    def drafts(self, parsed: Parsed, base: dict[int, Participant], frames: dict[int, Frame]) -> list[Draft]:
        """Drafts of one sentence in reading order.

        Args:
            base: participants already resolved in the article, by token.
            frames: of the sentence's candidates, by token, in reading order.
        """
        if stage.fiction(parsed):
            return []
        found = []
        for frame in frames.values():
            draft = self._draft(parsed, frame.candidate, frames, base)
            if draft is not None:
                found.append(draft)
        return found

    # ------------------------------------------------------------------------------------------------------ one draft

    def _draft(self, parsed: Parsed, candidate: Candidate, frames: dict[int, Frame], base: dict[int, Participant]) -> Draft | None:
        frame = frames[candidate.token.i]
        node = self.knowledge.taxonomy.get(candidate.type)
        if node is None or node.path[0] == "statements":
            return None
        if not self.knowledge.is_a(candidate.type, ATTACK):
            return self._other(parsed, candidate, frame, base)
        if self._metaphor(parsed, candidate, frame) or self._aim_of_operation(candidate, frames):
            return None
        actors, countries = self._actors(parsed, frame)
        targets = self._targets(parsed, frame, base)
        armed = any(self.cast.is_armed(a.kind) or a.nations for a in actors) or any(
            t.lemma_.lower() in AIRCRAFT for t in frame.actors
        )
        weapon = bool(frame.instruments) or bool(candidate.instrument)
        linked = {i for i in frame.linked if i in frames}
        fragile = False
        if not self._proved(parsed, frame, actors=actors, targets=targets, armed=armed, weapon=weapon):
            if not linked and candidate.grammar != "noun":
                return None
            fragile = True
        verdict = stage.judge(parsed, candidate.token, subject=frame.subject)
        if frame.carrier is not None and tree.negated(frame.carrier) and not stage.presupposed(candidate.token):
            verdict.negated = True
        if verdict.negated or verdict.open_question:
            return None
        time = self._time(parsed, candidate, frames)
        bare = not (actors or targets or frame.instruments or frame.places or candidate.instrument)
        told: Stage = verdict.stage
        if told == "happened" and parsed.caption:
            told = "retold"
        words = attribution.speakers(parsed, candidate.token, self.cast)
        targets = _ours(parsed, targets, words)
        instruments = tuple(frame.instruments) or self._implied(parsed, candidate)
        type_ = self._finer(candidate.type, instruments)
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
            doubt=tuple(stage.doubts(parsed)),
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
        )

    def _other(self, parsed: Parsed, candidate: Candidate, frame: Frame, base: dict[int, Participant]) -> Draft | None:
        """Events that are no armed attack: explosions, accidents, arrests, operations, riots ... told with what grammar gives."""
        verdict = stage.judge(parsed, candidate.token, subject=frame.subject)
        if verdict.negated or verdict.open_question:
            return None
        type_ = candidate.type
        actors, _ = self._actors(parsed, frame)
        targets = self._targets(parsed, frame, base)
        if candidate.weak and not (targets or actors):
            return None
        if self.knowledge.is_a(type_, "explosion") and _ACCIDENT.search(parsed.plain) and "accident" in self.knowledge.taxonomy:
            type_ = "accident"
        telling = Telling(
            type=type_,
            path=self.knowledge.taxonomy[type_].path,
            trigger=parsed.of([candidate.token]),
            sentence=parsed.whole(),
            actors=actors,
            targets=targets,
            instruments=tuple(frame.instruments),
            place=where.place_of(parsed, frame),
            origin=where.origin_of(parsed, frame),
            time=self._time(parsed, candidate, {candidate.token.i: frame}),
            stage="retold" if verdict.stage == "happened" and parsed.caption else verdict.stage,
            doubt=tuple(stage.doubts(parsed)),
            standing="denied" if verdict.denied else "reported",
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

    # ------------------------------------------------------------------------------------------------------ judgement

    def _aim_of_operation(self, candidate: Candidate, frames: dict[int, Frame]) -> bool:
        """ "a search operation targeting suspects": the operation's aim, no attack."""
        token = candidate.token
        over = frames.get(token.head.i) if token.lemma_ == "target" and token.dep_ == "acl" else None
        return over is not None and not self.knowledge.is_a(over.candidate.type, ATTACK)

    def _metaphor(self, parsed: Parsed, candidate: Candidate, frame: Frame) -> bool:
        token, lemma = candidate.token, candidate.token.lemma_.lower()
        arms = bool(frame.instruments)
        if frame.under_fire and _CRITICS.search(parsed.plain) and not arms:
            return True
        if lemma == "strike" and any(
            o.lemma_.lower() in _OTHER_STRIKE for o in (*tree.arguments(token).objects,) if token.pos_ == "VERB"
        ):
            return True
        doers = [*frame.actors, *([frame.subject] if frame.subject is not None else [])]
        if any(_NOT_ARMED_SUBJECTS.match(a.lower_) or _NOT_ARMED_SUBJECTS.match(a.lemma_.lower()) for a in doers) and not arms:
            return True
        if lemma == "fire" and token.pos_ == "NOUN" and not arms and any(c.lower_ in ("a", "another") for c in token.children):
            return True  # "a fire" burns, "fire" is shot
        if any(a.lower_ == "strike" for a in doers) and not arms and _LABOUR.search(f"{parsed.plain} {parsed.around}"):
            return True
        if (
            lemma in ("strike", "action")
            and token.pos_ == "NOUN"
            and not arms
            and not candidate.instrument
            and _LABOUR.search(f"{parsed.plain} {parsed.around}")
        ):
            return True
        return (
            not any(self.cast.is_base(parsed, t) for t in frame.targets)
            and not arms
            and bool(_SPORT.search(parsed.plain) or (_MARKET.search(parsed.plain) and candidate.weak))
        )

    def _proved(
        self,
        parsed: Parsed,
        frame: Frame,
        *,
        actors: tuple[Participant, ...],
        targets: tuple[Participant, ...],
        armed: bool,
        weapon: bool,
    ) -> bool:
        """Whether the arguments say that arms were used."""
        candidate = frame.candidate
        aimed = bool(targets or frame.places)
        known = any(t.kind is not None or t.id is not None for t in targets)
        military = any(
            any(self.cast.is_a(t.kind, k) for k in ("base", "state-force", "armed-group", "site", "vehicle")) for t in targets
        )
        match candidate.grammar:
            case "launch":
                if not weapon or _WEAPON_TEST.search(parsed.plain):
                    return False
                return bool(targets or frame.places) or (armed and bool(frame.origins))
            case "land":
                return (weapon or bool(actors)) and aimed and not frame.subject_other
            case "intercept":
                if (
                    candidate.token.lemma_.lower() in ("destroy", "down", "neutralize", "neutralise", "take")
                    and not frame.instruments
                ):
                    return False
                return bool(frame.instruments) and aimed
            case "harm":
                return (armed or bool(frame.instruments)) and bool(targets)
            case "noun":
                if candidate.weak:
                    return weapon or armed or military or frame.under_fire
                return bool(actors or targets or frame.places or weapon)
            case _:
                passive = tree.arguments(candidate.token).passive
                if candidate.token.lemma_ == "target" and not weapon and not military:
                    return False  # operations target suspects, sanctions target banks
                if candidate.weak or candidate.token.lemma_.lower() == "attack":
                    if frame.actors and not armed and not weapon:
                        return False
                    return (weapon or armed or (military if passive or not frame.actors else False)) and (aimed or passive)
                return (aimed or bool(actors)) and (known or armed or weapon or bool(frame.places))

    def _actors(self, parsed: Parsed, frame: Frame) -> tuple[tuple[Participant, ...], tuple[Participant, ...]]:
        """Actors, and those among them that are bare countries."""
        found: list[Participant] = []
        countries: list[Participant] = []
        for head in frame.actors:
            noun = tree.core(head)
            entity = parsed.names.get(noun.i)
            if (entity is not None and entity.kind in ("nation", "demonym")) or (
                (entity is None or entity.kind == "place") and self.cast.nation(parsed.word(noun))
            ):
                nation = (
                    entity.id
                    if entity is not None and entity.kind in ("nation", "demonym")
                    else self.cast.nation(parsed.word(noun))
                )
                assert nation is not None
                one = Participant(
                    span=parsed.of(self.cast.left(noun))
                    if noun.dep_ not in ("compound", "amod", "poss", "nmod")
                    else parsed.of([noun]),
                    head=parsed.head(noun),
                    id=nation,
                    kind="state-force",
                    nations=(NationRole(nation, "forces"),),
                )
                countries.append(one)
            elif noun.lemma_.lower() in AIRCRAFT:
                one = self._aircraft(parsed, noun)
            else:
                one = self.cast.participant(parsed, noun)
                if self.cast.is_a(one.kind, "site"):
                    continue
            if noun.pos_ == "PRON":
                continue
            found.append(one)
        return tuple(dict.fromkeys(found)), tuple(countries)

    def _aircraft(self, parsed: Parsed, noun: Token) -> Participant:
        """ "U.S. warplanes", "an aircraft from the coalition": the side that flies them."""
        one = self.cast.participant(parsed, noun)
        nations = [
            replace(role, role="forces") for role in one.nations if role.role in ("owner", "forces", "user", "home", "nationality")
        ]
        for name, leaf in tree.prepositions(noun):
            if name in ("from", "of", "belonging"):
                nations.extend(
                    replace(role, role="forces")
                    for role in self.cast.participant(parsed, leaf).nations
                    if role.role in ("forces", "owner", "user")
                )
        kind = "state-force" if nations else one.kind
        return replace(one, kind=kind, nations=tuple(dict.fromkeys(nations)))

    def _targets(self, parsed: Parsed, frame: Frame, base: dict[int, Participant]) -> tuple[Participant, ...]:
        found: list[Participant] = []
        for head in frame.targets:
            noun = tree.core(head)
            if (
                noun.pos_ == "PRON"
                or noun.i == frame.candidate.token.i
                or parsed.is_time(noun)
                or noun.pos_ in ("VERB", "AUX", "ADV")
            ):
                continue
            if noun.i in base:
                found.append(base[noun.i])
                continue
            entity = parsed.names.get(noun.i)
            if entity is not None and self.cast.is_place(entity) and entity.kind != "nation":
                continue
            if self.cast.instrument(parsed, noun) is not None and noun.lemma_.lower() not in AIRCRAFT | {"launcher"}:
                continue
            found.append(self.cast.participant(parsed, noun))
            for apposed in noun.children:
                if apposed.dep_ == "appos" and self.cast.is_base(parsed, apposed) and not self.cast.is_base(parsed, noun):
                    found.append(base.get(apposed.i) or self.cast.participant(parsed, apposed))
        return tuple(dict.fromkeys(found))

    def _implied(self, parsed: Parsed, candidate: Candidate) -> tuple[Instrument, ...]:
        if not candidate.instrument:
            return ()
        return (Instrument(span=parsed.of([candidate.token]), kind=candidate.instrument),)

    def _finer(self, type_: str, instruments: tuple[Instrument, ...]) -> str:
        """The type that the weapon gives, where it lies below the trigger's own."""
        for tool in instruments:
            for ancestor in reversed(self.knowledge.instruments.get(tool.kind, ())):
                finer = BY_WEAPON.get(ancestor)
                if finer is not None and finer in self.knowledge.taxonomy and self.knowledge.is_a(finer, type_):
                    return finer
        return type_

    def _time(self, parsed: Parsed, candidate: Candidate, frames: dict[int, Frame]) -> Interval | None:
        """The time expression that belongs to the trigger: in its own phrase, at its verb, else the clause's only one."""
        return _owned_time(parsed, candidate.token, frozenset(frames))

    def _boundary(self, token: Token, frames: dict[int, Frame]) -> frozenset[int]:
        """Triggers that a word like "after" sets apart from this one."""
        apart: set[int] = set()
        for other in frames:
            if other != token.i and _set_apart(token.doc[other], token):
                apart.add(other)
        return frozenset(apart)


# which type a weapon makes of a plain attack
BY_WEAPON = {
    "drone": "air-drone-strike", "warplane": "air-drone-strike", "air-bomb": "air-drone-strike", "rocket": "shelling", "missile": "shelling",
    "shell": "shelling", "projectile": "shelling", "bomb": "remote-explosive", "suicide-vest": "suicide-bomb", "grenade": "grenade",
    "chemical": "chemical-weapon", "firearm": "shooting", "blade": "stabbing",
}  # fmt: skip


def _owned_time(parsed: Parsed, trigger: Token, triggers: frozenset[int]) -> Interval | None:
    near: list[tuple[int, Interval]] = []
    for timed in parsed.times:
        if timed.interval is None or timed.relation in ("since", "until", "before"):
            continue
        token = next((t for t in trigger.doc if timed.start <= parsed.offset(t) < timed.end), None)
        if token is None:
            continue
        rank = _rank(token, trigger, triggers, parsed)
        if rank is not None:
            near.append((rank, timed.interval))
    if near:
        return min(near, key=lambda pair: pair[0])[1]
    return _only_time(parsed, trigger)


def _only_time(parsed: Parsed, trigger: Token) -> Interval | None:
    """The sentence's only time, where the parser hung it on "told" although it stands with the deed: "attacked X on Tuesday, a source said"."""
    stated = [timed for timed in parsed.times if timed.interval is not None]
    if len(stated) != 1 or stated[0].relation in ("since", "until", "before", "after"):
        return None
    at = stated[0].start
    reports = [parsed.offset(t) for t in parsed.tokens if t.pos_ == "VERB" and t.lemma_ in attribution.REPORT]
    told_later = all(verb > at for verb in reports) and parsed.offset(trigger) < at
    own_clause = not any(
        t.lower_ in _BREAK or t.lower_ in ("who", "which", "when")
        for t in parsed.tokens
        if parsed.offset(trigger) < parsed.offset(t) < at
    )
    return stated[0].interval if reports and told_later and own_clause else None


def _rank(token: Token, trigger: Token, triggers: frozenset[int], parsed: Parsed) -> int | None:
    """How near a time expression stands to a trigger: 0 in its own phrase, more up the tree, None for another's."""
    for steps, above in enumerate((token, *token.ancestors)):
        if above == trigger:
            return steps
        if above.i in triggers and not parsed.is_time(above):
            # another event's time, unless that event tells the same deed: left to the merge
            return None
        if above.pos_ in ("VERB", "AUX"):
            if above.lemma_ in attribution.REPORT or any(t.dep_ in ("advcl", "relcl") for t in _path(trigger, above)):
                return None
            return 10 + steps if above in trigger.ancestors else None
    return None


def _path(token: Token, above: Token) -> list[Token]:
    found = []
    for step in (token, *token.ancestors):
        if step == above:
            break
        found.append(step)
    return found


def _set_apart(one: Token, other: Token) -> bool:
    """Whether "after", "following", "in response to" stands between two triggers in the tree."""
    for low, high in ((one, other), (other, one)):
        path = [low]
        for above in low.ancestors:
            path.append(above)
            if above == high:
                break
        if path[-1] != high:
            continue
        for step in path[:-1]:
            if step.pos_ in ("ADP", "SCONJ") and step.lower_ in _BREAK:
                return True
            if step.pos_ in ("VERB", "AUX") and any(
                c.dep_ in ("mark", "prep", "advmod") and c.lower_ in _BREAK for c in step.children if c.i < step.i
            ):
                return True
            if step.lemma_ in ("response", "retaliation", "reprisal", "revenge"):
                return True
    return False


def _ours(parsed: Parsed, targets: tuple[Participant, ...], words: tuple[Attribution, ...]) -> tuple[Participant, ...]:
    """ "our troops" are the speaker's."""
    nation = next((word.nation for word in words if word.nation), None)
    if nation is None:
        return targets
    return tuple(
        replace(one, nations=(NationRole(nation, "forces"),))
        if not one.nations and one.span.text.lower().startswith("our ")
        else one
        for one in targets
    )


def said(span: Span) -> str:
    """A span's words in lower case."""
    return span.text.lower()
