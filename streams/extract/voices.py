"""Who speaks in a sentence, of whose deed, and whether the doer itself says so.

Called by `statements`; a condition behind or over a deed makes a threat of what is said.
"""

from dataclasses import dataclass
from typing import Protocol

from streams.extract import attribution, tree
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.stage_words import CONDITIONS, DENY, THREATEN
from streams.extract.tokens import Token
from streams.records.flow import Participant


class Resolver(Protocol):
    """Who a noun phrase is, with "the group" and "it" resolved inside the article; filled by `refer`."""

    def __call__(self, parsed: Parsed, head: Token, /) -> Participant | None:
        """The participant, None when it cannot be told."""


@dataclass(slots=True)
class Voices:
    """Finds speakers."""

    cast: Cast

    def voice(self, token: Token) -> tuple[Token | None, Token | None]:
        """Head of whoever speaks, and head of whoever is to do it."""
        who = tree.subjects(token)[0] if token.pos_ == "VERB" else []
        speaker: Token | None = None
        for above in tree.governors(token):
            if above.pos_ == "VERB" and above.lemma_ in attribution.REPORT | DENY | THREATEN:
                own = tree.speakers(above)
                if own and not (who and own[0] == who[0]):
                    speaker = own[0]
                    break
                if own:
                    return own[0], own[0]
        if token.pos_ != "VERB":
            who = [speaker] if speaker is not None else []
        return speaker, (who[0] if who else speaker)

    def speaker(self, token: Token) -> Token | None:
        """Whoever says what a token stands in; None when nobody does."""
        for above in tree.governors(token):
            if above.pos_ == "VERB" and above.lemma_ in attribution.REPORT:
                own = tree.speakers(above)
                if own:
                    return own[0]
        return None

    def by_group(self, parsed: Parsed, speaker: Token | None, deed: Token, resolve: Resolver) -> bool:
        """Whether an armed group speaks of attacks that are nobody else's."""
        if speaker is None:
            return False
        one = resolve(parsed, speaker)
        owners = [c for c in deed.children if c.dep_ == "poss"]
        return (
            one is not None and self.cast.is_a(one.kind, "armed-group") and all(c.lower_ in ("its", "our", "their") for c in owners)
        )

    def own_word(self, parsed: Parsed, token: Token, speaker: Token | None, subject: Token | None, resolve: Resolver) -> bool:
        """Whether the doer itself, or its own channel, says so."""
        if subject is not None and subject.lower_ == "we" and parsed.quoted(token):
            return True
        decided = any(a.lemma_ in ("decide", "announce", "declare") for a in tree.governors(token))
        if speaker is None and subject is not None and decided:
            return True  # a headline: "Faction decides to resume attacks"
        if speaker is None or subject is None:
            return False
        if subject == speaker and parsed.quoted(token) and not parsed.quoted(speaker):
            one = resolve(parsed, speaker)  # "The order has been given to resume strikes," said its leader
            return (
                one is not None
                and one.kind not in ("official", "government", "diplomat")
                and not self.cast.is_a(one.kind, "state-force")
            )
        if any(a.lemma_ in ("decide", "announce", "declare", "vow", "pledge") for a in tree.governors(token)) or (
            token.head.lemma_ in ("decide", "announce", "declare")
        ):
            return True
        return self.same(parsed, speaker, subject, resolve)

    def same(self, parsed: Parsed, speaker: Token, subject: Token | None, resolve: Resolver) -> bool:
        """Whether the speaker speaks of itself, or of its own side."""
        if subject is None or speaker == subject or subject.lower_ in ("it", "they", "he", "we"):
            return True
        one, other = resolve(parsed, speaker), resolve(parsed, subject)
        if one is None or other is None:
            return False
        if one.id is not None and one.id == other.id:
            return True
        sides = [{r.nation for r in p.nations if r.role in ("government", "forces", "home", "nationality")} for p in (one, other)]
        return (
            bool(sides[0] & sides[1])
            and not self.cast.is_a(one.kind, "armed-group")
            and not self.cast.is_a(other.kind, "armed-group")
        )

    def conditional(self, parsed: Parsed, token: Token) -> bool:
        """Whether the deed is not more than possible or intended."""
        return tree.modal(token) in ("will", "would", "could", "may", "might", "shall", "can") or self.condition(token)

    def condition(self, token: Token) -> bool:
        """Whether an "if" or "unless" behind the deed conditions it."""
        for child in (c for above in (token, *tree.governors(token)) for c in above.children if c.dep_ == "advcl"):
            if tree.marks(child) & CONDITIONS and child.i > token.i:
                return True
        return False
