"""By what a peer's message is known again as ours: what it says, not how our journal numbers it.

Called by the sinks. A store made from a backup numbers anew what happens after it: the same incident may get another id, and,
worse, another incident the same one. Then a mark by the id alone would take somebody else's post for ours, and an alert would be
lost.
"""

import hashlib
import json

from streams.records.flow import Delivery


def said(delivery: Delivery) -> str:
    """A digest of what a delivery announces: rules, the event each rests on, and the how-manieth word on it this is."""
    words = sorted((one.kind, one.label.rule, one.ordinal, one.label.event, *one.changes) for one in delivery.alerts)
    whole = json.dumps(words or [delivery.id], ensure_ascii=True)
    return hashlib.blake2b(whole.encode(), digest_size=16).hexdigest()
