"""Which words of a sentence say when: finds time expressions and reads their parts, without resolving them.

Called through `streams.extract.when`. Knows English only. Offsets are half-open, in characters of the text given.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from streams.extract.durations import AMOUNT, MODIFIER, UNIT

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = tuple("jan feb mar apr may jun jul aug sep oct nov dec".split(" "))  # by their first three letters
Relation = Literal["", "since", "until", "before", "after"]


@dataclass(frozen=True, slots=True)
class TimeExpr:
    """One time expression: characters [start, end) of its text, and what it was read as."""

    text: str  # without a leading preposition: "early February" in "since early February"
    start: int
    end: int
    kind: str  # the form below that matched, e.g. "day", "month", "ago"
    parts: tuple[tuple[str, str], ...] = ()  # named pieces of the form, lower case
    relation: Relation = ""  # the preposition before it: what happens since, until, before or after it
    future: bool = False  # words before it point ahead ("will meet on", "scheduled for"), so that it is not sought in the past

    def part(self, name: str) -> str:
        """A named piece in lower case, "" when it is not there."""
        return next((value for key, value in self.parts if key == name), "")


_WD = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_MON = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)(?:\.|\b))"
)
_DOM = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![\d:%]|[.,]\d)"
_YEAR = r"(?:19|20)\d\d(?![\d%]|,\d)"
_YEARREF = rf"(?:(?:,\s*|\s+(?:of\s+|in\s+)?)(?P<year>{_YEAR})|,?\s+(?:of\s+)?(?P<yearmod>last|this|next|the\s+previous|the\s+same)\s+year)"
_THIRD = (
    r"(?:early|mid|late|the\s+(?:very\s+)?(?:beginning|start|early\s+days|middle|end|last\s+days|first\s+days)\s+of"
    r"|(?:beginning|start|middle|end)\s+of|the\s+(?:first|second)\s+half\s+of)"
)
_MOD = r"(?:last|this\s+past|this\s+coming|this|next|coming|past|previous)"
_DAYTIME = r"(?:morning|afternoon|evening|night|dawn|noon|midday|midnight|sunrise|sunset|dusk|nightfall|daybreak)"
_PRE = (
    rf"(?:(?:the\s+)?(?:early|late|small|pre-?dawn|first)\s+(?:morning\s+|evening\s+)?hours\s+of|(?:the\s+)?(?:(?:early|late)\s+)?{_DAYTIME}\s+(?:of|on)"
    rf"|(?:(?:just|shortly|soon)\s+)?(?:before|after|around)\s+{_DAYTIME}(?:\s+on)?|{_DAYTIME}\s+on|pre-?dawn(?:\s+on)?"
    r"|overnight(?:\s+(?:on|into|to|from))?|(?:early|late|earlier|later)(?:\s+(?:on|in\s+the\s+day\s+on))?)"
)
_POST = (
    rf"(?:(?:in\s+the\s+|at\s+|before\s+|around\s+|just\s+before\s+|shortly\s+after\s+)?(?:early\s+|late\s+)?{_DAYTIME}|overnight)"
)

_DATE = (
    rf"(?:(?:{_WD}|(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\.?)(?:,\s*|\s*\(\s*|\s+))?"
    rf"(?:(?P<month>{_MON})\s*(?P<dom>{_DOM})(?:\s*(?:-|–|to|and|through)\s*(?P<dom2>{_DOM}))?{_YEARREF}?"
    rf"|(?:the\s+)?(?P<eudom>{_DOM})(?:\s*(?:-|–|to|and)\s*(?P<eudom2>{_DOM}))?\s+(?:of\s+)?(?P<eumonth>{_MON}){_YEARREF.replace('year>', 'euyear>').replace('yearmod>', 'euyearmod>')}?"
    rf"|(?P<iso>(?:19|20)\d\d-[01]\d-[0-3]\d)|(?P<slash>\d{{1,2}}[/.]\d{{1,2}}[/.](?:19|20)\d\d)|(?P<nine>9/11)(?![/\d]))"
)
_DAY = (
    rf"(?:{_DATE}|(?:(?P<mod>{_MOD})\s+)?(?P<wd>{_WD})(?:(?:\s+of)?\s+(?P<wdweek>last|this|next)\s+week|\s+a\s+(?P<wdago>week)\s+ago)?"
    r"|(?P<rel>the\s+day\s+before\s+yesterday|today|yesterday|tomorrow)|(?P<same>(?:the|that)\s+same\s+day|that\s+day|the\s+day\s+itself)"
    r"|on\s+the\s+(?P<bare>\d{1,2}(?:st|nd|rd|th))(?=\s*(?:[.,;)]|$|and\b|at\b|of\s+(?:this|last)\s+month)))"
)
_CLOCK = (
    r"(?:(?P<h12>1[0-2]|0?[1-9])(?:[:.](?P<m12>[0-5]\d))?\s*(?P<ampm>[ap]\.?m\b\.?)"
    r"|(?P<h24>[01]?\d|2[0-3])[:.h](?P<m24>[0-5]\d)(?:\s*(?:hrs|hours|h))?(?![\d%])"
    r"|(?P<mil>(?:[01]\d|2[0-3])[0-5]\d)(?=\s*(?:gmt|utc|z\b|hours|hrs|local))(?:\s*(?:hrs|hours))?)"
    r"(?:\s*(?P<zone>gmt|utc|z|est|edt|cet|cest|eet|msk|local\s+time)\b)?"
)

# Form by form; where two match the same words the longer wins, then the earlier in this list.
_FORMS: tuple[tuple[str, str], ...] = (
    ("day", rf"(?:(?P<pre>{_PRE})\s+)?{_DAY}(?:['’]s(?!\s+{_DAYTIME}))?(?:\s+(?P<post>{_POST}))?"),
    (
        "part",
        rf"(?:(?P<sub>early|late|earlier|later)\s+)?(?P<which>this|last|the\s+same|that|that\s+same)\s+(?P<post>{_DAYTIME})|(?P<tonight>tonight)|(?P<overnight>overnight)",
    ),
    ("clock", _CLOCK),
    ("month", rf"(?:(?P<third>{_THIRD})[\s-]+)?(?:(?P<mod>{_MOD})\s+)?(?P<month>{_MON}){_YEARREF}?"),
    (
        "period",
        rf"(?:(?P<third>{_THIRD}|earlier|later)[\s-]+(?:in\s+)?)?(?P<mod>last|this|next|the\s+same|that)\s+(?P<unit>week(?:end)?|month|year|quarter|decade)",
    ),
    ("weekend", r"(?:over|during|at|until|since|on|by)\s+the\s+(?P<weekend>weekend)"),
    (
        "season",
        rf"(?:(?:(?P<third>early|mid|late)[\s-]+)?(?P<mod>last|this|next)\s+(?P<season>spring|summer|autumn|fall|winter)(?:{_YEARREF})?|(?P<season2>spring|summer|autumn|fall|winter)(?:\s+of)?\s+(?P<year2>{_YEAR})|in\s+(?:the\s+)?(?P<season3>spring|summer|autumn|winter)(?!\s+of\b))",
    ),
    (
        "rolling",
        rf"(?:the|these|this|their|its)\s+(?:past|last|previous|preceding)\s+(?:{AMOUNT}\s+)?(?P<unit>{UNIT})(?P<plural>s?)\b|(?P<recent>recent)\s+(?P<unit2>hour|day|week|month|year)s\b|the\s+(?P<coming>coming|next)\s+(?:{AMOUNT.replace('<', '<c')}\s+)?(?P<unit3>{UNIT})s?\b",
    ),
    (
        "ago",
        rf"(?:(?P<modifier>{MODIFIER})\s+)?(?:{AMOUNT}\s+)?(?P<unit>{UNIT})(?P<plural>s?)(?P<afterhalf>\s+and\s+a\s+half)?\s+ago\b(?:\s+(?P<exact>today|this\s+week|this\s+month|on\s+{_WD}))?",
    ),
    (
        "shift",
        rf"(?:(?P<modifier>{MODIFIER})\s+)?(?:{AMOUNT}\s+)?(?P<unit>minute|hour|day|night|week|fortnight|month|year)(?P<plural>s?)\s+(?P<way>earlier|later|prior(?!\s+to)|afterwards?|(?:before|after)(?=\s*(?:[.,;)]|$)))",
    ),
    (
        "shift",
        r"the\s+(?P<step>previous|next|following|preceding)\s+(?P<stepunit>day|night|morning|afternoon|evening|week|month|year)\b|the\s+(?P<stepunit2>day|night|evening|morning|week|month|year)\s+(?P<way2>before|after)(?=\s*(?:[.,;)]|$))",
    ),
    (
        "later",
        r"(?P<later>later)(?:\s+(?P<inday>in\s+the\s+day|(?:on\s+)?(?:that|the\s+same)\s+day|on))?|(?P<earlier>earlier)\s+(?P<inday2>in\s+the\s+day|(?:on\s+)?(?:that|the\s+same)\s+day)|^(?P<initial>earlier)\b(?=,|\s+the\b|\s+a\b)",
    ),
    (
        "year",
        rf"(?:(?P<third>early|mid|late|the\s+(?:beginning|start|end|middle)\s+of|(?:beginning|start|end)\s+of|the\s+(?:first|second)\s+half\s+of|the\s+(?:first|second|third|fourth|last)\s+quarter\s+of)[\s-]+)?(?:(?P<year>{_YEAR})(?!-\d)|(?P<mod>last|this)\s+year)(?!\s*(?:GMT|UTC|hrs|hours|metres|meters|feet|km|miles)\b)",
    ),
    ("decade", r"the\s+(?:(?P<third>early|mid|late)[\s-]+)?(?P<decade>(?:19|20)\d0)s"),
    ("feast", rf"(?P<feast>christmas\s+eve|christmas(?:\s+day)?|new\s+year['’]?s\s+(?:eve|day))(?:,?\s+(?P<year>{_YEAR}))?"),
)
_COMPILED = tuple((kind, re.compile(rf"(?<![\w/-])(?:{pattern})(?![\w])", re.IGNORECASE)) for kind, pattern in _FORMS)
_HINT = re.compile(
    r"\d|day|night|morn|even|noon|dawn|dusk|sun|week|month|year|hour|minute|later|earlier|decade|recent|spring|summer|autumn|fall|winter|christmas|jan|feb|mar|apr|may|ju[nl]|aug|sep|oct|nov|dec",
    re.IGNORECASE,
)

_RELATION = re.compile(
    r"\b(?P<word>since|from|until|till|through|by|before|ahead\s+of|prior\s+to|after|following)\s+(?:at\s+least\s+|about\s+|around\s+|the\s+|on\s+)?$",
    re.IGNORECASE,
)
_RELATIONS: dict[str, Relation] = {
    "since": "since", "from": "since", "until": "until", "till": "until", "through": "until", "by": "until",
    "before": "before", "ahead of": "before", "prior to": "before", "after": "after", "following": "after",
}  # fmt: skip
# "will meet", "scheduled for": what follows lies ahead, unless somebody "said" comes between.
_AHEAD = re.compile(
    r"\b(?:will|shall|won['’]t|(?:is|are|was|were)\s+(?:due|set|scheduled|expected|slated|planned)|plan(?:s|ned)?\s+to|(?:due|set|scheduled|planned|slated)\s+(?:for|to|on|in)"
    r"|going\s+to|upcoming|by|until|intends?\s+to)\b(?P<gap>[^.;]*)$",
    re.IGNORECASE,
)
_SPOKE = re.compile(
    r"\b(?:said|says|told|announced|reported|added|confirmed|declared|denied|according|warned|stated|wrote)\b|\bafter\b|\bsince\b",
    re.IGNORECASE,
)
# A month that is also a verb or a noun counts only after these, or beside a day or a year.
_BEFORE_MONTH = re.compile(
    rf"\b(?:in|of|since|until|till|by|from|through|during|early|mid|late|last|this|next|before|after|between|for|{_MON}\s+(?:and|to|or|through))[\s-]+$",
    re.IGNORECASE,
)
_BEFORE_YEAR = re.compile(
    r"(?:\b(?:in|of|since|until|till|by|from|through|during|early|mid|late|before|after|between|the|a|and|to|last|deadly|previous|infamous|its|their|his|for|year)[\s-]+|[(–-])$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\s+(?:people|troops|soldiers|civilians|men|women|children|fighters|rockets|missiles|drones|homes|houses|families|dollars|barrels|tons|tonnes|others|more|u\.s\.|american)\b",
    re.IGNORECASE,
)
_NO_LATER = re.compile(r"(?:\bno|\bor|\band)\s+$", re.IGNORECASE)
_NAMED_DAY = re.compile(r"\b(?:bloody|black|palm|good|easter|ash|super|cyber|holy)\s+$", re.IGNORECASE)
_BETWEEN = re.compile(
    r"\s*,?\s*\(?\s*(?:on|at|around|about|shortly\s+(?:before|after)|just\s+(?:before|after)|of|or)?\s*", re.IGNORECASE
)


def find(text: str) -> list[TimeExpr]:
    """Time expressions of a sentence in reading order, without overlaps; a clock time and its day are one."""
    if not _HINT.search(text):
        return []
    candidates = sorted(_candidates(text), key=lambda c: (c.start, -c.end))
    found: list[TimeExpr] = []
    for candidate in candidates:
        if not found or candidate.start >= found[-1].end:
            found.append(candidate)
        elif candidate.end - candidate.start > 2 * (found[-1].end - found[-1].start):
            found[-1] = candidate
    return _with_clocks(text, found)


def _candidates(text: str) -> Iterator[TimeExpr]:
    for kind, pattern in _COMPILED:
        for match in pattern.finditer(text):
            start, end = match.start(), match.end()
            parts = {
                name.removesuffix("2").removesuffix("3") if name in _TWINS else name: _plain(value)
                for name, value in match.groupdict().items()
                if value is not None
            }
            parts = {name.removeprefix("eu"): value for name, value in parts.items()}
            if kind == "weekend":
                start = match.start("weekend")
            elif kind == "season" and match["season3"]:
                start = match.start("season3")
            elif kind == "day" and match["bare"]:
                start = match.start("bare")
            if text[:end].lower().endswith(("'s", "’s")):
                end -= 2
            if _stands(text, kind, match, start, end):
                relation = _RELATION.search(text, 0, start)
                yield TimeExpr(
                    text[start:end],
                    start,
                    end,
                    kind,
                    tuple(parts.items()),
                    _RELATIONS[_plain(relation["word"])] if relation else "",
                    _ahead(text[:start]),
                )


_TWINS = frozenset(["unit2", "unit3", "season2", "season3", "year2", "way2", "stepunit2", "inday2"])


def _plain(words: str) -> str:
    return " ".join(words.lower().split())


def _stands(text: str, kind: str, match: re.Match[str], start: int, end: int) -> bool:
    """Whether the words mean a time here: "may" is a verb, "march" a walk, "2000 troops" a count."""
    before = text[:start]
    if kind == "month":
        word = match["month"]
        if word[0].islower() and not match["third"] and not _BEFORE_MONTH.search(before):
            return False
        if word.lower() in {"may", "march"}:
            told = match["year"] or match["yearmod"] or match["third"] or match["mod"]
            if word[0].islower() or not (told or _BEFORE_MONTH.search(before)):
                return False
            return told is not None or not re.match(r"\s+(?:for|on|of|to|against|have|be|not)\b", text[end:])
        short = len(word.rstrip(".")) <= 4 and word.lower() not in {"may", "june", "july"}
        return not short or bool(match["year"] or match["third"] or _BEFORE_MONTH.search(before))
    if kind == "year" and match["year"]:
        return bool((match["third"] or _BEFORE_YEAR.search(before)) and not _COUNTED.match(text, end))
    if kind == "later":
        return not _NO_LATER.search(before)
    if kind == "day":
        if match["wd"]:
            return not (
                _NAMED_DAY.search(text[: match.start("wd")])
                or re.match(r"\s+(?:Times|Telegraph|Mirror|Mail|Express)\b", text[end:])
            )
        return not (match["month"] and match["month"].lower() in {"may", "march", "mar"} and match["month"][0].islower())
    if kind == "clock":
        return (
            match["ampm"] is not None
            or match["zone"] is not None
            or bool(re.search(r"\b(?:at|around|about|by|before|after|since|until)\s+$", before, re.IGNORECASE))
        )
    return not (kind == "feast" and match["feast"][0].islower())


def _ahead(before: str) -> bool:
    found = _AHEAD.search(before)
    return found is not None and not _SPOKE.search(found["gap"])


def _with_clocks(text: str, found: list[TimeExpr]) -> list[TimeExpr]:
    """Joins "3:30 a.m." and "on Sunday" into one expression of the day's kind, with the clock among its parts."""
    joined: list[TimeExpr] = []
    for expr in found:
        last = joined[-1] if joined else None
        if (
            last
            and {last.kind, expr.kind} in ({"clock", "day"}, {"clock", "part"}, {"clock"})
            and _BETWEEN.fullmatch(text, last.end, expr.start)
        ):
            day = expr if last.kind == "clock" else last
            zone_told = bool(expr.part("zone")) and expr.part("zone") != "local time"
            clock = last if last.kind == "clock" and not (expr.kind == "clock" and zone_told) else expr
            parts = dict(day.parts) | (dict(clock.parts) if clock.kind == "clock" else {})
            joined[-1] = TimeExpr(
                text[last.start : expr.end], last.start, expr.end, day.kind, tuple(parts.items()), last.relation, last.future
            )
        else:
            joined.append(expr)
    return joined
