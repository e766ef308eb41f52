"""What the desk has been told, in a form by which two runs can be compared: incidents go by their events, not by their ids.

Called by the demo and by tests. In which order articles arrive decides ids, and how often something was told on the way; it must
not decide what is told at the end.
"""

import re
from collections.abc import Iterable
from typing import Any

import orjson

from streams import wire
from streams.ports import Memory

_INCIDENT = re.compile(r"\bI\d+-\d+\b")  # as `streams.incidents.grouping` names them


def told_state(memory: Memory, rules: Iterable[str]) -> list[dict[str, Any]]:
    """Every label told under the rules named that stands, with all it says, in an order of its own.

    One that is withdrawn is left out: where the denial is decided before the report, the report is never told.
    """
    found = []
    for told in (told for rule in rules for told in memory.told_by(rule) if told.state != "withdrawn"):
        row = {"state": told.state, "silent": told.ordinal == 0, "label": wire.plain(told.label)}
        text = orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode()
        found.append(_INCIDENT.sub(lambda match: _name(match[0], memory), text))
    return [orjson.loads(text) for text in sorted(found)]


def _name(incident: str, memory: Memory) -> str:
    known = memory.incident(incident)
    return f"the incident of {' '.join(sorted(known.events))}" if known else "an incident that is gone"
