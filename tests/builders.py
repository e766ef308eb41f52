"""Records for tests of the core, built by hand: what the extractor would have made of a plain sentence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rules.defaults import expanded
from rules.model import (
    DEFAULT_MAX_AGE,
    AllOf,
    AnyOf,
    CountWithin,
    EventIs,
    FirstWithin,
    Form,
    KindIs,
    NationIs,
    NotThat,
    OutcomeIn,
    Resume,
    Rule,
    SequenceWithin,
    SeverityCase,
    StageIn,
    StandingIn,
    Step,
    Who,
)
from streams.records.flow import (
    About,
    Article,
    Attribution,
    Event,
    Interval,
    NationRole,
    Participant,
    Place,
    Reading,
    Span,
    Telling,
)

ATTACK = ("violence", "armed-attack", "explosions", "shelling-artillery-missile")
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    """A moment of 2024: "04-22" or "04-22 06:30", UTC."""
    day, _, clock = text.partition(" ")
    return datetime.fromisoformat(f"2024-{day}T{clock or '12:00'}:00").replace(tzinfo=UTC)


def day(text: str) -> Interval:
    """The whole day."""
    start = at(f"{text} 00:00")
    return Interval(start=start, end=start + DAY, precision="day", text=text)


def article(name: str, published: str, *, source: str = "", **more: Any) -> Article:
    """An article of one sentence that nobody reads."""
    moment = at(published)
    source = source or f"feed-{name}"
    more = {"text": f"Text of {name}.", "taken_at": moment} | more
    return Article(id=name, source=source, url=f"https://{source}.example/{name}", title="", published=moment, **more)


def us_base(site: str | None = "al-asad", text: str = "the base") -> Participant:
    """A base that U.S. forces use."""
    return Participant(span=Span(text, 10, 10 + len(text)), head="base", id=site, kind="base", nations=(NationRole("US", "user"),))


def group(name: str = "kataib-hezbollah") -> Participant:
    """An armed group of Iraq."""
    return Participant(
        span=Span(name, 0, len(name)), head="group", id=name, kind="armed-group", nations=(NationRole("IQ", "home"),)
    )


def place(name: str = "al-asad", country: str = "IQ", kind: Any = "site") -> Place:
    """A place and its country."""
    return Place(span=None, name=name, kind=kind, country=country, path=(name, country) if name != country else (country,))


def official(via: str = "", nation: str | None = None) -> Attribution:
    """An official on record."""
    return Attribution(span=Span("an official", 0, 11), speaker="official", nation=nation, via=via)


def anonymous(via: str = "") -> Attribution:
    """A source without a name."""
    return Attribution(span=Span("a source", 0, 8), speaker="anonymous-official", via=via)


def attack(home: Article, when: str | None, *, offset: int = 0, **more: Any) -> Event:
    """An attack on a U.S. base; `when` None: not stated."""
    trigger = Span("attacked", offset + 4, offset + 12)
    sentence = Span(f"sentence {offset} of {home.id}", offset, offset + 60)
    interval = day(when) if when else Interval(start=home.published - DAY, end=home.published, precision="unstated")
    told: dict[str, Any] = {
        "type": ATTACK[-1],
        "path": ATTACK,
        "trigger": trigger,
        "sentence": sentence,
        "targets": (us_base(),),
        "place": place(),
        "time": interval,
    } | more
    return Event(
        id=f"{home.id}#{home.revision}:text:{trigger.start}-{trigger.end}",
        article=home.id,
        revision=home.revision,
        published=home.published,
        source=home.source,
        tellings=(Telling(**told),),
        **told,
    )


def announcement(
    home: Article, *, kind: str = "resumption-announced", offset: int = 200, who: str = "kataib-hezbollah", **more: Any
) -> Event:
    """A group announces that it resumes, or halts, attacks on whom it does not say."""
    path = ("violence", "armed-attack")
    about = About(type="armed-attack", path=path, actors=(group(who),), stage="announced")
    told = {"type": kind, "path": ("statements", kind), "actors": (group(who),), "targets": (), "place": None, "about": about}
    return attack(home, None, offset=offset, **(told | more))


def reading(home: Article, *events: Event) -> Reading:
    """What the extractor made of an article."""
    return Reading(article=home, extractor="by hand", events=events)


def denied(event: Event, **more: Any) -> Event:
    """The same, denied by whoever tells it."""
    told = {"standing": "denied", **more}
    return replace(event, tellings=tuple(replace(each, **told) for each in event.tellings), **told)


def strike_rule(**more: Any) -> Rule:
    """`strike-on-us-base` as the shipped pack means it."""
    core = AllOf(
        (
            EventIs(("armed-attack",)),
            Who("target", AllOf((KindIs(("base",)), NationIs("used_by", ("US",))))),
            NotThat(Who("actor", NationIs("forces_of", ("US",)))),
        )
    )
    cases = (SeverityCase(severity="medium", when=OutcomeIn(("intercepted", "missed"))), SeverityCase(severity="high"))
    return _rule("strike-on-us-base", core, cases, None, more)


def resume_rule(**more: Any) -> Rule:
    """`attacks-resume` as the shipped pack means it."""
    core = AllOf((EventIs(("armed-attack",)), Who("target", NationIs("forces_of", ("US",)))))
    resume = Resume(
        by=(),
        pause=30 * DAY,
        before_incidents=3,
        before_within=90 * DAY,
        evidence=frozenset(("observed", "stated", "announced")),
    )
    return _rule("attacks-resume", core, (SeverityCase(severity="high"),), more.pop("form", resume), more)


def count_rule(*by: str, incidents: int = 3, within: timedelta = 2 * DAY, **more: Any) -> Rule:
    """So many attacks within so long."""
    form = CountWithin(incidents=incidents, within=within, by=by)
    return _rule("campaign", EventIs(("armed-attack",)), (SeverityCase(severity="high"),), form, more)


def first_rule(*by: str, within: timedelta = 90 * DAY, **more: Any) -> Rule:
    """The first attack of its series in so long."""
    form = FirstWithin(within=within, by=by)
    return _rule("first-attack", EventIs(("armed-attack",)), (SeverityCase(severity="high"),), form, more)


def sequence_rule(*by: str, types: tuple[str, ...] = ("ceasefire-announced", "armed-attack"), **more: Any) -> Rule:
    """One after the other within a fortnight."""
    cores = [EventIs((each,)) for each in types]
    steps = tuple(Step(core=core, when=expanded(core)) for core in cores)
    form = SequenceWithin(steps=steps, within=more.pop("within", 14 * DAY), by=by)
    either = {"when": AnyOf(tuple(step.when for step in steps)), "core": AnyOf(tuple(cores))}
    return _rule("ceasefire-broken", None, (SeverityCase(severity="high"),), form, either | more)


def ceasefire(home: Article, when: str | None, *between: Participant, **more: Any) -> Event:
    """A ceasefire that these agree to."""
    told = {
        "type": "ceasefire-announced",
        "path": ("statements", "ceasefire-announced"),
        "actors": between,
        "targets": (),
        "place": None,
    }
    return attack(home, when, offset=400, **(told | more))


def nation(code: str) -> Participant:
    """The forces of a nation."""
    return Participant(span=Span(code, 0, 2), head="army", id=code, kind="state-force", nations=(NationRole(code, "forces"),))


def _rule(name: str, core: Any, cases: Any, form: Form | None, more: dict[str, Any]) -> Rule:
    standings = ("confirmed", "reported", "claimed", "disputed")
    fields: dict[str, Any] = {
        "id": name,
        "title": name,
        "owner": "tests",
        "when": AllOf((core, StageIn(("happened",)), StandingIn(standings))),
        "core": core,
        "form": form,
        "severity": cases,
        "channels": (),
        "again_on": ("severity", "toll", "wave", "outcome", "standing", "responsibility", "place", "ended"),
        "max_age": DEFAULT_MAX_AGE,
        "mode": "on",
        "hash": f"hash of {name}",
        "tests": (),
        "path": "tests",
        "line": 1,
    }
    return Rule(**(fields | more))
