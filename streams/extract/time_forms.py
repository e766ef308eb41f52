"""The forms in which English says when: one pattern a line, with named pieces; data for `time_words`, which finds them.

A piece that is missing has said nothing. Names that end in a figure are second readings of the name without it.
"""

import re
from collections.abc import Sequence

from streams.extract.cues import Cue
from streams.extract.durations import AMOUNT, MODIFIER, UNIT

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")  # by their first three letters

WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)(?:\.|\b))"
)
_DOM = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![\d:%]|[.,]\d)"
_TO = r"\s*(?:-|–|to|and|through)\s*"
_YEAR = r"(?:19|20)\d\d(?![\d%]|,\d)"
_YEARREF = (
    rf"(?:(?:,\s*|\s+(?:of\s+|in\s+)?)(?P<year>{_YEAR})"
    r"|,?\s+(?:of\s+)?(?P<yearmod>last|this|next|the\s+previous|the\s+same)\s+year)"
)
_BEGIN = r"(?:very\s+)?(?:beginning|start|middle|end|early\s+days|first\s+days|last\s+days)\s+of"
_THIRD = rf"(?:early|mid|late|(?:the\s+)?{_BEGIN}|the\s+(?:first|second)\s+half\s+of)"
_QUARTER = r"the\s+(?:first|second|third|fourth|last)\s+quarter\s+of"
_MOD = r"(?:last|this\s+past|this\s+coming|this|next|coming|past|previous)"
_DAYTIME = r"(?:morning|afternoon|evening|night|dawn|noon|midday|midnight|sunrise|sunset|dusk|nightfall|daybreak)"
_NEAR = r"(?:(?:just|shortly|soon)\s+)?(?:before|after|around)"
_PRE = (
    r"(?:(?:the\s+)?(?:early|late|small|pre-?dawn|first)\s+(?:morning\s+|evening\s+)?hours\s+of"
    rf"|(?:the\s+)?(?:(?:early|late)\s+)?{_DAYTIME}\s+(?:of|on)|{_NEAR}\s+{_DAYTIME}(?:\s+on)?|pre-?dawn(?:\s+on)?"
    r"|overnight(?:\s+(?:on|into|to|from))?|(?:early|late|earlier|later)(?:\s+on|\s+in\s+the\s+day\s+on)?)"
)
_POST = (
    rf"(?:(?:\s+(?:early\s+|late\s+)?|,?\s+(?:in\s+the\s+|at\s+|{_NEAR}\s+)(?:early\s+|late\s+)?){_DAYTIME}"
    r"|\s+overnight|,?\s+in\s+the\s+(?:early|small)\s+hours)"
)
_WITH_PART = r"(?:(?P<pre>{pre})\s+)?(?:{day})(?:['’]s(?!\s+(?:{daytime}|early|late)))?(?:(?:['’]s)?(?P<post>{post}))?"
_NAMED = rf"(?:(?:{WEEKDAY}|(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\.?)(?:,\s*|\s*\(\s*|\s+))?"
_CLOCK = (
    r"(?:(?P<h12>1[0-2]|0?[1-9])(?:[:.](?P<m12>[0-5]\d))?\s*(?P<ampm>[ap]\.?m\b\.?)"
    r"|(?P<h24>[01]?\d|2[0-3])[:.h](?P<m24>[0-5]\d)(?:\s*(?:hrs|hours|h))?(?![\d%])"
    r"|(?P<mil>(?:[01]\d|2[0-3])[0-5]\d)(?=\s*(?:gmt|utc|z\b|hours|hrs|local))(?:\s*(?:hrs|hours))?)"
    r"(?:\s*(?P<zone>gmt|utc|z|est|edt|cet|cest|eet|msk|local\s+time)\b)?"
)
_SEASON = r"(?:spring|summer|autumn|fall|winter)"
_LENGTH = rf"(?:(?P<modifier>{MODIFIER})\s+)?(?:{AMOUNT}\s+)?(?P<unit>{UNIT})(?P<plural>s?)(?P<afterhalf>\s+and\s+a\s+half)?"
_CLAUSE_END = r"(?=\s*(?:[.,;)]|$)|\s+th(?:at|is)\b)"


# its kind, its pattern, then sets of strings: without one of each, in lower case, it is not looked for
Form = tuple[str, str, *tuple[Sequence[str], ...]]


def _days(day: str, *needs: Sequence[str]) -> Form:
    return "day", _WITH_PART.format(pre=_PRE, day=day, daytime=_DAYTIME, post=_POST), *needs


_DIGIT = "0123456789"
_LONG = ("week", "month", "year", "quarter", "decade")

# Where two forms match, the one that begins earlier wins, then the longer, then the earlier in this list.
FORMS: tuple[Form, ...] = (
    _days(rf"{_NAMED}(?P<month>{MONTH})\s*(?P<dom>{_DOM})(?:{_TO}(?P<dom2>{_DOM}))?{_YEARREF}?", _DIGIT, MONTHS),
    _days(
        rf"{_NAMED}(?:the\s+)?(?P<dom>{_DOM})(?:{_TO}(?P<dom2>{_DOM}))?\s+(?:of\s+)?(?P<month>{MONTH}){_YEARREF}?", _DIGIT, MONTHS
    ),
    _days(
        rf"{_NAMED}(?:(?P<iso>(?:19|20)\d\d-[01]\d-[0-3]\d)|(?P<slash>\d{{1,2}}[/.]\d{{1,2}}[/.](?:19|20)\d\d))",
        ("19", "20"),
        "-/.",
    ),
    _days(
        rf"(?:(?P<mod>{_MOD})\s+)?(?P<wd>{WEEKDAY})(?:(?:\s+of)?\s+(?P<wdweek>last|this|next)\s+week|\s+a\s+(?P<wdago>week)\s+ago)?",
        [day[-4:] for day in WEEKDAYS],
    ),
    _days(r"(?P<rel>the\s+day\s+before\s+yesterday|today|yesterday|tomorrow)", ("today", "yesterday", "tomorrow")),
    _days(r"(?P<same>(?:the|that)\s+same\s+day|that\s+day|the\s+day\s+itself)", ("same", "that", "itself"), ("day",)),
    ("day", r"on\s+the\s+(?P<bare>\d{1,2}(?:st|nd|rd|th))(?=\s*(?:[.,;)]|$|and\b|at\b|of\s+(?:this|last)\s+month))"),
    ("day", r"(?P<nine>9/11)(?![/\d])"),
    ("part", rf"(?:(?P<sub>early|late|earlier|later)\s+)?(?P<which>this|last|the\s+same|that|that\s+same)\s+(?P<post>{_DAYTIME})"),
    ("part", r"(?P<tonight>tonight)"),
    ("part", r"(?P<overnight>overnight)"),
    ("part", rf"(?P<vague>(?:at|by|{_NEAR})\s+(?:dawn|sunrise|daybreak|midday|noon|midnight|sunset|dusk|nightfall))"),
    ("part", r"(?P<vague>in\s+the\s+(?:(?:early|late)\s+)?(?:morning|afternoon|evening|(?:early|small)\s+hours))(?!\s+o[fn]\b)"),
    ("clock", _CLOCK, _DIGIT),
    ("month", rf"(?:(?P<third>{_THIRD})[\s-]+)?(?:(?P<mod>{_MOD})\s+)?(?P<month>{MONTH}){_YEARREF}?", MONTHS),
    (
        "period",
        rf"(?:(?P<third>{_THIRD}|earlier|later)[\s-]+(?:in\s+)?)?(?P<mod>last|this|next|the\s+same|that)\s+"
        r"(?P<unit>week(?:end)?|month|year|quarter|decade)",
        ("last", "this", "next", "same", "that"),
        _LONG,
    ),
    ("period", rf"(?P<third>(?:earlier|later)\s+in|(?:the\s+)?{_BEGIN})\s+the\s+(?P<unit>week|month|year|decade)", _LONG),
    ("weekend", r"(?:over|during|at|until|since|on|by)\s+the\s+(?P<weekend>weekend)"),
    ("season", rf"(?:(?P<third>early|mid|late)[\s-]+)?(?P<mod>last|this|next)\s+(?P<season>{_SEASON})"),
    ("season", rf"(?:(?P<third>early|mid|late)[\s-]+)?(?:the\s+)?(?P<season>{_SEASON})(?:\s+of)?\s+(?P<year>{_YEAR})"),
    ("season", r"(?P<lead>in\s+(?:the\s+)?)(?P<season>spring|summer|autumn|winter)(?!\s+of\b)"),
    ("rolling", rf"(?:the|these|this|their|its)\s+(?P<past>past|last)\s+(?:{AMOUNT}\s+)?(?P<unit>{UNIT})(?P<plural>s?)"),
    ("rolling", rf"the\s+(?P<past>previous|preceding)\s+{AMOUNT}\s+(?P<unit>{UNIT})(?P<plural>s?)"),
    ("rolling", r"(?P<recent>recent)\s+(?P<unit>hour|day|week|month|year)s"),
    ("rolling", rf"the\s+(?P<coming>coming|next)\s+(?:{AMOUNT}\s+)?(?P<unit>{UNIT})s"),
    ("ago", rf"{_LENGTH}\s+ago(?:\s+(?P<exact>today|this\s+week|this\s+month|on\s+{WEEKDAY}))?", ("ago",)),
    (
        "shift",
        rf"{_LENGTH}\s+(?P<way>(?:earlier|later)(?!\s+than)|prior(?!\s+to)|afterwards?|(?:before|after){_CLAUSE_END})",
        ("earlier", "later", "prior", "after", "before"),
    ),
    (
        "shift",
        r"the\s+(?P<step>previous|next|following|preceding)\s+(?P<stepunit>day|night|morning|afternoon|evening|week|month|year)",
    ),
    ("shift", rf"the\s+(?P<stepunit>day|night|evening|morning|week|month|year)\s+(?P<way>before|after){_CLAUSE_END}"),
    ("later", r"later(?:\s+(?P<inday>in\s+the\s+day|(?:on\s+)?(?:that|the\s+same)\s+day|on))?"),
    ("later", r"earlier\s+(?P<inday>in\s+the\s+day|(?:on\s+)?(?:that|the\s+same)\s+day)"),
    ("later", r"(?<![\s\S])(?P<initial>earlier)(?=,|\s+the\b|\s+an?\b)"),
    ("year", rf"(?:(?P<third>{_THIRD}|{_QUARTER})[\s-]+)?(?P<year>{_YEAR})(?!-\d)", ("19", "20")),
    ("year", rf"(?P<third>{_QUARTER})\s+(?P<mod>last|this)\s+year"),
    ("decade", r"the\s+(?:(?P<third>early|mid|late)[\s-]+)?(?P<decade>(?:19|20)\d0)s"),
    ("feast", rf"(?P<feast>christmas\s+eve|christmas(?:\s+day)?|new\s+year['’]?s\s+(?:eve|day))(?:,?\s+(?P<year>{_YEAR}))?"),
)
COMPILED = tuple((kind, Cue(rf"(?<![\w/-])(?:{pattern})(?!\w)", re.IGNORECASE), needs) for kind, pattern, *needs in FORMS)
# No form matches without one of these.
HINT = Cue(
    r"\d|day|night|morn|even|noon|dawn|dusk|sunset|sunrise|week|month|year|hour|minute|tomor|later|earlier|decade|recent|spring"
    r"|summer|autumn|fall|winter|christmas|jan|feb|mar|apr|may|ju[nl]|aug|sep|oct|nov|dec",
    re.IGNORECASE,
)
