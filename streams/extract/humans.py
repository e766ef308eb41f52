"""Whether a noun is of people, or built like one: organiser, cashier, pianist, councilwoman; who can be arrested, and arrest.

Asked by `acts` and `deeds`, for nouns that no list of roles has.
"""

from streams.extract import tree
from streams.extract.participants import Cast
from streams.extract.sorting import Frame
from streams.extract.tokens import Token

# bodies of people that no list of roles has
_BODIES = frozenset(
    "unit squad agency team bureau service cell crew branch department court force security task patrol detachment tribe duo trio pair half total".split()
)

_PEOPLE = ("er", "or", "ist", "ian", "man", "woman", "ee", "eer", "ant", "mate")
_THINGS = frozenset(
    "paper water number power border order tower river weather matter letter computer container tanker helicopter motor sector tractor reactor factor corridor error "
    "mirror harbor center theater shelter quarter newspaper corner counter cover fever flower finger folder ladder layer lever liver manner member meter minister powder "
    "remainder shoulder silver summer winter supper timber trailer transfer wafer wonder cancer chapter character cluster chamber disorder disaster encounter floor door "
    "restaurant plant grant warrant covenant elephant refinery committee coffee guarantee degree fee tree consist list cyst human debtor anchor color favor flavor honor "
    "humor labor odor rumor tumor vapor vector visor ardor armor candor climate estimate roommate bulldozer crater drawer freighter fighter-bomber launcher "
    "bomber cruiser destroyer carrier trawler freezer boiler cooler hamper poster banner register ledger tender ledger offer laser radar sensor".split()
)


def human(head: Token) -> bool:
    """Whether a noun is built like one for people: organiser, cashier, pianist, councilwoman."""
    lemma = head.lemma_.lower()
    return head.pos_ == "NOUN" and lemma.endswith(_PEOPLE) and lemma not in _THINGS


def lifeless(cast: Cast, frame: Frame) -> bool:
    """ "arrested the growth of tumours", "arrested by the beauty of the place": no people take, or are taken."""
    taken = [tree.core(t) for t in frame.targets]
    takers = [tree.core(t) for t in frame.actors]
    return (bool(taken) and not any(alive(cast, t) for t in taken)) or (bool(takers) and not any(alive(cast, t) for t in takers))


def alive(cast: Cast, head: Token) -> bool:
    """Whether a noun may be of people."""
    if head.pos_ != "NOUN" or human(head) or head.lemma_.lower() in _BODIES or head.lemma_ in tree.PARTITIVE:
        return True
    kind = cast.kind_of(head)
    return kind is not None and not any(cast.is_a(kind, one) for one in ("site", "vehicle", "equipment", "political-party"))
