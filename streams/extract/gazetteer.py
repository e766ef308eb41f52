"""Towns of GeoNames in one sentence: which capitalised words are the name of one, and of which of its namesakes.

Called by `sheets` for what the knowledge's own names leave over; those always win. A name counts only where words around it say
that a place is meant: after "in", "near", "outside" ..., after "the town of", or before ", Colombia". Names that are also
everyday words or people's ("Reading", "Nancy") need the last two. Of namesakes in several nations the one is meant whose
nation or province the sentence or the article names; where that does not settle it, nothing is found. A small town of a nation
that the article is not about is left out: somebody else's village of that name is likelier to be meant.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from streams.knowledge.aliases import fold
from streams.knowledge.towns import Town, Towns
from streams.knowledge.world import Hit, Knowledge

_SMALL = "de|del|la|las|los|el|al|da|do|dos|das|du|des|le|les|di|bin|ibn|ar|as|az|ad|an|ash|e|y|en|sur|of|upon"
_WORD = r"(?:[ae]l-)?[^\W\d_a-zß-öø-ÿ][\w'’]*(?:-[\w'’]+)*"
_RUN = re.compile(rf"(?<![\w'’.-]){_WORD}(?:[ \u00a0](?:(?:{_SMALL})[ \u00a0]){{0,2}}{_WORD}){{0,5}}")
_IN = re.compile(
    r"\b(?:in|near|outside|inside|around|at|throughout|across|over|into|between|towards?|through|leaving|reaching|entering"
    r"|(?:north|south|east|west|northeast|northwest|southeast|southwest|outskirts|suburbs?|residents|people|centre|center|streets|edge"
    r"|mayor|governor|port|airport|hospitals?|parts|control|police chief) of)"
    r"(?: (?:the|a|an))?(?: (?:[a-z]{3,}(?:ern)?|north-east|south-east|north-west|south-west)){0,2}[ \u00a0]\Z"
)
_FILLING = re.compile(
    r"(?:north\w*|south\w*|east\w*|west\w*|central|downtown|nearby|neighbou?ring|occupied|besieged|rural|upper|lower|inner|outer|greater|old|new"
    r"|town|city|village|port|capital|mountainous|coastal|remote|border|northern|rebel-held|government-held|industrial)",
)
_LOOSE = re.compile(r"\b(?:on|to|from|against|off)[ \u00a0]\Z")  # people stand behind these too
_LISTED = re.compile(r"(?:,|,? and|,? or|[-–]|[(])[ \u00a0]?\Z")  # "in Neiva, Yopal and Apopa": a town when one stands before
_NAMED = re.compile(
    r"\b(?:towns?|city|cities|villages?|hamlet|municipality|municipal|district|suburb|neighbou?rhoods?|province|department|state|region"
    r"|county|port|settlement|capital|community|outskirts|parish|governorate|oblast|township|prefecture|canton|commune)"
    r" (?:of|called|named)[ \u00a0]\Z|\b(?:towns?|cit(?:y|ies)|villages?|port|capital|township) (?:and \w+ )?[ \u00a0]?\Z"
)
_PROVINCE = re.compile(
    r"[ \u00a0](?:[Pp]rovince|[Dd]epartment|[Ss]tate|[Rr]egion|[Gg]overnorate|[Oo]blast|[Dd]istrict|[Cc]ounty|[Dd]ivision|[Pp]refecture|[Rr]epublic)\b"
)
_GAP = re.compile(r"(?: city| province| department| district| state| region)?,? (?:in )?(?:the )?", re.IGNORECASE)
_OWNER = re.compile(r"['’]s\b")
_BASED = re.compile(r"[-–](?:based|area|born)\b")
_AFTER_RUN = frozenset(
    "province department state region governorate oblast district county city town village monday tuesday wednesday thursday friday saturday "
    "sunday january february march april may june july august september october november december overnight today municipality prefecture".split()
)
_SHORT = 3  # letters of a name that is too short to stand without proof
_SURE_PEOPLE = 100  # thousands: a town so large is meant although the article names other nations only
_LARGE = 50  # thousands: ... although it names none
_IN_PASSING = 4  # times: a nation so much rarer than another is named in passing, and settles nothing
_MUCH_LARGER = 3  # times: the largest of several namesakes in one nation


@dataclass(frozen=True, slots=True)
class Story:
    """What the article names: made once, asked only where a name is not settled by its sentence."""

    nations: Callable[[], Counter[str]]  # how often each is named


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    towns: tuple[Town, ...]
    whole: bool  # "X province"
    loose: bool  # after a word that places and people may follow
    nation: str | None  # said right behind it
    province: str | None  # folded name of a province said right behind it


class Gazetteer:
    """Finds towns."""

    def __init__(self, knowledge: Knowledge, towns: Towns) -> None:
        self._knowledge = knowledge
        self._towns = towns

    def hits(self, text: str, known: Sequence[Hit], story: Story) -> Iterator[Hit]:
        """Towns and provinces in a sentence that no known name covers, in reading order."""
        if text.isupper():
            return
        taken = [(hit.start, hit.end) for hit in known]
        places = [(hit.start, hit.end) for hit in known if hit.entity.kind == "place"]
        here: Counter[str] | None = None
        for run in _RUN.finditer(text):
            found = self._read(text, run, taken, places)
            if found is None:
                continue
            here = nations_of(known) if here is None else here
            chosen = self._choose(found, here, story)
            if chosen is not None:
                town, sure = chosen
                places.append((found.start, found.end))
                yield Hit(self._towns.entity(town, text[found.start : found.end], sure=sure), found.start, found.end)

    # ---------------------------------------------------------------------------------------------------------- reading

    def _read(
        self, text: str, run: re.Match[str], taken: Sequence[tuple[int, int]], places: Sequence[tuple[int, int]]
    ) -> _Found | None:
        """The longest name at the start of a run of capitalised words, with what the words around it say."""
        start = run.start()
        before = text[max(0, start - 60) : start]
        ends = [start + match.end() for match in re.finditer(r"\S+", run.group())]
        for end in reversed(ends):
            key = fold(text[start:end])
            if not self._towns.known(key) or any(a < end and start < b for a, b in taken):
                continue
            if not self._ends_here(text, end, run.end()):
                return None
            nation, province = self._said_behind(text, end, taken)
            of_province = _PROVINCE.match(text, end) is not None
            named = _NAMED.search(before) is not None
            towns = self._towns.provinces(key) if of_province else self._both(key)
            if not towns or self._knowledge.nation(text[start:end]) is not None:  # "officials in Whitehall" are no town's
                return None
            proved = named or of_province or nation is not None or province is not None
            inside, loose = self._inside(before) or self._listed(before, start, places), _LOOSE.search(before) is not None
            if not (proved or inside or loose):
                return None
            weak = len(key.replace(" ", "")) <= _SHORT or self._knowledge.everyday(key) or text[start:end].isupper()
            if weak and not proved:
                return None
            return _Found(start, end, towns, of_province, loose and not inside, nation, province)
        return None

    def _both(self, key: str) -> tuple[Town, ...]:
        """Towns of a name and provinces; a town elsewhere gives way to its nation's province ("Delaware" is not in Ohio)."""
        provinces = self._towns.provinces(key)
        codes = {one.nation: one.province for one in provinces}
        towns = (town for town in self._towns.named(key) if codes.get(town.nation, town.province) == town.province)
        return (*towns, *provinces)

    def _listed(self, before: str, start: int, places: Sequence[tuple[int, int]]) -> bool:
        """Whether a place stands right before, in a list."""
        match = _LISTED.search(before)
        return match is not None and any(end == start - len(match.group()) for _, end in places)

    def _inside(self, before: str) -> bool:
        """Whether the words before say "in": with nothing between, or only what may stand before a town."""
        match = _IN.search(before)
        if match is None:
            return False
        between = match.group().split()[1:]
        between = [word for word in between if word not in ("of", "the", "a", "an", "chief")]
        return all(_FILLING.fullmatch(word) for word in between)

    def _ends_here(self, text: str, end: int, run_end: int) -> bool:
        """Whether a longer capitalised name does not go on behind: "Victoria Park" is no town."""
        rest = text[end:run_end].split()
        if text[end : end + 1] in ("'", "’", "-", "–") and not _OWNER.match(text, end):
            return _BASED.match(text, end) is not None
        return not rest or rest[0].lower().rstrip(".,") in _AFTER_RUN

    def _said_behind(self, text: str, end: int, taken: Sequence[tuple[int, int]]) -> tuple[str | None, str | None]:
        """Nation and province in ", Colombia", ", Antioquia department", "in Colombia" right behind a name."""
        gap = _GAP.match(text, end)
        if gap is None or gap.group().strip() == "":
            return None, None
        at = gap.end()
        for a, b in taken:
            if a == at:
                nation = self._knowledge.nation(text[a:b])
                if nation is not None:
                    return nation, None
                place = next((hit.entity.place for hit in self._knowledge.mentions(text[a:b])), None)
                if place is not None and place.country is not None:
                    return place.country, None
        run = _RUN.match(text, at)
        if run is None:
            return None, None
        words = run.group().split()
        for size in range(min(4, len(words)), 0, -1):
            key = fold(" ".join(words[:size]))
            if self._towns.provinces(key):
                return None, key
        return None, None

    # --------------------------------------------------------------------------------------------------------- choosing

    def _choose(self, found: _Found, here: Counter[str], story: Story) -> tuple[Town, bool] | None:
        """The town meant, and whether it alone can be; None where the words do not settle it."""
        towns = found.towns
        if found.nation is not None:
            towns = tuple(town for town in towns if town.nation == found.nation)
        elif found.province is not None:
            codes = {(one.nation, one.province) for one in self._towns.provinces(found.province)}
            towns = tuple(town for town in towns if (town.nation, town.province) in codes)
        nations = {town.nation for town in towns}
        if not nations:
            return None
        if found.nation is None and found.province is None:
            nation = self._nation(towns, found, here, story)
            if nation is None:
                return None
            towns = tuple(town for town in towns if town.nation == nation)
        elif len(nations) > 1:
            return None
        if len(towns) == 1 or towns[0].people >= _MUCH_LARGER * towns[1].people:
            return towns[0], True
        return towns[0], len({(town.province, town.latitude) for town in towns}) == 1

    def _nation(self, towns: Sequence[Town], found: _Found, here: Counter[str], story: Story) -> str | None:
        """The nation whose town is meant, by the nations that the sentence names, then by the article's."""
        nations = {town.nation for town in towns}
        for named in (here, story.nations()):
            meant = [nation for nation in nations if nation in named]
            if len(meant) == 1:
                return meant[0] if _IN_PASSING * named[meant[0]] >= max(named.values()) else None
            if meant:
                return None
        if found.whole and len(nations) == 1:
            return towns[0].nation
        if len(nations) > 1 or found.loose:
            return None
        needed = _SURE_PEOPLE if story.nations() else _LARGE
        return towns[0].nation if towns[0].people >= needed else None


def nations_of(hits: Sequence[Hit]) -> Counter[str]:
    """Nations that names of a text speak of, by how often."""
    found: Counter[str] = Counter()
    for hit in hits:
        place = hit.entity.place
        if hit.entity.kind in ("nation", "demonym", "place") and place is not None and place.country:
            found[place.country] += 1
        else:
            found.update(
                role.nation for role in hit.entity.nations if role.role in ("home", "forces", "government", "host") and not role.via
            )
    return found
