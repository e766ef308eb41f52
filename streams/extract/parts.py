"""Who and what may have had a part in what an article tells: its noun phrases with the features that the learned role check reads.

Called by `gist` and by the script that trains its model. Judges nothing: a phrase is described by its words, its kind, its way up to
the verb, its neighbours, and by what grammar made of it. Mentions with the same head word are one candidate.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from streams.extract.parsed import Parsed
from streams.extract.tokens import Token
from streams.knowledge.aliases import fold
from streams.knowledge.world import Knowledge
from streams.records.flow import Event, Participant, Span

_INSIDE = frozenset({"compound", "nmod", "amod", "nummod", "poss", "quantmod", "advmod", "case"})
_ARGUMENT = frozenset({"nsubj", "nsubjpass", "dobj", "pobj", "conj"})
_SIBLING = frozenset({"nsubj", "nsubjpass", "dobj", "pobj", "agent"})
_CLOSES = frozenset(
    """of in at from to for with by on near against under over inside outside between during after before into onto through around about like as who
    whom whose which that where when and or but""".split()
)
# words of a sentence that say what its phrases may have to do with
_DEEDS = frozenset(
    """kill murder assassinate assassination attack bomb bombing explode explosion dynamite kidnap kidnapping abduct shoot fire burn destroy damage wound injure
    die death dead body massacre ambush grenade hostage throw place detonate blow machinegun rob steal raid threaten claim responsibility clash combat accuse
    arrest condemn capture capturing sabotage hijack""".split()
)


@dataclass(slots=True)
class Candidate:
    """All phrases of an article that have one head word."""

    key: str
    span: Span  # the first one
    features: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)  # kinds and ways up, to be read together with the sentence's probability
    sentences: set[int] = field(default_factory=set)  # numbers, title first
    named: set[str] = field(default_factory=set)  # its head as features, "=priest", whose weights know near words by their vectors


Roles = Mapping[tuple[str, int], Sequence[tuple[int, int, str]]]  # by sentence: stretches with the role that grammar gave them


class Parts:
    """Finds and describes candidates."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._kind = lru_cache(maxsize=16_384)(self._kind_of)
        self._tool = lru_cache(maxsize=16_384)(self._tool_of)

    def mentions(self, parsed: Parsed, roles: Roles) -> list[Candidate]:
        """The noun phrases of a sentence in order, each as a candidate of its own; `roles` is what grammar said, see `told`."""
        lemmas = [token.lemma_.lower() for token in parsed.tokens]
        deeds = sorted(_DEEDS.intersection(lemmas))
        mine = roles.get((parsed.where, parsed.start), ())
        found = []
        for token, first in self._phrases(parsed):
            span = parsed.of([parsed.tokens[first], token])
            key = head_word(span.text)
            if not key:
                continue
            one = Candidate(key, span, sentences={parsed.number})
            self._describe(one, parsed, token, first, lemmas)
            kind = self._kind_at(parsed, token, first) or lemmas[token.i]
            one.features.update([f"s={deed}" for deed in deeds])
            one.features.update([f"sk={deed}|{kind}" for deed in deeds])
            at = parsed.start + parsed.offset(token)
            one.features.update([name for start, end, name in mine if start <= at < end])
            found.append(one)
        return found

    def _phrases(self, parsed: Parsed) -> Iterator[tuple[Token, int]]:
        """Heads of noun phrases and weapons within one ("dynamite attack"), each with the index of its phrase's first token."""
        tokens = parsed.tokens
        for token in tokens:
            pos = token.pos_
            noun = pos in ("NOUN", "PROPN")
            named = token.i in parsed.names
            if not (noun or named or (pos in ("NUM", "ADJ") and token.dep_ in _ARGUMENT)):
                continue
            over = token.head
            if not named and over.i > token.i and token.dep_ in _INSIDE and over.pos_ in ("NOUN", "PROPN"):
                within = self._tool_at(parsed, token, token.i) is not None and self._tool_at(parsed, over, token.i) is None
                if not within:
                    continue
            if parsed.times and parsed.is_time(token):
                continue
            first = token.i
            while first > 0:
                before = tokens[first - 1]
                if before.dep_ not in _INSIDE or not first - 1 <= before.head.i <= token.i:
                    break
                first -= 1
            yield token, first

    def _kind_at(self, parsed: Parsed, token: Token, first: int) -> str | None:
        entity = parsed.names.get(token.i)
        if entity is not None:
            return entity.kind
        before = " ".join([t.lower_ for t in parsed.tokens[max(first, token.i - 3) : token.i]])
        return self._kind(before, token.lemma_.lower(), token.lower_)

    def _kind_of(self, before: str, lemma: str, word: str) -> str | None:
        words = self._knowledge.role_words
        return _longest(words, before, lemma) or _longest(words, before, word)

    def _tool_at(self, parsed: Parsed, token: Token, first: int) -> str | None:
        """The kind of weapon that a phrase names."""
        if token.i in parsed.names:
            return None
        before = " ".join([t.lower_ for t in parsed.tokens[max(first, token.i - 3) : token.i]])
        return self._tool(before, token.lemma_.lower())

    def _tool_of(self, before: str, lemma: str) -> str | None:
        return _longest(self._knowledge.instrument_words, before, lemma)

    def _call(self, one: Candidate, parsed: Parsed, token: Token, first: int, name: str) -> str | None:
        """Describes what a phrase is called; returns its kind, of people, things or weapons."""
        add = one.features.add
        kind, tool = self._kind_at(parsed, token, first), self._tool_at(parsed, token, first)
        one.named.add(f"={name}")
        add(f"h={name}")
        if tool is not None:
            kind = kind or "weapon"
            for above in self._knowledge.instruments.get(tool, ()):
                add(f"i={above}")
        for above in self._knowledge.kinds.get(kind or "", ()):
            add(f"ka={above}")
        add(f"k={kind}")
        if token.i in parsed.names:
            add(f"id={parsed.names[token.i].id}")
        for before in parsed.tokens[first : token.i]:
            add(f"m={before.lower_}")
            if before.i in parsed.names:
                add(f"mk={parsed.names[before.i].kind}")
        return kind

    def _describe(self, one: Candidate, parsed: Parsed, token: Token, first: int, lemmas: list[str]) -> None:
        add = one.features.add
        tokens, at = parsed.tokens, token.i
        name = parsed.head(token) if at in parsed.names else lemmas[at]
        kind = self._call(one, parsed, token, first, name)
        capitals = sum(1 for t in tokens[first : at + 1] if t.text[:1].isupper())
        add(f"cap={min(capitals, 4)}/{min(at - first + 1, 4)}")
        add(f"tag={token.tag_}")
        path, over = _up(token)
        one.kinds |= {f"k={kind}", f"pa={path}"}
        add(f"pa={path}")
        if over is not None:
            verb = lemmas[over.i]
            add(f"g={verb}")
            add(f"pag={path}|{verb}")
            add(f"hg={kind or name}|{path}|{verb}")
            passive = False
            for child in over.children:
                dep = child.dep_
                passive = passive or dep in ("nsubjpass", "auxpass")
                if dep in _SIBLING and child.i != at:
                    add(f"sib={path}|{dep}|{_name(parsed, child, lemmas)}")
            add(f"pas={passive:d}|{path}")
            further, top = _up(over)
            if top is not None:
                add(f"g2={path}|{further}|{lemmas[top.i]}")
            add(f"pa2={path}|{further}")
        for child in token.children:
            dep = child.dep_
            if dep in ("appos", "relcl", "acl", "prep"):
                add(f"c={dep}|{lemmas[child.i]}")
                if dep == "prep":
                    for leaf in child.children:
                        add(f"cp={child.lower_}|{_name(parsed, leaf, lemmas)}")
        for step in (1, 2, 3):
            if first - step >= 0:
                add(f"L{step}={tokens[first - step].lower_}")
            if at + step < len(tokens):
                add(f"R{step}={tokens[at + step].lower_}")
        if first > 1:
            add(f"L12={tokens[first - 2].lower_}_{tokens[first - 1].lower_}")
        if at + 2 < len(tokens):
            add(f"R12={tokens[at + 1].lower_}_{tokens[at + 2].lower_}")


def _name(parsed: Parsed, token: Token, lemmas: list[str]) -> str:
    entity = parsed.names.get(token.i)
    return lemmas[token.i] if entity is None else entity.kind


def _longest(table: Mapping[str, str], before: str, word: str) -> str | None:
    """What a table of phrases says of a word with as many words before it as it knows."""
    words = before.split()
    for size in range(len(words), -1, -1):
        found = table.get(fold(" ".join([*words[len(words) - size :], word])))
        if found is not None:
            return found
    return None


def _up(token: Token) -> tuple[str, Token | None]:
    """The way from a token to the verb or noun that governs it, and that word; None at the top of the sentence."""
    path: list[str] = []
    at = token
    while len(path) < 6:
        over = at.head
        if over.i == at.i:
            return "/".join(path) + "/ROOT", None
        pos = over.pos_
        dep = at.dep_
        path.append(f"{dep}:{over.lower_}" if pos == "ADP" else dep)
        at = over
        if pos in ("VERB", "AUX") or (pos in ("NOUN", "PROPN") and dep not in ("conj", "appos")):
            break
    return "/".join(path), at


def head_word(phrase: str) -> str:
    """The last word of a phrase before a preposition, in small letters: what tells mentions of one thing from others."""
    words = phrase.lower().replace("’", "'").split()
    end = next((i for i, word in enumerate(words) if i and word in _CLOSES), len(words))
    last = words[end - 1].strip("\"'.,;:()[]-") if end else ""
    return last.removesuffix("'s")


def merged(mentions: Iterable[Candidate]) -> list[Candidate]:
    """Mentions with the same head word as one candidate, in order of the first."""
    found: dict[str, Candidate] = {}
    times: dict[str, int] = {}
    for one in mentions:
        times[one.key] = times.get(one.key, 0) + 1
        into = found.get(one.key)
        if into is None:
            first = f"first={min(*one.sentences, 6)}"
            found[one.key] = Candidate(
                one.key, one.span, {*one.features, first}, set(one.kinds), set(one.sentences), set(one.named)
            )
            continue
        into.features |= one.features
        into.kinds |= one.kinds
        into.named |= one.named
        into.sentences |= one.sentences
    for key, one in found.items():
        one.features.add(f"n={min(times[key], 4)}")
    return list(found.values())


def told(events: Iterable[Event]) -> Roles:
    """By sentence: stretches of the participants that grammar found, with their role and the kind of event."""
    found: dict[tuple[str, int], list[tuple[int, int, str]]] = {}
    for event in events:
        for telling in event.tellings:
            rows = found.setdefault((telling.sentence.where, telling.sentence.start), [])
            family = event.path[1] if len(event.path) > 1 else event.path[0]
            people: tuple[tuple[str, tuple[Participant, ...]], ...] = (("actor", telling.actors), ("target", telling.targets))
            for role, those in people:
                rows.extend([(one.span.start, one.span.end, f"ev={role}|{family}") for one in those])
            rows.extend([(tool.span.start, tool.span.end, "ev=instrument") for tool in telling.instruments])
    return found
