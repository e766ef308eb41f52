"""What a rule says of an incident now: *wanted*, built from events alone and never from the clock.

Called by `streams.decide`. Evidence is what satisfies the rule sentence by sentence; sentences that only update the event
(failed, unclear) are qualifiers and raise nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rules.distance import nearby, nears
from rules.index import Index
from rules.match import holds, severity
from rules.model import Rule
from streams.incidents.facts import quoted, standing
from streams.incidents.sameness import ATTACK, is_accident, is_statement
from streams.knowledge.world import Knowledge
from streams.ports import Memory
from streams.records.flow import (
    Article,
    Attribution,
    Event,
    EvidenceKind,
    Incident,
    Interval,
    Label,
    PauseView,
    Quote,
    Span,
    Standing,
    Telling,
)
from streams.records.policies import Budget
from streams.route import channels_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the matcher works by; changes only through a journal entry."""

    rules: Sequence[Rule]
    knowledge: Knowledge
    default_channels: tuple[str, ...]
    budgets: Mapping[str, Budget] = field(default_factory=dict)  # of channels that have one
    time_zone: str = "UTC"  # the desk's, IANA name
    index: Index = field(init=False, repr=False, compare=False)  # of the rules; a desk is made once for a rule set

    def __post_init__(self) -> None:
        """Builds the index."""
        object.__setattr__(self, "index", Index(self.rules, self.knowledge))


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """An incident with its events and articles at hand."""

    incident: Incident
    events: tuple[Event, ...]  # canonical order
    articles: dict[str, Article]

    @property
    def facts(self) -> Telling:
        """The incident's merged facts."""
        return self.incident.facts


def view(incident: Incident, memory: Memory) -> View:
    """The incident as memory has it."""
    events = memory.events(incident.events)
    articles = (memory.article(name) for name in dict.fromkeys(event.article for event in events))
    return View(incident=incident, events=events, articles={a.id: a for a in articles if a is not None})


def carriers(rule: Rule, seen: View, knowledge: Knowledge) -> tuple[Event, ...]:
    """The incident's events that satisfy the rule, each judged with the standing of the whole.

    What may be near to a watched site only because its place is coarse is judged once more at the finest place that the
    incident has: "in Iraq" no longer may be near when another article says "in Mosul".
    """
    coarse = takes_coarse(rule)
    found = []
    for event in seen.events:
        article, looks = seen.articles.get(event.article), as_judged(event, seen, coarse=coarse)
        if looks and all(holds(rule.when, look, article, knowledge) for look in looks):
            found.append(event)
    return tuple(found)


def takes_coarse(rule: Rule) -> bool:
    """Whether the rule takes a place that is too coarse to tell for one near a watched site."""
    return any(clause.if_coarse for clause in nears(rule.when))


def as_judged(event: Event, seen: View, *, coarse: bool) -> tuple[Event, ...]:
    """The event as it is judged: a rule holds of it that holds of each of these. None, when it denies what the whole does not.

    Args:
        coarse: the rule takes a place that is too coarse to tell for one near a watched site.
    """
    whole = _standing(event, seen)
    if event.standing == "denied" and whole != "denied":
        return ()
    weighed = event if event.standing == whole else replace(event, standing=whole)
    return (weighed, replace(weighed, place=seen.facts.place)) if coarse else (weighed,)


def wanted(rule: Rule, seen: View, desk: Desk) -> Label | None:
    """The label that a plain rule puts on the incident, None for none."""
    carrying = carriers(rule, seen, desk.knowledge)
    if not carrying:
        return None
    return label(
        rule,
        seen,
        carrying[0],
        desk,
        subject=seen.incident.id,
        evidence=evidence(rule, carrying, seen, desk.knowledge),
        qualifiers=qualifiers(carrying, seen),
    )


def label(
    rule: Rule,
    seen: View,
    carrier: Event,
    desk: Desk,
    *,
    subject: str,
    evidence: tuple[Quote, ...],
    qualifiers: tuple[Quote, ...],
    kinds: tuple[EvidenceKind, ...] = (),
    pause: PauseView | None = None,
    attribution: tuple[Attribution, ...] | None = None,
) -> Label:
    """A label carried by one event of an incident; `attribution` None: the incident's own."""
    facts, incident = seen.facts, seen.incident
    article = seen.articles.get(carrier.article)
    return Label(
        rule=rule.id,
        rule_hash=rule.hash,
        subject=subject,
        anchor=incident.id,
        severity=severity(rule, facts, article, desk.knowledge),
        title=rule.title,
        event=carrier.id,
        article=carrier.article,
        time=time_of(seen),
        published=carrier.published,
        stage=carrier.stage,
        outcome=facts.outcome,
        standing=_standing(carrier, seen),
        doubt=quoted(facts.doubt),
        attribution=facts.attribution if attribution is None else attribution,
        place=facts.place,
        counts=facts.counts,
        claimed_by=tuple(one.id or one.span.text for one in facts.claimed_by),
        disowned_by=tuple(one.id or one.span.text for one in facts.disowned_by),
        evidence=evidence,
        qualifiers=qualifiers,
        evidence_kinds=kinds,
        pause=pause,
        origins=incident.origins,
        waves=incident.waves,
        channels=channels_of(rule, desk.default_channels),
        again_on=rule.again_on,
        nearby=nearby(tuple(nears(rule.when)), facts),
        policy=rule.policy,
        shadow=rule.mode == "shadow",
    )


def time_of(seen: View) -> Interval:
    """When the incident happened; the days up to its first publication where nothing is stated."""
    if seen.facts.time is not None:
        return seen.facts.time
    published = seen.incident.first_published
    return Interval(start=published, end=published, precision="unstated")


def evidence(rule: Rule, carrying: Iterable[Event], seen: View, knowledge: Knowledge) -> tuple[Quote, ...]:
    """Sentences that satisfy the rule by themselves, given when and how the event is; all telling ones where none does alone."""
    quotes: list[Quote] = []
    for event in carrying:
        told = [telling for telling in event.tellings if telling.adds == "tells"] or [event]
        article = seen.articles.get(event.article)
        alone = [telling for telling in told if holds(rule.when, _completed(telling, event, seen), article, knowledge)]
        quotes += [quote(telling, event, seen) for telling in alone or told]
    return _once(quotes)


def qualifiers(carrying: Iterable[Event], seen: View) -> tuple[Quote, ...]:
    """Sentences that update the events and raise nothing."""
    return _once(quote(one, event, seen) for event in carrying for one in event.tellings if one.adds == "qualifies")


def quote(telling: Telling, event: Event, seen: View) -> Quote:
    """The sentence of a telling, with the words that matter marked."""
    article = seen.articles.get(event.article)
    phrases = [telling.trigger]
    phrases += [one.span for one in (*telling.actors, *telling.targets)] + [tool.span for tool in telling.instruments]
    phrases += [telling.pause.quote] if telling.pause else []
    phrases += telling.doubt
    return Quote(
        article=event.article,
        source=event.source,
        url=article.url if article else "",
        span=telling.sentence,
        marks=_inside(telling.sentence, phrases),
    )


def _standing(event: Event, seen: View) -> Standing:
    if is_accident(event) and ATTACK in seen.facts.path:
        return event.standing  # what speaks against the attack is not weighed with it
    if not is_statement(event):
        return seen.facts.standing
    return standing([other for other in seen.events if other.type == event.type])


def _completed(telling: Telling, event: Event, seen: View) -> Telling:
    return replace(
        telling,
        stage=event.stage,
        standing=_standing(event, seen),
        place=telling.place or event.place,
        time=telling.time or event.time,
        outcome=telling.outcome or event.outcome,
    )


def _inside(sentence: Span, phrases: Iterable[Span]) -> tuple[Span, ...]:
    """The phrases inside the sentence, not overlapping, longest first where they do."""
    kept: list[Span] = []
    for span in sorted(phrases, key=lambda span: span.start - span.end):
        inside = span.where == sentence.where and sentence.start <= span.start and span.end <= sentence.end
        if inside and all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return tuple(sorted(kept, key=lambda span: span.start))


def _once(quotes: Iterable[Quote]) -> tuple[Quote, ...]:
    """Each sentence once; the same words in two articles are one piece of evidence."""
    found: dict[tuple[str, str], Quote] = {}
    for each in quotes:
        found.setdefault((each.article, each.span.text), each)
    return tuple(found.values())
