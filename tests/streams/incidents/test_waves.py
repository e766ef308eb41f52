"""Salvoes: hours apart on one spot they are waves of one incident, said aloud; elsewhere, or days apart, they are two."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

import pytest

from streams.incidents.facts import merged
from streams.incidents.partition import partition
from streams.records.flow import Again, Count, Event, Instrument, Interval, NationRole, Participant, Span, Telling
from streams.records.orders import Bond
from tests.builders import article, at, attack, day, denied, group, official, place, us_base

ROCKET, DRONE, BOMB = (Instrument(span=Span(kind, 0, 5), kind=kind) for kind in ("rocket", "drone", "vehicle-bomb"))


def hours(text: str, long: float = 2) -> Interval:
    """From a moment on, so many hours."""
    start = at(text)
    return Interval(start=start, end=start + timedelta(hours=long), precision="part-of-day", text=text)


def again(number: int | None = 2, within: float | None = None, what: Literal["attack", "target"] = "attack") -> Again:
    return Again(quote=Span("a second salvo", 0, 14), what=what, number=number, within_h=within)


def salvo(name: str, published: str, time: Interval | None, **more: Any) -> Event:
    told = attack(article(name, published), None, **({"instruments": (ROCKET,)} | more))
    return replace(told, time=time or day(published.partition(" ")[0]))


def shape(*events: Event, bonds: tuple[Bond, ...] = ()) -> list[list[set[str]]]:
    """Incidents as salvoes as names of articles."""
    return [[{event.article for event in salvo} for salvo in group.salvoes] for group in partition(events, bonds)]


def test_a_second_salvo_four_hours_later_on_the_same_base_is_a_wave() -> None:
    one, two = salvo("a", "04-22 06:00", hours("04-22 04:00")), salvo("b", "04-22 10:00", hours("04-22 08:00"))
    assert shape(one, two) == shape(two, one) == [[{"a"}, {"b"}]]


def test_a_second_report_of_the_first_salvo_is_no_wave() -> None:
    one, two = salvo("a", "04-22 06:00", hours("04-22 04:00")), salvo("b", "04-22 10:00", hours("04-22 04:00", 6))
    assert shape(one, two) == [[{"a", "b"}]]


def test_without_an_hour_the_words_say_that_it_is_a_second_salvo() -> None:
    """Both are told "on Monday": nothing but the words keeps the second from being swallowed by the first."""
    one, two = salvo("a", "04-22 06:00", None), salvo("b", "04-22 15:00", None, again=again())
    assert shape(one, two) == [[{"a"}, {"b"}]]
    assert shape(one, replace(two, again=None)) == [[{"a", "b"}]]


def test_the_second_attack_in_a_week_may_be_the_one_told_before() -> None:
    """The first of the two it counts lies days back, so the report without a count may be the same."""
    one, two = salvo("a", "04-22 06:00", None), salvo("b", "04-22 15:00", None, again=again(within=24 * 7))
    assert shape(one, two) == [[{"a", "b"}]]


def test_the_same_hour_is_the_same_salvo_whatever_it_is_called() -> None:
    one, two = salvo("a", "04-22 06:00", hours("04-22 04:00")), salvo("b", "04-22 15:00", hours("04-22 04:00"), again=again())
    assert shape(one, two) == [[{"a", "b"}]]


def test_a_report_of_the_second_salvo_joins_the_second() -> None:
    one, two = salvo("a", "04-22 06:00", hours("04-22 04:00")), salvo("b", "04-22 10:00", hours("04-22 08:00"))
    assert shape(one, two, salvo("c", "04-22 12:00", hours("04-22 08:30", 1))) == [[{"a"}, {"b", "c"}]]


def test_the_next_day_is_another_attack() -> None:
    one, two = salvo("a", "04-22 06:00", None), salvo("b", "04-23 06:00", None)
    assert shape(one, two) == [[{"a"}], [{"b"}]]


def test_the_night_after_is_another_attack_though_each_salvo_follows_the_one_before_within_hours() -> None:
    """Compared with the first salvo, never by a chain: four days of shelling are not one incident."""
    line = [salvo(name, f"04-22 {6 + 5 * n:02}:00", hours(f"04-22 {4 + 5 * n:02}:00")) for n, name in enumerate("abcd")]
    assert shape(*line) == [[{"a"}, {"b"}, {"c"}], [{"d"}]]


def test_another_town_hours_later_is_another_attack() -> None:
    town = {"targets": (), "place": place("kirkuk", "IQ", "town")}
    one = salvo("a", "04-22 06:00", hours("04-22 04:00"), **town)
    two = salvo("b", "04-22 10:00", hours("04-22 08:00"), **town | {"place": place("mosul", "IQ", "town")})
    assert shape(one, two) == [[{"a"}], [{"b"}]]


def test_two_car_bombs_in_one_town_are_two_attacks_and_two_rockets_are_waves() -> None:
    """A town has room for two bombs; rockets and drones come in salvoes."""
    town = {"targets": (), "place": place("kirkuk", "IQ", "town")}
    times = hours("04-22 04:00"), hours("04-22 09:00")
    for weapon, found in ((BOMB, [[{"a"}], [{"b"}]]), (ROCKET, [[{"a"}, {"b"}]])):
        assert (
            shape(
                *(salvo(name, "04-22 12:00", time, instruments=(weapon,), **town) for name, time in zip("ab", times, strict=True))
            )
            == found
        )


def test_another_side_at_the_same_spot_is_no_wave() -> None:
    one = salvo("a", "04-22 06:00", hours("04-22 04:00"), actors=(group(),))
    two = salvo("b", "04-22 10:00", hours("04-22 08:00"), actors=(group("islamic-state"),))
    assert shape(one, two) == [[{"a"}], [{"b"}]]


def test_two_who_claim_one_attack_are_no_two_sides() -> None:
    one, two = (
        salvo(name, "04-22", None, actors=(group(who),), claimed_by=(group(who),)) for name, who in (("a", "is"), ("b", "pmu"))
    )
    assert shape(one, two) == [[{"a", "b"}]]
    assert shape(one, replace(two, claimed_by=())) == [[{"a", "b"}]]
    assert shape(replace(one, claimed_by=()), replace(two, claimed_by=())) == [[{"a"}], [{"b"}]]


def test_a_third_ship_is_another_incident_than_the_first_two() -> None:
    """No spot at sea ties them, and the words say that it is another."""
    ship = Participant(span=Span("two ships", 0, 9), head="ship", kind="ship")
    iraq = Participant(span=Span("Iraq", 0, 4), head="iraq", id="IQ", kind="state-force", nations=(NationRole("IQ", "forces"),))
    sea = {
        "targets": (ship,),
        "actors": (iraq,),
        "place": None,
        "instruments": (Instrument(span=Span("jets", 0, 4), kind="aircraft"),),
    }
    first = salvo("a", "04-22 07:00", hours("04-21 18:00", 12), **sea)
    third = salvo("b", "04-22 13:00", None, again=again(3, 24.0, "target"), **sea)
    assert shape(first, third) == [[{"a"}], [{"b"}]]


def test_two_ships_of_different_names_are_two_though_flag_day_and_side_are_the_same() -> None:
    def tanker(name: str) -> Participant:
        text = f"the Cypriot tanker {name}"
        return Participant(span=Span(text, 0, len(text)), head="tanker", kind="merchant-ship", nations=(NationRole("CY", "owner"),))

    one, two, same = (
        salvo(f, "04-22", None, targets=(tanker(n),), place=None) for f, n in (("a", "Halcyon"), ("b", "Meltemi"), ("c", "Halcyon"))
    )
    assert shape(one, two, same) == [[{"a", "c"}], [{"b"}]]


def test_a_denied_second_salvo_is_no_wave() -> None:
    one = salvo("a", "04-22 06:00", hours("04-22 04:00"))
    two = denied(salvo("b", "04-22 20:00", hours("04-24 08:00")), attribution=(official(),))
    (whole,) = partition([one, two])
    assert [len(salvo) for salvo in whole.salvoes] == [2]


@pytest.mark.parametrize("kind", ["together", "apart"])
def test_an_operators_word_outweighs_what_ties_and_what_keeps_apart(kind: Any) -> None:
    if kind == "together":
        one, two = salvo("a", "04-22", None), salvo("b", "04-23", None, targets=(us_base("al-tanf"),), place=place("al-tanf", "SY"))
        before, after = [[{"a"}], [{"b"}]], [[{"a", "b"}]]
    else:
        one, two = salvo("a", "04-22", None), salvo("b", "04-22", None)
        before, after = [[{"a", "b"}]], [[{"a"}], [{"b"}]]
    bond = Bond(one=one.id, other=two.id, kind=kind, entry=7, by="ana", why="seen on the map")
    assert shape(one, two) == before
    assert shape(one, two, bonds=(bond,)) == shape(two, one, bonds=(bond,)) == after


def test_what_was_split_is_no_wave_either() -> None:
    one, two = salvo("a", "04-22 06:00", hours("04-22 04:00")), salvo("b", "04-22 10:00", hours("04-22 08:00"))
    bond = Bond(one=one.id, other=two.id, kind="apart", entry=7, by="ana", why="other launchers")
    assert shape(one, two, bonds=(bond,)) == [[{"a"}], [{"b"}]]


# ------------------------------------------------------------------------------------------------------------ the facts


def counted(low: int, what: Any = "killed") -> tuple[Count, ...]:
    return (Count(what=what, low=low, high=low, span=Span(str(low), 0, 1)),)


def facts(*events: Event) -> Telling:
    (whole,) = partition(events)
    return merged(whole.salvoes, whole.words)


def test_the_toll_of_two_salvoes_is_at_least_the_greater() -> None:
    """Who counts the second may count the first again, so a sum would be invented, and the newer word alone would be a drop."""
    one = salvo("a", "04-22 06:00", hours("04-22 04:00"), counts=counted(5))
    two = salvo("b", "04-22 10:00", hours("04-22 08:00"), counts=counted(2))
    (found,) = facts(one, two).counts
    assert (found.low, found.high) == (5, None)


def test_a_second_salvo_that_fails_takes_back_no_hit_of_the_first() -> None:
    one = salvo("a", "04-22 06:00", hours("04-22 04:00"), outcome=("hit",))
    two = salvo("b", "04-22 10:00", hours("04-22 08:00"), outcome=("intercepted",))
    assert facts(one, two).outcome == ("hit",)
    assert facts(replace(one, outcome=("missed",)), two).outcome == ("intercepted", "missed")


def test_an_incident_is_dated_by_its_first_salvo() -> None:
    one, two = salvo("a", "04-22 10:00", hours("04-22 08:00")), salvo("b", "04-22 12:00", hours("04-22 04:00"))
    assert facts(one, two).time == two.time
