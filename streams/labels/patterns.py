"""Labels of `count`, `sequence` and `first`: carried by one incident, with quotes of all that make the match.

Called by `streams.labels.episodes`, which knows what was told.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from rules.forms.episodes import Episode
from rules.model import CountWithin, FirstWithin, Rule, SequenceWithin
from streams.labels.wanted import Desk, View, carriers, evidence, label, qualifiers
from streams.records.flow import Event, Label, Quote
from streams.records.timelines import Pattern, Point


def label_of(
    rule: Rule,
    episode: Episode,
    seen: Mapping[str, View],
    points: Mapping[str, Point],
    subject: str,
    anchor: str,
    desk: Desk,
    began: datetime | None,
) -> Label | None:
    """The label of an episode on its anchor, None where the anchor has nothing left to carry it by; `began`: our records."""
    carrying = _carrying(rule, seen[anchor], points[anchor], desk) if anchor in points else ()
    if not carrying:
        return None
    quotes = list(evidence(rule, carrying, seen[anchor], desk.knowledge))
    for name in episode.members:
        if name != anchor and name in seen:
            others = _carrying(rule, seen[name], points[name], desk)
            quotes += evidence(rule, others, seen[name], desk.knowledge)[:1]
    made = label(
        rule,
        seen[anchor],
        carrying[0],
        desk,
        subject=subject,
        evidence=_once(quotes),
        qualifiers=qualifiers(carrying, seen[anchor]),
        kinds=("observed",),
    )
    return replace(made, pattern=_pattern(rule, episode, points, anchor, began))


def _carrying(rule: Rule, seen: View, point: Point, desk: Desk) -> tuple[Event, ...]:
    """The incident's events that satisfy the rule, for a sequence the last step that the incident is."""
    if isinstance(rule.form, SequenceWithin) and point.steps:
        rule = replace(rule, when=rule.form.steps[point.steps[-1]].when)
    return carriers(rule, seen, desk.knowledge)


def _pattern(rule: Rule, episode: Episode, points: Mapping[str, Point], anchor: str, began: datetime | None) -> Pattern:
    form = rule.form
    beginning = points[episode.members[0]]
    later = episode.carried.index(anchor) if anchor in episode.carried else 0
    cold = isinstance(form, FirstWithin) and began is not None and began > points[anchor].at - form.within
    return Pattern(
        form="count" if isinstance(form, CountWithin) else "sequence" if isinstance(form, SequenceWithin) else "first",
        number=len(episode.members) + later,
        asked=len(episode.members),
        within_s=int(_window(rule).total_seconds()),
        since_from=beginning.start,
        since_to=beginning.end,
        key=tuple(" and ".join(filter(None, value)) for value in episode.key),
        members=episode.members,
        certain=episode.certain,
        until=episode.until,
        records_from=began if cold else None,
    )


def _window(rule: Rule) -> timedelta:
    assert isinstance(rule.form, (CountWithin, SequenceWithin, FirstWithin))
    return rule.form.within


def _once(quotes: list[Quote]) -> tuple[Quote, ...]:
    """Each sentence once, in order."""
    return tuple({(each.article, each.span.start, each.span.where): each for each in quotes}.values())
