"""Who: one noun phrase as a participant, with its kind, its known name and its nations by role.

Called by the reader with the heads that `triggers` found. A base "in Iraq" makes Iraq its host, never its owner; "Iran-backed"
makes Iran a sponsor; "coalition" without another leader is the U.S.-led one. What the words do not say stays unknown.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from streams.extract import missions, owners, tree
from streams.extract.cues import Cue
from streams.extract.nouns import Nouns, words_of
from streams.extract.parsed import Parsed
from streams.extract.tokens import Token
from streams.knowledge.world import Entity
from streams.records.flow import NationRole, Participant

COALITION = "us-led-coalition"
_WITHIN = frozenset({"of", "in", "at", "near", "from"})
_COMPOUNDED = Cue(
    r"^(.+?)[-‐‑–]\s?(backed|aligned|supported|sponsored|linked|affiliated|allied|led|owned|operated|flagged|registered|made|run|born|funded|trained|dominated|majority)$",
    re.IGNORECASE,
)
# a base when forces own it, something else when they do not
_MAYBE_BASE = frozenset(
    "compound facility installation airstrip airfield site position post hangar quarters hub centre center".split()
)
_HYPHENS = frozenset("-‐‑–")
_MEMBERS = frozenset(
    "operative facilitator member financier recruiter bombmaker planner trainer associate courier cell subcommander lieutenant supporter".split()
)
_SPONSOR = frozenset({"backed", "aligned", "supported", "sponsored", "linked", "affiliated", "allied", "funded", "trained"})
_OTHER_LEADER = frozenset({"ruling", "governing", "government", "opposition", "political", "grand"})
# what a government does under the name of its capital; "Kabul woke to explosions" is the town
_RULES = frozenset(
    "say tell announce accuse claim deny threaten warn vow order condemn blame declare demand report pledge insist urge add confirm reject "
    "promise want plan send deploy summon expel ban impose recall agree sign sever break close withdraw retaliate respond launch fire recognise "
    "recognize offer propose refuse denounce protest admit acknowledge argue call describe state maintain stress note seek accept suspend lift "
    "extradite arm fund finance back support sponsor supply invade annex bomb attack strike target shell retract disclose reveal allege".split()
)
_USED = Cue(
    r"\b(?:hous(?:es|ing|ed|e)|host(?:s|ing|ed)?|used (?:\w+ )?by|home to|shared (?:with|by)|occupied by|manned by|staffed by|run by|operated by"
    r"|stationing|accommodat(?:es|ing)|garrisoned by|serv(?:es|ing) as a? ?\w* ?for|quarter(?:s|ing)|that holds|holding)\b\s*(?P<who>[^.;]{2,80})",
    re.IGNORECASE,
)
_WHERE = Cue(
    r"\b(?:where|which|that)\b (?P<who>[^.;,]{2,60}?) (?:are|were|is|have been|had been|keep|maintain|operate|use|run|station|live|serve|work|train)\b",
    re.IGNORECASE,
)


class Cast(Nouns):
    """Describes noun phrases against the knowledge."""

    def _whole(self, parsed: Parsed, head: Token) -> list[Token]:
        """The phrase with the places right behind it: "the coalition base of Rumalin in Syria"."""
        tokens = self.left(head)
        end = head
        for child in head.rights:
            if (
                child.dep_ == "prep"
                and child.lower_ in _WITHIN
                and child.i == end.i + 1
                and not any(parsed.is_time(t) for t in child.subtree)
            ):
                if any(t.dep_ in ("relcl", "acl", "advcl") or t.pos_ == "VERB" or t.text == "," for t in child.subtree):
                    break
                tokens.extend(child.subtree)
                end = child.right_edge
        return tokens

    def participant(self, parsed: Parsed, head: Token) -> Participant:
        """The noun phrase under `head` as a participant."""
        head = tree.core(head)
        span = parsed.of(self._whole(parsed, head))
        entity = self.entity(parsed, head)
        ruler = self._ruler(parsed, head, entity)
        if ruler is not None:
            return Participant(
                span=span, head=parsed.head(head), id=ruler, kind="nation", nations=(NationRole(ruler, "government"),)
            )
        kind = self.kind_of(head)
        if entity is not None and not self._is_actor_like(entity):
            entity = None if kind else entity
        if entity is None and self.is_a(kind, "site"):
            entity = self._named_site(parsed, head)
        group = self._group_of(parsed, head, kind) if entity is None else None
        kind = entity.kind if entity is not None and entity.kind is not None else owners.employed(self, parsed, head, kind)
        if group is not None:
            entity, kind = group, kind if kind in ("official", "group-leader") else group.kind
        found = list(entity.nations) if entity is not None else []
        envoy = missions.envoy(self, head) if entity is None else None
        if envoy is not None:
            kind = "diplomatic-site"
            found.extend(self.by_words(parsed, envoy, kind))
        found.extend(self.by_words(parsed, head, kind))
        if self.is_a(kind, "diplomatic-site"):
            found.extend(missions.sender(self, parsed, head))
        if head.lemma_.lower() in _MAYBE_BASE and not self.is_a(kind, "base") and self._military(parsed, head, found):
            kind = "base"
            found = [replace(role, role="user") if role.role in ("owner", "forces") and role.via else role for role in found]
        if self.is_a(kind, "base"):
            found.extend(self._users(parsed, head))
        for apposed in head.children:
            if apposed.dep_ == "appos" and apposed.i > head.i:
                other = self.kind_of(apposed)
                if kind is None or entity is None:
                    kind = kind or other
                named = self.entity(parsed, apposed)
                if entity is None and named is not None and self._is_actor_like(named):
                    entity, kind = named, named.kind or kind
                    found.extend(named.nations)
                if self.is_a(kind, "site") == self.is_a(other, "site"):
                    found.extend(self.by_words(parsed, apposed, kind))
        return Participant(
            span=span, head=parsed.head(head), id=entity.id if entity else None, kind=kind, nations=tuple(dict.fromkeys(found))
        )

    def _ruler(self, parsed: Parsed, head: Token, entity: Entity | None) -> str | None:
        """The nation whose government a capital stands for: "Kabul said", "Pyongyang threatened"; None where it is the town."""
        verb = head.head
        speaks = head.dep_ == "nsubj" and verb.pos_ == "VERB" and verb.lemma_.lower() in _RULES
        town = entity is not None and entity.kind == "place"
        return self.nation(parsed.word(head)) if speaks and town and len(self.left(head)) == 1 else None

    def _military(self, parsed: Parsed, head: Token, nations: list[NationRole]) -> bool:
        """Whether a compound or facility belongs to forces: a coalition's, or called military."""
        words = {token.lower_ for token in self.left(head)}
        return bool(words & {"military", "army", "troop", "troops"}) or any(role.via == COALITION for role in nations)

    def _is_actor_like(self, entity: Entity) -> bool:
        """Whether an entity is somebody or a site, not a mere country, town or region."""
        return entity.kind not in ("place", "nation", "demonym")

    def _group_of(self, parsed: Parsed, head: Token, kind: str | None) -> Entity | None:
        """The armed group whose man or men a phrase names: "a Taliban commander"; not "a Hamas-run ministry", "anti-Taliban fighters"."""
        member = head.lemma_.lower() in _MEMBERS if kind is None else kind in ("official", "suspect") or self.is_a(kind, "force")
        left = self.left(head) if member else []
        for token, after in pairwise(left):
            entity = parsed.names.get(token.i)
            if entity is not None and self.is_a(entity.kind, "armed-group"):
                joined = after.text in _HYPHENS or (token.i > 0 and token.nbor(-1).text in _HYPHENS)
                return None if joined else entity
        return None

    def _named_site(self, parsed: Parsed, head: Token) -> Entity | None:
        """The known site that a phrase with a site noun for head names: "the Harir base", "the base of Rumalin"."""
        near = [*self.left(head)[:-1]]
        for name, leaf in tree.prepositions(head):
            if name in ("of", "at", "in"):
                near.append(leaf)
        for token in near:
            entity = parsed.names.get(token.i)
            if entity is not None and self.is_a(entity.kind, "site"):
                return entity
        return None

    def by_words(self, parsed: Parsed, head: Token, kind: str | None) -> Iterator[NationRole]:
        """Nations that the words before the head give, with the role that the kind gives them."""
        lead = ""
        left = self.left(head)
        words = words_of(parsed.of(left).text)
        group_owned = any((e := parsed.names.get(t.i)) is not None and self.is_a(e.kind, "armed-group") for t in left[:-1]) or any(
            self.is_a(self.kind_of(t), "armed-group") for t in left[:-1]
        )
        own = self._own_words(parsed, head)
        for word in words:
            made = _COMPOUNDED.match(word)
            if made is not None:
                nation, how = self._knowledge.nation(made.group(1)), made.group(2).lower()
                if how == "led":
                    lead = nation or made.group(1)
                if nation is None:
                    continue
                if how in _SPONSOR:
                    if not self.is_a(kind, "site") and not self.is_a(kind, "state-force"):
                        yield NationRole(nation, "sponsor")
                elif how == "led":
                    if nation != "US":
                        yield NationRole(nation, "user" if self.is_a(kind, "site") else "forces")
                elif how in ("owned", "operated", "run", "flagged", "registered"):
                    yield NationRole(nation, "owner")
                elif how == "born":
                    yield NationRole(nation, "nationality")
                continue
            if group_owned and self.is_a(kind, "site"):
                continue
            nation = self.nation(word)
            if nation is not None and word not in own:
                yield from self._role(nation, kind, bare=len(left) == 1)
        lowered = {w.lower() for w in words}
        names_coalition = any(w in ("coalition", "alliance") or w.endswith(("-led", "-led coalition")) for w in lowered) or any(
            e.id == COALITION for t in left if (e := parsed.names.get(t.i)) is not None
        )
        if names_coalition and lead in ("", "US") and not lowered & _OTHER_LEADER and not group_owned:
            yield NationRole("US", "user" if self.is_a(kind, "site") else "forces", via=COALITION)

    def _own_words(self, parsed: Parsed, head: Token) -> frozenset[str]:
        """Words inside the name of a known site, which say nothing more: "U.S. embassy in Baghdad" is not Iraq's."""
        entity = self.entity(parsed, head)
        known = entity is not None and self.is_a(entity.kind, "site")
        return frozenset(words_of(parsed.word(head))) if known else frozenset()

    def _role(self, nation: str, kind: str | None, *, bare: bool) -> Iterator[NationRole]:
        if bare and kind is None:
            yield NationRole(nation, "government")
        elif self.is_a(kind, "site") or kind == "vehicle" or self.is_a(kind, "vehicle"):
            yield NationRole(nation, "owner")
            if self.is_a(kind, "base"):
                yield NationRole(nation, "user")
        elif self.is_a(kind, "state-force") or kind == "police":
            yield NationRole(nation, "forces")
        elif self.is_a(kind, "armed-group"):
            yield NationRole(nation, "home")
        elif kind in ("official", "government"):
            yield NationRole(nation, "government")
        elif kind in ("civilian", "journalist", "aid-worker", "diplomat", "person") or self.is_a(kind, "person"):
            yield NationRole(nation, "nationality")
        elif kind is not None or not bare:
            yield NationRole(nation, "owner" if kind is not None else "home")

    def _users(self, parsed: Parsed, head: Token) -> Iterator[NationRole]:
        """Who uses a base, said behind it: "a base used by U.S. forces", "which houses American troops"."""
        after = parsed.text[parsed.offsets[head.i][1] :].replace("U.S.", "US")
        before_next = re.search(r"[.;]\s", after)
        after = after[: before_next.start()] if before_next else after
        yield from self.users_in(after)

    def users_in(self, words: str) -> Iterator[NationRole]:
        """Nations whose forces these words call users, hosts' guests or residents of a site."""
        for pattern in (_USED, _WHERE):
            for match in pattern.finditer(words):
                yield from self.forces_in(match["who"])

    def forces_in(self, words: str) -> Iterator[NationRole]:
        """Nations with their forces, as users: "U.S. and other international forces", "the U.S.-led coalition"."""
        split = words_of(words)
        for place, word in enumerate(split):
            made = _COMPOUNDED.match(word)
            rest = [w.lower() for w in split[place + 1 : place + 6]]
            if made is not None:
                if made.group(2).lower() == "led" and self._knowledge.nation(made.group(1)) == "US":
                    yield NationRole("US", "user", via=COALITION)
                continue
            nation = self.nation(word)
            if nation is not None and any(
                self.is_a(self._words.get(w) or self._words.get(w.rstrip("s")), "state-force")
                or w in ("aircraft", "military", "warplanes", "jets", "helicopters")
                for w in rest
            ):
                yield NationRole(nation, "user")
            elif word.lower() == "coalition" and not any(_COMPOUNDED.match(w) for w in split[:place]):
                yield NationRole("US", "user", via=COALITION)
