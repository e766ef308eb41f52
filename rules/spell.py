"""Clauses in the words of the rule file, on one line; for reports of what a rule means or why it did not hold."""

import json
import re
from typing import Any

from rules.maps import as_map, pair
from rules.model import AllOf, Clause, Trait

_PLAIN = re.compile(r"[\w(/][^,\[\]{}:#\"\n]*")  # texts that need no quotes on a line of YAML


def braced(part: Clause | Trait) -> str:
    """The clause as a whole map, e.g. `{event: armed-attack, target: {kind: base, used_by: US}}`."""
    return _flow(as_map(part))


def spelled(part: Clause | Trait) -> str:
    """The clause as it stands in a map, e.g. `target: {kind: base, used_by: US}`."""
    key, value = ("all", [as_map(one) for one in part.parts]) if isinstance(part, AllOf) else pair(part)
    return f"{key}: {_flow(value)}"


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_flow(each)}' for key, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return text if isinstance(value, int) or _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
