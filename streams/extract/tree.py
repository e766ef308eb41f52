"""The dependency tree of a sentence, asked in grammar's own words: subjects, objects, obliques, governors.

Called by every other question of this package; knows grammar and nothing of the world. Works on spaCy tokens of the
English pipelines (ClearNLP labels). Returned tokens are heads of noun phrases, in reading order, coordinations unfolded.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from streams.extract.tokens import Token

RELATIVE = frozenset({"that", "which", "who", "whom"})
# "one of two drones", "a salvo of missiles": the phrase is about what follows "of"
PARTITIVE = frozenset(
    "one two three four five six seven eight nine ten some most many several both all none dozen dozens scores hundreds number pair series "
    "salvo volley barrage hail wave handful couple swarm string rain group score hundred burst round rounds section part "
    "half majority member".split()
)
# Prepositions that lead to what an attack is aimed at, or where it lands.
TOWARD = frozenset({"at", "on", "onto", "toward", "towards", "against", "into", "upon"})
NEAR = frozenset(
    {"near", "inside", "outside", "over", "above", "around", "beside", "by", "across", "within", "off", "along", "next", "close"}
)


_SPOKEN_BY = frozenset({"quote", "cite"})  # "the minister was quoted as saying"
# "accused X of bombing", "stopped X from bombing": the gerund is X's deed, not the subject's
_OF_ANOTHER = frozenset(
    "accuse suspect convict acquit blame charge condemn criticise criticize denounce fault indict arrest detain jail sentence try stop prevent keep deter "
    "dissuade discourage ban bar prohibit forgive praise thank hail congratulate excuse".split()
)
_NEVER_TO = frozenset({"say", "report", "allege"})  # nobody says to have done a thing: others say it of him


@dataclass(slots=True)
class Arguments:
    """What grammar hangs on one trigger."""

    subjects: list[Token] = field(default_factory=list)
    objects: list[Token] = field(default_factory=list)  # a passive's subject too
    agents: list[Token] = field(default_factory=list)  # "by ..."
    obliques: list[tuple[str, Token]] = field(default_factory=list)  # preposition in lower case, head of its phrase
    passive: bool = False


def unfolded(token: Token) -> list[Token]:
    """The token and the nouns coordinated with it."""
    found = [token]
    for child in token.children:
        if child.dep_ in ("conj", "appos") and child.dep_ == "conj" and child.pos_ not in ("VERB", "AUX"):
            found.extend(unfolded(child))
    return found


def core(token: Token) -> Token:
    """The noun a partitive phrase is about: "two of the drones" gives "drones"."""
    if token.lower_ in PARTITIVE or token.lemma_ in PARTITIVE or token.pos_ == "NUM":
        for child in token.children:
            if child.dep_ == "prep" and child.lower_ == "of":
                for leaf in child.children:
                    if leaf.dep_ == "pobj":
                        return core(leaf)
    return token


def antecedent(token: Token) -> Token:
    """What a relative pronoun stands for; any other token is itself."""
    if token.lower_ not in RELATIVE or token.tag_ not in ("WDT", "WP", "IN"):
        return token
    for above in token.ancestors:
        if above.dep_ in ("relcl", "acl"):
            return above.head
        if above.dep_ == "ccomp" and above.head.pos_ in ("NOUN", "PROPN"):
            return above.head
    return token


def _heads(tokens: Iterable[Token]) -> list[Token]:
    return [antecedent(each) for token in tokens for each in unfolded(token)]


def prepositions(token: Token) -> Iterator[tuple[str, Token]]:
    """(preposition, head of its phrase) for the prepositions right below a token; "from inside X" counts as both."""
    for child in token.children:
        if child.dep_ not in ("prep", "agent", "dative", "advmod", "prt") and not (child.dep_ == "conj" and child.pos_ == "ADP"):
            continue
        yield from _phrase(child, child.lower_)


def _phrase(prep: Token, name: str) -> Iterator[tuple[str, Token]]:
    for leaf in prep.children:
        if leaf.dep_ == "pobj":
            for each in unfolded(leaf):
                yield name, antecedent(each)
        elif leaf.dep_ in ("prep", "pcomp") and leaf.pos_ in ("ADP", "SCONJ"):
            # "outside of", "next to", "close to" name a spot; "from near X" stays an origin
            yield from _phrase(leaf, name if name in ("from", "near", "outside", "next", "close") else leaf.lower_)
        elif leaf.dep_ == "conj" and leaf.pos_ == "ADP":
            yield from _phrase(leaf, leaf.lower_)


def _nested(token: Token) -> Iterator[tuple[str, Token]]:
    """Directions hung too low: "from the town of X toward Y"."""
    for below in token.subtree:
        if below.dep_ == "prep" and below.lower_ in ("toward", "towards", "at", "against", "into") and below.i > token.i:
            yield from _phrase(below, below.lower_)


def obliques(token: Token) -> list[tuple[str, Token]]:
    """Prepositional arguments of a trigger, with the directions that the parser hung on an origin lifted."""
    found: list[tuple[str, Token]] = []
    for name, head in prepositions(token):
        found.append((name, head))
        if name == "from":
            found.extend(pair for pair in _nested(head) if pair not in found)
    return found


def own_subjects(verb: Token) -> tuple[list[Token], bool]:
    """Subjects written at the verb itself, and whether they are a passive's."""
    subjects = [c for c in verb.children if c.dep_ in ("nsubj", "csubj")]
    passive = [c for c in verb.children if c.dep_ == "nsubjpass"]
    return (_heads(passive), True) if passive else (_heads(subjects), False)


def speakers(verb: Token) -> list[Token]:
    """Who speaks by a verb of speech: its subject, but where others speak of that ("X is said to", "X said to attack") the agent."""
    found, passive = own_subjects(verb)
    spoken_of = passive and verb.lemma_ not in _SPOKEN_BY
    if spoken_of or (verb.lemma_ in _NEVER_TO and any(c.dep_ == "xcomp" and infinitive(c) for c in verb.children)):
        return [
            leaf
            for child in verb.children
            if child.dep_ in ("agent", "prep")
            for name, leaf in _phrase(child, child.lower_)
            if name == "by"
        ]
    return found


def infinitive(verb: Token) -> bool:
    """Whether "to" stands before a verb, or before what helps it: "to attack", "to have attacked"."""
    return any(c.dep_ == "aux" and c.lower_ == "to" for c in verb.children)


def subjects(verb: Token, depth: int = 0) -> tuple[list[Token], bool]:
    """Subjects of a verb, found up the chain of conjunction, control and participles, and whether they are a passive's.

    The flag is about this verb: a participle or infinitive under a passive governor is active again.
    """
    own, passive = own_subjects(verb)
    if own or depth > 5:  # a chain longer than five governors is a broken parse
        return own, passive
    aux_passive = any(c.dep_ == "auxpass" for c in verb.children)
    head = verb.head
    if verb.dep_ == "acl" and head.pos_ in ("NOUN", "PROPN", "NUM", "PRON"):
        if verb.tag_ in ("VBN", "VBD"):
            return _heads([head]), True
        if verb.tag_ == "VBG":
            return _heads([head]), aux_passive
        return [], aux_passive
    if verb.dep_ == "relcl" and not own:
        return [], aux_passive
    if verb.dep_ == "conj" and head.pos_ in ("VERB", "AUX"):
        above, above_passive = subjects(head, depth + 1)
        same_voice = above_passive and verb.tag_ == "VBN" and not any(c.dep_ == "aux" for c in verb.children)
        return above, aux_passive or same_voice
    if verb.dep_ in ("xcomp", "advcl", "ccomp", "pcomp", "prepc") and head.pos_ in ("VERB", "AUX", "ADP", "SCONJ", "ADJ"):
        governor = head if head.pos_ in ("VERB", "AUX", "ADJ") else head.head
        if verb.dep_ == "ccomp" and verb.tag_ not in ("VB", "VBG"):
            return [], aux_passive
        if verb.dep_ == "pcomp" and head.lower_ in ("in", "during", "amid") and subjects(governor, depth + 1)[1]:
            return [], aux_passive  # "was killed in shelling": somebody else shelled
        if verb.dep_ == "pcomp" and governor.lemma_ in _OF_ANOTHER and not own_subjects(governor)[1]:
            return _heads([c for c in governor.children if c.dep_ in ("dobj", "dative")]), aux_passive
        bare = verb.dep_ == "advcl" and verb.tag_ == "VBN"  # "targeted by drones, the base ..."
        return subjects(governor, depth + 1)[0], aux_passive or bare
    return [], aux_passive


def arguments(verb: Token) -> Arguments:
    """Everything grammar hangs on a verb."""
    found = Arguments()
    who, found.passive = subjects(verb)
    (found.objects if found.passive else found.subjects).extend(who)
    direct = _heads(
        c
        for c in verb.children
        if c.dep_ == "dobj" or (c.dep_ == "oprd" and c.pos_ != "ADJ") or (c.dep_ == "dative" and c.pos_ != "ADP")
    )
    found.objects.extend(direct)
    if verb.dep_ == "relcl" and not direct and not found.passive:
        explicit = [s for s in found.subjects if s != verb.head]
        if explicit and not _elsewhere(verb) and verb.head.pos_ in ("NOUN", "PROPN"):
            found.objects.append(verb.head)
    for name, head in obliques(verb):
        if name == "by" and (found.passive or verb.tag_ == "VBN"):
            found.agents.append(head)
        else:
            found.obliques.append((name, head))
    return found


def _elsewhere(verb: Token) -> bool:
    """Whether a relative word says that the head is no object: "where they fought", "whose men fight", "with which it was fought"."""
    if any(c.tag_ == "WRB" for c in verb.children):
        return True
    return any(t.tag_ == "WP$" or (t.tag_ in ("WDT", "WP") and t.dep_ == "pobj") for t in verb.subtree if t.i < verb.i)


def governors(token: Token) -> Iterator[Token]:
    """The tokens above one, nearest first, stopping at the clause boundary that `and` between full clauses makes."""
    here = token
    while here.head != here:
        above = here.head
        if here.dep_ == "conj" and here.pos_ in ("VERB", "AUX") and any(c.dep_ in ("nsubj", "nsubjpass") for c in here.children):
            # a full clause of its own: what governs its sister by complement governs it too, the sister itself does not
            while above.dep_ == "conj" and above.head != above:
                above = above.head
            here = above
            if here.head == here:
                return
            above = here.head
        yield above
        here = above


def negated(token: Token) -> bool:
    """Whether "not", "never", "no" or "nobody" denies this word itself."""
    for child in token.children:
        if child.dep_ == "neg" and child.lower_ != "only":
            return True
        if child.dep_ in ("det", "preconj") and child.lower_ in ("no", "neither"):
            return True
        if child.dep_ == "advmod" and child.lower_ in ("never", "neither"):
            return True
    return False


def modal(verb: Token) -> str:
    """The modal auxiliary of a verb, lower case; "" for none."""
    for child in verb.children:
        if child.dep_ in ("aux", "auxpass") and child.tag_ == "MD":
            short = {"'ll": "will", "’ll": "will", "'d": "would", "’d": "would", "wo": "will"}
            return str(short.get(child.lower_, child.lower_))
    return ""


def marks(verb: Token) -> set[str]:
    """Subordinating words of a clause, lower case: if, whether, unless, before, after, when ..."""
    return {c.lower_ for c in verb.children if c.dep_ in ("mark", "advmod") and c.tag_ in ("IN", "WRB", "RB") and c.i < verb.i}
