"""Events to incidents: what is one thing in the world and what is not."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams import pipeline
from streams.incidents.bonds import put
from streams.incidents.grouping import affected
from streams.incidents.partition import partition
from streams.incidents.profiles import profile
from streams.incidents.sameness import conflict, tie, wave
from streams.labels.wanted import Desk
from streams.memory import DictMemory
from streams.records.flow import Again, Event, Instrument, Interval, Span
from streams.records.orders import Bond
from tests.builders import DAY, announcement, article, at, attack, day, denied, group, nation, official, place, reading, us_base

NO_RULES = Desk(rules=(), knowledge=None, default_channels=())  # type: ignore[arg-type]  # grouping asks no knowledge


def groups(*events: Event) -> list[set[str]]:
    return [{event.article for event in group.events} for group in partition(events)]


def test_two_outlets_that_tell_one_attack_make_one_incident() -> None:
    assert groups(attack(article("a", "04-22"), "04-21"), attack(article("b", "04-22 15:00"), "04-21")) == [{"a", "b"}]


def test_two_bases_on_one_day_are_two_incidents() -> None:
    other = {"targets": (us_base("al-tanf"),), "place": place("al-tanf", "SY")}
    assert groups(attack(article("a", "04-22"), "04-21"), attack(article("b", "04-22"), "04-21", **other)) == [{"a"}, {"b"}]


def test_one_base_on_two_days_is_two_incidents() -> None:
    assert groups(attack(article("a", "04-21"), "04-20"), attack(article("b", "04-22"), "04-21")) == [{"a"}, {"b"}]


def test_a_finer_place_refines_the_incident() -> None:
    vague = {"targets": (us_base(None),), "place": place("SY", "SY", "country")}
    fine = {"targets": (us_base("rumalin"),), "place": place("rumalin", "SY")}
    assert groups(attack(article("a", "04-22"), "04-21", **vague), attack(article("b", "04-22 15:00"), "04-21", **fine)) == [
        {"a", "b"}
    ]


def test_the_counter_strike_is_another_incident_than_the_attack() -> None:
    by_coalition = attack(
        article("a", "04-22"), "04-21", offset=300, targets=(group(),), actors=(replace(us_base(), kind="state-force"),)
    )
    assert groups(attack(article("a", "04-22"), "04-21"), by_coalition) == [{"a"}, {"a"}]


def test_different_weapons_at_a_vague_place_are_two_incidents() -> None:
    vague = {"targets": (us_base(None),), "place": place("IQ", "IQ", "country")}
    drone, rocket = (Instrument(span=Span(kind, 0, 5), kind=kind) for kind in ("drone", "rocket"))
    one = attack(article("a", "04-22"), "04-21", instruments=(drone,), **vague)
    assert groups(one, attack(article("b", "04-22"), "04-21", instruments=(rocket,), **vague)) == [{"a"}, {"b"}]


def test_an_announcement_joins_the_only_attack_of_its_article() -> None:
    home = article("a", "04-22")
    assert groups(attack(home, "04-21"), announcement(home)) == [{"a"}]


def test_an_announcement_with_two_fitting_attacks_beside_it_stands_alone() -> None:
    home = article("a", "04-22")
    other = {"targets": (us_base("al-tanf"),), "place": place("al-tanf", "SY"), "offset": 300}
    assert len(partition([attack(home, "04-21"), attack(home, "04-21", **other), announcement(home)])) == 3


def test_a_denial_joins_what_its_speaker_had_announced() -> None:
    home = article("a", "04-22")
    taken_back = denied(announcement(article("b", "04-23")))
    assert groups(attack(home, "04-21"), announcement(home), taken_back) == [{"a", "b"}]


def test_a_denial_by_somebody_else_stands_alone() -> None:
    home = article("a", "04-22")
    other = denied(announcement(article("b", "04-23"), who="harakat-al-nujaba"))
    assert groups(attack(home, "04-21"), announcement(home), other) == [{"a"}, {"b"}]


def test_a_denied_attack_joins_the_report_of_it_up_to_fourteen_days_later() -> None:
    report = attack(article("a", "04-10"), "04-10")
    assert groups(report, denied(attack(article("b", "04-20"), None), attribution=(official(),))) == [{"a", "b"}]
    assert groups(report, denied(attack(article("b", "04-28"), None), attribution=(official(),))) == [{"a"}, {"b"}]


def test_what_a_government_asks_of_two_others_is_two_requests() -> None:
    """On the Reuters wire of March 1987 twenty rejections by twenty speakers were one incident, for nothing spoke against it."""

    def request(name: str, to: str | None) -> Event:
        told = {"actors": (nation("US"),), "targets": (nation(to),) if to else (), "about": None}
        return announcement(article(name, "04-22"), kind="request", **told)

    assert groups(request("a", "JP"), request("b", "BR"), request("c", "JP"), request("d", None)) == [{"a", "c"}, {"b"}, {"d"}]


def test_a_time_as_wide_as_a_year_names_no_attack() -> None:
    """It would tie every attack of the year to every other, and each article would take all of them apart."""
    wide = replace(attack(article("w", "04-22"), None), time=Interval(start=at("01-01"), end=at("12-31"), precision="year"))
    again = replace(wide, id="x", article="x")
    assert groups(attack(article("a", "04-22"), "04-21"), wide, again) == [{"a"}, {"w", "x"}]


def crowd() -> list[Event]:
    """Attacks, refinements, statements and denials that pull in several directions."""
    vague = {"targets": (us_base(None),), "place": place("SY", "SY", "country")}
    fine = {"targets": (us_base("rumalin"),), "place": place("rumalin", "SY")}
    other = {"targets": (us_base("al-tanf"),), "place": place("al-tanf", "SY")}
    found = []
    for index in range(6):
        home = article(f"n{index}", f"04-{20 + index // 2} {10 + index}:00")
        found.append(attack(home, f"04-{20 + index // 2}", **(vague, fine, other)[index % 3]))
        found.append(attack(home, None, offset=400, **(other, vague, fine)[index % 3]))
        if index % 2:
            found.append(announcement(home))
    for index, (start, cue) in enumerate(
        ((3, None), (8, None), (13, 2), (4, None), (9, 3))
    ):  # salvoes on one base, and what counts them
        home = article(f"w{index}", f"04-22 {start + 2:02}:{index}0")
        time = Interval(start=at(f"04-22 {start:02}:00"), end=at(f"04-22 {start + 2:02}:00"), precision="part-of-day")
        told = again(cue) if cue else None
        found.append(replace(attack(home, None, **fine, again=told), time=time if index < 3 else day("04-22")))
    found.append(denied(announcement(article("d1", "04-23"))))
    found.append(denied(attack(article("d2", "04-24"), None, **fine), attribution=(official(),)))
    return found


def again(number: int) -> Again:
    return Again(quote=Span("a second salvo", 0, 14), what="attack", number=number)


def told(events: list[Event], bonds: Sequence[tuple[str, str, Any]] = ()) -> frozenset[tuple[frozenset[str], str, str]]:
    """Final incidents without ids: which events, and what they say together."""
    memory = DictMemory()
    for one, other, kind in bonds:  # an operator's words, given when the first article comes
        put(Bond(one=min(one, other), other=max(one, other), kind=kind, entry=1, by="ana", why="x"), memory)
    homes: dict[str, list[Event]] = {}
    for event in events:
        homes.setdefault(event.article, []).append(event)
    for name, inside in homes.items():
        home = replace(article(name, "04-30"), published=inside[0].published)
        ordered = sorted(inside, key=lambda event: event.trigger.start)
        pipeline.take(reading(home, *ordered), memory, NO_RULES)
    found = memory.incidents_between(at("01-01"), at("12-31"))
    return frozenset((frozenset(each.events), each.opener, str((each.facts, each.waves))) for each in found)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_same_articles_in_any_order_give_the_same_final_incidents(rng: random.Random) -> None:
    """Promise 3 of the design: partition and facts, not ids."""
    shuffled = crowd()
    rng.shuffle(shuffled)
    assert told(shuffled) == told(crowd())


def test_the_crowd_has_an_attack_in_three_waves() -> None:
    """So that what the orders are tried on is worth it."""
    assert max(len(group.salvoes) for group in partition(crowd())) >= 3


def test_events_of_one_profile_compare_alike_with_all_others() -> None:
    """So that one of them speaks for all: two hundred rewrites of one dispatch are compared once."""
    told = crowd() + [
        replace(event, id=f"{event.id}+", article=f"{event.article}+", published=event.published + DAY) for event in crowd()
    ]
    twins = [
        (one, other)
        for one in told
        for other in told
        if one.id < other.id and profile(one) is not None and profile(one) == profile(other)
    ]
    assert len(twins) >= 10
    for one, other in twins:
        for third in told:
            if profile(third) is not None and third.article not in (one.article, other.article):
                assert (conflict(one, third), wave(one, third)) == (conflict(other, third), wave(other, third))
                assert conflict(one, third) or tie(one, third) == tie(other, third)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.data())
def test_operators_words_hold_in_any_order_of_arrival(rng: random.Random, data: st.DataObject) -> None:
    """Whatever was merged and split, the same articles and words give the same incidents; what was split shares none."""
    ids = sorted(event.id for event in crowd())
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=5))
    words = {
        (min(pair), max(pair)): kind
        for pair, kind in zip(pairs, ("apart", "together", "apart", "together", "apart"), strict=False)
        if len({*pair}) == 2
    }
    bonds = [(one, other, kind) for (one, other), kind in words.items()]
    shuffled = crowd()
    rng.shuffle(shuffled)
    final = told(crowd(), bonds)
    assert told(shuffled, bonds) == final
    for one, other, kind in bonds:
        if kind == "apart":
            assert not any({one, other} <= events for events, _, _ in final)


def test_a_place_told_of_every_day_does_not_take_its_whole_history_apart() -> None:
    """Without an hour each day ties to the next; an article must not cost more the longer the story runs."""
    memory = DictMemory()
    touched = []
    for number in range(40):
        home = replace(article(f"n{number}", "01-01"), published=at("01-01") + number * DAY)
        time = Interval(start=home.published - DAY, end=home.published + DAY, precision="unstated")
        told = reading(home, replace(attack(home, None), time=time))
        touched.append(len(affected(told, (), memory)))
        pipeline.take(told, memory, NO_RULES)
    assert max(touched) == max(touched[20:]) < 12
    assert memory.count_incidents() == 20


def test_a_revision_replaces_the_events_of_the_earlier_one() -> None:
    memory = DictMemory()
    home = article("a", "04-22")
    pipeline.take(reading(home, attack(home, "04-21")), memory, NO_RULES)
    again = replace(home, revision=2)
    moved = attack(again, "04-21", targets=(us_base("al-tanf"),), place=place("al-tanf", "SY"))
    pipeline.take(reading(again, moved), memory, NO_RULES)
    (only,) = memory.incidents_between(at("01-01"), at("12-31"))
    assert only.events == (moved.id,)
    assert only.id == "I1-1"
