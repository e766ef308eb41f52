"""What happened, to whom, and on whose word, in the plain words of an alert.

Called by render, once in short for the phone and once in full. Takes the article's own words wherever they are short enough,
and says nothing that the facts do not: what is unknown is left out here and said by render.
"""

import re
from collections.abc import Iterable, Sequence

from streams.records.flow import (
    About,
    Attribution,
    Count,
    Instrument,
    Nearby,
    Origin,
    Outcome,
    Participant,
    Place,
    Stage,
    Standing,
    Telling,
)
from streams.records.timelines import Pattern

STAGES: dict[Stage, str] = {
    "happened": "happened",
    "announced": "announced, not yet seen",
    "threatened": "threatened only",
    "planned": "planned, not carried out",
    "exercise": "an exercise",
    "hypothetical": "hypothetical",
    "retold": "an older event, retold",
}
STANDINGS: dict[Standing, str] = {
    "confirmed": "confirmed",
    "reported": "reported, not confirmed",
    "claimed": "claimed only",
    "disputed": "disputed",
    "denied": "denied",
}
# words for slugs whose own spelling does not read well (taxonomy.yaml, instruments.yaml); any other is read as it is written
_TYPES = {
    "armed-attack": "attack",
    "ship-attack": "attack",
    "explosions": "explosion",
    "battles": "battle",
    "air-drone-strike": "air or drone strike",
    "remote-explosive": "bomb",
    "suicide-bomb": "suicide bombing",
    "chemical-weapon": "chemical attack",
    "ramming": "vehicle ramming",
    "arrests": "arrest",
    "protests": "protest",
}
_INSTRUMENTS = {
    "aircraft": "air strike",
    "artillery": "artillery fire",
    "firearm": "gunfire",
    "ied": "IED",
    "rocket-grenade": "RPG",
    "knife": "knife attack",
    "chemical": "chemical attack",
    "cyber": "cyber attack",
    "vehicle-ramming": "vehicle ramming",
}
_VAGUE_MEANS = {"weapon", "projectile", "aerial", "naval-weapon", "riot-control", "nuclear", "arson"}  # the type says it better
_MANY = re.compile(r"(?:s|barrage|salvo|volley|swarm|fire)$")  # "rocket fire" is more than one rocket
_DEED = re.compile(r"\b(attack|strike|raid)$")  # "rocket attack"
_ON = ("attack", "strike", "raid", "ambush", "assault")
_OF = ("shelling", "bombing", "ramming", "abduction", "arrest", "seizure", "killing", "assassination", "execution", "stabbing",
       "evacuation", "hijacking", "detention", "release", "capture")  # fmt: skip
_DETERMINER = re.compile(r"^(?:the|a|an|its|their|his|her|this|that)\s+", re.IGNORECASE)
_VAGUE = ("dozens", "scores", "hundreds", "thousands", "several", "many")
_NONE_HURT = re.compile(r"\bno\s+(.*?)\s*\b(?:was|were|is|are|has|have|had|been|got|being)\b", re.IGNORECASE)
_COUNTED = {"killed": "killed", "wounded": "wounded", "missing": "missing", "captured": "captured", "displaced": "displaced"}
_ABOUT_THE_HIT = ("hit", "miss", "destroy", "intercept", "reach", "shot down", "land")


def slug_words(slug: str) -> str:
    """A slug as a name: "kataib-hezbollah" is "Kataib Hezbollah"; what is no slug stays as it is."""
    return " ".join(part.capitalize() for part in slug.split("-")) if re.fullmatch(r"[a-z0-9-]+", slug) else slug


def event_words(told: Telling | About) -> str:
    """Who did what to whom: "Rockets at coalition base", "Threat by Kataib Hezbollah: attack on U.S. bases"."""
    about = told.about if isinstance(told, Telling) else None
    actor = f" by {participant_words(told.actors[0])}" if told.actors else ""
    if about:
        inner = event_words(about)
        return f"{_type_words(told)}{actor}: {inner[0].lower() if inner[1:2].islower() else inner[0]}{inner[1:]}"
    what = (_means(told.instruments) if isinstance(told, Telling) else "") or _type_words(told)
    target = _target(told.targets, told.place)
    if not target:
        return what + actor
    word = what.split()[-1].lower()
    here = any(part in told.path for part in ("violence", "armed-attack", "accidents"))
    link = " on" if word in _ON else " of" if word in _OF else " at" if here else ":"
    return f"{what}{actor}: {target}" if link == ":" else f"{what}{link} {target}{actor}"


def _type_words(told: Telling | About) -> str:
    return _capital(_TYPES.get(told.type, told.type.replace("-", " ")))


def _means(instruments: Sequence[Instrument]) -> str:
    known = [one for one in instruments if one.kind not in _VAGUE_MEANS]
    if not known:
        return ""
    kind, phrase = known[0].kind, known[0].span.text.strip().lower()
    if kind in _INSTRUMENTS:
        return _capital(_INSTRUMENTS[kind])
    words, deed = kind.replace("-", " "), _DEED.search(phrase)
    return _capital(f"{words} {deed[1]}" if deed else f"{words}s" if _MANY.search(phrase) and not words.endswith("s") else words)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _target(targets: Sequence[Participant], place: Place | None) -> str:
    if not targets:
        return ""
    best = max(targets, key=lambda one: (one.id is not None, one.kind is not None))  # the first of the best known
    return participant_words(best, place)


def participant_words(who: Participant, place: Place | None = None) -> str:
    """The article's own words without determiner and whereabouts: "coalition base"; the known name if those are too long."""
    words = _DETERMINER.sub("", who.span.text.strip())
    words = re.split(r"\s+(?:in|near|outside|inside)\s+(?=[A-Z\u0080-\uffff]|the\b|north|south|east|west)", words)[0]
    if place:
        words = re.split(rf"\s+(?:of|at|on)\s+(?:the\s+)?{re.escape(place.name)}\b", words)[0]
    if len(words) > 60 or not words:
        return slug_words(who.id) if who.id else words[:59] + "…"
    return words


def outcome_words(outcome: Sequence[Outcome]) -> str:
    """In full; "" when none is stated. Two ways of failing read "failed" (DESIGN 2)."""
    values = set(outcome)
    if not values:
        return ""
    if len(values) == 1:
        return next(iter(values))
    ways = " or ".join(sorted(values, key=("hit", "missed", "intercepted", "foiled").index))
    return f"{'outcome unclear' if 'hit' in values else 'failed'} ({ways})"


def toll_words(counts: Sequence[Count], *, short: bool = False) -> tuple[str, ...]:
    """People first, gravest first: "2 killed", "at least 7 wounded", "no U.S. personnel hurt"; what was fired only in full."""
    order = list(_COUNTED) + ([] if short else ["fired"])
    lines = [_count_words(count, short=short) for what in order for count in counts if count.what == what]
    return tuple(dict.fromkeys(lines))


def _count_words(count: Count, *, short: bool) -> str:
    verb = "hurt" if count.what == "wounded" and short else _COUNTED.get(count.what, "fired")
    if count.high == 0:
        found = _NONE_HURT.search(count.span.text)
        whom = found[1] if found else count.whom
        if whom.lower() in ("", "injuries", "casualties", "deaths", "wounded", "one", "damage"):
            whom = "one"
        if short and "U.S." in whom:
            whom = "US"
        return f"no {whom} {'hurt' if count.what == 'wounded' else verb}"
    vague = next((word for word in _VAGUE if word in count.span.text.lower()), "")
    if vague and count.high is None:
        number = vague
    elif count.high is None:
        number = f"at least {count.low}"
    elif count.low == count.high:
        number = str(count.low)
    else:
        number = f"up to {count.high}" if count.low <= 0 else f"{count.low} to {count.high}"
    whom = f" {count.whom}" if count.whom and not short else ""
    return f"{number}{whom} {verb}"


def doubt_words(doubts: Sequence[str], outcome: Sequence[Outcome]) -> tuple[str, ...]:
    """What is unclear, for the phone: "target unclear"; in the words of a few subjects, else "details unclear"."""
    found: list[str] = []
    for doubt in doubts:
        words = doubt.lower()
        if re.search(r"\btarget|\bintended|\baimed", words):
            found.append("target unclear")
        elif re.search(r"\bwho\b|responsib|behind|perpetrat|attackers?\b", words):
            found.append("attacker unclear")
        elif "cause" in words:
            found.append("cause unclear")
        elif re.search(r"casualt|injur|killed|wounded|how many", words):
            found.append("toll unclear")
        elif not (outcome and any(word in words for word in _ABOUT_THE_HIT)):
            found.append("details unclear")
    return tuple(dict.fromkeys(found))


def speakers_words(attribution: Sequence[Attribution]) -> str:
    """On whose word: "three Iraqi army officers and a U.S. diplomat (unnamed), to Reuters"; "" when nobody is named."""
    named: dict[str, str] = {}
    for one in attribution:
        unnamed = " (unnamed)" if one.speaker == "anonymous-official" and "anonym" not in one.span.text.lower() else ""
        named.setdefault(one.span.text.lower(), one.span.text + unnamed)
    via = tuple(dict.fromkeys(one.via for one in attribution if one.via))
    words = _joined(list(named.values()))
    return f"{words}, to {_joined(list(via))}" if words and via else words


def origins_short(origins: Sequence[Origin]) -> str:
    """Whose word it rests on, for the phone: "Reuters only", "Reuters + AFP", "3 origins", "2 outlets, independence unknown"."""
    names = [one.name for one in origins if one.independent]
    if not names:
        outlets = {one.name for one in origins}
        alone = f"{next(iter(outlets))} only" if len(outlets) == 1 else f"{len(outlets)} outlets"
        return f"{alone}, independence unknown" if outlets else ""
    return f"{names[0]} only" if len(names) == 1 else " + ".join(names) if len(names) == 2 else f"{len(names)} origins"


def pattern_words(pattern: Pattern, since: str) -> str:
    """What a temporal form found, on one line: "3rd in 48 h (since Mon 6 Jan 04:00Z)"; `since`: when its first incident was."""
    window = _window_words(pattern.within_s)
    vague = "" if pattern.certain else ", by vague times"
    if pattern.form == "first":
        if pattern.number > 1:
            return f"not the first in {window} (one {since})"
        begun = pattern.records_from
        return f"first since our records begin, {begun:%d %b %Y}; not known for {window}" if begun else f"first known in {window}"
    if pattern.form == "sequence":
        return f"{pattern.asked} steps in {window}{vague} (since {since})"
    over = f", over since {pattern.until:%d %b %H:%MZ}" if pattern.ended and pattern.until else ""
    if pattern.number > pattern.asked:
        return f"{_ordinal(pattern.number)} since {since} ({pattern.asked} in {window}{vague}){over}"
    return f"{_ordinal(pattern.number)} in {window}{vague} (since {since}){over}"


def _window_words(seconds: int) -> str:
    """ "48 h", "14 d": hours up to three days."""
    hours = seconds / 3600
    return f"{hours:g} h" if hours <= 72 else f"{hours / 24:g} d"


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{ending}"


def _joined(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else "".join(words)


def length_words(said: str, low: float | None, high: float | None) -> str:
    """How long: "nearly three-month" is "nearly three months"; from bounds in days when no words are known; "" for neither."""
    if said:
        whole = re.search(r"\b(\w+)-(day|week|month|year)s?\b", said)
        if not whole:
            return said
        plural = "" if whole[1].lower() in ("one", "1", "a") else "s"
        return f"{said[: whole.start()]}{whole[1]} {whole[2]}{plural}{said[whole.end() :]}"
    if low is None and high is None:
        return ""
    if low is None:
        return f"up to {high:.0f} days"
    if high is None:
        return f"at least {low:.0f} days"
    return f"{low:.0f} days" if round(low) == round(high) else f"{low:.0f}–{high:.0f} days"


def nearby_words(sites: Iterable[Nearby]) -> str:
    """Watched sites, each once: "Basra plant, 12 km (within 3 km); Port office, perhaps: the place is known to 60 km only"."""
    found = {site.name: site for site in sites}
    return "; ".join(
        f"{site.name}, {site.km:.0f} km" + (f" (within {site.coarse_km:.0f} km)" if site.coarse_km >= 1 else "")
        if site.certain
        else f"{site.name}, perhaps: the place is known to {site.coarse_km:.0f} km only"
        if site.coarse_km
        else f"{site.name}, perhaps: the place is not on the map"
        for site in found.values()
    )
