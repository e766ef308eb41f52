"""How far work that is done in slices has come, as a frozen record; the Memory port keeps it, `streams.backfill` moves it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """New or changed rules of one rule set on their way through the incidents that were known before them."""

    entry: int  # journal number of the rule set
    rules: tuple[str, ...]  # ids, in the order of the set
    total: int  # incidents known when the set was journalled
    after: str = ""  # incidents are taken by id; all up to this one are judged
    judged: int = 0  # incidents judged in turn so far; those judged before their turn are not counted
    ended: tuple[str, ...] = ()  # temporal rules whose episodes are told, once all incidents are judged
