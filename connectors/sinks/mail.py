"""Alerts as e-mail: one message a delivery, text and HTML, threaded under the incident's first.

Called by deliver. At least once, always with the same Message-ID, so that mailboxes can tell a repetition. SMTP cannot be
asked what arrived; signing (DKIM) and queues are the mail server's.
"""

import hashlib
import re
from collections.abc import Sequence
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import formatdate, parseaddr
from functools import partial
from typing import Literal

import aiosmtplib
import structlog
from jinja2 import Environment

from connectors.sinks.marks import said
from streams.errors import SinkError, SinkInDoubt, SinkRefused, SinkUnavailable, UsageError
from streams.hostile import tame, tame_link
from streams.records.flow import Delivery, Severity
from streams.records.message import Block, Message, Step

_SUBJECT_CHARS = 250  # phones show about 60; a header line may hold 998 octets: RFC 5322, 2.1.1
_COLOURS: dict[Severity, str] = {"critical": "#7f0000", "high": "#c62828", "medium": "#ef6c00", "low": "#1565c0"}
_WORDS = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
_WORDS.filters.update(tame=tame, tame_link=tame_link)
_PAGE = _WORDS.from_string("""\
<!doctype html>
<html lang="en"><body style="margin:0;padding:12px;font:16px/1.4 sans-serif;max-width:640px">
<p style="border-left:6px solid {{ colour }};padding-left:10px;font-weight:bold">{{ head }}</p>
{% for block in blocks %}
<p style="{{ styles.get(block.kind, '') }}">
{%- for piece in block.pieces -%}
{%- set words = piece.text | tame -%}
{%- set link = piece.link | tame_link -%}
{%- if link %}<a href="{{ link }}" rel="noreferrer noopener">{{ words }}</a>
{%- elif piece.bold and block.kind == "quote" %}<mark><b>{{ words }}</b></mark>
{%- elif piece.bold %}<b>{{ words }}</b>
{%- else %}{{ words }}
{%- endif -%}
{%- endfor -%}
</p>
{% endfor %}
</body></html>
""")
_STYLES = {
    "quote": "border-left:3px solid #bbb;padding-left:10px;margin-left:0",
    "sources": "color:#666;font-size:13px",
    "why": "color:#666;font-size:13px",
}


class MailSink:
    """Delivers to one list of people.

    Args:
        sender: "Tocsin <tocsin@desk.example>".
        recipients: addresses; one that is put off by the server is tried again without bothering the others twice.
        domain: right side of the Message-IDs; the sender's when empty. Must not change later, or threads break.
        list_id: for filters, e.g. "gsoc.tocsin.desk.example"; none when empty.
        tls: "tls" from the first byte (port 465), "starttls" or not at all, "none" for a server on this host.
        password: never shown or logged.
    """

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        recipients: Sequence[str],
        *,
        domain: str = "",
        list_id: str = "",
        username: str = "",
        password: str = "",
        tls: Literal["tls", "starttls", "none"] = "starttls",
        timeout_s: float = 30.0,
    ) -> None:
        for address in (sender, *recipients):
            if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", parseaddr(address)[1]) or not address.isprintable():
                raise UsageError(f'"{address}" is no mail address; write "name@host" or "Name <name@host>"')
        if not recipients:
            raise UsageError("a mail channel needs at least one recipient")
        self._sender, self._recipients = sender, tuple(recipients)
        self._domain = domain or parseaddr(sender)[1].rpartition("@")[2]
        self._list_id = list_id
        self._host = host
        self._login = bool(username)
        self._client = partial(
            aiosmtplib.SMTP,
            hostname=host, port=port, timeout=timeout_s,
            use_tls=tls == "tls", start_tls=tls == "starttls",
            username=username or None, password=password or None,
        )  # fmt: skip
        self._served: dict[str, set[str]] = {}  # who has a message that others still wait for, by Message-ID

    def __repr__(self) -> str:
        return f"MailSink({self._host}, {len(self._recipients)} recipients)"

    def steps(self, delivery: Delivery) -> tuple[str, ...]:
        """One message for the post and for each later news; a silent edit sends none."""
        if delivery.ordinal == 1:
            return ("post",)
        return ("reply",) if delivery.ping else ()

    async def perform(self, step: Step, delivery: Delivery, message: Message, root: str) -> str:
        """The Message-ID."""
        made = self._letter(step, delivery, message, root)
        await self._send(made["Message-ID"], made.as_bytes(policy=WIRE))
        return str(made["Message-ID"])

    async def find(self, step: Step, delivery: Delivery, root: str) -> str:
        """Nothing: a mail server does not say what it took. It is sent again, with the same Message-ID."""
        return ""

    def _letter(self, step: Step, delivery: Delivery, message: Message, root: str) -> EmailMessage:
        head = tame(message.reply if step.name == "reply" and message.reply else message.summary, _SUBJECT_CHARS).strip()
        body = [block for block in message.blocks if block.kind != "headline"]
        letter = EmailMessage(policy=WIRE)
        try:
            letter["From"] = self._sender
            letter["To"] = ", ".join(self._recipients)
            letter["Subject"] = head
            letter["Date"] = formatdate()
            letter["Message-ID"] = self._id(step, delivery)
            if root:
                letter["In-Reply-To"] = letter["References"] = root
            if self._list_id:
                letter["List-Id"] = f"<{self._list_id}>"
            letter["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5: keeps out-of-office replies away
        except (ValueError, MessageError) as fault:
            raise SinkRefused(f"mail {self._host}: no header can hold this: {fault}") from fault
        letter.set_content("\n\n".join([head, *map(_plain, body)]) + "\n", cte="quoted-printable")
        colour = _COLOURS[delivery.post.labels[0].severity] if delivery.post.labels else "#666"
        letter.add_alternative(
            _PAGE.render(head=head, blocks=body, colour=colour, styles=_STYLES), subtype="html", cte="quoted-printable"
        )
        return letter

    def _id(self, step: Step, delivery: Delivery) -> str:
        """Same step, same id: readable, and a digest for what the readable part may fold together, and for what it says.

        Mailboxes drop a second message of one id, and a store made from a backup gives ids anew.
        """
        name = f"{delivery.id}/{step.name}"
        readable = re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-")[:60]
        return f"<{readable}.{hashlib.sha256(f'{name}/{said(delivery)}'.encode()).hexdigest()[:12]}@{self._domain}>"

    async def reach(self) -> str:
        """In words that the server is there and takes our login; sends nothing. Raises SinkError."""
        client = self._client()
        try:
            await client.connect()
            await client.noop()
        except aiosmtplib.SMTPResponseException as fault:
            raise SinkRefused(f"mail {self._host}: {fault.code} {tame(fault.message, 200)}") from fault
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as fault:
            why = "no STARTTLS there; see the setting tls" if "STARTTLS" in str(fault) else type(fault).__name__
            raise SinkUnavailable(f"mail {self._host}: no connection: {why}") from fault
        finally:
            client.close()
        return f"{self._host} answers" + (" and takes our login" if self._login else "")

    async def _send(self, message_id: str, letter: bytes) -> None:
        client = self._client()
        lost: type[SinkError] = SinkUnavailable  # until the letter itself is under way
        served = self._served.get(message_id, set())
        try:
            await client.connect()
            await client.mail(parseaddr(self._sender)[1])
            taken, put_off, refused = await self._offer(client, served)
            if taken:
                lost = SinkInDoubt
                await client.data(letter)
                lost = SinkUnavailable
                served = served | taken
        except aiosmtplib.SMTPResponseException as fault:
            kind = SinkUnavailable if 400 <= fault.code < 500 else SinkRefused
            raise kind(f"mail {self._host}: {fault.code} {tame(fault.message, 200)}") from fault
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as fault:
            why = "no STARTTLS there; see the setting tls" if "STARTTLS" in str(fault) else type(fault).__name__
            raise lost(f"mail {self._host}: {'no answer' if lost is SinkInDoubt else 'no connection'}: {why}") from fault
        finally:
            client.close()
        self._settle(message_id, served, put_off, refused)

    async def _offer(self, client: aiosmtplib.SMTP, served: set[str]) -> tuple[set[str], dict[str, str], dict[str, str]]:
        """Who is taken, who is put off and who is refused, with the server's words."""
        taken: set[str] = set()
        put_off: dict[str, str] = {}
        refused: dict[str, str] = {}
        for address in (parseaddr(one)[1] for one in self._recipients):
            if address not in served:
                try:
                    await client.rcpt(address)
                    taken.add(address)
                except aiosmtplib.SMTPResponseException as fault:
                    (put_off if 400 <= fault.code < 500 else refused)[address] = f"{fault.code} {tame(fault.message, 200)}"
        return taken, put_off, refused

    def _settle(self, message_id: str, served: set[str], put_off: dict[str, str], refused: dict[str, str]) -> None:
        if put_off:
            self._served[message_id] = served
            raise SinkUnavailable(f"mail {self._host}: not yet taken for {_listed(put_off)}")
        self._served.pop(message_id, None)
        if refused and not served:
            raise SinkRefused(f"mail {self._host}: refused for {_listed(refused)}")
        if refused:
            structlog.get_logger().error(
                "mail refused for some", host=self._host, message_id=message_id, recipients=_listed(refused)
            )


def _listed(answers: dict[str, str]) -> str:
    return ", ".join(f"{address} ({words})" for address, words in answers.items())


def _plain(block: Block) -> str:
    words = []
    for piece in block.pieces:
        link = tame_link(piece.link)
        text = f"*{tame(piece.text)}*" if piece.bold and block.kind == "quote" else tame(piece.text)
        words.append(f"{text} <{link}>" if link else text)
    return "".join(words)
