"""Small records for tests of the Memory port and the store: as little in them as the store looks at."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from streams.records.flow import (
    ANY,
    Alert,
    Article,
    Cursor,
    Delivery,
    Event,
    Incident,
    Interval,
    Item,
    Label,
    Post,
    Reading,
    Severity,
    Span,
    Telling,
    Told,
)
from streams.records.message import Block, Message, Piece
from streams.records.timelines import Point

START = datetime(2024, 4, 1, tzinfo=UTC)
WORDS = Span("struck", 4, 10)
MESSAGE = Message(summary="HIGH", blocks=(Block("headline", (Piece("HIGH", bold=True),)),), reply="")


def day(number: float) -> datetime:
    """A moment, counted in days from the first of April 2024."""
    return START + timedelta(days=number)


def days(start: float, end: float) -> Interval:
    """From one day to another."""
    return Interval(start=day(start), end=day(end), precision="day")


def article(name: str = "a", revision: int = 1, *, taken: float = 0, url: str = "", text: str = "It struck.") -> Article:
    """An article of the feed "wire", published when it was taken."""
    at = day(taken)
    return Article(
        id=name, source="wire", url=url or f"https://news.test/{name}", title=name.title(), text=text, summary="Short.",
        published=at, taken_at=at, revision=revision,
    )  # fmt: skip


def item(name: str = "a", fingerprint: str = "1", *, taken: float = 0) -> Item:
    """An item as a source yields it."""
    return Item(article=article(name, taken=taken), fingerprint=fingerprint)


def cursor(feed: str = "wire", polls: int = 1) -> Cursor:
    """A feed that was polled so often."""
    return Cursor(feed=feed, address="https://news.test/rss", polls=polls)


def event(of: str = "a", revision: int = 1, offset: int = 0, time: Interval | None = None) -> Event:
    """An event of an article, told at an offset."""
    return Event(
        id=f"{of}#{revision}#text#{offset}", article=of, revision=revision, source="wire", published=day(0), type="shelling",
        path=("violence", "shelling"), trigger=WORDS, sentence=WORDS, time=time or days(0, 1),
    )  # fmt: skip


def reading(of: str = "a", revision: int = 1, events: Sequence[Event] = (), *, taken: float = 0) -> Reading:
    """A reading with those events."""
    return Reading(article=article(of, revision, taken=taken), extractor="x", events=tuple(events))


def point(name: str, start: float, end: float) -> Point:
    """An incident as a rule with a form sees it."""
    return Point(incident=name, opener=f"opens {name}", published=day(start), start=day(start), end=day(end))


def incident(
    name: str, time: Interval | None = None, events: Sequence[str] = (), *, published: float = 0, handles: Sequence[str] = (ANY,)
) -> Incident:
    """An incident at that time, told by those events."""
    facts = Telling(type="shelling", path=("violence", "shelling"), trigger=WORDS, sentence=WORDS, time=time)
    return Incident(
        id=name, opener=events[0] if events else "", events=tuple(events), facts=facts, origins=(),
        first_published=day(published), last_published=day(published), handles=tuple(handles),
    )  # fmt: skip


def label(rule: str = "strike", subject: str = "I1-1", anchor: str = "I1-1", severity: Severity = "high") -> Label:
    """What a rule says of an incident."""
    return Label(
        rule=rule, rule_hash="h", subject=subject, anchor=anchor, severity=severity, title="Strike", event="a#1#text#0",
        article="a", time=days(0, 1), published=day(0), stage="happened", outcome=(), standing="reported", doubt=(),
        attribution=(), place=None, counts=(), claimed_by=(), disowned_by=(), evidence=(), qualifiers=(), evidence_kinds=(),
        pause=None, origins=(), waves=1, channels=("console",), again_on=(),
    )  # fmt: skip


def told(rule: str = "strike", subject: str = "I1-1", anchor: str = "I1-1", ordinal: int = 1) -> Told:
    """What the desk was told of a label."""
    of = label(rule, subject, anchor)
    return Told(rule=rule, subject=subject, anchor=anchor, ordinal=ordinal, label=of, peak={"killed": ordinal})


def delivery(of: str = "I1-1", ordinal: int = 1, severity: Severity | None = "high", channel: str = "console") -> Delivery:
    """A delivery that announces a label of that severity, or nothing where it is None."""
    labels = () if severity is None else (label(anchor=of, severity=severity),)
    alerts = tuple(
        Alert(id=f"{of}/{each.rule}/{ordinal}", kind="new", incident=of, ordinal=ordinal, label=each, changes=(), decided=day(1))
        for each in labels
    )
    facts = Telling(type="shelling", path=("violence", "shelling"), trigger=WORDS, sentence=WORDS, time=days(0, 1))
    post = Post(incident=of, facts=facts, labels=labels, withdrawn=(), origins=(), waves=1, updated=day(1))
    return Delivery(
        id=f"{of}/{channel}/{ordinal}", channel=channel, incident=of, ordinal=ordinal, alerts=alerts, post=post, ping=bool(labels)
    )
