"""The desk's messages on a terminal, as they would look on a phone; plain lines when nobody is looking (no terminal).

Called by deliver, and by the demo. Never asks and never fails: what is written is delivered.
"""

from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text

from streams.hostile import tame, tame_link
from streams.records.flow import Delivery, Severity
from streams.records.message import Block, Message, Step

_COLOURS: dict[Severity, str] = {"critical": "bold white on red", "high": "bold red", "medium": "yellow", "low": "cyan"}
_MUTED = ("sources", "why")
_PHONE_COLUMNS = 72  # wide enough for a sentence, narrow enough to read as a phone


class ConsoleSink:
    """Writes to a terminal or a file.

    Args:
        console: where to; a terminal gets panels, anything else plain lines. None: standard output.
        detail: whether the paragraphs are shown below the line of the phone.
    """

    def __init__(self, console: Console | None = None, *, detail: bool = True) -> None:
        self._console = console or Console(highlight=False)
        self._detail = detail

    def steps(self, delivery: Delivery) -> tuple[str, ...]:
        """One: the post, later the reply; a silent edit has nothing to show."""
        if delivery.ordinal == 1:
            return ("post",)
        return ("reply",) if delivery.ping else ()

    async def perform(self, step: Step, delivery: Delivery, message: Message, root: str) -> str:
        """Writes it; the reference is the delivery's id."""
        head = message.reply if step.name == "reply" and message.reply else message.summary
        if self._console.is_terminal:
            self._console.print(self._panel(head, delivery, message))
        else:
            self._console.print(self._lines(head, message), markup=False, highlight=False, soft_wrap=True)
        return delivery.id

    async def find(self, step: Step, delivery: Delivery, root: str) -> str:
        """Nothing is ever in doubt here; after a crash the message is written again."""
        return ""

    def _panel(self, head: str, delivery: Delivery, message: Message) -> Panel:
        post = delivery.post
        colour = _COLOURS[post.labels[0].severity] if post.labels else "dim"
        parts = [Text(tame(head), style="bold")]
        kind = "headline"
        for block in message.blocks if self._detail else ():
            if block.kind != "headline":
                parts += [Text(), _styled(block)] if block.kind != kind else [_styled(block)]
                kind = block.kind
        title = Text(f" {delivery.channel} · {delivery.incident} ", style=colour)
        width = min(_PHONE_COLUMNS, self._console.width)
        return Panel(Group(*parts), title=title, title_align="left", border_style=colour, width=width)

    def _lines(self, head: str, message: Message) -> str:
        lines = [tame(head)]
        if self._detail:
            lines += [
                "  " + tame("".join(piece.text for piece in block.pieces)) for block in message.blocks if block.kind != "headline"
            ]
        return "\n".join(lines)


def _styled(block: Block) -> Text:
    text = Text(style="dim" if block.kind in _MUTED else "")
    for piece in block.pieces:
        style = "bold black on yellow" if piece.bold and block.kind == "quote" else "bold" if piece.bold else ""
        link = tame_link(piece.link)
        text.append(tame(piece.text), style=f"{style} link {link}".strip() if link else style)
    return text
