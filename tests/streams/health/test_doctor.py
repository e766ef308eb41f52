"""The doctor's judgements, each on facts made by hand: what is well, what wants attention, in which words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from streams.health import doctor
from streams.health.doctor import Finding
from streams.records.flow import Cursor
from streams.store.aside import Aside
from streams.store.checkup import Troubled
from streams.store.ledger import Balance
from streams.store.vitals import Queue, Vitals

NOW = datetime(2024, 4, 22, 12, tzinfo=UTC)


def ago(**length: float) -> datetime:
    return NOW - timedelta(**length)


WELL = Cursor(
    feed="wire", address="https://wire.example/rss", first_polled=ago(days=30), last_ok=ago(minutes=2), last_new=ago(hours=1),
    next_poll=NOW + timedelta(minutes=3), polls=9_000,
)  # fmt: skip


@pytest.mark.parametrize(
    ("cursor", "found", "do"),
    [
        (None, "was never polled", 'start "tocsin run" or "tocsin ingest"; was it named a moment ago?'),
        (
            replace(WELL, failures=4, diagnosis="html: the body is a page", last_ok=ago(hours=5)),
            "has failed since 2024-04-22 07:00Z, 4 times in a row: html: the body is a page",
            "its address shows a page, not a feed: open it in a browser; a challenge to robots needs another address",
        ),
        (
            replace(WELL, failures=3, diagnosis="http-410: gone", last_ok=None),
            "has failed always, 3 times in a row: http-410: gone",
            "it is gone for good: find another, or take it out",
        ),
        (
            replace(WELL, next_poll=ago(minutes=11)),
            "is due since 2024-04-22 11:49Z and was not polled",
            'nobody polls: start "tocsin run" or "tocsin ingest"',
        ),
        (
            replace(WELL, last_new=ago(days=8)),
            "answers and has shown nothing new since 2024-04-14 12:00Z",
            "look at its page: has it moved, or stopped?",
        ),
    ],
)
def test_a_feed_that_is_not_well_says_why_and_what_to_do(cursor: Cursor | None, found: str, do: str) -> None:
    cursors = {"good": WELL} | ({"wire": cursor} if cursor else {})
    assert list(doctor.feeds(["wire", "good"], cursors, NOW)) == [
        Finding("feed wire", "attend", found, do),
        Finding("feeds", "well", "1 of 2 answer, are polled and show news"),
    ]


@pytest.mark.parametrize(
    "cursor",
    [
        WELL,
        replace(WELL, failures=2, diagnosis="http-503: busy"),
        replace(WELL, next_poll=ago(minutes=9)),
        replace(WELL, last_new=None),
    ],
)
def test_what_happens_every_day_is_no_trouble(cursor: Cursor) -> None:
    assert [one.state for one in doctor.feeds(["wire"], {"wire": cursor}, NOW)] == ["well"]


def test_of_many_feeds_that_fail_some_are_named_and_the_others_counted() -> None:
    names = [f"feed-{n}" for n in range(30)]
    found = list(doctor.feeds(names, {}, NOW))
    assert len(found) == doctor.MANY + 1
    assert found[-1] == Finding("feeds", "attend", "10 more are not well", "name them with the metric tocsin_feed_failures")


STILL = Vitals(
    waiting=0, unpublished=0, orders=0, oldest_order=None, timer=None, oldest_taken=None, quarantined=0, entries=7, decided_at=NOW,
    queues=(), feeds=(), looking_back=0, holders=(),
)  # fmt: skip


def test_articles_wait_in_vain_when_nobody_decides() -> None:
    known = replace(STILL, waiting=3, oldest_taken=ago(minutes=30), orders=1, oldest_order=ago(hours=3), timer=ago(minutes=11))
    start = '; nobody decides: start "tocsin run" or "tocsin worker --role match"'
    assert list(doctor.waiting(known, "wire:7", NOW, held=False)) == [
        Finding(
            "articles", "attend", "3 wait, the oldest for 30 min (wire:7)", f"look at the log of whoever reads and decides{start}"
        ),
        Finding(
            "orders",
            "attend",
            "1 wait, the oldest since 2024-04-22 09:00Z",
            f"mutes, merges and acknowledgements are not taken{start}",
        ),
        Finding("timers", "attend", "one is due since 2024-04-22 11:49Z", f"holds and escalations are late{start}"),
    ]
    busy = replace(STILL, waiting=3, oldest_taken=ago(seconds=20))
    assert [one.state for one in doctor.waiting(busy, "wire:7", NOW, held=True)] == ["well"]


def test_a_ledger_that_does_not_balance_names_what_is_astray() -> None:
    whole = Balance(
        taken=5, in_flight=2, matched=1, unmatched=1, unread=1, backfill=0, superseded=0, quarantined=0, astray=()
    )  # fmt: skip
    assert doctor.ledger(whole) == Finding("ledger", "well", "taken 5 = in flight 2 + closed 3")
    found = doctor.ledger(replace(whole, taken=6, astray=(("wire:7", 2),)))
    assert (found.state, found.found) == ("attend", "does not balance: taken 6, in flight 2, closed 3; astray: wire:7 (2)")


def test_channels_that_wait_refuse_or_have_no_name_any_more() -> None:
    queues = [
        Queue(channel="mail:ops", waiting=1, oldest=ago(seconds=5), refused=0),
        Queue(channel="slack:gsoc", waiting=2, oldest=ago(hours=2), refused=1),
        Queue(channel="slack:old", waiting=4, oldest=ago(days=3), refused=0),
    ]
    errors = {
        ("slack:gsoc", False): Troubled(delivery="I9-1/slack:gsoc/2", error="no connection", attempts=40),
        ("slack:gsoc", True): Troubled(delivery="I3-1/slack:gsoc/1", error="invalid_auth", attempts=1),
    }
    found = list(doctor.outbox(queues, ["console", "mail:ops", "slack:gsoc"], errors, NOW))
    assert [(one.what, one.state, one.found) for one in found] == [
        ("channel console", "well", "nothing waits"),
        ("channel mail:ops", "well", "1 delivery waits, the oldest for 5 s"),
        (
            "channel slack:gsoc",
            "attend",
            "2 deliveries wait, the oldest for 2 h (I9-1/slack:gsoc/2, 40 attempts: no connection)",
        ),
        ("channel slack:gsoc", "attend", "1 delivery was refused for good (I3-1/slack:gsoc/1, 1 attempts: invalid_auth)"),
        ("channel slack:old", "attend", "4 deliveries wait for a channel that the settings do not name"),
    ]
    assert all(one.do for one in found if one.state == "attend")


@pytest.mark.parametrize(
    ("finding", "state"),
    [
        (doctor.quarantined(0, ()), "well"),
        (doctor.quarantined(1, [Aside(seq=7, article="wire:7", revision=1, why="it died", taken_at=NOW, text=None)]), "attend"),
        (doctor.dead_letters(0, ()), "well"),
        (doctor.dead_letters(1, ["dead/0/4 (WireError: no JSON)"]), "attend"),
        (doctor.retention(ago(days=30, hours=5), timedelta(days=30), NOW), "well"),
        (doctor.retention(ago(days=32), timedelta(days=30), NOW), "attend"),
        (doctor.retention(None, timedelta(days=30), NOW), "well"),
        (doctor.disk(10 * 2**30, 3 * 2**30), "well"),
        (doctor.disk(10 * 2**20, 1 * 2**30), "attend"),
        (doctor.disk(90 * 2**30, 8 * 2**30), "attend"),
        (doctor.clock(ago(minutes=1), NOW), "well"),
        (doctor.clock(NOW + timedelta(minutes=6), NOW), "attend"),
        (doctor.clock(None, NOW), "well"),
    ],
)
def test_bounds_are_where_the_constants_say(finding: Finding, state: str) -> None:
    assert finding.state == state
    assert bool(finding.do) is (state == "attend")
