"""What happens over and over, what somebody is for or against, what is only named: many deeds, or none, and no day on which one was done.

Called by `past` for a trigger without a time of its own. Judges the tree around it; old dates and memories are `past`'s own question.
"""

import re

from streams.extract import tree
from streams.extract.cues import Cue
from streams.extract.parsed import Parsed
from streams.extract.tokens import Token

_FAR = 6  # sentences from the top, the title among them: what a report has to tell stands before; an assumption
_HABIT = frozenset(
    "often frequently regularly routinely repeatedly usually sometimes occasionally commonly constantly periodically always once rarely seldom".split()
)
# what a leader is said to do all the time
_LEADS = frozenset(
    "plan direct lead coordinate oversee orchestrate facilitate organise organize supervise finance support arrange conduct".split()
)
_COMMON = frozenset("common frequent rare rife widespread routine usual commonplace regular daily".split())
_REPEATED = frozenset(
    "repeated continuous continual constant regular frequent persistent sporadic occasional periodic recurrent recurring systematic systemic routine".split()
)
_EVERY = Cue(r"\b(?:every|each) (?:single )?(?:day|night|week|month|year|weekend|morning|evening)\b", re.IGNORECASE)
_GENERAL = frozenset({"because", "amid", "despite", "about", "against", "over"})
_ATTITUDE = frozenset(
    "support sympathy approval justification praise enthusiasm opposition backing admiration contempt excuse appetite need".split()
)
# nouns that speak of deeds done: "responsibility for attacks"
_ANSWERED_FOR = frozenset(
    "responsibility credit blame revenge retaliation punishment reprisal vengeance apology compensation trial sentence arrest warrant motive reason time day night".split()
)
# whoever does this to a deed speaks of what is known
_LOOKS_BACK = frozenset("avenge mourn lament grieve forgive forget regret repay recall remember".split())
_SENTENCES = Cue(r"[.!?][\"'”’)]*\s+\S+\s+\S+\s+\S")  # more than one
_LIKE = frozenset({"similar", "such", "other", "previous", "past", "earlier"})
_ANSWERS = frozenset({"retaliation", "revenge", "reprisal", "punishment", "vengeance"})
_BUSY = frozenset("engage involve busy specialise specialize participate".split())


def habit(parsed: Parsed, trigger: Token) -> bool:
    """Whether a trigger without a time of its own tells what happens, and not what happened."""
    return (
        _often(parsed, trigger)
        or _generic(parsed, trigger)
        or _general(trigger)
        or _repeated(parsed, trigger)
        or _going_on(parsed, trigger)
        or _done_so_far(parsed, trigger)
        or _began(trigger)
        or _busy(trigger)
        or _purpose(trigger)
        or _known_for(trigger)
        or _opinion(trigger)
        or _before(parsed, trigger)
        or _answered(trigger)
    )


def verb_of(token: Token) -> Token:
    """The verb of the clause that a token stands in, itself when it is one; the root of a phrase without a verb."""
    for step in (token, *token.ancestors):
        if step.pos_ in ("VERB", "AUX"):
            return step
    return token.doc.root(token.i)


def bare(noun: Token) -> bool:
    """Whether a noun stands for any of its kind: "air strikes", without article, number or owner."""
    return noun.tag_ in ("NNS", "NNPS") and not any(c.dep_ in ("det", "poss", "nummod", "quantmod") for c in noun.children)


def _perfect(verb: Token) -> bool:
    return any(c.dep_ == "aux" and c.lower_ in ("have", "has", "'ve") for c in verb.children)


def _generic(parsed: Parsed, trigger: Token) -> bool:
    """ "small drones now kill more soldiers than artillery", "streets are still strewn with mines": what always happens, or lasts."""
    if parsed.where == "title" or parsed.quoted(trigger):
        return False
    if _many_are(trigger) and not parsed.times:
        return True
    lasts = trigger.tag_ == "VBN" and any(c.dep_ == "auxpass" and c.lower_ in ("is", "are") for c in trigger.children)
    if trigger.tag_ not in ("VBP", "VBZ") and not lasts:
        return False
    adverbs = {c.lower_ for c in trigger.children if c.dep_ == "advmod"}
    return bool(adverbs & ({"still"} if lasts else {"now", "still", "more", "usually"}))


def _many_are(participle: Token) -> bool:
    """ "people are arrested without a warrant": who is not said, nor how many, and in the present tense."""
    present = any(c.dep_ == "auxpass" and c.tag_ == "VBP" for c in participle.children)
    if participle.tag_ != "VBN" or not present or any(c.dep_ == "aux" for c in participle.children):
        return False
    who = [c for c in participle.children if c.dep_ == "nsubjpass"]
    return bool(who) and all(
        bare(c) and not any(d.dep_ in ("amod", "appos", "relcl", "acl", "prep") for d in c.children) for c in who
    )


def _often(parsed: Parsed, trigger: Token) -> bool:
    """ "is often attacked", "once killed dozens every month", "plans and directs attacks", "there are killings every week"."""
    verb = verb_of(trigger)
    if trigger.tag_ == "NNS" and trigger.dep_ == "dobj" and verb.tag_ == "VBZ" and verb.lemma_ in _LEADS:
        return True
    if any(c.dep_ == "advmod" and c.lower_ in _HABIT and c.i < verb.i for c in verb.children) and not any(
        c.lower_ in ("again", "more") for c in verb.children
    ):
        return True
    common = any(c.dep_ in ("acomp", "attr") and c.lemma_.lower() in _COMMON for c in verb.children)
    if trigger.dep_ in ("nsubj", "attr") and verb.lemma_ == "be" and common:
        return True
    every = _EVERY.search(parsed.plain)
    return every is not None and (trigger.tag_ in ("NNS", "VBP", "VBZ") or verb.tag_ in ("VBP", "VBZ"))


def _general(trigger: Token) -> bool:
    """ "because of the attacks on ships": many, undated, and only a reason."""
    if trigger.tag_ not in ("NNS", "NNPS") or trigger.dep_ != "pobj":
        return False
    prep = trigger.head
    return prep.lower_ in _GENERAL or (prep.lower_ == "of" and prep.i > 0 and prep.nbor(-1).lower_ in _GENERAL)


def _repeated(parsed: Parsed, trigger: Token) -> bool:
    """ "has conducted repeated attacks on shipping", "continuous raids on pipelines endanger exports"."""
    if parsed.times or trigger.pos_ not in ("NOUN", "PROPN"):
        return False
    return any(c.dep_ == "amod" and c.lower_ in _REPEATED for c in trigger.subtree if trigger in (c.head, c.head.head))


def _going_on(parsed: Parsed, trigger: Token) -> bool:
    """ "where both sides have been attacking ships": for long, and on no day."""
    going = trigger.tag_ == "VBG" and _perfect(trigger) and any(c.lower_ == "been" for c in trigger.children)
    return going and (not parsed.times or trigger.dep_ == "relcl") and not parsed.lead


def _done_so_far(parsed: Parsed, trigger: Token) -> bool:
    """ "has launched air strikes", "has resurfaced there, conducting car bombings", far down and without a date: all of them so far."""
    if parsed.number < _FAR or parsed.times or not bare(trigger):
        return False
    noun = trigger
    while noun.dep_ == "conj" and noun.head.pos_ in ("NOUN", "PROPN"):
        noun = noun.head
    verb = noun.head
    if noun.dep_ != "dobj" or verb.pos_ != "VERB":
        return False
    return _perfect(verb) or (verb.tag_ == "VBG" and verb.dep_ == "advcl" and _perfect(verb.head))


def _began(trigger: Token) -> bool:
    """ "after rebels started to attack convoys": the first of many, in a clause that only explains."""
    verb = trigger.head
    if trigger.dep_ != "xcomp" or verb.lemma_ not in ("start", "begin") or verb.dep_ not in ("advcl", "relcl", "pcomp"):
        return False
    return any(bare(one) for one in tree.arguments(trigger).objects)


def _busy(trigger: Token) -> bool:
    """ "planes that were engaged in attacking the rebels": what somebody's work is."""
    return trigger.tag_ == "VBG" and trigger.dep_ == "pcomp" and trigger.head.lower_ == "in" and trigger.head.head.lemma_ in _BUSY


def _purpose(trigger: Token) -> bool:
    """ "cars and motorcycles for suicide attacks": what a thing is for."""
    if trigger.dep_ != "pobj" or trigger.head.lower_ != "for" or not bare(trigger):
        return False
    over = trigger.head.head
    return over.pos_ == "NOUN" and over.lemma_.lower() not in _ANSWERED_FOR | _ATTITUDE


def _known_for(trigger: Token) -> bool:
    """ "a ruler who has killed thousands of his people": what he is known for; a clause behind a comma may bring news."""
    if trigger.dep_ != "relcl" or not _perfect(trigger) or trigger.i == 0:
        return False
    who = next((c for c in trigger.children if c.dep_ == "nsubj"), None)
    return who is not None and who.lower_ in ("who", "that") and who.i > 0 and who.nbor(-1).text not in (",", "–", "-", "—")


def _opinion(trigger: Token) -> bool:
    """ "voiced support for the murder of reporters", "condemned air strikes on hospitals": what somebody thinks of it."""
    over = trigger.head
    if trigger.pos_ not in ("NOUN", "PROPN"):
        return False
    if trigger.dep_ == "pobj" and over.dep_ == "prep" and over.lower_ in ("for", "of", "to", "with"):
        return over.head.pos_ == "NOUN" and over.head.lemma_.lower() in _ATTITUDE
    if over.pos_ != "VERB":
        return False
    if trigger.dep_ in ("nsubj", "nsubjpass", "dobj") and over.lemma_ in ("stop", "end", "cease"):
        return True
    if trigger.dep_ == "dobj" and over.lemma_ in _LOOKS_BACK:
        return True
    return (
        trigger.dep_ == "dobj"
        and trigger.tag_ == "NNS"
        and over.lemma_ in ("condemn", "denounce", "deplore", "criticise", "criticize")
    )


def _before(parsed: Parsed, trigger: Token) -> bool:
    """ "has carried out similar attacks", "which has attacked mosques before": what somebody did at other times."""
    if parsed.times or not _perfect(verb_of(trigger)):
        return False
    like = trigger.tag_ == "NNS" and any(c.dep_ == "amod" and c.lower_ in _LIKE for c in trigger.children)
    return like or any(c.dep_ == "advmod" and c.lower_ in ("before", "previously") for c in verb_of(trigger).children)


def _answered(trigger: Token) -> bool:
    """ "struck launchers in retaliation for attacks on ships": any number of deeds that the news answers."""
    over = trigger.head
    return trigger.dep_ == "pobj" and bare(trigger) and over.lower_ == "for" and over.head.lemma_.lower() in _ANSWERS


def timeless(parsed: Parsed, trigger: Token) -> bool:
    """ "pirates board a ship and hold the crew", "what to do when a mine goes off": news in running text is told in the past.

    A text of one sentence may be a headline. What somebody is quoted as saying of now is news.
    """
    if parsed.where == "title" or trigger.pos_ != "VERB" or not _SENTENCES.search(parsed.around):
        return False
    finite = next((c for c in trigger.children if c.dep_ in ("aux", "auxpass") and c.tag_ in ("VBZ", "VBP", "VBD", "MD")), trigger)
    if finite.tag_ not in ("VBZ", "VBP") or (finite != trigger and finite.lemma_ == "have"):
        return False
    return trigger.tag_ != "VBG" and not parsed.quoted(trigger)
