"""What `resume` reads in an incident, and the label of a resumption with its evidence and its pause.

Called by `streams.labels.episodes`, which knows what was told. The form itself (`rules.forms.resume`) knows only points in time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from rules.forms.resume import ANNOUNCED, HALTED, SPOKEN, Resumption
from rules.match import judge, places
from rules.model import Resume, Rule
from streams.knowledge.world import Knowledge
from streams.labels.coverage import FeedLife, blind
from streams.labels.wanted import Desk, View, carriers, evidence, label, qualifiers, quote, time_of
from streams.records.flow import Event, Label, Participant, Pause, PauseView, Place, Quote, Telling
from streams.records.timelines import Point

_QUARTER = 0.25  # durations contradict only beyond a quarter (DESIGN 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An incident with what it has to say to one rule."""

    seen: View
    attacks: tuple[Event, ...]  # that satisfy the rule
    announcements: tuple[Event, ...]  # that satisfy it and stand
    halts: tuple[Event, ...]
    opens: bool  # an announcement alone would open an episode


def member(rule: Rule, seen: View, knowledge: Knowledge) -> Member | None:
    """What the incident is to the rule, None for nothing."""
    attacks = carriers(rule, seen, knowledge)
    verdicts = {event.id: _announced(rule, event, seen, attacks, knowledge) for event in seen.events}
    announcements = tuple(event for event in seen.events if event.type == ANNOUNCED and verdicts[event.id] is not None)
    halts = tuple(event for event in seen.events if event.type == HALTED and verdicts[event.id] is not None)
    if not attacks and not announcements and not halts:
        return None
    opens = any(verdicts[event.id] for event in announcements)
    return Member(seen=seen, attacks=attacks, announcements=announcements, halts=halts, opens=opens)


def point(rule: Rule, seen: View, knowledge: Knowledge) -> Point | None:
    """What the incident is to the form, None for nothing; its series are left out."""
    one, when, incident = member(rule, seen, knowledge), time_of(seen), seen.incident
    if one is None or not isinstance(rule.form, Resume):
        return None
    resume = rule.form
    return Point(
        incident=incident.id,
        opener=incident.opener,
        published=incident.first_published,
        start=when.start,
        end=when.end,
        kind="attack" if one.attacks else "announcement" if one.announcements else "halt",
        stated=any(_states(resume, event) for event in one.attacks),
        announced=bool(one.announcements),
        opens=one.opens,
        halted=max((event.time.end if event.time else event.published for event in one.halts), default=None),
        speaks=bool(one.announcements) or any(event.pause for event in one.attacks),
    )


def label_of(
    rule: Rule,
    episode: Resumption,
    seen: Mapping[str, View],
    speaking: Sequence[str],
    subject: str,
    anchor: str,
    desk: Desk,
    feeds: Sequence[FeedLife] = (),
) -> Label | None:
    """The label of an episode on its anchor; `speaking`: the members whose words belong to it, the anchor among them."""
    members = {name: one for name in speaking if (one := member(rule, seen[name], desk.knowledge)) is not None}
    if anchor not in members:
        return None
    inside = [members[name] for name in dict.fromkeys((*episode.members, anchor)) if name in members]
    made = _label(rule, episode, inside, subject, members[anchor], desk)
    return replace(made, pause=_proved(rule, made.pause, members[anchor], feeds, desk)) if feeds and made.pause else made


def _announced(rule: Rule, event: Event, seen: View, attacks: Sequence[Event], knowledge: Knowledge) -> bool | None:
    """Whether an announcement or halt satisfies the rule: True it does, False it may (target unknown), None it does not."""
    filled = spoken_of(event, seen, attacks)
    if filled is None:
        return None
    verdict = judge(rule.core, filled, seen.articles.get(event.article), knowledge)
    return None if verdict is False else verdict is True and bool(filled.targets)


def spoken_of(event: Event, seen: View, attacks: Sequence[Event]) -> Telling | None:
    """What an announcement or halt speaks of, as a rule is judged on it; None for another event, and for one that is taken back.

    What it leaves unstated is filled from one of the `attacks` that satisfy the rule, in the same article, then from the
    speaker's home.
    """
    if event.type not in SPOKEN or event.about is None or event.standing == "denied" or _taken_back(event, seen):
        return None
    about = event.about
    beside = next((attack for attack in attacks if attack.article == event.article), None)
    return Telling(
        type=about.type,
        path=about.path,
        trigger=event.trigger,
        sentence=event.sentence,
        actors=about.actors or event.actors,
        targets=about.targets or (beside.targets if beside else ()),
        place=about.place or (beside.place if beside else None) or _home(event.actors),
    )


def _home(actors: Sequence[Participant]) -> Place | None:
    homes = [(actor, role.nation) for actor in actors for role in actor.nations if role.role == "home"]
    if len(homes) != 1:
        return None
    _, nation = homes[0]
    return Place(span=None, name=nation, kind="country", country=nation, path=(nation,))


def _taken_back(event: Event, seen: View) -> bool:
    """Whether its own speaker denies it, later or in the same breath."""
    speakers = {actor.id for actor in event.actors if actor.id}
    return any(
        other.type == event.type
        and other.standing == "denied"
        and other.published >= event.published
        and (not speakers or speakers & {actor.id for actor in other.actors if actor.id})
        for other in seen.events
    )


def _states(resume: Resume, event: Event) -> bool:
    """Whether the pause that the event's article states is as long as the rule asks."""
    pause = event.pause
    if pause is None:
        return False
    low, high = _length(pause, event)
    if low is None:
        return False
    middle = low if high is None else (low + high) / 2
    return timedelta(days=middle) >= resume.pause


def _length(pause: Pause, event: Event) -> tuple[float | None, float | None]:
    """Days of quiet as bounds, from the stated length, else from its stated beginning to the event."""
    if pause.days_low is not None:
        return pause.days_low, pause.days_high
    if pause.since is None or event.time is None:
        return None, None
    day = timedelta(days=1)
    return max((event.time.start - pause.since.end) / day, 0.0), (event.time.end - pause.since.start) / day


def _label(rule: Rule, episode: Resumption, inside: Sequence[Member], subject: str, anchor: Member, desk: Desk) -> Label:
    quotes: list[Quote] = []
    if "observed" in episode.kinds:
        quotes += evidence(rule, anchor.attacks, anchor.seen, desk.knowledge)
    quotes += [_pause_quote(event, one) for one in inside for event in one.attacks if event.pause and "stated" in episode.kinds]
    announcing = [(event, one) for one in inside for event in one.announcements]
    if "announced" in episode.kinds:
        quotes += [
            quote(telling, event, one.seen) for event, one in announcing for telling in event.tellings if telling.adds == "tells"
        ]
    for one in _begun(inside, anchor)[:1]:
        quotes += evidence(rule, one.attacks, one.seen, desk.knowledge)
    carrier = (anchor.attacks or anchor.announcements or anchor.seen.events)[0]
    words = [word for event in (*anchor.attacks, *(event for event, _ in announcing)) for word in event.attribution]
    return label(
        rule,
        anchor.seen,
        carrier,
        desk,
        subject=subject,
        evidence=tuple({(each.article, each.span.start, each.span.where): each for each in quotes}.values()),
        qualifiers=tuple(each for one in inside for each in qualifiers(one.announcements, one.seen)),
        kinds=episode.kinds,
        pause=_pause_view(episode, inside, anchor),
        attribution=tuple({(word.span.text, word.via): word for word in words}.values()),
    )


def _pause_quote(event: Event, one: Member) -> Quote:
    """The sentence that states the pause."""
    for telling in event.tellings:
        if telling.pause is not None:
            return quote(telling, event, one.seen)
    return quote(event, event, one.seen)


def _pause_view(episode: Resumption, inside: Sequence[Member], anchor: Member) -> PauseView:
    stated = [(event.pause, event) for one in inside for event in (*one.attacks, *one.announcements) if event.pause]
    since = next((pause.since for pause, _ in stated if pause.since), None)
    lengths = [(pause, event) for pause, event in stated if pause.days_low is not None]
    length = lengths[0][0] if lengths else None
    halted_by = next((pause.halted_by.span.text for pause, _ in stated if pause.halted_by), "")
    view = PauseView(
        since=since,
        days_low=length.days_low if length else None,
        days_high=length.days_high if length else None,
        length_text=length.length_text if length else "",
        halted_by=halted_by,
        proof=episode.proof,
        quiet_since=episode.quiet_since,
        begun=min((time_of(one.seen).start for one in _begun(inside, anchor)), default=None),
    )
    return replace(view, contradiction=_contradiction(episode, stated, anchor))


def _proved(rule: Rule, pause: PauseView, anchor: Member, feeds: Sequence[FeedLife], desk: Desk) -> PauseView:
    """The pause as far as the feeds saw it: only that of our own history can be blind, and only right before the attack."""
    form = rule.form
    if pause.quiet_since is None or not isinstance(form, Resume):
        return pause
    start, place = time_of(anchor.seen).start, anchor.seen.facts.place
    areas = {area for one in places(rule.core) for area in one.areas}
    if not areas and place is not None and any(part.startswith("place.") for part in form.by):
        areas = {*place.path, *filter(None, (place.country,))}
    found = blind(feeds, areas, max(pause.quiet_since, start - form.pause), start, desk.knowledge)
    return replace(pause, proof="unproven", blind_since=found[0], blind_until=found[1]) if found else pause


def _begun(inside: Sequence[Member], anchor: Member) -> list[Member]:
    """The attacks that followed an announcement, where it is what the episode was opened by."""
    return [] if anchor.attacks else [one for one in inside if one.attacks]


def _contradiction(episode: Resumption, stated: Sequence[tuple[Pause, Event]], anchor: Member) -> str:
    """Said when two accounts of the length differ by more than a quarter: those stated, and what we observed."""
    spans = [
        (low, high, f'"{_words(pause)}"') for pause, event in stated for low, high in [_length(pause, event)] if low is not None
    ]
    if episode.quiet_since is not None:
        seen = (time_of(anchor.seen).start - episode.quiet_since) / timedelta(days=1)
        spans.append((seen, seen, f"{seen:.0f} days by our own record"))
    for index, (low, high, words) in enumerate(spans):
        for other_low, other_high, other_words in spans[index + 1 :]:
            if high is not None and high * (1 + _QUARTER) < other_low:
                return f"{words} against {other_words}"
            if other_high is not None and other_high * (1 + _QUARTER) < low:
                return f"{words} against {other_words}"
    return ""


def _words(pause: Pause) -> str:
    return pause.length_text or (pause.since.text if pause.since else pause.quote.text)
