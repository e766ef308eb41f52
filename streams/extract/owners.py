"""Whose a thing is and whom somebody works for: "a Red Cross convoy", "the car of the minister", "employees of the charity".

Called by `sides` for what was hit and by `participants` for who somebody is. An attack on an aid agency's lorry is one on the
agency; a vehicle that merely stands there is nobody's. Only people and bodies that a desk watches over are owners here: a base's
owner and users are `participants`' question.
"""

from collections.abc import Iterable, Iterator

from streams.extract import tree
from streams.extract.nouns import Nouns
from streams.extract.parsed import Parsed
from streams.extract.tokens import Token

# kinds whose things count as theirs
OWNERS = ("aid-organisation", "aid-worker", "journalist", "media", "diplomat", "official", "health-worker")
_THINGS = ("vehicle", "site", "worker", "equipment")
_OF = frozenset({"of", "for", "from", "with", "belonging", "to", "carrying"})
# whoever is on board, and the parts of a ship
_ABOARD = frozenset(
    "crew sailor seafarer member captain crewman guard crewmember worker seaman passenger engineer master mate cook bosun pilot officer "
    "bridge deck hull stern bow side superstructure hold mast funnel wheelhouse accommodation engine room cargo".split()
)
_ON = frozenset({"of", "on", "aboard", "from"})
_OWN = frozenset("belong own operate run hire rent use manage staff mark lease charter".split())
_CARRY = frozenset("carry transport bring take hold escort ferry".split())
# people who are what their employer makes of them
_EMPLOYED = frozenset(
    "staff staffer employee worker volunteer member driver team crew colleague personnel nurse doctor medic engineer technician logistician cook guard contractor convoy vehicle official representative head mission".split()
)
_AT = frozenset({"of", "for", "from", "with", "at"})
_MADE = {"aid-organisation": "aid-worker", "media": "journalist", "diplomatic-site": "diplomat"}
_LEADS = frozenset("commander leader chief head emir deputy founder spokesman boss".split())
_HEADS = frozenset("head chief director leader chairman chairwoman chairperson member secretary deputy boss commissioner".split())
_ON_AIR = frozenset("television tv film news camera press media radio newspaper broadcast documentary".split())
_HELPING = frozenset("aid humanitarian relief charity".split())


def owners(nouns: Nouns, parsed: Parsed, head: Token) -> Iterator[Token]:
    """Heads of those whom the thing under `head` belongs to, or who are in it."""
    kind = nouns.kind_of(head)
    if head.lemma_.lower() in _ABOARD:
        near = [leaf for name, leaf in tree.prepositions(head) if name in _ON]
        near += [child for child in head.children if child.dep_ in ("compound", "poss")]
        yield from (noun for noun in near if nouns.is_a(nouns.kind_of(noun), "ship"))
    if not any(nouns.is_a(kind, one) for one in _THINGS) and head.lemma_.lower() not in ("tent", "home", "office", "camp"):
        return
    for token in _candidates(nouns, head):
        noun = tree.core(token)
        entity = parsed.names.get(noun.i)
        if any(nouns.is_a(entity.kind if entity is not None else nouns.kind_of(noun), one) for one in OWNERS):
            yield noun
    for verb in head.children:
        if verb.dep_ in ("acl", "relcl") and verb.lemma_ in _CARRY:
            for leaf in tree.arguments(verb).objects:
                if leaf != head and nouns.is_a(nouns.kind_of(tree.core(leaf)), "person"):
                    yield tree.core(leaf)


def _candidates(nouns: Nouns, head: Token) -> Iterator[Token]:
    for name, leaf in tree.prepositions(head):
        if name in _OF:
            yield leaf
    for child in head.children:
        if child.dep_ in ("acl", "relcl") and child.lemma_ in _OWN | _CARRY:
            found = tree.arguments(child)
            yield from (*found.agents, *(leaf for _, leaf in found.obliques), *(o for o in found.objects if o != head))
        elif child.dep_ in ("compound", "nmod", "amod") or (child.dep_ == "poss" and child.pos_ != "PRON"):
            yield child
        elif child.dep_ == "poss":
            yield from meant(nouns, child)


def flying(nouns: Nouns, parsed: Parsed, noun: Token) -> str | None:
    """The nation whose aircraft these are by a pronoun: "Iraq said its warplanes"; None where it stands for nobody's state."""
    for child in noun.children:
        if child.dep_ == "poss" and child.pos_ == "PRON":
            for whose in meant(nouns, child):
                entity = parsed.names.get(whose.i)
                named = entity.id if entity is not None and entity.kind == "nation" else None
                nation = named or nouns.nation(parsed.word(whose)) or _ruled(nouns, parsed, whose)
                if nation is not None:
                    return nation
    return None


def meant(nouns: Nouns, pronoun: Token) -> list[Token]:
    """Whom "their" in "killed when a drone struck their vehicle" stands for: the subject of the clause above, else nobody."""
    for above in pronoun.head.ancestors:
        if above.pos_ != "VERB":
            continue
        found = [s for s in tree.own_subjects(above)[0] if s.pos_ in ("NOUN", "PROPN") and s.i < pronoun.i]
        if pronoun.lower_ == "its":
            found = [s for s in found if not nouns.is_a(nouns.kind_of(s), "person")]
        attacker = above.dep_ == "advcl" and any(
            c.dep_ == "dobj" and c.left_edge.i <= pronoun.i <= c.right_edge.i for c in above.children
        )
        if found and not attacker:
            return found
    return []


def _ruled(nouns: Nouns, parsed: Parsed, head: Token) -> str | None:
    """The nation of a body of the state: "Turkey's defence ministry said its jets"."""
    kind = _kind(nouns, parsed, head)
    if not any(nouns.is_a(kind, one) for one in ("government", "state-force")):
        return None
    nations = (nouns.nation(parsed.word(token)) for token in nouns.left(head))
    return next((nation for nation in nations if nation is not None), None)


def employed(nouns: Nouns, parsed: Parsed, head: Token, kind: str | None) -> str | None:
    """The kind that an employer gives: the staff of an aid agency are aid workers, a television crew are journalists."""
    whole = nouns.left(head)[:-1]
    head = nouns.title(head) or head
    lemma = head.lemma_.lower()
    for child in head.children:  # "a nurse working for the charity"
        if child.dep_ in ("acl", "relcl") and child.lemma_ in ("work", "volunteer", "employ"):
            made = _made_by(nouns, parsed, [leaf for _, leaf in tree.obliques(child)])
            if made is not None:
                return made
    if lemma not in _EMPLOYED | _LEADS | _HEADS:
        return kind
    near = [t for t in whole if t != head]
    led = [*near, *(leaf for name, leaf in tree.prepositions(head) if name == "of")]
    joined = {t.i + step for t in head.doc if t.text in ("-", "–") for step in (-1, 1)}  # "anti-Taliban", "Hamas-run"
    if (
        kind != "official"
        and lemma in _LEADS
        and any(nouns.is_a(_kind(nouns, parsed, token), "armed-group") and token.i not in joined for token in led)
    ):
        return "group-leader"
    if lemma in _HEADS and any(
        nouns.is_a(_kind(nouns, parsed, token), body) for token in led for body in ("government", "political-party")
    ):
        return "official"
    if lemma not in _EMPLOYED:
        return kind
    words = {t.lower_ for t in near}
    if words & _ON_AIR and lemma in ("crew", "team", "staff", "worker", "employee", "member", "driver"):
        return "journalist"
    if words & _HELPING and not nouns.is_a(kind, "vehicle"):
        return "aid-worker"
    near.extend(leaf for name, leaf in tree.prepositions(head) if name in _AT)
    for child in head.children:
        if child.dep_ == "poss" and child.pos_ == "PRON":
            near.extend(meant(nouns, child))
    made = None if nouns.is_a(kind, "vehicle") else _made_by(nouns, parsed, near)
    return made if made is not None else kind


def _made_by(nouns: Nouns, parsed: Parsed, employers: Iterable[Token]) -> str | None:
    """The kind of those whom one of these employs, None where none of them is such an employer."""
    for token in employers:
        found = _kind(nouns, parsed, token) if token.i in parsed.names or token.dep_ in ("pobj", "nsubj") else None
        made = next((made for employer, made in _MADE.items() if nouns.is_a(found, employer)), None)
        if made is not None:
            return made
    return None


def _kind(nouns: Nouns, parsed: Parsed, token: Token) -> str | None:
    entity = parsed.names.get(token.i)
    return entity.kind if entity is not None else nouns.kind_of(token)
