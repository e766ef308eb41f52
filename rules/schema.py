"""JSON Schema (2020-12) of rule files and watch lists, for editors that complete, hover and mark; asked for by `tocsin schema`.

Keys and their descriptions come from `rules.keys`, words from the knowledge, so that a new key without a schema stops the
build. It says what one file may look like; what holds between files (lists, watch lists, ids) is `tocsin check`'s.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, get_args

from rules import keys
from rules.check import LONGEST_ID, LONGEST_TITLE
from rules.examples import KINDS
from rules.model import AGAIN_ON, BY, Gives, NationOf, Scope, SpeakerClass
from rules.quoted import FARTHEST
from rules.schema_examples import EXAMPLES
from rules.schema_words import (
    DAY,
    DISTANCE,
    LENGTH,
    MOMENT,
    NUMBER,
    TEXT,
    WALL_TIME,
    Schema,
    count,
    listed,
    one_of,
    some_of,
)
from streams.knowledge.world import Knowledge
from streams.records.flow import SEVERITIES, EvidenceKind, Outcome, Stage, Standing

DRAFT = "https://json-schema.org/draft/2020-12/schema"
FORMS = ("resume", "count", "sequence", "first")
_FLAG: Schema = {"type": "boolean"}


def rules_schema(knowledge: Knowledge, *, channels: Collection[str] | None = None, feeds: Collection[str] | None = None) -> Schema:
    """The schema of a rule file.

    Args:
        knowledge: whose words are allowed.
        channels: names that `to` may use; None: any.
        feeds: names that `source` may use; None: any.
    """
    whole = _table(
        "FILE",
        {
            "version": {"const": 1},
            "lists": {"type": "object", "additionalProperties": listed(TEXT | {"pattern": r"^\s*[^\s$]"})},
            "watch": {"type": "object", "additionalProperties": TEXT},
            "rules": {"type": "array", "items": _ref("rule")},
        },
        needed=("version",),
        anyOf=[{"required": ["rules"]}, {"required": ["lists"]}],
    )
    words = {
        "types": some_of(knowledge.taxonomy),
        "kinds": some_of(knowledge.kinds),
        "instruments": some_of(knowledge.instruments),
        "nations": some_of(_nations(knowledge)),
        "entities": some_of(one.id for one in knowledge.entities.values() if one.kind not in ("nation", "place")),
        "areas": some_of((*(one.id for one in knowledge.entities.values() if one.place is not None), *_nations(knowledge))),
        "channels": some_of(channels),
        "feeds": some_of(feeds),
        "texts": some_of(None),
        "by": {"anyOf": [some_of(BY), {"type": "array", "maxItems": 0}]},
    }
    return {"$schema": DRAFT, "title": "Rules of Tocsin"} | whole | {"$defs": words | _rule() | _condition() | _voices() | _forms()}


def watch_schema() -> Schema:
    """The schema of a watch list."""
    slug = _slug()
    spot = {
        "type": "array",
        "prefixItems": [{"type": "number", "minimum": -90, "maximum": 90}, {"type": "number", "minimum": -180, "maximum": 180}],
        "items": {"type": "number"},
        "minItems": 2,
        "maxItems": 2,
    }
    site = {"id": slug, "name": TEXT, "at": spot, "radius": DISTANCE}
    person = {"id": slug, "name": TEXT, "aliases": {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}}
    values: dict[str, Schema] = {
        "version": {"const": 1},
        "sites": {"type": "array", "items": _table("SITE", site, needed=keys.SITE)},
        "people": {"type": "array", "items": _table("PERSON", person, needed=("id", "name"))},
        "travel": {"type": "array", "items": _table("TRAVEL", site | {"from": DAY, "to": DAY}, needed=keys.TRAVEL)},
    }
    kinds = [{"required": [kind]} for kind in ("sites", "people", "travel")]
    whole = _table("WATCH_FILE", values, needed=("version",), anyOf=kinds)
    return {"$schema": DRAFT, "title": "A watch list of Tocsin"} | whole


def _table(name: str, values: Mapping[str, Schema], *, needed: Iterable[str] = (), **more: Any) -> Schema:
    """A map with exactly the keys of that table of `rules.keys`, described in its words."""
    table: Mapping[str, str] = getattr(keys, name)
    if set(values) != set(table):
        raise AssertionError(f"keys.{name} and the schema differ: {sorted(set(values) ^ set(table))}")
    examples = EXAMPLES.get(name, {})
    described = {
        key: values[key] | {"description": table[key]} | ({"examples": examples[key]} if key in examples else {}) for key in table
    }
    required = {"required": list(needed)} if needed else {}
    return {"type": "object", "properties": described, "additionalProperties": False} | required | more


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _slug() -> Schema:
    words = f"this is a slug: a-z, 0-9 and single hyphens, up to {LONGEST_ID} characters"
    pattern = r"^\s*[a-z0-9]+(-[a-z0-9]+)*\s*$"
    return {"type": "string", "pattern": pattern, "patternErrorMessage": words, "maxLength": LONGEST_ID}


def _nations(knowledge: Knowledge) -> list[str]:
    """Codes first, then names and adjectives."""
    codes = [one.id for one in knowledge.entities.values() if one.kind == "nation"]
    return [*codes, *(word for word in knowledge.nation_words if knowledge.nation(word))]


def _or_list(one: Schema, itself: str) -> Schema:
    """A map, or a list of such, which is *or*."""
    return {"anyOf": [one, {"type": "array", "minItems": 1, "items": _ref(itself)}]}


def _groups(itself: str) -> dict[str, Schema]:
    several = {"type": "array", "minItems": 1, "items": _ref(itself)}
    return {"any": several, "all": several, "not": _ref(itself)}


def _or_known(words: Schema) -> Schema:
    return {
        "anyOf": [words, {"type": "object", "properties": {"known": _FLAG}, "required": ["known"], "additionalProperties": False}]
    }


def _against(fields: Iterable[str]) -> Schema:
    field = one_of(fields)
    return _table("AGAINST", {"differs_from": field, "same_as": field}, minProperties=1, maxProperties=1)


_ALONE: dict[str, Any] = {"if": {"properties": {"known": {"const": False}}, "required": ["known"]}, "then": {"maxProperties": 1}}


# ------------------------------------------------------------------------------------------------------------------ rules


def _rule() -> dict[str, Schema]:
    values = {
        "id": _slug(),
        "title": TEXT | {"maxLength": LONGEST_TITLE},
        "owner": TEXT,
        "definition": TEXT,
        "references": some_of(None),
        "mode": one_of(("on", "shadow")),
        "when": _ref("condition"),
        **{form: _ref(form) for form in FORMS},
        "severity": _severity(),
        "max_age": LENGTH,
        "expires": DAY,
        "alert": _ref("alert"),
        "tests": {"type": "array", "items": _ref("test")},
    }
    one_form = {form: {"properties": {other: False for other in FORMS if other != form}} for form in FORMS}
    rule = _table(
        "RULE",
        values,
        needed=("id", "severity"),
        anyOf=[{"required": ["when"]}, {"required": ["sequence"]}],
        dependentSchemas=one_form,
    )
    return {"rule": rule, "alert": _alert(), "test": _test()}


def _severity() -> Schema:
    """A severity, or cases that end with one alone."""
    case = {
        "type": "object",
        "properties": {name: _ref("condition") | {"description": f"{name} when this holds"} for name in SEVERITIES},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    alone = one_of(SEVERITIES)
    cases = {"type": "array", "items": {"anyOf": [alone, case]}, "contains": {"type": "string"}, "maxContains": 1}
    return {"anyOf": [alone, cases]}


def _alert() -> Schema:
    channels = _ref("channels")
    step = _table("ESCALATE", {"unacked": LENGTH, "to": channels}, needed=("unacked", "to"))
    below = one_of(SEVERITIES[:-1])
    quiet = {"from": WALL_TIME, "to": WALL_TIME, "time_zone": TEXT, "below": below}
    hold = {"sources": count(2), "within": LENGTH, "else": one_of(("send-marked", "send"))}
    values = {
        "to": channels,
        "again_on": {"anyOf": [some_of(AGAIN_ON), {"type": "array", "maxItems": 0}]},
        "hold": _table("HOLD", hold, needed=("sources", "within")),
        "escalate": {"anyOf": [step, {"type": "array", "items": step, "minItems": 1}]},
        "quiet": _table("QUIET", quiet, needed=("from", "to")),
        "budget": _table("BUDGET", {"alerts": count(1), "within": LENGTH}, needed=("alerts", "within")),
        "inhibits": {"anyOf": [_slug(), {"type": "array", "items": _slug(), "minItems": 1}]},
    }
    return _table("ALERT", values)


def _test() -> Schema:
    article = _table("ARTICLE", {"text": TEXT, "title": TEXT, "published": MOMENT, "source": TEXT}, needed=("text", "published"))
    told = {"anyOf": [TEXT, {"type": "array", "items": article, "minItems": 1}]}
    step = {"text": TEXT, "title": TEXT, "published": MOMENT, "source": TEXT, "gives": one_of(get_args(Gives))}
    step |= {"severity": one_of(SEVERITIES), "revises": count(1), "health": one_of(("dead", "alive"))}
    either = [{"required": ["text"]}, {"required": ["health", "source"]}]
    line = {"type": "array", "items": _table("TOLD", step, needed=("published", "gives"), oneOf=either), "minItems": 1}
    values: dict[str, Schema] = {
        "fires": told,
        "silent": told,
        "timeline": line,
        "title": TEXT,
        "published": MOMENT,
        "source": TEXT,
        "why": TEXT,
    }
    values |= {"severity": one_of(SEVERITIES)}
    of_one = {"properties": {kind: {"not": {"type": "array"}} for kind in KINDS}}  # a list has its own dates
    return _table(
        "TEST",
        values,
        oneOf=[{"required": [kind]} for kind in KINDS],
        dependentSchemas={"title": of_one, "published": of_one, "source": of_one},
    )


# ------------------------------------------------------------------------------------------------------------------- when


def _condition() -> dict[str, Schema]:
    place = _table(
        "PLACE", {"in": _ref("areas"), "country": _against(("origin.country",)), "known": _FLAG}, minProperties=1, **_ALONE
    )
    inside: dict[str, Schema] = {
        "event": _ref("types"),
        "stage": some_of(get_args(Stage)),
        "place": place,
        "actor": _ref("participant"),
        "target": _ref("participant"),
    }
    every = inside | {
        "standing": some_of(get_args(Standing)),
        "outcome": _or_known(some_of(get_args(Outcome))),
        "instrument": _or_known(_ref("instruments")),
        "origin": _table("ORIGIN", {"in": _ref("areas"), "known": _FLAG}, minProperties=1, **_ALONE),
        "near": _table("NEAR", {"watch": TEXT, "within": DISTANCE, "if_coarse": one_of(SEVERITIES)}, needed=("watch",)),
        "claimed_by": _ref("participant"),
        "disowned_by": _ref("participant"),
        "speaker": _ref("speaker"),
        **dict.fromkeys(("killed", "wounded", "missing", "captured", "displaced", "fired"), NUMBER),
        "doubt": {"type": "object", "properties": {"known": _FLAG}, "required": ["known"], "additionalProperties": False},
        "disclosed_late": _FLAG,
        "source": _ref("feeds"),
        "about": _ref("about"),
        "mentions": _mentions(),
        "text": _text(),
    }
    return {
        "condition": _or_list(_table("WHEN", every | _groups("condition"), minProperties=1), "condition"),
        "about": _or_list(_table("ABOUT", inside | _groups("about"), minProperties=1), "about"),
    }


def _voices() -> dict[str, Schema]:
    """Participants, the groups below them, and speakers."""
    nations = _ref("nations")
    traits: dict[str, Schema] = {
        "kind": _ref("kinds"),
        "id": _ref("entities"),
        "group": _ref("entities"),
        "nation": {"anyOf": [nations, _against(get_args(NationOf))]},
        **dict.fromkeys(("forces_of", "used_by", "owned_by", "sponsored_by"), nations),
        "known": _FLAG,
        **_groups("traits"),
    }
    participant = _table("TRAITS", traits, minProperties=1, **_ALONE)
    inner = _table("TRAITS", traits, minProperties=1)
    del inner["properties"]["known"]  # stands directly under "actor" or "target" only
    spoken = {"class": some_of(get_args(SpeakerClass)), "nation": nations, "id": _ref("entities"), "outlet": _ref("texts")}
    speaker = _table("SPEAKER", spoken | {"known": _FLAG}, minProperties=1, **_ALONE)
    return {
        "participant": _or_list(participant, "participant"),
        "traits": _or_list(inner, "traits"),
        "speaker": _or_list(speaker, "speaker"),
    }


def _mentions() -> Schema:
    values = {"any": _ref("texts"), "watch": TEXT, "in": one_of(get_args(Scope))}
    table = _table("MENTIONS", values, anyOf=[{"required": ["any"]}, {"required": ["watch"]}])
    return {"anyOf": [_ref("texts"), table]}


def _text() -> Schema:
    words = _ref("texts")
    name = {"type": "string", "pattern": r"^\$"}
    more = [{"minItems": 2}, {"contains": name}]  # a list that is named may have several
    several = {"anyOf": [name, {"type": "array", "items": TEXT, "uniqueItems": True, "anyOf": more}]}
    near = _table("WORDS_NEAR", {"words": several, "within": count(2) | {"maximum": FARTHEST}}, needed=keys.WORDS_NEAR)
    values = {"any": words, "all": words, "none": words, "near": near, "in": one_of(get_args(Scope))}
    return _table("TEXT", values, anyOf=[{"required": [key]} for key in ("any", "all", "none", "near")])


# ------------------------------------------------------------------------------------------------------------------ forms


def _forms() -> dict[str, Schema]:
    by = _ref("by")
    steps = {"type": "array", "items": _ref("condition"), "minItems": 2}
    return {
        "resume": _resume(),
        "count": _table("COUNT", {"incidents": count(2), "within": LENGTH, "by": by}, needed=("incidents", "within")),
        "sequence": _table("SEQUENCE", {"steps": steps, "within": LENGTH, "by": by}, needed=("steps", "within")),
        "first": _table("FIRST", {"within": LENGTH, "by": by}, needed=("within",)),
    }


def _resume() -> Schema:
    values = {
        "by": _ref("by"),
        "pause": LENGTH,
        "before_pause": _table("BEFORE", {"incidents": count(1), "within": LENGTH}, needed=("within",)),
        "evidence": some_of(get_args(EvidenceKind)),
        "history": _table("HISTORY", {"last": DAY, "by": TEXT, "ref": TEXT}, needed=keys.HISTORY),
    }
    observed = {"anyOf": [{"const": "observed"}, {"type": "array", "contains": {"const": "observed"}}]}
    without = {"required": ["evidence"], "properties": {"evidence": {"not": observed}}}
    return _table("RESUME", values, needed=("pause",), anyOf=[{"required": ["before_pause"]}, without])
