"""How many: quantities as bounds; the killed, wounded, missing, captured and displaced that a sentence tells of; what was fired.

Called by the extractor with one sentence. Reads words, not the parse, so that it serves titles too. Running totals ("since
October", "so far this year") are no count of this event and are left out. Whether the sentence is true is not judged here.

Bounds. "at least n" is n and up, "more than n" n+1 and up, "up to n" 0 to n, "fewer than n" 0 to n-1, "about n" within a
tenth, "nearly n" from nine tenths. Words for crowds are in CROWDS; their figures are assumptions but "dozens", which is 24.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from streams.extract import numerals
from streams.extract.cues import Cue
from streams.records.flow import Count, Span

Bounds = tuple[int, int | None]
What = Literal["killed", "wounded", "missing", "captured", "displaced", "fired"]

# The longer phrases first: the first that fits is read.
CROWDS: tuple[tuple[str, Bounds], ...] = (
    (r"not\s+a\s+single|no(?:\s+one|body)(?:\s+else)?|none|neither|zero|no(?![.\w])", (0, 0)),
    (r"tens\s+of\s+thousands", (20_000, None)),
    (r"hundreds\s+of\s+thousands", (200_000, None)),
    (r"several\s+thousand|thousands", (2_000, None)),
    (r"several\s+hundred|hundreds", (200, None)),
    (r"several\s+dozen|dozens", (24, None)),
    (r"scores", (40, None)),
    (r"tens", (20, None)),
    (r"half\s+a\s+dozen", (6, 6)),
    (r"a\s+handful", (2, 9)),
    (r"a\s+couple", (2, 3)),
    (r"an?\s+few|few", (2, 5)),
    (r"several", (3, 9)),
    (r"many|multiple|numerous|an?\s+(?:large\s+)?number", (3, None)),
    (r"both|a\s+pair", (2, 2)),
    (r"(?:an?(?!\s+dozen)|another|a\s+single|single)", (1, 1)),
)
_N = numerals.NUMBER
REACH_CHARS = 120  # how far before a quantity its verb is sought
_MODIFIERS = {
    "least": r"at\s+least|no\s+(?:fewer|less)\s+than|not\s+(?:fewer|less)\s+than|a\s+minimum\s+of",
    "more": r"more\s+than|over|upwards?\s+of|in\s+excess\s+of",
    "most": r"up\s+to|as\s+many\s+as|no\s+more\s+than|not\s+more\s+than|at\s+most|a\s+maximum\s+of",
    "less": r"fewer\s+than|less\s+than|under",
    "nearly": r"nearly|almost|close\s+to|just\s+under",
    "about": r"about|around|roughly|approximately|some|an?\s+estimated",
}
_MODIFIER = "|".join(f"(?P<{name}>{words})" for name, words in _MODIFIERS.items())
# Not a count: ages, measures, stretches of time, ordinals, and figures that go on.
_NO_COUNT = (
    r"(?![\w:%]|[.,]\d|[-\s](?:year|month|week|day|hour)s?\b|st\b|nd\b|rd\b|th\b"
    r"|\s*(?:km|kilomet|miles?\b|met(?:re|er)s|feet\b|percent|per\s+cent|[ap]\.?m\b|minutes?\b))"
)
_CROWD = "|".join(words for words, _ in CROWDS)
_QUANTITY = Cue(
    rf"(?:\b(?:{_MODIFIER})\s+)?(?<![\w.,-])"
    rf"(?:{numerals.RANGE}{_NO_COUNT}"
    rf"|(?P<dozens>an?|{_N})\s+dozen\b|(?P<number>{_N}){_NO_COUNT}|(?P<crowd>{_CROWD})\b)",
    re.IGNORECASE,
)


def bounds(phrase: str) -> Bounds | None:
    """(lowest, highest) of the first quantity in a phrase, highest None without an upper bound; None when it has none."""
    match = _QUANTITY.search(phrase)
    return _read(match) if match else None


def _read(match: re.Match[str]) -> Bounds:
    groups = match.groupdict()
    low, high = _core(groups)
    if groups["least"]:
        return low, None
    if groups["more"]:
        return low + 1, None
    if groups["most"]:
        return 0, high
    if groups["less"]:
        return 0, None if high is None else max(0, high - 1)
    slack = max(1, math.ceil(low / 10))
    if groups["nearly"]:
        return max(0, low - slack), high
    if groups["about"]:
        return max(0, low - slack), None if high is None else high + slack
    return low, high


def _core(groups: dict[str, str | None]) -> Bounds:
    if crowd := groups["crowd"]:
        return next(told for words, told in CROWDS if re.fullmatch(words, crowd, re.IGNORECASE))
    if dozens := groups["dozens"]:
        count = 12 * int(numerals.value(dozens) or 1)
        return count, count
    if groups["low"] and groups["high"]:
        low, high = int(numerals.value(groups["low"]) or 0), int(numerals.value(groups["high"]) or 0)
        return min(low, high), max(low, high)
    count = int(numerals.value(groups["number"] or "") or 0)
    return count, count


# ---------------------------------------------------------------------------------------------------------- casualties

_WORD = r"(?:(?:[^\W\d_]\.){2,}|[^\W_][\w'’-]*)"
# No noun phrase goes on over these.
_STOP = (
    r"(?:a|an|the|of|in|at|on|by|to|from|with|for|and|or|but|as|after|before|when|while|during|near|inside|outside|aboard|around|about"
    r"|who|whom|that|which|where|was|were|is|are|be|been|being|has|have|had|will|would|could|may|might|can|should|did|do|does|not|also"
    r"|later|early|late|overnight|yesterday|today|including|according|since|until|because|amid|among|across|against|kill(?:ed|s|ing)?"
    r"|wound(?:ed|s|ing)|injur(?:ed|es|ing)|hurt|dead|died|dies?|slain|shot|missing|captured|abducted|kidnapped|taken|remain(?:ed|s)?"
    r"|suffered|sustained|received|lost|fled|went|got|reported|reportedly|said|says|told|left|feared|confirmed|believed|unaccounted"
    r"|displaced|forced|martyred|perished|if|than|into|through|over|under|both|still|seriously|badly|lightly|slightly|critically|severely"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|its|their|his|her|some|several)\b"
)
_NP = Cue(rf"(?:\s+(?!{_STOP}){_WORD}){{0,6}}", re.IGNORECASE)
_OF_WHOM = Cue(
    rf"\s+of\s+(?:(?:the|its|their|those|his|these)\b(?:\s+{_N}\b)?(?:\s+(?:wounded|injured|missing|captured)\b)?|(?:them|whom)\b)",
    re.IGNORECASE,
)
_CROWD_OF = Cue(r"\s+of(?=\s)", re.IGNORECASE)
_OF = Cue(rf"\s+of\s+(?:the\s+|its\s+|their\s+)?(?!{_STOP}){_WORD}(?:\s+(?!{_STOP}){_WORD}){{0,4}}", re.IGNORECASE)
_PP = (
    rf"(?:\s+(?:of|at|in|from|on|aboard|inside|near|outside)(?:\s+(?:the|an?))?(?:\s+(?!{_STOP}){_WORD}){{1,5}}"
    r"|\s+(?:aboard|on\s+board|inside|there))"
)
_AUX = (
    r"\s+(?:was|were|is|are|be|been|being|has|have|had|got|also|reportedly|later|still|confirmed|reported|believed|went|remain(?:s|ed)?"
    r"|seriously|badly|lightly|slightly|critically|severely|fatally|both|immediately)"
)

_ACTIVE: dict[What, str] = {
    "killed": r"kill(?:ed|ing|s)|(?:shot|shoot(?:s|ing)?)\s+dead|gun(?:ned|ning|s)\s+down|assassinat(?:ed|ing|es)|behead(?:ed|ing|s)"
    r"|massacr(?:ed|ing|es)|slaughter(?:ed|ing|s)|claim(?:ed|ing|s)\s+the\s+lives\s+of|deaths?\s+of"
    r"|death\s+toll[^,;.]{0,40}?\s(?:to|at|of|is|was|reached)",
    "wounded": r"wound(?:ed|ing|s)|injur(?:ed|ing|es)|hurt(?:ing|s)?",
    "captured": r"captur(?:ed|ing|es)|abduct(?:ed|ing|s)|kidnapp(?:ed|ing)|(?:detain|arrest|apprehend)(?:ed|ing|s)|rounded\s+up|(?:took|taking)(?:\s+(?:hostage|prisoner|captive))?",
    "displaced": r"displac(?:ed|ing|es)",
}
_PASSIVE: dict[What, str] = {
    "killed": r"killed|dead|died|dies?|slain|shot\s+dead|gunned\s+down|assassinated|beheaded|massacred|slaughtered|lost\s+(?:their|his|her)\s+li(?:fe|ves)|martyred|perished",
    "wounded": r"wounded|injured|hurt|(?:suffered|sustained|received)\s+(?:[\w-]+\s+){0,4}?(?:injur(?:y|ies)|wounds?)",
    "missing": r"missing|unaccounted\s+for",
    "captured": r"captured|abducted|kidnapped|detained|arrested|apprehended|rounded\s+up|taken\s+(?:hostage|prisoner|captive)",
    "displaced": r"displaced|fled\s+their\s+homes|forced\s+from\s+their\s+homes",
}
_BEFORE = {what: Cue(rf"\b(?P<verb>{verb})\s+$", re.IGNORECASE) for what, verb in _ACTIVE.items()}
_AFTER = {
    what: Cue(rf"{_PP}{{0,2}}(?P<aux>(?:{_AUX}){{0,5}})\s+(?P<verb>{verb})\b", re.IGNORECASE) for what, verb in _PASSIVE.items()
}
# "a bomb had killed three": active, where "three had been killed" and "three had died" are not.
_PERFECT = Cue(r"\b(?:has|have|had)\b", re.IGNORECASE)
_BEING = Cue(r"\b(?:was|were|is|are|be|been|being|got)\b", re.IGNORECASE)
_TRANSITIVE = Cue(
    r"killed|assassinated|wounded|injured|hurt|captured|abducted|kidnapped|detained|arrested|displaced|massacred", re.IGNORECASE
)
# "killed Abu X and two others": the first object is no quantity.
_ALSO = {
    what: Cue(rf"\b(?P<verb>{verb})\s+(?P<first>[^,;.]{{1,60}}?)\s+(?:and|along\s+with|as\s+well\s+as)\s+$", re.IGNORECASE)
    for what, verb in _ACTIVE.items()
}
_NAMES = Cue(r"[A-Z]|(?:the|his|her|its|their)\s")
_AND = Cue(r"\s*(?:,?\s*and|as\s+well\s+as|along\s+with|plus)\s+", re.IGNORECASE)
_NOUN = Cue(r"\s+(?:(?P<killed>deaths?|fatalit(?:y|ies)|lives)|(?P<wounded>injuries))\b", re.IGNORECASE)
_NONE = Cue(
    r"\b(?:no|zero|without(?:\s+(?:causing|any)){0,2}|(?:not|\w+n['’]t)\s+(?:\w+\s+){1,3}any)\s+"
    r"(?:(?!immediate|reports?|word|sign|details)[\w.-]+\s+){0,3}?(?P<first>casualt(?:y|ies)|injur(?:y|ies)|deaths?|fatalit(?:y|ies))\b"
    r"(?:\s+(?:or|and|nor)\s+(?P<second>casualties|injuries|deaths|fatalities)\b)?(?!\s+\w+\s+immediately)",
    re.IGNORECASE,
)
_NOT_REAL = Cue(r"\b(?:(?:could|would|may|might|can|will|should|must)(?:\s+have)?|not|to|n['’]t)\s*$", re.IGNORECASE)
_ELSEWHERE = Cue(r"\b(?:in|at|near|across|from|on|by|against|inside|outside|aboard|during)\s*$", re.IGNORECASE)
_PART_OF_NAME = Cue(
    r"\b(?:tower|flight|camp|route|highway|area|brigade|unit|type|boeing|airbus|zone|site|sector|block|number|article|resolution|day|week)\s*$",
    re.IGNORECASE,
)
_WORD_FOLLOWS = Cue(r"\s+[^\W\d]")
_OBJECT = Cue(rf"\s+(?:the|his|her|their|its|an?|more|at\s+least|up\s+to|{_CROWD}|{_N})\b", re.IGNORECASE)
_PASSIVE_GOES_ON = Cue(
    r"\s*(?:$|[.,;:)–—-]|\b(?:in|by|at|during|after|when|as|near|on|overnight|while|outside|inside|from)\b)", re.IGNORECASE
)
_PEOPLE = Cue(
    r"(?:people|persons?|soldiers?|troops?|civilians?|(?:\w+)?(?:man|men|woman|women)|child|\w*children|\w*boys?|\w*girls?|\w*fighters?|militants?"
    r"|insurgents?|officers?|officials?|personnel|members?|workers?|marines?|sailors?|guards?|crew|passengers?|residents?|villagers?"
    r"|journalists?|contractors?|hostages?|students?|tourists?|others?|more|combatants?|commanders?|doctors?|nurses?|patients?|pilgrims?"
    r"|refugees?|migrants?|protest[eo]rs?|demonstrators?|activists?|suspects?|individuals?|operatives?|leaders?|facilitators?|drivers?|staff|police|rebels?|victims?|attackers?|bystanders?|nationals?|prisoners?|pilots?"
    r"|peacekeepers?|diplomats?|citizens?|pupils?|\w*teachers?|\w*worshipp?ers?|farmers?|traders?|engineers?|priests?|nuns?|travell?ers?|foreigners?"
    r"|\w+(?:ans?|is))",
    re.IGNORECASE,
)
_NO_VICTIM = frozenset(["bill", "deal", "proposal", "project", "plan", "amendment", "motion", "chance", "hope", "lot", "bit"])
_KIN = {
    "people": "people",
    "men": "man",
    "women": "woman",
    "children": "child",
    "personnel": "personnel",
    "police": "police",
    "crew": "crew",
}
# "More than 150 since October": a sum over time, not this event's. "The first since" and "the deadliest since" sum nothing.
_TOTAL = Cue(
    r"(?<!first )(?<!deadliest )(?<!worst )(?<!biggest )(?<!largest )(?<!heaviest )\bsince\b|\bso\s+far\s+this\b|\bthis\s+year\b"
    r"|\btotal\s+of\b|\bin\s+total\b|\bto\s+date\b|\b(?:over|in|during)\s+the\s+(?:past|last)\b"
    r"|\b(?:war|conflict|insurgency|campaign|violence|unrest)\b[^.;]{0,60}"
    r"\b(?:has|have|had)\s+(?:\w+\s+)?(?:killed|wounded|displaced|left)\b",
    re.IGNORECASE,
)


def casualties(sentence: str, offset: int = 0) -> list[Count]:
    """The people counted in a sentence, in reading order; "no casualties" gives two counts, killed and wounded.

    Args:
        sentence: one sentence, or a title.
        offset: where the sentence begins in the text; added to the spans.
    """
    counts = _casualties(sentence)
    if not offset:
        return list(counts)
    return [replace(c, span=Span(c.span.text, c.span.start + offset, c.span.end + offset)) for c in counts]


@lru_cache(maxsize=256)  # of an article's sentences, which several questions ask for
def _casualties(sentence: str) -> tuple[Count, ...]:
    found: list[tuple[int, int, Count]] = []
    for start, end, what, low, high, whom in [*_none(sentence), *_counted(sentence)]:
        if any(start < taken_end and taken_start < end and count.what == what for taken_start, taken_end, count in found):
            continue
        if what != "missing" and _is_total(sentence, start, end):
            continue
        span = Span(sentence[start:end], start, end)
        found.append((start, end, Count(what=what, low=low, high=high, span=span, whom=whom)))
    return tuple(count for _, _, count in sorted(found, key=lambda entry: entry[:2]))


# Counted singly; "drones" and "missiles" are fired as well where they were shot down.
_FIRED = Cue(
    r"(?:\s+of)?\s+(?:[\w.'’-]+\s+){0,3}?(?P<thing>rockets|missiles|projectiles|drones|mortars|shells|(?:mortar|artillery|tank)\s+(?:rounds|bombs)"
    r"|(?:rocket|missile|projectile|drone|(?:mortar|artillery|tank)\s+(?:shell|round|bomb))(?=\s*[,.;]|\s+(?:hit|struck|landed|fell|was|had|exploded"
    r"|slammed|crashed|fired|launched|aimed|at|toward|towards|into|on|that|which)\b))\b",
    re.IGNORECASE,
)
_NOT_FIRED = Cue(
    r"\b(?:seiz|captur|confiscat|smuggl|deliver|suppl)\w*\b|\b(?:found|intercepted\s+a\s+shipment|buys?|bought|sells?|sold|ordered|builds?|built|tested)\b",
    re.IGNORECASE,
)


def projectiles(sentence: str) -> list[Count]:
    """Rockets, missiles, shells and drones counted in a sentence that tells of an attack with them; offsets in the sentence."""
    found = []
    for quantity in _QUANTITY.finditer(sentence):
        thing = _FIRED.match(sentence, quantity.end())
        low, high = _read(quantity)
        if thing is None or high == 0 or _NOT_FIRED.search(sentence) or _is_total(sentence, quantity.start(), thing.end()):
            continue
        if _QUANTITY.search(sentence, quantity.end(), thing.start("thing")):
            continue  # "two bases with six rockets": the nearer number counts them
        span = Span(sentence[quantity.start() : thing.end()], quantity.start(), thing.end())
        found.append(Count(what="fired", low=low, high=high, span=span, whom=_head(thing["thing"])))
    return found


Found = tuple[int, int, What, int, int | None, str]


def _none(sentence: str) -> Iterator[Found]:
    for match in _NONE.finditer(sentence):
        nouns = " ".join(filter(None, (match["first"], match["second"]))).lower()
        if re.search("casualt|death|fatalit", nouns):
            yield match.start(), match.end(), "killed", 0, 0, ""
        if re.search("casualt|injur", nouns):
            yield match.start(), match.end(), "wounded", 0, 0, ""


def _counted(sentence: str) -> Iterator[Found]:
    last: tuple[int, What] | None = None  # where the last active count ended, for "and two civilians"
    read = 0  # how far "three of the five" has been read
    for quantity in _QUANTITY.finditer(sentence):
        start, (low, high) = quantity.start(), _read(quantity)
        before = sentence[max(0, start - REACH_CHARS) : start]
        if start < read or (_PART_OF_NAME.search(before) and quantity["number"]):
            continue
        of_whom = _OF_WHOM.match(sentence, quantity.end()) or (
            _CROWD_OF.match(sentence, quantity.end()) if quantity["crowd"] else None
        )
        read = of_whom.end() if of_whom else quantity.end()
        phrase = _NP.match(sentence, read)
        end = phrase.end() if phrase else quantity.end()
        head = _head(phrase[0] if phrase else "")
        passive = _passive(sentence, quantity, end, head)
        if passive and (passive[2] or not any(verb.search(before) for verb in _BEFORE.values())):
            yield start, passive[0], passive[1], low, high, head
            last = None
            continue
        if noun := _NOUN.match(sentence, quantity.end()):
            yield start, noun.end(), "killed" if noun["killed"] else "wounded", low, high, ""
            continue
        if _AND.fullmatch(sentence, last[0] if last else start, start) and last and not of_whom:
            what, begin, extra = last[1], start, False
        elif (active := _active(before)) is not None and _may_be_victim(active[0], quantity, head):
            what, begin, extra = active[0], start - active[1], active[2]
        else:
            continue
        of = _OF.match(sentence, end)
        end = of.end() if of and quantity.end() < end else end
        last = (end, what)
        yield begin, end, what, low + extra, None if extra else high, head


def _active(before: str) -> tuple[What, int, bool] | None:
    """Which verb governs what follows, how far back it begins, and whether an uncounted object stands between."""
    for pattern, also in ((_BEFORE, False), (_ALSO, True)):
        for what, verb in pattern.items():
            match = verb.search(before)
            if match is None or _NOT_REAL.search(before[: match.start("verb")]):
                continue
            if not also or (_NAMES.match(match["first"]) and not _QUANTITY.search(match["first"])):
                return what, len(before) - match.start("verb"), also
    return None


def _may_be_victim(what: What, quantity: re.Match[str], head: str) -> bool:
    if what in ("captured", "displaced"):
        return _PEOPLE.fullmatch(head) is not None
    return head not in _NO_VICTIM


def _passive(sentence: str, quantity: re.Match[str], end: int, head: str) -> tuple[int, What, bool] | None:
    """Where a passive about the quantity ends, what befell them, and whether an auxiliary makes it certain."""
    if _ELSEWHERE.search(sentence[max(0, quantity.start() - REACH_CHARS) : quantity.start()]):
        return None
    people = _PEOPLE.fullmatch(head) is not None
    for what, verb in _AFTER.items():
        match = verb.match(sentence, end)
        if match is None or (what in ("captured", "displaced") and head and not people):
            continue
        perfect = _PERFECT.search(match["aux"]) and not _BEING.search(match["aux"]) and _TRANSITIVE.fullmatch(match["verb"])
        helped = (bool(match["aux"].strip()) and not perfect) or match["verb"].lower() in {"died", "dies", "perished"}
        lasting = match["verb"].lower() in {"dead", "missing", "unaccounted for"} or " " in match["verb"]
        if not helped and not lasting and _may_be_active(sentence, match.end(), head, people=people):
            continue
        if match["verb"].lower() == "missing" and _WORD_FOLLOWS.match(sentence, match.end()) and not helped and not people:
            continue
        return match.end(), what, helped
    return None


def _may_be_active(sentence: str, after: int, head: str, *, people: bool) -> bool:
    """Whether a bare "wounded" may govern what follows it, as in "a rocket attack wounded soldiers"."""
    if _OBJECT.match(sentence, after):
        return True
    return bool(head) and not people and not _PASSIVE_GOES_ON.match(sentence, after)


def _head(phrase: str) -> str:
    """The last word of a noun phrase, in the singular, lower case; "" for none and for "others"."""
    words = phrase.split()
    word = words[-1].lower().removesuffix("'s").removesuffix("’s") if words else ""
    if word in {"other", "others", "more", "else"}:
        return ""
    if word in _KIN or word.endswith(("men", "women")):
        return _KIN.get(word, word[:-2] + "an")
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def _is_total(sentence: str, start: int, end: int) -> bool:
    """Whether the clause of [start, end) sums over time, or the sentence begins by saying that it does."""
    first = max(sentence.rfind(mark, 0, start) for mark in ",;") + 1
    last = min((at for mark in ",;" if (at := sentence.find(mark, end)) >= 0), default=len(sentence))
    opening = sentence.partition(",")[0]
    return bool(_TOTAL.search(sentence[first:last]) or (_TOTAL.match(opening.strip()) and ";" not in sentence[:start]))
