"""An event as rows of a table: what the article says in its own words, and beside it what we know of it. Pure.

The order is a reader's: what, how far, how sure, who, whom, with what, where, when, how many, on whose word. What the article
does not state reads "–"; rows that most events lack stand only where there is something to say.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from streams.records.flow import About, Attribution, Count, Event, Instrument, Interval, Participant, Pause, Place

UNSTATED = "–"


@dataclass(frozen=True, slots=True)
class Value:
    """One thing in a row."""

    words: str  # the article's, or ours where it has none
    known: str = ""  # what the extractor knows of it: kind, id, nations, bounds


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; no values: the article does not say."""

    name: str
    values: tuple[Value, ...]


def rows(event: Event) -> tuple[Row, ...]:
    """The event's table."""
    always = (
        _row("type", [Value(event.type, " › ".join(event.path))]),
        _row("stage", [Value(event.stage)]),
        _row("outcome", [Value(" or ".join(event.outcome))] if event.outcome else []),
        _row("standing", [Value(event.standing)]),
        _row("who", map(participant_value, event.actors)),
        _row("whom", map(participant_value, event.targets)),
        _row("with what", map(instrument_value, event.instruments)),
        _row("where", [place_value(event.place)] if event.place else []),
        _row("when", [time_value(event.time)] if event.time else []),
        _row("how many", map(count_value, event.counts)),
        _row("on whose word", map(speaker_value, event.attribution)),
    )
    sure = _row("confidence", [Value(f"{event.confidence:.2f}")])
    return (*always, *(row for row in _seldom(event) if row.values), sure)


def _seldom(event: Event) -> Iterator[Row]:
    yield _row("unclear", (Value(span.text) for span in event.doubt))
    yield _row("from where", [place_value(event.origin)] if event.origin else [])
    yield _row("claimed by", map(participant_value, event.claimed_by))
    yield _row("denied by", map(participant_value, event.disowned_by))
    yield _row("pause", [_pause(event.pause)] if event.pause else [])
    yield _row("about", _about(event.about) if event.about else [])
    yield _row("told late", [Value("first reported well after it happened")] if event.disclosed_late else [])
    if len(event.tellings) > 1:
        telling = sum(each.adds == "tells" for each in event.tellings)
        adding = len(event.tellings) - telling
        yield _row("told in", [Value(f"{telling} sentence{_s(telling)}", f"{adding} more add to it" if adding else "")])


def _row(name: str, values: Iterable[Value]) -> Row:
    return Row(name, tuple(dict.fromkeys(values)))


def participant_value(who: Participant) -> Value:
    """Who, with kind, id and nations."""
    nations = [f"{each.nation} {each.role}" + (f" through {each.via}" if each.via else "") for each in who.nations]
    return Value(who.span.text, _facts(who.kind, who.id, *nations))


def instrument_value(means: Instrument) -> Value:
    """With what, with its kind."""
    return Value(means.span.text, means.kind)


def place_value(place: Place) -> Value:
    """Where, with the finer name, the path and the coordinates."""
    words = place.span.text if place.span else place.name
    name = place.name if place.name.lower() not in words.lower() else None
    spot = None
    if place.latitude is not None and place.longitude is not None:
        within = f" within {place.coarseness_km:g} km" if place.coarseness_km is not None else ""
        spot = f"{place.latitude:.2f}, {place.longitude:.2f}{within}"
    return Value(words, _facts(place.kind, name, " › ".join(place.path), spot))


def time_value(time: Interval) -> Value:
    """When, with the bounds."""
    bounds = f"{_moment(time.start)} to {_moment(time.end)} UTC"
    return Value(time.text or "not said", _facts(bounds, time.precision if time.text else "from the date of the article"))


def _moment(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%d}" if (utc.hour, utc.minute) == (0, 0) else f"{utc:%Y-%m-%d %H:%M}"


def count_value(count: Count) -> Value:
    """How many, with the bounds."""
    number = (
        f"{count.low}"
        if count.low == count.high
        else f"{count.low} or more"
        if count.high is None
        else f"{count.low} to {count.high}"
    )
    return Value(count.span.text, f"{number} {count.what}" + (f", {count.whom}" if count.whom else ""))


def speaker_value(word: Attribution) -> Value:
    """On whose word, with the class of the speaker."""
    return Value(word.span.text, _facts(word.speaker, word.actor, word.nation, f"to {word.via}" if word.via else None))


def _pause(pause: Pause) -> Value:
    days = None
    if pause.days_low is not None or pause.days_high is not None:
        low = "?" if pause.days_low is None else f"{pause.days_low:g}"
        high = "?" if pause.days_high is None else f"{pause.days_high:g}"
        days = f"{low} to {high} days"
    since = f"since {_moment(pause.since.start)}" if pause.since else None
    halted = f"halted by {pause.halted_by.span.text}" if pause.halted_by else None
    return Value(pause.quote.text, _facts(days, since, halted))


def _about(about: About) -> list[Value]:
    people = [("by", each) for each in about.actors] + [("against", each) for each in about.targets]
    return [
        Value(about.type, _facts(about.stage, f"in {about.place.name}" if about.place else None)),
        *(Value(f"{how} {each.span.text}", participant_value(each).known) for how, each in people),
    ]


def _facts(*facts: str | None) -> str:
    return ", ".join(fact for fact in facts if fact)


def _s(number: int) -> str:
    return "" if number == 1 else "s"
