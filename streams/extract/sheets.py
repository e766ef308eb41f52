"""Sentences to parsed sheets: names stood in for, headline verbs set right, upper case made mixed, then the parser.

Called by the reader once per batch. The parser sees "Bagram" for "Ain al-Asad air base": it knows well-worn words better, and
a name is then one token whatever it is made of. Offsets are kept apart, so that spans always quote the article itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from streams import clean
from streams.extract.gazetteer import Gazetteer, Story, nations_of
from streams.extract.headlines import Headlines
from streams.extract.model import Model, Piece
from streams.extract.parsed import Parsed
from streams.extract.tokens import Tokens
from streams.knowledge.towns import Towns
from streams.knowledge.world import Entity, Hit, Knowledge
from streams.records.flow import Article, Where

# what the parser reads instead of a name, by kind; the first ancestor listed wins
STAND_INS = {
    "base": "Bagram", "site": "Bagram", "armed-group": "Hamas", "alliance": "NATO", "state-force": "NATO", "force": "NATO", "media": "Reuters",
    "organisation": "UNICEF", "government": "Congress", "nation": "Iraq", "place": "Baghdad", "person": "Obama", "vehicle": "Titanic",
}  # fmt: skip
_NOT_AFTER_NOUN = frozenset(
    "inside outside across into toward towards around along "
    "on in at of by for to from with against near over after before as amid during since and or but kill kills killed wound wounds hit hits leave leaves "
    "leaving killing wounding continue resume resumed target targeting targeted were was are is have has had may could will would say says said , . : ; - – — ’s 's "
    "monday tuesday wednesday thursday friday saturday sunday overnight today".split()
)
_HEADLINE_PAST = {
    "strikes": "struck", "hits": "hit", "attacks": "attacked", "bombs": "bombed", "shells": "shelled", "raids": "raided", "targets": "targeted", "launches": "launched",
    "fires": "fired", "ambushes": "ambushed", "storms": "stormed", "rockets": "", "claims": "claimed", "threatens": "threatened", "kills": "killed", "wounds": "wounded",
    "downs": "downed", "intercepts": "intercepted", "assaults": "assaulted", "bombards": "bombarded", "pounds": "pounded", "resumes": "resumed",
    "closes": "closed", "shuts": "shut", "seals": "sealed", "seizes": "seized", "declares": "declared", "imposes": "imposed", "extends": "extended",
    "lifts": "lifted", "reopens": "reopened", "evacuates": "evacuated", "suspends": "suspended", "arrests": "arrested", "detains": "detained", "abducts": "abducted",
    "kidnaps": "kidnapped", "torches": "torched", "violates": "violated", "ousts": "ousted", "overthrows": "overthrew", "topples": "toppled", "orders": "ordered",
    "tells": "told", "urges": "urged", "withdraws": "withdrew", "accepts": "accepted", "signs": "signed", "breaks": "broke", "grounds": "grounded", "loots": "looted", "airlifts": "airlifted", "halts": "halted", "grabs": "grabbed",
}  # fmt: skip


# after a plural a headline's verb has no ending: "Protesters torch bus", "Police fire tear gas"
_HEADLINE_PLURAL = {
    "fire": "fired", "torch": "torched", "storm": "stormed", "hold": "held", "seize": "seized", "close": "closed", "shut": "shut", "seal": "sealed", "abduct": "abducted",
    "kidnap": "kidnapped", "arrest": "arrested", "detain": "detained", "impose": "imposed", "declare": "declared", "sign": "signed", "extend": "extended", "oust": "ousted",
    "topple": "toppled", "evacuate": "evacuated", "order": "ordered", "lynch": "lynched", "burn": "burned", "loot": "looted", "disperse": "dispersed", "threaten": "threatened",
    "stone": "stoned", "teargas": "tear-gassed", "nab": "nabbed", "snatch": "snatched", "ransack": "ransacked", "break": "broke", "agree": "agreed", "clash": "clashed",
    "pound": "pounded", "shell": "shelled", "bomb": "bombed", "raid": "raided", "ambush": "ambushed", "target": "targeted", "hammer": "hammered", "pummel": "pummelled",
}  # fmt: skip
_PLURAL = frozenset({"police", "gunmen", "men", "people", "policemen", "youth"})


_PASSIVE = frozenset("was were been being be is are found and".split())
_HOLDING = {"housing": "hosting", "houses": "hosted", "hosts": "hosted"}
# verbs of motion are never a headline's nouns when a preposition follows
_MOTION_PAST = {
    "slams": "slammed", "crashes": "crashed", "explodes": "exploded", "lands": "landed", "smashes": "smashed", "detonates": "detonated", "plunges": "plunged",
    "rips": "ripped", "tears": "tore", "ploughs": "ploughed", "plows": "plowed", "punches": "punched", "bursts": "burst", "comes": "came", "falls": "fell",
    "collapses": "collapsed", "takes": "took", "agrees": "agreed", "erupts": "erupted",
}  # fmt: skip
_HOUSES = frozenset("base bases camp outpost compound airfield airbase facility site garrison installation barracks bagram".split())


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence to be parsed."""

    text: str
    start: int
    where: Where
    number: int  # order of reading: the title first, then the text
    article: Article
    caption: bool = False
    upper: bool = False  # the whole article part came in capitals
    lead: bool = False  # in the title, or one of the first two sentences of the text


@dataclass(frozen=True, slots=True)
class _Ready:
    """A sentence as the parser is to see it."""

    words: list[str]
    spaces: list[bool]  # whether a space follows each
    names: dict[int, Entity]  # by index of the word that stands for one
    offsets: list[tuple[int, int]]  # of each word, in sentence offsets


class Sheets:
    """Makes parsed sentences with one language model."""

    def __init__(self, model: Model, knowledge: Knowledge, towns: Towns) -> None:
        self._model = model
        self._knowledge = knowledge
        self._gazetteer = Gazetteer(knowledge, towns)
        self._proper = frozenset(
            alias
            for entity in knowledge.entities.values()
            for alias in entity.aliases
            if alias and alias[0] != "=" and not alias.islower()
        )

        lemmas, irregular = model.verbs()
        told = (t.words[0] for t in knowledge.triggers if len(t.words) == 1 and t.pos == "noun")
        self._headlines = Headlines(lemmas, told, irregular)
        self._events = frozenset(
            trigger.words[0]
            for trigger in knowledge.triggers
            if trigger.pos == "noun" and len(trigger.words) == 1 and trigger.words[0].endswith("ing")
        )

    def parse(self, lines: Sequence[Line]) -> list[Parsed]:
        """Parsed sentences in the order given, of one article or of several."""
        stories: dict[int, Story] = {}
        ready = [self._ready(line, stories.setdefault(id(line.article), self._story(line.article))) for line in lines]
        trees = self._model.parse([(each.words, each.spaces) for each in ready])
        self._set_verbs(lines, ready, trees)
        return [self._parsed(line, tokens, each) for line, tokens, each in zip(lines, trees, ready, strict=True)]

    def _set_verbs(self, lines: Sequence[Line], ready: Sequence[_Ready], trees: list[Tokens]) -> None:
        """Parses titles without a main verb once more, with the word that may be theirs in the past tense."""
        again: list[tuple[int, int, list[str]]] = []
        for place, (line, each, tree) in enumerate(zip(lines, ready, trees, strict=True)):
            if line.where == "title" and all(t.pos_ not in ("VERB", "AUX") for t in tree if t.head == t):
                found = self._headlines.verb(each.words, _NOT_AFTER_NOUN)
                if found is not None:
                    at, past = found
                    again.append((place, at, [*each.words[:at], past, *each.words[at + 1 :]]))
        if not again:
            return
        for (place, at, words), tree in zip(again, self._model.parse([(w, ready[p].spaces) for p, _, w in again]), strict=True):
            if tree[at].head == tree[at] and tree[at].pos_ == "VERB":
                trees[place] = tree
                ready[place].words[:] = words

    def _story(self, article: Article) -> Story:
        """What one sentence leaves open and the whole article may say."""
        return Story(cache(lambda: nations_of(self._knowledge.mentions(f"{article.title}\n\n{article.text}"))))

    def _parsed(self, line: Line, tokens: Tokens, ready: _Ready) -> Parsed:
        _repair(tokens, ready.words)
        if "-" in ready.words:
            _join_hyphened(tokens, ready.words)
        _name_events(tokens, ready.words, self._events)
        return Parsed(
            number=line.number,
            where=line.where,
            start=line.start,
            text=line.text,
            tokens=tokens,
            names=ready.names,
            offsets=ready.offsets,
            published=line.article.published,
            caption=line.caption,
            lead=line.lead,
            around=line.article.text,
        )

    def _ready(self, line: Line, story: Story) -> _Ready:
        told = clean.SURROGATE.sub("\ufffd", line.text)  # half a character, which no tokenizer takes; offsets stay
        text = clean.truecase(told, self._proper) if clean.is_upper_case(told) else told
        raw = self._model.tokens(text)
        known = self._knowledge.mentions(told)
        hits = {hit.start: hit for hit in (*known, *self._gazetteer.hits(told, known, story)) if hit.end > hit.start}
        ready = _Ready([], [], {}, [])
        words = ready.words
        at = 0
        while at < len(raw):
            token = raw[at]
            hit = hits.get(token.start)
            last = _last(hit, raw, at) if hit is not None else None
            if hit is not None and last is not None:
                ready.names[len(words)] = hit.entity
                words.append(self._stand_in(hit, raw[at : last + 1]))
                at = last
            else:
                words.append(token.text)
            ready.spaces.append(raw[at].spaced)
            ready.offsets.append((token.start, raw[at].start + len(raw[at].text)))
            at += 1
        for at, word in enumerate(words[1:], start=1):
            if word.lower() in _HOLDING and words[at - 1].lower() in _HOUSES:
                words[at] = _HOLDING[word.lower()]  # or the parser reads "base housing", "base houses" as a kind of house
            if word == "dead" and words[at - 1] == "shot" and at > 1 and words[at - 2] not in _PASSIVE:
                _shot_dead(words, ready.offsets, at)
            wounded = words[at + 1 : at + 2] in (["killed"], ["wounded"], ["injured"])
            if word == "and" and wounded and at > 1 and words[at - 1] == "shot" and words[at - 2] not in _PASSIVE:
                words[at - 1] = "attacked"  # or the parser takes "a sniper shot" for a kind of shot
        if line.where == "title" or line.upper:
            _set_right(words, ready.names)
            for at, word in enumerate(words):
                if word in ("-", "–", "—") and at and ready.spaces[at] and ready.spaces[at - 1]:
                    words[at] = ","  # "... in Iraq - statement": a source, not a compound
        return ready

    def _stand_in(self, hit: Hit, tokens: Sequence[Piece]) -> str:
        if len(tokens) == 1 and (hit.entity.kind in ("nation", "demonym", "media") or tokens[0].text.isupper()):
            return tokens[0].text
        if hit.entity.kind == "demonym":
            return "Iraqi"
        path = self._knowledge.kinds.get(hit.entity.kind, (hit.entity.kind,))
        return next((STAND_INS[kind] for kind in reversed(path) if kind in STAND_INS), tokens[-1].text)


def _repair(tokens: Tokens, words: Sequence[str]) -> None:
    """Makes nouns of subjects in the plural taken for verbs; hangs "and at Y" beside the "at X" that it continues."""
    for token in tokens:
        if (
            token.tag_ == "VBZ" and token.dep_ in ("nsubj", "nsubjpass") and token.lower_.endswith("s")
        ):  # "Boko Haram militants riding ..."
            token.pos_, token.tag_, token.lemma_ = "NOUN", "NNS", token.lower_[:-1]
            for clause in (c for c in token.children if c.dep_ == "xcomp" and c.tag_ == "VBG"):
                clause.dep_ = "acl"
    for at in (at for at, word in enumerate(words, start=1) if at > 1 and (word == "," or word.lower() == "and")):
        if at == len(words) or (token := tokens[at]).dep_ != "prep" or token.head.i <= at:
            continue
        verb = next((a for a in (tokens[token.i - 1].head, tokens[token.i - 2].head) if a.pos_ == "VERB" and a.i < token.i), None)
        if (
            verb is not None
            and tokens.sentence(verb.i) == tokens.sentence(token.i)
            and any(c.dep_ == "prep" and c.lower_ == token.lower_ and c.i < token.i for c in verb.children)
        ):
            token.hang(verb)


def _join_hyphened(tokens: Tokens, words: Sequence[str]) -> None:
    """Makes one phrase of a hyphened word whose parts the parser hung side by side: "Bashar al-Assad", "a sub-commander"."""
    for at in (at for at, word in enumerate(words[1:-1], start=1) if word == "-"):
        first, hyphen, last = tokens[at - 1], tokens[at], tokens[at + 1]
        if first.whitespace_ or hyphen.whitespace_:
            continue
        if (
            first.head == hyphen.head == last.head != first
            and first.dep_ == last.dep_
            and {first.pos_, last.pos_} <= {"NOUN", "PROPN"}
        ):
            first.dep_, hyphen.dep_ = "compound", "punct"
            first.hang(last)
            hyphen.hang(last)


def _name_events(tokens: Tokens, words: Sequence[str], events: frozenset[str]) -> None:
    """Makes nouns of "shelling" and "bombing" that the parser took for verbs: "Shelling killed two", "killed in Ukrainian shelling"."""
    for token in (tokens[at] for at, word in enumerate(words) if word[-3:].lower() == "ing"):
        if token.tag_ != "VBG" or token.lower_ not in events:
            continue
        whose = tokens[token.i - 1] if token.i else token
        if whose.dep_ == "pobj" and whose.tag_ == "NNP" and token.dep_ in ("advcl", "acl") and not token.children:
            token.pos_, token.tag_, token.dep_, token.lemma_ = "NOUN", "NN", "pobj", token.lower_
            token.hang(whose.head)
            whose.dep_ = "compound"
            whose.hang(token)
        if token.dep_ not in ("aux", "nsubj", "csubj"):
            continue
        verb = token.head
        if (
            verb.i > token.i
            and verb.tag_ in ("VBD", "VBZ", "VBP", "VBN")
            and not any(c.dep_ in ("dobj", "aux") for c in token.children)
        ):
            token.pos_, token.tag_, token.dep_, token.lemma_ = "NOUN", "NN", "nsubj", token.lower_


def _last(hit: Hit, tokens: Sequence[Piece], first: int) -> int | None:
    """Index of the token that a name ends with; None when it ends inside one. "U.S" may leave its last full stop outside."""
    for at in range(first, len(tokens)):
        end = tokens[at].start + len(tokens[at].text)
        if end >= hit.end:
            return at if end <= hit.end + 1 else None
    return None


def _plural(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "'s", "’s"))


_BESIDE = frozenset("outside inside beside behind along around through while when where late early just hours days minutes".split())


def _shot_dead(words: list[str], offsets: list[tuple[int, int]], at: int) -> None:
    """Sets "shot dead" right, whose "dead" stands at `at`: the parser reads "a motorcycle shot dead the mayor" as a kind of shot."""
    follows = words[at + 1] if at + 1 < len(words) else "."
    if follows.lower() in _NOT_AFTER_NOUN | _BESIDE or not follows[:1].isalnum():
        words[at - 1], words[at] = "gunned", "down"
        return
    words[at - 1], words[at] = "fatally", "shot"
    offsets[at] = (offsets[at - 1][0], offsets[at][1])  # the verb's own words are both


def _set_right(words: list[str], names: dict[int, Entity]) -> None:
    """A headline's "strikes", taken for a noun by the parser, in the past tense where a noun phrase follows it."""
    for at, word in enumerate(words[:-1]):
        past = _HEADLINE_PAST.get(word.lower())
        if at and word.lower() in _MOTION_PAST:
            words[at] = _MOTION_PAST[word.lower()]
        if at and word in _HEADLINE_PLURAL and (words[at - 1].lower() in _PLURAL or _plural(words[at - 1])):
            past = _HEADLINE_PLURAL[word]
        if not past or at == 0:
            continue
        after = words[at + 1]
        if after.lower() in _NOT_AFTER_NOUN or not (after[:1].isalnum() or at + 1 in names):
            continue
        words[at] = past
