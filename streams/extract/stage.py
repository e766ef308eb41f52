"""How far did it get: stage, negation, denial and doubt of one trigger, read from the words that govern it.

Called by the reader for each candidate. Judges grammar and governing words only; who did it and whose word it is are other
files' questions.
"""

from dataclasses import dataclass, field

from streams.extract import background, tree
from streams.extract.habits import bare
from streams.extract.parsed import Parsed
from streams.extract.stage_words import (
    AVERT,
    CARRIERS,
    CHANCES,
    CONDITIONS,
    DECIDE,
    DENY,
    DONE_BY,
    FALSE,
    FAVOUR,
    FOIL,
    LAID_AT,
    NOT_YET_REAL,
    ONLY_POSSIBLE,
    PLAN,
    POSSIBLE,
    PRESUPPOSING,
    REAL_INFINITIVE,
    REFUSE,
    REHEARSE,
    REMEMBER,
    TALK,
    THOUGHT,
    THOUGHTS,
    THREATEN,
    TRY,
    URGE,
)
from streams.extract.tokens import Token
from streams.records.flow import Stage


@dataclass(slots=True)
class Verdict:
    """What the governing words make of a trigger."""

    stage: Stage = "happened"
    negated: bool = False  # the text says it did not happen, on its own word
    denied: bool = False  # somebody is said to deny it
    open_question: bool = False  # under whether: says nothing of its own
    foiled: bool = False
    governor: Token | None = None  # the word that decided: the verb of threat, plan, denial


def presupposed(trigger: Token) -> bool:
    """Whether a noun trigger is spoken of as known ("Monday's attack", "the strike"), so that what governs it cannot undo it."""
    if trigger.pos_ not in ("NOUN", "PROPN"):
        return False
    return any(
        (c.dep_ in ("det", "poss") and c.lower_ in ("the", "this", "that", "these", "those", "its", "their", "his"))
        or c.dep_ == "poss"
        for c in trigger.children
    )


@dataclass(slots=True)
class _Path:
    trigger: Token
    known: bool
    verdict: Verdict = field(default_factory=Verdict)


def judge(parsed: Parsed, trigger: Token, *, subject: Token | None = None, known: bool | None = None) -> Verdict:
    """Stage, negation and denial of one trigger.

    Args:
        subject: the head of its subject, whose "no" denies the whole.
        known: whether a noun is spoken of as known; None: its article says so. "The closure of the border" may be demanded.
    """
    path = _Path(trigger, presupposed(trigger) if known is None else known)
    _sentence(parsed, path)
    if subject is not None and subject != trigger and (tree.negated(subject) or subject.lower_ in ("none", "nobody", "neither")):
        path.verdict.negated = True
    below: Token | None = None
    for word in (trigger, *tree.governors(trigger)):
        if _word(word, below, path):
            break
        below = word
    return path.verdict


def _settle(verdict: Verdict, stage: Stage, word: Token) -> None:
    order = ("happened", "announced", "retold", "planned", "threatened", "exercise", "hypothetical")
    if order.index(stage) > order.index(verdict.stage):
        verdict.stage, verdict.governor = stage, word


def _sentence(parsed: Parsed, path: _Path) -> None:
    """What the whole sentence says of every trigger in it."""
    if background.remembered(parsed, path.trigger):
        path.verdict.stage = "retold"
    talk = next((m for m in background.FALSE_TALK.finditer(parsed.plain) if m.start() < parsed.offset(path.trigger)), None)
    if talk is not None and not (path.known and parsed.offset(path.trigger) > talk.end()):
        path.verdict.denied = True
    if path.trigger.tag_ == "VBN" and path.trigger.head.lemma_ in THOUGHT and background.NEVER_WAS.search(parsed.plain):
        path.verdict.denied = True  # "a girl reported kidnapped had never been taken"
    if background.TIMES.search(parsed.plain[parsed.offset(path.trigger) :]) and not background.FIRST.search(parsed.plain):
        path.verdict.stage = "retold"  # a running total
    if background.EXERCISE.search(parsed.plain):
        path.verdict.stage = "exercise"
    elif parsed.plain.rstrip(" ”\"'").endswith("?") and not background.PRESUPPOSING_QUESTION.match(parsed.plain):
        path.verdict.stage = "hypothetical"
    elif background.caption(parsed.plain):
        path.verdict.stage = "retold"


def _word(word: Token, below: Token | None, path: _Path) -> bool:
    """Takes in one word of the path from the trigger to the root; True when nothing above matters any more."""
    verdict, trigger = path.verdict, path.trigger
    lemma = word.lemma_.lower()
    nominal = trigger.pos_ in ("NOUN", "PROPN")
    if word.pos_ in ("VERB", "AUX"):
        _clause(word, below, path)
    if below is None:
        if tree.negated(word):
            verdict.negated = True
        if _merely_named(word):
            _settle(verdict, "hypothetical", word)
        if nominal and any(c.dep_ in ("amod", "compound", "nmod") and c.lower_ in NOT_YET_REAL for c in word.children):
            _settle(verdict, "planned", word)
        _infinitive(word, path)
        return False
    edge = below.dep_
    if lemma == "help" and edge in ("xcomp", "ccomp") and below.tag_ == "VB":
        _infinitive(word, path)  # "stepped in to help bring them home"
    off = lemma == "call" and any(c.dep_ == "prt" and c.lower_ == "off" for c in word.children)
    if edge in ("nsubjpass", "dobj") and (off or lemma in ("cancel", "abort", "scrap", "postpone", "shelve")):
        _settle(verdict, "hypothetical", word)  # "the strikes were called off"
        return True
    if nominal and path.known and lemma not in REMEMBER | {"plan", "plot"}:
        # what is known stays known: only memory, plans and false talk say more about it
        if word.pos_ in ("NOUN", "PROPN") and edge in ("prep", "pobj", "compound") and lemma in TALK:
            path.known = False
        elif edge in ("dobj", "nsubj", "nsubjpass", "pobj", "prep", "conj", "attr"):
            return word.pos_ in ("VERB", "AUX")
    if (
        edge == "nsubj"
        and lemma in ("be", "remain", "seem", "become")
        and any(c.dep_ in ("attr", "acomp", "oprd") and c.lemma_.lower() in ONLY_POSSIBLE for c in word.children)
    ):
        _settle(verdict, "hypothetical", word)  # "a strike remained an option"
        return True
    if edge in ("csubj", "csubjpass"):
        if tree.modal(word) in ("would", "could", "might", "should", "may"):
            _settle(verdict, "hypothetical", word)  # "joining a strike would be folly"
        return True
    if edge in ("prep", "acomp", "attr", "ccomp", "xcomp") and lemma == "be" and _only_thought(word):
        _settle(verdict, "hypothetical", word)  # "my fear was of stepping on a mine"
        return True
    if edge == "advcl" and below.tag_ == "VBG" and not tree.marks(below) and word.tag_ == "VB":
        _infinitive(word, path)  # "determined to go on, shelling villages"
        return False
    if edge in ("advcl", "nsubj", "nsubjpass", "npadvmod", "relcl") and word.pos_ in ("VERB", "AUX") and edge != "nsubjpass":
        # the main clause of a subordinate one, or the verb a noun is subject of: its own force is not the trigger's
        return edge in ("advcl", "relcl") or lemma not in CARRIERS
    _governing(word, below, path)
    return bool(edge == "relcl" and lemma not in ("scenario", "plan", "drill", "exercise"))


def _only_thought(copula: Token) -> bool:
    """Whether what is said to be is a fear, an aim, a dream: "the danger is that rockets hit the plant"."""
    return any(c.dep_ == "nsubj" and c.lemma_.lower() in THOUGHTS for c in copula.children)


def _clause(verb: Token, below: Token | None, path: _Path) -> None:
    """Modals, conditions and negation of a verb on the path."""
    verdict = path.verdict
    linked = below is None or below.dep_ in (
        "xcomp",
        "ccomp",
        "dobj",
        "nsubjpass",
        "nsubj",
        "pobj",
        "prep",
        "acomp",
        "attr",
        "conj",
        "advcl",
    )
    reporting = verb.lemma_ in ("say", "tell", "report", "add", "know", "claim", "confirm", "comment") and below is not None
    word = tree.modal(verb)
    words = tree.marks(verb)
    perfect = any(c.dep_ == "aux" and c.lemma_ == "have" for c in verb.children)
    own = below is None or (
        below.dep_ in ("xcomp", "dobj", "nsubjpass", "nsubj", "pobj", "prep", "acomp", "attr") and not path.known
    )
    if own and word and not reporting:
        if word in ("will", "shall"):
            _settle(verdict, "threatened", verb)
        elif not (perfect and word in ("may", "might", "could", "must")):
            _settle(verdict, "hypothetical", verb)
    if words & CONDITIONS or _inverted_if(verb):
        _settle(verdict, "hypothetical", verb)
    if "whether" in words:
        verdict.open_question = True
    if below is not None and linked and not path.known and tree.negated(verb) and not reporting:
        if verb.lemma_ in PRESUPPOSING and below.dep_ == "dobj":
            return
        if verb.lemma_ in CARRIERS | TRY | PLAN or below.dep_ in ("dobj", "nsubjpass", "xcomp"):
            verdict.negated = True


def _inverted_if(verb: Token) -> bool:
    return (
        any(c.dep_ == "aux" and c.lower_ in ("should", "were", "had") and c.i == verb.left_edge.i for c in verb.children)
        and verb.dep_ == "advcl"
    )


def _merely_named(gerund: Token) -> bool:
    """ "interest in closing the border", "alternatives for bringing them home": a noun that has a gerund tells no deed."""
    return (
        gerund.tag_ == "VBG"
        and gerund.dep_ == "pcomp"
        and gerund.head.lower_ in ("for", "in", "of")
        and gerund.head.head.pos_ == "NOUN"
        and gerund.head.head.lemma_ not in DONE_BY
        and not (gerund.head.lower_ == "of" and gerund.head.head.head.lemma_ in LAID_AT)
    )


def _infinitive(verb: Token, path: _Path) -> None:
    """An infinitive of purpose or intention did not happen yet; one under "began" or "is believed" did."""
    bare_noun = (
        verb.pos_ == "NOUN" and verb.i > 0 and verb.nbor(-1).lower_ == "to" and verb.lower_ == verb.lemma_ and verb.dep_ == "pobj"
    )  # "preparations to fire on": the parser took the infinitive for a noun
    if bare_noun:
        _settle(path.verdict, "planned", verb)
        return
    passive = any(c.dep_ == "auxpass" and c.tag_ == "VB" for c in verb.children)  # "to be evacuated"
    if not (verb.tag_ == "VB" or passive) or not any(c.dep_ == "aux" and c.lower_ == "to" for c in verb.children):
        return
    head = verb.head.lemma_.lower()
    perfect = any(c.dep_ == "aux" and c.lemma_ == "have" for c in verb.children)
    obliged = head == "have" and verb.head.tag_ in ("VBD", "VBN")  # "had to be evacuated"
    if perfect or obliged or head in REAL_INFINITIVE:
        return
    if head in REFUSE and verb.dep_ == "xcomp":
        path.verdict.negated = True
        return
    if head in TRY or head == "fail":
        path.verdict.foiled = True
        return
    _settle(path.verdict, "threatened" if head in THREATEN else "planned", verb.head)


def _governing(word: Token, below: Token, path: _Path) -> None:
    """A verb, noun or adjective that has the trigger, or a clause with it, as its complement."""
    verdict, lemma = path.verdict, word.lemma_.lower()
    if word.pos_ in ("ADP", "SCONJ") and word.lower_ == "without":
        verdict.negated = True
        return
    if word.pos_ in ("ADP", "SCONJ") and word.lower_ == "like" and below.dep_ in ("pcomp", "pobj"):
        _settle(verdict, "hypothetical", word)  # "it was like being shelled"
        return
    past = any(c.dep_ == "auxpass" and c.lower_ in ("was", "were") for c in word.children)
    if word.lemma_ in ("think", "believe", "fear", "presume", "suspect") and past and below.dep_ == "xcomp":
        _settle(verdict, "hypothetical", word)  # "was thought to have been hit"
        return
    if lemma == "think" and word.tag_ in ("VBD", "VBN") and below.dep_ == "ccomp":
        _settle(verdict, "hypothetical", word)  # "whose family thought that he had been kidnapped"
        return
    if below.dep_ == "relcl" and lemma in ("scenario", "drill", "exercise", "simulation", "plan", "plot"):
        _settle(verdict, "hypothetical", word)
        return
    complement = below.dep_ in (
        "xcomp",
        "ccomp",
        "dobj",
        "pobj",
        "prep",
        "acl",
        "pcomp",
        "acomp",
        "nsubjpass",
        "attr",
        "conj",
        "compound",
        "oprd",
    )
    if not complement or below.dep_ == "conj":
        return
    if (
        lemma in DENY
        or word.lower_ == "denial"
        or (lemma == "rule" and any(c.lower_ == "out" for c in word.children))
        or (
            lemma
            in ("report", "claim", "rumor", "rumour", "allegation", "alert", "suggestion", "talk", "story", "video", "footage")
            and word.pos_ == "NOUN"
            and _called_false(word)
        )
    ):
        verdict.denied, verdict.governor = True, word
    elif lemma in THREATEN or lemma in ("threat", "warning"):
        if below.dep_ in ("xcomp", "prep", "acl", "dobj") or verdict.stage in ("threatened", "hypothetical"):
            _settle(verdict, "threatened", word)
    elif (lemma in PLAN and below.dep_ in ("xcomp", "dobj", "pcomp", "prep", "acl")) or (lemma in DECIDE and below.dep_ == "xcomp"):
        _settle(verdict, "planned", word)
    elif (
        (lemma in URGE and _urged(word, below))
        or (lemma == "call" and below.dep_ in ("xcomp", "prep", "advcl") and any(c.lower_ in ("on", "for") for c in word.children))
        or (lemma in AVERT or lemma in POSSIBLE or lemma in CHANCES)
    ):
        _settle(verdict, "hypothetical", word)
    elif lemma in FAVOUR and word.pos_ == "VERB" and below.dep_ == "dobj" and bare(below):
        _settle(verdict, "hypothetical", word)  # "a minister advocated air strikes"
    elif lemma in FOIL:
        verdict.foiled = True
    elif lemma in REHEARSE:
        _settle(verdict, "exercise", word)
    elif lemma in ("anniversary", "commemoration", "memorial", "memory") or lemma in REMEMBER:
        _settle(verdict, "retold", word)


def _urged(word: Token, below: Token) -> bool:
    """Whether the attack is what is asked for; "told Reuters that rockets were fired" asks for nothing."""
    if below.dep_ in ("dobj", "prep"):
        return word.lemma_ not in ("tell", "let")
    bare = below.tag_ == "VB" or any(c.dep_ == "auxpass" and c.tag_ == "VB" for c in below.children)  # "that it be closed"
    wished = word.lemma_ in ("want", "like") and below.tag_ in ("VBN", "VBD")  # "want the border closed"
    return below.dep_ in ("xcomp", "ccomp") and (bare or wished)


def _called_false(noun: Token) -> bool:
    """Whether reports are called false, denied or withdrawn, as subject or object."""
    if any(c.dep_ == "amod" and c.lemma_ in FALSE for c in noun.children):
        return True
    verb = noun.head
    if verb.pos_ in ("VERB", "AUX"):
        if verb.lemma_ in DENY:
            return True
        return any(c.dep_ in ("acomp", "attr", "oprd") and c.lemma_ in FALSE for c in verb.children)
    return False
