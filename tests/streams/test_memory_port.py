"""One suite for both fillings of the Memory port: the matcher must not be able to tell dicts from rows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from peers.remembered import article, day, days, delivery, event, incident, point, reading, told

from streams.memory import DictMemory
from streams.ports import Memory
from streams.records.flow import ANY, Disposition
from streams.records.orders import Ack, Entry, Timer
from streams.records.prints import Backing, Credit, Print
from streams.records.progress import Backfill
from streams.store.store import Store


@pytest.fixture(params=["dict", "sqlite", "postgresql"])
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Memory]:
    if request.param == "dict":
        yield DictMemory()
        return
    address = tmp_path / "tocsin.db" if request.param == "sqlite" else request.getfixturevalue("emptied")()
    with Store.open(address) as store, store.lock(day(0)) as lock, store.matching(lock) as rows:
        yield rows


# ------------------------------------------------------------------------------------------------------------ journal


def test_the_clock_is_unknown_before_the_first_entry(memory: Memory) -> None:
    assert memory.clock() is None


def test_entries_are_numbered_from_one_without_gaps(memory: Memory) -> None:
    entries = [memory.append("tick", day(n), b"{}") for n in range(3)]
    assert [entry.number for entry in entries] == [1, 2, 3]
    assert entries[2] == Entry(number=3, kind="tick", at=day(2), payload=b"{}")


def test_the_clock_never_runs_back(memory: Memory) -> None:
    """An article taken earlier may be decided later; the matcher's now is the largest `taken_at` it saw."""
    memory.append("reading", day(2), b"{}")
    assert memory.append("reading", day(1), b"{}").at == day(2)
    assert memory.clock() == day(2)


# ----------------------------------------------------------------------------------------------------------- articles


def test_an_unknown_article_has_no_revision_no_text_and_no_events(memory: Memory) -> None:
    assert memory.revision("a") is None
    assert memory.article("a") is None
    assert memory.events_of("a") == ()


def test_a_reading_is_kept_with_its_events_in_reading_order(memory: Memory) -> None:
    """Order is the reading's own, whatever the ids would sort to."""
    events = [event(offset=30), event(offset=4), event(offset=200)]
    memory.put_reading(reading(events=events))
    assert memory.revision("a") == 1
    assert memory.article("a") == article()
    assert memory.events_of("a") == tuple(events)


def test_an_unread_article_counts_as_decided(memory: Memory) -> None:
    memory.put_reading(reading())
    assert memory.revision("a") == 1


def test_a_revision_replaces_the_earlier_events(memory: Memory) -> None:
    first, second, other = event(offset=1), event(revision=2, offset=1), event("b")
    memory.put_reading(reading("b", events=[other]))
    memory.put_reading(reading(events=[first]))
    memory.put_reading(reading(revision=2, events=[second]))
    assert memory.revision("a") == 2
    assert memory.events_of("a") == (second,)
    assert memory.events([first.id, second.id, other.id]) == (second, other)


def test_an_older_revision_that_comes_late_changes_nothing(memory: Memory) -> None:
    memory.put_reading(reading(revision=2, events=[event(revision=2)]))
    memory.put_reading(reading(revision=1, events=[event(revision=1)]))
    assert memory.article("a") == article(revision=2)
    assert memory.events_of("a") == (event(revision=2),)


def test_the_same_revision_again_is_written_over(memory: Memory) -> None:
    memory.put_reading(reading(events=[event(offset=1), event(offset=2)]))
    memory.put_reading(reading(events=[event(offset=2)]))
    assert memory.events_of("a") == (event(offset=2),)


def test_two_events_with_one_id_are_refused(memory: Memory) -> None:
    with pytest.raises(ValueError, match=r'^two events of article "a" have one id$'):
        memory.put_reading(reading(events=[event(), event()]))


def test_events_come_in_the_order_named_and_unknown_ids_are_left_out(memory: Memory) -> None:
    one, two = event(offset=1), event(offset=2)
    memory.put_reading(reading(events=[one, two]))
    assert memory.events(iter([two.id, "nothing", one.id, two.id])) == (two, one, two)
    assert memory.events([]) == ()


def test_more_events_than_one_query_takes_are_found(memory: Memory) -> None:
    events = [event(offset=n) for n in range(1100)]
    memory.put_reading(reading(events=events))
    assert memory.events(each.id for each in reversed(events)) == tuple(reversed(events))


# ---------------------------------------------------------------------------------------------------------- incidents


def test_an_incident_is_found_again_whole(memory: Memory) -> None:
    one = incident("I1-1", days(0, 1), ["e1", "e2"])
    memory.put_incident(one)
    assert memory.incident("I1-1") == one
    assert memory.incident("I1-2") is None
    assert [memory.incident_of(name) for name in ("e1", "e2", "e3")] == ["I1-1", "I1-1", None]


def test_writing_an_incident_again_gives_up_the_events_it_lost(memory: Memory) -> None:
    memory.put_incident(incident("I1-1", days(0, 1), ["e1", "e2"]))
    memory.put_incident(incident("I1-1", days(0, 1), ["e2", "e3"]))
    assert [memory.incident_of(name) for name in ("e1", "e2", "e3")] == [None, "I1-1", "I1-1"]


def test_an_event_belongs_to_the_incident_that_took_it_last(memory: Memory) -> None:
    """A merge writes the surviving incident before the other one is dropped or written without its events."""
    memory.put_incident(incident("I1-1", days(0, 1), ["e1"]))
    memory.put_incident(incident("I2-1", days(0, 1), ["e2"]))
    memory.put_incident(incident("I1-1", days(0, 1), ["e1", "e2"]))
    assert memory.incident_of("e2") == "I1-1"
    memory.drop_incident("I2-1")
    assert memory.incident_of("e2") == "I1-1"


def test_a_dropped_incident_leaves_its_events_with_none(memory: Memory) -> None:
    memory.put_incident(incident("I1-1", days(0, 1), ["e1"]))
    memory.drop_incident("I1-1")
    memory.drop_incident("I9-9")
    assert memory.incident("I1-1") is None
    assert memory.incident_of("e1") is None
    assert memory.incidents_between(day(-9), day(9)) == ()


def test_membership_of_events_outlives_the_revision_that_told_them(memory: Memory) -> None:
    """The matcher asks which incidents a revision touched after its new events were kept."""
    memory.put_reading(reading(events=[event()]))
    memory.put_incident(incident("I1-1", days(0, 1), [event().id]))
    memory.put_reading(reading(revision=2))
    assert memory.incident_of(event().id) == "I1-1"


# day          0    1    2    3    4    5    6
# long         [-----------------------------)
# early        [----)
# same-b            [----)
# same-a            [---------)
# moment                 |
# late                        [----)
TIMES = {
    "long": days(0, 6), "early": days(0, 1), "same-b": days(1, 2), "same-a": days(1, 3), "moment": days(2, 2), "late": days(3, 4),
    "ragged": days(10, 11.4),
}  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "names"),
    [
        (-5, 0, []),
        (0, 1, ["early", "long"]),
        (1, 1.5, ["long", "same-a", "same-b"]),
        (2, 2.5, ["long", "same-a", "moment"]),
        (1.5, 2, ["long", "same-a", "same-b"]),
        (3, 9, ["long", "late"]),
        (4.5, 5, ["long"]),
        (6, 9, []),
        (2, 2, []),
        (11.2, 11.3, ["ragged"]),
        (-900, 900, ["early", "long", "same-a", "same-b", "moment", "late", "ragged"]),
    ],
)
def test_incidents_between_are_those_that_overlap_the_window_by_start_and_id(
    memory: Memory, start: float, end: float, names: list[str]
) -> None:
    for name, time in TIMES.items():
        memory.put_incident(incident(name, time))
    assert [found.id for found in memory.incidents_between(day(start), day(end))] == names


def test_incidents_are_found_by_any_of_their_handles_within_a_window_by_start_and_id(memory: Memory) -> None:
    memory.put_incident(incident("b", days(1, 2), handles=("at hit", "by IQ")))
    memory.put_incident(incident("a", days(1, 2), handles=("by IQ",)))
    memory.put_incident(incident("early", days(0, 2), handles=("at hit",)))
    memory.put_incident(incident("late", days(5, 6), handles=("at hit",)))
    memory.put_incident(incident("other", days(1, 2), handles=("at ramadi",)))
    memory.put_incident(incident("none", days(1, 2), handles=()))
    assert memory.incidents_by(["at hit", "by IQ"], day(1), day(3)) == ("early", "a", "b")
    assert memory.incidents_by(["at hit"], day(2), day(5)) == ()
    assert memory.incidents_by(["at hit"], day(3), day(3)) == memory.incidents_by([], day(0), day(9)) == ()


def test_an_incident_that_may_be_anything_is_found_by_whatever_handle(memory: Memory) -> None:
    """So are those that a release wrote which knew no handles."""
    memory.put_incident(incident("I1-1", days(1, 2), handles=(ANY,)))
    assert memory.incidents_by(["at hit"], day(1), day(2)) == memory.incidents_by([], day(1), day(2)) == ("I1-1",)
    assert memory.incidents_by(["at hit"], day(2), day(3)) == ()


def test_an_incident_written_anew_is_found_by_its_new_handles_and_a_dropped_one_by_none(memory: Memory) -> None:
    memory.put_incident(incident("I1-1", days(1, 2), handles=("at hit", "by IQ")))
    memory.put_incident(incident("I1-1", days(1, 2), handles=("at hit", "to asad")))
    assert memory.incidents_by(["by IQ"], day(1), day(2)) == ()
    assert memory.incidents_by(["to asad"], day(1), day(2)) == ("I1-1",)
    memory.drop_incident("I1-1")
    assert memory.incidents_by(["to asad", "at hit"], day(1), day(2)) == ()


def test_incidents_come_in_the_order_named_without_those_unknown(memory: Memory) -> None:
    for name in ("I1-1", "I2-1"):
        memory.put_incident(incident(name, days(0, 1)))
    assert [found.id for found in memory.incidents(["I2-1", "no", "I1-1"])] == ["I2-1", "I1-1"]


def test_an_incident_that_moves_in_time_is_found_only_where_it_now_is(memory: Memory) -> None:
    memory.put_incident(incident("I1-1", days(0, 1)))
    memory.put_incident(incident("I1-1", days(40, 400)))
    assert memory.incidents_between(day(0), day(1)) == ()
    assert [found.id for found in memory.incidents_between(day(399), day(500))] == ["I1-1"]


def test_an_incident_without_a_time_stands_at_its_first_article(memory: Memory) -> None:
    memory.put_incident(incident("I1-1", None, published=3))
    assert [found.id for found in memory.incidents_between(day(3), day(4))] == ["I1-1"]
    assert memory.incidents_between(day(2), day(3)) == ()


# -------------------------------------------------------------------------------------------------- members and told


def test_points_come_by_start_and_incident(memory: Memory) -> None:
    known = [point("I3-1", 1, 9), point("I1-1", 2, 9), point("I2-1", 1, 9)]
    for each in known:
        memory.put_point("resume", each)
    memory.put_point("count", point("I1-1", 2, 9))
    assert memory.points("resume", day(0), day(20)) == (known[2], known[0], known[1])
    assert memory.points("first", day(0), day(20)) == ()


@pytest.mark.parametrize(
    ("start", "end", "found"), [(2, 3, True), (3, 3, True), (5, 9, True), (0, 2, True), (5.1, 9, False), (0, 1.9, False)]
)
def test_a_point_is_found_by_any_moment_of_its_time_both_ends_counted(
    memory: Memory, start: float, end: float, found: bool
) -> None:
    memory.put_point("count", point("I1-1", 2, 5))
    assert bool(memory.points("count", day(start), day(end))) is found


def test_a_point_of_one_moment_is_found_at_that_moment(memory: Memory) -> None:
    memory.put_point("count", point("I1-1", 2, 2))
    assert memory.points("count", day(2), day(2)) == (point("I1-1", 2, 2),)
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert memory.points("count", first, last) == (point("I1-1", 2, 2),)


def test_a_point_is_one_for_each_rule_and_incident_and_is_kept_whole(memory: Memory) -> None:
    memory.put_point("count", point("I1-1", 2, 5))
    later = replace(
        point("I1-1", 40, 41), keys=((("IQ",), ("hamas", "IL")), (("SY",), ("", ""))), steps=(0, 2), kind="halt", opens=False
    )
    memory.put_point("count", later)
    assert memory.point("count", "I1-1") == later
    assert memory.points("count", day(0), day(9)) == ()
    assert memory.points("count", day(40), day(40)) == (later,)


def test_a_point_is_forgotten_when_told_so_or_when_its_incident_goes(memory: Memory) -> None:
    for name in ("I1-1", "I2-1", "I3-1"):
        memory.put_incident(incident(name, days(0, 1)))
        memory.put_point("resume", point(name, 0, 1))
    memory.drop_point("resume", "I1-1")
    memory.drop_point("resume", "I9-1")
    memory.drop_incident("I2-1")
    memory.put_incident(incident("I2-1", days(0, 1)))
    assert memory.points("resume", day(0), day(9)) == (point("I3-1", 0, 1),)
    assert [memory.point("resume", name) for name in ("I1-1", "I2-1")] == [None, None]


def test_told_is_keyed_by_rule_and_subject(memory: Memory) -> None:
    memory.put_told(told(ordinal=1))
    memory.put_told(told(ordinal=2))
    assert memory.told("strike", "I1-1") == told(ordinal=2)
    assert memory.told("strike", "I2-1") is None
    assert memory.told("other", "I1-1") is None


def test_told_on_an_anchor_comes_by_rule_and_subject(memory: Memory) -> None:
    rows = [told("b", "s2"), told("b", "s1"), told("a", "s9"), told("a", "s1", anchor="I7-1")]
    for row in rows:
        memory.put_told(row)
    assert memory.told_on("I1-1") == (rows[2], rows[1], rows[0])
    assert memory.told_on("I7-1") == (rows[3],)
    assert memory.told_on("I9-9") == ()


def test_told_by_a_rule_comes_by_subject(memory: Memory) -> None:
    for subject in ("s2", "s10", "s1"):
        memory.put_told(told("b", subject, anchor=f"I{subject}"))
    memory.put_told(told("a", "s1"))
    assert [row.subject for row in memory.told_by("b")] == ["s1", "s10", "s2"]
    assert memory.told_by("c") == ()


def test_what_moves_to_another_anchor_is_no_longer_on_the_first(memory: Memory) -> None:
    memory.put_told(told(anchor="I1-1"))
    memory.put_told(told(anchor="I2-1"))
    assert memory.told_on("I1-1") == ()
    assert memory.told_on("I2-1") == (told(anchor="I2-1"),)


# -------------------------------------------------------------------------------------------------------------- passes


def test_passes_come_by_rule_set_and_move(memory: Memory) -> None:
    for entry in (7, 3):
        memory.put_backfill(Backfill(entry=entry, rules=("strike",), total=2))
    moved = Backfill(entry=3, rules=("strike", "resume"), total=2, after="I1-1", judged=1)
    memory.put_backfill(moved)
    assert memory.backfills() == (moved, Backfill(entry=7, rules=("strike",), total=2))
    memory.drop_backfill(3)
    memory.drop_backfill(99)
    assert [one.entry for one in memory.backfills()] == [7]


def test_a_pass_takes_incidents_by_id_without_those_judged_before_their_turn(memory: Memory) -> None:
    """Ids are compared as text; what one pass has judged is open to another."""
    for number in (1, 2, 10, 3):
        memory.put_incident(incident(f"I{number}-1", days(-number, 1)))
    assert memory.count_incidents() == 4
    assert [one.id for one in memory.unjudged(5, "", 2)] == ["I1-1", "I10-1"]
    memory.mark_judged(5, ["I2-1", "I9-1"])
    memory.mark_judged(5, [])
    assert [one.id for one in memory.unjudged(5, "I10-1", 9)] == ["I3-1"]
    assert [one.id for one in memory.unjudged(6, "I10-1", 9)] == ["I2-1", "I3-1"]
    assert memory.judged(5, ["I1-1", "I2-1"]) == {"I2-1"}
    assert memory.judged(6, ["I2-1"]) == frozenset()
    memory.drop_backfill(5)
    assert memory.judged(5, ["I2-1"]) == frozenset()


# -------------------------------------------------------------------------------------------------- outbox and ledger


def test_deliveries_are_counted_per_incident_and_channel(memory: Memory) -> None:
    for one in (delivery(ordinal=1), delivery(ordinal=2), delivery(channel="mail:duty"), delivery("I2-1")):
        memory.enqueue(one)
    assert memory.deliveries("I1-1", "console") == 2
    assert memory.deliveries("I1-1", "mail:duty") == 1
    assert memory.deliveries("I3-1", "console") == 0


def test_a_delivery_enters_the_outbox_once(memory: Memory) -> None:
    memory.enqueue(delivery())
    with pytest.raises(ValueError, match=r'^delivery "I1-1/console/1" is already in the outbox$'):
        memory.enqueue(delivery())
    assert memory.deliveries("I1-1", "console") == 1


def closing(outcome: str, revision: int = 1, **other: str) -> Disposition:
    return Disposition(**{"article": "a", "revision": revision, "event": "", "rule": "", "outcome": outcome} | other)  # type: ignore[arg-type]


def test_a_revision_is_closed_once(memory: Memory) -> None:
    memory.dispose([closing("matched"), closing("alerted A", event="e1", rule="r1"), closing("stale", event="e1", rule="r1")])
    memory.dispose([closing("unmatched: no rule", revision=2)])
    memory.dispose([])
    with pytest.raises(ValueError, match=r'^revision 1 of article "a" is closed already$'):
        memory.dispose([closing("unmatched")])
    with pytest.raises(ValueError, match=r'^revision 3 of article "a" is closed already$'):
        memory.dispose([closing("matched", revision=3), closing("matched", revision=3)])


def test_a_revision_is_closed_by_a_known_word(memory: Memory) -> None:
    with pytest.raises(
        ValueError,
        match=r'^a revision cannot be closed as "done"; allowed: matched, unmatched, unread, backfill, superseded, quarantined$',
    ):
        memory.dispose([closing("done")])


# ---------------------------------------------------------------------------------------------- orders, timers and notes


def test_an_order_is_taken_when_it_is_closed(memory: Memory) -> None:
    """What the store has never heard of stays untaken there; `tests/streams/test_matching.py` closes given ones."""
    assert not memory.order_taken(7)


def test_timers_are_due_in_order_and_one_for_each_kind_and_key(memory: Memory) -> None:
    assert memory.next_timer() is None
    for due, key in ((3, "b"), (1, "c"), (2, "a"), (4, "c")):
        memory.put_timer(Timer(due=day(due), kind="hold", key=key))
    assert memory.next_timer() == day(2)
    assert [timer.key for timer in memory.timers_due(day(3))] == ["a", "b"]
    assert memory.timers_due(day(1)) == ()
    memory.drop_timer("hold", "a")
    memory.drop_timer("hold", "never")
    assert memory.timers_due(day(9)) == (Timer(due=day(3), kind="hold", key="b"), Timer(due=day(4), kind="hold", key="c"))


def test_a_note_is_kept_under_its_kind_and_key(memory: Memory) -> None:
    assert memory.note("ack", "I1", Ack) is None
    for key in ("I2", "I1", "I2"):
        memory.put_note("ack", key, Ack(incident=f"of {key}"))
    memory.put_note("other", "I1", Ack(incident="another kind"))
    assert memory.note("ack", "I1", Ack) == Ack(incident="of I1")
    assert [key for key, _ in memory.notes("ack", Ack)] == ["I1", "I2"]
    memory.drop_note("ack", "I1")
    memory.drop_note("ack", "never")
    assert memory.notes("ack", Ack) == (("I2", Ack(incident="of I2")),)


# ----------------------------------------------------------------------------------------------------- copies and backing


def printed(name: str, published: float, *keys: int) -> Print:
    return Print(article=name, published=day(published), shingles=name.encode(), keys=tuple(sorted(keys)))


def test_prints_that_share_keys_come_with_most_shared_first(memory: Memory) -> None:
    """Keys are signed 64-bit numbers, and a print comes back whole."""
    low, high = -(2**63), 2**63 - 1
    one, two, three = printed("a", 0, low, 5, high), printed("b", 1, low), printed("c", 1, high)
    for each in (three, one, two):
        memory.put_print(each)
    assert memory.sharing([low, high, 7], day(0), day(1), 9) == ((one, 2), (two, 1), (three, 1))
    assert memory.sharing([low, high, 7], day(0), day(1), 2) == ((one, 2), (two, 1))
    assert memory.sharing([high], day(0), day(0), 9) == ((one, 1),)
    assert memory.sharing([7], day(0), day(1), 9) == ()
    assert memory.sharing([], day(0), day(1), 9) == ()


def test_a_print_takes_the_place_of_the_articles_earlier_one(memory: Memory) -> None:
    memory.put_print(printed("a", 0, 1, 2))
    memory.put_print(printed("a", 0, 2, 3))
    assert memory.sharing([1], day(0), day(1), 9) == ()
    assert memory.sharing([2], day(0), day(1), 9) == ((printed("a", 0, 2, 3), 1),)
    memory.drop_print("a")
    memory.drop_print("nobody")
    assert memory.sharing([2, 3], day(0), day(1), 9) == ()


def test_prints_of_what_was_published_before_a_moment_are_forgotten(memory: Memory) -> None:
    for number, name in enumerate("abc"):
        memory.put_print(printed(name, number, 1))
    memory.forget_prints(day(1))
    assert memory.sharing([1], day(0), day(9), 9) == ((printed("b", 1, 1), 1), (printed("c", 2, 1), 1))


def test_more_keys_than_one_query_takes_are_looked_up(memory: Memory) -> None:
    many = printed("a", 0, *range(-1100, 1100))
    memory.put_print(many)
    assert memory.sharing(range(599, 3000), day(0), day(1), 9) == ((many, 501),)
    memory.forget_prints(day(5))
    assert memory.sharing(many.keys, day(0), day(1), 9) == ()


def test_backing_is_kept_by_article(memory: Memory) -> None:
    one = Backing(article="a", copies=("b", "c"), credits=(Credit(name="Reuters", start=3, end=9),))
    memory.put_backing(Backing(article="a"))
    memory.put_backing(one)
    memory.put_backing(Backing(article="b", copies=("a",)))
    assert memory.backings(["a", "nobody"]) == {"a": one}
    assert memory.backings(iter(["b", "a"])) == {"b": Backing(article="b", copies=("a",)), "a": one}
