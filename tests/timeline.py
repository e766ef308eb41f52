"""Points for tests of temporal forms: hours from the first of January 2031, and a series in one word."""

from datetime import UTC, datetime, timedelta

from streams.records.timelines import Key, Point

START = datetime(2031, 1, 1, tzinfo=UTC)
ALWAYS = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def moment(hours: float) -> datetime:
    """So many hours after the start."""
    return START + hours * HOUR


def point(name: str, at: float, *series: str, until: float | None = None, steps: tuple[int, ...] = ()) -> Point:
    """An incident of one moment, or of a stretch; `series`: one-part keys, "?" not stated; none: one series."""
    keys: tuple[Key, ...] = tuple(((("" if one == "?" else one),),) for one in series) or ((),)
    start = moment(at)
    return Point(
        incident=name,
        opener=name,
        published=start,
        start=start,
        end=moment(at if until is None else until),
        keys=keys,
        steps=steps,
    )


def line(drawn: str, hours: int = 12) -> list[Point]:
    """Points of a drawn line, a column each `hours`: letters name series, "?" one not stated, "-" nothing; "A1", "B1", "A2" …"""
    seen: dict[str, int] = {}
    found = []
    for column, letter in enumerate(drawn):
        if letter not in "- ":
            seen[letter] = seen.get(letter, 0) + 1
            found.append(point(f"{letter}{seen[letter]}", column * hours, letter))
    return found
