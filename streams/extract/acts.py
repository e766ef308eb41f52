"""Acts that take two words to tell: "imposed a curfew", "closure of the crossing", "the truce collapsed", "took two men hostage".

Called by `tellings` for each sentence. What may stand together is data (rules/knowledge/acts.yaml); here is how English puts it
together: objects, passives, participles, headlines, particles, prepositions, nouns with "of". How far it got is `stage`'s question.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from streams.extract import background, bidding, senses, stage, tree
from streams.extract.cues import Cue
from streams.extract.humans import alive, human
from streams.extract.mentions import asserted, backstory, earlier, judged_in_court, restricts, ruled_out
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.tokens import Token
from streams.knowledge.world import Act, Knowledge
from streams.records.flow import Stage, Standing

_WITHIN = 7  # words between a verb and the last of its further words: "took at least a dozen villagers hostage"
# what these decide or make known is done by it: a curfew announced is a curfew
_PERFORM = frozenset(
    "agree consent assent accede concur announce declare decide order vote approve proclaim decree confirm say begin start move".split()
)
_DOORS = frozenset("door gate shutter".split())  # who shuts his own is shut
_MEASURES = frozenset(
    "canister volley round jet burst barrage cloud can salvo dozen hundred thousand score group handful number crowd".split()
)
# "accepted the ceasefire proposal": what is offered is what stands before it
_OFFERS = frozenset("proposal offer plan initiative deal agreement accord pact order regime".split())
_ORDER = frozenset("announce declare decide order decree proclaim".split())
_OPEN = ("planned", "hypothetical", "threatened")
_GONE = frozenset("former ex late deposed ousted exiled".split())
_BY_WORD = ("state-acts", "statements")  # roots of the types that a word brings about


@dataclass(slots=True)
class Found:
    """An act in a sentence, and how far it got."""

    act: Act
    trigger: Token
    thing: Token | None
    stage: Stage
    standing: Standing
    told: bool  # False: the text says it did not happen, or asks whether it did
    tokens: set[int] = field(default_factory=set)  # whose other readings this one replaces


class Acts:
    """Finds acts."""

    def __init__(self, knowledge: Knowledge, cast: Cast) -> None:
        self._knowledge = knowledge
        self._cast = cast
        self._verbs: dict[str, list[tuple[tuple[str, ...], Act]]] = {}
        self._nouns: dict[str, list[Act]] = {}
        for act in knowledge.acts:
            for verb in act.verbs:
                self._verbs.setdefault(verb[0], []).append((verb[1:], act))
            for noun in act.nouns:
                self._nouns.setdefault(noun, []).append(act)
        # of acts whose thing words alone name: one of them must be in the sentence before its tree is asked
        self._parts = {
            id(act): frozenset(
                part for word in act.words for part in word.replace("-", " ").split() if part not in ("of", "the", "in", "to")
            )
            for act in knowledge.acts
            if act.words and not act.kinds
        }
        # types of which the thing's name alone tells nothing: "the curfew", "a ceasefire"
        self.named = frozenset(
            act.type for act in knowledge.acts if act.words and not act.kinds and act.type not in ("riot", "arrests", "abduction")
        )

    def find(self, parsed: Parsed) -> list[Found]:
        """Acts in reading order, one for a word: the first entry that fits."""
        found: list[Found] = []
        words: frozenset[str] | None = None
        lemmas: frozenset[str] | None = None
        for token in parsed.tokens:
            lemma = token.lemma_.lower()
            if lemma not in self._verbs and lemma not in self._nouns:
                continue
            entries: Iterable[tuple[tuple[str, ...], Act]] = ()
            if token.pos_ in ("VERB", "AUX"):
                entries = self._verbs.get(lemma, ())
            elif token.pos_ in ("NOUN", "PROPN") and token.i not in parsed.names:
                entries = [((), act) for act in self._nouns.get(lemma, ())]
            if not entries:
                continue
            words = words or frozenset(t.lower_ for t in parsed.tokens)
            if lemmas is None:
                named = (word.casefold() for i in parsed.names for word in parsed.word(parsed.tokens[i]).split())
                lemmas = frozenset((*words, *(t.lemma_.lower() for t in parsed.tokens), *named))
            for rest, act in entries:
                parts = self._parts.get(id(act), lemmas)
                if (rest and not lemmas.issuperset(rest)) or parts.isdisjoint(lemmas):
                    continue
                if not act.unless.isdisjoint(words) or not _amid(parsed, act, words):
                    continue
                one = self._act(parsed, token, rest, act, words)
                if one is not None:
                    found.append(one)
                    break
        for one in found:  # "shattered a truce a day after it was signed": what went before
            late = one.trigger.dep_ == "advcl" and tree.marks(one.trigger) & {"after", "since"}
            if late and one.told and any(o is not one and o.thing is not None and o.thing == one.thing for o in found):
                one.stage = "retold"
        # "ended a truce agreed in May": what describes the thing of another act came before
        return [
            f for f in found if f.trigger.dep_ not in ("acl", "relcl") or all(f.trigger.head != o.thing for o in found if o != f)
        ]

    # ----------------------------------------------------------------------------------------------------- one act

    def _act(self, parsed: Parsed, token: Token, rest: tuple[str, ...], act: Act, words: frozenset[str]) -> Found | None:
        further = _further(token, rest)
        if further is None or (not rest and senses.held_up(token)):
            return None
        nominal = token.pos_ not in ("VERB", "AUX")
        thing = next(
            (
                t
                for t in (self._of(token, act) if nominal else self._things(parsed, token, rest, act))
                if t.i not in further and self._fits(parsed, t, act)
            ),
            None,
        )
        if thing is None or (act.to and not bidding.told_to(token, act.to)):
            return None
        if token.lemma_ == "fire" and not rest and self._dismisses(parsed, token):
            return None
        if act.under and not any(above.lemma_.lower() in act.under for above in tree.governors(token)):
            return None
        if not self._agent(parsed, token, thing, act, words) or (bidding.nobody(thing) and not bidding.forbidden(token)):
            return None
        made = self._judged(parsed, token, thing, act)
        made.tokens = {token.i, thing.i, tree.core(thing).i, *further}
        return made

    def _dismisses(self, parsed: Parsed, verb: Token) -> bool:
        """ "fired five officers": they lost their work."""
        whom = (tree.core(one) for one in tree.arguments(verb).objects)
        return any(human(one) or any(self._is_a(parsed, one, kind) for kind in ("person", "force")) for one in whom)

    def _things(self, parsed: Parsed, verb: Token, rest: tuple[str, ...], act: Act) -> Iterator[Token]:
        """Where the thing may stand beside a verb."""
        found = tree.arguments(verb)
        if "object" in act.at:
            yield from found.objects
            if not found.objects:
                yield from (c for c in verb.children if c.dep_ in ("attr", "ccomp") and c.pos_ in ("NOUN", "PROPN"))
                yield from (c for c in verb.children if c.dep_ in ("xcomp", "pcomp") and c.tag_ == "VBG")  # "stop fighting"
            for child in verb.children:  # "took villagers hostage": the parser makes one name of the two
                if child.dep_ in ("oprd", "ccomp", "acomp") or (child.dep_ == "dobj" and (rest or child.lemma_ in _OFFERS)):
                    yield from (c for c in child.children if c.dep_ in ("compound", "nsubj", "nmod"))
            if act.words and any(o.lower_ in ("it", "them") for o in found.objects):  # "reached the crossing and closed it"
                before = verb.doc[verb.left_edge.i if verb.dep_ == "ROOT" else 0 : verb.i]
                yield from (t for t in reversed(before) if t.dep_ in ("nsubj", "nsubjpass", "dobj", "pobj") and t.pos_ != "PRON")
            bare = verb.tag_ in ("VBD", "VBN") and act.words and not act.by and not _does(parsed, verb)
            if bare and not found.objects:
                yield from found.subjects  # a headline leaves "was" out: "Curfew imposed on Kano"
        if "subject" in act.at and (act.at & {"object", "actor"} or rest or not _does(parsed, verb)):
            yield from found.subjects
            if found.passive:
                yield from found.objects
            late = tree.marks(verb) & {"after", "since", "when", "until"}
            if not late and any(
                t.lower_ in ("it", "they") for t in found.subjects
            ):  # "the truce lasted an hour before it collapsed"
                yield from (t for above in tree.governors(verb) if above.pos_ == "VERB" for t in tree.own_subjects(above)[0])
        if "actor" in act.at:
            yield from found.agents if found.passive else found.subjects
        for name, head in tree.obliques(verb):
            if name in act.at:
                yield head
        if "under" in act.at and verb.lemma_ in ("place", "put"):  # "put the towns hit by the storm under a curfew": it hangs lower
            yield from (
                head for thing in found.objects for low in thing.subtree for name, head in tree.prepositions(low) if name == "under"
            )
        if "by" in act.at:
            yield from found.agents

    def _of(self, noun: Token, act: Act) -> Iterator[Token]:
        """What a noun of doing is done to: "closure of the border", "border closure", "clashes between X and Y"."""
        for name, head in tree.prepositions(noun):
            if name == "of" or (name in ("between", "with", "on", "to") and (act.words or act.kinds)):
                yield head
            if name == "on":  # "the arrest on Sunday of X"
                yield from (leaf for below, leaf in tree.prepositions(head) if below == "of")
        owners = ("compound", "poss", "nmod", "amod") if act.words or act.kinds else ("poss",)
        yield from (c for c in noun.children if c.dep_ in owners and c.i < noun.i)

    def _fits(self, parsed: Parsed, token: Token, act: Act) -> bool:
        """Whether a noun phrase names the thing."""
        head = tree.core(token)
        if act.type == "coup" and act.kinds and any(t.lower_ in _GONE for t in head.doc[max(head.i - 5, 0) : head.i]):
            return False  # "the former president was detained"
        gerund = head.tag_ == "VBG" and head.dep_ in ("dobj", "nsubj", "nsubjpass", "pobj", "xcomp", "pcomp")  # "a road crossing"
        if (head.pos_ not in ("NOUN", "PROPN", "ADJ", "NUM", "PRON") and not gerund and head.lower_ != "another") or parsed.is_time(
            head
        ):
            return False
        if head.pos_ == "NUM" and ("person" in act.kinds or (act.type == "abduction" and act.kinds)):
            return True
        if bidding.nobody(head):
            return "nobody" in act.words
        if not act.words and not act.kinds:
            return head.pos_ in ("NOUN", "PROPN")
        if head.i in parsed.names and parsed.head(head) in act.words:  # "the Rafah crossing", which is one name
            return True
        named = any(name in act.words for name in _names(head)) or any(self._is_a(parsed, head, kind) for kind in act.kinds)
        if not named and head.lemma_.lower() in _MEASURES:  # "canisters of tear gas"
            return any(self._fits(parsed, leaf, act) for name, leaf in tree.prepositions(head) if name == "of")
        return named

    def _is_a(self, parsed: Parsed, head: Token, kind: str) -> bool:
        entity = self._cast.entity(parsed, head)
        if entity is not None:
            return self._cast.is_a(entity.kind, kind)
        own = self._cast.kind_of(head)
        if kind == "person" and own is None and (head.lower_ in ("him", "her") or self._bears_a_name(head) or human(head)):
            return True
        return self._cast.is_a(own, kind)

    def _bears_a_name(self, head: Token) -> bool:
        """Whether a name has a title before it: "former prime minister Imran Khan"."""
        titles = [c for c in head.lefts if c.dep_ in ("compound", "nmod") and c.pos_ in ("NOUN", "PROPN")]
        return head.pos_ == "PROPN" and any(c.pos_ == "PROPN" or self._cast.is_a(self._cast.kind_of(c), "person") for c in titles)

    def _agent(self, parsed: Parsed, token: Token, thing: Token, act: Act, words: frozenset[str]) -> bool:
        """Whether the right side acts, or what stands beside makes up for it."""
        if act.never and self._any_of(parsed, self._agents(token, thing), act.never):
            return False
        if not act.by:
            people = act.type not in ("abduction", "arrests") or not (who := self._agents(token, thing))
            return (people or any(alive(self._cast, a) for a in who)) and (not act.beside or bool(act.beside & words))
        agents = self._agents(token, thing)
        if self._any_of(parsed, agents, act.by):
            return True
        if act.beside & words:
            return not agents or all(a.pos_ in ("PRON", "PROPN") for a in agents)
        return not act.beside and not agents

    def _any_of(self, parsed: Parsed, agents: Sequence[Token], named: frozenset[str]) -> bool:
        """Whether one of those who act bears one of these nouns or is of one of these kinds."""
        return any(any(n in named for n in _names(a)) or any(self._is_a(parsed, a, kind) for kind in named) for a in agents)

    def _agents(self, token: Token, thing: Token) -> list[Token]:
        if token.pos_ not in ("VERB", "AUX"):
            return [head for name, head in tree.prepositions(token) if name == "by"]
        found = tree.arguments(token)
        agents = [tree.core(a) for a in (found.agents if found.passive else found.subjects) if a != thing]
        if agents and all(a.lower_ in ("they", "he", "it", "we", "she") for a in agents):
            for above in tree.governors(token):  # "soldiers said they had removed the president"
                own = tree.own_subjects(above)[0] if above.pos_ == "VERB" else []
                if own and own[0] not in agents:
                    return [tree.core(a) for a in own]
        return agents

    # -------------------------------------------------------------------------------------------------- how far it got

    def _judged(self, parsed: Parsed, token: Token, thing: Token, act: Act) -> Found:
        found = tree.arguments(token) if token.pos_ in ("VERB", "AUX") else tree.Arguments()
        subject = next(iter(found.objects if found.passive else found.subjects), None)
        verdict = stage.judge(parsed, token, subject=subject, known=False)
        told: Stage = verdict.stage
        governor = verdict.governor
        if token.dep_ in ("acl", "relcl") and token.tag_ in ("VBN", "VBD") and governor != token and told in _OPEN:
            told = "happened"  # "demanded ransom for hikers seized by a gang": what is only demanded stands above
        if self._knowledge.taxonomy[act.type].path[0] in _BY_WORD and governor is not None:
            performed = governor.lemma_.lower() in _PERFORM and governor != token and not tree.negated(governor)
            ordered = governor != token and governor.lemma_ in (
                "order",
                "decree",
            )  # by a state: "ordered the closure of the border"
            if (performed and told == "planned") or (ordered and told == "hypothetical" and not tree.negated(governor)):
                told = "happened"
            elif told == "threatened" and governor == token:  # "the truce will begin on Sunday"
                word = act.type == "ceasefire-announced" or any(a.lemma_ in _ORDER for a in tree.governors(token))
                told = "happened" if word else "announced"
            elif told == "hypothetical" and governor == token and tree.modal(token) == "would":
                own = any(c.dep_ == "poss" and c.lower_ in ("its", "their", "our") for c in thing.children)
                word = bool(act.under) or any(a.lemma_ in _ORDER or (own and a.lemma_ == "say") for a in tree.governors(token))
                told = "happened" if word else told
        if told == "happened" and (
            parsed.caption
            or not asserted(token)
            or judged_in_court(token)
            or earlier(token)
            or backstory(parsed, token)
            or restricts(parsed, token, thing)
            or any(c.dep_ == "det" and c.lower_ == "those" for c in thing.children)  # "those coups": told of before
            or background.total(parsed)
        ):
            told = "retold"
        if told == "happened" and token.pos_ == "VERB" and "for" in tree.marks(token):
            told = "hypothetical"  # "calls for the truce to be kept"
        if bidding.nobody(thing):
            return Found(act, token, thing, "happened", "reported", True)
        negated = verdict.negated or ruled_out(token) or verdict.open_question or tree.negated(thing) or tree.negated(token)
        if verdict.foiled and not act.attempt:
            negated = True
        return Found(act, token, thing, told, "denied" if verdict.denied else "reported", not negated)


def _amid(parsed: Parsed, act: Act, words: frozenset[str]) -> bool:
    """Whether a word stands in the sentence, or else near it in the article, that the act asks for."""
    if not act.amid or not act.amid.isdisjoint(words) or not act.amid.isdisjoint(parsed.words_beside):
        return True
    if any(phrase.search(parsed.beside) for phrase in _phrases(act.amid)):
        return True
    sides = ("nation", "demonym", "armed-group", "state-force", "government", "alliance", "force", "place")
    return "SIDE" in act.amid and any(name.kind in sides for name in parsed.names.values())


def _does(parsed: Parsed, verb: Token) -> bool:
    """ "The embassy closed the year with a concert": whoever does something to another thing undergoes nothing."""
    if tree.own_subjects(verb)[1]:
        return False
    done_to = (c for c in verb.rights if c.dep_ in ("dobj", "npadvmod") and c.lemma_ not in _DOORS)
    return any(not parsed.is_time(c) or any(d.dep_ == "det" for d in c.children) for c in done_to)


@lru_cache(maxsize=1024)  # more than there are acts
def _phrases(amid: frozenset[str]) -> tuple[Cue, ...]:
    """Those of the words that are more than one run of letters: "martial law", "stand-off"."""
    return tuple(Cue(rf"\b{re.escape(word)}\b") for word in amid if not word.isalnum())


def _names(head: Token) -> Iterator[str]:
    """What a head may be called: its lemma, with the words before it, with what "of", "in" or "to" adds."""
    lemma = head.lemma_.lower()
    forms = {lemma, head.lower_, lemma.removesuffix("s") if head.pos_ == "PROPN" else lemma}
    yield from forms
    first = min((c.left_edge.i for c in head.lefts if c.dep_ in ("compound", "amod", "nmod", "punct")), default=head.i)
    before = [t.lower_ for t in head.doc[first : head.i]][-4:]
    for size in range(1, len(before) + 1):
        for form in forms:
            yield " ".join([*before[-size:], form]).replace(" - ", "-")
    beside = [head.nbor(1)] if head.dep_ == "dobj" and head.i + 1 < len(head.doc) and head.nbor(1).head == head.head else []
    for child in (*head.children, *beside):  # "brokered a halt to fighting": the parser may hang it on the verb
        if child.dep_ == "prep" and child.lower_ in ("of", "in", "to"):
            for leaf in child.children:
                for form in forms:
                    yield f"{form} {child.lower_} {leaf.lower_}"
                    yield f"{form} {child.lower_} {leaf.lemma_.lower()}"
                    yield f"{form} {child.lower_} the {leaf.lemma_.lower()}"


def _further(verb: Token, rest: tuple[str, ...]) -> set[int] | None:
    """Where a verb's further words stand, in order and close behind it; None when they do not."""
    places: set[int] = set()
    at = verb.i + 1
    for word in rest:
        end = min(verb.i + 1 + _WITHIN + len(rest), len(verb.doc))
        place = next((i for i in range(at, end) if verb.doc[i].lower_ == word or verb.doc[i].lemma_.lower() == word), None)
        if place is None or any(t.text in (",", ";", ".") for t in verb.doc[at:place]):
            return None
        places.add(place)
        at = place + 1
    return places
