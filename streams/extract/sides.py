"""The parties of one deed: heads of a frame as participants, aircraft as the side that flies them, "our troops" as the speaker's.

Called by `deeds`. Towns and countries are places, never targets; a weapon is no actor.
"""

from dataclasses import dataclass, replace

from streams.extract import owners, tree
from streams.extract.parsed import Parsed
from streams.extract.participants import Cast
from streams.extract.signs import AIRCRAFT
from streams.extract.sorting import Frame
from streams.extract.tokens import Token
from streams.records.flow import Attribution, NationRole, Participant

# a cognate object, or a cause: nobody's name
_WAGED = frozenset(
    "war battle campaign insurgency siege conflict struggle rebellion uprising fight blockade curfew ceasefire truce".split()
)
_MEANT = frozenset(
    "will behalf push effort bid drive attempt pressure need aim goal ability capability chaos decision moment presence injury backlash "
    "policy power control sight way reach purpose response intervention plan threat risk suspicion ground stage fire day time hour moment morning afternoon evening "
    "night".split()
)


# what is fired and does not come back; whose it is says who fired it
_FIRED = frozenset("missile rocket shell mortar artillery projectile shellfire drone".split())


@dataclass(slots=True)
class Sides:
    """Makes participants of a frame's heads."""

    cast: Cast

    def actors(self, parsed: Parsed, frame: Frame) -> tuple[tuple[Participant, ...], tuple[Participant, ...]]:
        """Actors, and those among them that are bare countries."""
        found: list[Participant] = []
        countries: list[Participant] = []
        for head in frame.actors:
            noun = tree.core(head)
            entity = parsed.names.get(noun.i)
            if (entity is not None and entity.kind in ("nation", "demonym")) or (
                (entity is None or entity.kind == "place") and self.cast.nation(parsed.word(noun))
            ):
                nation = (
                    entity.id
                    if entity is not None and entity.kind in ("nation", "demonym")
                    else self.cast.nation(parsed.word(noun))
                )
                assert nation is not None
                one = Participant(
                    span=parsed.of(self.cast.left(noun))
                    if noun.dep_ not in ("compound", "amod", "poss", "nmod")
                    else parsed.of([noun]),
                    head=parsed.head(noun),
                    id=nation,
                    kind="state-force",
                    nations=(NationRole(nation, "forces"),),
                )
                countries.append(one)
            elif noun.lemma_.lower() in AIRCRAFT and not any(c.lower_ == "suicide" for c in noun.children):
                one = self._aircraft(parsed, noun)
            else:
                one = self.cast.participant(parsed, noun)
                if self.cast.is_a(one.kind, "site"):
                    continue
            if noun.pos_ == "PRON" or no_party(noun, one.kind):
                continue
            found.append(one)
        return tuple(dict.fromkeys(found)), tuple(countries)

    def shooters(self, parsed: Parsed, trigger: Token) -> tuple[Participant, ...]:
        """ "Turkish shells landed in the town", "was hit by Houthi missiles": whose they are, where nobody else is said to act."""
        found: list[Participant] = []
        near = [below for below in trigger.children if below.dep_ in ("nsubj", "nsubjpass", "agent")]
        for noun in (leaf for below in near for leaf in (below, *below.children)):
            if noun.lemma_.lower() not in _FIRED or noun.pos_ not in ("NOUN", "PROPN"):
                continue
            for owner in (c for c in noun.children if c.dep_ in ("amod", "compound", "nmod", "poss") and c.i < noun.i):
                entity = parsed.names.get(owner.i)
                if entity is not None and entity.kind in ("nation", "demonym"):
                    forces = (NationRole(entity.id, "forces"),)
                    found.append(
                        Participant(
                            span=parsed.of([owner]), head=parsed.head(owner), id=entity.id, kind="state-force", nations=forces
                        )
                    )
                elif entity is not None and self.cast.is_armed(entity.kind):
                    found.append(self.cast.participant(parsed, owner))
        return tuple(found)

    def _forces(self, parsed: Parsed, noun: Token) -> Participant | None:
        """ "Afghan and coalition forces": forces of both; "two Afghans and a soldier" are people."""
        entity = parsed.names.get(noun.i)
        nation = entity.id if entity is not None and entity.kind == "demonym" else None
        whose = nation is not None and noun.tag_ in ("JJ", "NNP") and not any(c.dep_ in ("det", "nummod") for c in noun.children)
        if not whose:
            return None
        for other in (c for c in noun.children if c.dep_ == "conj"):
            named = parsed.names.get(other.i)
            kind = named.kind if named is not None else self.cast.kind_of(other)
            joined = other.i - noun.i == 2 and other.nbor(-1).lower_ in ("and", "or")
            if (
                joined
                and nation is not None
                and any(self.cast.is_a(kind, force) for force in ("state-force", "alliance", "police"))
            ):
                return Participant(
                    span=parsed.of([noun]),
                    head=parsed.head(noun),
                    id=nation,
                    kind="state-force",
                    nations=(NationRole(nation, "forces"),),
                )
        return None

    def _aircraft(self, parsed: Parsed, noun: Token) -> Participant:
        """ "U.S. warplanes", "an aircraft from the coalition": the side that flies them."""
        one = self.cast.participant(parsed, noun)
        nations = [
            replace(role, role="forces") for role in one.nations if role.role in ("owner", "forces", "user", "home", "nationality")
        ]
        for name, leaf in tree.prepositions(noun):
            if name in ("from", "of", "belonging"):
                nations.extend(
                    replace(role, role="forces")
                    for role in self.cast.participant(parsed, leaf).nations
                    if role.role in ("forces", "owner", "user")
                )
        flown_by = owners.flying(self.cast, parsed, noun) if not nations else None
        if flown_by is not None:
            nations.append(NationRole(flown_by, "forces"))
        kind = "state-force" if nations else one.kind
        return replace(one, kind=kind, nations=tuple(dict.fromkeys(nations)))

    def targets(self, parsed: Parsed, frame: Frame, base: dict[int, Participant]) -> tuple[Participant, ...]:
        """Targets in reading order; `base`: participants already resolved in the article, by token."""
        found: list[Participant] = []
        for head in frame.targets:
            noun = tree.core(head)
            if (
                noun.pos_ == "PRON"
                or noun.i == frame.candidate.token.i
                or parsed.is_time(noun)
                or noun.pos_ in ("VERB", "AUX", "ADV")
            ):
                continue
            if noun.i in base:
                found.append(base[noun.i])
                continue
            entity = parsed.names.get(noun.i)
            if entity is not None and self.cast.is_place(entity) and entity.kind != "nation":
                continue
            if self.cast.instrument(parsed, noun) is not None and noun.lemma_.lower() not in AIRCRAFT | {"launcher"}:
                continue
            one = self._forces(parsed, noun) or self.cast.participant(parsed, noun)
            if no_party(noun, one.kind):
                continue
            found.append(one)
            for apposed in noun.children:
                if apposed.dep_ == "appos" and self.cast.is_base(parsed, apposed) and not self.cast.is_base(parsed, noun):
                    found.append(base.get(apposed.i) or self.cast.participant(parsed, apposed))
            found.extend(self.cast.participant(parsed, owner) for owner in owners.owners(self.cast, parsed, noun))
        return tuple(dict.fromkeys(found))


def no_party(noun: Token, kind: str | None) -> bool:
    """Whether a head is only what is waged, wanted or meant: "fought a war", "at will", "a push drove them out"."""
    lemma = noun.lemma_.lower()
    if lemma in ("other", "another") and any(c.lower_ in ("each", "one") for c in noun.children):
        return True
    if noun.pos_ != "NOUN":
        return False
    return lemma in _WAGED or (kind is None and noun.tag_ == "NN" and lemma in _MEANT)


def ours(parsed: Parsed, targets: tuple[Participant, ...], words: tuple[Attribution, ...]) -> tuple[Participant, ...]:
    """ "our troops" are the speaker's."""
    nation = next((word.nation for word in words if word.nation), None)
    if nation is None:
        return targets
    return tuple(
        replace(one, nations=(NationRole(nation, "forces"),))
        if not one.nations and one.span.text.lower().startswith("our ")
        else one
        for one in targets
    )
