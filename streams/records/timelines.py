"""What temporal forms work on, as frozen records: incidents as points in event time, and what a form found among them.

Made by `streams.labels.episodes` and its kin, kept by the Memory, read by `rules.forms`; labels carry a Pattern to whoever words
them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Value = tuple[str, ...]  # one part of a key; "" where it is not stated. `parties` has two, in order of the alphabet
Key = tuple[Value, ...]  # of a series; () where a rule has one series only


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One incident as a temporal rule sees it."""

    incident: str
    opener: str  # id of its opening event, the same whatever order the articles came in
    published: datetime  # first; with `opener` it orders what happened at the same time
    start: datetime  # earliest moment of the attack, statement or halt
    end: datetime  # latest
    keys: tuple[Key, ...] = ((),)  # of the series it belongs to, several where it has several groups, nations or weapons
    steps: tuple[int, ...] = ()  # of a sequence: the steps it satisfies, from 0
    kind: Literal["attack", "announcement", "halt"] = "attack"  # this and the rest: for `resume`
    stated: bool = False  # its article states a pause that satisfies the rule
    announced: bool = False  # it carries an announcement that satisfies the rule and stands
    opens: bool = True  # an announcement whose target is unknown adds evidence but opens nothing
    halted: datetime | None = None  # when it was said in it that attacks are halted; None: it was not said
    speaks: bool = False  # its articles say anything of a pause, so that its words belong to the alert

    @property
    def at(self) -> datetime:
        """The middle of its time, by which it is ordered and measured."""
        return self.start + (self.end - self.start) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What `count`, `sequence` or `first` found, as an alert tells it."""

    form: Literal["count", "sequence", "first"]
    number: int  # which one the incident is that carries the label: 3 for the third of a count
    asked: int  # how many the rule asks for: incidents, steps, or 1
    within_s: int  # the rule's window
    since_from: datetime  # time of the first of `members`, as an interval
    since_to: datetime
    key: tuple[str, ...]  # of the series, a part each, "" where it is not stated; empty: one series
    members: tuple[str, ...]  # incidents that make it, in event order, the last one completes it
    certain: bool  # False: vague times, so that it may be more than the window
    until: datetime | None = None  # of `count`: when its window holds fewer than asked, by what is known
    ended: bool = False  # that moment has passed
    records_from: datetime | None = None  # of `first`: where our records begin, when that is less than the window before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """Where the matcher's records begin: of what was before, nothing is known."""

    at: datetime
