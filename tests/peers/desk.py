"""Deliveries made by hand for tests of render, sinks and deliver: the seed story as its careful reader would tell it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from streams.records import (
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
    "At least five rockets were fired from the Iraqi town of Zumar toward U.S. military bases in northeastern Syria on Sunday, "
    "two Iraqi security sources and a U.S. official told Reuters."
)
INJURED = (
    "A U.S. official who spoke on condition of anonymity said that Iraq fired more than five rockets at the coalition base of "
    "Rumalin in Syria, but no U.S. personnel were injured."
)
FAILED = (
    "The official called it a “failed rocket attack,” but it was unclear whether the rocket failed to hit the base or was "
    "destroyed before reaching it."
)
FIRST = (
    "The attack on U.S. forces was the first since early February, when Iranian-backed groups in Iraq halted attacks "
    "on U.S. forces."
)
SITE = "https://thelocalreport.in/rockets"
PUBLISHED = datetime(2024, 4, 22, 6, 10, tzinfo=UTC)
SUNDAY = Interval(start=datetime(2024, 4, 21, tzinfo=UTC), end=datetime(2024, 4, 22, tzinfo=UTC), precision="day", text="Sunday")
EARLY_FEBRUARY = Interval(
    start=datetime(2024, 2, 1, tzinfo=UTC), end=datetime(2024, 2, 11, tzinfo=UTC), precision="part-of-month", text="early February"
)
RUMALIN = Place(
    span=None, name="Rumalin", kind="site", country="SY", path=("rumalin", "al-hasakah", "SY"),
    latitude=36.99, longitude=42.13, coarseness_km=5.0,
)  # fmt: skip
ZUMAR = Place(span=None, name="Zumar", kind="town", country="IQ", path=("zumar", "nineveh", "IQ"))
REUTERS = Origin(name="Reuters", articles=("a1", "a2", "a3"), independent=True)


def at(sentence: str, words: str, start: int = 0) -> Span:
    """The words as a span of a text in which the sentence begins at `start`."""
    found = start + sentence.index(words)
    return Span(words, found, found + len(words))


def quote(sentence: str, *marks: str, start: int = 0) -> Quote:
    """The sentence as an alert rests on it, the words marked."""
    whole = Span(sentence, start, start + len(sentence))
    return Quote(
        article="a1", source="thelocalreport.in", url=SITE, span=whole, marks=tuple(at(sentence, mark, start) for mark in marks)
    )


def facts(**changed: Any) -> Telling:
    """The rockets at Rumalin; fields may be replaced."""
    told = Telling(
        type="shelling",
        path=("violence", "armed-attack", "explosions", "shelling"),
        trigger=at(FIRED, "fired"),
        sentence=Span(FIRED, 0, len(FIRED)),
        targets=(
            Participant(span=at(FIRED, "U.S. military bases in northeastern Syria"), head="base", kind="base"),
            Participant(span=at(INJURED, "the coalition base of Rumalin in Syria", 839), head="base", id="rumalin", kind="base"),
        ),
        instruments=(Instrument(span=at(FIRED, "At least five rockets"), kind="rocket"),),
        place=RUMALIN,
        origin=ZUMAR,
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
            "unclear whether the rocket failed to hit the base or was destroyed before reaching it",
            "unclear whether the base was the target itself",
        ),
        attribution=(
            Attribution(span=at(FIRED, "two Iraqi security sources"), speaker="anonymous-official", nation="IQ", via="Reuters"),
            Attribution(span=at(FIRED, "a U.S. official"), speaker="anonymous-official", nation="US", via="Reuters"),
        ),
        place=RUMALIN,
        counts=(Count(what="wounded", low=0, high=0, span=at(INJURED, "no U.S. personnel were injured", 839), whom="personnel"),),
        claimed_by=(),
        disowned_by=(),
        evidence=(quote(FIRED, "rockets", "fired", "U.S. military bases"), quote(INJURED, "coalition base of Rumalin", start=839)),
        qualifiers=(quote(FAILED, "unclear whether", start=1015),),
        evidence_kinds=(),
        pause=None,
        origins=(REUTERS,),
        waves=1,
        channels=("slack:gsoc",),
        again_on=(),
    )
    return replace(made, **changed)


def resumption(severity: Severity = "high", **changed: Any) -> Label:
    """What the resumption rule says of it."""
    pause = PauseView(
        since=EARLY_FEBRUARY,
        days_low=70.0,
        days_high=91.0,
        length_text="nearly three-month",
        halted_by="Iranian-backed groups in Iraq",
        proof="stated",
    )
    made = label(
        "attacks-resume",
        severity,
        title="Resumption of attacks after a pause",
        evidence=(quote(FIRST, "the first since early February", start=184),),
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
    origins: tuple[Origin, ...] = (REUTERS,),
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
