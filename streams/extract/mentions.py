"""Whether a deed is told, or only mentioned: earlier than what is told, matter of a court or a talk, ruled out.

Asked by `acts` and `deeds` of one trigger; looks at what stands over it. How far a deed got is `stage`'s question.
"""

from collections.abc import Iterator

from streams.extract import tree
from streams.extract.cues import Cue
from streams.extract.parsed import Parsed
from streams.extract.stage_words import DENY
from streams.extract.tokens import Token

_ABOUT = frozenset("about on against into for regarding concerning from to over like without".split())
_FAR = 6  # sentences from the top, the title among them: what a report has to tell stands before; an assumption
_COUNTED = frozenset(
    "series wave spate string day night round report case number hour week dozen rash report bout evening weekend news act series".split()
)
_UNDO = frozenset("overturn end oppose ban cancel quash remember mark discuss study cost dispute reject condone".split())
_BLAME = frozenset("blame responsible fault condemn denounce criticise criticize".split())
_YEAR = Cue(r"(?:19|20)\d\d")
_CASES = frozenset("suspicion charge trial retrial conviction sentencing hearing lawsuit".split())
_OVER_COURTS = frozenset(
    "sentence convict jail charge try accuse indict acquit clear imprison sue prosecute extradite confess".split()
)
_BELIEVED = frozenset("report believe fear presume think suppose assume declare list post".split())
_VERDICTS = frozenset("sentence conviction appeal verdict acquittal retrial".split())
_CONDEMN = frozenset("sentence convict jail indict acquit imprison extradite".split())
_TIMES = frozenset("day night morning evening hour week month year summer winter spring autumn time moment era season".split())
_MEMORY = frozenset("recall remember commemorate mark describe relive recount reminisce".split())
_FREE = frozenset(
    "free release rescue return recover reunite liberate ransom find escape deport extradite exchange swap locate acquit convict sentence".split()
)


def asserted(token: Token) -> bool:
    """Whether a noun of doing tells that it was done: not "a film about", "protested against", "an inquiry into", "the closure of 2020"."""
    if token.pos_ not in ("NOUN", "PROPN"):
        return True
    if any(_YEAR.fullmatch(leaf.text) for name, leaf in tree.prepositions(token) if name == "of"):
        return False
    here = token
    while here.dep_ == "conj" and here.head.pos_ in ("NOUN", "PROPN"):
        here = here.head
    if here.dep_ in ("compound", "nmod"):
        return False
    if here.dep_ == "pobj" and here.head.dep_ in ("prep", "agent", "pcomp"):
        if here.head.lower_ == "of":
            above = here.head.head
            return above.lemma_.lower() in _COUNTED and asserted(above)
        laid = here.head.lower_ == "for" and here.head.head.lemma_ in _BLAME  # whom it is laid at, it was done
        return laid or here.head.lower_ not in _ABOUT
    return not (here.dep_ == "dobj" and here.head.lemma_.lower() in _UNDO)


def earlier(token: Token) -> bool:
    """ "freed the girls kidnapped in May", "who had been arrested": told of somebody to whom something else happens now."""
    if token.dep_ == "amod" or (
        token.lemma_ == "hold" and token.tag_ == "VBG" and token.dep_ == "acl" and token.doc.root(token.i) != token.head
    ):
        return True  # "money went to groups holding hostages"
    if token.dep_ not in ("acl", "relcl") or token.head.pos_ not in ("NOUN", "PROPN", "NUM", "PRON"):
        return False
    if any(c.dep_ == "aux" and c.lower_ == "had" for c in token.children):
        return True
    above = next((a for a in token.head.ancestors if a.pos_ == "VERB"), None)
    return above is not None and above.lemma_ in _FREE


def backstory(parsed: Parsed, token: Token) -> bool:
    """ "The group had seized power through a ruse", far down and without a date: what went before the news, not a part of it.

    A report's own words of the same kind ("officials said a bomb had gone off") are somebody's news.
    """
    if parsed.number < _FAR or parsed.times:
        return False
    verb = next((t for t in (token, *token.ancestors) if t.pos_ in ("VERB", "AUX")), token)
    while verb.dep_ == "conj":
        verb = verb.head
    if verb.dep_ == "advcl" and verb.i < verb.head.i and any(c.lower_ == "when" for c in verb.children):
        return True  # "When the army attacked the town, she was at school"
    return verb.dep_ == "ROOT" and any(c.dep_ == "aux" and c.lower_ == "had" for c in verb.children)


def recalled(token: Token) -> bool:
    """ "recalled the night when they evacuated the hospital": told as a memory."""
    clause = next((above for above in (token, *token.ancestors) if above.dep_ == "relcl"), None)
    if clause is None or clause.head.lemma_ not in _TIMES:
        return False
    return any(above.lemma_ in _MEMORY for above in clause.head.ancestors if above.pos_ == "VERB")


def judged_in_court(token: Token) -> bool:
    """ "sentenced for kidnapping", "upheld the sentence of a man whose guns shelled": told as the matter of a case."""
    if any(above.dep_ == "relcl" for above in (token, *token.ancestors)) and any(
        above.lemma_.lower() in _VERDICTS or (above.pos_ == "VERB" and above.lemma_ in _CONDEMN) for above in _described(token)
    ):
        return True
    return any(
        above.lemma_.lower() in _OVER_COURTS and above.pos_ == "VERB" and (above.lemma_ != "accuse" or above.tag_ == "VBN")
        for above in _complements(token)
    ) or any(above.lemma_.lower() in _CASES and above.pos_ == "NOUN" for above in token.ancestors)


def restricts(parsed: Parsed, token: Token, thing: Token) -> bool:
    """ "the curfew that has been in force since May", "the villagers evacuated in May": tells which, not that it came."""
    known = any(c.dep_ in ("det", "poss") and c.lower_ not in ("a", "an") for c in thing.children)
    if not known or token.head != thing or token.doc[token.left_edge.i - 1].text == ",":
        return False
    dated = any(parsed.is_time(t) for t in token.subtree)
    return token.dep_ == "relcl" or (token.dep_ == "acl" and token.tag_ == "VBN" and not dated)


def ruled_out(token: Token) -> bool:
    """ "ruled out on Tuesday closing the border", "stopped short of declaring", "a man feared kidnapped had never been taken"."""
    return _never(token) or any(
        (above.lemma_ == "rule" and any(c.lower_ == "out" for c in above.children))
        or (above.lemma_ in DENY and token.tag_ == "VBG")
        or (above.lemma_ == "stop" and any(c.lower_ == "short" for c in above.children))
        for above in token.ancestors
    )


def _never(token: Token) -> bool:
    """Whether somebody was thought to have suffered it, of whom it is denied then."""
    if token.tag_ not in ("VBN", "VBD") or token.i == 0 or token.nbor(-1).lemma_.lower() not in _BELIEVED:
        return False
    return any(t.lower_ == "never" for t in token.doc[token.i + 1 : min(token.i + 6, token.doc.sentence(token.i)[1])])


def _described(token: Token) -> Iterator[Token]:
    """What stands above the noun that a relative clause with the trigger describes."""
    clause = next((above for above in (token, *token.ancestors) if above.dep_ == "relcl"), None)
    if clause is not None:
        yield from clause.ancestors


def _complements(token: Token) -> Iterator[Token]:
    """The words above a trigger that hold it by a preposition: "sentenced FOR kidnapping"."""
    here = token
    while here.dep_ in ("pcomp", "pobj", "prep", "conj", "xcomp", "dobj") and here.head != here:
        if here.dep_ == "prep":
            yield here.head
        here = here.head
