"""What editors offer beside a key's meaning: for the keys of each table of `rules.keys`, values that are right there.

Kept apart from `rules.keys`, whose words stand in error texts. A test reads every example as part of a rule.
"""

from typing import Any

_COUNT = [1, ">=1", "<5"]
_BY: list[Any] = [[], "place.country", ["actor.group", "place.country"]]
_GROUPS: dict[str, list[Any]] = {
    "any": [[{"event": "armed-attack"}, {"event": "abduction"}]],
    "all": [[{"event": "armed-attack"}, {"place": {"in": "IQ"}}]],
    "not": [{"place": {"in": "IQ"}}],
}
_PARTS: dict[str, list[Any]] = {
    "event": ["armed-attack", ["armed-attack", "abduction"]],
    "stage": ["happened", ["happened", "threatened"]],
    "place": [{"in": ["IQ", "SY"]}, {"known": True}],
    "actor": [{"forces_of": "US"}, {"known": True}],
    "target": [{"kind": "base", "used_by": "US"}, {"nation": {"differs_from": "place.country"}}],
}
EXAMPLES: dict[str, dict[str, list[Any]]] = {
    "RULE": {
        "id": ["strike-on-us-base"],
        "title": ["Strike on a U.S. base"],
        "owner": ["gsoc"],
        "definition": ["An armed attack on a base that U.S. forces use."],
        "references": ["ACLED Codebook"],
        "mode": ["on", "shadow"],
        "when": [{"event": "armed-attack", "target": {"kind": "base"}}],
        "resume": [{"pause": "30d", "before_pause": {"incidents": 3, "within": "90d"}}],
        "count": [{"incidents": 3, "within": "48h", "by": "place.country"}],
        "sequence": [{"within": "14d", "steps": [{"event": "talks"}, {"event": "armed-attack"}]}],
        "first": [{"within": "90d", "by": "actor.group"}],
        "severity": ["high", [{"critical": {"killed": ">=1"}}, "high"]],
        "max_age": ["48h"],
        "expires": ["2031-12-31"],
        "alert": [{"to": "console", "again_on": ["toll"]}],
        "tests": [[{"fires": "Rockets hit the base."}, {"silent": "The base was opened."}]],
    },
    "WHEN": {
        **_PARTS,
        "standing": [["confirmed", "reported"]],
        "outcome": ["hit", {"known": True}],
        "instrument": ["drone", ["rocket", "missile"], {"known": True}],
        "origin": [{"in": "IR"}],
        "near": [{"watch": "sites", "within": "50km", "if_coarse": "low"}],
        "claimed_by": [{"group": "houthis"}],
        "disowned_by": [{"known": True}],
        "speaker": [{"class": "official", "nation": "US"}],
        **dict.fromkeys(("killed", "wounded", "missing", "captured", "displaced", "fired"), _COUNT),
        "doubt": [{"known": False}],
        "disclosed_late": [False],
        "source": ["example-wire"],
        "about": [{"event": "armed-attack", "target": {"nation": "US"}}],
        "mentions": ["kataib-hezbollah", {"watch": "people", "in": "title"}],
        "text": [{"any": ["car bomb"], "in": "sentence"}, {"near": {"words": ["convoy", "ambush"], "within": 8}}],
        **_GROUPS,
    },
    "ABOUT": _PARTS | _GROUPS,
    "TRAITS": {
        "kind": ["base"],
        "id": ["houthis"],
        "group": ["houthis"],
        "nation": ["US", {"differs_from": "place.country"}],
        **{key: ["US"] for key in ("forces_of", "used_by", "owned_by", "sponsored_by")},
        "known": [True],
        "any": [[{"kind": "base"}, {"used_by": "US"}]],
        "all": [[{"kind": "base"}, {"used_by": "US"}]],
        "not": [{"nation": "US"}],
    },
    "PLACE": {"in": [["IQ", "SY"]], "country": [{"differs_from": "origin.country"}], "known": [True]},
    "ORIGIN": {"in": [["IQ", "SY"]], "known": [True]},
    "NEAR": {"watch": ["sites"], "within": ["50km"], "if_coarse": ["low"]},
    "SPEAKER": {"class": ["official"], "nation": ["US"], "id": ["houthis"], "outlet": ["Reuters"], "known": [True]},
    "RESUME": {"by": _BY, "pause": ["30d"], "evidence": [["observed", "stated"]]},
    "COUNT": {"incidents": [3], "within": ["48h"], "by": _BY},
    "SEQUENCE": {"within": ["14d"], "by": ["parties"]},
    "FIRST": {"within": ["90d"], "by": _BY},
    "ALERT": {
        "to": ["console"],
        "again_on": [[], ["toll", "severity"]],
        "hold": [{"sources": 2, "within": "2h", "else": "send-marked"}],
        "escalate": [{"unacked": "10m", "to": "console"}],
        "quiet": [{"from": "22:00", "to": "06:00", "time_zone": "Europe/Berlin", "below": "high"}],
        "budget": [{"alerts": 10, "within": "1h"}],
        "inhibits": ["near-our-site", ["near-our-site", "any-threat"]],
    },
    "SITE": {"id": ["basra-plant"], "name": ["Basra plant"], "at": [[30.51, 47.78]], "radius": ["5km"]},
    "PERSON": {"id": ["jane-doe"], "name": ["Jane Doe"], "aliases": [["Dr Doe"]]},
    "TRAVEL": {
        "id": ["trip-7"],
        "name": ["Jane Doe in Erbil"],
        "at": [[36.19, 44.01]],
        "from": ["2031-01-04"],
        "to": ["2031-01-12"],
    },
}
