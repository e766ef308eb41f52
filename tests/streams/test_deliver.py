"""Deliveries against the Slack stand-in: each is visible exactly once, whatever breaks on the way."""

import asyncio
import itertools
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from peers import desk
from peers.outbox import MemoryOutbox, WallClock
from peers.slack import Fault, SlackPeer

from connectors.sinks.slack import SlackSink
from streams.deliver import Pace, Tally, deliver_forever, deliver_once
from streams.errors import EnvironmentFault, SinkRefused, SinkUnavailable
from streams.records.message import Step

CHANNEL = "slack:gsoc"
HASTY = Pace(between_s={}, settle_s=0.05, backoff_s=0.01, backoff_max_s=0.05, poll_s=0.01)


@pytest.fixture
async def slack_peer():
    async with SlackPeer() as peer:
        yield peer


def sink(peer):
    return SlackSink(peer.token, peer.channel, base_url=peer.base_url, timeout_s=0.3)


async def drain(outbox, peer, pace=HASTY, sinks=None):
    async with asyncio.timeout(10):
        return await deliver_once(outbox, sinks or {CHANNEL: sink(peer)}, WallClock(), time_zone="UTC", pace=pace)


async def until(condition):
    while not condition():  # noqa: ASYNC110 - what is waited for is in another process's place
        await asyncio.sleep(0.005)


def states(outbox, delivery):
    """Every state a delivery's steps went through, in order."""
    return [(step.name, step.state) for step in outbox.history if step.delivery == delivery.id]


async def test_a_delivery_is_posted_and_its_words_are_kept(slack_peer):
    outbox, one = MemoryOutbox(), desk.delivery()
    outbox.add(one)
    tally = await drain(outbox, slack_peer)
    assert slack_peer.ids() == [(one.id, "post")]
    assert states(outbox, one) == [("post", "sending"), ("post", "done")]
    assert outbox.closed[one.id][0].summary.startswith("HIGH · Rockets")
    assert outbox.root("I1-1", CHANNEL) == slack_peer.messages[0]["ts"]
    assert tally == Tally(delivered=1)


async def test_the_intent_is_durable_before_the_request(slack_peer):
    outbox, one = MemoryOutbox(), desk.delivery()

    class Watched(SlackSink):
        async def perform(self, step, delivery, message, root):
            assert outbox.steps(delivery.id)[0].state == "sending"
            return await super().perform(step, delivery, message, root)

    outbox.add(one)
    await drain(outbox, slack_peer, sinks={CHANNEL: Watched(slack_peer.token, slack_peer.channel, base_url=slack_peer.base_url)})
    assert len(slack_peer.messages) == 1


async def test_updates_edit_the_live_message_and_speak_in_its_thread(slack_peer):
    outbox = MemoryOutbox()
    first = desk.delivery()
    update = desk.delivery(desk.label(severity="critical"), ordinal=2, kind="update", changes=("severity critical, was high",))
    silent = desk.delivery(desk.label(severity="critical"), ordinal=3, ping=False)
    outbox.add(first, update, silent)
    await drain(outbox, slack_peer)
    post, reply = slack_peer.messages
    assert (post["edits"], post["text"][:8]) == (2, "CRITICAL")
    assert (reply["thread_ts"], reply["broadcast"]) == (post["ts"], True)
    assert reply["text"].startswith("UPDATE · CRITICAL · severity critical, was high")


async def test_graver_ones_go_first_then_older_ones_and_an_incident_keeps_its_order(slack_peer):
    outbox = MemoryOutbox()
    low = desk.delivery(desk.label(severity="low"), incident="I1-1")
    high = desk.delivery(incident="I2-1")
    high_later = desk.delivery(incident="I3-1")
    worse = desk.delivery(desk.label(severity="critical"), incident="I1-1", ordinal=2, kind="update", changes=("10 killed",))
    outbox.add(low, high, high_later, worse)
    await drain(outbox, slack_peer)
    assert [entry["id"] for entry in slack_peer.log if entry["method"] == "chat.postMessage"] == [
        low.id,
        worse.id,
        high.id,
        high_later.id,
    ]


async def test_a_storm_of_429_loses_nothing_and_its_time_is_kept(slack_peer):
    outbox = MemoryOutbox()
    many = [desk.delivery(incident=f"I{number}-1") for number in range(5)]
    outbox.add(*many)
    slack_peer.fail(*[Fault("429", 0.08)] * 4)
    await drain(outbox, slack_peer)
    assert slack_peer.ids() == [(one.id, "post") for one in many]
    asked = [entry["at"] for entry in slack_peer.log]
    assert all(later - sooner >= 0.08 for sooner, later in itertools.pairwise(asked[:5]))


async def test_the_pace_of_a_channel_is_kept(slack_peer):
    """Pace below the peer's own would be answered 429: none is."""
    slack_peer.pace_s = 0.05
    outbox = MemoryOutbox()
    outbox.add(*[desk.delivery(incident=f"I{number}-1") for number in range(4)])
    tally = await drain(outbox, slack_peer, Pace(between_s={"slack": 0.06}, settle_s=0.05, poll_s=0.01))
    assert len(slack_peer.messages) == 4
    assert tally.unavailable == 0


@pytest.mark.parametrize("kind", ["500", "503", "drop", "error:internal_error", "error:service_unavailable", "error:ratelimited"])
async def test_a_peer_that_fails_is_asked_again_until_it_takes_it(slack_peer, kind):
    outbox = MemoryOutbox()
    many = [desk.delivery(incident=f"I{number}-1") for number in range(2)]
    outbox.add(*many)
    slack_peer.fail(*[Fault(kind)] * 3)
    await drain(outbox, slack_peer)
    assert sorted(slack_peer.ids()) == [(one.id, "post") for one in many]


@pytest.mark.parametrize("kind", ["lost", "hang"])
async def test_what_arrived_though_its_answer_was_lost_is_not_sent_again(slack_peer, kind):
    outbox, one = MemoryOutbox(), desk.delivery()
    outbox.add(one)
    slack_peer.fail(Fault(kind, 0.5))
    tally = await drain(outbox, slack_peer)
    assert slack_peer.ids() == [(one.id, "post")]
    assert [entry["method"] for entry in slack_peer.log] == ["chat.postMessage", "conversations.history"]
    assert outbox.root("I1-1", CHANNEL) == slack_peer.messages[0]["ts"]
    assert tally == Tally(delivered=1, in_doubt=1)


@pytest.mark.parametrize("keeps_its_time", [True, False])
async def test_a_twin_that_turns_up_late_is_deleted_and_the_kept_one_is_the_root(slack_peer, keeps_its_time):
    """Answer lost, history empty when asked, posted again; then the first one appears."""
    slack_peer.late_keeps_its_time = keeps_its_time
    outbox, one = MemoryOutbox(), desk.delivery()
    update = desk.delivery(ordinal=2, kind="update", changes=("1 killed",))
    outbox.add(one, update)
    slack_peer.fail(Fault("late", 0.08))
    await drain(outbox, slack_peer)
    assert sorted(slack_peer.ids()) == [(one.id, "post"), (update.id, "reply")]
    (post,) = slack_peer.posts
    assert outbox.root("I1-1", CHANNEL) == post["ts"]
    assert post["edits"] == 1
    assert slack_peer.messages[-1]["thread_ts"] == post["ts"]


async def test_a_second_attempt_put_off_by_429_stays_in_doubt_for_the_first(slack_peer):
    """Lost, not in the history, 429, posted; then the first one appears: it is looked for all the same."""
    outbox, one = MemoryOutbox(), desk.delivery()
    outbox.add(one)
    slack_peer.fail(Fault("late", 0.09), Fault("429", 0.01))
    await drain(outbox, slack_peer)
    await asyncio.sleep(0.1)
    assert slack_peer.ids() == [(one.id, "post")]


async def test_a_history_that_lags_makes_a_twin_for_a_moment_only(slack_peer):
    slack_peer.history_lag_s = 0.08
    outbox, one = MemoryOutbox(), desk.delivery()
    outbox.add(one)
    slack_peer.fail(Fault("lost"))
    await drain(outbox, slack_peer)
    assert slack_peer.ids() == [(one.id, "post")]
    assert [entry["method"] for entry in slack_peer.log].count("chat.delete") == 1


async def test_a_lost_reply_is_looked_for_in_its_thread(slack_peer):
    outbox, one = MemoryOutbox(), desk.delivery()
    update = desk.delivery(ordinal=2, kind="update", changes=("1 killed",))
    outbox.add(one, update)
    slack_peer.fail(Fault(""), Fault(""), Fault("lost"))
    await drain(outbox, slack_peer)
    assert slack_peer.ids() == [(one.id, "post"), (update.id, "reply")]


async def test_a_lost_edit_is_made_again(slack_peer):
    outbox = MemoryOutbox()
    outbox.add(desk.delivery(), desk.delivery(ordinal=2, ping=False))
    slack_peer.fail(Fault(""), Fault("drop"))
    await drain(outbox, slack_peer)
    assert [one["edits"] for one in slack_peer.messages] == [1]
    assert not [entry for entry in slack_peer.log if entry["method"] == "conversations.history"]  # nothing to look for


@pytest.mark.parametrize("kind", ["hang", "late"])
async def test_a_crash_between_intent_and_result_leaves_one_message(slack_peer, kind):
    """The first loop dies while the request is under way; a new one finds the step open."""
    outbox, one = MemoryOutbox(), desk.delivery()
    outbox.add(one)
    slack_peer.fail(Fault("hang", 5) if kind == "hang" else Fault("late", 0.02))
    slow = SlackSink(slack_peer.token, slack_peer.channel, base_url=slack_peer.base_url, timeout_s=5)
    task = asyncio.create_task(deliver_once(outbox, {CHANNEL: slow}, WallClock(), time_zone="UTC", pace=HASTY))
    await until(lambda: slack_peer.log)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert [step.state for step in outbox.steps(one.id)] == ["sending"]
    tally = await drain(outbox, slack_peer)
    assert slack_peer.ids() == [(one.id, "post")]
    assert tally.in_doubt >= (1 if kind == "hang" else 0)


async def test_a_crash_after_the_second_attempt_still_looks_for_the_first(slack_peer):
    """Two attempts are out when the process dies: found is not enough, the other may come."""
    outbox, one = MemoryOutbox(), desk.delivery()
    outbox.add(one)
    outbox.put_step(Step(delivery=one.id, name="post", state="sending", attempts=2, not_before=datetime.now(UTC)))
    made = await drain_message(slack_peer, one)
    late = asyncio.create_task(later(0.03, drain_message(slack_peer, one)))
    await drain(outbox, slack_peer)
    await late
    assert [message["ts"] for message in slack_peer.messages] == [made]


async def drain_message(peer, delivery):
    from streams.words.render import message

    return await sink(peer).perform(Step(delivery=delivery.id, name="post"), delivery, message(delivery, "UTC"), "")


async def later(seconds, work):
    await asyncio.sleep(seconds)
    return await work


async def test_what_is_refused_is_set_aside_loudly_and_the_channel_goes_on(slack_peer, capsys):
    outbox, bad, good = MemoryOutbox(), desk.delivery(incident="I1-1"), desk.delivery(incident="I2-1")
    outbox.add(bad, good)
    slack_peer.fail(Fault("error:invalid_blocks"))
    tally = await drain(outbox, slack_peer)
    assert slack_peer.ids() == [(good.id, "post")]
    assert (tally.refused, tally.delivered) == (1, 1)
    (step,) = outbox.steps(bad.id)
    assert (step.state, step.error) == ("refused", "slack C0GSOC0001: invalid_blocks")
    assert bad.id in outbox.closed
    assert "delivery refused" in capsys.readouterr().out


async def test_after_a_refused_post_the_next_news_is_posted_anew(slack_peer):
    outbox, bad = MemoryOutbox(), desk.delivery()
    update = desk.delivery(ordinal=2, kind="update", changes=("1 killed",))
    more = desk.delivery(ordinal=3, ping=False)
    outbox.add(bad, update, more)
    slack_peer.fail(Fault("error:invalid_blocks"))
    await drain(outbox, slack_peer)
    assert slack_peer.ids() == [(update.id, "post")]
    assert slack_peer.messages[0]["edits"] == 1


async def test_even_a_silent_edit_brings_the_post_that_was_refused(slack_peer):
    outbox, bad, silent = MemoryOutbox(), desk.delivery(), desk.delivery(ordinal=2, ping=False)
    outbox.add(bad, silent)
    slack_peer.fail(Fault("error:invalid_blocks"))
    await drain(outbox, slack_peer)
    assert slack_peer.ids() == [(silent.id, "post")]


async def test_one_that_always_fails_lets_the_others_pass(slack_peer):
    class Picky(SlackSink):
        async def perform(self, step, delivery, message, root):
            if delivery.incident == "I1-1" and step.attempts < 4:
                raise SinkUnavailable("not this one")
            return await super().perform(step, delivery, message, root)

    outbox, grave, other = MemoryOutbox(), desk.delivery(desk.label(severity="critical")), desk.delivery(incident="I2-1")
    outbox.add(grave, other)
    await drain(outbox, slack_peer, sinks={CHANNEL: Picky(slack_peer.token, slack_peer.channel, base_url=slack_peer.base_url)})
    assert slack_peer.ids() == [(other.id, "post"), (grave.id, "post")]


async def test_news_about_a_message_that_somebody_deleted_is_posted_anew(slack_peer):
    outbox, one = MemoryOutbox(), desk.delivery()
    outbox.add(one)
    await drain(outbox, slack_peer)
    slack_peer._all[0]["deleted"] = True
    silent = desk.delivery(ordinal=2, ping=False)
    update = desk.delivery(ordinal=3, kind="update", changes=("1 killed",))
    outbox.add(silent, update)
    tally = await drain(outbox, slack_peer)
    assert slack_peer.ids() == [(update.id, "post")]
    assert (tally.refused, tally.delivered) == (1, 1)


async def test_while_one_incident_is_in_doubt_the_others_go_on(slack_peer):
    outbox, doubted, other = MemoryOutbox(), desk.delivery(incident="I1-1"), desk.delivery(incident="I2-1")
    outbox.add(doubted, other)
    slack_peer.fail(Fault("lost"))
    await drain(outbox, slack_peer)
    assert [entry["method"] for entry in slack_peer.log] == ["chat.postMessage", "chat.postMessage", "conversations.history"]


async def test_a_history_that_may_not_be_asked_costs_a_repetition_never_an_alert(slack_peer):
    class Blind(SlackSink):
        async def find(self, step, delivery, root):
            raise SinkRefused("missing_scope")

    outbox, one = MemoryOutbox(), desk.delivery()
    outbox.add(one)
    slack_peer.fail(Fault("drop"))
    await drain(outbox, slack_peer, sinks={CHANNEL: Blind(slack_peer.token, slack_peer.channel, base_url=slack_peer.base_url)})
    assert slack_peer.ids() == [(one.id, "post")]


async def test_a_sink_that_breaks_is_tried_a_few_times_and_does_not_stop_the_channel(slack_peer, capsys):
    class Broken(SlackSink):
        async def perform(self, step, delivery, message, root):
            if delivery.incident == "I1-1":
                raise KeyError("blocks")
            return await super().perform(step, delivery, message, root)

    outbox, bad, good = MemoryOutbox(), desk.delivery(incident="I1-1"), desk.delivery(incident="I2-1")
    outbox.add(bad, good)
    broken = Broken(slack_peer.token, slack_peer.channel, base_url=slack_peer.base_url)
    tally = await drain(outbox, slack_peer, sinks={CHANNEL: broken})
    assert slack_peer.ids() == [(good.id, "post")]
    assert (tally.refused, tally.faults) == (1, 5)
    out = capsys.readouterr().out
    assert "sink is broken" in out
    assert slack_peer.token not in out


async def test_a_delivery_that_cannot_be_put_in_words_is_sent_in_few(slack_peer):
    from dataclasses import replace

    outbox = MemoryOutbox()
    odd = desk.delivery(
        desk.label(time=replace(desk.SUNDAY, start=datetime(1, 1, 1, tzinfo=UTC), end=datetime(1, 1, 1, tzinfo=UTC)))
    )
    outbox.add(odd)
    tally = await drain(outbox, slack_peer)
    assert [one["text"] for one in slack_peer.messages] == ["HIGH · Strike on a U.S. base · I1-1"]
    assert tally == Tally(delivered=1, faults=1)


async def test_forever_wakes_for_news_serves_several_channels_and_stops(slack_peer):
    outbox, wake, stop = MemoryOutbox(), asyncio.Event(), asyncio.Event()
    duty = SlackSink(slack_peer.token, "C0DUTY0002", base_url=slack_peer.base_url)
    patient = Pace(between_s={}, poll_s=60)  # only waking can make it look
    run = asyncio.create_task(
        deliver_forever(
            outbox,
            {CHANNEL: sink(slack_peer), "slack:duty": duty},
            WallClock(),
            time_zone="UTC",
            wake=wake,
            stop=stop,
            pace=patient,
        )
    )
    await asyncio.sleep(0.05)
    outbox.add(desk.delivery(), desk.delivery(channel="slack:duty"))
    wake.set()
    async with asyncio.timeout(5):
        await until(lambda: len(outbox.closed) == 2)
        looked = outbox.looks
        await asyncio.sleep(0.1)
        assert outbox.looks <= looked + 4, "an idle loop must rest"
        stop.set()
        tally = await run
    assert sorted(one["channel"] for one in slack_peer.messages) == ["C0DUTY0002", "C0GSOC0001"]
    assert tally.delivered == 2


async def test_an_outbox_that_fails_ends_the_run(slack_peer):
    class Full(MemoryOutbox):
        def put_step(self, step):
            raise OSError("disk full")

    outbox = Full()
    outbox.add(desk.delivery())
    with pytest.raises(OSError, match="disk full"):
        async with asyncio.timeout(5):
            await deliver_forever(
                outbox,
                {CHANNEL: sink(slack_peer)},
                WallClock(),
                time_zone="UTC",
                wake=asyncio.Event(),
                stop=asyncio.Event(),
                pace=HASTY,
            )
    assert not slack_peer.messages


async def storm(peer, seed):
    """Three deliveries each of four incidents, random faults, the loop killed at random moments; what is visible then."""
    chance = random.Random(seed)
    peer.history_lag_s = 0.02
    faults = [
        Fault("429", 0.01),
        Fault("500"),
        Fault("drop"),
        Fault("lost"),
        Fault("late", 0.03),
        Fault("hang", 0.4),
        Fault("error:internal_error"),
    ]
    peer.fail(*[chance.choice([*faults, Fault("")]) for _ in range(25)])
    outbox = MemoryOutbox()
    for ordinal in (1, 2, 3):
        outbox.add(*[desk.delivery(incident=f"I{number}-1", ordinal=ordinal, ping=ordinal < 3) for number in range(4)])
    done = False
    while not done:
        run = asyncio.create_task(drain(outbox, peer))
        await asyncio.wait([run], timeout=chance.uniform(0.01, 0.5) if chance.random() < 0.7 else None)
        done = run.done()
        run.cancel()
        with suppress(asyncio.CancelledError):
            await run
    return outbox


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_breaks_in_whatever_order_each_is_visible_once(slack_peer, seed):
    await storm(slack_peer, seed)
    assert sorted(slack_peer.ids()) == sorted(
        (f"I{number}-1/{CHANNEL}/{ordinal}", name) for number in range(4) for ordinal, name in ((1, "post"), (2, "reply"))
    )
    roots = {one["ts"] for one in slack_peer.posts}
    assert all(one["thread_ts"] in roots for one in slack_peer.messages if one["thread_ts"])
    assert all(one["edits"] >= 2 for one in slack_peer.posts)


class SetClock:
    """A clock that only moves when somebody sleeps on it."""

    def __init__(self):
        self.at = datetime(2031, 1, 1, tzinfo=UTC)
        self.slept = []

    def now(self):
        return self.at

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)
        await asyncio.sleep(0)


async def test_without_a_named_time_the_waits_double_up_to_a_bound(slack_peer):
    """1 + 2 + 4 + 4 s between five attempts; the clock is the one handed in, so this takes no time."""
    outbox, clock = MemoryOutbox(), SetClock()
    outbox.add(desk.delivery())
    slack_peer.fail(*[Fault("error:service_unavailable")] * 4)
    await deliver_once(
        outbox,
        {CHANNEL: sink(slack_peer)},
        clock,
        time_zone="UTC",
        pace=Pace(between_s={}, backoff_s=1, backoff_max_s=4, poll_s=60),
    )
    assert clock.slept == [1.0, 2.0, 4.0, 4.0]


async def test_what_was_told_before_the_store_was_restored_is_not_told_again(slack_peer):
    """Decided again it has another id, and its old one may be another story's."""
    before, after = MemoryOutbox(), MemoryOutbox(restored=desk.PUBLISHED + timedelta(days=1))
    before.add(desk.delivery(incident="I5-1"))
    await drain(before, slack_peer)
    told, other = desk.delivery(incident="I6-1"), desk.delivery(desk.resumption(), incident="I5-1")
    after.add(told, other)
    await drain(after, slack_peer)
    assert slack_peer.ids() == [("I5-1/slack:gsoc/1", "post"), (other.id, "post")]
    assert after.root("I6-1", CHANNEL) == slack_peer.messages[0]["ts"]
    assert states(after, told) == [("post", "done")]


async def test_what_is_decided_after_the_restoration_is_sent_without_a_question(slack_peer):
    outbox = MemoryOutbox(restored=desk.PUBLISHED)
    outbox.add(desk.delivery())
    await drain(outbox, slack_peer)
    assert [entry["method"] for entry in slack_peer.log] == ["chat.postMessage"]


async def test_an_outbox_that_fails_for_a_while_repeats_and_loses_nothing(slack_peer):
    """A database server is restarted: before the intent, after the request, at the end."""

    class Restarting(MemoryOutbox):
        failing = (1, 3, 4, 6)  # calls that write, counted
        calls = 0

        def _call(self):
            Restarting.calls += 1
            if Restarting.calls in self.failing:
                raise EnvironmentFault("the connection broke")

        def put_step(self, step):
            self._call()
            super().put_step(step)

        def finish(self, delivery, message, at):
            self._call()
            super().finish(delivery, message, at)

    outbox, one = Restarting(), desk.delivery()
    outbox.add(one)
    await drain(outbox, slack_peer)
    assert slack_peer.ids() == [(one.id, "post")]
    assert set(outbox.closed) == {one.id}
    assert Restarting.calls > 6


async def test_an_outbox_that_goes_on_failing_ends_the_run(slack_peer):
    class Broken(MemoryOutbox):
        def waiting(self, channel):
            raise EnvironmentFault("the disk failed")

    with pytest.raises(EnvironmentFault, match="the disk failed"):
        await drain(Broken(), slack_peer)
