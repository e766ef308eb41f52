"""Inflected forms of trigger words, for the prefilter: it reads text, not lemmas. Called by the reader, once."""

from collections.abc import Iterable, Iterator

# verbs with their irregular forms; tests hold the words of the knowledge to the language model's own list
_VERBS = """
    acquit acquitted acquitting; awake awoke awoken; be is are was were been being am; beat beaten; become became;
    begin began begun; blow blew blown; break broke broken; bring brought; build built; burn burnt; catch caught;
    chide chid chidden; come came; cut cutting; die dying; dig dug; dive dove; do did done; drive drove driven;
    fall fell fallen; fight fought; find found; flee fled; fling flung; fly flew flown; forbid forbade forbidden forbad;
    freeze froze frozen; gas gasses; get got getting gotten; give gave given; go went gone goes; grip gript; hang hung;
    have had has; hide hid hidden; hit hitting; hold held; initial initialled initialling; keep kept; lay laid; lead led;
    leave left; lend lent; lie lay lying lain; light lit; make made; mean meant; meet met; mow mown; overrun overran;
    overshoot overshot; overthrow overthrew overthrown; pay paid; plead pled; put putting; quit quitting quitted; repay repaid;
    retake retaken retook; ride ridden rode; run ran running; say said; see saw seen; seek sought; send sent; set setting;
    shake shaken shook; shoot shot; shut shutting; sink sank sunk sunken; slay slew slain; speed sped; spin spun;
    spring sprang sprung; stand stood; steal stole stolen; sting stung; strike struck stricken; swap swopped swopping swops;
    swear swore sworn; sweep swept; swing swung; take took taken; tear tore torn; tell told; throw threw thrown;
    traffic trafficked trafficking; tread trod trodden; undertake undertaken undertook; undo undid; wake woke woken;
    waylay waylaid; wind wound; withdraw withdrew withdrawn; withhold withheld
"""
_NOUNS = """
    antenna antennae; bandit banditti; brother brethren; bureau bureaux; bus busses; carabiniere carabinieri; cargo cargoes;
    child children; commando commandoes; crisis crises; embargo embargoes; gas gasses; gymnasium gymnasia; knife knives;
    mafioso mafiosi; mausoleum mausolea; memorandum memoranda; monsignor monsignori; moratorium moratoria; penknife penknives;
    salvo salvoes; stadium stadia; taxi taxies; terminus termini; thief thieves; tornado tornadoes; torpedo torpedoes;
    ultimatum ultimata; veto vetoes; volcano volcanoes; wharf wharves; wolf wolves
"""


def _table(text: str) -> dict[str, tuple[str, ...]]:
    """Forms by their word, of lines like the above."""
    return {word: tuple(forms) for word, *forms in map(str.split, text.split(";"))}


_IRREGULAR = {"verb": _table(_VERBS), "noun": _table(_NOUNS)}
_ENDINGS = {"man": "men", "wife": "wives"}  # of nouns
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
    forms.update(_IRREGULAR[pos].get(word, ()))
    if pos == "noun":
        forms.update(word.removesuffix(one) + many for one, many in _ENDINGS.items() if word.endswith(one))
    elif word.endswith("ee"):
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
