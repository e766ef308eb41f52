"""Inflected forms of trigger words, for the prefilter: it reads text, not lemmas. Called by the reader, once."""

from collections.abc import Iterable, Iterator

_IRREGULAR = {
    "strike": ("struck", "stricken"), "hit": ("hitting",), "shoot": ("shot",), "blow": ("blew", "blown"), "fight": ("fought",), "come": ("came",), "fall": ("fell", "fallen"),
    "break": ("broke", "broken"), "go": ("went", "gone", "goes"), "set": ("setting",), "bring": ("brought",), "take": ("took", "taken"), "throw": ("threw", "thrown"),
    "burst": (), "tear": ("tore", "torn"), "sink": ("sank", "sunk"), "steal": ("stole", "stolen"), "hold": ("held",), "seize": (), "slay": ("slew", "slain"), "stab": (),
    "behead": (), "overrun": ("overran",), "drive": ("drove", "driven"), "flee": ("fled",), "hurt": (), "die": ("dying",), "lead": ("led",), "send": ("sent",), "lay": ("laid",),
    "sweep": ("swept",), "shut": ("shutting",), "put": ("putting",), "withdraw": ("withdrew", "withdrawn"), "begin": ("began", "begun"), "swear": ("swore", "sworn"), "meet": ("met",), "give": ("gave", "given"), "tell": ("told",), "catch": ("caught",), "quit": ("quitting",), "overthrow": ("overthrew", "overthrown"), "beat": ("beaten",), "become": ("became",), "light": ("lit",), "speed": ("sped",), "get": ("got", "getting", "gotten"), "run": ("ran", "running"), "see": ("saw", "seen"), "fly": ("flew", "flown"), "freeze": ("froze", "frozen"), "cut": ("cutting",), "stand": ("stood",), "undo": ("undid",), "tread": ("trod", "trodden"), "fling": ("flung",), "hang": ("hung",), "lie": ("lay", "lying"), "spread": (), "spin": ("spun",), "ink": (), "sign": (),
    "leave": ("left",), "be": ("is", "are", "was", "were", "been", "being"),
}  # fmt: skip
_VOWELS = "aeiou"


def inflected(words: Iterable[str], pos: str) -> Iterator[str]:
    """Forms of a trigger of one or more words; a verb bends its first word, a noun its last."""
    parts = list(words)
    bends = 0 if pos == "verb" else -1
    for form in _bent(parts[bends], pos):
        changed = [*parts]
        changed[bends] = form
        yield " ".join(changed)


def _bent(word: str, pos: str) -> set[str]:
    forms = {word}
    if word.endswith(("s", "x", "z", "ch", "sh")):
        forms.add(word + "es")
    elif word.endswith("y") and word[-2:-1] not in _VOWELS:
        forms.add(word[:-1] + "ies")
    else:
        forms.add(word + "s")
    if pos == "verb":
        forms.update(_IRREGULAR.get(word, ()))
        if word.endswith("ee"):
            forms.update((word + "d", word + "ing"))
        elif word.endswith("e"):
            forms.update((word + "d", word[:-1] + "ing"))
        elif word.endswith("y") and word[-2:-1] not in _VOWELS:
            forms.update((word[:-1] + "ied", word + "ing"))
        else:
            forms.update((word + "ed", word + "ing"))
            if len(word) > 2 and word[-1] not in "wxy" + _VOWELS and word[-2] in _VOWELS and word[-3] not in _VOWELS:
                forms.update((word + word[-1] + "ed", word + word[-1] + "ing"))
    return forms
