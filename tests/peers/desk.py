"""Deliveries made by hand for tests of render, sinks and deliver: an invented story as its careful reader would tell it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from streams.records.flow import (
    Alert,
    AlertKind,
    Attribution,
    Count,
    Delivery,
    Instrument,
    Interval,
    Label,
    Origin,
    Participant,
    PauseView,
    Place,
    Post,
    Quote,
    Severity,
    Span,
    Telling,
)

FIRED = (
    "Militants fired eight or more rockets on Sunday from the outskirts of Tal Asmar, Iraq, at bases used by U.S. soldiers in "
    "southern Syria, three Iraqi army officers and a U.S. diplomat told Meridian Wire."
)
INJURED = (
    "The diplomat, who asked not to be named, said the volley was meant for the coalition base at Tal Nasib and that no U.S. "
    "soldiers were hurt."
)
FAILED = (
    "She spoke of “a volley that came to nothing,” though it is unclear whether the rockets fell short or were shot down on "
    "their way."
)
FIRST = "It was the first such fire since early March, when a council of armed factions in Iraq called off its campaign."
SITE = "https://levant-dispatch.example/rockets"
PUBLISHED = datetime(2024, 4, 22, 6, 10, tzinfo=UTC)
SUNDAY = Interval(start=datetime(2024, 4, 21, tzinfo=UTC), end=datetime(2024, 4, 22, tzinfo=UTC), precision="day", text="Sunday")
EARLY_MARCH = Interval(
    start=datetime(2024, 3, 1, tzinfo=UTC), end=datetime(2024, 3, 11, tzinfo=UTC), precision="part-of-month", text="early March"
)
TAL_NASIB = Place(
    span=None, name="Tal Nasib", kind="site", country="SY", path=("tal-nasib", "as-suwayda", "SY"),
    latitude=32.61, longitude=36.88, coarseness_km=5.0,
)  # fmt: skip
TAL_ASMAR = Place(span=None, name="Tal Asmar", kind="town", country="IQ", path=("tal-asmar", "anbar", "IQ"))
MERIDIAN = Origin(name="Meridian Wire", articles=("a1", "a2", "a3"), independent=True)


def at(sentence: str, words: str, start: int = 0) -> Span:
    """The words as a span of a text in which the sentence begins at `start`."""
    found = start + sentence.index(words)
    return Span(words, found, found + len(words))


def quote(sentence: str, *marks: str, start: int = 0) -> Quote:
    """The sentence as an alert rests on it, the words marked."""
    whole = Span(sentence, start, start + len(sentence))
    return Quote(
        article="a1",
        source="levant-dispatch.example",
        url=SITE,
        span=whole,
        marks=tuple(at(sentence, mark, start) for mark in marks),
    )


def facts(**changed: Any) -> Telling:
    """The rockets at Tal Nasib; fields may be replaced."""
    told = Telling(
        type="shelling",
        path=("violence", "armed-attack", "explosions", "shelling"),
        trigger=at(FIRED, "fired"),
        sentence=Span(FIRED, 0, len(FIRED)),
        targets=(
            Participant(span=at(FIRED, "bases used by U.S. soldiers in southern Syria"), head="base", kind="base"),
            Participant(span=at(INJURED, "the coalition base at Tal Nasib", 839), head="base", id="tal-nasib", kind="base"),
        ),
        instruments=(Instrument(span=at(FIRED, "eight or more rockets"), kind="rocket"),),
        place=TAL_NASIB,
        origin=TAL_ASMAR,
        time=SUNDAY,
    )
    return replace(told, **changed)


def label(rule: str = "strike-on-us-base", severity: Severity = "high", **changed: Any) -> Label:
    """What the strike rule says of it; fields may be replaced."""
    made = Label(
        rule=rule,
        rule_hash="5d1c0ffee5d1c0ff",
        subject="I1-1",
        anchor="I1-1",
        severity=severity,
        title="Strike on a U.S. base",
        event="a1/1/text/27",
        article="a1",
        time=SUNDAY,
        published=PUBLISHED,
        stage="happened",
        outcome=("intercepted", "missed"),
        standing="reported",
        doubt=(
            "unclear whether the rockets fell short or were shot down on their way",
            "unclear whether the base or the airfield beside it was the target",
        ),
        attribution=(
            Attribution(
                span=at(FIRED, "three Iraqi army officers"), speaker="anonymous-official", nation="IQ", via="Meridian Wire"
            ),
            Attribution(span=at(FIRED, "a U.S. diplomat"), speaker="anonymous-official", nation="US", via="Meridian Wire"),
        ),
        place=TAL_NASIB,
        counts=(Count(what="wounded", low=0, high=0, span=at(INJURED, "no U.S. soldiers were hurt", 839), whom="soldiers"),),
        claimed_by=(),
        disowned_by=(),
        evidence=(
            quote(FIRED, "rockets", "fired", "bases used by U.S. soldiers"),
            quote(INJURED, "coalition base at Tal Nasib", start=839),
        ),
        qualifiers=(quote(FAILED, "unclear whether", start=1015),),
        evidence_kinds=(),
        pause=None,
        origins=(MERIDIAN,),
        waves=1,
        channels=("slack:gsoc",),
        again_on=(),
    )
    return replace(made, **changed)


def resumption(severity: Severity = "high", **changed: Any) -> Label:
    """What the resumption rule says of it."""
    pause = PauseView(
        since=EARLY_MARCH,
        days_low=41.0,
        days_high=52.0,
        length_text="nearly seven-week",
        halted_by="a council of armed factions in Iraq",
        proof="stated",
    )
    made = label(
        "attacks-resume",
        severity,
        title="Resumption of attacks after a pause",
        evidence=(quote(FIRST, "the first such fire since early March", start=184),),
        qualifiers=(),
        evidence_kinds=("stated", "announced"),
        pause=pause,
    )
    return replace(made, **changed)


def delivery(
    *labels: Label,
    channel: str = "slack:gsoc",
    incident: str = "I1-1",
    ordinal: int = 1,
    kind: AlertKind = "new",
    changes: tuple[str, ...] = (),
    ping: bool = True,
    told: Telling | None = None,
    withdrawn: tuple[Label, ...] = (),
    origins: tuple[Origin, ...] = (MERIDIAN,),
) -> Delivery:
    """A delivery that announces all its labels; without labels the strike alone."""
    shown = labels or (() if withdrawn else (label(),))
    alerts = tuple(
        Alert(
            id=f"{incident}/{one.rule}/{ordinal}",
            kind=kind,
            incident=incident,
            ordinal=ordinal,
            label=one,
            changes=changes,
            decided=PUBLISHED + timedelta(minutes=2),
        )
        for one in (shown or withdrawn)
    )
    post = Post(
        incident=incident,
        facts=told or facts(),
        labels=shown,
        withdrawn=withdrawn,
        origins=origins,
        waves=1,
        updated=PUBLISHED + timedelta(minutes=2),
    )
    return Delivery(
        id=f"{incident}/{channel}/{ordinal}", channel=channel, incident=incident, ordinal=ordinal,
        alerts=alerts if ping else (), post=post, ping=ping,
    )  # fmt: skip
