"""What a digest is, as a frozen record: alerts that are told together, later; deliveries carry it to render and to the sinks."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Why alerts are told together, and when."""

    id: str  # "D" and a running number; stands for the incident in its deliveries
    cause: str  # in words, e.g. 'rule "any-strike" (owner gsoc) has sent 10 alerts in 1h'
    since: datetime  # when it was begun
    until: datetime  # when what it has gathered is told
    notice: bool = False  # this delivery says that it has begun; the alerts follow
