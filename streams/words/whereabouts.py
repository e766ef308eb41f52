"""Where, in words: from fine to coarse, and which clock people there live by.

Called by render. Reads one file of its own, `data/countries.tsv`, once.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from streams.records.flow import Participant, Place

_PART = r"(?:north|south)-?(?:east|west)(?:ern)?|(?:north|south|east|west)ern"  # not "north": North Korea is a name
_COMPASS = re.compile(r"\b(?:([Nn]orth|[Ss]outh)-?(east|west)(?:ern)?|(north|south|east|west)ern)\s+(?=[A-Z])")


@cache
def _countries() -> dict[str, tuple[str, str]]:
    lines = files("streams").joinpath("data/countries.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {code: (name, zone) for code, name, zone in rows}


def country_words(code: str | None) -> str:
    """The short English name of a country, its code when unknown, "" for None."""
    return _countries().get(code, (code, ""))[0] if code else ""


def local_zone(place: Place | None) -> ZoneInfo | None:
    """The clock people at the place live by; None where the country keeps several or is not known."""
    zone = _countries().get((place and place.country) or "", ("", ""))[1]
    return ZoneInfo(zone) if zone else None


def place_words(place: Place | None, targets: Sequence[Participant] = ()) -> str:
    """From fine to coarse: "Rumalin, NE Syria"; "" when unknown. The part of the country comes from the targets' own words."""
    if not place:
        return ""
    country = country_words(place.country)
    name = compass_words(place.name)
    if not country or place.kind == "country" or country.lower() in name.lower():
        return name
    said = [part.replace("-", " ") for part in place.path[1:]] + [one.span.text for one in targets]
    for text in said:
        found = re.search(rf"\b({_PART})\s+{re.escape(country)}\b", text, re.IGNORECASE)
        if found:
            return f"{name}, {compass_words(f'{found[1].lower()} {country}')}"
    return f"{name}, {country}"


def compass_words(text: str) -> str:
    """The text with parts of a country in letters: "northeastern Syria" is "NE Syria"; "North Korea" stays."""
    letters = {"north": "N", "south": "S", "east": "E", "west": "W"}

    def short(found: re.Match[str]) -> str:
        return "".join(letters[part.lower()] for part in found.groups() if part) + " "

    return _COMPASS.sub(short, text)
