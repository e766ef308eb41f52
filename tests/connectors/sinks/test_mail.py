"""The mail sink against a real SMTP server on loopback."""

import asyncio
import email
import email.policy
import re
from dataclasses import replace

import pytest
from aiosmtpd.smtp import SMTP
from peers import desk
from peers.outbox import MemoryOutbox, WallClock

from connectors.sinks.mail import MailSink
from streams.deliver import Pace, deliver_once
from streams.errors import SinkInDoubt, SinkRefused, SinkUnavailable, UsageError
from streams.records.message import Block, Message, Piece, Step
from streams.words.render import message

POST = desk.delivery(channel="mail:duty")
UPDATE = desk.delivery(channel="mail:duty", ordinal=2, kind="update", changes=("at least 7 wounded",))


class Server:
    """Keeps what it takes; `answers` by verb ("RCPT ann@desk.example", "DATA") replace its own, "cut" closes the connection."""

    def __init__(self):
        self.taken = []
        self.answers = {}

    def _say(self, verb, default):
        left = self.answers.get(verb, [])
        return left.pop(0) if left else default

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        envelope.mail_from = address
        return self._say("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        answer = self._say(f"RCPT {address}", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        answer = self._say("DATA", "250 OK")
        if answer.startswith(("250", "cut")):
            self.taken.append((tuple(envelope.rcpt_tos), envelope.content))
        if answer == "cut":
            server.transport.abort()
        return answer

    def letters(self):
        return [email.message_from_bytes(content, policy=email.policy.default) for _, content in self.taken]


@pytest.fixture
async def server():
    handler = Server()
    listening = await asyncio.get_running_loop().create_server(lambda: SMTP(handler, hostname="mx.test"), "127.0.0.1", 0)
    handler.port = listening.sockets[0].getsockname()[1]
    yield handler
    listening.close()
    await listening.wait_closed()


def sink(server, *recipients, **more):
    options = {"tls": "none", "timeout_s": 2} | more
    return MailSink("127.0.0.1", server.port, "Tocsin <tocsin@desk.example>", recipients or ("ann@desk.example",), **options)


async def test_starttls_is_insisted_on_and_nothing_goes_in_clear(server):
    """A server that offers no STARTTLS gets neither the password nor the letter, unless the settings say "none"."""
    with pytest.raises(SinkUnavailable, match="STARTTLS"):
        await perform(server, mail=sink(server, tls="starttls", username="u", password="hunter2-secret"))
    assert server.letters() == []


async def perform(server, delivery=POST, name="post", root="", made=None, mail=None):
    step = Step(delivery=delivery.id, name=name)
    return await (mail or sink(server)).perform(step, delivery, made or message(delivery, "UTC"), root)


async def test_a_letter_has_the_line_as_subject_and_both_forms(server):
    ref = await perform(server, mail=sink(server, list_id="gsoc.tocsin.desk.example"))
    (letter,) = server.letters()
    assert letter["Subject"] == message(POST, "UTC").summary
    assert letter["From"] == "Tocsin <tocsin@desk.example>"
    assert letter["Message-ID"] == ref
    assert re.fullmatch(r"<I1-1-mail-duty-1-post\.[0-9a-f]{12}@desk\.example>", ref)
    assert letter["List-Id"] == "<gsoc.tocsin.desk.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"]
    assert letter["References"] is None
    text = letter.get_body(("plain",)).get_content()
    assert "“Militants *fired* eight or more *rockets* on Sunday" in text
    assert "levant-dispatch.example <https://levant-dispatch.example/rockets>" in text
    page = letter.get_body(("html",)).get_content()
    assert "<mark><b>rockets</b></mark>" in page
    assert f'<a href="{desk.SITE}" rel="noreferrer noopener">levant-dispatch.example</a>' in page


async def test_an_update_joins_the_thread_of_the_first_letter(server):
    root = await perform(server)
    await perform(server, UPDATE, "reply", root)
    letter = server.letters()[1]
    assert (letter["References"], letter["In-Reply-To"]) == (root, root)
    assert letter["Subject"] == "UPDATE · HIGH · at least 7 wounded — Rockets at coalition base, Tal Nasib, S Syria"
    assert letter["Message-ID"] != root


async def test_a_repetition_has_the_same_id(server):
    assert await perform(server) == await perform(server)


def test_which_letters_a_delivery_needs():
    plain = MailSink("127.0.0.1", 25, "a@b", ("c@d",))
    assert plain.steps(POST) == ("post",)
    assert plain.steps(UPDATE) == ("reply",)
    assert plain.steps(desk.delivery(ordinal=2, ping=False)) == ()


HOSTILE = [
    "Rockets\r\nBcc: everybody@desk.example\r\n\r\nbody",
    "Rockets\nX: y",
    "\u202egnihton\u202c \u2028 \x00\x1b[31m\x85",
    "<script>alert(1)</script><img src=http://evil.example/x>",
    '"><a href="javascript:alert(1)">',
    "t" * 100_000,
    "=?utf-8?q?Bcc=3A?= x",
    "\ud800 lone",
    "ракеты по базе 🚀",
    "",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_words_of_strangers_make_no_header_no_markup_and_no_link(server, text):
    pieces = (Piece(text, bold=True), Piece(text, link="javascript:alert(1)"), Piece(text, link="https://ok.example/\r\nx"))
    made = Message(summary=text, blocks=tuple(Block(kind, pieces) for kind in ("quote", "facts", "why")), reply=text)
    await perform(server, made=made)
    ((recipients, content),) = server.taken
    assert recipients == ("ann@desk.example",)
    assert max(map(len, content.split(b"\r\n"))) <= 998
    (letter,) = server.letters()
    assert set(letter.keys()) == {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}
    page = letter.get_body(("html",)).get_content()
    assert not re.search(r"<(script|img|a)\b", page)
    shown = letter["Subject"] + page + letter.get_body(("plain",)).get_content()
    assert not set(shown) & set("\u202e\u202c\u2028\x00\x1b\x85")
    assert len(letter["Subject"]) <= 250


@pytest.mark.parametrize(
    ("verb", "answer", "error", "text"),
    [
        ("MAIL", "451 try later", SinkUnavailable, "mail 127.0.0.1: 451 try later"),
        ("MAIL", "550 no", SinkRefused, "mail 127.0.0.1: 550 no"),
        ("RCPT ann@desk.example", "450 greylisted", SinkUnavailable,
         "mail 127.0.0.1: not yet taken for ann@desk.example (450 greylisted)"),
        ("RCPT ann@desk.example", "550 no such user", SinkRefused,
         "mail 127.0.0.1: refused for ann@desk.example (550 no such user)"),
        ("DATA", "452 disk full", SinkUnavailable, "mail 127.0.0.1: 452 disk full"),
        ("DATA", "554 spam", SinkRefused, "mail 127.0.0.1: 554 spam"),
        ("DATA", "cut", SinkInDoubt, "mail 127.0.0.1: no answer: SMTPServerDisconnected"),
    ],
)  # fmt: skip
async def test_a_failure_is_named_for_what_it_means(server, verb, answer, error, text):
    server.answers[verb] = [answer]
    with pytest.raises(error) as caught:
        await perform(server)
    assert str(caught.value) == text


async def test_no_connection_means_it_was_not_sent(unused_tcp_port):
    gone = MailSink("127.0.0.1", unused_tcp_port, "a@b", ("c@d",), password="hunter2-secret", username="u", tls="none", timeout_s=1)
    with pytest.raises(SinkUnavailable) as caught:
        await gone.perform(Step(delivery=POST.id, name="post"), POST, message(POST, "UTC"), "")
    assert str(caught.value) == "mail 127.0.0.1: no connection: SMTPConnectError"
    assert "hunter2" not in f"{gone!r} {caught.value!r}"


async def test_who_was_served_is_not_served_again_while_others_are_put_off(server):
    both = sink(server, "ann@desk.example", "bob@desk.example")
    server.answers["RCPT bob@desk.example"] = ["450 greylisted"]
    with pytest.raises(SinkUnavailable, match=r"not yet taken for bob@desk\.example"):
        await perform(server, mail=both)
    await perform(server, mail=both)
    assert [recipients for recipients, _ in server.taken] == [("ann@desk.example",), ("bob@desk.example",)]


async def test_one_bad_address_does_not_keep_the_letter_from_the_others(server, capsys):
    server.answers["RCPT bob@desk.example"] = ["550 no such user"]
    await perform(server, mail=sink(server, "ann@desk.example", "bob@desk.example"))
    assert [recipients for recipients, _ in server.taken] == [("ann@desk.example",)]
    assert "bob@desk.example (550 no such user)" in capsys.readouterr().out


async def test_what_is_in_doubt_is_sent_again_with_the_same_id(server):
    server.answers["DATA"] = ["cut"]
    outbox = MemoryOutbox()
    outbox.add(POST, UPDATE, replace(UPDATE, id="silent", ordinal=3, ping=False))
    async with asyncio.timeout(10):
        tally = await deliver_once(
            outbox, {"mail:duty": sink(server)}, WallClock(), time_zone="UTC", pace=Pace(settle_s=0.02, backoff_s=0.01, poll_s=0.01)
        )
    first, again, update = server.letters()
    assert first["Message-ID"] == again["Message-ID"] == update["References"]
    assert (tally.delivered, tally.refused) == (3, 0)


@pytest.mark.parametrize("address", ["nobody", "a@b\r\nBcc: c@d", "a b@c d", ""])
def test_addresses_are_checked_at_the_start(address):
    with pytest.raises(UsageError, match="is no mail address"):
        MailSink("127.0.0.1", 25, "a@b", (address,))


def test_a_channel_without_recipients_is_refused():
    with pytest.raises(UsageError, match="at least one recipient"):
        MailSink("127.0.0.1", 25, "a@b", ())
