"""Records to JSON and back: the one form in which records are stored, journalled and sent.

Called by the store, the journal and the runs. Same record, same bytes: keys are sorted, datetimes are ISO 8601 with "Z",
fields that hold their default are left out (so a reader of tomorrow reads the record of today). Bytes that are no record
of ours are refused with WireError.
"""

from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson
from cattrs import BaseValidationError, Converter
from cattrs.gen import make_dict_unstructure_fn

from streams.errors import WireError
from streams.records.flow import Span

VERSION = 1  # carried as "v" by every record that leaves the process; newer ones are refused

Record = TypeVar("Record")


def _moment_out(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError(f"datetime without a time zone in a record: {moment.isoformat()}")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _moment_in(text: Any, _: type) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f'"{text}" has no time zone')
    return moment.astimezone(UTC)


_converter = Converter(omit_if_default=True)
_converter.register_unstructure_hook(datetime, _moment_out)
_converter.register_structure_hook(datetime, _moment_in)

_complete = Converter(omit_if_default=False)
_complete.register_unstructure_hook(datetime, _moment_out)
_complete.register_unstructure_hook(Span, make_dict_unstructure_fn(Span, _complete, _cattrs_omit_if_default=True))


def complete(record: object) -> Any:
    """As `plain`, with every field: for readers who do not know our defaults. Only `where` of a span in the text is left out."""
    return _complete.unstructure(record)


def plain(record: object) -> Any:
    """The record as dicts, lists and JSON scalars."""
    return _converter.unstructure(record)


def encode(record: object) -> bytes:
    """The record's canonical bytes."""
    return orjson.dumps(plain(record), option=orjson.OPT_SORT_KEYS)


def encode_versioned(record: object) -> bytes:
    """The record's bytes with `"v"`, for topics and the journal."""
    return orjson.dumps(plain(record) | {"v": VERSION}, option=orjson.OPT_SORT_KEYS)


def decode(data: bytes | str, kind: type[Record]) -> Record:
    """The record in `data`; raises WireError when there is none of this kind and of a version we know."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as fault:
        raise WireError(f"no JSON: {fault}") from fault
    return structure(value, kind)


def structure(value: Any, kind: type[Record]) -> Record:
    """The record in parsed JSON; raises WireError as `decode` does."""
    if not isinstance(value, dict):
        raise WireError(f"a {kind.__name__} is an object, found {type(value).__name__}")
    version = value.pop("v", VERSION)
    if not isinstance(version, int) or version > VERSION:
        raise WireError(f'record version "{version}" is newer than {VERSION}, the newest known; upgrade this process')
    try:
        return _converter.structure(value, kind)
    except (BaseValidationError, ValueError, TypeError, KeyError) as fault:
        raise WireError(f"no {kind.__name__}: {fault}") from fault
