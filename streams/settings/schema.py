"""JSON Schema (2020-12) of `tocsin.yaml`, from the same models that judge it; asked for by `tocsin schema`.

Their descriptions are what an editor shows. What the file has besides (channels by name, secrets that may come from the
environment) is here as `streams.settings.load` reads it; what no schema can say (that the environment has a secret, that a
default names a channel of the file) is left to `tocsin check`.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from streams.settings.load import INNER, KINDS, ROLES, SECRETS
from streams.settings.model import DeliveryPace, Feed, Kafka, Part, Poll, Retention, Settings, Spending
from streams.settings.secret import Secret

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "pattern": r"\S"}
_LENGTH: Schema = {"type": "string", "pattern": r"^\s*([0-9]{1,9}\s?[smhdw])+\s*$"}
_SIZE: Schema = {"type": "string", "pattern": "^[0-9]{1,6} ?(kB|MB)$"}
_ADDRESS: Schema = {"type": "string", "pattern": r"^\s*[hH][tT][tT][pP][sS]?://[^/]"}
_SECRET: Schema = {
    "type": "object",
    "properties": {
        "env": _TEXT | {"description": "a variable of the environment"},
        "file": _TEXT | {"description": "a file that holds it, relative to this one"},
    },
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
}
EXAMPLES: Mapping[str, list[Any]] = {
    "feeds": [[{"name": "example-wire", "url": "https://news.example/rss.xml", "covers": ["IQ", "SY"], "tier": 1, "every": "5m"}]],
    "channels": [{"default": "slack:gsoc", "slack:gsoc": {"channel": "C0123456789", "token": {"env": "TOCSIN_SLACK_TOKEN"}}}],
    "store": ["tocsin.db", {"env": "TOCSIN_STORE"}],
    "retention": [{"articles": "30d", "events": "400d"}],
    "time_zone": ["Europe/Berlin"],
    "rules": ["rules"],
    "knowledge": ["knowledge"],
    "poll": [{"contact": "desk@company.example"}],
    "every": ["5m"],
    "covers": [["IQ", "SY"]],
    "headers": [{"Authorization": {"env": "PAID_SERVICE_KEY"}}],
    "max_bytes": ["15MB"],
    "budget": [{"alerts": 20, "within": "1h"}],
    "brokers": [["kafka1:9092", "kafka2:9092"]],
}


def settings_schema() -> Schema:
    """The schema of the settings file."""
    headers = {"type": "object", "additionalProperties": _SECRET}
    values = {
        "feeds": {"type": "array", "items": _part(Feed, {"url": _ADDRESS, "headers": headers})},
        "channels": _channels(),
        "store": {"anyOf": [_TEXT, _SECRET]},
        "kafka": _part(Kafka),
        "retention": _part(Retention),
        "poll": _part(Poll, {"max_bytes": _SIZE}),
        "delivery": _part(DeliveryPace),
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Settings of Tocsin"}
    return head | _part(Settings, values, optional=("channels",))  # without channels, alerts go to the terminal


def _part(model: type[Part], values: Mapping[str, Schema] | None = None, optional: tuple[str, ...] = ()) -> Schema:
    """One map; `values` has what cannot be told from the model."""
    fields = {field.alias or name: field for name, field in model.model_fields.items() if name not in INNER}
    described: dict[str, Schema] = {}
    for key, field in fields.items():
        described[key] = (values or {}).get(key) or _value(field)
        if "pattern" in described[key]:
            described[key] |= {"patternErrorMessage": f"this is {field.description}"}
        described[key] |= {"description": field.description} | ({"examples": EXAMPLES[key]} if key in EXAMPLES else {})
        if type(field.default) in (str, int, bool) and key != "max_bytes" and field.default != "":
            described[key] |= {"default": field.default}
    needed = [key for key, field in fields.items() if field.is_required() and key not in optional]
    required = {"required": needed} if needed else {}
    return {"type": "object", "properties": described, "additionalProperties": False} | required


def _channels() -> Schema:
    """Channels by name, and the names of those with a task of their own."""
    named: dict[str, Schema] = {}
    for kind, model in KINDS.items():
        if kind != "console":
            secret = (SECRETS[kind][0],)  # the environment may have it
            named[f"^{kind}:."] = _part(model, {"budget": _part(Spending)}, optional=secret)
    roles = {role: _TEXT | {"description": f"the name of a channel: that for {words}"} for role, words in _ROLES.items()}
    console = _part(KINDS["console"], {"budget": _part(Spending)}) | {"description": "messages on the terminal: {}"}
    return {
        "type": "object",
        "properties": roles | {"console": console},
        "patternProperties": named,
        "additionalProperties": False,
    }


_ROLES = dict(zip(ROLES, ("rules that name none", "what we say of ourselves"), strict=True))


def _value(field: FieldInfo) -> Schema:
    """What stands under a key, as far as its type tells."""
    kind = _bare(field.annotation)
    if get_origin(kind) is Literal:
        return {"enum": list(get_args(kind))}
    if get_origin(kind) is tuple:  # one of them may stand alone
        return {"anyOf": [_TEXT, {"type": "array", "items": _TEXT} | ({"minItems": 1} if field.is_required() else {})]}
    if kind is int:
        ends = {type(one): one for one in field.metadata}
        return {"type": "integer", "minimum": ends[Ge].ge, "maximum": ends[Le].le}
    if kind is str:
        pattern = next((found for one in field.metadata if (found := getattr(one, "pattern", None))), None)
        longest = next((found for one in field.metadata if (found := getattr(one, "max_length", None))), None)
        bound = {"maxLength": longest} if longest else {}
        asked = {} if field.default == "" else {"pattern": str(pattern or _TEXT["pattern"])}
        return {"type": "string"} | asked | bound
    return dict({bool: {"type": "boolean"}, timedelta: _LENGTH, Secret: _SECRET, Path: _TEXT}[kind])


def _bare(kind: Any) -> Any:
    """The type without what qualifies it: `str` of `Annotated[str, ...] | None`."""
    while get_origin(kind) in (Annotated, Union, UnionType):
        kind = get_args(kind)[0]
    return kind
