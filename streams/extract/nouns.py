"""What a noun phrase names: its kind, a weapon, a nation, a site; and the words that belong to it.

The ground that `participants` stands on. What the words do not say stays unknown.
"""

import re
from functools import lru_cache

from streams.extract import tree
from streams.extract.parsed import Parsed
from streams.extract.tokens import Token
from streams.knowledge.aliases import fold
from streams.knowledge.world import Entity, Knowledge
from streams.records.flow import Instrument

_LEFT = frozenset(
    {"det", "amod", "compound", "nmod", "poss", "nummod", "quantmod", "advmod", "npadvmod", "predet", "punct", "case", "hmod"}
)
# a part of a site, or a thing in it: "the gate of the base" is the base for an attacker
_PART_OF = frozenset({"of", "at", "inside", "in", "on", "within", "to", "outside", "near", "around", "next", "guarding", "off"})

_OWNER = re.compile(r" ([’']s)\b")  # the parser's "ambassador 's residence"
_BESIDE = frozenset({"near", "around", "next", "outside", "off"})
_LEFT_BEHIND = frozenset("device package parcel bag rucksack backpack suitcase charge".split())
_PACKED = frozenset("pack load lade laden fill rig full carry with bear stuff wire of cram jam stack".split())
_CHARGE = frozenset("explosive explosives dynamite bomb tnt charge ammunition munition fertiliser fertilizer grenade".split())
_SHOTS = frozenset("round shot burst fire fragment projectile splinter shrapnel".split())
_MISHAP = re.compile(
    r"\b(?:accident\w*|collision|collided|crash(?:ed|es)?|fuel|gas|petrol|diesel|cylinders?|batter(?:y|ies)|engine|overheat\w*|fault\w*|lightning|film\w*|stunt|trial|test\w*)\b",
    re.IGNORECASE,
)
_FLYING = frozenset("strategic stealth heavy long-range jet fighter army air dive torpedo nuclear-capable supersonic range".split())

_ORES = frozenset("copper coal gold silver iron diamond uranium tin zinc salt nickel lithium cobalt emerald jade platinum".split())


class Nouns:
    """Asks the knowledge about noun phrases."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._words = knowledge.role_words
        self._trades = knowledge.trade_words
        self._last_words = frozenset(word.rpartition(" ")[2] for word in self._words)
        self._longest = max((word.count(" ") for word in self._words), default=0) + 1
        self.nation = lru_cache(maxsize=8192)(self._nation)
        bases = (word for word, kind in self._words.items() if knowledge.kind_is_a(kind, "base"))
        self._bases = frozenset(word.rpartition(" ")[2] for word in bases)
        self._of_base = lru_cache(maxsize=8192)(self._ends_base)

    # ------------------------------------------------------------------------------------------------------ sorting

    def _nation(self, word: str) -> str | None:
        return self._knowledge.nation(word) if word[:1].isupper() or "." in word else None

    def _ends_base(self, *words: str) -> bool:
        return any(fold(word.lower()).rpartition(" ")[2] in self._bases for word in words)

    def kind_of(self, token: Token) -> str | None:
        """Kind that the head noun itself names, with the words before it ("air base") or alone; None for none."""
        if token.pos_ in ("VERB", "AUX", "ADP", "DET", "PUNCT"):
            return None
        known = token.doc.known  # asked many times of one token
        place = ("kind", token.i)
        if place not in known:
            known[place] = self._kind_of(token)
        kind: str | None = known[place]
        return kind

    def _kind_of(self, token: Token) -> str | None:
        named = token.text.removesuffix("s") if token.pos_ == "PROPN" else token.text  # "Guerrillas" may be taken for a name
        told = (token.lemma_.lower(), named.lower())
        lasts = [last for last in told if fold(last).rpartition(" ")[2] in self._last_words or fold(last) in self._trades]
        before = [t.lower_ for t in self.left(token)[:-1]] if lasts else []
        for last in lasts:
            for size in range(min(self._longest - 1, len(before)), 0, -1):
                phrase = " ".join([*before[len(before) - size :], last])
                kind = self._words.get(fold(_OWNER.sub(r"\1", phrase)))
                if kind is not None:
                    return kind
        for last in lasts:
            kind = self._of_trade(token, last) or self._words.get(fold(last))
            if kind is not None:
                return kind
        title = self.title(token)
        return self.kind_of(title) if title is not None else None

    def _of_trade(self, token: Token, last: str) -> str | None:
        """The kind that a word of a trade before a general noun gives: "radio man", "oil flow station"; not "gas-cooled plant"."""
        trades = self._trades.get(fold(last))
        if trades is None:
            return None
        for word in reversed(self.left(token)[:-1]):
            kind = trades.get(fold(word.lower_))
            if kind is not None and word.nbor(1).text not in ("-", "–"):
                return kind
        return None

    def title(self, name: Token) -> Token | None:
        """The role before a person's name: "Prime Minister" of "Prime Minister Robert Fico"; None for none."""
        if name.pos_ != "PROPN":
            return None
        for token in reversed(self.left(name)[:-1]):
            if token.dep_ in ("compound", "nmod", "appos", "amod") and (
                fold(token.lemma_.lower()) in self._words or (token.pos_ == "NOUN" and self.kind_of(token) is not None)
            ):
                return token
        return None

    def is_place(self, entity: Entity) -> bool:
        """Whether an entity is a country, town, region or sea."""
        return entity.kind in ("place", "nation")

    def has_nation(self, parsed: Parsed, head: Token) -> bool:
        """Whether the words before a noun name a nation: "a Turkish drone"."""
        return (
            any(self.nation(word) for word in words_of(parsed.of(self.left(head)[:-1]).text)) if len(self.left(head)) > 1 else False
        )

    def armed_or_nation(self, parsed: Parsed, token: Token) -> bool:
        """Whether a modifier of an event noun names who did it: "Iran's missile attack", "Houthi strikes"."""
        entity = parsed.names.get(token.i)
        if entity is not None:
            return (
                entity.kind in ("nation", "demonym", "alliance")
                or self.is_armed(entity.kind)
                or self.is_a(entity.kind, "government")
            )
        return self.nation(parsed.word(token)) is not None or self.is_armed(self.kind_of(token))

    def is_armed(self, kind: str | None) -> bool:
        """Whether a kind carries arms: forces, groups, police."""
        return any(self.is_a(kind, one) for one in ("state-force", "armed-group", "police", "alliance", "security-guard"))

    def is_anybody(self, head: Token) -> bool:
        """Whether a noun phrase is people by its noun: such a noun is a party, though it may tell an event by itself ("protesters")."""
        kind = self.kind_of(tree.core(head))
        return self.is_a(kind, "person") or self.is_a(kind, "force")

    def entity(self, parsed: Parsed, token: Token) -> Entity | None:
        """The entity that a token names."""
        return parsed.names.get(token.i)

    def is_a(self, kind: str | None, ancestor: str) -> bool:
        """Whether a kind lies at or below another one."""
        return kind is not None and self._knowledge.kind_is_a(kind, ancestor)

    def instrument(self, parsed: Parsed, head: Token) -> Instrument | None:
        """The weapon that a noun phrase names, None when it names none."""
        head = tree.core(head)
        words = self._knowledge.instrument_words
        left = self.left(head)
        if any(
            t.lemma_.lower()
            in (
                "firework",
                "toy",
                "model",
                "space",
                "weather",
                "hobby",
                "delivery",
                "camera",
                "survey",
                "racing",
                "agricultural",
                "rescue",
                "amateur",
            )
            for t in left[:-1]
        ):
            return None
        if (
            head.text == "Shell"
            and head.pos_ == "PROPN"
            and len(left) > 1
            and not left[-2].lower_.startswith(("artillery", "mortar", "tank"))
        ):
            return None  # the company
        if any(
            c.dep_ == "prep" and c.lower_ == "of" and any(d.lower_ == "a" for p in c.children for d in p.children)
            for c in head.children
        ):
            return None  # "a rocket of a serve"
        if head.lemma_.lower() in _SHOTS:  # "rounds from heavy mortars"
            sources = (self.instrument(parsed, leaf) for name, leaf in tree.prepositions(head) if name == "from")
            if (source := next((one for one in sources if one is not None), None)) is not None:
                return source
        for first in left:  # the longest compound first: "car bomb" before "bomb"
            before = [t.lower_ for t in left[left.index(first) : -1]]
            forms = (head.lemma_.lower(), head.lower_, head.lower_.removesuffix("s"))  # "Rockets" may be taken for a name
            kind = next((words[name] for form in forms if (name := fold(" ".join([*before, form]))) in words), None)
            if kind and not (forms[0] == "bomber" and not before and self._on_foot(head)):
                return Instrument(span=parsed.of(left), kind=kind)
        if head.lemma_.lower() in _LEFT_BEHIND and self._goes_off(head):
            return Instrument(span=parsed.of(left), kind="bomb")
        if self._packed(head) or self._blown_up(parsed, head):
            return Instrument(span=parsed.of(left), kind="vehicle-bomb")
        return None

    def _on_foot(self, head: Token) -> bool:
        """Whether a "bomber" is somebody with a bomb: no nation, no number of its make and no word of flying before it."""
        return not any(self.nation(t.text) or t.lower_ in _FLYING or any(c.isdigit() for c in t.text) for t in self.left(head)[:-1])

    def _goes_off(self, head: Token) -> bool:
        """Whether a device, a parcel or a bag explodes in its clause."""
        verb = head.head
        if head.dep_ == "dobj" and verb.lemma_ in ("detonate", "trigger", "activate", "explode"):
            return True
        if head.dep_ == "nsubj" and verb.tag_ == "VBN" and not any(c.dep_ in ("aux", "auxpass") for c in verb.children):
            # "a device stuck to a car went off": the parser takes the participle for the verb
            verb = next((c for c in verb.children if c.dep_ in ("advcl", "conj", "ccomp") and c.tag_ in ("VBD", "VBZ")), verb)
        return head.dep_ in ("nsubj", "nsubjpass") and (
            verb.lemma_ in ("explode", "detonate")
            or (verb.lemma_ in ("go", "blow", "set") and any(c.lower_ in ("off", "up") for c in verb.children))
        )

    def _blown_up(self, parsed: Parsed, head: Token) -> bool:
        """Whether a vehicle explodes that nothing in its article says burnt or crashed: a car that blows up is a bomb."""
        if not self._goes_off(head) or head.dep_ not in ("nsubj", "nsubjpass") or not self.is_a(self.kind_of(head), "land-vehicle"):
            return False
        burns = any(c.lower_ in ("fuel", "gas", "tanker", "petrol", "gasoline", "oil") for c in self.left(head))
        return not burns and _MISHAP.search(parsed.around) is None

    def _packed(self, head: Token) -> bool:
        """Whether a vehicle is a bomb: "a car packed with explosives", "a lorry full of explosives"."""
        if not any(self.is_a(self.kind_of(head), kind) for kind in ("land-vehicle", "military-vehicle")):
            return False
        holders = (c for c in head.children if c.dep_ in ("acl", "amod", "relcl", "prep") and {c.lemma_, c.lower_} & _PACKED)
        if any(t.lemma_.lower() in _CHARGE for holder in holders for t in holder.subtree):
            return True
        return any(c.dep_ == "acl" and c.lemma_ == "drive" and any(t.lower_ == "suicide" for t in c.subtree) for c in head.children)

    def compound_instrument(self, parsed: Parsed, noun: Token) -> Instrument | None:
        """The weapon that stands before an event noun: "rocket attack", "suicide car bomb attack"."""
        words = self._knowledge.instrument_words
        left = [t for t in self.left(noun)[:-1] if t.dep_ in ("compound", "amod", "nmod") or t.head != noun]
        for first in range(len(left)):
            for last in range(len(left), first, -1):
                before = [t.lower_ for t in left[first : last - 1]]
                if left[last - 1].lemma_.lower() == "mine" and last > 1 and left[last - 2].lemma_.lower() in _ORES:
                    continue  # "a copper mine fire"
                kind = words.get(fold(" ".join([*before, left[last - 1].lemma_.lower()])))
                if kind:
                    return Instrument(span=parsed.of(left[first:last]), kind=kind)
        return None

    def left(self, head: Token) -> list[Token]:
        """The tokens of a noun phrase up to its head, in order."""
        known, place = head.doc.known, ("left", head.i)
        if place not in known:
            known[place] = self._left(head)
        return list(known[place])

    def _left(self, head: Token) -> list[Token]:
        found = [head]
        for child in head.lefts:
            if child.dep_ in _LEFT and not (child.dep_ == "punct" and child.text not in ("-", "–")):
                found.extend(t for t in child.subtree if t.i < head.i)
        kept = sorted(set(found), key=lambda t: t.i)
        # a contiguous run that ends at the head
        run = [kept[-1]]
        for token in reversed(kept[:-1]):
            if run[-1].i - token.i > 2:  # a dropped quotation mark or comma may stand between
                break
            run.append(token)
        return run[::-1]

    def sites_around(self, parsed: Parsed, head: Token, depth: int = 0) -> list[Token]:
        """Heads of the sites that a target is part of, or stands in: "guards at a U.S. outpost", "the gate of the base"."""
        found: list[Token] = []
        if depth > 3:
            return found
        for name, leaf in tree.prepositions(head):
            if name not in _PART_OF or parsed.is_time(leaf):
                continue
            if name in _BESIDE and self.is_a(self.kind_of(head), "site"):
                continue  # "a bakery near the embassy" is no part of it
            if self.is_site(parsed, leaf):
                found.append(leaf)
            found.extend(self.sites_around(parsed, leaf, depth + 1))
        for verb in head.children:
            helping = {c.dep_ for c in verb.children}
            done = (
                verb.tag_ == "VBN" and "aux" in helping and "auxpass" not in helping
            )  # "rebels who had attacked a village": not there
            if (
                verb.dep_ in ("acl", "relcl") and verb.tag_ in ("VBG", "VBN") and not done
            ):  # "sentries manning a watchtower at the base"
                leaves = [c for c in verb.children if c.dep_ == "dobj"] + [
                    leaf for name, leaf in tree.prepositions(verb) if name in _PART_OF
                ]
                for leaf in leaves:
                    if self.is_site(parsed, leaf):
                        found.append(leaf)
                    found.extend(self.sites_around(parsed, leaf, depth + 1))
        for child in head.children:
            if child.dep_ in ("compound", "nmod", "poss") and self.is_site(parsed, child) and not self.is_site(parsed, head):
                found.append(child)
        return found

    def is_site(self, parsed: Parsed, token: Token) -> bool:
        """Whether a noun phrase is a site, by name or by noun."""
        token = tree.core(token)
        entity = parsed.names.get(token.i)
        if entity is not None and self.is_a(entity.kind, "site"):
            return True
        return self.is_a(self.kind_of(token), "site")

    def is_base(self, parsed: Parsed, token: Token) -> bool:
        """Whether a noun phrase is a military base, by name or by noun."""
        token = tree.core(token)
        entity = parsed.names.get(token.i)
        if entity is not None and self.is_a(entity.kind, "base"):
            return True
        # a person's title may stand for the name; of other nouns few are asked further
        asked = token.pos_ == "PROPN" or self._of_base(token.lemma_, token.text)
        return asked and self.is_a(self.kind_of(token), "base")


_SPLIT = re.compile(r"(?:[A-Z]\.){2,}(?:-\w+)?|[\w’']+(?:[-‐‑]\w+)*", re.UNICODE)


def words_of(text: str) -> list[str]:
    """Words with their inner hyphens and full stops: "U.S.-led", "Iran-backed"; a possessive is left out."""
    return [re.sub(r"[’']s?$", "", word) for word in _SPLIT.findall(re.sub(r"\s+([-‐‑])\s*", r"\1", text))]
