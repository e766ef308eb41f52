"""References inside one article: which base "the base" is, who uses it by what the article says, which group "the faction" is.

Called by the reader once per article, before drafts are made. Resolves only where it is safe: a definite phrase to the nearest
fitting name before it. An indefinite base is always a new one.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from streams.extract import tree
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.tokens import Token
from streams.records.flow import NationRole, Participant

MOST_BASES = 100  # an assumed bound: what was named further back than so many others is not meant by "the base"
_DEFINITE = frozenset({"the", "that", "this", "its", "both", "these", "those"})
_SECTIONS = frozenset("section part side sector area wing zone half end portion quarter".split())
_PRONOUNS = frozenset({"it", "they", "he", "she", "we", "our", "its"})


@dataclass(slots=True)
class _Chain:
    """Mentions of one base."""

    id: str | None = None
    nations: tuple[NationRole, ...] = ()
    last: int = -1
    mentions: list[tuple[int, int]] = field(default_factory=list)  # sentence number, token index


class References:
    """What an article's phrases refer to."""

    def __init__(self, sheets: Sequence[Parsed], cast: Cast) -> None:
        self._cast = cast
        self._groups: list[tuple[int, int, Participant]] = []
        self._bases: dict[tuple[int, int], tuple[_Chain, Participant]] = {}
        self._places: dict[int, list[int]] = {}  # number of a sentence: its bases
        chains: deque[_Chain] = deque(maxlen=MOST_BASES)
        for parsed in sheets:
            for token in parsed.tokens:
                entity = parsed.names.get(token.i)
                if entity is not None and cast.is_a(entity.kind, "armed-group"):
                    self._groups.append((parsed.number, token.i, cast.participant(parsed, token)))
                if token.pos_ in ("NOUN", "PROPN") and cast.is_base(parsed, token) and tree.core(token) == token:
                    self._base(parsed, token, chains)

    @property
    def bases_told(self) -> bool:
        """Whether the article names any base."""
        return bool(self._bases)

    def same(self, other: "References") -> bool:
        """Whether both know the same groups and bases, so that no sentence reads differently with one than with the other."""
        return self._groups == other._groups and self._bases == other._bases

    def _base(self, parsed: Parsed, token: Token, chains: deque[_Chain]) -> None:
        if token.dep_ in ("compound", "nmod") and token.i not in parsed.names:
            return
        one = self._cast.participant(parsed, token)
        definite = one.id is None and any(c.lower_ in _DEFINITE for c in token.children if c.dep_ in ("det", "poss"))
        title = parsed.where == "title"
        chain = next((c for c in chains if one.id is not None and c.id == one.id), None)
        if chain is None and (
            definite
            or (one.id is not None and chains and chains[-1].id is None and _owners(chains[-1].nations) <= _owners(one.nations))
        ):
            fitting = [c for c in chains if _fits(c.nations, one.nations)]
            chain = fitting[-1] if fitting and (definite or len(chains) == 1) else None
        if (
            chain is None
            and not title
            and one.id is None
            and len(chains) == 1
            and chains[0].last == 0
            and not (parsed.number == 0 and _two(parsed, token.i, chains[0].mentions[-1][1]))
            and _fits(chains[0].nations, one.nations)
        ):
            chain = chains[0]  # the lead tells the title's base again
        if chain is None and token.dep_ == "appos":
            chain = next((c for c in chains if (parsed.number, token.head.i) in c.mentions), None)
        if chain is None:
            chain = _Chain()
            chains.append(chain)
        chain.id = chain.id or one.id
        chain.nations = tuple(dict.fromkeys((*chain.nations, *one.nations, *self._present(parsed, token))))
        chain.last = parsed.number
        chain.mentions.append((parsed.number, token.i))
        self._bases[(parsed.number, token.i)] = (chain, one)
        self._places.setdefault(parsed.number, []).append(token.i)

    def _present(self, parsed: Parsed, base: Token) -> list[NationRole]:
        """Who is said to be there: "U.S. troops at the base", "American soldiers are stationed at the base"."""
        prep = base.head
        if base.dep_ == "nsubj" and prep.lemma_ in ("house", "host", "shelter"):
            return self._held(parsed, tree.arguments(prep).objects)
        if base.dep_ == "pobj" and prep.lower_ == "of" and prep.head.lemma_ in _SECTIONS:  # "the U.S. section of the airport base"
            return [
                NationRole(r.nation, "user", via=r.via) for r in self._cast.by_words(parsed, prep.head, "base") if r.role == "user"
            ]
        if base.dep_ != "pobj" or prep.lower_ not in ("at", "inside", "on", "in", "from"):
            return []
        above = prep.head
        who = [above] if above.pos_ in ("NOUN", "PROPN") else []
        if above.pos_ in ("VERB", "AUX") and above.lemma_ in (
            "station",
            "base",
            "deploy",
            "house",
            "be",
            "remain",
            "serve",
            "live",
            "work",
            "keep",
            "maintain",
            "shelter",
        ):
            who = tree.subjects(above)[0]
        elif above.pos_ == "VERB":  # "killed three American soldiers at a base", "targeting American forces at a base"
            who = tree.arguments(above).objects
        return self._held(parsed, who)

    def _held(self, parsed: Parsed, who: Sequence[Token]) -> list[NationRole]:
        """The forces among these people, as users of a base."""
        found: list[NationRole] = []
        for head in who:
            one = self._cast.participant(parsed, head)
            if self._cast.is_a(one.kind, "state-force") or one.head in ("adviser", "advisor", "instructor", "contractor", "member"):
                found.extend(NationRole(r.nation, "user", via=r.via) for r in one.nations if r.role in ("forces", "nationality"))
        return found

    def bases(self, parsed: Parsed) -> dict[int, Participant]:
        """The bases of a sentence with all that the article says of them, by token."""
        return {
            index: replace(one, id=chain.id, nations=tuple(dict.fromkeys((*one.nations, *chain.nations))))
            for index in self._places.get(parsed.number, ())
            for chain, one in (self._bases[parsed.number, index],)
        }

    def who(self, parsed: Parsed, head: Token) -> Participant | None:
        """The participant of a phrase, with "the faction" and "it" resolved to a group named before; None for an open pronoun."""
        head = tree.core(head)
        if head.pos_ == "PRON" and head.lower_ in _PRONOUNS:
            return self._pronoun(parsed, head)
        one = self._cast.participant(parsed, head)
        if one.id is None and self._cast.is_a(one.kind, "armed-group") and any(c.lower_ in _DEFINITE for c in head.children):
            named = self._before(parsed, head.i, one)
            if named is not None:
                return replace(one, id=named.id, kind=named.kind, nations=named.nations)
        return one

    def _pronoun(self, parsed: Parsed, head: Token) -> Participant | None:
        for above in tree.governors(head):
            if above.pos_ == "VERB":
                for subject in tree.own_subjects(above)[0]:
                    if subject.i < head.i and subject.pos_ != "PRON":
                        return self.who(parsed, subject)
        return self._before(parsed, head.i, None)

    def _before(self, parsed: Parsed, index: int, like: Participant | None) -> Participant | None:
        """The nearest group named before a token that fits a description."""
        upto = bisect_left(self._groups, (parsed.number, index), key=lambda each: each[:2])
        for number, _, group in reversed(self._groups[max(0, upto - MOST_BASES) : upto]):
            if parsed.number - number > 3:  # an assumption: further back, "the group" is too often another one
                break
            if like is None or _group_fits(like, group):
                return group
        return None


def _two(parsed: Parsed, *heads: int) -> bool:
    """Whether bases of one sentence are each introduced: "a base of the group ... a U.S. base"."""
    return all(any(c.lower_ in ("a", "an") for c in parsed.tokens[head].children) for head in heads)


def _owners(nations: tuple[NationRole, ...]) -> set[str]:
    return {role.nation for role in nations if role.role == "owner"}


def _fits(known: tuple[NationRole, ...], new: tuple[NationRole, ...]) -> bool:
    """Whether two mentions of bases may be one: no two owners."""
    one, other = _owners(known), _owners(new)
    users = {role.nation for role in known if role.role == "user"}
    return not one or not other or bool(one & other) or other <= users


def _group_fits(like: Participant, group: Participant) -> bool:
    """Whether "the Iraqi faction", "the Iran-backed group" may be this group."""
    return all(
        any(role.nation == asked.nation and role.role in (asked.role, "home", "sponsor") for role in group.nations)
        for asked in like.nations
    )
