"""Where a label goes. Called when labels are made; knows rules and the settings' default, no vendor.

Mutes, noise budgets and quiet hours belong here when they come (DESIGN 4).
"""

from rules.model import Rule


def channels_of(rule: Rule, default: tuple[str, ...]) -> tuple[str, ...]:
    """The channels of a rule's alerts: its own, else the settings' default; none for a shadow rule."""
    if rule.mode == "shadow":
        return ()
    return rule.channels or default
