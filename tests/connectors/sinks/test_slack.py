"""The Slack sink against a stand-in that enforces Slack's documented limits."""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from peers import desk, slack
from peers.slack import Fault, SlackPeer, check_blocks

from connectors.sinks.marks import said
from connectors.sinks.slack import SlackSink, severity_rises
from connectors.sinks.slack_blocks import blocks_of, fallback, line_blocks
from streams.errors import SinkInDoubt, SinkRefused, SinkUnavailable, UsageError
from streams.records.message import Block, Message, Piece, Step
from streams.words.render import message

POST = desk.delivery()
UPDATE = desk.delivery(ordinal=2, kind="update", changes=("at least 7 wounded",))


@pytest.fixture
async def slack_peer():
    async with SlackPeer() as peer:
        yield peer


def sink(peer, channel=None, token=None):
    return SlackSink(token or peer.token, channel or peer.channel, base_url=peer.base_url, timeout_s=0.3)


def step(delivery, name="post", **more):
    return Step(delivery=delivery.id, name=name, **({"attempts": 1} | more))


async def perform(peer, delivery, name="post", root="", **more):
    return await sink(peer, **more).perform(step(delivery, name), delivery, message(delivery, "UTC"), root)


# ------------------------------------------------------------------------------------------------ what is sent


async def test_a_post_is_what_the_phone_shows_with_its_mark(slack_peer):
    ts = await perform(slack_peer, POST)
    (one,) = slack_peer.messages
    assert one["ts"] == ts
    assert one["text"] == (
        "HIGH · Rockets at coalition base, Tal Nasib, S Syria · Sun 21 Apr · "
        "failed, no US hurt, target unclear · Meridian Wire only"
    )
    assert one["metadata"] == {
        "event_type": "tocsin_delivery",
        "event_payload": {"id": POST.id, "step": "post", "said": said(POST)},
    }
    assert (one["unfurl"], one["parse"]) == (False, "none")


async def test_the_message_has_the_line_the_quotes_with_bold_words_and_links_then_the_rest(slack_peer):
    await perform(slack_peer, POST)
    header, line, quotes, facts, doubt, small, why = slack_peer.messages[0]["blocks"]
    assert header["text"]["text"] == "HIGH · Strike on a U.S. base"
    assert line["elements"][0]["elements"][0]["text"].startswith("HIGH · Rockets at coalition base")
    quoted = quotes["elements"][0]
    assert quoted["type"] == "rich_text_quote"
    assert {"type": "text", "text": "rockets", "style": {"bold": True}} in quoted["elements"]
    assert {"type": "link", "url": desk.SITE, "text": "levant-dispatch.example"} in quoted["elements"]
    assert facts["elements"][0]["elements"][3]["text"] == "On the word of: "
    assert doubt["elements"][0]["elements"][0]["text"] == "Unclear: "
    assert small["elements"] == [
        {"type": "plain_text", "text": "Sources: 1 independent origin: Meridian Wire (3 articles)", "emoji": False}
    ]
    assert why["elements"][0]["text"].startswith("Why: rule strike-on-us-base")


async def test_an_edit_changes_the_message_and_keeps_its_mark(slack_peer):
    root = await perform(slack_peer, POST)
    assert await perform(slack_peer, UPDATE, "edit", root) == root
    (one,) = slack_peer.messages
    assert one["metadata"]["event_payload"] == {"id": POST.id, "step": "post", "said": said(POST)}
    assert one["parse"] == "none"
    assert one["edits"] == 1


async def test_a_reply_goes_to_the_thread(slack_peer):
    root = await perform(slack_peer, POST)
    await perform(slack_peer, UPDATE, "reply", root)
    assert slack_peer.messages[1]["thread_ts"] == root
    assert slack_peer.messages[1]["broadcast"] is False
    assert slack_peer.messages[1]["text"] == "UPDATE · HIGH · at least 7 wounded — Rockets at coalition base, Tal Nasib, S Syria"


def test_which_requests_a_delivery_needs():
    plain = SlackSink("xoxb", "C1")
    assert plain.steps(POST) == ("post",)
    assert plain.steps(UPDATE) == ("edit", "reply")
    assert plain.steps(desk.delivery(ordinal=2, ping=False)) == ("edit",)


@pytest.mark.parametrize(
    ("delivery", "rises"),
    [
        (desk.delivery(ordinal=2, kind="update", changes=("severity high, was medium",)), True),
        (desk.delivery(ordinal=2, kind="update", changes=("severity: medium → high",)), True),
        (desk.delivery(desk.label(severity="medium"), ordinal=2, kind="correction", changes=("severity medium, was high",)), False),
        (desk.delivery(ordinal=2, kind="update", changes=("a medium-sized base",)), False),
        (desk.delivery(desk.label(), desk.resumption("critical"), ordinal=2), True),  # both new, none told before
    ],
)
def test_a_rise_in_severity_also_goes_to_the_channel(delivery, rises):
    assert severity_rises(delivery) is rises


def test_a_second_rule_goes_to_the_channel_only_when_it_is_the_gravest():
    for severity, rises in (("critical", True), ("high", False), ("low", False)):
        both = desk.delivery(desk.label(), desk.resumption(severity), ordinal=2)
        assert severity_rises(replace(both, alerts=both.alerts[1:])) is rises


def test_a_channel_is_named_by_its_id():
    with pytest.raises(UsageError) as caught:
        SlackSink("xoxb", "#gsoc")
    assert (
        str(caught.value) == 'slack channel "#gsoc" is no channel id; give the id from the channel\'s details, e.g. "C0123456789"'
    )
    assert "xoxb" not in repr(SlackSink("xoxb-secret", "C1"))


# ------------------------------------------------------------------------------------------------ hostile words

HOSTILE = [
    "<!channel> <!here|x> <!everyone> <@U123> <!subteam^S1> @here @channel @everyone",
    "<http://evil.example|https://reuters.com> <mailto:a@b|c> <#C1>",
    "a & b &lt;!channel&gt; &amp;",
    "\u202egnihton\u202c \u2066x\u2069 \u200e\u200f\ufeff",
    "line\r\nline\u2028line\u2029line\x85line\x00\x1b[31m",
    "*bold* _it_ ~strike~ `code` ```pre``` > quote :bomb:",
    "t" * 100_000,
    "<" * 5000,
    "&" * 5000,
    "\u0301" * 500,
    "",
    " ",
]


def hostile(text):
    piece = Piece(text, bold=True)
    blocks = [
        Block(kind, (piece, Piece(text, link="https://ok.example/x")))
        for kind in ("headline", "changes", "quote", "facts", "doubt", "pause", "sources", "why")
    ]
    return Message(summary=text, blocks=tuple(blocks * 3), reply=text)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_words_of_strangers_neither_ping_nor_link_nor_break_the_message(slack_peer, text):
    made = hostile(text)
    root = await sink(slack_peer).perform(step(POST), POST, made, "")
    await sink(slack_peer).perform(step(POST, "edit"), POST, made, root)
    await sink(slack_peer).perform(step(POST, "reply"), POST, made, root)
    assert slack_peer.pings == []
    for one in slack_peer.messages:
        assert "<" not in one["text"]
        nodes = slack._nodes(one["blocks"])
        flat = "|".join(node["text"] for node in nodes if isinstance(node.get("text"), str) and node["text"] != "\n")
        assert not [bad for bad in ("<!", "<@", "<#", "<http", "@here", "@channel", "@everyone") if bad in flat]
        assert not set(one["text"] + flat) & set("\n\u202e\u202c\u2066\u2069\u200e\ufeff\r\x00\x1b\u2028\u2029\x85")
        assert {node["type"] for node in nodes if "type" in node} <= {
            "header", "rich_text", "rich_text_section", "rich_text_quote", "context", "text", "link", "plain_text",
        }  # fmt: skip
        assert {node["url"] for node in nodes if "url" in node} <= {"https://ok.example/x"}
        assert len(one["text"]) <= 4000


def test_the_fallback_is_escaped_as_slack_asks():
    assert fallback("a < b & c > d") == "a &lt; b &amp; c &gt; d"
    assert len(fallback("&" * 100_000)) <= 3000


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "https://reuters.com@evil.example/",
        "http://a|b",
        "ftp://x/",
        "https://x\ny/",
        "https:///x",
        "http://[::1",
    ],
)
def test_what_is_no_plain_web_address_becomes_words(link):
    blocks = blocks_of(Message(summary="s", blocks=(Block("quote", (Piece("Reuters", link=link),)),), reply=""))
    assert blocks[2]["elements"][0]["elements"] == [{"type": "text", "text": "Reuters"}]


def test_too_long_a_message_is_cut_at_the_end_and_says_so():
    long = Message(summary="s", blocks=tuple(Block("quote", (Piece(f"{number}" * 2900),)) for number in range(9)), reply="")
    blocks = blocks_of(long)
    check_blocks(blocks)
    assert blocks[-1]["elements"][0]["text"] == "… shortened: the whole text is kept by Tocsin"
    assert len(blocks) == 7


def test_very_many_paragraphs_stay_below_the_bound_of_blocks():
    kinds = ("quote", "facts") * 40
    blocks = blocks_of(Message(summary="s", blocks=tuple(Block(kind, (Piece("x"),)) for kind in kinds), reply=""))
    check_blocks(blocks)
    assert len(blocks) == 50


def test_the_stand_in_refuses_what_slack_refuses():
    """The limits above are only proved if the stand-in has them."""
    many = line_blocks("x") * 51
    wide = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    head = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    empty = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}]}]
    small = [{"type": "context", "elements": [{"type": "plain_text", "text": "x"}] * 11}]
    total = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}] * 5
    for blocks, error in [(many, "invalid_blocks"), (wide, "invalid_blocks"), (head, "invalid_blocks"), (empty, "invalid_blocks"),
                          (small, "invalid_blocks"), (total, "msg_blocks_too_long")]:  # fmt: skip
        with pytest.raises(slack.Denied) as caught:
            check_blocks(blocks)
        assert caught.value.error == error


# ------------------------------------------------------------------------------------------------ failures


@pytest.mark.parametrize(
    ("fault", "error", "text"),
    [
        (Fault("429", 7), SinkUnavailable, "slack C0GSOC0001: ratelimited"),
        (Fault("error:service_unavailable"), SinkUnavailable, "slack C0GSOC0001: service_unavailable"),
        (Fault("500"), SinkInDoubt, "slack C0GSOC0001: http 500"),
        (Fault("error:internal_error"), SinkInDoubt, "slack C0GSOC0001: internal_error"),
        (Fault("drop"), SinkInDoubt, "slack C0GSOC0001: no answer: ServerDisconnectedError"),
        (Fault("lost"), SinkInDoubt, "slack C0GSOC0001: no answer: ServerDisconnectedError"),
        (Fault("hang", 1), SinkInDoubt, "slack C0GSOC0001: no answer: TimeoutError"),
        (Fault("error:msg_too_long"), SinkRefused, "slack C0GSOC0001: msg_too_long"),
    ],
)
async def test_a_failure_is_named_for_what_it_means(slack_peer, fault, error, text):
    slack_peer.fail(fault)
    with pytest.raises(error) as caught:
        await perform(slack_peer, POST)
    assert str(caught.value) == text
    assert type(caught.value) is error
    if fault.kind == "429":
        assert caught.value.retry_after_s == 7
    assert len(slack_peer.log) == 1, "the SDK must not repeat a request by itself"


@pytest.mark.parametrize(
    ("channel", "token", "text"),
    [
        ("C0NOWHERE9", None, "slack C0NOWHERE9: channel_not_found"),
        ("C0STRANGE3", None, "slack C0STRANGE3: not_in_channel"),
        ("C0ARCHIVE4", None, "slack C0ARCHIVE4: is_archived"),
        (None, "xoxb-wrong-secret", "slack C0GSOC0001: invalid_auth"),
    ],
)
async def test_what_no_repetition_can_mend_is_refused(slack_peer, channel, token, text):
    with pytest.raises(SinkRefused) as caught:
        await perform(slack_peer, POST, channel=channel, token=token)
    assert str(caught.value) == text


async def test_blocks_that_slack_refuses_say_why(slack_peer, monkeypatch):
    monkeypatch.setattr("connectors.sinks.slack.blocks_of", lambda _: [{"type": "marquee"}])
    with pytest.raises(SinkRefused, match=r"^slack C0GSOC0001: invalid_blocks \(unsupported type: marquee\)$"):
        await perform(slack_peer, POST)


async def test_no_connection_means_it_has_not_arrived():
    async with SlackPeer() as gone:
        pass
    with pytest.raises(SinkUnavailable, match="no connection"):
        await perform(gone, POST)


async def test_an_edit_of_a_deleted_message_is_refused(slack_peer):
    with pytest.raises(SinkRefused, match="message_not_found"):
        await perform(slack_peer, UPDATE, "edit", "1700000000.000100")
    with pytest.raises(SinkRefused, match='"reply" needs the message it belongs to'):
        await perform(slack_peer, UPDATE, "reply", "")


async def test_no_error_shows_the_token(slack_peer):
    for fault in (Fault("429", 1), Fault("500"), Fault("drop"), Fault("error:invalid_blocks")):
        slack_peer.fail(fault)
        with pytest.raises((SinkRefused, SinkUnavailable, SinkInDoubt)) as caught:
            await perform(slack_peer, POST)
        shown = caught.getrepr(chain=True, showlocals=False)
        assert slack_peer.token not in f"{caught.value} {caught.value!r} {shown}"


# ------------------------------------------------------------------------------------------------ finding


async def test_what_never_arrived_is_not_found(slack_peer):
    await perform(slack_peer, desk.delivery(incident="I9-9"))
    assert await sink(slack_peer).find(step(POST), POST, "") == ""


async def test_under_one_id_another_story_is_not_ours(slack_peer):
    """A store made from a backup numbers anew; to take another incident's post for ours would lose an alert."""
    await perform(slack_peer, desk.delivery(desk.resumption()))
    assert await sink(slack_peer).find(step(POST), POST, "") == ""
    assert await sink(slack_peer).find(step(POST, attempts=0), POST, "") == ""


async def test_before_the_first_attempt_a_message_is_known_by_what_it_says(slack_peer):
    """The store was made from a backup, and the same story has another id now. Nothing is deleted on such evidence."""
    ts = [await perform(slack_peer, desk.delivery(incident="I9-9")) for _ in range(2)]
    assert await sink(slack_peer).find(step(POST, attempts=0), POST, "") == ts[0]
    assert await sink(slack_peer).find(step(POST), POST, "") == ""
    assert len(slack_peer.messages) == 2


async def test_a_post_is_found_behind_many_others(slack_peer):
    ts = await perform(slack_peer, POST)
    for _ in range(450):
        slack_peer._post({"channel": slack_peer.channel, "text": "chatter", "_ts": ""})
    assert await sink(slack_peer).find(step(POST), POST, "") == ts
    assert [entry["method"] for entry in slack_peer.log].count("conversations.history") == 3


async def test_of_twins_the_oldest_is_kept(slack_peer):
    ts = [await perform(slack_peer, POST) for _ in range(3)]
    assert await sink(slack_peer).find(step(POST), POST, "") == ts[0]
    assert [one["ts"] for one in slack_peer.messages] == ts[:1]


async def test_a_reply_is_found_in_its_thread_and_not_taken_for_the_post(slack_peer):
    root = await perform(slack_peer, POST)
    ts = await perform(slack_peer, UPDATE, "reply", root)
    assert await sink(slack_peer).find(step(UPDATE, "reply"), UPDATE, root) == ts
    assert await sink(slack_peer).find(step(UPDATE, "post"), UPDATE, root) == ""
    assert len(slack_peer.messages) == 2


async def test_somebody_elses_metadata_is_not_ours(slack_peer):
    foreign = {"event_type": "task_created", "event_payload": {"id": POST.id, "step": "post"}}
    slack_peer._post({"channel": slack_peer.channel, "text": "x", "metadata": foreign, "_ts": ""})
    assert await sink(slack_peer).find(step(POST), POST, "") == ""


async def test_a_history_that_does_not_show_our_own_message_is_not_believed(slack_peer):
    """But not for ever: somebody may have deleted it."""
    asked = sink(slack_peer)
    for _ in range(5):
        with pytest.raises(SinkUnavailable, match="does not show"):
            await asked.find(step(POST, ref="1700000000.000100"), POST, "")
    assert await asked.find(step(POST, ref="1700000000.000100"), POST, "") == "1700000000.000100"


@pytest.mark.parametrize("method", ["conversations.history", "conversations.replies"])
async def test_a_question_without_answer_is_asked_again_later(slack_peer, method, monkeypatch):
    """Taking silence for "not there" would post a second time."""
    root = await perform(slack_peer, POST)
    monkeypatch.setattr(slack_peer, "_do", lambda *_: (_ for _ in ()).throw(slack.Denied("internal_error")))
    with pytest.raises(SinkUnavailable, match="internal_error"):
        await sink(slack_peer).find(step(POST, "post" if "history" in method else "reply"), POST, root)


# ------------------------------------------------------------------------------------------------ the stand-in as a process


async def test_the_stand_in_outlives_a_client_as_a_process(tmp_path):
    state = tmp_path / "slack.json"
    script = Path(slack.__file__)
    process = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, str(script), "--port", "0", "--state", str(state), "--pace", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        address = (await asyncio.to_thread(process.stdout.readline)).strip()
        outside = SlackSink(SlackPeer.token, SlackPeer.channel, base_url=address)
        ts = await outside.perform(step(POST), POST, message(POST, "UTC"), "")
        assert [one["ts"] for one in json.loads(state.read_text())["all"]] == [ts]
        async with aiohttp.ClientSession() as session:
            control = address.replace("/api/", "/control")
            answer = await session.post(control, json={"faults": [{"kind": "error:is_archived"}]})
            assert [one["ts"] for one in (await answer.json())["messages"]] == [ts]
        with pytest.raises(SinkRefused, match="is_archived"):
            await outside.perform(step(POST), POST, message(POST, "UTC"), "")
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
