"""What ties two events is among their handles: whoever looks by them misses nothing."""

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.incidents.handles import held, sought
from streams.incidents.sameness import kin, tie, ties, wave
from streams.records.flow import Again, Count, Event, Instrument, Interval, NationRole, Participant, Place, Span
from tests.builders import DAY, announcement, article, at, attack, denied

NATIONS = st.sampled_from(["US", "IQ", "SY"])
WORDS = [f"{letter * 4}{number}" for letter in "abc" for number in range(7)]


@st.composite
def people(draw: st.DrawFn) -> tuple[Participant, ...]:
    """Up to two, known, named or neither."""

    def one() -> Participant:
        text = draw(st.sampled_from(["the base", "tanker Pivot", "mayor Ahmed Karimi", "troops"]))
        nations = tuple(NationRole(nation, "user") for nation in draw(st.lists(NATIONS, max_size=2, unique=True)))
        kind = draw(st.sampled_from([None, "base", "state-force", "civilian", "ship", "merchant-ship"]))
        known = draw(st.sampled_from([None, None, "al-asad", "al-tanf"]))
        return Participant(span=Span(text, 0, len(text)), head="x", id=known, kind=kind, nations=nations)

    return tuple(one() for _ in range(draw(st.integers(0, 2))))


@st.composite
def places(draw: st.DrawFn) -> Place | None:
    """A site in a town in a province, or less of it; at sea; nowhere."""
    chain = (("asad", "site"), ("hit", "town"), ("anbar", "province"), ("IQ", "country"))
    name, kind = draw(st.sampled_from([*chain, ("red-sea", "sea"), ("", "")]))
    path = tuple(part for part, _ in chain)
    own = path[path.index(name) :] if name in path else (name,)
    return Place(span=None, name=name, kind=kind, country="IQ" if name in path else None, path=own) if name else None  # type: ignore[arg-type]


@st.composite
def events(draw: st.DrawFn, name: str) -> Event:
    """An attack, a denial of one or a statement, of one of two days."""
    when = draw(st.integers(0, 3)) * timedelta(hours=8)
    words = " ".join(WORDS[: draw(st.sampled_from([4, 12, 19, 20]))] + draw(st.sampled_from([[], ["zebra"]])))
    weapons = draw(st.lists(st.sampled_from(["rocket", "drone"]), max_size=2, unique=True))
    counts = draw(st.lists(st.sampled_from([("killed", 3), ("wounded", 1), ("wounded", 9)]), max_size=2, unique=True))
    start = at("04-21 00:00") + when
    more: dict[str, Any] = {
        "sentence": Span(words, 0, len(words)),
        "actors": draw(people()),
        "targets": draw(people()),
        "place": draw(places()),
        "instruments": tuple(Instrument(span=Span(kind, 0, 5), kind=kind) for kind in weapons),
        "counts": tuple(Count(span=Span(str(low), 0, 1), what=what, low=low, high=low) for what, low in counts),  # type: ignore[arg-type]
        "time": Interval(start=start, end=start + draw(st.sampled_from([DAY, timedelta(hours=6)])), precision="day"),
        "again": draw(st.sampled_from([None, Again(quote=Span("second", 0, 6), what="attack", number=2)])),
    }
    home = article(name, "04-22")
    kind = draw(st.sampled_from(["attack", "attack", "denied", "claim"]))
    if kind == "claim":
        return announcement(home, kind="claim", **{field: more[field] for field in ("sentence", "actors", "targets")})
    return denied(attack(home, None, **more)) if kind == "denied" else attack(home, None, **more)


def test_what_is_tied_or_a_wave_shares_a_handle() -> None:
    tried: Counter[bool] = Counter()

    @settings(max_examples=600, deadline=None, derandomize=True)
    @given(events("a"), events("b"))
    def whatever_they_are(one: Event, other: Event) -> None:
        tied = kin(one) == kin(other) and (tie(one, other) > 0 or wave(one, other))
        tried[tied] += 1
        if tied:
            assert sought(one) & held((other,))
            assert sought(other) & held((one,))

    whatever_they_are()
    assert min(tried[True], tried[False]) > 50


def test_a_town_and_a_site_in_it_find_one_another_but_not_the_next_town() -> None:
    def stands(*path: str, kind: str) -> Event:
        where = Place(span=None, name=path[0], kind=kind, country="IQ", path=path)  # type: ignore[arg-type]
        return attack(article(path[0], "04-22"), "04-21", place=where, targets=())

    site, town = stands("asad", "hit", "anbar", "IQ", kind="site"), stands("hit", "anbar", "IQ", kind="town")
    other = stands("ramadi", "anbar", "IQ", kind="town")
    assert sought(site) & held((town,))
    assert sought(town) & held((site,))
    assert not sought(other) & held((site, town))
    assert not sought(site) & held((other,))


def test_two_sentences_that_differ_in_their_longest_words_share_one_of_the_next() -> None:
    """Eighteen words of twenty are the same; the two that are not are the longest of each."""

    def told(name: str, *longest: str) -> Event:
        words = " ".join([*WORDS[:18], *longest])
        return attack(article(name, "04-22"), "04-21", sentence=Span(words, 0, len(words)), place=None, targets=())

    one, other = told("a", "mississippi", "connecticut"), told("b", "afghanistan", "philippines")
    assert ties(one, other) == (("words", 1),)
    assert sought(one) & held((other,))


def test_two_reports_of_a_ship_at_sea_share_its_attackers_side() -> None:
    sea = Place(span=None, name="red-sea", kind="sea", path=("red-sea",))
    ship = Participant(span=Span("a ship", 0, 6), head="ship", kind="ship")
    rebels = Participant(span=Span("rebels", 0, 6), head="rebel", kind="armed-group", nations=(NationRole("YE", "home"),))
    hour = Interval(start=at("04-21 06:00"), end=at("04-21 09:00"), precision="hour")
    more: dict[str, Any] = {"place": sea, "targets": (ship,), "actors": (rebels,), "time": hour}
    one, other = (attack(article(name, "04-22"), None, **more) for name in ("a", "b"))
    assert ties(one, other)[0] == ("hour at sea", 2)
    assert sought(one) & held((other,))
