"""Whether a noun that no list knows is built like one for people: organiser, cashier, pianist, councilwoman. Asked by `acts`."""

from spacy.tokens import Token

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
