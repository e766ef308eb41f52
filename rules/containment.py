"""Which rules match only what another one matches as well; called by `rules.lint`.

Rules over time are left out: what they tell is an episode, and two of them are alike only where nobody would write both.
"""

from collections.abc import Iterator, Sequence

from rules.distance import nears
from rules.follows import Logic
from rules.model import AllOf, AnyOf, EventIs, Rule


def contained(rules: Sequence[Rule], logic: Logic) -> Iterator[tuple[Rule, Rule, str]]:
    """The rule, one that contains it, and how in words; of several that do, the first in the files."""
    plain = [(rule, _types(rule), any(near.if_coarse for near in nears(rule.when))) for rule in rules if rule.form is None]
    equal: set[str] = set()
    for one, types, _ in plain:
        if one.id in equal or logic.never(one.when):
            continue
        for other, wider, coarse in plain:
            if coarse or other is one or not _comparable(one, other) or not _below(types, wider, logic):
                continue  # a place too coarse to tell is judged twice, see streams.labels.wanted
            if logic.follows(one.when, other.when):
                same = _comparable(other, one) and logic.follows(other.when, one.when)
                if same:
                    equal.add(other.id)
                yield one, other, "matches just what is matched by" if same else "matches nothing that is not matched by"
                break


def _comparable(one: Rule, other: Rule) -> bool:
    """Whether the other rule tells whatever it matches whenever the first would."""
    lasts = other.expires is None or (one.expires is not None and one.expires <= other.expires)
    return one.mode == other.mode and one.max_age <= other.max_age and lasts


def _types(rule: Rule) -> tuple[str, ...] | None:
    """Types that an event must have, None where that cannot be said at once."""
    parts = rule.core.parts if isinstance(rule.core, AllOf) else (rule.core,)
    if isinstance(rule.core, AnyOf):
        return None
    return next((part.nodes for part in parts if isinstance(part, EventIs)), None)


def _below(types: tuple[str, ...] | None, wider: tuple[str, ...] | None, logic: Logic) -> bool:
    """Whether the proof is worth trying: nearly all pairs of rules are told apart here."""
    if types is None or wider is None:
        return True
    is_a = logic.knowledge.is_a
    return all(any(type == node or is_a(type, node) for node in wider) for type in types)
