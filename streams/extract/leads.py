"""Events that grammar missed and the lead of an article tells all the same, found by a learned model.

Called by the reader once per article, after its sentences are drafted. The model knows words and their neighbours, not grammar: a
reporter who writes what he sees ("the jets came twice before dawn") uses verbs that no list has. It adds a draft only where it is
sure, where no word of the text says that the thing was denied, planned, rehearsed or is long past, and where the sentence names
whom a narrower label asks for; it never changes what grammar found.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import re2

from streams.extract import attribution, background, packed, past, stage, tree
from streams.extract.belonging import owned_time
from streams.extract.drafts import Draft
from streams.extract.packed import Models
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.tokens import Token
from streams.extract.traits import Shelves, Traits, told
from streams.knowledge.world import Knowledge
from streams.records.flow import Article, Event, Participant, Telling

SURE = 0.3  # chance from which a draft is added: the words and the sentence are asked besides, and `news` may doubt it
SURER = {"riot": 0.5}  # whose words are those of any unrest
NEWSY = 0.5  # and that of violence told as news at all
LEAD = 4  # sentences, the title among them, in which the lead tells its news; an assumption
# what a label of the model is: a type, and kinds of which one must be hit
LABELS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "air-drone-strike": ("air-drone-strike", ()),
    "shelling": ("shelling", ()),
    "suicide-bomb": ("suicide-bomb", ()),
    "remote-explosive": ("remote-explosive", ()),
    "armed-clash": ("armed-clash", ()),
    "assassination": ("assassination", ()),
    "abduction": ("abduction", ()),
    "riot": ("riot", ()),
    "force-against-protesters": ("force-against-protesters", ()),
    "diplomats": ("armed-attack", ("diplomatic-site", "diplomat")),
    "aid": ("armed-attack", ("aid-worker", "aid-organisation")),
    "journalists": ("armed-attack", ("journalist", "media", "media-site")),
    "ship": ("armed-attack", ("ship",)),
    "energy": ("armed-attack", ("energy-site",)),
}
NEWS = "news"  # that the lead tells violence as news at all
# of deaths that nobody inflicted on another
_NOBODYS = re2.compile(
    r"(?i)\b(?:apparent suicide|suicide (?:attempt|note)|(?:committed|dead by|died by) suicide|t(?:ook|aken|aking) (?:his|her|their) own "
    r"li(?:fe|ves)|natural causes|heart (?:attack|failure)|cardiac arrest|(?:of|had|suffered) a stroke|a stroke (?:had )?killed|"
    r"no foul play|no crime|accident(?:al|ally|s)?|"
    r"(?:airliner|airplane|plane|jet|train|bus|coach|truck|ferry|boat)s?(?: [\w'-]+){0,4} (?:crash(?:ed|es)?|derailed|capsized|collided|sank)|"
    r"(?:ship|vessel|freighter|trawler|carrier|tanker)s?(?: [\w'-]+){0,2} (?:s[ai]nks?|capsizes?|ran aground|runs aground|(?:broke|breaks|split|splits) (?:in|into) )|"
    r"(?:heavy|rough|high|stormy) seas|by hail|hailstorm|burst (?:penstock|pipe|dam)|"
    r"coal ?miners?|collier(?:y|ies)|methane|gas leak|(?:underground|gas|boiler|silo) (?:explosion|blast)s?)\b"
)
_PROMINENT = ("official", "senior-officer", "group-leader")
_REPORTS = frozenset("say tell report announce state add claim confirm note write show believe".split())


@dataclass(frozen=True, slots=True)
class Found:
    """A draft that the model adds, and the sentence that it is read from."""

    sentence: int
    draft: Draft


class Leads:
    """Finds drafts with the weights of `streams/data/leads.weights.json`."""

    def __init__(self, knowledge: Knowledge, cast: Cast, models: Models | None = None, traits: Traits | None = None) -> None:
        self._knowledge = knowledge
        self._cast = cast
        self._model = (models if models is not None else packed.load("leads")).models["leads"]
        self._shelves = Shelves(self._model)
        self.traits = traits if traits is not None else Traits(knowledge)

    def sure(self, article: Article, sheets: Sequence[Parsed], events: Sequence[Event]) -> list[str]:
        """The labels that the model is sure of and no event has; none where grammar found an accident: wrecks look like raids."""
        if any(event.path[0] == "accidents" for event in events):
            return []
        chances = self._model.chances(self._shelves.rows(self.traits.head(article), told(sheets, events)))
        if chances.pop(NEWS) < NEWSY:
            return []
        return [
            label
            for label, chance in chances.items()
            if chance >= SURER.get(label, SURE)
            and (asked := self._beside(label, events)) is not None
            and not self._known(*asked, events)
        ]

    def drafts(
        self, labels: Sequence[str], sheets: Sequence[Parsed], events: Sequence[Event], drafts: Mapping[int, Sequence[Draft]]
    ) -> list[Found]:
        """Drafts of these labels, read from the lead; `drafts`: those of grammar, by number of their sentence."""
        lead = [sheet for sheet in sheets if sheet.number < LEAD]
        if any(_NOBODYS.search(sheet.text) for sheet in lead):
            return []
        found: list[Found] = []
        taken = {sheet.number: {i for draft in drafts.get(sheet.number, ()) for i in draft.tokens} for sheet in lead}
        for label in labels:
            asked = self._beside(label, events)
            if asked is None:
                continue
            for sheet in sorted(lead, key=lambda one: -self._model.each(self.traits.words(one.text))[label]):
                draft = self._draft(sheet, *asked, taken[sheet.number])
                if draft is not None:
                    taken[sheet.number] |= draft.tokens
                    found.append(Found(sheet.number, draft))
                    break
        return found

    def _beside(self, label: str, events: Sequence[Event]) -> tuple[str, tuple[str, ...]] | None:
        """What a label adds beside the attack that grammar found: a finer type, or who was hit; never a second attack."""
        type_, kinds = LABELS[label]
        attacks = [one for one in events if "armed-attack" in one.path and one.stage == "happened" and one.standing != "denied"]
        if not attacks or not self._knowledge.is_a(type_, "armed-attack") or kinds:
            return type_, kinds
        if label == "assassination":
            return "armed-attack", _PROMINENT
        return (type_, kinds) if any(self._knowledge.is_a(type_, one.type) for one in attacks) else None

    def _known(self, type_: str, kinds: Sequence[str], events: Sequence[Event]) -> bool:
        """Whether grammar found it, or that they were hit by something else (a reporter abducted), or that it is no news."""
        for event in events:
            if (
                (event.path[0] == "violence" and self._hit(event.targets, kinds))
                if kinds
                else self._knowledge.is_a(event.type, type_)
            ):
                return True
            related = self._knowledge.is_a(event.type, type_) or self._knowledge.is_a(type_, event.type)
            if related and (event.stage != "happened" or event.standing == "denied"):
                return True
        return False

    def _hit(self, targets: Sequence[Participant], kinds: Sequence[str]) -> bool:
        return any(self._cast.is_a(one.kind, kind) for one in targets for kind in kinds)

    def _draft(self, parsed: Parsed, type_: str, kinds: Sequence[str], taken: Collection[int]) -> Draft | None:
        """The draft of one sentence, None where its words speak against it."""
        if parsed.caption or background.fiction(parsed):
            return None
        verb = _main_verb(parsed)
        if verb is None:
            return None
        targets = tuple(self._targets(parsed, kinds))
        if kinds and not targets:
            return None
        verdict = stage.judge(parsed, verb)
        if verdict.stage != "happened" or verdict.negated or verdict.denied or verdict.open_question or verdict.foiled:
            return None
        time = owned_time(parsed, verb, frozenset({verb.i}))
        if past.retold(parsed, verb, time):
            return None
        trigger = next((t for t in (verb, *verb.children, *parsed.tokens) if t.i not in taken and t.text.isalpha()), None)
        if trigger is None:
            return None
        instruments = {
            tool.span: tool
            for t in parsed.tokens
            if (tool := self._cast.instrument(parsed, t)) is not None and t.pos_ in ("NOUN", "PROPN")
        }
        telling = Telling(
            type=type_,
            path=self._knowledge.taxonomy[type_].path,
            trigger=parsed.of([trigger]),
            sentence=parsed.whole(),
            targets=targets,
            instruments=tuple(instruments.values()),
            time=time,
            doubt=tuple(background.doubts(parsed)),
            attribution=attribution.speakers(parsed, verb, self._cast),
        )
        return Draft(telling=telling, sentence=parsed.number, tokens={trigger.i})

    def _targets(self, parsed: Parsed, kinds: Sequence[str]) -> Iterator[Participant]:
        """Noun phrases of these kinds that nobody's word rests on."""
        for token in parsed.tokens:
            if token.pos_ not in ("NOUN", "PROPN") or token.dep_ in ("compound", "nmod", "amod"):
                continue
            if token.dep_ == "nsubj" and token.head.lemma_ in _REPORTS:
                continue
            one = self._cast.participant(parsed, token)
            if any(self._cast.is_a(one.kind, kind) for kind in kinds):
                yield one


def _main_verb(parsed: Parsed) -> Token | None:
    """The verb of the main clause, or of what is reported in it; a headline's noun where there is no verb."""
    root = next((t for t in parsed.tokens if t.head == t), None)
    while root is not None and root.lemma_ in _REPORTS:
        below = next((c for c in root.children if c.dep_ == "ccomp"), None)
        if below is None:
            break
        root = below
    if root is None or tree.negated(root):
        return None
    return root
