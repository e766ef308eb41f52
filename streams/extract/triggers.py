"""What may be an event: words of the taxonomy in a parsed sentence, with the grammar that they follow.

Called by the reader. Finds candidates only; whether one has a victim, happened at all or is a metaphor is judged later, with
its arguments known. Words come from the knowledge; only how English builds with them is written down here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from streams.extract import tree
from streams.extract.cues import Cue
from streams.extract.parsed import Parsed
from streams.extract.signs import Signs
from streams.extract.tokens import Token
from streams.knowledge.world import Knowledge, Trigger

Grammar = Literal["verb", "noun", "launch", "land", "intercept", "harm", "mutual", "trodden"]

# "fired rockets at": the object is the weapon
LAUNCH = frozenset("fire launch lob hurl rain throw unleash loose send pump empty discharge".split())
# "a rocket landed inside": the subject is the weapon
LAND = frozenset(
    "land fall explode detonate crash slam smash plunge impact ram plow plough burst rip tear drop erupt dive punch hurtle streak pierce penetrate bore skid careen drift swoop whistle scream thud slice pour shower cascade".split()
)
# "shot down a drone": the object is the enemy's weapon
INTERCEPT = frozenset("intercept down destroy neutralise neutralize".split())
HARM = frozenset("kill wound injure hurt maim damage".split())
PHRASAL = {
    ("go", "off"): "land", ("blow", "up"): "land", ("set", "off"): "launch", ("come", "down"): "land", ("go", "down"): "",
    ("shoot", "down"): "intercept", ("bring", "down"): "intercept", ("take", "down"): "intercept", ("knock", "down"): "intercept", ("swat", "down"): "intercept", ("take", "out"): "",
    ("go", "for"): "land", ("fall", "short"): "land", ("fire", "off"): "launch", ("fire", "on"): "verb", ("rain", "down"): "land", ("come", "through"): "land", ("go", "through"): "land", ("shoot", "back"): "mutual", ("fire", "back"): "mutual", ("rain", "on"): "land", ("beat", "up"): "verb", ("knock", "out"): "verb",
}  # fmt: skip
_FROM_SKY = frozenset("swat blast blow knock pluck pick shoot take bat".split())
_SKY = Cue(r"\bout of the (?:sky|air)\b|\bfrom the sky\b|\bin mid-?air\b")
# nouns and names far oftener than verbs, or matters of business: as weak as any
UNSURE = frozenset("gas shell lynch drill knife storm takeover sinking".split())
WEAK = frozenset(
    "hit strike target fire launch land fall crash kill wound injure hurt damage destroy storm rock pound raid attack".split()
)
# "their vehicle hit a mine", "she stepped on a mine": the subject is the victim
TREAD = frozenset("hit strike step tread trod drive run go roll pass trigger detonate set walk touch".split())
LAID = frozenset("mine landmine minefield ied device bomb explosive".split())
# "X and Y exchanged fire", "fighting between X and Y": both sides do it
MUTUAL = frozenset("clash fight battle skirmish fighting firefight gunfight gunbattle shootout hostility combat".split()) | {
    "exchange fire", "trade fire", "exchange gunfire", "trade gunfire", "exchange shot", "trade shot", "exchange artillery", "trade artillery", "swap fire", "return fire", "shoot back", "fire back",
    "gun battle", "fire fight", "shoot out", "armed clash", "exchange of fire", "exchange of gunfire", "street fighting", "tank battle",
}  # fmt: skip
CHARGES = frozenset("explosive explosives vest belt bomb device charge detonator".split())
_LAID_WORDS = (
    ("landmine",),
    ("minefield",),
    ("over", "a", "mine"),
    ("on", "a", "mine"),
    ("hit", "a", "mine"),
    ("struck", "a", "mine"),
    ("explosive",),
    ("explosives",),
    ("vest",),
)
_MOVING = frozenset(
    "vehicle car bus truck lorry minibus convoy patrol tractor motorcycle van train wheel child boy girl farmer villager".split()
)
NOUN_FIRE = frozenset({"fire", "gunfire"})
_NOT_NOUN = frozenset(
    "heart panic asthma verbal personal shark dog bear hunger general labour labor transport rail teachers' pilots ad advertising".split()
)


_HOURS = frozenset({"night", "day", "dawn", "dusk", "noon", "midnight"})
_NOMINAL = frozenset({"nsubj", "nsubjpass", "dobj", "pobj"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word that may be an event's trigger."""

    token: Token
    grammar: Grammar
    type: str  # slug of the taxonomy
    instrument: str  # slug that the word itself implies, "" for none
    weak: bool  # needs a weapon, an armed actor or a military target beside it
    lead: bool = False  # read only in the title and the first two sentences, beside a side of politics


class Triggers:
    """The triggers of the knowledge, ready to be looked up in parsed sentences."""

    def __init__(self, knowledge: Knowledge, signs: Signs) -> None:
        self._knowledge = knowledge
        self.signs = signs
        self._verbs: dict[str, Trigger] = {}
        self._nouns: dict[str, Trigger] = {}
        for trigger in knowledge.triggers:
            shelf = self._verbs if trigger.pos == "verb" else self._nouns
            shelf.setdefault(" ".join(trigger.words).lower(), trigger)

    def verbs(self) -> Iterator[tuple[str, ...]]:
        """The verbs that grammar alone adds to those of the knowledge, for the prefilter."""
        yield from ((verb,) for verb in LAUNCH | LAND | INTERCEPT | HARM)
        yield from PHRASAL
        yield from ((verb,) for verb in _FROM_SKY)
        yield from _LAID_WORDS

    def candidates(self, parsed: Parsed) -> Iterator[Candidate]:
        """Candidates in reading order."""
        for token in parsed.tokens:
            if token.text == "March" and parsed.is_time(token):
                continue  # a month, though the tagger may take it for a verb
            noun = token.pos_ not in ("VERB", "AUX") or _nominal(token)
            found = self._noun(parsed, token) if noun else self._verb(parsed, token)
            if found is not None and (not found.lead or (parsed.lead and self.signs.party(parsed.text))):
                yield found

    def is_attack(self, token: Token) -> bool:
        """Whether a token is a word for an armed attack."""
        lemma = token.lemma_.lower()
        if token.pos_ == "VERB":
            found = self._verbs.get(lemma)
            return lemma in ("attack", "strike", "hit", "target") or (
                found is not None and self._knowledge.is_a(found.type, "armed-attack")
            )
        found = self._nouns.get(lemma) or self._nouns.get(_compound(token))
        return token.pos_ in ("NOUN", "PROPN") and found is not None and self._knowledge.is_a(found.type, "armed-attack")

    def _verb(self, parsed: Parsed, token: Token) -> Candidate | None:
        lemma = token.lemma_.lower()
        if lemma in ("fire", "shoot") and any(n == "at" and h.lower_ in ("other", "another") for n, h in tree.prepositions(token)):
            return self._made(token, "exchange fire", "mutual", "verb")
        if lemma == "sink" and token.tag_ != "VBN" and not tree.arguments(token).objects:
            return None  # "the ferry sank"
        if lemma in TREAD and _trodden(token):
            return Candidate(token=token, grammar="trodden", type="remote-explosive", instrument="", weak=False)
        for child in token.children:
            pair = (lemma, child.lower_)
            phrase = f"{lemma} {child.lower_}"
            if (
                child.dep_ in ("prt", "advmod", "acomp", "prep")
                and pair in PHRASAL
                and (child.dep_ != "prep" or child.lower_ != "on")
            ):
                grammar = PHRASAL[pair]
                return self._made(token, phrase, grammar or "verb", "verb") if grammar else None
            for each in tree.unfolded(child) if child.dep_ in ("dobj", "nsubjpass") else ():
                if f"{lemma} {each.lemma_.lower()}" in self._verbs:
                    return self._made(token, f"{lemma} {each.lemma_.lower()}", "verb", "verb")
            if lemma == "set" and (
                child.lower_ in ("ablaze", "alight") or (child.lower_ == "on" and any(c.lower_ == "fire" for c in child.children))
            ):
                return self._made(token, "set fire", "verb", "verb")
            if child.dep_ == "prt" and phrase in self._verbs:
                return self._made(token, phrase, "verb", "verb")
        if lemma in _FROM_SKY and _SKY.search(" ".join(t.lower_ for t in token.doc[token.i : token.i + 7])):
            return self._made(token, "shoot down", "intercept", "verb")
        if lemma in ("trigger", "activate", "drive", "steer") and any(
            c.dep_ == "dobj" and any(t.lemma_.lower() in CHARGES for t in c.subtree) for c in token.children
        ):
            return self._made(token, "explode", "land", "verb")
        if lemma in LAUNCH:
            return self._made(token, lemma, "launch", "verb")
        if lemma in LAND:
            return self._made(token, lemma, "land", "verb")
        if lemma in INTERCEPT:
            return self._made(token, lemma, "intercept", "verb")
        if lemma in HARM:
            return self._made(token, lemma, "harm", "verb")
        return self._made(token, lemma, "verb", "verb") if lemma in self._verbs else None

    def _noun(self, parsed: Parsed, token: Token) -> Candidate | None:
        if (token.pos_ not in ("NOUN", "PROPN") and not _nominal(token)) or token.i in parsed.names:
            return None
        lemma = token.lower_ if _gerund(token) else token.lemma_.lower()
        if lemma == "attempt" and any(n == "on" and h.lemma_ == "life" for n, h in tree.prepositions(token)):
            return self._made(token, "assassination attempt", "noun", "noun")
        compound = _compound(token)
        word = next((w for w in (compound, lemma) if w in self._nouns), "")
        if not word or (
            token.dep_ in ("compound", "nmod")
            and token.head.pos_ in ("NOUN", "PROPN")
            and token.head.lemma_.lower() not in NOUN_FIRE
        ):
            return None
        if any(c.dep_ in ("compound", "amod", "nmod") and c.lower_ in _NOT_NOUN for c in token.children):
            return None
        return self._made(token, word, "noun", "noun")

    def _made(self, token: Token, word: str, grammar: str, pos: str) -> Candidate:
        found = (self._verbs if pos == "verb" else self._nouns).get(word)
        weak = found.weak if found is not None else True
        lemma = token.lemma_.lower()
        if word in MUTUAL:
            grammar = "mutual"
        return Candidate(
            token=token,
            grammar=grammar,  # type: ignore[arg-type]  # PHRASAL's values are grammars
            type=found.type if found is not None else "armed-attack",
            instrument=(found.instrument or "") if found is not None else "",
            weak=weak or (pos == "verb" and lemma in WEAK),
            lead=found is not None and found.lead,
        )


def _nominal(token: Token) -> bool:
    """Whether what the tagger calls a verb stands where a noun does: "Strike on market kills 12", "killed in shelling by the army"."""
    return token.dep_ in _NOMINAL or _gerund(token)


def _gerund(token: Token) -> bool:
    """ "shelling by the army", "Ukrainian shelling": a gerund with whose it is beside it and nothing that it is done to."""
    if token.tag_ != "VBG" or token.dep_ not in ("pcomp", "conj") or any(c.dep_ == "dobj" for c in token.children):
        return False
    whose = any(c.dep_ in ("amod", "compound", "nmod", "poss", "det") and c.i < token.i for c in token.children)
    return whose or any(name == "by" and head.lower_ not in _HOURS for name, head in tree.prepositions(token))


def _trodden(verb: Token) -> bool:
    """Whether a verb has a laid bomb for what is hit or stepped on: "ran over a landmine", "struck a roadside bomb"."""
    for child in verb.children:
        if (
            child.dep_ == "dobj"
            and verb.lemma_ in ("hit", "strike", "trigger", "touch", "detonate")
            and child.lemma_.lower() in LAID
        ):
            return verb.lemma_ not in ("detonate", "trigger") or any(
                tree.core(s).lemma_.lower() in _MOVING for s in tree.own_subjects(verb)[0]
            )
        over = child.dep_ in ("prep", "prt") and child.lower_ in ("on", "over", "onto", "upon", "into")
        leaves = list(verb.children if child.dep_ == "prt" else child.children) if over else []
        if any(leaf.lemma_.lower() in LAID for leaf in leaves if leaf.dep_ in ("pobj", "dobj")):
            return True
    return False


def _compound(token: Token) -> str:
    """ "air strike" for a head with its last compound, "" for none."""
    before = [c for c in token.lefts if c.dep_ in ("compound", "amod", "nmod")]
    return f"{before[-1].lower_} {token.lemma_.lower()}" if before else ""
