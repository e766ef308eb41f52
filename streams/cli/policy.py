"""What a rule asks of time and delivery, a sentence each; for people who want to know what it will do."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from streams.notation.durations import in_words

if TYPE_CHECKING:
    from rules.model import Rule


def sentences(rule: "Rule") -> Iterator[str]:
    """The key in the rule file, and what it does."""
    policy = rule.policy
    yield f"max_age: what happened more than {in_words(rule.max_age)} ago is not announced as new"
    if rule.expires:
        yield f"expires: after {rule.expires} nothing is announced as new; what was told is still corrected"
    if rule.mode == "shadow":
        yield "mode: in shadow, so it is judged and recorded and never sent"
    yield f"to: {', '.join(rule.channels) or 'the default channel of the settings'}"
    again = f"{', '.join(rule.again_on)} call again" if rule.again_on else "nothing that is added calls again"
    yield f"again_on: on the same post {again}; a correction or withdrawal always does"
    if hold := policy.hold:
        end = "it is sent, marked as resting on fewer" if hold.otherwise == "send-marked" else "it is sent"
        yield f"hold: the first telling waits up to {_length(hold.within_s)} for {hold.sources} independent sources, then {end}"
    for step in policy.escalate:
        yield f"escalate: when nobody has taken it after {_length(step.unacked_s)}, {', '.join(step.channels)} is told"
    if quiet := policy.quiet:
        zone = quiet.time_zone or "the desk's time"
        yield f"quiet: from {quiet.start} to {quiet.end} ({zone}) what is below {quiet.below} waits for a digest"
    if budget := policy.budget:
        most = f"{budget.alerts} alerts within {_length(budget.within_s)}"
        yield f"budget: beyond {most} the rest goes into a digest, and the owner is told"
    if policy.inhibits:
        yield f"inhibits: of an incident that it has told, {', '.join(policy.inhibits)} does not call unless it is graver"


def _length(seconds: int) -> str:
    return in_words(timedelta(seconds=seconds))
